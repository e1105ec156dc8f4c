//! `wenqu eval`.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;

use crate::history;
use crate::relevance::{self, Judged, Report};

use super::say::Say;
use super::{Outcome, Places, folder};

/// Measures search quality. Uses the index of the data folder; where there is none, one in memory,
/// so that nothing is left behind.
#[derive(Args, Debug)]
pub(super) struct Eval {
    #[command(flatten)]
    places: Places,
    /// Queries of a foreign set: JSON Lines of {"id", "text"}.
    #[arg(long, value_name = "FILE", requires = "qrels")]
    queries: Option<PathBuf>,
    /// Its judgments: query-id TAB article-id TAB grade.
    #[arg(long, value_name = "FILE", requires = "queries")]
    qrels: Option<PathBuf>,
    /// Writes the ranked lists in TREC run format.
    #[arg(long, value_name = "FILE")]
    run_out: Option<PathBuf>,
    /// Fails with exit code 1 below this MRR.
    #[arg(long, value_name = "X")]
    min_mrr: Option<f64>,
    /// Compares with the articles at this git revision, such as origin/main; fails with exit code 1
    /// when an answer that was within its bound no longer is.
    #[arg(long, value_name = "REVISION", conflicts_with = "run_out")]
    against: Option<String>,
    /// Prints one JSON document.
    #[arg(long)]
    json: bool,
}

impl Eval {
    pub fn run(self, say: Say) -> anyhow::Result<Outcome> {
        let edition = folder::open_untouched(&self.places, say)?.current();
        let judged = self.judged(&edition.loaded().lexicon.judgments, say)?;
        let mut run = self
            .run_out
            .as_ref()
            .map(|path| fs::File::create(path).map(std::io::BufWriter::new).with_context(|| path.display().to_string()))
            .transpose()?;
        let mut failed = Ok(());
        let progress = say.progress();
        let report = relevance::evaluate(
            edition.searcher(),
            &judged,
            &|done, all| progress.step(("评测检索", "measuring"), done, all),
            &mut |line| {
                if let (Some(out), Ok(())) = (&mut run, &failed) {
                    failed = writeln!(out, "{} Q0 {} {} {} wenqu", line.query, line.article, line.rank, line.score);
                }
            },
        );
        failed?;
        if let Some(mut out) = run {
            out.flush()?;
        }
        let before = match &self.against {
            Some(revision) => Some(self.at(revision, &judged, say)?),
            None => None,
        };
        let moved = before.as_ref().map(|before| relevance::moved(&judged, before, &report)).unwrap_or_default();
        if self.json {
            let mut document = document(&report);
            if let Some(before) = &before {
                document["against"] = comparison(before, &moved);
            }
            outln!("{document}");
        } else {
            table(&report, say)?;
            if let Some(before) = &before {
                changes(before, &report, &moved, say)?;
            }
        }
        if moved.iter().any(relevance::Moved::is_lost) {
            return Ok(Outcome::Problems);
        }
        let under = self.min_mrr.is_some_and(|bar| report.all.mrr_at_10 < bar);
        Ok(if under { Outcome::Problems } else { Outcome::Good })
    }

    /// What the articles at a revision answer to the same queries.
    fn at(&self, revision: &str, judged: &[Judged], say: Say) -> anyhow::Result<Report> {
        let aside = tempfile::tempdir()?;
        let articles = aside.path().join("articles");
        history::write_files_at(&self.places.articles, revision, &articles)
            .with_context(|| format!("{}{revision}", say.pick("读不到版本 ", "cannot read revision ")))?;
        let places = Places { articles, ..self.places.clone() };
        let edition = folder::open_aside(&places, say)?.current();
        Ok(relevance::evaluate(edition.searcher(), judged, &|_, _| {}, &mut |_| {}))
    }

    fn judged(&self, own: &str, say: Say) -> anyhow::Result<Vec<Judged>> {
        let read = |path: &PathBuf| fs::read_to_string(path).with_context(|| path.display().to_string());
        if let (Some(queries), Some(qrels)) = (&self.queries, &self.qrels) {
            return Ok(relevance::queries_and_qrels(&read(queries)?, &read(qrels)?)?);
        }
        let (judged, problems) = relevance::judgments(own, "search/judgments.toml");
        if let Some(problem) = problems.first() {
            bail!("{problem}");
        }
        if judged.is_empty() {
            bail!(
                "{}",
                say.pick(
                    "文章文件夹里没有 search/judgments.toml；用 --queries 和 --qrels 指定外部数据",
                    "the articles carry no search/judgments.toml; name a set with --queries and --qrels"
                )
            );
        }
        Ok(judged)
    }
}

