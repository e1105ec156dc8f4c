//! The languages of what editors write, beside that of the interface: how near a text is to a reader,
//! what its language is called, and how settings say something in another language.

use std::sync::Arc;

use super::texts::Ui;
use crate::domain::{Article, Lang, Library, Site};

/// Languages by their own names, beside those of the interface.
const NAMES: [(&str, &str); 20] = [
    ("ar", "العربية"),
    ("bn", "বাংলা"),
    ("de", "Deutsch"),
    ("es", "Español"),
    ("fa", "فارسی"),
    ("fr", "Français"),
    ("hi", "हिन्दी"),
    ("id", "Bahasa Indonesia"),
    ("it", "Italiano"),
    ("ja", "日本語"),
    ("ko", "한국어"),
    ("ms", "Bahasa Melayu"),
    ("nl", "Nederlands"),
    ("pl", "Polski"),
    ("pt", "Português"),
    ("ru", "Русский"),
    ("th", "ไทย"),
    ("tr", "Türkçe"),
    ("uk", "Українська"),
    ("vi", "Tiếng Việt"),
];

/// A language by its own name; its tag where we know none.
pub fn name(tag: &str) -> String {
    if let Some(ui) = Ui::parse(tag) {
        return ui.name().to_owned();
    }
    let primary = tag.split('-').next().unwrap_or_default();
    let known = NAMES.iter().find(|(tag, _)| *tag == primary);
    known.map_or_else(|| tag.to_owned(), |(_, name)| (*name).to_owned())
}

/// How far a text is from a reader: in their language, in the other script of Chinese, in another.
fn distance(ui: Ui, lang: &Lang) -> u8 {
    let is_chinese = matches!(ui, Ui::Hans | Ui::Hant);
    if speaks(ui, lang.as_str()) {
        0
    } else if is_chinese && lang.is_chinese() {
        1
    } else {
        2
    }
}

/// Whether a language is that of the interface.
pub fn speaks(ui: Ui, tag: &str) -> bool {
    Ui::parse(tag) == Some(ui)
}

/// The version of an article that its reader understands best.
pub fn nearest<'a>(ui: Ui, library: &'a Library, article: &'a Arc<Article>) -> &'a Arc<Article> {
    library.nearest(article, |lang| distance(ui, lang))
}

/// What the settings say, in the reader's language where they say it in that.
pub fn say<'a>(ui: Ui, site: &'a Site, text: &'a str) -> &'a str {
    let mut tables = site.translations.iter().filter(|(lang, _)| speaks(ui, lang.as_str()));
    tables.find_map(|(_, texts)| texts.get(text.trim())).map_or(text, String::as_str)
}

/// The language of what [`say`] gave: that of the interface, or the one that editors write in.
pub fn said_in<'a>(ui: Ui, site: &'a Site, said: &str) -> &'a str {
    let own = site.languages.first().map_or("zh-CN", Lang::as_str);
    let mut tables = site.translations.iter().filter(|(lang, _)| speaks(ui, lang.as_str()));
    let is_said = tables.any(|(_, texts)| texts.values().any(|text| text == said));
    if is_said { ui.tag() } else { own }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_called_by_their_own_names() {
        let check = |tag: &str, expected: &str| assert_eq!(name(tag), expected);
        check("en", "English");
        check("en-GB", "English");
        check("zh-TW", "繁體中文");
        check("ja", "日本語");
        check("pt-BR", "Português");
        // Nobody knows all of them.
        check("tlh", "tlh");
    }

    #[test]
    fn a_reader_of_one_chinese_script_is_nearer_to_the_other_than_to_english() {
        let lang = |tag| Lang::parse(tag).unwrap();
        let far = |ui, tag| distance(ui, &lang(tag));
        assert!(far(Ui::Hant, "zh-TW") < far(Ui::Hant, "zh-CN") && far(Ui::Hant, "zh-CN") < far(Ui::Hant, "en"));
        assert_eq!(far(Ui::En, "zh-CN"), far(Ui::En, "ja"));
    }
}
