//! Entries on their way from the thread that reads them to the one that writes them, as bytes.
//!
//! A batch begins with the number of the reader. Each entry has its stamp, its machine, the number of its fields, and for
//! each of them a number: that of a field which the reader has sent before, or one that says that the field itself follows.

use crate::format::{Id128, Monotonic, Realtime, Seqnum};
use crate::write::{Packed, Stamp};

/// The field follows, and is not referred to again.
pub(super) const ONCE: u32 = u32::MAX;

/// The field follows, and has the next number of this reader.
pub(super) const NEW: u32 = u32::MAX - 1;

/// The bytes of a stamp and a machine.
const STAMP: usize = 80;

/// Appends a number.
#[inline]
pub(super) fn put(number: u32, out: &mut Vec<u8>) {
    out.extend_from_slice(&number.to_le_bytes());
}

/// Takes a number from the front.
#[inline]
pub(super) fn take(from: &mut &[u8]) -> Option<u32> {
    let (number, rest) = from.split_first_chunk()?;
    *from = rest;
    Some(u32::from_le_bytes(*number))
}

/// Appends an entry of a machine, without fields; where the number of its fields will stand.
pub(super) fn put_stamp(stamp: &Stamp, machine: Id128, out: &mut Vec<u8>) -> usize {
    out.extend_from_slice(&stamp.seqnum_id.0);
    out.extend_from_slice(&stamp.boot_id.0);
    for number in [stamp.seqnum.0, stamp.realtime.0, stamp.monotonic.0, stamp.xor_hash] {
        out.extend_from_slice(&number.to_le_bytes());
    }
    out.extend_from_slice(&machine.0);
    put(0, out);
    out.len() - 4
}

/// Changes the boot of the entry whose stamp is in front.
pub(super) fn set_boot(boot: Id128, stamp: &mut [u8]) {
    stamp.get_mut(16..).and_then(<[u8]>::first_chunk_mut).into_iter().for_each(|place| *place = boot.0);
}

/// Changes the hash of the entry whose stamp is in front.
pub(super) fn set_hash(hash: u64, stamp: &mut [u8]) {
    let place = stamp.get_mut(56..).and_then(<[u8]>::first_chunk_mut);
    place.into_iter().for_each(|place| *place = hash.to_le_bytes());
}

/// Takes the stamp and the machine of an entry from the front.
pub(super) fn take_stamp(from: &mut &[u8]) -> Option<(Stamp, Id128)> {
    let (bytes, rest) = from.split_first_chunk::<STAMP>()?;
    *from = rest;
    let id = |at: usize| Id128(bytes.get(at..).and_then(<[u8]>::first_chunk).copied().unwrap_or_default());
    let number = |at: usize| bytes.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |raw| u64::from_le_bytes(*raw));
    let stamp = Stamp {
        seqnum_id: id(0),
        boot_id: id(16),
        seqnum: Seqnum(number(32)),
        realtime: Realtime(number(40)),
        monotonic: Monotonic(number(48)),
        xor_hash: number(56),
    };
    Some((stamp, id(64)))
}

/// The fields that follow in a batch whose reader's number was taken.
pub(super) fn fields(mut from: &[u8]) -> impl Iterator<Item = Packed<'_>> {
    let mut left = 0_u32;
    std::iter::from_fn(move || {
        loop {
            while left == 0 {
                from = from.get(STAMP..)?;
                left = take(&mut from)?;
            }
            left -= 1;
            if matches!(take(&mut from)?, ONCE | NEW) {
                return Packed::read(&mut from);
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_is_taken_as_it_was_put() {
        let stamp = Stamp {
            seqnum_id: Id128([1; 16]),
            boot_id: Id128([2; 16]),
            seqnum: Seqnum(3),
            realtime: Realtime(4),
            monotonic: Monotonic(5),
            xor_hash: 6,
        };
        let mut bytes = Vec::new();
        let machine = Id128([8; 16]);
        assert_eq!(put_stamp(&stamp, machine, &mut bytes), STAMP);
        put(7, &mut bytes);
        let mut from = bytes.as_slice();
        assert_eq!(
            (take_stamp(&mut from), take(&mut from), take(&mut from)),
            (Some((stamp, machine)), Some(0), Some(7))
        );
        assert_eq!((take_stamp(&mut from), take(&mut from)), (None, None));
    }
}
