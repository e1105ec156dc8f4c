//! What the desk calls suggestions, and the figures beside them. The ranking job writes what it
//! finds, editors write what they decide; neither overwrites the other's.

use jiff::Timestamp;
use sqlx::{Encode, QueryBuilder, Type};

use super::backend::{Backend, read, write};
use super::{Error, Store, timestamp};
use crate::domain::{ArticleId, Concern, Evidence, Proposal, ProposalId, ProposalKind, ProposalState, Severity};

/// How long an open proposal that is no longer found can still be named by a commit: 90 days.
const UNSEEN_MS_MAX: i64 = 90 * 86_400_000;

/// Which proposals.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProposalFilter {
    /// In this state.
    pub state: Option<ProposalState>,
    /// Of this kind.
    pub kind: Option<ProposalKind>,
    /// About this article.
    pub article: Option<ArticleId>,
    /// Found from this moment on.
    pub since: Option<Timestamp>,
    /// Found before this moment.
    pub until: Option<Timestamp>,
}

/// Where a page of the ranking ends: the last row's score and id.
#[derive(Debug, Clone, PartialEq)]
pub struct Rank(pub f64, pub ProposalId);

impl Rank {
    /// The place of a proposal.
    pub fn of(proposal: &Proposal) -> Self {
        Self(proposal.score, proposal.id.clone())
    }

    /// Reads what `Display` writes.
    pub fn parse(text: &str) -> Option<Self> {
        let (score, id) = text.split_once('_')?;
        Some(Self(f64::from_bits(u64::from_str_radix(score, 16).ok()?), ProposalId::parse(id)?))
    }
}

impl std::fmt::Display for Rank {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_fmt(format_args!("{:x}_{}", self.0.to_bits(), self.1))
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    kind: String,
    title: String,
    article: Option<String>,
    path: String,
    evidence: String,
    severity: String,
    concern: String,
    readers: i64,
    of_readers: i64,
    share_low: f64,
    share_high: f64,
    score: f64,
    first_ms: i64,
    seen_ms: i64,
    state: String,
    merged_into: Option<String>,
    note: String,
    changed_ms: i64,
}

macro_rules! upsert {
    ($one:expr, $evidence:expr, $now_ms:expr, $tx:ident) => {
        sqlx::query(
            "INSERT INTO proposals (id, kind, title, article, path, evidence, severity, concern, readers, of_readers,
             share_low, share_high, score, first_ms, seen_ms, changed_ms)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $14)
             ON CONFLICT (id) DO UPDATE SET kind = excluded.kind, title = excluded.title, path = excluded.path,
             evidence = excluded.evidence, severity = excluded.severity, concern = excluded.concern,
             readers = excluded.readers, of_readers = excluded.of_readers, share_low = excluded.share_low,
             share_high = excluded.share_high, score = excluded.score, seen_ms = excluded.seen_ms",
        )
        .bind($one.id.as_str())
        .bind($one.kind.as_str())
        .bind($one.title.as_str())
        .bind($one.article.as_ref().map(ArticleId::as_str))
        .bind($one.path.as_str())
        .bind($evidence)
        .bind($one.severity.as_str())
        .bind($one.concern.as_str())
        .bind($one.readers.cast_signed())
        .bind($one.of.cast_signed())
        .bind($one.share.0)
        .bind($one.share.1)
        .bind($one.score)
        .bind($now_ms)
        .execute(&mut *$tx)
        .await?
    };
}

impl Store {
    /// Keeps what the ranking job found at `now`: new ones begin open, known ones keep their state
    /// and note. Open ones that are no longer found leave the list; they are kept for a while, since
    /// an editor may have taken their id away.
    ///
    /// # Errors
    /// When the database fails; then nothing has changed.
    pub async fn keep_proposals(&self, found: &[Proposal], now: Timestamp) -> Result<(), Error> {
        let now_ms = now.as_millisecond();
        write!(self, tx => {
            for one in found {
                let evidence = serde_json::to_string(&one.evidence).map_err(|_| Error::Unreadable("evidence"))?;
                upsert!(one, evidence, now_ms, tx);
            }
            sqlx::query("UPDATE proposals SET score = 0 WHERE state = 'open' AND seen_ms < $1 AND score <> 0")
                .bind(now_ms).execute(&mut *tx).await?;
            sqlx::query("DELETE FROM proposals WHERE state = 'open' AND seen_ms < $1")
                .bind(now_ms - UNSEEN_MS_MAX).execute(&mut *tx).await?;
        });
        Ok(())
    }

