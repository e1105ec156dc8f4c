//! The desk through the router: who gets in, what a form must carry, what reviewers see and change.

use std::time::Duration;

use axum::http::Method;
use jiff::{SignedDuration, Timestamp};

use super::seat::{COOKIE, csrf};
use crate::domain::{
    ArticleId, Concern, Evidence, Feedback, Lang, NewFeedback, Proposal, ProposalId, ProposalKind, ProposalState,
    Reason, Receipt, Revision, Severity, Status, Subject, Vote,
};
use crate::insight::{Closed, Commit};
use crate::store::{Store, id_at};
use crate::web::sample::{app, now};
use crate::web::tests::{Page, Server, select, texts};
use crate::web::texts::Ui;
use crate::web::url::value;

/// A site with a database, and a reviewer at the desk.
struct House {
    server: Server,
    store: Store,
    cookie: String,
    csrf: String,
}

impl House {
    async fn new() -> Self {
        let app = app().await;
        let store = app.store.clone();
        store.reviewer_add("lin", "correct horse").await.unwrap();
        let token = store.session_create("lin", Duration::from_mins(10)).await.unwrap();
        let cookie = format!("{COOKIE}={}", token.as_str());
        Self { server: Server::of(app), store, cookie, csrf: csrf(token.as_str()) }
    }

    async fn get(&self, path: &str) -> Page {
        self.server.send(Method::GET, path, "", &[("cookie", &self.cookie)]).await
    }

    async fn post(&self, path: &str, body: &str) -> Page {
        let body = format!("csrf={}&{body}", self.csrf);
        self.server.send(Method::POST, path, &body, &[("cookie", &self.cookie)]).await
    }

    async fn given(&self, n: u8, comment: &str) -> Receipt {
        let at = now() - SignedDuration::from_secs(1_000 - i64::from(n));
        let receipt = Receipt::from_random([n; 10]);
        let subject = Subject::Article(ArticleId::parse("transactions/not-arrived").unwrap(), Revision(1));
        let said = NewFeedback {
            subject,
            vote: Some(Vote::No),
            reason: Some(Reason::Unclear),
            comment: comment.to_owned(),
            contact: String::new(),
            query: "转账".to_owned(),
            lang: Lang::default(),
        };
        let feedback = Feedback {
            id: id_at(at),
            receipt: receipt.clone(),
            said,
            created: at,
            changed: at,
            added: Vec::new(),
            status: Status::Received,
            reply: String::new(),
            change: None,
        };
        self.store.import(&[feedback]).await.unwrap();
        receipt
    }

    async fn proposed(&self, key: &str, receipts: &[&Receipt]) -> ProposalId {
        let one = proposal(key, receipts);
        let all = [one.clone(), proposal("另一条", &[])];
        self.store.keep_proposals(&all, now()).await.unwrap();
        one.id
    }
}

fn proposal(key: &str, receipts: &[&Receipt]) -> Proposal {
    let article = ArticleId::parse("transactions/not-arrived").unwrap();
    Proposal {
        id: ProposalId::of(ProposalKind::Comments, Some(&article), key),
        kind: ProposalKind::Comments,
        title: key.to_owned(),
        article: Some(article),
        path: "transactions/not-arrived.md".to_owned(),
        evidence: Evidence {
            reason: "unclear".to_owned(),
            receipts: receipts.iter().map(ToString::to_string).collect(),
            present: (3, 7),
            ..Evidence::default()
        },
        severity: Severity::Normal,
        concern: Concern::Transaction,
        readers: 7,
        of: 10,
        share: (0.3968, 0.8922),
        score: 5.6,
        state: ProposalState::Open,
        merged_into: None,
        note: String::new(),
        first: now(),
        seen: now(),
        changed: Timestamp::UNIX_EPOCH,
    }
}

#[tokio::test]
async fn nobody_gets_in_without_a_session() {
    let house = House::new().await;
    for path in ["", "/feedback", "/suggestions", "/figures", "/audit", "/export/feedback", "/feedback/x"] {
        let page = house.server.get(&format!("/review{path}")).await;
        assert_eq!((page.status, page.header("location").as_str()), (303, "/review/sign-in"), "{path}");
    }
    let forged = format!("{COOKIE}={}", "0".repeat(64));
    let page = house.server.send(Method::GET, "/review/feedback", "", &[("cookie", &forged)]).await;
    assert_eq!(page.status, 303);
}

