//! The repository around a folder, and the commits of its past. The only file that opens one.

use std::fs;
use std::path::{Component, Path, PathBuf};

use gix::ObjectId;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use rayon::prelude::*;

use super::diff::diff;
use super::past::{COMMITS_MAX, Change, STATES_MAX};
use super::trailers::{Named, suggestions, title};
use super::{Error, renames};

/// What a commit did to one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Event {
    /// Added, or changed.
    Touched(String),
    Deleted(String),
    Renamed {
        from: String,
        to: String,
        /// Whether not a byte of it changed.
        is_exact: bool,
    },
}

/// What one commit did.
pub(super) struct Step {
    pub day: Date,
    pub events: Vec<Event>,
}

/// A folder in a repository with at least one commit.
pub(super) struct Place {
    repo: gix::Repository,
    /// Folders from the top of the repository down to ours.
    inside: Vec<String>,
    head: ObjectId,
}

/// Bytes of objects kept while walking: trees are read twice, as new and as old.
const CACHE_BYTES: usize = 32 << 20;
/// Characters of an author's name.
const NAME_CHARS_MAX: usize = 60;
/// Commits whose trailers are looked at in one go: the newest; readers of older ones wait no more.
const NAMED_COMMITS_MAX: usize = 50_000;

impl Place {
    /// Looks upward from the folder for a repository; none where there is none, or where it has no
    /// commit or no files of its own.
    pub fn find(folder: &Path) -> Result<Option<Self>, Error> {
        let Ok(folder) = folder.canonicalize() else { return Ok(None) };
        if gix::discover::upwards(&folder).is_err() {
            return Ok(None);
        }
        let mut repo = gix::discover(&folder).map_err(Error::of)?;
        repo.object_cache_size_if_unset(CACHE_BYTES);
        let top: Option<PathBuf> = repo.workdir().and_then(|top| top.canonicalize().ok());
        let Some(inside) = top.and_then(|top| Some(folder.strip_prefix(top).ok()?.to_owned())) else {
            return Ok(None);
        };
        let inside = inside.components().map(|part| part.as_os_str().to_string_lossy().into_owned()).collect();
        let head = repo.head().map_err(Error::of)?;
        if head.is_unborn() {
            return Ok(None);
        }
        let Some(head) = head.id().map(gix::Id::detach) else { return Ok(None) };
        Ok(Some(Self { repo, inside, head }))
    }

    /// A repository that cannot tell is taken for one that lacks its past.
    pub fn is_shallow(&self) -> bool {
        self.repo.is_shallow().unwrap_or(true)
    }

    pub fn inside(&self) -> String {
        self.inside.join("/")
    }

    pub fn head(&self) -> String {
        self.head.to_string()
    }

    /// What was done since the commit `known`, oldest first, along first parents; and whether that
    /// commit was met, so that what is known goes on. Otherwise all of the past is told.
    pub fn steps(&mut self, known: Option<&str>) -> Result<(bool, Vec<Step>), Error> {
        let known = known.and_then(|id| ObjectId::from_hex(id.as_bytes()).ok());
        let mut line = Vec::new();
        let mut next = Some(self.head);
        while let Some(id) = next.filter(|id| Some(*id) != known) {
            line.push(id);
            next = self.repo.find_commit(id).map_err(Error::of)?.parent_ids().next().map(gix::Id::detach);
        }
        let is_continued = next.is_some();
        line.reverse();
        let shared = self.repo.clone().into_sync();
        // Neighbours share trees, so that one worker takes a run of them.
        let run = line.len().div_ceil(rayon::current_num_threads() * 4).max(1);
        let steps: Result<Vec<Vec<Step>>, Error> = line
            .par_chunks(run)
            .map(|ids| {
                let mut repo = shared.to_thread_local();
                repo.object_cache_size_if_unset(CACHE_BYTES);
                ids.iter().map(|id| step(&repo, &self.inside, *id)).collect()
            })
            .collect();
        Ok((is_continued, steps?.into_iter().flatten().collect()))
    }

