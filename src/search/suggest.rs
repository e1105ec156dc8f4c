//! Lines offered while typing: articles by title and question, popular queries; by what is typed,
//! by sound, by initials.

use std::collections::HashMap;

use percent_encoding::utf8_percent_encode;

use crate::domain::{Article, Lang, Library, Query, SUGGESTIONS_MAX, Suggestion, SuggestionKind, VALUE};
use crate::text::{canons, fold, is_han};

use super::present::{distance, root};
use super::scan::{Code, code};
use super::searcher::Searcher;
use super::spelled::{Fit, Line, first_letters, sounds_like};

/// Characters of what is typed that count: nobody types more before choosing.
pub(super) const TYPED_CHARS_MAX: usize = 32;

impl Searcher {
    /// At most `limit` (and ten) lines for what is typed so far, best first.
    pub fn suggest(&self, typed: &str, limit: usize) -> Vec<Suggestion> {
        let query = Query::of(typed);
        let typed: String = fold(typed).text.chars().filter(|c| c.is_alphanumeric()).take(TYPED_CHARS_MAX).collect();
        let limit = limit.min(SUGGESTIONS_MAX);
        if typed.is_empty() || limit == 0 {
            return Vec::new();
        }
        let library = self.library();
        let mut found: Vec<(Fit, bool, usize, Source<'_>)> = Vec::new();
        for query in &library.site.popular {
            if let Some((fit, _)) = Line::of(query).fit(&typed) {
                found.push((fit, false, query.chars().count(), Source::Query(query)));
            }
        }
        let distance = distance(&query, &library.site.languages);
        for Place { fit, line } in self.lines().fitting(&typed, limit, library, &distance) {
            if let Some(article) = library.articles().get(line.owner as usize) {
                found.push((fit, line.later, line.chars as usize, Source::Article(article)));
            }
        }
        found.sort_by(|a, b| (a.0, a.1, a.2, a.3.id()).cmp(&(b.0, b.1, b.2, b.3.id())));
        found.into_iter().take(limit).map(|(.., source)| source.suggestion(&typed)).collect()
    }
}

/// What a line is made of.
enum Source<'a> {
    Article(&'a Article),
    Query(&'a str),
}

impl Source<'_> {
    fn id(&self) -> &str {
        match self {
            Self::Article(article) => article.id.as_str(),
            Self::Query(_) => "",
        }
    }

    fn suggestion(&self, typed: &str) -> Suggestion {
        let spans = |text: &str| Line::spans(text, &Line::of(text).fit(typed).map_or(0..0, |(_, range)| range));
        match self {
            Self::Article(article) => Suggestion {
                text: spans(&article.title),
                id: article.id.to_string(),
                url: article.url(),
                kind: SuggestionKind::Article,
                category: Some(article.category.clone()),
            },
            Self::Query(query) => Suggestion {
                text: spans(query),
                id: String::new(),
                url: format!("/search?q={}", utf8_percent_encode(&Query::of(query).text, VALUE)),
                kind: SuggestionKind::Query,
                category: None,
            },
        }
    }
}

/// All titles and questions of a library, ready to be looked through at every key: a hundred
/// thousand titles take about a millisecond, since all of them lie in one piece of memory.
#[derive(Debug, Default)]
pub(super) struct Lines {
    titles: Heap,
    questions: Heap,
    /// First and second letter of each character of the titles when spoken, in its two most usual
    /// readings; 0 where there is none.
    sounds: Vec<[[u8; 2]; 2]>,
}

/// Lines one after the other, letters and digits only, two bytes each, with a border between.
#[derive(Debug, Default)]
struct Heap {
    bytes: Vec<u8>,
    lines: Vec<HeapLine>,
}

/// Where a line starts, and what decides its order among others that fit as well.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct HeapLine {
    /// In letters.
    start: u32,
    /// Whose it is: an index into the library's articles.
    owner: u32,
    /// The text that its article is, in whatever language.
    root: u64,
    /// Characters of its article's title.
    chars: u16,
    /// Whether its article is no common issue.
    later: bool,
}

