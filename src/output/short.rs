//! One line per entry, as syslog did: `STAMP HOST IDENTIFIER[PID]: MESSAGE`; more where the message has more lines.

use std::borrow::Cow;

use super::escape::{Lines, visible};
use super::number;
use super::pick::{Picked, Picker, Wanted};
use super::printable::{Newline, is_printable};
use super::stamp::{Clock, Moment};
use super::strip::stripped;
use super::{EntryFormat, Look, Render, Stamp};
use crate::corrupt::{Losses, Offset};
use crate::file::{Entry, JournalFile};
use crate::format::Realtime;

/// The formats `short`, `short-…` and `with-unit`.
#[derive(Debug)]
pub(super) struct Short {
    stamp: Stamp,
    unit: bool,
    look: Look,
}

impl Short {
    pub(super) const fn new(stamp: Stamp, look: Look) -> Self {
        Self { stamp, unit: false, look }
    }

    pub(super) const fn with_unit(look: Look) -> Self {
        Self { stamp: Stamp::Full, unit: true, look }
    }
}

impl EntryFormat for Short {
    fn worker(&self) -> Box<dyn Render + '_> {
        let line = Line { look: &self.look, unit: self.unit };
        let clock = Clock::new(self.stamp, &self.look.zone);
        Box::new(Worker { line, clock, picker: Picker::default(), last: None })
    }
}

#[derive(Debug)]
struct Worker<'a> {
    line: Line<'a>,
    clock: Clock<'a>,
    picker: Picker,
    last: Option<Last>,
}

/// The entry rendered last, and the moment shown last: earlier, if that entry has no message.
#[derive(Clone, Copy, Debug)]
struct Last {
    entry: (usize, Offset),
    shown: Option<Moment>,
}

impl Render for Worker<'_> {
    /// Appends a line; an entry without message shows nothing but the boot line.
    fn render(&mut self, entry: &Entry<'_>, before: Option<&Entry<'_>>, out: &mut Vec<u8>, losses: &mut Losses) {
        if before.is_some_and(|before| before.boot_id() != entry.boot_id()) {
            self.line.boot(entry, out);
        }
        let shown_before = before.filter(|_| self.clock.is_delta()).and_then(|before| self.shown(before));
        let picked = self.picker.pick(entry, losses);
        let Some(message) = picked.get(Wanted::Message) else {
            self.last = Some(Last { entry: place(entry), shown: shown_before });
            return;
        };
        let now = moment(entry, &picked);
        let start = out.len();
        self.clock.write(&now, shown_before.as_ref(), out);
        self.line.rest(start, &picked, message, out);
        self.last = Some(Last { entry: place(entry), shown: Some(now) });
    }
}

impl Worker<'_> {
    /// The moment shown last up to `before`.
    ///
    /// Known as long as this worker rendered that; at the edge of its work it is that of `before` itself.
    fn shown(&mut self, before: &Entry<'_>) -> Option<Moment> {
        if let Some(last) = self.last.filter(|last| last.entry == place(before)) {
            return last.shown;
        }
        let picked = self.picker.pick(before, &mut Losses::default());
        picked.get(Wanted::Message).map(|_| moment(before, &picked))
    }
}

fn place(entry: &Entry<'_>) -> (usize, Offset) {
    (std::ptr::from_ref::<JournalFile>(entry.file()).addr(), entry.offset())
}

/// When the entry was logged: by its source if that is given and can be, else by the journal.
#[inline]
fn moment(entry: &Entry<'_>, picked: &Picked<'_>) -> Moment {
    let now = Moment { realtime: entry.realtime(), monotonic: entry.monotonic(), boot: entry.boot_id() };
    match picked.get(Wanted::Source).and_then(realtime) {
        Some(source) => now.at_source(source),
        None => now,
    }
}

fn realtime(text: &[u8]) -> Option<Realtime> {
    let digits = text.iter().map(|byte| byte.checked_sub(b'0').filter(|digit| *digit < 10));
    let number = digits.into_iter().try_fold(0_u64, |so_far, digit| so_far.checked_mul(10)?.checked_add(digit?.into()));
    number.map(Realtime).filter(|realtime| realtime.is_valid())
}

/// Everything after the stamp.
#[derive(Clone, Copy, Debug)]
struct Line<'a> {
    look: &'a Look,
    unit: bool,
}

/// Values of this many bytes or more have no place before the message.
const PREFIX: usize = 300;

const RESET: &[u8] = b"\x1b[0m";

impl Line<'_> {
    /// Appends the line that says that another boot begins.
    fn boot(self, entry: &Entry<'_>, out: &mut Vec<u8>) {
        let (on, off): (&[u8], _) = if self.look.color { (b"\x1b[0;1;39m", RESET) } else { Default::default() };
        for part in [on, b"-- Boot ", &entry.boot_id().hex(), b" --", off, b"\n"] {
            out.extend_from_slice(part);
        }
    }

    /// Appends the rest of a line whose stamp began at `start`.
    #[inline]
    fn rest(self, start: usize, picked: &Picked<'_>, message: &[u8], out: &mut Vec<u8>) {
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
        for (nth, line) in text.split(|byte| *byte == b'\n').enumerate() {
            if nth > 0 {
                out.resize(out.len() + width, b' ');
            }
            out.extend_from_slice(color);
            self.text(line, Lines::One, out);
            out.extend_from_slice(off);
            out.push(b'\n');
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
