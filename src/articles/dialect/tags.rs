//! Template tags: Liquid's `{% … %}` and `{{ … }}` (GitBook, Jekyll, Hexo), Hugo's `{{< … >}}`.

use super::boxes::plain;
use super::{Action, Apart, ApartKind, Closer, Directive, Pass};
use crate::articles::pictures;
use crate::articles::words::Callout;

/// Tags that only group, lay out or decorate: nothing is lost without them.
pub(super) const QUIET: &[&str] = &[
    "tabs",
    "stepper",
    "step",
    "columns",
    "column",
    "content-ref",
    "code",
    "raw",
    "embed",
    "swagger-description",
    "cards",
    "updates",
    "update",
    "tabpane",
    "blocktab",
    "accordion",
    "grid",
    "list",
    "lead",
    "steps",
    "div",
    "br",
    "toc",
    "more",
    "cardpane",
    "card",
    "center",
    "block",
    "span",
    "rawhtml",
];

/// Of these, those whose bare value is a name for the tool.
const GROUPS: &[&str] = &["tabs", "tabpane", "content-ref", "embed", "code", "columns", "column", "grid"];

/// Bytes of a line that a tag or code span may take; bounds the search for its end.
pub(super) const SPAN_BYTES_MAX: usize = 1_000;

/// Words in a tag: its name, `key=value` pairs, and values alone.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Words {
    pub name: String,
    pub values: Vec<String>,
    pub pairs: Vec<(String, String)>,
}

/// Keys whose values are words for readers.
const SPOKEN: &[&str] = &[
    "title",
    "label",
    "heading",
    "header",
    "name",
    "text",
    "summary",
    "description",
    "caption",
    "content",
    "message",
    "alt",
    "footer",
    "author",
];

impl Words {
    /// What a tag says to readers: it is kept where the tag is not known. A bare value counts when it
    /// is no word of ASCII, for those are kinds and sizes.
    pub fn spoken(&self) -> String {
        let named = SPOKEN.iter().filter_map(|key| self.get(&[key]));
        let bare = self.values.iter().map(String::as_str).filter(|value| !value.is_ascii());
        let mut said: Vec<String> = Vec::new();
        for text in named.chain(bare).filter(|text| !text.starts_with('{')) {
            let text = plain(text);
            if text.chars().any(char::is_alphanumeric) && !said.contains(&text) {
                said.push(text);
            }
        }
        said.join(" ")
    }

    pub fn get(&self, keys: &[&str]) -> Option<&str> {
        keys.iter().find_map(|key| self.pairs.iter().find(|(k, _)| k == key)).map(|(_, v)| v.as_str())
    }

    pub fn first(&self) -> Option<&str> {
        self.values.first().map(String::as_str)
    }
}

/// Reads the inside of a tag.
pub(super) fn words(inside: &str) -> Words {
    let mut words = Words::default();
    let mut rest = inside.trim().trim_end_matches('/').trim();
    while !rest.is_empty() {
        let (word, after) = word(rest);
        rest = after.trim_start();
        if let Some(value) = rest.strip_prefix('=').filter(|_| !word.is_empty()) {
            let (value, after) = self::word(value.trim_start());
            rest = after.trim_start();
            words.pairs.push((word.to_ascii_lowercase(), value));
        } else if words.name.is_empty() && words.pairs.is_empty() {
            words.name = word;
        } else if !word.is_empty() {
            words.values.push(word);
        }
    }
    words
}

/// A word, quoted or up to a blank or `=`; what follows it. Always takes something.
pub(super) fn word(text: &str) -> (String, &str) {
    let mut chars = text.chars();
    let first = chars.next().unwrap_or(' ');
    if first == '{' {
        return braced(text);
    }
    let closing = match first {
        '"' | '\'' | '`' => Some(first),
        '“' => Some('”'),
        _ => None,
    };
    if let Some(closing) = closing {
        let inside = chars.as_str();
        let (word, after) = inside.split_once(closing).unwrap_or((inside, ""));
        return (word.to_owned(), after);
    }
    let end =
        text.char_indices().skip(1).find(|(_, c)| c.is_whitespace() || *c == '=').map_or(text.len(), |(at, _)| at);
    let (word, after) = text.split_at(end);
    (word.to_owned(), after)
}

