//! Lines: which are code, how deep they lie in boxes, and how they are written again.

use super::{Closer, Pass};
use crate::articles::html::put;

/// Whether any line could be foreign; most articles have none and are not copied.
///
/// One look at every byte: this stands between every article and its reader at each start.
pub(super) fn has_foreign_signs(body: &str) -> bool {
    let bytes = body.as_bytes();
    bytes.iter().enumerate().any(|(at, byte)| {
        if !matches!(byte, b'{' | b':' | b'!' | b'?' | b'[' | b'<' | b'=' | b'\'' | b'"') {
            return false;
        }
        let rest = bytes.get(at + 1..).unwrap_or_default();
        match (byte, rest) {
            (b'{', [b'%' | b'{' | b':', ..] | [b'/', b'*', ..])
            | (b':', [b':', b':', ..])
            | (b'=', [b' ', b'"', ..])
            | (b'!', [b'!', b'!', ..])
            | (b'?', [b'?', b'?', ..])
            | (b'[', [b'!', ..])
            | (b'<', [b'<', b'<', ..] | [b'A'..=b'Z', ..] | [b'/', b'A'..=b'Z', ..]) => true,
            (b'[', [b'T' | b't' | b'[', ..]) => {
                rest.get(..7).is_some_and(|r| r.to_ascii_lowercase().windows(3).any(|w| w == b"toc"))
            }
            (b'\'' | b'"', _) => {
                bytes.get(..at).is_some_and(|before| before.ends_with(b" from ") || before.ends_with(b"import "))
            }
            _ => false,
        }
    })
}

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

    /// A line without the indentation of the boxes it lies in, and with how deep it is.
    pub(super) fn peel<'l>(&self, line: &'l str) -> (usize, &'l str) {
        let mut rest = line;
        for open in &self.open {
            let width = open.indent + if open.closer == Closer::Dedent { 4 } else { 0 };
            let tab = usize::from(open.closer == Closer::Dedent && rest.starts_with('\t'));
            let blanks = rest.bytes().take_while(|b| *b == b' ').count().min(width);
            rest = rest.get(if tab == 1 { 1 } else { blanks }..).unwrap_or_default();
        }
        (self.open.len(), rest)
    }

    pub(super) fn write(&mut self, line: &str) {
        let (_, inner) = self.peel(line);
        self.write_inner(inner);
    }

    /// Writes a line that has lost its boxes' indentation, with the quotation signs of the boxes.
    pub(super) fn write_inner(&mut self, inner: &str) {
        for open in &self.open {
            if open.quotes {
                put(&mut self.out, format_args!("{}> ", blanks(open.indent)));
            } else if open.closer == Closer::Dedent {
                self.out.push_str(blanks(open.indent));
            }
        }
        self.out.push_str(inner);
    }

    pub(super) fn close_dedented(&mut self, line: &str) {
        if line.trim().is_empty() {
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
            let width = open.indent + if open.closer == Closer::Dedent { 4 } else { 0 };
            let taken = if rest.starts_with('\t') { 1 } else { blanks.min(width) };
            rest = rest.get(taken..).unwrap_or_default();
        }
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
