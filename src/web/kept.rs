//! One page that was rendered for nobody, with its compressed forms, and the answers made of it. Where
//! the words of the search that led to it belong, they are put in for one answer only.

use std::sync::{Arc, OnceLock};

use askama::filters::{Html, escape};
use axum::body::{Body, Bytes, to_bytes};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;

use super::App;
use super::context::{marks, searched};
use super::error::Error;
use super::layers::{holds, tag_of};
use super::squeeze::{BROTLI_PAGE, Coding, Forms, Halves, Takes, brotli, gzip, shrinks};
use crate::domain::ArticleId;

/// Bytes of one kept page; longer ones (the map of a hundred thousand articles) are made each time.
const PAGE_BYTES_MAX: usize = 4 << 20;
/// Bytes that a page takes beside its text: headers, key and table.
const FRAME_BYTES: usize = 2_048;

/// The article that a page shows, as its handler tells.
#[derive(Debug, Clone)]
pub struct Shown(pub ArticleId);

/// A kept page.
#[derive(Debug)]
pub struct Kept {
    head: HeaderMap,
    tag: String,
    plain: Bytes,
    gzip: Option<Bytes>,
    brotli: OnceLock<Option<Bytes>>,
    place: Option<Place>,
    halves: OnceLock<Option<Halves>>,
    article: Option<ArticleId>,
}

/// Where the words of the search that led here belong, and where its record.
#[derive(Debug, Clone, Copy)]
struct Place {
    words: usize,
    record: usize,
}

impl Kept {
    /// Bytes that it takes, those included that its other forms will take.
    pub fn bytes(&self) -> usize {
        // Brotli and the halves come later; they are about as long as the gzip form.
        let squeezed = self.gzip.as_ref().map_or(0, Bytes::len) * if self.place.is_some() { 3 } else { 2 };
        FRAME_BYTES + self.plain.len() + squeezed
    }

    /// Keeps a page.
    ///
    /// # Errors
    /// Gives back what is not a whole page for everybody.
    pub async fn of(response: Response) -> Result<Self, Box<Response>> {
        let whole = response.status() == StatusCode::OK && !response.headers().contains_key(header::SET_COOKIE);
        let kept = |value: &HeaderValue| !value.as_bytes().starts_with(b"no-store");
        if !whole || !response.headers().get(header::CACHE_CONTROL).is_none_or(kept) {
            return Err(Box::new(response));
        }
        let (mut parts, body) = response.into_parts();
        let bytes = match to_bytes(body, usize::MAX).await {
            Ok(bytes) if bytes.len() <= PAGE_BYTES_MAX => bytes,
            Ok(bytes) => return Err(Box::new(Response::from_parts(parts, unmark(bytes).0.into()))),
            Err(_) => return Err(Box::new(Error::Panic.into_response())),
        };
        let (plain, place) = unmark(bytes);
        let head = &mut parts.headers;
        for name in [header::CONTENT_LENGTH, header::ETAG, header::VARY] {
            head.remove(name);
        }
        head.remove("x-request-id");
        let tag = tag_of(&plain);
        if let Ok(value) = HeaderValue::from_str(&tag) {
            head.insert(header::ETAG, value);
        }
        // Files that are named by their content are the same for everyone.
        let public = head.get(header::CACHE_CONTROL).is_some_and(|value| value.as_bytes().starts_with(b"public"));
        let vary = if public { "accept-encoding" } else { "accept-encoding, cookie" };
        head.insert(header::VARY, HeaderValue::from_static(vary));
        let forms = parts.extensions.remove::<Forms>();
        let shrinking = head.get(header::CONTENT_TYPE).is_some_and(|mime| shrinks(mime.as_bytes()));
        Ok(Self {
            gzip: match &forms {
                Some(forms) => forms.gzip.clone(),
                None => shrinking.then(|| gzip(&plain)).flatten(),
            },
            brotli: match forms {
                Some(forms) => OnceLock::from(forms.brotli),
                None if shrinking => OnceLock::new(),
                None => OnceLock::from(None),
            },
            halves: OnceLock::new(),
            article: parts.extensions.remove::<Shown>().map(|shown| shown.0),
            head: parts.headers,
            tag,
            plain,
            place,
        })
    }

