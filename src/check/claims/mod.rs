//! What a file's header claims of its entries, held against those that were found.
//!
//! Numbers that are missing between two entries show what was lost from the middle. What was lost before the first and
//! behind the last one that is there only the header tells. A header is one page: it may be older than the rest, and one
//! flipped bit makes a count of billions. So its fields are held against each other and against the size of the file, and
//! the least that they allow is believed.

mod fields;

use serde::{Serialize, Serializer};

use self::fields::room;
use super::account::Seqnums;
use crate::corrupt::Corrupt;
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
    /// At most so many entries are lost, as far as this file alone can tell: by gaps in seqnums, by these claims, and by
    /// what the main array names and cannot be read.
    pub lost: u64,
    /// How many of them no number is missing for: the header says nothing of what lay before the first and behind the last.
    #[serde(skip)]
    pub(crate) unplaced: u64,
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

impl Claims {
    /// Holds the header of a file of `len` bytes against the seqnums of the `found` entries in it, besides which the main
    /// array names so many that cannot be read.
    pub(super) fn of(header: &Header, len: u64, seqnums: &Seqnums, (found, unreadable): (u64, u64)) -> Self {
        let mut claims = Self::by_numbers(header, len, seqnums, found);
        if !claims.covers {
            claims.unplaced = unreadable.saturating_sub(claims.lost).min(claims.room.saturating_sub(claims.lost));
            claims.lost = claims.lost.saturating_add(claims.unplaced);
        }
        claims
    }

    fn by_numbers(header: &Header, len: u64, seqnums: &Seqnums, found: u64) -> Self {
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
}

/// How many numbers there are from the first to the last.
pub(crate) const fn width((first, last): (u64, u64)) -> u64 {
    last.saturating_sub(first).saturating_add(1)
}

fn as_text<S: Serializer>(damage: &[Corrupt], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(damage.iter().map(ToString::to_string))
}

#[cfg(test)]
mod tests;
