//! What a line says after its stamp: `HOST IDENTIFIER[PID]: MESSAGE`; more lines where the message has more.

use std::borrow::Cow;

use super::Look;
use super::block::Block;
use super::escape::Lines;
use super::number;
use super::palette::{Ink, highlight};
use super::pick::{Picked, Wanted};
use super::printable::{Newline, is_printable};
use super::strip::{has_only_tabs, stripped, widened};

/// Everything after the stamp.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    pub(super) look: &'a Look,
    /// Whether the unit's name stands in place of the identifier.
    pub(super) unit: bool,
}

/// Values of this many bytes or more have no place before the message.
const PREFIX: usize = 300;

impl Line<'_> {
    /// Appends the rest of a line whose stamp began at `start`.
    #[inline]
    pub(super) fn rest(self, start: usize, picked: &Picked<'_>, message: &[u8], out: &mut Vec<u8>) {
        if !self.look.no_hostname {
            self.part(b' ', self.shown(picked, Wanted::Hostname), out);
        }
        let before = out.len();
        let counted = self.name(picked, out);
        let uncounted = (out.len() - before).cast_signed() - counted.cast_signed();
        if let Some(pid) = self.shown(picked, Wanted::Pid).or_else(|| self.shown(picked, Wanted::SyslogPid)) {
            self.part(b'[', Some(pid), out);
            out.push(b']');
        }
        out.extend_from_slice(b": ");
        let width = (out.len() - start).saturating_add_signed(-uncounted);
        self.message(message, width, self.inks(picked), out);
    }

    /// Appends who logged it; returns the width that journalctl counts for that: none for the stand-in, and for a user
    /// unit that of the unit before it once more.
    fn name(self, picked: &Picked<'_>, out: &mut Vec<u8>) -> usize {
        let start = out.len();
        if self.unit {
            let unit = self.shown(picked, Wanted::Unit);
            let user_unit = self.shown(picked, Wanted::UserUnit);
            self.part(b' ', unit, out);
            let width = out.len() - start;
            self.part(if unit.is_some() { b'/' } else { b' ' }, user_unit, out);
            if unit.is_some() || user_unit.is_some() {
                return if user_unit.is_some() { width + width.max(1) } else { width };
            }
        }
        let name = self.shown(picked, Wanted::Identifier).or_else(|| self.shown(picked, Wanted::Comm));
        self.part(b' ', Some(name.unwrap_or(b"unknown")), out);
        if name.is_some() { out.len() - start } else { 0 }
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
        self.look.text(value, Lines::One, out);
    }

    /// Appends the message; lines after the first are indented by `indent`.
    fn message(self, message: &[u8], indent: usize, (ink, highlight): (Ink, Ink), out: &mut Vec<u8>) {
        let look = self.look;
        let text = if look.all { Cow::Borrowed(message) } else { stripped(message) };
        let shown = if look.first_line { first_line(&text) } else { &text };
        if !look.all && !is_printable(shown, Newline::Text) {
            out.push(b'[');
            number::size(shown.len() as u64, out);
            return out.extend_from_slice(b" blob data]\n");
        }
        let mark = match &text {
            // A pattern that looks for a TAB finds none where it was widened.
            Cow::Owned(_) if has_only_tabs(message) => {
                look.conspicuous(message, ink).map(|found| widened(message, found))
            }
            _ => look.conspicuous(shown, ink),
        };
        let mark = mark.map(|found| (found.start, found.end, highlight));
        Block { look, indent, ink, mark, width: look.width.filter(|_| !look.all) }.write(shown, out);
    }

    /// The colour of a message: by its priority, but the audit's own whatever that is; and that of what is conspicuous
    /// in it, which journalctl chooses by the priority alone.
    fn inks(self, picked: &Picked<'_>) -> (Ink, Ink) {
        let ink = self.look.color.priority(picked.get(Wanted::Priority));
        let is_audit = picked.get(Wanted::Transport) == Some(b"audit");
        (if is_audit { self.look.color.audit() } else { ink }, highlight(ink))
    }
}

