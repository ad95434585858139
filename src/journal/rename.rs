//! What `~` names tell: a file set aside was the last of its boot, and the boot that renamed it came after.
//!
//! The name holds the wall clock of the rename, by the clock of the boot that renamed. journald says so in a line a
//! moment later; where that line is there, it names the boot. Else the boot may be told by its time alone.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{FileName, Stretch};
use crate::file::JournalFile;
use crate::format::{Id128, Inflater};

/// How far a renamed file's time stamp may lie before the first entry of the boot that renamed it, in µs.
const RENAME_SLACK: u64 = 120_000_000;
/// journald's line about a rename follows it so soon, in µs: it goes through the kernel's log, which journald reads again
/// once the new file is there.
const LINE_AFTER: u64 = 2_000_000;
/// What is settled leaves fewer lines to other files; so often that is looked at.
const ROUNDS: usize = 8;

/// Two boots in the order that a file's name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Renamed {
    /// The boot whose file was set aside.
    pub(super) before: usize,
    /// The boot that did it.
    pub(super) after: usize,
    /// Whether no other boot can have done it.
    pub(super) certain: bool,
}

/// A file set aside: whose it was, and when that was done.
#[derive(Clone, Copy, Debug)]
struct Aside {
    boot: usize,
    stamp: u64,
}

/// The order of boots that the stamps of names tell by themselves, each as who comes before whom.
///
/// Lines near a stamp may be about another file, so that no order rests on them.
pub(super) fn order(stretches: &[Stretch], files: &[JournalFile]) -> Vec<(usize, usize)> {
    let asides = asides(stretches, files);
    let told = by_time(asides.iter().enumerate(), stretches, &Kin::of(stretches, files));
    told.into_iter().map(|(_, renamed)| (renamed.before, renamed.after)).collect()
}

/// What the names of set-aside files tell that seqnums do not; the cost grows with files and boots, and with the lines
/// of journald itself only where there is such a file.
pub(super) fn read(stretches: &[Stretch], files: &[JournalFile]) -> Vec<Renamed> {
    let asides = asides(stretches, files);
    if asides.is_empty() {
        return Vec::new();
    }
    let kin = Kin::of(stretches, files);
    let mut found = by_line(&asides, &lines(&asides, stretches, files), &kin);
    let told: BTreeSet<usize> = found.iter().map(|(aside, _)| *aside).collect();
    let left = asides.iter().enumerate().filter(|(index, _)| !told.contains(index));
    found.extend(by_time(left, stretches, &kin));
    let mut edges: Vec<Renamed> = found.into_iter().map(|(_, renamed)| renamed).collect();
    edges.sort_unstable();
    edges.dedup();
    edges
}

/// The system's set-aside files, each with the boot that wrote last in it.
fn asides(stretches: &[Stretch], files: &[JournalFile]) -> Vec<Aside> {
    let lasts: BTreeMap<u32, usize> = stretches.iter().map(|stretch| (stretch.file, stretch.boot)).collect();
    let of = |(file, boot): (u32, usize)| {
        // Most files are none, and need no look at what else their name says.
        let path = files.get(file as usize).map(JournalFile::path);
        match path.filter(|path| path.as_os_str().as_encoded_bytes().ends_with(b"~")).and_then(FileName::read)? {
            FileName::Disposed { renamed, .. } => Some(Aside { boot, stamp: renamed.0 }),
            _ => None,
        }
    };
    lasts.into_iter().filter_map(of).collect()
}

/// Which boots are of one machine, and not ordered by seqnums already.
struct Kin(HashMap<usize, (BTreeSet<Id128>, BTreeSet<Id128>)>);

impl Kin {
    fn of(stretches: &[Stretch], files: &[JournalFile]) -> Self {
        let mut of: HashMap<usize, (BTreeSet<Id128>, BTreeSet<Id128>)> = HashMap::new();
        for stretch in stretches {
            let Some(header) = files.get(stretch.file as usize).map(JournalFile::header) else { continue };
            let (numbers, machines) = of.entry(stretch.boot).or_default();
            numbers.insert(header.seqnum_id);
            machines.insert(header.machine_id);
        }
        Self(of)
    }

    /// Whether a name that holds a clock's time has anything to add about two boots.
    fn are_open(&self, one: usize, two: usize) -> bool {
        let (Some(a), Some(b)) = (self.0.get(&one), self.0.get(&two)) else { return false };
        one != two && a.0.is_disjoint(&b.0) && !a.1.is_disjoint(&b.1)
    }
}

