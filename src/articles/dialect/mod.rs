//! Constructs of other tools (GitBook, VitePress, Docusaurus, MkDocs, Hugo, Jekyll, Hexo, Obsidian),
//! rewritten line by line into Markdown before it is parsed.
//!
//! Every line stays on its line, so that problems name the right one. A box becomes a quotation whose
//! first line is a comment that only this room can write; the renderer turns it into a callout.
//! What is not known loses its signs, keeps its text and is told. Code is never touched.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::front::shorten;
use super::source::{DIRECTIVE, Faults};
use super::words::Callout;
use crate::domain::Rule;

mod boxes;
mod elements;
mod jsx;
mod lines;
mod running;
mod signs;
mod tags;

use lines::{blanks, has_foreign_signs, head, indent_of, is_toc};

/// Something that Markdown has no words for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Directive {
    /// Head of a callout, first in a quotation.
    Callout(Callout, Option<String>),
    /// Head of a fold, first in a quotation.
    Details(Option<String>),
    /// Title of one of several alternatives.
    Tab(String),
    /// A whole callout, whose text stood in an attribute.
    Said(Callout, Option<String>, String),
}

impl Directive {
    /// The directive that a comment of the rewritten text stands for.
    pub fn find<'d>(all: &'d [Self], html: &str) -> Option<&'d Self> {
        let (_, number) = html.split_once(DIRECTIVE)?;
        all.get(number.split_once("-->")?.0.parse::<usize>().ok()?)
    }
}

/// A body, and what its file says of it.
#[derive(Clone, Copy)]
pub(super) struct Body<'a> {
    pub text: &'a str,
    /// Line of the file on which it begins.
    pub first_line: usize,
    /// The title of the front matter, which templates may name.
    pub title: &'a str,
    pub is_mdx: bool,
}

/// Rewrites a body, keeping its number of lines.
pub(super) fn rewrite<'a>(body: Body<'a>, faults: &mut Faults<'_>) -> (Cow<'a, str>, Vec<Directive>) {
    let Body { text: body, first_line, title, is_mdx } = body;
    if !is_mdx && !has_foreign_signs(body) {
        return (body.into(), Vec::new());
    }
    let mut pass = Pass {
        body,
        title,
        is_mdx,
        first_line,
        faults,
        out: String::with_capacity(body.len() + 64),
        directives: Vec::new(),
        open: Vec::new(),
        fence: None,
        line: 0,
        at: 0,
        skip_to: 0,
        apart: None,
        told: HashSet::new(),
        closings: None,
        line_end: 0,
        link: None,
    };
    for line in body.split_inclusive('\n') {
        let text = line.strip_suffix('\n').unwrap_or(line);
        pass.line_end = pass.at + text.len();
        pass.take(text);
        if line.len() > text.len() {
            pass.out.push('\n');
        }
        pass.line += 1;
        pass.at += line.len();
    }
    pass.end();
    (pass.out.into(), pass.directives)
}

/// The pass over one body.
struct Pass<'a, 'f, 'p> {
    body: &'a str,
    title: &'a str,
    is_mdx: bool,
    first_line: usize,
    faults: &'f mut Faults<'p>,
    out: String,
    directives: Vec<Directive>,
    open: Vec<Open>,
    /// Sign and length of the code fence that is open.
    fence: Option<(char, usize)>,
    /// Lines done, and bytes of the body done.
    line: usize,
    at: usize,
    /// Where the line ends.
    line_end: usize,
    /// Bytes of the body before this belong to a construct that began on an earlier line.
    skip_to: usize,
    /// The tag whose content is dropped or kept as it is, until it is closed.
    apart: Option<Apart>,
    told: HashSet<String>,
    /// Tags that are closed somewhere, made when first asked for.
    closings: Option<HashMap<String, usize>>,
    /// Where the component leads whose text is being written as a link.
    link: Option<String>,
}

