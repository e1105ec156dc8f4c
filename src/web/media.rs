//! Pictures that lie beside the articles. An SVG is a document: it gets a policy of its own, under
//! which nothing in it can run even when it is opened alone.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use super::context::Ctx;
use super::error::Error;
use crate::articles::read_picture;

/// Styles may stand inside a picture; scripts, links out and forms may not.
const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox");

const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// `GET /media/{path}`.
pub async fn show(ctx: Ctx) -> Result<Response, Error> {
    let read = read_picture(ctx.edition.folder(), ctx.rest("/media/"));
    let (bytes, mime) = read.map_err(|_| Error::NotFound)?;
    if !mime.starts_with("image/") {
        return Err(Error::NotFound);
    }
    let mime = HeaderValue::from_static(mime);
    let mut response =
        ([(header::CONTENT_TYPE, mime), (header::CONTENT_SECURITY_POLICY, POLICY)], bytes).into_response();
    // Articles name their pictures with a version that changes with the content.
    if ctx.fields.filled("v").is_some() {
        response.headers_mut().insert(header::CACHE_CONTROL, FOREVER);
    }
    Ok(response)
}

#[cfg(test)]
mod tests {
    use crate::web::tests::{get, get_with};

    #[tokio::test]
    async fn pictures_are_sandboxed_and_validated() {
        let page = get("/media/transactions/images/tx.svg").await;
        assert_eq!((page.status, page.header("content-type").as_str()), (200, "image/svg+xml"));
        assert!(page.header("content-security-policy").contains("sandbox"));
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        let tag = page.header("etag");
        assert_eq!(get_with("/media/transactions/images/tx.svg", &[("if-none-match", &tag)]).await.status, 304);
        assert!(get("/media/transactions/images/tx.svg?v=1").await.header("cache-control").contains("immutable"));
        assert_eq!(get("/media/wenqu.toml").await.status, 404);
        assert_eq!(get("/media/../../etc/passwd").await.status, 404);
    }
}
