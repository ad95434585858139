//! The objects that entries become, as they come.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;

use super::course::Course;
use super::known::Known;
use super::links::Links;
use super::name::field_name;
use super::packed::{Packed, Packer};
use super::spool::Spool;
use super::used::Used;
use super::{DataId, MOST, Options, Stamp, header};
use crate::bytes::Mix;
use crate::error::Error;
use crate::format::hash::FileHash;
use crate::format::{Id128, Layout, data, entry, field};

/// A journal file that is being written; without [`Writer::finish`] there will be none.
#[derive(Debug)]
pub struct Writer {
    pub(super) spool: Spool,
    pub(super) options: Options,
    pub(super) file_id: Id128,
    packer: Packer,
    pub(super) known: Known,
    pub(super) compressed: bool,
    /// The hashes and places of all fields, the latter in steps of 8.
    pub(super) hashes: Vec<u64>,
    pub(super) places: Vec<u32>,
    pub(super) links: Links,
    names: HashMap<Box<[u8]>, usize, Mix>,
    pub(super) fields: Vec<Field>,
    /// The places of all entries in steps of 8.
    pub(super) entries: Vec<u32>,
    pub(super) course: Course,
    /// What is looked for next.
    wanted: Vec<u64>,
}

/// A field's name, and the newest of its values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub(super) hash: u64,
    pub(super) at: u64,
    pub(super) newest: u64,
}

impl Writer {
    /// Begins a file that will be at `path`.
    ///
    /// # Errors
    /// When something is there already, or nothing can be written beside it.
    pub fn create(path: &Path, options: &Options) -> Result<Self, Error> {
        let file_id = options.file_id.unwrap_or_else(made_up);
        Ok(Self {
            spool: Spool::create(path, header::SIZE)?,
            options: *options,
            file_id,
            packer: Packer::new(FileHash::Keyed(file_id), options.compress),
            known: Known::new(options.expected_fields),
            compressed: false,
            hashes: Vec::new(),
            places: Vec::new(),
            links: Links::default(),
            names: HashMap::with_hasher(Mix::new()),
            fields: Vec::new(),
            entries: Vec::new(),
            course: Course::default(),
            wanted: Vec::new(),
        })
    }

    /// Says which machine the entries are of, where that was not known before they were; null for several.
    pub const fn of_machine(&mut self, machine: Id128) {
        self.options.machine_id = machine;
    }

