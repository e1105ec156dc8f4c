//! What machines look for at fixed addresses: maps, feeds, and whom to tell of a hole.

use askama::Template;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::ToSpan as _;

use super::assets;
use super::context::Ctx;
use super::error::Error;
use super::pages::{article_url, category_title, category_url, tag_url};
use super::texts::Ui;
use crate::domain::{Category, ChannelKind, OfficialKind};

/// Addresses in one sitemap.
///
/// Source: <https://www.sitemaps.org/protocol.html>.
const SITEMAP_MAX: usize = 50_000;
/// Changes in the feed.
const FEED_MAX: usize = 30;
/// Days for which the address for reports of holes is promised; the standard asks for less than a year.
const SECURITY_DAYS: i64 = 180;

struct Place {
    url: String,
    changed: String,
}

struct Entry {
    title: String,
    url: String,
    markdown: String,
    description: String,
    date: String,
}

struct Shelf {
    title: String,
    entries: Vec<Entry>,
}

#[derive(Template)]
#[template(path = "sitemap.xml")]
struct Sitemap {
    places: Vec<Place>,
}

#[derive(Template)]
#[template(path = "atom.xml")]
struct Atom<'a> {
    name: &'a str,
    tagline: &'a str,
    lang: &'static str,
    home: String,
    this: String,
    updated: String,
    entries: Vec<Entry>,
}

#[derive(Template)]
#[template(path = "opensearch.xml")]
struct OpenSearch<'a> {
    name: String,
    description: &'a str,
    search: String,
    icon: String,
}

#[derive(Template)]
#[template(path = "llms.txt")]
struct Llms<'a> {
    name: &'a str,
    tagline: &'a str,
    shelves: Vec<Shelf>,
}

fn typed(mime: &'static str, body: String) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static(mime))], body).into_response()
}

/// `GET /sitemap.xml`.
pub async fn sitemap(ctx: Ctx) -> Result<Response, Error> {
    let library = ctx.library();
    let place = |path: &str, changed: String| Place { url: ctx.absolute(path), changed };
    let mut tags: Vec<&String> = library.listed().flat_map(|a| &a.tags).collect();
    tags.sort();
    tags.dedup();
    let fixed = ["/", "/search", "/contact", "/official"].into_iter().map(|path| place(path, String::new()));
    let named = |c: &&Category| !c.id.as_str().is_empty();
    let categories = library.categories().iter().filter(named).map(|c| place(&category_url(&c.id), String::new()));
    let articles =
        library.listed().map(|a| place(&article_url(&a.id), a.updated.map(|d| d.to_string()).unwrap_or_default()));
    let tags = tags.into_iter().map(|tag| place(&tag_url(tag), String::new()));
    let places = fixed.chain(categories).chain(articles).chain(tags).take(SITEMAP_MAX).collect();
    Ok(typed("application/xml; charset=utf-8", Sitemap { places }.render()?))
}

/// `GET /robots.txt`.
pub async fn robots(ctx: Ctx) -> Response {
    let text = format!(
        "User-agent: *\nDisallow: /search?\nDisallow: /feedback/\nDisallow: /review\nDisallow: /api/\n\nSitemap: {}\n",
        ctx.absolute("/sitemap.xml")
    );
    typed("text/plain; charset=utf-8", text)
}

/// `GET /atom.xml`.
pub async fn atom(ctx: Ctx) -> Result<Response, Error> {
    let library = ctx.library();
    let entries: Vec<Entry> = library
        .recent(FEED_MAX)
        .into_iter()
        .map(|a| Entry {
            title: a.title.clone(),
            url: ctx.absolute(&article_url(&a.id)),
            markdown: String::new(),
            description: a.description.clone(),
            date: a.updated.map(|d| format!("{d}T00:00:00Z")).unwrap_or_default(),
        })
        .collect();
    let feed = Atom {
        name: &library.site.name,
        tagline: &library.site.tagline,
        lang: ctx.ui.tag(),
        home: ctx.absolute("/"),
        this: ctx.absolute("/atom.xml"),
        // A feed must have a time even when it is empty; the epoch says that nothing ever changed.
        updated: entries.first().map_or_else(|| "1970-01-01T00:00:00Z".to_owned(), |e| e.date.clone()),
        entries,
    };
    Ok(typed("application/atom+xml; charset=utf-8", feed.render()?))
}

