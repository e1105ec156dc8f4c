//! Limits on what comes from outside, as a hostile or clumsy client meets them: each costs that client
//! its connection or its request, and other readers nothing.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::http::{escape, free_address, get};
use crate::program::{Place, Server};

const ARTICLES: &[(&str, &str)] = &[("a.md", "# 转账没有到账怎么办\n\n先查交易状态。\n")];
/// Longer than any limit on time that is met here.
const PATIENCE: Duration = Duration::from_secs(40);

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.address()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Sends bytes as they are and reads until the server ends the connection. A server that has heard
/// enough may end it before everything is sent.
fn say(server: &Server, bytes: &[u8]) -> String {
    let mut stream = connect(server);
    let _ = stream.write_all(bytes);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default()
}

#[test]
fn heads_have_a_size() {
    let place = Place::with(ARTICLES);
    let server = place.serve();
    let check = |what: &str, head: String, expected: u16| {
        let answer = say(&server, format!("{head}Connection: close\r\n\r\n").as_bytes());
        assert_eq!(status(&answer), expected, "{what}: {}", answer.lines().next().unwrap_or_default());
    };
    let begin = "GET /articles/a HTTP/1.1\r\nHost: x\r\n";
    check("a usual request", begin.to_owned(), 200);
    check("cookies of 30 kB", format!("{begin}Cookie: a={}\r\n", "b".repeat(30_000)), 200);
    check("a header of 100 kB", format!("{begin}X-A: {}\r\n", "b".repeat(100_000)), 431);
    check("a thousand headers", format!("{begin}{}", "X-A: b\r\n".repeat(1_000)), 431);
    check("an address of 30 kB", format!("GET /articles/{} HTTP/1.1\r\nHost: x\r\n", "b".repeat(30_000)), 404);
    check("an address of 200 kB", format!("GET /{} HTTP/1.1\r\nHost: x\r\n", "b".repeat(200_000)), 431);
    let query = format!("GET /search?q={} HTTP/1.1\r\nHost: x\r\n", "b".repeat(200_000));
    check("a query of 200 kB: a pasted log", query, 200);
    check("no words of HTTP", "hello\r\n".to_owned(), 400);
    assert_eq!(server.get("/articles/a").status, 200);
}

#[test]
fn bodies_have_a_size() {
    let place = Place::with(ARTICLES);
    let server = place.serve();
    let check = |path: &str, bytes: usize, expected: u16| {
        let head = format!("POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {bytes}\r\n");
        let form = "Content-Type: application/x-www-form-urlencoded\r\n\r\n";
        let answer = say(&server, format!("{head}{form}q={}", "a".repeat(bytes - 2)).as_bytes());
        assert_eq!(status(&answer), expected, "{path} with {bytes} bytes");
    };
    check("/articles/a/feedback", 60_000, 422);
    check("/articles/a/feedback", 70_000, 413);
    check("/search", 1_000_000, 200);
    check("/search", 1_100_000, 413);
    // In chunks nobody tells how long it will be.
    let head = "POST /suggestions HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    let chunk = format!("8000\r\n{}\r\n", "a".repeat(0x8000));
    assert_eq!(status(&say(&server, format!("{head}{}", chunk.repeat(4)).as_bytes())), 413);
}

#[test]
fn queries_pages_and_forms_are_cut_and_not_refused() {
    let place = Place::with(ARTICLES);
    let server = place.serve();
    let long = escape(&"转账没有到账".repeat(2_000));
    let found = server.get(&format!("/api/v1/search?q={long}&page=4000000000&limit=4000000000"));
    let value: serde_json::Value = serde_json::from_str(&found.body).unwrap();
    assert_eq!(value["query"].as_str().unwrap().chars().count(), 256);
    assert_eq!((&value["page"], &value["limit"]), (&100.into(), &50.into()));
    assert_eq!(server.get("/categories/x?page=99999").status, 404);
}

