//! Cuts a short piece out of a text around what matched and marks it, on the original characters.

use crate::domain::Span;
use crate::text::fold_mapped;

use super::plan::{Origin, Plan};
use super::scan::{Code, Place, Scanner, code};

/// Characters of a snippet: two to three lines on a phone.
const SNIPPET_CHARS: usize = 96;
/// How far a snippet's start moves back to begin with a sentence.
const SENTENCE_REACH_CHARS: usize = 24;
/// What showing another word for the reader's is worth against showing the word itself.
const SYNONYM_SHARE: f32 = 0.8;

/// The whole of `text`, marked.
pub(super) fn marked(text: &str, plan: &Plan, scanner: &Scanner) -> Vec<Span> {
    let folded = fold_mapped(text);
    let chars: Vec<char> = folded.text.chars().collect();
    let marks = marks(&chars, plan, scanner);
    let ranges = marks.iter().map(|m| folded.source_range(m.start, m.end));
    spans(text, 0..text.len(), ranges)
}

/// The piece of `text` that holds most of what matched, marked; its beginning where nothing did.
pub(super) fn snippet(text: &str, plan: &Plan, scanner: &Scanner) -> Vec<Span> {
    let folded = fold_mapped(text);
    let chars: Vec<char> = folded.text.chars().collect();
    let marks = marks(&chars, plan, scanner);
    let from = densest(&chars, &marks);
    let to = (from + SNIPPET_CHARS).min(chars.len());
    if from >= to {
        return Vec::new();
    }
    let window = folded.source_range(from, to);
    let ranges = marks
        .iter()
        .filter(|m| m.start < to && m.end > from)
        .map(|m| folded.source_range(m.start.max(from), m.end.min(to)));
    let mut spans = spans(text, window, ranges);
    for span in &mut spans {
        // Blocks are separated by line ends; a reader sees one line.
        span.text = span.text.replace('\n', " ");
    }
    if from > 0 {
        spans.insert(0, Span { text: "…".to_owned(), mark: false });
    }
    if to < chars.len() {
        spans.push(Span { text: "…".to_owned(), mark: false });
    }
    spans
}

/// A stretch of text that is marked.
struct Mark {
    start: usize,
    end: usize,
    /// What the needles in it are worth together.
    worth: f32,
}

/// Places worth marking, merged where they touch, in order.
fn marks(chars: &[char], plan: &Plan, scanner: &Scanner) -> Vec<Mark> {
    let codes: Vec<Code> = chars.iter().map(|c| code(*c)).collect();
    let mut places: Vec<Place> = Vec::new();
    scanner.each(&codes, |place| {
        if plan.needles.get(place.needle).is_some_and(|needle| needle.marks) {
            places.push(place);
        }
    });
    places.sort_by_key(|p| (p.start, p.end));
    let mut merged: Vec<Mark> = Vec::with_capacity(places.len());
    for Place { needle, start, end } in places {
        let share = if plan.needles[needle].origin == Origin::Own { 1.0 } else { SYNONYM_SHARE };
        let worth = (end - start) as f32 * plan.needles[needle].idf * share;
        match merged.last_mut() {
            Some(last) if start <= last.end => {
                last.end = last.end.max(end);
                last.worth += worth;
            }
            _ => merged.push(Mark { start, end, worth }),
        }
    }
    merged
}

/// Where the window that shows the most worth begins: at a sentence, where one begins near.
fn densest(chars: &[char], marks: &[Mark]) -> usize {
    let mut best = (0.0, 0);
    for first in marks {
        let from = sentence_start(chars, first.start);
        let shown = &marks[marks.partition_point(|mark| mark.end <= from)..];
        let worth: f32 = shown.iter().take_while(|mark| mark.start < from + SNIPPET_CHARS).map(|mark| mark.worth).sum();
        if worth > best.0 {
            best = (worth, from);
        }
    }
    best.1
}

fn sentence_start(chars: &[char], at: usize) -> usize {
    let from = at.saturating_sub(SENTENCE_REACH_CHARS);
    let reach = chars.get(from..at).unwrap_or_default();
    match reach.iter().rposition(|c| matches!(c, '。' | '！' | '？' | '；' | '\n' | '!' | '?')) {
        Some(back) => (from + back + 1..at).find(|i| !chars[*i].is_whitespace()).unwrap_or(at),
        None if from == 0 => 0,
        None => at.saturating_sub(8),
    }
}

fn spans(text: &str, window: std::ops::Range<usize>, marks: impl Iterator<Item = std::ops::Range<usize>>) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut at = window.start;
    let mut push = |from: usize, to: usize, mark: bool| {
        if let Some(piece) = text.get(from..to).filter(|piece| !piece.is_empty()) {
            spans.push(Span { text: piece.to_owned(), mark });
        }
    };
    for mark in marks {
        let (start, end) = (mark.start.max(at), mark.end.min(window.end));
        if start >= end {
            continue;
        }
        push(at, start, false);
        push(start, end, true);
        at = end;
    }
    push(at, window.end, false);
    spans
}
