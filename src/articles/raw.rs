//! An editor's own HTML: what is let through to the sanitiser, what is dropped, and what is told.

use std::collections::{HashMap, HashSet};

use pulldown_cmark::Event;

use super::html::{Tag, closings, escape_into, put, tags, unescape, without_comments};
use super::markdown::Placed;
use super::render::Renderer;
use super::sanitise::{allows_tag, hides_content, tells_attribute};
use crate::domain::Rule;

/// Raw elements that may be open at once. The sanitiser's time grows with depth times length.
const RAW_DEPTH_MAX: usize = 64;
/// Raw tags of one article that are kept.
const RAW_TAGS_MAX: usize = 20_000;

/// What is known of an article's raw HTML so far.
#[derive(Default)]
pub(super) struct Raw {
    used: bool,
    anchors: Vec<String>,
    /// Element whose content is being left out, such as `script`.
    hiding: Option<String>,
    depth: usize,
    count: usize,
    flooded: bool,
    told: HashSet<String>,
    /// Simple tags that are open, each with the number of elements around it.
    simple: Vec<(&'static str, usize)>,
    /// Tags that are closed somewhere in the body, made when first asked for.
    closings: Option<HashMap<String, usize>>,
}

impl Raw {
    /// Whether any tag was let through, so that the sanitiser has to see the whole.
    pub fn is_used(&self) -> bool {
        self.used
    }

    /// Whether text is being left out.
    pub fn is_hiding(&self) -> bool {
        self.hiding.is_some()
    }

    /// Values of `id` and `name`, which links may lead to.
    pub fn into_anchors(self) -> Vec<String> {
        self.anchors
    }
}

/// Elements of running text that can do no harm.
const SIMPLE: &[&str] =
    &["kbd", "sub", "sup", "mark", "b", "i", "u", "s", "small", "ins", "del", "em", "strong", "q", "samp", "var"];

/// Events in which the end of a simple tag is looked for.
const SIMPLE_EVENTS_MAX: usize = 64;

/// Whether `</name>` comes in the same element.
fn closes_here(rest: &[Placed<'_>], name: &str) -> bool {
    let mut depth = 0_usize;
    for (event, _) in rest.iter().take(SIMPLE_EVENTS_MAX) {
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) if depth == 0 => return false,
            Event::End(_) => depth -= 1,
            Event::InlineHtml(html) if depth == 0 => {
                let closing = html.strip_prefix("</").and_then(|html| html.strip_suffix('>'));
                if closing.is_some_and(|closing| closing.eq_ignore_ascii_case(name)) {
                    return true;
                }
            }
            _ => {}
        }
    }
    false
}

/// Elements without an end.
const VOID: &[&str] = &["br", "hr", "img", "input", "col", "wbr"];

/// Names of HTML that an article may not hold but that are plainly meant as HTML.
const OTHER_HTML: &[&str] = &[
    "address",
    "article",
    "aside",
    "audio",
    "base",
    "bdi",
    "bdo",
    "big",
    "body",
    "button",
    "canvas",
    "center",
    "data",
    "datalist",
    "embed",
    "fieldset",
    "font",
    "footer",
    "form",
    "frame",
    "frameset",
    "h1",
    "head",
    "header",
    "html",
    "iframe",
    "label",
    "legend",
    "link",
    "main",
    "map",
    "marquee",
    "math",
    "menu",
    "meta",
    "meter",
    "nav",
    "noscript",
    "object",
    "optgroup",
    "option",
    "output",
    "param",
    "picture",
    "progress",
    "script",
    "select",
    "slot",
    "source",
    "strike",
    "style",
    "svg",
    "template",
    "textarea",
    "title",
    "track",
    "tt",
    "video",
    "xmp",
    "plaintext",
    "area",
];

/// Elements whose loss a reader would not notice: their text stays.
const DULL: &[&str] =
    &["font", "center", "big", "tt", "article", "aside", "main", "header", "footer", "picture", "label"];

impl Renderer<'_, '_> {
    /// One tag or comment in running text.
    pub(super) fn inline_html(&mut self, html: &str, offset: usize, rest: &[Placed<'_>]) {
        if html.starts_with("<!--") {
            return;
        }
        let Some(tag) = tags(html).next() else {
            // A declaration or processing instruction (`<?php … ?>`).
            return self.tell("<?", "处理指令", offset);
        };
        if tag.name.eq_ignore_ascii_case("br") && tag.attributes().next().is_none() {
            self.out.push_str("<br>\n");
            return self.outline.line();
        }
        if !self.raw.is_hiding() && self.simple(tag, rest) {
            return;
        }
        if self.is_placeholder(tag, html) {
            self.outline.push(html);
            return escape_into(&mut self.out, html);
        }
        self.raw_html(html, offset);
    }

    /// Writes a tag that is plainly harmless: `<kbd>` and its like, bare, and closed where it was
    /// opened. Such an article needs no sanitiser, which is ten times slower than all the rest.
    fn simple(&mut self, tag: Tag<'_>, rest: &[Placed<'_>]) -> bool {
        let name = SIMPLE.iter().find(|name| name.eq_ignore_ascii_case(tag.name));
        let Some(name) = name.filter(|_| tag.attributes().next().is_none() && !tag.self_closing()) else {
            return false;
        };
        if tag.closing {
            let matches = self.raw.simple.last() == Some(&(*name, self.open.len()));
            if matches {
                self.raw.simple.pop();
                put(&mut self.out, format_args!("</{name}>"));
            }
            return matches;
        }
        let is_closed = closes_here(rest, name);
        if is_closed {
            self.raw.simple.push((name, self.open.len()));
            put(&mut self.out, format_args!("<{name}>"));
        }
        is_closed
    }

