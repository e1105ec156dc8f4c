//! Turns text into tokens, the same for articles and queries: folding of width, case and script,
//! words, character grams, pinyin, synonyms.
//!
//! Everything here is a function of the text and of the [`Lexicon`]; nothing is known of indexes,
//! files or the web. What is cut here for an article is cut by the same code for a query, and
//! [`ANALYZER_VERSION`] is part of every index's stamp.

pub mod alarm;
mod fold;
mod grams;
mod lexicon;
mod pinyin;
mod question;
pub mod salience;
mod thesaurus;
pub mod units;

pub use fold::{Folded, canon, canons, fold, fold_mapped, is_han, is_simplified, is_traditional};
pub use grams::{Gram, GramKind, grams};
pub use lexicon::{Lexicon, LexiconFault};
pub use pinyin::{Syllable, initials, readings, spell, usual_syllable};
pub use question::{Part, PartKind, Question};
pub use thesaurus::Thesaurus;

/// Changes whenever the same text would be cut into other tokens than before.
pub const ANALYZER_VERSION: u32 = 4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_change_only_with_the_version() {
        const PASSAGE: &str = "把錢包裡的ＵＳＤＴ轉到交易所，兩個小時還沒入帳。Trezor™ 显示“已确认”，TRC-20 的矿工费③元；\
            南京市长江大桥上发展中国家的研究生命起源，乒乓球拍卖完了。Café 的 Wi‑Fi 密码是 0x1f，第Ⅷ章㈱写着乾坤与干燥。帳戶餘額……未到帳。";
        let everything: String = (0..=0x2_ffff).filter_map(char::from_u32).flat_map(canons).collect();
        let mut tokens = everything.into_bytes();
        grams(&fold(PASSAGE), &Lexicon::builtin(), |gram| {
            tokens.extend(gram.text.bytes());
            tokens.push(0);
        });
        let hash = tokens
            .iter()
            .fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3));
        let told = "tokens are not what they were, of our code's or of a crate's doing: raise ANALYZER_VERSION, so that \
            indexes are built anew, and put both numbers here";
        assert_eq!((ANALYZER_VERSION, hash), (4, 13_208_917_311_101_367_301), "{told}");
    }
}
