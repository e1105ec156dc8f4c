//! A category: what it is about, what lies below it, its articles.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::{Card, Go, Item, Link, Pager, cards, category_title, category_url, list_max, page_number, trail};
use crate::domain::{CategoryId, PAGE_MAX};
use crate::web::context::{Ctx, Frame, Here, page};
use crate::web::error::Error;
use crate::web::languages;
use crate::web::texts::Texts;

#[derive(Template)]
#[template(path = "category.html")]
struct Page<'a> {
    frame: Frame<'a>,
    t: &'static Texts,
    title: String,
    description: String,
    icon: &'a str,
    html: &'a str,
    trail: Vec<Link>,
    cards: Vec<Card>,
    items: Vec<Item>,
    count: String,
    pager: Pager,
}

/// `GET /categories/{id}`.
pub async fn show(ctx: Ctx) -> Result<Response, Error> {
    let id = CategoryId::parse(ctx.rest("/categories/")).map_err(|_| Error::NotFound)?;
    if id.as_str().is_empty() {
        return Ok(Redirect::permanent("/search").into_response());
    }
    let library = ctx.library();
    let category = library.category(&id).ok_or(Error::NotFound)?;
    let title = category_title(ctx.ui, library, &id);
    let number = page_number(&ctx);
    let total = library.count_in(&id);
    let list_max = list_max(&ctx);
    let first = (number as usize - 1) * list_max;
    let here = category_url(&id);
    let mut frame = ctx.frame(Here::Elsewhere, title.clone());
    frame.canonical = ctx.absolute(&here);
    let description = languages::say(ctx.ui, &library.site, &category.description).to_owned();
    if !description.is_empty() {
        frame.description.clone_from(&description);
    }
    let mut trail = trail(&ctx, &id);
    trail.pop();
    let template = Page {
        t: ctx.t(),
        description,
        icon: &category.icon,
        html: category.html.as_str(),
        trail,
        cards: cards(&ctx, &id),
        items: library.in_category(&id).skip(first).take(list_max).map(|a| Item::of(ctx.ui, library, a)).collect(),
        count: frame.articles(total),
        pager: Pager::new(ctx.ui, number, list_max as u32, total, PAGE_MAX, |n| Go {
            href: format!("{here}?page={n}"),
            ..Go::default()
        }),
        title,
        frame,
    };
    page(StatusCode::OK, &template)
}

#[cfg(test)]
mod tests {
    use crate::web::tests::{get, texts};

    #[tokio::test]
    async fn a_category_lists_its_articles() {
        let page = get("/categories/security").await;
        assert_eq!(page.status, 200);
        assert_eq!(texts(&page.html, "h1"), ["资金安全"]);
        assert!(texts(&page.html, ".list a").iter().any(|t| t.contains("资产被盗")));
        assert_eq!(get("/categories/nothing").await.status, 404);
        assert_eq!(get("/categories/%ff%zz").await.status, 404);
    }
}
