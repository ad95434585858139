use std::collections::HashSet;

use crate::format::{Id128, Inflater};
use crate::journal::{Journal, Piece, Place};
use crate::query::{Matches, Query, Selection};

/// Files read as one: order, boots and selections hold together.
pub fn journal(journal: &Journal) {
    order(journal);
    let all = both_ways(journal, &Query::default());
    in_file_order(journal, &all);
    let slots: usize = journal.files().iter().map(|file| file.arrays().len()).sum();
    assert!(all.len() <= slots);
    let newest = Query { last: Some(5), ..Query::default() };
    assert_eq!(both_ways(journal, &newest), all[all.len().saturating_sub(5)..]);
    for terms in [&["PRIORITY=3"][..], &["TAG=odd1", "TAG=third2", "_SYSTEMD_UNIT=unit1.service"]] {
        let matches = Matches::read(terms).unwrap_or_default();
        let some = both_ways(journal, &Query { matches, ..Query::default() });
        assert!(some.len() <= all.len());
    }
    let boots: usize = (0..journal.boots().len().min(16)).map(|boot| both_ways(journal, &of_boot(boot)).len()).sum();
    assert!(boots <= all.len());
}

/// In a whole journal the index finds what reading every entry finds.
pub fn same_as_scanned(journal: &Journal) {
    let all = places(journal, &Query::default());
    let counted: u64 = (0..journal.boots().len()).map(|boot| journal.entry_count(boot)).sum();
    assert_eq!(counted, all.len() as u64);
    let mut inflater = Inflater::default();
    for terms in [&["PRIORITY=3"][..], &["TAG=odd1", "TAG=third2"], &["TAG=odd1", "PRIORITY=1", "+", "PRIORITY=2"]] {
        let matches = Matches::read(terms).unwrap_or_default();
        let mut holds = |place: &&Place| journal.entry(**place).is_ok_and(|entry| matches.holds(&entry, &mut inflater));
        let scanned: Vec<Place> = all.iter().filter(&mut holds).copied().collect();
        assert_eq!(both_ways(journal, &Query { matches: matches.clone(), ..Query::default() }), scanned, "{terms:?}");
    }
}

/// A merge shows every entry of its last file, from whichever file holds it.
pub(super) fn holds_all_of_last(journal: &Journal) {
    let Some(last) = journal.files().last() else { return };
    let identity = |head: &crate::format::EntryHead| (head.boot_id, head.monotonic, head.realtime, head.xor_hash);
    let shown = places(journal, &Query::default());
    let shown: HashSet<(Id128, _, _, _)> =
        shown.iter().filter_map(|place| Some(identity(journal.entry(*place).ok()?.head()))).collect();
    for entry in last.entries(0..last.arrays().len()).flatten() {
        assert!(shown.contains(&identity(entry.head())), "{:?} is not shown", entry.head());
    }
}

fn of_boot(boot: usize) -> Query {
    Query { boot: Some(boot), ..Query::default() }
}

/// Stretches lie in their files, and each is in one piece of the order at most.
fn order(journal: &Journal) {
    let order = journal.order();
    for stretch in order.stretches() {
        let file = &journal.files()[stretch.file as usize];
        assert!(stretch.slots.start < stretch.slots.end && stretch.slots.end <= file.arrays().len());
        assert!(stretch.boot < order.boots().len());
    }
    let mut seen = HashSet::new();
    for piece in order.pieces() {
        let members = match piece {
            Piece::Run(one) => std::slice::from_ref(one),
            Piece::Merge(members) => members.as_slice(),
        };
        assert!(members.iter().all(|member| *member < order.stretches().len() && seen.insert(*member)));
    }
    assert_eq!(seen.len(), order.stretches().len());
}

fn places(journal: &Journal, query: &Query) -> Vec<Place> {
    let mut places = Vec::new();
    Selection::of(journal, query).walk(|chunk| {
        places.extend(chunk.places);
        true
    });
    places
}

/// What a query selects; the same in reverse.
fn both_ways(journal: &Journal, query: &Query) -> Vec<Place> {
    let forward = places(journal, query);
    let mut backward = places(journal, &Query { reverse: !query.reverse, ..query.clone() });
    backward.reverse();
    assert_eq!(forward, backward);
    forward
}

/// The places of each file come in the order of its main array, and lie in the file.
fn in_file_order(journal: &Journal, places: &[Place]) {
    for (index, file) in journal.files().iter().enumerate() {
        let mut slots = file.arrays().iter(file.image(), file.layout(), 0..file.arrays().len());
        for place in places.iter().filter(|place| place.file as usize == index) {
            assert!(slots.any(|at| at == place.at), "{} is shown against the order of its file", place.at);
        }
    }
}
