//! Keeps what readers tell us: feedback and its history, the search log, and what the review desk
//! needs (reviewers, sessions, proposals, rate limits, audit), in SQLite or PostgreSQL behind one [`Store`].
//!
//! It keeps what it is given. That nothing secret is given, and that identifiers come masked, is the
//! caller's duty: this room does not know the guard. No visitor's address reaches a table.

mod audit;
mod backend;
mod changes;
mod closings;
mod copies;
mod desk;
mod error;
mod feedback;
mod news;
mod outbox;
mod proposal_events;
mod proposals;
mod rates;
mod searches;
mod votes;
mod writer;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use rand::TryRng as _;
use rand::rngs::SysRng;
use tokio::sync::{Notify, Semaphore, broadcast, mpsc};
use uuid::Uuid;

use crate::domain::RecordId;

use backend::{Backend, read};

pub use audit::AuditEntry;
pub use changes::{Amended, Event, EventKind};
pub use closings::UnknownName;
pub use desk::{Reviewer, Session, Token};
pub use error::{Error, Retry};
pub use feedback::{FeedbackFilter, Order};
pub use news::{Listener, News};
pub use outbox::Word;
pub use proposal_events::ProposalEvent;
pub use proposals::{ProposalFilter, Rank};
pub use searches::{QueryCount, SearchDay, SearchFilter, SearchMark, SearchRecord};
pub use votes::{DayVotes, RevisionReasons, RevisionVotes};

/// Passwords hashed at a time: each takes 19 MiB and a core for some 60 ms.
const HASHES_MAX: usize = 2;
/// Announcements kept for a slow listener in this process before it is told that it missed some.
const NEWS_KEPT: usize = 16;

/// The database, whichever it is. Clones share one set of connections.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    backend: Backend,
    /// Where SQLite gathers small writes into one transaction; none on PostgreSQL, whose own log
    /// writer does the same for concurrent commits.
    writer: Option<mpsc::Sender<writer::Job>>,
    /// Set once a page of the SQLite file made no sense.
    damage: Arc<OnceLock<Error>>,
    /// Set as long as PostgreSQL has not answered since the start.
    away: Arc<AtomicBool>,
    salt: std::sync::Mutex<Option<rates::DaySalt>>,
    takes: std::sync::atomic::AtomicU32,
    hashing: Semaphore,
    news: broadcast::Sender<String>,
    /// Whether another system waits for word of feedback, and the bell for whoever delivers it.
    keeps_words: AtomicBool,
    words: Notify,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.inner.backend {
            Backend::Sqlite(_) => "Store(SQLite)",
            Backend::Postgres(_) => "Store(PostgreSQL)",
        })
    }
}

impl Store {
    /// Opens the database at `url`, making it and bringing its tables up to date as needed.
    ///
    /// `url` is `postgres://…`, `sqlite:PATH`, a plain path, or `sqlite::memory:` for tests.
    ///
    /// # Errors
    /// When the address makes no sense, the place cannot be used, or the tables are of a newer version.
    pub async fn open(url: &str) -> Result<Self, Error> {
        Ok(Self::over(Backend::open(url).await?))
    }

    /// As [`Store::open`], but where PostgreSQL is out of reach, or the file is damaged, gives a store
    /// that says so at every call, with the reason: readers can do without it. PostgreSQL is taken
    /// up as soon as it answers.
    ///
    /// # Errors
    /// As [`Store::open`], but for [`Error::Unreachable`] and [`Error::Damaged`].
    pub async fn open_or_wait(url: &str) -> Result<(Self, Option<Error>), Error> {
        let reason = match Self::open(url).await {
            Err(reason @ (Error::Unreachable(_) | Error::Damaged(_))) => reason,
            outcome => return outcome.map(|store| (store, None)),
        };
        let store = Self::over(Backend::unasked(url)?);
        match &store.inner.backend {
            Backend::Sqlite(_) => store.note_damage(&reason),
            Backend::Postgres(pool) => {
                store.inner.away.store(true, Ordering::Relaxed);
                tokio::spawn(backend::await_postgres(pool.clone(), Arc::clone(&store.inner.away)));
            }
        }
        Ok((store, Some(reason)))
    }

