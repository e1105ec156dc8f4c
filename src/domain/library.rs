//! All articles of one folder at one moment, with the ways to find one.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::{Article, ArticleId, Category, CategoryId, Lang, Site};

/// Articles, categories and settings of one folder. Immutable once built.
#[derive(Debug, Clone, Default)]
pub struct Library {
    /// Settings of `wenqu.toml`.
    pub site: Site,
    articles: Vec<Arc<Article>>,
    categories: Vec<Category>,
    by_id: HashMap<ArticleId, usize>,
    aliases: HashMap<ArticleId, ArticleId>,
    /// Listed articles in and below each category: pages show these numbers many at a time.
    counts: HashMap<CategoryId, usize>,
    /// The listed translations of each original, as places in `articles`.
    versions: HashMap<ArticleId, Vec<usize>>,
}

impl Library {
    /// Builds the library. Articles are ordered by category weight, then their own weight, then
    /// title; of two articles with one id the first stays. Categories without a listed article
    /// below them are left out.
    pub fn new(site: Site, articles: Vec<Arc<Article>>, categories: Vec<Category>) -> Self {
        let mut known: BTreeMap<CategoryId, Category> = categories.into_iter().map(|c| (c.id.clone(), c)).collect();
        for article in &articles {
            known.entry(article.category.clone()).or_insert_with(|| Category {
                id: article.category.clone(),
                title: article.category.as_str().rsplit('/').next().unwrap_or_default().to_owned(),
                ..Category::default()
            });
        }
        let mut categories: Vec<Category> = known.into_values().collect();
        categories.sort_by(|a, b| (a.weight, &a.title, &a.id).cmp(&(b.weight, &b.title, &b.id)));
        let rank: HashMap<CategoryId, usize> =
            categories.iter().enumerate().map(|(rank, c)| (c.id.clone(), rank)).collect();

        let mut articles = articles;
        articles.sort_by(|a, b| {
            let order = |x: &Article| (rank.get(&x.category).copied(), x.weight);
            order(a).cmp(&order(b)).then_with(|| a.title.cmp(&b.title)).then_with(|| a.id.cmp(&b.id))
        });
        let mut by_id = HashMap::with_capacity(articles.len());
        articles.retain(|article| {
            let next = by_id.len();
            let fresh = !by_id.contains_key(&article.id);
            if fresh {
                by_id.insert(article.id.clone(), next);
            }
            fresh
        });
        let aliases = articles
            .iter()
            .flat_map(|a| a.aliases.iter().map(|alias| (alias.clone(), a.id.clone())))
            .filter(|(alias, _)| !by_id.contains_key(alias))
            .collect();
        // The top holds everything; it is a category only for articles that lie in no folder.
        categories.retain(|c| {
            articles.iter().any(|a| {
                a.is_listed() && if c.id.as_str().is_empty() { a.category == c.id } else { c.id.holds(&a.category) }
            })
        });
        let mut versions: HashMap<ArticleId, Vec<usize>> = HashMap::new();
        for (place, article) in articles.iter().enumerate().filter(|(_, a)| a.is_listed()) {
            if let Some(original) = &article.translation_of {
                versions.entry(original.clone()).or_default().push(place);
            }
        }
        let mut library = Self { site, articles, categories, by_id, aliases, counts: HashMap::new(), versions };
        library.counts = library.count();
        library
    }

    fn count(&self) -> HashMap<CategoryId, usize> {
        let mut own: HashMap<&CategoryId, usize> = HashMap::new();
        for article in self.originals() {
            *own.entry(&article.category).or_default() += 1;
        }
        let all = |id: &CategoryId| own.iter().filter(|(other, _)| id.holds(other)).map(|(_, count)| count).sum();
        self.categories.iter().map(|category| (category.id.clone(), all(&category.id))).collect()
    }

    /// Every article, also the unlisted ones, in the order of the site.
    pub fn articles(&self) -> &[Arc<Article>] {
        &self.articles
    }

    /// The articles that lists and search show.
    pub fn listed(&self) -> impl Iterator<Item = &Arc<Article>> {
        self.articles.iter().filter(|a| a.is_listed())
    }

