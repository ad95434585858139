//! One line per entry, as syslog did, and a line wherever another boot begins.

use super::line::Line;
use super::pick::{Picked, Picker, Wanted};
use super::stamp::{Clock, Moment};
use super::{EntryFormat, Look, Render, Stamp};
use crate::corrupt::Losses;
use crate::file::Entry;
use crate::format::{Inflater, Realtime};

/// A longer joined message becomes several lines.
const MESSAGE_MOST: usize = 16 << 20;

/// What stands before a message that is not quite as it was written.
const DAMAGED: &[u8] = b"[damaged] ";

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
        Box::new(Worker { line, clock, picker: Picker::new(self.look.all), inflater: Inflater::default(), shown: None })
    }
}

#[derive(Debug)]
struct Worker<'a> {
    line: Line<'a>,
    clock: Clock<'a>,
    picker: Picker,
    /// For messages that are damaged.
    inflater: Inflater,
    /// The moment shown last, for differences: not that of the entry before, if that has no message.
    shown: Option<Moment>,
}

impl Render for Worker<'_> {
    fn resume(&mut self, shown: Option<&Entry<'_>>) {
        let moment = |entry| moment(entry, &self.picker.pick(entry, &mut Losses::default()));
        self.shown = shown.filter(|_| self.clock.is_delta()).map(moment);
    }

    /// Appends a line; an entry without message shows nothing but the boot line.
    fn render_in_parts(
        &mut self,
        entry: &Entry<'_>,
        before: Option<&Entry<'_>>,
        out: &mut Vec<u8>,
        losses: &mut Losses,
        _relieve: &mut dyn FnMut(&mut Vec<u8>) -> bool,
    ) {
        self.line.look.boot(entry, before, out);
        self.line(entry, None, out, losses);
    }

    fn render_joined(
        &mut self,
        parts: &[Entry<'_>],
        before: Option<&Entry<'_>>,
        out: &mut Vec<u8>,
        losses: &mut Losses,
    ) {
        let Some(first) = parts.first() else { return };
        self.line.look.boot(first, before, out);
        let (mut first, mut message) = (None, Vec::new());
        for (nth, part) in (1..).zip(parts) {
            if let Some(more) = self.picker.pick(part, losses).get(Wanted::Message) {
                message.extend_from_slice(more);
                first = first.or(Some(part));
            }
            if message.len() > MESSAGE_MOST || nth == parts.len() {
                // What the first part lost has been counted.
                first.take().into_iter().for_each(|part| self.line(part, Some(&message), out, &mut Losses::default()));
                message.clear();
            }
        }
    }
}

impl Worker<'_> {
    /// Appends a line that says the entry's message or another one.
    #[inline]
    fn line(&mut self, entry: &Entry<'_>, message: Option<&[u8]>, out: &mut Vec<u8>, losses: &mut Losses) {
        let picked = self.picker.pick(entry, losses);
        let damaged;
        let message = match message.or_else(|| picked.get(Wanted::Message)) {
            Some(message) => message,
            None => {
                let Some(text) = entry.damaged("MESSAGE", &mut self.inflater) else { return };
                damaged = [DAMAGED, &text].concat();
                &damaged
            }
        };
        let now = moment(entry, &picked);
        let start = out.len();
        self.clock.write(&now, self.shown.as_ref(), out);
        self.line.rest(start, &picked, message, out);
        self.line.look.explain(entry, out);
        self.line.look.origin(entry, out);
        self.shown = Some(now);
    }
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

/// A wall-clock time in decimal, if it is one.
pub(super) fn realtime(text: &[u8]) -> Option<Realtime> {
    let digits = text.iter().map(|byte| byte.checked_sub(b'0').filter(|digit| *digit < 10));
    let number = digits.into_iter().try_fold(0_u64, |so_far, digit| so_far.checked_mul(10)?.checked_add(digit?.into()));
    number.map(Realtime).filter(|realtime| realtime.is_valid())
}
