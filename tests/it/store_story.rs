//! One story of the store, told on SQLite always and on PostgreSQL where `WENQU_TEST_POSTGRES` names
//! a server on which databases may be made (`tests/run` always sets it).
#![allow(clippy::unwrap_used, clippy::panic, reason = "clippy sees tests only in functions marked as such")]

use std::collections::HashSet;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use sqlx::migrate::Migrator;
use sqlx::{Connection as _, Executor as _};
use tempfile::TempDir;
use wenqu::domain::{
    Amendment, ArticleId, Change, Concern, Confidence, Evidence, Feedback, Lang, NewFeedback, Proposal, ProposalId,
    ProposalKind, ProposalState, Reason, Receipt, Revision, SENTENCES_MAX, Severity, Status, Subject, Vote,
};
use wenqu::store::{
    Amended, Error, EventKind, FeedbackFilter, News, Order, ProposalFilter, Rank, Retry, SearchFilter, SearchMark,
    SearchRecord, Store, id_at,
};

use crate::postgres::Database;

const ROWS: usize = 5_000;
const PAGE: u32 = 777;

/// A database that goes when the test does.
struct Place {
    url: String,
    folder: TempDir,
    server: Option<Database>,
}

impl Place {
    fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("new/folder/wenqu.db").display());
        Self { url, folder, server: None }
    }

    async fn postgres(test: &str) -> Option<Self> {
        let database = Database::new(test).await?;
        Some(Self { url: database.url.clone(), folder: tempfile::tempdir().unwrap(), server: Some(database) })
    }

    async fn open(&self) -> Store {
        Store::open(&self.url).await.unwrap()
    }

    async fn leave(self) {
        if let Some(database) = self.server {
            database.leave().await;
        }
        self.folder.close().unwrap();
    }
}

