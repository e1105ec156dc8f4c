//! How the tests of this room ask the router, and what holds for every page.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request};
use scraper::{ElementRef, Html, Selector};
use tower::ServiceExt as _;

use super::fake::{Drawer, app};
use super::router;
use super::texts::Ui;
use crate::domain::{Feedback, Status};

/// What came back.
pub struct Page {
    pub status: u16,
    pub headers: HeaderMap,
    pub html: String,
}

impl Page {
    pub fn header(&self, name: &str) -> String {
        let values: Vec<_> = self.headers.get_all(name).iter().map(|v| v.to_str().unwrap()).collect();
        values.join(", ")
    }
}

/// A site in memory.
pub struct Server {
    router: Router,
    drawer: Arc<Drawer>,
}

impl Server {
    pub fn new() -> Self {
        let drawer = Arc::new(Drawer::default());
        Self { router: router(app(&drawer)), drawer }
    }

    pub async fn send(&self, method: Method, path: &str, body: &str, headers: &[(&str, &str)]) -> Page {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Page { status: head.status.as_u16(), headers: head.headers, html: String::from_utf8_lossy(&bytes).into_owned() }
    }

    pub async fn get(&self, path: &str) -> Page {
        self.send(Method::GET, path, "", &[]).await
    }

    pub async fn post(&self, path: &str, body: &str) -> Page {
        self.send(Method::POST, path, body, &[]).await
    }

    pub fn kept(&self) -> Vec<Feedback> {
        self.drawer.kept.lock().unwrap().clone()
    }

    pub fn change(&self, status: Status, reply: &str) {
        for feedback in self.drawer.kept.lock().unwrap().iter_mut() {
            feedback.status = status;
            reply.clone_into(&mut feedback.reply);
        }
    }

    pub fn sabotage(&self) {
        self.drawer.broken.store(true, Ordering::Relaxed);
    }
}

pub async fn get(path: &str) -> Page {
    Server::new().get(path).await
}

pub async fn get_with(path: &str, headers: &[(&str, &str)]) -> Page {
    Server::new().send(Method::GET, path, "", headers).await
}

pub async fn post(path: &str, body: &str) -> Page {
    Server::new().post(path, body).await
}

pub async fn post_with(path: &str, body: &str, headers: &[(&str, &str)]) -> Page {
    Server::new().send(Method::POST, path, body, headers).await
}

pub async fn json(path: &str) -> (u16, serde_json::Value) {
    let page = get(path).await;
    (page.status, serde_json::from_str(&page.html).unwrap_or_default())
}

/// Elements by selector. The document is leaked, which a test can afford.
pub fn select(html: &str, selector: &str) -> Vec<ElementRef<'static>> {
    let document: &'static Html = Box::leak(Box::new(Html::parse_document(html)));
    let selector = Selector::parse(selector).unwrap();
    document.select(&selector).collect()
}

/// Their text, blanks joined.
pub fn texts(html: &str, selector: &str) -> Vec<String> {
    let text = |e: ElementRef<'_>| e.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
    select(html, selector).into_iter().map(text).collect()
}

/// Every kind of page.
const PAGES: [&str; 12] = [
    "/",
    "/search",
    "/search?q=%E5%88%B0%E8%B4%A6",
    "/search?q=nothing-at-all",
    "/categories/security",
    "/tags/%E7%B4%A7%E6%80%A5",
    "/articles/transactions/not-arrived",
    "/articles/security/stolen",
    "/articles/hostile",
    "/contact",
    "/official?value=examp1e.com",
    "/no/such/page",
];

#[tokio::test]
async fn every_page_has_its_landmarks_in_every_language() {
    let server = Server::new();
    for path in PAGES {
        for ui in Ui::ALL {
            let glue = if path.contains('?') { '&' } else { '?' };
            let html = server.get(&format!("{path}{glue}ui={}", ui.tag())).await.html;
            let one = |selector: &str| assert_eq!(select(&html, selector).len(), 1, "{selector} on {path} in {ui:?}");
            one("h1");
            one("main#w-main");
            one("body > header");
            one("body > footer");
            one("title");
            one("a.skip[href=\"#w-main\"]");
            assert_eq!(select(&html, "html")[0].value().attr("lang"), Some(ui.tag()));
            assert!(!texts(&html, "title")[0].is_empty());
            for field in select(&html, "input:not([type=hidden]):not([type=radio]), textarea") {
                let id = field.value().attr("id").unwrap_or_else(|| panic!("a field without id on {path}"));
                assert_eq!(select(&html, &format!("label[for=\"{id}\"]")).len(), 1, "label of {id} on {path}");
            }
            let mut ids: Vec<_> = select(&html, "[id]").iter().filter_map(|e| e.value().attr("id")).collect();
            ids.sort_unstable();
            let all = ids.len();
            ids.dedup();
            assert_eq!(ids.len(), all, "doubled ids on {path}");
            let words = texts(&html, "body").concat();
            assert!(!words.contains('{') && !words.contains('|'), "{path}: {words}");
        }
    }
}

