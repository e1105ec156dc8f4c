//! What editors decide about proposals, and how their commits close the loop: the readers whose
//! words led to it see it on their receipts.

use crate::domain::{
    ArticleId, Change, Feedback, Proposal, ProposalId, ProposalState, Receipt, Revision, Status, Subject,
};
use crate::store::{Error, Store};

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

/// Closes what a commit names in `Suggestion:` trailers: each is a proposal's id or a receipt.
/// `changed` are the articles the commit changed, in the state they have since.
///
/// # Errors
/// When the database fails; what was closed until then stays so, and closing again is harmless.
pub async fn close(
    store: &Store,
    names: &[&str],
    commit: &str,
    changed: &[(ArticleId, Revision)],
) -> Result<Closed, Error> {
    let mut closed = Closed::default();
    let change = |subject: &Subject, also: Option<&ArticleId>| {
        let about = subject.article().or(also);
        let (article, revision) = changed.iter().find(|(id, _)| Some(id) == about).or_else(|| changed.first())?.clone();
        Some(Change { article, revision, commit: commit.to_owned() })
    };
    for name in names {
        if let Some(id) = ProposalId::parse(name)
            && let Some(proposal) = store.proposal(&id).await?
        {
            store.decide_proposal(&id, ProposalState::Done, None, &proposal.note, BY_COMMIT).await?;
            closed.proposals += 1;
            let mut all = store.merged(&id).await?;
            all.push(proposal);
            for one in &all {
                let change = |f: &Feedback| change(&f.said.subject, one.article.as_ref());
                closed.receipts += answer(store, one, Status::Done, "", BY_COMMIT, change).await?;
            }
        } else if let Some(receipt) = Receipt::parse(name)
            && let Some(feedback) = store.receipt(&receipt).await?
        {
            let change = change(&feedback.said.subject, None);
            store.set_status(&receipt, Status::Done, &feedback.reply, BY_COMMIT, change).await?;
            closed.receipts += 1;
        } else {
            closed.unknown.push((*name).to_owned());
        }
    }
    Ok(closed)
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
