//! Turns a question into what is looked for: needles with their weights, and the concepts that
//! hold a word together with its synonyms.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use crate::text::salience::Model;
use crate::text::{Gram, GramKind, Lexicon, Part, PartKind, Question, grams, is_han};

use super::parameters::Parameters;
use super::scan::Scanner;
use super::statistics::{Memo, Statistics, frequency, retrieval_grams};

/// Most needles of one query. A question of 256 characters has some 700; of more, synonyms go first.
const NEEDLES_MAX: usize = 800;
/// Alternatives looked for per word: later ones of a long line are rarely what is meant.
const ALTERNATIVES_MAX: usize = 8;

/// Salience from which on a word of one character is marked.
const MARKED_FROM: f32 = 0.4;

/// How a needle got here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// It stands in the query.
    Own,
    /// It is a synonym.
    Synonym,
}

/// Something to look for.
#[derive(Debug, Clone)]
pub(super) struct Needle {
    pub text: String,
    /// Sum of the channel weights under which it counts.
    pub weight: f32,
    /// Inverse document frequency.
    pub idf: f32,
    /// Whether any article may hold it.
    pub known: bool,
    /// Whether any part of it carries meaning.
    pub content: bool,
    /// Whether all of it does, so that readers see it marked; a single character where it is a word.
    pub marks: bool,
    pub kind: GramKind,
    pub origin: Origin,
    /// First and one past the last character in the query, where it stands first; of a synonym
    /// those that it stands for first.
    pub start: usize,
    pub end: usize,
    /// Of an own needle: those that are other words for it, or for a longer word around it.
    pub others: Vec<usize>,
}

/// A word of the query with its synonyms: together they count once.
#[derive(Debug, Clone)]
pub(super) struct Concept {
    pub start: usize,
    pub end: usize,
    /// Needles that are pieces of it.
    pub own: Vec<usize>,
    /// Needles that are other words for it; two concepts may share one.
    pub alternatives: Vec<usize>,
}

/// A query made ready.
#[derive(Debug, Clone, Default)]
pub(super) struct Plan {
    pub question: Question,
    /// How likely each character of the folded query belongs to what it is about, 0 to 1.
    pub salience: Vec<f32>,
    pub needles: Vec<Needle>,
    pub concepts: Vec<Concept>,
    /// Grams for the index with their weights.
    pub retrieval: Vec<(String, f32)>,
    /// Grams of what stands in quotation marks.
    pub required: Vec<String>,
}

impl Plan {
    pub fn new(text: &str, lexicon: &Lexicon, statistics: &impl Statistics, parameters: &Parameters) -> Self {
        let statistics = &Memo::new(statistics);
        let question = Question::parse(text, lexicon);
        let salience = Model::builtin().salience(&question.folded.text);
        let mut plan = Self { question, salience, ..Self::default() };
        let numbers = plan.own(lexicon, parameters);
        plan.synonyms(numbers, lexicon, statistics);
        plan.needles.truncate(NEEDLES_MAX);
        let count = plan.needles.len();
        for concept in &mut plan.concepts {
            concept.own.retain(|needle| *needle < count);
            concept.alternatives.retain(|needle| *needle < count);
        }
        plan.needles.iter_mut().for_each(|needle| needle.others.retain(|other| *other < count));
        for needle in &mut plan.needles {
            let frequency = frequency(&needle.text, needle.kind, statistics);
            needle.known = frequency > 0;
            needle.idf = statistics.idf(frequency);
        }
        plan.weigh_synonyms(statistics, parameters);
        plan.choose_retrieval(statistics, parameters);
        plan.required = plan.question.quoted.iter().flat_map(|phrase| retrieval_grams(phrase, statistics)).collect();
        plan
    }

