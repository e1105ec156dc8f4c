//! The index for the browser: the texts themselves, since the script scores by reading them as the
//! server does, and the tables that cut a query as the server cuts it. An inverted index of
//! characters and pairs would be larger than the text and could show no snippet.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::{Value, json};

use crate::domain::{Article, CategoryId, Library, Pinned};
use crate::edition::Edition;
use crate::guard::common_han;
use crate::text::{Lexicon, Question, alarm, canon, fold, is_han, is_simplified, readings, salience};
use crate::web::languages;
use crate::web::texts::Ui;

use super::speech;

/// Longest word whose sound is told: longer ones are not mistyped as a whole.
const WORD_CHARS_MAX: usize = 16;
/// How often a character must stand in the texts that the dictionary was counted on for somebody to
/// type it by mistake.
const CHARACTER_TIMES_MIN: usize = 200;

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
    let words = words(lexicon, &articles);
    let characters: BTreeSet<char> = folded.iter().flat_map(|text| text.chars()).filter(|c| is_han(*c)).collect();
    let typed: BTreeSet<char> = common_han().filter_map(canon).chain(characters.iter().copied()).collect();
    let [sounds, also] = sounds(&typed);
    let mut letter = [0; 4];
    let said = |c: &char| lexicon.is_said(c.encode_utf8(&mut letter), CHARACTER_TIMES_MIN);
    let rarer =
        ('\u{4e00}'..='\u{9fff}').filter(|c| canon(*c) == Some(*c) && !typed.contains(c)).filter(said).collect();
    let told: HashSet<&str> =
        words.iter().map(|word| word.text.as_str()).chain(synonyms.keys().map(String::as_str)).collect();
    let measures = edition.searcher().measures();
    json!({
        "measures": {
            "title": measures.title_chars,
            "section": measures.section_chars,
            "article": measures.article_chars,
            "strength": measures.title_strength,
            "brevity": measures.brevity,
        },
        "fold": folds(&characters),
        "trade": words.iter().filter(|word| word.trade).count(),
        "words": words.iter().map(|word| whole(lexicon, &word.text)).collect::<Vec<_>>().join(" "),
        "counts": words.iter().map(|word| word.sections).collect::<Vec<_>>(),
        "speech": speech::said(lexicon, &sounds, &told),
        "filler": Question::filler().collect::<Vec<_>>(),
        "asking": Question::asking(),
        "synonyms": synonyms.iter().map(|(word, others)| line(lexicon, word, others)).collect::<Vec<_>>(),
        "slips": lexicon.confusions().filter(|(_, right)| held(right)).collect::<BTreeMap<_, _>>(),
        "sounds": sounds,
        "also": also,
        "rarer": self::sounds(&rarer)[0],
        "alarm": frightened(&articles),
        "salience": salient(),
        "names": lexicon.domain_words().filter(|word| word.is_ascii()).collect::<Vec<_>>(),
        "categories": categories(library),
        "articles": articles.iter().map(|article| entry(article)).collect::<Vec<_>>(),
    })
}

/// What frightened words mean (`text/alarm.rs`), where an article waits for an alarm.
fn frightened(articles: &[&Article]) -> Value {
    if articles.iter().all(|article| article.alarm.is_empty()) {
        return Value::Null;
    }
    let (grams, weights): (Vec<&str>, Vec<_>) = alarm::Model::builtin().weights().unzip();
    json!({
        "bar": alarm::BAR,
        "least": alarm::FEATURES_MIN,
        "alone": alarm::ALONE,
        "names": alarm::Meaning::ALL.map(alarm::Meaning::names),
        "grams": grams.join("\n"),
        "weights": weights.concat(),
    })
}

/// Which words say the matter of a question (`text/salience.rs`).
fn salient() -> Value {
    let weights: BTreeMap<&str, i16> = salience::Model::builtin().weights().collect();
    let (features, weights): (Vec<&str>, Vec<i16>) = weights.into_iter().unzip();
    json!({ "features": features.join("\n"), "weights": weights })
}

/// Everything of an article that is searched.
fn texts(article: &Article) -> Vec<String> {
    let headings = article.headings.iter().map(|heading| heading.title.as_str());
    let open = article.open();
    [article.title.as_str(), article.description.as_str()]
        .into_iter()
        .chain(lists(article))
        .chain(headings)
        .chain(open.texts())
        .map(str::to_owned)
        .collect()
}

