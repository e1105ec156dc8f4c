//! Scores one article exactly, by reading its text again.
//!
//! BM25 with title, heading and body as fields of one document (BM25F: the counts are added with
//! weights before they saturate), once for the best section and once for the whole article, plus
//! the title as a field of its own, weighted by how much titles say in this collection. Synonyms
//! raise a word to what the better of the two is worth, so that saying a thing twice counts once.
//!
//! Source: Robertson, Zaragoza & Taylor 2004, "Simple BM25 Extension to Multiple Weighted Fields".

use crate::domain::Article;

use super::collection::Collection;
use super::parameters::Parameters;
use super::plan::{Origin, Plan};
use super::scan::{Scanner, canonical};

/// An article's score and where it comes from.
#[derive(Debug, Clone, Default)]
pub(super) struct Scored {
    pub score: f32,
    /// Index of the best section.
    pub section: usize,
    /// Share of the query's content, by idf, that stands anywhere in the article, 0 to 1.
    pub coverage: f32,
    /// Of the score, what the title as a field of its own gave.
    pub title_score: f32,
    /// Of the score, what each needle gave in body and title.
    pub needles: Vec<f32>,
}

/// Buffers that live as long as one query.
#[derive(Debug, Default)]
pub(super) struct Buffers {
    chars: Vec<char>,
    counts: Vec<u16>,
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
    fn sized(needles: usize) -> Self {
        Self { counts: vec![0.0; needles], chars: 0.0 }
    }

    fn add(&mut self, other: &Field, times: f32) {
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more * times;
        }
        self.chars += other.chars * times;
    }
}

impl Ranker<'_> {
    /// Reads and scores `article`.
    pub fn score(&self, article: &Article, buffers: &mut Buffers) -> Scored {
        let parameters = self.parameters;
        let title = self.read(&article.title, buffers);
        let mut whole = Field::sized(self.plan.needles.len());
        whole.add(&title, self.collection.title_in_body);
        let extra = self.extra(article, buffers);
        whole.add(&extra, 1.0);
        let mut best = (f32::MIN, 0);
        let mut sections = 0;
        for (at, section) in article.sections.iter().enumerate() {
            let text = self.read(&section.text, buffers);
            let mut field = Field::sized(self.plan.needles.len());
            field.add(&title, self.collection.title_in_body);
            field.add(&text, 1.0);
            whole.add(&text, 1.0);
            if at == 0 {
                field.add(&extra, 1.0);
            }
            if let Some(heading) = article.section_heading(at) {
                let heading = self.read(&heading.title, buffers);
                field.add(&heading, parameters.heading_in_body);
                whole.add(&heading, parameters.heading_in_body);
            }
            let score: f32 = self.shares(&field, self.collection.section_chars).iter().sum();
            if score > best.0 {
                best = (score, at);
            }
            sections += 1;
        }
        let mut shares = self.shares(&whole, self.collection.article_chars);
        let whole_score: f32 = shares.iter().sum();
        let body = if sections > 1 {
            best.0 * parameters.section_share + whole_score * (1.0 - parameters.section_share)
        } else {
            whole_score
        };
        let title_score = self.title(article, &title, buffers) * parameters.title * self.collection.title_strength;
        if whole_score > 0.0 {
            for share in &mut shares {
                *share *= body / whole_score;
            }
        }
        Scored {
            score: body + title_score,
            section: best.1,
            coverage: self.coverage(&whole),
            title_score,
            needles: shares,
        }
    }

    /// Description, questions, errors, keywords and tags: read with the opening section.
    fn extra(&self, article: &Article, buffers: &mut Buffers) -> Field {
        let mut extra = Field::sized(self.plan.needles.len());
        let lists = [&article.questions, &article.errors, &article.keywords, &article.tags];
        for text in lists.into_iter().flatten().chain([&article.description]) {
            let field = self.read(text, buffers);
            extra.add(&field, 1.0);
        }
        extra
    }

    /// The title as a field of its own; a question the editor names counts almost like it.
    fn title(&self, article: &Article, title: &Field, buffers: &mut Buffers) -> f32 {
        const QUESTION_SHARE: f32 = 0.9;
        let alone = |field: &Field| -> f32 { self.shares(field, self.collection.title_chars).iter().sum() };
        let mut best = alone(title);
        for question in article.questions.iter().chain(&article.errors) {
            let field = self.read(question, buffers);
            best = best.max(alone(&field) * QUESTION_SHARE);
        }
        best
    }

    fn read(&self, text: &str, buffers: &mut Buffers) -> Field {
        canonical(text, &mut buffers.chars);
        self.scanner.count(&buffers.chars, &mut buffers.counts);
        Field { counts: buffers.counts.iter().map(|n| f32::from(*n)).collect(), chars: buffers.chars.len() as f32 }
    }

    /// What each needle is worth in a field.
    fn shares(&self, field: &Field, usual_chars: f32) -> Vec<f32> {
        let Parameters { k1, b, .. } = *self.parameters;
        let norm = k1 * (1.0 - b + b * field.chars / usual_chars);
        let worth = |(needle, count): (&super::plan::Needle, &f32)| {
            if *count > 0.0 { needle.weight * needle.idf * (k1 + 1.0) * count / (count + norm) } else { 0.0 }
        };
        let mut shares: Vec<f32> = self.plan.needles.iter().zip(&field.counts).map(worth).collect();
        self.settle_concepts(&mut shares);
        shares
    }

    /// Keeps of each concept's synonyms only what the best of them adds to the own word.
    fn settle_concepts(&self, shares: &mut [f32]) {
        for concept in &self.plan.concepts {
            let own: f32 = (self.plan.needles.iter().zip(shares.iter()))
                .filter(|(n, _)| n.origin == Origin::Own && concept.start <= n.start && n.end <= concept.end)
                .map(|(_, share)| share)
                .sum();
            let best = concept.alternatives.iter().copied().max_by(|a, b| shares[*a].total_cmp(&shares[*b]));
            for at in concept.alternatives.iter().copied() {
                shares[at] = if Some(at) == best { (shares[at] - own).max(0.0) } else { 0.0 };
            }
        }
    }

    fn coverage(&self, whole: &Field) -> f32 {
        let (mut held, mut all) = (0.0, 0.0);
        for (needle, count) in self.plan.needles.iter().zip(&whole.counts) {
            if needle.origin != Origin::Own || !needle.content {
                continue;
            }
            let worth = needle.weight * needle.idf;
            all += worth;
            let by_synonym = || {
                self.plan.concepts.iter().any(|concept| {
                    concept.start <= needle.start
                        && needle.end <= concept.end
                        && concept.alternatives.iter().any(|at| whole.counts[*at] > 0.0)
                })
            };
            if *count > 0.0 || by_synonym() {
                held += worth;
            }
        }
        if all > 0.0 { held / all } else { 0.0 }
    }
}
