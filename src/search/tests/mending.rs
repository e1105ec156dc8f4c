//! Mistyped queries: what was meant, and what is left as it stands.

use crate::domain::{Article, ArticleId, Confidence, Lang, Query};
use crate::search::Searcher;

use super::{article, ask, first, searcher, wallet};

#[test]
fn mending_leaves_the_rest_of_a_query_as_it_was_typed() {
    let searcher = searcher(wallet());
    let corrected = |query: &str| ask(&searcher, query).interpreted.corrected;
    assert_eq!(corrected("\"助记词\" siyue").as_deref(), Some("\"助记词\" 私钥"));
    assert_eq!(corrected("zhuanzhang 0.5 mei daozhang").as_deref(), Some("转账 0.5 没到账"));
}

#[test]
fn a_word_that_no_article_has_is_no_other_word() {
    let mut articles = wallet();
    articles.push(article("a/plan", "提案的用法", "提案和机器。或者过一会儿再看。屏幕太暗，过后再开。"));
    articles.push(article("a/seed", "seed and form", "Write the seed on the form."));
    let searcher = searcher(articles);
    let check = |query: &str| {
        let results = ask(&searcher, query);
        assert_eq!(results.interpreted.corrected, None, "{query}");
        assert_ne!(results.confidence, Confidence::Sure, "{query}");
    };
    check("tianqi"); // 天气, not 提案 and some character that sounds qi
    check("pingguo"); // 苹果, not 屏过
    check("huoguo"); // 火锅, not 或过
    let corrected = |query: &str| ask(&searcher, query).interpreted.corrected;
    assert_eq!(corrected("send usdt"), None, "a word of English is no slip of seed");
    assert_eq!(corrected("from wallet"), None);
}

#[test]
fn a_real_word_among_foreign_ones_is_what_was_meant() {
    let searcher = searcher(wallet());
    let lone = ask(&searcher, "旷工不够");
    assert_eq!(lone.interpreted.corrected.as_deref(), Some("矿工不够"));
    let foreign = ask(&searcher, "旷工要扣工资吗").interpreted;
    assert_eq!(foreign.corrected, None, "no article tells of wages");
    assert_eq!(foreign.did_you_mean.as_deref(), Some("矿工要扣工资吗"));
}

#[test]
fn queries_are_mended_alike_by_every_searcher() {
    // Words of one sound that are equally frequent: the order of a hash map must not decide.
    let texts = ["移动一栋", "意见一件", "限制先知", "实力事例", "权力全力", "会议会意", "注意主义"];
    let make = || {
        let articles = texts.iter().enumerate().map(|(at, text)| article(&format!("a/{at}"), text, text));
        searcher(articles.collect())
    };
    let typed = ["yidong", "yijian", "xianzhi", "shili", "quanli", "huiyi", "zhuyi"];
    let corrected = |searcher: &Searcher| typed.map(|typed| ask(searcher, typed).interpreted.corrected);
    let first = corrected(&make());
    assert!(first.iter().all(Option::is_some), "{first:?}");
    for _ in 0..4 {
        assert_eq!(corrected(&make()), first);
    }
}

#[test]
fn mistyped_words_are_mended_and_it_is_said() {
    let searcher = searcher(wallet());
    let check = |query: &str, meant: &str, id: &str| {
        let results = ask(&searcher, query);
        assert_eq!(results.interpreted.corrected.as_deref(), Some(meant), "{query}");
        assert_eq!(first(&results), id, "{query}");
    };
    check("zhujici", "助记词", "security/phrase");
    check("zhu ji ci", "助记词", "security/phrase");
    check("zjc", "助记词", "security/phrase");
    check("住记词", "助记词", "security/phrase"); // 记词 is no word, only a piece of one
    check("住记词泄露了", "助记词泄露了", "security/leaked");
    check("kua lian", "跨链", "transactions/bridge");
    check("shantui", "闪退", "app/crash");
}

#[test]
fn a_name_that_no_article_holds_is_mended_where_it_leads_somewhere() {
    let mut articles = wallet();
    articles.push(article("accounts/import", "导入钱包", "在别处建的钱包，输入助记词就能导入。"));
    let results = ask(&searcher(articles), "metamsk");
    assert_eq!(results.interpreted.corrected.as_deref(), Some("metamask"));
    assert_eq!(first(&results), "accounts/import");
    let nowhere = ask(&searcher(vec![article("app/crash", "应用闪退", "重启手机。")]), "metamsk");
    assert_eq!(nowhere.interpreted.corrected, None);
}

