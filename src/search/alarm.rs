//! Says who needs an urgent article now: whoever says what its editor lists under `alarm`, in those
//! words or in others for them. A frightened reader does not ask for the article, so that ranking, which
//! compares all that he says, puts others first.

use std::sync::Arc;

use crate::domain::{Article, Library, Query, Severity};
use crate::text::{alarm, fold};

use super::plan::Plan;
use super::present::{Reading, in_language_of, root};
use super::scan::{Code, Scanner, canonical};
use super::searcher::Searcher;

/// What raises the alarm, of all urgent articles.
pub(super) struct Alarms {
    /// Each word once, numbered.
    words: Vec<String>,
    scanner: Scanner,
    /// Articles with the words that are said together, the most urgent first.
    phrases: Vec<(Arc<Article>, Vec<usize>)>,
}

impl Alarms {
    pub fn new(library: &Library) -> Self {
        let mut urgent: Vec<&Arc<Article>> = library.listed().filter(|a| a.severity == Severity::Urgent).collect();
        urgent.sort_by(|a, b| (a.weight, &a.id).cmp(&(b.weight, &b.id)));
        let mut words: Vec<String> = Vec::new();
        let mut phrases = Vec::new();
        for article in urgent {
            for phrase in &article.alarm {
                let folded = fold(phrase).text;
                let number = |word: &str| {
                    words.iter().position(|known| known == word).unwrap_or_else(|| {
                        words.push(word.to_owned());
                        words.len() - 1
                    })
                };
                let together: Vec<usize> = folded.split_whitespace().map(number).collect();
                if !together.is_empty() {
                    phrases.push((Arc::clone(article), together));
                }
            }
        }
        Self { scanner: Scanner::new(words.iter().map(String::as_str)), words, phrases }
    }

    /// Articles whose alarm a query raises, the most urgent first: none where it asks calmly.
    pub fn raised(&self, plan: &Plan) -> Vec<&Arc<Article>> {
        if self.phrases.is_empty() {
            return Vec::new();
        }
        let folded = &plan.question.folded.text;
        let Some(meanings) = alarm::meanings(folded) else { return Vec::new() };
        let mut text: Vec<Code> = Vec::new();
        canonical(folded, &mut text);
        let mut said = vec![0.0; self.words.len()];
        self.scanner.count(&text, 1.0, &mut said);
        let others = plan.concepts.iter().flat_map(|concept| &concept.alternatives);
        for meant in others.map(|at| plan.needles[*at].text.as_str()).chain(meanings) {
            if let Some(word) = self.words.iter().position(|word| word == meant) {
                said[word] += 1.0;
            }
        }
        let raised = |together: &[usize]| together.iter().all(|word| said[*word] > 0.0);
        self.phrases.iter().filter(|(_, together)| raised(together)).map(|(article, _)| article).collect()
    }
}

impl Searcher {
    /// The urgent article whose alarm a query raises: of several the one that ranks best, and in the
    /// language of the query.
    pub(super) fn alarm(&self, read: &Reading<'_>, query: &Query) -> Option<Arc<Article>> {
        let raised = self.alarms.raised(&read.plan);
        let is_raised = |article: &Article| raised.iter().any(|other| root(other) == root(article));
        let best = read.ranked.iter().map(|ranked| ranked.article).find(|article| is_raised(article));
        let article = best.or(raised.first().copied())?;
        Some(Arc::clone(in_language_of(query, self.library(), article)))
    }
}
