//! The exports: which columns, which rows, page by page from the store.

use std::io::{self, Write};

use jiff::Timestamp;

use crate::domain::{ArticleId, Confidence, Reason, Status, Subject, Vote};
use crate::store::{self, FeedbackFilter, Order, SearchFilter, Store};

use super::table::{Cell, Format, TableWriter};

/// Rows read at a time.
const PAGE: u32 = 1_000;

/// Columns of the feedback export.
const FEEDBACK: &[&str] = &[
    "receipt", "status", "created", "changed", "article", "revision", "helpful", "reason", "comment", "added",
    "contact", "query", "lang", "reply",
];
/// Columns of the searches export.
const SEARCHES: &[&str] = &["time", "query", "total", "confidence", "opened", "helped", "lang"];

/// Why an export stopped.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The target.
    #[error("cannot write the export")]
    Write(#[from] io::Error),
}

/// Which rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// From this moment.
    pub since: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
    /// In this state.
    pub status: Option<Status>,
    /// About this article.
    pub article: Option<ArticleId>,
}

/// Writes feedback in order of arrival; returns the number of rows.
///
/// # Errors
/// When the database or the target fails.
pub async fn feedback<W: Write>(store: &Store, selection: &Selection, format: Format, into: W) -> Result<u64, Error> {
    let filter = FeedbackFilter {
        since: selection.since,
        until: selection.until,
        status: selection.status,
        article: selection.article.clone(),
        order: Order::OldestFirst,
        ..FeedbackFilter::default()
    };
    let mut table = TableWriter::new(format, FEEDBACK, into)?;
    let mut after = None;
    let mut rows = 0;
    loop {
        let page = store.feedback(&filter, after.as_ref(), PAGE).await?;
        for one in &page {
            let said = &one.said;
            let (article, revision) = match &said.subject {
                Subject::Article(id, revision) => (Cell::from(id.as_str()), Cell::from(revision.to_string().as_str())),
                Subject::Site => (Cell::Empty, Cell::Empty),
            };
            table.row(&[
                one.receipt.as_str().into(),
                one.status.as_str().into(),
                Cell::Time(one.created),
                Cell::Time(one.changed),
                article,
                revision,
                said.vote.map(Vote::as_str).into(),
                said.reason.map(Reason::as_str).into(),
                said.comment.as_str().into(),
                one.added.join("\n").as_str().into(),
                said.contact.as_str().into(),
                said.query.as_str().into(),
                said.lang.as_str().into(),
                one.reply.as_str().into(),
            ])?;
            rows += 1;
        }
        match page.last() {
            Some(last) if page.len() == PAGE as usize => after = Some(last.id.clone()),
            _ => break,
        }
    }
    table.finish()?;
    Ok(rows)
}

/// Writes logged searches in order; returns the number of rows.
///
/// # Errors
/// When the database or the target fails.
pub async fn searches<W: Write>(store: &Store, selection: &Selection, format: Format, into: W) -> Result<u64, Error> {
    let filter = SearchFilter { since: selection.since, until: selection.until };
    let mut table = TableWriter::new(format, SEARCHES, into)?;
    let mut after = None;
    let mut rows = 0;
    loop {
        let page = store.searches(&filter, after.as_ref(), PAGE).await?;
        for one in &page {
            let confidence = match one.confidence {
                Confidence::Sure => "sure",
                Confidence::Unsure => "unsure",
                Confidence::Nothing => "nothing",
            };
            table.row(&[
                Cell::Time(one.at),
                one.query.as_str().into(),
                Cell::Number(one.total.into()),
                confidence.into(),
                one.opened.as_ref().map(ArticleId::as_str).into(),
                one.helped.map(Vote::as_str).into(),
                one.lang.as_str().into(),
            ])?;
            rows += 1;
        }
        match page.last() {
            Some(last) if page.len() == PAGE as usize => after = Some(last.id.clone()),
            _ => break,
        }
    }
    table.finish()?;
    Ok(rows)
}
