//! What a search answers: hits with spans to mark, counts by category and tag, and an honest word
//! on how the query was read and how sure the answer is.

use std::sync::Arc;

use super::{Article, CategoryId, Severity};

/// A piece of text, marked where it matched. Spans in order give back the whole text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The original characters.
    pub text: String,
    /// Whether they match the query.
    pub mark: bool,
}

/// One article that answers, with its best section.
#[derive(Debug, Clone)]
pub struct Hit {
    /// The article.
    pub article: Arc<Article>,
    /// Index of its best section.
    pub section: usize,
    /// The title with its matches marked.
    pub title: Vec<Span>,
    /// A cutting of the best section, at most about 120 characters.
    pub snippet: Vec<Span>,
    /// Whether the query is its title, a question or error message of its own, or pinned to it.
    pub exact: bool,
    /// Other articles with the same text but for a few words; they are no hits of their own.
    pub copies: Vec<Arc<Article>>,
    /// Ranking score, comparable within one answer only.
    pub score: f32,
}

impl Hit {
    /// Title of the best section; none when it is the article's opening.
    pub fn section_title(&self) -> Option<&str> {
        self.article.section_heading(self.section).map(|h| h.title.as_str())
    }

    /// Anchor of the best section; none when it is the article's opening.
    pub fn anchor(&self) -> Option<&str> {
        self.article.section_heading(self.section).map(|h| h.anchor.as_str())
    }

    /// Address of the best section.
    pub fn url(&self) -> String {
        match self.anchor() {
            Some(anchor) => format!("{}#{anchor}", self.article.url()),
            None => self.article.url(),
        }
    }
}

/// How many of the answering articles fall under one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FacetCount {
    /// Category id or tag.
    pub id: String,
    /// What is shown.
    pub title: String,
    /// Articles.
    pub count: usize,
}

/// Counts over all answering articles, before the category and tag filters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facets {
    /// By category, in the order of the site.
    pub categories: Vec<FacetCount>,
    /// By tag, most frequent first, at most ten.
    pub tags: Vec<FacetCount>,
}

/// How the query was read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Interpretation {
    /// Words it was cut into, filler left out.
    pub terms: Vec<String>,
    /// The query that was searched instead, where a word was corrected.
    pub corrected: Option<String>,
    /// Another query the reader may have meant, offered but not searched.
    pub did_you_mean: Option<String>,
    /// Words that were widened, as `转帐→转账`.
    pub widened: Vec<String>,
}

/// How sure the answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Confidence {
    /// There are hits that answer what was asked, as far as words can tell.
    #[default]
    Sure,
    /// The hits are only the nearest there are.
    Unsure,
    /// There is nothing at all.
    Nothing,
}

/// The answer to one query.
#[derive(Debug, Clone, Default)]
pub struct Results {
    /// Answering articles over all pages.
    pub total: usize,
    /// Those of the asked page, best first.
    pub hits: Vec<Hit>,
    /// Counts by category and tag.
    pub facets: Facets,
    /// The urgent article whose alarm the query raises, wherever it ranks.
    pub alarm: Option<Arc<Article>>,
    /// How the query was read.
    pub interpreted: Interpretation,
    /// How sure it is.
    pub confidence: Confidence,
}

impl Results {
    /// The article of an emergency that the query is likely about: the one whose alarm it raises, else
    /// one among the first three hits, nearly as good as the best; where none answers for sure, the best
    /// itself. A calm question that merely names a phrase pins nothing, and one about the weather alarms
    /// nobody.
    pub fn emergency(&self) -> Option<&Arc<Article>> {
        self.alarm.as_ref().or_else(|| self.urgent_hit().map(|hit| &hit.article))
    }

    fn urgent_hit(&self) -> Option<&Hit> {
        const HITS: usize = 3;
        const SHARE: f32 = 0.8;
        let best = self.hits.first()?.score;
        let hits = if self.confidence == Confidence::Sure { HITS } else { 1 };
        let near = self.hits.iter().take(hits).filter(|hit| hit.score >= best * SHARE);
        // One that names an alarm waits for it, or to be called by its title.
        let waits = |hit: &&Hit| !hit.article.alarm.is_empty() && !hit.exact;
        near.into_iter().find(|hit| hit.article.severity == Severity::Urgent && !waits(hit))
    }
}

/// What a suggestion leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SuggestionKind {
    /// An article.
    Article,
    /// A query others ask.
    Query,
}

/// One line offered while typing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// What is shown, marked where it matches.
    pub text: Vec<Span>,
    /// Article id; empty for a query.
    pub id: String,
    /// Where it leads.
    pub url: String,
    /// What it leads to.
    pub kind: SuggestionKind,
    /// Category of the article.
    pub category: Option<CategoryId>,
}

impl Suggestion {
    /// The whole text without marks.
    pub fn plain(&self) -> String {
        self.text.iter().map(|s| s.text.as_str()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn results(confidence: Confidence, hits: &[(f32, Severity)]) -> Results {
        let hit = |(score, severity): &(f32, Severity)| Hit {
            article: Arc::new(Article { severity: *severity, ..Article::default() }),
            section: 0,
            title: Vec::new(),
            snippet: Vec::new(),
            exact: false,
            copies: Vec::new(),
            score: *score,
        };
        Results { hits: hits.iter().map(hit).collect(), confidence, ..Results::default() }
    }

    #[test]
    fn an_emergency_stands_near_the_best_of_sure_answers_and_first_of_others() {
        use Confidence::{Sure, Unsure};
        use Severity::{High, Normal, Urgent};
        let alarms = |confidence, hits: &[(f32, Severity)]| results(confidence, hits).urgent_hit().map(|hit| hit.score);
        assert_eq!(alarms(Sure, &[(10.0, Normal), (9.0, High), (8.0, Urgent)]), Some(8.0));
        assert_eq!(alarms(Sure, &[(10.0, Normal), (7.9, Urgent)]), None, "far behind the best");
        assert_eq!(alarms(Sure, &[(10.0, Normal), (9.9, Normal), (9.8, Normal), (9.7, Urgent)]), None, "fourth");
        assert_eq!(alarms(Unsure, &[(10.0, Normal), (9.9, Urgent)]), None, "not the best of what is not sure");
        assert_eq!(alarms(Unsure, &[(10.0, Urgent), (9.9, Normal)]), Some(10.0), "no worried reader goes without");
        assert_eq!(alarms(Confidence::Nothing, &[]), None);
    }

    #[test]
    fn who_names_an_alarm_waits_for_it_or_for_the_title() {
        let mut waiting = results(Confidence::Sure, &[(10.0, Severity::Urgent)]);
        let article = Article { severity: Severity::Urgent, alarm: vec!["被盗".into()], ..Article::default() };
        waiting.hits[0].article = Arc::new(article);
        assert_eq!(waiting.emergency(), None, "asked calmly");
        let mut called = waiting.clone();
        called.hits[0].exact = true;
        assert!(called.emergency().is_some());
        waiting.alarm = Some(Arc::new(Article { title: "先做这几步".into(), ..Article::default() }));
        assert_eq!(waiting.emergency().map(|article| article.title.as_str()), Some("先做这几步"));
    }
}
