//! Two instances on one PostgreSQL behind a real nginx with the configuration of `ops/`, restarted in
//! turn while readers read, search and answer: no request fails and nothing that was said is lost.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::cluster::Cluster;
use crate::faults::left_out;
use crate::http::{escape, get};
use crate::program::{Place, Server};

const PATIENCE: Duration = Duration::from_secs(30);
/// Load before, between and after the restarts.
const PAUSE: Duration = Duration::from_secs(1);

/// nginx in a folder of the test; ended when dropped.
struct Nginx(Child);

impl Nginx {
    fn start(place: &Place, listen: SocketAddr, instances: [SocketAddr; 2]) -> Option<Self> {
        let site = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/ops/nginx.conf")).unwrap();
        // The site of the file, with our addresses and without TLS, and with one visitor for all readers.
        let (site, redirect) = site.rsplit_once("\nserver {").unwrap();
        assert!(redirect.contains("return 301 https"));
        let site = site
            .replace("127.0.0.1:8081", &instances[0].to_string())
            .replace("127.0.0.1:8082", &instances[1].to_string())
            .replace("listen 443 ssl;", &format!("listen {listen};"))
            .replace("rate=50r/s", "rate=100000r/s")
            .replace("burst=200", "burst=10000");
        let lines = site.lines().filter(|line| !line.trim_start().starts_with("ssl_"));
        let site = lines.collect::<Vec<_>>().join("\n");
        assert!(site.contains(&listen.to_string()) && site.contains(&instances[1].to_string()));
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        let temporary = temporary.map(|name| format!("{name}_temp_path temp_{name};")).join("\n");
        let user = if Command::new("id").arg("-u").output().ok()?.stdout == b"0\n" { "user root;" } else { "" };
        place.write(
            "nginx/nginx.conf",
            &format!(
                "{user} daemon off; worker_processes 1; pid nginx.pid; error_log error.log;\n\
             events {{ worker_connections 1024; }}\nhttp {{\n{temporary}{site}\n}}\n"
            ),
        );
        let folder = place.path("nginx");
        let mut command = Command::new("nginx");
        command.arg("-p").arg(&folder).args(["-c", "nginx.conf", "-e", "error.log"]);
        let nginx = Self(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?);
        let started = Instant::now();
        while TcpStream::connect(listen).is_err() {
            let log = fs::read_to_string(folder.join("error.log")).unwrap_or_default();
            assert!(started.elapsed() < PATIENCE, "nginx does not answer: {log}");
            thread::park_timeout(Duration::from_millis(20));
        }
        Some(nginx)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = Command::new("sh").args(["-c", &format!("kill -QUIT {}", self.0.id())]).status();
        let _ = self.0.wait();
    }
}

/// What came of the load.
#[derive(Default)]
struct Counts {
    good: AtomicUsize,
    said: AtomicUsize,
    failed: AtomicUsize,
}

/// One request on a new connection: its status; none where it broke.
fn ask(address: SocketAddr, request: &str) -> Option<u16> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    stream.write_all(request.as_bytes()).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    String::from_utf8_lossy(&answer).split(' ').nth(1)?.parse().ok()
}

fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

#[test]
fn a_rolling_restart_under_load_fails_no_request() {
    if Command::new("nginx").arg("-v").output().is_err() {
        return left_out("rolling", "nginx is not installed");
    }
    let Some(cluster) = Cluster::start() else { return left_out("rolling", "PostgreSQL is not installed") };
    let place =
        Place::with(&[("a.md", "# 转账没有到账怎么办\n\n先查交易状态。\n"), ("b.md", "# 忘记密码\n\n恢复。\n")]);
    let (front, instances) = (free(), [free(), free()]);
    let url = cluster.url();
    let base = format!("http://{front}");
    let begin = |n: usize| -> Server {
        let data = format!("data{n}");
        let server = place.serve_at(
            instances[n],
            &[
                "--data",
                &data,
                "--database",
                &url,
                "--base-url",
                &base,
                "--trusted-proxies",
                "1",
                "--posts-per-hour",
                "1000000",
            ],
        );
        assert_eq!(server.get("/readyz").status, 200);
        server
    };
    let mut servers = [Some(begin(0)), Some(begin(1))];
    let Some(_nginx) = Nginx::start(&place, front, instances) else {
        return left_out("rolling", "nginx does not start");
    };
    let (stop, counts) = (Arc::new(AtomicBool::new(false)), Arc::new(Counts::default()));
    let readers: Vec<_> = (0..8)
        .map(|n| {
            let (stop, counts) = (Arc::clone(&stop), Arc::clone(&counts));
            thread::spawn(move || {
                for round in 0.. {
                    if stop.load(Ordering::Relaxed) {
                        return;
                    }
                    let end = format!("HTTP/1.1\r\nHost: {front}\r\nConnection: close\r\n");
                    let post = n == 0;
                    let request = if post {
                        let body = format!("helpful=no&comment={}{round}", escape("不明白"));
                        format!(
                            "POST /articles/a/feedback {end}Origin: http://{front}\r\nContent-Length: {}\r\n\r\n{body}",
                            body.len()
                        )
                    } else if n % 2 == 0 {
                        format!("GET /search?q=word{round} {end}\r\n")
                    } else {
                        format!("GET /articles/b {end}\r\n")
                    };
                    match ask(front, &request) {
                        Some(303) if post => drop(counts.said.fetch_add(1, Ordering::Relaxed)),
                        Some(200) if !post => drop(counts.good.fetch_add(1, Ordering::Relaxed)),
                        other => {
                            eprintln!("{other:?} for {}", request.lines().next().unwrap_or_default());
                            counts.failed.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                }
            })
        })
        .collect();
    for n in [0, 1, 0, 1] {
        thread::park_timeout(PAUSE);
        assert!(servers[n].take().unwrap().stop().success());
        servers[n] = Some(begin(n));
        // nginx asks an instance again that was gone a second ago: its neighbour stays until then.
        thread::park_timeout(PAUSE + Duration::from_millis(200));
    }
    stop.store(true, Ordering::Relaxed);
    for reader in readers {
        reader.join().unwrap();
    }
    let count = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
    assert_eq!(count(&counts.failed), 0, "{} good, {} said", count(&counts.good), count(&counts.said));
    assert!(count(&counts.good) > 100 && count(&counts.said) > 10);
    let kept = place.run(&["export", "feedback", "--format", "jsonl", "--database", &url]);
    assert_eq!(kept.out.lines().count(), count(&counts.said), "{}", kept.err);
    assert_eq!(get(front, "/metrics").status, 404);
}
