//! Whether what lies at a place is an object, by everything that can be known of it.

use std::cell::Cell;
use std::collections::HashMap;

use super::memory::Memory;
use crate::bytes::Image;
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::file::{JournalFile, is_ended};
use crate::format::hash::{FileHash, jenkins64};
use crate::format::{
    Data, EntryArray, EntryHead, Field, Id128, Inflater, Items, Layout, ObjectType, RawObject, TIME_LIMIT, Table, Tag,
    field, is_sum, limits, object,
};

/// What lies at a place.
pub(super) enum Standing<'data> {
    /// An object whose content proves it.
    Sound(RawObject<'data>),
    /// An object by its header, with content that contradicts it or proves nothing.
    Doubtful(RawObject<'data>, Corrupt),
    /// No object.
    Nothing,
}

/// A payload begins no earlier in its object.
const BEFORE_PAYLOAD: usize = 64;

/// Looks at objects and remembers what they prove.
pub(super) struct Judge<'data> {
    image: Image<'data>,
    layout: Layout,
    /// `None` where the key of the hash is lost.
    hash: Option<FileHash>,
    payload_limit: u64,
    inflater: Inflater,
    /// Bytes that may still be looked at in vain: what is found pays for itself.
    vain: u64,
    memory: Memory,
    /// Bytes of payloads that may still be read again, since nothing is remembered of them.
    again: Cell<u64>,
    /// The boots that `_BOOT_ID=` payloads name, each with the first place of one.
    pub(super) boots: HashMap<Id128, Offset>,
}

impl<'data> Judge<'data> {
    pub(super) fn of(file: &'data JournalFile, memory: Memory) -> Self {
        let len = file.image().len();
        let hash = match file.hash() {
            FileHash::Keyed(key) if key.is_null() => None,
            known => Some(known),
        };
        let payload_limit = file.options().payload_limit;
        let inflate = len.saturating_mul(limits::INFLATE_RATIO).max(payload_limit);
        Self {
            image: file.image(),
            layout: file.layout(),
            hash,
            payload_limit,
            inflater: Inflater::bounded(inflate),
            vain: len.saturating_mul(limits::VAIN_RATIO),
            memory,
            again: Cell::new(len.saturating_mul(limits::AGAIN_RATIO)),
            boots: HashMap::new(),
        }
    }

    /// Whether a sound payload proves that it belongs to this very file.
    pub(super) const fn is_decisive(&self) -> bool {
        matches!(self.hash, Some(FileHash::Keyed(_)))
    }

    /// Whether payloads can be held against a hash of their own.
    pub(super) const fn has_hash(&self) -> bool {
        self.hash.is_some()
    }

