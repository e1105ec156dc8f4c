//! The one task that does SQLite's small writes. Each commit waits for the disk, so whatever arrived
//! while the last one was waiting goes into the next together: hundreds of commits a second become
//! thousands of writes. Every caller still waits for the commit that holds its own.

use std::sync::{Arc, OnceLock};

use sqlx::SqlitePool;
use tokio::sync::{mpsc, oneshot};

use super::Error;
use super::feedback::insert_row;
use super::outbox::put_word;
use super::rates::count_take;
use super::searches::{SearchMark, SearchRecord, insert_searches, mark_search};
use crate::domain::Feedback;

/// Writes in one transaction: at some 30 µs each it stays far below the time of the commit itself.
const BATCH_MAX: usize = 256;
/// Writes that may wait; beyond it callers wait to be let in, which bounds memory.
const WAITING_MAX: usize = 1_024;

/// A small write and where its outcome is awaited.
pub(super) enum Job {
    /// The flag asks to keep word of it for another system.
    Insert(Box<Feedback>, bool, oneshot::Sender<Result<(), Error>>),
    Take(Take, oneshot::Sender<Result<i64, Error>>),
    Searches(Vec<SearchRecord>, oneshot::Sender<Result<(), Error>>),
    Mark(SearchMark, oneshot::Sender<Result<bool, Error>>),
}

/// One use of a rate limit.
#[derive(Clone, Copy)]
pub(super) struct Take {
    pub(super) key: [u8; 16],
    pub(super) window_ms: i64,
    pub(super) ends_ms: i64,
}

/// Starts the task; it ends when the last sender is gone.
pub(super) fn start(pool: SqlitePool, damage: Arc<OnceLock<Error>>) -> mpsc::Sender<Job> {
    let (sender, mut jobs) = mpsc::channel(WAITING_MAX);
    tokio::spawn(async move {
        let mut batch = Vec::with_capacity(BATCH_MAX);
        while jobs.recv_many(&mut batch, BATCH_MAX).await > 0 {
            if let Some(damage) = damage.get() {
                batch.drain(..).for_each(|job: Job| job.fail(damage.clone()));
                continue;
            }
            match commit(&pool, &batch).await {
                Ok(outcomes) => batch.drain(..).zip(outcomes).for_each(|(job, outcome)| job.answer(outcome)),
                // No single row can be at fault (each has a fresh key, or gives way on conflict), so
                // what fails one fails all: the disk, the file, a lock.
                Err(error) => {
                    if matches!(error, Error::Damaged(_)) && damage.set(error.clone()).is_ok() {
                        tracing::error!("the database file is damaged: nothing is written to it any more");
                    }
                    batch.drain(..).for_each(|job| job.fail(error.clone()));
                }
            }
        }
    });
    sender
}

/// Hands a job to the task and waits for its commit.
pub(super) async fn ask<T>(
    writer: &mpsc::Sender<Job>,
    job: impl FnOnce(oneshot::Sender<Result<T, Error>>) -> Job,
) -> Result<T, Error> {
    let (sender, outcome) = oneshot::channel();
    writer.send(job(sender)).await.map_err(|_| Error::Closed)?;
    outcome.await.map_err(|_| Error::Closed)?
}

async fn commit(pool: &SqlitePool, batch: &[Job]) -> Result<Vec<i64>, Error> {
    let mut tx = pool.begin_with("BEGIN IMMEDIATE").await?;
    let mut outcomes = Vec::with_capacity(batch.len());
    for job in batch {
        outcomes.push(match job {
            Job::Insert(feedback, told, _) => {
                insert_row!(feedback, &mut *tx);
                if *told {
                    put_word!(feedback, "received", feedback.created, &mut *tx);
                }
                0
            }
            Job::Take(take, _) => count_take!(take, &mut *tx),
            Job::Searches(records, _) => {
                insert_searches!(records, &mut *tx);
                0
            }
            Job::Mark(mark, _) => mark_search!(mark, &mut *tx).cast_signed(),
        });
    }
    tx.commit().await?;
    Ok(outcomes)
}

impl Job {
    /// A caller who no longer waits is no fault: the row is kept all the same.
    fn answer(self, outcome: i64) {
        match self {
            Self::Insert(_, _, to) | Self::Searches(_, to) => drop(to.send(Ok(()))),
            Self::Take(_, to) => drop(to.send(Ok(outcome))),
            Self::Mark(_, to) => drop(to.send(Ok(outcome > 0))),
        }
    }

    fn fail(self, error: Error) {
        match self {
            Self::Insert(_, _, to) | Self::Searches(_, to) => drop(to.send(Err(error))),
            Self::Take(_, to) => drop(to.send(Err(error))),
            Self::Mark(_, to) => drop(to.send(Err(error))),
        }
    }
}
