//! `wenqu backup` and `wenqu restore`.

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;

use crate::store::Store;

use super::say::Say;
use super::{Database, Outcome, runtime};

/// Copies the embedded feedback database while the server runs.
#[derive(Args, Debug)]
pub(super) struct Backup {
    /// The copy; must not exist yet.
    file: PathBuf,
    #[command(flatten)]
    database: Database,
    /// The folder of the embedded database.
    #[arg(long, env = "WENQU_DATA", default_value = "data", value_name = "DIR")]
    data: PathBuf,
}

impl Backup {
    pub fn run(self, say: Say) -> anyhow::Result<Outcome> {
        if self.database.database.is_none() && !self.data.join("wenqu.db").exists() {
            bail!(
                "{}: {}",
                self.data.join("wenqu.db").display(),
                say.pick("还没有反馈数据库", "there is no feedback database yet")
            );
        }
        let url = self.database.url(&self.data);
        runtime()?.block_on(async {
            let store = Store::open(&url).await?;
            store.backup(&self.file).await?;
            store.close().await;
            anyhow::Ok(())
        })?;
        outln!("{} {}", say.pick("已备份到", "copied to"), self.file.display());
        Ok(Outcome::Good)
    }
}

/// Puts a copy back in place of the embedded feedback database.
#[derive(Args, Debug)]
pub(super) struct Restore {
    /// The copy.
    file: PathBuf,
    #[command(flatten)]
    database: Database,
    /// The folder of the embedded database.
    #[arg(long, env = "WENQU_DATA", default_value = "data", value_name = "DIR")]
    data: PathBuf,
}

impl Restore {
    pub fn run(self, say: Say) -> anyhow::Result<Outcome> {
        let url = self.database.url(&self.data);
        runtime()?.block_on(Store::restore(&self.file, &url))?;
        outln!("{} {}", say.pick("已恢复自", "restored from"), self.file.display());
        Ok(Outcome::Good)
    }
}
