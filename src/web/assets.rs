//! The files of `static/`: embedded, named by their content, compressed once, cached for good. The
//! shelf sends the form that a reader takes.
//! Templates ask for an address by file name and never write one.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{LazyLock, OnceLock};

use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use rust_embed::Embed;

use super::error::Error;
use super::squeeze::{BROTLI_FILE, Forms, brotli, gzip};

#[derive(Embed)]
#[folder = "static/"]
struct Files;

struct Asset {
    url: String,
    mime: HeaderValue,
    plain: Bytes,
    br: OnceLock<Option<Bytes>>,
    gzip: OnceLock<Option<Bytes>>,
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
pub async fn serve(Path(name): Path<String>) -> Result<Response, Error> {
    let url = format!("/static/{name}");
    let asset = ASSETS.values().find(|a| a.url == url).ok_or(Error::NotFound)?;
    let mut response = asset.plain.clone().into_response();
    let head = response.headers_mut();
    head.insert(header::CONTENT_TYPE, asset.mime.clone());
    head.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    response.extensions_mut().insert(Forms { gzip: asset.compressed("gzip"), brotli: asset.compressed("br") });
    Ok(response)
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
        match coding {
            "br" => self.br.get_or_init(|| brotli(&self.plain, BROTLI_FILE)).clone(),
            _ => self.gzip.get_or_init(|| gzip(&self.plain)).clone(),
        }
    }
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