    /// The number of the field `payload`, which is stored now unless it is there; `None` for one whose name no journal
    /// may have.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn data(&mut self, payload: &[u8]) -> Result<Option<DataId>, Error> {
        let Some(name) = field_name(payload) else { return Ok(None) };
        let print = self.packer.print(payload);
        let free = match self.known.find(print, &self.hashes) {
            Ok(number) => return Ok(Some(DataId::of_field(number))),
            Err(free) => free,
        };
        let another = self.packer.another();
        let mut packer = std::mem::replace(&mut self.packer, another);
        let added = self.add(packer.packed(print, name, payload, None), free);
        self.packer = packer;
        added.map(Some)
    }

    /// What other threads can make fields ready with; the fields then go to [`Writer::packed`].
    #[must_use]
    pub fn packer(&self) -> Packer {
        self.packer.another()
    }

    /// The number of a packed field, which is stored now unless it is there.
    ///
    /// # Errors
    /// When it cannot be written.
    #[inline]
    pub fn packed(&mut self, packed: Packed<'_>) -> Result<DataId, Error> {
        match self.known.find(packed.print, &self.hashes) {
            Ok(number) => Ok(DataId::of_field(number)),
            Err(free) => self.add(packed, free),
        }
    }

    /// Looks for packed fields before they are wanted, so that what tells them apart is near then.
    pub fn expect<'p>(&mut self, packed: impl Iterator<Item = Packed<'p>>) {
        self.wanted.clear();
        self.wanted.extend(packed.map(|packed| packed.print.hash));
        // A loop of its own, in which no look waits for another.
        let seen = self.wanted.iter().fold(0, |seen, hash| seen ^ self.known.near(*hash));
        std::hint::black_box(seen);
    }

    /// Stores a field that is not there yet; `free` is where [`Known::find`] would have it.
    fn add(&mut self, packed: Packed<'_>, free: usize) -> Result<DataId, Error> {
        let number = self.hashes.len() as u32;
        let at = self.data_object(packed)?;
        self.hashes.push(packed.print.hash);
        self.places.push((at / 8) as u32);
        self.links.add();
        self.known.add(free, packed.print, &self.hashes);
        Ok(DataId::of_field(number))
    }

    /// Adds an entry that consists of these fields, in this order. One that no file can hold is counted instead.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn entry(&mut self, stamp: &Stamp, data: &[DataId]) -> Result<(), Error> {
        if data.is_empty() || !stamp.is_sound() {
            self.course.refused += 1;
            return Ok(());
        }
        let width = if self.is_compact() { 4 } else { 16 };
        let at = self.spool.begin(entry::TYPE, 0, 64 + width * data.len() as u64)?;
        let numbers = [stamp.seqnum.0, stamp.realtime.0, stamp.monotonic.0].map(u64::to_le_bytes);
        let [boot, boot_end] = stamp.boot_id.halves();
        let [seqnum, realtime, monotonic] = numbers;
        let head = [seqnum, realtime, monotonic, boot, boot_end, stamp.xor_hash.to_le_bytes()];
        self.spool.put(head.as_flattened());
        let number = self.entries.len() as u32;
        self.entries.push((at / 8) as u32);
        if self.is_compact() {
            let items = self.spool.words::<4>(data.len()).iter_mut();
            let mut used = Used { links: &mut self.links, places: &self.places, entry: number };
            items.zip(data).for_each(|(item, data)| *item = (used.by(*data).1 << 3).to_le_bytes());
        } else {
            self.regular_items(data, number);
        }
        self.spool.pad();
        self.course.note(stamp);
        Ok(())
    }

    /// Whether links between objects mostly have 32 bits.
    #[inline]
    pub(super) fn is_compact(&self) -> bool {
        self.options.layout == Layout::Compact
    }

    /// Appends the items of an entry in the regular layout.
    fn regular_items(&mut self, data: &[DataId], entry: u32) {
        let items = self.spool.words::<16>(data.len()).iter_mut();
        let mut used = Used { links: &mut self.links, places: &self.places, entry };
        for (item, data) in items.zip(data) {
            let (field, place) = used.by(*data);
            let hash = self.hashes.get(field as usize).copied().unwrap_or_default();
            *item = (u128::from(hash) << 64 | u128::from(place) << 3).to_le_bytes();
        }
    }

    /// Appends a DATA object, and its FIELD if that is new; its links but that to its field's others are for the end.
    fn data_object(&mut self, packed: Packed<'_>) -> Result<u64, Error> {
        let Packed { print, name, stored, is_zstd } = packed;
        let known = self.names.get(name).copied();
        let before = known.and_then(|index| self.fields.get(index)).map_or(0, |field| field.newest);
        let head = if self.is_compact() { 72 } else { 64 };
        let at = self.spool.begin(data::TYPE, if is_zstd { ZSTD } else { 0 }, head as u64 + stored.len() as u64)?;
        self.compressed |= is_zstd;
        let links = [print.hash, 0, before, 0, 0, 0, 0].map(u64::to_le_bytes);
        let links = links.as_flattened();
        self.spool.put(if self.is_compact() { links } else { links.get(..48).unwrap_or_default() });
        self.spool.put(stored);
        self.spool.pad();
        let index = match known {
            Some(index) => index,
            None => self.field_object(name)?,
        };
        if let Some(field) = self.fields.get_mut(index) {
            field.newest = at;
        }
        Ok(at)
    }

    /// Appends a FIELD object; its index.
    fn field_object(&mut self, name: &[u8]) -> Result<usize, Error> {
        let hash = self.packer.hash.of(name);
        let at = self.spool.begin(field::TYPE, 0, 40 + name.len() as u64)?;
        for number in [hash, 0, 0] {
            self.spool.put_u64(number);
        }
        self.spool.put(name);
        self.spool.pad();
        self.fields.push(Field { hash, at, newest: 0 });
        self.names.insert(name.into(), self.fields.len() - 1);
        Ok(self.fields.len() - 1)
    }
}

/// A place in bytes; places are kept in steps of 8.
#[inline]
pub(super) fn byte(place: u32) -> u64 {
    u64::from(place) * 8
}

/// The flag of a DATA object that is compressed with zstd.
const ZSTD: u8 = 4;

/// An id that nobody has, from the randomness that the standard library has of the system, in the form of a UUID.
fn made_up() -> Id128 {
    let half = |half: u8| RandomState::new().hash_one(half);
    let mut id = [half(0).to_le_bytes(), half(1).to_le_bytes()].concat();
    let mut bytes = [0; 16];
    id.resize(16, 0);
    bytes.copy_from_slice(&id);
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    Id128(bytes)
}

/// Places are kept in steps of 8.
const _: () = assert!(MOST / 8 < u32::MAX as u64);
