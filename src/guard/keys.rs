//! What a machine wrote: private keys in their usual forms, addresses and hashes.
//!
//! Everything here is told by a run of ASCII letters and digits of the right length, so one pass
//! over the runs finds it all.

use std::ops::Range;

use sha3::{Digest as _, Keccak256};

use super::fold::{Folded, INVISIBLE};
use super::{Checksum, Identifier, IdentifierKind, SecretKind};

/// Shortest and longest run that can be anything: a Bitcoin address, and an extended key with some
/// letters too many.
const RUN_CHARS: Range<usize> = 25..140;
/// Characters between a key and the word that says it is private (`my private key: `).
const CONTEXT_CHARS: usize = 16;
/// Numbers in a Solana key file.
const KEY_FILE_NUMBERS: usize = 64;

/// A run of ASCII letters and digits.
struct Run {
    text: String,
    /// Characters of the folded text.
    chars: Range<usize>,
}

/// The first private key in the text.
pub(super) fn secret(text: &Folded) -> Option<SecretKind> {
    if is_keystore(&text.chars) {
        return Some(SecretKind::Keystore);
    }
    if has_key_file(&text.chars) || has_pem(&text.chars) {
        return Some(SecretKind::PrivateKey);
    }
    runs(&text.chars).find_map(|run| {
        if is_extended_private(&run.text) {
            return Some(SecretKind::ExtendedKey);
        }
        let by_context = match kind(&run.text) {
            Some((IdentifierKind::Hash64 | IdentifierKind::EvmHash | IdentifierKind::SolSignature, _)) => {
                says_private(&text.chars, &run.chars)
            }
            _ => false,
        };
        (by_context || is_wif(&run.text)).then_some(SecretKind::PrivateKey)
    })
}

/// All addresses and hashes in the text, in order.
pub(super) fn identifiers(text: &Folded) -> Vec<Identifier> {
    runs(&text.chars)
        .filter_map(|run| {
            // A hash may be glued to the word before it: `hash0xabc…`.
            let from = run.text.find("0x").filter(|at| *at > 0 && kind(&run.text[*at..]).is_some()).unwrap_or(0);
            let (kind, checksum) = kind(&run.text[from..])?;
            let start = nth_visible(&text.chars, run.chars.start, from);
            Some(Identifier { kind, checksum, range: text.bytes(start..run.chars.end) })
        })
        .collect()
}

fn runs(chars: &[char]) -> impl Iterator<Item = Run> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < chars.len() {
            if !chars[at].is_ascii_alphanumeric() {
                at += 1;
                continue;
            }
            let start = at;
            while at < chars.len() && (chars[at].is_ascii_alphanumeric() || chars[at] == INVISIBLE) {
                at += 1;
            }
            let mut end = at;
            while chars[end - 1] == INVISIBLE {
                end -= 1;
            }
            if RUN_CHARS.start <= end - start {
                let text: String = chars[start..end].iter().filter(|c| **c != INVISIBLE).collect();
                if RUN_CHARS.contains(&text.len()) {
                    return Some(Run { text, chars: start..end });
                }
            }
        }
        None
    })
}

/// The place of the `n`th visible character from `start` on.
fn nth_visible(chars: &[char], start: usize, n: usize) -> usize {
    let visible = chars.iter().enumerate().skip(start).filter(|(_, c)| **c != INVISIBLE);
    visible.map(|(at, _)| at).nth(n).unwrap_or(start)
}

// Private keys.

/// Wallet import format, mainnet and testnet, and its encrypted form (BIP-38).
///
/// One with a bad checksum is taken for a mistyped key on mainnet, where its first letter and its
/// length leave little else it could be.
///
/// Source: <https://en.bitcoin.it/wiki/Wallet_import_format>.
fn is_wif(run: &str) -> bool {
    let shape = |length: usize, first: &str| run.len() == length && run.starts_with(|c| first.contains(c));
    if shape(58, "6") {
        return run.starts_with("6P") && decode_checked(run).is_some();
    }
    let (payload, mainnet) = match () {
        () if shape(51, "5") => (33, true),
        () if shape(52, "KL") => (34, true),
        () if shape(51, "9") => (33, false),
        () if shape(52, "c") => (34, false),
        () => return false,
    };
    if mainnet {
        decode(run).is_some_and(|bytes| bytes.len() == payload + 4 && bytes[0] == 0x80)
    } else {
        decode_checked(run).is_some_and(|bytes| bytes.len() == payload && bytes[0] == 0xef)
    }
}

