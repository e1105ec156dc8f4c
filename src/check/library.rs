//! Faults that show when all articles are looked at together.

use std::collections::HashMap;

use jiff::civil::Date;

use crate::domain::{Article, Library, OfficialKind, Problem, Rule};

pub(super) fn check(library: &Library, today: Date) -> Vec<Problem> {
    let mut problems = Vec::new();
    duplicate_titles(library, &mut problems);
    for article in library.articles() {
        overdue(article, today, &mut problems);
        foreign_domains(library, article, &mut problems);
    }
    problems
}

fn duplicate_titles(library: &Library, problems: &mut Vec<Problem>) {
    let mut first: HashMap<(&str, &str), &Article> = HashMap::new();
    let mut articles: Vec<&Article> = library.listed().map(AsRef::as_ref).collect();
    articles.sort_by(|a, b| a.path.cmp(&b.path));
    for article in articles {
        match first.get(&(article.lang.as_str(), article.title.as_str())) {
            Some(other) => problems.push(
                Problem::new(
                    Rule::TITLE_DUPLICATE,
                    &article.path,
                    1,
                    format!("标题「{}」与 {} 相同", article.title, other.path),
                )
                .hint("改一个标题，让读者分得清"),
            ),
            None => {
                first.insert((article.lang.as_str(), &article.title), article);
            }
        }
    }
}

fn overdue(article: &Article, today: Date, problems: &mut Vec<Problem>) {
    if let Some(day) = article.review_by.filter(|day| *day < today) {
        let owner = article.owner.as_deref().map_or_else(String::new, |owner| format!("，负责人：{owner}"));
        problems.push(
            Problem::new(Rule::REVIEW_OVERDUE, &article.path, 1, format!("复审日期 {day} 已过{owner}"))
                .hint("核对内容后把 review_by 改到下一次"),
        );
    }
}

/// Links that leave for a domain which is neither official nor allowed.
fn foreign_domains(library: &Library, article: &Article, problems: &mut Vec<Problem>) {
    let site = &library.site;
    if site.allowed_domains.is_empty() {
        return;
    }
    let official =
        site.official.iter().filter(|entry| entry.kind == OfficialKind::Domain).map(|entry| entry.value.as_str());
    let known: Vec<&str> = official.chain(site.allowed_domains.iter().map(String::as_str)).collect();
    for (at, line) in article.open().markdown().lines().enumerate() {
        for (start, _) in line.match_indices("](http") {
            let address = &line[start + 2..];
            let Some((_, rest)) = address.split_once("://") else { continue };
            let host = rest.split(['/', ')', '?', '#', ':', ' ']).next().unwrap_or_default().to_lowercase();
            let listed = known.iter().any(|k| host == *k || host.strip_suffix(k).is_some_and(|sub| sub.ends_with('.')));
            if !listed {
                problems.push(
                    Problem::new(
                        Rule::LINK_DOMAIN,
                        &article.path,
                        article.body_line + at,
                        format!("链接指向名单之外的网站 {host}"),
                    )
                    .hint("确认可信后加入 wenqu.toml 的 [domains] allowed"),
                );
            }
        }
    }
}
