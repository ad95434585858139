//! `show`: prints entries.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::args::Show;
use super::explain;
use super::interrupt::Interrupt;
use super::look::Looks;
use super::loss::{Tally, say};
use super::progress::Progress;
use super::{Status, Stop, Terminal};
use crate::corrupt::Losses;
use crate::error::Error;
use crate::format::Realtime;
use crate::journal::{Journal, Place};
use crate::output::{EntryFormat, Format, Render};
use crate::query::{
    JoinedChunk, Matches, Now, Outcome, Query, Selection, Start, find_boot, joined, moment, render_chunks,
};

/// What was typed, told apart into places and terms.
#[derive(Default)]
struct Typed {
    paths: Vec<PathBuf>,
    terms: Vec<Vec<u8>>,
    boot: Option<String>,
    last: Option<usize>,
    first: Option<usize>,
}

pub(super) fn run(args: &Show, terminal: &Terminal, out: &mut dyn Write) -> Result<Status, Stop> {
    let typed = typed(args)?;
    if let Some(threads) = args.threads {
        // It fails only where the threads are running already, which is harmless.
        let _ = rayon::ThreadPoolBuilder::new().num_threads(threads.into()).build_global();
    }
    let journal = args.inputs.open(&typed.paths)?;
    let zone = args.zone.zone(&journal)?;
    let now = args.present.now(&journal, zone.clone())?;
    let boot = boot(args, &typed, &journal)?;
    let around = args.around.find(&journal, boot, &now)?;
    let mut query = query(args, &typed, &journal, boot, &now)?;
    if let Some(around) = &around {
        // Few entries are wanted, so that no index may be needed.
        (query.start, query.first) = (around.start, Some(around.context));
    }
    let selection = Selection::of(&journal, &query);
    let format = Format::named(&args.output).unwrap_or(Format::Export);
    let joins = args.containers.joins(&args.output, format)?;
    let around = around.map(|around| around.gather(&journal, &selection));
    let entry_format = format.with(args.looks.look(zone, terminal)?);
    if args.explain {
        explain::before(&journal, &selection);
    }
    let plain = |take: &mut dyn FnMut(JoinedChunk) -> bool| match &around {
        Some(around) => around.walk(&journal, &query, take),
        None => selection.walk(|chunk| take(chunk.into())),
    };
    let chunks = |take: &mut dyn FnMut(JoinedChunk) -> bool| {
        if joins { joined(&journal, &query, plain, take) } else { plain(take) }
    };
    let interrupt = Interrupt::install();
    let workers = print(&journal, &selection, chunks, entry_format.as_ref(), &interrupt, out)?;
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
        tally.add(file, losses);
    }
    for (file, losses) in workers.into_iter().flat_map(|worker| worker.losses) {
        tally.add(file as usize, losses);
    }
    if args.explain {
        explain::after(&journal, &selection, last.shown);
    }
    if interrupt.is_set() {
        tally.report(&journal, Status::Interrupted);
        return Ok(Status::Interrupted);
    }
    let status = if args.filters.greps() && last.shown == 0 { Status::Negative } else { Status::Done };
    Ok(tally.report(&journal, status))
}

