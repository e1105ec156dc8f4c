//! Markup as text: escaping, and a small reader of tags. It never decides what is safe for readers;
//! that is `sanitise`'s and the renderer's business.

use std::collections::HashMap;

use super::source::JOINER;

/// Writes text into HTML, leaving out the joiners of the emphasis pass.
pub(super) fn escape_into(out: &mut String, text: &str) {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let (entity, width) = match byte {
            b'&' => ("&amp;", 1),
            b'<' => ("&lt;", 1),
            b'>' => ("&gt;", 1),
            b'"' => ("&quot;", 1),
            // First byte of U+FDD0.
            0xef if text.get(at..).is_some_and(|rest| rest.starts_with(JOINER)) => ("", JOINER.len_utf8()),
            _ => continue,
        };
        out.push_str(text.get(from..at).unwrap_or_default());
        out.push_str(entity);
        from = at + width;
    }
    out.push_str(text.get(from..).unwrap_or_default());
}

/// Writes formatted text.
pub(super) fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = std::fmt::Write::write_fmt(out, text);
}

/// [`escape_into`] a new string.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape_into(&mut out, text);
    out
}

/// One tag as it is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tag<'a> {
    /// Byte offset of `<`.
    pub start: usize,
    /// Byte offset after `>`.
    pub end: usize,
    /// Name as written.
    pub name: &'a str,
    /// Whether it is `</…>`.
    pub closing: bool,
    attributes: &'a str,
}

/// The tags of a piece of HTML in order; comments and declarations are passed over, quoted attribute
/// values may hold `<` and `>`.
pub(super) fn tags(html: &str) -> Tags<'_> {
    Tags { html, at: 0, verbatim: None }
}

/// See [`tags`].
pub(super) struct Tags<'a> {
    html: &'a str,
    at: usize,
    /// Element whose content is no markup.
    verbatim: Option<&'a str>,
}

/// Elements whose content a browser does not read as markup.
const VERBATIM: &[&str] = &["script", "style", "xmp", "iframe", "noembed", "noframes", "textarea", "title"];

impl<'a> Iterator for Tags<'a> {
    type Item = Tag<'a>;

    fn next(&mut self) -> Option<Tag<'a>> {
        if let Some(name) = self.verbatim.take() {
            let rest = self.html.get(self.at..)?;
            let is_end = |at: &usize| {
                let named = rest.get(at + 2..at + 2 + name.len());
                named.is_some_and(|n| n.eq_ignore_ascii_case(name))
            };
            // Without an end all the rest is its content, as a browser would have it.
            self.at += rest.match_indices("</").map(|(at, _)| at).find(is_end).unwrap_or(rest.len());
        }
        loop {
            let rest = self.html.get(self.at..)?;
            let start = self.at + rest.find('<')?;
            let inner = self.html.get(start + 1..)?;
            if inner.starts_with("!--") {
                self.at = start + 4;
                self.at = inner.find("-->").map_or(self.html.len(), |end| start + 1 + end + 3);
                continue;
            }
            let closing = inner.starts_with('/');
            let named = inner.strip_prefix('/').unwrap_or(inner);
            if !named.starts_with(|c: char| c.is_ascii_alphabetic()) {
                self.at = start + 1;
                continue;
            }
            let name_end = named
                .find(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/' | '<' | '"' | '\''))
                .unwrap_or(named.len());
            let (name, after) = named.split_at(name_end);
            let attributes_end = end_of_attributes(after);
            let end = self.html.len() - after.len() + attributes_end;
            let attributes = after.get(..attributes_end).unwrap_or_default().trim_end_matches('>');
            let end = if self.html.as_bytes().get(end.wrapping_sub(1)) == Some(&b'>') { end } else { self.html.len() };
            self.at = end;
            let is_verbatim = !closing && VERBATIM.iter().any(|verbatim| verbatim.eq_ignore_ascii_case(name));
            self.verbatim = is_verbatim.then_some(name);
            return Some(Tag { start, end, name, closing, attributes });
        }
    }
}

