//! Constructs of other tools, table by table: what is written, what readers see, what editors are told.

use super::*;

fn rewritten(body: &str) -> (String, Vec<Directive>, Vec<usize>) {
    let mut faults = Faults::new("a.md");
    let is_mdx = body.starts_with("<!-- mdx -->");
    let (text, directives) = rewrite(Body { text: body, first_line: 1, title: "题", is_mdx }, &mut faults);
    assert_eq!(text.split('\n').count(), body.split('\n').count(), "lines changed: {body:?} {text:?}");
    (text.into_owned(), directives, faults.into_list().iter().map(|p| p.line).collect())
}

/// `@0` stands for the first directive's comment.
fn check(body: &str, expected: &str, directives: &[Directive]) {
    let (text, found, _) = rewritten(body);
    let mut text = text;
    for number in 0..found.len() {
        text = text.replace(&format!("<!--{DIRECTIVE}{number}-->"), &format!("@{number}"));
    }
    assert_eq!(text, expected, "{body:?}");
    assert_eq!(found, directives, "{body:?}");
}

fn callout(kind: Callout, title: Option<&str>) -> Directive {
    Directive::Callout(kind, title.map(str::to_owned))
}

#[test]
fn boxes_of_other_tools_become_quotations() {
    use Callout::{Caution, Note, Tip, Warning};
    check(":::tip 小心\n文\n:::\n后", "> @0\n> 文\n\n后", &[callout(Tip, Some("小心"))]);
    check("::: warning\n文\n:::", "> @0\n> 文\n", &[callout(Warning, None)]);
    check(":::note[标题]\n文\n:::", "> @0\n> 文\n", &[callout(Note, Some("标题"))]);
    check("::: details 看\n文\n:::", "> @0\n> 文\n", &[Directive::Details(Some("看".into()))]);
    check(
        "::::tip\n:::danger\n文\n:::\n尾\n::::",
        "> @0\n> > @1\n> > 文\n> \n> 尾\n",
        &[callout(Tip, None), callout(Caution, None)],
    );
    check("{% hint style=\"danger\" %}\n文\n{% endhint %}", "> @0\n> 文\n", &[callout(Caution, None)]);
    check("{{< notice tip \"题\" >}}\n文\n{{< /notice >}}", "> @0\n> 文\n", &[callout(Tip, Some("题"))]);
    check(
        "{{% alert title=\"题\" color=\"warning\" %}}\n文\n{{% /alert %}}",
        "> @0\n> 文\n",
        &[callout(Warning, Some("题"))],
    );
    check("!!! note \"题\"\n    文\n\n    二\n后", "> @0\n> 文\n> \n> 二\n后", &[callout(Note, Some("题"))]);
    check("??? tip\n    文\n", "> @0\n> 文\n", &[Directive::Details(None)]);
    check("=== \"苹果\"\n\n    文\n\n后", "@0\n\n文\n\n后", &[Directive::Tab("苹果".into())]);
    check("> [!info] 题\n> 文", "> @0\n> 文", &[callout(Note, Some("题"))]);
    check("> [!TIP]\n> 文", "> [!TIP]\n> 文", &[]);
    check("- 一\n  :::tip\n  文\n  :::\n- 二", "- 一\n  > @0\n  > 文\n\n- 二", &[callout(Tip, None)]);
    check("!!!tip\n    文\n!!! oddly\n", "> @0\n> 文\n> @1\n", &[callout(Tip, None), callout(Note, None)]);
    check(
        "!!! tip\n    文\n\n!!! note\n    二\n",
        "> @0\n> 文\n\n> @1\n> 二\n",
        &[callout(Tip, None), callout(Note, None)],
    );
    check(
        "/// admonition | 题\n    type: warning\n\n文\n///\n",
        "> @0\n> \n> \n> 文\n\n",
        &[callout(Warning, Some("题"))],
    );
    check("<div class=\"alert alert-info\" markdown=\"1\">\n文\n</div>", "> @0\n> 文\n", &[callout(Note, None)]);
    check("<Admonition type=\"tip\" title=\"题\">\n文\n</Admonition>", "> @0\n> 文\n", &[callout(Tip, Some("题"))]);
}