    /// Characters, pairs and words of the query itself, each once; returns their numbers.
    fn own(&mut self, lexicon: &Lexicon, parameters: &Parameters) -> HashMap<String, usize> {
        let question = &self.question;
        let carries =
            |at: usize| question.only_filler || question.part_at(at).is_none_or(|p| p.kind == PartKind::Content);
        // The mean weight of its characters, whether one of them carries meaning, whether all do.
        let importance = |start: usize, end: usize| -> (f32, bool, bool) {
            let carrying = (start..end).filter(|at| carries(*at)).count();
            let filler = end - start - carrying;
            let weight = (carrying as f32 + filler as f32 * parameters.filler) / (end - start).max(1) as f32;
            (weight, carrying > 0, filler == 0)
        };
        let han: Vec<bool> = question.folded.text.chars().map(is_han).collect();
        // Words begin and end at parts, and where letters meet characters.
        let begins = |at: usize| {
            question.part_at(at).is_none_or(|part| part.start == at) || at > 0 && han.get(at) != han.get(at - 1)
        };
        let is_told = |at: usize| self.salience.get(at).is_some_and(|salience| *salience >= MARKED_FROM);
        // A piece of a word is shown where it is one itself: 特币 of 莱特币 is not. A lone character is
        // everywhere: it is shown where the query is about it.
        let shows = |text: &str, start: usize, end: usize, kind: GramKind| match kind {
            GramKind::Latin => true,
            GramKind::Character => begins(start) && begins(end) && is_told(start),
            GramKind::Pair | GramKind::Word => begins(start) && begins(end) || lexicon.is_word(text),
        };
        let mut numbers: HashMap<String, usize> = HashMap::new();
        let mut needles: Vec<Needle> = Vec::new();
        let mut add = |text: &str, start: usize, end: usize, kind: GramKind, channel: f32| {
            let (weight, content, whole) = importance(start, end);
            let marks = whole && shows(text, start, end, kind);
            if let Some(known) = numbers.get(text) {
                let needle = &mut needles[*known];
                needle.weight = needle.weight.max(channel * weight);
                needle.content |= content;
                needle.marks |= marks;
                return;
            }
            numbers.insert(text.to_owned(), needles.len());
            needles.push(Needle {
                text: text.to_owned(),
                weight: channel * weight,
                idf: 0.0,
                known: false,
                content,
                marks,
                kind,
                origin: Origin::Own,
                start,
                end,
                others: Vec::new(),
            });
        };
        let all = parameters.character + parameters.pair + parameters.word;
        grams(&question.folded, lexicon, |Gram { text, start, end, kind }| match kind {
            GramKind::Character => add(text, start, end, kind, parameters.character),
            GramKind::Pair => add(text, start, end, kind, parameters.pair),
            GramKind::Word => add(text, start, end, kind, parameters.word),
            // Parts of a run share what the run is worth.
            GramKind::Latin => add(text, start, end, kind, all),
        });
        // Words of one and two characters are grams already: they weigh more for being words.
        for token in lexicon.cut_for_search(question.folded.to_cut()) {
            let (start, end) = (token.start, token.end);
            if end - start > 2 || !token.word.chars().all(is_han) {
                continue;
            }
            let text: String = question.folded.text.chars().skip(start).take(end - start).collect();
            if let Some(known) = numbers.get(&text) {
                let needle = &mut needles[*known];
                let channel = if end - start == 1 { parameters.character } else { parameters.pair };
                needle.weight = needle.weight.max((channel + parameters.word) * importance(start, end).0);
            }
        }
        self.needles = needles;
        numbers
    }

    /// Other words for the words of the query.
    fn synonyms(&mut self, mut numbers: HashMap<String, usize>, lexicon: &Lexicon, statistics: &impl Statistics) {
        let chars: Vec<char> = self.question.folded.text.chars().collect();
        let parts = std::mem::take(&mut self.question.parts);
        let mut seen: HashSet<&[char]> = HashSet::new();
        // A shorter word within a longer one has others of its own.
        for first in 0..parts.len() {
            let found = longest_entry(&parts[first..], &chars, lexicon, statistics);
            let Some((count, alternatives)) = found else { continue };
            let (start, end) = (parts[first].start, parts[first + count - 1].end);
            // Said again, a word has the needles of the first time.
            if !seen.insert(&chars[start..end]) {
                continue;
            }
            let filler = parts[first..first + count].iter().all(|p| p.kind != PartKind::Content);
            self.concept(start, end, filler, &alternatives, &mut numbers);
        }
        self.question.parts = parts;
    }

