//! The commands, from outside: what they print, what they leave behind, with which code they end.

use std::fs;

use serde_json::Value;

use crate::program::{Done, Place};

const TRANSFER: (&str, &str) =
    ("transactions/not-arrived.md", "# 转账没有到账怎么办\n\n先查交易状态。\n\n## 查不到交易\n\n等待矿工打包。\n");
const PASSCODE: (&str, &str) =
    ("accounts/passcode.md", "---\ntitle: 忘记解锁密码\nquestions: [密码忘了怎么办]\n---\n\n用助记词恢复钱包。\n");

/// One line, and nothing on standard output.
fn advice(done: &Done) -> &str {
    assert_eq!((done.out.as_str(), done.err.lines().count()), ("", 1), "{done:?}");
    done.err.trim_end()
}

#[test]
fn without_articles_every_command_says_what_to_do_and_ends_with_2() {
    let place = Place::empty();
    for command in [
        &["serve"][..],
        &["index"],
        &["search", "转账"],
        &["explain", "转账"],
        &["check"],
        &["eval"],
        &["build", "--output", "out"],
    ] {
        let done = place.run(command);
        assert_eq!(done.code, Some(2), "{command:?}");
        let advice = advice(&done);
        assert!(advice.contains("--articles") && advice.contains("wenqu new"), "{command:?}: {advice}");
    }
    let english = place.run(&["--lang", "en", "index", "--articles", "elsewhere"]);
    assert!(advice(&english).contains("elsewhere: there is no articles folder"), "{english:?}");
    assert!(!place.path("data").exists(), "nothing is written where nothing was found");
}

#[test]
fn the_site_is_written_into_a_folder_of_its_own_and_no_other() {
    let place = Place::with(&[TRANSFER, PASSCODE]);
    let done = place.json(&["build", "--output", "out", "--json"]);
    assert!(done["pages"].as_u64().unwrap() > 5 && done["index_bytes"].as_u64().unwrap() > 1000, "{done}");
    let page = || fs::read_to_string(place.path("out/articles/transactions/not-arrived.html")).unwrap();
    assert!(page().contains("等待矿工打包"));

    // Again, after an article went: its page goes, too.
    fs::remove_file(place.path("articles/accounts/passcode.md")).unwrap();
    let done = place.run(&["--lang", "en", "build", "--output", "out"]);
    assert!(done.code == Some(0) && done.out.contains("search index"), "{done:?}");
    assert!(!place.path("out/articles/accounts/passcode.html").exists() && page().contains("等待矿工打包"));

    place.write("mine/letter.txt", "kept");
    let done = place.run(&["--lang", "en", "build", "--output", "mine"]);
    assert_eq!(done.code, Some(2));
    assert!(advice(&done).contains("nothing was touched"), "{done:?}");
    assert_eq!(fs::read_dir(place.path("mine")).unwrap().count(), 1);
    assert_eq!(place.run(&["build", "--output", "new", "--base-url", "help"]).code, Some(2));
}

#[test]
fn unknown_words_and_values_end_with_2() {
    let place = Place::with(&[TRANSFER]);
    for command in [&["serv"][..], &["check", "--format", "pdf"], &["index", "--no-such"], &["export", "votes"]] {
        assert_eq!(place.run(command).code, Some(2), "{command:?}");
    }
    assert_eq!(place.run(&["--help"]).code, Some(0));
    assert!(place.run(&["--version"]).out.starts_with("wenqu 0."));
}

#[test]
fn a_second_index_run_changes_nothing_and_an_edited_article_is_found() {
    let place = Place::with(&[TRANSFER, PASSCODE]);
    let counts = |done: &Value| {
        ["articles", "sections", "added", "changed", "removed", "skipped"].map(|key| done[key].as_u64().unwrap())
    };
    let first = place.json(&["index", "--json"]);
    assert_eq!(counts(&first), [2, 3, 2, 0, 0, 0]);
    assert!(first["seconds"].as_f64().is_some_and(|seconds| seconds > 0.0));
    assert_eq!(first.as_object().unwrap().len(), 7, "{first}");
    assert_eq!(counts(&place.json(&["index", "--json"])), [2, 3, 0, 0, 0, 0]);

    place.write("articles/accounts/passcode.md", "# 忘记解锁密码\n\n指纹也能解开。\n");
    assert_eq!(counts(&place.json(&["index", "--json"])), [2, 3, 0, 1, 0, 0]);
    let found = place.json(&["search", "指纹", "--json"]);
    assert_eq!((&found["total"], &found["hits"][0]["id"]), (&1.into(), &"accounts/passcode".into()), "{found}");

    fs::remove_file(place.path("articles/accounts/passcode.md")).unwrap();
    assert_eq!(counts(&place.json(&["index", "--json"])), [1, 2, 0, 0, 1, 0]);
    assert_eq!(counts(&place.json(&["index", "--rebuild", "--json"])), [1, 2, 1, 0, 0, 0]);
}

