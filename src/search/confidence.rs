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

/// What tells an answer from the nearest there is; all but the last 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Signals {
    /// Share of the query's content, by idf, that stands anywhere in the article.
    pub coverage: f32,
    /// Share of the query's words, by idf, in the title or the best of the questions.
    pub title: f32,
    /// Share of the query's words, by idf, that name something and that no article holds: nouns,
    /// names, foreign words.
    pub unknown_names: f32,
    /// The same of its other words: what is done, how, when, how much. A story has many of them that
    /// say nothing of the matter.
    pub unknown_others: f32,
    /// The score against what it could be at most.
    pub score: f32,
    /// Logarithm of one more than the number of words that carry meaning: of a story no article
    /// holds much.
    pub length: f32,
    /// Whether the query is a greeting or the like, so that an article may hold all of it and answer nothing.
    pub says_nothing: bool,
}

/// Below this the answer is not sure. `tests/bench/README.md` tells how many questions with an answer
/// and without one fall below.
const SURE: f32 = 0.45;

/// Words beyond which length is no excuse: a page pasted from elsewhere has words of every article.
const WORDS_MAX: f32 = 8.0;

impl Signals {
    /// How likely the best hit answers, 0 to 1: a logistic regression over some 2,000 answerable and
    /// 395 unanswerable queries on eight sets, each set and class weighing the same. Further signals
    /// (nearness, gaps between scores, general frequency of words, names that other articles hold),
    /// boosted trees over sixteen of them too, moved the area under the curve on a set that they had
    /// not seen by no more than 0.01.
    pub fn certainty(&self) -> f32 {
        if self.says_nothing {
            return 0.0;
        }
        let sum = 2.47 * self.coverage + 0.83 * self.title + 1.48 * self.score + 0.32 * self.length
            - 2.41 * self.unknown_names
            - 0.88 * self.unknown_others
            - 1.51;
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
    /// Whether it or a synonym stands in the best article.
    pub held: bool,
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

/// A word of the content, its worth, and the needles that stand for it.
type Asked<'a> = (&'a Part, f32, Vec<usize>);

/// Share of the words, by worth, that a text with these counts holds.
fn held(words: &[Asked<'_>], counts: &[f32]) -> f32 {
    let (mut held, mut all) = (0.0, 0.0);
    for (_, worth, needles) in words {
        all += worth;
        held += if needles.iter().any(|at| counts[*at] > 0.0) { *worth } else { 0.0 };
    }
    if all > 0.0 { held / all } else { 1.0 }
}

impl Ranker<'_> {
    /// What speaks for `article` with `score` being an answer.
    pub fn signals(&self, article: &Prepared, score: f32) -> Signals {
        let count = |texts: &mut dyn Iterator<Item = &[Code]>| {
            let mut counts = vec![0.0; self.scanner.needles()];
            texts.for_each(|text| self.scanner.count(text, 1.0, &mut counts));
            counts
        };
        let title = count(&mut [article.title()].into_iter());
        let whole = count(&mut [article.whole()].into_iter());
        let words: Vec<Asked<'_>> = self.words().collect();
        let mut called = held(&words, &title);
        for asked in article.asked() {
            called = called.max(held(&words, &count(&mut [asked].into_iter())));
        }
        let own = |n: &&Needle| n.origin == Origin::Own;
        let most: f32 = self.plan.needles.iter().filter(own).map(|n| n.weight * n.idf).sum();
        let most =
            most * (self.parameters.k1 + 1.0) * (1.0 + self.parameters.title * self.collection.measures.title_strength);
        let (unknown_names, unknown_others) = self.unknown(&words);
        Signals {
            coverage: self.coverage(&whole),
            title: called,
            unknown_names,
            unknown_others,
            score: if most > 0.0 { (score / most).min(1.0) } else { 0.0 },
            length: (words.len() as f32).min(WORDS_MAX).ln_1p(),
            says_nothing: self.plan.says_nothing(),
        }
    }

    /// The words of the query that carry meaning, and what became of each.
    pub fn readings(&self, article: Option<&Prepared>) -> Vec<WordReading> {
        let mut counts = vec![0.0; self.scanner.needles()];
        if let Some(article) = article {
            self.scanner.count(article.whole(), 1.0, &mut counts);
        }
        let reading = |(part, worth, needles): Asked<'_>| WordReading {
            text: part.text.clone(),
            idf: worth,
            held: needles.iter().any(|at| counts[*at] > 0.0),
            known: needles.iter().any(|at| self.plan.needles[*at].known),
        };
        self.words().map(reading).collect()
    }

    fn words(&self) -> impl Iterator<Item = Asked<'_>> + '_ {
        self.plan.question.content_once().filter_map(|part| {
            let needles: Vec<usize> = self.plan.standing_for(part).collect();
            let own = needles.iter().map(|at| &self.plan.needles[*at]).find(|needle| needle.origin == Origin::Own);
            let worth = own.map(|needle| needle.idf);
            // An amount that no article names says nothing of what is asked.
            let known = needles.iter().any(|at| self.plan.needles[*at].known);
            (known || !is_amount(&part.text)).then_some((part, worth?, needles))
        })
    }

    /// Shares of names and of other words that no article holds.
    fn unknown(&self, words: &[Asked<'_>]) -> (f32, f32) {
        let (mut names, mut others, mut all) = (0.0, 0.0, 0.0);
        for (part, worth, needles) in words {
            all += worth;
            if needles.iter().all(|at| !self.plan.needles[*at].known) {
                *if self.lexicon.names(&part.text) { &mut names } else { &mut others } += worth;
            }
        }
        if all > 0.0 { (names / all, others / all) } else { (0.0, 0.0) }
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
