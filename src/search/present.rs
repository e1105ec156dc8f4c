//! Makes answers of ranked articles: hits with their spans, one per translation, and how the query
//! was read.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::domain::{Article, ArticleId, Hit, Interpretation, Query};
use crate::text::{Part, fold};

use super::plan::Plan;
use super::scan::Scanner;
use super::searcher::Ranked;
use super::snippet::{marked, snippet};

pub(super) fn hit(ranked: &Ranked<'_>, plan: &Plan, scanner: &Scanner) -> Hit {
    let article = ranked.article;
    let text = article.sections.get(ranked.scored.section).map_or("", |s| s.text.as_str());
    let mut cutting = snippet(text, plan, scanner);
    if cutting.is_empty() {
        cutting = snippet(&opening(article), plan, scanner);
    }
    Hit {
        article: Arc::clone(article),
        section: ranked.scored.section,
        title: marked(&article.title, plan, scanner),
        snippet: cutting,
        score: ranked.scored.score,
    }
}

/// The description, else the first words.
pub(super) fn opening(article: &Article) -> String {
    const OPENING_CHARS: usize = 96;
    if !article.description.is_empty() {
        return article.description.clone();
    }
    let text = article.sections.iter().find(|s| !s.text.is_empty()).map_or("", |s| s.text.as_str());
    text.chars().take(OPENING_CHARS).map(|c| if c == '\n' { ' ' } else { c }).collect()
}

/// The text that an article is, in whatever language.
pub(super) fn root(article: &Article) -> &ArticleId {
    article.translation_of.as_ref().unwrap_or(&article.id)
}

/// Keeps of the translations of one text the one in the language asked for, else the best.
pub(super) fn one_per_translation(ranked: &mut Vec<Ranked<'_>>, query: &Query) {
    let mut best: HashMap<ArticleId, bool> = HashMap::new();
    for r in ranked.iter() {
        let wanted = query.lang.as_ref().is_some_and(|lang| *lang == r.article.lang);
        *best.entry(root(r.article).clone()).or_default() |= wanted;
    }
    let mut seen = HashSet::new();
    ranked.retain(|r| {
        let root = root(r.article);
        let preferred = best.get(root).copied().unwrap_or(false);
        let fits = !preferred || query.lang.as_ref().is_some_and(|lang| *lang == r.article.lang);
        fits && seen.insert(root.clone())
    });
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
