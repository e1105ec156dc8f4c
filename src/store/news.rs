//! Word between instances that the articles have changed: LISTEN/NOTIFY on PostgreSQL; on SQLite
//! there is one process, so a channel in memory does.

use sqlx::postgres::PgListener;
use tokio::sync::broadcast;

use super::backend::Backend;
use super::{Error, Store};

const CHANNEL: &str = "wenqu_content";

/// What a listener is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// The content is at this version now.
    Content(String),
    /// The connection was lost for a while or the listener was slow: look for yourself.
    MaybeMissed,
}

/// Waits for [`News`].
pub struct Listener(Source);

enum Source {
    Here(broadcast::Receiver<String>),
    Postgres(Box<PgListener>),
}

impl Store {
    /// Tells all instances, this one included, that the content is at `version`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn notify_content(&self, version: &str) -> Result<(), Error> {
        match &self.inner.backend {
            Backend::Postgres(pool) => {
                self.is_there()?;
                sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(version).execute(pool).await?;
            }
            // No receiver is no fault: nobody is interested.
            Backend::Sqlite(_) => drop(self.inner.news.send(version.to_owned())),
        }
        Ok(())
    }

    /// Starts listening; news from now on are kept until asked for.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn listen(&self) -> Result<Listener, Error> {
        Ok(Listener(match &self.inner.backend {
            Backend::Postgres(pool) => {
                self.is_there()?;
                let mut listener = PgListener::connect_with(pool).await?;
                listener.listen(CHANNEL).await?;
                Source::Postgres(Box::new(listener))
            }
            Backend::Sqlite(_) => Source::Here(self.inner.news.subscribe()),
        }))
    }
}

impl Listener {
    /// The next news. Dropping the future loses nothing.
    ///
    /// # Errors
    /// [`Error::Closed`] when the store is gone, or when the connection is lost and cannot be had again.
    pub async fn next(&mut self) -> Result<News, Error> {
        match &mut self.0 {
            Source::Here(receiver) => match receiver.recv().await {
                Ok(version) => Ok(News::Content(version)),
                Err(broadcast::error::RecvError::Lagged(_)) => Ok(News::MaybeMissed),
                Err(broadcast::error::RecvError::Closed) => Err(Error::Closed),
            },
            Source::Postgres(listener) => Ok(match listener.try_recv().await? {
                Some(notification) => News::Content(notification.payload().to_owned()),
                None => News::MaybeMissed,
            }),
        }
    }
}
