//! House rules as tests. Each rule is a function from the files, as (path, text), to what is wrong
//! with them; one test holds the house to all rules, another feeds each rule a wrong example.
//!
//! The floors are read from the table in `src/ARCHITECTURE.md`, so the map and the proof are one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

const MAP: &str = "src/ARCHITECTURE.md";
/// Lines after which a file tires its reader, tests aside.
const LINES_MAX: usize = 400;
/// Everything that a newcomer sees first. Whoever adds a name here has asked what it pushes aside.
const TOP: &[&str] = &[
    ".ci",
    ".github",
    ".gitignore",
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.en.md",
    "README.md",
    "articles",
    "clippy.toml",
    "deny.toml",
    // For whoever runs it and never reads the source: units, proxies, alerts and the guide to them.
    "ops",
    "rustfmt.toml",
    "src",
    "static",
    "templates",
    "tests",
];
/// Names, not addresses: nothing is ever fetched from them.
const NAMESPACES: &[&str] = &[
    "http://www.w3.org/",
    "https://www.w3.org/",
    "https://schema.org",
    "http://schema.org",
    "http://a9.com/-/spec/opensearch/1.1/",
    "http://www.sitemaps.org/schemas/sitemap/0.9",
];
/// (rule, path, why it may stay). An excuse that is no longer needed is itself a fault.
const EXCUSES: &[(&str, &str, &str)] = &[("header", "src/edition/tests.rs", "not yet written")];

/// A file by its path from the top, `/` as separator.
type Files = BTreeMap<String, String>;

/// What is wrong, with the place.
#[derive(Debug, PartialEq, Eq)]
struct Fault {
    rule: &'static str,
    path: String,
    line: usize,
    what: String,
}

fn fault(rule: &'static str, path: &str, line: usize, what: impl Into<String>) -> Fault {
    Fault { rule, path: path.to_owned(), line, what: what.into() }
}

const RULES: &[fn(&Files) -> Vec<Fault>] = &[
    rooms_are_on_the_map,
    imports_go_down,
    html_is_trusted_in_one_place,
    nothing_is_inline,
    nothing_is_foreign,
    files_open_with_a_header,
    files_end_before_the_reader_tires,
    nothing_is_left_undone,
    settings_are_read_in_one_room,
    no_path_of_a_machine,
    dependencies_name_their_room,
];

// Reading

/// Every text file that belongs to the project.
fn house() -> Files {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let ignored = ignored(&fs::read_to_string(top.join(".gitignore")).unwrap());
    let mut files = Files::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(top.join(&folder)).unwrap() {
            let entry = entry.unwrap();
            let name = entry.file_name().into_string().unwrap();
            let path = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            if name == ".git" || ignored.contains(&path) || ignored.contains(&name) {
                continue;
            }
            if entry.file_type().unwrap().is_dir() {
                folders.push(path);
            } else if let Ok(text) = fs::read_to_string(entry.path()) {
                files.insert(path, text);
            }
        }
    }
    files
}

/// Plain names and paths; the project uses no other patterns.
fn ignored(text: &str) -> BTreeSet<String> {
    text.lines().map(|line| line.trim().trim_matches('/')).filter(|l| !l.is_empty()).map(str::to_owned).collect()
}

/// Room and floor, from the rows of the map's table: `| 4 | `check` | …`.
fn floors(files: &Files) -> BTreeMap<String, u8> {
    let row = |line: &str| {
        let mut cells = line.strip_prefix('|')?.split('|').map(str::trim);
        let floor = cells.next()?.parse().ok()?;
        let room = cells.next()?.trim_matches('`').to_owned();
        Some((room, floor))
    };
    files.get(MAP).map(|map| map.lines().filter_map(row).collect()).unwrap_or_default()
}

fn room_of(path: &str) -> Option<&str> {
    let inside = path.strip_prefix("src/").filter(|_| is(path, "rs"))?;
    Some(inside.split('/').next()?.trim_end_matches(".rs"))
}

fn is(path: &str, extension: &str) -> bool {
    Path::new(path).extension().is_some_and(|e| e == extension)
}

fn below<'a>(files: &'a Files, folder: &'static str) -> impl Iterator<Item = (&'a str, &'a str)> {
    files.iter().filter(move |(path, _)| path.starts_with(folder)).map(|(path, text)| (path.as_str(), text.as_str()))
}

