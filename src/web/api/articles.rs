//! `GET /api/v1/articles` and `/api/v1/articles/{id}`: metadata, and the whole of one.

use axum::Json;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::domain::Article;
use crate::web::context::Ctx;
use crate::web::error::Error;
use crate::web::pages::article::by_id;
use crate::web::pages::{article_url, category_title, page_number};

/// Articles in one answer unless the caller asks for another number, and at most.
const LIST_DEFAULT: usize = 100;
const LIST_MAX: usize = 1000;

#[derive(Serialize)]
struct List<'a> {
    total: usize,
    page: u32,
    limit: usize,
    articles: Vec<Meta<'a>>,
}

#[derive(Serialize)]
struct Meta<'a> {
    id: &'a str,
    title: &'a str,
    url: String,
    description: &'a str,
    category: Category<'a>,
    tags: &'a [String],
    lang: &'a str,
    severity: &'static str,
    applies_to: &'a [String],
    date: Option<String>,
    updated: Option<String>,
    review_by: Option<String>,
    revision: String,
}

#[derive(Serialize)]
struct Category<'a> {
    id: &'a str,
    title: String,
}

#[derive(Serialize)]
struct Whole<'a> {
    #[serde(flatten)]
    meta: Meta<'a>,
    html: &'a str,
    markdown: &'a str,
    headings: Vec<Heading<'a>>,
}

#[derive(Serialize)]
struct Heading<'a> {
    level: u8,
    title: &'a str,
    anchor: &'a str,
}

fn meta<'a>(ctx: &Ctx, article: &'a Article) -> Meta<'a> {
    Meta {
        id: article.id.as_str(),
        title: &article.title,
        url: article_url(&article.id),
        description: &article.description,
        category: Category {
            id: article.category.as_str(),
            title: category_title(ctx.ui, ctx.library(), &article.category),
        },
        tags: &article.tags,
        lang: article.lang.as_str(),
        severity: article.severity.as_str(),
        applies_to: &article.applies_to,
        date: article.date.map(|d| d.to_string()),
        updated: article.updated.map(|d| d.to_string()),
        review_by: article.review_by.map(|d| d.to_string()),
        revision: article.revision.to_string(),
    }
}

/// `GET /api/v1/articles`.
pub async fn list(ctx: Ctx) -> Response {
    let limit = ctx.fields.get("limit").trim().parse().unwrap_or(LIST_DEFAULT).clamp(1, LIST_MAX);
    let page = page_number(&ctx);
    let library = ctx.library();
    let listed = library.listed().skip((page as usize - 1) * limit).take(limit);
    let articles = listed.map(|a| meta(&ctx, a)).collect();
    Json(List { total: library.listed().count(), page, limit, articles }).into_response()
}

/// `GET /api/v1/articles/{id}`.
pub async fn one(ctx: Ctx) -> Result<Response, Error> {
    let article = by_id(&ctx, ctx.rest("/api/v1/articles/")).ok_or(Error::NotFound)?;
    let open = article.open();
    if open.is_lost {
        return Err(Error::Lost);
    }
    let html = open.html();
    let whole = Whole {
        meta: meta(&ctx, &article),
        html: html.as_str(),
        markdown: open.markdown(),
        headings: article
            .headings
            .iter()
            .map(|h| Heading { level: h.level, title: &h.title, anchor: &h.anchor })
            .collect(),
    };
    Ok(Json(whole).into_response())
}

#[cfg(test)]
mod tests {
    use crate::web::tests::json;

    #[tokio::test]
    async fn articles_are_listed_and_read_whole() {
        let (status, list) = json("/api/v1/articles?limit=1&page=2").await;
        assert_eq!((status, list["articles"].as_array().unwrap().len()), (200, 1));
        let (status, whole) = json("/api/v1/articles/transactions/not-arrived").await;
        assert_eq!((status, &whole["headings"][0]["anchor"]), (200, &"check".into()));
        assert!(whole["html"].as_str().unwrap().contains("<h2"));
        assert_eq!(json("/api/v1/articles/none").await.0, 404);
    }
}
