//! What every handler knows about its request: the edition of this moment, the reader's language,
//! the fields asked with; and the frame that every page is put in.

use std::convert::Infallible;
use std::sync::{Arc, LazyLock};

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum_extra::extract::cookie::CookieJar;
use jiff::civil::Date;
use rand::RngExt as _;
use serde_json::Value;

use super::error::Error;
use super::listen::LongQuery;
use super::texts::{Texts, Ui, count};
use super::url::{self, Fields};
use super::{App, assets, languages, visitor};
use crate::domain::{Library, Query, RecordId, Results, Site};
use crate::edition::Edition;
use crate::guard::{self, Finding};

/// Cookie that remembers the language the reader chose. It says nothing else about them.
pub const UI_COOKIE: &str = "ui";

/// Bytes of a query string that links to other languages repeat: a full query, percent-encoded.
const ADDRESS_BYTES_MAX: usize = 4096;

/// A request as handlers see it.
#[derive(Clone)]
pub struct Ctx {
    /// The rooms.
    pub app: Arc<App>,
    /// The edition that answers.
    pub edition: Arc<Edition>,
    /// Language of the interface.
    pub ui: Ui,
    /// The query string.
    pub fields: Fields,
    /// The path, decoded.
    pub path: String,
    /// The search on our own site that led here, if any.
    pub searched: String,
    /// The record of that search, if it is logged.
    pub from: String,
    /// Names this request in the log and on error pages.
    pub reference: Reference,
    /// Address under which the visitor is counted; never kept nor logged.
    pub visitor: String,
    /// Path and query as sent, without `ui` and `from`.
    address: String,
}

/// Says of a request that its page is for nobody: where a page would name the search that led to it,
/// marks are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Marked;

/// The marks for the words of a search and for its record: random, so that no text holds them.
pub fn marks() -> (&'static str, &'static str) {
    static MARKS: LazyLock<(String, String)> = LazyLock::new(|| {
        let mut rng = rand::rng();
        let mut mark = || format!("wenqu{:032x}", rng.random::<u128>());
        (mark(), mark())
    });
    (&MARKS.0, &MARKS.1)
}

/// Names one request in the log and on the page that tells of its failure.
#[derive(Debug, Clone, Default)]
pub struct Reference(pub String);

impl Ctx {
    /// Reads a request's head.
    pub fn of(app: &Arc<App>, parts: &Parts) -> Self {
        let edition = app.editions.current();
        let raw_query = parts.uri.query().unwrap_or_default();
        let long = parts.extensions.get::<LongQuery>();
        let fields = Fields::parse(long.map_or(raw_query.as_bytes(), |query| &query.0));
        let cookies = CookieJar::from_headers(&parts.headers);
        let first = edition.library().site.languages.first().and_then(|l| Ui::parse(l.as_str()));
        let ui = Ui::parse(fields.get("ui"))
            .or_else(|| Ui::parse(cookies.get(UI_COOKIE)?.value()))
            .or(first)
            .unwrap_or_default();
        let path = url::decode(parts.uri.path());
        let kept: Vec<&str> = raw_query
            .split('&')
            .filter(|f| !f.is_empty() && !f.starts_with("ui=") && !f.starts_with("from="))
            .collect();
        let address = match kept.as_slice() {
            // What a form answered cannot be asked for again.
            _ if !parts.method.is_safe() || is_secret(&path) => "/".to_owned(),
            _ if fields.hold_secret() => parts.uri.path().to_owned(),
            _ if long.is_some() || raw_query.len() > ADDRESS_BYTES_MAX => parts.uri.path().to_owned(),
            [] => parts.uri.path().to_owned(),
            kept => format!("{}?{}", parts.uri.path(), kept.join("&")),
        };
        let (searched, from) = match parts.extensions.get::<Marked>() {
            Some(Marked) => (marks().0.to_owned(), marks().1.to_owned()),
            None => (
                searched(&parts.headers),
                RecordId::parse(fields.get("from")).map(|id| id.to_string()).unwrap_or_default(),
            ),
        };
        Self {
            ui,
            searched,
            from,
            visitor: visitor::address(parts, app.options.trusted_proxies),
            path,
            reference: parts.extensions.get::<Reference>().cloned().unwrap_or_default(),
            app: Arc::clone(app),
            edition,
            fields,
            address,
        }
    }

