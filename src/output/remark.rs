//! Lines around entries that are no fields of theirs: which boot begins, and what a message means.

use super::Look;
use super::catalog::substituted;
use super::escape::Lines;
use super::palette::off;
use crate::file::Entry;
use crate::format::Id128;

/// The white space that is taken off an explanation's ends.
const SPACE: &[char] = &[' ', '\t', '\n', '\r'];

impl Look {
    /// Appends the line that says that another boot begins, if `entry` is the first of one.
    #[inline]
    pub(super) fn boot(&self, entry: &Entry<'_>, before: Option<&Entry<'_>>, out: &mut Vec<u8>) {
        if !self.quiet && before.is_some_and(|before| before.boot_id() != entry.boot_id()) {
            self.boot_line(entry.boot_id(), out);
        }
    }

    fn boot_line(&self, boot: Id128, out: &mut Vec<u8>) {
        let bold = self.color.bold();
        for part in [bold, b"-- Boot ", &boot.hex(), b" --", off(bold), b"\n"] {
            out.extend_from_slice(part);
        }
    }

    /// Appends what the catalogue says of the entry, if there is one and it says anything.
    #[inline]
    pub(super) fn explain(&self, entry: &Entry<'_>, out: &mut Vec<u8>) {
        if self.catalog.is_some() {
            self.explanation(entry, out);
        }
    }

    #[cold]
    fn explanation(&self, entry: &Entry<'_>, out: &mut Vec<u8>) {
        let id = entry.get("MESSAGE_ID").and_then(|id| std::str::from_utf8(&id).ok()?.parse().ok());
        let catalog = self.catalog.as_ref();
        let Some(text) = catalog.zip(id).and_then(|(catalog, id)| catalog.find(id)) else { return };
        let value = |name: &[u8]| Some(entry.get(std::str::from_utf8(name).ok()?)?.into_owned());
        let text = substituted(text, value);
        self.marked(trimmed(&text), out);
    }

    /// Appends text with a mark before each line.
    fn marked(&self, text: &[u8], out: &mut Vec<u8>) {
        let mark = if self.ascii { "--" } else { "░░" }.as_bytes();
        let (grey, green) = (self.color.grey(), self.color.green());
        for (nth, line) in text.split(|byte| *byte == b'\n').enumerate() {
            // The first space is grey with journalctl; nobody sees it, but bytes are bytes.
            let (space, gap): (&[u8], &[u8]) = if nth == 0 { (b" ", b"") } else { (b"", b" ") };
            for part in [grey, mark, space, off(grey), gap, green] {
                out.extend_from_slice(part);
            }
            self.text(line, Lines::One, out);
            out.extend_from_slice(off(green));
            out.push(b'\n');
        }
    }
}

fn trimmed(text: &[u8]) -> &[u8] {
    let space = |byte: &u8| SPACE.contains(&char::from(*byte));
    let start = text.iter().position(|byte| !space(byte)).unwrap_or(text.len());
    let end = text.iter().rposition(|byte| !space(byte)).map_or(start, |last| last + 1);
    text.get(start..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::Palette;
    use super::*;

    fn marked(look: &Look) -> String {
        let mut out = Vec::new();
        look.marked(trimmed(b"\n one\n\ntwo \n\n"), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn each_line_of_an_explanation_has_a_mark() {
        assert_eq!(marked(&Look::default()), "░░ one\n░░ \n░░ two\n");
        assert_eq!(marked(&Look { ascii: true, ..Look::default() }), "-- one\n-- \n-- two\n");
        let look = Look { ascii: true, color: Palette::Sixteen, ..Look::default() };
        let first = "\x1b[0;90m-- \x1b[0m\x1b[0;32mone\x1b[0m\n";
        assert_eq!(marked(&look).split_inclusive('\n').next(), Some(first));
        assert!(marked(&look).ends_with("\n\x1b[0;90m--\x1b[0m \x1b[0;32mtwo\x1b[0m\n"));
        assert_eq!(trimmed(b" \n"), b"");
    }
}
