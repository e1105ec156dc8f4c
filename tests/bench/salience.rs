//! Learns which words of a question say its matter, and measures it on questions that were not learned from.
//!
//! `cargo run --release --example salience -- [--write]` reads `tests/bench/salience/*.txt`, a question a line, its
//! words of the matter in 【】; of every ten lines the last is held out. With `--write` it replaces
//! `src/text/lexicon/salience.tsv`. The same questions make the same model on one machine.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a benchmark stops where it cannot go on")]

mod regression;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::Write;
use std::fs;

use regression::{Example, learn};
use wenqu::text::fold;
use wenqu::text::salience::{HELD_OUT, Model, features, marked};
use wenqu::text::units::units;

const QUESTIONS: &str = "tests/bench/salience";
const MODEL: &str = "src/text/lexicon/salience.tsv";
/// Questions that must have a feature: what one person said once teaches nothing.
const HOLDERS_MIN: usize = 5;
/// How far weights are drawn to zero. 0.1 to 1 are a plateau.
const TRUST: f64 = 0.3;
/// A unit has ten features: the step that is sure to descend is four for each example over their number.
const STEP: f64 = 0.36;
const STEPS: usize = 1_500;
/// Weights are written in hundredths; smaller ones tell next to nothing: two thirds of the file for 0.003 of the area.
const LEAST: f64 = 25.0;
const BIAS: &str = "*";

/// A folded question, and whether each of its characters was marked.
type Question = (String, Vec<bool>);

fn main() {
    let write = std::env::args().any(|argument| argument == "--write");
    let mut files: Vec<_> = fs::read_dir(QUESTIONS).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let (mut learned, mut held_out): (Vec<Question>, Vec<(String, Vec<Question>)>) = (Vec::new(), Vec::new());
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        let lines = text.lines().map(|line| marked(&fold(line).text));
        let (held, rest): (Vec<_>, Vec<_>) = lines.enumerate().partition(|(at, _)| at % HELD_OUT == HELD_OUT - 1);
        learned.extend(rest.into_iter().map(|(_, question)| question));
        let held = held.into_iter().map(|(_, question)| question).collect();
        held_out.push((file.file_stem().unwrap().display().to_string(), held));
    }
    let weights = weights(&learned);
    println!("{} questions, {} features", learned.len(), weights.len());
    let text = model_text(&weights);
    if write {
        fs::write(MODEL, &text).unwrap();
    }
    let model = Model::read(&text);
    println!("\n| questions | characters | area under the curve |\n| --- | --- | --- |");
    let all: Vec<Question> = held_out.iter().flat_map(|(_, held)| held.iter().cloned()).collect();
    let rows = held_out
        .iter()
        .map(|(name, held)| (name.as_str(), held))
        .chain([("all held out", &all), ("learned from", &learned)]);
    for (name, questions) in rows {
        let told = told(&model, questions);
        println!("| {name} | {} | {:.3} |", told.len(), area(told));
    }
}

fn weights(questions: &[Question]) -> BTreeMap<String, f64> {
    let mut holders: HashMap<String, usize> = HashMap::new();
    for (text, _) in questions {
        let units = units(text);
        let mut own: HashSet<String> = HashSet::new();
        (0..units.len()).for_each(|at| features(&units, at, |feature| own.extend([feature.to_owned()])));
        for feature in own {
            *holders.entry(feature).or_default() += 1;
        }
    }
    let mut known: Vec<&str> =
        holders.iter().filter(|(_, n)| **n >= HOLDERS_MIN).map(|(name, _)| name.as_str()).collect();
    known.sort_unstable();
    let number: HashMap<&str, usize> = known.iter().enumerate().map(|(at, name)| (*name, at)).collect();
    let mut examples = Vec::new();
    for (text, marked) in questions {
        let units = units(text);
        for (at, unit) in units.iter().enumerate().filter(|(_, unit)| !unit.is_blank()) {
            let mut own = Vec::new();
            features(&units, at, |feature| own.extend(number.get(feature)));
            examples.push(Example { features: own, share: 1.0, class: marked[unit.start].then_some(0) });
        }
    }
    let weights = learn::<1>(&examples, known.len() + 1, TRUST, STEP, STEPS);
    let named =
        known.iter().copied().chain([BIAS]).zip(weights).map(|(name, [weight])| (name.to_owned(), weight * 100.0));
    named.filter(|(name, weight)| name == BIAS || weight.abs() >= LEAST).collect()
}

fn model_text(weights: &BTreeMap<String, f64>) -> String {
    let mut text = String::from(
        "# Which words say the matter of a question, learned by tests/bench/salience.rs: feature, weight.\n",
    );
    for (feature, weight) in weights {
        writeln!(text, "{feature}\t{}", weight.round() as i32).unwrap();
    }
    text
}

/// What the model says of each character that is no sign, and whether it was marked.
fn told(model: &Model<'_>, questions: &[Question]) -> Vec<(f32, bool)> {
    let one = |(text, marked): &Question| {
        let salience = model.salience(text).into_iter().zip(marked.clone());
        salience.zip(text.chars()).filter(|(_, c)| c.is_alphanumeric()).map(|(told, _)| told).collect::<Vec<_>>()
    };
    questions.iter().flat_map(one).collect()
}

/// How likely a marked character is said to be more salient than one that is not.
fn area(mut told: Vec<(f32, bool)>) -> f64 {
    told.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut below, mut won) = (0usize, 0usize);
    for (_, marked) in &told {
        won += if *marked { below } else { 0 };
        below += usize::from(!marked);
    }
    won as f64 / (below * (told.len() - below)).max(1) as f64
}
