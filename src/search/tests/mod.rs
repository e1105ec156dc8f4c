//! What readers type, and what they must find.

mod editions;
mod marks;
mod mending;
mod order;

use std::sync::Arc;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use crate::domain::{
    Article, ArticleId, Body, Confidence, Lang, Library, QUERY_CHARS_MAX, Query, Results, SafeHtml, Section, Severity,
    Site,
};
use crate::text::Lexicon;

use super::{Index, Searcher};

fn article(id: &str, title: &str, text: &str) -> Article {
    Article {
        id: ArticleId::parse(id).unwrap(),
        title: title.into(),
        sections: vec![Section { heading: None }],
        body: Body::new("", &SafeHtml::default(), &[text]),
        revision: crate::domain::Revision(title.len() as u64 * 31 + text.len() as u64),
        ..Article::default()
    }
}

fn wallet() -> Vec<Article> {
    vec![
        Article {
            questions: vec!["转出去的币对方没收到".into()],
            ..article(
                "transactions/not-arrived",
                "转账没有到账怎么办",
                "先用区块浏览器查交易状态。已确认但对方没收到，请核对网络和地址。",
            )
        },
        Article {
            errors: vec!["insufficient funds for gas * price + value".into()],
            ..article("transactions/gas", "提示矿工费不足", "链上转账要付矿工费。请在同一网络上存入一些主网币再试。")
        },
        article("transactions/bridge", "跨链转移资产", "跨链桥把资产从一条链搬到另一条链，要等源链确认。"),
        article("transactions/receive", "收款", "打开收款页，复制地址或出示二维码。"),
        article("security/phrase", "助记词的六条规矩", "助记词只写在纸上。助记词不截图。谁要助记词谁就是骗子。"),
        article("security/leaked", "助记词或私钥泄露了怎么办", "立刻把资产转到一个新建的钱包。"),
        article("accounts/passcode", "忘记解锁密码", "卸载后用助记词恢复钱包，再设置新的解锁密码。"),
        article("app/crash", "应用闪退", "更新到新版本，重启手机，仍闪退就导出日志。"),
    ]
}

fn searcher(articles: Vec<Article>) -> Searcher {
    let lexicon = Lexicon::builtin();
    let library = Library::new(Site::default(), articles.into_iter().map(Arc::new).collect(), Vec::new());
    let index = Index::in_memory(&lexicon).unwrap();
    index.update(&library, &|_, _| {}).unwrap();
    Searcher::new(&index, Arc::new(library), lexicon).unwrap()
}

fn ask(searcher: &Searcher, text: &str) -> Results {
    searcher.search(&Query::of(text))
}

fn first(results: &Results) -> &str {
    results.hits.first().map_or("", |hit| hit.article.id.as_str())
}

#[test]
fn the_right_article_comes_first() {
    let searcher = searcher(wallet());
    let check = |query: &str, id: &str| assert_eq!(first(&ask(&searcher, query)), id, "{query}");
    check("转账没到账", "transactions/not-arrived");
    check("請問我的轉帳為什麼沒到賬", "transactions/not-arrived"); // traditional, politeness
    check("ｇａｓ 不够", "transactions/gas"); // width, a synonym of 矿工费
    check("收款", "transactions/receive"); // a short title, whole
    check("种子短语能截图吗", "security/phrase"); // a word the article does not use
    check("我粘贴这个报错：insufficient funds for gas * price + value 请问咋办", "transactions/gas");
    check("insufficient funds for gas", "transactions/gas"); // the better part of a message
    check("\"解锁密码\"", "accounts/passcode"); // a phrase in quotation marks
}

#[test]
fn every_article_comes_first_for_its_own_words() {
    let searcher = searcher(wallet());
    for article in wallet() {
        for text in [&article.title].into_iter().chain(&article.questions).chain(&article.errors) {
            assert_eq!(searcher.called(text).iter().map(|a| &a.id).collect::<Vec<_>>(), [&article.id], "{text}");
            assert_eq!(first(&ask(&searcher, text)), article.id.as_str(), "{text}");
        }
    }
}

