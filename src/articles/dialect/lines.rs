//! Lines: which are code, how deep they lie in boxes, and how they are written again.

use super::{Closer, Open, Pass};
use crate::articles::html::put;

/// Whether any line could be foreign; most articles have none and are not copied.
///
/// One look at every byte: this stands between every article and its reader at each start.
pub(super) fn has_foreign_signs(body: &str) -> bool {
    let bytes = body.as_bytes();
    bytes.iter().enumerate().any(|(at, byte)| {
        if !SIGNS[usize::from(*byte)] {
            return false;
        }
        let rest = bytes.get(at + 1..).unwrap_or_default();
        match (byte, rest) {
            (b'{', [b'%' | b'{' | b':' | b'.' | b'#' | b' ', ..] | [b'/', b'*', ..])
            | (b':', [b':', b':', ..])
            | (b'=', [b' ', b'"', ..] | [b'=' | b'{', ..])
            | (b'%', [b'%', ..])
            | (b'^', [b'^' | b'a'..=b'z' | b'0'..=b'9', ..])
            | (b'+', [b'+', ..])
            | (b'/', [b'/', b'/', ..])
            | (b'*', [b'[', ..])
            | (b'-', [b'-', b'8', ..])
            | (b')', [b'{', ..])
            | (b'|', [b'0'..=b'9', ..])
            | (b'!', [b'!', b'!', ..])
            | (b'?', [b'?', b'?', ..])
            | (b'[', [b'!' | b'[', ..])
            | (
                b'<',
                [b'<', b'<', ..]
                | [b'A'..=b'Z', ..]
                | [b'/', b'A'..=b'Z', ..]
                | [b'-', b'-', b'-', ..]
                | [b'a', b' ', ..],
            ) => true,
            // A line that begins with an emoji's name, and pictures of Vue (`:src`).
            (b':', [b'a'..=b'z' | b'0'..=b'9' | b'+' | b'-', ..]) => {
                let before = bytes.get(..at).unwrap_or_default();
                rest.starts_with(b"src=") || matches!(before.last(), None | Some(b'\n' | b' ' | b'\t' | b'[' | b'>'))
            }
            (b'<', [b'!', b'-', b'-', ..]) => rest.get(..24).is_some_and(|rest| rest.contains(&b'@')),
            (b'm', _) => rest.starts_with(b"arkdown"),
            (b'[', [b'T' | b't', ..]) => {
                rest.get(..7).is_some_and(|r| r.to_ascii_lowercase().windows(3).any(|w| w == b"toc"))
            }
            (b'\'' | b'"', _) => {
                bytes.get(..at).is_some_and(|before| before.ends_with(b" from ") || before.ends_with(b"import "))
            }
            _ => false,
        }
    })
}

/// The bytes that foreign constructs begin with.
const SIGNS: [bool; 256] = {
    let mut signs = [false; 256];
    let begin = b"{:!?[<='\"%^+/*-)|m";
    let mut at = 0;
    while at < begin.len() {
        signs[begin[at] as usize] = true;
        at += 1;
    }
    signs
};

