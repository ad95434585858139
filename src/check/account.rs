//! What a file consists of, byte by byte and entry by entry.

use serde::Serialize;

use super::claims::{Claims, width};
use super::walk::{SECTOR, leading_zeros};
use crate::bytes::Image;
use crate::corrupt::Offset;
use crate::format::object::ObjectType;
use crate::format::{RawObject, Seqnum};

/// Everything a check can say of a file in numbers.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Account {
    /// Whether every value was read and held against its hash; else object headers are all that was looked at.
    pub hashed: bool,
    /// Where the file's bytes go.
    pub bytes: Bytes,
    /// How many objects of each type lie in the file.
    pub objects: Objects,
    /// How many entries were found, and how.
    pub entries: Entries,
    /// Which seqnums are missing between the entries found.
    pub seqnums: Seqnums,
    /// Which entries the header claims, and how many of them were not found.
    pub claims: Claims,
}

/// Where a file's bytes go; all of them together are the file's length.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Bytes {
    /// The length of the file.
    pub file: u64,
    /// The header.
    pub header: u64,
    /// DATA objects: names and values.
    pub data: u64,
    /// FIELD objects: names.
    pub fields: u64,
    /// ENTRY objects, salvaged ones among them.
    pub entries: u64,
    /// ENTRY_ARRAY objects: the index of the entries.
    pub arrays: u64,
    /// The two hash tables.
    pub tables: u64,
    /// TAG objects: seals.
    pub tags: u64,
    /// Between an object's end and the next multiple of 8.
    pub padding: u64,
    /// Objects whose header is in order and whose content is not.
    pub damaged: u64,
    /// Written bytes in which no object was found.
    pub unaccounted: u64,
    /// Zeros where objects should be: pages that never reached the disk, or were wiped.
    pub blank: u64,
    /// Zeros behind the last object: allocated and never written, as in every open file.
    pub unwritten: u64,
}

/// How many objects of each type lie in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are the format's own")]
pub struct Objects {
    pub data: u64,
    pub fields: u64,
    pub entries: u64,
    pub arrays: u64,
    pub tables: u64,
    pub tags: u64,
    /// Of any type, with content that is damaged or overwritten; counted nowhere else.
    pub damaged: u64,
}

/// How many entries a file has, by how they are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Entries {
    /// Reached by the main array and readable.
    pub by_index: u64,
    /// Reached by nothing, found by the walk, this file's own.
    pub salvaged: u64,
    /// Of both, those that lost some of their fields.
    pub incomplete: u64,
    /// Places that the main array names and where no entry can be read.
    pub unreadable: u64,
    /// Of those reached by the main array, how many hold other bytes by now: neither boot nor fields are theirs.
    pub overwritten: u64,
    /// Remains of other files or older content in this file's blocks; never shown as entries.
    pub foreign: u64,
    /// Second copies of entries that this file holds elsewhere.
    pub copies: u64,
}

/// The seqnums of a file's entries: what is there and what is not.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Seqnums {
    /// The lowest, 0 without entries.
    pub first: Seqnum,
    /// The highest.
    pub last: Seqnum,
    /// How many stretches are missing between the two.
    pub holes: u64,
    /// How many seqnums are missing between the two: no more entries than that were lost from the middle. They may lie in
    /// another file that shares the counter, as those of users do up to systemd 252.
    pub missing: u64,
    /// The stretches that are there, ascending and apart, as first and last; to be joined with those of other files.
    #[serde(skip)]
    pub runs: Vec<(u64, u64)>,
}

impl Account {
    /// The part of the written bytes that is accounted for, from 0 to 1.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share is read by people")]
    pub fn share(&self) -> f64 {
        let bytes = &self.bytes;
        let written = bytes.file.saturating_sub(bytes.unwritten);
        let lost = bytes.damaged.saturating_add(bytes.unaccounted).saturating_add(bytes.blank);
        if written == 0 { 1.0 } else { 1.0 - lost.min(written) as f64 / written as f64 }
    }

    /// Whether nothing is damaged, lost, or beyond the index.
    #[must_use]
    pub const fn is_sound(&self) -> bool {
        let (bytes, entries) = (&self.bytes, &self.entries);
        self.claims.lost == 0
            && bytes.damaged == 0
            && bytes.unaccounted == 0
            && bytes.blank == 0
            && entries.salvaged == 0
            && entries.incomplete == 0
            && entries.unreadable == 0
            && entries.overwritten == 0
            && entries.foreign == 0
    }

    /// Adds an object with its padding; `room` is how many bytes the file has behind it.
    pub(super) fn object(&mut self, kind: u8, size: u64, room: u64) {
        let (bytes, objects) = (&mut self.bytes, &mut self.objects);
        let (sum, count) = match ObjectType::from(kind) {
            ObjectType::Data => (&mut bytes.data, &mut objects.data),
            ObjectType::Field => (&mut bytes.fields, &mut objects.fields),
            ObjectType::Entry => (&mut bytes.entries, &mut objects.entries),
            ObjectType::EntryArray => (&mut bytes.arrays, &mut objects.arrays),
            ObjectType::Tag => (&mut bytes.tags, &mut objects.tags),
            ObjectType::DataHashTable | ObjectType::FieldHashTable => (&mut bytes.tables, &mut objects.tables),
            ObjectType::Unused | ObjectType::Other(_) => (&mut bytes.damaged, &mut objects.damaged),
        };
        *sum = sum.saturating_add(size);
        *count = count.saturating_add(1);
        let padding = size.wrapping_neg() & 7;
        self.bytes.padding = self.bytes.padding.saturating_add(padding.min(room));
    }

