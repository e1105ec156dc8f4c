//! Counts the query's needles in a text, in one pass over its characters.
//!
//! Texts are kept as canonical codes, two bytes a character, so that a query reads them as they are.
//! A needle is a short row of canonical characters: one, a pair, a word, a Latin run, a synonym.

use crate::text::{canons, is_han};

/// Distinct last characters of all needles together. A pasted page holds more; needles that end
/// with the rest of them are not looked for.
const ALPHABET_MAX: usize = 1_000;

/// A canonical character as texts are kept for scanning: its code in the basic plane; others share
/// the codes of private use, where two that are met in one text are hardly ever the same.
pub(super) type Code = u16;

/// The code of a canonical character.
pub(super) fn code(c: char) -> Code {
    const PRIVATE: std::ops::Range<u32> = 0xe000..0xf900;
    let place = || PRIVATE.start + u32::from(c) % (PRIVATE.end - PRIVATE.start);
    Code::try_from(u32::from(c)).unwrap_or_else(|_| place() as Code)
}

/// Finds a fixed set of needles in texts.
#[derive(Debug)]
pub(super) struct Scanner {
    /// One bit for each code that some needle ends with: eight kilobytes, which stay in the
    /// nearest cache while a text of which most characters matter to no needle is read.
    ends: Box<[u64; 1024]>,
    /// Where in `by_last` the needles that end with a code are; 0 is nowhere.
    numbers: Vec<u16>,
    by_last: Vec<Vec<Tail>>,
    needles: usize,
}

#[derive(Debug)]
struct Tail {
    needle: usize,
    /// All codes but the last, in order.
    before: Vec<Code>,
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

/// Appends the canonical codes of a text; invisible characters are dropped, blanks become one blank.
pub(super) fn canonical(text: &str, into: &mut Vec<Code>) {
    for c in text.chars().flat_map(canons) {
        match c {
            c if c.is_whitespace() && into.last() == Some(&BLANK) => {}
            c if c.is_whitespace() => into.push(BLANK),
            c => into.push(code(c)),
        }
    }
}

/// The code of a blank.
pub(super) const BLANK: Code = b' ' as Code;

/// How long a text is: its characters and digits, without blanks, borders and punctuation, which in
/// a text of ten characters would be a good part of it. A few signs beyond ASCII count all the same.
pub(super) fn length(text: &[Code]) -> f32 {
    // Folding has made full-width signs half-width ones and all letters small.
    const SIGNS: std::ops::Range<Code> = 0x2000..0x3005;
    const LETTERS_FROM: Code = 0xc0;
    let within = |code: Code, first: u8, count: Code| code.wrapping_sub(first.into()) < count;
    let counts = |code: &Code| {
        within(*code, b'a', 26) || within(*code, b'0', 10) || *code >= LETTERS_FROM && !SIGNS.contains(code)
    };
    text.iter().map(|code| u32::from(counts(code))).sum::<u32>() as f32
}

impl Scanner {
    /// A scanner for needles given as folded texts; their order numbers them.
    pub fn new<'a>(needles: impl IntoIterator<Item = &'a str>) -> Self {
        let mut ends = Box::new([0u64; 1024]);
        let mut numbers = vec![0u16; 0x1_0000];
        let mut by_last: Vec<Vec<Tail>> = vec![Vec::new()];
        let mut count = 0;
        for (needle, text) in needles.into_iter().enumerate() {
            count += 1;
            let mut codes: Vec<Code> = text.chars().map(code).collect();
            let Some(last) = codes.pop().filter(|last| *last != 0 && !codes.contains(&0)) else { continue };
            let number = &mut numbers[last as usize];
            if *number == 0 {
                if by_last.len() > ALPHABET_MAX {
                    continue;
                }
                *number = by_last.len() as u16;
                by_last.push(Vec::new());
                ends[last as usize / 64] |= 1 << (last % 64);
            }
            let first = codes.first().copied().unwrap_or(last);
            let tail = Tail { needle, before: codes, latin_start: is_latin(first), latin_end: is_latin(last) };
            by_last[*number as usize].push(tail);
        }
        Self { ends, numbers, by_last, needles: count }
    }

    /// Adds `times` to the count of each needle for every place where it stands in `text`.
    pub fn count(&self, text: &[Code], times: f32, counts: &mut [f32]) {
        self.each(text, |place| counts[place.needle] += times);
    }

    /// How many needles there are.
    pub fn needles(&self) -> usize {
        self.needles
    }

    /// Calls `found` for every place of every needle, ordered by where it ends.
    pub fn each(&self, text: &[Code], mut found: impl FnMut(Place)) {
        for (at, last) in text.iter().enumerate() {
            if self.ends[*last as usize / 64] >> (last % 64) & 1 == 0 {
                continue;
            }
            for tail in &self.by_last[self.numbers[*last as usize] as usize] {
                let Some(start) = at.checked_sub(tail.before.len()) else { continue };
                if text[start..at] != tail.before[..] {
                    continue;
                }
                if tail.latin_start && start > 0 && joins(text[start - 1], text[start]) {
                    continue;
                }
                if tail.latin_end && !stops(*last, &text[at + 1..]) {
                    continue;
                }
                found(Place { needle: tail.needle, start, end: at + 1 });
            }
        }
    }
}

fn letter(code: Code) -> char {
    char::from_u32(code.into()).unwrap_or(' ')
}

fn is_latin(code: Code) -> bool {
    let c = letter(code);
    c.is_alphanumeric() && !is_han(c)
}

/// Whether two neighbouring characters belong to one part of a Latin run.
fn joins(a: Code, b: Code) -> bool {
    is_latin(a) && is_latin(b) && letter(a).is_numeric() == letter(b).is_numeric()
}

/// Whether a Latin needle may end before `rest`: at a border, or before a plural's s.
fn stops(last: Code, rest: &[Code]) -> bool {
    const S: Code = b's' as Code;
    match rest {
        [] => true,
        [next, ..] if !joins(last, *next) => true,
        [S, after, ..] => letter(last).is_alphabetic() && !joins(S, *after),
        [S] => letter(last).is_alphabetic(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(needles: &[&str], text: &str) -> Vec<u16> {
        let (mut codes, mut counts) = (Vec::new(), vec![0.0; needles.len()]);
        canonical(text, &mut codes);
        Scanner::new(needles.iter().copied()).count(&codes, 1.0, &mut counts);
        counts.into_iter().map(|count| count as u16).collect()
    }

    #[test]
    fn needles_are_counted_on_the_folded_text() {
        assert_eq!(count(&["转账", "账", "助记词", "没到账"], "轉帳沒到賬，转账助記詞"), [2, 3, 1, 1]);
        assert_eq!(count(&["trc", "20", "trc20", "eth", "token"], "TRC20 method Tokens ETH2"), [1, 1, 1, 1, 1]);
        assert_eq!(count(&["seed phrase"], "Your Seed\n Phrase!"), [1]);
        assert_eq!(count(&["a"], ""), [0]);
        assert_eq!(count(&["10", "trezor", "𠮷"], "卡号⑩，Trezor™，𠮷野家"), [1, 1, 1]);
    }
}