/// Rust files of the program with the lines that stand in them, tests left out: numbers from 1.
fn program(files: &Files) -> Vec<(&str, Vec<(usize, &str)>)> {
    let mut only_tests = BTreeSet::new();
    for (path, text) in below(files, "src/") {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (gate, module) in text.lines().zip(text.lines().skip(1)) {
            if gate.trim() == "#[cfg(test)]" && module.ends_with(';') {
                let name = module.trim_end_matches(';').rsplit(' ').next().unwrap_or_default();
                only_tests.insert(format!("{folder}/{name}.rs"));
                only_tests.insert(format!("{folder}/{name}/"));
            }
        }
    }
    let lines = |text| {
        let mut lines: Vec<(usize, &str)> = (1..).zip(str::lines(text)).collect();
        let begins = |pair: &[(usize, &str)]| pair[0].1 == "#[cfg(test)]" && pair[1].1.ends_with('{');
        let end = lines.windows(2).position(begins).unwrap_or(lines.len());
        lines.truncate(end);
        lines
    };
    let tests_alone =
        |path: &str| only_tests.iter().any(|gated| path == gated || (gated.ends_with('/') && path.starts_with(gated)));
    below(files, "src/")
        .filter(|(path, _)| is(path, "rs") && !tests_alone(path))
        .map(|(path, text)| (path, lines(text)))
        .collect()
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}

// Rules

/// Both ways: a room that is not on the map, and a map of a room that is not there.
fn rooms_are_on_the_map(files: &Files) -> Vec<Fault> {
    let floors = floors(files);
    let Some(library) = files.get("src/lib.rs") else { return Vec::new() };
    let room = |line: &str| Some(line.strip_prefix("pub mod ")?.strip_suffix(';')?.to_owned());
    let rooms: BTreeMap<String, usize> =
        library.lines().zip(1..).filter_map(|(line, at)| Some((room(line)?, at))).collect();
    let unmapped = rooms.iter().filter(|(room, _)| !floors.contains_key(*room));
    let unbuilt = floors.keys().filter(|room| !rooms.contains_key(*room));
    unmapped
        .map(|(room, at)| fault("map", "src/lib.rs", *at, format!("the room `{room}` is missing from {MAP}")))
        .chain(unbuilt.map(|room| fault("map", MAP, 0, format!("the room `{room}` is missing from src/lib.rs"))))
        .collect()
}

/// Holds for tests inside the rooms, too: what a test of a room needs, the room's readers need.
fn imports_go_down(files: &Files) -> Vec<Fault> {
    let floors = floors(files);
    let mut faults = Vec::new();
    for (path, text) in below(files, "src/").filter(|(path, _)| is(path, "rs") && *path != "src/lib.rs") {
        let room = room_of(path).unwrap_or_default();
        let floor = floors.get(room).copied();
        for (at, line) in (1..).zip(text.lines()).filter(|(_, line)| !is_comment(line)) {
            for named in rooms_named(path, line) {
                let Some(other) = floors.get(named) else { continue };
                if named != room && floor.is_some_and(|floor| *other >= floor) {
                    let way = if Some(*other) == floor { "sideways" } else { "upward" };
                    faults.push(fault("floors", path, at, format!("`{room}` reaches {way} to `{named}`")));
                }
            }
        }
    }
    faults
}

/// Names that a line takes from the top of the crate: `crate::x`, `crate::{x, y::z}`, and
/// `super::super::x` where that leads there.
fn rooms_named<'a>(path: &str, line: &'a str) -> Vec<&'a str> {
    let up = path.trim_end_matches("/mod.rs").matches('/').count();
    let above = "super::".repeat(up);
    let mut named = Vec::new();
    for way in ["crate::", above.as_str()] {
        for (at, _) in line.match_indices(way).filter(|(at, _)| !line[..*at].ends_with("super::")) {
            let rest = &line[at + way.len()..];
            match rest.strip_prefix('{') {
                Some(group) => named.extend(group_heads(group)),
                None => named.push(head(rest)),
            }
        }
    }
    named
}

fn head(text: &str) -> &str {
    &text[..text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len())]
}

