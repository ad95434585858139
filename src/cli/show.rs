//! `show`: prints entries.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{self, Write};

use super::again::{self, until_done};
use super::args::Show;
use super::chosen::threads;
use super::explain;
use super::interrupt::Interrupt;
use super::loss::{Tally, say};
use super::nothing;
use super::numbers;
use super::progress::Progress;
use super::resume::{Lost, Round, Written};
use super::target::File;
use super::typed::Typed;
use super::{Status, Stop, Terminal};
use crate::corrupt::Losses;
use crate::file::Reach;
use crate::journal::{Journal, Place, Rising};
use crate::output::{EntryFormat, Format, Look, Render};
use crate::query::{JoinedChunk, Outcome, Query, Selection, Sink, joined, render_parts, word};

pub(super) fn run(args: &Show, terminal: &Terminal, out: &mut dyn Write) -> Result<Status, Stop> {
    if let Some(status) = help(args, out)? {
        return Ok(status);
    }
    let file = args.target.file(&args.output, args.looks.quiet)?;
    let threads = threads(args.threads);
    let typed = Typed::of(&args.paths)?;
    let [container, stream, joined] = args.containers.typed();
    let choosing = [container, stream, joined, (args.filters.looks_for_none(), "--not-grep")];
    args.questions.accept(&typed, &choosing)?;
    let mut journal = args.inputs.open_for(&typed.paths, args.extent(&typed))?;
    let interrupt = if file.is_some() { Interrupt::of_files() } else { Interrupt::install() };
    let explained = Cell::new(false);
    let task = Task { args, typed: &typed, file: file.as_ref(), threads, terminal, interrupt: &interrupt, explained };
    let mut written = Written::default();
    until_done(&mut journal, |journal| task.round(journal, &mut written, out))
}

/// What is to be shown, and how.
struct Task<'a> {
    args: &'a Show,
    typed: &'a Typed,
    file: Option<&'a File>,
    threads: usize,
    terminal: &'a Terminal,
    interrupt: &'a Interrupt,
    /// Whether it was said how the entries are found.
    explained: Cell<bool>,
}

