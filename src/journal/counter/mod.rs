//! The counters that number entries: which numbers are there, and how many entries are lost.

mod numbering;

use serde::Serialize;

use numbering::numbering;

use crate::check::{Account, common, width};
use crate::file::JournalFile;
use crate::format::{Id128, Seqnum};
use crate::journal::FileName;
use crate::journal::namespaced::own_namespace;

/// The numbers that one counter gave, as far as they are there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counter {
    /// The machine.
    pub machine_id: Id128,
    /// The namespace whose journald gives the numbers; absent for the system's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The series that it numbers.
    pub seqnum_ids: Vec<Id128>,
    /// The lowest number that is there. What lay below was vacuumed, or is in files that are not here.
    pub first: Seqnum,
    /// The highest.
    pub last: Seqnum,
    /// How many numbers are there.
    pub found: u64,
    /// How many are missing between the lowest and the highest.
    pub missing: u64,
    /// How many stretches they are.
    pub holes: u64,
    /// No more entries than that are lost: in the files, by gaps and by what headers claim, each number counted once;
    /// and between files, where a whole one may be missing. What was vacuumed before the first is not among them, nor are
    /// numbers within a file that this never had: another file of the counter had those, see `missing`.
    pub lost: u64,
    #[serde(skip)]
    runs: Vec<(u64, u64)>,
    /// When the first and the last entry of the system's own files were written, by their headers.
    #[serde(skip)]
    times: Option<(u64, u64)>,
}

/// What one file has and claims of a counter's numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    machine_id: Id128,
    namespace: Option<String>,
    seqnum_id: Id128,
    /// When its first and its last entry were written, by its header.
    times: (u64, u64),
    /// Whether it is the file of a user, which never has all numbers of its time.
    is_user: bool,
    /// The numbers that are there.
    runs: Vec<(u64, u64)>,
    /// Those that may have been, see [`Claims`](crate::check::Claims).
    range: Option<(u64, u64)>,
    near: Option<(u64, u64)>,
    /// No more than that are lost, whatever numbers are missing.
    bound: u64,
    /// How many are, as far as the file alone can tell.
    lost: u64,
    /// How many of these have no number that is known.
    unplaced: u64,
}

impl Part {
    fn named(file: &JournalFile) -> Self {
        let header = file.header();
        let is_user = FileName::read(file.path()).is_some_and(|name| name.is_user());
        Self {
            machine_id: header.machine_id,
            namespace: own_namespace(file).map(str::to_owned),
            seqnum_id: header.seqnum_id,
            times: (header.head_entry_realtime.0, header.tail_entry_realtime.0),
            is_user,
            ..Self::default()
        }
    }

    /// A file that has all numbers of a range.
    pub(super) fn unbroken(file: &JournalFile, range: (u64, u64)) -> Self {
        Self { runs: vec![range], range: Some(range), near: Some(range), ..Self::named(file) }
    }

    /// By what a check counted in a file.
    pub(super) fn of(file: &JournalFile, account: &Account) -> Self {
        let Account { seqnums, claims, .. } = account;
        Self {
            runs: seqnums.runs.clone(),
            range: claims.range(seqnums),
            near: claims.near(seqnums),
            bound: claims.bound(),
            lost: claims.lost,
            unplaced: claims.unplaced,
            ..Self::named(file)
        }
    }

    /// No more entries than that are lost in this file, where all files together have these numbers.
    fn lost_beside(&self, runs: &[(u64, u64)]) -> u64 {
        let Some(range) = self.range else { return self.lost };
        let numbered = self.lost.saturating_sub(self.unplaced);
        let missing = width(range).saturating_sub(common(runs, range)).min(self.bound).min(numbered);
        missing.saturating_add(self.unplaced)
    }
}

