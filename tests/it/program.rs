//! The program as a person or a script meets it: a folder, a command line, a server that ends when
//! the test does.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use assert_cmd::cargo::cargo_bin;
use tempfile::TempDir;

use crate::http::{self, Answer};

/// Where servers log.
const LOG: &str = "server.log";

/// A folder with `articles/` and `data/` in it, where commands run with no setting but the defaults.
pub struct Place {
    folder: TempDir,
}

/// What a command left behind.
#[derive(Debug)]
pub struct Done {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Place {
    /// An empty folder, with no articles.
    pub fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// With these files below `articles/`.
    pub fn with(files: &[(&str, &str)]) -> Self {
        let place = Self::empty();
        fs::create_dir(place.path("articles")).unwrap();
        for (path, text) in files {
            place.write(&format!("articles/{path}"), text);
        }
        place
    }

    /// A file or folder in here.
    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Writes a file, and the folders above it.
    pub fn write(&self, path: &str, text: &str) {
        let file = self.path(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Done {
        self.run_with(arguments, "")
    }

    /// Runs a command with something on its standard input.
    pub fn run_with(&self, arguments: &[&str], input: &str) -> Done {
        let mut command = command(self.folder.path());
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // The pipe may be closed already by a command that reads nothing.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let output = child.wait_with_output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Done { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Runs a command that must succeed, and reads the one JSON document that it prints.
    pub fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let done = self.run(arguments);
        assert_eq!(done.code, Some(0), "{arguments:?}: {done:?}");
        serde_json::from_str(&done.out).unwrap()
    }

    /// What the servers of this place have logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.path(LOG)).unwrap_or_default()
    }

    /// Starts a server on a free port and waits until it says that it is ready.
    pub fn serve(&self) -> Server {
        self.serve_with(&[])
    }

    /// Starts a server with more arguments.
    pub fn serve_with(&self, arguments: &[&str]) -> Server {
        let mut command = command(self.folder.path());
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(arguments).stdin(Stdio::null());
        self.started(command)
    }

    /// Starts a server that logs everything it can.
    pub fn serve_logged(&self, arguments: &[&str]) -> Server {
        let mut command = command(self.folder.path());
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(arguments).stdin(Stdio::null());
        command.env("WENQU_LOG", "trace");
        self.started(command)
    }

    /// Starts a server on an address of its own choice, for one that takes the place of another.
    pub fn serve_at(&self, address: SocketAddr, arguments: &[&str]) -> Server {
        let mut command = command(self.folder.path());
        command.args(["serve", "--listen", &address.to_string()]).args(arguments).stdin(Stdio::null());
        self.started(command)
    }

    /// Starts a server through another program, which sets its clock or its limits.
    pub fn serve_under(&self, wrapper: &[&str]) -> Server {
        let server = command(self.folder.path());
        let mut command = Command::new(wrapper[0]);
        command.args(&wrapper[1..]).arg(server.get_program()).args(["serve", "--listen", "127.0.0.1:0"]);
        command.current_dir(self.folder.path()).env("LC_ALL", "zh_CN.UTF-8").stdin(Stdio::null());
        self.started(command)
    }

    fn started(&self, mut command: Command) -> Server {
        let log = fs::File::options().create(true).append(true).open(self.path(LOG)).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines.find_map(|line| line.unwrap().split_once("http://")?.1.trim().parse().ok());
        let Some(address) = address else { panic!("the server ended before it was ready: {:?}", child.wait()) };
        Server { child, address }
    }
}

/// The program, deaf to the settings and the language of whoever runs the tests.
fn command(folder: &Path) -> Command {
    let mut command = Command::new(cargo_bin!("wenqu"));
    command.current_dir(folder).env("LC_ALL", "zh_CN.UTF-8").env("TZ", "Asia/Shanghai");
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("WENQU_")) {
        command.env_remove(name);
    }
    command
}

/// A running server; killed when dropped.
pub struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    /// `GET path`.
    pub fn get(&self, path: &str) -> Answer {
        http::get(self.address, path)
    }

    /// `POST path` with a form.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        http::post(self.address, path, fields)
    }

    /// Where it answers.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Asks it to end, as a service manager does, and waits until it has.
    pub fn stop(mut self) -> ExitStatus {
        let asked = Command::new("sh").args(["-c", &format!("kill -TERM {}", self.child.id())]).status().unwrap();
        assert!(asked.success());
        self.child.wait().unwrap()
    }

    /// Takes its process away in the midst of whatever it does.
    pub fn crash(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Gone already after `stop` and `crash`.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
