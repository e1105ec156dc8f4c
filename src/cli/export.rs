//! `wenqu export`.

use std::fs::File;
use std::io::{BufWriter, IsTerminal, Write};
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use crate::domain::{ArticleId, ProposalState, Status};
use crate::insight::{self, Format, Selection};
use crate::store::Store;

use super::say::Say;
use super::{Database, Outcome, runtime};

/// Exports for reviewers.
#[derive(Args, Debug)]
pub(super) struct Export {
    /// What to export.
    #[arg(value_enum)]
    what: What,
    #[command(flatten)]
    database: Database,
    /// The folder of the embedded database.
    #[arg(long, env = "WENQU_DATA", default_value = "data", value_name = "DIR")]
    data: PathBuf,
    /// How it is written.
    #[arg(long, value_enum, default_value_t = Kind::Csv)]
    format: Kind,
    /// From this day or moment on (2026-11-22 or 2026-11-22T08:00:00Z).
    #[arg(long, value_name = "DATE", value_parser = since)]
    since: Option<Timestamp>,
    /// Up to and including this day, or before this moment.
    #[arg(long, value_name = "DATE", value_parser = until)]
    until: Option<Timestamp>,
    /// Only in this state: received, in_review, planned, done, declined, withdrawn; suggestions are
    /// open, planned, done, declined or merged.
    #[arg(long, value_name = "STATE")]
    status: Option<String>,
    /// Only about this article.
    #[arg(long, value_name = "ID", value_parser = article)]
    article: Option<ArticleId>,
    /// Writes to this file instead of the terminal.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Leaves out the byte order mark of CSV.
    #[arg(long)]
    no_bom: bool,
}

#[derive(ValueEnum, Debug, Clone, Copy)]
enum What {
    Feedback,
    Suggestions,
    Searches,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Csv,
    Jsonl,
    Xlsx,
    Md,
}

fn since(text: &str) -> Result<Timestamp, String> {
    moment(text, false)
}

fn until(text: &str) -> Result<Timestamp, String> {
    moment(text, true)
}

/// A day means its beginning in the local time zone, or its end.
fn moment(text: &str, end: bool) -> Result<Timestamp, String> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let day: Date = text.parse().map_err(|_| "YYYY-MM-DD".to_owned())?;
    let day = if end { day.checked_add(1.day()).map_err(|e| e.to_string())? } else { day };
    day.to_zoned(TimeZone::system()).map(|at| at.timestamp()).map_err(|e| e.to_string())
}

/// The state asked for, as feedback or suggestions know it.
fn states(what: insight::What, text: Option<&str>) -> anyhow::Result<(Option<Status>, Option<ProposalState>)> {
    let Some(text) = text else { return Ok((None, None)) };
    let (known, found): (Vec<&str>, _) = match what {
        insight::What::Suggestions => {
            (ProposalState::ALL.iter().map(|s| s.as_str()).collect(), (None, ProposalState::parse(text)))
        }
        _ => (Status::ALL.iter().map(|s| s.as_str()).collect(), (Status::parse(text), None)),
    };
    if found == (None, None) {
        bail!("--status: {}", known.join(", "));
    }
    Ok(found)
}

fn article(text: &str) -> Result<ArticleId, String> {
    ArticleId::parse(text).map_err(|e| e.to_string())
}

impl Export {
    pub fn run(self, say: Say) -> anyhow::Result<Outcome> {
        let format = match self.format {
            Kind::Csv => Format::Csv { bom: !self.no_bom },
            Kind::Jsonl => Format::Jsonl,
            Kind::Xlsx => Format::Xlsx,
            Kind::Md => Format::Md,
        };
        let target: Box<dyn Write> = match &self.output {
            Some(path) => Box::new(BufWriter::new(File::create(path).with_context(|| path.display().to_string())?)),
            None if self.format == Kind::Xlsx && std::io::stdout().is_terminal() => {
                bail!(
                    "{}",
                    say.pick(
                        "XLSX 不能显示在终端里：用 --output FILE 写到文件",
                        "XLSX cannot be shown on a terminal: use --output FILE"
                    )
                );
            }
            None => Box::new(BufWriter::new(std::io::stdout().lock())),
        };
        let what = match self.what {
            What::Feedback => insight::What::Feedback,
            What::Suggestions => insight::What::Suggestions,
            What::Searches => insight::What::Searches,
        };
        let (status, state) = states(what, self.status.as_deref())?;
        let selection = Selection { since: self.since, until: self.until, status, state, article: self.article };
        let url = self.database.url(&self.data);
        if self.database.database.is_none() && !self.data.join("wenqu.db").exists() {
            let advice = say.pick(
                "还没有反馈数据库：先运行 wenqu serve，或用 --data、--database 指定",
                "there is no feedback database yet: run wenqu serve first, or name one with --data or --database",
            );
            bail!("{}: {advice}", self.data.join("wenqu.db").display());
        }
        let rows = runtime()?.block_on(async {
            let store = Store::open(&url).await?;
            let rows = insight::export(&store, what, &selection, format, target).await;
            store.close().await;
            anyhow::Ok(rows?)
        })?;
        if let Some(path) = &self.output {
            eprintln!("{} {rows} → {}", say.pick("已导出", "exported"), path.display());
        }
        Ok(Outcome::Good)
    }
}
