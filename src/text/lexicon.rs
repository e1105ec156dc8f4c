//! The words the segmenter and the query know: jieba's dictionary, ours for wallets and chains,
//! the editors' own, and the thesauruses on top.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, LazyLock};

use jieba_rs::{Jieba, Token};

use super::ANALYZER_VERSION;
use super::fold::fold;
use super::thesaurus::Thesaurus;

const DICTIONARY: &str = include_str!("lexicon/dictionary.txt");
const SYNONYMS: &str = include_str!("lexicon/synonyms.txt");
/// How people with a wallet talk of it, and what its help pages call that.
const SPOKEN: &str = include_str!("lexicon/spoken.txt");
/// Common words of the language and what is said alike everywhere: spoken forms and written ones.
const COMMON: &str = include_str!("lexicon/common.txt");
/// What is said alike in any service with accounts and money, in offices, at law, of devices.
const EVERYDAY: &str = include_str!("lexicon/everyday.txt");
const CONFUSIONS: &str = include_str!("lexicon/homophones.txt");
/// Common English words of four to nine letters, which are no slips of other words.
const ENGLISH: &str = include_str!("lexicon/english.txt");
static ENGLISH_WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| ENGLISH.lines().collect());

/// Longest dictionary word in characters.
const WORD_CHARS_MAX: usize = 16;

/// A line of an editors' file that says nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LexiconFault {
    /// `dictionary.txt` or `synonyms.txt`.
    pub file: &'static str,
    /// Counted from 1.
    pub line: usize,
    /// One Chinese sentence.
    pub message: String,
}

/// Dictionary and thesaurus. Costs about 120 ms and 30 MB to make, so it is made once and shared.
pub struct Lexicon {
    jieba: Jieba,
    thesaurus: Thesaurus,
    confusions: HashMap<String, String>,
    domain: HashSet<String>,
    stamp: u64,
}

impl std::fmt::Debug for Lexicon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lexicon").field("stamp", &self.stamp).finish_non_exhaustive()
    }
}

static BUILTIN: LazyLock<Arc<Lexicon>> = LazyLock::new(|| Arc::new(Lexicon::new("", "").0));

impl Lexicon {
    /// The built-in words alone.
    pub fn builtin() -> Arc<Self> {
        Arc::clone(&BUILTIN)
    }

    /// The built-in words with the editors' dictionary (`word [frequency] [tag]` a line) and
    /// synonyms on top. Lines that say nothing are reported and passed over.
    pub fn new(dictionary: &str, synonyms: &str) -> (Self, Vec<LexiconFault>) {
        Self::base().with(dictionary, synonyms)
    }

    /// The built-in words without their synonyms: where a start spends its time, and what it can do
    /// before it knows the editors' words.
    pub fn base() -> Self {
        let mut jieba = Jieba::new();
        let mut domain = HashSet::new();
        add_words(&mut jieba, &mut domain, DICTIONARY);
        Self { jieba, thesaurus: Thesaurus::default(), confusions: HashMap::new(), domain, stamp: 0 }
    }

    /// The editors' words and all synonyms on top of the base.
    #[must_use]
    pub fn with(self, dictionary: &str, synonyms: &str) -> (Self, Vec<LexiconFault>) {
        let Self { mut jieba, mut domain, .. } = self;
        let mut faults = Vec::new();
        for (line, message) in add_words(&mut jieba, &mut domain, dictionary) {
            faults.push(LexiconFault { file: "dictionary.txt", line, message });
        }
        // The editors' lines come first, so that their order of words counts.
        let mut thesaurus = Thesaurus::default();
        for (line, message) in thesaurus.add(synonyms) {
            faults.push(LexiconFault { file: "synonyms.txt", line, message });
        }
        thesaurus.add(SYNONYMS);
        thesaurus.add(SPOKEN);
        thesaurus.add(EVERYDAY);
        thesaurus.add(COMMON);
        let confusions = CONFUSIONS
            .lines()
            .filter_map(|line| line.split('#').next()?.trim().split_once(char::is_whitespace))
            .map(|(wrong, right)| (fold(wrong).text, fold(right.trim()).text))
            .filter(|(wrong, right)| wrong != right)
            .collect();
        let stamp = stamp(&[DICTIONARY, dictionary]);
        // Words were added to full tables, which doubled; a copy takes only what it holds.
        let jieba = jieba.clone();
        (Self { jieba, thesaurus, confusions, domain, stamp }, faults)
    }

    /// Changes whenever text may be cut otherwise than before. Synonyms are no part of it: they
    /// widen queries only.
    pub fn stamp(&self) -> u64 {
        self.stamp
    }

