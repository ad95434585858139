//! What every object must be by itself, whatever leads to it.

use super::chained::Buckets;
use super::finding::Touches;
use super::names::{Names, text};
use super::places::{Kind, Stretch};
use super::rule::Rule;
use super::scan::{RawTable, Room, Scanned, Seal};
use crate::bytes::Mix;
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::file::JournalFile;
use crate::format::hash::FileHash;
use crate::format::{
    Data, EntryArray, EntryHead, Field, Inflater, Items, ObjectType, RawObject, TIME_LIMIT, Table, Tag, field, limits,
    object,
};
use std::hash::BuildHasher;

/// Looks at one object after the other.
pub(super) struct Checker<'a, 'r> {
    pub(super) found: Scanned,
    pub(super) file: &'a JournalFile,
    pub(super) hash: FileHash,
    pub(super) mix: Mix,
    pub(super) stretch: Stretch<'r>,
    pub(super) room: &'r Room,
    pub(super) buckets: &'r mut Buckets,
    pub(super) inflater: Inflater,
}

impl<'a, 'r> Checker<'a, 'r> {
    pub(super) fn new(
        file: &'a JournalFile,
        mix: Mix,
        stretch: Stretch<'r>,
        (room, buckets): (&'r Room, &'r mut Buckets),
    ) -> Self {
        let len = file.image().len();
        let inflate = len.saturating_mul(limits::INFLATE_RATIO).max(file.options().payload_limit);
        let inflater = Inflater::bounded(inflate);
        let found = Scanned { names: Names::of(room.names), ..Scanned::default() };
        Self { found, file, hash: file.hash(), mix, stretch, room, buckets, inflater }
    }

    /// What was found, and which places belong to another stretch.
    pub(super) fn end(self) -> (Scanned, Vec<(Offset, u8)>) {
        (self.found, self.stretch.spilt)
    }

    pub(super) fn add(&mut self, rule: Rule, damage: Corrupt, touches: Touches) {
        self.found.findings.add(rule, damage, touches);
    }

    /// Adds a finding after which it is not certain where the next object begins.
    pub(super) fn broken(&mut self, damage: Corrupt) {
        self.found.broken = true;
        self.add(Rule::Object, damage, Touches::File);
    }

    /// Looks at the next object.
    #[inline]
    pub(super) fn object(&mut self, raw: RawObject<'a>) {
        self.found.meet(raw, self.file.header().tail_object_offset);
        self.frame(raw);
        match ObjectType::from(raw.kind) {
            ObjectType::Data => self.data(raw),
            ObjectType::Field => self.field(raw),
            ObjectType::Entry => self.entry(raw),
            ObjectType::EntryArray => self.array(raw),
            ObjectType::DataHashTable | ObjectType::FieldHashTable => self.table(raw),
            ObjectType::Tag => self.tag(raw),
            ObjectType::Unused | ObjectType::Other(_) => {
                self.broken(Corrupt::new(raw.at, "object", Fault::Type { wanted: "a known type", found: raw.kind }));
            }
        }
    }

    /// Reserved bytes, flags of others than DATA, and padding.
    #[inline]
    fn frame(&mut self, raw: RawObject<'_>) {
        let reserved = raw.bytes.first_chunk().map_or(0, |head| u64::from_le_bytes(*head)) >> 16;
        let unknown = if raw.kind == 1 { raw.flags & !7 } else { raw.flags & !7 & 0xf8 };
        if reserved != 0 || unknown != 0 {
            let found = if reserved == 0 { u64::from(unknown) } else { reserved };
            let damage = Corrupt::new(raw.at, "object", Fault::Value { found, must: "0 in reserved bytes and flags" });
            self.add(Rule::ObjectReserved, damage, Touches::File);
        }
        if raw.kind != 1 && raw.flags & 7 != 0 {
            let fault = Fault::Value { found: u64::from(raw.flags), must: "0 where nothing is compressed" };
            self.add(Rule::ObjectFlags, Corrupt::new(raw.at, "object", fault), Touches::File);
        }
        let size = raw.bytes.len() as u64;
        let padding = size.wrapping_neg() & 7;
        if padding != 0 {
            let end = Offset(raw.at.0.saturating_add(size));
            let bytes = self.file.image().from(end);
            // Bytes that are not looked at are shifted out.
            let others = u32::try_from(size & 7).unwrap_or_default().saturating_mul(8);
            if bytes.first_chunk().is_none_or(|word| u64::from_le_bytes(*word).wrapping_shl(others) != 0) {
                let bytes = bytes.iter().take(usize::try_from(padding).unwrap_or_default());
                let word = bytes.fold(0, |all, byte| all | byte);
                if word == 0 {
                    return;
                }
                let damage = Corrupt::new(end, "padding", Fault::Value { found: u64::from(word), must: "0" });
                self.add(Rule::Padding, damage, Touches::File);
            }
        }
    }

