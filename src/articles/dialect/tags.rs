//! Template tags: Liquid's `{% … %}` and `{{ … }}` (GitBook, Jekyll, Hexo), Hugo's `{{< … >}}`.

use super::boxes::plain;
use super::{Action, Apart, ApartKind, Closer, Directive, Pass, head};
use crate::articles::words::Callout;

/// Tags that only group, lay out or decorate: nothing is lost without them.
const QUIET: &[&str] = &[
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

/// Bytes of a line that a tag or code span may take; bounds the search for its end.
const SPAN_BYTES_MAX: usize = 1_000;

/// Words in a tag: its name, `key=value` pairs, and values alone.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Words {
    pub name: String,
    pub values: Vec<String>,
    pub pairs: Vec<(String, String)>,
}

impl Words {
    fn get(&self, keys: &[&str]) -> Option<&str> {
        keys.iter().find_map(|key| self.pairs.iter().find(|(k, _)| k == key)).map(|(_, v)| v.as_str())
    }

    fn first(&self) -> Option<&str> {
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
fn word(text: &str) -> (String, &str) {
    let mut chars = text.chars();
    let first = chars.next().unwrap_or(' ');
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
            name => {
                if !QUIET.contains(&name) {
                    let name = name.to_owned();
                    self.tell(&name, "模板标签");
                }
                Action::Drop
            }
        })
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
                if !QUIET.contains(&name) {
                    let name = name.to_owned();
                    self.tell(&name, "短代码");
                }
                Action::Drop
            }
        })
    }

    fn code(&mut self, tag: &Words) -> Action {
        let name = CODE.iter().find(|name| **name == tag.name).copied().unwrap_or_default();
        self.apart = Some(Apart { tag: name, kind: ApartKind::Code });
        let language = if name == "mermaid" { name } else { tag.first().unwrap_or_default() };
        Action::Write(format!("```{language}"))
    }

    /// Tags in running text: links get their target, the rest goes. Code spans stay as they are.
    pub(super) fn inline(&mut self, line: &str) -> String {
        let has_template = ["}}", "%}", "*/}"].iter().any(|end| line.contains(end));
        let mut out = String::with_capacity(line.len());
        let mut rest = line;
        while let Some(at) = rest.find(['`', '{', '<']) {
            let (before, from) = rest.split_at(at);
            out.push_str(before);
            let here = self.line_end - from.len();
            let taken = match from.as_bytes().first() {
                Some(b'`') => code_span(from, &mut out),
                Some(b'{') if has_template => self.template(from, &mut out),
                Some(b'{') => 0,
                _ => self.component(from, here, &mut out),
            };
            if taken == 0 {
                out.push_str(from.get(..1).unwrap_or_default());
            }
            rest = from.get(taken.max(1)..).unwrap_or_default();
        }
        out.push_str(rest);
        out
    }

    /// One tag at the start of `from`; returns its length.
    fn template(&mut self, from: &str, out: &mut String) -> usize {
        let forms = [("{{<", ">}}"), ("{{%", "%}}"), ("{{", "}}"), ("{%", "%}"), ("{/*", "*/}")];
        let Some((open, close)) = forms.into_iter().find(|(open, _)| from.starts_with(open)) else { return 0 };
        let Some(length) = head(from, SPAN_BYTES_MAX).find(close) else { return 0 };
        let inside = from.get(open.len()..length).unwrap_or_default().trim().trim_matches('-').trim();
        let taken = length + close.len();
        if open == "{/*" {
            return taken;
        }
        let tag = words(inside);
        match tag.name.as_str() {
            "ref" | "relref" | "link" | "post_url" => {
                let target = tag.first().or(tag.get(&["path"])).unwrap_or_default();
                let rooted = tag.name == "link" && !target.starts_with('/');
                out.push_str(if rooted { "/" } else { "" });
                out.push_str(target);
            }
            "figure" | "img" | "image" | "asset_img" => {
                if let Action::Write(text) = image(&tag) {
                    out.push_str(&text);
                }
            }
            _ if open == "{{" => {
                // `{{ '/a/' | relative_url }}` is an address; any other value is not known here.
                let literal = inside.starts_with(['"', '\'']).then(|| word(inside).0);
                match literal {
                    Some(literal) => out.push_str(&literal),
                    None if inside.starts_with("site.") || inside.starts_with("page.") => {}
                    None => self.tell(inside, "模板变量"),
                }
            }
            name if name.starts_with('/') || name.starts_with("end") || QUIET.contains(&name) => {}
            // Kubernetes' glossary and Docsy's headings show their argument.
            name => match tag.get(&["text", "label"]).or(tag.first().filter(|_| name == "heading")) {
                Some(text) => out.push_str(text),
                None => self.tell(name, "模板标签"),
            },
        }
        taken
    }
}

fn callout(tag: &Words, style: Option<&str>) -> Action {
    let kind = style.and_then(Callout::parse).or_else(|| tag.first().and_then(Callout::parse));
    let kind = kind.or_else(|| Callout::parse(&tag.name)).unwrap_or(Callout::Note);
    let title = tag.get(&["title"]).map(plain).filter(|title| !title.is_empty());
    let closer = Closer::Tag(tag.name.clone());
    Action::Open { closer, directive: Some(Directive::Callout(kind, title)), quotes: true }
}

fn fold(tag: &Words) -> Action {
    let title = tag.get(&["title", "summary"]).or(tag.first()).map(plain).filter(|title| !title.is_empty());
    let closer = Closer::Tag(tag.name.clone());
    Action::Open { closer, directive: Some(Directive::Details(title)), quotes: true }
}

fn image(tag: &Words) -> Action {
    let source = tag.get(&["src", "link"]).or(tag.first()).unwrap_or_default();
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

/// A code span at the start of `from`, copied; returns its length.
fn code_span(from: &str, out: &mut String) -> usize {
    let signs = from.bytes().take_while(|b| *b == b'`').count();
    let fence = from.get(..signs).unwrap_or_default();
    let mut at = signs;
    loop {
        let rest = from.get(at..).unwrap_or_default();
        let Some(found) = head(rest, SPAN_BYTES_MAX).find(fence) else {
            out.push_str(fence);
            return signs;
        };
        let length = rest.bytes().skip(found).take_while(|b| *b == b'`').count();
        at += found + length;
        if length == signs {
            out.push_str(from.get(..at).unwrap_or_default());
            return at;
        }
    }
}
