use std::fs;

use super::*;
use crate::domain::ArticleId;

fn write(folder: &Path, path: &str, text: &str) {
    let file = folder.join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

fn options(folder: &Path) -> Options {
    Options { articles: folder.join("articles"), data: Some(folder.join("data")), drafts: false }
}

fn open(folder: &Path) -> Editions {
    Editions::open(options(folder), &|_, _, _| {}).unwrap()
}

fn first(edition: &Edition, query: &str) -> Option<String> {
    edition.search(&Query::of(query)).hits.first().map(|hit| hit.article.id.to_string())
}

#[test]
fn a_changed_article_is_found_by_its_new_words_and_the_rest_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "articles/a/one.md", "# 转账没有到账\n\n先查交易状态。\n");
    write(folder.path(), "articles/a/two.md", "# 备份助记词\n\n抄在纸上。\n");
    let editions = open(folder.path());
    let old = editions.current();
    assert_eq!(old.updated.added, 2);
    assert_eq!(first(&old, "转帐没到").as_deref(), Some("a/one"));

    write(folder.path(), "articles/a/two.md", "# 备份助记词\n\n刻在钢板上。\n");
    let new = editions.refresh().unwrap();
    assert_eq!((new.updated.changed, new.updated.added, new.updated.removed), (1, 0, 0));
    assert_eq!(first(&new, "钢板").as_deref(), Some("a/two"));
    assert_ne!(old.version(), new.version());
    assert_eq!(first(&old, "钢板"), None, "readers in flight keep their edition");

    fs::remove_file(folder.path().join("articles/a/one.md")).unwrap();
    let last = editions.refresh().unwrap();
    assert_eq!(last.updated.removed, 1);
    assert!(last.library().article(&ArticleId::parse("a/one").unwrap()).is_none());
    assert!(Arc::ptr_eq(&last, &editions.refresh().unwrap()), "nothing changed, nothing is swapped");
}

#[test]
fn a_second_start_indexes_nothing_and_damage_is_rebuilt() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "articles/one.md", "# 转账没有到账\n\n先查交易状态。\n");
    drop(open(folder.path()));
    assert_eq!(open(folder.path()).current().updated, Updated { articles: 1, sections: 1, ..Updated::default() });

    // A byte flipped in the middle of every segment file.
    for entry in fs::read_dir(folder.path().join("data/index")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e != "json" && e != "lock") {
            let mut bytes = fs::read(&path).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 0xff;
            fs::write(&path, bytes).unwrap();
        }
    }
    let mended = open(folder.path()).current();
    assert_eq!(mended.updated.added, 1);
    assert_eq!(first(&mended, "转账没到").as_deref(), Some("one"));

    fs::write(folder.path().join("data/index/meta.json"), "{").unwrap();
    assert_eq!(open(folder.path()).current().updated.added, 1);
}

#[test]
fn a_changed_dictionary_rebuilds_and_changed_synonyms_do_not() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "articles/one.md", "# 甲乙丙丁的用法\n\n文。\n");
    let editions = open(folder.path());
    write(folder.path(), "articles/search/synonyms.txt", "闪兑宝 => 甲乙丙丁\n只有一个\n");
    let edition = editions.refresh().unwrap();
    assert_eq!(edition.updated.added, 0);
    assert_eq!(first(&edition, "闪兑宝").as_deref(), Some("one"));
    assert_eq!(
        edition.problems().iter().map(|p| (p.path.as_str(), p.line)).collect::<Vec<_>>(),
        [("search/synonyms.txt", 2)]
    );
    write(folder.path(), "articles/search/dictionary.txt", "甲乙丙丁\n");
    assert_eq!(editions.refresh().unwrap().updated.added, 1);
}

#[test]
fn an_index_that_another_process_writes_is_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "articles/a/one.md", "# 转账没有到账\n\n先查交易状态。\n");
    let editions = open(folder.path());
    write(folder.path(), "articles/a/one.md", "# 转账没有到账\n\n刻在钢板上。\n");
    let (other, _) = Index::open(&folder.path().join("data").join(INDEX_FOLDER), &Lexicon::builtin()).unwrap();
    let (held, is_held) = std::sync::mpsc::channel();
    let refreshed = std::thread::scope(|scope| {
        scope.spawn(|| {
            let slowly = |done: usize, all: usize| {
                if done == all {
                    return;
                }
                held.send(()).unwrap();
                std::thread::sleep(std::time::Duration::from_millis(400));
            };
            let written = Library::new(editions.current().library().site.clone(), vec![Arc::default()], Vec::new());
            other.update(&written, &slowly).unwrap();
        });
        is_held.recv().unwrap();
        editions.refresh()
    });
    assert_eq!(first(&refreshed.unwrap(), "钢板").as_deref(), Some("a/one"));
}

#[test]
fn a_folder_that_vanishes_leaves_the_last_good_edition() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "articles/one.md", "# 甲\n\n文。\n");
    let editions = open(folder.path());
    fs::rename(folder.path().join("articles"), folder.path().join("gone")).unwrap();
    assert!(matches!(editions.refresh(), Err(Error::Articles(_))));
    assert_eq!(editions.current().library().articles().len(), 1);
    fs::rename(folder.path().join("gone"), folder.path().join("articles")).unwrap();
    assert_eq!(editions.refresh().unwrap().library().articles().len(), 1);
}

