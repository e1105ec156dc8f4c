//! What the review desk calls a suggestion (建议): a change to the articles that readers' words,
//! votes and searches ask for, with its evidence. Named proposal here, as `Suggestion` is the line
//! offered while a reader types.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ArticleId, Severity};

words! {
    /// What a proposal was made from.
    ProposalKind {
        /// Comments on one article that say the same.
        Comments = "comments",
        /// "No" votes on the present state of an article.
        Votes = "votes",
        /// Something readers looked for and asked us to write.
        Missing = "missing",
        /// Searches that found nothing.
        NoResult = "no_result",
        /// Searches whose results nobody opened.
        LowClick = "low_click",
        /// An article past its review date.
        Overdue = "overdue",
        /// A broken link, picture or other fault of a file.
        Fault = "fault",
    }
}

words! {
    /// What editors decided.
    ProposalState {
        /// Nothing yet.
        Open = "open",
        /// It will be done.
        Planned = "planned",
        /// It has been done.
        Done = "done",
        /// It will not be done.
        Declined = "declined",
        /// It is the same as another one.
        Merged = "merged",
    }
}

words! {
    /// What is at stake for the reader, the gravest first.
    Concern {
        /// Their funds.
        FundSafety = "fund_safety",
        /// Getting into their wallet.
        Account = "account",
        /// A transaction.
        Transaction = "transaction",
        /// Anything else.
        Other = "other",
    }
}

impl Concern {
    /// What articles of a folder are about, by the name of its first part.
    pub fn of_folder(folder: &str, severity: Severity) -> Self {
        match (severity, folder.split('/').next().unwrap_or_default()) {
            (Severity::Urgent, _) | (_, "security") => Self::FundSafety,
            (_, "accounts" | "account") => Self::Account,
            (_, "transactions" | "transaction") => Self::Transaction,
            _ => Self::Other,
        }
    }
}

/// A proposal's id: `S-` and ten digits of Crockford's base 32, the same whenever the same subject
/// is found again, so that an editor's commit can name it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ProposalId(String);

const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const DIGITS: usize = 10;

impl ProposalId {
    /// The id of a subject: 50 bits of FNV-1a over its kind, article and key.
    pub fn of(kind: ProposalKind, article: Option<&ArticleId>, key: &str) -> Self {
        let parts = [kind.as_str(), article.map_or("", ArticleId::as_str), key];
        let bytes = parts.iter().flat_map(|part| part.bytes().chain([0]));
        let hash = bytes
            .fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
        let digits = (0..DIGITS).map(|place| char::from(CROCKFORD[(hash >> (place * 5 + 14) & 31) as usize]));
        Self("S-".chars().chain(digits).collect())
    }

    /// Reads an id as people copy it: in lower case too.
    pub fn parse(text: &str) -> Option<Self> {
        let id = text.trim().to_ascii_uppercase();
        let digits = id.strip_prefix("S-")?;
        (digits.len() == DIGITS && digits.bytes().all(|b| CROCKFORD.contains(&b))).then_some(Self(id))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ProposalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One query among a proposal's evidence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueryEvidence {
    /// The normalised query.
    pub query: String,
    /// Times asked.
    pub asked: u64,
    /// Times nothing was found.
    pub nothing: u64,
    /// Times an article was opened.
    pub opened: u64,
}

/// Why a proposal was made. It names receipts and never repeats readers' words: who takes feedback
/// back takes it out of here too.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Evidence {
    /// Votes on the present state of the article: it helped, it did not.
    pub present: (u64, u64),
    /// Votes on its earlier states.
    pub earlier: (u64, u64),
    /// The reason that the comments share, a [`super::Reason`]'s word.
    pub reason: String,
    /// Words that they share.
    pub words: Vec<String>,
    /// Receipts of the feedback, newest first.
    pub receipts: Vec<String>,
    /// The queries, most frequent first.
    pub queries: Vec<QueryEvidence>,
    /// What is wrong where: `file:line: message`.
    pub places: Vec<String>,
}

/// A proposal.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// Its id.
    pub id: ProposalId,
    /// What it was made from.
    pub kind: ProposalKind,
    /// What it is about: the article's title, the query, the fault.
    pub title: String,
    /// The article, if there is one.
    pub article: Option<ArticleId>,
    /// File of the article below the articles folder, or where one is wanted; may be empty.
    pub path: String,
    /// Why.
    pub evidence: Evidence,
    /// How grave the article is.
    pub severity: Severity,
    /// What is at stake.
    pub concern: Concern,
    /// Readers who met it.
    pub readers: u64,
    /// Of how many who could have.
    pub of: u64,
    /// Lower and upper end of the 95 % interval of that share.
    pub share: (f64, f64),
    /// Readers × severity × lower end: what the list is ordered by.
    pub score: f64,
    /// What editors decided.
    pub state: ProposalState,
    /// The one that stands for this, when it is merged.
    pub merged_into: Option<ProposalId>,
    /// The editors' word on it, may be empty.
    pub note: String,
    /// When it was first found.
    pub first: Timestamp,
    /// When it was last found.
    pub seen: Timestamp,
    /// When editors last decided.
    pub changed: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_stable_and_read_as_people_copy_it() {
        let article = ArticleId::parse("a/b").unwrap();
        let id = ProposalId::of(ProposalKind::Votes, Some(&article), "");
        assert_eq!(id, ProposalId::of(ProposalKind::Votes, Some(&article), ""));
        assert_ne!(id, ProposalId::of(ProposalKind::Comments, Some(&article), ""));
        assert_eq!(ProposalId::parse(&format!(" {} ", id.as_str().to_lowercase())), Some(id));
        for bad in ["", "S-", "S-123", "S-UUUUUUUUUU", "0123456789", "S-012345678901"] {
            assert_eq!(ProposalId::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn funds_come_before_the_folder() {
        assert_eq!(Concern::of_folder("app/x", Severity::Urgent), Concern::FundSafety);
        assert_eq!(Concern::of_folder("accounts", Severity::High), Concern::Account);
        assert_eq!(Concern::of_folder("transactions/swap", Severity::Normal), Concern::Transaction);
        assert_eq!(Concern::of_folder("", Severity::Normal), Concern::Other);
    }
}