async fn story(place: Place) {
    let store = place.open().await;
    store.ready().await.unwrap();
    feedback_arrives_and_is_amended(&store).await;
    a_reader_takes_feedback_back(&store).await;
    reviewers_answer(&store).await;
    pages_reach_every_row_once(&store).await;
    votes_are_counted_by_revision_and_day(&store).await;
    searches_are_logged_marked_and_forgotten(&store).await;
    reviewers_sign_in_and_out(&store).await;
    proposals_keep_what_editors_decided(&store).await;
    two_stores_share_one_database(&store, &place.open().await).await;
    many_inserts_at_once_are_all_kept(&store).await;
    changes_at_once_lose_nothing(&store).await;
    a_closed_store_says_so(&store).await;
    place.leave().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_story_holds_on_sqlite() {
    story(Place::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_story_holds_on_postgresql() {
    if let Some(place) = Place::postgres("story").await {
        story(place).await;
    }
}

fn article(id: &str) -> ArticleId {
    ArticleId::parse(id).unwrap()
}

fn said(id: &str, revision: u64, vote: Vote) -> NewFeedback {
    NewFeedback {
        subject: Subject::Article(article(id), Revision(revision)),
        vote: Some(vote),
        reason: None,
        comment: "步骤三看不懂\n“设置”在哪？".into(),
        contact: "reader@example.com".into(),
        query: "转帐 没到".into(),
        lang: Lang::parse("zh-TW").unwrap(),
    }
}

fn kept(amended: Amended) -> Feedback {
    match amended {
        Amended::Kept(feedback) => *feedback,
        other => panic!("not kept: {other:?}"),
    }
}

async fn feedback_arrives_and_is_amended(store: &Store) {
    let first = store.insert(&said("a/b", u64::MAX, Vote::No)).await.unwrap();
    assert_eq!(first.said, said("a/b", u64::MAX, Vote::No));
    assert_eq!((first.status, first.reply.as_str(), &first.change), (Status::Received, "", &None));
    assert_eq!(store.receipt(&first.receipt).await.unwrap().as_ref(), Some(&first), "it reads back as it was said");
    let again = Receipt::parse(&first.receipt.as_str().to_lowercase()).unwrap();
    assert!(store.receipt(&again).await.unwrap().is_some());
    let unknown = Receipt::from_random([9; 10]);
    assert_eq!(store.receipt(&unknown).await.unwrap(), None);
    assert_eq!(store.amend(&unknown, Amendment::Vote(Vote::Yes)).await.unwrap(), Amended::NotFound);

    let now = kept(store.amend(&first.receipt, Amendment::Vote(Vote::Yes)).await.unwrap());
    assert_eq!(now.said.vote, Some(Vote::Yes));
    let details =
        Amendment::Details { reason: Some(Reason::Unclear), comment: "改好了吗".into(), contact: String::new() };
    let now = kept(store.amend(&first.receipt, details.clone()).await.unwrap());
    assert_eq!((now.said.comment.as_str(), now.said.contact.as_str()), ("改好了吗", "reader@example.com"));
    kept(store.amend(&first.receipt, details).await.unwrap());
    for n in 0..SENTENCES_MAX {
        let now = kept(store.amend(&first.receipt, Amendment::sentence(&format!("又及 {n}")).unwrap()).await.unwrap());
        assert_eq!(now.added.len(), n + 1);
    }
    let one_more = Amendment::sentence("太多了").unwrap();
    assert_eq!(store.amend(&first.receipt, one_more).await.unwrap(), Amended::Full);

    let history = store.history(&first.receipt).await.unwrap();
    let seen: Vec<_> = history.iter().map(|e| (e.kind, e.was.as_str(), e.became.as_str())).take(4).collect();
    assert_eq!(
        seen,
        [
            (EventKind::Vote, "no", "yes"),
            (EventKind::Reason, "", "unclear"),
            (EventKind::Comment, "步骤三看不懂\n“设置”在哪？", "改好了吗"),
            (EventKind::Sentence, "", "又及 0"),
        ],
        "saying the same twice leaves one event"
    );
    assert_eq!(history.len(), 3 + SENTENCES_MAX);

    let suggestion =
        NewFeedback { subject: Subject::Site, vote: None, reason: Some(Reason::Missing), ..said("x", 0, Vote::No) };
    let suggestion = store.insert(&suggestion).await.unwrap();
    assert_eq!(store.receipt(&suggestion.receipt).await.unwrap(), Some(suggestion));
}

async fn a_reader_takes_feedback_back(store: &Store) {
    let feedback = store.insert(&said("a/b", 1, Vote::No)).await.unwrap();
    kept(store.amend(&feedback.receipt, Amendment::sentence("一句话").unwrap()).await.unwrap());
    let now = kept(store.amend(&feedback.receipt, Amendment::Withdraw).await.unwrap());
    assert_eq!(now.status, Status::Withdrawn);
    assert_eq!((now.said.comment + &now.said.contact + &now.said.query, now.added), (String::new(), vec![]));
    let words: String =
        store.history(&feedback.receipt).await.unwrap().into_iter().map(|e| e.was + &e.became).collect();
    assert_eq!(words, "", "the history forgets the words too");
    let again = store.amend(&feedback.receipt, Amendment::Vote(Vote::Yes)).await.unwrap();
    assert_eq!(again, Amended::Withdrawn);
    let status = store.set_status(&feedback.receipt, Status::Done, "", "lin", None).await.unwrap();
    assert_eq!(status, Amended::Withdrawn);
    let votes = store.votes(&article("a/b")).await.unwrap();
    assert!(votes.iter().all(|v| v.revision != Revision(1)), "a withdrawn vote does not count");
}

async fn reviewers_answer(store: &Store) {
    let feedback = store.insert(&said("a/b", 2, Vote::No)).await.unwrap();
    let change = Change {
        article: Some((article("a/b"), Revision(3))),
        commit: "0123abcd".into(),
        title: "补上第三步".into(),
        at: Timestamp::from_second(1_790_000_000).unwrap(),
    };
    kept(store.note(&feedback.receipt, "问过产品", "lin").await.unwrap());
    kept(store.set_status(&feedback.receipt, Status::Planned, "下周改", "lin", None).await.unwrap());
    let done = store.set_status(&feedback.receipt, Status::Done, "改好了", "wang", Some(change.clone())).await.unwrap();
    let done = kept(done);
    assert_eq!(store.receipt(&feedback.receipt).await.unwrap().as_ref(), Some(&done));
    assert_eq!((done.status, done.reply.as_str(), done.change), (Status::Done, "改好了", Some(change)));
    let history = store.history(&feedback.receipt).await.unwrap();
    let seen: Vec<_> = history.iter().map(|e| (e.by.as_str(), e.kind, e.became.as_str())).collect();
    assert_eq!(
        seen,
        [
            ("lin", EventKind::Note, "问过产品"),
            ("lin", EventKind::Status, "planned"),
            ("lin", EventKind::Reply, "下周改"),
            ("wang", EventKind::Status, "done"),
            ("wang", EventKind::Reply, "改好了"),
        ]
    );
    let unknown = store.set_status(&Receipt::from_random([1; 10]), Status::Done, "", "lin", None).await.unwrap();
    assert_eq!(unknown, Amended::NotFound);
    let withdrawn = store.set_status(&feedback.receipt, Status::Withdrawn, "", "lin", None).await.unwrap();
    assert_eq!(withdrawn, Amended::Withdrawn, "only the reader withdraws");

    let audit = store.audit_list(None, 2).await.unwrap();
    let seen: Vec<_> = audit.iter().map(|e| (e.by.as_str(), e.action.as_str(), e.detail.as_str())).collect();
    assert_eq!(seen, [("wang", "status", "planned → done"), ("lin", "status", "received → planned")]);
    let next = store.audit_list(Some(&audit[1].id), 2).await.unwrap();
    assert_eq!((next.len(), next[0].action.as_str()), (1, "note"));
}

/// Five thousand rows over five thousand seconds long ago, apart from what else the story keeps.
async fn pages_reach_every_row_once(store: &Store) {
    let start: Timestamp = "2020-01-01T00:00:00Z".parse().unwrap();
    let rows: Vec<Feedback> = (0..ROWS as u32)
        .map(|n| {
            let at = start + SignedDuration::from_secs(n.into());
            let mut receipt = [0; 10];
            receipt[..8].copy_from_slice(&u64::from(n).to_le_bytes());
            Feedback {
                id: id_at(at),
                receipt: Receipt::from_random(receipt),
                said: said(if n % 10 == 0 { "tenth" } else { "other" }, u64::from(n % 3), Vote::Yes),
                created: at,
                changed: at,
                added: vec![format!("{n}"), "二".into()],
                status: if n % 100 == 0 { Status::InReview } else { Status::Received },
                reply: String::new(),
                change: None,
            }
        })
        .collect();
    store.import(&rows).await.unwrap();
    let old = FeedbackFilter { until: Some(start + SignedDuration::from_hours(24)), ..FeedbackFilter::default() };

    for order in [Order::OldestFirst, Order::NewestFirst] {
        let filter = FeedbackFilter { order, ..old.clone() };
        let mut seen = Vec::new();
        loop {
            let page = store.feedback(&filter, seen.last().map(|f: &Feedback| &f.id), PAGE).await.unwrap();
            let last = page.len() < PAGE as usize;
            seen.extend(page);
            if last {
                break;
            }
        }
        if order == Order::NewestFirst {
            seen.reverse();
        }
        assert!(seen == rows, "{order:?} gives every row once, as it was kept");
    }

    let check = |filter: FeedbackFilter, expected: usize| async move {
        assert_eq!(store.count(&filter).await.unwrap(), expected as u64, "{filter:?}");
        assert_eq!(store.feedback(&filter, None, 10_000).await.unwrap().len(), expected, "{filter:?}");
    };
    check(FeedbackFilter { article: Some(article("tenth")), ..old.clone() }, ROWS / 10).await;
    check(FeedbackFilter { status: Some(Status::InReview), ..old.clone() }, ROWS / 100).await;
    check(FeedbackFilter { vote: Some(Vote::No), ..old.clone() }, 0).await;
    let at = |s| Some(start + SignedDuration::from_secs(s));
    check(FeedbackFilter { since: at(10), until: at(20), ..old.clone() }, 10).await;
    check(FeedbackFilter { since: at(4_999), ..old.clone() }, 1).await;
    check(FeedbackFilter { since: at(20), until: at(10), ..old.clone() }, 0).await;
}

async fn votes_are_counted_by_revision_and_day(store: &Store) {
    store.insert(&said("v", 1, Vote::Yes)).await.unwrap();
    store.insert(&said("v", 1, Vote::No)).await.unwrap();
    let newest = store.insert(&said("v", 2, Vote::No)).await.unwrap();
    let votes = store.votes(&article("v")).await.unwrap();
    let mut seen: Vec<_> = votes.iter().map(|v| (v.revision.0, v.yes, v.no)).collect();
    seen.sort_unstable();
    assert_eq!(seen, [(1, 1, 1), (2, 0, 1)]);
    assert_eq!(votes.iter().map(|v| v.last).max(), Some(newest.created));
    let all = store.votes_by_article().await.unwrap();
    assert!(all.is_sorted_by_key(|v| v.article.as_str().to_owned()));
    assert_eq!(all.iter().filter(|v| v.article == article("v")).cloned().collect::<Vec<_>>(), votes);
    assert_eq!(all.iter().filter(|v| v.article == article("tenth")).map(|v| v.yes).sum::<u64>(), ROWS as u64 / 10);

    let start: Timestamp = "2020-01-01T00:00:00Z".parse().unwrap();
    let days = store.votes_by_day(start, start + SignedDuration::from_secs(60), 8 * 3_600).await.unwrap();
    let seen: Vec<_> = days.iter().map(|d| (d.day, d.article.as_str(), d.yes, d.no)).collect();
    assert_eq!(seen, [(18_262, "other", 54, 0), (18_262, "tenth", 6, 0)]);
    let days = store.votes_by_day(start, start + SignedDuration::from_secs(60), -3_600).await.unwrap();
    assert!(days.iter().all(|d| d.day == 18_261), "an hour west of Greenwich it is still the day before");
}

async fn searches_are_logged_marked_and_forgotten(store: &Store) {
    let search = |query: &str, total| SearchRecord::new(query.into(), total, Confidence::Unsure, Lang::default());
    let mut records = vec![search("转账 没到", 3), search("转账 没到", 3), search("质押", 0)];
    records[2].confidence = Confidence::Nothing;
    store.log_searches(&[]).await.unwrap();
    store.log_searches(&records).await.unwrap();
    store.log_searches(&records).await.unwrap();
    let all = SearchFilter::default();
    assert_eq!(store.searches(&all, None, 10).await.unwrap(), records, "a batch sent twice is kept once");
    assert!(store.mark_opened(&records[0].id, &article("a/b")).await.unwrap());
    let mark = SearchMark { id: records[0].id.clone(), opened: None, helped: Some(Vote::No) };
    assert!(store.mark_search(mark).await.unwrap());
    assert!(!store.mark_opened(&id_at(Timestamp::UNIX_EPOCH), &article("a/b")).await.unwrap());
    let first = store.searches(&all, None, 1).await.unwrap().remove(0);
    assert_eq!((first.opened, first.helped), (Some(article("a/b")), Some(Vote::No)));
    let rest = store.searches(&all, Some(&first.id), 10).await.unwrap();
    assert_eq!(rest, records[1..]);

    let counts = store.query_counts(&all, 10).await.unwrap();
    let seen: Vec<_> = counts.iter().map(|c| (c.query.as_str(), c.asked, c.nothing, c.opened)).collect();
    assert_eq!(seen, [("转账 没到", 2, 0, 1), ("质押", 1, 1, 0)]);

    let long_ago = Timestamp::now() - SignedDuration::from_hours(24 * 91);
    let old: Vec<SearchRecord> =
        (0..4_321).map(|_| SearchRecord { id: id_at(long_ago), at: long_ago, ..search("旧", 1) }).collect();
    store.log_searches(&old).await.unwrap();
    assert_eq!(store.search_count(&all).await.unwrap(), 4_324);
    let before = Timestamp::now() - SignedDuration::from_hours(24 * 90);
    assert_eq!(store.forget_searches(before).await.unwrap(), 4_321);
    assert_eq!(store.search_count(&all).await.unwrap(), 3);
}

async fn reviewers_sign_in_and_out(store: &Store) {
    store.reviewer_add("lin", "correct horse").await.unwrap();
    assert!(matches!(store.reviewer_add("lin", "x").await, Err(Error::NameTaken(name)) if name == "lin"));
    assert!(store.reviewer_sign_in("lin", "correct horse").await.unwrap().is_some());
    assert_eq!(store.reviewer_sign_in("lin", "wrong").await.unwrap(), None);
    assert_eq!(store.reviewer_sign_in("nobody", "wrong").await.unwrap(), None);

    let hour = Duration::from_hours(1);
    let token = store.session_create("lin", hour).await.unwrap();
    assert_eq!(store.session_read(&token).await.unwrap().unwrap().reviewer, "lin");
    let over = store.session_create("lin", Duration::ZERO).await.unwrap();
    assert_eq!(store.session_read(&over).await.unwrap(), None);
    store.session_delete(&token).await.unwrap();
    assert_eq!(store.session_read(&token).await.unwrap(), None);

    let session = store.session_create("lin", hour).await.unwrap();
    store.reviewer_set_password("lin", "battery staple").await.unwrap();
    assert_eq!(store.session_read(&session).await.unwrap(), None, "a new password ends sessions");
    assert_eq!(store.reviewer_sign_in("lin", "correct horse").await.unwrap(), None);

    let api = store.reviewer_token("lin").await.unwrap();
    assert_eq!(store.reviewer_by_token(&api).await.unwrap().unwrap().name, "lin");
    let newer = store.reviewer_token("lin").await.unwrap();
    assert_eq!(store.reviewer_by_token(&api).await.unwrap(), None, "one token at a time");
    assert!(store.reviewer_list().await.unwrap()[0].has_token);

    let session = store.session_create("lin", hour).await.unwrap();
    store.reviewer_disable("lin").await.unwrap();
    assert_eq!(store.session_read(&session).await.unwrap(), None);
    assert_eq!(store.reviewer_by_token(&newer).await.unwrap(), None);
    assert_eq!(store.reviewer_sign_in("lin", "battery staple").await.unwrap(), None);
    assert!(matches!(store.reviewer_token("lin").await, Err(Error::NoReviewer(_))));
    let listed = store.reviewer_list().await.unwrap();
    assert_eq!((listed.len(), listed[0].active, listed[0].has_token), (1, false, false));
    store.reviewer_enable("lin").await.unwrap();
    assert!(store.reviewer_sign_in("lin", "battery staple").await.unwrap().is_some());
    assert!(matches!(store.reviewer_disable("nobody").await, Err(Error::NoReviewer(_))));
    assert_eq!(format!("{api:?}"), "Token(…)");
}

async fn proposals_keep_what_editors_decided(store: &Store) {
    let now = Timestamp::from_second(1_790_000_000).unwrap();
    let found = |key: &str, score: f64| Proposal {
        id: ProposalId::of(ProposalKind::NoResult, None, key),
        kind: ProposalKind::NoResult,
        title: key.to_owned(),
        article: None,
        path: String::new(),
        evidence: Evidence { words: vec![key.to_owned()], present: (3, 4), ..Evidence::default() },
        severity: Severity::Normal,
        concern: Concern::Other,
        readers: 7,
        of: 9,
        share: (0.25, 0.75),
        score,
        state: ProposalState::Open,
        merged_into: None,
        note: String::new(),
        first: now,
        seen: now,
        changed: now,
    };
    let first: Vec<_> = (0..10).map(|n| found(&format!("词{n}"), f64::from(n / 3) + 0.1)).collect();
    store.keep_proposals(&first, now).await.unwrap();
    let open = ProposalFilter { state: Some(ProposalState::Open), ..ProposalFilter::default() };
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let page = store.proposals(&open, after.as_ref(), 3).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Rank::parse(&Rank::of(last).to_string());
        seen.extend(page);
    }
    let ids: HashSet<_> = seen.iter().map(|one| one.id.clone()).collect();
    assert_eq!((seen.len(), ids.len()), (10, 10));
    assert!(seen.is_sorted_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.id.cmp(&b.id)).is_lt()));
    assert_eq!(seen[0].evidence.present, (3, 4));

    let (kept, target) = (&first[4].id, &first[5].id);
    assert!(store.decide_proposal(kept, ProposalState::Merged, Some(target), "同一件事", "lin").await.unwrap());
    let unknown = ProposalId::of(ProposalKind::Fault, None, "x");
    assert!(!store.decide_proposal(&unknown, ProposalState::Done, None, "", "lin").await.unwrap());
    let later = now + SignedDuration::from_secs(60);
    store.keep_proposals(&[found("词5", 9.0)], later).await.unwrap();
    let counts: HashSet<_> = store.proposal_counts().await.unwrap().into_iter().collect();
    assert_eq!(counts, HashSet::from([(ProposalState::Open, 1), (ProposalState::Merged, 1)]));
    let one = store.proposal(kept).await.unwrap().unwrap();
    assert_eq!((one.merged_into.as_ref(), one.note.as_str()), (Some(target), "同一件事"));
    let one = store.proposal(target).await.unwrap().unwrap();
    assert_eq!((one.first, one.seen, one.score), (now, later, 9.0));
    assert_eq!(store.merged(target).await.unwrap().len(), 1);
    assert_eq!(store.audit_list(None, 1).await.unwrap()[0].action, "suggestion");

    assert_eq!(store.figures("days").await.unwrap(), None);
    store.keep_figures("days", "[1]", now).await.unwrap();
    store.keep_figures("days", "[2]", later).await.unwrap();
    assert_eq!(store.figures("days").await.unwrap(), Some(("[2]".to_owned(), later)));
}

