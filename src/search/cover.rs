//! The cheapest way to cover a row of characters and sounds with words that the collection knows,
//! and what of it is to be believed.

use crate::text::{Lexicon, Syllable, is_han, readings, spell};

use super::statistics::Statistics;
use super::vocabulary::{Sounding, Vocabulary, WORD_CHARS_MAX, Word};

/// Ways to spell one Latin run that are tried.
const SPELLINGS_MAX: usize = 4;
/// Characters of one sound that are tried for it.
const CHARACTERS_MAX: usize = 16;

// Costs. A word costs one, so that few long words beat many short ones; found by trying on the
// public set's rough queries, where any value within a third of these gives the same.
const WORD: f32 = 1.0;
/// A character in doubt that stays alone.
const ALONE: f32 = 1.0;
/// A character that is exchanged for one of the same sound.
const EXCHANGED: f32 = 0.7;
/// The same for a sound that only blurs into the other.
const BLURRED: f32 = 0.5;
/// A word by a rarer reading of its characters: 见 as xian.
const RARER: f32 = 0.3;
/// A sound for which there is only a single character.
const LONE_SOUND: f32 = 2.2;
/// A sound that stays letters.
const LETTERS: f32 = 3.0;
/// What a word of the trade is favoured by.
const DOMAIN: f32 = 0.35;
/// What a word is favoured by for each time that its frequency is e times as high.
const KNOWN: f32 = 0.05;

/// Sections that must hold a word of two characters before single characters are taken for it.
const KNOWN_MIN: u32 = 3;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Slot {
    /// It stands as it is.
    Certain(char),
    /// It may be another of the same sound.
    Doubtful(char),
    /// It was typed as a sound.
    Sound(Syllable),
    /// Between words, or a word of its own: nothing reaches across.
    Border,
}

/// What a piece of the row became.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Became {
    /// It stays as it was typed.
    Itself,
    /// A word that the collection knows; `trade` for one of the trade, `real` where a real word was
    /// exchanged for it.
    Word { trade: bool, real: bool },
    /// A sound alone, for which the likeliest character stands.
    Guess,
    /// A sound that stays letters.
    Letters,
}

/// A step of the covering: the slots `start..end`, and what they became.
#[derive(Debug, Clone)]
pub(super) struct Step {
    start: usize,
    end: usize,
    pub text: String,
    pub became: Became,
}

/// What was typed, as slots, and what they are covered with.
pub(super) struct Row<'a, S> {
    pub vocabulary: &'a Vocabulary,
    pub lexicon: &'a Lexicon,
    pub statistics: &'a S,
    pub slots: Vec<Slot>,
    /// What each slot is written as when it stays.
    texts: Vec<String>,
    /// Slots of each word of the language that was typed, first and one past the last: it is
    /// changed as a whole or not at all.
    whole: Vec<(usize, usize)>,
}

/// A word for some slots.
struct Found {
    cost: f32,
    text: String,
    became: Became,
}

impl<'a, S: Statistics> Row<'a, S> {
    pub fn new(vocabulary: &'a Vocabulary, lexicon: &'a Lexicon, statistics: &'a S) -> Self {
        Self { vocabulary, lexicon, statistics, slots: Vec::new(), texts: Vec::new(), whole: Vec::new() }
    }

    pub fn push(&mut self, slot: Slot, text: &str) {
        self.slots.push(slot);
        self.texts.push(text.to_owned());
    }

    /// The next `count` slots are one word of the language.
    pub fn whole(&mut self, count: usize) {
        self.whole.push((self.slots.len(), self.slots.len() + count));
    }

    /// Whether the articles hold a gram.
    pub fn known(&self, text: &str) -> bool {
        self.statistics.document_frequency(text) > 0
    }

    /// The slots as they are read at the least cost.
    pub fn read(&self) -> Vec<Step> {
        self.believed(&self.cheapest().0)
    }

