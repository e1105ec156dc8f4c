//! Who may sit at the review desk: reviewers, their passwords and tokens, their sessions.
//!
//! Passwords are kept as argon2id strings and tokens as their SHA-256, so a copy of the database
//! lets nobody in.

use std::fmt;
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::audit::audit_row;
use super::backend::{Backend, read, write};
use super::{Error, Store, random, timestamp};

/// A hash to compare with where there is no reviewer of a name, so that the time of an answer does
/// not tell which names exist. Its last part is made up: no password has it.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$d2VucXUtbm9ib2R5LTAx$pX3Eo4x2Zk2c3sLr0mFz2oYw6v8b1nH5q7t9u0a1c2E";

/// A reviewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reviewer {
    /// The name they sign in with.
    pub name: String,
    /// Whether they may.
    pub active: bool,
    /// Whether they hold an API token.
    pub has_token: bool,
    /// When they were added.
    pub created: Timestamp,
}

/// A reviewer's presence at the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Who.
    pub reviewer: String,
    /// Since when.
    pub created: Timestamp,
    /// Until when.
    pub expires: Timestamp,
}

/// A secret that opens a session or the API: 32 random bytes as hexadecimal digits. Shown once.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    fn new() -> Result<Self, Error> {
        Ok(Self(hex(&random::<32>()?)))
    }

    /// Reads a token as a cookie or header carries it.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        fits.then(|| Self(text.to_owned()))
    }

    /// The token for the cookie, or for the one time it is shown.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is kept of it. A plain hash is enough: 256 random bits cannot be guessed from it.
    fn kept(&self) -> String {
        hex(&Sha256::digest(self.0.as_bytes()))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        text.extend([byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap_or('0')));
        text
    })
}

#[derive(sqlx::FromRow)]
struct ReviewerRow {
    name: String,
    disabled: i64,
    has_token: i64,
    created_ms: i64,
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    reviewer: String,
    created_ms: i64,
    expires_ms: i64,
}

/// Writes what was done from the command line to the audit list, unless it did nothing.
macro_rules! note_command {
    ($action:literal, $name:expr, $changed:expr, $tx:ident) => {
        if $changed > 0 {
            audit_row!("wenqu reviewer", $action, $name, "", &mut *$tx);
        }
    };
}

impl Store {
    /// Adds a reviewer.
    ///
    /// # Errors
    /// [`Error::NameTaken`], or when the database fails.
    pub async fn reviewer_add(&self, name: &str, password: &str) -> Result<(), Error> {
        let password = self.hash(password).await?;
        let added = write!(self, tx => {
            let added = sqlx::query(
                "INSERT INTO reviewers (name, password, created_ms) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING",
            )
            .bind(name)
            .bind(password.as_str())
            .bind(Timestamp::now().as_millisecond())
            .execute(&mut *tx)
            .await?
            .rows_affected();
            note_command!("reviewer added", name, added, tx);
            added
        });
        if added == 0 { Err(Error::NameTaken(name.to_owned())) } else { Ok(()) }
    }

