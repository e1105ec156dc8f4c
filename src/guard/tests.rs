//! The guard as its users need it: what is refused, what is recognised, what is let through.

use std::time::Instant;

use bip39::{Language, Mnemonic};
use proptest::prelude::*;
use serde::Deserialize;

use super::*;
use crate::domain::{OfficialEntry, OfficialKind, Site};

/// A case that the script in the page runs too.
#[derive(Deserialize)]
struct Case {
    kind: String,
    text: String,
    expected: String,
}

fn site() -> Site {
    let entry = |kind, value: &str| OfficialEntry { kind, value: value.to_owned(), note: String::new() };
    Site {
        official: vec![
            entry(OfficialKind::Domain, "example.com"),
            entry(OfficialKind::Domain, "help.example.com"),
            entry(OfficialKind::Domain, "status.example.net"),
            entry(OfficialKind::Domain, "docs.example.org"),
            entry(OfficialKind::Email, "support@example.com"),
            entry(OfficialKind::Account, "@example"),
        ],
        ..Site::default()
    }
}

#[test]
fn the_shared_cases_come_out_as_written() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("../../tests/fixtures/guard.json")).unwrap();
    let site = site();
    let mut wrong = Vec::new();
    for case in &cases {
        let outcome = match case.kind.as_str() {
            "inspect" => inspect(&case.text).to_string(),
            "mask" => mask(&case.text).into_owned(),
            "official" => match official(&site, &case.text) {
                Verdict::Listed(_) => "listed".to_owned(),
                Verdict::Lookalike(_, likeness) => format!("lookalike:{}", likeness.as_str()),
                Verdict::NotListed => "not_listed".to_owned(),
            },
            other => panic!("unknown kind {other}"),
        };
        if outcome != case.expected {
            wrong.push(format!("{} {:?}: {outcome}, not {}", case.kind, case.text, case.expected));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

/// Numbers that are the same on every run, for mixing texts.
struct Mixer(u64);

impl Mixer {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.next(from.len())]
    }

    fn entropy(&mut self, words: usize) -> Vec<u8> {
        (0..words / 3 * 4).map(|_| self.next(256) as u8).collect()
    }

    fn phrase(&mut self, language: Language, words: usize) -> Vec<String> {
        let phrase = Mnemonic::from_entropy_in(language, &self.entropy(words)).unwrap();
        phrase.words().map(str::to_owned).collect()
    }
}

const LENGTHS: [usize; 5] = [12, 15, 18, 21, 24];

fn is_phrase(text: &str) -> bool {
    inspect(text) == Finding::Secret(SecretKind::Phrase)
}

#[test]
fn every_phrase_of_every_length_and_list_is_recognised() {
    let mut mixer = Mixer(1);
    for round in 0..200 {
        for length in LENGTHS {
            for language in [Language::English, Language::SimplifiedChinese, Language::TraditionalChinese] {
                let text = mixer.phrase(language, length).join(" ");
                assert!(is_phrase(&text), "{language:?} {length} in round {round}: {text}");
            }
        }
    }
}

/// What people do to a phrase on its way into a box. Each must be recognised nearly always: fewer
/// than one in a hundred random phrases is of so many common words that a mistake hides it.
#[test]
fn a_phrase_with_one_mistake_is_recognised() {
    type Mistake = fn(&mut Vec<String>, &mut Mixer);
    let mistakes: [(&str, Mistake); 7] = [
        ("a letter is changed", |words, mixer| {
            let at = mixer.next(words.len());
            words[at].replace_range(1..2, "q");
        }),
        ("a letter is missing", |words, mixer| {
            let at = mixer.next(words.len());
            words[at].remove(1);
        }),
        ("two letters are too many", |words, mixer| {
            let at = mixer.next(words.len());
            words[at].push_str("zz");
        }),
        ("a word is missing", |words, mixer| drop(words.remove(mixer.next(words.len())))),
        ("a foreign word is between", |words, mixer| words.insert(mixer.next(words.len()), "umm".to_owned())),
        ("two words are swapped", |words, mixer| {
            let last = words.len() - 1;
            words.swap(mixer.next(last), last);
        }),
        ("a word is another of the list", |words, mixer| {
            let at = mixer.next(words.len());
            "zebra".clone_into(&mut words[at]);
        }),
    ];
    let mut mixer = Mixer(2);
    for (name, mistake) in mistakes {
        let missed = (0..1_000)
            .filter(|round| {
                let mut words = mixer.phrase(Language::English, LENGTHS[round % 5]);
                mistake(&mut words, &mut mixer);
                !is_phrase(&words.join(" "))
            })
            .count();
        assert!(missed <= 10, "{name}: {missed} of 1,000 missed");
    }
}

