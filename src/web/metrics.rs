//! What the server counts, as Prometheus reads it. Labels are words of this file: no query, no
//! article, no address, no receipt is ever one.
//!
//! Source: <https://prometheus.io/docs/instrumenting/exposition_formats/>.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use axum::http::{Method, StatusCode};

use crate::domain::{Confidence, Results};

/// Upper bounds of the times that are counted, in microseconds: from a page off the shelf to the
/// limit for one answer.
const BOUNDS_US: [u64; 12] =
    [100, 250, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 500_000, 2_500_000, 10_000_000];

macro_rules! kinds {
    ($($name:ident $word:literal,)*) => {
        /// What a request is for, as far as the figures tell.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Kind { $(#[doc = $word] $name,)* }

        impl Kind {
            /// All, in order.
            pub const ALL: &'static [(Self, &'static str)] = &[$((Self::$name, $word),)*];
        }
    };
}

kinds! {
    Home "home",
    Article "article",
    List "list",
    Search "search",
    ApiSearch "api_search",
    Suggest "suggest",
    Feedback "feedback",
    Receipt "receipt",
    Contact "contact",
    Official "official",
    Static "static",
    Media "media",
    Api "api",
    Desk "desk",
    Health "health",
    Other "other",
}

impl Kind {
    /// Reads it off an address.
    pub fn of(method: &Method, path: &str) -> Self {
        let rest = path.strip_prefix('/').unwrap_or(path);
        let (first, more) = rest.split_once('/').unwrap_or((rest, ""));
        match first {
            "" => Self::Home,
            "articles" if *method == Method::POST => Self::Feedback,
            "articles" => Self::Article,
            "suggestions" => Self::Feedback,
            "categories" | "tags" => Self::List,
            "search" => Self::Search,
            "feedback" => Self::Receipt,
            "contact" => Self::Contact,
            "official" => Self::Official,
            "static" | "embed.js" | "favicon.ico" => Self::Static,
            "media" => Self::Media,
            "api" => match more.strip_prefix("v1/").unwrap_or(more) {
                "search" => Self::ApiSearch,
                "suggest" => Self::Suggest,
                more if *method == Method::POST && more.starts_with("articles/") => Self::Feedback,
                _ => Self::Api,
            },
            "review" => Self::Desk,
            "healthz" | "readyz" => Self::Health,
            _ => Self::Other,
        }
    }
}

/// Times in buckets.
#[derive(Debug, Default)]
struct Times {
    buckets: [AtomicU64; BOUNDS_US.len()],
    beyond: AtomicU64,
    sum_us: AtomicU64,
}

impl Times {
    fn note(&self, time: Duration) {
        let us = u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        let bucket = BOUNDS_US.iter().zip(&self.buckets).find(|(bound, _)| us <= **bound);
        bucket.map_or(&self.beyond, |(_, bucket)| bucket).fetch_add(1, Relaxed);
        self.sum_us.fetch_add(us, Relaxed);
    }

    fn write(&self, out: &mut String, name: &str, label: &str) {
        let mut count = 0;
        for (bound, bucket) in BOUNDS_US.iter().zip(&self.buckets) {
            count += bucket.load(Relaxed);
            let seconds = *bound as f64 / 1e6;
            let _ = writeln!(out, "{name}_bucket{{{label},le=\"{seconds}\"}} {count}");
        }
        count += self.beyond.load(Relaxed);
        let _ = writeln!(out, "{name}_bucket{{{label},le=\"+Inf\"}} {count}");
        let _ = writeln!(out, "{name}_sum{{{label}}} {}", self.sum_us.load(Relaxed) as f64 / 1e6);
        let _ = writeln!(out, "{name}_count{{{label}}} {count}");
    }
}

#[derive(Debug, Default)]
struct Row {
    /// By the first digit of the status, from 1 to 5.
    classes: [AtomicU64; 5],
    times: Times,
}

/// What came of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// An answer it is sure of.
    Sure,
    /// Something that may be it.
    Unsure,
    /// Nothing.
    Nothing,
    /// A secret was typed: nothing was searched.
    Secret,
}

impl Found {
    /// What results come to.
    pub fn of(results: &Results) -> Self {
        match results.confidence {
            _ if results.total == 0 => Self::Nothing,
            Confidence::Sure => Self::Sure,
            Confidence::Unsure => Self::Unsure,
            Confidence::Nothing => Self::Nothing,
        }
    }
}

/// What became of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// It is on the disk.
    Kept,
    /// Fields were wrong.
    Faulty,
    /// It held a secret.
    Secret,
    /// A program had filled it in.
    Trapped,
    /// The store did not take it, or too much was sent.
    Refused,
}

