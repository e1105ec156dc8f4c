//! What editors do: commit to a repository of their own, push, and ring the server's bell.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use hmac::{Hmac, KeyInit, Mac};

use crate::http;
use crate::program::{Place, Server};

/// What the server knows pushes by.
pub const SECRET: &str = "a secret of the tests";
/// Longer than anything takes here.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Runs git in a folder.
pub fn git(folder: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
    let done = Command::new("git").arg("-C").arg(folder).args(identity).args(arguments).output().unwrap();
    assert!(done.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
}

/// Commits all of `there/`.
pub fn commit(place: &Place, message: &str) {
    git(&place.path("there"), &["add", "-A"]);
    git(&place.path("there"), &["commit", "-q", "-m", message]);
}

/// `there/` is where editors push; `articles/` is a clone of it.
pub fn cloned() -> Place {
    let place = Place::empty();
    place.write("there/count.md", "# 第几次\n\n第 0 次提交。\n");
    place.write("there/pay/not-arrived.md", "# 转账没有到账怎么办\n\n先查交易状态。\n");
    git(&place.path("there"), &["init", "-q", "-b", "main"]);
    commit(&place, "first");
    git(&place.path("."), &["clone", "-q", "there", "articles"]);
    place
}

/// Rings the bell as a repository does.
pub fn ring(server: &Server) -> u16 {
    let body = "{\"ref\":\"refs/heads/main\"}";
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let mut signature = "sha256=".to_owned();
    for byte in mac.finalize().into_bytes() {
        let _ = write!(signature, "{byte:02x}");
    }
    http::push(server.address(), "/hooks/git", ("X-Hub-Signature-256", &signature), body).status
}

/// Waits until `holds`, and tells how long it took.
pub fn until(what: &str, holds: impl Fn() -> bool) -> Duration {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "still not: {what}");
        thread::sleep(Duration::from_millis(5));
    }
    begun.elapsed()
}
