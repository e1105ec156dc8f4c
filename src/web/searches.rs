//! The search log on its way to the store: a bounded queue that never makes a reader wait, emptied
//! once a second. What is full is dropped and counted. A text that gives away funds does not get here.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Mutex, mpsc};
use tokio::time::{MissedTickBehavior, interval};

use super::App;
use super::texts::Ui;
use crate::domain::{ArticleId, Confidence, Lang, Query, RecordId, Results, Vote};
use crate::guard::mask;
use crate::store::{SearchMark, SearchRecord, Store};
use crate::text::fold;

/// Searches and clicks that wait: ten seconds of a thousand a second, in about 2 MB.
const QUEUE_MAX: usize = 10_000;
/// Searches and clicks written at one visit. Each takes the store some 30 µs: under a flood the log is
/// what gives way, and readers do not wait for it.
const VISIT_MAX: usize = 2_000;
/// Time between two visits to the store.
const EVERY: Duration = Duration::from_secs(1);
/// Visits for which a click waits for its search: another instance may still hold that.
const PATIENCE: u8 = 5;
/// Visits between two clean-ups: one hour.
const CLEAN_EVERY: u32 = 3_600;

/// The queue.
#[derive(Debug)]
pub struct SearchLog {
    sender: mpsc::Sender<Entry>,
    waiting: Mutex<Waiting>,
    dropped: AtomicU64,
    keeps: bool,
}

#[derive(Debug)]
enum Entry {
    Search(SearchRecord),
    Mark(SearchMark),
}

#[derive(Debug)]
struct Waiting {
    receiver: mpsc::Receiver<Entry>,
    searches: Vec<SearchRecord>,
    marks: Vec<(SearchMark, u8)>,
}

impl SearchLog {
    /// A queue; one that keeps nothing where searches are kept for no day.
    pub fn new(keep_days: u32) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE_MAX);
        let waiting = Mutex::new(Waiting { receiver, searches: Vec::new(), marks: Vec::new() });
        Self { sender, waiting, dropped: AtomicU64::new(0), keeps: keep_days > 0 }
    }

    /// Notes a search and gives the id under which a click on one of its hits is told. Only the first
    /// page without filters counts: what follows is the same search looked at more closely.
    pub fn note(&self, query: &Query, results: &Results, ui: Ui) -> Option<RecordId> {
        let narrowed = query.page > 1 || query.category.is_some() || query.tag.is_some() || query.lang.is_some();
        if !self.keeps || narrowed || query.text.is_empty() {
            return None;
        }
        let confidence = if results.total == 0 { Confidence::Nothing } else { results.confidence };
        let total = u32::try_from(results.total).unwrap_or(u32::MAX);
        let lang = Lang::parse(ui.tag()).unwrap_or_default();
        let record = SearchRecord::new(normalised(&query.text), total, confidence, lang);
        let id = record.id.clone();
        self.push(Entry::Search(record)).then_some(id)
    }

    /// Notes that an article was opened from a search.
    pub fn opened(&self, from: &str, article: &ArticleId) {
        self.mark(from, Some(article.clone()), None);
    }

    /// Notes whether it helped.
    pub fn helped(&self, from: &str, article: Option<&ArticleId>, vote: Option<Vote>) {
        self.mark(from, article.cloned(), vote);
    }

    fn mark(&self, from: &str, opened: Option<ArticleId>, helped: Option<Vote>) {
        if let Some(id) = RecordId::parse(from).filter(|_| self.keeps) {
            self.push(Entry::Mark(SearchMark { id, opened, helped }));
        }
    }

    fn push(&self, entry: Entry) -> bool {
        let kept = self.sender.try_send(entry).is_ok();
        if !kept {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
        kept
    }

    /// Searches and clicks that found the queue full.
    pub fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    /// Writes what waits. What the store refuses waits for the next time, as far as there is room.
    pub async fn flush(&self, store: &Store) {
        let mut waiting = self.waiting.lock().await;
        let Waiting { receiver, searches, marks } = &mut *waiting;
        while searches.len() + marks.len() < VISIT_MAX
            && let Ok(entry) = receiver.try_recv()
        {
            match entry {
                Entry::Search(record) => searches.push(record),
                Entry::Mark(mark) => match searches.iter_mut().rev().find(|record| record.id == mark.id) {
                    Some(record) => {
                        record.opened = mark.opened.or(record.opened.take());
                        record.helped = mark.helped.or(record.helped);
                    }
                    None => marks.push((mark, PATIENCE)),
                },
            }
        }
        match store.log_searches(searches).await {
            Ok(()) => searches.clear(),
            Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "searches wait to be logged"),
        }
        let mut left = Vec::new();
        for (mark, patience) in std::mem::take(marks) {
            let found = store.mark_search(mark.clone()).await.unwrap_or(false);
            if !found && patience > 1 {
                left.push((mark, patience - 1));
            }
        }
        *marks = left;
    }
}

