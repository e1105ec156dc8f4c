//! Runs judged queries and sums up.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::domain::{Article, Confidence, Query};
use crate::search::Searcher;

use super::judged::Judged;

/// Hits looked at.
const DEPTH: usize = 10;

/// A query whose answer was not where it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Id of the query.
    pub id: String,
    /// Line of the file, 0 where there is none.
    pub line: usize,
    /// What was typed.
    pub query: String,
    /// What kind of query it is.
    pub kind: String,
    /// What should have been found.
    pub expected: Vec<String>,
    /// What was found, best first, at most three.
    pub found: Vec<String>,
    /// Rank of the first answer, if it is among the first ten.
    pub rank: Option<usize>,
    /// Within how many it should be.
    pub within: usize,
    /// Why it fails, where the editors know that it does; empty otherwise.
    pub known: String,
}

/// Figures of one kind of query.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct KindReport {
    /// Queries that something answers.
    pub queries: usize,
    /// Mean reciprocal rank among the first ten.
    pub mrr_at_10: f64,
    /// Normalised discounted cumulative gain of the first ten.
    pub ndcg_at_10: f64,
    /// Share of the answers that are among the first ten.
    pub recall_at_10: f64,
    /// Share of the queries whose first hit is an answer.
    pub first: f64,
    /// Share of the queries of which it was said that nothing sure was found.
    pub unsure: f64,
}

/// What came of a set.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Over all queries that something answers.
    pub all: KindReport,
    /// By kind, where the set tells; kinds that nothing answers have figures for `unsure` alone.
    pub kinds: BTreeMap<String, KindReport>,
    /// Queries without any hit.
    pub zero_results: usize,
    /// Of the queries that nothing answers, those of which that was said; and how many there are.
    pub none_said: (usize, usize),
    /// Median time of a query.
    pub p50: Duration,
    /// Time that 99 of 100 queries stay under.
    pub p99: Duration,
    /// Queries whose answer was not within its bound.
    pub failures: Vec<Failure>,
    /// Rank of the first answer among the first ten, for each query in the order asked.
    pub ranks: Vec<Option<usize>>,
}

/// One line of a run in TREC format.
#[derive(Debug, Clone, PartialEq)]
pub struct RunLine {
    /// Query id.
    pub query: String,
    /// Article id.
    pub article: String,
    /// Counted from 1.
    pub rank: usize,
    /// The score.
    pub score: f32,
}

/// Asks every query and compares. `progress` is told queries done and to do; `run` receives the
/// ranked lists.
pub fn evaluate(
    searcher: &Searcher,
    judged: &[Judged],
    progress: &dyn Fn(usize, usize),
    run: &mut dyn FnMut(RunLine),
) -> Report {
    let mut report = Report::default();
    let mut times: Vec<Duration> = Vec::with_capacity(judged.len());
    let mut sums: BTreeMap<String, KindReport> = BTreeMap::new();
    for (done, query) in judged.iter().enumerate() {
        progress(done, judged.len());
        let asked = Query { limit: DEPTH as u32, ..Query::of(&query.text) };
        let start = Instant::now();
        let results = searcher.search(&asked);
        times.push(start.elapsed());
        // Copies of a hit are shown with it: they follow it here.
        let shown = results
            .hits
            .iter()
            .flat_map(|hit| [&hit.article].into_iter().chain(&hit.copies).map(|article| (&**article, hit.score)));
        let shown: Vec<(&Article, f32)> = shown.take(DEPTH).collect();
        // A translation of the answer is the answer.
        let found: Vec<String> = (shown.iter())
            .map(|(article, _)| match (&article.translation_of, &article.id) {
                (Some(original), id) if !query.answers.contains_key(id.as_str()) => original.to_string(),
                (_, id) => id.to_string(),
            })
            .collect();
        for (at, (article, score)) in shown.iter().enumerate() {
            run(RunLine { query: query.id.clone(), article: article.id.to_string(), rank: at + 1, score: *score });
        }
        report.zero_results += usize::from(found.is_empty());
        let unsure = results.confidence != Confidence::Sure;
        let kind = sums.entry(query.kind.clone()).or_default();
        kind.unsure += f64::from(u8::from(unsure));
        kind.queries += 1;
        if query.answers.is_empty() {
            report.none_said.0 += usize::from(unsure);
            report.none_said.1 += 1;
            report.ranks.push(None);
            continue;
        }
        let rank = found.iter().position(|id| query.answers.contains_key(id)).map(|at| at + 1);
        report.ranks.push(rank);
        kind.mrr_at_10 += rank.map_or(0.0, |rank| 1.0 / rank as f64);
        kind.first += f64::from(u8::from(rank == Some(1)));
        kind.ndcg_at_10 += ndcg(query, &found);
        let held = found.iter().filter(|id| query.answers.contains_key(*id)).count();
        kind.recall_at_10 += held as f64 / query.answers.len() as f64;
        if rank.is_none_or(|rank| rank > query.within) {
            let mut expected: Vec<String> = query.answers.keys().cloned().collect();
            expected.sort();
            report.failures.push(Failure {
                id: query.id.clone(),
                line: query.line,
                query: query.text.clone(),
                kind: query.kind.clone(),
                expected,
                found: found.into_iter().take(3).collect(),
                rank,
                within: query.within,
                known: query.known.clone(),
            });
        }
    }
    progress(judged.len(), judged.len());
    times.sort_unstable();
    report.p50 = percentile(&times, 50);
    report.p99 = percentile(&times, 99);
    sum_up(&mut report, sums, judged);
    report
}

