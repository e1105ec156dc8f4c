//! What must never be kept: every recovery phrase and key of the fixture (the public vectors of
//! BIP-39 in all lengths and three lists among them) is refused wherever a reader can put it, and
//! afterwards no file of the running program holds a trace. What only looks like one passes.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::http::{self, escape};
use crate::program::{Place, Server};

const ARTICLES: &[(&str, &str)] = &[
    ("wenqu.toml", "[[official]]\nkind = \"domain\"\nvalue = \"example.com\"\nnote = \"官网\"\n"),
    ("transactions/not-arrived.md", "# 转账没有到账怎么办\n\n先查交易状态。\n"),
];
const FORM: &str = "/articles/transactions/not-arrived/feedback";
/// Characters of a secret that would be a trace.
const TRACE: usize = 14;

/// The rows of the fixture that are looked through, and what is expected of them.
fn rows() -> Vec<(String, String)> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/guard.json");
    let rows: Vec<Value> = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    rows.iter().filter(|row| row["kind"] == "inspect").map(|row| (text(row, "text"), text(row, "expected"))).collect()
}

/// Pieces of a text by which it would be found again: as it is and with its words put together, in
/// the case it has and in lower case, plain and as an address writes it.
fn traces(text: &str) -> Vec<Vec<u8>> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty());
    let joined = words.filter(|w| w.parse::<u32>().is_err()).collect::<Vec<_>>().join(" ");
    let mut traces = Vec::new();
    for form in [text.to_owned(), joined.clone(), text.to_lowercase(), joined.to_lowercase()] {
        let chars: Vec<char> = form.chars().collect();
        for piece in chars.chunks(TRACE).filter(|piece| piece.len() == TRACE) {
            let piece: String = piece.iter().collect();
            traces.push(escape(&piece).into_bytes());
            // In a query string a blank may be a plus.
            traces.push(escape(&piece).replace("%20", "+").into_bytes());
            traces.push(piece.into_bytes());
        }
    }
    // Words of ordinary sentences around a secret are no trace of it.
    let ordinary = ["请帮我", "我的钱包", "please help", "can not open", "助记词是", "第一个", "private key", "cipher"];
    traces.retain(|piece| {
        let text = String::from_utf8_lossy(piece).to_lowercase();
        !ordinary.iter().any(|word| text.contains(word) || text.contains(&escape(word).to_lowercase()))
    });
    traces
}

fn json_post(server: &Server, path: &str, body: &Value) -> u16 {
    http::push(server.address(), path, ("Content-Type", "application/json"), &body.to_string()).status
}

/// Puts a secret wherever a reader can; every answer must be a refusal that does not repeat it.
fn refused_everywhere(server: &Server, receipt: &str, text: &str) {
    let q = escape(text);
    let found = server.get(&format!("/api/v1/search?q={q}"));
    let found: Value = serde_json::from_str(&found.body).unwrap();
    assert_eq!((found["notice"]["kind"].as_str(), found["total"].as_u64()), (Some("secret"), Some(0)), "{text}");
    let mut answers = vec![
        (303, server.get(&format!("/search?q={q}"))),
        (200, server.post("/search", &[("q", text)])),
        (200, server.get(&format!("/api/v1/suggest?q={q}"))),
        (404, server.get(&format!("/articles/{q}"))),
        (404, server.get(&format!("/nowhere?a={q}"))),
        (
            200,
            http::get_with(
                server.address(),
                "/articles/transactions/not-arrived",
                ("Referer", &format!("http://{}/search?q={q}", server.address())),
            ),
        ),
        (422, server.post("/suggestions", &[("comment", text)])),
        (422, server.post(receipt, &[("do", "add"), ("comment", text)])),
        (422, server.post(FORM, &[("helpful", "no"), ("comment", text)])),
        (422, server.post(FORM, &[("helpful", "no"), ("contact", text)])),
        (422, server.post(FORM, &[("helpful", "no"), ("reason", text)])),
        (303, server.post(FORM, &[("helpful", "no"), ("comment", "没到账"), ("q", text)])),
        (200, server.get("/review/sign-in")),
    ];
    for (field, status) in [("comment", 422), ("contact", 422), ("lang", 422)] {
        let body = json!({ "helpful": "no", field: text });
        assert_eq!(json_post(server, &format!("/api/v1{FORM}"), &body), status, "{field}: {text}");
    }
    let official = server.get(&format!("/official?value={q}"));
    answers.push((official.status, official));
    for (n, (status, answer)) in answers.iter().enumerate() {
        // A page that is not there is told by other words, with any status a wrong address may have.
        assert!(answer.status == *status || *status == 404 && answer.status < 500, "{n}: {} {text:?}", answer.status);
        let head = format!("{:?}", answer.headers);
        for piece in traces(text) {
            let piece = String::from_utf8(piece).unwrap();
            assert!(!answer.body.contains(&piece) && !head.contains(&piece), "{n}: {piece:?} is repeated");
        }
    }
}

