//! Measures the program under load beside a bare axum handler that sends as many bytes, in one run,
//! round by round in turn, and prints the ratios. Rates on a shared machine are noisy, so the
//! processor time of the server for one answer is printed, too: it is steady.
//!
//! `cargo run --release --example load -- [--program target/release/wenqu] [--articles 10000]
//! [--seconds 3] [--rounds 3] [--connections 16] [--only NAME] [--hold MINUTES]`; see
//! `tests/bench/README.md`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a benchmark stops where it cannot go on")]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

mod bare;
mod client;
mod folder;
mod hold;
mod server;

use client::{Asked, Measured, measure};
use server::Server;

/// What is asked for.
struct Options {
    program: PathBuf,
    articles: usize,
    seconds: f64,
    rounds: usize,
    connections: usize,
    only: String,
    hold: u64,
    folder: Option<PathBuf>,
}

fn main() {
    let mut arguments = std::env::args().skip(1).peekable();
    if arguments.peek().is_some_and(|first| first == "bare") {
        return bare::serve();
    }
    let options = options(arguments);
    let scratch = tempfile::tempdir().unwrap();
    let articles = options.folder.clone().unwrap_or_else(|| scratch.path().join("articles"));
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("articles");
    let titles = folder::write(&source, &articles, options.articles);
    start(&options, &articles, scratch.path());
    let server = Server::start(&options.program, &articles, &scratch.path().join("data"), &[]);
    println!("\nmemory after the start: {}", server.memory());
    let bare = bare::start();
    println!(
        "\n| what | rate | p50 ms | p99 ms | µs of processor | bytes | failed | ratio of rates | ratio of processor time |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- |");
    let queries = folder::queries(&source);
    for (name, asked) in scenarios(&server, &titles, &queries) {
        if options.only.is_empty() || name.contains(&options.only) {
            compare(name, &asked, &server, &bare, &options);
        }
    }
    println!("\nmemory after the load: {}", server.memory());
    if options.hold > 0 {
        drop(server);
        let server = Server::start(&options.program, &articles, &scratch.path().join("data"), &["--pull-every", "1"]);
        hold::hold(&server, &articles, &titles, &queries, Duration::from_secs(options.hold * 60));
    }
}

fn options(mut arguments: impl Iterator<Item = String>) -> Options {
    let mut options = Options {
        program: "target/release/wenqu".into(),
        articles: 10_000,
        seconds: 3.0,
        rounds: 3,
        connections: 16,
        only: String::new(),
        hold: 0,
        folder: None,
    };
    while let Some(argument) = arguments.next() {
        let value = arguments.next().unwrap_or_else(|| panic!("{argument} needs a value"));
        match argument.as_str() {
            "--program" => options.program = value.into(),
            "--articles" => options.articles = value.parse().unwrap(),
            "--seconds" => options.seconds = value.parse().unwrap(),
            "--rounds" => options.rounds = value.parse().unwrap(),
            "--connections" => options.connections = value.parse().unwrap(),
            "--only" => options.only = value,
            "--hold" => options.hold = value.parse().unwrap(),
            "--folder" => options.folder = Some(value.into()),
            other => panic!("what is {other}?"),
        }
    }
    options
}

/// How long the program takes to begin: bare, on a fresh folder, and on one that has not changed.
fn start(options: &Options, articles: &Path, scratch: &Path) {
    let best = |run: &dyn Fn()| {
        let times = (0..5).map(|_| {
            let started = Instant::now();
            run();
            started.elapsed()
        });
        times.min().unwrap_or_default()
    };
    let version = best(&|| {
        assert!(std::process::Command::new(&options.program).arg("--version").output().unwrap().status.success());
    });
    println!("--version: {:.1} ms", version.as_secs_f64() * 1e3);
    let data = scratch.join("data");
    for state in ["fresh", "unchanged"] {
        let started = Instant::now();
        let server = Server::start(&options.program, articles, &data, &[]);
        println!(
            "{} articles, {state}: ready after {:.2} s, {}",
            options.articles,
            started.elapsed().as_secs_f64(),
            server.memory()
        );
    }
}