/// Heads that never end, bodies that drip, readers that do not read: all at once, so that the test
/// takes as long as the longest of them.
#[test]
fn slow_clients_are_let_go_and_others_do_not_wait() {
    let place = Place::with(ARTICLES);
    let server = place.serve();
    let begin = "GET /articles/a HTTP/1.1\r\nHost: x\r\n";
    // It says a little ever again, as the attack of that name does.
    let drip = |first: String, piece: &'static str| {
        let mut stream = connect(&server);
        std::thread::spawn(move || {
            let started = Instant::now();
            stream.write_all(first.as_bytes()).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
            let mut answer = Vec::new();
            loop {
                let mut space = [0; 4_096];
                match stream.read(&mut space) {
                    Ok(0) => break,
                    Ok(read) => answer.extend_from_slice(&space[..read]),
                    Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                    Err(_) => break,
                }
                assert!(started.elapsed() < PATIENCE, "it was never let go");
                if stream.write_all(piece.as_bytes()).is_err() {
                    break;
                }
            }
            (started.elapsed(), status(&String::from_utf8_lossy(&answer)))
        })
    };
    let heads: Vec<_> = (0..20).map(|_| drip(begin.to_owned(), "X-A: b\r\n")).collect();
    let post = "POST /articles/a/feedback HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\nhelpful=no&comment=";
    let body = drip(post.to_owned(), "a");
    let started = Instant::now();
    while !body.is_finished() {
        let asked = Instant::now();
        assert_eq!(server.get("/articles/a").status, 200);
        assert!(asked.elapsed() < Duration::from_secs(5), "a reader waited for {:?}", asked.elapsed());
        std::thread::park_timeout(Duration::from_millis(100));
    }
    let (time, answer) = body.join().unwrap();
    assert!((8..20).contains(&time.as_secs()), "a body of a minute was cut after {time:?}");
    assert!(matches!(answer, 408 | 503), "{answer}");
    for head in heads {
        let (time, _) = head.join().unwrap();
        assert!((15..30).contains(&time.as_secs()), "a head that never ends was cut after {time:?}");
    }
    assert!(started.elapsed() < PATIENCE);
}

#[test]
fn connections_over_the_limit_hear_when_to_come_back() {
    let place = Place::with(ARTICLES);
    let server = place.serve_with(&["--connections-max", "10"]);
    // Each holds a connection: it is kept after an answer.
    let held: Vec<TcpStream> = (0..10)
        .map(|_| {
            let mut stream = connect(&server);
            stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
            assert!(stream.read(&mut [0; 1_024]).unwrap() > 0);
            stream
        })
        .collect();
    let started = Instant::now();
    let answer = say(&server, b"GET /articles/a HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(status(&answer), 503, "{answer}");
    assert!(answer.contains("retry-after: 3\r\n"), "{answer}");
    assert!(started.elapsed() < Duration::from_secs(5));
    drop(held);
    until(|| status(&say(&server, b"GET /articles/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")) == 200);
}

/// Waits for what must come soon.
fn until(mut is_so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !is_so() {
        assert!(started.elapsed() < PATIENCE);
        std::thread::yield_now();
    }
}

#[test]
fn figures_are_told_on_their_own_address_only() {
    let place = Place::with(ARTICLES);
    let figures = free_address();
    let server = place.serve_with(&["--metrics-listen", &figures.to_string()]);
    server.get("/articles/a");
    assert_eq!(server.get("/metrics").status, 404);
    let answer = get(figures, "/metrics");
    assert_eq!((answer.status, answer.header("content-type")), (200, "text/plain; version=0.0.4; charset=utf-8"));
    assert!(answer.body.contains("wenqu_requests_total{kind=\"article\",status=\"2xx\"} 1\n"), "{}", answer.body);
    assert_eq!(get(figures, "/articles/a").status, 404);
}

#[test]
fn the_log_names_requests_and_holds_no_words() {
    let place = Place::with(ARTICLES);
    let server = place.serve_under(&["env", "WENQU_LOG=debug", "WENQU_LOG_FORMAT=json"]);
    let answer = server.get("/search?q=geheimwort");
    server.get("/articles/geheimort");
    server.post("/suggestions", &[("comment", "geheimsatz"), ("contact", "geheim@example.com")]);
    let log = place.log();
    let named = |line: &serde_json::Value| line["span"]["reference"] == answer.header("x-request-id");
    let lines: Vec<serde_json::Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().any(named), "{log}");
    assert!(!log.contains("geheim"), "{log}");
}

#[test]
fn hostile_files_cost_a_problem_and_not_the_site() {
    let place = Place::with(ARTICLES);
    let bomb: String = (1..40).fold("a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned(), |text, n| {
        let again = format!("*a{}, ", n - 1).repeat(9);
        format!("{text}a{n}: &a{n} [{}]\n", again.trim_end_matches(", "))
    });
    place.write("articles/bomb.md", &format!("---\ntitle: 弹\n{bomb}---\n正文\n"));
    place.write("articles/large.md", &"很长的一行。\n".repeat(50_000_000 / 19));
    place.write("articles/deep.md", &format!("# 深\n\n{}底\n", "> ".repeat(10_000)));
    place.write("secret.md", "# 文件夹外的秘密\n");
    #[cfg(unix)]
    std::os::unix::fs::symlink(place.path("secret.md"), place.path("articles/link.md")).unwrap();
    let server = place.serve();
    assert_eq!(server.get("/articles/a").status, 200);
    assert_eq!(server.get("/articles/large").status, 404);
    assert_eq!(server.get("/articles/link").status, 404);
    let checked = place.run(&["check", "--format", "json"]);
    assert_eq!(checked.code, Some(1), "{checked:?}");
    for path in ["bomb.md", "large.md", "deep.md"] {
        assert!(checked.out.contains(path), "{path} in {}", checked.out);
    }
    assert!(!checked.out.contains("文件夹外的秘密"));
}
