//! Finds the query that was meant: words typed by their sound, wrong characters that sound the
//! same, initials, Latin slips. Context decides: a word that stands in the articles is never
//! changed, nor the name of a coin or a wallet that we know; another real word only ever into a word
//! of the trade that shares a character with it.
//!
//! The query becomes a row of slots, each a character that is certain, a character in doubt or a
//! sound; the cheapest way to cover the row with the collection's words is what was meant. Sounds of
//! which too many are no part of a word stay letters: a word that no article has must not become
//! nonsense that some article holds.

use crate::text::{Lexicon, Part, PartKind, Question, is_han};

use super::cover::{Became, Row, Slot, Step};
use super::statistics::Statistics;
use super::vocabulary::{Vocabulary, WORD_CHARS_MAX};

/// Slots of one query that are looked at: longer rows are pasted texts, not mistyped words.
const SLOTS_MAX: usize = 64;
/// Latin words of one query that are compared with those of the articles.
const SLIPS_MAX: usize = 8;

/// A query as it was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Meant {
    pub text: String,
    /// Whether a real word was exchanged for one of the trade: 旷工 may be what is asked about.
    pub exchanges_a_real_word: bool,
    /// Whether what was typed may as well be a name that no article has: USDE is no slip of usdt.
    pub may_be_a_name: bool,
}

/// The query that was meant, where it is another one than was typed.
pub(super) fn mend(
    typed: &str,
    question: &Question,
    vocabulary: &Vocabulary,
    lexicon: &Lexicon,
    statistics: &impl Statistics,
) -> Option<Meant> {
    let row = Row::new(vocabulary, lexicon, statistics);
    let mut reader = Reader { typed, question, english: false, slipped: false, named: false, slips: SLIPS_MAX, row };
    reader.english = reader.is_english();
    let mut last: Option<&Part> = None;
    for (at, part) in question.parts.iter().enumerate() {
        if reader.row.slots.len() >= SLOTS_MAX {
            return None;
        }
        if last.is_none_or(|last| !reader.joins(last, part)) {
            reader.border(last.map_or(0, |last| last.end), part.start);
        }
        reader.part(at, part);
        last = Some(part);
    }
    reader.border(last.map_or(0, |last| last.end), question.folded.text.chars().count());
    let Reader { row, slipped, named: may_be_a_name, .. } = reader;
    let doubtful = row.slots.iter().any(|slot| matches!(slot, Slot::Doubtful(_) | Slot::Sound(_)));
    if row.slots.len() > SLOTS_MAX || !doubtful && !slipped {
        return None;
    }
    let steps = row.read();
    let exchanges_a_real_word = steps.iter().any(|step| matches!(step.became, Became::Word { real: true, .. }));
    let text = written(&steps);
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    (letters(&text) != letters(&question.folded.text)).then_some(Meant { text, exchanges_a_real_word, may_be_a_name })
}

