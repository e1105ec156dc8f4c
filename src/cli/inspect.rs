//! `wenqu check`.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueEnum};
use jiff::Zoned;

use crate::check::{self, Format, Sources};
use crate::domain::{RULES, Tongue};
use crate::history::files_at;

use super::say::Say;
use super::{Outcome, Places, folder};

/// Reports every problem in the articles.
#[derive(Args, Debug)]
pub(super) struct Check {
    /// The articles folder.
    #[arg(long, env = "WENQU_ARTICLES", default_value = "articles", value_name = "DIR")]
    articles: PathBuf,
    /// How problems are written.
    #[arg(long, value_enum, default_value_t = Kind::Text)]
    format: Kind,
    /// Makes warnings count.
    #[arg(long)]
    strict: bool,
    /// Compares with a git revision: addresses that were there and now lead nowhere.
    #[arg(long, env = "WENQU_AGAINST", value_name = "REV")]
    against: Option<String>,
    /// Lists the rules instead.
    #[arg(long)]
    rules: bool,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Json,
    Github,
    Sarif,
}

impl Check {
    pub fn run(self, say: Say) -> anyhow::Result<Outcome> {
        let mut out = std::io::stdout().lock();
        if self.rules {
            for rule in RULES {
                writeln!(out, "{:<20} {:<8} {}", rule.id, rule.level.as_str(), rule.meaning(say.tongue()))?;
            }
            return Ok(Outcome::Good);
        }
        let places = Places { articles: self.articles.clone(), data: PathBuf::new() };
        let edition = folder::open_aside(&places, say)?.current();
        let mut problems = check::run(&edition, Zoned::now().date());
        if let Some(revision) = &self.against {
            let before = files_at(&self.articles, revision).with_context(|| {
                format!("{revision}: {}", say.pick("无法比较这个版本", "cannot compare with this revision"))
            })?;
            problems.extend(check::dying(&edition, &before));
        }
        let format = match self.format {
            Kind::Text => Format::Text { colour: out.is_terminal() },
            Kind::Json => Format::Json,
            Kind::Github => Format::Github,
            Kind::Sarif => Format::Sarif,
        };
        out.write_all(check::write(&problems, format, say.tongue(), &mut Sources::new(&self.articles)).as_bytes())?;
        let (errors, warnings) = check::counts(&problems);
        if self.format == Kind::Text {
            let articles = edition.library().articles().len();
            let summary = match say.tongue() {
                Tongue::Chinese => format!("{articles} 篇文章：{errors} 个错误，{warnings} 个警告"),
                Tongue::English => format!("{articles} articles: {errors} errors, {warnings} warnings"),
            };
            writeln!(out, "{summary}")?;
        }
        let bad = errors > 0 || (self.strict && warnings > 0);
        Ok(if bad { Outcome::Problems } else { Outcome::Good })
    }
}
