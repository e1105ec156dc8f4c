//! Load that is held while an editor saves without end: no request may fail, and memory stays flat.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::client::{Asked, Connection, escape, form};
use crate::server::Server;

/// Times between two changes of an article, and between two lines of the report.
const SAVE_EVERY: Duration = Duration::from_secs(1);
const TELL_EVERY: Duration = Duration::from_secs(30);

/// Readers that read, search, type and answer, for `time`.
pub fn hold(server: &Server, articles: &Path, titles: &[(String, String)], queries: &[String], time: Duration) {
    let stop = Arc::new(AtomicBool::new(false));
    let (answered, failed, host) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)), server.address);
    let get =
        |path: String| format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip\r\n\r\n").into_bytes();
    let read = titles.iter().step_by(7).map(|(id, _)| get(format!("/articles/{id}"))).collect();
    let search = queries.iter().map(|q| get(format!("/search?q={}%20{{}}", escape(q)))).collect();
    let suggest = queries.iter().map(|q| get(format!("/api/v1/suggest?q={}", escape(q)))).collect();
    let said = form(host, &format!("/articles/{}/feedback", titles[1].0), "helpful=no&comment=%E8%AF%B4%E6%98%8E%20{}");
    let kinds = [
        (Asked::list(read), 6),
        (Asked::numbered(search), 3),
        (Asked::list(suggest), 2),
        (Asked::numbered(vec![said]), 1),
    ];
    let mut threads = Vec::new();
    for (asked, connections) in kinds {
        for _ in 0..connections {
            let (asked, stop) = (Arc::clone(&asked), Arc::clone(&stop));
            let (answered, failed) = (Arc::clone(&answered), Arc::clone(&failed));
            threads.push(thread::spawn(move || {
                let (mut connection, mut space) = (Connection::open(host), Vec::new());
                while !stop.load(Ordering::Relaxed) {
                    let good = matches!(connection.ask(asked.take(&mut space)), Some((200..400, _)));
                    let counter = if good { &answered } else { &failed };
                    counter.fetch_add(1, Ordering::Relaxed);
                    if !good {
                        connection = Connection::open(host);
                    }
                }
            }));
        }
    }
    println!(
        "\n| seconds | saves | answered | failed | MiB resident | of its own |\n| --- | --- | --- | --- | --- | --- |"
    );
    let (started, mut saves, mut told) = (Instant::now(), 0u64, Duration::ZERO);
    while started.elapsed() < time {
        let (id, title) = &titles[saves as usize % titles.len()];
        fs::write(articles.join(format!("{id}.md")), format!("---\ntitle: {title}\n---\n改过 {saves} 次。\n")).unwrap();
        saves += 1;
        thread::sleep(SAVE_EVERY);
        if started.elapsed().saturating_sub(told) >= TELL_EVERY {
            told = started.elapsed();
            println!(
                "| {:.0} | {saves} | {} | {} | {} | {} |",
                told.as_secs_f64(),
                answered.load(Ordering::Relaxed),
                failed.load(Ordering::Relaxed),
                server.memory_kib("VmRSS") / 1024,
                server.memory_kib("RssAnon") / 1024,
            );
        }
    }
    stop.store(true, Ordering::Relaxed);
    for thread in threads {
        thread.join().unwrap();
    }
    println!(
        "held for {:.0} s: {} answered, {} failed",
        started.elapsed().as_secs_f64(),
        answered.load(Ordering::Relaxed),
        failed.load(Ordering::Relaxed)
    );
}
