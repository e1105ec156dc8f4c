//! One article: its text, its contents, what lies beside it, and the question whether it helped.

use std::sync::Arc;

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde_json::json;

use super::note::{Kept, Note};
use super::{Item, Link, article_url, foreign, tag_url, trail};
use crate::domain::{Article, ArticleId, Severity, Visibility};
use crate::web::context::{Ctx, Day, Frame, Here, JsonLd, page};
use crate::web::error::Error;
use crate::web::hooks::shows_drafts;
use crate::web::kept::Shown;
use crate::web::languages;
use crate::web::texts::{Texts, fill};

/// Related articles shown.
const RELATED_MAX: usize = 4;
/// Headings deeper than this would make the contents longer than they help.
const CONTENTS_LEVEL_MAX: u8 = 3;

/// A line of the contents.
struct Entry<'a> {
    title: &'a str,
    anchor: &'a str,
    deep: bool,
}

/// The article in another language.
struct Language {
    title: String,
    name: String,
    tag: String,
    url: String,
}

#[derive(Template)]
#[template(path = "article.html")]
struct Page<'a> {
    frame: Frame<'a>,
    t: &'static Texts,
    article: &'a Article,
    html: &'a str,
    here: String,
    trail: Vec<Link>,
    updated: Option<Day>,
    updated_text: String,
    overdue: bool,
    urgent: bool,
    contents: Vec<Entry<'a>>,
    tags: Vec<Link>,
    translations: Vec<Language>,
    /// The original, where this translation is older.
    older: Option<Link>,
    related: Vec<Item>,
    previous: Option<Item>,
    next: Option<Item>,
    /// The same article in the reader's language, where this one is not in it.
    readable: Option<Language>,
    readable_text: String,
    note: Option<Note>,
}

/// `GET /articles/{id}` and `GET /articles/{id}.md`.
pub async fn show(ctx: Ctx) -> Result<Response, Error> {
    let path = ctx.rest("/articles/");
    match find(&ctx, path)? {
        Found::Here(article) => {
            ctx.app.searches.opened(ctx.fields.get("from"), &article.id);
            let mut response = render(&ctx, &article, StatusCode::OK, Kept::default())?;
            response.extensions_mut().insert(Shown(article.id.clone()));
            Ok(response)
        }
        Found::Moved(id) => Ok(Redirect::permanent(&article_url(&id)).into_response()),
        Found::Markdown(article) => markdown(&article),
    }
}

/// Any other address: where an article stood on the site that its folder comes from, by `aliases`
/// or by its path (`/guide/start/`, `/help/billing.html`).
pub fn moved(ctx: &Ctx) -> Result<Response, Error> {
    let path = ctx.rest("/");
    let path = path.strip_suffix("index.html").unwrap_or(path).trim_end_matches('/');
    let path = path.strip_suffix(".html").unwrap_or(path);
    match find(ctx, path)? {
        Found::Here(article) => Ok(Redirect::permanent(&article_url(&article.id)).into_response()),
        Found::Moved(id) => Ok(Redirect::permanent(&article_url(&id)).into_response()),
        Found::Markdown(_) => Err(Error::NotFound),
    }
}

enum Found {
    Here(Arc<Article>),
    Moved(ArticleId),
    Markdown(Arc<Article>),
}

fn find(ctx: &Ctx, path: &str) -> Result<Found, Error> {
    if let Some(article) = by_id(ctx, path) {
        return Ok(Found::Here(article));
    }
    if let Some(article) = path.strip_suffix(".md").and_then(|id| by_id(ctx, id)) {
        return Ok(Found::Markdown(article));
    }
    let id = ArticleId::parse(path).map_err(|_| Error::NotFound)?;
    ctx.library().alias(&id).cloned().map(Found::Moved).ok_or(Error::NotFound)
}

/// The article with this id, if readers may see it.
pub fn by_id(ctx: &Ctx, path: &str) -> Option<Arc<Article>> {
    let id = ArticleId::parse(path).ok()?;
    ctx.library().article(&id).filter(|a| a.visibility != Visibility::Draft || shows_drafts(&ctx.app)).cloned()
}

fn markdown(article: &Article) -> Result<Response, Error> {
    let open = article.open();
    if open.is_lost {
        return Err(Error::Lost);
    }
    let text = format!("# {}\n\n{}", article.title, open.markdown().trim_start());
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("text/markdown; charset=utf-8"))], text).into_response())
}

