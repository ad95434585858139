//! Which stretches of the main array belong to which boot, without reading all entries where the index tells.

use std::collections::HashSet;
use std::ops::Range;

use super::{Entry, JournalFile, Search};
use crate::corrupt::{Corrupt, Fault, Losses, Offset};
use crate::format::{EntryHead, Id128};

/// A stretch of a file's main array, all of one boot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The boot.
    pub boot: Id128,
    /// The slots.
    pub slots: Range<usize>,
}

/// A file cut into stretches of one boot each, in the array's order.
#[derive(Clone, Debug, Default)]
pub struct Spans {
    /// The stretches; slots whose entry cannot be read may lie between them.
    pub spans: Vec<Span>,
    /// The last entry of each boot that the boot's own list names, where the list is in one piece. Entries after it are
    /// invisible to whoever goes by the list, as journalctl does.
    pub listed_last: Vec<EntryHead>,
    /// What could not be read on the way.
    pub losses: Losses,
}

/// What reading entry by entry remembers.
struct Reading {
    search: Search,
    /// The entries met that lie beyond all before them: all of them, in a sound file.
    rising: Vec<Offset>,
    strays: HashSet<Offset>,
}

impl Reading {
    /// Whether the entry at `at` is met for the first time.
    fn is_new(&mut self, at: Offset) -> bool {
        if self.rising.last().is_none_or(|last| *last < at) {
            self.rising.push(at);
            return true;
        }
        self.rising.binary_search(&at).is_err() && self.strays.insert(at)
    }
}

impl JournalFile {
    /// Cuts the file into stretches of one boot each.
    ///
    /// The lists of the `_BOOT_ID=` DATA tell, at the cost of a few bisections per boot. Slots that no list covers in
    /// one piece, as the last entry of a file that was being written, or all of them where a list is damaged, are read.
    #[must_use]
    pub fn spans(&self) -> Spans {
        let mut found = Spans::default();
        let mut listed = self.listed(&mut found.losses);
        listed.sort_by_key(|span| span.slots.start);
        let overlap = listed.iter().zip(listed.iter().skip(1)).any(|(one, two)| one.slots.end > two.slots.start);
        if overlap {
            listed.clear();
        }
        let lasts = listed.iter().map(|span| self.listed_at(span.slots.end.saturating_sub(1)));
        found.listed_last.extend(lasts.filter_map(|at| self.entry(at).ok()).map(|entry| *entry.head()));
        if self.findings().is_some() {
            // The lists count by the main array, and do not have all.
            listed.clear();
        }
        let mut reading = Reading { search: Search::of(self), rising: Vec::new(), strays: HashSet::new() };
        let mut covered = 0;
        for span in listed {
            self.read_spans(covered..span.slots.start, &mut reading, &mut found);
            covered = span.slots.end;
            push(&mut found.spans, span);
        }
        self.read_spans(covered..self.slot_count(), &mut reading, &mut found);
        found
    }

    /// The stretches that the lists of the `_BOOT_ID=` DATA state, as far as they are in one piece.
    fn listed(&self, losses: &mut Losses) -> Vec<Span> {
        let mut inflater = Search::of(self).inflater;
        let mut bytes = 0_usize;
        let Ok(Some(field)) = self.find_field(b"_BOOT_ID") else { return Vec::new() };
        let mut spans = Vec::new();
        for data in self.data_of(&field) {
            let Ok(data) = data else { return Vec::new() };
            let Ok(payload) = self.plain(&data.stored, &mut inflater) else { continue };
            let boot = payload.strip_prefix(b"_BOOT_ID=").and_then(|id| std::str::from_utf8(id).ok()?.parse().ok());
            let Some(boot) = boot else { continue };
            let entries = self.entries_of(&data);
            bytes = bytes.saturating_add(entries.bytes());
            if bytes as u64 > self.image().len() {
                let fault = Fault::Value { found: bytes as u64, must: "no more bytes of arrays than the file has" };
                losses.structure(Corrupt::new(data.at, "lists of boots", fault));
                return Vec::new();
            }
            let (first, last) = (self.slot_of(data.entry, boot), self.slot_of(entries.last(), boot));
            let (Some(first), Some(last)) = (first, last) else { continue };
            let slots = first..last.saturating_add(1);
            if slots.len() == entries.len() {
                spans.push(Span { boot, slots });
            }
        }
        spans
    }

    /// The slot that holds the entry at `at`, if that is an entry of `boot`.
    fn slot_of(&self, at: Offset, boot: Id128) -> Option<usize> {
        let slot = self.arrays().position(self.image(), self.layout(), at);
        let found = self.listed_at(slot) == at && self.entry(at).is_ok_and(|entry| entry.boot_id() == boot);
        found.then_some(slot)
    }

    /// The entry in a slot of the main array itself.
    fn listed_at(&self, slot: usize) -> Offset {
        self.arrays().get(self.image(), self.layout(), slot)
    }

    /// Cuts `slots` by reading the entries.
    ///
    /// An entry counts once, in the first slot that names it.
    fn read_spans(&self, slots: Range<usize>, reading: &mut Reading, found: &mut Spans) {
        for (slot, entry) in slots.clone().zip(self.entries(slots)) {
            match entry {
                Ok(entry) if !reading.is_new(entry.offset()) => {
                    let fault = Fault::Value { found: entry.offset().0, must: "listed once" };
                    found.losses.structure(Corrupt::new(entry.offset(), "entry", fault));
                }
                Ok(entry) => {
                    let boot = boot_of(&entry, found.spans.last(), &mut reading.search);
                    push(&mut found.spans, Span { boot, slots: slot..slot.saturating_add(1) });
                }
                Err(damage) => found.losses.entry(damage),
            }
        }
    }
}

/// The boot of an entry. Where its head lost the id or is torn, or names another boot than the entry before, its
/// `_BOOT_ID=` field has it, else it belongs where it stands: half an id would be a boot that never was.
fn boot_of(entry: &Entry<'_>, before: Option<&Span>, search: &mut Search) -> Id128 {
    let id = entry.boot_id();
    if !id.is_null() && !entry.is_torn() {
        // No hash covers a head, and one flipped bit would be a boot of its own.
        let goes_on = before.is_none_or(|span| span.boot == id);
        return if goes_on { id } else { search.id(entry, b"_BOOT_ID").unwrap_or(id) };
    }
    let field = search.id(entry, b"_BOOT_ID");
    field.or_else(|| before.map(|span| span.boot)).unwrap_or(entry.boot_id())
}

/// Adds a stretch, joined with the one before where they touch and share the boot.
fn push(spans: &mut Vec<Span>, span: Span) {
    match spans.last_mut() {
        Some(last) if last.boot == span.boot && last.slots.end == span.slots.start => last.slots.end = span.slots.end,
        _ if span.slots.is_empty() => {}
        _ => spans.push(span),
    }
}
