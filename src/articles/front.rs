//! Front matter: what each key means for an article.

use jiff::civil::Date;

use super::keys::warn_of_near_miss;
use super::source::Faults;
use super::value::{Entry, Kind, Value};
use crate::domain::{Article, ArticleId, CategoryId, Lang, Pinned, Rule, Severity, TITLE_CHARS_MAX, Visibility};

/// What front matter says beyond an [`Article`]'s fields.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Extra {
    /// The id in place of the path.
    pub slug: Option<(ArticleId, usize)>,
    /// The category in place of the folder.
    pub category: Option<CategoryId>,
    /// A category's icon.
    pub icon: String,
    /// Whether `$…$` is mathematics.
    pub math: bool,
    /// Line of `related`, `translation_of` and `aliases`, for problems found when all ids are known.
    pub lines: Lines,
}

/// Lines of keys whose values are checked against other files.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Lines {
    pub related: usize,
    pub translation_of: usize,
    pub aliases: usize,
}

/// Puts every known key into the article. A value of the wrong kind is told and left out.
pub(super) fn apply(entries: &[Entry], article: &mut Article, faults: &mut Faults<'_>) -> Extra {
    let mut extra = Extra::default();
    for entry in entries {
        apply_one(entry, article, &mut extra, faults);
    }
    if let Some(alarm) = entries.iter().find(|entry| entry.key == "alarm" && article.severity != Severity::Urgent) {
        let at = (alarm.line, alarm.column);
        let message = "写了 `alarm`，但文章不是 `severity: urgent`：搜到这些说法时不会弹出紧急卡片。";
        faults.push(Rule::FRONT_MATTER_TYPE, at, message, "加上 `severity: urgent`，或删去 `alarm`。");
    }
    extra
}

fn apply_one(entry: &Entry, article: &mut Article, extra: &mut Extra, faults: &mut Faults<'_>) {
    let value = &entry.value;
    if value.kind == Kind::Empty {
        return;
    }
    let mut read = Reader { entry, faults };
    match entry.key.as_str() {
        "title" => read.text().into_iter().for_each(|t| article.title = one_line(&t, TITLE_CHARS_MAX)),
        // Our own word wins over its synonyms, whatever their order.
        key @ ("description" | "summary" | "excerpt") => {
            if key == "description" || article.description.is_empty() {
                read.text().into_iter().for_each(|t| article.description = one_line(&t, usize::MAX));
            }
        }
        // Docusaurus puts a page at the top of the site so; here it keeps its path.
        "slug" if scalar(value).is_some_and(|slug| slug.trim() == "/") => {}
        "slug" => extra.slug = read.id().map(|id| (id, entry.line)),
        "category" => extra.category = read.text().and_then(|t| read.category(&t)),
        "tags" => article.tags = read.list(Commas::Split),
        "keywords" => article.keywords = read.list(Commas::Split),
        "questions" => article.questions = read.list(Commas::Keep),
        "errors" => article.errors = read.list(Commas::Keep),
        "aliases" => {
            extra.lines.aliases = entry.line;
            article.aliases.extend(read.ids());
        }
        // Where Jekyll and Hugo served the page, which readers may have kept.
        "permalink" | "url" | "redirect_from" => article.aliases.extend(addresses(value)),
        "date" => article.date = read.date(value),
        "updated" => article.updated = read.date(value).or(article.updated),
        "lastmod" | "last_update.date" if article.updated.is_none() => article.updated = read.date(value),
        // VitePress knows `lastUpdated: false`, which hides the line and is no date.
        "lastUpdated" if article.updated.is_none() && truth_of(value).is_none() => article.updated = read.date(value),
        "last_update" if article.updated.is_none() => {
            article.updated = value.get("date").and_then(|date| read.date(date));
        }
        "review_by" => article.review_by = read.date(value),
        "applies_to" => article.applies_to = read.list(Commas::Split),
        "owner" => article.owner = read.name(),
        "authors" => article.authors = read.list(Commas::Split),
        "weight" => read.integer().into_iter().for_each(|n| article.weight = n),
        "sidebar_position" if article.weight == 0 => read.integer().into_iter().for_each(|n| article.weight = n),
        "pinned" => article.pinned = read.pinned(),
        "severity" => {
            article.severity = read.word("`normal`、`high` 或 `urgent`", Severity::parse).unwrap_or_default();
        }
        "alarm" => article.alarm = read.list(Commas::Split),
        "lang" => article.lang = read.word("语言标记，如 `zh-CN`", Lang::parse).unwrap_or_default(),
        "translation_of" => {
            extra.lines.translation_of = entry.line;
            article.translation_of = read.id();
        }
        "related" => {
            extra.lines.related = entry.line;
            article.related = read.ids();
        }
        "draft" if read.flag() == Some(true) => article.visibility = Visibility::Draft,
        "unlisted" if read.flag() == Some(true) => hide(article),
        "in_search_index" if read.flag() == Some(false) => hide(article),
        "hide_feedback" if read.flag() == Some(true) => article.takes_feedback = false,
        "draft" | "unlisted" | "in_search_index" | "hide_feedback" => {}
        "icon" => scalar(value).unwrap_or_default().clone_into(&mut extra.icon),
        "math" | "mathjax" | "katex" => extra.math |= truth_of(value).unwrap_or(true),
        unknown => warn_of_near_miss(unknown, entry, faults),
    }
}

