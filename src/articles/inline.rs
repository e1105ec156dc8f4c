//! Running text of the renderer: links, pictures, bare addresses and footnotes.

use std::collections::HashMap;

use pulldown_cmark::{CowStr, Event, Tag, TagEnd};

use super::front::shorten;
use super::html::{escape, escape_into, put};
use super::links::{self, Target};
use super::markdown::{Placed, text_of, without_joiners};
use super::marks::{Mark, MarkKind};
use super::render::{Close, Renderer, end_of};
use super::source::DIRECTIVE;
use crate::domain::Rule;

/// Footnotes, numbered in the order in which they are first named.
#[derive(Default)]
pub(super) struct Notes {
    order: Vec<String>,
    /// Number, and how often it was named.
    named: HashMap<String, (usize, usize)>,
    pub(super) bodies: HashMap<String, String>,
}

impl Renderer<'_, '_> {
    pub(super) fn text(&mut self, text: &str) {
        if self.raw.is_hiding() {
            return;
        }
        self.outline.push(text);
        if self.in_code || self.in_link || !text.contains("://") {
            return escape_into(&mut self.out, text);
        }
        let mut rest = text;
        while let Some((before, url, after)) = bare_url(rest) {
            escape_into(&mut self.out, before);
            self.external(url);
            escape_into(&mut self.out, url);
            self.out.push_str("</a>");
            rest = after;
        }
        escape_into(&mut self.out, rest);
    }

    pub(super) fn link(&mut self, address: &CowStr<'_>, offset: usize) -> Close {
        let address = without_joiners(address);
        self.in_link = true;
        match links::parse(&address) {
            Target::External(url) => self.external(&url),
            Target::Forbidden => {
                self.in_link = false;
                self.forbidden(&address, offset);
                return Close::Nothing;
            }
            target => self.mark_link(target, &address, offset),
        }
        Close::Inline("</a>")
    }

    /// Tells of an address that no article may link to.
    pub(super) fn forbidden(&mut self, address: &str, offset: usize) {
        let message = format!("不允许的链接地址「{}」已去除。", shorten(address));
        let at = self.source.place(offset, address);
        self.faults.push(
            Rule::HTML_REMOVED,
            at,
            message,
            "只能链接到网页（http、https）、邮箱（mailto）和电话（tel）。",
        );
    }

    pub(super) fn external(&mut self, url: &str) {
        self.out.push_str("<a href=\"");
        escape_into(&mut self.out, url);
        self.out.push_str("\" class=\"external\" rel=\"noopener nofollow\">");
    }

    fn mark_link(&mut self, target: Target, written: &str, offset: usize) {
        self.out.push_str("<a href=\"");
        self.out.push_str(&Mark::address(self.marks.len()));
        self.out.push_str("\">");
        let written = written.trim_start_matches(DIRECTIVE);
        let place = self.source.place(offset, written);
        self.marks.push(Mark { target, written: written.to_owned(), place, kind: MarkKind::Link });
    }

