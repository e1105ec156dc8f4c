//! All articles with one tag.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::{Go, Item, Pager, list_max, page_number, tag_url};
use crate::domain::PAGE_MAX;
use crate::web::context::{Ctx, Frame, Here, page};
use crate::web::error::Error;
use crate::web::texts::{Texts, fill};

#[derive(Template)]
#[template(path = "tag.html")]
struct Page<'a> {
    frame: Frame<'a>,
    t: &'static Texts,
    title: String,
    items: Vec<Item>,
    count: String,
    pager: Pager,
}

/// `GET /tags/{tag}`.
pub async fn show(ctx: Ctx) -> Result<Response, Error> {
    let tag = ctx.rest("/tags/");
    let library = ctx.library();
    let total = library.with_tag(tag).count();
    if total == 0 {
        return Err(Error::NotFound);
    }
    let t = ctx.t();
    let number = page_number(&ctx);
    let list_max = list_max(&ctx);
    let first = (number as usize - 1) * list_max;
    let here = tag_url(tag);
    let title = fill(t.tag_title, &[("tag", tag)]);
    let mut frame = ctx.frame(Here::Elsewhere, title.clone());
    frame.canonical = ctx.absolute(&here);
    let template = Page {
        t,
        title,
        items: library.with_tag(tag).skip(first).take(list_max).map(|a| Item::of(ctx.ui, library, a)).collect(),
        count: frame.articles(total),
        pager: Pager::new(ctx.ui, number, list_max as u32, total, PAGE_MAX, |n| Go {
            href: format!("{here}?page={n}"),
            ..Go::default()
        }),
        frame,
    };
    page(StatusCode::OK, &template)
}

#[cfg(test)]
mod tests {
    use crate::web::tests::{get, texts};

    #[tokio::test]
    async fn a_tag_lists_its_articles() {
        let page = get("/tags/%E7%B4%A7%E6%80%A5").await;
        assert_eq!((page.status, texts(&page.html, "h1")), (200, vec!["标签：紧急".to_owned()]));
        assert_eq!(get("/tags/none").await.status, 404);
        // A tag of a translation leads somewhere, too.
        assert_eq!(texts(&get("/tags/transfer?ui=en").await.html, ".list a span"), ["Transfer has not arrived"]);
        assert!(texts(&get("/tags/transfer").await.html, ".list a").concat().starts_with("转账没有到账"));
    }
}
