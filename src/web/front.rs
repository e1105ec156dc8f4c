//! What stands before the router: refuses names that are not ours, answers from the shelf what is
//! there, counts and times everything. It knows requests by their kind and never by their words.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, header};
use axum::response::{IntoResponse, Response};
use futures_util::future::Either;
use rand::RngExt as _;
use tower::{Service, ServiceExt as _};

use super::App;
use super::error::Error;
use super::kept::Kept;
use super::metrics::Kind;

/// The whole site as a service.
#[derive(Clone)]
pub struct Front {
    app: Arc<App>,
    router: Router,
}

impl Front {
    /// The shelf before this router.
    pub fn new(app: Arc<App>, router: Router) -> Self {
        Self { app, router }
    }

    /// The site behind it.
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Whether the request names us. Whoever only wants to know whether the server lives asks by
    /// address, and may.
    fn is_for_us(&self, request: &Request<Body>) -> bool {
        let hosts = &self.app.options.hosts;
        if hosts.is_empty() || matches!(request.uri().path(), "/healthz" | "/readyz") {
            return true;
        }
        let named = match request.uri().authority() {
            Some(authority) => Some(authority.as_str()),
            None => request.headers().get(header::HOST).and_then(|host| host.to_str().ok()),
        };
        named.is_some_and(|named| hosts.iter().any(|host| host.eq_ignore_ascii_case(named)))
    }
}

impl Service<Request<Body>> for Front {
    type Response = Response;
    type Error = Infallible;
    type Future =
        Either<Ready<Result<Response, Infallible>>, Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let started = Instant::now();
        let kind = Kind::of(request.method(), request.uri().path());
        if !self.is_for_us(&request) {
            let response =
                (Error::Misdirected.status(), "This server does not answer under that name.\n").into_response();
            self.app.metrics.answered(kind, response.status(), started);
            return Either::Left(ready(Ok(response)));
        }
        let found = self.app.shelf.find(&self.app, &request);
        if let Some(Ok(kept)) = found {
            let response = from_shelf(&kept, &self.app, request);
            self.app.metrics.kept();
            self.app.metrics.answered(kind, response.status(), started);
            return Either::Left(ready(Ok(response)));
        }
        let (app, router) = (Arc::clone(&self.app), self.router.clone());
        Either::Right(Box::pin(async move {
            let flight = app.metrics.flight();
            let response = match found {
                Some(Err(reading)) => match app.shelf.fill(reading, |neutral| route(router, neutral)).await {
                    Ok(kept) => from_shelf(&kept, &app, request),
                    Err(response) if *request.method() == Method::HEAD => response.map(|_| Body::empty()),
                    Err(response) => *response,
                },
                _ => route(router, request).await,
            };
            drop(flight);
            app.metrics.answered(kind, response.status(), started);
            Ok(response)
        }))
    }
}

fn from_shelf(kept: &Arc<Kept>, app: &App, request: Request<Body>) -> Response {
    let (parts, _) = request.into_parts();
    let mut response = kept.answer(app, &parts);
    if let Ok(value) = HeaderValue::from_str(&name()) {
        response.headers_mut().insert("x-request-id", value);
    }
    response
}

async fn route(router: Router, request: Request<Body>) -> Response {
    match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// A name for a request: ten hexadecimal digits.
pub fn name() -> String {
    format!("{:010x}", rand::rng().random::<u64>() >> 24)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::http::Method;

    use crate::web::sample::app;
    use crate::web::tests::Server;
    use crate::web::{App, Options, hosts, status};

    async fn server(base_url: &str) -> (Arc<App>, Server) {
        let sample = app().await;
        let options = Options { base_url: base_url.to_owned(), hosts: hosts(base_url), ..Options::default() };
        let app = Arc::new(App::new(Arc::clone(&sample.editions), sample.store.clone(), options));
        (Arc::clone(&app), Server::shared(&app))
    }

    #[tokio::test]
    async fn only_our_own_name_is_answered() {
        let (_, server) = server("https://Help.example.com/").await;
        let check = async |path: &str, host: &str, status: u16| {
            let headers = [("host", host)];
            let headers = if host.is_empty() { &[][..] } else { &headers[..] };
            assert_eq!(server.send(Method::GET, path, "", headers).await.status, status, "{path} at {host}");
        };
        check("/", "help.example.com", 200).await;
        check("/search?q=a", "HELP.example.com:443", 200).await;
        check("/", "help.example.com:8080", 421).await;
        check("/", "evil.test", 421).await;
        check("/articles/security/stolen", "", 421).await;
        check("/healthz", "10.0.0.7:8080", 200).await;
        check("/readyz", "10.0.0.7:8080", 200).await;
    }

    #[tokio::test]
    async fn names_come_from_the_base_address() {
        assert_eq!(hosts("http://127.0.0.1:8080"), ["127.0.0.1:8080"]);
        assert_eq!(hosts("http://[::1]"), ["[::1]:80", "[::1]"]);
        assert_eq!(hosts("https://a.example/sub"), ["a.example:443", "a.example"]);
        assert!(hosts("nonsense").is_empty() && hosts("https:///x").is_empty());
    }

    #[tokio::test]
    async fn tls_is_asked_for_where_readers_come_over_tls() {
        for (base_url, expected) in [("https://help.example.com", "max-age=31536000"), ("http://127.0.0.1:8080", "")] {
            let (_, server) = server(base_url).await;
            let host = hosts(base_url).pop().unwrap();
            for path in ["/", "/search?q=a", "/static/none", "/api/v1/articles"] {
                let page = server.send(Method::GET, path, "", &[("host", &host)]).await;
                assert_eq!(page.header("strict-transport-security"), expected, "{path} of {base_url}");
            }
        }
    }

    #[tokio::test]
    async fn figures_tell_kinds_and_no_words() {
        use axum::body::{Body, to_bytes};
        use axum::http::Request;
        use tower::ServiceExt as _;

        let (app, server) = server("http://127.0.0.1:8080").await;
        let host = [("host", "127.0.0.1:8080")];
        let visits = [
            "/articles/security/stolen",
            "/articles/security/stolen",
            "/search?q=secretword",
            "/api/v1/search?q=zzzzqqqq",
            "/feedback/1234-5678-9012-3456",
            "/nowhere",
        ];
        for path in visits {
            server.send(Method::GET, path, "", &host).await;
        }
        let phrase = "legal+winner+thank+year+wave+sausage+worth+useful+legal+winner+thank+yellow";
        server.send(Method::GET, &format!("/search?q={phrase}"), "", &host).await;
        server.send(Method::POST, "/articles/security/stolen/feedback", "helpful=yes", &host).await;
        assert_eq!(server.send(Method::GET, "/metrics", "", &host).await.status, 404, "readers do not see them");
        let request = Request::builder().uri("/metrics").body(Body::empty()).unwrap();
        let response = status::router(app).oneshot(request).await.unwrap();
        let text = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let text = String::from_utf8(text.to_vec()).unwrap();
        for line in [
            "wenqu_requests_total{kind=\"article\",status=\"2xx\"} 2",
            "wenqu_requests_total{kind=\"feedback\",status=\"3xx\"} 1",
            "wenqu_searches_total{found=\"nothing\"} 2",
            "wenqu_searches_total{found=\"secret\"} 1",
            "wenqu_feedback_total{outcome=\"kept\"} 1",
            "wenqu_shelf_pages 1",
            "wenqu_store_up 1",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} in {text}");
        }
        for word in ["secretword", "zzzz", "1234", "stolen", "legal", "127.0.0.1"] {
            assert!(!text.contains(word), "{word}");
        }
    }
}
