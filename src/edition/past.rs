//! The states that an article went through, by git: each has the revision that votes are filed under.

use std::path::Path;

use jiff::civil::Date;

use crate::articles::revision_of;
use crate::domain::Revision;
use crate::history::{self, Error};

/// One state of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// What votes on it are filed under.
    pub revision: Revision,
    /// The commit that made it, in hexadecimal.
    pub commit: String,
    /// The day of that commit.
    pub day: Date,
    /// Its author.
    pub author: String,
    /// First line of its message.
    pub title: String,
    /// Where the file lay then.
    pub path: String,
}

/// The states of the file at `path` below `folder`, newest first; and whether older ones are not known.
///
/// # Errors
/// When git's records are damaged.
pub fn past(folder: &Path, path: &str) -> Result<(Vec<State>, bool), Error> {
    let (changes, is_cut) = history::past(folder, path)?;
    let states = changes.into_iter().map(|change| State {
        revision: revision_of(&change.bytes),
        commit: change.commit,
        day: change.day,
        author: change.author,
        title: change.title,
        path: change.path,
    });
    Ok((states.collect(), is_cut))
}
