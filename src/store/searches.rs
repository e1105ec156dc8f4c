//! The search log: what was asked, what came of it, for as long as the operator keeps it.

use jiff::Timestamp;
use sqlx::{Encode, QueryBuilder, Type};

use super::backend::{Backend, read, write};
use super::writer::{self, Job};
use super::{Error, Store, first_id, new_id, timestamp};
use crate::domain::{ArticleId, Confidence, Lang, RecordId, Vote};

/// Rows in one INSERT: eight values each, well below SQLite's limit of 32,766 in one statement.
const ROWS_MAX: usize = 1_000;
/// Rows deleted in one transaction, so that readers' writes never wait long behind a clean-up.
const FORGET_MAX: i64 = 2_000;

/// One search as it is logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchRecord {
    /// Its id; comes with its moment from [`new_id`].
    pub id: RecordId,
    /// When.
    pub at: Timestamp,
    /// The normalised query, identifiers masked.
    pub query: String,
    /// Answering articles.
    pub total: u32,
    /// How sure the answer was.
    pub confidence: Confidence,
    /// Language of the page.
    pub lang: Lang,
    /// The article that was opened from the results.
    pub opened: Option<ArticleId>,
    /// What the reader then said of it.
    pub helped: Option<Vote>,
}

impl SearchRecord {
    /// A search of this moment.
    pub fn new(query: String, total: u32, confidence: Confidence, lang: Lang) -> Self {
        let (id, at) = new_id();
        Self { id, at, query, total, confidence, lang, opened: None, helped: None }
    }
}

/// What became known of a search after it was logged; none leaves what was there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchMark {
    /// The search.
    pub id: RecordId,
    /// The article that was opened.
    pub opened: Option<ArticleId>,
    /// What the reader said of it.
    pub helped: Option<Vote>,
}

/// Which searches.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchFilter {
    /// From this moment.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
}

/// What came of one query over all who asked it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryCount {
    /// The normalised query.
    pub query: String,
    /// Times asked.
    pub asked: u64,
    /// Times nothing was found.
    pub nothing: u64,
    /// Times an article was opened.
    pub opened: u64,
    /// When last asked.
    pub last: Timestamp,
}

/// What came of all searches of one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchDay {
    /// Days since 1970, UTC.
    pub day: i64,
    /// Searches.
    pub asked: u64,
    /// Those that found nothing.
    pub nothing: u64,
    /// Those from which an article was opened.
    pub opened: u64,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    at_ms: i64,
    query: String,
    total: i64,
    confidence: String,
    lang: String,
    opened: Option<String>,
    helped: Option<String>,
}

#[derive(sqlx::FromRow)]
struct CountRow {
    query: String,
    asked: i64,
    none_found: i64,
    opened: i64,
    last_ms: i64,
}

macro_rules! insert_searches {
    ($records:expr, $on:expr) => {
        for rows in $crate::store::searches::rows($records) {
            let mut query = sqlx::QueryBuilder::new(
                "INSERT INTO searches (id, at_ms, query, total, confidence, lang, opened, helped) ",
            );
            query.push_values(rows, |mut row, record| {
                row.push_bind(record.id.as_str())
                    .push_bind(record.at.as_millisecond())
                    .push_bind(record.query.as_str())
                    .push_bind(i64::from(record.total))
                    .push_bind($crate::store::searches::word(record.confidence))
                    .push_bind(record.lang.as_str())
                    .push_bind(record.opened.as_ref().map($crate::domain::ArticleId::as_str))
                    .push_bind(record.helped.map($crate::domain::Vote::as_str));
            });
            // A batch that is sent again after a failure must not fail for what had arrived.
            query.push(" ON CONFLICT (id) DO NOTHING");
            query.build().execute($on).await?;
        }
    };
}

