//! Lines offered while typing: articles by title and question, popular queries; by what is typed,
//! by sound, by initials.

use crate::domain::{Query, SUGGESTIONS_MAX, Span, Suggestion, SuggestionKind};
use crate::text::{Syllable, fold, fold_mapped, is_han, readings};

use super::searcher::Searcher;

/// Characters of what is typed that count: nobody types more before choosing.
const TYPED_CHARS_MAX: usize = 32;

/// How a line answers what is typed, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Starts,
    Contains,
    Sounds,
    Question,
}

impl Searcher {
    /// At most `limit` (and ten) lines for what is typed so far, best first.
    pub fn suggest(&self, typed: &str, limit: usize) -> Vec<Suggestion> {
        let typed: String = fold(typed).text.chars().filter(|c| c.is_alphanumeric()).take(TYPED_CHARS_MAX).collect();
        let limit = limit.min(SUGGESTIONS_MAX);
        if typed.is_empty() || limit == 0 {
            return Vec::new();
        }
        let library = self.library();
        let mut found: Vec<(Fit, bool, usize, Suggestion)> = Vec::new();
        for article in library.listed() {
            let line = Line::of(&article.title);
            let fit = line.fit(&typed).or_else(|| {
                let asked = article
                    .questions
                    .iter()
                    .any(|q| Line::of(q).fit(&typed).is_some_and(|(fit, _)| fit != Fit::Sounds));
                asked.then_some((Fit::Question, 0..0))
            });
            if let Some((fit, range)) = fit {
                let suggestion = Suggestion {
                    text: Line::spans(&article.title, &range),
                    id: article.id.to_string(),
                    url: article.url(),
                    kind: SuggestionKind::Article,
                    category: Some(article.category.clone()),
                };
                found.push((fit, !article.is_pinned(), article.title.chars().count(), suggestion));
            }
        }
        for query in &library.site.popular {
            let line = Line::of(query);
            if let Some((fit, range)) = line.fit(&typed) {
                let url = format!("/search?q={}", encoded(&Query::of(query).text));
                let suggestion = Suggestion {
                    text: Line::spans(query, &range),
                    id: String::new(),
                    url,
                    kind: SuggestionKind::Query,
                    category: None,
                };
                found.push((fit, false, query.chars().count(), suggestion));
            }
        }
        found.sort_by(|a, b| (a.0, a.1, a.2, &a.3.id).cmp(&(b.0, b.1, b.2, &b.3.id)));
        found.into_iter().map(|(.., suggestion)| suggestion).take(limit).collect()
    }
}

/// A title with its letters and digits singled out.
struct Line {
    folded: crate::text::Folded,
    /// Letters and digits with their place among the folded characters.
    letters: Vec<(usize, char)>,
}

impl Line {
    fn of(text: &str) -> Self {
        let folded = fold_mapped(text);
        let letters = folded.text.chars().enumerate().filter(|(_, c)| c.is_alphanumeric()).collect();
        Self { folded, letters }
    }

    /// Whether and where the line answers what is typed.
    fn fit(&self, typed: &str) -> Option<(Fit, std::ops::Range<usize>)> {
        let wanted: Vec<char> = typed.chars().collect();
        let at = self.letters.windows(wanted.len()).position(|w| w.iter().map(|(_, c)| c).eq(wanted.iter()));
        if let Some(at) = at {
            let fit = if at == 0 { Fit::Starts } else { Fit::Contains };
            return Some((fit, self.range(at, at + wanted.len())));
        }
        if wanted.len() < 2 || !wanted.iter().any(char::is_ascii_lowercase) {
            return None;
        }
        (0..self.letters.len()).find_map(|start| {
            let end = sounds_like(&self.letters[start..], &wanted)?;
            Some((Fit::Sounds, self.range(start, start + end)))
        })
    }

    fn range(&self, from: usize, to: usize) -> std::ops::Range<usize> {
        let last = to.checked_sub(1).and_then(|last| self.letters.get(last));
        match (self.letters.get(from), last) {
            (Some((start, _)), Some((end, _))) => self.folded.source_range(*start, end + 1),
            _ => 0..0,
        }
    }

    fn spans(text: &str, range: &std::ops::Range<usize>) -> Vec<Span> {
        let pieces = [(0..range.start, false), (range.start..range.end, true), (range.end..text.len(), false)];
        let pieces = pieces.into_iter().filter_map(|(range, mark)| Some((text.get(range)?, mark)));
        pieces
            .filter(|(piece, _)| !piece.is_empty())
            .map(|(piece, mark)| Span { text: piece.to_owned(), mark })
            .collect()
    }
}

/// How many of `letters` from the first on are spelled by what is typed: each character by its
/// whole syllable or its first letter, the last one by any beginning; other letters by themselves.
fn sounds_like(letters: &[(usize, char)], typed: &[char]) -> Option<usize> {
    if typed.is_empty() {
        return Some(0);
    }
    let (&(_, c), rest) = letters.split_first()?;
    if c == typed[0]
        && let Some(more) = sounds_like(rest, &typed[1..])
    {
        return Some(more + 1);
    }
    if !is_han(c) || !typed[0].is_ascii_lowercase() {
        return None;
    }
    for syllable in readings(c).into_iter().map(Syllable::name) {
        let same = syllable.chars().zip(typed).take_while(|(a, b)| a == *b).count();
        // Longest first: `zhuan` before `zh` before `z`.
        let whole = same == syllable.len();
        for taken in (1..=same).rev() {
            if taken < syllable.len() && !whole && taken != same && taken != 1 {
                continue;
            }
            if taken == typed.len() {
                return Some(1);
            }
            if (taken == syllable.len() || taken == 1)
                && let Some(more) = sounds_like(rest, &typed[taken..])
            {
                return Some(more + 1);
            }
        }
    }
    None
}

/// Percent-encodes a query for an address.
fn encoded(text: &str) -> String {
    use std::fmt::Write;
    let mut encoded = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
