//! Wording that must not stand in a wallet's help pages: a request to hand over the recovery phrase.

use crate::domain::{Article, Library, Problem, Rule};

/// What must never be asked for.
const SECRETS: &[&str] = &["助记词", "私钥", "恢复短语", "种子短语", "recovery phrase", "seed phrase", "private key"];
/// Ways to ask for it. Each stands before the secret in the same sentence.
const ASKS: &[&str] = &[
    "请发送",
    "请提供",
    "请告知",
    "请告诉",
    "请回复",
    "请把",
    "请将",
    "发给客服",
    "提供给客服",
    "发送给客服",
    "告诉客服",
    "send us",
    "provide your",
    "tell us your",
    "share your",
];
/// What turns such a sentence into a warning.
const DENIALS: &[&str] = &["不", "别", "勿", "绝", "骗", "假", "冒充", "never", "not ", "n't", "scam", "「", "“", "\""];

pub(super) fn check(library: &Library) -> Vec<Problem> {
    library.articles().iter().flat_map(|article| asks_for_phrase(article)).collect()
}

fn asks_for_phrase(article: &Article) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (at, line) in article.open().markdown().lines().enumerate() {
        for sentence in line.split(['。', '！', '？', '；', '!', '?', ';']) {
            let lower = sentence.to_lowercase();
            let asked = ASKS.iter().filter_map(|ask| lower.find(ask).map(|found| found + ask.len())).min();
            let Some(after) = asked else { continue };
            let secret =
                SECRETS.iter().find(|secret| lower[after..].contains(**secret) || lower[..after].contains(**secret));
            if let Some(secret) = secret.filter(|_| !DENIALS.iter().any(|denial| lower.contains(denial))) {
                problems.push(
                    Problem::new(
                        Rule::ASKS_FOR_PHRASE,
                        &article.path,
                        article.body_line + at,
                        format!("这句话像是在向读者索要{secret}"),
                    )
                    .hint("官方从不索要助记词和私钥：改写这句话"),
                );
            }
        }
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Body, SafeHtml};

    #[test]
    fn a_request_for_the_phrase_is_told_from_a_warning() {
        let check = |text: &str, problems: usize| {
            let body = Body::new(text, &SafeHtml::default(), &[""; 0]);
            let article = Article { body, path: "a.md".into(), body_line: 5, ..Article::default() };
            let found = asks_for_phrase(&article);
            assert_eq!(found.len(), problems, "{text}");
            assert!(found.iter().all(|p| p.line == 6), "{found:?}");
        };
        check("\n为了核实身份，请提供您的助记词。", 1);
        check("\nPlease send us your recovery phrase.", 1);
        check("\n不要把助记词发给客服。", 0);
        check("\n骗子会说「请提供助记词」。", 0);
        check("\n请把手机连上网络。助记词要离线保存。", 0);
    }
}
