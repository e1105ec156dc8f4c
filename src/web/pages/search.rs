//! Results: the articles that answer, how the query was read, and an honest way on when none does.
//! A search sent by form keeps its words out of every address on the page.

mod catalogue;
mod pinned;

use std::sync::Arc;

use askama::Template;
use axum::body::Bytes;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::note::{Kept, Note};
use super::{Card, Go, Link, Pager, article_url, cards, category_title, foreign, urgent_links};
use crate::domain::{
    Article, CategoryId, Confidence, FacetCount, Hit, PAGE_MAX, Query, RawQuery, RecordId, Results, Severity, Span,
};
use crate::web::context::{Ctx, Day, Frame, Here, page};
use crate::web::error::Error;
use crate::web::languages;
use crate::web::metrics::Found;
use crate::web::texts::{Texts, count, fill};
use crate::web::url::{self, Fields};
use catalogue::Shelf;
use pinned::{Answer, Emergency, Public};

/// How the words came, and so how links go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Address,
    Form,
}

struct Row<'a> {
    hit: &'a Hit,
    url: String,
    section: &'a str,
    category: String,
    updated: Option<Day>,
    urgent: bool,
    /// Name of its language where it is not the reader's.
    language: String,
    /// The same article in the reader's language, where this one is not in it.
    readable: Option<Link>,
    /// Other articles with the same text.
    copies: Vec<Link>,
}

impl Row<'_> {
    fn title(&self) -> &[Span] {
        &self.hit.title
    }

    fn lang(&self) -> &str {
        self.hit.article.lang.as_str()
    }

    fn snippet(&self) -> &[Span] {
        &self.hit.snippet
    }
}

#[derive(Template)]
#[template(path = "search.html")]
struct Page<'a> {
    frame: Frame<'a>,
    t: &'static Texts,
    heading: String,
    status: String,
    secret: bool,
    identifier: Option<Public>,
    rows: Vec<Row<'a>>,
    /// How many rows stand in the open; the others are folded away.
    open: usize,
    categories: Vec<Go>,
    tags: Vec<Go>,
    removable: Vec<Go>,
    corrected: String,
    back: Go,
    did_you_mean: Go,
    confidence: Confidence,
    emergency: Option<Emergency>,
    answer: Option<Answer>,
    pager: Pager,
    first: Option<Go>,
    shelves: Vec<Shelf>,
    topics: Vec<Card>,
    note: Option<Note>,
    urgent: Vec<Link>,
    hidden_q: String,
}

impl Page<'_> {
    fn is_nothing(&self) -> bool {
        self.confidence == Confidence::Nothing
    }

    fn is_unsure(&self) -> bool {
        self.confidence == Confidence::Unsure
    }

    fn near(&self) -> &[Row<'_>] {
        &self.rows[..self.open.min(self.rows.len())]
    }

    fn far(&self) -> &[Row<'_>] {
        &self.rows[self.open.min(self.rows.len())..]
    }

    fn has_filters(&self) -> bool {
        self.categories.len() > 1 || !self.tags.is_empty() || !self.removable.is_empty()
    }
}

/// `GET /search`. A refused query is sent on to an address without it, so that neither the address
/// bar nor the list of visited pages keeps what was typed: browsers list where a redirect ends.
pub async fn show(ctx: Ctx) -> Result<Response, Error> {
    if ctx.fields.hold_secret() {
        ctx.app.metrics.found(Found::Secret);
        return Ok(sent_on("/search?refused=1"));
    }
    if !ctx.fields.is_absent("refused") {
        return secret(&ctx);
    }
    answer(&ctx, &ctx.fields, Way::Address).await
}

