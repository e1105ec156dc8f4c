//! The home page: the search box first, emergencies one tap away, then common issues, topics and
//! what changed.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::{Card, Item, Link, article_url, cards, search_url};
use crate::domain::CategoryId;
use crate::web::context::{Ctx, Frame, Here, JsonLd, page};
use crate::web::error::Error;
use crate::web::texts::Texts;

/// Common issues shown.
const COMMON_MAX: usize = 10;
/// Recent changes shown.
const RECENT_MAX: usize = 6;

/// A way straight to what matters in an emergency.
struct Emergency {
    label: String,
    hint: String,
    url: String,
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    frame: Frame<'a>,
    t: &'static Texts,
    urgent: Vec<Emergency>,
    popular: Vec<Link>,
    common: Vec<Item>,
    categories: Vec<Card>,
    recent: Vec<Item>,
    total: String,
}

/// `GET /`.
pub async fn show(ctx: Ctx) -> Result<Response, Error> {
    let library = ctx.library();
    let site = &library.site;
    let item = |article: &_| Item::of(ctx.ui, library, article);
    let urgent = site.urgent.iter().filter(|u| library.article(&u.article).is_some());
    let mut frame = ctx.frame(Here::Home, "");
    frame.canonical = ctx.absolute("/");
    frame.data.push(JsonLd::new(&json!({
        "@context": "https://schema.org", "@type": "WebSite", "name": site.name, "url": ctx.absolute("/"),
        "potentialAction": { "@type": "SearchAction", "query-input": "required name=q",
            "target": { "@type": "EntryPoint", "urlTemplate": format!("{}?q={{q}}", ctx.absolute("/search")) } },
    })));
    let home = Home {
        t: ctx.t(),
        urgent: urgent
            .map(|u| Emergency { label: u.label.clone(), hint: u.hint.clone(), url: article_url(&u.article) })
            .collect(),
        popular: site.popular.iter().map(|q| Link { title: q.clone(), url: search_url(q) }).collect(),
        common: library.listed().filter(|a| a.is_pinned()).take(COMMON_MAX).map(|a| item(a)).collect(),
        categories: cards(&ctx, &CategoryId::default()),
        recent: library.recent(RECENT_MAX).into_iter().map(|a| item(a)).collect(),
        total: frame.articles(library.listed().count()),
        frame,
    };
    page(StatusCode::OK, &home)
}

#[cfg(test)]
mod tests {
    use crate::web::tests::{get, select, texts};

    #[tokio::test]
    async fn the_home_page_shows_the_ways_in() {
        let page = get("/").await;
        assert_eq!(page.status, 200);
        assert_eq!(texts(&page.html, "h1").len(), 1);
        assert_eq!(select(&page.html, "main form[role=search] input[name=q]").len(), 1);
        assert!(texts(&page.html, ".urgent a").iter().any(|t| t.contains("资产被盗")));
        assert!(texts(&page.html, ".topics a").iter().any(|t| t.contains("资金安全")));
        assert!(texts(&page.html, ".common a").iter().any(|t| t.contains("转账没有到账")));
        assert!(texts(&page.html, ".recent time").iter().any(|t| t.contains("2026年")));
    }
}
