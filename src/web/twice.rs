//! The same form sent twice, by an impatient finger or a retry, is kept once and gets one receipt.
//! Remembered in this process only, as a hash, for minutes: a comfort, not a promise.

use std::collections::VecDeque;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::OnceCell;

use crate::domain::{Feedback, NewFeedback, Receipt};
use crate::store::{Error, Store};

/// Forms remembered: more than arrive in ten minutes of a bad day.
const FORMS_MAX: usize = 2_000;
/// How long words are remembered: nobody writes the same sentence again so soon.
const WORDS_TIME: Duration = Duration::from_mins(10);
/// How long a bare vote is: two readers behind one address may well agree.
const VOTE_TIME: Duration = Duration::from_secs(5);

/// Forms of the last minutes.
#[derive(Debug, Default)]
pub struct Twice {
    hasher: RandomState,
    forms: Mutex<VecDeque<Form>>,
}

#[derive(Debug)]
struct Form {
    hash: u64,
    until: Instant,
    receipt: Arc<OnceCell<Receipt>>,
}

impl Twice {
    /// Keeps feedback, or finds the receipt it has already; of two at once the second waits.
    ///
    /// # Errors
    /// When the store does not keep it; then the next try is a first one.
    pub async fn keep(&self, store: &Store, visitor: &str, said: &NewFeedback) -> Result<Feedback, Error> {
        let cell = self.cell(visitor, said);
        let mut fresh = None;
        let keep = async || {
            let feedback = store.insert(said).await?;
            let receipt = feedback.receipt.clone();
            fresh = Some(feedback);
            Ok::<_, Error>(receipt)
        };
        let receipt = cell.get_or_try_init(keep).await?.clone();
        match fresh {
            Some(feedback) => Ok(feedback),
            None => match store.receipt(&receipt).await? {
                Some(feedback) => Ok(feedback),
                None => store.insert(said).await,
            },
        }
    }

    fn cell(&self, visitor: &str, said: &NewFeedback) -> Arc<OnceCell<Receipt>> {
        let hash = self.hasher.hash_one((visitor, format!("{said:?}")));
        let now = Instant::now();
        // Held for a look through a short list, never across an await.
        let mut forms = self.forms.lock().unwrap_or_else(PoisonError::into_inner);
        forms.retain(|form| form.until > now);
        if let Some(form) = forms.iter().find(|form| form.hash == hash) {
            return Arc::clone(&form.receipt);
        }
        if forms.len() >= FORMS_MAX {
            forms.pop_front();
        }
        let time = if said.comment.is_empty() { VOTE_TIME } else { WORDS_TIME };
        let receipt = Arc::new(OnceCell::new());
        forms.push_back(Form { hash, until: now + time, receipt: Arc::clone(&receipt) });
        receipt
    }
}