fn sum_up(report: &mut Report, sums: BTreeMap<String, KindReport>, judged: &[Judged]) {
    let mut all = KindReport::default();
    for (name, sum) in sums {
        let answered = judged.iter().filter(|q| q.kind == name && !q.answers.is_empty()).count();
        let mean = |value: f64, count: usize| if count == 0 { 0.0 } else { value / count as f64 };
        if answered > 0 {
            all.queries += answered;
            all.mrr_at_10 += sum.mrr_at_10;
            all.ndcg_at_10 += sum.ndcg_at_10;
            all.recall_at_10 += sum.recall_at_10;
            all.first += sum.first;
            all.unsure += sum.unsure;
        }
        let of_kind = KindReport {
            queries: sum.queries,
            mrr_at_10: mean(sum.mrr_at_10, answered),
            ndcg_at_10: mean(sum.ndcg_at_10, answered),
            recall_at_10: mean(sum.recall_at_10, answered),
            first: mean(sum.first, answered),
            unsure: mean(sum.unsure, sum.queries),
        };
        if !name.is_empty() {
            report.kinds.insert(name, of_kind);
        }
    }
    let count = all.queries.max(1) as f64;
    report.all = KindReport {
        queries: all.queries,
        mrr_at_10: all.mrr_at_10 / count,
        ndcg_at_10: all.ndcg_at_10 / count,
        recall_at_10: all.recall_at_10 / count,
        first: all.first / count,
        unsure: all.unsure / count,
    };
}

fn ndcg(query: &Judged, found: &[String]) -> f64 {
    let gain = |grade: u32| f64::from(2u32.saturating_pow(grade.min(20))) - 1.0;
    let discount = |rank: usize| ((rank + 2) as f64).log2();
    let held = found
        .iter()
        .take(DEPTH)
        .enumerate()
        .map(|(at, id)| query.answers.get(id).map_or(0.0, |g| gain(*g)) / discount(at));
    let mut ideal: Vec<u32> = query.answers.values().copied().collect();
    ideal.sort_unstable_by(|a, b| b.cmp(a));
    let best: f64 = ideal.iter().take(DEPTH).enumerate().map(|(at, grade)| gain(*grade) / discount(at)).sum();
    if best > 0.0 { held.sum::<f64>() / best } else { 0.0 }
}

/// The value that `percent` of the sorted times do not exceed (nearest rank).
fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ndcg_is_one_for_the_ideal_order_and_less_for_any_other() {
        let query = Judged {
            id: "q".into(),
            text: String::new(),
            kind: String::new(),
            answers: [("a".to_owned(), 2), ("b".to_owned(), 1)].into(),
            within: 1,
            known: String::new(),
            line: 0,
        };
        let value = |found: &[&str]| ndcg(&query, &found.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>());
        assert!((value(&["a", "b"]) - 1.0).abs() < 1e-12);
        assert!(value(&["b", "a"]) < 1.0 && value(&["x"]).abs() < 1e-12);
    }

    #[test]
    fn percentiles_are_nearest_ranks() {
        let times: Vec<Duration> = (1..=100).map(Duration::from_millis).collect();
        assert_eq!(percentile(&times, 50), Duration::from_millis(50));
        assert_eq!(percentile(&times, 99), Duration::from_millis(99));
        assert_eq!(percentile(&[], 99), Duration::ZERO);
    }
}
