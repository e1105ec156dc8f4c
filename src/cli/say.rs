//! Speaks to people in Chinese or English, and shows how long work goes on.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::domain::Tongue;
use crate::edition::Stage;
use crate::{insight, store};

use super::store_words::words;

/// Picks words by language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Say {
    tongue: Tongue,
}

impl Say {
    /// By `--lang`, else by the locale; English only where the locale names a language that is not
    /// Chinese.
    pub fn new(lang: Option<&str>) -> Self {
        let locale = || {
            ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|v| !v.is_empty()))
        };
        let asked = lang.map(str::to_owned).or_else(locale).unwrap_or_default().to_lowercase();
        let unspoken = asked.is_empty() || asked == "c" || asked == "posix" || asked.starts_with("c.");
        let tongue =
            if asked.starts_with("zh") || (unspoken && lang.is_none()) { Tongue::Chinese } else { Tongue::English };
        Self { tongue }
    }

    /// The chosen language.
    pub fn tongue(self) -> Tongue {
        self.tongue
    }

    /// The words in the chosen language.
    pub fn pick<'a>(self, chinese: &'a str, english: &'a str) -> &'a str {
        match self.tongue {
            Tongue::Chinese => chinese,
            Tongue::English => english,
        }
    }

    /// An error with its causes in one line; what goes wrong with the database in the chosen language.
    pub fn error(self, error: &anyhow::Error) -> String {
        let mut parts: Vec<String> = Vec::new();
        for cause in error.chain() {
            let store = match cause.downcast_ref::<insight::Error>() {
                Some(insight::Error::Store(error)) => Some(error),
                _ => cause.downcast_ref::<store::Error>(),
            };
            let text = store.map_or_else(|| cause.to_string(), |error| words(self, error));
            if parts.last() != Some(&text) {
                parts.push(text);
            }
        }
        parts.join(": ")
    }

    /// A bar for the stages of a load, silent where nobody looks on.
    pub fn progress(self) -> Progress {
        let visible = std::io::stderr().is_terminal();
        Progress { say: self, bar: visible.then(|| Mutex::new(None)) }
    }
}

/// Shows stages of long work on a terminal.
pub(super) struct Progress {
    say: Say,
    bar: Option<Mutex<Option<(&'static str, ProgressBar)>>>,
}

impl Progress {
    /// For the stages of an edition.
    pub fn stage(&self, stage: Stage, done: usize, all: usize) {
        let name = match stage {
            Stage::Loading => ("读取文章", "reading articles"),
            Stage::Indexing => ("建立索引", "indexing"),
        };
        self.step(name, done, all);
    }

    /// For any work with a name in both languages.
    pub fn step(&self, name: (&'static str, &'static str), done: usize, all: usize) {
        /// Work below this is over before a bar would be read.
        const WORTH_SHOWING: usize = 500;
        let Some(bar) = &self.bar else { return };
        if all < WORTH_SHOWING {
            return;
        }
        let Ok(mut bar) = bar.lock() else { return };
        let name = self.say.pick(name.0, name.1);
        let name: &'static str = name;
        if bar.as_ref().is_none_or(|(shown, _)| *shown != name) {
            if let Some((_, old)) = bar.take() {
                old.finish_and_clear();
            }
            let new = ProgressBar::new(all as u64);
            if let Ok(style) = ProgressStyle::with_template("{prefix} {wide_bar} {pos}/{len} {eta}") {
                new.set_style(style);
            }
            new.set_prefix(name);
            new.enable_steady_tick(Duration::from_millis(200));
            *bar = Some((name, new));
        }
        if let Some((_, shown)) = bar.as_ref() {
            shown.set_length(all as u64);
            shown.set_position(done as u64);
            if done >= all {
                shown.finish_and_clear();
            }
        }
    }
}

/// An error with its causes in one line.
pub(super) fn chain(error: &anyhow::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    for cause in error.chain() {
        let text = cause.to_string();
        if parts.last() != Some(&text) {
            parts.push(text);
        }
    }
    parts.join(": ")
}
