//! What is bulky of an article (its Markdown, its HTML, the text of its sections) in one compressed
//! piece. The three say the same thing, so that together they take little more room than one; ten
//! thousand articles are looked into a few at a time.

use std::cell::RefCell;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use zstd::bulk::{Compressor, Decompressor};

use super::SafeHtml;

/// The fastest level: on help pages the best takes a tenth off, for twenty times the time.
const LEVEL: i32 = 1;

/// Keeps compressed bytes elsewhere than in memory.
pub trait Keeper: fmt::Debug + Send + Sync {
    /// The bytes; none where they are lost.
    fn read(&self) -> Option<Vec<u8>>;
}

#[derive(Clone)]
enum Pressed {
    Here(Arc<[u8]>),
    Away(Arc<dyn Keeper>),
}

/// Markdown, HTML and the text of sections, compressed. Cheap to clone. Only a want of memory can
/// fail the compressor, and nothing else is left then.
#[derive(Clone)]
pub struct Body {
    pressed: Pressed,
    /// Where the Markdown ends, then each section's text; the HTML follows until the last end.
    ends: Arc<[u32]>,
    /// What the HTML has in place of some of its bytes, in order.
    patches: Arc<[Patch]>,
}

/// HTML that takes the place of a piece: addresses that are known only once all articles are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    /// Bytes of the HTML that it replaces.
    pub place: Range<u32>,
    /// What stands there instead.
    pub html: SafeHtml,
}

impl Default for Body {
    fn default() -> Self {
        Self { pressed: Pressed::Here(Arc::default()), ends: Arc::default(), patches: Arc::default() }
    }
}

impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        self.ends == other.ends && self.patches == other.patches && self.open().whole == other.open().whole
    }
}

impl Eq for Body {}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").field("bytes", &self.ends.last()).field("patches", &self.patches).finish_non_exhaustive()
    }
}

thread_local! {
    // Both keep tables of a hundred kilobytes, which cost more to make than a page to compress.
    static PRESS: RefCell<Option<Compressor<'static>>> = RefCell::new(Compressor::new(LEVEL).ok());
    static RELEASE: RefCell<Option<Decompressor<'static>>> = RefCell::new(Decompressor::new().ok());
}

impl Body {
    /// Packs the parts.
    pub fn new<T: AsRef<str>>(markdown: &str, html: &SafeHtml, texts: &[T]) -> Self {
        let mut whole = String::with_capacity(markdown.len() * 2 + html.as_str().len() + 64);
        let mut ends = Vec::with_capacity(texts.len() + 2);
        for part in [markdown].into_iter().chain(texts.iter().map(AsRef::as_ref)).chain([html.as_str()]) {
            whole.push_str(part);
            ends.push(whole.len() as u32);
        }
        let pressed = PRESS.with_borrow_mut(|press| press.as_mut()?.compress(whole.as_bytes()).ok());
        let pressed = Pressed::Here(pressed.unwrap_or_default().into());
        Self { pressed, ends: ends.into(), patches: Arc::default() }
    }

    /// The same with its bytes in the keeper that `keep` makes of them, if it makes one.
    #[must_use]
    pub fn moved<K: Keeper + 'static>(self, keep: impl FnOnce(&[u8]) -> Option<K>) -> Self {
        let Pressed::Here(bytes) = &self.pressed else { return self };
        match keep(bytes) {
            Some(keeper) => Self { pressed: Pressed::Away(Arc::new(keeper)), ..self },
            None => self,
        }
    }

    /// The same with other pieces in the HTML, which must be in order and not touch one another.
    #[must_use]
    pub fn patched(&self, patches: Vec<Patch>) -> Self {
        Self { patches: patches.into(), ..self.clone() }
    }

    /// What the HTML has in place of some of its bytes.
    pub fn patches(&self) -> &[Patch] {
        &self.patches
    }

    /// Unpacks all parts at once, which takes about ten microseconds.
    pub fn open(&self) -> Opened<'_> {
        let length = self.ends.last().copied().unwrap_or_default() as usize;
        let release = |bytes: &[u8]| RELEASE.with_borrow_mut(|r| r.as_mut()?.decompress(bytes, length).ok());
        let bytes = match &self.pressed {
            _ if length == 0 => Some(Vec::new()),
            Pressed::Here(bytes) => release(bytes),
            Pressed::Away(keeper) => keeper.read().as_deref().and_then(release),
        };
        Opened { body: self, is_lost: bytes.is_none(), whole: bytes.unwrap_or_default() }
    }
}

