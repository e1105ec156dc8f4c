//! Measures this engine beside plain tantivy BM25 indexes (jieba's words, character pairs, single
//! characters) over the same articles, in one run: quality, index time, query times, index size,
//! memory. Prints tables with ratios.
//!
//! `cargo run --release --example quality -- --articles articles [--collection DIR]
//! [--corpus F --queries F --qrels F] [--none F] [--synonyms F] [--ablate] [--copies N] [--signals F]
//! [PARAMETER=VALUE]`; see `tests/bench/README.md`.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a benchmark stops where it cannot go on")]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use collections::{Set, Sources};
use jieba_rs::Jieba;
use plain::{Plain, Unit};
use wenqu::domain::{QUERY_CHARS_MAX, Query};
use wenqu::relevance::evaluate;
use wenqu::search::{Index, Parameters, Searcher};

mod collections;
mod plain;

#[derive(Default)]
struct Options {
    sources: Sources,
    ablate: bool,
    signals: Option<PathBuf>,
    changes: Vec<(String, f32)>,
}

fn main() {
    let options = options();
    let mut rows = Vec::new();
    for set in options.sources.sets() {
        rows.push(compare(&set, &options));
        if options.ablate {
            ablate(&set);
        }
    }
    println!(
        "\n| set | queries | MRR@10 | nDCG@10 | plain words | pairs | characters | above the best | unsure | none, said so |"
    );
    println!("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n{}", rows.join("\n"));
}

fn options() -> Options {
    let mut options = Options { sources: Sources { copies: 1, ..Sources::default() }, ..Options::default() };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().unwrap_or_else(|| panic!("{argument} needs a value"));
        match argument.as_str() {
            "--articles" => options.sources.articles = Some(value().into()),
            "--collection" => options.sources.collections.push(value().into()),
            "--corpus" => options.sources.corpus = Some(value().into()),
            "--queries" => options.sources.queries.push(value().into()),
            "--qrels" => options.sources.qrels.push(value().into()),
            "--copies" => options.sources.copies = value().parse().unwrap(),
            "--synonyms" => options.sources.synonyms = std::fs::read_to_string(value()).unwrap(),
            "--none" => options.sources.none = Some(value().into()),
            "--signals" => options.signals = Some(value().into()),
            "--ablate" => options.ablate = true,
            other => match other.split_once('=') {
                Some((name, value)) => options.changes.push((name.to_owned(), value.parse().unwrap())),
                None => panic!("unknown argument {other}"),
            },
        }
    }
    options
}

/// Writes what speaks for each best hit being an answer, and whether it is one, for calibration:
/// tab-separated set, id, kind, answerable, rank of the first answer (0 for none), signals,
/// corrected query.
fn signals(set: &Set, searcher: &Searcher, path: &PathBuf) {
    use std::io::Write;
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
    for judged in &set.judged {
        let query = Query { limit: 10, ..Query::of(&judged.text) };
        let explained = searcher.explain(&query, None);
        let rank = explained.hits.iter().position(|hit| judged.answers.contains_key(&hit.id)).map_or(0, |at| at + 1);
        let s = explained.signals;
        let answerable = u8::from(!judged.answers.is_empty());
        let values = [s.coverage, s.score, s.called, s.missing, s.unknown, s.matter, s.telling]
            .map(|v| format!("{v:.4}"))
            .join("\t");
        let corrected = explained.interpreted.corrected.unwrap_or_default();
        let scores = explained.hits.iter().map(|hit| format!("{:.3}", hit.score)).collect::<Vec<_>>().join(" ");
        let words = explained
            .words
            .iter()
            .map(|w| format!("{}:{:.3}:{:.3}:{}:{}", w.text, w.idf, w.salience, u8::from(w.held), u8::from(w.known)));
        let words = words.collect::<Vec<_>>().join(" ");
        let (name, id, kind, text) = (&set.name, &judged.id, &judged.kind, &judged.text);
        writeln!(file, "{name}\t{id}\t{kind}\t{answerable}\t{rank}\t{values}\t{text}\t{corrected}\t{scores}\t{words}")
            .unwrap();
    }
}

