//! What happens to feedback after it arrived, by its reader's hand and by a reviewer's, and the
//! history that keeps what was there before.

use jiff::Timestamp;

use super::audit::audit_row;
use super::backend::{Backend, read, write};
use super::feedback::{BETWEEN, Row, changed, joined};
use super::outbox::put_word;
use super::{Error, Store, new_id, timestamp};
use crate::domain::{Amendment, Change, Feedback, Reason, Receipt, SENTENCES_MAX, Status, Vote};

/// The outcome of changing feedback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Amended {
    /// It is kept, and this is what it is now.
    Kept(Box<Feedback>),
    /// No feedback has this receipt.
    NotFound,
    /// Its reader took it back, which nobody undoes.
    Withdrawn,
    /// It has [`SENTENCES_MAX`] sentences already.
    Full,
}

/// What happened to a piece of feedback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// The reviewer; empty for the reader.
    pub by: String,
    /// What.
    pub kind: EventKind,
    /// The value before, may be empty.
    pub was: String,
    /// The value since, may be empty.
    pub became: String,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $word:literal,)*) => {
        /// What changed in an [`Event`].
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum EventKind { $($(#[$doc])* $variant,)* }
        impl EventKind {
            /// Reads the word that [`Self::as_str`] writes.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($word => Some(Self::$variant),)* _ => None }
            }
            /// The word used in tables and exports.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    };
}

kinds! {
    /// The vote.
    Vote = "vote",
    /// The reason.
    Reason = "reason",
    /// The comment.
    Comment = "comment",
    /// The contact.
    Contact = "contact",
    /// A sentence was added.
    Sentence = "sentence",
    /// The reader took it back.
    Withdrawn = "withdrawn",
    /// The state.
    Status = "status",
    /// The public reply.
    Reply = "reply",
    /// A reviewer's note, never shown to the reader.
    Note = "note",
}

#[derive(sqlx::FromRow)]
struct EventRow {
    at_ms: i64,
    actor: String,
    kind: String,
    was: String,
    became: String,
}

/// Writes a whole row back after it was changed in memory, inside the transaction that read it.
macro_rules! update_row {
    ($feedback:expr, $tx:ident) => {
        sqlx::query(
            "UPDATE feedback SET vote = $2, reason = $3, comment = $4, contact = $5, query = $6, changed_ms = $7,
             added = $8, status = $9, reply = $10, change_article = $11, change_revision = $12, change_commit = $13,
             change_title = $14, change_ms = $15 WHERE id = $1",
        )
        .bind($feedback.id.as_str())
        .bind($feedback.said.vote.map(Vote::as_str))
        .bind($feedback.said.reason.map(Reason::as_str))
        .bind($feedback.said.comment.as_str())
        .bind($feedback.said.contact.as_str())
        .bind($feedback.said.query.as_str())
        .bind($feedback.changed.as_millisecond())
        .bind(joined(&$feedback.added))
        .bind($feedback.status.as_str())
        .bind($feedback.reply.as_str())
        .bind(changed(&$feedback).map(|(article, _)| article.as_str()))
        .bind(changed(&$feedback).map_or_else(String::new, |(_, revision)| revision.to_string()))
        .bind($feedback.change.as_ref().map_or("", |change| change.commit.as_str()))
        .bind($feedback.change.as_ref().map_or("", |change| change.title.as_str()))
        .bind($feedback.change.as_ref().map(|change| change.at.as_millisecond()))
        .execute(&mut *$tx)
        .await?
    };
}

macro_rules! insert_event {
    ($of:expr, $event:expr, $tx:ident) => {
        sqlx::query(
            "INSERT INTO feedback_events (id, feedback_id, at_ms, actor, kind, was, became)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(new_id().0.as_str())
        .bind($of.as_str())
        .bind($event.at.as_millisecond())
        .bind($event.by.as_str())
        .bind($event.kind.as_str())
        .bind($event.was.as_str())
        .bind($event.became.as_str())
        .execute(&mut *$tx)
        .await?
    };
}

/// Reads the row of a receipt for changing it, or leaves the function with [`Amended::NotFound`].
///
/// The UPDATE comes first because it locks the row on PostgreSQL, and SQLite knows no `FOR UPDATE`.
macro_rules! read_to_change {
    ($receipt:expr, $now:expr, $tx:ident) => {{
        sqlx::query("UPDATE feedback SET changed_ms = $2 WHERE receipt = $1")
            .bind($receipt.as_str())
            .bind($now.as_millisecond())
            .execute(&mut *$tx)
            .await?;
        let row: Option<Row> = sqlx::query_as("SELECT * FROM feedback WHERE receipt = $1")
            .bind($receipt.as_str())
            .fetch_optional(&mut *$tx)
            .await?;
        match row {
            Some(row) => row.read()?,
            None => return Ok(Amended::NotFound),
        }
    }};
}

impl Store {
    /// Does what a reader asks of feedback already sent, and keeps what was there in its history.
    /// Withdrawing erases the reader's words, in the history too.
    ///
    /// # Errors
    /// When the database fails; then nothing has changed.
    pub async fn amend(&self, receipt: &Receipt, amendment: Amendment) -> Result<Amended, Error> {
        let now = now_ms();
        let feedback = write!(self, tx => {
            let mut feedback = read_to_change!(receipt, now, tx);
            if feedback.status == Status::Withdrawn {
                return Ok(Amended::Withdrawn);
            }
            let Some(events) = apply(&mut feedback, &amendment, now) else {
                return Ok(Amended::Full);
            };
            if amendment == Amendment::Withdraw {
                sqlx::query("UPDATE feedback_events SET was = '', became = '' WHERE feedback_id = $1 AND actor = ''")
                    .bind(feedback.id.as_str()).execute(&mut *tx).await?;
            }
            for event in events {
                insert_event!(feedback.id, event, tx);
            }
            update_row!(feedback, tx);
            if self.keeps_words() {
                put_word!(feedback, "changed", now, &mut *tx);
            }
            feedback
        });
        self.ring();
        Ok(Amended::Kept(Box::new(feedback)))
    }

    /// Sets the state, the public reply and the change that was made (none removes it), and records
    /// both in the history and in the audit list. [`Status::Withdrawn`] is the reader's own
    /// ([`Amendment::Withdraw`]) and is refused here.
    ///
    /// # Errors
    /// When the database fails; then nothing has changed.
    pub async fn set_status(
        &self,
        receipt: &Receipt,
        status: Status,
        reply: &str,
        by: &str,
        change: Option<Change>,
    ) -> Result<Amended, Error> {
        let now = now_ms();
        if status == Status::Withdrawn {
            return Ok(Amended::Withdrawn);
        }
        let feedback = write!(self, tx => {
            let mut feedback = read_to_change!(receipt, now, tx);
            if feedback.status == Status::Withdrawn {
                return Ok(Amended::Withdrawn);
            }
            let mut events = Vec::new();
            let mut record = |kind, was: &str, became: &str| if was != became {
                events.push(Event { at: now, by: by.to_owned(), kind, was: was.to_owned(), became: became.to_owned() });
            };
            record(EventKind::Status, feedback.status.as_str(), status.as_str());
            record(EventKind::Reply, &feedback.reply, reply);
            let detail = format!("{} → {}", feedback.status.as_str(), status.as_str());
            feedback.status = status;
            reply.clone_into(&mut feedback.reply);
            feedback.change.clone_from(&change);
            feedback.changed = now;
            for event in events {
                insert_event!(feedback.id, event, tx);
            }
            update_row!(feedback, tx);
            audit_row!(by, "status", receipt.as_str(), detail.as_str(), &mut *tx);
            feedback
        });
        Ok(Amended::Kept(Box::new(feedback)))
    }

    /// Adds a reviewer's note, which only the desk shows.
    ///
    /// # Errors
    /// When the database fails; then nothing has changed.
    pub async fn note(&self, receipt: &Receipt, text: &str, by: &str) -> Result<Amended, Error> {
        let now = now_ms();
        let event =
            Event { at: now, by: by.to_owned(), kind: EventKind::Note, was: String::new(), became: text.to_owned() };
        let feedback = write!(self, tx => {
            let feedback = read_to_change!(receipt, now, tx);
            insert_event!(feedback.id, event, tx);
            audit_row!(by, "note", receipt.as_str(), "", &mut *tx);
            feedback
        });
        Ok(Amended::Kept(Box::new(feedback)))
    }

    /// What happened to the feedback under a receipt, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn history(&self, receipt: &Receipt) -> Result<Vec<Event>, Error> {
        let rows: Vec<EventRow> = read!(self, pool => {
            sqlx::query_as(
                "SELECT e.at_ms, e.actor, e.kind, e.was, e.became FROM feedback_events e
                 JOIN feedback f ON f.id = e.feedback_id WHERE f.receipt = $1 ORDER BY e.id",
            )
            .bind(receipt.as_str())
            .fetch_all(pool)
            .await
        })?;
        rows.into_iter()
            .map(|row| {
                Ok(Event {
                    at: timestamp(row.at_ms)?,
                    by: row.actor,
                    kind: EventKind::parse(&row.kind).ok_or(Error::Unreadable("event"))?,
                    was: row.was,
                    became: row.became,
                })
            })
            .collect()
    }
}

/// The present moment as it will be read back.
fn now_ms() -> Timestamp {
    Timestamp::from_millisecond(Timestamp::now().as_millisecond()).unwrap_or_default()
}

/// Changes feedback as its reader asks and says what changed; none when it takes no more sentences.
fn apply(feedback: &mut Feedback, amendment: &Amendment, now: Timestamp) -> Option<Vec<Event>> {
    let mut events = Vec::new();
    let mut record = |kind, was: &str, became: &str| {
        let event = Event { at: now, by: String::new(), kind, was: was.to_owned(), became: became.to_owned() };
        events.push(event);
    };
    let said = &mut feedback.said;
    match amendment {
        Amendment::Vote(vote) => {
            if said.vote != Some(*vote) {
                record(EventKind::Vote, said.vote.map_or("", Vote::as_str), vote.as_str());
            }
            said.vote = Some(*vote);
        }
        Amendment::Details { reason, comment, contact } => {
            if let Some(reason) = reason.filter(|reason| said.reason != Some(*reason)) {
                record(EventKind::Reason, said.reason.map_or("", Reason::as_str), reason.as_str());
                said.reason = Some(reason);
            }
            for (kind, field, text) in
                [(EventKind::Comment, &mut said.comment, comment), (EventKind::Contact, &mut said.contact, contact)]
            {
                if !text.is_empty() && field != text {
                    record(kind, field, text);
                    field.clone_from(text);
                }
            }
        }
        Amendment::Sentence(text) => {
            if feedback.added.len() >= SENTENCES_MAX {
                return None;
            }
            record(EventKind::Sentence, "", text);
            feedback.added.push(text.replace(BETWEEN, " "));
        }
        Amendment::Withdraw => {
            record(EventKind::Withdrawn, "", "");
            for text in [&mut said.comment, &mut said.contact, &mut said.query] {
                text.clear();
            }
            feedback.added.clear();
            feedback.status = Status::Withdrawn;
        }
    }
    feedback.changed = now;
    Some(events)
}