    fn field(&mut self, raw: RawObject<'a>) {
        let field = match Field::decode(raw) {
            Ok(field) => field,
            Err(damage) => return self.broken(damage),
        };
        let computed = self.hash.of(field.name);
        let touches = || Touches::Field { name: text(field.name) };
        if computed != field.hash {
            let fault = Fault::Hash { stored: field.hash, computed };
            self.found.broken = true;
            self.add(Rule::FieldHash, Corrupt::new(raw.at, "field", fault), touches());
        }
        if let Some(wild) = [field.next_hash, field.head_data].into_iter().find(|link| !link.is_aligned()) {
            self.add(Rule::FieldLinks, Corrupt::new(raw.at, "field", Fault::Place { found: wild.0 }), touches());
        }
        self.found.names.field(&field);
    }

    #[inline]
    fn entry(&mut self, raw: RawObject<'a>) {
        if let Err(damage) = Items::of(raw, self.file.layout()) {
            return self.broken(damage);
        }
        self.stretch.insert(raw.at, Kind::Entry, false);
        match EntryHead::decode(raw) {
            Ok(head) if head.boot_id.is_null() => {
                let fault = Fault::Value { found: 0, must: "the id of a boot" };
                let touches = Touches::Entry { seqnum: head.seqnum, realtime: head.realtime };
                self.add(Rule::EntryHead, Corrupt::new(raw.at, "entry", fault), touches);
            }
            Ok(head) => self.found.order.push(raw.at, head, &mut self.found.findings),
            Err(damage) => self.add(Rule::EntryHead, damage, Touches::File),
        }
    }

    #[inline]
    fn array(&mut self, raw: RawObject<'a>) {
        let array = match EntryArray::decode(raw, self.file.layout()) {
            Ok(array) => array,
            Err(damage) => return self.broken(damage),
        };
        let end = raw.at.0.saturating_add(raw.bytes.len() as u64);
        if array.next.is_some() && (!array.next.is_aligned() || array.next.0 < end) {
            let damage = Corrupt::new(raw.at, "entry array", Fault::Loop { next: array.next });
            self.add(Rule::ArrayLinks, damage, Touches::File);
        }
        self.found.slots = self.found.slots.saturating_add(array.slots.len() as u64);
        self.found.arrays = self.found.arrays.wrapping_add(self.mix.hash_one(raw.at.0));
    }

    fn table(&mut self, raw: RawObject<'a>) {
        if let Err(damage) = Table::decode(raw) {
            return self.broken(damage);
        }
        let table = RawTable { kind: raw.kind, at: raw.at, size: raw.bytes.len() as u64 };
        if self.found.tables.len() < TABLES_KEPT {
            self.found.tables.push(table);
        }
    }

    fn tag(&mut self, raw: RawObject<'a>) {
        let found = raw.bytes.len() as u64;
        match Tag::decode(raw) {
            Ok(_) if found != object::TAG_SIZE => {
                self.broken(Corrupt::new(raw.at, "tag", Fault::Value { found, must: "64 bytes" }));
            }
            Ok(tag) => {
                if tag.epoch >= TIME_LIMIT {
                    let fault = Fault::Value { found: tag.epoch, must: "below 2^55" };
                    self.add(Rule::TagEpoch, Corrupt::new(raw.at, "tag epoch", fault), Touches::File);
                }
                self.found.tag(Seal { at: raw.at, seqnum: tag.seqnum, epoch: tag.epoch }, self.room);
            }
            Err(damage) => self.broken(damage),
        }
    }
}

/// How many hash tables are remembered; a file has two.
const TABLES_KEPT: usize = 8;

/// What a DATA is to a reader.
pub(super) fn value(data: &Data<'_>, name: &[u8]) -> Touches {
    let name = match (name, data.stored.codec()) {
        ([], Ok(None)) => {
            let end = memchr::memchr(b'=', data.stored.bytes).unwrap_or_default();
            data.stored.bytes.get(..end).filter(|name| field::is_name(name)).unwrap_or_default()
        }
        (name, _) => name,
    };
    Touches::Value { name: text(name), entries: data.n_entries }
}