    /// The files of our folder at a revision.
    pub fn files_at(&self, revision: &str) -> Result<Vec<String>, Error> {
        let id = self.repo.rev_parse_single(revision).map_err(Error::of)?.detach();
        let tree = self.repo.find_object(id).and_then(gix::Object::peel_to_tree).map_err(Error::of)?.id;
        let tree = folder_of(&self.repo, tree, &self.inside)?;
        Ok(diff(&self.repo, None, tree)?.into_iter().map(|file| file.path).collect())
    }

    /// Writes the files of our folder at a revision below `into`; returns how many. A link becomes a
    /// file that holds where it leads.
    pub fn write_files(&self, revision: &str, into: &Path) -> Result<usize, Error> {
        let id = self.repo.rev_parse_single(revision).map_err(Error::of)?.detach();
        let tree = self.repo.find_object(id).and_then(gix::Object::peel_to_tree).map_err(Error::of)?.id;
        let tree = folder_of(&self.repo, tree, &self.inside)?;
        let mut written = 0;
        for file in diff(&self.repo, None, tree)? {
            // A tree that was made by hand may hold any name; ours lead no way out of the folder.
            let inside = Path::new(&file.path).components().all(|part| matches!(part, Component::Normal(_)));
            let (true, Some(id)) = (inside, file.after) else { continue };
            let blob = self.repo.find_blob(id).map_err(Error::of)?;
            let path = into.join(&file.path);
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder).map_err(Error::of)?;
            }
            fs::write(path, &blob.data).map_err(Error::of)?;
            written += 1;
        }
        Ok(written)
    }

    /// Suggestions named by commits that `told` does not have among its ancestors, oldest first.
    pub fn named(&mut self, told: &str) -> Result<Vec<Named>, Error> {
        if told == self.head() {
            return Ok(Vec::new());
        }
        let told = ObjectId::from_hex(told.as_bytes()).ok().filter(|id| self.repo.find_commit(*id).is_ok());
        let walk = self.repo.rev_walk([self.head]).with_hidden(told).all().map_err(Error::of)?;
        let mut named = Vec::new();
        for info in walk.take(NAMED_COMMITS_MAX) {
            let id = info.map_err(Error::of)?.id;
            let commit = self.repo.find_commit(id).map_err(Error::of)?;
            let message = commit.message_raw().map_err(Error::of)?.to_string();
            let found = suggestions(&message);
            if found.is_empty() {
                continue;
            }
            let paths = self.changed(id)?;
            let at = Timestamp::from_second(commit.time().map_err(Error::of)?.seconds).unwrap_or_default();
            let title = title(&message);
            named.extend(found.into_iter().rev().map(|suggestion| Named {
                suggestion,
                commit: id.to_string(),
                title: title.clone(),
                at,
                paths: paths.clone(),
            }));
        }
        named.reverse();
        Ok(named)
    }

    /// See [`super::past`].
    pub fn past(&self, path: &str) -> Result<(Vec<Change>, bool), Error> {
        let (mut changes, mut path) = (Vec::new(), path.to_owned());
        let mut next = Some(self.head);
        for _ in 0..COMMITS_MAX {
            let Some(id) = next else { return Ok((changes, false)) };
            let commit = self.repo.find_commit(id).map_err(Error::of)?;
            let parent = commit.parent_ids().next().map(gix::Id::detach);
            // At the edge of a shallow clone everything looks new.
            if self.is_shallow() && parent.is_none_or(|parent| self.repo.find_commit(parent).is_err()) {
                return Ok((changes, true));
            }
            let after = self.blob(id, &path)?;
            let before = parent.map(|parent| self.blob(parent, &path)).transpose()?.flatten();
            next = parent;
            let Some(blob) = after.filter(|blob| before != Some(*blob)) else { continue };
            if changes.len() == STATES_MAX {
                return Ok((changes, true));
            }
            let author = commit.author().map_err(Error::of)?;
            let written = author.time().map_err(Error::of)?;
            changes.push(Change {
                commit: id.to_string(),
                day: day(written.seconds, written.offset),
                author: author.name.to_string().chars().filter(|c| !c.is_control()).take(NAME_CHARS_MAX).collect(),
                title: title(&commit.message_raw().map_err(Error::of)?.to_string()),
                path: path.clone(),
                bytes: self.repo.find_blob(blob).map_err(Error::of)?.data.clone(),
            });
            if before.is_none() {
                let renamed = step(&self.repo, &self.inside, id)?.events.into_iter().find_map(|event| match event {
                    Event::Renamed { from, to, .. } if to == path => Some(from),
                    _ => None,
                });
                match renamed {
                    Some(from) => path = from,
                    None => return Ok((changes, false)),
                }
            }
        }
        Ok((changes, true))
    }

    /// The content of a file of our folder at a commit; none where there is no such file.
    fn blob(&self, commit: ObjectId, path: &str) -> Result<Option<ObjectId>, Error> {
        let commit = self.repo.find_commit(commit).map_err(Error::of)?;
        let Some(mut id) = folder_of(&self.repo, commit.tree_id().map_err(Error::of)?.detach(), &self.inside)? else {
            return Ok(None);
        };
        let mut parts = path.split('/').peekable();
        while let Some(part) = parts.next() {
            let tree = self.repo.find_tree(id).map_err(Error::of)?;
            let wants_tree = parts.peek().is_some();
            let entry = tree.find_entry(part).filter(|entry| entry.mode().is_tree() == wants_tree);
            let Some(entry) = entry else { return Ok(None) };
            id = entry.object_id();
        }
        Ok(Some(id))
    }

    /// Files that a commit added or changed. At the edge of a shallow clone nobody knows.
    fn changed(&self, id: ObjectId) -> Result<Vec<String>, Error> {
        let parent = self.repo.find_commit(id).map_err(Error::of)?.parent_ids().next().map(gix::Id::detach);
        if self.is_shallow() && parent.is_none_or(|parent| self.repo.find_commit(parent).is_err()) {
            return Ok(Vec::new());
        }
        let events = step(&self.repo, &self.inside, id)?.events;
        let changed = events.into_iter().filter_map(|event| match event {
            Event::Touched(path) | Event::Renamed { to: path, .. } => Some(path),
            Event::Deleted(_) => None,
        });
        Ok(changed.collect())
    }
}

