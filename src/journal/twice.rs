//! Numbers that a series gave twice: to entries of two boots, so that they differ whatever they say.
//!
//! It happens where a journal goes on from an older state of itself, as after a snapshot or a backup was put back. Within
//! a boot the merge of its files notices such numbers; boots are never merged.

use super::{Boot, Journal};
use crate::format::{Id128, Seqnum};

/// Numbers of a series that entries of two boots have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Twice {
    /// The series.
    pub seqnum_id: Id128,
    /// The indices of the two boots in [`Journal::boots`], the one with the lower numbers first.
    pub boots: (usize, usize),
    /// The lowest number that both can have.
    pub first: Seqnum,
    /// The highest number that both can have.
    pub last: Seqnum,
}

impl Journal {
    /// The stretches of numbers that two boots have, by series. Of three or more boots that share numbers, each is held
    /// against the one that reaches highest.
    ///
    /// Cost: two bisections for each boot whose numbers lie in another's range; in a sound journal there is none.
    #[must_use]
    pub fn given_twice(&self) -> Vec<Twice> {
        let boots = self.boots().iter().enumerate();
        let mut ranges: Vec<(Id128, u64, u64, usize)> = boots
            .flat_map(|(at, boot)| boot.numbers.iter().map(move |range| (range.seqnum_id, range.first, range.last, at)))
            .collect();
        ranges.sort_unstable();
        let mut found = Vec::new();
        let mut highest: Option<(Id128, u64, usize)> = None;
        for (seqnum_id, first, last, boot) in ranges {
            let other = highest.filter(|(series, end, _)| *series == seqnum_id && first <= *end);
            if let Some((_, end, other)) = other {
                let (first, last) = (Seqnum(first), Seqnum(last.min(end)));
                let twice = Twice { seqnum_id, boots: (other, boot), first, last };
                found.extend(self.is_given_twice(&twice).then_some(twice));
            }
            if other.is_none_or(|(_, end, _)| last > end) {
                highest = Some((seqnum_id, last, boot));
            }
        }
        found
    }

    /// How many pairs of entries of one boot share a series and a number, and not their content.
    #[must_use]
    pub fn conflicts(&self) -> u64 {
        self.order().conflicts(&self.files)
    }

    /// Whether both boots have an entry with a number at an end of the range: ranges may also lie within one another.
    fn is_given_twice(&self, twice: &Twice) -> bool {
        let pair = [twice.boots.0, twice.boots.1].map(|boot| self.boots().get(boot));
        let [Some(one), Some(other)] = pair else { return false };
        let both = |seqnum| [one, other].iter().all(|boot| self.has(boot, twice.seqnum_id, seqnum));
        both(twice.first) || both(twice.last)
    }

    /// Whether a boot has an entry of this number.
    fn has(&self, boot: &Boot, seqnum_id: Id128, seqnum: Seqnum) -> bool {
        let stretches = boot.stretches.iter().filter_map(|index| self.order().stretches().get(*index));
        stretches.into_iter().any(|stretch| {
            let file = self.files.get(stretch.file as usize).filter(|file| file.header().seqnum_id == seqnum_id);
            file.is_some_and(|file| {
                let slot = file.bisect(stretch.slots.clone(), |entry| entry.seqnum() < seqnum);
                stretch.slots.contains(&slot)
                    && file.entry(file.entry_at(slot)).is_ok_and(|entry| entry.seqnum() == seqnum)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::file::{JournalFile, Options};
    use crate::testkit::synth::{Record, Synth};

    /// Files of a boot each, with these numbers; all of one series.
    fn journal(boots: &[&[u64]]) -> Journal {
        let file = |(boot, numbers): (u8, &&[u64])| {
            let record = |seqnum: &u64| {
                let time = u64::from(boot) * 1_000_000_000 + *seqnum * 1000;
                Record::new(*seqnum).boot(boot).field(format!("MESSAGE={boot} {seqnum}")).at(time, *seqnum * 1000)
            };
            let synth = numbers.iter().map(record).fold(Synth::new().file_id([boot; 16]), Synth::entry);
            JournalFile::from_bytes(Path::new("made"), synth.build(), Options::default()).unwrap()
        };
        Journal::from_files((1..).zip(boots).map(file).collect())
    }

    fn found(boots: &[&[u64]]) -> Vec<(u64, u64)> {
        journal(boots).given_twice().iter().map(|twice| (twice.first.0, twice.last.0)).collect()
    }

    #[test]
    fn a_number_that_two_boots_have_was_given_twice() {
        assert_eq!(found(&[&[1, 2, 3, 4, 5, 6], &[4, 5, 6, 7, 8]]), [(4, 6)]);
        assert_eq!(found(&[&[1, 2, 3, 4, 5, 6], &[4, 5, 6], &[6, 7]]), [(4, 6), (6, 6)]);
    }

    #[test]
    fn numbers_that_follow_or_lie_between_one_another_were_not() {
        assert_eq!(found(&[&[1, 2, 3], &[4, 5], &[6]]), []);
        assert_eq!(found(&[&[1, 2, 9, 10], &[4, 5]]), []);
    }
}
