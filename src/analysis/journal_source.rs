//! A journal as the source of a judgement.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rayon::prelude::*;

use super::LAST_ENTRIES;
use super::chronology::{Jump, jump};
use super::evidence;
use super::finder::Finder;
use super::gather;
use super::glance::Seen;
use super::guests::{Apart, apart};
use super::lists::between;
use super::marks::Marks;
use super::missing::note_jumps;
use super::report::Postmortem;
use super::rules::Rulebook;
use super::source::{BootFacts, FileFacts, Glance, Heard, Line, READ, Source, Wanted, number};
use super::spoken;
use super::within::Within;
use crate::corrupt::{Corrupt, Fault, Losses, Offset};
use crate::file::Entry;
use crate::format::{Id128, Inflater};
use crate::journal::{Boot, Journal, Place, Stretch};
use crate::query::{Query, Selection};

/// So many lines of a boot's end are read at most; a storm of lines has no more to tell.
pub(super) const TAIL_MOST: usize = 20_000;

/// So much of a value is kept: rules and reports look at its beginning.
const VALUE_MOST: usize = 4096;
/// And so much of a dump of the kernel's last lines, of which the end tells most.
const DUMP_MOST: usize = 65_536;
/// So many items of an entry are read: journald takes 1024 fields from a program, and adds some thirty.
const ITEMS_MOST: usize = 2048;
/// So many fields of an entry are kept; no field of those looked at comes more than a few times.
const FIELDS_MOST: usize = 256;

/// Answers a judgement's questions from a [`Journal`], through its index.
#[derive(Debug)]
pub struct JournalSource<'j> {
    journal: &'j Journal,
    boots: Vec<BootFacts>,
    files: Vec<FileFacts>,
    finder: Finder<'j>,
    /// The boots whose ids containers share, without their entries.
    apart: BTreeMap<usize, Apart>,
    /// The fields that lines are given, by their length: few names have the same.
    fields: Vec<Vec<Cow<'static, str>>>,
}

impl<'j> JournalSource<'j> {
    /// Gathers what is known of boots and files.
    ///
    /// Cost: of boots that lie in several files one entry of each; where these are of several machines, also the lists of
    /// the kernel's lines there, or all entries where an index cannot be trusted.
    #[must_use]
    pub fn of(journal: &'j Journal) -> Self {
        let finder = Finder::new(journal);
        let within = Within::of(journal);
        let found = |(at, boot): (usize, &Boot)| Some((at, apart(journal, (&finder, &within), boot)?));
        let apart: BTreeMap<usize, Apart> = journal.boots().iter().enumerate().filter_map(found).collect();
        let files = gather::files(journal);
        let facts = |(at, boot)| gather::boot((journal, &files), at, (boot, apart.get(&at)));
        let mut boots: Vec<BootFacts> = journal.boots().iter().enumerate().map(facts).collect();
        number(&mut boots);
        note_jumps(&mut boots);
        let mut source = Self { journal, boots, files, finder, apart, fields: Vec::new() };
        READ.into_iter().for_each(|field| source.give(Cow::Borrowed(field)));
        source
    }

    /// Gives lines the fields that rules ask for as well.
    #[must_use]
    pub fn reading(mut self, book: &Rulebook) -> Self {
        let others = book.fields().into_iter().filter(|field| !READ.contains(field)).map(str::to_owned);
        others.for_each(|field| self.give(Cow::Owned(field)));
        self
    }

    /// A boot as it is judged: without entries of containers that share its id; `None` where there is no such boot.
    #[must_use]
    pub fn boot(&self, boot: usize) -> Option<&Boot> {
        self.apart.get(&boot).map(|apart| &apart.boot).or_else(|| self.journal.boots().get(boot))
    }

    /// Whether a file's entries of a boot are those of a container that shares its id.
    fn is_guests(&self, boot: usize, file: u32) -> bool {
        self.apart.get(&boot).is_some_and(|apart| apart.files.contains(&(file as usize)))
    }

