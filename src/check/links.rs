//! Whether the hash tables and the lists of fields lead to every value and name, told without following a chain.
//!
//! Each DATA and FIELD is named exactly once: by its bucket or the one before it in its chain; and each DATA once more, by
//! its FIELD or the one before it there. So the places that are named and those where something lies are the same, which
//! their number and sum tell in the order of the file.

use crate::bytes::Image;
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::file::JournalFile;
use crate::format::{ObjectType, RawObject, Table, limits};

/// Where the next of a chain stands in DATA and FIELD, and where what a list of a field's values goes on with.
const NEXT: u64 = 24;
const NEXT_OF_FIELD: u64 = 32;

/// How many places, and their sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Places(u64, u64);

impl Places {
    const fn add(&mut self, at: u64) {
        if at != 0 {
            (self.0, self.1) = (self.0.wrapping_add(1), self.1.wrapping_add(at));
        }
    }

    const fn without(self, at: u64) -> Self {
        Self(self.0.wrapping_sub(1), self.1.wrapping_sub(at))
    }
}

/// Places that are named, and places where something lies.
#[derive(Clone, Copy, Debug, Default)]
struct Both {
    named: Places,
    there: Places,
    /// The last of them, which a writer may have been about to link, and what it goes on with.
    last: (u64, u64),
}

impl Both {
    const fn lies(&mut self, at: Offset, next: u64) {
        self.there.add(at.0);
        self.last = (at.0, next);
    }

    /// Whether all that lies there is named once. The last one may not be yet, or name already what is still named in its
    /// place.
    fn agree(&self) -> bool {
        let before = self.there.without(self.last.0);
        let mut between = before;
        between.add(self.last.1);
        [self.there, before, between].contains(&self.named)
    }
}

/// What the objects of a file say of each other's places, up to the last object that its header knows of: what a writer
/// appended while the file was being copied is in no table that was copied before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Links {
    tail: Offset,
    /// Links that may still be followed.
    hops: u64,
    data: Both,
    fields: Both,
    values: Both,
}

impl Links {
    pub(super) fn of(file: &JournalFile) -> Self {
        let (data, fields, values) = Default::default();
        let hops = file.image().len() / limits::FIELD_LEAST;
        Self { tail: file.header().tail_object_offset, hops, data, fields, values }
    }

    /// Takes note of the object at `at`.
    pub(super) fn see(&mut self, image: Image<'_>, at: Offset, kind: u8) {
        if at > self.tail {
            return;
        }
        match ObjectType::from(kind) {
            ObjectType::Data => {
                let (next, of_field) = (self.known(link(image, at, NEXT)), self.of_field(image, at));
                self.data.lies(at, next);
                self.values.lies(at, of_field);
                self.data.named.add(next);
                self.values.named.add(of_field);
            }
            ObjectType::Field => {
                let (next, of_field) = (self.known(link(image, at, NEXT)), self.of_field(image, at));
                self.fields.lies(at, next);
                self.fields.named.add(next);
                self.values.named.add(of_field);
            }
            ObjectType::DataHashTable => heads(image, at, self.tail, &mut self.data),
            ObjectType::FieldHashTable => heads(image, at, self.tail, &mut self.fields),
            _ => {}
        }
    }

    /// The value that the list of a field goes on with behind `at`, past those that the header does not know of: the newest
    /// stands first.
    fn of_field(&mut self, image: Image<'_>, at: Offset) -> u64 {
        let mut place = link(image, at, NEXT_OF_FIELD);
        while place > self.tail.0 {
            let onward = link(image, Offset(place), NEXT_OF_FIELD);
            self.hops = self.hops.saturating_sub(1);
            place = if onward < place && self.hops > 0 { onward } else { 0 };
        }
        place
    }

    /// A place that the header knows of, or none.
    const fn known(&self, place: u64) -> u64 {
        if place <= self.tail.0 { place } else { 0 }
    }

    /// What does not lead to everything that lies in the file, so that a look-up by it misses something.
    pub(super) fn fault(&self, file: &JournalFile) -> Option<Corrupt> {
        let header = file.header();
        let fault = |at, what, of| Some(Corrupt::new(at, what, Fault::Contradicts { what: of }));
        // Systemd before 195 wrote no FIELDs.
        let has_lists = self.fields.there != Places::default();
        match (self.data.agree(), self.fields.agree(), self.values.agree() || !has_lists) {
            (true, true, true) => None,
            (false, ..) => fault(header.data_hash_table_offset, "data hash table", "the values in the file"),
            (_, false, _) => fault(header.field_hash_table_offset, "field hash table", "the names in the file"),
            (.., false) => fault(header.field_hash_table_offset, "lists of fields", "the values in the file"),
        }
    }
}

/// What a link of the object at `at` says.
fn link(image: Image<'_>, at: Offset, into: u64) -> u64 {
    let place = at.checked_add(into).unwrap_or_default();
    image.from(place).first_chunk().map_or(0, |raw| u64::from_le_bytes(*raw))
}

fn heads(image: Image<'_>, at: Offset, tail: Offset, both: &mut Both) {
    let table = RawObject::read(image, at, "hash table").and_then(Table::decode);
    let heads = table.into_iter().flat_map(|table| table.heads()).filter(|head| *head <= tail);
    heads.for_each(|head| both.named.add(head.0));
}