async fn two_stores_share_one_database(here: &Store, there: &Store) {
    let feedback = here.insert(&said("shared", 1, Vote::Yes)).await.unwrap();
    assert_eq!(there.receipt(&feedback.receipt).await.unwrap().as_ref(), Some(&feedback));
    kept(there.amend(&feedback.receipt, Amendment::Vote(Vote::No)).await.unwrap());
    assert_eq!(here.receipt(&feedback.receipt).await.unwrap().unwrap().said.vote, Some(Vote::No));

    let session = here.session_create("lin", Duration::from_mins(1)).await.unwrap();
    assert!(there.session_read(&session).await.unwrap().is_some());

    let key = here.visitor_key("feedback", "192.0.2.7").await.unwrap();
    assert_eq!(there.visitor_key("feedback", "192.0.2.7").await.unwrap(), key);
    assert_ne!(here.visitor_key("feedback", "192.0.2.8").await.unwrap(), key);
    assert_ne!(here.visitor_key("sign-in", "192.0.2.7").await.unwrap(), key);
    let mut taken = 0;
    for n in 0..6 {
        let store = if n % 2 == 0 { here } else { there };
        taken += u32::from(store.take(key, 1_000_000_000, 4).await.unwrap());
    }
    assert_eq!(taken, 4, "the limit holds over both");

    // On SQLite the word goes through the one process; on PostgreSQL through the database.
    let speaker = if format!("{here:?}").contains("SQLite") { here } else { there };
    let mut listener = here.listen().await.unwrap();
    speaker.notify_content("第 7 版").await.unwrap();
    assert_eq!(listener.next().await.unwrap(), News::Content("第 7 版".into()));
}

