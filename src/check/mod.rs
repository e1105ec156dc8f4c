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

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::domain::Rule;
    use crate::edition::{Editions, Options};

    /// The rules that fire, with their places, for these files.
    fn found(files: &[(&str, &str)]) -> Vec<(&'static str, String, usize)> {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let file = folder.path().join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        let options = Options { articles: folder.path().to_owned(), data: None, drafts: false };
        let edition = Editions::open(options, &|_, _, _| {}).unwrap().current();
        let mut problems = run(&edition, jiff::civil::date(2026, 1, 1));
        problems.extend(dying(&edition, &["old/gone.md".into(), "a.md".into(), "pictures/p.png".into()]));
        problems.into_iter().map(|p| (p.rule.id, p.path, p.line)).collect()
    }

    #[test]
    fn what_readers_cannot_come_to_is_found() {
        let found = found(&[
            ("wenqu.toml", "[site]\nname = \"某\"\n\n[[urgent]]\nlabel = \"被盗\"\narticle = \"gone\"\n"),
            ("a.md", "# 甲的写法\n\n看[乙](b.md)。\n"),
            ("b.md", "---\nunlisted: true\n---\n# 乙的写法\n\n文。\n"),
            ("c.md", "---\nunlisted: true\n---\n# 丙的写法\n\n看[自己](c.md)。\n"),
        ]);
        let expected = [
            (Rule::ORPHAN.id, "c.md".to_owned(), 1),
            (Rule::SETTINGS_BAD.id, "wenqu.toml".to_owned(), 6),
            (Rule::ADDRESS_DIES.id, "old/gone.md".to_owned(), 0),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_known_failure_is_no_problem_until_it_is_mended() {
        let judgment =
            |query: &str, known: &str| format!("[[judgment]]\nquery = \"{query}\"\narticles = [\"a\"]\n{known}");
        let article = ("a.md", "# 备份助记词\n\n抄在纸上。\n");
        let check = |judgments: &str, expected: &[&str]| {
            let found = found(&[article, ("search/judgments.toml", judgments)]);
            let rules: Vec<&str> =
                found.iter().map(|(rule, ..)| *rule).filter(|rule| rule.starts_with("judgment")).collect();
            assert_eq!(rules, expected, "{judgments}");
        };
        check(&judgment("备份助记词", ""), &[]);
        check(&judgment("天气预报", ""), &["judgment-fails"]);
        check(&judgment("天气预报", "known = \"还没有同义词\"\n"), &[]);
        check(&judgment("备份助记词", "known = \"还没有同义词\"\n"), &["judgment-known"]);
    }
}
