//! Messages as journalctl shows them in lines: TABs widened, colours and links taken out, line ends of DOS mended.

use std::borrow::Cow;
use std::ops::Range;

const ESC: u8 = 0x1b;
const BEL: u8 = 0x07;

/// What a TAB is shown as.
const WIDE: &[u8] = b"        ";

/// The message without what a terminal would act on; borrowed where there is nothing of the kind.
///
/// What is left of a broken sequence stays, so that the message counts as unprintable.
#[inline]
pub(super) fn stripped(message: &[u8]) -> Cow<'_, [u8]> {
    match memchr::memchr3(b'\t', ESC, b'\r', message) {
        None => Cow::Borrowed(message),
        Some(_) => Cow::Owned(strip(message)),
    }
}

/// Whether nothing but TABs is shown otherwise than it stands in a message.
pub(super) fn has_only_tabs(message: &[u8]) -> bool {
    memchr::memchr2(ESC, b'\r', message).is_none()
}

/// Where something in such a message is shown.
pub(super) fn widened(message: &[u8], found: Range<usize>) -> Range<usize> {
    let tabs = |end: usize| memchr::memchr_iter(b'\t', message.get(..end).unwrap_or_default()).count();
    let shown = |at: usize| at + tabs(at) * (WIDE.len() - 1);
    shown(found.start)..shown(found.end)
}

fn strip(mut rest: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(rest.len());
    while let Some(at) = memchr::memchr3(b'\t', ESC, b'\r', rest) {
        let (plain, special) = rest.split_at(at);
        out.extend_from_slice(plain);
        rest = match special {
            [b'\t', after @ ..] => {
                out.extend_from_slice(WIDE);
                after
            }
            [b'\r', ..] => returns(special, &mut out),
            _ => sequence(special).unwrap_or_else(|| {
                out.push(ESC);
                special.get(1..).unwrap_or_default()
            }),
        };
    }
    out.extend_from_slice(rest);
    out
}

/// What follows a run of carriage returns; they stay unless a line ends there.
fn returns<'a>(special: &'a [u8], out: &mut Vec<u8>) -> &'a [u8] {
    let run = special.iter().take_while(|byte| **byte == b'\r').count();
    let (returns, after) = special.split_at(run);
    if !matches!(after, [] | [b'\n', ..]) {
        out.extend_from_slice(returns);
    }
    after
}

/// What follows a whole escape sequence of the kinds that are taken out.
fn sequence(text: &[u8]) -> Option<&[u8]> {
    match text {
        [ESC, b'[', rest @ ..] => {
            let end = rest.iter().position(|byte| !matches!(byte, b'0'..=b'9' | b';' | b':'))?;
            rest.get(end..)?.strip_prefix(b"m")
        }
        [ESC, b']', rest @ ..] => {
            let end = rest.iter().position(|byte| !matches!(byte, b' '..=b'~'))?;
            match rest.get(end..)? {
                [BEL, after @ ..] | [ESC, b'\\', after @ ..] => Some(after),
                _ => None,
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_colours_links_and_dos_line_ends_go() {
        for (message, left) in [
            (&b"plain"[..], &b"plain"[..]),
            (b"a\tb", b"a        b"),
            (b"\x1b[0;1;31mred\x1b[0m\x1b[38:5:2m", b"red"),
            (b"\x1b]8;;http://a\x1b\\link\x1b]8;;\x07", b"link"),
            (b"one\r\ntwo\r\r\nthree\r", b"one\ntwo\nthree"),
        ] {
            assert_eq!(stripped(message), left);
        }
        assert!(matches!(stripped(b"plain\n"), Cow::Borrowed(_)));
    }

    #[test]
    fn what_is_no_whole_sequence_stays() {
        for message in
            [&b"\x1b[2J"[..], b"\x1b[0", b"\x1b]8;;a", b"\x1b]\x01\x07", b"\x1bM", b"\x1b", b"a\rb", b"\r\rb"]
        {
            assert_eq!(stripped(message), message);
        }
    }
}
