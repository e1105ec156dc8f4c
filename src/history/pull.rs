//! Brings the editors' repository up to date with the `git` program, which knows every protocol and
//! every way to sign in. Only ever forward: nothing is merged, and nothing thrown away unless told to.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Longest time for one step: a first fetch over a slow line takes minutes, a dead one for ever.
const STEP_TIME: Duration = Duration::from_mins(5);
/// Bytes of git's own words that are kept for the log.
const WORDS_BYTES_MAX: u64 = 2_000;

/// What to do when the branch was rewritten on the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rewrite {
    /// Stay where we are, and say so.
    #[default]
    Refuse,
    /// Follow it. What was committed or changed here only is lost.
    Follow,
}

/// What a pull came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pulled {
    /// Nothing new.
    Same,
    /// The files are those of a later commit.
    Forward,
}

/// Why a pull failed. The files are as they were.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PullError {
    /// The folder is not there, or `git` is not.
    #[error("git could not be started in the articles folder: {0}")]
    Start(String),
    /// The other side does not answer, or refuses.
    #[error("fetching failed: {0}")]
    Fetch(String),
    /// The branch follows no other, so that nobody knows what to pull.
    #[error("the branch follows no branch of another repository: {0}")]
    NoUpstream(String),
    /// The other side has another past than ours, or a file was changed here.
    #[error("the way is not forward only: {0}")]
    NotForward(String),
    /// It took too long.
    #[error("git did not end within {} seconds", STEP_TIME.as_secs())]
    Time,
}

impl PullError {
    /// One word for machines, which says nothing of places.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Start(_) => "cannot-start",
            Self::Fetch(_) => "fetch-failed",
            Self::NoUpstream(_) => "no-upstream",
            Self::NotForward(_) => "not-forward",
            Self::Time => "too-slow",
        }
    }
}

/// Fetches, then moves the files forward; `still` runs the second step, so that nobody reads the
/// folder meanwhile.
///
/// # Errors
/// When nothing could be moved; the files are as before.
pub fn pull(
    folder: &Path,
    rewrite: Rewrite,
    still: impl FnOnce(&mut dyn FnMut() -> Result<(), PullError>) -> Result<(), PullError>,
) -> Result<Pulled, PullError> {
    let head = || git(folder, &["rev-parse", "--quiet", "--verify", "HEAD"]);
    let before = head()?.map_err(PullError::Start)?;
    git(folder, &["rev-parse", "--abbrev-ref", "--symbolic-full-name", "@{upstream}"])?
        .map_err(PullError::NoUpstream)?;
    git(folder, &["fetch", "--quiet", "--no-tags", "--no-recurse-submodules"])?.map_err(PullError::Fetch)?;
    let target = git(folder, &["rev-parse", "--quiet", "--verify", "@{upstream}"])?.map_err(PullError::NoUpstream)?;
    if target == before {
        return Ok(Pulled::Same);
    }
    still(&mut || {
        let forward = git(folder, &["merge", "--quiet", "--ff-only", "--no-autostash", target.trim()])?;
        match (forward, rewrite) {
            (Ok(_), _) => Ok(()),
            (Err(_), Rewrite::Follow) => {
                git(folder, &["reset", "--quiet", "--hard", target.trim()])?.map(drop).map_err(PullError::NotForward)
            }
            (Err(words), Rewrite::Refuse) => Err(PullError::NotForward(words)),
        }
    })?;
    let after = head()?.map_err(PullError::Start)?;
    Ok(if after == before { Pulled::Same } else { Pulled::Forward })
}

/// Runs git; the inner error holds its own words.
fn git(folder: &Path, arguments: &[&str]) -> Result<Result<String, String>, PullError> {
    let mut child = Command::new("git")
        .arg("-C")
        .arg(folder)
        // The editors' repository decides about articles, not about what runs here.
        .args([
            "-c",
            "core.hooksPath=/dev/null",
            "-c",
            "core.fsmonitor=false",
            "-c",
            "gc.auto=0",
            "-c",
            "advice.diverging=false",
        ])
        .args(arguments)
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C.UTF-8")
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| PullError::Start(error.to_string()))?;
    let out = words(child.stdout.take());
    let err = words(child.stderr.take());
    let is_good = wait(&mut child)?;
    let (out, err) = (out.join().unwrap_or_default(), err.join().unwrap_or_default());
    Ok(if is_good { Ok(out) } else { Err(if err.is_empty() { out } else { err }) })
}

/// Reads to the end, so that git never waits for us, and keeps the beginning.
fn words(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let Some(mut pipe) = pipe else { return String::new() };
        let mut kept = Vec::new();
        let _ = pipe.by_ref().take(WORDS_BYTES_MAX).read_to_end(&mut kept);
        let _ = std::io::copy(&mut pipe, &mut std::io::sink());
        String::from_utf8_lossy(&kept).split_whitespace().map(without_user).collect::<Vec<_>>().join(" ")
    })
}

/// Addresses may carry a name and a password, which belong into no log.
fn without_user(word: &str) -> String {
    match word.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?.1))) {
        Some((scheme, rest)) => format!("{scheme}://{rest}"),
        None => word.to_owned(),
    }
}

fn wait(child: &mut Child) -> Result<bool, PullError> {
    let begun = Instant::now();
    let mut pause = Duration::from_millis(1);
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status.success()),
            Ok(None) if begun.elapsed() < STEP_TIME => {
                thread::sleep(pause);
                pause = (pause * 2).min(Duration::from_millis(50));
            }
            Ok(None) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(PullError::Time);
            }
            Err(error) => return Err(PullError::Start(error.to_string())),
        }
    }
}
