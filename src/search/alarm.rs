//! Says who needs an urgent article now: whoever says what its editor lists under `alarm`, be it what happened
//! (被盗, 泄露, 被骗, 误授权) in whatever words or words of the editor's own. A frightened reader does not ask for the
//! article, so that ranking, which compares all that he says, puts others first.

use std::sync::Arc;

use crate::domain::{Article, Library, Query, Severity};
use crate::text::alarm::{Meaning, Model};
use crate::text::fold;

use super::present::{Reading, in_language_of, root};
use super::searcher::Searcher;

/// What raises the alarm, of all urgent articles, the most urgent first.
pub(super) struct Alarms(Vec<(Arc<Article>, Trigger)>);

enum Trigger {
    /// Whatever means this.
    Meaning(Meaning),
    /// Words that are all said.
    Words(Vec<String>),
}

impl Alarms {
    pub fn new(library: &Library) -> Self {
        let mut urgent: Vec<&Arc<Article>> = library.listed().filter(|a| a.severity == Severity::Urgent).collect();
        urgent.sort_by(|a, b| (a.weight, &a.id).cmp(&(b.weight, &b.id)));
        let trigger = |text: &String| {
            let text = fold(text).text;
            let words = || Trigger::Words(text.split_whitespace().map(str::to_owned).collect());
            Meaning::parse(text.trim()).map_or_else(words, Trigger::Meaning)
        };
        let triggers = urgent.into_iter().flat_map(|article| article.alarm.iter().map(move |text| (article, text)));
        Self(triggers.map(|(article, text)| (Arc::clone(article), trigger(text))).collect())
    }

    /// Articles whose alarm a folded query raises, the most urgent first.
    fn raised(&self, folded: &str) -> Vec<&Arc<Article>> {
        if self.0.is_empty() {
            return Vec::new();
        }
        let meant = Model::builtin().meaning(folded);
        let raises = |trigger: &Trigger| match trigger {
            Trigger::Meaning(meaning) => meant == Some(*meaning),
            Trigger::Words(words) => !words.is_empty() && words.iter().all(|word| folded.contains(word)),
        };
        self.0.iter().filter(|(_, trigger)| raises(trigger)).map(|(article, _)| article).collect()
    }
}

impl Searcher {
    /// The urgent article whose alarm a query raises: of several the one that ranks best, and in the
    /// language of the query, which is given in the words that tell it.
    pub(super) fn alarm(&self, read: &Reading<'_>, spoken: &Query) -> Option<Arc<Article>> {
        let raised = self.alarms.raised(&read.plan.question.folded.text);
        let is_raised = |article: &Article| raised.iter().any(|other| root(other) == root(article));
        let best = read.ranked.iter().map(|ranked| ranked.article).find(|article| is_raised(article));
        let article = best.or(raised.first().copied())?;
        Some(Arc::clone(in_language_of(spoken, self.library(), article)))
    }
}
