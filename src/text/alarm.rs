//! What a frightened reader's words mean: that coins were stolen, that a recovery phrase is known to others,
//! that he fell for a swindler. Such sentences have no words in common with each other or with an article,
//! only a grammar: who, by whom, done what, to what end. So they are told by patterns, not by ranking.

use std::sync::LazyLock;

use regex::Regex;

const PATTERNS: &str = include_str!("lexicon/alarm.txt");
/// The meaning of a question about prevention, recognition or a notion: nobody is frightened.
pub const CALM: &str = "平静";

/// Meanings with their patterns.
static MEANINGS: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    let compile = |(meaning, pattern): (&'static str, String)| {
        (meaning, Regex::new(&pattern).expect("the built-in patterns are tested"))
    };
    patterns().into_iter().map(compile).collect()
});

/// Each meaning with the union of its patterns, as written: what a browser compiles, too.
pub fn patterns() -> Vec<(&'static str, String)> {
    let mut all: Vec<(&str, String)> = Vec::new();
    for (meaning, pattern) in PATTERNS.lines().filter(|line| !line.starts_with('#')).filter_map(|l| l.split_once(" = "))
    {
        match all.iter_mut().find(|(known, _)| *known == meaning) {
            Some((_, union)) => {
                union.push('|');
                union.push_str(pattern);
            }
            None => all.push((meaning, pattern.to_owned())),
        }
    }
    all
}

/// What a folded text means of an emergency: 被盗, 泄露, 被骗. None where it asks calmly, whatever its words.
pub fn meanings(folded: &str) -> Option<Vec<&'static str>> {
    let found = MEANINGS.iter().filter(|(_, pattern)| pattern.is_match(folded));
    let found: Vec<&str> = found.map(|(meaning, _)| *meaning).collect();
    (!found.contains(&CALM)).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frightened_words_mean_what_happened() {
        let check = |text: &str, expected: &[&str]| assert_eq!(meanings(text).as_deref(), Some(expected), "{text}");
        check("钱包让人搬空了", &["被盗"]);
        check("有人正在转我的币", &["被盗"]);
        check("u全没了,不是我转的", &["被盗"]);
        check("打gas进去就被转走", &["被盗"]);
        check("助记词告诉了客服", &["泄露"]);
        check("私钥填到一个网站了", &["泄露"]);
        check("又让我交解冻费才能提", &["被骗"]);
        check("my coins are gone", &["被盗"]);
        for calm in ["怎么转账", "代币不显示", "交易还在打包中", "清空缓存", "备份助记词", "提现要多久", "删除钱包"]
        {
            check(calm, &[]);
        }
    }

    #[test]
    fn a_calm_question_means_no_emergency() {
        for calm in ["怎么预防被盗", "会不会被偷", "如何识别骗子", "什么是杀猪盘", "助记词能不能存网盘"]
        {
            assert_eq!(meanings(calm), None, "{calm}");
        }
    }

    #[test]
    fn every_line_is_a_pattern_of_a_meaning() {
        for line in PATTERNS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (meaning, pattern) = line.split_once(" = ").unwrap_or_default();
            assert!([CALM, "被盗", "泄露", "被骗"].contains(&meaning), "{line}");
            assert!(!Regex::new(pattern).unwrap().is_match(""), "{line}");
        }
    }
}
