//! Which boot came first: seqnums decide, then what the files tell; the wall clock only where nothing else does.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};

use super::Stretch;
use crate::file::JournalFile;
use crate::format::{Id128, Realtime};

/// The boots, oldest first, as indices below `count`.
///
/// Certain edges come from seqnums: one boot ends before another begins in the same namespace. A file set aside under a
/// `~` name tells that its last boot lies before the one whose clock gave the name. What is left open is decided by the
/// wall clock of each boot's newest entry, which is right on a machine that sets its clock from the network while it runs.
pub(super) fn oldest_first(
    count: usize,
    stretches: &[Stretch],
    files: &[JournalFile],
    renamed: &[(usize, usize)],
) -> Vec<usize> {
    let mut edges = by_seqnum(count, stretches, files);
    edges.extend(renamed);
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
