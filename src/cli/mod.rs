//! The command line: reads arguments, builds the rooms, chooses exit codes. The only room that
//! reads settings; every other gets a small options value of its own.

/// Prints a line, and hands a closed pipe back as an error instead of a panic.
macro_rules! outln {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        writeln!(std::io::stdout(), $($text)*)?;
    }};
}

mod build;
mod closings;
mod copies;
mod eval;
mod export;
mod find;
mod folder;
mod index;
mod inspect;
mod news;
mod ranking;
mod reviewer;
mod say;
mod serve;
mod store_words;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use say::Say;

/// What a command came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Good.
    Good,
    /// Problems were found: exit code 1.
    Problems,
}

/// 问渠: a Chinese-first help centre in one binary.
#[derive(Parser, Debug)]
#[command(name = "wenqu", version, about, max_term_width = 100)]
struct Arguments {
    /// Language of messages: zh or en; otherwise the locale decides.
    #[arg(long, global = true, env = "WENQU_LANG", value_name = "LANG")]
    lang: Option<String>,
    #[command(subcommand)]
    command: Command,
}

/// Where things are.
#[derive(Args, Debug, Clone)]
struct Places {
    /// The articles folder, an editors' git repository.
    #[arg(long, env = "WENQU_ARTICLES", default_value = "articles", value_name = "DIR")]
    articles: PathBuf,
    /// The folder for the index and the embedded database.
    #[arg(long, env = "WENQU_DATA", default_value = "data", value_name = "DIR")]
    data: PathBuf,
}

/// Where feedback is kept.
#[derive(Args, Debug, Clone)]
struct Database {
    /// The feedback database: postgres://…, sqlite:PATH or a path; otherwise wenqu.db in the data folder.
    #[arg(long, env = "WENQU_DATABASE", value_name = "URL", hide_env_values = true, global = true)]
    database: Option<String>,
}

impl Database {
    fn url(&self, data: &std::path::Path) -> String {
        self.database.clone().unwrap_or_else(|| format!("sqlite:{}", data.join("wenqu.db").display()))
    }
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Serves the site: indexes what changed since the last run, then answers.
    Serve(serve::Serve),
    /// Writes the whole site as files, with a search that works in the browser.
    Build(build::Build),
    /// Brings the index up to date.
    Index(index::IndexCommand),
    /// Searches from the terminal.
    Search(find::Search),
    /// Shows how a query is read and why its hits are where they are.
    Explain(find::Explain),
    /// Reports every problem in the articles.
    Check(inspect::Check),
    /// Writes a new article with its front matter.
    New(folder::New),
    /// Measures search quality.
    Eval(eval::Eval),
    /// Exports for reviewers.
    Export(export::Export),
    /// Manages who may sign in to the review desk.
    Reviewer(reviewer::ReviewerCommand),
    /// Copies the embedded feedback database while the server runs.
    Backup(copies::Backup),
    /// Puts a copy back in place of the embedded feedback database.
    Restore(copies::Restore),
}

/// Runs the program and returns its exit code: 0 good, 1 problems found, 2 could not run.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    let say = Say::new(arguments.lang.as_deref());
    let result = match arguments.command {
        Command::Serve(command) => command.run(say),
        Command::Build(command) => command.run(say),
        Command::Index(command) => command.run(say),
        Command::Search(command) => command.run(say),
        Command::Explain(command) => command.run(say),
        Command::Check(command) => command.run(say),
        Command::New(command) => command.run(say),
        Command::Eval(command) => command.run(say),
        Command::Export(command) => command.run(say),
        Command::Reviewer(command) => command.run(say),
        Command::Backup(command) => command.run(say),
        Command::Restore(command) => command.run(say),
    };
    match result {
        Ok(Outcome::Good) => ExitCode::SUCCESS,
        Ok(Outcome::Problems) => ExitCode::from(1),
        Err(error) => {
            // A reader that closes the pipe is no failure worth a word.
            let closed = error.chain().any(|cause| {
                cause.downcast_ref::<std::io::Error>().is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
            });
            if closed {
                return ExitCode::SUCCESS;
            }
            eprintln!("{}{}", say.pick("错误：", "error: "), say.error(&error));
            ExitCode::from(2)
        }
    }
}

/// A runtime for commands that talk to the database.
fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}
