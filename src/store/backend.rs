//! The two databases behind the store: how they are opened and how one piece of SQL runs on both.
//!
//! SQL uses `$1` placeholders, TEXT and BIGINT only, so the same sentence serves both; the macros
//! below write it out once per database, because the two pools are different types.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::Connection as _;
use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use super::Error;

pub(super) static SQLITE: Migrator = sqlx::migrate!("src/store/migrations/sqlite");
pub(super) static POSTGRES: Migrator = sqlx::migrate!("src/store/migrations/postgres");

/// How long a call waits for a connection before it says that the database is out of reach: readers
/// who wait longer than this have left.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a start without PostgreSQL waits before it asks again.
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// How long SQLite waits for another process's write lock: a backup or a second server on one file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// SQLite readers: each is a thread, and more than a few only compete for the same cores.
const READERS_MAX: u32 = 4;
/// PostgreSQL connections of one instance; several instances share the server's usual 100.
const CONNECTIONS_MAX: u32 = 16;

/// Runs `$body` with a pool to read from, on whichever database is behind `$store`.
macro_rules! read {
    ($store:expr, $pool:ident => $body:expr) => {
        match &$store.inner.backend {
            Backend::Sqlite(sqlite) => {
                let $pool = &sqlite.readers;
                $body
            }
            Backend::Postgres(pool) => {
                $store.is_there()?;
                let $pool = pool;
                $body
            }
        }
    };
}

/// Runs `$body` in a transaction that can write; leaving it early rolls back.
macro_rules! write {
    ($store:expr, $tx:ident => $body:expr) => {
        match &$store.inner.backend {
            // IMMEDIATE: a transaction that first reads and then writes cannot wait for the write
            // lock (SQLITE_BUSY_SNAPSHOT), so it takes it at once.
            Backend::Sqlite(sqlite) => {
                $store.is_sound()?;
                let mut $tx = sqlite.writer.begin_with("BEGIN IMMEDIATE").await?;
                let outcome = $body;
                $tx.commit().await?;
                outcome
            }
            Backend::Postgres(pool) => {
                $store.is_there()?;
                let mut $tx = pool.begin().await?;
                let outcome = $body;
                $tx.commit().await?;
                outcome
            }
        }
    };
}

pub(super) use {read, write};

/// The database behind a store.
pub(super) enum Backend {
    Sqlite(Sqlite),
    Postgres(PgPool),
}

/// A SQLite file: one connection writes, a few read.
pub(super) struct Sqlite {
    pub(super) writer: SqlitePool,
    pub(super) readers: SqlitePool,
    /// None for a database in memory.
    pub(super) path: Option<PathBuf>,
    /// A shared lock beside the file, held while it is open: a restore needs it whole.
    _lock: Option<File>,
}

/// An address taken apart.
pub(super) enum Address {
    Memory,
    File(PathBuf),
    Postgres(Box<PgConnectOptions>),
}

impl Address {
    pub(super) fn parse(url: &str) -> Result<Self, Error> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let options: PgConnectOptions = url.parse().map_err(|_| Error::Address)?;
            return Ok(Self::Postgres(Box::new(options.application_name("wenqu"))));
        }
        let path = match url.split_once(':') {
            Some(("sqlite", path)) => path.strip_prefix("//").unwrap_or(path),
            Some((_, rest)) if rest.starts_with("//") => return Err(Error::Address),
            _ => url,
        };
        match path {
            "" => Err(Error::Address),
            ":memory:" => Ok(Self::Memory),
            path => Ok(Self::File(path.into())),
        }
    }
}

impl Backend {
    pub(super) async fn open(url: &str) -> Result<Self, Error> {
        let backend = match Address::parse(url)? {
            Address::Memory => Self::Sqlite(Sqlite::in_memory().await?),
            Address::File(path) => Self::Sqlite(Sqlite::open(path).await?),
            Address::Postgres(options) => {
                let pool = postgres().connect_with(*options).await?;
                POSTGRES.run(&pool).await?;
                Self::Postgres(pool)
            }
        };
        Ok(backend)
    }

    /// The same without asking the database anything: every call finds out how it is by itself.
    pub(super) fn unasked(url: &str) -> Result<Self, Error> {
        Ok(match Address::parse(url)? {
            Address::Memory => return Err(Error::Address),
            Address::File(path) => {
                let options = options(&path);
                let readers = lasting(READERS_MAX).connect_lazy_with(options.clone().pragma("query_only", "1"));
                let writer = lasting(1).connect_lazy_with(options);
                Self::Sqlite(Sqlite { writer, readers, path: Some(path), _lock: None })
            }
            Address::Postgres(options) => Self::Postgres(postgres().connect_lazy_with(*options)),
        })
    }

    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite(sqlite) => {
                sqlite.readers.close().await;
                sqlite.writer.close().await;
            }
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

fn postgres() -> PgPoolOptions {
    PgPoolOptions::new().max_connections(CONNECTIONS_MAX).acquire_timeout(ACQUIRE_TIMEOUT)
}

impl Sqlite {
    /// A database that lives as long as its one connection, for tests.
    async fn in_memory() -> Result<Self, Error> {
        let options = SqliteConnectOptions::new().in_memory(true).foreign_keys(true);
        let pool = lasting(1).connect_with(options).await?;
        SQLITE.run(&pool).await?;
        Ok(Self { writer: pool.clone(), readers: pool, path: None, _lock: None })
    }

