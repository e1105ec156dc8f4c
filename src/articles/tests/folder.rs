//! Whole folders: reloading, identities, foreign collections, and what must not be lost in silence.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::domain::Level;

#[test]
fn a_folder_becomes_a_library_with_working_links() {
    let loaded = load_files(&[
        ("wenqu.toml", "[site]\nname = \"甲\"\n"),
        ("a/_index.md", "---\ntitle: 账户\nweight: 2\nicon: key\n---\n说明"),
        ("a/one.md", "# 一\n\n文"),
        ("b/deep/three.md", "---\ntitle: 三\n---\n文"),
        ("top.mdx", "import A from './a'\n\n# 顶\n\n文"),
        ("search/synonyms.txt", "甲,乙"),
        ("search/note.md", "# 不是文章"),
        ("README.md", "# 给编辑看的"),
        ("SUMMARY.md", "* [甲](a/one.md)"),
        (".git/x.md", "# 隐"),
        ("node_modules/x.md", "# 隐"),
    ]);
    assert_eq!(problems(&loaded), [] as [&str; 0]);
    assert_eq!(loaded.library.site.name, "甲");
    assert_eq!(loaded.lexicon.synonyms, "甲,乙");
    let ids: Vec<_> = loaded.library.articles().iter().map(|a| a.id.as_str()).collect();
    assert_eq!(ids, ["b/deep/three", "top", "a/one"]);
    let categories: Vec<_> = loaded.library.categories().iter().map(|c| (c.id.as_str(), c.title.as_str())).collect();
    assert_eq!(categories, [("b", "b"), ("b/deep", "deep"), ("", "全部文章"), ("a", "账户")]);
    let described = &loaded.library.categories()[3];
    assert_eq!((described.icon.as_str(), described.html.as_str()), ("key", "<p>说明</p>\n"));
}

#[test]
fn a_missing_folder_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    assert!(load(&folder.path().join("none"), &LoadOptions::default(), None).is_err());
    write(folder.path(), "file", "");
    assert!(load(&folder.path().join("file"), &LoadOptions::default(), None).is_err());
    assert_eq!(load(folder.path(), &LoadOptions::default(), None).unwrap().counts.files, 0);
}

#[test]
fn an_index_alone_in_its_folder_is_an_article() {
    let loaded = load_files(&[
        ("post/one/index.md", "# 一\n\n看[二](../two/)"),
        ("post/two/README.md", "# 二\n\n文"),
        ("post/index.md", "# 文集\n\n说明"),
    ]);
    assert_eq!(problems(&loaded), [] as [&str; 0]);
    assert!(article(&loaded, "post/one").open().html().as_str().contains("href=\"/articles/post/two\""));
    assert_eq!(article(&loaded, "post/two").category.as_str(), "post");
    assert_eq!(loaded.library.categories()[0].title, "文集");
    let both = load_files(&[("a/_index.md", "# 甲"), ("a/README.md", "# 乙"), ("a/x.md", "# 丙\n\n文")]);
    assert_eq!(both.library.categories()[0].title, "甲");
    assert_eq!(both.problems.iter().map(|p| p.path.as_str()).collect::<Vec<_>>(), ["a/README.md"]);
}

#[test]
fn clashes_of_ids_are_told_and_the_first_path_wins() {
    let loaded = load_files(&[
        ("a.md", "---\ntitle: 甲\naliases: [old, b]\n---\n文"),
        ("b.md", "---\ntitle: 乙\naliases: old\n---\n文"),
        ("c.md", "---\ntitle: 丙\nslug: a\n---\n文"),
        ("B.md", "# 大\n\n文"),
    ]);
    let told: Vec<_> = loaded.problems.iter().map(|p| (p.path.as_str(), p.rule.id, p.line)).collect();
    assert_eq!(
        told,
        [("a.md", "alias-clash", 3), ("b.md", "id-case", 0), ("b.md", "alias-clash", 3), ("c.md", "id-duplicate", 3)]
    );
    assert_eq!(article(&loaded, "a").title, "甲");
}

