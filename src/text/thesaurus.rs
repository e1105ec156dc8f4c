//! Words for the same thing: groups that hold in both directions, and one-way lines from the
//! reader's word to the article's. Only queries are widened; articles stay as they are, so a
//! changed thesaurus needs no new index.

use std::collections::HashMap;

use super::fold::fold;

/// Longest entry in characters; longer ones are sentences, not words.
const ENTRY_CHARS_MAX: usize = 40;

/// Another word for one in the query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// The word, folded.
    pub text: String,
    /// Whether the way back holds too; a one-way line says "look for this", which is stronger.
    pub mutual: bool,
}

/// Groups of words by each of their words.
#[derive(Debug, Clone, Default)]
pub struct Thesaurus {
    alternatives: HashMap<String, Vec<Alternative>>,
    longest: usize,
}

impl Thesaurus {
    /// Adds the lines of a synonyms file: `a, b, c` or `a => b, c`; `#` starts a comment.
    /// Returns the numbers (from 1) of lines that say nothing, each with a Chinese sentence.
    pub fn add(&mut self, lines: &str) -> Vec<(usize, String)> {
        let mut faults = Vec::new();
        for (at, line) in lines.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            let words = |text: &str| -> Vec<String> {
                text.split([',', '，', '、']).map(entry).filter(|word| !word.is_empty()).collect()
            };
            let (from, to, mutual) = match line.split_once("=>") {
                Some((from, to)) => (words(from), words(to), false),
                None => (words(line), words(line), true),
            };
            if from.is_empty() || to.is_empty() || (mutual && from.len() < 2) {
                faults.push((at + 1, format!("「{line}」不成一组：至少要两个词，用逗号分开")));
                continue;
            }
            if let Some(long) = from.iter().chain(&to).find(|word| word.chars().count() > ENTRY_CHARS_MAX) {
                faults.push((at + 1, format!("「{long}」太长：词条最多 {ENTRY_CHARS_MAX} 个字")));
                continue;
            }
            self.link(&from, &to, mutual);
        }
        faults
    }

    fn link(&mut self, from: &[String], to: &[String], mutual: bool) {
        for word in from {
            self.longest = self.longest.max(word.chars().count());
            let known = self.alternatives.entry(word.clone()).or_default();
            for other in to {
                if other != word && !known.iter().any(|a| a.text == *other) {
                    known.push(Alternative { text: other.clone(), mutual });
                }
            }
        }
    }

    /// Other words for exactly this folded word.
    pub fn of(&self, word: &str) -> &[Alternative] {
        self.alternatives.get(word).map_or(&[], Vec::as_slice)
    }

    /// Characters of the longest entry.
    pub fn longest_chars(&self) -> usize {
        self.longest
    }

    /// Every word that has alternatives.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.alternatives.keys().map(String::as_str)
    }
}

/// An entry as it is compared: folded, blanks single.
fn entry(text: &str) -> String {
    fold(text).text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_hold_both_ways_and_arrows_one_way() {
        let mut thesaurus = Thesaurus::default();
        let faults = thesaurus.add("# 注释\n矿工费, Gas費 ，手续费\n密語 => 助记词 # 俗称\n\n孤零零\n=> 无头\n");
        assert_eq!(faults.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [5, 6]);
        let texts = |word: &str| thesaurus.of(word).iter().map(|a| a.text.clone()).collect::<Vec<_>>();
        assert_eq!(texts("gas费"), ["矿工费", "手续费"]);
        assert_eq!(texts("密语"), ["助记词"]);
        assert_eq!(texts("助记词"), Vec::<String>::new());
    }
}