/// A line that answers what is typed.
#[derive(Debug, Clone, Copy)]
struct Place {
    fit: Fit,
    line: HeapLine,
}

/// The best of all lines that were offered, each article once, in one of its languages.
struct Best<'a> {
    library: &'a Library,
    /// How far a language is from that of what is typed.
    distance: &'a dyn Fn(&Lang) -> u8,
    typed_in_han: bool,
    enough: usize,
    /// In order.
    held: Vec<Place>,
}

impl<'a> Best<'a> {
    fn offer(&mut self, fit: Fit, line: HeapLine) {
        let new = Place { fit, line };
        let lang = |place: &Place| self.owner(place).map(|article| &article.lang);
        let is_chinese = |place: &Place| lang(place).is_some_and(|lang| lang.as_str().starts_with("zh"));
        // Who types `usdt` may want it in Chinese or not; either way once.
        let same =
            |held: &Place| held.line.root == line.root && (self.typed_in_han || is_chinese(held) == is_chinese(&new));
        if let Some(at) = self.held.iter().position(same) {
            // A better fit of the same article was offered before; a nearer language is better than that.
            let distance = |place: &Place| lang(place).map(self.distance);
            let held = &self.held[at];
            if held.line.owner == line.owner || distance(&new) >= distance(held) {
                return;
            }
            self.held.remove(at);
        } else if self.held.len() >= self.enough && self.held.last().is_some_and(|last| !self.precedes(&new, last)) {
            return;
        }
        let at = self.held.partition_point(|held| self.precedes(held, &new));
        self.held.insert(at, new);
        self.held.truncate(self.enough);
    }

    fn owner(&self, place: &Place) -> Option<&'a Article> {
        self.library.articles().get(place.line.owner as usize).map(|article| &**article)
    }

    fn precedes(&self, a: &Place, b: &Place) -> bool {
        let key = |p: &Place| (p.fit, p.line.later, p.line.chars);
        let id = |p: &Place| self.owner(p).map(|article| &article.id);
        key(a).cmp(&key(b)).then_with(|| id(a).cmp(&id(b))).is_lt()
    }

    fn is_full(&self) -> bool {
        self.held.len() >= self.enough
    }
}

impl Heap {
    fn add(&mut self, line: &str, owner: usize, article: &Article) {
        self.lines.push(HeapLine {
            start: (self.bytes.len() / 2) as u32,
            owner: owner as u32,
            root: root(article).key(),
            chars: u16::try_from(article.title.chars().count()).unwrap_or(u16::MAX),
            later: !article.is_pinned(),
        });
        let letters = line.chars().flat_map(canons).filter(|c| c.is_alphanumeric()).map(code);
        self.bytes.extend(letters.chain([0]).flat_map(Code::to_le_bytes));
    }

    /// The line that holds a letter.
    fn line(&self, letter: usize) -> HeapLine {
        let after = self.lines.partition_point(|line| line.start as usize <= letter);
        self.lines.get(after.saturating_sub(1)).copied().unwrap_or_default()
    }

    fn holding<'a>(&'a self, typed: &'a [u8]) -> impl Iterator<Item = usize> + 'a {
        let mut from = 0;
        // A find that starts within a code may hide one that overlaps it: go on at the next byte.
        std::iter::from_fn(move || {
            loop {
                let at = from + memchr::memmem::find(self.bytes.get(from..)?, typed)?;
                from = at + 1;
                if at % 2 == 0 {
                    return Some(at / 2);
                }
            }
        })
    }

    /// Places of one letter.
    fn letter(&self, letter: Code) -> impl Iterator<Item = usize> + '_ {
        let codes = self.bytes.chunks_exact(2).map(|pair| Code::from_le_bytes([pair[0], pair[1]]));
        codes.enumerate().filter_map(move |(at, code)| (code == letter).then_some(at))
    }

    fn letters(&self, from: usize) -> impl Iterator<Item = char> + '_ {
        let codes = self.bytes.get(from * 2..).unwrap_or_default().chunks_exact(2);
        let codes = codes.map(|pair| Code::from_le_bytes([pair[0], pair[1]])).take_while(|code| *code != 0);
        codes.filter_map(|code| char::from_u32(code.into()))
    }
}

