//! What ranking must know of all articles together: how long texts usually are, how much titles
//! say, where an article stands in the library.

use std::collections::HashMap;
use std::sync::Arc;

use crate::domain::{Article, Library};
use crate::text::canon;

/// Articles looked at to learn how much titles say; more do not move the figure.
const SAMPLE: usize = 400;
/// Share of a title's character pairs that its own body repeats, averaged, at which titles say
/// nothing of the matter. The statutes of the public set, titled by law and number, have 0.24.
const AGREEMENT_NONE: f32 = 0.24;
/// The share at which titles sum up their bodies, as those of help pages do.
const AGREEMENT_FULL: f32 = 0.55;

/// Figures of one library.
pub(super) struct Collection {
    by_key: HashMap<u64, u32>,
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
    pub fn new(library: &Library, title_in_body: f32, heading_in_body: f32) -> Self {
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
            title_chars: mean(titles, count),
            section_chars: mean(all_sections, sections),
            article_chars: mean(articles, count),
            title_strength: strength(agreement),
            title_in_body,
        }
    }

    /// The article filed under `key` in the index.
    pub fn article<'a>(&self, library: &'a Library, key: u64) -> Option<&'a Arc<Article>> {
        library.articles().get(*self.by_key.get(&key)? as usize)
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
