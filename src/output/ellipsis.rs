//! Lines cut to a number of columns, with dots where something is left out.

use super::width::width;

/// How a line is cut.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut {
    /// How many columns there are, three at least.
    pub(super) columns: usize,
    /// How much of the room what stands before the dots gets, in percent.
    pub(super) before: usize,
    /// Whether the dots are three characters instead of one.
    pub(super) ascii: bool,
}

impl Cut {
    /// What is kept of a line before and after the dots, and the dots; a line that fits is kept whole.
    ///
    /// Counts as journalctl 257 does: a wide character has two columns, any other one.
    pub(super) fn parts(self, line: &[u8]) -> (&[u8], &'static [u8], &[u8]) {
        match std::str::from_utf8(line) {
            _ if line.is_ascii() => self.ascii_parts(line),
            Ok(text) => self.text_parts(text),
            Err(_) => (line, b"", b""),
        }
    }

    fn ascii_parts(self, line: &[u8]) -> (&[u8], &'static [u8], &[u8]) {
        if line.len() <= self.columns {
            return (line, b"", b"");
        }
        let (dots, wide) = if self.ascii { (&b"..."[..], 3) } else { ("…".as_bytes(), 1) };
        let room = self.columns.saturating_sub(wide);
        let before = (room * self.before + 50) / 100;
        let after = line.len() - (room - before);
        (line.get(..before).unwrap_or_default(), dots, line.get(after..).unwrap_or_default())
    }

    /// Takes characters from the front while they fit their share, then from the back while any fit.
    fn text_parts(self, text: &str) -> (&[u8], &'static [u8], &[u8]) {
        let share = self.columns.saturating_sub(1) * self.before / 100;
        let mut used = 0;
        let mut fits = |c: char, room: usize| {
            let wide = width(c);
            let fits = used + wide <= room;
            used += if fits { wide } else { 0 };
            fits
        };
        let start = text.char_indices().find(|(_, c)| !fits(*c, share)).map_or(text.len(), |(at, _)| at);
        let (front, rest) = text.split_at_checked(start).unwrap_or_default();
        let stop = rest.char_indices().rev().find(|(_, c)| !fits(*c, self.columns));
        let Some((at, c)) = stop else { return (text.as_bytes(), b"", b"") };
        let mut back = rest.get(at + c.len_utf8()..).unwrap_or_default().chars();
        let mut front = front.chars();
        // One character makes way for the dots, unless a wide one left room for them.
        if used >= self.columns && back.next().is_none() {
            front.next_back();
        }
        (front.as_str().as_bytes(), "…".as_bytes(), back.as_str().as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(line: &str, columns: usize, before: usize, ascii: bool) -> String {
        let cut = Cut { columns, before, ascii };
        let (front, dots, back) = cut.parts(line.as_bytes());
        String::from_utf8([front, dots, back].concat()).unwrap()
    }

    #[test]
    fn a_line_keeps_its_front_and_by_its_share_its_end() {
        assert_eq!(cut("0123456789", 10, 90, false), "0123456789");
        assert_eq!(cut("0123456789abc", 10, 90, false), "01234567…c");
        assert_eq!(cut("0123456789abc", 10, 100, false), "012345678…");
        assert_eq!(cut("0123456789abc", 10, 90, true), "012345...c");
        assert_eq!(cut("0123", 3, 90, true), "...");
    }

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(cut("漢字漢字", 8, 90, false), "漢字漢字");
        assert_eq!(cut("漢字漢字漢字", 8, 90, false), "漢字漢…");
        // 252 leaves the last one out here too.
        assert_eq!(cut("漢字漢字漢字", 9, 90, false), "漢字漢…字");
        // These emoji came later than the table.
        assert_eq!(cut("😀😀😀😀😀😀", 5, 100, false), "😀😀😀😀…");
        assert_eq!(cut("ééééé", 4, 100, true), "ééé…");
        assert_eq!(cut("漢字", 3, 90, false), "…字");
    }
}
