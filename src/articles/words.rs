//! The few words that the renderer itself puts on a page, in the article's language.

use crate::domain::Lang;

/// Kinds of callouts, in the order of [`Words::callouts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Callout {
    Tip,
    Note,
    Important,
    Warning,
    Caution,
}

impl Callout {
    /// The class beside `callout`.
    pub fn class(self) -> &'static str {
        match self {
            Self::Tip => "callout-tip",
            Self::Note => "callout-note",
            Self::Important => "callout-important",
            Self::Warning => "callout-warning",
            Self::Caution => "callout-caution",
        }
    }

    /// Reads the names that GitHub, GitBook, VitePress, Docusaurus, MkDocs and Hugo themes use.
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "tip" | "hint" | "success" | "check" | "done" => Self::Tip,
            "note" | "info" | "notice" | "abstract" | "summary" | "question" | "faq" | "example" | "quote"
            | "seealso" | "secondary" | "default" | "primary" | "default-primary" => Self::Note,
            "important" | "attention" => Self::Important,
            "warning" | "warn" | "alert" => Self::Warning,
            "caution" | "danger" | "error" | "failure" | "bug" => Self::Caution,
            _ => return None,
        })
    }
}

/// Words of one language.
pub(super) struct Words {
    callouts: [&'static str; 5],
    /// Name of a table for those who hear the page.
    pub table: &'static str,
    /// Name of the link from a footnote to its place.
    pub back: &'static str,
    /// Heading of the footnotes for those who hear the page.
    pub footnotes: &'static str,
    /// Head of a fold without a title.
    pub details: &'static str,
    /// A picture without a name.
    pub picture: &'static str,
    /// What opening a picture does, for those who hear the page.
    pub enlarge: &'static str,
}

impl Words {
    /// The words for a language; what is not Chinese gets English.
    pub fn of(lang: &Lang) -> &'static Self {
        match lang.as_str() {
            "zh-TW" | "zh-HK" | "zh-MO" | "zh-Hant" => &TRADITIONAL,
            _ if lang.is_chinese() => &SIMPLIFIED,
            _ => &ENGLISH,
        }
    }

    /// The title of a callout without one of its own.
    pub fn callout(&self, kind: Callout) -> &'static str {
        let [tip, note, important, warning, caution] = self.callouts;
        match kind {
            Callout::Tip => tip,
            Callout::Note => note,
            Callout::Important => important,
            Callout::Warning => warning,
            Callout::Caution => caution,
        }
    }
}

static SIMPLIFIED: Words = Words {
    callouts: ["提示", "说明", "重要", "注意", "危险"],
    table: "表格",
    back: "回到正文",
    footnotes: "脚注",
    details: "展开",
    picture: "图片",
    enlarge: "（放大图片）",
};
static TRADITIONAL: Words = Words {
    callouts: ["提示", "說明", "重要", "注意", "危險"],
    table: "表格",
    back: "回到正文",
    footnotes: "註腳",
    details: "展開",
    picture: "圖片",
    enlarge: "（放大圖片）",
};
static ENGLISH: Words = Words {
    callouts: ["Tip", "Note", "Important", "Warning", "Caution"],
    table: "Table",
    back: "Back to the text",
    footnotes: "Footnotes",
    details: "Details",
    picture: "Picture",
    enlarge: " (enlarge the picture)",
};