/// Extended private keys (BIP-32 and the prefixes of SLIP-132), and Sui's private keys.
///
/// Their prefix says it, so a mistyped or cut one counts too.
fn is_extended_private(run: &str) -> bool {
    const PREFIXES: [&str; 13] =
        ["xprv", "yprv", "zprv", "Yprv", "Zprv", "tprv", "uprv", "vprv", "Uprv", "Vprv", "Ltpv", "Mtpv", "dgpv"];
    let prefix = run.get(..4).unwrap_or_default();
    PREFIXES.contains(&prefix) && run.len() >= 100 && is_base58(run)
        || run.len() >= 60 && run.get(..11).is_some_and(|prefix| prefix.eq_ignore_ascii_case("suiprivkey1"))
}

/// A key file of Ethereum (Web3 secret storage): a ciphertext with its value, and how to open it.
/// Text that only names the fields has no value beside them. Also the vault of browser wallets.
///
/// Source: <https://ethereum.org/developers/docs/data-structures-and-encoding/web3-secret-storage/>.
fn is_keystore(chars: &[char]) -> bool {
    if !chars.contains(&':') && !chars.contains(&'=') {
        return false;
    }
    let text: String =
        chars.iter().filter(|c| !c.is_whitespace() && **c != INVISIBLE).map(char::to_ascii_lowercase).collect();
    let field = |name: &str, is_value: fn(char) -> bool, least: usize| {
        text.match_indices(name).any(|(at, _)| {
            let rest = text[at + name.len()..].trim_start_matches(['"', '\'', '\\', ':', '=', '“', '”', '‘', '’']);
            rest.len() < text.len() - at - name.len()
                && rest.chars().take_while(|c| is_value(*c)).take(least).count() == least
        })
    };
    let is_hex = |c: char| c.is_ascii_hexdigit();
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=');
    let web3 = field("ciphertext", is_hex, 32)
        && (text.contains("kdf") || text.contains("cipherparams") || field("mac", is_hex, 32));
    web3 || field("data", is_base64, 64) && field("\"iv\"", is_base64, 16) && field("\"salt\"", is_base64, 16)
}

/// A Solana key file: a list of 64 numbers below 256.
fn has_key_file(chars: &[char]) -> bool {
    let opens = chars.iter().enumerate().filter(|(_, c)| **c == '[').map(|(at, _)| at + 1);
    opens.map(|at| numbers(&chars[at..])).any(|count| count == KEY_FILE_NUMBERS)
}

/// How many bytes, written as numbers with commas, stand before a closing bracket; 0 for anything else.
fn numbers(chars: &[char]) -> usize {
    let (mut count, mut number) = (0, None);
    for c in chars.iter().filter(|c| !c.is_whitespace() && **c != INVISIBLE) {
        match (c, number) {
            ('0'..='9', _) => {
                let value = number.unwrap_or(0) * 10 + c.to_digit(10).unwrap_or(0);
                if value > 255 {
                    return 0;
                }
                number = Some(value);
            }
            (',', Some(_)) => {
                count += 1;
                number = None;
                if count > KEY_FILE_NUMBERS {
                    return 0;
                }
            }
            (']', Some(_)) => return count + 1,
            _ => return 0,
        }
    }
    0
}

/// A private key in PEM: its opening line with a value behind it. The line alone is in many a manual.
fn has_pem(chars: &[char]) -> bool {
    const MARK: [char; 16] = ['P', 'R', 'I', 'V', 'A', 'T', 'E', ' ', 'K', 'E', 'Y', '-', '-', '-', '-', '-'];
    const VALUE_CHARS: usize = 40;
    chars.windows(MARK.len()).enumerate().filter(|(_, window)| *window == MARK).any(|(at, _)| {
        let behind =
            chars[at + MARK.len()..].iter().filter(|c| !c.is_whitespace() && **c != INVISIBLE).take(VALUE_CHARS);
        behind.filter(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '\\')).count() == VALUE_CHARS
    })
}

/// Words beside a hash, as they read without blanks.
const PRIVATE: [&str; 8] = ["私钥", "私鑰", "私匙", "密钥", "密鑰", "privatekey", "privkey", "secretkey"];
const PUBLIC: [&str; 7] = ["哈希", "hash", "txid", "交易", "单号", "公钥", "publickey"];

/// Whether the words beside a hash say that it is a private key, and none nearer says that it is not.
fn says_private(chars: &[char], run: &Range<usize>) -> bool {
    let plain = |chars: &[char]| -> String {
        chars
            .iter()
            .filter(|c| !c.is_whitespace() && !matches!(**c, INVISIBLE | '_' | '-'))
            .map(char::to_ascii_lowercase)
            .collect()
    };
    let before = plain(&chars[run.start.saturating_sub(CONTEXT_CHARS)..run.start]);
    let after = plain(&chars[run.end..chars.len().min(run.end + CONTEXT_CHARS)]);
    let last = |words: &[&str]| words.iter().filter_map(|word| before.rfind(word)).max();
    let first = |words: &[&str]| words.iter().filter_map(|word| after.find(word)).min();
    let before_says = last(&PRIVATE).is_some_and(|private| last(&PUBLIC).is_none_or(|public| public < private));
    let after_says = first(&PRIVATE).is_some_and(|private| first(&PUBLIC).is_none_or(|public| public > private));
    before_says || after_says && last(&PUBLIC).is_none()
}

