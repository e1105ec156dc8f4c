//! `/review/due.ics`: the days on which articles are due to be looked at again, as a calendar that
//! an editor's own programme subscribes to.
//!
//! Source: RFC 5545 (iCalendar).

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ics::properties::{Categories, Description, DtEnd, DtStart, Status, Summary, URL};
use ics::{Event, ICalendar, escape_text, parameters};
use jiff::{Timestamp, ToSpan};

use super::seat::{Seat, by_token};
use super::{private, words};
use crate::domain::Article;
use crate::store::Token;
use crate::web::App;
use crate::web::context::Ctx;
use crate::web::error::Error;

/// `GET /review/due.ics`: for a session, or for an API token as the password of HTTP Basic, which
/// is what calendar programmes can send.
pub async fn show(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    ctx: Ctx,
    seat: Result<Seat, Response>,
) -> Result<Response, Error> {
    if seat.is_err() {
        let asked = headers.get(header::AUTHORIZATION).and_then(|value| password(value.to_str().ok()?));
        if by_token(&app.store, asked.as_ref()).await?.is_none() {
            let asks = HeaderValue::from_static("Basic realm=\"wenqu\", charset=\"UTF-8\"");
            let problem = HeaderValue::from_static("application/problem+json");
            let heads = [(header::WWW_AUTHENTICATE, asks), (header::CONTENT_TYPE, problem)];
            let body = r#"{"type":"about:blank","title":"Unauthorized","status":401}"#;
            return Ok(private((StatusCode::UNAUTHORIZED, heads, body).into_response()));
        }
    }
    let calendar = calendar(&ctx, Timestamp::now());
    let kind = HeaderValue::from_static("text/calendar; charset=utf-8");
    Ok(private(([(header::CONTENT_TYPE, kind)], calendar).into_response()))
}

/// The password of a Basic header, or the token of a Bearer one.
fn password(header: &str) -> Option<Token> {
    let (scheme, rest) = header.split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Token::parse(rest.trim());
    }
    let pair = STANDARD.decode(rest.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    Token::parse(std::str::from_utf8(&pair).ok()?.split_once(':')?.1)
}

fn calendar(ctx: &Ctx, now: Timestamp) -> String {
    let stamp = now.strftime("%Y%m%dT%H%M%SZ").to_string();
    let mut calendar = ICalendar::new("2.0", "-//wenqu//due//ZH");
    for article in ctx.library().articles() {
        if let Some(event) = event(ctx, article, &stamp) {
            calendar.add_event(event);
        }
    }
    calendar.to_string()
}

/// A whole day: the one after which readers are told that the article is old.
fn event<'a>(ctx: &Ctx, article: &Article, stamp: &str) -> Option<Event<'a>> {
    let day = article.review_by?;
    let next = day.checked_add(1.day()).ok()?;
    let date = || parameters!("VALUE" => "DATE");
    let mut event = Event::new(format!("{}@wenqu", escape_text(article.id.to_string())), stamp.to_owned());
    let mut start = DtStart::new(day.strftime("%Y%m%d").to_string());
    start.append(date());
    let mut end = DtEnd::new(next.strftime("%Y%m%d").to_string());
    end.append(date());
    event.push(start);
    event.push(end);
    let words = words::of(ctx.ui);
    event.push(Summary::new(escape_text(format!("{}{}", words.due, article.title))));
    let owner = article.owner.as_deref().map(|owner| format!("\n{owner}")).unwrap_or_default();
    event.push(Description::new(escape_text(format!("{}{owner}", article.path))));
    event.push(URL::new(ctx.absolute(&article.url())));
    event.push(Categories::new(escape_text(article.category.to_string())));
    event.push(Status::new("CONFIRMED"));
    Some(event)
}