/// The first names inside a brace group that may hold groups of its own.
fn group_heads(group: &str) -> Vec<&str> {
    let (mut depth, mut from, mut heads) = (0, 0, Vec::new());
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => {
                heads.push(&group[from..at]);
                return heads.into_iter().map(|text| head(text.trim())).collect();
            }
            '}' => depth -= 1,
            ',' if depth == 0 => {
                heads.push(&group[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    heads.push(&group[from..]);
    heads.into_iter().map(|text| head(text.trim())).collect()
}

fn html_is_trusted_in_one_place(files: &Files) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (path, lines) in program(files) {
        if !matches!(room_of(path), Some("articles" | "domain")) {
            for (at, _) in lines.iter().filter(|(_, line)| line.contains("SafeHtml::from_sanitised")) {
                faults.push(fault("html", path, *at, "only `articles` says that HTML is safe"));
            }
        }
    }
    let unescaped = below(files, "templates/")
        .flat_map(|(path, text)| (1..).zip(text.lines()).map(move |(at, line)| (path, at, line)))
        .filter(|(_, _, line)| line.replace(' ', "").contains("|safe"));
    faults.extend(unescaped.skip(1).map(|(path, at, _)| fault("html", path, at, "`|safe` stands once in all")));
    faults
}

fn nothing_is_inline(files: &Files) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (path, text) in below(files, "templates/") {
        for (at, line) in (1..).zip(text.lines()) {
            for (from, _) in line.match_indices("<script") {
                let tag = &line[from..line[from..].find('>').map_or(line.len(), |to| from + to)];
                if !tag.contains(" src=") && !tag.contains("type=\"application/ld+json\"") {
                    faults.push(fault("inline", path, at, "a script belongs into static/"));
                }
            }
            for attribute in attributes(line) {
                if attribute == "style" || attribute.strip_prefix("on").is_some_and(|event| !event.is_empty()) {
                    faults.push(fault("inline", path, at, format!("`{attribute}=` belongs into static/")));
                }
            }
        }
    }
    faults
}

/// Words that stand before `=` and after a space.
fn attributes(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices('=').filter_map(|(at, _)| {
        let before = line[..at].trim_end();
        let from = before.rfind(|c: char| !c.is_ascii_lowercase())? + 1;
        (before[..from].ends_with(char::is_whitespace) && from < before.len()).then(|| &before[from..])
    })
}

fn nothing_is_foreign(files: &Files) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (path, text) in below(files, "templates/").chain(below(files, "static/")) {
        for (at, line) in (1..).zip(text.lines()) {
            let starts = line.match_indices("http://").chain(line.match_indices("https://"));
            for (from, _) in starts.filter(|(from, _)| !NAMESPACES.iter().any(|name| line[*from..].starts_with(name))) {
                let address: String = line[from..].chars().take(40).collect();
                faults.push(fault("foreign", path, at, format!("`{address}` is another party's")));
            }
        }
    }
    faults
}

fn files_open_with_a_header(files: &Files) -> Vec<Fault> {
    below(files, "src/")
        .chain(below(files, "tests/"))
        .filter(|(path, text)| is(path, "rs") && !text.starts_with("//! "))
        .map(|(path, _)| fault("header", path, 1, "a file opens with `//!`: what it defines, and why"))
        .collect()
}

fn files_end_before_the_reader_tires(files: &Files) -> Vec<Fault> {
    program(files)
        .into_iter()
        .filter(|(_, lines)| lines.len() > LINES_MAX)
        .map(|(path, lines)| fault("length", path, lines.len(), format!("more than {LINES_MAX} lines, tests aside")))
        .collect()
}

fn nothing_is_left_undone(files: &Files) -> Vec<Fault> {
    let left = [".unwrap()", "todo!", "unimplemented!", "dbg!", "#[ignore"];
    let mut faults = Vec::new();
    for (path, lines) in program(files) {
        for (at, line) in lines.into_iter().filter(|(_, line)| !is_comment(line)) {
            faults.extend(left.iter().filter(|w| line.contains(**w)).map(|w| fault("undone", path, at, *w)));
        }
    }
    let ignored = ["#[", "ignore"].concat();
    for (path, text) in below(files, "src/").chain(below(files, "tests/")).filter(|(path, _)| is(path, "rs")) {
        for (at, _) in (1..).zip(text.lines()).filter(|(_, line)| line.trim_start().starts_with(&ignored)) {
            faults.push(fault("undone", path, at, "a test that nobody runs"));
        }
    }
    faults
}

fn settings_are_read_in_one_room(files: &Files) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (path, lines) in program(files).into_iter().filter(|(path, _)| room_of(path) != Some("cli")) {
        for (at, line) in lines.into_iter().filter(|(_, line)| !is_comment(line)) {
            if ["env::var", "env::vars", "env::var_os"].iter().any(|read| line.contains(read)) {
                faults.push(fault("settings", path, at, "only `cli` reads the environment"));
            }
        }
    }
    faults
}

