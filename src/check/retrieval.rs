//! Whether search finds what editors say it must: the judgments, and each article by its own
//! title, questions and error messages.

use std::collections::HashSet;

use rayon::prelude::*;

use crate::domain::{Article, ArticleId, Hit, Problem, Query, Rule};
use crate::edition::Edition;
use crate::relevance::{evaluate, judgments};

const JUDGMENTS: &str = "search/judgments.toml";
/// An article must be this near the top for its own words.
const OWN_WITHIN: usize = 3;

pub(super) fn check(edition: &Edition) -> Vec<Problem> {
    let mut problems = judged(edition);
    let own: Vec<Problem> = edition
        .library()
        .articles()
        .par_iter()
        .filter(|a| a.is_listed())
        .flat_map_iter(|a| own_words(edition, a))
        .collect();
    problems.extend(own);
    problems
}

fn judged(edition: &Edition) -> Vec<Problem> {
    let text = &edition.loaded().lexicon.judgments;
    let (judged, mut problems) = judgments(text, JUDGMENTS);
    for query in &judged {
        for id in query.answers.keys() {
            let known = ArticleId::parse(id).is_ok_and(|id| edition.library().article(&id).is_some());
            if !known {
                problems.push(Problem::new(
                    Rule::JUDGMENTS_BAD,
                    JUDGMENTS,
                    query.line,
                    format!("「{}」的答案 {id} 不存在", query.text),
                ));
            }
        }
    }
    let report = evaluate(edition.searcher(), &judged, &|_, _| {}, &mut |_| {});
    let failing: HashSet<usize> = report.failures.iter().map(|failure| failure.line).collect();
    let known: HashSet<usize> = judged.iter().filter(|query| !query.known.is_empty()).map(|query| query.line).collect();
    problems.extend(judged.iter().filter(|query| known.contains(&query.line) && !failing.contains(&query.line)).map(
        |query| {
            let message = format!("「{}」已经通过，不再需要 known：{}", query.text, query.known);
            Problem::new(Rule::JUDGMENT_KNOWN, JUDGMENTS, query.line, message).hint("删掉这条判例的 known")
        },
    ));
    problems.extend(report.failures.into_iter().filter(|failure| !known.contains(&failure.line)).map(|failure| {
        let place = failure.rank.map_or_else(|| "前十之外".to_owned(), |rank| format!("第 {rank} 位"));
        let message = format!(
            "「{}」应在前 {} 位找到 {}，实际在{place}",
            failure.query,
            failure.within,
            failure.expected.join(" 或 ")
        );
        Problem::new(Rule::JUDGMENT_FAILS, JUDGMENTS, failure.line, message).hint(
            "给文章补上读者的问法（questions），或在同义词表里加一行；判例本身不对就改判例；暂时做不到就写 known = \"原因\"",
        )
    }));
    problems
}

fn own_words(edition: &Edition, article: &Article) -> Vec<Problem> {
    let words = [&article.title].into_iter().chain(&article.questions).chain(&article.errors);
    words
        .filter(|text| text.chars().any(char::is_alphanumeric))
        .filter_map(|text| {
            // What is called so comes first, so most need no search: it would take a minute for
            // ten thousand articles.
            let called = edition.searcher().called(text);
            if called.len() <= OWN_WITHIN && called.iter().any(|known| known.id == article.id) {
                return None;
            }
            let query = Query { limit: OWN_WITHIN as u32, lang: Some(article.lang.clone()), ..Query::of(text) };
            let hits = edition.search(&query).hits;
            let is_own = |hit: &Hit| {
                hit.article.id == article.id
                    || hit.article.title == article.title
                    || hit.copies.iter().any(|copy| copy.id == article.id)
            };
            if hits.iter().any(is_own) {
                return None;
            }
            let first =
                hits.first().map_or_else(|| "没有结果".to_owned(), |hit| format!("排在最前的是 {}", hit.article.path));
            let message = format!("用自己的「{text}」搜索，前 {OWN_WITHIN} 位里没有这篇文章，{first}");
            Some(
                Problem::new(Rule::NOT_FOUND_BY_TITLE, &article.path, 1, message)
                    .hint("换一个更能区分的说法，或检查两篇文章是否重复"),
            )
        })
        .collect()
}
