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
use crate::output::name::split;
use crate::write::{Packer, Stamp, xor_hash};

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
}

/// What a reader knows of a field.
#[derive(Clone, Copy, Debug, Default)]
struct Note {
    /// The number that it was sent with; or [`ONCE`], or [`LEFT_OUT`].
    number: u32,
    /// Its part of the hash of an entry.
    hash: u64,
}

/// The number of a field that is not wanted, or that no journal may have.
const LEFT_OUT: u32 = NEW;

/// What was taken of an entry.
#[derive(Default)]
struct Taken {
    count: u32,
    /// The hash of these fields.
    hash: u64,
    lost: u64,
    is_part: bool,
}

impl Taken {
    #[inline]
    const fn add(&mut self, note: Note) {
        (self.count, self.hash) = (self.count + 1, self.hash ^ note.hash);
    }
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
        let (start, stamp) = (out.len(), stamp(entry));
        self.boots.begin(stamp.boot_id);
        let counted_at = batch::put_stamp(&stamp, entry.file().header().machine_id, out);
        let mut taken = Taken::default();
        for at in entry.items() {
            let known = self.cache.key(at).and_then(|key| self.front.find(key)).copied();
            match known.map_or_else(|| self.item(entry, at, out), Ok) {
                Ok(note) if note.number == ONCE => taken.add(note),
                Ok(note) if note.number == LEFT_OUT => taken.is_part = true,
                Ok(note) if self.boots.allows(entry, note.number) => {
                    batch::put(note.number & !BOOT, out);
                    taken.add(note);
                }
                other => {
                    losses.field(other.err().unwrap_or_else(|| claims::other_boot(at)));
                    taken.lost += 1;
                }
            }
        }
        if taken.lost > 0 || taken.is_part {
            self.note_loss(&mut taken, start, out);
        } else if taken.hash != stamp.xor_hash {
            self.note_hash(entry, start, out, losses);
        }
        self.boots.settle(entry, start, out, losses);
        let place = out.get_mut(counted_at..).and_then(<[u8]>::first_chunk_mut);
        place.into_iter().for_each(|place| *place = taken.count.to_le_bytes());
    }

    /// Sends what the DATA at `at` holds, and says with [`ONCE`] that this is done; else what is known of it.
    fn item(&mut self, entry: &Entry<'_>, at: Offset, out: &mut Vec<u8>) -> Result<Note, Corrupt> {
        let stored = entry.file().stored(at)?;
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
        let payload = entry.file().plain(stored, &mut self.inflater)?;
        let (name, _) = split(payload, stored.at)?;
        let left_out = Note { number: LEFT_OUT, hash: 0 };
        if !shows(&self.fields, name) {
            self.cache.keep(stored, &[], left_out);
            return Ok(left_out);
        }
        let frame = (stored.codec()? == Some(Codec::Zstd)).then_some(stored.bytes);
        let boot = if name == BOOT_ID { claims::named(payload) } else { None };
        if let Some(boot) = boot
            && !self.boots.takes(entry, boot)
        {
            return Err(claims::other_boot(stored.at));
        }
        let Some(packed) = self.packer.pack(payload, frame) else { return Ok(left_out) };
        let hash = packed.jenkins();
        if stored.n_entries > 1 {
            batch::put(NEW, out);
            let number = boot.map_or(self.sent, |boot| self.boots.number(self.sent, boot));
            self.cache.keep(stored, &[], Note { number, hash });
            self.sent += 1;
        } else {
            batch::put(ONCE, out);
        }
        packed.write(out);
        Ok(Note { number: ONCE, hash })
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
    fn note_loss(&mut self, taken: &mut Taken, start: usize, out: &mut Vec<u8>) {
        let note = (taken.lost > 0).then(|| format!("{LOST}={}", taken.lost).into_bytes());
        batch::set_hash(taken.hash ^ xor_hash(note.as_deref()), out.get_mut(start..).unwrap_or_default());
        if let Some(packed) = note.as_deref().and_then(|note| self.packer.pack(note, None)) {
            batch::put(ONCE, out);
            packed.write(out);
            taken.count += 1;
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
