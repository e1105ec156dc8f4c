//! `wenqu.toml`: settings that editors keep beside the articles. Each fault is told by itself and
//! costs only the setting it is in.

use jiff::civil::{Time, Weekday};

use super::front::{parse_date, shorten};
use super::source::Faults;
use super::value::{Entry, Kind, Value, parse_toml};
use crate::domain::{
    ArticleId, ChannelKind, ContactChannel, Hours, Lang, OfficialEntry, OfficialKind, Problem, Promises, Rule, Site,
    UrgentLink,
};

/// Name of the settings file.
pub(super) const FILE: &str = "wenqu.toml";

/// Reads settings; what is wrong keeps its default and is told.
pub(super) fn parse(text: &str) -> (Site, Vec<Problem>) {
    let mut reader = Reader { faults: Faults::new(FILE) };
    let mut site = Site::default();
    match parse_toml(text) {
        Ok(value) => reader.site(&value, &mut site),
        Err(error) => {
            let message = format!("{}全部设置暂用默认值。", error.message);
            reader.faults.push(Rule::SETTINGS_BAD, (error.line, error.column), message, &error.hint);
        }
    }
    (site, reader.faults.into_list())
}

struct Reader {
    faults: Faults<'static>,
}

impl Reader {
    fn site(&mut self, value: &Value, site: &mut Site) {
        for (key, value) in self.entries(
            value,
            "",
            &["site", "urgent", "contact", "official", "promises", "search", "domains", "translations"],
        ) {
            match key {
                "site" => self.head(value, site),
                "urgent" => site.urgent = self.tables(value, key, Self::urgent),
                "contact" => self.contact(value, site),
                "official" => site.official = self.tables(value, key, Self::official),
                "promises" => self.promises(value, &mut site.promises),
                "search" => self.lists(value, key, "popular", &mut site.popular),
                "translations" => self.translations(value, site),
                _ => self.lists(value, key, "allowed", &mut site.allowed_domains),
            }
        }
    }

    fn head(&mut self, value: &Value, site: &mut Site) {
        let mut default = None;
        for (key, value) in self.entries(value, "site", &["name", "tagline", "picture", "languages", "default_lang"]) {
            match key {
                "name" => self.text(value, key).into_iter().for_each(|t| site.name = t),
                "picture" => self.text(value, key).into_iter().for_each(|t| site.picture = t),
                "tagline" => self.text(value, key).into_iter().for_each(|t| site.tagline = t),
                "languages" => {
                    let tags = self.list(value, key);
                    let languages: Vec<Lang> = tags.iter().filter_map(|(t, at)| self.lang(t, at)).collect();
                    if !languages.is_empty() {
                        site.languages = languages;
                    }
                }
                _ => default = self.text(value, key).and_then(|text| self.lang(&text, value)),
            }
        }
        if let Some(default) = default {
            site.languages.retain(|lang| *lang != default);
            site.languages.insert(0, default);
        }
    }

    fn lang(&mut self, text: &str, at: &Value) -> Option<Lang> {
        let lang = Lang::parse(text);
        if lang.is_none() {
            self.wrong(at, &format!("「{}」不是语言标记。", shorten(text)), "写成 zh-CN、zh-TW、en 的样子。");
        }
        lang
    }

    fn urgent(&mut self, value: &Value) -> Option<UrgentLink> {
        let (mut label, mut hint, mut article) = (String::new(), String::new(), None);
        for (key, value) in self.entries(value, "urgent", &["label", "article", "hint"]) {
            let Some(text) = self.text(value, key) else { continue };
            match key {
                "label" => label = text,
                "hint" => hint = text,
                _ => {
                    article = ArticleId::parse(text.trim_end_matches(".md")).ok();
                    if article.is_none() {
                        self.wrong(
                            value,
                            &format!("「{}」不能作为文章编号。", shorten(&text)),
                            "写文章的路径，不带 .md。",
                        );
                    }
                }
            }
        }
        let complete = article.filter(|_| !label.is_empty());
        if complete.is_none() {
            self.wrong(value, "`[[urgent]]` 缺少 label 或 article，这一项未采用。", "两个键都要写。");
        }
        Some(UrgentLink { label, hint, article: complete? })
    }

    fn contact(&mut self, value: &Value, site: &mut Site) {
        for (key, value) in self.entries(value, "contact", &["holidays", "never_ask", "priorities", "channels"]) {
            match key {
                "holidays" => {
                    for (text, at) in self.list(value, key) {
                        match parse_date(&text) {
                            Some(date) => site.holidays.push(date),
                            None => self.wrong(
                                &at,
                                &format!("「{}」不是日期。", shorten(&text)),
                                "写成 2027-01-01 的样子。",
                            ),
                        }
                    }
                }
                "never_ask" => site.never_ask = self.words(value, key),
                "priorities" => site.priorities = self.words(value, key),
                _ => site.channels = self.tables(value, "contact.channels", Self::channel),
            }
        }
    }

