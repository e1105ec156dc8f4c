//! At the desk: the states that an article went through, and what readers said of each.

use crate::editors::{SECRET, cloned, commit, git, ring, until};
use crate::http::{self, Answer};
use crate::program::Server;

/// Votes on the state of the article that the page shows.
fn vote(server: &Server, id: &str, fields: &[(&str, &str)]) -> String {
    let page = server.get(&format!("/articles/{id}")).body;
    let (_, rest) = page.split_once("name=\"revision\" value=\"").unwrap();
    let (revision, _) = rest.split_once('"').unwrap();
    let fields = [fields, &[("revision", revision)]].concat();
    assert_eq!(server.post(&format!("/articles/{id}/feedback"), &fields).status, 303);
    revision.to_owned()
}

/// Signs in as lin; returns the cookie.
pub fn sign_in(server: &Server) -> String {
    let page = server.get("/review/sign-in");
    let cookie = |answer: &Answer| answer.header("set-cookie").split(';').next().unwrap().to_owned();
    let (_, rest) = page.body.split_once("name=\"csrf\" value=\"").unwrap();
    let fields = [("csrf", rest.split_once('"').unwrap().0), ("name", "lin"), ("password", "correct horse battery")];
    let entered = http::try_post(server.address(), "/review/sign-in", &fields, &cookie(&page)).unwrap();
    assert_eq!(entered.status, 303, "{}", entered.body);
    cookie(&entered)
}

/// The rows of the table as plain text, cell by cell.
fn rows(page: &str) -> Vec<Vec<String>> {
    let (_, body) = page.split_once("<tbody>").unwrap();
    let (body, _) = body.split_once("</tbody>").unwrap();
    let plain = |cell: &str| {
        let words: Vec<&str> =
            cell.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect();
        words.concat().split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let cells = |row: &str| row.replace("<th", "<td").split("<td").skip(1).map(|c| plain(&format!("<td{c}"))).collect();
    body.split("<tr").skip(1).map(|row| cells(row.split_once('>').unwrap().1)).collect()
}

#[test]
fn each_state_of_an_article_is_listed_with_its_votes() {
    let place = cloned();
    assert_eq!(place.run_with(&["reviewer", "add", "lin"], "correct horse battery\n").code, Some(0));
    let server = place.serve_with(&["--hook-secret", SECRET]);
    let no = [("helpful", "no"), ("reason", "unclear"), ("comment", "看不懂第二步")];
    let first = vote(&server, "pay/not-arrived", &no);
    vote(&server, "pay/not-arrived", &[no[0], no[1], ("comment", "第三步也不懂")]);
    vote(&server, "pay/not-arrived", &[("helpful", "yes")]);

    place.write("there/pay/not-arrived.md", "# 转账没有到账怎么办\n\n先查交易状态，再看手续费。\n");
    commit(&place, "写清 <第二步>");
    assert_eq!(ring(&server), 202);
    until("it is served", || server.get("/articles/pay/not-arrived").body.contains("再看手续费"));
    let second = vote(&server, "pay/not-arrived", &[("helpful", "yes")]);

    git(&place.path("there"), &["mv", "pay/not-arrived.md", "pay/late.md"]);
    commit(&place, "换个名字");
    assert_eq!(ring(&server), 202);
    until("it is served", || server.get("/articles/pay/late").status == 200);
    assert_eq!(vote(&server, "pay/late", &[("helpful", "yes")]), second, "its name is no part of a state");
    // Somebody saw a state that never was committed.
    let stray = [("helpful", "yes"), ("revision", "00000000000000ff")];
    assert_eq!(server.post("/articles/pay/late/feedback", &stray).status, 303);

    let get = |path: &str, cookie: &str| http::get_with(server.address(), path, ("Cookie", cookie));
    assert_eq!(server.get("/review/articles/pay/late").status, 303, "behind a session");
    let cookie = sign_in(&server);
    let page = get("/review/articles/pay/late", &cookie);
    assert_eq!(page.status, 200);
    let rows = rows(&page.body);
    assert_eq!(rows.len(), 3, "the move is no state of its own: {rows:#?}");
    for (at, title, yes, no, reason) in [
        (0, "现行版本 写清 &#60;第二步&#62;", "2", "0", ""),
        (1, "first", "1", "2", "看不明白 2"),
        (2, "git 历史里没有这个版本", "1", "0", ""),
    ] {
        let row = &rows[at];
        assert!(row[0].starts_with(title), "{at}: {row:?}");
        assert_eq!((row[1].as_str(), row[2].as_str()), (yes, no), "{at}: {row:?}");
        assert!(row[4].contains(reason), "{at}: {row:?}");
    }
    assert!(rows[0][0].contains(&second) && rows[1][0].contains(&first));
    assert!(rows[1][0].contains("pay/not-arrived.md") && rows[1][0].contains(" · a · "), "{rows:?}");
    assert_eq!(get("/review/articles/pay/not-arrived", &cookie).status, 200, "by its old name, too");
    assert_eq!(get("/review/articles/nowhere", &cookie).status, 404);

    let filtered = get(&format!("/review/feedback?revision={first}"), &cookie).body;
    assert_eq!(filtered.matches("<li class=\"row\">").count(), 3, "{filtered}");
    let item = get("/review/feedback?article=pay/late", &cookie).body;
    assert!(item.contains("href=\"/review/articles/pay/late\""), "{item}");
}
