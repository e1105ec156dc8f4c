//! What a frightened reader's words mean: that coins were stolen, that a recovery phrase is known to others,
//! that a swindler was paid, that something dangerous was signed. Such sentences share no words with each other or
//! with an article, and calm questions share all of theirs (怎么转走剩下的币). So they are told by a small model: softmax
//! regression over single units and pairs of them, learned by `tests/bench/alarm.rs` from sentences written for it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::units::{Unit, units};

/// The model: n-gram and its weights for each meaning against a calm question, in hundredths.
const MODEL: &str = include_str!("lexicon/alarm.tsv");
/// How many meanings there are.
const MEANINGS: usize = Meaning::ALL.len();
/// The n-gram of every text.
const BIAS: &str = "*";
/// A text whose likelihoods of all meanings come to this together raises the alarm. `tests/bench/README.md`
/// tells how many calm questions do.
pub const BAR: f32 = 0.3;
/// Features that a text counts as having at least: a few characters must not decide.
pub const FEATURES_MIN: usize = 10;
/// Features of one unit alone, with the blanks around it: it means nothing.
pub const ALONE: usize = 3;

/// What may have happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// Coins were taken, or are being taken.
    Stolen,
    /// A recovery phrase or private key is known to others.
    Leaked,
    /// A swindler was paid, or asks for more.
    Scammed,
    /// Something dangerous was signed or approved.
    Approved,
}

impl Meaning {
    /// All, in the order of the model's columns.
    pub const ALL: [Self; 4] = [Self::Stolen, Self::Leaked, Self::Scammed, Self::Approved];

    /// Reads a name, folded: `stolen` or 被盗, `leaked` or 泄露, `scammed` or 被骗, `approved` or 误授权.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|meaning| meaning.names().contains(&name))
    }

    /// What editors call it.
    pub const fn names(self) -> [&'static str; 2] {
        match self {
            Self::Stolen => ["stolen", "被盗"],
            Self::Leaked => ["leaked", "泄露"],
            Self::Scammed => ["scammed", "被骗"],
            Self::Approved => ["approved", "误授权"],
        }
    }
}

static BUILTIN: LazyLock<Model<'static>> = LazyLock::new(|| Model::read(MODEL));

/// Weights of n-grams for each meaning, in hundredths.
pub struct Model<'a>(BTreeMap<&'a str, [i16; MEANINGS]>);

impl<'a> Model<'a> {
    /// The one that comes with the program.
    pub fn builtin() -> &'static Model<'static> {
        &BUILTIN
    }

    /// Reads lines of n-gram and weights, apart by tabs; those that begin with `#` are remarks.
    pub fn read(text: &'a str) -> Self {
        let line = |line: &'a str| {
            let mut cells = line.split('\t');
            let gram = cells.next()?;
            let mut weights = [0; MEANINGS];
            for each in &mut weights {
                *each = cells.next()?.parse().ok()?;
            }
            Some((gram, weights))
        };
        Self(text.lines().filter(|line| !line.starts_with('#')).filter_map(line).collect())
    }

    /// Its n-grams with their weights.
    pub fn weights(&self) -> impl Iterator<Item = (&'a str, [i16; MEANINGS])> {
        self.0.iter().map(|(gram, weights)| (*gram, *weights))
    }

    /// How likely a folded text has each meaning, 0 to 1; what is left to one is that it has none.
    pub fn likelihoods(&self, folded: &str) -> [f32; MEANINGS] {
        let features = features(folded);
        if features.len() <= ALONE {
            return [0.0; MEANINGS];
        }
        let mut sums = self.0.get(BIAS).copied().unwrap_or_default().map(|weight| f32::from(weight) / 100.0);
        let share = 0.01 / (features.len().max(FEATURES_MIN) as f32).sqrt();
        for weights in features.iter().filter_map(|feature| self.0.get(feature.as_str())) {
            sums.iter_mut().zip(weights).for_each(|(sum, weight)| *sum += f32::from(*weight) * share);
        }
        let whole = 1.0 + sums.iter().map(|sum| sum.exp()).sum::<f32>();
        sums.map(|sum| sum.exp() / whole)
    }

    /// What a folded text most likely means, where it raises the alarm at all. The name of a meaning does.
    pub fn meaning(&self, folded: &str) -> Option<Meaning> {
        if let Some(named) = Meaning::parse(folded.trim()) {
            return Some(named);
        }
        let likely = self.likelihoods(folded);
        let best = Meaning::ALL.into_iter().zip(likely).max_by(|a, b| a.1.total_cmp(&b.1));
        (likely.iter().sum::<f32>() >= BAR).then_some(best?.0)
    }
}

