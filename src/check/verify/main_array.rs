//! The main chain of arrays: does it name every entry, once and in order?

use std::hash::BuildHasher;

use super::finding::{Findings, Touches};
use super::places::{Kind, Places};
use super::rule::Rule;
use crate::bytes::Mix;
use crate::check::starts::Starts;
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::file::JournalFile;
use crate::format::{EntryArray, EntryHead, RawObject, State};

/// What the main chain is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Main {
    /// The last entry that it names and the header counts.
    pub(super) last: Offset,
    /// A sum over its arrays.
    pub(super) arrays: u64,
    /// How many entries it names, in order.
    pub(super) linked: u64,
    /// Its last array that is in use, and how many of its slots are.
    tail: (Offset, u64),
}

/// Reads an array.
pub(super) fn array(file: &JournalFile, at: Offset) -> Result<EntryArray<'_>, Corrupt> {
    EntryArray::decode(RawObject::read(file.image(), at, "entry array")?, file.layout())
}

/// The array behind this one, if the link leads there.
pub(super) fn behind(array: &EntryArray<'_>) -> Option<Offset> {
    let end = array.at.0.saturating_add(array.size() as u64);
    (array.next.is_some() && array.next.0 >= end).then_some(array.next)
}

/// The first slot behind the used ones that is not empty, and what it holds.
pub(super) fn unused(array: &EntryArray<'_>, used: u64) -> Option<(u64, Offset)> {
    let (slot, item) = array.slots.used_from(usize::try_from(used).ok()?)?;
    Some((slot as u64, item))
}

/// Walks the main chain.
pub(super) fn main(file: &JournalFile, places: &Places, mix: Mix, findings: &mut Findings) -> Main {
    let mut main = Main::default();
    each(
        file,
        places,
        Some(findings),
        |_| {},
        |array, used| {
            main.arrays = main.arrays.wrapping_add(mix.hash_one(array.0));
            if used > 0 {
                main.tail = (array, used);
            }
        },
    );
    each(
        file,
        places,
        None,
        |at| {
            main.linked = main.linked.saturating_add(1);
            main.last = at;
        },
        |_, _| {},
    );
    // Of a chain that is cut, the last array is not known.
    if main.linked == file.header().n_entries {
        tail(file, &main, findings);
    }
    main
}

/// Reports the entries that the main array does not name.
pub(super) fn unlinked(file: &JournalFile, places: &Places, main: &Main, entries: u64, findings: &mut Findings) {
    if main.linked == entries {
        return;
    }
    let mut named = Starts::of(file.image().len());
    each(file, places, None, |at| _ = named.insert(at), |_, _| {});
    for (at, kind, _) in places.ranges(1).into_iter().flat_map(|range| places.iter(range)) {
        if kind == Kind::Entry && !named.contains(at) {
            let damage = Corrupt::new(at, "entry", Fault::Unlisted { at, wanted: "the main array" });
            findings.add(Rule::EntryUnlinked, damage, touches(file, at));
        }
    }
}

/// What an entry is to a reader.
pub(super) fn touches(file: &JournalFile, at: Offset) -> Touches {
    match EntryHead::read(file.image(), at, file.layout()) {
        Ok((head, _)) => Touches::Entry { seqnum: head.seqnum, realtime: head.realtime },
        Err(_) => Touches::File,
    }
}

/// Calls `entry` for every entry named in order, and `part` for every array with how many of its slots are used.
fn each(
    file: &JournalFile,
    places: &Places,
    mut findings: Option<&mut Findings>,
    mut entry: impl FnMut(Offset),
    mut part: impl FnMut(Offset, u64),
) {
    let header = file.header();
    let mut find = |rule, damage| {
        if let Some(findings) = &mut findings {
            findings.add(rule, damage, Touches::File);
        }
    };
    let (mut left, mut last) = (header.n_entries, Offset(0));
    // A last entry may stand there and not be counted, which is said elsewhere.
    let after = places.last_entry();
    let mut at = header.entry_array_offset;
    while at.is_some() {
        let array = match array(file, at) {
            Ok(array) => array,
            Err(damage) => {
                find(Rule::MainChain, damage);
                break;
            }
        };
        let used = left.min(array.slots.len() as u64);
        for slot in 0..usize::try_from(used).unwrap_or_default() {
            let item = array.slots.at(slot);
            if item <= last && item.is_some() {
                let fault = Fault::Order { found: item.0, before: last.0 };
                find(Rule::MainItem, Corrupt::new(at, "main entry array", fault));
            } else if !places.is_entry(item) {
                let fault = Fault::Leads { to: item, wanted: "entry" };
                find(Rule::MainItem, Corrupt::new(at, "main entry array", fault));
            } else {
                last = item;
                entry(item);
            }
        }
        if let Some((_, item)) = unused(&array, used).filter(|(_, item)| *item != after) {
            let fault = Fault::Leads { to: item, wanted: "entry that is counted" };
            find(Rule::MainItem, Corrupt::new(at, "main entry array", fault));
        }
        part(at, used);
        left = left.saturating_sub(used);
        let Some(next) = behind(&array) else { break };
        at = next;
    }
    if left > 0 {
        let found = header.n_entries.saturating_sub(left);
        find(
            Rule::MainChain,
            Corrupt::new(Offset(176), "main entry array", Fault::Count { claimed: header.n_entries, found }),
        );
    }
}

/// The header's note of the last array.
fn tail(file: &JournalFile, main: &Main, findings: &mut Findings) {
    let header = file.header();
    let (Some(at), Some(used)) = (header.tail_entry_array_offset, header.tail_entry_array_n_entries) else { return };
    // 32 bits, whatever the size of the file; writers before 252 leave 0.
    if (at == 0 && used == 0) || file.image().len() > u64::from(u32::MAX) {
        return;
    }
    let (wanted, n) = main.tail;
    let fault = if u64::from(at) != wanted.0 {
        Corrupt::new(Offset(256), "tail entry array", Fault::Differs { found: u64::from(at), wanted: wanted.0 })
    } else if u64::from(used) != n {
        Corrupt::new(Offset(260), "tail entry array items", Fault::Differs { found: u64::from(used), wanted: n })
    } else {
        return;
    };
    // Written last when an entry is linked.
    if header.state == State::Online && u64::from(used).saturating_add(1) >= n {
        findings.remark(Rule::TailArray, fault, Touches::File);
    } else {
        findings.add(Rule::TailArray, fault, Touches::File);
    }
}
