//! Whether a domain, mail address or account is in the official register, or only looks as if.
//!
//! What is asked comes pasted from chats and mails, so it is first brought to the form in which
//! machines compare it; then forged names are looked for: letters that look alike, one letter more
//! or less, our name in front of another's, our name before the `@` of an address.

use unicode_normalization::UnicodeNormalization as _;

use super::fold::{Folded, INVISIBLE, is_invisible, looks_like};
use crate::domain::{OfficialEntry, OfficialKind, Site};

/// Characters looked at: the longest domain name has 253, and nobody asks for a longer address.
const ASKED_CHARS_MAX: usize = 2_000;
/// Characters of a name from which one changed letter is a sign of forgery rather than another
/// short word.
const TYPO_CHARS_MIN: usize = 5;
/// Labels of a name that are looked at.
const LABELS_MAX: usize = 16;

/// The answer on one contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict<'a> {
    /// It is ours.
    Listed(&'a OfficialEntry),
    /// It is not ours and looks like this entry.
    Lookalike(&'a OfficialEntry, Likeness),
    /// It is not ours.
    NotListed,
}

/// In which way something that is not ours looks like ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Likeness {
    /// Letters were exchanged for others that look like them.
    Letters,
    /// One letter is wrong, missing, doubled or swapped with its neighbour.
    Typo,
    /// Our name with another ending (`.net` for `.com`).
    Ending,
    /// Our name is a part of another's (`example.com.evil.test`, `example-login.test`).
    Inside,
    /// Our name stands before the `@` of an address that leads elsewhere.
    BeforeAt,
}

impl Likeness {
    /// A word for keys of texts and for JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Letters => "letters",
            Self::Typo => "typo",
            Self::Ending => "ending",
            Self::Inside => "inside",
            Self::BeforeAt => "before_at",
        }
    }
}

/// What was asked, taken apart.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    /// A host, what stood before the `@` in front of it, and the path behind it without slashes at its ends.
    Place {
        user: String,
        host: String,
        path: String,
    },
    Email {
        user: String,
        host: String,
    },
    Account(String),
}

/// Looks up what a reader asks about in the site's official register.
pub fn official<'a>(site: &'a Site, asked: &str) -> Verdict<'a> {
    let asked = take_apart(&plain(asked));
    let all = || site.official.iter();
    if let Some(entry) = all().filter(|entry| is_listed(entry, &asked)).max_by_key(|entry| entry.value.len()) {
        return Verdict::Listed(entry);
    }
    // What lies beside a name of ours in one domain (the domain above `docs.example.org`) is not
    // listed, but no forgery either, unless it is spelled like one.
    let is_kin = match &asked {
        Asked::Place { host, .. } | Asked::Email { host, .. } => all().any(|entry| is_beside(entry, host)),
        Asked::Account(_) => false,
    };
    let likest = all()
        .filter_map(|entry| Some((entry, likeness(entry, &asked)?)))
        .filter(|(_, likeness)| !(is_kin && matches!(likeness, Likeness::Ending | Likeness::Inside)))
        // The likeness that shows the plainest trick wins, whichever entry it belongs to.
        .min_by_key(|(_, likeness)| *likeness as u8);
    likest.map_or(Verdict::NotListed, |(entry, likeness)| Verdict::Lookalike(entry, likeness))
}

/// The address in what was pasted, as browsers compare addresses (NFKC, lower case, nothing
/// invisible), without what people and programs put around it.
fn plain(text: &str) -> String {
    let line: String = text
        .chars()
        .take(ASKED_CHARS_MAX)
        .filter(|c| !is_invisible(*c))
        .nfkc()
        .map(|c| match c {
            '。' => '.',
            '\\' => '/',
            c if c.is_control() => ' ',
            c => c,
        })
        .flat_map(char::to_lowercase)
        .collect();
    let around = |c: char| c.is_whitespace() || "\"'`“”‘’「」『』《》<>()[]{}，,、；;：:!！?？.".contains(c);
    let word = line.split_whitespace().find(|word| word.trim_matches(around).contains(['.', '@', '/']));
    word.unwrap_or(line.trim()).trim_matches(around).trim_end_matches('/').to_owned()
}