    /// The answer to a request.
    pub fn answer(self: &Arc<Self>, app: &App, request: &Parts) -> Response {
        let from = self.article.as_ref().and_then(|_| request.uri.query()?.strip_prefix("from="));
        if let (Some(article), Some(from)) = (&self.article, from) {
            app.searches.opened(from, article);
        }
        let words = match self.place {
            Some(_) if request.headers.contains_key(header::REFERER) => searched(&request.headers),
            _ => String::new(),
        };
        let takes = Takes::of(&request.headers);
        if let Some(place) = self.place.filter(|_| from.is_some() || !words.is_empty()) {
            let middle = format!(
                "{}{}{}",
                escape(&words, Html).map_or_else(|_| String::new(), |text| text.to_string()),
                self.text(place.words, place.record),
                from.unwrap_or_default()
            );
            let mut response = self.led(place, &middle, takes, request);
            // One reader's words stand in it: no cache between here and there may keep it.
            let private = HeaderValue::from_static("private, no-cache");
            response.headers_mut().insert(header::CACHE_CONTROL, private);
            return response;
        }
        if holds(&request.headers, &self.tag) {
            return self.unchanged(None);
        }
        let (body, coding) = self.form(takes, &app.shelf.press);
        self.whole(body, coding, request)
    }

    fn text(&self, from: usize, to: usize) -> &str {
        self.plain.get(from..to).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
    }

    /// The page with the words of the search that led here.
    fn led(&self, place: Place, middle: &str, takes: Takes, request: &Parts) -> Response {
        let tag = tag_of(format!("{}{middle}", self.tag).as_bytes());
        if holds(&request.headers, &tag) {
            return self.unchanged(Some(&tag));
        }
        let (before, rest) = self.plain.split_at(place.words.min(self.plain.len()));
        let after = rest.get(place.record - place.words..).unwrap_or_default();
        let halves = takes.gzip.then(|| self.halves.get_or_init(|| Halves::of(before, after)).as_ref()).flatten();
        let joined = halves.and_then(|halves| halves.join(middle.as_bytes()));
        let (body, coding) = match joined {
            Some(body) => (body, Coding::Gzip),
            None => ([before, middle.as_bytes(), after].concat().into(), Coding::Plain),
        };
        let mut response = self.whole(body, coding, request);
        if let Ok(value) = HeaderValue::from_str(&tag) {
            response.headers_mut().insert(header::ETAG, value);
        }
        response
    }

    /// Makes the Brotli form aside, unless another one is being made: it is a comfort, and its memory
    /// and processor time are to be noticed by nobody.
    fn press(self: &Arc<Self>, press: &Arc<Semaphore>) {
        let Ok(turn) = Arc::clone(press).try_acquire_owned() else { return };
        let kept = Arc::clone(self);
        drop(tokio::task::spawn_blocking(move || {
            drop(kept.brotli.set(brotli(&kept.plain, BROTLI_PAGE)));
            drop(turn);
        }));
    }

    /// The shortest form that is there. Brotli is made beside, for whoever comes next.
    fn form(self: &Arc<Self>, takes: Takes, press: &Arc<Semaphore>) -> (Bytes, Coding) {
        if takes.brotli {
            match self.brotli.get() {
                Some(Some(body)) => return (body.clone(), Coding::Brotli),
                Some(None) => {}
                None => self.press(press),
            }
        }
        match &self.gzip {
            Some(body) if takes.gzip => (body.clone(), Coding::Gzip),
            _ => (self.plain.clone(), Coding::Plain),
        }
    }

    fn whole(&self, body: Bytes, coding: Coding, request: &Parts) -> Response {
        let mut head = self.head.clone();
        if let Some(name) = coding.name() {
            head.insert(header::CONTENT_ENCODING, name);
        }
        let body = if request.method == Method::HEAD {
            head.insert(header::CONTENT_LENGTH, body.len().into());
            Body::empty()
        } else {
            Body::from(body)
        };
        let mut response = Response::new(body);
        *response.headers_mut() = head;
        response
    }

    fn unchanged(&self, tag: Option<&str>) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        let mut head = self.head.clone();
        head.remove(header::CONTENT_TYPE);
        if let Some(value) = tag.and_then(|tag| HeaderValue::from_str(tag).ok()) {
            head.insert(header::ETAG, value);
        }
        *response.headers_mut() = head;
        response
    }
}

/// Takes the marks out of a page and says where they stood.
fn unmark(bytes: Bytes) -> (Bytes, Option<Place>) {
    let (words, record) = marks();
    let find = |mark: &str| bytes.windows(mark.len()).position(|window| window == mark.as_bytes());
    let (Some(at), Some(then)) = (find(words), find(record)) else { return (bytes, None) };
    let between = bytes.get(at + words.len()..then).unwrap_or_default();
    if then < at {
        return (bytes, None);
    }
    let rest = bytes.get(then + record.len()..).unwrap_or_default();
    let place = Place { words: at, record: at + between.len() };
    let plain = [bytes.get(..at).unwrap_or_default(), between, rest].concat();
    (plain.into(), Some(place))
}
