//! Feedback on an article, and suggestions not tied to one: what becomes of a form, and what happens
//! when somebody is about to give a secret away.

use std::sync::Arc;

use askama::Template;
use axum::body::Bytes;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};

use super::article::{by_id, render};
use super::note::{Kept, Note};
use super::{Link, article_url, urgent_links};
use crate::domain::{Amendment, Article, Feedback, FieldErrors, NewFeedback, RawFeedback, Receipt, Revision, Subject};
use crate::guard::mask;
use crate::store::{self, Amended};
use crate::web::context::{Ctx, Frame, Here, is_secret, page};
use crate::web::error::Error;
use crate::web::metrics::Said;
use crate::web::texts::Texts;
use crate::web::url::Fields;
use crate::web::visitor::{Purpose, too_many};

/// Name of the field that people do not see and programs fill in.
pub const TRAP: &str = "website";

/// Reads the fields of a form.
pub fn raw(form: &Fields) -> RawFeedback {
    let text = |name: &str| form.get(name).to_owned();
    RawFeedback {
        helpful: text("helpful"),
        reason: text("reason"),
        comment: text("comment"),
        contact: text("contact"),
        q: text("q"),
        lang: text("lang"),
    }
}

/// Whether any field, as it came and whole, gives away funds.
pub fn holds_secret(raw: &RawFeedback) -> bool {
    let RawFeedback { helpful, reason, comment, contact, q, lang } = raw;
    [helpful, reason, comment, contact, q, lang].into_iter().any(|text| is_secret(text))
}

/// The words as they are kept: addresses and hashes are public, but name somebody.
pub fn masked(said: NewFeedback) -> NewFeedback {
    let hide = |text: String| mask(&text).into_owned();
    NewFeedback { comment: hide(said.comment), contact: hide(said.contact), query: hide(said.query), ..said }
}

/// What became of a form.
pub enum Outcome {
    /// Kept.
    Kept(Box<Feedback>),
    /// Filled in by a program: nothing was kept.
    Trapped,
    /// It held a secret: nothing was kept.
    Secret,
    /// It had faults, or the store did not answer.
    Faulty(StatusCode, Box<Kept>),
}

/// What a form carries beside the reader's words.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hidden<'a> {
    /// What only programs fill in.
    pub trap: &'a str,
    /// The receipt of the vote that this one replaces.
    pub receipt: &'a str,
    /// The record of the search that led here.
    pub from: &'a str,
}

impl<'a> Hidden<'a> {
    /// The hidden fields of a form.
    pub fn of(form: &'a Fields) -> Self {
        Self { trap: form.get(TRAP), receipt: form.get("receipt"), from: form.get("from") }
    }
}

/// Reads, guards and keeps a form.
pub async fn take(ctx: &Ctx, subject: Subject, raw: RawFeedback, hidden: Hidden<'_>) -> Outcome {
    let outcome = consider(ctx, subject, raw, hidden).await;
    ctx.app.metrics.said(match &outcome {
        Outcome::Kept(_) => Said::Kept,
        Outcome::Trapped => Said::Trapped,
        Outcome::Secret => Said::Secret,
        Outcome::Faulty(StatusCode::UNPROCESSABLE_ENTITY, _) => Said::Faulty,
        Outcome::Faulty(..) => Said::Refused,
    });
    outcome
}

async fn consider(ctx: &Ctx, subject: Subject, mut raw: RawFeedback, hidden: Hidden<'_>) -> Outcome {
    if !hidden.trap.is_empty() {
        return Outcome::Trapped;
    }
    if is_secret(&raw.q) {
        raw.q.clear();
    }
    if holds_secret(&raw) {
        return Outcome::Secret;
    }
    let kept = |raw, errors| Kept { from: hidden.from.to_owned(), ..Kept::of(raw, errors) };
    let new = match NewFeedback::parse(subject, &raw) {
        Ok(new) => masked(new),
        Err(errors) => return Outcome::Faulty(StatusCode::UNPROCESSABLE_ENTITY, Box::new(kept(raw, errors))),
    };
    if let Some(wait) = too_many(ctx, Purpose::Words).await {
        let kept = Kept { wait: Some(wait), ..kept(raw, FieldErrors::new()) };
        return Outcome::Faulty(StatusCode::TOO_MANY_REQUESTS, Box::new(kept));
    }
    ctx.app.searches.helped(hidden.from, new.subject.article(), new.vote);
    match replace_or_keep(ctx, hidden.receipt, new).await {
        Ok(feedback) => Outcome::Kept(Box::new(feedback)),
        Err(error) => {
            log(ctx, &error);
            let kept = Kept { lost: true, ..kept(raw, FieldErrors::new()) };
            Outcome::Faulty(StatusCode::SERVICE_UNAVAILABLE, Box::new(kept))
        }
    }
}

