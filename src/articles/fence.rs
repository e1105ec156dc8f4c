//! Front matter and body: where one ends and the other begins.

use super::value::{Entry, Kind, SyntaxError, Value, parse_toml};
use super::yaml::parse_yaml;
use crate::domain::FRONT_MATTER_BYTES_MAX;

/// The two ways to fence front matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Yaml,
    Toml,
}

/// A file cut in two.
#[derive(Debug, PartialEq)]
pub(super) struct Cut<'a> {
    /// Keys and values in order; empty without front matter. Their lines count from the file's start.
    pub entries: Vec<Entry>,
    /// What follows.
    pub body: &'a str,
    /// Line of the file on which the body begins.
    pub body_line: usize,
}

/// Separates front matter from body and reads it.
///
/// A thematic break that happens to open a file is body, not front matter.
///
/// # Errors
/// When the fence is not closed, the text is too long or its syntax is broken.
pub(super) fn cut(text: &str) -> Result<Cut<'_>, SyntaxError> {
    let blank = text.len() - text.trim_start_matches(['\n', ' ', '\t']).len();
    let blank = text.get(..blank).and_then(|b| b.rfind('\n')).map_or(0, |at| at + 1);
    let opened = text.get(blank..).unwrap_or_default();
    let skipped = text.get(..blank).unwrap_or_default().matches('\n').count();
    let whole = Cut { entries: Vec::new(), body: text, body_line: 1 };
    let (first, rest) = opened.split_once('\n').unwrap_or((opened, ""));
    let form = match first.trim_end() {
        "---" => Form::Yaml,
        "+++" => Form::Toml,
        _ => return Ok(whole),
    };
    let Some((inner, body)) = find_end(rest, form) else {
        let key_like = rest.lines().next().is_some_and(looks_like_key);
        return if key_like { Err(unclosed(skipped + 1, form)) } else { Ok(whole) };
    };
    if form == Form::Yaml && !inner.trim().is_empty() && !inner.lines().any(|l| looks_like_key(l) || is_meta(l)) {
        return Ok(whole);
    }
    if inner.len() > FRONT_MATTER_BYTES_MAX {
        let message = format!("头信息有 {} 字节，上限是 {FRONT_MATTER_BYTES_MAX}。", inner.len());
        let hint = "长文字请移到正文。".to_owned();
        return Err(SyntaxError { line: skipped + 1, column: 0, message, hint });
    }
    let fence_line = skipped + 1;
    let parsed = match form {
        Form::Yaml => parse_yaml(inner),
        Form::Toml => parse_toml(inner),
    };
    let mut value = parsed.map_err(|error| SyntaxError { line: error.line + fence_line, ..error })?;
    shift(&mut value, fence_line);
    let entries = match value.kind {
        Kind::Table(entries) => entries,
        Kind::Empty => Vec::new(),
        Kind::Scalar(_) | Kind::List(_) => {
            let message = format!("头信息应是「键: 值」，这里却是{}。", value.kind_name());
            let hint = "每行写一个键，例如 `title: 标题`。".to_owned();
            return Err(SyntaxError { line: value.line, column: value.column, message, hint });
        }
    };
    let body_line = fence_line + inner.matches('\n').count() + 2;
    Ok(Cut { entries, body, body_line })
}

fn find_end(rest: &str, form: Form) -> Option<(&str, &str)> {
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        let closes = matches!((form, line.trim_end()), (Form::Yaml, "---" | "...") | (Form::Toml, "+++"));
        if closes {
            return Some((rest.get(..at)?, rest.get(at + line.len()..)?));
        }
        at += line.len();
    }
    None
}

fn looks_like_key(line: &str) -> bool {
    let key_end = line.find([':', '=']).unwrap_or(0);
    let key = line.get(..key_end).unwrap_or_default().trim_end().trim_matches('"');
    let after = line.get(key_end + 1..).unwrap_or_default();
    !key.is_empty()
        && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
        && (after.is_empty() || after.starts_with(' ') || after.starts_with('\t') || line.contains('='))
}

/// A line that only front matter would hold although it names no key.
fn is_meta(line: &str) -> bool {
    line.starts_with('#') && !line.starts_with("# ") || line.starts_with("- ") && line.contains(": ")
}

fn unclosed(line: usize, form: Form) -> SyntaxError {
    let fence = if form == Form::Yaml { "---" } else { "+++" };
    let message = format!("头信息缺少结尾的 `{fence}` 行。");
    SyntaxError { line, column: 1, message, hint: format!("在头信息之后单独写一行 `{fence}`。") }
}

fn shift(value: &mut Value, lines: usize) {
    value.line += lines;
    match &mut value.kind {
        Kind::List(items) => items.iter_mut().for_each(|item| shift(item, lines)),
        Kind::Table(entries) => {
            for entry in entries {
                entry.line += lines;
                shift(&mut entry.value, lines);
            }
        }
        Kind::Empty | Kind::Scalar(_) => {}
    }
}
