//! Markdown into events: which dialect is on, emphasis beside Chinese punctuation, and which heading
//! is the title. What becomes of the events is the renderer's business.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, TextMergeWithOffset};

use super::source::JOINER;

/// An event and the bytes of the source it came from.
pub(super) type Placed<'a> = (Event<'a>, Range<usize>);

/// Parses a body.
pub(super) fn parse(text: &str, math: bool) -> Vec<Placed<'_>> {
    let mut options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_GFM
        | Options::ENABLE_DEFINITION_LIST;
    // Prices are written with `$` too, so mathematics has to be asked for or be plain to see.
    options.set(Options::ENABLE_MATH, math || text.contains('$') && (text.contains("$$") || text.contains("$\\")));
    TextMergeWithOffset::new(Parser::new_ext(text, options).into_offset_iter()).collect()
}

/// The heading that is the article's title, and how the others are levelled.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Plan {
    /// Events of the heading that is not printed, for the page prints the title itself.
    pub skipped: Range<usize>,
    /// Its text.
    pub title: Option<String>,
    /// The name that its editor gave it, lower case.
    pub anchor: String,
    /// Added to every heading's level, so that the body has none of the first.
    pub shift: u8,
}

/// Finds the title heading: the first one of level 1 where `title` is none, else one that says the same.
pub(super) fn plan(events: &[Placed<'_>], title: Option<&str>) -> Plan {
    let mut plan = Plan::default();
    let mut depth = 0_usize;
    let mut first = true;
    for (at, (event, _)) in events.iter().enumerate() {
        match event {
            Event::Start(Tag::Heading { level: HeadingLevel::H1, id, .. }) => {
                let text = text_of(events.get(at + 1..).unwrap_or_default());
                let is_title = depth == 0 && first && !text.is_empty() && title.is_none_or(|t| same_title(t, &text));
                first = false;
                if is_title {
                    let end = events.iter().skip(at).position(|(e, _)| matches!(e, Event::End(TagEnd::Heading(_))));
                    plan.skipped = at..at + end.unwrap_or_default() + 1;
                    plan.title = Some(text);
                    plan.anchor = id.as_deref().unwrap_or_default().to_lowercase();
                } else {
                    plan.shift = 1;
                }
                depth += 1;
            }
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    plan
}

fn same_title(a: &str, b: &str) -> bool {
    let bare =
        |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect() };
    bare(a) == bare(b)
}

/// Plain text of the events up to the end of the element that they begin in.
pub(super) fn text_of(events: &[Placed<'_>]) -> String {
    let mut text = String::new();
    let mut depth = 0_usize;
    for (event, _) in events {
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) if depth == 0 => break,
            Event::End(_) => depth -= 1,
            Event::Text(t) | Event::Code(t) | Event::InlineMath(t) | Event::DisplayMath(t) => text.push_str(t),
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            _ => {}
        }
    }
    without_joiners(text.trim()).into_owned()
}

/// Text as its author wrote it, without the signs of [`join_emphasis`].
pub(super) fn without_joiners(text: &str) -> Cow<'_, str> {
    if text.contains(JOINER) { text.replace(JOINER, "").into() } else { text.into() }
}

/// Lets `**助记词：**请` be bold: where emphasis touches Chinese punctuation, a sign that counts as a
/// letter is put between them, and left out again when text is written.
///
/// CommonMark decides by punctuation and blanks whether `**` opens or closes, and Chinese has no
/// blanks. The rule here is the one that pulldown-cmark has merged but not released; remove this pass
/// when `Options` offers it. Source: <https://github.com/tats-u/markdown-cjk-friendly> and
/// <https://github.com/pulldown-cmark/pulldown-cmark/pull/1059>.
pub(super) fn join_emphasis(text: Cow<'_, str>) -> Cow<'_, str> {
    let mut out = String::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(found) = text.bytes().skip(at).position(|byte| matches!(byte, b'*' | b'~')) {
        let start = at + found;
        let sign = text.as_bytes().get(start).copied().unwrap_or_default();
        let length = text.bytes().skip(start).take_while(|b| *b == sign).count();
        let end = start + length;
        at = end;
        let before = text.get(..start).and_then(|t| t.chars().next_back()).unwrap_or('\n');
        let after = text.get(end..).and_then(|t| t.chars().next()).unwrap_or('\n');
        if before.is_whitespace() || after.is_whitespace() || before == '\\' {
            continue;
        }
        let joins = |near: char, far: char| is_wide_mark(near) || is_mark(near) && (is_wide(far) || is_wide_mark(far));
        let (join_before, join_after) = (joins(before, after), joins(after, before));
        if join_before || join_after {
            out.push_str(text.get(copied..start).unwrap_or_default());
            out.extend(join_before.then_some(JOINER));
            out.push_str(text.get(start..end).unwrap_or_default());
            out.extend(join_after.then_some(JOINER));
            copied = end;
        }
    }
    if copied == 0 {
        return text;
    }
    out.push_str(text.get(copied..).unwrap_or_default());
    out.into()
}

/// Punctuation that Chinese sets in a square of its own.
fn is_wide_mark(c: char) -> bool {
    matches!(c, '\u{3001}'..='\u{3004}' | '\u{3008}'..='\u{3020}' | '\u{3030}' | '\u{ff01}'..='\u{ff0f}'
        | '\u{ff1a}'..='\u{ff20}' | '\u{ff3b}'..='\u{ff40}' | '\u{ff5b}'..='\u{ff65}' | '\u{fe30}'..='\u{fe4f}'
        | '\u{2014}' | '\u{2018}' | '\u{2019}' | '\u{201c}' | '\u{201d}' | '\u{2026}' | '\u{b7}')
}

fn is_mark(c: char) -> bool {
    !c.is_alphanumeric() && !c.is_whitespace() && c != JOINER
}

/// Characters of Han and kana: scripts that part words by nothing.
fn is_wide(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3021}'..='\u{302f}' | '\u{3031}'..='\u{a4cf}'
        | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}' | '\u{20000}'..='\u{3ffff}')
}

/// Whether a line break between the two is only the editor's line ending: no blank is shown between
/// two Han characters.
pub(super) fn joins_lines(before: Option<char>, after: Option<char>) -> bool {
    let wide = |c: Option<char>| c.is_some_and(|c| is_wide(c) || is_wide_mark(c));
    wide(before) && wide(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_heading_is_found_and_the_rest_is_levelled() {
        let check = |text: &str, title: Option<&str>, found: Option<&str>, shift: u8| {
            let plan = plan(&parse(text, false), title);
            assert_eq!((plan.title.as_deref(), plan.shift), (found, shift), "{text:?}");
        };
        check("# 标题 `a`\n\n## 二", None, Some("标题 a"), 0);
        check("# 标题\n", Some("标题"), Some("标题"), 0);
        check("# 别的\n", Some("标题"), None, 1);
        check("一\n\n# 标题\n\n# 又一\n", None, Some("标题"), 1);
        check("> # 引文\n", None, None, 1);
        check("标题\n===\n", None, Some("标题"), 0);
    }

    #[test]
    fn signs_are_put_only_where_emphasis_touches_punctuation() {
        let check = |text: &str, joined: &str| {
            assert_eq!(join_emphasis(text.into()), joined.replace('+', "\u{fdd0}"), "{text:?}");
        };
        check("**助记词：**请", "**助记词：+**请");
        check("这是**「重要」**的", "这是**+「重要」+**的");
        check("按**Save!**键", "按**Save!+**键");
        check("plain *text* here", "plain *text* here");
        check("* 一\n* 二", "* 一\n* 二");
        check("：\\**不是", "：\\**不是");
    }
}