#[tokio::test]
async fn a_reviewer_signs_in_and_out() {
    let house = House::new().await;
    let page = house.server.get("/review/sign-in").await;
    let form = page.header("set-cookie");
    assert!(form.contains("Path=/review") && form.contains("HttpOnly; SameSite=Strict; Secure"), "{form}");
    let field = select(&page.html, "input[name=csrf]")[0].value().attr("value").unwrap().to_owned();
    let cookie = form.split(';').next().unwrap().to_owned();
    let old = house.cookie.clone();
    let cookies = format!("{cookie}; {old}");
    let sent = async |body: String, cookie: &str| {
        house.server.send(Method::POST, "/review/sign-in", &body, &[("cookie", cookie)]).await
    };
    assert_eq!(sent("name=lin&password=correct+horse".into(), &cookies).await.status, 403, "no token");
    let wrong = sent(format!("csrf={field}&name=lin&password=x"), &cookies).await;
    assert_eq!((wrong.status, texts(&wrong.html, "[role=alert]")), (422, vec!["用户名或密码不对。".to_owned()]));
    let entered = sent(format!("csrf={field}&name=lin&password=correct+horse"), &cookies).await;
    assert_eq!((entered.status, entered.header("location").as_str()), (303, "/review/feedback"));
    let session = entered.header("set-cookie");
    assert!(session.starts_with(COOKIE) && session.contains("HttpOnly; SameSite=Strict; Secure"), "{session}");
    assert_eq!(house.get("/review/feedback").await.status, 303, "the session from before is over");

    let cookie = session.split(';').next().unwrap().to_owned();
    let inside = house.server.send(Method::GET, "/review/audit", "", &[("cookie", &cookie)]).await;
    assert_eq!((inside.status, inside.header("cache-control").as_str()), (200, "no-store"));
    assert!(inside.html.contains("登录被拒"));
    let field = csrf(cookie.split_once('=').unwrap().1);
    let out =
        house.server.send(Method::POST, "/review/sign-out", &format!("csrf={field}"), &[("cookie", &cookie)]).await;
    assert_eq!(out.status, 303);
    let after = house.server.send(Method::GET, "/review/audit", "", &[("cookie", &cookie)]).await;
    assert_eq!(after.status, 303);
}

#[tokio::test]
async fn attempts_at_a_name_are_counted() {
    let house = House::new().await;
    let cookie = format!("wenqu_desk_form={}", "a".repeat(64));
    let body = format!("csrf={}&name=nobody&password=x", csrf(&"a".repeat(64)));
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(house.server.send(Method::POST, "/review/sign-in", &body, &[("cookie", &cookie)]).await.status);
    }
    assert_eq!(statuses, [422, 422, 422, 422, 422, 429]);
}

#[tokio::test]
async fn attempts_are_counted_by_visitor_and_told_once() {
    // Attempts are counted by quarters of an hour of the clock; one that ends meanwhile would forget them.
    const QUARTER_S: u64 = 900;
    const NEEDED_S: u64 = 60;
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() % QUARTER_S;
    if since > QUARTER_S - NEEDED_S {
        tokio::time::sleep(Duration::from_secs(QUARTER_S - since)).await;
    }
    let house = House::new().await;
    let form = format!("wenqu_desk_form={}", "a".repeat(64));
    let sent = async |name: &str, password: &str, from: &str| {
        let body = format!("csrf={}&name={name}&password={}", csrf(&"a".repeat(64)), value(password));
        let headers = [("cookie", form.as_str()), ("x-test-peer", from)];
        house.server.send(Method::POST, "/review/sign-in", &body, &headers).await
    };
    for _ in 0..5 {
        assert_eq!(sent("lin", "x", "192.0.2.1").await.status, 422);
    }
    for _ in 0..2 {
        let page = sent("lin", "correct horse", "192.0.2.1").await;
        assert_eq!((page.status, page.header("retry-after").as_str()), (429, "900"));
    }
    let page = sent("lin", "correct horse", "198.51.100.7").await;
    assert_eq!(page.status, 303, "who guesses keeps nobody else out");
    let first = page.header("set-cookie");
    let second = sent("lin", "correct horse", "198.51.100.7").await.header("set-cookie");
    assert_ne!(first, second, "every sign-in is a session of its own");
    let mut refused = 0;
    for n in 0..40 {
        refused += u32::from(sent(&format!("name{n}"), "x", "203.0.113.9").await.status == 422);
    }
    assert_eq!(refused, 30, "one visitor does not go through the names");
    let audit = house.store.audit_list(None, 200).await.unwrap();
    let count = |action: &str| audit.iter().filter(|line| line.action == action).count();
    assert_eq!((count("sign-in throttled"), count("sign-in refused"), count("sign-in")), (2, 35, 2));
    assert!(audit.iter().all(|line| !format!("{line:?}").contains("192.0.2")), "no address is kept");
}

