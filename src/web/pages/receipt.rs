//! What became of a piece of feedback, for whoever knows its code; and the way to add to it or to
//! take it back.

use askama::Template;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::tz::TimeZone;

use super::feedback::{Kept, Note, log, private, raw, reason_text, safety};
use super::{Link, article_url};
use crate::domain::{Feedback, FieldErrors, NewFeedback, Receipt, Severity, Status, Subject, Vote};
use crate::web::context::{Ctx, Day, Frame, Here, page};
use crate::web::error::Error;
use crate::web::seam::{Amendment, Finding, inspect};
use crate::web::texts::{Texts, fill};
use crate::web::url::Fields;

/// A state on the way.
struct Step {
    label: &'static str,
    state: &'static str,
    day: Option<Day>,
}

#[derive(Template)]
#[template(path = "receipt.html")]
struct Page<'a> {
    frame: Frame<'a>,
    t: &'static Texts,
    code: String,
    about: Option<Link>,
    steps: Vec<Step>,
    reply: &'a str,
    vote: &'static str,
    reason: &'static str,
    comment: &'a str,
    expect: String,
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
    let amendment = if form.get("do") == "withdraw" {
        Amendment::Withdraw
    } else {
        let mut raw = raw(&form);
        raw.helpful = feedback.said.vote.map(|v| v.as_str().to_owned()).unwrap_or_default();
        if [&raw.comment, &raw.contact].into_iter().any(|text| inspect(text) == Finding::Secret) {
            return safety(&ctx, None);
        }
        match NewFeedback::parse(feedback.said.subject.clone(), &raw) {
            Ok(new) => Amendment::Details { reason: new.reason, comment: new.comment, contact: new.contact },
            Err(errors) => {
                return render(&ctx, &feedback, StatusCode::UNPROCESSABLE_ENTITY, Kept::of(raw, errors));
            }
        }
    };
    match ctx.app.feedback.amend(&feedback.receipt, amendment).await {
        Ok(Some(_)) => Ok(Redirect::to(&format!("/feedback/{}?saved", feedback.receipt)).into_response()),
        Ok(None) => Err(Error::NotFound),
        Err(error) => {
            log(&ctx, &error);
            let kept = Kept { lost: true, ..Kept::of(raw(&form), FieldErrors::new()) };
            render(&ctx, &feedback, StatusCode::SERVICE_UNAVAILABLE, kept)
        }
    }
}

async fn read(ctx: &Ctx) -> Result<Feedback, Error> {
    let receipt = Receipt::parse(ctx.rest("/feedback/")).ok_or(Error::NotFound)?;
    ctx.app.feedback.read(&receipt).await?.ok_or(Error::NotFound)
}

fn said(feedback: &Feedback) -> Kept {
    Kept {
        reason: feedback.said.reason.map(|r| r.as_str().to_owned()).unwrap_or_default(),
        comment: feedback.said.comment.clone(),
        ..Kept::default()
    }
}

fn render(ctx: &Ctx, feedback: &Feedback, status: StatusCode, kept: Kept) -> Result<Response, Error> {
    let t = ctx.t();
    let article = feedback.said.subject.article().and_then(|id| ctx.library().article(id));
    let withdrawn = feedback.status == Status::Withdrawn;
    // Once somebody works on it, words added here would come too late to be seen.
    let takes_more = matches!(feedback.status, Status::Received | Status::InReview);
    let action = format!("/feedback/{}", feedback.receipt);
    let promise = promise(ctx, &feedback.said.subject);
    let template = Page {
        frame: ctx.frame(Here::Elsewhere, t.receipt_title),
        t,
        code: feedback.receipt.to_string(),
        about: article.map(|a| Link { title: a.title.clone(), url: article_url(&a.id) }),
        steps: steps(ctx, feedback),
        reply: &feedback.reply,
        vote: match feedback.said.vote {
            Some(Vote::Yes) => t.helpful_yes,
            Some(Vote::No) => t.helpful_no,
            None => "",
        },
        reason: feedback.said.reason.map(|r| reason_text(t, r)).unwrap_or_default(),
        comment: &feedback.said.comment,
        expect: if takes_more && !promise.is_empty() {
            fill(t.receipt_expect, &[("promise", promise)])
        } else {
            String::new()
        },
        saved: !ctx.fields.is_absent("saved") && !withdrawn,
        withdrawn,
        note: takes_more.then(|| Note::more(ctx, action, kept)),
    };
    Ok(private(page(status, &template)?))
}

/// Which promise holds: funds first, then by the folder's name.
fn promise<'a>(ctx: &'a Ctx, subject: &Subject) -> &'a str {
    let promises = &ctx.library().site.promises;
    let Some(article) = subject.article().and_then(|id| ctx.library().article(id)) else { return &promises.other };
    let folder = article.category.as_str().split('/').next().unwrap_or_default();
    match (article.severity, folder) {
        (Severity::Urgent, _) | (_, "security") => &promises.fund_safety,
        (_, "accounts" | "account") => &promises.account,
        (_, "transactions" | "transaction") => &promises.transaction,
        _ => &promises.other,
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
    use crate::domain::Status;
    use crate::web::tests::{Server, select, texts};
    use crate::web::url::value;

    async fn given() -> (Server, String) {
        let server = Server::new();
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
        server.change(Status::Declined, "与现行版本一致");
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
        assert_eq!(server.kept()[0].said.comment, "截图是旧的");
        assert_eq!(server.post(&address, "reason=none").await.status, 422);
        assert_eq!(server.post(&address, "do=withdraw").await.status, 303);
        let page = server.get(&address).await;
        assert!(page.html.contains("已撤回") && !page.html.contains("截图是旧的"));
    }

    #[tokio::test]
    async fn an_unknown_code_is_no_page() {
        let server = Server::new();
        assert_eq!(server.get("/feedback/0000-0000-0000-0000").await.status, 404);
        assert_eq!(server.get("/feedback/what").await.status, 404);
    }
}
