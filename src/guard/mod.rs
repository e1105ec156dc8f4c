//! Recognises what must never be kept (recovery phrases, private keys) and what is public but names
//! somebody (addresses, hashes), and compares a contact with the official register.
//!
//! Pure functions over text: no log, no store, no clock. A secret is never part of what they return.

mod fold;
mod keys;
mod official;
mod phrase;

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use fold::{Folded, INVISIBLE};

pub use official::{Likeness, Verdict, official};
pub use phrase::common_han;

/// What [`mask`] puts in the place of a text that holds a secret.
pub const HIDDEN: &str = "[已隐去]";
/// Characters of an identifier that [`mask`] leaves at its beginning and end, as wallets show them.
const SHOWN: (usize, usize) = (6, 4);

/// What a text holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// Nothing of note.
    Clean,
    /// Something that gives away funds. It may not be kept, logged, answered with or passed on.
    Secret(SecretKind),
    /// Addresses and hashes in order, at least one. They are public, but kept only masked.
    Identifiers(Vec<Identifier>),
}

/// Which secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecretKind {
    /// A recovery phrase, or what is left of one.
    Phrase,
    /// A private key.
    PrivateKey,
    /// An extended private key, which opens all accounts of a wallet.
    ExtendedKey,
    /// A key file or vault that a password opens.
    Keystore,
}

/// An address or hash and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifier {
    /// What it is.
    pub kind: IdentifierKind,
    /// Whether its checksum is right.
    pub checksum: Checksum,
    /// Its bytes in the text.
    pub range: Range<usize>,
}

/// What an identifier is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IdentifierKind {
    /// Address on Ethereum and its kin: `0x` and 40 digits.
    EvmAddress,
    /// Transaction hash there: `0x` and 64 digits.
    EvmHash,
    /// 64 digits: a transaction on TRON or Bitcoin, or a private key that does not say so.
    Hash64,
    /// Address on TRON.
    TronAddress,
    /// Address on Bitcoin, base 58 or bech32.
    BtcAddress,
    /// Address on Solana.
    SolAddress,
    /// Transaction signature on Solana, of the same shape as a private key there.
    SolSignature,
    /// Extended public key: shows all addresses of an account.
    ExtendedPublicKey,
}

/// What the checksum of an identifier says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Checksum {
    /// It is right.
    Good,
    /// It is wrong: something was mistyped.
    Bad,
    /// There is none.
    Absent,
}

impl SecretKind {
    /// A word for keys of texts and for JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Phrase => "phrase",
            Self::PrivateKey => "private_key",
            Self::ExtendedKey => "extended_key",
            Self::Keystore => "keystore",
        }
    }
}

impl IdentifierKind {
    /// A word for keys of texts and for JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EvmAddress => "evm_address",
            Self::EvmHash => "evm_hash",
            Self::Hash64 => "hash64",
            Self::TronAddress => "tron_address",
            Self::BtcAddress => "btc_address",
            Self::SolAddress => "sol_address",
            Self::SolSignature => "sol_signature",
            Self::ExtendedPublicKey => "extended_public_key",
        }
    }
}

impl fmt::Display for Finding {
    /// `clean`, `secret:phrase` or `identifiers:evm_address,hash64`, as the shared test cases say it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clean => f.write_str("clean"),
            Self::Secret(kind) => write!(f, "secret:{}", kind.as_str()),
            Self::Identifiers(found) => {
                let kinds: Vec<&str> = found.iter().map(|identifier| identifier.kind.as_str()).collect();
                write!(f, "identifiers:{}", kinds.join(","))
            }
        }
    }
}

/// Says what a text holds. A secret anywhere in it outweighs all else.
pub fn inspect(text: &str) -> Finding {
    inspect_folded(&Folded::new(text))
}

fn inspect_folded(text: &Folded) -> Finding {
    if phrase::is_in(text) {
        return Finding::Secret(SecretKind::Phrase);
    }
    if let Some(kind) = keys::secret(text) {
        return Finding::Secret(kind);
    }
    match keys::identifiers(text) {
        none if none.is_empty() => Finding::Clean,
        found => Finding::Identifiers(found),
    }
}

/// The text as it may be kept and logged: identifiers as `0x12ab…89ef`. A text with a secret is
/// hidden as a whole, because what stands beside the part that was recognised may belong to it.
pub fn mask(text: &str) -> Cow<'_, str> {
    let found = match inspect(text) {
        Finding::Clean => return Cow::Borrowed(text),
        Finding::Secret(_) => return Cow::Borrowed(HIDDEN),
        Finding::Identifiers(found) => found,
    };
    let mut masked = String::with_capacity(text.len());
    let mut at = 0;
    for Identifier { range, .. } in found {
        let chars: Vec<char> =
            Folded::new(&text[range.clone()]).chars.into_iter().filter(|c| *c != INVISIBLE).collect();
        masked.push_str(&text[at..range.start]);
        masked.extend(chars.iter().take(SHOWN.0));
        masked.push('…');
        masked.extend(chars.iter().skip(chars.len().saturating_sub(SHOWN.1)));
        at = range.end;
    }
    masked.push_str(&text[at..]);
    Cow::Owned(masked)
}

#[cfg(test)]
mod tests;
