//! Text as the guard reads it: full-width and styled letters as plain ones, accents and invisible
//! characters out of the way, each character with the bytes it came from.

use std::ops::Range;

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

/// Stands for any character that is not seen. Kept, because it parts two Han characters, while
/// inside a word or a key it is nothing.
pub(super) const INVISIBLE: char = '\u{200b}';
/// Characters one ligature may unfold into: enough for ㎯ and ⑽, and none that is longer is a key.
const UNFOLDED_MAX: usize = 4;

/// A folded text.
pub(super) struct Folded {
    pub(super) chars: Vec<char>,
    /// Where the original character of each begins and ends, in bytes.
    places: Vec<(u32, u32)>,
}

impl Folded {
    pub(super) fn new(text: &str) -> Self {
        let mut folded = Self { chars: Vec::with_capacity(text.len()), places: Vec::with_capacity(text.len()) };
        for (start, c) in text.char_indices() {
            let place = (start as u32, (start + c.len_utf8()) as u32);
            if c.is_ascii() || matches!(c, '\u{4e00}'..='\u{9fff}') {
                folded.push(c, place);
            } else if is_invisible(c) {
                folded.push(INVISIBLE, place);
            } else if matches!(c, '\u{ac00}'..='\u{d7a3}' | '\u{fb50}'..='\u{fdff}') {
                // Hangul syllables and Arabic ligatures would come apart into letters that mean nothing here.
                folded.push(c, place);
            } else {
                let mut room = UNFOLDED_MAX;
                decompose_compatible(c, |part| {
                    if room > 0 && !is_combining_mark(part) {
                        folded.push(part, place);
                        room -= 1;
                    }
                });
            }
        }
        folded
    }

    fn push(&mut self, c: char, place: (u32, u32)) {
        self.chars.push(c);
        self.places.push(place);
    }

    /// The bytes from which the characters of a non-empty range come.
    pub(super) fn bytes(&self, chars: Range<usize>) -> Range<usize> {
        self.places[chars.start].0 as usize..self.places[chars.end - 1].1 as usize
    }
}

/// Whether a character has no width and no ink: joiners, direction marks, variation selectors, tags.
pub(super) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Han characters, the unit of Chinese phrases.
pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{323af}')
}

/// The Latin letter or digit a letter of another script looks like, in lower case; else itself in
/// lower case. Only letters of one stroke of difference at most: those that forged names use.
///
/// Source: the Latin rows of <https://www.unicode.org/Public/security/latest/confusables.txt>.
pub(super) fn looks_like(c: char) -> char {
    match c {
        'A'..='Z' => c.to_ascii_lowercase(),
        '\0'..='\x7f' => c,
        'а' | 'А' | 'α' | 'Α' | 'ɑ' | 'Ꭺ' => 'a',
        'В' | 'Β' | 'Ь' | 'ь' | 'ƅ' | 'Ᏼ' => 'b',
        'с' | 'С' | 'ϲ' | 'Ϲ' | 'ᴄ' | 'Ꮯ' => 'c',
        'ԁ' | 'Ꭰ' | 'ɗ' => 'd',
        'е' | 'Е' | 'Ε' | 'ҽ' | 'Ꭼ' | 'є' => 'e',
        'ԍ' | 'ɡ' | 'Ꮐ' | 'ց' => 'g',
        'Н' | 'Η' | 'һ' | 'Һ' | 'հ' | 'Ꮋ' => 'h',
        'і' | 'І' | 'ι' | 'Ι' | 'ı' | 'ɩ' | 'Ꭵ' => 'i',
        'ј' | 'Ј' | 'ϳ' | 'Ꭻ' => 'j',
        'к' | 'К' | 'κ' | 'Κ' | 'Ꮶ' => 'k',
        'ӏ' | 'Ӏ' | 'ⅼ' | 'Ꮮ' | 'ł' | 'Ł' => 'l',
        'м' | 'М' | 'Μ' | 'ᴍ' | 'Ꮇ' => 'm',
        'Ν' | 'ո' | 'η' | 'п' => 'n',
        'о' | 'О' | 'ο' | 'Ο' | 'օ' | 'ø' | 'Ø' | 'ᴏ' => 'o',
        'р' | 'Р' | 'ρ' | 'Ρ' | 'Ꮲ' => 'p',
        'ԛ' | 'Ԛ' | 'գ' => 'q',
        'г' | 'ᴦ' | 'Ꮢ' => 'r',
        'ѕ' | 'Ѕ' | 'ꜱ' | 'Ꮪ' => 's',
        'т' | 'Т' | 'τ' | 'Τ' | 'Ꭲ' => 't',
        'υ' | 'ս' | 'ᴜ' | 'ц' => 'u',
        'ѵ' | 'Ѵ' | 'ν' | 'ᴠ' | 'Ꮩ' => 'v',
        'ѡ' | 'ԝ' | 'Ԝ' | 'ω' | 'ᴡ' | 'Ꮃ' => 'w',
        'х' | 'Х' | 'χ' | 'Χ' => 'x',
        'у' | 'У' | 'γ' | 'Υ' | 'ү' | 'Ү' | 'ʏ' => 'y',
        'Ζ' | 'ᴢ' | 'Ꮓ' => 'z',
        c => c.to_lowercase().next().unwrap_or(c),
    }
}