    fn channel(&mut self, value: &Value) -> Option<ContactChannel> {
        let mut channel = ContactChannel {
            kind: ChannelKind::Other,
            name: String::new(),
            address: String::new(),
            timezone: "Asia/Shanghai".to_owned(),
            hours: Vec::new(),
            first_reply: String::new(),
            handles: String::new(),
            languages: Vec::new(),
        };
        let known = ["kind", "name", "address", "languages", "timezone", "hours", "first_reply", "handles"];
        for (key, value) in self.entries(value, "contact.channels", &known) {
            match key {
                "kind" => match self.text(value, key).as_deref() {
                    Some("chat") => channel.kind = ChannelKind::Chat,
                    Some("email") => channel.kind = ChannelKind::Email,
                    Some("social") => channel.kind = ChannelKind::Social,
                    Some("other") | None => {}
                    Some(text) => {
                        self.wrong(
                            value,
                            &format!("不认识的 kind「{}」。", shorten(text)),
                            "可写 chat、email、social、other。",
                        );
                    }
                },
                "languages" => channel.languages = self.words(value, key),
                "hours" => channel.hours = self.tables(value, "hours", Self::hours),
                "timezone" => {
                    let zone = self.text(value, key).unwrap_or_default();
                    if jiff::tz::TimeZone::get(&zone).is_ok() {
                        channel.timezone = zone;
                    } else {
                        let message = format!("不认识的时区「{}」，暂用 Asia/Shanghai。", shorten(&zone));
                        self.wrong(value, &message, "写 IANA 时区名，如 Asia/Shanghai。");
                    }
                }
                _ => {
                    let Some(text) = self.text(value, key) else { continue };
                    match key {
                        "name" => channel.name = text,
                        "address" => channel.address = text,
                        "first_reply" => channel.first_reply = text,
                        _ => channel.handles = text,
                    }
                }
            }
        }
        if channel.name.is_empty() || channel.address.is_empty() {
            self.wrong(value, "`[[contact.channels]]` 缺少 name 或 address，这一项未采用。", "两个键都要写。");
            return None;
        }
        Some(channel)
    }

    fn hours(&mut self, value: &Value) -> Option<Hours> {
        let (mut days, mut open, mut close) = (Vec::new(), None, None);
        for (key, value) in self.entries(value, "hours", &["days", "open", "close"]) {
            let Some(text) = self.text(value, key) else { continue };
            if key == "days" {
                days = parse_days(&text).unwrap_or_default();
                if days.is_empty() {
                    let message = format!("看不懂的星期「{}」。", shorten(&text));
                    self.wrong(value, &message, "写成 mon-fri、mon-sun 或 sat,sun 的样子。");
                }
                continue;
            }
            let time = parse_time(&text);
            if time.is_none() {
                let message = format!("看不懂的时间「{}」。", shorten(&text));
                self.wrong(value, &message, "写成 09:00 的样子；一天结束写 00:00 或 24:00。");
            }
            *(if key == "open" { &mut open } else { &mut close }) = time;
        }
        let hours = Hours { days, open: open?, close: close? };
        if hours.days.is_empty() || hours.close != Time::midnight() && hours.close <= hours.open {
            self.wrong(value, "营业时间缺少 days，或 close 不晚于 open，这一项未采用。", "跨夜的时间请分成两项。");
            return None;
        }
        Some(hours)
    }

    fn official(&mut self, value: &Value) -> Option<OfficialEntry> {
        let (mut kind, mut entry_value, mut note) = (None, String::new(), String::new());
        for (key, value) in self.entries(value, "official", &["kind", "value", "note"]) {
            let Some(text) = self.text(value, key) else { continue };
            match key {
                "kind" => {
                    kind = match text.as_str() {
                        "domain" => Some(OfficialKind::Domain),
                        "email" => Some(OfficialKind::Email),
                        "account" => Some(OfficialKind::Account),
                        _ => None,
                    };
                }
                "value" => entry_value = text,
                _ => note = text,
            }
        }
        let complete = kind.filter(|_| !entry_value.is_empty());
        if complete.is_none() {
            let hint = "kind 可写 domain、email、account，value 不能空。";
            self.wrong(value, "`[[official]]` 的 kind 或 value 有误，这一项未采用。", hint);
        }
        Some(OfficialEntry { kind: complete?, value: entry_value, note })
    }

    fn promises(&mut self, value: &Value, promises: &mut Promises) {
        for (key, value) in self.entries(value, "promises", &["fund_safety", "account", "transaction", "other"]) {
            let Some(text) = self.text(value, key) else { continue };
            match key {
                "fund_safety" => promises.fund_safety = text,
                "account" => promises.account = text,
                "transaction" => promises.transaction = text,
                _ => promises.other = text,
            }
        }
    }

