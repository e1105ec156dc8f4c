//! Finds the right section of the right article, and says why.
//!
//! Two steps. The index (tantivy) names some eighty candidate sections by the grams they
//! share with the query; then every candidate's own text is read again and scored exactly, with
//! titles, headings, phrases, synonyms and sounds. The second step sees the article as it is, so
//! it needs no further postings, and its terms are what `explain` prints.
//!
//! Hands out spans of the original text, never markup. Knows no files but its own index.

mod alarm;
mod catalogue;
mod collection;
mod confidence;
mod cover;
mod explain;
mod helpful;
mod index;
mod mend;
mod near;
mod order;
mod parameters;
mod plan;
mod present;
mod rank;
mod retrieve;
mod scan;
mod searcher;
mod snippet;
mod spelled;
mod statistics;
mod suggest;
#[cfg(test)]
mod tests;
mod tokenizer;
mod vocabulary;

pub use collection::Measures;
pub use confidence::{Signals, WordReading};
pub use explain::{Explanation, HitExplanation, TermShare};
pub use helpful::Helpfulness;
pub use index::{Error, Index, Opened, Updated};
pub use parameters::Parameters;
pub use searcher::Searcher;