/// Addresses of this site in a value; patterns and other sites' are passed over.
fn addresses(value: &Value) -> Vec<ArticleId> {
    let all = match &value.kind {
        Kind::List(items) => items.iter().filter_map(scalar).collect(),
        _ => Vec::from_iter(scalar(value)),
    };
    let own = all.into_iter().filter(|text| !text.contains(':'));
    own.filter_map(|text| ArticleId::parse(text.trim_end_matches("index.html").trim_end_matches(".html")).ok())
        .collect()
}

fn hide(article: &mut Article) {
    if article.visibility == Visibility::Listed {
        article.visibility = Visibility::Unlisted;
    }
}

/// Whether a text value is one item or several separated by commas.
#[derive(Clone, Copy, PartialEq)]
enum Commas {
    Split,
    Keep,
}

/// Reads one key's value, telling what does not fit.
struct Reader<'r, 'f> {
    entry: &'r Entry,
    faults: &'r mut Faults<'f>,
}

impl Reader<'_, '_> {
    fn wrong(&mut self, at: &Value, wanted: &str) {
        let message = match &at.kind {
            Kind::Scalar(text) => format!("`{}` 应是{wanted}，写的却是「{}」。", self.entry.key, shorten(text)),
            _ => format!("`{}` 应是{wanted}，写的却是{}。", self.entry.key, at.kind_name()),
        };
        self.faults.push(Rule::FRONT_MATTER_TYPE, (at.line, at.column), message, "改正后这个键才会生效。");
    }

    fn text(&mut self) -> Option<String> {
        let text = scalar(&self.entry.value).map(str::to_owned);
        if text.is_none() {
            self.wrong(&self.entry.value, "一段文字");
        }
        text
    }

    /// A text, or the `name` of a table (Docusaurus writes people so).
    fn name(&mut self) -> Option<String> {
        match self.entry.value.get("name").or(Some(&self.entry.value)).and_then(scalar) {
            Some(name) => Some(name.trim().to_owned()).filter(|n| !n.is_empty()),
            None => self.text(),
        }
    }

    fn list(&mut self, commas: Commas) -> Vec<String> {
        let mut list = Vec::new();
        match &self.entry.value.kind {
            Kind::Scalar(text) if commas == Commas::Split => {
                text.split([',', '，', '、']).for_each(|item| push_item(&mut list, item));
            }
            Kind::Scalar(text) => push_item(&mut list, text),
            Kind::List(items) => {
                for item in items {
                    let named = item.get("name").or_else(|| item.get("label")).unwrap_or(item);
                    match &named.kind {
                        Kind::Scalar(text) => push_item(&mut list, text),
                        Kind::Empty => {}
                        // `- 报错: 内容` in a list of sentences is a table to YAML and a sentence to its author.
                        Kind::Table(entries) if commas == Commas::Keep => {
                            for e in entries {
                                push_item(&mut list, &format!("{}: {}", e.key, scalar(&e.value).unwrap_or_default()));
                            }
                        }
                        Kind::List(_) | Kind::Table(_) => self.wrong(item, "文字的列表"),
                    }
                }
            }
            Kind::Empty | Kind::Table(_) => self.wrong(&self.entry.value, "文字的列表"),
        }
        list
    }

    fn id(&mut self) -> Option<ArticleId> {
        let text = self.text()?;
        self.parse_id(&self.entry.value, &text)
    }

    fn ids(&mut self) -> Vec<ArticleId> {
        let entry = self.entry;
        let mut ids = Vec::new();
        match &entry.value.kind {
            Kind::Scalar(text) => ids.extend(self.parse_id(&entry.value, text)),
            Kind::List(items) => {
                for item in items {
                    match scalar(item) {
                        Some(text) => ids.extend(self.parse_id(item, text)),
                        None if item.kind == Kind::Empty => {}
                        None => self.wrong(item, "文章编号的列表"),
                    }
                }
            }
            Kind::Empty | Kind::Table(_) => self.wrong(&entry.value, "文章编号的列表"),
        }
        ids
    }

