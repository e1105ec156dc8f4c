//! One file into one page: everything that can be known of an article without looking at the others.

use std::fs::File;
use std::io::Read;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::attic::Attic;
use super::marks::{Mark, Resolved, Tell, adopt};
use super::render::{Rendered, Renderer};
use super::source::{Faults, Source, decode};
use super::walk::{Found, Stamp};
use super::words::Words;
use super::{dialect, fence, front, markdown, sanitise};
use crate::domain::{
    ARTICLE_BYTES_MAX, Article, ArticleId, Body, CategoryId, Problem, Revision, Rule, SafeHtml, TITLE_CHARS_MAX,
};

/// What a file is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Role {
    /// An article with this id, unless its front matter says another, in this category.
    Article(String, String),
    /// The description of a folder.
    Category(String),
}

/// A file that was read.
#[derive(Debug, Clone)]
pub(super) struct Page {
    pub path: String,
    pub stamp: Stamp,
    pub role: Role,
    pub revision: Revision,
    pub problems: Vec<Problem>,
    /// None when the file could not become anything.
    pub content: Option<Content>,
}

/// What became of a file.
#[derive(Debug, Clone)]
pub(super) struct Content {
    /// Its HTML has marks for addresses until links are resolved.
    pub article: Arc<Article>,
    /// A category's icon.
    pub icon: String,
    /// What waits in the HTML for its address.
    pub marks: Arc<[Mark]>,
    /// How the marks were resolved last time.
    pub resolved: Option<Arc<[Resolved]>>,
    /// Ids of `related` and `translation_of` as written.
    pub related: Vec<ArticleId>,
    /// Old addresses as written; those that the repository knows are in the article only.
    pub aliases: Vec<ArticleId>,
    /// What the heading that became the title was called, where there was one; often nothing.
    pub title_anchor: Option<Box<str>>,
    /// Names that links may lead to besides the headings'.
    pub anchors: Vec<String>,
    /// Whether the front matter says when it was last changed.
    pub is_dated: bool,
    pub lines: front::Lines,
    /// Line of `slug`.
    pub slug_line: usize,
}

/// Reads and parses one file.
pub(super) fn read(found: &Found, role: Role, attic: Option<&Arc<Attic>>) -> Page {
    let mut faults = Faults::new(&found.path);
    let mut revision = Revision::default();
    let content = read_bytes(found, &mut faults).and_then(|bytes| {
        revision = revision_of(&bytes);
        parse(bytes, found, &role, revision, &mut faults)
    });
    let content = content.map(|mut content| {
        if let Some(attic) = attic {
            let article = Arc::make_mut(&mut content.article);
            article.body = std::mem::take(&mut article.body).moved(|bytes| attic.keep(bytes));
        }
        content
    });
    Page { path: found.path.clone(), stamp: found.stamp, role, revision, problems: faults.into_list(), content }
}