/// The query as it is counted: folded in width, case, accents and script, blanks joined, identifiers masked.
fn normalised(text: &str) -> String {
    let masked = mask(text);
    let folded = fold(&masked);
    folded.to_cut().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Empties the queue each second and forgets old searches each hour, until it is dropped.
pub async fn keep(app: Arc<App>) {
    let mut ticks = interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut visits, mut told) = (0u32, 0);
    loop {
        ticks.tick().await;
        app.searches.flush(&app.store).await;
        let dropped = app.searches.dropped();
        if dropped > told {
            tracing::warn!(dropped, "searches were not logged: the queue was full");
            told = dropped;
        }
        if visits.is_multiple_of(CLEAN_EVERY) {
            forget(&app).await;
        }
        visits = visits.wrapping_add(1);
    }
}

async fn forget(app: &App) {
    let days = i64::from(app.options.keep_searches_days);
    let Ok(before) = Timestamp::now().checked_sub(SignedDuration::from_hours(days * 24)) else { return };
    match app.store.forget_searches(before).await {
        Ok(0) => {}
        Ok(forgotten) => tracing::info!(forgotten, "old searches are forgotten"),
        Err(error) => tracing::warn!(error = &error as &dyn std::error::Error, "old searches could not be forgotten"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::SearchFilter;

    fn query(text: &str) -> Query {
        Query::of(text)
    }

    #[tokio::test]
    async fn a_search_is_logged_with_what_was_opened_and_whether_it_helped() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let log = SearchLog::new(90);
        let article = ArticleId::parse("a/b").unwrap();
        let id = log.note(&query("　转帐  没到 ABC"), &Results::default(), Ui::Hans).unwrap();
        log.opened(id.as_str(), &article);
        log.flush(&store).await;
        log.helped(id.as_str(), None, Some(Vote::No));
        log.helped("nonsense", None, Some(Vote::Yes));
        log.flush(&store).await;
        let kept = store.searches(&SearchFilter::default(), None, 10).await.unwrap();
        assert_eq!(kept.len(), 1);
        assert_eq!((kept[0].query.as_str(), kept[0].confidence), ("转账 没到 abc", Confidence::Nothing));
        assert_eq!((kept[0].opened.as_ref(), kept[0].helped), (Some(&article), Some(Vote::No)));
    }

    #[tokio::test]
    async fn identifiers_are_masked_and_nothing_is_kept_for_no_day() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let log = SearchLog::new(90);
        let address = "0x52908400098527886E0F7030069857D2E4169EE7";
        log.note(&query(&format!("{address} 没到")), &Results::default(), Ui::Hans).unwrap();
        log.flush(&store).await;
        let kept = store.searches(&SearchFilter::default(), None, 10).await.unwrap();
        assert!(!kept[0].query.contains("98527886") && kept[0].query.starts_with("0x5290"), "{}", kept[0].query);
        assert_eq!(SearchLog::new(0).note(&query("没到"), &Results::default(), Ui::Hans), None);
    }

    #[tokio::test]
    async fn a_full_queue_drops_and_counts() {
        let log = SearchLog::new(90);
        for _ in 0..QUEUE_MAX {
            assert!(log.note(&query("没到"), &Results::default(), Ui::Hans).is_some());
        }
        assert_eq!((log.note(&query("没到"), &Results::default(), Ui::Hans), log.dropped()), (None, 1));
    }

    #[tokio::test]
    async fn what_the_store_refuses_waits() {
        let closed = Store::open("sqlite::memory:").await.unwrap();
        closed.close().await;
        let log = SearchLog::new(90);
        log.note(&query("没到"), &Results::default(), Ui::Hans).unwrap();
        log.flush(&closed).await;
        let store = Store::open("sqlite::memory:").await.unwrap();
        log.flush(&store).await;
        assert_eq!(store.search_count(&SearchFilter::default()).await.unwrap(), 1);
    }
}
