//! Where links lead, once every file is known.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::anchors::github_slug;
use super::front::shorten;
use super::html::{escape, put};
use super::keys::distance;
use super::links::{self, Target, encode};
use super::marks::{Mark, MarkKind, Resolved};
use super::page::{Content, Page, Role};
use super::pictures::Picture;
use super::source::{DIRECTIVE, Faults};
use crate::domain::{ArticleId, CategoryId, Rule};

/// Everything a link can lead to.
pub(super) struct Places<'a> {
    /// Pages that are served, by path.
    pub files: HashMap<&'a str, &'a Page>,
    /// Articles that are served, by id.
    pub ids: HashMap<&'a ArticleId, &'a Page>,
    /// Old addresses.
    pub aliases: HashMap<ArticleId, &'a Page>,
    pub categories: HashSet<CategoryId>,
    pub pictures: HashMap<&'a str, &'a Picture>,
    /// Files that are there but not served, and why.
    pub withheld: HashMap<&'a str, &'static str>,
    /// Other files of the folder.
    pub others: &'a HashSet<String>,
    /// Paths by lower-case file name, made when the first broken link asks.
    pub names: OnceLock<HashMap<String, Vec<&'a str>>>,
    /// Paths by what other tools make of them in addresses, made when a link needs it.
    pub addresses: OnceLock<HashMap<String, &'a str>>,
    /// Searches for a similar name that are still made; each looks at every name.
    pub searches: AtomicUsize,
}

/// How many broken links are compared with all names: enough for an editor's slips, too few for a
/// folder that was copied without half of its files to delay the start.
pub(super) const SEARCHES_MAX: usize = 200;

/// Addresses of the site that are no articles.
const SITE: &[&str] = &["", "search", "contact", "official", "suggestions", "atom.xml"];

