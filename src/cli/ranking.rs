//! The ranking job beside the server: every few minutes, and when a reviewer asks.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::Notify;

use crate::domain::{ArticleId, Library, Problem, Query};
use crate::edition::{Edition, Editions};
use crate::insight::{self, Ground};
use crate::store::Store;
use crate::text::Lexicon;

/// Between two runs: suggestions are read by people, and a run costs seconds of one core.
const EVERY: Duration = Duration::from_mins(5);
/// After the start, when readers come first.
const FIRST: Duration = Duration::from_secs(5);
/// Several instances on one database take turns: one run in this many seconds.
const TURN_S: u32 = 240;

struct Moment(Arc<Edition>);

impl Ground for Moment {
    fn library(&self) -> &Library {
        self.0.library()
    }

    fn problems(&self) -> &[Problem] {
        self.0.problems()
    }

    fn lexicon(&self) -> &Lexicon {
        self.0.lexicon()
    }

    fn words(&self) -> (&str, &str) {
        let lexicon = &self.0.loaded().lexicon;
        (&lexicon.synonyms, &lexicon.dictionary)
    }

    fn answer(&self, query: &str) -> Option<ArticleId> {
        self.0.search(&Query::of(query)).hits.first().map(|hit| hit.article.id.clone())
    }
}

/// Runs until it is stopped. A run that fails is told and tried again at the next turn.
pub(super) async fn keep(store: Store, editions: Arc<Editions>, recount: Arc<Notify>) {
    let mut wait = FIRST;
    loop {
        let asked = tokio::select! {
            () = tokio::time::sleep(wait) => false,
            () = recount.notified() => true,
        };
        wait = EVERY;
        regard(&store, &editions).await;
        if !asked && !turn(&store).await {
            continue;
        }
        let (ground, begun) = (Moment(editions.current()), Instant::now());
        let (store, runtime) = (store.clone(), tokio::runtime::Handle::current());
        // On a thread of its own: cutting thousands of comments and queries is work, and the
        // threads that answer readers are few.
        let run = move || runtime.block_on(insight::rank(&store, &ground, Timestamp::now()));
        match tokio::task::spawn_blocking(run).await {
            Ok(Ok(ran)) => {
                let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
                let insight::Ran { proposals, feedback, searches } = ran;
                tracing::info!(proposals, feedback, searches, ms, "suggestions are ranked");
            }
            Ok(Err(error)) => {
                tracing::warn!(error = %super::say::chain(&error.into()), "suggestions are not ranked");
            }
            Err(_) => tracing::warn!("ranking stopped short"),
        }
    }
}

/// Tells search what votes say of the articles as they are now.
async fn regard(store: &Store, editions: &Editions) {
    match store.votes_by_article().await {
        Ok(votes) => {
            let edition = editions.current();
            edition.searcher().regard(insight::helpfulness(&votes, edition.library()));
        }
        Err(error) => tracing::warn!(error = %super::say::chain(&error.into()), "votes are not read"),
    }
}

/// Whether it is this instance's turn. A database that fails will say so in the run itself.
async fn turn(store: &Store) -> bool {
    store.take(*b"wenqu: ranking..", TURN_S, 1).await.unwrap_or(true)
}
