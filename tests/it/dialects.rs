//! Folders written for other tools, ten articles each: served, searched and checked as they come.
//!
//! Beside each folder of `tests/fixtures/dialects` lies a list that says of every article what has to
//! become of it. What a list does not excuse has to be on the page: no word vanishes in silence.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde::Deserialize;
use serde_json::Value;

use crate::http::escape;
use crate::program::{Place, Server};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    article: Vec<Expected>,
    /// Problems of files that are no articles.
    #[serde(default)]
    told: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    path: String,
    id: String,
    title: String,
    /// Words of the body that find this article first.
    phrase: String,
    /// Callouts on the page.
    #[serde(default)]
    callouts: usize,
    /// Pieces of the source that no reader is to see: remarks, addresses.
    #[serde(default)]
    gone: Vec<String>,
    /// Every problem: line and rule.
    #[serde(default)]
    told: Vec<String>,
    /// Signs that the author wants to be read.
    #[serde(default)]
    signs: Vec<String>,
}

/// What is left of a construct that was not understood.
const RESIDUE: &[&str] = &[
    "{%",
    "%}",
    "{{",
    "}}",
    ":::",
    "!!!",
    "???",
    "===",
    "import ",
    "export ",
    "+++",
    "<Tab",
    "<Step",
    "{#",
    "{:",
    "{ .",
    "{.",
    "[[",
    "]]",
    "[!",
    "<!--",
    "-->",
    "%%",
    "^^",
    "--8<--",
    "<--->",
    "///",
    ":material",
    "*[",
    "{width",
    "|300",
];

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// The article's own part of a page.
fn body_of(page: &str) -> &str {
    let (_, rest) = page.split_once("<div class=\"body\">").unwrap();
    rest.split_once("<section class=\"note\"").map_or(rest, |(body, _)| body)
}

/// Text as a reader has it: tags gone, pictures by their words.
fn text_of(html: &str) -> String {
    let mut text = String::new();
    for piece in html.split('<') {
        let (tag, words) = piece.split_once('>').unwrap_or(("", piece));
        text.extend(tag.split_once("alt=\"").and_then(|(_, alt)| alt.split_once('"')).map(|(alt, _)| alt));
        text.push_str(words);
    }
    let pairs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&")];
    pairs.iter().fold(text, |text, (entity, sign)| text.replace(entity, sign))
}

/// Without code and mathematics, where every sign stays as it is.
fn without_code(html: &str) -> String {
    let mut rest = html.to_owned();
    for element in ["pre", "code"] {
        while let Some((before, inside)) = rest.split_once(&format!("<{element}")) {
            let (_, after) = inside.split_once(&format!("</{element}>")).unwrap();
            rest = format!("{before} {after}");
        }
    }
    rest
}

/// Pieces of Han characters of a source's body, with their lines.
fn pieces(source: &str) -> Vec<(usize, String)> {
    let is_han = |c: char| matches!(c, '\u{2e80}'..='\u{9fff}') && !matches!(c, '\u{3000}'..='\u{303f}');
    let source = source.trim_start_matches('\u{feff}').replace("\r\n", "\n").replace('\r', "\n");
    let fence = source.lines().next().filter(|line| matches!(*line, "---" | "+++")).unwrap_or_default().to_owned();
    let head = if fence.is_empty() { 0 } else { source.lines().skip(1).position(|line| line == fence).unwrap() + 2 };
    let lines = source.lines().enumerate().skip(head);
    lines
        .flat_map(|(at, line)| {
            let runs = line.split(|c| !is_han(c)).filter(|run| run.chars().count() > 1);
            runs.map(move |run| (at + 1, run.to_owned())).collect::<Vec<_>>()
        })
        .collect()
}

fn problems(place: &Place) -> BTreeMap<String, BTreeSet<String>> {
    let done = place.run(&["check", "--format", "json"]);
    let report: Value = serde_json::from_str(&done.out).unwrap();
    let mut by_file: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for problem in report.as_array().unwrap() {
        let told = format!("{} {}", problem["line"], problem["rule"].as_str().unwrap());
        by_file.entry(problem["file"].as_str().unwrap().to_owned()).or_default().insert(told);
    }
    by_file
}

