//! Names in editors' `Suggestion:` trailers: which commit closed what, so that it is done once,
//! whichever instance sees the commit, and which names nobody knows.

use jiff::Timestamp;

use super::backend::{Backend, read, write};
use super::{Error, Store, timestamp};

/// A name in a commit's trailer that is neither a proposal nor a receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownName {
    /// The commit.
    pub commit: String,
    /// First line of its message.
    pub title: String,
    /// What it names.
    pub name: String,
    /// When it was committed.
    pub at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    commit_id: String,
    title: String,
    name: String,
    at_ms: i64,
}

impl Store {
    /// Whether a name in a commit was looked at before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn closing_is_kept(&self, commit: &str, name: &str) -> Result<bool, Error> {
        let kept: i64 = read!(self, pool => {
            sqlx::query_scalar("SELECT COUNT(*) FROM closings WHERE commit_id = $1 AND name = $2")
                .bind(commit).bind(name).fetch_one(pool).await
        })?;
        Ok(kept > 0)
    }

    /// Remembers that a name in a commit was looked at, and whether it names anything.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_closing(&self, name: &UnknownName, found: bool) -> Result<(), Error> {
        write!(self, tx => {
            sqlx::query(
                "INSERT INTO closings (commit_id, name, title, at_ms, found) VALUES ($1, $2, $3, $4, $5)
                 ON CONFLICT (commit_id, name) DO NOTHING",
            )
            .bind(name.commit.as_str())
            .bind(name.name.as_str())
            .bind(name.title.as_str())
            .bind(name.at.as_millisecond())
            .bind(i64::from(found))
            .execute(&mut *tx)
            .await?;
        });
        Ok(())
    }

    /// Names that nobody knows in commits since a moment, the latest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn unknown_names(&self, since: Timestamp, limit: u32) -> Result<Vec<UnknownName>, Error> {
        let rows: Vec<Row> = read!(self, pool => {
            sqlx::query_as(
                "SELECT commit_id, title, name, at_ms FROM closings WHERE found = 0 AND at_ms >= $1
                 ORDER BY at_ms DESC, commit_id, name LIMIT $2",
            )
            .bind(since.as_millisecond())
            .bind(i64::from(limit))
            .fetch_all(pool)
            .await
        })?;
        let read = |row: Row| {
            Ok(UnknownName { commit: row.commit_id, title: row.title, name: row.name, at: timestamp(row.at_ms)? })
        };
        rows.into_iter().map(read).collect()
    }
}
