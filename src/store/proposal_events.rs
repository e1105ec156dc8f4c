//! What happens to proposals after they were found: decisions, closings, openings anew, and the
//! history of all of them.

use jiff::Timestamp;

use super::audit::audit_row;
use super::backend::{Backend, read, write};
use super::{Error, Store, new_id, timestamp};
use crate::domain::{ProposalId, ProposalState};

/// What happened to a proposal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposalEvent {
    /// When.
    pub at: Timestamp,
    /// The reviewer, `git` for a commit; empty for the ranking job.
    pub by: String,
    /// The state before.
    pub was: ProposalState,
    /// The state since.
    pub became: ProposalState,
    /// The word on it, may be empty.
    pub note: String,
}

#[derive(sqlx::FromRow)]
struct Row {
    at_ms: i64,
    actor: String,
    was: String,
    became: String,
    note: String,
}

macro_rules! insert_event {
    ($of:expr, $by:expr, $was:expr, $became:expr, $note:expr, $tx:ident) => {{
        let (id, at) = new_id();
        sqlx::query(
            "INSERT INTO proposal_events (id, proposal_id, at_ms, actor, was, became, note)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(id.as_str())
        .bind($of.as_str())
        .bind(at.as_millisecond())
        .bind($by)
        .bind($was)
        .bind($became)
        .bind($note)
        .execute(&mut *$tx)
        .await?
    }};
}

impl Store {
    /// Writes down what an editor decided, in the history and the audit list too; false where there
    /// is no such proposal. `into` is kept for [`ProposalState::Merged`] only.
    ///
    /// # Errors
    /// When the database fails; then nothing has changed.
    pub async fn decide_proposal(
        &self,
        id: &ProposalId,
        state: ProposalState,
        into: Option<&ProposalId>,
        note: &str,
        by: &str,
    ) -> Result<bool, Error> {
        let into = into.filter(|_| state == ProposalState::Merged).map(ProposalId::as_str);
        let now_ms = Timestamp::now().as_millisecond();
        let known = write!(self, tx => {
            let was: Option<String> = sqlx::query_scalar("SELECT state FROM proposals WHERE id = $1")
                .bind(id.as_str()).fetch_optional(&mut *tx).await?;
            if let Some(was) = &was {
                sqlx::query(
                    "UPDATE proposals SET state = $2, merged_into = $3, note = $4, changed_ms = $5 WHERE id = $1",
                )
                .bind(id.as_str())
                .bind(state.as_str())
                .bind(into)
                .bind(note)
                .bind(now_ms)
                .execute(&mut *tx)
                .await?;
                let detail = into.map_or_else(|| state.as_str().to_owned(), |into| format!("merged → {into}"));
                insert_event!(id, by, was.as_str(), state.as_str(), note, tx);
                audit_row!(by, "suggestion", id.as_str(), detail.as_str(), &mut *tx);
            }
            was.is_some()
        });
        Ok(known)
    }

    /// Opens a settled proposal again, because readers say the same once more; false where it is
    /// not settled.
    ///
    /// # Errors
    /// When the database fails; then nothing has changed.
    pub async fn reopen_proposal(&self, id: &ProposalId, now: Timestamp) -> Result<bool, Error> {
        let reopened = write!(self, tx => {
            let was: Option<String> =
                sqlx::query_scalar("SELECT state FROM proposals WHERE id = $1 AND state IN ('done', 'declined')")
                    .bind(id.as_str()).fetch_optional(&mut *tx).await?;
            if let Some(was) = &was {
                sqlx::query("UPDATE proposals SET state = 'open', note = '', changed_ms = $2 WHERE id = $1")
                    .bind(id.as_str()).bind(now.as_millisecond()).execute(&mut *tx).await?;
                insert_event!(id, "", was.as_str(), ProposalState::Open.as_str(), "", tx);
                audit_row!("", "suggestion", id.as_str(), "reopened", &mut *tx);
            }
            was.is_some()
        });
        Ok(reopened)
    }

    /// Proposals that are done or declined, and since when.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn settled_proposals(&self) -> Result<Vec<(ProposalId, Timestamp)>, Error> {
        let rows: Vec<(String, i64)> = read!(self, pool => {
            sqlx::query_as("SELECT id, changed_ms FROM proposals WHERE state IN ('done', 'declined')")
                .fetch_all(pool).await
        })?;
        rows.into_iter()
            .map(|(id, ms)| Ok((ProposalId::parse(&id).ok_or(Error::Unreadable("proposal"))?, timestamp(ms)?)))
            .collect()
    }

    /// What happened to a proposal, in order.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn proposal_history(&self, id: &ProposalId) -> Result<Vec<ProposalEvent>, Error> {
        let rows: Vec<Row> = read!(self, pool => {
            sqlx::query_as("SELECT at_ms, actor, was, became, note FROM proposal_events WHERE proposal_id = $1 ORDER BY id")
                .bind(id.as_str()).fetch_all(pool).await
        })?;
        let state = |word: &str| ProposalState::parse(word).ok_or(Error::Unreadable("event"));
        rows.into_iter()
            .map(|row| {
                Ok(ProposalEvent {
                    at: timestamp(row.at_ms)?,
                    by: row.actor,
                    was: state(&row.was)?,
                    became: state(&row.became)?,
                    note: row.note,
                })
            })
            .collect()
    }
}
