//! Pages, forms, API and headers: the only room that knows HTTP. One file per page: handler,
//! template struct, tests. What a reader typed is never logged.

pub mod texts;

mod api;
mod assets;
mod context;
mod desk;
mod discovery;
mod doors;
mod error;
mod front;
pub mod hooks;
mod hours;
mod kept;
mod languages;
mod layers;
mod listen;
mod media;
mod metrics;
mod pages;
mod preview;
#[cfg(test)]
mod sample;
mod searches;
mod searching;
mod shelf;
mod squeeze;
mod status;
pub mod still;
#[cfg(test)]
mod tests;
mod twice;
mod url;
mod visitor;

use std::any::Any;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, MatchedPath, Request};
use axum::http::Method;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router, middleware};
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore};
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

pub use api::search::document as search_document;
pub use front::Front;
pub use texts::Ui;
pub use url::hosts;

use crate::edition::Editions;
use crate::store::Store;
use context::{Ctx, Reference};
use error::Error;

/// Bytes of a form: a comment of 2,000 Han characters, percent-encoded, is 18 kB.
const FORM_BYTES_MAX: usize = 64 * 1024;
/// Bytes of a search form: readers paste whole logs, and get an answer for their beginning.
const SEARCH_BYTES_MAX: usize = 1024 * 1024;
/// Time for one answer; a search takes milliseconds, a durable insert rarely a tenth of a second.
const ANSWER_TIME: Duration = Duration::from_secs(10);
/// Time that readers in flight get when the server is told to stop.
const DRAIN_TIME: Duration = Duration::from_secs(10);

/// What the site is made of.
#[derive(Debug)]
pub struct App {
    /// The articles and their index.
    pub editions: Arc<Editions>,
    /// Where feedback, searches and the desk are kept.
    pub store: Store,
    /// Told when a reviewer wants the suggestions counted again.
    pub recount: Arc<Notify>,
    /// The clock.
    pub now: fn() -> Timestamp,
    /// Settings.
    pub options: Options,
    /// Searches on their way to the store.
    searches: searches::SearchLog,
    /// Forms of the last minutes.
    twice: twice::Twice,
    /// Pages that are rendered already.
    shelf: shelf::Shelf,
    /// The way to the index.
    searching: searching::Searching,
    /// What is counted.
    metrics: metrics::Metrics,
}

impl App {
    /// A site of these articles and this store, by the system's clock.
    pub fn new(editions: Arc<Editions>, store: Store, options: Options) -> Self {
        let searches = searches::SearchLog::new(options.keep_searches_days);
        // In preview each page is made anew, with its problems on it.
        let preview = options.hooks.as_ref().is_some_and(|hooks| hooks.preview.is_some());
        let shelf = shelf::Shelf::new(if preview { 0 } else { options.shelf_bytes });
        let searching = searching::Searching::new(options.searches_max);
        Self {
            editions,
            store,
            recount: Arc::default(),
            now: Timestamp::now,
            options,
            searches,
            twice: twice::Twice::default(),
            shelf,
            searching,
            metrics: metrics::Metrics::default(),
        }
    }
}

/// Settings of the site.
#[derive(Debug, Clone)]
pub struct Options {
    /// Address under which readers reach the site, without a slash at its end.
    pub base_url: String,
    /// Names under which the site may be asked for, with a port where there is one; empty for any.
    pub hosts: Vec<String>,
    /// Requests answered at once, beside those for kept pages; more are asked to come back.
    pub requests_max: usize,
    /// Queries that the index answers at once; some more wait, others are asked to come back.
    pub searches_max: usize,
    /// Connections held at once; more are asked to come back.
    pub connections_max: usize,
    /// Bytes of pages that are kept rendered.
    pub shelf_bytes: u64,
    /// Proxies in front of the server, whose word on a visitor's address is taken.
    pub trusted_proxies: usize,
    /// Feedback, suggestions and additions that one visitor may send in an hour.
    pub posts_per_hour: u32,
    /// Look-ups in the official register that one visitor may make in an hour.
    pub checks_per_hour: u32,
    /// Days for which searches are kept; with 0 they are not logged.
    pub keep_searches_days: u32,
    /// For editors: pushes and preview.
    pub hooks: Option<hooks::Hooks>,
    /// Whether the pages are to be files, with no server behind them; then `base_url` is where a
    /// server answers, or empty.
    pub still: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            base_url: "http://127.0.0.1:8080".to_owned(),
            hosts: Vec::new(),
            requests_max: 512,
            // The index works without waiting for anything: more at once than processors only queue.
            searches_max: std::thread::available_parallelism().map_or(2, std::num::NonZero::get),
            // Each costs some 10 kB while it is idle.
            connections_max: 4096,
            // A thousand articles with their forms: whatever is read on one day.
            shelf_bytes: 32 << 20,
            trusted_proxies: 0,
            // A family or an office may share one address.
            posts_per_hour: 60,
            checks_per_hour: 240,
            keep_searches_days: 90,
            hooks: None,
            still: false,
        }
    }
}

