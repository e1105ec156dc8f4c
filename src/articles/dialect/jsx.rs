//! MDX and Vue. Components (`<Tabs>`, `<TabItem label="…">`, `<Admonition type="tip">`) are dropped and
//! their inner text stays; `import`, `export` and comments go.

use super::boxes::plain;
use super::{Action, Closer, Directive, Pass, head};
use crate::articles::html::{closings, put};
use crate::articles::words::Callout;

/// A component's tag.
struct Component<'a> {
    name: &'a str,
    inside: &'a str,
    closing: bool,
    /// Bytes up to and with `>`.
    length: usize,
}

/// Components that only group what is in them.
const KNOWN: &[&str] = &["Tabs", "Steps", "Step", "CardGroup", "Card", "CodeGroup"];

/// Bytes a tag may go on over several lines; beyond, the `<` was no tag.
const TAG_BYTES_MAX: usize = 2_000;

/// Reads a component's tag at the start of `text`; quotes and braces may hold `>`.
fn component(text: &str) -> Option<Component<'_>> {
    let rest = text.strip_prefix('<')?;
    let closing = rest.starts_with('/');
    let rest = rest.strip_prefix('/').unwrap_or(rest);
    let name_end =
        rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))).unwrap_or(rest.len());
    let name = rest.get(..name_end)?;
    let is_component =
        name.starts_with(|c: char| c.is_ascii_uppercase()) && name.contains(|c: char| c.is_ascii_lowercase());
    if !is_component {
        return None;
    }
    let after = rest.get(name_end..)?;
    let (mut quote, mut braces) = (None, 0_usize);
    for (at, byte) in after.bytes().enumerate().take(TAG_BYTES_MAX) {
        match (quote, byte) {
            (Some(open), byte) if byte == open => quote = None,
            (None, b'"' | b'\'' | b'`') => quote = Some(byte),
            (None, b'{') => braces += 1,
            (None, b'}') => braces = braces.saturating_sub(1),
            (None, b'>') if braces == 0 => {
                let start = text.len() - after.len();
                return Some(Component { name, inside: after.get(..at)?, closing, length: start + at + 1 });
            }
            // Two line ends in a row end a paragraph, and no tag goes over them.
            (None, b'\n') if after.as_bytes().get(at + 1) == Some(&b'\n') => return None,
            _ => {}
        }
    }
    None
}