    /// Whether a line of a boot is one of a container's, by the machine that it names, where a file holds both.
    fn is_guests_line(&self, boot: usize, line: &Line) -> bool {
        let told = self.apart.get(&boot).map(|apart| apart.told.as_slice()).unwrap_or_default();
        told.iter().any(|machine| line.is("_MACHINE_ID", machine))
    }

    fn give(&mut self, field: Cow<'static, str>) {
        if self.fields.len() <= field.len() {
            self.fields.resize(field.len().saturating_add(1), Vec::new());
        }
        if let Some(fields) = self.fields.get_mut(field.len()) {
            fields.push(field);
        }
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

    /// Reads an entry with the fields that judgements look at into `line`; values are written into `room` where there is.
    fn read(&self, place: Place, entry: &Entry<'_>, inflater: &mut Inflater, room: &mut Vec<Vec<u8>>, line: &mut Line) {
        room.extend(line.fields.drain(..).map(|(_, value)| value));
        self.finder.pay(place.file, inflater);
        line.is_text_only = self.finder.is_text_only(place.file);
        let items = entry.items().len();
        let mut is_cut = items > ITEMS_MOST;
        let mut names_boot = None;
        for at in entry.items().take(ITEMS_MOST) {
            let (name, value) = match entry.field_at(at, inflater) {
                Ok(field) => field,
                Err(damage) => {
                    self.journal.note_field(place.file as usize, &damage);
                    line.is_text_only = false;
                    continue;
                }
            };
            if name == b"_BOOT_ID" {
                names_boot = names_boot.max(names(value, entry.boot_id()));
            }
            let mut known = self.fields.get(name.len()).into_iter().flatten();
            if let Some(name) = known.find(|known| known.as_bytes() == name) {
                if line.fields.len() >= FIELDS_MOST {
                    is_cut = true;
                    break;
                }
                let mut kept = room.pop().unwrap_or_default();
                kept.clear();
                let most = match name.as_ref() {
                    "FILE" => value.get(value.len().saturating_sub(DUMP_MOST)..),
                    _ => value.get(..VALUE_MOST),
                };
                kept.extend_from_slice(most.unwrap_or(value));
                line.fields.push((name.clone(), kept));
            }
        }
        if is_cut {
            let fault = Fault::Value { found: items as u64, must: "fewer items, for all to be read" };
            self.finder.note_cut(place.file, &Corrupt::new(place.at, "entry", fault));
        }
        if names_boot == Some(false) {
            self.journal.note_fault(
                place.file as usize,
                &Corrupt::new(place.at, "entry", Fault::of_boot(entry.boot_id().is_null())),
            );
        }
        line.cursor = entry.cursor();
        line.file = place.file as usize;
        line.offset = place.at.0;
        line.seqnum = entry.seqnum();
        line.realtime = entry.realtime();
        line.monotonic = entry.monotonic();
        line.boot = entry.boot_id();
    }

    /// The lines of a boot by the indexes, of those that are `wanted`.
    fn found(&self, boot: usize, terms: &[&str], wanted: Wanted<'_>) -> Vec<Line> {
        let own = |stretch: &Stretch| !self.is_guests(boot, stretch.file);
        let Some(facts) = self.boot(boot) else { return Vec::new() };
        let pick = self.finder.picker(facts, terms);
        let found = |stretch: &Stretch| if own(stretch) { pick(stretch) } else { Vec::new() };
        let mut picked = Picked::new(self, boot, wanted);
        for place in self.journal.picked_of(boot, found) {
            if let Ok(entry) = self.journal.entry(place) {
                picked.take(place, &entry);
            }
        }
        picked.lines
    }

    fn lines(&self, places: impl IntoIterator<Item = Place>) -> Vec<Line> {
        let mut inflater = Inflater::default();
        let of = |place| {
            let mut line = Line::default();
            self.read(place, &self.journal.entry(place).ok()?, &mut inflater, &mut Vec::new(), &mut line);
            Some(line)
        };
        places.into_iter().filter_map(of).collect()
    }
}

impl Source for JournalSource<'_> {
    fn boots(&self) -> &[BootFacts] {
        &self.boots
    }

