//! Whether an object is as long as its header says, told by what lies behind it.
//!
//! Objects lie one behind the other, so that each ends where another begins. A size that is wrong, though it fits the
//! file, makes a payload run on into its neighbours or end too early, and an entry lose fields; no other number of the
//! file contradicts it. A look at the next 24 bytes does, once for each payload that is read; only a value that ends in zeros
//! and is cut within them looks like one that was written so.

use std::sync::atomic::Ordering;

use super::{Entry, JournalFile};
use crate::bytes::Image;
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::format::hash::{FileHash, jenkins64};
use crate::format::{Field, Inflater, Stored, field, is_sum, limits, object};

/// What lies behind an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Behind {
    /// What can be an object.
    Object,
    /// Space that was never written, or the end of the file.
    Nothing,
    /// Neither.
    Other,
}

/// Whether an object that ends at `end` is followed by zeros up to the next multiple of 8, and there by what can be an
/// object.
#[inline]
fn is_followed(image: Image<'_>, end: u64) -> bool {
    let rest = image.from(Offset(end & !7));
    is_followed_by(rest, end, rest.len() as u64)
}

/// As [`is_followed`], by the bytes that lie at the last multiple of 8 up to `end`, with `remain` of them in the file.
#[inline]
fn is_followed_by(rest: &[u8], end: u64, remain: u64) -> bool {
    let Some(words) = rest.as_chunks::<8>().0.first_chunk::<3>() else { return false };
    let [first, second, third] = words.map(u64::from_le_bytes);
    let used = (end % 8) as u32;
    // Types are 1 to 7, flags 0 to 7, and six zeros follow.
    let (padding, head, size) =
        if used == 0 { (0, first, second) } else { (first.unbounded_shr(used.saturating_mul(8)), second, third) };
    padding == 0 && head < 0x800 && (head & 0xff).wrapping_sub(1) < 7 && (object::HEADER..=remain).contains(&size)
}

/// As [`is_followed`], told apart, where the file may end.
#[cold]
fn behind(image: Image<'_>, end: u64) -> Behind {
    let rest = image.from(Offset(end));
    let (padding, next) = rest.split_at_checked((end.wrapping_neg() % 8) as usize).unwrap_or((rest, &[]));
    let next = next.get(..object::HEADER as usize).unwrap_or(next);
    match padding.iter().chain(next).all(|byte| *byte == 0) {
        true => Behind::Nothing,
        // The last object of a file may be shorter than the words that are looked at.
        false if is_followed(image, end) => Behind::Object,
        false => Behind::Other,
    }
}

/// Whether an object that ends at `end` is followed by what can be an object, or by nothing.
pub(crate) fn is_ended(image: Image<'_>, end: u64) -> bool {
    is_followed(image, end) || behind(image, end) != Behind::Other
}

/// No object that has padding behind it is shorter, so that a shorter payload has run over none.
const SHORT: usize = 40;

/// Whether a plain payload looks like no text with a name: it may be compressed, end in padding, or hold an object, whose
/// header has zeros.
#[inline(always)]
fn is_odd(payload: &[u8]) -> bool {
    let is_text = payload.first().is_some_and(|byte| matches!(byte, b'A'..=b'Z' | b'_' | b'0'..=b'9'));
    !is_text || payload.last() == Some(&0) || (payload.len() > SHORT && memchr::memchr(0, payload).is_some())
}

impl JournalFile {
    /// Whether a payload is as long as it was written: what `plain` is when `stored` is made plain.
    ///
    /// Costs a look at the next object; where that, or a plain payload's bytes, leave doubt, its hash decides, unless it
    /// is long.
    ///
    /// # Errors
    /// When it has another hash, or its object reaches over an entry or, being long, ends where no other begins.
    #[inline(always)]
    pub(super) fn check_length(&self, stored: &Stored<'_>, plain: &[u8]) -> Result<(), Corrupt> {
        let end = stored.end(self.layout());
        if is_followed(self.image(), end) && (stored.flags & 7 != 0 || !is_odd(plain)) {
            return Ok(());
        }
        // By numbers: where a reference leaves a hot loop, what it leads to is kept in memory all along.
        self.doubted(stored.at, stored.bytes.len(), end, plain)
    }

