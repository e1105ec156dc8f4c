//! The suggestions, ranked, and the wish to have them counted again.

use askama::Template;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::Response;
use jiff::SignedDuration;

use super::words::{self, Texts};
use super::{Choice, Desk, Moment, PAGE, Seat, address, chart, choices, render, see};
use crate::domain::{ArticleId, Proposal, ProposalKind, ProposalState, Reason};
use crate::insight::Figures;
use crate::store::{ProposalFilter, Rank};
use crate::web::context::Ctx;
use crate::web::error::Error;
use crate::web::texts::fill;

/// Fields of the filter.
const FIELDS: [&str; 3] = ["state", "kind", "article"];

/// Days for which a commit's slip is shown, how many of them, and digits of a commit's id.
const UNKNOWN_DAYS: i64 = 14;
const UNKNOWN_MAX: u32 = 5;
const COMMIT_CHARS: usize = 10;

#[derive(Template)]
#[template(path = "desk/suggestions.html")]
struct Page<'a> {
    desk: Desk<'a>,
    w: &'static Texts,
    rows: Vec<Row>,
    tabs: Vec<Tab>,
    kinds: Vec<Choice>,
    state: &'static str,
    article: &'a str,
    filtered: bool,
    counted: String,
    counting: bool,
    unknown: Vec<Unknown>,
    next: String,
    paged: bool,
    exports: Vec<(&'static str, String)>,
}

/// A name in a commit's trailer that nobody knows.
struct Unknown {
    name: String,
    commit: String,
    title: String,
    at: Moment,
}

struct Tab {
    label: &'static str,
    href: String,
    count: u64,
    current: bool,
}

/// A suggestion in one line.
pub struct Row {
    /// Its page.
    pub href: String,
    /// Its id.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// Its kind's word.
    pub kind: &'static str,
    /// The same in words.
    pub made_of: &'static str,
    /// The reason that comments share, and their words.
    pub gist: String,
    /// Its state's word.
    pub state: &'static str,
    /// The same in words.
    pub stated: &'static str,
    /// What is at stake.
    pub concern: &'static str,
    /// The same in words.
    pub concerned: &'static str,
    /// Readers who met it, of how many.
    pub readers: String,
    /// The share's interval as a drawing.
    pub bar: chart::Interval,
    /// The score.
    pub score: String,
}

impl Row {
    /// A row for a list.
    pub fn of(ctx: &Ctx, one: &Proposal) -> Self {
        let w = words::of(ctx.ui);
        let reason = words::reason(ctx.ui, Reason::parse(&one.evidence.reason));
        let parts = [reason, &one.evidence.words.join(" ")]
            .into_iter()
            .filter(|p| !p.is_empty())
            .collect::<Vec<_>>()
            .join(" · ");
        let named = if one.title.is_empty() { one.id.as_str() } else { &one.title };
        Self {
            href: format!("/review/suggestions/{}", one.id),
            id: one.id.to_string(),
            title: named.to_owned(),
            kind: one.kind.as_str(),
            made_of: words::kind(w, one.kind),
            gist: if parts.is_empty() { one.path.clone() } else { parts },
            state: one.state.as_str(),
            stated: words::state(w, one.state),
            concern: one.concern.as_str(),
            concerned: words::concern(w, one.concern),
            readers: fill(w.n_of, &[("n", &one.readers.to_string()), ("of", &one.of.to_string())]),
            bar: chart::Interval::of(one.readers, one.of, one.share),
            score: format!("{:.1}", one.score),
        }
    }
}

/// `GET /review/suggestions`.
pub async fn show(seat: Seat) -> Result<Response, Error> {
    let (ctx, w) = (&seat.ctx, seat.w());
    let fields = &ctx.fields;
    let state = ProposalState::parse(fields.get("state")).unwrap_or(ProposalState::Open);
    let filter = ProposalFilter {
        state: Some(state),
        kind: ProposalKind::parse(fields.get("kind")),
        article: ArticleId::parse(fields.get("article")).ok(),
        ..ProposalFilter::default()
    };
    let after = Rank::parse(fields.get("after"));
    let mut rows = seat.store.proposals(&filter, after.as_ref(), PAGE + 1).await?;
    let counts = seat.store.proposal_counts().await?;
    let made = Figures::read(&seat.store).await?.map(|(_, at)| Moment::of(ctx, at).text);
    let since = (ctx.app.now)() - SignedDuration::from_hours(24 * UNKNOWN_DAYS);
    let unknown = seat.store.unknown_names(since, UNKNOWN_MAX).await?;
    let path = "/review/suggestions";
    let more = rows.len() > PAGE as usize;
    rows.truncate(PAGE as usize);
    let next = match rows.last().filter(|_| more) {
        Some(last) => address(path, fields, &FIELDS, Some(("after", &Rank::of(last).to_string()))),
        None => String::new(),
    };
    let tab = |one: &ProposalState| Tab {
        label: words::state(w, *one),
        href: address(path, fields, &FIELDS, Some(("state", one.as_str()))),
        count: counts.iter().find(|(s, _)| s == one).map_or(0, |(_, n)| *n),
        current: *one == state,
    };
    let export = |format| (format, format!("/review/export/suggestions?status={}&format={format}", state.as_str()));
    let page = Page {
        desk: Desk::new(&seat, "suggestions", w.suggestions),
        w,
        rows: rows.iter().map(|one| Row::of(ctx, one)).collect(),
        tabs: ProposalState::ALL.iter().map(tab).collect(),
        kinds: choices(ProposalKind::ALL, fields.get("kind"), ProposalKind::as_str, |k| words::kind(w, k)),
        state: state.as_str(),
        article: fields.get("article"),
        filtered: filter.kind.is_some() || filter.article.is_some(),
        counted: made.map_or_else(|| w.never_counted.to_owned(), |at| fill(w.counted, &[("time", &at)])),
        unknown: unknown
            .into_iter()
            .map(|one| Unknown {
                at: Moment::of(ctx, one.at),
                commit: one.commit.chars().take(COMMIT_CHARS).collect(),
                name: one.name,
                title: one.title,
            })
            .collect(),
        counting: !fields.is_absent("counting"),
        next,
        paged: after.is_some(),
        exports: ["csv", "jsonl", "xlsx", "md"].into_iter().map(export).collect(),
    };
    render(StatusCode::OK, &page)
}

/// `POST /review/suggestions`: counts again, in the background.
pub async fn recount(seat: Seat, body: Bytes) -> Result<Response, Error> {
    seat.form(&body)?;
    seat.store.audit(&seat.reviewer, "recount", "", "").await?;
    seat.ctx.app.recount.notify_one();
    Ok(see("/review/suggestions?counting"))
}