#[test]
fn however_a_phrase_is_written_it_is_recognised() {
    type Manner = fn(&[String]) -> String;
    let numbered = |words: &[String], between: &str, end: &str| -> String {
        words
            .iter()
            .enumerate()
            .flat_map(|(n, word)| [(n + 1).to_string(), between.into(), word.clone(), end.into()])
            .collect()
    };
    let manners: [(&str, Manner); 12] = [
        ("commas", |words| words.join(",")),
        ("semicolons and blanks", |words| words.join(" ; ")),
        ("underscores", |words| words.join("_")),
        ("slashes", |words| words.join("/")),
        ("emoji", |words| words.join("🔑")),
        ("Chinese enumeration commas", |words| words.join("、")),
        ("JSON", |words| format!("{words:?}")),
        ("upper case", |words| words.join(" ").to_uppercase()),
        ("glued", |words| words.concat()),
        ("camel case", |words| words.iter().map(|word| word[..1].to_uppercase() + &word[1..]).collect()),
        ("joined by Chinese words", |words| words.join("然后是")),
        ("in a question", |words| format!("我的助记词{}导入后余额为零怎么办", words.join(" "))),
    ];
    let mut mixer = Mixer(3);
    for round in 0..50 {
        let words = mixer.phrase(Language::English, LENGTHS[round % 5]);
        for (name, manner) in manners {
            let text = manner(&words);
            assert!(is_phrase(&text), "{name}: {text}");
        }
        for (between, end) in [("、", "\r\n"), (". ", " "), (")", ""), ("", ""), (" = ", ";")] {
            let text = numbered(&words, between, end);
            assert!(is_phrase(&text), "numbered: {text}");
        }
    }
}

