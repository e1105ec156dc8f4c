//! Markdown mark by mark: what is written, what readers see, what is indexed.

use super::*;

/// The HTML of one article's body; any problem fails.
fn html(body: &str) -> String {
    let (html, told) = render(body);
    assert_eq!(told, [] as [&str; 0], "{body:?}");
    html
}

fn render(body: &str) -> (String, Vec<String>) {
    let loaded = load_files(&[
        ("a/x.md", &format!("---\ntitle: 题\n---\n{body}")),
        ("a/y.md", "# 乙\n\n## 小节 1\n\n文\n\n## 别的 {#other}\n\n文"),
        ("a/_index.md", "---\ntitle: 分类\n---\n"),
        ("a/带 空格.md", "# 丙\n\n文"),
        ("b/index.md", "---\ntitle: 丁\naliases: [old/d]\n---\n文"),
        ("z.md", "---\ntitle: 戊\nslug: other/z\n---\n文"),
        ("a/images/p.svg", "<svg viewBox=\"0 0 4 2\"/>"),
        ("a/file.pdf", "x"),
    ]);
    let version = format!("?v={}", loaded.pictures[0].version);
    (article(&loaded, "a/x").open().html().as_str().replace(&version, "?v"), problems(&loaded))
}

#[track_caller]
fn check(body: &str, expected: &str) {
    assert_eq!(html(body).trim(), expected, "{body:?}");
}

#[test]
fn inline_marks() {
    check("**粗** *斜* ~~删~~ `码<`", "<p><strong>粗</strong> <em>斜</em> <del>删</del> <code>码&lt;</code></p>");
    check("一\n二\nthree\nfour\\\n五", "<p>一二\nthree\nfour<br>\n五</p>");
    check("a<br>b<br/>c", "<p>a<br>\nb<br>\nc</p>");
    check(
        "按<kbd>Ctrl</kbd>，H<sub>2</sub>，<mark>记</mark>",
        "<p>按<kbd>Ctrl</kbd>，H<sub>2</sub>，<mark>记</mark></p>",
    );
    check("文<!-- 注 -->尾\n\n<!--\n注\n-->", "<p>文尾</p>");
    check("把币发到 <your-address>", "<p>把币发到 &lt;your-address&gt;</p>");
    check(
        "式 $a^2$，$\\frac{1}{2}$",
        "<p>式 <code class=\"math\">a^2</code>，<code class=\"math\">\\frac{1}{2}</code></p>",
    );
    check("价 $5，又 $6，$\\x", "<p>价 $5，又 $6，$\\x</p>");
    check("价 $5 和 $6", "<p>价 $5 和 $6</p>");
}

#[test]
fn emphasis_beside_chinese_punctuation_is_bold() {
    check("**助记词：**请保管", "<p><strong>助记词：</strong>请保管</p>");
    check("**助记词：**请**抄写**", "<p><strong>助记词：</strong>请<strong>抄写</strong></p>");
    check("点**「设置」**页", "<p>点<strong>「设置」</strong>页</p>");
    check("点**“设置”**页和*（注）*的", "<p>点<strong>“设置”</strong>页和<em>（注）</em>的</p>");
    check(
        "**注意！**\n\n- **第一。**然后",
        "<p><strong>注意！</strong></p>\n<ul>\n<li><strong>第一。</strong>然后</li>\n</ul>",
    );
    check("`**a：**b`", "<p><code>**a：**b</code></p>");
    check("```\n**a：**b\n```", "<pre><code>**a：**b\n</code></pre>");
    check(
        "[**说：**明](https://a.example)",
        "<p><a href=\"https://a.example\" class=\"external\" rel=\"noopener nofollow\"><strong>说：</strong>明</a></p>",
    );
}

