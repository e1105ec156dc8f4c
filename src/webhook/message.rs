//! One delivery: what it says, and the signature by which the other side knows us.
//!
//! Source: <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>,
//! whose libraries check it in most languages.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::json;
use sha2::Sha256;

use crate::domain::{ArticleId, Reason, Subject, Vote};
use crate::store::Word;

/// Before a secret in base 64.
const PREFIX: &str = "whsec_";
/// Bytes of a secret: 128 bits cannot be guessed, and the standard asks for 192.
const SECRET_BYTES_MIN: usize = 16;

/// What deliveries are signed with.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

/// Why a secret is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// It is short enough to be guessed.
    #[error("the webhook's secret is shorter than 16 bytes")]
    Short,
    /// What follows `whsec_` is not base 64.
    #[error("what follows whsec_ in the webhook's secret is not base 64")]
    Base64,
}

impl Secret {
    /// Reads `whsec_` with base 64, or any other text as it is.
    ///
    /// # Errors
    /// When it is too short, or not base 64.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let text = text.trim();
        let bytes = match text.strip_prefix(PREFIX) {
            Some(encoded) => BASE64_STANDARD.decode(encoded).map_err(|_| SecretError::Base64)?,
            None => text.as_bytes().to_vec(),
        };
        if bytes.len() < SECRET_BYTES_MIN { Err(SecretError::Short) } else { Ok(Self(bytes)) }
    }

    /// The header `webhook-signature` of a delivery.
    pub fn sign(&self, id: &str, second: i64, body: &str) -> String {
        // A key of any length is taken.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() };
        mac.update(format!("{id}.{second}.{body}").as_bytes());
        format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// One delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The same at every try.
    pub id: String,
    /// JSON.
    pub body: String,
}

impl Message {
    /// Says what the feedback is now. How to reach the reader stays with us.
    pub fn of(word: &Word, base_url: &str) -> Self {
        let feedback = &word.feedback;
        let said = &feedback.said;
        let revision = match &said.subject {
            Subject::Article(_, revision) => Some(revision.to_string()),
            Subject::Site => None,
        };
        let body = json!({
            "type": if word.is_new { "feedback.received" } else { "feedback.changed" },
            "timestamp": feedback.changed.to_string(),
            "data": {
                "receipt": feedback.receipt.as_str(),
                "status": feedback.status.as_str(),
                "article": said.subject.article().map(ArticleId::as_str),
                "revision": revision,
                "helpful": said.vote.map(Vote::as_str),
                "reason": said.reason.map(Reason::as_str),
                "comment": said.comment,
                "added": feedback.added,
                "query": said.query,
                "lang": said.lang.as_str(),
                "created": feedback.created.to_string(),
                "url": format!("{}/review/feedback/{}", base_url.trim_end_matches('/'), feedback.receipt),
            },
        });
        Self { id: word.id.clone(), body: body.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_standard() {
        // The example of the reference libraries' tests.
        let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature = secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn weak_secrets_are_refused_and_none_is_printed() {
        assert_eq!(Secret::parse("0123456789abcde"), Err(SecretError::Short));
        assert_eq!(Secret::parse("whsec_!!"), Err(SecretError::Base64));
        assert_eq!(Secret::parse("whsec_MTIz"), Err(SecretError::Short));
        let secret = Secret::parse(" 0123456789abcdef\n").unwrap();
        assert_eq!(format!("{secret:?}"), "Secret(…)");
    }
}
