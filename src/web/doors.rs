//! Takes connections in and lets them go: a bounded number in all and from one visitor, each with a
//! limit on the time and size of a request's head. axum's own server sets none of these.
//!
//! Told to stop, it takes in no more, lets answers under way finish, and closes idle connections.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};
use tower::Service as _;

use super::front::Front;
use super::listen::Patient;

/// Time for the head of a request, and for a kept connection until the next one begins. A proxy must
/// let go of its connections sooner.
const HEAD_TIME: Duration = Duration::from_secs(20);
/// Bytes of a request's head: an address of 32 kB and cookies that other programs on the host set.
const HEAD_BYTES_MAX: usize = 64 * 1024;
/// Header lines of a request; browsers send about twenty, a row of proxies adds some.
const HEADERS_MAX: usize = 100;
/// The part of all connections that one visitor may hold: a whole office behind one address fits, and
/// one machine cannot shut others out.
const VISITOR_PART: usize = 8;
/// Connections that are being told to come back, at a time; further ones are closed without a word.
const REFUSALS_MAX: usize = 64;
/// Time for telling them.
const REFUSAL_TIME: Duration = Duration::from_secs(1);
/// Pause after the system had no connection to give: it is out of files, and asking again is no help.
const PAUSE: Duration = Duration::from_millis(100);

/// What a connection hears that is one too many.
const REFUSAL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\ncontent-type: text/plain; charset=utf-8\r\n\
    retry-after: 3\r\nconnection: close\r\ncontent-length: 40\r\n\r\nToo many connections. Try again shortly.";

/// How many may come in.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections in all.
    pub connections_max: usize,
    /// Whether every connection comes from a proxy, so that addresses tell nothing of visitors.
    pub behind_proxy: bool,
}

/// Answers until `stopping` comes, then lets readers in flight finish, but no longer than `drain`.
///
/// # Errors
/// Never for a single connection; only when the listener itself is of no use.
pub async fn serve(
    listener: TcpListener,
    front: Front,
    limits: Limits,
    stopping: impl Future<Output = ()> + Send,
    drain: Duration,
) -> io::Result<()> {
    listener.local_addr()?;
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(HEAD_BYTES_MAX)
        .max_header_size(HEAD_BYTES_MAX)
        .max_headers(HEADERS_MAX);
    let seats = Arc::new(Semaphore::new(limits.connections_max));
    let refusals = Arc::new(Semaphore::new(REFUSALS_MAX));
    let visitors = Visitors::new(limits);
    let going = GracefulShutdown::new();
    let mut stopping = std::pin::pin!(stopping);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stopping => break,
        };
        let (stream, address) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                if !is_of_one(&error) {
                    tracing::error!(%error, "no connection can be taken in");
                    sleep(PAUSE).await;
                }
                continue;
            }
        };
        let seat = Arc::clone(&seats).try_acquire_owned().ok().zip(visitors.take(address));
        let Some(seat) = seat else {
            front.app().metrics.turned_away();
            if let Ok(refusal) = Arc::clone(&refusals).try_acquire_owned() {
                tokio::spawn(async move {
                    let _ = timeout(REFUSAL_TIME, refuse(stream)).await;
                    drop(refusal);
                });
            }
            continue;
        };
        let patient = Patient::new(stream);
        let (peer, served) = (patient.peer(address.ip()), front.clone());
        let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer.clone()));
            served.clone().call(request)
        });
        let connection = going.watch(http.serve_connection(TokioIo::new(patient), service));
        let app = Arc::clone(front.app());
        tokio::spawn(async move {
            let _open = app.metrics.connection();
            // Broken pipes and broken requests are the other side's business.
            let _ = connection.await;
            drop(seat);
        });
    }
    drop(listener);
    if timeout(drain, going.shutdown()).await.is_err() {
        tracing::warn!("some readers were still being answered when time was up");
    }
    Ok(())
}

/// Says when to come back. What the other side says is read for a moment: an answer before the
/// question would be lost in a reset.
async fn refuse(mut stream: TcpStream) -> io::Result<()> {
    stream.write_all(REFUSAL).await?;
    stream.shutdown().await?;
    let mut rest = [0; 1_024];
    while stream.read(&mut rest).await? > 0 {}
    Ok(())
}

/// Whether an error is about one connection and not about all.
fn is_of_one(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

/// Connections by visitor.
#[derive(Clone)]
struct Visitors {
    held: Arc<Mutex<HashMap<IpAddr, usize>>>,
    max: Option<usize>,
}

impl Visitors {
    fn new(limits: Limits) -> Self {
        let max = (limits.connections_max / VISITOR_PART).max(1);
        Self { held: Arc::default(), max: (!limits.behind_proxy).then_some(max) }
    }

    /// A seat among those of one visitor; programs on this machine may take all.
    fn take(&self, address: SocketAddr) -> Option<Visit> {
        let address = address.ip().to_canonical();
        let Some(max) = self.max.filter(|_| !address.is_loopback()) else {
            return Some(Visit { visitors: None, address });
        };
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(address).or_default();
        if *count >= max {
            return None;
        }
        *count += 1;
        Some(Visit { visitors: Some(Arc::clone(&self.held)), address })
    }
}

/// A visitor's seat, given back when dropped.
struct Visit {
    visitors: Option<Arc<Mutex<HashMap<IpAddr, usize>>>>,
    address: IpAddr,
}

impl Drop for Visit {
    fn drop(&mut self) {
        let Some(visitors) = &self.visitors else { return };
        let mut held = visitors.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_visitor_has_a_part_of_the_seats_and_a_proxy_all() {
        let check = |address: &str, behind_proxy: bool, expected: usize| {
            let visitors = Visitors::new(Limits { connections_max: 80, behind_proxy });
            let address: SocketAddr = address.parse().unwrap();
            let seats: Vec<Visit> = (0..50).map_while(|_| visitors.take(address)).collect();
            assert_eq!(seats.len(), expected, "{address}");
            drop(seats);
            assert!(visitors.take(address).is_some(), "seats are given back");
            assert!(visitors.held.lock().unwrap().is_empty());
        };
        check("192.0.2.1:1", false, 10);
        check("[2001:db8::1]:1", false, 10);
        check("192.0.2.1:1", true, 50);
        check("127.0.0.1:1", false, 50);
    }

    #[test]
    fn the_refusal_tells_its_length() {
        let text = std::str::from_utf8(REFUSAL).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(&format!("content-length: {}", body.len())), "{}", body.len());
    }
}
