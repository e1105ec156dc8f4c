//! Two thousand articles: what has not changed is not done again.

use std::fmt::Write as _;

use crate::program::Place;

const ARTICLES: usize = 2_000;
/// Words that articles are made of, so that each is like many others and like none.
const WORDS: &[&str] =
    &["转账", "到账", "助记词", "私钥", "矿工费", "确认", "网络", "地址", "备份", "密码", "代币", "授权", "跨链"];

fn article(n: usize) -> String {
    let word = |k: usize| WORDS[(n * 7 + k * k) % WORDS.len()];
    let mut text = format!("---\ntitle: 第 {n} 问：{}和{}\ntags: [{}]\n---\n", word(0), word(1), word(2));
    for section in 0..3 {
        let _ =
            writeln!(text, "\n## {}怎么办\n\n先看{}，再看{}，编号 {n}。", word(section + 3), word(5), word(section));
    }
    text
}

#[test]
fn one_changed_article_of_two_thousand_is_one_change() {
    let place = Place::with(&[]);
    for n in 0..ARTICLES {
        place.write(&format!("articles/c{}/a{n}.md", n % 20), &article(n));
    }
    let counts = || {
        let done = place.json(&["index", "--json"]);
        ["articles", "added", "changed", "removed", "skipped"].map(|key| done[key].as_u64().unwrap())
    };
    assert_eq!(counts(), [2_000, 2_000, 0, 0, 0]);
    assert_eq!(counts(), [2_000, 0, 0, 0, 0]);

    place.write("articles/c3/a1203.md", "# 量子纠缠\n\n猫在盒子里。\n");
    assert_eq!(counts(), [2_000, 0, 1, 0, 0]);
    let found = place.json(&["search", "盒子里的猫", "--json"]);
    assert_eq!(found["hits"][0]["id"], "c3/a1203", "{found}");
    let gone = place.json(&["search", "第 1203 问", "--json"]);
    assert!(gone["hits"].as_array().unwrap().iter().all(|hit| hit["id"] != "c3/a1203"), "{gone}");
}
