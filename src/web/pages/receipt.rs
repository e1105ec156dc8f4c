//! What became of a piece of feedback, for whoever knows its code; and the way to add to it or to
//! take it back.

use askama::Template;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::tz::TimeZone;

use super::Link;
use super::feedback::{come_back, holds_secret, log, masked, private, raw, safety};
use super::note::{Kept, Note, reason_text};
use crate::domain::{
    Amendment, Change, Feedback, FieldErrors, NewFeedback, RawFeedback, Receipt, SENTENCES_MAX, Severity, Status,
    Subject, Vote,
};
use crate::guard::mask;
use crate::store::Amended;
use crate::web::context::{Ctx, Day, Frame, Here, page};
use crate::web::error::Error;
use crate::web::languages;
use crate::web::texts::{Texts, fill};
use crate::web::url::Fields;
use crate::web::visitor::{Purpose, too_many};

/// A state on the way.
struct Step {
    label: &'static str,
    state: &'static str,
    day: Option<Day>,
}

/// What was changed.
struct Made<'a> {
    link: Option<Link>,
    version: String,
    /// The editors' own word on it, where they gave the reader no other.
    title: &'a str,
    day: Day,
}

#[derive(Template)]
#[template(path = "receipt.html")]
struct Page<'a> {
    frame: Frame<'a>,
    t: &'static Texts,
    headline: &'static str,
    code: String,
    about: Option<Link>,
    steps: Vec<Step>,
    reply: &'a str,
    vote: &'static str,
    reason: &'static str,
    comment: &'a str,
    added: &'a [String],
    made: Option<Made<'a>>,
    priority: String,
    expect: String,
    is_full: bool,
    saved: bool,
    withdrawn: bool,
    note: Option<Note>,
}

/// `GET /feedback/{receipt}`.
pub async fn show(ctx: Ctx) -> Result<Response, Error> {
    let feedback = read(&ctx).await?;
    let kept = said(&feedback);
    render(&ctx, &feedback, StatusCode::OK, kept)
}

/// `POST /feedback/{receipt}`: more words, or the wish to take it back.
pub async fn amend(ctx: Ctx, body: Bytes) -> Result<Response, Error> {
    let feedback = read(&ctx).await?;
    let form = Fields::parse(&body);
    let typed = raw(&form);
    if holds_secret(&typed) {
        return safety(&ctx, None);
    }
    let amendment = match asked(&feedback, &form) {
        Ok(amendment) => amendment,
        Err(errors) => {
            return render(&ctx, &feedback, StatusCode::UNPROCESSABLE_ENTITY, Kept::of(typed, errors));
        }
    };
    // Taking words back is never refused.
    if amendment != Amendment::Withdraw
        && let Some(wait) = too_many(&ctx, Purpose::Words).await
    {
        let kept = Kept { wait: Some(wait), ..Kept::of(typed, FieldErrors::new()) };
        return Ok(come_back(render(&ctx, &feedback, StatusCode::TOO_MANY_REQUESTS, kept)?, Some(wait)));
    }
    match ctx.app.store.amend(&feedback.receipt, amendment).await {
        Ok(Amended::Kept(_) | Amended::Withdrawn | Amended::Full) => {
            Ok(Redirect::to(&format!("/feedback/{}?saved", feedback.receipt)).into_response())
        }
        Ok(Amended::NotFound) => Err(Error::NotFound),
        Err(error) => {
            log(&ctx, &error);
            let kept = Kept { lost: true, ..Kept::of(typed, FieldErrors::new()) };
            render(&ctx, &feedback, StatusCode::SERVICE_UNAVAILABLE, kept)
        }
    }
}

/// What the reader wants done.
fn asked(feedback: &Feedback, form: &Fields) -> Result<Amendment, FieldErrors> {
    match form.get("do") {
        "withdraw" => Ok(Amendment::Withdraw),
        "vote" => Vote::parse(form.get("helpful"))
            .map(Amendment::Vote)
            .ok_or_else(|| FieldErrors::from([("helpful", "required")])),
        "add" => Amendment::sentence(&mask(form.get("comment"))),
        _ => {
            let vote = feedback.said.vote.map(|v| v.as_str().to_owned()).unwrap_or_default();
            let raw = RawFeedback { helpful: vote, ..raw(form) };
            NewFeedback::parse(feedback.said.subject.clone(), &raw).map(|new| Amendment::details(masked(new)))
        }
    }
}

async fn read(ctx: &Ctx) -> Result<Feedback, Error> {
    let receipt = Receipt::parse(ctx.rest("/feedback/")).ok_or(Error::NotFound)?;
    ctx.app.store.receipt(&receipt).await?.ok_or(Error::NotFound)
}

/// What the form holds at first: the reason already given. Words once given are added to, not edited.
fn said(feedback: &Feedback) -> Kept {
    Kept { reason: feedback.said.reason.map(|r| r.as_str().to_owned()).unwrap_or_default(), ..Kept::default() }
}

