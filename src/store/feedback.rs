//! Feedback: kept before it is acknowledged, read by receipt, listed page by page.

use jiff::Timestamp;
use sqlx::{Encode, QueryBuilder, Type};

use super::backend::{Backend, read, write};
use super::outbox::put_word;
use super::writer::{self, Job};
use super::{Error, Store, first_id, new_id, random, timestamp};
use crate::domain::{
    ArticleId, Change, Feedback, Lang, NewFeedback, Reason, Receipt, RecordId, Revision, Status, Subject, Vote,
};

/// Between added sentences: a control character, which no kept text holds.
pub(super) const BETWEEN: char = '\u{1e}';

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
    /// Of this state of an article.
    pub revision: Option<Revision>,
    /// With this vote.
    pub vote: Option<Vote>,
    /// For this reason.
    pub reason: Option<Reason>,
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

#[derive(sqlx::FromRow)]
pub(super) struct Row {
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
    change_title: String,
    change_ms: Option<i64>,
}

macro_rules! insert_row {
    ($feedback:expr, $on:expr) => {{
        use $crate::domain::{Reason, Revision, Subject, Vote};
        use $crate::store::feedback::changed;
        let feedback: &$crate::domain::Feedback = $feedback;
        let revision = match &feedback.said.subject {
            Subject::Article(_, revision) => *revision,
            Subject::Site => Revision::default(),
        };
        sqlx::query(
            "INSERT INTO feedback (id, receipt, article, revision, vote, reason, comment, contact, query, lang,
             created_ms, changed_ms, added, status, reply, change_article, change_revision, change_commit, change_title,
             change_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
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
        .bind(changed(feedback).map(|(article, _)| article.as_str()))
        .bind(changed(feedback).map_or_else(String::new, |(_, revision)| revision.to_string()))
        .bind(feedback.change.as_ref().map_or("", |change| change.commit.as_str()))
        .bind(feedback.change.as_ref().map_or("", |change| change.title.as_str()))
        .bind(feedback.change.as_ref().map(|change| change.at.as_millisecond()))
        .execute($on)
        .await?
    }};
}
pub(super) use insert_row;

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
        self.is_there()?;
        match (&self.inner.backend, &self.inner.writer) {
            (Backend::Postgres(pool), _) if self.keeps_words() => {
                let mut tx = pool.begin().await?;
                insert_row!(&feedback, &mut *tx);
                put_word!(feedback, "received", created, &mut *tx);
                tx.commit().await?;
            }
            (Backend::Postgres(pool), _) => {
                insert_row!(&feedback, pool);
            }
            (_, Some(writer)) => {
                let (row, told) = (Box::new(feedback.clone()), self.keeps_words());
                writer::ask(writer, |to| Job::Insert(row, told, to)).await?;
            }
            (_, None) => return Err(Error::Closed),
        }
        self.ring();
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
}

/// The article of a change, and its state since.
pub(super) fn changed(feedback: &Feedback) -> Option<&(ArticleId, Revision)> {
    feedback.change.as_ref()?.article.as_ref()
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
    if let Some(revision) = filter.revision {
        query.push(" AND article IS NOT NULL AND revision = ").push_bind(revision.to_string());
    }
    if let Some(reason) = filter.reason {
        query.push(" AND reason = ").push_bind(reason.as_str());
    }
    if let Some(vote) = filter.vote {
        query.push(" AND vote = ").push_bind(vote.as_str());
    }
}

pub(super) fn article(id: &str) -> Result<ArticleId, Error> {
    ArticleId::parse(id).map_err(|_| Error::Unreadable("article id"))
}

impl Row {
    pub(super) fn read(self) -> Result<Feedback, Error> {
        const WHAT: Error = Error::Unreadable("feedback");
        let subject = match self.article {
            Some(id) => Subject::Article(article(&id)?, Revision::parse(&self.revision).ok_or(WHAT)?),
            None => Subject::Site,
        };
        let revision = Revision::parse(&self.change_revision);
        let changed = |id: String| Ok::<_, Error>((article(&id)?, revision.ok_or(WHAT)?));
        let change = match self.change_ms {
            Some(ms) => Some(Change {
                article: self.change_article.map(changed).transpose()?,
                commit: self.change_commit,
                title: self.change_title,
                at: timestamp(ms)?,
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
