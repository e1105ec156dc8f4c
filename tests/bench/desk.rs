//! Measures the desk, the ranking job and the exports on a SQLite database of 100,000 pieces of
//! feedback (or more) and 1,000,000 logged searches, through the program itself, and prints tables.
//!
//! `cargo build --release && cargo run --release --example desk -- [--folder DIR] [--wenqu PATH]
//! [--feedback 100000]`; see `tests/bench/README.md`. A folder that is filled already is used again.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a benchmark stops where it cannot go on")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use wenqu::articles::{LoadOptions, load};
use wenqu::domain::{
    ArticleId, Confidence, Feedback, Lang, Library, NewFeedback, Reason, Receipt, Revision, Status, Subject, Vote,
};
use wenqu::store::{SearchRecord, Store, id_at};

#[path = "../it/http.rs"]
#[allow(dead_code, reason = "shared with the tests, which need more of it")]
mod http;

const FEEDBACK: usize = 100_000;
const SEARCHES: usize = 1_000_000;
/// Rows in one transaction while filling.
const BATCH: usize = 5_000;
const DAYS: i64 = 88;
const PASSWORD: &str = "correct horse battery";
/// Requests for one page.
const PAGE_TIMES: usize = 20;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut rows = FEEDBACK;
    let (mut folder, mut wenqu) = (std::env::temp_dir().join("wenqu-desk"), PathBuf::from("target/release/wenqu"));
    while let Some(argument) = arguments.next() {
        let value = arguments.next().unwrap_or_else(|| panic!("{argument} needs a value"));
        match argument.as_str() {
            "--folder" => folder = value.into(),
            "--wenqu" => wenqu = value.into(),
            "--feedback" => rows = value.parse().unwrap(),
            other => panic!("{other} is no option"),
        }
    }
    let (large, small) = (folder.join("large"), folder.join("small"));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    for (place, feedback, searches) in [(&large, rows, SEARCHES), (&small, 1_000, 1_000)] {
        if !place.join("wenqu.db").exists() {
            runtime.block_on(fill(place, feedback, searches));
        }
    }
    exports(&wenqu, &small, &large, rows);
    desk(&wenqu, &large);
}

/// Numbers that are the same on every run.
struct Mixer(u64);

