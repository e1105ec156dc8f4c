//! The audit list: who did what at the desk or from the command line.

use jiff::Timestamp;

use super::backend::{Backend, read, write};
use super::{Error, Store, timestamp};
use crate::domain::RecordId;

/// One line of the audit list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its id.
    pub id: RecordId,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: String,
    /// What, one word.
    pub action: String,
    /// To what: a receipt, a reviewer.
    pub target: String,
    /// More, may be empty.
    pub detail: String,
}

#[derive(sqlx::FromRow)]
struct AuditRow {
    id: String,
    at_ms: i64,
    actor: String,
    action: String,
    target: String,
    detail: String,
}

macro_rules! audit_row {
    ($by:expr, $action:expr, $target:expr, $detail:expr, $on:expr) => {{
        let (id, at) = $crate::store::new_id();
        sqlx::query("INSERT INTO audit (id, at_ms, actor, action, target, detail) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(id.as_str())
            .bind(at.as_millisecond())
            .bind($by)
            .bind($action)
            .bind($target)
            .bind($detail)
            .execute($on)
            .await?
    }};
}
pub(super) use audit_row;

impl Store {
    /// Writes a line of the audit list for what the store itself does not see, such as a sign-in.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit(&self, by: &str, action: &str, target: &str, detail: &str) -> Result<(), Error> {
        write!(self, tx => {
            audit_row!(by, action, target, detail, &mut *tx);
        });
        Ok(())
    }

    /// The audit list, newest first, `limit` lines from the one after `after`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn audit_list(&self, after: Option<&RecordId>, limit: u32) -> Result<Vec<AuditEntry>, Error> {
        // `g` sorts after every hexadecimal digit.
        let before = after.map_or("g", RecordId::as_str);
        let rows: Vec<AuditRow> = read!(self, pool => {
            sqlx::query_as("SELECT * FROM audit WHERE id < $1 ORDER BY id DESC LIMIT $2")
                .bind(before).bind(i64::from(limit)).fetch_all(pool).await
        })?;
        rows.into_iter()
            .map(|row| {
                Ok(AuditEntry {
                    id: RecordId::parse(&row.id).ok_or(Error::Unreadable("audit line"))?,
                    at: timestamp(row.at_ms)?,
                    by: row.actor,
                    action: row.action,
                    target: row.target,
                    detail: row.detail,
                })
            })
            .collect()
    }
}
