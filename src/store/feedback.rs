//! Feedback: kept before it is acknowledged, amended by its reader, answered by a reviewer, counted.

use jiff::Timestamp;
use sqlx::{Encode, QueryBuilder, Type};

use super::backend::{Backend, read, write};
use super::desk::audit_row;
use super::writer::{self, Job};
use super::{Error, Store, first_id, new_id, random, timestamp};
use crate::domain::{
    Amendment, ArticleId, Change, Feedback, Lang, NewFeedback, Reason, Receipt, RecordId, Revision, SENTENCES_MAX,
    Status, Subject, Vote,
};

/// Between added sentences: a control character, which no kept text holds.
const BETWEEN: char = '\u{1e}';

/// Which feedback, in which order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FeedbackFilter {
    /// From this moment.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
    /// In this state.
    pub status: Option<Status>,
    /// About this article.
    pub article: Option<ArticleId>,
    /// With this vote.
    pub vote: Option<Vote>,
    /// In this order.
    pub order: Order,
}

/// Order of arrival.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// As exports want it.
    #[default]
    OldestFirst,
    /// As an inbox wants it.
    NewestFirst,
}

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

/// Votes on one state of one article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionVotes {
    /// The article.
    pub article: ArticleId,
    /// Its state.
    pub revision: Revision,
    /// It helped.
    pub yes: u64,
    /// It did not.
    pub no: u64,
    /// When the last vote arrived.
    pub last: Timestamp,
}

/// Votes on one article on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayVotes {
    /// Days since 1970 in the zone asked for.
    pub day: i64,
    /// The article.
    pub article: ArticleId,
    /// It helped.
    pub yes: u64,
    /// It did not.
    pub no: u64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    receipt: String,
    article: Option<String>,
    revision: String,
    vote: Option<String>,
    reason: Option<String>,
    comment: String,
    contact: String,
    query: String,
    lang: String,
    created_ms: i64,
    changed_ms: i64,
    added: String,
    status: String,
    reply: String,
    change_article: Option<String>,
    change_revision: String,
    change_commit: String,
}

#[derive(sqlx::FromRow)]
struct EventRow {
    at_ms: i64,
    actor: String,
    kind: String,
    was: String,
    became: String,
}

#[derive(sqlx::FromRow)]
struct VotesRow {
    article: String,
    revision: String,
    yes: i64,
    no: i64,
    last_ms: i64,
}

#[derive(sqlx::FromRow)]
struct DayRow {
    day: i64,
    article: String,
    yes: i64,
    no: i64,
}

macro_rules! insert_row {
    ($feedback:expr, $on:expr) => {{
        use $crate::domain::{Reason, Revision, Subject, Vote};
        let feedback: &$crate::domain::Feedback = $feedback;
        let revision = match &feedback.said.subject {
            Subject::Article(_, revision) => *revision,
            Subject::Site => Revision::default(),
        };
        sqlx::query(
            "INSERT INTO feedback (id, receipt, article, revision, vote, reason, comment, contact, query, lang,
             created_ms, changed_ms, added, status, reply, change_article, change_revision, change_commit)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        )
        .bind(feedback.id.as_str())
        .bind(feedback.receipt.as_str())
        .bind(feedback.said.subject.article().map($crate::domain::ArticleId::as_str))
        .bind(revision.to_string())
        .bind(feedback.said.vote.map(Vote::as_str))
        .bind(feedback.said.reason.map(Reason::as_str))
        .bind(feedback.said.comment.as_str())
        .bind(feedback.said.contact.as_str())
        .bind(feedback.said.query.as_str())
        .bind(feedback.said.lang.as_str())
        .bind(feedback.created.as_millisecond())
        .bind(feedback.changed.as_millisecond())
        .bind($crate::store::feedback::joined(&feedback.added))
        .bind(feedback.status.as_str())
        .bind(feedback.reply.as_str())
        .bind(feedback.change.as_ref().map(|change| change.article.as_str()))
        .bind(feedback.change.as_ref().map_or_else(String::new, |change| change.revision.to_string()))
        .bind(feedback.change.as_ref().map_or("", |change| change.commit.as_str()))
        .execute($on)
        .await?
    }};
}
pub(super) use insert_row;

