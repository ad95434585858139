//! What a file's header claims of its entries, held against those that were found.
//!
//! Numbers that are missing between two entries show what was lost from the middle. What was lost before the first and
//! behind the last one that is there only the header tells. A header is one page: it may be older than the rest, and one
//! flipped bit makes a count of billions. So its fields are held against each other and against the size of the file, and
//! the least that they allow is believed.

use serde::{Serialize, Serializer};

use super::account::Seqnums;
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::format::{Header, Seqnum, State};

/// The entries that a header claims, and those of them that were not found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Claims {
    /// How many entries there should be, as far as the header's other fields and the file's size leave room for them.
    pub entries: u64,
    /// The seqnum of the first, 0 where the header names none that can be.
    pub first: Seqnum,
    /// The seqnum of the last.
    pub last: Seqnum,
    /// How many of them were not found.
    pub absent: u64,
    /// At most so many of these have lower seqnums than all that were found.
    pub before: u64,
    /// At most so many have higher ones; all of them, where none was found.
    pub behind: u64,
    /// At most so many entries are lost, as far as this file alone can tell: by gaps in seqnums, and by these claims.
    pub lost: u64,
    /// Fields of the header that contradict each other or the file.
    #[serde(serialize_with = "as_text")]
    pub contradictions: Vec<Corrupt>,
    /// Whether all entries found are among those that the header knows of, so that its count bounds what is lost.
    #[serde(skip)]
    covers: bool,
    /// No more entries than that have room in the file.
    #[serde(skip)]
    room: u64,
}

/// The places of fields in the header, for the damage that names them.
const N_ENTRIES: Offset = Offset(152);
const TAIL_SEQNUM: Offset = Offset(160);

/// What `n_entries` must be beside the seqnums.
const RANGE: &str = "no more than head_entry_seqnum to tail_entry_seqnum leave room for";

/// No ENTRY object is shorter.
const ENTRY_LEAST: u64 = 64;
/// Offsets of the compact layout have 32 bits.
const COMPACT_MOST: u64 = 1 << 32;

impl Claims {
    /// Holds the header of a file of `len` bytes against the seqnums of the `found` entries in it.
    pub(super) fn of(header: &Header, len: u64, seqnums: &Seqnums, found: u64) -> Self {
        let mut claims = Self { room: room(header, len), ..Self::default() };
        if header.n_entries == 0 && header.head_entry_seqnum.0 == 0 {
            // Nothing was written yet; the last seqnum of a new file is that of the file before it.
            claims.lost = seqnums.missing.min(claims.room);
            return claims;
        }
        let range = claims.range_in(header).filter(|range| claims.is_believed(header, *range, seqnums));
        let known = range.map_or(found, |range| seqnums.within(range));
        claims.entries = claims.count_in(header, range, known);
        (claims.first, claims.last) =
            range.map_or_else(Default::default, |(first, last)| (Seqnum(first), Seqnum(last)));
        // An entry whose own number is contradicted is there all the same.
        let strays = range.map_or(0, |_| found.saturating_sub(seqnums.count()));
        claims.absent = claims.entries.saturating_sub(known.saturating_add(strays));
        claims.hold(header, seqnums, range);
        claims
    }

    /// Says how much of the claims was not found, and where.
    fn hold(&mut self, header: &Header, seqnums: &Seqnums, range: Option<(u64, u64)>) {
        let is_empty = seqnums.runs.is_empty();
        let (below, above) = match range {
            Some((first, last)) if is_empty => (0, width((first, last))),
            Some((first, last)) => (seqnums.first.0.saturating_sub(first), last.saturating_sub(seqnums.last.0)),
            None => (0, self.absent),
        };
        // A writer states the number of an entry before it counts it.
        if header.state == State::Online && above > 0 && self.absent == 0 {
            self.absent = 1;
        }
        self.behind = above.min(self.absent);
        self.before = below.min(self.absent.saturating_sub(self.behind));
        self.covers = range
            .is_some_and(|(first, last)| is_empty || (first <= seqnums.first.0 && seqnums.last.0 <= last))
            && self.contradictions.is_empty();
        let missing = self.before.saturating_add(seqnums.missing).saturating_add(self.behind);
        self.lost = missing.min(self.bound());
    }

    /// Takes the entries behind all that were found for those that are being written.
    pub(super) const fn expect_more(&mut self) {
        self.lost = self.lost.saturating_sub(self.behind);
        self.absent = self.absent.saturating_sub(self.behind);
        self.behind = 0;
    }

