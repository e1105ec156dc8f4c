//! Follows another repository: when the bell rings, or the time comes, one thread pulls and makes a
//! new edition. Many rings while it works are one more turn.

use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::time::Duration;

use super::{Edition, Editions, Error};
use crate::history::{self, PullError, Rewrite};

/// How to follow.
#[derive(Debug, Clone, Copy, Default)]
pub struct Following {
    /// Whether to pull at all; otherwise a turn only looks at the folder.
    pub pulls: bool,
    /// Time between pulls that nobody asked for; none to wait for the bell.
    pub every: Option<Duration>,
    /// What to do when the other side was rewritten.
    pub rewrite: Rewrite,
}

/// Asks for a pull, or a look at the folder, and returns at once.
#[derive(Debug, Clone)]
pub struct Bell(SyncSender<()>);

impl Bell {
    /// A turn that has not begun yet covers this ring, too.
    pub fn ring(&self) {
        if let Err(TrySendError::Disconnected(())) = self.0.try_send(()) {
            tracing::error!("nobody pulls any more");
        }
    }
}

/// What a turn came to.
#[derive(Debug)]
pub struct Turn {
    /// Whether the files could be brought up to date.
    pub pulled: Result<history::Pulled, PullError>,
    /// The edition made of them.
    pub edition: Result<Arc<Edition>, Error>,
}

/// Starts the thread; it ends when every bell is gone. `told` hears of each turn.
///
/// # Errors
/// When the system gives no thread.
pub fn follow(
    editions: &Arc<Editions>,
    following: Following,
    told: impl Fn(Turn) + Send + 'static,
) -> std::io::Result<Bell> {
    // One ring may wait: it stands for all that come until its turn begins.
    let (bell, rings) = sync_channel(1);
    let editions = Arc::clone(editions);
    thread::Builder::new().name("pull".to_owned()).spawn(move || {
        loop {
            let ring = match following.every {
                Some(every) => rings.recv_timeout(every),
                None => rings.recv().map_err(|_| RecvTimeoutError::Disconnected),
            };
            match ring {
                Ok(()) | Err(RecvTimeoutError::Timeout) => told(turn(&editions, following)),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    })?;
    Ok(Bell(bell))
}

/// A folder that could not be pulled may still have changed by hand, so it is read in any case.
fn turn(editions: &Editions, following: Following) -> Turn {
    if !following.pulls {
        return Turn { pulled: Ok(history::Pulled::Same), edition: editions.refresh() };
    }
    let pulled = history::pull(editions.folder(), following.rewrite, |step| editions.while_still(step));
    editions.note_pull(&pulled);
    Turn { pulled, edition: editions.refresh() }
}
