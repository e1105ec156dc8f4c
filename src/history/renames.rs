//! Which file that came is one that went: the same content under a new name, or nearly the same.

use std::collections::HashMap;

use gix::ObjectId;

use super::diff::Difference;
use super::walk::Event;

/// Pairs of unlike files that are compared in one commit: more would be slow, and a guess.
const PAIRS_MAX: usize = 40_000;
/// Bytes of a file that is compared; articles are far smaller.
const COMPARED_BYTES_MAX: usize = 1 << 20;

/// What happened to each file. `read` hands out contents.
pub(super) fn events(differences: Vec<Difference>, read: &dyn Fn(ObjectId) -> Option<Vec<u8>>) -> Vec<Event> {
    let (mut gone, mut come, mut events) = (Vec::new(), Vec::new(), Vec::new());
    for difference in differences {
        match (difference.before, difference.after) {
            (Some(id), None) => gone.push((difference.path, id)),
            (None, Some(id)) => come.push((difference.path, id)),
            _ => events.push(Event::Touched(difference.path)),
        }
    }
    if !gone.is_empty() && !come.is_empty() {
        exact(&mut gone, &mut come, &mut events);
        similar(&mut gone, &mut come, &mut events, read);
    }
    // What is gone makes room first: the same path may come back in another form.
    let mut all: Vec<Event> = gone.into_iter().map(|(path, _)| Event::Deleted(path)).collect();
    all.append(&mut events);
    all.extend(come.into_iter().map(|(path, _)| Event::Touched(path)));
    all
}

type Files = Vec<(String, ObjectId)>;

/// Pairs files of the same content, those of the same name first.
fn exact(gone: &mut Files, come: &mut Files, events: &mut Vec<Event>) {
    let mut left: HashMap<ObjectId, Vec<String>> = HashMap::new();
    for (path, id) in gone.iter().rev() {
        left.entry(*id).or_default().push(path.clone());
    }
    for by_name in [true, false] {
        come.retain(|(to, id)| {
            let Some(paths) = left.get_mut(id) else { return true };
            let at =
                if by_name { paths.iter().position(|from| name(from) == name(to)) } else { paths.len().checked_sub(1) };
            let Some(at) = at else { return true };
            events.push(Event::Renamed { from: paths.remove(at), to: to.clone(), is_exact: true });
            false
        });
    }
    gone.retain(|(path, id)| left.get(id).is_some_and(|paths| paths.contains(path)));
}

/// Pairs files that share at least half of their bytes, line by line; the most alike first.
fn similar(gone: &mut Files, come: &mut Files, events: &mut Vec<Event>, read: &dyn Fn(ObjectId) -> Option<Vec<u8>>) {
    if gone.is_empty() || come.is_empty() || gone.len() * come.len() > PAIRS_MAX {
        return;
    }
    let lines = |files: &Files| -> Vec<Option<Lines>> {
        let read = |id| read(id).filter(|bytes| bytes.len() <= COMPARED_BYTES_MAX);
        files.iter().map(|(_, id)| read(*id).map(|bytes| Lines::of(&bytes))).collect()
    };
    let (old, new) = (lines(gone), lines(come));
    let mut pairs = Vec::new();
    for (g, a) in old.iter().enumerate() {
        for (c, b) in new.iter().enumerate() {
            if let (Some(a), Some(b)) = (a, b)
                && extension(&gone[g].0) == extension(&come[c].0)
            {
                let share = a.shared_percent(b);
                if share >= 50 {
                    pairs.push((share, name(&gone[g].0) == name(&come[c].0), g, c));
                }
            }
        }
    }
    pairs.sort_unstable_by_key(|(share, same_name, g, c)| (std::cmp::Reverse((*share, *same_name)), *g, *c));
    let (mut took, mut gave) = (vec![false; come.len()], vec![false; gone.len()]);
    for (_, _, g, c) in pairs {
        if !took[c] && !gave[g] {
            (took[c], gave[g]) = (true, true);
            events.push(Event::Renamed { from: gone[g].0.clone(), to: come[c].0.clone(), is_exact: false });
        }
    }
    let mut gave = gave.into_iter();
    gone.retain(|_| gave.next() == Some(false));
    let mut took = took.into_iter();
    come.retain(|_| took.next() == Some(false));
}

/// How many bytes stand on each line of a file.
struct Lines {
    bytes: HashMap<Vec<u8>, usize>,
    total: usize,
}

impl Lines {
    fn of(text: &[u8]) -> Self {
        let mut bytes: HashMap<Vec<u8>, usize> = HashMap::new();
        for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            *bytes.entry(line.to_vec()).or_default() += line.len();
        }
        let total = bytes.values().sum();
        Self { bytes, total }
    }

    fn shared_percent(&self, other: &Self) -> usize {
        let shared: usize =
            self.bytes.iter().map(|(line, bytes)| other.bytes.get(line).map_or(0, |theirs| *bytes.min(theirs))).sum();
        let longer = self.total.max(other.total);
        (shared * 100).checked_div(longer).unwrap_or_default()
    }
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn extension(path: &str) -> &str {
    name(path).rsplit_once('.').map_or("", |(_, extension)| extension)
}