/// `{'text'}` is the text; another expression of JSX stays as it is, in its braces.
fn braced(text: &str) -> (String, &str) {
    let mut depth = 0_usize;
    let end = text.char_indices().find(|(_, c)| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    });
    let (whole, after) = text.split_at(end.map_or(text.len(), |(at, _)| at + 1));
    let inside = whole.trim_matches(['{', '}']).trim();
    let literal = ['"', '\'', '`']
        .into_iter()
        .find_map(|quote| inside.strip_prefix(quote)?.strip_suffix(quote).filter(|text| !text.contains([quote, '$'])));
    (literal.unwrap_or(whole).to_owned(), after)
}

/// Whether the line ends the block of this name, Liquid's or Hugo's.
pub(super) fn closes(line: &str, name: &str) -> bool {
    let line = line.trim();
    let liquid = line.strip_prefix("{%").and_then(|t| t.trim_start_matches('-').trim_start().strip_prefix("end"));
    let hugo = line.strip_prefix("{{<").or_else(|| line.strip_prefix("{{%"));
    let hugo = hugo.and_then(|t| t.trim_start().strip_prefix('/'));
    liquid.or(hugo).is_some_and(|rest| rest.trim_start().starts_with(name))
}

/// Tags whose content is code.
const CODE: &[&str] = &["highlight", "codeblock", "mermaid"];

impl Pass<'_, '_, '_> {
    /// A line that is one `{% … %}`; none when there is more on it.
    pub(super) fn liquid(&mut self, text: &str) -> Option<Action> {
        let inside = text.strip_prefix("{%")?.strip_suffix("%}")?;
        if inside.contains("%}") {
            return None;
        }
        let tag = words(inside.trim_matches('-'));
        if let Some(name) = tag.name.strip_prefix("end") {
            return Some(Action::Close(Closer::Tag(name.to_owned())));
        }
        Some(match tag.name.as_str() {
            "hint" | "note" | "alert" | "callout" | "admonition" => callout(&tag, tag.get(&["style"])),
            "tab" => Action::Direct(Directive::Tab(plain(tag.get(&["title", "name"]).or(tag.first()).unwrap_or("…")))),
            "code" if tag.get(&["title"]).is_some() => {
                Action::Direct(Directive::Tab(plain(tag.get(&["title"]).unwrap_or_default())))
            }
            "embed" | "youtube" | "video" if tag.get(&["url"]).is_some() => {
                Action::Write(format!("<{}>", tag.get(&["url"]).unwrap_or_default()))
            }
            "file" if tag.get(&["src"]).is_some() => {
                let source = tag.get(&["src"]).unwrap_or_default();
                Action::Write(format!("[{}](<{source}>)", source.rsplit('/').next().unwrap_or(source)))
            }
            "details" | "expand" | "fold" | "spoiler" => fold(&tag),
            name if CODE.contains(&name) => self.code(&tag),
            "asset_img" | "img" => image(&tag),
            "comment" => {
                self.apart = Some(Apart { tag: "comment", kind: ApartKind::Silent });
                Action::Drop
            }
            "raw" => {
                self.apart = Some(Apart { tag: "raw", kind: ApartKind::Text });
                Action::Drop
            }
            "include" | "include_relative" | "include_cached" => self.include(&tag),
            "capture" => Action::Drop,
            _ => self.unknown(&tag, "模板标签"),
        })
    }

    /// What has no meaning here: it goes, and its words stay.
    fn unknown(&mut self, tag: &Words, what: &str) -> Action {
        let said = tag.spoken();
        if QUIET.contains(&tag.name.as_str()) {
            let has_head = !said.is_empty() && !GROUPS.contains(&tag.name.as_str());
            return if has_head { Action::Direct(Directive::Tab(said)) } else { Action::Drop };
        }
        self.tell(&tag.name, what);
        if said.is_empty() { Action::Drop } else { Action::Write(said) }
    }

    /// Jekyll's `include`: the file is not read, but pictures and notes say all in their words.
    fn include(&mut self, tag: &Words) -> Action {
        let file = tag.first().unwrap_or_default().rsplit('/').next().unwrap_or_default();
        let stem = file.split('.').next().unwrap_or_default();
        let source = tag.get(&["image_path", "src", "url", "file", "path"]);
        if source.is_some_and(|source| pictures::mime(source).is_some()) {
            return image(tag);
        }
        let kind = tag.get(&["type", "class", "style"]).and_then(Callout::parse).or_else(|| Callout::parse(stem));
        let text = tag.get(&["content", "text", "message", "body"]);
        if let (Some(text), Some(kind)) = (text, kind) {
            let title = tag.get(&["title", "heading"]).map(plain).filter(|title| !title.is_empty());
            if text.contains(['<', '[', '{']) {
                self.tell(file, "引入的文件");
            }
            return Action::Direct(Directive::Said(kind, title, plain(text)));
        }
        self.tell(if file.is_empty() { "include" } else { file }, "引入的文件");
        let said = tag.spoken();
        if said.is_empty() || said == file { Action::Drop } else { Action::Write(said) }
    }

    /// A line that is one Hugo shortcode.
    pub(super) fn shortcode(&mut self, text: &str) -> Option<Action> {
        let inside = text.strip_prefix("{{<").and_then(|t| t.strip_suffix(">}}"));
        let inside = inside.or_else(|| text.strip_prefix("{{%").and_then(|t| t.strip_suffix("%}}")))?;
        if inside.contains(">}}") || inside.contains("%}}") {
            return None;
        }
        let inside = inside.trim();
        if let Some(name) = inside.strip_prefix('/') {
            return Some(Action::Close(Closer::Tag(name.trim().to_owned())));
        }
        let tag = words(inside);
        Some(match tag.name.as_str() {
            "figure" | "img" | "image" => image(&tag),
            "notice" | "alert" | "callout" | "hint" | "admonition" | "note" | "tip" | "info" | "warning" | "danger"
            | "important" | "caution" => {
                let style = tag.get(&["type", "color", "style", "context", "icon"]).or(tag.first());
                callout(&tag, style)
            }
            "details" | "expand" | "spoiler" | "collapse" | "fold" => fold(&tag),
            "tab" => Action::Direct(Directive::Tab(plain(
                tag.get(&["name", "title", "header"]).or(tag.first()).unwrap_or("…"),
            ))),
            name if CODE.contains(&name) => self.code(&tag),
            name => {
                if matches!(name, "ref" | "relref") {
                    return None;
                }
                self.unknown(&tag, "短代码")
            }
        })
    }

    fn code(&mut self, tag: &Words) -> Action {
        let name = CODE.iter().find(|name| **name == tag.name).copied().unwrap_or_default();
        self.apart = Some(Apart { tag: name, kind: ApartKind::Code });
        let language = if name == "mermaid" { name } else { tag.first().unwrap_or_default() };
        Action::Write(format!("```{language}"))
    }
}

