//! The lists that sums tell of: what is wrong with them, item by item.

use super::entries::{Known, read, touches_value, word};
use super::finding::{Findings, Touches};
use super::object::value;
use super::places::Kind;
use super::rule::Rule;
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::file::DataEntries;
use crate::format::Data;

/// How many values are looked at again, entry by entry; more are only counted.
pub(super) const SUSPECTS_KEPT: usize = 1024;

/// How many arrays their lists may have together.
const LINKS_KEPT: usize = 1 << 20;

/// How many items are read, at most, to say which links of single values are wrong.
const LOOKS_MOST: u64 = 1 << 28;

/// Says what is wrong with the lists that disagree with the entries.
pub(super) fn each(known: Known<'_>, suspects: &[Offset], budget: u64, findings: &mut Findings) {
    let (mut steps, mut links) = (budget, 0_usize);
    let mut held = Vec::with_capacity(suspects.len());
    for data in suspects.iter().filter_map(|at| known.file.data(*at).ok()) {
        if links > LINKS_KEPT {
            uncertain(known, data.at, findings);
            continue;
        }
        let list = known.file.entries_of(&data);
        links = links.saturating_add(list.links());
        steps = steps.saturating_sub(list.links() as u64);
        if steps > 0 {
            strangers(known, &data, &list, &mut steps, findings);
            held.push((data.at, list));
        }
    }
    for (entry, kind, _) in known.places.ranges(1).into_iter().flat_map(|range| known.places.iter(range)) {
        if kind == Kind::Entry && entry < known.last {
            missing(known, entry, &held, &mut steps, findings);
        }
    }
    if steps == 0 {
        let damage = Corrupt::new(Offset(0), "lists of values", Fault::TooLarge { size: budget, limit: budget });
        findings.add(Rule::Unchecked, damage, Touches::File);
    }
}

/// Says of a value that its list disagrees with the entries.
pub(super) fn uncertain(known: Known<'_>, at: Offset, findings: &mut Findings) {
    let damage = Corrupt::new(at, "list of a value", Fault::Malformed);
    findings.add(Rule::DataList, damage, touches_value(known.file, at));
}

/// Entries that a value's list has and that do not have the value.
fn strangers(known: Known<'_>, data: &Data<'_>, list: &DataEntries<'_>, steps: &mut u64, findings: &mut Findings) {
    let most = usize::try_from(data.n_entries).unwrap_or(usize::MAX);
    for entry in list.iter().take(most) {
        let Some(left) = steps.checked_sub(1) else { return };
        *steps = left;
        let wanted = match known.places.at(entry) {
            Some((Kind::Entry, _)) if has(known, entry, data.at, steps) => continue,
            Some((Kind::Entry, _)) => "entry with this value",
            _ => "entry",
        };
        let damage = Corrupt::new(data.at, "list of a value", Fault::Leads { to: entry, wanted });
        findings.add(Rule::DataListItem, damage, value(data, &[]));
    }
}

/// Whether an entry has a DATA among its items.
fn has(known: Known<'_>, entry: Offset, data: Offset, steps: &mut u64) -> bool {
    let Some((_, items)) = read(known.file, entry) else { return false };
    *steps = steps.saturating_sub(items.len() as u64);
    items.iter().any(|item| item == data)
}

/// Values of an entry whose lists do not have it.
fn missing(
    known: Known<'_>,
    entry: Offset,
    suspects: &[(Offset, DataEntries<'_>)],
    steps: &mut u64,
    findings: &mut Findings,
) {
    let Some((_, items)) = read(known.file, entry) else { return };
    for item in items.iter() {
        let Ok(place) = suspects.binary_search_by_key(&item, |(at, _)| *at) else { continue };
        *steps = steps.saturating_sub(1);
        if *steps > 0 && suspects.get(place).is_some_and(|(_, list)| !list.contains(entry)) {
            let damage = Corrupt::new(entry, "entry", Fault::Unlisted { at: entry, wanted: "the list of a value" });
            findings.add(Rule::EntryUnlisted, damage, touches_value(known.file, item));
        }
    }
}

/// Says which values of one entry name an entry that does not have them.
pub(super) fn singles(known: Known<'_>, findings: &mut Findings) {
    let mut looks = LOOKS_MOST;
    for (at, kind, _) in known.places.ranges(1).into_iter().flat_map(|range| known.places.iter(range)) {
        if kind != Kind::Single {
            continue;
        }
        let entry = Offset(word(known.file, at, 40));
        let wanted = if !known.places.is_entry(entry) {
            "entry"
        } else if has(known, entry, at, &mut looks) {
            continue;
        } else {
            "entry with this value"
        };
        if looks == 0 {
            let damage = Corrupt::new(at, "values", Fault::TooLarge { size: LOOKS_MOST, limit: LOOKS_MOST });
            findings.add(Rule::Unchecked, damage, Touches::File);
            return;
        }
        let damage = Corrupt::new(at, "data", Fault::Leads { to: entry, wanted });
        findings.add(Rule::DataListItem, damage, touches_value(known.file, at));
    }
}
