//! Whether the server lives, and whether it can serve.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::web::context::Ctx;
use crate::web::hooks;

/// `GET /healthz`.
pub async fn alive() -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(json!({ "status": "alive" }))).into_response()
}

/// `GET /readyz`: index and store.
pub async fn ready(ctx: Ctx) -> Response {
    let store = ctx.app.store.ready().await.is_ok();
    let (status, word) =
        if store { (StatusCode::OK, "ready") } else { (StatusCode::SERVICE_UNAVAILABLE, "unavailable") };
    let answer = json!({
        "status": word, "store": store, "edition": ctx.edition.version(), "articles": ctx.library().articles().len(),
        "details": hooks::details(ctx.app.options.hooks.as_ref()),
    });
    (status, [(header::CACHE_CONTROL, "no-store")], Json(answer)).into_response()
}

#[cfg(test)]
mod tests {
    use crate::web::tests::json;

    #[tokio::test]
    async fn health_and_readiness_are_told() {
        assert_eq!(json("/healthz").await.1["status"], "alive");
        let (status, answer) = json("/readyz").await;
        assert_eq!((status, &answer["status"]), (200, &"ready".into()));
        assert_eq!(answer["edition"].as_str().unwrap().len(), 16);
    }
}