/// Bytes by which pieces are looked up before they are compared whole.
const HEAD: usize = 8;

/// Files below a folder that hold one of the pieces.
fn search(folder: &Path, pieces: &HashMap<&[u8], Vec<&[u8]>>, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            search(&path, pieces, found);
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        for (at, head) in bytes.windows(HEAD).enumerate() {
            for piece in pieces.get(head).into_iter().flatten().filter(|piece| bytes[at..].starts_with(piece)) {
                found.push(format!("{}: {}", path.display(), String::from_utf8_lossy(piece)));
            }
        }
    }
}

#[test]
fn secrets_are_refused_everywhere_and_leave_no_trace() {
    let place = Place::with(ARTICLES);
    let figures = http::free_address().to_string();
    let server =
        place.serve_logged(&["--posts-per-hour", "1000000", "--log-format", "json", "--metrics-listen", &figures]);
    let receipt = server.post(FORM, &[("helpful", "no")]).header("location").to_owned();
    let rows = rows();
    let secrets: Vec<&String> = rows.iter().filter(|(_, e)| e.starts_with("secret:")).map(|(text, _)| text).collect();
    assert!(secrets.len() > 90, "{}", secrets.len());
    for text in &secrets {
        refused_everywhere(&server, &receipt, text);
    }
    assert_eq!(server.get("/readyz").status, 200);
    let metrics = http::get(figures.parse().unwrap(), "/metrics");
    assert!(metrics.body.contains("wenqu_"), "{}", metrics.body);
    fs::write(place.path("data/metrics"), metrics.body).unwrap();
    assert!(server.stop().success());
    assert!(place.log().len() > 10_000, "the log tells something");
    let pieces: Vec<Vec<u8>> = secrets.iter().flat_map(|text| traces(text)).collect();
    assert!(pieces.len() > 1_000);
    let mut by_head: HashMap<&[u8], Vec<&[u8]>> = HashMap::new();
    for piece in &pieces {
        by_head.entry(&piece[..HEAD]).or_default().push(piece);
    }
    let mut found = Vec::new();
    search(&place.path("."), &by_head, &mut found);
    let planted = place.path("data/planted");
    fs::write(&planted, [b"x ", secrets[3].as_bytes()].concat()).unwrap();
    let mut proof = Vec::new();
    search(planted.parent().unwrap(), &by_head, &mut proof);
    assert!(proof.len() > 1, "the search finds what is there");
    assert!(found.is_empty(), "{} traces: {:#?}", found.len(), &found[..found.len().min(5)]);
}

#[test]
fn what_only_looks_like_a_secret_passes() {
    let place = Place::with(ARTICLES);
    let server = place.serve_with(&["--posts-per-hour", "1000000"]);
    let mut passed = 0;
    for (text, expected) in rows().into_iter().filter(|(text, e)| !e.starts_with("secret:") && !text.trim().is_empty())
    {
        let found = server.get(&format!("/api/v1/search?q={}", escape(&text)));
        let found: Value = serde_json::from_str(&found.body).unwrap();
        assert_ne!(found["notice"]["kind"], "secret", "{text}");
        let answer = server.post(FORM, &[("helpful", "no"), ("comment", &text)]);
        assert_eq!(answer.status, 303, "{text}");
        let page = server.get(answer.header("location")).body;
        let masked = expected.starts_with("identifiers:");
        assert!(page.contains("<dd class=\"kept\">"), "{text}: {page}");
        passed += 1;
        // What names somebody is kept short.
        let longest = text.split(|c: char| !c.is_ascii_alphanumeric()).max_by_key(|w| w.len()).unwrap_or_default();
        assert!(!(masked && page.contains(longest)), "{longest} stands on the receipt");
    }
    assert!(passed > 30, "{passed}");
}
