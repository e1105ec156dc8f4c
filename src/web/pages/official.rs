//! Checks a contact against the official register. The answer is never “safe”, only whether it is listed.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use super::feedback::safety;
use crate::domain::{OfficialEntry, OfficialKind};
use crate::web::context::{Ctx, Frame, Here, page};
use crate::web::error::Error;
use crate::web::seam::{Finding, Standing, inspect, standing};
use crate::web::texts::{Texts, fill};

/// Characters of a contact that are looked at: longer than any address people paste.
const CONTACT_MAX: usize = 300;

/// The answer to one check.
struct Verdict {
    tone: &'static str,
    icon: &'static str,
    title: String,
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
    let value: String = ctx.fields.get("value").trim().chars().take(CONTACT_MAX).collect();
    if inspect(&value) == Finding::Secret {
        return safety(&ctx, None);
    }
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
        verdict: (!value.is_empty()).then(|| verdict(t, &standing(&value, register))),
        groups: groups.collect(),
        value,
        t,
        frame,
    };
    page(StatusCode::OK, &template)
}

fn verdict(t: &Texts, standing: &Standing<'_>) -> Verdict {
    match standing {
        Standing::Listed(entry) => Verdict {
            tone: "good",
            icon: "check",
            title: t.official_listed.to_owned(),
            text: fill(t.official_listed_text, &[("value", &entry.value)]),
        },
        Standing::Lookalike(entry) => Verdict {
            tone: "danger",
            icon: "alert",
            title: fill(t.official_lookalike, &[("value", &entry.value)]),
            text: t.official_lookalike_text.to_owned(),
        },
        Standing::Unlisted => Verdict {
            tone: "warn",
            icon: "alert",
            title: t.official_unlisted.to_owned(),
            text: t.official_unlisted_text.to_owned(),
        },
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
        assert_eq!(verdict("https%3A%2F%2Fexample.com%2Fa").await, "在官方登记里");
        assert_eq!(verdict("examp1e.com").await, "不在登记里，而且很像官方的 example.com");
        assert_eq!(verdict("elsewhere.test").await, "不在官方登记里");
        let phrase = "abandon+ability+able+about+above+absent+absorb+abstract+absurd+abuse+access+accident";
        let page = get(&format!("/official?value={phrase}")).await;
        assert!(page.status == 422 && !page.html.contains("abandon"));
        assert!(texts(&get("/official").await.html, ".register dt").contains(&"example.com".to_owned()));
    }
}
