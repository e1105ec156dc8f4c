//! One immutable snapshot of everything readers see: library and index built together, so that
//! pages and hits never disagree.
//!
//! [`Editions`] loads the folder, brings the index up to date and swaps the whole at once. Readers
//! in flight keep the edition they began with; a rebuild that fails leaves the last good one.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::ArcSwap;
use jiff::Timestamp;

use crate::articles::{self, Attic, LoadOptions, Loaded};
use crate::domain::{Article, Library, Problem, Query, Results, Rule, Suggestion};
use crate::history::{Depth, History, PullError, Pulled};
use crate::search::{self, Index, Opened, Searcher, Updated};
use crate::text::Lexicon;

mod closing;
mod follow;
mod past;
mod patience;
mod version;
mod watch;

pub use closing::{Closing, Taken};
pub use follow::{Bell, Following, Turn, follow};
pub use past::{State, past};
pub use watch::Watch;

/// Folder of the index below the data folder.
pub const INDEX_FOLDER: &str = "index";
/// What git told, below the data folder: only saves work, and may be deleted.
const HISTORY_FILE: &str = "history.json";

/// Why there is no edition.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The articles folder cannot be read.
    #[error(transparent)]
    Articles(#[from] articles::Error),
    /// The index cannot be used.
    #[error(transparent)]
    Index(#[from] search::Error),
    /// The folder cannot be watched.
    #[error("cannot watch the articles folder")]
    Watch(#[from] notify_debouncer_full::notify::Error),
}

/// Where things are and what is built.
#[derive(Debug, Clone)]
pub struct Options {
    /// The articles folder.
    pub articles: PathBuf,
    /// The data folder; without one the index lives in memory.
    pub data: Option<PathBuf>,
    /// Whether drafts are built too.
    pub drafts: bool,
}

/// What long work is at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Reading files.
    Loading,
    /// Indexing articles.
    Indexing,
}

/// Is told the stage, what is done and what there is to do, from any thread.
pub type Progress<'a> = &'a (dyn Fn(Stage, usize, usize) + Sync);

/// Library, problems and index of one moment.
#[derive(Debug)]
pub struct Edition {
    loaded: Loaded,
    problems: Vec<Problem>,
    searcher: Searcher,
    /// What the index update did.
    pub updated: Updated,
    /// When it was built.
    pub built: Timestamp,
    /// The last commit of its repository, in hexadecimal; empty where there is none.
    pub commit: String,
    version: String,
    folder: PathBuf,
}

impl Edition {
    /// The folder it was read from, where pictures are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Articles, categories and settings.
    pub fn library(&self) -> &Library {
        &self.loaded.library
    }

    /// Every problem of the folder, ordered by path and line.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// What was read, for the rooms that look closer.
    pub fn loaded(&self) -> &Loaded {
        &self.loaded
    }

    /// The search over this library.
    pub fn searcher(&self) -> &Searcher {
        &self.searcher
    }

    /// The words that articles and queries are cut with.
    pub fn lexicon(&self) -> &Lexicon {
        self.searcher.lexicon()
    }

    /// Changes whenever anything readers see does: 16 hexadecimal digits.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Answers a query.
    pub fn search(&self, query: &Query) -> Results {
        self.searcher.search(query)
    }

    /// Lines to offer while typing.
    pub fn suggest(&self, typed: &str, limit: usize) -> Vec<Suggestion> {
        self.searcher.suggest(typed, limit)
    }

    /// Articles worth reading after `article`.
    pub fn related(&self, article: &Article, count: usize) -> Vec<Arc<Article>> {
        self.searcher.related(article, count)
    }
}

/// Holds the edition of the moment and makes the next.
#[derive(Debug)]
pub struct Editions {
    options: Options,
    current: ArcSwap<Edition>,
    /// What the next edition starts from. Held while one is built, never while one is read.
    workshop: Mutex<Workshop>,
    health: Mutex<Health>,
    attic: Option<Arc<Attic>>,
}

/// Whether new editions can be made; the present one is served in any case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Health {
    /// Why the last attempt to make an edition failed.
    pub failure: Option<String>,
    /// When the last pull ended, and why it failed if it did.
    pub pull: Option<(Timestamp, Result<Pulled, PullError>)>,
}

#[derive(Debug)]
struct Workshop {
    index: Index,
    lexicon: Arc<Lexicon>,
    /// The editors' words that the lexicon was made of.
    words: (String, String),
    faults: Vec<Problem>,
    history: History,
    listener: Option<closing::Listener>,
}