/// What editors put beside an article for the search.
fn lists(article: &Article) -> impl Iterator<Item = &str> {
    let lists = article.questions.iter().chain(&article.errors).chain(&article.keywords).chain(&article.tags);
    lists.map(String::as_str)
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
        "alarm": article.alarm,
        "weight": article.weight,
        "urgent": article.severity == crate::domain::Severity::Urgent,
        "asked": article.questions.iter().chain(&article.errors).collect::<Vec<_>>(),
        "more": more,
        "pins": pins,
        "sections": sections.collect::<Vec<_>>(),
    })
}

/// Other words for one.
type Synonyms = BTreeMap<String, Vec<String>>;

/// A word that texts are cut into and mistyped ones are compared with.
struct Word {
    text: String,
    /// Sections that hold it, in their titles or headings, too.
    sections: usize,
    /// Whether it is a word of the trade.
    trade: bool,
}

/// The words of the articles and those of the trade; those of the trade first, the commonest first.
fn words(lexicon: &Lexicon, articles: &[&Article]) -> Vec<Word> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    let plain = |word: &str| word.chars().all(is_han) && (2..=WORD_CHARS_MAX).contains(&word.chars().count());
    let held = |texts: &mut dyn Iterator<Item = &str>| -> HashSet<String> {
        let words =
            |text| lexicon.cut_for_search(&fold(text).text).iter().map(|t| t.word.to_owned()).collect::<Vec<_>>();
        texts.flat_map(words).filter(|word| plain(word)).collect()
    };
    for article in articles {
        let title = held(&mut [article.title.as_str()].into_iter());
        let mut first = held(&mut lists(article).chain([article.description.as_str()]));
        for (at, text) in article.open().texts().enumerate() {
            let heading = article.section_heading(at).map(|heading| heading.title.as_str());
            let mut words = held(&mut heading.into_iter().chain([text]));
            words.extend(title.iter().cloned().chain(first.drain()));
            for word in words {
                *counts.entry(word).or_default() += 1;
            }
        }
    }
    for word in lexicon.domain_words().filter(|word| plain(word)) {
        counts.entry(word.to_owned()).or_default();
    }
    let word = |(text, sections): (String, usize)| Word { trade: lexicon.is_domain_word(&text), text, sections };
    let mut words: Vec<Word> = counts.into_iter().map(word).collect();
    words.sort_by(|a, b| (b.trade, b.sections).cmp(&(a.trade, a.sections)).then_with(|| a.text.cmp(&b.text)));
    words
}

/// Characters that fold to one the articles hold, and what they fold to, as two texts side by side;
/// then those that are written in simplified text alone.
fn folds(characters: &BTreeSet<char>) -> [String; 3] {
    let (mut from, mut to) = (String::new(), String::new());
    for c in ('\u{3400}'..='\u{9fff}').filter(|c| is_han(*c)) {
        if let Some(folded) = canon(c).filter(|folded| *folded != c && characters.contains(folded)) {
            from.push(c);
            to.push(folded);
        }
    }
    [from, to, characters.iter().copied().filter(|c| is_simplified(*c)).collect()]
}

/// Other words for those that queries may hold, as far as the articles hold them.
fn synonyms(lexicon: &Lexicon, held: &impl Fn(&str) -> bool) -> Synonyms {
    let others = |word: &str| -> Vec<String> {
        lexicon.alternatives(word).filter(|other| held(other)).map(str::to_owned).collect()
    };
    let all = lexicon.thesaurus().words().map(|word| (word.to_owned(), others(word)));
    all.filter(|(_, others)| !others.is_empty()).collect()
}

/// A word; a comma before it says that it is cut further where it stands alone.
fn whole(lexicon: &Lexicon, word: &str) -> String {
    format!("{}{word}", if lexicon.cut(word).len() > 1 { "," } else { "" })
}

/// A word and others for it.
fn line(lexicon: &Lexicon, word: &str, others: &[String]) -> String {
    format!("{},{}", whole(lexicon, word), others.join(","))
}

/// Characters by sound.
pub(super) type Sounds = BTreeMap<&'static str, String>;

/// Characters by their usual sound, and by their second one.
fn sounds(characters: &BTreeSet<char>) -> [Sounds; 2] {
    let mut sounds = [Sounds::new(), Sounds::new()];
    for c in characters {
        for (sounds, syllable) in sounds.iter_mut().zip(readings(*c)) {
            sounds.entry(syllable.name()).or_default().push(*c);
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