    /// What lies at `at`; `follows` when a sound object ends there, so that one must lie there in a sound file.
    pub(super) fn at(&mut self, at: Offset, follows: bool) -> Standing<'data> {
        let Some(head) = self.image.from(at).first_chunk::<16>() else { return Standing::Nothing };
        let [kind, flags, reserved @ .., _, _, _, _, _, _, _, _] = *head;
        // A header in the middle of nowhere has to be perfect.
        let compressed = kind == 1 && matches!(flags, 0 | 1 | 2 | 4);
        let is_likely = (1..=7).contains(&kind) && reserved == [0; 6] && (flags == 0 || compressed);
        if kind == 0 || !(follows || is_likely) {
            return Standing::Nothing;
        }
        let Ok(raw) = RawObject::read(self.image, at, "object") else { return Standing::Nothing };
        let size = raw.bytes.len() as u64;
        if size > self.vain {
            let fault = Fault::TooLarge { size, limit: self.vain };
            return Standing::Doubtful(raw, Corrupt::new(at, "object", fault));
        }
        match self.content(raw, follows) {
            Ok(()) => Standing::Sound(raw),
            Err(damage) => {
                self.vain = self.vain.saturating_sub(size);
                Standing::Doubtful(raw, damage)
            }
        }
    }

    fn content(&mut self, raw: RawObject<'data>, follows: bool) -> Result<(), Corrupt> {
        match ObjectType::from(raw.kind) {
            ObjectType::Data => self.data(raw, follows),
            ObjectType::Field => self.field(raw),
            ObjectType::Entry => self.entry(raw),
            ObjectType::EntryArray => self.array(raw),
            ObjectType::DataHashTable | ObjectType::FieldHashTable => self.table(raw),
            ObjectType::Tag if follows => tag(raw),
            _ => Err(Corrupt::new(raw.at, "object", Fault::Type { wanted: "known type", found: raw.kind })),
        }
    }

    fn data(&mut self, raw: RawObject<'data>, follows: bool) -> Result<(), Corrupt> {
        let data = Data::decode(raw, self.layout)?;
        let plain = match data.stored.codec()? {
            None => data.stored.bytes,
            Some(codec) => match self.inflater.inflate(codec, data.stored.bytes, self.payload_limit) {
                Ok(plain) => plain,
                // Not damage: nobody here can read it. In its place it is taken for what it says, and proves nothing.
                Err(Fault::NotEnabled { .. } | Fault::TooLarge { .. }) if follows => return Ok(()),
                Err(fault) => return Err(Corrupt::new(raw.at, "data payload", fault)),
            },
        };
        proves(self.hash, raw.at, plain, data.hash)?;
        let end = raw.at.0.saturating_add(raw.bytes.len() as u64);
        // Without its hash, a payload that is too long by its size would have all that it runs over.
        if self.hash.is_none()
            && (!is_ended(self.image, end) && !begins(self.image, end) || holds_object(self.image, raw))
        {
            return Err(Corrupt::new(raw.at, "data payload", Fault::Adrift { end: Offset(end) }));
        }
        if self.memory.wants(data.n_entries, data.stored.flags & 7 != 0) {
            self.memory.push(raw.at, jenkins(self.hash, data.hash, plain));
        }
        // They are asked for by the same that needs all payloads.
        if !self.memory.forgets() {
            let boot = plain.strip_prefix(b"_BOOT_ID=").and_then(|id| std::str::from_utf8(id).ok()?.parse().ok());
            boot.into_iter().for_each(|boot| _ = self.boots.entry(boot).or_insert(raw.at));
        }
        Ok(())
    }

    /// The hash of a payload that was not remembered, if it is sound and the work is not too much; not of a compressed
    /// one, where it always is.
    fn again(&self, at: Offset) -> Option<u64> {
        let data = Data::decode(RawObject::read(self.image, at, "data").ok()?, self.layout).ok()?;
        let plain = data.stored.codec().ok()?.is_none().then_some(data.stored.bytes)?;
        self.again.set(self.again.get().checked_sub(plain.len() as u64)?);
        proves(self.hash, at, plain, data.hash).ok()?;
        Some(jenkins(self.hash, data.hash, plain))
    }

    fn field(&self, raw: RawObject<'_>) -> Result<(), Corrupt> {
        let field = Field::decode(raw)?;
        if self.hash.is_none() && !field::is_name(field.name) {
            return Err(Corrupt::new(raw.at, "field name", Fault::Name));
        }
        check_hash(self.hash, raw.at, "field name", field.name, field.hash)
    }

    fn entry(&self, raw: RawObject<'data>) -> Result<(), Corrupt> {
        let (head, items) = EntryHead::read(self.image, raw.at, self.layout)?;
        // What is remembered lies before the entry; what is read again must, too.
        let precedes = !self.memory.forgets() || items.iter().all(|item| item < raw.at);
        if precedes && self.is_whole(&head, &items) {
            return Ok(());
        }
        let computed = if precedes { self.xor(&items).unwrap_or_default() } else { 0 };
        Err(Corrupt::new(raw.at, "entry", Fault::Hash { stored: head.xor_hash, computed }))
    }

    /// Slots ascend and are followed by empty ones; the first names an entry.
    fn array(&self, raw: RawObject<'data>) -> Result<(), Corrupt> {
        let array = EntryArray::decode(raw, self.layout)?;
        let end = raw.at.0.saturating_add(raw.bytes.len() as u64);
        if array.next.is_some() && (array.next.0 < end || !array.next.is_aligned()) {
            return Err(Corrupt::new(raw.at, "entry array", Fault::Loop { next: array.next }));
        }
        let mut before = Offset(0);
        let mut is_over = false;
        for slot in (0..array.slots.len()).map(|index| array.slots.at(index)) {
            is_over |= !slot.is_some();
            // Not below, since systemd 247 lists an entry twice that has a value twice.
            let is_next = slot >= before && slot.is_aligned() && slot.0 < self.image.len();
            if is_over == slot.is_some() || !(is_over || is_next) {
                return Err(Corrupt::new(raw.at, "entry array", Fault::Place { found: slot.0 }));
            }
            before = slot;
        }
        match self.image.from(array.slots.at(0)).first() {
            Some(3) => Ok(()),
            found => {
                let fault = Fault::Type { wanted: "entry", found: found.copied().unwrap_or_default() };
                Err(Corrupt::new(array.slots.at(0), "entry array", fault))
            }
        }
    }

    fn table(&self, raw: RawObject<'_>) -> Result<(), Corrupt> {
        let table = Table::decode(raw)?;
        match table.heads().find(|head| !head.is_aligned() || head.0 >= self.image.len()) {
            Some(head) => Err(Corrupt::new(raw.at, "hash table", Fault::Place { found: head.0 })),
            None => Ok(()),
        }
    }

    /// The hash of the payload behind one item, if a sound DATA lies there and has the hash that the item states.
    pub(super) fn item(&self, at: Offset, stated: Option<u64>) -> Option<u64> {
        let again = || self.memory.forgets().then(|| self.again(at)).flatten();
        let hash = self.memory.get(at).or_else(again)?;
        let stored = || self.image.take(at, 24, "data").ok()?.last_chunk().map(|raw| u64::from_le_bytes(*raw));
        (stated.is_none() || stated == stored()).then_some(hash)
    }

    fn xor(&self, items: &Items<'_>) -> Option<u64> {
        items.pairs().try_fold(0, |xor, (at, stated)| Some(xor ^ self.item(at, stated)?))
    }

    /// Whether every payload of an entry is there and all together have the hash that the entry states.
    ///
    /// A field that was submitted twice is stored once, while its hash went in twice.
    pub(super) fn is_whole(&self, head: &EntryHead, items: &Items<'_>) -> bool {
        let Some(xor) = self.xor(items) else { return false };
        let surplus = xor ^ head.xor_hash;
        let hashes = || items.pairs().map(|(at, stated)| self.item(at, stated).unwrap_or_default());
        surplus == 0 || is_sum(surplus, hashes())
    }
}