#[test]
fn files_that_cannot_be_read_are_told_and_the_rest_is_served() {
    let folder = folder(&[("good.md", "# 好\n\n文"), ("what?.md", "# 问\n\n文")]);
    write(folder.path(), "gbk.md", b"# a\n\n\xd7\xaa\xd5\xcb\xc3\xbb\xd3\xd0\xb5\xbd\xd5\xcb\n");
    write(folder.path(), "large.md", "文".repeat(800_000));
    write(folder.path(), "bom.md", "\u{feff}---\r\ntitle: 题\r\n---\r\n文\r\n");
    let loaded = load(folder.path(), &LoadOptions::default(), None).unwrap();
    let told: Vec<_> = loaded.problems.iter().map(|p| (p.path.as_str(), p.rule.id, p.line)).collect();
    assert_eq!(told, [("gbk.md", "file-encoding", 3), ("large.md", "file-too-large", 0), ("what?.md", "id-bad", 0)]);
    assert!(loaded.problems[0].hint.contains("GB18030"));
    assert_eq!(article(&loaded, "bom").title, "题");
    assert_eq!(loaded.counts.articles + loaded.counts.skipped, loaded.counts.files);
}

#[cfg(unix)]
#[test]
fn links_out_of_the_folder_are_not_followed() {
    use std::os::unix::fs::symlink;
    let outside = folder(&[("secret.md", "# 密\n\n文"), ("dir/secret.md", "# 密\n\n文")]);
    let folder = folder(&[("in.md", "# 内\n\n文"), (".hidden/x.md", "# 隐\n\n文")]);
    symlink(outside.path().join("secret.md"), folder.path().join("out.md")).unwrap();
    symlink(outside.path().join("dir"), folder.path().join("dir")).unwrap();
    symlink(folder.path().join("in.md"), folder.path().join("again.md")).unwrap();
    symlink(folder.path().join(".hidden/x.md"), folder.path().join("shown.md")).unwrap();
    symlink(folder.path().join("gone.md"), folder.path().join("gone-link.md")).unwrap();
    symlink(folder.path(), folder.path().join("loop")).unwrap();
    let loaded = load(folder.path(), &LoadOptions::default(), None).unwrap();
    let told: Vec<_> = loaded.problems.iter().map(|p| (p.path.as_str(), p.rule.id)).collect();
    assert_eq!(told, [("dir", "file-outside"), ("gone-link.md", "file-unreadable"), ("out.md", "file-outside")]);
    let mut ids: Vec<_> = loaded.library.articles().iter().map(|a| a.id.as_str()).collect();
    ids.sort_unstable();
    assert_eq!(ids, ["again", "in"]);
}

#[test]
fn a_reload_parses_only_what_changed() {
    let folder = folder(&[
        ("a.md", "# 甲\n\n看[乙](b.md#小节)"),
        ("b.md", "# 乙\n\n## 小节\n\n文"),
        ("c.md", "# 丙\n\n文\n\n![图](p.svg)"),
        ("p.svg", "<svg/>"),
    ]);
    let options = LoadOptions::default();
    let first = load(folder.path(), &options, None).unwrap();
    assert_eq!(first.counts.parsed, 3);
    let second = load(folder.path(), &options, Some(&first)).unwrap();
    assert_eq!(second.counts.parsed, 0);
    let same = |a: &Loaded, b: &Loaded, id: &str| {
        let find = |loaded: &Loaded| Arc::clone(loaded.library.article(&ArticleId::parse(id).unwrap()).unwrap());
        Arc::ptr_eq(&find(a), &find(b))
    };
    assert!(same(&first, &second, "a") && same(&first, &second, "c"));

    // Same size, and within the clock's tick the same time: the content tells.
    write(folder.path(), "b.md", "# 乙\n\n## 别的\n\n文");
    let third = load(folder.path(), &options, Some(&second)).unwrap();
    assert_eq!(third.counts.parsed, 1);
    assert_eq!(problems(&third), ["link-anchor:3:2"]);
    assert!(!same(&second, &third, "a"), "its link lost its section");
    assert!(same(&second, &third, "c"));

    fs::remove_file(folder.path().join("b.md")).unwrap();
    write(folder.path(), "p.svg", "<svg viewBox='0 0 1 1'/>");
    let fourth = load(folder.path(), &options, Some(&third)).unwrap();
    assert_eq!((fourth.counts.parsed, problems(&fourth)), (0, vec!["link-broken:3:2".to_owned()]));
    assert!(!article(&fourth, "a").open().html().as_str().contains("<a"));
    assert!(!same(&third, &fourth, "c"), "its picture changed");

    write(folder.path(), "b.md", "# 乙\n\n## 小节\n\n文");
    let fifth = load(folder.path(), &options, Some(&fourth)).unwrap();
    assert_eq!(article(&fifth, "a").open().html(), article(&first, "a").open().html());
}

