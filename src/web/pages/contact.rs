//! How to reach people: channels with their hours, what to have ready, what nobody ever asks for.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::domain::{ChannelKind, ContactChannel};
use crate::web::context::{Ctx, Frame, Here, page};
use crate::web::error::Error;
use crate::web::hours::{self, opening};
use crate::web::languages;
use crate::web::texts::Texts;

/// A channel as the page shows it.
struct Channel<'a> {
    settings: &'a ContactChannel,
    icon: &'static str,
    href: String,
    /// The address as it is read: nobody reads the scheme.
    address: &'a str,
    open: bool,
    state: String,
    hours: Vec<String>,
    zone: String,
    /// The present or next opening, as moments; empty where it is always open.
    from: String,
    to: String,
    languages: String,
}

#[derive(Template)]
#[template(path = "contact.html")]
struct Page<'a> {
    frame: Frame<'a>,
    t: &'static Texts,
    channels: Vec<Channel<'a>>,
}

/// `GET /contact`.
pub async fn show(ctx: Ctx) -> Result<Response, Error> {
    let site = &ctx.library().site;
    let mut frame = ctx.frame(Here::Contact, ctx.t().contact);
    frame.canonical = ctx.absolute("/contact");
    ctx.t().contact_lead.clone_into(&mut frame.description);
    let channels = site.channels.iter().map(|channel| {
        let span = hours::next(channel, &site.holidays, (ctx.app.now)());
        let opening = opening(channel, &site.holidays, (ctx.app.now)());
        Channel {
            icon: match channel.kind {
                ChannelKind::Chat => "chat",
                ChannelKind::Email => "mail",
                ChannelKind::Social => "megaphone",
                ChannelKind::Other => "help",
            },
            href: href(channel),
            address: channel.address.trim().trim_start_matches("https://"),
            open: opening.is_open(),
            state: opening.text(ctx.ui),
            hours: hours::lines(ctx.ui, channel),
            from: span.map(|(from, _)| from.to_string()).unwrap_or_default(),
            to: span.map(|(_, to)| to.to_string()).unwrap_or_default(),
            zone: hours::zone(channel, (ctx.app.now)()),
            languages: channel.languages.iter().map(|l| languages::name(l)).collect::<Vec<_>>().join(" · "),
            settings: channel,
        }
    });
    let template = Page { t: ctx.t(), channels: channels.collect(), frame };
    page(StatusCode::OK, &template)
}

/// Where a channel's address leads; empty where it is not to be clicked.
fn href(channel: &ContactChannel) -> String {
    let address = channel.address.trim();
    if address.starts_with("https://") {
        address.to_owned()
    } else if channel.kind == ChannelKind::Email && address.contains('@') {
        format!("mailto:{address}")
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use crate::web::tests::{get, select, texts};

    #[tokio::test]
    async fn channels_tell_whether_somebody_is_there() {
        let page = get("/contact").await;
        assert_eq!(page.status, 200);
        let states = texts(&page.html, ".channel .state");
        assert_eq!(states[0], "现在在线，今天 21:00 结束");
        assert!(states[1].starts_with("现在不在线"));
        assert_eq!(select(&page.html, "a[href=\"mailto:support@example.com\"]").len(), 1);
        assert!(texts(&page.html, ".never li").contains(&"助记词".to_owned()));
    }
}