    /// All reviewers by name.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reviewer_list(&self) -> Result<Vec<Reviewer>, Error> {
        let rows: Vec<ReviewerRow> = read!(self, pool => {
            sqlx::query_as("SELECT name, disabled, CAST(COUNT(token) AS BIGINT) AS has_token, created_ms FROM reviewers GROUP BY name, disabled, created_ms ORDER BY name")
                .fetch_all(pool).await
        })?;
        rows.into_iter().map(ReviewerRow::read).collect()
    }

    /// Shuts a reviewer out, ending their sessions and their token.
    ///
    /// # Errors
    /// [`Error::NoReviewer`], or when the database fails.
    pub async fn reviewer_disable(&self, name: &str) -> Result<(), Error> {
        let changed = write!(self, tx => {
            sqlx::query("DELETE FROM sessions WHERE reviewer = $1").bind(name).execute(&mut *tx).await?;
            let changed = sqlx::query("UPDATE reviewers SET disabled = 1, token = NULL WHERE name = $1")
                .bind(name).execute(&mut *tx).await?.rows_affected();
            note_command!("reviewer disabled", name, changed, tx);
            changed
        });
        found(changed, name)
    }

    /// Lets a disabled reviewer in again, with the password they had.
    ///
    /// # Errors
    /// [`Error::NoReviewer`], or when the database fails.
    pub async fn reviewer_enable(&self, name: &str) -> Result<(), Error> {
        let changed = write!(self, tx => {
            let changed = sqlx::query("UPDATE reviewers SET disabled = 0 WHERE name = $1")
                .bind(name).execute(&mut *tx).await?.rows_affected();
            note_command!("reviewer enabled", name, changed, tx);
            changed
        });
        found(changed, name)
    }

    /// Replaces a reviewer's password and ends their sessions.
    ///
    /// # Errors
    /// [`Error::NoReviewer`], or when the database fails.
    pub async fn reviewer_set_password(&self, name: &str, password: &str) -> Result<(), Error> {
        let password = self.hash(password).await?;
        let changed = write!(self, tx => {
            sqlx::query("DELETE FROM sessions WHERE reviewer = $1").bind(name).execute(&mut *tx).await?;
            let changed = sqlx::query("UPDATE reviewers SET password = $2 WHERE name = $1")
                .bind(name).bind(password.as_str()).execute(&mut *tx).await?.rows_affected();
            note_command!("password", name, changed, tx);
            changed
        });
        found(changed, name)
    }

    /// Makes a reviewer's API token, which replaces the one before. It is shown once: only its hash
    /// is kept.
    ///
    /// # Errors
    /// [`Error::NoReviewer`] (also for a disabled one), or when the database fails.
    pub async fn reviewer_token(&self, name: &str) -> Result<Token, Error> {
        let token = Token::new()?;
        let changed = write!(self, tx => {
            let changed = sqlx::query("UPDATE reviewers SET token = $2 WHERE name = $1 AND disabled = 0")
                .bind(name).bind(token.kept()).execute(&mut *tx).await?.rows_affected();
            note_command!("token", name, changed, tx);
            changed
        });
        found(changed, name).map(|()| token)
    }

    /// The reviewer of this name, if the password is theirs and they are not disabled. It takes as
    /// long for a name that does not exist.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reviewer_sign_in(&self, name: &str, password: &str) -> Result<Option<Reviewer>, Error> {
        let kept: Option<String> = read!(self, pool => {
            sqlx::query_scalar("SELECT password FROM reviewers WHERE name = $1 AND disabled = 0")
                .bind(name).fetch_optional(pool).await
        })?;
        let known = kept.is_some();
        let matches = self.verify(password, kept.unwrap_or_else(|| NOBODY.to_owned())).await?;
        if !(known && matches) {
            return Ok(None);
        }
        Ok(self.reviewer_list().await?.into_iter().find(|reviewer| reviewer.name == name))
    }

    /// The reviewer who holds an API token.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn reviewer_by_token(&self, token: &Token) -> Result<Option<Reviewer>, Error> {
        let row: Option<ReviewerRow> = read!(self, pool => {
            sqlx::query_as("SELECT name, disabled, CAST(1 AS BIGINT) AS has_token, created_ms FROM reviewers WHERE token = $1 AND disabled = 0")
                .bind(token.kept()).fetch_optional(pool).await
        })?;
        row.map(ReviewerRow::read).transpose()
    }

    /// Opens a session for `ttl` and sweeps those that are over.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_create(&self, reviewer: &str, ttl: Duration) -> Result<Token, Error> {
        let token = Token::new()?;
        let now_ms = Timestamp::now().as_millisecond();
        let ttl_ms = i64::try_from(ttl.as_millis()).unwrap_or(i64::MAX);
        write!(self, tx => {
            sqlx::query("DELETE FROM sessions WHERE expires_ms <= $1").bind(now_ms).execute(&mut *tx).await?;
            sqlx::query("INSERT INTO sessions (token, reviewer, created_ms, expires_ms) VALUES ($1, $2, $3, $4)")
                .bind(token.kept())
                .bind(reviewer)
                .bind(now_ms)
                .bind(now_ms.saturating_add(ttl_ms))
                .execute(&mut *tx)
                .await?;
        });
        Ok(token)
    }

    /// The session a token opens, unless it is over or its reviewer is disabled.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_read(&self, token: &Token) -> Result<Option<Session>, Error> {
        let row: Option<SessionRow> = read!(self, pool => {
            sqlx::query_as(
                "SELECT s.reviewer, s.created_ms, s.expires_ms FROM sessions s JOIN reviewers r ON r.name = s.reviewer
                 WHERE s.token = $1 AND s.expires_ms > $2 AND r.disabled = 0",
            )
            .bind(token.kept())
            .bind(Timestamp::now().as_millisecond())
            .fetch_optional(pool)
            .await
        })?;
        row.map(|row| {
            Ok(Session {
                reviewer: row.reviewer,
                created: timestamp(row.created_ms)?,
                expires: timestamp(row.expires_ms)?,
            })
        })
        .transpose()
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn session_delete(&self, token: &Token) -> Result<(), Error> {
        write!(self, tx => {
            sqlx::query("DELETE FROM sessions WHERE token = $1").bind(token.kept()).execute(&mut *tx).await?;
        });
        Ok(())
    }

    async fn hash(&self, password: &str) -> Result<String, Error> {
        let password = password.to_owned();
        self.off_the_runtime(move || Argon2::default().hash_password(password.as_bytes()).map(|hash| hash.to_string()))
            .await?
            .map_err(|_| Error::Password)
    }

    async fn verify(&self, password: &str, kept: String) -> Result<bool, Error> {
        let password = password.to_owned();
        self.off_the_runtime(move || {
            PasswordHash::new(&kept)
                .is_ok_and(|kept| Argon2::default().verify_password(password.as_bytes(), &kept).is_ok())
        })
        .await
    }

    /// Runs slow work on a thread for such work, a few at a time.
    async fn off_the_runtime<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let _permit = self.inner.hashing.acquire().await.map_err(|_| Error::Closed)?;
        tokio::task::spawn_blocking(work).await.map_err(|_| Error::Password)
    }
}

fn found(changed: u64, name: &str) -> Result<(), Error> {
    if changed == 0 { Err(Error::NoReviewer(name.to_owned())) } else { Ok(()) }
}

impl ReviewerRow {
    fn read(self) -> Result<Reviewer, Error> {
        Ok(Reviewer {
            name: self.name,
            active: self.disabled == 0,
            has_token: self.has_token > 0,
            created: timestamp(self.created_ms)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_of_nobody_is_well_formed_and_costs_as_much_as_a_real_one() {
        let nobody = PasswordHash::new(NOBODY).unwrap();
        let real = Argon2::default().hash_password(b"x").unwrap();
        assert_eq!((nobody.algorithm.as_str(), nobody.params.to_string()), ("argon2id", real.params.to_string()));
    }
}
