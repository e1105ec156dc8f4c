//! For editors: the bell that their repository rings (`POST /hooks/git`), and the events by which an
//! open page of `wenqu serve --watch` hears that a file was saved.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::sync::watch;
use tokio_stream::StreamExt;
use tokio_stream::wrappers::WatchStream;

use super::App;
use crate::edition::{Bell, Edition, Editions};
use crate::history::PullError;

/// GitHub cuts what it sends at 25 MB; a push of some commits is a few kB.
const PUSH_BYTES_MAX: usize = 25 << 20;

/// What editors' machines talk to.
#[derive(Clone)]
pub struct Hooks {
    /// Where the problems of articles, and the state of pulls, are known.
    pub editions: Arc<Editions>,
    /// What a push is signed with; without one there is no hook.
    pub secret: Option<Arc<str>>,
    /// Asks for a pull.
    pub bell: Bell,
    /// Tells open pages of new editions; none outside `--watch`.
    pub preview: Option<Preview>,
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hooks").field("preview", &self.preview.is_some()).finish_non_exhaustive()
    }
}

/// Tells open pages which edition is served.
#[derive(Debug, Clone)]
pub struct Preview(watch::Sender<Option<String>>);

impl Preview {
    /// Begins with the edition that is served.
    pub fn new(edition: &Edition) -> Self {
        Self(watch::Sender::new(Some(edition.version().to_owned())))
    }

    /// Another edition is served.
    pub fn tell(&self, edition: &Edition) {
        self.0.send_replace(Some(edition.version().to_owned()));
    }

    /// Lets open pages go, so that they do not hold up the end.
    pub fn close(&self) {
        self.0.send_replace(None);
    }
}

/// Whether this is a preview, where drafts are pages like others.
pub(super) fn shows_drafts(app: &App) -> bool {
    app.options.hooks.as_ref().is_some_and(|hooks| hooks.preview.is_some())
}

/// The addresses of this file. They stand outside the layers for readers: a signature is better than
/// a guess at where a request comes from, and an event stream is no answer to be timed or validated.
pub(super) fn routes(app: &Arc<App>) -> Router<Arc<App>> {
    let hooks = app.options.hooks.as_ref();
    let mut router = Router::new();
    if hooks.is_some_and(|hooks| hooks.secret.is_some()) {
        router = router.route("/hooks/git", post(push).layer(DefaultBodyLimit::max(PUSH_BYTES_MAX)));
    }
    if hooks.is_some_and(|hooks| hooks.preview.is_some()) {
        router = router.route("/preview/events", get(events));
    }
    router
}

/// `POST /hooks/git`: asks for a pull, which is made after the answer.
async fn push(State(app): State<Arc<App>>, headers: HeaderMap, body: Bytes) -> Response {
    let Some(hooks) = &app.options.hooks else { return StatusCode::NOT_FOUND.into_response() };
    let Some(secret) = &hooks.secret else { return StatusCode::NOT_FOUND.into_response() };
    if !is_signed(secret, &headers, &body) {
        tracing::warn!("a push to /hooks/git was not signed with our secret");
        return (StatusCode::FORBIDDEN, "bad signature\n").into_response();
    }
    hooks.bell.ring();
    (StatusCode::ACCEPTED, "accepted\n").into_response()
}

/// Compares in constant time.
///
/// Source: GitHub Docs, "Validating webhook deliveries".
fn is_signed(secret: &str, headers: &HeaderMap, body: &[u8]) -> bool {
    let signature = headers.get("x-hub-signature-256").and_then(|value| value.to_str().ok());
    let Some(signature) = signature.and_then(|value| value.strip_prefix("sha256=")).and_then(unhex) else {
        return false;
    };
    // A key of any length is taken.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return false };
    mac.update(body);
    mac.verify_slice(&signature).is_ok()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

/// `GET /preview/events`: the version of the edition, now and whenever it changes.
async fn events(State(app): State<Arc<App>>) -> Response {
    let Some(preview) = app.options.hooks.as_ref().and_then(|hooks| hooks.preview.as_ref()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let versions = WatchStream::new(preview.0.subscribe());
    let events = versions.map_while(|version| Some(Ok::<_, Infallible>(Event::default().data(version?))));
    Sse::new(events).keep_alive(KeepAlive::default()).into_response()
}

/// What `/readyz` tells of new editions: kinds only, for git's own words may name a private place.
pub(super) fn details(hooks: Option<&Hooks>) -> Value {
    let Some(hooks) = hooks else { return Value::Null };
    let problems = hooks.editions.current().problems().len();
    let health = hooks.editions.health().clone();
    let pull = health.pull.map(|(at, result)| {
        json!({ "at": at.to_string(), "result": result.as_ref().map_or_else(PullError::kind, |_| "ok") })
    });
    let edition = if health.failure.is_some() { "the last good edition is served" } else { "current" };
    json!({ "edition": edition, "pull": pull, "problems": problems })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_signature_is_taken() {
        // From GitHub's documentation.
        let good = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        let check = |signature: &str, body: &str, expected: bool| {
            let mut headers = HeaderMap::new();
            headers.insert("x-hub-signature-256", signature.parse().unwrap());
            assert_eq!(is_signed("It's a Secret to Everybody", &headers, body.as_bytes()), expected, "{signature}");
        };
        check(good, "Hello, World!", true);
        check(&good.to_uppercase().replace("SHA256", "sha256"), "Hello, World!", true);
        check(good, "Hello, World", false);
        check(&good[7..], "Hello, World!", false);
        check("sha256=", "Hello, World!", false);
        check("sha256=é", "Hello, World!", false);
        assert!(!is_signed("x", &HeaderMap::new(), b""));
    }
}
