//! What an empty query shows: everything there is by topic, or one filtered list of it.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::Response;

use super::super::{Card, Go, Item, Pager, cards, list_max};
use super::{Way, blank, link, removable};
use crate::domain::{Article, CategoryId, PAGE_MAX, Query};
use crate::web::context::{Ctx, page};
use crate::web::error::Error;
use crate::web::texts::count;
use crate::web::url;

/// Articles shown of each category.
const CATALOGUE_ITEMS: usize = 6;

/// A category of the catalogue with its first articles.
pub struct Shelf {
    /// The category.
    pub card: Card,
    /// Its first articles.
    pub items: Vec<Item>,
    /// Words for the way to the rest, empty where all are shown.
    pub more: String,
}

/// Everything there is, or one filtered list of it.
pub fn show(ctx: &Ctx, query: &Query) -> Result<Response, Error> {
    let (t, library) = (ctx.t(), ctx.library());
    let mut template = blank(ctx, t.catalogue_title);
    template.frame.canonical = ctx.absolute("/search");
    let fits = |a: &&Arc<Article>| {
        query.category.as_ref().is_none_or(|c| c.holds(&a.category))
            && query.tag.as_ref().is_none_or(|tag| a.tags.contains(tag))
            && query.lang.as_ref().is_none_or(|l| a.lang == *l)
    };
    // Who asks for a language gets what is in it; others get each text once, in the version nearest to them.
    let all = || -> Box<dyn Iterator<Item = &Arc<Article>>> {
        if query.lang.is_some() { Box::new(library.listed()) } else { Box::new(library.originals()) }
    };
    let item = |article: &Arc<Article>| match query.lang {
        Some(_) => Item::exactly(ctx.ui, library, article),
        None => Item::of(ctx.ui, library, article),
    };
    let total = all().filter(fits).count();
    template.status = template.frame.articles(total);
    let filtered = query.category.is_some() || query.tag.is_some() || query.lang.is_some();
    let shelf = |card: Card, articles: Vec<&Arc<Article>>, more: bool| Shelf {
        items: articles.into_iter().map(item).collect(),
        more: if more { count(t.more_in, card.count) } else { String::new() },
        card,
    };
    if filtered {
        template.removable = removable(ctx, query, &|change| link(query, Way::Address, change));
        let articles = all().filter(fits).skip(query.offset()).take(query.limit as usize).collect();
        let card = Card { count: total, ..Card::default() };
        template.shelves.push(shelf(card, articles, false));
        template.pager = Pager::new(ctx.ui, query.page, query.limit, total, PAGE_MAX, |n| {
            link(query, Way::Address, &|q| q.page = n)
        });
        return page(StatusCode::OK, &template);
    }
    for card in cards(ctx, &CategoryId::default()) {
        let Ok(id) = CategoryId::parse(&url::decode(card.url.trim_start_matches("/categories/"))) else {
            continue;
        };
        let articles: Vec<_> = library.in_category(&id).take(CATALOGUE_ITEMS).collect();
        let more = card.count > articles.len();
        template.shelves.push(shelf(card, articles, more));
    }
    // Articles at the top of the folder belong to no category; they are listed whole, page by page.
    let top = |a: &&Arc<Article>| a.category.as_str().is_empty();
    let loose = library.originals().filter(top).count();
    if loose > 0 {
        let list_max = list_max(ctx);
        let limit = list_max as u32;
        let articles =
            library.originals().filter(top).skip((query.page as usize - 1) * list_max).take(list_max).collect();
        let card = Card { title: t.general.to_owned(), count: loose, ..Card::default() };
        template.shelves.push(shelf(card, articles, false));
        template.pager = Pager::new(ctx.ui, query.page, limit, loose, PAGE_MAX, |n| Go {
            href: format!("/search?page={n}"),
            ..Go::default()
        });
    }
    page(StatusCode::OK, &template)
}
