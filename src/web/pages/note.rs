//! The feedback form as templates print it: what was typed, what is wrong with it, and the words.

use super::article_url;
use crate::domain::{Article, COMMENT_CHARS_MAX, CONTACT_CHARS_MAX, FieldErrors, RawFeedback, Reason};
use crate::web::context::Ctx;
use crate::web::texts::{Texts, count};

/// What a reader typed, and what was wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// The reason's word.
    pub reason: String,
    /// Free text.
    pub comment: String,
    /// How to reach the reader.
    pub contact: String,
    /// The search that led here.
    pub q: String,
    /// Faults by field.
    pub errors: FieldErrors,
    /// The record of that search, if it is logged.
    pub from: String,
    /// Whether the store did not answer.
    pub lost: bool,
    /// Seconds to wait, where too much was sent.
    pub wait: Option<u32>,
}

impl Kept {
    /// What a form held.
    pub fn of(raw: RawFeedback, errors: FieldErrors) -> Self {
        let RawFeedback { reason, comment, contact, q, .. } = raw;
        Self { reason, comment, contact, q, errors, ..Self::default() }
    }
}

/// A reason to choose.
pub struct Choice {
    /// Its word.
    pub word: &'static str,
    /// What is shown.
    pub label: &'static str,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// A fault with its words.
pub struct Fault {
    /// The field.
    pub field: &'static str,
    /// What is wrong.
    pub text: String,
}

/// The feedback form as templates print it.
pub struct Note {
    /// Where it is sent.
    pub action: String,
    /// Where a script may send the vote; empty for a form without one.
    pub api: String,
    /// What was typed.
    pub kept: Kept,
    /// The reasons.
    pub reasons: Vec<Choice>,
    /// What is wrong with it.
    pub faults: Vec<Fault>,
    /// State of the article the reader saw.
    pub revision: String,
    /// Language of the page.
    pub lang: &'static str,
    /// How long a comment may be, in words.
    pub comment_hint: String,
    /// How long a comment may be.
    pub comment_max: usize,
    /// How long a contact line may be.
    pub contact_max: usize,
}

impl Note {
    /// The form below an article.
    pub fn about(ctx: &Ctx, article: &Article, mut kept: Kept) -> Self {
        if kept.q.is_empty() {
            kept.q.clone_from(&ctx.searched);
        }
        if kept.from.is_empty() {
            kept.from.clone_from(&ctx.from);
        }
        let action = format!("{}/feedback", article_url(&article.id));
        let api = format!("/api/v1{action}");
        Self { api, revision: article.revision.to_string(), ..Self::new(ctx, action, kept) }
    }

    /// The form for what is missing.
    pub fn site(ctx: &Ctx, kept: Kept) -> Self {
        Self::new(ctx, "/suggestions".to_owned(), kept)
    }

    /// The form on a receipt.
    pub fn more(ctx: &Ctx, action: String, kept: Kept) -> Self {
        Self::new(ctx, action, kept)
    }

    fn new(ctx: &Ctx, action: String, kept: Kept) -> Self {
        let t = ctx.t();
        Self {
            action,
            api: String::new(),
            reasons: Reason::ALL
                .iter()
                .map(|r| Choice { word: r.as_str(), label: reason_text(t, *r), chosen: r.as_str() == kept.reason })
                .collect(),
            faults: faults(t, &kept),
            revision: String::new(),
            lang: ctx.ui.tag(),
            comment_hint: count(t.comment_hint, COMMENT_CHARS_MAX),
            comment_max: COMMENT_CHARS_MAX,
            contact_max: CONTACT_CHARS_MAX,
            kept,
        }
    }

    /// Whether the part that asks for words is unfolded: something is in it or wrong with it.
    pub fn is_open(&self) -> bool {
        !self.faults.is_empty() || !self.kept.comment.is_empty() || !self.kept.reason.is_empty()
    }

    /// Whether a field is at fault.
    pub fn is_wrong(&self, field: &str) -> bool {
        self.faults.iter().any(|f| f.field == field)
    }
}

/// A reason in words.
pub fn reason_text(t: &'static Texts, reason: Reason) -> &'static str {
    match reason {
        Reason::Inaccurate => t.reason_inaccurate,
        Reason::Outdated => t.reason_outdated,
        Reason::Unclear => t.reason_unclear,
        Reason::StepsFail => t.reason_steps_fail,
        Reason::Missing => t.reason_missing,
        Reason::BrokenLink => t.reason_broken_link,
        Reason::Other => t.reason_other,
    }
}

fn faults(t: &Texts, kept: &Kept) -> Vec<Fault> {
    let text = |field: &str, key: &str| match (field, key) {
        ("helpful", "required") => t.error_helpful_required.to_owned(),
        ("comment", "required") => t.error_comment_required.to_owned(),
        ("comment", _) => count(t.error_comment_long, COMMENT_CHARS_MAX),
        ("contact", _) => count(t.error_comment_long, CONTACT_CHARS_MAX),
        _ => t.error_unknown.to_owned(),
    };
    let lost = kept.lost.then(|| Fault { field: "comment", text: t.error_unavailable.to_owned() });
    let minutes = kept.wait.map(|wait| wait.div_ceil(60) as usize);
    let throttled = minutes.map(|n| Fault { field: "", text: count(t.throttled_text, n) });
    kept.errors
        .iter()
        .map(|(field, key)| Fault { field, text: text(field, key) })
        .chain(lost)
        .chain(throttled)
        .collect()
}