async fn many_inserts_at_once_are_all_kept(store: &Store) {
    let tasks: Vec<_> = (0..500)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move { store.insert(&said("storm", n, Vote::Yes)).await.unwrap().receipt })
        })
        .collect();
    let mut receipts = HashSet::new();
    for task in tasks {
        receipts.insert(task.await.unwrap());
    }
    assert_eq!(receipts.len(), 500);
    let filter = FeedbackFilter { article: Some(article("storm")), ..FeedbackFilter::default() };
    let stored: HashSet<Receipt> =
        store.feedback(&filter, None, 1_000).await.unwrap().into_iter().map(|f| f.receipt).collect();
    assert_eq!(stored, receipts);
}

async fn changes_at_once_lose_nothing(store: &Store) {
    let receipt = store.insert(&said("a/b", 9, Vote::No)).await.unwrap().receipt;
    let tasks: Vec<_> = (0..SENTENCES_MAX)
        .map(|n| {
            let (store, receipt) = (store.clone(), receipt.clone());
            tokio::spawn(async move { store.amend(&receipt, Amendment::Sentence(format!("第{n}句"))).await.unwrap() })
        })
        .collect();
    for task in tasks {
        kept(task.await.unwrap());
    }
    assert_eq!(store.receipt(&receipt).await.unwrap().unwrap().added.len(), SENTENCES_MAX);
}

