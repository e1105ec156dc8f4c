//! One suggestion: its evidence, what is decided about it, and the way to the editor.

use askama::Template;
use axum::body::Bytes;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::inbox;
use super::suggestions::Row;
use super::words::{self, Texts};
use super::{Choice, Desk, Moment, Seat, chart, choices, private, render, see};
use crate::domain::{COMMENT_CHARS_MAX, Feedback, Proposal, ProposalId, ProposalState, Receipt};
use crate::insight;
use crate::store::{ProposalEvent, ProposalFilter};
use crate::web::context::is_secret;
use crate::web::error::Error;
use crate::web::pages::article_url;
use crate::web::texts::count;

/// Comments shown.
const COMMENTS_MAX: usize = 12;
/// Suggestions offered to merge into.
const OTHERS_MAX: u32 = 60;

/// Votes on one or more states of the article.
struct Votes {
    label: &'static str,
    yes: u64,
    no: u64,
    bar: chart::Interval,
}

#[derive(Template)]
#[template(path = "desk/suggestion.html")]
struct Page<'a> {
    desk: Desk<'a>,
    w: &'static Texts,
    one: &'a Proposal,
    row: Row,
    url: String,
    past: String,
    votes: Vec<Votes>,
    comments: Vec<inbox::Row>,
    merged: Vec<Row>,
    others: Vec<Row>,
    states: Vec<Choice>,
    reply_label: String,
    reply: String,
    fault: &'static str,
    events: Vec<Line>,
}

/// One line of the history.
struct Line {
    at: Moment,
    by: String,
    was: &'static str,
    became: &'static str,
    note: String,
}

#[derive(Template)]
#[template(path = "desk/suggestion.md")]
struct Markdown<'a> {
    w: &'static Texts,
    one: &'a Proposal,
    row: Row,
    url: String,
    low: String,
    high: String,
    comments: Vec<String>,
}

/// `GET /review/suggestions/{id}`.
pub async fn show(seat: Seat) -> Result<Response, Error> {
    let one = read(&seat).await?;
    let reply = one.note.clone();
    page(&seat, &one, StatusCode::OK, one.state, reply, "").await
}

/// `POST /review/suggestions/{id}`.
pub async fn decide(seat: Seat, body: Bytes) -> Result<Response, Error> {
    let form = seat.form(&body)?;
    let one = read(&seat).await?;
    let w = seat.w();
    let reply = form.get("reply").trim().replace("\r\n", "\n");
    let state = ProposalState::parse(form.get("state")).unwrap_or(one.state);
    let into = match ProposalId::parse(form.get("into")) {
        Some(id) if id != one.id => seat.store.proposal(&id).await?.filter(|p| p.state != ProposalState::Merged),
        _ => None,
    };
    if is_secret(&reply) {
        let fault = seat.ctx.t().secret_stopped;
        return page(&seat, &one, StatusCode::UNPROCESSABLE_ENTITY, state, String::new(), fault).await;
    }
    let fault = if reply.chars().count() > COMMENT_CHARS_MAX {
        w.too_long
    } else if state == ProposalState::Declined && reply.is_empty() {
        w.reply_needed
    } else if state == ProposalState::Merged && into.is_none() {
        w.merge_unknown
    } else {
        ""
    };
    if !fault.is_empty() {
        return page(&seat, &one, StatusCode::UNPROCESSABLE_ENTITY, state, reply, fault).await;
    }
    let into = into.map(|one| one.id);
    insight::decide(&seat.store, &one.id, state, into.as_ref(), &reply, &seat.reviewer).await?;
    Ok(see(&format!("/review/suggestions/{}?saved", one.id)))
}

