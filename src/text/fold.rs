//! Folding: one form for what readers see as the same text. Width and compatibility forms (NFKC),
//! case, accents (composed or not: é is e, and zhù is zhu), traditional and simplified characters,
//! Kangxi radicals, invisible marks.
//!
//! Two results, aligned character by character: the *canonical* text, folded one character at a
//! time, which is what is matched; and the text *to cut*, converted phrase by phrase, which is what
//! the segmenter reads. Matching by single characters makes 乾 and 干 equal wherever they stand,
//! while cutting still sees the right word. Punctuation stays as it is: it only separates.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;
use unicode_normalization::UnicodeNormalization;

/// Table value: the character is dropped.
const DROPPED: u16 = 0xffff;
/// Table value: the character folds to several, or lies outside the table.
const COMPLEX: u16 = 0xfffe;

/// Characters that everyday writing uses for one another in our trade: 转帐 is 转账.
const VARIANTS: &[(char, char)] = &[('帐', '账'), ('帳', '账')];

static CONVERTER: LazyLock<OpenCC> = LazyLock::new(|| {
    OpenCC::from_config(BuiltinConfig::T2s).expect("the embedded conversion table is part of the crate")
});

/// Radicals that text copied from a PDF carries and NFKC leaves alone, with the characters meant.
/// Source: Unicode `CJKRadicals.txt`, those that are whole characters by themselves.
const RADICALS: &[(char, char)] = &[
    ('⺠', '民'),
    ('⺟', '母'),
    ('⻁', '虎'),
    ('⻄', '西'),
    ('⻅', '见'),
    ('⻆', '角'),
    ('⻉', '贝'),
    ('⻋', '车'),
    ('⻓', '长'),
    ('⻔', '门'),
    ('⻘', '青'),
    ('⻙', '韦'),
    ('⻚', '页'),
    ('⻛', '风'),
    ('⻜', '飞'),
    ('⻝', '食'),
    ('⻢', '马'),
    ('⻣', '骨'),
    ('⻤', '鬼'),
    ('⻥', '鱼'),
    ('⻦', '鸟'),
    ('⻨', '麦'),
    ('⻩', '黄'),
    ('⻬', '齐'),
    ('⻮', '齿'),
    ('⻰', '龙'),
    ('⻳', '龟'),
    ('⼾', '户'),
    ('⾔', '言'),
];

/// For every character of the basic plane the one it folds to.
static TABLE: LazyLock<Box<[u16]>> = LazyLock::new(|| {
    let mut table: Vec<u16> = (0..=u16::MAX).map(|code| fold_one(code).unwrap_or(COMPLEX)).collect();
    // One conversion for all Han characters is a hundred times cheaper than one for each.
    // Kangxi radicals, circled and other forms of Han characters are among what became one.
    let han: Vec<(usize, char)> = (0..=u16::MAX)
        .map(|code| (code.into(), single(table[usize::from(code)]).or_else(|| char::from_u32(code.into()))))
        .filter_map(|(code, c)| Some((code, c.filter(|c| is_han(*c))?)))
        .collect();
    let folded: String = han.iter().flat_map(|(_, c)| [*c, '\n']).collect();
    let converted = CONVERTER.convert(&folded);
    for (from, to) in han.iter().zip(converted.chars().step_by(2)) {
        table[from.0] = u16::try_from(u32::from(to)).unwrap_or(COMPLEX);
    }
    for (from, to) in RADICALS.iter().chain(VARIANTS) {
        table[*from as usize] = *to as u16;
    }
    table.into_boxed_slice()
});

fn single(value: u16) -> Option<char> {
    (value < COMPLEX).then(|| char::from_u32(value.into())).flatten()
}

/// Signs behind a name, which NFKC would make letters of it: Trezor™ is trezor.
const SIGNS: &[char] = &['™', '℠'];