impl Pass<'_, '_, '_> {
    /// `{/* … */}` of MDX, which may go over several lines.
    pub(super) fn comment(&mut self, inner: &str) -> Action {
        let start = self.at;
        let rest = self.body.get(start..).unwrap_or_default();
        match head(rest, TAG_BYTES_MAX).find("*/}") {
            Some(end) => self.skip_to = start + end + 3,
            None => return Action::Write(inner.trim().to_owned()),
        }
        let line_end = start + rest.find('\n').unwrap_or(rest.len());
        let after = self.body.get(self.skip_to..line_end).unwrap_or_default();
        Action::Write(after.trim().to_owned())
    }

    /// `import` and `export` of MDX: whole statements, up to the next blank line.
    pub(super) fn module(&mut self, text: &str) -> Option<Action> {
        let quoted = |text: &str| text.trim_end_matches(';').ends_with(['\'', '"']);
        let import = text.starts_with("import ")
            && (text.contains(" from '")
                || text.contains(" from \"")
                || text.starts_with("import '")
                || text.starts_with("import \""))
            && quoted(text);
        let script = self.is_mdx
            && (text.starts_with("import ")
                || ["export const ", "export default", "export function ", "export let "]
                    .iter()
                    .any(|w| text.starts_with(w)));
        if import {
            return Some(Action::Drop);
        }
        if script {
            let rest = self.body.get(self.at..).unwrap_or_default();
            self.skip_to = self.at + rest.find("\n\n").unwrap_or(rest.len());
            return Some(Action::Drop);
        }
        None
    }

    /// A line that begins with a component's tag and holds nothing else.
    pub(super) fn component_line(&mut self, text: &str) -> Option<Action> {
        let line = self.body.get(self.at..).unwrap_or_default();
        let start = line.find('<').filter(|at| line.get(..*at).is_some_and(|b| b.trim().is_empty()))?;
        let whole = line.get(start..)?;
        let tag = component(whole)?;
        let after = whole.get(tag.length..)?;
        let after_on_line = after.split('\n').next().unwrap_or_default();
        if !after_on_line.trim().is_empty() || !text.starts_with('<') {
            return None;
        }
        let end = self.at + start + tag.length;
        let words = super::tags::words(&format!("{} {}", tag.name, tag.inside));
        let value = |keys: &[&str]| {
            let found = keys.iter().find_map(|key| words.pairs.iter().find(|(k, _)| k == key));
            found.map(|(_, value)| plain(value)).filter(|v| !v.is_empty() && !v.starts_with('{'))
        };
        let self_closing = tag.inside.trim_end().ends_with('/');
        if self.is_placeholder(&tag, self_closing) {
            return None;
        }
        let action = match (tag.name, tag.closing) {
            (name, true) => Action::Close(Closer::Tag(name.to_owned())),
            (name @ ("Admonition" | "Callout" | "Note" | "Tip" | "Warning" | "Info" | "Danger" | "Caution"), false)
                if !self_closing =>
            {
                let kind = value(&["type", "variant"]).and_then(|kind| Callout::parse(&kind));
                let kind = kind.or_else(|| Callout::parse(name)).unwrap_or(Callout::Note);
                let directive = Some(Directive::Callout(kind, value(&["title"])));
                Action::Open { closer: Closer::Tag(name.to_owned()), directive, quotes: true }
            }
            (name @ ("Accordion" | "Expandable" | "Details"), false) if !self_closing => {
                let directive = Some(Directive::Details(value(&["title", "summary"])));
                Action::Open { closer: Closer::Tag(name.to_owned()), directive, quotes: true }
            }
            (name, false) => {
                let (is_tab, known) = (matches!(name, "TabItem" | "Tab"), KNOWN.contains(&name));
                if self_closing || !(is_tab || known) {
                    self.tell(name, "组件");
                }
                let said = words.spoken();
                if self_closing {
                    match value(&["href", "to", "link"]) {
                        Some(target) if !said.is_empty() => Action::Write(format!("[{said}](<{target}>)")),
                        _ if said.is_empty() => Action::Drop,
                        _ => Action::Write(said),
                    }
                } else {
                    let named = if is_tab { value(&["label", "title", "value", "name"]) } else { None };
                    let title = named.or(Some(said)).filter(|title| !title.is_empty());
                    let closer = Closer::Tag(name.to_owned());
                    Action::Open { closer, directive: title.map(Directive::Tab), quotes: false }
                }
            }
        };
        self.skip_to = end;
        Some(action)
    }

    /// A component's tag in running text at byte `here` of the body; returns how much of the line it takes.
    pub(super) fn component(&mut self, from: &str, here: usize, out: &mut String) -> usize {
        let body = self.body;
        let Some(tag) = body.get(here..).and_then(component) else { return 0 };
        let self_closing = tag.inside.trim_end().ends_with('/');
        if self.is_placeholder(&tag, self_closing) {
            return 0;
        }
        let words = super::tags::words(&format!("{} {}", tag.name, tag.inside));
        let target = words.get(&["to", "href"]).filter(|target| !target.starts_with('{'));
        if tag.closing {
            if let Some(target) = self.link.take_if(|_| tag.name == "Link" || tag.name == "NavLink") {
                put(out, format_args!("](<{target}>)"));
            }
        } else if self_closing {
            let said = words.spoken();
            if said.is_empty() || words.get(&["text"]).is_none() {
                self.tell(tag.name, "组件");
            }
            out.push_str(&said);
        } else if let Some(target) =
            target.filter(|_| matches!(tag.name, "Link" | "NavLink") && head(from, TAG_BYTES_MAX).contains("</"))
        {
            self.link = Some(target.replace(['<', '>'], ""));
            out.push('[');
        } else {
            let title = words.get(&["title", "header", "summary", "caption"]);
            let title = title.or(words.get(&["label"]).filter(|_| matches!(tag.name, "TabItem" | "Tab")));
            if let Some(title) = title.filter(|title| !title.starts_with('{')) {
                put(out, format_args!("**{}** ", plain(title)));
            }
            if !KNOWN.contains(&tag.name) && !matches!(tag.name, "TabItem" | "Tab") {
                self.tell(tag.name, "组件");
            }
        }
        if tag.length > from.len() {
            self.skip_to = here + tag.length;
            out.push(' ');
        }
        tag.length.min(from.len())
    }

    /// `<Amount>` that is never closed is a gap to fill in, not a component.
    fn is_placeholder(&mut self, tag: &Component<'_>, self_closing: bool) -> bool {
        let bare = tag.inside.trim().is_empty() && !self_closing && !tag.closing;
        let body = self.body;
        bare && !self.closings.get_or_insert_with(|| closings(body)).contains_key(&tag.name.to_ascii_lowercase())
    }
}