    /// As [`JournalFile::plain`], of an object that was read together with what lies `behind` it, from the last multiple of
    /// 8 up to its end on: the file's bytes are asked only in doubt.
    ///
    /// # Errors
    /// As [`JournalFile::plain`].
    pub(super) fn plain_before<'a>(
        &self,
        stored: &Stored<'a>,
        behind: &[u8],
        inflater: &'a mut Inflater,
    ) -> Result<&'a [u8], Corrupt> {
        let plain = self.unpacked(stored, inflater)?;
        let end = stored.end(self.layout());
        let remain = self.image().len().saturating_sub(end & !7);
        if is_followed_by(behind, end, remain) && (stored.flags & 7 != 0 || !is_odd(plain)) {
            return Ok(plain);
        }
        self.check_length(stored, plain).map(|()| plain)
    }

    /// The payload of an object that is stored plain, checked as [`JournalFile::plain`] does.
    ///
    /// # Errors
    /// As [`JournalFile::plain`].
    #[inline(always)]
    pub fn whole<'data>(&self, stored: &Stored<'data>) -> Result<&'data [u8], Corrupt> {
        self.check_length(stored, stored.bytes).map(|()| stored.bytes)
    }

    /// The payload of an object that is stored plain and of which nothing leaves doubt that it is whole.
    #[inline(always)]
    pub(crate) fn undoubted<'data>(&self, stored: &Stored<'data>) -> Option<&'data [u8]> {
        let is_sure =
            stored.flags & 7 == 0 && is_followed(self.image(), stored.end(self.layout())) && !is_odd(stored.bytes);
        is_sure.then_some(stored.bytes)
    }

    /// Whether the name of a FIELD is as long as it was written.
    ///
    /// # Errors
    /// When it is none, or its object ends where no other begins, and it has another hash.
    pub(super) fn check_name(&self, field: &Field<'_>) -> Result<(), Corrupt> {
        let end = field.at.0.saturating_add(field.size() as u64);
        if is_followed(self.image(), end) && field::is_name(field.name) {
            return Ok(());
        }
        let computed = self.hash().of(field.name);
        let fault = Fault::Hash { stored: field.hash, computed };
        if computed == field.hash { Ok(()) } else { Err(Corrupt::new(field.at, "field name", fault)) }
    }

    /// What hash and entries say of a payload stored in `len` bytes; the neighbour may be the one that is damaged.
    #[cold]
    fn doubted(&self, at: Offset, len: usize, end: u64, plain: &[u8]) -> Result<(), Corrupt> {
        let hash = self.hash();
        // Where the header is lost, so is the key.
        let is_known = !matches!(hash, FileHash::Keyed(key) if key.is_null());
        if is_known && (len <= limits::DOUBTED_MOST || self.affords(plain.len())) {
            let (found, computed) = (self.data(at)?.hash, hash.of(plain));
            let fault = Fault::Hash { stored: found, computed };
            return if found == computed { Ok(()) } else { Err(Corrupt::new(at, "data payload", fault)) };
        }
        // A check that has been through the file has marked the items of those whose hash is wrong.
        if self.is_checked() {
            return Ok(());
        }
        let inside = self.entry_at(self.slot_from(at));
        if inside.0 > at.0 && inside.0 < end {
            return Err(Corrupt::new(at, "data", Fault::Overlaps { at: inside }));
        }
        if behind(self.image(), end) == Behind::Other { Err(adrift(at, "data", end)) } else { Ok(()) }
    }

    /// Pays for hashing a long payload, if anything is left for that.
    fn affords(&self, len: usize) -> bool {
        let pay = |left: u64| left.checked_sub(len as u64);
        self.doubts.fetch_update(Ordering::Relaxed, Ordering::Relaxed, pay).is_ok()
    }

    /// Whether an entry of `size` bytes ends where another object begins, or where nothing was written yet.
    ///
    /// # Errors
    /// When it does not, its payloads do not prove it either, and no check has been through this file yet.
    #[inline]
    pub(super) fn check_entry_end(&self, at: Offset, size: usize) -> Result<(), Corrupt> {
        let end = at.0.saturating_add(size as u64);
        if is_followed(self.image(), end) { Ok(()) } else { self.entry_doubted(at, end) }
    }

    #[cold]
    fn entry_doubted(&self, at: Offset, end: u64) -> Result<(), Corrupt> {
        if self.is_checked() || self.ends_or_is_proven(at, end) { Ok(()) } else { Err(adrift(at, "entry", end)) }
    }

    fn ends_or_is_proven(&self, at: Offset, end: u64) -> bool {
        behind(self.image(), end) != Behind::Other || self.is_proven(at)
    }

    /// Whether the entry at `at` is given where no check has been through the file, as [`JournalFile::entry`] does then.
    pub(crate) fn gives(&self, at: Offset) -> bool {
        let Ok(entry) = self.entry_as_stated(at) else { return false };
        let end = at.0.saturating_add(entry.size() as u64);
        is_followed(self.image(), end) || self.ends_or_is_proven(at, end)
    }

    /// Whether an entry states the hash that its payloads have: then it is the neighbour that is damaged.
    ///
    /// Costs their hashing, as long as the budget for that lasts.
    fn is_proven(&self, at: Offset) -> bool {
        let Ok(entry) = self.entry_as_stated(at) else { return false };
        self.has_hash_of_payloads(&entry) == Some(true)
    }

    /// Whether the payloads of an entry have the hash that it states, some of them perhaps submitted twice; `None` where
    /// one cannot be read, or nothing is left of the budget for that.
    pub(super) fn has_hash_of_payloads(&self, entry: &Entry<'_>) -> Option<bool> {
        let mut inflater = Inflater::default();
        let hash = |item: Offset| {
            let stored = self.stored(item).ok()?;
            let plain = self.unpacked(&stored, &mut inflater).ok()?;
            self.affords(plain.len()).then(|| jenkins64(plain))
        };
        let hashes: Vec<u64> = entry.items().map(hash).collect::<Option<_>>()?;
        let surplus = hashes.iter().fold(entry.head().xor_hash, |all, one| all ^ one);
        (!hashes.is_empty()).then(|| surplus == 0 || is_sum(surplus, hashes.into_iter()))
    }
}

