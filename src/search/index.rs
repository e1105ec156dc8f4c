//! The index on disk: one document for each section, stamped with schema, analyzer and
//! dictionary, brought up to date article by article, rebuilt when it is not what it says.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use tantivy::directory::error::LockError;
use tantivy::directory::{Directory, INDEX_WRITER_LOCK, MmapDirectory};
use tantivy::merge_policy::NoMergePolicy;
use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions};
use tantivy::{IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, Term};

use crate::domain::{Article, Library, Revision};
use crate::text::Lexicon;

use super::tokenizer::GramTokenizer;

/// Changes whenever the fields or what is put into them changes.
const SCHEMA_VERSION: u32 = 1;
/// Bytes of memory for each indexing thread. A hundred thousand articles then make few segments,
/// and every query asks each segment for each of its terms.
const WRITER_BYTES: usize = 160 * 1024 * 1024;
/// The same for a handful of articles.
const WRITER_BYTES_FEW: usize = 24 * 1024 * 1024;
/// Name of the analyzer in the schema.
const ANALYZER: &str = "grams";

/// What can go wrong with the index.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder cannot be made or emptied.
    #[error("cannot use the index folder {path}")]
    Folder {
        /// The folder.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The engine refused.
    #[error("the search index failed")]
    Engine(#[from] tantivy::TantivyError),
    /// Another process is writing to it.
    #[error("another process is writing to the index")]
    Busy,
    /// Another process made it anew, with another version or dictionary.
    #[error("another process rebuilt the index with another version or dictionary; restart to use it")]
    Replaced,
}

/// How an index was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opened {
    /// Its stamp and files are good.
    Valid,
    /// It was not there.
    New,
    /// It was made by another version, with another dictionary, or is damaged: emptied.
    Replaced,
}

/// What an update did, in articles; `sections` counts all that are indexed now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Updated {
    /// Articles in the index now.
    pub articles: usize,
    /// Sections in the index now.
    pub sections: usize,
    /// New articles.
    pub added: usize,
    /// Articles whose text changed.
    pub changed: usize,
    /// Articles that are gone.
    pub removed: usize,
}

/// What an update has to do.
#[derive(Debug, Default)]
struct Due<'a> {
    /// Articles to write.
    articles: Vec<&'a Article>,
    /// How many of them are new, and how many replace what is there.
    added: usize,
    changed: usize,
    /// Keys of articles to delete.
    gone: Vec<u64>,
    /// Whether the index is empty, so that nothing need be deleted.
    is_first: bool,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    pub grams: Field,
    pub article: Field,
    pub section: Field,
    pub revision: Field,
    pub category: Field,
    pub tag: Field,
    pub lang: Field,
}

/// The search index of one articles folder.
pub struct Index {
    inner: tantivy::Index,
    reader: IndexReader,
    pub(super) fields: Fields,
    lexicon: Arc<Lexicon>,
}

impl std::fmt::Debug for Index {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Index").field("settings", self.inner.settings()).finish_non_exhaustive()
    }
}

impl Index {
    /// Opens the index in `folder`, or makes an empty one there when there is none, when it was
    /// built with another schema or dictionary, or when its files are damaged.
    ///
    /// # Errors
    /// When the folder cannot be used at all.
    pub fn open(folder: &Path, lexicon: &Arc<Lexicon>) -> Result<(Self, Opened), Error> {
        let failed = |source| Error::Folder { path: folder.display().to_string(), source };
        let exists = folder.join("meta.json").exists();
        if exists {
            match Self::open_valid(folder, lexicon) {
                Ok(Some(index)) => return Ok((index, Opened::Valid)),
                // Nothing can be mended there, and a disk that lets nothing be written proves no damage.
                Err(error) if is_read_only(folder) => {
                    tracing::error!(%error, "the data folder is read-only");
                    return Err(failed(std::io::ErrorKind::ReadOnlyFilesystem.into()));
                }
                Ok(None) => tracing::info!("the index was built with another version or dictionary: rebuilding"),
                Err(error) => tracing::warn!(%error, "the index is damaged: rebuilding"),
            }
            Self::discard(folder)?;
        }
        fs::create_dir_all(folder).map_err(failed)?;
        let inner = tantivy::Index::create_in_dir(folder, schema().0)?;
        let index = Self::over(inner, lexicon)?;
        Ok((index, if exists { Opened::Replaced } else { Opened::New }))
    }

    fn open_valid(folder: &Path, lexicon: &Arc<Lexicon>) -> Result<Option<Self>, Error> {
        let inner = tantivy::Index::open_in_dir(folder)?;
        let meta = inner.load_metas()?;
        // An index that was never committed has no payload; it is as good as empty.
        let stamped = meta.payload.as_deref().is_none_or(|stamp| stamp == self::stamp(lexicon));
        if !stamped || inner.schema() != schema().0 {
            return Ok(None);
        }
        if !inner.validate_checksum()?.is_empty() {
            return Err(Error::Engine(tantivy::TantivyError::SystemError("a segment file fails its checksum".into())));
        }
        Self::over(inner, lexicon).map(Some)
    }

