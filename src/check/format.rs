//! Writes problems for people and for tools.

use std::collections::HashMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::domain::{Level, Problem, RULES, Tongue};

/// How problems are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For people, with the source line and a caret.
    Text {
        /// Whether to colour with terminal codes.
        colour: bool,
    },
    /// One JSON array.
    Json,
    /// Annotations of GitHub's workflows.
    Github,
    /// SARIF 2.1.0.
    Sarif,
}

/// The files that problems are about, read when a line of one is to be shown.
#[derive(Debug)]
pub struct Sources {
    folder: PathBuf,
    read: HashMap<String, Vec<String>>,
}

impl Sources {
    /// Lines of files below `folder`.
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), read: HashMap::new() }
    }

    fn line(&mut self, path: &str, line: usize) -> Option<&str> {
        let lines = self.read.entry(path.to_owned()).or_insert_with(|| {
            let bytes = fs::read(self.folder.join(path)).unwrap_or_default();
            String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect()
        });
        lines.get(line.checked_sub(1)?).map(String::as_str)
    }
}

/// The problems in the given format, ending with a line end unless empty.
pub fn write(problems: &[Problem], format: Format, tongue: Tongue, sources: &mut Sources) -> String {
    match format {
        Format::Text { colour } => text(problems, colour, tongue, sources),
        Format::Json => {
            let all = problems.iter().map(|problem| object(problem, tongue)).collect();
            format!("{}\n", serde_json::Value::Array(all))
        }
        Format::Github => problems.iter().map(|problem| github(problem, tongue, &sources.folder)).collect(),
        Format::Sarif => format!("{}\n", sarif(problems, tongue)),
    }
}

fn text(problems: &[Problem], colour: bool, tongue: Tongue, sources: &mut Sources) -> String {
    let paint =
        |code: &str, text: &str| if colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() };
    let mut out = String::new();
    for problem in problems {
        let (level, code) = match (problem.rule.level, tongue) {
            (Level::Error, Tongue::Chinese) => ("错误", "1;31"),
            (Level::Warning, Tongue::Chinese) => ("警告", "1;33"),
            (level, Tongue::English) => (level.as_str(), if level == Level::Error { "1;31" } else { "1;33" }),
        };
        let mut place = format!("{}:{}", problem.path, problem.line.max(1));
        if problem.column > 0 {
            let _ = write!(place, ":{}", problem.column);
        }
        let _ = writeln!(
            out,
            "{} {} {}",
            paint("1", &place),
            paint(code, &format!("{level}[{}]", problem.rule.id)),
            problem.sentence(tongue)
        );
        if let Some(line) = sources.line(&problem.path, problem.line).filter(|_| problem.line > 0) {
            let shown: String = line.chars().take(120).collect();
            let _ = writeln!(out, "  | {shown}");
            if (1..=shown.chars().count()).contains(&problem.column) {
                let indent: usize =
                    shown.chars().take(problem.column - 1).map(|c| if c.is_ascii() { 1 } else { 2 }).sum();
                let _ = writeln!(out, "  | {}{}", " ".repeat(indent), paint(code, "^"));
            }
        }
        let advice = problem.advice(tongue);
        if !advice.is_empty() {
            let _ = writeln!(out, "  = {advice}");
        }
    }
    out
}

fn object(problem: &Problem, tongue: Tongue) -> serde_json::Value {
    json!({
        "severity": problem.rule.level.as_str(), "file": problem.path, "line": problem.line.max(1),
        "column": problem.column.max(1), "rule": problem.rule.id,
        "message": problem.sentence(tongue), "hint": problem.advice(tongue),
    })
}

/// Source: GitHub's documentation of workflow commands, "Setting an error message".
fn github(problem: &Problem, tongue: Tongue, folder: &Path) -> String {
    let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let file = folder.join(&problem.path);
    let advice = problem.advice(tongue);
    let hint = match tongue {
        _ if advice.is_empty() => String::new(),
        Tongue::Chinese => format!("（{advice}）"),
        Tongue::English => format!(" ({advice})"),
    };
    format!(
        "::{} file={},line={},col={},title={}::{}{}\n",
        problem.rule.level.as_str(),
        property(&file.to_string_lossy()),
        problem.line.max(1),
        problem.column.max(1),
        property(problem.rule.id),
        data(&problem.sentence(tongue)),
        data(&hint),
    )
}

/// Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".
fn sarif(problems: &[Problem], tongue: Tongue) -> serde_json::Value {
    let rules: Vec<_> = RULES
        .iter()
        .map(|rule| {
            json!({"id": rule.id, "shortDescription": {"text": rule.meaning(tongue)}, "defaultConfiguration": {"level": rule.level.as_str()}})
        })
        .collect();
    let results: Vec<_> = problems
        .iter()
        .map(|problem| {
            let text = match tongue {
                Tongue::Chinese => format!("{}{}", problem.message, problem.hint),
                Tongue::English => format!("{} {}", problem.sentence(tongue), problem.advice(tongue)),
            };
            json!({
                "ruleId": problem.rule.id, "level": problem.rule.level.as_str(), "message": {"text": text},
                "locations": [{"physicalLocation": {
                    "artifactLocation": {"uri": uri(&problem.path), "uriBaseId": "ARTICLES"},
                    "region": {"startLine": problem.line.max(1), "startColumn": problem.column.max(1)},
                }}],
            })
        })
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "wenqu", "version": env!("CARGO_PKG_VERSION"), "rules": rules}},
            "columnKind": "unicodeCodePoints", "results": results,
        }],
    })
}

/// A path as a relative URI reference.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~' | b'/') {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Rule;

    #[test]
    fn each_format_names_file_line_and_rule() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("甲 乙.md"), "# 题\n看[坏](x.md)。\n").unwrap();
        let problems = [Problem::new(Rule::LINK_BROKEN, "甲 乙.md", 2, "没有 x.md").at_column(2).hint("改, 好")];
        let mut sources = Sources::new(folder.path());
        let mut written = |format| write(&problems, format, Tongue::Chinese, &mut sources);
        assert_eq!(
            written(Format::Text { colour: false }),
            "甲 乙.md:2:2 错误[link-broken] 没有 x.md\n  | 看[坏](x.md)。\n  |   ^\n  = 改, 好\n"
        );
        assert!(written(Format::Github).contains("line=2,col=2,title=link-broken::没有 x.md（改, 好）"));
        let json: serde_json::Value = serde_json::from_str(&written(Format::Json)).unwrap();
        assert_eq!(json[0]["rule"], "link-broken");
        let sarif: serde_json::Value = serde_json::from_str(&written(Format::Sarif)).unwrap();
        let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "%E7%94%B2%20%E4%B9%99.md");
        assert_eq!(place["region"]["startLine"], 2);
    }
}
