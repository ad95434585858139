//! Files that are missing between others of their series, told by the numbers that no file has.

use std::collections::{BTreeMap, BTreeSet};

use super::namespaced::own_namespace;
use super::{FileName, Journal};
use crate::check::{common, width};
use crate::format::{Id128, Realtime};

/// Two files of a series, one after the other, between which numbers are in no file; or the file of a user, before and
/// after, which alone is left of the time between two of the system's or behind the last, and lacks numbers itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Between {
    /// The index in [`Journal::files`] of the one before.
    pub before: usize,
    /// And of the one after.
    pub after: usize,
    /// No more entries than that are missing: their numbers may also have been used up.
    pub missing: u64,
    /// When the last entry of the one before and the first of the one after were written, by the headers.
    pub times: (Realtime, Realtime),
}

/// A file by the numbers and the times of its first and last entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span<'j> {
    machine_id: Id128,
    /// That of its directory, whose journald has a counter of its own.
    namespace: Option<&'j str>,
    seqnum_id: Id128,
    range: (u64, u64),
    times: (u64, u64),
    file: usize,
}

impl Span<'_> {
    /// Whether one journald of a machine may have written both.
    fn is_beside(&self, other: &Self) -> bool {
        self.machine_id == other.machine_id && self.namespace == other.namespace
    }

    /// Whether both have numbers of one time in common, as files have that one counter numbers.
    fn overlaps(&self, other: &Self) -> bool {
        let common = |one: (u64, u64), two: (u64, u64)| one.0 <= two.1 && two.0 <= one.1;
        self.is_beside(other) && common(self.range, other.range) && common(self.times, other.times)
    }

    /// Whether it ended when the other had not begun, by its numbers and by its times. Where journald was killed between the
    /// two, the last numbers of the one were given again.
    fn is_before(&self, other: &Self) -> bool {
        let is_below = self.range.0 < other.range.0 && self.range.1 < other.range.1;
        self.is_beside(other) && is_below && self.times.1 <= other.times.0
    }
}

impl Journal {
    /// Where files are missing in the midst of a system's series, by what headers and walks tell of numbers.
    ///
    /// The files of users that the same counter numbers are among those of the series; what lay before the first of the
    /// system's own was vacuumed. A file that could not be opened is missing too. Nothing is told unless these are known
    /// to be [all files of their directories](Journal::of_whole_directories), or where some were left out since nothing
    /// wanted is in them. Costs a look at two entries for each hole.
    #[must_use]
    pub fn between(&self) -> Vec<Between> {
        if !self.is_whole || !self.left_out.is_empty() {
            return Vec::new();
        }
        let mut series: BTreeMap<(Id128, Id128), Vec<Span<'_>>> = BTreeMap::new();
        let mut users = Vec::new();
        for file in 0..self.files.len() {
            let Some((name, span)) = self.span(file) else { continue };
            // A file that does not say whose it is may be of any.
            if name.is_user() || span.seqnum_id.is_null() {
                users.push(span);
            } else {
                series.entry((span.machine_id, span.seqnum_id)).or_default().push(span);
            }
        }
        let series: Vec<Vec<Span<'_>>> = series.into_values().collect();
        let owners = owners(&series, &users);
        let all = series.iter().enumerate();
        let mut found = Vec::new();
        for (index, spans) in all {
            let users = shared(index, &series, &users, &owners);
            let holes = holes(spans, &users).into_iter().filter(|hole| self.is_between(hole));
            found.extend(holes.map(|(between, _)| between));
            found.extend(self.within(spans, &users));
        }
        found.sort_by_key(|between| between.times);
        found
    }

    /// What the files of users do not have that was written between two files of the system's, or behind the last one: a file
    /// that is not here had it. Where they lie side by side, it is told with the first.
    fn within(&self, spans: &[Span<'_>], users: &[Span<'_>]) -> Vec<Between> {
        let is_apart = |user: &&Span<'_>| lies_between(user, spans) || spans.iter().all(|span| span.is_before(user));
        let mut apart: Vec<&Span<'_>> = users.iter().filter(is_apart).collect();
        apart.sort_unstable_by_key(|user| (user.range, user.file));
        let is_of_users = |file: usize| users.iter().any(|user| user.file == file);
        let stretches = self.order().stretches().iter().filter(|stretch| is_of_users(stretch.file as usize));
        let (mut found, mut from) = (Vec::new(), 0);
        for user in apart {
            let range = (user.range.0.max(from), user.range.1);
            from = from.max(range.1.saturating_add(1));
            if range.0 > range.1 {
                continue;
            }
            let there = self.numbers_of(stretches.clone().map(|stretch| (stretch, false)), range);
            let missing = width(range).saturating_sub(common(&there, range));
            let times = (Realtime(user.times.0), Realtime(user.times.1));
            found.extend((missing > 0).then_some(Between { before: user.file, after: user.file, missing, times }));
        }
        found
    }

