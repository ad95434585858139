//! Messages only, or some other fields, as they were logged.

use super::escape::Lines;
use super::palette::{Ink, highlight, off};
use super::{EntryFormat, LARGE, Look, Palette, Render};
use crate::corrupt::{Corrupt, Fault, Losses, Offset};
use crate::file::Entry;
use crate::format::Inflater;

/// What is shown unless other fields are wanted.
const MESSAGE: &[u8] = b"MESSAGE=";

/// The format `cat`.
#[derive(Debug)]
pub(super) struct Cat {
    look: Look,
    /// What the payloads of the wanted fields begin with, in the order in which they are shown.
    wanted: Vec<Vec<u8>>,
}

impl Cat {
    pub(super) fn new(look: Look) -> Self {
        let mut wanted: Vec<Vec<u8>> = Vec::new();
        for field in &look.fields {
            let start = [field.as_bytes(), b"="].concat();
            if !wanted.contains(&start) {
                wanted.push(start);
            }
        }
        if wanted.is_empty() {
            wanted.push(MESSAGE.to_vec());
        }
        Self { look, wanted }
    }
}

impl EntryFormat for Cat {
    fn worker(&self) -> Box<dyn Render + '_> {
        let (look, inflater) = (&self.look, Inflater::default());
        match &self.wanted[..] {
            [start] if look.color == Palette::None => {
                Box::new(One { look, start, first: start.first_chunk().copied(), inflater })
            }
            wanted => {
                let starts = wanted.iter().map(Vec::as_slice).chain([&b"PRIORITY="[..]]);
                let slots = starts.map(|start| Slot { start, value: Vec::new(), found: false }).collect();
                Box::new(Several { look, slots, inflater })
            }
        }
    }
}

/// Shows one field without colours.
#[derive(Debug)]
struct One<'a> {
    look: &'a Look,
    start: &'a [u8],
    /// The first bytes of `start`, if it has as many: they are compared before anything else.
    first: Option<[u8; 4]>,
    inflater: Inflater,
}

impl Render for One<'_> {
    /// Appends the first value of the entry, or nothing.
    fn render_in_parts(
        &mut self,
        entry: &Entry<'_>,
        _before: Option<&Entry<'_>>,
        out: &mut Vec<u8>,
        losses: &mut Losses,
        _relieve: &mut dyn FnMut(&mut Vec<u8>) -> bool,
    ) {
        if self.value(entry, out, losses) {
            out.push(b'\n');
            self.look.origin(entry, out);
        }
    }

    /// Appends the messages of all parts in one line; however long that is, nothing of it is held here.
    fn render_joined(
        &mut self,
        parts: &[Entry<'_>],
        _before: Option<&Entry<'_>>,
        out: &mut Vec<u8>,
        losses: &mut Losses,
    ) {
        let mut open = false;
        for part in parts {
            open |= self.value(part, out, losses);
            // Only messages have parts.
            if open && (self.start != MESSAGE) {
                out.push(b'\n');
                open = false;
            }
        }
        if open {
            out.push(b'\n');
        }
    }
}

impl One<'_> {
    /// Appends the first value of the entry; says whether there is one.
    #[inline]
    fn value(&mut self, entry: &Entry<'_>, out: &mut Vec<u8>, losses: &mut Losses) -> bool {
        for at in entry.items() {
            match self.item(entry, at, out) {
                Ok(true) => return true,
                Ok(false) => {}
                Err(damage) => losses.field(damage),
            }
        }
        false
    }

    /// Appends the value of the DATA at `at` if that is wanted.
    #[inline]
    fn item(&mut self, entry: &Entry<'_>, at: Offset, out: &mut Vec<u8>) -> Result<bool, Corrupt> {
        let stored = entry.file().stored(at)?;
        // Most items are other fields, which need not be read; one too short to tell may have been cut.
        let start: Option<&[u8; 4]> = stored.bytes.first_chunk().filter(|_| stored.flags & 7 == 0);
        if let Some((first, start)) = self.first.as_ref().zip(start)
            && first != start
        {
            if !start.first().is_some_and(u8::is_ascii_graphic) {
                return Err(Corrupt::new(at, "data payload", Fault::Name));
            }
            return Ok(false);
        }
        let payload = entry.file().plain(&stored, &mut self.inflater)?;
        let Some(value) = payload.strip_prefix(self.start) else { return Ok(false) };
        self.look.text(value, Lines::Many, out);
        self.inflater.relax();
        Ok(true)
    }
}

