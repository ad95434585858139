//! The runs of a unit: systemd gives each start an id, and journald writes it into the unit's entries.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use super::{Term, unit};
use crate::corrupt::{Corrupt, Losses};
use crate::error::Error;
use crate::file::{Entry, JournalFile, Search};
use crate::format::{EntryHead, Id128};
use crate::journal::Journal;

/// The fields that name a run: its own entries, those of others about it, those of the manager that started it.
const IDS: [&str; 4] =
    ["_SYSTEMD_INVOCATION_ID", "OBJECT_SYSTEMD_INVOCATION_ID", "INVOCATION_ID", "USER_INVOCATION_ID"];

/// The fields that name the unit beside each of [`IDS`]: of a system unit, and of a unit of a user's manager.
const UNITS: [[&str; 4]; 2] = [
    ["_SYSTEMD_UNIT", "OBJECT_SYSTEMD_UNIT", "UNIT", ""],
    ["_SYSTEMD_USER_UNIT", "OBJECT_SYSTEMD_USER_UNIT", "", "USER_UNIT"],
];

/// One run of a unit.
#[derive(Clone, Debug)]
pub struct Invocation {
    /// Its id.
    pub id: Id128,
    /// The head of the first entry by it or about it.
    pub first: EntryHead,
    /// The head of the last one.
    pub last: EntryHead,
}

/// The runs of one unit, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Invocations {
    /// The runs, ordered by boot, then by the time since boot of their first entries.
    pub list: Vec<Invocation>,
    /// What could not be read, by file.
    pub losses: Vec<(usize, Losses)>,
}

impl Invocations {
    /// Finds the runs of a unit, `of_user` one of users' managers, in all boots or in one.
    ///
    /// They come from the lists of the ids' values: the first and the last entry of each value are read, no others. A
    /// damaged file is read entry by entry. An id counts for the unit that the same entry names beside it, so that PID 1
    /// does not get the runs of what it started, as in journalctl.
    #[must_use]
    pub fn of(journal: &Journal, name: &str, of_user: bool, boot: Option<usize>) -> Self {
        Self::of_each(journal, &[unit::full(name)], of_user, boot).pop().unwrap_or_default()
    }

    /// The same for several units by their full names, in their order, as quickly as for one.
    #[must_use]
    pub fn of_each(journal: &Journal, names: &[String], of_user: bool, boot: Option<usize>) -> Vec<Self> {
        let ([system, user], names) = (UNITS, names.iter().map(String::as_bytes));
        let count = names.len();
        let units = Units { names: names.zip(0..).collect(), beside: if of_user { user } else { system }, of_user };
        // Worked out before the threads ask for it: made by one of them it would take that one's own work up again.
        journal.order();
        let files = journal.files().par_iter().enumerate();
        let found: Vec<_> = files.map(|(at, file)| units.runs(journal, at, file)).collect();
        let ranks: HashMap<Id128, usize> =
            journal.boots().iter().enumerate().map(|(rank, boot)| (boot.id, rank)).collect();
        let key = |head: &EntryHead| (ranks.get(&head.boot_id), head.monotonic, head.realtime);
        let (mut runs, mut lost) = (HashMap::<Id128, Run>::new(), Vec::new());
        for (file, (found, losses)) in found.into_iter().enumerate() {
            for (id, run) in found {
                let known = runs.entry(id).or_insert(run);
                known.unit = known.unit.or(run.unit);
                known.first = if key(&run.first) < key(&known.first) { run.first } else { known.first };
                known.last = if key(&run.last) > key(&known.last) { run.last } else { known.last };
            }
            if !losses.is_empty() {
                lost.push((file, losses));
            }
        }
        let mut all = vec![Self { list: Vec::new(), losses: lost }; count];
        let is_wanted = |run: &Run| boot.is_none_or(|boot| ranks.get(&run.first.boot_id) == Some(&boot));
        for (id, run) in runs.into_iter().filter(|(_, run)| is_wanted(run)) {
            if let Some(of_unit) = run.unit.and_then(|unit| all.get_mut(unit as usize)) {
                of_unit.list.push(Invocation { id, first: run.first, last: run.last });
            }
        }
        all.iter_mut().for_each(|all| all.list.sort_by_key(|run| (key(&run.first), run.id)));
        all
    }

    /// The run that a text names: 0 the newest, -1 the one before, 1 the oldest, an id, or an id with an offset.
    ///
    /// # Errors
    /// When there is none.
    pub fn find(&self, text: &str) -> Result<&Invocation, Error> {
        let missing = || Error::NotFound { what: "invocation", input: text.to_owned() };
        let (id, offset) = descriptor(text)?;
        let base = match id {
            Some(id) => self.list.iter().position(|run| run.id == id).ok_or_else(missing)?,
            None if offset > 0 => 0,
            None => self.list.len().checked_sub(1).ok_or_else(missing)?,
        };
        let steps = if id.is_none() && offset > 0 { offset - 1 } else { offset };
        let index = base.checked_add_signed(steps).ok_or_else(missing)?;
        self.list.get(index).ok_or_else(missing)
    }
}

