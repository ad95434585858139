//! `show`: prints entries.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::args::Show;
use super::compat::Asked;
use super::look::Looks;
use super::loss::{Tally, say};
use super::typed::Typed;
use super::{Status, Stop, Terminal};
use crate::corrupt::Losses;
use crate::error::Error;
use crate::journal::{Journal, Place};
use crate::output::{Format, Render};
use crate::query::{Chunk, Matches, Outcome, Query, Selection, Start, find_boot, moment, render, word};

/// How many entries are wanted, and from which end.
#[derive(Clone, Copy, Default)]
pub(super) struct Count {
    pub(super) last: Option<usize>,
    pub(super) first: Option<usize>,
}

pub(super) fn run(args: &Show, terminal: &Terminal, out: &mut dyn Write) -> Result<Status, Stop> {
    if let Some(status) = help(args, out)? {
        return Ok(status);
    }
    let typed = Typed::of(&args.paths)?;
    let journal = args.inputs.open(&typed.paths)?;
    if let Some(status) = args.questions.answer(args, &journal, terminal, out)? {
        return Ok(status);
    }
    let query = query(args, &typed, &journal)?;
    if let Some(status) = args.questions.about(&query, &journal, count(args)?, terminal, out)? {
        return Ok(status);
    }
    let selection = Selection::of(&journal, &query);
    let format = Format::named(&args.output).unwrap_or(Format::Export);
    let mut look = args.looks.look(args.zone.zone(), terminal)?;
    look.quiet |= args.compat.hides_boots(args.asked(count(args)?));
    let entry_format = format.with(look);
    let threads = args.threads.map_or_else(|| std::thread::available_parallelism().map_or(1, Into::into), usize::from);
    let mut broken: Option<io::Error> = None;
    let outcome = render(
        &selection,
        &query,
        threads,
        || Worker { render: entry_format.worker(), losses: BTreeMap::new(), last: Last::default() },
        |worker, chunk, buffer| worker.chunk(&journal, chunk, buffer),
        |bytes| match out.write_all(bytes) {
            Ok(()) => true,
            Err(error) => {
                broken = Some(error);
                false
            }
        },
    );
    if let Some(error) = broken {
        return Err(error.into());
    }
    let (Outcome::Done(workers) | Outcome::Stopped(workers)) = outcome;
    let last = workers.iter().map(|worker| worker.last).max_by_key(|last| last.shown).unwrap_or_default();
    remarks(&journal, format, &args.looks, last, out)?;
    if let Some(entry) = last.place.and_then(|place| journal.entry(place).ok()) {
        args.cursors.save(&entry.cursor())?;
    }
    let conflicts = selection.conflicts();
    if conflicts > 0 && !args.looks.quiet {
        say(&format!(
            "{conflicts} entries share a seqnum with another entry of the same series that differs; all are shown"
        ));
    }
    let mut tally = Tally::default();
    for (file, losses) in selection.losses() {
        tally.add(*file, losses.clone());
    }
    for (file, losses) in workers.into_iter().flat_map(|worker| worker.losses) {
        tally.add(file as usize, losses);
    }
    let status = if args.filters.greps() && last.shown == 0 { Status::Negative } else { Status::Done };
    Ok(tally.report(&journal, status))
}

/// Says what stands below the entries: that there is none, the cursor of the last.
fn remarks(journal: &Journal, format: Format, looks: &Looks, last: Last, out: &mut dyn Write) -> io::Result<()> {
    if last.shown == 0 && format.has_remarks() && !looks.quiet {
        if journal.boots().is_empty() {
            // Nothing was looked for in vain: no matter for the output.
            say("the journal has no entries");
        } else {
            out.write_all(b"-- No entries --\n")?;
        }
    }
    match last.place.and_then(|place| journal.entry(place).ok()) {
        Some(entry) if looks.show_cursor => writeln!(out, "-- cursor: {}", entry.cursor()),
        _ => Ok(()),
    }
}

/// The last entry that was shown, and how many were shown up to it.
#[derive(Clone, Copy, Default)]
struct Last {
    place: Option<Place>,
    shown: usize,
}

/// One worker's renderer, what it could not read, and how far it got.
struct Worker<'f> {
    render: Box<dyn Render + 'f>,
    losses: BTreeMap<u32, Losses>,
    last: Last,
}

