//! The objects of a file one behind the other, as they lie, without following a link.

use std::ops::Range;

use super::JournalFile;
use crate::bytes::Image;
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::format::RawObject;

/// So many bytes are compared at once.
const ZEROS: [u8; 4096] = [0; 4096];

/// Consecutive objects; it ends at the end of its range, at space that was never written, or at the first damage.
#[derive(Clone, Debug)]
pub struct Objects<'data> {
    image: Image<'data>,
    next: Offset,
    end: Offset,
    /// Whether an object must end exactly where the range does.
    meets: bool,
    /// The last object that the header knows.
    tail: Offset,
    /// Whether that was given.
    is_behind: bool,
}

impl<'data> Iterator for Objects<'data> {
    type Item = Result<RawObject<'data>, Corrupt>;

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.end {
            let missed = self.meets && self.next > self.end;
            self.meets = false;
            let fault = Fault::Value { found: self.next.0, must: "where the next known object begins" };
            return missed.then(|| Err(Corrupt::new(self.end, "end of an object", fault)));
        }
        let object = RawObject::read(self.image, self.next, "object");
        match &object {
            Ok(object) => {
                self.is_behind = self.next == self.tail;
                let end = self.next.0.saturating_add(object.bytes.len() as u64);
                self.next = Offset(end.checked_next_multiple_of(8).unwrap_or(u64::MAX));
            }
            Err(_) if !self.meets && self.is_unwritten() => {
                self.next = self.end;
                return None;
            }
            Err(_) => {
                self.next = self.end;
                self.meets = false;
            }
        }
        Some(object)
    }
}

impl Objects<'_> {
    /// Whether there are only zeros from here on, as in space that was allocated ahead; zeros with something behind them
    /// are a hole. Behind the last object that the header knows, a look at the next one is enough.
    fn is_unwritten(&self) -> bool {
        let rest = self.image.from(self.next);
        let rest = if self.is_behind { rest.get(..16).unwrap_or(rest) } else { rest };
        rest.chunks(ZEROS.len()).all(|chunk| ZEROS.starts_with(chunk))
    }
}

impl JournalFile {
    /// The objects of a part of the file; its start must be one's, see [`JournalFile::parts`].
    #[must_use]
    pub fn objects(&self, part: &Range<Offset>) -> Objects<'_> {
        let end = Offset(self.image().len());
        let (tail, meets) = (self.header().tail_object_offset, part.end < end);
        Objects { image: self.image(), next: part.start, end: part.end.min(end), meets, tail, is_behind: false }
    }

    /// The file cut into at most `most` parts of about the same number of entries; each begins at an object.
    ///
    /// The offsets in the main entry array are known starts of objects. That they are in order is for the reader of
    /// the parts to notice: a part must end exactly where the next begins.
    #[must_use]
    pub fn parts(&self, most: usize) -> Vec<Range<Offset>> {
        let len = self.slot_count();
        let mut starts = vec![Offset(self.header().header_size)];
        for part in 1..most {
            let at = len.checked_mul(part).map_or(0, |slots| slots.checked_div(most).unwrap_or(0));
            let at = self.entry_at(at);
            if starts.last().is_some_and(|last| *last < at) {
                starts.push(at);
            }
        }
        let ends = starts.iter().skip(1).copied().chain([Offset(self.image().len())]);
        starts.iter().copied().zip(ends).map(|(start, end)| start..end).collect()
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::file::Options;
    use crate::testkit::synth::sample;

    #[test]
    fn the_parts_together_are_all_objects() {
        let synth = sample(300);
        let file = JournalFile::from_bytes(Path::new("made"), synth.build(), Options::default()).unwrap();
        let all = |parts: Vec<Range<Offset>>| {
            let objects = parts.iter().flat_map(|part| file.objects(part)).map(|object| object.unwrap().at);
            objects.collect::<Vec<_>>()
        };
        let whole = all(file.parts(1));
        assert_eq!(whole.len() as u64, file.header().n_objects);
        for parts in [2, 3, 7, 1000] {
            assert!(file.parts(parts).len() > 1);
            assert_eq!(all(file.parts(parts)), whole, "{parts}");
        }
    }

    #[test]
    fn a_hole_is_damage_and_space_behind_the_last_object_is_not() {
        let mut bytes = sample(300).build();
        let file = JournalFile::from_bytes(Path::new("made"), bytes.clone(), Options::default()).unwrap();
        let (at, next) = (file.entry_at(290).0 as usize, file.entry_at(291).0 as usize);
        let objects = file.objects(&file.parts(1)[0]).count();
        bytes[at..next].fill(0);
        let file = JournalFile::from_bytes(Path::new("made"), bytes.clone(), Options::default()).unwrap();
        assert_eq!(file.objects(&file.parts(1)[0]).filter(Result::is_err).count(), 1);
        let mut longer = sample(300).build();
        longer.resize(longer.len() + 10_000, 0);
        let file = JournalFile::from_bytes(Path::new("made"), longer, Options::default()).unwrap();
        assert_eq!(file.objects(&file.parts(1)[0]).filter(Result::is_ok).count(), objects);
        assert!(file.objects(&file.parts(1)[0]).all(|object| object.is_ok()));
    }

    #[test]
    fn damage_ends_its_part_with_an_error() {
        let synth = sample(300);
        let mut bytes = synth.build();
        let file = JournalFile::from_bytes(Path::new("made"), bytes.clone(), Options::default()).unwrap();
        let at = usize::try_from(file.entry_at(150).0).unwrap();
        bytes[at + 8..at + 16].copy_from_slice(&u64::MAX.to_le_bytes());
        let file = JournalFile::from_bytes(Path::new("made"), bytes, Options::default()).unwrap();
        let faults = |part: &Range<Offset>| file.objects(part).filter(Result::is_err).count();
        assert_eq!(file.parts(4).iter().map(faults).collect::<Vec<_>>(), [0, 0, 1, 0]);
        let mut objects = file.objects(&file.parts(1)[0]);
        assert!(objects.find(Result::is_err).is_some() && objects.next().is_none());
    }
}
