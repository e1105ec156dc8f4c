//! All pages into one library: ids and aliases, categories, and links that now know where they lead.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, OnceLock};

use jiff::civil::Date;
use rayon::prelude::*;

use super::LoadOptions;

use super::marks::{Resolved, patches};
use super::page::{Content, Page, Role, title_of_name};
use super::pictures::Picture;
use super::resolve::{Places, SEARCHES_MAX};
use super::roles::id_of;
use super::source::Faults;
use super::walk::is_markdown;
use super::words::Words;
use crate::domain::{Article, ArticleId, Category, CategoryId, Library, Problem, Rule, Site, Visibility};

/// What came together.
pub(super) struct Assembled {
    pub library: Library,
    pub pages: Vec<Arc<Page>>,
    pub problems: Vec<Problem>,
    pub counts: Counts,
}

/// What became of the Markdown files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Markdown files in the folder.
    pub files: usize,
    /// Articles that are served.
    pub articles: usize,
    /// Files that describe a category.
    pub categories: usize,
    /// Drafts that are left out.
    pub drafts: usize,
    /// Files that are not served for a fault, each with a problem.
    pub skipped: usize,
    /// Files that were read and parsed anew in this load.
    pub parsed: usize,
}

/// Builds the library from pages in the order of their paths.
pub(super) fn assemble(
    site: Site,
    pages: Vec<Arc<Page>>,
    pictures: &[Picture],
    others: &HashSet<String>,
    options: &LoadOptions<'_>,
) -> Assembled {
    let mut problems: Vec<Problem> = pages.iter().flat_map(|page| page.problems.iter().cloned()).collect();
    let chosen = choose(&pages, options.drafts, &mut problems);
    let mut places = places(&pages, &chosen, pictures, others, &mut problems);
    add_formers(&mut places, &pages, &chosen, options);
    let linked: Vec<Linked> = pages
        .par_iter()
        .zip(&chosen)
        .map(|(page, choice)| match (&page.content, choice) {
            (Some(content), Choice::Served) => link(page, content, &places, options),
            _ => Linked::default(),
        })
        .collect();
    drop(places);
    let (news, found): (Vec<_>, Vec<_>) = linked.into_iter().map(|linked| (linked.news, linked.problems)).unzip();
    problems.extend(found.into_iter().flatten());
    let pages: Vec<Arc<Page>> = pages.into_par_iter().zip(news).map(|(page, news)| renew(page, news)).collect();

    let mut counts = Counts { files: pages.len(), ..Counts::default() };
    let mut articles = Vec::with_capacity(pages.len());
    let mut categories = BTreeMap::new();
    for (page, choice) in pages.iter().zip(chosen) {
        match (choice, &page.role, &page.content) {
            (Choice::Served, Role::Article(..), Some(content)) => {
                counts.articles += 1;
                articles.push(Arc::clone(&content.article));
            }
            (Choice::Served, Role::Category(_), Some(content)) => {
                counts.categories += 1;
                let category = category(content);
                categories.insert(category.id.clone(), category);
            }
            (Choice::Draft, ..) => counts.drafts += 1,
            _ => counts.skipped += 1,
        }
    }
    add_folders(&mut categories, &articles);
    let library = Library::new(site, articles, categories.into_values().collect());
    Assembled { library, pages, problems, counts }
}

/// Whether a page is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Choice {
    Served,
    Draft,
    Skipped,
}

/// Of several files with one id the first by path is served.
fn choose(pages: &[Arc<Page>], drafts: bool, problems: &mut Vec<Problem>) -> Vec<Choice> {
    let mut ids: HashMap<&ArticleId, &str> = HashMap::new();
    let mut folded: HashMap<String, (&ArticleId, &str)> = HashMap::new();
    let folders = describers(pages, drafts);
    let mut choices = Vec::with_capacity(pages.len());
    for page in pages {
        let Some(content) = &page.content else {
            choices.push(Choice::Skipped);
            continue;
        };
        let article = &content.article;
        if article.visibility == Visibility::Draft && !drafts {
            choices.push(Choice::Draft);
            continue;
        }
        let (first, what) = match &page.role {
            Role::Article(..) => (ids.get(&article.id).copied(), format!("编号 `{}`", article.id)),
            Role::Category(folder) => (
                folders.get(folder.as_str()).copied().filter(|best| *best != page.path),
                format!("分类「{folder}」的说明"),
            ),
        };
        if let Some(first) = first {
            let message = format!("{what}已经在 {first} 里，这个文件未收录。");
            let hint = if content.slug_line > 0 {
                "改掉其中一个 `slug`。"
            } else {
                "改名，或删掉其中一个。"
            };
            problems.push(Problem::new(Rule::ID_DUPLICATE, &page.path, content.slug_line, message).hint(hint));
            choices.push(Choice::Skipped);
            continue;
        }
        if let Role::Article(..) = page.role {
            ids.insert(&article.id, &page.path);
            let lower = article.id.as_str().to_lowercase();
            if let Some((other, path)) = folded.insert(lower, (&article.id, &page.path)) {
                let message = format!("编号 `{}` 与 {path} 的 `{other}` 只有大小写不同。", article.id);
                let problem = Problem::new(Rule::ID_CASE, &page.path, content.slug_line, message);
                problems.push(problem.hint("有的系统不分大小写，改掉其中一个。"));
            }
        }
        choices.push(Choice::Served);
    }
    choices
}