impl Worker<'_> {
    fn chunk(&mut self, journal: &Journal, chunk: &Chunk, buffer: &mut Vec<u8>) {
        let entry = |place: Place| journal.entry(place);
        let mut before = chunk.before.and_then(|place| entry(place).ok());
        self.render.resume(chunk.landmark.and_then(|place| entry(place).ok()).as_ref());
        self.last = Last { place: chunk.places.last().copied(), shown: chunk.first + chunk.places.len() };
        let mut losses = Losses::default();
        for place in &chunk.places {
            match entry(*place) {
                Ok(entry) => {
                    self.render.render(&entry, before.as_ref(), buffer, &mut losses);
                    before = Some(entry);
                }
                Err(damage) => losses.entry(damage),
            }
            if !losses.is_empty() {
                self.losses.entry(place.file).or_default().add(std::mem::take(&mut losses));
            }
        }
    }
}

/// Lists what an option may be, where `help` was typed for it as in journalctl.
fn help(args: &Show, out: &mut dyn Write) -> Result<Option<Status>, Stop> {
    if args.filters.asks_for_facilities() {
        if !args.looks.quiet {
            writeln!(out, "Available facilities:")?;
        }
        word::FACILITIES.iter().try_for_each(|name| writeln!(out, "{name}"))?;
    } else if args.output == "help" {
        Format::NAMES.iter().try_for_each(|name| writeln!(out, "{name}"))?;
    } else {
        return Ok(None);
    }
    Ok(Some(Status::Done))
}

impl Show {
    /// What the options say that imply others.
    fn asked(&self, count: Count) -> Asked {
        Asked {
            dmesg: self.filters.dmesg(),
            pager_end: self.pager_end,
            merge: self.inputs.merge,
            grep: self.filters.greps(),
            last: count.last.is_some(),
        }
    }
}

fn query(args: &Show, typed: &Typed, journal: &Journal) -> Result<Query, Error> {
    let now = args.zone.now();
    let time = |text: &Option<String>| text.as_deref().map(|text| moment(text, &now)).transpose();
    let count = count(args)?;
    let asked = args.asked(count);
    let mut matches = Matches::default();
    let boot = boot(args, count, journal)?;
    let of_run = args.invocation.apply(args, boot, journal, &mut matches)?;
    args.filters.apply(journal, !of_run, args.inputs.user, &mut matches)?;
    typed.apply(journal, args.looks.quiet, &mut matches)?;
    let reverse = args.reverse || args.compat.reverse(asked);
    let (mut since, mut until) = (time(&args.since)?, time(&args.until)?);
    let start = match args.cursors.read()? {
        None => None,
        Some((cursor, after)) => match (Start::at(journal, &cursor, after), cursor.realtime) {
            (Ok(start), _) => Some(start),
            (Err(_), Some(near)) => {
                say("the cursor's entry is not here: beginning at its time");
                if reverse {
                    until = until.or(Some(near))
                } else {
                    since = since.or(Some(near))
                }
                None
            }
            (Err(error), None) => return Err(error),
        },
    };
    Ok(Query {
        boot,
        since,
        until,
        start,
        matches,
        reverse,
        // With a cursor -n counts from there on.
        last: count.last.filter(|_| start.is_none()),
        first: count.first.or(count.last.filter(|_| start.is_some())),
        landmark: (args.output == "short-delta").then_some("MESSAGE"),
    })
}

/// The boot that was typed or is implied.
pub(super) fn boot(args: &Show, count: Count, journal: &Journal) -> Result<Option<usize>, Error> {
    let newest = (args.compat.newest_boot(args.asked(count)) && !journal.boots().is_empty()).then_some("0");
    let boot = args.boot.as_deref().or(newest).filter(|boot| *boot != "all");
    boot.map(|boot| find_boot(journal, boot)).transpose()
}

/// Reads `-n`, which `-e` implies.
pub(super) fn count(args: &Show) -> Result<Count, Error> {
    let mut count = Count::default();
    let lines = args.lines.as_deref().or(args.pager_end.then_some("1000"));
    if let Some(lines) = lines.filter(|lines| *lines != "all") {
        let why = || "give a number of entries, +N for the first ones, or all".to_owned();
        let number = lines.trim_start_matches('+').parse();
        let number = number.map_err(|_| Error::BadQuery { what: "--lines", input: lines.to_owned(), why: why() })?;
        if lines.starts_with('+') { count.first = Some(number) } else { count.last = Some(number) }
    }
    Ok(count)
}
