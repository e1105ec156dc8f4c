//! What the ranking stands on besides the store: the articles of this moment and how they answer.
//! The edition stands beside this room, so whoever wires the house hands it in.

use crate::domain::{ArticleId, Library, Problem};
use crate::text::Lexicon;

/// One moment of the articles.
pub trait Ground: Send + Sync {
    /// The articles.
    fn library(&self) -> &Library;
    /// What is wrong with their files.
    fn problems(&self) -> &[Problem];
    /// The words they are cut with.
    fn lexicon(&self) -> &Lexicon;
    /// `search/synonyms.txt` and `search/dictionary.txt` as they are.
    fn words(&self) -> (&str, &str);
    /// The first article for a query.
    fn answer(&self, query: &str) -> Option<ArticleId>;
}