/// Prints the entries; what each worker was left with.
fn print<'f>(
    journal: &Journal,
    selection: &Selection<'_>,
    chunks: impl FnOnce(&mut dyn FnMut(JoinedChunk) -> bool) + Send,
    format: &'f dyn EntryFormat,
    interrupt: &Interrupt,
    out: &mut dyn Write,
) -> io::Result<Vec<Worker<'f>>> {
    let progress = Progress::default();
    let mut broken = None;
    let outcome = std::thread::scope(|scope| {
        let _watched = progress.watch(selection, scope);
        render_chunks(
            chunks,
            rayon::current_num_threads(),
            || Worker { render: format.worker(), losses: BTreeMap::new(), last: Last::default() },
            |worker, chunk, buffer| {
                worker.chunk(journal, chunk, buffer);
                progress.add(chunk.chunk.places.len());
            },
            |bytes| {
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
    fn chunk(&mut self, journal: &Journal, joined: &JoinedChunk, buffer: &mut Vec<u8>) {
        let chunk = &joined.chunk;
        let entry = |place: Place| journal.entry(place);
        let mut before = chunk.before.and_then(|place| entry(place).ok());
        self.render.resume(chunk.landmark.and_then(|place| entry(place).ok()).as_ref());
        let last = joined.last.or(chunk.places.last().copied());
        self.last = Last { place: last, shown: chunk.first + chunk.places.len() };
        let mut losses = Losses::default();
        let mut parts = joined.parts.iter().peekable();
        for (index, place) in chunk.places.iter().enumerate() {
            match (entry(*place), parts.next_if(|(first, _)| *first == index)) {
                (Ok(entry), None) => {
                    self.render.render(&entry, before.as_ref(), buffer, &mut losses);
                    before = Some(entry);
                }
                // The joiner has read them all.
                (Ok(first), Some((_, parts))) => {
                    let parts: Vec<_> = parts.iter().filter_map(|place| entry(*place).ok()).collect();
                    self.render.render_joined(&parts, before.as_ref(), buffer, &mut losses);
                    before = Some(first);
                }
                (Err(damage), _) => losses.entry(damage),
            }
            if !losses.is_empty() {
                self.losses.entry(place.file).or_default().add(std::mem::take(&mut losses));
            }
        }
    }
}

/// The boot that was asked for.
fn boot(args: &Show, typed: &Typed, journal: &Journal) -> Result<Option<usize>, Error> {
    let newest = (args.pager_end && !journal.boots().is_empty()).then_some("0");
    let boot = typed.boot.as_deref().or(newest).filter(|boot| *boot != "all");
    boot.map(|boot| find_boot(journal, boot)).transpose()
}

fn query(args: &Show, typed: &Typed, journal: &Journal, boot: Option<usize>, now: &Now) -> Result<Query, Error> {
    let time = |text: &Option<String>| text.as_deref().map(|text| moment(text, now)).transpose();
    let mut matches = Matches::default();
    args.filters.apply(&mut matches)?;
    args.containers.apply(&mut matches)?;
    matches.read_more(&typed.terms)?;
    let (mut since, mut until) = (time(&args.since)?, time(&args.until)?);
    in_order(args, since, until)?;
    let cursor = args.cursors.read()?;
    // With a cursor -n counts from there on, also where only its time is here.
    let onward = cursor.is_some();
    let start = match cursor {
        None => None,
        Some((cursor, after)) => match (Start::at(journal, &cursor, after), cursor.realtime) {
            (Ok(start), _) => Some(start),
            (Err(_), Some(near)) => {
                say("the cursor's entry is not here: beginning at its time");
                if args.reverse {
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
        no_index: args.no_index,
        reverse: args.reverse,
        last: typed.last.filter(|_| !onward),
        first: typed.first.or(typed.last.filter(|_| onward)),
        landmark: (args.output == "short-delta").then_some("MESSAGE"),
    })
}

/// Refuses a range of times that ends before it begins.
fn in_order(args: &Show, since: Option<Realtime>, until: Option<Realtime>) -> Result<(), Error> {
    if since.zip(until).is_none_or(|(since, until)| since <= until) {
        return Ok(());
    }
    let input = args.until.clone().unwrap_or_default();
    Err(Error::BadQuery { what: "--until", input, why: "this lies before --since".to_owned() })
}

/// Tells places and terms apart.
fn typed(args: &Show) -> Result<Typed, Error> {
    let mut typed = Typed { boot: args.boot.clone(), ..Typed::default() };
    let lines = args.lines.as_deref().or(args.pager_end.then_some("1000"));
    if let Some(lines) = lines.filter(|lines| *lines != "all" && !args.no_tail) {
        let why = || "give a number of entries, +N for the first ones, or all".to_owned();
        let count = lines.trim_start_matches('+').parse();
        let count = count.map_err(|_| Error::BadQuery { what: "--lines", input: lines.to_owned(), why: why() })?;
        if lines.starts_with('+') { typed.first = Some(count) } else { typed.last = Some(count) }
    }
    for arg in &args.paths {
        sort_out(arg, &mut typed);
    }
    Ok(typed)
}

/// What has an operator and is no file that exists was meant as a term, and is refused as one if it is none.
fn sort_out(arg: &OsString, typed: &mut Typed) {
    let bytes = arg.as_encoded_bytes();
    let operator = |byte: &u8| b"=<>".contains(byte);
    if bytes == b"+" || (bytes.iter().any(operator) && !Path::new(arg).exists()) {
        typed.terms.push(bytes.to_vec());
    } else {
        typed.paths.push(PathBuf::from(arg));
    }
}