    /// The proposal with this id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn proposal(&self, id: &ProposalId) -> Result<Option<Proposal>, Error> {
        let row: Option<Row> = read!(self, pool => {
            sqlx::query_as("SELECT * FROM proposals WHERE id = $1").bind(id.as_str()).fetch_optional(pool).await
        })?;
        row.map(Row::read).transpose()
    }

    /// Proposals by rank, `limit` from the one after `after`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn proposals(
        &self,
        filter: &ProposalFilter,
        after: Option<&Rank>,
        limit: u32,
    ) -> Result<Vec<Proposal>, Error> {
        let rows: Vec<Row> = read!(self, pool => {
            let mut query = QueryBuilder::new("SELECT * FROM proposals WHERE (state <> 'open' OR score > 0)");
            push_filter(&mut query, filter);
            if let Some(Rank(score, id)) = after {
                query.push(" AND (score < ").push_bind(*score);
                query.push(" OR score = ").push_bind(*score);
                query.push(" AND id > ").push_bind(id.as_str()).push(")");
            }
            query.push(" ORDER BY score DESC, id LIMIT ").push_bind(i64::from(limit));
            query.build_query_as().fetch_all(pool).await
        })?;
        rows.into_iter().map(Row::read).collect()
    }

    /// How many there are in each state; a state without any is left out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn proposal_counts(&self) -> Result<Vec<(ProposalState, u64)>, Error> {
        let rows: Vec<(String, i64)> = read!(self, pool => {
            sqlx::query_as("SELECT state, COUNT(*) FROM proposals WHERE state <> 'open' OR score > 0 GROUP BY state").fetch_all(pool).await
        })?;
        rows.into_iter()
            .map(|(state, count)| {
                Ok((ProposalState::parse(&state).ok_or(Error::Unreadable("proposal"))?, count.cast_unsigned()))
            })
            .collect()
    }

    /// Those that were merged into one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn merged(&self, into: &ProposalId) -> Result<Vec<Proposal>, Error> {
        let rows: Vec<Row> = read!(self, pool => {
            sqlx::query_as("SELECT * FROM proposals WHERE merged_into = $1 ORDER BY score DESC, id")
                .bind(into.as_str()).fetch_all(pool).await
        })?;
        rows.into_iter().map(Row::read).collect()
    }

    /// Keeps figures under a name, in place of those before.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn keep_figures(&self, name: &str, body: &str, now: Timestamp) -> Result<(), Error> {
        write!(self, tx => {
            sqlx::query(
                "INSERT INTO figures (name, body, made_ms) VALUES ($1, $2, $3)
                 ON CONFLICT (name) DO UPDATE SET body = excluded.body, made_ms = excluded.made_ms",
            )
            .bind(name).bind(body).bind(now.as_millisecond()).execute(&mut *tx).await?;
        });
        Ok(())
    }

    /// The figures under a name, and when they were counted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn figures(&self, name: &str) -> Result<Option<(String, Timestamp)>, Error> {
        let row: Option<(String, i64)> = read!(self, pool => {
            sqlx::query_as("SELECT body, made_ms FROM figures WHERE name = $1").bind(name).fetch_optional(pool).await
        })?;
        row.map(|(body, made_ms)| Ok((body, timestamp(made_ms)?))).transpose()
    }
}

fn push_filter<DB: sqlx::Database>(query: &mut QueryBuilder<DB>, filter: &ProposalFilter)
where
    String: for<'q> Encode<'q, DB> + Type<DB>,
    &'static str: for<'q> Encode<'q, DB> + Type<DB>,
    i64: for<'q> Encode<'q, DB> + Type<DB>,
{
    if let Some(state) = filter.state {
        query.push(" AND state = ").push_bind(state.as_str());
    }
    if let Some(kind) = filter.kind {
        query.push(" AND kind = ").push_bind(kind.as_str());
    }
    if let Some(article) = &filter.article {
        query.push(" AND article = ").push_bind(article.as_str().to_owned());
    }
    if let Some(since) = filter.since {
        query.push(" AND first_ms >= ").push_bind(since.as_millisecond());
    }
    if let Some(until) = filter.until {
        query.push(" AND first_ms < ").push_bind(until.as_millisecond());
    }
}

impl Row {
    fn read(self) -> Result<Proposal, Error> {
        const WHAT: Error = Error::Unreadable("proposal");
        let id = |text: &str| ProposalId::parse(text).ok_or(WHAT);
        Ok(Proposal {
            id: id(&self.id)?,
            kind: ProposalKind::parse(&self.kind).ok_or(WHAT)?,
            title: self.title,
            article: self.article.map(|id| ArticleId::parse(&id)).transpose().map_err(|_| WHAT)?,
            path: self.path,
            // Evidence of another version is counted anew within minutes; until then it is empty.
            evidence: serde_json::from_str::<Evidence>(&self.evidence).unwrap_or_default(),
            severity: Severity::parse(&self.severity).ok_or(WHAT)?,
            concern: Concern::parse(&self.concern).ok_or(WHAT)?,
            readers: self.readers.cast_unsigned(),
            of: self.of_readers.cast_unsigned(),
            share: (self.share_low, self.share_high),
            score: self.score,
            state: ProposalState::parse(&self.state).ok_or(WHAT)?,
            merged_into: self.merged_into.as_deref().map(id).transpose()?,
            note: self.note,
            first: timestamp(self.first_ms)?,
            seen: timestamp(self.seen_ms)?,
            changed: timestamp(self.changed_ms)?,
        })
    }
}