// Addresses and hashes.

fn kind(run: &str) -> Option<(IdentifierKind, Checksum)> {
    use IdentifierKind as Kind;
    if let Some(hex) = run.strip_prefix("0x").or_else(|| run.strip_prefix("0X")).filter(|hex| is_hex(hex)) {
        return match hex.len() {
            40 => Some((Kind::EvmAddress, eip55(hex))),
            64 => Some((Kind::EvmHash, Checksum::Absent)),
            _ => None,
        };
    }
    if is_hex(run) {
        return (run.len() == 64).then_some((Kind::Hash64, Checksum::Absent));
    }
    if let Some(found) = bech32_address(run) {
        return Some(found);
    }
    if !is_base58(run) {
        return None;
    }
    let versioned = |kind, versions: &[u8]| match decode_checked(run) {
        Some(bytes) => (bytes.len() == 21 && versions.contains(&bytes[0])).then_some((kind, Checksum::Good)),
        // Mistyped, if it looks like nothing a person or a program would write as a word.
        None => (run.len() >= 33 && is_varied(run)).then_some((kind, Checksum::Bad)),
    };
    match (run.len(), run.as_bytes()[0]) {
        (34, b'T') => versioned(Kind::TronAddress, &[0x41]),
        (26..=35, b'1' | b'3' | b'2' | b'm' | b'n') => versioned(Kind::BtcAddress, &[0x00, 0x05, 0x6f, 0xc4]),
        (43..=44, _) if is_varied(run) => {
            decode(run).filter(|bytes| bytes.len() == 32).map(|_| (Kind::SolAddress, Checksum::Absent))
        }
        (86..=88, _) if is_varied(run) => Some((Kind::SolSignature, Checksum::Absent)),
        (111, _) if matches!(&run[1..4], "pub") => {
            let checksum = if decode_checked(run).is_some() { Checksum::Good } else { Checksum::Bad };
            Some((Kind::ExtendedPublicKey, checksum))
        }
        _ => None,
    }
}

/// Bitcoin's bech32 and bech32m addresses.
///
/// Source: <https://github.com/bitcoin/bips/blob/master/bip-0350.mediawiki>.
fn bech32_address(run: &str) -> Option<(IdentifierKind, Checksum)> {
    let lower = run.to_ascii_lowercase();
    if lower != run && run.to_ascii_uppercase() != run {
        return None;
    }
    let rest = ["bc1", "tb1", "bcrt1"].iter().find_map(|prefix| lower.strip_prefix(prefix))?;
    if bech32::segwit::decode(&lower).is_ok() {
        return Some((IdentifierKind::BtcAddress, Checksum::Good));
    }
    let is_charset = rest.bytes().all(|b| b"qpzry9x8gf2tvdw0s3jn54khce6mua7l".contains(&b));
    (is_charset && matches!(rest.len(), 39 | 59)).then_some((IdentifierKind::BtcAddress, Checksum::Bad))
}

/// Source: <https://eips.ethereum.org/EIPS/eip-55>. An address in one case carries no checksum.
fn eip55(hex: &str) -> Checksum {
    let lower = hex.to_ascii_lowercase();
    if hex == lower || hex == hex.to_ascii_uppercase() {
        return Checksum::Absent;
    }
    let hash = Keccak256::digest(lower.as_bytes());
    let good = hex.bytes().enumerate().all(|(at, digit)| {
        let nibble = hash[at / 2] >> (4 * (1 - at % 2)) & 15;
        !digit.is_ascii_alphabetic() || digit.is_ascii_uppercase() == (nibble >= 8)
    });
    if good { Checksum::Good } else { Checksum::Bad }
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_hexdigit())
}

fn is_base58(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() && !matches!(b, b'0' | b'O' | b'I' | b'l'))
}

/// Whether a run mixes digits and letters of both cases, as random base 58 does.
fn is_varied(run: &str) -> bool {
    let has = |is: fn(&u8) -> bool| run.as_bytes().iter().any(is);
    has(u8::is_ascii_digit) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase)
}

fn decode(run: &str) -> Option<Vec<u8>> {
    bs58::decode(run).into_vec().ok()
}

/// The payload of a base 58 text with a good checksum, its version byte first.
fn decode_checked(run: &str) -> Option<Vec<u8>> {
    bs58::decode(run).with_check(None).into_vec().ok()
}