    fn files(&self) -> &[FileFacts] {
        &self.files
    }

    fn tail(&self, boot: usize, at_least: usize, window_us: u64, wanted: Wanted<'_>) -> Vec<Line> {
        let Some(facts) = self.boots.get(boot) else { return Vec::new() };
        let since = facts.last.monotonic.0.saturating_sub(window_us);
        let mut picked = Picked::new(self, boot, wanted);
        let own = self.journal.entries_back_of(boot).filter(|place| !self.is_guests(boot, place.file));
        for (count, place) in own.take(TAIL_MOST).enumerate() {
            let entry = self.journal.entry(place);
            let recent = entry.as_ref().is_ok_and(|entry| entry.monotonic().0 >= since);
            if !recent && count >= at_least {
                break;
            }
            if let Ok(entry) = entry {
                picked.take(place, &entry);
            }
            // Nothing more is asked for: the entry before need not be looked at.
            if window_us == 0 && picked.lines.len() >= at_least {
                break;
            }
        }
        picked.lines.reverse();
        picked.lines
    }

    fn head(&self, boot: usize, at_most: usize, until_us: u64, wanted: Wanted<'_>) -> Vec<Line> {
        let mut picked = Picked::new(self, boot, wanted);
        let own = self.journal.entries_of(boot).filter(|place| !self.is_guests(boot, place.file));
        for place in own.take(at_most) {
            let Ok(entry) = self.journal.entry(place) else { continue };
            if entry.monotonic().0 > until_us {
                break;
            }
            picked.take(place, &entry);
        }
        picked.lines
    }

    fn hear(&self, heard: Heard<'_>, each: &mut dyn FnMut(usize, &Line)) {
        let files = self.journal.files().par_iter().enumerate();
        let said = files.map(|(index, file)| {
            let voices = self.finder.voices(index as u32, heard.voices);
            let (found, cut) = spoken::offsets(file, voices.as_ref(), heard, &|| self.finder.inflater(index as u32));
            self.finder.note_spent(index as u32);
            cut.iter().for_each(|why| self.finder.note_cut(index as u32, why));
            found
        });
        let said: Vec<Vec<Offset>> = said.collect();
        let (mut inflater, mut room, mut line) = (Inflater::default(), Vec::new(), Line::default());
        for boot in 0..self.boots.len() {
            let pick = |stretch: &Stretch| {
                let file = self.journal.files().get(stretch.file as usize);
                let Some(file) = file.filter(|_| !self.is_guests(boot, stretch.file)) else { return Vec::new() };
                let found = said.get(stretch.file as usize).map(Vec::as_slice).unwrap_or_default();
                let (first, end) = (stretch.slots.start, stretch.slots.end);
                let last = file.entry_at(end.saturating_sub(1));
                if first < end { between(found, file.entry_at(first), last).to_vec() } else { Vec::new() }
            };
            for place in self.journal.picked_of(boot, pick) {
                if let Ok(entry) = self.journal.entry(place) {
                    self.read(place, &entry, &mut inflater, &mut room, &mut line);
                    if !self.is_guests_line(boot, &line) {
                        each(boot, &line);
                    }
                }
            }
        }
    }

    fn having(&self, boot: usize, terms: &[&str]) -> Vec<Line> {
        self.found(boot, terms, Wanted::ALL)
    }

    fn having_seen(&self, boot: usize, terms: &[&str], glance: Glance<'_>) -> Vec<Line> {
        self.found(boot, terms, Wanted { glance: Some(glance), ..Wanted::ALL })
    }

    fn is_cut_short(&self, machine: Id128) -> bool {
        let holds = |file: usize| self.boots.iter().any(|boot| boot.machine == machine && boot.files.contains(&file));
        // A user's journal carries no verdict, and would let anybody take every one down.
        let is_users = |file: &usize| self.files().get(*file).is_some_and(|facts| facts.is_user);
        self.finder.cut_short().filter(|file| !is_users(file)).any(holds)
    }