/// A second vote from the same page replaces the first; everything else is new.
async fn replace_or_keep(ctx: &Ctx, receipt: &str, new: NewFeedback) -> Result<Feedback, store::Error> {
    let store = &ctx.app.store;
    let first = match Receipt::parse(receipt) {
        Some(receipt) => store.receipt(&receipt).await?,
        None => None,
    };
    let same = first.filter(|first| first.said.subject.article() == new.subject.article());
    let (Some(first), Some(vote)) = (same, new.vote) else {
        return ctx.app.twice.keep(store, &ctx.visitor, &new).await;
    };
    let voted = store.amend(&first.receipt, Amendment::Vote(vote)).await?;
    let has_words = new.reason.is_some() || !new.comment.is_empty() || !new.contact.is_empty();
    let details = Amendment::details(new.clone());
    let amended = if has_words { store.amend(&first.receipt, details).await? } else { voted };
    match amended {
        Amended::Kept(feedback) => Ok(*feedback),
        // It was taken back, or nothing more can be added to it: this one stands for itself.
        Amended::NotFound | Amended::Withdrawn | Amended::Full => store.insert(&new).await,
    }
}

/// Logs why the store did not answer; the reader keeps the page with the typed text.
pub fn log(ctx: &Ctx, error: &store::Error) {
    tracing::error!(reference = ctx.reference.0, error = error as &dyn std::error::Error, "feedback could not be kept");
}

/// `POST /articles/{id}/feedback`.
pub async fn send(ctx: Ctx, body: Bytes) -> Result<Response, Error> {
    let path = ctx.rest("/articles/").strip_suffix("/feedback").ok_or(Error::MethodNotAllowed)?;
    let article = by_id(&ctx, path).filter(|a| a.takes_feedback).ok_or(Error::NotFound)?;
    let form = Fields::parse(&body);
    let revision = Revision::parse(form.get("revision")).unwrap_or(article.revision);
    let subject = Subject::Article(article.id.clone(), revision);
    match take(&ctx, subject, raw(&form), Hidden::of(&form)).await {
        Outcome::Kept(feedback) => Ok(to_receipt(&feedback)),
        Outcome::Trapped => Ok(Redirect::to(&article_url(&article.id)).into_response()),
        Outcome::Secret => safety(&ctx, Some(&article)),
        Outcome::Faulty(status, kept) => {
            let wait = kept.wait;
            let response = private(render(&ctx, &article, status, *kept)?);
            Ok(come_back(response, wait))
        }
    }
}

/// `POST /suggestions`.
pub async fn suggest(ctx: Ctx, body: Bytes) -> Result<Response, Error> {
    let form = Fields::parse(&body);
    match take(&ctx, Subject::Site, raw(&form), Hidden::of(&form)).await {
        Outcome::Kept(feedback) => Ok(to_receipt(&feedback)),
        Outcome::Trapped => Ok(Redirect::to("/").into_response()),
        Outcome::Secret => safety(&ctx, None),
        Outcome::Faulty(status, kept) => {
            let wait = kept.wait;
            let note = Note::site(&ctx, *kept);
            let template = Suggest { frame: ctx.frame(Here::Elsewhere, ctx.t().suggest_title), t: ctx.t(), note };
            let response = private(page(status, &template)?);
            Ok(come_back(response, wait))
        }
    }
}

fn to_receipt(feedback: &Feedback) -> Response {
    Redirect::to(&format!("/feedback/{}", feedback.receipt)).into_response()
}

/// Says in how many seconds to come back, where somebody must.
pub fn come_back(mut response: Response, wait: Option<u32>) -> Response {
    if let Some(wait) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
    }
    response
}

/// A page that nobody but the reader keeps.
pub fn private(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[derive(Template)]
#[template(path = "suggest.html")]
struct Suggest<'a> {
    frame: Frame<'a>,
    t: &'static Texts,
    note: Note,
}

#[derive(Template)]
#[template(path = "safety.html")]
struct Safety<'a> {
    frame: Frame<'a>,
    t: &'static Texts,
    urgent: Vec<Link>,
    back: Option<Link>,
}

/// The page for somebody who was about to give a secret away. It never holds what was typed.
pub fn safety(ctx: &Ctx, article: Option<&Arc<Article>>) -> Result<Response, Error> {
    let mut ctx = ctx.clone();
    ctx.forget();
    let template = Safety {
        frame: ctx.frame(Here::Elsewhere, ctx.t().secret_form_title),
        t: ctx.t(),
        urgent: urgent_links(&ctx),
        back: article.map(|a| Link { title: a.title.clone(), url: article_url(&a.id) }),
    };
    let mut response = private(page(StatusCode::UNPROCESSABLE_ENTITY, &template)?);
    response.headers_mut().insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}

#[cfg(test)]
mod tests {
    use crate::domain::Vote;
    use crate::web::sample::app;
    use crate::web::tests::{Server, post, select, texts};
    use crate::web::url::value;

    const FORM: &str = "/articles/transactions/not-arrived/feedback";
    const PHRASE: &str = "legal winner thank year wave sausage worth useful legal winner thank yellow";

