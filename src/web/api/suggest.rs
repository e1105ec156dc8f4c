//! `GET /api/v1/suggest`: lines to offer while typing.

use std::sync::Arc;

use axum::Json;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::search::SpanJson;
use crate::domain::{Query, SUGGESTIONS_MAX, Suggestion, SuggestionKind};
use crate::web::context::{Ctx, is_secret};
use crate::web::error::Error;
use crate::web::pages::category_title;

/// Suggestions unless the caller asks for another number.
const SUGGESTIONS_DEFAULT: usize = 8;

#[derive(Serialize)]
struct Answer<'a> {
    suggestions: Vec<Line<'a>>,
}

#[derive(Serialize)]
struct Line<'a> {
    text: String,
    spans: Vec<SpanJson<'a>>,
    id: &'a str,
    url: &'a str,
    kind: &'static str,
    category: String,
}

/// `GET /api/v1/suggest`.
pub async fn answer(ctx: Ctx) -> Result<Response, Error> {
    let typed = ctx.fields.get("q");
    let text = Query::of(typed).text;
    let limit = ctx.fields.get("limit").trim().parse().unwrap_or(SUGGESTIONS_DEFAULT).clamp(1, SUGGESTIONS_MAX);
    let silent = text.is_empty() || is_secret(typed);
    let found = if silent {
        Arc::default()
    } else {
        ctx.app.searching.suggest(&ctx.app.metrics, &ctx.edition, &text, limit).await?
    };
    let line = |s: &'_ Suggestion| -> String {
        s.category.as_ref().map(|c| category_title(ctx.ui, ctx.library(), c)).unwrap_or_default()
    };
    let suggestions = found
        .iter()
        .map(|s| Line {
            text: s.plain(),
            spans: s.text.iter().map(SpanJson::from).collect(),
            id: &s.id,
            url: &s.url,
            kind: match s.kind {
                SuggestionKind::Article => "article",
                SuggestionKind::Query => "query",
            },
            category: line(s),
        })
        .collect();
    // The search box on other pages asks too; the answer is public and no cookie matters.
    let headers = [(header::CACHE_CONTROL, "no-store"), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    Ok((headers, Json(Answer { suggestions })).into_response())
}

#[cfg(test)]
mod tests {
    use crate::web::tests::json;
    use crate::web::url::value;

    #[tokio::test]
    async fn suggestions_come_in_the_shape_of_the_contract() {
        let (status, answer) = json(&format!("/api/v1/suggest?q={}&limit=2", value("转账"))).await;
        assert_eq!(status, 200);
        let lines = answer["suggestions"].as_array().unwrap();
        let line = lines.iter().find(|line| line["kind"] == "article").unwrap();
        assert_eq!(line["text"], "转账没有到账怎么办");
        assert_eq!(json("/api/v1/suggest").await.1["suggestions"], serde_json::json!([]));
    }
}
