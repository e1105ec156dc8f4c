//! What readers type, and what they must find.

use std::sync::Arc;
use std::time::{Duration, Instant};

use proptest::prelude::*;

use crate::domain::{
    Article, ArticleId, Body, Confidence, Lang, Library, Pinned, QUERY_CHARS_MAX, Query, Results, SafeHtml, Section,
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
fn editors_pin_an_article_to_a_query() {
    let mut articles = wallet();
    assert_eq!(first(&ask(&searcher(articles.clone()), "收款")), "transactions/receive");
    articles[0].pinned = Pinned::Queries(vec!["收款".into(), "没有来".into()]);
    let searcher = searcher(articles);
    assert_eq!(first(&ask(&searcher, "收款")), "transactions/not-arrived");
    assert_eq!(first(&ask(&searcher, "没有来？")), "transactions/not-arrived");
    let scores: Vec<f32> = ask(&searcher, "收款").hits.iter().map(|hit| hit.score).collect();
    assert!(scores.len() > 1 && scores.is_sorted_by(|a, b| a > b), "scores tell the order: {scores:?}");
    assert_eq!(first(&ask(&searcher, "收款码")), "transactions/receive", "only for the query itself");
}

#[test]
fn a_pinned_article_is_first_however_many_weigh_more() {
    let mut articles: Vec<Article> =
        (0..40).map(|at| article(&format!("a/{at}"), &format!("收款第{at}步"), "收款时复制地址。")).collect();
    let pinned = Pinned::Queries(vec!["收款".into()]);
    articles.push(Article { pinned, ..article("b/notice", "停机公告", "今晚升级，暂停服务。") });
    articles.push(Article { questions: vec!["收款".into()], ..article("b/named", "入金", "出示二维码。") });
    let results = ask(&searcher(articles), "收款");
    let best: Vec<&str> = results.hits.iter().take(2).map(|hit| hit.article.id.as_str()).collect();
    assert_eq!(best, ["b/notice", "b/named"]);
}

#[test]
fn turning_pages_changes_neither_the_total_nor_the_order() {
    let articles =
        (0..120).map(|at| article(&format!("a/{at}"), &format!("收款第{at}步"), &"收款地址。".repeat(at % 7)));
    let searcher = searcher(articles.collect());
    let page = |page: u32| searcher.search(&Query { page, limit: 10, ..Query::of("收款地址") });
    let mut seen = std::collections::HashSet::new();
    for at in 1..=6 {
        let results = page(at);
        assert_eq!(results.total, page(1).total, "page {at}");
        assert!(
            results.hits.iter().all(|hit| seen.insert(hit.article.id.clone())),
            "a hit of page {at} was seen before"
        );
    }
    assert!(seen.len() > 20, "{}", seen.len());
}

#[test]
fn titles_with_quotation_marks_have_neighbours() {
    let mut articles = wallet();
    articles.push(article("security/refund", "「帮你追回」骗局", "转账以后，骗子说能追回。助记词不要给他。"));
    let searcher = searcher(articles.clone());
    assert!(!searcher.related(articles.last().unwrap(), 3).is_empty());
}

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
fn a_word_said_twice_is_not_near_itself() {
    let searcher = searcher(wallet());
    let near = |query: &str| searcher.explain(&Query::of(query), None).hits.first().map(|hit| hit.near);
    assert_eq!(near("助记词 助记词 助记词"), near("助记词"));
}

#[test]
fn explaining_one_article_tells_what_the_search_told() {
    let searcher = searcher(wallet());
    let query = Query::of("转账没有到账");
    let all = searcher.explain(&query, None);
    let id = ArticleId::parse(&all.hits[0].id).unwrap();
    let one = searcher.explain(&query, Some(&id));
    assert_eq!((one.hits[0].near, one.hits[0].score), (all.hits[0].near, all.hits[0].score));
    assert!(one.hits[0].near > 0.0);
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
fn copies_are_one_hit_and_stubs_are_not_first() {
    let text = "离线签名的授权不会马上出现在链上，骗子拿到签名以后可以在任何时候用它转走代币，所以签名前要看清授权对象、代币和数量，".repeat(4);
    let searcher = searcher(vec![
        article("a/stub", "离线签名的授权", ""),
        article("a/one", "离线签名与授权", &text),
        article("b/two", "离线签名与授权（旧版）", &text),
        article("c/other", "硬件钱包", "硬件钱包也会显示授权。"),
    ]);
    let results = ask(&searcher, "离线签名 授权 转走代币");
    assert_eq!(first(&results), "a/one");
    assert_eq!(results.hits[0].copies.iter().map(|a| a.id.as_str()).collect::<Vec<_>>(), ["b/two"]);
    assert!(results.hits.iter().all(|hit| hit.article.id.as_str() != "b/two"));
}

#[test]
fn among_short_questions_single_characters_tell_and_none_is_a_stub() {
    let asked = [
        "流鼻血怎么止",
        "鼻血止不住咋办",
        "误了火车票应该怎么处理",
        "家里漏水了应该如何处理",
        "快递破损了怎么处理才好",
    ];
    let searcher = searcher(asked.iter().enumerate().map(|(at, text)| article(&format!("q{at}"), "", text)).collect());
    let results = ask(&searcher, "鼻子出血了怎么处理");
    let best: Vec<&str> = results.hits.iter().take(2).map(|hit| hit.article.id.as_str()).collect();
    assert!(best.contains(&"q0") && best.contains(&"q1"), "{best:?}");
}

#[test]
fn a_title_that_asks_counts_though_its_answer_does_not_repeat_it() {
    let searcher = searcher(vec![
        article("card", "信用卡遗失怎么办理补发", "请拨打专线停用，三个工作日内寄到您的通讯地址，费用两百元。"),
        article("auto", "如何设定自动扣缴", "信用卡补发之后，信用卡的自动扣缴不受影响，补发的卡沿用旧的设定。"),
        article("points", "红利点数会过期吗", "点数没有期限，信用卡停用后三十天内仍可兑换。"),
        article("limit", "临时调高额度", "出国前可以在应用里申请，一般当天答复。"),
    ]);
    assert_eq!(first(&ask(&searcher, "信用卡补发")), "card");
}

#[test]
fn a_longer_entry_that_leads_nowhere_hides_no_shorter_one() {
    let articles = vec![
        article("late", "转账没有到账怎么办", "先查交易状态。"),
        article("in", "怎样充币", "复制地址，从别处转进来。"),
        article("lost", "应用闪退", "更新到新版本。"),
    ];
    let explained = searcher(articles).explain(&Query::of("充值未到账"), None);
    let found = |other: &str, word: &str| explained.synonyms.contains(&(other.to_owned(), word.to_owned()));
    assert!(found("充币", "充值") && found("没有到账", "未到账"), "{:?}", explained.synonyms);
}

#[test]
fn a_longer_entry_leaves_shorter_ones_and_those_without_its_particle() {
    let articles = vec![
        article("late", "沒有入帳怎麼辦", "先查交易狀態。"),
        article("wait", "充值未到账", "等确认。"),
        article("undo", "取消交易", "打包前可以撤销。"),
    ];
    let searcher = searcher(articles);
    let found = |query: &str, other: &str, word: &str| {
        let explained = searcher.explain(&Query::of(query), None);
        assert!(explained.synonyms.contains(&(other.to_owned(), word.to_owned())), "{:?}", explained.synonyms);
    };
    found("对面没收到", "没有入账", "对面没收到");
    found("对面没收到", "未到账", "没收到");
    found("反悔了", "撤销", "反悔了");
    found("反悔了", "取消交易", "反悔了");
}

#[test]
fn a_synonym_counts_less_where_the_articles_use_the_readers_own_word() {
    // 助记词 and 种子短语 are one group of the thesaurus and share no character; the rarer of the two is
    // worth no more than the other, however rare it is.
    let points = |many: usize| -> f32 {
        let written = |word: &str, many: usize| -> Vec<Article> {
            let one = |at: usize| article(&format!("a/{word}-{at}"), &format!("第{at}篇"), &format!("{word}的说明"));
            (0..many).map(one).collect()
        };
        let others = (0..40).map(|at| article(&format!("b/{at}"), &format!("其他{at}"), "收款时核对地址"));
        let searcher = searcher([written("助记词", 8), written("种子短语", many), others.collect()].concat());
        let explained = searcher.explain(&Query::of("助记词"), Some(&ArticleId::parse("a/种子短语-0").unwrap()));
        explained.hits[0].terms.iter().find(|term| term.term == "种子短语").unwrap().points
    };
    let (rare, equal) = (points(1), points(8));
    assert!(rare > 0.0 && rare < equal * 0.6, "{rare} {equal}");
}

#[test]
fn a_long_story_of_known_words_is_no_sure_question() {
    let searcher = searcher(wallet());
    let story = "昨天陪朋友去医院检查身体，排队等了很久，晚上回家做饭看电视，第二天早上开车上班路上堵车，迟到被老板扣了工资，心情不好想辞职去旅行";
    let results = ask(&searcher, story);
    assert_ne!(results.confidence, Confidence::Sure);
}

#[test]
fn of_two_that_are_equally_good_the_newer_comes_first() {
    let dated = |id: &str, day: i8| Article {
        updated: Some(jiff::civil::Date::constant(2026, 5, day)),
        ..article(id, "冷钱包", "冷钱包不联网。")
    };
    let searcher = searcher(vec![dated("a/old", 1), dated("b/new", 2)]);
    assert_eq!(first(&ask(&searcher, "冷钱包安全吗")), "b/new");
}

#[test]
fn of_two_that_are_equally_good_the_one_that_helps_comes_first() {
    use crate::search::Helpfulness;
    let one = |id: &str, day: i8| Article {
        updated: Some(jiff::civil::Date::constant(2026, 5, day)),
        ..article(id, "冷钱包", "冷钱包不联网。")
    };
    let better = article("c/better", "冷钱包安全吗", "冷钱包不联网。");
    let searcher = searcher(vec![one("a/old", 1), one("b/new", 2), better]);
    let ids = || ask(&searcher, "冷钱包是否安全").hits.iter().map(|h| h.article.id.to_string()).collect::<Vec<_>>();
    assert_eq!(ids(), ["c/better", "b/new", "a/old"]);
    let id = |id: &str| ArticleId::parse(id).unwrap();
    searcher.regard([(id("a/old"), Helpfulness::Helps), (id("c/better"), Helpfulness::Fails)].into());
    assert_eq!(ids(), ["c/better", "a/old", "b/new"], "votes order equals, and nothing else");
    searcher.regard([(id("b/new"), Helpfulness::Fails)].into());
    assert_eq!(ids(), ["c/better", "a/old", "b/new"]);
}

#[test]
fn what_is_called_so_is_sure_whatever_its_words() {
    let mut articles = wallet();
    articles[3].pinned = Pinned::Queries(vec!["飞船票".into()]);
    let searcher = searcher(articles);
    let pinned = ask(&searcher, "飞船票");
    assert_eq!(
        (first(&pinned), pinned.confidence, pinned.hits[0].exact),
        ("transactions/receive", Confidence::Sure, true)
    );
    assert!(!ask(&searcher, "收款码").hits[0].exact);
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
fn it_is_said_when_nothing_answers() {
    let searcher = searcher(wallet());
    let check = |query: &str, sure: Confidence| assert_eq!(ask(&searcher, query).confidence, sure, "{query}");
    check("转账没到账怎么办", Confidence::Sure);
    check("助记词泄露", Confidence::Sure);
    check("附近好吃的火锅店", Confidence::Unsure);
    check("孩子发烧吃什么药", Confidence::Unsure);
    check("ωψξ", Confidence::Nothing);
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
