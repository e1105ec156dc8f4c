//! The index for the browser: the texts themselves, since the script scores by reading them as the
//! server does, and the tables that cut a query as the server cuts it. An inverted index of
//! characters and pairs would be larger than the text and could show no snippet.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::{Value, json};

use crate::domain::{Article, CategoryId, Library, Pinned};
use crate::edition::Edition;
use crate::guard::common_han;
use crate::text::{Lexicon, Question, canon, fold, is_han, readings};
use crate::web::languages;
use crate::web::texts::Ui;

/// Longest word whose sound is told: longer ones are not mistyped as a whole.
const WORD_CHARS_MAX: usize = 16;

/// The index as a script that leaves it on its own element: plain files can be read from other
/// files only so, and no name is put where other scripts look.
///
/// # Errors
/// When a text cannot be written as JSON.
pub fn script(edition: &Edition) -> Result<Vec<u8>, serde_json::Error> {
    let json = serde_json::to_string(&value(edition))?;
    // Nothing in it may look like the end of an element, nor break a line as JSON may and scripts
    // may not.
    let json = json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029");
    Ok(format!("document.currentScript.index = {json};\n").into_bytes())
}

fn value(edition: &Edition) -> Value {
    let (library, lexicon) = (edition.library(), edition.lexicon());
    let articles: Vec<&Article> = library.listed().map(|article| &**article).collect();
    let folded: Vec<String> = articles.iter().flat_map(|article| texts(article)).map(|text| fold(&text).text).collect();
    // Most words of the thesaurus are in no article: their pairs tell without a look through all texts.
    let two = |text: &str| text.chars().zip(text.chars().skip(1)).collect::<Vec<_>>();
    let pairs: HashSet<(char, char)> = folded.iter().flat_map(|text| two(text)).collect();
    let held =
        |word: &str| two(word).iter().all(|pair| pairs.contains(pair)) && folded.iter().any(|text| text.contains(word));
    let synonyms = synonyms(lexicon, &held);
    let words = words(lexicon, &articles, &synonyms);
    let characters: BTreeSet<char> = folded.iter().flat_map(|text| text.chars()).filter(|c| is_han(*c)).collect();
    json!({
        "fold": folds(&characters),
        "words": words.iter().map(|(word, _)| word).collect::<Vec<_>>(),
        "counts": words.iter().map(|(_, count)| count).collect::<Vec<_>>(),
        "filler": Question::filler().collect::<Vec<_>>(),
        "asking": Question::asking(),
        "synonyms": synonyms,
        "slips": lexicon.confusions().filter(|(_, right)| held(right)).collect::<BTreeMap<_, _>>(),
        "sounds": sounds(&characters),
        "categories": categories(library),
        "articles": articles.iter().map(|article| entry(article)).collect::<Vec<_>>(),
    })
}

/// Everything of an article that is searched.
fn texts(article: &Article) -> Vec<String> {
    let headings = article.headings.iter().map(|heading| heading.title.as_str());
    let lists = article.questions.iter().chain(&article.errors).chain(&article.keywords).chain(&article.tags);
    let open = article.open();
    [article.title.as_str(), article.description.as_str()]
        .into_iter()
        .chain(lists.map(String::as_str))
        .chain(headings)
        .chain(open.texts())
        .map(str::to_owned)
        .collect()
}

fn entry(article: &Article) -> Value {
    let open = article.open();
    let more: Vec<&str> = article.keywords.iter().chain(&article.tags).map(String::as_str).collect();
    let sections = open.texts().enumerate().map(|(at, text)| {
        let heading = article.section_heading(at);
        json!([heading.map_or("", |h| &h.anchor), heading.map_or("", |h| &h.title), text])
    });
    let pins = match &article.pinned {
        Pinned::Queries(queries) => queries.as_slice(),
        _ => &[],
    };
    json!({
        "id": article.id.as_str(),
        "root": article.translation_of.as_ref().unwrap_or(&article.id).as_str(),
        "title": article.title,
        "description": article.description,
        "category": article.category.as_str(),
        "lang": article.lang.as_str(),
        "language": languages::name(article.lang.as_str()),
        "updated": article.updated.map(|day| day.to_string()),
        "urgent": article.severity == crate::domain::Severity::Urgent,
        "asked": article.questions.iter().chain(&article.errors).collect::<Vec<_>>(),
        "more": more,
        "pins": pins,
        "sections": sections.collect::<Vec<_>>(),
    })
}

/// Other words for one.
type Synonyms = BTreeMap<String, Vec<String>>;

/// The words that the articles hold, with how often, and those that queries alone hold.
fn words(lexicon: &Lexicon, articles: &[&Article], synonyms: &Synonyms) -> Vec<(String, usize)> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    let plain = |word: &str| word.chars().all(is_han) && (2..=WORD_CHARS_MAX).contains(&word.chars().count());
    for text in articles.iter().flat_map(|article| texts(article)) {
        let folded = fold(&text);
        for token in lexicon.cut_for_search(&folded.text).iter().filter(|token| plain(token.word)) {
            *counts.entry(token.word.to_owned()).or_default() += 1;
        }
    }
    let asked: Vec<&str> = Question::filler().chain(Question::asking().iter().copied().flatten().copied()).collect();
    for word in asked.into_iter().chain(synonyms.keys().map(String::as_str)).filter(|word| plain(word)) {
        *counts.entry(word.to_owned()).or_default() += 1;
    }
    let mut words: Vec<(String, usize)> = counts.into_iter().collect();
    words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    words
}

/// Characters that fold to one the articles hold, and what they fold to, as two texts side by side.
fn folds(characters: &BTreeSet<char>) -> [String; 2] {
    let (mut from, mut to) = (String::new(), String::new());
    for c in ('\u{3400}'..='\u{9fff}').filter(|c| is_han(*c)) {
        if let Some(folded) = canon(c).filter(|folded| *folded != c && characters.contains(folded)) {
            from.push(c);
            to.push(folded);
        }
    }
    [from, to]
}

/// Other words for those that queries may hold, as far as the articles hold them.
fn synonyms(lexicon: &Lexicon, held: &impl Fn(&str) -> bool) -> Synonyms {
    let others = |word: &str| -> Vec<String> {
        lexicon.alternatives(word).filter(|other| held(other)).map(str::to_owned).collect()
    };
    let all = lexicon.thesaurus().words().map(|word| (word.to_owned(), others(word)));
    all.filter(|(_, others)| !others.is_empty()).collect()
}

/// Characters by their sound: those of the articles and those that readers type most.
fn sounds(characters: &BTreeSet<char>) -> BTreeMap<&'static str, String> {
    let mut sounds: BTreeMap<&'static str, String> = BTreeMap::new();
    let typed: BTreeSet<char> = common_han().filter_map(canon).chain(characters.iter().copied()).collect();
    for c in typed {
        for syllable in readings(c).into_iter().take(2) {
            sounds.entry(syllable.name()).or_default().push(c);
        }
    }
    sounds
}

/// Titles of categories in each language of the interface.
fn categories(library: &Library) -> BTreeMap<String, BTreeMap<&'static str, String>> {
    let titles = |id: &CategoryId| -> BTreeMap<&'static str, String> {
        Ui::ALL.into_iter().map(|ui| (ui.tag(), crate::web::pages::category_title(ui, library, id))).collect()
    };
    library.categories().iter().map(|c| (c.id.to_string(), titles(&c.id))).collect()
}
