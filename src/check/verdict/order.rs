//! Whether seqnums fit in with those before and behind, which alone vouch for them: no hash does.

use super::{Court, is_in_one_piece};
use crate::check::starts::Starts;
use crate::corrupt::Offset;
use crate::file::{Entry, JournalFile};
use crate::format::{Realtime, Seqnum};

/// The number and the time of the first entry by a file's header, if there is an entry that has both: no other file's header
/// would know it, nor one with a wrong bit. No time, where the clock has gone back behind it since.
pub(super) fn first_of(file: &JournalFile, entries: [&Starts; 2]) -> Option<(Seqnum, Realtime)> {
    let (number, time) = (file.header().head_entry_seqnum, file.header().head_entry_realtime);
    let (mut is_known, mut went_back) = (false, false);
    for entry in Starts::union(entries).filter_map(|at| file.entry_as_stated(at).ok()) {
        is_known |= (entry.seqnum(), entry.realtime()) == (number, time);
        went_back |= entry.seqnum() > number && entry.realtime() < time;
    }
    is_known.then_some((number, if went_back { Realtime(0) } else { time }))
}

impl Court<'_> {
    /// Whether the number of an entry is below the first of this file, and what it says of itself is in one piece.
    pub(super) fn is_numbered_before(&self, entry: &Entry<'_>) -> bool {
        entry.seqnum().0 > 0 && self.first.is_some_and(|(first, _)| entry.seqnum() < first) && is_in_one_piece(entry)
    }

    /// Whether the time of an entry is before that of the first.
    pub(super) fn is_timed_before(&self, entry: &Entry<'_>) -> bool {
        entry.realtime().0 > 0 && self.first.is_some_and(|(_, first)| entry.realtime() < first)
    }

    /// The entries in place before and behind a place.
    pub(super) fn beside(&self, at: Offset) -> [Option<(Offset, Seqnum)>; 2] {
        let behind = self.settled.partition_point(|(other, _)| *other < at);
        let before = behind.checked_sub(1).and_then(|index| self.settled.get(index));
        [before, self.settled.get(behind)].map(|entry| entry.copied())
    }

    /// Whether the seqnum lies between those of the entries before and behind, and is not taken.
    pub(super) fn fits(&self, entry: &Entry<'_>) -> bool {
        let seqnum = entry.seqnum();
        let [before, behind] = self.beside(entry.offset());
        let fits_before = before.is_none_or(|(_, before)| before < seqnum);
        let fits_behind = behind.is_none_or(|(_, behind)| seqnum < behind);
        // What was moved within the file is out of its place, but not out of the range.
        let first = self.file.header().head_entry_seqnum;
        fits_before
            && fits_behind
            && (first <= seqnum || self.by_seqnum.first().is_some_and(|(least, _)| *least < first))
    }

    /// Whether the clocks of an entry lie between those of the entries before and behind: of one that was moved they do not, of
    /// one whose number has a wrong bit, or a neighbour's, they do.
    pub(super) fn fits_by_clocks(&self, entry: &Entry<'_>) -> bool {
        let [before, behind] = self.beside(entry.offset()).map(|beside| self.file.entry_as_stated(beside?.0).ok());
        let follows = |first: &Entry<'_>, second: &Entry<'_>| {
            if first.boot_id() == second.boot_id() {
                first.monotonic() <= second.monotonic()
            } else {
                first.realtime() <= second.realtime()
            }
        };
        before.is_none_or(|before| follows(&before, entry)) && behind.is_none_or(|behind| follows(entry, &behind))
    }

    /// Whether the entry before or behind has the next seqnum, the same boot, and clocks that fit: nobody else's would.
    pub(super) fn is_next(&self, entry: &Entry<'_>) -> bool {
        let [before, behind] = self.beside(entry.offset()).map(|beside| self.file.entry_as_stated(beside?.0).ok());
        let leads = |first: &Entry<'_>, second: &Entry<'_>| {
            first.seqnum().0.checked_add(1) == Some(second.seqnum().0)
                && first.boot_id() == second.boot_id()
                && first.monotonic() <= second.monotonic()
        };
        before.is_some_and(|before| leads(&before, entry)) || behind.is_some_and(|behind| leads(entry, &behind))
    }

    /// The entries with seqnums that those before and behind contradict, whose pages are in place, each with the seqnum that
    /// it has and the first that is free between these; no hash covers a seqnum.
    /// Where a file was closed, its header has the first and the last one, unless it knows of fewer entries than there are:
    /// then it is older than they are, or another file's.
    pub(in crate::check) fn contradicted(&self) -> Vec<(Offset, Seqnum, Seqnum)> {
        let header = self.file.header();
        let is_closed = header.state.is_closed();
        let is_older = is_closed && header.n_entries < self.settled.len() as u64;
        let behind_all = if is_closed && !is_older { header.tail_entry_seqnum.0.saturating_add(1) } else { u64::MAX };
        let first = if is_older { Seqnum(0) } else { Seqnum(header.head_entry_seqnum.0.saturating_sub(1)) };
        let first = (Offset(0), first);
        let all = [&[first], &*self.settled, &[(Offset(u64::MAX), Seqnum(behind_all))]].concat();
        let misfits = all.windows(3).filter_map(|three| {
            let [(_, before), itself, (_, behind)] = *three else { return None };
            let (at, seqnum) = itself;
            let free = Seqnum(before.0.saturating_add(1).min(behind.0.saturating_sub(1)));
            // Of two with one number it is the other's that is wrong, where there is none that this one could have instead.
            let is_others = [before, behind].contains(&seqnum) && behind.0.saturating_sub(before.0) < 2;
            (before < behind && !(before < seqnum && seqnum < behind) && !is_others).then_some((at, seqnum, free))
        });
        misfits.collect()
    }

    /// The seqnums of the admitted, without those that their neighbours contradict: one flipped bit would make a hole of
    /// billions.
    pub(in crate::check) fn seqnums(&self) -> Vec<Seqnum> {
        let all: Vec<Seqnum> = self.admitted.iter().map(|admitted| admitted.seqnum).collect();
        let end = |seqnum: Option<&Seqnum>, next: Option<&Seqnum>| {
            let (seqnum, next) = (*seqnum?, next.copied());
            next.is_none_or(|next| self.are_near(seqnum, next)).then_some(seqnum)
        };
        // Of two that are far apart the first is as good as any.
        let second = all.get(1).filter(|_| all.len() > 2);
        let ends = [end(all.first(), second), end(all.last(), all.iter().nth_back(1))];
        let inner = all.windows(3).filter_map(|three| {
            let [before, seqnum, behind] = *three else { return None };
            (before >= behind || (before <= seqnum && seqnum <= behind)).then_some(seqnum)
        });
        ends.into_iter().flatten().chain(inner).collect()
    }

    /// Whether the first or the last seqnum can be beside the one next to it: there is room in the file for what would be
    /// missing between the two, or the header knows of both.
    fn are_near(&self, end: Seqnum, next: Seqnum) -> bool {
        let header = self.file.header();
        let is_known = |seqnum| (header.head_entry_seqnum..=header.tail_entry_seqnum).contains(&seqnum);
        end.0.abs_diff(next.0) <= self.file.image().len() / 64 || (is_known(end) && is_known(next))
    }
}
