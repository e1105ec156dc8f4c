//! Addresses and forms, read leniently and written strictly. Readers get an answer for whatever
//! they send, so nothing here fails: a broken escape stays as it was typed.

use percent_encoding::{AsciiSet, percent_decode, utf8_percent_encode};

use super::context::is_secret;
use crate::domain::VALUE;

/// Fields of one query string or form that are looked at; ours have fewer than ten.
const FIELDS_MAX: usize = 64;

/// The fields of a query string or a form body, in order.
#[derive(Debug, Clone, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Reads `a=1&b=2`. Bytes that are not UTF-8 become replacement characters.
    pub fn parse(text: &[u8]) -> Self {
        Self(form_urlencoded::parse(text).into_owned().take(FIELDS_MAX).collect())
    }

    /// The first field of this name, empty where there is none.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, value)| value)
    }

    /// The first field of this name, if it is filled.
    pub fn filled(&self, name: &str) -> Option<String> {
        Some(self.get(name).trim()).filter(|v| !v.is_empty()).map(str::to_owned)
    }

    /// Whether there is no field of this name, filled or not.
    pub fn is_absent(&self, name: &str) -> bool {
        self.0.iter().all(|(n, _)| n != name)
    }

    /// Whether a name or value, whole and before anything is cut off, gives away funds.
    pub fn hold_secret(&self) -> bool {
        self.0.iter().any(|(name, value)| is_secret(name) || is_secret(value))
    }

    /// Puts the fields of `other` before these, so that they win.
    #[must_use]
    pub fn overridden_by(mut self, other: Fields) -> Self {
        let mut fields = other.0;
        fields.append(&mut self.0);
        Self(fields)
    }
}

/// Names under which a site of this address is asked for: with its port, and without one that goes
/// without saying. Empty where the address has no name.
pub fn hosts(base_url: &str) -> Vec<String> {
    let Some((scheme, rest)) = base_url.split_once("://") else { return Vec::new() };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let usual = if scheme.eq_ignore_ascii_case("https") { ":443" } else { ":80" };
    let bare = host.strip_suffix(usual).unwrap_or(&host).to_owned();
    let is_bare = !bare.rsplit(']').next().unwrap_or_default().contains(':');
    match (bare.is_empty(), is_bare) {
        (true, _) => Vec::new(),
        (false, true) => vec![format!("{bare}{usual}"), bare],
        (false, false) => vec![bare],
    }
}

/// What a path keeps beside what a value does.
const PATH: &AsciiSet = &VALUE
    .remove(b'/')
    .remove(b'!')
    .remove(b'$')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b';')
    .remove(b':')
    .remove(b'@');

/// Undoes the percent-encoding of a path; escapes that are none stay, and so does a plus sign.
pub fn decode(path: &str) -> String {
    percent_decode(path.as_bytes()).decode_utf8_lossy().into_owned()
}

/// A path for an address: `/` kept, everything that is not plainly allowed percent-encoded.
pub fn path(text: &str) -> String {
    utf8_percent_encode(text, PATH).to_string()
}

/// One value for a query string or a fragment.
pub fn value(text: &str) -> String {
    utf8_percent_encode(text, VALUE).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn broken_escapes_stay_as_typed() {
        let check = |raw: &str, q: &str| assert_eq!(Fields::parse(raw.as_bytes()).get("q"), q, "{raw}");
        check("q=%E8%BD%AC%E8%B4%A6", "转账");
        check("q=a+b%2Bc", "a b+c");
        check("q=100%", "100%");
        check("q=%zz%4", "%zz%4");
        check("q=%ff", "\u{fffd}");
        check("q", "");
        check("&&q=1&q=2", "1");
        check("q=a=b", "a=b");
    }

    proptest! {
        #[test]
        fn reading_never_fails_and_undoes_writing(text in "\\PC*", bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = Fields::parse(&bytes);
            let fields = Fields::parse(format!("q={}", value(&text)).as_bytes());
            prop_assert_eq!(fields.get("q"), &text);
            prop_assert_eq!(decode(&path(&text)), text);
        }
    }
}