fn find(server: &Server, query: &str) -> Value {
    serde_json::from_str(&server.get(&format!("/api/v1/search?q={}", escape(query))).body).unwrap()
}

fn check_links(server: &Server, body: &str, what: &str) {
    let addresses = body.split(['"', '\'']).filter(|part| part.starts_with('/') || part.starts_with('#'));
    for address in addresses.map(|part| part.replace("&amp;", "&")) {
        let (path, anchor) = address.split_once('#').unwrap_or((&address, ""));
        let target = if path.is_empty() {
            body.to_owned()
        } else {
            let encoded: String =
                path.chars().map(|c| if c.is_ascii() { c.to_string() } else { escape(&c.to_string()) }).collect();
            let answer = server.get(&encoded);
            assert_eq!(answer.status, 200, "{what}: {address}");
            answer.body
        };
        let is_there = anchor.is_empty() || anchor == "top" || target.contains(&format!("id=\"{anchor}\""));
        assert!(is_there, "{what}: {address} leads to no such place");
    }
}

fn check_article(server: &Server, source: &str, expected: &Expected, told: &BTreeSet<String>) {
    let what = &expected.path;
    let page = server.get(&format!("/articles/{}", escape(&expected.id).replace("%2F", "/")));
    assert_eq!(page.status, 200, "{what}");
    let heading = format!("<h1>{}</h1>", expected.title);
    assert!(page.body.contains(&heading) && page.body.matches("<h1").count() == 1, "{what}: the title, once");
    let body = body_of(&page.body);
    let title_again = (2..=6).any(|level| body.contains(&format!("<h{level} id=\"{0}\">{0}<", expected.title)));
    assert!(!title_again, "{what}: the title is printed again");

    let text = text_of(body);
    let plain = text_of(&without_code(body));
    for sign in RESIDUE.iter().filter(|sign| !expected.signs.iter().any(|kept| kept == *sign)) {
        assert!(!plain.contains(sign), "{what}: {sign} in {plain}");
    }
    assert_eq!(body.matches("class=\"callout callout-").count(), expected.callouts, "{what}: callouts in {body}");
    let wanted: BTreeSet<String> = expected.told.iter().cloned().collect();
    assert_eq!(*told, wanted, "{what}: problems");
    for (line, piece) in pieces(source) {
        let is_told = told.iter().any(|told| told.split(' ').next() == Some(&line.to_string()));
        let is_there = text.contains(&piece) || expected.title.contains(&piece);
        let is_excused = is_told || expected.gone.contains(&piece);
        assert!(is_there || is_excused, "{what}:{line}: 「{piece}」 vanished from {text}");
    }
    for piece in &expected.gone {
        let own = source.matches(piece).count();
        assert!(own > 0 && text.matches(piece.as_str()).count() < own, "{what}: 「{piece}」 is for no reader");
    }
    check_links(server, body, what);

    for query in [&expected.title, &expected.phrase] {
        let found = find(server, query);
        assert_eq!(found["hits"][0]["id"], *expected.id, "{what}: by 「{query}」: {found}");
        for hit in found["hits"].as_array().unwrap() {
            let words = hit["snippet"].as_array().unwrap().iter().map(|part| part["text"].as_str().unwrap());
            let snippet: String = words.collect();
            for sign in RESIDUE.iter().filter(|sign| !expected.signs.iter().any(|kept| kept == *sign)) {
                let is_code = hit["id"] != *expected.id || body.contains("<code");
                assert!(is_code || !snippet.contains(sign), "{what}: {sign} in a result: {snippet}");
            }
        }
    }
}