/// Single units and pairs of a folded text, each once.
pub fn features(folded: &str) -> BTreeSet<String> {
    let units: Vec<&str> = units(folded).into_iter().map(|unit| unit.text).collect();
    let singles = units.iter().filter(|unit| **unit != Unit::BLANK).map(|unit| (*unit).to_owned());
    singles.chain(units.windows(2).map(<[&str]>::concat)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::fold;

    #[test]
    fn frightened_words_mean_what_happened() {
        let check =
            |text: &str, expected| assert_eq!(Model::builtin().meaning(&fold(text).text), Some(expected), "{text}");
        check("钱包让人搬空了", Meaning::Stolen);
        check("有人正在转我的币", Meaning::Stolen);
        check("u全没了，不是我转的", Meaning::Stolen);
        check("my coins are gone", Meaning::Stolen);
        check("助記詞唸給客服聽了", Meaning::Leaked);
        check("私钥填到一个网站里了", Meaning::Leaked);
        check("又让我交解冻费才能提现", Meaning::Scammed);
        check("刚才手滑签了个看不懂的授权", Meaning::Approved);
    }

    #[test]
    fn a_calm_question_means_no_emergency() {
        for calm in [
            "",
            "怎么转账",
            "代币不显示",
            "清空缓存",
            "助记词",
            "助记词怎么备份",
            "如何识别骗子",
            "怎么预防被盗",
            "私钥",
        ] {
            assert_eq!(Model::builtin().meaning(&fold(calm).text), None, "{calm}");
        }
    }

    #[test]
    fn a_name_alone_is_meant_and_a_character_alone_means_nothing() {
        for meaning in Meaning::ALL {
            for name in meaning.names() {
                assert_eq!(Model::builtin().meaning(name), Some(meaning), "{name}");
            }
        }
        for alone in ["我", "了", "an", "my", "who", "now", "deposit", "转账"] {
            assert_eq!(Model::builtin().meaning(alone), None, "{alone}");
        }
    }

    #[test]
    fn most_held_out_sentences_are_told() {
        let (mut in_need, mut raised, mut right) = (0, 0, 0);
        let (mut calm, mut alarmed) = (0, 0);
        for file in ["first", "second", "third", "fourth"] {
            let path = format!("{}/tests/bench/alarm/held-out/{file}.tsv", env!("CARGO_MANIFEST_DIR"));
            for (name, text) in std::fs::read_to_string(path).unwrap().lines().filter_map(|line| line.split_once('\t'))
            {
                let told = Model::builtin().meaning(&fold(text).text);
                if let Some(meaning) = Meaning::parse(name) {
                    in_need += 1;
                    raised += usize::from(told.is_some());
                    right += usize::from(told == Some(meaning));
                } else {
                    calm += 1;
                    alarmed += usize::from(told.is_some());
                }
            }
        }
        assert!(raised * 100 >= in_need * 85, "of those in need {raised} of {in_need}");
        assert!(right * 100 >= raised * 90, "with the right meaning {right} of {raised}");
        assert!(alarmed * 100 <= calm * 6, "of the calm ones {alarmed} of {calm}");
    }

    #[test]
    fn the_model_is_whole() {
        let written = MODEL.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(Model::builtin().weights().count(), written, "every line is read, each n-gram once");
        assert!(Model::builtin().weights().any(|(gram, _)| gram == BIAS));
    }

    #[test]
    fn features_are_characters_words_and_pairs() {
        let expected = ["我", "的", "usdt", "没", "了", " 我", "我的", "的usdt", "usdt ", " 没", "没了", "了 "];
        assert_eq!(features("我的usdt,没了"), expected.map(str::to_owned).into());
    }
}
