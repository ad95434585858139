//! Where the wall clock moved against the monotonic clock.

use std::ops::Range;

use crate::analysis::source::{Line, Moment};
use crate::corrupt::Offset;
use crate::file::JournalFile;
use crate::format::{Id128, Monotonic, Realtime};
use crate::journal::{Boot, Journal, Place, Stretch};

/// Two neighbouring entries between which the wall clock moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Jump {
    /// The entry before.
    pub before: Moment,
    /// The entry after.
    pub after: Moment,
    /// Where the entry after lies.
    pub at: Place,
}

/// Each stretch is looked at in so many places at least: moves in both directions may cancel out between two looks.
const LOOKS: usize = 16;
/// And each boot in so many at most, which clocks that tell nonsense would exceed.
const LOOKS_MOST: usize = 8192;

impl Jump {
    /// How far the wall clock moved, in microseconds; positive where it went ahead.
    #[must_use]
    pub fn by_us(&self) -> i64 {
        let by = offset(self.after).wrapping_sub(offset(self.before));
        i64::try_from(by).unwrap_or(if by < 0 { i64::MIN } else { i64::MAX })
    }

    /// The jump from a moment to a later one, where there is one of more than `over_us`.
    fn between(before: Moment, (after, at): (Moment, Place), over_us: u64) -> Option<Self> {
        let jump = Self { before, after, at };
        (before.monotonic <= after.monotonic && jump.by_us().unsigned_abs() > over_us).then_some(jump)
    }
}

const fn offset(moment: Moment) -> i128 {
    moment.realtime.0 as i128 - moment.monotonic.0 as i128
}

/// The jumps among lines, each compared with the one before it.
pub(in crate::analysis) fn among<'a>(lines: impl Iterator<Item = &'a Line>, over_us: u64) -> Vec<Jump> {
    let place = |line: &Line| Place { file: u32::try_from(line.file).unwrap_or(u32::MAX), at: Offset(line.offset) };
    let moments: Vec<(Moment, Place)> = lines.map(|line| (line.moment(), place(line))).collect();
    let pairs = moments.iter().zip(moments.iter().skip(1));
    pairs.filter_map(|(one, two)| Jump::between(one.0, *two, over_us)).collect()
}

/// The jumps of a boot, by bisection in each stretch and a look from each stretch to the next. Where one begins before
/// another has ended, that other one shows what happened in between.
pub(in crate::analysis) fn of_boot(journal: &Journal, boot: &Boot, over_us: u64) -> Vec<Jump> {
    let stretches = journal.order().stretches();
    let mut members: Vec<&Stretch> = boot.stretches.iter().filter_map(|index| stretches.get(*index)).collect();
    members.sort_by_key(|stretch| (stretch.first.monotonic, stretch.first.seqnum));
    let mut looks = Looks { over_us, left: LOOKS_MOST, found: Vec::new() };
    let mut before: Option<Moment> = None;
    for stretch in members {
        let (first, last) = (moment(&stretch.first), moment(&stretch.last));
        if let Some(file) = journal.files().get(stretch.file as usize) {
            let at = Place { file: stretch.file, at: file.entry_at(stretch.slots.start) };
            looks.found.extend(before.and_then(|before| Jump::between(before, (first, at), over_us)));
            looks.through((stretch.file, file), stretch.slots.clone(), stretch.first.boot_id);
        }
        before = before.filter(|before| before.monotonic > last.monotonic).or(Some(last));
    }
    looks.found.sort_by_key(|jump| (jump.after.monotonic, jump.before.monotonic));
    once(looks.found)
}

/// The same jump may be seen in several files: of those that overlap in time the first is kept.
fn once(jumps: Vec<Jump>) -> Vec<Jump> {
    let mut kept: Vec<Jump> = Vec::new();
    for jump in jumps {
        if kept.last().is_none_or(|last| last.after.monotonic <= jump.before.monotonic) {
            kept.push(jump);
        }
    }
    kept
}

const fn moment(head: &crate::format::EntryHead) -> Moment {
    Moment { realtime: Realtime(head.realtime.0), monotonic: Monotonic(head.monotonic.0) }
}

struct Looks {
    over_us: u64,
    left: usize,
    found: Vec<Jump>,
}

impl Looks {
    /// Finds the jumps in a range of slots.
    fn through(&mut self, file: (u32, &JournalFile), slots: Range<usize>, boot: Id128) {
        let step = slots.len().div_ceil(LOOKS).max(1);
        let mut at: Vec<usize> = slots.clone().step_by(step).collect();
        at.extend(slots.end.checked_sub(1));
        at.dedup();
        let mut before: Option<(usize, Moment)> = None;
        for slot in at {
            let Some(here) = self.look(file, slot, boot) else { continue };
            if let Some(before) = before {
                self.narrow(file, before, (slot, here), boot);
            }
            before = Some((slot, here));
        }
    }

