//! Boots whose id a container shares: its entries are no part of what its host's boot says.
//!
//! A container without a boot id of its own sees that of its host. Where the journals of both are read together, what the
//! container says of its own shutdown must not be taken for the machine's.

use std::collections::{BTreeMap, BTreeSet};

use super::finder::Finder;
use super::verdict::machine::CONTAINERS;
use super::within::Within;
use crate::corrupt::Offset;
use crate::file::{JournalFile, Search};
use crate::format::{EntryHead, Id128};
use crate::journal::{Boot, Journal, Stretch};

const MACHINE: &str = "_MACHINE_ID";
/// An initrd, which may have another machine id, has written its last by then.
const EARLY: u64 = 60_000_000;
/// No container outlives its host by more than this, in microseconds: what the host wrote last may be lost, or it was quiet.
const LONGER: u64 = 300_000_000;
/// PID 1 says so early in a machine's own log what it runs in, in microseconds from the first entry.
const BEGINS: u64 = 10_000_000;

/// A boot without the entries of other machines that carry its id.
#[derive(Clone, Debug)]
pub(super) struct Apart {
    /// The boot as its own entries have it.
    pub(super) boot: Boot,
    /// The files of the others alone.
    pub(super) files: BTreeSet<usize>,
    /// The others, ascending.
    pub(super) machines: Vec<Id128>,
    /// The ids by which entries of theirs are told in files that hold the boot's own too; none where there are no such files.
    pub(super) told: Vec<String>,
}

/// What one machine has of a stretch.
#[derive(Debug)]
struct Span {
    index: usize,
    first: EntryHead,
    last: EntryHead,
    slots: u64,
    /// Whether other machines have entries there, too.
    is_mixed: bool,
}

/// The entries of one machine that carry a boot's id.
#[derive(Debug, Default)]
struct Part {
    spans: Vec<Span>,
    first: u64,
    last: u64,
    has_kernel: bool,
    /// Whether its PID 1 says that it runs in a container.
    is_contained: bool,
}

