//! Constructs of other tools, table by table: what is written, what readers see, what editors are told.

use super::*;

fn rewritten(body: &str) -> (String, Vec<Directive>, Vec<usize>) {
    let mut faults = Faults::new("a.md");
    let (text, directives) = rewrite(body, 1, body.starts_with("<!-- mdx -->"), &mut faults);
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
    check("{{< notice tip \"题\" >}}\n文\n{{< /notice >}}", "> @0\n> 文\n", &[callout(Tip, None)]);
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
    check("[甲]({{< ref \"a.md\" >}})和{{< unknown x >}}乙", "[甲](a.md)和乙", &[]);
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
    assert_eq!(lines("{% tabs %}\n{% endtabs %}\n{{ site.title }}"), [] as [usize; 0]);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn any_text_keeps_its_lines(body in "([ \\n>*`~:{}%!?<>/=\"'\\[\\]a-cA-C题文-]|:::|\\{%|%\\}|\\{\\{<|>\\}\\}|<Tab|```|!!! n|    |tip|hint|end|\\n){0,60}") {
        rewritten(&body);
    }
}
