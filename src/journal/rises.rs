//! Whether numbers and times rise along the stretches of a merge, so that its order does not hang on what came before.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::Stretch;
use crate::file::JournalFile;
use crate::format::Id128;

/// How much must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Care {
    /// Entries that cannot be read are passed over, and files may share a moment where they meet.
    Usual,
    /// Every entry can be read, and files that follow one another share no moment.
    Great,
}

/// Whether all is of one boot, and numbers and times rise along each file and, where there are several, each strand.
///
/// Cost: a look at all heads, on all threads.
pub(super) fn rises<'s>(
    files: &[JournalFile],
    stretches: impl Iterator<Item = &'s Stretch> + Clone,
    care: Care,
) -> bool {
    let mut boot = None;
    let mut in_file: BTreeMap<u32, u64> = BTreeMap::new();
    let mut strands: BTreeMap<Id128, Vec<&Stretch>> = BTreeMap::new();
    for stretch in stretches.clone() {
        let before = in_file.insert(stretch.file, stretch.last.seqnum.0);
        let one_boot = *boot.get_or_insert(stretch.boot) == stretch.boot;
        if !one_boot || before.is_some_and(|before| before >= stretch.first.seqnum.0) {
            return false;
        }
        let Some(file) = files.get(stretch.file as usize) else { continue };
        strands.entry(file.header().seqnum_id).or_default().push(stretch);
    }
    let along = strands.len() < 2 || strands.into_values().all(|strand| rises_along(strand, care));
    let stretches: Vec<&Stretch> = stretches.collect();
    along && stretches.into_par_iter().all(|stretch| rises_within(files, stretch, care))
}

/// Whether numbers and times rise from entry to entry.
fn rises_within(files: &[JournalFile], stretch: &Stretch, care: Care) -> bool {
    let Some(file) = files.get(stretch.file as usize) else { return true };
    let mut before = (0, 0);
    file.entries(stretch.slots.clone()).all(|entry| {
        let Ok(entry) = entry else { return care == Care::Usual };
        let (seqnum, monotonic) = (entry.seqnum().0, entry.monotonic().0);
        let rises = seqnum > before.0 && monotonic >= before.1;
        before = (seqnum, monotonic);
        rises
    })
}

/// Whether the stretches of a strand follow one another both in numbers and in time.
fn rises_along(mut strand: Vec<&Stretch>, care: Care) -> bool {
    strand.sort_by_key(|stretch| stretch.first.seqnum);
    strand.windows(2).all(|pair| match pair {
        [one, two] => {
            let shared = care == Care::Usual && one.last.monotonic == two.first.monotonic;
            one.last.seqnum < two.first.seqnum && (shared || one.last.monotonic < two.first.monotonic)
        }
        _ => true,
    })
}
