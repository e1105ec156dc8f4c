//! Signs in and around running text that Markdown does not know: `[[notes]]`, `==marks==`, attribute
//! lists, hidden remarks, names of emoji, files to be included.

use super::running::code_span;
use super::tags::SPAN_BYTES_MAX;
use super::{Action, Pass, head};
use crate::articles::html::put;
use crate::articles::pictures;
use crate::articles::source::DIRECTIVE;

/// What an inline construct may begin with.
const BEGIN: &[char] = &['`', '{', '<', '[', '!', '=', '^', '+', '%', ':'];

/// Bytes an attribute list may take.
const ATTRIBUTES_BYTES_MAX: usize = 300;

/// Icons that Material for MkDocs draws from their names: decoration, and nothing to read.
const ICONS: &[&str] = &[":material-", ":fontawesome-", ":octicons-", ":simple-"];

/// Whether a line may hold an inline construct.
pub(super) fn may_be_in(line: &str) -> bool {
    let doubled = || ["==", "^^", "++", "%%", "[["].iter().any(|sign| line.contains(sign));
    let icon = || ICONS.iter().any(|icon| line.contains(icon));
    line.contains(['{', '<']) || doubled() || line.contains(" ^") || line.contains('|') && line.contains("](") || icon()
}

impl Pass<'_, '_, '_> {
    /// Constructs in running text: links get their target, the rest goes. Code spans stay as they are.
    pub(super) fn inline(&mut self, line: &str) -> String {
        let has_template = ["}}", "%}", "*/}"].iter().any(|end| line.contains(end));
        let mut out = String::with_capacity(line.len());
        let mut rest = line;
        // The sign whose second half is waited for, and what it becomes.
        let mut due: Option<(&str, &str)> = None;
        while let Some(at) = rest.find(BEGIN) {
            let (before, from) = rest.split_at(at);
            out.push_str(before);
            let here = self.line_end - from.len();
            let written = out.len();
            let mut taken = match from.as_bytes() {
                [b'`', ..] => code_span(from, &mut out),
                [b'{', ..] if has_template => match self.template(from, &mut out) {
                    0 => attributes(from, line, &mut out),
                    taken => taken,
                },
                [b'{', ..] => attributes(from, line, &mut out),
                [b'<', b'i' | b'I', ..] => self.picture_tag(from, &mut out),
                [b'<', b'a', b' ', ..] => place_of_heading(from, line, &mut out),
                [b'<', ..] => self.component(from, here, &mut out),
                [b'[' | b'!', b'[', ..] => note(from, &mut out),
                [b'=', b'=', ..] => paired(from, ("==", "<mark>", "</mark>"), &mut due, &mut out),
                [b'^', b'^', ..] => paired(from, ("^^", "<ins>", "</ins>"), &mut due, &mut out),
                [b'^', ..] => block_name(from, &out),
                [b'+', b'+', ..] => keys(from, &mut out),
                [b'%', b'%', ..] => remark(from, &out),
                [b':', ..] => icon(from),
                _ => 0,
            };
            if taken == 0 {
                out.push_str(from.get(..1).unwrap_or_default());
            } else if out.len() == written && out.ends_with(' ') {
                // What goes takes its blanks along: they would indent what follows.
                taken += from.bytes().skip(taken).take_while(|b| *b == b' ').count();
            }
            rest = from.get(taken.max(1)..).unwrap_or_default();
        }
        out.push_str(rest);
        self.link = None;
        out
    }

    /// A line that begins a remark of Obsidian, which may go over several lines.
    pub(super) fn hidden(&mut self, inner: &str) -> Option<Action> {
        let start = self.line_end - inner.trim_start().len();
        let rest = self.body.get(start + 2..)?;
        let end = start + 2 + head(rest, 8 * SPAN_BYTES_MAX).find("%%")? + 2;
        // What ends on its own line is no more than a piece of it.
        if end <= self.line_end {
            return None;
        }
        self.skip_to = end;
        Some(Action::Drop)
    }

    /// Files that other tools would put here: they are not read, so that is told.
    pub(super) fn snippet(&mut self, text: &str) -> Option<Action> {
        let rest = text.trim_start_matches('-').strip_prefix("8<--")?;
        let name = rest.trim_matches(['-', ' ', '"', '\'']);
        self.tell(if name.is_empty() { "--8<--" } else { name }, "引入的文件");
        Some(Action::Drop)
    }

    /// VitePress: `<!--@include: ./part.md-->`.
    pub(super) fn included(&mut self, text: &str) -> Option<Action> {
        let inside = text.strip_prefix("<!--")?.strip_suffix("-->")?;
        let name = inside.trim().strip_prefix("@include:")?.trim();
        self.tell(name, "引入的文件");
        Some(Action::Drop)
    }

    /// `{: #id .class}` on a line of its own: the id is that of a heading before it.
    pub(super) fn attribute_line(&mut self, text: &str) -> Action {
        let inside = text.trim_start_matches("{:").trim_end_matches('}');
        let start = self.last_line();
        let last = self.out.get(start..).unwrap_or_default().trim_end();
        let shown = last.trim_start_matches([' ', '>']);
        let is_contents = |line: &str| {
            let item = line.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '*' | '-' | '.' | ' '));
            item.eq_ignore_ascii_case("toc") && item.len() < line.len()
        };
        if inside.trim() == "toc" && is_contents(shown) {
            self.out.truncate(start);
            self.out.push('\n');
        } else if let Some(id) = id_in(inside).filter(|_| shown.starts_with('#') && !shown.contains('{')) {
            let end = start + last.len();
            self.out.insert_str(end, &format!(" {{#{id}}}"));
        }
        Action::Drop
    }

    /// kramdown's own: `{::comment}` hides, up to `{:/comment}`; options are for the tool.
    pub(super) fn kramdown(&mut self, text: &str) -> Option<Action> {
        if !text.starts_with("{::comment}") {
            return text.ends_with('}').then_some(Action::Drop);
        }
        if self.told.contains("{::comment}") {
            // One search to the end of the article is enough.
            return Some(Action::Drop);
        }
        let rest = self.body.get(self.at..)?;
        let end = rest.find("{:/comment}").map(|at| at + "{:/comment}".len());
        let end = end.or_else(|| rest.find("{:/}").map(|at| at + "{:/}".len()));
        match end {
            Some(end) => self.skip_to = self.at + end,
            None => self.tell("{::comment}", "没有结束的注释"),
        }
        Some(Action::Drop)
    }
}

