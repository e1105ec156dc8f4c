//! The seam to the rooms below: what the pages need of an edition, of the store and of the guard.
//! Kept to one file while those rooms are being built.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::body::Bytes;

use crate::domain::{
    Article, Feedback, Library, NewFeedback, OfficialEntry, OfficialKind, Query, Reason, Receipt, Results, Suggestion,
};

/// Where the present edition is had.
pub trait Editions: Send + Sync {
    /// The edition of this moment; readers in flight keep theirs.
    fn current(&self) -> Arc<dyn View>;
}

/// One edition: library and index built together.
pub trait View: Send + Sync {
    /// The articles.
    fn library(&self) -> &Library;
    /// A word that changes whenever anything in the edition does.
    fn version(&self) -> &str;
    /// Answers a query.
    fn search(&self, query: &Query) -> Results;
    /// Lines to offer while typing.
    fn suggest(&self, text: &str, limit: usize) -> Vec<Suggestion>;
    /// Articles about the same thing, the editor's choice first.
    fn related(&self, article: &Article, count: usize) -> Vec<Arc<Article>>;
    /// A picture beside the articles, with its media type.
    fn picture(&self, path: &str) -> Option<(Bytes, String)>;
}

/// Why feedback could not be kept or read.
#[derive(Debug, thiserror::Error)]
#[error("the feedback store does not answer")]
pub struct DeskError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// What the desk hands back.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, DeskError>> + Send + 'a>>;

/// What a reader adds to feedback already given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Amendment {
    /// More words; an empty field leaves what was there.
    Details {
        /// Why it did not help.
        reason: Option<Reason>,
        /// Free text.
        comment: String,
        /// How to reach the reader.
        contact: String,
    },
    /// Takes it back and forgets the words.
    Withdraw,
}

/// Where feedback is kept.
pub trait Desk: Send + Sync {
    /// Keeps it, durably before the answer.
    fn insert(&self, new: NewFeedback) -> Answer<'_, Feedback>;
    /// What became of it.
    fn read<'a>(&'a self, receipt: &'a Receipt) -> Answer<'a, Option<Feedback>>;
    /// Adds to it or takes it back.
    fn amend<'a>(&'a self, receipt: &'a Receipt, amendment: Amendment) -> Answer<'a, Option<Feedback>>;
    /// Whether it can be written to now.
    fn ready(&self) -> Answer<'_, ()>;
}

/// What a text holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finding {
    /// Nothing of note.
    Clean,
    /// A recovery phrase or private key: to be neither kept nor shown.
    Secret,
    /// A public address or transaction hash.
    Identifier,
}

/// Looks for what must never be kept.
pub fn inspect(text: &str) -> Finding {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || ",;，、；。".contains(c)).filter(|w| !w.is_empty()).collect();
    let longest = |fits: fn(&str) -> bool| {
        words.iter().fold((0, 0), |(run, best), w| if fits(w) { (run + 1, best.max(run + 1)) } else { (0, best) }).1
    };
    let latin = |w: &str| (3..=8).contains(&w.len()) && w.bytes().all(|b| b.is_ascii_lowercase());
    let han = |w: &str| w.chars().count() == 1 && w.chars().all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let hex = |w: &str, digits: usize| w.len() == digits && w.bytes().all(|b| b.is_ascii_hexdigit());
    if longest(latin) >= 12 || longest(han) >= 12 || words.iter().any(|w| hex(w, 64)) {
        return Finding::Secret;
    }
    let public = |w: &&str| w.strip_prefix("0x").is_some_and(|w| hex(w, 40) || hex(w, 64));
    if words.iter().any(public) { Finding::Identifier } else { Finding::Clean }
}

/// How a contact stands to the official register.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing<'a> {
    /// It is in it.
    Listed(&'a OfficialEntry),
    /// It is not, and looks like one that is.
    Lookalike(&'a OfficialEntry),
    /// It is not.
    Unlisted,
}

/// Compares a contact with the official register.
pub fn standing<'a>(contact: &str, register: &'a [OfficialEntry]) -> Standing<'a> {
    let bare = contact.trim().to_lowercase();
    let bare = bare.split_once("://").map_or(bare.as_str(), |(_, rest)| rest);
    let bare = bare.split(['/', '?', '#']).next().unwrap_or_default();
    let squeeze =
        |text: &str| text.to_lowercase().replace(['0', 'о'], "o").replace(['1', 'і', 'l'], "i").replace('-', "");
    if let Some(entry) = register.iter().find(|e| e.value.to_lowercase() == bare) {
        return Standing::Listed(entry);
    }
    let imitates = |entry: &&OfficialEntry| {
        let name = entry.value.split('.').next().unwrap_or_default();
        squeeze(&entry.value) == squeeze(bare)
            || (entry.kind == OfficialKind::Domain
                && name.chars().count() > 4
                && squeeze(bare).contains(&squeeze(name)))
    };
    register.iter().find(imitates).map_or(Standing::Unlisted, Standing::Lookalike)
}
