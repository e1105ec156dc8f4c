//! `GET /api/v1/search`: what the results page shows, for programs.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::domain::{Confidence, FacetCount, Hit, Library, Query, RawQuery, Results, Span};
use crate::edition::Edition;
use crate::guard::{Finding, inspect};
use crate::web::context::Ctx;
use crate::web::error::Error;
use crate::web::metrics::Found;
use crate::web::pages::{article_url, category_title, identifier_text, look_up, search};
use crate::web::texts::Ui;
use crate::web::url;

#[derive(Serialize)]
struct Answer<'a> {
    query: &'a str,
    total: usize,
    took_us: u64,
    page: u32,
    limit: u32,
    confidence: &'static str,
    interpreted: Interpreted<'a>,
    hits: Vec<HitJson<'a>>,
    facets: FacetsJson<'a>,
    notice: Option<Notice>,
}

#[derive(Serialize)]
struct Interpreted<'a> {
    terms: &'a [String],
    corrected: Option<&'a str>,
    did_you_mean: Option<&'a str>,
    widened: &'a [String],
}

#[derive(Serialize)]
struct HitJson<'a> {
    id: &'a str,
    title: &'a str,
    url: String,
    category: Category<'a>,
    section: Option<Section<'a>>,
    snippet: Vec<SpanJson<'a>>,
    score: f32,
    updated: Option<String>,
    /// Articles with the same text but for a few words, which are no hits of their own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    copies: Vec<&'a str>,
}

#[derive(Serialize)]
struct Category<'a> {
    id: &'a str,
    title: String,
}

#[derive(Serialize)]
struct Section<'a> {
    title: &'a str,
    anchor: &'a str,
}

/// A piece of text and whether it matches.
#[derive(Serialize)]
pub struct SpanJson<'a> {
    text: &'a str,
    mark: bool,
}

impl<'a> From<&'a Span> for SpanJson<'a> {
    fn from(span: &'a Span) -> Self {
        Self { text: &span.text, mark: span.mark }
    }
}

#[derive(Serialize)]
struct FacetsJson<'a> {
    category: Vec<Facet<'a>>,
    tag: Vec<Facet<'a>>,
}

#[derive(Serialize)]
struct Facet<'a> {
    id: &'a str,
    title: &'a str,
    count: usize,
}

impl<'a> From<&'a FacetCount> for Facet<'a> {
    fn from(facet: &'a FacetCount) -> Self {
        Self { id: &facet.id, title: &facet.title, count: facet.count }
    }
}

#[derive(Serialize)]
struct Notice {
    kind: &'static str,
    message: String,
    article: Option<String>,
}

/// Where the time belongs in an answer that has none.
const UNTIMED: &str = ",\"took_us\":0,";

/// `GET /api/v1/search`.
pub async fn answer(ctx: Ctx) -> Result<Response, Error> {
    let raw = search::read(&ctx.fields);
    let asked = Asked::of(&raw, ctx.ui);
    let started = Instant::now();
    let results = match &asked {
        Asked { secret: true, .. } => None,
        Asked { query, .. } if query.text.is_empty() => Some(Arc::default()),
        Asked { query, .. } => Some(ctx.search(query).await?),
    };
    let took = started.elapsed();
    match &results {
        None => ctx.app.metrics.found(Found::Secret),
        Some(_) if asked.query.text.is_empty() => {}
        Some(results) => {
            ctx.app.metrics.found(Found::of(results));
            ctx.app.searches.note(&asked.query, results, ctx.ui);
        }
    }
    let results = results.unwrap_or_default();
    let write = || written(ctx.library(), ctx.ui, &asked, &results);
    // What was cut off the text may still have its notice; such an answer is nobody else's.
    let document = if raw.q == asked.query.text && !asked.secret {
        ctx.app.searching.written(&ctx.edition, ctx.ui, &asked.query, write)
    } else {
        write().into()
    };
    let document = timed(&document, took);
    Ok(([(header::CACHE_CONTROL, "no-store"), (header::CONTENT_TYPE, "application/json")], document).into_response())
}

/// What was asked, looked at before it is searched.
struct Asked {
    finding: Finding,
    query: Query,
    secret: bool,
}

impl Asked {
    fn of(raw: &RawQuery, ui: Ui) -> Self {
        // The whole text is looked at before it is cut: half a phrase could pass for words.
        let finding = inspect(&raw.q);
        let query = Query::parse(raw).asked_in(ui.tag());
        Self { query, secret: matches!(finding, Finding::Secret(_)), finding }
    }
}

/// The answer to a query as JSON: of the API, and of the command line. Empty only where JSON cannot
/// carry it, which text, numbers and lists never are.
pub fn document(edition: &Edition, ui: Ui, raw: &RawQuery) -> String {
    let asked = Asked::of(raw, ui);
    let started = Instant::now();
    let searched = !asked.secret && !asked.query.text.is_empty();
    let results = if searched { edition.search(&asked.query) } else { Results::default() };
    timed(&written(edition.library(), ui, &asked, &results), started.elapsed())
}

/// Puts the time in. A text in the document cannot look like the place: its quotes are escaped.
fn timed(document: &str, took: Duration) -> String {
    let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    document.replacen(UNTIMED, &format!(",\"took_us\":{us},"), 1)
}

