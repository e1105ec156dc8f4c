//! `wenqu` (问渠): a Chinese-first help centre. Articles from a folder, found, read and answered back.
//!
//! The rooms below stand on floors: a room imports from floors below its own, never upward and
//! never sideways. `src/ARCHITECTURE.md` is the map; `tests/it/tidy.rs` proves it on every run.

// Floor 0: the words of the trade.
pub mod domain;

// Floor 1: one outside craft each.
pub mod articles;
pub mod guard;
pub mod history;
pub mod store;
pub mod text;

// Floor 2: finding.
pub mod search;

// Floor 3: what the product does. `check` looks at an edition and measures with `relevance`.
pub mod edition;
pub mod insight;
pub mod relevance;
pub mod webhook;

// Floor 4: what stands on an edition.
pub mod check;

// Floor 5: HTTP.
pub mod web;

// Floor 6: arguments, exit codes, wiring.
pub mod cli;
