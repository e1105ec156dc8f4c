//! Which of several hits comes first, and why.

use crate::domain::{Article, ArticleId, Confidence, Pinned, Query};
use crate::search::Helpfulness;

use super::{article, ask, first, searcher, wallet};

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
