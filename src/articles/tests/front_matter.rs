//! Front matter key by key, in YAML and TOML, with every synonym and every kind of fault.

use jiff::civil::date;

use super::*;
use crate::domain::{Pinned, Severity, Visibility};

/// Reads one article with this front matter, in YAML.
fn yaml(front: &str) -> Loaded {
    load_files(&[("a/x.md", &format!("---\n{front}\n---\n正文\n")), ("b.md", "# 乙\n\n文")])
}

fn toml(front: &str) -> Loaded {
    load_files(&[("a/x.md", &format!("+++\n{front}\n+++\n正文\n")), ("b.md", "# 乙\n\n文")])
}

/// The same from both forms, without any problem.
#[expect(clippy::needless_pass_by_value, reason = "rows read better without a reference in each")]
fn check<T: PartialEq + std::fmt::Debug>(
    in_yaml: &str,
    in_toml: &str,
    id: &str,
    get: impl Fn(&Article) -> T,
    value: T,
) {
    for (form, loaded) in
        [("yaml", yaml(&format!("title: 题\n{in_yaml}"))), ("toml", toml(&format!("title = \"题\"\n{in_toml}")))]
    {
        assert_eq!(get(article(&loaded, id)), value, "{form} {in_yaml}");
        assert_eq!(problems(&loaded), [] as [&str; 0], "{form} {in_yaml}");
    }
}

fn list(items: &[&str]) -> Vec<String> {
    items.iter().map(|&s| s.to_owned()).collect()
}

fn ids(items: &[&str]) -> Vec<ArticleId> {
    items.iter().map(|&s| ArticleId::parse(s).unwrap()).collect()
}

