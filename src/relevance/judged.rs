//! Reads judged queries.

use std::collections::HashMap;

use serde::Deserialize;

use crate::domain::{Problem, Rule};

/// Queries a set may hold.
const QUERIES_MAX: usize = 1_000_000;
/// How deep an answer must be found unless the judgment says.
const WITHIN_DEFAULT: usize = 3;

/// Why a file of judged queries cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A line of the queries is not `{"id": …, "text": …}`.
    #[error("line {line} of the queries is not a JSON object with `id` and `text`")]
    Query {
        /// Counted from 1.
        line: usize,
        /// Why.
        source: serde_json::Error,
    },
    /// A line of the qrels is not `query-id TAB article-id TAB grade`.
    #[error("line {line} of the qrels is not `query-id<TAB>article-id<TAB>grade`")]
    Qrel {
        /// Counted from 1.
        line: usize,
    },
    /// More than can be measured.
    #[error("the set has more than {QUERIES_MAX} queries")]
    TooMany,
    /// No query has a judgment.
    #[error("no query of the set has a judgment")]
    Empty,
}

/// One query with what should be found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Identifies it within its set.
    pub id: String,
    /// What the reader types.
    pub text: String,
    /// What kind of query it is; empty where the set does not tell.
    pub kind: String,
    /// Article ids with grades above 0; empty when nothing answers it.
    pub answers: HashMap<String, u32>,
    /// The first answer must be among this many hits.
    pub within: usize,
    /// Why it fails today, where the editors know that it does; empty otherwise.
    pub known: String,
    /// Line of the file it stands on, 0 where there is none.
    pub line: usize,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    judgment: Vec<toml::Spanned<Entry>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    query: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    articles: Vec<String>,
    within: Option<usize>,
    #[serde(default)]
    known: String,
}

/// Reads `search/judgments.toml`: `[[judgment]]` tables with `query`, `articles` (best first; none
/// when nothing answers), `within`, `kind` and `known`. What cannot be read becomes a problem under `path`.
pub fn judgments(text: &str, path: &str) -> (Vec<Judged>, Vec<Problem>) {
    let file: File = match toml::from_str(text) {
        Ok(file) => file,
        Err(error) => {
            let line = error.span().map_or(0, |span| line_of(text, span.start));
            let message = format!("判例文件无法读取：{}", error.message().lines().next().unwrap_or_default());
            let hint = "每条写成 [[judgment]]，含 query、articles，可选 within、kind、known";
            return (Vec::new(), vec![Problem::new(Rule::JUDGMENTS_BAD, path, line, message).hint(hint)]);
        }
    };
    let judged = file.judgment.into_iter().take(QUERIES_MAX).enumerate().map(|(at, entry)| {
        let line = line_of(text, entry.span().start);
        let entry = entry.into_inner();
        Judged {
            id: format!("j{}", at + 1),
            text: entry.query,
            kind: entry.kind,
            answers: entry.articles.into_iter().map(|id| (id, 1)).collect(),
            within: entry.within.unwrap_or(WITHIN_DEFAULT).max(1),
            known: entry.known.trim().to_owned(),
            line,
        }
    });
    (judged.collect(), Vec::new())
}

fn line_of(text: &str, byte: usize) -> usize {
    text.bytes().take(byte).filter(|b| *b == b'\n').count() + 1
}

#[derive(Deserialize)]
struct QueryLine {
    id: String,
    text: String,
}

/// Reads a foreign set: JSON Lines of `{"id", "text"}` and tab-separated qrels. Queries without a
/// judgment are left out. The kind is what stands before the first `-` of the id where every id
/// has one.
///
/// # Errors
/// Names the line that cannot be read.
pub fn queries_and_qrels(queries: &str, qrels: &str) -> Result<Vec<Judged>, Error> {
    let mut answers: HashMap<&str, HashMap<String, u32>> = HashMap::new();
    for (at, line) in qrels.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let mut fields = line.split('\t');
        let (Some(query), Some(article), Some(grade)) = (fields.next(), fields.next(), fields.next()) else {
            return Err(Error::Qrel { line: at + 1 });
        };
        let grade: u32 = grade.trim().parse().map_err(|_| Error::Qrel { line: at + 1 })?;
        if grade > 0 {
            answers.entry(query).or_default().insert(article.to_owned(), grade);
        }
    }
    let mut judged = Vec::new();
    for (at, line) in queries.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let query: QueryLine = serde_json::from_str(line).map_err(|source| Error::Query { line: at + 1, source })?;
        if let Some(answers) = answers.get(query.id.as_str()) {
            judged.push(Judged {
                kind: String::new(),
                known: String::new(),
                answers: answers.clone(),
                within: 10,
                line: at + 1,
                id: query.id,
                text: query.text,
            });
        }
        if judged.len() > QUERIES_MAX {
            return Err(Error::TooMany);
        }
    }
    if judged.is_empty() {
        return Err(Error::Empty);
    }
    if judged.iter().all(|query| query.id.contains('-')) {
        for query in &mut judged {
            query.kind = query.id.split('-').next().unwrap_or_default().to_owned();
        }
    }
    Ok(judged)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn judgments_name_the_line_that_is_wrong() {
        let good =
            "[[judgment]]\nquery = \"转账没到\"\narticles = [\"a/b\"]\nwithin = 1\n\n[[judgment]]\nquery = \"天气\"\n";
        let (judged, problems) = judgments(good, "search/judgments.toml");
        assert_eq!(problems, []);
        assert_eq!((judged[0].within, judged[1].within, judged[1].line), (1, WITHIN_DEFAULT, 6));
        assert!(judged[1].answers.is_empty());
        let (_, problems) = judgments("[[judgment]]\nquery = 3\n", "search/judgments.toml");
        assert_eq!(problems[0].line, 2, "{problems:?}");
    }

    #[test]
    fn foreign_sets_name_the_line_that_is_wrong() {
        let queries = "{\"id\":\"x-1\",\"text\":\"甲\"}\n{\"id\":\"x-2\",\"text\":\"乙\"}\n";
        let judged = queries_and_qrels(queries, "x-1\td1\t1\nx-1\td2\t0\n").unwrap();
        assert_eq!((judged.len(), judged[0].answers.len(), judged[0].kind.as_str()), (1, 1, "x"));
        assert!(matches!(queries_and_qrels(queries, "x-1 d1 1\n"), Err(Error::Qrel { line: 1 })));
        assert!(matches!(queries_and_qrels("{}\n", "x\td\t1\n"), Err(Error::Query { line: 1, .. })));
        assert!(matches!(queries_and_qrels(queries, ""), Err(Error::Empty)));
    }
}
