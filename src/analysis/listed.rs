//! A journal without files: entries from a list.

use std::collections::BTreeSet;

use super::chronology::{Jump, jump};
use super::missing::note_jumps;
use super::source::{BootFacts, FileEnd, FileFacts, Line, Numbered, Source, Wanted, is_users, number};
use crate::corrupt::Offset;
use crate::format::Id128;
use crate::journal::{Numbers, Place, SetAside};

/// A source over lines in memory, in their true order, for tests and for logs that come from elsewhere.
///
/// A line's machine is its `_MACHINE_ID`, its `seqnum_id` the `s=` of its cursor.
#[derive(Clone, Debug, Default)]
pub struct Listed {
    boots: Vec<BootFacts>,
    files: Vec<FileFacts>,
    lines: Vec<Line>,
}

impl Listed {
    /// Takes lines in order and finds the boots in them.
    #[must_use]
    pub fn new(files: Vec<FileFacts>, lines: Vec<Line>) -> Self {
        let mut boots: Vec<BootFacts> = Vec::new();
        for line in &lines {
            match boots.iter_mut().find(|boot| boot.id == line.boot) {
                Some(boot) => extend(boot, line),
                None => boots.push(begin(line)),
            }
        }
        number(&mut boots);
        note_jumps(&mut boots);
        let mut listed = Self { boots, files, lines };
        for at in 0..listed.boots.len() {
            let (users, namespaces) =
                (listed.series(at, |file| file.is_user), listed.series(at, |file| file.is_namespaced));
            if let Some(boot) = listed.boots.get_mut(at) {
                (boot.users, boot.namespaces) = (users, namespaces);
            }
        }
        listed
    }

    /// Says that a file of `boot` was set aside by the boot `by`, as a `~` name can tell.
    #[must_use]
    pub fn with_set_aside(mut self, boot: Id128, by: SetAside) -> Self {
        self.boots.iter_mut().filter(|facts| facts.id == boot).for_each(|facts| facts.set_aside.push(by));
        self
    }

    /// The series that only lines in files of a kind have, of a boot's, ascending.
    fn series(&self, boot: usize, kind: fn(&FileFacts) -> bool) -> Vec<Id128> {
        let series = |is_kind: bool| {
            let of = self.of(boot).filter(move |line| self.files.get(line.file).is_some_and(kind) == is_kind);
            of.map(|line| numbered(line).seqnum_id).collect::<BTreeSet<Id128>>()
        };
        series(true).difference(&series(false)).copied().collect()
    }

    fn of(&self, boot: usize) -> impl DoubleEndedIterator<Item = &Line> {
        let id = self.boots.get(boot).map(|boot| boot.id);
        self.lines.iter().filter(move |line| Some(line.boot) == id)
    }
}

impl Source for Listed {
    fn boots(&self) -> &[BootFacts] {
        &self.boots
    }

    fn files(&self) -> &[FileFacts] {
        &self.files
    }

    fn tail(&self, boot: usize, at_least: usize, window_us: u64, wanted: Wanted<'_>) -> Vec<Line> {
        let last = self.boots.get(boot).map_or(0, |boot| boot.last.monotonic.0);
        let from = last.saturating_sub(window_us);
        let ours = self.of(boot).rev().enumerate();
        let ours = ours.take_while(|(at, line)| *at < at_least || line.monotonic.0 >= from).map(|(_, line)| line);
        let mut tail: Vec<Line> = ours.filter(|line| line.has(wanted.terms) && (wanted.keep)(line)).cloned().collect();
        tail.reverse();
        tail
    }

    fn head(&self, boot: usize, at_most: usize, until_us: u64, wanted: Wanted<'_>) -> Vec<Line> {
        let early = self.of(boot).take(at_most).take_while(|line| line.monotonic.0 <= until_us);
        early.filter(|line| line.has(wanted.terms) && (wanted.keep)(line)).cloned().collect()
    }

    fn having(&self, boot: usize, terms: &[&str]) -> Vec<Line> {
        self.of(boot).filter(|line| line.has(terms)).cloned().collect()
    }

    fn numbers(&self, boot: usize, _: (u64, u64)) -> Vec<(u64, u64)> {
        let counts = |line: &&Line| self.files.get(line.file).is_none_or(|file| !file.is_namespaced);
        let mut numbers: Vec<u64> = self.of(boot).filter(counts).map(|line| line.seqnum.0).collect();
        numbers.sort_unstable();
        let ranges = numbers.chunk_by(|one, two| two.saturating_sub(*one) <= 1);
        ranges.filter_map(|range| Some((*range.first()?, *range.last()?))).collect()
    }

    fn line(&self, place: Place) -> Option<Line> {
        let is_there = |line: &&Line| line.file == place.file as usize && line.offset == place.at.0;
        self.lines.iter().find(is_there).cloned()
    }

    fn jumps(&self, boot: usize, over_us: u64) -> Vec<Jump> {
        jump::among(self.of(boot).filter(|line| !is_users(self, line)), over_us)
    }

    fn values(&self, boot: usize, field: &str) -> Vec<Vec<u8>> {
        let values = self.of(boot).flat_map(|line| line.fields.iter().filter(|(name, _)| name == field));
        let values: BTreeSet<Vec<u8>> = values.map(|(_, value)| value.clone()).collect();
        values.into_iter().collect()
    }
}

fn begin(line: &Line) -> BootFacts {
    BootFacts {
        id: line.boot,
        index: 0,
        machine: line.text("_MACHINE_ID").and_then(|id| id.parse().ok()).unwrap_or_default(),
        entries: 1,
        first: line.moment(),
        last: line.moment(),
        head: numbered(line),
        tail: numbered(line),
        files: vec![line.file],
        ends: vec![end(line)],
        jumps: Vec::new(),
        users: Vec::new(),
        namespaces: Vec::new(),
        numbers: vec![counted(line)],
        set_aside: Vec::new(),
        guests: Vec::new(),
    }
}

fn extend(boot: &mut BootFacts, line: &Line) {
    boot.entries += 1;
    boot.last = line.moment();
    boot.tail = numbered(line);
    let own = counted(line);
    match boot.numbers.iter_mut().find(|known| known.seqnum_id == own.seqnum_id) {
        Some(known) => {
            (known.first, known.last) = (known.first.min(own.first), known.last.max(own.last));
            known.slots += 1;
        }
        None => {
            let at = boot.numbers.partition_point(|known| known.seqnum_id < own.seqnum_id);
            boot.numbers.insert(at, own);
        }
    }
    match boot.ends.iter_mut().find(|known| known.file == line.file) {
        Some(known) => *known = end(line),
        None => {
            boot.files.push(line.file);
            boot.ends.push(end(line));
        }
    }
}

const fn end(line: &Line) -> FileEnd {
    FileEnd { file: line.file, moment: line.moment(), seqnum: line.seqnum, at: Offset(line.offset) }
}

fn counted(line: &Line) -> Numbers {
    let Numbered { seqnum_id, seqnum } = numbered(line);
    Numbers { seqnum_id, first: seqnum.0, last: seqnum.0, slots: 1 }
}

fn numbered(line: &Line) -> Numbered {
    Numbered { seqnum_id: line.cursor.seqnum_id.unwrap_or_default(), seqnum: line.seqnum }
}
