//! The one table of ranking parameters, each with its source or measurement.
//!
//! Figures are MRR@10. "Own" are the judgments beside the sample articles; the other sets, and the
//! ablations, are in `tests/bench/README.md`.

/// Ranking parameters. The defaults are the product's; only experiments change them.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameters {
    /// Saturation of repeated terms. Source: Robertson & Zaragoza 2009, "The Probabilistic
    /// Relevance Framework", the usual 1.2; no gain from other values on any set.
    pub k1: f32,
    /// How much length counts. Source: as above, the usual 0.75.
    pub b: f32,
    /// Weight of single characters against 1 for pairs and for words, of which a word of two
    /// characters gets both. 2 against 1: +0.011 on bank questions, +0.009 on office help, +0.005 on
    /// paragraphs, 0 on own, held-out and wallet questions, −0.012 on desktop help.
    pub character: f32,
    /// The same where articles are as short as questions: there a word's single characters are
    /// often all that two ways of asking share. Between the two it moves with the mean length.
    /// 8 against 2: +0.031 on everyday questions, +0.028 on questions about loans; 20 adds nothing.
    pub character_in_short: f32,
    /// Weight of character pairs.
    pub pair: f32,
    /// Weight of words, Latin runs included.
    pub word: f32,
    /// Weight of filler and question words against 1 for content: 0.5 beats both 0 and 1.
    pub filler: f32,
    /// How often the title counts within the body (BM25F). Three is a plateau from 2 to 5.
    pub title_in_body: f32,
    /// How often a heading counts within its section.
    pub heading_in_body: f32,
    /// Weight of the title as a field of its own in a collection whose titles say all; scaled by
    /// how much titles say there ([`super::collection`]).
    pub title: f32,
    /// Share of the best section in an article's score; the rest is the article as a whole.
    pub section_share: f32,
    /// Weight of words of the query that stand near each other, on top of what they are worth each:
    /// 2 against 1 gives +0.004 on own, +0.009 on office help, 0 elsewhere.
    pub near: f32,
    /// Weight of a synonym against the reader's own word (how the two are compared: `Plan::weigh_synonyms`).
    /// 0.8 to 1.0 is a plateau; 0.5 loses 0.01 on own, bank and wallet questions. One-way lines
    /// are worth no more than groups.
    pub synonym: f32,
    /// Whether mistyped queries are mended.
    pub mend: bool,
    /// Known pairs and words of a query from which on the index is not asked for its single characters,
    /// whose postings are the longest: without it a new query over 10,000 articles of 3.7 kB takes
    /// 4.4 ms of processor instead of 3.3. In small collections, and where articles are as short as
    /// questions, they are always asked for: paragraphs 0.957 → 0.965, everyday questions +0.008.
    pub pairs_enough: usize,
    /// Candidates that the index names, in sections.
    pub candidates: usize,
    /// Terms that the index is asked for, those that tell most. A long question has a hundred; 16
    /// find the same answers on every set, at a third of the time of the slowest queries.
    pub retrieval_terms: usize,
}

impl Default for Parameters {
    fn default() -> Self {
        Self {
            k1: 1.2,
            b: 0.75,
            character: 2.0,
            character_in_short: 8.0,
            pair: 1.0,
            word: 1.0,
            filler: 0.5,
            title_in_body: 3.0,
            heading_in_body: 2.0,
            title: 1.0,
            section_share: 0.5,
            near: 2.0,
            synonym: 0.9,
            mend: true,
            pairs_enough: 3,
            candidates: 80,
            retrieval_terms: 16,
        }
    }
}
