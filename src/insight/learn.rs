//! Learns words from readers who ask again: a search that led nowhere, and soon after it, far more
//! often than by chance, one that led to an article. Becomes a patch that an editor reads line by line.
//!
//! The log knows no visitors, so two neighbouring searches may be two people's. That is why a pair
//! counts only when it is seen several times as often as the traffic alone would put it together.

use std::collections::{HashMap, VecDeque};
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::store::{QueryCount, SearchRecord};
use crate::text::{Lexicon, Question, is_han};

/// Time within which a reader asks again.
const AGAIN_MS: i64 = 60_000;
/// Failed searches remembered at a time, and distinct queries and pairs in all: bounds the memory.
const WAITING_MAX: usize = 20;
const QUERIES_MAX: usize = 50_000;
const PAIRS_MAX: usize = 100_000;
/// Times a pair must be seen, and how many times more often than by chance.
const SEEN_MIN: u32 = 3;
const LIFT_MIN: f64 = 4.0;
/// Characters of a word.
const WORD_CHARS_MAX: usize = 8;
/// Proposals of each sort: what an editor reads in one go.
const LEARNED_MAX: usize = 40;
/// Times a compound must be asked, and how much of its rarer part's use it must be.
const COMPOUND_MIN: u64 = 10;
const COHESION_MIN: f64 = 0.6;

/// A word readers use, and the one that found the article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Learned {
    /// The reader's word.
    pub from: String,
    /// The articles' word; empty where `from` is a new word for the dictionary.
    pub to: String,
    /// Times seen.
    pub times: u64,
}

/// Reads the search log in order of time.
#[derive(Debug, Default)]
pub struct Reformulations {
    numbers: HashMap<String, u32>,
    waiting: VecDeque<(i64, u32)>,
    failed: HashMap<u32, u32>,
    found: HashMap<u32, u32>,
    pairs: HashMap<(u32, u32), u32>,
    span: Option<(i64, i64)>,
}

impl Reformulations {
    /// Adds the next search.
    pub fn add(&mut self, search: &SearchRecord) {
        let at = search.at.as_millisecond();
        self.span = Some((self.span.map_or(at, |(from, _)| from), at));
        let Some(query) = self.number(&search.query) else { return };
        while self.waiting.front().is_some_and(|(then, _)| at - then > AGAIN_MS) {
            self.waiting.pop_front();
        }
        if search.opened.is_none() {
            *self.failed.entry(query).or_default() += 1;
            self.waiting.push_back((at, query));
            if self.waiting.len() > WAITING_MAX {
                self.waiting.pop_front();
            }
            return;
        }
        *self.found.entry(query).or_default() += 1;
        let mut asked: Vec<u32> = self.waiting.iter().map(|(_, failed)| *failed).filter(|f| *f != query).collect();
        asked.sort_unstable();
        asked.dedup();
        for failed in asked {
            if self.pairs.len() < PAIRS_MAX || self.pairs.contains_key(&(failed, query)) {
                *self.pairs.entry((failed, query)).or_default() += 1;
            }
        }
    }

    fn number(&mut self, query: &str) -> Option<u32> {
        if let Some(number) = self.numbers.get(query) {
            return Some(*number);
        }
        let next = self.numbers.len();
        (next < QUERIES_MAX).then(|| {
            self.numbers.insert(query.to_owned(), next as u32);
            next as u32
        })
    }

    /// Pairs of words, the most often seen first.
    pub fn learned(&self, lexicon: &Lexicon) -> Vec<Learned> {
        let mut texts = vec![""; self.numbers.len()];
        for (text, number) in &self.numbers {
            texts[*number as usize] = text;
        }
        let span = self.span.map_or(1, |(from, to)| (to - from).max(AGAIN_MS)) as f64;
        let mut words: HashMap<(String, String), u64> = HashMap::new();
        for ((failed, found), seen) in self.pairs.iter().filter(|(_, seen)| **seen >= SEEN_MIN) {
            let count = |of: &HashMap<u32, u32>, which: &u32| f64::from(of.get(which).copied().unwrap_or_default());
            let by_chance = count(&self.failed, failed) * count(&self.found, found) * AGAIN_MS as f64 / span;
            if f64::from(*seen) < by_chance * LIFT_MIN {
                continue;
            }
            if let Some(pair) = replaced(texts[*failed as usize], texts[*found as usize], lexicon) {
                *words.entry(pair).or_default() += u64::from(*seen);
            }
        }
        let mut learned: Vec<Learned> =
            words.into_iter().map(|((from, to), times)| Learned { from, to, times }).collect();
        order(&mut learned);
        learned
    }
}

fn order(learned: &mut Vec<Learned>) {
    learned.sort_by(|a, b| b.times.cmp(&a.times).then_with(|| (&a.from, &a.to).cmp(&(&b.from, &b.to))));
    learned.truncate(LEARNED_MAX);
}