/// Obsidian: `[[note#section|text]]`, `![[picture.png|300]]`, and `![text|300](…)`.
fn note(from: &str, out: &mut String) -> usize {
    let (is_embedded, open) = if from.starts_with("![[") { (true, 3) } else { (false, 2) };
    if from.starts_with("![") && !is_embedded {
        return sized(from, out);
    }
    let rest = head(from.get(open..).unwrap_or_default(), SPAN_BYTES_MAX);
    let Some((inside, after)) = rest.split_once("]]") else { return 0 };
    let (target, text) = inside.split_once('|').map_or((inside, None), |(target, text)| (target, Some(text)));
    let target = target.trim_end_matches('\\').trim();
    let is_name = target.chars().any(char::is_alphabetic) && !inside.contains(['[', '<', '>', '`']);
    if !is_name || after.starts_with(['(', '[']) || target.starts_with('^') {
        return 0;
    }
    let target = target.split_once("#^").map_or(target, |(target, _)| target);
    let name = target.rsplit('/').next().unwrap_or(target);
    let is_size = |text: &&str| !text.bytes().all(|b| b.is_ascii_digit() || b == b'x');
    let text = text.map(str::trim).filter(is_size);
    if is_embedded && pictures::mime(target).is_some() {
        let alt = text.unwrap_or_else(|| name.rsplit_once('.').map_or(name, |(stem, _)| stem));
        put(out, format_args!("![{alt}](<{DIRECTIVE}{target}>)"));
    } else if let Some(section) = target.strip_prefix('#') {
        put(out, format_args!("[{}](<#{section}>)", text.unwrap_or(section)));
    } else {
        let text = text.map_or_else(|| target.replacen('#', " › ", 1), str::to_owned);
        put(out, format_args!("[{text}](<{DIRECTIVE}{target}>)"));
    }
    open + inside.len() + 2
}

/// Where a line begins with the name of an emoji (`:warning:`): such a line would define a term.
pub(super) fn emoji_at(line: &str) -> Option<usize> {
    let text = line.trim_start_matches([' ', '>', '\t']);
    let (name, _) = text.strip_prefix(':')?.split_once(':')?;
    let is_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'+');
    (!name.is_empty() && name.bytes().all(is_name)).then_some(line.len() - text.len())
}

/// `*[RPC]: 远程调用` says what a short word means; as an item of a list it is there to read.
pub(super) fn abbreviation(text: &str) -> Option<String> {
    let (word, meaning) = text.strip_prefix("*[")?.split_once("]:")?;
    (!word.is_empty() && !meaning.trim().is_empty()).then(|| format!("- {word}：{}", meaning.trim()))
}

/// An attribute list of Python-Markdown, kramdown or Pandoc after what it hangs on; returns its length.
fn attributes(from: &str, line: &str, out: &mut String) -> usize {
    let Some(length) = head(from, ATTRIBUTES_BYTES_MAX).find('}') else { return 0 };
    let inside = from.get(1..length).unwrap_or_default();
    let is_marked = inside.starts_with(':') && !inside.starts_with("::");
    let list = inside.trim_start_matches(':').trim();
    let is_heading = line.trim_start_matches([' ', '>']).starts_with('#');
    // Headings' own `{#id}` is the parser's business.
    if list.is_empty() || !is_list(list) || is_heading && !is_marked {
        return 0;
    }
    let hangs = out.trim_end().is_empty() || out.ends_with([')', ']', '`', '*', '_', ':', '>', ' ']);
    if !hangs && !is_marked && from.get(length + 1..).is_some_and(|rest| !rest.trim().is_empty()) {
        return 0;
    }
    if let Some(id) = id_in(list).filter(|_| is_heading) {
        put(out, format_args!("{{#{id}}}"));
    }
    length + 1
}

