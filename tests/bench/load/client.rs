//! A client that keeps its connections and sends one request after the other on each: closed loop,
//! so what it measures is how fast answers come, not how long a queue grows.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::server::Server;

/// Requests, sent in turn.
pub struct Asked {
    requests: Vec<Vec<u8>>,
    numbered: bool,
    next: AtomicU64,
}

impl Asked {
    /// These.
    pub fn list(requests: Vec<Vec<u8>>) -> Arc<Self> {
        Arc::new(Self { requests, numbered: false, next: AtomicU64::new(0) })
    }

    /// This one, again and again.
    pub fn one(request: Vec<u8>) -> Self {
        Self { requests: vec![request], numbered: false, next: AtomicU64::new(0) }
    }

    /// These, `{}` replaced by another number of eight digits each time.
    pub fn numbered(requests: Vec<Vec<u8>>) -> Arc<Self> {
        Arc::new(Self { requests, numbered: true, next: AtomicU64::new(0) })
    }

    /// The next request, written into `space`.
    pub fn take<'a>(&'a self, space: &'a mut Vec<u8>) -> &'a [u8] {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let request = &self.requests[number as usize % self.requests.len()];
        if !self.numbered {
            return request;
        }
        let at = request.windows(2).position(|pair| pair == b"{}").unwrap();
        space.clear();
        space.extend_from_slice(&request[..at]);
        write!(space, "{:08}", number + 10_000_000).unwrap();
        space.extend_from_slice(&request[at + 2..]);
        space
    }
}

/// What came of it.
#[derive(Default)]
pub struct Measured {
    pub count: u64,
    pub failed: u64,
    pub bytes: u64,
    seconds: f64,
    processor: Duration,
    latencies_us: Vec<u32>,
}

impl Measured {
    /// Answers a second.
    pub fn rate(&self) -> f64 {
        self.count as f64 / self.seconds
    }

    /// A percentile of the times from request to answer.
    pub fn ms(&self, part: f64) -> f64 {
        let at = (self.latencies_us.len() as f64 * part) as usize;
        self.latencies_us.get(at).map_or(0.0, |us| f64::from(*us) / 1e3)
    }

    /// The server's processor time for one answer.
    pub fn processor_us(&self) -> f64 {
        self.processor.as_secs_f64() * 1e6 / self.count.max(1) as f64
    }
}

/// Sends for `time` over so many connections.
pub fn measure(server: &Server, asked: &Arc<Asked>, time: Duration, connections: usize) -> Measured {
    let (started, before) = (Instant::now(), server.processor());
    let until = started + time;
    let threads: Vec<_> = (0..connections)
        .map(|_| {
            let (asked, address) = (Arc::clone(asked), server.address);
            thread::spawn(move || send(address, &asked, until))
        })
        .collect();
    let mut sum = Measured::default();
    for thread in threads {
        let part = thread.join().unwrap();
        sum.count += part.count;
        sum.failed += part.failed;
        sum.bytes += part.bytes;
        sum.latencies_us.extend(part.latencies_us);
    }
    sum.latencies_us.sort_unstable();
    sum.seconds = started.elapsed().as_secs_f64();
    sum.processor = server.processor().saturating_sub(before);
    sum
}

fn send(address: SocketAddr, asked: &Asked, until: Instant) -> Measured {
    let mut measured = Measured::default();
    let mut connection = Connection::open(address);
    let mut space = Vec::new();
    loop {
        let started = Instant::now();
        if started >= until {
            return measured;
        }
        if let Some((status, bytes)) = connection.ask(asked.take(&mut space)) {
            measured.count += 1;
            measured.bytes += bytes as u64;
            measured.latencies_us.push(started.elapsed().as_micros() as u32);
            measured.failed += u64::from(!(200..400).contains(&status));
        } else {
            measured.failed += 1;
            connection = Connection::open(address);
        }
    }
}

/// A kept connection.
pub struct Connection {
    stream: TcpStream,
    held: Vec<u8>,
}

impl Connection {
    pub fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        Self { stream, held: vec![0; 64 * 1024] }
    }

    /// Sends a request that has no body in its answer, and reads the status.
    pub fn status(&mut self, request: &[u8]) -> Option<u16> {
        self.stream.write_all(request).ok()?;
        let mut text = String::new();
        self.stream.read_to_string(&mut text).ok()?;
        text.get(9..12)?.parse().ok()
    }

    /// Sends a request and reads the answer: its status, and its bytes with the head. None where the
    /// connection broke.
    pub fn ask(&mut self, request: &[u8]) -> Option<(u16, usize)> {
        self.stream.write_all(request).ok()?;
        let mut filled = 0;
        let head = loop {
            let read = self.stream.read(self.held.get_mut(filled..)?).ok().filter(|read| *read > 0)?;
            filled += read;
            if let Some(at) = self.held[..filled].windows(4).position(|end| end == b"\r\n\r\n") {
                break at + 4;
            }
        };
        let text = std::str::from_utf8(&self.held[..head]).ok()?;
        let status = text.get(9..12)?.parse().ok()?;
        let lines = || text.lines().filter_map(|line| line.split_once(": "));
        let length = lines().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        match length {
            Some((_, length)) => {
                let whole = head + length.parse::<usize>().ok()?;
                let mut left = whole.saturating_sub(filled);
                while left > 0 {
                    let most = left.min(self.held.len());
                    left -= self.stream.read(&mut self.held[..most]).ok().filter(|read| *read > 0)?;
                }
                Some((status, whole))
            }
            None if status == 304 || status == 204 => Some((status, head)),
            None => self.chunks(status, head, filled),
        }
    }

    /// The rest of an answer in chunks, which ends with an empty one.
    fn chunks(&mut self, status: u16, head: usize, filled: usize) -> Option<(u16, usize)> {
        let (mut all, mut bytes) = (self.held[head..filled].to_vec(), filled);
        while !all.ends_with(b"0\r\n\r\n") {
            let read = self.stream.read(&mut self.held).ok().filter(|read| *read > 0)?;
            bytes += read;
            all.extend_from_slice(&self.held[..read]);
        }
        Some((status, bytes))
    }
}

/// A form, as a browser sends it from a page of the site.
pub fn form(host: SocketAddr, path: &str, body: &str) -> Vec<u8> {
    // `{}` becomes eight digits.
    let length = body.len() + if body.contains("{}") { 6 } else { 0 };
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    head.into_bytes()
}

/// Percent-encodes everything that is not a letter or digit.
pub fn escape(text: &str) -> String {
    let escape = |byte: u8| match byte {
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}
