//! `GET /metrics`, on an address of its own that readers cannot reach.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::net::TcpListener;

use super::App;
use super::metrics::Now;

/// What the figures are written in.
const MIME: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Answers until it is dropped.
pub async fn serve(listener: TcpListener, app: Arc<App>) {
    if let Err(error) = axum::serve(listener, router(app)).await {
        tracing::error!(%error, "figures are not told any more");
    }
}

/// The addresses of this file.
pub fn router(app: Arc<App>) -> Router {
    Router::new().route("/metrics", get(show)).with_state(app)
}

async fn show(State(app): State<Arc<App>>) -> impl IntoResponse {
    let now = now(&app).await;
    ([(header::CONTENT_TYPE, MIME), (header::CACHE_CONTROL, "no-store")], app.metrics.write(&now))
}

async fn now(app: &App) -> Now {
    let edition = app.editions.current();
    let health = app.editions.health().clone();
    Now {
        edition_age_s: (app.now)().as_second().saturating_sub(edition.built.as_second()).max(0),
        articles: edition.library().articles().len(),
        problems: crate::check::counts(edition.problems()),
        stale: health.failure.is_some(),
        pull_failed: health.pull.map(|(_, result)| result.is_err()),
        store: app.store.ready().await.is_ok(),
        words_waiting: app.store.words_due().await.ok(),
        searches_dropped: app.searches.dropped(),
        shelf: app.shelf.held(),
    }
}