impl std::fmt::Debug for Judge<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Judge").field("layout", &self.layout).field("hash", &self.hash).finish_non_exhaustive()
    }
}

fn is_name(payload: &[u8], end: usize) -> bool {
    payload.get(..end).is_some_and(field::is_name)
}

/// Whether what lies behind an object that ends at `end` has the zeros of a head, which may be damaged itself.
fn begins(image: Image<'_>, end: u64) -> bool {
    let next = end.checked_next_multiple_of(8).unwrap_or(end);
    let head = image.from(Offset(next)).first_chunk::<8>();
    head.is_some_and(|[_, _, reserved @ ..]| reserved.iter().filter(|byte| **byte == 0).count() >= 5)
}

/// Whether another object begins within one, as where its size is wrong and it runs over what follows.
fn holds_object(image: Image<'_>, raw: RawObject<'_>) -> bool {
    let end = raw.at.0.saturating_add(raw.bytes.len() as u64);
    let has_zeros = memchr::memchr(0, raw.bytes.get(BEFORE_PAYLOAD..).unwrap_or_default()).is_some();
    let is_one = |at: u64| {
        let Some([1..=7, 0..=4, 0, 0, 0, 0, 0, 0, size @ ..]) = image.from(Offset(at)).first_chunk::<16>() else {
            return false;
        };
        let next = at.checked_add(u64::from_le_bytes(*size)).filter(|next| *next <= image.len());
        u64::from_le_bytes(*size) >= object::HEADER && next.is_some_and(|next| is_ended(image, next))
    };
    has_zeros && (raw.at.0..end).step_by(8).skip(BEFORE_PAYLOAD / 8).any(is_one)
}

/// Whether a payload is what was written: it has its hash, or where that cannot be made, at least a name.
fn proves(hash: Option<FileHash>, at: Offset, plain: &[u8], stored: u64) -> Result<(), Corrupt> {
    check_hash(hash, at, "data payload", plain, stored)?;
    if hash.is_none() && memchr::memchr(b'=', plain).is_none_or(|end| !is_name(plain, end)) {
        return Err(Corrupt::new(at, "data payload", Fault::Name));
    }
    Ok(())
}

/// The Jenkins hash of a payload that has the hash `stored`.
fn jenkins(hash: Option<FileHash>, stored: u64, plain: &[u8]) -> u64 {
    if matches!(hash, Some(FileHash::Jenkins)) { stored } else { jenkins64(plain) }
}

fn check_hash(
    hash: Option<FileHash>,
    at: Offset,
    what: &'static str,
    bytes: &[u8],
    stored: u64,
) -> Result<(), Corrupt> {
    match hash.map(|hash| hash.of(bytes)) {
        Some(computed) if computed != stored => Err(Corrupt::new(at, what, Fault::Hash { stored, computed })),
        _ => Ok(()),
    }
}

fn tag(raw: RawObject<'_>) -> Result<(), Corrupt> {
    let found = raw.bytes.len() as u64;
    if found != object::TAG_SIZE {
        return Err(Corrupt::new(raw.at, "tag", Fault::Value { found, must: "64 bytes" }));
    }
    let tag = Tag::decode(raw)?;
    if tag.seqnum == 0 || tag.epoch >= TIME_LIMIT {
        return Err(Corrupt::new(raw.at, "tag", Fault::Malformed));
    }
    Ok(())
}
