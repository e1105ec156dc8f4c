//! Counts the query's needles in a text, in one pass over its characters.
//!
//! The text is folded character by character as it is read, so nothing folded has to be kept. A
//! needle is a short row of canonical characters: one, a pair, a word, a Latin run, a synonym.

use std::collections::HashMap;

use crate::text::{canon, is_han};

/// Distinct characters of all needles together. A pasted page holds more; the rest of them then
/// only counts through the needles made of the first.
const ALPHABET_MAX: usize = 1_000;

/// Finds a fixed set of needles in texts.
#[derive(Debug)]
pub(super) struct Scanner {
    /// Number of each known character, by its code in the basic plane; 0 is unknown.
    numbers: Vec<u16>,
    /// Needles by the number of their last character, longest first.
    by_last: Vec<Vec<Tail>>,
    needles: usize,
}

#[derive(Debug)]
struct Tail {
    needle: usize,
    /// All characters but the last, in order.
    before: Vec<char>,
    last: char,
    latin_start: bool,
    latin_end: bool,
}

/// A place where a needle stands, in characters of the folded text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub needle: usize,
    pub start: usize,
    pub end: usize,
}

/// The canonical characters of a text; invisible ones are dropped, blanks become one blank.
pub(super) fn canonical(text: &str, into: &mut Vec<char>) {
    into.clear();
    for c in text.chars() {
        match canon(c) {
            Some(c) if c.is_whitespace() && into.last() == Some(&' ') => {}
            Some(c) => into.push(if c.is_whitespace() { ' ' } else { c }),
            None => {}
        }
    }
}

impl Scanner {
    /// A scanner for needles given as folded texts; their order numbers them.
    pub fn new<'a>(needles: impl IntoIterator<Item = &'a str>) -> Self {
        let mut numbers = vec![0u16; 0x1_0000];
        let mut by_last: Vec<Vec<Tail>> = vec![Vec::new()];
        let mut count = 0;
        for (needle, text) in needles.into_iter().enumerate() {
            count += 1;
            let mut chars: Vec<char> = text.chars().collect();
            let Some(last) = chars.pop() else { continue };
            let Some(number) = numbers.get_mut(last as usize) else { continue };
            if *number == 0 {
                if by_last.len() > ALPHABET_MAX {
                    continue;
                }
                *number = by_last.len() as u16;
                by_last.push(Vec::new());
            }
            let first = chars.first().copied().unwrap_or(last);
            by_last[*number as usize].push(Tail {
                needle,
                before: chars,
                last,
                latin_start: is_latin(first),
                latin_end: is_latin(last),
            });
        }
        Self { numbers, by_last, needles: count }
    }

    /// How often each needle stands in `text`.
    pub fn count(&self, text: &[char], counts: &mut Vec<u16>) {
        counts.clear();
        counts.resize(self.needles, 0);
        self.each(text, |place| counts[place.needle] = counts[place.needle].saturating_add(1));
    }

    /// Calls `found` for every place of every needle, ordered by where it ends.
    pub fn each(&self, text: &[char], mut found: impl FnMut(Place)) {
        for (at, c) in text.iter().enumerate() {
            let number = self.numbers.get(*c as usize).copied().unwrap_or(0);
            if number == 0 {
                continue;
            }
            for tail in &self.by_last[number as usize] {
                let Some(start) = at.checked_sub(tail.before.len()) else { continue };
                if text[start..at] != tail.before[..] {
                    continue;
                }
                if tail.latin_start && start > 0 && joins(text[start - 1], text[start]) {
                    continue;
                }
                if tail.latin_end && !ends(tail.last, &text[at + 1..]) {
                    continue;
                }
                found(Place { needle: tail.needle, start, end: at + 1 });
            }
        }
    }
}

fn is_latin(c: char) -> bool {
    c.is_alphanumeric() && !is_han(c)
}

/// Whether two neighbouring characters belong to one part of a Latin run.
fn joins(a: char, b: char) -> bool {
    is_latin(a) && is_latin(b) && a.is_numeric() == b.is_numeric()
}

/// Whether a Latin needle may end before `rest`: at a border, or before a plural's s.
fn ends(last: char, rest: &[char]) -> bool {
    match rest {
        [] => true,
        [next, ..] if !joins(last, *next) => true,
        ['s', after, ..] => last.is_alphabetic() && !joins('s', *after),
        ['s'] => last.is_alphabetic(),
        _ => false,
    }
}

/// Numbers texts so that each is kept once.
#[derive(Debug, Default)]
pub(super) struct Interner {
    numbers: HashMap<String, usize>,
}

impl Interner {
    /// The number of `text`, and whether it is new.
    pub fn number(&mut self, text: &str) -> (usize, bool) {
        if let Some(&number) = self.numbers.get(text) {
            return (number, false);
        }
        let number = self.numbers.len();
        self.numbers.insert(text.to_owned(), number);
        (number, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(needles: &[&str], text: &str) -> Vec<u16> {
        let (mut chars, mut counts) = (Vec::new(), Vec::new());
        canonical(text, &mut chars);
        Scanner::new(needles.iter().copied()).count(&chars, &mut counts);
        counts
    }

    #[test]
    fn needles_are_counted_on_the_folded_text() {
        assert_eq!(count(&["转账", "账", "助记词", "没到账"], "轉帳沒到賬，转账助記詞"), [2, 3, 1, 1]);
        assert_eq!(count(&["trc", "20", "trc20", "eth", "token"], "TRC20 method Tokens ETH2"), [1, 1, 1, 1, 1]);
        assert_eq!(count(&["seed phrase"], "Your Seed\n Phrase!"), [1]);
        assert_eq!(count(&["a"], ""), [0]);
    }
}
