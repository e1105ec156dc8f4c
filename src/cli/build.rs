//! `wenqu build`.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, bail};
use clap::Args;

use crate::store::Store;
use crate::web::{self, App, still};

use super::say::Say;
use super::{Outcome, Places, folder, runtime};

/// What stands in a folder that this command has written, so that it may write there again.
const STAMP: &str = ".wenqu-build";

/// Writes the whole site as files, with a search that works in the browser.
#[derive(Args, Debug)]
pub(super) struct Build {
    /// The folder to write: new, empty, or written by this command before.
    #[arg(long, env = "WENQU_OUTPUT", value_name = "DIR")]
    output: PathBuf,
    #[command(flatten)]
    places: Places,
    /// Where a server with these articles answers, if one does: pages name it as the original, and
    /// lead there for feedback and for checking a contact.
    #[arg(long, env = "WENQU_BASE_URL", value_name = "URL")]
    base_url: Option<String>,
    /// Prints one JSON document.
    #[arg(long)]
    json: bool,
}

impl Build {
    pub fn run(self, say: Say) -> anyhow::Result<Outcome> {
        let started = Instant::now();
        let output = self.output.clone();
        if let Some(url) = self.base_url.as_deref().filter(|url| web::hosts(url).is_empty()) {
            bail!("--base-url {url}: {}", say.pick("要写成 https://… 的样子", "must look like https://…"));
        }
        let editions = Arc::new(folder::open_shared(&self.places, say)?);
        clear(&output, say)?;
        let options = web::Options {
            base_url: self.base_url.unwrap_or_default(),
            still: true,
            shelf_bytes: 0,
            keep_searches_days: 0,
            ..web::Options::default()
        };
        let written = runtime()?.block_on(async {
            // The pages ask no database; the site wants one all the same.
            let store = Store::open("sqlite::memory:").await?;
            let app = App::new(editions, store, options);
            anyhow::Ok(still::write(app, |path, bytes| put(&output, path, bytes)).await?)
        });
        let written = written.with_context(|| output.display().to_string())?;
        let seconds = started.elapsed().as_secs_f64();
        if self.json {
            let document = serde_json::json!({
                "files": written.files, "pages": written.pages, "bytes": written.bytes,
                "index_bytes": written.index_bytes, "seconds": (seconds * 1000.0).round() / 1000.0,
            });
            outln!("{document}");
            return Ok(Outcome::Good);
        }
        let (files, pages) = (written.files, written.pages);
        let (all, index) = (written.bytes as f64 / 1e6, written.index_bytes / 1000);
        outln!(
            "{}",
            match say.pick("zh", "en") {
                "zh" => format!(
                    "{}：{pages} 个页面，共 {files} 个文件、{all:.1} MB，其中搜索索引 {index} kB；用时 {seconds:.1} 秒",
                    output.display()
                ),
                _ => format!(
                    "{}: {pages} pages, {files} files, {all:.1} MB, of which the search index {index} kB; {seconds:.1} s",
                    output.display()
                ),
            }
        );
        Ok(Outcome::Good)
    }
}

/// Makes the folder ready: one that this command wrote is emptied, one of others is never touched.
fn clear(output: &Path, say: Say) -> anyhow::Result<()> {
    let shown = || output.display().to_string();
    let is_empty = match fs::read_dir(output) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => true,
        Err(error) => return Err(error).with_context(shown),
    };
    if !is_empty {
        if !output.join(STAMP).is_file() {
            let advice = say.pick(
                "文件夹里有别的东西，没有改动。换一个新的或空的文件夹",
                "there is something else in this folder, and nothing was touched. Name a new or empty one",
            );
            bail!("{}: {advice}", shown());
        }
        fs::remove_dir_all(output).with_context(shown)?;
    }
    fs::create_dir_all(output).with_context(shown)?;
    // First, so that a run that broke off can be repeated.
    put(output, STAMP, b"").with_context(shown)
}

fn put(output: &Path, path: &str, bytes: &[u8]) -> std::io::Result<()> {
    let file = output.join(path);
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(file, bytes)
}
