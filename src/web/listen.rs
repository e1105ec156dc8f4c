//! A connection that ends when nothing goes through it: a thousand idle sockets cost an attacker nothing.
//!
//! It also lets through addresses of any length. The `http` crate refuses those of 64 kB and more
//! (<https://github.com/hyperium/http/blob/master/src/uri/mod.rs>, `MAX_LEN`), and a reader who pastes
//! a whole log into the search box must get an answer: so the query of such an address is kept beside
//! the connection, and the request goes on with a mark in its place.

use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ConnectInfo;
use axum::http::Extensions;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep};

/// How long a connection may say nothing. Longer than any answer takes, shorter than patience.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// Bytes of a request line that the server below reads itself.
const LINE_BYTES_MAX: usize = 32 * 1024;
/// Bytes of a request line that are taken in: as many as a search by form may have.
const LONG_LINE_BYTES_MAX: usize = 1024 * 1024;
/// Begins the query that stands for a long one; no form of ours makes such a query.
const MARK: &str = "~long-";

/// The query of the last long address on a connection, under its number.
type Long = Arc<Mutex<(u32, Option<Bytes>)>>;

/// The other end of a connection.
#[derive(Debug, Clone)]
pub struct Peer {
    /// Its address.
    pub address: IpAddr,
    long: Long,
}

impl Peer {
    /// A peer without a connection.
    #[cfg(test)]
    pub fn at(address: IpAddr) -> Self {
        Self { address, long: Long::default() }
    }
}

/// The query of an address that was too long for its request.
#[derive(Debug, Clone)]
pub struct LongQuery(pub Bytes);

/// The long query that the mark `query` stands for, if it does.
pub fn long_query(extensions: &Extensions, query: &str) -> Option<LongQuery> {
    let number: u32 = query.strip_prefix(MARK)?.parse().ok()?;
    let peer = extensions.get::<ConnectInfo<Peer>>()?;
    let mut long = peer.0.long.lock().unwrap_or_else(PoisonError::into_inner);
    if long.0 == number { long.1.take().map(LongQuery) } else { None }
}

/// A connection that ends when nothing is heard for a while.
pub struct Patient {
    stream: TcpStream,
    silence: Pin<Box<Sleep>>,
    /// When something last went through. The timer is set anew only when it fires: a request sets
    /// nothing and a silence ends at most this much late.
    heard: Instant,
    /// The beginning of a request whose first line has not ended yet, or that waits to be read.
    held: Vec<u8>,
    given: usize,
    state: Held,
    long: Long,
}

/// What the held bytes wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    Nothing,
    LineEnd,
    Reading,
}

impl Patient {
    /// A connection as it was accepted.
    pub fn new(stream: TcpStream) -> Self {
        // Answers are written whole; waiting to join them with later ones only delays them.
        let _ = stream.set_nodelay(true);
        Self {
            stream,
            silence: Box::pin(sleep(SILENCE_MAX)),
            heard: Instant::now(),
            held: Vec::new(),
            given: 0,
            state: Held::Nothing,
            long: Long::default(),
        }
    }

    /// Its other end.
    pub fn peer(&self, address: IpAddr) -> Peer {
        Peer { address, long: Arc::clone(&self.long) }
    }

    /// Fails once nothing has gone through for too long.
    fn poll_silence(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        while self.silence.as_mut().poll(cx).is_ready() {
            let until = self.heard + SILENCE_MAX;
            if until <= Instant::now() {
                return Poll::Ready(io::ErrorKind::TimedOut.into());
            }
            self.silence.as_mut().reset(until);
        }
        Poll::Pending
    }