/// Width, compatibility and case for one character; none when it becomes several.
fn fold_one(code: u16) -> Option<u16> {
    let c = char::from_u32(code.into())?;
    if SIGNS.contains(&c) {
        return Some(b' '.into());
    }
    if is_invisible(c) {
        return Some(DROPPED);
    }
    let mut folded = plain(c);
    match (folded.next(), folded.next()) {
        (Some(first), None) if first.is_alphanumeric() => u16::try_from(u32::from(first)).ok(),
        (Some(first), Some(_)) if first.is_alphanumeric() || c.is_alphanumeric() => None,
        // Separators stay what they are, whatever they would decompose to.
        _ if c.nfkc().any(char::is_alphanumeric) => None,
        _ => Some(code),
    }
}

/// Width, compatibility, accents and case.
fn plain(c: char) -> impl Iterator<Item = char> {
    c.nfkd().filter(|part| !is_accent(*part)).nfc().flat_map(char::to_lowercase)
}

/// Accents of Latin, Greek and Cyrillic letters; other scripts' marks make other letters.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

/// Marks that make no other text: zero-width, bidirectional, variation selectors, soft hyphen, accents.
fn is_invisible(c: char) -> bool {
    is_accent(c)
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0100}'..='\u{e01ef}')
}

/// Whether `c` is a Han character.
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{4e00}'..='\u{9fff}' | '\u{3400}'..='\u{4dbf}' | '々' | '〇' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// The canonical form of one character: itself where nothing is to fold, none where it is
/// invisible or becomes several characters.
pub fn canon(c: char) -> Option<char> {
    match TABLE.get(c as usize) {
        Some(&value) => single(value),
        None => rare(c),
    }
}

/// The canonical forms of one character: none where it is invisible, several for such as ⑩ and ㈱.
pub fn canons(c: char) -> impl Iterator<Item = char> {
    let one = canon(c);
    let rest = one.is_none().then(|| several(c));
    one.into_iter().chain(rest.into_iter().flatten())
}

fn several(c: char) -> impl Iterator<Item = char> {
    plain(c).filter(|part| !is_invisible(*part)).map(|part| canon(part).or_else(|| rare(part)).unwrap_or(part))
}

/// Characters outside the basic plane are too rare for a table.
fn rare(c: char) -> Option<char> {
    if is_invisible(c) {
        return None;
    }
    let mut folded = plain(c);
    let (Some(first), None) = (folded.next(), folded.next()) else { return None };
    if is_han(first) { CONVERTER.convert(first.encode_utf8(&mut [0; 4])).chars().next() } else { Some(first) }
}

/// Characters that others are simplified to and that are written in traditional text, too. Source:
/// of what OpenCC's `TSCharacters.txt` leads to, those that are among their own traditional forms in
/// `STCharacters.txt`, or have none there.
const BOTH: &str = "万丑丰于云亘仆价伙余佛佣俊修僵克党冢冬准凌几凶出划刮制千升卜占即卷厂厘只台叶吁吃合吊同后向呆周咨咸咽哄唇喂噪回困埼夸奸姜娘家尸局岩岳\
    巨布帘席干幸广庵弦彩征御志念恤愈愿戚才扎托扣折拐挂挨挲挽捆据搜教斗旋旗既昆暗曲朱朴杆杠杯杰松板极柜查栗核梁棋棱欲污沈沾泄泛注涂涌淀游溯漓熏\
    玩璇症皂真矩确私秋种筑糊糖系累胄胜胡腊腌膻致舍芸苔苹范荐蒙蓑蔑虫蚝蜡蝎表谷跖踊辟适逾郁酸采里雕面飧";

/// Characters that are written in simplified text alone.
static SIMPLIFIED: LazyLock<BTreeSet<char>> = LazyLock::new(|| {
    let images = ('\u{4e00}'..='\u{9fff}').filter_map(|c| canon(c).filter(|simple| *simple != c));
    images.filter(|c| !BOTH.contains(*c)).collect()
});

