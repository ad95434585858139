//! Which boot came first: seqnums decide, then what the files tell; the wall clock only where nothing else does.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet};

use super::{FileName, Stretch};
use crate::file::JournalFile;
use crate::format::{Id128, Realtime};

/// How far a renamed file's time stamp may lie before the first entry of the boot that renamed it, in µs.
const RENAME_SLACK: u64 = 120_000_000;

/// The boots, oldest first, as indices below `count`.
///
/// Certain edges come from seqnums: one boot ends before another begins in the same namespace. A file set aside under a
/// `~` name tells that its last boot lies before the one whose clock gave the name. What is left open is decided by the
/// wall clock of each boot's newest entry, which is right on a machine that sets its clock from the network while it runs.
pub(super) fn oldest_first(count: usize, stretches: &[Stretch], files: &[JournalFile]) -> Vec<usize> {
    let mut edges = by_seqnum(count, stretches, files);
    edges.extend(by_rename(stretches, files));
    let mut newest = vec![(Realtime(0), Id128::default()); count];
    for stretch in stretches {
        if let Some(key) = newest.get_mut(stretch.boot) {
            *key = (key.0.max(stretch.last.realtime), stretch.last.boot_id);
        }
    }
    sort(&newest, &edges)
}

/// Sorts topologically; among the boots that may come next the smallest key wins. A contradiction, which only damage
/// can make, is resolved by passing the smallest key of those that are left, after which edges decide again. Nodes beyond the keys are milestones: passed at once, and not listed.
fn sort<K: Ord + Copy>(keys: &[K], edges: &[(usize, usize)]) -> Vec<usize> {
    let nodes = edges.iter().map(|(before, behind)| before.max(behind) + 1).max().unwrap_or(0).max(keys.len());
    let mut waits = vec![0_usize; nodes];
    let mut after: HashMap<usize, Vec<usize>> = HashMap::new();
    for (before, behind) in edges {
        after.entry(*before).or_default().push(*behind);
        waits[*behind] += 1;
    }
    // A milestone has no key, which sorts before any.
    let key = |node: usize| Reverse((keys.get(node), node));
    let mut ready: BinaryHeap<_> = (0..nodes).filter(|node| waits[*node] == 0).map(key).collect();
    let mut sorted = Vec::with_capacity(keys.len());
    let mut passed = vec![false; nodes];
    let mut by_key: Vec<usize> = (0..keys.len()).collect();
    by_key.sort_by_key(|boot| (keys[*boot], *boot));
    let mut by_key = by_key.into_iter();
    loop {
        // Where all that is left waits for each other, the smallest goes first.
        let next = ready.pop().map(|Reverse((_, node))| node).or_else(|| by_key.find(|boot| !passed[*boot]));
        let Some(node) = next else { return sorted };
        if std::mem::replace(&mut passed[node], true) {
            continue;
        }
        if node < keys.len() {
            sorted.push(node);
        }
        for behind in after.get(&node).into_iter().flatten() {
            waits[*behind] = waits[*behind].saturating_sub(1);
            if waits[*behind] == 0 && !passed[*behind] {
                ready.push(key(*behind));
            }
        }
    }
}

/// Edges between boots whose seqnums do not overlap, within each namespace.
///
/// They lead through milestones, nodes from `count` on: each boot to the one of its end, each milestone to the next, and
/// the last before a boot's beginning to that boot. So there are three for each boot, not one for each pair.
fn by_seqnum(count: usize, stretches: &[Stretch], files: &[JournalFile]) -> Vec<(usize, usize)> {
    let mut ranges: BTreeMap<(Id128, usize), (u64, u64)> = BTreeMap::new();
    for stretch in stretches {
        let Some(file) = files.get(stretch.file as usize) else { continue };
        let range = ranges.entry((file.header().seqnum_id, stretch.boot)).or_insert((u64::MAX, 0));
        let (one, two) = (stretch.first.seqnum.0, stretch.last.seqnum.0);
        *range = (range.0.min(one.min(two)), range.1.max(one.max(two)));
    }
    let mut strands: BTreeMap<Id128, Vec<(u64, u64, usize)>> = BTreeMap::new();
    for ((id, boot), (low, high)) in ranges {
        strands.entry(id).or_default().push((low, high, boot));
    }
    let (mut edges, mut first) = (Vec::new(), count);
    for mut ended in strands.into_values() {
        ended.sort_unstable_by_key(|(_, high, _)| *high);
        for (index, (low, _, boot)) in ended.iter().enumerate() {
            edges.push((*boot, first + index));
            if index > 0 {
                edges.push((first + index - 1, first + index));
            }
            let before = ended.partition_point(|(_, high, _)| high < low);
            if before > 0 {
                edges.push((first + before - 1, *boot));
            }
        }
        first += ended.len();
    }
    edges
}

/// Edges from the last boot of a `~` file to the one boot in whose time it was renamed, where only one fits.
fn by_rename(stretches: &[Stretch], files: &[JournalFile]) -> HashSet<(usize, usize)> {
    let mut edges = HashSet::new();
    let mut lasts: HashMap<u32, usize> = HashMap::new();
    for stretch in stretches {
        lasts.insert(stretch.file, stretch.boot);
    }
    for (file, boot) in lasts {
        let Some(FileName::Disposed { renamed, .. }) =
            files.get(file as usize).and_then(|file| FileName::read(file.path()))
        else {
            continue;
        };
        let fits = |stretch: &&Stretch| {
            let from = stretch.first.realtime.0.saturating_sub(RENAME_SLACK);
            (from..=stretch.last.realtime.0).contains(&renamed.0)
        };
        let fitting: HashSet<usize> = stretches.iter().filter(fits).map(|stretch| stretch.boot).collect();
        let mut fitting = fitting.into_iter();
        if let (Some(successor), None) = (fitting.next(), fitting.next())
            && successor != boot
            && !comparable(stretches, files, boot, successor)
        {
            edges.insert((boot, successor));
        }
    }
    edges
}

/// Whether seqnums order two boots already, or they are of different machines: then a name that holds a clock's time
/// has nothing to add.
fn comparable(stretches: &[Stretch], files: &[JournalFile], one: usize, two: usize) -> bool {
    let of = |boot: usize| {
        let of = stretches.iter().filter(move |stretch| stretch.boot == boot);
        of.filter_map(|stretch| files.get(stretch.file as usize)).map(JournalFile::header)
    };
    let shared = of(one).any(|one| of(two).any(|two| one.seqnum_id == two.seqnum_id));
    let machine = of(one).any(|one| of(two).any(|two| one.machine_id == two.machine_id));
    shared || !machine
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_beat_the_clock_and_the_clock_decides_the_rest() {
        assert_eq!(sort(&[30, 10, 20, 15], &[(0, 1), (1, 2)]), [3, 0, 1, 2]);
        assert_eq!(sort(&[30, 10, 20, 15], &[]), [1, 3, 2, 0]);
        assert_eq!(sort(&[30, 10, 20, 15], &[(0, 4), (4, 5), (5, 1), (5, 2)]), [3, 0, 1, 2]);
    }

    #[test]
    fn a_contradiction_keeps_every_boot() {
        assert_eq!(sort(&[2, 1, 3], &[(0, 1), (1, 0)]), [2, 1, 0]);
        // What contradicts nothing is kept.
        assert_eq!(sort(&[3, 2, 9, 8], &[(0, 1), (1, 0), (1, 2), (2, 3)]), [1, 0, 2, 3]);
    }
}
