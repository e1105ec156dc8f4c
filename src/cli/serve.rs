//! `wenqu serve`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::{Args, ValueEnum};
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

use crate::edition::{Edition, Editions, Following, Turn, Watch, follow};
use crate::history::Rewrite;
use crate::store::Store;
use crate::web::hooks::{Hooks, Preview};
use crate::web::{self, App};

use super::say::Say;
use super::{Database, Outcome, Places, folder, ranking, runtime};

/// Serves the site.
#[derive(Args, Debug)]
pub(super) struct Serve {
    /// Address to answer on; port 0 takes a free one.
    #[arg(long, env = "WENQU_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDR")]
    listen: SocketAddr,
    #[command(flatten)]
    places: Places,
    #[command(flatten)]
    database: Database,
    /// Makes a new edition when files change, shows drafts and problems, and reloads open pages.
    #[arg(long, env = "WENQU_WATCH")]
    watch: bool,
    /// What the repository signs its pushes to /hooks/git with; without one there is no hook.
    #[arg(long, env = "WENQU_HOOK_SECRET", value_name = "SECRET", hide_env_values = true)]
    hook_secret: Option<String>,
    /// Pulls the articles repository every so many seconds, too.
    #[arg(long, env = "WENQU_PULL_EVERY", value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    pull_every: Option<u64>,
    /// Follows a branch that was rewritten, and throws away what is here only.
    #[arg(long, env = "WENQU_ALLOW_REWRITE")]
    allow_rewrite: bool,
    /// Address under which readers reach the site; otherwise the one it answers on.
    #[arg(long, env = "WENQU_BASE_URL", value_name = "URL")]
    base_url: Option<String>,
    /// Proxies in front of this server: so many entries from the right of X-Forwarded-For are believed.
    #[arg(long, env = "WENQU_TRUSTED_PROXIES", default_value_t = 0, value_name = "N")]
    trusted_proxies: usize,
    /// Address on which figures for Prometheus are told at /metrics; readers must not reach it.
    #[arg(long, env = "WENQU_METRICS_LISTEN", value_name = "ADDR")]
    metrics_listen: Option<SocketAddr>,
    /// Connections held at once; more are asked to come back.
    #[arg(long, env = "WENQU_CONNECTIONS_MAX", default_value_t = 4096, value_name = "N", value_parser = at_least_one)]
    connections_max: usize,
    /// Requests answered at once, beside those for pages that are kept rendered.
    #[arg(long, env = "WENQU_REQUESTS_MAX", default_value_t = 512, value_name = "N", value_parser = at_least_one)]
    requests_max: usize,
    /// Queries that the index answers at once; otherwise as many as there are processors.
    #[arg(long, env = "WENQU_SEARCHES_MAX", value_name = "N", value_parser = at_least_one)]
    searches_max: Option<usize>,
    /// MiB of pages kept rendered; 0 keeps none.
    #[arg(long, env = "WENQU_SHELF_MIB", default_value_t = 32, value_name = "MIB")]
    shelf_mib: u32,
    /// Feedback and suggestions that one visitor may send in an hour.
    #[arg(long, env = "WENQU_POSTS_PER_HOUR", default_value_t = 60, value_name = "N")]
    posts_per_hour: u32,
    /// Days for which searches are kept; 0 logs none.
    #[arg(long, env = "WENQU_KEEP_SEARCHES_DAYS", default_value_t = 90, value_name = "DAYS")]
    keep_searches_days: u32,
    /// How the log is written.
    #[arg(long, env = "WENQU_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum LogFormat {
    Text,
    Json,
}

impl Serve {
    pub fn run(self, say: Say) -> anyhow::Result<Outcome> {
        log(self.log_format);
        let editions = Arc::new(folder::open(&self.places, self.watch, say)?);
        tell(&editions.current(), say)?;
        let preview = self.watch.then(|| Preview::new(&editions.current()));
        let shown = preview.clone();
        let served = move |result: &Result<Arc<Edition>, _>| {
            watched(result);
            if let (Some(preview), Ok(edition)) = (&shown, result) {
                preview.tell(edition);
            }
        };
        let served_too = served.clone();
        let watch = self.watch.then(|| Watch::start(&editions, move |result| served_too(&result))).transpose()?;
        let following = Following {
            every: self.pull_every.map(Duration::from_secs),
            rewrite: if self.allow_rewrite { Rewrite::Follow } else { Rewrite::Refuse },
        };
        let bell = follow(&editions, following, move |turn| pulled(&turn, &served))?;
        if self.pull_every.is_some() || self.hook_secret.is_some() {
            // What was pushed while nobody listened.
            bell.ring();
        }
        let hooks = Hooks {
            editions: Arc::clone(&editions),
            secret: self.hook_secret.as_deref().filter(|secret| !secret.is_empty()).map(Arc::from),
            bell,
            preview,
        };
        runtime()?.block_on(self.answer(editions, hooks, say))?;
        drop(watch);
        Ok(Outcome::Good)
    }

