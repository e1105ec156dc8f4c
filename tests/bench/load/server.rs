//! A server in a process of its own, with what the system knows of it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::client::Connection;

/// A running server; killed when dropped.
pub struct Server {
    pub address: SocketAddr,
    child: Child,
}

impl Server {
    /// The program over a folder, ready to answer. Visitors may post as much as they can.
    pub fn start(program: &Path, articles: &Path, data: &Path, more: &[&str]) -> Self {
        let mut command = Command::new(program);
        command.args(["serve", "--listen", "127.0.0.1:0", "--posts-per-hour", "4000000000", "--lang", "en"]);
        command
            .arg("--articles")
            .arg(articles)
            .arg("--data")
            .arg(data)
            .args(more)
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let server = Self::of(command);
        let ready = format!("GET /readyz HTTP/1.1\r\nHost: {}\r\n\r\n", server.address);
        assert_eq!(Connection::open(server.address).ask(ready.as_bytes()).map(|(status, _)| status), Some(200));
        server
    }

    /// Whatever prints the address that it listens on.
    pub fn of(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = lines.find_map(|line| line.unwrap().split_once("http://")?.1.trim().parse().ok()).unwrap();
        Self { address, child }
    }

    /// Processor time so far. Fields 14 and 15 count in hundredths of a second.
    pub fn processor(&self) -> Duration {
        let text = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).unwrap();
        let after = text.rsplit_once(')').unwrap().1;
        let ticks: u64 = after.split_whitespace().skip(11).take(2).map(|n| n.parse::<u64>().unwrap()).sum();
        Duration::from_millis(ticks * 10)
    }

    /// MiB of memory, with the share that belongs to no file and the most there ever was.
    pub fn memory(&self) -> String {
        let value = |name: &str| self.memory_kib(name) / 1024;
        format!("{} MiB resident ({} MiB of its own), at most {} MiB", value("VmRSS"), value("RssAnon"), value("VmHWM"))
    }

    /// A line of the system's account of its memory.
    pub fn memory_kib(&self, name: &str) -> u64 {
        let text = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// The address of the style sheet, whose name has its content in it.
    pub fn style_sheet(&self) -> String {
        use std::io::{Read, Write};
        let mut stream = std::net::TcpStream::connect(self.address).unwrap();
        write!(stream, "GET / HTTP/1.0\r\nHost: {}\r\n\r\n", self.address).unwrap();
        let mut page = String::new();
        stream.read_to_string(&mut page).unwrap();
        let (_, from) = page.split_once("href=\"/static/site.").unwrap();
        format!("/static/site.{}", from.split('"').next().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
