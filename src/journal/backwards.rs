//! A merge from its end: the sequence of [`Merge`], reversed, without walking to the end first.

use super::moments::Moments;
use super::rises::{Care, rises};
use super::{Merge, Place, Stretch};
use crate::file::JournalFile;

/// How many places of a merge are held at once where it cannot be walked from its end.
const BLOCK: usize = 1 << 16;

/// The places of a [`Merge`], the last one first.
///
/// What falls on one moment is gathered and put in order as the merge does it, so that ties and copies fall the same
/// way. That needs numbers and times that rise along each file, as journald writes them, which a look at all heads
/// tells. Where they do not, or where the stretches are of several boots, the merge is
/// walked once from its beginning and then again in blocks, from the last to the first.
#[derive(Debug)]
pub struct Backwards<'j>(Way<'j>);

#[derive(Debug)]
enum Way<'j> {
    Native(Moments<'j>),
    Blocks { starts: Vec<Merge<'j>>, block: Vec<Place>, conflicts: u64 },
}

impl<'j> Backwards<'j> {
    /// The same as [`Merge::of`], from its end.
    pub fn of<'s>(files: &'j [JournalFile], stretches: impl Iterator<Item = &'s Stretch> + Clone) -> Self {
        if rises(files, stretches.clone(), Care::Usual) {
            return Self(Way::Native(Moments::of(files, stretches)));
        }
        let mut merge = Merge::of(files, stretches);
        let mut starts = vec![merge.clone()];
        let mut count = 0_usize;
        while merge.next().is_some() {
            count += 1;
            if count.is_multiple_of(BLOCK) {
                starts.push(merge.clone());
            }
        }
        Self(Way::Blocks { starts, block: Vec::new(), conflicts: merge.conflicts() })
    }

    /// How many pairs so far share seqnum and namespace but not content; both are shown.
    #[must_use]
    pub const fn conflicts(&self) -> u64 {
        match &self.0 {
            Way::Native(moments) => moments.conflicts(),
            Way::Blocks { conflicts, .. } => *conflicts,
        }
    }
}

impl Iterator for Backwards<'_> {
    type Item = Place;

    fn next(&mut self) -> Option<Place> {
        match &mut self.0 {
            Way::Native(moments) => moments.next(),
            Way::Blocks { starts, block, .. } => {
                while block.is_empty() {
                    block.extend(starts.pop()?.take(BLOCK));
                }
                block.pop()
            }
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::path::Path;

    use super::*;
    use crate::file::Options;
    use crate::journal::{Journal, Piece};
    use crate::testkit::synth::{Record, Synth};

    pub(in crate::journal) struct Dice(pub u64);

    impl Dice {
        pub(in crate::journal) fn roll(&mut self, below: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % below
        }
    }

    /// Records that rise in number and time, many of them at one time; where `torn`, two boots take turns.
    fn records(dice: &mut Dice, torn: bool) -> Vec<Record> {
        let (mut monotonic, mut boot) = (1_000, 1);
        let record = |seqnum| {
            monotonic += dice.roll(3);
            if torn && dice.roll(20) == 0 {
                boot = 3 - boot;
            }
            let realtime = 1_700_000_000_000_000 + monotonic + dice.roll(2);
            Record::new(seqnum).boot(boot).at(realtime, monotonic).field(format!("MESSAGE={}", dice.roll(3)))
        };
        (1..=120).map(record).collect()
    }

    /// One to five files, of one to three numberings, over the same records: copies, renumbered copies, entries that
    /// contradict a copy, entries that cannot be read unless all are `whole`.
    pub(in crate::journal) fn journal(dice: &mut Dice, torn: bool, whole: bool) -> Journal {
        let (all, strands) = (records(dice, torn), 1 + dice.roll(3));
        let mut files = Vec::new();
        for index in 0..1 + dice.roll(5) as u8 {
            let strand = dice.roll(strands);
            let mut synth = Synth::new().file_id([0x40 + index; 16]).seqnum_id([strand as u8; 16]);
            for record in &all {
                let mut record = record.clone();
                record.seqnum += 1000 * strand;
                match dice.roll(12) {
                    0..6 => continue,
                    6 => record.fields.push(b"MESSAGE=another".to_vec()),
                    _ => {}
                }
                synth = synth.entry(record);
            }
            let mut bytes = synth.build();
            for entry in synth.layout().entries.iter().filter(|_| dice.roll(30) == 0 && !whole) {
                bytes[*entry as usize] = 0;
            }
            files.extend(JournalFile::from_bytes(Path::new("made"), bytes, Options::default()));
        }
        Journal::from_files(files)
    }

    /// Compares both ways of every group; how many were walked from the end, of how many.
    fn compare(journal: &Journal) -> (usize, usize) {
        let (mut native, mut groups) = (0, 0);
        for piece in journal.order().pieces() {
            let Piece::Merge(members) = piece else { continue };
            let stretches = || members.iter().map(|index| &journal.order().stretches()[*index]);
            let mut forwards = Merge::of(journal.files(), stretches());
            let mut backwards = Backwards::of(journal.files(), stretches());
            native += usize::from(matches!(backwards.0, Way::Native(_)));
            groups += 1;
            let places: Vec<Place> = forwards.by_ref().collect();
            let mut reversed: Vec<Place> = backwards.by_ref().collect();
            reversed.reverse();
            assert_eq!(reversed, places);
            assert_eq!(backwards.conflicts(), forwards.conflicts());
        }
        (native, groups)
    }

    fn compare_many(torn: bool) -> (usize, usize) {
        let mut dice = Dice(7);
        (0..120)
            .map(|_| compare(&journal(&mut dice, torn, false)))
            .fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    }

    #[test]
    fn backwards_is_forwards_reversed() {
        let (native, groups) = compare_many(false);
        assert!(native > 30 && groups > 90, "{native} of {groups} from the end");
    }

    #[test]
    fn where_the_stretches_contradict_each_other_it_is_too() {
        let (native, groups) = compare_many(true);
        assert!(native < groups && groups > 90, "{native} of {groups} from the end");
    }
}
