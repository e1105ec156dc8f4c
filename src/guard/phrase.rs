//! Recovery phrases (BIP-39) in text: whole, mistyped, numbered, spread over lines, glued together.
//!
//! English. Words of the list are common English, yet ordinary text hardly ever puts twelve of them
//! side by side: in 1.2 GB of English manuals, comments and documentation 713 places did, nearly all
//! of them code that says the same few words again and again ("display base display base"). So what
//! tells a phrase from prose is how many different *uncommon* words (those not in `common.txt`)
//! stand together. Of 12 random words, 4 or more are uncommon and different in all but 0.04 % of
//! cases. In 133,000 files of 1.6 GB in all, these rules took some 60 places for a phrase: code, and
//! alphabetical lists of the names of emoji and styles; no sentence.
//!
//! Chinese. 98.9 % of Han in ordinary text is in the list, so words mean nothing: only single
//! characters, set apart, as many as a phrase has, with a good checksum, are one.
//!
//! Source: <https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki>.

use std::collections::HashMap;
use std::sync::LazyLock;

use bip39::Language;
use sha2::{Digest as _, Sha256};

use super::fold::{Folded, INVISIBLE, is_han, looks_like};

/// Lengths of phrases.
const LENGTHS: [usize; 5] = [12, 15, 18, 21, 24];
/// Words looked at together: the shortest phrase.
const WINDOW: usize = 12;
/// Han characters that may stand between two English words as their number (「第十二个」).
const NUMBERING_MAX: usize = 4;
/// Letters of a run that is cut into words: twice the longest phrase.
const GLUED_MAX: usize = 2 * 24 * 8;
/// Different words in twelve: random ones have eight or more but once in ten million times. Code and
/// tables that stay with the words of the list repeat themselves far more.
const DIFFERENT_MIN: usize = 8;
/// Words of which published test phrases are made, with one other at the end: mistyped ones count too.
const PUBLISHED: [&str; 2] = ["abandon", "zoo"];
/// Checksums computed for one text. A phrase needs few; the bound is for text made to cost time.
const CHECKSUMS_MAX: usize = 2_048;

/// Place of a word in the list; the two values beyond it stand for another word and for a border.
type Word = u16;
const FOREIGN: Word = 2_048;
const BORDER: Word = 2_049;

/// The English list, sorted as it is published, with the place of each pair of first letters in it:
/// glued words are looked up at every letter, and most of those look-ups end at an empty range.
struct English {
    words: &'static [&'static str; 2048],
    starts: Vec<Word>,
}

static ENGLISH: LazyLock<English> = LazyLock::new(|| {
    let words = Language::English.word_list();
    let starts =
        (0..=26 * 26).map(|pair| words.partition_point(|word| first_pair(word) < Some(pair)) as Word).collect();
    English { words, starts }
});

impl English {
    fn get(&self, word: &str) -> Option<Word> {
        let pair = first_pair(word)?;
        let range = self.starts[pair]..self.starts[pair + 1];
        range.into_iter().find(|place| self.words[usize::from(*place)] == word)
    }
}

/// The number of a word's first two letters among all such pairs, if both are `a` to `z`.
fn first_pair(word: &str) -> Option<usize> {
    let number = |letter: &u8| letter.is_ascii_lowercase().then(|| usize::from(letter - b'a'));
    let [first, second, ..] = word.as_bytes() else { return None };
    Some(number(first)? * 26 + number(second)?)
}

/// By place in the list, whether a word is common.
static COMMON: LazyLock<Vec<bool>> = LazyLock::new(|| {
    let mut common = vec![false; Language::English.word_list().len()];
    let lines = include_str!("common.txt").lines().filter(|line| !line.starts_with('#'));
    for place in lines.flat_map(str::split_whitespace).filter_map(|word| ENGLISH.get(word)) {
        common[usize::from(place)] = true;
    }
    common
});

