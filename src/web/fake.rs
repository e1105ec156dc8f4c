//! A small site in memory for the tests of this room: a handful of articles, a search that looks
//! for the words as they stand, and a desk that can be sabotaged.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use jiff::Timestamp;
use jiff::civil::{Date, Weekday, date, time};

use super::seam::{Amendment, Answer, Desk, DeskError, Editions, View};
use super::{App, Options};
use crate::domain::{
    Article, ArticleId, Category, CategoryId, ChannelKind, Confidence, ContactChannel, FacetCount, Facets, Feedback,
    Heading, Hit, Hours, Interpretation, Lang, Library, NewFeedback, OfficialEntry, OfficialKind, Pinned, Query,
    Receipt, Results, Revision, SafeHtml, Section, Severity, Site, Span, Status, Suggestion, SuggestionKind,
    UrgentLink, Visibility,
};

/// Noon of 22 November 2026 in Beijing, a Sunday.
pub fn now() -> Timestamp {
    Timestamp::from_second(1_795_320_000).unwrap_or_default()
}

pub struct Shelf(pub Library);

impl Editions for Arc<Shelf> {
    fn current(&self) -> Arc<dyn View> {
        Self::clone(self)
    }
}

fn spans(text: &str, words: &[&str]) -> Vec<Span> {
    let Some((at, word)) = words.iter().filter_map(|w| text.find(w).map(|at| (at, w))).min() else {
        return vec![Span { text: text.to_owned(), mark: false }];
    };
    let (before, rest) = text.split_at(at);
    let (hit, after) = rest.split_at(word.len());
    let mut out = vec![Span { text: before.to_owned(), mark: false }, Span { text: hit.to_owned(), mark: true }];
    out.extend(if after.is_empty() { Vec::new() } else { spans(after, words) });
    out
}

impl View for Shelf {
    fn library(&self) -> &Library {
        &self.0
    }