/// `GET /opensearch.xml`.
pub async fn opensearch(ctx: Ctx) -> Result<Response, Error> {
    let site = &ctx.library().site;
    let template = OpenSearch {
        // The format allows sixteen characters.
        name: site.name.chars().take(16).collect(),
        description: if site.tagline.is_empty() { &site.name } else { &site.tagline },
        search: format!("{}?q={{searchTerms}}", ctx.absolute("/search")),
        icon: ctx.absolute(assets::url("icon.svg")),
    };
    Ok(typed("application/opensearchdescription+xml; charset=utf-8", template.render()?))
}

/// `GET /llms.txt`.
pub async fn llms(ctx: Ctx) -> Result<Response, Error> {
    let library = ctx.library();
    let mut shelves: Vec<Shelf> = Vec::new();
    for article in library.listed() {
        let title = category_title(ctx.ui, library, &article.category);
        let entry = Entry {
            title: article.title.clone(),
            url: String::new(),
            markdown: ctx.absolute(&format!("{}.md", article_url(&article.id))),
            description: article.description.replace('\n', " "),
            date: String::new(),
        };
        match shelves.last_mut() {
            Some(shelf) if shelf.title == title => shelf.entries.push(entry),
            _ => shelves.push(Shelf { title, entries: vec![entry] }),
        }
    }
    let template = Llms { name: &library.site.name, tagline: &library.site.tagline, shelves };
    Ok(typed("text/plain; charset=utf-8", template.render()?))
}

/// `GET /.well-known/security.txt`.
///
/// Source: RFC 9116.
pub async fn security(ctx: Ctx) -> Response {
    let site = &ctx.library().site;
    let registered = site.official.iter().find(|e| e.kind == OfficialKind::Email && e.value.contains("security"));
    let channel = site.channels.iter().find(|c| c.kind == ChannelKind::Email);
    let mail = registered.map(|e| &e.value).or(channel.map(|c| &c.address));
    let contact = mail.map_or_else(|| ctx.absolute("/contact"), |mail| format!("mailto:{mail}"));
    let expires = ctx.today().checked_add(SECURITY_DAYS.days()).unwrap_or(ctx.today());
    let languages: Vec<&str> = Ui::ALL.iter().map(|ui| ui.tag()).collect();
    let text = format!(
        "Contact: {contact}\nExpires: {expires}T00:00:00Z\nPreferred-Languages: {}\nCanonical: {}\n",
        languages.join(", "),
        ctx.absolute("/.well-known/security.txt")
    );
    typed("text/plain; charset=utf-8", text)
}

/// `GET /favicon.ico`: browsers ask for it unbidden.
pub async fn favicon() -> Redirect {
    Redirect::temporary(assets::url("icon.svg"))
}

#[cfg(test)]
mod tests {
    use crate::web::tests::get;

    #[tokio::test]
    async fn machines_find_what_they_look_for() {
        let check = async |path: &str, mime: &str, holds: &[&str]| {
            let page = get(path).await;
            assert_eq!(page.status, 200, "{path}");
            assert!(page.header("content-type").starts_with(mime), "{path}");
            for text in holds {
                assert!(page.html.contains(text), "{path}: {text} in {}", page.html);
            }
            page.html
        };
        let map = check(
            "/sitemap.xml",
            "application/xml",
            &["<loc>https://help.example.com/articles/transactions/not-arrived</loc>", "<lastmod>2026-"],
        )
        .await;
        assert!(!map.contains("hidden") && !map.contains("draft"));
        check("/robots.txt", "text/plain", &["Sitemap: https://help.example.com/sitemap.xml"]).await;
        let feed = check("/atom.xml", "application/atom+xml", &["<feed", "<updated>2026-", "转账没有到账"]).await;
        assert!(!feed.contains("<script>"));
        check("/opensearch.xml", "application/opensearchdescription+xml", &["{searchTerms}"]).await;
        check("/llms.txt", "text/plain", &["# 示例钱包帮助中心", "not-arrived.md"]).await;
        check("/.well-known/security.txt", "text/plain", &["mailto:security@example.com", "Expires: 2027-"]).await;
    }
}