#[test]
fn progress_counts_every_file() {
    let folder = folder(&[("a.md", "# 甲\n\n文"), ("b.md", "# 乙\n\n文")]);
    let most = AtomicUsize::new(0);
    let progress = |done: usize, total: usize| {
        assert_eq!(total, 2);
        most.fetch_max(done, Ordering::Relaxed);
    };
    load(folder.path(), &LoadOptions { progress: Some(&progress), ..LoadOptions::default() }, None).unwrap();
    assert_eq!(most.into_inner(), 2);
}

#[test]
fn a_folder_that_goes_while_it_is_read_is_an_error_and_an_exchanged_one_is_read_anew() {
    let place = folder(&[("now/a.md", "# 甲\n\n文"), ("now/b.md", "# 乙\n\n文"), ("next/c.md", "# 丙\n\n文")]);
    let at = |name: &str| place.path().join(name);
    let load_and = |meanwhile: &(dyn Fn() + Sync)| {
        let once = std::sync::Once::new();
        let progress = |_: usize, _: usize| once.call_once(meanwhile);
        load(&at("now"), &LoadOptions { progress: Some(&progress), ..LoadOptions::default() }, None)
    };
    assert!(load_and(&|| fs::rename(at("now"), at("gone")).unwrap()).is_err());
    fs::rename(at("gone"), at("now")).unwrap();
    let exchanged = load_and(&|| {
        fs::rename(at("now"), at("gone")).unwrap();
        fs::rename(at("next"), at("now")).unwrap();
    });
    let library = exchanged.unwrap().library;
    assert_eq!(library.articles().iter().map(|a| a.id.to_string()).collect::<Vec<_>>(), ["c"]);
}

#[test]
fn dates_of_the_repository_stand_in_for_the_editors() {
    let folder = folder(&[
        ("a.md", "---\ndate: 2026-01-01\n---\n# 甲\n\n文"),
        ("b.md", "---\ndate: 2026-01-01\nupdated: 2026-02-02\n---\n# 乙\n\n文"),
    ]);
    let updated = |loaded: &Loaded, id: &str| article(loaded, id).updated.map(|d| d.to_string());
    let plain = load(folder.path(), &LoadOptions::default(), None).unwrap();
    assert_eq!(updated(&plain, "a").as_deref(), Some("2026-01-01"));
    let dates = |_: &str| Some(jiff::civil::date(2026, 3, 3));
    let dated =
        load(folder.path(), &LoadOptions { dates: Some(&dates), ..LoadOptions::default() }, Some(&plain)).unwrap();
    assert_eq!(updated(&dated, "a").as_deref(), Some("2026-03-03"));
    assert_eq!(updated(&dated, "b").as_deref(), Some("2026-02-02"));
    let again = load(folder.path(), &LoadOptions::default(), Some(&dated)).unwrap();
    assert_eq!(updated(&again, "a").as_deref(), Some("2026-01-01"));
}

#[test]
fn pictures_of_gitbook_are_found_in_their_hidden_folder() {
    let loaded = load_files(&[
        ("a.md", "# 甲\n\n<figure><img src=\".gitbook/assets/图 1.svg\" alt=\"图\"><figcaption></figcaption></figure>"),
        (".gitbook/assets/图 1.svg", "<svg/>"),
        (".gitbook/includes/x.md", "# 片段"),
    ]);
    assert_eq!((problems(&loaded), loaded.counts.files), (vec![], 1));
    assert!(article(&loaded, "a").open().html().as_str().contains("src=\"/media/.gitbook/assets/图%201.svg?v="));
}

#[test]
fn four_hundred_articles_of_other_tools_all_load() {
    let folder = tempfile::tempdir().unwrap();
    let bodies = [
        "# 标题\n\n普通正文。\n",
        "正文没有标题\n===\n\n## 二\n\n文\n",
        "{% hint style=\"info\" %}\n提示\n{% endhint %}\n\n# GitBook\n",
        "::: tip\n提示\n:::\n\n[[toc]]\n",
        "import X from 'x'\n\n# MDX\n\n<X a={1}>文</X>\n",
        "{{< notice >}}\n文\n{{< /notice >}}\n",
        "!!! note\n    文\n",
        "<h1 align=\"center\">题</h1>\n\n<p align=\"center\"><img src=\"x.png\"></p>\n",
    ];
    for number in 0..400 {
        let dir = ["docs", "docs/guide", "文档", "blog/2024"][number % 4];
        let extension = ["md", "markdown", "mdx"][number % 3];
        write(folder.path(), &format!("{dir}/{number:03} 文件.{extension}"), bodies[number % bodies.len()]);
    }
    let loaded = load(folder.path(), &LoadOptions::default(), None).unwrap();
    assert_eq!((loaded.counts.files, loaded.counts.articles), (400, 400));
    assert!(loaded.library.articles().iter().all(|a| !a.title.is_empty() && !a.open().html().as_str().contains("{%")));
}

