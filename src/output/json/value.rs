//! How one value is written as JSON: printable text as a string, anything else as an array of its bytes.

use crate::output::LARGE;
use crate::output::escape::{acts, character};
use crate::output::members::Brackets;
use crate::output::number::{comma_byte, decimal};
use crate::output::printable::{Newline, all, is_printable, plain};

/// So many bytes of a value are written between two looks at how much there is.
const PIECE: usize = 1 << 18;

/// Appends a value, or `null` in place of one that is not to be shown in full.
pub(super) fn value(value: &[u8], full: bool, safe: bool, array: &Brackets, out: &mut Vec<u8>) {
    let bare = |byte: u8| plain(byte) & (byte != b'"') & (byte != b'\\');
    if !full {
        out.extend_from_slice(b"null");
    } else if all(value, bare) {
        out.push(b'"');
        out.extend_from_slice(value);
        out.push(b'"');
    } else if let Some(text) = printable(value) {
        out.push(b'"');
        escaped(text, safe, out);
        out.push(b'"');
    } else {
        bytes(value, array, out, &mut |_| true);
    }
}

pub(super) fn printable(value: &[u8]) -> Option<&str> {
    std::str::from_utf8(value).ok().filter(|_| is_printable(value, Newline::Text))
}

/// Appends printable text as a string, in pieces that `relieve` may take away; `false` when it wants no more.
pub(super) fn string(
    mut text: &str,
    safe: bool,
    out: &mut Vec<u8>,
    relieve: &mut dyn FnMut(&mut Vec<u8>) -> bool,
) -> bool {
    out.push(b'"');
    while !text.is_empty() {
        // No character is longer than four bytes.
        let end = (PIECE - 4..PIECE).rev().find_map(|end| text.split_at_checked(end));
        let (piece, rest) = end.unwrap_or((text, ""));
        escaped(piece, safe, out);
        if out.len() >= LARGE && !relieve(out) {
            return false;
        }
        text = rest;
    }
    out.push(b'"');
    true
}

/// Appends printable text with JSON's escapes.
fn escaped(mut text: &str, safe: bool, out: &mut Vec<u8>) {
    // No byte of a longer character is ASCII, and those that act on terminals begin with one of three bytes.
    let special =
        |byte: u8| matches!(byte, b'"' | b'\\' | b'\n' | b'\t') || (safe && matches!(byte, 0xc2 | 0xd8 | 0xe2));
    while let Some(at) = text.bytes().position(special) {
        let (before, rest) = text.split_at_checked(at).unwrap_or_default();
        out.extend_from_slice(before.as_bytes());
        let mut chars = rest.chars();
        match chars.next() {
            Some(c @ ('"' | '\\')) => out.extend([b'\\', c as u8]),
            Some('\n') => out.extend(b"\\n"),
            Some('\t') => out.extend(b"\\t"),
            Some(c) if acts(c) => character(c, out),
            Some(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
            None => {}
        }
        text = chars.as_str();
    }
    out.extend_from_slice(text.as_bytes());
}

/// Appends an array of byte values, of which there is at least one, in pieces that `relieve` may take away; `false` when it
/// wants no more.
pub(super) fn bytes(
    value: &[u8],
    array: &Brackets,
    out: &mut Vec<u8>,
    relieve: &mut dyn FnMut(&mut Vec<u8>) -> bool,
) -> bool {
    for (nth, piece) in value.chunks(PIECE).enumerate() {
        let (start, is_first) = (out.len(), nth == 0);
        if array.deepen {
            for byte in piece {
                out.extend_from_slice(if is_first && out.len() == start { array.open } else { array.comma });
                decimal(u64::from(*byte), out);
            }
        } else {
            out.reserve(piece.len() * 4 + 4);
            piece.iter().for_each(|byte| comma_byte(*byte, out));
            if let Some(comma) = out.get_mut(start).filter(|_| is_first) {
                *comma = b'[';
            }
        }
        if out.len() >= LARGE && !relieve(out) {
            return false;
        }
    }
    out.extend_from_slice(array.close);
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::Framing;

    fn shown(text: &[u8], safe: bool) -> String {
        let mut out = Vec::new();
        value(text, true, safe, &Framing::Line.parts().values, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_printable_value_is_a_string() {
        for (text, said) in [
            ("", r#""""#),
            ("plain text of some length", r#""plain text of some length""#),
            ("a/b \"c\" \\ é", r#""a/b \"c\" \\ é""#),
            ("line\n\tline", r#""line\n\tline""#),
            ("rtl \u{202e}", "\"rtl \u{202e}\""),
        ] {
            assert_eq!(shown(text.as_bytes(), false), said);
        }
        assert_eq!(shown("rtl \u{202e}".as_bytes(), true), r#""rtl \u202e""#);
    }

    #[test]
    fn any_other_value_is_an_array_of_bytes() {
        assert_eq!(shown(b"\x1b[0m", false), "[27,91,48,109]");
        assert_eq!(shown(b"\xff\0", false), "[255,0]");
        let mut out = Vec::new();
        value(b"\xff\0", true, false, &Framing::Pretty.parts().values, &mut out);
        assert_eq!(out, b"[\n\t\t255,\n\t\t0\n\t]");
    }

    #[test]
    fn a_value_that_is_not_shown_in_full_is_null() {
        let mut out = Vec::new();
        value(b"long", false, false, &Framing::Line.parts().values, &mut out);
        assert_eq!(out, b"null");
    }
}
