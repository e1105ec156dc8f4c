//! Names for headings, so that a link can lead to a section.

use std::collections::HashMap;

/// Gives every heading of one article a name of its own.
#[derive(Default)]
pub(super) struct Anchors {
    /// Names that are taken, and the number that their next repetition gets.
    taken: HashMap<String, usize>,
}

impl Anchors {
    /// The editor's `{#id}` where there is one, else a name made of the title; `-2`, `-3` … on repeats.
    pub fn name(&mut self, explicit: Option<&str>, title: &str) -> String {
        let wish = explicit.map(tidy).filter(|id| !id.is_empty()).unwrap_or_else(|| slug(title));
        let Some(next) = self.taken.get(&wish).copied() else {
            self.taken.insert(wish.clone(), 2);
            return wish;
        };
        let mut count = next;
        let mut name = format!("{wish}-{count}");
        while self.taken.contains_key(&name) {
            count += 1;
            name = format!("{wish}-{count}");
        }
        self.taken.insert(wish, count + 1);
        self.taken.insert(name.clone(), 2);
        name
    }
}

fn tidy(id: &str) -> String {
    id.chars().filter(|c| !c.is_whitespace() && !c.is_control() && !matches!(c, '"' | '<' | '>' | '&')).collect()
}

/// Characters of a made name: longer ones do not survive being copied around.
const SLUG_CHARS_MAX: usize = 80;

/// Keeps letters of every script (Han stay Han) and digits, lower case; the rest becomes `-`.
pub(super) fn slug(title: &str) -> String {
    let mut slug = String::with_capacity(title.len());
    for c in title.chars().take(SLUG_CHARS_MAX) {
        if c.is_alphanumeric() || c == '_' {
            slug.extend(c.to_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    let end = slug.trim_end_matches('-').len();
    slug.truncate(end);
    if slug.is_empty() { "section".to_owned() } else { slug }
}

/// The name that GitHub, VitePress and Docusaurus would give: punctuation vanishes, blanks become `-`.
/// Links in articles written for them use it.
pub(super) fn github_slug(title: &str) -> String {
    let mut slug = String::with_capacity(title.len());
    for c in title.trim().chars() {
        match c {
            ' ' => slug.push('-'),
            '-' | '_' => slug.push(c),
            c if c.is_alphanumeric() => slug.extend(c.to_lowercase()),
            _ => {}
        }
    }
    slug
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_keep_han_and_lower_latin() {
        let check = |title: &str, name: &str| assert_eq!(slug(title), name, "{title:?}");
        check("先查交易状态", "先查交易状态");
        check("6.1 什么是 Gas Fee？", "6-1-什么是-gas-fee");
        check("「设置 → 安全」", "设置-安全");
        check("？！", "section");
        check("Token_Name", "token_name");
    }

    #[test]
    fn repeats_are_numbered_and_explicit_names_win() {
        let mut anchors = Anchors::default();
        assert_eq!(anchors.name(None, "步骤"), "步骤");
        assert_eq!(anchors.name(None, "步骤"), "步骤-2");
        assert_eq!(anchors.name(Some("steps"), "步骤"), "steps");
        assert_eq!(anchors.name(Some("步骤"), "别的"), "步骤-3");
    }

    #[test]
    fn the_name_of_other_tools_is_known() {
        assert_eq!(github_slug("6.1 什么是 Gas？"), "61-什么是-gas");
    }
}