    #[tokio::test]
    async fn a_vote_is_kept_and_leads_to_its_receipt() {
        let server = Server::new().await;
        let page = server.post(FORM, "helpful=no&q=%E6%B2%A1%E5%88%B0&lang=zh-CN").await;
        assert_eq!(page.status, 303);
        assert!(page.header("location").starts_with("/feedback/"));
        let kept = server.kept().await;
        assert_eq!((kept[0].said.vote, kept[0].said.query.as_str()), (Some(Vote::No), "没到"));
        let page = server.get(&page.header("location")).await;
        assert_eq!(page.status, 200);
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(select(&page.html, "form textarea[name=comment]").len(), 1);
    }

    #[tokio::test]
    async fn faults_come_back_with_the_typed_text() {
        let text = "<b>步骤</b>二走不通";
        let page = post(FORM, &format!("reason=bored&comment={}", value(text))).await;
        assert_eq!(page.status, 422);
        assert_eq!(texts(&page.html, "textarea[name=comment]"), [text]);
        assert!(texts(&page.html, "[role=alert] li").len() >= 2);
        assert!(!page.html.contains("<b>步骤"));
    }

    #[tokio::test]
    async fn a_secret_is_neither_kept_nor_echoed() {
        let server = Server::new().await;
        let page = server.post(FORM, &format!("helpful=no&comment={}", value(PHRASE))).await;
        assert_eq!(page.status, 422);
        assert!(!page.html.contains("sausage"));
        assert!(server.kept().await.is_empty());
        let page = server.post(FORM, &format!("helpful=no&q={}", value(PHRASE))).await;
        assert_eq!((page.status, server.kept().await[0].said.query.as_str()), (303, ""));
    }

    #[tokio::test]
    async fn a_filled_trap_keeps_nothing() {
        let server = Server::new().await;
        let page = server.post(FORM, "helpful=yes&website=x").await;
        assert_eq!((page.status, server.kept().await.len()), (303, 0));
    }

    #[tokio::test]
    async fn a_store_that_does_not_answer_loses_no_text() {
        let server = Server::new().await;
        server.sabotage().await;
        let page = server.post(FORM, &format!("helpful=no&comment={}", value("写了很久"))).await;
        assert_eq!((page.status, page.header("retry-after").is_empty()), (503, false));
        assert_eq!(texts(&page.html, "textarea[name=comment]"), ["写了很久"]);
    }

    #[tokio::test]
    async fn too_much_is_refused_with_the_typed_text_and_a_time() {
        let mut app = app().await;
        app.options.posts_per_hour = 2;
        let server = Server::of(app);
        let send = async |words: &str| server.post(FORM, &format!("helpful=no&comment={}", value(words))).await;
        assert_eq!((send("一").await.status, send("二").await.status), (303, 303));
        let page = send("写了很久").await;
        assert_eq!(page.status, 429);
        assert!((1..=3600).contains(&page.header("retry-after").parse::<u32>().unwrap()));
        assert_eq!(texts(&page.html, "textarea[name=comment]"), ["写了很久"]);
        assert_eq!(texts(&page.html, "[role=alert] li").len(), 1);
        assert_eq!(server.post("/suggestions", "comment=abc").await.status, 429);
        let json = server.post(&format!("/api/v1{FORM}"), r#"{"helpful":"no"}"#).await;
        assert_eq!((json.status, json.header("content-type").as_str()), (429, "application/problem+json"));
        assert_eq!(server.kept().await.len(), 2);
    }

    #[tokio::test]
    async fn the_same_form_twice_gets_one_receipt() {
        let server = Server::new().await;
        let body = format!("helpful=no&comment={}", value("步骤二走不通"));
        let (first, second) = tokio::join!(server.post(FORM, &body), server.post(FORM, &body));
        assert_eq!((first.status, first.header("location")), (303, second.header("location")));
        assert_eq!(server.kept().await.len(), 1);
    }

    #[tokio::test]
    async fn a_second_vote_replaces_the_first() {
        let server = Server::new().await;
        let receipt = server.post(FORM, "helpful=no").await.header("location").replace("/feedback/", "");
        let page = server.post(FORM, &format!("helpful=yes&receipt={receipt}")).await;
        assert_eq!(page.header("location"), format!("/feedback/{receipt}"));
        let kept = server.kept().await;
        assert_eq!((kept.len(), kept[0].said.vote), (1, Some(Vote::Yes)));
    }

    #[tokio::test]
    async fn identifiers_are_kept_masked() {
        let server = Server::new().await;
        let address = "0x52908400098527886E0F7030069857D2E4169EE7";
        server.post(FORM, &format!("helpful=no&comment=at+{address}&q={address}")).await;
        let said = server.kept().await.remove(0).said;
        assert!(said.comment.starts_with("at 0x5290") && !said.comment.contains("98527886"), "{}", said.comment);
        assert!(!said.query.contains("98527886"));
    }

    #[tokio::test]
    async fn a_suggestion_needs_words() {
        let server = Server::new().await;
        assert_eq!(server.post("/suggestions", "comment=").await.status, 422);
        assert_eq!(server.post("/suggestions", "comment=abc&q=x").await.status, 303);
        assert_eq!(server.kept().await.len(), 1);
        assert_eq!(post("/articles/nothing/feedback", "helpful=yes").await.status, 404);
        assert_eq!(post("/articles/transactions/not-arrived", "helpful=yes").await.status, 405);
    }
}
