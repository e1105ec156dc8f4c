//! Commits that name a suggestion in a trailer: `Suggestion: 7K2M-…` in the last paragraph of the
//! message, so that the reader who asked can be told.

use jiff::Timestamp;

/// One suggestion named by one commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// What stands after `Suggestion:`.
    pub suggestion: String,
    /// The commit's id, in hexadecimal.
    pub commit: String,
    /// First line of its message.
    pub title: String,
    /// When it was committed.
    pub at: Timestamp,
    /// Files it added or changed, relative to the articles folder.
    pub paths: Vec<String>,
}

const KEY: &str = "suggestion";
/// Suggestions one commit may name.
const NAMES_MAX: usize = 100;
/// Characters of a name; receipts are shorter.
const NAME_CHARS_MAX: usize = 80;

/// Characters of a title that are kept: git advises 50.
const TITLE_CHARS_MAX: usize = 200;

/// The first line of a commit message; empty where that line is a trailer itself.
pub(super) fn title(message: &str) -> String {
    let line = message.trim_start().lines().next().unwrap_or_default().trim();
    let is_trailer = line.split_once(':').is_some_and(|(key, _)| key.trim().eq_ignore_ascii_case(KEY));
    if is_trailer { String::new() } else { line.chars().filter(|c| !c.is_control()).take(TITLE_CHARS_MAX).collect() }
}

/// The suggestions that a commit message names, in their order and each once.
pub(super) fn suggestions(message: &str) -> Vec<String> {
    let mut named: Vec<String> = Vec::new();
    for line in message.trim_end().lines().rev().take_while(|line| !line.trim().is_empty()) {
        let Some((key, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        if key.trim().eq_ignore_ascii_case(KEY) && (1..=NAME_CHARS_MAX).contains(&value.chars().count()) {
            named.push(value.to_owned());
        }
    }
    named.reverse();
    let mut seen = std::collections::HashSet::new();
    named.retain(|name| seen.insert(name.clone()));
    named.truncate(NAMES_MAX);
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_is_the_first_line_that_says_something() {
        assert_eq!(title("\n改写备份一节 \n\nSuggestion: A"), "改写备份一节");
        assert_eq!(title("Suggestion: A"), "");
        assert_eq!(title(&"长".repeat(300)).chars().count(), TITLE_CHARS_MAX);
    }

    #[test]
    fn only_the_last_paragraph_holds_trailers() {
        let check = |message: &str, expected: &[&str]| assert_eq!(suggestions(message), expected, "{message:?}");
        check("改写备份一节\n\nSuggestion: AB12\n", &["AB12"]);
        check("题\n\n文\n\nSigned-off-by: 甲\nSuggestion: A\nsuggestion:B\nSuggestion: A\n\n", &["A", "B"]);
        check(
            "Suggestion: in the subject only counts when it is all there is",
            &["in the subject only counts when it is all there is"],
        );
        check("题\n\nSuggestion: A\n\n别的话\n", &[]);
        check("题\n\nSuggestion:\n", &[]);
        check("", &[]);
    }
}
