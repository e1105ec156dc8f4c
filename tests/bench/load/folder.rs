//! A folder of as many articles as wanted, made of the sample's paragraphs so that words are as
//! common as they are in real text, and no two articles are the same.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// Articles in one folder.
const FOLDER_MAX: usize = 250;
/// Paragraphs of an article, as many as the sample's have on average.
const PARAGRAPHS: usize = 24;

/// Writes the folder, unless it is there, and returns ids and titles.
pub fn write(source: &Path, to: &Path, count: usize) -> Vec<(String, String)> {
    let mut texts: Vec<(String, Vec<String>)> = Vec::new();
    let mut folders = vec![source.to_owned()];
    while let Some(folder) = folders.pop() {
        let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "md") {
                texts.extend(read(&fs::read_to_string(path).unwrap()));
            }
        }
    }
    let paragraphs: Vec<&String> = texts.iter().flat_map(|(_, paragraphs)| paragraphs).collect();
    let done = to.join("c0").exists();
    let article = |n: usize| {
        let (title, _) = &texts[n % texts.len()];
        let title = format!("{title}（{n}）");
        let id = format!("c{}/a{n}", n / FOLDER_MAX);
        if !done {
            let path = to.join(format!("{id}.md"));
            if n.is_multiple_of(FOLDER_MAX) {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
            }
            // A step that is prime to most numbers of paragraphs mixes them without a generator.
            let mut text = format!("---\ntitle: {title}\n---\n");
            for k in 0..PARAGRAPHS {
                let _ = write!(text, "{}\n\n", paragraphs[(n * 7_919 + k * (n + 104_729)) % paragraphs.len()]);
            }
            fs::write(path, text).unwrap();
        }
        (id, title)
    };
    (0..count).map(article).collect()
}

/// Title and paragraphs of an article.
fn read(text: &str) -> Option<(String, Vec<String>)> {
    let (front, body) = text.strip_prefix("---\n")?.split_once("\n---\n")?;
    let title = front.lines().find_map(|line| line.strip_prefix("title:"))?.trim().trim_matches('"').to_owned();
    // Written again without quotes, it would be a key and its value.
    if title.contains(": ") {
        return None;
    }
    let paragraphs = body.split("\n\n").map(str::trim).filter(|p| !p.is_empty() && !p.contains("]("));
    Some((title, paragraphs.map(str::to_owned).collect()))
}

/// The queries that the sample is judged by.
pub fn queries(source: &Path) -> Vec<String> {
    let text = fs::read_to_string(source.join("search/judgments.toml")).unwrap();
    let query = |line: &str| Some(line.strip_prefix("query = \"")?.trim_end_matches('"').to_owned());
    text.lines().filter_map(query).filter(|q| !q.contains('\\')).collect()
}
