//! Pages that are rendered once: per edition, address, language of the interface and day, with their
//! compressed forms. A request for one costs a look-up and a write.
//!
//! What is kept was rendered for nobody: with no cookie but the language, and with marks where the
//! words of a search that led to an article would stand. Those are put in for one answer only.

use std::borrow::Borrow;
use std::hash::{Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Request, header};
use axum::response::Response;
use quick_cache::sync::Cache;
use quick_cache::{Equivalent, Weighter};
use tokio::sync::Semaphore;

use super::App;
use super::context::{Marked, UI_COOKIE};
use super::kept::Kept;
use super::texts::Ui;
use crate::domain::RecordId;

/// Bytes of an address that is kept.
const PATH_BYTES_MAX: usize = 1_024;
/// Pages that the table is laid out for; it grows as needed.
const PAGES_EXPECTED: usize = 1_000;
/// Which page, as a request asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Wanted<'a> {
    edition: u64,
    moment: i64,
    ui: Ui,
    path: &'a str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Key {
    edition: u64,
    moment: i64,
    ui: Ui,
    path: Box<str>,
}

impl Key {
    fn wanted(&self) -> Wanted<'_> {
        Wanted { edition: self.edition, moment: self.moment, ui: self.ui, path: self.path.borrow() }
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.wanted().hash(state);
    }
}

impl Equivalent<Key> for Wanted<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        *self == key.wanted()
    }
}

/// A request that a kept page may answer.
#[derive(Debug)]
pub struct Reading {
    key: Key,
}

#[derive(Debug, Clone)]
struct Weights;

impl Weighter<Key, Arc<Kept>> for Weights {
    fn weight(&self, key: &Key, kept: &Arc<Kept>) -> u64 {
        (key.path.len() + kept.bytes()) as u64
    }
}

/// The kept pages, of bounded size.
pub struct Shelf {
    pages: Cache<Key, Arc<Kept>, Weights>,
    edition: AtomicU64,
    /// One page is pressed into Brotli at a time.
    pub press: Arc<Semaphore>,
}

impl std::fmt::Debug for Shelf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shelf").field("pages", &self.pages.len()).finish_non_exhaustive()
    }
}

impl Shelf {
    /// Room for so many bytes of pages; with 0 nothing is kept.
    pub fn new(bytes_max: u64) -> Self {
        Self {
            pages: Cache::with_weighter(PAGES_EXPECTED, bytes_max, Weights),
            edition: AtomicU64::new(0),
            press: Arc::new(Semaphore::new(1)),
        }
    }

    /// Pages kept, and their bytes.
    pub fn held(&self) -> (usize, u64) {
        (self.pages.len(), self.pages.weight())
    }

    /// The kept page that answers a request, or what to keep once there is one. None for requests
    /// whose answer is for one reader or one moment.
    pub fn find(&self, app: &App, request: &Request<Body>) -> Option<Result<Arc<Kept>, Reading>> {
        if self.pages.capacity() == 0 || !matches!(*request.method(), Method::GET | Method::HEAD) {
            return None;
        }
        let (path, query) = (request.uri().path(), request.uri().query().unwrap_or_default());
        let span = lasting(path)?;
        let plain = match query.strip_prefix("from=") {
            Some(id) => span == Span::Article && RecordId::parse(id).is_some(),
            // Pictures are named with their version.
            None => query.is_empty() || span == Span::Picture && query.starts_with("v="),
        };
        if !plain {
            return None;
        }
        let asked = request.uri().path_and_query().map(axum::http::uri::PathAndQuery::as_str);
        let path = if span == Span::Picture { asked? } else { path };
        if path.len() > PATH_BYTES_MAX {
            return None;
        }
        let seconds = (app.now)().as_second();
        let edition = app.editions.current();
        let first = || edition.library().site.languages.first().and_then(|l| Ui::parse(l.as_str()));
        let wanted = Wanted {
            edition: u64::from_str_radix(edition.version(), 16).ok()?,
            moment: seconds.div_euclid(if span == Span::Minute { 60 } else { 86_400 }),
            ui: language(request.headers()).or_else(first).unwrap_or_default(),
            path,
        };
        if let Some(kept) = self.pages.get(&wanted) {
            return Some(Ok(kept));
        }
        let Wanted { edition, moment, ui, path } = wanted;
        Some(Err(Reading { key: Key { edition, moment, ui, path: path.into() } }))
    }

