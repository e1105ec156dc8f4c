//! The JSON API, one file per resource. Shapes are those of the contract; errors are problem
//! documents (RFC 9457).

pub mod articles;
pub mod feedback;
pub mod health;
pub mod search;
pub mod suggest;
