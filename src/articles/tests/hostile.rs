//! Hostile input: scripts, bombs, deep nesting; the output stays clean and the process alive.

use proptest::prelude::*;

use super::*;
use crate::articles::{html, sanitise};

/// What no article's HTML may hold, whatever an editor wrote.
#[track_caller]
fn assert_harmless(out: &str, source: &str) {
    for tag in html::tags(out) {
        let name = tag.name.to_ascii_lowercase();
        assert!(sanitise::allows_tag(&name), "<{name}> from {source:?}: {out}");
        for (attribute, value) in tag.attributes() {
            let attribute = attribute.to_ascii_lowercase();
            assert!(!attribute.starts_with("on") && attribute != "style", "{attribute} from {source:?}: {out}");
            if matches!(attribute.as_str(), "href" | "src") {
                let good =
                    ["http://", "https://", "mailto:", "tel:", "/", "#"].iter().any(|start| value.starts_with(start));
                assert!(good, "{attribute}={value} from {source:?}: {out}");
            }
        }
    }
    assert!(!out.contains("wenqu:") || source.contains("wenqu:"), "{source:?}: {out}");
}

fn render(body: &str) -> Loaded {
    load_files(&[("x.md", &format!("# 题\n\n{body}"))])
}

#[test]
fn nothing_hostile_gets_through() {
    for body in [
        "<script>alert(1)</script>",
        "<ScRiPt src=//a.example></sCrIpT>",
        "文<script>\n\nalert(1)\n\n</script>尾",
        "<img src=x onerror=alert(1)>",
        "<IMG SRC=\"images/x.png\" OnLoad='x'>",
        "<a href=\"javascript:alert(1)\">甲</a>",
        "<a href=\"  java\nscript:alert(1)\">甲</a>",
        "<a href=\"&#106;avascript:alert(1)\">甲</a>",
        "[甲](javascript:alert(1))",
        "[甲](JaVaScRiPt:alert(1))",
        "[甲](java&Tab;script:alert(1))",
        "[甲](data:text/html;base64,PHNjcmlwdD4=)",
        "[甲]: vbscript:x\n\n[甲]",
        "<javascript:alert(1)>",
        "![甲](javascript:alert(1))",
        "![甲](data:image/svg+xml,<svg onload=x>)",
        "![甲\" onerror=\"x](images/x.png)",
        "[甲](y.md \"题\\\" onclick=\\\"x\")",
        "<p style=\"position:fixed\">甲</p>",
        "<style>body{display:none}</style>",
        "<iframe src=\"https://a.example\"></iframe>",
        "<svg><script>alert(1)</script></svg>",
        "<svg onload=alert(1)><a xlink:href=\"javascript:x\"><text>甲</text></a></svg>",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
        "<div><div><div onclick=x></div>",
        "</div></article><form action=x><input name=p></form>",
        "<details open ontoggle=alert(1)>甲</details>",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
        "<a href=\"wenqu:0\">甲</a>",
        "<img src=\"wenqu:7\">",
        "<p title='<a href=\"wenqu:0\">'>[甲](https://a.example)</p>",
        "<plaintext>甲",
        "<textarea></textarea><xmp><script>x</script></xmp>",
        "<meta http-equiv=refresh content=0><base href=//a.example><link rel=stylesheet href=x>",
        "## 甲 {#\" onclick=\"x}",
        "## 甲 {onclick=x .a style=b}",
        "```\"><script>\nx\n```",
        ":::tip <script>alert(1)</script>\n文\n:::",
        "{% embed url=\"javascript:alert(1)\" %}",
        "{{< figure src=\"javascript:alert(1)\" alt=\"<script>\" >}}",
        "[^\"><script>]: x\n\n[^\"><script>]",
        "<!--\u{fdd1}0-->",
    ] {
        let loaded = render(body);
        assert_harmless(article(&loaded, "x").open().html().as_str(), body);
    }
}

#[test]
fn what_was_removed_is_told_with_its_line() {
    let told = |body: &str| problems(&render(body));
    assert_eq!(told("文\n\n<script>x</script>"), ["html-removed:5:0"]);
    assert_eq!(told("文\n\n[甲](javascript:x)"), ["html-removed:5:1"]);
    assert_eq!(told("<p onclick=x>甲</p>"), ["html-removed:3:0"]);
    assert_eq!(told("<iframe src=x></iframe>\n\n<iframe></iframe>\n\n文"), ["html-removed:3:0"]);
    assert_eq!(told("<details><summary>甲</summary>乙</details>"), [] as [&str; 0]);
    assert_eq!(told("<p align=center>甲</p>"), [] as [&str; 0]);
}

