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
    /// The query holds the whole title, a question or an error message, and is about little else; or
    /// it is the better part of one.
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

/// Whether a query of these letters is what an article is called or pinned to.
pub(super) fn called(query: &[Code], article: &Prepared) -> Standing {
    let is_query = |text: &[Code]| letters(text).eq(query.iter().copied());
    if article.pins().any(is_query) {
        Standing::Pinned
    } else if [article.title()].into_iter().chain(article.asked()).any(is_query) {
        Standing::Same
    } else {
        Standing::Other
    }
}

fn standing(ranker: &Ranker<'_>, query: &[Code], article: &Prepared) -> Standing {
    let mut best = called(query, article);
    if best > Standing::Other {
        return best;
    }
    let (mut called, mut counts): (Vec<Code>, Vec<f32>) = (Vec::new(), Vec::new());
    for text in [article.title()].into_iter().chain(article.asked()) {
        called.clear();
        called.extend(letters(text));
        let now = if called.len() >= TITLE_LETTERS_MIN && holds(query, &called) {
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

/// Adds to the score of an article what the whole text tells, and how the query stands to its name.
struct Settling<'a> {
    ranker: &'a Ranker<'a>,
    nearness: Nearness,
    query: Vec<Code>,
}

impl<'a> Settling<'a> {
    fn new(ranker: &'a Ranker<'a>) -> Self {
        Self { ranker, nearness: Nearness::new(ranker.plan), query: query_letters(ranker.plan) }
    }

    fn settle(&self, ranked: &mut Ranked<'_>) {
        let (ranker, scored) = (self.ranker, &mut ranked.scored);
        scored.near = self.nearness.of(ranker.scanner, ranked.prepared.whole()) * ranker.parameters.near;
        scored.score += scored.near;
        if ranked.prepared.stub {
            // Where all articles are as short as a question, a short one lacks nothing.
            scored.score *= STUB_SHARE + (1.0 - STUB_SHARE) * ranker.collection.measures.brevity;
        }
        // What a translation is called, the text is called.
        scored.standing = standing(ranker, &self.query, ranked.prepared).max(ranked.called);
    }
}

/// One article as it would be scored among others.
pub(super) fn settled<'a>(ranker: &Ranker<'_>, mut ranked: Ranked<'a>) -> Ranked<'a> {
    Settling::new(ranker).settle(&mut ranked);
    ranked
}

/// Orders `ranked`, which is in no order, best first.
pub(super) fn order(ranker: &Ranker<'_>, helpful: &Helpful, ranked: &mut Vec<Ranked<'_>>) {
    let by_score = |a: &Ranked<'_>, b: &Ranked<'_>| {
        let score = b.scored.score.partial_cmp(&a.scored.score).unwrap_or(Ordering::Equal);
        score.then_with(|| a.article.id.cmp(&b.article.id))
    };
    // What is called just so is looked at, however many articles weigh more.
    ranked.sort_by(|a, b| b.called.cmp(&a.called).then_with(|| by_score(a, b)));
    keep_quoted(ranker.plan, ranked);
    let settling = Settling::new(ranker);
    ranked.iter_mut().take(DEPTH).for_each(|ranked| settling.settle(ranked));
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
