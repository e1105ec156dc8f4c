//! What ranking must know of all articles together: how long texts usually are, how much titles
//! say, where an article stands in the library.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::domain::{Article, Library};
use crate::text::canon;

use super::scan::{Code, canonical};

/// Articles looked at to learn how much titles say; more do not move the figure.
const SAMPLE: usize = 400;
/// Share of a title's character pairs that its own body repeats, averaged, at which titles say
/// nothing of the matter. The statutes of the public set, titled by law and number, have 0.24.
const AGREEMENT_NONE: f32 = 0.24;
/// The share at which titles sum up their bodies, as those of help pages do.
const AGREEMENT_FULL: f32 = 0.55;

/// An article made ready to be scanned: all its texts as canonical codes in one piece.
#[derive(Debug, Default)]
pub(super) struct Prepared {
    codes: Box<[Code]>,
    title: Place,
    asked: Box<[Place]>,
    more: Place,
    sections: Box<[(Place, Place)]>,
}

type Place = (u32, u32);

impl Prepared {
    fn new(article: &Article) -> Self {
        let mut codes: Vec<Code> =
            Vec::with_capacity(article.sections.iter().map(|s| s.text.len() / 3 + 16).sum::<usize>() + 128);
        let mut put = |texts: &mut dyn Iterator<Item = &String>| -> Place {
            let start = codes.len() as u32;
            for text in texts {
                canonical(text, &mut codes);
                // Nothing matches across two texts.
                codes.push(0);
            }
            (start, codes.len() as u32)
        };
        let title = put(&mut [&article.title].into_iter());
        let asked = article.questions.iter().chain(&article.errors).map(|text| put(&mut [text].into_iter())).collect();
        let more = put(&mut article.keywords.iter().chain(&article.tags).chain([&article.description]));
        let sections = (article.sections.iter().enumerate())
            .map(|(at, section)| {
                let heading = put(&mut article.section_heading(at).map(|h| &h.title).into_iter());
                (heading, put(&mut [&section.text].into_iter()))
            })
            .collect();
        Self { title, asked, more, sections, codes: codes.into_boxed_slice() }
    }

    fn text(&self, (start, end): Place) -> &[Code] {
        self.codes.get(start as usize..end as usize).unwrap_or_default()
    }

    /// The title.
    pub fn title(&self) -> &[Code] {
        self.text(self.title)
    }

    /// Questions and error messages, each by itself.
    pub fn asked(&self) -> impl Iterator<Item = &[Code]> {
        self.asked.iter().map(|place| self.text(*place))
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

/// Figures of one library, and its articles made ready.
pub(super) struct Collection {
    by_key: HashMap<u64, u32>,
    prepared: Vec<Arc<Prepared>>,
    /// Mean characters of titles.
    pub title_chars: f32,
    /// Mean characters of sections, their title and heading as often as they count.
    pub section_chars: f32,
    /// Mean characters of whole articles, likewise.
    pub article_chars: f32,
    /// How much the title counts here, 0 to 1, learned from how much of their bodies titles say.
    pub title_strength: f32,
    /// How often the title counts within the body, with that strength.
    pub title_in_body: f32,
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
        let prepared = library.articles().par_iter().map(ready).collect();
        let agreement = agreement(library);
        let title_in_body = 1.0 + (title_in_body - 1.0) * strength(agreement);
        let mut by_key = HashMap::with_capacity(library.articles().len());
        let (mut titles, mut articles, mut all_sections) = (0.0f64, 0.0f64, 0.0f64);
        let (mut count, mut sections) = (0usize, 0usize);
        for (at, article) in library.articles().iter().enumerate() {
            if !article.is_listed() {
                continue;
            }
            by_key.insert(article.id.key(), at as u32);
            count += 1;
            let title = article.title.chars().count() as f64;
            let text: usize = article.sections.iter().map(|s| s.text.chars().count()).sum();
            let headings: usize = article.headings.iter().map(|h| h.title.chars().count()).sum();
            titles += title;
            let body = text as f64 + headings as f64 * f64::from(heading_in_body);
            articles += body + title * f64::from(title_in_body);
            all_sections += body + title * f64::from(title_in_body) * article.sections.len() as f64;
            sections += article.sections.len();
        }
        let mean = |sum: f64, count: usize| (sum / count.max(1) as f64).max(1.0) as f32;
        Self {
            by_key,
            prepared,
            title_chars: mean(titles, count),
            section_chars: mean(all_sections, sections),
            article_chars: mean(articles, count),
            title_strength: strength(agreement),
            title_in_body,
        }
    }

    /// The article filed under `key` in the index.
    pub fn article<'a>(&'a self, library: &'a Library, key: u64) -> Option<(&'a Arc<Article>, &'a Prepared)> {
        let at = *self.by_key.get(&key)? as usize;
        Some((library.articles().get(at)?, self.prepared.get(at)?))
    }
}

fn strength(agreement: f32) -> f32 {
    ((agreement - AGREEMENT_NONE) / (AGREEMENT_FULL - AGREEMENT_NONE)).clamp(0.0, 1.0)
}

fn agreement(library: &Library) -> f32 {
    let step = (library.articles().len() / SAMPLE).max(1);
    let (mut sum, mut seen) = (0.0f32, 0usize);
    for article in library.listed().step_by(step) {
        let body: String = article.sections.iter().flat_map(|s| s.text.chars()).filter_map(canon).collect();
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