#[test]
fn depth_costs_a_problem_and_not_the_process() {
    let lists = (0..300).map(|depth| "  ".repeat(depth) + "- 甲\n").collect::<String>();
    for body in [
        format!("{}甲", "> ".repeat(10_000)),
        format!("{}甲", "- ".repeat(10_000)),
        format!("{}甲", "1. ".repeat(10_000)),
        lists,
        format!("{}甲", "<div>".repeat(10_000)),
        format!("{}甲", "<b><i>\n\n".repeat(5_000)),
    ] {
        let loaded = render(&body);
        assert_eq!(loaded.counts.articles, 1);
        assert_eq!(loaded.problems.len(), 1, "{:?}", problems(&loaded));
        assert!(article(&loaded, "x").open().text(0).contains('甲'));
    }
    for body in
        ["*".repeat(10_000), "[".repeat(10_000), "![".repeat(10_000), ":::tip\n".repeat(1_000), "{{".repeat(10_000)]
    {
        assert_eq!(render(&body).counts.articles, 1);
    }
}

/// The renderer's own output needs no sanitiser: the sanitiser finds nothing to remove in it.
#[track_caller]
fn assert_proven(body: &str) {
    let loaded = load_files(&[("x.md", body)]);
    let Some(article) = loaded.library.articles().first() else { return };
    assert_harmless(article.open().html().as_str(), body);
    // An address that no browser could open (`https://a.1`) is nothing that has to be removed.
    let kept = |tag: html::Tag<'_>| tag.attributes().filter(|(name, _)| *name != "href").count() + 1;
    let count = |html: &str| html::tags(html).map(kept).sum::<usize>();
    let html = article.open().html();
    let out = html.as_str();
    assert_eq!(count(out), count(&sanitise::sanitise(out)), "{body:?}: {out}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_rendered_harmless(body in "(?s).{0,200}") {
        let loaded = load_files(&[("x.md", &body)]);
        for article in loaded.library.articles() {
            assert_harmless(article.open().html().as_str(), &body);
            assert!(!article.sections.is_empty());
        }
    }

    #[test]
    fn markdown_soup_is_rendered_harmless(
        body in "([ \\n#>*`~|!<>/()\\[\\]{}\"'=&;:^.$_-]|[a-d题文：，。「]|<script>|</script>|<a href=|<img src=|javascript:|onerror=|<b>|</b>|<div>|</div>|<svg>|<style>|<!--|-->|\\]\\(|```|\n\n|> |- |1\\. |:::tip|\\{%|%\\}|https://a\\.b|\\[\\^1\\]|: ){0,50}"
    ) {
        let loaded = load_files(&[("x.md", &body)]);
        for article in loaded.library.articles() {
            assert_harmless(article.open().html().as_str(), &body);
        }
    }

    #[test]
    fn markdown_without_html_needs_no_sanitiser(
        body in "(</?(kbd|sub|b)>|[ \\n#>*`~|!()\\[\\]{}\"'=&;:^.$_-]|[a-d题文：，。「]|\\]\\(|```|\n\n|> |- |1\\. |\\[x\\] |https://a\\.b|\\[\\^1\\]|\\[\\^1\\]: |: |\\|-\\|-\\|\n){0,60}"
    ) {
        assert_proven(&body);
    }

    #[test]
    fn any_front_matter_is_survived(front in "([ \\n:\\[\\]{},'\"&*!|>%@`#?-]|[a-c题]|title|tags|date|---|<<|\\*a|&a |: |- ){0,40}") {
        let yaml = format!("---\n{front}\n---\n文");
        let toml = format!("+++\n{front}\n+++\n文");
        let loaded = load_files(&[("x.md", &yaml), ("y.md", &toml)]);
        let errors = loaded.problems.iter().filter(|p| p.rule.level == crate::domain::Level::Error).count();
        prop_assert!(loaded.counts.articles + errors >= 2);
    }
}