/// Prints tables; returns the set's row of the last one.
fn compare(set: &Set, options: &Options) -> String {
    let folder = tempfile::tempdir().unwrap();
    let before = memory_kib();
    let start = Instant::now();
    let (index, _) = Index::open(&folder.path().join("ours"), &set.lexicon).unwrap();
    let updated = index.update(&set.library, &|_, _| {}).unwrap();
    let ours_time = start.elapsed();
    let start = Instant::now();
    let words = Unit::Words(Arc::new(Jieba::new()));
    let plain = Plain::build(&folder.path().join("plain"), &set.library, words);
    let plain_time = start.elapsed();

    let mut parameters = Parameters::default();
    for (name, value) in &options.changes {
        change(&mut parameters, name, *value);
    }
    let ours = Searcher::with(&index, Arc::clone(&set.library), Arc::clone(&set.lexicon), parameters).unwrap();
    ours.warm();
    let after = memory_kib();
    if let Some(path) = &options.signals {
        signals(set, &ours, path);
    }
    // A first round warms caches; times are of the second.
    evaluate(&ours, &set.judged, &|_, _| {}, &mut |_| {});
    let report = evaluate(&ours, &set.judged, &|_, _| {}, &mut |_| {});
    plain.evaluate(&set.judged);
    let (plain_mrr, plain_ndcg, plain_times) = plain.evaluate(&set.judged);

    println!(
        "\n## {} ({} articles, {} sections, {} queries)\n",
        set.name, updated.articles, updated.sections, report.all.queries
    );
    println!("| | this engine | plain | ratio or difference |\n| --- | --- | --- | --- |");
    println!("| MRR@10 | {:.4} | {plain_mrr:.4} | {:+.4} |", report.all.mrr_at_10, report.all.mrr_at_10 - plain_mrr);
    println!(
        "| nDCG@10 | {:.4} | {plain_ndcg:.4} | {:+.4} |",
        report.all.ndcg_at_10,
        report.all.ndcg_at_10 - plain_ndcg
    );
    row("query p50", report.p50, percentile(&plain_times, 50));
    row("query p99", report.p99, percentile(&plain_times, 99));
    let (suggest, hostile) = (suggest_times(set, &ours), hostile_times(&ours));
    println!("| suggest p50, p99 | {:.2?}, {:.2?} | | |", percentile(&suggest, 50), percentile(&suggest, 99));
    println!("| slowest hostile query | {:.2?} | | |", percentile(&hostile, 100));
    row("index time", ours_time, plain_time);
    let (a, b) = (bytes(&folder.path().join("ours")), bytes(&folder.path().join("plain")));
    println!("| index size | {} kB | {} kB | {:.2} |", a / 1000, b / 1000, a as f64 / b as f64);
    println!("| memory of index, words and searcher | {} MB | | |", after.saturating_sub(before) / 1000);
    if !report.kinds.is_empty() {
        println!("\n| kind | queries | MRR@10 | nDCG@10 | unsure |\n| --- | --- | --- | --- | --- |");
        for (kind, k) in &report.kinds {
            println!("| {kind} | {} | {:.4} | {:.4} | {:.3} |", k.queries, k.mrr_at_10, k.ndcg_at_10, k.unsure);
        }
    }
    let (said, none) = report.none_said;
    println!("\nanswerable but said to be unsure {:.3}; unanswerable and said so {said}/{none}", report.all.unsure);
    let peer =
        |unit: Unit, name: &str| Plain::build(&folder.path().join(name), &set.library, unit).evaluate(&set.judged).0;
    let (pairs, characters) = (peer(Unit::Pairs, "pairs"), peer(Unit::Characters, "characters"));
    let all = &report.all;
    let best = plain_mrr.max(pairs).max(characters);
    let quality =
        format!("{:.3} | {:.3} | {plain_mrr:.3} | {pairs:.3} | {characters:.3}", all.mrr_at_10, all.ndcg_at_10);
    let sure = if none == 0 { "|".to_owned() } else { format!("{:.1} % | {said} of {none}", all.unsure * 100.0) };
    format!("| {} | {} | {quality} | {:+.3} | {sure} |", set.name, all.queries, all.mrr_at_10 - best)
}

/// Times of the lines offered for each beginning of the queries, up to eight characters.
fn suggest_times(set: &Set, searcher: &Searcher) -> Vec<Duration> {
    const QUERIES: usize = 200;
    let mut times: Vec<Duration> = Vec::new();
    for judged in set.judged.iter().take(QUERIES) {
        for chars in 1..=8 {
            let typed: String = judged.text.chars().take(chars).collect();
            let start = Instant::now();
            searcher.suggest(&typed, 10);
            times.push(start.elapsed());
        }
    }
    for typed in ["z", "zh", "zhuan", "zhuanzhang", "zz", "gmz", "x", "shoufei"] {
        let start = Instant::now();
        searcher.suggest(typed, 10);
        times.push(start.elapsed());
    }
    times.sort_unstable();
    times
}