fn take_apart(text: &str) -> Asked {
    let (text, has_scheme) = match text.split_once("://") {
        Some((scheme, rest)) if scheme.bytes().all(|b| b.is_ascii_alphanumeric()) => {
            (rest.trim_start_matches('/'), true)
        }
        _ => match text.strip_prefix("//") {
            Some(rest) => (rest, true),
            None => (text.strip_prefix("mailto:").unwrap_or(text), false),
        },
    };
    if let Some(name) = text.strip_prefix('@') {
        return Asked::Account(name.to_owned());
    }
    let (authority, path) = text.split_at(text.find(['/', '?', '#']).unwrap_or(text.len()));
    let (user, host) = authority.rsplit_once('@').unwrap_or(("", authority));
    let host = host
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
        .map_or(host, |(host, _)| host);
    let host = host.trim_matches('.').split('.').map(unpunycode).collect::<Vec<_>>().join(".");
    if !user.is_empty() && !has_scheme && path.is_empty() {
        return Asked::Email { user: user.to_owned(), host };
    }
    if !host.contains('.') && path.is_empty() && user.is_empty() {
        return Asked::Account(host);
    }
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_matches('/').trim_start_matches('@').to_owned();
    Asked::Place { user: user.to_owned(), host, path }
}

fn is_listed(entry: &OfficialEntry, asked: &Asked) -> bool {
    match (entry.kind, take_apart(&plain(&entry.value)), asked) {
        (OfficialKind::Domain, Asked::Place { host: ours, .. }, Asked::Place { host, .. }) => is_within(host, &ours),
        // A register may list a name without a dot, such as one on an intranet.
        (OfficialKind::Domain, Asked::Account(ours), Asked::Place { host, .. } | Asked::Account(host)) => {
            is_within(host, &ours)
        }
        (OfficialKind::Email, ours @ Asked::Email { .. }, asked) => ours == *asked,
        (OfficialKind::Account, Asked::Account(ours), Asked::Account(name)) => ours == *name,
        // An account listed with its network: the place must be the same, or the bare name.
        (OfficialKind::Account, Asked::Place { host: ours, path: account, .. }, Asked::Place { host, path, .. }) => {
            bare(&ours) == bare(host) && account == *path
        }
        (OfficialKind::Account, Asked::Place { path: account, .. }, Asked::Account(name)) => account == *name,
        _ => false,
    }
}

fn is_within(host: &str, ours: &str) -> bool {
    host.strip_suffix(ours).is_some_and(|front| front.is_empty() || front.ends_with('.'))
}

fn bare(host: &str) -> &str {
    host.strip_prefix("www.").unwrap_or(host)
}

fn likeness(entry: &OfficialEntry, asked: &Asked) -> Option<Likeness> {
    match (entry.kind, take_apart(&plain(&entry.value)), asked) {
        (OfficialKind::Domain, Asked::Place { host: ours, .. }, Asked::Place { user, host, .. }) => {
            host_likeness(&ours, host).or_else(|| carries(user, &ours).then_some(Likeness::BeforeAt))
        }
        (OfficialKind::Domain, Asked::Place { host: ours, .. }, Asked::Email { user, host }) => {
            host_likeness(&ours, host).or_else(|| carries(user, &ours).then_some(Likeness::BeforeAt))
        }
        (OfficialKind::Domain, Asked::Place { host: ours, .. }, Asked::Account(name)) => {
            name_likeness(main_label(&ours), name)
        }
        (OfficialKind::Email, Asked::Email { user: our_user, host: ours }, Asked::Email { user, host }) => {
            if *host == ours { name_likeness(&our_user, user) } else { host_likeness(&ours, host) }
        }
        (
            OfficialKind::Account,
            Asked::Account(ours) | Asked::Place { path: ours, .. },
            Asked::Account(name) | Asked::Place { path: name, .. },
        ) => account_likeness(&ours, name),
        _ => None,
    }
}

/// How a host that is not within ours looks like it.
fn host_likeness(ours: &str, host: &str) -> Option<Likeness> {
    let labels: Vec<&str> = host.rsplit('.').take(LABELS_MAX).collect();
    let count = ours.split('.').count();
    // The end of the host, as many labels as ours has: `www.examp1e.com` is like `example.com`.
    let end = labels.iter().take(count).rev().copied().collect::<Vec<_>>().join(".");
    if end != ours && skeleton(&end) == skeleton(ours) {
        return Some(Likeness::Letters);
    }
    let main = main_label(ours);
    let is_long = main.chars().count() >= TYPO_CHARS_MIN;
    if is_long && is_one_edit(&end, ours) {
        return Some(Likeness::Typo);
    }
    let other_ending = labels.get(1).is_some_and(|label| *label == main) && labels.len() >= 2;
    let inside = host.split('.').any(|label| {
        label == main
            || is_long && (label.split('-').any(|part| part == main) || skeleton(label).contains(&skeleton(main)))
    });
    match (other_ending, inside) {
        (true, _) => Some(Likeness::Ending),
        (_, true) => Some(Likeness::Inside),
        _ => None,
    }
}

fn is_beside(entry: &OfficialEntry, host: &str) -> bool {
    match take_apart(&plain(&entry.value)) {
        Asked::Place { host: ours, .. } if entry.kind == OfficialKind::Domain => is_within(host, registered(&ours)),
        _ => false,
    }
}

