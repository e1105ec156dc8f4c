//! What readers tell us and what becomes of it: votes, reasons, comments, receipts, states.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;

use super::limits::{COMMENT_CHARS_MAX, CONTACT_CHARS_MAX, QUERY_CHARS_MAX};
use super::{ArticleId, Lang, Revision};

/// The answer to 「有帮助吗」.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Vote {
    /// It helped.
    Yes,
    /// It did not.
    No,
}

impl Vote {
    /// Reads `yes` or `no`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "yes" => Some(Self::Yes),
            "no" => Some(Self::No),
            _ => None,
        }
    }

    /// The word that [`Vote::parse`] reads.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
        }
    }
}

words! {
    /// Why an article did not help.
    Reason {
        /// Something in it is wrong.
        Inaccurate = "inaccurate",
        /// It was right once.
        Outdated = "outdated",
        /// It cannot be understood.
        Unclear = "unclear",
        /// The steps do not lead where they should.
        StepsFail = "steps_fail",
        /// What was needed is not there.
        Missing = "missing",
        /// A link or picture is broken.
        BrokenLink = "broken_link",
        /// Another reason.
        Other = "other",
    }
}

words! {
    /// What became of a piece of feedback.
    Status {
        /// It has arrived.
        Received = "received",
        /// Somebody looks at it.
        InReview = "in_review",
        /// The article will change.
        Planned = "planned",
        /// The article has changed.
        Done = "done",
        /// Nothing will change, for a reason that is told.
        Declined = "declined",
        /// The reader took it back.
        Withdrawn = "withdrawn",
    }
}

/// What feedback is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// An article in the state the reader saw.
    Article(ArticleId, Revision),
    /// No article: something that is missing.
    Site,
}

impl Subject {
    /// The article's id, if it is about one.
    pub fn article(&self) -> Option<&ArticleId> {
        match self {
            Self::Article(id, _) => Some(id),
            Self::Site => None,
        }
    }
}

/// Feedback as a form sends it: every field as text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RawFeedback {
    /// `yes` or `no`.
    pub helpful: String,
    /// A [`Reason`]'s word.
    pub reason: String,
    /// Free text.
    pub comment: String,
    /// How to reach the reader.
    pub contact: String,
    /// The search that led here.
    pub q: String,
    /// Language of the page.
    pub lang: String,
}

/// Faults of a form by field name, each a key of the interface's texts.
pub type FieldErrors = BTreeMap<&'static str, &'static str>;

/// Feedback within its limits, not yet kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFeedback {
    /// What it is about.
    pub subject: Subject,
    /// The vote; a suggestion has none.
    pub vote: Option<Vote>,
    /// The reason, if one was chosen.
    pub reason: Option<Reason>,
    /// Free text, may be empty.
    pub comment: String,
    /// How to reach the reader, may be empty.
    pub contact: String,
    /// The search that led here, may be empty.
    pub query: String,
    /// Language of the page.
    pub lang: Lang,
}

impl NewFeedback {
    /// Reads a form.
    ///
    /// # Errors
    /// All faults at once, by field: `helpful` (`required`, `unknown`), `reason` (`unknown`),
    /// `comment` (`required` for a suggestion, `too_long`), `contact` (`too_long`).
    pub fn parse(subject: Subject, raw: &RawFeedback) -> Result<Self, FieldErrors> {
        let mut errors = FieldErrors::new();
        let about_article = subject.article().is_some();
        let vote = match raw.helpful.trim() {
            "" if about_article => {
                errors.insert("helpful", "required");
                None
            }
            "" => None,
            text => Vote::parse(text).or_else(|| {
                errors.insert("helpful", "unknown");
                None
            }),
        };
        let reason = match raw.reason.trim() {
            "" => None,
            text => Reason::parse(text).or_else(|| {
                errors.insert("reason", "unknown");
                None
            }),
        };
        let comment = tidy(&raw.comment);
        if comment.is_empty() && !about_article {
            errors.insert("comment", "required");
        }
        if comment.chars().count() > COMMENT_CHARS_MAX {
            errors.insert("comment", "too_long");
        }
        let contact = tidy(&raw.contact);
        if contact.chars().count() > CONTACT_CHARS_MAX {
            errors.insert("contact", "too_long");
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        Ok(Self {
            subject,
            vote,
            reason,
            comment,
            contact,
            query: tidy(&raw.q).chars().take(QUERY_CHARS_MAX).collect(),
            lang: Lang::parse(&raw.lang).unwrap_or_default(),
        })
    }
}

/// Line ends as `\n`, other control characters gone, trimmed.
fn tidy(text: &str) -> String {
    let unix = text.replace("\r\n", "\n").replace('\r', "\n");
    let kept: String = unix.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    kept.trim().to_owned()
}

/// The code on a receipt: 80 random bits as 16 letters and digits of Crockford's base 32, in
/// groups of four (`7K3M-9QXA-…`). Whoever knows it may read that one receipt.
///
/// Source: <https://www.crockford.com/base32.html>.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Receipt(String);

const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl Receipt {
    /// Makes a receipt of 10 random bytes.
    pub fn from_random(bytes: [u8; 10]) -> Self {
        let number = bytes.iter().fold(0u128, |n, b| n << 8 | u128::from(*b));
        let mut code = String::with_capacity(19);
        for place in (0..16).rev() {
            let digit = (number >> (place * 5)) & 31;
            code.push(char::from(CROCKFORD[usize::try_from(digit).unwrap_or_default()]));
            if place % 4 == 0 && place > 0 {
                code.push('-');
            }
        }
        Self(code)
    }

    /// Reads a code as people copy it: lower case, with or without hyphens, `O` for `0`, `I` and `L` for `1`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut code = String::with_capacity(19);
        let mut digits = 0;
        for c in text.trim().chars() {
            let c = match c.to_ascii_uppercase() {
                '-' | ' ' => continue,
                'O' => '0',
                'I' | 'L' => '1',
                c => c,
            };
            if !c.is_ascii() || !CROCKFORD.contains(&(c as u8)) || digits == 16 {
                return None;
            }
            if digits > 0 && digits % 4 == 0 {
                code.push('-');
            }
            code.push(c);
            digits += 1;
        }
        (digits == 16).then_some(Self(code))
    }