    /// One table a language: how it says what the settings and categories say.
    fn translations(&mut self, value: &Value, site: &mut Site) {
        let Kind::Table(languages) = &value.kind else {
            return self.wrong(value, "`translations` 应是每种语言一张表。", "写成 [translations.en]。");
        };
        for Entry { key, value, .. } in languages {
            let Some(lang) = self.lang(key, value) else { continue };
            let Kind::Table(texts) = &value.kind else {
                self.wrong(value, "译文应是一张表。", "每行写成 \"原文\" = \"译文\"。");
                continue;
            };
            let texts = texts.iter().filter_map(|e| Some((e.key.trim().to_owned(), self.text(&e.value, &e.key)?)));
            site.translations.push((lang, texts.filter(|(_, text)| !text.is_empty()).collect()));
        }
    }

    /// A table with one key, a list of words.
    fn lists(&mut self, value: &Value, table: &str, only: &'static str, into: &mut Vec<String>) {
        for (key, value) in self.entries(value, table, &[only]) {
            *into = self.words(value, key);
        }
    }

    fn wrong(&mut self, at: &Value, message: &str, hint: &str) {
        self.faults.push(Rule::SETTINGS_BAD, (at.line, at.column), message, hint);
    }

    /// The known entries of a table; others are told.
    fn entries<'v>(&mut self, value: &'v Value, table: &str, known: &[&'static str]) -> Vec<(&'static str, &'v Value)> {
        let Kind::Table(entries) = &value.kind else {
            let message = format!("`{table}` 应是一张表，这里却是{}。", value.kind_name());
            self.wrong(value, &message, &format!("写成 [{table}] 或 [[{table}]]。"));
            return Vec::new();
        };
        let mut found = Vec::new();
        for Entry { key, line, column, value } in entries {
            if let Some(name) = known.iter().find(|name| *name == key) {
                found.push((*name, value));
                continue;
            }
            let place = if table.is_empty() { String::new() } else { format!("[{table}] 里") };
            let message = format!("{place}不认识的键 `{}`。", shorten(key));
            let hint = format!("可用的键：{}。", known.join("、"));
            self.faults.push(Rule::SETTINGS_BAD, (*line, *column), message, &hint);
        }
        found
    }

    fn tables<T>(&mut self, value: &Value, key: &str, read: impl Fn(&mut Self, &Value) -> Option<T>) -> Vec<T> {
        match &value.kind {
            Kind::List(items) => items.iter().filter_map(|item| read(self, item)).collect(),
            Kind::Table(_) => read(self, value).into_iter().collect(),
            _ => {
                let message = format!("`{key}` 应是一组表，这里却是{}。", value.kind_name());
                self.wrong(value, &message, &format!("每一项写成 [[{key}]]。"));
                Vec::new()
            }
        }
    }

    fn text(&mut self, value: &Value, key: &str) -> Option<String> {
        if let Kind::Scalar(text) = &value.kind {
            return Some(text.trim().to_owned());
        }
        let message = format!("`{key}` 应是一段文字，这里却是{}。", value.kind_name());
        self.wrong(value, &message, "写成 键 = \"文字\"。");
        None
    }

    fn words(&mut self, value: &Value, key: &str) -> Vec<String> {
        self.list(value, key).into_iter().map(|(text, _)| text).collect()
    }

    fn list(&mut self, value: &Value, key: &str) -> Vec<(String, Value)> {
        match &value.kind {
            Kind::List(items) => items.iter().filter_map(|i| Some((self.text(i, key)?, i.clone()))).collect(),
            Kind::Scalar(text) => vec![(text.clone(), value.clone())],
            _ => {
                let message = format!("`{key}` 应是列表，这里却是{}。", value.kind_name());
                self.wrong(value, &message, "写成 键 = [\"一\", \"二\"]。");
                Vec::new()
            }
        }
    }
}

const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// `mon-fri`, `sat,sun`, `fri-mon` (over the week's end).
fn parse_days(text: &str) -> Option<Vec<Weekday>> {
    let index = |name: &str| {
        let name = name.trim().to_ascii_lowercase();
        DAYS.iter().position(|(short, _)| name.starts_with(short) && name.len() <= 9)
    };
    let mut chosen = [false; 7];
    for part in text.split([',', '，']) {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        let (mut day, last) = (index(from)?, index(to)?);
        chosen[day] = true;
        while day != last {
            day = (day + 1) % 7;
            chosen[day] = true;
        }
    }
    Some(DAYS.iter().zip(chosen).filter(|(_, chosen)| *chosen).map(|((_, day), _)| *day).collect())
}

/// `09:00`, `9:30`; `24:00` is the midnight that ends the day.
fn parse_time(text: &str) -> Option<Time> {
    let (hour, minute) = text.trim().split_once([':', '：'])?;
    let (hour, minute): (i8, i8) = (hour.parse().ok()?, minute.get(..2)?.parse().ok()?);
    if (hour, minute) == (24, 0) {
        return Some(Time::midnight());
    }
    Time::new(hour, minute, 0, 0).ok()
}