impl Editions {
    /// Loads the folder and brings the index up to date.
    ///
    /// # Errors
    /// When the folder cannot be read at all, or the index can neither be used nor rebuilt.
    pub fn open(options: Options, progress: Progress<'_>) -> Result<Self, Error> {
        // Reading the folder and reading the dictionary take about as long: both at once.
        let mut history = History::open(&options.articles, options.data.as_ref().map(|data| data.join(HISTORY_FILE)));
        let attic = options.data.as_ref().and_then(|data| attic(data));
        let load = || load(&options, &mut history, attic.as_ref(), None, progress);
        let has_words =
            ["dictionary.txt", "synonyms.txt"].map(|file| options.articles.join("search").join(file).exists());
        // Where editors have words of their own, theirs go on top and no second dictionary stays.
        let has_words = has_words.contains(&true);
        let begin = || {
            if has_words {
                return Some(Lexicon::base());
            }
            drop(Lexicon::builtin());
            None
        };
        let (loaded, base) = rayon::join(load, begin);
        let loaded = loaded?;
        let (lexicon, faults) = words(&loaded, base);
        let index = open_index(&options, &lexicon)?;
        let words = (loaded.lexicon.dictionary.clone(), loaded.lexicon.synonyms.clone());
        let workshop = Workshop { index, lexicon, words, faults, history, listener: None };
        let edition = workshop.build(&options.articles, None, loaded, progress)?;
        Ok(Self {
            options,
            current: ArcSwap::from_pointee(edition),
            workshop: Mutex::new(workshop),
            health: Mutex::default(),
            attic,
        })
    }

    /// The edition of this moment.
    pub fn current(&self) -> Arc<Edition> {
        self.current.load_full()
    }

    /// The articles folder.
    pub fn folder(&self) -> &Path {
        &self.options.articles
    }

    /// Reads what changed and swaps in a new edition; returns it, or the present one where nothing
    /// changed. Calls wait for one another.
    ///
    /// # Errors
    /// As [`Editions::open`]; the present edition stays.
    pub fn refresh(&self) -> Result<Arc<Edition>, Error> {
        let mut workshop = self.lock();
        let result = patience::patiently(|| self.renew(&mut workshop));
        self.health().failure = result.as_ref().err().map(ToString::to_string);
        if let Ok(edition) = &result {
            workshop.hand_over(edition);
        }
        result
    }

    fn renew(&self, workshop: &mut Workshop) -> Result<Arc<Edition>, Error> {
        let present = self.current();
        let quiet: Progress<'_> = &|_, _, _| {};
        let loaded = load(&self.options, &mut workshop.history, self.attic.as_ref(), Some(&present.loaded), quiet)?;
        let words = (loaded.lexicon.dictionary.clone(), loaded.lexicon.synonyms.clone());
        if words != workshop.words {
            let (lexicon, faults) = self::words(&loaded, None);
            // The old index stays open for readers in flight: its files live as long as they do.
            workshop.index = open_index(&self.options, &lexicon)?;
            (workshop.lexicon, workshop.words, workshop.faults) = (lexicon, words, faults);
        }
        let edition = workshop.build(&self.options.articles, Some(&present), loaded, quiet)?;
        if edition.version == present.version && edition.problems == present.problems {
            return Ok(present);
        }
        let edition = Arc::new(edition);
        self.current.store(Arc::clone(&edition));
        // What mending and suggesting need takes longer than all the rest: an editor who looks at a page
        // is not to wait for it, and few readers type in that instant.
        edition.searcher.warm();
        Ok(edition)
    }

    /// Does something to the folder while no edition is made of it.
    pub fn while_still<T>(&self, work: impl FnOnce() -> T) -> T {
        let _workshop = self.lock();
        work()
    }

    /// Hands suggestions that commits name to `listener`: now those that it has not kept yet, and
    /// more with each new edition.
    pub fn on_closings(&self, listener: impl Fn(&[Closing]) -> Taken + Send + 'static) {
        let mut workshop = self.lock();
        workshop.listener = Some(closing::Listener(Box::new(listener)));
        workshop.hand_over(&self.current());
    }

    /// Hands over again what was put off.
    pub fn hand_over(&self) {
        self.lock().hand_over(&self.current());
    }

    /// Whether new editions can be made.
    pub fn health(&self) -> MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note_pull(&self, pulled: &Result<Pulled, PullError>) {
        self.health().pull = Some((Timestamp::now(), pulled.clone()));
    }