    fn version(&self) -> &'static str {
        "fake-1"
    }

    fn search(&self, query: &Query) -> Results {
        assert!(query.text != "panic!", "asked to");
        let words: Vec<&str> =
            query.text.split_whitespace().map(|w| w.trim_matches('"')).filter(|w| !w.is_empty()).collect();
        let score = |a: &Article| {
            let title = words.iter().filter(|w| a.title.contains(**w)).count() * 3;
            title + words.iter().filter(|w| a.sections.iter().any(|s| s.text.contains(**w))).count()
        };
        let mut found: Vec<(usize, &Arc<Article>)> =
            self.0.listed().map(|a| (score(a), a)).filter(|(s, _)| *s > 0).collect();
        found.sort_by_key(|(s, _)| std::cmp::Reverse(*s));
        let mut categories: Vec<FacetCount> = Vec::new();
        for (_, a) in &found {
            match categories.iter_mut().find(|c| c.id == a.category.as_str()) {
                Some(c) => c.count += 1,
                None => categories.push(FacetCount {
                    id: a.category.to_string(),
                    title: self.0.category(&a.category).map(|c| c.title.clone()).unwrap_or_default(),
                    count: 1,
                }),
            }
        }
        found.retain(|(_, a)| query.category.as_ref().is_none_or(|c| c.holds(&a.category)));
        found.retain(|(_, a)| query.tag.as_ref().is_none_or(|t| a.tags.contains(t)));
        let hits = found.iter().skip(query.offset()).take(query.limit as usize).map(|(score, article)| {
            let section =
                article.sections.iter().position(|s| words.iter().any(|w| s.text.contains(w))).unwrap_or_default();
            let text: String = article.sections.get(section).map(|s| s.text.replace('\n', " ")).unwrap_or_default();
            Hit {
                article: Arc::clone(article),
                section,
                title: spans(&article.title, &words),
                snippet: spans(&text.chars().take(110).collect::<String>(), &words),
                score: *score as f32,
            }
        });
        Results {
            total: found.len(),
            hits: hits.collect(),
            facets: Facets { categories, tags: Vec::new() },
            interpreted: Interpretation {
                terms: words.iter().map(|w| (*w).to_owned()).collect(),
                ..Interpretation::default()
            },
            confidence: if found.is_empty() { Confidence::Nothing } else { Confidence::Sure },
        }
    }

    fn suggest(&self, text: &str, limit: usize) -> Vec<Suggestion> {
        let lines = self.0.listed().filter(|a| a.title.contains(text)).take(limit);
        lines
            .map(|a| Suggestion {
                text: spans(&a.title, &[text]),
                id: a.id.to_string(),
                url: a.url(),
                kind: SuggestionKind::Article,
                category: Some(a.category.clone()),
            })
            .collect()
    }

    fn related(&self, article: &Article, count: usize) -> Vec<Arc<Article>> {
        article.related.iter().filter_map(|id| self.0.article(id)).take(count).cloned().collect()
    }

    fn picture(&self, path: &str) -> Option<(Bytes, String)> {
        match path {
            "transactions/images/tx.svg" => {
                Some((Bytes::from_static(b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>"), "image/svg+xml".to_owned()))
            }
            "wenqu.toml" => Some((Bytes::new(), "text/plain".to_owned())),
            _ => None,
        }
    }
}

#[derive(Default)]
pub struct Drawer {
    pub kept: Mutex<Vec<Feedback>>,
    pub broken: AtomicBool,
    next: AtomicU8,
}

impl Drawer {
    fn open<T>(&self, act: impl FnOnce(&mut Vec<Feedback>) -> T) -> Result<T, DeskError> {
        if self.broken.load(Ordering::Relaxed) {
            return Err(DeskError("sabotaged".into()));
        }
        Ok(act(&mut self.kept.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl Desk for Drawer {
    fn insert(&self, said: NewFeedback) -> Answer<'_, Feedback> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let receipt = Receipt::from_random([number, 7, 99, 3, 200, 5, 41, 150, 8, number]);
        let feedback = Feedback {
            id: crate::domain::RecordId::parse(&"0".repeat(36)).unwrap(),
            receipt,
            said,
            created: now(),
            changed: now(),
            added: Vec::new(),
            status: Status::Received,
            reply: String::new(),
            change: None,
        };
        let kept = self.open(|drawer| {
            drawer.push(feedback.clone());
            feedback
        });
        Box::pin(async { kept })
    }

    fn read<'a>(&'a self, receipt: &'a Receipt) -> Answer<'a, Option<Feedback>> {
        let found = self.open(|drawer| drawer.iter().find(|f| f.receipt == *receipt).cloned());
        Box::pin(async { found })
    }

    fn amend<'a>(&'a self, receipt: &'a Receipt, amendment: Amendment) -> Answer<'a, Option<Feedback>> {
        let found = self.open(|drawer| {
            let feedback = drawer.iter_mut().find(|f| f.receipt == *receipt)?;
            match amendment {
                Amendment::Details { reason, comment, contact } => {
                    feedback.said.reason = reason.or(feedback.said.reason);
                    if !comment.is_empty() {
                        feedback.said.comment = comment;
                    }
                    if !contact.is_empty() {
                        feedback.said.contact = contact;
                    }
                }
                Amendment::Withdraw => {
                    feedback.status = Status::Withdrawn;
                    feedback.said.comment.clear();
                    feedback.said.contact.clear();
                }
            }
            Some(feedback.clone())
        });
        Box::pin(async { found })
    }

    fn ready(&self) -> Answer<'_, ()> {
        let open = self.open(|_| ());
        Box::pin(async { open })
    }
}

fn id(text: &str) -> ArticleId {
    ArticleId::parse(text).unwrap_or_default()
}

fn category(id: &str, title: &str, weight: i64, icon: &str) -> Category {
    Category {
        id: CategoryId::parse(id).unwrap_or_default(),
        title: title.to_owned(),
        description: format!("关于{title}的文章"),
        weight,
        icon: icon.to_owned(),
        html: SafeHtml::default(),
    }
}

fn article(path: &str, title: &str, sections: &[(&str, &str, &str)]) -> Article {
    let headings: Vec<Heading> = sections
        .iter()
        .filter(|(anchor, ..)| !anchor.is_empty())
        .map(|(anchor, title, _)| Heading { level: 2, title: (*title).to_owned(), anchor: (*anchor).to_owned() })
        .collect();
    let mut place = 0;
    let cut = sections.iter().map(|(anchor, _, text)| {
        let heading = (!anchor.is_empty()).then_some(place);
        place += usize::from(heading.is_some());
        Section { heading, text: (*text).to_owned() }
    });
    let html: String = sections
        .iter()
        .map(|(anchor, title, text)| match *anchor {
            "" => format!("<p>{text}</p>\n"),
            anchor => format!("<h2 id=\"{anchor}\">{title}</h2>\n<p>{text}</p>\n"),
        })
        .collect();
    Article {
        id: id(path),
        title: title.to_owned(),
        description: sections.first().map(|(_, _, text)| (*text).to_owned()).unwrap_or_default(),
        category: CategoryId::parse(id(path).folder()).unwrap_or_default(),
        updated: Some(date(2026, 11, 20)),
        takes_feedback: true,
        revision: Revision(1),
        sections: cut.collect(),
        markdown: "正文".into(),
        html: SafeHtml::from_sanitised(html),
        headings,
        ..Article::default()
    }
}

fn site() -> Site {
    let every: Vec<Weekday> = Weekday::Monday.cycle_forward().take(7).collect();
    let channel = |kind, name: &str, address: &str, days: &[Weekday]| ContactChannel {
        kind,
        name: name.to_owned(),
        address: address.to_owned(),
        timezone: "Asia/Shanghai".to_owned(),
        hours: vec![Hours { days: days.to_vec(), open: time(9, 0, 0, 0), close: time(21, 0, 0, 0) }],
        first_reply: "15 分钟内".to_owned(),
        handles: "资金安全".to_owned(),
        languages: vec!["zh-CN".to_owned(), "en".to_owned()],
    };
    let entry = |kind, value: &str| OfficialEntry { kind, value: value.to_owned(), note: "官方".to_owned() };
    Site {
        name: "示例钱包帮助中心".to_owned(),
        tagline: "先给答案，再说原因".to_owned(),
        languages: ["zh-CN", "zh-TW", "en"].iter().filter_map(|l| Lang::parse(l)).collect(),
        urgent: vec![UrgentLink {
            label: "资产被盗".to_owned(),
            hint: "先救还在的".to_owned(),
            article: id("security/stolen"),
        }],
        channels: vec![
            channel(ChannelKind::Chat, "在线客服", "https://help.example.com/chat", &every),
            channel(ChannelKind::Email, "邮件", "support@example.com", &every[..5]),
        ],
        never_ask: vec!["助记词".to_owned(), "私钥".to_owned()],
        priorities: vec!["资金安全".to_owned()],
        official: vec![
            entry(OfficialKind::Domain, "example.com"),
            entry(OfficialKind::Email, "security@example.com"),
            entry(OfficialKind::Account, "@example"),
        ],
        popular: vec!["转账没到账".to_owned()],
        ..Site::default()
    }
}

pub fn library() -> Library {
    let arrived = Article {
        pinned: Pinned::Home,
        related: vec![id("transactions/pending")],
        aliases: vec![id("old/not-arrived")],
        applies_to: vec!["iOS".to_owned()],
        ..article(
            "transactions/not-arrived",
            "转账没有到账怎么办",
            &[
                ("", "", "先不要再转第二笔，用交易哈希看状态。到账慢不等于丢了。"),
                ("check", "先查交易状态", "打开交易记录，看是否到账。"),
                ("pending", "还在打包中", "多数情况是手续费低了。"),
            ],
        )
    };
    let stolen = Article {
        severity: Severity::Urgent,
        tags: vec!["紧急".to_owned()],
        review_by: Some(Date::constant(2026, 1, 1)),
        ..article(
            "security/stolen",
            "资产被盗后的第一个小时",
            &[("", "", "先救还在的。"), ("stop", "头 5 分钟", "关掉正在看的网页。\n不再点任何确认。")],
        )
    };
    let hostile =
        article("hostile", "</title><script>alert(1)</script>", &[("", "", "\"><img src=x onerror=alert(1)>")]);
    let hostile = Article { html: SafeHtml::default(), tags: vec!["\"><b>".to_owned()], ..hostile };
    let articles = vec![
        arrived,
        article("transactions/pending", "交易一直打包中", &[("", "", "可以加速或取消。")]),
        stolen,
        hostile,
        Article {
            visibility: Visibility::Unlisted,
            ..article("hidden", "不列出的文章", &[("", "", "只有知道地址才看得到。")])
        },
        Article { visibility: Visibility::Draft, ..article("draft", "草稿", &[("", "", "还没写完。")]) },
    ];
    let categories =
        vec![category("transactions", "交易", 1, "transfer"), category("security", "资金安全", 2, "shield")];
    Library::new(site(), articles.into_iter().map(Arc::new).collect(), categories)
}

pub fn app(drawer: &Arc<Drawer>) -> App {
    struct Shared(Arc<Drawer>);
    impl Desk for Shared {
        fn insert(&self, new: NewFeedback) -> Answer<'_, Feedback> {
            self.0.insert(new)
        }
        fn read<'a>(&'a self, receipt: &'a Receipt) -> Answer<'a, Option<Feedback>> {
            self.0.read(receipt)
        }
        fn amend<'a>(&'a self, receipt: &'a Receipt, amendment: Amendment) -> Answer<'a, Option<Feedback>> {
            self.0.amend(receipt, amendment)
        }
        fn ready(&self) -> Answer<'_, ()> {
            self.0.ready()
        }
    }
    App {
        editions: Arc::new(Arc::new(Shelf(library()))),
        feedback: Arc::new(Shared(Arc::clone(drawer))),
        now,
        options: Options { base_url: "https://help.example.com".to_owned(), ..Options::default() },
    }
}
