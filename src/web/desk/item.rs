//! One piece of feedback: what was said, what happened to it, and what becomes of it now.

use askama::Template;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::Response;

use super::inbox::{concern, past, title};
use super::words::{self, Texts};
use super::{Choice, Desk, Moment, Seat, choices, render, see};
use crate::domain::{COMMENT_CHARS_MAX, Feedback, Receipt, Status, Subject, Vote};
use crate::store::{Amended, Event, EventKind};
use crate::web::context::is_secret;
use crate::web::error::Error;
use crate::web::pages::article_url;

/// States a reviewer can choose; withdrawing is the reader's own.
const STATES: [Status; 5] = [Status::Received, Status::InReview, Status::Planned, Status::Done, Status::Declined];

#[derive(Template)]
#[template(path = "desk/item.html")]
struct Page<'a> {
    desk: Desk<'a>,
    w: &'static Texts,
    one: &'a Feedback,
    title: String,
    url: String,
    article: &'a str,
    vote: &'static str,
    voted: &'static str,
    reason: &'static str,
    revision: String,
    past: String,
    is_present: bool,
    status: &'static str,
    stated: &'static str,
    concern: &'static str,
    concerned: &'static str,
    at: Moment,
    withdrawn: bool,
    states: Vec<Choice>,
    reply: String,
    fault: &'static str,
    events: Vec<Line>,
}

/// One line of the history.
struct Line {
    at: Moment,
    by: String,
    what: &'static str,
    was: String,
    became: String,
    inside: bool,
}

/// `GET /review/feedback/{receipt}`.
pub async fn show(seat: Seat) -> Result<Response, Error> {
    let one = read(&seat).await?;
    let reply = one.reply.clone();
    page(&seat, &one, StatusCode::OK, one.status, reply, "").await
}

/// `POST /review/feedback/{receipt}`.
pub async fn change(seat: Seat, body: Bytes) -> Result<Response, Error> {
    let form = seat.form(&body)?;
    let one = read(&seat).await?;
    let w = seat.w();
    let text = form.get(if form.get("do") == "note" { "note" } else { "reply" }).trim().replace("\r\n", "\n");
    let status = Status::parse(form.get("status")).unwrap_or(one.status);
    if is_secret(&text) {
        return page(&seat, &one, StatusCode::UNPROCESSABLE_ENTITY, status, String::new(), seat.ctx.t().secret_stopped)
            .await;
    }
    let fault = if text.chars().count() > COMMENT_CHARS_MAX {
        w.too_long
    } else if form.get("do") != "note" && status == Status::Declined && text.is_empty() {
        w.reply_needed
    } else {
        ""
    };
    if !fault.is_empty() {
        return page(&seat, &one, StatusCode::UNPROCESSABLE_ENTITY, status, text, fault).await;
    }
    let kept = match form.get("do") {
        "note" if text.is_empty() => return Err(Error::BadRequest),
        "note" => seat.store.note(&one.receipt, &text, &seat.reviewer).await?,
        _ => seat.store.set_status(&one.receipt, status, &text, &seat.reviewer, one.change.clone()).await?,
    };
    match kept {
        Amended::NotFound => Err(Error::NotFound),
        _ => Ok(see(&format!("/review/feedback/{}?saved", one.receipt))),
    }
}

async fn read(seat: &Seat) -> Result<Feedback, Error> {
    let receipt = Receipt::parse(seat.ctx.rest("/review/feedback/")).ok_or(Error::NotFound)?;
    seat.store.receipt(&receipt).await?.ok_or(Error::NotFound)
}

async fn page(
    seat: &Seat,
    one: &Feedback,
    code: StatusCode,
    chosen: Status,
    reply: String,
    fault: &'static str,
) -> Result<Response, Error> {
    let (ctx, w) = (&seat.ctx, seat.w());
    let said = &one.said;
    let article = said.subject.article();
    let known = article.and_then(|id| ctx.library().article(id));
    let (revision, is_present) = match &said.subject {
        Subject::Article(_, revision) => (revision.to_string(), known.is_some_and(|a| a.revision == *revision)),
        Subject::Site => (String::new(), false),
    };
    let concern = concern(ctx, article);
    let history = seat.store.history(&one.receipt).await?;
    let title = title(ctx, article);
    let page = Page {
        desk: Desk::new(seat, "feedback", title.clone()),
        w,
        one,
        title,
        url: known.map(|a| article_url(&a.id)).unwrap_or_default(),
        article: article.map_or("", |id| id.as_str()),
        vote: said.vote.map_or("", Vote::as_str),
        voted: words::vote(w, said.vote),
        reason: words::reason(ctx.ui, said.reason),
        revision,
        past: known.map(|a| past(&a.id)).unwrap_or_default(),
        is_present,
        status: one.status.as_str(),
        stated: words::status(ctx.ui, one.status),
        concern: concern.as_str(),
        concerned: words::concern(w, concern),
        at: Moment::of(ctx, one.created),
        withdrawn: one.status == Status::Withdrawn,
        states: choices(&STATES, chosen.as_str(), Status::as_str, |s| words::status(ctx.ui, s)),
        reply,
        fault,
        events: history.into_iter().map(|event| line(seat, event)).collect(),
    };
    render(code, &page)
}

fn line(seat: &Seat, event: Event) -> Line {
    let (ctx, w, t) = (&seat.ctx, seat.w(), seat.ctx.t());
    let stated = |word: String| Status::parse(&word).map_or(word, |s| words::status(ctx.ui, s).to_owned());
    let what = match event.kind {
        EventKind::Vote => w.vote,
        EventKind::Reason => w.reason,
        EventKind::Comment => t.comment,
        EventKind::Contact => w.contact,
        EventKind::Sentence => w.event_sentence,
        EventKind::Withdrawn => w.event_withdrawn,
        EventKind::Status => w.event_status,
        EventKind::Reply => w.event_reply,
        EventKind::Note => w.event_note,
    };
    let voted = |word: String| Vote::parse(&word).map_or(word, |v| words::vote(w, Some(v)).to_owned());
    let (was, became) = match event.kind {
        EventKind::Status => (stated(event.was), stated(event.became)),
        EventKind::Vote => (voted(event.was), voted(event.became)),
        _ => (event.was, event.became),
    };
    let by = if event.by.is_empty() { w.by_reader.to_owned() } else { event.by };
    Line { at: Moment::of(ctx, event.at), by, what, was, became, inside: event.kind == EventKind::Note }
}
