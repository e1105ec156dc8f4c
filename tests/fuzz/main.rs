//! Throws mutated text at everything that reads text from outside, for a bounded time, and tells how
//! often: front matter and Markdown, folding, queries and their marks, forms, the guard.
//!
//! `cargo run --example fuzz -- [--seconds 60] [--seed N] [--only NAME]`; `tests/run fuzz` calls it. A
//! finding is printed with its seed and bytes, and the program ends with 1; keep it as a test beside
//! what it broke. The dev profile is meant: it checks arithmetic, too.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a fuzzer stops where it finds something")]

use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use tower::ServiceExt as _;
use wenqu::articles::{LoadOptions, load};
use wenqu::domain::{Query, RawQuery, Span};
use wenqu::edition::{Editions, Options};
use wenqu::guard::{Finding, inspect, mask};
use wenqu::store::Store;
use wenqu::text::fold;
use wenqu::web::{self, App};

/// Files that are loaded together: a load costs more than a file.
const FILES: usize = 16;
/// Characters that have made trouble somewhere: borders of encodings, joiners, directions, signs of every
/// syntax that is read here.
const SPICE: &[&str] = &[
    "---",
    "+++",
    "```",
    "~~~",
    ":::",
    "{{",
    "}}",
    "{%",
    "[[",
    "]]",
    "](",
    "![",
    "<",
    ">",
    "</",
    "<!--",
    "-->",
    "<script>",
    "javascript:",
    "&#",
    "&amp;",
    "|",
    "\\",
    "\"",
    "'",
    "`",
    "*",
    "_",
    "#",
    "- ",
    "1. ",
    "> ",
    "\n\n",
    "\r\n",
    "\t",
    "\0",
    "\u{feff}",
    "\u{200d}",
    "\u{202e}",
    "\u{301}",
    "㈱",
    "㍿",
    "𠮷",
    "👨‍👩‍👧",
    "轉賬",
    "助记词",
    "ＵＳＤＴ",
    "ﬃ",
    "İ",
    "ß",
    "%",
    "%00",
    "%ff",
    "&",
    "=",
    "+",
    ": ",
    "&a",
    "*a",
    "!!",
    "{a: ",
    "[",
    "]",
    "?",
    "0x",
    "1e9",
    "-1",
    "99999999999999999999",
    "true",
    "null",
    "2026-02-30",
    "abandon",
    "legal winner thank year",
    "0x52908400098527886E0F7030069857D2E4169EE7",
    "T9yD14Nj9j7xAB4dbGeiX9h8unkKHxuWwb",
];

struct Mutator {
    rng: StdRng,
    seeds: Vec<String>,
}

impl Mutator {
    fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.rng.random_range(0..from.len())]
    }

    /// A text that is like a seed, and not.
    fn text(&mut self, chars_max: usize) -> String {
        let at = self.rng.random_range(0..self.seeds.len());
        let mut chars: Vec<char> = self.seeds[at].chars().take(chars_max).collect();
        for _ in 0..self.rng.random_range(0..8) {
            let at = self.rng.random_range(0..=chars.len());
            match self.rng.random_range(0..6) {
                0 => drop(chars.drain(at..(at + 5).min(chars.len()))),
                1 | 2 => {
                    let spice = self.pick(SPICE);
                    chars.splice(at..at, spice.chars());
                }
                3 => {
                    let (spice, times) = (self.pick(SPICE), self.rng.random_range(1..200));
                    chars.splice(at..at, spice.repeat(times).chars());
                }
                4 => {
                    let other = self.rng.random_range(0..self.seeds.len());
                    let piece: Vec<char> = self.seeds[other].chars().take(60).collect();
                    chars.splice(at..at, piece);
                }
                _ => {
                    if let Some(char) = char::from_u32(self.rng.random_range(0..0x3_0000)) {
                        chars.insert(at, char);
                    }
                }
            }
        }
        chars.into_iter().collect()
    }

    /// Bytes that need not be text.
    fn bytes(&mut self, chars_max: usize) -> Vec<u8> {
        let mut bytes = self.text(chars_max).into_bytes();
        if self.rng.random_range(0..4) == 0 && !bytes.is_empty() {
            let at = self.rng.random_range(0..bytes.len());
            bytes[at] = self.rng.random();
        }
        bytes
    }
}

fn seeds(folder: &Path) -> Vec<String> {
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts.extend(seeds(&path));
        } else if let Ok(text) = fs::read_to_string(&path) {
            texts.push(text);
        }
    }
    texts.sort();
    texts
}

/// A target: what it is called, and one round, which panics where it finds something.
type Target<'a> = (&'static str, Box<dyn FnMut(&mut Mutator) -> Vec<u8> + 'a>);

