//! Suggestions that commits name, with the articles they changed: handed to whoever tells readers
//! what became of their words. Knows no desk and no store.

use std::collections::HashMap;
use std::fmt;

use jiff::Timestamp;

use crate::domain::{Article, ArticleId, Library, Revision};
use crate::history::Named;

/// A suggestion that a commit says it settles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// What stands after `Suggestion:`, as the editor wrote it.
    pub suggestion: String,
    /// The commit's id, in hexadecimal.
    pub commit: String,
    /// First line of its message.
    pub title: String,
    /// When it was committed.
    pub at: Timestamp,
    /// Articles that the commit changed and that are there now, in the state they have now.
    pub articles: Vec<(ArticleId, Revision)>,
}

/// What became of closings that were handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// Kept; they are not handed over again.
    Kept,
    /// Not kept, for the database is away; they come again with the next edition, or when
    /// [`super::Editions::hand_over`] is called.
    Later,
}

/// Whoever wants to know.
pub(super) struct Listener(pub Box<Hear>);

type Hear = dyn Fn(&[Closing]) -> Taken + Send;

impl fmt::Debug for Listener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Listener")
    }
}

/// Names the articles behind the paths.
pub(super) fn closings(named: Vec<Named>, library: &Library) -> Vec<Closing> {
    if named.is_empty() {
        return Vec::new();
    }
    let by_path: HashMap<&str, &Article> = library.articles().iter().map(|a| (a.path.as_str(), a.as_ref())).collect();
    let known = |path: &String| by_path.get(path.as_str()).map(|a| (a.id.clone(), a.revision));
    let closing = |named: Named| Closing {
        articles: named.paths.iter().filter_map(known).collect(),
        suggestion: named.suggestion,
        commit: named.commit,
        title: named.title,
        at: named.at,
    };
    named.into_iter().map(closing).collect()
}
