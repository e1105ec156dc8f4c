//! Learns what frightened words mean, and measures it on sentences that were not learned from.
//!
//! `cargo run --release --example alarm -- [--write]` reads `tests/bench/alarm/*.tsv` (meaning, tab, sentence),
//! and, as calm, the sample articles' judgments, titles and questions and foreign questions; with `--write` it
//! replaces `src/text/lexicon/alarm.tsv`. The same sentences make the same model on one machine.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a benchmark stops where it cannot go on")]

mod regression;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use regression::Example;
use wenqu::articles::{LoadOptions, load};
use wenqu::domain::{Article, ArticleId};
use wenqu::relevance::judgments;
use wenqu::text::alarm::{FEATURES_MIN, Meaning, Model, features};
use wenqu::text::fold;

const SENTENCES: &str = "tests/bench/alarm";
const COLLECTIONS: &str = "tests/bench/collections";
const HELD_OUT: &str = "tests/bench/alarm/held-out";
const MODEL: &str = "src/text/lexicon/alarm.tsv";
/// Collections whose readers have no emergency of this kind: of the wallet's and the exchange's hardly any.
const FOREIGN: [&str; 7] = ["bank", "daily", "exchange", "loan", "paragraphs", "telecom", "wallet"];
/// Sentences that must hold an n-gram: what one person said once teaches nothing.
const HOLDERS_MIN: usize = 3;
/// How far weights are drawn to zero: the penalty is their squares over twice this.
const TRUST: f64 = 120.0;
const STEP: f64 = 2.0;
const STEPS: usize = 3_000;
/// Weights are written in hundredths; an n-gram whose weights are all smaller tells nothing.
const LEAST: f64 = 150.0;
const BIAS: &str = "*";
const MEANINGS: usize = Meaning::ALL.len();

/// A sentence and what it means, none where it is calm.
type Sentence = (String, Option<Meaning>);

fn main() {
    let write = std::env::args().any(|argument| argument == "--write");
    let held_out: HashSet<String> = files(HELD_OUT).iter().flat_map(|file| read(file)).map(|(text, _)| text).collect();
    let mut sentences: Vec<Sentence> = files(SENTENCES).iter().flat_map(|file| read(file)).collect();
    sentences.retain(|(text, _)| !held_out.contains(text));
    let written = sentences.len();
    let others = sentences.iter().map(|(text, _)| text).chain(&held_out).cloned().collect();
    sentences.extend(calm(&others));
    println!("{written} sentences written for this, {} calm ones from elsewhere", sentences.len() - written);
    let model = learn(&sentences);
    println!("{} n-grams", model.len());
    let text = model_text(&model);
    if write {
        fs::write(MODEL, &text).unwrap();
    }
    let model = Model::read(&text);
    println!("\n| sentences | stolen | leaked | scammed | approved | calm |\n| --- | --- | --- | --- | --- | --- |");
    for bar in [0.2, 0.25, 0.3, 0.35, 0.4] {
        println!("| learned from, at {bar} | {} |", raised(&model, &sentences, bar));
        for file in files(HELD_OUT) {
            println!("| {}, at {bar} | {} |", file.file_stem().unwrap().display(), raised(&model, &read(&file), bar));
        }
    }
}

fn files(folder: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "tsv"));
    files.sort();
    files
}

fn read(file: &Path) -> Vec<Sentence> {
    let text = fs::read_to_string(file).unwrap();
    let line = |line: &str| {
        let (name, text) = line.split_once('\t').unwrap_or_else(|| panic!("{}: {line}", file.display()));
        let meaning = Meaning::parse(name);
        assert!(meaning.is_some() || name == "calm", "{}: {line}", file.display());
        (fold(text).text, meaning)
    };
    text.lines().map(line).collect()
}

