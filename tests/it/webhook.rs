//! The webhook: what another system receives, that it can tell our word from others', and that it
//! gets it however often either side is away.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use wenqu::webhook::Secret;

use crate::editors::PATIENCE;
use crate::program::Place;

const ARTICLES: &[(&str, &str)] = &[("a.md", "# 甲\n\n文。\n")];
const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// What arrived.
struct Delivery {
    headers: Vec<(String, String)>,
    body: String,
}

impl Delivery {
    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// Another system: answers each delivery with the next status; the last one holds for the rest.
fn receiver(listener: TcpListener, statuses: &'static [u16]) -> Receiver<Delivery> {
    let (sender, deliveries) = channel();
    thread::spawn(move || {
        for (n, stream) in listener.incoming().enumerate() {
            let mut reader = BufReader::new(stream.unwrap());
            let mut lines = reader.by_ref().lines().map_while(Result::ok);
            let Some(first) = lines.next() else { continue };
            assert_eq!(first, "POST /in?a=b HTTP/1.1");
            let headers: Vec<(String, String)> = lines
                .take_while(|line| !line.is_empty())
                .filter_map(|line| line.split_once(": ").map(|(k, v)| (k.to_lowercase(), v.to_owned())))
                .collect();
            let length = headers.iter().find(|(name, _)| name == "content-length").unwrap().1.parse().unwrap();
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            let status = statuses.get(n).or(statuses.last()).unwrap();
            let answer = format!(
                "HTTP/1.1 {status} x\r\nLocation: /elsewhere\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            );
            reader.get_mut().write_all(answer.as_bytes()).unwrap();
            if sender.send(Delivery { headers, body: String::from_utf8(body).unwrap() }).is_err() {
                return;
            }
        }
    });
    deliveries
}

fn listen(address: &str) -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind(address).unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

#[test]
fn feedback_is_told_signed_and_again_after_a_refusal() {
    let (listener, address) = listen("127.0.0.1:0");
    let deliveries = receiver(listener, &[302, 204]);
    let place = Place::with(ARTICLES);
    place.write("secret", &format!("{SECRET}\n"));
    let url = format!("http://{address}/in?a=b");
    let server = place.serve_with(&["--webhook", &url, "--webhook-secret-file", "secret"]);
    let fields =
        [("helpful", "no"), ("reason", "unclear"), ("comment", "第二步在哪"), ("contact", "reader@example.com")];
    let receipt = server.post("/articles/a/feedback", &fields).header("location").replace("/feedback/", "");

    let refused = deliveries.recv_timeout(PATIENCE).unwrap();
    let taken = deliveries.recv_timeout(PATIENCE).unwrap();
    assert_eq!(refused.header("webhook-id"), taken.header("webhook-id"), "one word, told twice");
    for one in [&refused, &taken] {
        let second: i64 = one.header("webhook-timestamp").parse().unwrap();
        assert!((jiff::Timestamp::now().as_second() - second).abs() < 60);
        let expected = Secret::parse(SECRET).unwrap().sign(one.header("webhook-id"), second, &one.body);
        assert_eq!(one.header("webhook-signature"), expected);
        assert_eq!(one.header("content-type"), "application/json");
        assert!(!one.body.contains("reader@example.com"), "how to reach a reader stays here");
    }
    let said = taken.json();
    assert_eq!(
        (said["type"].as_str(), said["data"]["comment"].as_str()),
        (Some("feedback.received"), Some("第二步在哪"))
    );
    assert_eq!((said["data"]["article"].as_str(), said["data"]["helpful"].as_str()), (Some("a"), Some("no")));
    let link = said["data"]["url"].as_str().unwrap();
    assert!(link.starts_with("http://127.0.0.1") && link.ends_with(&format!("/review/feedback/{receipt}")), "{link}");

    server.post(&format!("/feedback/{receipt}"), &[("do", "withdraw")]);
    let changed = deliveries.recv_timeout(PATIENCE).unwrap().json();
    assert_eq!(changed["type"], "feedback.changed");
    assert_eq!(
        (changed["data"]["status"].as_str(), changed["data"]["comment"].as_str()),
        (Some("withdrawn"), Some(""))
    );
    assert!(server.stop().success());
}

#[test]
fn what_waits_outlives_a_crash_and_holds_up_nobody() {
    // A system that takes calls and never answers.
    let (silent, address) = listen("127.0.0.1:0");
    let place = Place::with(ARTICLES);
    let url = format!("http://{address}/in?a=b");
    let arguments = ["--webhook", url.as_str(), "--webhook-secret", SECRET];
    let server = place.serve_with(&arguments);
    let begun = Instant::now();
    let mut receipts: Vec<String> = (0..10u8)
        .map(|n| {
            let fields = [("helpful", "no"), ("comment", &*format!("第 {n} 条"))];
            server.post("/articles/a/feedback", &fields).header("location").replace("/feedback/", "")
        })
        .collect();
    assert!(begun.elapsed() < Duration::from_secs(5), "readers do not wait for it: {:?}", begun.elapsed());
    server.crash();
    drop(silent);

    let server = place.serve_with(&arguments);
    let (listener, _) = listen(&address.to_string());
    let deliveries = receiver(listener, &[200]);
    // One was in the air when the process went: it comes when that must have failed.
    let told = |delivery: Delivery| delivery.json()["data"]["receipt"].as_str().unwrap().to_owned();
    let mut told: Vec<String> = (0..10).map(|_| told(deliveries.recv_timeout(PATIENCE).unwrap())).collect();
    told.sort();
    receipts.sort();
    assert_eq!(told, receipts, "each once");
    assert!(server.stop().success());
}

#[test]
fn a_webhook_needs_an_address_and_a_secret() {
    let place = Place::with(ARTICLES);
    for (arguments, word) in [
        (&["--webhook", "http://127.0.0.1:1/"][..], "WENQU_WEBHOOK_SECRET"),
        (&["--webhook", "http://127.0.0.1:1/", "--webhook-secret", "short"], "16 字节"),
        (&["--webhook", "ftp://127.0.0.1:1/", "--webhook-secret", SECRET], "https://"),
    ] {
        let done = place.run(&[&["serve", "--listen", "127.0.0.1:0"], arguments].concat());
        assert_eq!(done.code, Some(2), "{done:?}");
        assert!(done.err.contains(word) && !done.err.contains(SECRET), "{}", done.err);
    }
}