    fn lock(&self) -> MutexGuard<'_, Workshop> {
        // A panic while building leaves index and words as they were after the last commit.
        self.workshop.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Workshop {
    fn build(
        &self,
        folder: &Path,
        previous: Option<&Edition>,
        loaded: Loaded,
        progress: Progress<'_>,
    ) -> Result<Edition, Error> {
        let updated = self.index.update(&loaded.library, &|done, all| progress(Stage::Indexing, done, all))?;
        let (library, lexicon) = (Arc::clone(&loaded.library), Arc::clone(&self.lexicon));
        let searcher = match previous {
            Some(previous) => Searcher::following(&previous.searcher, &self.index, library, lexicon)?,
            None => Searcher::new(&self.index, library, lexicon)?,
        };
        let mut problems: Vec<Problem> = loaded.problems.iter().chain(&self.faults).cloned().collect();
        problems.sort_by(|a, b| (&a.path, a.line, a.column, a.rule.id).cmp(&(&b.path, b.line, b.column, b.rule.id)));
        let version = version::of(&loaded, &self.words);
        Ok(Edition {
            loaded,
            problems,
            searcher,
            updated,
            built: Timestamp::now(),
            commit: self.history.head().to_owned(),
            version,
            folder: folder.to_owned(),
        })
    }

    /// Hands over what commits name, if anybody listens.
    fn hand_over(&mut self, edition: &Edition) {
        let Some(listener) = &self.listener else { return };
        match self.history.named() {
            Ok((head, named)) => {
                let closings = closing::closings(named, edition.library());
                if closings.is_empty() || listener.0(&closings) == Taken::Kept {
                    self.history.mark_told(head);
                }
            }
            Err(error) => tracing::warn!(%error, "suggestions named by commits are not known"),
        }
    }
}

/// Where the text of articles is kept instead of in memory; a folder that cannot be written is told
/// of by whoever needs it more.
fn attic(data: &Path) -> Option<Arc<Attic>> {
    let attic = std::fs::create_dir_all(data).and_then(|()| Attic::in_folder(data));
    attic.inspect_err(|error| tracing::info!(%error, "the text of articles is kept in memory")).ok()
}

fn load(
    options: &Options,
    history: &mut History,
    attic: Option<&Arc<Attic>>,
    previous: Option<&Loaded>,
    progress: Progress<'_>,
) -> Result<Loaded, Error> {
    let fault = match history.refresh() {
        Ok(_) if history.depth() == Depth::Shallow => Some("浅克隆的仓库没有完整历史，修改日期无法得知。"),
        Ok(_) => None,
        Err(error) => {
            tracing::warn!(%error, "dates are those known before");
            Some("git 历史无法读取，修改日期可能不全。")
        }
    };
    let tell = |done: usize, all: usize| progress(Stage::Loading, done, all);
    let history = &*history;
    let load_options = LoadOptions {
        drafts: options.drafts,
        progress: Some(&tell),
        dates: Some(&|path| history.date(path)),
        formers: Some(&|path| history.formers(path)),
        attic,
    };
    let mut loaded = articles::load(&options.articles, &load_options, previous)?;
    if let Some(fault) = fault {
        let hint = "取得完整历史：git fetch --unshallow；GitHub Actions 里写 fetch-depth: 0。";
        loaded.problems.insert(0, Problem::new(Rule::DATES_UNKNOWN, ".", 0, fault).hint(hint));
    }
    Ok(loaded)
}

/// The dictionary and synonyms with the editors' on top, and what is wrong with theirs.
fn words(loaded: &Loaded, base: Option<Lexicon>) -> (Arc<Lexicon>, Vec<Problem>) {
    let articles::Lexicon { dictionary, synonyms, .. } = &loaded.lexicon;
    if dictionary.is_empty() && synonyms.is_empty() {
        return (Lexicon::builtin(), Vec::new());
    }
    let (lexicon, faults) = base.unwrap_or_else(Lexicon::base).with(dictionary, synonyms);
    let faults = faults.into_iter().map(|fault| {
        let rule = if fault.file == "synonyms.txt" { Rule::SYNONYMS_BAD } else { Rule::DICTIONARY_BAD };
        Problem::new(rule, format!("search/{}", fault.file), fault.line, fault.message)
    });
    (Arc::new(lexicon), faults.collect())
}

fn open_index(options: &Options, lexicon: &Arc<Lexicon>) -> Result<Index, Error> {
    let Some(data) = &options.data else { return Ok(Index::in_memory(lexicon)?) };
    let (index, opened) = Index::open(&data.join(INDEX_FOLDER), lexicon)?;
    if opened == Opened::Replaced {
        tracing::info!("the index did not fit and is built anew");
    }
    Ok(index)
}

#[cfg(test)]
mod tests;