/// The file that describes each folder: `_index.md` before `index.md` before `README.md`.
fn describers(pages: &[Arc<Page>], drafts: bool) -> HashMap<&str, &str> {
    let rank = |path: &str| match path.rsplit('/').next().unwrap_or_default() {
        "_index.md" => 0,
        name if name.to_ascii_lowercase().starts_with("index.") => 1,
        _ => 2,
    };
    let mut best: HashMap<&str, &str> = HashMap::new();
    for page in pages {
        let Some(content) = &page.content else { continue };
        if let Role::Category(folder) = &page.role
            && (drafts || content.article.visibility != Visibility::Draft)
        {
            let path = best.entry(folder).or_insert(&page.path);
            if rank(&page.path) < rank(path) {
                *path = &page.path;
            }
        }
    }
    best
}

fn places<'a>(
    pages: &'a [Arc<Page>],
    chosen: &[Choice],
    pictures: &'a [Picture],
    others: &'a HashSet<String>,
    problems: &mut Vec<Problem>,
) -> Places<'a> {
    let mut places = Places {
        files: HashMap::with_capacity(pages.len()),
        ids: HashMap::with_capacity(pages.len()),
        aliases: HashMap::new(),
        categories: HashSet::new(),
        pictures: pictures.iter().map(|picture| (picture.path.as_str(), picture)).collect(),
        withheld: HashMap::new(),
        others,
        names: OnceLock::new(),
        addresses: OnceLock::new(),
        searches: AtomicUsize::new(SEARCHES_MAX),
    };
    let mut served = Vec::new();
    for (page, choice) in pages.iter().zip(chosen) {
        let page: &Page = page;
        match (choice, &page.content) {
            (Choice::Served, Some(content)) => {
                places.files.insert(&page.path, page);
                if let Role::Article(..) = page.role {
                    places.ids.insert(&content.article.id, page);
                    if content.article.is_listed() {
                        add_category(&mut places.categories, content.article.category.as_str());
                    }
                    served.push((page, content));
                }
            }
            (Choice::Draft, _) => {
                places.withheld.insert(&page.path, "指向草稿，读者看不到");
            }
            _ => {
                places.withheld.insert(&page.path, "指向的文件有误，未收录");
            }
        }
    }
    for (page, content) in served {
        for alias in &content.aliases {
            if *alias == content.article.id {
                continue;
            }
            let taken = places.ids.get(alias).or_else(|| places.aliases.get(alias)).map(|other| &other.path);
            match taken {
                None => {
                    places.aliases.insert(alias.clone(), page);
                }
                Some(other) if *other == page.path => {}
                Some(other) => {
                    let message = format!("旧地址 `{alias}` 已属于 {other}。");
                    let problem = Problem::new(Rule::ALIAS_CLASH, &page.path, content.lines.aliases, message);
                    problems.push(problem.hint("从 `aliases` 里去掉它。"));
                }
            }
        }
    }
    places
}

/// Where a file lay before leads to where it is, unless something else is there by now.
fn add_formers<'a>(places: &mut Places<'a>, pages: &'a [Arc<Page>], chosen: &[Choice], options: &LoadOptions<'_>) {
    for (page, _) in pages.iter().zip(chosen).filter(|(_, choice)| **choice == Choice::Served) {
        for id in former_ids(page, options) {
            if !places.ids.contains_key(&id) {
                places.aliases.entry(id).or_insert(page);
            }
        }
    }
}

/// The addresses that an article had by the names of its file.
fn former_ids(page: &Page, options: &LoadOptions<'_>) -> Vec<ArticleId> {
    let (Role::Article(..), Some(formers)) = (&page.role, options.formers) else { return Vec::new() };
    let articles = formers(&page.path).iter().filter(|path| is_markdown(path));
    articles.filter_map(|path| ArticleId::parse(id_of(path)).ok()).collect()
}

