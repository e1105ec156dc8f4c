//! Whether and where a line holds what is typed: as it stands, by sound, by initials.

use crate::domain::Span;
use crate::text::{Folded, Syllable, fold_mapped, is_han, readings};

use super::suggest::TYPED_CHARS_MAX;

/// How a line answers what is typed, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    Starts,
    Contains,
    Sounds,
    Question,
}

/// The first two letters of a character's two most usual readings; of a Latin letter itself.
pub(super) fn first_letters(c: char) -> [[u8; 2]; 2] {
    if !is_han(c) {
        return [[u8::try_from(c).unwrap_or(0), 0], [0, 0]];
    }
    let readings = readings(c);
    [0, 1].map(|at| {
        let name = readings.get(at).map_or("", |syllable| syllable.name()).as_bytes();
        [0, 1].map(|letter| name.get(letter).copied().unwrap_or(0))
    })
}

/// A title with its letters and digits singled out.
pub(super) struct Line {
    folded: Folded,
    /// Letters and digits with their place among the folded characters.
    letters: Vec<(usize, char)>,
}

impl Line {
    pub fn of(text: &str) -> Self {
        let folded = fold_mapped(text);
        let letters = folded.text.chars().enumerate().filter(|(_, c)| c.is_alphanumeric()).collect();
        Self { folded, letters }
    }

    /// Whether and where the line answers what is typed.
    pub fn fit(&self, typed: &str) -> Option<(Fit, std::ops::Range<usize>)> {
        let wanted: Vec<char> = typed.chars().collect();
        let at = self.letters.windows(wanted.len()).position(|w| w.iter().map(|(_, c)| c).eq(wanted.iter()));
        if let Some(at) = at {
            let fit = if at == 0 { Fit::Starts } else { Fit::Contains };
            return Some((fit, self.range(at, at + wanted.len())));
        }
        if wanted.len() < 2 || !wanted.iter().any(char::is_ascii_lowercase) {
            return None;
        }
        (0..self.letters.len()).find_map(|start| {
            let end = sounds_like(&self.letters[start..], &wanted)?;
            Some((Fit::Sounds, self.range(start, start + end)))
        })
    }

    fn range(&self, from: usize, to: usize) -> std::ops::Range<usize> {
        let last = to.checked_sub(1).and_then(|last| self.letters.get(last));
        match (self.letters.get(from), last) {
            (Some((start, _)), Some((end, _))) => self.folded.source_range(*start, end + 1),
            _ => 0..0,
        }
    }

    pub fn spans(text: &str, range: &std::ops::Range<usize>) -> Vec<Span> {
        let pieces = [(0..range.start, false), (range.start..range.end, true), (range.end..text.len(), false)];
        let pieces = pieces.into_iter().filter_map(|(range, mark)| Some((text.get(range)?, mark)));
        pieces
            .filter(|(piece, _)| !piece.is_empty())
            .map(|(piece, mark)| Span { text: piece.to_owned(), mark })
            .collect()
    }
}

/// How many of `letters` from the first on are spelled by what is typed: each character by its
/// whole syllable or its first letter, the last one by any beginning; other letters by themselves.
pub(super) fn sounds_like(letters: &[(usize, char)], typed: &[char]) -> Option<usize> {
    // Bit n: the letters so far may spell the first n characters of what is typed. All ways at once,
    // since of 安安安安 each may be `an` or `a`.
    const { assert!(TYPED_CHARS_MAX < u64::BITS as usize) };
    let all = typed.get(..TYPED_CHARS_MAX).unwrap_or(typed);
    let mut spelled = 1u64;
    for (before, (_, c)) in letters.iter().enumerate() {
        if spelled >> all.len() & 1 == 1 {
            return Some(before);
        }
        spelled =
            (0..all.len()).filter(|at| spelled >> at & 1 == 1).fold(0, |next, at| next | taken(*c, &all[at..]) << at);
    }
    (spelled >> all.len() & 1 == 1).then_some(letters.len())
}

/// How many characters of what is typed may stand for `c`, a bit for each number.
fn taken(c: char, typed: &[char]) -> u64 {
    let itself = u64::from(typed.first() == Some(&c)) << 1;
    if !is_han(c) {
        return itself;
    }
    readings(c).into_iter().map(Syllable::name).fold(itself, |ways, name| {
        let same = name.chars().zip(typed).take_while(|(a, b)| a == *b).count();
        let whole = same == name.len() || same == typed.len();
        ways | u64::from(same > 0) << 1 | u64::from(whole) << same
    })
}
