//! Articles and categories as the rest of the house sees them: validated, rendered, cut into
//! sections. How a file becomes one is the `articles` room's business.

use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;

use super::limits::ID_CHARS_MAX;
use super::{Body, Opened};

/// Why a text cannot be an article or category id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Nothing is left after trimming slashes.
    #[error("an id must not be empty")]
    Empty,
    /// Longer than [`ID_CHARS_MAX`].
    #[error("an id has at most {ID_CHARS_MAX} characters")]
    TooLong,
    /// A part of the path is `.`, `..` or empty, or holds a character that an address cannot carry.
    #[error("`{0}` cannot be part of an id")]
    BadPart(String),
}

/// An article's id: its path under the articles folder without `.md`, or its `slug`.
///
/// Parts are joined by `/`; Chinese names are kept as they are written.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ArticleId(Arc<str>);

impl ArticleId {
    /// Reads an id, trimming slashes at both ends.
    ///
    /// # Errors
    /// When it is empty, too long, or a part of it could lead out of the folder.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        parse_path(text).map(|id| Self(id.into()))
    }

    /// The id as text, such as `accounts/reset-password`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folder part (`accounts`), empty at the top.
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }

    /// A stable 64-bit key (FNV-1a) under which the index files this article's sections.
    ///
    /// Source: <http://www.isthe.com/chongo/tech/comp/fnv/>, chosen because it must never change
    /// between versions, which the standard library's hashers do not promise.
    pub fn key(&self) -> u64 {
        self.0
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
    }
}

impl fmt::Display for ArticleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A category's id: the folder's path, or the `category` of an article.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CategoryId(Arc<str>);

impl CategoryId {
    /// Reads an id; the empty text is the top of the folder and allowed.
    ///
    /// # Errors
    /// As for [`ArticleId::parse`], but for the empty text.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        match parse_path(text) {
            Ok(id) => Ok(Self(id.into())),
            Err(IdError::Empty) => Ok(Self("".into())),
            Err(error) => Err(error),
        }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether `other` is this category or lies below it.
    pub fn holds(&self, other: &CategoryId) -> bool {
        self.0.is_empty() || other.0.strip_prefix(&*self.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl fmt::Display for CategoryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn parse_path(text: &str) -> Result<String, IdError> {
    let text = text.trim().trim_matches('/');
    if text.is_empty() {
        return Err(IdError::Empty);
    }
    if text.chars().count() > ID_CHARS_MAX {
        return Err(IdError::TooLong);
    }
    for part in text.split('/') {
        let bad = part.is_empty()
            || part == "."
            || part == ".."
            || part.chars().any(|c| c.is_control() || matches!(c, '\\' | '?' | '#' | '%' | '<' | '>' | '"'));
        if bad {
            return Err(IdError::BadPart(part.to_owned()));
        }
    }
    Ok(text.to_owned())
}

/// A language tag as editors write it, `zh-CN` unless said.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lang(Arc<str>);

impl Lang {
    /// Reads a tag of letters, digits and hyphens, 2 to 35 characters (BCP 47), in its usual case.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let mut parts = text.split(['-', '_']);
        let primary = parts.next()?.to_ascii_lowercase();
        let plausible = (2..=35).contains(&text.len())
            && (2..=8).contains(&primary.len())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if !plausible {
            return None;
        }
        let tag = parts.fold(primary, |tag, part| match part.len() {
            2 => format!("{tag}-{}", part.to_ascii_uppercase()),
            4 => format!("{tag}-{}{}", part[..1].to_ascii_uppercase(), part[1..].to_ascii_lowercase()),
            _ => format!("{tag}-{}", part.to_ascii_lowercase()),
        });
        Some(Self(tag.into()))
    }

    /// The tag as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is Chinese in any script.
    pub fn is_chinese(&self) -> bool {
        self.0.starts_with("zh")
    }
}

impl Default for Lang {
    fn default() -> Self {
        Self("zh-CN".into())
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// HTML that has passed the sanitiser. Only the `articles` room makes it (proved by the house tests).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SafeHtml(Arc<str>);

impl SafeHtml {
    /// Marks `html` as sanitised. To be called by the `articles` room alone.
    pub(crate) fn from_sanitised(html: String) -> Self {
        Self(html.into())
    }

    /// The markup.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Which state of an article's file this is: the first 16 hexadecimal digits of its SHA-256.
///
/// Feedback is filed under it, so that votes on an older text can be told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Revision(pub u64);

impl Revision {
    /// Reads the 16 digits that [`fmt::Display`] writes.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == 16).then(|| u64::from_str_radix(text, 16).ok().map(Self)).flatten()
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// How much is at stake, by the editor's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Severity {
    /// The usual.
    #[default]
    Normal,
    /// Trouble that costs time or access.
    High,
    /// Funds are in danger now: shown as an emergency card.
    Urgent,
}

impl Severity {
    /// Reads `normal`, `high` or `urgent`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "normal" => Some(Self::Normal),
            "high" => Some(Self::High),
            "urgent" => Some(Self::Urgent),
            _ => None,
        }
    }

    /// The word that [`Severity::parse`] reads.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }
}

/// Whether an article is a common issue.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Pinned {
    /// It is not.
    #[default]
    No,
    /// It is on the home page.
    Home,
    /// It is on the home page, and first for these queries.
    Queries(Vec<String>),
}

/// Where an article shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Visibility {
    /// Listed and searched.
    #[default]
    Listed,
    /// Reachable by its address, not listed, not searched.
    Unlisted,
    /// Not built but in an editor's preview.
    Draft,
}

