//! Faults by sabotage, on the real program: what the reader and the log see while something is broken,
//! and that nothing is lost once it is mended. What needs more rights or programs than there are says
//! so loudly and is left out.

use std::fs;
use std::io::{Read, Seek, SeekFrom, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::cluster::Cluster;
use crate::http::escape;
use crate::program::{Place, Server};

const ARTICLES: &[(&str, &str)] = &[
    ("transactions/not-arrived.md", "# 转账没有到账怎么办\n\n先查交易状态。\n"),
    ("accounts/reset.md", "# 忘记解锁密码\n\n用助记词恢复。\n"),
];
const FORM: &str = "/articles/transactions/not-arrived/feedback";
const PATIENCE: Duration = Duration::from_secs(30);

pub fn left_out(test: &str, why: &str) {
    // Past the harness, which keeps the output of tests that pass to itself.
    let _ = writeln!(std::io::stderr().lock(), "left out: faults::{test}: {why}");
}

fn leave(server: &Server, comment: &str) -> (u16, String) {
    let answer = server.post(FORM, &[("helpful", "no"), ("comment", comment)]);
    let said = if answer.status == 303 { answer.header("location").to_owned() } else { answer.body };
    (answer.status, said)
}

/// Feedback that is kept, with its receipt.
fn kept(server: &Server, comment: &str) -> String {
    let (status, receipt) = leave(server, comment);
    assert_eq!(status, 303, "{comment}");
    receipt
}

/// The store fails: the reader keeps the typed text and reads on.
fn assert_reading_goes_on(server: &Server, place: &Place) {
    let (status, page) = leave(server, "写过的字还在");
    assert_eq!(status, 503, "{page}");
    assert!(page.contains("写过的字还在"), "{page}");
    assert_eq!(server.get("/articles/accounts/reset").status, 200);
    let found = server.get(&format!("/search?q={}", escape("转账没到")));
    assert!(found.body.contains("/articles/transactions/not-arrived"));
    assert_eq!(server.get("/healthz").status, 200);
    assert!(place.log().contains("feedback could not be kept"), "{}", place.log());
    assert!(!place.log().contains("写过的字"), "the log holds no words of readers");
}

fn soon(what: &str, mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < PATIENCE, "{what}");
        thread::park_timeout(Duration::from_millis(50));
    }
}

/// A file system of its own, taken away when dropped.
struct Mount(PathBuf);

impl Mount {
    /// In memory, of this size; none without the rights to mount.
    fn tmpfs(place: &Place, size: &str) -> Option<Self> {
        let folder = place.path("data");
        fs::create_dir_all(&folder).unwrap();
        let options = format!("size={size}");
        run("mount", &["-t", "tmpfs", "-o", &options, "tmpfs", folder.to_str()?]).then_some(Self(folder))
    }

    fn remount(&self, options: &str) {
        assert!(run("mount", &["-o", &format!("remount,{options}"), self.0.to_str().unwrap()]));
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        run("umount", &["-l", self.0.to_str().unwrap()]);
    }
}

fn run(program: &str, arguments: &[&str]) -> bool {
    Command::new(program).args(arguments).output().is_ok_and(|output| output.status.success())
}

#[test]
fn a_full_disk_stops_feedback_and_nothing_else() {
    let place = Place::with(ARTICLES);
    let Some(_mount) = Mount::tmpfs(&place, "4m") else {
        return left_out("a_full_disk", "a file system can be mounted by root only");
    };
    let server = place.serve();
    let before = kept(&server, "还有地方");
    let full = place.path("data/full");
    let mut file = fs::File::create(&full).unwrap();
    while file.write_all(&[0; 4_096]).is_ok() {}
    // What is in the log's last page may still find room.
    soon("the disk is never full", || leave(&server, &"满".repeat(500)).0 == 503);
    assert_reading_goes_on(&server, &place);
    assert!(place.log().contains("the disk of the database is full"), "{}", place.log());
    // A file that is gone takes room as long as somebody holds it open.
    drop(file);
    fs::remove_file(full).unwrap();
    let after = kept(&server, "又有地方了");
    for receipt in [before, after] {
        assert_eq!(server.get(&receipt).status, 200);
    }
}

