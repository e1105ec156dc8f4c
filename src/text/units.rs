//! What small models read of a text: characters, Latin words and numbers, without a dictionary, so
//! that they are the same for every site and in the browser.

/// A character, a Latin word or a number; a blank for whatever stands between, before and after them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unit<'a> {
    /// Its text, `" "` for a blank.
    pub text: &'a str,
    /// First character in the folded text.
    pub start: usize,
    /// One past its last character.
    pub end: usize,
}

impl Unit<'_> {
    /// What stands before and after a text.
    pub const BLANK: &'static str = " ";

    /// Whether nothing is said by it.
    pub fn is_blank(&self) -> bool {
        self.text == Self::BLANK
    }
}

/// The units of a folded text, in order: the first and the last are blanks.
pub fn units(folded: &str) -> Vec<Unit<'_>> {
    let blank = |start: usize, end: usize| Unit { text: Unit::BLANK, start, end };
    let mut units = vec![blank(0, 0)];
    let (mut rest, mut at) = (folded, 0);
    while let Some(first) = rest.chars().next() {
        let of = |kind: fn(&char) -> bool| rest.chars().take_while(kind).count();
        let chars = match first {
            'a'..='z' => of(char::is_ascii_lowercase),
            '0'..='9' => of(char::is_ascii_digit),
            _ => 1,
        };
        // Runs are ASCII: their bytes are as many as their characters.
        let (head, tail) = rest.split_at(if chars > 1 { chars } else { first.len_utf8() });
        let last = units.last_mut().filter(|last| last.is_blank());
        match (first.is_alphanumeric(), last) {
            (true, _) => units.push(Unit { text: head, start: at, end: at + chars }),
            (false, Some(last)) => last.end = at + chars,
            (false, None) => units.push(blank(at, at + chars)),
        }
        (rest, at) = (tail, at + chars);
    }
    if units.last().is_some_and(|last| !last.is_blank()) {
        units.push(blank(at, at));
    }
    units
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_is_read_unit_by_unit() {
        let units = units("我的usdt,  没了3天");
        let texts: Vec<&str> = units.iter().map(|unit| unit.text).collect();
        assert_eq!(texts, [" ", "我", "的", "usdt", " ", "没", "了", "3", "天", " "]);
        assert_eq!((units[3].start, units[3].end, units[4].end), (2, 6, 9));
    }

    proptest! {
        #[test]
        fn units_lie_side_by_side_over_all_of_a_text(text in "\\PC{0,40}|[a-c1-3 ,我的]{0,20}") {
            let units = units(&text);
            prop_assert!(units.windows(2).all(|pair| pair[0].end == pair[1].start));
            prop_assert_eq!(units.last().map(|last| last.end), Some(text.chars().count()));
            prop_assert!(units.first().is_some_and(Unit::is_blank) && units.last().is_some_and(Unit::is_blank));
        }
    }
}
