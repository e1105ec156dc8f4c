//! Commits that name a suggestion: whichever way they reach the served folder, the reader who asked
//! is told what changed.

use sqlx::{Connection as _, Executor as _, PgConnection};

use crate::cluster::Cluster;
use crate::editors::{SECRET, cloned, commit, git, ring, until};
use crate::faults::left_out;
use crate::postgres::with_database;
use crate::program::{Place, Server};

const FORM: &str = "/articles/pay/not-arrived/feedback";

/// Leaves feedback; returns its receipt.
fn leave(server: &Server, comment: &str) -> String {
    let answer = server.post(FORM, &[("helpful", "no"), ("comment", comment)]);
    assert_eq!(answer.status, 303, "{}", answer.body);
    answer.header("location").trim_start_matches("/feedback/").to_owned()
}

/// Changes the article where editors push, in a commit that names `names`.
fn settle(place: &Place, title: &str, names: &[&str]) {
    place.write("there/pay/not-arrived.md", &format!("# 转账没有到账怎么办\n\n先查交易状态。{title}。\n"));
    let trailers: Vec<String> = names.iter().map(|name| format!("Suggestion: {name}\n")).collect();
    commit(place, &format!("{title}\n\n{}", trailers.concat()));
}

fn is_done(server: &Server, receipt: &str) -> bool {
    server.get(&format!("/api/v1/feedback/{receipt}")).body.contains("\"done\"")
}

/// What the reader sees: the state, the article that changed, what changed, and when.
fn assert_told(server: &Server, receipt: &str, title: &str) {
    let page = server.get(&format!("/feedback/{receipt}")).body;
    let (_, present) = page.split_once("aria-current=\"step\"").unwrap();
    assert!(present.starts_with("><strong>已经改好</strong>"), "{page}");
    let (_, made) = page.split_once("<h2>改在这里</h2>").unwrap();
    let (made, _) = made.split_once("</section>").unwrap();
    let now = jiff::Zoned::now().with_time_zone(jiff::tz::TimeZone::UTC);
    let year = now.strftime("%Y年").to_string();
    for part in ["href=\"/articles/pay/not-arrived\"", "转账没有到账怎么办", title, &year] {
        assert!(made.contains(part), "{part}: {made}");
    }
}

fn story(database: &[&str]) {
    let place = cloned();
    let arguments = [&["--hook-secret", SECRET], database].concat();
    let server = place.serve_with(&arguments);
    let receipts: Vec<String> = (0..4).map(|n| leave(&server, &format!("没看懂 {n}"))).collect();

    // By the hook; a name that nobody knows is no error for the others.
    settle(&place, "写清第二步", &["S-0000000000", &receipts[0].to_lowercase(), "0000-0000-0000-0000"]);
    assert_eq!(ring(&server), 202);
    until("the first is done", || is_done(&server, &receipts[0]));
    assert_told(&server, &receipts[0], "写清第二步");
    assert!(!is_done(&server, &receipts[1]));

    // There before the server starts.
    assert!(server.stop().success());
    settle(&place, "补上截图", &[&receipts[1]]);
    git(&place.path("articles"), &["pull", "-q"]);
    let server = place.serve_with(database);
    until("the second is done", || is_done(&server, &receipts[1]));
    assert_told(&server, &receipts[1], "补上截图");
    drop(server);

    // Pulled by the clock.
    let server = place.serve_with(&[&["--pull-every", "1"], database].concat());
    settle(&place, "改了链接", &[&receipts[2]]);
    until("the third is done", || is_done(&server, &receipts[2]));
    drop(server);

    // Committed in the folder itself while somebody watches it.
    let server = place.serve_with(&[&["--watch"], database].concat());
    place.write("articles/pay/not-arrived.md", "# 转账没有到账怎么办\n\n重写了。\n");
    let message = format!("重写\n\nSuggestion: {}", receipts[3]);
    git(&place.path("articles"), &["commit", "-q", "-a", "-m", &message]);
    until("the fourth is done", || is_done(&server, &receipts[3]));
    assert_told(&server, &receipts[3], "重写");
    drop(server);

    // A data folder that knows nothing reads all commits again, and nothing is done twice.
    let before = history(&place, database);
    let fresh = place.serve_with(&[&["--data", "fresh"], database].concat());
    until("it is ready", || fresh.get("/readyz").status == 200);
    if !database.is_empty() {
        let marker = leave(&fresh, "标记");
        let message = format!("标记\n\nSuggestion: {marker}");
        drop(fresh);
        git(&place.path("articles"), &["commit", "-q", "--allow-empty", "-m", &message]);
        let fresh = place.serve_with(&[&["--data", "fresher"], database].concat());
        until("the last commit is read", || is_done(&fresh, &marker));
        assert_eq!(history(&place, database), before);
    }
}

/// When each of the first four was last changed.
fn history(place: &Place, database: &[&str]) -> Vec<String> {
    let arguments = [&["export", "feedback", "--format", "jsonl"], database].concat();
    let rows = place.run(&arguments).out;
    rows.lines().take(4).map(|row| row.split("\"changed\":").nth(1).unwrap()[..30].to_owned()).collect()
}

#[test]
fn commits_close_what_they_name_on_sqlite() {
    story(&[]);
}

#[test]
fn commits_close_what_they_name_on_postgresql() {
    with_database("closing", |url| story(&["--database", url]));
}

#[test]
fn postgresql_that_goes_in_the_middle_of_a_closing_closes_it_later() {
    let Some(cluster) = Cluster::start() else {
        return left_out("postgresql_in_a_closing", "PostgreSQL is not installed");
    };
    let place = cloned();
    let server = place.serve_with(&["--hook-secret", SECRET, "--database", &cluster.url()]);
    let receipts: Vec<String> = (0..2).map(|n| leave(&server, &format!("没看懂 {n}"))).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let holder = runtime.block_on(async {
        let mut holder = PgConnection::connect(&cluster.url()).await.unwrap();
        let mut other = PgConnection::connect(&cluster.url()).await.unwrap();
        holder.execute("BEGIN; LOCK TABLE feedback IN EXCLUSIVE MODE").await.unwrap();
        settle(&place, "写清第二步", &[&receipts[0], &receipts[1]]);
        assert_eq!(ring(&server), 202);
        // The closing has begun and waits for the table.
        let waiting =
            "SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = 'wenqu' AND wait_event_type = 'Lock'";
        let begun = std::time::Instant::now();
        while sqlx::query_scalar::<_, i64>(waiting).fetch_one(&mut other).await.unwrap() == 0 {
            assert!(begun.elapsed().as_secs() < 30, "no closing begins");
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        holder
    });
    cluster.end();
    // Until then it held the table, or the closing would have been done.
    drop(holder);
    until("the log says that it is put off", || place.log().contains("closed later"));
    cluster.begin();
    for receipt in &receipts {
        until("it is done after all", || is_done(&server, receipt));
        assert_told(&server, receipt, "写清第二步");
    }
}