#[test]
fn of_six_thousand_files_each_is_served_or_told() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..6_000 {
        let front = match number % 10 {
            0 => "title: a: b".to_owned(),
            1 => format!("title: 题\nweight: {number}\nlayout: post\nnested:\n  - a: {{b: c}}"),
            2 => format!("Title: 题 {number}\nfoo: [1, 2, {{x: y}}]"),
            3 => "tags:\nx-y: !custom z\n? a\n: b".to_owned(),
            _ => format!("title: 题 {number}\ncustom_{number}: 值\nparams: {{deep: {{er: 1}}}}"),
        };
        write(folder.path(), &format!("c{}/{number}.md", number % 50), format!("---\n{front}\n---\n正文 {number}\n"));
    }
    let loaded = load(folder.path(), &LoadOptions::default(), None).unwrap();
    let errors = loaded.problems.iter().filter(|p| p.rule.level == Level::Error).count();
    assert_eq!((loaded.counts.articles, errors), (5_400, 600));
}

#[test]
fn settings_are_read_and_faults_cost_only_themselves() {
    let good = load_files(&[(
        "wenqu.toml",
        "[site]\nname = \"站\"\npicture = \"p.png\"\nlanguages = [\"zh-CN\", \"en\"]\ndefault_lang = \"en\"\n[[urgent]]\nlabel = \"急\"\narticle = \"a\"\nhint = \"h\"\n\
         [contact]\nholidays = [\"2027-01-01\", 2027-01-02]\nnever_ask = [\"助记词\"]\n[[contact.channels]]\nkind = \"email\"\nname = \"邮\"\n\
         address = \"a@example.com\"\ntimezone = \"Asia/Shanghai\"\nhours = [{ days = \"mon-fri,sun\", open = \"09:00\", close = \"24:00\" }]\n\
         [[official]]\nkind = \"domain\"\nvalue = \"example.com\"\nnote = \"n\"\n[promises]\nother = \"五天\"\n[search]\npopular = [\"甲\"]\n\
         [domains]\nallowed = [\"example.org\"]\n\
         [translations.en]\n\"急\" = \"Urgent\"\n\"站\" = \"\"\n",
    )]);
    assert_eq!(problems(&good), [] as [&str; 0]);
    let site = &good.library.site;
    assert_eq!(site.languages.iter().map(ToString::to_string).collect::<Vec<_>>(), ["en", "zh-CN"]);
    let [(lang, texts)] = site.translations.as_slice() else { panic!("one language") };
    assert_eq!(site.picture, "p.png");
    assert_eq!((lang.as_str(), texts.get("急").map(String::as_str), texts.len()), ("en", Some("Urgent"), 1));
    assert_eq!((site.urgent.len(), site.holidays.len(), site.channels.len(), site.official.len()), (1, 2, 1, 1));
    assert_eq!(site.channels[0].hours[0].days.len(), 6);
    assert_eq!((site.promises.other.as_str(), site.popular.len(), site.allowed_domains.len()), ("五天", 1, 1));

    let check = |text: &str, told: &str| {
        let loaded = load_files(&[("wenqu.toml", text)]);
        assert_eq!(problems(&loaded), [told], "{text}");
        loaded.library.site.name.clone()
    };
    assert_eq!(check("[site]\nname = \"站\"\nnamee = \"x\"\n", "settings-bad:3:1"), "站");
    assert_eq!(check("[site]\nname = [\"x\"]\n", "settings-bad:2:8"), "帮助中心");
    assert_eq!(check("[site\n", "settings-bad:1:6"), "帮助中心");
    check("[[urgent]]\nlabel = \"x\"\n", "settings-bad:1:1");
    check("[contact]\nholidays = [\"新年\"]\n", "settings-bad:2:13");
    check("[[official]]\nkind = \"site\"\nvalue = \"x\"\n", "settings-bad:1:1");
    let zone = "[[contact.channels]]\nname = \"n\"\naddress = \"a\"\ntimezone = \"Mars/Base\"\n";
    check(zone, "settings-bad:4:12");
}