    /// The code as written on the page.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A receipt's code opens the receipt, so logs that print values do not show it.
impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Receipt(…)")
    }
}

/// The id of a kept record: a UUIDv7 in its usual lower-case form, so that ids sort by arrival.
///
/// It is the cursor of pages and is never shown to readers, who hold a [`Receipt`].
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordId(String);

impl RecordId {
    /// Reads the 36 characters of an id.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = text.len() == 36 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f' | b'-'));
        fits.then(|| Self(text.to_owned()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a reader may still do to feedback that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Amendment {
    /// A second vote replaces the first.
    Vote(Vote),
    /// The rest of the form, sent after the vote. What is none or empty leaves what was there.
    Details {
        /// The reason, if one was chosen.
        reason: Option<Reason>,
        /// Free text.
        comment: String,
        /// How to reach the reader.
        contact: String,
    },
    /// A sentence added later, from the receipt page.
    Sentence(String),
    /// The reader takes it back: the words are erased, the receipt stays.
    Withdraw,
}

impl Amendment {
    /// The reason, comment and contact of a form that has passed [`NewFeedback::parse`].
    pub fn details(said: NewFeedback) -> Self {
        Self::Details { reason: said.reason, comment: said.comment, contact: said.contact }
    }

    /// Reads an added sentence.
    ///
    /// # Errors
    /// The fault of the field `comment`: `required` or `too_long`.
    pub fn sentence(text: &str) -> Result<Self, FieldErrors> {
        let text = tidy(text);
        match text.chars().count() {
            0 => Err(FieldErrors::from([("comment", "required")])),
            chars if chars > COMMENT_CHARS_MAX => Err(FieldErrors::from([("comment", "too_long")])),
            _ => Ok(Self::Sentence(text)),
        }
    }
}

/// What the editors changed because of feedback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The article, which may be a new one, and its state since; none where only words of the
    /// search or settings changed.
    pub article: Option<(ArticleId, Revision)>,
    /// The commit, empty where it is not known.
    pub commit: String,
    /// What the editors call it: the first line of the commit's message, may be empty.
    pub title: String,
    /// When it was made.
    pub at: Timestamp,
}

/// Feedback that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feedback {
    /// Its id.
    pub id: RecordId,
    /// Its receipt.
    pub receipt: Receipt,
    /// What the reader said.
    pub said: NewFeedback,
    /// When it arrived.
    pub created: Timestamp,
    /// When anything about it last changed.
    pub changed: Timestamp,
    /// Sentences the reader added later, in order.
    pub added: Vec<String>,
    /// What became of it.
    pub status: Status,
    /// What the reader is told: the reason for declining, the change that was made.
    pub reply: String,
    /// The article's change, once it is done.
    pub change: Option<Change>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subject() -> Subject {
        Subject::Article(ArticleId::parse("a/b").unwrap(), Revision(7))
    }

    #[test]
    fn a_form_tells_all_its_faults_at_once() {
        let raw = RawFeedback {
            helpful: "maybe".into(),
            reason: "bored".into(),
            comment: "长".repeat(COMMENT_CHARS_MAX + 1),
            contact: "x".repeat(CONTACT_CHARS_MAX + 1),
            ..RawFeedback::default()
        };
        let errors = NewFeedback::parse(subject(), &raw).unwrap_err();
        assert_eq!(
            errors.into_iter().collect::<Vec<_>>(),
            [("comment", "too_long"), ("contact", "too_long"), ("helpful", "unknown"), ("reason", "unknown")]
        );
    }

    #[test]
    fn a_suggestion_needs_words_but_no_vote() {
        let raw = RawFeedback { comment: " \r\n ".into(), ..RawFeedback::default() };
        assert_eq!(NewFeedback::parse(Subject::Site, &raw).unwrap_err().get("comment"), Some(&"required"));
        let raw = RawFeedback { comment: "想知道\r\n怎么质押\u{7}".into(), ..RawFeedback::default() };
        assert_eq!(NewFeedback::parse(Subject::Site, &raw).unwrap().comment, "想知道\n怎么质押");
    }

    #[test]
    fn receipts_are_read_as_people_copy_them() {
        let receipt = Receipt::from_random([0xff, 0, 1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(receipt.as_str().len(), 19);
        let sloppy = receipt.as_str().to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
        assert_eq!(Receipt::parse(&sloppy), Some(receipt.clone()));
        assert_eq!(Receipt::parse("7K3M"), None);
        assert_eq!(Receipt::parse("UUUU-UUUU-UUUU-UUUU"), None);
        assert_eq!(format!("{receipt:?}"), "Receipt(…)");
    }

    #[test]
    fn an_added_sentence_has_the_limits_of_a_comment() {
        assert_eq!(Amendment::sentence(" 还是\r\n不行 "), Ok(Amendment::Sentence("还是\n不行".into())));
        assert_eq!(Amendment::sentence("\u{7}").unwrap_err().get("comment"), Some(&"required"));
        let long = "长".repeat(COMMENT_CHARS_MAX + 1);
        assert_eq!(Amendment::sentence(&long).unwrap_err().get("comment"), Some(&"too_long"));
    }
}
