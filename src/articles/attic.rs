//! Keeps the packed text of articles in a file without a name, so that it takes no memory of its own:
//! pages and snippets read a few of ten thousand. The file ends with the process, whatever ends it,
//! and is filled anew at each start: nothing in it can be stale or damaged by a crash.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::domain::Keeper;

/// Room is given out in pieces of so many bytes, so that what is given back fits again.
const GRAIN: u64 = 256;

/// A file that only this process sees.
#[derive(Debug)]
pub struct Attic {
    file: File,
    space: Mutex<Space>,
    /// Whether it was told that nothing more goes in.
    is_told: AtomicBool,
}

#[derive(Debug, Default)]
struct Space {
    end: u64,
    /// What was given back, by its length in grains.
    free: HashMap<u64, Vec<u64>>,
}

/// A place in the attic, given back when nobody knows of it any more.
#[derive(Debug)]
pub struct Slot {
    attic: Arc<Attic>,
    at: u64,
    length: u32,
}

impl Attic {
    /// Makes one in a folder.
    ///
    /// # Errors
    /// Where the folder cannot be written, or the system has no files without names.
    pub fn in_folder(folder: &Path) -> io::Result<Arc<Self>> {
        if !cfg!(unix) {
            return Err(io::ErrorKind::Unsupported.into());
        }
        let path = folder.join(format!("texts-{}", std::process::id()));
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path)?;
        std::fs::remove_file(&path)?;
        Ok(Arc::new(Self { file, space: Mutex::default(), is_told: AtomicBool::new(false) }))
    }

    /// Puts bytes away; none where there is no room for them.
    pub fn keep(self: &Arc<Self>, bytes: &[u8]) -> Option<Slot> {
        let length = u32::try_from(bytes.len()).ok()?;
        let at = self.space().take(length);
        // From here on the place is given back if anything fails.
        let slot = Slot { attic: Arc::clone(self), at, length };
        match write_at(&self.file, bytes, at) {
            Ok(()) => Some(slot),
            Err(error) => {
                if !self.is_told.swap(true, Ordering::Relaxed) {
                    tracing::warn!(%error, "the text of articles is kept in memory");
                }
                None
            }
        }
    }

    fn space(&self) -> MutexGuard<'_, Space> {
        self.space.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn grains(length: u32) -> u64 {
    u64::from(length).div_ceil(GRAIN)
}

impl Space {
    fn take(&mut self, length: u32) -> u64 {
        let grains = grains(length);
        self.free.get_mut(&grains).and_then(Vec::pop).unwrap_or_else(|| {
            let at = self.end;
            self.end += grains * GRAIN;
            at
        })
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.attic.space().free.entry(grains(self.length)).or_default().push(self.at);
    }
}

impl Keeper for Slot {
    fn read(&self) -> Option<Vec<u8>> {
        let mut bytes = vec![0; self.length as usize];
        match read_at(&self.attic.file, &mut bytes, self.at) {
            Ok(()) => Some(bytes),
            Err(error) => {
                tracing::error!(%error, "the text of an article cannot be read");
                None
            }
        }
    }
}

#[cfg(unix)]
fn write_at(file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

#[cfg(not(unix))]
fn write_at(_: &File, _: &[u8], _: u64) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(not(unix))]
fn read_at(_: &File, _: &mut [u8], _: u64) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_given_back_and_the_file_has_no_name() {
        let folder = tempfile::tempdir().unwrap();
        let attic = Attic::in_folder(folder.path()).unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        let (first, second) = (attic.keep(b"one").unwrap(), attic.keep(&[7; 300]).unwrap());
        assert_eq!((first.read().unwrap(), second.read().unwrap()), (b"one".to_vec(), vec![7; 300]));
        drop(first);
        let third = attic.keep(b"three").unwrap();
        assert_eq!((third.at, third.read().unwrap()), (0, b"three".to_vec()));
        assert_eq!((second.read().unwrap(), attic.space().end), (vec![7; 300], 3 * GRAIN));
    }

    #[test]
    fn what_cannot_be_written_or_read_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("full");
        std::fs::write(&path, "").unwrap();
        let file = OpenOptions::new().read(true).open(&path).unwrap();
        let attic = Arc::new(Attic { file, space: Mutex::default(), is_told: AtomicBool::new(false) });
        assert!(attic.keep(b"one").is_none(), "the file is open for reading only");
        let lost = Slot { attic, at: 0, length: 3 };
        assert_eq!(lost.read(), None);
        assert!(Attic::in_folder(&folder.path().join("nowhere")).is_err());
    }
}