fn step(repo: &gix::Repository, inside: &[String], id: ObjectId) -> Result<Step, Error> {
    let commit = repo.find_commit(id).map_err(Error::of)?;
    let written = commit.author().map_err(Error::of)?.time().map_err(Error::of)?;
    let parent = commit.parent_ids().next().map(gix::Id::detach);
    let after = folder_of(repo, commit.tree_id().map_err(Error::of)?.detach(), inside)?;
    let before = match parent {
        Some(parent) => {
            let parent = repo.find_commit(parent).map_err(Error::of)?;
            folder_of(repo, parent.tree_id().map_err(Error::of)?.detach(), inside)?
        }
        None => None,
    };
    let read = |id: ObjectId| Some(repo.find_blob(id).ok()?.data.clone());
    let events = renames::events(diff(repo, before, after)?, &read);
    Ok(Step { day: day(written.seconds, written.offset), events })
}

/// The tree of our folder at one commit; none where it did not exist.
fn folder_of(repo: &gix::Repository, tree: ObjectId, inside: &[String]) -> Result<Option<ObjectId>, Error> {
    let mut id = tree;
    for name in inside {
        let tree = repo.find_tree(id).map_err(Error::of)?;
        let entry = tree.find_entry(name.as_str()).filter(|entry| entry.mode().is_tree());
        let Some(entry) = entry else { return Ok(None) };
        id = entry.object_id();
    }
    Ok(Some(id))
}

/// The day on the author's own calendar.
fn day(seconds: i64, offset: i32) -> Date {
    let moment = Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH);
    moment.to_zoned(Offset::from_seconds(offset).unwrap_or(Offset::UTC).to_time_zone()).date()
}