/// Writes a whole row back after it was changed in memory, inside the transaction that read it.
macro_rules! update_row {
    ($feedback:expr, $tx:ident) => {
        sqlx::query(
            "UPDATE feedback SET vote = $2, reason = $3, comment = $4, contact = $5, query = $6, changed_ms = $7,
             added = $8, status = $9, reply = $10, change_article = $11, change_revision = $12, change_commit = $13
             WHERE id = $1",
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
        .bind($feedback.change.as_ref().map(|change| change.article.as_str()))
        .bind($feedback.change.as_ref().map_or_else(String::new, |change| change.revision.to_string()))
        .bind($feedback.change.as_ref().map_or("", |change| change.commit.as_str()))
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
    /// Keeps feedback under a new receipt. It is on the disk when this returns.
    ///
    /// # Errors
    /// When it is not kept; [`Error::retry`] says whether trying again helps.
    pub async fn insert(&self, said: &NewFeedback) -> Result<Feedback, Error> {
        let (id, created) = new_id();
        let feedback = Feedback {
            id,
            receipt: Receipt::from_random(random()?),
            said: said.clone(),
            created,
            changed: created,
            added: Vec::new(),
            status: Status::Received,
            reply: String::new(),
            change: None,
        };
        match (&self.inner.backend, &self.inner.writer) {
            (Backend::Postgres(pool), _) => {
                insert_row!(&feedback, pool);
            }
            (_, Some(writer)) => {
                let row = Box::new(feedback.clone());
                writer::ask(writer, |to| Job::Insert(row, to)).await?;
            }
            (_, None) => return Err(Error::Closed),
        }
        Ok(feedback)
    }

    /// Keeps feedback that comes from elsewhere with its id, receipt and state, all in one commit.
    ///
    /// # Errors
    /// When the database fails or holds one of them already; then none is kept.
    pub async fn import(&self, feedback: &[Feedback]) -> Result<(), Error> {
        write!(self, tx => for one in feedback {
            insert_row!(one, &mut *tx);
        });
        Ok(())
    }

    /// The feedback under a receipt.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn receipt(&self, receipt: &Receipt) -> Result<Option<Feedback>, Error> {
        let row: Option<Row> = read!(self, pool => {
            sqlx::query_as("SELECT * FROM feedback WHERE receipt = $1").bind(receipt.as_str()).fetch_optional(pool).await
        })?;
        row.map(Row::read).transpose()
    }

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
            feedback
        });
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

    /// Feedback, `limit` at a time, from the one after `after` in the filter's order; so an export
    /// of any size needs the memory of one page.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn feedback(
        &self,
        filter: &FeedbackFilter,
        after: Option<&RecordId>,
        limit: u32,
    ) -> Result<Vec<Feedback>, Error> {
        let (beyond, order) = match filter.order {
            Order::OldestFirst => (" AND id > ", " ORDER BY id LIMIT "),
            Order::NewestFirst => (" AND id < ", " ORDER BY id DESC LIMIT "),
        };
        let rows: Vec<Row> = read!(self, pool => {
            let mut query = QueryBuilder::new("SELECT * FROM feedback WHERE TRUE");
            push_filter(&mut query, filter);
            if let Some(after) = after {
                query.push(beyond).push_bind(after.as_str());
            }
            query.push(order).push_bind(i64::from(limit));
            query.build_query_as().fetch_all(pool).await
        })?;
        rows.into_iter().map(Row::read).collect()
    }

    /// How much feedback there is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count(&self, filter: &FeedbackFilter) -> Result<u64, Error> {
        let count: i64 = read!(self, pool => {
            let mut query = QueryBuilder::new("SELECT COUNT(*) FROM feedback WHERE TRUE");
            push_filter(&mut query, filter);
            query.build_query_scalar().fetch_one(pool).await
        })?;
        Ok(count.cast_unsigned())
    }

    /// Votes on an article by its states, the state voted on last first. Withdrawn votes do not count.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn votes(&self, article: &ArticleId) -> Result<Vec<RevisionVotes>, Error> {
        let rows: Vec<VotesRow> = read!(self, pool => {
            sqlx::query_as(
                "SELECT article, revision, COUNT(*) FILTER (WHERE vote = 'yes') AS yes,
                 COUNT(*) FILTER (WHERE vote = 'no') AS no, MAX(created_ms) AS last_ms FROM feedback
                 WHERE article = $1 AND vote IS NOT NULL AND status <> 'withdrawn'
                 GROUP BY article, revision ORDER BY last_ms DESC, revision",
            )
            .bind(article.as_str())
            .fetch_all(pool)
            .await
        })?;
        rows.into_iter().map(VotesRow::read).collect()
    }

    /// Votes on all articles by article and state, the state voted on last first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn votes_by_article(&self) -> Result<Vec<RevisionVotes>, Error> {
        let rows: Vec<VotesRow> = read!(self, pool => {
            sqlx::query_as(
                "SELECT article, revision, COUNT(*) FILTER (WHERE vote = 'yes') AS yes,
                 COUNT(*) FILTER (WHERE vote = 'no') AS no, MAX(created_ms) AS last_ms FROM feedback
                 WHERE article IS NOT NULL AND vote IS NOT NULL AND status <> 'withdrawn'
                 GROUP BY article, revision ORDER BY article, last_ms DESC, revision",
            )
            .fetch_all(pool)
            .await
        })?;
        rows.into_iter().map(VotesRow::read).collect()
    }

    /// Votes by day and article, for curves. `offset_s` is the zone's distance from UTC in seconds.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn votes_by_day(
        &self,
        since: Timestamp,
        until: Timestamp,
        offset_s: i32,
    ) -> Result<Vec<DayVotes>, Error> {
        let rows: Vec<DayRow> = read!(self, pool => {
            sqlx::query_as(
                "SELECT (created_ms + $3) / 86400000 AS day, article, COUNT(*) FILTER (WHERE vote = 'yes') AS yes,
                 COUNT(*) FILTER (WHERE vote = 'no') AS no FROM feedback
                 WHERE id >= $1 AND id < $2 AND article IS NOT NULL AND vote IS NOT NULL AND status <> 'withdrawn'
                 GROUP BY 1, 2 ORDER BY 1, 2",
            )
            .bind(first_id(since))
            .bind(first_id(until))
            .bind(i64::from(offset_s) * 1_000)
            .fetch_all(pool)
            .await
        })?;
        rows.into_iter()
            .map(|row| {
                Ok(DayVotes {
                    day: row.day,
                    article: article(&row.article)?,
                    yes: row.yes.cast_unsigned(),
                    no: row.no.cast_unsigned(),
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

pub(super) fn joined(sentences: &[String]) -> String {
    sentences.join(BETWEEN.encode_utf8(&mut [0; 4]))
}

fn push_filter<DB: sqlx::Database>(query: &mut QueryBuilder<DB>, filter: &FeedbackFilter)
where
    String: for<'q> Encode<'q, DB> + Type<DB>,
    &'static str: for<'q> Encode<'q, DB> + Type<DB>,
{
    if let Some(since) = filter.since {
        query.push(" AND id >= ").push_bind(first_id(since));
    }
    if let Some(until) = filter.until {
        query.push(" AND id < ").push_bind(first_id(until));
    }
    if let Some(status) = filter.status {
        query.push(" AND status = ").push_bind(status.as_str());
    }
    if let Some(article) = &filter.article {
        query.push(" AND article = ").push_bind(article.as_str().to_owned());
    }
    if let Some(vote) = filter.vote {
        query.push(" AND vote = ").push_bind(vote.as_str());
    }
}

fn article(id: &str) -> Result<ArticleId, Error> {
    ArticleId::parse(id).map_err(|_| Error::Unreadable("article id"))
}

impl Row {
    fn read(self) -> Result<Feedback, Error> {
        const WHAT: Error = Error::Unreadable("feedback");
        let subject = match self.article {
            Some(id) => Subject::Article(article(&id)?, Revision::parse(&self.revision).ok_or(WHAT)?),
            None => Subject::Site,
        };
        let change = match self.change_article {
            Some(id) => Some(Change {
                article: article(&id)?,
                revision: Revision::parse(&self.change_revision).ok_or(WHAT)?,
                commit: self.change_commit,
            }),
            None => None,
        };
        Ok(Feedback {
            id: RecordId::parse(&self.id).ok_or(WHAT)?,
            receipt: Receipt::parse(&self.receipt).ok_or(WHAT)?,
            said: NewFeedback {
                subject,
                vote: self.vote.map(|word| Vote::parse(&word).ok_or(WHAT)).transpose()?,
                reason: self.reason.map(|word| Reason::parse(&word).ok_or(WHAT)).transpose()?,
                comment: self.comment,
                contact: self.contact,
                query: self.query,
                lang: Lang::parse(&self.lang).ok_or(WHAT)?,
            },
            created: timestamp(self.created_ms)?,
            changed: timestamp(self.changed_ms)?,
            added: self.added.split(BETWEEN).filter(|sentence| !sentence.is_empty()).map(str::to_owned).collect(),
            status: Status::parse(&self.status).ok_or(WHAT)?,
            reply: self.reply,
            change,
        })
    }
}

impl VotesRow {
    fn read(self) -> Result<RevisionVotes, Error> {
        Ok(RevisionVotes {
            article: article(&self.article)?,
            revision: Revision::parse(&self.revision).ok_or(Error::Unreadable("revision"))?,
            yes: self.yes.cast_unsigned(),
            no: self.no.cast_unsigned(),
            last: timestamp(self.last_ms)?,
        })
    }
}