/// Shows several fields, or colours.
#[derive(Debug)]
struct Several<'a> {
    look: &'a Look,
    /// The wanted fields, and last the priority.
    slots: Vec<Slot<'a>>,
    inflater: Inflater,
}

/// A wanted field, and what the entry has of it.
#[derive(Debug)]
struct Slot<'a> {
    start: &'a [u8],
    value: Vec<u8>,
    found: bool,
}

impl Render for Several<'_> {
    /// Appends the first value of each wanted field.
    fn render_in_parts(
        &mut self,
        entry: &Entry<'_>,
        _before: Option<&Entry<'_>>,
        out: &mut Vec<u8>,
        losses: &mut Losses,
        _relieve: &mut dyn FnMut(&mut Vec<u8>) -> bool,
    ) {
        self.take(entry, losses);
        let Some((priority, wanted)) = self.slots.split_last() else { return };
        let ink = self.look.color.priority(priority.found.then_some(&priority.value));
        for slot in wanted.iter().filter(|slot| slot.found) {
            let found = if slot.start == MESSAGE { self.look.conspicuous(&slot.value, ink) } else { None };
            let (before, rest) = slot.value.split_at(found.as_ref().map_or(0, |found| found.start));
            let (found, after) = rest.split_at(found.map_or(0, |found| found.len()));
            out.extend_from_slice(ink);
            if !found.is_empty() {
                self.look.text(before, Lines::Many, out);
                out.extend_from_slice(highlight(ink));
                self.look.text(found, Lines::Many, out);
                out.extend_from_slice(ink);
            }
            self.look.text(after, Lines::Many, out);
            out.extend_from_slice(off(ink));
            out.push(b'\n');
        }
        self.look.origin(entry, out);
    }

    /// Appends the messages of all parts in one line, in the colour of the first.
    fn render_joined(
        &mut self,
        parts: &[Entry<'_>],
        before: Option<&Entry<'_>>,
        out: &mut Vec<u8>,
        losses: &mut Losses,
    ) {
        if !matches!(&self.slots[..], [Slot { start: MESSAGE, .. }, _]) {
            return parts.iter().for_each(|part| self.render(part, before, out, losses));
        }
        let mut ink: Option<Ink> = None;
        for part in parts {
            self.take(part, losses);
            let [message, priority] = &self.slots[..] else { return };
            if ink.is_none() {
                let first = self.look.color.priority(priority.found.then_some(&priority.value));
                out.extend_from_slice(first);
                ink = Some(first);
            }
            if message.found {
                self.look.text(&message.value, Lines::Many, out);
            }
        }
        out.extend_from_slice(off(ink.unwrap_or_default()));
        out.push(b'\n');
    }
}

impl Several<'_> {
    /// Takes the first value of each wanted field.
    fn take(&mut self, entry: &Entry<'_>, losses: &mut Losses) {
        self.slots.iter_mut().for_each(|slot| slot.found = false);
        for at in entry.items() {
            if let Err(damage) = self.item(entry, at) {
                losses.field(damage);
            }
        }
    }

    /// Takes the value of the DATA at `at` where it is the first that is wanted.
    fn item(&mut self, entry: &Entry<'_>, at: Offset) -> Result<(), Corrupt> {
        let stored = entry.file().stored(at)?;
        let payload = entry.file().plain(&stored, &mut self.inflater)?;
        for slot in self.slots.iter_mut().filter(|slot| !slot.found) {
            if let Some(value) = payload.strip_prefix(slot.start) {
                slot.value.clear();
                slot.value.shrink_to(LARGE);
                slot.value.extend_from_slice(value);
                slot.found = true;
            }
        }
        Ok(())
    }
}
