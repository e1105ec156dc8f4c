//! Scores one article exactly, by reading its text again.
//!
//! BM25 with title, heading and body as fields of one document (BM25F: the counts are added with
//! weights before they saturate), once for the best section and once for the whole article, plus
//! the title as a field of its own, weighted by how much titles say in this collection. Synonyms
//! raise a word to what the better of the two is worth, so that saying a thing twice counts once.
//!
//! Source: Robertson, Zaragoza & Taylor 2004, "Simple BM25 Extension to Multiple Weighted Fields".

use super::collection::{Collection, Prepared};
use super::order::Standing;
use super::parameters::Parameters;
use super::plan::{Origin, Plan};
use super::scan::{Code, Scanner, length};

/// What a question that the editor names is worth against the title.
const QUESTION_SHARE: f32 = 0.9;
/// By how much another section must beat the opening to be the one that is named.
const OPENING_FAVOUR: f32 = 1.2;

/// An article's score and where it comes from.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Scored {
    pub score: f32,
    /// Index of the best section.
    pub section: usize,
    /// Share of the query's content, by idf, that stands anywhere in the article, 0 to 1.
    pub coverage: f32,
    /// Of the score, what the title as a field of its own gave.
    pub title_score: f32,
    /// Of the score, what words of the query gave by standing near each other.
    pub near: f32,
    /// How the query stands to what the article is called.
    pub standing: Standing,
    /// By what the shares of the whole article are multiplied to make the body's score.
    pub scale: f32,
}

/// Buffers that live as long as one query, so that scoring allocates nothing.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    title: Field,
    extra: Field,
    section: Field,
    whole: Field,
    asked: Field,
    shares: Shares,
}

/// What each needle is worth in a field.
#[derive(Debug, Default)]
struct Shares {
    each: Vec<f32>,
    /// The best synonym of each concept with what is left of it.
    kept: Vec<(usize, f32)>,
}

pub(super) struct Ranker<'a> {
    pub plan: &'a Plan,
    pub scanner: &'a Scanner,
    pub collection: &'a Collection,
    pub parameters: &'a Parameters,
}

/// Weighted counts of all needles in some fields, and the length of those fields.
#[derive(Debug, Clone, Default)]
struct Field {
    counts: Vec<f32>,
    chars: f32,
}

impl Field {
    fn clear(&mut self, needles: usize) {
        self.counts.clear();
        self.counts.resize(needles, 0.0);
        self.chars = 0.0;
    }

    fn add(&mut self, other: &Field, times: f32) {
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more * times;
        }
        self.chars += other.chars * times;
    }

    fn read(&mut self, scanner: &Scanner, text: &[Code], times: f32) {
        scanner.count(text, times, &mut self.counts);
        self.chars += length(text) * times;
    }
}

impl Ranker<'_> {
    /// Reads and scores an article.
    pub fn score(&self, article: &Prepared, buffers: &mut Buffers) -> Scored {
        let Buffers { title, extra, section, whole, asked, shares } = buffers;
        let (scanner, needles) = (self.scanner, self.scanner.needles());
        title.clear(needles);
        title.read(scanner, article.title(), 1.0);
        let mut title_score = self.shares(title, self.collection.measures.title_chars, shares);
        extra.clear(needles);
        for question in article.asked() {
            asked.clear(needles);
            asked.read(scanner, question, 1.0);
            extra.add(asked, 1.0);
            // A question the editor names counts almost like the title.
            title_score =
                title_score.max(self.shares(asked, self.collection.measures.title_chars, shares) * QUESTION_SHARE);
        }
        extra.read(scanner, article.more(), 1.0);

        whole.clear(needles);
        whole.add(title, self.collection.measures.title_in_body);
        whole.add(extra, 1.0);
        let (mut best, mut best_score) = ((f32::MIN, 0), f32::MIN);
        let sections = article.sections().len();
        for (at, (heading, text)) in article.sections().enumerate() {
            section.clear(needles);
            section.read(scanner, text, 1.0);
            section.read(scanner, heading, self.parameters.heading_in_body);
            whole.add(section, 1.0);
            if sections > 1 {
                section.add(title, self.collection.measures.title_in_body);
                if at == 0 {
                    section.add(extra, 1.0);
                }
                let score = self.shares(section, self.collection.measures.section_chars, shares);
                // The opening answers as a whole: another section must be clearly better to be named.
                if at == 0 || score > best.0 * if best.1 == 0 { OPENING_FAVOUR } else { 1.0 } {
                    best = (score, at);
                }
                best_score = best_score.max(score);
            }
        }
        let whole_score = self.shares(whole, self.collection.measures.article_chars, shares);
        let body = if sections > 1 {
            best_score * self.parameters.section_share + whole_score * (1.0 - self.parameters.section_share)
        } else {
            whole_score
        };
        let coverage = self.coverage(&whole.counts);
        let title_score = title_score * self.parameters.title * self.collection.measures.title_strength;
        let scale = if whole_score > 0.0 { body / whole_score } else { 0.0 };
        Scored { score: body + title_score, section: best.1, coverage, title_score, scale, ..Scored::default() }
    }

    /// What each needle gave of the body's score, in the order of the plan: for `explain`.
    pub fn explain(&self, article: &Prepared, buffers: &mut Buffers) -> Vec<f32> {
        let scored = self.score(article, buffers);
        let Buffers { whole, shares, .. } = buffers;
        self.shares(whole, self.collection.measures.article_chars, shares);
        shares.each.iter().map(|share| share * scored.scale).collect()
    }

    /// What each needle is worth in a field, into `shares`; returns their sum.
    fn shares(&self, field: &Field, usual_chars: f32, shares: &mut Shares) -> f32 {
        let Parameters { k1, b, .. } = *self.parameters;
        let norm = k1 * (1.0 - b + b * field.chars / usual_chars);
        let worth = |(needle, count): (&super::plan::Needle, &f32)| {
            if *count > 0.0 { needle.weight * needle.idf * (k1 + 1.0) * count / (count + norm) } else { 0.0 }
        };
        shares.each.clear();
        shares.each.extend(self.plan.needles.iter().zip(&field.counts).map(worth));
        self.settle_concepts(shares);
        shares.each.iter().sum()
    }

    /// Keeps of each concept's synonyms only what the best of them adds to the own word. Two concepts
    /// may share a synonym: it counts for the one to which it adds more.
    fn settle_concepts(&self, Shares { each, kept }: &mut Shares) {
        kept.clear();
        for concept in &self.plan.concepts {
            let best = concept.alternatives.iter().copied().max_by(|a, b| each[*a].total_cmp(&each[*b]));
            if let Some(best) = best.filter(|best| each[*best] > 0.0) {
                let own: f32 = concept.own.iter().map(|at| each[*at]).sum();
                kept.push((best, (each[best] - own).max(0.0)));
            }
        }
        self.plan.concepts.iter().flat_map(|concept| &concept.alternatives).for_each(|at| each[*at] = 0.0);
        for (at, share) in kept {
            each[*at] = each[*at].max(*share);
        }
    }

    /// Share of the query's content, by idf, of which `counts` are some.
    pub fn coverage(&self, counts: &[f32]) -> f32 {
        let (mut held, mut all) = (0.0, 0.0);
        for (needle, count) in self.plan.needles.iter().zip(counts) {
            if needle.origin != Origin::Own || !needle.content {
                continue;
            }
            let worth = needle.weight * needle.idf;
            all += worth;
            if *count > 0.0 || needle.others.iter().any(|other| counts[*other] > 0.0) {
                held += worth;
            }
        }
        if all > 0.0 { held / all } else { 0.0 }
    }
}
