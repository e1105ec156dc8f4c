//! Satisfaction over time and by topic, the worst articles, the searches that fail, the words
//! readers taught us; drawn by the server, each with its table.

use std::collections::BTreeMap;

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::ToSpan as _;

use super::words::Texts;
use super::{Desk, Moment, Seat, chart, private, render};
use crate::domain::QueryEvidence;
use crate::insight::{Figures, Learned, Share};
use crate::web::error::Error;
use crate::web::texts::fill;
use crate::web::url;

/// Weeks of a chart.
const WEEKS: usize = 13;

#[derive(Template)]
#[template(path = "desk/figures.html")]
struct Page<'a> {
    desk: Desk<'a>,
    w: &'static Texts,
    counted: String,
    votes: Vec<chart::Column>,
    searches: Vec<chart::Column>,
    categories: Vec<Line>,
    worst: Vec<Line>,
    top: Vec<QueryEvidence>,
    failing: Vec<QueryEvidence>,
    learned: Vec<Learned>,
}

struct Line {
    title: String,
    href: String,
    yes: u64,
    no: u64,
    bar: chart::Interval,
}

impl Line {
    fn of(share: Share, href: String) -> Self {
        let Share { title, yes, no, low, high, .. } = share;
        Self { title, href, yes, no, bar: chart::Interval::of(yes, yes + no, (low, high)) }
    }
}

/// `GET /review/figures`.
pub async fn show(seat: Seat) -> Result<Response, Error> {
    let (ctx, w) = (&seat.ctx, seat.w());
    let kept = Figures::read(&seat.store).await?;
    let counted = match &kept {
        Some((_, at)) => fill(w.counted, &[("time", &Moment::of(ctx, *at).text)]),
        None => w.never_counted.to_owned(),
    };
    let figures = kept.map(|(figures, _)| figures).unwrap_or_default();
    let found = |(day, asked, nothing, _): &(i64, u64, u64, u64)| (*day, asked - nothing.min(asked), *nothing);
    let inbox = |id: &str| format!("/review/feedback?vote=no&article={}", url::value(id));
    let page = Page {
        desk: Desk::new(&seat, "figures", w.figures),
        w,
        counted,
        votes: weeks(figures.days.iter().copied()),
        searches: weeks(figures.searches.iter().map(found)),
        categories: figures.categories.into_iter().map(|share| Line::of(share, String::new())).collect(),
        worst: figures
            .worst
            .into_iter()
            .map(|share| {
                let href = inbox(&share.id);
                Line::of(share, href)
            })
            .collect(),
        top: figures.top,
        failing: figures.failing,
        learned: figures.learned,
    };
    render(StatusCode::OK, &page)
}

/// `GET /review/figures/words.patch`.
pub async fn patch(seat: Seat) -> Result<Response, Error> {
    let patch = Figures::read(&seat.store).await?.map(|(figures, _)| figures.patch).unwrap_or_default();
    seat.store.audit(&seat.reviewer, "export", "words.patch", "").await?;
    let mut response = private(patch.into_response());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/x-diff; charset=utf-8"));
    headers.insert(header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"words.patch\""));
    Ok(response)
}

/// Days summed to weeks that begin on Monday, the last ones.
fn weeks(days: impl Iterator<Item = (i64, u64, u64)>) -> Vec<chart::Column> {
    let mut weeks: BTreeMap<i64, (u64, u64)> = BTreeMap::new();
    for (day, part, rest) in days {
        // Day 0, 1 January 1970, was a Thursday.
        let monday = (day + 3).div_euclid(7) * 7 - 3;
        let week = weeks.entry(monday).or_default();
        week.0 += part;
        week.1 += rest;
    }
    let label = |day: i64| {
        let date = jiff::civil::date(1970, 1, 1).checked_add(day.days());
        date.map(|date| date.strftime("%m-%d").to_string()).unwrap_or_default()
    };
    let all: Vec<_> = weeks.into_iter().map(|(day, (part, rest))| (label(day), part, rest)).collect();
    chart::columns(&all[all.len().saturating_sub(WEEKS)..])
}