/// What a path leads to.
enum Place<'a> {
    Article(&'a Content),
    Category(String),
    Picture(&'a Picture),
    Site(String),
    Withheld(&'static str),
    Nowhere,
}

impl<'a> Places<'a> {
    /// The addresses of a page's marks; what is broken is told.
    pub fn resolve(&self, page: &Page, content: &Content, faults: &mut Faults<'_>) -> Vec<Resolved> {
        let resolve = |mark: &Mark| match mark.kind {
            MarkKind::Link => self.link(page, content, mark, faults),
            MarkKind::Picture | MarkKind::SizedPicture => self.picture(page, mark, faults),
        };
        content.marks.iter().map(resolve).collect()
    }

    fn link(&self, page: &Page, content: &Content, mark: &Mark, faults: &mut Faults<'_>) -> Resolved {
        let (path, anchor) = match &mark.target {
            Target::Here(anchor) => ("", anchor),
            Target::Inner { path, anchor } => (path.as_str(), anchor),
            Target::External(_) | Target::Forbidden => return None,
        };
        if path.is_empty() && anchor.is_empty() {
            let message = "这个链接没有地址，已显示为普通文字。";
            faults.push(Rule::LINK_BROKEN, mark.place, message, "补上地址，或去掉链接。");
            return None;
        }
        if path.is_empty() {
            let anchor = section(content, anchor, mark, "本文", faults);
            return anchor.map(|anchor| finish(if anchor.is_empty() { "#top" } else { &anchor }));
        }
        match self.find(page, path) {
            Place::Article(target) => {
                let title = format!("《{}》", target.article.title);
                let anchor = section(target, anchor, mark, &title, faults).unwrap_or_default();
                Some(finish(&format!("{}{anchor}", encode(&target.article.url()))))
            }
            Place::Category(id) => Some(finish(&format!("/categories/{}", encode(&id)))),
            Place::Picture(picture) => Some(finish(&address(picture))),
            Place::Site(path) => Some(finish(&path)),
            Place::Withheld(why) => {
                let message = format!("链接「{}」{why}，已显示为普通文字。", shorten(&mark.written));
                faults.push(Rule::LINK_BROKEN, mark.place, message, "改成别的链接，或去掉它。");
                None
            }
            Place::Nowhere => {
                let message = format!("链接「{}」指向的文章不存在，已显示为普通文字。", shorten(&mark.written));
                let hint = self.hint(path).unwrap_or_else(|| "检查路径；编号是文章在文件夹里的路径。".to_owned());
                faults.push(Rule::LINK_BROKEN, mark.place, message, &hint);
                None
            }
        }
    }

    fn picture(&self, page: &Page, mark: &Mark, faults: &mut Faults<'_>) -> Resolved {
        if let Target::Inner { path, .. } = &mark.target
            && let Place::Picture(picture) = self.find(page, path)
        {
            let mut text = finish(&address(picture)).into_string();
            if let Some((width, height)) = picture.dimensions.filter(|_| mark.kind == MarkKind::Picture) {
                put(&mut text, format_args!(" width=\"{width}\" height=\"{height}\""));
            }
            return Some(text.into());
        }
        let message = format!("图片「{}」不存在，已用替代文字代替。", shorten(&mark.written));
        let hint = match &mark.target {
            Target::Inner { path, .. } => self.hint(path),
            _ => None,
        };
        let hint =
            hint.unwrap_or_else(|| "检查路径和扩展名；可用的图片是 svg、png、jpg、gif、webp、avif、ico。".to_owned());
        faults.push(Rule::PICTURE_BROKEN, mark.place, message, &hint);
        None
    }

    fn find(&self, page: &Page, path: &str) -> Place<'a> {
        // A name alone, as in `[[note]]` and Hugo's `ref`, is looked for everywhere.
        let (path, is_name) = path.strip_prefix(DIRECTIVE).map_or((path, false), |path| (path, true));
        if let Some(rest) = path.strip_prefix('/') {
            let rest = rest.trim_end_matches('/');
            if SITE.contains(&rest) {
                return Place::Site(format!("/{rest}"));
            }
            if let Some(id) = rest.strip_prefix("articles/")
                && let Some(found) = self.by_id(id)
            {
                return found;
            }
            if let Some(id) = rest.strip_prefix("categories/")
                && CategoryId::parse(id).is_ok_and(|id| self.categories.contains(&id))
            {
                return Place::Category(id.to_owned());
            }
            if let Some(picture) = rest.strip_prefix("media/").and_then(|p| self.pictures.get(p)) {
                return Place::Picture(picture);
            }
        }
        let folder = page.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let near = links::join(folder, path);
        let far = || links::join("", path).filter(|_| !folder.is_empty());
        near.as_deref()
            .and_then(|path| self.by_path(path))
            // Old sites write paths from the top without a slash.
            .or_else(|| self.by_path(&far()?))
            .or_else(|| if is_name { self.by_name(path) } else { None })
            .or_else(|| self.by_address(page, path))
            .unwrap_or(Place::Nowhere)
    }

    /// The one file of this name, wherever it lies.
    fn by_name(&self, path: &str) -> Option<Place<'a>> {
        let name = path.trim_end_matches('/').rsplit('/').next()?.to_lowercase();
        let names = self.names();
        let found = ["", ".md", ".mdx", ".markdown"].iter().find_map(|end| names.get(&format!("{name}{end}")))?;
        match found.as_slice() {
            [one] => self.by_path(one),
            _ => None,
        }
    }

    /// What other tools serve at this address: files of `public/` and `static/` from the top, pages as
    /// folders (`../other/`), names without the numbers that order them.
    fn by_address(&self, page: &Page, path: &str) -> Option<Place<'a>> {
        let rest = ["@site/", "~@/", "@/", "pathname:///"].iter().find_map(|alias| path.strip_prefix(alias));
        let top = rest.or_else(|| path.strip_prefix('/'));
        if let Some(top) = top {
            let tops = ["", "public/", "static/", "docs/", "content/"];
            let found = tops.iter().find_map(|folder| self.by_path(&links::join("", &format!("{folder}{top}"))?));
            if found.is_some() {
                return found;
            }
        }
        let as_folder = links::join(page.path.rsplit_once('.')?.0, path);
        if let Some(found) = as_folder.as_deref().and_then(|path| self.by_path(path)) {
            return Some(found);
        }
        let addresses = self.addresses.get_or_init(|| {
            let with_numbers = self.files.keys().filter(|path| path.contains(|c: char| c.is_ascii_digit()));
            with_numbers.map(|path| (without_numbers(path), *path)).collect()
        });
        let folder = page.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let wanted = [links::join(folder, path), as_folder].into_iter().flatten();
        wanted.into_iter().find_map(|path| self.by_path(addresses.get(&without_numbers(&path))?))
    }

    fn by_path(&self, path: &str) -> Option<Place<'a>> {
        if let Some(picture) = self.pictures.get(path) {
            return Some(Place::Picture(picture));
        }
        let bare = path.strip_suffix(".html").unwrap_or(path);
        let endings = ["", ".md", ".markdown", ".mdx", "/_index.md", "/index.md", "/README.md"];
        let candidates = endings.iter().map(|ending| format!("{bare}{ending}"));
        for candidate in candidates {
            let candidate = candidate.trim_start_matches('/');
            if let Some(page) = self.files.get(candidate) {
                return page_place(page);
            }
            if let Some(why) = self.withheld.get(candidate) {
                return Some(Place::Withheld(why));
            }
        }
        let id = bare.trim_end_matches(".md");
        if let Some(found) = self.by_id(id) {
            return Some(found);
        }
        if CategoryId::parse(bare).is_ok_and(|id| self.categories.contains(&id)) {
            return Some(Place::Category(bare.to_owned()));
        }
        self.others.contains(path).then_some(Place::Withheld("指向的文件类型不在网站上提供"))
    }

    fn by_id(&self, id: &str) -> Option<Place<'a>> {
        let id = ArticleId::parse(id.trim_end_matches(".md")).ok()?;
        page_place(self.ids.get(&id).or_else(|| self.aliases.get(&id))?)
    }

    fn names(&self) -> &HashMap<String, Vec<&'a str>> {
        self.names.get_or_init(|| {
            let mut names: HashMap<String, Vec<&str>> = HashMap::new();
            for path in self.files.keys().chain(self.pictures.keys()) {
                let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
                names.entry(name).or_default().push(path);
            }
            for paths in names.values_mut() {
                paths.sort_unstable();
            }
            names
        })
    }

    /// The id that `related` means, aliases followed.
    pub fn canonical(&self, id: &ArticleId) -> Option<&'a ArticleId> {
        let page = self.ids.get(id).or_else(|| self.aliases.get(id))?;
        page.content.as_ref().map(|content| &content.article.id)
    }

    /// A file that the broken path may have meant.
    pub fn hint(&self, path: &str) -> Option<String> {
        let names = self.names();
        let name = path.trim_start_matches(DIRECTIVE).trim_end_matches('/').rsplit('/').next()?.to_lowercase();
        let exact = names.get(&name).or_else(|| names.get(&format!("{name}.md")));
        if let Some(paths) = exact {
            return paths.first().map(|path| format!("是不是 `/{path}`？"));
        }
        let take_one = |left: usize| left.checked_sub(1);
        let may_search = self.searches.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take_one).is_ok();
        if name.chars().count() < 4 || !may_search {
            return None;
        }
        let bare = name.trim_end_matches(".md");
        let near = names.iter().filter(|(n, _)| distance(n.trim_end_matches(".md"), bare) <= 2);
        near.min_by_key(|(n, _)| n.as_str())
            .and_then(|(_, paths)| paths.first())
            .map(|path| format!("是不是 `/{path}`？"))
    }
}