#[test]
fn words_that_are_right_stay_as_they_are() {
    let mut articles = wallet();
    articles.push(article("a/culture", "经典影片", "经典影片的列表。"));
    articles.push(article("a/travel", "周边景点", "景点的开放时间。"));
    let searcher = searcher(articles);
    let check = |query: &str| {
        let results = ask(&searcher, query);
        assert_eq!(results.interpreted.corrected, None, "{query}");
    };
    check("景点"); // sounds like 经典
    check("转账没到账");
    check("换壁纸"); // no article knows 壁纸, but it is a word, and no piece of it may become 换币
    check("SD 卡"); // capitals are a name, not the initials of 刷单
    let exact = searcher.search(&Query { exact: true, ..Query::of("住记词") });
    assert_eq!(exact.interpreted.corrected, None);
}

#[test]
fn a_slip_of_simplified_writing_is_answered_in_simplified() {
    let mut articles = wallet();
    articles.push(Article {
        lang: Lang::parse("zh-TW").unwrap(),
        translation_of: Some(ArticleId::parse("transactions/not-arrived").unwrap()),
        ..article("zh-tw/not-arrived", "轉帳沒有入帳怎麼辦", "先用區塊瀏覽器查交易狀態。")
    });
    let searcher = searcher(articles);
    assert_eq!(first(&ask(&searcher, "转帐没有到")), "transactions/not-arrived");
    assert_eq!(first(&ask(&searcher, "轉帳沒有到")), "zh-tw/not-arrived");
}

#[test]
fn a_lone_sound_is_read_by_what_stands_before_it() {
    let mut articles = wallet();
    articles.push(article("a/fees", "手续费太高", "手续费太高时等一等再转。"));
    articles.push(article("a/tell", "报告", "报告、告诉、公告、告知、广告。"));
    articles.push(article("a/tell2", "公告", "公告、告诉、告知。"));
    articles.push(Article {
        lang: Lang::parse("en").unwrap(),
        translation_of: Some(ArticleId::parse("a/fees").unwrap()),
        ..article("en/fees", "Fees are too high 手续费", "Wait, then send. 手续费太高 手续费太高")
    });
    let results = ask(&searcher(articles), "shouxufei tai gao");
    assert_eq!(results.interpreted.corrected.as_deref(), Some("手续费太高"));
    assert_eq!(first(&results), "a/fees", "pinyin is Chinese");
}

#[test]
fn explain_shows_what_was_mended_and_what_is_not_known() {
    let searcher = searcher(wallet());
    let explained = searcher.explain(&Query::of("zhujici 火锅"), None);
    assert_eq!(explained.interpreted.corrected.as_deref(), Some("助记词 火锅"));
    let words: Vec<_> = explained.words.iter().map(|w| (w.text.as_str(), w.known)).collect();
    assert_eq!(words, [("助记词", true), ("火锅", false)]);
    let best = &explained.hits[0];
    let sum: f32 = best.terms.iter().map(|t| t.points).sum::<f32>() + best.title_score + best.near;
    assert!((sum / best.score - 1.0).abs() < 0.05, "the shares make the score: {sum} of {}", best.score);
}

#[test]
fn a_name_is_never_taken_for_another() {
    let searcher = searcher(vec![
        article("usdt", "怎么提 USDT", "提 USDT 时选对网络，否则找不回来。"),
        article("file", "用 keystore 文件导入钱包", "选好 keystore 文件，输入它的密码。"),
        article("rules", "Safety rules", "You are done when all rules are checked."),
        article("currency", "切换计价货币", "货币可以换成人民币，换一种货币看资产。"),
        article("manual", "说明书", "说明书在包装里，说明书也能下载。"),
    ]);
    // Another coin, another wallet, an abbreviation: at most it is asked whether something else was meant.
    for query in
        ["USDE 怎么提", "usdd怎么提", "keystone 钱包怎么连接", "DOGE 怎么提币", "runes 在哪里看", "sms 收不到", "火币"]
    {
        let results = ask(&searcher, query);
        assert_eq!(results.interpreted.corrected, None, "{query}");
    }
    // Names that nobody listed are offered something else, never given it.
    for (query, offered) in [("USDX 怎么提", "usdt 怎么提"), ("keyspore 怎么导入", "keystore 怎么导入")] {
        let read = ask(&searcher, query).interpreted;
        assert_eq!((read.corrected, read.did_you_mean.as_deref()), (None, Some(offered)));
    }
    for (query, meant) in [("kystore 怎么导入", "keystore 怎么导入"), ("keystroe 文件", "keystore 文件")] {
        assert_eq!(ask(&searcher, query).interpreted.corrected.as_deref(), Some(meant));
    }
}