    async fn open(path: PathBuf) -> Result<Self, Error> {
        make_place(&path)?;
        let lock = open_lock(&path)?;
        lock.try_lock_shared().map_err(|_| Error::InUse)?;
        // The file holds what readers wrote, so only its owner reads it; WAL and SHM inherit this.
        own_file(&path)?;
        let options = options(&path);
        let writer = open_writer(&options).await?;
        let readers = lasting(READERS_MAX).connect_with(options.pragma("query_only", "1")).await?;
        Ok(Self { writer, readers, path: Some(path), _lock: Some(lock) })
    }
}

/// Ends when PostgreSQL answers and its tables are up to date, or nobody needs it any more.
pub(super) async fn await_postgres(pool: PgPool, away: Arc<AtomicBool>) {
    while !pool.is_closed() {
        match POSTGRES.run(&pool).await.map_err(Error::from) {
            Ok(()) => {
                tracing::info!("the database answers");
                return away.store(false, Ordering::Relaxed);
            }
            Err(Error::Unreachable(_) | Error::Busy(_)) => {}
            Err(error) => {
                let cause = std::error::Error::source(&error);
                tracing::error!(cause, "{error}");
            }
        }
        tokio::time::sleep(RETRY_AFTER).await;
    }
}

/// How every connection to a file is set up. FULL: in tests that cut the power, WAL with NORMAL
/// lost every committed row and FULL kept all (`synchronous` is documented so).
pub(super) fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(false)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(BUSY_TIMEOUT)
        .foreign_keys(true)
}

/// The file whose lock says that a database is open.
pub(super) fn open_lock(path: &Path) -> Result<File, Error> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    Ok(OpenOptions::new().create(true).truncate(false).write(true).open(PathBuf::from(name))?)
}

/// Opens a file for writing and brings its tables up to date.
///
/// Two processes that meet on a new file both find it empty. The later one is told "locked" while
/// WAL mode is set (no busy timeout applies there), or fails on a table that has just been made; a
/// moment later it finds everything in place.
async fn open_writer(options: &SqliteConnectOptions) -> Result<SqlitePool, Error> {
    const TRIES: u32 = 5;
    let mut tries = 1;
    loop {
        let outcome = async {
            let writer = lasting(1).before_acquire(|connection, _| Box::pin(is_between(connection)));
            let writer = writer.connect_with(options.clone()).await?;
            SQLITE.run(&writer).await?;
            Ok(writer)
        };
        match outcome.await {
            Err(Error::Busy(_) | Error::Unreachable(_) | Error::Migrate(_)) if tries < TRIES => {
                tokio::time::sleep(Duration::from_millis(20) * tries).await;
                tries += 1;
            }
            outcome => return outcome,
        }
    }
}

/// Whether a connection stands between two transactions. SQLite ends one by itself when the disk is
/// full; sqlx then fails to roll it back, counts it as open for ever, and begins no other. Such a
/// connection is closed and a fresh one takes its place, so that writing goes on once there is room.
///
/// Source: <https://www.sqlite.org/lang_transaction.html>, "Response To Errors Within A Transaction".
async fn is_between(connection: &mut SqliteConnection) -> Result<bool, sqlx::Error> {
    match connection.begin_with("BEGIN").await {
        Ok(tx) => tx.rollback().await.map(|()| true),
        Err(_) => Ok(false),
    }
}

/// SQLite connections never go stale, so the pool keeps them.
fn lasting(max: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(max)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

/// Makes the folder of a new database, and makes its entry last.
fn make_place(path: &Path) -> Result<(), Error> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists()) else {
        return Ok(());
    };
    std::fs::create_dir_all(folder)?;
    sync_folder(folder)?;
    folder.parent().map_or(Ok(()), sync_folder)
}

/// Makes the entries of a folder last through a power cut; where a folder cannot be opened as a
/// file (not on Unix) there is nothing to do.
pub(super) fn sync_folder(folder: &Path) -> Result<(), Error> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    match File::open(folder) {
        Ok(folder) => Ok(folder.sync_all()?),
        Err(_) if !cfg!(unix) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Makes the file with rights for its owner only, if it is not there.
fn own_file(path: &Path) -> Result<(), Error> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_connection_that_writes_waits_for_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let sqlite = Sqlite::open(folder.path().join("x.db")).await.unwrap();
        for (pool, query_only) in [(&sqlite.writer, 0), (&sqlite.readers, 1)] {
            let pragma =
                |sql: &'static str| async move { sqlx::query_scalar::<_, i64>(sql).fetch_one(pool).await.unwrap() };
            assert_eq!(pragma("PRAGMA synchronous").await, 2, "2 is FULL");
            assert_eq!(pragma("PRAGMA foreign_keys").await, 1);
            assert_eq!(pragma("PRAGMA query_only").await, query_only);
            let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(pool).await.unwrap();
            assert_eq!(mode, "wal");
        }
    }

    #[test]
    fn addresses_are_read_as_people_write_them() {
        let check = |url: &str, expected: &str| {
            let read = match Address::parse(url) {
                Ok(Address::Memory) => "memory".to_owned(),
                Ok(Address::File(path)) => path.display().to_string(),
                Ok(Address::Postgres(_)) => "postgres".to_owned(),
                Err(_) => "refused".to_owned(),
            };
            assert_eq!(read, expected, "{url}");
        };
        check("data/wenqu.db", "data/wenqu.db");
        check("sqlite:data/wenqu.db", "data/wenqu.db");
        check("sqlite:///var/lib/wenqu.db", "/var/lib/wenqu.db");
        check("C:\\wenqu\\wenqu.db", "C:\\wenqu\\wenqu.db");
        check("sqlite::memory:", "memory");
        check("postgres://u:p@localhost/wenqu", "postgres");
        check("postgresql://localhost/wenqu", "postgres");
        check("postgres://localhost:notaport/wenqu", "refused");
        check("mysql://localhost/wenqu", "refused");
        check("sqlite:", "refused");
    }
}