#[test]
fn every_key_is_understood_in_both_forms() {
    let x = "a/x";
    check("", "", x, |a| a.title.clone(), "题".into());
    for key in ["description", "summary", "excerpt"] {
        check(&format!("{key}: 一句话"), &format!("{key} = \"一句话\""), x, |a| a.description.clone(), "一句话".into());
    }
    check("slug: help/y", "slug = \"help/y\"", "help/y", |a| a.id.to_string(), "help/y".into());
    check("category: c", "category = \"c\"", x, |a| a.category.to_string(), "c".into());
    check("tags: [一, 二]", "tags = [\"一\", \"二\"]", x, |a| a.tags.clone(), list(&["一", "二"]));
    check("tags: 一, 二，三、四", "tags = \"一, 二，三、四\"", x, |a| a.tags.clone(), list(&["一", "二", "三", "四"]));
    check("keywords: 一", "keywords = \"一\"", x, |a| a.keywords.clone(), list(&["一"]));
    check(
        "questions:\n  - 怎么办，急\n  - 甲",
        "questions = [\"怎么办，急\", \"甲\"]",
        x,
        |a| a.questions.clone(),
        list(&["怎么办，急", "甲"]),
    );
    check("errors: 'Error: 1, 2'", "errors = \"Error: 1, 2\"", x, |a| a.errors.clone(), list(&["Error: 1, 2"]));
    check(
        "aliases: [/old/a, old/b.md]",
        "aliases = [\"/old/a\", \"old/b.md\"]",
        x,
        |a| a.aliases.clone(),
        ids(&["old/a", "old/b"]),
    );
    check("date: 2026-11-22", "date = 2026-11-22", x, |a| a.date, Some(date(2026, 11, 22)));
    check(
        "date: '2026-11-22T08:00:00+08:00'",
        "date = 2026-11-22T08:00:00+08:00",
        x,
        |a| a.date,
        Some(date(2026, 11, 22)),
    );
    check("date: 2026-11-22 08:00:00", "date = \"2026/11/22\"", x, |a| a.date, Some(date(2026, 11, 22)));
    check("date: 2026-11-22", "date = \"2026年11月22日\"", x, |a| a.updated, Some(date(2026, 11, 22)));
    for key in ["updated", "lastmod", "lastUpdated"] {
        check(&format!("{key}: 2026-01-02"), &format!("{key} = 2026-01-02"), x, |a| a.updated, Some(date(2026, 1, 2)));
    }
    check(
        "last_update:\n  date: 2026-01-02\n  author: 甲",
        "last_update.date = 2026-01-02",
        x,
        |a| a.updated,
        Some(date(2026, 1, 2)),
    );
    check("lastUpdated: false", "lastUpdated = false", x, |a| a.updated, None);
    check("review_by: 2027-01-01", "review_by = 2027-01-01", x, |a| a.review_by, Some(date(2027, 1, 1)));
    check(
        "applies_to: [iOS, 5.10]",
        "applies_to = [\"iOS\", 5.10]",
        x,
        |a| a.applies_to.clone(),
        list(&["iOS", "5.10"]),
    );
    check("owner: 组", "owner = \"组\"", x, |a| a.owner.clone(), Some("组".into()));
    check(
        "authors:\n  - name: 甲\n    url: x\n  - 乙",
        "authors = [{ name = \"甲\" }, \"乙\"]",
        x,
        |a| a.authors.clone(),
        list(&["甲", "乙"]),
    );
    for key in ["weight", "sidebar_position"] {
        check(&format!("{key}: 7"), &format!("{key} = 7"), x, |a| a.weight, 7);
    }
    check("pinned: true", "pinned = true", x, |a| a.pinned.clone(), Pinned::Home);
    check(
        "pinned: [一, 二]",
        "pinned = [\"一\", \"二\"]",
        x,
        |a| a.pinned.clone(),
        Pinned::Queries(list(&["一", "二"])),
    );
    check("severity: urgent", "severity = \"urgent\"", x, |a| a.severity, Severity::Urgent);
    check(
        "severity: urgent\nalarm: [被盗, 助记词 泄露]",
        "severity = \"urgent\"\nalarm = [\"被盗\", \"助记词 泄露\"]",
        x,
        |a| a.alarm.clone(),
        list(&["被盗", "助记词 泄露"]),
    );
    check("lang: zh_tw", "lang = \"zh-TW\"", x, |a| a.lang.to_string(), "zh-TW".into());
    check("translation_of: b", "translation_of = \"b\"", x, |a| a.translation_of.clone(), Some(ids(&["b"])[0].clone()));
    check("related: [b]", "related = [\"b\"]", x, |a| a.related.clone(), ids(&["b"]));
    check("related: b.md", "related = \"/articles/b\"", x, |a| a.related.clone(), ids(&["b"]));
    check("unlisted: yes", "unlisted = true", x, |a| a.visibility, Visibility::Unlisted);
    check("in_search_index: false", "in_search_index = false", x, |a| a.visibility, Visibility::Unlisted);
    check("hide_feedback: on", "hide_feedback = true", x, |a| a.takes_feedback, false);
    check("hide_feedback: false", "description = \"\"", x, |a| a.takes_feedback, true);
}

#[test]
fn numbers_and_truths_are_text_where_text_is_wanted() {
    let title = |front: &str| article(&yaml(front), "a/x").title.clone();
    assert_eq!(title("title: 1.10"), "1.10");
    assert_eq!(title("title: yes"), "yes");
    assert_eq!(title("title: 2026-11-22"), "2026-11-22");
    assert_eq!(title("title: >\n  两\n  行"), "两 行");
}

#[test]
fn drafts_are_built_only_for_a_preview() {
    let folder = folder(&[("x.md", "---\ntitle: 题\ndraft: yes\n---\n文"), ("y.md", "# 乙\n\n看[草稿](x.md)")]);
    let loaded = load(folder.path(), &LoadOptions::default(), None).unwrap();
    assert_eq!((loaded.counts.articles, loaded.counts.drafts), (1, 1));
    assert_eq!(problems(&loaded), ["link-broken:3:2"]);
    let options = LoadOptions { drafts: true, ..LoadOptions::default() };
    let loaded = load(folder.path(), &options, None).unwrap();
    assert_eq!(article(&loaded, "x").visibility, Visibility::Draft);
    assert_eq!(problems(&loaded), [] as [&str; 0]);
}