    /// The listed articles, each text once: translations are reached from their original, or when
    /// a search is in their language.
    pub fn originals(&self) -> impl Iterator<Item = &Arc<Article>> {
        self.listed().filter(|a| self.is_original(a))
    }

    /// The same text in every language it is listed in: its original first, itself included.
    pub fn versions<'a>(&'a self, article: &Article) -> impl Iterator<Item = &'a Arc<Article>> + use<'a> {
        let original = article.translation_of.as_ref().unwrap_or(&article.id);
        let translations = self.versions.get(original).map(Vec::as_slice).unwrap_or_default();
        let first = self.article(original).filter(|a| a.is_listed());
        first.into_iter().chain(translations.iter().filter_map(|place| self.articles.get(*place)))
    }

    /// The version that is nearest to what a reader speaks by `distance`; the article itself where
    /// none is nearer.
    pub fn nearest<'a>(&'a self, article: &'a Arc<Article>, distance: impl Fn(&Lang) -> u8) -> &'a Arc<Article> {
        let own = distance(&article.lang);
        let nearest = self.versions(article).min_by_key(|version| distance(&version.lang));
        nearest.filter(|version| distance(&version.lang) < own).unwrap_or(article)
    }

    /// The article with this id.
    pub fn article(&self, id: &ArticleId) -> Option<&Arc<Article>> {
        self.articles.get(*self.by_id.get(id)?)
    }

    /// The originals of its category that stand before and after a listed article; of a translation,
    /// those beside its original.
    pub fn beside(&self, article: &Article) -> (Option<&Arc<Article>>, Option<&Arc<Article>>) {
        let original = article.translation_of.as_ref().and_then(|id| self.by_id.get(id));
        let Some(at) =
            original.or_else(|| self.by_id.get(&article.id)).copied().filter(|at| self.articles[*at].is_listed())
        else {
            return (None, None);
        };
        // The articles of a category lie together.
        let category = &self.articles[at].category;
        let same = |article: &&Arc<Article>| article.category == *category;
        let stands = |article: &&Arc<Article>| article.is_listed() && self.is_original(article);
        let before = self.articles[..at].iter().rev().take_while(same).find(stands);
        let after = self.articles[at + 1..].iter().take_while(same).find(stands);
        (before, after)
    }

    fn is_original(&self, article: &Article) -> bool {
        article.translation_of.as_ref().is_none_or(|original| self.article(original).is_none())
    }

    /// Where an old address leads.
    pub fn alias(&self, id: &ArticleId) -> Option<&ArticleId> {
        self.aliases.get(id)
    }

    /// Categories that hold at least one listed article, in the order of the site.
    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// The category with this id.
    pub fn category(&self, id: &CategoryId) -> Option<&Category> {
        self.categories.iter().find(|c| c.id == *id)
    }

    /// Listed articles in or below a category, each text once.
    pub fn in_category<'a>(&'a self, id: &'a CategoryId) -> impl Iterator<Item = &'a Arc<Article>> {
        self.originals().filter(|a| id.holds(&a.category))
    }

    /// How many articles [`Library::in_category`] gives.
    pub fn count_in(&self, id: &CategoryId) -> usize {
        self.counts.get(id).copied().unwrap_or_default()
    }

    /// Listed articles that carry a tag in any of their languages, each text once.
    pub fn with_tag<'a>(&'a self, tag: &'a str) -> impl Iterator<Item = &'a Arc<Article>> {
        let carries = move |a: &Arc<Article>| a.tags.iter().any(|t| t == tag);
        self.originals().filter(move |a| carries(a) || self.versions(a).any(carries))
    }

    /// Listed articles that changed last, newest first, those without a date left out.
    pub fn recent(&self, count: usize) -> Vec<&Arc<Article>> {
        let mut dated: Vec<_> = self.originals().filter(|a| a.updated.is_some()).collect();
        dated.sort_by_key(|a| std::cmp::Reverse(a.updated));
        dated.truncate(count);
        dated
    }
}
