//! Reads entries for a writer, on any thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::batch::{self, NEW, ONCE};
use super::claims::{self, BOOT, Boots};
use crate::bytes::Lately;
use crate::corrupt::{Corrupt, Fault, Losses, Offset};
use crate::file::Entry;
use crate::format::{Codec, Id128, Inflater, Stored};
use crate::output::LOST;
use crate::output::cache::Cache;
use crate::output::meta::BOOT_ID;
use crate::write::{Packer, Stamp, field_name, xor_hash};

/// Makes the readers of one copy.
#[derive(Debug)]
pub struct Readers {
    pub(super) packer: Packer,
    /// Only these fields, if any are named.
    pub(super) fields: Arc<[String]>,
    pub(super) made: AtomicU32,
}

impl Readers {
    /// A reader for one thread.
    #[must_use]
    pub fn reader(&self) -> Reader {
        Reader {
            number: self.made.fetch_add(1, Ordering::Relaxed),
            packer: self.packer.another(),
            cache: Cache::new(),
            front: Lately::default(),
            inflater: Inflater::default(),
            fields: self.fields.clone(),
            sent: 0,
            boots: Boots::default(),
            nothing: Vec::new(),
            numbers: Vec::new(),
        }
    }
}

/// Reads entries of open journals into batches, which a [`Copier`](super::Copier) takes in the order in which they were
/// begun.
#[derive(Debug)]
pub struct Reader {
    number: u32,
    packer: Packer,
    /// What was sent of fields that several entries have.
    cache: Cache<Note>,
    /// Those of the cache that were looked for last.
    front: Lately<Note, 4096>,
    inflater: Inflater,
    fields: Arc<[String]>,
    sent: u32,
    /// What is known of boots that fields name.
    boots: Boots,
    nothing: Vec<u8>,
    /// The numbers of an entry's fields.
    numbers: Vec<u32>,
}

/// What a reader knows of a field.
#[derive(Clone, Copy, Debug, Default)]
struct Note {
    /// The number that it was sent with, with [`BOOT`] where it names a boot; or [`LEFT_OUT`].
    number: u32,
    /// Its part of the hash of an entry.
    hash: u64,
}

/// The number of a field that is not wanted, or that no journal may have.
const LEFT_OUT: u32 = NEW - 1;

/// What was taken of an entry.
#[derive(Default)]
struct Taken {
    /// The hash of these fields.
    hash: u64,
    lost: u64,
    is_part: bool,
}

impl Reader {
    /// Begins a batch.
    pub fn begin(&self, out: &mut Vec<u8>) {
        batch::put(self.number, out);
    }

    /// Appends an entry; what cannot be read of it is counted in `losses`.
    pub fn entry(&mut self, entry: &Entry<'_>, out: &mut Vec<u8>, losses: &mut Losses) {
        if self.cache.turn_to(entry.file()) {
            self.front.clear();
        }
        let (start, stamp, count) = (out.len(), stamp(entry), entry.stored_items().len());
        self.boots.begin(stamp.boot_id);
        let place = batch::put_stamp(&stamp, entry.file().header().machine_id, count, out);
        let mut numbers = std::mem::take(&mut self.numbers);
        numbers.resize(count, LEFT_OUT);
        let (mut taken, mut hash, mut places) = (Taken::default(), 0, numbers.iter_mut());
        entry.each_item(|at| {
            let known = self.cache.key(at).and_then(|key| self.front.find(key)).copied();
            let number = match known {
                Some(note) if note.number < BOOT => {
                    hash ^= note.hash;
                    note.number
                }
                known => self.odd(entry, (at, known), (out, &mut taken), losses),
            };
            places.next().into_iter().for_each(|place| *place = number);
        });
        taken.hash ^= hash;
        if taken.lost > 0 || taken.is_part {
            self.note_loss(&taken, start, &mut numbers, out);
        } else if taken.hash != stamp.xor_hash {
            self.note_hash(entry, start, out, losses);
        }
        self.boots.settle(entry, start, out, losses);
        batch::set_numbers(&numbers, (place, count), out);
        self.numbers = numbers;
    }

    /// The number of an item that is not known, or that it takes more to know of.
    #[inline(never)]
    fn odd(
        &mut self,
        entry: &Entry<'_>,
        (at, known): (Offset, Option<Note>),
        (out, taken): (&mut Vec<u8>, &mut Taken),
        losses: &mut Losses,
    ) -> u32 {
        match known.map_or_else(|| self.item(entry, at, out), Ok) {
            Ok(Note { number: LEFT_OUT, .. }) => taken.is_part = true,
            Ok(note) if batch::is_followed(note.number) => {
                taken.hash ^= note.hash;
                return note.number;
            }
            Ok(note) if self.boots.allows(entry, note.number) => {
                taken.hash ^= note.hash;
                return note.number & !BOOT;
            }
            other => {
                losses.field(other.err().unwrap_or_else(|| claims::other_boot(at)));
                taken.lost += 1;
            }
        }
        LEFT_OUT
    }

