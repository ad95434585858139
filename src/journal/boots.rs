//! The list of boots, from what the order is made of.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use rayon::prelude::*;

use super::rename::Renamed;
use super::{Merge, Piece, Stretch};
use crate::file::{JournalFile, Search};
use crate::format::{EntryHead, Id128};

/// A boot that has at least one entry.
#[derive(Clone, Debug)]
pub struct Boot {
    /// Its id.
    pub id: Id128,
    /// The machine, by the last entry's `_MACHINE_ID=`, else by the file's header; the initrd may have another id.
    pub machine_id: Id128,
    /// The head of its first entry.
    pub first: EntryHead,
    /// The head of its last entry.
    pub last: EntryHead,
    /// The head of the last entry that journalctl sees: the last one that the boot's own lists name. The true last entry
    /// is missing there when its file was full or was being written.
    pub listed_last: EntryHead,
    /// How many slots of files its entries have: copies in several files count each, see
    /// [`Journal::entry_count`](super::Journal::entry_count).
    pub slots: u64,
    /// The indices of the files that have entries of it, ascending.
    pub files: Vec<usize>,
    /// The indices of its stretches in [`Order::stretches`](super::Order::stretches), ascending.
    pub stretches: Vec<usize>,
    /// What it has of each piece that its entries lie in, in the order of the pieces.
    pub shares: Vec<Share>,
    /// The numbers of its entries in each namespace, ascending by namespace.
    pub numbers: Vec<Numbers>,
    /// By which boots its files were set aside, which therefore came after it.
    pub set_aside: Vec<SetAside>,
}

/// What a boot has of a piece, in which other boots may have entries too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// The index in [`Order::pieces`](super::Order::pieces).
    pub piece: usize,
    /// The boot's stretches there, in the piece's order.
    pub stretches: Vec<usize>,
}

/// The numbers of a boot's entries in one namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Numbers {
    /// The namespace.
    pub seqnum_id: Id128,
    /// The lowest number.
    pub first: u64,
    /// The highest number.
    pub last: u64,
    /// How many slots of files have a number in between, entries that two files hold counted twice.
    pub slots: u64,
}

/// A boot that set a file of another aside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct SetAside {
    /// Its id.
    pub by: Id128,
    /// Whether no other boot can have done it.
    pub certain: bool,
}

/// Says of each boot by which others its files were set aside.
pub(super) fn relate(boots: &mut [Boot], renamed: &[Renamed]) {
    for edge in renamed {
        if let (Some(by), Some(boot)) = (boots.get(edge.after).map(|boot| boot.id), boots.get_mut(edge.before)) {
            boot.set_aside.push(SetAside { by, certain: edge.certain });
        }
    }
}

fn numbers<'a>(of: impl Iterator<Item = &'a (&'a Stretch, &'a JournalFile)>) -> Vec<Numbers> {
    let mut numbers: BTreeMap<Id128, Numbers> = BTreeMap::new();
    for (stretch, file) in of {
        let (one, two) = (stretch.first.seqnum.0, stretch.last.seqnum.0);
        let seqnum_id = file.header().seqnum_id;
        let known = numbers.entry(seqnum_id).or_insert(Numbers { seqnum_id, first: u64::MAX, last: 0, slots: 0 });
        (known.first, known.last) = (known.first.min(one.min(two)), known.last.max(one.max(two)));
        known.slots += stretch.slots.len() as u64;
    }
    numbers.into_values().collect()
}

/// Collects the boots; `stretches` refer to them by rank.
pub(super) fn collect(count: usize, stretches: &[Stretch], pieces: &[Piece], files: &[JournalFile]) -> Vec<Boot> {
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (index, stretch) in stretches.iter().enumerate() {
        if let Some(list) = members.get_mut(stretch.boot) {
            list.push(index);
        }
    }
    let mut boots = Vec::with_capacity(count);
    // By file: the boots that end there, and in which slots.
    let mut ends: BTreeMap<u32, Vec<(usize, Range<usize>)>> = BTreeMap::new();
    for (boot, last) in members.into_iter().filter_map(|list| boot(list, stretches, files)) {
        ends.entry(last.file).or_default().push((boots.len(), last.slots.clone()));
        boots.push(boot);
    }
    // These entries lie in pages that nobody has touched, most likely.
    let read = ends.into_par_iter().filter_map(|(file, ends)| Some(machines(files.get(file as usize)?, ends)));
    for (boot, machine) in read.collect::<Vec<_>>().into_iter().flatten() {
        if let (Some(boot), Some(machine)) = (boots.get_mut(boot), machine) {
            boot.machine_id = machine;
        }
    }
    for (at, piece) in pieces.iter().enumerate() {
        let members = match piece {
            Piece::Run(index) => std::slice::from_ref(index),
            Piece::Merge(members) => members.as_slice(),
        };
        for index in members {
            let Some(boot) = stretches.get(*index).and_then(|stretch| boots.get_mut(stretch.boot)) else { continue };
            match boot.shares.last_mut().filter(|share| share.piece == at) {
                Some(share) => share.stretches.push(*index),
                None => boot.shares.push(Share { piece: at, stretches: vec![*index] }),
            }
        }
    }
    boots
}

