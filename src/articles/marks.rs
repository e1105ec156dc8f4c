//! Links and pictures that wait until all articles are known.
//!
//! Files are parsed alone and in parallel, and kept while they do not change; where a link leads
//! depends on all other files. So the renderer writes `href="wenqu:3"`, and when the library is
//! complete the third mark's address takes its place, or the tag goes and its text stays.

use super::html::{Tag, escape, tags};
use super::links::{self, Target};
use super::sanitise::MARK_SCHEME;
use super::words::Words;
use crate::domain::{Patch, Rule, SafeHtml};

/// A link or picture that waits for its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    /// Where it leads.
    pub target: Target,
    /// Its address as the editor wrote it.
    pub written: String,
    /// Line and column in the file.
    pub place: (usize, usize),
    /// What waits.
    pub kind: MarkKind,
}

/// What kind of tag waits for an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum MarkKind {
    Link,
    Picture,
    /// A picture to which the editor gave a size.
    SizedPicture,
}

const LINK_OPEN: &str = "<a href=\"wenqu:";
const PICTURE_OPEN: &str = "<img src=\"wenqu:";

impl Mark {
    /// What stands in the HTML for the mark at `index`.
    pub fn address(index: usize) -> String {
        format!("{MARK_SCHEME}:{index}")
    }
}

/// What takes a mark's place: attributes of the tag from the address on, ready to print.
pub(super) type Resolved = Option<Box<str>>;

/// What the renderer and editors write around a picture that stands alone.
const FIGURE: &str = "<figure>";

/// The addresses, each with its place; a mark without one loses its tag, and a picture leaves its
/// alternative text. A picture that stands alone can be opened large, without script: it is the head
/// of a fold, and while that is open a second one holds its place in the text.
pub(super) fn patches(html: &str, resolved: &[Resolved], words: &Words) -> Vec<Patch> {
    let mut patches = Vec::with_capacity(resolved.len());
    let mut patch = |from: usize, to: usize, text: &str| {
        let html = SafeHtml::from_sanitised(text.to_owned());
        patches.push(Patch { place: from as u32..to as u32, html });
    };
    let mut at = 0;
    while let Some(found) = html.get(at..).and_then(next_mark) {
        let tag = at + found;
        let rest = html.get(tag..).unwrap_or_default();
        let is_link = rest.starts_with(LINK_OPEN);
        // What is replaced begins with `wenqu:` and ends behind the quotation mark.
        let from = tag + rest.find(MARK_SCHEME).unwrap_or_default();
        let quote = from + html.get(from..).and_then(|rest| rest.find('"')).unwrap_or_default();
        let end = quote + html.get(quote..).and_then(|rest| rest.find('>')).unwrap_or_default();
        let index = html.get(from + MARK_SCHEME.len() + 1..quote).and_then(|index| index.parse::<usize>().ok());
        let address = index.and_then(|index| resolved.get(index)).and_then(Option::as_deref);
        match (address, is_link) {
            (Some(address), true) => patch(from, end, address),
            (Some(address), false) if html.get(..tag).is_some_and(|before| before.ends_with(FIGURE)) => {
                let attributes = html.get(quote + 1..end).unwrap_or_default();
                let words = words.enlarge;
                let picture = format!(
                    "<details class=\"zoom\"><summary><img src=\"{address}{attributes}>\
                     <span class=\"hide\">{words}</span></summary>\
                     <img src=\"{address} alt=\"\" loading=\"lazy\"></details>"
                );
                patch(tag, end + 1, &picture);
            }
            (Some(address), false) => patch(from, quote + 1, address),
            (None, true) => {
                patch(tag, end + 1, "");
                if let Some(close) = html.get(end..).and_then(|rest| rest.find("</a>")) {
                    patch(end + close, end + close + "</a>".len(), "");
                }
            }
            (None, false) => {
                let attributes = html.get(quote..end).unwrap_or_default();
                let alt = attributes.split_once("alt=\"").and_then(|(_, alt)| alt.split_once('"'));
                patch(tag, end + 1, alt.map_or("", |(alt, _)| alt));
            }
        }
        at = end;
    }
    // A picture inside a dead link comes before its end.
    patches.sort_by_key(|patch| patch.place.start);
    patches
}

fn next_mark(html: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let end = from + html.get(from..)?.find("=\"wenqu:")? + "=\"wenqu:".len();
        let before = html.get(..end)?;
        let opening = [LINK_OPEN, PICTURE_OPEN].into_iter().find(|open| before.ends_with(open));
        if let Some(opening) = opening {
            return Some(end - opening.len());
        }
        from = end;
    }
}

/// Brings links and pictures of sanitised raw HTML into the form of the renderer's own.
///
/// `html` has been sanitised, so its tags are well formed; addresses have an allowed scheme or none.
pub(super) fn adopt(html: &str, marks: &mut Vec<Mark>, words: &Words, tell: &mut Tell<'_, '_>) -> String {
    let mut out = String::with_capacity(html.len() + 64);
    let mut from = 0;
    for tag in tags(html) {
        let written = match (tag.name, tag.closing) {
            ("a", false) => adopt_link(tag, marks, tell),
            ("img", false) => Some(adopt_picture(tag, marks, words, tell)),
            ("input", false) if tag.attribute("type").is_none() => Some(String::new()),
            _ => None,
        };
        if let Some(written) = written {
            out.push_str(html.get(from..tag.start).unwrap_or_default());
            out.push_str(&written);
            from = tag.end;
        }
    }
    out.push_str(html.get(from..).unwrap_or_default());
    out
}

