//! Votes counted: by article and state, so that those on an older text can be told apart, and by day.

use jiff::Timestamp;

use super::backend::{Backend, read};
use super::feedback::article;
use super::{Error, Store, first_id, timestamp};
use crate::domain::{ArticleId, Reason, Revision};

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
    /// When the first vote arrived.
    pub first: Timestamp,
    /// When the last one did.
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

/// How often one reason was given for one state of an article.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionReasons {
    /// The state.
    pub revision: Revision,
    /// What readers chose.
    pub reason: Reason,
    /// How often.
    pub count: u64,
}

#[derive(sqlx::FromRow)]
struct ReasonRow {
    revision: String,
    reason: String,
    count: i64,
}

#[derive(sqlx::FromRow)]
struct VotesRow {
    article: String,
    revision: String,
    yes: i64,
    no: i64,
    first_ms: i64,
    last_ms: i64,
}

#[derive(sqlx::FromRow)]
struct DayRow {
    day: i64,
    article: String,
    yes: i64,
    no: i64,
}

impl Store {
    /// Votes on an article by its states, the state voted on last first. Withdrawn votes do not count.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn votes(&self, article: &ArticleId) -> Result<Vec<RevisionVotes>, Error> {
        let rows: Vec<VotesRow> = read!(self, pool => {
            sqlx::query_as(
                "SELECT article, revision, COUNT(*) FILTER (WHERE vote = 'yes') AS yes,
                 COUNT(*) FILTER (WHERE vote = 'no') AS no, MIN(created_ms) AS first_ms,
                 MAX(created_ms) AS last_ms FROM feedback
                 WHERE article = $1 AND vote IS NOT NULL AND status <> 'withdrawn'
                 GROUP BY article, revision ORDER BY last_ms DESC, revision",
            )
            .bind(article.as_str())
            .fetch_all(pool)
            .await
        })?;
        rows.into_iter().map(VotesRow::read).collect()
    }

    /// Reasons given for an article by its states, the most frequent first. What was withdrawn does not count.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reasons(&self, article: &ArticleId) -> Result<Vec<RevisionReasons>, Error> {
        let rows: Vec<ReasonRow> = read!(self, pool => {
            sqlx::query_as(
                "SELECT revision, reason, COUNT(*) AS count FROM feedback
                 WHERE article = $1 AND reason IS NOT NULL AND status <> 'withdrawn'
                 GROUP BY revision, reason ORDER BY count DESC, reason",
            )
            .bind(article.as_str())
            .fetch_all(pool)
            .await
        })?;
        let read = |row: ReasonRow| {
            Ok(RevisionReasons {
                revision: Revision::parse(&row.revision).ok_or(Error::Unreadable("revision"))?,
                reason: Reason::parse(&row.reason).ok_or(Error::Unreadable("reason"))?,
                count: row.count.cast_unsigned(),
            })
        };
        rows.into_iter().map(read).collect()
    }

    /// Votes on all articles by article and state, the state voted on last first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn votes_by_article(&self) -> Result<Vec<RevisionVotes>, Error> {
        let rows: Vec<VotesRow> = read!(self, pool => {
            sqlx::query_as(
                "SELECT article, revision, COUNT(*) FILTER (WHERE vote = 'yes') AS yes,
                 COUNT(*) FILTER (WHERE vote = 'no') AS no, MIN(created_ms) AS first_ms,
                 MAX(created_ms) AS last_ms FROM feedback
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

impl VotesRow {
    fn read(self) -> Result<RevisionVotes, Error> {
        Ok(RevisionVotes {
            article: article(&self.article)?,
            revision: Revision::parse(&self.revision).ok_or(Error::Unreadable("revision"))?,
            yes: self.yes.cast_unsigned(),
            no: self.no.cast_unsigned(),
            first: timestamp(self.first_ms)?,
            last: timestamp(self.last_ms)?,
        })
    }
}