/// Runs git in a folder, on a fixed day.
fn git(folder: &Path, day: &str, arguments: &[&str]) {
    let out = std::process::Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"])
        .args(arguments)
        .env("GIT_AUTHOR_DATE", format!("{day}T12:00:00+0800"))
        .env("GIT_COMMITTER_DATE", format!("{day}T12:00:00+0800"))
        .output()
        .unwrap();
    assert!(out.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
}

#[test]
fn git_tells_dates_old_addresses_and_what_was_suggested() {
    let top = tempfile::tempdir().unwrap();
    let articles = top.path().join("articles");
    write(top.path(), "articles/a/one.md", "# 转账没有到账\n\n先查交易状态，再看网络。\n");
    write(top.path(), "articles/a/two.md", "---\nupdated: 2025-05-05\n---\n# 备份助记词\n\n抄在纸上。\n");
    git(&articles, "2026-01-02", &["init", "-q", "-b", "main"]);
    git(&articles, "2026-01-02", &["add", "-A"]);
    git(&articles, "2026-01-02", &["commit", "-q", "-m", "first"]);
    let editions = open(top.path());
    let id = |text: &str| ArticleId::parse(text).unwrap();
    let updated = |edition: &Edition, name: &str| {
        edition.library().article(&id(name)).and_then(|a| a.updated).map(|day| day.to_string())
    };
    assert_eq!(updated(&editions.current(), "a/one").as_deref(), Some("2026-01-02"));
    assert_eq!(updated(&editions.current(), "a/two").as_deref(), Some("2025-05-05"), "the editor's word comes first");

    let told: Arc<Mutex<Vec<Closing>>> = Arc::default();
    let ear = Arc::clone(&told);
    editions.on_closings(move |closings| {
        ear.lock().unwrap().extend(closings.iter().cloned());
        Taken::Kept
    });
    fs::create_dir_all(articles.join("b")).unwrap();
    git(&articles, "2026-02-03", &["mv", "a/one.md", "b/eins.md"]);
    git(&articles, "2026-02-03", &["commit", "-q", "-m", "move\n\nSuggestion: K7"]);
    let edition = editions.refresh().unwrap();
    assert_eq!(edition.library().alias(&id("a/one")), Some(&id("b/eins")));
    assert_eq!(updated(&edition, "b/eins").as_deref(), Some("2026-01-02"), "a move is no change");
    let closings = told.lock().unwrap().clone();
    assert_eq!((closings.len(), closings[0].suggestion.as_str()), (1, "K7"));
    let revision = edition.library().article(&id("b/eins")).unwrap().revision;
    assert_eq!((&closings[0].articles, &closings[0].commit), (&vec![(id("b/eins"), revision)], &edition.commit));
    assert_eq!((closings[0].title.as_str(), closings[0].at.to_string()), ("move", "2026-02-03T04:00:00Z".to_owned()));
    editions.refresh().unwrap();
    assert_eq!(told.lock().unwrap().len(), 1, "told once");
    let (ear, first) = (Arc::clone(&told), Arc::new(Mutex::new(true)));
    editions.on_closings(move |closings| {
        ear.lock().unwrap().extend(closings.iter().cloned());
        if std::mem::take(&mut *first.lock().unwrap()) { Taken::Later } else { Taken::Kept }
    });
    git(&articles, "2026-02-04", &["commit", "-q", "--allow-empty", "-m", "words only\n\nSuggestion: K8"]);
    editions.refresh().unwrap();
    editions.hand_over();
    editions.hand_over();
    let names: Vec<String> = told.lock().unwrap().iter().map(|one| one.suggestion.clone()).collect();
    assert_eq!(names, ["K7", "K8", "K8"], "what is put off comes again, and what is kept does not");

    write(top.path(), "articles/a/one.md", "# 另一篇\n\n新来的。\n");
    let edition = editions.refresh().unwrap();
    assert_eq!(edition.library().alias(&id("a/one")), None, "a file lives there now");
    assert_eq!(edition.library().article(&id("a/one")).unwrap().title, "另一篇");
}

#[test]
fn a_shallow_clone_has_no_dates_and_says_so() {
    let top = tempfile::tempdir().unwrap();
    write(top.path(), "there/one.md", "# 甲\n\n文。\n");
    let there = top.path().join("there");
    git(&there, "2026-01-02", &["init", "-q", "-b", "main"]);
    for day in ["2026-01-02", "2026-01-03"] {
        write(top.path(), "there/two.md", day);
        git(&there, day, &["add", "-A"]);
        git(&there, day, &["commit", "-q", "-m", day]);
    }
    git(top.path(), "2026-01-04", &["clone", "-q", "--depth=1", &format!("file://{}", there.display()), "articles"]);
    let edition = open(top.path()).current();
    assert!(edition.library().articles().iter().all(|a| a.updated.is_none()));
    assert!(edition.problems().iter().any(|p| p.rule == Rule::DATES_UNKNOWN));
}
