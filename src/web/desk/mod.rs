//! The review desk: where reviewers read feedback, see ranked suggestions with their evidence,
//! decide, and take the figures home. Behind a session; every form carries a token.

mod audit;
mod chart;
mod due;
mod export;
mod figures;
mod inbox;
mod item;
mod past;
mod problems;
mod seat;
mod sign;
mod suggestion;
mod suggestions;
#[cfg(test)]
mod tests;
mod words;

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::App;
use super::context::{Ctx, Frame, Here, page};
use super::error::Error;
use super::url::{self, Fields};
use seat::Seat;

/// Rows of a page: what one reads before the next decision.
const PAGE: u32 = 30;

/// Every address of the desk, and the token API beside it.
pub fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/review", get(async |_: Seat| private(Redirect::to("/review/feedback").into_response())))
        .route("/review/sign-in", get(sign::show).post(sign::enter))
        .route("/review/sign-out", post(sign::leave))
        .route("/review/feedback", get(inbox::show))
        .route("/review/feedback/{receipt}", get(item::show).post(item::change))
        .route("/review/articles/{*id}", get(past::show))
        .route("/review/problems", get(problems::show))
        .route("/review/suggestions", get(suggestions::show).post(suggestions::recount))
        .route("/review/suggestions/{id}", get(suggestion::show).post(suggestion::decide))
        .route("/review/suggestions/{id}/markdown", get(suggestion::markdown))
        .route("/review/figures", get(figures::show))
        .route("/review/figures/words.patch", get(figures::patch))
        .route("/review/audit", get(audit::show))
        .route("/review/due.ics", get(due::show))
        .route("/review/export/{what}", get(export::download))
        .route("/api/v1/review/{what}", get(export::api))
}

/// What surrounds every page of the desk.
pub struct Desk<'a> {
    /// The frame of the site.
    pub frame: Frame<'a>,
    /// Which part of it: the last word of its address.
    pub part: &'static str,
    /// Who sits at it.
    pub reviewer: &'a str,
    /// What every form carries.
    pub csrf: &'a str,
    /// Whether something has just been saved.
    pub saved: bool,
    /// Why readers do not see what editors committed; empty when they do.
    pub trouble: String,
    /// How many files were left out; empty when none was.
    pub skipped: String,
}

impl<'a> Desk<'a> {
    fn new(seat: &'a Seat, part: &'static str, title: impl Into<String>) -> Self {
        Self {
            frame: seat.ctx.frame(Here::Elsewhere, title),
            part,
            reviewer: &seat.reviewer,
            csrf: &seat.csrf,
            saved: !seat.ctx.fields.is_absent("saved"),
            trouble: problems::trouble(&seat.ctx),
            skipped: problems::skipped(&seat.ctx),
        }
    }
}

/// A choice of a list.
pub struct Choice {
    /// Its word.
    pub word: &'static str,
    /// What is shown.
    pub label: &'static str,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// The choices of a field.
fn choices<T: Copy>(
    all: &[T],
    chosen: &str,
    word: fn(T) -> &'static str,
    label: impl Fn(T) -> &'static str,
) -> Vec<Choice> {
    all.iter().map(|one| Choice { word: word(*one), label: label(*one), chosen: word(*one) == chosen }).collect()
}

/// A moment, for machines and for people.
pub struct Moment {
    /// ISO 8601.
    pub iso: String,
    /// Where the first contact channel is, else in universal time.
    pub text: String,
}

impl Moment {
    fn of(ctx: &Ctx, at: Timestamp) -> Self {
        let name = ctx.library().site.channels.first().map_or("UTC", |channel| channel.timezone.as_str());
        let zone = TimeZone::get(name).unwrap_or(TimeZone::UTC);
        Self { iso: at.to_string(), text: at.to_zoned(zone).strftime("%Y-%m-%d %H:%M").to_string() }
    }
}

/// The present filter as a query string, with one field set or left out.
fn address(path: &str, fields: &Fields, names: &[&str], set: Option<(&str, &str)>) -> String {
    let mut pairs: Vec<String> = names
        .iter()
        .filter(|name| set.is_none_or(|(other, _)| other != **name))
        .filter_map(|name| fields.filled(name).map(|value| format!("{name}={}", url::value(&value))))
        .collect();
    pairs.extend(set.map(|(name, value)| format!("{name}={}", url::value(value))));
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

/// A page that no cache keeps.
fn render(status: StatusCode, template: &impl askama::Template) -> Result<Response, Error> {
    Ok(private(page(status, template)?))
}

fn private(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn see(address: &str) -> Response {
    private(Redirect::to(address).into_response())
}