/// The page of an article, with what its form holds.
pub fn render(ctx: &Ctx, article: &Arc<Article>, status: StatusCode, kept: Kept) -> Result<Response, Error> {
    let (t, library) = (ctx.t(), ctx.library());
    let updated = article.updated.map(|d| Day::of(ctx.ui, d));
    let (before, after) = library.beside(article);
    let item = |other: &Arc<Article>| Item::of(ctx.ui, library, other);
    let headings: Vec<Entry<'_>> = article
        .headings
        .iter()
        .filter(|h| h.level <= CONTENTS_LEVEL_MAX)
        .map(|h| Entry { title: &h.title, anchor: &h.anchor, deep: h.level > 2 })
        .collect();
    let trail = trail(ctx, &article.category);
    let mut frame = ctx.frame(Here::Elsewhere, article.title.clone());
    if !article.description.is_empty() {
        frame.description.clone_from(&article.description);
    }
    if article.is_listed() {
        frame.canonical = ctx.absolute(&article_url(&article.id));
    }
    frame.markdown = format!("{}.md", article_url(&article.id));
    let open = article.open();
    if open.is_lost {
        return Err(Error::Lost);
    }
    let html = open.html();
    let translations = translations(ctx, article);
    let address = |a: &&Arc<Article>| (a.lang.to_string(), ctx.absolute(&article_url(&a.id)));
    frame.alternates = translations.iter().map(address).collect();
    frame.data = structured(ctx, article, &trail);
    let template = Page {
        t,
        html: html.as_str(),
        here: article_url(&article.id),
        updated_text: updated.as_ref().map(|d| fill(t.updated_on, &[("date", &d.text)])).unwrap_or_default(),
        updated,
        overdue: article.review_by.is_some_and(|day| day < ctx.today()),
        urgent: article.severity == Severity::Urgent,
        contents: if headings.len() > 1 { headings } else { Vec::new() },
        tags: article.tags.iter().map(|tag| Link { title: tag.clone(), url: tag_url(tag) }).collect(),
        readable_text: fill(t.readable, &[("language", ctx.ui.name())]),
        readable: Some(languages::nearest(ctx.ui, library, article))
            .filter(|a| a.id != article.id && foreign(ctx.ui, a).is_empty())
            .map(|a| language(a)),
        translations: translations.iter().filter(|a| a.id != article.id).map(|a| language(a)).collect(),
        older: newer_original(ctx, article),
        related: ctx.edition.related(article, RELATED_MAX).iter().map(|a| Item::of(ctx.ui, library, a)).collect(),
        previous: before.map(item),
        next: after.map(item),
        note: article.takes_feedback.then(|| Note::about(ctx, article, kept)),
        trail,
        article,
        frame,
    };
    page(status, &template)
}

/// The same article in all its languages, itself included; empty where there is only one.
fn translations<'a>(ctx: &'a Ctx, article: &Article) -> Vec<&'a Arc<Article>> {
    let all: Vec<_> = ctx.library().versions(article).collect();
    if all.len() > 1 { all } else { Vec::new() }
}

/// The original, where it has changed since this translation of it.
fn newer_original(ctx: &Ctx, article: &Article) -> Option<Link> {
    let original = ctx.library().article(article.translation_of.as_ref()?).filter(|a| a.is_listed())?;
    (original.updated > article.updated).then(|| Link { title: original.title.clone(), url: article_url(&original.id) })
}

/// A language by its own name where we know it.
fn language(article: &Article) -> Language {
    let tag = article.lang.to_string();
    Language { title: article.title.clone(), name: languages::name(&tag), tag, url: article_url(&article.id) }
}