    /// At the end of an element: a simple tag that is still open in it needs the sanitiser after all.
    pub(super) fn check_simple(&mut self) {
        while self.raw.simple.last().is_some_and(|(_, depth)| *depth >= self.open.len()) {
            self.raw.simple.pop();
            self.raw.used = true;
        }
    }

    /// `<your-address>` is no element but a gap to fill: no attributes, and never closed.
    fn is_placeholder(&mut self, tag: Tag<'_>, html: &str) -> bool {
        let known = allows_tag(tag.name) || OTHER_HTML.iter().any(|name| name.eq_ignore_ascii_case(tag.name));
        let bare = !known && !tag.closing && !tag.self_closing() && tag.attributes().next().is_none();
        bare && html.ends_with('>') && self.last_closing(&tag.name.to_ascii_lowercase()).is_none()
    }

    /// Where the last tag that closes this element is.
    fn last_closing(&mut self, name: &str) -> Option<usize> {
        let text = self.source.text();
        self.raw.closings.get_or_insert_with(|| closings(text)).get(name).copied()
    }

    /// A piece of raw HTML: allowed tags stay, the rest goes, its text stays where it is for readers.
    pub(super) fn raw_html(&mut self, html: &str, offset: usize) {
        let opened = html.matches("<!--").count();
        if opened > html.matches("-->").count() {
            self.tell("<!--", "没有结束的注释", offset);
        }
        let html = without_comments(html);
        if html.trim().is_empty() {
            return;
        }
        let mut from = 0;
        for tag in tags(&html) {
            self.raw_text(html.get(from..tag.start).unwrap_or_default());
            from = tag.end;
            self.raw_tag(tag, html.get(tag.start..tag.end).unwrap_or_default(), offset);
        }
        self.raw_text(html.get(from..).unwrap_or_default());
    }

    fn raw_text(&mut self, text: &str) {
        if self.raw.is_hiding() {
            return;
        }
        self.outline.push(&unescape(text));
        // Entities stay entities; a `<` here begins no tag.
        self.out.push_str(&text.replace('<', "&lt;"));
    }

    fn raw_tag(&mut self, tag: Tag<'_>, written: &str, offset: usize) {
        let name = tag.name.to_ascii_lowercase();
        if let Some(hidden) = &self.raw.hiding {
            if tag.closing && *hidden == name {
                self.raw.hiding = None;
            }
            return;
        }
        if hides_content(&name) {
            self.tell(&name, &format!("`<{name}>`"), offset);
            // Only what is closed later hides text: an open `<video>` must not swallow the article.
            let closes = !tag.closing && !tag.self_closing() && self.last_closing(&name) > Some(offset);
            self.raw.hiding = closes.then_some(name);
            return;
        }
        let level = if name == "h1" { "h2" } else { &name };
        if !allows_tag(level) {
            if !DULL.contains(&level) {
                self.tell(&name, &format!("`<{name}>`"), offset);
            }
            return;
        }
        if self.is_flooded(&tag, &name, offset) {
            return;
        }
        for (attribute, value) in tag.attributes() {
            if tells_attribute(attribute) {
                let attribute = attribute.to_ascii_lowercase();
                self.tell(&attribute, &format!("属性 `{}`", super::front::shorten(&attribute)), offset);
            }
            if attribute.eq_ignore_ascii_case("id") || attribute.eq_ignore_ascii_case("name") {
                self.raw.anchors.push(unescape(value));
            }
        }
        if name == "img" {
            self.outline.push(&tag.attribute("alt").unwrap_or_default());
        }
        if matches!(
            level,
            "p" | "div" | "li" | "tr" | "br" | "dt" | "dd" | "h2" | "h3" | "h4" | "h5" | "h6" | "summary"
        ) {
            self.outline.line();
        } else if matches!(level, "td" | "th") {
            self.outline.blank();
        }
        self.raw.used = true;
        match written.get(1 + usize::from(tag.closing) + name.len()..) {
            Some(rest) if name == "h1" => {
                self.out.push_str(if tag.closing { "</h2" } else { "<h2" });
                self.out.push_str(rest);
            }
            // `<a name="x">` is how old pages mark a place; today it is `id`.
            Some(rest) if name == "a" && !tag.closing && tag.attribute("id").is_none() => {
                self.out.push_str("<a");
                self.out.push_str(&rest.replacen(" name=", " id=", 1));
            }
            _ => self.out.push_str(written),
        }
        if !written.ends_with('>') {
            self.out.push('>');
        }
    }

    /// Counts a tag; true when there are too many, or too many are open.
    fn is_flooded(&mut self, tag: &Tag<'_>, name: &str, offset: usize) -> bool {
        if tag.closing {
            self.raw.depth = self.raw.depth.saturating_sub(1);
        } else if !VOID.contains(&name) {
            self.raw.depth += 1;
        }
        self.raw.count += 1;
        self.raw.flooded |= self.raw.depth > RAW_DEPTH_MAX || self.raw.count > RAW_TAGS_MAX;
        if self.raw.flooded {
            self.tell(" flood", "嵌套太深或数量太多的 HTML 标签", offset);
        }
        self.raw.flooded
    }

    /// Tells once per article what was taken out.
    fn tell(&mut self, key: &str, what: &str, offset: usize) {
        if self.raw.told.insert(key.to_owned()) {
            let message = format!("{what}不能用在文章里，已去除。");
            let hint = "尽量用 Markdown 书写；可用的 HTML 有 details、figure、kbd、sub、sup、mark 等。";
            let place = self.source.place(offset, key);
            self.faults.push(Rule::HTML_REMOVED, (place.0, 0), message, hint);
        }
    }
}