/// `01-guide/02-start.md` is served as `guide/start` by tools that order files by numbers.
fn without_numbers(path: &str) -> String {
    let path = [".md", ".mdx", ".markdown"].iter().find_map(|end| path.strip_suffix(end)).unwrap_or(path);
    let bare = |part: &str| {
        let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
        let rest = if rest.len() < part.len() { rest.strip_prefix(['-', '_', '.']).unwrap_or(part) } else { part };
        rest.trim_start().to_owned()
    };
    path.split('/').map(bare).collect::<Vec<String>>().join("/")
}

/// The heading that MkDocs names `_1`, `_2`: those without a word of ASCII, counted with the title.
fn numbered<'t>(target: &'t Content, wanted: &str) -> Option<&'t str> {
    let number: usize = wanted.strip_prefix('_')?.parse().ok()?;
    let bare = |title: &str| !title.contains(|c: char| c.is_ascii_alphanumeric());
    let title = (target.title_anchor.is_some() && bare(&target.article.title)).then_some("");
    let headings = target.article.headings.iter().filter(|h| bare(&h.title)).map(|h| h.anchor.as_str());
    title.into_iter().chain(headings).nth(number.checked_sub(1)?)
}

/// `#name` of a section; none when there is no such section.
fn section(target: &Content, wanted: &str, mark: &Mark, whose: &str, faults: &mut Faults<'_>) -> Option<String> {
    if wanted.is_empty() || wanted == "top" {
        return Some(String::new()).filter(|_| wanted.is_empty()).or_else(|| Some("#top".to_owned()));
    }
    let headings = &target.article.headings;
    let exact = headings.iter().find(|h| h.anchor == wanted).map(|h| h.anchor.as_str());
    let raw = || target.anchors.iter().find(|a| *a == wanted).map(String::as_str);
    // Other tools name sections otherwise; their links are as good.
    let foreign = || {
        let wanted = wanted.to_lowercase();
        let same = |title: &str| github_slug(title) == wanted || super::anchors::slug(title) == wanted;
        let found = headings.iter().find(|h| h.anchor.to_lowercase() == wanted || same(&h.title));
        // The title is a heading to other tools; here it is the top of the page.
        let is_title = || target.title_anchor.as_ref().is_some_and(|id| **id == *wanted) || same(&target.article.title);
        found.map(|h| h.anchor.as_str()).or_else(|| is_title().then_some("")).or_else(|| numbered(target, &wanted))
    };
    let found = if faults.is_full() { exact } else { exact.or_else(raw).or_else(foreign) };
    if let Some(anchor) = found {
        return Some(if anchor.is_empty() { String::new() } else { format!("#{}", encode(anchor)) });
    }
    if faults.is_full() {
        return None;
    }
    let message = format!("链接「{}」：{whose}没有「{}」这一小节。", shorten(&mark.written), shorten(wanted));
    let near = headings.iter().find(|h| distance(&h.anchor, wanted) <= 2).map(|h| format!("是不是 `#{}`？", h.anchor));
    let hint = near.unwrap_or_else(|| {
        let names: Vec<String> = headings.iter().take(6).map(|h| format!("#{}", h.anchor)).collect();
        if names.is_empty() {
            "这篇文章没有小节。".to_owned()
        } else {
            format!("有的小节：{}。", names.join("、"))
        }
    });
    faults.push(Rule::LINK_ANCHOR, mark.place, message, &hint);
    None
}

fn page_place(page: &Page) -> Option<Place<'_>> {
    let content = page.content.as_ref()?;
    Some(match &page.role {
        Role::Article(..) => Place::Article(content),
        Role::Category(id) if id.is_empty() => Place::Site("/".to_owned()),
        Role::Category(id) => Place::Category(id.clone()),
    })
}

fn address(picture: &Picture) -> String {
    format!("/media/{}?v={}", encode(&picture.path), picture.version)
}

fn finish(address: &str) -> Box<str> {
    format!("{}\"", escape(address)).into()
}