/// The parts of a body, to be read.
#[derive(Debug)]
pub struct Opened<'a> {
    body: &'a Body,
    whole: Vec<u8>,
    /// Whether nothing can be read where something should be.
    pub is_lost: bool,
}

impl Opened<'_> {
    fn part(&self, index: usize) -> &str {
        let end = |index: usize| self.body.ends.get(index).map(|end| *end as usize);
        let from = index.checked_sub(1).map_or(Some(0), end);
        let bytes = from.zip(end(index)).and_then(|(from, to)| self.whole.get(from..to)).unwrap_or_default();
        std::str::from_utf8(bytes).unwrap_or_default()
    }

    fn sections(&self) -> usize {
        self.body.ends.len().saturating_sub(2)
    }

    /// The Markdown below the front matter.
    pub fn markdown(&self) -> &str {
        self.part(0)
    }

    /// The text of a section; empty where there is no such section.
    pub fn text(&self, section: usize) -> &str {
        if section < self.sections() { self.part(section + 1) } else { "" }
    }

    /// The text of each section, in order.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        (0..self.sections()).map(|section| self.text(section))
    }

    /// The HTML as it was packed, without its patches.
    pub fn unpatched(&self) -> &str {
        self.part(self.sections() + 1)
    }

    /// The rendered body, without the title.
    pub fn html(&self) -> SafeHtml {
        let html = self.unpatched();
        let more: usize = self.body.patches.iter().map(|patch| patch.html.as_str().len()).sum();
        let mut whole = String::with_capacity(html.len() + more);
        let mut from = 0;
        for Patch { place, html: piece } in self.body.patches.iter() {
            whole.push_str(html.get(from..place.start as usize).unwrap_or_default());
            whole.push_str(piece.as_str());
            from = place.end as usize;
        }
        whole.push_str(html.get(from..).unwrap_or_default());
        SafeHtml::from_sanitised(whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_come_out_as_they_went_in() {
        let html = |text: &str| SafeHtml::from_sanitised(text.to_owned());
        let texts = ["转账没有到账", "", "先查状态"];
        let body = Body::new("**转账**没有到账", &html("<p>转账 <a href=\"?\">查</a></p>"), &texts);
        let open = body.open();
        assert_eq!((open.markdown(), open.texts().collect::<Vec<_>>()), ("**转账**没有到账", texts.to_vec()));
        assert_eq!((open.text(2), open.text(3)), ("先查状态", ""));
        assert_eq!(open.html().as_str(), "<p>转账 <a href=\"?\">查</a></p>");
        let at = open.unpatched().find('?').unwrap() as u32;
        let patched = body.patched(vec![Patch { place: at..at + 1, html: html("/articles/a") }]);
        assert_eq!(patched.open().html().as_str(), "<p>转账 <a href=\"/articles/a\">查</a></p>");
        assert_ne!(patched, body);
        let empty = Body::default();
        assert_eq!((empty.open().markdown(), empty.open().html().as_str(), empty.open().text(0)), ("", "", ""));
    }

    #[test]
    fn the_three_forms_of_a_text_take_the_room_of_one() {
        let text = include_str!("../../articles/transactions/not-arrived.md");
        let size = |body: Body| match body.pressed {
            Pressed::Here(bytes) => bytes.len(),
            Pressed::Away(_) => 0,
        };
        let one = size(Body::new(text, &SafeHtml::default(), &[""; 0]));
        let three = size(Body::new(text, &SafeHtml::from_sanitised(text.to_owned()), &[text]));
        assert!(three < one * 11 / 10 && one < text.len() * 6 / 10, "{one} {three} {}", text.len());
    }
}
