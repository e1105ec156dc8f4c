//! The ranking job on a small library: what becomes a suggestion, in which order, and what closes it.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::domain::{
    Article, ArticleId, Confidence, Feedback, Lang, Library, NewFeedback, Problem, ProposalKind, ProposalState, Reason,
    Receipt, Revision, Rule, Severity, Site, Status, Subject, Vote,
};
use crate::store::{ProposalFilter, SearchRecord, Store, id_at};
use crate::text::Lexicon;

struct Shelf {
    library: Library,
    problems: Vec<Problem>,
    lexicon: Arc<Lexicon>,
}

impl Ground for Shelf {
    fn library(&self) -> &Library {
        &self.library
    }
    fn problems(&self) -> &[Problem] {
        &self.problems
    }
    fn lexicon(&self) -> &Lexicon {
        &self.lexicon
    }
    fn words(&self) -> (&str, &str) {
        ("# 同义词\n甲, 乙\n", "")
    }
    fn answer(&self, _query: &str) -> Option<ArticleId> {
        Some(id("app/crash"))
    }
}

fn id(text: &str) -> ArticleId {
    ArticleId::parse(text).unwrap()
}

fn now() -> Timestamp {
    Timestamp::from_second(1_790_000_000).unwrap()
}

fn shelf() -> Shelf {
    let article = |path: &str, severity| {
        Arc::new(Article {
            id: id(path),
            title: format!("文章 {path}"),
            category: crate::domain::CategoryId::parse(id(path).folder()).unwrap(),
            severity,
            revision: Revision(2),
            path: format!("{path}.md"),
            review_by: (path == "app/crash").then(|| jiff::civil::date(2026, 1, 1)),
            ..Article::default()
        })
    };
    let articles = vec![article("app/crash", Severity::Normal), article("security/stolen", Severity::Urgent)];
    Shelf {
        library: Library::new(Site::default(), articles, Vec::new()),
        problems: vec![Problem::new(Rule::LINK_BROKEN, "app/crash.md", 7, "链接坏了")],
        lexicon: Lexicon::builtin(),
    }
}

/// Feedback of `seconds` ago.
fn given(n: u8, subject: Subject, vote: Option<Vote>, reason: Option<Reason>, comment: &str, query: &str) -> Feedback {
    let at = now() - SignedDuration::from_secs(1_000 - i64::from(n));
    let said = NewFeedback {
        subject,
        vote,
        reason,
        comment: comment.to_owned(),
        contact: String::new(),
        query: query.to_owned(),
        lang: Lang::default(),
    };
    Feedback {
        id: id_at(at),
        receipt: Receipt::from_random([n; 10]),
        said,
        created: at,
        changed: at,
        added: Vec::new(),
        status: Status::Received,
        reply: String::new(),
        change: None,
    }
}

async fn filled() -> Store {
    let store = Store::open("sqlite::memory:").await.unwrap();
    let about = |path, revision| Subject::Article(id(path), Revision(revision));
    let no = Some(Vote::No);
    let mut rows = Vec::new();
    for n in 0..4 {
        rows.push(given(n, about("security/stolen", 2), no, Some(Reason::StepsFail), "按步骤做不成功", ""));
        rows.push(given(10 + n, about("app/crash", 2), no, Some(Reason::StepsFail), "闪退没有解决", ""));
        rows.push(given(20 + n, about("app/crash", 1), Some(Vote::Yes), None, "谢谢", ""));
    }
    rows.push(given(30, about("app/crash", 2), no, None, "清除缓存之后还是闪退", ""));
    rows.push(given(31, about("app/crash", 2), no, None, "清除缓存也没有用，一直闪退", ""));
    rows.push(given(32, about("app/crash", 2), no, None, "字体太小看不清", ""));
    rows.push(given(33, Subject::Site, None, None, "请写一篇质押教程", "怎么质押"));
    store.import(&rows).await.unwrap();
    let search = |n: i64, query: &str, total, opened: Option<&str>| {
        let at = now() - SignedDuration::from_secs(86_400 - n);
        SearchRecord {
            id: id_at(at),
            at,
            query: query.to_owned(),
            total,
            confidence: if total == 0 { Confidence::Nothing } else { Confidence::Sure },
            lang: Lang::default(),
            opened: opened.map(id),
            helped: None,
        }
    };
    let mut log = Vec::new();
    for n in 0..6 {
        log.push(search(n * 1_000, "被盗 能追回吗", 0, None));
        log.push(search(n * 1_000 + 300, "foobar 失败", 3, None));
        log.push(search(n * 1_000 + 320, "提现 失败", 3, Some("app/crash")));
        log.push(search(n * 1_000 + 600, "应用 闪退", 3, Some("app/crash")));
    }
    for n in 0..40 {
        log.push(search(10_000 + n * 200, "矿工费 是什么", 5, None));
    }
    store.log_searches(&log).await.unwrap();
    store
}

