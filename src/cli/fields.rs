//! `fields`: the names of all fields, or the values of some; of all entries or of chosen ones.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use clap::Args;

use super::again::{Round, first_walk, until_done};
use super::args::Inputs;
use super::chosen::{Chosen, Threads, sorted, threads};
use super::loss::Tally;
use super::progress::Progress;
use super::zone::Zone;
use super::{Status, Stop, Terminal};
use crate::corrupt::Losses;
use crate::file::Values;
use crate::format::field::is_name;
use crate::journal::{Counted, Journal};
use crate::output::{count_cell, value};
use crate::query::{Query, Selection, stats};

/// The options of `fields`.
#[derive(Debug, Args)]
#[command(after_help = "Without conditions on entries, the counts come from the files' indexes. With some, or with \
                        --no-index, the entries are read, and one that several files hold counts once.")]
pub(super) struct Fields {
    /// Where the journals are, and the NAME of a field to list the values of; how many entries have a value is summed
    /// over the files, so that copies of one file count each. Terms as show takes them
    #[arg(value_name = "PATH|NAME|TERM")]
    paths: Vec<OsString>,
    #[command(flatten)]
    inputs: Inputs,
    #[command(flatten)]
    chosen: Chosen,
    #[command(flatten)]
    threads: Threads,
    #[command(flatten)]
    zone: Zone,
}

pub(super) fn run(args: &Fields, terminal: &Terminal, out: &mut dyn Write) -> Result<Status, Stop> {
    let is_field = |arg: &&OsString| is_name(arg.as_encoded_bytes()) && !Path::new(arg).exists();
    let (names, others): (Vec<&OsString>, Vec<&OsString>) = args.paths.iter().partition(is_field);
    let names: Vec<&[u8]> = names.into_iter().map(|name| name.as_encoded_bytes()).collect();
    let (paths, terms) = sorted(&others);
    args.threads.start();
    let mut journal = args.inputs.open(&paths)?;
    until_done(&mut journal, |journal| answer(args, (&names, &terms), journal, terminal, out))
}

fn answer(
    args: &Fields,
    (names, terms): (&[&[u8]], &[Vec<u8>]),
    journal: &Journal,
    terminal: &Terminal,
    out: &mut dyn Write,
) -> Result<Round<Status>, Stop> {
    let query = args.chosen.query(journal, args.inputs.of_user(), args.zone.zone(journal)?, terms)?;
    // Without an index all entries are read, as if they had been chosen.
    let no_index = args.chosen.is_without_index();
    let query = query.or_else(|| no_index.then(|| Query { no_index, ..Query::default() }));
    let selection = query.as_ref().map(|query| Selection::of(journal, query));
    args.chosen.explain(journal, selection.as_ref(), "whose indexes have the names and the counts: no entry is read");
    let (counted, losses) = Progress::during("counting among", journal, || counted(journal, names, selection.as_ref()));
    let damaged = first_walk(journal, &losses);
    if !damaged.is_empty() {
        return Ok(Round::Damaged(damaged));
    }
    // The terminal's own buffer ends with each line.
    let mut out = BufWriter::new(out);
    let mut line = Vec::new();
    counted.each(|text, count| {
        line.clear();
        if let Some(count) = count {
            count_cell(count, &mut line);
        }
        value(text, terminal.interactive, &mut line);
        line.push(b'\n');
        out.write_all(&line)
    })?;
    out.flush()?;
    if counted.is_empty() {
        let terms = [terms, &names.iter().map(|name| [name, &b"="[..]].concat()).collect::<Vec<_>>()].concat();
        let query = query.clone().unwrap_or_default();
        args.chosen.explain_nothing(journal, &query, &terms, (args.inputs.of_user(), &args.zone.zone(journal)?));
    }
    let mut tally = Tally::default();
    tally.add_all(losses);
    if let Some(selection) = &selection {
        args.chosen.explain_after(journal, selection);
        tally.given_up(selection.given_up());
    }
    Ok(Round::Done(tally.report(journal, Status::Done)))
}

/// What is listed.
enum Lines<'j> {
    Names(BTreeSet<Vec<u8>>),
    /// The values of some fields, with how often they are there.
    Values(Vec<Values<'j>>),
    /// The same of chosen entries.
    Chosen(Vec<Counted>),
}

impl Lines<'_> {
    fn is_empty(&self) -> bool {
        match self {
            Self::Names(names) => names.is_empty(),
            Self::Values(fields) => fields.iter().all(Values::is_empty),
            Self::Chosen(fields) => fields.iter().all(Vec::is_empty),
        }
    }

    /// Calls `write` with each; names have no number.
    fn each(&self, mut write: impl FnMut(&[u8], Option<u64>) -> io::Result<()>) -> io::Result<()> {
        match self {
            Self::Names(names) => names.iter().try_for_each(|name| write(name, None)),
            Self::Values(fields) => {
                fields.iter().flat_map(Values::iter).try_for_each(|(value, count)| write(value, Some(count)))
            }
            Self::Chosen(fields) => fields.iter().flatten().try_for_each(|(value, count)| write(value, Some(*count))),
        }
    }
}

/// What is listed, and what could not be read for it.
fn counted<'j>(
    journal: &'j Journal,
    names: &[&[u8]],
    selection: Option<&Selection<'_>>,
) -> (Lines<'j>, Vec<(usize, Losses)>) {
    if names.is_empty() {
        let found = match selection {
            Some(selection) => stats::names(selection, threads(None)),
            None => journal.field_names(),
        };
        return (Lines::Names(found.found), found.losses);
    }
    if let Some(selection) = selection {
        let values = stats::values(selection, names, threads(None));
        return (Lines::Chosen(values.found), values.losses);
    }
    let (mut fields, mut losses) = (Vec::new(), Vec::new());
    for name in names {
        let values = journal.field_values(name);
        losses.extend(values.losses);
        fields.push(values.found);
    }
    (Lines::Values(fields), losses)
}
