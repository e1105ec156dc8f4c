//! What ranking must know of all articles together: how long texts usually are, how much titles
//! say, where an article stands in the library.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hasher};
use std::sync::Arc;

use rayon::prelude::*;

use crate::domain::{Article, Library, Pinned};
use crate::text::canon;

use super::scan::{BLANK, Code, canonical, length};

/// Articles looked at to learn how much titles say; more do not move the figure.
const SAMPLE: usize = 400;
/// Share of a title's character pairs that its own body repeats, averaged, at which titles say
/// nothing of the matter. The statutes of the public set, titled by law and number, have 0.24.
const AGREEMENT_NONE: f32 = 0.24;
/// The share at which titles sum up their bodies, as those of help pages do.
const AGREEMENT_FULL: f32 = 0.55;
/// Share of a title's pairs that hardly any other title has, averaged, at which titles say nothing of
/// the matter: 0.29 where they are a law and a number, 0 where they are file names. A question as
/// title need not be said again by its answer.
const DISTINCT_NONE: f32 = 0.36;
/// The share at which titles say all: it is 0.57 to 0.83 where they are questions.
const DISTINCT_FULL: f32 = 0.50;
/// Mean characters of articles that are no longer than questions, and of those that are texts. Of
/// title and text the longer counts: some collections say the one again in the other.
const SHORT_CHARS: f32 = 20.0;
const TEXT_CHARS: f32 = 60.0;
/// Characters of text below which an article is a title and nothing else.
const STUB_CHARS: usize = 10;
/// Characters of text from which two articles can be called copies: shorter ones are alike by chance.
const COPY_CHARS_MIN: usize = 120;
/// Bins of a signature. Two texts agree in a bin with the probability that a run of five characters
/// of either is one of both. Source: Li, Owen & Zhang 2012, "One Permutation Hashing".
const BINS: usize = 32;
/// How much longer one of two copies may be, in hundredths. Two statutes that differ in a number
/// are two statutes.
const COPY_LENGTH_PERCENT: usize = 2;

/// An article made ready to be scanned: all its texts as canonical codes in one piece.
#[derive(Debug, Default)]
pub(super) struct Prepared {
    codes: Box<[Code]>,
    title: Place,
    asked: Box<[Place]>,
    /// Queries for which the editors want it first.
    pins: Box<[Place]>,
    more: Place,
    sections: Box<[(Place, Place)]>,
    /// What its text is like; none for short texts.
    signature: Option<Box<[u16; BINS]>>,
    /// Whether there is no text below the title.
    pub stub: bool,
    /// Characters of its sections' text.
    text_chars: f32,
}

type Place = (u32, u32);

impl Prepared {
    fn new(article: &Article) -> Self {
        let open = article.open();
        let mut codes: Vec<Code> =
            Vec::with_capacity(open.texts().map(|text| text.len() / 3 + 16).sum::<usize>() + 128);
        let mut one = |text: &str| put(&mut codes, [text]);
        let title = one(&article.title);
        let asked = article.questions.iter().chain(&article.errors).map(|text| one(text)).collect();
        let more = article.keywords.iter().chain(&article.tags).chain([&article.description]);
        let more = put(&mut codes, more.map(String::as_str));
        let sections: Box<[(Place, Place)]> = (open.texts().enumerate())
            .map(|(at, text)| {
                let heading = put(&mut codes, article.section_heading(at).map(|h| h.title.as_str()));
                (heading, put(&mut codes, [text]))
            })
            .collect();
        let end = codes.len();
        let pins = match &article.pinned {
            Pinned::Queries(queries) => queries.as_slice(),
            _ => &[],
        };
        let pins = pins.iter().map(|query| put(&mut codes, [query.as_str()])).collect();
        let text = &codes[more.1 as usize..end];
        let chars = text.iter().filter(|code| **code > BLANK).count();
        let signature = (chars >= COPY_CHARS_MIN).then(|| Box::new(signature(text)));
        let stub = chars < STUB_CHARS && article.questions.is_empty() && article.description.is_empty();
        let text_chars = sections.iter().map(|(_, (start, end))| length(&codes[*start as usize..*end as usize])).sum();
        Self { title, asked, more, pins, sections, signature, stub, text_chars, codes: codes.into_boxed_slice() }
    }

    /// Whether the text is that of `other`, but for a word or two: of longer changes most are seen in
    /// some bin. No more is forgiven, since two articles may differ in the name of a network alone.
    pub fn copies(&self, other: &Self) -> bool {
        let (Some(a), Some(b)) = (&self.signature, &other.signature) else { return false };
        let (length, difference) = (self.codes.len(), self.codes.len().abs_diff(other.codes.len()));
        a == b && difference * 100 <= length * COPY_LENGTH_PERCENT
    }

    fn text(&self, (start, end): Place) -> &[Code] {
        self.codes.get(start as usize..end as usize).unwrap_or_default()
    }