/// The counters of files, each with the numbers that these have; and how many entries are lost at most, by file.
pub(super) fn counters(parts: &[Part]) -> (Vec<Counter>, Vec<u64>) {
    let mut counters = numbering(parts);
    let mut lost = vec![0; parts.len()];
    for (counter, members) in &mut counters {
        counter.count();
        let members: Vec<(usize, &Part)> = members.iter().filter_map(|at| Some((*at, parts.get(*at)?))).collect();
        for (index, part) in &members {
            if let Some(slot) = lost.get_mut(*index) {
                *slot = part.lost_beside(&counter.runs);
            }
        }
        counter.lost = counter.lost_in(members.into_iter().map(|(_, part)| part));
    }
    (counters.into_iter().map(|(counter, _)| counter).collect(), lost)
}

/// The numbers from the first to the last of every file, as far as it tells, from the first of the system's on: what lay
/// before was vacuumed. In between a file of a user never had those of others; there only its own count, as long as the
/// system's are here too.
fn reaches<'p>(parts: impl Iterator<Item = &'p Part> + Clone) -> Vec<(u64, u64)> {
    let first = parts.clone().filter(|part| !part.is_user).filter_map(|part| part.near).map(|(first, _)| first).min();
    let Some(first) = first else { return parts.filter_map(|part| part.near).collect() };
    let reach = |part: &'p Part| {
        let own = part.near.zip(part.runs.first().zip(part.runs.last())).filter(|_| part.is_user);
        let ends = own.map(|(near, (from, to))| [(near.0, from.0), (to.1, near.1)]);
        let whole = part.near.filter(|_| ends.is_none());
        let runs = if ends.is_some() { &*part.runs } else { &[] };
        whole.into_iter().chain(ends.into_iter().flatten()).chain(runs.iter().copied())
    };
    let all = parts.flat_map(reach).filter(|(_, last)| *last >= first);
    all.map(|(from, to)| (from.max(first), to)).collect()
}

impl Counter {
    /// How many entries are lost at most in files, each number counted once, and between them.
    fn lost_in<'p>(&self, parts: impl Iterator<Item = &'p Part> + Clone) -> u64 {
        let claimed = joined(parts.clone().filter_map(|part| part.range).collect());
        let missing = total(&claimed).saturating_sub(self.found);
        let unplaced = parts.clone().map(|part| if part.range.is_some() { part.unplaced } else { part.lost });
        let missing = unplaced.fold(missing, u64::saturating_add);
        let in_files = parts.clone().map(|part| part.lost_beside(&self.runs)).fold(0, u64::saturating_add).min(missing);
        let near = joined(reaches(parts));
        let ends = near.first().zip(near.last());
        let span = ends.map_or(0, |((first, _), (_, last))| width((*first, *last)));
        in_files.saturating_add(span.saturating_sub(total(&near)))
    }

    fn count(&mut self) {
        let bounds = self.runs.first().zip(self.runs.last());
        let (first, last) = bounds.map_or((0, 0), |(first, last)| (first.0, last.1));
        (self.first, self.last) = (Seqnum(first), Seqnum(last));
        self.found = total(&self.runs);
        self.holes = self.runs.len().saturating_sub(1) as u64;
        let span = last.saturating_sub(first).saturating_add(1);
        self.missing = if self.runs.is_empty() { 0 } else { span.saturating_sub(self.found) };
    }
}

/// How many numbers stretches have.
fn total(runs: &[(u64, u64)]) -> u64 {
    runs.iter().map(|run| width(*run)).fold(0, u64::saturating_add)
}

/// Stretches ascending and apart.
pub(super) fn joined(mut runs: Vec<(u64, u64)>) -> Vec<(u64, u64)> {
    runs.sort_unstable();
    let mut all: Vec<(u64, u64)> = Vec::with_capacity(runs.len());
    for (from, to) in runs {
        match all.last_mut() {
            Some((_, end)) if from <= end.saturating_add(1) => *end = to.max(*end),
            _ => all.push((from, to)),
        }
    }
    all
}

#[cfg(test)]
mod tests;
