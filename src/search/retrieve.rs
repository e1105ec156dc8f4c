//! Asks the index for the sections that an exact look is worth, and names their articles.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, BoostQuery, ConstScoreQuery, EnableScoring, Occur, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, Executor, Term};

use crate::domain::{Article, CategoryId, Lang, Query};

use super::collection::Prepared;
use super::order::{Standing, called, query_letters};
use super::plan::Plan;
use super::present::in_language_of;
use super::searcher::Searcher;

/// Sections from which on a query is shared among the cores: below, it takes two milliseconds, and
/// as many cores are better given to as many readers.
const SHARED_FROM: u64 = 500_000;
/// Sections looked at for each hit of a page.
const SECTIONS_PER_HIT: usize = 4;

static EXECUTOR: LazyLock<Option<Executor>> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(1, usize::from).min(8);
    (cores > 1).then(|| Executor::multi_thread(cores, "search").ok()).flatten()
});

/// An article to look at.
pub(super) struct Candidate<'a> {
    pub article: &'a Arc<Article>,
    pub prepared: &'a Prepared,
    /// How the query stands to what it is called.
    pub called: Standing,
}

impl Searcher {
    /// Articles that the index names, those with the best sections first. As many for one page as for
    /// another, or totals and order would change while a reader turns pages.
    pub(super) fn candidates(&self, plan: &Plan, query: &Query) -> Result<Vec<Candidate<'_>>, tantivy::TantivyError> {
        let limit = self.parameters.candidates.max(query.limit as usize * SECTIONS_PER_HIT);
        let mut found = self.retrieve(plan, query, &plan.required, limit)?;
        if found.is_empty() && !plan.required.is_empty() {
            found = self.retrieve(plan, query, &[], limit)?;
        }
        let letters = query_letters(plan);
        let mut seen: HashSet<u64> = HashSet::new();
        let mut candidates: Vec<Candidate<'_>> = Vec::new();
        // What is called just so is always looked at, however little it weighs; and what it is in the
        // reader's language.
        for (article, prepared) in self.collection.called(self.library(), &letters) {
            let called = called(&letters, prepared);
            let versions = [article, in_language_of(query, self.library(), article)];
            for article in versions.into_iter().filter(|article| query.allows(article)) {
                let key = article.id.key();
                let found = self.collection.article(self.library(), key).filter(|_| seen.insert(key));
                candidates.extend(found.map(|(article, prepared)| Candidate { article, prepared, called }));
            }
        }
        let keys = found.into_iter().filter_map(|address| self.key(address)).filter(|key| seen.insert(*key));
        let found = keys.filter_map(|key| self.collection.article(self.library(), key));
        candidates.extend(found.map(|(article, prepared)| Candidate { article, prepared, called: Standing::Other }));
        Ok(candidates)
    }

    fn key(&self, address: DocAddress) -> Option<u64> {
        self.columns.get(address.segment_ord as usize)?.0.first(address.doc_id)
    }

    /// Sections that hold most of the plan's grams and all of the `required` ones.
    fn retrieve(
        &self,
        plan: &Plan,
        query: &Query,
        required: &[String],
        limit: usize,
    ) -> Result<Vec<DocAddress>, tantivy::TantivyError> {
        if plan.retrieval.is_empty() {
            return Ok(Vec::new());
        }
        let terms = plan.retrieval.iter().map(|(gram, weight)| {
            let term = TermQuery::new(Term::from_field_text(self.fields.grams, gram), IndexRecordOption::WithFreqs);
            (Occur::Should, Box::new(BoostQuery::new(Box::new(term), *weight)) as Box<dyn tantivy::query::Query>)
        });
        let mut asked = BooleanQuery::new(terms.collect());
        let required = required.iter().map(|gram| (self.fields.grams, Some(gram.as_str())));
        let filters = [
            (self.fields.category, query.category.as_ref().map(CategoryId::as_str).filter(|c| !c.is_empty())),
            (self.fields.tag, query.tag.as_deref()),
            (self.fields.lang, query.lang.as_ref().map(Lang::as_str)),
        ];
        let filters = filters.into_iter().chain(required).filter_map(|(field, value)| {
            let term = TermQuery::new(Term::from_field_text(field, value?), IndexRecordOption::Basic);
            Some((Occur::Must, Box::new(ConstScoreQuery::new(Box::new(term), 0.0)) as Box<dyn tantivy::query::Query>))
        });
        let filters: Vec<_> = filters.collect();
        if !filters.is_empty() {
            let must = (Occur::Must, Box::new(asked) as Box<dyn tantivy::query::Query>);
            asked = BooleanQuery::new([must].into_iter().chain(filters).collect());
        }
        let best = TopDocs::with_limit(limit).order_by_score();
        let found = match EXECUTOR.as_ref().filter(|_| self.snapshot.num_docs() >= SHARED_FROM) {
            Some(all) => {
                let scoring = EnableScoring::enabled_from_searcher(&self.snapshot);
                self.snapshot.search_with_executor(&asked, &best, all, scoring)?
            }
            None => self.snapshot.search(&asked, &best)?,
        };
        Ok(found.into_iter().map(|(_, address)| address).collect())
    }
}
