//! Turns what readers say and search into figures and files for the people who improve articles.

mod export;
mod table;

pub use export::{Error, Selection, feedback, searches};
pub use table::{Cell, Format, TableWriter};
