//! The bare axum handler: as many bytes as are asked for, out of memory, and nothing else.

use std::net::SocketAddr;
use std::process::{Command, Stdio};

use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::routing::get;

use crate::client::Asked;
use crate::server::Server;

/// The longest answer it can give.
const BYTES_MAX: usize = 4 << 20;
/// Bytes of its head, which are taken off the body so that whole answers are equally long.
const HEAD_BYTES: usize = 125;

/// Serves until it is killed; prints its address.
pub fn serve() {
    let all = Bytes::from(vec![b'x'; BYTES_MAX]);
    let handler = move |Path(bytes): Path<usize>| {
        let body = all.slice(..bytes.min(BYTES_MAX));
        async move { body }
    };
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("http://{}", listener.local_addr().unwrap());
        axum::serve(listener, Router::new().route("/{bytes}", get(handler).post(async || "ok"))).await.unwrap();
    });
}

/// Starts it in a process of its own.
pub fn start() -> Server {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.arg("bare").stdout(Stdio::piped());
    Server::of(command)
}

/// A request for an answer of so many bytes, head and body.
pub fn asked(bare: &Server, bytes: usize) -> Asked {
    let address: SocketAddr = bare.address;
    let body = bytes.saturating_sub(HEAD_BYTES);
    Asked::one(format!("GET /{body} HTTP/1.1\r\nHost: {address}\r\n\r\n").into_bytes())
}