#[tokio::test]
async fn what_is_done_at_the_desk_stands_in_the_audit_list() {
    let house = House::new().await;
    let receipt = house.given(1, "看不懂").await;
    let id = house.proposed("看不懂", &[&receipt]).await;
    house.post(&format!("/review/feedback/{receipt}"), "status=planned&reply=a").await;
    house.post(&format!("/review/feedback/{receipt}"), "do=note&note=a").await;
    house.post(&format!("/review/suggestions/{id}"), "state=planned&reply=b").await;
    house.post("/review/suggestions", "").await;
    house.get("/review/export/feedback?format=csv").await;
    house.get(&format!("/review/suggestions/{id}/markdown")).await;
    house.get("/review/figures/words.patch").await;
    house.store.reviewer_set_password("lin", "battery staple").await.unwrap();
    house.store.reviewer_token("lin").await.unwrap();
    let token = house.store.session_create("lin", Duration::from_mins(10)).await.unwrap();
    let cookie = format!("{COOKIE}={}", token.as_str());
    let page = house.server.send(Method::GET, "/review/audit", "", &[("cookie", &cookie)]).await;
    let actions = texts(&page.html, "tbody td:nth-child(3)");
    let expected = [
        "新建令牌",
        "更换密码",
        "导出",
        "导出",
        "导出",
        "重新统计",
        "改反馈状态",
        "处理建议",
        "加内部备注",
        "改反馈状态",
        "添加审核者",
    ];
    assert_eq!(actions, expected);
    let body = format!("csrf={}", csrf(token.as_str()));
    let out = house.server.send(Method::POST, "/review/sign-out", &body, &[("cookie", &cookie)]).await;
    assert_eq!(out.status, 303);
    assert_eq!(house.store.audit_list(None, 1).await.unwrap()[0].action, "sign-out");
}

#[tokio::test]
async fn a_form_without_its_token_changes_nothing() {
    let house = House::new().await;
    let receipt = house.given(1, "看不懂").await;
    let id = house.proposed("看不懂", &[&receipt]).await;
    for path in [
        format!("/review/feedback/{receipt}"),
        format!("/review/suggestions/{id}"),
        "/review/suggestions".to_owned(),
        "/review/sign-out".to_owned(),
    ] {
        for body in ["status=done&state=done", "csrf=0123&status=done&state=done"] {
            let page = house.server.send(Method::POST, &path, body, &[("cookie", &house.cookie)]).await;
            assert_eq!(page.status, 403, "{path}");
        }
        let form = format!("csrf={}&status=done", house.csrf);
        let from = [("cookie", house.cookie.as_str()), ("sec-fetch-site", "cross-site")];
        assert_eq!(house.server.send(Method::POST, &path, &form, &from).await.status, 403, "{path}");
    }
    assert_eq!(house.store.receipt(&receipt).await.unwrap().unwrap().status, Status::Received);
    assert_eq!(house.store.proposal(&id).await.unwrap().unwrap().state, ProposalState::Open);
}

