//! Answers queries over one library and the index that was built from it.

use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwap;
use tantivy::columnar::Column;
use tantivy::{InvertedIndexReader, Term};

use crate::domain::{Article, ArticleId, Confidence, Interpretation, Library, Query, Results};
use crate::text::Lexicon;

use super::alarm::Alarms;
use super::collection::{Collection, Measures, Prepared};
use super::explain::{Explanation, HitExplanation};
use super::helpful::Helpful;
use super::index::{Error, Fields, Index};
use super::mend::{Meant, mend};
use super::order::{Standing, order, settled};
use super::parameters::Parameters;
use super::plan::Plan;
use super::present::{Reading, hit, interpretation, one_per_translation, root, spoken};
use super::rank::{Buffers, Ranker, Scored};
use super::scan::{Scanner, canonical};
use super::statistics::Statistics;
use super::suggest::Lines;
use super::vocabulary::Vocabulary;

/// Hits always shown where there are any, however far they fall behind the best.
const TAIL_KEPT: usize = 10;
/// A hit further down must reach this share of the best score.
const TAIL_SHARE: f32 = 0.3;
/// Where the best article holds this much of the query, nothing is mended.
const MENDED_BELOW: f32 = 0.85;
/// Sections up to which the index is always asked for single characters: their postings are short.
const CHARACTERS_UNTIL: u64 = 30_000;
/// How much more of the query the mended reading must hold to be taken.
const MENDED_GAIN: f32 = 0.05;

/// Answers queries. Immutable; cheap to share.
pub struct Searcher {
    library: Arc<Library>,
    lexicon: Arc<Lexicon>,
    pub(super) snapshot: tantivy::Searcher,
    pub(super) fields: Fields,
    /// The grams of each segment, opened once: a query asks for a hundred frequencies.
    inverted: Vec<Arc<InvertedIndexReader>>,
    pub(super) columns: Vec<(Column<u64>, Column<u64>)>,
    pub(super) collection: Collection,
    pub(super) alarms: Alarms,
    /// As they were given, and fitted to the collection.
    given: Parameters,
    pub(super) parameters: Parameters,
    pub(super) helpful: Arc<ArcSwap<Helpful>>,
    vocabulary: OnceLock<Vocabulary>,
    lines: OnceLock<Lines>,
}

impl std::fmt::Debug for Searcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Searcher")
            .field("title_strength", &self.collection.measures.title_strength)
            .finish_non_exhaustive()
    }
}

/// One article with its score.
pub(super) struct Ranked<'a> {
    pub article: &'a Arc<Article>,
    pub prepared: &'a Prepared,
    pub scored: Scored,
    /// Whether the query is its title, a question or error message of its own, or pinned to it; or to
    /// the same text in another language.
    pub called: Standing,
    /// Articles whose text is this one's but for a few words.
    pub copies: Vec<&'a Arc<Article>>,
}

impl<'a> Ranked<'a> {
    fn new(article: &'a Arc<Article>, prepared: &'a Prepared, scored: Scored) -> Self {
        Self { article, prepared, scored, called: Standing::Other, copies: Vec::new() }
    }
}