fn first_line(message: &[u8]) -> &[u8] {
    let end = memchr::memchr3(b'\n', b'\r', b'\0', message).unwrap_or(message.len());
    message.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::Palette;
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
    fn further_lines_are_indented_by_bytes_and_by_what_journalctl_counts() {
        let look = Look::default();
        let units = [(Wanted::Unit, "_SYSTEMD_UNIT=unit"), (Wanted::UserUnit, "_SYSTEMD_USER_UNIT=u")];
        assert_eq!(said(&look, true, &units, b"a\nb"), "STAMP unit/u: a\n                 b\n");
        assert_eq!(said(&look, true, &units[1..], b"a\nb"), "STAMP u: a\n        b\n");
        let long = [(Wanted::UserUnit, "_SYSTEMD_USER_UNIT=user")];
        assert_eq!(said(&look, true, &long, b"a\nb"), "STAMP user: a\n        b\n");
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
        let look = Look { color: Palette::Sixteen, ..Look::default() };
        let error = [ALL[1], (Wanted::Priority, "PRIORITY=3")];
        let red = "STAMP id: \x1b[0;1;31ma\x1b[0m\n          \x1b[0;1;31mb\x1b[0m\n";
        assert_eq!(said(&look, false, &error, b"a\nb"), red);
        let audit = [ALL[1], (Wanted::Priority, "PRIORITY=3"), (Wanted::Transport, "_TRANSPORT=audit")];
        assert_eq!(said(&look, false, &audit, b"a"), "STAMP id: \x1b[0;34ma\x1b[0m\n");
        assert_eq!(said(&look, false, &ALL, b"a"), "STAMP é id[1]: a\n");
    }

    #[test]
    fn what_was_looked_for_stands_out_where_the_message_has_a_colour() {
        let highlight = Some(crate::query::Term::like("MESSAGE", "er+", true).unwrap());
        let look = Look { color: Palette::Sixteen, highlight, ..Look::default() };
        let of = |priority: &str, message: &str| {
            said(&look, false, &[ALL[1], (Wanted::Priority, priority)], message.as_bytes())
        };
        let (red, bold) = ("\x1b[0;1;31m", "\x1b[0;1;39m");
        assert_eq!(of("PRIORITY=3", "an error, er"), format!("STAMP id: {red}an {bold}err{red}or, er\x1b[0m\n"));
        assert_eq!(of("PRIORITY=5", "an er"), format!("STAMP id: {bold}an {red}er\x1b[0m\n"));
        assert_eq!(of("PRIORITY=6", "an er"), "STAMP id: an er\n");
        // What journalctl 257 prints of these: by the priority, in the colour of the audit.
        let audit = |priority, message: &str| {
            let picked = [ALL[1], (Wanted::Transport, "_TRANSPORT=audit"), (Wanted::Priority, priority)];
            said(&look, false, &picked, message.as_bytes())
        };
        let blue = "\x1b[0;34m";
        assert_eq!(audit("PRIORITY=5", "an er, er"), format!("STAMP id: {blue}an {red}er{blue}, er\x1b[0m\n"));
        assert_eq!(audit("PRIORITY=4", "an er, er"), format!("STAMP id: {blue}an {bold}er{blue}, er\x1b[0m\n"));
        assert_eq!(audit("PRIORITY=6", "an er, er"), format!("STAMP id: {blue}an er{blue}, er\x1b[0m\n"));
        assert_eq!(audit("PRIORITY=6", "an er"), format!("STAMP id: {blue}an er\x1b[0m\n"));
        assert_eq!(of("PRIORITY=3", "a\ner"), format!("STAMP id: {red}a\x1b[0m\n          {red}er\x1b[0m\n"));
    }

    #[test]
    fn what_was_looked_for_stands_out_with_its_tabs() {
        let (red, bold, off) = ("\x1b[0;1;31m", "\x1b[0;1;39m", "\x1b[0m");
        let of = |pattern: &str, first_line: bool, message: &str| {
            let highlight = Some(crate::query::Term::like("MESSAGE", pattern, true).unwrap());
            let look = Look { color: Palette::Sixteen, highlight, first_line, ..Look::default() };
            said(&look, false, &[ALL[1], (Wanted::Priority, "PRIORITY=3")], message.as_bytes())
        };
        // What journalctl 252 and 257 print of these.
        let tab = "        ";
        assert_eq!(of("o\tf", false, "x\tfo\tfo o"), format!("STAMP id: {red}x{tab}f{bold}o{tab}f{red}o o{off}\n"));
        assert_eq!(of("\\t", false, "é\tf\tg"), format!("STAMP id: {red}é{bold}{tab}{red}f{tab}g{off}\n"));
        assert_eq!(of("b", false, "a\tb\nb"), format!("STAMP id: {red}a{tab}{bold}b{off}\n          {red}b{off}\n"));
        assert_eq!(of("b", true, "a\tc\nb"), format!("STAMP id: {red}a{tab}c{off}\n"));
        // What else was taken out of the message moves nothing, unlike there.
        assert_eq!(of("b", false, "\x1b[31ma\tb"), format!("STAMP id: {red}a{tab}{bold}b{off}\n"));
    }

    #[test]
    fn a_message_may_be_cut_to_its_first_line_or_to_the_width() {
        let look = Look { first_line: true, no_hostname: true, ..Look::default() };
        // As journalctl 257: a carriage return ends a line too, and so does a NUL.
        for message in [&b"a\nb\x1b"[..], b"a\rb\x1b", b"a\r\nb", b"a\0b"] {
            assert_eq!(said(&look, false, &ALL, message), "STAMP id[1]: a\n");
        }
        let look = Look { width: Some(24), ..Look::default() };
        assert_eq!(said(&look, false, &ALL, b"0123456789\nb\nc\nd"), {
            "STAMP é id[1]: 012345…9\n                b\n                c...\n"
        });
        assert_eq!(said(&Look { all: true, ..look }, false, &ALL, b"0123456789"), "STAMP é id[1]: 0123456789\n");
    }
}
