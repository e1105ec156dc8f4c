//! The ranking job: reads feedback, votes and the search log in pages, makes proposals of them and
//! keeps them ranked by readers affected × severity × the lower end of the Wilson interval.
//!
//! It runs in the background every few minutes. What it holds is bounded by constants here and in
//! `groups` and `learn`, not by the number of rows.

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, Timestamp};

use super::figures::Figures;
use super::ground::Ground;
use super::groups::{Cluster, Comments, Group, cluster};
use super::learn::{Reformulations, compounds, patch};
use super::wilson::wilson;
use crate::domain::{
    Article, ArticleId, Concern, Evidence, Level, Proposal, ProposalId, ProposalKind, ProposalState, Severity, Status,
    Vote,
};
use crate::store::{Error, FeedbackFilter, ProposalFilter, RevisionVotes, SearchFilter, Store};

/// Days of feedback and of searches that are looked at.
const FEEDBACK_DAYS: i64 = 180;
const SEARCH_DAYS: i64 = 30;
/// Rows read at a time.
const PAGE: u32 = 1_000;
/// Distinct queries looked at, the most frequent first.
const QUERIES_MAX: u32 = 20_000;
/// Searches read for reformulations, the latest.
const LEARN_ROWS_MAX: u64 = 500_000;
/// Proposals kept: beyond it nobody reads.
const PROPOSALS_MAX: usize = 2_000;
/// Queries of one kind that become proposals.
const CLUSTERS_MAX: usize = 300;
/// Readers who must have said or met the same before it is worth a line.
const COMMENTS_MIN: u64 = 2;
const NO_VOTES_MIN: u64 = 3;
const NO_RESULT_MIN: u64 = 3;
const UNOPENED_MIN: u64 = 10;
/// Lower end of the share of "no" below which an article is fine.
const NO_SHARE_MIN: f64 = 0.1;
/// Places told for one file.
const PLACES_MAX: usize = 20;
/// Words that mean that funds are in danger, in queries that lead to no article.
const DANGER: &[&str] = &["盗", "骗", "诈", "泄露", "洩露", "钓鱼", "釣魚", "stolen", "scam", "hack", "phish"];

/// What one run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ran {
    /// Proposals found.
    pub proposals: usize,
    /// Feedback rows read.
    pub feedback: u64,
    /// Searches read one by one.
    pub searches: u64,
}

/// How much a proposal weighs: the article's severity times what is at stake.
fn weight(severity: Severity, concern: Concern) -> f64 {
    let article = match severity {
        Severity::Urgent => 4.0,
        Severity::High => 2.0,
        Severity::Normal => 1.0,
    };
    let stake = match concern {
        Concern::FundSafety => 8.0,
        Concern::Account => 4.0,
        Concern::Transaction => 2.0,
        Concern::Other => 1.0,
    };
    article * stake
}

/// Counts everything anew and keeps it.
///
/// # Errors
/// When the database fails; what was kept before stays.
pub async fn rank(store: &Store, ground: &dyn Ground, now: Timestamp) -> Result<Ran, Error> {
    let votes = Votes::of(store.votes_by_article().await?, ground);
    let (groups, feedback) = groups(store, ground, now).await?;
    let filter = SearchFilter { since: Some(ago(now, SEARCH_DAYS)), until: None };
    let counts = store.query_counts(&filter, QUERIES_MAX).await?;
    let days = store.searches_by_day(&filter).await?;
    let opened: HashMap<ArticleId, u64> = store.opened_counts(&filter).await?.into_iter().collect();
    let (again, searches) = reformulations(store, now).await?;

    let mut maker = Maker { ground, votes: &votes, opened: &opened, now, found: Vec::new(), said: Vec::new() };
    for group in groups {
        maker.comments(group);
    }
    maker.votes();
    let clusters = cluster(&counts, ground.lexicon());
    maker.clusters(&clusters);
    maker.overdue();
    maker.faults();
    let (mut found, said) = (maker.found, maker.said);
    with_merged(store, &mut found).await?;
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.id.cmp(&b.id)));
    found.truncate(PROPOSALS_MAX);

    let synonyms = again.learned(ground.lexicon());
    let words = compounds(&counts, ground.lexicon());
    let mut figures = Figures::of(store, ground, &votes, now).await?;
    figures.searches = days.iter().map(|d| (d.day, d.asked, d.nothing, d.opened)).collect();
    figures.queries(&counts);
    figures.patch = patch(&synonyms, &words, ground.words(), date(now));
    figures.learned = synonyms.into_iter().chain(words).collect();
    store.keep_proposals(&found, now).await?;
    reopen(store, &said, now).await?;
    figures.keep(store, now).await?;
    Ok(Ran { proposals: found.len(), feedback, searches })
}