#[test]
fn headings_have_names_and_levels_from_two() {
    check("## 先查 Gas\n\n文", "<h2 id=\"先查-gas\">先查 Gas</h2>\n<p>文</p>");
    check("## 一 {#one}\n\n## 一\n\n## 一", "<h2 id=\"one\">一</h2>\n<h2 id=\"一\">一</h2>\n<h2 id=\"一-2\">一</h2>");
    check("# 题\n\n## 二", "<h2 id=\"二\">二</h2>");
    check("# 别\n\n## 二", "<h2 id=\"别\">别</h2>\n<h3 id=\"二\">二</h3>");
    check("##\n\n文", "<p>文</p>");
    assert_eq!(render("## 一\n\n#### 四").1, ["heading-jump:6:0"]);
}

#[test]
fn blocks() {
    check("1. 一\n2. 二", "<ol>\n<li>一</li>\n<li>二</li>\n</ol>");
    check("3. 三", "<ol start=\"3\">\n<li>三</li>\n</ol>");
    check(
        "- [x] 好\n- [ ] 未",
        "<ul>\n<li><input type=\"checkbox\" disabled=\"\" checked=\"\"> 好</li>\n<li><input type=\"checkbox\" disabled=\"\"> 未</li>\n</ul>",
    );
    check("> 引", "<blockquote>\n<p>引</p>\n</blockquote>");
    check("词\n: 义", "<dl>\n<dt>词</dt>\n<dd>义</dd>\n</dl>");
    check("---", "<hr>");
    check(
        "```js title=\"x\"\na < b\n```",
        "<p class=\"tab-title\"><strong>x</strong></p>\n<pre><code class=\"language-js\">a &lt; b\n</code></pre>",
    );
    check("```mermaid\na-->b\n```", "<pre><code class=\"language-mermaid\">a--&gt;b\n</code></pre>");
    check(
        "| 甲 | 乙 |\n|---|--:|\n| **一** | 二 |",
        "<div class=\"table-wrap\" tabindex=\"0\" role=\"region\" aria-label=\"表格\"><table><thead><tr><th scope=\"col\">甲</th>\
         <th scope=\"col\" class=\"align-right\">乙</th></tr></thead>\n<tbody>\n<tr><td><strong>一</strong></td>\
         <td class=\"align-right\">二</td></tr>\n</tbody></table></div>",
    );
    check(
        "甲[^1]乙[^1]\n\n[^1]: 注",
        "<p>甲<sup class=\"footnote-ref\" id=\"fnref-1\"><a href=\"#fn-1\">1</a></sup>乙<sup class=\"footnote-ref\" \
         id=\"fnref-1-2\"><a href=\"#fn-1\">1</a></sup></p>\n<section class=\"footnotes\" aria-label=\"脚注\"><ol>\n\
         <li id=\"fn-1\"><p>注 <a href=\"#fnref-1\" class=\"footnote-back\" aria-label=\"回到正文\">↩</a></p></li>\n</ol></section>",
    );
}

#[test]
fn callouts_of_every_tool() {
    let box_of = |class: &str, title: &str| {
        format!(
            "<div class=\"callout callout-{class}\" role=\"note\"><p class=\"callout-title\">{title}</p>\n<p>文</p>\n</div>"
        )
    };
    for (kind, title) in
        [("tip", "提示"), ("note", "说明"), ("important", "重要"), ("warning", "注意"), ("caution", "危险")]
    {
        check(&format!("> [!{}]\n> 文", kind.to_uppercase()), &box_of(kind, title));
    }
    check(":::tip 看\n文\n:::", &box_of("tip", "看"));
    check("{% hint style=\"danger\" %}\n文\n{% endhint %}", &box_of("caution", "危险"));
    check("!!! warning \"A<b>\"\n    文", &box_of("warning", "A&lt;b&gt;"));
    check("{{< notice info >}}\n文\n{{< /notice >}}", &box_of("note", "说明"));
    check("::: details 看\n文\n:::", "<details>\n<summary>看</summary>\n<p>文</p>\n</details>");
    check(
        "{% tab title=\"iOS\" %}\n\n文\n\n{% endtab %}",
        "<p class=\"tab-title\"><strong>iOS</strong></p>\n<p>文</p>",
    );
    let english = load_files(&[("x.md", "---\ntitle: T\nlang: en\n---\n> [!TIP]\n> x")]);
    assert!(article(&english, "x").open().html().as_str().contains(">Tip<"));
}