/// Times of queries made to be slow, as long as a query may be.
fn hostile_times(searcher: &Searcher) -> Vec<Duration> {
    let pieces = ["zhuang", "转", "a b ", "的了吗", "x1", "z j c ", "xianxian", "国法人民", "\"「", "第条规定的"];
    let long = |piece: &&str| piece.repeat(QUERY_CHARS_MAX);
    let mixed: String = ('\u{4e00}'..'\u{9fa5}').step_by(81).collect();
    // Runs that just may be pinyin, words with many others, Latin that is nowhere.
    let runs = format!("{} ", "xianxian".repeat(7)).repeat(4);
    let widened = long(&"转账手续费到账助记词合同利息");
    let latin = (0..42u8).flat_map(|at| ['q', char::from(b'a' + at % 26), 'z', 'x', 'k', ' ']).collect();
    let mut times: Vec<Duration> = (pieces.iter().map(long).chain([mixed, runs, widened, latin]))
        .map(|text| {
            let query = Query::of(&text);
            searcher.search(&query);
            let start = Instant::now();
            searcher.search(&query);
            start.elapsed()
        })
        .collect();
    times.sort_unstable();
    times
}

fn row(name: &str, ours: Duration, plain: Duration) {
    println!("| {name} | {ours:.2?} | {plain:.2?} | {:.2} |", ours.as_secs_f64() / plain.as_secs_f64());
}

/// Each technique taken out alone.
fn ablate(set: &Set) {
    let index = Index::in_memory(&set.lexicon).unwrap();
    index.update(&set.library, &|_, _| {}).unwrap();
    let measure = |changes: &[(&str, f32)]| {
        let mut parameters = Parameters::default();
        for (name, value) in changes {
            change(&mut parameters, name, *value);
        }
        let searcher = Searcher::with(&index, Arc::clone(&set.library), Arc::clone(&set.lexicon), parameters).unwrap();
        evaluate(&searcher, &set.judged, &|_, _| {}, &mut |_| {}).all.mrr_at_10
    };
    let whole = measure(&[]);
    println!("\n| taken out | MRR@10 | lift of having it |\n| --- | --- | --- |\n| nothing | {whole:.4} | |");
    let techniques: &[(&str, &[(&str, f32)])] = &[
        ("single characters", &[("character", 0.0), ("character_in_short", 0.0)]),
        ("character pairs", &[("pair", 0.0)]),
        ("words", &[("word", 0.0)]),
        ("lighter filler", &[("filler", 1.0)]),
        ("title within the body", &[("title_in_body", 1.0)]),
        ("title as a field", &[("title", 0.0)]),
        ("headings", &[("heading_in_body", 0.0)]),
        ("best section (whole article only)", &[("section_share", 0.0)]),
        ("whole article (best section only)", &[("section_share", 1.0)]),
        ("nearness", &[("near", 0.0)]),
        ("synonyms", &[("synonym", 0.0)]),
        ("mending", &[("mend", 0.0)]),
    ];
    for (name, changes) in techniques {
        let without = measure(changes);
        println!("| {name} | {without:.4} | {:+.4} |", whole - without);
    }
}

fn change(parameters: &mut Parameters, name: &str, value: f32) {
    match name {
        "character" => parameters.character = value,
        "pair" => parameters.pair = value,
        "word" => parameters.word = value,
        "filler" => parameters.filler = value,
        "title" => parameters.title = value,
        "title_in_body" => parameters.title_in_body = value,
        "heading_in_body" => parameters.heading_in_body = value,
        "character_in_short" => parameters.character_in_short = value,
        "near" => parameters.near = value,
        "section_share" => parameters.section_share = value,
        "synonym" => parameters.synonym = value,
        "k1" => parameters.k1 = value,
        "b" => parameters.b = value,
        "candidates" => parameters.candidates = value as usize,
        "retrieval_terms" => parameters.retrieval_terms = value as usize,
        "mend" => parameters.mend = value > 0.0,
        other => panic!("no parameter {other}"),
    }
}

fn percentile(times: &[Duration], percent: usize) -> Duration {
    times[(times.len() * percent).div_ceil(100).max(1) - 1]
}

fn bytes(folder: &std::path::Path) -> u64 {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).sum()
}

/// Resident memory of this process.
fn memory_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|n| n.parse().ok()).unwrap_or(0)
}
