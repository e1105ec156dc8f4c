//! The editors' guide, tried out: its examples become files, its commands are run.

use std::env;
use std::fs;
use std::process::Command;

use assert_cmd::cargo::cargo_bin;

use crate::program::Place;

/// The fenced examples of the guide: what stands after the language, and the text.
fn examples() -> Vec<(String, String)> {
    let guide = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/articles/README.md")).unwrap();
    let mut examples = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in guide.lines() {
        match (line.strip_prefix("```"), open.take()) {
            (Some(info), None) => {
                let (_, name) = info.split_once(' ').unwrap_or_else(|| panic!("an example without a name: {info}"));
                open = Some((name.to_owned(), String::new()));
            }
            (Some(_), Some(done)) => examples.push(done),
            (None, Some((name, text))) => open = Some((name, format!("{text}{line}\n"))),
            (None, None) => {}
        }
    }
    examples
}

fn example(name: &str) -> String {
    examples().into_iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no example {name}")).1
}

fn git(place: &Place, arguments: &[&str]) {
    let identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"];
    let done = Command::new("git").arg("-C").arg(place.path("articles")).args(identity).args(arguments).output();
    assert!(done.unwrap().status.success(), "git {arguments:?}");
}

#[test]
fn the_guides_examples_hold() {
    let files: Vec<(String, String)> =
        examples().into_iter().filter(|(name, _)| name.contains('/') && !name.starts_with('.')).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    assert!(files.len() >= 7, "{files:?}");
    let place = Place::with(&files);
    git(&place, &["init", "-q", "-b", "main"]);
    git(&place, &["add", "-A"]);
    git(&place, &["commit", "-q", "-m", "first"]);
    let commands = example("commands");
    for command in commands.lines() {
        let arguments: Vec<&str> = command.split(' ').skip(1).collect();
        let done = place.run(&arguments);
        assert_eq!(done.code, Some(0), "{command}: {done:?}");
    }
    let found = place.json(&["search", "解锁码", "--json"]);
    assert_eq!(found["hits"][0]["id"], "accounts/reset-password", "the synonyms are read");

    // The hook lets good articles through and stops bad ones.
    let hook = place.path("articles/.git/hooks/pre-commit");
    fs::write(&hook, example("pre-commit")).unwrap();
    let program = cargo_bin("wenqu");
    let path = format!("{}:{}", program.parent().unwrap().display(), env::var("PATH").unwrap());
    let hook = || {
        let run = Command::new("sh").arg(&hook).current_dir(place.path("articles")).env("PATH", &path).output();
        run.unwrap().status.code()
    };
    assert_eq!(hook(), Some(0));
    place.write("articles/bad.md", "---\ntitle: [\n---\n");
    assert_eq!(hook(), Some(1));

    let workflow = example(".github/workflows/articles.yml");
    assert!(workflow.contains("fetch-depth: 0") && workflow.contains("wenqu check --articles . --format github"));
}
