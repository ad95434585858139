//! Entries on their way from the thread that reads them to the one that writes them, as bytes.
//!
//! A batch begins with the number of the reader. Each entry has its stamp, its machine, how many fields it has, and for
//! each of them a number: that of a field which the reader has sent before, or one that says that the field itself follows.
//! Those that do stand behind all the numbers, in their order, so that the numbers can be read one after the other.

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

/// Appends an entry of a machine with zeros for the numbers of its fields; where these stand.
pub(super) fn put_stamp(stamp: &Stamp, machine: Id128, fields: usize, out: &mut Vec<u8>) -> usize {
    out.extend_from_slice(&stamp.seqnum_id.0);
    out.extend_from_slice(&stamp.boot_id.0);
    let numbers = [stamp.seqnum.0, stamp.realtime.0, stamp.monotonic.0, stamp.xor_hash].map(u64::to_le_bytes);
    out.extend_from_slice(numbers.as_flattened());
    out.extend_from_slice(&machine.0);
    put(fields as u32, out);
    out.resize(out.len() + fields * 4, 0);
    out.len() - fields * 4
}

/// Puts the numbers of an entry's fields where [`put_stamp`] left room for `room` of them, or for more than there are.
#[inline]
pub(super) fn set_numbers(numbers: &[u32], (at, room): (usize, usize), out: &mut Vec<u8>) {
    let places = out.get_mut(at..).unwrap_or_default().as_chunks_mut().0;
    places.iter_mut().zip(numbers).for_each(|(place, number)| *place = number.to_le_bytes());
    if numbers.len() < room {
        close_up(numbers.len(), (at, room), out);
    }
}

/// Takes away the room for numbers that there are not.
#[cold]
fn close_up(count: usize, (at, room): (usize, usize), out: &mut Vec<u8>) {
    out.drain(at + count * 4..at + room * 4);
    let place = out.get_mut(at - 4..).and_then(<[u8]>::first_chunk_mut);
    place.into_iter().for_each(|place| *place = (count as u32).to_le_bytes());
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

/// Takes the numbers of an entry's fields from the front, as bytes.
#[inline]
pub(super) fn take_numbers<'b>(from: &mut &'b [u8]) -> &'b [[u8; 4]] {
    let count = take(from).unwrap_or_default() as usize;
    let (numbers, rest) = from.split_at_checked(count.saturating_mul(4)).unwrap_or_default();
    *from = rest;
    numbers.as_chunks().0
}

/// Whether this number says that a field follows.
#[inline]
pub(super) const fn is_followed(number: u32) -> bool {
    number >= NEW
}

/// The fields that follow in a batch whose reader's number was taken.
pub(super) fn fields(mut from: &[u8]) -> impl Iterator<Item = Packed<'_>> {
    let mut left = 0;
    std::iter::from_fn(move || {
        while left == 0 {
            from = from.get(STAMP..)?;
            left = take_numbers(&mut from).iter().filter(|number| is_followed(u32::from_le_bytes(**number))).count();
        }
        left -= 1;
        Packed::read(&mut from)
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
        let place = put_stamp(&stamp, machine, 3, &mut bytes);
        assert_eq!(place, STAMP + 4);
        bytes.extend(b"follows");
        for numbers in [[7, 8, 9].as_slice(), &[5]] {
            set_numbers(numbers, (place, 3), &mut bytes);
            let mut from = bytes.as_slice();
            assert_eq!(take_stamp(&mut from), Some((stamp, machine)));
            let found: Vec<u32> = take_numbers(&mut from).iter().map(|number| u32::from_le_bytes(*number)).collect();
            assert_eq!((found.as_slice(), from), (numbers, b"follows".as_slice()));
            assert_eq!((take_stamp(&mut from), take_numbers(&mut &from[..3])), (None, [].as_slice()));
        }
    }
}
