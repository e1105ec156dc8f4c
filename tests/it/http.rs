//! A reader's side of HTTP, as little as the tests need: one request on one connection, blocking.
//! It sends bytes as they are, so that tests can say what no proper client would.
//!
//! Speaks HTTP/1.0, whose answers end where the connection does.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Longer than any answer takes, and shorter than a patient person.
const PATIENCE: Duration = Duration::from_secs(30);

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    /// The first header of this name, in lower case; empty when there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

/// `GET path`.
pub fn get(address: SocketAddr, path: &str) -> Answer {
    send(address, &format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n\r\n"), b"")
}

/// `POST path` with a form, as a browser sends it from a page of the site itself.
pub fn post(address: SocketAddr, path: &str, fields: &[(&str, &str)]) -> Answer {
    try_post(address, path, fields, "").unwrap()
}

/// The same with cookies, from a server that may be gone at any moment.
pub fn try_post(address: SocketAddr, path: &str, fields: &[(&str, &str)], cookies: &str) -> io::Result<Answer> {
    let (head, body) = form(address, path, fields, cookies);
    try_send(address, &head, body.as_bytes())
}

fn form(address: SocketAddr, path: &str, fields: &[(&str, &str)], cookies: &str) -> (String, String) {
    let fields: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect();
    let body = fields.join("&");
    let head = format!(
        "POST {path} HTTP/1.0\r\nHost: {address}\r\nOrigin: http://{address}\r\nSec-Fetch-Site: same-origin\r\n\
         Cookie: {cookies}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    (head, body)
}

/// `GET path` with a header of its own.
pub fn get_with(address: SocketAddr, path: &str, (name, value): (&str, &str)) -> Answer {
    send(address, &format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n{name}: {value}\r\n\r\n"), b"")
}

/// `POST path` with a form from another address of this machine.
pub fn post_from(source: &str, address: SocketAddr, path: &str, fields: &[(&str, &str)]) -> Answer {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let stream = runtime.block_on(async {
        let socket = tokio::net::TcpSocket::new_v4().unwrap();
        socket.bind(format!("{source}:0").parse().unwrap()).unwrap();
        socket.connect(address).await.unwrap().into_std().unwrap()
    });
    stream.set_nonblocking(false).unwrap();
    let (head, body) = form(address, path, fields, "");
    talk(stream, &head, body.as_bytes()).unwrap()
}

/// `POST path` as a program does, with a header of its own.
pub fn push(address: SocketAddr, path: &str, (name, value): (&str, &str), body: &str) -> Answer {
    let head =
        format!("POST {path} HTTP/1.0\r\nHost: {address}\r\n{name}: {value}\r\nContent-Length: {}\r\n\r\n", body.len());
    send(address, &head, body.as_bytes())
}

/// Percent-encodes everything that is not a letter or digit.
pub fn escape(text: &str) -> String {
    let escape = |byte: u8| match byte {
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}

fn send(address: SocketAddr, head: &str, body: &[u8]) -> Answer {
    try_send(address, head, body).unwrap()
}

/// An error is a server that is gone, or went in the midst of its answer.
fn try_send(address: SocketAddr, head: &str, body: &[u8]) -> io::Result<Answer> {
    talk(TcpStream::connect(address)?, head, body)
}

fn talk(mut stream: TcpStream, head: &str, body: &[u8]) -> io::Result<Answer> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(head.as_bytes())?;
    stream.write_all(body)?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes)?;
    let answer = String::from_utf8(bytes).unwrap();
    let Some((head, body)) = answer.split_once("\r\n\r\n") else { return Err(ErrorKind::UnexpectedEof.into()) };
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok()).unwrap();
    let pair = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
    Ok(Answer { status, headers: lines.filter_map(pair).collect(), body: body.to_owned() })
}

/// An address that nobody listens on at the moment.
pub fn free_address() -> SocketAddr {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}
