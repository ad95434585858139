//! A page of wrapped paragraphs, safe to show whatever the text is.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::output::{Style, escape};

/// Narrower than this, wrapping helps nobody.
const LEAST_WIDTH: usize = 30;

/// How a paragraph is painted where colours are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::output) enum Paint {
    Plain,
    Bold,
    Dim,
}

/// Where paragraphs are written.
pub(in crate::output) struct Page<'a> {
    style: &'a Style,
    out: &'a mut dyn Write,
}

impl<'a> Page<'a> {
    pub(in crate::output) fn new(style: &'a Style, out: &'a mut dyn Write) -> Self {
        Self { style, out }
    }

    pub(super) const fn style(&self) -> &'a Style {
        self.style
    }

    /// An empty line and a title.
    pub(super) fn title(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out)?;
        self.paragraph(Paint::Bold, "", text)
    }

    /// Text after a lead on one line, however long: something to be copied.
    pub(in crate::output) fn whole(&mut self, paint: Paint, lead: &str, text: &str) -> io::Result<()> {
        let paint = self.style.paint(paint.style());
        writeln!(self.out, "{lead}{paint}{}{paint:#}", visible(text))
    }

    /// Text after a lead, wrapped; later lines stand under the first one's text.
    pub(in crate::output) fn paragraph(&mut self, paint: Paint, lead: &str, text: &str) -> io::Result<()> {
        let indent = lead.chars().count();
        let width = self.style.width.max(LEAST_WIDTH).saturating_sub(indent).max(LEAST_WIDTH / 2);
        let paint = self.style.paint(paint.style());
        for (at, line) in wrap(&visible(text), width).iter().enumerate() {
            match at {
                0 => writeln!(self.out, "{lead}{paint}{line}{paint:#}")?,
                _ => writeln!(self.out, "{:indent$}{paint}{line}{paint:#}", "")?,
            }
        }
        Ok(())
    }
}

impl Paint {
    const fn style(self) -> anstyle::Style {
        match self {
            Self::Plain => anstyle::Style::new(),
            Self::Bold => anstyle::Style::new().bold(),
            Self::Dim => anstyle::Style::new().dimmed(),
        }
    }
}

/// Text on one line, with everything made visible that a terminal would act on.
fn visible(text: &str) -> String {
    let mut shown = Vec::with_capacity(text.len());
    escape::visible(text.as_bytes(), escape::Lines::One, &mut shown);
    String::from_utf8_lossy(&shown).replace('\t', " ")
}

/// Cuts text into lines of at most `width` columns, between words where there is room.
fn wrap(text: &str, width: usize) -> Vec<Cow<'_, str>> {
    textwrap::wrap(text, textwrap::Options::new(width).word_splitter(textwrap::WordSplitter::NoHyphenation))
}

#[cfg(test)]
mod unit_tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_act_on_is_written_out() {
        assert_eq!(visible("a\x1b[2Jb\tc\nd\u{202e}e\u{7f}"), "a\\x1b[2Jb c\\x0ad\\u202ee\\x7f");
        assert_eq!(visible("grün ✓"), "grün ✓");
        assert_eq!(visible("\u{9b}2J"), "\\u009b2J");
    }

    #[test]
    fn lines_are_cut_between_words_and_long_words_anywhere() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrap("漢字漢字", 4), ["漢字", "漢字"]);
        assert_eq!(wrap("", 3), [""]);
    }
}