/// The way on from an address that holds a secret: kept by nobody, named to nobody.
pub fn sent_on(clean: &'static str) -> Response {
    let mut response = Redirect::to(clean).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// `POST /search`: the same page, but what was typed stays out of addresses and caches.
pub async fn send(ctx: Ctx, body: Bytes) -> Result<Response, Error> {
    let form = Fields::parse(&body);
    let go = Fields::parse(form.get("go").as_bytes());
    let mut response = answer(&ctx, &form.overridden_by(go), Way::Form).await?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Reads a query from fields.
pub fn read(fields: &Fields) -> RawQuery {
    RawQuery {
        q: fields.get("q").to_owned(),
        category: fields.filled("category"),
        tag: fields.filled("tag"),
        lang: fields.filled("lang"),
        page: fields.filled("page"),
        limit: fields.filled("limit"),
        exact: fields.filled("exact"),
    }
}

async fn answer(ctx: &Ctx, fields: &Fields, way: Way) -> Result<Response, Error> {
    if fields.hold_secret() {
        ctx.app.metrics.found(Found::Secret);
        return secret(ctx);
    }
    let query = &Query::parse(&read(fields)).asked_in(ctx.ui.tag());
    if query.text.is_empty() {
        return catalogue::show(ctx, query);
    }
    let results = ctx.search(query).await?;
    ctx.app.metrics.found(Found::of(&results));
    let from = ctx.app.searches.note(query, &results, ctx.ui);
    let t = ctx.t();
    let mut frame = ctx.frame(Here::Elsewhere, fill(t.results_title, &[("q", &query.text)]));
    frame.q.clone_from(&query.text);
    let go = |change: &dyn Fn(&mut Query)| link(query, way, change);
    let urgent = results.emergency();
    let emergency =
        urgent.filter(|_| query.page == 1).map(|article| Emergency::of(article, found_url(article, from.as_ref())));
    let answer = (query.page == 1 && emergency.is_none()).then(|| results.hits.first()).flatten();
    let answer = answer.and_then(|h| {
        let way = |part| hit_url(h, part, from.as_ref());
        Answer::of(&results, way(Part::Whole), way(Part::Section))
    });
    let interpreted = &results.interpreted;
    let template = Page {
        t,
        heading: fill(t.results_title, &[("q", &query.text)]),
        status: status(t, query, &results),
        secret: false,
        identifier: Public::of(ctx, &query.text),
        open: open(query, &results),
        rows: results.hits.iter().map(|hit| row(ctx, hit, from.as_ref())).collect(),
        categories: categories(ctx, query, &results.facets.categories, &go),
        tags: if results.confidence == Confidence::Sure { tags(query, &results.facets.tags, &go) } else { Vec::new() },
        removable: removable(ctx, query, &go),
        corrected: interpreted.corrected.as_ref().map(|q| fill(t.corrected, &[("q", q)])).unwrap_or_default(),
        back: Go { title: fill(t.corrected_back, &[("q", &query.text)]), ..go(&|q| q.exact = true) },
        did_you_mean: interpreted
            .did_you_mean
            .as_ref()
            .map(|other| Go { title: other.clone(), ..go(&|q| (q.text, q.exact) = (other.clone(), false)) })
            .unwrap_or_default(),
        confidence: results.confidence,
        emergency,
        answer,
        pager: Pager::new(ctx.ui, query.page, query.limit, results.total, PAGE_MAX, |n| go(&|q| q.page = n)),
        first: (results.hits.is_empty() && results.total > 0)
            .then(|| Go { title: t.first_page.to_owned(), ..go(&|q| q.page = 1) }),
        shelves: Vec::new(),
        topics: if results.confidence == Confidence::Sure { Vec::new() } else { cards(ctx, &CategoryId::default()) },
        note: (results.confidence != Confidence::Sure)
            .then(|| Note::site(ctx, Kept { q: query.text.clone(), ..Kept::default() })),
        urgent: if results.confidence == Confidence::Nothing { urgent_links(ctx) } else { Vec::new() },
        hidden_q: if way == Way::Form { query.text.clone() } else { String::new() },
        frame,
    };
    page(StatusCode::OK, &template)
}

/// Hits that are shown at once where none answers for sure: more of them would pass for an answer.
const NEAREST: usize = 3;

/// How many of the hits stand in the open.
fn open(query: &Query, results: &Results) -> usize {
    if results.confidence == Confidence::Unsure && query.page == 1 { NEAREST } else { usize::MAX }
}

fn status(t: &Texts, query: &Query, results: &Results) -> String {
    let found = match results.confidence {
        _ if results.total == 0 => t.nothing.to_owned(),
        Confidence::Sure => count(t.results_count, results.total),
        Confidence::Unsure | Confidence::Nothing => count(t.unsure_count, results.total),
    };
    if query.page > 1 {
        format!("{found} · {}", fill(t.results_page, &[("page", &query.page.to_string())]))
    } else {
        found
    }
}

/// Which part of an article a link opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Whole,
    Section,
}

/// The address of a hit. It names the search that led there, so that the log learns what was opened;
/// a script takes that out of the address bar again.
fn hit_url(hit: &Hit, part: Part, from: Option<&RecordId>) -> String {
    let anchor = hit.anchor().filter(|_| part == Part::Section);
    let fragment = anchor.map(|a| format!("#{}", url::value(a))).unwrap_or_default();
    format!("{}{fragment}", found_url(&hit.article, from))
}

fn found_url(article: &Article, from: Option<&RecordId>) -> String {
    let from = from.map(|id| format!("?from={id}")).unwrap_or_default();
    format!("{}{from}", article_url(&article.id))
}

fn row<'a>(ctx: &Ctx, hit: &'a Hit, from: Option<&RecordId>) -> Row<'a> {
    Row {
        url: hit_url(hit, Part::Section, from),
        section: hit.section_title().unwrap_or_default(),
        category: category_title(ctx.ui, ctx.library(), &hit.article.category),
        updated: hit.article.updated.map(|d| Day::of(ctx.ui, d)),
        urgent: hit.article.severity == Severity::Urgent,
        language: foreign(ctx.ui, &hit.article),
        readable: readable(ctx, &hit.article),
        copies: hit.copies.iter().map(|copy| Link { url: article_url(&copy.id), title: copy.title.clone() }).collect(),
        hit,
    }
}