pub(super) fn ago(now: Timestamp, days: i64) -> Timestamp {
    now - SignedDuration::from_hours(24 * days)
}

pub(super) fn date(now: Timestamp) -> jiff::civil::Date {
    now.to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// Votes of each article: on its present state, and on the earlier ones.
#[derive(Debug, Default)]
pub(super) struct Votes {
    counts: BTreeMap<ArticleId, [(u64, u64); 2]>,
    /// When the first vote on the present state came.
    first: HashMap<ArticleId, Timestamp>,
}

impl Votes {
    fn of(rows: Vec<RevisionVotes>, ground: &dyn Ground) -> Self {
        let mut votes = Self::default();
        for row in rows {
            let present = ground.library().article(&row.article).is_some_and(|a| a.revision == row.revision);
            if present {
                votes.first.insert(row.article.clone(), row.first);
            }
            let place = &mut votes.counts.entry(row.article).or_default()[usize::from(!present)];
            place.0 += row.yes;
            place.1 += row.no;
        }
        votes
    }

    pub(super) fn present(&self, id: &ArticleId) -> (u64, u64) {
        self.counts.get(id).map_or((0, 0), |[present, _]| *present)
    }

    fn earlier(&self, id: &ArticleId) -> (u64, u64) {
        self.counts.get(id).map_or((0, 0), |[_, earlier]| *earlier)
    }

    fn all(&self, id: &ArticleId) -> u64 {
        let ((a, b), (c, d)) = (self.present(id), self.earlier(id));
        a + b + c + d
    }
}

/// Feedback with words or a reason, put together.
async fn groups(store: &Store, ground: &dyn Ground, now: Timestamp) -> Result<(Vec<Group>, u64), Error> {
    let filter = FeedbackFilter { since: Some(ago(now, FEEDBACK_DAYS)), ..FeedbackFilter::default() };
    let (mut comments, mut after, mut rows) = (Comments::default(), None, 0);
    loop {
        let page = store.feedback(&filter, after.as_ref(), PAGE).await?;
        rows += page.len() as u64;
        for one in page.iter().filter(|one| one.status != Status::Withdrawn && one.said.vote != Some(Vote::Yes)) {
            // An article that is gone takes no more improvement.
            if one.said.subject.article().is_none_or(|id| ground.library().article(id).is_some()) {
                comments.add(one, ground.lexicon());
            }
        }
        match page.last() {
            Some(last) if page.len() == PAGE as usize => after = Some(last.id.clone()),
            _ => return Ok((comments.into_groups().collect(), rows)),
        }
    }
}

async fn reformulations(store: &Store, now: Timestamp) -> Result<(Reformulations, u64), Error> {
    let filter = SearchFilter { since: Some(ago(now, SEARCH_DAYS)), until: None };
    let (mut again, mut after, mut rows) = (Reformulations::default(), None, 0);
    while rows < LEARN_ROWS_MAX {
        let page = store.searches(&filter, after.as_ref(), PAGE).await?;
        rows += page.len() as u64;
        for search in &page {
            again.add(search);
        }
        match page.last() {
            Some(last) if page.len() == PAGE as usize => after = Some(last.id.clone()),
            _ => break,
        }
    }
    Ok((again, rows))
}

/// Opens again what is settled but said once more since.
async fn reopen(store: &Store, said: &[(ProposalId, Timestamp)], now: Timestamp) -> Result<(), Error> {
    let settled: HashMap<ProposalId, Timestamp> = store.settled_proposals().await?.into_iter().collect();
    for (id, at) in said {
        if settled.get(id).is_some_and(|since| at > since) {
            store.reopen_proposal(id, now).await?;
        }
    }
    Ok(())
}

/// What was merged counts for the one that stands for it.
async fn with_merged(store: &Store, found: &mut [Proposal]) -> Result<(), Error> {
    let filter = ProposalFilter { state: Some(ProposalState::Merged), ..ProposalFilter::default() };
    for merged in store.proposals(&filter, None, PROPOSALS_MAX as u32).await? {
        let Some((readers, of)) = found.iter().find(|one| one.id == merged.id).map(|one| (one.readers, one.of)) else {
            continue;
        };
        if let Some(into) = found.iter_mut().find(|one| Some(&one.id) == merged.merged_into.as_ref()) {
            into.readers += readers;
            into.of += of;
            into.share = wilson(into.readers, into.of);
            into.score = into.readers as f64 * weight(into.severity, into.concern) * into.share.0;
        }
    }
    Ok(())
}

struct Maker<'a> {
    ground: &'a dyn Ground,
    votes: &'a Votes,
    opened: &'a HashMap<ArticleId, u64>,
    now: Timestamp,
    found: Vec<Proposal>,
    /// When readers last said so in their own words or votes, for proposals made of those.
    said: Vec<(ProposalId, Timestamp)>,
}

