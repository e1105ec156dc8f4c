//! `wenqu serve`.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};
use clap::{Args, ValueEnum};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing_subscriber::EnvFilter;

use crate::edition::{Edition, Editions, Following, Turn, Watch, follow};
use crate::history::Rewrite;
use crate::store::Store;
use crate::web::hooks::{Hooks, Preview};
use crate::web::{self, App};
use crate::webhook::{self, Secret, SecretError};

use super::say::Say;
use super::{Database, Outcome, Places, closings, folder, news, ranking, runtime};

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
    /// Tells another system of feedback: the address (http or https) that deliveries are posted to.
    #[arg(long, env = "WENQU_WEBHOOK", value_name = "URL")]
    webhook: Option<String>,
    /// What deliveries are signed with: 16 bytes at least, or `whsec_` and base 64. Better set by the
    /// environment or a file, since other users of the machine see arguments.
    #[arg(long, env = "WENQU_WEBHOOK_SECRET", value_name = "SECRET", hide_env_values = true)]
    webhook_secret: Option<String>,
    /// File that holds the secret.
    #[arg(long, env = "WENQU_WEBHOOK_SECRET_FILE", value_name = "FILE", conflicts_with = "webhook_secret")]
    webhook_secret_file: Option<PathBuf>,
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
        let webhook = self.webhook(say)?;
        let editions = Arc::new(folder::open(&self.places, self.watch, say)?);
        tell(&editions.current(), say)?;
        let first = editions.current();
        std::thread::spawn(move || first.searcher().warm());
        let preview = self.watch.then(|| Preview::new(&editions.current()));
        let (version, _) = watch::channel(editions.current().version().to_owned());
        let (shown, announced) = (preview.clone(), version.clone());
        let served = move |result: &Result<Arc<Edition>, _>| {
            watched(result);
            let Ok(edition) = result else { return };
            if let Some(preview) = &shown {
                preview.tell(edition);
            }
            announced.send_if_modified(|known| {
                let is_new = known != edition.version();
                edition.version().clone_into(known);
                is_new
            });
        };
        let served_too = served.clone();
        let watch = self.watch.then(|| Watch::start(&editions, move |result| served_too(&result))).transpose()?;
        let following = Following {
            pulls: self.pull_every.is_some() || self.hook_secret.is_some(),
            every: self.pull_every.map(Duration::from_secs),
            rewrite: if self.allow_rewrite { Rewrite::Follow } else { Rewrite::Refuse },
        };
        let bell = follow(&editions, following, move |turn| pulled(&turn, &served))?;
        if following.pulls {
            // What was pushed while nobody listened.
            bell.ring();
        }
        let hooks = Hooks {
            editions: Arc::clone(&editions),
            secret: self.hook_secret.as_deref().filter(|secret| !secret.is_empty()).map(Arc::from),
            bell,
            preview,
        };
        let runtime = runtime()?;
        let outcome = runtime.block_on(self.answer(editions, hooks, version, webhook, say));
        drop(watch);
        // What still runs beside (ranking, a delivery) is in the store and begins anew.
        runtime.shutdown_background();
        outcome?;
        Ok(Outcome::Good)
    }

    /// The webhook's address and secret, if there is to be one.
    fn webhook(&self, say: Say) -> anyhow::Result<Option<(String, Secret)>> {
        let Some(url) = self.webhook.clone().filter(|url| !url.is_empty()) else { return Ok(None) };
        if !["http://", "https://"].iter().any(|scheme| url.starts_with(scheme)) {
            bail!(
                "--webhook {url}: {}",
                say.pick("地址要以 http:// 或 https:// 开头", "must begin with http:// or https://")
            );
        }
        let text = match (&self.webhook_secret, &self.webhook_secret_file) {
            (Some(secret), _) => secret.clone(),
            (None, Some(file)) => std::fs::read_to_string(file).with_context(|| file.display().to_string())?,
            (None, None) => bail!(
                "{}",
                say.pick(
                    "--webhook 还需要签名用的密钥：设置 WENQU_WEBHOOK_SECRET，或用 --webhook-secret-file 指定文件",
                    "--webhook needs a secret to sign with: set WENQU_WEBHOOK_SECRET, or name a file by --webhook-secret-file"
                )
            ),
        };
        let secret = Secret::parse(&text).map_err(|error| match error {
            SecretError::Short => anyhow!(
                "{}",
                say.pick(
                    "通知的密钥太短：至少 16 字节，例如 openssl rand -base64 32 的输出",
                    "the webhook's secret is too short: 16 bytes at least, such as the output of openssl rand -base64 32"
                )
            ),
            SecretError::Base64 => anyhow!(
                "{}",
                say.pick("通知的密钥在 whsec_ 之后应是 base64", "what follows whsec_ in the webhook's secret must be base 64")
            ),
        })?;
        Ok(Some((url, secret)))
    }

    async fn answer(
        self,
        editions: Arc<Editions>,
        hooks: Hooks,
        version: watch::Sender<String>,
        webhook: Option<(String, Secret)>,
        say: Say,
    ) -> anyhow::Result<()> {
        let url = self.database.url(&self.places.data);
        let (store, away) = Store::open_or_wait(&url)
            .await
            .context(say.pick("反馈数据库无法打开", "cannot open the feedback database"))?;
        if let Some(reason) = away {
            tracing::error!(error = %reasons(&reason), "articles are served, feedback is refused until this is mended");
        }
        let listener = TcpListener::bind(self.listen).await.with_context(|| {
            format!(
                "{}: {}",
                self.listen,
                say.pick("无法监听这个地址（是否已被占用？）", "cannot listen on this address (is it taken?)")
            )
        })?;
        let here = format!("http://{}", listener.local_addr()?);
        let (preview, bell) = (hooks.preview.clone(), hooks.bell.clone());
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
        let base_url = options.base_url.clone();
        let app = App::new(Arc::clone(&editions), store.clone(), options);
        let mut beside = JoinSet::new();
        if let Some((url, secret)) = webhook {
            // Before the first reader: whatever is acknowledged is also told.
            store.keep_words();
            beside.spawn(webhook::keep(store.clone(), webhook::Options { url, secret, base_url }));
        }
        beside.spawn(news::keep(store.clone(), Arc::clone(&editions), bell, version.subscribe()));
        beside.spawn(closings::keep(store.clone(), Arc::clone(&editions)));
        beside.spawn(ranking::keep(store.clone(), editions, Arc::clone(&app.recount)));
        outln!("{} {here}", say.pick("帮助中心已就绪：", "the help centre is ready:"));
        let stopping = async move {
            stopped().await;
            if let Some(preview) = preview {
                preview.close();
            }
        };
        web::serve(web::Listeners { site: listener, metrics }, app, stopping).await?;
        beside.shutdown().await;
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