impl Task<'_> {
    /// Shows what was not written yet, up to damage in a file that is to be walked first.
    fn round(
        &self,
        journal: &Journal,
        written: &mut Written,
        out: &mut dyn Write,
    ) -> Result<again::Round<Status>, Stop> {
        let &Self { args, typed, threads, terminal, interrupt, .. } = self;
        // What is wrong with it is said first.
        args.zone.zone(journal)?;
        if let Some(status) = args.questions.answer(args, journal, terminal, out)? {
            return Ok(again::Round::Done(status));
        }
        let now = args.now(journal)?;
        let boot = args.boot(journal)?;
        let mut query = args.query(typed, journal, boot, &now)?;
        if let Some(status) = args.questions.about((args, &query), journal, args.count()?, terminal, out)? {
            return Ok(again::Round::Done(status));
        }
        let around = args.around.find(journal, boot, &now)?;
        if let Some(around) = &around {
            // Few entries are wanted, so that no index may be needed.
            (query.start, query.first) = (around.start, Some(around.context));
        }
        let selection = Selection::of(journal, &query);
        let around = around.map(|around| around.gather(journal, &selection));
        let format = Format::named(&args.output).unwrap_or(Format::Export);
        let joins = args.containers.joins(&args.output, format)?;
        let look = self.look(journal)?;
        let fields = look.fields.clone();
        let entry_format = format.with(look);
        if args.explain {
            if self.explained.replace(true) { explain::again() } else { explain::before(journal, &selection) }
        }
        let plain = |take: &mut dyn FnMut(JoinedChunk) -> bool| match &around {
            Some(around) => around.walk(journal, &query, take),
            None => selection.walk(|chunk| take(chunk.into())),
        };
        let read = explain::Read::new(args.explain);
        let chunks = |take: &mut dyn FnMut(JoinedChunk) -> bool| {
            let take = &mut read.before(take);
            if joins { joined(journal, &query, plain, take) } else { plain(take) }
        };
        let round = Round::new();
        let workers = match self.file {
            Some(file) => {
                let left = file.write(journal, &selection, (query.reverse, &fields, threads), chunks)?;
                if !left.damaged.is_empty() {
                    return Ok(again::Round::Damaged(left.damaged));
                }
                let last = Last { place: left.last, shown: left.count };
                let losses = left.losses.into_iter().map(|(file, losses)| ((0, file), losses));
                let rising = Rising::default();
                vec![Worker { render: entry_format.worker(), losses: losses.collect(), last, rising }]
            }
            None => {
                let rest = |take: &mut dyn FnMut(JoinedChunk) -> bool| written.rest(journal, chunks, take);
                print((journal, &selection, &round), threads, rest, entry_format.as_ref(), interrupt, out)?
            }
        };
        let lost = workers.iter().flat_map(|worker| worker.losses.clone()).collect();
        let damaged = if interrupt.is_set() { Vec::new() } else { round.damaged(journal, &lost, written) };
        if !damaged.is_empty() {
            return Ok(again::Round::Damaged(damaged));
        }
        let shown = workers.iter().any(|worker| worker.last.shown > 0) || written.last().is_some();
        let status = closing(args, (journal, written), (&selection, &read), (workers, format), interrupt, out)?;
        self.explain_nothing(shown, journal, &query, format)?;
        Ok(again::Round::Done(status))
    }

    /// How entries look.
    fn look(&self, journal: &Journal) -> Result<Look, Stop> {
        let args = self.args;
        let mut look = args.looks.look(args.zone.zone(journal)?, &args.inputs.root, self.terminal)?;
        look.highlight = args.filters.highlight(journal)?;
        look.quiet |= args.compat.hides_boots(args.asked(args.count()?));
        Ok(look)
    }

    /// Says why nothing was found, where nothing was and that is said.
    fn explain_nothing(&self, shown: bool, journal: &Journal, query: &Query, format: Format) -> Result<(), Stop> {
        let args = self.args;
        let is_said = !shown && format.has_remarks() && !args.looks.quiet && !self.interrupt.is_set();
        if is_said && args.count()?.is_some_wanted() {
            let [units, users, identifiers] = args.filters.names(args.inputs.of_user());
            let names = [units, users, identifiers, args.containers.names()];
            nothing::explain(journal, query, &names, self.typed.terms(), &args.zone.zone(journal)?);
        }
        Ok(())
    }
}