#[test]
fn tags_become_markdown_or_vanish() {
    check("{% embed url=\"https://example.com/a\" %}", "<https://example.com/a>", &[]);
    check(
        "{% tabs %}\n{% tab title=\"iOS\" %}\n文\n{% endtab %}\n{% endtabs %}",
        "\n@0\n文\n\n",
        &[Directive::Tab("iOS".into())],
    );
    check("{% content-ref url=\"a.md\" %}\n[甲](a.md)\n{% endcontent-ref %}", "\n[甲](a.md)\n", &[]);
    check("[甲]({{< ref \"a.md\" >}})和{{< unknown x >}}乙", "[甲](\u{fdd1}a.md)和乙", &[]);
    check("[甲]({% link a.md %})", "[甲](/a.md)", &[]);
    check("[甲]({{ site.baseurl }}/a.html)", "[甲](/a.html)", &[]);
    check("{{< figure src=\"a.svg\" alt=\"图\" caption=\"题\" >}}", "![图](<a.svg> \"题\")", &[]);
    check("{% highlight js %}\nx\n{% endhighlight %}", "```js\nx\n```", &[]);
    check("{{< highlight js >}}\n{{ x }}\n{{< /highlight >}}\n{{ y", "```js\n{{ x }}\n```\n{{ y", &[]);
    check("{{< mermaid >}}\na-->b\n{{< /mermaid >}}", "```mermaid\na-->b\n```", &[]);
    check("{% raw %}\n{{ x }}\n{% endraw %}", "\n{{ x }}\n", &[]);
    check("一个{{< glossary text=\"容器\" >}}吗", "一个容器吗", &[]);
    check("## {{% heading \"prerequisites\" %}}", "## prerequisites", &[]);
    check("标题<Badge type=\"tip\" text=\"新\" />", "标题新", &[]);
    check("{% comment %}\n密\n{% endcomment %}\n文", "\n\n\n文", &[]);
    check("[[toc]]\n[TOC]\n{: .class}\n文", "\n\n\n文", &[]);
}

#[test]
fn components_are_dropped_and_their_text_stays() {
    check(
        "import A from '@b/c';\n\n<Tabs>\n<TabItem label=\"苹果\">\n文\n</TabItem>\n</Tabs>",
        "\n\n\n@0\n文\n\n",
        &[Directive::Tab("苹果".into())],
    );
    check("<Card\n  a={1 > 0}\n  b=\"x\"\n>\n文\n</Card>", "\n\n\n\n文\n", &[]);
    check("按<Button kind=\"x\">确定</Button>键", "按确定键", &[]);
    check("填<Amount>个", "填<Amount>个", &[]);
    check("{/* 注 */}\n文", "\n文", &[]);
    check("<!-- mdx -->\nexport const a = {\n  b: 1,\n};\n\n文", "<!-- mdx -->\n\n\n\n\n文", &[]);
}

#[test]
fn signs_in_running_text_become_markdown() {
    let same = |body: &str, expected: &str| check(body, &expected.replace('@', "\u{fdd1}"), &[]);
    same("见[[助记词]]和[[a/b#c|d]]", "见[助记词](<@助记词>)和[d](<@a/b#c>)");
    same("[[1]]、[[a]](b)、[[#节]]", "[[1]]、[[a]](b)、[节](<#节>)");
    same("![[图 1.png|300]] ![字|30](a.png)", "![图 1](<@图 1.png>) ![字](a.png)");
    same("![[笔记]]", "[笔记](<@笔记>)");
    same("==重点==，a==b，1 == 2 == 3", "<mark>重点</mark>，a==b，1 == 2 == 3");
    same("^^线^^ ++ctrl+k++ C++ 和 C++", "<ins>线</ins> <kbd>ctrl</kbd>+<kbd>k</kbd> C++ 和 C++");
    same("文 %% 密 %%\n%%\n密\n%%\n50%%", "文 \n\n\n\n50%%");
    same("文 ^name\n2 ^2", "文 \n2 ^2");
    same("[a](b){: .c target=\"_blank\" }{ .d #e } {x} {1, 2}", "[a](b) {x} {1, 2}");
    same("## 题 {: #id .c }\n## 二 { #b }", "## 题 {#id}\n## 二 { #b }");
    same("## 题\n{: #id .c}\n文\n{: .d}", "## 题 {#id}\n\n文\n");
    same("## 题 <a href=\"#id\" id=\"id\"></a>", "## 题 {#id}");
    same("* TOC\n{:toc}\n文", "\n\n文");
    same("{::comment}\n密\n{:/comment}\n文", "\n\n\n文");
    same("文\n:warning: 心", "文\n\\:warning: 心");
    same("-   :material-check:{ .lg } 文", "-   文");
    same("*[RPC]: 调用", "- RPC：调用");
    same("a {% raw %}{{ b }}{% endraw %} c {%- comment -%}d{%- endcomment -%} e", "a {{ b }} c e");
    same("{{ page.title }}{{ \"a\" | b }}{{/* 密 */}}", "题a");
    same("<img src={require('./a b.png').default} alt=\"图\" />", "<img src=\"./a b.png\" alt=\"图\" />");
    same("<img :src=\"withBase('/a.png')\">", "<img src=\"/a.png\">");
    same("见<Link to=\"/a\">甲</Link>，{{< button relref=\"b\" >}}乙{{< /button >}}", "见[甲](</a>)，[乙](<@b>)");
}

