//! Reads entries for a writer, on any thread.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use super::batch::{self, NEW, ONCE};
use super::claims::{self, BOOT, Boots};
use super::front::Front;
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
            front: Front::new(),
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
    /// The numbers of fields that were sent; nothing for one that is left out.
    cache: Cache<Option<u32>>,
    /// Those of the cache that were looked for last.
    front: Front<Option<u32>>,
    inflater: Inflater,
    fields: Arc<[String]>,
    sent: u32,
    /// What is known of boots that fields name.
    boots: Boots,
    nothing: Vec<u8>,
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
        let (mut count, mut lost, mut whole) = (0u32, 0u64, true);
        for at in entry.items() {
            let known = self.cache.key(at).and_then(|key| self.front.find(key));
            match known.map_or_else(|| self.item(entry, at, out), Ok) {
                Ok(Some(number)) if number == ONCE => count += 1,
                Ok(Some(number)) if self.boots.allows(entry, number) => {
                    batch::put(number & !BOOT, out);
                    count += 1;
                }
                Ok(Some(_)) => {
                    losses.field(claims::other_boot(at));
                    lost += 1;
                }
                Ok(None) => whole = false,
                Err(damage) => {
                    losses.field(damage);
                    lost += 1;
                }
            }
        }
        let is_doubtful = entry.file().findings().is_some() || stamp.xor_hash == 0;
        if lost > 0 || !whole {
            count += self.note_loss(entry, lost, start, out);
        } else if is_doubtful {
            self.note_hash(entry, start, out, losses);
        }
        self.boots.settle(entry, start, out, losses);
        let place = out.get_mut(counted_at..).and_then(<[u8]>::first_chunk_mut);
        place.into_iter().for_each(|place| *place = count.to_le_bytes());
    }

    /// Sends what the DATA at `at` holds; [`ONCE`] when that is done, the field's number when it is to be sent, and
    /// nothing if it is not wanted.
    fn item(&mut self, entry: &Entry<'_>, at: Offset, out: &mut Vec<u8>) -> Result<Option<u32>, Corrupt> {
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
    fn field(&mut self, entry: &Entry<'_>, stored: &Stored<'_>, out: &mut Vec<u8>) -> Result<Option<u32>, Corrupt> {
        let payload = entry.file().plain(stored, &mut self.inflater)?;
        let (name, _) = split(payload, stored.at)?;
        if !shows(&self.fields, name) {
            self.cache.keep(stored, &[], None);
            return Ok(None);
        }
        let frame = (stored.codec()? == Some(Codec::Zstd)).then_some(stored.bytes);
        let boot = if name == BOOT_ID { claims::named(payload) } else { None };
        if let Some(boot) = boot
            && !self.boots.takes(entry, boot)
        {
            return Err(claims::other_boot(stored.at));
        }
        let Some(packed) = self.packer.pack(payload, frame) else { return Ok(None) };
        if stored.n_entries > 1 {
            batch::put(NEW, out);
            let number = boot.map_or(self.sent, |boot| self.boots.number(self.sent, boot));
            self.cache.keep(stored, &[], Some(number));
            self.sent += 1;
        } else {
            batch::put(ONCE, out);
        }
        packed.write(out);
        Ok(Some(ONCE))
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

    /// Gives an entry that is not copied as a whole a hash of its own, and says what is lost; how many fields that takes.
    #[cold]
    fn note_loss(&mut self, entry: &Entry<'_>, lost: u64, start: usize, out: &mut Vec<u8>) -> u32 {
        let note = (lost > 0).then(|| format!("{LOST}={lost}").into_bytes());
        let hash = self.hash_of_rest(entry) ^ xor_hash(note.as_deref());
        batch::set_hash(hash, out.get_mut(start..).unwrap_or_default());
        match note.as_deref().and_then(|note| self.packer.pack(note, None)) {
            Some(packed) => {
                batch::put(ONCE, out);
                packed.write(out);
                1
            }
            None => 0,
        }
    }

    /// The hash of the fields that are copied.
    fn hash_of_rest(&mut self, entry: &Entry<'_>) -> u64 {
        entry.items().fold(0, |hash, at| {
            let stored = entry.file().stored(at);
            let payload = stored.and_then(|stored| entry.file().plain(&stored, &mut self.inflater));
            let payload = payload.and_then(|payload| split(payload, at).map(|(name, _)| (name, payload)));
            let copied = payload
                .ok()
                .filter(|(name, payload)| shows(&self.fields, name) && !self.boots.contradicts(name, payload));
            hash ^ xor_hash(copied.map(|(_, payload)| payload))
        })
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
