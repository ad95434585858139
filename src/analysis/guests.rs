//! Boots whose id a container shares: its entries are no part of what its host's boot says.
//!
//! A container without a boot id of its own sees that of its host. Where the journals of both are read together, what the
//! container says of its own shutdown must not be taken for the machine's.

use std::collections::{BTreeMap, BTreeSet};

use super::finder::Finder;
use crate::file::{JournalFile, Search};
use crate::format::{EntryHead, Id128};
use crate::journal::{Boot, Journal, Stretch};

/// An initrd, which may have another machine id, has written its last by then.
const EARLY: u64 = 60_000_000;

/// A boot without the entries of other machines that carry its id.
#[derive(Clone, Debug)]
pub(super) struct Apart {
    /// The boot as its own entries have it.
    pub(super) boot: Boot,
    /// The files of the others.
    pub(super) files: BTreeSet<usize>,
    /// The others, ascending.
    pub(super) machines: Vec<Id128>,
}

/// The entries of one machine that carry a boot's id.
#[derive(Debug, Default)]
struct Part {
    stretches: Vec<usize>,
    first: u64,
    last: u64,
    has_kernel: bool,
}

/// The boot without what other machines wrote under its id; `None` where there is no such thing.
///
/// Cost: one entry for each file of a boot that has several; where they are of several machines also the lists of the
/// kernel's lines of each machine's files until one has any, or all entries of files whose index cannot be trusted.
pub(super) fn apart(journal: &Journal, finder: &Finder<'_>, boot: &Boot) -> Option<Apart> {
    if boot.files.len() < 2 {
        return None;
    }
    let parts = parts(journal, finder, boot);
    // A machine hears its kernel, as few containers do. Where nobody heard it, nothing tells who is whose guest, and
    // nothing is left out.
    let (host, own) = host(&parts)?;
    let is_initrd = |part: &Part| part.is_initrd_of(own) || (part.last <= EARLY && part.first <= own.first);
    let others = parts.iter().filter(|(machine, part)| *machine != host && !is_initrd(part));
    let (machines, others): (Vec<Id128>, Vec<&Part>) = others.map(|(machine, part)| (*machine, part)).unzip();
    let left_out: BTreeSet<usize> = others.iter().flat_map(|part| part.stretches.iter().copied()).collect();
    if left_out.is_empty() {
        return None;
    }
    let kept: Vec<usize> = boot.stretches.iter().copied().filter(|index| !left_out.contains(index)).collect();
    let file_of = |index: &usize| journal.order().stretches().get(*index).map(|stretch| stretch.file as usize);
    let files = left_out.iter().filter_map(file_of).collect();
    Some(Apart { boot: without(journal, boot, *host, kept)?, files, machines })
}

impl Part {
    /// Whether it hears the kernel and gave way to a machine that does so too, as an initrd does, however long that waits for
    /// a passphrase. A container that hears the kernel writes beside its host.
    const fn is_initrd_of(&self, own: &Self) -> bool {
        let gave_way = self.first <= own.first && self.last <= own.first.saturating_add(EARLY);
        self.has_kernel && self.first <= EARLY && gave_way
    }
}

/// The machine, of those that hear the kernel: the one that was there from the boot's beginning; where that is gone, the one
/// that goes on for longest.
fn host(parts: &BTreeMap<Id128, Part>) -> Option<(&Id128, &Part)> {
    let hearing = || parts.iter().filter(|(_, part)| part.has_kernel);
    let is_initrd = |of: &Id128, part: &Part| hearing().any(|(other, own)| other != of && part.is_initrd_of(own));
    let machines = || hearing().filter(|(of, part)| !is_initrd(of, part));
    let first = machines().min_by_key(|(_, part)| part.first).filter(|(_, part)| part.first <= EARLY);
    first.or_else(|| machines().max_by_key(|(_, part)| part.last))
}

fn parts(journal: &Journal, finder: &Finder<'_>, boot: &Boot) -> BTreeMap<Id128, Part> {
    let mut parts: BTreeMap<Id128, Part> = BTreeMap::new();
    for index in &boot.stretches {
        let Some(stretch) = journal.order().stretches().get(*index) else { continue };
        let Some(file) = journal.files().get(stretch.file as usize) else { continue };
        let part =
            parts.entry(machine_of(file, stretch)).or_insert_with(|| Part { first: u64::MAX, ..Part::default() });
        part.stretches.push(*index);
        part.first = part.first.min(stretch.first.monotonic.0);
        part.last = part.last.max(stretch.last.monotonic.0);
    }
    if parts.len() > 1 {
        let stretches = journal.order().stretches();
        for part in parts.values_mut() {
            let mut own = part.stretches.iter().filter_map(|index| stretches.get(*index));
            part.has_kernel = own.any(|stretch| hears_kernel(finder, stretch));
        }
    }
    parts
}

/// Whether a stretch has lines of the kernel itself; into its log a container may write. Of a copy of the text alone the
/// name is all that is left.
fn hears_kernel(finder: &Finder<'_>, stretch: &Stretch) -> bool {
    if finder.is_text_only(stretch.file) {
        return !finder.offsets(stretch, &["SYSLOG_IDENTIFIER=kernel"]).is_empty();
    }
    let kernels = finder.offsets(stretch, &["SYSLOG_FACILITY=0"]);
    finder.offsets(stretch, &["_TRANSPORT=kernel"]).iter().any(|at| kernels.binary_search(at).is_ok())
}

/// The machine whose entries a stretch holds, by the last of them, else by the file's header.
fn machine_of(file: &JournalFile, stretch: &Stretch) -> Id128 {
    let entry = file.entries(stretch.slots.clone()).rev().find_map(Result::ok);
    let told = entry.and_then(|entry| Search::of(file).id(&entry, b"_MACHINE_ID"));
    told.unwrap_or(file.header().machine_id)
}

/// The boot of one machine with these stretches alone.
fn without(journal: &Journal, boot: &Boot, machine_id: Id128, kept: Vec<usize>) -> Option<Boot> {
    let own: Vec<&Stretch> = kept.iter().filter_map(|index| journal.order().stretches().get(*index)).collect();
    let key = |head: &EntryHead| (head.monotonic, head.realtime, head.xor_hash);
    let listed = |stretch: &&Stretch| stretch.listed_last.unwrap_or(stretch.last);
    let files: BTreeSet<usize> = own.iter().map(|stretch| stretch.file as usize).collect();
    let series = |file: &usize| journal.files().get(*file).map(|file| file.header().seqnum_id);
    let series: BTreeSet<Id128> = files.iter().filter_map(series).collect();
    Some(Boot {
        machine_id,
        first: own.iter().map(|stretch| stretch.first).min_by_key(key)?,
        last: own.iter().map(|stretch| stretch.last).max_by_key(key)?,
        listed_last: own.iter().map(listed).max_by_key(key)?,
        slots: own.iter().map(|stretch| stretch.slots.len() as u64).sum(),
        numbers: boot.numbers.iter().copied().filter(|count| series.contains(&count.seqnum_id)).collect(),
        files: files.into_iter().collect(),
        stretches: kept,
        ..boot.clone()
    })
}
