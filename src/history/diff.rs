//! What differs between two trees: the paths, found without looking at what is the same.

use gix::ObjectId;
use gix::objs::tree::EntryMode;

use super::Error;

/// Folders inside folders that are followed; more is no help centre.
const DEPTH_MAX: usize = 64;

/// A file that is not the same on both sides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    pub path: String,
    /// Content before; none where the file was added.
    pub before: Option<ObjectId>,
    /// Content after; none where the file was removed.
    pub after: Option<ObjectId>,
}

struct Entry {
    name: Vec<u8>,
    is_tree: bool,
    id: ObjectId,
}

/// Compares two trees; none stands for an empty one.
pub(super) fn diff(
    repo: &gix::Repository,
    before: Option<ObjectId>,
    after: Option<ObjectId>,
) -> Result<Vec<Difference>, Error> {
    let mut found = Vec::new();
    compare(repo, before, after, "", DEPTH_MAX, &mut found)?;
    Ok(found)
}

fn compare(
    repo: &gix::Repository,
    before: Option<ObjectId>,
    after: Option<ObjectId>,
    above: &str,
    depth: usize,
    found: &mut Vec<Difference>,
) -> Result<(), Error> {
    if before == after || depth == 0 {
        return Ok(());
    }
    let (before, after) = differing(read(repo, before)?, read(repo, after)?);
    let (mut old, mut new) = (before.into_iter().peekable(), after.into_iter().peekable());
    loop {
        let (left, right) = match (old.peek(), new.peek()) {
            (None, None) => return Ok(()),
            (Some(_), None) => (old.next(), None),
            (None, Some(_)) => (None, new.next()),
            (Some(a), Some(b)) => match a.name.cmp(&b.name) {
                std::cmp::Ordering::Less => (old.next(), None),
                std::cmp::Ordering::Greater => (None, new.next()),
                std::cmp::Ordering::Equal => (old.next(), new.next()),
            },
        };
        let Some(name) = left.as_ref().or(right.as_ref()).map(|entry| String::from_utf8_lossy(&entry.name)) else {
            continue;
        };
        let path = if above.is_empty() { name.into_owned() } else { format!("{above}/{name}") };
        // What was a file may be a folder now: each side counts for itself.
        let tree = |entry: &Option<Entry>| entry.as_ref().filter(|e| e.is_tree).map(|e| e.id);
        let file = |entry: &Option<Entry>| entry.as_ref().filter(|e| !e.is_tree).map(|e| e.id);
        compare(repo, tree(&left), tree(&right), &path, depth - 1, found)?;
        if file(&left) != file(&right) {
            found.push(Difference { before: file(&left), after: file(&right), path });
        }
    }
}

/// Both sides without what they share at their beginning and end, each in the order of its names.
/// Git puts folders in another place than files of the same name, so that a plain merge would miss.
fn differing(mut before: Vec<Entry>, mut after: Vec<Entry>) -> (Vec<Entry>, Vec<Entry>) {
    let same = |a: &Entry, b: &Entry| a.id == b.id && a.name == b.name && a.is_tree == b.is_tree;
    while before.last().zip(after.last()).is_some_and(|(a, b)| same(a, b)) {
        before.pop();
        after.pop();
    }
    let shared = before.iter().zip(&after).take_while(|(a, b)| same(a, b)).count();
    before.drain(..shared);
    after.drain(..shared);
    before.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    after.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    (before, after)
}

/// The files and folders of a tree; other repositories inside it are none of ours.
fn read(repo: &gix::Repository, id: Option<ObjectId>) -> Result<Vec<Entry>, Error> {
    let Some(id) = id else { return Ok(Vec::new()) };
    let tree = repo.find_tree(id).map_err(Error::of)?;
    let mut entries = Vec::new();
    for entry in tree.iter() {
        let entry = entry.map_err(Error::of)?;
        let mode: EntryMode = entry.mode();
        if mode.is_commit() {
            continue;
        }
        entries.push(Entry { name: entry.filename().to_vec(), is_tree: mode.is_tree(), id: entry.object_id() });
    }
    Ok(entries)
}
