//! How much each character of a question says of its matter. A reader who tells a story says a
//! dozen words that no article need hold, and two that it must: 我老婆昨天把【银行卡】【弄丢】了咋整. Lists of filler
//! know the commonest of the others. A small model tells the rest: logistic regression over a unit
//! and its neighbours, learned by `tests/bench/salience.rs` from questions whose words of the matter
//! were marked by hand.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::units::{Unit, units};

/// The model: feature and its weight, in hundredths.
const MODEL: &str = include_str!("lexicon/salience.tsv");
/// The feature of every unit.
const BIAS: &str = "*";

static BUILTIN: LazyLock<Model<'static>> = LazyLock::new(|| Model::read(MODEL));

/// Weights of features, in hundredths.
pub struct Model<'a>(HashMap<&'a str, i16>);

impl<'a> Model<'a> {
    /// The one that comes with the program.
    pub fn builtin() -> &'static Model<'static> {
        &BUILTIN
    }

    /// Reads lines of feature and weight, apart by a tab; those that begin with `#` and a blank are remarks.
    pub fn read(text: &'a str) -> Self {
        let line =
            |line: &'a str| line.split_once('\t').and_then(|(feature, weight)| Some((feature, weight.parse().ok()?)));
        Self(text.lines().filter(|line| !line.starts_with("# ")).filter_map(line).collect())
    }

    /// Its features with their weights, in no order.
    pub fn weights(&self) -> impl Iterator<Item = (&'a str, i16)> {
        self.0.iter().map(|(feature, weight)| (*feature, *weight))
    }

    /// For each character of a folded text, how likely it belongs to what the text is about, 0 to 1;
    /// 0 for signs and blanks.
    pub fn salience(&self, folded: &str) -> Vec<f32> {
        let units = units(folded);
        let mut salience = vec![0.0; units.last().map_or(0, |last| last.end)];
        for (at, unit) in units.iter().enumerate().filter(|(_, unit)| !unit.is_blank()) {
            let mut sum = self.0.get(BIAS).copied().map_or(0.0, f32::from);
            features(&units, at, |feature| sum += self.0.get(feature).copied().map_or(0.0, f32::from));
            salience[unit.start..unit.end].fill(1.0 / (1.0 + (-sum / 100.0).exp()));
        }
        salience
    }
}

/// Of so many lines of marked questions the last is not learned from, but measured on.
pub const HELD_OUT: usize = 10;

/// A question without the marks 【】 around its words of the matter, and which of its characters stood
/// in them.
pub fn marked(question: &str) -> (String, Vec<bool>) {
    let (mut text, mut marks, mut inside) = (String::with_capacity(question.len()), Vec::new(), false);
    for c in question.chars() {
        match c {
            '【' => inside = true,
            '】' => inside = false,
            c => {
                text.push(c);
                marks.push(inside);
            }
        }
    }
    (text, marks)
}

/// Hands over what is told of the unit `at`: itself, the pairs that it is in, what stands beside it,
/// how long the text is and where in it the unit stands.
pub fn features(units: &[Unit<'_>], at: usize, mut each: impl FnMut(&str)) {
    /// Steps in which the length of a text counts, in units; how many of them, and how many places
    /// from either end, are told apart.
    const LENGTH_STEP: usize = 6;
    const LENGTHS: usize = 6;
    const FROM_START: usize = 3;
    const FROM_END: usize = 4;
    let text = |at: Option<usize>| at.and_then(|at| units.get(at)).map_or(Unit::BLANK, |unit| unit.text);
    let [own, last, next] = [Some(at), at.checked_sub(1), Some(at + 1)].map(text);
    let [before_last, after_next] = [at.checked_sub(2), Some(at + 2)].map(text);
    let mut feature = String::with_capacity(32);
    let mut tell = |kind: &str, texts: [&str; 2]| {
        feature.clear();
        feature.extend([kind].into_iter().chain(texts));
        each(&feature);
    };
    tell("=", [own, ""]);
    tell("<", [last, own]);
    tell(">", [own, next]);
    tell("-", [last, ""]);
    tell("+", [next, ""]);
    tell("--", [before_last, last]);
    tell("++", [next, after_next]);
    let digit = |number: usize| &"0123456789"[number..=number];
    tell("l", [digit((units.len() / LENGTH_STEP).min(LENGTHS)), ""]);
    tell("s", [digit(at.min(FROM_START)), ""]);
    tell("e", [digit((units.len() - 1 - at).min(FROM_END)), ""]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold;

    #[test]
    fn the_matter_of_a_story_is_told_from_its_telling() {
        for question in [
            "我老婆昨天不小心把【银行卡】【弄丢】了，她现在人在外地可咋办呀",
            "你们这个app怎么回事啊，每次一【打开】就【闪退】，我都重装两回了",
            "麻煩問一下，昨天在便利商店【繳費】的【收據】被我【弄丟】了，可以【補】一張嗎，謝謝",
        ] {
            let (text, marks) = marked(&fold(question).text);
            let told: Vec<(f32, bool)> = Model::builtin().salience(&text).into_iter().zip(marks).collect();
            let mean = |of: bool| {
                let of: Vec<f32> = told.iter().filter(|(_, mark)| *mark == of).map(|(salience, _)| *salience).collect();
                of.iter().sum::<f32>() / of.len() as f32
            };
            assert!(mean(true) > 0.4 && mean(true) > 2.5 * mean(false), "{question}: {} {}", mean(true), mean(false));
        }
        assert!(Model::builtin().salience("").is_empty());
    }

    #[test]
    fn every_character_is_told_and_signs_say_nothing() {
        let salience = Model::builtin().salience("usdt 没到，急");
        assert_eq!(salience.len(), 9);
        assert!(salience[0] > 0.5 && salience[..4].windows(2).all(|two| two[0].to_bits() == two[1].to_bits()));
        assert_eq!([salience[4], salience[7]].map(f32::to_bits), [0, 0]);
    }

    #[test]
    fn most_of_the_held_out_questions_are_told() {
        let folder = format!("{}/tests/bench/salience", env!("CARGO_MANIFEST_DIR"));
        let (mut right, mut all) = (0, 0);
        for file in std::fs::read_dir(folder).unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            for line in text.lines().skip(HELD_OUT - 1).step_by(HELD_OUT) {
                let (question, marks) = marked(&fold(line).text);
                let told = Model::builtin().salience(&question).into_iter().zip(marks).zip(question.chars());
                let signs_aside = told.filter(|(_, c)| c.is_alphanumeric());
                let (hits, misses): (Vec<_>, Vec<_>) =
                    signs_aside.map(|((salience, mark), _)| (salience >= 0.5) == mark).partition(|hit| *hit);
                right += hits.len();
                all += hits.len() + misses.len();
            }
        }
        assert!(all > 5_000 && right * 100 >= all * 85, "{right} of {all} characters");
    }

    #[test]
    fn the_model_is_whole() {
        let written = MODEL.lines().filter(|line| !line.starts_with("# ")).count();
        assert_eq!(Model::builtin().weights().count(), written, "every line is read, each feature once");
        assert!(Model::builtin().weights().any(|(feature, _)| feature == BIAS));
    }

    #[test]
    fn marks_are_read_and_taken_out() {
        let (text, marks) = marked("【卡】丢了");
        assert_eq!((text.as_str(), marks.as_slice()), ("卡丢了", [true, false, false].as_slice()));
    }
}
