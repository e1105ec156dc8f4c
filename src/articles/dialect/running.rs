//! Template tags and code spans in running text: Liquid's, Hugo's and Vue's.

use super::tags::{QUIET, SPAN_BYTES_MAX, closes, image, word, words};
use super::{Action, Pass, head};
use crate::articles::html::put;
use crate::articles::source::DIRECTIVE;

impl Pass<'_, '_, '_> {
    /// One tag at the start of `from`; returns its length.
    pub(super) fn template(&mut self, from: &str, out: &mut String) -> usize {
        let forms = [("{{<", ">}}"), ("{{%", "%}}"), ("{{", "}}"), ("{%", "%}"), ("{/*", "*/}")];
        let Some((open, close)) = forms.into_iter().find(|(open, _)| from.starts_with(open)) else { return 0 };
        let Some(length) = head(from, SPAN_BYTES_MAX).find(close) else { return 0 };
        let inside = from.get(open.len()..length).unwrap_or_default().trim().trim_matches('-').trim();
        let taken = length + close.len();
        let after = from.get(taken..).unwrap_or_default();
        match open {
            // Docusaurus names headings so.
            "{/*" if inside.starts_with('#') && !inside.contains(' ') => {
                put(out, format_args!("{{{inside}}}"));
                return taken;
            }
            "{/*" => return taken,
            // Hugo's remarks, and styles of JSX, which say nothing to readers.
            "{{" if inside.starts_with("/*") || out.ends_with('=') => return taken,
            "{{" => {
                self.variable(inside, out);
                return taken;
            }
            _ => {}
        }
        let tag = words(inside);
        match tag.name.as_str() {
            "ref" | "relref" | "link" | "post_url" => {
                let target = tag.first().or(tag.get(&["path"])).unwrap_or_default();
                if tag.name == "link" && !target.starts_with('/') {
                    out.push('/');
                } else if out.ends_with("](") {
                    // These name a page wherever it lies.
                    out.push(DIRECTIVE);
                }
                out.push_str(&target.replace(' ', "%20"));
            }
            "figure" | "img" | "image" | "asset_img" => {
                if let Action::Write(text) = image(&tag) {
                    out.push_str(&text);
                }
            }
            "raw" | "comment" => {
                let Some((content, end)) = block_end(head(after, SPAN_BYTES_MAX), &tag.name) else { return taken };
                out.push_str(if tag.name == "raw" { content } else { "" });
                return taken + content.len() + end;
            }
            "button" | "btn" | "cta" if head(after, SPAN_BYTES_MAX).contains('/') => {
                let target = tag.get(&["relref", "ref", "href", "url", "link", "to"]).or(tag.first());
                if let Some(target) = target.filter(|_| self.link.is_none()) {
                    self.link = Some(target.replace(['<', '>'], ""));
                    out.push('[');
                }
            }
            "/button" | "/btn" | "/cta" => {
                if let Some(target) = self.link.take() {
                    put(out, format_args!("](<{DIRECTIVE}{target}>)"));
                }
            }
            name if name.starts_with('/') || name.starts_with("end") => {}
            name => {
                // Kubernetes' glossary and Docsy's headings show their argument.
                let said = if name == "heading" { tag.first().unwrap_or_default().to_owned() } else { tag.spoken() };
                let is_known = name == "heading" || QUIET.contains(&name) || tag.get(&["text"]).is_some();
                out.push_str(&said);
                if !is_known {
                    self.tell(name, "模板标签");
                }
            }
        }
        taken
    }

    /// `{{ value }}`: a literal is itself, the title is known; every other is told.
    fn variable(&mut self, inside: &str, out: &mut String) {
        // `{{ '/a/' | relative_url }}` is an address.
        if inside.starts_with(['"', '\'']) {
            return out.push_str(&word(inside).0);
        }
        let name = inside.split([' ', '|']).next().unwrap_or_default();
        match name {
            "page.title" | "$frontmatter.title" | "frontmatter.title" if !self.title.is_empty() => {
                out.push_str(self.title);
            }
            "site.baseurl" | "site.url" | "page.url" => {}
            _ => self.tell(inside, "模板变量"),
        }
    }
}

/// What stands before the tag that ends this block on the same line, and the length of that tag.
fn block_end<'t>(text: &'t str, name: &str) -> Option<(&'t str, usize)> {
    let mut at = 0;
    loop {
        let start = at + text.get(at..)?.find("{%")?;
        let length = text.get(start..)?.find("%}")? + 2;
        if closes(text.get(start..)?, name) {
            return Some((text.get(..start)?, length));
        }
        at = start + 2;
    }
}

/// A code span at the start of `from`, copied; returns its length.
pub(super) fn code_span(from: &str, out: &mut String) -> usize {
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