fn document(report: &Report) -> serde_json::Value {
    use serde_json::json;
    let failures: Vec<_> = report
        .failures
        .iter()
        .map(|f| json!({"id": f.id, "query": f.query, "kind": f.kind, "expected": f.expected, "found": f.found, "rank": f.rank, "within": f.within, "known": f.known}))
        .collect();
    let kinds: serde_json::Map<String, serde_json::Value> = report
        .kinds
        .iter()
        .map(|(name, k)| {
            let value = json!({"queries": k.queries, "mrr_at_10": k.mrr_at_10, "ndcg_at_10": k.ndcg_at_10, "recall_at_10": k.recall_at_10, "first": k.first, "unsure": k.unsure});
            (name.clone(), value)
        })
        .collect();
    json!({
        "queries": report.all.queries + report.none_said.1, "mrr_at_10": report.all.mrr_at_10, "ndcg_at_10": report.all.ndcg_at_10,
        "recall_at_10": report.all.recall_at_10, "zero_results": report.zero_results,
        "unanswerable": {"queries": report.none_said.1, "said": report.none_said.0}, "unsure": report.all.unsure,
        "p50_us": report.p50.as_micros() as u64, "p99_us": report.p99.as_micros() as u64, "kinds": kinds, "failures": failures,
    })
}

fn table(report: &Report, say: Say) -> std::io::Result<()> {
    outln!(
        "{:<14}{:>8}{:>9}{:>9}{:>10}{:>8}{:>9}",
        say.pick("类别", "kind"),
        say.pick("条数", "queries"),
        "MRR@10",
        "nDCG@10",
        say.pick("召回@10", "recall@10"),
        say.pick("首位", "first"),
        say.pick("没把握", "unsure")
    );
    let line = |name: &str, k: &relevance::KindReport| -> std::io::Result<()> {
        outln!(
            "{name:<14}{:>8}{:>9.4}{:>9.4}{:>10.4}{:>8.3}{:>9.3}",
            k.queries,
            k.mrr_at_10,
            k.ndcg_at_10,
            k.recall_at_10,
            k.first,
            k.unsure
        );
        Ok(())
    };
    for (name, kind) in &report.kinds {
        line(name, kind)?;
    }
    line(say.pick("全部", "all"), &report.all)?;
    let (said, none) = report.none_said;
    if none > 0 {
        outln!(
            "{}{said}/{none}",
            say.pick("没有答案的问题，说明了没有把握：", "questions that nothing answers, said so: ")
        );
    }
    outln!("p50 {} us, p99 {} us", report.p50.as_micros(), report.p99.as_micros());
    let (known, new): (Vec<_>, Vec<_>) = report.failures.iter().partition(|failure| !failure.known.is_empty());
    for (heading, failures) in [
        (say.pick("没有通过：", "not within their bound:"), new),
        (say.pick("已知没有通过：", "known not to be:"), known),
    ] {
        if failures.is_empty() {
            continue;
        }
        outln!("{heading}");
        for failure in failures {
            let place = rank(failure.rank);
            let expected = failure.expected.join(" | ");
            outln!(
                "  {} [{}] {} → {expected}  ({place})  {}",
                failure.id,
                failure.kind,
                failure.query,
                failure.found.join(", ")
            );
            if !failure.known.is_empty() {
                outln!("      {}", failure.known);
            }
        }
    }
    Ok(())
}

fn rank(rank: Option<usize>) -> String {
    rank.map_or_else(|| ">10".to_owned(), |rank| rank.to_string())
}

/// Which queries got better, and which worse.
fn changes(before: &Report, now: &Report, moved: &[relevance::Moved<'_>], say: Say) -> std::io::Result<()> {
    outln!(
        "{} {:.4} → {:.4} ({:+.4})",
        say.pick("与那个版本相比，MRR@10", "against that revision, MRR@10"),
        before.all.mrr_at_10,
        now.all.mrr_at_10,
        now.all.mrr_at_10 - before.all.mrr_at_10
    );
    for change in moved {
        let word = match (change.is_lost(), change.is_better()) {
            (true, _) => say.pick("丢失", "lost"),
            (false, true) => say.pick("变好", "better"),
            (false, false) => say.pick("变差", "worse"),
        };
        outln!("  {word}  {} → {}  {} {}", rank(change.before), rank(change.now), change.query.id, change.query.text);
    }
    if moved.is_empty() {
        outln!("  {}", say.pick("每一问的名次都没有变", "every answer stands where it stood"));
    }
    Ok(())
}

fn comparison(before: &Report, moved: &[relevance::Moved<'_>]) -> serde_json::Value {
    use serde_json::json;
    let moved: Vec<_> = moved
        .iter()
        .map(
            |m| json!({"id": m.query.id, "query": m.query.text, "before": m.before, "now": m.now, "lost": m.is_lost()}),
        )
        .collect();
    json!({"mrr_at_10": before.all.mrr_at_10, "ndcg_at_10": before.all.ndcg_at_10, "moved": moved})
}
