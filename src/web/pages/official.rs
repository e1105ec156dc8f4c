//! Checks a contact against the official register. The answer is never “safe”, only whether it is listed.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::feedback::{come_back, safety};
use super::search::sent_on;
use crate::domain::{OfficialEntry, OfficialKind};
use crate::guard::{self, Likeness};
use crate::web::context::{Ctx, Frame, Here, page};
use crate::web::error::Error;
use crate::web::texts::{Texts, count, fill};
use crate::web::visitor::{Purpose, too_many};

/// Characters of a contact that are looked at: longer than any address people paste.
const CONTACT_MAX: usize = 300;

/// The answer to one check.
struct Verdict {
    tone: &'static str,
    icon: &'static str,
    title: String,
    /// In which way it imitates, empty where it does not.
    why: &'static str,
    text: String,
}

/// Entries of one kind.
struct Group<'a> {
    title: &'static str,
    entries: Vec<&'a OfficialEntry>,
}

#[derive(Template)]
#[template(path = "official.html")]
struct Page<'a> {
    frame: Frame<'a>,
    t: &'static Texts,
    value: String,
    verdict: Option<Verdict>,
    groups: Vec<Group<'a>>,
}

/// `GET /official?value=`.
pub async fn show(ctx: Ctx) -> Result<Response, Error> {
    let t = ctx.t();
    let register = &ctx.library().site.official;
    if ctx.fields.hold_secret() {
        return Ok(sent_on("/official?refused=1"));
    }
    if !ctx.fields.is_absent("refused") {
        return safety(&ctx, None);
    }
    let value: String = ctx.fields.get("value").trim().chars().take(CONTACT_MAX).collect();
    let wait = if value.is_empty() { None } else { too_many(&ctx, Purpose::Check).await };
    let mut frame = ctx.frame(Here::Official, t.official_long);
    if value.is_empty() {
        frame.canonical = ctx.absolute("/official");
    }
    t.official_lead.clone_into(&mut frame.description);
    let groups = [
        (OfficialKind::Domain, t.official_domain),
        (OfficialKind::Email, t.official_email),
        (OfficialKind::Account, t.official_account),
    ];
    let groups = groups
        .into_iter()
        .map(|(kind, title)| Group { title, entries: register.iter().filter(|e| e.kind == kind).collect() })
        .filter(|group: &Group<'_>| !group.entries.is_empty());
    let template = Page {
        verdict: (!value.is_empty()).then(|| match wait {
            Some(wait) => throttled(t, wait),
            None => verdict(t, guard::official(&ctx.library().site, &value)),
        }),
        groups: groups.collect(),
        value,
        t,
        frame,
    };
    let status = if wait.is_some() { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::OK };
    Ok(come_back(page(status, &template)?, wait))
}

fn throttled(t: &'static Texts, wait: u32) -> Verdict {
    let text = count(t.throttled_text, wait.div_ceil(60) as usize);
    Verdict { tone: "warn", icon: "clock", title: t.too_many_title.to_owned(), why: "", text }
}

fn verdict(t: &'static Texts, verdict: guard::Verdict<'_>) -> Verdict {
    match verdict {
        guard::Verdict::Listed(entry) => Verdict {
            tone: "good",
            icon: "check",
            title: t.official_listed.to_owned(),
            why: "",
            text: fill(t.official_listed_text, &[("value", &entry.value)]),
        },
        guard::Verdict::Lookalike(entry, likeness) => Verdict {
            tone: "danger",
            icon: "alert",
            title: fill(t.official_lookalike, &[("value", &entry.value)]),
            why: likeness_text(t, likeness),
            text: t.official_lookalike_text.to_owned(),
        },
        guard::Verdict::NotListed => Verdict {
            tone: "warn",
            icon: "alert",
            title: t.official_unlisted.to_owned(),
            why: "",
            text: t.official_unlisted_text.to_owned(),
        },
    }
}

fn likeness_text(t: &'static Texts, likeness: Likeness) -> &'static str {
    match likeness {
        Likeness::Letters => t.likeness_letters,
        Likeness::Typo => t.likeness_typo,
        Likeness::Ending => t.likeness_ending,
        Likeness::Inside => t.likeness_inside,
        Likeness::BeforeAt => t.likeness_before_at,
    }
}

#[cfg(test)]
mod tests {
    use crate::web::tests::{get, texts};

    #[tokio::test]
    async fn a_contact_is_listed_or_not_and_never_called_safe() {
        let verdict = async |value: &str| {
            let page = get(&format!("/official?value={value}")).await;
            assert_eq!(page.status, 200);
            texts(&page.html, ".verdict h2").concat()
        };
        assert!(get("/official?value=examp1e.com").await.html.contains("形状相近的字符"));
        assert_eq!(verdict("https%3A%2F%2Fexample.com%2Fa").await, "在官方登记里");
        assert_eq!(verdict("examp1e.com").await, "不在登记里，而且很像官方的 example.com");
        assert_eq!(verdict("elsewhere.test").await, "不在官方登记里");
        let phrase = "legal+winner+thank+year+wave+sausage+worth+useful+legal+winner+thank+yellow";
        let page = get(&format!("/official?value={phrase}")).await;
        assert_eq!((page.status, page.header("location").as_str()), (303, "/official?refused=1"));
        assert_eq!(get("/official?refused=1").await.status, 422);
        assert!(texts(&get("/official").await.html, ".register dt").contains(&"example.com".to_owned()));
    }
}