#[test]
fn a_wrong_value_costs_its_key_and_names_its_place() {
    let check = |front: &str, told: &str| {
        let loaded = yaml(&format!("title: 题\n{front}"));
        assert_eq!(problems(&loaded), [told], "{front}");
        assert_eq!(article(&loaded, "a/x").title, "题");
    };
    check("weight: 很重", "front-matter-type:3:9");
    check("description: [一]", "front-matter-type:3:14");
    check("tags:\n  - 一\n  - [二]", "front-matter-type:5:5");
    check("draft: 也许", "front-matter-type:3:8");
    check("severity: 高", "front-matter-type:3:11");
    check("severity: high\nalarm: [被盗]", "front-matter-type:4:1");
    check("lang: 中文", "front-matter-type:3:7");
    check("date: 昨天", "front-matter-date:3:7");
    check("updated: 2026-13-01", "front-matter-date:3:10");
    check("last_update:\n  date: x", "front-matter-date:4:9");
    check("slug: a/../b", "id-bad:3:7");
    check("aliases: [good, 'a?b']", "id-bad:3:17");
    check("related: [b, none]", "related-missing:3:0");
    check("translation_of: none", "related-missing:3:0");
}

#[test]
fn near_misses_of_keys_are_told_and_others_are_not() {
    let check = |key: &str, near: Option<&str>| {
        let loaded = yaml(&format!("title: 题\n{key}: x"));
        let told: Vec<_> = loaded.problems.iter().map(|p| (p.rule.id, p.line)).collect();
        match near {
            Some(near) => {
                assert_eq!(told, [("front-matter-key", 3)], "{key}");
                assert!(loaded.problems[0].message.contains(&format!("`{near}`")), "{}", loaded.problems[0].message);
            }
            None => assert_eq!(told, [], "{key}"),
        }
    };
    check("tag", None);
    check("titel", Some("title"));
    check("Title", Some("title"));
    check("descripton", Some("description"));
    check("keyword", Some("keywords"));
    check("alises", Some("aliases"));
    check("reviewby", Some("review_by"));
    check("lastupdated", Some("lastUpdated"));
    let others = "layout permalink order type cover sidebar_label hide_title toc author image menu series nav_order parent \
                  outline head hero next prev categories comments top mathjax id sidebar 我的键 a";
    others.split(' ').for_each(|key| check(key, None));
}

#[test]
fn broken_syntax_skips_the_file_with_one_problem() {
    let check = |text: &str, told: &str| {
        let loaded = load_files(&[("a/x.md", text), ("b.md", "# 乙\n\n文")]);
        assert_eq!(problems(&loaded), [told], "{text:?}");
        assert_eq!((loaded.counts.articles, loaded.counts.skipped), (1, 1));
    };
    check("---\ntitle: 标题: 副标题\n---\n文", "front-matter-syntax:2:10");
    check("---\ntitle: 题\n文", "front-matter-syntax:1:1");
    check("---\ntitle: a\ntitle: b\n---\n文", "front-matter-syntax:3:8");
    check("---\n- 一\n- a: 二\n---\n文", "front-matter-syntax:2:1");
    check("+++\ntitle = 题\n+++\n文", "front-matter-syntax:2:9");
    check(&format!("---\na: {}\n---\n文", "[".repeat(10_000)), "front-matter-syntax:2:68");
    check(&format!("---\ntitle: 题\na: {}\n---\n文", "x".repeat(70_000)), "front-matter-syntax:1:0");
}

#[test]
fn a_rule_at_the_top_is_not_front_matter() {
    let loaded = load_files(&[("x.md", "---\n\n# 题\n\n文\n\n---\n\n尾"), ("y.md", "---\n一段文字\n\n# 题二\n\n文")]);
    assert_eq!(problems(&loaded), [] as [&str; 0]);
    assert_eq!(article(&loaded, "x").title, "题");
    assert_eq!(article(&loaded, "y").title, "题二");
    let empty = load_files(&[("x.md", "---\n---\n# 题\n\n文")]);
    assert_eq!(article(&empty, "x").title, "题");
}