/// A tag whose content is no markup of this pass.
#[derive(Debug, Clone, Copy)]
struct Apart {
    tag: &'static str,
    kind: ApartKind,
}

/// What becomes of such content.
#[derive(Debug, Clone, Copy)]
enum ApartKind {
    /// Jekyll's `comment`: it vanishes.
    Silent,
    /// `highlight`: it is code.
    Code,
    /// Jekyll's `raw`: it stays as it is.
    Text,
}

/// Boxes in boxes: every line within carries a sign for each.
const BOXES_MAX: usize = 16;

/// A box that is open.
#[derive(Debug, Clone)]
struct Open {
    closer: Closer,
    /// Blanks before the opening sign.
    indent: usize,
    /// Blanks before its first line, once that is seen; only components indent what is in them.
    inner: Option<usize>,
    /// Whether its content becomes a quotation.
    quotes: bool,
    line: usize,
}

/// What ends a box.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Closer {
    /// `{% end… %}` or `{{< /… >}}` or `</…>` of this name.
    Tag(String),
    /// At least so many colons.
    Colons(usize),
    /// The first line that is not indented by four more.
    Dedent,
}

/// What becomes of a line that is nothing but a foreign construct.
enum Action {
    Open { closer: Closer, directive: Option<Directive>, quotes: bool },
    Close(Closer),
    Write(String),
    Direct(Directive),
    Drop,
}

