//! Asks the index for the sections that an exact look is worth.

use std::sync::LazyLock;

use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, BoostQuery, ConstScoreQuery, EnableScoring, Occur, TermQuery};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocAddress, Executor, Term};

use crate::domain::{CategoryId, Lang, Query};

use super::plan::Plan;
use super::searcher::Searcher;

/// Sections from which on a query is shared among the cores: below, it takes two milliseconds, and
/// as many cores are better given to as many readers.
const SHARED_FROM: u64 = 500_000;

static EXECUTOR: LazyLock<Option<Executor>> = LazyLock::new(|| {
    let cores = std::thread::available_parallelism().map_or(1, usize::from).min(8);
    (cores > 1).then(|| Executor::multi_thread(cores, "search").ok()).flatten()
});

impl Searcher {
    /// Sections that hold most of the plan's grams and all of the `required` ones.
    pub(super) fn retrieve(
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
