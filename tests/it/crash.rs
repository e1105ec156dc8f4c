//! The server's process is taken away in a storm of feedback, again and again: what a reader was
//! told is kept is kept.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::http;
use crate::postgres::with_database;
use crate::program::Place;

const ARTICLES: &[(&str, &str)] = &[("a.md", "# 甲\n\n文。\n")];
const ROUNDS: usize = 20;
const READERS: usize = 6;
/// Acknowledged in a round before it ends; each round ends at another moment of the storm.
const ACKNOWLEDGED_MIN: usize = 5;

fn storm(database: &[&str]) {
    let place = Place::with(ARTICLES);
    let arguments = [&["--posts-per-hour", "1000000"], database].concat();
    let acknowledged: Mutex<Vec<(String, String)>> = Mutex::default();
    let kept = || acknowledged.lock().unwrap().len();
    for round in 0..ROUNDS {
        let server = place.serve_with(&arguments);
        let (address, gone, before) = (server.address(), AtomicBool::new(false), kept());
        thread::scope(|scope| {
            for reader in 0..READERS {
                let (gone, acknowledged) = (&gone, &acknowledged);
                scope.spawn(move || {
                    for n in 0.. {
                        let comment = format!("第 {round} 轮 读者 {reader} 第 {n} 条");
                        let fields = [("helpful", "no"), ("comment", comment.as_str())];
                        match http::try_post(address, "/articles/a/feedback", &fields, "") {
                            Ok(answer) if answer.status == 303 => {
                                let receipt = answer.header("location").trim_start_matches("/feedback/").to_owned();
                                acknowledged.lock().unwrap().push((receipt, comment));
                            }
                            Ok(answer) => panic!("{}: {}", answer.status, answer.body),
                            Err(_) => assert!(gone.load(Ordering::Relaxed), "the server went by itself"),
                        }
                        if gone.load(Ordering::Relaxed) {
                            return;
                        }
                    }
                });
            }
            let (wanted, begun) = (before + ACKNOWLEDGED_MIN + round * 3, Instant::now());
            while kept() < wanted {
                assert!(begun.elapsed() < Duration::from_secs(30), "readers wait");
                thread::sleep(Duration::from_millis(1));
            }
            gone.store(true, Ordering::Relaxed);
            server.crash();
        });
    }
    let rows = place.run(&[&["export", "feedback", "--format", "jsonl"], database].concat());
    assert_eq!(rows.code, Some(0), "{rows:?}");
    let rows: HashSet<(String, String)> = rows
        .out
        .lines()
        .map(|row| {
            let row: serde_json::Value = serde_json::from_str(row).unwrap();
            (row["receipt"].as_str().unwrap().to_owned(), row["comment"].as_str().unwrap().to_owned())
        })
        .collect();
    let acknowledged = acknowledged.into_inner().unwrap();
    let lost: Vec<_> = acknowledged.iter().filter(|one| !rows.contains(*one)).collect();
    println!("{} acknowledged in {ROUNDS} rounds, {} kept", acknowledged.len(), rows.len());
    assert!(lost.is_empty(), "lost: {lost:?}");
}

#[test]
fn nothing_acknowledged_is_lost_on_sqlite() {
    storm(&[]);
}

#[test]
fn nothing_acknowledged_is_lost_on_postgresql() {
    with_database("crash", |url| storm(&["--database", url]));
}
