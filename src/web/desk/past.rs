//! One article's past: every state it went through, by git, with the votes and reasons of each.

use std::collections::HashMap;

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::words::{self, Texts};
use super::{Desk, Seat, chart, render};
use crate::domain::{Article, ArticleId, Revision};
use crate::edition::{self, State};
use crate::insight;
use crate::store::Store;
use crate::web::context::Ctx;
use crate::web::error::Error;
use crate::web::pages::article_url;
use crate::web::texts::fill;

/// Digits of a commit that are shown, as git itself shortens them at first.
const COMMIT_DIGITS: usize = 8;

#[derive(Template)]
#[template(path = "desk/past.html")]
struct Page<'a> {
    desk: Desk<'a>,
    w: &'static Texts,
    article: &'a Article,
    url: String,
    rows: Vec<Row>,
    cut: bool,
    failed: bool,
    feedback: String,
}

/// One state.
struct Row {
    day: String,
    title: String,
    author: String,
    commit: String,
    /// Where the file lay, if elsewhere.
    path: String,
    revision: String,
    is_present: bool,
    yes: u64,
    no: u64,
    bar: Option<chart::Interval>,
    reasons: Vec<String>,
    href: String,
}

/// What readers said of one state.
#[derive(Default)]
struct Said {
    yes: u64,
    no: u64,
    reasons: Vec<String>,
    last: String,
}

/// `GET /review/articles/{id}`.
pub async fn show(seat: Seat) -> Result<Response, Error> {
    let (ctx, w) = (&seat.ctx, seat.w());
    let id = ArticleId::parse(ctx.rest("/review/articles/")).map_err(|_| Error::NotFound)?;
    let library = ctx.library();
    let id = library.alias(&id).cloned().unwrap_or(id);
    let article = library.article(&id).cloned().ok_or(Error::NotFound)?;
    let (folder, path) = (ctx.edition.folder().to_owned(), article.path.clone());
    let past = tokio::task::spawn_blocking(move || edition::past(&folder, &path)).await.map_err(|_| Error::Panic)?;
    let (states, cut, failed) = match past {
        Ok((states, cut)) => (states, cut, false),
        Err(error) => {
            tracing::warn!(%error, "the past of an article cannot be read");
            (Vec::new(), false, true)
        }
    };
    let said = said(ctx, &seat.store, &article).await?;
    let page = Page {
        desk: Desk::new(&seat, "feedback", article.title.clone()),
        w,
        article: &article,
        url: article_url(&article.id),
        rows: rows(w, &article, states, said),
        cut,
        failed,
        feedback: format!("/review/feedback?article={}", crate::web::url::value(article.id.as_str())),
    };
    render(StatusCode::OK, &page)
}

/// Votes and reasons by state, under every id that the article has had.
async fn said(ctx: &Ctx, store: &Store, article: &Article) -> Result<HashMap<Revision, Said>, Error> {
    let mut said: HashMap<Revision, Said> = HashMap::new();
    for id in std::iter::once(&article.id).chain(&article.aliases) {
        for votes in store.votes(id).await? {
            let one = said.entry(votes.revision).or_default();
            one.yes += votes.yes;
            one.no += votes.no;
            one.last = one.last.clone().max(votes.last.strftime("%Y-%m-%d").to_string());
        }
        for reason in store.reasons(id).await? {
            let label = words::reason(ctx.ui, Some(reason.reason));
            said.entry(reason.revision).or_default().reasons.push(format!("{label} {}", reason.count));
        }
    }
    Ok(said)
}

fn rows(w: &Texts, article: &Article, mut states: Vec<State>, mut said: HashMap<Revision, Said>) -> Vec<Row> {
    // A file that only moved says what it said: the commit before made that state.
    states.reverse();
    states.dedup_by_key(|state| state.revision);
    states.reverse();
    let present = article.revision;
    let mut rows = Vec::with_capacity(states.len() + 1);
    if !states.iter().any(|state| state.revision == present) {
        let said = said.remove(&present).unwrap_or_default();
        let title = if states.is_empty() { String::new() } else { w.past_uncommitted.to_owned() };
        rows.push(Row { title, is_present: true, ..row(present, said) });
    }
    let mut is_present_shown = !rows.is_empty();
    for state in states {
        // A text that came back is one state: its votes stand where it came last.
        let said = said.remove(&state.revision).unwrap_or_default();
        rows.push(Row {
            day: state.day.to_string(),
            title: state.title,
            author: state.author,
            commit: state.commit.get(..COMMIT_DIGITS).unwrap_or(&state.commit).to_owned(),
            path: if state.path == article.path { String::new() } else { state.path },
            is_present: state.revision == present && !std::mem::replace(&mut is_present_shown, true),
            ..row(state.revision, said)
        });
    }
    let mut rest: Vec<(Revision, Said)> = said.into_iter().collect();
    rest.sort_by(|(a, one), (b, other)| other.last.cmp(&one.last).then(a.0.cmp(&b.0)));
    rows.extend(rest.into_iter().map(|(revision, said)| {
        let title = fill(w.past_unknown, &[("day", &said.last)]);
        Row { title, ..row(revision, said) }
    }));
    rows
}

fn row(revision: Revision, said: Said) -> Row {
    let Said { yes, no, reasons, .. } = said;
    let all = yes + no;
    let href =
        if all == 0 && reasons.is_empty() { String::new() } else { format!("/review/feedback?revision={revision}") };
    Row {
        day: String::new(),
        title: String::new(),
        author: String::new(),
        commit: String::new(),
        path: String::new(),
        revision: revision.to_string(),
        is_present: false,
        yes,
        no,
        bar: (all > 0).then(|| chart::Interval::of(yes, all, insight::wilson(yes, all))),
        reasons,
        href,
    }
}
