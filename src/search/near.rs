//! How near to each other the words of a query stand in a text: words that answer together stand
//! together, while those of an article that merely mentions them are scattered.
//!
//! Source: Tao & Zhai 2007, "An Exploration of Proximity Measures in Information Retrieval": the
//! smallest distance of a pair says most; here every pair counts, as often as it is found near.

use super::plan::Plan;
use super::scan::{Code, Scanner};

/// Characters from the start of one word to the start of the other that are still near.
const REACH_CHARS: usize = 10;
/// At this distance a pair counts half.
const HALF_CHARS: f32 = 8.0;
/// Places of one word that are looked at.
const PLACES_MAX: usize = 32;
/// Words of a query that are looked at; a pasted text has more than say anything by standing near.
const WORDS_MAX: usize = 12;

/// The words of one query, and which needles stand for each.
pub(super) struct Nearness {
    /// Of each needle the words it stands for, as bits.
    words: Vec<u16>,
    /// What each word is worth.
    worth: Vec<f32>,
}

impl Nearness {
    pub fn new(plan: &Plan) -> Self {
        let mut words = vec![0u16; plan.needles.len()];
        let mut worth = Vec::new();
        // A word said twice is not near itself.
        for part in plan.question.content_once().take(WORDS_MAX) {
            let bit = 1 << worth.len();
            let mut best = 0.0f32;
            for at in plan.standing_for(part) {
                words[at] |= bit;
                best = best.max(plan.needles[at].idf);
            }
            worth.push(best);
        }
        Self { words, worth }
    }

    /// What the nearness of the words in `text` is worth, in the units of a BM25 score whose
    /// channels weigh one.
    pub fn of(&self, scanner: &Scanner, text: &[Code]) -> f32 {
        /// Half-way to saturation, as k1 of BM25.
        const SATURATION: f32 = 1.2;
        let count = self.worth.len();
        if count < 2 {
            return 0.0;
        }
        let mut places: Vec<Vec<usize>> = vec![Vec::new(); count];
        scanner.each(text, |place| {
            let mut bits = self.words[place.needle];
            while bits != 0 {
                let word = &mut places[bits.trailing_zeros() as usize];
                if word.len() < PLACES_MAX && word.last() != Some(&place.start) {
                    word.push(place.start);
                }
                bits &= bits - 1;
            }
        });
        let (mut sum, mut present) = (0.0, 0);
        for (at, first) in places.iter().enumerate().filter(|(_, places)| !places.is_empty()) {
            present += 1;
            for (other, second) in places.iter().enumerate().skip(at + 1) {
                let near: f32 = first.iter().filter_map(|place| nearest(second, *place)).map(share).sum();
                sum += self.worth[at].min(self.worth[other]) * near / (near + SATURATION);
            }
        }
        // Each word has several partners: it counts about as often as it stands there.
        sum / ((present as f32 - 1.0) / 2.0).max(1.0)
    }
}

fn share(distance: usize) -> f32 {
    1.0 / (1.0 + distance as f32 / HALF_CHARS)
}

/// The distance to the nearest of `places`, if one is within reach.
fn nearest(places: &[usize], from: usize) -> Option<usize> {
    places.iter().map(|place| place.abs_diff(from)).min().filter(|distance| *distance <= REACH_CHARS)
}
