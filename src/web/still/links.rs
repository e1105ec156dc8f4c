//! Which file stands for which address, and how pages name it from where they lie: relative, so that
//! the folder works wherever it is put.

use crate::domain::Site;
use crate::web::texts::Ui;
use crate::web::url::{self, Fields};

/// The address that stands for the index; no server answers there.
pub const INDEX: &str = "/search-index.js";

/// Attributes that hold addresses.
const ATTRIBUTES: [&str; 4] = [" href=\"/", " src=\"/", " action=\"/", " data-index=\"/"];

/// A file of the site, and how the server is asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Language of the interface.
    pub ui: Ui,
    /// Path on the server.
    pub address: String,
    /// Path of the file, not encoded.
    pub file: String,
}

impl Place {
    /// Whether it is a page, whose links are to be rewritten.
    pub fn is_page(&self) -> bool {
        has_ending(&self.file, "html")
    }
}

/// Where the files of one site lie.
#[derive(Debug)]
pub struct Places {
    languages: Vec<Ui>,
}

impl Places {
    /// For a site: its first language at the top, each other in a folder of its own.
    pub fn of(site: &Site) -> Self {
        Self { languages: super::offered(site) }
    }

    /// The languages.
    pub fn languages(&self) -> impl Iterator<Item = Ui> + '_ {
        self.languages.iter().copied()
    }

    /// The file for an address on a page in a language; none where there is to be none.
    pub fn find(&self, ui: Ui, address: &str) -> Option<Place> {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let query = query.replace("&amp;", "&");
        let chosen = Ui::parse(Fields::parse(query.as_bytes()).get("ui")).filter(|ui| self.languages.contains(ui));
        let ui = chosen.unwrap_or(ui);
        let folder = if self.languages.first() == Some(&ui) { String::new() } else { format!("{}/", ui.tag()) };
        let plain = url::decode(path);
        let name = plain.strip_prefix('/')?;
        let (first, rest) = name.split_once('/').unwrap_or((name, ""));
        let file = match (first, rest) {
            ("", "") => format!("{folder}index.html"),
            ("search" | "contact" | "official", "") => format!("{folder}{first}.html"),
            ("atom.xml" | "search-index.js", "") => first.to_owned(),
            ("static" | "media", rest) if !rest.is_empty() => name.to_owned(),
            ("articles", rest) if has_ending(rest, "md") => name.to_owned(),
            ("articles" | "categories", rest) if !rest.is_empty() => format!("{folder}{name}.html"),
            // A tag may hold what a file's name cannot.
            ("tags", rest) if !rest.is_empty() => {
                format!("{folder}tags/{}.html", rest.replace(['/', '\\', ':', '*', '?', '"', '<', '>', '|'], "-"))
            }
            _ => return None,
        };
        Some(Place { ui, address: path.to_owned(), file })
    }
}

fn has_ending(name: &str, ending: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, e)| e == ending)
}

/// A page with its addresses made relative, and the files they lead to. An address without a file
/// stays as it is.
pub fn relink(html: &str, page: &Place, places: &Places) -> (String, Vec<Place>) {
    let up = "../".repeat(page.file.matches('/').count());
    let mut out = String::with_capacity(html.len() + html.len() / 8);
    let mut found = Vec::new();
    let mut rest = html;
    while let Some((at, attribute)) = next(rest) {
        let start = at + attribute.len() - 1;
        let (before, after) = rest.split_at(start);
        let (address, _) = after.split_once('"').unwrap_or((after, ""));
        out.push_str(before);
        let (path, fragment) =
            address.split_once('#').map_or((address, ""), |(path, _)| (path, &address[path.len()..]));
        match places.find(page.ui, path) {
            Some(place) => {
                out.push_str(&up);
                out.push_str(&url::path(&place.file));
                // Only the search reads what is asked.
                if let Some((_, query)) = path.split_once('?').filter(|_| place.file.ends_with("search.html")) {
                    let kept: Vec<&str> = query.split('&').filter(|f| f.starts_with("q=")).collect();
                    if !kept.is_empty() {
                        out.push('?');
                        out.push_str(&kept.join("&"));
                    }
                }
                out.push_str(fragment);
                found.push(place);
            }
            None => out.push_str(address),
        }
        rest = &after[address.len()..];
    }
    out.push_str(rest);
    (out, found)
}

/// The next address of ours; `//` begins one of others.
fn next(html: &str) -> Option<(usize, &'static str)> {
    let starts = ATTRIBUTES.iter().filter_map(|attribute| Some((html.find(attribute)?, *attribute)));
    starts.min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Lang;

    fn places() -> Places {
        let languages = ["zh-CN", "en"].iter().filter_map(|tag| Lang::parse(tag)).collect();
        Places::of(&Site { languages, ..Site::default() })
    }

    #[test]
    fn addresses_have_their_files() {
        let check = |address: &str, file: Option<&str>| {
            assert_eq!(places().find(Ui::En, address).map(|p| p.file).as_deref(), file, "{address}");
        };
        check("/", Some("en/index.html"));
        check("/?ui=zh-CN", Some("index.html"));
        check("/articles/a/%E7%94%B2", Some("en/articles/a/甲.html"));
        check("/articles/a.md", Some("articles/a.md"));
        check("/tags/a%2Fb", Some("en/tags/a-b.html"));
        check("/media/a/p.svg?v=1", Some("media/a/p.svg"));
        // A language that the site does not offer.
        check("/contact?ui=zh-TW", Some("en/contact.html"));
        check("/review", None);
        check("/api/v1/suggest", None);
    }

    #[test]
    fn addresses_become_relative_and_others_stay() {
        let page = places().find(Ui::Hans, "/articles/a/b").unwrap();
        let html = "<a href=\"/articles/a/c?from=1#x\">=\"/no\"</a><img src=\"/media/p.svg?v=1\"><a href=\"/search?q=%E7%94%B2&amp;page=2\"></a>\
                    <a href=\"https://example.com/\"></a><a href=\"/\"></a><a href=\"/review\"></a>";
        let (out, found) = relink(html, &page, &places());
        assert_eq!(
            out,
            "<a href=\"../../articles/a/c.html#x\">=\"/no\"</a><img src=\"../../media/p.svg\"><a href=\"../../search.html?q=%E7%94%B2\"></a>\
             <a href=\"https://example.com/\"></a><a href=\"../../index.html\"></a><a href=\"/review\"></a>"
        );
        assert_eq!(found.len(), 4);
    }
}
