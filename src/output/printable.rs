//! Which bytes journalctl shows as text.

/// Whether text may contain newlines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Newline {
    /// As any other text.
    Text,
    /// A newline makes it unprintable.
    Control,
}

/// Whether `bytes` are printable: UTF-8 without noncharacters and without control characters other than TAB and, with
/// [`Newline::Text`], the newline.
#[inline]
pub(super) fn is_printable(bytes: &[u8], newline: Newline) -> bool {
    is_plain(bytes) || has_only_text(bytes, newline)
}

fn has_only_text(bytes: &[u8], newline: Newline) -> bool {
    let newline = newline == Newline::Text;
    let text = |byte: u8| plain(byte) | (byte == b'\t') | ((byte == b'\n') & newline);
    if all(bytes, text) {
        return true;
    }
    // Bytes above ASCII are judged below.
    all(bytes, |byte| text(byte) | (byte >= 0x80))
        && std::str::from_utf8(bytes).is_ok_and(|text| text.chars().all(is_printable_char))
}

/// Whether a character other than a C0 control is printable.
const fn is_printable_char(c: char) -> bool {
    let n = c as u32;
    !matches!(n, 0x7f..=0x9f | 0xfdd0..=0xfdef) && n & 0xfffe != 0xfffe
}

/// Whether all bytes are ASCII from space to `~`: nearly all values are.
#[inline]
pub(super) fn is_plain(bytes: &[u8]) -> bool {
    all(bytes, plain)
}

/// Whether a byte is ASCII from space to `~`.
#[inline]
pub(super) const fn plain(byte: u8) -> bool {
    byte.wrapping_sub(b' ') < 0x5f
}

/// Whether `good` holds for every byte; looks at many at a time, so `good` should have no branches.
#[inline]
pub(super) fn all(bytes: &[u8], good: impl Fn(u8) -> bool + Copy) -> bool {
    let every = |part: &[u8]| part.iter().fold(true, |so_far, byte| so_far & good(*byte));
    // The last bytes are looked at in one piece of fixed length again, part of it for the second time.
    match (bytes.last_chunk::<16>(), bytes.first_chunk::<8>(), bytes.last_chunk::<8>()) {
        (Some(last), ..) => bytes.as_chunks::<16>().0.iter().all(|part| every(part)) && every(last),
        (_, Some(first), Some(last)) => every(first) & every(last),
        _ => every(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_printable() {
        for text in ["", "plain", "tab\there", "é 漢 🦀", "\u{feff}\u{2028}\u{fffd}", "\u{a0}\u{ad}", "\u{10fffd}"]
        {
            assert!(is_printable(text.as_bytes(), Newline::Text), "{text:?}");
            assert!(is_printable(text.as_bytes(), Newline::Control), "{text:?}");
        }
        let long = "a long line of plain text\nand another that is longer than sixteen\n";
        assert!(is_printable(long.as_bytes(), Newline::Text));
        assert!(!is_printable(long.as_bytes(), Newline::Control));
    }

    #[test]
    fn controls_noncharacters_and_broken_utf8_are_not() {
        for text in ["\0", "\x1b[0m", "\r", "\x7f", "\u{80}", "\u{9f}", "\u{fdd0}", "\u{fdef}", "\u{fffe}", "\u{1ffff}"]
        {
            assert!(!is_printable(text.as_bytes(), Newline::Text), "{text:?}");
        }
        for bytes in [&b"\xff"[..], b"\xc0\xaf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"cut \xe6\xbc"] {
            assert!(!is_printable(bytes, Newline::Text), "{bytes:?}");
        }
    }
}