/// What is written in one place only must not be read in another: folders of whoever wrote it.
fn no_path_of_a_machine(files: &Files) -> Vec<Fault> {
    let homes = [["/wo", "rk/"], ["/ro", "ot/"], ["/ho", "me/"], ["/Us", "ers/"], ["/tmp", "/"]].map(|p| p.concat());
    let begins = |line: &str, at: usize| !line[..at].ends_with(|c: char| c.is_alphanumeric() || "/._-}".contains(c));
    let mut faults = Vec::new();
    for (path, text) in files {
        for (at, line) in (1..).zip(text.lines()) {
            for home in &homes {
                if line.match_indices(home.as_str()).any(|(from, _)| begins(line, from)) {
                    faults.push(fault("machine", path, at, format!("`{home}…` is on one machine only")));
                }
            }
        }
    }
    faults
}

fn dependencies_name_their_room(files: &Files) -> Vec<Fault> {
    let floors = floors(files);
    let Some(manifest) = files.get("Cargo.toml") else { return Vec::new() };
    let mut faults = Vec::new();
    let (mut inside, mut room) = (false, None);
    for (at, line) in (1..).zip(manifest.lines()) {
        if line.starts_with('[') {
            (inside, room) = (line == "[dependencies]", None);
        } else if let Some(comment) = line.strip_prefix("# ") {
            // One word names a room; a sentence is about the line that follows, in the same room.
            room = if comment.contains(' ') { room } else { floors.contains_key(comment).then_some(comment) };
        } else if inside && line.contains('=') && room.is_none() {
            let name = line.split('=').next().unwrap_or_default().trim();
            faults.push(fault("crates", "Cargo.toml", at, format!("`{name}` stands under no room of the map")));
        }
    }
    faults
}

// Tests

#[test]
fn the_house_keeps_its_rules() {
    let files = house();
    assert!(floors(&files).len() >= 10, "{MAP} has lost its table");
    let faults: Vec<Fault> = RULES.iter().flat_map(|rule| rule(&files)).collect();
    let is_excused = |f: &&Fault| EXCUSES.iter().any(|(rule, path, _)| *rule == f.rule && *path == f.path);
    let (excused, faults): (Vec<&Fault>, Vec<&Fault>) = faults.iter().partition(is_excused);
    let told: Vec<String> = faults.iter().map(|f| format!("{}:{} [{}] {}", f.path, f.line, f.rule, f.what)).collect();
    assert!(told.is_empty(), "house rules are broken:\n{}", told.join("\n"));
    for (rule, path, _) in EXCUSES {
        let used = excused.iter().any(|f| f.rule == *rule && f.path == *path);
        assert!(used, "{path} keeps the rule `{rule}` by now: take its excuse out of tests/it/tidy.rs");
    }
}

#[test]
fn the_top_of_the_house_stays_small() {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let ignored = ignored(&fs::read_to_string(top.join(".gitignore")).unwrap());
    let known = |name: &String| name == ".git" || TOP.contains(&name.as_str()) || ignored.contains(name);
    let names = fs::read_dir(top).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let strange: Vec<String> = names.filter(|name| !known(name)).collect();
    assert!(strange.is_empty(), "not in the list of names at the top: {strange:?}");
}

#[test]
fn the_map_has_every_room_on_its_floor() {
    let floors = floors(&house());
    let floors: Vec<(&str, u8)> = floors.iter().map(|(room, floor)| (room.as_str(), *floor)).collect();
    let expected = [
        ("articles", 1),
        ("check", 4),
        ("cli", 6),
        ("domain", 0),
        ("edition", 3),
        ("guard", 1),
        ("history", 1),
        ("insight", 3),
        ("relevance", 3),
        ("search", 2),
        ("store", 1),
        ("text", 1),
        ("web", 5),
        ("webhook", 3),
    ];
    assert_eq!(floors, expected);
}