impl Mixer {
    fn below(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

const WORDS: [&str; 24] = [
    "转账",
    "没到",
    "助记词",
    "备份",
    "手续费",
    "网络",
    "地址",
    "矿工费",
    "卡住",
    "失败",
    "找不到",
    "按钮",
    "截图",
    "旧的",
    "步骤",
    "看不懂",
    "打不开",
    "闪退",
    "版本",
    "授权",
    "取消",
    "兑换",
    "质押",
    "代币",
];

async fn fill(place: &Path, feedback: usize, searches: usize) {
    let begun = Instant::now();
    fs::create_dir_all(place).unwrap();
    let store = Store::open(&format!("sqlite:{}", place.join("wenqu.db").display())).await.unwrap();
    let library = load(Path::new("articles"), &LoadOptions::default(), None).unwrap().library;
    let (now, mut mixer) = (Timestamp::now(), Mixer(7));
    let span = SignedDuration::from_hours(24 * DAYS);
    let at = |n: usize, all: usize| now - (span - span * i32::try_from(n).unwrap() / i32::try_from(all).unwrap());
    for from in (0..feedback).step_by(BATCH) {
        let rows: Vec<_> =
            (from..feedback.min(from + BATCH)).map(|n| said(n, at(n, feedback), &library, &mut mixer)).collect();
        store.import(&rows).await.unwrap();
    }
    for from in (0..searches).step_by(BATCH) {
        let rows: Vec<_> =
            (from..searches.min(from + BATCH)).map(|n| searched(at(n, searches), &library, &mut mixer)).collect();
        store.log_searches(&rows).await.unwrap();
    }
    store.close().await;
    println!("filled {} in {:.0} s", place.display(), begun.elapsed().as_secs_f64());
}

fn words(mixer: &mut Mixer, count: usize) -> String {
    (0..count).map(|_| *mixer.pick(&WORDS)).collect::<Vec<_>>().join("")
}

fn said(n: usize, at: Timestamp, library: &Library, mixer: &mut Mixer) -> Feedback {
    let article = mixer.pick(library.articles());
    let revision = if mixer.below(4) == 0 { Revision(1) } else { article.revision };
    let vote = if mixer.below(10) < 7 { Vote::Yes } else { Vote::No };
    let wordy = vote == Vote::No && mixer.below(2) == 0;
    let length = 2 + mixer.below(12);
    let mut bytes = [0; 10];
    bytes[..8].copy_from_slice(&(n as u64).to_le_bytes());
    Feedback {
        id: id_at(at),
        receipt: Receipt::from_random(bytes),
        said: NewFeedback {
            subject: Subject::Article(article.id.clone(), revision),
            vote: Some(vote),
            reason: wordy.then(|| *mixer.pick(Reason::ALL)),
            comment: if wordy { words(mixer, length) } else { String::new() },
            contact: String::new(),
            query: words(mixer, 2),
            lang: Lang::default(),
        },
        created: at,
        changed: at,
        added: Vec::new(),
        status: if mixer.below(3) == 0 { Status::Done } else { Status::Received },
        reply: String::new(),
        change: None,
    }
}

fn searched(at: Timestamp, library: &Library, mixer: &mut Mixer) -> SearchRecord {
    // Few queries are asked often and many once, as everywhere.
    let rare = mixer.below(10) == 0;
    let query = if rare { format!("{} {}", words(mixer, 3), mixer.below(50_000)) } else { words(mixer, 2) };
    let total = if mixer.below(12) == 0 { 0 } else { 3 };
    let opened: Option<ArticleId> =
        (total > 0 && mixer.below(2) == 0).then(|| mixer.pick(library.articles()).id.clone());
    SearchRecord {
        id: id_at(at),
        at,
        query,
        total,
        confidence: if total == 0 { Confidence::Nothing } else { Confidence::Sure },
        lang: Lang::default(),
        opened,
        helped: None,
    }
}

/// Peak memory and time of each export, from the command line.
fn exports(wenqu: &Path, small: &Path, large: &Path, feedback: usize) {
    println!(
        "\n| export | rows | format | seconds | MB/s | peak memory, MB |\n| --- | ---: | --- | ---: | ---: | ---: |"
    );
    for (what, rows) in [("feedback", feedback), ("searches", SEARCHES)] {
        for format in ["csv", "jsonl", "xlsx", "md"] {
            for (place, rows) in [(small, 1_000), (large, rows)] {
                let output = place.join(format!("{what}.{format}"));
                let begun = Instant::now();
                let done = Command::new("/usr/bin/time")
                    .args(["-f", "%M"])
                    .arg(wenqu)
                    .args(["export", what, "--format", format, "--data"])
                    .arg(place)
                    .arg("--output")
                    .arg(&output)
                    .output()
                    .unwrap();
                let seconds = begun.elapsed().as_secs_f64();
                let told = String::from_utf8(done.stderr).unwrap();
                assert!(done.status.success(), "{told}");
                let peak: f64 = told.lines().last().unwrap().trim().parse().unwrap();
                let size = fs::metadata(&output).unwrap().len() as f64 / 1e6;
                fs::remove_file(output).unwrap();
                println!("| {what} | {rows} | {format} | {seconds:.2} | {:.1} | {:.1} |", size / seconds, peak / 1e3);
            }
        }
    }
}

/// A running server whose log is heard.
struct Server {
    child: Child,
    address: SocketAddr,
    log: Receiver<String>,
}

impl Server {
    fn start(wenqu: &Path, place: &Path) -> Self {
        let mut child = Command::new(wenqu)
            .args(["--lang", "en", "serve", "--listen", "127.0.0.1:0", "--log-format", "json"])
            .args(["--keep-searches-days", "3650", "--posts-per-hour", "1000000", "--data"])
            .arg(place)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (sender, log) = channel();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let address = lines.find_map(|line| line.split_once("http://")?.1.trim().parse().ok()).unwrap();
        Self { child, address, log }
    }

    /// What the log says of a ranking that has ended since it was last asked.
    fn ranked(&self) -> Option<String> {
        let line = self.log.try_iter().find(|line| line.contains("suggestions are ranked"))?;
        let said: serde_json::Value = serde_json::from_str(&line).unwrap();
        let said = &said["fields"];
        let figure = |name: &str| said[name].as_f64().unwrap();
        Some(format!(
            "{:.1} s for {} rows of feedback and {} of {SEARCHES} searches (30 days): {} suggestions",
            figure("ms") / 1e3,
            figure("feedback"),
            figure("searches"),
            figure("proposals")
        ))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn desk(wenqu: &Path, place: &Path) {
    let mut added = Command::new(wenqu)
        .args(["reviewer", "add", "bench", "--data"])
        .arg(place)
        .stdin(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    writeln!(added.stdin.take().unwrap(), "{PASSWORD}").unwrap();
    added.wait().unwrap();
    let server = Server::start(wenqu, place);
    let session = sign_in(server.address);
    let first = loop {
        match server.ranked() {
            Some(line) => break line,
            None => thread::sleep(Duration::from_millis(50)),
        }
    };
    println!("\nranking, readers away: {first}");
    let get = |path: &str| http::get_with(server.address, path, ("Cookie", &session));
    let link = |body: &str, before: &str| {
        let (_, rest) = body.split_once(&format!("href=\"{before}")).unwrap();
        format!("{before}{}", rest.split('"').next().unwrap()).replace("&#38;", "&").replace("&amp;", "&")
    };
    let inbox = get("/review/feedback").body;
    let (item, next) = (link(&inbox, "/review/feedback/"), link(&inbox, "/review/feedback?after"));
    let suggestion = link(&get("/review/suggestions").body, "/review/suggestions/S-");
    println!("\n| page of the desk | median, ms | slowest of {PAGE_TIMES}, ms |\n| --- | ---: | ---: |");
    for path in [
        "/review/feedback",
        "/review/feedback?status=received",
        "/review/feedback?vote=no&reason=unclear",
        "/review/feedback?status=declined",
        "/review/feedback?article=transactions%2Fnot-arrived",
        &next,
        &item,
        "/review/suggestions",
        "/review/suggestions?state=done",
        &suggestion,
        "/review/figures",
        "/review/audit",
    ] {
        let mut times: Vec<f64> = (0..PAGE_TIMES)
            .map(|_| {
                let begun = Instant::now();
                let page = get(path);
                assert_eq!(page.status, 200, "{path}");
                begun.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        times.sort_by(f64::total_cmp);
        let shown = path.split("?after").next().unwrap();
        let shown = if path == next { format!("{shown} (next page)") } else { shown.to_owned() };
        println!("| `{shown}` | {:.1} | {:.1} |", times[PAGE_TIMES / 2], times[PAGE_TIMES - 1]);
    }
    println!("\n| a reader | median, ms | 99 %, ms | slowest, ms |\n| --- | ---: | ---: | ---: |");
    let begun = Instant::now();
    let alone = readers(&server, || begun.elapsed() > Duration::from_secs(5));
    tell(alone, "alone");
    let csrf = get("/review/suggestions").body;
    let csrf = csrf.split_once("name=\"csrf\" value=\"").unwrap().1.split('"').next().unwrap().to_owned();
    let asked = http::try_post(server.address, "/review/suggestions", &[("csrf", &csrf)], &session).unwrap();
    assert_eq!(asked.status, 303);
    let mut second = None;
    let busy = readers(&server, || {
        second = server.ranked();
        second.is_some()
    });
    tell(busy, "while suggestions are ranked");
    println!("\nranking, readers busy: {}", second.unwrap());
}

/// Searches and leaves feedback, one after the other, until `over`; times in milliseconds.
fn readers(server: &Server, mut over: impl FnMut() -> bool) -> [Vec<f64>; 2] {
    let mut times = [Vec::new(), Vec::new()];
    for n in 0.. {
        if over() {
            break;
        }
        let query = http::escape(&format!("{}{}", WORDS[n % WORDS.len()], WORDS[(n * 7 + 1) % WORDS.len()]));
        let begun = Instant::now();
        assert_eq!(http::get(server.address, &format!("/search?q={query}")).status, 200);
        times[0].push(begun.elapsed().as_secs_f64() * 1e3);
        let comment = format!("读者 {n}");
        let begun = Instant::now();
        let fields = [("helpful", "no"), ("comment", comment.as_str())];
        assert_eq!(http::post(server.address, "/articles/transactions/not-arrived/feedback", &fields).status, 303);
        times[1].push(begun.elapsed().as_secs_f64() * 1e3);
    }
    times
}

fn tell(times: [Vec<f64>; 2], when: &str) {
    for (mut times, what) in times.into_iter().zip(["searches", "leaves feedback"]) {
        times.sort_by(f64::total_cmp);
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
        println!("| {what}, {when} | {:.1} | {:.1} | {:.1} |", at(0.5), at(0.99), at(1.0));
    }
}

fn sign_in(address: SocketAddr) -> String {
    let cookie = |header: &str| header.split(';').next().unwrap().to_owned();
    let page = http::get(address, "/review/sign-in");
    let form = cookie(page.header("set-cookie"));
    let csrf = page.body.split_once("name=\"csrf\" value=\"").unwrap().1.split('"').next().unwrap();
    let fields = [("csrf", csrf), ("name", "bench"), ("password", PASSWORD)];
    let entered = http::try_post(address, "/review/sign-in", &fields, &form).unwrap();
    assert_eq!(entered.status, 303, "sign-in");
    cookie(entered.header("set-cookie"))
}