/// The steps as one text; between Latin and what it touches stands a blank.
fn written(steps: &[Step]) -> String {
    let mut text = String::new();
    let mut last = None;
    for step in steps {
        let both = |pair: (char, char)| pair.0.is_alphanumeric() && pair.1.is_alphanumeric();
        let touch = text.chars().last().zip(step.text.chars().next()).filter(|pair| both(*pair));
        // Letters of one run go on.
        let goes_on = last == Some(Became::Letters) && step.became == Became::Letters;
        if touch.is_some_and(|(a, b)| !is_han(a) || !is_han(b)) && !goes_on {
            text.push(' ');
        }
        text.push_str(&step.text);
        last = Some(step.became);
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Puts the parts of a query into a row.
struct Reader<'a, S> {
    /// The query as it was typed.
    typed: &'a str,
    question: &'a Question,
    /// Whether it is English, whose words are no syllables.
    english: bool,
    /// Whether a word was mended on its own: a Latin slip or initials.
    slipped: bool,
    /// Whether one so mended may be a name as it stands.
    named: bool,
    /// Latin words that may still be compared.
    slips: usize,
    row: Row<'a, S>,
}

impl<S: Statistics> Reader<'_, S> {
    /// What stands between two parts, as it was typed.
    fn border(&mut self, from: usize, to: usize) {
        let range = self.question.folded.source_range(from, to);
        let between = self.typed.get(range).unwrap_or_default().to_owned();
        if !between.is_empty() {
            self.row.push(Slot::Border, &between);
        }
    }

    /// Whether a word may reach from one part into the next: they touch, or a blank stands between
    /// and both are Latin, as in `zhu ji ci`.
    fn joins(&self, before: &Part, part: &Part) -> bool {
        let between = self.question.folded.text.chars().skip(before.end).take(part.start - before.end);
        let latin = |part: &Part| !part.text.chars().any(is_han);
        part.start == before.end || (between.into_iter().all(char::is_whitespace) && latin(before) && latin(part))
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
            // A name that we know is meant, though no article has it: 火币 is not 货币.
            let is_name = self.row.lexicon.is_domain_word(&part.text);
            part.kind != PartKind::Content || is_name || self.holds_known_pairs(&chars)
        } else {
            part.kind != PartKind::Content || self.stands_in_articles(at, part)
        };
        if chars.len() > 1 && self.row.lexicon.is_word(&part.text) {
            self.row.whole(chars.len());
        }
        for c in chars {
            let slot = if certain { Slot::Certain(c) } else { Slot::Doubtful(c) };
            self.row.push(slot, &c.to_string());
        }
    }

    /// Whether all is in the articles: as a word, or pair by pair.
    fn holds_known_pairs(&self, chars: &[char]) -> bool {
        self.row.known(&chars.iter().collect::<String>())
            || chars.windows(2).all(|pair| self.known_pair(&pair.iter().collect::<String>()))
    }

    /// Whether the articles hold a pair for itself, and not only as a piece of longer words: 记词
    /// stands in 助记词 and says nothing for 住记词.
    fn known_pair(&self, pair: &str) -> bool {
        let frequency = self.row.statistics.document_frequency(pair);
        frequency > 0 && (self.row.lexicon.is_word(pair) || frequency > u64::from(self.row.vocabulary.inside(pair)))
    }

    /// Whether most Latin words are in the articles, so that the others are no pinyin either.
    fn is_english(&self) -> bool {
        let latin = self.question.parts.iter().filter(|part| part.text.bytes().all(|b| b.is_ascii_alphabetic()));
        let (known, all) = latin.fold((0, 0), |(known, all), part| {
            (known + usize::from(part.kind != PartKind::Content || self.row.known(&part.text)), all + 1)
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
        let is_name = || self.row.lexicon.is_domain_word(run) || self.row.lexicon.alternatives(run).next().is_some();
        if !letters || self.row.known(run) || is_name() {
            return self.row.push(Slot::Border, run);
        }
        // Capitals are a name or an abbreviation: SD is a card, not 刷单.
        let range = self.question.folded.source_range(part.start, part.end);
        let shouted = self.typed.get(range).is_some_and(|typed| typed.chars().skip(1).any(char::is_uppercase));
        let by_sound = !shouted && !self.english;
        if let Some(way) = by_sound.then(|| self.row.best_spelling(run)).flatten() {
            for syllable in way {
                self.row.push(Slot::Sound(syllable), syllable.name());
            }
            return;
        }
        let vocabulary = self.row.vocabulary;
        let english = self.row.lexicon.is_english(run);
        let compares = !english && self.slips > 0;
        self.slips -= usize::from(compares);
        let slip = compares.then(|| vocabulary.nearest_latin(run)).flatten();
        let short_of = || {
            let alone = self.question.parts.len() == 1;
            (!english && by_sound && may_be_initials(run.len(), alone)).then(|| vocabulary.by_initials(run)).flatten()
        };
        let meant = match slip {
            Some(slip) => {
                self.named |= shouted || slip.by_a_far_key;
                Some(slip.word)
            }
            None => short_of().map(|word| {
                // Beside other words, three letters fit too many rare ones.
                self.named |= self.question.parts.len() > 1 && !word.is_of_the_trade_here();
                word.text.as_str()
            }),
        };
        self.slipped |= meant.is_some();
        self.row.push(Slot::Border, meant.unwrap_or(run));
    }
}

/// Two letters stand for a word only where nothing else is typed: they fit too many.
fn may_be_initials(letters: usize, alone: bool) -> bool {
    (3..=WORD_CHARS_MAX).contains(&letters) || (letters == 2 && alone)
}
