//! Word of feedback that another system waits for: written in the same commit as the feedback, so
//! that neither a crash nor a dead receiver loses it, and handed out again until it was delivered.

use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::Timestamp;

use super::backend::{Backend, read, write};
use super::feedback::Row as FeedbackRow;
use super::{Error, Store};
use crate::domain::Feedback;

/// Words that may wait. A receiver that is away for days costs so many rows and no more.
const WAITING_MAX: i64 = 10_000;

/// Word of one piece of feedback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Its own id: the same at every try.
    pub id: String,
    /// Whether the feedback is new or has changed by its reader's hand.
    pub is_new: bool,
    /// How often it was handed out, this time included.
    pub tries: u32,
    /// The feedback as it is now.
    pub feedback: Feedback,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    feedback_id: String,
    kind: String,
    tries: i64,
}

/// Writes a word in the transaction that changes its feedback. One that waits already is replaced
/// under a new id, since what was told before is no longer all; one that may have been told is from
/// then on word of a change.
macro_rules! put_word {
    ($feedback:expr, $kind:expr, $now:expr, $on:expr) => {
        sqlx::query(
            "INSERT INTO outbox (id, feedback_id, kind, due_ms) VALUES ($1, $2, $3, $4)
             ON CONFLICT (feedback_id) DO UPDATE SET id = excluded.id, due_ms = excluded.due_ms, tries = 0,
             kind = CASE WHEN outbox.tries > 0 THEN excluded.kind ELSE outbox.kind END",
        )
        .bind($crate::store::new_id().0.as_str())
        .bind($feedback.id.as_str())
        .bind($kind)
        .bind($now.as_millisecond())
        .execute($on)
        .await?
    };
}
pub(super) use put_word;

impl Store {
    /// From now on keeps word of feedback for another system.
    pub fn keep_words(&self) {
        self.inner.keeps_words.store(true, Ordering::Relaxed);
    }

    pub(super) fn keeps_words(&self) -> bool {
        self.inner.keeps_words.load(Ordering::Relaxed)
    }

    pub(super) fn ring(&self) {
        if self.keeps_words() {
            self.inner.words.notify_one();
        }
    }

    /// Ends when this instance has kept another word, or after `patience`.
    pub async fn wait_for_words(&self, patience: Duration) {
        let _ = tokio::time::timeout(patience, self.inner.words.notified()).await;
    }

    /// Takes the word that is due longest; nobody else gets it until `until`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn word_due(&self, now: Timestamp, until: Timestamp) -> Result<Option<Word>, Error> {
        loop {
            let row: Option<Row> = write!(self, tx => {
                // The second look at `due_ms` is for PostgreSQL, where another instance may have
                // taken the row between the choice and the change.
                sqlx::query_as(
                    "UPDATE outbox SET due_ms = $2, tries = tries + 1 WHERE due_ms <= $1
                     AND id = (SELECT id FROM outbox WHERE due_ms <= $1 ORDER BY due_ms, id LIMIT 1)
                     RETURNING id, feedback_id, kind, tries",
                )
                .bind(now.as_millisecond())
                .bind(until.as_millisecond())
                .fetch_optional(&mut *tx)
                .await?
            });
            let Some(row) = row else { return Ok(None) };
            let feedback: Option<FeedbackRow> = read!(self, pool => {
                sqlx::query_as("SELECT * FROM feedback WHERE id = $1")
                    .bind(row.feedback_id.as_str()).fetch_optional(pool).await
            })?;
            let Some(feedback) = feedback else {
                self.word_done(&row.id).await?;
                continue;
            };
            let (is_new, tries) = (row.kind == "received", u32::try_from(row.tries).unwrap_or(u32::MAX));
            return Ok(Some(Word { id: row.id, is_new, tries, feedback: feedback.read()? }));
        }
    }

    /// Forgets a word: it was delivered, or given up.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn word_done(&self, id: &str) -> Result<(), Error> {
        write!(self, tx => {
            sqlx::query("DELETE FROM outbox WHERE id = $1").bind(id).execute(&mut *tx).await?;
        });
        Ok(())
    }

    /// Puts a word off.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn word_again(&self, id: &str, due: Timestamp) -> Result<(), Error> {
        write!(self, tx => {
            sqlx::query("UPDATE outbox SET due_ms = $2 WHERE id = $1")
                .bind(id).bind(due.as_millisecond()).execute(&mut *tx).await?;
        });
        Ok(())
    }

    /// How many words wait; none where nobody is told.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn words_due(&self) -> Result<u64, Error> {
        if !self.keeps_words() {
            return Ok(0);
        }
        let waiting: i64 =
            read!(self, pool => sqlx::query_scalar("SELECT COUNT(*) FROM outbox").fetch_one(pool).await)?;
        Ok(waiting.cast_unsigned())
    }

    /// How many words wait. Beyond ten thousand the oldest are forgotten first; returns those, too.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn words_waiting(&self) -> Result<(u64, u64), Error> {
        let forgotten = write!(self, tx => {
            sqlx::query("DELETE FROM outbox WHERE id <= (SELECT id FROM outbox ORDER BY id DESC LIMIT 1 OFFSET $1)")
                .bind(WAITING_MAX).execute(&mut *tx).await?.rows_affected()
        });
        let waiting: i64 =
            read!(self, pool => sqlx::query_scalar("SELECT COUNT(*) FROM outbox").fetch_one(pool).await)?;
        Ok((waiting.cast_unsigned(), forgotten))
    }
}
