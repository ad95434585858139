//! Control characters from a journal made visible, so that no entry can speak to the terminal that shows it.
//!
//! Escape sequences can change a terminal's title, colours and keys, or hide what follows; bidirectional overrides can
//! show text in another order than it has; a carriage return can write over what stands before it.

use super::number::hex_digit;
use super::printable::{all, is_plain, plain};

/// What a newline in the text means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lines {
    /// It ends a line.
    Many,
    /// It stands where only one line can be, and is made visible too.
    One,
}

/// Appends `text`, with everything that acts on a terminal as `\x1b` (bytes) or `\u202e` (characters).
///
/// TAB stays, and so does the newline with [`Lines::Many`].
pub(super) fn visible(text: &[u8], lines: Lines, out: &mut Vec<u8>) {
    if is_clean(text, lines) {
        return out.extend_from_slice(text);
    }
    for chunk in text.utf8_chunks() {
        for c in chunk.valid().chars() {
            match c {
                '\n' if lines == Lines::One => byte(b'\n', out),
                '\n' | '\t' => out.push(c as u8),
                '\0'..' ' | '\x7f' => byte(c as u8, out),
                _ if acts(c) => character(c, out),
                _ => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        for invalid in chunk.invalid() {
            byte(*invalid, out);
        }
    }
}

/// Makes what was appended since `start` visible in place; returns whether anything had to change.
pub(super) fn visible_since(start: usize, lines: Lines, out: &mut Vec<u8>) {
    let text = out.get(start..).unwrap_or_default();
    if !is_clean(text, lines) {
        let text = text.to_vec();
        out.truncate(start);
        visible(&text, lines, out);
    }
}

fn is_clean(text: &[u8], lines: Lines) -> bool {
    let many = lines == Lines::Many;
    is_plain(text) || all(text, |byte| plain(byte) | (byte == b'\t') | ((byte == b'\n') & many))
}

/// Whether a character beyond ASCII acts on a terminal: C1 controls and bidirectional formatting.
pub(super) const fn acts(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{9f}' | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}')
}

/// Appends a byte as `\x1b`.
fn byte(byte: u8, out: &mut Vec<u8>) {
    out.extend_from_slice(b"\\x");
    out.extend([byte >> 4, byte & 15].map(hex_digit));
}

/// Appends a character as `\u202e`, which JSON reads back.
pub(super) fn character(c: char, out: &mut Vec<u8>) {
    let [.., a, b] = u32::from(c).to_be_bytes();
    out.extend_from_slice(b"\\u");
    out.extend([a >> 4, a & 15, b >> 4, b & 15].map(hex_digit));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(text: &[u8], lines: Lines) -> String {
        let mut out = b"before ".to_vec();
        out.extend_from_slice(text);
        visible_since(7, lines, &mut out);
        let mut direct = Vec::new();
        visible(text, lines, &mut direct);
        assert_eq!(out[7..], direct);
        String::from_utf8(direct).unwrap()
    }

    #[test]
    fn nothing_that_acts_on_a_terminal_is_left() {
        assert_eq!(seen(b"\x1b[31mred\x07\r\x7f\0", Lines::Many), r"\x1b[31mred\x07\x0d\x7f\x00");
        assert_eq!(seen("C1 \u{9b}, rtl \u{202e}, isolate \u{2066}".as_bytes(), Lines::Many), {
            r"C1 \u009b, rtl \u202e, isolate \u2066"
        });
        assert_eq!(seen(b"raw C1 \x9b2J", Lines::Many), r"raw C1 \x9b2J");
    }

    #[test]
    fn ordinary_text_stays_as_it_is() {
        for text in ["", "plain\ttext\nof two lines", "naïve 漢字 🦀 \u{feff}"] {
            assert_eq!(seen(text.as_bytes(), Lines::Many), text);
        }
        assert_eq!(seen(b"one\nline", Lines::One), r"one\x0aline");
    }
}