/// What is counted.
#[derive(Debug)]
pub struct Metrics {
    rows: Vec<Row>,
    found: [AtomicU64; 4],
    said: [AtomicU64; 5],
    kept: AtomicU64,
    shed: AtomicU64,
    turned_away: AtomicU64,
    flying: AtomicI64,
    connections: AtomicI64,
    searching: Times,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            rows: Kind::ALL.iter().map(|_| Row::default()).collect(),
            found: Default::default(),
            said: Default::default(),
            kept: AtomicU64::default(),
            shed: AtomicU64::default(),
            turned_away: AtomicU64::default(),
            flying: AtomicI64::default(),
            connections: AtomicI64::default(),
            searching: Times::default(),
        }
    }
}

/// A thing that is under way while this lives.
pub struct Under<'a>(&'a AtomicI64);

impl Drop for Under<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

/// What is true now, told by those who know.
#[derive(Debug, Clone, Default)]
pub struct Now {
    /// Seconds since the edition was made.
    pub edition_age_s: i64,
    /// Articles in it.
    pub articles: usize,
    /// Errors and warnings in it.
    pub problems: (usize, usize),
    /// Whether the last attempt at an edition failed.
    pub stale: bool,
    /// Whether the last pull failed; none where nothing is pulled.
    pub pull_failed: Option<bool>,
    /// Whether the store answers.
    pub store: bool,
    /// Words of feedback that wait for another system; none where the store does not say.
    pub words_waiting: Option<u64>,
    /// Searches that were not logged.
    pub searches_dropped: u64,
    /// Pages on the shelf, and their bytes.
    pub shelf: (usize, u64),
}

impl Metrics {
    /// A request was answered.
    pub fn answered(&self, kind: Kind, status: StatusCode, started: Instant) {
        let Some(row) = self.rows.get(kind as usize) else { return };
        let class = usize::from(status.as_u16() / 100).clamp(1, 5) - 1;
        if let Some(counter) = row.classes.get(class) {
            counter.fetch_add(1, Relaxed);
        }
        row.times.note(started.elapsed());
    }

    /// It was answered from the shelf.
    pub fn kept(&self) {
        self.kept.fetch_add(1, Relaxed);
    }