impl Searcher {
    /// The words that articles and queries are cut with.
    pub fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }

    /// What all articles together say of how to rank one.
    pub fn measures(&self) -> Measures {
        self.collection.measures
    }

    /// Answers over `library`, which `index` has been updated to. The lexicon's dictionary must be
    /// the index's own; its synonyms may be newer.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn new(index: &Index, library: Arc<Library>, lexicon: Arc<Lexicon>) -> Result<Self, Error> {
        Self::with(index, library, lexicon, Parameters::default())
    }

    /// As [`Searcher::new`], reusing what `previous` made ready of articles that are the same.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn following(
        previous: &Self,
        index: &Index,
        library: Arc<Library>,
        lexicon: Arc<Lexicon>,
    ) -> Result<Self, Error> {
        Self::over(index, library, lexicon, previous.given.clone(), Some(previous))
    }

    /// As [`Searcher::new`], with other ranking parameters, for experiments.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn with(
        index: &Index,
        library: Arc<Library>,
        lexicon: Arc<Lexicon>,
        parameters: Parameters,
    ) -> Result<Self, Error> {
        Self::over(index, library, lexicon, parameters, None)
    }

    fn over(
        index: &Index,
        library: Arc<Library>,
        lexicon: Arc<Lexicon>,
        given: Parameters,
        previous: Option<&Self>,
    ) -> Result<Self, Error> {
        let snapshot = index.snapshot();
        let inverted = snapshot
            .segment_readers()
            .iter()
            .map(|segment| segment.inverted_index(index.fields.grams))
            .collect::<Result<_, tantivy::TantivyError>>()?;
        let columns = snapshot
            .segment_readers()
            .iter()
            .map(|segment| Ok((segment.fast_fields().u64("article")?, segment.fast_fields().u64("section")?)))
            .collect::<Result<_, tantivy::TantivyError>>()?;
        let collection = Collection::new(
            &library,
            given.title_in_body,
            given.heading_in_body,
            previous.map(|p| (&*p.library, &p.collection)),
        );
        let mut parameters = given.clone();
        parameters.character += (parameters.character_in_short - parameters.character) * collection.measures.brevity;
        if collection.measures.brevity > 0.0 || snapshot.num_docs() <= CHARACTERS_UNTIL {
            parameters.pairs_enough = usize::MAX;
        }
        Ok(Self {
            alarms: Alarms::new(&library),
            library,
            lexicon,
            snapshot,
            fields: index.fields,
            inverted,
            columns,
            collection,
            given,
            parameters,
            helpful: previous.map(|p| Arc::clone(&p.helpful)).unwrap_or_default(),
            vocabulary: OnceLock::new(),
            lines: OnceLock::new(),
        })
    }

    /// Prepares what mending and suggesting need, so that no reader waits for it. Takes some 60 ms for
    /// 10,000 articles; without it the first query that needs it does.
    pub fn warm(&self) {
        self.vocabulary();
        self.lines();
    }

    pub(super) fn lines(&self) -> &Lines {
        self.lines.get_or_init(|| Lines::new(&self.library))
    }

    fn vocabulary(&self) -> &Vocabulary {
        self.vocabulary.get_or_init(|| {
            Vocabulary::new(&self.snapshot, self.fields.grams, &self.lexicon).unwrap_or_else(|error| {
                tracing::error!(%error, "the index's words cannot be read: queries are not mended");
                Vocabulary::default()
            })
        })
    }

    /// Answers `query`. Never fails: what the index refuses is logged and answered with nothing.
    pub fn search(&self, query: &Query) -> Results {
        if query.text.is_empty() {
            return self.catalogue(query);
        }
        let (mut read, interpreted) = self.interpret(query);
        let facets = self.facets(read.ranked.iter().map(|r| r.article));
        let spoken = spoken(query, interpreted.corrected.as_deref().unwrap_or(&query.text));
        let alarm = self.alarm(&read, &spoken);
        if query.category.is_some() || query.tag.is_some() {
            let query = Query { category: query.category.clone(), tag: query.tag.clone(), ..spoken };
            read.ranked = self.rank(&read.plan, &read.scanner, &query);
        }
        let confidence = match read.ranked.first() {
            None => Confidence::Nothing,
            Some(best) if best.scored.standing >= Standing::Same => Confidence::Sure,
            Some(best) => self.ranker(&read.plan, &read.scanner).signals(best.prepared, best.scored.score).confidence(),
        };
        let page = read.ranked.iter().skip(query.offset()).take(query.limit as usize);
        Results {
            total: read.ranked.len(),
            hits: page.map(|ranked| hit(ranked, &read.plan, &read.scanner)).collect(),
            facets,
            alarm,
            interpreted,
            confidence,
        }
    }

    /// Reads a query as it stands, or as it was meant where that finds clearly more; category and
    /// tag aside.
    fn interpret(&self, query: &Query) -> (Reading<'_>, Interpretation) {
        let everywhere = Query { category: None, tag: None, ..query.clone() };
        let read = self.read(&query.text, &everywhere);
        let mut interpreted = interpretation(&query.text, &read.plan);
        // The second channel is only tried where the first is weak, and only taken where it is better.
        if self.parameters.mend
            && !query.exact
            && read.coverage() < MENDED_BELOW
            && let Some(meant) = mend(&query.text, &read.plan.question, self.vocabulary(), &self.lexicon, self)
        {
            let Meant { text: meant, exchanges_a_real_word, may_be_a_name } = meant;
            let mended = self.read(&meant, &spoken(query, &meant));
            let knows_more = mended.plan.unknown() < read.plan.unknown() && mended.coverage() >= read.coverage();
            // Where the rest is nothing that the articles tell of either, the real word was meant.
            let foreign = exchanges_a_real_word && self.is_foreign(&mended);
            if !foreign && !may_be_a_name && (knows_more || mended.coverage() > read.coverage() + MENDED_GAIN) {
                let corrected =
                    Interpretation { corrected: Some(meant.clone()), ..interpretation(&meant, &mended.plan) };
                return (mended, corrected);
            }
            if mended.coverage() > 0.0 {
                interpreted.did_you_mean = Some(meant);
            }
        }
        (read, interpreted)
    }

    /// Plans and ranks one reading of a query.
    fn read(&self, text: &str, query: &Query) -> Reading<'_> {
        let plan = Plan::new(text, &self.lexicon, self, &self.parameters);
        let scanner = plan.scanner();
        let ranked = self.rank(&plan, &scanner, query);
        Reading { plan, scanner, ranked }
    }

    /// Articles worth reading after `article`: the editor's choice, then those that share most
    /// with its title and tags.
    pub fn related(&self, article: &Article, count: usize) -> Vec<Arc<Article>> {
        let mut found: Vec<Arc<Article>> = article
            .related
            .iter()
            .filter_map(|id| self.library.article(id))
            .filter(|a| a.is_listed())
            .cloned()
            .collect();
        if found.len() < count {
            let text = format!("{} {}", article.title, article.tags.join(" "));
            let mut plan = Plan::new(&text, &self.lexicon, self, &self.parameters);
            // What a title has in quotation marks need not stand in its neighbours.
            plan.required.clear();
            plan.question.quoted.clear();
            let scanner = plan.scanner();
            let query = Query { lang: Some(article.lang.clone()), ..Query::of(&text) };
            for ranked in self.rank(&plan, &scanner, &query) {
                let known = ranked.article.id == article.id || found.iter().any(|a| a.id == ranked.article.id);
                if !known && root(ranked.article) != root(article) {
                    found.push(Arc::clone(ranked.article));
                }
            }
        }
        found.truncate(count);
        found
    }

    /// Articles whose title, question or error message is exactly `text`, punctuation aside. A
    /// search for it has them before all others.
    pub fn called(&self, text: &str) -> Vec<&Arc<Article>> {
        let mut codes = Vec::new();
        canonical(text, &mut codes);
        self.collection.called(&self.library, &codes).map(|(article, _)| article).collect()
    }

    /// Says how `query` was read and where the scores of its hits come from; with `article` for
    /// that one alone.
    pub fn explain(&self, query: &Query, article: Option<&ArticleId>) -> Explanation {
        let (reading, interpreted) = self.interpret(query);
        let ranker = self.ranker(&reading.plan, &reading.scanner);
        let mut buffers = Buffers::default();
        let best = reading.ranked.first();
        let signals = best.map(|r| ranker.signals(r.prepared, r.scored.score)).unwrap_or_default();
        let words = ranker.readings(best.map(|r| r.prepared));
        let ranked: Vec<Ranked<'_>> = match article {
            None => reading.ranked.into_iter().take(query.limit as usize).collect(),
            Some(id) => (self.collection.article(&self.library, id.key()).into_iter())
                .map(|(article, prepared)| Ranked::new(article, prepared, ranker.score(prepared, &mut buffers)))
                .map(|ranked| settled(&ranker, ranked))
                .collect(),
        };
        let mut hit = |r: &Ranked<'_>| HitExplanation::new(&reading.plan, r, &ranker.explain(r.prepared, &mut buffers));
        let hits = ranked.iter().map(&mut hit).collect();
        Explanation::new(&reading.plan, interpreted, words, signals, hits)
    }

    pub(super) fn ranker<'a>(&'a self, plan: &'a Plan, scanner: &'a Scanner) -> Ranker<'a> {
        Ranker { plan, scanner, collection: &self.collection, parameters: &self.parameters }
    }

    pub(super) fn library(&self) -> &Library {
        &self.library
    }

    /// Articles that answer, best first, each once; translations of one text count as one.
    pub(super) fn rank(&self, plan: &Plan, scanner: &Scanner, query: &Query) -> Vec<Ranked<'_>> {
        let candidates = match self.candidates(plan, query) {
            Ok(candidates) => candidates,
            Err(error) => {
                tracing::error!(%error, "the index refused a query");
                Vec::new()
            }
        };
        let ranker = self.ranker(plan, scanner);
        let mut buffers = Buffers::default();
        let mut ranked: Vec<Ranked<'_>> = candidates
            .into_iter()
            .map(|candidate| Ranked {
                called: candidate.called,
                ..Ranked::new(candidate.article, candidate.prepared, ranker.score(candidate.prepared, &mut buffers))
            })
            .filter(|r| r.scored.score > 0.0 || r.called > Standing::Other)
            .collect();
        one_per_translation(&mut ranked, query, &self.library.site.languages);
        order(&ranker, &self.helpful.load(), &mut ranked);
        let best = ranked.first().map_or(0.0, |r| r.scored.score);
        let kept = ranked.iter().take_while(|r| r.scored.score >= best * TAIL_SHARE).count();
        ranked.truncate(kept.max(TAIL_KEPT));
        ranked
    }
}

impl Statistics for Searcher {
    fn document_frequency(&self, gram: &str) -> u64 {
        let term = Term::from_field_text(self.fields.grams, gram);
        self.inverted.iter().map(|segment| u64::from(segment.doc_freq(&term).unwrap_or(0))).sum()
    }

    fn documents(&self) -> u64 {
        self.snapshot.num_docs()
    }
}
