//! From the options of `show` to a query.

use super::args::Show;
use super::chosen::in_order;
use super::compat::Asked;
use super::loss::say;
use super::typed::Typed;
use crate::error::Error;
use crate::journal::{Extent, Journal, Place};
use crate::query::{Matches, Now, Query, Selection, Start, find_boot, is_yearless, moments};

/// How many entries are wanted, and from which end.
#[derive(Clone, Copy, Default)]
pub(super) struct Count {
    pub(super) last: Option<usize>,
    pub(super) first: Option<usize>,
}

impl Count {
    /// Whether any entry is wanted: `-n 0` asks for none.
    pub(super) fn is_some_wanted(self) -> bool {
        self.last.or(self.first) != Some(0)
    }
}

impl Show {
    /// What times are read by: journalctl's `--utc` is for what is shown.
    ///
    /// # Errors
    /// As of [`Present::now`](super::zone::Present::now).
    pub(super) fn now(&self, journal: &Journal) -> Result<Now, Error> {
        let zone = if self.compat.compat { self.zone.as_journalctl(journal)? } else { self.zone.zone(journal)? };
        self.present.now(journal, zone, self.since.is_some() || self.until.is_some() || self.around.is_any())
    }

    /// The query that was typed.
    ///
    /// # Errors
    /// When a part of it cannot be read, or what it names is not there.
    pub(super) fn query(
        &self,
        typed: &Typed,
        journal: &Journal,
        boot: Option<usize>,
        now: &Now,
    ) -> Result<Query, Error> {
        let count = self.count()?;
        let mut matches = Matches::default();
        let of_run = self.invocation.apply(
            (&self.filters, self.inputs.of_user(), self.compat.compat),
            boot,
            journal,
            &mut matches,
        )?;
        self.filters.apply(journal, of_run.is_none(), self.inputs.of_user(), &mut matches)?;
        self.containers.apply(&mut matches)?;
        typed.apply(journal, self.looks.quiet, &mut matches)?;
        let reverse = self.reverse || self.compat.reverse(self.asked(count));
        let [mut since, mut until] = moments([self.since.as_deref(), self.until.as_deref()], now)?;
        in_order(since, until, self.until.as_deref())?;
        let cursor = self.cursors.read()?;
        // With a cursor -n counts from there on, also where only its time is here.
        let onward = cursor.is_some();
        let start = match cursor {
            None => None,
            Some((cursor, after)) => match (Start::at(journal, &cursor, after), cursor.realtime) {
                (Ok(start), _) => {
                    if start.contradicts(journal, &cursor) {
                        say("the cursor's i= is that of another entry: beginning at the one that its other parts name");
                    }
                    Some(start)
                }
                (Err(_), Some(near)) => {
                    say("the cursor's entry is not here: beginning at its time");
                    if reverse {
                        until = until.map_or(Some(near), |until| Some(until.min(near)))
                    } else {
                        since = since.max(Some(near))
                    }
                    None
                }
                (Err(error), None) => {
                    let near = Start::near(journal, &cursor, reverse).ok_or(error)?;
                    say("the cursor's entry is not here: beginning at what stands next to its place");
                    Some(near)
                }
            },
        };
        Ok(Query {
            boot,
            since,
            until,
            start,
            matches,
            no_index: self.no_index,
            reverse,
            last: count.last.filter(|_| !onward),
            first: count.first.or(count.last.filter(|_| onward)),
            landmark: (self.output == "short-delta").then_some("MESSAGE"),
            lost: of_run.unwrap_or_default(),
        })
    }

    /// The part of the journal that the query is about, where nothing but the entries in it need be read: a span of time,
    /// or the last entries of all. What cannot be read of the options is said later, in its place.
    pub(super) fn extent(&self, typed: &Typed) -> Option<Extent> {
        let asks_more = self.boot.is_some()
            || self.no_index
            || self.compat.compat
            || self.pager_end
            || self.questions.are_any()
            || self.around.is_any()
            || self.invocation.is_any()
            || self.cursors.are_any()
            || self.filters.ask_the_journal()
            || typed.ask_the_journal()
            || [&self.since, &self.until].into_iter().flatten().any(|time| is_yearless(time));
        if asks_more {
            return None;
        }
        let now = self.present.known(self.zone.known().ok()??).ok()??;
        let [since, until] = moments([self.since.as_deref(), self.until.as_deref()], &now).ok()?;
        let is_filtered = typed.has_terms() || self.filters.are_any() || self.containers.are_any();
        // Of no entry the last one may still be asked for, see `mark`.
        let last = self.count().ok()?.last.filter(|_| !is_filtered).map(|last| last.max(1));
        let is_part = last.is_some() || since.is_some() || until.is_some();
        is_part.then_some(Extent { last, since, until })
    }

    /// The boot that was typed or is implied.
    ///
    /// # Errors
    /// When there is none of that name.
    pub(super) fn boot(&self, journal: &Journal) -> Result<Option<usize>, Error> {
        let newest = self.compat.newest_boot(self.asked(self.count()?)) && !journal.boots().is_empty();
        // In journalctl the last one counts of -b all and what implies a boot.
        let is_undone = self.compat.compat && self.implies_last.0;
        let typed = self.boot.as_deref().filter(|boot| *boot != "all" || !(newest && is_undone));
        if let Some(boot) = typed.filter(|boot| *boot != "all" && self.compat.compat && self.inputs.merge) {
            let why = "a boot cannot be asked for with --merge, as journalctl has it".to_owned();
            return Err(Error::BadQuery { what: "--boot", input: boot.to_owned(), why });
        }
        let boot = typed.or(newest.then_some("0")).filter(|boot| *boot != "all");
        boot.map(|boot| find_boot(journal, boot)).transpose()
    }

    /// Reads `-n`, which `-e` implies.
    ///
    /// # Errors
    /// When it is no number.
    pub(super) fn count(&self) -> Result<Count, Error> {
        let mut count = Count::default();
        let lines = self.lines.as_deref().or(self.pager_end.then_some("1000"));
        if let Some(lines) = lines.filter(|lines| *lines != "all" && !self.no_tail) {
            let why = || "give a number of entries, +N for the first ones, or all".to_owned();
            let number = lines.trim_start_matches('+').parse();
            let number =
                number.map_err(|_| Error::BadQuery { what: "--lines", input: lines.to_owned(), why: why() })?;
            if lines.starts_with('+') { count.first = Some(number) } else { count.last = Some(number) }
        }
        Ok(count)
    }

    /// The entry whose cursor marks the place that was asked for with `-n 0`, where none is shown: the last that fits, the
    /// first with `-n +0`. Where a cursor was given, that one still marks it.
    ///
    /// # Errors
    /// When `-n` or a cursor cannot be read.
    pub(super) fn mark(&self, selection: &Selection<'_>) -> Result<Option<Place>, Error> {
        let count = self.count()?;
        let is_none = count.last == Some(0) || count.first == Some(0);
        let is_wanted = self.looks.show_cursor || self.cursors.are_any();
        if !(is_none && is_wanted) || self.cursors.read()?.is_some() {
            return Ok(None);
        }
        Ok(selection.places(count.last.is_some()).next())
    }

    /// What was typed of the options that imply others.
    pub(super) fn asked(&self, count: Count) -> Asked {
        Asked {
            dmesg: self.filters.dmesg(),
            pager_end: self.pager_end,
            merge: self.inputs.merge,
            grep: self.filters.greps(),
            last: count.last.is_some(),
        }
    }
}
