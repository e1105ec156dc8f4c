//! A fault found in the articles, told so that an editor can mend it: where, what, how.

use std::borrow::Cow;
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
    /// The same in English, without its full stop: what a problem quotes may follow.
    pub english: &'static str,
    /// What to do, in English; a problem's Chinese hint is its own.
    pub advice: &'static str,
}

/// The language in which editors are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tongue {
    /// Simplified Chinese.
    Chinese,
    /// English.
    English,
}

impl Rule {
    /// What it means.
    pub fn meaning(self, tongue: Tongue) -> Cow<'static, str> {
        match tongue {
            Tongue::Chinese => self.meaning.into(),
            Tongue::English => format!("{}.", self.english).into(),
        }
    }
}

macro_rules! rules {
    ($($name:ident = $level:ident $id:literal $meaning:literal $english:literal $advice:literal;)*) => {
        impl Rule {
            $(#[doc = $meaning] pub const $name: Rule =
                Rule { id: $id, level: Level::$level, meaning: $meaning, english: $english, advice: $advice };)*
        }
        /// Every rule, in the order of the documented list.
        pub const RULES: &[Rule] = &[$(Rule::$name),*];
    };
}

rules! {
    FILE_UNREADABLE = Error "file-unreadable" "文件无法读取。"
        "The file cannot be read" "Check the file and its permissions.";
    FILE_TOO_LARGE = Error "file-too-large" "文件超过大小上限，未收录。"
        "The file is larger than allowed and is left out" "Split the article, or compress the picture.";
    FILE_ENCODING = Error "file-encoding" "文件不是 UTF-8 编码，未收录。"
        "The file is not UTF-8 and is left out" "Save it as UTF-8 in your editor.";
    FILE_OUTSIDE = Error "file-outside" "符号链接指向文章文件夹之外，未跟随。"
        "A symbolic link leads out of the articles folder and is not followed" "Copy the file into the folder, or delete the link.";
    FRONT_MATTER_SYNTAX = Error "front-matter-syntax" "头信息语法有误，文章未收录。"
        "The front matter cannot be parsed, so the article is left out" "Correct the line; values with a colon or a bracket need quotation marks.";
    FRONT_MATTER_TYPE = Error "front-matter-type" "头信息中某个键的值类型不对，这个键未采用。"
        "A key of the front matter has a value of the wrong type and is not used" "Correct the value for the key to take effect.";
    FRONT_MATTER_DATE = Error "front-matter-date" "日期不是 YYYY-MM-DD 格式。"
        "A date is not written as YYYY-MM-DD" "Write it as 2026-01-31.";
    FRONT_MATTER_KEY = Warning "front-matter-key" "键名与已知键只差一两个字母，可能写错了。"
        "An unknown key is nearly a known one" "Leave it if it is meant: unknown keys are ignored.";
    ID_BAD = Error "id-bad" "路径或 slug 不能作为文章编号。"
        "A path or slug cannot be an article's id" "Leave out `?`, `#`, `%`, `\\`, `<`, `>` and quotation marks, or set `slug`.";
    ID_DUPLICATE = Error "id-duplicate" "两个文件有相同的文章编号，只收录第一个。"
        "Two files have the same id; only the first is served" "Rename one of them, or change its `slug`.";
    ID_CASE = Warning "id-case" "两篇文章的编号只有大小写不同。"
        "Two ids differ only in upper and lower case" "Change one: some systems do not tell them apart.";
    ALIAS_CLASH = Warning "alias-clash" "旧地址与现有文章或另一处旧地址重复。"
        "An old address belongs to another article" "Remove it from `aliases`.";
    ARTICLE_EMPTY = Warning "article-empty" "文章没有正文。"
        "The article has no text" "Write it, or mark the article `draft: true`.";
    TITLE_MISSING = Warning "title-missing" "没有标题，暂以文件名代替。"
        "There is no title; the file name stands in" "Add `title:` to the front matter, or begin with `# Title`.";
    TITLE_DUPLICATE = Warning "title-duplicate" "两篇文章标题相同，读者无法区分。"
        "Two articles have the same title, and readers cannot tell them apart" "Say in the title what is different.";
    HEADING_JUMP = Warning "heading-jump" "标题级别跳过了一级。"
        "A heading skips a level" "Go down one level at a time: screen readers navigate by them.";
    LINK_BROKEN = Error "link-broken" "站内链接指向不存在的文章或文件。"
        "A link leads to no article or file of this site and is shown as plain text" "Check the path: an id is the article's path below the folder.";
    LINK_ANCHOR = Error "link-anchor" "链接指向的小节不存在。"
        "A link leads to a section that is not there" "Use one of the headings of that article.";
    LINK_DOMAIN = Warning "link-domain" "链接指向名单之外的网站。"
        "A link leads to a site that is not in the register" "Add the domain to `wenqu.toml`, or remove the link.";
    PICTURE_BROKEN = Error "picture-broken" "图片文件不存在。"
        "A picture is not there; its alternative text is shown" "Check path and extension: svg, png, jpg, gif, webp, avif and ico are served.";
    PICTURE_ALT = Warning "picture-alt" "图片缺少替代文字。"
        "A picture has no alternative text" "Say in the brackets of `![]` what it shows.";
    MARKUP_UNKNOWN = Warning "markup-unknown" "不认识的标记，已按普通文字显示或略去。"
        "Markup of another tool is not understood; its words are kept" "Use Markdown, such as `> [!TIP]`.";
    HTML_REMOVED = Warning "html-removed" "不安全或不支持的 HTML 已去除。"
        "HTML that is unsafe or not supported was removed" "Use Markdown; details, figure, kbd, sub, sup and mark are allowed.";
    ORPHAN = Warning "orphan" "没有任何文章或分类链接到这篇文章。"
        "No article or category leads to this article" "Link it from an article, or put it into a category.";
    REVIEW_OVERDUE = Warning "review-overdue" "已过复审日期。"
        "The day of review has passed" "Review the article and set a new `review_by`.";
    RELATED_MISSING = Error "related-missing" "相关文章或原文编号不存在。"
        "A related article or original does not exist" "Write the article's id: its path below the folder, without .md.";
    ASKS_FOR_PHRASE = Error "asks-for-phrase" "文字像是在要求读者提供助记词或私钥。"
        "The text seems to ask readers for a recovery phrase or private key" "Rewrite it: nobody may ask for them.";
    SETTINGS_BAD = Error "settings-bad" "wenqu.toml 有误，相关设置未采用。"
        "wenqu.toml is wrong, and the setting is not used" "Correct it; the guide lists all settings.";
    SYNONYMS_BAD = Warning "synonyms-bad" "同义词表中的一行无法理解。"
        "A line of the synonyms cannot be understood" "One group a line, separated by commas; `a => b` for one direction.";
    DICTIONARY_BAD = Warning "dictionary-bad" "词典中的一行无法理解。"
        "A line of the dictionary cannot be understood" "Write a word, and its frequency and tag if you like.";
    JUDGMENTS_BAD = Error "judgments-bad" "检索判例文件有误。"
        "The relevance judgments are wrong" "Each `[[judgment]]` has a `query` and `articles`.";
    JUDGMENT_FAILS = Warning "judgment-fails" "检索判例未通过。"
        "A relevance judgment fails" "Add the reader's words to `questions` or the synonyms, or correct the judgment.";
    JUDGMENT_KNOWN = Warning "judgment-known" "判例标着 known，却已经通过。"
        "A judgment is marked as known to fail, but holds" "Remove `known`.";
    NOT_FOUND_BY_TITLE = Warning "not-found-by-title" "用文章自己的标题、问法或报错搜索，找不到它。"
        "The article is not found by its own title, question or error" "Another article has the same words: make them more particular.";
    ADDRESS_DIES = Error "address-dies" "读者收藏过的地址不再通向任何文章。"
        "An address that readers may have kept leads nowhere any more" "Write the old id into `aliases` of the article that replaces it; rename with git mv.";
    DATES_UNKNOWN = Warning "dates-unknown" "浅克隆的仓库没有完整历史，无法得到修改日期。"
        "A shallow clone has no full history, so days of change are not known" "Fetch all of it: git fetch --unshallow; fetch-depth: 0 in GitHub Actions.";
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

impl Problem {
    /// What is wrong, with the value at fault. The Chinese sentence says most; in English it is the
    /// rule's, with what the Chinese one quotes.
    pub fn sentence(&self, tongue: Tongue) -> Cow<'_, str> {
        match tongue {
            Tongue::Chinese => self.message.as_str().into(),
            Tongue::English => {
                let quoted = quoted(&self.message);
                let between = if quoted.is_empty() { "" } else { ": " };
                format!("{}{between}{}.", self.rule.english, quoted.join(", ")).into()
            }
        }
    }

    /// What to do, may be empty.
    pub fn advice(&self, tongue: Tongue) -> Cow<'_, str> {
        match tongue {
            Tongue::Chinese => self.hint.as_str().into(),
            Tongue::English => match quoted(&self.hint).first().filter(|_| self.hint.starts_with("是不是")) {
                Some(meant) => format!("Did you mean {meant}?").into(),
                None => self.rule.advice.into(),
            },
        }
    }
}

