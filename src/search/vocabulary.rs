//! The collection's own words by how they sound and how they are spelled: what a mistyped word is
//! compared with. A correction can only be a word that the articles or the thesaurus know.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use tantivy::schema::Field;

use crate::text::{Lexicon, Question, Syllable, initials, is_han, readings};

/// Readings looked at per character; rarer ones are names and classics.
const READINGS_MAX: usize = 2;
/// Ways to read a word that are kept.
const WAYS_MAX: usize = 8;
/// Longest word in characters.
pub(super) const WORD_CHARS_MAX: usize = 6;
/// Letters of the shortest Latin word that is mended.
const LATIN_CHARS_MIN: usize = 4;

/// A word that the collection knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    pub text: String,
    /// Sections that hold it; 0 for words of the thesaurus alone.
    pub frequency: u32,
    /// Whether it is a word of the trade.
    pub domain: bool,
}

impl Word {
    /// Whether it is a word of the trade that the articles have.
    pub fn is_of_the_trade_here(&self) -> bool {
        self.domain && self.frequency > 0
    }
}

/// A Latin word that was meant by one a slip or two away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slip<'a> {
    pub word: &'a str,
    /// Whether a letter was typed for one that lies elsewhere on the keyboard: what was typed is
    /// rather another word.
    pub by_a_far_key: bool,
}

/// A word that sounds as was asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sounding<'a> {
    pub word: &'a Word,
    /// Whether by a rarer reading of one of its characters.
    pub rarely: bool,
}

/// Numbers of words by how they sound, and whether rarely.
type BySound = HashMap<Vec<Syllable>, Vec<(u32, bool)>>;

/// Words by sound, by initials and by letters.
#[derive(Debug, Default)]
pub(super) struct Vocabulary {
    /// The commonest first; of equals the order of their characters decides, so that a query is
    /// mended alike wherever it is asked.
    words: Vec<Word>,
    by_sound: BySound,
    by_blurred: BySound,
    by_initials: HashMap<String, Vec<u32>>,
    latin: Vec<(String, u32)>,
    /// Characters by sound, the commonest first.
    characters: HashMap<Syllable, Vec<(char, u32)>>,
    /// Of pairs of characters, the sections of the longer words that hold them.
    inside: HashMap<String, u32>,
}

impl Vocabulary {
    /// Reads the terms of the index. Costs some 60 ms for 10,000 articles, so it is made once and
    /// aside.
    pub fn new(snapshot: &tantivy::Searcher, grams: Field, lexicon: &Lexicon) -> Result<Self, tantivy::TantivyError> {
        let mut counts: HashMap<String, u32> = HashMap::new();
        let mut latin: HashMap<String, u32> = HashMap::new();
        let mut pairs: HashSet<(char, char)> = HashSet::new();
        let mut vocabulary = Self::default();
        for segment in snapshot.segment_readers() {
            let inverted = segment.inverted_index(grams)?;
            let mut terms = inverted.terms().stream()?;
            while terms.advance() {
                let frequency = terms.value().doc_freq;
                let Ok(term) = std::str::from_utf8(terms.key()) else { continue };
                if term.is_ascii() {
                    if term.len() >= LATIN_CHARS_MIN && term.len() <= 20 && term.bytes().any(|b| b.is_ascii_lowercase())
                    {
                        *latin.entry(term.to_owned()).or_default() += frequency;
                    }
                    continue;
                }
                let mut chars = term.chars();
                let three = (chars.next(), chars.next(), chars.next());
                if let (Some(one), Some(two), None) = three {
                    pairs.insert((one, two));
                }
                match three {
                    (Some(c), None, None) if is_han(c) => vocabulary.character(c, frequency),
                    (Some(_), Some(_), None) if !lexicon.is_word(term) => {}
                    (Some(_), Some(_), _) if term.chars().all(is_han) => {
                        *counts.entry(term.to_owned()).or_default() += frequency;
                    }
                    _ => {}
                }
            }
        }
        let mut also = |word: &str| {
            if word.chars().all(is_han) {
                counts.entry(word.to_owned()).or_default();
            }
        };
        // Of the thesaurus only what leads to words that some article may hold: nobody means 立案 here
        // who types lian, unless articles tell of courts.
        // Latin is looked up by whoever ranks.
        let held = |word: &str| {
            let mut two = word.chars().zip(word.chars().skip(1));
            two.all(|pair| !is_han(pair.0) || !is_han(pair.1) || pairs.contains(&pair))
        };
        let leads = |word: &&str| held(word) || lexicon.alternatives(word).any(held);
        lexicon.thesaurus().words().filter(leads).for_each(&mut also);
        // A wallet that no article names is meant all the same, where its name leads somewhere.
        let named = |word: &&str| word.is_ascii() && word.len() >= LATIN_CHARS_MIN;
        for word in lexicon.thesaurus().words().filter(named) {
            if lexicon
                .alternatives(word)
                .any(|other| latin.contains_key(other) || other.chars().any(is_han) && held(other))
            {
                latin.entry(word.to_owned()).or_default();
            }
        }
        lexicon.domain_words().for_each(&mut also);
        Question::all_asking_forms().for_each(&mut also);
        for (text, frequency) in &counts {
            vocabulary.pieces(text, *frequency);
        }
        let mut counts: Vec<(String, u32)> = counts.into_iter().collect();
        counts.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        for (text, frequency) in counts {
            vocabulary.add(Word { domain: lexicon.is_domain_word(&text), text, frequency });
        }
        for all in vocabulary.characters.values_mut() {
            all.sort_unstable_by_key(|(c, frequency)| (Reverse(*frequency), *c));
        }
        vocabulary.latin = latin.into_iter().collect();
        vocabulary.latin.sort_unstable();
        Ok(vocabulary)
    }

