//! A page of wrapped paragraphs, safe to show whatever the text is.

use std::borrow::Cow;
use std::io::{self, Write};

use crate::output::Style;

/// Narrower than this, wrapping helps nobody.
const LEAST_WIDTH: usize = 30;

/// How a paragraph is painted where colours are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Paint {
    Plain,
    Bold,
    Dim,
}

/// Where paragraphs are written.
pub(super) struct Page<'a> {
    style: &'a Style,
    out: &'a mut dyn Write,
}

impl<'a> Page<'a> {
    pub(super) fn new(style: &'a Style, out: &'a mut dyn Write) -> Self {
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

    /// Text after a lead, wrapped; later lines stand under the first one's text.
    pub(super) fn paragraph(&mut self, paint: Paint, lead: &str, text: &str) -> io::Result<()> {
        let indent = lead.chars().count();
        let width = self.style.width.max(LEAST_WIDTH).saturating_sub(indent).max(LEAST_WIDTH / 2);
        let (on, off) = self.codes(paint);
        for (at, line) in wrap(&visible(text), width).iter().enumerate() {
            match at {
                0 => writeln!(self.out, "{lead}{on}{line}{off}")?,
                _ => writeln!(self.out, "{:indent$}{on}{line}{off}", "")?,
            }
        }
        Ok(())
    }

    const fn codes(&self, paint: Paint) -> (&'static str, &'static str) {
        match paint {
            Paint::Bold if self.style.color => ("\x1b[1m", "\x1b[0m"),
            Paint::Dim if self.style.color => ("\x1b[2m", "\x1b[0m"),
            _ => ("", ""),
        }
    }
}

/// Text with everything written out that a terminal would act on, or that hides or reorders what stands there.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\t' => shown.push(' '),
            _ if letter.is_ascii_control() && letter != '\n' => {
                shown.push_str(&format!("\\x{:02x}", u32::from(letter)))
            }
            _ if is_hidden(letter) => shown.extend(letter.escape_default()),
            _ => shown.push(letter),
        }
    }
    Cow::Owned(shown)
}

/// Control characters, and those that change the direction of text or have no width.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// Cuts text into lines of at most `width` characters, between words where there is room.
fn wrap(text: &str, width: usize) -> Vec<String> {
    let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0);
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let mut letters: Vec<char> = word.chars().collect();
        if used > 0 && used + 1 + letters.len() <= width {
            line.push(' ');
            used += 1;
        } else if used > 0 {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        while letters.len() > width {
            lines.push(letters.drain(..width).collect());
        }
        used += letters.len();
        line.extend(letters);
    }
    if used > 0 || lines.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod unit_tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_act_on_is_written_out() {
        assert_eq!(visible("a\x1b[2Jb\tc\nd\u{202e}e\u{7f}"), "a\\x1b[2Jb c\\nd\\u{202e}e\\x7f");
        assert_eq!(visible("grün ✓"), "grün ✓");
        assert_eq!(visible("\u{9b}2J"), "\\u{9b}2J");
    }

    #[test]
    fn lines_are_cut_between_words_and_long_words_anywhere() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
        assert_eq!(wrap("a abcdefgh", 3), ["a", "abc", "def", "gh"]);
        assert_eq!(wrap("", 3), [""]);
    }
}
