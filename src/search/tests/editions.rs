//! One edition after another over one index.

use super::*;

fn library(articles: Vec<Article>) -> Arc<Library> {
    Arc::new(Library::new(Site::default(), articles.into_iter().map(Arc::new).collect(), Vec::new()))
}

/// Ids and scores of all hits.
fn answer(searcher: &Searcher, query: &str) -> Vec<(String, f32)> {
    ask(searcher, query).hits.iter().map(|hit| (hit.article.id.to_string(), hit.score)).collect()
}

#[test]
fn the_order_does_not_drift_from_edition_to_edition() {
    let lexicon = Lexicon::builtin();
    // Short, so that single characters weigh more here than in other collections.
    let library = library(vec![
        article("a", "收款码在哪里", "首页右上角就是。"),
        article("b", "付款码在哪里", "首页左上角就是。"),
        article("c", "怎么换头像", "点头像再选图。"),
    ]);
    let index = Index::in_memory(&lexicon).unwrap();
    index.update(&library, &|_, _| {}).unwrap();
    let first = Searcher::new(&index, Arc::clone(&library), Arc::clone(&lexicon)).unwrap();
    let mut last = Searcher::following(&first, &index, Arc::clone(&library), Arc::clone(&lexicon)).unwrap();
    for _ in 0..2 {
        last = Searcher::following(&last, &index, Arc::clone(&library), Arc::clone(&lexicon)).unwrap();
    }
    for query in ["收款的码", "头像", "首页"] {
        assert_eq!(answer(&last, query), answer(&first, query), "{query}");
    }
}

#[test]
fn two_that_write_one_index_leave_each_article_there_once() {
    let lexicon = Lexicon::builtin();
    let folder = tempfile::tempdir().unwrap();
    let (one, _) = Index::open(folder.path(), &lexicon).unwrap();
    let (two, _) = Index::open(folder.path(), &lexicon).unwrap();
    let library = library(wallet());
    let written = one.update(&library, &|_, _| {}).unwrap();
    assert_eq!((written.added, written.sections), (8, 8));
    let again = two.update(&library, &|_, _| {}).unwrap();
    assert_eq!((again.added, again.changed, again.sections), (0, 0, 8));
}

#[test]
fn an_index_made_anew_with_another_dictionary_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (old, _) = Index::open(folder.path(), &Lexicon::builtin()).unwrap();
    let library = library(wallet());
    old.update(&library, &|_, _| {}).unwrap();
    let lexicon = Arc::new(Lexicon::new("示例闪付", "").0);
    let (new, opened) = Index::open(folder.path(), &lexicon).unwrap();
    assert_eq!(opened, crate::search::Opened::Replaced);
    new.update(&library, &|_, _| {}).unwrap();
    assert!(matches!(old.update(&library, &|_, _| {}), Err(crate::search::Error::Replaced)));
    let more = Library::new(Site::default(), vec![Arc::new(article("x", "新的一篇", "新的内容。"))], Vec::new());
    assert!(matches!(old.update(&more, &|_, _| {}), Err(crate::search::Error::Replaced)));
    assert_eq!(new.update(&library, &|_, _| {}).unwrap().sections, 8);
}

#[test]
fn an_article_stands_once_however_often_the_query_is_its_name() {
    let searcher = searcher(vec![
        Article {
            questions: vec!["收款？".into()],
            pinned: crate::domain::Pinned::Queries(vec!["收款".into()]),
            ..article("a", "收款", "打开收款页，复制地址或出示二维码。")
        },
        article("b", "转账", "打开转账页，粘贴地址。"),
    ]);
    let results = ask(&searcher, "收款");
    let hits: Vec<&str> = results.hits.iter().map(|hit| hit.article.id.as_str()).collect();
    assert_eq!((hits, results.total), (vec!["a"], 1));
    assert!(results.hits[0].copies.is_empty());
}

#[test]
fn what_is_pinned_to_a_text_is_pinned_to_its_translations() {
    let lang = |tag: &str| Lang::parse(tag).unwrap();
    let original = ArticleId::parse("a").unwrap();
    let searcher = searcher(vec![
        Article {
            lang: lang("zh-CN"),
            pinned: crate::domain::Pinned::Queries(vec!["没到账".into()]),
            ..article("a", "查一笔转出的钱", "用区块浏览器查状态。")
        },
        Article {
            lang: lang("zh-TW"),
            translation_of: Some(original),
            ..article("a.zh-tw", "查一筆轉出的錢", "用區塊瀏覽器查狀態。")
        },
        Article {
            lang: lang("zh-TW"), ..article("b", "沒到賬的提幣", "提幣沒到賬，沒到賬時先看狀態。")
        },
    ]);
    let results = ask(&searcher, "沒到賬");
    assert_eq!(first(&results), "a.zh-tw");
    assert!(results.hits[0].exact);
}

#[test]
fn a_text_is_suggested_in_one_language_the_readers() {
    let lang = |tag: &str| Lang::parse(tag).unwrap();
    let searcher = searcher(vec![
        Article { lang: lang("zh-CN"), ..article("a", "转账没有到账怎么办", "查状态。") },
        Article {
            lang: lang("zh-TW"),
            translation_of: Some(ArticleId::parse("a").unwrap()),
            ..article("a.zh-tw", "轉帳沒有入帳怎麼辦", "查狀態。")
        },
    ]);
    let check = |typed: &str, id: &str| {
        let ids: Vec<String> = searcher.suggest(typed, 8).into_iter().map(|suggestion| suggestion.id).collect();
        assert_eq!(ids, [id], "{typed}");
    };
    check("转账", "a");
    check("轉帳", "a.zh-tw");
    check("zhuanzhang", "a");
    check("转zhang", "a"); // half typed by sound
}

#[test]
fn a_lone_foreign_word_is_answered_in_the_readers_language() {
    let lang = |tag: &str| Lang::parse(tag).unwrap();
    let english = Article {
        lang: lang("en"),
        translation_of: Some(ArticleId::parse("a").unwrap()),
        ..article("a.en", "Gas fees", "Gas pays for a transfer.")
    };
    let searcher =
        searcher(vec![Article { lang: lang("zh-CN"), ..article("a", "gas 是什么", "转账要付 gas。") }, english]);
    let check = |query: &str, reader: &str, id: &str| {
        let results = searcher.search(&Query::of(query).asked_in(reader));
        assert_eq!(first(&results), id, "{query} in {reader}");
    };
    check("gas", "zh-CN", "a");
    check("gas", "en", "a.en");
    check("what is gas", "zh-CN", "a.en"); // a question in English
    check("gas 怎么付", "en", "a");
}

#[test]
fn an_index_is_not_thrown_away_under_a_writer() {
    let folder = tempfile::tempdir().unwrap();
    let (index, _) = Index::open(folder.path(), &Lexicon::builtin()).unwrap();
    let refused = std::sync::atomic::AtomicBool::new(false);
    let meanwhile = |done: usize, _: usize| {
        if done == 0 {
            let busy = matches!(Index::discard(folder.path()), Err(crate::search::Error::Busy));
            refused.store(busy, std::sync::atomic::Ordering::Relaxed);
        }
    };
    assert_eq!(index.update(&library(wallet()), &meanwhile).unwrap().sections, 8);
    assert!(refused.into_inner());
    Index::discard(folder.path()).unwrap();
    assert!(!folder.path().exists());
}
