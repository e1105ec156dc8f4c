//! The pages, one file each, and what several of them show.

pub mod article;
pub mod category;
pub mod contact;
pub mod error;
pub mod feedback;
pub mod home;
pub mod note;
pub mod official;
pub mod receipt;
pub mod search;
pub mod tag;

use std::sync::Arc;

use super::context::{Ctx, Day};
use super::texts::{Texts, Ui, count, fill};
use super::{languages, url};
use crate::domain::{Article, ArticleId, CategoryId, Library, Severity, UrgentLink, Visibility};
use crate::guard::{Checksum, Identifier, IdentifierKind};

/// The article that tells how to look up a transaction. Where there is none, identifiers lead nowhere.
const LOOK_UP: &str = "transactions/look-up-transaction";
/// Articles on one page of a list.
pub const LIST_MAX: usize = 40;
/// The same where pages are files, which have no second page.
const STILL_LIST_MAX: usize = 10_000;

/// Articles on one page of a list, as the pages of this site are served.
pub fn list_max(ctx: &Ctx) -> usize {
    if ctx.app.options.still { STILL_LIST_MAX } else { LIST_MAX }
}

/// The address of an article.
pub fn article_url(id: &ArticleId) -> String {
    format!("/articles/{}", url::path(id.as_str()))
}

/// The address of a category; the top of the folder is the catalogue.
pub fn category_url(id: &CategoryId) -> String {
    if id.as_str().is_empty() { "/search".to_owned() } else { format!("/categories/{}", url::path(id.as_str())) }
}

/// The address of a tag.
pub fn tag_url(tag: &str) -> String {
    format!("/tags/{}", url::value(tag))
}

/// The address of a search.
pub fn search_url(q: &str) -> String {
    format!("/search?q={}", url::value(q))
}

/// A category's title; the top of the folder has none of its own.
pub fn category_title(ui: Ui, library: &Library, id: &CategoryId) -> String {
    let title = library.category(id).map(|c| c.title.as_str()).unwrap_or_default();
    if title.is_empty() { ui.texts().general.to_owned() } else { languages::say(ui, &library.site, title).to_owned() }
}

/// The article that tells how to look up an address or hash, if readers may see it.
pub fn look_up(library: &Library) -> Option<&Arc<Article>> {
    let article = library.article(&ArticleId::parse(LOOK_UP).ok()?)?;
    (article.visibility != Visibility::Draft).then_some(article)
}

/// What is said of an address or hash: its kind, and whether it is mistyped or may be a key.
pub fn identifier_text(t: &Texts, identifier: &Identifier) -> String {
    let kind = match identifier.kind {
        IdentifierKind::EvmAddress => t.identifier_evm_address,
        IdentifierKind::EvmHash => t.identifier_evm_hash,
        IdentifierKind::Hash64 => t.identifier_hash64,
        IdentifierKind::TronAddress => t.identifier_tron,
        IdentifierKind::BtcAddress => t.identifier_btc,
        IdentifierKind::SolAddress => t.identifier_sol,
        IdentifierKind::SolSignature => t.identifier_sol_signature,
        IdentifierKind::ExtendedPublicKey => t.identifier_xpub,
    };
    let text = fill(t.identifier_text, &[("kind", kind)]);
    match (identifier.checksum, identifier.kind) {
        (Checksum::Bad, _) => format!("{text} {}", t.identifier_bad),
        (_, IdentifierKind::EvmHash | IdentifierKind::Hash64 | IdentifierKind::SolSignature) => {
            format!("{text} {}", t.identifier_key)
        }
        _ => text,
    }
}

/// A link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What is shown.
    pub title: String,
    /// Where it leads.
    pub url: String,
}

impl Link {
    /// To an article, in the version nearest to the reader.
    pub fn to(ctx: &Ctx, article: &Arc<Article>) -> Self {
        let article = languages::nearest(ctx.ui, ctx.library(), article);
        Self { title: article.title.clone(), url: article_url(&article.id) }
    }
}

/// An article in a list.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
    /// One or two sentences, may be empty.
    pub description: String,
    /// Title of its category.
    pub category: String,
    /// When it last changed.
    pub updated: Option<Day>,
    /// Its language.
    pub lang: String,
    /// Name of that language where it is not the reader's, else empty.
    pub language: String,
    /// Whether funds are in danger.
    pub urgent: bool,
}

impl Item {
    /// An article as lists show it: in the version nearest to the reader.
    pub fn of(ui: Ui, library: &Library, article: &Arc<Article>) -> Self {
        Self::exactly(ui, library, languages::nearest(ui, library, article))
    }

