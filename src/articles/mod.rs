//! Reads a folder of articles (front matter, Markdown, settings, pictures) into a [`Library`] and the
//! list of all [`Problem`]s. The only maker of [`SafeHtml`](crate::domain::SafeHtml).
//!
//! Two phases: each file is parsed alone, in parallel, and kept while it does not change (`page`);
//! then links and ids are put together, for they depend on all files (`assemble`). This room never
//! stops at a fault and knows nothing of search, tokens or the web.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

use jiff::civil::Date;
use rayon::prelude::*;
use same_file::Handle;

use crate::domain::{Library, Problem, Revision, Rule, Site};

mod anchors;
mod assemble;
mod attic;
mod blocks;
mod dialect;
mod fence;
mod front;
mod html;
mod inline;
mod keys;
mod links;
mod markdown;
mod marks;
mod outline;
mod page;
mod pictures;
mod raw;
mod render;
mod resolve;
mod roles;
mod sanitise;
mod settings;
mod source;
mod value;
mod walk;
mod words;
mod yaml;

pub use assemble::Counts;
pub use attic::Attic;
pub use pictures::{Picture, PictureError, read_picture};

use page::Page;
use walk::{Found, Walked};

/// Why a folder cannot be loaded at all.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It is missing, or may not be read.
    #[error("cannot read the articles folder `{}`", folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// Tells on which day a file, by its path in the folder, was last changed.
pub type Dates<'a> = dyn Fn(&str) -> Option<Date> + Sync + 'a;

/// Tells what a file, by its path in the folder, was called before: oldest first.
pub type Formers<'a> = dyn Fn(&str) -> &'a [String] + Sync + 'a;

/// How to load.
#[derive(Default, Clone, Copy)]
pub struct LoadOptions<'a> {
    /// Whether drafts are built too, for an editor's preview.
    pub drafts: bool,
    /// Called with files done and files in all, from any thread.
    pub progress: Option<&'a (dyn Fn(usize, usize) + Sync)>,
    /// The repository's word, which stands in where front matter has no `updated`.
    pub dates: Option<&'a Dates<'a>>,
    /// Paths that files had before, whose addresses still lead to them.
    pub formers: Option<&'a Formers<'a>>,
    /// Where the text of articles is kept; in memory without one.
    pub attic: Option<&'a Arc<Attic>>,
}

/// The id of an article in a file at this path, unless its front matter says another; none where
/// the path is no article's.
pub fn id_of(path: &str) -> Option<&str> {
    let is_hidden = path.split('/').any(|part| part.starts_with('.')) || path.starts_with("search/");
    let name = path.rsplit('/').next().unwrap_or(path);
    let describes = name == "_index.md" || name == "SUMMARY.md" || roles::id_of(path).is_empty();
    (walk::is_markdown(path) && !is_hidden && !describes).then(|| roles::id_of(path))
}

/// The state of an article whose file holds these bytes.
pub fn revision_of(bytes: &[u8]) -> Revision {
    page::revision_of(bytes)
}

/// Raw contents of the files beside the articles that other rooms read. Empty where there is no file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Lexicon {
    /// `search/dictionary.txt`.
    pub dictionary: String,
    /// `search/synonyms.txt`.
    pub synonyms: String,
    /// `search/judgments.toml`.
    pub judgments: String,
}

/// A folder as it was read.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// Articles, categories and settings.
    pub library: Arc<Library>,
    /// Every problem, ordered by path and line.
    pub problems: Vec<Problem>,
    /// Pictures, ordered by path.
    pub pictures: Vec<Picture>,
    /// Files for the search.
    pub lexicon: Lexicon,
    /// What became of the Markdown files.
    pub counts: Counts,
    /// Parsed files, to be used again while they do not change.
    files: HashMap<String, Arc<Page>>,
    /// When the load began: files younger than this may change within one tick of their clock.
    began: SystemTime,
}

/// Reads a folder. Whatever is wrong inside becomes a problem; with `previous`, files whose size and
/// time are the same are not parsed again.
///
/// # Errors
/// When the folder as a whole is missing or unreadable, or is taken away while it is read.
pub fn load(folder: &Path, options: &LoadOptions<'_>, previous: Option<&Loaded>) -> Result<Loaded, Error> {
    /// A deployment exchanges the folder once; more often than this is no deployment.
    const TRIES: usize = 3;
    let gone = |source| Error::Folder { folder: folder.to_owned(), source };
    for _ in 0..TRIES {
        let place = Handle::from_path(folder).map_err(gone)?;
        let loaded = load_once(folder, options, previous)?;
        // Half of a folder that went away would be an edition without the other half.
        if Handle::from_path(folder).map_err(gone)? == place {
            return Ok(loaded);
        }
    }
    Err(gone(io::Error::other("it was exchanged again and again while it was read")))
}

fn load_once(folder: &Path, options: &LoadOptions<'_>, previous: Option<&Loaded>) -> Result<Loaded, Error> {
    let began = SystemTime::now();
    let mut walked = walk::walk(folder)?;
    let mut problems = std::mem::take(&mut walked.problems);
    let site = load_settings(folder, &mut problems);
    let lexicon = load_lexicon(folder, &mut problems);
    let pictures = load_pictures(&walked, previous, &mut problems);
    let (pages, parsed) = load_pages(&walked.articles, options, previous);
    let mut assembled = assemble::assemble(site, pages, &pictures, &walked.others, options);
    assembled.counts.parsed = parsed;
    problems.append(&mut assembled.problems);
    problems.sort_by(|a, b| (&a.path, a.line, a.column, a.rule.id).cmp(&(&b.path, b.line, b.column, b.rule.id)));
    Ok(Loaded {
        library: Arc::new(assembled.library),
        problems,
        pictures,
        lexicon,
        counts: assembled.counts,
        files: assembled.pages.into_iter().map(|page| (page.path.clone(), page)).collect(),
        began,
    })
}