/// The state of a file's content.
pub(super) fn revision_of(bytes: &[u8]) -> Revision {
    let hash = Sha256::digest(bytes);
    Revision(hash.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

/// The bytes of a file, never more than the limit.
pub(super) fn read_bytes(found: &Found, faults: &mut Faults<'_>) -> Option<Vec<u8>> {
    let mut bytes =
        Vec::with_capacity(usize::try_from(found.stamp.bytes.min(ARTICLE_BYTES_MAX)).unwrap_or_default() + 1);
    let read = File::open(&found.file).and_then(|file| file.take(ARTICLE_BYTES_MAX + 1).read_to_end(&mut bytes));
    if let Err(error) = read {
        let message = format!("文件无法读取：{}。", reason(&error));
        faults.push(Rule::FILE_UNREADABLE, (0, 0), message, "检查文件和权限。");
        return None;
    }
    if bytes.len() as u64 > ARTICLE_BYTES_MAX {
        let message = format!("文件超过 {} KiB，未收录。", ARTICLE_BYTES_MAX / 1024);
        faults.push(Rule::FILE_TOO_LARGE, (0, 0), message, "拆成几篇文章。");
        return None;
    }
    Some(bytes)
}

fn reason(error: &std::io::Error) -> &'static str {
    match error.kind() {
        std::io::ErrorKind::NotFound => "文件已不存在",
        std::io::ErrorKind::PermissionDenied => "没有权限",
        _ => "读写出错",
    }
}

fn parse(bytes: Vec<u8>, found: &Found, role: &Role, revision: Revision, faults: &mut Faults<'_>) -> Option<Content> {
    let text = match decode(bytes) {
        Ok(text) => text,
        Err(bad) => {
            let message = format!("第 {} 行有不是 UTF-8 的字节 0x{:02X}。", bad.line, bad.byte);
            faults.push(Rule::FILE_ENCODING, (bad.line, 0), message, bad.hint());
            return None;
        }
    };
    let cut = match fence::cut(&text) {
        Ok(cut) => cut,
        Err(error) => {
            faults.push(Rule::FRONT_MATTER_SYNTAX, (error.line, error.column), error.message, &error.hint);
            return None;
        }
    };
    let mut article = Article {
        path: found.path.clone(),
        revision,
        takes_feedback: true,
        body_line: cut.body_line,
        ..Article::default()
    };
    let extra = front::apply(&cut.entries, &mut article, faults);
    place(&mut article, role, &extra, faults)?;

    let is_mdx = found.path.to_ascii_lowercase().ends_with(".mdx");
    let body = dialect::Body { text: cut.body, first_line: cut.body_line, title: &article.title, is_mdx };
    let (rewritten, directives) = dialect::rewrite(body, faults);
    let source = Source::new(cut.body, markdown::join_emphasis(rewritten), cut.body_line);
    let events = markdown::parse(source.text(), extra.math);
    let plan = markdown::plan(&events, Some(article.title.as_str()).filter(|title| !title.is_empty()));
    let words = Words::of(&article.lang);
    let mut rendered = Renderer::new(&source, words, &directives, faults).render(&events, &plan);
    if rendered.is_raw {
        let clean = sanitise::sanitise(&rendered.html);
        let mut tell = Tell { source: &source, faults };
        rendered.html = adopt(&clean, &mut rendered.marks, words, &mut tell);
    }
    if article.title.is_empty() {
        article.title = name(plan.title.as_deref(), role, &found.path, faults);
    }
    if rendered.html.trim().is_empty() && matches!(role, Role::Article(..)) {
        faults.push(Rule::ARTICLE_EMPTY, (cut.body_line, 0), "文章没有正文。", "写上正文，或标记为 `draft: true`。");
    }
    Some(finish(article, cut.body, rendered, extra, plan.title.and(Some(plan.anchor.into()))))
}

fn finish(
    mut article: Article,
    markdown: &str,
    rendered: Rendered,
    extra: front::Extra,
    title_anchor: Option<Box<str>>,
) -> Content {
    (article.headings, article.sections) = (rendered.headings, rendered.sections);
    article.headings.shrink_to_fit();
    article.sections.shrink_to_fit();
    let is_dated = article.updated.is_some();
    article.updated = article.updated.or(article.date);
    article.body = Body::new(markdown, &SafeHtml::from_sanitised(rendered.html), &rendered.texts);
    Content {
        related: article.related.clone(),
        aliases: article.aliases.clone(),
        article: Arc::new(article),
        icon: extra.icon,
        marks: rendered.marks.into(),
        resolved: None,
        title_anchor,
        anchors: rendered.anchors,
        is_dated,
        lines: extra.lines,
        slug_line: extra.slug.map_or(0, |(_, line)| line),
    }
}

/// Sets id and category; none when the path cannot be an id and no slug is given.
fn place(article: &mut Article, role: &Role, extra: &front::Extra, faults: &mut Faults<'_>) -> Option<()> {
    let (id, folder) = match role {
        Role::Article(id, folder) => (id, folder),
        Role::Category(folder) => (folder, folder),
    };
    article.category = CategoryId::parse(folder).unwrap_or_default();
    if let Some(category) = &extra.category {
        article.category = category.clone();
    }
    if matches!(role, Role::Category(_)) {
        return match CategoryId::parse(folder) {
            Ok(category) => {
                article.category = category;
                Some(())
            }
            Err(error) => tell_bad_id(folder, &error.to_string(), faults),
        };
    }
    match (&extra.slug, ArticleId::parse(id)) {
        (Some((slug, _)), _) => article.id = slug.clone(),
        (None, Ok(id)) => article.id = id,
        (None, Err(error)) => return tell_bad_id(id, &error.to_string(), faults),
    }
    Some(())
}

fn tell_bad_id(id: &str, _cause: &str, faults: &mut Faults<'_>) -> Option<()> {
    let message = format!("路径「{}」不能作为编号。", front::shorten(id));
    let hint = "文件名里不要有 `?`、`#`、`%`、`\\`、`<`、`>`、引号，整个路径不超过 200 个字；或在头信息里写 `slug`。";
    faults.push(Rule::ID_BAD, (0, 0), message, hint);
    None
}

fn name(heading: Option<&str>, role: &Role, path: &str, faults: &mut Faults<'_>) -> String {
    if let Some(heading) = heading {
        return front::one_line(heading, TITLE_CHARS_MAX);
    }
    let from = match role {
        Role::Article(id, _) => {
            let stem = path.rsplit('/').next().unwrap_or(path).rsplit_once('.').map_or(path, |(stem, _)| stem);
            if matches!(stem, "index" | "README") { id.rsplit('/').next().unwrap_or(id) } else { stem }
        }
        Role::Category(folder) => folder.rsplit('/').next().unwrap_or(folder),
    };
    let name = title_of_name(from);
    if matches!(role, Role::Article(..)) {
        let message = format!("没有标题，暂用文件名「{name}」。");
        faults.push(Rule::TITLE_MISSING, (1, 0), message, "在头信息里写 `title: 标题`，或在正文开头写 `# 标题`。");
    }
    name
}

/// `01-reset_password` reads as `reset password`; a name that is only a number stays.
pub(super) fn title_of_name(name: &str) -> String {
    let bare = name.trim_start_matches(|c: char| c.is_ascii_digit());
    let bare = if bare.len() < name.len() { bare.strip_prefix(['-', '_', '.', ' ']).unwrap_or(name) } else { name };
    let words = front::one_line(&bare.replace(['-', '_'], " "), TITLE_CHARS_MAX);
    let words = words.trim();
    if words.is_empty() { name.to_owned() } else { words.to_owned() }
}