    /// This very version of an article.
    pub fn exactly(ui: Ui, library: &Library, article: &Article) -> Self {
        Self {
            title: article.title.clone(),
            url: article_url(&article.id),
            description: article.description.clone(),
            category: category_title(ui, library, &article.category),
            updated: article.updated.map(|d| Day::of(ui, d)),
            lang: article.lang.to_string(),
            language: foreign(ui, article),
            urgent: article.severity == Severity::Urgent,
        }
    }
}

/// The name of an article's language where it is not the reader's, else empty.
pub fn foreign(ui: Ui, article: &Article) -> String {
    let lang = article.lang.as_str();
    if languages::speaks(ui, lang) { String::new() } else { languages::name(lang) }
}

/// A category as a card.
#[derive(Debug, Clone, Default)]
pub struct Card {
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
    /// One sentence, may be empty.
    pub description: String,
    /// Name of its icon.
    pub icon: String,
    /// Articles in and below it.
    pub count: usize,
    /// The same in words.
    pub counted: String,
}

/// The categories directly below `parent`, as cards.
pub fn cards(ctx: &Ctx, parent: &CategoryId) -> Vec<Card> {
    let library = ctx.library();
    let below = |id: &CategoryId| {
        let folder = id.as_str().rsplit_once('/').map_or("", |(folder, _)| folder);
        !id.as_str().is_empty() && folder == parent.as_str()
    };
    let categories = library.categories().iter().filter(|c| below(&c.id));
    categories
        .map(|c| {
            let articles = library.count_in(&c.id);
            Card {
                title: category_title(ctx.ui, library, &c.id),
                url: category_url(&c.id),
                description: languages::say(ctx.ui, &library.site, &c.description).to_owned(),
                icon: c.icon.clone(),
                count: articles,
                counted: count(ctx.t().n_articles, articles),
            }
        })
        .collect()
}

/// The way from the home page to a category, the category included.
pub fn trail(ctx: &Ctx, category: &CategoryId) -> Vec<Link> {
    let id = category.as_str();
    let ends = id.match_indices('/').map(|(i, _)| i).chain(std::iter::once(id.len()));
    let parts = ends.filter_map(|end| CategoryId::parse(&id[..end]).ok()).filter(|c| !c.as_str().is_empty());
    parts
        .filter(|c| ctx.library().category(c).is_some())
        .map(|c| Link { title: category_title(ctx.ui, ctx.library(), &c), url: category_url(&c) })
        .collect()
}

/// The ways out of an emergency, as the settings name them.
pub fn urgent_links(ctx: &Ctx) -> Vec<Link> {
    let site = &ctx.library().site;
    let link = |way: &UrgentLink| {
        let article = ctx.library().article(&way.article)?;
        Some(Link { title: languages::say(ctx.ui, site, &way.label).to_owned(), ..Link::to(ctx, article) })
    };
    site.urgent.iter().filter_map(link).collect()
}

/// The pages of a list.
#[derive(Debug, Clone, Default)]
pub struct Pager {
    /// Address or fields of the page before, if there is one.
    pub previous: Option<Go>,
    /// Address or fields of the page after.
    pub next: Option<Go>,
    /// The pages near this one.
    pub pages: Vec<Go>,
}

/// A way on within a list: a link, or a button that sends a form where the words of the search
/// must stay out of addresses.
#[derive(Debug, Clone, Default)]
pub struct Go {
    /// What is shown.
    pub title: String,
    /// Articles behind it, 0 where that is not told.
    pub count: usize,
    /// Whether this is where the reader is.
    pub current: bool,
    /// Where it leads; empty for a button.
    pub href: String,
    /// Fields that a button adds to the form.
    pub fields: String,
}

impl Pager {
    /// Pages around `page` of `total` articles; none where one page holds all.
    pub fn new(ui: Ui, page: u32, limit: u32, total: usize, pages_max: u32, go: impl Fn(u32) -> Go) -> Self {
        let last = (total.div_ceil(limit.max(1) as usize) as u32).min(pages_max);
        if last <= 1 {
            return Self::default();
        }
        let t = ui.texts();
        let step = |title: &str, page: u32| Go { title: title.to_owned(), ..go(page) };
        let pages = (1..=last).filter(|n| *n == 1 || *n == last || n.abs_diff(page) <= 2);
        Self {
            previous: (page > 1).then(|| step(t.previous_page, page - 1)),
            next: (page < last).then(|| step(t.next_page, page + 1)),
            pages: pages.map(|n| Go { current: n == page, ..step(&n.to_string(), n) }).collect(),
        }
    }

    /// Whether there is anything to show.
    pub fn is_needed(&self) -> bool {
        !self.pages.is_empty()
    }
}

/// The page number asked for.
pub fn page_number(ctx: &Ctx) -> u32 {
    ctx.fields.get("page").trim().parse().unwrap_or(1).clamp(1, crate::domain::PAGE_MAX)
}
