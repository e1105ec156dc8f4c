//! Sounds: the toneless syllables of characters, and the syllables that a run of Latin letters
//! may spell. Used where the first channel is weak: a word typed by its sound, a wrong character
//! that sounds the same.

use std::collections::HashMap;
use std::sync::LazyLock;

use pinyin::{Pinyin, ToPinyin, ToPinyinMulti};

use super::fold::is_han;

/// A toneless syllable, such as `zhong`; a small number that compares and hashes fast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Syllable(u16);

struct Table {
    names: Vec<&'static str>,
    by_name: HashMap<&'static str, Syllable>,
    longest: usize,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut names: Vec<&'static str> = ('\u{4e00}'..='\u{9fff}')
        .flat_map(spoken)
        .filter(|name| name.bytes().all(|b| b.is_ascii_lowercase()))
        .collect();
    names.sort_unstable();
    names.dedup();
    let by_name = names.iter().enumerate().map(|(at, name)| (*name, Syllable(at as u16))).collect();
    let longest = names.iter().map(|name| name.len()).max().unwrap_or(0);
    Table { names, by_name, longest }
});

/// The readings of a character in letters, most usual first; `ü` is written `v`, as it is typed.
fn spoken(c: char) -> impl Iterator<Item = &'static str> {
    let first = c.to_pinyin().map(plain);
    let rest = c.to_pinyin_multi().into_iter().flatten().map(plain);
    first.into_iter().chain(rest.filter(move |name| Some(*name) != first))
}

fn plain(sound: Pinyin) -> &'static str {
    match sound.plain() {
        "lü" => "lv",
        "nü" => "nv",
        "lüe" => "lve",
        "nüe" => "nve",
        name => name,
    }
}

impl Syllable {
    /// The syllable written `name`, if there is one.
    pub fn parse(name: &str) -> Option<Self> {
        TABLE.by_name.get(name).copied()
    }

    /// Its letters.
    pub fn name(self) -> &'static str {
        TABLE.names.get(self.0 as usize).copied().unwrap_or_default()
    }

    /// One syllable for those that many speakers do not tell apart: zh/z, ch/c, sh/s, -ng/-n.
    #[must_use]
    pub fn blurred(self) -> Self {
        let name = self.name();
        let start = match name.as_bytes() {
            [b'z' | b'c' | b's', b'h', ..] => format!("{}{}", &name[..1], &name[2..]),
            _ => name.to_owned(),
        };
        let blurred = if start.ends_with("ang") || start.ends_with("eng") || start.ends_with("ing") {
            &start[..start.len() - 1]
        } else {
            &start
        };
        Self::parse(blurred).unwrap_or(self)
    }
}

/// The most usual reading of a character; none where it has no sound.
pub fn usual_syllable(c: char) -> Option<Syllable> {
    spoken(c).find_map(Syllable::parse)
}

/// All readings of a character, most usual first, each once.
pub fn readings(c: char) -> Vec<Syllable> {
    let mut found: Vec<Syllable> = Vec::new();
    for syllable in spoken(c).filter_map(Syllable::parse) {
        if !found.contains(&syllable) {
            found.push(syllable);
        }
    }
    found
}

/// The first letters of a word's syllables, as typed for short: 助记词 → `zjc`. None when a
/// character has no sound.
pub fn initials(word: &str) -> Option<String> {
    word.chars()
        .map(|c| if is_han(c) { usual_syllable(c).and_then(|s| s.name().chars().next()) } else { Some(c) })
        .collect()
}

/// The ways in which a run of letters spells syllables, fewest syllables first, at most eight.
/// Empty when it spells none: `metamask` is no pinyin.
pub fn spell(run: &str) -> Vec<Vec<Syllable>> {
    /// Ways kept at each place: runs that spell in more ways than this are nonsense.
    const WAYS_MAX: usize = 8;
    if run.is_empty() || run.len() > 60 || !run.bytes().all(|b| b.is_ascii_lowercase()) {
        return Vec::new();
    }
    let mut ways: Vec<Vec<Vec<Syllable>>> = vec![Vec::new(); run.len() + 1];
    ways[0].push(Vec::new());
    for end in 1..=run.len() {
        let mut here: Vec<Vec<Syllable>> = Vec::new();
        for start in end.saturating_sub(TABLE.longest)..end {
            let Some(syllable) = Syllable::parse(&run[start..end]) else { continue };
            for way in &ways[start] {
                here.push(way.iter().copied().chain([syllable]).collect());
            }
        }
        here.sort_by_key(Vec::len);
        here.truncate(WAYS_MAX);
        ways[end] = here;
    }
    ways.pop().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(run: &str) -> Vec<String> {
        spell(run).into_iter().map(|way| way.into_iter().map(Syllable::name).collect::<Vec<_>>().join(" ")).collect()
    }

    #[test]
    fn letters_spell_syllables_in_every_plausible_way() {
        assert_eq!(spelled("zhujici")[0], "zhu ji ci");
        assert!(spelled("xian").contains(&"xi an".to_owned()));
        assert_eq!(spelled("metamask"), Vec::<String>::new());
        assert_eq!(spelled(""), Vec::<String>::new());
    }

    #[test]
    fn characters_have_sounds() {
        assert_eq!(initials("助记词").as_deref(), Some("zjc"));
        assert!(readings('重').iter().any(|s| s.name() == "chong"));
        assert_eq!(Syllable::parse("zhang").map(Syllable::blurred), Syllable::parse("zan"));
        assert_eq!(usual_syllable('。'), None);
    }
}