/// What is said and saved behind the entries, and the status.
fn closing(
    args: &Show,
    (journal, written): (&Journal, &Written),
    (selection, read): (&Selection<'_>, &explain::Read),
    (workers, format): (Vec<Worker<'_>>, Format),
    interrupt: &Interrupt,
    out: &mut dyn Write,
) -> Result<Status, Stop> {
    let mut last = workers.iter().map(|worker| worker.last).max_by_key(|last| last.shown).unwrap_or_default();
    if last.shown == 0 {
        last = written.last().map_or(last, |place| Last { place: Some(place), shown: 1 });
    }
    if last.shown == 0 {
        last.place = args.mark(selection)?;
    }
    remarks(journal, format, args, last, out)?;
    if let Some(entry) = last.place.and_then(|place| journal.entry(place).ok()) {
        args.cursors.save(&entry.cursor())?;
    }
    if !args.looks.quiet {
        numbers::report_conflicts(selection.conflicts());
        numbers::report_twice(journal);
    }
    let mut tally = Tally::default();
    tally.given_up(selection.given_up());
    let lost = workers.into_iter().flat_map(|worker| worker.losses).map(|((_, file), losses)| (file, losses));
    for (file, losses) in lost.chain(written.losses().clone()) {
        tally.add(file as usize, losses);
    }
    tally.add_searched(selection.losses());
    if args.explain {
        explain::after(journal, selection, read, last.shown);
    }
    if interrupt.is_set() {
        tally.report(journal, Status::Interrupted);
        return Ok(Status::Interrupted);
    }
    let status = if args.filters.greps() && last.shown == 0 { Status::Negative } else { Status::Done };
    Ok(tally.report(journal, status))
}

/// Prints the entries; what each worker was left with.
fn print<'f>(
    (journal, selection, round): (&Journal, &Selection<'_>, &Round),
    threads: usize,
    chunks: impl FnOnce(&mut dyn FnMut(JoinedChunk) -> bool) + Send,
    format: &'f dyn EntryFormat,
    interrupt: &Interrupt,
    out: &mut dyn Write,
) -> io::Result<Vec<Worker<'f>>> {
    let progress = Progress::default();
    let mut broken = None;
    let outcome = std::thread::scope(|scope| {
        let _watched = progress.watch(selection, Some(interrupt), scope);
        render_parts(
            |take| round.numbered(chunks, take),
            threads,
            || Worker {
                render: format.worker(),
                losses: BTreeMap::new(),
                last: Last::default(),
                rising: Rising::default(),
            },
            |worker, (number, chunk), sink| {
                worker.chunk((journal, round), *number, chunk, sink);
                progress.add(chunk.chunk.places.len());
            },
            |number, bytes| {
                if !round.lets_pass(number) {
                    return false;
                }
                // In this order: until then the line of progress may be wiped out by an end of the process.
                progress.give_way();
                interrupt.writing();
                broken = out.write_all(bytes).err();
                broken.is_none() && !interrupt.is_set()
            },
        )
    });
    let (Outcome::Done(workers) | Outcome::Stopped(workers)) = outcome;
    broken.map_or(Ok(workers), Err)
}

/// Says what stands below the entries: that there is none, the cursor of the last.
fn remarks(journal: &Journal, format: Format, args: &Show, last: Last, out: &mut dyn Write) -> io::Result<()> {
    if last.shown == 0 && format.has_remarks() && !args.looks.quiet {
        if journal.boots().is_empty() && !args.compat.compat {
            // Nothing was looked for in vain: no matter for the output.
            say(match args.inputs.reach {
                Reach::Beyond => "no entry lies beyond the indexes: nothing is to be salvaged (`show` has the others)",
                _ => "the journal has no entries",
            });
        } else {
            out.write_all(b"-- No entries --\n")?;
        }
    }
    match last.place.and_then(|place| journal.entry(place).ok()) {
        Some(entry) if args.looks.show_cursor => writeln!(out, "-- cursor: {}", entry.cursor()),
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
    losses: Lost,
    last: Last,
    rising: Rising,
}

impl Worker<'_> {
    fn chunk(
        &mut self,
        (journal, round): (&Journal, &Round),
        number: usize,
        joined: &JoinedChunk,
        sink: &mut Sink<'_>,
    ) {
        let chunk = &joined.chunk;
        let entry = |place: Place| journal.entry(place);
        let mut before = chunk.before.and_then(|place| entry(place).ok());
        if let (Some(place), Some(before)) = (chunk.before, &before) {
            // What is wrong with it was said with its own chunk.
            let _ = self.rising.see(place, before);
        }
        self.render.resume(chunk.landmark.and_then(|place| entry(place).ok()).as_ref());
        let last = joined.last.or(chunk.places.last().copied());
        self.last = Last { place: last, shown: chunk.first + chunk.places.len() };
        let mut losses = Losses::default();
        let mut parts = joined.parts.iter().peekable();
        for (index, place) in chunk.places.iter().enumerate() {
            match (entry(*place), parts.next_if(|(first, _)| *first == index)) {
                (Ok(entry), None) => {
                    if let Err(damage) = self.rising.see(*place, &entry) {
                        losses.structure(damage);
                    }
                    let (out, mut relieve) = sink.parts();
                    self.render.render_in_parts(&entry, before.as_ref(), out, &mut losses, &mut relieve);
                    before = Some(entry);
                }
                // The joiner has read them all.
                (Ok(first), Some((_, parts))) => {
                    let parts: Vec<_> = parts.iter().filter_map(|place| entry(*place).ok()).collect();
                    self.render.render_joined(&parts, before.as_ref(), sink.bytes(), &mut losses);
                    before = Some(first);
                }
                (Err(damage), _) => losses.entry(damage),
            }
            if !losses.is_empty() {
                // What is written cannot be held back.
                if !sink.was_relieved() {
                    round.judge(journal, number, place.file, &losses);
                }
                self.losses.entry((number, place.file)).or_default().add(std::mem::take(&mut losses));
            }
            if !sink.relieve() {
                return;
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
