//! The files of `static/`: embedded, named by their content, compressed once, cached for good.
//! Templates ask for an address by file name and never write one.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::future::Future;
use std::pin::pin;
use std::sync::{LazyLock, OnceLock};
use std::task::{Context, Poll, Waker};

use axum::body::{Body, Bytes};
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, Request, Response, header};
use axum::response::IntoResponse;
use rust_embed::Embed;
use tower::{Layer, ServiceExt, service_fn};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;

use super::error::Error;

#[derive(Embed)]
#[folder = "static/"]
struct Files;

/// Bytes of one file at most: a guard against a stray picture, not a limit that is ever met.
const FILE_BYTES_MAX: usize = 1 << 20;

struct Asset {
    url: String,
    mime: HeaderValue,
    plain: Bytes,
    br: OnceLock<Bytes>,
    gzip: OnceLock<Bytes>,
}

/// By the name in `static/`.
static ASSETS: LazyLock<BTreeMap<String, Asset>> = LazyLock::new(|| {
    let load = |name: &str| {
        let file = Files::get(name)?;
        let digest = file.metadata.sha256_hash().iter().take(5).fold(String::new(), |mut hex, byte| {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        let (stem, ending) = name.rsplit_once('.')?;
        let asset = Asset {
            url: format!("/static/{stem}.{digest}.{ending}"),
            mime: mime(ending),
            plain: Bytes::from(file.data.into_owned()),
            br: OnceLock::new(),
            gzip: OnceLock::new(),
        };
        Some((name.to_owned(), asset))
    };
    Files::iter().filter_map(|name| load(&name)).collect()
});

/// Names of the symbols in the sprite.
static ICONS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let sprite = ASSETS.get("icons.svg").map(|a| String::from_utf8_lossy(&a.plain).into_owned()).unwrap_or_default();
    sprite.split("<symbol id=\"").skip(1).filter_map(|t| t.split_once('"').map(|(id, _)| id.to_owned())).collect()
});

fn mime(ending: &str) -> HeaderValue {
    HeaderValue::from_static(match ending {
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        _ => "application/octet-stream",
    })
}

/// The address of a file of `static/`, with its content in the name.
pub fn url(name: &str) -> &'static str {
    ASSETS.get(name).map_or("", |asset| asset.url.as_str())
}

/// The address of a symbol of the sprite; of a book where no symbol has that name.
pub fn icon(name: &str) -> String {
    let known = if ICONS.iter().any(|i| i == name) { name } else { "book" };
    format!("{}#{known}", url("icons.svg"))
}

/// Compresses every file, so that no reader waits for it.
pub fn warm() {
    for asset in ASSETS.values() {
        asset.compressed("br");
        asset.compressed("gzip");
    }
}

/// `GET /static/{name}`.
pub async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Result<impl IntoResponse, Error> {
    let url = format!("/static/{name}");
    let asset = ASSETS.values().find(|a| a.url == url).ok_or(Error::NotFound)?;
    let accepted = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let accepts = |coding: &str| {
        accepted
            .split(',')
            .map(str::trim)
            .any(|a| a == coding || a.starts_with(&format!("{coding};")) && !a.ends_with("q=0"))
    };
    let mut answer = HeaderMap::new();
    answer.insert(header::CONTENT_TYPE, asset.mime.clone());
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    answer.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    for coding in ["br", "gzip"] {
        if accepts(coding)
            && let Some(body) = asset.compressed(coding)
        {
            answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
            return Ok((answer, body));
        }
    }
    Ok((answer, asset.plain.clone()))
}

/// `GET /api/openapi.json`.
pub async fn openapi() -> Result<impl IntoResponse, Error> {
    fixed("openapi.json")
}

/// `GET /embed.js`: the one file that other sites may load.
pub async fn embed() -> Result<impl IntoResponse, Error> {
    let (mut headers, body) = fixed("embed.js")?;
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
    Ok((headers, body))
}

/// A file under an address without its content in the name: kept by readers for an hour.
fn fixed(name: &str) -> Result<(HeaderMap, Bytes), Error> {
    let asset = ASSETS.get(name).ok_or(Error::NotFound)?;
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, asset.mime.clone());
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
    Ok((headers, asset.plain.clone()))
}

impl Asset {
    fn compressed(&self, coding: &'static str) -> Option<Bytes> {
        let kept = if coding == "br" { &self.br } else { &self.gzip };
        let bytes = kept.get_or_init(|| compress(&self.plain, &self.mime, coding).unwrap_or_default());
        (!bytes.is_empty() && bytes.len() < self.plain.len()).then(|| bytes.clone())
    }
}

/// Compresses through the same layer that serves pages, so that no second compressor is needed.
fn compress(plain: &Bytes, mime: &HeaderValue, coding: &'static str) -> Option<Bytes> {
    let body = plain.clone();
    let mime = mime.clone();
    let file = service_fn(move |_: Request<Body>| {
        let response = Response::builder().header(header::CONTENT_TYPE, mime.clone()).body(Body::from(body.clone()));
        async move { Ok::<_, Infallible>(response.unwrap_or_default()) }
    });
    // The default predicate spares SVG; the sprite is text and shrinks well.
    let layer = CompressionLayer::new().quality(CompressionLevel::Best).compress_when(
        |_: axum::http::StatusCode, _: axum::http::Version, _: &HeaderMap, _: &axum::http::Extensions| true,
    );
    let request = Request::builder().header(header::ACCEPT_ENCODING, coding).body(Body::empty()).ok()?;
    let response = at_once(layer.layer(file).oneshot(request))?.ok()?;
    (response.headers().get(header::CONTENT_ENCODING)? == coding).then_some(())?;
    at_once(axum::body::to_bytes(Body::new(response.into_body()), FILE_BYTES_MAX))?.ok()
}

/// Runs a future that never waits: everything it touches is in memory.
fn at_once<F: Future>(future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    // Body streams may yield a few times between chunks; a bound keeps a mistake from hanging.
    (0..10_000).find_map(|_| match future.as_mut().poll(&mut context) {
        Poll::Ready(output) => Some(output),
        Poll::Pending => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_by_content_and_shrink() {
        let css = url("site.css");
        assert!(css.starts_with("/static/site.") && css.contains(".css"), "{css}");
        let asset = &ASSETS["site.css"];
        let (br, gzip) = (asset.compressed("br").unwrap(), asset.compressed("gzip").unwrap());
        assert!(br.len() < 14 * 1024 && gzip.len() < asset.plain.len(), "{} {}", br.len(), gzip.len());
    }

    #[test]
    fn an_unknown_icon_is_a_book() {
        assert!(icon("no-such").ends_with("#book"));
        assert!(icon("shield").ends_with("#shield"));
    }
}