    /// A request is under way until this is dropped.
    pub fn flight(&self) -> Under<'_> {
        self.flying.fetch_add(1, Relaxed);
        Under(&self.flying)
    }

    /// A connection is open until this is dropped.
    pub fn connection(&self) -> Under<'_> {
        self.connections.fetch_add(1, Relaxed);
        Under(&self.connections)
    }

    /// A connection was one too many.
    pub fn turned_away(&self) {
        self.turned_away.fetch_add(1, Relaxed);
    }

    /// A request was one too many.
    pub fn shed(&self) {
        self.shed.fetch_add(1, Relaxed);
    }

    /// The index answered after so long.
    pub fn searched(&self, time: Duration) {
        self.searching.note(time);
    }

    /// A reader's search came to this.
    pub fn found(&self, found: Found) {
        self.found[found as usize].fetch_add(1, Relaxed);
    }

    /// A reader's form came to this.
    pub fn said(&self, said: Said) {
        self.said[said as usize].fetch_add(1, Relaxed);
    }

    /// Everything, as text.
    pub fn write(&self, now: &Now) -> String {
        let mut out = String::with_capacity(16 * 1024);
        let head = |name: &str, kind: &str, help: &str| format!("# HELP {name} {help}\n# TYPE {name} {kind}\n");
        let mut lines = Vec::new();
        let name = "wenqu_requests_total";
        let mut text = head(name, "counter", "Requests answered, by kind and class of status.");
        for ((_, kind), row) in Kind::ALL.iter().zip(&self.rows) {
            for (class, counter) in (1..).zip(&row.classes) {
                let count = counter.load(Relaxed);
                if count > 0 {
                    let _ = writeln!(text, "{name}{{kind=\"{kind}\",status=\"{class}xx\"}} {count}");
                }
            }
        }
        lines.push(text);
        let name = "wenqu_request_seconds";
        let mut text = head(name, "histogram", "Time from a request to the head of its answer, by kind.");
        for ((_, kind), row) in Kind::ALL.iter().zip(&self.rows) {
            row.times.write(&mut text, name, &format!("kind=\"{kind}\""));
        }
        lines.push(text);
        let name = "wenqu_index_seconds";
        let mut text = head(name, "histogram", "Time the index took for a query that was not remembered.");
        self.searching.write(&mut text, name, "what=\"query\"");
        lines.push(text);
        let words = ["sure", "unsure", "nothing", "secret"];
        let name = "wenqu_searches_total";
        let mut text = head(name, "counter", "Searches of readers, by what came of them.");
        for (word, counter) in words.iter().zip(&self.found) {
            let _ = writeln!(text, "{name}{{found=\"{word}\"}} {}", counter.load(Relaxed));
        }
        lines.push(text);
        let words = ["kept", "faulty", "secret", "trapped", "refused"];
        let name = "wenqu_feedback_total";
        let mut text = head(name, "counter", "Forms of readers, by what became of them.");
        for (word, counter) in words.iter().zip(&self.said) {
            let _ = writeln!(text, "{name}{{outcome=\"{word}\"}} {}", counter.load(Relaxed));
        }
        lines.push(text);
        let flag = |value: bool| i64::from(value).to_string();
        let number = |value: &AtomicU64| value.load(Relaxed).to_string();
        let (errors, warnings) = now.problems;
        let singles = [
            ("wenqu_shelf_hits_total", "counter", "Requests answered by a page that was kept.", number(&self.kept)),
            ("wenqu_shelf_pages", "gauge", "Pages kept.", now.shelf.0.to_string()),
            ("wenqu_shelf_bytes", "gauge", "Bytes of pages kept.", now.shelf.1.to_string()),
            (
                "wenqu_shed_total",
                "counter",
                "Requests turned away because too many were under way.",
                number(&self.shed),
            ),
            ("wenqu_connections_refused_total", "counter", "Connections turned away.", number(&self.turned_away)),
            ("wenqu_connections", "gauge", "Connections open.", self.connections.load(Relaxed).to_string()),
            ("wenqu_requests_in_flight", "gauge", "Requests under way.", self.flying.load(Relaxed).to_string()),
            (
                "wenqu_edition_age_seconds",
                "gauge",
                "Time since the served edition was made.",
                now.edition_age_s.to_string(),
            ),
            ("wenqu_edition_stale", "gauge", "1 when the last attempt at a new edition failed.", flag(now.stale)),
            ("wenqu_articles", "gauge", "Articles in the served edition.", now.articles.to_string()),
            ("wenqu_store_up", "gauge", "1 when the store answers.", flag(now.store)),
            (
                "wenqu_webhooks_waiting",
                "gauge",
                "Words of feedback that another system has not taken yet; NaN when the store does not answer.",
                now.words_waiting.map_or_else(|| "NaN".to_owned(), |count| count.to_string()),
            ),
            (
                "wenqu_searches_unlogged_total",
                "counter",
                "Searches that found the log's queue full.",
                now.searches_dropped.to_string(),
            ),
        ];
        for (name, kind, help, value) in singles {
            lines.push(format!("{}{name} {value}\n", head(name, kind, help)));
        }
        let name = "wenqu_problems";
        lines.push(format!(
            "{}{name}{{severity=\"error\"}} {errors}\n{name}{{severity=\"warning\"}} {warnings}\n",
            head(name, "gauge", "Problems in the articles.")
        ));
        if let Some(failed) = now.pull_failed {
            let name = "wenqu_pull_failed";
            lines.push(format!("{}{name} {}\n", head(name, "gauge", "1 when the last pull failed."), flag(failed)));
        }
        out.extend(lines);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_stand_for_themselves() {
        for (at, (kind, _)) in Kind::ALL.iter().enumerate() {
            assert_eq!(*kind as usize, at);
        }
        let check = |method: &Method, path: &str, kind: Kind| assert_eq!(Kind::of(method, path), kind, "{path}");
        check(&Method::GET, "/", Kind::Home);
        check(&Method::GET, "/articles/a/b", Kind::Article);
        check(&Method::POST, "/articles/a/feedback", Kind::Feedback);
        check(&Method::POST, "/api/v1/articles/a/feedback", Kind::Feedback);
        check(&Method::GET, "/api/v1/search", Kind::ApiSearch);
        check(&Method::GET, "/nowhere/at/all", Kind::Other);
        check(&Method::GET, "*", Kind::Other);
    }

    #[test]
    fn figures_add_up_and_every_line_is_well_formed() {
        let metrics = Metrics::default();
        metrics.answered(Kind::Article, StatusCode::OK, Instant::now());
        metrics.answered(Kind::Article, StatusCode::NOT_FOUND, Instant::now());
        metrics.found(Found::Nothing);
        metrics.said(Said::Kept);
        let flight = metrics.flight();
        let text = metrics.write(&Now { articles: 7, pull_failed: Some(true), ..Now::default() });
        for line in [
            "wenqu_requests_total{kind=\"article\",status=\"2xx\"} 1",
            "wenqu_request_seconds_count{kind=\"article\"} 2",
            "wenqu_request_seconds_bucket{kind=\"article\",le=\"+Inf\"} 2",
            "wenqu_searches_total{found=\"nothing\"} 1",
            "wenqu_feedback_total{outcome=\"kept\"} 1",
            "wenqu_requests_in_flight 1",
            "wenqu_articles 7",
            "wenqu_pull_failed 1",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} in {text}");
        }
        drop(flight);
        for line in text.lines().filter(|l| !l.starts_with('#')) {
            let (name, value) = line.rsplit_once(' ').unwrap();
            assert!(name.starts_with("wenqu_") && value.parse::<f64>().is_ok(), "{line}");
        }
        assert_eq!(text.matches("# TYPE wenqu_request_seconds histogram").count(), 1);
    }
}
