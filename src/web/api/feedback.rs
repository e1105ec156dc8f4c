//! Feedback for programs: given as JSON, answered with a receipt.

use axum::Json;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::json;

use crate::domain::{Feedback, RawFeedback, Reason, Receipt, Revision, Subject, Vote};
use crate::web::context::Ctx;
use crate::web::error::Error;
use crate::web::pages::article::by_id;
use crate::web::pages::article_url;
use crate::web::pages::error::problem_json;
use crate::web::pages::feedback::{Hidden, Outcome, come_back, private, take};
use crate::web::texts::count;

/// The form's fields.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Body {
    helpful: String,
    reason: String,
    comment: String,
    contact: String,
    q: String,
    lang: String,
    revision: String,
    website: String,
    receipt: String,
    from: String,
}

/// `POST /api/v1/articles/{id}/feedback`.
pub async fn send(ctx: Ctx, body: Bytes) -> Result<Response, Error> {
    let path = ctx.rest("/api/v1/articles/").strip_suffix("/feedback").ok_or(Error::MethodNotAllowed)?;
    let article = by_id(&ctx, path).filter(|a| a.takes_feedback).ok_or(Error::NotFound)?;
    let body: Body = serde_json::from_slice(&body).map_err(|_| Error::BadRequest)?;
    let revision = Revision::parse(&body.revision).unwrap_or(article.revision);
    let Body { helpful, reason, comment, contact, q, lang, website, receipt, from, .. } = body;
    let hidden = Hidden { trap: &website, receipt: &receipt, from: &from };
    let raw = RawFeedback { helpful, reason, comment, contact, q, lang };
    let t = ctx.t();
    match take(&ctx, Subject::Article(article.id.clone(), revision), raw, hidden).await {
        Outcome::Kept(feedback) => {
            let mut response = (StatusCode::CREATED, Json(state(&feedback))).into_response();
            if let Ok(location) = format!("/api/v1/feedback/{}", feedback.receipt).parse() {
                response.headers_mut().insert(axum::http::header::LOCATION, location);
            }
            Ok(private(response))
        }
        Outcome::Trapped => Ok(StatusCode::ACCEPTED.into_response()),
        Outcome::Secret => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(problem_json(status, t.secret_form_title, t.secret_form_text, &json!({ "kind": "secret" })))
        }
        Outcome::Faulty(status, kept) if kept.wait.is_some() => {
            let wait = kept.wait.unwrap_or_default();
            let text = count(t.throttled_text, wait.div_ceil(60) as usize);
            Ok(come_back(problem_json(status, t.too_many_title, &text, &json!({})), Some(wait)))
        }
        Outcome::Faulty(status, kept) if kept.lost => {
            Ok(problem_json(status, t.unavailable_title, t.unavailable_text, &json!({})))
        }
        Outcome::Faulty(status, kept) => {
            Ok(problem_json(status, t.bad_request_title, t.error_summary, &json!({ "errors": kept.errors })))
        }
    }
}

/// `GET /api/v1/feedback/{receipt}`.
pub async fn read(ctx: Ctx) -> Result<Response, Error> {
    let receipt = Receipt::parse(ctx.rest("/api/v1/feedback/")).ok_or(Error::NotFound)?;
    let feedback = ctx.app.store.receipt(&receipt).await?.ok_or(Error::NotFound)?;
    Ok(private(Json(state(&feedback)).into_response()))
}

fn state(feedback: &Feedback) -> serde_json::Value {
    json!({
        "receipt": feedback.receipt.as_str(),
        "status": feedback.status.as_str(),
        "article": feedback.said.subject.article().map(|id| id.as_str().to_owned()),
        "helpful": feedback.said.vote.map(Vote::as_str),
        "reason": feedback.said.reason.map(Reason::as_str),
        "reply": feedback.reply,
        "change": feedback.change.as_ref().map(|change| json!({
            "article": change.article.as_ref().map(|(id, _)| id.as_str()),
            "url": change.article.as_ref().map(|(id, _)| article_url(id)),
            "revision": change.article.as_ref().map(|(_, revision)| revision.to_string()),
            "title": change.title,
            "date": change.at.to_string(),
        })),
        "created": feedback.created.to_string(),
        "changed": feedback.changed.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use crate::web::tests::Server;

    #[tokio::test]
    async fn feedback_is_given_and_read_back() {
        let server = Server::new().await;
        let path = "/api/v1/articles/transactions/not-arrived/feedback";
        let page = server.post(path, r#"{"helpful":"no","reason":"unclear","comment":"看不懂"}"#).await;
        assert_eq!(page.status, 201);
        let given: serde_json::Value = serde_json::from_str(&page.html).unwrap();
        assert_eq!(given["status"], "received");
        let page = server.get(&page.header("location")).await;
        assert_eq!((page.status, page.header("cache-control").as_str()), (200, "no-store"));
        assert!(page.html.contains("\"reason\":\"unclear\""));
    }

    #[tokio::test]
    async fn faults_are_problem_documents() {
        let server = Server::new().await;
        let path = "/api/v1/articles/transactions/not-arrived/feedback";
        let check = async |body: &str, status: u16, holds: &str| {
            let page = server.post(path, body).await;
            assert_eq!((page.status, page.header("content-type").as_str()), (status, "application/problem+json"));
            assert!(page.html.contains(holds), "{}", page.html);
        };
        check("{", 400, "title").await;
        check(r#"{"reason":"x"}"#, 422, "\"helpful\":\"required\"").await;
        let phrase = "legal winner thank year wave sausage worth useful legal winner thank yellow";
        check(&format!(r#"{{"helpful":"no","comment":"{phrase}"}}"#), 422, "secret").await;
        server.sabotage().await;
        check(r#"{"helpful":"no"}"#, 503, "title").await;
    }
}
