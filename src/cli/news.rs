//! Instances on one PostgreSQL tell each other of new content: whoever serves a new edition says
//! so, and the others pull (where they follow a repository) and look at their folder.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::edition::{Bell, Editions};
use crate::store::{Error, Listener, News, Store};

/// After the database failed.
const AGAIN: Duration = Duration::from_secs(5);

/// Tells and listens until it is stopped. `served` holds the version that is served here.
pub(super) async fn keep(store: Store, editions: Arc<Editions>, bell: Bell, mut served: watch::Receiver<String>) {
    loop {
        // Told at each beginning: what changed while nobody listened is new to somebody.
        served.mark_changed();
        let error = match store.listen().await {
            Ok(listener) => exchange(&store, listener, &editions, &bell, &mut served).await,
            Err(error) => error,
        };
        if matches!(error, Error::Closed) {
            return;
        }
        tracing::warn!(error = &error as &dyn std::error::Error, "other instances are not heard for a while");
        tokio::time::sleep(AGAIN).await;
    }
}

async fn exchange(
    store: &Store,
    mut listener: Listener,
    editions: &Editions,
    bell: &Bell,
    served: &mut watch::Receiver<String>,
) -> Error {
    loop {
        let told = tokio::select! {
            news = listener.next() => news.map(Some),
            changed = served.changed() => match changed {
                Ok(()) => {
                    let version = served.borrow_and_update().clone();
                    store.notify_content(&version).await.map(|()| None)
                }
                Err(_) => Err(Error::Closed),
            },
        };
        match told {
            Ok(Some(News::Content(version))) if version == editions.current().version() => {}
            Ok(Some(_)) => bell.ring(),
            Ok(None) => {}
            Err(error) => return error,
        }
    }
}