    fn character(&mut self, c: char, frequency: u32) {
        for syllable in readings(c).into_iter().take(1) {
            let all = self.characters.entry(syllable).or_default();
            match all.iter_mut().find(|(known, _)| *known == c) {
                Some((_, count)) => *count += frequency,
                None => all.push((c, frequency)),
            }
        }
    }

    fn pieces(&mut self, word: &str, frequency: u32) {
        let bounds: Vec<usize> = word.char_indices().map(|(at, _)| at).chain([word.len()]).collect();
        if bounds.len() < 4 || frequency == 0 {
            return;
        }
        for ends in bounds.windows(3) {
            *self.inside.entry(word[ends[0]..ends[2]].to_owned()).or_default() += frequency;
        }
    }

    /// Sections that hold the pair within a longer word, counted once for each such word.
    pub fn inside(&self, pair: &str) -> u32 {
        self.inside.get(pair).copied().unwrap_or(0)
    }

    fn add(&mut self, word: Word) {
        let chars = word.text.chars().count();
        if !(2..=WORD_CHARS_MAX).contains(&chars) {
            return;
        }
        let number = self.words.len() as u32;
        for (at, way) in ways(&word.text).into_iter().enumerate() {
            // The first way is the usual reading of each character.
            self.by_blurred.entry(blurred(&way)).or_default().push((number, at > 0));
            self.by_sound.entry(way).or_default().push((number, at > 0));
        }
        // Every question asks somehow: 什么是 is not what sms is short for.
        let asks = Question::all_asking_forms().any(|form| form == word.text);
        if let Some(initials) = initials(&word.text).filter(|_| !asks) {
            self.by_initials.entry(initials).or_default().push(number);
        }
        self.words.push(word);
    }

    fn words<'a>(&'a self, numbers: Option<&'a Vec<(u32, bool)>>) -> impl Iterator<Item = Sounding<'a>> {
        let sounding = |(number, rarely): &(u32, bool)| {
            self.words.get(*number as usize).map(|word| Sounding { word, rarely: *rarely })
        };
        numbers.into_iter().flatten().filter_map(sounding)
    }