async fn all(store: &Store) -> Vec<crate::domain::Proposal> {
    store.proposals(&ProposalFilter::default(), None, 100).await.unwrap()
}

#[tokio::test]
async fn suggestions_are_made_of_what_readers_said_and_searched() {
    let store = filled().await;
    let ran = rank(&store, &shelf(), now()).await.unwrap();
    assert_eq!((ran.feedback, ran.searches), (16, 64));
    let found = all(&store).await;
    let of = |kind| found.iter().filter(|p| p.kind == kind).collect::<Vec<_>>();
    for kind in ProposalKind::ALL {
        assert!(!of(*kind).is_empty(), "{kind:?}");
    }
    let comments = of(ProposalKind::Comments);
    assert_eq!(comments.len(), 3, "two reasons, and one pair with overlapping words: {comments:?}");
    let pair = comments.iter().find(|p| p.evidence.reason.is_empty()).unwrap();
    assert_eq!(pair.evidence.receipts.len(), 2);
    assert!(pair.evidence.words.iter().any(|w| w == "闪退"), "{:?}", pair.evidence.words);
    let votes = of(ProposalKind::Votes);
    let crash = votes.iter().find(|p| p.article == Some(id("app/crash"))).unwrap();
    assert_eq!((crash.evidence.present, crash.evidence.earlier), ((0, 7), (4, 0)), "the present state apart");
    assert_eq!(of(ProposalKind::Missing)[0].title, "怎么质押");
    assert!(of(ProposalKind::NoResult)[0].title.contains("被盗"));
    assert!(of(ProposalKind::LowClick)[0].title.contains("矿工费"));
    assert_eq!(of(ProposalKind::Fault)[0].evidence.places, ["app/crash.md:7: 链接坏了"]);
    let funds = found.iter().position(|p| p.article == Some(id("security/stolen"))).unwrap();
    let other = found.iter().position(|p| p.kind == ProposalKind::Comments && p.article == Some(id("app/crash")));
    assert!(funds < other.unwrap(), "as many readers, but funds are at stake");
    assert!(found.is_sorted_by(|a, b| a.score >= b.score));
}

#[tokio::test]
async fn figures_tell_satisfaction_and_what_was_learned() {
    let store = filled().await;
    rank(&store, &shelf(), now()).await.unwrap();
    let (figures, at) = Figures::read(&store).await.unwrap().unwrap();
    assert_eq!(at, now());
    assert_eq!(
        figures.days.iter().map(|(_, yes, no)| (*yes, *no)).fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1)),
        (4, 11)
    );
    assert_eq!(figures.worst[0].no, 7);
    assert!(figures.failing[0].query.contains("被盗"));
    let learned = figures.learned.iter().find(|l| l.from == "foobar").expect("readers went on to 提现");
    assert_eq!((learned.to.as_str(), learned.times), ("提现", 6));
    assert!(
        figures.patch.contains("--- a/search/synonyms.txt\n+++ b/search/synonyms.txt\n@@ -1,2 +1,4 @@\n # 同义词\n")
    );
    assert!(figures.patch.contains("\n+foobar => 提现\n"), "{}", figures.patch);
}