fn render(ctx: &Ctx, feedback: &Feedback, status: StatusCode, kept: Kept) -> Result<Response, Error> {
    let t = ctx.t();
    let article = feedback.said.subject.article().and_then(|id| ctx.library().article(id));
    let withdrawn = feedback.status == Status::Withdrawn;
    // Once it is settled, words added here would come too late to be seen.
    let is_open = matches!(feedback.status, Status::Received | Status::InReview | Status::Planned);
    let action = format!("/feedback/{}", feedback.receipt);
    let (priority, promise) = promise(ctx, &feedback.said.subject);
    let template = Page {
        frame: ctx.frame(Here::Elsewhere, t.receipt_title),
        t,
        headline: headline(t, feedback.status),
        code: feedback.receipt.to_string(),
        about: article.map(|a| Link::to(ctx, a)),
        steps: steps(ctx, feedback),
        reply: &feedback.reply,
        vote: match feedback.said.vote {
            Some(Vote::Yes) => t.helpful_yes,
            Some(Vote::No) => t.helpful_no,
            None => "",
        },
        reason: feedback.said.reason.map(|r| reason_text(t, r)).unwrap_or_default(),
        comment: &feedback.said.comment,
        expect: if is_open && !promise.is_empty() {
            fill(t.receipt_expect, &[("promise", languages::say(ctx.ui, &ctx.library().site, promise))])
        } else {
            String::new()
        },
        added: &feedback.added,
        made: feedback.change.as_ref().map(|change| made(ctx, feedback, change)),
        priority: if is_open { fill(t.receipt_priority, &[("priority", priority)]) } else { String::new() },
        is_full: feedback.added.len() >= SENTENCES_MAX,
        saved: !ctx.fields.is_absent("saved") && !withdrawn,
        withdrawn,
        note: is_open.then(|| Note::more(ctx, action, kept)),
    };
    Ok(private(page(status, &template)?))
}

fn made<'a>(ctx: &Ctx, feedback: &Feedback, change: &'a Change) -> Made<'a> {
    let t = ctx.t();
    let known = change.article.as_ref().and_then(|(id, revision)| Some((ctx.library().article(id)?, revision)));
    Made {
        version: known
            .map(|(_, revision)| fill(t.receipt_version, &[("revision", &revision.to_string())]))
            .unwrap_or_default(),
        link: known.map(|(a, _)| Link::to(ctx, a)),
        title: if feedback.reply.is_empty() { &change.title } else { "" },
        day: Day::of(ctx.ui, change.at.to_zoned(TimeZone::UTC).date()),
    }
}

/// What became of it, in one line.
fn headline(t: &'static Texts, status: Status) -> &'static str {
    match status {
        Status::Received => t.receipt_thanks,
        Status::InReview => t.receipt_in_review,
        Status::Planned => t.receipt_planned,
        Status::Done => t.receipt_done,
        Status::Declined => t.receipt_declined,
        Status::Withdrawn => t.status_withdrawn,
    }
}

/// Which priority it has, and which promise holds: funds first, then by the folder's name.
fn promise<'a>(ctx: &'a Ctx, subject: &Subject) -> (&'static str, &'a str) {
    let (t, promises) = (ctx.t(), &ctx.library().site.promises);
    let other = (t.priority_other, promises.other.as_str());
    let Some(article) = subject.article().and_then(|id| ctx.library().article(id)) else { return other };
    let folder = article.category.as_str().split('/').next().unwrap_or_default();
    match (article.severity, folder) {
        (Severity::Urgent, _) | (_, "security") => (t.priority_fund_safety, &promises.fund_safety),
        (_, "accounts" | "account") => (t.priority_account, &promises.account),
        (_, "transactions" | "transaction") => (t.priority_transaction, &promises.transaction),
        _ => other,
    }
}

