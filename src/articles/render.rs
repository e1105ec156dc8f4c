//! Events into HTML and an outline. Every tag written here is a constant and every text is escaped;
//! raw HTML of editors is marked, so that the sanitiser sees the whole before any reader does.

use pulldown_cmark::{Alignment, CodeBlockKind, Event, HeadingLevel, Tag};

use super::anchors::Anchors;
use super::dialect::Directive;
use super::html::escape_into;
use super::inline::Notes;
use super::markdown::{Placed, Plan, joins_lines, text_of};
use super::marks::Mark;
use super::outline::Outline;
use super::raw::Raw;
use super::source::{Faults, Source};
use super::words::Words;
use crate::domain::{Heading, Rule, Section};

/// Levels of elements in elements that are written; what lies deeper is written flat. Real pages have
/// ten, and browsers as well as the sanitiser slow down with the square of the depth.
const DEPTH_MAX: usize = 48;

/// A rendered body.
pub(super) struct Rendered {
    /// HTML whose inner links and pictures still wait for their addresses.
    pub html: String,
    /// What they wait for.
    pub marks: Vec<Mark>,
    /// Headings in order.
    pub headings: Vec<Heading>,
    /// What lies between headings.
    pub sections: Vec<Section>,
    /// The text of each, for the index.
    pub texts: Vec<String>,
    /// Names that raw HTML gave.
    pub anchors: Vec<String>,
    /// Whether an editor's HTML is in it, which has to be sanitised.
    pub is_raw: bool,
}