/// What a Chinese sentence quotes: between corner brackets, title marks or backticks.
fn quoted(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['「', '《', '`']) {
        let open = rest.get(at..).and_then(|rest| rest.chars().next()).unwrap_or('`');
        let close = match open {
            '「' => '」',
            '《' => '》',
            other => other,
        };
        let inside = rest.get(at + open.len_utf8()..).unwrap_or_default();
        let Some((words, after)) = inside.split_once(close) else { break };
        let words = if open == '`' { format!("`{words}`") } else { format!("“{words}”") };
        if !found.contains(&words) {
            found.push(words);
        }
        rest = after;
    }
    found
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_quotes_what_the_chinese_sentence_quotes() {
        let check = |message: &str, hint: &str, sentence: &str, advice: &str| {
            let problem = Problem::new(Rule::LINK_BROKEN, "a.md", 1, message).hint(hint);
            assert_eq!(problem.sentence(Tongue::English), sentence);
            assert_eq!(problem.advice(Tongue::English), advice);
            assert_eq!((&*problem.sentence(Tongue::Chinese), &*problem.advice(Tongue::Chinese)), (message, hint));
        };
        let plain = "A link leads to no article or file of this site and is shown as plain text";
        check(
            "链接「坏.md」指向的文章不存在。",
            "是不是 `/好.md`？",
            &format!("{plain}: “坏.md”."),
            "Did you mean `/好.md`?",
        );
        check("`a` 在《甲》里，又是 `a`", "改掉。", &format!("{plain}: `a`, “甲”."), Rule::LINK_BROKEN.advice);
        check("没有「结尾", "", &format!("{plain}."), Rule::LINK_BROKEN.advice);
    }

    #[test]
    fn every_rule_speaks_both_languages() {
        for rule in RULES {
            assert!(rule.meaning(Tongue::Chinese).ends_with('。'), "{}", rule.id);
            let english = rule.meaning(Tongue::English);
            assert!(english.is_ascii() && english.ends_with('.') && !english.ends_with(".."), "{english}");
            assert!(rule.advice.is_ascii() && rule.advice.ends_with('.'), "{}", rule.advice);
        }
    }
}