fn steps(ctx: &Ctx, feedback: &Feedback) -> Vec<Step> {
    let t = ctx.t();
    let way: &[(Status, &'static str)] = match feedback.status {
        Status::Withdrawn => &[(Status::Received, t.status_received), (Status::Withdrawn, t.status_withdrawn)],
        Status::Declined => &[
            (Status::Received, t.status_received),
            (Status::InReview, t.status_in_review),
            (Status::Declined, t.status_declined),
        ],
        _ => &[
            (Status::Received, t.status_received),
            (Status::InReview, t.status_in_review),
            (Status::Planned, t.status_planned),
            (Status::Done, t.status_done),
        ],
    };
    let present = way.iter().position(|(status, _)| *status == feedback.status).unwrap_or_default();
    let day = |at: jiff::Timestamp| Day::of(ctx.ui, at.to_zoned(TimeZone::UTC).date());
    let step = |(i, (_, label)): (usize, &(Status, &'static str))| Step {
        label,
        state: match i.cmp(&present) {
            std::cmp::Ordering::Less => "past",
            std::cmp::Ordering::Equal => "present",
            std::cmp::Ordering::Greater => "ahead",
        },
        day: match i {
            0 => Some(day(feedback.created)),
            i if i == present => Some(day(feedback.changed)),
            _ => None,
        },
    };
    way.iter().enumerate().map(step).collect()
}

#[cfg(test)]
mod tests {
    use crate::domain::{ArticleId, Change, Revision, Status, Vote};
    use crate::web::tests::{Server, select, texts};
    use crate::web::url::value;

    async fn given() -> (Server, String) {
        let server = Server::new().await;
        let page = server.post("/articles/transactions/not-arrived/feedback", "helpful=no").await;
        (server, page.header("location"))
    }

    #[tokio::test]
    async fn a_receipt_tells_where_the_feedback_stands() {
        let (server, address) = given().await;
        let page = server.get(&address).await;
        assert_eq!(texts(&page.html, ".steps [aria-current]").len(), 1);
        assert!(page.html.contains("noindex"));
        assert!(texts(&page.html, ".code")[0].contains('-'));
        assert!(page.html.contains("3个工作日内查看") && page.html.contains("处理顺序：交易"));
        server.change(Status::Declined, "与现行版本一致", None).await;
        let page = server.get(&address).await;
        assert!(texts(&page.html, ".steps [aria-current]")[0].contains("这次不改"));
        assert!(page.html.contains("与现行版本一致"));
        assert!(select(&page.html, "form textarea").is_empty());
    }

    #[tokio::test]
    async fn words_can_be_added_and_taken_back() {
        let (server, address) = given().await;
        let page = server.post(&address, &format!("reason=outdated&comment={}", value("截图是旧的"))).await;
        assert_eq!(page.status, 303);
        let page = server.get(&page.header("location")).await;
        assert_eq!(texts(&page.html, "[role=status]"), ["补充已保存。"]);
        assert_eq!(server.kept().await[0].said.comment, "截图是旧的");
        assert_eq!(server.post(&address, "reason=none").await.status, 422);
        assert_eq!(server.post(&address, "do=withdraw").await.status, 303);
        let page = server.get(&address).await;
        assert!(page.html.contains("已撤回") && !page.html.contains("截图是旧的"));
    }

    #[tokio::test]
    async fn a_vote_is_replaced_and_sentences_are_added() {
        let (server, address) = given().await;
        assert_eq!(server.post(&address, "do=vote&helpful=yes").await.status, 303);
        assert_eq!(server.post(&address, "comment=abc").await.status, 303);
        assert_eq!(server.post(&address, &format!("do=add&comment={}", value("还是不行"))).await.status, 303);
        assert_eq!(server.post(&address, "do=add&comment=").await.status, 422);
        let kept = server.kept().await;
        assert_eq!((kept.len(), kept[0].said.vote, kept[0].added.len()), (1, Some(Vote::Yes), 1));
        let page = server.get(&address).await;
        assert_eq!(texts(&page.html, ".said .added"), ["还是不行"]);
        let phrase = "legal winner thank year wave sausage worth useful legal winner thank yellow";
        let page = server.post(&address, &format!("do=add&comment={}", value(phrase))).await;
        assert!(page.status == 422 && !page.html.contains("sausage"));
    }

    #[tokio::test]
    async fn what_is_done_names_the_change() {
        let (server, address) = given().await;
        let article = ArticleId::parse("transactions/pending").unwrap();
        let mut change = Change {
            article: Some((article, Revision(7))),
            commit: "1234abcd".into(),
            title: "补上第三步".into(),
            at: "2026-11-21T08:00:00Z".parse().unwrap(),
        };
        server.change(Status::Done, "补了一节", Some(change.clone())).await;
        let page = server.get(&address).await;
        assert_eq!(select(&page.html, "a[href=\"/articles/transactions/pending\"]").len(), 1);
        assert!(page.html.contains(&Revision(7).to_string()) && page.html.contains("2026年11月21日"));
        assert!(page.html.contains("补了一节") && !page.html.contains("补上第三步"), "the reply says it");
        change.article = None;
        server.change(Status::Done, "", Some(change)).await;
        let page = server.get(&address).await;
        assert!(texts(&page.html, ".made")[0].contains("补上第三步"), "without one, the commit does");
        let json = server.get(&address.replace("/feedback/", "/api/v1/feedback/")).await;
        let json: serde_json::Value = serde_json::from_str(&json.html).unwrap();
        assert_eq!((json["change"]["title"].as_str(), json["change"]["article"].as_str()), (Some("补上第三步"), None));
    }

    #[tokio::test]
    async fn an_unknown_code_is_no_page() {
        let server = Server::new().await;
        assert_eq!(server.get("/feedback/0000-0000-0000-0000").await.status, 404);
        assert_eq!(server.get("/feedback/what").await.status, 404);
    }
}