#[test]
fn folders_of_other_tools_come_in_unchanged() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/dialects");
    let dialects = ["docusaurus", "gitbook", "hugo", "jekyll", "mkdocs", "obsidian-or-plain-github", "vitepress"];
    for dialect in dialects {
        let list = fs::read_to_string(fixtures.join(format!("{dialect}.toml"))).unwrap();
        let list: List = toml::from_str(&list).unwrap();
        assert_eq!(list.article.len(), 10, "{dialect}");
        let place = Place::empty();
        copy(&fixtures.join(dialect), &place.path("articles"));
        let mut told = problems(&place);
        let server = place.serve();
        for expected in &list.article {
            let source = fs::read_to_string(fixtures.join(dialect).join(&expected.path)).unwrap();
            let told = told.remove(&expected.path).unwrap_or_default();
            check_article(&server, &source, expected, &told);
        }
        let rest: BTreeSet<String> = told
            .into_iter()
            .flat_map(|(file, told)| told.into_iter().map(move |told| format!("{file} {told}")))
            .collect();
        assert_eq!(rest, list.told.into_iter().collect(), "{dialect}: problems elsewhere");
    }
}

#[test]
fn addresses_of_the_site_before_lead_to_the_articles() {
    let place = Place::empty();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/dialects/hugo"), &place.path("articles"));
    let server = place.serve();
    for (before, now) in [
        ("/old/create/", "/articles/accounts/create"),
        ("/help/new-account", "/articles/accounts/create"),
        ("/articles/old/create", "/articles/accounts/create"),
        ("/accounts/hidden/", "/articles/accounts/hide"),
        ("/accounts/rename/index.html", "/articles/accounts/rename"),
        ("/accounts/rename.html", "/articles/accounts/rename"),
    ] {
        let answer = server.get(before);
        assert_eq!((answer.status, answer.header("location")), (308, now), "{before}");
    }
    for nowhere in ["/old/", "/accounts/rename/more", "/accounts/rename.md"] {
        assert_eq!(server.get(nowhere).status, 404, "{nowhere}");
    }
    assert_eq!(server.post("/old/create/", &[]).status, 404);
}

#[test]
fn what_cannot_be_read_is_refused_by_name() {
    let place = Place::with(&[("good.md", "# 好文章\n\n正文在这里。\n")]);
    let gb18030 = b"# \xd7\xaa\xd5\xcb\xc3\xbb\xd3\xd0\xb5\xbd\xd5\xcb\n\n\xcf\xc8\xb2\xe9\xbd\xbb\xd2\xd7\xd7\xb4\xcc\xac\xa1\xa3\n";
    fs::write(place.path("articles/gbk.md"), gb18030).unwrap();
    fs::write(place.path("articles/damaged.md"), b"# \xe5\xa5\xbd\n\n\xe6\xad\xa3\n\xff\xfe\x80 x\n").unwrap();
    fs::write(place.path("articles/utf16.md"), b"\xff\xfe#\0 \0a\0\n\0").unwrap();
    place.write("articles/yaml.md", "---\ntitle: 甲\ntags: [一, 二\n---\n\n正文。\n");
    place.write("articles/toml.md", "+++\ntitle = \"乙\"\nweight = \n+++\n\n正文。\n");
    let done = place.run(&["check"]);
    assert_eq!(done.code, Some(1), "{done:?}");
    for (file, line, words) in [
        ("gbk.md", 1, "GB18030"),
        ("damaged.md", 4, "0xFF"),
        ("utf16.md", 1, "UTF-16"),
        ("yaml.md", 3, "front-matter-syntax"),
        ("toml.md", 3, "front-matter-syntax"),
    ] {
        let at = format!("{file}:{line}");
        let told = done.out.split("\n\n").find(|problem| problem.contains(&at));
        assert!(told.is_some_and(|told| told.contains(words)), "{at} {words}: {}", done.out);
    }
    let server = place.serve();
    assert_eq!(server.get("/articles/good").status, 200);
    for bad in ["gbk", "damaged", "utf16", "yaml", "toml"] {
        assert_eq!(server.get(&format!("/articles/{bad}")).status, 404, "{bad}");
    }
}