impl Pass<'_, '_, '_> {
    fn take(&mut self, line: &str) {
        let mut line = line;
        if self.skip_to > self.at {
            line = line.get(self.skip_to - self.at..).unwrap_or_default();
            if line.trim().is_empty() {
                return self.write("");
            }
        }
        if self.fence.is_none() {
            self.close_dedented(line);
            self.measure(line);
        }
        let inner = self.peel(line);
        if let Some(apart) = self.apart {
            let is_end = tags::closes(inner, apart.tag);
            self.apart = Some(apart).filter(|_| !is_end);
            return match (is_end, apart.kind) {
                (true, ApartKind::Code) => self.write("```"),
                (false, ApartKind::Code | ApartKind::Text) => self.write(line),
                (true, ApartKind::Text) | (_, ApartKind::Silent) => self.write(""),
            };
        }
        if self.in_fence(inner) {
            return self.write(line);
        }
        if let Some(action) = self.whole_line(inner) {
            return self.act(action, inner);
        }
        let mut line: Cow<'_, str> = if signs::may_be_in(inner) { self.inline(line).into() } else { line.into() };
        if let Some(at) = signs::emoji_at(&line) {
            line.to_mut().insert(at, '\\');
        }
        self.write(&line);
    }

    /// The construct that the whole line is, if it is one.
    fn whole_line(&mut self, inner: &str) -> Option<Action> {
        let text = inner.trim();
        // Four blanks are code, unless a box that dedents is what they belong to.
        let indent = inner.len() - inner.trim_start().len();
        match text.as_bytes() {
            [b':', b':', b':', ..] => Some(self.colons(text)),
            [b'!', b'!', b'!', ..] | [b'?', b'?', b'?', ..] | [b'=', b'=', b'=', b' ', ..] => self.marked(text),
            [b'/', b'/', b'/', ..] => self.slashes(text),
            [b'{', b'%', ..] => self.liquid(text),
            [b'{', b'{', b'<' | b'%', ..] => self.shortcode(text),
            [b'{', b':', b':', ..] => self.kramdown(text),
            [b'{', b':', ..] if text.ends_with('}') => Some(self.attribute_line(text)),
            [b'{', b'/', b'*', ..] => Some(self.comment(inner)),
            [b'[', ..] if is_toc(text) => Some(Action::Drop),
            [b'>', ..] => self.alert(inner),
            [b'%', b'%', ..] => self.hidden(inner),
            [b'*', b'[', ..] => signs::abbreviation(text).map(Action::Write),
            [b'-', b'-', b'8' | b'-', ..] => self.snippet(text),
            [b'<', b'!', b'-', b'-', ..] => self.included(text),
            // Where one column of Hugo Book ends and the next begins.
            [b'<', b'-', b'-', b'-', b'>'] => Some(Action::Drop),
            [b'<', b'<', b'<', b' ', ..] => {
                self.tell("<<<", "引入的代码文件");
                Some(Action::Drop)
            }
            [b'<', b'a'..=b'z' | b'/', ..] if text.contains("markdown") || self.is_in_element() => self.element(text),
            [b'<', ..] if indent < 4 || !self.open.is_empty() => self.component_line(text),
            [b'i', b'm', b'p', ..] | [b'e', b'x', b'p', ..] if indent == 0 => self.module(text),
            _ => None,
        }
    }

    fn act(&mut self, action: Action, inner: &str) {
        match action {
            Action::Drop => self.write(""),
            Action::Write(text) => {
                let line = format!("{}{text}", blanks(indent_of(inner)));
                self.write(&line);
            }
            Action::Direct(directive) => {
                let line = format!("{}{}", blanks(indent_of(inner)), self.sign(directive));
                self.write(&line);
            }
            Action::Open { .. } if self.open.len() >= BOXES_MAX => {
                self.tell("…", "嵌套太深的提示框");
                self.write("");
            }
            Action::Open { closer, directive, quotes } => {
                let indent = inner.len() - inner.trim_start().len();
                let open = Open { closer, indent, inner: None, quotes, line: self.line };
                let indent = blanks(open.indent);
                match directive {
                    Some(directive) if quotes => {
                        self.open.push(open);
                        let sign = self.sign(directive);
                        self.write_inner(&sign);
                    }
                    Some(directive) => {
                        let line = format!("{indent}{}", self.sign(directive));
                        self.write(&line);
                        self.open.push(open);
                    }
                    None => {
                        self.write("");
                        self.open.push(open);
                    }
                }
            }
            Action::Close(closer) => {
                let same = |open: &Open| match (&open.closer, &closer) {
                    (Closer::Colons(opened), Closer::Colons(closing)) => closing >= opened,
                    (a, b) => a == b,
                };
                let found = self.open.iter().rposition(same);
                if let Some(at) = found.or_else(|| self.innermost(&closer)) {
                    self.open.truncate(at);
                }
                // A blank line, lest the next paragraph be taken into the quotation.
                self.write("");
            }
        }
    }

    /// `:::` closes the innermost box of colons, however many it was opened with.
    fn innermost(&self, closer: &Closer) -> Option<usize> {
        let is_colons = |open: &Open| matches!(open.closer, Closer::Colons(_));
        matches!(closer, Closer::Colons(_)).then(|| self.open.iter().rposition(is_colons)).flatten()
    }

    /// The comment that stands for a directive.
    fn sign(&mut self, directive: Directive) -> String {
        self.directives.push(directive);
        format!("<!--{DIRECTIVE}{}-->", self.directives.len() - 1)
    }

    /// Tells once per name what was not understood.
    fn tell(&mut self, key: &str, what: &str) {
        if self.told.insert(key.to_owned()) {
            let message = format!("不认识的标记：{what}「{}」，已略去，保留其中的文字。", shorten(key));
            let hint = "改用 Markdown，例如 `> [!TIP]`。";
            self.faults.push(Rule::MARKUP_UNKNOWN, (self.first_line + self.line, 0), message, hint);
        }
    }

    fn end(&mut self) {
        for open in std::mem::take(&mut self.open) {
            if open.quotes && open.closer != Closer::Dedent {
                let message = "这个提示框没有结束，一直延续到了文末。";
                let hint = "补上结束标记，如 `:::` 或 `{% endhint %}`。";
                self.faults.push(Rule::MARKUP_UNKNOWN, (self.first_line + open.line, 0), message, hint);
            }
        }
    }
}

#[cfg(test)]
mod tests;