/// The one word that was replaced by another, where the rest stayed.
fn replaced(failed: &str, found: &str, lexicon: &Lexicon) -> Option<(String, String)> {
    let (a, b) = (Question::parse(failed, lexicon), Question::parse(found, lexicon));
    let only = |of: &Question, other: &Question| {
        let parts: Vec<_> = of.content().filter(|p| other.content().all(|o| o.text != p.text)).collect();
        let joined = parts.windows(2).all(|pair| pair[0].end == pair[1].start);
        let word: String = parts.iter().map(|part| part.text.as_str()).collect();
        (joined && !word.is_empty() && (2..=WORD_CHARS_MAX).contains(&word.chars().count())).then_some(word)
    };
    let (from, to) = (only(&a, &b)?, only(&b, &a)?);
    let known = lexicon.alternatives(&from).any(|known| known == to);
    let fits = |word: &str| word.chars().all(char::is_alphanumeric) && !word.chars().all(|c| c.is_ascii_digit());
    (!known && fits(&from) && fits(&to)).then_some((from, to))
}

/// Words that the dictionary cuts apart although readers write them as one.
pub fn compounds(counts: &[QueryCount], lexicon: &Lexicon) -> Vec<Learned> {
    let mut words: HashMap<String, u64> = HashMap::new();
    let mut pairs: HashMap<(String, String), u64> = HashMap::new();
    for one in counts {
        let question = Question::parse(&one.query, lexicon);
        let parts: Vec<_> = question.content().collect();
        for part in &parts {
            *words.entry(part.text.clone()).or_default() += one.asked;
        }
        for pair in parts.windows(2).filter(|pair| pair[0].end == pair[1].start) {
            let han = pair.iter().all(|part| part.text.chars().all(is_han));
            let broken = pair.iter().any(|part| part.text.chars().count() == 1);
            if han && broken && pairs.len() < PAIRS_MAX {
                *pairs.entry((pair[0].text.clone(), pair[1].text.clone())).or_default() += one.asked;
            }
        }
    }
    let times = |word: &str| words.get(word).copied().unwrap_or_default();
    let mut learned: Vec<Learned> = pairs
        .into_iter()
        .filter(|((a, b), seen)| *seen >= COMPOUND_MIN && *seen as f64 >= COHESION_MIN * times(a).min(times(b)) as f64)
        .map(|((a, b), times)| Learned { from: a + &b, to: String::new(), times })
        .filter(|one| !lexicon.is_word(&one.from) && one.from.chars().count() <= WORD_CHARS_MAX)
        .collect();
    order(&mut learned);
    learned
}

/// The proposals as a unified diff of the two files, empty where there is nothing to propose.
pub fn patch(synonyms: &[Learned], compounds: &[Learned], files: (&str, &str), day: jiff::civil::Date) -> String {
    let head = format!("# 从读者改换的说法学到（{day}）：请逐行核对，删去不对的");
    let lines = |learned: &[Learned], line: &dyn Fn(&Learned) -> String| {
        let body = learned.iter().map(line);
        if learned.is_empty() { Vec::new() } else { std::iter::once(head.clone()).chain(body).collect() }
    };
    let first = lines(synonyms, &|one| format!("{} => {}", one.from, one.to));
    let second = lines(compounds, &|one| format!("{} {}", one.from, one.times.clamp(20, 200)));
    diff("search/synonyms.txt", files.0, &first) + &diff("search/dictionary.txt", files.1, &second)
}

/// Appends `added` to a file, as `git apply` and `patch -p1` read it in the articles folder.
fn diff(path: &str, file: &str, added: &[String]) -> String {
    /// Lines before the change that tell a tool where it is.
    const CONTEXT: usize = 3;
    if added.is_empty() {
        return String::new();
    }
    let lines: Vec<&str> = file.lines().collect();
    let context = &lines[lines.len().saturating_sub(CONTEXT)..];
    let from = if lines.is_empty() { 0 } else { lines.len() - context.len() + 1 };
    let old = if file.is_empty() { "/dev/null".to_owned() } else { format!("a/{path}") };
    let ended = file.is_empty() || file.ends_with('\n');
    let mut out = format!(
        "--- {old}\n+++ b/{path}\n@@ -{from},{} +{},{} @@\n",
        context.len(),
        from.max(1),
        context.len() + added.len()
    );
    for (at, line) in context.iter().enumerate() {
        if at + 1 == context.len() && !ended {
            // Writing to a string cannot fail.
            let _ = writeln!(out, "-{line}\n\\ No newline at end of file\n+{line}");
        } else {
            let _ = writeln!(out, " {line}");
        }
    }
    for line in added {
        let _ = writeln!(out, "+{line}");
    }
    out
}
