//! The inbox: feedback, newest first, by state, vote, reason, article and day.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::words::{self, Texts};
use super::{Choice, Desk, Moment, PAGE, Seat, address, choices, render};
use crate::domain::{ArticleId, Concern, Feedback, Reason, RecordId, Revision, Severity, Status, Vote};
use crate::store::{FeedbackFilter, Order};
use crate::web::context::Ctx;
use crate::web::error::Error;
use crate::web::pages::article_url;
use crate::web::texts::count;
use crate::web::url::Fields;

/// Fields of the filter.
pub const FIELDS: [&str; 6] = ["status", "vote", "reason", "article", "revision", "since"];
/// Characters of a comment in a row.
const GIST_CHARS: usize = 120;

#[derive(Template)]
#[template(path = "desk/inbox.html")]
struct Page<'a> {
    desk: Desk<'a>,
    w: &'static Texts,
    rows: Vec<Row>,
    counted: String,
    statuses: Vec<Choice>,
    votes: Vec<Choice>,
    reasons: Vec<Choice>,
    article: &'a str,
    revision: &'a str,
    /// The past of the article that is filtered by.
    past: String,
    since: &'a str,
    filtered: bool,
    next: String,
    paged: bool,
    exports: Vec<(&'static str, String)>,
}

/// Feedback in one line.
pub struct Row {
    /// Its page.
    pub href: String,
    /// The article's title.
    pub title: String,
    /// `yes`, `no` or nothing.
    pub vote: &'static str,
    /// The same in words.
    pub voted: &'static str,
    /// The reason in words.
    pub reason: &'static str,
    /// The comment's beginning.
    pub gist: String,
    /// Its state's word.
    pub status: &'static str,
    /// The same in words.
    pub stated: &'static str,
    /// What is at stake.
    pub concern: &'static str,
    /// The same in words.
    pub concerned: &'static str,
    /// When it arrived.
    pub at: Moment,
}

impl Row {
    /// A row for a list.
    pub fn of(ctx: &Ctx, one: &Feedback) -> Self {
        let w = words::of(ctx.ui);
        let said = &one.said;
        let words = std::iter::once(&said.comment).chain(&one.added).find(|text| !text.is_empty());
        let concern = concern(ctx, said.subject.article());
        Self {
            href: format!("/review/feedback/{}", one.receipt),
            title: title(ctx, said.subject.article()),
            vote: said.vote.map_or("", Vote::as_str),
            voted: words::vote(w, said.vote),
            reason: words::reason(ctx.ui, said.reason),
            gist: words.map(|text| gist(text)).unwrap_or_default(),
            status: one.status.as_str(),
            stated: words::status(ctx.ui, one.status),
            concern: concern.as_str(),
            concerned: words::concern(w, concern),
            at: Moment::of(ctx, one.created),
        }
    }
}

fn gist(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= GIST_CHARS { line } else { line.chars().take(GIST_CHARS).chain(['…']).collect() }
}

/// The title of an article, or what stands for it.
pub fn title(ctx: &Ctx, id: Option<&ArticleId>) -> String {
    let w = words::of(ctx.ui);
    match id {
        None => w.site.to_owned(),
        Some(id) => ctx.library().article(id).map_or_else(|| format!("{id} {}", w.gone), |a| a.title.clone()),
    }
}

/// Where the past of an article is listed.
pub fn past(id: &ArticleId) -> String {
    format!("/review{}", article_url(id))
}

/// What is at stake: funds first, then by the folder.
pub fn concern(ctx: &Ctx, id: Option<&ArticleId>) -> Concern {
    let Some(id) = id else { return Concern::Other };
    match ctx.library().article(id) {
        Some(article) => Concern::of_folder(article.category.as_str(), article.severity),
        None => Concern::of_folder(id.folder(), Severity::Normal),
    }
}

/// The filter that fields ask for; what makes no sense is left out.
pub fn filter(fields: &Fields) -> FeedbackFilter {
    let day = |name| {
        let day: Date = fields.get(name).trim().parse().ok()?;
        Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp())
    };
    let since: Option<Timestamp> = fields.get("since").trim().parse().ok().or_else(|| day("since"));
    FeedbackFilter {
        since,
        status: Status::parse(fields.get("status")),
        article: ArticleId::parse(fields.get("article")).ok(),
        revision: Revision::parse(fields.get("revision")),
        vote: Vote::parse(fields.get("vote")),
        reason: Reason::parse(fields.get("reason")),
        order: Order::NewestFirst,
        ..FeedbackFilter::default()
    }
}

/// `GET /review/feedback`.
pub async fn show(seat: Seat) -> Result<Response, Error> {
    let (ctx, w) = (&seat.ctx, seat.w());
    let fields = &ctx.fields;
    let filter = filter(fields);
    let after = RecordId::parse(fields.get("after"));
    let mut rows = seat.store.feedback(&filter, after.as_ref(), PAGE + 1).await?;
    let all = seat.store.count(&filter).await?;
    let path = "/review/feedback";
    let more = rows.len() > PAGE as usize;
    rows.truncate(PAGE as usize);
    let next = match rows.last().filter(|_| more) {
        Some(last) => address(path, fields, &FIELDS, Some(("after", last.id.as_str()))),
        None => String::new(),
    };
    let export = |format| {
        let names = ["status", "article", "since"];
        (format, address("/review/export/feedback", fields, &names, Some(("format", format))))
    };
    let page = Page {
        desk: Desk::new(&seat, "feedback", w.inbox),
        w,
        rows: rows.iter().map(|one| Row::of(ctx, one)).collect(),
        counted: count(w.n_items, all as usize),
        statuses: choices(Status::ALL, fields.get("status"), Status::as_str, |s| words::status(ctx.ui, s)),
        votes: choices(&[Vote::Yes, Vote::No], fields.get("vote"), Vote::as_str, |v| words::vote(w, Some(v))),
        reasons: choices(Reason::ALL, fields.get("reason"), Reason::as_str, |r| words::reason(ctx.ui, Some(r))),
        article: fields.get("article"),
        revision: fields.get("revision"),
        past: filter.article.as_ref().map(past).unwrap_or_default(),
        since: fields.get("since"),
        filtered: FIELDS.iter().any(|name| fields.filled(name).is_some()),
        next,
        paged: after.is_some(),
        exports: ["csv", "jsonl", "xlsx", "md"].into_iter().map(export).collect(),
    };
    render(StatusCode::OK, &page)
}
