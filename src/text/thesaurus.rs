//! Words for the same thing: groups that hold in both directions, and one-way lines from the
//! reader's word to the article's. Only queries are widened; articles stay as they are, so a
//! changed thesaurus needs no new index.

use indexmap::IndexSet;

use super::fold::fold;

/// Longest entry in characters; longer ones are sentences, not words.
const ENTRY_CHARS_MAX: usize = 40;

/// Groups of words by each of their words. Each word is kept once: there are tens of thousands.
#[derive(Debug, Clone, Default)]
pub struct Thesaurus {
    words: IndexSet<Box<str>>,
    /// Of each word those for the same thing, by number.
    alternatives: Vec<Box<[u32]>>,
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
                // 轉賬 and 转账 fold to one word.
                let words: IndexSet<String> =
                    text.split([',', '，', '、']).map(entry).filter(|word| !word.is_empty()).collect();
                words.into_iter().collect()
            };
            let (from, to, mutual) = match line.split_once("=>") {
                Some((from, to)) => (words(from), words(to), false),
                None => (words(line), words(line), true),
            };
            if from.is_empty() || to.is_empty() || (mutual && from.len() < 2) {
                faults.push((
                    at + 1,
                    format!("「{line}」不成一组：至少要两个不同的词（大小写、繁简不算不同），用逗号分开"),
                ));
                continue;
            }
            if let Some(long) = from.iter().chain(&to).find(|word| word.chars().count() > ENTRY_CHARS_MAX) {
                faults.push((at + 1, format!("「{long}」太长：词条最多 {ENTRY_CHARS_MAX} 个字")));
                continue;
            }
            self.link(&from, &to);
        }
        faults
    }

    fn link(&mut self, from: &[String], to: &[String]) {
        let number = |word: &String, words: &mut IndexSet<Box<str>>| words.insert_full(word.as_str().into()).0;
        let to: Vec<usize> = to.iter().map(|word| number(word, &mut self.words)).collect();
        for word in from {
            self.longest = self.longest.max(word.chars().count());
            let at = number(word, &mut self.words);
            if self.alternatives.len() <= at {
                self.alternatives.resize(self.words.len(), Box::default());
            }
            let mut known = std::mem::take(&mut self.alternatives[at]).into_vec();
            for other in to.iter().filter(|other| **other != at).map(|other| *other as u32) {
                if !known.contains(&other) {
                    known.push(other);
                }
            }
            self.alternatives[at] = known.into_boxed_slice();
        }
    }

    /// Other words for exactly this folded word.
    pub fn of(&self, word: &str) -> impl Iterator<Item = &str> {
        let known = self.words.get_index_of(word).and_then(|at| self.alternatives.get(at));
        known.into_iter().flatten().map(|at| &*self.words[*at as usize])
    }

    /// Characters of the longest entry.
    pub fn longest_chars(&self) -> usize {
        self.longest
    }

    /// Every word that has alternatives.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        let known = self.words.iter().zip(&self.alternatives);
        known.filter(|(_, others)| !others.is_empty()).map(|(word, _)| &**word)
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
        let faults =
            thesaurus.add("# 注释\n矿工费, Gas費 ，手续费\n密語 => 助记词 # 俗称\n\n孤零零\n=> 无头\n轉賬, 转账\n");
        assert_eq!(faults.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [5, 6, 7]);
        let texts = |word: &str| thesaurus.of(word).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(texts("gas费"), ["矿工费", "手续费"]);
        assert_eq!(texts("密语"), ["助记词"]);
        assert_eq!(texts("助记词"), Vec::<String>::new());
    }
}