    fn over(backend: Backend) -> Self {
        let damage = Arc::<OnceLock<Error>>::default();
        let writer = match &backend {
            Backend::Sqlite(sqlite) => Some(writer::start(sqlite.writer.clone(), Arc::clone(&damage))),
            Backend::Postgres(_) => None,
        };
        let inner = Inner {
            backend,
            writer,
            damage,
            away: Arc::default(),
            salt: std::sync::Mutex::default(),
            takes: std::sync::atomic::AtomicU32::default(),
            hashing: Semaphore::new(HASHES_MAX),
            news: broadcast::Sender::new(NEWS_KEPT),
            keeps_words: AtomicBool::default(),
            words: Notify::new(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Takes note of what a call failed with: once the file is damaged nothing is written to it.
    pub fn note_damage(&self, error: &Error) {
        if matches!(error, Error::Damaged(_)) && self.inner.damage.set(error.clone()).is_ok() {
            tracing::error!("the database file is damaged: nothing is written to it any more");
        }
    }

    /// Whether the file may be written.
    fn is_sound(&self) -> Result<(), Error> {
        self.inner.damage.get().map_or(Ok(()), |damage| Err(damage.clone()))
    }

    /// Whether PostgreSQL has answered since the start: calls before need not wait to fail.
    fn is_there(&self) -> Result<(), Error> {
        if self.inner.away.load(Ordering::Relaxed) { Err(sqlx::Error::PoolTimedOut.into()) } else { Ok(()) }
    }

    /// Answers once the database does.
    ///
    /// # Errors
    /// When it does not, with the word on whether waiting helps.
    pub async fn ready(&self) -> Result<(), Error> {
        self.is_sound()?;
        read!(self, pool => sqlx::query_scalar::<_, i64>("SELECT COUNT(*) FROM feedback WHERE id = ''").fetch_one(pool).await)?;
        Ok(())
    }

    /// Lets go of all connections; calls under way finish, later ones fail with [`Error::Closed`].
    pub async fn close(&self) {
        self.inner.backend.close().await;
    }
}

/// A new record's id and the moment it stands for.
///
/// Ids of one process are strictly ascending; the moment is read back from the id, so that ranges of
/// time are ranges of ids.
pub fn new_id() -> (RecordId, Timestamp) {
    let id = Uuid::now_v7();
    let ms = id.get_timestamp().map_or(0, |at| {
        let (seconds, nanoseconds) = at.to_unix();
        seconds.cast_signed() * 1_000 + i64::from(nanoseconds / 1_000_000)
    });
    (record_id(id), Timestamp::from_millisecond(ms).unwrap_or_default())
}

/// An id for a record of another moment, for imports and tests.
pub fn id_at(at: Timestamp) -> RecordId {
    let ms = at.as_millisecond().max(0).cast_unsigned();
    let at = uuid::Timestamp::from_unix(uuid::NoContext, ms / 1_000, (ms % 1_000) as u32 * 1_000_000);
    record_id(Uuid::new_v7(at))
}

fn record_id(id: Uuid) -> RecordId {
    RecordId::parse(&id.to_string()).expect("a UUID is 36 lower-case hexadecimal digits and hyphens")
}

/// The id before all ids of `at` and later: as ids begin with their 48 bits of milliseconds, the
/// prefix alone compares as wanted.
fn first_id(at: Timestamp) -> String {
    let ms = at.as_nanosecond().div_euclid(1_000_000) + i128::from(at.as_nanosecond().rem_euclid(1_000_000) > 0);
    let ms = ms.clamp(0, 0xffff_ffff_ffff);
    format!("{:08x}-{:04x}", ms >> 16, ms & 0xffff)
}

fn timestamp(ms: i64) -> Result<Timestamp, Error> {
    Timestamp::from_millisecond(ms).map_err(|_| Error::Unreadable("time"))
}

/// Bytes from the operating system's source of randomness.
fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    SysRng.try_fill_bytes(&mut bytes).map_err(|_| Error::Randomness)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_of_time_is_a_range_of_ids() {
        let at = |ms| Timestamp::from_millisecond(ms).unwrap();
        for ms in [0, 1, 0xffff, 0x1_0000, 1_790_000_000_123] {
            let id = id_at(at(ms));
            assert!(first_id(at(ms)).as_str() <= id.as_str());
            assert!(first_id(at(ms + 1)).as_str() > id.as_str());
            let between = at(ms) + jiff::SignedDuration::from_nanos(1);
            assert!(first_id(between).as_str() > id.as_str(), "a fraction of a millisecond counts");
        }
    }

    #[tokio::test]
    async fn a_damaged_file_is_read_and_written_no_more() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        store.reviewer_add("before", "a long enough password").await.unwrap();
        store.note_damage(&Error::Damaged(Arc::new(sqlx::Error::WorkerCrashed)));
        let refused = store.reviewer_add("after", "a long enough password").await;
        assert!(matches!(refused, Err(Error::Damaged(_))), "{refused:?}");
        assert_eq!(store.reviewer_list().await.unwrap().len(), 1);
        assert!(matches!(store.ready().await, Err(Error::Damaged(_))));
    }

    #[test]
    fn new_ids_ascend_and_tell_their_moment() {
        let ids: Vec<_> = (0..1_000).map(|_| new_id()).collect();
        assert!(ids.is_sorted_by(|a, b| a.0 < b.0));
        for (id, at) in ids {
            assert!(first_id(at).as_str() <= id.as_str());
        }
    }
}