    /// Notes that something went through, or sees to it that the wait for it ends.
    fn mark<T>(&mut self, cx: &mut Context<'_>, done: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if done.is_ready() {
            self.heard = Instant::now();
            return done;
        }
        self.poll_silence(cx).map(Err)
    }

    fn poll_stream(&mut self, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let read = Pin::new(&mut self.stream).poll_read(cx, buf);
        self.mark(cx, read)
    }

    /// Takes in the rest of the first line.
    fn poll_line(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut space = [0; 16 * 1024];
        loop {
            let mut piece = ReadBuf::new(&mut space);
            ready!(self.poll_stream(cx, &mut piece))?;
            let fresh = piece.filled();
            self.held.extend_from_slice(fresh);
            if fresh.is_empty() || fresh.contains(&b'\n') || self.held.len() > LONG_LINE_BYTES_MAX {
                return Poll::Ready(Ok(()));
            }
        }
    }
}

impl AsyncRead for Patient {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.state == Held::Nothing {
            let before = buf.filled().len();
            ready!(this.poll_stream(cx, buf))?;
            let fresh = buf.filled().get(before..).unwrap_or_default();
            if !begins_long(fresh) {
                return Poll::Ready(Ok(()));
            }
            this.held = fresh.to_vec();
            this.state = Held::LineEnd;
            buf.set_filled(before);
        }
        if this.state == Held::LineEnd {
            ready!(this.poll_line(cx))?;
            this.held = shorten(std::mem::take(&mut this.held), &this.long);
            (this.given, this.state) = (0, Held::Reading);
        }
        let rest = this.held.get(this.given..).unwrap_or_default();
        let piece = rest.get(..rest.len().min(buf.remaining())).unwrap_or_default();
        buf.put_slice(piece);
        this.given += piece.len();
        if this.given >= this.held.len() {
            (this.held, this.state) = (Vec::new(), Held::Nothing);
        }
        Poll::Ready(Ok(()))
    }
}

/// Whether a piece that was read is the beginning of a request and ends within its first line.
/// Clients send a request when the answer to the last one is there, so it begins a piece.
fn begins_long(piece: &[u8]) -> bool {
    (piece.starts_with(b"GET /") || piece.starts_with(b"HEAD /")) && !piece.contains(&b'\n')
}

/// The request with a mark in the place of its query, where its first line is too long.
fn shorten(request: Vec<u8>, long: &Long) -> Vec<u8> {
    let end = request.iter().position(|b| *b == b'\n').unwrap_or(request.len());
    let (line, rest) = request.split_at(end);
    let question = line.iter().position(|b| *b == b'?');
    let space = line.iter().rposition(|b| *b == b' ');
    let (Some(question), Some(space)) = (question, space) else { return request };
    let Some(query) = line.get(question + 1..space).filter(|_| line.len() > LINE_BYTES_MAX) else { return request };
    let mut kept = long.lock().unwrap_or_else(PoisonError::into_inner);
    *kept = (kept.0.wrapping_add(1), Some(Bytes::copy_from_slice(query)));
    let mark = format!("{MARK}{}", kept.0);
    [line.get(..=question).unwrap_or_default(), mark.as_bytes(), line.get(space..).unwrap_or_default(), rest].concat()
}

impl AsyncWrite for Patient {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.mark(cx, written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.mark(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_query_of_a_long_line_is_put_aside() {
        let check = |query: &str, becomes: &str| {
            let long = Long::default();
            let request = format!("GET /search?{query} HTTP/1.1\r\nhost: a\r\n\r\n");
            let short = shorten(request.into_bytes(), &long);
            assert_eq!(String::from_utf8_lossy(&short), format!("GET /search?{becomes} HTTP/1.1\r\nhost: a\r\n\r\n"));
            let kept = long.lock().unwrap().1.clone();
            assert_eq!(kept.is_some(), query != becomes);
            assert!(kept.is_none_or(|kept| kept == query));
        };
        check("q=1", "q=1");
        check(&format!("q={}", "a".repeat(100_000)), "~long-1");
        let pathless = format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(100_000)).into_bytes();
        assert_eq!(shorten(pathless.clone(), &Long::default()), pathless);
    }
}
