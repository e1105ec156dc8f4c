//! `wenqu reviewer`.

use std::io::{BufRead, IsTerminal};
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};

use crate::store::Store;

use super::say::Say;
use super::{Database, Outcome, runtime};

/// Manages who may sign in to the review desk.
#[derive(Args, Debug)]
pub(super) struct ReviewerCommand {
    #[command(flatten)]
    database: Database,
    /// The folder of the embedded database.
    #[arg(long, env = "WENQU_DATA", default_value = "data", value_name = "DIR", global = true)]
    data: PathBuf,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// Adds a reviewer; the password is read from standard input or `WENQU_REVIEWER_PASSWORD`.
    Add {
        /// The name to sign in with.
        name: String,
    },
    /// Lists reviewers.
    List,
    /// Keeps a reviewer out; ends their sessions and token.
    Disable {
        /// Who.
        name: String,
    },
    /// Lets a disabled reviewer in again, with the password they had.
    Enable {
        /// Who.
        name: String,
    },
    /// Sets a new password, read as for `add`.
    Passwd {
        /// Who.
        name: String,
    },
    /// Makes an API token and shows it once.
    Token {
        /// Who.
        name: String,
    },
}

impl ReviewerCommand {
    pub fn run(self, say: Say) -> anyhow::Result<Outcome> {
        let url = self.database.url(&self.data);
        runtime()?.block_on(async {
            let store = Store::open(&url).await?;
            match &self.action {
                Action::Add { name } => store.reviewer_add(name, &password(say)?).await?,
                Action::Passwd { name } => store.reviewer_set_password(name, &password(say)?).await?,
                Action::Disable { name } => store.reviewer_disable(name).await?,
                Action::Enable { name } => store.reviewer_enable(name).await?,
                Action::Token { name } => outln!("{}", store.reviewer_token(name).await?.as_str()),
                Action::List => {
                    for one in store.reviewer_list().await? {
                        let state = if one.active {
                            say.pick("可登录", "active")
                        } else {
                            say.pick("已停用", "disabled")
                        };
                        let token = if one.has_token { say.pick("有令牌", "token") } else { "-" };
                        outln!("{}\t{state}\t{token}\t{}", one.name, one.created);
                    }
                }
            }
            store.close().await;
            anyhow::Ok(())
        })?;
        Ok(Outcome::Good)
    }
}

/// Characters of a password. Source: NIST SP 800-63B asks for at least 8; a desk over money more.
const PASSWORD_CHARS_MIN: usize = 10;

fn password(say: Say) -> anyhow::Result<String> {
    let password = if let Ok(password) = std::env::var("WENQU_REVIEWER_PASSWORD") {
        password
    } else {
        let input = std::io::stdin();
        if input.is_terminal() {
            eprint!("{}", say.pick("密码（会显示在屏幕上）：", "password (it will be visible): "));
        }
        let mut line = String::new();
        input.lock().read_line(&mut line).context("stdin")?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    if password.chars().count() < PASSWORD_CHARS_MIN {
        bail!(
            "{} {PASSWORD_CHARS_MIN}",
            say.pick("密码太短，最少的字符数：", "the password is too short; characters at least:")
        );
    }
    Ok(password)
}