    /// The articles.
    pub fn library(&self) -> &Library {
        self.edition.library()
    }

    /// The words of the reader's language.
    pub fn t(&self) -> &'static Texts {
        self.ui.texts()
    }

    /// Answers a query, from memory where it was asked before.
    ///
    /// # Errors
    /// When too many are asked at once.
    pub async fn search(&self, query: &Query) -> Result<Arc<Results>, Error> {
        self.app.searching.search(&self.app.metrics, &self.edition, query).await
    }

    /// Today where the server stands, in universal time: review dates are days, not moments.
    pub fn today(&self) -> Date {
        (self.app.now)().to_zoned(jiff::tz::TimeZone::UTC).date()
    }

    /// What follows `prefix` in the path.
    pub fn rest(&self, prefix: &str) -> &str {
        self.path.strip_prefix(prefix).unwrap_or_default()
    }

    /// Forgets what was asked with, so that no link of the page repeats it.
    pub fn forget(&mut self) {
        self.fields = Fields::default();
        self.address.truncate(self.address.find('?').unwrap_or(self.address.len()));
    }

    /// An absolute address.
    pub fn absolute(&self, path: &str) -> String {
        format!("{}{path}", self.app.options.base_url.trim_end_matches('/'))
    }

    /// The frame for a page.
    pub fn frame(&self, here: Here, title: impl Into<String>) -> Frame<'_> {
        let site = &self.library().site;
        let offered =
            |ui: &Ui| site.languages.is_empty() || site.languages.iter().any(|l| Ui::parse(l.as_str()) == Some(*ui));
        let glue = if self.address.contains('?') { '&' } else { '?' };
        let languages: Vec<Language> = Ui::ALL
            .into_iter()
            .filter(|ui| offered(ui) || *ui == self.ui)
            .map(|ui| Language { ui, href: format!("{}{glue}ui={}", self.address, ui.tag()), current: ui == self.ui })
            .collect();
        Frame {
            t: self.t(),
            ui: self.ui,
            site,
            here,
            title: title.into(),
            description: languages::say(self.ui, site, &site.tagline).to_owned(),
            canonical: String::new(),
            q: String::new(),
            markdown: String::new(),
            alternates: Vec::new(),
            preview: match site.picture.trim_matches('/') {
                "" => self.absolute(assets::url("og.png")),
                own => self.absolute(&format!("/media/{}", url::path(own))),
            },
            data: Vec::new(),
            languages,
            still: self.app.options.still,
            live: self.app.options.base_url.trim_end_matches('/').to_owned(),
        }
    }
}

impl FromRequestParts<Arc<App>> for Ctx {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        Ok(Self::of(app, parts))
    }
}

/// The query of our own results page that the reader comes from. The policy `same-origin` keeps
/// other sites from sending or seeing it; a wrong host is ignored all the same.
pub fn searched(headers: &HeaderMap) -> String {
    let text = |name| headers.get(name).and_then(|v| v.to_str().ok());
    let query = || {
        let referer = text(header::REFERER)?;
        let (_, rest) = referer.split_once("://")?;
        let (host, path) = rest.split_once('/')?;
        (Some(host) == text(header::HOST)).then_some(())?;
        path.strip_prefix("search?")
    };
    let fields = Fields::parse(query().unwrap_or_default().as_bytes());
    if fields.hold_secret() { String::new() } else { Query::of(fields.get("q")).text }
}

/// Whether a text, as it came and whole, gives away funds.
pub fn is_secret(text: &str) -> bool {
    matches!(guard::inspect(text), Finding::Secret(_))
}

/// Which part of the site a page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Here {
    /// The home page.
    Home,
    /// Contact.
    Contact,
    /// The official register.
    Official,
    /// Anything else.
    Elsewhere,
}

/// A language to choose.
pub struct Language {
    /// Which.
    pub ui: Ui,
    /// This page in it.
    pub href: String,
    /// Whether it is the present one.
    pub current: bool,
}

