//! Who sits at the desk: the session behind the cookie, and the token its forms carry.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::CookieJar;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::words::{self, Texts};
use crate::store::{Reviewer, Store, Token};
use crate::web::App;
use crate::web::context::Ctx;
use crate::web::error::Error;
use crate::web::url::Fields;

/// Cookie of the session; it goes to the desk's addresses only.
pub const COOKIE: &str = "wenqu_desk";

/// A reviewer at the desk. Whoever has none is sent to the sign-in.
pub struct Seat {
    /// The request.
    pub ctx: Ctx,
    /// The database.
    pub store: Store,
    /// Their name.
    pub reviewer: String,
    /// What their forms carry.
    pub csrf: String,
    /// The session.
    pub token: Token,
}

impl Seat {
    /// The words of the desk.
    pub fn w(&self) -> &'static Texts {
        words::of(self.ctx.ui)
    }

    /// Reads a form that carries this session's token.
    ///
    /// # Errors
    /// [`Error::CrossSite`] for one that does not.
    pub fn form(&self, body: &[u8]) -> Result<Fields, Error> {
        let form = Fields::parse(body);
        if same(form.get("csrf"), &self.csrf) { Ok(form) } else { Err(Error::CrossSite) }
    }
}

/// The token of a session's or sign-in page's forms: of no use without the cookie it is made of.
pub fn csrf(cookie: &str) -> String {
    let digest = Sha256::new().chain_update("wenqu form ").chain_update(cookie).finalize();
    digest.iter().take(16).flat_map(|b| [b >> 4, b & 15]).filter_map(|d| char::from_digit(d.into(), 16)).collect()
}

/// Compares without telling by the time where they differ.
pub fn same(a: &str, b: &str) -> bool {
    a.as_bytes().ct_eq(b.as_bytes()).into()
}

/// The session's token among the cookies.
pub fn token(parts: &Parts) -> Option<Token> {
    Token::parse(CookieJar::from_headers(&parts.headers).get(COOKIE)?.value())
}

impl FromRequestParts<Arc<App>> for Seat {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let store = app.store.clone();
        let away = || super::see("/review/sign-in");
        let token = token(parts).ok_or_else(away)?;
        let session = store.session_read(&token).await.map_err(|error| Error::from(error).into_response())?;
        let session = session.ok_or_else(away)?;
        let csrf = csrf(token.as_str());
        Ok(Self { ctx: Ctx::of(app, parts), store, reviewer: session.reviewer, csrf, token })
    }
}

/// Calls with one reviewer's token in a minute.
const CALLS_MAX: u32 = 60;

/// Whose token it is; none where it is nobody's.
///
/// # Errors
/// When that reviewer has called too often.
pub async fn by_token(store: &Store, token: Option<&Token>) -> Result<Option<Reviewer>, Error> {
    let Some(token) = token else { return Ok(None) };
    let Some(reviewer) = store.reviewer_by_token(token).await? else { return Ok(None) };
    let key = store.visitor_key("review api", &reviewer.name).await?;
    if store.take(key, 60, CALLS_MAX).await? { Ok(Some(reviewer)) } else { Err(Error::TooMany) }
}