/// Over ten thousand ordinary questions and sentences, in Chinese, English and both.
fn ordinary_texts() -> Vec<String> {
    const THINGS: [&str; 28] = [
        "助记词",
        "私钥",
        "钱包",
        "转账",
        "余额",
        "密码",
        "USDT",
        "TRC20",
        "手续费",
        "矿工费",
        "地址",
        "合约",
        "授权",
        "质押",
        "闪兑",
        "代币",
        "二维码",
        "备份",
        "Keystore",
        "冷钱包",
        "DApp",
        "交易哈希",
        "ETH",
        "能量",
        "带宽",
        "客服",
        "应用",
        "验证码",
    ];
    const TROUBLES: [&str; 26] = [
        "丢失后怎么办",
        "没到账",
        "打不开",
        "怎么修改",
        "是什么",
        "忘记了",
        "一直显示为零",
        "被盗了",
        "填错了还能找回吗",
        "安全吗",
        "在哪里看",
        "失败了",
        "太高",
        "怎么导出",
        "不见了",
        "卡住了",
        "需要多久",
        "怎么备份",
        "显示异常",
        "转到合约地址了",
        "不能用",
        "和以前不一样",
        "要不要钱",
        "怎么取消",
        "提示 invalid address",
        "一直 pending",
    ];
    const FRONTS: [&str; 16] = [
        "",
        "请问",
        "我的",
        "为什么",
        "急！",
        "昨天",
        "刚下载的 app 里",
        "换手机后",
        "升级到 v5.4.5 以后",
        "你好，",
        "iPhone 上",
        "安卓",
        "怎么办，",
        "在 Polygon 上",
        "朋友的",
        "Hi ",
    ];
    const WHO: [&str; 10] = [
        "I",
        "my wallet",
        "the app",
        "this token",
        "your support team",
        "the balance",
        "my old phone",
        "someone",
        "a friend",
        "the hardware wallet",
    ];
    const DOES: [&str; 14] = [
        "can not open the wallet and the balance is still zero",
        "will not show the correct address after the last update",
        "have to wait more than one hour before the transfer is final",
        "lost the private key and only have the public address",
        "would like to know how to add a custom token in the list",
        "did not receive the payment that was sent this morning",
        "asked me to enter my secret phrase on a web page, is this safe",
        "need to cancel a swap because the fee is too high",
        "must upgrade to use the new network but the button is gone",
        "forgot the password and there is no backup on paper",
        "said the order is complete but nothing has been credited",
        "want to move all assets to another device before the trip",
        "cannot connect to any site when using mobile data",
        "shows an error message each time I try to sign in",
    ];
    // Of words of the list alone, or nearly so.
    const DENSE: [&str; 24] = [
        "please help me find my wallet balance again because this app will not open today",
        "you can only use one address that you own when you send any token",
        "there was some problem that they must solve before you can use this again",
        "all people have this same problem when they try this new version",
        "why can you not just give this money back when someone made a mistake like that",
        "open the wallet, choose receive, copy the address, check it twice, then send a small amount first",
        "check network, check fee, check address, then try again",
        "can you please check what happened with this transfer, I have waited more than three hours",
        "what will happen when this phone is lost, broken or stolen",
        "which coin must I keep for gas when I want to swap other coins",
        "wallet balance zero error network problem please help address token fee",
        "transfer pending stuck slow cancel speed up fee gas limit",
        "public key private key address seed phrase difference",
        "open close lock unlock app password change forget reset",
        "they never ask for your secret phrase, private key or password, never give this to any person",
        "never share your private key or your recovery phrase with any person, not even our support team",
        "write the twelve words down on paper, keep the paper in a safe place and never take a photo of it",
        "test transfer first: send a small amount, wait for it to arrive, then send the rest",
        "display error, display zero, display old price, display wrong coin name",
        "must I update, must I pay, must I wait, or must I just try again later",
        "light mode, dark mode, big text, small text, left hand, right hand",
        "token list add token custom token hide token token price token name token icon",
        "buy coin sell coin send coin receive coin swap coin lock coin stake coin",
        "account one account two account three account four account five account six",
    ];
    let mut mixer = Mixer(4);
    let mut texts: Vec<String> = DENSE.iter().map(ToString::to_string).collect();
    for _ in 0..6_000 {
        let two = format!("{}{}{}", mixer.pick(&FRONTS), mixer.pick(&THINGS), mixer.pick(&TROUBLES));
        let more = if mixer.next(3) == 0 {
            format!("，{}{}", mixer.pick(&THINGS), mixer.pick(&TROUBLES))
        } else {
            String::new()
        };
        texts.push(two + &more);
    }
    for _ in 0..3_000 {
        let mut sentence = format!("{} {}", mixer.pick(&WHO), mixer.pick(&DOES));
        if mixer.next(2) == 0 {
            sentence = format!("{sentence}. {} {}?", mixer.pick(&WHO), mixer.pick(&DOES));
        }
        texts.push(sentence);
    }
    for _ in 0..3_000 {
        texts.push(format!("{} {} {}", mixer.pick(&DENSE), mixer.pick(&DENSE), mixer.pick(&DENSE)));
    }
    for _ in 0..1_000 {
        texts.push(format!("{}{} {}", mixer.pick(&THINGS), mixer.pick(&TROUBLES), mixer.pick(&DENSE)));
    }
    texts
}

/// The articles and everything else people wrote in this repository, as whole texts.
fn own_texts() -> Vec<String> {
    fn gather(folder: &std::path::Path, texts: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() && !path.ends_with("target") {
                gather(&path, texts);
            } else if path.extension().is_some_and(|end| end == "md" || end == "toml" || end == "txt") {
                texts.extend(std::fs::read_to_string(&path));
            }
        }
    }
    let mut texts = Vec::new();
    let house = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    gather(&house.join("articles"), &mut texts);
    gather(&house.join("docs"), &mut texts);
    texts
}

#[test]
fn no_ordinary_text_is_taken_for_a_secret() {
    let queries = ordinary_texts();
    assert!(queries.len() > 10_000);
    for text in queries.iter().chain(&own_texts()) {
        let finding = inspect(text);
        assert!(!matches!(finding, Finding::Secret(_)), "{finding}: {text}");
    }
    // All of it in one text, in which sentences meet that never met.
    assert!(!matches!(inspect(&queries.join("\n")), Finding::Secret(_)));
}

#[test]
fn no_ordinary_question_holds_an_identifier() {
    for text in ordinary_texts() {
        assert_eq!(inspect(&text), Finding::Clean, "{text}");
    }
}

