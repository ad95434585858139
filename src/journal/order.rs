//! The one order of all entries, as a list of pieces: ranges that overlap nothing, and groups of ranges to be merged.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use rayon::prelude::*;

use super::boots::{self, Boot};
use super::{group, open, rank, rename};
use crate::check::Salvage;
use crate::corrupt::Losses;
use crate::file::{JournalFile, Span};
use crate::format::{EntryHead, Id128};

/// A range of one file's main array, all of one boot, with the heads of its first and last readable entry.
#[derive(Clone, Debug)]
pub struct Stretch {
    /// The index of the file.
    pub file: u32,
    /// The slots of its main array.
    pub slots: Range<usize>,
    /// The index of the boot in [`Order::boots`].
    pub boot: usize,
    /// The first entry.
    pub first: EntryHead,
    /// The last entry.
    pub last: EntryHead,
    /// The last entry that the file's own list of the boot names.
    pub listed_last: Option<EntryHead>,
}

/// A part of the order, by indices of stretches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// One stretch that overlaps no other: its entries follow one another as they lie.
    Run(usize),
    /// Stretches that overlap in time or in seqnums: their entries are merged one by one.
    Merge(Vec<usize>),
}

/// The order of all entries of a journal.
///
/// Within a file it is the main array's, within a seqnum namespace that of the seqnums. Such strands are merged by
/// (rank of the boot, monotonic), the monotonic made non-decreasing along the strand, then realtime, hash and path.
/// Boots are ranked by seqnums first, see [`Journal::boots`](super::Journal::boots). The order is total and the same on
/// every run.
#[derive(Debug, Default)]
pub struct Order {
    stretches: Vec<Stretch>,
    pieces: Vec<Piece>,
    boots: Vec<Boot>,
    /// By boot, once they are counted; and how many share a number with another one.
    entries: OnceLock<(Vec<u64>, u64)>,
    losses: Vec<Losses>,
}

impl Order {
    /// Works out the order; the cost grows with files and boots, and with entries only where files are damaged.
    pub(super) fn of(files: &[JournalFile], salvages: &[OnceLock<Box<Salvage>>]) -> Self {
        let cut = files.par_iter().enumerate();
        let cut: Vec<_> = cut.map(|(index, file)| open::spans(file, salvages.get(index))).collect();
        let mut order = Self::default();
        let mut ids: HashMap<Id128, usize> = HashMap::new();
        for (index, spans) in cut.into_iter().enumerate() {
            let listed: HashMap<Id128, EntryHead> =
                spans.listed_last.iter().rev().map(|head| (head.boot_id, *head)).collect();
            for span in &spans.spans {
                let boot = ids.len();
                let boot = *ids.entry(span.boot).or_insert(boot);
                let listed_last = listed.get(&span.boot).copied();
                order.stretches.extend(stretch(index, span, boot, listed_last));
            }
            order.losses.push(spans.losses);
        }
        let mut renamed = rename::read(&order.stretches, files);
        let told = rename::order(&order.stretches, files);
        let ranked = rank::oldest_first(ids.len(), &order.stretches, files, &told);
        let mut rank_of = vec![0; ranked.len()];
        for (rank, boot) in ranked.iter().enumerate() {
            if let Some(slot) = rank_of.get_mut(*boot) {
                *slot = rank;
            }
        }
        for stretch in &mut order.stretches {
            stretch.boot = rank_of.get(stretch.boot).copied().unwrap_or_default();
        }
        order.pieces = group::pieces(&order.stretches, files);
        order.boots = boots::collect(ids.len(), &order.stretches, &order.pieces, files);
        for edge in &mut renamed {
            let ranked = |boot: usize| rank_of.get(boot).copied().unwrap_or_default();
            (edge.before, edge.after) = (ranked(edge.before), ranked(edge.after));
        }
        boots::relate(&mut order.boots, &renamed);
        order
    }

    /// The stretches that pieces refer to.
    #[must_use]
    pub fn stretches(&self) -> &[Stretch] {
        &self.stretches
    }

    /// The pieces, oldest first.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The boots, oldest first.
    #[must_use]
    pub fn boots(&self) -> &[Boot] {
        &self.boots
    }

    /// How many entries each boot has; counted when first asked for.
    pub(super) fn entries(&self, files: &[JournalFile]) -> &[u64] {
        &self.counted(files).0
    }

    /// How many pairs of entries share a series and a number, and not their content; counted when first asked for.
    pub(super) fn conflicts(&self, files: &[JournalFile]) -> u64 {
        self.counted(files).1
    }

    fn counted(&self, files: &[JournalFile]) -> &(Vec<u64>, u64) {
        self.entries.get_or_init(|| boots::entries(&self.boots, &self.stretches, &self.pieces, files))
    }

    /// What could not be read while cutting the files, by file.
    pub(super) fn losses(&self) -> &[Losses] {
        &self.losses
    }
}

/// A span of the file at `index`.
fn stretch(index: usize, span: &Span, boot: usize, listed_last: Option<EntryHead>) -> Option<Stretch> {
    let (first, last, slots) = (span.first, span.last, span.slots.clone());
    Some(Stretch { file: u32::try_from(index).ok()?, slots, boot, first, last, listed_last })
}
