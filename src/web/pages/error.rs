//! The page in place of one that could not be made: a fixed sentence, a way on, a reference. The
//! cause is logged here, once.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::{Card, Link, cards};
use crate::domain::{CategoryId, Query};
use crate::web::App;
use crate::web::context::{Ctx, Frame, Here, is_secret, page};
use crate::web::error::Error;
use crate::web::texts::Texts;

/// Articles offered in place of a page that is not there.
const NEAR_MAX: usize = 5;

#[derive(Template)]
#[template(path = "error.html")]
struct Page<'a> {
    frame: Frame<'a>,
    t: &'static Texts,
    status: u16,
    title: &'static str,
    text: &'static str,
    reference: &'a str,
    near: Vec<Link>,
    topics: Vec<Card>,
}

/// Puts a page, or a problem for programs, where a handler or a layer left a bare status.
pub async fn mend(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let ctx = Ctx::of(&app, &parts);
    let response = next.run(Request::from_parts(parts, body)).await;
    let status = response.status();
    let error = match response.extensions().get::<Error>() {
        Some(error) => error.clone(),
        // Pages with a form to mend, and answers of the API, are whole already.
        None if !status.is_client_error() && !status.is_server_error() || is_whole(&response) => return response,
        None => Error::from_status(status),
    };
    log(&ctx, &error);
    let mut mended = if ctx.path.starts_with("/api/") { problem(&ctx, &error) } else { show(&ctx, &error).await };
    if let Some(allow) = response.headers().get(header::ALLOW) {
        mended.headers_mut().insert(header::ALLOW, allow.clone());
    }
    mended.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    mended
}

fn is_whole(response: &Response) -> bool {
    let mime = response.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    mime.starts_with("text/html") || mime.contains("json")
}

fn log(ctx: &Ctx, error: &Error) {
    if error.status().is_server_error() {
        let source = std::error::Error::source(error);
        tracing::error!(reference = ctx.reference.0, cause = source, "{error}");
        if let Error::Store(error) = error {
            ctx.app.store.note_damage(error);
        }
    }
}

/// The words for an error.
fn words(t: &'static Texts, error: &Error) -> (&'static str, &'static str) {
    match error {
        Error::NotFound => (t.not_found_title, t.not_found_text),
        Error::MethodNotAllowed | Error::BadRequest | Error::Misdirected => (t.bad_request_title, t.bad_request_text),
        Error::CrossSite => (t.cross_site_title, t.cross_site_text),
        Error::TooLarge => (t.too_large_title, t.too_large_text),
        Error::TooMany => (t.too_many_title, t.too_many_text),
        Error::Busy | Error::Timeout | Error::Store(_) | Error::Lost => (t.unavailable_title, t.unavailable_text),
        Error::Template(_) | Error::Panic => (t.internal_title, t.internal_text),
    }
}

async fn show(ctx: &Ctx, error: &Error) -> Response {
    let t = ctx.t();
    let (title, text) = words(t, error);
    let status = error.status();
    let missing = matches!(error, Error::NotFound);
    let template = Page {
        frame: ctx.frame(Here::Elsewhere, title),
        t,
        status: status.as_u16(),
        title,
        text,
        reference: if status.is_server_error() { &ctx.reference.0 } else { "" },
        near: if missing { near(ctx).await } else { Vec::new() },
        topics: if missing { cards(ctx, &CategoryId::default()) } else { Vec::new() },
    };
    page(status, &template).unwrap_or_else(|_| (status, title).into_response())
}

/// Articles for the words of the address.
async fn near(ctx: &Ctx) -> Vec<Link> {
    let words: String = ctx.path.chars().map(|c| if c.is_alphanumeric() { c } else { ' ' }).collect();
    let known = ["articles", "categories", "tags", "html", "md"];
    let words: Vec<&str> = words.split_whitespace().filter(|w| !known.contains(w)).collect();
    if words.is_empty() || is_secret(&ctx.path) {
        return Vec::new();
    }
    let query = Query { limit: NEAR_MAX as u32, ..Query::of(&words.join(" ")) };
    // An index that is busy has better things to do.
    let Ok(results) = ctx.search(&query).await else { return Vec::new() };
    results.hits.iter().map(|hit| Link::to(ctx, &hit.article)).collect()
}

/// An error for programs, as RFC 9457 has it.
fn problem(ctx: &Ctx, error: &Error) -> Response {
    let (title, text) = words(ctx.t(), error);
    problem_json(error.status(), title, text, &json!({ "reference": ctx.reference.0 }))
}

/// A problem document: `type` is absent, which means that the status says it all.
pub fn problem_json(status: StatusCode, title: &str, detail: &str, more: &serde_json::Value) -> Response {
    let mut value = json!({ "title": title, "status": status.as_u16(), "detail": detail });
    if let (Some(value), Some(more)) = (value.as_object_mut(), more.as_object()) {
        value.extend(more.clone());
    }
    (status, [(header::CONTENT_TYPE, "application/problem+json")], value.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use crate::web::tests::{Server, get, post_with, select, texts};

    #[tokio::test]
    async fn a_missing_page_leads_on() {
        let page = get("/articles/transactions/pending-transfer.html").await;
        assert_eq!((page.status, texts(&page.html, "h1")), (404, vec!["没有这个页面".to_owned()]));
        assert!(!select(&page.html, ".topics a").is_empty());
        assert!(texts(&get("/help/%E5%88%B0%E8%B4%A6").await.html, ".near a").iter().any(|t| t.contains("到账")));
    }

    #[tokio::test]
    async fn programs_get_a_problem_document() {
        let page = get("/api/v1/nothing").await;
        assert_eq!((page.status, page.header("content-type").as_str()), (404, "application/problem+json"));
        let value: serde_json::Value = serde_json::from_str(&page.html).unwrap();
        assert_eq!(value["status"], 404);
    }

    #[tokio::test]
    async fn a_form_from_another_site_is_refused() {
        let form = "/articles/transactions/not-arrived/feedback";
        for headers in [[("sec-fetch-site", "cross-site")], [("origin", "https://evil.test")]] {
            let page = post_with(form, "helpful=yes", &headers).await;
            assert_eq!(page.status, 403, "{headers:?}");
        }
        let own = [("host", "wenqu.test"), ("origin", "http://wenqu.test")];
        assert_eq!(post_with(form, "helpful=yes", &own).await.status, 303);
    }

    #[tokio::test]
    async fn bodies_have_a_limit() {
        let page = post_with("/suggestions", &"a".repeat(100_000), &[]).await;
        assert_eq!((page.status, texts(&page.html, "h1").len()), (413, 1));
    }

    #[tokio::test]
    async fn a_panic_is_a_page_with_a_reference() {
        let server = Server::panicking().await;
        let page = server.get("/panic").await;
        assert_eq!(page.status, 500);
        assert!(page.html.contains(&page.header("x-request-id")));
    }

    #[tokio::test]
    async fn a_closed_store_is_said_so() {
        let server = Server::new().await;
        server.sabotage().await;
        let page = server.get("/feedback/0000-0000-0000-0000").await;
        assert_eq!((page.status, page.header("retry-after").as_str()), (503, "3"));
        assert_eq!(server.get("/readyz").await.status, 503);
        assert_eq!(server.get("/").await.status, 200);
    }
}
