//! Repositories made by the `git` program, read back.

use std::fs;
use std::process::Command;

use jiff::civil::date;

use super::*;

/// Runs git in a folder with a fixed author and day.
fn git(folder: &Path, day: &str, arguments: &[&str]) {
    let out = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .env("GIT_AUTHOR_DATE", format!("{day}T00:30:00+0800"))
        .env("GIT_COMMITTER_DATE", format!("{day}T00:30:00+0800"))
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    assert!(out.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
}

fn write(folder: &Path, path: &str, text: &str) {
    let file = folder.join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

fn commit(folder: &Path, day: &str, message: &str) {
    git(folder, day, &["add", "-A"]);
    git(folder, day, &["commit", "-q", "--allow-empty", "-m", message]);
}

fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    git(folder.path(), "2026-01-01", &["init", "-q", "-b", "main"]);
    folder
}

fn text(words: &str) -> String {
    ["一", "二", "三", "四", "五", "六", "七"].map(|line| [words, line, "\n"].concat()).concat()
}

#[test]
fn dates_follow_content_and_not_moves() {
    let top = repository();
    let articles = top.path().join("docs/articles");
    write(&articles, "a/one.md", &text("甲"));
    write(&articles, "a/two.md", &text("乙"));
    write(top.path(), "README.md", "外");
    commit(top.path(), "2026-01-02", "first");
    let kept = top.path().join(".git/wenqu.json");
    let mut history = History::open(&articles, Some(kept.clone()));
    assert!(history.refresh().unwrap());
    assert_eq!((history.depth(), history.date("a/one.md")), (Depth::Full, Some(date(2026, 1, 2))));
    assert_eq!(history.date("README.md"), None, "files outside the folder are none of ours");
    assert!(!history.refresh().unwrap(), "nothing new");

    write(&articles, "a/two.md", &format!("{}新的一行\n", text("乙")));
    commit(top.path(), "2026-02-03", "change two");
    fs::create_dir_all(articles.join("b")).unwrap();
    fs::rename(articles.join("a/one.md"), articles.join("b/one.md")).unwrap();
    commit(top.path(), "2026-03-04", "move one");
    fs::remove_file(articles.join("a/two.md")).unwrap();
    write(&articles, "b/zwei.md", &format!("{}新的一行\n再一行\n", text("乙")));
    commit(top.path(), "2026-04-05", "move and change two");
    fs::rename(articles.join("b/one.md"), articles.join("b/eins.md")).unwrap();
    commit(top.path(), "2026-05-06", "move one again");

    let check = |history: &History| {
        assert_eq!(history.date("b/eins.md"), Some(date(2026, 1, 2)), "a move is no change");
        assert_eq!(history.formers("b/eins.md"), ["a/one.md", "b/one.md"]);
        assert_eq!(history.date("b/zwei.md"), Some(date(2026, 4, 5)));
        assert_eq!(history.formers("b/zwei.md"), ["a/two.md"]);
        assert_eq!((history.date("a/one.md"), history.date("a/two.md")), (None, None));
    };
    assert!(history.refresh().unwrap(), "step by step");
    check(&history);
    let mut anew = History::open(&articles, None);
    anew.refresh().unwrap();
    check(&anew);
    let mut again = History::open(&articles, Some(kept));
    again.refresh().unwrap();
    check(&again);
}

#[test]
fn a_file_that_becomes_a_folder_and_a_rewritten_past_are_read_anew() {
    let top = repository();
    write(top.path(), "a.md/x.md", "甲\n");
    write(top.path(), "b", "乙\n");
    commit(top.path(), "2026-01-02", "first");
    let mut history = History::open(top.path(), None);
    history.refresh().unwrap();
    fs::remove_dir_all(top.path().join("a.md")).unwrap();
    fs::remove_file(top.path().join("b")).unwrap();
    write(top.path(), "a.md", "丙丙\n");
    write(top.path(), "b/y.md", "丁丁\n");
    commit(top.path(), "2026-01-03", "swap");
    history.refresh().unwrap();
    assert_eq!(history.date("a.md"), Some(date(2026, 1, 3)));
    assert_eq!(history.date("b/y.md"), Some(date(2026, 1, 3)));
    assert_eq!((history.date("b"), history.date("a.md/x.md")), (None, None));

    git(top.path(), "2026-01-04", &["commit", "-q", "--amend", "--reset-author", "-m", "other"]);
    assert!(history.refresh().unwrap());
    assert_eq!(history.date("b/y.md"), Some(date(2026, 1, 4)));
}

#[test]
fn what_is_not_known_is_not_told() {
    let outside = tempfile::tempdir().unwrap();
    let mut none = History::open(outside.path(), None);
    assert!(!none.refresh().unwrap());
    assert_eq!(none.depth(), Depth::None);

    let top = repository();
    let mut empty = History::open(top.path(), None);
    empty.refresh().unwrap();
    assert_eq!(empty.depth(), Depth::None, "no commit yet");

    write(top.path(), "a.md", "甲\n");
    commit(top.path(), "2026-01-02", "first");
    write(top.path(), "b.md", "乙\n");
    commit(top.path(), "2026-01-03", "second");
    let clone = outside.path().join("clone");
    let from = format!("file://{}", top.path().display());
    git(outside.path(), "2026-01-04", &["clone", "-q", "--depth=1", &from, "clone"]);
    let mut shallow = History::open(&clone, None);
    assert!(shallow.refresh().unwrap());
    assert_eq!((shallow.depth(), shallow.date("a.md"), shallow.date("b.md")), (Depth::Shallow, None, None));
    git(&clone, "2026-01-04", &["fetch", "-q", "--unshallow"]);
    assert!(shallow.refresh().unwrap());
    assert_eq!((shallow.depth(), shallow.date("a.md")), (Depth::Full, Some(date(2026, 1, 2))));
}

#[test]
fn suggestions_are_handed_on_once_and_from_side_branches_too() {
    let top = repository();
    write(top.path(), "a.md", "甲\n");
    commit(top.path(), "2026-01-02", "first\n\nSuggestion: ONE");
    let mut history = History::open(top.path(), None);
    history.refresh().unwrap();
    let (head, named) = history.named().unwrap();
    assert_eq!(
        (named.len(), named[0].suggestion.as_str(), named[0].paths.as_slice()),
        (1, "ONE", ["a.md".to_owned()].as_slice())
    );
    history.mark_told(head);
    assert_eq!(history.named().unwrap().1, []);

    git(top.path(), "2026-01-03", &["checkout", "-q", "-b", "side"]);
    write(top.path(), "b.md", "乙\n");
    commit(top.path(), "2026-01-03", "side\n\nSuggestion: TWO\nSuggestion: THREE");
    git(top.path(), "2026-01-04", &["checkout", "-q", "main"]);
    git(top.path(), "2026-01-04", &["merge", "-q", "--no-ff", "-m", "merge", "side"]);
    history.refresh().unwrap();
    let names: Vec<String> = history.named().unwrap().1.into_iter().map(|named| named.suggestion).collect();
    assert_eq!(names, ["TWO", "THREE"]);
    assert_eq!(history.date("b.md"), Some(date(2026, 1, 4)), "it came with the merge");
}

#[test]
fn pulls_go_forward_only_unless_told() {
    let rooms = tempfile::tempdir().unwrap();
    let (there, here) = (rooms.path().join("there"), rooms.path().join("here"));
    fs::create_dir_all(&there).unwrap();
    git(&there, "2026-01-01", &["init", "-q", "-b", "main"]);
    write(&there, "a.md", "甲\n");
    commit(&there, "2026-01-02", "first");
    git(rooms.path(), "2026-01-02", &["clone", "-q", &there.to_string_lossy(), "here"]);
    let pull = |rewrite| pull(&here, rewrite, |step| step());
    assert_eq!(pull(Rewrite::Refuse), Ok(Pulled::Same));

    write(&there, "a.md", "乙\n");
    commit(&there, "2026-01-03", "second");
    assert_eq!(pull(Rewrite::Refuse), Ok(Pulled::Forward));
    assert_eq!(fs::read_to_string(here.join("a.md")).unwrap(), "乙\n");

    write(&there, "a.md", "丙\n");
    git(&there, "2026-01-04", &["commit", "-q", "-a", "--amend", "-m", "rewritten"]);
    assert!(matches!(pull(Rewrite::Refuse), Err(PullError::NotForward(_))));
    assert_eq!(fs::read_to_string(here.join("a.md")).unwrap(), "乙\n");
    assert_eq!(pull(Rewrite::Follow), Ok(Pulled::Forward));
    assert_eq!(fs::read_to_string(here.join("a.md")).unwrap(), "丙\n");

    fs::rename(&there, rooms.path().join("gone")).unwrap();
    assert!(matches!(pull(Rewrite::Refuse), Err(PullError::Fetch(_))));
    fs::rename(&here, rooms.path().join("away")).unwrap();
    assert!(matches!(pull(Rewrite::Refuse), Err(PullError::Start(_))));
}

#[test]
fn the_past_of_a_file_follows_its_names() {
    let top = repository();
    let articles = top.path().join("docs");
    write(&articles, "a/one.md", &text("甲"));
    write(&articles, "b.md", "别的\n");
    commit(top.path(), "2026-01-02", "第一次");
    write(&articles, "a/one.md", &text("乙"));
    commit(top.path(), "2026-01-03", "改写\n\nSuggestion: X");
    write(&articles, "b.md", "又改\n");
    commit(top.path(), "2026-01-04", "另一篇");
    git(top.path(), "2026-01-05", &["mv", "docs/a/one.md", "docs/two.md"]);
    commit(top.path(), "2026-01-05", "改名");
    fs::remove_dir_all(articles.join("a")).unwrap();
    write(&articles, "a.md", "名字像文件夹\n");
    commit(top.path(), "2026-01-06", "文件夹变成文件");
    let told = |folder: &Path, path: &str| -> (Vec<(String, String, String)>, bool) {
        let (changes, is_cut) = past(folder, path).unwrap();
        let told = changes.into_iter().map(|c| (c.day.to_string(), c.title, c.path)).collect();
        (told, is_cut)
    };
    let line = |day: &str, title: &str, path: &str| (format!("2026-01-{day}"), title.to_owned(), path.to_owned());
    let all = vec![line("05", "改名", "two.md"), line("03", "改写", "a/one.md"), line("02", "第一次", "a/one.md")];
    assert_eq!(told(&articles, "two.md"), (all.clone(), false));
    assert_eq!(told(&articles, "a.md"), (vec![line("06", "文件夹变成文件", "a.md")], false));
    assert_eq!(told(&articles, "nowhere.md"), (Vec::new(), false));
    let (changes, _) = past(&articles, "two.md").unwrap();
    assert_eq!(changes[0].bytes, text("乙").into_bytes());
    assert_eq!((changes[2].bytes.clone(), changes[2].author.as_str()), (text("甲").into_bytes(), "a"));
    assert_eq!(past(&std::env::temp_dir(), "two.md").unwrap(), (Vec::new(), false));

    // What lies beyond the edge of a shallow clone is not made up.
    let rooms = tempfile::tempdir().unwrap();
    let from = format!("file://{}", top.path().display());
    git(rooms.path(), "2026-01-07", &["clone", "-q", "--depth", "4", &from, "here"]);
    assert_eq!(told(&rooms.path().join("here/docs"), "two.md"), (all[..1].to_vec(), true));
}