async fn a_closed_store_says_so(store: &Store) {
    store.close().await;
    let check = |outcome: Result<(), Error>| {
        let error = outcome.unwrap_err();
        assert!(matches!(error, Error::Closed), "{error:?}");
        assert_eq!(error.retry(), Retry::Hopeless);
    };
    check(store.ready().await);
    check(store.insert(&said("a/b", 1, Vote::Yes)).await.map(drop));
    check(store.log_searches(&[SearchRecord::new("x".into(), 1, Confidence::Sure, Lang::default())]).await);
    check(store.take([0; 16], 60, 1).await.map(drop));
}

/// Every version of the tables is filled, then brought up to date with what it holds.
async fn filled_databases_are_brought_up_to_date(kind: &str, place: &Place) {
    let folder = format!("{}/src/store/migrations/{kind}", env!("CARGO_MANIFEST_DIR"));
    let all = Migrator::new(std::path::Path::new(&folder)).await.unwrap();
    let versions: Vec<i64> = all.iter().map(|migration| migration.version).collect();
    assert!(versions.len() >= 3);
    let first = Migrator::with_migrations(all.iter().take(1).cloned().collect());
    let fill = "INSERT INTO feedback (id, receipt, article, revision, vote, reason, comment, contact, query, lang, \
                created_ms, changed_ms, status) VALUES \
                ('0190f5fe-7c00-7000-8000-000000000001', '0000-0000-0000-0001', 'a/b', '00000000000000ff', 'no', \
                 'unclear', '旧评论', '', '', 'zh-CN', 1722000000000, 1722000000000, 'received'), \
                ('0190f5fe-7c00-7000-8000-000000000002', '0000-0000-0000-0002', NULL, '0000000000000000', NULL, \
                 NULL, '旧建议', 'x', 'y', 'en', 1722000000000, 1722000000001, 'in_review')";
    if kind == "sqlite" {
        let path = place.folder.path().join("old.db");
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).create_if_missing(true);
        let mut old = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
        first.run_direct(None, &mut old, false).await.unwrap();
        old.execute(fill).await.unwrap();
        old.close().await.unwrap();
    } else {
        let mut old = sqlx::PgConnection::connect(&place.url).await.unwrap();
        first.run_direct(None, &mut old, false).await.unwrap();
        old.execute(fill).await.unwrap();
        old.close().await.unwrap();
    }
}