#[test]
fn search_prints_the_document_of_the_api() {
    let place = Place::with(&[TRANSFER, PASSCODE]);
    let found = place.json(&["search", "轉賬沒到", "--json"]);
    for key in ["query", "total", "took_us", "page", "limit", "interpreted", "hits", "facets", "notice"] {
        assert!(found.get(key).is_some(), "{key} is missing: {found}");
    }
    let hit = &found["hits"][0];
    assert_eq!(hit["id"], "transactions/not-arrived");
    assert!(hit["url"].as_str().unwrap().starts_with("/articles/transactions/not-arrived"));
    assert!(place.run(&["search", "轉賬沒到"]).out.contains("转账没有到账怎么办"));
    let elsewhere = place.json(&["search", "转账", "--category", "accounts", "--json"]);
    assert!(elsewhere["hits"].as_array().unwrap().iter().all(|hit| hit["category"]["id"] == "accounts"));
    assert_eq!(place.run(&["explain", "转账没到"]).code, Some(0));
    let explained = place.json(&["explain", "转账没到", "--json"]);
    assert!(explained["hits"][0]["terms"].as_array().is_some_and(|terms| !terms.is_empty()), "{explained}");
}

const FAULTS: &[(&str, &str)] = &[
    ("a/syntax.md", "---\ntitle: [\n---\n正文\n"),
    ("a/link.md", "# 链接\n\n看[那里](nowhere.md)。\n"),
    ("a/picture.md", "# 图片\n\n![图](nowhere.png)\n"),
    ("a/one.md", "---\nslug: same\n---\n# 一\n\n正文\n"),
    ("a/two.md", "---\nslug: same\n---\n# 二\n\n正文\n"),
    ("a/empty.md", "# 空\n"),
];
/// Rule, file and line of each fault in [`FAULTS`].
const FOUND: &[(&str, &str, u64)] = &[
    ("article-empty", "a/empty.md", 1),
    ("link-broken", "a/link.md", 3),
    ("picture-broken", "a/picture.md", 3),
    ("front-matter-syntax", "a/syntax.md", 2),
    ("id-duplicate", "a/two.md", 2),
];

#[test]
fn check_tells_each_fault_with_its_place_in_every_format() {
    let place = Place::with(FAULTS);
    let run = |format: &str| {
        let done = place.run(&["check", "--format", format]);
        assert_eq!(done.code, Some(1), "{format}: {done:?}");
        done.out
    };
    let problems: Value = serde_json::from_str(&run("json")).unwrap();
    let found: Vec<(&str, &str, u64)> = problems
        .as_array()
        .unwrap()
        .iter()
        .map(|p| (p["rule"].as_str().unwrap(), p["file"].as_str().unwrap(), p["line"].as_u64().unwrap()))
        .filter(|(rule, ..)| FOUND.iter().any(|(known, ..)| known == rule))
        .collect();
    assert_eq!(found, FOUND);

    let (text, github) = (run("text"), run("github"));
    let sarif: Value = serde_json::from_str(&run("sarif")).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!((&sarif["version"], results.len()), (&"2.1.0".into(), problems.as_array().unwrap().len()));
    for (rule, file, line) in FOUND {
        assert!(text.contains(&format!("[{rule}]")) && text.contains(&format!("{file}:{line}")), "{rule}: {text}");
        let annotation = format!("file=articles/{file},line={line},");
        assert!(github.lines().any(|l| l.contains(&annotation) && l.contains(rule)), "{rule}: {github}");
        assert!(results.iter().any(|result| result["ruleId"] == *rule), "{rule}");
    }
    assert!(!place.path("data").exists(), "checking leaves nothing behind");
}