fn is_list(list: &str) -> bool {
    let is_key = |key: &str| !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_:@".contains(&b));
    let mut rest = list;
    while !rest.is_empty() {
        let end = rest.find([' ', '=']).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = match after.strip_prefix('=') {
            Some(value) if is_key(word) => {
                let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
                match quote {
                    Some(quote) => value.get(1..).and_then(|v| v.split_once(quote)).map_or("", |(_, rest)| rest),
                    None => value.split_once(' ').map_or("", |(_, rest)| rest),
                }
            }
            None if word.strip_prefix(['.', '#']).is_some_and(is_key) || word == "toc" => after,
            _ => return false,
        }
        .trim_start();
    }
    true
}

fn id_in(list: &str) -> Option<&str> {
    list.split_whitespace().find_map(|word| word.strip_prefix('#')).filter(|id| !id.is_empty())
}

/// `## 标题 <a href="#id" id="id"></a>`, as GitBook writes it: the heading's name.
fn place_of_heading(from: &str, line: &str, out: &mut String) -> usize {
    let is_heading = line.trim_start_matches([' ', '>']).starts_with('#');
    let Some((tag, after)) = from.split_once('>').filter(|_| is_heading) else { return 0 };
    let id = ["id=\"", "name=\""].iter().find_map(|key| tag.split_once(key)?.1.split_once('"')).map(|(id, _)| id);
    let (Some(id), Some(rest)) = (id.filter(|id| !id.is_empty()), after.strip_prefix("</a>")) else { return 0 };
    let length = tag.len() + 1 + "</a>".len();
    if rest.trim().is_empty() {
        put(out, format_args!("{{#{id}}}"));
        return length;
    }
    0
}

/// Half of a pair of signs around words; nothing where the other half is missing.
fn paired<'s>(
    from: &str,
    (sign, open, close): (&'s str, &'static str, &'s str),
    due: &mut Option<(&'s str, &'s str)>,
    out: &mut String,
) -> usize {
    let rest = from.get(sign.len()..).unwrap_or_default();
    if let Some((_, close)) = due.filter(|(waited, _)| *waited == sign) {
        out.push_str(close);
        *due = None;
        return sign.len();
    }
    let is_apart = |c: Option<char>| c.is_none_or(|c| !c.is_ascii_alphanumeric() && c != '=');
    let starts = due.is_none() && is_apart(out.chars().next_back()) && !rest.starts_with([' ', '=', '^']);
    let Some((inside, after)) = rest.split_once(sign).filter(|_| starts) else { return 0 };
    if inside.is_empty() || inside.ends_with(' ') || !is_apart(after.chars().next()) {
        return 0;
    }
    out.push_str(open);
    *due = Some((sign, close));
    sign.len()
}

/// `++ctrl+k++`: keys to press.
fn keys(from: &str, out: &mut String) -> usize {
    let rest = head(from.get(2..).unwrap_or_default(), 60);
    let Some((keys, _)) = rest.split_once("++") else { return 0 };
    let is_key = |key: &str| !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b"-\"".contains(&b));
    if !keys.split('+').all(is_key) {
        return 0;
    }
    for (at, key) in keys.split('+').enumerate() {
        out.push_str(if at > 0 { "+" } else { "" });
        put(out, format_args!("<kbd>{}</kbd>", key.trim_matches('"')));
    }
    keys.len() + 4
}

/// `%% … %%` within a line.
fn remark(from: &str, out: &str) -> usize {
    let starts = out.is_empty() || out.ends_with([' ', '\t']);
    let rest = from.get(2..).unwrap_or_default();
    rest.find("%%").filter(|_| starts).map_or(0, |at| at + 4)
}

/// ` ^name` at the end of a line: a place that links of Obsidian may name.
fn block_name(from: &str, out: &str) -> usize {
    let name = from.get(1..).unwrap_or_default().trim_end();
    let is_name = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if is_name && (out.trim().is_empty() || out.ends_with(' ')) && name.bytes().any(|b| b.is_ascii_alphabetic()) {
        from.len()
    } else {
        0
    }
}

/// The name of an icon.
fn icon(from: &str) -> usize {
    if !ICONS.iter().any(|icon| from.starts_with(icon)) {
        return 0;
    }
    let name = from.bytes().skip(1).take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_')).count();
    if from.as_bytes().get(name + 1) == Some(&b':') { name + 2 } else { 0 }
}

/// `![text|300](…)`: the size goes, for it is no text.
fn sized(from: &str, out: &mut String) -> usize {
    let Some((alt, after)) = head(from, SPAN_BYTES_MAX).split_once(']') else { return 0 };
    let Some((text, size)) = alt.rsplit_once('|').filter(|_| after.starts_with('(')) else { return 0 };
    if size.is_empty() || !size.bytes().all(|b| b.is_ascii_digit() || b == b'x') {
        return 0;
    }
    out.push_str(text);
    alt.len()
}
