//! Waits for an index that another process writes: an editor's `explain` brings it up to date as well
//! as the server, and nobody would tell the server of the change again.

use std::thread::sleep;
use std::time::Duration;

use super::Error;
use crate::search;

/// How often, and how far apart, it is tried again: five seconds, in which some ten thousand articles
/// are indexed.
const TRIES: usize = 20;
const PAUSE: Duration = Duration::from_millis(250);

/// Does `work`, again while another process writes the index.
pub(super) fn patiently<T>(mut work: impl FnMut() -> Result<T, Error>) -> Result<T, Error> {
    for _ in 0..TRIES {
        match work() {
            Err(Error::Index(search::Error::Busy)) => sleep(PAUSE),
            result => return result,
        }
    }
    work()
}
