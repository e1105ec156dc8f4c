//! The site as files, for kiosks and web views without a server: every page in every language of the
//! interface, what the pages link to, and an index that a script searches in the browser.
//!
//! The pages are those of the server, asked of its own router; only their addresses are rewritten.
//! What needs a server (feedback, the check of a contact, whether somebody is online) is left out
//! by the templates, and said so.

mod index;
mod links;
mod speech;

use std::collections::{HashSet, VecDeque};
use std::io;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, Request, StatusCode, header};
use tower::ServiceExt as _;

use super::texts::Ui;
use super::{App, site};
use crate::domain::Visibility;
use links::{INDEX, Place, Places};

/// The largest page or picture.
const FILE_BYTES_MAX: usize = 64 << 20;

/// Why the site could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A page links to an address of ours that does not answer.
    #[error("{page} links to {address}, which answers {status}")]
    Broken {
        /// The file that links there.
        page: String,
        /// The address.
        address: String,
        /// What came back.
        status: u16,
    },
    /// A page could not be read from the router.
    #[error("a page broke off")]
    Body(#[source] axum::Error),
    /// The index could not be written as JSON.
    #[error("the index cannot be written")]
    Index(#[source] serde_json::Error),
    /// A file could not be written.
    #[error("a file cannot be written")]
    Write(#[source] io::Error),
}

/// What was written.
#[derive(Debug, Clone, Copy, Default)]
pub struct Written {
    /// Files.
    pub files: usize,
    /// Of them pages.
    pub pages: usize,
    /// Bytes of all.
    pub bytes: u64,
    /// Bytes of the index.
    pub index_bytes: u64,
}

/// Hands every file of the site to `write`, with its path, `/` as separator.
///
/// # Errors
/// When a page links to one of ours that is not there, or `write` fails.
pub async fn write(app: App, mut write: impl FnMut(&str, &[u8]) -> io::Result<()>) -> Result<Written, Error> {
    let app = Arc::new(app);
    let edition = app.editions.current();
    let library = edition.library();
    let places = Places::of(&library.site);
    let mut waiting: VecDeque<(Place, String)> = VecDeque::new();
    let mut known: HashSet<String> = HashSet::new();
    let mut seeds: Vec<Place> = places.languages().filter_map(|ui| places.find(ui, "/")).collect();
    // Unlisted articles are linked from nowhere, but have an address.
    let hidden = library.articles().iter().filter(|a| a.visibility == Visibility::Unlisted);
    let hidden = hidden.map(|article| super::pages::article_url(&article.id));
    seeds.extend(hidden.flat_map(|url| places.languages().filter_map(|ui| places.find(ui, &url)).collect::<Vec<_>>()));
    for place in seeds {
        if known.insert(place.file.clone()) {
            waiting.push_back((place, String::new()));
        }
    }
    let mut written = Written::default();
    while let Some((place, from)) = waiting.pop_front() {
        let bytes = if place.address == INDEX {
            let bytes = index::script(&edition).map_err(Error::Index)?;
            written.index_bytes = bytes.len() as u64;
            bytes
        } else {
            ask(&app, &place, &from).await?
        };
        let bytes = if place.is_page() {
            written.pages += 1;
            let html = String::from_utf8_lossy(&bytes);
            let (html, found) = links::relink(&html, &place, &places);
            for next in found {
                if known.insert(next.file.clone()) {
                    waiting.push_back((next, place.file.clone()));
                }
            }
            html.into_bytes()
        } else {
            bytes
        };
        written.files += 1;
        written.bytes += bytes.len() as u64;
        write(&place.file, &bytes).map_err(Error::Write)?;
    }
    Ok(written)
}

/// What the server answers at a place.
async fn ask(app: &Arc<App>, place: &Place, from: &str) -> Result<Vec<u8>, Error> {
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = place.address.parse().unwrap_or_default();
    if let Ok(cookie) = HeaderValue::from_str(&format!("{}={}", super::context::UI_COOKIE, place.ui.tag())) {
        request.headers_mut().insert(header::COOKIE, cookie);
    }
    let response = match site(Arc::clone(app)).oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    if response.status() != StatusCode::OK {
        let (page, address) = (from.to_owned(), place.address.clone());
        return Err(Error::Broken { page, address, status: response.status().as_u16() });
    }
    Ok(to_bytes(response.into_body(), FILE_BYTES_MAX).await.map_err(Error::Body)?.to_vec())
}

/// The languages of the interface that a site offers, its own first.
fn offered(site: &crate::domain::Site) -> Vec<Ui> {
    let mut offered: Vec<Ui> = Vec::new();
    for ui in site.languages.iter().filter_map(|lang| Ui::parse(lang.as_str())) {
        if !offered.contains(&ui) {
            offered.push(ui);
        }
    }
    if offered.is_empty() { vec![Ui::default()] } else { offered }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::web::Options;
    use crate::web::sample::app;
    use crate::web::tests::{select, texts};

    async fn files(base_url: &str) -> BTreeMap<String, String> {
        let sample = app().await;
        let options = Options { base_url: base_url.to_owned(), still: true, ..Options::default() };
        let app = App { now: sample.now, ..App::new(Arc::clone(&sample.editions), sample.store.clone(), options) };
        let mut files = BTreeMap::new();
        let written = write(app, |path, bytes| {
            files.insert(path.to_owned(), String::from_utf8_lossy(bytes).into_owned());
            Ok(())
        });
        assert_eq!(written.await.unwrap().files, files.len());
        files
    }

    fn pages(files: &BTreeMap<String, String>) -> impl Iterator<Item = (&String, &String)> {
        files.iter().filter(|(path, _)| path.rsplit_once('.').is_some_and(|(_, ending)| ending == "html"))
    }

    /// Where an address on a page leads, as a file.
    fn leads(page: &str, href: &str) -> String {
        let path = href.split(['#', '?']).next().unwrap_or_default();
        let mut parts: Vec<&str> = page.split('/').collect();
        parts.pop();
        for part in path.split('/') {
            match part {
                ".." => assert!(parts.pop().is_some(), "{page}: {href} leads out"),
                part => parts.push(part),
            }
        }
        crate::web::url::decode(&parts.join("/"))
    }

    #[tokio::test]
    async fn every_page_is_a_file_and_every_link_leads_to_one() {
        let files = files("").await;
        for file in [
            "index.html",
            "search.html",
            "contact.html",
            "official.html",
            "articles/transactions/not-arrived.html",
            "articles/transactions/not-arrived.md",
            "articles/hidden.html",
            "categories/security.html",
            "tags/紧急.html",
            "en/index.html",
            "zh-TW/articles/security/stolen.html",
            "media/transactions/images/tx.svg",
            "search-index.js",
        ] {
            assert!(files.contains_key(file), "{file} of {:?}", files.keys());
        }
        assert!(!files.contains_key("articles/draft.html"));
        let mut links = 0;
        for (page, html) in pages(&files) {
            for (what, attribute) in
                [("[href]", "href"), ("[src]", "src"), ("form[action]", "action"), ("[data-index]", "data-index")]
            {
                for element in select(html, what) {
                    let address = element.value().attr(attribute).unwrap();
                    if address.starts_with('#') || address.contains(':') {
                        continue;
                    }
                    links += 1;
                    assert!(!address.starts_with('/'), "{page}: {address}");
                    assert!(files.contains_key(&leads(page, address)), "{page}: {address}");
                }
            }
        }
        assert!(links > 500, "{links}");
    }

    #[tokio::test]
    async fn what_needs_a_server_is_not_pretended() {
        let here = files("").await;
        for (page, html) in pages(&here) {
            assert!(select(html, "form[method=post], [data-suggest], [data-vote], [data-recent]").is_empty(), "{page}");
            assert_eq!(select(html, "meta[http-equiv=content-security-policy]").len(), 1, "{page}");
            // Nobody knows where these files will lie.
            assert!(select(html, "link[rel=canonical], meta[property='og:url']").is_empty(), "{page}");
        }
        assert!(texts(&here["contact.html"], ".state").is_empty(), "nobody knows when it is read");
        assert!(here["articles/transactions/not-arrived.html"].contains("离线"));
        let live = files("https://help.example.com").await;
        let article = &live["en/articles/transactions/not-arrived.html"];
        let live_note = "a[href='https://help.example.com/articles/transactions/not-arrived#w-note']";
        assert_eq!(select(article, live_note).len(), 1);
        let canonical = select(article, "link[rel=canonical]");
        assert_eq!(
            canonical[0].value().attr("href"),
            Some("https://help.example.com/articles/transactions/not-arrived")
        );
        assert!(live.contains_key("atom.xml") && !here.contains_key("atom.xml"));
    }

    #[tokio::test]
    async fn the_index_holds_what_articles_say_and_nothing_that_is_hidden() {
        let script = files("").await.remove("search-index.js").unwrap();
        let json = script.strip_prefix("document.currentScript.index = ").unwrap().trim_end().trim_end_matches(';');
        let index: serde_json::Value = serde_json::from_str(json).unwrap();
        let ids: Vec<_> = index["articles"].as_array().unwrap().iter().map(|a| a["id"].as_str().unwrap()).collect();
        assert!(ids.contains(&"transactions/not-arrived") && !ids.contains(&"hidden") && !ids.contains(&"draft"));
        let (from, to) = (index["fold"][0].as_str().unwrap(), index["fold"][1].as_str().unwrap());
        let at = from.chars().position(|c| c == '轉').unwrap();
        assert_eq!((to.chars().nth(at), from.chars().count()), (Some('转'), to.chars().count()));
        assert!(!json.contains("</script"), "no text may end the element that carries it");
    }
}
