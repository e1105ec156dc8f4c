//! Rate limits that instances share, kept under keys from which no visitor can be told: a hash of
//! the address under a salt that is thrown away each day.

use std::sync::atomic::Ordering;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::backend::{Backend, read, write};
use super::writer::{self, Job, Take};
use super::{Error, Store, random};

/// Uses between two sweeps of windows that are over.
const SWEEP_EVERY: u32 = 512;
const DAY_MS: i64 = 86_400_000;

/// The salt of one day (UTC), counted from 1970.
#[derive(Clone, Copy)]
pub(super) struct DaySalt {
    day: i64,
    salt: [u8; 32],
}

macro_rules! count_take {
    ($take:expr, $on:expr) => {
        sqlx::query_scalar::<_, i64>(
            "INSERT INTO takes (key, window_ms, ends_ms, count) VALUES ($1, $2, $3, 1)
             ON CONFLICT (key, window_ms, ends_ms) DO UPDATE SET count = takes.count + 1 RETURNING count",
        )
        .bind($take.key.as_slice())
        .bind($take.window_ms)
        .bind($take.ends_ms)
        .fetch_one($on)
        .await?
    };
}
pub(super) use count_take;

impl Store {
    /// Counts one use of `key` and says whether it is among the first `max` in the present window of
    /// `window_s` seconds. Windows begin at multiples of their length, the same for all instances.
    ///
    /// # Errors
    /// When the database fails; the caller decides whether to let the visitor through.
    pub async fn take(&self, key: [u8; 16], window_s: u32, max: u32) -> Result<bool, Error> {
        let now_ms = Timestamp::now().as_millisecond();
        self.take_at(now_ms, key, window_s, max).await
    }

    async fn take_at(&self, now_ms: i64, key: [u8; 16], window_s: u32, max: u32) -> Result<bool, Error> {
        self.is_there()?;
        let window_ms = i64::from(window_s.max(1)) * 1_000;
        let take = Take { key, window_ms, ends_ms: (now_ms.div_euclid(window_ms) + 1) * window_ms };
        if self.inner.takes.fetch_add(1, Ordering::Relaxed).is_multiple_of(SWEEP_EVERY) {
            write!(self, tx => {
                sqlx::query("DELETE FROM takes WHERE ends_ms <= $1").bind(now_ms).execute(&mut *tx).await?;
            });
        }
        let count = match (&self.inner.backend, &self.inner.writer) {
            (Backend::Postgres(pool), _) => count_take!(take, pool),
            (Backend::Sqlite(_), Some(writer)) => writer::ask(writer, |to| Job::Take(take, to)).await?,
            (Backend::Sqlite(_), None) => return Err(Error::Closed),
        };
        Ok(count <= i64::from(max))
    }

    /// The key under which a visitor is counted today for one purpose. Neither the address nor
    /// anything it could be found from is kept: tomorrow the salt is gone.
    ///
    /// # Errors
    /// When the day's salt can neither be read nor made.
    pub async fn visitor_key(&self, purpose: &str, address: &str) -> Result<[u8; 16], Error> {
        let salt = self.salt(Timestamp::now().as_millisecond().div_euclid(DAY_MS)).await?;
        let hash = Sha256::new()
            .chain_update(salt)
            .chain_update((purpose.len() as u64).to_le_bytes())
            .chain_update(purpose)
            .chain_update(address)
            .finalize();
        let mut key = [0; 16];
        key.copy_from_slice(&hash[..16]);
        Ok(key)
    }

    /// The salt of a day, made by whichever instance needs it first. Making one forgets the others.
    async fn salt(&self, day: i64) -> Result<[u8; 32], Error> {
        let known = *self.inner.salt.lock().expect("nothing panics while it holds the salt");
        if let Some(known) = known.filter(|known| known.day == day) {
            return Ok(known.salt);
        }
        let fresh = random::<32>()?;
        write!(self, tx => {
            sqlx::query("DELETE FROM salts WHERE day < $1").bind(day).execute(&mut *tx).await?;
            sqlx::query("INSERT INTO salts (day, salt) VALUES ($1, $2) ON CONFLICT (day) DO NOTHING")
                .bind(day).bind(fresh.as_slice()).execute(&mut *tx).await?;
        });
        let kept: Vec<u8> = read!(self, pool => {
            sqlx::query_scalar("SELECT salt FROM salts WHERE day = $1").bind(day).fetch_one(pool).await
        })?;
        let salt = kept.try_into().map_err(|_| Error::Unreadable("salt"))?;
        *self.inner.salt.lock().expect("nothing panics while it holds the salt") = Some(DaySalt { day, salt });
        Ok(salt)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn numbers(store: &Store, sql: &'static str) -> Result<Vec<i64>, Error> {
        Ok(read!(store, pool => sqlx::query_scalar(sql).fetch_all(pool).await)?)
    }

    #[tokio::test]
    async fn a_window_that_is_over_counts_no_more_and_is_swept() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let key = [7; 16];
        assert!(store.take_at(10_000, key, 10, 2).await.unwrap());
        assert!(store.take_at(19_999, key, 10, 2).await.unwrap());
        assert!(!store.take_at(19_999, key, 10, 2).await.unwrap());
        assert!(store.take_at(20_000, key, 10, 2).await.unwrap());
        assert!(store.take_at(19_999, key, 60, 1).await.unwrap(), "another window is counted apart");
        store.inner.takes.store(0, Ordering::Relaxed);
        assert!(store.take_at(100_000, key, 10, 2).await.unwrap());
        assert_eq!(numbers(&store, "SELECT COUNT(*) FROM takes").await.unwrap(), [1]);
    }

    #[tokio::test]
    async fn yesterdays_salt_is_gone() {
        let store = Store::open("sqlite::memory:").await.unwrap();
        let first = store.salt(1).await.unwrap();
        assert_eq!(store.salt(1).await.unwrap(), first);
        assert_ne!(store.salt(2).await.unwrap(), first);
        assert_eq!(numbers(&store, "SELECT day FROM salts").await.unwrap(), [2]);
    }
}