#[test]
fn titles_with_quotation_marks_have_neighbours() {
    let mut articles = wallet();
    articles.push(article("security/refund", "「帮你追回」骗局", "转账以后，骗子说能追回。助记词不要给他。"));
    let searcher = searcher(articles.clone());
    assert!(!searcher.related(articles.last().unwrap(), 3).is_empty());
}

#[test]
fn what_stands_in_quotation_marks_must_be_contained() {
    let searcher = searcher(wallet());
    let ids = |query: &str| -> Vec<String> {
        ask(&searcher, query).hits.iter().map(|hit| hit.article.id.to_string()).collect()
    };
    assert_eq!(ids("「助记词恢复」 钱包"), ["accounts/passcode"]);
    assert!(ids("助记词恢复 钱包").len() > 1);
    // A phrase that stands nowhere does not hide the nearest.
    assert!(!ids("\"助记词和私钥\"").is_empty());
}

#[test]
fn a_long_story_of_known_words_is_no_sure_question() {
    let searcher = searcher(wallet());
    let story = "昨天陪朋友去医院检查身体，排队等了很久，晚上回家做饭看电视，第二天早上开车上班路上堵车，迟到被老板扣了工资，心情不好想辞职去旅行";
    let results = ask(&searcher, story);
    assert_ne!(results.confidence, Confidence::Sure);
}

#[test]
fn it_is_said_when_nothing_answers() {
    let searcher = searcher(wallet());
    let check = |query: &str, sure: Confidence| assert_eq!(ask(&searcher, query).confidence, sure, "{query}");
    check("转账没到账怎么办", Confidence::Sure);
    check("助记词泄露", Confidence::Sure);
    check("附近好吃的火锅店", Confidence::Unsure);
    check("孩子发烧吃什么药", Confidence::Unsure);
    check("怎么办", Confidence::Unsure); // titles hold it, and nothing is asked
    check("ωψξ", Confidence::Nothing);
}

#[test]
fn an_alarm_is_raised_by_what_is_said_wherever_the_article_ranks() {
    let urgent = |id: &str, title: &str, alarm: &[&str], weight: i64| Article {
        severity: Severity::Urgent,
        alarm: alarm.iter().map(|&phrase| phrase.to_owned()).collect(),
        weight,
        ..article(id, title, "马上新建钱包，把剩下的转过去。")
    };
    let mut articles = wallet();
    articles.push(urgent("urgent/stolen", "第一个小时", &["被盗", "暗网 出售"], 1));
    articles.push(urgent("urgent/leaked", "密语外泄", &["leaked"], 2));
    articles.push(Article {
        lang: Lang::parse("zh-TW").unwrap(),
        translation_of: Some(ArticleId::parse("urgent/stolen").unwrap()),
        ..urgent("zh-tw/stolen", "第一個小時", &[], 1)
    });
    articles.push(Article { severity: Severity::High, ..urgent("a/high", "泄露", &["闪退"], 3) });
    let searcher = searcher(articles);
    let check = |query: &str, id: Option<&str>| {
        let results = ask(&searcher, query);
        assert_eq!(results.alarm.as_ref().map(|a| a.id.as_str()), id, "{query}");
    };
    check("钱包里的币全被人转走了", Some("urgent/stolen")); // none of the article's words
    check("錢包裡的幣全被人轉走了", Some("zh-tw/stolen"));
    check("my wallet got hacked and everything is gone", Some("urgent/stolen"));
    check("我把助记词发给了自称客服的人", Some("urgent/leaked"));
    check("我的资料在暗网上有人出售", Some("urgent/stolen")); // the editor's words, all of them
    check("出售二维码", None);
    check("应用闪退", None); // not urgent
    check("转账没到账", None);
}

#[test]
fn suggestions_come_by_text_by_sound_and_by_initials() {
    let searcher = searcher(wallet());
    let check = |typed: &str, id: &str| {
        let found = searcher.suggest(typed, 5);
        assert_eq!(found.first().map(|s| s.id.as_str()), Some(id), "{typed}: {found:?}");
    };
    check("转账", "transactions/not-arrived");
    check("kuangg", "transactions/gas");
    check("kl", "transactions/bridge");
    check("对方没收到", "transactions/not-arrived"); // a question of the editor's
    assert!(searcher.suggest("完全没有的字", 5).is_empty());
}

