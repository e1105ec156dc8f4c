//! Joins the pages to the rooms below.

use std::sync::Arc;

use axum::body::Bytes;

use super::seam::{self, Answer, DeskError, View};
use crate::articles::read_picture;
use crate::domain::{Article, Feedback, Library, NewFeedback, Query, Receipt, Results, Suggestion};
use crate::edition::{Edition, Editions};
use crate::store::{self, Amended, Store};

impl seam::Editions for Editions {
    fn current(&self) -> Arc<dyn View> {
        Editions::current(self)
    }
}

impl View for Edition {
    fn library(&self) -> &Library {
        Edition::library(self)
    }

    fn version(&self) -> &str {
        Edition::version(self)
    }

    fn search(&self, query: &Query) -> Results {
        Edition::search(self, query)
    }

    fn suggest(&self, text: &str, limit: usize) -> Vec<Suggestion> {
        Edition::suggest(self, text, limit)
    }

    fn related(&self, article: &Article, count: usize) -> Vec<Arc<Article>> {
        Edition::related(self, article, count)
    }

    fn picture(&self, path: &str) -> Option<(Bytes, String)> {
        let (bytes, mime) = read_picture(self.folder(), path).ok()?;
        Some((bytes.into(), mime.to_owned()))
    }
}

impl From<store::Error> for DeskError {
    fn from(error: store::Error) -> Self {
        Self(Box::new(error))
    }
}

impl seam::Desk for Store {
    fn insert(&self, new: NewFeedback) -> Answer<'_, Feedback> {
        Box::pin(async move { Ok(Store::insert(self, &new).await?) })
    }

    fn read<'a>(&'a self, receipt: &'a Receipt) -> Answer<'a, Option<Feedback>> {
        Box::pin(async move { Ok(self.receipt(receipt).await?) })
    }

    fn amend<'a>(&'a self, receipt: &'a Receipt, amendment: seam::Amendment) -> Answer<'a, Option<Feedback>> {
        Box::pin(async move {
            use crate::domain::Amendment;
            let amendment = match amendment {
                seam::Amendment::Details { reason, comment, contact } => {
                    Amendment::Details { reason, comment, contact }
                }
                seam::Amendment::Withdraw => Amendment::Withdraw,
            };
            Ok(match Store::amend(self, receipt, amendment).await? {
                Amended::Kept(feedback) => Some(*feedback),
                Amended::NotFound => None,
                Amended::Withdrawn | Amended::Full => self.receipt(receipt).await?,
            })
        })
    }

    fn ready(&self) -> Answer<'_, ()> {
        Box::pin(async move { Ok(Store::ready(self).await?) })
    }
}
