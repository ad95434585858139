//! A journal as the source of a judgement.

use std::collections::BTreeMap;

use super::LAST_ENTRIES;
use super::evidence;
use super::finder::{Finder, Marks};
use super::report::Postmortem;
use super::source::{BootFacts, FileFacts, FileState, Line, Moment, Numbered, READ, Source, number};
use crate::corrupt::Losses;
use crate::file::Entry;
use crate::format::{EntryHead, Inflater, State};
use crate::journal::{Boot, FileName, Journal, Place};
use crate::query::{Query, Selection};

/// So many lines of a boot's end are read at most; a storm of lines has no more to tell.
const TAIL_MOST: usize = 20_000;

/// So much of a value is kept: rules and reports look at its beginning.
const VALUE_MOST: usize = 4096;

/// Answers a judgement's questions from a [`Journal`], through its index.
#[derive(Debug)]
pub struct JournalSource<'j> {
    journal: &'j Journal,
    boots: Vec<BootFacts>,
    files: Vec<FileFacts>,
    finder: Finder<'j>,
}

impl<'j> JournalSource<'j> {
    /// Gathers what is known of boots and files; no entry is read.
    #[must_use]
    pub fn of(journal: &'j Journal) -> Self {
        let mut boots: Vec<BootFacts> = journal.boots().iter().map(|boot| boot_facts(journal, boot)).collect();
        number(&mut boots);
        let damaged: Vec<usize> = journal.losses().into_iter().map(|(file, _)| file).collect();
        let file = |(index, file): (usize, &crate::file::JournalFile)| {
            let name = FileName::read(file.path());
            FileFacts {
                name: file.path().display().to_string(),
                state: match file.header().state {
                    State::Online => FileState::Online,
                    State::Archived => FileState::Archived,
                    State::Offline | State::Other(_) => FileState::Offline,
                },
                is_user: name.as_ref().is_some_and(FileName::is_user),
                is_disposed: file.path().to_string_lossy().ends_with('~'),
                damaged: damaged.contains(&index),
            }
        };
        let files = journal.files().iter().enumerate().map(file).collect();
        Self { journal, boots, files, finder: Finder::new(journal) }
    }

    /// Puts the last of the boot's entries that `query` picks in the place of a report's last entries; all else stays.
    ///
    /// Returns what could not be read, per file with any.
    #[must_use]
    pub fn restrict(&self, report: &mut Postmortem, boot: usize, query: Query) -> Vec<(usize, Losses)> {
        let query = Query { boot: Some(boot), last: Some(LAST_ENTRIES), ..query };
        let selection = Selection::of(self.journal, &query);
        let places: Vec<Place> = selection.wanted().collect();
        report.last_entries = self.lines(places).iter().map(|line| evidence::place(self, line)).collect();
        report.restricted = true;
        selection.losses()
    }

    fn lines(&self, places: impl IntoIterator<Item = Place>) -> Vec<Line> {
        let mut inflater = Inflater::default();
        places
            .into_iter()
            .filter_map(|place| Some(line(place, &self.journal.entry(place).ok()?, &mut inflater)))
            .collect()
    }
}

impl Source for JournalSource<'_> {
    fn boots(&self) -> &[BootFacts] {
        &self.boots
    }

    fn files(&self) -> &[FileFacts] {
        &self.files
    }

    fn tail(&self, boot: usize, at_least: usize, window_us: u64, terms: &[&str]) -> Vec<Line> {
        let Some(facts) = self.boots.get(boot) else { return Vec::new() };
        let since = facts.last.monotonic.0.saturating_sub(window_us);
        let mut wanted = Wanted::new(&self.finder, terms);
        let mut places = Vec::new();
        for (count, place) in self.journal.entries_back_of(boot).take(TAIL_MOST).enumerate() {
            let entry = self.journal.entry(place);
            let recent = entry.as_ref().is_ok_and(|entry| entry.monotonic().0 >= since);
            if !recent && count >= at_least {
                break;
            }
            if entry.is_ok_and(|entry| wanted.wants(place, &entry)) {
                places.push(place);
            }
            // Nothing more is asked for: the entry before need not be looked at.
            if window_us == 0 && places.len() >= at_least {
                break;
            }
        }
        places.reverse();
        self.lines(places)
    }

    fn head(&self, boot: usize, at_most: usize, until_us: u64, terms: &[&str]) -> Vec<Line> {
        let mut wanted = Wanted::new(&self.finder, terms);
        let mut places = Vec::new();
        for place in self.journal.entries_of(boot).take(at_most) {
            let Ok(entry) = self.journal.entry(place) else { continue };
            if entry.monotonic().0 > until_us {
                break;
            }
            if wanted.wants(place, &entry) {
                places.push(place);
            }
        }
        self.lines(places)
    }

    fn having(&self, boot: usize, terms: &[&str]) -> Vec<Line> {
        self.lines(self.journal.picked_of(boot, |stretch| self.finder.offsets(stretch, terms)))
    }
}

/// What is looked for while a boot is walked, file by file.
struct Wanted<'a> {
    finder: &'a Finder<'a>,
    terms: &'a [&'a str],
    files: BTreeMap<u32, Marks<'a>>,
    inflater: Inflater,
}

impl<'a> Wanted<'a> {
    fn new(finder: &'a Finder<'a>, terms: &'a [&'a str]) -> Self {
        Self { finder, terms, files: BTreeMap::new(), inflater: Inflater::default() }
    }

    fn wants(&mut self, place: Place, entry: &Entry<'_>) -> bool {
        let marks = self.files.entry(place.file).or_insert_with(|| self.finder.marks(place.file, self.terms));
        marks.are_in(entry, &mut self.inflater)
    }
}

fn boot_facts(journal: &Journal, boot: &Boot) -> BootFacts {
    let moment = |head: &EntryHead| Moment { realtime: head.realtime, monotonic: head.monotonic };
    let stretches = journal.order().stretches();
    let seqnum_id = |head: &EntryHead| {
        let of = boot.stretches.iter().filter_map(|index| stretches.get(*index));
        let holds = |stretch: &&crate::journal::Stretch| stretch.first == *head || stretch.last == *head;
        let file = of.into_iter().find(holds).and_then(|stretch| journal.files().get(stretch.file as usize));
        file.map(|file| file.header().seqnum_id).unwrap_or_default()
    };
    let numbered = |head: &EntryHead| Numbered { seqnum_id: seqnum_id(head), seqnum: head.seqnum };
    BootFacts {
        id: boot.id,
        index: 0,
        machine: boot.machine_id,
        entries: boot.entries,
        first: moment(&boot.first),
        last: moment(&boot.last),
        head: numbered(&boot.first),
        tail: numbered(&boot.last),
        files: boot.files.clone(),
    }
}

/// An entry with the fields that judgements read.
fn line(place: Place, entry: &Entry<'_>, inflater: &mut Inflater) -> Line {
    let mut fields = Vec::with_capacity(READ.len());
    for at in entry.items() {
        let Ok((name, value)) = entry.field_at(at, inflater) else { continue };
        if let Some(name) = READ.iter().find(|known| known.as_bytes() == name) {
            fields.push(((*name).into(), value.get(..VALUE_MOST).unwrap_or(value).to_vec()));
        }
    }
    Line {
        cursor: entry.cursor(),
        file: place.file as usize,
        offset: place.at.0,
        seqnum: entry.seqnum(),
        realtime: entry.realtime(),
        monotonic: entry.monotonic(),
        boot: entry.boot_id(),
        fields,
    }
}
