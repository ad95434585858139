//! Which stretches of the main array belong to which boot, without reading all entries where the index tells.

use std::ops::Range;

use super::{Entry, JournalFile};
use crate::corrupt::Losses;
use crate::format::{EntryHead, Id128, Inflater};

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

impl JournalFile {
    /// Cuts the file into stretches of one boot each.
    ///
    /// The lists of the `_BOOT_ID=` DATA tell, at the cost of a few bisections per boot. Slots that no list covers in
    /// one piece, as the last entry of a file that was being written, or all of them where a list is damaged, are read.
    #[must_use]
    pub fn spans(&self) -> Spans {
        let mut found = Spans::default();
        let mut listed = self.listed();
        listed.sort_by_key(|span| span.slots.start);
        let overlap = listed.iter().zip(listed.iter().skip(1)).any(|(one, two)| one.slots.end > two.slots.start);
        if overlap {
            listed.clear();
        }
        let mut covered = 0;
        for span in listed {
            found
                .listed_last
                .extend(self.entry(self.entry_at(span.slots.end.saturating_sub(1))).map(|entry| *entry.head()));
            self.read_spans(covered..span.slots.start, &mut found);
            covered = span.slots.end;
            push(&mut found.spans, span);
        }
        self.read_spans(covered..self.arrays().len(), &mut found);
        found
    }

    /// The stretches that the lists of the `_BOOT_ID=` DATA state, as far as they are in one piece.
    fn listed(&self) -> Vec<Span> {
        let mut inflater = Inflater::default();
        let Ok(Some(field)) = self.find_field(b"_BOOT_ID") else { return Vec::new() };
        let mut spans = Vec::new();
        for data in self.data_of(&field) {
            let Ok(data) = data else { return Vec::new() };
            let Ok(payload) = self.plain(&data.stored, &mut inflater) else { continue };
            let boot = payload.strip_prefix(b"_BOOT_ID=").and_then(|id| std::str::from_utf8(id).ok()?.parse().ok());
            let Some(boot) = boot else { continue };
            let entries = self.entries_of(&data);
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
    fn slot_of(&self, at: crate::corrupt::Offset, boot: Id128) -> Option<usize> {
        let slot = self.arrays().position(self.image(), self.layout(), at);
        let found = self.entry_at(slot) == at && self.entry(at).is_ok_and(|entry| entry.boot_id() == boot);
        found.then_some(slot)
    }

    /// Cuts `slots` by reading the entries.
    fn read_spans(&self, slots: Range<usize>, found: &mut Spans) {
        for (slot, entry) in slots.clone().zip(self.entries(slots)) {
            match entry {
                Ok(entry) => {
                    let boot = boot_of(&entry, found.spans.last());
                    push(&mut found.spans, Span { boot, slots: slot..slot.saturating_add(1) });
                }
                Err(damage) => found.losses.entry(damage),
            }
        }
    }
}

/// The boot of an entry. Where its head lost the id, its `_BOOT_ID=` field has it, else it belongs where it stands.
fn boot_of(entry: &Entry<'_>, before: Option<&Span>) -> Id128 {
    if !entry.boot_id().is_null() {
        return entry.boot_id();
    }
    let field = entry.get("_BOOT_ID").and_then(|id| std::str::from_utf8(&id).ok()?.parse().ok());
    field.or_else(|| before.map(|span| span.boot)).unwrap_or_default()
}

/// Adds a stretch, joined with the one before where they touch and share the boot.
fn push(spans: &mut Vec<Span>, span: Span) {
    match spans.last_mut() {
        Some(last) if last.boot == span.boot && last.slots.end == span.slots.start => last.slots.end = span.slots.end,
        _ if span.slots.is_empty() => {}
        _ => spans.push(span),
    }
}
