//! The names that front matter may use: ours, other tools', and slips of the finger.

use super::front::shorten;
use super::source::Faults;
use super::value::Entry;
use crate::domain::Rule;

/// Every key of the contract with its synonyms, the form to write in hints first.
const KNOWN: &[&str] = &[
    "title",
    "description",
    "summary",
    "excerpt",
    "slug",
    "category",
    "tags",
    "keywords",
    "questions",
    "errors",
    "aliases",
    "date",
    "updated",
    "lastmod",
    "lastUpdated",
    "last_update",
    "review_by",
    "applies_to",
    "owner",
    "authors",
    "weight",
    "sidebar_position",
    "pinned",
    "severity",
    "alarm",
    "lang",
    "translation_of",
    "related",
    "draft",
    "unlisted",
    "in_search_index",
    "hide_feedback",
    "icon",
];

/// Keys of Hugo, Jekyll, Hexo, VitePress, VuePress, Docusaurus, GitBook, MkDocs and Obsidian that lie
/// within two letters of a known key, or could: writing them is no mistake.
const FOREIGN: &[&str] = &[
    "author",
    "alias",
    "order",
    "type",
    "cover",
    "layout",
    "permalink",
    "hide_title",
    "sidebar_label",
    "sidebar",
    "image",
    "images",
    "toc",
    "head",
    "hero",
    "next",
    "prev",
    "outline",
    "navbar",
    "robots",
    "series",
    "linkTitle",
    "subtitle",
    "top",
    "sticky",
    "mathjax",
    "katex",
    "math",
    "comments",
    "comment",
    "published",
    "publishDate",
    "expiryDate",
    "version",
    "versions",
    "status",
    "section",
    "private",
    "home",
    "url",
    "id",
    "name",
    "label",
    "group",
    "topic",
    "topics",
    "features",
    "footer",
    "editLink",
    "categories",
    "created",
    "modified",
    "language",
    "locale",
    "link",
    "links",
    "menu",
    "data",
    "params",
    "params",
    "header",
    "heading",
    "theme",
    "class",
    "state",
    "level",
    "source",
    "format",
    "custom_edit_url",
    "pagination_next",
    "pagination_prev",
    "displayed_sidebar",
    "parse_number_prefixes",
    "toc_min_heading_level",
    "toc_max_heading_level",
    "hide_table_of_contents",
    "nav_order",
    "parent",
    "has_children",
    "tag",
    "cssclasses",
    "publish",
    "publishdate",
    "isCJKLanguage",
    "markup",
    "outputs",
    "resources",
    "path",
    "page",
    "pages",
    "thumbnail",
    "banner",
    "abbrlink",
    "copyright",
    "reprint",
    "password",
    "timeline",
    "article",
    "star",
    "shortTitle",
    "breadcrumb",
    "index",
    "dir",
    "hidden",
    "visible",
    "search",
    "template",
    "hide",
    "social",
    "boost",
];

/// Warns of a key that is a known one but for a letter or two.
pub(super) fn warn_of_near_miss(key: &str, entry: &Entry, faults: &mut Faults<'_>) {
    if KNOWN.contains(&key) || FOREIGN.contains(&key) || key.starts_with("last_update.") {
        return;
    }
    let allowed = if key.chars().count() <= 4 { 1 } else { 2 };
    let near = KNOWN
        .iter()
        .map(|known| (distance(key, known), *known))
        .filter(|(d, known)| *d <= allowed && (*d <= 1 || known.len() > 4));
    if let Some((_, known)) = near.min_by_key(|(d, _)| *d) {
        let message = format!("不认识的键 `{}`，是不是想写 `{known}`？", shorten(key));
        faults.push(Rule::FRONT_MATTER_KEY, (entry.line, entry.column), message, "不改也可以，这个键会被忽略。");
    }
}

/// Edit distance with swaps of neighbours (optimal string alignment), early out for unlike lengths.
///
/// Source: <https://en.wikipedia.org/wiki/Damerau%E2%80%93Levenshtein_distance>.
pub(super) fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > 2 {
        return usize::MAX;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, cb) in b.iter().enumerate() {
            let mut best = (last[j] + usize::from(ca != cb)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *ca == b[j - 1] && a[i - 1] == *cb {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or_default()
}
