//! Tells editors why: how a query was cut and widened, and what each term gave to a hit's score.

use crate::domain::Interpretation;
use crate::text::PartKind;
use crate::text::alarm::{Meaning, Model};

use super::confidence::{Signals, WordReading};
use super::order::Standing;
use super::plan::{Origin, Plan};
use super::searcher::Ranked;

/// Shares below this are left out: they explain nothing.
const SHARE_MIN: f32 = 0.005;

/// How a query was read, and why its hits are where they are.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The words it was cut into, and whether each is `content`, `asking` or `filler`.
    pub cut: Vec<(String, &'static str)>,
    /// Other words that are looked for, each with the word it stands for.
    pub synonyms: Vec<(String, String)>,
    /// How the query was read.
    pub interpreted: Interpretation,
    /// The words that carry meaning, and what became of each.
    pub words: Vec<WordReading>,
    /// What speaks for the best hit being an answer.
    pub signals: Signals,
    /// How likely it tells of each emergency, 0 to 1.
    pub alarm: Vec<(Meaning, f32)>,
    /// The hits, best first.
    pub hits: Vec<HitExplanation>,
}

/// Where a hit's score comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct HitExplanation {
    /// The article's id.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Title of its best section, empty for the opening.
    pub section: String,
    /// The whole score.
    pub score: f32,
    /// What the title as a field of its own gave.
    pub title_score: f32,
    /// What words of the query gave by standing near each other.
    pub near: f32,
    /// Whether it stands before better scores because the query is or holds what it is called.
    pub called: bool,
    /// Share of the query's content that stands in the article, 0 to 1.
    pub coverage: f32,
    /// What each term gave in title, headings and body together, most first.
    pub terms: Vec<TermShare>,
}

/// What one term gave.
#[derive(Debug, Clone, PartialEq)]
pub struct TermShare {
    /// The term.
    pub term: String,
    /// `own` or `synonym`.
    pub origin: &'static str,
    /// Points of the score.
    pub points: f32,
    /// Share of the whole score, 0 to 1.
    pub share: f32,
}

impl Explanation {
    pub(super) fn new(
        plan: &Plan,
        interpreted: Interpretation,
        words: Vec<WordReading>,
        signals: Signals,
        hits: Vec<HitExplanation>,
    ) -> Self {
        let kind = |kind| match kind {
            PartKind::Content => "content",
            PartKind::Asking(_) => "asking",
            PartKind::Filler => "filler",
        };
        let chars: Vec<char> = plan.question.folded.text.chars().collect();
        let meant = |start: usize, end: usize| chars.get(start..end).unwrap_or_default().iter().collect();
        let likely = Model::builtin().likelihoods(&plan.question.folded.text);
        let alarm = Meaning::ALL.into_iter().zip(likely).collect();
        Self {
            cut: plan.question.parts.iter().map(|part| (part.text.clone(), kind(part.kind))).collect(),
            synonyms: (plan.needles.iter().filter(|n| n.origin == Origin::Synonym))
                .map(|n| (n.text.clone(), meant(n.start, n.end)))
                .collect(),
            interpreted,
            words,
            signals,
            alarm,
            hits,
        }
    }
}

impl HitExplanation {
    pub(super) fn new(plan: &Plan, ranked: &Ranked<'_>, shares: &[f32]) -> Self {
        let scored = &ranked.scored;
        let whole = scored.score.max(f32::MIN_POSITIVE);
        let mut terms: Vec<TermShare> = (plan.needles.iter().zip(shares))
            .filter(|(_, points)| **points / whole >= SHARE_MIN)
            .map(|(needle, points)| TermShare {
                term: needle.text.clone(),
                origin: if needle.origin == Origin::Own { "own" } else { "synonym" },
                points: *points,
                share: points / whole,
            })
            .collect();
        terms.sort_by(|a, b| b.points.total_cmp(&a.points));
        Self {
            id: ranked.article.id.to_string(),
            title: ranked.article.title.clone(),
            section: ranked.article.section_heading(scored.section).map_or_else(String::new, |h| h.title.clone()),
            score: scored.score,
            title_score: scored.title_score,
            near: scored.near,
            called: scored.standing > Standing::Other,
            coverage: scored.coverage,
            terms,
        }
    }
}
