//! Reads git: on which day each file was last changed, what it was called before, which commits name a
//! suggestion; and pulls. Knows paths relative to the articles folder, and nothing of articles.
//!
//! The history is walked once, along first parents and from the oldest commit, and kept by the id
//! of its last commit; afterwards only what is new is read.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

mod diff;
mod past;
mod pull;
mod renames;
mod trailers;
mod walk;

pub use past::{Change, past};
pub use pull::{PullError, Pulled, Rewrite, pull};
pub use trailers::Named;

/// Why a history cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What git keeps is damaged, or only in part there.
    #[error("the git history cannot be read")]
    Git(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The folder is in no repository.
    #[error("the articles folder is in no git repository")]
    NoRepository,
}

impl Error {
    fn of(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Git(Box::new(error))
    }
}

/// How much of the past is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Depth {
    /// The folder is in no repository, or nothing was committed yet.
    #[default]
    None,
    /// The oldest commits were left behind: no date can be trusted.
    Shallow,
    /// All of it.
    Full,
}

/// What the past tells of the files that are in the last commit.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Facts {
    /// Version of this form, so that another one is not misread.
    form: u32,
    /// The articles folder inside its repository, `/` as separator.
    inside: String,
    /// Last commit that was walked to.
    head: String,
    /// Last commit whose trailers were handed on.
    told: String,
    dates: HashMap<String, Date>,
    /// Earlier paths, oldest first.
    formers: HashMap<String, Vec<String>>,
}

const FORM: u32 = 1;

/// The history of one folder.
#[derive(Debug)]
pub struct History {
    folder: PathBuf,
    kept: Option<PathBuf>,
    depth: Depth,
    facts: Facts,
}

/// The files of the folder at a revision, such as `origin/main` or `HEAD~3`.
///
/// # Errors
/// When there is no repository, or it does not know the revision.
pub fn files_at(folder: &Path, revision: &str) -> Result<Vec<String>, Error> {
    match walk::Place::find(folder)? {
        Some(place) => place.files_at(revision),
        None => Err(Error::NoRepository),
    }
}

/// Writes the files of the folder at a revision below `into`, which is made; returns how many.
///
/// # Errors
/// When there is no repository, it does not know the revision, or a file cannot be written.
pub fn write_files_at(folder: &Path, revision: &str, into: &Path) -> Result<usize, Error> {
    match walk::Place::find(folder)? {
        Some(place) => place.write_files(revision, into),
        None => Err(Error::NoRepository),
    }
}

/// How long a `git` that holds its lock is waited for; one that died leaves the lock behind.
const SETTLE_TIME: Duration = Duration::from_secs(2);

/// Waits while somebody's `git` is putting files in place, so that nobody reads half of a commit.
pub fn settle(folder: &Path) {
    let Ok(folder) = folder.canonicalize() else { return };
    let begun = Instant::now();
    let is_busy = || folder.ancestors().any(|above| above.join(".git/index.lock").exists());
    while is_busy() && begun.elapsed() < SETTLE_TIME {
        std::thread::sleep(Duration::from_millis(10));
    }
}

impl History {
    /// The history of `folder`. What is learned is kept in the file `kept`, if one is named, and
    /// believed again at the next start as long as git still knows the commit it ends with.
    pub fn open(folder: &Path, kept: Option<PathBuf>) -> Self {
        let read = |path: &PathBuf| serde_json::from_slice::<Facts>(&fs::read(path).ok()?).ok();
        let facts = kept.as_ref().and_then(read).filter(|facts| facts.form == FORM).unwrap_or_default();
        Self { folder: folder.to_owned(), kept, depth: Depth::None, facts }
    }

    /// Reads what was committed since the last time; tells whether there was anything.
    ///
    /// # Errors
    /// When the repository is damaged; what was known before stays.
    pub fn refresh(&mut self) -> Result<bool, Error> {
        let Some(mut place) = walk::Place::find(&self.folder)? else {
            let changed = self.depth != Depth::None;
            (self.depth, self.facts) = (Depth::None, Facts::default());
            return Ok(changed);
        };
        if place.is_shallow() {
            let changed = self.depth != Depth::Shallow;
            let told = std::mem::take(&mut self.facts.told);
            (self.depth, self.facts) = (Depth::Shallow, Facts { told, ..Facts::default() });
            return Ok(changed);
        }
        let inside = place.inside();
        if self.depth == Depth::Full && self.facts.head == place.head() && self.facts.inside == inside {
            return Ok(false);
        }
        let changed = self.facts.head != place.head() || self.depth != Depth::Full;
        let known = (self.facts.inside == inside).then_some(self.facts.head.as_str());
        let (is_continued, steps) = place.steps(known)?;
        if !is_continued {
            self.facts = Facts { told: std::mem::take(&mut self.facts.told), ..Facts::default() };
        }
        for step in steps {
            self.facts.apply(step);
        }
        (self.facts.form, self.facts.inside, self.facts.head) = (FORM, inside, place.head());
        self.depth = Depth::Full;
        if changed {
            self.keep();
        }
        Ok(changed)
    }

    /// How much of the past is there, as of the last refresh.
    pub fn depth(&self) -> Depth {
        self.depth
    }

    /// The last commit that was read, in hexadecimal; empty where there is none.
    pub fn head(&self) -> &str {
        &self.facts.head
    }

    /// The day on which the last commit that changed this file was written, where its author was.
    /// Moving a file does not change it.
    pub fn date(&self, path: &str) -> Option<Date> {
        self.facts.dates.get(path).copied()
    }

    /// What this file was called before, oldest first.
    pub fn formers(&self, path: &str) -> &[String] {
        self.facts.formers.get(path).map_or(&[], Vec::as_slice)
    }

    /// Suggestions named by commits since [`History::mark_told`] was last called, oldest first, and
    /// the commit up to which they were looked for.
    ///
    /// # Errors
    /// When the repository is damaged.
    pub fn named(&self) -> Result<(String, Vec<Named>), Error> {
        match walk::Place::find(&self.folder)? {
            Some(mut place) => Ok((place.head(), place.named(&self.facts.told)?)),
            None => Ok((String::new(), Vec::new())),
        }
    }

    /// Remembers that everything up to a commit was handed on.
    pub fn mark_told(&mut self, head: String) {
        if self.facts.told != head {
            self.facts.told = head;
            self.keep();
        }
    }

    /// What is kept only saves work, so that a full disk is no failure.
    fn keep(&self) {
        let Some(path) = &self.kept else { return };
        let written = serde_json::to_vec(&self.facts).map_err(std::io::Error::from).and_then(|bytes| {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            let beside = path.with_extension("new");
            fs::write(&beside, bytes)?;
            fs::rename(&beside, path)
        });
        if let Err(error) = written {
            tracing::warn!(%error, "what git told could not be kept and will be read again");
        }
    }
}

impl Facts {
    fn apply(&mut self, step: walk::Step) {
        for event in step.events {
            match event {
                walk::Event::Touched(path) => {
                    self.dates.insert(path, step.day);
                }
                walk::Event::Deleted(path) => {
                    self.dates.remove(&path);
                    self.formers.remove(&path);
                }
                walk::Event::Renamed { from, to, is_exact } => {
                    let before = self.dates.remove(&from);
                    self.dates.insert(to.clone(), before.filter(|_| is_exact).unwrap_or(step.day));
                    let mut formers = self.formers.remove(&from).unwrap_or_default();
                    formers.push(from);
                    formers.retain(|path| *path != to);
                    self.formers.insert(to, formers);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