/// The part of a domain that names its owner: the label before the last.
fn main_label(host: &str) -> &str {
    let mut labels = host.rsplit('.');
    let last = labels.next().unwrap_or_default();
    labels.next().unwrap_or(last)
}

/// The last two labels. Where a public ending has two of its own (`co.uk`) that is too much by one,
/// which makes a stranger's name there not listed rather than a lookalike; a list of such endings
/// changes weekly.
fn registered(host: &str) -> &str {
    host.rmatch_indices('.').nth(1).map_or(host, |(at, _)| &host[at + 1..])
}

fn name_likeness(ours: &str, name: &str) -> Option<Likeness> {
    if ours == name {
        return None;
    }
    if skeleton(ours) == skeleton(name) {
        return Some(Likeness::Letters);
    }
    (ours.chars().count() >= TYPO_CHARS_MIN && is_one_edit(ours, name)).then_some(Likeness::Typo)
}

/// As for names; and one that carries ours with an addition (`example_support`) plays on it.
fn account_likeness(ours: &str, name: &str) -> Option<Likeness> {
    name_likeness(ours, name).or_else(|| {
        let carries =
            name != ours && ours.chars().count() >= TYPO_CHARS_MIN && skeleton(name).contains(&skeleton(ours));
        carries.then_some(Likeness::Inside)
    })
}

fn carries(user: &str, ours: &str) -> bool {
    !user.is_empty() && skeleton(user).contains(&skeleton(ours))
}

/// Text with every letter replaced by the one it is taken for at a glance, and marks that part
/// words left out. Two names with one skeleton look the same.
fn skeleton(text: &str) -> String {
    let glance: String = Folded::new(text)
        .chars
        .into_iter()
        .filter(|c| !matches!(*c, '-' | '_' | INVISIBLE))
        .map(|c| match looks_like(c) {
            '0' => 'o',
            '1' | '|' | 'i' => 'l',
            '5' | '$' => 's',
            '3' => 'e',
            '4' | '@' => 'a',
            '8' => 'b',
            '9' | 'q' => 'g',
            c => c,
        })
        .collect();
    glance.replace("rn", "m").replace("vv", "w").replace("cl", "d")
}

/// Whether one letter put in, left out, replaced, or swapped with its neighbour turns one into the other.
fn is_one_edit(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let front = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let back = a[front..].iter().rev().zip(b[front..].iter().rev()).take_while(|(a, b)| a == b).count();
    let (left, right) = (&a[front..a.len() - back], &b[front..b.len() - back]);
    match (left, right) {
        ([], [_]) | ([_], [] | [_]) => true,
        ([a, b], [c, d]) => a == d && b == c,
        _ => false,
    }
}

/// An internationalised label as it is shown; one that is not well formed stays as it is. It is not
/// folded, so that a code can never stand for a name that needs none.
///
/// Source: RFC 3492, with the parameters of section 5.
fn unpunycode(label: &str) -> String {
    decode_punycode(label).unwrap_or_else(|| label.to_owned())
}

fn decode_punycode(label: &str) -> Option<String> {
    const LABEL_CHARS_MAX: usize = 63;
    let (mut n, mut index, mut bias) = (128_u32, 0_u32, 72_u32);
    let code = label.strip_prefix("xn--").filter(|code| code.is_ascii() && code.len() <= LABEL_CHARS_MAX)?;
    let (basic, extended) = code.rsplit_once('-').unwrap_or(("", code));
    let mut output: Vec<char> = basic.chars().collect();
    let mut digits = extended.bytes();
    while digits.len() > 0 {
        let (before, mut weight, mut k) = (index, 1_u32, 36_u32);
        loop {
            let digit = match digits.next()? {
                letter @ b'a'..=b'z' => u32::from(letter - b'a'),
                digit @ b'0'..=b'9' => u32::from(digit - b'0') + 26,
                _ => return None,
            };
            index = index.checked_add(digit.checked_mul(weight)?)?;
            let threshold = k.saturating_sub(bias).clamp(1, 26);
            if digit < threshold {
                break;
            }
            weight = weight.checked_mul(36 - threshold)?;
            k += 36;
        }
        let count = output.len() as u32 + 1;
        bias = adapt(index - before, count, before == 0);
        n = n.checked_add(index / count)?;
        index %= count;
        output.insert(index as usize, char::from_u32(n)?);
        index += 1;
    }
    Some(output.into_iter().collect())
}

fn adapt(delta: u32, count: u32, is_first: bool) -> u32 {
    let mut delta = if is_first { delta / 700 } else { delta / 2 };
    delta += delta / count;
    let mut k = 0;
    while delta > 35 * 26 / 2 {
        delta /= 35;
        k += 36;
    }
    k + 36 * delta / (delta + 38)
}
