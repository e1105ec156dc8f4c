//! `wenqu search` and `wenqu explain`.

use clap::Args;
use std::collections::HashMap;

use crate::domain::{ArticleId, Confidence, Query, RawQuery, Span};

use super::say::Say;
use super::{Outcome, Places, folder};

/// Searches from the terminal.
#[derive(Args, Debug)]
pub(super) struct Search {
    /// What to look for.
    query: String,
    #[command(flatten)]
    places: Places,
    /// Most hits.
    #[arg(long, default_value_t = 10)]
    limit: u32,
    /// Only this category.
    #[arg(long, value_name = "ID")]
    category: Option<String>,
    /// Prints the JSON document of /api/v1/search.
    #[arg(long)]
    json: bool,
}

impl Search {
    pub fn run(self, say: Say) -> anyhow::Result<Outcome> {
        let edition = folder::open_shared(&self.places, say)?.current();
        let raw = RawQuery {
            q: self.query,
            category: self.category,
            limit: Some(self.limit.to_string()),
            ..RawQuery::default()
        };
        if self.json {
            outln!("{}", crate::web::search_document(&edition, crate::web::Ui::default(), &raw));
            return Ok(Outcome::Good);
        }
        let results = edition.search(&Query::parse(&raw));
        match results.confidence {
            Confidence::Nothing => outln!("{}", say.pick("没有结果", "nothing found")),
            Confidence::Unsure => {
                outln!("{}", say.pick("没有把握的答案，最接近的是：", "no sure answer; the nearest are:"));
            }
            Confidence::Sure => {}
        }
        for (at, hit) in results.hits.iter().enumerate() {
            outln!("{}. {}  {}", at + 1, marked(&hit.title), hit.url());
            outln!("   {}", marked(&hit.snippet));
        }
        Ok(Outcome::Good)
    }
}

fn marked(spans: &[Span]) -> String {
    use std::io::IsTerminal;
    let colour = std::io::stdout().is_terminal();
    let paint = |span: &Span| match (span.mark, colour) {
        (true, true) => format!("\u{1b}[1;32m{}\u{1b}[0m", span.text),
        _ => span.text.clone(),
    };
    spans.iter().map(paint).collect()
}

/// Shows how a query is read and why its hits are where they are.
#[derive(Args, Debug)]
pub(super) struct Explain {
    /// What to look for.
    query: String,
    #[command(flatten)]
    places: Places,
    /// Only this article, also where it is no hit.
    #[arg(long, value_name = "ID")]
    article: Option<String>,
    /// Prints one JSON document.
    #[arg(long)]
    json: bool,
}

impl Explain {
    pub fn run(self, say: Say) -> anyhow::Result<Outcome> {
        /// Hits explained.
        const HITS: u32 = 5;
        let edition = folder::open_shared(&self.places, say)?.current();
        let article = self.article.as_deref().map(ArticleId::parse).transpose()?;
        let query = Query { limit: HITS, ..Query::of(&self.query) };
        let explanation = edition.searcher().explain(&query, article.as_ref());
        if self.json {
            outln!("{}", document(&explanation));
            return Ok(Outcome::Good);
        }
        let cut: Vec<String> = explanation.cut.iter().map(|(word, kind)| format!("{word}({kind})")).collect();
        outln!("{}{}", say.pick("切分：", "cut: "), cut.join(" "));
        if let Some(meant) = &explanation.interpreted.corrected {
            outln!("{}{} → {meant}", say.pick("纠正：", "mended: "), self.query);
        }
        if let Some(meant) = &explanation.interpreted.did_you_mean {
            outln!("{}{meant}", say.pick("可能想找（没有采用）：", "perhaps meant (not taken): "));
        }
        let unknown: Vec<&str> = explanation.words.iter().filter(|w| !w.known).map(|w| w.text.as_str()).collect();
        if !unknown.is_empty() {
            outln!("{}{}", say.pick("文章里没有的词：", "in no article: "), unknown.join(" "));
        }
        let salient: Vec<_> = explanation.words.iter().map(|w| format!("{} {:.2}", w.text, w.salience)).collect();
        if !salient.is_empty() {
            outln!("{}{}", say.pick("各词多像主题：", "salience: "), salient.join(say.pick("，", ", ")));
        }
        outln!("{}{:.2}", say.pick("把握：", "certainty: "), explanation.signals.certainty());
        let alarm = explanation.alarm.iter().map(|(meaning, likely)| {
            let [english, chinese] = meaning.names();
            format!("{} {likely:.2}", say.pick(chinese, english))
        });
        outln!("{}{}", say.pick("紧急：", "emergency: "), alarm.collect::<Vec<_>>().join(say.pick("，", ", ")));
        for (synonym, word) in &explanation.synonyms {
            outln!("{}{word} → {synonym}", say.pick("同义：", "synonym: "));
        }
        for widened in &explanation.interpreted.widened {
            outln!("{}{widened}", say.pick("归一：", "folded: "));
        }
        for (at, hit) in explanation.hits.iter().enumerate() {
            outln!("{}. {:.2}  {}  {}", at + 1, hit.score, hit.id, hit.title);
            let section = if hit.section.is_empty() { say.pick("开头", "opening") } else { &hit.section };
            outln!(
                "   {} {section}; {} {:.0}%; {} {:.2}; {} {:.2}{}",
                say.pick("小节", "section"),
                say.pick("覆盖", "coverage"),
                hit.coverage * 100.0,
                say.pick("标题得分", "title"),
                hit.title_score,
                say.pick("相邻得分", "nearness"),
                hit.near,
                if hit.called {
                    say.pick("；整个标题、提问或报错相符，排在前面", "; called so: first")
                } else {
                    ""
                }
            );
            for term in hit.terms.iter().take(12) {
                outln!("   {:5.1}%  {:7.2}  {}  {}", term.share * 100.0, term.points, term.origin, term.term);
            }
        }
        Ok(Outcome::Good)
    }
}

fn document(explanation: &crate::search::Explanation) -> serde_json::Value {
    use serde_json::json;
    let hits: Vec<_> = explanation
        .hits
        .iter()
        .map(|hit| {
            let terms: Vec<_> = hit
                .terms
                .iter()
                .map(|t| json!({"term": t.term, "origin": t.origin, "points": t.points, "share": t.share}))
                .collect();
            json!({
                "id": hit.id, "title": hit.title, "section": hit.section, "score": hit.score,
                "title_score": hit.title_score, "near": hit.near, "called": hit.called, "coverage": hit.coverage, "terms": terms,
            })
        })
        .collect();
    json!({
        "cut": explanation.cut.iter().map(|(word, kind)| json!({"word": word, "kind": kind})).collect::<Vec<_>>(),
        "synonyms": explanation.synonyms.iter().map(|(to, from)| json!({"word": from, "synonym": to})).collect::<Vec<_>>(),
        "corrected": explanation.interpreted.corrected,
        "did_you_mean": explanation.interpreted.did_you_mean,
        "certainty": explanation.signals.certainty(),
        "alarm": explanation.alarm.iter().map(|(meaning, likely)| (meaning.names()[0], *likely)).collect::<HashMap<_, _>>(),
        "words": explanation.words.iter()
            .map(|w| json!({"word": w.text, "salience": w.salience, "held": w.held, "called": w.called, "known": w.known}))
            .collect::<Vec<_>>(),
        "unknown": explanation.words.iter().filter(|w| !w.known).map(|w| &w.text).collect::<Vec<_>>(),
        "widened": explanation.interpreted.widened,
        "hits": hits,
    })
}
