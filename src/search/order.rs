//! The last word on the order of the best articles: whole titles and error messages first, copies
//! together, of two that are equally good the one that readers say helps, then the newer; phrases in quotation marks are kept to.

use std::cmp::{Ordering, Reverse};

use super::collection::{Prepared, letters};
use super::helpful::Helpful;
use super::near::Nearness;
use super::plan::Plan;
use super::rank::Ranker;
use super::scan::{Code, canonical, code};
use super::searcher::Ranked;

/// Articles whose order is looked at again.
const DEPTH: usize = 24;
/// Letters of the shortest title that lifts its article for standing in a longer query.
const TITLE_LETTERS_MIN: usize = 4;
/// Share of the query's content that a title must hold to be what the query is about.
const TITLE_SHARE: f32 = 0.7;
/// Letters of the shortest piece of an error message that tells which it is.
const ERROR_LETTERS_MIN: usize = 8;
/// What is left of the score of an article that is a title and nothing else.
const STUB_SHARE: f32 = 0.6;
/// Steps in which scores are compared, in hundredths: a smaller difference means nothing.
const STEPS: f32 = 100.0;

/// How a query stands to what an article is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Standing {
    /// Neither holds the other.
    #[default]
    Other,
    /// The query holds the whole title or an error message, and is about little else; or it is
    /// the better part of an error message.
    Holds,
    /// The query is the title, a question of the editor's, or an error message.
    Same,
    /// The editors want the article first for the query.
    Pinned,
}

/// The letters of a query.
pub(super) fn query_letters(plan: &Plan) -> Vec<Code> {
    let codes: Vec<Code> = plan.question.folded.text.chars().map(code).collect();
    letters(&codes).collect()
}

pub(super) fn standing(ranker: &Ranker<'_>, query: &[Code], article: &Prepared) -> Standing {
    if article.pins().any(|pin| letters(pin).eq(query.iter().copied())) {
        return Standing::Pinned;
    }
    let mut best = Standing::Other;
    let (mut called, mut counts): (Vec<Code>, Vec<f32>) = (Vec::new(), Vec::new());
    for text in [article.title()].into_iter().chain(article.asked()) {
        called.clear();
        called.extend(letters(text));
        let now = if called == query {
            Standing::Same
        } else if called.len() >= TITLE_LETTERS_MIN && holds(query, &called) {
            counts.clear();
            counts.resize(ranker.scanner.needles(), 0.0);
            ranker.scanner.count(text, 1.0, &mut counts);
            if ranker.coverage(&counts) >= TITLE_SHARE { Standing::Holds } else { Standing::Other }
        } else if query.len() >= ERROR_LETTERS_MIN && query.len() * 2 > called.len() && holds(&called, query) {
            Standing::Holds
        } else {
            Standing::Other
        };
        best = best.max(now);
    }
    best
}

fn holds(text: &[Code], piece: &[Code]) -> bool {
    text.windows(piece.len()).any(|window| window == piece)
}

/// Orders `ranked`, which is in no order, best first.
pub(super) fn order(ranker: &Ranker<'_>, helpful: &Helpful, ranked: &mut Vec<Ranked<'_>>) {
    let by_score = |a: &Ranked<'_>, b: &Ranked<'_>| {
        let score = b.scored.score.partial_cmp(&a.scored.score).unwrap_or(Ordering::Equal);
        score.then_with(|| a.article.id.cmp(&b.article.id))
    };
    ranked.sort_by(by_score);
    keep_quoted(ranker.plan, ranked);
    let nearness = Nearness::new(ranker.plan);
    let query = query_letters(ranker.plan);
    for ranked in ranked.iter_mut().take(DEPTH) {
        ranked.scored.near = nearness.of(ranker.scanner, ranked.prepared.whole()) * ranker.parameters.near;
        ranked.scored.score += ranked.scored.near;
        if ranked.prepared.stub {
            // Where all articles are as short as a question, a short one lacks nothing.
            ranked.scored.score *= STUB_SHARE + (1.0 - STUB_SHARE) * ranker.collection.brevity;
        }
        ranked.scored.standing = standing(ranker, &query, ranked.prepared);
    }
    let step = |r: &Ranked<'_>| (r.scored.score.max(f32::MIN_POSITIVE).ln() * STEPS) as i32;
    ranked.sort_by(|a, b| {
        let key = |r: &Ranked<'_>| Reverse((r.scored.standing, step(r), helpful.of(r.article), r.article.updated));
        key(a).cmp(&key(b)).then_with(|| by_score(a, b))
    });
    collapse(ranked);
    descend(ranked);
}

/// Lifts the scores of what was put before better ones, so that they tell the order: programs that
/// read a run sort by them.
fn descend(ranked: &mut [Ranked<'_>]) {
    let mut below = 0.0f32;
    for ranked in ranked.iter_mut().rev() {
        if ranked.scored.score <= below {
            ranked.scored.score = below.next_up();
        }
        below = ranked.scored.score;
    }
}

/// Puts copies of a better article with it.
fn collapse(ranked: &mut Vec<Ranked<'_>>) {
    let mut at = 1;
    while at < ranked.len().min(DEPTH) {
        let copied = (0..at).find(|first| {
            ranked[at].prepared.copies(ranked[*first].prepared)
                && ranked[at].article.lang == ranked[*first].article.lang
        });
        match copied {
            Some(first) => {
                let copy = ranked.remove(at);
                ranked[first].copies.push(copy.article);
            }
            None => at += 1,
        }
    }
}

/// Where some articles hold every phrase in quotation marks, drops the others.
fn keep_quoted(plan: &Plan, ranked: &mut Vec<Ranked<'_>>) {
    if plan.question.quoted.is_empty() {
        return;
    }
    let codes = |phrase: &String| {
        let mut codes = Vec::new();
        canonical(phrase, &mut codes);
        codes
    };
    let phrases: Vec<Vec<Code>> = plan.question.quoted.iter().map(codes).collect();
    let held = |r: &Ranked<'_>| phrases.iter().all(|phrase| r.prepared.holds(phrase));
    if ranked.iter().any(held) {
        ranked.retain(held);
    }
}
