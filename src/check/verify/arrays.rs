//! Whether every array is in one list.

use super::entries::Known;
use super::finding::{Findings, Touches};
use super::main_array::{array, behind};
use super::places::Kind;
use super::rule::Rule;
use crate::check::starts::Starts;
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::format::array::TYPE;

/// Says which arrays are in several lists, and in a file that is a plain row of objects also which are in none.
///
/// Walks all lists once more; each array is followed once, whatever leads to it.
pub(super) fn owners(known: Known<'_>, is_row: bool, findings: &mut Findings) {
    let reached = shared(known, findings);
    if !is_row {
        return;
    }
    let all = known.file.parts(1).into_iter().flat_map(|part| known.file.objects(&part));
    for raw in all.flatten().filter(|raw| raw.kind == TYPE && !reached.contains(raw.at)) {
        let fault = Fault::Unlisted { at: raw.at, wanted: "any list" };
        let damage = Corrupt::new(raw.at, "entry array", fault);
        // Made for the last entry, and not yet hung up.
        if raw.at > known.last {
            findings.remark(Rule::ArrayOwner, damage, Touches::File);
        } else {
            findings.add(Rule::ArrayOwner, damage, Touches::File);
        }
    }
}

fn shared(known: Known<'_>, findings: &mut Findings) -> Starts {
    let mut reached = Starts::of(known.file.image().len());
    let heads = known.places.ranges(1).into_iter().flat_map(|range| known.places.iter(range));
    let heads = heads.filter(|(_, kind, _)| *kind == Kind::Kept).filter_map(|(at, ..)| known.file.data(at).ok());
    let heads = heads.map(|data| (data.at, data.entry_array));
    for (owner, head) in [(Offset(176), known.file.header().entry_array_offset)].into_iter().chain(heads) {
        let mut at = head;
        while at.is_some() {
            let Ok(part) = array(known.file, at) else { break };
            if !reached.insert(at) {
                let fault = Fault::Leads { to: at, wanted: "array of its own" };
                findings.add(Rule::ArrayOwner, Corrupt::new(owner, "list of entries", fault), Touches::File);
                break;
            }
            let Some(next) = behind(&part) else { break };
            at = next;
        }
    }
    reached
}