/// What differs between proposals.
struct Draft {
    kind: ProposalKind,
    key: String,
    title: String,
    evidence: Evidence,
    readers: u64,
    of: u64,
}

impl Maker<'_> {
    fn push(&mut self, draft: Draft, article: Option<&Article>) {
        let Draft { kind, key, title, mut evidence, readers, of } = draft;
        let severity = article.map_or(Severity::Normal, |a| a.severity);
        let danger = || DANGER.iter().any(|word| title.contains(word));
        let concern = match article {
            Some(article) => Concern::of_folder(article.category.as_str(), severity),
            None if danger() => Concern::FundSafety,
            None => Concern::Other,
        };
        let id = article.map(|a| &a.id);
        if let Some(id) = id {
            evidence.present = self.votes.present(id);
            evidence.earlier = self.votes.earlier(id);
        }
        let share = wilson(readers, of);
        self.found.push(Proposal {
            id: ProposalId::of(kind, id, &key),
            kind,
            title,
            article: id.cloned(),
            path: article.map(|a| a.path.clone()).unwrap_or_default(),
            evidence,
            severity,
            concern,
            readers,
            of,
            share,
            score: readers as f64 * weight(severity, concern) * share.0,
            state: ProposalState::Open,
            merged_into: None,
            note: String::new(),
            first: self.now,
            seen: self.now,
            changed: self.now,
        });
    }

    fn comments(&mut self, group: Group) {
        let ground = self.ground;
        let article = group.article.as_ref().and_then(|id| ground.library().article(id)).map(AsRef::as_ref);
        let reason = group.reason.map_or("", |reason| reason.as_str()).to_owned();
        let words = group.shared();
        let evidence = Evidence { reason, words, receipts: group.receipts, ..Evidence::default() };
        let (kind, title, of) = match article {
            // What was settled and is said again is worth a line at once.
            Some(_) if group.count + group.settled.min(1) < COMMENTS_MIN => return,
            Some(a) => (ProposalKind::Comments, a.title.clone(), self.votes.all(&a.id).max(group.count)),
            // The desk shows the first comment where no search led to it.
            None => (ProposalKind::Missing, group.query, group.count),
        };
        self.push(Draft { kind, key: group.key, title, evidence, readers: group.count, of }, article);
        self.said.extend(self.found.last().map(|one| (one.id.clone(), group.latest)));
    }

    fn votes(&mut self) {
        let ground = self.ground;
        for article in ground.library().articles() {
            let (yes, no) = self.votes.present(&article.id);
            if no >= NO_VOTES_MIN && wilson(no, yes + no).0 >= NO_SHARE_MIN {
                let title = article.title.clone();
                let (kind, key, evidence) = (ProposalKind::Votes, String::new(), Evidence::default());
                self.push(Draft { kind, key, title, evidence, readers: no, of: yes + no }, Some(article));
                // Votes on a state that was there when it was settled are no news.
                let first = self.votes.first.get(&article.id).copied().unwrap_or_default();
                self.said.extend(self.found.last().map(|one| (one.id.clone(), first)));
            }
        }
    }

    fn clusters(&mut self, clusters: &[Cluster]) {
        let ground = self.ground;
        let found: u64 = clusters.iter().map(|c| c.asked - c.nothing).sum();
        let opened: u64 = clusters.iter().map(|c| c.opened).sum();
        // Where nothing was ever opened, opening is not recorded, and says nothing.
        let unopened = if opened == 0 { 1.0 } else { (found - opened.min(found)) as f64 / found.max(1) as f64 };
        let draft = |kind, c: &Cluster, readers, of| Draft {
            kind,
            key: c.key.clone(),
            title: c.queries.first().map(|q| q.query.clone()).unwrap_or_default(),
            evidence: Evidence { queries: c.queries.clone(), ..Evidence::default() },
            readers,
            of,
        };
        let nothing = |c: &&Cluster| c.nothing >= NO_RESULT_MIN && c.nothing * 2 >= c.asked;
        for c in clusters.iter().filter(nothing).take(CLUSTERS_MAX) {
            self.push(draft(ProposalKind::NoResult, c, c.nothing, c.asked), None);
        }
        let ignored = |c: &&Cluster| {
            let of = c.asked - c.nothing;
            let left = of - c.opened.min(of);
            !nothing(c) && left >= UNOPENED_MIN && wilson(left, of).0 > unopened
        };
        for c in clusters.iter().filter(ignored).take(CLUSTERS_MAX) {
            let of = c.asked - c.nothing;
            let draft = draft(ProposalKind::LowClick, c, of - c.opened.min(of), of);
            let article = ground.answer(&draft.title);
            let article = article.as_ref().and_then(|id| ground.library().article(id));
            self.push(draft, article.map(AsRef::as_ref));
        }
    }

    /// Readers who have met an article: those who opened it from a search, or voted.
    fn met(&self, id: &ArticleId) -> u64 {
        (self.opened.get(id).copied().unwrap_or_default() + self.votes.all(id)).max(1)
    }

    fn overdue(&mut self) {
        let (ground, today) = (self.ground, date(self.now));
        for article in ground.library().articles() {
            let Some(day) = article.review_by.filter(|day| *day < today) else { continue };
            let met = self.met(&article.id);
            let evidence =
                Evidence { places: vec![format!("{}: review_by {day}", article.path)], ..Evidence::default() };
            let (kind, key, title) = (ProposalKind::Overdue, String::new(), article.title.clone());
            self.push(Draft { kind, key, title, evidence, readers: met, of: met }, Some(article));
        }
    }

    fn faults(&mut self) {
        let ground = self.ground;
        let mut files: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for problem in ground.problems().iter().filter(|p| p.rule.level == Level::Error) {
            let places = files.entry(&problem.path).or_default();
            if places.len() < PLACES_MAX {
                places.push(format!("{}:{}: {}", problem.path, problem.line.max(1), problem.message));
            }
        }
        for (path, places) in files {
            let article = ground.library().articles().iter().find(|a| a.path == path);
            let met = article.map_or(1, |a| self.met(&a.id));
            let title = article.map_or_else(|| path.to_owned(), |a| a.title.clone());
            let evidence = Evidence { places, ..Evidence::default() };
            let draft =
                Draft { kind: ProposalKind::Fault, key: path.to_owned(), title, evidence, readers: met, of: met };
            self.push(draft, article.map(AsRef::as_ref));
            if let Some(last) = self.found.last_mut() {
                path.clone_into(&mut last.path);
            }
        }
    }
}
