//! The strip above each page of `wenqu serve --watch`: what is wrong with the article, whether it is a
//! draft, which drafts there are; and the script that reloads. Readers never get any of it.

use std::sync::Arc;

use askama::Template;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::pages::{Link, article_url};
use super::texts::{Ui, count, texts};
use super::url::decode;
use super::{App, assets};
use crate::domain::{Article, ArticleId, Level, Problem, Tongue, Visibility};
use crate::edition::Edition;

/// A page in preview; as much as a page may have anywhere.
const PAGE_BYTES_MAX: usize = 64 << 20;
/// Problems listed on a page; `wenqu check` tells the rest.
const PROBLEMS_MAX: usize = 50;
/// Drafts listed on a page.
const DRAFTS_MAX: usize = 200;

texts! {
    preview: "预览", "預覽", "Preview";
    preview_draft: "草稿", "草稿", "Draft";
    preview_draft_text: "只有预览里看得到，读者看不到这一页。", "只有預覽裡看得到，讀者看不到這一頁。", "Seen in preview only: no reader gets this page.";
    preview_drafts: "草稿", "草稿", "Drafts";
    preview_fine: "没有发现问题。文件保存后，这一页自动更新。", "沒有發現問題。檔案儲存後，這一頁自動更新。", "Nothing is wrong. The page follows each save.";
    preview_article: "这篇文章有 {n} 个问题", "這篇文章有 {n} 個問題", "{n} problem in this article|{n} problems in this article";
    preview_folder: "整个文件夹有 {n} 个问题，逐条看请运行 wenqu check", "整個資料夾有 {n} 個問題，逐條看請執行 wenqu check", "{n} problem in the folder: wenqu check lists it|{n} problems in the folder: wenqu check lists them";
    preview_error: "错误", "錯誤", "Error";
    preview_warning: "警告", "警告", "Warning";
}

/// The words of a language.
fn of(ui: Ui) -> &'static Texts {
    match ui {
        Ui::Hans => &HANS,
        Ui::Hant => &HANT,
        Ui::En => &EN,
    }
}

#[derive(Template)]
#[template(path = "_preview.html")]
struct Strip<'a> {
    t: &'static Texts,
    lang: &'static str,
    version: &'a str,
    style: &'a str,
    script: &'a str,
    draft: bool,
    summary: String,
    told: Vec<Told>,
    drafts: Vec<Link>,
}

/// A problem, ready to print.
pub struct Told {
    /// `error` or `warning`.
    pub level: &'static str,
    /// The same in words.
    pub named: &'static str,
    /// What is wrong.
    pub sentence: String,
    /// What to do, may be empty.
    pub advice: String,
    /// File, line and column.
    pub place: String,
    /// Id of the rule.
    pub rule: &'static str,
}

/// Puts the strip on each page. Only in preview.
pub(super) async fn add(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let Some(hooks) = app.options.hooks.as_ref().filter(|hooks| hooks.preview.is_some()) else {
        return next.run(request).await;
    };
    let path = decode(request.uri().path());
    let edition = hooks.editions.current();
    let response = next.run(request).await;
    let is_page = response.headers().get(header::CONTENT_TYPE).is_some_and(|v| v.as_bytes().starts_with(b"text/html"));
    if !is_page {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, PAGE_BYTES_MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let page = String::from_utf8_lossy(&bytes);
    let strip = strip(&edition, path.strip_prefix("/articles/").unwrap_or_default(), language(&page));
    let at = page.find("<main").or_else(|| page.rfind("</body>")).unwrap_or(page.len());
    let (before, after) = page.split_at(at);
    let page = format!("{before}{}{after}", strip.render().unwrap_or_default());
    head.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(head, Body::from(page))
}

/// The language that the page was made in.
fn language(page: &str) -> Ui {
    let tag = page.split_once("<html lang=\"").and_then(|(_, rest)| rest.split_once('"')).map(|(tag, _)| tag);
    tag.and_then(Ui::parse).unwrap_or_default()
}

fn strip<'a>(edition: &'a Edition, id: &str, ui: Ui) -> Strip<'a> {
    let t = of(ui);
    let served = ArticleId::parse(id).ok().and_then(|id| edition.library().article(&id));
    let problems = problems(edition, id, served.map(|article| &**article));
    let all = edition.problems().len();
    let summary = match (problems.len(), all) {
        (0, 0) => t.preview_fine.to_owned(),
        (0, _) if !id.is_empty() => t.preview_fine.to_owned(),
        (0, all) => count(t.preview_folder, all),
        (here, _) => count(t.preview_article, here),
    };
    let is_draft = |article: &Article| article.visibility == Visibility::Draft;
    let drafts = edition.library().articles().iter().filter(|article| id.is_empty() && is_draft(article));
    let link = |article: &Arc<Article>| Link { title: article.title.clone(), url: article_url(&article.id) };
    Strip {
        t,
        lang: ui.tag(),
        version: edition.version(),
        style: assets::url("preview.css"),
        script: assets::url("preview.js"),
        draft: served.is_some_and(|article| is_draft(article)),
        summary,
        told: problems.into_iter().map(|problem| told(problem, ui)).collect(),
        drafts: drafts.take(DRAFTS_MAX).map(link).collect(),
    }
}

/// A problem in a language.
pub fn told(problem: &Problem, ui: Ui) -> Told {
    let (t, tongue) = (of(ui), if ui == Ui::En { Tongue::English } else { Tongue::Chinese });
    let mut place = format!("{}:{}", problem.path, problem.line.max(1));
    if problem.column > 0 {
        place = format!("{place}:{}", problem.column);
    }
    Told {
        level: problem.rule.level.as_str(),
        named: if problem.rule.level == Level::Error { t.preview_error } else { t.preview_warning },
        sentence: problem.sentence(tongue).into_owned(),
        advice: problem.advice(tongue).into_owned(),
        place,
        rule: problem.rule.id,
    }
}

/// The problems of the file behind an address, also of one that is not served for them.
fn problems<'a>(edition: &'a Edition, id: &str, served: Option<&Article>) -> Vec<&'a Problem> {
    if id.is_empty() {
        return Vec::new();
    }
    let is_of = |problem: &&Problem| match served {
        Some(article) => problem.path == article.path,
        None => problem.path.rsplit_once('.').is_some_and(|(stem, _)| stem == id),
    };
    edition.problems().iter().filter(is_of).take(PROBLEMS_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_there_in_three_languages() {
        let is_han = |text: &str| text.chars().any(|c| ('\u{3400}'..='\u{9fff}').contains(&c));
        for (key, [hans, hant, english]) in ROWS {
            assert!(is_han(hans) && is_han(hant) && !is_han(english) && !english.is_empty(), "{key}");
        }
    }
}