#[test]
fn what_is_in_a_component_is_not_indented() {
    check(
        "<Tabs>\n  <TabItem label={'甲'}>\n    文\n\n    - 一\n      - 二\n  </TabItem>\n</Tabs>\n后",
        "\n@0\n文\n\n- 一\n  - 二\n\n\n后",
        &[Directive::Tab("甲".into())],
    );
    check(
        "<Tabs>\n  <TabItem value=\"甲\">\n\n- 一\n  - 二\n\n  </TabItem>\n</Tabs>",
        "\n@0\n\n- 一\n  - 二\n\n\n",
        &[Directive::Tab("甲".into())],
    );
}

#[test]
fn code_is_never_touched() {
    for body in [
        "```\n:::tip\n{% hint %}\n```",
        "~~~md\n{{< x >}}\n~~~",
        "`{% x %}` 和 ``{{ a ` }}``",
        "- 一\n  ```\n  <Tabs>\n  ```",
        "> ```\n> {{ x }}\n> ```",
        "1. ```\n   {{ x }}\n   ```",
    ] {
        check(body, body, &[]);
    }
    check(":::tip\n```\n:::\n```\n:::", "> @0\n> ```\n> :::\n> ```\n", &[callout(Callout::Tip, None)]);
}

#[test]
fn what_is_unknown_is_told_with_its_line() {
    let lines = |body: &str| rewritten(body).2;
    assert_eq!(lines("文\n{% weird %}\n{% weird %}"), [2]);
    assert_eq!(lines("文\n\n:::odd 题\n文\n:::"), [3]);
    assert_eq!(lines("文{{< odd >}}"), [1]);
    assert_eq!(lines("文\n:::tip\n没有结束"), [2]);
    assert_eq!(lines("<Odd/>"), [1]);
    assert_eq!(lines("文\n<!--@include: ./a.md-->\n--8<-- \"b.md\"\n<!-- 注 -->"), [2, 3]);
    assert_eq!(lines("{{ site.app }}\n{% include a.html %}"), [1, 2]);
    assert_eq!(lines("{% tabs %}\n{% endtabs %}\n{{ site.baseurl }}"), [] as [usize; 0]);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_text_keeps_its_lines(body in "([ \\n>*`~:{}%!?<>/=\"'\\[\\]a-cA-C题文-]|:::|\\{%|%\\}|\\{\\{<|>\\}\\}|<Tab|```|!!! n|    |tip|hint|end|\\n){0,60}") {
        rewritten(&body);
    }
}

#[test]
fn a_line_of_a_million_signs_takes_no_second() {
    for sign in [
        "{% raw %}",
        "{::comment}\n",
        "<Link to=\"a\">",
        "==a ",
        "[[",
        "%% ",
        "{.a",
        "!!! n\n",
        "{{< button a >}}",
        "/// a\n",
    ] {
        let body = sign.repeat(200_000 / sign.len());
        let begun = std::time::Instant::now();
        rewritten(&body);
        assert!(begun.elapsed().as_secs() < 20, "{sign:?} took {:?}", begun.elapsed());
    }
}
