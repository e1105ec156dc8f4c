//! Blocks of the renderer that are more than a pair of tags: headings, cells, callouts, raw HTML.

use pulldown_cmark::{Alignment, BlockQuoteKind, Event, Tag};

use super::dialect::Directive;
use super::html::escape_into;
use super::markdown::{Placed, text_of, without_joiners};
use super::render::{Close, Renderer, end_of};
use super::words::Callout;
use crate::domain::{Heading, Rule};

impl Renderer<'_, '_> {
    /// Begins a heading; none when it has no text and is left out.
    pub(super) fn heading(
        &mut self,
        level: u8,
        id: Option<&str>,
        offset: usize,
        rest: &[Placed<'_>],
        shift: u8,
    ) -> Option<u8> {
        let title = text_of(rest);
        if title.is_empty() {
            return None;
        }
        let level = (level + shift).clamp(2, 6);
        if level > self.last_level + 1 {
            let message = format!("「{title}」从第 {} 级直接跳到第 {level} 级。", self.last_level);
            let hint = "标题逐级使用，读屏软件靠它导航。";
            self.faults.push(Rule::HEADING_JUMP, (self.source.line(offset), 0), message, hint);
        }
        self.last_level = level;
        let anchor = self.names.name(id.map(without_joiners).as_deref(), &title);
        self.out.push_str("<h");
        self.out.push(char::from(b'0' + level));
        self.out.push_str(" id=\"");
        escape_into(&mut self.out, &anchor);
        self.out.push_str("\">");
        self.outline.begin(Heading { level, title, anchor });
        Some(level)
    }

    pub(super) fn cell(&mut self) -> Close {
        let class = match self.cells.next() {
            Some(Alignment::Left) => " class=\"align-left\"",
            Some(Alignment::Center) => " class=\"align-center\"",
            Some(Alignment::Right) => " class=\"align-right\"",
            Some(Alignment::None) | None => "",
        };
        let in_head = matches!(self.open.last(), Some(Close::Block("</tr></thead>\n<tbody>\n")));
        self.out.push_str(if in_head { "<th scope=\"col\"" } else { "<td" });
        self.out.push_str(class);
        self.out.push('>');
        Close::Cell(if in_head { "</th>" } else { "</td>" })
    }

    /// A quotation, or the callout that another dialect's box was turned into.
    pub(super) fn quote(&mut self, kind: Option<BlockQuoteKind>, rest: &[Placed<'_>]) -> usize {
        if let Some(kind) = kind {
            let kind = match kind {
                BlockQuoteKind::Tip => Callout::Tip,
                BlockQuoteKind::Note => Callout::Note,
                BlockQuoteKind::Important => Callout::Important,
                BlockQuoteKind::Warning => Callout::Warning,
                BlockQuoteKind::Caution => Callout::Caution,
            };
            self.open_callout(kind, None);
            return 0;
        }
        let directive = match rest {
            [(Event::Start(Tag::HtmlBlock), _), (Event::Html(html), _), ..] => Directive::find(self.directives, html),
            _ => None,
        };
        match directive {
            Some(directive @ (Directive::Callout(..) | Directive::Details(_))) => self.open_box(directive),
            Some(Directive::Tab(_) | Directive::Said(..)) | None => {
                let close = self.block("<blockquote>\n", "</blockquote>\n");
                self.open.push(close);
                return 0;
            }
        }
        end_of(rest.get(1..).unwrap_or_default()) + 1
    }

    fn open_box(&mut self, directive: &Directive) {
        match directive {
            Directive::Callout(kind, title) => self.open_callout(*kind, title.as_deref()),
            Directive::Details(title) => {
                self.outline.line();
                self.out.push_str("<details>\n<summary>");
                let title = title.as_deref().unwrap_or(self.words.details);
                escape_into(&mut self.out, title);
                self.outline.push(title);
                self.outline.line();
                self.out.push_str("</summary>\n");
                self.open.push(Close::Block("</details>\n"));
            }
            Directive::Tab(_) | Directive::Said(..) => {}
        }
    }

    fn open_callout(&mut self, kind: Callout, title: Option<&str>) {
        self.outline.line();
        self.out.push_str("<div class=\"callout ");
        self.out.push_str(kind.class());
        self.out.push_str("\" role=\"note\"><p class=\"callout-title\">");
        escape_into(&mut self.out, title.unwrap_or_else(|| self.words.callout(kind)));
        self.out.push_str("</p>\n");
        if let Some(title) = title {
            self.outline.push(title);
            self.outline.line();
        }
        self.open.push(Close::Block("</div>\n"));
    }

    /// A block of raw HTML, or a directive of the dialect pass.
    pub(super) fn html_block(&mut self, rest: &[Placed<'_>]) -> usize {
        let taken = end_of(rest);
        let mut html = String::new();
        for (event, _) in rest.get(..taken.saturating_sub(1)).unwrap_or_default() {
            if let Event::Html(line) | Event::Text(line) = event {
                html.push_str(line);
            }
        }
        match Directive::find(self.directives, &html) {
            Some(Directive::Tab(title)) => {
                self.outline.line();
                self.outline.push(title);
                self.outline.line();
                self.wrap("<p class=\"tab-title\"><strong>", title, "</strong></p>\n");
            }
            Some(Directive::Said(kind, title, text)) => {
                self.open_callout(*kind, title.as_deref());
                self.outline.push(text);
                self.outline.line();
                self.wrap("<p>", text, "</p>\n");
                self.end();
            }
            // A box that begins right where another one ends.
            Some(directive @ (Directive::Callout(..) | Directive::Details(_))) => {
                if matches!(self.open.last(), Some(Close::Block("</div>\n" | "</details>\n"))) {
                    self.end();
                    self.open_box(directive);
                }
            }
            None => {
                let offset = rest.first().map_or(0, |(_, range)| range.start);
                self.outline.line();
                self.raw_html(&html, offset);
                self.outline.line();
            }
        }
        taken
    }
}
