//! Which stretches of the main array belong to which boot, without reading all entries where the index tells.

use std::collections::HashSet;
use std::ops::Range;

use super::lists::Lists;
use super::{Entry, JournalFile, Search};
use crate::corrupt::{Corrupt, Fault, Losses, Offset};
use crate::format::{EntryHead, Id128};

/// A stretch of a file's main array, all of one boot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The boot.
    pub boot: Id128,
    /// The slots; the first and the last one have entries that can be read.
    pub slots: Range<usize>,
    /// The head of the first entry.
    pub first: EntryHead,
    /// The head of the last entry.
    pub last: EntryHead,
}

impl Span {
    /// The stretch of one entry.
    pub(super) const fn of_entry(boot: Id128, slot: usize, head: EntryHead) -> Self {
        Self { boot, slots: slot..slot.saturating_add(1), first: head, last: head }
    }
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
        if let Some(known) = self.glanced.as_ref().filter(|_| self.findings().is_none()) {
            return known.clone();
        }
        let mut found = Spans::default();
        let image = self.image();
        let lists = Lists { from: &image, header: self.header(), arrays: self.arrays(), hash: self.hash() };
        let mut reading = Reading { search: Search::of(self), rising: Vec::new(), strays: HashSet::new() };
        let mut covered = 0;
        for span in lists.spans(&mut found.losses) {
            found.listed_last.push(span.last);
            if self.findings().is_some() {
                // The lists count by the main array, and do not have all.
                continue;
            }
            self.read_spans(covered..span.slots.start, &mut reading, &mut found);
            covered = span.slots.end;
            push(&mut found.spans, span);
        }
        self.read_spans(covered..self.slot_count(), &mut reading, &mut found);
        found
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
                    if entry.boot_id() != boot {
                        found.losses.structure(Corrupt::new(
                            entry.offset(),
                            "entry",
                            Fault::of_boot(entry.boot_id().is_null()),
                        ));
                    }
                    // Half an id, or one with a flipped bit, would be a boot that never was.
                    // A flipped bit in a number would leave millions missing beside it.
                    let seqnum = self.seqnum_instead(entry.offset()).unwrap_or(entry.seqnum());
                    let head = EntryHead { boot_id: boot, seqnum, ..*entry.head() };
                    push(&mut found.spans, Span::of_entry(boot, slot, head));
                }
                Err(damage) => found.losses.entry(damage),
            }
        }
    }
}

/// The boot of an entry. Where its head lost the id or is torn, or does not name the boot of the entry before, its
/// `_BOOT_ID=` field has it, else it belongs where it stands.
fn boot_of(entry: &Entry<'_>, before: Option<&Span>, search: &mut Search) -> Id128 {
    let id = entry.boot_id();
    if !id.is_null() && !entry.is_torn() {
        // No hash covers a head, and one flipped bit would be a boot of its own.
        let goes_on = before.is_some_and(|span| span.boot == id);
        return if goes_on { id } else { search.boot(entry).unwrap_or(id) };
    }
    let field = search.boot(entry);
    field.or_else(|| before.map(|span| span.boot)).unwrap_or(entry.boot_id())
}

/// Adds a stretch, joined with the one before where they touch and share the boot.
pub(super) fn push(spans: &mut Vec<Span>, span: Span) {
    match spans.last_mut() {
        Some(last) if last.boot == span.boot && last.slots.end == span.slots.start => {
            last.slots.end = span.slots.end;
            last.last = span.last;
        }
        _ if span.slots.is_empty() => {}
        _ => spans.push(span),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::file::Options;
    use crate::testkit::synth::{Record, Synth, sample};

    #[test]
    fn an_entry_whose_boot_was_wiped_belongs_to_the_boot_of_its_field_and_that_is_said() {
        let synth = sample(20);
        let open = |bytes| JournalFile::from_bytes(Path::new("made"), bytes, Options::default()).unwrap();
        let sound = open(synth.build()).spans();
        assert!(sound.losses.is_empty());
        let mut bytes = synth.build();
        let at = synth.layout().entries[0] as usize;
        bytes[at + 40..at + 56].fill(0);
        let found = open(bytes).spans();
        assert_eq!((found.spans, found.losses.structure), (sound.spans, 1));
    }

    #[test]
    fn an_entry_that_names_no_boot_at_all_is_not_said_to_contradict_a_field() {
        let bare = |n: u64| Record::new(n).boot(7).bare().field(format!("MESSAGE={n}"));
        let synth = Synth::new().entry(bare(1)).entry(bare(2));
        let mut bytes = synth.build();
        bytes[synth.layout().entries[1] as usize + 40..][..16].fill(0);
        let found = spans(bytes);
        let said: Vec<String> = found.losses.first.iter().map(|damage| damage.fault.to_string()).collect();
        assert_eq!(said, ["0 must be the id of a boot"]);
    }

    /// Ten entries each of two boots.
    fn two_boots() -> Synth {
        let record = |n: u64| Record::new(n).boot(if n <= 10 { 7 } else { 8 }).field(format!("MESSAGE={n}"));
        (1..=20).fold(Synth::new(), |synth, n| synth.entry(record(n)))
    }

    fn spans(bytes: Vec<u8>) -> Spans {
        JournalFile::from_bytes(Path::new("made"), bytes, Options::default()).unwrap().spans()
    }

    #[test]
    fn an_entry_with_a_flipped_bit_in_its_boot_belongs_to_the_boot_of_its_field_and_that_is_said() {
        let synth = two_boots();
        let sound = spans(synth.build());
        assert_eq!((sound.spans.len(), sound.losses.structure), (2, 0));
        for entry in [0, 9, 10, 19] {
            let mut bytes = synth.build();
            bytes[synth.layout().entries[entry] as usize + 45] ^= 4;
            let found = spans(bytes);
            assert_eq!((found.spans, found.losses.structure), (sound.spans.clone(), 1), "entry {entry}");
        }
    }

    #[test]
    fn a_list_of_a_boot_that_breaks_off_is_damage_and_names_no_last_entry() {
        let synth = two_boots();
        let sound = spans(synth.build());
        for boot in ["07", "08"] {
            let layout = synth.layout();
            let list = layout.find_data(format!("_BOOT_ID={}", boot.repeat(16)).as_bytes()).unwrap();
            for array in &list.arrays {
                let mut bytes = synth.build();
                bytes[array.offset as usize..][..16].fill(0);
                let found = spans(bytes);
                assert_eq!((&found.spans, found.losses.structure), (&sound.spans, 1), "array of {boot}");
                assert!(found.listed_last.iter().all(|last| sound.listed_last.contains(last)));
                assert_eq!(found.listed_last.len(), 1);
            }
            // Its last slots are lost.
            let mut bytes = synth.build();
            let next = layout.objects.iter().find(|at| **at > list.arrays.last().unwrap().offset);
            let end = next.copied().unwrap_or(layout.tail_end) as usize;
            bytes[list.arrays.last().unwrap().offset as usize + 24..end].fill(0);
            assert_eq!(spans(bytes).losses.structure, 1, "slots of {boot}");
        }
    }
}