    fn concept(
        &mut self,
        start: usize,
        end: usize,
        filler: bool,
        others: &[&str],
        numbers: &mut HashMap<String, usize>,
    ) {
        let stands = |needle: &Needle| start <= needle.start && needle.end <= end && needle.origin == Origin::Own;
        let own: Vec<usize> = (0..self.needles.len()).filter(|at| stands(&self.needles[*at])).collect();
        let mut alternatives = Vec::new();
        for other in others.iter().take(ALTERNATIVES_MAX) {
            let kind = match other.chars().count() {
                _ if !other.chars().all(is_han) => GramKind::Latin,
                1 => GramKind::Character,
                2 => GramKind::Pair,
                _ => GramKind::Word,
            };
            match numbers.get(*other) {
                // A word that also stands in the query counts there, another word for a longer one here with that.
                Some(known) if self.needles[*known].origin == Origin::Own => continue,
                Some(known) if self.needles[*known].start < end && start < self.needles[*known].end => continue,
                Some(known) => {
                    alternatives.push(*known);
                    continue;
                }
                None => {}
            }
            numbers.insert((*other).to_owned(), self.needles.len());
            alternatives.push(self.needles.len());
            self.needles.push(Needle {
                text: (*other).to_owned(),
                // Known when all frequencies are.
                weight: 0.0,
                idf: 0.0,
                known: false,
                content: !filler,
                marks: !filler && kind != GramKind::Character,
                kind,
                origin: Origin::Synonym,
                start,
                end,
                others: Vec::new(),
            });
        }
        if !alternatives.is_empty() {
            for at in &own {
                self.needles[*at].others.extend(&alternatives);
            }
            self.concepts.push(Concept { start, end, own, alternatives });
        }
    }

    /// The needles that stand for a part: itself, and other words for it or for a longer word around
    /// it. A word of letters and characters, as gas费, is none itself: its longest piece stands for it.
    pub fn standing_for(&self, part: &Part) -> impl Iterator<Item = usize> {
        let mut own = (0..self.needles.len()).filter(|at| self.needles[*at].origin == Origin::Own);
        let itself = own.clone().find(|at| self.needles[*at].text == part.text);
        let within = |at: &usize| part.start <= self.needles[*at].start && self.needles[*at].end <= part.end;
        let own = itself.or_else(|| {
            own.by_ref()
                .filter(within)
                .max_by_key(|at| (self.needles[*at].end - self.needles[*at].start, Reverse(self.needles[*at].start)))
        });
        own.into_iter().flat_map(|own| [own].into_iter().chain(self.needles[own].others.iter().copied()))
    }

    /// Looks for all needles at once.
    pub fn scanner(&self) -> Scanner {
        Scanner::new(self.needles.iter().map(|needle| needle.text.as_str()))
    }

    /// Whether the query is filler alone, and none of it a word with others, as 客服 is.
    pub fn says_nothing(&self) -> bool {
        let stands_for_something =
            |concept: &Concept| self.question.part_at(concept.start).is_some_and(|part| part.kind == PartKind::Filler);
        self.question.only_filler && !self.concepts.iter().any(stands_for_something)
    }

    /// Grams of the matter that no article holds.
    pub fn unknown(&self) -> usize {
        self.needles.iter().filter(|n| n.origin == Origin::Own && n.content && !n.known).count()
    }

    /// Gives synonyms their weight. However rare one is, it is worth no more than the reader's word: a share of
    /// what lies halfway between a word of two characters and all that it stands for. And where the
    /// articles themselves use the reader's word, others are less needed: of the sections that hold
    /// either, the square root of the synonym's part is left.
    fn weigh_synonyms(&mut self, statistics: &impl Statistics, parameters: &Parameters) {
        let all = parameters.character + parameters.pair + parameters.word;
        for concept in &self.concepts {
            let own = || concept.own.iter().map(|at| &self.needles[*at]);
            let rarest = own().filter(|n| n.kind != GramKind::Character).map(|n| n.idf).fold(0.0f32, f32::max);
            let worth: f32 = own().map(|n| n.idf * n.weight).sum();
            let chars = self.question.folded.text.chars();
            let word: String = chars.skip(concept.start).take(concept.end - concept.start).collect();
            let with_word = frequency(&word, GramKind::Word, statistics) as f32;
            for at in &concept.alternatives {
                let needle = &mut self.needles[*at];
                if rarest > 0.0 {
                    needle.idf = needle.idf.min(rarest);
                }
                let with_synonym = frequency(&needle.text, needle.kind, statistics) as f32;
                let used = (with_synonym / (with_synonym + with_word).max(1.0)).sqrt();
                let short = all * if needle.content { 1.0 } else { parameters.filler };
                let whole = worth / if rarest > 0.0 { rarest } else { needle.idf.max(f32::EPSILON) };
                // Of two words it stands for, for the one for which it is worth more.
                needle.weight = needle.weight.max(parameters.synonym * used * (short + whole) / 2.0);
            }
        }
    }