#[test]
fn each_rule_sees_a_wrong_example() {
    const MAP_OF_TWO: &str = "| 0 | `domain` | x | - |\n| 1 | `text` | x | - |\n| 1 | `store` | x | - |\n";
    fn files(pairs: &[(&str, &str)]) -> Files {
        let map = (MAP.to_owned(), MAP_OF_TWO.to_owned());
        pairs.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).chain([map]).collect()
    }
    let check = |rule: fn(&Files) -> Vec<Fault>, path: &str, text: &str, lines: &[usize]| {
        let found: Vec<usize> = rule(&files(&[(path, text)])).iter().map(|fault| fault.line).collect();
        assert_eq!(found, lines, "{path}: {text}");
    };
    let home = format!("cd {}x\n", ["/ro", "ot/"].concat());
    let long = "fn f() {}\n".repeat(LINES_MAX + 1);
    let tested = format!("{}#[cfg(test)]\nmod tests {{\n{long}}}\n", "fn f() {}\n".repeat(LINES_MAX));

    let rooms = "pub mod domain;\npub mod text;\npub mod store;\n";
    check(rooms_are_on_the_map, "src/lib.rs", rooms, &[]);
    check(rooms_are_on_the_map, "src/lib.rs", &format!("{rooms}pub mod attic;\n"), &[4]);
    check(rooms_are_on_the_map, "src/lib.rs", "pub mod domain;\npub mod text;\n", &[0]);
    check(imports_go_down, "src/text/a.rs", "use crate::domain::A;\n// crate::store\nuse crate::text::B;\n", &[]);
    check(imports_go_down, "src/text/a.rs", "use crate::store::A;\n", &[1]);
    check(imports_go_down, "src/domain/a.rs", "fn f() { crate::text::cut() }\n", &[1]);
    check(imports_go_down, "src/text/a.rs", "use crate::{domain::{A, store}, store};\n", &[1]);
    check(imports_go_down, "src/text/a.rs", "use super::super::store::A;\nuse super::store;\n", &[1]);
    check(imports_go_down, "src/text/mod.rs", "use super::store::A;\n", &[1]);
    check(imports_go_down, "src/text.rs", "use super::store::A;\n", &[1]);
    check(html_is_trusted_in_one_place, "src/text/a.rs", "SafeHtml::from_sanitised(x)\n", &[1]);
    check(html_is_trusted_in_one_place, "src/articles/a.rs", "SafeHtml::from_sanitised(x)\n", &[]);
    check(html_is_trusted_in_one_place, "templates/a.html", "{{ a|safe }}\n{{ b | safe }}\n", &[2]);
    check(nothing_is_inline, "templates/a.html", "<script src=\"/a.js\" defer></script>\n", &[]);
    check(nothing_is_inline, "templates/a.html", "<script type=\"application/ld+json\">{}</script>\n", &[]);
    check(nothing_is_inline, "templates/a.html", "<script>\nf()</script>\n", &[1]);
    check(nothing_is_inline, "templates/a.html", "<p\n style=\"color: red\"><b onclick = \"f()\">\n", &[2, 2]);
    check(nothing_is_inline, "templates/a.html", "<meta content=\"on\" data-style=\"x\">\n", &[]);
    check(nothing_is_foreign, "static/a.css", "@import \"https://fonts.example.com/a.css\";\n", &[1]);
    check(nothing_is_foreign, "static/a.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n", &[]);
    check(files_open_with_a_header, "src/text/a.rs", "use std::fs;\n", &[1]);
    check(files_end_before_the_reader_tires, "src/text/a.rs", &long, &[LINES_MAX + 1]);
    check(files_end_before_the_reader_tires, "src/text/a.rs", &tested, &[]);
    check(nothing_is_left_undone, "src/text/a.rs", "let a = b.unwrap();\ntodo!()\ndbg!(a);\n", &[1, 2, 3]);
    check(nothing_is_left_undone, "src/text/a.rs", "#[cfg(test)]\nmod tests {\n    a.unwrap();\n}\n", &[]);
    check(nothing_is_left_undone, "tests/it/a.rs", &["#[", "ignore]\nfn a() {}\n"].concat(), &[1]);
    check(settings_are_read_in_one_room, "src/web/a.rs", "std::env::var(\"A\");\nenv!(\"B\");\n", &[1]);
    check(settings_are_read_in_one_room, "src/cli/a.rs", "std::env::var(\"A\");\n", &[]);
    check(no_path_of_a_machine, "README.md", &home, &[1]);
    check(no_path_of_a_machine, "README.md", "https://example.com/work/ and ./tmp/x\n", &[]);
    check(dependencies_name_their_room, "Cargo.toml", "[dependencies]\n# text\na = \"1\"\n", &[]);
    check(dependencies_name_their_room, "Cargo.toml", "[dependencies]\n# text\n# why a\na = \"1\"\n", &[]);
    check(dependencies_name_their_room, "Cargo.toml", "[dependencies]\n# attic\na = \"1\"\n[x]\nb = 1\n", &[3]);

    let gated = files(&[("src/text/mod.rs", "#[cfg(test)]\nmod fake;\n"), ("src/text/fake.rs", "x.unwrap()\n")]);
    assert_eq!(nothing_is_left_undone(&gated), []);
}