    /// A paragraph that holds nothing but a picture; returns how many events that took.
    pub(super) fn figure(&mut self, offset: usize, rest: &[Placed<'_>]) -> Option<usize> {
        let [(Event::Start(Tag::Image { dest_url, title, .. }), _), inside @ ..] = rest else { return None };
        let taken = end_of(inside);
        if !matches!(inside.get(taken), Some((Event::End(TagEnd::Paragraph), _))) {
            return None;
        }
        self.outline.line();
        self.out.push_str("<figure>");
        self.image(dest_url, "", offset, &text_of(inside));
        if !title.is_empty() {
            self.outline.blank();
            self.outline.push(title);
            self.wrap("<figcaption>", title, "</figcaption>");
        }
        self.out.push_str("</figure>\n");
        self.outline.line();
        // The image's start, its inside with its end, and the paragraph's end.
        Some(1 + taken + 1)
    }

    pub(super) fn image(&mut self, address: &CowStr<'_>, title: &str, offset: usize, alt: &str) {
        let address = without_joiners(address);
        let written = address.trim_start_matches(DIRECTIVE);
        self.outline.push(alt);
        if alt.is_empty() {
            let message = format!("图片「{}」没有替代文字。", shorten(written));
            let hint = "在 `![]` 的方括号里写一句图里有什么，看不见图的读者和搜索都靠它。";
            self.faults.push(Rule::PICTURE_ALT, self.source.place(offset, written), message, hint);
        }
        match links::parse(&address) {
            // Pages load nothing from elsewhere, so a picture from elsewhere can only be a link.
            Target::External(url) => {
                let name = if alt.is_empty() { self.words.picture } else { alt };
                if self.in_link {
                    return escape_into(&mut self.out, name);
                }
                self.external(&url);
                escape_into(&mut self.out, name);
                self.out.push_str("</a>");
                let message = format!("外站图片「{}」不会显示，已改为链接。", shorten(&url));
                let hint = "把图片放进文章旁的 images 文件夹。";
                self.faults.push(Rule::MARKUP_UNKNOWN, self.source.place(offset, written), message, hint);
            }
            Target::Forbidden => {
                self.forbidden(&address, offset);
                escape_into(&mut self.out, alt);
            }
            target => {
                let mark = Mark::address(self.marks.len());
                put(&mut self.out, format_args!("<img src=\"{mark}\" alt=\"{}\"", escape(alt)));
                if !title.is_empty() {
                    put(&mut self.out, format_args!(" title=\"{}\"", escape(title)));
                }
                self.out.push_str(" loading=\"lazy\">");
                let place = self.source.place(offset, written);
                self.marks.push(Mark { target, written: written.to_owned(), place, kind: MarkKind::Picture });
            }
        }
    }

    pub(super) fn note(&mut self, label: &str) {
        let fresh = self.notes.order.len() + 1;
        let (number, times) = self.notes.named.entry(label.to_owned()).or_insert((fresh, 0));
        *times += 1;
        let (number, times) = (*number, *times);
        if number == fresh {
            self.notes.order.push(label.to_owned());
        }
        let place = if times == 1 { format!("fnref-{number}") } else { format!("fnref-{number}-{times}") };
        put(
            &mut self.out,
            format_args!("<sup class=\"footnote-ref\" id=\"{place}\"><a href=\"#fn-{number}\">{number}</a></sup>"),
        );
    }

    pub(super) fn write_notes(&mut self) {
        let notes = std::mem::take(&mut self.notes);
        if notes.order.is_empty() {
            return;
        }
        put(&mut self.out, format_args!("<section class=\"footnotes\" aria-label=\"{}\"><ol>\n", self.words.footnotes));
        for (at, label) in notes.order.iter().enumerate() {
            let body = notes.bodies.get(label).map_or("", |body| body.trim_end());
            let (inside, after) = body.strip_suffix("</p>").map_or((body, ""), |inside| (inside, "</p>"));
            let (number, back) = (at + 1, self.words.back);
            put(
                &mut self.out,
                format_args!(
                    "<li id=\"fn-{number}\">{inside} <a href=\"#fnref-{number}\" class=\"footnote-back\" \
                 aria-label=\"{back}\">↩</a>{after}</li>\n"
                ),
            );
        }
        self.out.push_str("</ol></section>\n");
    }
}

/// The first web address in running text, with what stands before and after it. Chinese text follows
/// an address without a blank, so it ends with the last ASCII character that an address may hold.
fn bare_url(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let colon = from + text.get(from..)?.find("://")?;
        from = colon + 3;
        let before = text.get(..colon)?;
        let Some(scheme) = ["https", "http"].into_iter().find(|s| before.ends_with(s)) else { continue };
        let start = colon - scheme.len();
        if before.get(..start)?.ends_with(|c: char| c.is_ascii_alphanumeric()) {
            continue;
        }
        let tail = text.get(from..)?;
        let good = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#@!$&'()*+,;=%".contains(c);
        let length = tail.find(|c: char| !good(c)).unwrap_or(tail.len());
        let host = tail.get(..length)?.trim_end_matches(|c: char| ".,;:!?'*_~)]&(".contains(c));
        if !host.starts_with(|c: char| c.is_ascii_alphanumeric()) {
            continue;
        }
        let end = from + host.len();
        return Some((text.get(..start)?, text.get(start..end)?, text.get(end..)?));
    }
}
