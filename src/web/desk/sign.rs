//! Signing in and out. A new session at every sign-in, attempts counted by name and visitor, and
//! one answer for a wrong name and a wrong password.

use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::body::Bytes;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum_extra::extract::cookie::CookieJar;
use rand::RngExt as _;

use super::seat::{self, COOKIE, Seat, csrf, same};
use super::words::{self, Texts};
use super::{render, see};
use crate::guard::mask;
use crate::store::{Store, Token};
use crate::web::App;
use crate::web::context::{Ctx, Frame, Here};
use crate::web::error::Error;
use crate::web::pages::feedback::come_back;
use crate::web::url::Fields;

/// A working day: whoever stays longer signs in again.
const SESSION_TIME: Duration = Duration::from_hours(12);
/// Attempts in a window: at one name from one visitor, at all names from one visitor (an office may
/// share an address), and at one name from everywhere.
const WINDOW_S: u32 = 15 * 60;
const ATTEMPTS_MAX: u32 = 5;
const ATTEMPTS_FROM_MAX: u32 = 30;
const ATTEMPTS_ALL_MAX: u32 = 50;
/// Cookie that ties the sign-in form to the browser it was sent to.
const FORM_COOKIE: &str = "wenqu_desk_form";
/// Characters of a name or password that are looked at.
const FIELD_CHARS_MAX: usize = 200;

#[derive(Template)]
#[template(path = "desk/sign-in.html")]
struct Page<'a> {
    frame: Frame<'a>,
    w: &'static Texts,
    csrf: String,
    name: &'a str,
    fault: &'static str,
}

/// Somebody at the door.
pub struct Visitor {
    ctx: Ctx,
    store: Store,
    form_cookie: String,
    old: Option<Token>,
}

impl FromRequestParts<Arc<App>> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let store = app.store.clone();
        let cookies = CookieJar::from_headers(&parts.headers);
        Ok(Self {
            ctx: Ctx::of(app, parts),
            store,
            form_cookie: cookies.get(FORM_COOKIE).map(|c| c.value().to_owned()).unwrap_or_default(),
            old: seat::token(parts),
        })
    }
}

/// `GET /review/sign-in`.
pub async fn show(visitor: Visitor) -> Result<Response, Error> {
    form(&visitor, StatusCode::OK, "", "")
}

/// `POST /review/sign-in`.
pub async fn enter(visitor: Visitor, body: Bytes) -> Result<Response, Error> {
    let w = words::of(visitor.ctx.ui);
    let fields = Fields::parse(&body);
    let cut = |name: &str| fields.get(name).chars().take(FIELD_CHARS_MAX).collect::<String>();
    let (name, password) = (cut("name").trim().to_owned(), cut("password"));
    if visitor.form_cookie.is_empty() || !same(fields.get("csrf"), &csrf(&visitor.form_cookie)) {
        return form(&visitor, StatusCode::FORBIDDEN, &name, w.expired);
    }
    let store = &visitor.store;
    if is_throttled(&visitor, &name).await? {
        let response = form(&visitor, StatusCode::TOO_MANY_REQUESTS, &name, w.throttled)?;
        return Ok(come_back(response, Some(WINDOW_S)));
    }
    let Some(reviewer) = store.reviewer_sign_in(&name, &password).await? else {
        // Who is in a hurry pastes anything into any field.
        store.audit("", "sign-in refused", &mask(&name), "").await?;
        return form(&visitor, StatusCode::UNPROCESSABLE_ENTITY, &name, w.wrong);
    };
    // What another may have planted or seen before the sign-in is worth nothing after it.
    if let Some(old) = &visitor.old {
        store.session_delete(old).await?;
    }
    let token = store.session_create(&reviewer.name, SESSION_TIME).await?;
    store.audit(&reviewer.name, "sign-in", &reviewer.name, "").await?;
    let mut response = see("/review/feedback");
    set(&visitor.ctx, &mut response, COOKIE, token.as_str(), SESSION_TIME.as_secs());
    set(&visitor.ctx, &mut response, FORM_COOKIE, "", 0);
    Ok(response)
}

/// Counts an attempt: by visitor, by visitor and name, and by name from everywhere. The first one
/// over a limit stands in the audit list; the rest of its window says nothing new.
async fn is_throttled(visitor: &Visitor, name: &str) -> Result<bool, Error> {
    let (store, address) = (&visitor.store, &visitor.ctx.visitor);
    let limits = [
        ("sign-in from", address.clone(), ATTEMPTS_FROM_MAX),
        ("sign-in", format!("{address}\n{name}"), ATTEMPTS_MAX),
        ("sign-in as", name.to_owned(), ATTEMPTS_ALL_MAX),
    ];
    for (purpose, who, max) in limits {
        let key = store.visitor_key(purpose, &who).await?;
        if !store.take(key, WINDOW_S, max).await? {
            let told = store.visitor_key("sign-in told", &format!("{purpose}\n{who}")).await?;
            if store.take(told, WINDOW_S, 1).await? {
                store.audit("", "sign-in throttled", &mask(name), "").await?;
            }
            return Ok(true);
        }
    }
    Ok(false)
}

/// `POST /review/sign-out`.
pub async fn leave(seat: Seat, body: Bytes) -> Result<Response, Error> {
    seat.form(&body)?;
    seat.store.session_delete(&seat.token).await?;
    seat.store.audit(&seat.reviewer, "sign-out", &seat.reviewer, "").await?;
    let mut response = see("/review/sign-in");
    set(&seat.ctx, &mut response, COOKIE, "", 0);
    Ok(response)
}

fn form(visitor: &Visitor, status: StatusCode, name: &str, fault: &'static str) -> Result<Response, Error> {
    let w = words::of(visitor.ctx.ui);
    let cookie = if Token::parse(&visitor.form_cookie).is_some() {
        visitor.form_cookie.clone()
    } else {
        let half = || rand::rng().random::<u128>();
        format!("{:032x}{:032x}", half(), half())
    };
    let frame = visitor.ctx.frame(Here::Elsewhere, w.sign_in);
    let mut response = render(status, &Page { frame, w, csrf: csrf(&cookie), name, fault })?;
    set(&visitor.ctx, &mut response, FORM_COOKIE, &cookie, u64::from(WINDOW_S));
    Ok(response)
}

fn set(ctx: &Ctx, response: &mut Response, name: &str, value: &str, seconds: u64) {
    let secure = if ctx.app.options.base_url.starts_with("https:") { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path=/review; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}