#[tokio::test]
async fn the_inbox_filters_and_pages_and_escapes() {
    let house = House::new().await;
    for n in 0..35 {
        house.given(n, &format!("第{n}条 <script>alert(1)</script> \"><img src=x>")).await;
    }
    let first = house.get("/review/feedback").await;
    assert_eq!(select(&first.html, "[data-row]").len(), 30);
    assert!(texts(&first.html, ".count")[0].contains("35"));
    assert!(select(&first.html, "main script, main img").is_empty());
    let next = select(&first.html, "a[rel=next]")[0].value().attr("href").unwrap().to_owned();
    let second = house.get(&next).await;
    assert_eq!(select(&second.html, "[data-row]").len(), 5);
    assert!(texts(&second.html, ".gist")[4].contains("第0条"), "the oldest comes last");
    for (filter, rows) in [
        ("status=received&vote=no&reason=unclear", 30),
        ("status=done", 0),
        ("vote=yes", 0),
        ("reason=outdated", 0),
        ("article=transactions%2Fnot-arrived", 30),
        ("article=security%2Fstolen", 0),
        ("since=2026-11-23", 0),
        ("status=what&after=x&since=y", 30),
    ] {
        let page = house.get(&format!("/review/feedback?{filter}")).await;
        assert_eq!((page.status, select(&page.html, "[data-row]").len()), (200, rows), "{filter}");
    }
    let item = house.get(&format!("/review/feedback/{}", Receipt::from_random([3; 10]))).await;
    assert!(select(&item.html, "main script, main img").is_empty());
    assert!(texts(&item.html, "blockquote")[0].contains("<script>alert(1)</script>"));
    assert_eq!(house.get("/review/feedback/0000-0000-0000-ZZZZ").await.status, 404);
}

#[tokio::test]
async fn a_reviewer_answers_and_the_reader_sees_it() {
    let house = House::new().await;
    let receipt = house.given(1, "看不懂").await;
    let path = format!("/review/feedback/{receipt}");
    let refused = house.post(&path, "status=declined&reply=").await;
    assert_eq!((refused.status, texts(&refused.html, "[role=alert]").len()), (422, 1));
    let long = house.post(&path, &format!("status=planned&reply={}", "a".repeat(2_001))).await;
    assert_eq!(long.status, 422);
    let kept = house.post(&path, &format!("status=planned&reply={}", value("下周改好"))).await;
    assert_eq!((kept.status, kept.header("location")), (303, format!("{path}?saved")));
    assert_eq!(house.post(&path, &format!("do=note&note={}", value("只给同事看"))).await.status, 303);
    let page = house.get(&path).await;
    let lines = texts(&page.html, ".events li");
    assert!(lines.iter().any(|line| line.contains("准备修改") && line.contains("lin")), "{lines:?}");
    assert!(lines.iter().any(|line| line.contains("只给同事看")));
    let reader = house.server.get(&format!("/feedback/{receipt}")).await;
    assert!(reader.html.contains("下周改好") && !reader.html.contains("只给同事看"));
    let audit = house.get("/review/audit").await;
    assert!(texts(&audit.html, "tbody tr").iter().any(|row| row.contains("received → planned")));
    house.store.amend(&receipt, crate::domain::Amendment::Withdraw).await.unwrap();
    let page = house.get(&path).await;
    assert!(!page.html.contains("看不懂") && select(&page.html, "input[name=status]").is_empty());
}

#[tokio::test]
async fn a_suggestion_is_decided_merged_and_taken_to_the_editor() {
    let house = House::new().await;
    let receipt = house.given(1, "第二步 <b>看不懂</b>").await;
    let id = house.proposed("<i>看不懂</i>", &[&receipt]).await;
    let list = house.get("/review/suggestions").await;
    assert_eq!(select(&list.html, "[data-row]").len(), 2);
    assert!(select(&list.html, "main i").is_empty());
    assert!(texts(&list.html, ".interval")[0].contains("70% (40–89%)"));
    let path = format!("/review/suggestions/{id}");
    let page = house.get(&path).await;
    assert!(texts(&page.html, ".trailer")[0].contains(id.as_str()));
    assert!(texts(&page.html, ".gist")[0].contains("<b>看不懂</b>"));
    let file = house.get(&format!("{path}/markdown")).await;
    assert!(file.header("content-type").starts_with("text/markdown"));
    assert!(
        file.html.contains(&format!("Suggestion: {id}"))
            && file.html.contains("`articles/transactions/not-arrived.md`")
    );
    assert!(file.html.contains("> 第二步 &lt;b>看不懂"), "{}", file.html);
    assert_eq!(house.post(&path, "state=declined&reply=").await.status, 422);
    assert_eq!(house.post(&path, &format!("state=merged&into={id}")).await.status, 422, "not into itself");
    assert_eq!(house.post(&path, &format!("state=planned&reply={}", value("在改"))).await.status, 303);
    let feedback = house.store.receipt(&receipt).await.unwrap().unwrap();
    assert_eq!((feedback.status, feedback.reply.as_str()), (Status::Planned, "在改"));
    let other = proposal("另一条", &[]).id;
    assert_eq!(house.post(&path, &format!("state=merged&into={other}")).await.status, 303);
    let target = house.get(&format!("/review/suggestions/{other}")).await;
    assert!(texts(&target.html, "#w-merged").len() == 1);
    assert_eq!(house.get("/review/suggestions/S-0000000000").await.status, 404);
    assert_eq!(house.post("/review/suggestions", "").await.header("location"), "/review/suggestions?counting");
}