fn callout(tag: &Words, style: Option<&str>) -> Action {
    let kind = style.and_then(Callout::parse).or_else(|| tag.first().and_then(Callout::parse));
    let kind = kind.or_else(|| Callout::parse(&tag.name)).unwrap_or(Callout::Note);
    // A bare value that is no kind is the title: `{{< notice tip "标题" >}}`.
    let bare = tag.values.iter().map(String::as_str).find(|value| !value.is_ascii() || value.contains(' '));
    let title = tag.get(&["title"]).or(bare).map(plain).filter(|title| !title.is_empty());
    let closer = Closer::Tag(tag.name.clone());
    Action::Open { closer, directive: Some(Directive::Callout(kind, title)), quotes: true }
}

fn fold(tag: &Words) -> Action {
    let title = tag.get(&["title", "summary"]).or(tag.first()).map(plain).filter(|title| !title.is_empty());
    let closer = Closer::Tag(tag.name.clone());
    Action::Open { closer, directive: Some(Directive::Details(title)), quotes: true }
}

pub(super) fn image(tag: &Words) -> Action {
    let source = tag.get(&["src", "image_path", "url", "file", "path", "link"]).or(tag.first()).unwrap_or_default();
    let caption = tag.get(&["caption", "title"]).unwrap_or_default();
    let alt =
        tag.get(&["alt"]).unwrap_or(if caption.is_empty() { tag.values.get(1).map_or("", |v| v) } else { caption });
    let alt = alt.replace(['[', ']'], " ");
    let title = if caption.is_empty() || caption == alt {
        String::new()
    } else {
        format!(" \"{}\"", caption.replace('"', "'"))
    };
    Action::Write(format!("![{alt}](<{}>{title})", source.replace(['<', '>'], "")))
}