    /// Sends what the DATA at `at` holds, and says with [`ONCE`] or [`NEW`] that this is done; else what is known of it.
    fn item(&mut self, entry: &Entry<'_>, at: Offset, out: &mut Vec<u8>) -> Result<Note, Corrupt> {
        let file = entry.file();
        // Not as a result from the start: that would be put together in memory and taken apart again.
        let stored = match Stored::glance(file.image(), at, file.layout()) {
            Some(stored) => stored,
            None => file.stored(at)?,
        };
        // DATA of a single entry are never in the cache, and are most of those that come this far.
        if stored.n_entries > 1
            && let Some(known) = self.cache.append(at, &mut self.nothing)
        {
            self.cache.key(at).into_iter().for_each(|key| self.front.keep(key, known));
            return Ok(known);
        }
        self.field(entry, &stored, out)
    }

    /// The same for DATA that are not known.
    fn field(&mut self, entry: &Entry<'_>, stored: &Stored<'_>, out: &mut Vec<u8>) -> Result<Note, Corrupt> {
        entry.check_owner(stored)?;
        let payload = entry.file().plain(stored, &mut self.inflater)?;
        let name = field_name(payload).ok_or_else(|| Corrupt::new(stored.at, "data payload", Fault::Name))?;
        let left_out = Note { number: LEFT_OUT, hash: 0 };
        if !shows(&self.fields, name) {
            self.cache.keep(stored, &[], left_out);
            return Ok(left_out);
        }
        // A frame that damage left readable may be read otherwise by other versions of zstd.
        let is_whole = stored.codec()? == Some(Codec::Zstd) && entry.file().has_hash(stored.at, payload);
        let frame = is_whole.then_some(stored.bytes);
        let boot = if name == BOOT_ID { claims::named(payload) } else { None };
        if let Some(boot) = boot
            && !self.boots.takes(entry, boot)
        {
            return Err(claims::other_boot(stored.at));
        }
        let packed = self.packer.pack_named(name, payload, frame);
        let hash = packed.jenkins();
        packed.write(out);
        if stored.n_entries <= 1 {
            return Ok(Note { number: ONCE, hash });
        }
        let number = boot.map_or(self.sent, |boot| self.boots.number(self.sent, boot));
        self.cache.keep(stored, &[], Note { number, hash });
        self.sent += 1;
        Ok(Note { number: NEW, hash })
    }

    /// Gives an entry the hash of its fields where it came with another one, and says so.
    #[cold]
    fn note_hash(&mut self, entry: &Entry<'_>, start: usize, out: &mut [u8], losses: &mut Losses) {
        let stored = entry.head().xor_hash;
        if let Some((computed, false)) = claims::hash(entry, &mut self.inflater) {
            batch::set_hash(computed, out.get_mut(start..).unwrap_or_default());
            losses.structure(Corrupt::new(entry.offset(), "entry", Fault::Hash { stored, computed }));
        }
    }

    /// Gives an entry that is not copied as a whole a hash of its own, and says what is lost.
    #[cold]
    fn note_loss(&mut self, taken: &Taken, start: usize, numbers: &mut Vec<u32>, out: &mut Vec<u8>) {
        let note = (taken.lost > 0).then(|| format!("{LOST}={}", taken.lost).into_bytes());
        batch::set_hash(taken.hash ^ xor_hash(note.as_deref()), out.get_mut(start..).unwrap_or_default());
        numbers.retain(|number| *number != LEFT_OUT);
        if let Some(packed) = note.as_deref().and_then(|note| self.packer.pack(note, None)) {
            numbers.push(ONCE);
            packed.write(out);
        }
    }
}

/// Whether a field of this name is among the named ones.
fn shows(fields: &[String], name: &[u8]) -> bool {
    fields.is_empty() || name == BOOT_ID || fields.iter().any(|field| field.as_bytes() == name)
}

/// When and where an entry was logged; a boot that only its field names is taken from there.
fn stamp(entry: &Entry<'_>) -> Stamp {
    let head = entry.head();
    let named = || std::str::from_utf8(&entry.get("_BOOT_ID")?).ok()?.parse::<Id128>().ok();
    let boot_id = if head.boot_id.is_null() { named().unwrap_or_default() } else { head.boot_id };
    Stamp {
        seqnum_id: entry.file().header().seqnum_id,
        seqnum: head.seqnum,
        realtime: head.realtime,
        monotonic: head.monotonic,
        boot_id,
        xor_hash: head.xor_hash,
    }
}
