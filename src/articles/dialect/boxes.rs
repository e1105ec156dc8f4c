//! Boxes that are opened by signs: `:::`, `!!!`, `???`, `===` and `> [!…]`.

use super::{Action, Closer, Directive, Pass};
use crate::articles::words::Callout;

/// Containers that only group what is in them.
const WRAPPERS: &[&str] =
    &["code-group", "tabs", "v-pre", "raw", "cards", "card-grid", "div", "steps", "demo", "center"];

/// Signs of a fence, and options below it, that are counted.
const SIGNS_MAX: usize = 20;

impl Pass<'_, '_, '_> {
    /// VitePress and Docusaurus: `:::tip 标题`, `::: details`, `:::tip[标题]`, `:::{note}`.
    pub(super) fn colons(&mut self, text: &str) -> Action {
        let rest = text.trim_start_matches(':');
        let count = text.len() - rest.len();
        let rest = rest.trim();
        if rest.is_empty() {
            return Action::Close(Closer::Colons(count));
        }
        let closer = Closer::Colons(count);
        let bare = rest.trim_start_matches('{');
        let name_end =
            bare.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))).unwrap_or(bare.len());
        let (name, title) = bare.split_at(name_end);
        let title = title.trim_start_matches('}').trim();
        let title = match title.strip_prefix('[').and_then(|t| t.split_once(']')) {
            Some((inside, _)) => inside,
            None => title.split_once('{').map_or(title, |(before, _)| before),
        };
        let title = Some(plain(title)).filter(|title| !title.is_empty());
        let name = name.to_ascii_lowercase();
        if let Some(kind) = Callout::parse(&name) {
            return Action::Open { closer, directive: Some(Directive::Callout(kind, title)), quotes: true };
        }
        if matches!(name.as_str(), "details" | "spoiler" | "collapse" | "fold") {
            return Action::Open { closer, directive: Some(Directive::Details(title)), quotes: true };
        }
        if !WRAPPERS.contains(&name.as_str()) && name != "tab" {
            self.tell(if name.is_empty() { rest } else { &name }, "容器");
        }
        let title = if name == "tab" || !WRAPPERS.contains(&name.as_str()) { title } else { None };
        Action::Open { closer, directive: title.map(Directive::Tab), quotes: false }
    }

    /// MkDocs: `!!! note "标题"`, `??? warning`, `=== "标签"`, each with an indented body.
    pub(super) fn marked(&mut self, text: &str) -> Option<Action> {
        let sign_end = text.find(|c: char| !matches!(c, '!' | '?' | '=' | '+')).unwrap_or(text.len());
        let (sign, rest) = text.split_at(sign_end);
        let rest = rest.trim();
        let quoted = rest.find('"').map(|at| rest.split_at(at));
        let (name, title) = match quoted {
            Some((name, title)) => (name.trim(), Some(title.trim_matches('"'))),
            None => (rest, None),
        };
        if sign.starts_with("===") {
            let title = title.filter(|_| name.is_empty() || name == "!" || name == "+")?;
            let directive = Some(Directive::Tab(plain(title)));
            return Some(Action::Open { closer: Closer::Dedent, directive, quotes: false });
        }
        let word = name.split_whitespace().next().unwrap_or_default();
        let is_word = !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !is_word || !matches!(sign, "!!!" | "???" | "???+") {
            return None;
        }
        // The blank may be missing, but then the word has to be one that Python-Markdown knows.
        let is_apart = text.get(sign_end..).is_some_and(|rest| rest.starts_with(' '));
        if !is_apart && Callout::parse(word).is_none() {
            return None;
        }
        // An empty title means none at all; a callout without a head still says what it is.
        let title = title.map(plain).filter(|title| !title.is_empty());
        let kind = Callout::parse(word);
        if kind.is_none() {
            self.tell(word, "提示框");
        }
        let directive = if sign.starts_with('?') {
            Directive::Details(title.or_else(|| kind.is_none().then(|| word.to_owned())))
        } else {
            Directive::Callout(kind.unwrap_or(Callout::Note), title)
        };
        Some(Action::Open { closer: Closer::Dedent, directive: Some(directive), quotes: true })
    }

    /// Blocks of PyMdown: `/// note | 标题`, options indented below, `///` at the end.
    pub(super) fn slashes(&mut self, text: &str) -> Option<Action> {
        let rest = text.trim_start_matches('/');
        let closer = Closer::Tag("/".repeat((text.len() - rest.len()).min(SIGNS_MAX)));
        if rest.trim().is_empty() {
            return self.open.iter().any(|open| open.closer == closer).then_some(Action::Close(closer));
        }
        let (name, title) = rest.split_once('|').unwrap_or((rest, ""));
        let name = name.trim().to_ascii_lowercase();
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            return None;
        }
        let title = Some(plain(title)).filter(|title| !title.is_empty());
        // Options may say the kind: `    type: warning`.
        let mut kind = Callout::parse(&name);
        let mut end = self.line_end + 1;
        for line in self.body.get(end..).unwrap_or_default().split_inclusive('\n').take(SIGNS_MAX) {
            let Some((key, value)) = line.strip_prefix("    ").and_then(|line| line.split_once(':')) else { break };
            if key.trim() == "type" {
                kind = Callout::parse(value.trim()).or(kind);
            }
            end += line.len();
        }
        if end > self.line_end + 1 {
            self.skip_to = end;
        }
        let directive = match name.as_str() {
            "details" => Some(Directive::Details(title)),
            "tab" | "caption" | "figure-caption" | "html" | "definition" => title.map(Directive::Tab),
            _ if kind.is_some() || name == "admonition" => {
                Some(Directive::Callout(kind.unwrap_or(Callout::Note), title))
            }
            _ => {
                self.tell(&name, "容器");
                title.map(Directive::Tab)
            }
        };
        let quotes = matches!(directive, Some(Directive::Callout(..) | Directive::Details(_)));
        Some(Action::Open { closer, directive, quotes })
    }

    /// Obsidian: `> [!info] 标题`. GitHub's own five, alone on their line, are the parser's business.
    pub(super) fn alert(&mut self, inner: &str) -> Option<Action> {
        let (signs, rest) = inner.split_at(inner.find('[')?);
        if signs.contains(|c: char| !matches!(c, '>' | ' ')) {
            return None;
        }
        let (name, title) = rest.strip_prefix("[!")?.split_once(']')?;
        let (folds, title) = (title.starts_with(['-', '+']), title.trim_start_matches(['-', '+']).trim());
        let known = ["note", "tip", "important", "warning", "caution"].iter().any(|n| n.eq_ignore_ascii_case(name));
        if known && title.is_empty() && !folds {
            return None;
        }
        let word = name.split(['|', ' ']).next().unwrap_or_default();
        let title = Some(plain(title)).filter(|title| !title.is_empty());
        let kind = Callout::parse(word);
        if kind.is_none() {
            self.tell(word, "提示框");
        }
        let directive = match (folds, kind) {
            (true, _) => Directive::Details(title),
            (false, kind) => Directive::Callout(kind.unwrap_or(Callout::Note), title),
        };
        let sign = self.sign(directive);
        Some(Action::Write(format!("{}{sign}", signs.trim_start())))
    }
}

/// A title as plain text: the signs of emphasis and code go.
pub(super) fn plain(title: &str) -> String {
    title.replace(['*', '`'], "").trim().trim_matches('"').to_owned()
}
