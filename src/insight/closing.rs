//! What editors decide about proposals, and how their commits close the loop: the readers whose
//! words led to it see it on their receipts.

use jiff::Timestamp;

use crate::domain::{
    ArticleId, Change, Feedback, Proposal, ProposalId, ProposalState, Receipt, Revision, Status, Subject,
};
use crate::store::{Error, Store, UnknownName};

/// What one closing did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Closed {
    /// Proposals that are done.
    pub proposals: usize,
    /// Receipts that tell their readers so.
    pub receipts: usize,
    /// Names that are neither a known proposal nor a known receipt.
    pub unknown: Vec<String>,
}

/// Writes down a decision on a proposal, and tells it on the receipts behind it. Returns how many
/// receipts changed; none where there is no such proposal.
///
/// # Errors
/// When the database fails.
pub async fn decide(
    store: &Store,
    id: &ProposalId,
    state: ProposalState,
    into: Option<&ProposalId>,
    reply: &str,
    by: &str,
) -> Result<Option<usize>, Error> {
    let Some(proposal) = store.proposal(id).await? else { return Ok(None) };
    store.decide_proposal(id, state, into, reply, by).await?;
    let status = match state {
        ProposalState::Open | ProposalState::Merged => return Ok(Some(0)),
        ProposalState::Planned => Status::Planned,
        ProposalState::Done => Status::Done,
        ProposalState::Declined => Status::Declined,
    };
    answer(store, &proposal, status, reply, by, |_| None).await.map(Some)
}

/// An editors' commit that names suggestions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Its id.
    pub id: String,
    /// First line of its message.
    pub title: String,
    /// When it was made.
    pub at: Timestamp,
    /// Articles it changed, in the state they have now.
    pub changed: Vec<(ArticleId, Revision)>,
}

impl Commit {
    /// What it changed for somebody who spoke about one article, else about `also`.
    fn change(&self, subject: &Subject, also: Option<&ArticleId>) -> Change {
        let about = subject.article().or(also);
        let article = self.changed.iter().find(|(id, _)| Some(id) == about).or_else(|| self.changed.first());
        Change { article: article.cloned(), commit: self.id.clone(), title: self.title.clone(), at: self.at }
    }
}

/// Closes what a commit names in `Suggestion:` trailers: each is a proposal's id or a receipt. A
/// name in a commit counts once, whoever sees it and how often.
///
/// # Errors
/// When the database fails; what was closed until then stays so, and the rest can be tried again.
pub async fn close(store: &Store, names: &[&str], commit: &Commit) -> Result<Closed, Error> {
    let mut closed = Closed::default();
    for name in names {
        if store.closing_is_kept(&commit.id, name).await? {
            continue;
        }
        let found = close_one(store, name, commit, &mut closed).await?;
        if !found {
            closed.unknown.push((*name).to_owned());
        }
        let (id, title) = (commit.id.clone(), commit.title.clone());
        let name = UnknownName { commit: id, title, name: (*name).to_owned(), at: commit.at };
        store.keep_closing(&name, found).await?;
    }
    Ok(closed)
}

/// Closes what one name stands for; false where it stands for nothing.
async fn close_one(store: &Store, name: &str, commit: &Commit, closed: &mut Closed) -> Result<bool, Error> {
    if let Some(id) = ProposalId::parse(name)
        && let Some(proposal) = store.proposal(&id).await?
    {
        // The readers first: should this break off, the proposal is still open and closed again.
        let mut all = store.merged(&id).await?;
        all.push(proposal.clone());
        for one in &all {
            let change = |f: &Feedback| Some(commit.change(&f.said.subject, one.article.as_ref()));
            closed.receipts += answer(store, one, Status::Done, "", BY_COMMIT, change).await?;
        }
        if proposal.state != ProposalState::Done {
            store.decide_proposal(&id, ProposalState::Done, None, &proposal.note, BY_COMMIT).await?;
            closed.proposals += 1;
        }
        return Ok(true);
    }
    let Some(receipt) = Receipt::parse(name) else { return Ok(false) };
    let Some(feedback) = store.receipt(&receipt).await? else { return Ok(false) };
    // Told already, by somebody who went before it could be written down.
    let told = feedback.change.as_ref().is_some_and(|change| change.commit == commit.id);
    if told && feedback.status == Status::Done {
        return Ok(true);
    }
    let change = commit.change(&feedback.said.subject, None);
    store.set_status(&receipt, Status::Done, &feedback.reply, BY_COMMIT, Some(change)).await?;
    closed.receipts += 1;
    Ok(true)
}

/// Who did it, in the audit list, when a commit did.
const BY_COMMIT: &str = "git";

/// Sets the state of the feedback behind a proposal that still waits for an answer.
async fn answer(
    store: &Store,
    proposal: &Proposal,
    status: Status,
    reply: &str,
    by: &str,
    change: impl Fn(&Feedback) -> Option<Change>,
) -> Result<usize, Error> {
    let mut told = 0;
    for receipt in proposal.evidence.receipts.iter().filter_map(|text| Receipt::parse(text)) {
        let Some(feedback) = store.receipt(&receipt).await? else { continue };
        if !matches!(feedback.status, Status::Received | Status::InReview | Status::Planned) {
            continue;
        }
        let reply = if reply.is_empty() { &feedback.reply } else { reply };
        store.set_status(&receipt, status, reply, by, change(&feedback)).await?;
        told += 1;
    }
    Ok(told)
}
