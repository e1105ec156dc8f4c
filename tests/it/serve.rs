//! A running server, from outside: what readers get, what hostile readers get, and what is left when
//! it ends well or badly.

use std::fs;

use crate::http::{escape, post_from};
use crate::program::{Place, Server};

const ARTICLES: &[(&str, &str)] = &[
    ("wenqu.toml", "[site]\nname = \"某钱包帮助\"\n"),
    ("transactions/_index.md", "---\ntitle: 交易\n---\n"),
    ("transactions/not-arrived.md", "# 转账没有到账怎么办\n\n先查交易状态。\n\n![图](images/p.svg)\n"),
    ("transactions/images/p.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 2\"/>"),
];
const FORM: &str = "/articles/transactions/not-arrived/feedback";

/// Leaves feedback; returns the address of its receipt.
fn leave(server: &Server, comment: &str) -> String {
    let fields = [("helpful", "no"), ("reason", "unclear"), ("comment", comment)];
    let answer = server.post(FORM, &fields);
    assert_eq!(answer.status, 303, "{}", answer.body);
    assert!(answer.header("location").starts_with("/feedback/"), "{:?}", answer.headers);
    answer.header("location").to_owned()
}

#[test]
fn pages_come_and_a_signal_ends_the_server_well() {
    let place = Place::with(ARTICLES);
    let server = place.serve();
    let home = server.get("/");
    assert_eq!(home.status, 200);
    assert!(home.body.contains("某钱包帮助") && home.body.contains("lang=\"zh-CN\""), "{}", home.body);
    let found = server.get(&format!("/search?q={}", escape("转账没到")));
    assert!(found.body.contains("/articles/transactions/not-arrived"), "{}", found.body);
    let article = server.get("/articles/transactions/not-arrived");
    assert!(article.body.contains("先查交易状态"));
    let (from, _) = article.body.match_indices("/media/").next().unwrap();
    let picture = article.body[from..].split('"').next().unwrap();
    let pages = [
        ("/categories/transactions", 200, "text/html"),
        ("/articles/transactions/not-arrived.md", 200, "text/markdown"),
        ("/search", 200, "text/html"),
        ("/contact", 200, "text/html"),
        ("/official", 200, "text/html"),
        ("/articles/nowhere", 404, "text/html"),
        ("/api/v1/search?q=x", 200, "application/json"),
        ("/api/v1/articles/nowhere", 404, "application/problem+json"),
        ("/sitemap.xml", 200, "application/xml"),
        ("/robots.txt", 200, "text/plain"),
        ("/llms.txt", 200, "text/plain"),
        ("/healthz", 200, ""),
        ("/readyz", 200, ""),
        (picture, 200, "image/svg+xml"),
    ];
    for (path, status, kind) in pages {
        let page = server.get(path);
        assert_eq!(page.status, status, "{path}");
        assert!(page.header("content-type").starts_with(kind), "{path}: {:?}", page.headers);
    }
    assert_eq!(server.stop().code(), Some(0));
}

#[test]
fn feedback_gets_a_receipt_that_shows_what_was_said() {
    let place = Place::with(ARTICLES);
    let server = place.serve();
    let receipt = server.get(&leave(&server, "第二步找不到按钮 <b>"));
    assert_eq!(receipt.status, 200);
    assert!(receipt.body.contains("第二步找不到按钮 &#60;b&#62;"), "{}", receipt.body);

    let wrong = server.post(FORM, &[("helpful", "perhaps"), ("comment", "写过的字还在")]);
    assert_eq!(wrong.status, 422);
    assert!(wrong.body.contains("写过的字还在"), "{}", wrong.body);
    assert_eq!(server.get("/feedback/0000-0000-0000-0000").status, 404);
    let elsewhere = server.post("/articles/nowhere/feedback", &[("helpful", "yes")]);
    assert_eq!(elsewhere.status, 404);
}

#[test]
fn acknowledged_feedback_outlives_a_crash() {
    let place = Place::with(ARTICLES);
    let server = place.serve();
    let receipts: Vec<String> = (0..20).map(|n| leave(&server, &format!("崩溃之前 {n}"))).collect();
    server.crash();
    let server = place.serve();
    for (n, receipt) in receipts.iter().enumerate() {
        let page = server.get(receipt);
        assert_eq!(page.status, 200, "{receipt}");
        assert!(page.body.contains(&format!("崩溃之前 {n}")), "{receipt}");
    }
}

