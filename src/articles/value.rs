//! Settings as editors write them, in YAML (`yaml`) or TOML, read into one tree that remembers where
//! each value stands. What a key means is decided elsewhere.

use toml::de::{DeTable, DeValue};

/// A value and its place in the text; line and column count from 1.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Value {
    pub kind: Kind,
    pub line: usize,
    pub column: usize,
}

/// What a value is. Numbers, dates and `true` stay as they were written: only the key knows whether
/// `1.10` is a number or a version.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Kind {
    Empty,
    Scalar(String),
    List(Vec<Value>),
    Table(Vec<Entry>),
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Entry {
    pub key: String,
    pub line: usize,
    pub column: usize,
    pub value: Value,
}

/// Why a text could not be read at all.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct SyntaxError {
    pub line: usize,
    pub column: usize,
    /// One Chinese sentence.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl Value {
    /// The words for its kind, for messages.
    pub fn kind_name(&self) -> &'static str {
        match self.kind {
            Kind::Empty => "空值",
            Kind::Scalar(_) => "文字",
            Kind::List(_) => "列表",
            Kind::Table(_) => "键值表",
        }
    }

    /// The entry of a table.
    pub fn get(&self, key: &str) -> Option<&Value> {
        match &self.kind {
            Kind::Table(entries) => entries.iter().find(|e| e.key == key).map(|e| &e.value),
            _ => None,
        }
    }
}

/// Reads TOML.
///
/// # Errors
/// When the syntax is broken.
pub(super) fn parse_toml(text: &str) -> Result<Value, SyntaxError> {
    let places = Places::of(text);
    match DeTable::parse(text) {
        Ok(table) => Ok(Value { kind: toml_table(table.get_ref(), &places), line: 1, column: 1 }),
        Err(error) => {
            let (line, column) = places.at(error.span().map_or(0, |span| span.start));
            let cause = error.message();
            let (message, hint) = if cause.contains("duplicate key") {
                ("同一个键写了两次。", "保留其中一个。")
            } else if cause.contains("string") || cause.contains("quote") {
                ("文字没有用引号成对括起来。", "TOML 的文字要写成 \"…\"。")
            } else {
                ("不是有效的 TOML。", "写成 `键 = 值`，文字加引号，列表用方括号。")
            };
            Err(SyntaxError { line, column, message: message.to_owned(), hint: hint.to_owned() })
        }
    }
}

fn toml_table(table: &DeTable<'_>, places: &Places<'_>) -> Kind {
    let mut entries: Vec<Entry> = table
        .iter()
        .map(|(key, value)| {
            let (line, column) = places.at(key.span().start);
            Entry { key: key.get_ref().to_string(), line, column, value: toml_value(value, places) }
        })
        .collect();
    entries.sort_by_key(|e| (e.line, e.column));
    Kind::Table(entries)
}

fn toml_value(value: &toml::Spanned<DeValue<'_>>, places: &Places<'_>) -> Value {
    let (line, column) = places.at(value.span().start);
    let kind = match value.get_ref() {
        DeValue::String(text) => Kind::Scalar(text.to_string()),
        DeValue::Integer(number) if number.radix() == 10 => Kind::Scalar(number.as_str().to_owned()),
        DeValue::Integer(number) => {
            Kind::Scalar(i64::from_str_radix(number.as_str(), number.radix()).unwrap_or_default().to_string())
        }
        DeValue::Float(number) => Kind::Scalar(number.as_str().to_owned()),
        DeValue::Boolean(flag) => Kind::Scalar(flag.to_string()),
        DeValue::Datetime(time) => Kind::Scalar(time.to_string()),
        DeValue::Array(items) => Kind::List(items.iter().map(|item| toml_value(item, places)).collect()),
        DeValue::Table(table) => toml_table(table, places),
    };
    Value { kind, line, column }
}

/// Lines and columns of byte offsets.
struct Places<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Places<'a> {
    fn of(text: &'a str) -> Self {
        let newlines = text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at + 1);
        Self { text, starts: std::iter::once(0).chain(newlines).collect() }
    }

    fn at(&self, offset: usize) -> (usize, usize) {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or_default();
        (line, self.text.get(start..offset).unwrap_or_default().chars().count() + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::super::yaml::parse_yaml;
    use super::*;

    fn scalar(value: &Value, key: &str) -> String {
        match value.get(key).map(|v| &v.kind) {
            Some(Kind::Scalar(text)) => text.clone(),
            other => panic!("{key}: {other:?}"),
        }
    }

    #[test]
    fn scalars_keep_the_form_in_which_they_were_written() {
        let yaml = parse_yaml("v: 1.10\nn: 007\nb: yes\nd: 2026-11-22\nq: '1.10'\n中: 文\n").unwrap();
        let toml = parse_toml("v = 1.10\nn = 7\nb = true\nd = 2026-11-22\nh = 0x10\n").unwrap();
        assert_eq!(
            ["v", "n", "b", "d", "q", "中"].map(|k| scalar(&yaml, k)),
            ["1.10", "007", "yes", "2026-11-22", "1.10", "文"]
        );
        assert_eq!(["v", "n", "b", "d", "h"].map(|k| scalar(&toml, k)), ["1.10", "7", "true", "2026-11-22", "16"]);
    }

    #[test]
    fn places_count_characters_from_one() {
        let yaml = parse_yaml("a: 1\n标题: [一, 二]\n").unwrap();
        let list = yaml.get("标题").unwrap();
        assert_eq!((list.line, list.column), (2, 5));
        let Kind::List(items) = &list.kind else { panic!("not a list") };
        assert_eq!((items[1].line, items[1].column), (2, 9));
        let toml = parse_toml("a = 1\n\"标题\" = [\"一\", 2]\n").unwrap();
        let list = toml.get("标题").unwrap();
        assert_eq!((list.line, list.column), (2, 8));
    }

    #[test]
    fn broken_syntax_is_explained_in_the_editors_words() {
        let check = |text: &str, line: usize, word: &str| {
            let error = parse_yaml(text).unwrap_err();
            assert_eq!(error.line, line, "{text:?} {error:?}");
            assert!(error.message.contains(word), "{text:?} {error:?}");
        };
        check("a: 1\ntitle: 标题: 副标题\n", 2, "英文冒号");
        check("title: @x\n", 1, "`@`");
        check("a: 1\na: 2\n", 2, "写了两次");
        check("a: *x\n", 1, "引用");
        check("a: 'x\n", 1, "引号");
        let error = parse_toml("a = 1\nb = x y\n").unwrap_err();
        assert_eq!(error.line, 2);
    }

    #[test]
    fn bombs_and_deep_nesting_cost_an_error() {
        let mut bomb = String::from("a: &a [x,x,x,x,x,x,x,x,x]\n");
        for (last, next) in ('a'..'k').zip('b'..='k') {
            bomb.push_str(
                &[&format!("{next}: &{next} ["), vec![format!("*{last}"); 9].join(",").as_str(), "]\n"].concat(),
            );
        }
        for text in
            [bomb, format!("a: {}", "[".repeat(10_000)), "- ".repeat(10_000), format!("a: {}", "{b: ".repeat(9_999))]
        {
            assert!(parse_yaml(&text).is_err());
        }
        assert!(parse_toml(&format!("a = {}", "[".repeat(10_000))).is_err());
        assert!(parse_toml(&format!("a = {}{}", "[".repeat(10_000), "]".repeat(10_000))).is_err());
        assert!(parse_toml(&format!("{}x = 1", "a.".repeat(10_000))).is_err());
    }
}