    fn numbers(&self, boot: usize, within: (u64, u64)) -> Vec<(u64, u64)> {
        let Some(own) = self.boot(boot) else { return Vec::new() };
        // What guests wrote under the boot's id lies in the same count, where a collector gave it.
        let stretches = self.journal.boots().get(boot).into_iter().flat_map(|boot| &boot.stretches);
        let stretches = stretches.filter_map(|index| self.journal.order().stretches().get(*index));
        let counts = stretches.filter_map(|stretch| {
            let facts = self.files.get(stretch.file as usize)?;
            let id = self.journal.files().get(stretch.file as usize)?.header().seqnum_id;
            let is_own = own.numbers.binary_search_by_key(&id, |count| count.seqnum_id).is_ok();
            (is_own && !facts.is_namespaced).then_some((stretch, facts.damaged))
        });
        self.journal.numbers_of(counts, within)
    }

    fn line(&self, place: Place) -> Option<Line> {
        self.lines([place]).pop()
    }

    fn jumps(&self, boot: usize, over_us: u64) -> Vec<Jump> {
        self.boot(boot).map(|boot| jump::of_boot(self.journal, boot, over_us)).unwrap_or_default()
    }

    fn values(&self, boot: usize, field: &str) -> Vec<Vec<u8>> {
        self.boot(boot).map(|boot| self.finder.values(boot, field)).unwrap_or_default()
    }
}

/// Whether the value of a `_BOOT_ID=` field names a boot, in any of the forms that an imported field has; `None` where it
/// names none.
fn names(value: &[u8], boot: Id128) -> Option<bool> {
    let named = || std::str::from_utf8(value).ok()?.parse().ok().map(|named: Id128| named == boot);
    if value == boot.hex() { Some(true) } else { named() }
}

/// The lines that were wanted while a boot was walked.
struct Picked<'a> {
    source: &'a JournalSource<'a>,
    boot: usize,
    wanted: Wanted<'a>,
    files: BTreeMap<u32, (Marks<'a>, Seen)>,
    inflater: Inflater,
    lines: Vec<Line>,
    /// The line that is looked at, and room for its values: most lines are looked at and dropped.
    line: Line,
    room: Vec<Vec<u8>>,
}

impl<'a> Picked<'a> {
    fn new(source: &'a JournalSource<'a>, boot: usize, wanted: Wanted<'a>) -> Self {
        Self {
            source,
            boot,
            wanted,
            files: BTreeMap::new(),
            inflater: Inflater::default(),
            lines: Vec::new(),
            line: Line::default(),
            room: Vec::new(),
        }
    }

    fn take(&mut self, place: Place, entry: &Entry<'_>) {
        let look = || (self.source.finder.marks(place.file, self.wanted.terms), Seen::default());
        let (marks, seen) = self.files.entry(place.file).or_insert_with(look);
        self.source.finder.pay(place.file, &mut self.inflater);
        if !marks.are_in(entry, &mut self.inflater) {
            self.source.finder.note_spent(place.file);
            return;
        }
        if let Some(glance) = self.wanted.glance {
            self.line.is_text_only = self.source.finder.is_text_only(place.file);
            if !seen.may_be(entry, glance, &mut self.room, &mut self.line) {
                return;
            }
        }
        self.source.read(place, entry, &mut self.inflater, &mut self.room, &mut self.line);
        if !self.source.is_guests_line(self.boot, &self.line) && (self.wanted.keep)(&self.line) {
            self.lines.push(std::mem::take(&mut self.line));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_imported_boot_id_may_have_capitals_and_dashes() {
        let boot = Id128([0xab; 16]);
        let forms = ["ab".repeat(16), "AB".repeat(16), "abababab-abab-abab-abab-abababababab".to_owned()];
        assert!(forms.iter().all(|form| names(form.as_bytes(), boot) == Some(true)));
        assert_eq!(["cd".repeat(16), "none".to_owned()].map(|form| names(form.as_bytes(), boot)), [Some(false), None]);
    }
}