#[test]
fn a_read_only_data_folder_is_said_at_the_start() {
    let place = Place::with(ARTICLES);
    let Some(mount) = Mount::tmpfs(&place, "16m") else {
        return left_out("a_read_only_data_folder", "a file system can be mounted by root only");
    };
    let server = place.serve();
    let before = kept(&server, "还能写");
    server.crash();
    mount.remount("ro");
    let refused = place.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.err.contains("data/index") && !refused.err.contains("panicked"), "{}", refused.err);
    assert!(refused.err.contains("read-only") && !refused.err.contains("damaged"), "{}", refused.err);
    mount.remount("rw");
    let server = place.serve();
    assert_eq!(server.get(&before).status, 200);
    kept(&server, "又能写了");
}

/// Writes nonsense over files from `from` on.
fn damage(path: &Path, from: u64, bytes: usize) {
    let mut file = fs::File::options().write(true).open(path).unwrap();
    file.seek(SeekFrom::Start(from)).unwrap();
    file.write_all(&vec![0xa5; bytes]).unwrap();
}

#[test]
fn a_damaged_index_is_built_anew() {
    let place = Place::with(ARTICLES);
    place.serve().crash();
    let index = place.path("data/index");
    let files: Vec<PathBuf> = fs::read_dir(&index).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() > 3);
    for path in files.iter().filter(|path| path.is_file()) {
        let length = fs::metadata(path).unwrap().len();
        damage(path, 0, usize::try_from(length).unwrap());
    }
    let server = place.serve();
    let found = server.get(&format!("/search?q={}", escape("转账没到")));
    assert!(found.body.contains("/articles/transactions/not-arrived"), "{}", place.log());
}

#[test]
fn a_damaged_database_is_said_so_and_written_no_more() {
    let place = Place::with(ARTICLES);
    let server = place.serve_with(&["--posts-per-hour", "1000000"]);
    let receipts: Vec<String> = (0..200).map(|n| kept(&server, &format!("{n} {}", "字".repeat(200)))).collect();
    assert!(server.stop().success());
    let file = place.path("data/wenqu.db");
    let length = fs::metadata(&file).unwrap().len();
    // The first half is left, so that it opens; where the last rows are, nothing is what it was.
    let half = length / 2 / 4_096 * 4_096;
    damage(&file, half, usize::try_from(length - half).unwrap());
    let server = place.serve_with(&["--posts-per-hour", "1000000"]);
    soon("damage is never found", || leave(&server, "坏了吗").0 == 503);
    assert_reading_goes_on(&server, &place);
    assert!(place.log().contains("the database file is damaged"), "{}", place.log());
    let left = fs::read(&file).unwrap();
    for _ in 0..20 {
        assert_eq!(leave(&server, "不再写").0, 503);
    }
    assert_eq!(fs::read(&file).unwrap(), left, "nothing more is written");
    assert_eq!(server.get("/readyz").status, 503);
    assert!(matches!(server.get(&receipts[199]).status, 200 | 404 | 503));
}

#[test]
fn a_clock_that_jumps_loses_nothing() {
    let library = ["x86_64", "aarch64"].map(|cpu| format!("/usr/lib/{cpu}-linux-gnu/faketime/libfaketime.so.1"));
    let Some(library) = library.iter().find(|path| Path::new(path).exists()) else {
        return left_out("a_clock_that_jumps", "faketime is not installed");
    };
    let library = format!("LD_PRELOAD={library}");
    let place = Place::with(ARTICLES);
    let mut receipts = Vec::new();
    for clock in ["2031-02-28 23:59:58", "2026-01-01 00:00:00", "2020-02-29 12:00:00"] {
        let clock = format!("FAKETIME=@{clock}");
        let server = place.serve_under(&["env", &library, &clock, "FAKETIME_DONT_FAKE_MONOTONIC=1"]);
        receipts.push(kept(&server, &clock));
        for receipt in &receipts {
            assert_eq!(server.get(receipt).status, 200, "{receipt} at {clock}");
        }
        assert_eq!(server.get("/articles/accounts/reset").status, 200);
        assert!(server.stop().success());
    }
    let all = place.run(&["export", "feedback", "--format", "jsonl"]);
    assert_eq!(all.out.lines().count(), 3, "{all:?}");
}