    /// Adds an object whose content is damaged.
    pub(super) fn damaged(&mut self, raw: RawObject<'_>, room: u64) {
        self.object(0, raw.bytes.len() as u64, room);
    }

    /// Adds bytes without objects: zeros apart from others, by words.
    pub(super) fn gap(&mut self, image: Image<'_>, from: Offset, to: Offset) {
        let len = to.0.saturating_sub(from.0);
        let mut rest = image.take(from, len, "gap").unwrap_or_default();
        let mut blank = 0_u64;
        while !rest.is_empty() {
            let zeros = leading_zeros(rest);
            // Zeros within a word, or a few words, are part of what stood here.
            blank = blank.saturating_add(if zeros >= SECTOR { zeros } else { 0 });
            let next = usize::try_from(zeros).unwrap_or(usize::MAX).saturating_add(8);
            rest = rest.get(next..).unwrap_or_default();
        }
        self.bytes.blank = self.bytes.blank.saturating_add(blank);
        self.bytes.unaccounted = self.bytes.unaccounted.saturating_add(len.saturating_sub(blank));
    }

    /// Takes what was counted as a gap or as damaged for an entry after all.
    pub(super) fn becomes_entry(&mut self, size: u64, was_gap: bool) {
        let bytes = &mut self.bytes;
        let from = if was_gap { &mut bytes.unaccounted } else { &mut bytes.damaged };
        let moved = size.min(*from);
        *from = from.saturating_sub(moved);
        bytes.entries = bytes.entries.saturating_add(moved);
        self.objects.entries = self.objects.entries.saturating_add(1);
        self.objects.damaged = self.objects.damaged.saturating_sub(u64::from(!was_gap));
    }
}

impl Seqnums {
    /// How many numbers are there.
    pub(crate) fn count(&self) -> u64 {
        self.runs.iter().map(|run| width(*run)).fold(0, u64::saturating_add)
    }

    /// How many of the numbers from the first to the last of a range are there.
    pub(super) fn within(&self, range: (u64, u64)) -> u64 {
        common(&self.runs, range)
    }

    /// The stretches of these seqnums, in any order.
    pub(super) fn of(mut seqnums: Vec<Seqnum>) -> Self {
        seqnums.sort_unstable();
        let mut found = Self::default();
        for seqnum in seqnums {
            found.push(seqnum);
        }
        found
    }

    /// Adds a seqnum that is not below those before; `false` when it is.
    pub(super) fn push(&mut self, seqnum: Seqnum) -> bool {
        let Some((_, last)) = self.runs.last_mut() else {
            self.runs.push((seqnum.0, seqnum.0));
            self.first = seqnum;
            self.last = seqnum;
            return true;
        };
        let Some(step) = seqnum.0.checked_sub(*last) else { return false };
        if step <= 1 {
            *last = seqnum.0;
        } else {
            self.holes = self.holes.saturating_add(1);
            self.missing = self.missing.saturating_add(step.saturating_sub(1));
            self.runs.push((seqnum.0, seqnum.0));
        }
        self.last = seqnum;
        true
    }
}

/// How many numbers of a range stretches have, which ascend and are apart.
pub(crate) fn common(runs: &[(u64, u64)], (first, last): (u64, u64)) -> u64 {
    let behind = runs.partition_point(|(_, end)| *end < first);
    let within = runs.iter().skip(behind).take_while(|(start, _)| *start <= last);
    let parts = within.map(|(start, end)| width((first.max(*start), last.min(*end))));
    parts.fold(0, u64::saturating_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_in_the_seqnums_are_counted_and_their_width_too() {
        let seqnums = Seqnums::of([7, 3, 4, 4, 12, 5].map(Seqnum).to_vec());
        assert_eq!((seqnums.first, seqnums.last), (Seqnum(3), Seqnum(12)));
        assert_eq!((seqnums.holes, seqnums.missing), (2, 5));
        assert_eq!(seqnums.runs, [(3, 5), (7, 7), (12, 12)]);
        assert_eq!(Seqnums::of(Vec::new()), Seqnums::default());
    }

    #[test]
    fn a_gap_is_blank_where_sectors_are_zero() {
        let mut bytes = vec![1; 64];
        bytes.extend([0; 600]);
        bytes.extend([1, 0, 0, 0, 0, 0, 0, 0]);
        let mut account = Account::default();
        account.gap(Image::new(&bytes), Offset(0), Offset(bytes.len() as u64));
        assert_eq!((account.bytes.blank, account.bytes.unaccounted), (600, 72));
    }
}