#[tokio::test]
async fn a_commit_that_names_a_suggestion_shows_on_the_receipt() {
    let house = House::new().await;
    let receipt = house.given(1, "看不懂").await;
    let id = house.proposed("看不懂", &[&receipt]).await;
    let commit = Commit {
        id: "1234abcd".repeat(5),
        title: "写清第二步".into(),
        at: now(),
        changed: vec![(ArticleId::parse("transactions/not-arrived").unwrap(), Revision(2))],
    };
    let names = [id.as_str(), "S-0000000000"];
    let closed = crate::insight::close(&house.store, &names, &commit).await.unwrap();
    assert_eq!((closed.proposals, closed.receipts, closed.unknown.len()), (1, 1, 1));
    let again = crate::insight::close(&house.store, &names, &commit).await.unwrap();
    assert_eq!(again, Closed::default(), "another instance sees the same commit");
    let desk = house.get("/review/suggestions").await;
    let slips = texts(&desk.html, ".notice.warn li");
    assert!(slips.len() == 1 && slips[0].contains("S-0000000000") && slips[0].contains("1234abcd12"), "{slips:?}");
    let desk = house.get(&format!("/review/suggestions/{id}")).await;
    let history = texts(&desk.html, ".events li");
    assert!(history.len() == 1 && history[0].starts_with("待处理 → 已完成 git"), "{history:?}");
    let page = house.server.get(&format!("/feedback/{receipt}")).await;
    assert!(texts(&page.html, ".steps [aria-current]")[0].contains("已经改好"));
    let link = select(&page.html, ".notice a[href=\"/articles/transactions/not-arrived\"]");
    assert_eq!(link.len(), 1);
    assert!(texts(&page.html, ".made")[0].contains("写清第二步"));
}

#[tokio::test]
async fn exports_stream_to_the_desk_and_to_tokens() {
    let house = House::new().await;
    house.given(1, "=1+1").await;
    house.proposed("看不懂", &[]).await;
    let file = house.get("/review/export/feedback?format=csv").await;
    assert!(file.html.starts_with("\u{feff}receipt,status") && file.html.contains("'=1+1"));
    assert!(file.header("content-disposition").contains("feedback.csv"));
    assert_eq!(house.get("/review/export/feedback?format=xlsx").await.status, 200);
    assert_eq!(house.get("/review/export/what").await.status, 404);
    let api = "/api/v1/review/suggestions?format=jsonl&status=open";
    assert_eq!(house.server.get(api).await.status, 401);
    let token = house.store.reviewer_token("lin").await.unwrap();
    let bearer = format!("Bearer {}", token.as_str());
    let ask = async |path: &str| house.server.send(Method::GET, path, "", &[("authorization", &bearer)]).await;
    let rows = ask(api).await;
    assert_eq!((rows.status, rows.html.lines().count()), (200, 2));
    assert_eq!(serde_json::from_str::<serde_json::Value>(rows.html.lines().next().unwrap()).unwrap()["readers"], 7);
    for bad in ["format=pdf", "status=what", "since=yesterday", "article=.."] {
        assert_eq!(ask(&format!("/api/v1/review/feedback?{bad}")).await.status, 400, "{bad}");
    }
    assert_eq!(ask("/api/v1/review/feedback?since=2026-11-23").await.html, "");
    assert_eq!(ask("/api/v1/review/searches").await.status, 200);
    house.store.reviewer_disable("lin").await.unwrap();
    assert_eq!(ask(api).await.status, 401);
}