/// Clocks of file systems tick as slowly as every two seconds (FAT); a file that changed so shortly
/// before it was read may have changed again with the same time.
const TICK: Duration = Duration::from_secs(2);

fn load_pages(found: &[Found], options: &LoadOptions<'_>, previous: Option<&Loaded>) -> (Vec<Arc<Page>>, usize) {
    let roles = roles::roles(found);
    let total = found.len();
    let (done, parsed) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let pages = found
        .par_iter()
        .zip(roles)
        .map(|(found, role)| {
            let known = previous.and_then(|p| Some((p.files.get(&found.path)?, p.began)));
            let page = match known {
                Some((page, began)) if page.role == role && is_unchanged(page, found, began) => Arc::clone(page),
                _ => {
                    parsed.fetch_add(1, Ordering::Relaxed);
                    Arc::new(page::read(found, role, options.attic))
                }
            };
            if let Some(progress) = options.progress {
                progress(done.fetch_add(1, Ordering::Relaxed) + 1, total);
            }
            page
        })
        .collect();
    (pages, parsed.into_inner())
}

fn is_unchanged(page: &Page, found: &Found, began: SystemTime) -> bool {
    if page.stamp != found.stamp || page.content.is_none() {
        return false;
    }
    let is_settled = found.stamp.modified.is_some_and(|modified| modified + TICK < began);
    is_settled || fs::read(&found.file).is_ok_and(|bytes| page::revision_of(&bytes) == page.revision)
}

fn load_settings(folder: &Path, problems: &mut Vec<Problem>) -> Site {
    let Some(text) = read_text(folder, settings::FILE, Rule::SETTINGS_BAD, problems) else { return Site::default() };
    let (site, found) = settings::parse(&text);
    problems.extend(found);
    site
}

fn load_lexicon(folder: &Path, problems: &mut Vec<Problem>) -> Lexicon {
    let mut read = |path, rule| read_text(folder, path, rule, problems).unwrap_or_default();
    Lexicon {
        dictionary: read("search/dictionary.txt", Rule::DICTIONARY_BAD),
        synonyms: read("search/synonyms.txt", Rule::SYNONYMS_BAD),
        judgments: read("search/judgments.toml", Rule::JUDGMENTS_BAD),
    }
}

/// A text beside the articles; none when there is no such file, or it cannot be read, which is told.
fn read_text(folder: &Path, path: &str, rule: Rule, problems: &mut Vec<Problem>) -> Option<String> {
    let inside = folder.canonicalize().ok()?;
    let file = match folder.join(path).canonicalize() {
        Ok(file) if file.starts_with(&inside) => file,
        Ok(_) => {
            let message = format!("符号链接「{path}」指向文章文件夹之外，未跟随。");
            problems.push(Problem::new(Rule::FILE_OUTSIDE, path, 0, message));
            return None;
        }
        Err(_) => return None,
    };
    match fs::read(file).map(source::decode) {
        Ok(Ok(text)) => Some(text),
        Ok(Err(bad)) => {
            let message = format!("第 {} 行有不是 UTF-8 的字节，整个文件未采用。", bad.line);
            problems.push(Problem::new(rule, path, bad.line, message).hint(bad.hint()));
            None
        }
        Err(_) => {
            problems.push(Problem::new(rule, path, 0, "文件无法读取。").hint("检查文件和权限。"));
            None
        }
    }
}

fn load_pictures(walked: &Walked, previous: Option<&Loaded>, problems: &mut Vec<Problem>) -> Vec<Picture> {
    let known: HashMap<&str, &Picture> =
        previous.iter().flat_map(|p| &p.pictures).map(|picture| (picture.path.as_str(), picture)).collect();
    let read: Vec<Result<Picture, Box<Problem>>> =
        walked.pictures.par_iter().map(|found| picture(found, &known)).collect();
    let mut pictures = Vec::with_capacity(read.len());
    for result in read {
        match result {
            Ok(picture) => pictures.push(picture),
            Err(problem) => problems.push(*problem),
        }
    }
    pictures
}

fn picture(found: &Found, known: &HashMap<&str, &Picture>) -> Result<Picture, Box<Problem>> {
    let same =
        |p: &&&Picture| p.bytes == found.stamp.bytes && p.modified.is_some() && p.modified == found.stamp.modified;
    if let Some(picture) = known.get(found.path.as_str()).filter(same) {
        return Ok(Picture::clone(picture));
    }
    if found.stamp.bytes > crate::domain::PICTURE_BYTES_MAX {
        let message = format!("图片超过 {} MiB，不提供。", crate::domain::PICTURE_BYTES_MAX / 1024 / 1024);
        return Err(Problem::new(Rule::FILE_TOO_LARGE, &found.path, 0, message).hint("压缩后再放进来。").into());
    }
    let mime = pictures::mime(&found.path).unwrap_or("application/octet-stream");
    pictures::inspect(&found.file, &found.path, mime, found.stamp.bytes, found.stamp.modified).map_err(|_| {
        Problem::new(Rule::FILE_UNREADABLE, &found.path, 0, "图片无法读取。").hint("检查文件和权限。").into()
    })
}

#[cfg(test)]
mod tests;