/// Length of `text` up to and with the first `>` outside quotes.
fn end_of_attributes(text: &str) -> usize {
    let mut quote = None;
    let mut after_equals = false;
    for (at, byte) in text.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return at + 1,
            (None, b'"' | b'\'') if after_equals => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            after_equals = quote.is_none() && byte == b'=';
        }
    }
    text.len()
}

impl<'a> Tag<'a> {
    /// Attributes as written: name, and value without quotes, entities kept.
    pub fn attributes(&self) -> Attributes<'a> {
        Attributes { rest: self.attributes }
    }

    /// The value of an attribute, its entities decoded as far as our own output uses them.
    pub fn attribute(&self, name: &str) -> Option<String> {
        self.attributes().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| unescape(value))
    }

    /// Whether it closes itself (`<br/>`).
    pub fn self_closing(&self) -> bool {
        self.attributes.ends_with('/')
    }
}

/// See [`Tag::attributes`].
pub(super) struct Attributes<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<(&'a str, &'a str)> {
        let rest = self.rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            self.rest = "";
            return None;
        }
        let name_end = rest
            .char_indices()
            .skip(1)
            .find(|(_, c)| c.is_ascii_whitespace() || matches!(c, '=' | '/'))
            .map(|(at, _)| at);
        let (name, after) = rest.split_at(name_end.unwrap_or(rest.len()));
        let Some(value) = after.trim_start().strip_prefix('=') else {
            self.rest = after;
            return Some((name, ""));
        };
        let value = value.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, rest) = match quote {
            Some(quote) => {
                let inner = value.get(1..).unwrap_or_default();
                inner.split_once(quote).unwrap_or((inner, ""))
            }
            None => value.split_at(value.find(|c: char| c.is_ascii_whitespace()).unwrap_or(value.len())),
        };
        self.rest = rest;
        Some((name, value))
    }
}

/// Undoes [`escape_into`] and what the sanitiser writes.
pub(super) fn unescape(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&nbsp;", "\u{a0}")
        .replace("&amp;", "&")
}

/// Names of the tags that are closed somewhere, lower case, and where the last of each is.
pub(super) fn closings(text: &str) -> HashMap<String, usize> {
    let mut closings = HashMap::new();
    for (at, _) in text.match_indices("</") {
        let rest = text.get(at + 2..).unwrap_or_default();
        let length = rest.bytes().take(64).take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
        let name = rest.get(..length.count()).unwrap_or_default();
        closings.insert(name.to_ascii_lowercase(), at);
    }
    closings
}

/// HTML without its comments; one that never ends takes the rest with it.
pub(super) fn without_comments(html: &str) -> std::borrow::Cow<'_, str> {
    if !html.contains("<!--") {
        return html.into();
    }
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, comment)) = rest.split_once("<!--") {
        out.push_str(before);
        rest = comment.split_once("-->").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_with_quotes_and_without_comments() {
        let html = r#"a<!-- <b> --><img alt="x > y" src='q'>1 < 2 <br/></P ><x"#;
        let found: Vec<_> = tags(html).map(|t| (t.name, t.closing)).collect();
        assert_eq!(found, [("img", false), ("br", false), ("P", true), ("x", false)]);
        let img = tags(html).next().unwrap();
        assert_eq!(&html[img.start..img.end], r#"<img alt="x > y" src='q'>"#);
        assert_eq!(img.attributes().collect::<Vec<_>>(), [("alt", "x > y"), ("src", "q")]);
        assert!(tags("<br/>").next().unwrap().self_closing());
    }

    #[test]
    fn scripts_hold_no_tags_and_comments_vanish() {
        let found: Vec<_> = tags("<script>if (a<b) x()</SCRIPT>").map(|t| (t.name, t.closing)).collect();
        assert_eq!(found, [("script", false), ("SCRIPT", true)]);
        assert_eq!(without_comments("a<!-- b --><p><!-- c"), "a<p>");
    }

    #[test]
    fn text_is_escaped_and_joiners_vanish() {
        assert_eq!(escape("a<b>&\"\u{fdd0}：\u{fdd1}"), "a&lt;b&gt;&amp;&quot;：\u{fdd1}");
        assert_eq!(unescape(&escape("<a> & \"b\"")), "<a> & \"b\"");
    }
}
