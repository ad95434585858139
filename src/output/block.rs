//! Text of several lines at an indentation, in full or cut to the terminal.

use super::Look;
use super::ellipsis::Cut;
use super::escape::Lines;
use super::palette::{Ink, off};

/// When lines are cut, no more of a message than this many lines are shown.
const MOST_LINES: usize = 3;

/// When lines are cut, the line that reaches so many bytes of the message is the last one.
const MOST_BYTES: usize = 300;

/// How text of several lines is shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block<'a> {
    pub(super) look: &'a Look,
    /// How many spaces stand before each line but the first.
    pub(super) indent: usize,
    /// The colour of each line.
    pub(super) ink: Ink,
    /// What is conspicuous in the first line, if all of that is shown: from one byte to another, and its colour.
    pub(super) mark: Option<(usize, usize, Ink)>,
    /// Cuts lines so that they fit this many columns.
    pub(super) width: Option<usize>,
}

impl Block<'_> {
    /// Appends the text; a newline at its end makes no further line.
    #[inline]
    pub(super) fn write(self, text: &[u8], out: &mut Vec<u8>) {
        if text.is_empty() {
            return out.push(b'\n');
        }
        match self.width {
            None if memchr::memchr(b'\n', text).is_none() => self.whole(0, text, out),
            _ => self.lines(text.strip_suffix(b"\n").unwrap_or(text), out),
        }
    }

    fn lines(self, text: &[u8], out: &mut Vec<u8>) {
        let mut start = 0;
        for (nth, end) in memchr::memchr_iter(b'\n', text).chain([text.len()]).enumerate() {
            let line = text.get(start..end).unwrap_or_default();
            let indent = if nth > 0 { self.indent } else { 0 };
            match self.width {
                None => self.whole(indent, line, out),
                Some(width) => {
                    let last = nth + 1 == MOST_LINES || end + 1 >= MOST_BYTES;
                    self.cut(indent, line, width, last, out);
                    if last {
                        return;
                    }
                }
            }
            start = end + 1;
        }
    }

    /// Appends a line as far as there is room for it; the last one shown ends in dots, with journalctl's exceptions.
    fn cut(self, indent: usize, line: &[u8], width: usize, last: bool, out: &mut Vec<u8>) {
        let room = width.saturating_sub(self.indent);
        let (fits, fits_with_dots) = (line.len() + 1 < room, line.len() + 3 < room);
        match (last, room) {
            (false, _) if fits => self.whole(indent, line, out),
            (_, 0..3) => out.extend_from_slice(b"...\n"),
            _ if fits_with_dots => self.line(indent, [line, b"..."], out),
            _ => {
                let cut = Cut { columns: room, before: if last { 100 } else { 90 }, ascii: self.look.ascii };
                let (front, dots, back) = cut.parts(line);
                self.line(indent, [front, dots, back], out);
            }
        }
    }

    /// Appends a line of which nothing is cut; further ones are indented, and have no mark.
    #[inline]
    fn whole(self, indent: usize, line: &[u8], out: &mut Vec<u8>) {
        let parts = |(from, to, ink)| Some((line.get(..from)?, (line.get(from..to)?, ink), line.get(to..)?));
        match self.mark.filter(|_| indent == 0).and_then(parts) {
            Some((before, found, after)) => self.marked(before, found, after, out),
            None => self.line(indent, [line], out),
        }
    }

    #[cold]
    fn marked(self, before: &[u8], (found, highlight): (&[u8], Ink), after: &[u8], out: &mut Vec<u8>) {
        out.extend_from_slice(self.ink);
        self.look.text(before, Lines::One, out);
        out.extend_from_slice(highlight);
        self.look.text(found, Lines::One, out);
        if !after.is_empty() {
            out.extend_from_slice(self.ink);
            self.look.text(after, Lines::One, out);
        }
        out.extend_from_slice(off(self.ink));
        out.push(b'\n');
    }

    #[inline]
    fn line<const PARTS: usize>(self, indent: usize, parts: [&[u8]; PARTS], out: &mut Vec<u8>) {
        if indent > 0 {
            out.resize(out.len() + indent, b' ');
        }
        out.extend_from_slice(self.ink);
        for part in parts {
            self.look.text(part, Lines::One, out);
        }
        out.extend_from_slice(off(self.ink));
        out.push(b'\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str, width: Option<usize>) -> String {
        let look = Look::default();
        let mut out = Vec::new();
        Block { look: &look, indent: 4, ink: b"", mark: None, width }.write(text.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn lines_after_the_first_are_indented() {
        assert_eq!(written("a\nb\n\nc\n", None), "a\n    b\n    \n    c\n");
        assert_eq!(written("", None), "\n");
        assert_eq!(written("\n", None), "\n");
    }

    #[test]
    fn three_lines_are_shown_where_lines_are_cut() {
        assert_eq!(written("a\nb\nc\nd", Some(20)), "a\n    b\n    c...\n");
        assert_eq!(written("a\nb", Some(20)), "a\n    b\n");
        assert_eq!(written("0123456789abcdefghi\nb", Some(20)), "0123456789abcd…i\n    b\n");
        assert_eq!(written("a\nb", Some(6)), "...\n...\n");
    }

    #[test]
    fn the_line_that_passes_three_hundred_bytes_is_the_last() {
        let long = "x".repeat(299);
        assert_eq!(written(&format!("{long}\nb"), Some(20)), format!("{}…\n", "x".repeat(15)));
        assert_eq!(written(&format!("{}\nb", &long[1..]), Some(20)), format!("{}…x\n    b...\n", "x".repeat(14)));
    }

    #[test]
    fn each_line_has_its_colour_and_what_is_empty_has_none() {
        let look = Look::default();
        let block = Block { look: &look, indent: 1, ink: b"<", mark: None, width: None };
        let mut out = Vec::new();
        block.write(b"a\nb", &mut out);
        block.write(b"", &mut out);
        assert_eq!(out, b"<a\x1b[0m\n <b\x1b[0m\n\n");
    }
}
