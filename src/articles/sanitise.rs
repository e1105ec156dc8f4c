//! The second wall: HTML that came from an editor's hand is parsed as a browser would and only what
//! the list allows is written again.
//!
//! Articles without raw HTML need no wall: the renderer writes every tag itself and escapes every
//! text, which the tests prove by running its output through here and finding nothing removed.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

/// Elements an article may hold.
const TAGS: &[&str] = &[
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "caption",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "details",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "img",
    "input",
    "ins",
    "kbd",
    "li",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "rp",
    "rt",
    "ruby",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strong",
    "sub",
    "summary",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "u",
    "ul",
    "var",
    "wbr",
];

/// Elements that vanish with what is in them: their text is not for readers.
const HIDDEN: &[&str] = &[
    "script", "style", "iframe", "object", "embed", "template", "noscript", "svg", "math", "audio", "video", "canvas",
    "title", "textarea", "select", "xmp", "noembed", "noframes", "applet",
];

/// Attributes by element.
const ATTRIBUTES: &[(&str, &[&str])] = &[
    ("a", &["href", "rel"]),
    ("img", &["src", "alt", "width", "height", "loading"]),
    ("ol", &["start", "reversed"]),
    ("td", &["colspan", "rowspan"]),
    ("th", &["colspan", "rowspan", "scope"]),
    ("col", &["span"]),
    ("details", &["open"]),
    ("time", &["datetime"]),
];

/// Attributes that only take these values.
const VALUES: &[(&str, &str, &[&str])] = &[
    ("input", "type", &["checkbox"]),
    ("input", "checked", &[""]),
    ("input", "disabled", &[""]),
    ("div", "tabindex", &["0"]),
    ("div", "role", &["region", "note"]),
];

/// Attributes of every element.
const GENERIC: &[&str] = &["id", "lang", "dir", "title", "class", "aria-label"];

/// Classes that the style sheet knows; an editor's own would do nothing or disguise something.
const CLASSES: &[&str] = &[
    "callout",
    "callout-tip",
    "callout-note",
    "callout-important",
    "callout-warning",
    "callout-caution",
    "callout-title",
    "table-wrap",
    "external",
    "footnotes",
    "footnote-ref",
    "footnote-back",
    "align-left",
    "align-center",
    "align-right",
    "math",
    "tab-title",
    "task",
];

/// The scheme under which links wait until all articles are known; see `marks`.
pub(super) const MARK_SCHEME: &str = "wenqu";
/// Schemes a link may have.
pub(super) const LINK_SCHEMES: &[&str] = &["http", "https", "mailto", "tel"];

/// Whether an article may hold this element.
pub(super) fn allows_tag(name: &str) -> bool {
    TAGS.iter().any(|tag| tag.eq_ignore_ascii_case(name))
}

/// Whether this element vanishes with its content.
pub(super) fn hides_content(name: &str) -> bool {
    HIDDEN.iter().any(|tag| tag.eq_ignore_ascii_case(name))
}

/// Whether an attribute that says something is allowed; harmless ones that are dropped in silence
/// (`align`, `border`, `target` …) count as allowed, for a warning would help nobody.
pub(super) fn tells_attribute(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("on") || matches!(name.as_str(), "style" | "srcdoc" | "formaction" | "srcset" | "background")
}

static BUILDER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    let mut values: HashMap<&str, HashMap<&str, HashSet<&str>>> = HashMap::new();
    for (tag, attribute, allowed) in VALUES {
        values.entry(tag).or_default().insert(attribute, allowed.iter().copied().collect());
    }
    builder
        .tags(TAGS.iter().copied().collect())
        .clean_content_tags(HIDDEN.iter().copied().collect())
        .tag_attributes(ATTRIBUTES.iter().map(|(tag, names)| (*tag, names.iter().copied().collect())).collect())
        .tag_attribute_values(values)
        .generic_attributes(GENERIC.iter().copied().collect())
        .url_schemes(LINK_SCHEMES.iter().copied().chain([MARK_SCHEME]).collect())
        .url_relative(UrlRelative::PassThrough)
        .link_rel(None)
        .strip_comments(true)
        .attribute_filter(filter);
    builder
});

fn filter<'v>(_tag: &str, attribute: &str, value: &'v str) -> Option<Cow<'v, str>> {
    match attribute {
        "class" => {
            let known = |class: &&str| {
                CLASSES.contains(class)
                    || class.strip_prefix("language-").is_some_and(|l| l.bytes().all(|b| b.is_ascii_alphanumeric()))
            };
            let kept: Vec<&str> = value.split_ascii_whitespace().filter(known).collect();
            (!kept.is_empty()).then(|| kept.join(" ").into())
        }
        "width" | "height" | "start" | "colspan" | "rowspan" | "span" => {
            (value.len() <= 5 && value.bytes().all(|b| b.is_ascii_digit())).then_some(value.into())
        }
        _ => Some(value.into()),
    }
}

/// Parses `html` and writes only what is allowed.
pub(super) fn sanitise(html: &str) -> String {
    BUILDER.clean(html).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_markup_is_removed() {
        let check = |html: &str, clean: &str| assert_eq!(sanitise(html), clean, "{html:?}");
        check("<script>alert(1)</script>a", "a");
        check("<p onclick=x style='color:red'>a</p>", "<p>a</p>");
        check("<a href=\"javascript:alert(1)\">a</a>", "<a>a</a>");
        check("<a href=\"JaVa\tScRiPt:alert(1)\">a</a>", "<a>a</a>");
        check("<a href=\"data:text/html,x\">a</a>", "<a>a</a>");
        check("<svg><a href='javascript:x'><style><img onerror=x></style></a></svg>b", "<img>b");
        check("<math><mtext><table><mglyph><style><img src=x onerror=x>", "");
        check("<iframe srcdoc='<script>'></iframe>b", "b");
        check("<div class='header callout'>a</div>", "<div class=\"callout\">a</div>");
        check("<input type=text><input type=checkbox disabled>", "<input><input type=\"checkbox\" disabled=\"\">");
        check("<plaintext>a", "a");
        check("<details open><summary>a</summary>b", "<details open=\"\"><summary>a</summary>b</details>");
    }
}