    /// Words that sound exactly so.
    pub fn sounding(&self, syllables: &[Syllable]) -> impl Iterator<Item = Sounding<'_>> {
        self.words(self.by_sound.get(syllables))
    }

    /// Words that sound so to speakers who do not tell zh from z or -ng from -n.
    pub fn sounding_blurred(&self, syllables: &[Syllable]) -> impl Iterator<Item = Sounding<'_>> {
        self.words(self.by_blurred.get(&blurred(syllables)))
    }

    /// The best-known word with these initials: words of the trade before others.
    pub fn by_initials(&self, typed: &str) -> Option<&Word> {
        let words = self.by_initials.get(typed).into_iter().flatten();
        let words = words.filter_map(|number| self.words.get(*number as usize));
        // Of equals `min_by_key` takes the first, which is the commonest.
        words.min_by_key(|word| Reverse(word.is_of_the_trade_here()))
    }

    /// Characters that sound so, the commonest first.
    pub fn characters_sounding(&self, syllable: Syllable) -> impl Iterator<Item = char> {
        self.characters.get(&syllable).into_iter().flatten().map(|(c, _)| *c)
    }

    /// The Latin word meant by one that is nowhere: one slip away, two in long words.
    pub fn nearest_latin(&self, typed: &str) -> Option<Slip<'_>> {
        let length = typed.len();
        if length < LATIN_CHARS_MIN || !typed.is_ascii() {
            return None;
        }
        let slips = if length >= 8 { 2 } else { 1 };
        // The first letter is rarely wrong.
        let first = typed.get(..1)?;
        let from = self.latin.partition_point(|(word, _)| word.as_str() < first);
        let same_start = self.latin[from..].iter().take_while(|(word, _)| word.starts_with(first));
        let near = same_start.filter(|(word, _)| word.len().abs_diff(length) <= slips);
        let scored = near.filter_map(|(word, count)| {
            let (distance, far) = slips_between(typed.as_bytes(), word.as_bytes());
            (distance <= slips).then_some((distance, far, Reverse(*count), word.as_str()))
        });
        scored.min().map(|(_, by_a_far_key, _, word)| Slip { word, by_a_far_key })
    }
}

/// The ways to read a word.
fn ways(word: &str) -> Vec<Vec<Syllable>> {
    let mut ways: Vec<Vec<Syllable>> = vec![Vec::new()];
    for c in word.chars() {
        let readings = readings(c);
        if readings.is_empty() {
            return Vec::new();
        }
        let mut longer = Vec::with_capacity(ways.len() * READINGS_MAX);
        for way in &ways {
            for reading in readings.iter().take(READINGS_MAX) {
                longer.push(way.iter().copied().chain([*reading]).collect());
            }
        }
        longer.truncate(WAYS_MAX);
        ways = longer;
    }
    ways
}

fn blurred(syllables: &[Syllable]) -> Vec<Syllable> {
    syllables.iter().map(|s| s.blurred()).collect()
}

/// Rows of the keyboard, each shifted by half a key against the one above.
const KEYS: [&[u8]; 3] = [b"qwertyuiop", b"asdfghjkl", b"zxcvbnm"];

/// Whether two letters lie beside each other on the keyboard.
fn are_near(a: u8, b: u8) -> bool {
    let place = |letter: u8| {
        let row = KEYS.iter().position(|row| row.contains(&letter))?;
        let column = KEYS[row].iter().position(|key| *key == letter)?;
        // In half keys.
        Some((row, 2 * column + row))
    };
    match (place(a), place(b)) {
        (Some((row, x)), Some((other, y))) => row.abs_diff(other) <= 1 && x.abs_diff(y) <= 2,
        _ => false,
    }
}

/// Slips from one word to the other: a letter wrong, missing, too many, or two exchanged; and
/// whether so few only where a letter may stand for one from elsewhere on the keyboard.
/// Source: Damerau 1964; the variant in which no letter is moved twice.
fn slips_between(a: &[u8], b: &[u8]) -> (usize, bool) {
    let mut before: Vec<(usize, bool)> = Vec::new();
    let mut above: Vec<(usize, bool)> = (0..=b.len()).map(|j| (j, false)).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = Vec::with_capacity(b.len() + 1);
        row.push((i + 1, false));
        for (j, y) in b.iter().enumerate() {
            let more = |(slips, far): (usize, bool)| (slips + 1, far);
            let (slips, far) = above[j];
            let exchanged = if x == y { (slips, far) } else { (slips + 1, far || !are_near(*x, *y)) };
            let mut best = exchanged.min(more(above[j + 1])).min(more(row[j]));
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                best = best.min(more(before[j - 1]));
            }
            row.push(best);
        }
        before = std::mem::replace(&mut above, row);
    }
    above.last().copied().unwrap_or((a.len(), false))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_counted() {
        let check = |a: &str, b: &str, slips: usize, far: bool| {
            assert_eq!(slips_between(a.as_bytes(), b.as_bytes()), (slips, far), "{a} {b}");
        };
        check("metamsk", "metamask", 1, false);
        check("wallte", "wallet", 1, false);
        check("metanask", "metamask", 1, false); // the next key
        check("keystone", "keystore", 1, true);
        check("usde", "usdt", 1, true);
        check("", "abc", 3, false);
        check("same", "same", 0, false);
    }
}