/// Every address of the site, with the kept pages before them.
pub fn site(app: Arc<App>) -> Front {
    Front::new(Arc::clone(&app), surround(addresses(), app))
}

/// The addresses, each with what answers there.
fn addresses() -> Router<Arc<App>> {
    Router::new()
        .route("/", get(pages::home::show))
        .route("/search", get(pages::search::show).merge(search_form()))
        .route("/categories/{*id}", get(pages::category::show))
        .route("/tags/{*tag}", get(pages::tag::show))
        .route("/articles/{*id}", get(pages::article::show).post(pages::feedback::send))
        .route("/suggestions", post(pages::feedback::suggest))
        .route("/feedback/{receipt}", get(pages::receipt::show).post(pages::receipt::amend))
        .route("/contact", get(pages::contact::show))
        .route("/official", get(pages::official::show))
        .route("/media/{*path}", get(media::show))
        .route("/static/{name}", get(assets::serve))
        .route("/embed.js", get(assets::embed))
        .route("/api/openapi.json", get(assets::openapi))
        .route("/api/v1/search", get(api::search::answer))
        .route("/api/v1/suggest", get(api::suggest::answer))
        .route("/api/v1/articles", get(api::articles::list))
        .route("/api/v1/articles/{*id}", get(api::articles::one).post(api::feedback::send))
        .route("/api/v1/feedback/{receipt}", get(api::feedback::read))
        .merge(desk::routes())
        .route("/healthz", get(api::health::alive))
        .route("/readyz", get(api::health::ready))
        .route("/sitemap.xml", get(discovery::sitemap))
        .route("/robots.txt", get(discovery::robots))
        .route("/atom.xml", get(discovery::atom))
        .route("/opensearch.xml", get(discovery::opensearch))
        .route("/llms.txt", get(discovery::llms))
        .route("/.well-known/security.txt", get(discovery::security))
        .route("/favicon.ico", get(discovery::favicon))
        .fallback(async |method: Method, ctx: Ctx| match method {
            Method::GET | Method::HEAD => pages::article::moved(&ctx),
            _ => Err(Error::NotFound),
        })
        .method_not_allowed_fallback(async || Error::MethodNotAllowed)
}

/// Puts the limits and headers that hold for every address around them.
fn surround(addresses: Router<Arc<App>>, app: Arc<App>) -> Router {
    let seats = Arc::new(Semaphore::new(app.options.requests_max));
    addresses
        .layer(DefaultBodyLimit::max(FORM_BYTES_MAX))
        .layer(middleware::from_fn(layers::refuse_cross_site))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(TimeoutLayer::with_status_code(Error::Timeout.status(), ANSWER_TIME))
        .layer(middleware::from_fn(layers::admit))
        .layer(Extension(seats))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), pages::error::mend))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), preview::add))
        .layer(middleware::from_fn(layers::validate))
        .layer(middleware::from_fn(layers::retry))
        // What is sent once is compressed quickly: the default takes longer than the search before it.
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(TraceLayer::new_for_http().make_span_with(span).on_failure(()))
        .merge(hooks::routes(&app))
        .layer(middleware::from_fn_with_state(Arc::clone(&app), layers::protect))
        .with_state(app)
}

/// `POST /search`, with room for what readers paste.
fn search_form() -> axum::routing::MethodRouter<Arc<App>> {
    post(pages::search::send).layer(DefaultBodyLimit::max(SEARCH_BYTES_MAX))
}

/// The route's pattern and never the address: addresses hold search words and receipts.
fn span(request: &Request) -> tracing::Span {
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str);
    let reference = request.extensions().get::<Reference>().map_or("", |reference| reference.0.as_str());
    tracing::debug_span!("request", method = %request.method(), route, reference)
}

/// The message of a panic may hold what a reader typed, so it is not written down; the panic hook
/// has told where it was.
fn panicked(_message: Box<dyn Any + Send>) -> Response {
    Error::Panic.into_response()
}

/// Where the site answers.
#[derive(Debug)]
pub struct Listeners {
    /// Readers.
    pub site: TcpListener,
    /// Those who watch over the server; none, and nobody can.
    pub metrics: Option<TcpListener>,
}

/// Answers until `shutdown` comes, then lets readers in flight finish, but not for ever.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listeners: Listeners,
    app: App,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    drop(tokio::task::spawn_blocking(assets::warm));
    let app = Arc::new(app);
    let keeper = tokio::spawn(searches::keep(Arc::clone(&app)));
    let watcher = listeners.metrics.map(|listener| tokio::spawn(status::serve(listener, Arc::clone(&app))));
    let limits =
        doors::Limits { connections_max: app.options.connections_max, behind_proxy: app.options.trusted_proxies > 0 };
    let result = doors::serve(listeners.site, site(Arc::clone(&app)), limits, shutdown, DRAIN_TIME).await;
    keeper.abort();
    if let Some(watcher) = watcher {
        watcher.abort();
    }
    app.searches.flush(&app.store).await;
    result
}
