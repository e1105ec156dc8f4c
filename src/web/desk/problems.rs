//! What is wrong with the articles, for editors at the desk: the list that loading them made, and the
//! notices above every page while readers do not get what was committed.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::words::{self, Texts};
use super::{Desk, Moment, Seat, render};
use crate::history::PullError;
use crate::web::context::Ctx;
use crate::web::error::Error;
use crate::web::preview::{Told, told};
use crate::web::texts::{count, fill};

/// Problems on the page: one who has more runs `wenqu check`.
const PROBLEMS_MAX: usize = 300;

#[derive(Template)]
#[template(path = "desk/problems.html")]
struct Page<'a> {
    desk: Desk<'a>,
    w: &'static Texts,
    counted: String,
    told: Vec<Told>,
}

/// `GET /review/problems`.
pub async fn show(seat: Seat) -> Result<Response, Error> {
    let w = seat.w();
    let problems = seat.ctx.edition.problems();
    let page = Page {
        desk: Desk::new(&seat, "problems", w.problems),
        w,
        counted: count(w.n_items, problems.len()),
        told: problems.iter().take(PROBLEMS_MAX).map(|problem| told(problem, seat.ctx.ui)).collect(),
    };
    render(StatusCode::OK, &page)
}

/// Why readers do not see what editors committed; empty when all is well.
pub fn trouble(ctx: &Ctx) -> String {
    let w = words::of(ctx.ui);
    let health = ctx.app.editions.health().clone();
    let pull = health.pull.and_then(|(at, result)| Some((at, result.err()?)));
    match (health.failure, pull) {
        (Some(_), _) => w.trouble_folder.to_owned(),
        (None, Some((at, error))) => {
            let why = match error {
                PullError::Start(_) => w.pull_start,
                PullError::Fetch(_) => w.pull_fetch,
                PullError::NoUpstream(_) => w.pull_upstream,
                PullError::NotForward(_) => w.pull_forward,
                PullError::Time => w.pull_time,
            };
            fill(w.trouble_pull, &[("at", &Moment::of(ctx, at).text), ("why", why)])
        }
        (None, None) => String::new(),
    }
}

/// How many files were left out for their faults; empty when none was.
pub fn skipped(ctx: &Ctx) -> String {
    let w = words::of(ctx.ui);
    match ctx.edition.loaded().counts.skipped {
        0 => String::new(),
        skipped => count(w.skipped, skipped),
    }
}