/// Whether `c` is written in simplified text alone: 币 is, 后 and 里 are not.
pub fn is_simplified(c: char) -> bool {
    SIMPLIFIED.contains(&c)
}

/// Whether `text` is in traditional characters: where it mixes them with simplified ones, as quoted
/// words do, the more numerous tell. Other forms that fold do not count: 帐 is a slip of simplified
/// writing, and full width is an input method's.
pub fn is_traditional(text: &str) -> bool {
    let plain: String = text.nfkc().collect();
    let (mut traditional, mut simplified) = (0, 0);
    for (c, simple) in plain.chars().zip(CONVERTER.convert(&plain).chars()) {
        traditional += usize::from(c != simple);
        simplified += usize::from(c == simple && is_simplified(c));
    }
    traditional > 0 && traditional >= simplified
}

/// Folded text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Folded {
    /// The canonical text, which is matched.
    pub text: String,
    /// The text to cut, where it differs; as many characters as `text`.
    to_cut: Option<String>,
    /// For each character of `text` the byte range of the source character it came from. Empty
    /// when made by [`fold`].
    sources: Vec<(u32, u32)>,
}

impl Folded {
    /// The text to cut into words.
    pub fn to_cut(&self) -> &str {
        self.to_cut.as_deref().unwrap_or(&self.text)
    }

    /// Whether the text to cut is the canonical text itself, so that byte offsets agree.
    pub fn cuts_itself(&self) -> bool {
        self.to_cut.is_none()
    }

    /// Byte range in the source of the characters `from..to` of the canonical text. Empty at the
    /// start where `from >= to`, or where the text was folded without a map.
    pub fn source_range(&self, from: usize, to: usize) -> std::ops::Range<usize> {
        match (self.sources.get(from), to.checked_sub(1).and_then(|last| self.sources.get(last))) {
            (Some((start, _)), Some((_, end))) if from < to => *start as usize..*end as usize,
            _ => 0..0,
        }
    }
}

/// Folds `text` for matching and cutting.
pub fn fold(text: &str) -> Folded {
    fold_into(text, |_, _, _| {})
}

/// As [`fold`], and remembers where each character came from, for highlighting.
pub fn fold_mapped(text: &str) -> Folded {
    let mut sources = Vec::with_capacity(text.len() / 2);
    let folded = fold_into(text, |_, start, end| sources.push((start as u32, end as u32)));
    Folded { sources, ..folded }
}

fn fold_into(text: &str, mut pushed: impl FnMut(char, usize, usize)) -> Folded {
    let table = &**TABLE;
    let mut folded = String::with_capacity(text.len());
    // Set when a character changes by script: only then can a phrase matter.
    let mut script_changes = false;
    for (start, c) in text.char_indices() {
        let end = start + c.len_utf8();
        match table.get(c as usize).map_or(COMPLEX, |value| *value) {
            DROPPED => {}
            COMPLEX => {
                for part in several(c) {
                    folded.push(part);
                    pushed(part, start, end);
                }
                script_changes |= is_han(c);
            }
            value => {
                let to = single(value).unwrap_or(c);
                script_changes |= to != c && is_han(c);
                folded.push(to);
                pushed(to, start, end);
            }
        }
    }
    let to_cut = if script_changes { phrase_wise(text, &folded) } else { None };
    Folded { text: folded, to_cut, sources: Vec::new() }
}