#[tokio::test]
async fn a_filled_sqlite_database_of_the_first_version_is_brought_up_to_date() {
    let mut place = Place::sqlite();
    filled_databases_are_brought_up_to_date("sqlite", &place).await;
    place.url = place.folder.path().join("old.db").to_str().unwrap().to_owned();
    what_was_kept_is_there(&place.open().await).await;
}

#[tokio::test]
async fn a_filled_postgresql_database_of_the_first_version_is_brought_up_to_date() {
    let Some(place) = Place::postgres("filled").await else { return };
    filled_databases_are_brought_up_to_date("postgres", &place).await;
    what_was_kept_is_there(&place.open().await).await;
    place.leave().await;
}

async fn what_was_kept_is_there(store: &Store) {
    let rows = store.feedback(&FeedbackFilter::default(), None, 10).await.unwrap();
    let seen: Vec<_> = rows.iter().map(|f| (f.receipt.as_str(), f.said.comment.as_str(), f.status)).collect();
    assert_eq!(
        seen,
        [("0000-0000-0000-0001", "旧评论", Status::Received), ("0000-0000-0000-0002", "旧建议", Status::InReview),]
    );
    let receipt = store.insert(&said("new", 1, Vote::Yes)).await.unwrap().receipt;
    kept(store.set_status(&receipt, Status::Planned, "", "lin", None).await.unwrap());
    store.log_searches(&[SearchRecord::new("x".into(), 1, Confidence::Sure, Lang::default())]).await.unwrap();
}