    /// The way to spell a run of letters that is covered at the least cost.
    pub fn best_spelling(&self, run: &str) -> Option<Vec<Syllable>> {
        let cost = |way: &Vec<Syllable>| {
            let mut row = Row::new(self.vocabulary, self.lexicon, self.statistics);
            for syllable in way {
                row.push(Slot::Sound(*syllable), syllable.name());
            }
            row.cheapest().1
        };
        let ways = spell(run).into_iter().take(SPELLINGS_MAX);
        ways.map(|way| (cost(&way), way)).min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, way)| way)
    }

    /// The cheapest covering of all slots, and its cost.
    fn cheapest(&self) -> (Vec<Step>, f32) {
        /// The cheapest covering up to a slot: its cost and its last step.
        struct Best {
            cost: f32,
            step: Step,
        }
        let mut best: Vec<Best> = Vec::with_capacity(self.slots.len());
        let cost_before = |best: &[Best], start: usize| start.checked_sub(1).map_or(0.0, |last| best[last].cost);
        for end in 1..=self.slots.len() {
            let before = best.last().and_then(|best| best.step.text.chars().last());
            let (cost, text, became) = self.alone(end - 1, before);
            let mut here =
                Best { cost: cost_before(&best, end - 1) + cost, step: Step { start: end - 1, end, text, became } };
            for start in end.saturating_sub(WORD_CHARS_MAX)..end - 1 {
                let Some(Found { cost, text, became }) = self.word(start, end) else { continue };
                let cost = cost_before(&best, start) + cost;
                if cost < here.cost {
                    here = Best { cost, step: Step { start, end, text, became } };
                }
            }
            best.push(here);
        }
        let cost = best.last().map_or(0.0, |best| best.cost);
        let mut steps = Vec::new();
        while let Some(last) = best.pop() {
            best.truncate(last.step.start);
            steps.push(last.step);
        }
        steps.reverse();
        (steps, cost)
    }

    /// A slot by itself, behind the character `before`.
    fn alone(&self, at: usize, before: Option<char>) -> (f32, String, Became) {
        let text = self.texts[at].clone();
        match self.slots[at] {
            Slot::Certain(_) | Slot::Border => (0.0, text, Became::Itself),
            Slot::Doubtful(_) => (ALONE, text, Became::Itself),
            Slot::Sound(syllable) => match self.character(syllable, before) {
                Some(c) => (LONE_SOUND, c.to_string(), Became::Guess),
                None => (LETTERS, text, Became::Letters),
            },
        }
    }

    /// Turns what is only guessed back into letters, wherever it is too much of what was typed by sound.
    fn believed(&self, steps: &[Step]) -> Vec<Step> {
        let sound = |step: &Step| self.slots[step.start..step.end].iter().all(|slot| matches!(slot, Slot::Sound(_)));
        let mut believed: Vec<Step> = Vec::with_capacity(steps.len());
        let mut from = 0;
        while from < steps.len() {
            let to = from + steps[from..].iter().take_while(|step| sound(step)).count();
            if from == to {
                believed.push(steps[from].clone());
                from += 1;
                continue;
            }
            let stretch = &steps[from..to];
            let doubtful = self.is_doubtful(stretch, &steps[..from], &steps[to..]);
            for step in stretch {
                let stays = match step.became {
                    Became::Word { trade, .. } => trade || step.end - step.start > 2,
                    Became::Itself | Became::Guess | Became::Letters => false,
                };
                if stays || !doubtful {
                    believed.push(step.clone());
                } else {
                    let letters = |at: usize| Step {
                        start: at,
                        end: at + 1,
                        text: self.texts[at].clone(),
                        became: Became::Letters,
                    };
                    believed.extend((step.start..step.end).map(letters));
                }
            }
            from = to;
        }
        believed
    }

    /// Whether too much of a stretch of sounds is guessed, characters that stand with no neighbour in
    /// the articles: more than a quarter of a word or two, more than half of a whole question. Without
    /// any word there is nothing to go by.
    fn is_doubtful(&self, stretch: &[Step], before: &[Step], after: &[Step]) -> bool {
        /// Sounds from which on a stretch is a question.
        const QUESTION: usize = 6;
        if !stretch.iter().any(|step| matches!(step.became, Became::Word { .. })) {
            return true;
        }
        let neighbour = |c: Option<char>| c.filter(|c| is_han(*c));
        let pair = |a: Option<char>, b: Option<char>| {
            neighbour(a).zip(neighbour(b)).is_some_and(|(a, b)| self.known(&[a, b].iter().collect::<String>()))
        };
        let first = |step: Option<&Step>| step.and_then(|step| step.text.chars().next());
        let last = |step: Option<&Step>| step.and_then(|step| step.text.chars().last());
        let guessed = stretch.iter().enumerate().filter(|(at, step)| match step.became {
            Became::Guess => {
                let own = first(Some(step));
                let left = at.checked_sub(1).map_or(before.last(), |left| stretch.get(left));
                let right = stretch.get(at + 1).or(after.first());
                !pair(last(left), own) && !pair(own, first(right))
            }
            became => became == Became::Letters,
        });
        let slots: usize = stretch.iter().map(|step| step.end - step.start).sum();
        guessed.count() > if slots < QUESTION { slots / 4 } else { slots / 2 }
    }

    /// The character that was meant by a sound: the one that the articles have most often behind
    /// `before`, else the commonest.
    fn character(&self, syllable: Syllable, before: Option<char>) -> Option<char> {
        let before = before.filter(|c| is_han(*c));
        let with = |c: char| {
            before.map_or(0, |before| self.statistics.document_frequency(&[before, c].iter().collect::<String>()))
        };
        let all = self.vocabulary.characters_sounding(syllable).take(CHARACTERS_MAX);
        // Of equals `max_by_key` takes the last.
        all.enumerate().max_by_key(|(at, c)| (with(*c), std::cmp::Reverse(*at))).map(|(_, c)| c)
    }

    /// The best word for the slots `start..end`.
    fn word(&self, start: usize, end: usize) -> Option<Found> {
        let slots = &self.slots[start..end];
        // Only part of a typed word would be changed, or it would be torn.
        let torn = |(first, last): &(usize, usize)| *first < end && start < *last && (*first < start || end < *last);
        if self.whole.iter().any(torn) {
            return None;
        }
        if slots.iter().any(|s| matches!(s, Slot::Border)) || slots.iter().all(|s| matches!(s, Slot::Certain(_))) {
            return None;
        }
        if slots.iter().all(|s| !matches!(s, Slot::Sound(_))) {
            let typed: String = self.texts[start..end].concat();
            if let Some(right) = self.lexicon.confusion(&typed) {
                return Some(Found {
                    cost: WORD,
                    text: right.to_owned(),
                    became: Became::Word { trade: true, real: false },
                });
            }
        }
        let key: Option<Vec<Syllable>> = slots
            .iter()
            .map(|slot| match slot {
                Slot::Certain(c) | Slot::Doubtful(c) => readings(*c).first().copied(),
                Slot::Sound(syllable) => Some(*syllable),
                Slot::Border => None,
            })
            .collect();
        let key = key?;
        let exact = self.vocabulary.sounding(&key).map(|sounding| (sounding, 0.0));
        let blurred = self.vocabulary.sounding_blurred(&key).map(|sounding| (sounding, BLURRED));
        let ways = exact.chain(blurred).filter_map(|(Sounding { word, rarely }, more)| {
            Some((self.cost(slots, word)? + more + if rarely { RARER } else { 0.0 }, word))
        });
        let (cost, word) = ways.min_by(|a, b| a.0.total_cmp(&b.0))?;
        // Of the words that were typed, one within these slots became another.
        let mut whole = self.whole.iter().filter(|(first, last)| start <= *first && *last <= end);
        let real = whole.any(|(first, last)| {
            let now = word.text.chars().skip(first - start).take(last - first);
            !now.eq(self.texts[*first..*last].iter().flat_map(|text| text.chars()))
        });
        Some(Found { cost, text: word.text.clone(), became: Became::Word { trade: word.domain, real } })
    }

    /// What it costs to read the slots as `word`; none where they cannot be.
    fn cost(&self, slots: &[Slot], word: &Word) -> Option<f32> {
        let mut exchanged = 0;
        let mut sounds = 0;
        for (slot, c) in slots.iter().zip(word.text.chars()) {
            match slot {
                Slot::Certain(own) if *own != c => return None,
                Slot::Doubtful(own) if *own != c => exchanged += 1,
                Slot::Sound(_) => sounds += 1,
                _ => {}
            }
        }
        // A rare word that two single characters happen to sound like is rather chance.
        let chance = exchanged > 0 && slots.len() == 2 && !word.domain && word.frequency < KNOWN_MIN;
        if chance || exchanged > slots.len() / 2 || (exchanged == 0 && sounds == 0 && word.frequency == 0) {
            return None;
        }
        // A real word of the language is only mended into a word of the trade.
        let typed: String =
            slots.iter().filter_map(|slot| if let Slot::Doubtful(c) = slot { Some(*c) } else { None }).collect();
        if exchanged > 0 && typed.chars().count() == slots.len() && self.lexicon.is_word(&typed) && !word.domain {
            return None;
        }
        let favour = KNOWN * (1.0 + word.frequency as f32).ln() + if word.domain { DOMAIN } else { 0.0 };
        Some(WORD + EXCHANGED * exchanged as f32 - favour.min(WORD * 0.9))
    }
}
