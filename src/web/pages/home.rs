//! The home page: the search box first, emergencies one tap away, then common issues, topics and
//! what changed.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::{Card, Item, Link, cards, search_url};
use crate::domain::{CategoryId, UrgentLink};
use crate::web::context::{Ctx, Frame, Here, JsonLd, page};
use crate::web::error::Error;
use crate::web::languages;
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

impl Emergency {
    /// As the settings say it, to the article in the reader's language where there is one.
    fn of(ctx: &Ctx, way: &UrgentLink) -> Option<Self> {
        let library = ctx.library();
        let link = Link::to(ctx, library.article(&way.article)?);
        let say = |text| languages::say(ctx.ui, &library.site, text).to_owned();
        Some(Self { label: say(&way.label), hint: say(&way.hint), url: link.url })
    }
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
    let popular = site.popular.iter().map(|q| languages::say(ctx.ui, site, q));
    let mut frame = ctx.frame(Here::Home, "");
    frame.canonical = ctx.absolute("/");
    frame.data.push(JsonLd::new(&json!({
        "@context": "https://schema.org", "@type": "WebSite", "name": site.name, "url": ctx.absolute("/"),
        "potentialAction": { "@type": "SearchAction", "query-input": "required name=q",
            "target": { "@type": "EntryPoint", "urlTemplate": format!("{}?q={{q}}", ctx.absolute("/search")) } },
    })));
    let home = Home {
        t: ctx.t(),
        urgent: site.urgent.iter().filter_map(|way| Emergency::of(&ctx, way)).collect(),
        popular: popular.map(|q| Link { title: q.to_owned(), url: search_url(q) }).collect(),
        common: library.originals().filter(|a| a.is_pinned()).take(COMMON_MAX).map(&item).collect(),
        categories: cards(&ctx, &CategoryId::default()),
        recent: library.recent(RECENT_MAX).into_iter().map(item).collect(),
        total: frame.articles(library.originals().count()),
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

    #[tokio::test]
    async fn lists_speak_the_reader_s_language_and_name_any_other() {
        for path in ["/", "/categories/transactions", "/search"] {
            let page = get(&format!("{path}?ui=en")).await;
            let links = texts(&page.html, "main a");
            assert!(links.iter().any(|t| t.contains("Transfer has not arrived")), "{path}: {links:?}");
            assert!(!links.iter().any(|t| t.contains("转账没有到账怎么办")), "{path}");
            let other = links.iter().find(|t| t.contains("交易一直打包中")).unwrap();
            assert!(other.contains("Written in 简体中文"), "{path}: {other}");
            assert!(!links.iter().any(|t| t.contains("Written in English")), "{path}");
        }
        let page = get("/?ui=en").await;
        assert_eq!(select(&page.html, ".common a[href$=not-arrived-en] span[lang=en]").len(), 1);
        // What the settings say, too; where they say nothing in English, the language is marked.
        assert!(texts(&page.html, ".urgent li[lang=en]").concat().contains("Funds stolen"));
        assert_eq!(texts(&page.html, ".topics strong[lang=en]"), ["Transactions"]);
        assert!(texts(&page.html, ".topics strong[lang=zh-CN]").contains(&"资金安全".to_owned()));
        let page = get("/").await;
        assert!(select(&page.html, ".tongue").is_empty(), "a reader of the original sees no mark");
        assert!(!page.html.contains("Transfer has not arrived"));
    }
}