/// The same article in the reader's language, where this one is not in it.
fn readable(ctx: &Ctx, article: &Arc<Article>) -> Option<Link> {
    let nearest = languages::nearest(ctx.ui, ctx.library(), article);
    let is_better = nearest.id != article.id && foreign(ctx.ui, nearest).is_empty();
    is_better.then(|| Link { title: nearest.title.clone(), url: article_url(&nearest.id) })
}

type Change<'a> = &'a dyn Fn(&dyn Fn(&mut Query)) -> Go;

fn categories(ctx: &Ctx, query: &Query, facets: &[FacetCount], go: Change<'_>) -> Vec<Go> {
    if facets.is_empty() {
        return Vec::new();
    }
    let t = ctx.t();
    let all = Go {
        title: t.filter_all.to_owned(),
        current: query.category.is_none(),
        ..go(&|q| (q.category, q.page) = (None, 1))
    };
    let each = facets.iter().filter_map(|facet| {
        let id = CategoryId::parse(&facet.id).ok()?;
        Some(Go {
            title: category_title(ctx.ui, ctx.library(), &id),
            count: facet.count,
            current: query.category.as_ref() == Some(&id),
            ..go(&|q| (q.category, q.page) = (Some(id.clone()), 1))
        })
    });
    std::iter::once(all).chain(each).collect()
}

fn tags(query: &Query, facets: &[FacetCount], go: Change<'_>) -> Vec<Go> {
    let each = facets.iter().map(|facet| Go {
        title: facet.title.clone(),
        count: facet.count,
        current: query.tag.as_ref() == Some(&facet.id),
        ..go(&|q| (q.tag, q.page) = (Some(facet.id.clone()), 1))
    });
    each.collect()
}

/// The filters in force, each with the way to be rid of it.
fn removable(ctx: &Ctx, query: &Query, go: Change<'_>) -> Vec<Go> {
    let category = query
        .category
        .as_ref()
        .map(|id| Go { title: category_title(ctx.ui, ctx.library(), id), ..go(&|q| (q.category, q.page) = (None, 1)) });
    let tag = query.tag.as_ref().map(|tag| Go { title: tag.clone(), ..go(&|q| (q.tag, q.page) = (None, 1)) });
    let lang = query
        .lang
        .as_ref()
        .map(|lang| Go { title: languages::name(lang.as_str()), ..go(&|q| (q.lang, q.page) = (None, 1)) });
    category.into_iter().chain(tag).chain(lang).collect()
}

/// The way to a changed query.
fn link(query: &Query, way: Way, change: &dyn Fn(&mut Query)) -> Go {
    let mut query = query.clone();
    change(&mut query);
    let mut fields = vec![("q", query.text)];
    if query.exact {
        fields.push(("exact", "1".to_owned()));
    }
    fields.extend(query.category.map(|c| ("category", c.to_string())));
    fields.extend(query.tag.map(|t| ("tag", t)));
    fields.extend(query.lang.map(|l| ("lang", l.to_string())));
    if query.page > 1 {
        fields.push(("page", query.page.to_string()));
    }
    if query.limit != crate::domain::HITS_DEFAULT {
        fields.push(("limit", query.limit.to_string()));
    }
    let joined: Vec<String> = fields.iter().map(|(name, text)| format!("{name}={}", url::value(text))).collect();
    let joined = joined.join("&");
    match way {
        Way::Address => Go { href: format!("/search?{joined}"), ..Go::default() },
        // A form always sends every field, so that a removed filter stays removed.
        Way::Form => Go { fields: joined, ..Go::default() },
    }
}