/// Asks on one kept connection until the server ends it: whole answers, and whether one broke off.
fn ask_on(address: std::net::SocketAddr, request: &str, stop: &AtomicBool) -> (usize, bool) {
    let mut answers = 0;
    let Ok(mut stream) = TcpStream::connect(address) else { return (0, false) };
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    while !stop.load(Ordering::Relaxed) {
        if stream.write_all(request.as_bytes()).is_err() {
            return (answers, false);
        }
        let (mut held, mut space) = (Vec::new(), [0; 8_192]);
        let whole = loop {
            let Ok(read) = stream.read(&mut space) else { return (answers, !held.is_empty()) };
            if read == 0 {
                // An idle connection may be closed; an answer may not be cut.
                return (answers, !held.is_empty());
            }
            held.extend_from_slice(&space[..read]);
            let text = String::from_utf8_lossy(&held);
            let Some((head, _)) = text.split_once("\r\n\r\n") else { continue };
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
            if held.len() >= head.len() + 4 + length.unwrap_or_default() {
                break head.starts_with("HTTP/1.1 200");
            }
        };
        assert!(whole, "{}", String::from_utf8_lossy(&held));
        answers += 1;
    }
    (answers, false)
}

#[test]
fn told_to_stop_under_load_it_cuts_no_answer() {
    let place = Place::with(ARTICLES);
    let server = place.serve();
    let (address, stop) = (server.address(), Arc::new(AtomicBool::new(false)));
    let (answers, broken) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let paths = ["/articles/accounts/reset", "/search?q=abc", "/api/v1/search?q=x", "/"];
    let readers: Vec<_> = (0..16)
        .map(|n| {
            let request = format!("GET {} HTTP/1.1\r\nHost: x\r\n\r\n", paths[n % 4]);
            let (stop, answers, broken) = (Arc::clone(&stop), Arc::clone(&answers), Arc::clone(&broken));
            thread::spawn(move || {
                let (whole, cut) = ask_on(address, &request, &stop);
                answers.fetch_add(whole, Ordering::Relaxed);
                broken.fetch_add(usize::from(cut), Ordering::Relaxed);
            })
        })
        .collect();
    soon("nothing is answered", || server.get("/healthz").status == 200 && !readers.is_empty());
    thread::park_timeout(Duration::from_millis(500));
    let started = Instant::now();
    let status = server.stop();
    assert!(started.elapsed() < Duration::from_secs(12), "{:?}", started.elapsed());
    stop.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.join().unwrap();
    }
    assert!(status.success(), "{status:?}");
    assert_eq!(broken.load(Ordering::Relaxed), 0, "answers were cut");
    assert!(answers.load(Ordering::Relaxed) > 50);
}

#[test]
fn postgresql_goes_and_comes_back() {
    let Some(cluster) = Cluster::start() else {
        return left_out("postgresql_goes", "PostgreSQL is not installed");
    };
    let place = Place::with(ARTICLES);
    let server = place.serve_with(&["--database", &cluster.url()]);
    let before = kept(&server, "走之前");
    cluster.end();
    assert_reading_goes_on(&server, &place);
    assert_eq!(server.get("/readyz").status, 503);
    cluster.begin();
    soon("it is never ready again", || server.get("/readyz").status == 200);
    let after = kept(&server, "回来之后");
    for receipt in [before, after] {
        assert_eq!(server.get(&receipt).status, 200);
    }
}

#[test]
fn a_start_without_postgresql_serves_articles_and_takes_it_up() {
    let Some(cluster) = Cluster::start() else {
        return left_out("a_start_without_postgresql", "PostgreSQL is not installed");
    };
    let place = Place::with(ARTICLES);
    cluster.end();
    let server = place.serve_with(&["--database", &cluster.url()]);
    assert_reading_goes_on(&server, &place);
    assert_eq!(server.get("/readyz").status, 503);
    assert!(place.log().contains("articles are served, feedback is refused"), "{}", place.log());
    cluster.begin();
    soon("it is never ready", || server.get("/readyz").status == 200);
    let receipt = kept(&server, "来了");
    assert_eq!(server.get(&receipt).status, 200);
    assert!(place.log().contains("the database answers"), "{}", place.log());
}

#[test]
fn a_start_on_a_damaged_database_serves_articles_and_writes_nothing() {
    let place = Place::with(ARTICLES);
    let server = place.serve();
    kept(&server, "之前");
    assert!(server.stop().success());
    let file = place.path("data/wenqu.db");
    damage(&file, 0, 8_192);
    let left = fs::read(&file).unwrap();
    let server = place.serve();
    assert_reading_goes_on(&server, &place);
    assert_eq!(server.get("/readyz").status, 503);
    assert!(place.log().contains("the database file is damaged"), "{}", place.log());
    assert_eq!(fs::read(&file).unwrap(), left, "nothing is written");
}
