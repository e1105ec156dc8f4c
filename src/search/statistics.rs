//! How often words stand in the collection.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::text::{GramKind, fold, is_han};

/// Where inverse document frequencies come from.
pub(super) trait Statistics {
    /// Sections that hold the gram.
    fn document_frequency(&self, gram: &str) -> u64;
    /// All sections.
    fn documents(&self) -> u64;

    /// As in BM25: `ln(1 + (N − n + ½)/(n + ½))`.
    fn idf(&self, frequency: u64) -> f32 {
        let (all, with) = (self.documents() as f32, frequency as f32);
        ((all - with + 0.5).max(0.0) / (with + 0.5)).ln_1p()
    }
}

/// Asks each frequency once: a lookup costs a microsecond, and a query asks for some twice.
pub(super) struct Memo<'a, S> {
    inner: &'a S,
    known: RefCell<HashMap<String, u64>>,
}

impl<'a, S> Memo<'a, S> {
    pub fn new(inner: &'a S) -> Self {
        Self { inner, known: RefCell::default() }
    }
}

impl<S: Statistics> Statistics for Memo<'_, S> {
    fn document_frequency(&self, gram: &str) -> u64 {
        if let Some(known) = self.known.borrow().get(gram) {
            return *known;
        }
        let frequency = self.inner.document_frequency(gram);
        self.known.borrow_mut().insert(gram.to_owned(), frequency);
        frequency
    }

    fn documents(&self) -> u64 {
        self.inner.documents()
    }
}

/// Sections that hold a needle, as far as grams can tell: at most those of its rarest gram.
pub(super) fn frequency(text: &str, kind: GramKind, statistics: &impl Statistics) -> u64 {
    let exact = statistics.document_frequency(text);
    if exact > 0 || matches!(kind, GramKind::Character | GramKind::Pair) {
        return exact;
    }
    retrieval_grams(text, statistics).iter().map(|gram| statistics.document_frequency(gram)).min().unwrap_or(0)
}

/// The grams under which a word of any length can be found: itself, or its pairs and Latin runs.
pub(super) fn retrieval_grams(text: &str, statistics: &impl Statistics) -> Vec<String> {
    if statistics.document_frequency(text) > 0 {
        return vec![text.to_owned()];
    }
    let mut found = Vec::new();
    let chars: Vec<char> = fold(text).text.chars().collect();
    let mut run = String::new();
    for (at, c) in chars.iter().enumerate() {
        if is_han(*c) || !c.is_alphanumeric() {
            if !run.is_empty() {
                found.push(std::mem::take(&mut run));
            }
            if let Some(next) = chars.get(at + 1).filter(|next| is_han(*c) && is_han(**next)) {
                found.push([*c, *next].iter().collect());
            }
        } else {
            run.push(*c);
        }
    }
    if !run.is_empty() {
        found.push(run);
    }
    found
}