static CHINESE: LazyLock<[HashMap<char, Word>; 2]> = LazyLock::new(|| {
    [Language::SimplifiedChinese, Language::TraditionalChinese].map(|language| {
        let words = language.word_list().iter().filter_map(|word| word.chars().next());
        words.zip(0..).collect()
    })
});

/// The Han characters that are typed most: the list for phrases was made of them.
pub fn common_han() -> impl Iterator<Item = char> {
    Language::SimplifiedChinese.word_list().iter().filter_map(|word| word.chars().next())
}

/// Whether there is a recovery phrase in the text.
pub(super) fn is_in(text: &Folded) -> bool {
    english(&words(&text.chars)) || chinese(&text.chars)
}

// English.

/// The words of the text in order, with a border where too much stands between two.
fn words(chars: &[char]) -> Vec<Word> {
    let mut words = Vec::new();
    let mut han = 0;
    let mut at = 0;
    while at < chars.len() {
        if !chars[at].is_alphabetic() {
            at += 1;
            continue;
        }
        if is_han(chars[at]) {
            han += 1;
            at += 1;
            if han == NUMBERING_MAX + 1 {
                words.push(BORDER);
            }
            continue;
        }
        let start = at;
        while at < chars.len() && (chars[at].is_alphabetic() && !is_han(chars[at]) || chars[at] == INVISIBLE) {
            at += 1;
        }
        let is_numbering = at == start + 1 && chars.get(at).is_some_and(|c| matches!(c, '.' | ')' | ']' | ':' | '、'));
        if !is_numbering {
            push_words(&chars[start..at], &mut words);
        }
        han = 0;
    }
    words
}

/// Adds the word a run of letters is, or the words it is glued of (`abandonAbility`, `abandonability…`).
fn push_words(run: &[char], words: &mut Vec<Word>) {
    let mut start = 0;
    for at in 1..=run.len() {
        let camel = at < run.len() && run[at].is_ascii_uppercase() && run[at - 1].is_ascii_lowercase();
        if camel || at == run.len() {
            let word: String = run[start..at].iter().filter(|c| **c != INVISIBLE).map(|c| looks_like(*c)).collect();
            start = at;
            match ENGLISH.get(&word) {
                Some(place) => words.push(place),
                None if !unglue(&word, words) => words.push(FOREIGN),
                None => {}
            }
        }
    }
}

/// Cuts a run into words of the list if it is made of nothing else, and of three at least: two
/// stand together in many an ordinary word.
fn unglue(run: &str, words: &mut Vec<Word>) -> bool {
    const SHORTEST: usize = 3;
    const LONGEST: usize = 8;
    if !(3 * SHORTEST..=GLUED_MAX).contains(&run.len()) || !run.is_ascii() {
        return false;
    }
    // last[end]: the word that ends there where everything before it is words too.
    let mut last: Vec<Option<(Word, usize)>> = vec![None; run.len() + 1];
    for end in SHORTEST..=run.len() {
        last[end] = (SHORTEST..=LONGEST.min(end)).find_map(|length| {
            let start = end - length;
            let place = ENGLISH.get(&run[start..end])?;
            (start == 0 || last[start].is_some()).then_some((place, start))
        });
    }
    let mut found = Vec::new();
    let mut end = run.len();
    while let Some((word, start)) = last[end] {
        found.push(word);
        end = start;
    }
    if end != 0 || found.len() < 3 {
        return false;
    }
    words.extend(found.into_iter().rev());
    true
}

fn english(words: &[Word]) -> bool {
    let mut checksums = CHECKSUMS_MAX;
    words.split(|word| *word == BORDER).any(|text| {
        let windows_tell = if text.len() + 1 == WINDOW { is_dense(text) } else { text.windows(WINDOW).any(is_dense) };
        windows_tell || text.split(|word| *word == FOREIGN).any(|run| has_good_checksum(run, &mut checksums))
    })
}