/// A category and all those above it.
fn add_category(categories: &mut HashSet<CategoryId>, id: &str) {
    let mut id = id;
    while !id.is_empty() && CategoryId::parse(id).is_ok_and(|id| categories.insert(id)) {
        id = id.rsplit_once('/').map_or("", |(above, _)| above);
    }
}

/// What a page's links came to.
#[derive(Default)]
struct Linked {
    /// None where everything is as it was.
    news: Option<News>,
    problems: Vec<Problem>,
}

/// What has changed in a page since it was last put together.
struct News {
    resolved: Vec<Resolved>,
    related: Vec<ArticleId>,
    aliases: Vec<ArticleId>,
    updated: Option<Date>,
}

/// Finds where a page's links lead.
fn link(page: &Page, content: &Content, places: &Places<'_>, options: &LoadOptions<'_>) -> Linked {
    let mut faults = Faults::new(&page.path);
    let resolved = places.resolve(page, content, &mut faults);
    let related: Vec<ArticleId> = content
        .related
        .iter()
        .filter_map(|id| {
            let found = places.canonical(id);
            if found.is_none() {
                tell_missing("related", id, content.lines.related, places, &mut faults);
            }
            found.cloned()
        })
        .collect();
    if let Some(original) = content.article.translation_of.as_ref().filter(|id| places.canonical(id).is_none()) {
        tell_missing("translation_of", original, content.lines.translation_of, places, &mut faults);
    }
    // The editor's word, else the repository's, else the day of publication.
    let article = &content.article;
    let committed = || options.dates.and_then(|dates| dates(&page.path)).or(article.date);
    let updated = if content.is_dated { article.updated } else { committed() };
    let leads_here = |id: &ArticleId| places.aliases.get(id).is_some_and(|other| other.path == page.path);
    let mut aliases = content.aliases.clone();
    for id in former_ids(page, options).into_iter().filter(leads_here) {
        if !aliases.contains(&id) {
            aliases.push(id);
        }
    }
    let is_same = related == article.related
        && aliases == article.aliases
        && updated == article.updated
        && match &content.resolved {
            Some(before) => **before == *resolved,
            None => resolved.is_empty(),
        };
    Linked { news: (!is_same).then_some(News { resolved, related, aliases, updated }), problems: faults.into_list() }
}

/// Puts addresses into a page. Where nothing is new the very same article stays, so that whoever
/// compares sees it; a page that has just been parsed is nobody else's and is changed in place.
fn renew(page: Arc<Page>, news: Option<News>) -> Arc<Page> {
    let Some(News { resolved, related, aliases, updated }) = news else { return page };
    let mut page = Arc::unwrap_or_clone(page);
    if let Some(content) = &mut page.content {
        let article = Arc::make_mut(&mut content.article);
        article.related = related;
        article.aliases = aliases;
        article.updated = updated;
        if !resolved.is_empty() {
            article.body =
                article.body.patched(patches(article.open().unpatched(), &resolved, Words::of(&article.lang)));
        }
        content.resolved = Some(resolved.into());
    }
    Arc::new(page)
}

fn tell_missing(key: &str, id: &ArticleId, line: usize, places: &Places<'_>, faults: &mut Faults<'_>) {
    let message = format!("`{key}` 里的文章 `{id}` 不存在。");
    let hint = places.hint(id.as_str()).unwrap_or_else(|| "写文章的编号：它在文件夹里的路径，不带 .md。".to_owned());
    faults.push(Rule::RELATED_MISSING, (line, 0), message, &hint);
}

fn category(content: &Content) -> Category {
    let article = &content.article;
    Category {
        id: article.category.clone(),
        title: article.title.clone(),
        description: article.description.clone(),
        weight: article.weight,
        icon: content.icon.clone(),
        html: article.open().html(),
    }
}

/// Folders that nobody described are categories too, and so are those above them.
fn add_folders(categories: &mut BTreeMap<CategoryId, Category>, articles: &[Arc<Article>]) {
    let mut ids = HashSet::new();
    for article in articles {
        add_category(&mut ids, article.category.as_str());
        if article.category.as_str().is_empty() {
            ids.insert(article.category.clone());
        }
    }
    for id in ids {
        let name = id.as_str().rsplit('/').next().unwrap_or_default();
        let title = if name.is_empty() { "全部文章".to_owned() } else { title_of_name(name) };
        // An article's `category` is a title as well as an id, and stays as it is written.
        categories.entry(id.clone()).or_insert_with(|| Category { id, title, ..Category::default() });
    }
}
