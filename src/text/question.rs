//! Reads a query: which of its characters carry the meaning, and which are filler that every
//! question has. Filler weighs little but is kept: where nothing else is left, it is all there is.

use std::collections::{BTreeSet, HashSet};
use std::sync::LazyLock;

use super::fold::{Folded, fold_mapped, is_han};
use super::lexicon::Lexicon;

/// Words that say nothing of the matter.
static FILLER: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    let lines = include_str!("lexicon/filler.txt").lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(str::split_whitespace).collect()
});

/// Ways to ask, by what they ask for: within a line they mean the same.
const ASKING: &[&[&str]] = &[
    &[
        "怎么办",
        "咋办",
        "怎么弄",
        "怎么做",
        "怎么搞",
        "如何处理",
        "怎么处理",
        "怎么解决",
        "如何解决",
        "怎样处理",
        "怎么样",
        "怎么",
        "怎样",
        "如何",
        "咋样",
        "咋",
        "how",
    ],
    &["为什么", "为何", "为啥", "怎么回事", "什么原因", "咋回事", "怎么会", "why"],
    &["能不能", "可不可以", "可以不可以", "可以吗", "能否", "可否", "是否可以", "是否能", "可以", "能", "可", "can"],
    &["是不是", "是否", "有没有", "会不会", "要不要", "需不需要"],
    &[
        "是什么意思",
        "什么意思",
        "啥意思",
        "干什么用",
        "干嘛用",
        "干嘛的",
        "干嘛",
        "是什么",
        "什么叫",
        "什么是",
        "是啥",
        "什么",
        "啥",
        "what",
    ],
    &["在哪里", "在哪儿", "在哪", "哪里", "哪儿", "何处", "where"],
    &["多长时间", "要多久", "多久", "什么时候", "何时", "几天", "几时", "when"],
    &["多少", "几个", "几", "哪些", "哪个", "哪种", "哪"],
];

/// What a part of a query is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartKind {
    /// It carries meaning.
    Content,
    /// It asks; the number is its line of [`Question::asking_forms`].
    Asking(usize),
    /// Every question has it.
    Filler,
}

/// A word of the query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// First character of the folded text.
    pub start: usize,
    /// One past its last character.
    pub end: usize,
    /// Folded text.
    pub text: String,
    /// What it is.
    pub kind: PartKind,
}

/// A query, folded and cut.
#[derive(Debug, Clone, Default)]
pub struct Question {
    /// Folded, with the way back to what was typed.
    pub folded: Folded,
    /// Words in order; separators left out.
    pub parts: Vec<Part>,
    /// Whether no part carries meaning, so that filler is all there is.
    pub only_filler: bool,
    /// What stood in quotation marks, folded: must be contained.
    pub quoted: Vec<String>,
}

impl Question {
    /// Reads `text`.
    pub fn parse(text: &str, lexicon: &Lexicon) -> Self {
        let folded = fold_mapped(text);
        let mut parts: Vec<Part> = Vec::new();
        for (start, end, word) in units(&folded, lexicon) {
            parts.push(Part { start, end, text: word, kind: PartKind::Content });
        }
        classify(&mut parts);
        let only_filler = parts.iter().all(|part| part.kind != PartKind::Content);
        let quoted = quoted(&folded.text);
        Self { folded, parts, only_filler, quoted }
    }

    /// The forms that ask for the same as a part of kind `Asking(line)`.
    pub fn asking_forms(line: usize) -> &'static [&'static str] {
        ASKING.get(line).copied().unwrap_or_default()
    }

    /// Words that every question has.
    pub fn filler() -> impl Iterator<Item = &'static str> {
        FILLER.iter().copied()
    }

    /// Ways to ask, line by line.
    pub fn asking() -> &'static [&'static [&'static str]] {
        ASKING
    }

    /// Every form of asking, whatever it asks for.
    pub fn all_asking_forms() -> impl Iterator<Item = &'static str> {
        ASKING.iter().flat_map(|line| line.iter().copied())
    }

    /// Words that carry meaning, in order.
    pub fn content(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| part.kind == PartKind::Content)
    }

    /// Words that carry meaning, each where it stands first.
    pub fn content_once(&self) -> impl Iterator<Item = &Part> {
        let mut seen = HashSet::new();
        self.content().filter(move |part| seen.insert(part.text.as_str()))
    }

    /// The part that holds character `at`.
    pub fn part_at(&self, at: usize) -> Option<&Part> {
        let after = self.parts.partition_point(|part| part.start <= at);
        self.parts.get(after.checked_sub(1)?).filter(|part| at < part.end)
    }
}