/// What surrounds every page.
pub struct Frame<'a> {
    /// The words.
    pub t: &'static Texts,
    /// Their language.
    pub ui: Ui,
    /// The site.
    pub site: &'a Site,
    /// Which part of it.
    pub here: Here,
    /// Title of the page; empty on the home page.
    pub title: String,
    /// For search engines and link previews.
    pub description: String,
    /// Absolute address under which the page is to be known; empty keeps it out of indexes.
    pub canonical: String,
    /// What stands in the search box.
    pub q: String,
    /// The page as Markdown, if there is one.
    pub markdown: String,
    /// The same article in its languages, with absolute addresses.
    pub alternates: Vec<(String, String)>,
    /// Absolute address of the picture for link previews.
    pub preview: String,
    /// Structured data.
    pub data: Vec<JsonLd>,
    /// Languages to choose.
    pub languages: Vec<Language>,
    /// Whether the page is to be a file, with no server behind it.
    pub still: bool,
    /// Where a server answers, if one does.
    pub live: String,
}

impl Frame<'_> {
    /// Whether absolute addresses can be told: of a file without a server they cannot.
    pub fn is_placed(&self) -> bool {
        !self.still || !self.live.is_empty()
    }

    /// The address of a static file.
    #[expect(clippy::unused_self, reason = "templates can call methods, not functions of other modules")]
    pub fn asset(&self, name: &str) -> &'static str {
        assets::url(name)
    }

    /// The address of an icon.
    #[expect(clippy::unused_self, reason = "templates can call methods, not functions of other modules")]
    pub fn icon(&self, name: &str) -> String {
        assets::icon(name)
    }

    /// `n` articles in words.
    pub fn articles(&self, n: usize) -> String {
        count(self.t.n_articles, n)
    }

    /// The language that editors write titles and settings in.
    pub fn own(&self) -> &str {
        self.site.languages.first().map_or("zh-CN", |lang| lang.as_str())
    }

    /// What the settings say, in the reader's language where they say it in that.
    pub fn say<'b>(&'b self, text: &'b str) -> &'b str {
        languages::say(self.ui, self.site, text)
    }

    /// The language of a text of the settings, or of a category's title.
    pub fn said(&self, said: &str) -> &str {
        languages::said_in(self.ui, self.site, said)
    }

    /// Whether the header holds the search box: the home page has its own.
    pub fn searches(&self) -> bool {
        self.here != Here::Home
    }
}

/// Structured data for a `<script type="application/ld+json">`, which browsers do not run.
#[derive(Debug)]
pub struct JsonLd(String);

impl JsonLd {
    /// Writes it so that no text in it can end the element.
    pub fn new(value: &Value) -> Self {
        Self(value.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026"))
    }
}

impl std::fmt::Display for JsonLd {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for JsonLd {}

/// A day, for people and for machines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    /// ISO 8601.
    pub iso: String,
    /// As the reader's language writes it.
    pub text: String,
}

impl Day {
    /// Writes a date.
    pub fn of(ui: Ui, date: Date) -> Self {
        const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let text = match ui {
            Ui::Hans | Ui::Hant => format!("{}年{}月{}日", date.year(), date.month(), date.day()),
            Ui::En => {
                let month = MONTHS.get(usize::from(date.month().unsigned_abs()) - 1).copied().unwrap_or_default();
                format!("{} {month} {}", date.day(), date.year())
            }
        };
        Self { iso: date.to_string(), text }
    }
}

/// A page.
///
/// # Errors
/// When the template fails, which it does only when a value cannot be printed.
pub fn page(status: StatusCode, template: &impl Template) -> Result<Response, Error> {
    Ok((status, Html(template.render()?)).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_follow_the_language() {
        let date = jiff::civil::date(2026, 3, 9);
        assert_eq!(Day::of(Ui::Hans, date).text, "2026年3月9日");
        assert_eq!(Day::of(Ui::En, date).text, "9 Mar 2026");
        assert_eq!(Day::of(Ui::En, date).iso, "2026-03-09");
    }

    #[test]
    fn structured_data_cannot_end_its_element() {
        let data = JsonLd::new(&serde_json::json!({"name": "</script><script>alert(1)</script>"}));
        assert!(!data.to_string().contains('<'));
    }
}
