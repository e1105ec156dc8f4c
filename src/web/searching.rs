//! How readers' queries get to the index: the same query is answered once per edition, and no more
//! queries are let in than can be answered soon. The index works on threads of its own, so that pages
//! do not wait behind it; what finds the queue full is turned away at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use quick_cache::sync::Cache;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::error::Error;
use super::metrics::Metrics;
use super::texts::Ui;
use crate::domain::{Query, Results, Suggestion};
use crate::edition::Edition;

/// Queries whose results are remembered: in an emergency some hundred make up most of the searches.
/// Results of ten hits take about 8 kB.
const QUERIES_KEPT: usize = 1_024;
/// Beginnings of words whose suggestions are remembered: about 2 kB each.
const TYPED_KEPT: usize = 2_048;
/// Queries that wait for each that is under way: at 5 ms each the last of them waits a fifth of a second.
const WAITING_PER_SEAT: usize = 32;
/// How long a query may wait; a reader would rather read the page of an article meanwhile.
const WAIT_MAX: Duration = Duration::from_secs(1);

/// The way to the index.
pub struct Searching {
    found: Cache<(u64, Query), Arc<Results>>,
    typed: Cache<(u64, usize, String), Arc<[Suggestion]>>,
    written: Cache<(u64, Ui, Query), Arc<str>>,
    seats: Arc<Semaphore>,
    waiting: AtomicUsize,
    waiting_max: usize,
    edition: AtomicU64,
}

impl std::fmt::Debug for Searching {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Searching").field("seats", &self.seats.available_permits()).finish_non_exhaustive()
    }
}

impl Searching {
    /// So many queries at once.
    pub fn new(seats: usize) -> Self {
        Self {
            found: Cache::new(QUERIES_KEPT),
            typed: Cache::new(TYPED_KEPT),
            written: Cache::new(QUERIES_KEPT),
            seats: Arc::new(Semaphore::new(seats)),
            waiting: AtomicUsize::new(0),
            waiting_max: seats * WAITING_PER_SEAT,
            edition: AtomicU64::new(0),
        }
    }

    /// Answers a query.
    ///
    /// # Errors
    /// [`Error::Busy`] when too many are under way.
    pub async fn search(
        &self,
        metrics: &Metrics,
        edition: &Arc<Edition>,
        query: &Query,
    ) -> Result<Arc<Results>, Error> {
        let key = (self.number(edition), query.clone());
        if let Some(results) = self.found.get(&key) {
            return Ok(results);
        }
        let (rooms, asked) = (Arc::clone(edition), query.clone());
        let results = Arc::new(self.aside(metrics, move || rooms.search(&asked)).await?);
        self.found.insert(key, Arc::clone(&results));
        Ok(results)
    }

    /// Lines to offer while typing.
    ///
    /// # Errors
    /// As [`Searching::search`].
    pub async fn suggest(
        &self,
        metrics: &Metrics,
        edition: &Arc<Edition>,
        typed: &str,
        limit: usize,
    ) -> Result<Arc<[Suggestion]>, Error> {
        let key = (self.number(edition), limit, typed.to_owned());
        if let Some(lines) = self.typed.get(&key) {
            return Ok(lines);
        }
        let (rooms, asked) = (Arc::clone(edition), typed.to_owned());
        let lines: Arc<[Suggestion]> = self.aside(metrics, move || rooms.suggest(&asked, limit)).await?.into();
        self.typed.insert(key, Arc::clone(&lines));
        Ok(lines)
    }

    /// The results of a query as they were written once, or as `write` does it.
    pub fn written(&self, edition: &Edition, ui: Ui, query: &Query, write: impl FnOnce() -> String) -> Arc<str> {
        let key = (self.number(edition), ui, query.clone());
        if let Some(document) = self.written.get(&key) {
            return document;
        }
        let document: Arc<str> = write().into();
        self.written.insert(key, Arc::clone(&document));
        document
    }

    /// The edition's number, another one when votes have changed the order of equals. Results of an old one are let go, as they hold on to its articles.
    fn number(&self, edition: &Edition) -> u64 {
        let number = u64::from_str_radix(edition.version(), 16).unwrap_or_default() ^ edition.searcher().regard_stamp();
        if self.edition.swap(number, Ordering::Relaxed) != number {
            self.found.clear();
            self.typed.clear();
            self.written.clear();
        }
        number
    }

    /// Works on a thread where it holds nobody up.
    async fn aside<T: Send + 'static>(
        &self,
        metrics: &Metrics,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let busy = || {
            metrics.shed();
            Error::Busy
        };
        let free = Arc::clone(&self.seats).try_acquire_owned();
        let seat = if let Ok(seat) = free {
            seat
        } else {
            let _place = Place::take(&self.waiting, self.waiting_max).ok_or_else(busy)?;
            let seat = timeout(WAIT_MAX, Arc::clone(&self.seats).acquire_owned()).await;
            seat.map_err(|_| busy())?.map_err(|_| busy())?
        };
        let started = Instant::now();
        // The seat goes along: a reader who left does not make room before the work is done.
        let work = move || {
            let _seat = seat;
            work()
        };
        let done = tokio::task::spawn_blocking(work).await.map_err(|_| Error::Panic)?;
        metrics.searched(started.elapsed());
        Ok(done)
    }
}

/// A place in the queue, given back when dropped.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize, max: usize) -> Option<Self> {
        let place = Self(waiting);
        (waiting.fetch_add(1, Ordering::Relaxed) < max).then_some(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
impl Searching {
    /// Takes every seat, and every place in the queue with it.
    pub fn fill(&self) -> tokio::sync::OwnedSemaphorePermit {
        self.waiting.fetch_add(self.waiting_max, Ordering::Relaxed);
        let all = u32::try_from(self.seats.available_permits()).unwrap();
        Arc::clone(&self.seats).try_acquire_many_owned(all).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::web::sample::app;
    use crate::web::tests::Server;
    use crate::web::url::value;

    #[tokio::test]
    async fn searches_are_turned_away_before_pages() {
        let app = Arc::new(app().await);
        let server = Server::shared(&app);
        let known = format!("/api/v1/search?q={}", value("到账"));
        assert_eq!(server.get(&known).await.status, 200);
        let full = app.searching.fill();
        for path in ["/search?q=new", "/api/v1/search?q=new", "/api/v1/suggest?q=new"] {
            let page = server.get(path).await;
            assert_eq!((page.status, page.header("retry-after").as_str()), (503, "3"), "{path}");
        }
        for path in [known.as_str(), "/articles/transactions/not-arrived", "/", "/search", "/contact"] {
            assert_eq!(server.get(path).await.status, 200, "{path}");
        }
        assert_eq!(server.get("/articles/nowhere").await.status, 404, "an absent page names no others meanwhile");
        drop(full);
    }

    #[tokio::test]
    async fn the_same_query_reaches_the_index_once() {
        let app = Arc::new(app().await);
        let server = Server::shared(&app);
        let first = server.get("/search?q=abc").await;
        let full = app.searching.fill();
        let second = server.get("/search?q=abc").await;
        assert_eq!((first.status, second.status), (200, 200));
        drop(full);
    }
}
