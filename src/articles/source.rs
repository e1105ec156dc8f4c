//! From bytes to text: encoding, byte-order mark and line endings, and from places in the text to
//! lines and columns. Knows nothing of front matter or Markdown.

use std::borrow::Cow;

use crate::domain::{Problem, Rule};

/// Collects the problems of one file.
pub(super) struct Faults<'a> {
    path: &'a str,
    list: Vec<Problem>,
}

/// Problems of one file that are told; a thousandth repetition helps nobody.
const PROBLEMS_PER_FILE_MAX: usize = 200;

impl<'a> Faults<'a> {
    /// For the file at `path`, relative to the articles folder.
    pub fn new(path: &'a str) -> Self {
        Self { path, list: Vec::new() }
    }

    /// Adds a problem; line and column count from 1, 0 means unknown.
    pub fn push(&mut self, rule: Rule, (line, column): (usize, usize), message: impl Into<String>, hint: &str) {
        if self.list.len() < PROBLEMS_PER_FILE_MAX {
            self.list.push(Problem::new(rule, self.path, line, message).at_column(column).hint(hint));
        }
    }

    /// Whether no more is told, so that nobody need work for a message.
    pub fn is_full(&self) -> bool {
        self.list.len() >= PROBLEMS_PER_FILE_MAX
    }

    /// What was collected.
    pub fn into_list(self) -> Vec<Problem> {
        self.list
    }
}

/// Decodes a file: UTF-8, without byte-order mark, with `\n` as the only line ending.
///
/// # Errors
/// The line of the first bad byte, and whether the file looks like GB18030.
pub(super) fn decode(bytes: Vec<u8>) -> Result<String, BadEncoding> {
    let text = String::from_utf8(bytes).map_err(|error| BadEncoding::of(error.as_bytes(), &error.utf8_error()))?;
    Ok(clean(text))
}

/// Private signs by which earlier passes speak to later ones. They are noncharacters, which no text
/// may contain, and are taken out of what comes in, so that nobody outside can forge one.
pub(super) const JOINER: char = '\u{fdd0}';
/// See [`JOINER`]; opens a directive of the dialect pass.
pub(super) const DIRECTIVE: char = '\u{fdd1}';

fn clean(text: String) -> String {
    let text = match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    };
    let text = if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text };
    // Both signs begin with these two bytes, and searching bytes is many times faster than characters.
    let may_be_signed = text.contains('\0') || text.as_bytes().windows(2).any(|pair| pair == [0xef, 0xb7]);
    if may_be_signed { text.replace([JOINER, DIRECTIVE, '\0'], "") } else { text }
}

/// Where and how a file fails to be UTF-8.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadEncoding {
    /// Line of the first bad byte.
    pub line: usize,
    /// The byte.
    pub byte: u8,
    /// What the file probably is.
    pub guess: Guess,
}

/// What a file that is not UTF-8 probably is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Guess {
    /// The Chinese national encoding or its subset GBK.
    Gb18030,
    /// UTF-16 with a byte-order mark.
    Utf16,
    /// Something else, or damaged.
    Unknown,
}

impl BadEncoding {
    fn of(bytes: &[u8], error: &std::str::Utf8Error) -> Self {
        let at = error.valid_up_to();
        let before = bytes.get(..at).unwrap_or_default();
        let guess = if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
            Guess::Utf16
        } else if looks_like_gb18030(bytes) {
            Guess::Gb18030
        } else {
            Guess::Unknown
        };
        Self { line: before.split(|b| *b == b'\n').count(), byte: bytes.get(at).copied().unwrap_or_default(), guess }
    }

    /// What to tell the editor.
    pub fn hint(&self) -> &'static str {
        match self.guess {
            Guess::Gb18030 => "看起来是 GB18030（GBK）编码，请用编辑器另存为 UTF-8。",
            Guess::Utf16 => "看起来是 UTF-16 编码，请用编辑器另存为 UTF-8。",
            Guess::Unknown => "请用编辑器另存为 UTF-8。",
        }
    }
}

/// A cheap guess: every byte above ASCII begins a valid two- or four-byte sequence, and most pairs
/// lie in the rows of common Han characters (lead 0xB0 to 0xF7, trail from 0xA1).
fn looks_like_gb18030(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    let (mut pairs, mut common) = (0_usize, 0_usize);
    while let Some((&lead, after)) = rest.split_first() {
        rest = match (lead, after) {
            (0..=0x7f, _) => after,
            (0x81..=0xfe, [trail @ (0x40..=0x7e | 0x80..=0xfe), after @ ..]) => {
                pairs += 1;
                common += usize::from((0xa1..=0xf7).contains(&lead) && *trail >= 0xa1);
                after
            }
            (0x81..=0xfe, [0x30..=0x39, 0x81..=0xfe, 0x30..=0x39, after @ ..]) => after,
            _ => return false,
        };
    }
    pairs > 0 && common * 10 >= pairs * 7
}