/// The text converted phrase by phrase, where it is aligned with `folded` and differs from it. Only
/// Han characters are converted; all else, variants of the trade too, stays as it is folded.
fn phrase_wise(text: &str, folded: &str) -> Option<String> {
    let kept = |c: char| canon(c).is_none_or(|folded| !is_han(folded) || VARIANTS.iter().any(|(_, to)| *to == folded));
    let unfolded = |c: char| if kept(c) { None } else { plain(c).next().filter(|plain| is_han(*plain)) };
    let unconverted: String = text
        .chars()
        .flat_map(|c| {
            let han = unfolded(c);
            let rest = han.is_none().then(|| canons(c));
            han.into_iter().chain(rest.into_iter().flatten())
        })
        .collect();
    let converted = CONVERTER.convert(&unconverted);
    (converted != folded && converted.chars().count() == folded.chars().count()).then_some(converted)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_traditional_characters_are_the_traditional_script() {
        let check = |text: &str, is: bool| assert_eq!(is_traditional(text), is, "{text}");
        check("轉帳沒到", true);
        check("助記詞", true);
        check("转帐没到", false); // a slip, of simplified writing
        check("ｇａｓ不够", false);
        check("⽤户", false); // a Kangxi radical
        check("著名的钱包", false);
        check("wallet", false);
        check("我的钱包里這个怎么转账", false); // one that slipped in
        check("皇后出面", false); // both
        check("帳號裡的錢不見了，只剩下一點", true);
        check("被騙了只剩一千", true);
        check("錢回不了家", true);
    }

    #[test]
    fn what_readers_see_as_the_same_is_the_same() {
        let check = |text: &str, expected: &str| assert_eq!(fold(text).text, expected, "{text:?}");
        check("助記詞", "助记词");
        check("ＵＳＤＴ轉賬", "usdt转账");
        check("助\u{200b}记\u{feff}词", "助记词");
        check("⻔户", "门户");
        check("⽤⼾", "用户");
        check("㈱１２", "(株)12");
        check("Ⅷ", "viii");
        check("Trezor™", "trezor ");
        check("zhùjìcí Café cafe\u{301}", "zhujici cafe cafe");
        check("が か\u{3099} 지갑", "が か\u{3099} 지갑");
        check("转帐", "转账");
        check("手續費，太高！", "手续费，太高！");
        check("𠁞", &CONVERTER.convert("𠁞"));
        check("", "");
    }

    #[test]
    fn cutting_sees_phrases_where_matching_sees_characters() {
        let folded = fold("乾坤未定");
        assert_eq!(folded.text, "干坤未定");
        assert_eq!(folded.to_cut(), "乾坤未定");
        assert!(fold("转账没到账").cuts_itself());
        assert_eq!(fold("Café 轉帳").to_cut(), fold("Cafe\u{301} 轉帳").to_cut());
        assert_eq!(fold("帳戶未到帳").to_cut(), "账户未到账");
        assert_eq!(fold("乾坤…⻔帳™").to_cut(), "乾坤…门账 ");
    }

    #[test]
    fn ranges_point_at_the_original_characters() {
        let source = "查ＵＳＤＴ轉賬";
        let folded = fold_mapped(source);
        assert_eq!(&source[folded.source_range(1, 5)], "ＵＳＤＴ");
        assert_eq!(&source[folded.source_range(5, 7)], "轉賬");
        assert_eq!(folded.source_range(3, 3), 0..0);
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,40}|[助記词轉賬乾坤著名ＡaＢ１㈱Ⅷ⻔，。\u{200b} ]{0,24}") {
            let once = fold(&text).text;
            prop_assert_eq!(&fold(&once).text, &once);
        }

        #[test]
        fn one_by_one_characters_fold_as_in_a_text(text in "\\PC{0,40}") {
            prop_assert_eq!(text.chars().flat_map(canons).collect::<String>(), fold(&text).text);
        }

        #[test]
        fn every_range_lies_on_characters_of_the_source(text in "\\PC{0,40}") {
            let folded = fold_mapped(&text);
            let chars = folded.text.chars().count();
            prop_assert_eq!(folded.to_cut().chars().count(), chars);
            let mut last = 0;
            for at in 0..chars {
                let range = folded.source_range(at, at + 1);
                prop_assert!(range.start < range.end && text.get(range.clone()).is_some());
                prop_assert!(range.start >= last);
                last = range.start;
            }
        }
    }
}
