//! YAML into the tree of `value`. The only place that knows the YAML crate.
//!
//! The parser's events are taken one by one, so that limits hold before anything grows, scalars keep
//! the form in which they were written, and every value its place.

use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle};

use super::value::{Entry, Kind, SyntaxError, Value};

/// Nodes a front matter may have once aliases are followed: room for any real list, none for a bomb.
const NODES_MAX: usize = 20_000;
/// Levels of nesting, far beyond any real front matter, far below the stack.
const DEPTH_MAX: usize = 32;

/// Reads YAML: the first document of the text.
///
/// # Errors
/// When the syntax is broken, or the text nests or grows beyond the limits.
pub(super) fn parse_yaml(text: &str) -> Result<Value, SyntaxError> {
    let options = granit_parser::options! { emit_comments: false, block_nesting_limit: 64, flow_nesting_limit: 64 };
    let mut tree = Tree::default();
    for next in Parser::new_from_str_with_options(text, options) {
        let (event, span) = next.map_err(|error| {
            let at = error.marker();
            explain((at.line(), at.col() + 1), text, &error.info())
        })?;
        let at = (span.start.line(), span.start.col() + 1);
        match tree.take(event, at) {
            Ok(Next::More) => {}
            Ok(Next::Enough) => break,
            Err(cause) => return Err(explain(at, text, cause)),
        }
    }
    Ok(tree.root.unwrap_or(Value { kind: Kind::Empty, line: 1, column: 1 }))
}

/// Whether the tree wants further events.
enum Next {
    More,
    Enough,
}

/// A tree that grows.
#[derive(Default)]
struct Tree {
    root: Option<Value>,
    open: Vec<Growing>,
    anchors: HashMap<usize, Value>,
    nodes: usize,
}

/// A list or table whose end has not come.
struct Growing {
    value: Value,
    /// The key whose value comes next.
    key: Option<(String, usize, usize)>,
    anchor: usize,
}

impl Tree {
    fn take(&mut self, event: Event<'_>, (line, column): (usize, usize)) -> Result<Next, &'static str> {
        let value = |kind| Value { kind, line, column };
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let is_null = style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                let kind = if is_null { Kind::Empty } else { Kind::Scalar(text.into_owned()) };
                self.add(value(kind), anchor)?;
            }
            Event::SequenceStart(_, anchor, _) => self.open(value(Kind::List(Vec::new())), anchor)?,
            Event::MappingStart(_, anchor, _) => self.open(value(Kind::Table(Vec::new())), anchor)?,
            Event::SequenceEnd | Event::MappingEnd => {
                if let Some(done) = self.open.pop() {
                    self.add(done.value, done.anchor)?;
                }
            }
            Event::Alias(anchor) => {
                let copy = self.anchors.get(&anchor).cloned().ok_or("alias")?;
                self.nodes += nodes(&copy);
                self.add(copy, 0)?;
            }
            Event::DocumentEnd => return Ok(Next::Enough),
            _ => {}
        }
        Ok(Next::More)
    }

    fn open(&mut self, value: Value, anchor: usize) -> Result<(), &'static str> {
        self.open.push(Growing { value, key: None, anchor });
        if self.open.len() > DEPTH_MAX { Err("depth limit") } else { Ok(()) }
    }

    fn add(&mut self, value: Value, anchor: usize) -> Result<(), &'static str> {
        self.nodes += 1;
        if self.nodes > NODES_MAX {
            return Err("node limit");
        }
        if anchor > 0 {
            self.anchors.insert(anchor, value.clone());
            self.nodes += nodes(&value);
        }
        let Some(parent) = self.open.last_mut() else {
            self.root.get_or_insert(value);
            return Ok(());
        };
        match &mut parent.value.kind {
            Kind::List(items) => items.push(value),
            Kind::Table(entries) => match parent.key.take() {
                None => parent.key = Some((key_of(&value), value.line, value.column)),
                Some((key, ..)) if key == "<<" => merge(entries, value),
                Some((key, line, column)) => {
                    if entries.iter().any(|entry| entry.key == key) {
                        return Err("duplicate mapping key");
                    }
                    entries.push(Entry { key, line, column, value });
                }
            },
            Kind::Empty | Kind::Scalar(_) => {}
        }
        Ok(())
    }
}

fn key_of(value: &Value) -> String {
    match &value.kind {
        Kind::Scalar(text) => text.clone(),
        _ => String::new(),
    }
}

/// `<<: *other` gives the keys that the table does not have itself.
fn merge(entries: &mut Vec<Entry>, value: Value) {
    match value.kind {
        Kind::Table(others) => {
            for other in others {
                if entries.iter().all(|entry| entry.key != other.key) {
                    entries.push(other);
                }
            }
        }
        Kind::List(tables) => tables.into_iter().for_each(|table| merge(entries, table)),
        Kind::Empty | Kind::Scalar(_) => {}
    }
}

/// Nodes of a value. Values nest no deeper than [`DEPTH_MAX`] each time they are copied, and are
/// copied no more than [`NODES_MAX`] nodes deep.
fn nodes(value: &Value) -> usize {
    1 + match &value.kind {
        Kind::List(items) => items.iter().map(nodes).sum(),
        Kind::Table(entries) => entries.iter().map(|entry| nodes(&entry.value)).sum(),
        Kind::Empty | Kind::Scalar(_) => 0,
    }
}

/// Turns the parser's English words into a sentence that tells the editor what to change.
fn explain((line, column): (usize, usize), text: &str, cause: &str) -> SyntaxError {
    let written = text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
    let value = written.split_once(": ").map_or("", |(_, value)| value.trim());
    let (message, hint) = if cause.contains("duplicate mapping key") {
        let key = written.split(':').next().unwrap_or_default().trim();
        (format!("键 `{key}` 写了两次。"), "保留其中一个。")
    } else if cause.contains("budget") || cause.contains("limit") {
        ("头信息嵌套太深或展开后太大。".to_owned(), "头信息只需要简单的键和列表。")
    } else if cause.contains("unclosed quote") {
        ("引号没有成对。".to_owned(), "补上结尾的引号。")
    } else if cause.contains("alias") || value.starts_with('*') {
        ("以 `*` 开头的值会被当作 YAML 引用。".to_owned(), "给整个值加上引号。")
    } else if value.starts_with(['@', '`', '%', '&', '!', '|', '>']) {
        (format!("值不能以 `{}` 开头。", value.chars().next().unwrap_or_default()), "给整个值加上引号。")
    } else if value.contains(": ") {
        ("值里有英文冒号加空格，会被当作另一个键。".to_owned(), "给整个值加上引号，或改用中文冒号「：」。")
    } else if written.trim_start_matches(' ').starts_with('\t') {
        ("缩进用了制表符。".to_owned(), "YAML 缩进只能用空格。")
    } else {
        ("头信息不是有效的 YAML。".to_owned(), "检查缩进、冒号后的空格、括号和引号。")
    };
    SyntaxError { line, column, message, hint: hint.to_owned() }
}
