//! One line per entry, as syslog did, and a line wherever another boot begins.

use super::line::Line;
use super::pick::{Picked, Picker, Wanted};
use super::stamp::{Clock, Moment};
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
            self.line.boot(entry.boot_id(), out);
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
