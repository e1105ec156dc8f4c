//! What each file is for, which depends on its neighbours.

use std::collections::HashSet;

use super::page::Role;
use super::walk::Found;

/// Decides for every file, in the same order.
///
/// `_index.md` describes its folder. So do `index.md` and `README.md` where the folder has articles;
/// where they are all there is, they are an article themselves (Hugo and VitePress keep an article
/// with its pictures in a folder of its own).
pub(super) fn roles(found: &[Found]) -> Vec<Role> {
    let mut with_articles: HashSet<&str> = HashSet::new();
    for file in found {
        let (folder, name) = split(&file.path);
        if !is_index(name) && name != "_index.md" {
            mark(&mut with_articles, folder);
        }
    }
    let mut indexes: Vec<&str> = found.iter().map(|f| f.path.as_str()).filter(|p| is_index(split(p).1)).collect();
    indexes.sort_by_key(|path| std::cmp::Reverse(path.matches('/').count()));
    let mut alone: HashSet<&str> = HashSet::new();
    for path in indexes {
        let (folder, _) = split(path);
        if !folder.is_empty() && !with_articles.contains(folder) {
            alone.insert(path);
            mark(&mut with_articles, split(folder).0);
        }
    }
    found
        .iter()
        .map(|file| {
            let (folder, name) = split(&file.path);
            if name == "_index.md" || is_index(name) && !alone.contains(file.path.as_str()) {
                return Role::Category(folder.to_owned());
            }
            if is_index(name) {
                return Role::Article(folder.to_owned(), split(folder).0.to_owned());
            }
            let id = file.path.rsplit_once('.').map_or(file.path.as_str(), |(id, _)| id);
            Role::Article(id.to_owned(), folder.to_owned())
        })
        .collect()
}

/// The id that a file at this path has, where it is an article and says nothing else.
pub(super) fn id_of(path: &str) -> &str {
    let (folder, name) = split(path);
    if is_index(name) { folder } else { path.rsplit_once('.').map_or(path, |(id, _)| id) }
}

fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

fn is_index(name: &str) -> bool {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    stem.eq_ignore_ascii_case("index") || stem.eq_ignore_ascii_case("readme")
}

fn mark<'a>(folders: &mut HashSet<&'a str>, folder: &'a str) {
    let mut folder = folder;
    while !folder.is_empty() && folders.insert(folder) {
        folder = split(folder).0;
    }
}
