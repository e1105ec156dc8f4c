//! Settings that editors keep beside the articles in `wenqu.toml`.

use std::collections::HashMap;

use jiff::civil::{Date, Time, Weekday};

use super::{ArticleId, Lang};

/// A way to reach people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelKind {
    /// Live chat.
    Chat,
    /// Electronic mail.
    Email,
    /// A social network.
    Social,
    /// Anything else.
    Other,
}

/// Opening hours on some days of the week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    /// Days they hold for.
    pub days: Vec<Weekday>,
    /// From, inclusive.
    pub open: Time,
    /// Until, exclusive; `00:00` means the end of the day.
    pub close: Time,
}

/// One contact channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactChannel {
    /// What it is.
    pub kind: ChannelKind,
    /// Name shown.
    pub name: String,
    /// Web address, mail address or account.
    pub address: String,
    /// IANA time zone of the hours, such as `Asia/Shanghai`.
    pub timezone: String,
    /// Opening hours; empty means always.
    pub hours: Vec<Hours>,
    /// Expected first reply, shown as written.
    pub first_reply: String,
    /// What it is for.
    pub handles: String,
    /// Languages spoken.
    pub languages: Vec<String>,
}

/// What an official entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OfficialKind {
    /// A domain, its subdomains included.
    Domain,
    /// A mail address.
    Email,
    /// An account on a network.
    Account,
}

/// A channel that is ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficialEntry {
    /// What it is.
    pub kind: OfficialKind,
    /// The domain, address or account.
    pub value: String,
    /// What it is used for.
    pub note: String,
}

/// A way straight to the steps that matter in an emergency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrgentLink {
    /// Short label, such as `资产被盗`.
    pub label: String,
    /// One short line.
    pub hint: String,
    /// The article.
    pub article: ArticleId,
}

/// When readers can expect their feedback to be looked at, shown as written.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Promises {
    /// Fund safety.
    pub fund_safety: String,
    /// Account access.
    pub account: String,
    /// Transactions.
    pub transaction: String,
    /// The rest.
    pub other: String,
}

/// The site's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// Name in the header.
    pub name: String,
    /// A line below it, may be empty.
    pub tagline: String,
    /// Picture for link previews, a path in the articles folder; empty for ours.
    pub picture: String,
    /// Languages of the interface, first is the default.
    pub languages: Vec<Lang>,
    /// Emergencies on the home page.
    pub urgent: Vec<UrgentLink>,
    /// Contact channels.
    pub channels: Vec<ContactChannel>,
    /// Days on which channels with hours are closed.
    pub holidays: Vec<Date>,
    /// What staff never ask for.
    pub never_ask: Vec<String>,
    /// What is handled first, in order.
    pub priorities: Vec<String>,
    /// The official register.
    pub official: Vec<OfficialEntry>,
    /// Expected times.
    pub promises: Promises,
    /// Queries offered before anything is typed.
    pub popular: Vec<String>,
    /// Domains that articles may link to besides the official ones; empty means any.
    pub allowed_domains: Vec<String>,
    /// The texts of the settings and of categories in other languages, by how they are written there.
    pub translations: Vec<(Lang, HashMap<String, String>)>,
}

impl Default for Site {
    fn default() -> Self {
        Self {
            name: "帮助中心".to_owned(),
            tagline: String::new(),
            picture: String::new(),
            languages: vec![Lang::default()],
            urgent: Vec::new(),
            channels: Vec::new(),
            holidays: Vec::new(),
            never_ask: Vec::new(),
            priorities: Vec::new(),
            official: Vec::new(),
            promises: Promises::default(),
            popular: Vec::new(),
            allowed_domains: Vec::new(),
            translations: Vec::new(),
        }
    }
}