#[tokio::test]
async fn reviews_due_are_a_calendar_for_sessions_and_tokens() {
    use base64::Engine;
    let house = House::new().await;
    let away = house.server.get("/review/due.ics").await;
    assert_eq!(
        (away.status, away.header("www-authenticate").as_str()),
        (401, "Basic realm=\"wenqu\", charset=\"UTF-8\"")
    );
    let wrong = house.server.send(Method::GET, "/review/due.ics", "", &[("authorization", "Basic bGluOng=")]).await;
    assert_eq!(wrong.status, 401);

    let token = house.store.reviewer_token("lin").await.unwrap();
    let pair = base64::engine::general_purpose::STANDARD.encode(format!("lin:{}", token.as_str()));
    let basic = format!("Basic {pair}");
    let by_token = house.server.send(Method::GET, "/review/due.ics", "", &[("authorization", &basic)]).await;
    let by_session = house.get("/review/due.ics").await;
    for page in [by_token, by_session] {
        assert_eq!((page.status, page.header("content-type").as_str()), (200, "text/calendar; charset=utf-8"));
        let unfolded = page.html.replace("\r\n ", "");
        assert!(unfolded.starts_with("BEGIN:VCALENDAR\r\n"), "{unfolded}");
        assert_eq!(unfolded.matches("BEGIN:VEVENT").count(), 1, "{unfolded}");
        for line in ["DTSTART;VALUE=DATE:20260101", "DTEND;VALUE=DATE:20260102", "SUMMARY:复核：资产被盗后的第一个小时"]
        {
            assert!(unfolded.contains(&format!("\r\n{line}\r\n")), "{line}: {unfolded}");
        }
    }
}

#[tokio::test]
async fn every_page_of_the_desk_has_its_landmarks_in_every_language() {
    let house = House::new().await;
    let receipt = house.given(1, "看不懂").await;
    let id = house.proposed("看不懂", &[&receipt]).await;
    let figures = r#"{"days":[[20000,3,1],[20009,1,1]],"searches":[[20000,9,1,3]],
        "worst":[{"id":"a/b","title":"甲","yes":1,"no":9,"low":0.01,"high":0.4}],
        "top":[{"query":"转账","asked":9,"nothing":1,"opened":3}],"learned":[{"from":"提币","to":"提现","times":4}],"patch":"--- x"}"#;
    house.store.keep_figures("satisfaction", figures, now()).await.unwrap();
    let paths =
        ["feedback", &format!("feedback/{receipt}"), "suggestions", &format!("suggestions/{id}"), "figures", "audit"];
    for path in paths {
        for ui in Ui::ALL {
            let page = house.get(&format!("/review/{path}?ui={}", ui.tag())).await;
            let html = &page.html;
            assert_eq!(page.status, 200, "{path}");
            for selector in ["h1", "main#w-main", "body > header", "nav[aria-label] [aria-current]", "title"] {
                assert!(!select(html, selector).is_empty(), "{selector} on {path}");
            }
            for field in select(html, "input:not([type=hidden]):not([type=radio]), textarea, select") {
                let id = field.value().attr("id").unwrap();
                assert_eq!(select(html, &format!("label[for=\"{id}\"]")).len(), 1, "label of {id} on {path}");
            }
            for form in select(html, "form[method=post]") {
                assert!(form.html().contains("name=\"csrf\""), "a form without token on {path}");
            }
            let words = texts(html, "body").concat();
            assert!(!words.contains('{') && !words.contains('|'), "{path}: {words}");
        }
    }
    let page = house.get("/review/figures").await;
    assert_eq!(select(&page.html, "svg[role=img][aria-labelledby]").len(), 2);
    assert!(select(&page.html, "#w-weeks-table tbody tr").len() == 2, "each drawing has its table");
    assert_eq!(house.get("/review/figures/words.patch").await.html, "--- x");
}
