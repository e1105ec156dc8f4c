//! Who did what at the desk.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::words::{self, Texts};
use super::{Desk, Moment, PAGE, Seat, render};
use crate::domain::RecordId;
use crate::web::error::Error;

#[derive(Template)]
#[template(path = "desk/audit.html")]
struct Page<'a> {
    desk: Desk<'a>,
    w: &'static Texts,
    rows: Vec<Row>,
    next: String,
    paged: bool,
}

struct Row {
    at: Moment,
    by: String,
    action: String,
    target: String,
    detail: String,
}

/// `GET /review/audit`.
pub async fn show(seat: Seat) -> Result<Response, Error> {
    let after = RecordId::parse(seat.ctx.fields.get("after"));
    let mut rows = seat.store.audit_list(after.as_ref(), PAGE + 1).await?;
    let more = rows.len() > PAGE as usize;
    rows.truncate(PAGE as usize);
    let next = rows.last().filter(|_| more).map(|last| format!("/review/audit?after={}", last.id));
    let page = Page {
        desk: Desk::new(&seat, "audit", seat.w().audit),
        w: seat.w(),
        next: next.unwrap_or_default(),
        paged: after.is_some(),
        rows: rows
            .into_iter()
            .map(|one| Row {
                at: Moment::of(&seat.ctx, one.at),
                by: one.by,
                action: words::action(seat.w(), &one.action).to_owned(),
                target: one.target,
                detail: one.detail,
            })
            .collect(),
    };
    render(StatusCode::OK, &page)
}