/// What is measured, each as requests that are sent in turn.
fn scenarios(server: &Server, titles: &[(String, String)], queries: &[String]) -> Vec<(&'static str, Arc<Asked>)> {
    let host = server.address;
    let is_there = |id: &str| {
        let asked = format!("HEAD /articles/{id} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        client::Connection::open(host).status(asked.as_bytes()) == Some(200)
    };
    let some: Vec<&(String, String)> = titles.iter().step_by((titles.len() / 200).max(1)).collect();
    let some: Vec<&(String, String)> = some.into_iter().filter(|(id, _)| is_there(id)).collect();
    let gzip = "Accept-Encoding: gzip, br\r\n";
    let get = |path: &str, more: &str| format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n").into_bytes();
    let encoded: Vec<String> = queries.iter().map(|q| client::escape(q)).collect();
    let all = |address: &str| encoded.iter().map(|q| get(&format!("{address}{q}"), "")).collect();
    let led = format!("{gzip}Referer: http://{host}/search?q={}\r\n", encoded[0]);
    let prefixes: Vec<String> = queries
        .iter()
        .flat_map(|q| (1..6).map(|n| q.chars().take(n).collect::<String>()))
        .map(|q| client::escape(&q))
        .collect();
    let article = |more: &str| some.iter().map(|(id, _)| get(&format!("/articles/{id}"), more)).collect();
    let feedback = format!("/articles/{}/feedback", titles[0].0);
    vec![
        ("article, gzip", Asked::list(article(gzip))),
        ("article, plain", Asked::list(article(""))),
        ("article after a search, gzip", Asked::list(article(&led))),
        ("home, gzip", Asked::list(vec![get("/", gzip)])),
        ("category, gzip", Asked::list(vec![get("/categories/c3", gzip)])),
        ("style sheet, br", Asked::list(vec![get(&server.style_sheet(), gzip)])),
        ("search page, known queries", Asked::list(all("/search?q="))),
        (
            "search page, gzip, known queries",
            Asked::list(encoded.iter().map(|q| get(&format!("/search?q={q}"), gzip)).collect()),
        ),
        ("search API, known queries", Asked::list(all("/api/v1/search?q="))),
        (
            "search API, new queries",
            Asked::numbered(encoded.iter().map(|q| get(&format!("/api/v1/search?q={q}%20{{}}"), "")).collect()),
        ),
        ("suggest", Asked::list(prefixes.iter().map(|q| get(&format!("/api/v1/suggest?q={q}"), "")).collect())),
        (
            "feedback",
            Asked::numbered(vec![client::form(
                host,
                &feedback,
                "helpful=no&reason=unclear&comment=%E4%B8%8D%E6%98%8E%E7%99%BD%20{}",
            )]),
        ),
    ]
}

/// Measures both in turn and prints the middle round of each.
fn compare(name: &str, asked: &Arc<Asked>, server: &Server, bare: &Server, options: &Options) {
    let time = Duration::from_secs_f64(options.seconds);
    // Once for the caches, and to learn how long an answer is.
    let first = measure(server, asked, time / 3, options.connections);
    let bytes = first.bytes / first.count.max(1);
    let same = Arc::new(bare::asked(bare, bytes as usize));
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..options.rounds {
        theirs.push(measure(bare, &same, time, options.connections));
        ours.push(measure(server, asked, time, options.connections));
    }
    let (ours, theirs) = (middle(ours), middle(theirs));
    println!(
        "| {name} | {:.0} | {:.2} | {:.2} | {:.1} | {bytes} | {} | {:.2} | {:.2} |",
        ours.rate(),
        ours.ms(0.5),
        ours.ms(0.99),
        ours.processor_us(),
        ours.failed,
        ours.rate() / theirs.rate(),
        theirs.processor_us() / ours.processor_us(),
    );
    println!(
        "| (bare) | {:.0} | {:.2} | {:.2} | {:.1} | {} | {} | | |",
        theirs.rate(),
        theirs.ms(0.5),
        theirs.ms(0.99),
        theirs.processor_us(),
        theirs.bytes / theirs.count.max(1),
        theirs.failed,
    );
}

fn middle(mut rounds: Vec<Measured>) -> Measured {
    rounds.sort_by(|a, b| a.rate().total_cmp(&b.rate()));
    let at = rounds.len() / 2;
    rounds.swap_remove(at)
}
