//! Entries visited in parallel, each worker with a state of its own.

use std::collections::BTreeMap;

use super::{Outcome, Query, Selection, render};
use crate::corrupt::Losses;
use crate::file::Entry;
use crate::journal::{Journal, Place};

/// Calls `visit` with every entry of a query and the state of the worker that has it; returns the states.
///
/// Which worker gets an entry is left to chance, and `worker` may make more states than there is work for, so that only
/// what does not depend on the order may be worked out: counts, sums, sets. Entries that cannot be read are counted in
/// the losses, by file.
pub fn fold<W: Send>(
    journal: &Journal,
    selection: &Selection<'_>,
    query: &Query,
    threads: usize,
    worker: impl Fn() -> W + Sync,
    visit: impl Fn(&mut W, Place, &Entry<'_>) + Sync,
) -> (Vec<W>, Vec<(usize, Losses)>) {
    let outcome = render(
        selection,
        query,
        threads,
        || (worker(), BTreeMap::<u32, Losses>::new()),
        |(state, lost), chunk, _| {
            for place in &chunk.places {
                match journal.entry(*place) {
                    Ok(entry) => visit(state, *place, &entry),
                    Err(damage) => lost.entry(place.file).or_default().entry(damage),
                }
            }
        },
        |_| true,
    );
    let (Outcome::Done(workers) | Outcome::Stopped(workers)) = outcome;
    let (mut states, mut losses) = (Vec::with_capacity(workers.len()), BTreeMap::<usize, Losses>::new());
    for (file, lost) in selection.losses() {
        losses.entry(*file).or_default().add(lost.clone());
    }
    for (state, lost) in workers {
        states.push(state);
        for (file, lost) in lost {
            losses.entry(file as usize).or_default().add(lost);
        }
    }
    (states, losses.into_iter().collect())
}