    /// Narrows a range down to the jumps within, as long as its ends differ.
    fn narrow(&mut self, file: (u32, &JournalFile), from: (usize, Moment), to: (usize, Moment), boot: Id128) {
        let mut open = vec![(from, to)];
        while let Some((one, two)) = open.pop() {
            let at = Place { file: file.0, at: file.1.entry_at(two.0) };
            let Some(jump) = Jump::between(one.1, (two.1, at), self.over_us) else { continue };
            let middle = one.0.midpoint(two.0);
            // An entry that cannot be read ends the search: then the jump lies somewhere within.
            match if middle > one.0 { self.look(file, middle, boot) } else { None } {
                Some(here) => open.extend([((middle, here), two), (one, (middle, here))]),
                None => self.found.push(jump),
            }
        }
    }

    fn look(&mut self, (_, file): (u32, &JournalFile), slot: usize, boot: Id128) -> Option<Moment> {
        self.left = self.left.checked_sub(1)?;
        let entry = file.entry(file.entry_at(slot)).ok().filter(|entry| entry.boot_id() == boot)?;
        Some(Moment { realtime: entry.realtime(), monotonic: entry.monotonic() })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::file::Options;
    use crate::testkit::synth::{Record, Synth};

    fn at(realtime: u64, monotonic: u64) -> Moment {
        Moment { realtime: Realtime(realtime), monotonic: Monotonic(monotonic) }
    }

    const HERE: Place = Place { file: 0, at: Offset(64) };

    const fn jump(before: Moment, after: Moment) -> Jump {
        Jump { before, after, at: HERE }
    }

    #[test]
    fn a_jump_has_a_direction_and_a_least_size() {
        let after = (at(190, 20), HERE);
        assert_eq!(Jump::between(at(100, 10), after, 79), Some(jump(at(100, 10), at(190, 20))));
        assert_eq!(Jump::between(at(100, 10), after, 80), None);
        assert_eq!(jump(at(100, 10), at(50, 20)).by_us(), -60);
        assert_eq!(jump(at(0, 0), at(u64::MAX, 0)).by_us(), i64::MAX);
    }

    /// The jumps of a boot whose clock is set an hour ahead at 15 s, by the seconds that the entries of its files have.
    fn jumps(files: &[&[u64]]) -> Vec<(u64, u64, i64)> {
        let second = 1_000_000;
        let record = |(seqnum, at): (u64, &u64)| {
            let wall = 1_700_000_000 + at + if *at > 15 { 3600 } else { 0 };
            Record::new(seqnum).field("MESSAGE=a").at(wall * second, at * second)
        };
        let file = |(index, seconds): (u8, &&[u64])| {
            let records = (1..).zip(*seconds).map(record);
            let synth = records.fold(Synth::new().file_id([index; 16]).seqnum_id([index; 16]), Synth::entry);
            JournalFile::from_bytes(Path::new("made"), synth.build(), Options::default()).unwrap()
        };
        let journal = Journal::from_files((1..).zip(files).map(file).collect());
        let found = of_boot(&journal, &journal.boots()[0], second);
        let told = |jump: &Jump| (jump.before.monotonic.0 / second, jump.after.monotonic.0 / second, jump.by_us());
        found.iter().map(told).collect()
    }

    #[test]
    fn files_that_overlap_show_one_jump_where_it_was() {
        let hour = 3_600_000_000;
        let system = &[1, 5, 10, 20, 30, 40][..];
        assert_eq!(jumps(&[system]), [(10, 20, hour)]);
        assert_eq!(jumps(&[system, system]), [(10, 20, hour)]);
        // A user's file that begins before it, ends before it, begins behind it, and has it between two others.
        assert_eq!(jumps(&[system, &[12, 35]]), [(10, 20, hour)]);
        assert_eq!(jumps(&[system, &[12, 14]]), [(10, 20, hour)]);
        assert_eq!(jumps(&[system, &[25, 50]]), [(10, 20, hour)]);
        // Between the system's files it is seen in the user's, as near as that has entries.
        assert_eq!(jumps(&[&[1, 10], &[20, 40], &[5, 30]]), [(5, 30, hour)]);
    }

    #[test]
    fn what_two_files_show_counts_once() {
        let jump = |from, to| jump(at(0, from), at(99, to));
        assert_eq!(once(vec![jump(1, 5), jump(3, 6), jump(6, 9)]), [jump(1, 5), jump(6, 9)]);
    }
}
