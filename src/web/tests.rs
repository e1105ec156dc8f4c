//! How the tests of this room ask the router, and what holds for every page.

use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Method, Request};
use scraper::{ElementRef, Html, Selector};
use tower::ServiceExt as _;

use std::sync::Arc;

use super::listen::Peer;
use super::sample::app;
use super::texts::Ui;
use super::{App, Front, Listeners, addresses, site, surround};
use crate::domain::{Change, Feedback, Status};
use crate::store::{FeedbackFilter, Store};

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
    front: Front,
    pub store: Store,
}

impl Server {
    pub async fn new() -> Self {
        Self::of(app().await)
    }

    /// With one address more, at which the handler panics.
    pub async fn panicking() -> Self {
        let app = Arc::new(app().await);
        let addresses = addresses().route("/panic", axum::routing::get(async || -> String { panic!("asked to") }));
        Self { store: app.store.clone(), front: Front::new(Arc::clone(&app), surround(addresses, app)) }
    }

    pub fn of(app: App) -> Self {
        Self::shared(&Arc::new(app))
    }

    pub fn shared(app: &Arc<App>) -> Self {
        Self { store: app.store.clone(), front: site(Arc::clone(app)) }
    }

    pub async fn send(&self, method: Method, path: &str, body: &str, headers: &[(&str, &str)]) -> Page {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
            if *name == "x-test-peer" {
                request = request.extension(ConnectInfo(Peer::at(value.parse().unwrap())));
            }
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let response = self.front.clone().oneshot(request).await.unwrap();
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

    pub async fn kept(&self) -> Vec<Feedback> {
        self.store.feedback(&FeedbackFilter::default(), None, 100).await.unwrap()
    }

    pub async fn change(&self, status: Status, reply: &str, change: Option<Change>) {
        for feedback in self.kept().await {
            self.store.set_status(&feedback.receipt, status, reply, "tester", change.clone()).await.unwrap();
        }
    }

    pub async fn sabotage(&self) {
        self.store.close().await;
    }
}

pub async fn get(path: &str) -> Page {
    Server::new().await.get(path).await
}

pub async fn get_with(path: &str, headers: &[(&str, &str)]) -> Page {
    Server::new().await.send(Method::GET, path, "", headers).await
}

pub async fn post(path: &str, body: &str) -> Page {
    Server::new().await.post(path, body).await
}

pub async fn post_with(path: &str, body: &str, headers: &[(&str, &str)]) -> Page {
    Server::new().await.send(Method::POST, path, body, headers).await
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
    let server = Server::new().await;
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
    let server = Server::new().await;
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
    let server = Server::new().await;
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
    let server = Server::new().await;
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
    let server = Server::new().await;
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
    let mut app = app().await;
    app.options.requests_max = 0;
    let server = Server::of(app);
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
    let site = app().await;
    let server = tokio::spawn(super::serve(Listeners { site: listener, metrics: None }, site, async {
        drop(stopped.await);
    }));
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

/// Asks over a real connection and gives the whole answer.
async fn ask_over_the_wire(request: String) -> String {
    use std::io::{Read as _, Write as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(super::serve(Listeners { site: listener, metrics: None }, app().await, async {
        drop(stopped.await);
    }));
    let ask = move || {
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let answer = tokio::task::spawn_blocking(ask).await.unwrap();
    stop.send(()).unwrap();
    server.await.unwrap().unwrap();
    answer
}

#[tokio::test]
async fn an_address_of_any_length_is_answered_and_looked_through() {
    let get = |q: &str| format!("GET /search?q={q} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    let first = get("short").replace("connection: close\r\n", "");
    let answer = ask_over_the_wire(format!("{first}{}", get("x"))).await;
    assert_eq!(answer.matches("HTTP/1.1 200").count(), 2, "{answer:.300}");
    for length in [40_000, 100_000, 600_000] {
        let answer = ask_over_the_wire(get(&"%E5%8A%A9".repeat(length / 9))).await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{length}: {answer:.100}");
        assert!(answer.len() < 100_000 && answer.contains("助助助"), "{length}");
    }
    let phrase = "legal+winner+thank+year+wave+sausage+worth+useful+legal+winner+thank+yellow";
    let answer = ask_over_the_wire(get(&format!("{}+{phrase}", "%E5%8A%A9+".repeat(12_000)))).await;
    assert!(answer.starts_with("HTTP/1.1 303") && answer.contains("location: /search?refused=1"), "{answer:.300}");
    assert!(!answer.contains("sausage"));
}

#[tokio::test]
async fn a_secret_anywhere_in_an_address_is_repeated_nowhere() {
    let server = Server::new().await;
    let phrase = "legal+winner+thank+year+wave+sausage+worth+useful+legal+winner+thank+yellow";
    let tail = format!("q={}{phrase}", "a+".repeat(200));
    for path in [
        format!("/search?q={phrase}"),
        format!("/search?{tail}"),
        format!("/search?q=a&tag={phrase}"),
        format!("/?x={phrase}"),
        format!("/contact?{phrase}"),
        format!("/articles/transactions/not-arrived?from={phrase}"),
        format!("/articles/{}", phrase.replace('+', "%20")),
        format!("/tags/{}", phrase.replace('+', "%20")),
        format!("/api/v1/search?{tail}"),
        format!("/api/v1/suggest?q={phrase}"),
    ] {
        let page = server.get(&path).await;
        assert!(!page.html.contains("sausage") && !format!("{:?}", page.headers).contains("sausage"), "{path}");
    }
    let page = server
        .send(
            Method::GET,
            "/articles/transactions/not-arrived",
            "",
            &[("host", "wenqu.test"), ("referer", &format!("http://wenqu.test/search?{tail}"))],
        )
        .await;
    assert!(!page.html.contains("sausage") && !page.html.contains("a a a"));
}

#[tokio::test]
async fn the_description_of_the_api_and_the_router_agree() {
    let server = Server::new().await;
    server.store.reviewer_add("lin", "correct horse").await.unwrap();
    let bearer = format!("Bearer {}", server.store.reviewer_token("lin").await.unwrap().as_str());
    let document: serde_json::Value = serde_json::from_str(&server.get("/api/openapi.json").await.html).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let receipt = server.post("/api/v1/articles/transactions/pending/feedback", r#"{"helpful":"yes"}"#).await;
    let receipt = receipt.header("location").rsplit('/').next().unwrap().to_owned();
    for (path, methods) in paths {
        let address = path.replace("{id}", "transactions/not-arrived").replace("{receipt}", &receipt);
        for (method, what) in methods.as_object().unwrap() {
            let kinds = what["parameters"][0]["schema"]["enum"].as_array().filter(|_| path.contains("{what}"));
            for kind in kinds.map_or(vec![""], |kinds| kinds.iter().filter_map(|kind| kind.as_str()).collect()) {
                let address = address.replace("{what}", kind);
                let headers: &[(&str, &str)] =
                    if what.get("security").is_some() { &[("authorization", &bearer)] } else { &[] };
                let method = method.to_uppercase().parse().unwrap();
                let page = server.send(method, &address, r#"{"helpful":"yes"}"#, headers).await;
                let answer = &what["responses"][page.status.to_string()];
                assert!(page.status < 300 && !answer.is_null(), "{address}: {}", page.status);
                let sent = page.header("content-type");
                let sent = sent.split(';').next().unwrap();
                assert!(answer["content"].get(sent).is_some() || sent.is_empty(), "{address}: {sent}");
            }
        }
    }
    // An article's id and what follows it are one route, so that is compared by its beginning.
    let sources = [include_str!("mod.rs"), include_str!("desk/mod.rs")].concat();
    let routes = sources.split(".route(\"").skip(1).filter_map(|rest| rest.split('"').next());
    for route in routes.filter(|route| route.starts_with("/api/")) {
        let fixed = route.replace("{*id}", "{id}");
        assert!(paths.contains_key(&fixed), "{route} is not described");
    }
}

#[tokio::test]
async fn other_sites_may_load_the_search_box_and_nothing_else() {
    let server = Server::new().await;
    let shared = |page: &Page| page.header("access-control-allow-origin") == "*";
    let page = server.get("/embed.js").await;
    assert!(shared(&page) && page.header("cross-origin-resource-policy") == "cross-origin");
    assert!(shared(&server.get("/api/v1/suggest?q=a").await));
    for path in ["/", "/api/v1/search?q=a", "/api/v1/articles", "/search?q=a"] {
        assert!(!shared(&server.get(path).await), "{path}");
    }
}

#[tokio::test]
async fn head_and_wrong_methods_are_answered() {
    let server = Server::new().await;
    let page = server.send(Method::HEAD, "/", "", &[]).await;
    assert_eq!((page.status, page.html.as_str()), (200, ""));
    let page = server.post("/contact", "").await;
    assert_eq!(page.status, 405);
    assert!(page.header("allow").contains("GET"));
}
