//! What stands around the hits: everything there is where nothing is asked, and the counts by
//! category and tag.

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::{Article, Confidence, FacetCount, Facets, Hit, Query, Results, Span};

use super::present::opening;
use super::searcher::Searcher;

/// Tags counted beside the results.
const TAG_FACETS_MAX: usize = 10;

impl Searcher {
    /// Everything there is, in the order of the site: the answer to an empty query.
    pub(super) fn catalogue(&self, query: &Query) -> Results {
        let everything: Vec<&Arc<Article>> = match &query.lang {
            Some(lang) => self.library().listed().filter(|a| a.lang == *lang).collect(),
            None => self.library().originals().collect(),
        };
        let facets = self.facets(everything.iter().copied());
        let all: Vec<&Arc<Article>> = (everything.into_iter())
            .filter(|a| query.category.as_ref().is_none_or(|c| c.holds(&a.category)))
            .filter(|a| query.tag.as_ref().is_none_or(|tag| a.tags.contains(tag)))
            .collect();
        let hits = all.iter().skip(query.offset()).take(query.limit as usize).map(|article| Hit {
            article: Arc::clone(article),
            section: 0,
            title: vec![Span { text: article.title.clone(), mark: false }],
            snippet: vec![Span { text: opening(article), mark: false }],
            exact: false,
            copies: Vec::new(),
            score: 0.0,
        });
        let confidence = if all.is_empty() { Confidence::Nothing } else { Confidence::Sure };
        Results { total: all.len(), hits: hits.collect(), facets, confidence, ..Results::default() }
    }

    /// Counts over `articles`.
    pub(super) fn facets<'a>(&'a self, articles: impl Iterator<Item = &'a Arc<Article>>) -> Facets {
        let mut by_category: HashMap<&str, usize> = HashMap::new();
        let mut by_tag: HashMap<&str, usize> = HashMap::new();
        for article in articles {
            // Counts are for top categories: deeper ones are reached from there.
            let top = article.category.as_str().split('/').next().unwrap_or_default();
            *by_category.entry(top).or_default() += 1;
            for tag in &article.tags {
                *by_tag.entry(tag).or_default() += 1;
            }
        }
        let categories = self.library().categories().iter().filter_map(|category| {
            let count = by_category.get(category.id.as_str()).copied()?;
            Some(FacetCount { id: category.id.to_string(), title: category.title.clone(), count })
        });
        let mut tags: Vec<FacetCount> = by_tag
            .into_iter()
            .map(|(tag, count)| FacetCount { id: tag.to_owned(), title: tag.to_owned(), count })
            .collect();
        tags.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.id.cmp(&b.id)));
        tags.truncate(TAG_FACETS_MAX);
        Facets { categories: categories.collect(), tags }
    }
}
