//! A name for everything that readers see of an edition: it changes whenever that does.

use crate::articles::Loaded;

/// A digest of everything an edition shows: articles by id and revision, settings, pictures and
/// the editors' words.
pub(super) fn of(loaded: &Loaded, words: &(String, String)) -> String {
    use std::fmt::Write;
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    // Eight bytes a step: an editor is waiting.
    let mut eat = |bytes: &[u8]| {
        for word in bytes.chunks(8).chain([bytes.len().to_le_bytes().as_slice()]) {
            let word = word.iter().rev().fold(0u64, |word, byte| word << 8 | u64::from(*byte));
            hash = (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
        }
    };
    let library = &loaded.library;
    for article in library.articles() {
        eat(article.id.as_str().as_bytes());
        eat(&article.revision.0.to_le_bytes());
        // The HTML follows from the file, but for where its links lead.
        for patch in article.body.patches() {
            eat(patch.html.as_str().as_bytes());
        }
        // The repository's word on these is in no file.
        if let Some(day) = article.updated {
            eat(&day.year().to_le_bytes());
            eat(&day.day_of_year().to_le_bytes());
        }
        for alias in &article.aliases {
            eat(alias.as_str().as_bytes());
        }
    }
    for category in library.categories() {
        eat(category.id.as_str().as_bytes());
        eat(category.title.as_bytes());
        eat(category.description.as_bytes());
        eat(category.icon.as_bytes());
        eat(&category.weight.to_le_bytes());
        eat(category.html.as_str().as_bytes());
    }
    for picture in &loaded.pictures {
        eat(picture.path.as_bytes());
        eat(picture.version.as_bytes());
    }
    eat(format!("{:?}", library.site).as_bytes());
    eat(words.0.as_bytes());
    eat(words.1.as_bytes());
    eat(env!("CARGO_PKG_VERSION").as_bytes());
    let mut version = String::with_capacity(16);
    let _ = write!(version, "{hash:016x}");
    version
}