macro_rules! mark_search {
    ($mark:expr, $on:expr) => {
        sqlx::query("UPDATE searches SET opened = COALESCE($2, opened), helped = COALESCE($3, helped) WHERE id = $1")
            .bind($mark.id.as_str())
            .bind($mark.opened.as_ref().map($crate::domain::ArticleId::as_str))
            .bind($mark.helped.map($crate::domain::Vote::as_str))
            .execute($on)
            .await?
            .rows_affected()
    };
}
pub(super) use {insert_searches, mark_search};

pub(super) fn rows(records: &[SearchRecord]) -> std::slice::Chunks<'_, SearchRecord> {
    records.chunks(ROWS_MAX)
}

pub(super) fn word(confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Sure => "sure",
        Confidence::Unsure => "unsure",
        Confidence::Nothing => "nothing",
    }
}

impl Store {
    /// Logs a batch of searches in one commit. The same batch may be sent again after a failure.
    ///
    /// # Errors
    /// When the database fails; then none of them is kept.
    pub async fn log_searches(&self, records: &[SearchRecord]) -> Result<(), Error> {
        if records.is_empty() {
            return Ok(());
        }
        if let Some(writer) = &self.inner.writer {
            return writer::ask(writer, |to| Job::Searches(records.to_vec(), to)).await;
        }
        write!(self, tx => insert_searches!(records, &mut *tx));
        Ok(())
    }

    /// Notes what became of a search; false when it is not (or not yet) in the log.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mark_search(&self, mark: SearchMark) -> Result<bool, Error> {
        if let Some(writer) = &self.inner.writer {
            return writer::ask(writer, |to| Job::Mark(mark, to)).await;
        }
        Ok(write!(self, tx => mark_search!(mark, &mut *tx)) > 0)
    }

    /// Notes which article was opened from a search.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mark_opened(&self, id: &RecordId, article: &ArticleId) -> Result<bool, Error> {
        self.mark_search(SearchMark { id: id.clone(), opened: Some(article.clone()), helped: None }).await
    }

    /// Logged searches in order, `limit` at a time, from the one after `after`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn searches(
        &self,
        filter: &SearchFilter,
        after: Option<&RecordId>,
        limit: u32,
    ) -> Result<Vec<SearchRecord>, Error> {
        let rows: Vec<Row> = read!(self, pool => {
            let mut query = QueryBuilder::new(
                "SELECT id, at_ms, query, total, confidence, lang, opened, helped FROM searches WHERE TRUE",
            );
            push_filter(&mut query, filter);
            if let Some(after) = after {
                query.push(" AND id > ").push_bind(after.as_str());
            }
            query.push(" ORDER BY id LIMIT ").push_bind(i64::from(limit));
            query.build_query_as().fetch_all(pool).await
        })?;
        rows.into_iter().map(Row::read).collect()
    }

    /// How many searches there are.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn search_count(&self, filter: &SearchFilter) -> Result<u64, Error> {
        let count: i64 = read!(self, pool => {
            let mut query = QueryBuilder::new("SELECT COUNT(*) FROM searches WHERE TRUE");
            push_filter(&mut query, filter);
            query.build_query_scalar().fetch_one(pool).await
        })?;
        Ok(count.cast_unsigned())
    }

    /// Queries by how often they were asked, most frequent first. Reads the whole range: for a job
    /// in the background, not for a request.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn query_counts(&self, filter: &SearchFilter, limit: u32) -> Result<Vec<QueryCount>, Error> {
        let rows: Vec<CountRow> = read!(self, pool => {
            let mut query = QueryBuilder::new(
                "SELECT query, COUNT(*) AS asked, COUNT(*) FILTER (WHERE total = 0) AS none_found,
                 COUNT(opened) AS opened, MAX(at_ms) AS last_ms FROM searches WHERE TRUE",
            );
            push_filter(&mut query, filter);
            query.push(" GROUP BY query ORDER BY asked DESC, query LIMIT ").push_bind(i64::from(limit));
            query.build_query_as().fetch_all(pool).await
        })?;
        rows.into_iter()
            .map(|row| {
                Ok(QueryCount {
                    query: row.query,
                    asked: row.asked.cast_unsigned(),
                    nothing: row.none_found.cast_unsigned(),
                    opened: row.opened.cast_unsigned(),
                    last: timestamp(row.last_ms)?,
                })
            })
            .collect()
    }

    /// Searches by day. Reads the whole range: for a job in the background.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn searches_by_day(&self, filter: &SearchFilter) -> Result<Vec<SearchDay>, Error> {
        let rows: Vec<(i64, i64, i64, i64)> = read!(self, pool => {
            let mut query = QueryBuilder::new(
                "SELECT at_ms / 86400000 AS day, COUNT(*), COUNT(*) FILTER (WHERE total = 0), COUNT(opened)
                 FROM searches WHERE TRUE",
            );
            push_filter(&mut query, filter);
            query.push(" GROUP BY 1 ORDER BY 1");
            query.build_query_as().fetch_all(pool).await
        })?;
        let count = i64::cast_unsigned;
        let day = |(day, asked, nothing, opened)| SearchDay {
            day,
            asked: count(asked),
            nothing: count(nothing),
            opened: count(opened),
        };
        Ok(rows.into_iter().map(day).collect())
    }

    /// How often each article was opened from a search. Reads the whole range.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn opened_counts(&self, filter: &SearchFilter) -> Result<Vec<(ArticleId, u64)>, Error> {
        let rows: Vec<(String, i64)> = read!(self, pool => {
            let mut query =
                QueryBuilder::new("SELECT opened, COUNT(*) FROM searches WHERE opened IS NOT NULL");
            push_filter(&mut query, filter);
            query.push(" GROUP BY opened");
            query.build_query_as().fetch_all(pool).await
        })?;
        rows.into_iter()
            .map(|(id, count)| {
                let id = ArticleId::parse(&id).map_err(|_| Error::Unreadable("search"))?;
                Ok((id, count.cast_unsigned()))
            })
            .collect()
    }

    /// Deletes searches from before a moment and says how many, a few thousand at a time.
    ///
    /// # Errors
    /// When the database fails; what was deleted until then stays deleted.
    pub async fn forget_searches(&self, before: Timestamp) -> Result<u64, Error> {
        let mut forgotten = 0;
        loop {
            let deleted = write!(self, tx => {
                sqlx::query(
                    "DELETE FROM searches WHERE id IN (SELECT id FROM searches WHERE id < $1 ORDER BY id LIMIT $2)",
                )
                .bind(first_id(before))
                .bind(FORGET_MAX)
                .execute(&mut *tx)
                .await?
                .rows_affected()
            });
            forgotten += deleted;
            if deleted < FORGET_MAX.cast_unsigned() {
                return Ok(forgotten);
            }
        }
    }
}