/// Judged queries and names of articles where nothing is at stake, and questions of other collections; none that
/// was written for this, or that is measured on.
fn calm(others: &HashSet<String>) -> Vec<Sentence> {
    let library = load(Path::new("articles"), &LoadOptions::default(), None).unwrap().library;
    // What belongs to security, or leads on to an emergency, may be asked for in one.
    let names_alarm = |id: &ArticleId| library.article(id).is_some_and(|article| !article.alarm.is_empty());
    let is_grave =
        |article: &Article| article.category.as_str() == "security" || article.related.iter().any(names_alarm);
    let grave = |id: &String| library.listed().any(|article| article.id.as_str() == id && is_grave(article));
    let judged = judgments(&fs::read_to_string("articles/search/judgments.toml").unwrap(), "judgments.toml").0;
    let mut calm: Vec<String> =
        judged.into_iter().filter(|judged| !judged.answers.keys().any(grave)).map(|judged| judged.text).collect();
    // Who types no more than a topic wants to read of it.
    let calmly = library.listed().filter(|article| article.alarm.is_empty());
    calm.extend(calmly.flat_map(|article| article.tags.iter().cloned()));
    for article in library.listed().filter(|article| !is_grave(article)) {
        calm.push(article.title.clone());
        calm.extend(article.questions.iter().chain(&article.keywords).cloned());
        calm.extend(article.headings.iter().map(|heading| heading.title.clone()));
    }
    for set in FOREIGN {
        for kind in ["queries", "none"] {
            let text = fs::read_to_string(format!("{COLLECTIONS}/{set}/{kind}.jsonl")).unwrap();
            let queries = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
            calm.extend(queries.filter_map(|query| query["text"].as_str().map(str::to_owned)));
        }
    }
    let calm = calm.into_iter().map(|text| fold(&text).text).filter(|text| !others.contains(text));
    calm.map(|text| (text, None)).collect()
}

/// Weights of the n-grams that enough sentences hold.
fn learn(sentences: &[Sentence]) -> BTreeMap<String, [f64; MEANINGS]> {
    let read: Vec<Vec<String>> = sentences.iter().map(|(text, _)| features(text).into_iter().collect()).collect();
    let mut holders: HashMap<&str, usize> = HashMap::new();
    read.iter().flatten().for_each(|feature| *holders.entry(feature).or_default() += 1);
    let mut known: Vec<&str> = holders.iter().filter(|(_, n)| **n >= HOLDERS_MIN).map(|(gram, _)| *gram).collect();
    known.sort_unstable();
    let number: HashMap<&str, usize> = known.iter().enumerate().map(|(at, gram)| (*gram, at)).collect();
    let examples: Vec<Example> = (read.iter().zip(sentences))
        .map(|(row, (_, meaning))| Example {
            features: row.iter().filter_map(|gram| number.get(gram.as_str()).copied()).collect(),
            share: 1.0 / (row.len().max(FEATURES_MIN) as f64).sqrt(),
            class: meaning.and_then(|meaning| Meaning::ALL.iter().position(|each| *each == meaning)),
        })
        .collect();
    let weights = regression::learn::<MEANINGS>(&examples, known.len() + 1, TRUST, STEP, STEPS);
    let named = known.iter().map(|gram| (*gram).to_owned()).chain([BIAS.to_owned()]).zip(weights);
    named.filter(|(gram, weights)| gram == BIAS || weights.iter().any(|weight| weight.abs() * 100.0 >= LEAST)).collect()
}

fn model_text(model: &BTreeMap<String, [f64; MEANINGS]>) -> String {
    let mut text = String::from(
        "# What frightened words mean, learned by tests/bench/alarm.rs: n-gram, weights of stolen, leaked, scammed, approved.\n",
    );
    for (gram, weights) in model {
        let weights = weights.map(|weight| ((weight * 100.0).round() as i32).to_string());
        writeln!(text, "{gram}\t{}", weights.join("\t")).unwrap();
    }
    text
}

/// How many sentences of each meaning raise the alarm, and for what they mean; how many calm ones do.
fn raised(model: &Model<'_>, sentences: &[Sentence], bar: f32) -> String {
    let likeliest = |likely: [f32; MEANINGS]| (0..MEANINGS).max_by(|a, b| likely[*a].total_cmp(&likely[*b])).unwrap();
    let share = |meaning: Option<Meaning>| {
        let all: Vec<[f32; MEANINGS]> =
            (sentences.iter().filter(|(_, own)| *own == meaning)).map(|(text, _)| model.likelihoods(text)).collect();
        let raised: Vec<_> = all.iter().filter(|likely| likely.iter().sum::<f32>() >= bar).collect();
        match meaning {
            Some(_) => {
                let right = raised.iter().filter(|likely| Some(Meaning::ALL[likeliest(***likely)]) == meaning).count();
                format!("{} ({right}) of {}", raised.len(), all.len())
            }
            None => format!("{} of {}", raised.len(), all.len()),
        }
    };
    let all = Meaning::ALL.into_iter().map(Some).chain([None]);
    all.map(share).collect::<Vec<_>>().join(" | ")
}
