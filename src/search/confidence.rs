//! How sure the best hit answers the query, learned from queries that something answers and from
//! queries that nothing answers.

use crate::domain::Confidence;
use crate::text::Part;

use super::collection::Prepared;
use super::plan::{Needle, Origin};
use super::present::Reading;
use super::rank::Ranker;
use super::scan::Code;
use super::searcher::Searcher;
use super::statistics::Statistics;

/// What tells an answer from the nearest there is.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Signals {
    /// Share of the query's content, by idf, that stands anywhere in the article; 0 to 1.
    pub coverage: f32,
    /// The score against what it could be at most, 0 to 1.
    pub score: f32,
    /// Share of the query's words, by idf and salience, in the title or one of the questions; 0 to 1.
    pub called: f32,
    /// Salience of the most salient word that the article does not hold, 0 to 1.
    pub missing: f32,
    /// Words of the matter that no article holds: their saliences together, as far as they count.
    pub unknown: f32,
    /// Words of the matter: logarithm of one more than all saliences together.
    pub matter: f32,
    /// Words that are only told along with it, likewise without the logarithm, as far as they count: of
    /// a story no article holds much.
    pub telling: f32,
    /// Whether the query is a greeting or the like, so that an article may hold all of it and answer nothing.
    pub says_nothing: bool,
}

/// Below this the answer is not sure. `tests/bench/README.md` tells how many questions with an answer
/// and without one fall below.
const SURE: f32 = 0.44;

/// Words that no article holds beyond which more say no more.
const UNKNOWN_MAX: f32 = 4.0;
/// Words told along beyond which a query is no story: a page pasted from elsewhere has words of every
/// article.
const TELLING_MAX: f32 = 8.0;

impl Signals {
    /// How likely the best hit answers, 0 to 1: a logistic regression over some 2,300 answerable and
    /// 395 unanswerable queries on eight sets, each set and class weighing the same; chosen from thirty
    /// signals by the area under the curve and by how many unanswerable queries are told at a twentieth
    /// of the answerable ones, each set measured by weights learned without it.
    pub fn certainty(&self) -> f32 {
        if self.says_nothing {
            return 0.0;
        }
        let sum = 2.49 * self.coverage + 4.91 * self.score + 0.84 * self.called
            - 0.59 * self.missing
            - 0.91 * self.unknown
            - 0.79 * self.matter
            + 0.36 * self.telling
            - 0.94;
        1.0 / (1.0 + (-sum).exp())
    }

    pub(super) fn confidence(&self) -> Confidence {
        if self.certainty() < SURE { Confidence::Unsure } else { Confidence::Sure }
    }
}

/// A word of a query that carries meaning.
#[derive(Debug, Clone, PartialEq)]
pub struct WordReading {
    /// Folded.
    pub text: String,
    /// Inverse document frequency.
    pub idf: f32,
    /// How likely it belongs to what the query is about, 0 to 1.
    pub salience: f32,
    /// Whether it or a synonym stands in the best article.
    pub held: bool,
    /// Whether it or a synonym stands in what the best article is called: its title or a question.
    pub called: bool,
    /// Whether it or a synonym stands in any article.
    pub known: bool,
}

/// Whether a word is a number, with what is counted after it.
fn is_amount(word: &str) -> bool {
    const DIGITS: &str = "零〇一二三四五六七八九十百千万亿两几半数";
    const COUNTED: &str = "个天年月日号元块角分次份张页位秒时周岁遍条";
    let mut chars = word.chars().skip_while(|c| c.is_ascii_digit() || DIGITS.contains(*c));
    let counted = word.chars().next().is_some_and(|c| c.is_ascii_digit() || DIGITS.contains(c));
    counted && chars.all(|c| COUNTED.contains(c))
}

impl Ranker<'_> {
    /// What speaks for `article` with `score` being an answer.
    pub fn signals(&self, article: &Prepared, score: f32) -> Signals {
        let own = |n: &&Needle| n.origin == Origin::Own;
        let most: f32 = self.plan.needles.iter().filter(own).map(|n| n.weight * n.idf).sum();
        let most =
            most * (self.parameters.k1 + 1.0) * (1.0 + self.parameters.title * self.collection.measures.title_strength);
        let words = self.readings(Some(article));
        let sum = |of: &dyn Fn(&WordReading) -> f32| words.iter().map(of).sum::<f32>();
        let if_so = |is: bool, value: f32| if is { value } else { 0.0 };
        let worth = sum(&|word| word.idf * word.salience);
        let called = sum(&|word| if_so(word.called, word.idf * word.salience));
        Signals {
            coverage: self.coverage(&self.counts(article.whole())),
            score: if most > 0.0 { (score / most).min(1.0) } else { 0.0 },
            called: if worth > 0.0 { called / worth } else { 0.0 },
            missing: words.iter().map(|word| if_so(!word.held, word.salience)).fold(0.0, f32::max),
            unknown: sum(&|word| if_so(!word.known, word.salience)).min(UNKNOWN_MAX),
            matter: sum(&|word| word.salience).ln_1p(),
            telling: sum(&|word| 1.0 - word.salience).min(TELLING_MAX),
            says_nothing: self.plan.says_nothing(),
        }
    }

    /// The words of the query that carry meaning, and what became of each.
    pub fn readings(&self, article: Option<&Prepared>) -> Vec<WordReading> {
        let whole = article.map(|article| self.counts(article.whole()));
        let names: Vec<Vec<f32>> = article
            .into_iter()
            .flat_map(|article| [article.title()].into_iter().chain(article.asked()))
            .map(|text| self.counts(text))
            .collect();
        let reading = |part: &Part| {
            let needles: Vec<usize> = self.plan.standing_for(part).collect();
            let own = needles.iter().map(|at| &self.plan.needles[*at]).find(|needle| needle.origin == Origin::Own)?;
            let any = |counts: &Vec<f32>| needles.iter().any(|at| counts[*at] > 0.0);
            let known = needles.iter().any(|at| self.plan.needles[*at].known);
            let stretch = self.plan.salience.get(part.start..part.end).unwrap_or_default();
            // An amount that no article names says nothing of what is asked.
            (known || !is_amount(&part.text)).then(|| WordReading {
                text: part.text.clone(),
                idf: own.idf,
                salience: stretch.iter().sum::<f32>() / stretch.len().max(1) as f32,
                held: whole.as_ref().is_some_and(any),
                called: names.iter().any(any),
                known,
            })
        };
        self.plan.question.content_once().filter_map(reading).collect()
    }

    /// How often each needle stands in a text.
    fn counts(&self, text: &[Code]) -> Vec<f32> {
        let mut counts = vec![0.0; self.scanner.needles()];
        self.scanner.count(text, 1.0, &mut counts);
        counts
    }
}

impl Searcher {
    /// Whether the matter has a word that stands in no article, and that the best one says no otherwise.
    pub(super) fn is_foreign(&self, reading: &Reading<'_>) -> bool {
        let ranker = self.ranker(&reading.plan, &reading.scanner);
        let words = ranker.readings(reading.ranked.first().map(|best| best.prepared));
        words.iter().any(|word| !word.held && self.document_frequency(&word.text) == 0)
    }
}
