//! What readers see marked.

use super::*;
use crate::domain::Span;

/// Spans as one text, what is marked in brackets.
fn shown(spans: &[Span]) -> String {
    spans.iter().map(|span| if span.mark { format!("【{}】", span.text) } else { span.text.clone() }).collect()
}

#[test]
fn words_are_marked_as_they_stand_in_the_text() {
    let title = |query: &str, title: &str| {
        let others = [article("b", "另一篇", "别的内容。"), article("c", "再一篇", "无关的话。")];
        let searcher = searcher([article("a", title, "正文在这里。")].into_iter().chain(others).collect());
        shown(&ask(&searcher, query).hits[0].title)
    };
    let check = |query: &str, marked: &str| {
        assert_eq!(title(query, &marked.replace(['【', '】'], "")), marked, "{query}");
    };
    check("怎么核对官方渠道", "怎么【核对官方渠道】"); // no half of what only asks
    check("如何导入", "如何【导入】");
    check("我的币没了", "我的【币没】了");
    check("转账", "【轉帳】沒到");
    check("轉賬", "USDT【转帐】没到");
    check("usdt", "【ＵＳＤＴ】怎么提");
    check("trc20", "选【TRC-20】网络");
    check("gas费太高", "【gas费太高】怎么办");
    check("种子短语", "抄下【助记词】"); // another word for it
    check("莱特币", "比特币是什么"); // 特币 is no word
    check("换新手机搬到新的钱包", "【新手机】装好后再【搬】资产到【钱包】"); // 到 is everywhere
}

#[test]
fn a_snippet_shows_the_sentence_that_answers() {
    let filler = "这一段讲的是别的事情，与提问没有关系。".repeat(8);
    let text = format!("{filler}忘记解锁密码时，卸载后用助记词恢复钱包。{filler}");
    let searcher = searcher(vec![article("a", "应用", &text), article("b", "另一篇", "别的内容。")]);
    let cut = shown(&ask(&searcher, "解锁密码忘了").hits[0].snippet);
    assert!(
        cut.starts_with("…【忘】记【解锁密码】时")
            || cut.starts_with("…【忘记】【解锁密码】时")
            || cut.starts_with("…【忘记解锁密码】时"),
        "{cut}"
    );
    assert!(cut.ends_with('…'), "{cut}");
}
