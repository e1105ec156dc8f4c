//! A fault found in the articles, told so that an editor can mend it: where, what, how.

use std::fmt;

/// How bad a problem is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Served, but readers or search may suffer.
    Warning,
    /// Something is not served, or misleads.
    Error,
}

impl Level {
    /// `warning` or `error`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A rule that the check knows: the id is stable, so that editors can look it up and tools can
/// filter by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Rule {
    /// Stable id, such as `link-broken`.
    pub id: &'static str,
    /// How bad it is.
    pub level: Level,
    /// What it means, one Chinese sentence for `wenqu check --rules`.
    pub meaning: &'static str,
}

macro_rules! rules {
    ($($name:ident = $level:ident $id:literal $meaning:literal;)*) => {
        impl Rule {
            $(#[doc = $meaning] pub const $name: Rule = Rule { id: $id, level: Level::$level, meaning: $meaning };)*
        }
        /// Every rule, in the order of the documented list.
        pub const RULES: &[Rule] = &[$(Rule::$name),*];
    };
}

rules! {
    FILE_UNREADABLE = Error "file-unreadable" "文件无法读取。";
    FILE_TOO_LARGE = Error "file-too-large" "文件超过大小上限，未收录。";
    FILE_ENCODING = Error "file-encoding" "文件不是 UTF-8 编码，未收录。";
    FILE_OUTSIDE = Error "file-outside" "符号链接指向文章文件夹之外，未跟随。";
    FRONT_MATTER_SYNTAX = Error "front-matter-syntax" "头信息语法有误，文章未收录。";
    FRONT_MATTER_TYPE = Error "front-matter-type" "头信息中某个键的值类型不对，这个键未采用。";
    FRONT_MATTER_DATE = Error "front-matter-date" "日期不是 YYYY-MM-DD 格式。";
    FRONT_MATTER_KEY = Warning "front-matter-key" "键名与已知键只差一两个字母，可能写错了。";
    ID_BAD = Error "id-bad" "路径或 slug 不能作为文章编号。";
    ID_DUPLICATE = Error "id-duplicate" "两个文件有相同的文章编号，只收录第一个。";
    ID_CASE = Warning "id-case" "两篇文章的编号只有大小写不同。";
    ALIAS_CLASH = Warning "alias-clash" "旧地址与现有文章或另一处旧地址重复。";
    ARTICLE_EMPTY = Warning "article-empty" "文章没有正文。";
    TITLE_MISSING = Warning "title-missing" "没有标题，暂以文件名代替。";
    TITLE_DUPLICATE = Warning "title-duplicate" "两篇文章标题相同，读者无法区分。";
    HEADING_JUMP = Warning "heading-jump" "标题级别跳过了一级。";
    LINK_BROKEN = Error "link-broken" "站内链接指向不存在的文章或文件。";
    LINK_ANCHOR = Error "link-anchor" "链接指向的小节不存在。";
    LINK_DOMAIN = Warning "link-domain" "链接指向名单之外的网站。";
    PICTURE_BROKEN = Error "picture-broken" "图片文件不存在。";
    PICTURE_ALT = Warning "picture-alt" "图片缺少替代文字。";
    MARKUP_UNKNOWN = Warning "markup-unknown" "不认识的标记，已按普通文字显示或略去。";
    HTML_REMOVED = Warning "html-removed" "不安全或不支持的 HTML 已去除。";
    ORPHAN = Warning "orphan" "没有任何文章或分类链接到这篇文章。";
    REVIEW_OVERDUE = Warning "review-overdue" "已过复审日期。";
    RELATED_MISSING = Error "related-missing" "相关文章或原文编号不存在。";
    ASKS_FOR_PHRASE = Error "asks-for-phrase" "文字像是在要求读者提供助记词或私钥。";
    SETTINGS_BAD = Error "settings-bad" "wenqu.toml 有误，相关设置未采用。";
    SYNONYMS_BAD = Warning "synonyms-bad" "同义词表中的一行无法理解。";
    DICTIONARY_BAD = Warning "dictionary-bad" "词典中的一行无法理解。";
    JUDGMENTS_BAD = Error "judgments-bad" "检索判例文件有误。";
    JUDGMENT_FAILS = Warning "judgment-fails" "检索判例未通过。";
    JUDGMENT_KNOWN = Warning "judgment-known" "判例标着 known，却已经通过。";
    NOT_FOUND_BY_TITLE = Warning "not-found-by-title" "用文章自己的标题、问法或报错搜索，找不到它。";
    ADDRESS_DIES = Error "address-dies" "读者收藏过的地址不再通向任何文章。";
    DATES_UNKNOWN = Warning "dates-unknown" "浅克隆的仓库没有完整历史，无法得到修改日期。";
}

/// One fault at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which rule found it.
    pub rule: Rule,
    /// File relative to the articles folder, `/` as separator.
    pub path: String,
    /// Line, counted from 1; 0 when the whole file is meant.
    pub line: usize,
    /// Column in characters, counted from 1; 0 when the whole line is meant.
    pub column: usize,
    /// One Chinese sentence: what is wrong, with the value at fault.
    pub message: String,
    /// What to do, may be empty.
    pub hint: String,
}

impl Problem {
    /// A problem at a line; column and hint can follow.
    pub fn new(rule: Rule, path: impl Into<String>, line: usize, message: impl Into<String>) -> Self {
        Self { rule, path: path.into(), line, column: 0, message: message.into(), hint: String::new() }
    }

    /// With the column, counted from 1.
    #[must_use]
    pub fn at_column(mut self, column: usize) -> Self {
        self.column = column;
        self
    }

    /// With a word on what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.path, self.line.max(1))?;
        if self.column > 0 {
            write!(f, ":{}", self.column)?;
        }
        write!(f, ": {} [{}] {}", self.rule.level.as_str(), self.rule.id, self.message)
    }
}
