//! A copy of a SQLite database while it serves, and its way back.

use std::fs::File;
use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _};

use super::backend::{Address, Backend, SQLITE, open_lock, options, sync_folder};
use super::{Error, Store};

/// "wenq", set by the first migration.
const APPLICATION_ID: i64 = 0x7765_6e71;

impl Store {
    /// Writes a consistent copy to `to` while readers and writers go on. The file appears under its
    /// name only when it is whole; one that was there is replaced.
    ///
    /// # Errors
    /// [`Error::SqliteOnly`], or when the copy cannot be written.
    pub async fn backup(&self, to: &Path) -> Result<(), Error> {
        let Backend::Sqlite(sqlite) = &self.inner.backend else { return Err(Error::SqliteOnly) };
        let path = sqlite.path.as_deref().ok_or(Error::SqliteOnly)?;
        let part = beside(to, "part");
        remove_if_there(&part)?;
        // Its own connection: VACUUM INTO reads one snapshot for as long as it takes, and neither
        // readers nor the writer should be one connection short for that time.
        let mut connection = options(path).connect().await?;
        let text = part.to_str().ok_or(Error::BadBackup("its path is not UTF-8"))?;
        sqlx::query("VACUUM INTO $1").bind(text).execute(&mut connection).await?;
        connection.close().await?;
        File::open(&part)?.sync_all()?;
        std::fs::rename(&part, to)?;
        sync_folder(to.parent().unwrap_or(Path::new("")))
    }

    /// Puts the backup `from` in the place of the database at `url`, which no server may have open.
    /// The file is swapped whole: whoever looks finds the old database or the new one.
    ///
    /// # Errors
    /// [`Error::BadBackup`] when `from` is not a sound database of ours or of a newer version,
    /// [`Error::InUse`], [`Error::SqliteOnly`], or when the file cannot be written.
    pub async fn restore(from: &Path, url: &str) -> Result<(), Error> {
        let Address::File(to) = Address::parse(url)? else { return Err(Error::SqliteOnly) };
        let folder = to.parent().unwrap_or(Path::new(""));
        if !folder.as_os_str().is_empty() {
            std::fs::create_dir_all(folder)?;
        }
        let part = beside(&to, "part");
        for file in [part.clone(), beside(&part, "wal"), beside(&part, "shm")] {
            remove_if_there(&file)?;
        }
        std::fs::copy(from, &part).map_err(|_| Error::BadBackup("it cannot be read"))?;
        let outcome = swap(&part, &to).await;
        if outcome.is_err() {
            remove_if_there(&part)?;
        }
        outcome
    }
}

async fn swap(part: &Path, to: &Path) -> Result<(), Error> {
    inspect(part).await?;
    File::open(part)?.sync_all()?;
    let lock = open_lock(to)?;
    lock.try_lock().map_err(|_| Error::InUse)?;
    if to.exists() {
        settle(to).await?;
    }
    for end in ["-wal", "-shm"] {
        let mut name = to.as_os_str().to_owned();
        name.push(end);
        remove_if_there(Path::new(&name))?;
    }
    std::fs::rename(part, to)?;
    sync_folder(to.parent().unwrap_or(Path::new("")))
}

/// Checks that a file is a sound database of ours whose tables this version knows.
async fn inspect(path: &Path) -> Result<(), Error> {
    const FOREIGN: Error = Error::BadBackup("it is not a wenqu database");
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(false).immutable(true).read_only(true);
    let mut connection = options.connect().await.map_err(|_| FOREIGN)?;
    let id: i64 = sqlx::query_scalar("PRAGMA application_id").fetch_one(&mut connection).await.map_err(|_| FOREIGN)?;
    if id != APPLICATION_ID {
        return Err(FOREIGN);
    }
    let sound: String = sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(&mut connection).await?;
    if sound != "ok" {
        return Err(Error::BadBackup("it is damaged"));
    }
    let applied: Vec<(i64, Vec<u8>)> = sqlx::query_as("SELECT version, checksum FROM _sqlx_migrations WHERE success")
        .fetch_all(&mut connection)
        .await?;
    connection.close().await?;
    let known = |(version, checksum): &(i64, Vec<u8>)| {
        SQLITE.iter().any(|ours| ours.version == *version && ours.checksum.as_ref() == checksum.as_slice())
    };
    if applied.is_empty() || !applied.iter().all(known) {
        return Err(Error::BadBackup("its tables are of a version this program does not know"));
    }
    Ok(())
}

/// Folds the write-ahead log of the database that will be replaced into its file. Leaving WAL mode
/// needs every other connection gone, so this also finds users who do not hold our lock.
async fn settle(path: &Path) -> Result<(), Error> {
    let options = SqliteConnectOptions::new().filename(path).create_if_missing(false);
    let left = async {
        let mut connection = options.connect().await?;
        let mode: String = sqlx::query_scalar("PRAGMA journal_mode = DELETE").fetch_one(&mut connection).await?;
        connection.close().await?;
        Ok(mode)
    };
    match left.await {
        Ok(mode) if mode != "wal" => Ok(()),
        // What is there is no database (26); a backup may take its place.
        Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("26") => Ok(()),
        _ => Err(Error::InUse),
    }
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(end);
    name.into()
}

fn remove_if_there(path: &Path) -> Result<(), Error> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
