//! Turns text into tokens, the same for articles and queries: folding of width, case and script,
//! words, character grams, pinyin, synonyms.
//!
//! Everything here is a function of the text and of the [`Lexicon`]; nothing is known of indexes,
//! files or the web. What is cut here for an article is cut by the same code for a query, and
//! [`ANALYZER_VERSION`] is part of every index's stamp.

mod fold;
mod grams;
mod lexicon;
mod pinyin;
mod question;
mod thesaurus;

pub use fold::{Folded, canon, canons, fold, fold_mapped, is_han, is_traditional};
pub use grams::{Gram, GramKind, grams};
pub use lexicon::{Lexicon, LexiconFault};
pub use pinyin::{Syllable, initials, readings, spell, syllables_of};
pub use question::{Part, PartKind, Question};
pub use thesaurus::Thesaurus;

/// Changes whenever the same text would be cut into other tokens than before.
pub const ANALYZER_VERSION: u32 = 2;