#[tokio::test]
async fn opening_one_new_file_from_two_sides_at_once_succeeds() {
    let place = Place::sqlite();
    let (a, b) = tokio::join!(Store::open(&place.url), Store::open(&place.url));
    let feedback = a.unwrap().insert(&said("a/b", 1, Vote::Yes)).await.unwrap();
    assert!(b.unwrap().receipt(&feedback.receipt).await.unwrap().is_some());
}

#[tokio::test]
async fn a_backup_taken_while_serving_comes_back_whole() {
    let place = Place::sqlite();
    let store = place.open().await;
    let before = store.insert(&said("a/b", 1, Vote::No)).await.unwrap();
    let copy = place.folder.path().join("copy.db");
    std::fs::write(&copy, "an older copy").unwrap();
    let serving = async {
        for _ in 0..50 {
            store.insert(&said("busy", 1, Vote::Yes)).await.unwrap();
        }
    };
    tokio::join!(async { store.backup(&copy).await.unwrap() }, serving);
    let after = store.insert(&said("a/b", 1, Vote::No)).await.unwrap();

    let refused = Store::restore(&copy, &place.url).await.unwrap_err();
    assert!(matches!(refused, Error::InUse), "{refused:?}");
    assert_eq!(refused.retry(), Retry::Helps);
    store.close().await;
    drop(store);
    Store::restore(&copy, &place.url).await.unwrap();
    let store = place.open().await;
    assert_eq!(store.receipt(&before.receipt).await.unwrap(), Some(before));
    assert_eq!(store.receipt(&after.receipt).await.unwrap(), None);

    let elsewhere = place.folder.path().join("another/wenqu.db");
    Store::restore(&copy, elsewhere.to_str().unwrap()).await.unwrap();
    let elsewhere = Store::open(elsewhere.to_str().unwrap()).await.unwrap();
    let about = FeedbackFilter { article: Some(article("a/b")), ..FeedbackFilter::default() };
    assert_eq!(elsewhere.count(&about).await.unwrap(), 1);
}

