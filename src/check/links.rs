//! Whether the hash tables and the lists of fields lead to every value and name, told without following a chain.
//!
//! Each DATA and FIELD is named exactly once: by its bucket or the one before it in its chain; and each DATA once more, by
//! its FIELD or the one before it there. So the places that are named and those where something lies are the same, which
//! their number and sum tell in the order of the file.

use crate::bytes::Image;
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::file::JournalFile;
use crate::format::{ObjectType, RawObject, Table};

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
    /// The last of them, which a writer may have been about to link.
    last: u64,
}

impl Both {
    const fn lies(&mut self, at: Offset) {
        self.there.add(at.0);
        self.last = at.0;
    }

    fn agree(&self) -> bool {
        self.named == self.there || self.named == self.there.without(self.last)
    }
}

/// What the objects of a file say of each other's places.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Links {
    data: Both,
    fields: Both,
    values: Both,
}

impl Links {
    /// Takes note of the object at `at`.
    pub(super) fn see(&mut self, image: Image<'_>, at: Offset, kind: u8) {
        let link = |into: u64| {
            let place = at.checked_add(into).unwrap_or_default();
            image.from(place).first_chunk().map_or(0, |raw| u64::from_le_bytes(*raw))
        };
        match ObjectType::from(kind) {
            ObjectType::Data => {
                self.data.lies(at);
                self.values.lies(at);
                self.data.named.add(link(NEXT));
                self.values.named.add(link(NEXT_OF_FIELD));
            }
            ObjectType::Field => {
                self.fields.lies(at);
                self.fields.named.add(link(NEXT));
                self.values.named.add(link(NEXT_OF_FIELD));
            }
            ObjectType::DataHashTable => heads(image, at, &mut self.data),
            ObjectType::FieldHashTable => heads(image, at, &mut self.fields),
            _ => {}
        }
    }

    /// What does not lead to everything that lies in the file, so that a look-up by it misses something.
    pub(super) fn fault(&self, file: &JournalFile) -> Option<Corrupt> {
        let header = file.header();
        let fault = |at, what, of| Some(Corrupt::new(at, what, Fault::Contradicts { what: of }));
        match (self.data.agree(), self.fields.agree(), self.values.agree()) {
            (true, true, true) => None,
            (false, ..) => fault(header.data_hash_table_offset, "data hash table", "the values in the file"),
            (_, false, _) => fault(header.field_hash_table_offset, "field hash table", "the names in the file"),
            (.., false) => fault(header.field_hash_table_offset, "lists of fields", "the values in the file"),
        }
    }
}

fn heads(image: Image<'_>, at: Offset, both: &mut Both) {
    let table = RawObject::read(image, at, "hash table").and_then(Table::decode);
    table.into_iter().flat_map(|table| table.heads()).for_each(|head| both.named.add(head.0));
}
