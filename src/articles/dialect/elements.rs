//! Elements of HTML as other tools extend them: `markdown` in a tag, and pictures whose address is an
//! expression of JSX or Vue.

use super::{Action, Closer, Directive, Pass, head};
use crate::articles::html::{put, tags};
use crate::articles::words::Callout;

/// Elements that only group what is in them.
const GROUPS: &[&str] = &["div", "figure", "section", "article", "aside", "main", "span", "center"];

/// Bytes of a picture's tag that are looked at.
const TAG_BYTES_MAX: usize = 2_000;

impl Pass<'_, '_, '_> {
    /// Whether the line lies in an element that holds Markdown.
    pub(super) fn is_in_element(&self) -> bool {
        self.open.iter().any(|open| matches!(&open.closer, Closer::Tag(name) if GROUPS.contains(&name.as_str())))
    }

    /// `<div class="grid" markdown>` and its end, alone on their lines. A class that names a kind of
    /// callout makes it one.
    pub(super) fn element(&mut self, text: &str) -> Option<Action> {
        let tag = tags(text).next().filter(|tag| tag.start == 0)?;
        let name = tag.name.to_ascii_lowercase();
        if let Some(caption) = text.strip_prefix("<figcaption>").filter(|_| self.is_in_element()) {
            return Some(Action::Write(caption.trim_end_matches("</figcaption>").to_owned()));
        }
        if tag.end != text.len() || !GROUPS.contains(&name.as_str()) {
            return None;
        }
        let closer = Closer::Tag(name);
        if tag.closing {
            return self.open.iter().any(|open| open.closer == closer).then_some(Action::Close(closer));
        }
        tag.attributes().find(|(key, value)| *key == "markdown" && *value != "0")?;
        let directive = kind_of(&tag.attribute("class").unwrap_or_default()).map(|kind| Directive::Callout(kind, None));
        let quotes = directive.is_some();
        Some(Action::Open { closer, directive, quotes })
    }

    /// `<img src={require('./a.png').default}>` and `<img :src="withBase('/a.png')">`: the path in the
    /// expression is the address. Returns the length of what was rewritten.
    pub(super) fn picture_tag(&mut self, from: &str, out: &mut String) -> usize {
        let tag = head(from, TAG_BYTES_MAX);
        let is_picture = tag.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("<img "));
        let found = ["src={", ":src=\"", "src='{"].iter().find_map(|key| Some((tag.find(key)?, *key)));
        let Some((at, key)) = found.filter(|_| is_picture) else { return 0 };
        let before = tag.get(..at).unwrap_or_default();
        let rest = tag.get(at + key.len()..).unwrap_or_default();
        let end = if key.starts_with(':') { '"' } else { '}' };
        let Some((expression, _)) = rest.split_once(end).filter(|_| !before.contains('>')) else { return 0 };
        let quoted = expression.find(['\'', '"', '`']).and_then(|open| {
            let quote = expression.get(open..=open)?;
            expression.get(open + 1..)?.split_once(quote)
        });
        if let Some((path, _)) = quoted {
            put(out, format_args!("{before}src=\"{}\"", path.replace(['"', '<', '>'], "")));
        } else {
            self.tell(expression, "图片地址");
            out.push_str(before);
        }
        at + key.len() + expression.len() + 1
    }
}

/// The kind of callout that classes such as `alert alert-info` or `admonition tip` speak of.
fn kind_of(classes: &str) -> Option<Callout> {
    const FAMILIES: &[&str] = &["alert", "callout", "admonition", "notice", "hint"];
    let mut words = classes.split([' ', '-']).filter(|word| !word.is_empty()).peekable();
    FAMILIES
        .contains(words.peek()?)
        .then(|| words.filter(|word| !FAMILIES.contains(word)).find_map(Callout::parse).unwrap_or(Callout::Note))
}
