//! What is known of a journal's boots and files without reading lines.

use std::collections::{BTreeMap, BTreeSet};

use super::guests::Apart;
use super::source::{BootFacts, FileEnd, FileFacts, FileState, LostEnd, Moment, Numbered};
use crate::file::JournalFile;
use crate::format::{EntryHead, Id128, State};
use crate::journal::{Boot, FileName, Journal, Stretch, names_namespace};

/// What a journal's files say of themselves, in their order.
pub(super) fn files(journal: &Journal) -> Vec<FileFacts> {
    let lost = journal.lost();
    let damaged: Vec<usize> = journal.losses().into_iter().map(|(file, _)| file).collect();
    let machine = |file: &JournalFile| file.header().machine_id;
    // What is read alone is judged by itself.
    let whole: BTreeSet<Id128> = journal.files().iter().filter(|file| !names_namespace(file)).map(machine).collect();
    let file = |(index, file): (usize, &JournalFile)| {
        let is_namespaced = names_namespace(file) && whole.contains(&machine(file));
        let name = FileName::read(file.path());
        let lost_end = lost_end(journal, index);
        FileFacts {
            name: file.path().display().to_string(),
            state: match file.header().state {
                State::Online => FileState::Online,
                State::Archived => FileState::Archived,
                State::Offline | State::Other(_) => FileState::Offline,
            },
            is_user: is_namespaced || name.as_ref().is_some_and(FileName::is_user),
            is_namespaced,
            is_disposed: file.path().to_string_lossy().ends_with('~'),
            damaged: damaged.contains(&index) || lost_end.is_some(),
            lost: lost.get(&index).copied().unwrap_or_default(),
            lost_end,
        }
    };
    journal.files().iter().enumerate().map(file).collect()
}

/// What the header of a file that was walked claims behind the last entry found.
fn lost_end(journal: &Journal, index: usize) -> Option<LostEnd> {
    let account = &journal.salvage(index)?.account;
    let until = journal.files().get(index)?.header().tail_entry_realtime;
    let (after, entries) = (account.seqnums.last, account.claims.behind);
    (entries > 0).then_some(LostEnd { after, entries, until })
}

/// What is known of a boot; of one whose id containers share without their entries.
pub(super) fn boot(
    (journal, files): (&Journal, &[FileFacts]),
    at: usize,
    (boot, apart): (&Boot, Option<&Apart>),
) -> BootFacts {
    let boot = apart.map_or(boot, |apart| &apart.boot);
    let moment = |head: &EntryHead| Moment { realtime: head.realtime, monotonic: head.monotonic };
    let stretches = journal.order().stretches();
    let seqnum_id = |head: &EntryHead| {
        let of = boot.stretches.iter().filter_map(|index| stretches.get(*index));
        let holds = |stretch: &&Stretch| stretch.first == *head || stretch.last == *head;
        // Where others have entries in a stretch, the boot's own may begin and end within it.
        let lies_in = |stretch: &&Stretch| (stretch.first.seqnum..=stretch.last.seqnum).contains(&head.seqnum);
        let found = of.clone().find(holds).or_else(|| of.clone().find(lies_in));
        let file = found.and_then(|stretch| journal.files().get(stretch.file as usize));
        file.map(|file| file.header().seqnum_id).unwrap_or_default()
    };
    let numbered = |head: &EntryHead| Numbered { seqnum_id: seqnum_id(head), seqnum: head.seqnum };
    BootFacts {
        id: boot.id,
        index: 0,
        machine: boot.machine_id,
        entries: if apart.is_some() { boot.slots } else { journal.entry_count(at) },
        first: moment(&boot.first),
        last: moment(&boot.last),
        head: numbered(&boot.first),
        tail: numbered(&boot.last),
        files: boot.files.clone(),
        ends: ends(journal, boot),
        jumps: Vec::new(),
        users: series_of((journal, files), boot, |facts| facts.is_user),
        namespaces: series_of((journal, files), boot, |facts| facts.is_namespaced),
        numbers: boot.numbers.clone(),
        set_aside: boot.set_aside.clone(),
        guests: apart.map(|apart| apart.machines.clone()).unwrap_or_default(),
    }
}

/// A boot's last entry in each of its files.
fn ends(journal: &Journal, boot: &Boot) -> Vec<FileEnd> {
    let mut ends: BTreeMap<usize, &Stretch> = BTreeMap::new();
    for stretch in boot.stretches.iter().filter_map(|index| journal.order().stretches().get(*index)) {
        let known = ends.entry(stretch.file as usize).or_insert(stretch);
        if stretch.last.monotonic > known.last.monotonic {
            *known = stretch;
        }
    }
    let end = |(file, stretch): (usize, &Stretch)| {
        let last = stretch.slots.end.saturating_sub(1);
        Some(FileEnd {
            file,
            moment: Moment { realtime: stretch.last.realtime, monotonic: stretch.last.monotonic },
            seqnum: stretch.last.seqnum,
            at: journal.files().get(file)?.entry_at(last),
        })
    };
    ends.into_iter().filter_map(end).collect()
}

/// The series that only files of a kind have, of a boot's, ascending.
fn series_of((journal, files): (&Journal, &[FileFacts]), boot: &Boot, kind: fn(&FileFacts) -> bool) -> Vec<Id128> {
    let series = |is_kind: bool| {
        let of = boot.files.iter().filter(move |file| files.get(**file).is_some_and(|facts| kind(facts) == is_kind));
        of.filter_map(|file| Some(journal.files().get(*file)?.header().seqnum_id))
    };
    let (of_kind, others): (BTreeSet<Id128>, BTreeSet<Id128>) = (series(true).collect(), series(false).collect());
    of_kind.difference(&others).copied().collect()
}