    fn parse_id(&mut self, at: &Value, text: &str) -> Option<ArticleId> {
        let id = text.trim().trim_start_matches("/articles/");
        let id = [".md", ".markdown", ".mdx", ".html"].iter().find_map(|e| id.strip_suffix(e)).unwrap_or(id);
        let parsed = ArticleId::parse(id).ok();
        if parsed.is_none() {
            let message = format!("`{}` 的「{}」不能作为文章编号。", self.entry.key, shorten(text));
            let hint = "编号是文章在文件夹里的路径，不带 `.md`，也不能有 `?`、`#`、`%` 和空的一段。";
            self.faults.push(Rule::ID_BAD, (at.line, at.column), message, hint);
        }
        parsed
    }

    fn category(&mut self, text: &str) -> Option<CategoryId> {
        let id = CategoryId::parse(text).ok();
        if id.is_none() {
            self.wrong(&self.entry.value, "分类编号，即文件夹的路径");
        }
        id
    }

    fn date(&mut self, value: &Value) -> Option<Date> {
        let Some(text) = scalar(value) else {
            self.wrong(value, "日期");
            return None;
        };
        let date = parse_date(text);
        if date.is_none() {
            let message = format!("`{}` 的日期「{}」无法理解。", self.entry.key, shorten(text));
            self.faults.push(Rule::FRONT_MATTER_DATE, (value.line, value.column), message, "写成 2026-11-22 的样子。");
        }
        date
    }

    fn integer(&mut self) -> Option<i64> {
        let text = scalar(&self.entry.value).unwrap_or_default();
        // Docusaurus allows halves between two neighbours; the order is kept by scaling nothing, so cut.
        let whole = text.trim().split('.').next().unwrap_or_default().replace('_', "");
        let number = whole.parse().ok().filter(|_| text.trim().parse::<f64>().is_ok() || text.contains('_'));
        if number.is_none() {
            self.wrong(&self.entry.value, "整数");
        }
        number
    }

    fn flag(&mut self) -> Option<bool> {
        let flag = truth_of(&self.entry.value);
        if flag.is_none() {
            self.wrong(&self.entry.value, " `true` 或 `false`");
        }
        flag
    }

    fn pinned(&mut self) -> Pinned {
        match truth_of(&self.entry.value) {
            Some(true) => Pinned::Home,
            Some(false) => Pinned::No,
            None => match self.list(Commas::Keep) {
                queries if queries.is_empty() => Pinned::No,
                queries => Pinned::Queries(queries),
            },
        }
    }

    fn word<T>(&mut self, wanted: &str, parse: impl Fn(&str) -> Option<T>) -> Option<T> {
        let word = scalar(&self.entry.value).and_then(|text| parse(text.trim()));
        if word.is_none() {
            self.wrong(&self.entry.value, wanted);
        }
        word
    }
}

fn scalar(value: &Value) -> Option<&str> {
    match &value.kind {
        Kind::Scalar(text) => Some(text),
        _ => None,
    }
}

fn truth_of(value: &Value) -> Option<bool> {
    match scalar(value)?.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "y" | "是" => Some(true),
        "false" | "no" | "off" | "n" | "否" => Some(false),
        _ => None,
    }
}

fn push_item(list: &mut Vec<String>, item: &str) {
    let item = one_line(item, usize::MAX);
    if !item.is_empty() && !list.contains(&item) {
        list.push(item);
    }
}

/// One line of at most `chars_max` characters: what is shown as a title or label.
pub(super) fn one_line(text: &str, chars_max: usize) -> String {
    let mut words = text.split(|c: char| c.is_whitespace() && c != '\u{3000}' || c.is_control());
    let mut line = words.next().unwrap_or_default().to_owned();
    for word in words.filter(|w| !w.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    match line.char_indices().nth(chars_max) {
        Some((at, _)) => line.get(..at).unwrap_or_default().to_owned(),
        None => line,
    }
}

/// A value as it may stand in a message.
pub(super) fn shorten(text: &str) -> String {
    let short: String = text.chars().take(40).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.chars().nth(40).is_some() { format!("{short}…") } else { short }
}

/// Reads the date at the start of `text`: year, month and day parted by `-`, `/`, `.` or 年月日; a
/// time of day after it is cut off.
pub(super) fn parse_date(text: &str) -> Option<Date> {
    let text = text.trim();
    let mut parts = text.splitn(3, ['-', '/', '.', '年', '月']);
    let year = parts.next()?.parse().ok().filter(|year| (1000..=9999).contains(year))?;
    let month = parts.next()?.parse().ok()?;
    let rest = parts.next()?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (day, after) = rest.split_at(digits);
    let after_ok = after.is_empty() || after.starts_with(['T', 't', ' ', '日', 'Z']);
    after_ok.then(|| Date::new(year, month, day.parse().ok()?).ok()).flatten()
}