/// A heading in the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// 2 to 6 (a first-level heading is the title).
    pub level: u8,
    /// Plain text.
    pub title: String,
    /// The `id` in the HTML; unique in the article.
    pub anchor: String,
}

/// What lies between two headings: the unit that is indexed and found. Its plain text without markup,
/// blocks separated by `\n`, is in the article's body; empty where a heading follows at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Section {
    /// Index into [`Article::headings`]; none for what stands before the first heading.
    pub heading: Option<usize>,
}

/// One article, ready to be shown and indexed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Article {
    /// Its id, the last part of its address.
    pub id: ArticleId,
    /// Title as plain text, never empty.
    pub title: String,
    /// One or two sentences; empty when the editor gave none.
    pub description: String,
    /// Category it is filed under.
    pub category: CategoryId,
    /// Shown labels.
    pub tags: Vec<String>,
    /// Words that are only searched.
    pub keywords: Vec<String>,
    /// Other ways to ask this.
    pub questions: Vec<String>,
    /// Exact messages or codes it answers.
    pub errors: Vec<String>,
    /// Ids that redirect here.
    pub aliases: Vec<ArticleId>,
    /// First published.
    pub date: Option<Date>,
    /// Last changed: the editor's word, else the repository's, else [`Article::date`].
    pub updated: Option<Date>,
    /// After this day the page says that it may be out of date.
    pub review_by: Option<Date>,
    /// Versions, chains or platforms it holds for.
    pub applies_to: Vec<String>,
    /// Who answers for it.
    pub owner: Option<String>,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// Order inside the category, lower first.
    pub weight: i64,
    /// Whether it is a common issue.
    pub pinned: Pinned,
    /// How much is at stake.
    pub severity: Severity,
    /// What readers say who need an urgent article now: words, or several apart by blanks that are all said.
    pub alarm: Vec<String>,
    /// Its language.
    pub lang: Lang,
    /// The original it translates.
    pub translation_of: Option<ArticleId>,
    /// Related articles by the editor's choice.
    pub related: Vec<ArticleId>,
    /// Where it shows.
    pub visibility: Visibility,
    /// Whether the page offers the feedback form.
    pub takes_feedback: bool,
    /// State of the file.
    pub revision: Revision,
    /// File it was read from, relative to the articles folder, `/` as separator.
    pub path: String,
    /// Markdown, HTML and the text of the sections.
    pub body: Body,
    /// Line of the file on which the Markdown begins, counted from 1.
    pub body_line: usize,
    /// Headings in order.
    pub headings: Vec<Heading>,
    /// Sections in order; at least one.
    pub sections: Vec<Section>,
}

impl Default for ArticleId {
    fn default() -> Self {
        Self("untitled".into())
    }
}

impl Default for CategoryId {
    fn default() -> Self {
        Self("".into())
    }
}

impl Article {
    /// The heading of section `index`, if it has one.
    pub fn section_heading(&self, index: usize) -> Option<&Heading> {
        self.headings.get(self.sections.get(index)?.heading?)
    }

    /// Markdown, HTML and the text of the sections, to be read.
    pub fn open(&self) -> Opened<'_> {
        self.body.open()
    }

    /// The address of the article on the site.
    pub fn url(&self) -> String {
        format!("/articles/{}", self.id)
    }

    /// Whether lists and search show it.
    pub fn is_listed(&self) -> bool {
        self.visibility == Visibility::Listed
    }

    /// Whether it is a common issue.
    pub fn is_pinned(&self) -> bool {
        self.pinned != Pinned::No
    }
}

/// A category: a folder, described by its `_index.md` where there is one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Category {
    /// Its id, the folder's path.
    pub id: CategoryId,
    /// Title; the folder's name where nothing says more.
    pub title: String,
    /// One sentence, may be empty.
    pub description: String,
    /// Order among its siblings, lower first.
    pub weight: i64,
    /// Name of an icon of the sprite, may be empty.
    pub icon: String,
    /// Body of `_index.md`, may be empty.
    pub html: SafeHtml,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_refuse_what_could_leave_the_folder() {
        let check = |text: &str, good: bool| assert_eq!(ArticleId::parse(text).is_ok(), good, "{text:?}");
        check("accounts/reset-password", true);
        check("/账户/重置 密码/", true);
        check("", false);
        check("a//b", false);
        check("a/../b", false);
        check("a\\b", false);
        check("a?b", false);
        check(&"长".repeat(201), false);
    }

    #[test]
    fn a_category_holds_itself_and_what_lies_below() {
        let id = |text| CategoryId::parse(text).unwrap();
        assert!(id("a").holds(&id("a")));
        assert!(id("a").holds(&id("a/b")));
        assert!(!id("a").holds(&id("ab")));
        assert!(id("").holds(&id("ab")));
    }

    #[test]
    fn languages_are_written_in_one_way() {
        let check = |text: &str, tag: Option<&str>| assert_eq!(Lang::parse(text).as_ref().map(Lang::as_str), tag);
        check("zh_cn", Some("zh-CN"));
        check("ZH-hant", Some("zh-Hant"));
        check("en", Some("en"));
        check("x", None);
        check("zh CN", None);
    }
}
