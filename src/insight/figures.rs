//! How satisfied readers are: over time, by category, the worst articles, the queries that fail.
//! Counted by the ranking job and kept, so that the desk shows them at once.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ground::Ground;
use super::learn::Learned;
use super::ranking::{Votes, ago};
use super::wilson::wilson;
use crate::domain::QueryEvidence;
use crate::store::{Error, QueryCount, Store};

/// Name under which the store keeps them.
const NAME: &str = "satisfaction";
/// Days of the curve.
const DAYS: i64 = 90;
/// Rows of a list.
const ROWS_MAX: usize = 12;

/// A share of votes, with its interval.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Share {
    /// Id of the category or article.
    pub id: String,
    /// Its title.
    pub title: String,
    /// It helped.
    pub yes: u64,
    /// It did not.
    pub no: u64,
    /// Ends of the 95 % interval of the share it helped.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Share {
    fn of(id: &str, title: &str, (yes, no): (u64, u64)) -> Self {
        let (low, high) = wilson(yes, yes + no);
        Self { id: id.to_owned(), title: title.to_owned(), yes, no, low, high }
    }
}

/// All figures of one moment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Figures {
    /// Day (since 1970, UTC), helped, did not.
    pub days: Vec<(i64, u64, u64)>,
    /// Day, asked, nothing found, opened.
    pub searches: Vec<(i64, u64, u64, u64)>,
    /// By category, present states of articles only.
    pub categories: Vec<Share>,
    /// The articles that surely help least, present states only.
    pub worst: Vec<Share>,
    /// The most frequent queries.
    pub top: Vec<QueryEvidence>,
    /// The most frequent queries that find nothing.
    pub failing: Vec<QueryEvidence>,
    /// Words learned from readers.
    pub learned: Vec<Learned>,
    /// The same as a unified diff of the files in `search/`.
    pub patch: String,
}

impl Figures {
    pub(super) async fn of(store: &Store, ground: &dyn Ground, votes: &Votes, now: Timestamp) -> Result<Self, Error> {
        let mut days: BTreeMap<i64, (u64, u64)> = BTreeMap::new();
        for one in store.votes_by_day(ago(now, DAYS), now, 0).await? {
            let day = days.entry(one.day).or_default();
            day.0 += one.yes;
            day.1 += one.no;
        }
        let library = ground.library();
        let mut categories: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        let mut worst = Vec::new();
        for article in library.articles() {
            let (yes, no) = votes.present(&article.id);
            if yes + no == 0 {
                continue;
            }
            let category = categories.entry(article.category.as_str()).or_default();
            category.0 += yes;
            category.1 += no;
            worst.push(Share::of(article.id.as_str(), &article.title, (yes, no)));
        }
        worst.sort_by(|a, b| a.high.total_cmp(&b.high).then_with(|| a.id.cmp(&b.id)));
        worst.truncate(ROWS_MAX);
        let title = |id: &str| {
            library.categories().iter().find(|c| c.id.as_str() == id).map_or(id, |c| c.title.as_str()).to_owned()
        };
        Ok(Self {
            days: days.into_iter().map(|(day, (yes, no))| (day, yes, no)).collect(),
            categories: categories.into_iter().map(|(id, votes)| Share::of(id, &title(id), votes)).collect(),
            worst,
            ..Self::default()
        })
    }

    pub(super) fn queries(&mut self, counts: &[QueryCount]) {
        let row = |one: &QueryCount| QueryEvidence {
            query: one.query.clone(),
            asked: one.asked,
            nothing: one.nothing,
            opened: one.opened,
        };
        self.top = counts.iter().take(ROWS_MAX).map(row).collect();
        let mut failing: Vec<&QueryCount> = counts.iter().filter(|one| one.nothing > 0).collect();
        failing.sort_by(|a, b| b.nothing.cmp(&a.nothing).then_with(|| a.query.cmp(&b.query)));
        self.failing = failing.into_iter().take(ROWS_MAX).map(row).collect();
    }

    pub(super) async fn keep(&self, store: &Store, now: Timestamp) -> Result<(), Error> {
        let body = serde_json::to_string(self).map_err(|_| Error::Unreadable("figures"))?;
        store.keep_figures(NAME, &body, now).await
    }

    /// The figures as last counted, and when; none before the first run.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn read(store: &Store) -> Result<Option<(Self, Timestamp)>, Error> {
        let kept = store.figures(NAME).await?;
        Ok(kept.and_then(|(body, at)| Some((serde_json::from_str(&body).ok()?, at))))
    }
}