/// `GET /review/suggestions/{id}/markdown`.
pub async fn markdown(seat: Seat) -> Result<Response, Error> {
    let one = read(&seat).await?;
    let comments = comments(&seat, &one).await?;
    let quoted = |f: &Feedback| {
        let text = f.said.comment.replace('<', "&lt;").replace('\n', "\n> ");
        (!text.is_empty()).then(|| format!("> {text}"))
    };
    let template = Markdown {
        w: seat.w(),
        row: Row::of(&seat.ctx, &one),
        url: one.article.as_ref().map(|id| seat.ctx.absolute(&article_url(id))).unwrap_or_default(),
        low: percent(one.share.0),
        high: percent(one.share.1),
        comments: comments.iter().filter_map(quoted).collect(),
        one: &one,
    };
    seat.store.audit(&seat.reviewer, "export", one.id.as_str(), "md").await?;
    let mut response = private(template.render()?.into_response());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/markdown; charset=utf-8"));
    if let Ok(value) = HeaderValue::from_str(&format!("attachment; filename=\"{}.md\"", one.id)) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

fn percent(share: f64) -> String {
    format!("{:.0}%", share * 100.0)
}

async fn read(seat: &Seat) -> Result<Proposal, Error> {
    let rest = seat.ctx.rest("/review/suggestions/");
    let id = ProposalId::parse(rest.strip_suffix("/markdown").unwrap_or(rest)).ok_or(Error::NotFound)?;
    seat.store.proposal(&id).await?.ok_or(Error::NotFound)
}

async fn comments(seat: &Seat, one: &Proposal) -> Result<Vec<Feedback>, Error> {
    let mut comments = Vec::new();
    for receipt in one.evidence.receipts.iter().filter_map(|text| Receipt::parse(text)).take(COMMENTS_MAX) {
        comments.extend(seat.store.receipt(&receipt).await?);
    }
    Ok(comments)
}

async fn page(
    seat: &Seat,
    one: &Proposal,
    code: StatusCode,
    chosen: ProposalState,
    reply: String,
    fault: &'static str,
) -> Result<Response, Error> {
    let (ctx, w) = (&seat.ctx, seat.w());
    let open = ProposalFilter { state: Some(ProposalState::Open), ..ProposalFilter::default() };
    let mut others = seat.store.proposals(&open, None, OTHERS_MAX).await?;
    others.retain(|other| other.id != one.id);
    // Those about the same article are most likely the same matter.
    others.sort_by_key(|other| other.article.is_none() || other.article != one.article);
    let votes = [(w.votes_present, one.evidence.present), (w.votes_earlier, one.evidence.earlier)];
    let votes = votes.into_iter().filter(|(_, (yes, no))| yes + no > 0).map(|(label, (yes, no))| Votes {
        label,
        yes,
        no,
        bar: chart::Interval::of(yes, yes + no, insight::wilson(yes, yes + no)),
    });
    let row = Row::of(ctx, one);
    let page = Page {
        desk: Desk::new(seat, "suggestions", row.title.clone()),
        w,
        url: one.article.as_ref().filter(|id| ctx.library().article(id).is_some()).map(article_url).unwrap_or_default(),
        past: one
            .article
            .as_ref()
            .filter(|id| ctx.library().article(id).is_some())
            .map(inbox::past)
            .unwrap_or_default(),
        votes: votes.collect(),
        comments: comments(seat, one).await?.iter().map(|f| inbox::Row::of(ctx, f)).collect(),
        merged: seat.store.merged(&one.id).await?.iter().map(|m| Row::of(ctx, m)).collect(),
        others: others.iter().map(|other| Row::of(ctx, other)).collect(),
        states: choices(ProposalState::ALL, chosen.as_str(), ProposalState::as_str, |s| words::state(w, s)),
        reply_label: match one.evidence.receipts.len() {
            0 => w.note.to_owned(),
            readers => count(w.reply_all, readers),
        },
        reply,
        fault,
        events: seat.store.proposal_history(&one.id).await?.into_iter().map(|event| line(seat, event)).collect(),
        row,
        one,
    };
    render(code, &page)
}

fn line(seat: &Seat, event: ProposalEvent) -> Line {
    let w = seat.w();
    let by = if event.by.is_empty() { w.by_ranking.to_owned() } else { event.by };
    let (was, became) = (words::state(w, event.was), words::state(w, event.became));
    Line { at: Moment::of(&seat.ctx, event.at), by, was, became, note: event.note }
}