/// The boot without what other machines wrote under its id; `None` where there is no such thing.
///
/// Cost: one entry for each file of a boot that has several; where they are of several machines also the lists of the
/// kernel's lines of each machine's files until one has any, or all entries of files whose index cannot be trusted.
pub(super) fn apart(journal: &Journal, (finder, within): (&Finder<'_>, &Within), boot: &Boot) -> Option<Apart> {
    let is_mixed = |file: &usize| within.machines((journal, finder), *file as u32, boot.id).is_some();
    if boot.files.len() < 2 && !boot.files.iter().any(is_mixed) {
        return None;
    }
    let parts = parts(journal, (finder, within), boot);
    // A machine hears its kernel, as few containers do. Where nobody heard it, nor says that it is a container, nothing tells
    // who is whose guest, and nothing is left out.
    let (host, own) = host(&parts)?;
    let is_initrd = |part: &Part| {
        let is_early = part.last <= EARLY && part.first <= own.first && (own.is_contained || !part.is_contained);
        part.is_initrd_of(own) || is_early
    };
    let others = || parts.iter().filter(|(machine, part)| *machine != host && !is_initrd(part));
    let machines: Vec<Id128> = others().map(|(machine, _)| *machine).collect();
    if machines.is_empty() {
        return None;
    }
    let kept: Vec<&Span> =
        parts.iter().filter(|(machine, _)| !machines.contains(machine)).flat_map(|(_, part)| &part.spans).collect();
    let of = |span: &Span| journal.order().stretches().get(span.index).map(|stretch| stretch.file as usize);
    let own_files: BTreeSet<usize> = kept.iter().filter_map(|span| of(span)).collect();
    let spans = || others().flat_map(|(_, part)| &part.spans);
    let is_told = spans().any(|span| span.is_mixed || of(span).is_some_and(|file| own_files.contains(&file)));
    let files = spans().filter_map(of).filter(|file| !own_files.contains(file)).collect();
    let told = machines.iter().filter(|_| is_told).map(Id128::to_string).collect();
    Some(Apart { boot: without(journal, boot, *host, &kept)?, files, machines, told })
}

impl Part {
    /// Whether it hears the kernel and gave way to a machine that does so too, as an initrd does, however long that waits for
    /// a passphrase. A container that hears the kernel writes beside its host.
    const fn is_initrd_of(&self, own: &Self) -> bool {
        let gave_way = self.first <= own.first
            && self.last <= own.first.saturating_add(EARLY)
            && own.first <= self.last.saturating_add(EARLY);
        self.has_kernel && self.first <= EARLY && gave_way && (own.is_contained || !self.is_contained)
    }
}

/// The machine: of those that hear the kernel, none that runs in a container where another does not, nor one that another
/// outlives by minutes; else the one that was there from the boot's beginning; where that is gone, the one that goes on for
/// longest. What lost its beginning may have heard the kernel there only.
fn host(parts: &BTreeMap<Id128, Part>) -> Option<(&Id128, &Part)> {
    let outside = |part: &Part| !part.is_contained;
    // Where one says that it runs in a container, what does not say so is its host, though the kernel's lines are gone.
    let is_contained = parts.values().any(|part| part.is_contained);
    let pool = |is: &dyn Fn(&Part) -> bool| parts.iter().filter(|(_, part)| is(part)).collect::<Vec<_>>();
    let pools = [
        pool(&|part| part.has_kernel && outside(part)),
        pool(&|part| is_contained && outside(part)),
        pool(&|part| part.has_kernel),
    ];
    let hearing = pools.into_iter().find(|pool| !pool.is_empty())?;
    let is_initrd = |of: &Id128, part: &Part| hearing.iter().any(|(other, own)| *other != of && part.is_initrd_of(own));
    let machines = || hearing.iter().copied().filter(|(of, part)| !is_initrd(of, part));
    let longest = machines().max_by_key(|(_, part)| part.last)?;
    let outlived = |part: &Part| part.last.saturating_add(LONGER) < longest.1.last;
    let first = machines().min_by_key(|(_, part)| part.first);
    first.filter(|(_, part)| part.first <= EARLY && !outlived(part)).or(Some(longest))
}

fn parts(journal: &Journal, (finder, within): (&Finder<'_>, &Within), boot: &Boot) -> BTreeMap<Id128, Part> {
    let mut parts: BTreeMap<Id128, Part> = BTreeMap::new();
    for index in &boot.stretches {
        let Some(stretch) = journal.order().stretches().get(*index) else { continue };
        let Some(file) = journal.files().get(stretch.file as usize) else { continue };
        if let Some(machines) = within.machines((journal, finder), stretch.file, boot.id) {
            for machine in machines {
                if let Some(span) = mixed(finder, (file, stretch), (*index, *machine)) {
                    parts.entry(*machine).or_default().spans.push(span);
                }
            }
            continue;
        }
        let (first, last, slots) = (stretch.first, stretch.last, stretch.slots.len() as u64);
        let span = Span { index: *index, first, last, slots, is_mixed: false };
        parts.entry(machine_of(file, stretch)).or_default().spans.push(span);
    }
    let is_alone = parts.len() < 2;
    for (machine, part) in &mut parts {
        part.first = part.spans.iter().map(|span| span.first.monotonic.0).min().unwrap_or(u64::MAX);
        part.last = part.spans.iter().map(|span| span.last.monotonic.0).max().unwrap_or_default();
        if !is_alone {
            let mut own =
                part.spans.iter().filter_map(|span| Some((span, journal.order().stretches().get(span.index)?)));
            part.has_kernel =
                own.clone().any(|(span, stretch)| hears_kernel(finder, stretch, of_machine(span, *machine)));
            part.is_contained = own.any(|(_, stretch)| is_contained(journal, finder, stretch, (*machine, part.first)));
        }
    }
    parts
}

/// What a machine has of a stretch that others have entries in.
fn mixed(
    finder: &Finder<'_>,
    (file, stretch): (&JournalFile, &Stretch),
    (index, machine): (usize, Id128),
) -> Option<Span> {
    let own = finder.offsets(stretch, &[&format!("{MACHINE}={machine}")]);
    let head = |at: Option<&Offset>| file.entry(*at?).ok().map(|entry| *entry.head());
    Some(Span { index, first: head(own.first())?, last: head(own.last())?, slots: own.len() as u64, is_mixed: true })
}

/// What tells a machine's entries in a stretch that it does not have alone.
fn of_machine(span: &Span, machine: Id128) -> Option<Id128> {
    span.is_mixed.then_some(machine)
}

/// Whether PID 1 says at the beginning of a machine's log that it runs in a container. What a container says through the
/// kernel's log its host hears as well, later.
fn is_contained(journal: &Journal, finder: &Finder<'_>, stretch: &Stretch, (machine, first): (Id128, u64)) -> bool {
    let Some(file) = journal.files().get(stretch.file as usize) else { return false };
    if stretch.first.monotonic.0 > first.saturating_add(BEGINS) {
        return false;
    }
    let said = CONTAINERS.map(|name| format!("MESSAGE=Detected virtualization {name}."));
    let said = finder.offsets(stretch, &said.each_ref().map(String::as_str));
    said.iter().filter_map(|at| file.entry(*at).ok()).any(|entry| {
        let is = |name: &str, value: &[u8]| entry.get(name).is_some_and(|found| found.as_ref() == value);
        let is_pid1 = is("_PID", b"1") || (is("_TRANSPORT", b"kernel") && is("SYSLOG_IDENTIFIER", b"systemd"));
        let is_own = entry.get(MACHINE).is_none_or(|found| found.as_ref() == machine.to_string().as_bytes());
        is_pid1 && is_own && entry.monotonic().0 <= first.saturating_add(BEGINS)
    })
}

/// Whether a stretch has lines of the kernel itself, of those with a machine's id where that is asked for; into its log a
/// container may write. Of a copy of the text alone the name is all that is left.
fn hears_kernel(finder: &Finder<'_>, stretch: &Stretch, machine: Option<Id128>) -> bool {
    let own = machine.map(|machine| finder.offsets(stretch, &[&format!("{MACHINE}={machine}")]));
    let is_own = |at: &Offset| own.as_ref().is_none_or(|own| own.binary_search(at).is_ok());
    if finder.is_text_only(stretch.file) {
        return finder.offsets(stretch, &["SYSLOG_IDENTIFIER=kernel"]).iter().any(is_own);
    }
    let kernels = finder.offsets(stretch, &["SYSLOG_FACILITY=0"]);
    let heard = finder.offsets(stretch, &["_TRANSPORT=kernel"]);
    heard.iter().any(|at| kernels.binary_search(at).is_ok() && is_own(at))
}

/// The machine whose entries a stretch holds, by the last of them, else by the file's header.
fn machine_of(file: &JournalFile, stretch: &Stretch) -> Id128 {
    let entry = file.entries(stretch.slots.clone()).rev().find_map(Result::ok);
    let told = entry.and_then(|entry| Search::of(file).id(&entry, b"_MACHINE_ID"));
    told.unwrap_or(file.header().machine_id)
}

/// The boot of one machine with these parts of stretches alone.
fn without(journal: &Journal, boot: &Boot, machine_id: Id128, kept: &[&Span]) -> Option<Boot> {
    let stretch = |span: &&Span| journal.order().stretches().get(span.index);
    let key = |head: &EntryHead| (head.monotonic, head.realtime, head.xor_hash);
    let listed = |span: &&Span| {
        let whole = stretch(span).filter(|_| !span.is_mixed).and_then(|stretch| stretch.listed_last);
        whole.unwrap_or(span.last)
    };
    let files: BTreeSet<usize> = kept.iter().filter_map(stretch).map(|stretch| stretch.file as usize).collect();
    let series = |file: &usize| journal.files().get(*file).map(|file| file.header().seqnum_id);
    let series: BTreeSet<Id128> = files.iter().filter_map(series).collect();
    let stretches: BTreeSet<usize> = kept.iter().map(|span| span.index).collect();
    Some(Boot {
        machine_id,
        first: kept.iter().map(|span| span.first).min_by_key(key)?,
        last: kept.iter().map(|span| span.last).max_by_key(key)?,
        listed_last: kept.iter().map(listed).max_by_key(key)?,
        slots: kept.iter().map(|span| span.slots).sum(),
        numbers: boot.numbers.iter().copied().filter(|count| series.contains(&count.seqnum_id)).collect(),
        files: files.into_iter().collect(),
        stretches: stretches.into_iter().collect(),
        ..boot.clone()
    })
}