impl Lines {
    /// Reads the listed articles of a library.
    pub fn new(library: &Library) -> Self {
        let mut lines = Self::default();
        for (at, article) in library.articles().iter().enumerate().filter(|(_, article)| article.is_listed()) {
            lines.titles.add(&article.title, at, article);
            for question in &article.questions {
                lines.questions.add(question, at, article);
            }
        }
        let codes = lines.titles.bytes.chunks_exact(2).map(|pair| Code::from_le_bytes([pair[0], pair[1]]));
        let mut known: HashMap<Code, [[u8; 2]; 2]> = HashMap::new();
        lines.sounds = codes
            .map(|code| {
                *known
                    .entry(code)
                    .or_insert_with(|| char::from_u32(code.into()).map_or_else(Default::default, first_letters))
            })
            .collect();
        lines
    }

    /// Articles whose title or a question of which answers what is typed, each once with its best
    /// fit: the best of them, as many as are `enough`.
    fn fitting(&self, typed: &str, enough: usize, library: &Library, distance: &dyn Fn(&Lang) -> u8) -> Vec<Place> {
        let bytes: Vec<u8> = typed.chars().map(code).flat_map(Code::to_le_bytes).collect();
        let mut best = Best {
            library,
            distance,
            typed_in_han: typed.chars().any(is_han),
            enough,
            held: Vec::with_capacity(enough + 1),
        };
        let mut last = None;
        for letter in self.titles.holding(&bytes) {
            let line = self.titles.line(letter);
            // Of the places in a title the first is the best.
            if last.replace(line) != Some(line) {
                best.offer(if line.start as usize == letter { Fit::Starts } else { Fit::Contains }, line);
            }
        }
        if !best.is_full() {
            self.sounding(typed, &mut best);
        }
        if !best.is_full() {
            for letter in self.questions.holding(&bytes) {
                best.offer(Fit::Question, self.questions.line(letter));
            }
        }
        best.held
    }

    fn sounding(&self, typed: &str, best: &mut Best<'_>) {
        /// Titles that sound so after which no more are looked for: nobody reads them.
        const ENOUGH: usize = 500;
        let wanted: Vec<char> = typed.chars().collect();
        let [Some(first), Some(second)] = [0, 1].map(|at| wanted.get(at).copied()) else { return };
        let starts: Box<dyn Iterator<Item = usize>> = match [first, second].map(u8::try_from) {
            [Ok(first), Ok(second)] => Box::new(self.spoken_so(first, second)),
            // What begins with a character and goes on as it sounds, 助ji, is found by that character.
            _ if wanted.iter().any(char::is_ascii_lowercase) => Box::new(self.titles.letter(code(first))),
            _ => return,
        };
        let mut sounding = 0;
        let mut letters: Vec<(usize, char)> = Vec::new();
        for at in starts {
            letters.clear();
            letters.extend(self.titles.letters(at).enumerate());
            if sounds_like(&letters, &wanted).is_some() {
                sounding += 1;
                best.offer(Fit::Sounds, self.titles.line(at));
            }
            if sounding >= ENOUGH {
                break;
            }
        }
    }

    /// Letters of titles at which two letters may begin to spell: the second goes on with the same
    /// character or starts the next.
    fn spoken_so(&self, first: u8, second: u8) -> impl Iterator<Item = usize> + '_ {
        let goes_on = move |sound: &[[u8; 2]; 2]| sound.contains(&[first, second]);
        let starts_next =
            move |at: usize| self.sounds.get(at + 1).is_some_and(|next| next.iter().any(|way| way[0] == second));
        self.sounds.iter().enumerate().filter_map(move |(at, sound)| {
            let starts = sound[0][0] == first || sound[1][0] == first;
            (starts && (goes_on(sound) || starts_next(at))).then_some(at)
        })
    }
}
