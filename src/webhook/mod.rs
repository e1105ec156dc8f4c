//! Tells another system of feedback: signed, one delivery at a time, tried again for two days, and
//! never on a reader's way. What waits is kept in the store, so that a restart loses nothing.
//!
//! A delivery can come twice (a crash after it was sent); it then carries the same `webhook-id`.

mod message;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ureq::Agent;

use crate::store::{self, Store, Word};

pub use message::{Secret, SecretError};

use message::Message;

/// Time for one delivery. Whoever needs longer should answer first and work later.
const DELIVERY_TIME: Duration = Duration::from_secs(10);
/// Time between looks at what is due: words of other instances, and those put off.
const LOOK: Duration = Duration::from_secs(2);
/// After the database failed.
const REST: Duration = Duration::from_secs(15);
/// How long nobody else gets a word that is being delivered: longer than a delivery can take.
const TAKEN_FOR: SignedDuration = SignedDuration::from_secs(20);
/// Looks between two counts of what waits.
const COUNT_EVERY: u32 = 60;
/// Seconds until the next try, after the first, the second, …; after the last one it is given up.
const PAUSES_S: [i64; 8] = [5, 30, 300, 1_800, 7_200, 21_600, 43_200, 86_400];

/// Where to tell it, and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// Address of the other system, `http://…` or `https://…`.
    pub url: String,
    /// What deliveries are signed with.
    pub secret: Secret,
    /// Address under which our site is reached, for the link to the desk.
    pub base_url: String,
}

/// Delivers what is due until it is stopped. From now on the store keeps words.
pub async fn keep(store: Store, options: Options) {
    store.keep_words();
    let agent = agent();
    let mut looks = 0u32;
    loop {
        if let Err(error) = round(&store, &agent, &options).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the webhook waits for the database");
            tokio::time::sleep(REST).await;
        }
        if looks.is_multiple_of(COUNT_EVERY)
            && let Ok((waiting, forgotten)) = store.words_waiting().await
            && forgotten > 0
        {
            tracing::error!(waiting, forgotten, "too many deliveries wait for the webhook: the oldest are given up");
        }
        looks = looks.wrapping_add(1);
        store.wait_for_words(LOOK).await;
    }
}

fn agent() -> Agent {
    Agent::config_builder()
        .timeout_global(Some(DELIVERY_TIME))
        // A redirect would send readers' words where nobody asked for them.
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .proxy(None)
        .user_agent(concat!("wenqu/", env!("CARGO_PKG_VERSION")))
        .build()
        .into()
}

/// Delivers everything that is due now.
async fn round(store: &Store, agent: &Agent, options: &Options) -> Result<(), store::Error> {
    loop {
        let now = Timestamp::now();
        let Some(word) = store.word_due(now, now + TAKEN_FOR).await? else { return Ok(()) };
        let message = Message::of(&word, &options.base_url);
        let (agent, url, secret) = (agent.clone(), options.url.clone(), options.secret.clone());
        // Sending blocks a thread, so it gets one that may be.
        let sent = tokio::task::spawn_blocking(move || send(&agent, &url, &secret, &message)).await;
        match sent.unwrap_or_else(|_| Err("panicked".to_owned())) {
            Ok(()) => store.word_done(&word.id).await?,
            Err(reason) => put_off(store, &word, &reason).await?,
        }
    }
}

async fn put_off(store: &Store, word: &Word, reason: &str) -> Result<(), store::Error> {
    let pause = usize::try_from(word.tries).ok().and_then(|tries| PAUSES_S.get(tries.saturating_sub(1)));
    if let Some(seconds) = pause {
        tracing::warn!(tries = word.tries, again_in_s = seconds, reason, "the webhook did not take a delivery");
        return store.word_again(&word.id, Timestamp::now() + SignedDuration::from_secs(*seconds)).await;
    }
    tracing::error!(tries = word.tries, reason, "the webhook did not take a delivery: it is given up");
    store.audit("", "webhook", word.feedback.receipt.as_str(), reason).await?;
    store.word_done(&word.id).await
}

/// Sends one delivery; any status but 2xx is a refusal.
fn send(agent: &Agent, url: &str, secret: &Secret, message: &Message) -> Result<(), String> {
    let second = Timestamp::now().as_second();
    let answer = agent
        .post(url)
        .header("content-type", "application/json")
        .header("webhook-id", &message.id)
        .header("webhook-timestamp", second.to_string())
        .header("webhook-signature", secret.sign(&message.id, second, &message.body))
        .send(message.body.as_bytes());
    match answer {
        Ok(answer) if answer.status().is_success() => Ok(()),
        Ok(answer) => Err(format!("status {}", answer.status().as_u16())),
        // The client's words name hosts and causes, never the body.
        Err(error) => Err(error.to_string()),
    }
}
