//! Makes answers of ranked articles: hits with their spans, one per translation, and how the query
//! was read.

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::{Article, ArticleId, Hit, Interpretation, Lang, Library, Query};
use crate::text::{Part, fold, is_han, is_traditional};

use super::order::Standing;
use super::plan::Plan;
use super::scan::Scanner;
use super::searcher::Ranked;
use super::snippet::{marked, snippet};

/// A query as it is read one way, with its answer.
pub(super) struct Reading<'a> {
    pub plan: Plan,
    pub scanner: Scanner,
    pub ranked: Vec<Ranked<'a>>,
}

impl Reading<'_> {
    /// How much of the query's content the best article holds; 0 where there is none.
    pub fn coverage(&self) -> f32 {
        self.ranked.first().map_or(0.0, |best| best.scored.coverage)
    }
}

pub(super) fn hit(ranked: &Ranked<'_>, plan: &Plan, scanner: &Scanner) -> Hit {
    let article = ranked.article;
    let mut cutting = snippet(article.open().text(ranked.scored.section), plan, scanner);
    if cutting.is_empty() {
        cutting = snippet(&opening(article), plan, scanner);
    }
    Hit {
        article: Arc::clone(article),
        section: ranked.scored.section,
        title: marked(&article.title, plan, scanner),
        snippet: cutting,
        exact: ranked.scored.standing >= Standing::Same,
        copies: ranked.copies.iter().map(|article| Arc::clone(article)).collect(),
        score: ranked.scored.score,
    }
}

/// The description, else the first words.
pub(super) fn opening(article: &Article) -> String {
    const OPENING_CHARS: usize = 96;
    if !article.description.is_empty() {
        return article.description.clone();
    }
    let open = article.open();
    let text = open.texts().find(|text| !text.is_empty()).unwrap_or_default();
    text.chars().take(OPENING_CHARS).map(|c| if c == '\n' { ' ' } else { c }).collect()
}

/// The query everywhere, in the words that tell its language: pinyin is Chinese, whatever its letters.
pub(super) fn spoken(query: &Query, meant: &str) -> Query {
    let text = if query.text.chars().any(is_han) { query.text.clone() } else { meant.to_owned() };
    Query { category: None, tag: None, text, ..query.clone() }
}

/// The text that an article is, in whatever language.
pub(super) fn root(article: &Article) -> &ArticleId {
    article.translation_of.as_ref().unwrap_or(&article.id)
}

/// Keeps of the translations of one text the one in the language asked for; where none was, the
/// one in the language of the query's own words: an English question is answered in English, and
/// Chinese in the script it was typed in, the site's first language before others.
pub(super) fn one_per_translation(ranked: &mut Vec<Ranked<'_>>, query: &Query, site: &[Lang]) {
    let has_translations = ranked.iter().any(|r| r.article.translation_of.is_some());
    if !has_translations {
        return;
    }
    let distance = distance(query, site);
    // A text's best place goes to its preferred translation.
    let mut preferred: HashMap<ArticleId, (u8, ArticleId)> = HashMap::new();
    for r in ranked.iter() {
        let mine = (distance(&r.article.lang), r.article.id.clone());
        let best = preferred.entry(root(r.article).clone()).or_insert_with(|| mine.clone());
        if mine.0 < best.0 {
            *best = mine;
        }
    }
    let mut place: HashMap<ArticleId, (f32, Standing)> = HashMap::new();
    for r in ranked.iter() {
        let (score, called) = place.entry(root(r.article).clone()).or_default();
        *score = score.max(r.scored.score);
        *called = r.called.max(*called);
    }
    ranked.retain(|r| preferred.get(root(r.article)).is_some_and(|(_, id)| *id == r.article.id));
    for r in ranked.iter_mut() {
        (r.scored.score, r.called) = place.get(root(r.article)).copied().unwrap_or((r.scored.score, r.called));
    }
    ranked.sort_by(|a, b| b.scored.score.total_cmp(&a.scored.score).then_with(|| a.article.id.cmp(&b.article.id)));
}

/// The version of an article in the language of a query, by the same order.
pub(super) fn in_language_of<'a>(query: &Query, library: &'a Library, article: &'a Arc<Article>) -> &'a Arc<Article> {
    library.nearest(article, distance(query, &library.site.languages))
}

/// How far a language is from that of a query.
pub(super) fn distance(query: &Query, site: &[Lang]) -> impl Fn(&Lang) -> u8 {
    let script = Script::of(&query.text);
    move |lang| {
        let asked = query.lang.as_ref() == Some(lang);
        let first = site.first() == Some(lang);
        let spoken =
            query.reader.as_ref().filter(|_| script == Script::Other).map_or(script.is_of(lang), |own| own == lang);
        u8::from(!asked) * 4 + u8::from(!spoken) * 2 + u8::from(!first)
    }
}

/// What the words of a query are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Script {
    Traditional,
    Simplified,
    Other,
}

impl Script {
    fn of(text: &str) -> Self {
        match text.chars().any(is_han) {
            true if is_traditional(text) => Self::Traditional,
            true => Self::Simplified,
            false => Self::Other,
        }
    }

    /// Whether a language is written so: Latin letters alone are not Chinese.
    fn is_of(self, lang: &Lang) -> bool {
        match lang.as_str() {
            "zh-TW" | "zh-HK" | "zh-Hant" => self == Self::Traditional,
            tag if tag.starts_with("zh") => self == Self::Simplified,
            _ => self == Self::Other,
        }
    }
}

pub(super) fn interpretation(text: &str, plan: &Plan) -> Interpretation {
    let question = &plan.question;
    let terms = question.content().map(|part| part.text.clone()).collect();
    let written = |part: &Part| text.get(question.folded.source_range(part.start, part.end)).map(str::to_lowercase);
    let widened = question
        .content()
        .filter_map(|part| Some((written(part)?, part)))
        .filter(|(written, part)| *written != part.text && fold(written).text == part.text)
        .map(|(written, part)| format!("{written}→{}", part.text))
        .collect();
    Interpretation { terms, widened, ..Interpretation::default() }
}