#[cold]
const fn adrift(at: Offset, what: &'static str, end: u64) -> Corrupt {
    Corrupt::new(at, what, Fault::Adrift { end: Offset(end) })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::file::Options;
    use crate::format::Inflater;
    use crate::testkit::synth::{Record, sample};

    fn open(bytes: Vec<u8>) -> JournalFile {
        JournalFile::from_bytes(Path::new("made"), bytes, Options::default()).unwrap()
    }

    /// The fields of an entry, or the payload of a DATA; `None` where damage is met.
    fn read(file: &JournalFile, at: Offset, kind: u8) -> Option<Vec<u8>> {
        let mut inflater = Inflater::default();
        let mut found = Vec::new();
        let items: Vec<Offset> = if kind == 3 { file.entry(at).ok()?.items().collect() } else { vec![at] };
        for item in items {
            let stored = file.stored(item).ok()?;
            found.extend_from_slice(file.plain(&stored, &mut inflater).ok()?);
        }
        Some(found)
    }

    #[test]
    fn a_wrong_size_is_noticed_whichever_bit_of_it_flipped() {
        for compact in [false, true] {
            let sound = sample(40).compact(compact).build();
            let file = open(sound.clone());
            let objects = file.objects(&file.parts(1)[0]).map(|object| object.unwrap());
            let places = objects.filter(|object| matches!(object.kind, 1 | 3)).map(|object| (object.at, object.kind));
            for (at, kind) in places {
                let right = read(&file, at, kind);
                assert!(right.is_some(), "object {kind} at {at}, compact {compact}");
                for bit in 0..64 {
                    let mut bytes = sound.clone();
                    bytes[at.0 as usize + 8 + bit / 8] ^= 1 << (bit % 8);
                    let found = read(&open(bytes), at, kind);
                    let ends_in_zero = right.as_ref().is_some_and(|right| right.ends_with(&[0]));
                    let is_cut = |found: &Vec<u8>| right.as_ref().is_some_and(|right| right.starts_with(found));
                    if !(kind == 1 && ends_in_zero && found.as_ref().is_some_and(is_cut)) {
                        assert_eq!(found, None, "object {kind} at {at}, bit {bit}, compact {compact}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_value_with_zeros_is_read_and_its_hash_tells_it_from_a_neighbour() {
        let synth = sample(3).entry(Record::new(4).field(b"BINARY=\0\x01\0 zeros are no damage\0"));
        let file = open(synth.build());
        let mut inflater = Inflater::default();
        let entry = file.entries(0..file.slot_count()).next_back().unwrap().unwrap();
        let found = entry.items().filter_map(|at| entry.field_at(at, &mut inflater).ok().map(|field| field.1.to_vec()));
        assert!(found.into_iter().any(|value| value == b"\0\x01\0 zeros are no damage\0"));
    }
}
