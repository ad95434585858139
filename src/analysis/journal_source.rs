//! A journal as the source of a judgement.

use super::LAST_ENTRIES;
use super::evidence;
use super::report::Postmortem;
use super::source::{BootFacts, FileFacts, FileState, Line, Moment, Numbered, READ, Source, number};
use crate::corrupt::Losses;
use crate::file::Entry;
use crate::format::{EntryHead, Inflater, State};
use crate::journal::{Boot, FileName, Journal, Place};
use crate::query::{Matches, Query, Selection, Term};

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
        Self { journal, boots, files }
    }

    /// Puts the last of the boot's entries that `query` picks in the place of a report's last entries; all else stays.
    ///
    /// Returns what could not be read, per file with any.
    #[must_use]
    pub fn restrict(&self, report: &mut Postmortem, boot: usize, query: Query) -> Vec<(usize, Losses)> {
        let query = Query { boot: Some(boot), last: Some(LAST_ENTRIES), ..query };
        let selection = self.select(&query);
        let mut places = Vec::new();
        selection.walk(&query, |chunk| {
            places.extend(chunk.places);
            true
        });
        report.last_entries = self.lines(places).iter().map(|line| evidence::place(self, line)).collect();
        report.restricted = true;
        selection.losses().to_vec()
    }

    fn select(&self, query: &Query) -> Selection<'j> {
        Selection::of(self.journal, query)
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

    fn tail(&self, boot: usize, at_least: usize, window_us: u64) -> Vec<Line> {
        let Some(facts) = self.boots.get(boot) else { return Vec::new() };
        let since = facts.last.monotonic.0.saturating_sub(window_us);
        let mut places = Vec::new();
        self.select(&Query { boot: Some(boot), ..Query::default() }).each(true, |place| {
            let recent = self.journal.entry(place).is_ok_and(|entry| entry.monotonic().0 >= since);
            let wanted = (recent || places.len() < at_least) && places.len() < TAIL_MOST;
            if wanted {
                places.push(place);
            }
            wanted
        });
        places.reverse();
        self.lines(places)
    }

    fn head(&self, boot: usize, at_most: usize) -> Vec<Line> {
        let mut places = Vec::new();
        self.select(&Query { boot: Some(boot), ..Query::default() }).each(false, |place| {
            if places.len() < at_most {
                places.push(place);
            }
            places.len() < at_most
        });
        self.lines(places)
    }

    fn having(&self, boot: usize, terms: &[&str]) -> Vec<Line> {
        let mut matches = Matches::default();
        for term in terms.iter().filter_map(|term| Term::read(term.as_bytes()).ok()) {
            matches.add(term);
            matches.or();
        }
        if matches.is_empty() {
            return Vec::new();
        }
        let mut places = Vec::new();
        self.select(&Query { boot: Some(boot), matches, ..Query::default() }).each(false, |place| {
            places.push(place);
            true
        });
        self.lines(places)
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
    let mut fields = Vec::new();
    for at in entry.items() {
        let Ok((name, value)) = entry.field_at(at, inflater) else { continue };
        if let Some(name) = READ.iter().find(|known| known.as_bytes() == name) {
            fields.push(((*name).into(), value.get(..VALUE_MOST).unwrap_or(value).to_vec()));
        }
    }
    Line {
        cursor: entry.cursor().to_string(),
        file: place.file as usize,
        offset: place.at.0,
        seqnum: entry.seqnum(),
        realtime: entry.realtime(),
        monotonic: entry.monotonic(),
        boot: entry.boot_id(),
        fields,
    }
}