    /// The grams that the index is asked for: those that tell most. Pairs cover the characters in them,
    /// so single characters are asked for only where there are few pairs, few or short articles.
    fn choose_retrieval(&mut self, statistics: &impl Statistics, parameters: &Parameters) {
        /// Sections that the terms of a query may stand in, all together: the commonest terms say
        /// least and take longest.
        const PLACES_MAX: u64 = 600_000;
        /// Terms that are asked for in any case.
        const TERMS_MIN: usize = 4;
        let pairs = self.needles.iter().filter(|n| n.origin == Origin::Own && n.kind != GramKind::Character);
        let known_pairs = pairs.filter(|n| n.content && statistics.document_frequency(&n.text) > 0).count();
        let mut terms: Vec<(String, f32)> = Vec::new();
        for needle in &self.needles {
            match needle.origin {
                Origin::Own if needle.kind == GramKind::Character && known_pairs >= parameters.pairs_enough => {}
                Origin::Own => terms.push((needle.text.clone(), needle.weight)),
                Origin::Synonym => {
                    let grams = retrieval_grams(&needle.text, statistics);
                    let share = needle.weight / grams.len().max(1) as f32;
                    terms.extend(grams.into_iter().map(|gram| (gram, share)));
                }
            }
        }
        let worth = |(gram, weight): (String, f32)| {
            let frequency = statistics.document_frequency(&gram);
            (frequency > 0).then(|| (weight * statistics.idf(frequency), gram, weight, frequency))
        };
        let mut terms: Vec<(f32, String, f32, u64)> = terms.into_iter().filter_map(worth).collect();
        terms.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        // A pair of the query may be a piece of a synonym, too.
        let mut asked = HashSet::new();
        terms.retain(|(_, gram, ..)| asked.insert(gram.clone()));
        terms.truncate(parameters.retrieval_terms);
        let mut places = 0;
        let kept = terms.into_iter().enumerate().filter(|(at, (.., frequency))| {
            // A rarer term behind a common one may still be had.
            let fits = *at < TERMS_MIN || places + frequency <= PLACES_MAX;
            places += if fits { *frequency } else { 0 };
            fits
        });
        self.retrieval = kept.map(|(_, (_, gram, weight, _))| (gram, weight)).collect();
    }
}

/// The longest thesaurus entry that starts with the first part and ends with a part, with the parts
/// it spans and those of its alternatives that some article holds: an entry that leads nowhere here
/// must not hide a shorter one that leads somewhere. Forms of asking are their own entries.
fn longest_entry<'a>(
    parts: &[Part],
    chars: &[char],
    lexicon: &'a Lexicon,
    statistics: &impl Statistics,
) -> Option<(usize, Vec<&'a str>)> {
    /// Parts that an entry may span.
    const PARTS_MAX: usize = 6;
    let start = parts.first()?.start;
    for count in (1..=PARTS_MAX.min(parts.len())).rev() {
        let end = parts[count - 1].end;
        if end - start > lexicon.thesaurus().longest_chars() {
            continue;
        }
        let word: String = chars[start..end].iter().collect();
        let held = |other: &&str| frequency(other, GramKind::Word, statistics) > 0;
        let mut known: Vec<&str> = lexicon.alternatives(&word).filter(held).collect();
        if !known.is_empty() {
            // 反悔了 is 反悔, too.
            if let ([.., before, _], PartKind::Filler) = (&parts[..count], parts[count - 1].kind) {
                let word: String = chars[start..before.end].iter().collect();
                let more: Vec<&str> = lexicon.alternatives(&word).filter(held).collect();
                known.extend(more.into_iter().filter(|other| !known.contains(other)).collect::<Vec<_>>());
            }
            return Some((count, known));
        }
        if let (1, PartKind::Asking(line)) = (count, parts[0].kind) {
            let others = Question::asking_forms(line).iter().copied();
            return Some((1, others.filter(|form| *form != word).collect()));
        }
    }
    None
}
