//! Finds the query that was meant: words typed by their sound, wrong characters that sound the
//! same, initials, Latin slips. Context decides: a word that stands in the articles is never
//! changed, and a real word is only ever changed into a word of the trade that shares a character
//! with it.
//!
//! The query becomes a row of slots, each a character that is certain, a character in doubt or a
//! sound; the cheapest way to cover the row with the collection's words is what was meant.

use crate::text::{Lexicon, Part, PartKind, Question, Syllable, is_han, readings, spell};

use super::plan::Statistics;
use super::vocabulary::{Vocabulary, WORD_CHARS_MAX, Word};

/// Slots of one query that are looked at: longer rows are pasted texts, not mistyped words.
const SLOTS_MAX: usize = 64;
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
/// A sound for which there is only a single character.
const LONE_SOUND: f32 = 2.2;
/// A sound that stays letters.
const LETTERS: f32 = 3.0;
/// What a word of the trade is favoured by.
const DOMAIN: f32 = 0.35;
/// What each doubling of a word's frequency, in natural logarithm, is favoured by.
const KNOWN: f32 = 0.05;

/// Sections that must hold a word of two characters before single characters are taken for it.
const KNOWN_MIN: u32 = 3;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Slot {
    /// It stands as it is.
    Certain(char),
    /// It may be another of the same sound.
    Doubtful(char),
    /// It was typed as a sound.
    Sound(Syllable),
    /// Between words: nothing reaches across.
    Border,
}

/// The query that was meant, where it is another one than was typed.
pub(super) fn mend(
    typed: &str,
    question: &Question,
    vocabulary: &Vocabulary,
    lexicon: &Lexicon,
    statistics: &impl Statistics,
) -> Option<String> {
    let mut row = Row {
        typed,
        question,
        vocabulary,
        lexicon,
        statistics,
        english: false,
        slots: Vec::new(),
        texts: Vec::new(),
        whole: Vec::new(),
    };
    row.english = row.is_english();
    for (at, part) in question.parts.iter().enumerate() {
        if at > 0 && !row.joins(&question.parts[at - 1], part) {
            row.push(Slot::Border, " ");
        }
        row.part(at, part);
    }
    if row.slots.len() > SLOTS_MAX
        || !row.slots.iter().any(|s| matches!(s, Slot::Doubtful(_) | Slot::Sound(_))) && !row.changed()
    {
        return None;
    }
    let meant = row.cover();
    let typed: String = question.folded.text.chars().filter(|c| c.is_alphanumeric()).collect();
    let same = meant.chars().filter(|c| c.is_alphanumeric()).collect::<String>() == typed;
    (!same).then_some(meant)
}

struct Row<'a, S: Statistics> {
    /// The query as it was typed.
    typed: &'a str,
    question: &'a Question,
    vocabulary: &'a Vocabulary,
    lexicon: &'a Lexicon,
    statistics: &'a S,
    /// Whether it is English, whose words are no syllables.
    english: bool,
    slots: Vec<Slot>,
    /// What each slot is written as when it stays.
    texts: Vec<String>,
    /// Slots of each word of the language that was typed, first and one past the last: it is
    /// changed as a whole or not at all.
    whole: Vec<(usize, usize)>,
}