#[tokio::test]
async fn a_commit_closes_what_it_names_and_readers_see_the_change() {
    let store = filled().await;
    rank(&store, &shelf(), now()).await.unwrap();
    let found = all(&store).await;
    let group = found.iter().find(|p| p.article == Some(id("security/stolen")) && p.kind == ProposalKind::Comments);
    let group = group.unwrap();
    let told = decide(&store, &group.id, ProposalState::Planned, None, "下周改好", "lin").await.unwrap();
    assert_eq!(told, Some(4));
    let receipt = Receipt::from_random([0; 10]);
    assert_eq!(store.receipt(&receipt).await.unwrap().unwrap().status, Status::Planned);

    let missing = Receipt::from_random([33; 10]);
    let commit = Commit {
        id: "1234abcd".into(),
        title: "写清追回的步骤".into(),
        at: now(),
        changed: vec![(id("app/crash"), Revision(9)), (id("security/stolen"), Revision(5))],
    };
    let names = [group.id.as_str(), missing.as_str(), "S-0000000000", "什么"];
    let closed = close(&store, &names, &commit).await.unwrap();
    assert_eq!((closed.proposals, closed.receipts, closed.unknown.len()), (1, 5, 2));
    let feedback = store.receipt(&receipt).await.unwrap().unwrap();
    let change = feedback.change.unwrap();
    assert_eq!((feedback.status, feedback.reply.as_str()), (Status::Done, "下周改好"));
    assert_eq!(
        (change.article, change.commit.as_str(), change.title.as_str()),
        (Some((id("security/stolen"), Revision(5))), "1234abcd", "写清追回的步骤")
    );
    assert_eq!(close(&store, &names, &commit).await.unwrap(), Closed::default(), "a commit closes once");
    let site = store.receipt(&missing).await.unwrap().unwrap();
    assert_eq!(site.change.unwrap().article.unwrap().0, id("app/crash"), "a new article answers what was missing");

    rank(&store, &shelf(), now() + SignedDuration::from_secs(60)).await.unwrap();
    let kept = store.proposal(&group.id).await.unwrap().unwrap();
    assert_eq!(kept.state, ProposalState::Done, "counted anew, a decision stays");
}

#[tokio::test]
async fn what_is_said_again_is_opened_again_with_its_history() {
    let store = filled().await;
    rank(&store, &shelf(), now()).await.unwrap();
    let found = all(&store).await;
    let crash = |p: &&crate::domain::Proposal| p.kind == ProposalKind::Comments && p.article == Some(id("app/crash"));
    let pair = found.iter().filter(crash).find(|p| p.evidence.reason.is_empty()).unwrap().clone();
    let reason = found.iter().filter(crash).find(|p| !p.evidence.reason.is_empty()).unwrap().clone();
    let commit = Commit { id: "1234abcd".into(), title: String::new(), at: now(), changed: Vec::new() };
    close(&store, &[pair.id.as_str(), reason.id.as_str()], &commit).await.unwrap();
    let state = async |p: &crate::domain::Proposal| store.proposal(&p.id).await.unwrap().unwrap().state;
    let later = Timestamp::now() + SignedDuration::from_secs(60);
    rank(&store, &shelf(), later).await.unwrap();
    assert_eq!((state(&pair).await, state(&reason).await), (ProposalState::Done, ProposalState::Done));

    let mut again =
        given(60, Subject::Article(id("app/crash"), Revision(2)), Some(Vote::No), None, "清除缓存还是闪退", "");
    (again.created, again.id) = (later, id_at(later));
    store.import(&[again.clone()]).await.unwrap();
    rank(&store, &shelf(), later + SignedDuration::from_secs(60)).await.unwrap();
    assert_eq!((state(&pair).await, state(&reason).await), (ProposalState::Open, ProposalState::Done));
    let opened = store.proposal(&pair.id).await.unwrap().unwrap();
    assert_eq!(opened.evidence.receipts, [again.receipt.as_str()], "those who were answered stay answered");
    let history = store.proposal_history(&pair.id).await.unwrap();
    let steps: Vec<_> = history.iter().map(|e| (e.was, e.became, e.by.as_str())).collect();
    let (open, done) = (ProposalState::Open, ProposalState::Done);
    assert_eq!(steps, [(open, done, "git"), (done, open, "")]);
}

#[tokio::test]
async fn what_is_merged_counts_for_the_other_and_withdrawn_words_go() {
    let store = filled().await;
    rank(&store, &shelf(), now()).await.unwrap();
    let found = all(&store).await;
    let of = |kind| found.iter().find(|p| p.kind == kind && p.article == Some(id("app/crash"))).unwrap();
    let (votes, fault) = (of(ProposalKind::Votes), of(ProposalKind::Fault));
    decide(&store, &votes.id, ProposalState::Merged, Some(&fault.id), "", "lin").await.unwrap();
    for n in [30, 33] {
        store.amend(&Receipt::from_random([n; 10]), crate::domain::Amendment::Withdraw).await.unwrap();
    }
    rank(&store, &shelf(), now() + SignedDuration::from_secs(60)).await.unwrap();
    let after = store.proposal(&fault.id).await.unwrap().unwrap();
    assert_eq!(after.readers, fault.readers - 1 + 6, "a withdrawn vote counts no more");
    let found = all(&store).await;
    assert!(found.iter().all(|p| p.kind != ProposalKind::Missing));
    assert!(found.iter().all(|p| p.kind != ProposalKind::Comments || !p.evidence.reason.is_empty()));
}
