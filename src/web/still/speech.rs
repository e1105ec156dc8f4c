//! Common words of the language that the articles do not hold. Without them a question about
//! something else falls into single characters, which every article has: the browser would neither
//! know that 天气 is in no article, nor leave 壁纸 alone for being a word.
//!
//! The segmenter's dictionary has 350,000 words; here are those of two characters that are said most.
//! Each is the number of a pair of characters, and what is written is the step from the last: some 17
//! bits a word.

use std::collections::HashSet;

use super::index::Sounds;
use crate::text::Lexicon;

/// How often a word must stand in the texts that the dictionary was counted on.
const TIMES_MIN: usize = 30;

/// Digits of steps. The last sixteen say that more follow.
const DIGITS: &[u8; 64] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
const LAST_DIGITS: usize = 48;

/// The words of two of the characters in `sounds`, in that order, but for those in `known`: as steps
/// from one to the next.
pub fn said(lexicon: &Lexicon, sounds: &Sounds, known: &HashSet<&str>) -> String {
    let characters: Vec<char> = sounds.values().flat_map(|characters| characters.chars()).collect();
    let (mut speech, mut last) = (String::new(), 0);
    let mut word = String::new();
    for (at, first) in characters.iter().enumerate() {
        for (number, second) in (at * characters.len()..).zip(&characters) {
            word.clear();
            word.extend([*first, *second]);
            if !known.contains(word.as_str()) && lexicon.is_said(&word, TIMES_MIN) {
                step(number - last, &mut speech);
                last = number;
            }
        }
    }
    speech
}

/// Appends a number: its last digit is one of 48, those before of 16.
fn step(number: usize, into: &mut String) {
    let (mut more, last) = (number / LAST_DIGITS, number % LAST_DIGITS);
    let mut digits = vec![last];
    while more > 0 {
        digits.push(LAST_DIGITS + more % (DIGITS.len() - LAST_DIGITS));
        more /= DIGITS.len() - LAST_DIGITS;
    }
    into.extend(digits.iter().rev().map(|digit| char::from(DIGITS[*digit])));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_by_steps() {
        let sounds = Sounds::from([("da", "大".to_owned()), ("qi", "气".to_owned()), ("tian", "天".to_owned())]);
        // 大大 is pair 0, 大气 1, 天大 6, 天气 7 and 天天 8; 气气 is none that is said.
        assert_eq!(said(&Lexicon::builtin(), &sounds, &HashSet::new()), "01511");
        let known = HashSet::from(["大气", "天大"]);
        assert_eq!(said(&Lexicon::builtin(), &sounds, &known), "071");
    }

    #[test]
    fn large_steps_take_more_digits() {
        let written = |number| {
            let mut text = String::new();
            step(number, &mut text);
            text
        };
        assert_eq!([0, 47, 48, 768, 48 * 256].map(written), ["0", "l", "n0", "nm0", "nmm0"]);
    }
}
