//! The references: what a careful site builder gets from tantivy and jieba alone. Title and text in
//! one field, any term, BM25; one document for each article. Terms are jieba's words in search mode,
//! or character pairs or single characters as other engines cut Chinese.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use jieba_rs::Jieba;
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Occur, Query, TermQuery};
use tantivy::schema::{Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions, Value};
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};
use tantivy::{Index, IndexReader, TantivyDocument, Term};

use wenqu::domain::Library;
use wenqu::relevance::Judged;

/// What a text is cut into.
#[derive(Clone)]
pub enum Unit {
    /// jieba's words in search mode.
    Words(Arc<Jieba>),
    /// Pairs of neighbouring Han characters, and runs of other letters.
    Pairs,
    /// Single Han characters, and runs of other letters.
    Characters,
}

pub struct Stream {
    words: std::vec::IntoIter<String>,
    token: Token,
}

impl Unit {
    fn cut(&self, text: &str) -> Vec<String> {
        let text = text.to_lowercase();
        let length = match self {
            Self::Words(jieba) => {
                let words = jieba.cut_for_search(&text, false).into_iter().map(|token| token.word.to_owned());
                return words.filter(|word| word.chars().any(char::is_alphanumeric)).collect();
            }
            Self::Pairs => 2,
            Self::Characters => 1,
        };
        let is_han = |c: char| ('\u{3400}'..='\u{9fff}').contains(&c);
        let chars: Vec<char> = text.chars().collect();
        let runs = chars.chunk_by(|a, b| a.is_alphanumeric() && b.is_alphanumeric() && is_han(*a) == is_han(*b));
        let mut units = Vec::new();
        for run in runs.filter(|run| run[0].is_alphanumeric()) {
            if is_han(run[0]) {
                units.extend(run.windows(length.min(run.len())).map(|unit| unit.iter().collect::<String>()));
            } else {
                units.push(run.iter().collect());
            }
        }
        units
    }
}

impl Tokenizer for Unit {
    type TokenStream<'a> = Stream;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Stream {
        Stream { words: self.cut(text).into_iter(), token: Token::default() }
    }
}

impl TokenStream for Stream {
    fn advance(&mut self) -> bool {
        let Some(word) = self.words.next() else { return false };
        self.token.text = word;
        self.token.position = self.token.position.wrapping_add(1);
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}

pub struct Plain {
    reader: IndexReader,
    unit: Unit,
    text: Field,
    id: Field,
}

impl Plain {
    pub fn build(folder: &Path, library: &Library, unit: Unit) -> Self {
        std::fs::create_dir_all(folder).unwrap();
        let mut schema = Schema::builder();
        let id = schema.add_text_field("id", STRING | STORED);
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("units")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let text = schema.add_text_field("text", TextOptions::default().set_indexing_options(indexing));
        let index = Index::create_in_dir(folder, schema.build()).unwrap();
        index.tokenizers().register("units", unit.clone());
        let mut writer = index.writer_with_num_threads(2, 96 * 1024 * 1024).unwrap();
        for article in library.articles() {
            let mut document = TantivyDocument::default();
            document.add_text(id, article.id.as_str());
            document.add_text(text, &article.title);
            for (at, said) in article.open().texts().enumerate() {
                if let Some(heading) = article.section_heading(at) {
                    document.add_text(text, &heading.title);
                }
                document.add_text(text, said);
            }
            for more in article.questions.iter().chain(&article.errors).chain([&article.description]) {
                document.add_text(text, more);
            }
            writer.add_document(document).unwrap();
        }
        writer.commit().unwrap();
        writer.wait_merging_threads().unwrap();
        Self { reader: index.reader().unwrap(), unit, text, id }
    }

    fn search(&self, query: &str) -> Vec<String> {
        let mut words = self.unit.cut(query);
        words.sort();
        words.dedup();
        let clauses: Vec<(Occur, Box<dyn Query>)> = words
            .iter()
            .map(|word| {
                let term = Term::from_field_text(self.text, word);
                (Occur::Should, Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs)) as Box<dyn Query>)
            })
            .collect();
        let searcher = self.reader.searcher();
        let found = searcher.search(&BooleanQuery::new(clauses), &TopDocs::with_limit(10).order_by_score()).unwrap();
        let id = |address| {
            let document: TantivyDocument = searcher.doc(address).unwrap();
            document.get_first(self.id).and_then(|id| id.as_str()).unwrap_or_default().to_owned()
        };
        found.into_iter().map(|(_, address)| id(address)).collect()
    }

    /// MRR@10, nDCG@10 over what something answers, and all times, sorted.
    pub fn evaluate(&self, judged: &[Judged]) -> (f64, f64, Vec<Duration>) {
        let (mut mrr, mut ndcg, mut count) = (0.0, 0.0, 0usize);
        let mut times = Vec::new();
        for query in judged {
            let start = Instant::now();
            let found = self.search(&query.text);
            times.push(start.elapsed());
            if query.answers.is_empty() {
                continue;
            }
            count += 1;
            let rank = found.iter().position(|id| query.answers.contains_key(id));
            mrr += rank.map_or(0.0, |rank| 1.0 / (rank + 1) as f64);
            let gain = |id: &String| query.answers.get(id).map_or(0.0, |grade| f64::from(2u32.pow(*grade)) - 1.0);
            let got: f64 = found.iter().enumerate().map(|(at, id)| gain(id) / ((at + 2) as f64).log2()).sum();
            let mut best: Vec<f64> = query.answers.keys().map(gain).collect();
            best.sort_by(|a, b| b.total_cmp(a));
            let best: f64 = best.iter().take(10).enumerate().map(|(at, gain)| gain / ((at + 2) as f64).log2()).sum();
            ndcg += got / best;
        }
        times.sort_unstable();
        (mrr / count as f64, ndcg / count as f64, times)
    }
}
