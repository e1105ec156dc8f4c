//! Finds faults of content before readers do: what loading found, and what only the whole tells,
//! such as judgments that fail and articles that their own title does not find.

mod addresses;
mod format;
mod language;
mod library;
mod retrieval;

use jiff::civil::Date;

use crate::domain::{Level, Problem};
use crate::edition::Edition;

pub use addresses::dying;
pub use format::{Format, Sources, write};

/// Every problem of an edition, ordered by path, line and column.
///
/// `today` decides which reviews are overdue.
pub fn run(edition: &Edition, today: Date) -> Vec<Problem> {
    let mut problems = edition.problems().to_vec();
    problems.extend(library::check(edition.library(), today));
    problems.extend(language::check(edition.library()));
    problems.extend(retrieval::check(edition));
    problems.extend(addresses::check(edition));
    problems.sort_by(|a, b| (&a.path, a.line, a.column, a.rule.id).cmp(&(&b.path, b.line, b.column, b.rule.id)));
    problems.dedup();
    problems
}

/// How many problems are errors, and how many warnings.
pub fn counts(problems: &[Problem]) -> (usize, usize) {
    let errors = problems.iter().filter(|p| p.rule.level == Level::Error).count();
    (errors, problems.len() - errors)
}
