//! Addresses that lead nowhere: articles nobody can come to, emergencies without an article, and
//! places that readers knew at an earlier revision.

use std::collections::HashSet;
use std::fs;

use crate::articles::id_of;
use crate::domain::{ArticleId, Library, Problem, Rule};
use crate::edition::Edition;

const SETTINGS: &str = "wenqu.toml";
const LINK: &str = "href=\"/articles/";

pub(super) fn check(edition: &Edition) -> Vec<Problem> {
    let mut problems = orphans(edition.library());
    problems.extend(lost_emergencies(edition));
    problems
}

/// Lists name every listed article, so that only the others can be out of reach.
fn orphans(library: &Library) -> Vec<Problem> {
    let hidden: Vec<_> = library.articles().iter().filter(|article| !article.is_listed()).collect();
    if hidden.is_empty() {
        return Vec::new();
    }
    let mut reached: HashSet<&str> = library.site.urgent.iter().map(|urgent| urgent.article.as_str()).collect();
    let mut linked: HashSet<String> = HashSet::new();
    for article in library.articles() {
        reached.extend(article.related.iter().map(ArticleId::as_str));
        let html = article.open().html();
        let html = html.as_str();
        for (at, _) in html.match_indices(LINK) {
            let address = &html[at + "href=\"".len()..];
            let end = address.find(['"', '#', '?']).unwrap_or(address.len());
            if address[..end] != article.url() {
                linked.insert(address[..end].to_owned());
            }
        }
    }
    let is_lost = |article: &&&std::sync::Arc<crate::domain::Article>| {
        let url = article.url();
        !reached.contains(article.id.as_str()) && !linked.contains(&url) && !linked.contains(&escaped(&url))
    };
    hidden
        .iter()
        .filter(is_lost)
        .map(|article| {
            let message = "这篇文章不在目录里，也没有文章链接到它，读者到不了。";
            Problem::new(Rule::ORPHAN, &article.path, 1, message).hint("在相关文章里加上链接，或去掉 `unlisted`。")
        })
        .collect()
}

/// An address as links in HTML write it.
fn escaped(url: &str) -> String {
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte);
    let escape = |byte: u8| if keep(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    url.bytes().map(escape).collect()
}

/// Emergencies whose article is not there: the one link that must never fail.
fn lost_emergencies(edition: &Edition) -> Vec<Problem> {
    let library = edition.library();
    let lost = |id: &ArticleId| library.article(id).is_none() && library.alias(id).is_none();
    let urgent: Vec<_> = library.site.urgent.iter().filter(|urgent| lost(&urgent.article)).collect();
    if urgent.is_empty() {
        return Vec::new();
    }
    let text = fs::read_to_string(edition.folder().join(SETTINGS)).unwrap_or_default();
    let line = |id: &ArticleId| {
        let quoted = format!("\"{id}\"");
        text.lines().position(|line| line.contains(&quoted)).map_or(0, |at| at + 1)
    };
    urgent
        .into_iter()
        .map(|urgent| {
            let message = format!("紧急入口「{}」指向的文章 `{}` 不存在。", urgent.label, urgent.article);
            Problem::new(Rule::SETTINGS_BAD, SETTINGS, line(&urgent.article), message).hint("改成现有文章的编号。")
        })
        .collect()
}

/// Articles of an earlier revision whose address now leads nowhere. `before` holds the paths of
/// its files. What a `slug` said then is not known.
pub fn dying(edition: &Edition, before: &[String]) -> Vec<Problem> {
    let library = edition.library();
    let here: HashSet<&str> = library.articles().iter().map(|article| article.path.as_str()).collect();
    let mut problems = Vec::new();
    for path in before.iter().filter(|path| !here.contains(path.as_str())) {
        let Some(id) = id_of(path).and_then(|id| ArticleId::parse(id).ok()) else { continue };
        let leads = library.article(&id).is_some() || library.alias(&id).is_some();
        if !leads && !edition.folder().join(path).exists() {
            let message = format!("`/articles/{id}` 不再通向任何文章。");
            let hint = format!("在接替它的文章的 `aliases` 里写上 {id}；改名用 git mv，提交后旧地址自动跳转。");
            problems.push(Problem::new(Rule::ADDRESS_DIES, path, 0, message).hint(hint));
        }
    }
    problems
}