/// journald's lines about a rename near one of the stamps: when, and in which boot.
fn lines(asides: &[Aside], stretches: &[Stretch], files: &[JournalFile]) -> Vec<(u64, usize)> {
    let mut stamps: Vec<u64> = asides.iter().map(|aside| aside.stamp).collect();
    stamps.sort_unstable();
    let is_near = |time: u64| {
        let next = stamps.partition_point(|stamp| *stamp < time.saturating_sub(LINE_AFTER));
        stamps.get(next).is_some_and(|stamp| *stamp <= time)
    };
    let boots: HashMap<Id128, usize> = stretches.iter().map(|stretch| (stretch.first.boot_id, stretch.boot)).collect();
    let mut found = Vec::new();
    let mut inflater = Inflater::default();
    for file in files {
        let Ok(Some(data)) = file.find_data(b"SYSLOG_IDENTIFIER=systemd-journald", &mut inflater) else { continue };
        let entries = file.entries_of(&data);
        for entry in entries.iter().filter_map(|at| file.entry(at).ok()).filter(|entry| is_near(entry.realtime().0)) {
            let says = entry.get("MESSAGE").is_some_and(|text| tells_of_rename(&text));
            if let Some(boot) = boots.get(&entry.boot_id()).filter(|_| says) {
                found.push((entry.realtime().0, *boot));
            }
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

/// Whether a message is about the system's own file; users' files are renamed when they log in.
fn tells_of_rename(message: &[u8]) -> bool {
    let text = String::from_utf8_lossy(message);
    text.starts_with("File ") && text.contains("/system.journal ") && text.contains("renaming and replacing")
}

/// A line that may tell of a file's rename: how long after, which line, and of which boot.
type Fit = (u64, usize, usize);

/// Brings files and lines together, each once; by index in `asides`. A file that only one line fits has it, which leaves
/// fewer to the others; what stays open then is settled by nearness, and not certain.
fn by_line(asides: &[Aside], lines: &[(u64, usize)], kin: &Kin) -> Vec<(usize, Renamed)> {
    let fits: Vec<Vec<Fit>> = asides.iter().map(|aside| fitting(aside, lines, kin)).collect();
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    let mut found: BTreeMap<usize, Renamed> = BTreeMap::new();
    for _ in 0..ROUNDS {
        let known = found.len();
        for (index, (aside, fits)) in asides.iter().zip(&fits).enumerate() {
            let mut left = fits.iter().filter(|(_, line, _)| !taken.contains(line));
            if let (Some((_, line, after)), None, false) = (left.next(), left.next(), found.contains_key(&index)) {
                taken.insert(*line);
                found.insert(index, Renamed { before: aside.boot, after: *after, certain: true });
            }
        }
        if found.len() == known {
            break;
        }
    }
    let open = fits.iter().enumerate().filter(|(index, _)| !found.contains_key(index));
    let mut open: Vec<(Fit, usize)> =
        open.flat_map(|(index, fits)| fits.iter().map(move |fit| (*fit, index))).collect();
    open.sort_unstable();
    for ((_, line, after), index) in open {
        if let (Some(aside), false) = (asides.get(index), found.contains_key(&index))
            && taken.insert(line)
        {
            found.insert(index, Renamed { before: aside.boot, after, certain: false });
        }
    }
    found.into_iter().collect()
}

/// The lines that may tell of a file's rename.
fn fitting(aside: &Aside, lines: &[(u64, usize)], kin: &Kin) -> Vec<Fit> {
    let from = lines.partition_point(|(time, _)| *time < aside.stamp);
    let near = lines.iter().enumerate().skip(from);
    let near = near.take_while(|(_, (time, _))| *time <= aside.stamp.saturating_add(LINE_AFTER));
    let fits = near.filter(|(_, (_, boot))| kin.are_open(aside.boot, *boot));
    fits.map(|(line, (time, boot))| (time.abs_diff(aside.stamp), line, *boot)).collect()
}

/// The one boot in whose time a file was renamed, where only one fits: the stretches pass by in order of time.
fn by_time<'a>(
    left: impl Iterator<Item = (usize, &'a Aside)>,
    stretches: &[Stretch],
    kin: &Kin,
) -> Vec<(usize, Renamed)> {
    let mut begins: Vec<(u64, u64, usize)> = stretches.iter().map(times).collect();
    begins.sort_unstable_by_key(|stretch| Reverse(stretch.0));
    let mut left: Vec<(usize, &Aside)> = left.collect();
    left.sort_unstable_by_key(|(_, aside)| aside.stamp);
    let mut open: BTreeMap<(u64, usize), usize> = BTreeMap::new();
    let mut found = Vec::new();
    for (index, aside) in left {
        while let Some((_, end, boot)) = begins.pop_if(|(from, ..)| *from <= aside.stamp) {
            open.insert((end, boot), boot);
        }
        while open.first_key_value().is_some_and(|((end, _), _)| *end < aside.stamp) {
            open.pop_first();
        }
        let Some(after) = open.values().copied().next() else { continue };
        if open.values().all(|other| *other == after) && kin.are_open(aside.boot, after) {
            found.push((index, Renamed { before: aside.boot, after, certain: true }));
        }
    }
    found
}

fn times(stretch: &Stretch) -> (u64, u64, usize) {
    (stretch.first.realtime.0.saturating_sub(RENAME_SLACK), stretch.last.realtime.0, stretch.boot)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_to_the_nearest_file_and_to_no_other() {
        let asides = [Aside { boot: 0, stamp: 1_000_000 }, Aside { boot: 1, stamp: 1_100_000 }];
        let apart = |boot: usize| {
            (boot, (BTreeSet::from([Id128([u8::try_from(boot).unwrap(); 16])]), BTreeSet::from([Id128::default()])))
        };
        let kin = Kin((0..4).map(apart).collect());
        let found = by_line(&asides, &[(1_090_000, 1), (1_250_000, 2)], &kin);
        assert_eq!(
            found,
            [(0, Renamed { before: 0, after: 1, certain: true }), (1, Renamed { before: 1, after: 2, certain: true })]
        );
    }
}