/// Words and Latin runs of the text with their character ranges.
fn units(folded: &Folded, lexicon: &Lexicon) -> Vec<(usize, usize, String)> {
    let canonical: Vec<char> = folded.text.chars().collect();
    let mut units: Vec<(usize, usize, String)> = Vec::new();
    for token in lexicon.cut(folded.to_cut()) {
        let text: String = canonical.get(token.start..token.end).unwrap_or_default().iter().collect();
        if !text.chars().any(char::is_alphanumeric) {
            continue;
        }
        let latin = !text.chars().any(is_han);
        match units.last_mut() {
            // The segmenter hands Latin over in pieces; a run is one unit.
            Some((_, end, last)) if latin && *end == token.start && !last.chars().any(is_han) => {
                *end = token.end;
                last.push_str(&text);
            }
            _ => units.push((token.start, token.end, text)),
        }
    }
    units
}

/// Marks filler and asking words: whole units, or several that together are one of the phrases and
/// become one part, so that nobody looks for other words for a piece of it.
fn classify(parts: &mut Vec<Part>) {
    /// Units that make up the longest phrase of the lists.
    const UNITS_MAX: usize = 4;
    let mut at = 0;
    while at < parts.len() {
        for count in (1..=UNITS_MAX.min(parts.len() - at)).rev() {
            let run = &parts[at..at + count];
            if run.windows(2).any(|pair| pair[0].end != pair[1].start) {
                continue;
            }
            let text: String = run.iter().map(|part| part.text.as_str()).collect();
            if let Some(kind) = kind_of(&text) {
                let whole = Part { start: parts[at].start, end: parts[at + count - 1].end, text, kind };
                parts.splice(at..at + count, [whole]);
                break;
            }
        }
        at += 1;
    }
}

fn kind_of(text: &str) -> Option<PartKind> {
    if let Some(line) = ASKING.iter().position(|forms| forms.contains(&text)) {
        return Some(PartKind::Asking(line));
    }
    FILLER.contains(text).then_some(PartKind::Filler)
}

fn quoted(text: &str) -> Vec<String> {
    const PAIRS: &[(char, char)] = &[('"', '"'), ('“', '”'), ('「', '」'), ('『', '』')];
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((open_at, open)) = rest.char_indices().find(|(_, c)| PAIRS.iter().any(|(open, _)| open == c)) {
        let inside = &rest[open_at + open.len_utf8()..];
        let close = PAIRS.iter().find(|(o, _)| *o == open).map_or('"', |(_, close)| *close);
        let Some(end) = inside.find(close) else {
            // Not closed, as the sign of inches: others may be.
            rest = inside;
            continue;
        };
        let phrase = inside[..end].trim();
        if phrase.chars().any(char::is_alphanumeric) {
            found.push(phrase.to_owned());
        }
        rest = &inside[end + close.len_utf8()..];
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(text: &str) -> Vec<String> {
        Question::parse(text, &Lexicon::builtin()).content().map(|part| part.text.clone()).collect()
    }

    #[test]
    fn filler_is_told_from_meaning() {
        assert_eq!(content("请问一下我的助记词丢了怎么办呢？"), ["助记词", "丢"]);
        assert_eq!(content("为什么 USDT-TRC20 没到账"), ["usdt", "trc20", "没到账"]);
        assert_eq!(content("我的怎么了"), Vec::<String>::new());
        assert!(Question::parse("怎么办", &Lexicon::builtin()).only_filler);
    }

    #[test]
    fn a_phrase_that_asks_is_one_part() {
        let parts = Question::parse("能不能先停几个月", &Lexicon::builtin()).parts;
        let texts: Vec<&str> = parts.iter().map(|part| part.text.as_str()).collect();
        assert_eq!(texts, ["能不能", "先", "停", "几个", "月"]);
        assert_eq!(parts[0].kind, PartKind::Asking(2));
    }

    #[test]
    fn quotation_marks_are_read_in_any_style() {
        let quoted = |text: &str| Question::parse(text, &Lexicon::builtin()).quoted;
        assert_eq!(quoted("搜「打包 中」和\"nonce too low\""), ["打包 中", "nonce too low"]);
        assert_eq!(quoted("没有\"收尾"), Vec::<String>::new());
        assert_eq!(quoted("\"\""), Vec::<String>::new());
    }

    #[test]
    fn parts_are_found_by_character() {
        let question = Question::parse("助記詞 丢了", &Lexicon::builtin());
        assert_eq!(question.part_at(2).map(|part| part.text.as_str()), Some("助记词"));
        assert_eq!(question.part_at(3), None);
    }
}