impl Pass<'_, '_, '_> {
    /// Keeps track of code fences; true when the line is one or lies inside one.
    pub(super) fn in_fence(&mut self, inner: &str) -> bool {
        let text = inner.trim_start_matches([' ', '>', '\t']);
        // A list item may begin with a fence.
        let text = text.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches(['-', '*', '.', ')', ' ']);
        let sign = text.chars().next().filter(|c| matches!(c, '`' | '~'));
        let length = sign.map_or(0, |sign| text.chars().take_while(|c| *c == sign).count());
        match (self.fence, sign) {
            (Some((open, needed)), Some(sign)) if sign == open && length >= needed => {
                if text.trim_end().chars().all(|c| c == sign) {
                    self.fence = None;
                }
                true
            }
            (Some(_), _) => true,
            (None, Some(sign)) if length >= 3 => {
                let info = text.get(length..).unwrap_or_default();
                if sign == '`' && info.contains('`') {
                    return false;
                }
                self.fence = Some((sign, length));
                true
            }
            _ => false,
        }
    }

    /// A line without the indentation of the boxes it lies in.
    pub(super) fn peel<'l>(&self, line: &'l str) -> &'l str {
        peel(&self.open, line)
    }

    /// Learns from the first line in a component how far it and those around it indent.
    pub(super) fn measure(&mut self, line: &str) {
        let is_component = |open: &Open| !open.quotes && matches!(open.closer, Closer::Tag(_));
        let is_new = self.open.last().is_some_and(|last| is_component(last) && last.inner.is_none());
        if !is_new || line.trim().is_empty() {
            return;
        }
        let mut left = indent_of(line);
        for open in &mut self.open {
            if is_component(open) {
                open.inner = Some(open.inner.unwrap_or(left).min(left));
            }
            left = left.saturating_sub(open.width());
        }
    }

    /// Where the line that was written last begins in the output.
    pub(super) fn last_line(&self) -> usize {
        let end = self.out.strip_suffix('\n').map_or(self.out.len(), str::len);
        self.out.get(..end).and_then(|out| out.rfind('\n')).map_or(0, |at| at + 1)
    }

    pub(super) fn write(&mut self, line: &str) {
        let inner = self.peel(line);
        self.write_inner(inner);
    }

    /// Writes a line that has lost its boxes' indentation, with the quotation signs of the boxes.
    pub(super) fn write_inner(&mut self, inner: &str) {
        for open in &self.open {
            if open.quotes {
                put(&mut self.out, format_args!("{}> ", blanks(open.indent)));
            } else {
                self.out.push_str(blanks(open.indent));
            }
        }
        self.out.push_str(inner);
    }

    /// Closes the boxes that this line is not indented enough for. A blank line belongs where the next
    /// one does, lest it bind one box to the next.
    pub(super) fn close_dedented(&mut self, line: &str) {
        let may_end = self.open.iter().any(|open| open.closer == Closer::Dedent);
        let body = self.body;
        let line = if may_end && line.trim().is_empty() {
            let after = body.get(self.line_end + 1..).unwrap_or_default();
            after.split('\n').take(BLANKS_MAX).find(|line| !line.trim().is_empty()).unwrap_or_default()
        } else {
            line
        };
        if !may_end || line.trim().is_empty() {
            return;
        }
        let mut rest = line;
        for at in 0..self.open.len() {
            let Some(open) = self.open.get(at) else { break };
            let blanks = rest.bytes().take_while(|b| *b == b' ').count();
            if open.closer == Closer::Dedent && blanks < open.indent + 4 && !rest.starts_with('\t') {
                self.open.truncate(at);
                break;
            }
            let width = open.width();
            let taken = if rest.starts_with('\t') { 1 } else { blanks.min(width) };
            rest = rest.get(taken..).unwrap_or_default();
        }
    }
}

/// Blank lines in a row that are looked over.
const BLANKS_MAX: usize = 16;

/// A line without the indentation of these boxes.
fn peel<'l>(open: &[Open], line: &'l str) -> &'l str {
    let mut rest = line;
    for open in open {
        let has_tab = open.closer == Closer::Dedent && rest.starts_with('\t');
        let blanks = rest.bytes().take_while(|b| *b == b' ').count().min(open.width());
        rest = rest.get(if has_tab { 1 } else { blanks }..).unwrap_or_default();
    }
    rest
}

impl Open {
    /// Blanks that a line within loses.
    fn width(&self) -> usize {
        self.inner.unwrap_or(self.indent + if self.closer == Closer::Dedent { 4 } else { 0 })
    }
}

/// At most so many bytes from the start of a text.
pub(super) fn head(text: &str, bytes_max: usize) -> &str {
    let mut end = bytes_max.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

pub(super) fn indent_of(inner: &str) -> usize {
    inner.len() - inner.trim_start().len()
}

pub(super) fn is_toc(text: &str) -> bool {
    ["[toc]", "[[toc]]", "[[_toc_]]"].iter().any(|toc| text.eq_ignore_ascii_case(toc))
}

/// So many blanks; nobody indents by more.
pub(super) fn blanks(count: usize) -> &'static str {
    const BLANKS: &str = "                                        ";
    BLANKS.get(..count).unwrap_or(BLANKS)
}