/// Where problems of raw HTML go, and how their place is found.
pub(super) struct Tell<'a, 'f> {
    pub source: &'a super::source::Source<'a>,
    pub faults: &'a mut super::source::Faults<'f>,
}

impl Tell<'_, '_> {
    fn place(&self, written: &str) -> (usize, usize) {
        self.source.text().find(written).map_or((0, 0), |at| self.source.place(at, written))
    }
}

fn adopt_link(tag: Tag<'_>, marks: &mut Vec<Mark>, tell: &Tell<'_, '_>) -> Option<String> {
    let written = tag.attribute("href")?;
    let id = tag.attribute("id").map_or_else(String::new, |id| format!(" id=\"{}\"", escape(&id)));
    let own = written.strip_prefix("wenqu:").is_some_and(|n| n.parse::<usize>().is_ok_and(|n| n < marks.len()));
    if own || tag.attribute("class").is_some_and(|class| class.starts_with("footnote")) || written.starts_with("#fn-") {
        return None;
    }
    Some(match links::parse(&written) {
        Target::External(url) => {
            format!("<a href=\"{}\" class=\"external\" rel=\"noopener nofollow\"{id}>", escape(&url))
        }
        Target::Forbidden => format!("<a{id}>"),
        target => {
            let place = tell.place(&written);
            marks.push(Mark { target, written, place, kind: MarkKind::Link });
            // What is patched wants nothing behind the address; an id goes on a place of its own.
            let place = if id.is_empty() { id } else { format!("<span{id}></span>") };
            format!("{place}<a href=\"{}\">", Mark::address(marks.len() - 1))
        }
    })
}

fn adopt_picture(tag: Tag<'_>, marks: &mut Vec<Mark>, words: &Words, tell: &mut Tell<'_, '_>) -> String {
    let alt = tag.attribute("alt").unwrap_or_default();
    let Some(written) = tag.attribute("src") else { return escape(&alt) };
    if written.starts_with("wenqu:") && tag.attribute("loading").is_some() {
        // Our own, written again: the sanitiser keeps the order but not our escapes.
        let title = tag.attribute("title").map_or_else(String::new, |t| format!(" title=\"{}\"", escape(&t)));
        let alt = escape(&alt);
        return format!("<img src=\"{}\" alt=\"{alt}\"{title} loading=\"lazy\">", escape(&written));
    }
    let place = tell.place(&written);
    if alt.trim().is_empty() {
        let message = format!("图片「{}」没有替代文字。", super::front::shorten(&written));
        tell.faults.push(Rule::PICTURE_ALT, place, message, "写上 `alt`，看不见图的读者和搜索都靠它。");
    }
    match links::parse(&written) {
        Target::External(url) => {
            let message = format!("外站图片「{}」不会显示，已改为文字。", super::front::shorten(&url));
            tell.faults.push(Rule::MARKUP_UNKNOWN, place, message, "把图片放进文章旁的 images 文件夹。");
            let name = if alt.is_empty() { words.picture } else { &alt };
            escape(name)
        }
        Target::Forbidden => escape(&alt),
        target => {
            let size = |name: &str| {
                let value = tag.attribute(name).filter(|v| v.bytes().all(|b| b.is_ascii_digit()) && !v.is_empty());
                value.map_or_else(String::new, |v| format!(" {name}=\"{v}\""))
            };
            let (width, height) = (size("width"), size("height"));
            let is_sized = !(width.is_empty() && height.is_empty());
            let kind = if is_sized { MarkKind::SizedPicture } else { MarkKind::Picture };
            marks.push(Mark { target, written, place, kind });
            let mark = Mark::address(marks.len() - 1);
            format!("<img src=\"{mark}\" alt=\"{}\"{width}{height} loading=\"lazy\">", escape(&alt))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Body;

    #[test]
    fn marks_become_addresses_or_vanish() {
        let html = "a<a href=\"wenqu:0\">b</a>c<a href=\"wenqu:1\">d<img src=\"wenqu:2\" alt=\"e\"></a>\
                    <img src=\"wenqu:3\" alt=\"f\" loading=\"lazy\"><i title=\"=&quot;wenqu:0\">g</i>";
        let some = |text: &str| Some(text.into());
        let words = Words::of(&crate::domain::Lang::default());
        let body = Body::new("", &SafeHtml::from_sanitised(html.to_owned()), &[""; 0]);
        let out =
            body.patched(patches(html, &[some("/x\""), None, some("/y\" width=\"1\""), None], words)).open().html();
        let out = out.as_str();
        assert_eq!(
            out,
            "a<a href=\"/x\">b</a>cd<img src=\"/y\" width=\"1\" alt=\"e\">f<i title=\"=&quot;wenqu:0\">g</i>"
        );
    }
}
