//! Two servers on one PostgreSQL: what one is told the other knows, and one bell rings for both.

use std::fs;

use crate::editors::{SECRET, cloned, commit, git, ring, until};
use crate::http;
use crate::postgres::with_database;
use crate::program::Server;

const FORM: &str = "/articles/pay/not-arrived/feedback";

fn cookie(header: &str) -> &str {
    header.split(';').next().unwrap()
}

/// Signs in at one server; returns the cookie of the session.
fn sign_in(server: &Server) -> String {
    let page = server.get("/review/sign-in");
    let form = cookie(page.header("set-cookie")).to_owned();
    let (_, rest) = page.body.split_once("name=\"csrf\" value=\"").unwrap();
    let (csrf, _) = rest.split_once('"').unwrap();
    let fields = [("csrf", csrf), ("name", "lin"), ("password", "correct horse battery")];
    let entered = http::try_post(server.address(), "/review/sign-in", &fields, &form).unwrap();
    assert_eq!(entered.status, 303, "{}", entered.body);
    cookie(entered.header("set-cookie")).to_owned()
}

#[test]
fn two_servers_on_one_postgresql_are_one_site() {
    with_database("together", |url| {
        let here = cloned();
        let there = crate::program::Place::empty();
        git(&there.path("."), &["clone", "-q", here.path("there").to_str().unwrap(), "articles"]);
        let added = here.run_with(&["reviewer", "add", "lin", "--database", url], "correct horse battery\n");
        assert_eq!(added.code, Some(0), "{added:?}");
        let arguments = ["--hook-secret", SECRET, "--database", url, "--posts-per-hour", "4"];
        let (a, b) = (here.serve_with(&arguments), there.serve_with(&arguments));

        // A receipt of one is a page of the other, and limits are those of both.
        let mut receipts = Vec::new();
        for (n, server) in [&a, &b, &a, &b].into_iter().enumerate() {
            let answer = server.post(FORM, &[("helpful", "no"), ("comment", &format!("第 {n} 条"))]);
            assert_eq!(answer.status, 303);
            receipts.push(answer.header("location").to_owned());
        }
        for (n, receipt) in receipts.iter().enumerate() {
            for server in [&a, &b] {
                assert!(server.get(receipt).body.contains(&format!("第 {n} 条")));
            }
        }
        for server in [&a, &b] {
            assert_eq!(server.post(FORM, &[("helpful", "no"), ("comment", "太多了")]).status, 429);
        }

        // A session of one opens the desk of the other, and ends on both.
        let session = sign_in(&a);
        let desk = |server: &Server| http::get_with(server.address(), "/review/feedback", ("Cookie", &session)).status;
        assert_eq!((desk(&a), desk(&b)), (200, 200));
        let disabled = there.run(&["reviewer", "disable", "lin", "--database", url]);
        assert_eq!((disabled.code, desk(&a), desk(&b)), (Some(0), 303, 303));

        // One bell, one commit that names a suggestion: both serve it, and it closes once.
        let code = receipts[0].trim_start_matches("/feedback/");
        here.write("there/pay/not-arrived.md", "# 转账没有到账怎么办\n\n两边都看得到。\n");
        commit(&here, &format!("改好了\n\nSuggestion: {code}"));
        assert_eq!(ring(&a), 202);
        for (name, server) in [("the one that was rung", &a), ("the other", &b)] {
            until(name, || server.get("/articles/pay/not-arrived").body.contains("两边都看得到"));
        }
        until("the reader is told", || b.get(&receipts[0]).body.contains("已经改好"));
        assert!(a.get(&receipts[0]).body.contains("改好了"));
        drop((a, b));

        // One that was away catches up with what is served now.
        let b = there.serve_with(&arguments);
        here.write("there/later.md", "# 后来的一篇\n\n正文。\n");
        commit(&here, "later");
        git(&here.path("articles"), &["pull", "-q"]);
        let a = here.serve_with(&["--database", url]);
        until("its start is heard", || b.get("/articles/later").status == 200);
        assert!(fs::exists(there.path("articles/later.md")).unwrap());
        drop(a);
    });
}
