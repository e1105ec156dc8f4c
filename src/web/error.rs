//! What can go wrong with a request, and the one table that says which status it is. A handler
//! returns [`Error`]; the page or JSON around it is made by `pages::error`, which knows the
//! reader's language, and the cause is logged there, once.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::store;

/// Why a request got no page.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Error {
    /// Nothing is there.
    #[error("not found")]
    NotFound,
    /// The address exists, but not for this method.
    #[error("method not allowed")]
    MethodNotAllowed,
    /// The request makes no sense.
    #[error("bad request")]
    BadRequest,
    /// A form or call came from another site.
    #[error("cross-site request")]
    CrossSite,
    /// The request is for a name that is not ours.
    #[error("misdirected request")]
    Misdirected,
    /// The body is over its limit.
    #[error("body too large")]
    TooLarge,
    /// More requests than one reader needs.
    #[error("too many requests")]
    TooMany,
    /// More readers at once than can be served.
    #[error("too many requests in flight")]
    Busy,
    /// It took too long.
    #[error("timed out")]
    Timeout,
    /// The store does not answer.
    #[error("store unavailable")]
    Store(#[source] Arc<store::Error>),
    /// The text of an article cannot be read from the disk.
    #[error("the text of an article is lost")]
    Lost,
    /// A template could not be rendered.
    #[error("template failed")]
    Template(#[source] Arc<askama::Error>),
    /// A handler panicked.
    #[error("panicked")]
    Panic,
}

impl Error {
    /// The table.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::CrossSite => StatusCode::FORBIDDEN,
            Self::Misdirected => StatusCode::MISDIRECTED_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy | Self::Timeout | Self::Store(_) | Self::Lost => StatusCode::SERVICE_UNAVAILABLE,
            Self::Template(_) | Self::Panic => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What a bare status from below (the router, a layer) stands for.
    pub fn from_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::FORBIDDEN => Self::CrossSite,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::TOO_MANY_REQUESTS => Self::TooMany,
            StatusCode::SERVICE_UNAVAILABLE => Self::Timeout,
            status if status.is_client_error() => Self::BadRequest,
            _ => Self::Panic,
        }
    }
}

impl From<store::Error> for Error {
    fn from(error: store::Error) -> Self {
        Self::Store(Arc::new(error))
    }
}

impl From<askama::Error> for Error {
    fn from(error: askama::Error) -> Self {
        Self::Template(Arc::new(error))
    }
}

/// The bare status with the error beside it; `pages::error` puts the page in.
impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}