fn main() {
    let (mut seconds, mut seed, mut only) = (60u64, rand::rng().random::<u64>(), String::new());
    let mut arguments = std::env::args().skip(1);
    while let (Some(name), Some(value)) = (arguments.next(), arguments.next()) {
        match name.as_str() {
            "--seconds" => seconds = value.parse().unwrap(),
            "--seed" => seed = value.parse().unwrap(),
            "--only" => only = value,
            other => panic!("what is {other}?"),
        }
    }
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("articles");
    let options = Options { articles: sample.clone(), data: None, drafts: false };
    let editions = Arc::new(Editions::open(options, &|_, _, _| {}).unwrap());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let articles = seeds(&sample);
    let queries: Vec<String> = articles
        .iter()
        .flat_map(|text| {
            text.lines().filter_map(|line| Some(line.strip_prefix("query = \"")?.trim_matches('"').to_owned()))
        })
        .collect();
    let scratch = tempfile::tempdir().unwrap();
    let mut targets = targets(&editions, &runtime, scratch.path());
    targets.retain(|(name, _)| only.is_empty() || *name == only);
    let each = Duration::from_secs(seconds) / u32::try_from(targets.len().max(1)).unwrap();
    println!("seed {seed}, {} s for each target", each.as_secs());
    let mut found = 0;
    for (name, target) in &mut targets {
        let seeds = if *name == "articles" { articles.clone() } else { queries.clone() };
        let mut mutator = Mutator { rng: StdRng::seed_from_u64(seed), seeds };
        let (started, mut rounds) = (Instant::now(), 0u64);
        let mut last = Vec::new();
        while started.elapsed() < each {
            let round = catch_unwind(AssertUnwindSafe(|| last = target(&mut mutator)));
            rounds += 1;
            if round.is_err() {
                found += 1;
                println!(
                    "{name}: found something in round {rounds} of seed {seed}, after {:?}",
                    String::from_utf8_lossy(&last)
                );
                break;
            }
        }
        println!("{name}: {rounds} rounds in {:.0} s", started.elapsed().as_secs_f64());
    }
    std::process::exit(i32::from(found > 0));
}

fn targets<'a>(
    editions: &'a Arc<Editions>,
    runtime: &'a tokio::runtime::Runtime,
    scratch: &'a Path,
) -> Vec<Target<'a>> {
    let store = runtime.block_on(Store::open("sqlite::memory:")).unwrap();
    let options = web::Options { posts_per_hour: u32::MAX, ..web::Options::default() };
    let app = Arc::new(App::new(Arc::clone(editions), store, options));
    let site = web::site(app);
    let forms = [
        "/search",
        "/suggestions",
        "/articles/transactions/not-arrived/feedback",
        "/feedback/0000-0000-0000-0000",
        "/review/sign-in",
    ];
    vec![
        ("articles", Box::new(move |m: &mut Mutator| read_articles(m, scratch))),
        (
            "fold",
            Box::new(|m: &mut Mutator| {
                let text = m.text(400);
                let _ = fold(&text).to_cut();
                text.into_bytes()
            }),
        ),
        (
            "queries",
            Box::new(|m: &mut Mutator| {
                let text = m.text(400);
                answer(editions, &text);
                text.into_bytes()
            }),
        ),
        (
            "guard",
            Box::new(|m: &mut Mutator| {
                let text = m.text(600);
                if let Finding::Clean = inspect(&text) {
                    let _ = mask(&text);
                }
                text.into_bytes()
            }),
        ),
        (
            "forms",
            Box::new(move |m: &mut Mutator| {
                let mut body = b"helpful=no&q=".to_vec();
                body.extend(m.bytes(300));
                body.extend_from_slice(b"&comment=");
                body.extend(m.bytes(300));
                let path = m.pick(&forms);
                check(runtime, &site, Method::POST, path, body.clone());
                let query: String =
                    body.iter().map(|b| if b.is_ascii_graphic() { char::from(*b) } else { '%' }).collect();
                for address in
                    ["/search", "/api/v1/search", "/api/v1/suggest", "/official", "/articles/transactions/not-arrived"]
                {
                    if let Ok(uri) = format!("{address}?{}", query.replace('#', "%")).parse::<axum::http::Uri>() {
                        check(runtime, &site, Method::GET, &uri.to_string(), Vec::new());
                    }
                }
                body
            }),
        ),
    ]
}

/// Writes files, loads the folder, and looks for markup that must not come through.
fn read_articles(m: &mut Mutator, scratch: &Path) -> Vec<u8> {
    let mut last = Vec::new();
    for n in 0..FILES {
        last = m.bytes(3_000);
        fs::write(scratch.join(format!("a{n}.md")), &last).unwrap();
    }
    let loaded = load(scratch, &LoadOptions { drafts: true, ..LoadOptions::default() }, None).unwrap();
    for article in loaded.library.articles() {
        let html = article.open().html().as_str().to_lowercase();
        for bad in ["<script", "<iframe", "<style", "href=\"javascript:", "src=\"javascript:", "<object", "<form"] {
            assert!(!html.contains(bad), "{bad} in {html}");
        }
        assert!(
            html.split('<')
                .skip(1)
                .all(|tag| !tag.split('>').next().unwrap_or_default().contains(" on") || tag.contains('"')),
            "an attribute that runs, in {html}"
        );
    }
    last
}

/// Searches and sees that marks give back the text they mark.
fn answer(editions: &Editions, text: &str) {
    let edition = editions.current();
    let raw = RawQuery { q: text.to_owned(), page: Some(text.chars().take(3).collect()), ..RawQuery::default() };
    let results = edition.search(&Query::parse(&raw));
    for hit in &results.hits {
        let joined: String = hit.title.iter().map(|span: &Span| span.text.as_str()).collect();
        assert_eq!(joined, hit.article.title);
        assert!(hit.score.is_finite());
    }
    for line in edition.suggest(&Query::of(text).text, 8) {
        assert!(!line.plain().is_empty());
    }
}

fn check(runtime: &tokio::runtime::Runtime, site: &web::Front, method: Method, path: &str, body: Vec<u8>) {
    let request = Request::builder().method(method).uri(path).body(Body::from(body)).unwrap();
    let response = runtime.block_on(site.clone().oneshot(request)).unwrap();
    let status = response.status();
    assert!(status.as_u16() != 500, "{status} for {path}");
    runtime.block_on(to_bytes(response.into_body(), usize::MAX)).unwrap();
}