#[test]
fn an_alarm_typed_by_its_sound_is_answered_in_chinese() {
    let urgent = |id: &str, title: &str| Article {
        severity: Severity::Urgent,
        alarm: vec!["leaked".into()],
        ..article(id, title, "助记词泄露以后，换一个新的钱包。")
    };
    let mut articles = wallet();
    articles.push(urgent("urgent/leaked", "密语外泄"));
    articles.push(Article {
        lang: Lang::parse("en").unwrap(),
        translation_of: Some(ArticleId::parse("urgent/leaked").unwrap()),
        ..urgent("en/leaked", "Your phrase is out")
    });
    let results = ask(&searcher(articles), "zhujici xielou le");
    assert!(results.interpreted.corrected.is_some());
    assert_eq!(results.alarm.map(|article| article.id.to_string()).as_deref(), Some("urgent/leaked"));
}

#[test]
fn a_suggestion_is_found_where_its_bytes_overlap_others() {
    // The last byte of 保 and the first of 住 are those of 住, too.
    let searcher = searcher(vec![article("a/keep", "保住账户的办法", "换密码。")]);
    assert_eq!(searcher.suggest("住", 5).first().map(|s| s.id.as_str()), Some("a/keep"));
}

/// Work is bounded for any text: time would be the machine's, so the bound is a hundredfold of
/// what it takes.
#[test]
fn hostile_queries_are_answered_at_once() {
    let searcher = searcher(wallet());
    let long = |piece: &str| piece.repeat(QUERY_CHARS_MAX);
    let hostile = [
        long("zhuang"),
        long("转"),
        long("a b "),
        long("助记词"),
        long("\"「"),
        long("的了吗"),
        long("x1"),
        "\u{202e}\u{200b}".repeat(100),
        "AND OR NOT (\"".into(),
        long("z j c "),
        long("xianxian"),
        // Runs that just may be pinyin, words with many others, Latin that is nowhere.
        format!("{} ", "xianxian".repeat(7)).repeat(4),
        long("转账手续费到账助记词"),
        (0..42u8).flat_map(|at| ['q', char::from(b'a' + at % 26), 'z', 'x', 'k', ' ']).collect(),
    ];
    for query in hostile {
        let start = Instant::now();
        ask(&searcher, &query);
        searcher.suggest(&query, 10);
        assert!(start.elapsed() < Duration::from_secs(5), "{query}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_query_fails_and_spans_give_back_the_title(query in "[转账到没助记词住 zhujicTRC20\"「」，。a-f]{0,40}") {
        thread_local!(static SEARCHER: Searcher = searcher(wallet()));
        SEARCHER.with(|searcher| {
            for hit in ask(searcher, &query).hits {
                let title: String = hit.title.iter().map(|span| span.text.as_str()).collect();
                assert_eq!(title, hit.article.title);
            }
        });
    }
}

#[test]
fn many_small_updates_leave_few_segments_and_forget_what_is_gone() {
    let lexicon = Lexicon::builtin();
    let index = Index::in_memory(&lexicon).unwrap();
    let mut articles = Vec::new();
    let library = |articles: &[Article]| {
        Library::new(Site::default(), articles.iter().cloned().map(Arc::new).collect(), Vec::new())
    };
    for at in 0..30 {
        articles.push(article(&format!("a/{at}"), &format!("第{at}篇"), "正文。"));
        index.update(&library(&articles), &|_, _| {}).unwrap();
    }
    let segments = index.snapshot().segment_readers().len();
    assert!(segments <= 8, "{segments}");
    articles.truncate(1);
    index.update(&library(&articles), &|_, _| {}).unwrap();
    let snapshot = index.snapshot();
    let (held, deleted) = snapshot
        .segment_readers()
        .iter()
        .fold((0, 0), |(held, deleted), segment| (held + segment.num_docs(), deleted + segment.num_deleted_docs()));
    assert_eq!((held, deleted), (1, 0));
}
