//! What readers' votes say of articles, as far as it orders those that answer equally well.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use super::searcher::Searcher;
use crate::domain::{Article, ArticleId};

/// What votes say of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Helpfulness {
    /// It surely helps fewer than half.
    Fails,
    /// Nobody knows.
    #[default]
    Unknown,
    /// It surely helps more than half.
    Helps,
}

/// The articles of which votes say anything.
#[derive(Debug, Default)]
pub(super) struct Helpful {
    known: BTreeMap<ArticleId, Helpfulness>,
    stamp: u64,
}

impl Helpful {
    pub fn of(&self, article: &Article) -> Helpfulness {
        self.known.get(&article.id).copied().unwrap_or_default()
    }
}

impl Searcher {
    /// Takes what votes say, for itself and for the searchers that follow it.
    pub fn regard(&self, known: BTreeMap<ArticleId, Helpfulness>) {
        let stamp = if known.is_empty() {
            0
        } else {
            let mut hasher = DefaultHasher::new();
            known.hash(&mut hasher);
            hasher.finish()
        };
        self.helpful.store(Arc::new(Helpful { known, stamp }));
    }

    /// Changes with what votes say; 0 where they say nothing. Answers kept from before another stamp
    /// are in another order.
    pub fn regard_stamp(&self) -> u64 {
        self.helpful.load().stamp
    }
}
