//! The folder as it lies on disk: which files are articles, which pictures, and what leads out.

use std::collections::HashSet;
use std::fs::Metadata;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use walkdir::{DirEntry, WalkDir};

use super::{Error, pictures};
use crate::domain::{ARTICLES_MAX, Problem, Rule};

/// Size and time of a file: while they stay, its content is taken to stay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    pub bytes: u64,
    pub modified: Option<SystemTime>,
}

/// A file that is read.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// Relative to the folder, `/` as separator.
    pub path: String,
    /// Where to read it.
    pub file: PathBuf,
    pub stamp: Stamp,
}

/// Everything of interest in the folder, in the order of the paths.
#[derive(Debug, Default)]
pub(super) struct Walked {
    pub articles: Vec<Found>,
    pub pictures: Vec<Found>,
    /// Other files, which links may name but no page shows.
    pub others: HashSet<String>,
    pub problems: Vec<Problem>,
}

/// Walks through the folder.
///
/// # Errors
/// When the folder itself is missing or unreadable.
pub(super) fn walk(folder: &Path) -> Result<Walked, Error> {
    let unreadable = |source| Error::Folder { folder: folder.to_owned(), source };
    let inside = folder.canonicalize().map_err(unreadable)?;
    std::fs::read_dir(&inside).map_err(unreadable)?;
    let mut walked = Walked::default();
    let entries = WalkDir::new(&inside).follow_links(false).sort_by_file_name().into_iter();
    for entry in entries.filter_entry(|entry| entry.depth() == 0 || !is_skipped(entry)) {
        match entry {
            Ok(entry) if entry.file_type().is_dir() => {}
            Ok(entry) => walked.take(&inside, &entry),
            Err(error) => {
                let path = error.path().map_or_else(String::new, |path| relative(&inside, path));
                let message = format!("文件夹「{path}」无法读取。");
                walked.problems.push(Problem::new(Rule::FILE_UNREADABLE, path, 0, message).hint("检查权限。"));
            }
        }
    }
    walked.articles.sort_by(|a, b| a.path.cmp(&b.path));
    walked.pictures.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(walked)
}

/// Hidden files, the tools' folders, and what at the top is not for readers.
fn is_skipped(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    let top = entry.depth() == 1;
    // GitBook keeps its pictures in `.gitbook/assets`; no other hidden place is for readers.
    name.starts_with('.') && name != ".gitbook"
        || name == "node_modules"
        || name == "SUMMARY.md"
        || top && (name == "search" && entry.file_type().is_dir() || name.eq_ignore_ascii_case("readme.md"))
        || top && name == "wenqu.toml"
}

fn relative(inside: &Path, path: &Path) -> String {
    let path = path.strip_prefix(inside).unwrap_or(path).to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' { path.into_owned() } else { path.replace(std::path::MAIN_SEPARATOR, "/") }
}

/// Whether a file name is that of a Markdown file.
pub(super) fn is_markdown(path: &str) -> bool {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    ["md", "markdown", "mdx"].iter().any(|e| extension.eq_ignore_ascii_case(e))
}

impl Walked {
    fn take(&mut self, inside: &Path, entry: &DirEntry) {
        let path = relative(inside, entry.path());
        if path.split('/').any(|part| part == ".gitbook") && pictures::mime(&path).is_none() {
            return;
        }
        let (is_article, is_picture) = (is_markdown(&path), pictures::mime(&path).is_some());
        let (file, metadata) = if entry.path_is_symlink() {
            match self.follow(inside, entry, &path) {
                Some(target) => target,
                None => return,
            }
        } else {
            match entry.metadata() {
                Ok(metadata) => (entry.path().to_owned(), metadata),
                Err(_) => return self.tell_unreadable(path, "文件无法读取。"),
            }
        };
        if metadata.is_dir() {
            // What is in it is read under its own path; a second one would make every article double.
            return;
        }
        if !metadata.is_file() {
            if is_article {
                self.tell_unreadable(path, "不是普通文件。");
            }
            return;
        }
        if entry.file_name().to_str().is_none() && is_article {
            let hint = "请把文件名改成 UTF-8 编码。";
            let message = "文件名不是有效的文字，不能作为文章编号。";
            self.problems.push(Problem::new(Rule::ID_BAD, path, 0, message).hint(hint));
            return;
        }
        let stamp = Stamp { bytes: metadata.len(), modified: metadata.modified().ok() };
        let found = Found { path, file, stamp };
        if is_article && self.articles.len() >= ARTICLES_MAX {
            let message = format!("文章超过 {ARTICLES_MAX} 篇，其余未收录。");
            self.problems.push(Problem::new(Rule::FILE_TOO_LARGE, found.path, 0, message));
        } else if is_article {
            self.articles.push(found);
        } else if is_picture {
            self.pictures.push(found);
        } else {
            self.others.insert(found.path);
        }
    }

    /// Where a symbolic link leads, if that is inside the folder.
    fn follow(&mut self, inside: &Path, entry: &DirEntry, path: &str) -> Option<(PathBuf, Metadata)> {
        let Ok(target) = entry.path().canonicalize() else {
            self.tell_unreadable(path.to_owned(), "符号链接指向的文件不存在。");
            return None;
        };
        if !target.starts_with(inside) {
            let message = format!("符号链接「{path}」指向文章文件夹之外，未跟随。");
            let problem = Problem::new(Rule::FILE_OUTSIDE, path, 0, message);
            self.problems.push(problem.hint("把文件复制进来，或删掉这个链接。"));
            return None;
        }
        // A link must not lead around the list of what is skipped either.
        let hidden = target
            .strip_prefix(inside)
            .is_ok_and(|rest| rest.components().any(|part| part.as_os_str().to_string_lossy().starts_with('.')));
        let metadata = target.metadata().ok()?;
        (!hidden).then_some((target, metadata))
    }

    fn tell_unreadable(&mut self, path: String, message: &str) {
        self.problems.push(Problem::new(Rule::FILE_UNREADABLE, path, 0, message).hint("检查文件和权限。"));
    }
}