    /// Throws the index in `folder` away, so that the next [`Index::open`] builds it anew.
    ///
    /// # Errors
    /// When the folder cannot be emptied; [`Error::Busy`] while another process writes to it.
    pub fn discard(folder: &Path) -> Result<(), Error> {
        // Held until the folder is gone, its own file with it.
        let _lock = match MmapDirectory::open(folder).map(|directory| directory.acquire_lock(&INDEX_WRITER_LOCK)) {
            Ok(Err(LockError::LockBusy)) => return Err(Error::Busy),
            held => held.ok(),
        };
        match fs::remove_dir_all(folder) {
            Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::Folder { path: folder.display().to_string(), source })
            }
            _ => Ok(()),
        }
    }

    /// An empty index that lives in memory, for tests and for folders that cannot be written.
    ///
    /// # Errors
    /// When the engine refuses.
    pub fn in_memory(lexicon: &Arc<Lexicon>) -> Result<Self, Error> {
        Self::over(tantivy::Index::create_in_ram(schema().0), lexicon)
    }

    fn over(inner: tantivy::Index, lexicon: &Arc<Lexicon>) -> Result<Self, Error> {
        let fields = schema().1;
        inner.tokenizers().register(ANALYZER, GramTokenizer::new(lexicon));
        // Reloading is ours to time: a reader must never see hits of another library.
        let reader = inner.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self { inner, reader, fields, lexicon: Arc::clone(lexicon) })
    }

    /// Brings the index up to date with the listed articles of `library`: those whose revision
    /// changed are replaced, those that are gone are deleted, the rest is left alone. All or
    /// nothing: a failure leaves the last state. `progress` is told the articles done and to do.
    ///
    /// # Errors
    /// [`Error::Busy`] when another process holds the index, [`Error::Replaced`] when one made it anew
    /// otherwise than this one would; [`Error::Engine`] otherwise.
    pub fn update(&self, library: &Library, progress: &(dyn Fn(usize, usize) + Sync)) -> Result<Updated, Error> {
        let mut due = self.due(library)?;
        if !due.articles.is_empty() || !due.gone.is_empty() {
            let mut writer = self.writer(due.articles.len())?;
            // Another process may have written since.
            due = self.due(library)?;
            self.write(&mut writer, &due, progress)?;
            // What is committed stands, however the tidying ends.
            self.reader.reload()?;
            if let Err(error) = self.tidy(writer) {
                tracing::warn!(%error, "the index is not tidied");
            }
            progress(due.articles.len(), due.articles.len());
        }
        let sections = self.reader.searcher().num_docs() as usize;
        let Due { added, changed, gone, .. } = due;
        Ok(Updated { articles: library.listed().count(), sections, added, changed, removed: gone.len() })
    }

    /// What the index lacks of `library`, and has too much.
    fn due<'a>(&self, library: &'a Library) -> Result<Due<'a>, Error> {
        // One that was made anew by another version or with another dictionary is not this one's to
        // read or change.
        if self.inner.load_metas()?.payload.is_some_and(|stamped| stamped != stamp(&self.lexicon)) {
            return Err(Error::Replaced);
        }
        self.reader.reload()?;
        let mut known = self.revisions()?;
        let mut due = Due { is_first: known.is_empty(), ..Due::default() };
        for article in library.listed() {
            match known.remove(&article.id.key()) {
                Some(revision) if revision == article.revision => continue,
                Some(_) => due.changed += 1,
                None => due.added += 1,
            }
            due.articles.push(article);
        }
        due.gone = known.into_keys().collect();
        Ok(due)
    }

    /// The one writer there may be.
    fn writer(&self, articles: usize) -> Result<IndexWriter, Error> {
        // A handful of articles goes into one segment; a whole folder uses every core.
        let threads =
            if articles < 256 { 1 } else { std::thread::available_parallelism().map_or(1, usize::from).min(8) };
        let writer: IndexWriter = self
            .inner
            .writer_with_num_threads(threads, threads * if threads == 1 { WRITER_BYTES_FEW } else { WRITER_BYTES })
            .map_err(|error| match error {
                tantivy::TantivyError::LockFailure(..) => Error::Busy,
                other => Error::Engine(other),
            })?;
        // Merges are decided in one place: those of a policy would run at the same time as ours and
        // take segments from under them.
        writer.set_merge_policy(Box::new(NoMergePolicy));
        Ok(writer)
    }

    fn write(
        &self,
        writer: &mut IndexWriter,
        Due { articles, gone, is_first, .. }: &Due<'_>,
        progress: &(dyn Fn(usize, usize) + Sync),
    ) -> Result<(), Error> {
        for key in gone {
            writer.delete_term(Term::from_field_u64(self.fields.article, *key));
        }
        for (done, article) in articles.iter().enumerate() {
            if !is_first {
                writer.delete_term(Term::from_field_u64(self.fields.article, article.id.key()));
            }
            let open = article.open();
            for section in 0..article.sections.len() {
                writer.add_document(self.document(article, section, open.text(section)))?;
            }
            if done % 64 == 0 {
                progress(done, articles.len());
            }
        }
        let mut commit = writer.prepare_commit()?;
        commit.set_payload(&stamp(&self.lexicon));
        commit.commit()?;
        Ok(())
    }

    /// Merges segments that hold many deleted sections: until then these count in document
    /// frequencies, and ranking would depend on how the index came about. The smallest go along
    /// where there are many, since a query asks each segment for each of its terms.
    fn tidy(&self, mut writer: IndexWriter) -> Result<(), Error> {
        /// Deleted sections per hundred that are borne.
        const DELETED_PERCENT: u32 = 5;
        /// Segments that are borne.
        const SEGMENTS_MAX: usize = 4;
        let mut metas = self.inner.searchable_segment_metas()?;
        metas.sort_by_key(tantivy::SegmentMeta::num_docs);
        let over = metas.len().saturating_sub(SEGMENTS_MAX);
        let too_many = if over > 0 { over + 1 } else { 0 };
        let merged: Vec<_> = (metas.iter().enumerate())
            .filter(|(at, meta)| *at < too_many || meta.num_deleted_docs() * 100 > meta.max_doc() * DELETED_PERCENT)
            .map(|(_, meta)| meta.id())
            .collect();
        if !merged.is_empty() {
            writer.merge(&merged).wait()?;
        }
        writer.wait_merging_threads()?;
        Ok(self.reader.reload()?)
    }

    fn document(&self, article: &Article, section: usize, text: &str) -> TantivyDocument {
        let fields = self.fields;
        let mut document = TantivyDocument::default();
        document.add_u64(fields.article, article.id.key());
        document.add_u64(fields.section, section as u64);
        document.add_u64(fields.revision, article.revision.0);
        let category = article.category.as_str();
        document.add_text(fields.category, category);
        for (end, _) in category.match_indices('/') {
            document.add_text(fields.category, &category[..end]);
        }
        for tag in &article.tags {
            document.add_text(fields.tag, tag);
        }
        document.add_text(fields.lang, article.lang.as_str());
        // The title leads every section and counts twice, so that it brings its sections among
        // the candidates; what it is worth is decided when they are scored.
        document.add_text(fields.grams, &article.title);
        document.add_text(fields.grams, &article.title);
        if let Some(heading) = article.section_heading(section) {
            document.add_text(fields.grams, &heading.title);
            document.add_text(fields.grams, &heading.title);
        }
        if section == 0 {
            let parts = [&article.questions, &article.errors, &article.keywords, &article.tags];
            for text in parts.into_iter().flatten().chain([&article.description]) {
                document.add_text(fields.grams, text);
            }
        }
        document.add_text(fields.grams, text);
        document
    }

    /// The revision under which each article is indexed.
    fn revisions(&self) -> Result<HashMap<u64, Revision>, Error> {
        let mut revisions = HashMap::new();
        for segment in self.reader.searcher().segment_readers() {
            let columns = segment.fast_fields();
            let (articles, values) = (columns.u64("article")?, columns.u64("revision")?);
            for document in segment.doc_ids_alive() {
                if let (Some(key), Some(revision)) = (articles.first(document), values.first(document)) {
                    revisions.insert(key, Revision(revision));
                }
            }
        }
        Ok(revisions)
    }

    /// The state after the last update, unchanged by later ones.
    pub(super) fn snapshot(&self) -> tantivy::Searcher {
        self.reader.searcher()
    }
}