    /// Words of `text` in search mode, without guessing of unknown words: long words come with
    /// the shorter ones inside. Source for switching the guess off: a word's cut must not depend
    /// on its neighbours.
    pub fn cut_for_search<'a>(&self, text: &'a str) -> Vec<Token<'a>> {
        self.jieba.cut_for_search(text, false)
    }

    /// Words of `text`, each character in exactly one.
    pub fn cut<'a>(&self, text: &'a str) -> Vec<Token<'a>> {
        self.jieba.cut(text, false)
    }

    /// Other words for a folded word.
    pub fn alternatives(&self, word: &str) -> impl Iterator<Item = &str> {
        self.thesaurus.of(word)
    }

    /// The thesaurus.
    pub fn thesaurus(&self) -> &Thesaurus {
        &self.thesaurus
    }

    /// The word that is meant by a folded word which is a habitual slip, such as 私匙 for 私钥.
    pub fn confusion(&self, word: &str) -> Option<&str> {
        self.confusions.get(word).map(String::as_str)
    }

    /// Every habitual slip with the word that is meant.
    pub fn confusions(&self) -> impl Iterator<Item = (&str, &str)> {
        self.confusions.iter().map(|(wrong, right)| (wrong.as_str(), right.as_str()))
    }

    /// Whether any dictionary holds this folded word.
    pub fn is_word(&self, word: &str) -> bool {
        self.domain.contains(word) || self.jieba.has_word(word)
    }

    /// Whether this is a common English word.
    pub fn is_english(&self, word: &str) -> bool {
        ENGLISH_WORDS.contains(word)
    }

    /// Whether people say this folded word so often that a reader may type it about anything: it is
    /// cut as one, and stands at least `times` in the texts that the dictionary was counted on.
    pub fn is_said(&self, word: &str, times: usize) -> bool {
        // What is suggested for a word is one more than what was counted.
        self.jieba.has_word(word) && self.jieba.suggest_freq(word) > times && self.cut(word).len() == 1
    }

    /// Whether this folded word is one of the trade.
    pub fn is_domain_word(&self, word: &str) -> bool {
        self.domain.contains(word)
    }

    /// The words of the trade: built-in and editors', folded.
    pub fn domain_words(&self) -> impl Iterator<Item = &str> {
        self.domain.iter().map(String::as_str)
    }
}

fn add_words(jieba: &mut Jieba, domain: &mut HashSet<String>, lines: &str) -> Vec<(usize, String)> {
    let mut faults = Vec::new();
    for (at, line) in lines.lines().enumerate() {
        let line = line.trim_start_matches('\u{feff}').split('#').next().unwrap_or_default().trim();
        let mut fields = line.split_whitespace();
        let Some(word) = fields.next() else { continue };
        let frequency = match fields.next().map(str::parse::<usize>) {
            None => None,
            Some(Ok(frequency)) => Some(frequency),
            Some(Err(_)) => {
                faults.push((at + 1, format!("「{line}」的第二项应是频数（整数），词里不能有空格")));
                continue;
            }
        };
        if word.chars().count() > WORD_CHARS_MAX {
            faults.push((at + 1, format!("「{word}」太长：词最多 {WORD_CHARS_MAX} 个字")));
            continue;
        }
        let folded = fold(word);
        // Without a frequency jieba works one out that makes the word win over its parts; a line
        // read by its own loader would get zero and never take effect.
        jieba.add_word(folded.to_cut(), frequency.filter(|f| *f > 0), None);
        domain.insert(folded.text);
    }
    faults
}

/// FNV-1a over the texts and the analyzer's version.
fn stamp(texts: &[&str]) -> u64 {
    let version = ANALYZER_VERSION.to_le_bytes();
    let bytes = texts.iter().flat_map(|text| text.bytes().chain([0])).chain(version);
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_editors_words_take_effect_without_a_frequency() {
        let (lexicon, faults) = Lexicon::new("示例闪付\n坏行 多 少\n# 注释\n", "示例闪付, 闪付\n单独一个\n");
        let words: Vec<&str> = lexicon.cut("用示例闪付收款").into_iter().map(|t| t.word).collect();
        assert!(words.contains(&"示例闪付"), "{words:?}");
        assert_eq!(
            faults.iter().map(|f| (f.file, f.line)).collect::<Vec<_>>(),
            [("dictionary.txt", 2), ("synonyms.txt", 2)]
        );
        assert_ne!(lexicon.stamp(), Lexicon::builtin().stamp());
        assert_eq!(lexicon.alternatives("闪付").next(), Some("示例闪付"));
    }

    #[test]
    fn the_built_in_files_are_without_fault() {
        let (_, faults) = Lexicon::new("", "");
        assert_eq!(faults, []);
        assert_eq!(add_words(&mut Jieba::empty(), &mut HashSet::new(), DICTIONARY), []);
        for lines in [SYNONYMS, SPOKEN, EVERYDAY, COMMON] {
            assert_eq!(Thesaurus::default().add(lines), []);
        }
        let lexicon = Lexicon::builtin();
        let words: Vec<&str> = lexicon.cut("助记词矿工费冷钱包").into_iter().map(|t| t.word).collect();
        assert_eq!(words, ["助记词", "矿工费", "冷钱包"]);
    }
}