/// How many entries each of the boots has, an entry that several files hold counted once; and how many pairs of entries
/// share a series and a number, and not their content.
///
/// Cost: that of a merge for the pieces that are merged, which only a count needs; reading them merges once more.
pub(super) fn entries(
    boots: &[Boot],
    stretches: &[Stretch],
    pieces: &[Piece],
    files: &[JournalFile],
) -> (Vec<u64>, u64) {
    let mut conflicts = 0_u64;
    let mut entries: Vec<u64> = boots.iter().map(|boot| boot.slots).collect();
    for piece in pieces {
        let Piece::Merge(members) = piece else { continue };
        let (repeats, conflicting) = repeats(members, stretches, files);
        conflicts = conflicts.saturating_add(conflicting);
        for (boot, repeats) in repeats {
            if let Some(entries) = entries.get_mut(boot) {
                *entries = entries.saturating_sub(repeats);
            }
        }
    }
    (entries, conflicts)
}

/// The machines that the last readable entries in these slots name.
fn machines(file: &JournalFile, ends: Vec<(usize, Range<usize>)>) -> Vec<(usize, Option<Id128>)> {
    let mut search = Search::of(file);
    let mut machine = |slots: Range<usize>| {
        let entry = file.entries(slots).rev().find_map(Result::ok)?;
        search.id(&entry, b"_MACHINE_ID")
    };
    ends.into_iter().map(|(boot, slots)| (boot, machine(slots))).collect()
}

/// A boot, with the machine of its last file's header, and its last stretch.
fn boot<'s>(list: Vec<usize>, stretches: &'s [Stretch], files: &[JournalFile]) -> Option<(Boot, &'s Stretch)> {
    let of =
        |index: &usize| stretches.get(*index).and_then(|stretch| Some((stretch, files.get(stretch.file as usize)?)));
    let ends: Vec<_> = list.iter().filter_map(of).collect();
    // Within one namespace seqnums decide, between several the time since boot.
    let one = ends.windows(2).all(|pair| matches!(pair, [a, b] if a.1.header().seqnum_id == b.1.header().seqnum_id));
    let key = |head: &EntryHead| (if one { head.seqnum.0 } else { 0 }, head.monotonic, head.realtime, head.xor_hash);
    let (first, _) = ends.iter().min_by_key(|(stretch, _)| key(&stretch.first))?;
    let (last, file) = ends.iter().max_by_key(|(stretch, _)| key(&stretch.last))?;
    let listed = ends.iter().map(|(stretch, _)| stretch.listed_last.unwrap_or(stretch.last)).max_by_key(key)?;
    let mut in_files: Vec<usize> = ends.iter().map(|(stretch, _)| stretch.file as usize).collect();
    in_files.sort_unstable();
    in_files.dedup();
    let boot = Boot {
        id: first.first.boot_id,
        machine_id: file.header().machine_id,
        first: first.first,
        last: last.last,
        listed_last: listed,
        slots: ends.iter().map(|(stretch, _)| stretch.slots.len() as u64).sum(),
        files: in_files,
        stretches: list,
        shares: Vec::new(),
        numbers: numbers(ends.iter()),
        set_aside: Vec::new(),
    };
    Some((boot, last))
}

/// How many entries of a group are repeats, by boot, and how many pairs are in conflict. The group is merged for it only where two files share an entry, or
/// where there are so many stretches that asking would cost more.
fn repeats(members: &[usize], stretches: &[Stretch], files: &[JournalFile]) -> (Vec<(usize, u64)>, u64) {
    let members: Vec<&Stretch> = members.iter().filter_map(|index| stretches.get(*index)).collect();
    let of_several = members.windows(2).any(|pair| matches!(pair, [one, two] if one.file != two.file));
    if !of_several {
        return (Vec::new(), 0);
    }
    let mut merge = Merge::of(files, members.iter().copied());
    let mut counts: BTreeMap<usize, u64> = BTreeMap::new();
    let mut boot_of: HashMap<Id128, usize> = HashMap::new();
    for stretch in &members {
        *counts.entry(stretch.boot).or_default() += stretch.slots.len() as u64;
        boot_of.insert(stretch.first.boot_id, stretch.boot);
    }
    for place in merge.by_ref() {
        let entry = files.get(place.file as usize).and_then(|file| file.entry(place.at).ok());
        let boot = entry.and_then(|entry| boot_of.get(&entry.boot_id()));
        if let Some(count) = boot.and_then(|boot| counts.get_mut(boot)) {
            *count = count.saturating_sub(1);
        }
    }
    (counts.into_iter().filter(|(_, count)| *count > 0).collect(), merge.conflicts())
}
