//! The past of one file: the commits that changed it, and what it said after each.

use std::path::Path;

use jiff::civil::Date;

use super::Error;
use super::walk::Place;

/// Commits that are looked through for one file.
pub(super) const COMMITS_MAX: usize = 20_000;
/// States of one file that are handed out.
pub(super) const STATES_MAX: usize = 100;

/// A commit that changed a file, or moved it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// In hexadecimal.
    pub commit: String,
    /// The day on which it was written, where its author was.
    pub day: Date,
    /// Who wrote it, without an address.
    pub author: String,
    /// First line of its message.
    pub title: String,
    /// The file's path below the folder as of this commit.
    pub path: String,
    /// What the file holds since then.
    pub bytes: Vec<u8>,
}

/// The changes of the file at `path` below `folder`, newest first, along first parents and through
/// renames; and whether older ones are not known (a shallow clone, or too many).
///
/// # Errors
/// When the repository is damaged.
pub fn past(folder: &Path, path: &str) -> Result<(Vec<Change>, bool), Error> {
    match Place::find(folder)? {
        Some(place) => place.past(path),
        None => Ok((Vec::new(), false)),
    }
}
