//! Where articles and judged queries come from: a folder of articles with its own judgments, the
//! collections beside this file, or files of the same form from elsewhere.

use std::collections::HashMap;
use std::fs::read_to_string;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use wenqu::articles::{LoadOptions, load};
use wenqu::domain::{Article, ArticleId, Body, Library, SafeHtml, Section, Site};
use wenqu::relevance::{Judged, judgments, queries_and_qrels};
use wenqu::text::Lexicon;

/// Articles, a lexicon and judged queries under a name.
pub struct Set {
    pub name: String,
    pub library: Arc<Library>,
    pub lexicon: Arc<Lexicon>,
    pub judged: Vec<Judged>,
}

/// What to read.
#[derive(Default)]
pub struct Sources {
    /// A folder of articles with judgments.
    pub articles: Option<PathBuf>,
    /// Folders of `corpus.jsonl`, `queries.jsonl`, `qrels.tsv`, `none.jsonl` and their `rough-` kin.
    pub collections: Vec<PathBuf>,
    /// A corpus of JSON Lines, and pairs of queries and judgments about it.
    pub corpus: Option<PathBuf>,
    pub queries: Vec<PathBuf>,
    pub qrels: Vec<PathBuf>,
    /// Queries that nothing answers.
    pub none: Option<PathBuf>,
    /// Lines of synonyms on top of the built-in ones.
    pub synonyms: String,
    /// How often each article is taken.
    pub copies: usize,
}

impl Sources {
    pub fn sets(&self) -> Vec<Set> {
        let mut sets = Vec::new();
        if let Some(folder) = &self.articles {
            let loaded = load(folder, &LoadOptions::default(), None).unwrap();
            let synonyms = format!("{}\n{}", loaded.lexicon.synonyms, self.synonyms);
            let lexicon = Arc::new(Lexicon::new(&loaded.lexicon.dictionary, &synonyms).0);
            let (judged, _) = judgments(&loaded.lexicon.judgments, "judgments.toml");
            let library = multiply(&loaded.library, self.copies);
            sets.push(Set { name: "judgments".into(), library, lexicon: Arc::clone(&lexicon), judged });
            sets.push(held_out(&loaded.library, lexicon));
        }
        let lexicon = Arc::new(Lexicon::new("", &self.synonyms).0);
        let mut add = |name: String, library: &Arc<Library>, queries: &Path, qrels: &Path, none: Option<&Path>| {
            let mut judged =
                queries_and_qrels(&read_to_string(queries).unwrap(), &read_to_string(qrels).unwrap()).unwrap();
            judged.extend(none.into_iter().flat_map(|path| unanswerable(&read_to_string(path).unwrap())));
            sets.push(Set { name, library: Arc::clone(library), lexicon: Arc::clone(&lexicon), judged });
        };
        for folder in &self.collections {
            let library = multiply(&corpus(&folder.join("corpus.jsonl")), self.copies);
            let name = folder.file_name().unwrap().to_string_lossy().into_owned();
            let at = |file: &str| folder.join(file);
            let none = at("none.jsonl");
            add(name.clone(), &library, &at("queries.jsonl"), &at("qrels.tsv"), none.exists().then_some(&none));
            if at("rough-queries.jsonl").exists() {
                let name = format!("{name}, rough");
                add(name, &library, &at("rough-queries.jsonl"), &at("rough-qrels.tsv"), None);
            }
        }
        if let Some(path) = &self.corpus {
            let library = multiply(&corpus(path), self.copies);
            assert_eq!(self.queries.len(), self.qrels.len(), "judgments for each file of queries");
            for (queries, qrels) in self.queries.iter().zip(&self.qrels) {
                let name = queries.file_stem().unwrap().to_string_lossy().into_owned();
                add(name, &library, queries, qrels, self.none.as_deref());
            }
        }
        sets
    }
}

/// The articles without the questions their editors name; those questions are the queries.
fn held_out(library: &Library, lexicon: Arc<Lexicon>) -> Set {
    let mut judged = Vec::new();
    let articles = library.articles().iter().map(|article| {
        for (at, text) in article.questions.iter().enumerate() {
            judged.push(Judged {
                id: format!("{}-{at}", article.id),
                text: text.clone(),
                kind: String::new(),
                known: String::new(),
                answers: [(article.id.to_string(), 1)].into(),
                within: 10,
                line: 0,
            });
        }
        Arc::new(Article { questions: Vec::new(), ..Article::clone(article) })
    });
    let articles = articles.collect();
    let library = Library::new(library.site.clone(), articles, library.categories().to_vec());
    Set { name: "held-out questions".into(), library: Arc::new(library), lexicon, judged }
}

/// A corpus of JSON Lines of `{"id", "title", "text"}`, one section each.
fn corpus(path: &Path) -> Library {
    let text = read_to_string(path).unwrap();
    let articles = text.lines().map(|line| {
        let document: HashMap<String, String> = serde_json::from_str(line).unwrap();
        Arc::new(Article {
            id: ArticleId::parse(&document["id"]).unwrap(),
            title: document.get("title").cloned().unwrap_or_default(),
            sections: vec![Section { heading: None }],
            body: Body::new("", &SafeHtml::default(), &[&document["text"]]),
            ..Article::default()
        })
    });
    Library::new(Site::default(), articles.collect(), Vec::new())
}

/// Queries that nothing answers: JSON Lines of `{"id", "text"}`.
fn unanswerable(lines: &str) -> Vec<Judged> {
    let judged = lines.lines().map(|line| {
        let query: HashMap<String, String> = serde_json::from_str(line).unwrap();
        Judged {
            id: query["id"].clone(),
            text: query["text"].clone(),
            kind: "none".to_owned(),
            known: String::new(),
            answers: HashMap::new(),
            within: 10,
            line: 0,
        }
    });
    judged.collect()
}

/// As many copies of every article, each with a word of its own so that they differ.
fn multiply(library: &Library, copies: usize) -> Arc<Library> {
    let mut articles: Vec<Arc<Article>> = library.articles().to_vec();
    for copy in 1..copies {
        articles.extend(library.articles().iter().map(|article| {
            let mut other = Article::clone(article);
            other.id = ArticleId::parse(&format!("copy{copy}/{}", article.id)).unwrap();
            other.title = format!("{} {copy}", article.title);
            let texts: Vec<String> = article.open().texts().map(|text| format!("{text} copy{copy}")).collect();
            other.body = Body::new("", &SafeHtml::default(), &texts);
            Arc::new(other)
        }));
    }
    Arc::new(Library::new(library.site.clone(), articles, library.categories().to_vec()))
}