#[test]
fn checksums_of_addresses_are_told() {
    let check = |text: &str, checksum: Checksum| match inspect(text) {
        Finding::Identifiers(found) => assert_eq!(found[0].checksum, checksum, "{text}"),
        other => panic!("{text}: {other}"),
    };
    // The examples of EIP-55.
    check("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359", Checksum::Good);
    check("0x8617E340B3D01FA5F11F306F4090FD50E238070D", Checksum::Absent);
    check("0xde709f2102306220921060314715629080e2fb77", Checksum::Absent);
    check("0xfb6916095ca1df60bB79Ce92cE3Ea74c37c5d359", Checksum::Bad);
    // BIP-173, BIP-350, and one letter changed.
    check("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", Checksum::Good);
    check("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5", Checksum::Bad);
    check("3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy", Checksum::Good);
    check("3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLz", Checksum::Bad);
}

#[test]
fn identifiers_are_found_where_they_stand() {
    let text = "从０x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed转到\u{200b}0x52908400098527886E0F7030069857D2E4169EE7。";
    let Finding::Identifiers(found) = inspect(text) else { panic!("none found") };
    let pieces: Vec<&str> = found.iter().map(|identifier| &text[identifier.range.clone()]).collect();
    assert_eq!(pieces, ["０x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0x52908400098527886E0F7030069857D2E4169EE7"]);
    assert_eq!(mask(text), "从0x5aAe…eAed转到\u{200b}0x5290…9EE7。");
}

#[test]
fn masked_text_has_nothing_left_to_mask() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("../../tests/fixtures/guard.json")).unwrap();
    for case in cases.iter().filter(|case| case.kind == "inspect") {
        let masked = mask(&case.text).into_owned();
        assert_eq!(inspect(&masked), Finding::Clean, "{:?} became {masked:?}", case.text);
    }
}

/// A bound far above what it takes, so that a busy machine passes and a square of the length does not.
#[test]
fn texts_made_to_cost_time_do_not() {
    let pieces = [
        "abandon ",
        "about",
        "a",
        "的 ",
        "的",
        "abandon about wallet ",
        "the ",
        "[1,",
        "[",
        "ciphertext\"",
        "ciphertext:\"ab",
        "0x",
        "5Hue",
        "KwdMAjGmerYanjeui5SHS7JkmpZvVipYvB2LJGU1ZxJwYvP98617 ",
        "T",
        "ﷺ",
        "\u{200b}",
        "example.com.",
        "@",
        "xn--",
        "private key ",
        "zoo act ",
        "any all are ",
    ];
    let site = site();
    for piece in pieces {
        let text = piece.repeat(100_000 / piece.len());
        let start = Instant::now();
        let _ = (inspect(&text), official(&site, &text));
        let took = start.elapsed();
        assert!(took.as_secs() < 5, "100 kB of {piece:?} took {took:?}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic_and_with_ranges_in_order(
        text in "([a-z]{1,9}|[0-9a-fA-F]{40}|0x|abandon|zoo|的|助记词|[\u{200b}Ａ．ﷺ가é🔑]|[ ,.:@/\\[\\]\"]|xn--[a-z0-9-]{1,9}|\\PC){0,60}"
    ) {
        if let Finding::Identifiers(found) = inspect(&text) {
            let mut at = 0;
            for identifier in found {
                prop_assert!(identifier.range.start >= at && identifier.range.end <= text.len());
                prop_assert!(text.is_char_boundary(identifier.range.start) && text.is_char_boundary(identifier.range.end));
                at = identifier.range.end;
            }
        }
        let masked = mask(&text).into_owned();
        prop_assert_eq!(mask(&masked), masked.as_str(), "masking twice changes nothing");
        let _ = official(&site(), &text);
    }

    #[test]
    fn a_listed_domain_is_listed_however_deep_and_a_foreign_end_never_is(front in "[a-z]{1,9}(\\.[a-z]{1,9}){0,3}") {
        let site = site();
        let below = format!("{front}.example.com");
        prop_assert!(matches!(official(&site, &below), Verdict::Listed(_)));
        let foreign = format!("example.com.{front}.test");
        prop_assert!(matches!(official(&site, &foreign), Verdict::Lookalike(..)));
    }
}