#[tokio::test]
async fn a_foreign_damaged_or_newer_file_is_no_backup() {
    let place = Place::sqlite();
    let store = place.open().await;
    let kept = store.insert(&said("a/b", 1, Vote::No)).await.unwrap();
    let copy = place.folder.path().join("copy.db");
    store.backup(&copy).await.unwrap();
    store.close().await;
    drop(store);

    let file = |name: &str| place.folder.path().join(name);
    std::fs::write(file("text"), "not a database").unwrap();
    sqlite(&file("foreign"), "CREATE TABLE feedback (id TEXT)").await;
    std::fs::copy(&copy, file("newer")).unwrap();
    sqlite(&file("newer"), "INSERT INTO _sqlx_migrations VALUES (9999, 'later', '2030-01-01', TRUE, x'00', 1)").await;
    let mut bytes = std::fs::read(&copy).unwrap();
    let half = bytes.len() / 2;
    bytes[half..].fill(0x55);
    std::fs::write(file("damaged"), bytes).unwrap();
    for name in ["text", "foreign", "newer", "damaged", "absent"] {
        let refused = Store::restore(&file(name), &place.url).await.unwrap_err();
        assert!(matches!(refused, Error::BadBackup(_) | Error::Broken(_) | Error::Damaged(_)), "{name}: {refused:?}");
    }
    let store = place.open().await;
    assert!(store.receipt(&kept.receipt).await.unwrap().is_some(), "a refused backup leaves the database alone");
    let leftovers = std::fs::read_dir(place.folder.path().join("new/folder")).unwrap();
    assert!(leftovers.flatten().all(|entry| !entry.file_name().to_string_lossy().contains("part")));
}

async fn sqlite(path: &std::path::Path, sql: &'static str) {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).create_if_missing(true);
    let mut file = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    file.execute(sql).await.unwrap();
    file.close().await.unwrap();
}

#[tokio::test]
async fn failures_say_whether_a_retry_helps() {
    let check = |url: String, retry: Retry| async move {
        let error = Store::open(&url).await.unwrap_err();
        assert_eq!(error.retry(), retry, "{url}: {error:?}");
    };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("text.db"), "plain text, and more than the header of a database file is long")
        .unwrap();
    check("mysql://localhost/x".into(), Retry::Hopeless).await;
    check(String::new(), Retry::Hopeless).await;
    check(folder.path().join("text.db").display().to_string(), Retry::Hopeless).await;
    check(folder.path().join("text.db/below").display().to_string(), Retry::Hopeless).await;
    check("postgres://nobody@127.0.0.1:1/none".into(), Retry::Helps).await;

    // A table is gone: nothing that waiting mends.
    let place = Place::sqlite();
    let store = place.open().await;
    let path = place.folder.path().join("new/folder/wenqu.db");
    sqlite(&path, "DROP TABLE feedback_events").await;
    sqlite(&path, "DROP TABLE feedback").await;
    let error = store.insert(&said("a/b", 1, Vote::No)).await.unwrap_err();
    assert!(matches!(error, Error::Broken(_)), "{error:?}");
    assert_eq!((error.retry(), error.to_string().as_str()), (Retry::Hopeless, "the database failed"));
}

#[tokio::test]
async fn a_memory_database_works_but_takes_no_backup() {
    let store = Store::open("sqlite::memory:").await.unwrap();
    let feedback = store.insert(&said("a/b", 1, Vote::No)).await.unwrap();
    assert!(store.receipt(&feedback.receipt).await.unwrap().is_some());
    let refused = store.backup(std::path::Path::new("/nowhere")).await.unwrap_err();
    assert!(matches!(refused, Error::SqliteOnly));
}
