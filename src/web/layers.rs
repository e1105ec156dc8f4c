//! What surrounds every handler: headers that protect readers, refusal of cross-site forms,
//! validators, limits, and a name for each request. Nothing here logs what a reader typed.

use std::sync::Arc;

use axum::Extension;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::App;
use super::context::{Marked, Reference, UI_COOKIE};
use super::error::Error;
use super::front::name;
use super::listen::long_query;
use super::texts::Ui;
use super::url::Fields;

/// Scripts, styles and pictures of our own only, nothing inline, framed by nobody.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// Pages are held in memory whole; the largest manual page known renders to under 1 MB.
const PAGE_BYTES_MAX: usize = 64 << 20;
/// Seconds after which a reader who met a full house should come back.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("3");

/// A year over TLS alone, once readers have come over TLS. Nothing is said of other names below ours.
const STRICT_TRANSPORT: HeaderValue = HeaderValue::from_static("max-age=31536000");

const HEADERS: [(HeaderName, HeaderValue); 7] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    // Search words stand in addresses: other sites must not learn them.
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"),
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// Names the request, remembers a chosen language, and puts the protecting headers on the answer.
pub async fn protect(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let reference = name();
    request.extensions_mut().insert(Reference(reference.clone()));
    let query = request.uri().query().unwrap_or_default();
    let chosen = Ui::parse(Fields::parse(query.as_bytes()).get("ui"));
    if let Some(long) = long_query(request.extensions(), query) {
        request.extensions_mut().insert(long);
    }

    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(value);
    }
    if app.options.base_url.starts_with("https:") {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, STRICT_TRANSPORT);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
    let is_page = headers.get(header::CONTENT_TYPE).is_some_and(|v| v.as_bytes().starts_with(b"text/html"));
    if is_page {
        headers.append(header::VARY, HeaderValue::from_static("cookie"));
    }
    if let Ok(value) = HeaderValue::from_str(&reference) {
        headers.insert("x-request-id", value);
    }
    if let Some(ui) = chosen {
        let secure = if app.options.base_url.starts_with("https:") { "; Secure" } else { "" };
        let cookie = format!("{UI_COOKIE}={}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly{secure}", ui.tag());
        if let Ok(value) = HeaderValue::from_str(&cookie) {
            headers.append(header::SET_COOKIE, value);
        }
    }
    response
}

/// Gives pages a validator and answers 304 where the reader has this very page.
///
/// The validator is the hash of what was rendered, not of the edition: it also knows the day, the
/// language, the opening hours and the version of the templates, and so is never stale.
pub async fn validate(request: Request, next: Next) -> Response {
    // A HEAD answer has lost its body by now, so there is nothing to hash; the shelf hashes for itself.
    let readable = *request.method() == Method::GET && request.extensions().get::<Marked>().is_none();
    let held: HeaderMap =
        request.headers().get(header::IF_NONE_MATCH).map(|v| (header::IF_NONE_MATCH, v.clone())).into_iter().collect();
    let response = next.run(request).await;
    let fixed = response.headers().contains_key(header::CACHE_CONTROL) || response.headers().contains_key(header::ETAG);
    if !readable || response.status() != StatusCode::OK || fixed {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, PAGE_BYTES_MAX).await else { return Error::Panic.into_response() };
    let tag = tag_of(&bytes);
    if let Ok(value) = HeaderValue::from_str(&tag) {
        head.headers.insert(header::ETAG, value);
    }
    if holds(&held, &tag) {
        head.status = StatusCode::NOT_MODIFIED;
        head.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(head, Body::empty());
    }
    Response::from_parts(head, Body::from(bytes))
}

/// The validator of a body: weak, as it is the same for every coding.
pub fn tag_of(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    let number = digest.iter().take(8).fold(0u64, |n, byte| n << 8 | u64::from(*byte));
    format!("W/\"{number:016x}\"")
}

/// Whether the reader has what this validator stands for.
pub fn holds(headers: &HeaderMap, tag: &str) -> bool {
    let same = |held: &str| held == "*" || weak(held) == weak(tag);
    let held = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    held.is_some_and(|held| held.split(',').map(str::trim).any(same))
}

/// A validator without the mark of weakness, and without the suffix that proxies add when they compress.
fn weak(tag: &str) -> &str {
    let tag = tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"');
    tag.strip_suffix("-gzip").unwrap_or(tag)
}

/// Refuses what another site sends in a reader's name. Browsers say where a request comes from
/// (`Sec-Fetch-Site`, else `Origin`); programs say nothing and carry no cookies to abuse.
///
/// Source: <https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html#fetch-metadata-headers>.
pub async fn refuse_cross_site(request: Request, next: Next) -> Response {
    if request.method().is_safe() || is_own(request.headers()) {
        next.run(request).await
    } else {
        Error::CrossSite.into_response()
    }
}

fn is_own(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).and_then(|v| v.to_str().ok());
    match (text(HeaderName::from_static("sec-fetch-site")), text(header::ORIGIN)) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => origin.split_once("://").map(|(_, host)| host) == text(header::HOST),
        (None, None) => true,
    }
}

/// Turns readers away with a word and a time to come back when the house is full.
pub async fn admit(Extension(seats): Extension<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    // Whoever watches over the server must hear that it lives when it is full.
    if matches!(request.uri().path(), "/healthz" | "/readyz") {
        return next.run(request).await;
    }
    match seats.try_acquire() {
        Ok(_seat) => next.run(request).await,
        Err(_) => Error::Busy.into_response(),
    }
}

/// Says when to come back, on every answer that says to.
pub async fn retry(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if matches!(response.status(), StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS) {
        response.headers_mut().entry(header::RETRY_AFTER).or_insert(RETRY_AFTER);
    }
    response
}