impl<S: Statistics> Row<'_, S> {
    fn push(&mut self, slot: Slot, text: &str) {
        self.slots.push(slot);
        self.texts.push(text.to_owned());
    }

    /// Whether a slot was mended on its own already: a Latin slip or initials.
    fn changed(&self) -> bool {
        self.slots.iter().zip(&self.texts).any(|(slot, text)| *slot == Slot::Border && text != " ")
    }

    /// Whether a word may reach from one part into the next: they touch, or a blank stands between
    /// and one of them is Latin, as in `zhu ji ci`.
    fn joins(&self, before: &Part, part: &Part) -> bool {
        let between = self.question.folded.text.chars().skip(before.end).take(part.start - before.end);
        let latin = |part: &Part| !part.text.chars().any(is_han);
        part.start == before.end || (between.into_iter().all(char::is_whitespace) && latin(before) && latin(part))
    }

    fn known(&self, text: &str) -> bool {
        self.statistics.document_frequency(text) > 0
    }

    fn part(&mut self, at: usize, part: &Part) {
        if part.text.chars().all(is_han) {
            self.han(at, part);
        } else {
            self.latin(part);
        }
    }

    fn han(&mut self, at: usize, part: &Part) {
        let chars: Vec<char> = part.text.chars().collect();
        let certain = if chars.len() > 1 {
            part.kind != PartKind::Content || self.holds_known_pairs(&chars)
        } else {
            part.kind != PartKind::Content || self.stands_in_articles(at, part)
        };
        if chars.len() > 1 && self.lexicon.is_word(&part.text) {
            self.whole.push((self.slots.len(), self.slots.len() + chars.len()));
        }
        for c in chars {
            let slot = if certain { Slot::Certain(c) } else { Slot::Doubtful(c) };
            self.push(slot, &c.to_string());
        }
    }

    /// Whether all is in the articles: as a word, or pair by pair.
    fn holds_known_pairs(&self, chars: &[char]) -> bool {
        self.known(&chars.iter().collect::<String>())
            || chars.windows(2).all(|pair| self.known_pair(&pair.iter().collect::<String>()))
    }

    /// Whether the articles hold a pair for itself, and not only as a piece of longer words: 记词
    /// stands in 助记词 and says nothing for 住记词.
    fn known_pair(&self, pair: &str) -> bool {
        let frequency = self.statistics.document_frequency(pair);
        frequency > 0 && (self.lexicon.is_word(pair) || frequency > u64::from(self.vocabulary.inside(pair)))
    }

    /// Whether most Latin words are in the articles, so that the others are no pinyin either.
    fn is_english(&self) -> bool {
        let latin = self.question.parts.iter().filter(|part| part.text.bytes().all(|b| b.is_ascii_alphabetic()));
        let (known, all) = latin.fold((0, 0), |(known, all), part| {
            (known + usize::from(part.kind != PartKind::Content || self.known(&part.text)), all + 1)
        });
        known >= 2 && known * 2 >= all
    }

    /// Whether a lone character makes a pair with a neighbour that the articles know.
    fn stands_in_articles(&self, at: usize, part: &Part) -> bool {
        let parts = &self.question.parts;
        let last = at.checked_sub(1).and_then(|i| parts.get(i)).filter(|p| p.end == part.start);
        let next = parts.get(at + 1).filter(|p| p.start == part.end);
        let with_last = last.and_then(|p| p.text.chars().last()).filter(|c| is_han(*c));
        let with_next = next.and_then(|p| p.text.chars().next()).filter(|c| is_han(*c));
        let none = with_last.is_none() && with_next.is_none();
        none || with_last.is_some_and(|c| self.known_pair(&format!("{c}{}", part.text)))
            || with_next.is_some_and(|c| self.known_pair(&format!("{}{c}", part.text)))
    }

    fn latin(&mut self, part: &Part) {
        let run = part.text.as_str();
        let letters = run.bytes().all(|b| b.is_ascii_lowercase());
        if !letters || self.known(run) {
            return self.push(Slot::Border, &format!(" {run} "));
        }
        // Capitals are a name or an abbreviation: SD is a card, not 刷单.
        let range = self.question.folded.source_range(part.start, part.end);
        let shouted = self.typed.get(range).is_some_and(|typed| typed.chars().skip(1).any(char::is_uppercase));
        let by_sound = !shouted && !self.english;
        if let Some(way) = by_sound.then(|| self.best_spelling(run)).flatten() {
            for syllable in way {
                self.push(Slot::Sound(syllable), syllable.name());
            }
        } else if let Some(word) = self.vocabulary.nearest_latin(run) {
            self.push(Slot::Border, &format!(" {word} "));
        } else if let Some(word) =
            self.vocabulary.by_initials(run).filter(|_| by_sound && self.may_be_initials(run.len()))
        {
            self.push(Slot::Border, &format!(" {} ", word.text));
        } else {
            self.push(Slot::Border, &format!(" {run} "));
        }
    }

    /// Two letters stand for a word only where nothing else is typed: they fit too many.
    fn may_be_initials(&self, letters: usize) -> bool {
        (3..=WORD_CHARS_MAX).contains(&letters) || (letters == 2 && self.question.parts.len() == 1)
    }

    fn best_spelling(&self, run: &str) -> Option<Vec<Syllable>> {
        let cost = |way: &Vec<Syllable>| {
            let slots: Vec<Slot> = way.iter().map(|s| Slot::Sound(*s)).collect();
            let texts: Vec<String> = way.iter().map(|s| s.name().to_owned()).collect();
            Row { slots, texts, whole: Vec::new(), ..*self }.cheapest().1
        };
        let ways = spell(run).into_iter().take(SPELLINGS_MAX);
        ways.map(|way| (cost(&way), way)).min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, way)| way)
    }

    fn cover(&self) -> String {
        let text = self.cheapest().0;
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// The cheapest covering of all slots, and its cost.
    fn cheapest(&self) -> (String, f32) {
        let mut best: Vec<(f32, String)> = vec![(0.0, String::new())];
        for end in 1..=self.slots.len() {
            let mut here = (f32::INFINITY, String::new());
            let mut offer = |from: &(f32, String), cost: f32, text: &str| {
                if from.0 + cost < here.0 {
                    here = (from.0 + cost, format!("{}{text}", from.1));
                }
            };
            let (alone, text) = self.alone(end - 1, best[end - 1].1.chars().last());
            offer(&best[end - 1], alone, &text);
            let first = end.saturating_sub(WORD_CHARS_MAX);
            for (start, from) in best.iter().enumerate().take(end - 1).skip(first) {
                if let Some((cost, word)) = self.word(start, end) {
                    offer(from, cost, &word);
                }
            }
            best.push(here);
        }
        best.pop().map(|(cost, text)| (text, cost)).unwrap_or_default()
    }

    /// A slot by itself, behind the character `before`.
    fn alone(&self, at: usize, before: Option<char>) -> (f32, String) {
        let text = self.texts[at].clone();
        match self.slots[at] {
            Slot::Certain(_) | Slot::Border => (0.0, text),
            Slot::Doubtful(_) => (ALONE, text),
            Slot::Sound(syllable) => match self.character(syllable, before) {
                Some(c) => (LONE_SOUND, c.to_string()),
                None => (LETTERS, format!(" {text} ")),
            },
        }
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
    fn word(&self, start: usize, end: usize) -> Option<(f32, String)> {
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
                return Some((WORD, right.to_owned()));
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
        let exact = self.vocabulary.sounding(&key).filter_map(|word| Some((self.cost(slots, word)?, word)));
        let blurred =
            self.vocabulary.sounding_blurred(&key).filter_map(|word| Some((self.cost(slots, word)? + BLURRED, word)));
        exact.chain(blurred).min_by(|a, b| a.0.total_cmp(&b.0)).map(|(cost, word)| (cost, word.text.clone()))
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
