//! What is pinned above the results: the first steps of an emergency, the first lines of an answer
//! that leads clearly, and what an address or hash among the words is.

use super::super::{Link, identifier_text, look_up};
use crate::domain::{Article, Confidence, Results, Span};
use crate::guard::{Finding, inspect};
use crate::web::context::Ctx;

/// Lines of the emergency card: what fits a frightened reader's eye.
const EMERGENCY_LINES: usize = 3;
/// Lines of the answer card: steps beyond these are read in the article.
const ANSWER_LINES: usize = 5;
/// Characters of one line of the answer card.
const LINE_CHARS: usize = 140;
/// How far the first hit must lead: below this the second is as likely the answer.
const LEAD: f32 = 1.35;

/// The card that pins the first steps of an urgent article.
pub struct Emergency {
    /// Title of the article.
    pub title: String,
    /// Its address.
    pub url: String,
    /// Its language.
    pub lang: String,
    /// Title of the section.
    pub section: String,
    /// Its first lines.
    pub lines: Vec<String>,
}

impl Emergency {
    /// The card for an article: its first section that has a heading and text.
    pub fn of(article: &Article, url: String) -> Self {
        let open = article.open();
        let opening = open.texts().enumerate().find_map(|(i, text)| {
            let heading = article.section_heading(i).filter(|_| !text.trim().is_empty())?;
            let lines = text.lines().map(str::trim).filter(|l| !l.is_empty());
            Some((heading.title.clone(), lines.take(EMERGENCY_LINES).map(str::to_owned).collect()))
        });
        let (section, lines) = opening.unwrap_or_default();
        Self { title: article.title.clone(), url, lang: article.lang.to_string(), section, lines }
    }
}

/// The first lines of the section that answers, where one article leads clearly: its first steps, or its
/// first paragraph. What follows a paragraph may be the words of a picture.
pub struct Answer {
    /// Title of the article.
    pub title: String,
    /// Title of the section, empty for the opening.
    pub section: String,
    /// Where it is read on.
    pub url: String,
    /// Its language.
    pub lang: String,
    /// Whether the lines are steps in order.
    pub is_steps: bool,
    /// The lines.
    pub lines: Vec<String>,
    /// Whether the section goes on.
    pub has_more: bool,
}

impl Answer {
    /// The card, where the results are sure, the first leads, and its section begins with words to
    /// read rather than with a table, a picture or a warning.
    pub fn of(results: &Results, whole: String, url: String) -> Option<Self> {
        let mut hits = results.hits.iter();
        let (first, second) = (hits.next()?, hits.next());
        let leads = second.is_none_or(|second| first.exact && !second.exact || first.score >= LEAD * second.score);
        if results.confidence != Confidence::Sure || !leads {
            return None;
        }
        let article = &first.article;
        // Whoever asks in the words of the title asks for the whole, not for its nearest section.
        let section = if is_title(&first.title) { 0 } else { first.section };
        let heading = article.section_heading(section);
        let open = article.open();
        let html = open.html();
        let opening = match heading {
            Some(heading) => after_heading(html.as_str(), &heading.anchor)?,
            None => html.as_str().trim_start(),
        };
        let is_steps = opening.starts_with("<ol");
        if !is_steps && !opening.starts_with("<p>") {
            return None;
        }
        let text = open.text(section);
        let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let shown: Vec<String> = lines.by_ref().take(if is_steps { ANSWER_LINES } else { 1 }).map(shorten).collect();
        Some(Self {
            title: article.title.clone(),
            section: heading.map(|h| h.title.clone()).unwrap_or_default(),
            url: if section == 0 { whole } else { url },
            lang: article.lang.to_string(),
            is_steps,
            has_more: lines.next().is_some(),
            lines: shown,
        })
        .filter(|card| !card.lines.is_empty())
    }
}

/// Whether the query says most of the title.
fn is_title(title: &[Span]) -> bool {
    let chars = |spans: &mut dyn Iterator<Item = &Span>| spans.map(|s| s.text.chars().count()).sum::<usize>();
    let marked = chars(&mut title.iter().filter(|s| s.mark));
    marked * 3 >= chars(&mut title.iter()) * 2
}

/// The markup behind the heading with this anchor.
fn after_heading<'a>(html: &'a str, anchor: &str) -> Option<&'a str> {
    let from = html.find(&format!("id=\"{anchor}\""))?;
    let rest = html.get(from..)?;
    let end = rest.find("</h")?;
    let rest = rest.get(end..)?;
    Some(rest.split_once('>')?.1.trim_start())
}

fn shorten(line: &str) -> String {
    match line.char_indices().nth(LINE_CHARS) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

/// An address or hash among the words: what it is, and the article that tells where it is looked up.
pub struct Public {
    /// What is said of it.
    pub text: String,
    /// The article.
    pub article: Option<Link>,
}

impl Public {
    /// The first one among the words.
    pub fn of(ctx: &Ctx, text: &str) -> Option<Self> {
        let Finding::Identifiers(found) = inspect(text) else { return None };
        let article = look_up(ctx.library());
        Some(Self { text: identifier_text(ctx.t(), found.first()?), article: article.map(|a| Link::to(ctx, a)) })
    }
}
