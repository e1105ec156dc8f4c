//! Puts together what readers said in the same way: comments of one reason, else of overlapping
//! words; queries of the same words that carry meaning.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;

use crate::domain::{ArticleId, Feedback, QueryEvidence, Reason, Status};
use crate::store::QueryCount;
use crate::text::{GramKind, Lexicon, Question, fold, grams};

/// Receipts named for one group; the desk shows the first few, closing reaches them all.
const RECEIPTS_MAX: usize = 500;
/// Groups by words for one article: each new comment is compared with all of them.
const GROUPS_MAX: usize = 200;
/// Groups in all, which bounds the memory of the job.
const ALL_GROUPS_MAX: usize = 20_000;
/// Share of the smaller comment's grams that must be common, and how many at least. Tried on the
/// sample articles' comments: below it, comments meet by 钱包 alone.
const OVERLAP: f64 = 0.5;
const COMMON_MIN: usize = 2;
/// Words counted for one group, and words told.
const WORDS_MAX: usize = 200;
const TOLD_MAX: usize = 6;
/// Queries shown as evidence.
const QUERIES_MAX: usize = 8;

/// Comments that say the same about one article, or about what is missing.
#[derive(Debug, Default)]
pub struct Group {
    /// The article; none for what is missing.
    pub article: Option<ArticleId>,
    /// What makes its id: the reason's word, else the first receipt.
    pub key: String,
    /// The reason, if all share one.
    pub reason: Option<Reason>,
    /// Receipts, newest first.
    pub receipts: Vec<String>,
    /// How many there are.
    pub count: u64,
    /// How many of the same were settled before: they count no more, but say that it comes again.
    pub settled: u64,
    /// When the latest one arrived that is not settled.
    pub latest: Timestamp,
    /// The search that led to the first.
    pub query: String,
    grams: HashSet<u64>,
    words: HashMap<String, u32>,
}

impl Group {
    /// Words that at least half of them hold, the most frequent first; none for a single comment,
    /// whose words are the reader's own.
    pub fn shared(&self) -> Vec<String> {
        let mut words: Vec<_> =
            self.words.iter().filter(|(_, n)| u64::from(**n) * 2 >= self.count && **n > 1).collect();
        words.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
        words.into_iter().take(TOLD_MAX).map(|(word, _)| word.clone()).collect()
    }

    fn add(&mut self, feedback: &Feedback, words: HashSet<String>) {
        if !is_open(feedback.status) {
            self.settled += 1;
            return;
        }
        self.count += 1;
        self.latest = self.latest.max(feedback.created);
        self.receipts.insert(0, feedback.receipt.as_str().to_owned());
        self.receipts.truncate(RECEIPTS_MAX);
        for word in words {
            if self.words.len() < WORDS_MAX || self.words.contains_key(&word) {
                *self.words.entry(word).or_default() += 1;
            }
        }
    }
}

/// Comments by article and by what they say.
#[derive(Debug, Default)]
pub struct Comments {
    groups: BTreeMap<Option<ArticleId>, Vec<Group>>,
    all: usize,
}

impl Comments {
    /// Adds one; to be called in order of arrival, so that groups keep their first comment. Settled
    /// ones are added too: what is said again finds the group, and the suggestion, it was said in.
    pub fn add(&mut self, feedback: &Feedback, lexicon: &Lexicon) {
        let said = &feedback.said;
        let reason = said.reason.filter(|reason| *reason != Reason::Other);
        if reason.is_none() && said.comment.is_empty() {
            return;
        }
        let text = std::iter::once(&said.comment).chain(&feedback.added).map(String::as_str).collect::<Vec<_>>();
        let (words, shape) = shape(&text.join("\n"), lexicon);
        let article = said.subject.article().cloned();
        let groups = self.groups.entry(article.clone()).or_default();
        let same = |group: &&mut Group| match reason {
            Some(_) => group.reason == reason,
            None => group.reason.is_none() && overlaps(&group.grams, &shape),
        };
        if let Some(group) = groups.iter_mut().find(|group| same(group)) {
            group.add(feedback, words);
        } else if groups.len() < GROUPS_MAX && self.all < ALL_GROUPS_MAX {
            self.all += 1;
            let key = reason.map_or_else(|| feedback.receipt.as_str().to_owned(), |r| r.as_str().to_owned());
            let query = said.query.clone();
            let mut group = Group { article, key, reason, query, grams: shape, ..Group::default() };
            group.add(feedback, words);
            groups.push(group);
        }
    }

    /// All groups with something that is not settled.
    pub fn into_groups(self) -> impl Iterator<Item = Group> {
        self.groups.into_values().flatten().filter(|group| group.count > 0)
    }
}

/// Whether feedback still waits for an answer.
fn is_open(status: Status) -> bool {
    matches!(status, Status::Received | Status::InReview | Status::Planned)
}

/// Words that carry meaning, and hashes of their grams.
fn shape(text: &str, lexicon: &Lexicon) -> (HashSet<String>, HashSet<u64>) {
    let question = Question::parse(text, lexicon);
    let words: HashSet<String> =
        question.content().map(|part| part.text.clone()).filter(|word| word.chars().count() > 1).collect();
    let mut shape = HashSet::new();
    for word in &words {
        grams(&fold(word), lexicon, |gram| {
            if gram.kind != GramKind::Character {
                shape.insert(hash(gram.text));
            }
        });
    }
    (words, shape)
}

fn overlaps(a: &HashSet<u64>, b: &HashSet<u64>) -> bool {
    let common = a.intersection(b).count();
    let smaller = a.len().min(b.len());
    common >= COMMON_MIN.min(smaller.max(1)) && common as f64 >= OVERLAP * smaller as f64
}

fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// Queries with the same words that carry meaning.
#[derive(Debug, Default)]
pub struct Cluster {
    /// The words, in order of their characters.
    pub key: String,
    /// The most frequent queries.
    pub queries: Vec<QueryEvidence>,
    /// Times asked, nothing found, an article opened.
    pub asked: u64,
    /// Times nothing was found.
    pub nothing: u64,
    /// Times an article was opened.
    pub opened: u64,
}

/// Groups queries; those that hold nothing but filler are left out.
pub fn cluster(counts: &[QueryCount], lexicon: &Lexicon) -> Vec<Cluster> {
    let mut clusters: HashMap<String, Cluster> = HashMap::new();
    for one in counts {
        let question = Question::parse(&one.query, lexicon);
        let mut words: Vec<&str> = question.content().map(|part| part.text.as_str()).collect();
        if words.is_empty() {
            continue;
        }
        words.sort_unstable();
        words.dedup();
        let cluster = clusters.entry(words.join(" ")).or_default();
        cluster.asked += one.asked;
        cluster.nothing += one.nothing;
        cluster.opened += one.opened;
        if cluster.queries.len() < QUERIES_MAX {
            let QueryCount { query, asked, nothing, opened, .. } = one.clone();
            cluster.queries.push(QueryEvidence { query, asked, nothing, opened });
        }
    }
    let mut clusters: Vec<Cluster> = clusters.into_iter().map(|(key, cluster)| Cluster { key, ..cluster }).collect();
    clusters.sort_by(|a, b| b.asked.cmp(&a.asked).then_with(|| a.key.cmp(&b.key)));
    clusters
}