/// Reads `ID`, `ID±N` or `±N`.
///
/// # Errors
/// When a text is none of these.
pub fn descriptor(text: &str) -> Result<(Option<Id128>, isize), Error> {
    let why = "give an id of 32 hex digits, an id with an offset (ID-1), 0 for the newest, -1 for the one before";
    let bad = || Error::BadQuery { what: "invocation", input: text.to_owned(), why: why.to_owned() };
    let id = text.get(..32).zip(text.get(32..)).and_then(|(id, offset)| Some((id.parse::<Id128>().ok()?, offset)));
    match id {
        Some((id, "")) => Ok((Some(id), 0)),
        Some((_, offset)) if !offset.starts_with(['+', '-']) => Err(bad()),
        Some((id, offset)) => Ok((Some(id), offset.parse().map_err(|_| bad())?)),
        None => Ok((None, text.parse().map_err(|_| bad())?)),
    }
}

/// The groups of terms, of which one must hold, for the entries of a run and those about it.
#[must_use]
pub fn of_run(id: Id128) -> [[Term; 1]; 4] {
    IDS.map(|field| [Term::is(field, id.to_string().as_bytes())])
}

/// What one file says of a run.
#[derive(Clone, Copy)]
struct Run {
    first: EntryHead,
    last: EntryHead,
    /// Which of the units it is one of.
    unit: Option<u32>,
}

/// The units whose runs are wanted.
struct Units<'n> {
    /// With their places among those asked for.
    names: HashMap<&'n [u8], u32>,
    /// The fields that name the unit, beside each of [`IDS`].
    beside: [&'static str; 4],
    of_user: bool,
}