    /// Whether a phrase of canonical codes stands anywhere in it.
    pub fn holds(&self, phrase: &[Code]) -> bool {
        !phrase.is_empty() && self.whole().windows(phrase.len()).any(|window| window == phrase)
    }

    /// All texts in one piece, without the queries it is pinned to.
    pub fn whole(&self) -> &[Code] {
        let end = self.pins.first().map_or(self.codes.len(), |(start, _)| *start as usize);
        self.codes.get(..end).unwrap_or_default()
    }

    /// The title.
    pub fn title(&self) -> &[Code] {
        self.text(self.title)
    }

    /// Questions and error messages, each by itself.
    pub fn asked(&self) -> impl Iterator<Item = &[Code]> {
        self.asked.iter().map(|place| self.text(*place))
    }

    /// Queries for which the editors want it first.
    pub fn pins(&self) -> impl Iterator<Item = &[Code]> {
        self.pins.iter().map(|place| self.text(*place))
    }

    /// Description, keywords and tags.
    pub fn more(&self) -> &[Code] {
        self.text(self.more)
    }

    /// Heading and text of each section.
    pub fn sections(&self) -> impl ExactSizeIterator<Item = (&[Code], &[Code])> {
        self.sections.iter().map(|(heading, text)| (self.text(*heading), self.text(*text)))
    }
}

/// Adds texts, and where they stand.
fn put<'a>(codes: &mut Vec<Code>, texts: impl IntoIterator<Item = &'a str>) -> Place {
    let start = codes.len() as u32;
    for text in texts {
        canonical(text, codes);
        // Nothing matches across two texts.
        codes.push(0);
    }
    (start, codes.len() as u32)
}

/// The smallest hash of the runs of five characters that fall into each bin.
fn signature(text: &[Code]) -> [u16; BINS] {
    const RUN: usize = 5;
    let mut bins = [u16::MAX; BINS];
    for run in text.windows(RUN) {
        let hash = run
            .iter()
            .fold(0xcbf2_9ce4_8422_2325u64, |hash, code| (hash ^ u64::from(*code)).wrapping_mul(0x0000_0100_0000_01b3));
        let hash = (hash ^ (hash >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let bin = &mut bins[(hash >> 59) as usize];
        *bin = (*bin).min((hash >> 32) as u16);
    }
    bins
}

/// The letters and digits of a canonical text, which is what tells two titles apart.
pub(super) fn letters(text: &[Code]) -> impl Iterator<Item = Code> + '_ {
    text.iter().copied().filter(|code| char::from_u32(u32::from(*code)).is_some_and(char::is_alphanumeric))
}

fn key_of(letters: impl Iterator<Item = Code>) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    let mut any = false;
    for code in letters {
        any = true;
        hasher.write_u16(code);
    }
    any.then(|| hasher.finish())
}

/// Figures of one library.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measures {
    /// Mean characters of titles.
    pub title_chars: f32,
    /// Mean characters of sections, their title and heading as often as they count.
    pub section_chars: f32,
    /// Mean characters of whole articles, likewise.
    pub article_chars: f32,
    /// How much the title counts here, 0 to 1, learned from how much of their bodies titles say and
    /// from how far they differ. Of a handful of articles all titles differ: there they count.
    pub title_strength: f32,
    /// How often the title counts within the body, with that strength.
    pub title_in_body: f32,
    /// How much the articles are no more than questions, 0 to 1.
    pub brevity: f32,
}

/// Figures of one library, and its articles made ready.
pub(super) struct Collection {
    by_key: HashMap<u64, u32>,
    prepared: Vec<Arc<Prepared>>,
    /// Articles by the letters of their title and of each question and error message.
    called: HashMap<u64, Vec<u32>>,
    pub measures: Measures,
}