/// Whether twelve words (or eleven that stand alone) are a phrase by their uncommonness, whatever
/// the checksum says: one was mistyped, forgotten or put too much.
fn is_dense(window: &[Word]) -> bool {
    let listed = window.iter().filter(|word| **word != FOREIGN).count();
    if listed < WINDOW - 2 {
        return false;
    }
    let told = match (listed, different(window, is_uncommon)) {
        (12, 4..) | (11, 5..) | (10, 7..) => different(window, is_listed) >= DIFFERENT_MIN,
        _ => false,
    };
    told || listed + 1 >= window.len()
        && PUBLISHED.iter().any(|word| count(window, ENGLISH.get(word)) + 2 >= window.len())
}

/// Whether a run of listed words holds a phrase with a good checksum. Where the run is the phrase
/// (the words around one are rarely listed) two uncommon words confirm it; where it is longer and
/// there are many places to be lucky, at one time in sixteen each, three do.
fn has_good_checksum(run: &[Word], checksums: &mut usize) -> bool {
    LENGTHS.iter().filter(|length| run.len() >= **length).any(|length| {
        let needed = if run.len() == *length { 2 } else { 3 };
        run.windows(*length).any(|window| {
            // Published test phrases are one word again and again, and another at the end.
            let repeats = || count(window, Some(window[0])) + 1 == window.len();
            let random = || different(window, is_uncommon) >= needed && different(window, is_listed) >= DIFFERENT_MIN;
            if *checksums == 0 || !(repeats() || random()) {
                return false;
            }
            *checksums -= 1;
            checksum_is_good(window)
        })
    })
}

fn is_listed(word: Word) -> bool {
    word < FOREIGN
}

fn is_uncommon(word: Word) -> bool {
    COMMON.get(usize::from(word)).is_some_and(|common| !common)
}

fn count(window: &[Word], word: Option<Word>) -> usize {
    window.iter().filter(|other| Some(**other) == word).count()
}

/// How many different words of a kind there are in a window.
fn different(window: &[Word], is_kind: fn(Word) -> bool) -> usize {
    let of_kind = window.iter().enumerate().filter(|(_, word)| is_kind(**word));
    of_kind.filter(|(at, word)| !window[..*at].contains(word)).count()
}

// Chinese.

/// Whether single Han characters, set apart by anything but letters, are a phrase.
fn chinese(chars: &[char]) -> bool {
    let mut apart: Vec<char> = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let start = at;
        while at < chars.len() && is_han(chars[at]) {
            at += 1;
        }
        match at - start {
            0 => {
                if chars[at].is_alphabetic() && is_chinese_phrase(&std::mem::take(&mut apart)) {
                    return true;
                }
                at += 1;
            }
            1 => apart.push(chars[start]),
            _ if is_chinese_phrase(&std::mem::take(&mut apart)) => return true,
            _ => {}
        }
    }
    is_chinese_phrase(&apart)
}

fn is_chinese_phrase(characters: &[char]) -> bool {
    LENGTHS.contains(&characters.len())
        && CHINESE.iter().any(|list| {
            let words: Option<Vec<Word>> = characters.iter().map(|c| list.get(c).copied()).collect();
            words.is_some_and(|words| checksum_is_good(&words))
        })
}

/// Whether the last bits of a phrase are the first bits of the hash of the others: one in 33 bits,
/// 11 bits a word.
fn checksum_is_good(words: &[Word]) -> bool {
    let checksum_bits = words.len() / 3;
    let mut bytes = Vec::with_capacity(34);
    let (mut held, mut bits) = (0_u32, 0);
    for word in words {
        held = held << 11 | u32::from(*word);
        bits += 11;
        while bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
        }
    }
    let entropy = checksum_bits * 4;
    // With 24 words the checksum is a whole byte; with fewer its bits are left in `held`.
    let told = if bits == 0 { bytes[entropy] } else { (held << (8 - bits)) as u8 };
    let hash = Sha256::digest(&bytes[..entropy])[0];
    hash >> (8 - checksum_bits) == told >> (8 - checksum_bits)
}