fn push_filter<DB: sqlx::Database>(query: &mut QueryBuilder<DB>, filter: &SearchFilter)
where
    String: for<'q> Encode<'q, DB> + Type<DB>,
{
    if let Some(since) = filter.since {
        query.push(" AND id >= ").push_bind(first_id(since));
    }
    if let Some(until) = filter.until {
        query.push(" AND id < ").push_bind(first_id(until));
    }
}

impl Row {
    fn read(self) -> Result<SearchRecord, Error> {
        const WHAT: Error = Error::Unreadable("search");
        Ok(SearchRecord {
            id: RecordId::parse(&self.id).ok_or(WHAT)?,
            at: timestamp(self.at_ms)?,
            query: self.query,
            total: u32::try_from(self.total).map_err(|_| WHAT)?,
            confidence: match self.confidence.as_str() {
                "sure" => Confidence::Sure,
                "unsure" => Confidence::Unsure,
                "nothing" => Confidence::Nothing,
                _ => return Err(WHAT),
            },
            lang: Lang::parse(&self.lang).ok_or(WHAT)?,
            opened: self.opened.map(|id| ArticleId::parse(&id)).transpose().map_err(|_| WHAT)?,
            helped: self.helped.map(|word| Vote::parse(&word).ok_or(WHAT)).transpose()?,
        })
    }
}
