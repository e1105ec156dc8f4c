//! Follows the articles folder and makes a new edition when files change.

use std::path::{Component, Path};
use std::sync::Arc;
use std::time::Duration;

use notify_debouncer_full::notify::{RecommendedWatcher, RecursiveMode};
use notify_debouncer_full::{DebounceEventResult, Debouncer, RecommendedCache, new_debouncer};

use super::{Edition, Editions, Error};
use crate::history::settle;

/// How long a burst of changes is gathered: editors save in several writes, git in thousands.
const QUIET: Duration = Duration::from_millis(60);

/// Watches as long as it lives.
pub struct Watch {
    _debouncer: Debouncer<RecommendedWatcher, RecommendedCache>,
}

impl Watch {
    /// Begins to watch the folder of `editions`. After each change `told` gets the new edition, or
    /// why there is none.
    ///
    /// # Errors
    /// When the system refuses to watch.
    pub fn start(
        editions: &Arc<Editions>,
        told: impl Fn(Result<Arc<Edition>, Error>) + Send + 'static,
    ) -> Result<Self, Error> {
        let watched = Arc::clone(editions);
        let mut debouncer = new_debouncer(QUIET, None, move |result: DebounceEventResult| {
            let matters = match &result {
                Ok(events) => events.iter().any(|event| {
                    !event.kind.is_access() && event.paths.iter().any(|path| is_content(path, watched.folder()))
                }),
                // Events were lost: look at everything.
                Err(_) => true,
            };
            if matters {
                settle(watched.folder());
                let before = watched.current();
                match watched.refresh() {
                    Ok(edition) if edition.version() == before.version() => {}
                    result => told(result),
                }
            }
        })?;
        debouncer.watch(editions.folder(), RecursiveMode::Recursive)?;
        Ok(Self { _debouncer: debouncer })
    }
}

/// Whether a changed path can matter: not inside `.git`, not an editor's hidden scratch file.
fn is_content(path: &Path, folder: &Path) -> bool {
    let inside = folder.canonicalize().ok();
    let relative =
        inside.as_deref().and_then(|root| path.strip_prefix(root).ok()).or_else(|| path.strip_prefix(folder).ok());
    relative.unwrap_or(path).components().all(|part| match part {
        Component::Normal(name) => !name.to_string_lossy().starts_with('.'),
        _ => true,
    })
}