#[test]
fn check_speaks_english_in_every_format() {
    let place = Place::with(FAULTS);
    let is_han = |c: char| matches!(c, '\u{3000}'..='\u{9fff}' | '\u{ff00}'..='\u{ffef}');
    for format in ["text", "json", "github", "sarif"] {
        let out = place.run(&["--lang", "en", "check", "--format", format]).out;
        assert!(out.contains("A link leads to no article or file of this site"), "{format}: {out}");
        assert!(out.contains("nowhere.md") && out.contains("Check the path"), "{format}: {out}");
        // Lines of the articles are shown as they are, and quoted words are the editor's own.
        let ours = out.lines().filter(|line| !line.starts_with("  |")).collect::<String>();
        let told: String = ours.split(['“', '”']).step_by(2).collect();
        assert!(!told.contains(is_han), "{format}: {told}");
    }
    let rules = place.run(&["--lang", "en", "check", "--rules"]).out;
    assert!(rules.contains("Two files have the same id; only the first is served.") && !rules.contains(is_han));
}

#[test]
fn check_ends_with_0_where_only_warnings_are_left_unless_they_count() {
    let place = Place::with(&[TRANSFER, ("a/empty.md", "# 空\n")]);
    assert_eq!(place.run(&["check"]).code, Some(0));
    assert_eq!(place.run(&["check", "--strict"]).code, Some(1));
    let place = Place::with(&[TRANSFER]);
    let done = place.run(&["check", "--strict"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    let rules = place.run(&["check", "--rules"]).out;
    assert!(FOUND.iter().all(|(rule, ..)| rules.contains(rule)), "{rules}");
}

#[test]
fn the_sample_articles_pass_their_own_check() {
    let articles = concat!(env!("CARGO_MANIFEST_DIR"), "/articles");
    let told = Place::empty().run(&["check", "--strict", "--format", "json", "--articles", articles]);
    let problems: Value = serde_json::from_str(&told.out).unwrap();
    // Two rules depend on the day and on how the repository was cloned.
    let of_the_day = ["review-overdue", "dates-unknown"];
    let counts = |problem: &&Value| !of_the_day.contains(&problem["rule"].as_str().unwrap());
    let left: Vec<_> = problems.as_array().unwrap().iter().filter(counts).collect();
    assert!(left.is_empty(), "{left:#?}");
}

#[test]
fn eval_measures_the_judgments_beside_the_articles() {
    let place = Place::with(&[TRANSFER, PASSCODE]);
    let none = place.run(&["eval"]);
    assert_eq!(none.code, Some(2));
    assert!(advice(&none).contains("search/judgments.toml"), "{none:?}");

    let judgments = "[[judgment]]\nquery = \"转账没到\"\narticles = [\"transactions/not-arrived\"]\n\n\
                     [[judgment]]\nquery = \"密码忘了\"\narticles = [\"transactions/not-arrived\"]\n";
    place.write("articles/search/judgments.toml", judgments);
    let report = place.json(&["eval", "--json"]);
    for key in ["mrr_at_10", "ndcg_at_10", "recall_at_10", "zero_results", "p50_us", "p99_us"] {
        assert!(report[key].is_number(), "{key}: {report}");
    }
    assert_eq!(report["queries"], 2);
    let failed = report["failures"].as_array().unwrap();
    assert!(failed.iter().any(|failure| failure["query"] == "密码忘了"), "{report}");
    assert_eq!(place.run(&["eval", "--min-mrr", "0.4"]).code, Some(0));
    assert_eq!(place.run(&["eval", "--min-mrr", "0.99"]).code, Some(1));
    assert!(!place.path("data").exists(), "measuring leaves nothing behind");

    place.write("articles/search/judgments.toml", "[[judgment]]\nquery = 3\n");
    let bad = place.run(&["eval"]);
    assert_eq!(bad.code, Some(2));
    assert!(bad.err.contains("search/judgments.toml:2"), "{bad:?}");
}

#[test]
fn eval_measures_a_foreign_set_and_writes_a_trec_run() {
    let place = Place::with(&[TRANSFER, PASSCODE]);
    place.write("queries.jsonl", "{\"id\":\"q1\",\"text\":\"转账没到\"}\n{\"id\":\"q2\",\"text\":\"忘记密码\"}\n");
    place.write("qrels.tsv", "q1\ttransactions/not-arrived\t1\nq2\taccounts/passcode\t2\n");
    let set = ["--queries", "queries.jsonl", "--qrels", "qrels.tsv"];
    let report = place.json(&[&["eval", "--json", "--run-out", "run.txt"], &set[..]].concat());
    assert_eq!((&report["queries"], report["mrr_at_10"].as_f64()), (&2.into(), Some(1.0)), "{report}");

    let run = fs::read_to_string(place.path("run.txt")).unwrap();
    let lines: Vec<Vec<&str>> = run.lines().map(|line| line.split(' ').collect()).collect();
    assert!(lines.iter().all(|fields| fields.len() == 6 && fields[1] == "Q0" && fields[5] == "wenqu"), "{run}");
    for query in ["q1", "q2"] {
        let of_one = lines.iter().filter(|fields| fields[0] == query);
        let ranked: Vec<(usize, f64)> =
            of_one.map(|fields| (fields[3].parse().unwrap(), fields[4].parse().unwrap())).collect();
        assert!(ranked.iter().enumerate().all(|(at, (rank, _))| *rank == at + 1), "ranks count from 1: {run}");
        assert!(ranked.windows(2).all(|pair| pair[0].1 >= pair[1].1), "scores fall: {run}");
    }
    assert_eq!(lines.iter().find(|fields| fields[0] == "q2").unwrap()[2], "accounts/passcode");

    assert_eq!(place.run(&["eval", "--queries", "queries.jsonl"]).code, Some(2), "one of the two is not enough");
    place.write("qrels.tsv", "q1 transactions/not-arrived 1\n");
    let bad = place.run(&[&["eval"], &set[..]].concat());
    assert_eq!(bad.code, Some(2));
    assert!(advice(&bad).contains("line 1"), "{bad:?}");
}

#[test]
fn a_new_article_is_served_as_it_stands_and_never_overwrites() {
    let place = Place::with(&[]);
    let done = place.run(&["new", "accounts/reset", "--title", "重置 \"密码\": 怎么办"]);
    assert_eq!((done.code, done.out.trim()), (Some(0), "articles/accounts/reset.md"), "{done:?}");
    let written = fs::read(place.path("articles/accounts/reset.md")).unwrap();
    let again = place.run(&["new", "accounts/reset.md", "--title", "另一篇"]);
    assert_eq!(again.code, Some(2));
    assert!(advice(&again).contains("articles/accounts/reset.md"), "{again:?}");
    assert_eq!(fs::read(place.path("articles/accounts/reset.md")).unwrap(), written);

    let found = place.json(&["search", "重置密码", "--json"]);
    assert_eq!(found["hits"][0]["title"], "重置 \"密码\": 怎么办", "{found}");
    for path in ["../outside", "a/../../outside", "a//b", "", "."] {
        assert_eq!(place.run(&["new", path, "--title", "外面"]).code, Some(2), "{path}");
    }
    assert!(!place.path("outside.md").exists());
}

#[test]
fn reviewers_come_and_go() {
    let place = Place::with(&[TRANSFER]);
    let short = place.run_with(&["reviewer", "add", "lin"], "short\n");
    assert_eq!(short.code, Some(2), "{short:?}");
    assert_eq!(place.run_with(&["reviewer", "add", "lin"], "correct horse battery\n").code, Some(0));
    let twice = place.run_with(&["reviewer", "add", "lin"], "correct horse battery\n");
    assert_eq!(twice.code, Some(2));
    assert!(advice(&twice).contains("已有名为「lin」的审核者") && twice.err.contains("wenqu reviewer passwd lin"));
    let english = place.run(&["--lang", "en", "reviewer", "disable", "wang"]);
    assert!(advice(&english).contains("no reviewer named wang"), "{english:?}");
    let away = place.run(&["reviewer", "list", "--database", "postgres://127.0.0.1:1/x"]);
    assert!(advice(&away).contains("连不上数据库") && away.code == Some(2), "{away:?}");

    let token = place.run(&["reviewer", "token", "lin"]);
    assert_eq!((token.code, token.out.trim().len()), (Some(0), 64), "{token:?}");
    assert_ne!(place.run(&["reviewer", "token", "lin"]).out, token.out, "a new token replaces the old");
    let list = || place.run(&["--lang", "en", "reviewer", "list"]).out;
    assert!(list().starts_with("lin\tactive\ttoken\t"), "{}", list());

    assert_eq!(place.run_with(&["reviewer", "passwd", "lin"], "battery staple horse\n").code, Some(0));
    for command in ["disable", "enable", "disable"] {
        assert_eq!(place.run(&["reviewer", command, "lin"]).code, Some(0));
    }
    assert!(list().starts_with("lin\tdisabled\t-\t"), "{}", list());
    assert_eq!(place.run(&["reviewer", "token", "lin"]).code, Some(2));
    assert_eq!(place.run(&["reviewer", "disable", "nobody"]).code, Some(2));
    let database = fs::read(place.path("data/wenqu.db")).unwrap();
    for secret in ["correct horse", "battery staple", token.out.trim()] {
        assert!(!database.windows(secret.len()).any(|bytes| bytes == secret.as_bytes()), "{secret} is in the file");
    }
}

#[test]
fn without_feedback_the_export_and_the_backup_say_so() {
    let place = Place::with(&[TRANSFER]);
    for command in [&["export", "feedback"][..], &["backup", "copy.db"]] {
        let done = place.run(command);
        assert_eq!(done.code, Some(2), "{command:?}");
        assert!(advice(&done).contains("data/wenqu.db"), "{command:?}: {done:?}");
    }
    assert!(!place.path("data/wenqu.db").exists() && !place.path("copy.db").exists());
}

/// Files whose only mark of structure is a heading, as they come out of a wiki.
#[test]
fn four_hundred_foreign_files_without_front_matter_become_articles() {
    let place = Place::with(&[]);
    for n in 0..400 {
        place.write(&format!("articles/wiki/{}/page {n}.md", n % 7), &format!("# 第 {n} 页\n\n正文 {n}。\n"));
    }
    let done = place.json(&["index", "--json"]);
    assert_eq!((&done["articles"], &done["skipped"]), (&400.into(), &0.into()), "{done}");
}

/// Six thousand with keys of another tool, some of them broken: each is an article or a problem.
#[test]
fn no_file_of_a_large_foreign_folder_is_lost_in_silence() {
    let place = Place::with(&[]);
    for n in 0..6_000 {
        let broken = if n % 500 == 0 { "bad: [\n" } else { "" };
        let text =
            format!("---\ntitle: 题目 {n}\nlayout: post\nms.topic: how-to\nuid: \"{n}\"\n{broken}---\n正文 {n}\n");
        place.write(&format!("articles/docs/{}/f{n}.md", n / 100), &text);
    }
    let done = place.run(&["index"]);
    assert_eq!(done.code, Some(0), "{}", done.err);
    let errors = done.err.lines().filter(|line| line.contains("error [front-matter-syntax]")).count();
    assert_eq!((errors, done.err.lines().count()), (12, 12), "one line for each");
    let again = place.json(&["index", "--json"]);
    assert_eq!((&again["articles"], &again["skipped"]), (&5_988.into(), &12.into()), "{again}");
}

#[test]
fn eval_compares_with_an_earlier_revision() {
    let place = Place::with(&[
        ("a.md", "---\ntitle: 备份助记词\n---\n把助记词抄在纸上。\n"),
        ("b.md", "---\ntitle: 收款地址\n---\n打开收款页。\n"),
        ("search/judgments.toml", "[[judgment]]\nquery = \"备份助记词\"\narticles = [\"a\"]\nwithin = 1\n"),
    ]);
    let git = |arguments: &[&str]| {
        let out = std::process::Command::new("git")
            .arg("-C")
            .arg(place.path("articles"))
            .args(["-c", "user.name=a", "-c", "user.email=a@example.com"])
            .args(arguments)
            .output()
            .unwrap();
        assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    };
    git(&["init", "-q"]);
    git(&["add", "."]);
    git(&["commit", "-qm", "first"]);
    let same = place.run(&["eval", "--against", "HEAD"]);
    assert_eq!(same.code, Some(0), "{}", same.err);
    assert!(same.out.contains("每一问的名次都没有变"), "{}", same.out);
    place.write("articles/a.md", "---\ntitle: 抄写\n---\n抄在纸上。\n");
    place.write("articles/b.md", "---\ntitle: 备份助记词\n---\n打开收款页。\n");
    let worse = place.run(&["eval", "--against", "HEAD"]);
    assert_eq!(worse.code, Some(1), "{}", worse.out);
    assert!(worse.out.contains("丢失  1 → >10  j1"), "{}", worse.out);
    let unknown = place.run(&["eval", "--against", "no-such-branch"]);
    assert_eq!(unknown.code, Some(2));
    assert!(unknown.err.contains("no-such-branch"), "{}", unknown.err);
}
