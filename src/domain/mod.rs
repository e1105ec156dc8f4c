//! The words of the trade: what an article, category, library, query, hit, feedback, receipt,
//! contact channel and problem are. Every other room speaks in these types.
//!
//! This room refuses impossible values and knows no input or output, no clock and no framework.

#[macro_use]
mod words;

mod article;
mod body;
mod feedback;
mod library;
mod limits;
mod problem;
mod proposal;
mod query;
mod results;
mod site;

pub use article::{
    Article, ArticleId, Category, CategoryId, Heading, IdError, Lang, Pinned, Revision, SafeHtml, Section, Severity,
    Visibility,
};
pub use body::{Body, Keeper, Opened, Patch};
pub use feedback::{
    Amendment, Change, Feedback, FieldErrors, NewFeedback, RawFeedback, Reason, Receipt, RecordId, Status, Subject,
    Vote,
};
pub use library::Library;
pub use limits::*;
pub use problem::{Level, Problem, RULES, Rule, Tongue};
pub use proposal::{Concern, Evidence, Proposal, ProposalId, ProposalKind, ProposalState, QueryEvidence};
pub use query::{Query, RawQuery, VALUE};
pub use results::{Confidence, FacetCount, Facets, Hit, Interpretation, Results, Span, Suggestion, SuggestionKind};
pub use site::{ChannelKind, ContactChannel, Hours, OfficialEntry, OfficialKind, Promises, Site, UrgentLink};