    async fn answer(self, editions: Arc<Editions>, hooks: Hooks, say: Say) -> anyhow::Result<()> {
        let url = self.database.url(&self.places.data);
        let store =
            Store::open(&url).await.context(say.pick("反馈数据库无法打开", "cannot open the feedback database"))?;
        let listener = TcpListener::bind(self.listen).await.with_context(|| {
            format!(
                "{}: {}",
                self.listen,
                say.pick("无法监听这个地址（是否已被占用？）", "cannot listen on this address (is it taken?)")
            )
        })?;
        let here = format!("http://{}", listener.local_addr()?);
        let preview = hooks.preview.clone();
        let metrics = match self.metrics_listen {
            Some(address) => Some(TcpListener::bind(address).await.with_context(|| {
                format!("{address}: {}", say.pick("无法监听指标的地址", "cannot listen on the address for figures"))
            })?),
            None => None,
        };
        let defaults = web::Options::default();
        let options = web::Options {
            hosts: self.base_url.as_deref().map(web::hosts).unwrap_or_default(),
            base_url: self.base_url.unwrap_or_else(|| here.clone()),
            connections_max: self.connections_max,
            requests_max: self.requests_max,
            searches_max: self.searches_max.unwrap_or(defaults.searches_max),
            shelf_bytes: u64::from(self.shelf_mib) << 20,
            trusted_proxies: self.trusted_proxies,
            posts_per_hour: self.posts_per_hour,
            keep_searches_days: self.keep_searches_days,
            hooks: Some(hooks),
            ..defaults
        };
        outln!("{} {here}", say.pick("帮助中心已就绪：", "the help centre is ready:"));
        let app = App::new(Arc::clone(&editions), store.clone(), options);
        let ranking = tokio::spawn(ranking::keep(store.clone(), editions, Arc::clone(&app.recount)));
        let stopping = async move {
            stopped().await;
            if let Some(preview) = preview {
                preview.close();
            }
        };
        web::serve(web::Listeners { site: listener, metrics }, app, stopping).await?;
        ranking.abort();
        store.close().await;
        Ok(())
    }
}

fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse::<std::num::NonZeroUsize>().map(Into::into).map_err(|error| error.to_string())
}

/// What was loaded, and how to learn of what was not.
fn tell(edition: &Edition, say: Say) -> std::io::Result<()> {
    let (articles, skipped) = (edition.updated.articles, edition.loaded().counts.skipped);
    let (errors, warnings) = crate::check::counts(edition.problems());
    outln!(
        "{}",
        match say.pick("zh", "en") {
            "zh" => format!("{articles} 篇文章，{} 个小节，跳过 {skipped} 个文件", edition.updated.sections),
            _ => format!("{articles} articles, {} sections, {skipped} files skipped", edition.updated.sections),
        }
    );
    if errors + warnings > 0 {
        outln!(
            "{}",
            match say.pick("zh", "en") {
                "zh" => format!("发现 {errors} 个错误、{warnings} 个警告：运行 wenqu check 查看"),
                _ => format!("{errors} errors and {warnings} warnings: run wenqu check to see them"),
            }
        );
    }
    Ok(())
}

fn watched(result: &Result<Arc<Edition>, crate::edition::Error>) {
    match result {
        Ok(edition) => {
            let done = edition.updated;
            tracing::info!(
                added = done.added,
                changed = done.changed,
                removed = done.removed,
                "a new edition is served"
            );
        }
        Err(error) => tracing::error!(error = %reasons(error), "the last good edition stays"),
    }
}

/// An error with everything that led to it.
fn reasons(error: &(dyn std::error::Error + 'static)) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn pulled(turn: &Turn, served: &impl Fn(&Result<Arc<Edition>, crate::edition::Error>)) {
    if let Err(error) = &turn.pulled {
        tracing::error!(%error, "the articles repository could not be pulled");
    }
    served(&turn.edition);
}

fn log(format: LogFormat) {
    let filter = EnvFilter::try_from_env("WENQU_LOG").unwrap_or_else(|_| EnvFilter::new("info,tantivy=warn"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second subscriber is refused; the first one serves as well.
    let _ = match format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
}

/// Ends when the system asks the process to stop.
async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut terminate) => {
                tokio::select! {
                    _ = interrupt => {}
                    _ = terminate.recv() => {}
                }
            }
            Err(_) => drop(interrupt.await),
        }
    }
    #[cfg(not(unix))]
    drop(interrupt.await);
    tracing::info!("stopping: readers in flight are answered first");
}