/// The answer, with no time in it yet.
fn written(library: &Library, ui: Ui, asked: &Asked, results: &Results) -> String {
    let Asked { finding, query, secret } = asked;
    let answer = Answer {
        query: if *secret { "" } else { &query.text },
        total: results.total,
        took_us: 0,
        page: query.page,
        limit: query.limit,
        confidence: match results.confidence {
            _ if results.hits.is_empty() => "nothing",
            Confidence::Sure => "sure",
            Confidence::Unsure => "unsure",
            Confidence::Nothing => "nothing",
        },
        interpreted: Interpreted {
            terms: &results.interpreted.terms,
            corrected: results.interpreted.corrected.as_deref(),
            did_you_mean: results.interpreted.did_you_mean.as_deref(),
            widened: &results.interpreted.widened,
        },
        hits: results.hits.iter().map(|hit| hit_json(library, ui, hit)).collect(),
        facets: FacetsJson {
            category: results.facets.categories.iter().map(Facet::from).collect(),
            tag: results.facets.tags.iter().map(Facet::from).collect(),
        },
        notice: notice(library, ui, finding, results),
    };
    serde_json::to_string(&answer).unwrap_or_default()
}

fn hit_json<'a>(library: &Library, ui: Ui, hit: &'a Hit) -> HitJson<'a> {
    let fragment = hit.anchor().map(|a| format!("#{}", url::value(a))).unwrap_or_default();
    HitJson {
        id: hit.article.id.as_str(),
        title: &hit.article.title,
        url: format!("{}{fragment}", article_url(&hit.article.id)),
        category: Category {
            id: hit.article.category.as_str(),
            title: category_title(ui, library, &hit.article.category),
        },
        section: hit.section_title().zip(hit.anchor()).map(|(title, anchor)| Section { title, anchor }),
        snippet: hit.snippet.iter().map(SpanJson::from).collect(),
        score: hit.score,
        updated: hit.article.updated.map(|d| d.to_string()),
        copies: hit.copies.iter().map(|copy| copy.id.as_str()).collect(),
    }
}

fn notice(library: &Library, ui: Ui, finding: &Finding, results: &Results) -> Option<Notice> {
    let t = ui.texts();
    let urgent = results.emergency();
    match (finding, urgent) {
        (Finding::Secret(_), _) => Some(Notice { kind: "secret", message: t.secret_text.to_owned(), article: None }),
        (_, Some(article)) => {
            let article = Some(article.id.to_string());
            Some(Notice { kind: "emergency", message: t.emergency.to_owned(), article })
        }
        (Finding::Identifiers(found), None) => Some(Notice {
            kind: "identifier",
            message: identifier_text(t, found.first()?),
            article: look_up(library).map(|a| a.id.to_string()),
        }),
        (Finding::Clean, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::web::tests::json;
    use crate::web::url::value;

    #[tokio::test]
    async fn the_answer_has_the_shape_of_the_contract() {
        let (status, answer) = json(&format!("/api/v1/search?q={}&limit=3", value("到账"))).await;
        assert_eq!(status, 200);
        assert_eq!((&answer["query"], &answer["limit"], &answer["page"]), (&"到账".into(), &3.into(), &1.into()));
        let hit = &answer["hits"][0];
        assert_eq!(hit["id"], "transactions/not-arrived");
        assert_eq!(hit["category"]["title"], "交易");
        assert!(hit["url"].as_str().unwrap().starts_with("/articles/transactions/not-arrived"));
        assert!(hit["snippet"].as_array().unwrap().iter().any(|s| s["mark"] == true));
        assert!(answer["facets"]["category"][0]["count"].is_u64());
        assert!(answer["notice"].is_null());
        assert_eq!(json(&format!("/api/v1/search?q={}", value("被盗"))).await.1["notice"]["kind"], "emergency");
    }

    #[tokio::test]
    async fn a_remembered_answer_is_the_same_and_has_its_own_time() {
        use std::sync::Arc;

        use crate::web::sample::app;
        use crate::web::tests::Server;

        let server = Server::shared(&Arc::new(app().await));
        let q = value("到账\",\"took_us\":0,\"");
        let mut answers = Vec::new();
        for _ in 0..2 {
            let text = server.get(&format!("/api/v1/search?q={q}")).await.html;
            let mut answer: serde_json::Value = serde_json::from_str(&text).unwrap();
            assert_eq!(answer["query"], "到账\",\"took_us\":0,\"");
            assert!(answer["took_us"].as_u64().unwrap() < 10_000_000);
            answer["took_us"] = 0.into();
            answers.push(answer);
        }
        assert_eq!(answers[0], answers[1]);
        // In another language, the notice is.
        let emergency = async |ui: &str| server.get(&format!("/api/v1/search?q={}&ui={ui}", value("被盗"))).await;
        assert_ne!(emergency("en").await.html, emergency("zh-CN").await.html);
    }

    #[tokio::test]
    async fn what_may_be_a_hash_or_a_key_is_told_to_be_either() {
        for hash in ["a1".repeat(32), format!("0x{}", "a1".repeat(32))] {
            let (_, answer) = json(&format!("/api/v1/search?q={hash}")).await;
            let message = answer["notice"]["message"].as_str().unwrap();
            assert!(message.contains("交易哈希") && message.contains("如果它是私钥"), "{hash}: {message}");
        }
    }

    #[tokio::test]
    async fn a_secret_is_answered_with_a_notice_alone() {
        let phrase = "legal winner thank year wave sausage worth useful legal winner thank yellow";
        let (_, answer) = json(&format!("/api/v1/search?q={}", value(phrase))).await;
        assert_eq!((&answer["notice"]["kind"], &answer["query"]), (&"secret".into(), &"".into()));
    }
}