#[test]
fn feedback_is_exported_for_spreadsheets_and_for_programs() {
    let place = Place::with(ARTICLES);
    let server = place.serve();
    let receipt = leave(&server, "=1+1，引号\"和\n换行");
    leave(&server, "第二条");
    let done = place.run(&["export", "feedback", "--format", "csv"]);
    assert_eq!(done.code, Some(0), "{done:?}");
    let csv = done.out.strip_prefix('\u{feff}').unwrap();
    let (header, rows) = csv.split_once("\r\n").unwrap();
    assert!(header.starts_with("receipt,status,created,") && !header.contains('\n'), "{header}");
    assert!(rows.ends_with("\r\n") && rows.contains("第二条"), "{rows}");
    assert!(rows.contains(receipt.trim_start_matches("/feedback/")), "{rows}");
    assert!(!rows.contains(",=1+1") && !rows.contains("\"=1+1"), "a spreadsheet would run this: {rows}");
    assert!(rows.contains("+00:00,"), "times carry their offset: {rows}");
    assert!(!place.run(&["export", "feedback", "--no-bom"]).out.starts_with('\u{feff}'));

    let lines = place.run(&["export", "feedback", "--format", "jsonl"]).out;
    let first: serde_json::Value = serde_json::from_str(lines.lines().next().unwrap()).unwrap();
    assert_eq!(first["comment"], "=1+1，引号\"和\n换行", "programs get what was typed");
    let count = |arguments: &[&str]| {
        let done = place.run(&[&["export", "feedback", "--format", "jsonl"], arguments].concat());
        assert_eq!(done.code, Some(0), "{arguments:?}: {done:?}");
        done.out.lines().count()
    };
    assert_eq!(count(&["--article", "transactions/not-arrived"]), 2);
    assert_eq!(count(&["--article", "accounts/other"]), 0);
    assert_eq!(count(&["--status", "done"]), 0);
    assert_eq!(count(&["--since", "2020-01-01", "--until", "2020-12-31"]), 0);
    assert_eq!(count(&["--since", "2020-01-01"]), 2);

    let book = place.run(&["export", "feedback", "--format", "xlsx", "--output", "feedback.xlsx"]);
    assert_eq!(book.code, Some(0), "{book:?}");
    assert!(fs::read(place.path("feedback.xlsx")).unwrap().starts_with(b"PK"));
    assert!(place.run(&["export", "feedback", "--format", "md"]).out.contains("第二条"));
    assert_eq!(place.run(&["export", "feedback", "--status", "lost"]).code, Some(2));
}

#[test]
fn a_backup_made_while_serving_brings_feedback_back() {
    let place = Place::with(ARTICLES);
    let server = place.serve();
    let before = leave(&server, "备份之前");
    let made = place.run(&["backup", "copy.db"]);
    assert_eq!(made.code, Some(0), "{made:?}");
    let after = leave(&server, "备份之后");
    let refused = place.run(&["restore", "copy.db"]);
    assert_eq!(refused.code, Some(2), "not under a running server: {refused:?}");
    assert!(server.stop().success());

    let restored = place.run(&["restore", "copy.db"]);
    assert_eq!(restored.code, Some(0), "{restored:?}");
    let server = place.serve();
    assert_eq!((server.get(&before).status, server.get(&after).status), (200, 404));
    place.write("text.db", "no database at all");
    assert_eq!(place.run(&["restore", "text.db"]).code, Some(2));
    assert_eq!(server.get(&before).status, 200, "a refused copy leaves everything as it was");
}

#[test]
fn no_query_is_an_error() {
    let place = Place::with(ARTICLES);
    let server = place.serve();
    let long = "转账没到账".repeat(100_000 / 15);
    let texts = [
        "",
        " ",
        "\"",
        "\"转账 没到",
        "''`",
        "AND",
        "OR",
        "NOT 转账",
        "转账 AND (到账 OR",
        "title:转账~2^9",
        "*",
        "?",
        "\\",
        "[1 TO",
        "{",
        "+-&&||!(){}[]^\"~*?:\\/",
        "😀🎉",
        "👨\u{200d}👩\u{200d}👧",
        "\u{202e}账转\u{202c}",
        "\u{200f}مرحبا",
        "a\u{301}\u{301}\u{301}",
        "\u{0}",
        "转\u{0}账",
        "\u{feff}",
        "𠮷野家",
        "ＵＳＤＴ　ＴＲＣ２０",
        "<script>alert(1)</script>",
        "' OR 1=1 --",
        "../../etc/passwd",
        "%",
        "\r\nSet-Cookie: a=b",
    ];
    for text in texts.iter().copied().chain([long.as_str()]) {
        let said: String = text.chars().take(20).collect();
        let form = server.post("/search", &[("q", text)]);
        assert_eq!(form.status, 200, "POST {said:?}");
        assert!(!form.body.contains("<script>alert"), "{said:?} is not escaped");
        // Longer addresses are refused by every server before anybody reads them.
        let asked: String = text.chars().take(5_000).collect();
        for address in ["/search?q=", "/api/v1/search?q=", "/api/v1/suggest?q="] {
            let answer = server.get(&format!("{address}{}", escape(&asked)));
            assert_eq!(answer.status, 200, "GET {address}{said:?}");
            assert_eq!(answer.header("set-cookie"), "", "{said:?}");
        }
    }
    let broken = ["q=%", "q=%z", "q=%E8%BD", "q=%00", "q=%FF%FE", "q&q&q", "=&=&==", "q=a&q=b", "q[]=a", "&&&", "?"];
    let others =
        ["q=a&page=0", "q=a&page=-1", "q=a&page=99999999999999999999", "q=a&page=x&limit=x", "q=a&category=%00"];
    for query in broken.iter().chain(&others) {
        for address in ["/search", "/api/v1/search"] {
            assert_eq!(server.get(&format!("{address}?{query}")).status, 200, "{address}?{query}");
        }
    }
    assert_eq!(server.get("/readyz").status, 200);
}

#[test]
fn a_second_program_searches_while_the_first_serves() {
    let place = Place::with(ARTICLES);
    let server = place.serve();
    let found = place.json(&["search", "转账没到", "--json"]);
    assert_eq!(found["hits"][0]["id"], "transactions/not-arrived");
    assert_eq!(server.get("/readyz").status, 200);
}

/// All of 127.0.0.0/8 is this machine on Linux, so that it can be two visitors.
#[cfg(target_os = "linux")]
#[test]
fn limits_tell_visitors_apart() {
    let place = Place::with(ARTICLES);
    let server = place.serve_with(&["--posts-per-hour", "2"]);
    let from =
        |source: &str| post_from(source, server.address(), FORM, &[("helpful", "no"), ("comment", source)]).status;
    assert_eq!([from("127.0.0.2"), from("127.0.0.2"), from("127.0.0.2")], [303, 303, 429]);
    assert_eq!(from("127.0.0.3"), 303);
}
