//! Editors and readers at once: commits arrive by the hook, pages reload in preview, repositories
//! break, and no reader sees an error.
//!
//! `STORM=200,60` runs the storm at full size: commits, and seconds they are spread over.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::editors::{PATIENCE, SECRET, cloned, commit, git, ring, until};
use crate::http;
use crate::program::{Place, Server};
use crate::revisions::sign_in;

fn pull_of(server: &Server) -> String {
    let ready: serde_json::Value = serde_json::from_str(&server.get("/readyz").body).unwrap();
    ready["details"]["pull"]["result"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn commits_in_a_storm_reach_readers_who_see_no_error() {
    let size = env::var("STORM").unwrap_or_else(|_| "12,1".to_owned());
    let (commits, seconds) = size.split_once(',').unwrap();
    let (commits, seconds): (u32, u32) = (commits.parse().unwrap(), seconds.parse().unwrap());
    let place = cloned();
    let server = place.serve_with(&["--hook-secret", SECRET]);
    let (stop, asked) = (AtomicBool::new(false), AtomicUsize::new(0));
    let last = thread::scope(|scope| {
        for reader in 0..3 {
            let (server, stop, asked) = (&server, &stop, &asked);
            scope.spawn(move || {
                let paths = ["/search?q=%E8%BD%AC%E8%B4%A6", "/articles/count", "/api/v1/search?q=count", "/"];
                for path in paths.iter().cycle().skip(reader) {
                    if stop.load(Ordering::Relaxed) {
                        break;
                    }
                    assert_eq!(server.get(path).status, 200, "{path}");
                    asked.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        let begun = Instant::now();
        for n in 1..=commits {
            place.write("there/count.md", &format!("# 第几次\n\n第 {n} 次提交。\n"));
            place.write(&format!("there/new/n{n}.md"), &format!("# 新的第 {n} 篇\n\n转账之后看这里。\n"));
            match n % 5 {
                0 => git(&place.path("there"), &["mv", &format!("new/n{}.md", n - 1), &format!("pay/n{n}.md")]),
                1 => place.write("there/bad.md", "---\ntitle: [\n---\n坏的"),
                2 => fs::remove_file(place.path("there/bad.md")).unwrap_or_default(),
                _ => {}
            }
            commit(&place, &format!("commit {n}"));
            assert_eq!(ring(&server), 202);
            let due = Duration::from_secs(seconds.into()) * n / commits;
            thread::sleep(due.saturating_sub(begun.elapsed()));
        }
        let served = || server.get("/articles/count").body.contains(&format!("第 {commits} 次提交"));
        let last = until("the last commit is served", served);
        stop.store(true, Ordering::Relaxed);
        last
    });
    println!("{commits} commits, {} requests, the last served {last:?} after its push", asked.into_inner());
    assert_eq!(pull_of(&server), "ok");
    assert!(server.stop().success());
}

#[test]
fn what_breaks_leaves_the_last_good_edition() {
    let place = cloned();
    assert_eq!(place.run_with(&["reviewer", "add", "lin"], "correct horse battery\n").code, Some(0));
    let server = place.serve_with(&["--hook-secret", SECRET]);
    let served = |text: &str| server.get("/articles/count").body.contains(text);
    let cookie = sign_in(&server);
    let desk = |path: &str| http::get_with(server.address(), path, ("Cookie", &cookie)).body;
    assert!(!desk("/review/feedback").contains("notice warn"), "all is well");
    let forged = http::push(server.address(), "/hooks/git", ("X-Hub-Signature-256", "sha256=00"), "{}");
    assert_eq!(forged.status, 403);

    place.write("there/count.md", "# 第几次\n\n改写过的历史。\n");
    git(&place.path("there"), &["commit", "-q", "-a", "--amend", "-m", "rewritten"]);
    assert_eq!(ring(&server), 202);
    until("the refusal is told", || pull_of(&server) == "not-forward");
    assert!(served("第 0 次提交"), "a rewritten past is not followed");
    assert!(desk("/review/feedback").contains("拉取失败：远端的历史被改写"), "the desk says so");

    fs::rename(place.path("there"), place.path("away")).unwrap();
    assert_eq!(ring(&server), 202);
    until("the failure is told", || pull_of(&server) == "fetch-failed");
    fs::rename(place.path("articles"), place.path("gone")).unwrap();
    assert_eq!(ring(&server), 202);
    until("the failure is told", || pull_of(&server) == "cannot-start");
    assert!(served("第 0 次提交"), "the folder is gone, its articles are not");
    assert!(desk("/review/figures").contains("文章文件夹读不出来"), "the desk says so");
    assert_eq!(server.get("/readyz").status, 200);

    fs::rename(place.path("gone"), place.path("articles")).unwrap();
    fs::rename(place.path("away"), place.path("there")).unwrap();
    place.write("articles/bad.md", "---\ntitle: [\n---\n坏的\n");
    assert_eq!(ring(&server), 202);
    until("the bad file is told", || desk("/review/feedback").contains("有 1 个文件因为错误没有收录"));
    let problems = desk("/review/problems");
    assert!(problems.contains("<code>bad.md:2") && problems.contains("front-matter-syntax"), "{problems}");
    fs::remove_file(place.path("articles/bad.md")).unwrap();
    drop(server);
    let server = place.serve_with(&["--hook-secret", SECRET, "--allow-rewrite"]);
    assert_eq!(ring(&server), 202);
    until("the rewritten past is followed", || server.get("/articles/count").body.contains("改写过的历史"));
    assert_eq!(place.serve().get("/preview/events").status, 404, "only with --watch");
}

#[test]
fn without_a_secret_there_is_no_hook() {
    let server = Place::with(&[("a.md", "# 甲\n\n文。\n")]).serve();
    assert_eq!(ring(&server), 404);
}

#[test]
fn a_saved_draft_reloads_its_preview() {
    let place = Place::with(&[("a.md", "---\ntitle: 甲\ndraft: true\n---\n旧的。[坏](nowhere.md)\n")]);
    let server = place.serve_with(&["--watch"]);
    let page = server.get("/articles/a").body;
    assert!(page.contains("旧的") && page.contains("data-preview") && page.contains("/static/preview."), "{page}");
    assert!(page.contains("<code>a.md:5"), "the broken link is told with its line: {page}");
    for part in ["<b>草稿</b>", "<li class=\"error\">", "<code>link-broken</code>", "/static/preview."] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let english = server.get("/articles/a?ui=en").body;
    assert!(english.contains("<b>Draft</b>") && english.contains("A link leads to no article"), "{english}");
    let home = server.get("/").body;
    assert!(home.contains("<a href=\"/articles/a\">甲</a>"), "the drafts are listed: {home}");
    let outside = place.serve_with(&["--data", "outside"]);
    assert_eq!(outside.get("/articles/a").status, 404, "no reader gets a draft");
    assert!(!outside.get("/").body.contains("preview."), "nor anything of the preview");

    let mut stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(b"GET /preview/events HTTP/1.0\r\nHost: x\r\n\r\n").unwrap();
    let mut events = BufReader::new(stream)
        .lines()
        .map_while(Result::ok)
        .filter_map(|line| line.strip_prefix("data:").map(|version| version.trim().to_owned()));
    let first = events.next().unwrap();
    assert!(page.contains(&format!("data-preview=\"{first}\"")));
    place.write("articles/a.md", "---\ntitle: 甲\ndraft: true\n---\n新的。\n");
    assert_ne!(events.next().unwrap(), first);
    assert!(server.get("/articles/a").body.contains("新的"));
    assert!(server.stop().success());
}

#[test]
fn two_thousand_files_in_one_commit_come_at_once() {
    let place = cloned();
    place.write("there/guide.md", "# 使用指南\n\n一页就够。\n");
    place.write("there/deep", "还只是一个文件\n");
    commit(&place, "before");
    git(&place.path("articles"), &["pull", "-q"]);
    let server = place.serve_with(&["--hook-secret", SECRET]);
    assert_eq!(server.get("/articles/guide").status, 200);

    for n in 0..2_000 {
        place.write(&format!("there/c{}/a{n}.md", n % 20), &format!("# 第 {n} 问\n\n第 {n} 个回答。\n"));
    }
    fs::create_dir(place.path("there/guide")).unwrap();
    git(&place.path("there"), &["mv", "guide.md", "guide/index.md"]);
    git(&place.path("there"), &["mv", "pay/not-arrived.md", "pay/late.md"]);
    fs::remove_file(place.path("there/deep")).unwrap();
    place.write("there/deep/a.md", "# 文件变成文件夹\n\n里面是文章。\n");
    commit(&place, "two thousand");

    let stop = AtomicBool::new(false);
    let asked = AtomicUsize::new(0);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                for path in ["/", "/search?q=%E7%AC%AC", "/articles/count", "/articles/guide"] {
                    assert_eq!(server.get(path).status, 200, "{path}");
                }
                let (moved, first) = (server.get("/articles/pay/not-arrived"), server.get("/articles/c0/a0").status);
                assert!(matches!(moved.status, 200 | 308), "{moved:?}");
                // What came with the same commit is there with the first of it.
                let last = server.get("/articles/c19/a1999").status;
                assert!(first == 404 || last == 200, "{first} {last}");
                asked.fetch_add(7, Ordering::Relaxed);
            }
        });
        assert_eq!(ring(&server), 202);
        until("it is served", || server.get("/articles/c19/a1999").status == 200);
        stop.store(true, Ordering::Relaxed);
    });
    assert!(asked.into_inner() > 0);
    assert_eq!(server.get("/articles/pay/not-arrived").header("location"), "/articles/pay/late");
    assert_eq!(server.get("/articles/deep/a").status, 200);
    let found = server.get("/api/v1/search?q=%E7%AC%AC1999%E9%97%AE").body;
    assert!(found.contains("\"id\":\"c19/a1999\""), "{found}");
    assert_eq!(pull_of(&server), "ok");
}