impl Units<'_> {
    /// The runs that a file knows, also of other units, and what could not be read.
    fn runs(&self, journal: &Journal, at: usize, file: &JournalFile) -> (HashMap<Id128, Run>, Losses) {
        let mut losses = Losses::default();
        let mut runs = HashMap::new();
        let mut search = Search::of(file);
        let from = if journal.is_damaged(at) {
            0
        } else {
            match file.check_index().and_then(|()| self.listed(file, &mut search, &mut runs)) {
                // The last entry of a file may be missing from the lists.
                Ok(()) => file.slot_count().saturating_sub(1),
                Err(damage) => {
                    losses.structure(damage);
                    search = Search::of(file);
                    0
                }
            }
        };
        for entry in file.entries(from..file.slot_count()).flatten() {
            if let Err(damage) = self.note(&entry, &mut search, &mut runs) {
                losses.structure(damage);
                break;
            }
        }
        (runs, losses)
    }

    /// Notes the runs by the lists of their ids.
    fn listed(&self, file: &JournalFile, search: &mut Search, runs: &mut HashMap<Id128, Run>) -> Result<(), Corrupt> {
        let mut read = HashSet::new();
        for name in IDS {
            let Some(field) = file.find_field(name.as_bytes())? else { continue };
            for data in file.data_of(&field) {
                let entries = file.entries_of(&data?);
                let first = entries.iter().next();
                for at in first.into_iter().chain((entries.len() > 1).then(|| entries.last())) {
                    if read.insert(at) {
                        self.note(&file.entry(at)?, search, runs)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Notes the runs that an entry names.
    fn note(&self, entry: &Entry<'_>, search: &mut Search, runs: &mut HashMap<Id128, Run>) -> Result<(), Corrupt> {
        let (mut ids, mut of_unit) = ([None; 4], [None; 4]);
        let (mut by_root, mut by_manager) = (false, false);
        search.visit(
            entry,
            |_| true,
            |field| {
                let Ok((name, value)) = field else { return };
                by_root |= (name, value) == (b"_UID", b"0");
                by_manager |= (name, value) == (b"_PID", b"1") || (name, value) == (b"_SYSTEMD_CGROUP", b"/init.scope");
                let is = |fields: &[&str; 4]| fields.iter().position(|field| field.as_bytes() == name);
                if let Some(id) = is(&IDS).and_then(|index| ids.get_mut(index)) {
                    *id = std::str::from_utf8(value).ok().and_then(|value| value.parse::<Id128>().ok());
                } else if let Some(unit) = is(&self.beside).and_then(|index| of_unit.get_mut(index)) {
                    *unit = unit.or(self.names.get(value).copied());
                }
            },
        )?;
        // What any process may claim of a system unit counts only from those that -u believes.
        let believed = [true, by_root || self.of_user, by_manager, true];
        let head = *entry.head();
        let key = |head: &EntryHead| (head.monotonic, head.realtime);
        for ((id, of_unit), believed) in ids.into_iter().zip(of_unit).zip(believed) {
            let Some(id) = id else { continue };
            let run = runs.entry(id).or_insert(Run { first: head, last: head, unit: None });
            run.first = if key(&head) < key(&run.first) { head } else { run.first };
            run.last = if key(&head) > key(&run.last) { head } else { run.last };
            run.unit = run.unit.or(of_unit.filter(|_| believed));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::{Query, Selection};
    use super::*;
    use crate::file::Options;
    use crate::testkit::synth::{Record, Synth};

    fn id(number: u8) -> String {
        format!("{number:032x}")
    }

    fn journal(bytes: Vec<u8>) -> Journal {
        let file = JournalFile::from_bytes(Path::new("made"), bytes, Options::default());
        Journal::from_files(vec![file.unwrap()])
    }

    /// Runs 1 and 2 of a.service, each begun by PID 1; 3 is b.service's; 4 is claimed by a stranger.
    fn two_runs() -> Vec<u8> {
        let of =
            |seqnum, fields: &[String]| fields.iter().fold(Record::new(seqnum), |record, field| record.field(field));
        let start = |seqnum, unit: &str, number| {
            let (id, unit) = (format!("INVOCATION_ID={}", id(number)), format!("UNIT={unit}"));
            of(seqnum, &[id, unit, "_PID=1".to_owned(), "_SYSTEMD_UNIT=init.scope".to_owned()])
        };
        let own = |seqnum, unit: &str, number| {
            of(seqnum, &[format!("_SYSTEMD_INVOCATION_ID={}", id(number)), format!("_SYSTEMD_UNIT={unit}")])
        };
        let records = [
            start(1, "a.service", 1),
            own(2, "a.service", 1),
            start(3, "b.service", 3),
            own(4, "a.service", 1),
            start(5, "a.service", 2),
            own(6, "b.service", 3),
            of(7, &[format!("INVOCATION_ID={}", id(4)), "UNIT=a.service".to_owned(), "_PID=7".to_owned()]),
        ];
        records.into_iter().fold(Synth::new(), Synth::entry).build()
    }

    fn told(journal: &Journal, unit: &str) -> Vec<(String, u64, u64)> {
        listed(&Invocations::of(journal, unit, false, None))
    }

    fn listed(found: &Invocations) -> Vec<(String, u64, u64)> {
        found.list.iter().map(|run| (run.id.to_string(), run.first.seqnum.0, run.last.seqnum.0)).collect()
    }

    #[test]
    fn runs_of_a_unit_are_told_by_the_manager_and_by_the_unit_itself() {
        let journal = journal(two_runs());
        assert!(Invocations::of(&journal, "a", false, None).losses.is_empty());
        assert_eq!(told(&journal, "a"), [(id(1), 1, 4), (id(2), 5, 5)]);
        assert_eq!(told(&journal, "b.service"), [(id(3), 3, 6)]);
        let both = Invocations::of_each(&journal, &["b.service", "no", "a.service"].map(str::to_owned), false, None);
        let each = [told(&journal, "b"), Vec::new(), told(&journal, "a")];
        assert!(both.iter().zip(each).all(|(found, one)| listed(found) == one) && both.len() == 3);
        assert!(told(&journal, "init.scope").is_empty());
        assert!(told(&journal, "c").is_empty());
    }

    #[test]
    fn without_an_index_they_are_found_by_reading_the_entries() {
        let mut bytes = two_runs();
        let header = journal(bytes.clone()).files()[0].header().clone();
        let from = usize::try_from(header.data_hash_table_offset.0).unwrap();
        bytes[from..from + usize::try_from(header.data_hash_table_size).unwrap()].fill(0);
        let wounded = journal(bytes);
        let lost = Invocations::of(&wounded, "a", false, None).losses;
        assert_eq!(lost.len(), 1);
        // Who asks for their entries is told of it, whatever is met by then.
        let query = Query { lost, ..Query::default() };
        assert_eq!(Selection::of(&wounded, &query).losses(), query.lost);
        assert_eq!(told(&wounded, "a"), [(id(1), 1, 4), (id(2), 5, 5)]);
    }

    #[test]
    fn a_run_is_found_from_either_end_by_id_and_by_offset() {
        let found = Invocations::of(&journal(two_runs()), "a", false, None);
        for (text, number) in [("0", 2), ("-1", 1), ("1", 1), ("2", 2), (&id(1), 1), (&format!("{}+1", id(1)), 2)] {
            assert_eq!(found.find(text).unwrap().id.to_string(), id(number), "{text}");
        }
        for missing in ["-2", "3", &id(3), &format!("{}-1", id(1)), "x", "", &format!("{}1", id(1))] {
            assert!(found.find(missing).is_err(), "{missing}");
        }
    }
}
