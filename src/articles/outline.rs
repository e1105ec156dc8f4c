//! The article as search sees it: headings, and plain text cut into sections.

use super::markdown::without_joiners;
use crate::domain::{Heading, Section};

/// Grows while the renderer walks through the body.
#[derive(Default)]
pub(super) struct Outline {
    headings: Vec<Heading>,
    sections: Vec<Section>,
    texts: Vec<String>,
    heading: Option<usize>,
    text: String,
    in_heading: bool,
}

impl Outline {
    /// Adds running text. Inside a heading it says nothing new: the heading has its title already.
    pub fn push(&mut self, text: &str) {
        if !self.in_heading {
            self.text.push_str(&without_joiners(text));
        }
    }

    /// Parts two words of one line, such as cells of a row.
    pub fn blank(&mut self) {
        if !self.text.is_empty() && !self.text.ends_with(char::is_whitespace) {
            self.text.push(' ');
        }
    }

    /// Ends a block.
    pub fn line(&mut self) {
        let end = self.text.trim_end_matches([' ', '\n']).len();
        self.text.truncate(end);
        if !self.text.is_empty() {
            self.text.push('\n');
        }
    }

    /// The last character, to know what a line break parts.
    pub fn last(&self) -> Option<char> {
        self.text.chars().next_back()
    }

    /// Begins the section of a heading.
    pub fn begin(&mut self, heading: Heading) {
        self.end_section();
        self.heading = Some(self.headings.len());
        self.headings.push(heading);
        self.in_heading = true;
    }

    /// Ends the heading; what follows is its section's text.
    pub fn end_heading(&mut self) {
        self.in_heading = false;
    }

    fn end_section(&mut self) {
        self.line();
        let text = std::mem::take(&mut self.text).trim().to_owned();
        if self.heading.is_some() || !text.is_empty() {
            self.sections.push(Section { heading: self.heading });
            self.texts.push(text);
        }
    }

    /// Headings, sections and the text of each section; at least one of the latter.
    pub fn finish(mut self) -> (Vec<Heading>, Vec<Section>, Vec<String>) {
        self.end_section();
        if self.sections.is_empty() {
            self.sections.push(Section::default());
            self.texts.push(String::new());
        }
        (self.headings, self.sections, self.texts)
    }
}
