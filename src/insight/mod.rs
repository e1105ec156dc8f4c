//! Turns what readers say and search into ranked proposals (the desk's suggestions), figures and
//! files for the people who improve articles.

mod closing;
mod export;
mod figures;
mod ground;
mod groups;
mod helpful;
mod learn;
mod ranking;
mod table;
#[cfg(test)]
mod tests;
mod wilson;

pub use closing::{Closed, Commit, close, decide};
pub use export::{Error, Rows, Selection, What, export};
pub use figures::{Figures, Share};
pub use ground::Ground;
pub use helpful::helpfulness;
pub use learn::Learned;
pub use ranking::{Ran, rank};
pub use table::{Cell, Format, TableWriter, temporary};
pub use wilson::wilson;