/// What an element needs when it ends.
pub(super) enum Close {
    Nothing,
    Inline(&'static str),
    Block(&'static str),
    Cell(&'static str),
    Heading(u8),
    Code,
    Footnote(String),
}

/// Renders one body.
pub(super) struct Renderer<'a, 'f> {
    pub(super) source: &'a Source<'a>,
    pub(super) words: &'static Words,
    pub(super) directives: &'a [Directive],
    pub(super) faults: &'a mut Faults<'f>,
    pub(super) out: String,
    pub(super) outline: Outline,
    pub(super) raw: Raw,
    pub(super) marks: Vec<Mark>,
    pub(super) names: Anchors,
    pub(super) open: Vec<Close>,
    pub(super) in_link: bool,
    pub(super) in_code: bool,
    deep: bool,
    pub(super) last_level: u8,
    pub(super) cells: std::vec::IntoIter<Alignment>,
    alignments: Vec<Alignment>,
    outside: Vec<String>,
    pub(super) notes: Notes,
}

impl<'a, 'f> Renderer<'a, 'f> {
    /// For one article's body.
    pub fn new(
        source: &'a Source<'a>,
        words: &'static Words,
        directives: &'a [Directive],
        faults: &'a mut Faults<'f>,
    ) -> Self {
        Self {
            out: String::with_capacity(source.text().len() * 3 / 2),
            source,
            words,
            directives,
            faults,
            outline: Outline::default(),
            raw: Raw::default(),
            marks: Vec::new(),
            names: Anchors::default(),
            open: Vec::new(),
            in_link: false,
            in_code: false,
            deep: false,
            last_level: 1,
            cells: Vec::new().into_iter(),
            alignments: Vec::new(),
            outside: Vec::new(),
            notes: Notes::default(),
        }
    }

    /// Walks through all events.
    pub fn render(mut self, events: &[Placed<'_>], plan: &Plan) -> Rendered {
        let mut at = 0;
        while let Some((event, range)) = events.get(at) {
            if plan.skipped.contains(&at) {
                at = plan.skipped.end;
                continue;
            }
            let rest = events.get(at + 1..).unwrap_or_default();
            at += 1 + match event {
                Event::Start(tag) => self.start(tag, range.start, rest, plan.shift),
                Event::End(_) => {
                    self.end();
                    0
                }
                other => {
                    self.leaf(other, range.start, rest);
                    0
                }
            };
        }
        self.write_notes();
        let (headings, sections, texts) = self.outline.finish();
        let is_raw = self.raw.is_used();
        Rendered {
            html: self.out,
            marks: self.marks,
            headings,
            sections,
            texts,
            anchors: self.raw.into_anchors(),
            is_raw,
        }
    }

    /// Begins an element; returns how many of the following events it has dealt with.
    fn start(&mut self, tag: &Tag<'_>, offset: usize, rest: &[Placed<'_>], shift: u8) -> usize {
        if self.open.len() >= DEPTH_MAX && !matches!(tag, Tag::HtmlBlock | Tag::CodeBlock(_) | Tag::Image { .. }) {
            if !std::mem::replace(&mut self.deep, true) {
                let message = format!("嵌套超过 {DEPTH_MAX} 层，更深的部分不再分层显示。");
                self.faults.push(
                    Rule::MARKUP_UNKNOWN,
                    (self.source.line(offset), 0),
                    message,
                    "减少列表或引用的层数。",
                );
            }
            self.open.push(Close::Nothing);
            return 0;
        }
        let close = match tag {
            Tag::Paragraph => {
                if let Some(taken) = self.figure(offset, rest) {
                    return taken;
                }
                self.block("<p>", "</p>\n")
            }
            Tag::Heading { level, id, .. } => match self.heading(*level as u8, id.as_deref(), offset, rest, shift) {
                Some(level) => Close::Heading(level),
                None => Close::Nothing,
            },
            Tag::BlockQuote(kind) => return self.quote(*kind, rest),
            Tag::CodeBlock(kind) => {
                self.in_code = true;
                self.outline.line();
                let (language, title) = match kind {
                    CodeBlockKind::Fenced(info) => fence_info(info),
                    CodeBlockKind::Indented => ("", None),
                };
                if let Some(title) = title {
                    self.outline.push(title);
                    self.outline.line();
                    self.wrap("<p class=\"tab-title\"><strong>", title, "</strong></p>\n");
                }
                if !language.is_empty() && language.bytes().all(|b| b.is_ascii_alphanumeric()) {
                    self.out.push_str("<pre><code class=\"language-");
                    self.out.push_str(&language.to_ascii_lowercase());
                    self.out.push_str("\">");
                } else {
                    self.out.push_str("<pre><code>");
                }
                Close::Code
            }
            Tag::HtmlBlock => return self.html_block(rest),
            Tag::List(None) => self.block("<ul>\n", "</ul>\n"),
            Tag::List(Some(1)) => self.block("<ol>\n", "</ol>\n"),
            Tag::List(Some(start)) => {
                let start = format!("<ol start=\"{}\">\n", start.min(&99_999));
                self.outline.line();
                self.out.push_str(&start);
                Close::Block("</ol>\n")
            }
            Tag::Item => self.block("<li>", "</li>\n"),
            Tag::FootnoteDefinition(label) => {
                self.outline.line();
                self.outside.push(std::mem::take(&mut self.out));
                Close::Footnote(label.to_string())
            }
            Tag::DefinitionList => self.block("<dl>\n", "</dl>\n"),
            Tag::DefinitionListTitle => self.block("<dt>", "</dt>\n"),
            Tag::DefinitionListDefinition => self.block("<dd>", "</dd>\n"),
            Tag::Table(alignments) => {
                self.alignments.clone_from(alignments);
                self.outline.line();
                self.out.push_str("<div class=\"table-wrap\" tabindex=\"0\" role=\"region\" aria-label=\"");
                self.out.push_str(self.words.table);
                self.out.push_str("\"><table>");
                Close::Block("</tbody></table></div>\n")
            }
            Tag::TableHead => {
                self.cells = self.alignments.clone().into_iter();
                self.block("<thead><tr>", "</tr></thead>\n<tbody>\n")
            }
            Tag::TableRow => {
                self.cells = self.alignments.clone().into_iter();
                self.block("<tr>", "</tr>\n")
            }
            Tag::TableCell => self.cell(),
            Tag::Emphasis => self.inline("<em>", "</em>"),
            Tag::Strong => self.inline("<strong>", "</strong>"),
            Tag::Strikethrough => self.inline("<del>", "</del>"),
            Tag::Superscript => self.inline("<sup>", "</sup>"),
            Tag::Subscript => self.inline("<sub>", "</sub>"),
            Tag::Link { dest_url, .. } => self.link(dest_url, offset),
            Tag::Image { dest_url, title, .. } => {
                let taken = end_of(rest);
                self.image(dest_url, title, offset, &text_of(rest));
                return taken;
            }
            Tag::MetadataBlock(_) => Close::Nothing,
        };
        self.open.push(close);
        0
    }

    pub(super) fn block(&mut self, open: &str, close: &'static str) -> Close {
        self.outline.line();
        self.out.push_str(open);
        Close::Block(close)
    }

    fn inline(&mut self, open: &str, close: &'static str) -> Close {
        self.out.push_str(open);
        Close::Inline(close)
    }

    pub(super) fn end(&mut self) {
        self.check_simple();
        match self.open.pop() {
            None | Some(Close::Nothing) => {}
            Some(Close::Inline(tag)) => {
                self.in_link &= tag != "</a>";
                self.out.push_str(tag);
            }
            Some(Close::Block(tag)) => {
                self.outline.line();
                self.out.push_str(tag);
            }
            Some(Close::Cell(tag)) => {
                self.outline.blank();
                self.out.push_str(tag);
            }
            Some(Close::Heading(level)) => {
                self.outline.end_heading();
                self.out.push_str("</h");
                self.out.push(char::from(b'0' + level));
                self.out.push_str(">\n");
            }
            Some(Close::Code) => {
                self.in_code = false;
                self.outline.line();
                self.out.push_str("</code></pre>\n");
            }
            Some(Close::Footnote(label)) => {
                self.outline.line();
                let body = std::mem::replace(&mut self.out, self.outside.pop().unwrap_or_default());
                self.notes.bodies.entry(label).or_insert(body);
            }
        }
    }

    fn leaf(&mut self, event: &Event<'_>, offset: usize, rest: &[Placed<'_>]) {
        match event {
            Event::Text(text) => self.text(text),
            Event::Code(code) => {
                self.outline.push(code);
                self.wrap("<code>", code, "</code>");
            }
            // Two prices in one line look like mathematics around Chinese.
            Event::InlineMath(math) if !math.contains('\\') && math.chars().any(|c| joins_lines(Some(c), Some(c))) => {
                self.text(&format!("${math}$"));
            }
            Event::InlineMath(math) | Event::DisplayMath(math) => {
                self.outline.push(math);
                self.wrap("<code class=\"math\">", math, "</code>");
            }
            Event::SoftBreak => {
                let next = rest.first().and_then(|(event, _)| match event {
                    Event::Text(text) => text.chars().next(),
                    _ => None,
                });
                if !joins_lines(self.outline.last(), next) {
                    self.out.push('\n');
                    self.outline.blank();
                }
            }
            Event::HardBreak => {
                self.out.push_str("<br>\n");
                // One step of a list stays one line where its first lines are shown.
                self.outline.blank();
            }
            Event::Rule => {
                self.outline.line();
                self.out.push_str("<hr>\n");
            }
            Event::TaskListMarker(done) => {
                let checked = if *done { " checked=\"\"" } else { "" };
                self.out.push_str("<input type=\"checkbox\" disabled=\"\"");
                self.out.push_str(checked);
                self.out.push_str("> ");
            }
            Event::FootnoteReference(label) => self.note(label),
            Event::InlineHtml(html) => self.inline_html(html, offset, rest),
            // Blocks of HTML are dealt with where they start.
            Event::Html(_) | Event::Start(_) | Event::End(_) => {}
        }
    }

    pub(super) fn wrap(&mut self, open: &str, text: &str, close: &str) {
        self.out.push_str(open);
        escape_into(&mut self.out, text);
        self.out.push_str(close);
    }
}

/// Language and title of a code fence: `js {1,3} title="a.js"` (Docusaurus, MkDocs), `sh [桌面]` (VitePress).
fn fence_info(info: &str) -> (&str, Option<&str>) {
    let language = info.split([' ', ',', '{', ':', '[']).next().unwrap_or_default();
    let rest = info.get(language.len()..).unwrap_or_default();
    let quoted = || {
        let (_, value) = rest.split_once("title=")?;
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        value.get(1..)?.split_once(quote).map(|(title, _)| title)
    };
    let bracketed = || rest.split_once('[')?.1.split_once(']').map(|(title, _)| title);
    (language, quoted().or_else(bracketed).map(str::trim).filter(|title| !title.is_empty()))
}

/// How many events lie up to and with the end of the element that has just begun.
pub(super) fn end_of(events: &[Placed<'_>]) -> usize {
    let mut depth = 0_usize;
    for (at, (event, _)) in events.iter().enumerate() {
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) if depth == 0 => return at + 1,
            Event::End(_) => depth -= 1,
            _ => {}
        }
    }
    events.len()
}

/// Only here so that the levels of pulldown-cmark stay the numbers they look like.
const _: () = assert!(HeadingLevel::H1 as u8 == 1 && HeadingLevel::H6 as u8 == 6);