#[tokio::test]
async fn nothing_inline_and_nothing_from_elsewhere() {
    let server = Server::new();
    for path in PAGES {
        let html = server.get(path).await.html;
        for script in select(&html, "script") {
            let data = script.value().attr("type") == Some("application/ld+json");
            assert!(data || script.value().attr("src").is_some_and(|s| s.starts_with("/static/")), "{path}");
        }
        assert!(select(&html, "style, [style], [onclick], [onload], iframe, base").is_empty(), "{path}");
        for element in select(&html, "link[rel=stylesheet], img, use") {
            let address = element.value().attr("href").or(element.value().attr("src")).unwrap_or_default();
            assert!(address.starts_with('/'), "{address} on {path}");
        }
    }
}

#[tokio::test]
async fn every_file_a_page_names_is_there_and_kept_for_good() {
    let server = Server::new();
    let html = server.get("/articles/transactions/not-arrived").await.html;
    let named = select(&html, "link[href^=\"/static/\"], script[src]");
    assert!(named.len() >= 4);
    for element in named {
        let address = element.value().attr("href").or(element.value().attr("src")).unwrap();
        let page = server.get(address).await;
        assert_eq!(page.status, 200, "{address}");
        assert!(page.header("cache-control").contains("immutable"));
    }
    let css = select(&html, "link[rel=stylesheet]")[0].value().attr("href").unwrap();
    for coding in ["br", "gzip"] {
        let page = server.send(Method::GET, css, "", &[("accept-encoding", coding)]).await;
        assert_eq!(page.header("content-encoding"), coding);
    }
    let uses = select(&html, "use");
    assert!(uses.iter().all(|u| u.value().attr("href").is_some_and(|h| h.starts_with("/static/icons."))));
    assert_eq!(server.get("/static/site.0000000000.css").await.status, 404);
}

#[tokio::test]
async fn pages_carry_protecting_headers_and_a_validator() {
    let server = Server::new();
    for path in PAGES {
        let page = server.get(path).await;
        let policy = page.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("referrer-policy"), "same-origin");
        assert!(page.headers.contains_key("x-request-id"));
    }
    let first = server.get("/").await;
    assert_eq!(first.header("cache-control"), "no-cache");
    let tag = first.header("etag");
    let again = server.send(Method::GET, "/", "", &[("if-none-match", &tag)]).await;
    assert_eq!((again.status, again.html.as_str()), (304, ""));
    assert_eq!(again.header("etag"), tag);
    let other = server.send(Method::GET, "/?ui=en", "", &[("if-none-match", &tag)]).await;
    assert_eq!(other.status, 200);
    let small = server.send(Method::GET, "/", "", &[("accept-encoding", "gzip")]).await;
    assert_eq!(small.header("content-encoding"), "gzip");
}

#[tokio::test]
async fn a_chosen_language_is_remembered_and_never_guessed() {
    let server = Server::new();
    let page = server.get("/?ui=en").await;
    assert!(page.header("set-cookie").starts_with("ui=en; Path=/; Max-Age="));
    let page = server.send(Method::GET, "/", "", &[("cookie", "ui=en")]).await;
    assert_eq!(select(&page.html, "html[lang=en]").len(), 1);
    let page = server.send(Method::GET, "/", "", &[("accept-language", "en")]).await;
    assert_eq!(select(&page.html, "html[lang=zh-CN]").len(), 1);
    assert!(page.header("set-cookie").is_empty());
    assert!(server.get("/?ui=xx").await.header("set-cookie").is_empty());
}

#[tokio::test]
async fn a_full_house_asks_readers_to_come_back() {
    let drawer = Arc::new(Drawer::default());
    let mut app = app(&drawer);
    app.options.requests_max = 0;
    let server = Server { router: router(app), drawer };
    let page = server.get("/").await;
    assert_eq!((page.status, page.header("retry-after").as_str()), (503, "3"));
    assert_eq!(server.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn a_long_address_is_not_repeated() {
    let page = get(&format!("/search?q={}", "a".repeat(60_000))).await;
    assert_eq!(page.status, 200);
    assert!(page.html.len() < 30_000, "{}", page.html.len());
}

#[tokio::test]
async fn the_server_answers_and_stops_when_told() {
    use std::io::{Read as _, Write as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let site = app(&Arc::new(Drawer::default()));
    let server = tokio::spawn(super::serve(listener, site, async { drop(stopped.await) }));
    let ask = move || {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let answer = tokio::task::spawn_blocking(ask).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("{\"status\":\"alive\"}"), "{answer}");
    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
}

#[tokio::test]
async fn head_and_wrong_methods_are_answered() {
    let server = Server::new();
    let page = server.send(Method::HEAD, "/", "", &[]).await;
    assert_eq!((page.status, page.html.as_str()), (200, ""));
    let page = server.post("/contact", "").await;
    assert_eq!(page.status, 405);
    assert!(page.header("allow").contains("GET"));
}