    /// No more entries than that are lost in the file, whatever numbers are missing.
    pub(crate) const fn bound(&self) -> u64 {
        if self.covers { self.absent } else { self.room }
    }

    /// The numbers that entries of the file may have: those that were found, and those that its header claims.
    pub(crate) fn range(&self, seqnums: &Seqnums) -> Option<(u64, u64)> {
        if self.covers { Some((self.first.0, self.last.0)) } else { self.near(seqnums) }
    }

    /// The same, with no more numbers below and above those that were found than there are entries missing.
    pub(crate) fn near(&self, seqnums: &Seqnums) -> Option<(u64, u64)> {
        if seqnums.runs.is_empty() {
            let last = self.first.0.saturating_add(self.behind).saturating_sub(1);
            return (self.first.0 > 0 && self.behind > 0).then_some((self.first.0, last));
        }
        Some((seqnums.first.0.saturating_sub(self.before), seqnums.last.0.saturating_add(self.behind)))
    }

    /// The first and the last seqnum by the header, where there can be such.
    fn range_in(&mut self, header: &Header) -> Option<(u64, u64)> {
        let (first, last) = (header.head_entry_seqnum.0, header.tail_entry_seqnum.0);
        if first > 0 && first <= last {
            return Some((first, last));
        }
        let must = if first == 0 {
            "the number of no entry, since head_entry_seqnum is 0"
        } else {
            "no less than head_entry_seqnum"
        };
        self.contradictions.push(Corrupt::new(TAIL_SEQNUM, "tail_entry_seqnum", Fault::Value { found: last, must }));
        None
    }

    /// Whether the range has room for the header's count, or its ends are there; else either of the two may be wrong, and
    /// the greater is what may have been, if all else has room for it.
    fn is_believed(&mut self, header: &Header, range: (u64, u64), seqnums: &Seqnums) -> bool {
        let stated = header.n_entries;
        let is_there = !seqnums.runs.is_empty() && range == (seqnums.first.0, seqnums.last.0);
        if stated <= width(range) || is_there || stated > header.n_objects.min(self.room) {
            return true;
        }
        self.contradict_count(stated, RANGE);
        false
    }

    fn contradict_count(&mut self, found: u64, must: &'static str) {
        self.contradictions.push(Corrupt::new(N_ENTRIES, "n_entries", Fault::Value { found, must }));
    }

    /// How many entries the header claims, at most as many as everything else allows; of those numbers `known` are there.
    fn count_in(&mut self, header: &Header, range: Option<(u64, u64)>, known: u64) -> u64 {
        let width = range.map_or(u64::MAX, width);
        let bounds = [
            (width, RANGE),
            (header.n_objects, "no more than n_objects"),
            (self.room, "no more than the file has room for"),
        ];
        let stated = header.n_entries;
        let (least, must) = bounds.into_iter().min_by_key(|(bound, _)| *bound).unwrap_or_default();
        // One that was being written is not counted yet.
        if known > stated.saturating_add(1) {
            self.contradict_count(stated, "no less than the entries that are there");
            return if range.is_some() { least } else { known };
        }
        if stated > least {
            self.contradict_count(stated, must);
        }
        stated.min(least)
    }
}

/// How many entries fit into a file, by its length or by the one that it had before it was cut.
fn room(header: &Header, len: u64) -> u64 {
    let stated = header.header_size.saturating_add(header.arena_size);
    let stated = if header.layout() == crate::format::Layout::Compact { stated.min(COMPACT_MOST) } else { stated };
    len.max(stated) / ENTRY_LEAST
}

/// How many numbers there are from the first to the last.
pub(crate) const fn width((first, last): (u64, u64)) -> u64 {
    last.saturating_sub(first).saturating_add(1)
}