/// Whether a file cannot be made in a folder.
fn is_read_only(folder: &Path) -> bool {
    let probe = folder.join(".probe");
    let made = fs::File::create(&probe);
    drop(fs::remove_file(probe));
    made.is_err_and(|e| {
        matches!(e.kind(), std::io::ErrorKind::ReadOnlyFilesystem | std::io::ErrorKind::PermissionDenied)
    })
}

/// What an index must have been built with to be used.
fn stamp(lexicon: &Lexicon) -> String {
    format!("wenqu-{SCHEMA_VERSION}-{:016x}", lexicon.stamp())
}

fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let grams = TextOptions::default().set_indexing_options(
        // Positions are not needed: phrases are checked on the text itself.
        TextFieldIndexing::default().set_tokenizer(ANALYZER).set_index_option(IndexRecordOption::WithFreqs),
    );
    let fields = Fields {
        grams: builder.add_text_field("grams", grams),
        article: builder.add_u64_field("article", INDEXED | FAST),
        section: builder.add_u64_field("section", FAST),
        revision: builder.add_u64_field("revision", FAST),
        category: builder.add_text_field("category", STRING),
        tag: builder.add_text_field("tag", STRING),
        lang: builder.add_text_field("lang", STRING),
    };
    (builder.build(), fields)
}