    /// Whether entries bear out the numbers on both sides of a hole: a header may be wrong, and of a damaged file, which says
    /// itself what it lost, an entry too.
    fn is_between(&self, (between, (last, first)): &(Between, (u64, u64))) -> bool {
        let number = |file: usize, is_last: bool| {
            let opened = self.files.get(file)?;
            let slot = if is_last { opened.slot_count().checked_sub(1)? } else { 0 };
            opened.entry(opened.entry_at(slot)).ok().map(|entry| entry.seqnum().0)
        };
        let is_true = |file: usize, is_last: bool, stated: u64| {
            let walked = self.salvage(file).map(|salvage| salvage.account.is_sound());
            walked.unwrap_or_else(|| number(file, is_last) == Some(stated))
        };
        is_true(between.before, true, *last) && is_true(between.after, false, *first)
    }

    /// What a file's name says, and which numbers its entries have or may have had.
    fn span(&self, file: usize) -> Option<(FileName, Span<'_>)> {
        let opened = self.files.get(file)?;
        let header = opened.header();
        let range = match self.salvage(file) {
            Some(salvage) => salvage.account.claims.near(&salvage.account.seqnums)?,
            None => (header.head_entry_seqnum.0, header.tail_entry_seqnum.0),
        };
        let times = (header.head_entry_realtime.0, header.tail_entry_realtime.0);
        let (machine_id, seqnum_id) = (header.machine_id, header.seqnum_id);
        let span = Span { machine_id, namespace: own_namespace(opened), seqnum_id, range, times, file };
        (range.0 > 0 && range.0 <= range.1).then_some((FileName::read(opened.path())?, span))
    }
}

/// Whether a file of a user was written between two of the system's, by its numbers and times, and none of these has
/// numbers in common with it.
fn lies_between(user: &Span<'_>, spans: &[Span<'_>]) -> bool {
    spans.iter().all(|span| span.is_before(user) || user.is_before(span))
        && spans.iter().any(|span| span.is_before(user))
        && spans.iter().any(|span| user.is_before(span))
}

/// Which of the system's series a counter of numbers users' series, too: all with numbers of one time in common.
fn owners(series: &[Vec<Span<'_>>], users: &[Span<'_>]) -> BTreeMap<(Id128, Id128), BTreeSet<usize>> {
    let mut owners: BTreeMap<_, BTreeSet<usize>> = BTreeMap::new();
    for user in users {
        let fits = series.iter().enumerate().filter(|(_, spans)| spans.iter().any(|span| span.overlaps(user)));
        owners.entry((user.machine_id, user.seqnum_id)).or_default().extend(fits.map(|(index, _)| index));
    }
    owners
}

/// The files of users that the counter of a series numbers. A user's series goes on where the system begins another, so
/// that those of its files that have nothing in common with either are nobody's, but for what the last one may have numbered.
fn shared<'j>(
    index: usize,
    series: &[Vec<Span<'j>>],
    users: &[Span<'j>],
    owners: &BTreeMap<(Id128, Id128), BTreeSet<usize>>,
) -> Vec<Span<'j>> {
    let spans = series.get(index).map(Vec::as_slice).unwrap_or_default();
    let is_last = || series.iter().enumerate().all(|(at, other)| at == index || !is_later(other, spans));
    let is_behind = |user: &Span<'_>| spans.iter().all(|span| span.is_before(user)) && is_last();
    let is_sole = |user: &Span<'_>| {
        let owners = owners.get(&(user.machine_id, user.seqnum_id));
        owners.is_some_and(|owners| owners.len() == 1 && owners.contains(&index))
    };
    let is_same = |user: &Span<'_>| {
        spans.iter().any(|span| (span.machine_id, span.seqnum_id) == (user.machine_id, user.seqnum_id))
    };
    let fits = |user: &&Span<'_>| {
        let is_beside = || lies_between(user, spans) || spans.iter().any(|span| span.overlaps(user));
        user.seqnum_id.is_null() || is_same(user) || is_sole(user) || is_beside() || is_behind(user)
    };
    users.iter().filter(fits).copied().collect()
}

/// Whether the files of one series were written after those of another of the same journald.
fn is_later(series: &[Span<'_>], than: &[Span<'_>]) -> bool {
    let last = |spans: &[Span<'_>]| spans.iter().map(|span| span.times.1).max();
    series.iter().zip(than).any(|(one, other)| one.is_beside(other)) && last(series) > last(than)
}

/// Where the files of a system's series, and those of users that its counter numbers, have no numbers in between; with the
/// numbers on both sides.
fn holes(spans: &[Span<'_>], users: &[Span<'_>]) -> Vec<(Between, (u64, u64))> {
    let first = spans.iter().map(|span| span.range.0).min().unwrap_or_default();
    let users = users.iter().filter(|user| user.range.1 >= first);
    let mut spans: Vec<&Span<'_>> = spans.iter().chain(users).collect();
    spans.sort_unstable_by_key(|span| (span.range, span.file));
    let mut spans = spans.into_iter();
    let Some(mut before) = spans.next() else { return Vec::new() };
    let mut found = Vec::new();
    for after in spans {
        let (last, from) = (before.range.1, after.range.0);
        let hole = (last.saturating_add(1), from.saturating_sub(1));
        if hole.0 <= hole.1 {
            let times = (Realtime(before.times.1), Realtime(after.times.0));
            found.push((Between { before: before.file, after: after.file, missing: width(hole), times }, (last, from)));
        }
        if after.range.1 >= last {
            before = after;
        }
    }
    found
}

#[cfg(test)]
mod tests;