/// A body as it was written and as the passes rewrote it, line for line the same.
pub(super) struct Source<'a> {
    original: &'a str,
    rewritten: Cow<'a, str>,
    /// Line of the file on which the body begins.
    first_line: usize,
    starts: Vec<usize>,
    original_starts: Vec<usize>,
}

/// Bytes of a line in which columns are counted: counting is linear, and a machine's line of two
/// megabytes may hold a hundred thousand links.
const COUNTED_BYTES_MAX: usize = 8_000;

impl<'a> Source<'a> {
    /// `rewritten` has as many lines as `original`, which begins on line `first_line` of its file.
    pub fn new(original: &'a str, rewritten: Cow<'a, str>, first_line: usize) -> Self {
        let original_starts = if let Cow::Borrowed(_) = rewritten { Vec::new() } else { starts(original) };
        Self { original, first_line, starts: starts(&rewritten), original_starts, rewritten }
    }

    /// What is parsed.
    pub fn text(&self) -> &str {
        &self.rewritten
    }

    /// Line and column in the file of a byte offset into [`Source::text`]. `needle` is what stands
    /// there; it finds the column where a pass moved the line's text.
    pub fn place(&self, offset: usize, needle: &str) -> (usize, usize) {
        let index = self.starts.partition_point(|start| *start <= offset).saturating_sub(1);
        let start = self.starts.get(index).copied().unwrap_or_default();
        let before = self.rewritten.get(start..offset).unwrap_or_default();
        let line = if let Cow::Borrowed(_) = self.rewritten {
            self.original.get(start..)
        } else {
            self.original_starts.get(index).and_then(|start| self.original.get(*start..))
        };
        let mut end = COUNTED_BYTES_MAX;
        let line = line.unwrap_or_default();
        while !line.is_char_boundary(end.min(line.len())) {
            end -= 1;
        }
        let line = line.get(..end.min(line.len())).unwrap_or_default().split('\n').next().unwrap_or_default();
        let column = if before.len() >= end {
            0
        } else if same_but_joiners(line, before) {
            before.chars().filter(|c| *c != JOINER).count() + 1
        } else {
            line.find(needle).map_or(0, |at| line.get(..at).unwrap_or_default().chars().count() + 1)
        };
        (self.first_line + index, column)
    }

    /// The line alone.
    pub fn line(&self, offset: usize) -> usize {
        self.first_line + self.starts.partition_point(|start| *start <= offset).saturating_sub(1)
    }
}

fn starts(text: &str) -> Vec<usize> {
    let newlines = text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at + 1);
    std::iter::once(0).chain(newlines).collect()
}

fn same_but_joiners(line: &str, start: &str) -> bool {
    let mut line = line.chars();
    start.chars().filter(|c| *c != JOINER).all(|c| line.next() == Some(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cleaned_of_marks_and_foreign_line_endings() {
        let check = |bytes: &[u8], text: &str| assert_eq!(decode(bytes.to_vec()).unwrap(), text);
        check(b"\xef\xbb\xbf# a", "# a");
        check(b"a\r\nb\rc\n", "a\nb\nc\n");
        check("a\u{fdd0}b\0".as_bytes(), "ab");
    }

    #[test]
    fn a_bad_byte_is_named_with_its_line_and_the_likely_encoding() {
        let check = |bytes: &[u8], line: usize, guess: Guess| {
            let bad = decode(bytes.to_vec()).unwrap_err();
            assert_eq!((bad.line, bad.guess), (line, guess));
        };
        // 转账没有到账 in GB18030.
        check(b"title: x\n\xd7\xaa\xd5\xcb\xc3\xbb\xd3\xd0\xb5\xbd\xd5\xcb\n", 2, Guess::Gb18030);
        check(b"\xff\xfe#\0 \0", 1, Guess::Utf16);
        check(b"a\nb\nc \xff d", 3, Guess::Unknown);
    }

    #[test]
    fn places_are_told_in_characters_of_the_file() {
        let source = Source::new("一\n二**三：**四", Cow::Borrowed("一\n二**三：\u{fdd0}**四"), 5);
        let at = source.text().find('四').unwrap();
        assert_eq!(source.place(at, "四"), (6, 8));
        let moved = Source::new("一\n  二 x", Cow::Borrowed("一\n> 二 x"), 1);
        assert_eq!(moved.place(moved.text().find('x').unwrap(), "x"), (2, 5));
    }
}
