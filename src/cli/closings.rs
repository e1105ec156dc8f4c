//! Joins editors' commits with the suggestions they name: what a commit in the served folder
//! settles is closed, and its readers see it on their receipts.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::Notify;

use crate::edition::{Closing, Editions, Taken};
use crate::insight::{self, Commit};
use crate::store::{self, Store};

/// After the database failed.
const AGAIN: Duration = Duration::from_secs(15);

/// Listens until it is stopped. What the database does not take is handed over again.
pub(super) async fn keep(store: Store, editions: Arc<Editions>) {
    let (failed, runtime) = (Arc::new(Notify::new()), Handle::current());
    let tell = Arc::clone(&failed);
    let take = move |closings: &[Closing]| match runtime.block_on(close(&store, closings)) {
        Ok(()) => Taken::Kept,
        Err(error) => {
            let error = super::say::chain(&error.into());
            tracing::warn!(error, "suggestions named by commits are closed later");
            tell.notify_one();
            Taken::Later
        }
    };
    // Editions hand over on the thread that makes them, so on one that may wait; here too.
    let all = Arc::clone(&editions);
    let mut handing = tokio::task::spawn_blocking(move || all.on_closings(take));
    loop {
        if handing.await.is_err() {
            tracing::error!("handing over named suggestions broke off");
        }
        failed.notified().await;
        tokio::time::sleep(AGAIN).await;
        let all = Arc::clone(&editions);
        handing = tokio::task::spawn_blocking(move || all.hand_over());
    }
}

async fn close(store: &Store, closings: &[Closing]) -> Result<(), store::Error> {
    for closing in closings {
        let Closing { suggestion, commit, title, at, articles } = closing.clone();
        let commit = Commit { id: commit, title, at, changed: articles };
        let closed = insight::close(store, &[&suggestion], &commit).await?;
        if closed.proposals + closed.receipts > 0 {
            let (commit, receipts) = (commit.id, closed.receipts);
            tracing::info!(suggestion, commit, receipts, "a commit closed a suggestion");
        } else if !closed.unknown.is_empty() {
            tracing::warn!(commit = commit.id, "a commit names a suggestion that nobody knows");
        }
    }
    Ok(())
}