fn as_text<S: Serializer>(damage: &[Corrupt], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(damage.iter().map(ToString::to_string))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bytes::Image;
    use crate::testkit::synth::sample;

    /// What a header with these fields claims beside entries with these seqnums, in a file of 64 KiB.
    fn claims(fields: &[(usize, u64)], found: impl IntoIterator<Item = u64>) -> Claims {
        let mut bytes = sample(1).state(2).build();
        let usual = [(96, (1_u64 << 16) - 272), (144, 900), (152, 300), (160, 400), (168, 101)];
        for (at, value) in usual.iter().chain(fields) {
            bytes[*at..*at + 8].copy_from_slice(&value.to_le_bytes());
        }
        let header = Header::read(Image::new(&bytes)).unwrap();
        let seqnums: Vec<Seqnum> = found.into_iter().map(Seqnum).collect();
        let count = seqnums.len() as u64;
        Claims::of(&header, 1 << 16, &Seqnums::of(seqnums), count)
    }

    fn told(claims: &Claims) -> [u64; 5] {
        [claims.entries, claims.absent, claims.before, claims.behind, claims.lost]
    }

    #[test]
    fn what_lies_before_the_first_and_behind_the_last_is_lost_too() {
        assert_eq!(told(&claims(&[], 101..=400)), [300, 0, 0, 0, 0]);
        assert_eq!(told(&claims(&[], 101..=230)), [300, 170, 0, 170, 170]);
        assert_eq!(told(&claims(&[], (151..=200).chain(221..=350))), [300, 120, 50, 50, 120]);
        assert_eq!(told(&claims(&[], [])), [300, 300, 0, 300, 300]);
        assert!(claims(&[], 101..=230).contradictions.is_empty());
    }

    #[test]
    fn numbers_that_other_files_have_are_not_lost() {
        // 30 entries among 300 numbers, as in a user's journal.
        let sparse = (101..=391).step_by(10);
        assert_eq!(told(&claims(&[(152, 30), (160, 391)], sparse.clone())), [30, 0, 0, 0, 0]);
        assert_eq!(told(&claims(&[(152, 30), (160, 391)], sparse.take(20))), [30, 10, 0, 10, 10]);
    }

    #[test]
    fn a_flipped_field_claims_no_more_than_the_others_allow_and_is_named() {
        let names = |claims: &Claims| claims.contradictions.iter().map(|one| one.what).collect::<Vec<_>>();
        for (at, value, named) in [(152, 300 | 1 << 60, 1), (160, 400 | 1 << 50, 0), (168, 1, 0), (144, 1 << 40, 0)] {
            let flipped = claims(&[(at, value)], 101..=230);
            assert_eq!(flipped.entries, 300, "{at}");
            assert!((170..=300).contains(&flipped.lost), "{at}: {flipped:?}");
            assert_eq!(names(&flipped).len(), named, "{at}: {flipped:?}");
            let whole = claims(&[(at, value)], 101..=400);
            assert_eq!(whole.lost, 0, "{at}: {whole:?}");
        }
        // One that is too small is contradicted by what is there.
        let small = claims(&[(152, 4)], 101..=230);
        assert_eq!((small.lost, names(&small)), (170, vec!["n_entries"]));
        let crossed = claims(&[(168, 401)], 101..=230);
        assert_eq!((crossed.lost, names(&crossed)), (170, vec!["tail_entry_seqnum"]));
        // The range is too small: the count may be right.
        for (at, value) in [(160, 400 ^ 256), (168, 101 | 128)] {
            let narrow = claims(&[(at, value)], 101..=230);
            assert_eq!((narrow.lost, names(&narrow)), (170, vec!["n_entries"]), "{at}");
            assert_eq!(claims(&[(at, value)], 101..=400).lost, 0, "{at}");
        }
        // The count may be too great: where both ends of the range are there, it is.
        let great = claims(&[(152, 300 | 512)], 101..=230);
        assert!(names(&great) == ["n_entries"] && (170..=900).contains(&great.lost), "{great:?}");
        assert_eq!(claims(&[(152, 300 | 512)], 101..=400).lost, 0);
        // Where all agree on nonsense, the size of the file does not.
        let wild = 0x3030_3030_3030_3030;
        let absurd = claims(&[(96, 0), (144, wild), (152, wild), (160, wild), (168, 1)], 101..=230);
        assert!(absurd.lost <= (1 << 16) / ENTRY_LEAST, "{absurd:?}");
    }

    #[test]
    fn the_entry_that_was_being_written_is_claimed_by_its_number_alone() {
        let open = |found| told(&claims(&[(16, 1), (160, 401)], found));
        assert_eq!(open(101..=400), [300, 1, 0, 1, 1]);
        assert_eq!(open(101..=401), [300, 0, 0, 0, 0]);
        assert_eq!(
            told(&claims(&[(160, 401)], 101..=400)),
            [300, 0, 0, 0, 0],
            "a closed file counts all of its entries"
        );
    }

    #[test]
    fn an_older_header_and_an_empty_file_claim_nothing() {
        let older = claims(&[(152, 100), (160, 200)], (101..=190).chain(201..=300));
        assert_eq!(told(&older), [100, 10, 0, 0, 10]);
        assert_eq!(told(&claims(&[(152, 0), (168, 0)], [])), [0, 0, 0, 0, 0]);
    }
}