/// A page without results: nothing was searched.
fn blank<'a>(ctx: &'a Ctx, title: &str) -> Page<'a> {
    Page {
        frame: ctx.frame(Here::Elsewhere, title),
        t: ctx.t(),
        heading: title.to_owned(),
        status: String::new(),
        secret: false,
        identifier: None,
        rows: Vec::new(),
        open: usize::MAX,
        categories: Vec::new(),
        tags: Vec::new(),
        removable: Vec::new(),
        corrected: String::new(),
        back: Go::default(),
        did_you_mean: Go::default(),
        confidence: Confidence::Sure,
        emergency: None,
        answer: None,
        pager: Pager::default(),
        first: None,
        shelves: Vec::new(),
        topics: Vec::new(),
        note: None,
        urgent: Vec::new(),
        hidden_q: String::new(),
    }
}

/// A recovery phrase was typed: it is neither searched nor shown nor kept.
fn secret(ctx: &Ctx) -> Result<Response, Error> {
    let mut ctx = ctx.clone();
    ctx.forget();
    let mut template = blank(&ctx, ctx.t().secret_title);
    template.secret = true;
    template.urgent = urgent_links(&ctx);
    let mut response = page(StatusCode::OK, &template)?;
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // What was sent by form stands in no address; the page that led here may still be named.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::domain::Vote;
    use crate::store::SearchFilter;
    use crate::web::tests::{Server, get, post, select, texts};
    use crate::web::url::value;

    #[tokio::test]
    async fn results_mark_the_words_and_count_the_topics() {
        let page = get(&format!("/search?q={}", value("到账"))).await;
        assert_eq!(page.status, 200);
        assert!(texts(&page.html, "[role=status]")[0].contains("篇文章"));
        assert!(texts(&page.html, ".hit h2 mark").contains(&"到账".to_owned()));
        assert!(!select(&page.html, ".facets a[aria-current]").is_empty());
        assert_eq!(select(&page.html, ".hit")[0].value().attr("data-score"), None);
        assert!(page.html.contains("value=\"到账\""));
    }

    #[tokio::test]
    async fn every_query_gets_an_answer() {
        let long = "助".repeat(20_000);
        for q in ["\"", "AND OR NOT", "((((", "%", "'; drop table", "<script>alert(1)</script>", "\u{0}", &long] {
            let page = get(&format!("/search?q={}", value(q).chars().take(60_000).collect::<String>())).await;
            assert_eq!(page.status, 200, "{q:.20}");
            assert!(!page.html.contains("<script>alert"));
            assert_eq!(post("/search", &format!("q={}", value(q))).await.status, 200, "{q:.20}");
        }
        assert_eq!(get("/search?q=%zz%ff&page=-1&limit=x&category=../..").await.status, 200);
    }

    #[tokio::test]
    async fn a_search_by_form_keeps_its_words_out_of_addresses() {
        let page = post("/search", &format!("q={}", value("到账"))).await;
        assert_eq!(page.header("cache-control"), "no-store");
        let encoded = value("到账");
        for link in select(&page.html, "main a[href]") {
            assert!(!link.value().attr("href").unwrap().contains(&encoded));
        }
        let buttons = select(&page.html, "button[name=go]");
        assert!(!buttons.is_empty());
        let go = buttons.last().unwrap().value().attr("value").unwrap().to_owned();
        let filtered = post("/search", &format!("q={encoded}&go={}", value(&go))).await;
        assert_eq!(filtered.status, 200);
        assert!(!select(&filtered.html, ".facets [aria-current]").is_empty());
    }

    #[tokio::test]
    async fn a_recovery_phrase_is_neither_searched_nor_shown() {
        let phrase = "legal winner thank year wave sausage worth useful legal winner thank yellow";
        let sent_on = get(&format!("/search?q={}&category=x", value(phrase))).await;
        assert_eq!((sent_on.status, sent_on.header("location").as_str()), (303, "/search?refused=1"));
        assert_eq!(sent_on.header("cache-control"), "no-store");
        assert_eq!(sent_on.header("referrer-policy"), "no-referrer");
        for page in [get("/search?refused=1").await, post("/search", &format!("q={}", value(phrase))).await] {
            assert_eq!(page.status, 200);
            assert!(!page.html.contains("sausage"));
            assert_eq!(texts(&page.html, "h1"), ["请不要输入助记词或私钥"]);
            assert_eq!(page.header("cache-control"), "no-store");
        }
    }

    #[tokio::test]
    async fn an_urgent_hit_pins_the_first_steps() {
        let page = get(&format!("/search?q={}", value("被盗"))).await;
        assert!(texts(&page.html, ".emergency li").iter().any(|t| t.contains("关掉")));
    }

    #[tokio::test]
    async fn nothing_found_leads_on() {
        let page = get(&format!("/search?q={}", value("飞船票"))).await;
        assert_eq!(texts(&page.html, "[role=status]"), ["没有找到相关文章"]);
        assert_eq!(select(&page.html, "form[action=\"/suggestions\"] textarea").len(), 1);
        assert!(!select(&page.html, ".topics a").is_empty());
    }

    #[tokio::test]
    async fn an_unsure_page_shows_the_nearest_and_folds_the_others_away() {
        let page =
            get(&format!("/search?q={}", value("资产 交易 转账 打包 哈希 火锅 房贷 公积金 高铁 签证 理财"))).await;
        assert_eq!(select(&page.html, ".notice.warn").len(), 1, "the query is meant to be unsure");
        assert_eq!(select(&page.html, ".found > .hit").len(), super::NEAREST);
        assert!(!select(&page.html, "details.far .hit").is_empty());
        assert!(texts(&page.html, "[role=status]")[0].contains("或许"));
        assert_eq!(select(&page.html, "form[action=\"/suggestions\"] textarea").len(), 1);
    }

    #[tokio::test]
    async fn a_clear_answer_shows_its_first_steps() {
        let page = get(&format!("/search?q={}", value("转账没有到账怎么办"))).await;
        let card = select(&page.html, ".answer a");
        let address = card[0].value().attr("href").unwrap();
        assert!(address.starts_with("/articles/transactions/not-arrived?from=") && !address.contains('#'));
        assert!(texts(&page.html, ".answer p")[0].starts_with("先不要再转第二笔"));
    }

    #[tokio::test]
    async fn an_identifier_leads_to_how_it_is_looked_up() {
        let page = get("/search?q=0x52908400098527886E0F7030069857D2E4169EE7").await;
        assert!(texts(&page.html, ".identifier")[0].contains("0x 开头的地址"));
        assert_eq!(select(&page.html, ".identifier a[href=\"/articles/transactions/look-up-transaction\"]").len(), 1);
    }

    #[tokio::test]
    async fn an_opened_hit_and_its_vote_mark_the_search() {
        let app = Arc::new(crate::web::sample::app().await);
        let server = Server::shared(&app);
        let page = server.get(&format!("/search?q={}", value("到账"))).await;
        let hit = select(&page.html, ".hit h2 a")[0].value().attr("href").unwrap().to_owned();
        let page = server.get(hit.split('#').next().unwrap()).await;
        let from = select(&page.html, ".note input[name=from]")[0].value().attr("value").unwrap().to_owned();
        assert!(!select(&page.html, "link[rel=canonical]")[0].value().attr("href").unwrap().contains('?'));
        assert!(select(&page.html, "a[href*=\"from=\"]").is_empty());
        let article = hit.split('?').next().unwrap();
        server.post(&format!("{article}/feedback"), &format!("helpful=yes&from={from}")).await;
        app.searches.flush(&app.store).await;
        let kept = app.store.searches(&SearchFilter::default(), None, 9).await.unwrap();
        assert_eq!((kept.len(), kept[0].query.as_str(), kept[0].helped), (1, "到账", Some(Vote::Yes)));
        assert_eq!(format!("/articles/{}", kept[0].opened.as_ref().unwrap()), article);
    }

    #[tokio::test]
    async fn an_empty_query_shows_the_catalogue() {
        let page = get("/search").await;
        assert_eq!(texts(&page.html, "h1"), ["全部文章"]);
        assert!(texts(&page.html, "main a").iter().any(|t| t.contains("转账没有到账")));
        let page = get(&format!("/search?tag={}", value("紧急"))).await;
        assert_eq!((page.status, select(&page.html, ".list li").len()), (200, 1));
    }

    #[tokio::test]
    async fn results_name_a_language_that_the_reader_did_not_choose() {
        let found = async |ui: &str| get(&format!("/search?q={}&ui={ui}", value("到账"))).await.html;
        let html = found("en").await;
        assert_eq!(select(&html, ".hit .meta a[href$=not-arrived-en]").len(), 1);
        assert!(texts(&html, ".facets a").iter().any(|t| t.starts_with("Transactions")));
        assert!(select(&found("zh-CN").await, ".hit .tongue").is_empty());
        let html = get("/search?lang=en").await.html;
        assert!(texts(&html, ".active").concat().contains("English"), "a filter is called by its name");
    }
}
