//! The exports: which columns, which rows, page by page from the store.

use std::io::{self, Write};

use jiff::Timestamp;

use crate::domain::{
    ArticleId, Confidence, Feedback, Proposal, ProposalState, Reason, RecordId, Status, Subject, Vote,
};
use crate::store::{self, FeedbackFilter, ProposalFilter, Rank, SearchFilter, SearchRecord, Store};

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

/// Columns of the suggestions export.
const SUGGESTIONS: &[&str] = &[
    "id",
    "kind",
    "state",
    "title",
    "article",
    "path",
    "severity",
    "concern",
    "readers",
    "of",
    "share_low",
    "share_high",
    "score",
    "helped",
    "did_not_help",
    "reason",
    "words",
    "queries",
    "places",
    "receipts",
    "note",
    "first",
    "changed",
];

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
    /// Feedback in this state.
    pub status: Option<Status>,
    /// Proposals in this state.
    pub state: Option<ProposalState>,
    /// About this article.
    pub article: Option<ArticleId>,
}

/// What is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    /// Feedback, in order of arrival.
    Feedback,
    /// Proposals, by rank.
    Suggestions,
    /// Logged searches, in order.
    Searches,
}

impl What {
    /// Reads the word of an address.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "feedback" => Some(Self::Feedback),
            "suggestions" => Some(Self::Suggestions),
            "searches" => Some(Self::Searches),
            _ => None,
        }
    }

    /// The word that [`What::parse`] reads.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Feedback => "feedback",
            Self::Suggestions => "suggestions",
            Self::Searches => "searches",
        }
    }

    /// Names of the columns.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Feedback => FEEDBACK,
            Self::Suggestions => SUGGESTIONS,
            Self::Searches => SEARCHES,
        }
    }
}

/// Reads rows page by page, so that an export of any size needs the memory of one page.
pub struct Rows<'a> {
    store: &'a Store,
    what: What,
    selection: &'a Selection,
    after: Option<RecordId>,
    rank: Option<Rank>,
    ended: bool,
}

impl<'a> Rows<'a> {
    /// Begins before the first row.
    pub fn new(store: &'a Store, what: What, selection: &'a Selection) -> Self {
        Self { store, what, selection, after: None, rank: None, ended: false }
    }

    /// The next page; none at the end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn page(&mut self) -> Result<Option<Vec<Vec<Cell>>>, Error> {
        if self.ended {
            return Ok(None);
        }
        let rows: Vec<Vec<Cell>> = match self.what {
            What::Feedback => {
                let page = self.store.feedback(&self.feedback_filter(), self.after.as_ref(), PAGE).await?;
                self.after = page.last().map(|last| last.id.clone());
                page.iter().map(feedback_row).collect()
            }
            What::Searches => {
                let filter = SearchFilter { since: self.selection.since, until: self.selection.until };
                let page = self.store.searches(&filter, self.after.as_ref(), PAGE).await?;
                self.after = page.last().map(|last| last.id.clone());
                page.iter().map(search_row).collect()
            }
            What::Suggestions => {
                let page = self.store.proposals(&self.proposal_filter(), self.rank.as_ref(), PAGE).await?;
                self.rank = page.last().map(Rank::of);
                page.iter().map(proposal_row).collect()
            }
        };
        self.ended = rows.len() < PAGE as usize;
        Ok((!rows.is_empty()).then_some(rows))
    }

    fn feedback_filter(&self) -> FeedbackFilter {
        let Selection { since, until, status, ref article, .. } = *self.selection;
        FeedbackFilter { since, until, status, article: article.clone(), ..FeedbackFilter::default() }
    }

    fn proposal_filter(&self) -> ProposalFilter {
        let Selection { since, until, state, ref article, .. } = *self.selection;
        ProposalFilter { since, until, state, article: article.clone(), kind: None }
    }
}

/// Writes an export; returns the number of rows.
///
/// # Errors
/// When the database or the target fails.
pub async fn export<W: Write>(
    store: &Store,
    what: What,
    selection: &Selection,
    format: Format,
    into: W,
) -> Result<u64, Error> {
    let mut table = TableWriter::new(format, what.columns(), into)?;
    let (mut rows, mut count) = (Rows::new(store, what, selection), 0);
    while let Some(page) = rows.page().await? {
        for row in &page {
            table.row(row)?;
        }
        count += page.len() as u64;
    }
    table.finish()?;
    Ok(count)
}

fn feedback_row(one: &Feedback) -> Vec<Cell> {
    let said = &one.said;
    let (article, revision) = match &said.subject {
        Subject::Article(id, revision) => (Cell::from(id.as_str()), Cell::from(revision.to_string().as_str())),
        Subject::Site => (Cell::Empty, Cell::Empty),
    };
    vec![
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
    ]
}

fn search_row(one: &SearchRecord) -> Vec<Cell> {
    let confidence = match one.confidence {
        Confidence::Sure => "sure",
        Confidence::Unsure => "unsure",
        Confidence::Nothing => "nothing",
    };
    vec![
        Cell::Time(one.at),
        one.query.as_str().into(),
        Cell::Number(one.total.into()),
        confidence.into(),
        one.opened.as_ref().map(ArticleId::as_str).into(),
        one.helped.map(Vote::as_str).into(),
        one.lang.as_str().into(),
    ]
}

fn proposal_row(one: &Proposal) -> Vec<Cell> {
    let evidence = &one.evidence;
    let queries: Vec<&str> = evidence.queries.iter().map(|q| q.query.as_str()).collect();
    vec![
        one.id.as_str().into(),
        one.kind.as_str().into(),
        one.state.as_str().into(),
        one.title.as_str().into(),
        one.article.as_ref().map(ArticleId::as_str).into(),
        one.path.as_str().into(),
        one.severity.as_str().into(),
        one.concern.as_str().into(),
        Cell::Number(one.readers),
        Cell::Number(one.of),
        Cell::Real(one.share.0),
        Cell::Real(one.share.1),
        Cell::Real(one.score),
        Cell::Number(evidence.present.0),
        Cell::Number(evidence.present.1),
        evidence.reason.as_str().into(),
        evidence.words.join(" ").as_str().into(),
        queries.join("\n").as_str().into(),
        evidence.places.join("\n").as_str().into(),
        evidence.receipts.join(" ").as_str().into(),
        one.note.as_str().into(),
        Cell::Time(one.first),
        Cell::Time(one.changed),
    ]
}