#[test]
fn links_lead_to_articles_sections_and_categories() {
    let link =
        |target: &str, href: &str| check(&format!("[甲]({target})"), &format!("<p><a href=\"{href}\">甲</a></p>"));
    link("y.md", "/articles/a/y");
    link("./y", "/articles/a/y");
    link("y.html", "/articles/a/y");
    link("/a/y.md", "/articles/a/y");
    link("/articles/a/y", "/articles/a/y");
    link("y.md#other", "/articles/a/y#other");
    link("y.md#小节-1", "/articles/a/y#小节-1");
    link("y.md#%E5%B0%8F%E8%8A%82-1", "/articles/a/y#小节-1");
    link("<带 空格.md>", "/articles/a/带%20空格");
    link("%E5%B8%A6%20%E7%A9%BA%E6%A0%BC.md", "/articles/a/带%20空格");
    link("../b/index.md", "/articles/b");
    link("../b/", "/articles/b");
    link("/old/d", "/articles/b");
    link("../z.md", "/articles/other/z");
    link("/other/z", "/articles/other/z");
    link("_index.md", "/categories/a");
    link("/categories/a", "/categories/a");
    link("/contact", "/contact");
    check("## 甲\n\n[乙](#甲)", "<h2 id=\"甲\">甲</h2>\n<p><a href=\"#甲\">乙</a></p>");
    check(
        "[乙](y.md \"题\")和<a href=\"y.md\">丙</a>",
        "<p><a href=\"/articles/a/y\">乙</a>和<a href=\"/articles/a/y\">丙</a></p>",
    );
}

#[test]
fn links_outward_say_so_and_bare_addresses_are_links() {
    let out = "class=\"external\" rel=\"noopener nofollow\"";
    check("[甲](https://a.example/?b&c)", &format!("<p><a href=\"https://a.example/?b&amp;c\" {out}>甲</a></p>"));
    check(
        "看https://a.example/x_y_z，然后",
        &format!("<p>看<a href=\"https://a.example/x_y_z\" {out}>https://a.example/x_y_z</a>，然后</p>"),
    );
    check("<https://a.example>", &format!("<p><a href=\"https://a.example\" {out}>https://a.example</a></p>"));
    check(
        "<a href=\"https://a.example\" target=_blank>甲</a>",
        &format!("<p><a href=\"https://a.example\" {out}>甲</a></p>"),
    );
    check("`https://a.example`", "<p><code>https://a.example</code></p>");
}

#[test]
fn broken_links_become_text_and_are_told() {
    let check = |body: &str, html: &str, told: &str| {
        let (found, problems) = render(body);
        assert_eq!((found.trim(), problems), (html, vec![told.to_owned()]), "{body:?}");
    };
    check("看[**甲**](none.md)吧", "<p>看<strong>甲</strong>吧</p>", "link-broken:4:2");
    check("文\n\n[甲](../../up.md)", "<p>文</p>\n<p>甲</p>", "link-broken:6:1");
    check("[甲](file.pdf)", "<p>甲</p>", "link-broken:4:1");
    check("[甲](y.md#none)", "<p><a href=\"/articles/a/y\">甲</a></p>", "link-anchor:4:1");
    check("[甲](#none)", "<p>甲</p>", "link-anchor:4:1");
    check("[甲]()", "<p>甲</p>", "link-broken:4:1");
    check("[甲](#)", "<p>甲</p>", "link-broken:4:1");
    check("![图](images/none.svg)", "<figure>图</figure>", "picture-broken:4:1");
    check("<a href=\"none.md\">甲</a>", "<p>甲</p>", "link-broken:4:10");
    check(
        ":::tip\n文[甲](none.md)\n:::",
        "<div class=\"callout callout-tip\" role=\"note\"><p class=\"callout-title\">提示</p>\n<p>文甲</p>\n</div>",
        "link-broken:5:6",
    );
}

