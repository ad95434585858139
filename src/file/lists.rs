//! What the lists of a file's `_BOOT_ID=` DATA say, read a few bytes here and there.

use super::Arrays;
use super::chain::{Chain, Way};
use super::spans::{Span, Spans, push};
use crate::bytes::Reads;
use crate::corrupt::{Corrupt, Fault, Losses, Offset};
use crate::format::hash::FileHash;
use crate::format::{Data, EntryHead, Field, Header, Id128, Inflater, Layout, RawObject, Stored, table};

/// The name of the field whose values are boots.
const NAME: &[u8] = b"_BOOT_ID";

/// A FIELD or DATA of a boot's id, with room to spare.
const OBJECT: usize = 128;

/// Entries behind all lists are read one by one, if they are so few: the last one of a full file, or of a torn one.
const TAIL: usize = 8;

/// Follows the links of one file by short reads.
pub(super) struct Lists<'l, R> {
    pub(super) from: &'l R,
    pub(super) header: &'l Header,
    pub(super) arrays: &'l Arrays,
    pub(super) hash: FileHash,
}

impl<R: Reads> Lists<'_, R> {
    /// All stretches of the file; `None` where its entries must be read to tell them.
    pub(super) fn glance(&self) -> Option<Spans> {
        let (mut found, mut covered) = (Spans::default(), 0);
        for span in self.spans(&mut found.losses) {
            if span.slots.start != covered {
                return None;
            }
            covered = span.slots.end;
            found.listed_last.push(span.last);
            push(&mut found.spans, span);
        }
        let is_none_listed = found.spans.is_empty() && !self.arrays.is_empty();
        if is_none_listed || self.arrays.len().saturating_sub(covered) > TAIL {
            return None;
        }
        let mut before = Offset(0);
        for slot in covered..self.arrays.len() {
            let at = self.slot(slot);
            let (head, torn) = EntryHead::glance(self.from, at, self.layout()).ok()?;
            let is_new = found.spans.last().is_some_and(|span| span.boot != head.boot_id);
            // Another boot's entry, or a flipped bit in its head: its fields tell.
            if torn || head.boot_id.is_null() || at <= before || is_new {
                return None;
            }
            before = at;
            push(&mut found.spans, Span::of_entry(head.boot_id, slot, head));
        }
        found.losses.is_empty().then_some(found)
    }

    /// The stretches that the lists state, as far as they are in one piece, by their slots; none if they overlap.
    pub(super) fn spans(&self, losses: &mut Losses) -> Vec<Span> {
        let mut listed = self.listed(losses).unwrap_or_default();
        listed.sort_by_key(|span| span.slots.start);
        let overlap = listed.iter().zip(listed.iter().skip(1)).any(|(one, two)| one.slots.end > two.slots.start);
        if overlap { Vec::new() } else { listed }
    }

    /// `None` where there are no lists, or the way to them is damaged.
    fn listed(&self, losses: &mut Losses) -> Option<Vec<Span>> {
        let (mut spans, mut bytes, mut end) = (Vec::new(), 0_usize, self.arrays.len());
        let mut inflater = Inflater::default();
        let read = |at| self.value(at, &mut inflater);
        for value in Chain::new(self.values()?, Way::Down, "list of a field's data", read) {
            let value = value.ok()?;
            let Some(boot) = value.boot else { continue };
            if let Some(whole) = self.whole(boot, &value) {
                return Some(vec![whole]);
            }
            let rest = Arrays::walk(self.from, self.layout(), value.entry_array, value.n_entries.saturating_sub(1));
            bytes = bytes.saturating_add(rest.bytes());
            if bytes as u64 > self.from.size() {
                let fault = Fault::Value { found: bytes as u64, must: "no more bytes of arrays than the file has" };
                losses.structure(Corrupt::new(value.at, "lists of boots", fault));
                return None;
            }
            // Reading the entries tells what a list in pieces does not.
            if let Some(damage) = broken(&rest, &value) {
                losses.structure(damage);
                continue;
            }
            if let Some(span) = self.span(boot, value.entry, &rest, end) {
                // The newest comes first, so that the next one ends here.
                end = span.slots.start;
                spans.push(span);
            }
        }
        Some(spans)
    }

    /// The first of the field's values, by the hash table.
    fn values(&self) -> Option<Offset> {
        let (first, size) = (self.header.field_hash_table_offset, self.header.field_hash_table_size);
        let hash = self.hash.of(NAME);
        let head = table::head_of(self.from, first, size, hash, "field hash table").ok()?;
        let mut buffer = [0; OBJECT];
        let read = |at| {
            let (raw, size) = self.object(at, "field", &mut buffer)?;
            let field = Field::decode(raw)?;
            let found = (field.hash == hash && field.name == NAME).then_some(field.head_data);
            Ok((found, field.next_hash, size))
        };
        for found in Chain::new(head, Way::Up, "field hash chain", read) {
            if let Some(head) = found.ok()? {
                return Some(head);
            }
        }
        None
    }

    /// A boot by the DATA of its id, its size, and the next one in the field's list.
    fn value(&self, at: Offset, inflater: &mut Inflater) -> Result<(Value, Offset, usize), Corrupt> {
        let mut buffer = [0; OBJECT];
        let (raw, size) = self.object(at, "data", &mut buffer)?;
        let data = Data::decode(raw, self.layout())?;
        let whole = raw.bytes.len() == size;
        let boot = Some(data.stored).filter(|_| whole).and_then(|stored| boot_in(&stored, inflater));
        let Data { entry, entry_array, n_entries, next_field, .. } = data;
        Ok((Value { at, boot, entry, entry_array, n_entries }, next_field, size))
    }

    /// The one stretch of a file all of whose entries are of this boot, by its own count; its list is the main array then,
    /// and need not be followed.
    fn whole(&self, boot: Id128, value: &Value) -> Option<Span> {
        let slots = 0..self.arrays.len();
        if value.n_entries != slots.len() as u64 || value.entry != self.slot(0) {
            return None;
        }
        let head = |slot| EntryHead::glance(self.from, self.slot(slot), self.layout()).ok().map(|(head, _)| head);
        let (first, last) = (head(0)?, head(slots.end.checked_sub(1)?)?);
        (first.boot_id == boot && last.boot_id == boot).then_some(Span { boot, slots, first, last })
    }

    /// The stretch of a boot whose first entry is at `first`, and whose others are in `rest`; `end` is where it should
    /// end.
    fn span(&self, boot: Id128, first: Offset, rest: &Arrays, end: usize) -> Option<Span> {
        let len = rest.len().saturating_add(usize::from(first.is_some()));
        let last = rest.len().checked_sub(1).map_or(first, |slot| rest.get(self.from, self.layout(), slot));
        let (to, last) = self.slot_of(last, boot, [end.checked_sub(1)?, end.saturating_sub(2)])?;
        let from = to.saturating_add(1).checked_sub(len)?;
        let (from, first) = self.slot_of(first, boot, [from, from])?;
        let slots = from..to.saturating_add(1);
        (slots.len() == len).then_some(Span { boot, slots, first, last })
    }

    /// The slot that holds the entry at `at`, if that is an entry of `boot`; first it is looked for in the slots `likely`.
    fn slot_of(&self, at: Offset, boot: Id128, likely: [usize; 2]) -> Option<(usize, EntryHead)> {
        let found = likely.into_iter().find(|slot| self.slot(*slot) == at);
        let slot = found.unwrap_or_else(|| self.arrays.position(self.from, self.layout(), at));
        let (head, _) = EntryHead::glance(self.from, at, self.layout()).ok()?;
        (self.slot(slot) == at && head.boot_id == boot).then_some((slot, head))
    }

    fn slot(&self, slot: usize) -> Offset {
        self.arrays.get(self.from, self.layout(), slot)
    }

    fn layout(&self) -> Layout {
        self.header.layout()
    }

    /// The object at `at`, as far as the buffer has room for it, and its size.
    fn object<'b>(
        &self,
        at: Offset,
        what: &'static str,
        buffer: &'b mut [u8; OBJECT],
    ) -> Result<(RawObject<'b>, usize), Corrupt> {
        let len = self.from.read(at, buffer);
        let first = buffer.get(..len).unwrap_or_default();
        let (raw, size) = RawObject::start(first, at, self.from.size().saturating_sub(at.0), what)?;
        Ok((raw, usize::try_from(size).unwrap_or(usize::MAX)))
    }
}

/// What is wrong with a list that has fewer entries than its value counts, which it does not do in any order of writing.
fn broken(rest: &Arrays, value: &Value) -> Option<Corrupt> {
    let found = rest.len() as u64;
    let claimed = value.n_entries.saturating_sub(1);
    let short = || Corrupt::new(value.at, "entries of a boot in its list", Fault::Count { claimed, found });
    rest.damage().cloned().or_else(|| (found < claimed).then(short))
}

/// What the DATA of a boot's id says.
struct Value {
    at: Offset,
    boot: Option<Id128>,
    entry: Offset,
    entry_array: Offset,
    n_entries: u64,
}

/// The boot in a payload, if there is one.
fn boot_in(stored: &Stored<'_>, inflater: &mut Inflater) -> Option<Id128> {
    let payload = match stored.codec().ok()? {
        None => stored.bytes,
        Some(codec) => inflater.inflate(codec, stored.bytes, OBJECT as u64).ok()?,
    };
    let id = payload.strip_prefix(NAME)?.strip_prefix(b"=")?;
    std::str::from_utf8(id).ok()?.parse().ok()
}