fn structured(ctx: &Ctx, article: &Article, trail: &[Link]) -> Vec<JsonLd> {
    let home = Link { title: ctx.t().home.to_owned(), url: "/".to_owned() };
    let this = Link { title: article.title.clone(), url: article_url(&article.id) };
    let steps = std::iter::once(&home).chain(trail).chain(std::iter::once(&this)).enumerate();
    let items: Vec<_> = steps
        .map(|(i, link)| json!({ "@type": "ListItem", "position": i + 1, "name": link.title, "item": ctx.absolute(&link.url) }))
        .collect();
    vec![
        JsonLd::new(&json!({
            "@context": "https://schema.org", "@type": "Article", "headline": article.title,
            "description": article.description, "inLanguage": article.lang.as_str(),
            "datePublished": article.date.map(|d| d.to_string()), "dateModified": article.updated.map(|d| d.to_string()),
            "mainEntityOfPage": ctx.absolute(&this.url),
            "publisher": { "@type": "Organization", "name": ctx.library().site.name },
        })),
        JsonLd::new(&json!({ "@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items })),
    ]
}

#[cfg(test)]
mod tests {
    use crate::web::tests::{get, get_with, select, texts};

    #[tokio::test]
    async fn an_article_shows_everything_about_itself() {
        let page = get("/articles/transactions/not-arrived").await;
        assert_eq!((page.status, texts(&page.html, "h1")), (200, vec!["转账没有到账怎么办".to_owned()]));
        assert_eq!(select(&page.html, ".contents a[href=\"#check\"]").len(), 2);
        assert_eq!(select(&page.html, "nav.crumbs a").len(), 2);
        assert!(texts(&page.html, ".related a").iter().any(|t| t.contains("打包")));
        assert_eq!(
            select(&page.html, "form[action^=\"/articles/transactions/not-arrived/feedback\"] .votes button[value=no]")
                .len(),
            1
        );
        assert!(!select(&page.html, "link[rel=canonical]").is_empty());
        assert!(texts(&page.html, ".beside a").iter().any(|t| t.contains("打包")));
    }

    #[tokio::test]
    async fn an_article_past_its_review_says_so() {
        assert!(get("/articles/security/stolen").await.html.contains("已过复核日期"));
        assert!(!get("/articles/transactions/not-arrived").await.html.contains("已过复核日期"));
    }

    #[tokio::test]
    async fn markdown_old_addresses_and_hidden_articles() {
        let page = get("/articles/transactions/not-arrived.md").await;
        assert!(page.header("content-type").starts_with("text/markdown"));
        assert!(page.html.starts_with("# 转账没有到账怎么办"));
        let page = get("/articles/old/not-arrived").await;
        assert_eq!((page.status, page.header("location").as_str()), (308, "/articles/transactions/not-arrived"));
        assert_eq!(get("/articles/draft").await.status, 404);
        let hidden = get("/articles/hidden").await;
        assert_eq!(hidden.status, 200);
        assert!(hidden.html.contains("noindex"));
    }

    #[tokio::test]
    async fn translations_know_each_other_and_say_when_they_are_older() {
        let page = get("/articles/transactions/not-arrived-en").await;
        let tags: Vec<_> =
            select(&page.html, "link[hreflang]").iter().filter_map(|l| l.value().attr("hreflang")).collect();
        assert_eq!(tags, ["zh-CN", "en"]);
        assert_eq!(texts(&page.html, ".facts a[hreflang]"), ["简体中文"]);
        assert_eq!(select(&page.html, ".older a[href=\"/articles/transactions/not-arrived\"]").len(), 1);
        let page = get("/articles/transactions/not-arrived").await;
        assert_eq!(texts(&page.html, ".facts a[hreflang]"), ["English"]);
        assert!(select(&page.html, ".older").is_empty());
        assert!(select(&get("/articles/transactions/pending").await.html, "link[hreflang]").is_empty());
        // Who reads English is led to the English version, and from there to neighbours of the original.
        let page = get("/articles/transactions/not-arrived?ui=en").await;
        assert_eq!(texts(&page.html, ".readable a[hreflang=en]"), ["Transfer has not arrived"]);
        let page = get("/articles/transactions/not-arrived-en?ui=en").await;
        assert!(select(&page.html, ".readable").is_empty());
        assert_eq!(select(&page.html, ".beside a[href=\"/articles/transactions/pending\"]").len(), 1);
    }

    #[tokio::test]
    async fn hostile_text_is_escaped() {
        let page = get("/articles/hostile").await;
        assert_eq!(page.status, 200);
        assert!(!page.html.contains("<img src=x"), "{}", page.html);
        assert!(!page.html.contains("</title><script>"));
        assert_eq!(texts(&page.html, "h1"), ["</title><script>alert(1)</script>"]);
    }

    #[tokio::test]
    async fn the_search_that_led_here_is_carried_by_the_form() {
        let referer = ("referer", "http://wenqu.test/search?q=%E6%B2%A1%E5%88%B0");
        let page = get_with("/articles/transactions/not-arrived", &[("host", "wenqu.test"), referer]).await;
        assert_eq!(select(&page.html, ".note input[name=q]")[0].value().attr("value"), Some("没到"));
        let page = get_with("/articles/transactions/not-arrived", &[("host", "other.test"), referer]).await;
        assert_eq!(select(&page.html, ".note input[name=q]")[0].value().attr("value"), Some(""));
    }
}