#[test]
fn pictures() {
    let img = "<img src=\"/media/a/images/p.svg?v\" width=\"4\" height=\"2\" alt=\"图\" loading=\"lazy\">";
    let zoom = format!(
        "<details class=\"zoom\"><summary>{img}<span class=\"hide\">（放大图片）</span></summary>{}</details>",
        img.replace("图", "")
    );
    check("![图](images/p.svg)", &format!("<figure>{zoom}</figure>"));
    check("![图](images/p.svg \"题\")", &format!("<figure>{zoom}<figcaption>题</figcaption></figure>"));
    check("<figure><img src=\"images/p.svg\" alt=\"图\"></figure>", &format!("<figure>{zoom}</figure>"));
    check("见![图](/a/images/p.svg)", &format!("<p>见{img}</p>"));
    check("[![图](images/p.svg)](y.md)", &format!("<p><a href=\"/articles/a/y\">{img}</a></p>"));
    check("<img alt=\"图\" src=\"images/p.svg\">", img);
    check(
        "<img src=\"images/p.svg\" alt=\"图\" width=\"9\">",
        "<img src=\"/media/a/images/p.svg?v\" alt=\"图\" width=\"9\" loading=\"lazy\">",
    );
    assert_eq!(render("![](images/p.svg)").1, ["picture-alt:4:1"]);
    assert_eq!(render("![图](https://a.example/p.png)").1, ["markup-unknown:4:1"]);
}

#[test]
fn sections_are_plain_text_for_the_index() {
    let loaded = load_files(&[(
        "x.md",
        "# 题\n\n首段**粗**：`code`[链](https://a.example)。\n\n## 一 *二*\n\n| 甲 | 乙 |\n|---|---|\n| 1 | 2 |\n\n- 丙\n- 丁<kbd>X</kbd>\n\n\
         ![图](p.svg)\n\n```\na\nb\n```\n\n## 空\n\n## 尾\n\n<details><summary>看</summary>\n\n里\n\n</details>\n",
    )]);
    let article = article(&loaded, "x");
    let open = article.open();
    let texts: Vec<_> = article.sections.iter().map(|s| s.heading).zip(open.texts()).collect();
    assert_eq!(
        texts,
        [(None, "首段粗：code链。"), (Some(0), "甲 乙\n1 2\n丙\n丁X\n图\na\nb"), (Some(1), ""), (Some(2), "看\n里"),]
    );
    assert_eq!(article.headings.iter().map(|h| h.title.as_str()).collect::<Vec<_>>(), ["一 二", "空", "尾"]);
}

#[test]
fn a_title_is_always_found() {
    let title = |path: &str, text: &str| {
        let loaded = load_files(&[(path, text)]);
        let id = path.rsplit_once('.').unwrap().0.to_owned();
        (article(&loaded, &id).title.clone(), problems(&loaded))
    };
    assert_eq!(title("a.md", "一段\n\n# 题 `x`\n\n文"), ("题 x".into(), vec![]));
    assert_eq!(title("01-reset_password.md", "文").0, "reset password");
    assert_eq!(title("重置密码.md", "文"), ("重置密码".into(), vec!["title-missing:1:0".into()]));
    assert_eq!(title("a.md", "---\ntitle: 题\n---\n").1, ["article-empty:4:0"]);
}

#[test]
fn foreign_marks_that_are_unknown_are_told_and_leave_no_rubbish() {
    let (html, told) = render("前\n\n{% weird a=\"b\" %}\n\n文{{< odd >}}字\n\n<Odd x={1} />\n\n尾");
    assert_eq!(html.trim(), "<p>前</p>\n<p>文字</p>\n<p>尾</p>");
    assert_eq!(told, ["markup-unknown:6:0", "markup-unknown:8:0", "markup-unknown:10:0"]);
}
