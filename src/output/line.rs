//! What a line says after its stamp: `HOST IDENTIFIER[PID]: MESSAGE`; more lines where the message has more.

use std::borrow::Cow;

use super::Look;
use super::escape::{Lines, visible};
use super::number;
use super::pick::{Picked, Wanted};
use super::printable::{Newline, is_printable};
use super::strip::stripped;
use crate::format::Id128;

/// Everything after the stamp.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    pub(super) look: &'a Look,
    /// Whether the unit's name stands in place of the identifier.
    pub(super) unit: bool,
}

/// Values of this many bytes or more have no place before the message.
const PREFIX: usize = 300;

const RESET: &[u8] = b"\x1b[0m";

impl Line<'_> {
    /// Appends the line that says that another boot begins.
    pub(super) fn boot(self, boot: Id128, out: &mut Vec<u8>) {
        let (on, off): (&[u8], _) = if self.look.color { (b"\x1b[0;1;39m", RESET) } else { Default::default() };
        for part in [on, b"-- Boot ", &boot.hex(), b" --", off, b"\n"] {
            out.extend_from_slice(part);
        }
    }

    /// Appends the rest of a line whose stamp began at `start`.
    #[inline]
    pub(super) fn rest(self, start: usize, picked: &Picked<'_>, message: &[u8], out: &mut Vec<u8>) {
        self.part(b' ', self.shown(picked, Wanted::Hostname), out);
        // journalctl does not count the width of the stand-in.
        let uncounted = if self.name(picked, out) { 0 } else { " unknown".len() };
        if let Some(pid) = self.shown(picked, Wanted::Pid).or_else(|| self.shown(picked, Wanted::SyslogPid)) {
            self.part(b'[', Some(pid), out);
            out.push(b']');
        }
        out.extend_from_slice(b": ");
        let width = (out.len() - start).saturating_sub(uncounted);
        self.message(message, width, self.color(picked), out);
    }

    /// Appends who logged it; returns whether anybody is known.
    fn name(self, picked: &Picked<'_>, out: &mut Vec<u8>) -> bool {
        if self.unit {
            let unit = self.shown(picked, Wanted::Unit);
            let user_unit = self.shown(picked, Wanted::UserUnit);
            self.part(b' ', unit, out);
            self.part(if unit.is_some() { b'/' } else { b' ' }, user_unit, out);
            if unit.is_some() || user_unit.is_some() {
                return true;
            }
        }
        let name = self.shown(picked, Wanted::Identifier).or_else(|| self.shown(picked, Wanted::Comm));
        self.part(b' ', Some(name.unwrap_or(b"unknown")), out);
        name.is_some()
    }

    /// The value of a field if it may stand before the message.
    #[inline]
    fn shown<'a>(self, picked: &Picked<'a>, wanted: Wanted) -> Option<&'a [u8]> {
        let fits = |value: &&[u8]| self.look.all || (value.len() < PREFIX && is_printable(value, Newline::Text));
        picked.get(wanted).filter(fits)
    }

    /// Appends a value that may be there, with what stands before it.
    #[inline]
    fn part(self, before: u8, value: Option<&[u8]>, out: &mut Vec<u8>) {
        let Some(value) = value else { return };
        out.push(before);
        self.text(value, Lines::One, out);
    }

    fn text(self, text: &[u8], lines: Lines, out: &mut Vec<u8>) {
        if self.look.safe {
            visible(text, lines, out);
        } else {
            out.extend_from_slice(text);
        }
    }

    /// Appends the message; lines after the first are indented by `width`.
    fn message(self, message: &[u8], width: usize, color: &[u8], out: &mut Vec<u8>) {
        let message = if self.look.all { Cow::Borrowed(message) } else { stripped(message) };
        if !self.look.all && !is_printable(&message, Newline::Text) {
            out.push(b'[');
            number::size(message.len() as u64, out);
            return out.extend_from_slice(b" blob data]\n");
        }
        let off = if color.is_empty() { b"" } else { RESET };
        let text = message.strip_suffix(b"\n").unwrap_or(&message);
        let mut start = 0;
        for end in memchr::memchr_iter(b'\n', text).chain([text.len()]) {
            if start > 0 {
                out.resize(out.len() + width, b' ');
            }
            out.extend_from_slice(color);
            self.text(text.get(start..end).unwrap_or_default(), Lines::One, out);
            out.extend_from_slice(off);
            out.push(b'\n');
            start = end + 1;
        }
    }

    /// The colour of a message, by its priority.
    fn color(self, picked: &Picked<'_>) -> &'static [u8] {
        if !self.look.color {
            return b"";
        }
        match picked.get(Wanted::Priority) {
            Some([b'0'..=b'3']) => b"\x1b[0;1;31m",
            Some(b"4") => b"\x1b[0;1;33m",
            Some(b"5") => b"\x1b[0;1;39m",
            Some(b"7") => b"\x1b[0;90m",
            _ if picked.get(Wanted::Transport) == Some(b"audit") => b"\x1b[0;34m",
            _ => b"",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(look: &Look, unit: bool, payloads: &[(Wanted, &str)], message: &[u8]) -> String {
        let mut picked = Picked::default();
        payloads.iter().for_each(|(wanted, payload)| picked.set(*wanted, payload.as_bytes()));
        let mut out = b"before\nSTAMP".to_vec();
        Line { look, unit }.rest(7, &picked, message, &mut out);
        String::from_utf8(out[7..].to_vec()).unwrap()
    }

    const ALL: [(Wanted, &str); 3] =
        [(Wanted::Hostname, "_HOSTNAME=é"), (Wanted::Identifier, "SYSLOG_IDENTIFIER=id"), (Wanted::Pid, "_PID=1")];

    #[test]
    fn what_is_missing_before_the_message_is_replaced_or_left_out() {
        let look = Look::default();
        let comm = [(Wanted::Comm, "_COMM=c"), (Wanted::SyslogPid, "SYSLOG_PID=7")];
        let long = format!("_HOSTNAME={}", "h".repeat(300));
        assert_eq!(said(&look, false, &ALL, b"m"), "STAMP é id[1]: m\n");
        assert_eq!(said(&look, false, &comm, b"m"), "STAMP c[7]: m\n");
        assert_eq!(said(&look, false, &[(Wanted::Hostname, &long)], b"m"), "STAMP unknown: m\n");
        let bad = [(Wanted::Identifier, "SYSLOG_IDENTIFIER=\x1b"), (Wanted::Comm, "_COMM=c")];
        assert_eq!(said(&look, false, &bad, b"m"), "STAMP c: m\n");
        let units = [ALL[0], (Wanted::Unit, "_SYSTEMD_UNIT=u"), (Wanted::UserUnit, "_SYSTEMD_USER_UNIT=v")];
        assert_eq!(said(&look, true, &units, b"m"), "STAMP é u/v: m\n");
        assert_eq!(said(&look, true, &ALL, b"m"), "STAMP é id[1]: m\n");
    }

    #[test]
    fn further_lines_are_indented_by_bytes_and_not_by_the_stand_in() {
        let look = Look::default();
        assert_eq!(said(&look, false, &ALL, b"a\nb\n"), "STAMP é id[1]: a\n                b\n");
        assert_eq!(said(&look, false, &[], b"a\n\nb"), "STAMP unknown: a\n       \n       b\n");
        assert_eq!(said(&look, false, &ALL, b""), "STAMP é id[1]: \n");
        assert_eq!(said(&look, false, &ALL, b"\n"), "STAMP é id[1]: \n");
    }

    #[test]
    fn an_unprintable_message_shows_its_size_unless_all_is_wanted() {
        let look = Look::default();
        assert_eq!(said(&look, false, &ALL, b"\x1b[31m\t\x1b[2J"), "STAMP é id[1]: [12B blob data]\n");
        assert_eq!(said(&Look { all: true, ..look }, false, &ALL, b"\t\x07"), "STAMP é id[1]: \t\x07\n");
    }

    #[test]
    fn nothing_speaks_to_the_terminal_when_that_is_not_wanted() {
        let look = Look { safe: true, all: true, ..Look::default() };
        let pid = [ALL[1], (Wanted::Pid, "_PID=1\n\x1b")];
        assert_eq!(said(&look, false, &pid, b"a\r\nb"), "STAMP id[1\\x0a\\x1b]: a\\x0d\n                     b\n");
        let look = Look { all: false, ..look };
        assert_eq!(said(&look, false, &ALL, "a\u{202e}".as_bytes()), "STAMP é id[1]: a\\u202e\n");
    }

    #[test]
    fn each_line_has_the_colour_of_its_priority() {
        let look = Look { color: true, ..Look::default() };
        let error = [ALL[1], (Wanted::Priority, "PRIORITY=3")];
        let red = "STAMP id: \x1b[0;1;31ma\x1b[0m\n          \x1b[0;1;31mb\x1b[0m\n";
        assert_eq!(said(&look, false, &error, b"a\nb"), red);
        let audit = [ALL[1], (Wanted::Priority, "PRIORITY=6"), (Wanted::Transport, "_TRANSPORT=audit")];
        assert_eq!(said(&look, false, &audit, b"a"), "STAMP id: \x1b[0;34ma\x1b[0m\n");
        assert_eq!(said(&look, false, &ALL, b"a"), "STAMP é id[1]: a\n");
    }
}
