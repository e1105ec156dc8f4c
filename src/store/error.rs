//! What can go wrong between us and the database, sorted by what the caller can do about it.
//!
//! Texts never carry a value of a row or the database's address, which may hold a password.

use std::sync::Arc;

use sqlx::migrate::MigrateError;
use sqlx::postgres::PgDatabaseError;

/// Whether the same call may succeed a moment later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// It may: the database was busy or out of reach.
    Helps,
    /// It will not: somebody has to mend something first.
    Hopeless,
}

/// A failure of the store. Cheap to clone, because one failed commit fails every insert in it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// Neither a path, nor `sqlite:…`, nor `postgres://…`.
    #[error("the database address must be a path, `sqlite:PATH` or `postgres://…`")]
    Address,
    /// The folder or file of the database cannot be made, read or written.
    #[error("the database file cannot be used")]
    File(#[source] Arc<std::io::Error>),
    /// The tables could not be brought up to date.
    #[error("the database tables could not be brought up to date")]
    Migrate(#[source] Arc<MigrateError>),
    /// Another connection holds what we need.
    #[error("the database is busy")]
    Busy(#[source] Arc<sqlx::Error>),
    /// The connection is lost or could not be had in time.
    #[error("the database is out of reach")]
    Unreachable(#[source] Arc<sqlx::Error>),
    /// There is no room left on the disk.
    #[error("the disk of the database is full")]
    Full(#[source] Arc<sqlx::Error>),
    /// A page of the file makes no sense: nothing is written any more, so that it gets no worse.
    #[error("the database file is damaged: stop the server and restore a backup")]
    Damaged(#[source] Arc<sqlx::Error>),
    /// Anything else the database answers: a read-only disk, missing rights.
    #[error("the database failed")]
    Broken(#[source] Arc<sqlx::Error>),
    /// [`Store::close`](super::Store::close) was called.
    #[error("the store is closed")]
    Closed,
    /// A kept row holds a word that this version does not know.
    #[error("a kept {0} cannot be read")]
    Unreadable(&'static str),
    /// The operating system gives no randomness.
    #[error("the operating system gives no randomness")]
    Randomness,
    /// A password cannot be hashed.
    #[error("the password cannot be hashed")]
    Password,
    /// A reviewer of this name exists.
    #[error("there is already a reviewer named `{0}`")]
    NameTaken(String),
    /// No reviewer has this name.
    #[error("there is no reviewer named `{0}`")]
    NoReviewer(String),
    /// The backup is not a database of ours, or of a newer version.
    #[error("the backup is not usable: {0}")]
    BadBackup(&'static str),
    /// A restore would pull the file from under a running server.
    #[error("the database is in use")]
    InUse,
    /// Something only a SQLite file can do.
    #[error("only a SQLite file can do this; for PostgreSQL use pg_dump and pg_restore")]
    SqliteOnly,
}

impl Error {
    /// Whether the same call may succeed a moment later.
    pub fn retry(&self) -> Retry {
        match self {
            Self::Busy(_) | Self::Unreachable(_) | Self::InUse => Retry::Helps,
            _ => Retry::Hopeless,
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let kind = match &error {
            sqlx::Error::PoolClosed => return Self::Closed,
            sqlx::Error::PoolTimedOut
            | sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::BeginFailed
            | sqlx::Error::WorkerCrashed => Self::Unreachable,
            sqlx::Error::Database(answer) => match answer.try_downcast_ref::<PgDatabaseError>() {
                Some(answer) => postgres_kind(answer.code()),
                None => sqlite_kind(answer.code().as_deref().unwrap_or_default()),
            },
            _ => Self::Broken,
        };
        kind(Arc::new(error))
    }
}

impl From<MigrateError> for Error {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(error) => error.into(),
            error => Self::Migrate(Arc::new(error)),
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Self::File(Arc::new(error))
    }
}

type Kind = fn(Arc<sqlx::Error>) -> Error;

/// Source: <https://www.sqlite.org/rescode.html>; the low byte of an extended code is the primary one.
fn sqlite_kind(code: &str) -> Kind {
    match code.parse::<u32>().unwrap_or_default() & 0xff {
        5 | 6 => Error::Busy,
        13 => Error::Full,
        11 | 26 => Error::Damaged,
        _ => Error::Broken,
    }
}

/// Source: <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
fn postgres_kind(code: &str) -> Kind {
    match (code.get(..2).unwrap_or_default(), code) {
        (_, "53100") => Error::Full,
        ("40" | "55", _) => Error::Busy,
        ("08" | "53" | "57", _) => Error::Unreachable,
        _ => Error::Broken,
    }
}
