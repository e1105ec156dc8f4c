//! `wenqu index`.

use std::time::Instant;

use clap::Args;

use crate::domain::Level;

use super::say::Say;
use super::{Outcome, Places, folder};

/// Brings the index up to date.
#[derive(Args, Debug)]
pub(super) struct IndexCommand {
    #[command(flatten)]
    places: Places,
    /// Builds everything anew.
    #[arg(long)]
    rebuild: bool,
    /// Prints one JSON document.
    #[arg(long)]
    json: bool,
}

impl IndexCommand {
    pub fn run(self, say: Say) -> anyhow::Result<Outcome> {
        let start = Instant::now();
        if self.rebuild {
            crate::search::Index::discard(&self.places.data.join(crate::edition::INDEX_FOLDER))?;
        }
        let edition = folder::open(&self.places, false, say)?.current();
        let done = edition.updated;
        let seconds = start.elapsed().as_secs_f64();
        let skipped = edition.loaded().counts.skipped;
        if self.json {
            let document = serde_json::json!({
                "articles": done.articles, "sections": done.sections, "added": done.added, "changed": done.changed,
                "removed": done.removed, "skipped": skipped, "seconds": (seconds * 1000.0).round() / 1000.0,
            });
            outln!("{document}");
            return Ok(Outcome::Good);
        }
        let (articles, sections) = (done.articles, done.sections);
        let (added, changed, removed) = (done.added, done.changed, done.removed);
        outln!(
            "{}",
            match say.pick("zh", "en") {
                "zh" => format!(
                    "{articles} 篇文章，{sections} 个小节；新增 {added}，修改 {changed}，移除 {removed}，跳过 {skipped}；用时 {seconds:.2} 秒"
                ),
                _ => format!(
                    "{articles} articles, {sections} sections; {added} added, {changed} changed, {removed} removed, {skipped} skipped; {seconds:.2} s"
                ),
            }
        );
        for problem in edition.problems().iter().filter(|p| p.rule.level == Level::Error) {
            eprintln!("{problem}");
        }
        Ok(Outcome::Good)
    }
}