    /// Renders a page for nobody and keeps it; of many who want it at once one renders. What is no
    /// whole page (an absent one, a redirect, a failure) comes back as it is and is not kept.
    pub async fn fill<F, R>(&self, reading: Reading, render: F) -> Result<Arc<Kept>, Box<Response>>
    where
        F: FnOnce(Request<Body>) -> R,
        R: Future<Output = Response>,
    {
        // An old edition is asked for no more: its pages make room at once.
        if self.edition.swap(reading.key.edition, Ordering::Relaxed) != reading.key.edition {
            self.pages.clear();
        }
        let neutral = reading.neutral();
        let make = async { Kept::of(render(neutral).await).await.map(Arc::new) };
        self.pages.get_or_insert_async(&reading.key, make).await
    }
}

impl Reading {
    /// The same request from nobody in particular.
    fn neutral(&self) -> Request<Body> {
        let mut request = Request::new(Body::empty());
        *request.uri_mut() = self.key.path.parse().unwrap_or_default();
        if let Ok(cookie) = HeaderValue::from_str(&format!("{UI_COOKIE}={}", self.key.ui.tag())) {
            request.headers_mut().insert(header::COOKIE, cookie);
        }
        request.extensions_mut().insert(Marked);
        request
    }
}

/// How long a page of this address stays what it is, within one edition; none where it is for one
/// reader, or looked at seldom.
fn lasting(path: &str) -> Option<Span> {
    let rest = path.strip_prefix('/')?;
    match rest.split_once('/') {
        None => match rest {
            // Opening hours change by the minute.
            "contact" => Some(Span::Minute),
            "" | "search" | "official" | "sitemap.xml" | "robots.txt" | "atom.xml" | "opensearch.xml" | "llms.txt"
            | "embed.js" => Some(Span::Day),
            _ => None,
        },
        Some(("articles", _)) => Some(Span::Article),
        Some(("media", _)) => Some(Span::Picture),
        Some(("categories" | "tags" | "static", _) | (".well-known", "security.txt") | ("api", "openapi.json")) => {
            Some(Span::Day)
        }
        Some(("api", rest)) if rest.starts_with("v1/articles/") => Some(Span::Day),
        _ => None,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Span {
    Minute,
    Day,
    /// A day; and the search that led there may be named.
    Article,
    /// A day; and its version is named.
    Picture,
}

/// The language that the cookie remembers.
fn language(headers: &HeaderMap) -> Option<Ui> {
    let values = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = values.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    Ui::parse(pairs.find(|(name, _)| *name == UI_COOKIE)?.1)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;
    use std::sync::atomic::AtomicI64;

    use axum::Router;
    use axum::body::to_bytes;
    use axum::response::IntoResponse as _;
    use jiff::Timestamp;
    use tower::ServiceExt as _;

    use super::*;
    use crate::edition::{Editions, Options};
    use crate::store::Store;
    use crate::web::context::marks;
    use crate::web::sample::app;
    use crate::web::tests::{Server, select};
    use crate::web::{self, Front};

    const ARTICLE: &str = "/articles/transactions/not-arrived";
    const LED: [(&str, &str); 2] =
        [("host", "wenqu.test"), ("referer", "http://wenqu.test/search?q=%E6%B2%A1%E5%88%B0%22%3E")];
    const RECORD: &str = "0190b7a0-0000-7000-8000-000000000000";

    async fn server() -> (Arc<App>, Server) {
        let app = Arc::new(app().await);
        (Arc::clone(&app), Server::shared(&app))
    }

    fn field(html: &str, name: &str) -> String {
        let field = select(html, &format!(".note input[name={name}]"));
        field[0].value().attr("value").unwrap_or_default().to_owned()
    }

    async fn bytes(app: &Arc<App>, path: &str, headers: &[(&str, &str)]) -> (HeaderMap, Vec<u8>) {
        let mut request = Request::builder().uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = web::site(Arc::clone(app)).oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        (parts.headers, to_bytes(body, usize::MAX).await.unwrap().to_vec())
    }

    fn unzip(bytes: &[u8]) -> String {
        let mut text = String::new();
        flate2::read::GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
        text
    }

    #[tokio::test]
    async fn a_page_is_rendered_once_and_answered_alike_ever_after() {
        let (app, server) = server().await;
        for path in [
            "/",
            "/search",
            ARTICLE,
            "/articles/transactions/not-arrived.md",
            "/categories/security",
            "/tags/%E7%B4%A7%E6%80%A5",
            "/contact",
            "/official",
            "/sitemap.xml",
            "/atom.xml",
            "/llms.txt",
            "/api/v1/articles/security/stolen",
            "/.well-known/security.txt",
        ] {
            let (before, _) = app.shelf.held();
            let (first, second) = (server.get(path).await, server.get(path).await);
            assert_eq!((first.status, app.shelf.held().0), (200, before + 1), "{path}");
            assert_eq!(first.html, second.html, "{path}");
            for name in
                ["content-type", "etag", "vary", "cache-control", "content-security-policy", "x-content-type-options"]
            {
                assert_eq!(first.header(name), second.header(name), "{name} of {path}");
                assert!(!first.header(name).is_empty(), "{name} of {path}");
            }
            assert_ne!(first.header("x-request-id"), second.header("x-request-id"), "{path}");
            assert!(!second.html.contains(marks().0) && !second.html.contains(marks().1), "{path}");
        }
    }

    #[tokio::test]
    async fn what_is_for_one_reader_is_not_kept() {
        let (app, server) = server().await;
        for path in [
            "/search?q=a",
            "/official?value=x",
            "/articles/nowhere",
            "/articles/old/not-arrived",
            "/?ui=en",
            "/readyz",
            "/review",
            "/feedback/0000-0000-0000-0000",
            "/api/v1/search?q=a",
            "/articles/draft",
        ] {
            server.get(path).await;
            assert_eq!(app.shelf.held().0, 0, "{path}");
        }
        server.post(&format!("{ARTICLE}/feedback"), "helpful=perhaps").await;
        assert_eq!(app.shelf.held().0, 0);
    }

    #[tokio::test]
    async fn the_words_of_one_reader_reach_no_other() {
        let (_, server) = server().await;
        let led = server.send(Method::GET, &format!("{ARTICLE}?from={RECORD}"), "", &LED).await;
        assert_eq!((field(&led.html, "q").as_str(), field(&led.html, "from").as_str()), ("没到\">", RECORD));
        assert_eq!(led.header("cache-control"), "private, no-cache");
        let other = server.get(ARTICLE).await;
        assert_eq!((field(&other.html, "q").as_str(), field(&other.html, "from").as_str()), ("", ""));
        assert_ne!(led.header("etag"), other.header("etag"));
        assert_eq!(server.send(Method::GET, ARTICLE, "", &LED).await.status, 200);
        let again = server.get(ARTICLE).await;
        assert_eq!((again.header("cache-control"), again.html), ("no-cache".to_owned(), other.html));
    }

    #[tokio::test]
    async fn every_form_holds_the_same_text() {
        let (app, _) = server().await;
        for (path, more) in [
            (ARTICLE.to_owned(), &[][..]),
            (format!("{ARTICLE}?from={RECORD}"), &LED[..]),
            ("/atom.xml".to_owned(), &[]),
        ] {
            let (head, plain) = bytes(&app, &path, more).await;
            assert!(!head.contains_key("content-encoding"));
            let (head, gzip) = bytes(&app, &path, &[&[("accept-encoding", "gzip")], more].concat()).await;
            assert_eq!(head["content-encoding"], "gzip", "{path}");
            assert_eq!(unzip(&gzip).as_bytes(), plain, "{path}");
        }
        // Brotli comes for the second who asks, once it is made.
        let asked = [("accept-encoding", "br, gzip")];
        let (first, _) = bytes(&app, ARTICLE, &asked).await;
        assert_eq!(first["content-encoding"], "gzip");
        drop(Arc::clone(&app.shelf.press).acquire_owned().await);
        let (head, body) = bytes(&app, ARTICLE, &asked).await;
        assert_eq!(head["content-encoding"], "br");
        assert_eq!(head["vary"], "accept-encoding, cookie");
        let mut plain = Vec::new();
        brotli::BrotliDecompress(&mut body.as_slice(), &mut plain).unwrap();
        assert_eq!(plain, bytes(&app, ARTICLE, &[]).await.1);
    }

    #[tokio::test]
    async fn validators_and_heads_are_those_of_the_page() {
        let (_, server) = server().await;
        for more in [&[][..], &LED[..]] {
            let page = server.send(Method::GET, ARTICLE, "", more).await;
            let held = page.header("etag");
            let same =
                server.send(Method::GET, ARTICLE, "", &[&[("if-none-match", held.as_str())], more].concat()).await;
            assert_eq!((same.status, same.html.as_str(), same.header("etag")), (304, "", held));
            assert_eq!(same.header("vary"), "accept-encoding, cookie");
            let head = server.send(Method::HEAD, ARTICLE, "", more).await;
            assert_eq!((head.status, head.html.as_str()), (200, ""));
            assert_eq!(head.header("content-length"), page.html.len().to_string());
        }
        assert_eq!(server.send(Method::HEAD, "/articles/nowhere", "", &[]).await.html, "");
    }

    #[tokio::test]
    async fn each_language_has_its_own_page() {
        let (_, server) = server().await;
        for (cookie, lang) in
            [("ui=en", "en"), ("a=b; ui=zh-TW", "zh-TW"), ("ui=klingon", "zh-CN"), ("", "zh-CN"), ("ui=en", "en")]
        {
            let page = server.send(Method::GET, ARTICLE, "", &[("cookie", cookie)]).await;
            assert_eq!(select(&page.html, "html")[0].value().attr("lang"), Some(lang), "{cookie}");
            assert_eq!(page.header("set-cookie"), "");
        }
        let chosen = server.get(&format!("{ARTICLE}?ui=en")).await;
        assert!(chosen.header("set-cookie").starts_with("ui=en;"));
    }

    #[tokio::test]
    async fn a_new_edition_and_a_new_day_make_new_pages() {
        static SECONDS: AtomicI64 = AtomicI64::new(1_790_000_000);
        let folder = tempfile::tempdir().unwrap();
        let write = |text: &str| std::fs::write(folder.path().join("a.md"), text).unwrap();
        write("---\ntitle: 甲\nreview_by: 2026-09-22\n---\n旧的。\n");
        let options = Options { articles: folder.path().to_owned(), data: None, drafts: false };
        let editions = Arc::new(Editions::open(options, &|_, _, _| {}).unwrap());
        let store = Store::open("sqlite::memory:").await.unwrap();
        let now = || Timestamp::from_second(SECONDS.load(Ordering::Relaxed)).unwrap();
        let app = Arc::new(App { now, ..App::new(Arc::clone(&editions), store, web::Options::default()) });
        let server = Server::shared(&app);
        let first = server.get("/articles/a").await;
        assert!(first.html.contains("旧的") && !first.html.contains("已过复核日期"));
        SECONDS.fetch_add(2 * 86_400, Ordering::Relaxed);
        assert!(server.get("/articles/a").await.html.contains("已过复核日期"));
        write("---\ntitle: 甲\n---\n新的。\n");
        editions.refresh().unwrap();
        let second = server.get("/articles/a").await;
        assert!(second.html.contains("新的"), "{}", second.html);
        assert_eq!(app.shelf.held().0, 1, "pages of the old edition are let go");
    }

    #[tokio::test]
    async fn the_shelf_stays_within_its_bytes() {
        let sample = app().await;
        let options = web::Options { shelf_bytes: 1_000_000, ..web::Options::default() };
        let app = Arc::new(App::new(Arc::clone(&sample.editions), sample.store.clone(), options));
        let server = Server::shared(&app);
        for n in 0..64 {
            // The same page under addresses that are written differently.
            let letter =
                |(at, letter)| if n >> at & 1 == 1 { format!("%{letter:02x}") } else { char::from(letter).to_string() };
            let path: String = (0..).zip(*b"stolen").map(letter).collect();
            assert_eq!(server.get(&format!("/articles/security/{path}")).await.status, 200);
        }
        let (pages, bytes) = app.shelf.held();
        assert!(pages > 8 && bytes <= 1_000_000, "{pages} pages, {bytes} bytes");
    }

    #[tokio::test]
    async fn pages_stay_when_the_house_is_full() {
        let sample = app().await;
        let options = web::Options { requests_max: 0, ..web::Options::default() };
        let app = Arc::new(App::new(Arc::clone(&sample.editions), sample.store.clone(), options));
        let front = Front::new(Arc::clone(&app), Router::new());
        let kept = Kept::of("whole".into_response()).await.map(Arc::new).unwrap();
        let request = Request::builder().uri(ARTICLE).body(Body::empty()).unwrap();
        let Some(Err(reading)) = app.shelf.find(&app, &request) else { panic!("nothing is kept yet") };
        app.shelf.pages.insert(reading.key, kept);
        assert_eq!(front.oneshot(request).await.unwrap().status(), 200);
        let server = Server::shared(&app);
        assert_eq!((server.get(ARTICLE).await.status, server.get("/search?q=a").await.status), (200, 503));
    }
}
