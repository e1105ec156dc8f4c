//! What a reader asks for: the text, the filters, the page.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};

use super::limits::{HITS_DEFAULT, HITS_MAX, PAGE_MAX, QUERY_CHARS_MAX};
use super::{Article, CategoryId, Lang};

/// Characters of a value in an address that are escaped: all but letters, digits and `-._~`.
pub const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A query as it arrives, every field optional.
#[derive(Debug, Clone, Default)]
pub struct RawQuery {
    /// What was typed.
    pub q: String,
    /// Category id.
    pub category: Option<String>,
    /// Tag.
    pub tag: Option<String>,
    /// Language tag.
    pub lang: Option<String>,
    /// Page, counted from 1.
    pub page: Option<String>,
    /// Hits on a page.
    pub limit: Option<String>,
    /// `1` to search the words as they stand.
    pub exact: Option<String>,
}

/// A query within its limits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Query {
    /// At most [`QUERY_CHARS_MAX`] characters, control characters replaced by blanks, trimmed.
    pub text: String,
    /// Only this category and what lies below it.
    pub category: Option<CategoryId>,
    /// Only articles with this tag.
    pub tag: Option<String>,
    /// Only articles in this language.
    pub lang: Option<Lang>,
    /// Page, from 1 to [`PAGE_MAX`].
    pub page: u32,
    /// Hits on a page, from 1 to [`HITS_MAX`].
    pub limit: u32,
    /// Whether the words are searched as they stand: the reader has seen them corrected and says no.
    pub exact: bool,
    /// Of a lone word in letters, the language of who asks: `gas` is no English question.
    pub reader: Option<Lang>,
}

impl Query {
    /// The same, asked by somebody who reads the language of this tag.
    #[must_use]
    pub fn asked_in(self, tag: &str) -> Self {
        let lone = self.text.is_ascii() && !self.text.contains(' ');
        Self { reader: Lang::parse(tag).filter(|_| lone), ..self }
    }

    /// Whether the filters let an article through.
    pub fn allows(&self, article: &Article) -> bool {
        self.category.as_ref().is_none_or(|category| category.holds(&article.category))
            && self.tag.as_ref().is_none_or(|tag| article.tags.contains(tag))
            && self.lang.as_ref().is_none_or(|lang| *lang == article.lang)
    }

    /// A query for the first page of hits for `text`.
    pub fn of(text: &str) -> Self {
        Self::parse(&RawQuery { q: text.to_owned(), ..RawQuery::default() })
    }

    /// Reads a query. Never fails: readers get an answer for whatever they send, so values out of
    /// range are brought into it and filters that make no sense are dropped.
    pub fn parse(raw: &RawQuery) -> Self {
        let text: String = raw
            .q
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .skip_while(|c| c.is_whitespace())
            .take(QUERY_CHARS_MAX)
            .collect();
        let filled =
            |field: &Option<String>| field.as_deref().map(str::trim).filter(|f| !f.is_empty()).map(str::to_owned);
        let number = |field: &Option<String>| field.as_deref().and_then(|n| n.trim().parse::<u32>().ok());
        Self {
            text: text.trim_end().to_owned(),
            category: filled(&raw.category).and_then(|c| CategoryId::parse(&c).ok()),
            tag: filled(&raw.tag),
            lang: filled(&raw.lang).and_then(|l| Lang::parse(&l)),
            page: number(&raw.page).unwrap_or(1).clamp(1, PAGE_MAX),
            limit: number(&raw.limit).unwrap_or(HITS_DEFAULT).clamp(1, HITS_MAX),
            exact: filled(&raw.exact).is_some_and(|word| word == "1"),
            reader: None,
        }
    }

    /// Position of the page's first hit among all.
    pub fn offset(&self) -> usize {
        (self.page.max(1) as usize - 1) * self.limit as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_query_text_is_brought_within_limits() {
        let long = "助记词".repeat(40_000);
        let query = Query::parse(&RawQuery {
            q: long,
            page: Some("-3".into()),
            limit: Some("1e9".into()),
            ..RawQuery::default()
        });
        assert_eq!(query.text.chars().count(), QUERY_CHARS_MAX);
        assert_eq!((query.page, query.limit), (1, HITS_DEFAULT));
        assert_eq!(Query::of("\u{0}\n 转账\t没到 \r\n").text, "转账 没到");
        let far =
            Query::parse(&RawQuery { page: Some("4000000000".into()), limit: Some("0".into()), ..RawQuery::default() });
        assert_eq!((far.page, far.limit), (PAGE_MAX, 1));
    }
}
