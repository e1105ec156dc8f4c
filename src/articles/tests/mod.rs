//! The room seen from its door: folders in, libraries and problems out.

use std::fs;
use std::path::Path;

use super::{LoadOptions, Loaded, load};
use crate::domain::{Article, ArticleId};

mod folder;
mod front_matter;
mod hostile;
mod markdown;

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        write(folder.path(), path, text);
    }
    folder
}

fn write(folder: &Path, path: &str, text: impl AsRef<[u8]>) {
    let file = folder.join(path);
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

fn load_files(files: &[(&str, &str)]) -> Loaded {
    load(folder(files).path(), &LoadOptions::default(), None).unwrap()
}

fn article<'a>(loaded: &'a Loaded, id: &str) -> &'a Article {
    loaded.library.article(&ArticleId::parse(id).unwrap()).unwrap_or_else(|| panic!("no article {id}"))
}

/// `rule:line:column` of every problem.
fn problems(loaded: &Loaded) -> Vec<String> {
    loaded.problems.iter().map(|p| format!("{}:{}:{}", p.rule.id, p.line, p.column)).collect()
}