impl Collection {
    /// Reads `library`. With the `previous` collection and its library, articles that are the same
    /// in memory are not made ready again.
    pub fn new(
        library: &Library,
        title_in_body: f32,
        heading_in_body: f32,
        previous: Option<(&Library, &Self)>,
    ) -> Self {
        let ready = |article: &Arc<Article>| {
            let known = previous.and_then(|(library, collection)| {
                let at = *collection.by_key.get(&article.id.key())? as usize;
                library.articles().get(at).filter(|known| Arc::ptr_eq(known, article))?;
                collection.prepared.get(at).cloned()
            });
            known.unwrap_or_else(|| {
                Arc::new(if article.is_listed() { Prepared::new(article) } else { Prepared::default() })
            })
        };
        let prepared: Vec<Arc<Prepared>> = library.articles().par_iter().map(ready).collect();
        let title_strength = strength(agreement(library), distinctness(library));
        let title_in_body = 1.0 + (title_in_body - 1.0) * title_strength;
        let mut by_key = HashMap::with_capacity(library.articles().len());
        let (mut titles, mut articles, mut all_sections, mut longer) = (0.0f64, 0.0f64, 0.0f64, 0.0f64);
        let (mut count, mut sections) = (0usize, 0usize);
        for (at, article) in library.articles().iter().enumerate() {
            if !article.is_listed() {
                continue;
            }
            by_key.insert(article.id.key(), at as u32);
            count += 1;
            let title = f64::from(length(prepared[at].title()));
            let text = prepared[at].text_chars;
            let headings: f32 = prepared[at].sections().map(|(heading, _)| length(heading)).sum();
            titles += title;
            longer += title.max(f64::from(text));
            let body = f64::from(text + headings * heading_in_body);
            articles += body + title * f64::from(title_in_body);
            all_sections += body + title * f64::from(title_in_body) * article.sections.len() as f64;
            sections += article.sections.len();
        }
        let mut called: HashMap<u64, Vec<u32>> = HashMap::with_capacity(count);
        for (at, ready) in prepared.iter().enumerate() {
            let names = [ready.title()].into_iter().chain(ready.asked()).chain(ready.pins());
            for key in names.filter_map(|text| key_of(letters(text))) {
                let holders = called.entry(key).or_default();
                // A title may be a question again, or pinned.
                if holders.last() != Some(&(at as u32)) {
                    holders.push(at as u32);
                }
            }
        }
        let mean = |sum: f64, count: usize| (sum / count.max(1) as f64).max(1.0) as f32;
        let measures = Measures {
            title_chars: mean(titles, count),
            section_chars: mean(all_sections, sections),
            article_chars: mean(articles, count),
            title_strength,
            title_in_body,
            brevity: ((TEXT_CHARS / mean(longer, count)).ln() / (TEXT_CHARS / SHORT_CHARS).ln()).clamp(0.0, 1.0),
        };
        Self { by_key, prepared, called, measures }
    }

    /// The article filed under `key` in the index.
    pub fn article<'a>(&'a self, library: &'a Library, key: u64) -> Option<(&'a Arc<Article>, &'a Prepared)> {
        let at = *self.by_key.get(&key)? as usize;
        Some((library.articles().get(at)?, self.prepared.get(at)?))
    }

    /// Articles whose title, question or error message is exactly `text`, punctuation aside.
    pub fn called<'a>(
        &'a self,
        library: &'a Library,
        text: &[Code],
    ) -> impl Iterator<Item = (&'a Arc<Article>, &'a Prepared)> {
        let found = key_of(letters(text)).and_then(|key| self.called.get(&key));
        let found = found.into_iter().flatten().map(|at| *at as usize);
        found.filter_map(|at| Some((library.articles().get(at)?, &**self.prepared.get(at)?)))
    }
}

fn strength(agreement: f32, distinctness: f32) -> f32 {
    let between = |value: f32, none: f32, full: f32| ((value - none) / (full - none)).clamp(0.0, 1.0);
    between(agreement, AGREEMENT_NONE, AGREEMENT_FULL).max(between(distinctness, DISTINCT_NONE, DISTINCT_FULL))
}

/// How much of titles is found in hardly any other title: share of character pairs, averaged, over a
/// sample.
fn distinctness(library: &Library) -> f32 {
    /// Titles of which one in so many may share a pair, and it still tells them apart.
    const SHARED: usize = 100;
    const SHARED_MIN: usize = 2;
    let step = (library.articles().len() / SAMPLE).max(1);
    let pairs = |article: &Arc<Article>| {
        let title: Vec<char> = article.title.chars().filter_map(canon).filter(|c| c.is_alphanumeric()).collect();
        title.windows(2).map(|two| (two[0], two[1])).collect::<HashSet<_>>()
    };
    let titles: Vec<HashSet<(char, char)>> = library.listed().step_by(step).map(pairs).collect();
    let mut holders: HashMap<(char, char), usize> = HashMap::new();
    titles.iter().flatten().for_each(|pair| *holders.entry(*pair).or_default() += 1);
    let few = (titles.len() / SHARED).max(SHARED_MIN);
    let shares = titles
        .iter()
        .filter(|pairs| !pairs.is_empty())
        .map(|pairs| pairs.iter().filter(|pair| holders[*pair] <= few).count() as f32 / pairs.len() as f32);
    let (sum, seen) = shares.fold((0.0, 0), |(sum, seen), share| (sum + share, seen + 1));
    if seen == 0 { 0.0 } else { sum / seen as f32 }
}

fn agreement(library: &Library) -> f32 {
    let step = (library.articles().len() / SAMPLE).max(1);
    let (mut sum, mut seen) = (0.0f32, 0usize);
    for article in library.listed().step_by(step) {
        let body: String = article.open().texts().flat_map(str::chars).filter_map(canon).collect();
        if body.is_empty() {
            continue;
        }
        let title: Vec<char> = article.title.chars().filter_map(canon).filter(|c| c.is_alphanumeric()).collect();
        let mut held = 0usize;
        let mut pair = String::new();
        for two in title.windows(2) {
            pair.clear();
            pair.extend(two);
            held += usize::from(body.contains(&pair));
        }
        if title.len() > 1 {
            sum += held as f32 / (title.len() - 1) as f32;
            seen += 1;
        }
    }
    if seen == 0 { 0.0 } else { sum / seen as f32 }
}
