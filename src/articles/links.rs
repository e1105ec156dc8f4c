//! What an address in an article points at, as far as the address alone tells.

use super::sanitise::LINK_SCHEMES;

/// Where a link or picture leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    /// Out of the site, scheme allowed.
    External(String),
    /// A section of the same article.
    Here(String),
    /// Another file, or an address of the site.
    Inner {
        /// Path as written, decoded; a leading `/` means the top of the articles folder.
        path: String,
        /// Section, decoded, may be empty.
        anchor: String,
    },
    /// A scheme that no article may link to.
    Forbidden,
}

/// Sorts an address by its form.
pub(super) fn parse(address: &str) -> Target {
    // Browsers skip blanks and controls inside a scheme, and so would an attacker.
    let address = address.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    if let Some(anchor) = address.strip_prefix('#') {
        return Target::Here(decode(anchor));
    }
    if address.starts_with("//") {
        return Target::External(format!("https:{address}"));
    }
    if let Some(scheme) = scheme(address) {
        let allowed = LINK_SCHEMES.contains(&scheme.as_str()) && !address.contains(char::is_control);
        return if allowed { Target::External(address.to_owned()) } else { Target::Forbidden };
    }
    let (path, anchor) = address.split_once('#').unwrap_or((address, ""));
    let path = path.split_once('?').map_or(path, |(path, _)| path);
    Target::Inner { path: decode(path).replace('\\', "/"), anchor: decode(anchor) }
}

/// The scheme of an address, lower case, without the blanks and controls that browsers skip.
fn scheme(address: &str) -> Option<String> {
    let (before, _) = address.split_once(':')?;
    let scheme: String = before.chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
    let good = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    // `a.md:3` or `说明:一.md` is a file; a scheme has no file extension we know.
    let file = ["md", "markdown", "mdx"].iter().any(|e| scheme.to_ascii_lowercase().ends_with(&format!(".{e}")));
    (good && !file).then(|| scheme.to_ascii_lowercase())
}

/// Decodes `%E8%BD%AC`; what does not decode to UTF-8 stays as it is.
pub(super) fn decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = |b: &u8| char::from(*b).to_digit(16);
        match (first, after) {
            (b'%', [high, low, after @ ..]) if hex(high).is_some() && hex(low).is_some() => {
                bytes.push((hex(high).unwrap_or_default() * 16 + hex(low).unwrap_or_default()) as u8);
                rest = after;
            }
            _ => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

/// Encodes what may not stand bare in a path of an address; Chinese stays readable.
pub(super) fn encode(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for c in path.chars() {
        match c {
            '%' | '?' | '#' | ' ' | '"' | '<' | '>' | '\\' | '^' | '`' | '{' | '|' | '}' | '\0'..='\x1f' => {
                super::html::put(&mut out, format_args!("%{:02X}", u32::from(c)));
            }
            c => out.push(c),
        }
    }
    out
}

/// Joins a path as written in a file of `folder` and takes `.` and `..` out of it.
///
/// None when it leads above the articles folder.
pub(super) fn join(folder: &str, path: &str) -> Option<String> {
    let base = if path.starts_with('/') { "" } else { folder };
    let mut parts: Vec<&str> = Vec::new();
    for part in base.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_sorted_by_their_form() {
        let inner = |path: &str, anchor: &str| Target::Inner { path: path.into(), anchor: anchor.into() };
        let external = |url: &str| Target::External(url.into());
        let check = |address: &str, target: Target| assert_eq!(parse(address), target, "{address:?}");
        check("https://example.com/a b", external("https://example.com/a b"));
        check("//example.com", external("https://example.com"));
        check("mailto:a@example.com", external("mailto:a@example.com"));
        check("#步骤", Target::Here("步骤".into()));
        check("#%E6%AD%A5", Target::Here("步".into()));
        check("../a/b.md#x", inner("../a/b.md", "x"));
        check("%E8%BD%AC.md", inner("转.md", ""));
        check("a%zz.md", inner("a%zz.md", ""));
        check("说明：一.md", inner("说明：一.md", ""));
        check("/articles/a?x=1#y", inner("/articles/a", "y"));
        for bad in ["javascript:x", " JaVaScRiPt:x", "java\tscript:x", "data:text/html,x", "vbscript:x", "file:///etc"]
        {
            check(bad, Target::Forbidden);
        }
    }

    #[test]
    fn paths_stay_inside_the_folder() {
        let check = |folder: &str, path: &str, to: Option<&str>| assert_eq!(join(folder, path).as_deref(), to);
        check("a/b", "../c.md", Some("a/c.md"));
        check("a", "./c.md", Some("a/c.md"));
        check("a", "/c.md", Some("c.md"));
        check("a", "../../c.md", None);
        check("", "c/", Some("c"));
    }
}
