//! `stats`: how many entries there are, and how large, by what they have in common and by time.

use std::ffi::OsString;
use std::io::Write;

use clap::{Args, ValueEnum};
use jiff::Timestamp;

use super::again::{Round, first_walk, until_done};
use super::args::{Form, Inputs};
use super::chosen::{Chosen, Threads, sorted};
use super::loss::Tally;
use super::progress::Progress;
use super::zone::Zone;
use super::{Status, Stop, Terminal};
use crate::error::Error;
use crate::journal::Journal;
use crate::output::Style;
use crate::output::stats::{Scale, View, json, text};
use crate::query::Selection;
use crate::query::stats::{Key, Measure, Stats as Counts, Value};

const EXAMPLES: &str = "\
Examples:
  lastwords stats DIR                          what fills the journal
  lastwords stats DIR --by unit --sort disk    which units take how much disk
  lastwords stats DIR -b -1 -p err --by hour   when the boot before had errors
  lastwords stats DIR -u app --by _PID --by PRIORITY -o json

ENTRIES counts an entry that several files hold once. BYTES are those of its
fields as exported, NAME=value, decompressed; what entries share counts for
each. DISK is what an entry takes in its file, of what it shares with others an
equal part; headers, hash tables and unused space belong to none.";

/// What is counted when nobody says; left out where no entry has the field.
const USUAL: [&str; 4] = ["unit", "identifier", "container", "priority"];

/// The options of `stats`.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Stats {
    /// Where the journals are, and terms as show takes them
    #[arg(value_name = "PATH|TERM")]
    paths: Vec<OsString>,
    #[command(flatten)]
    inputs: Inputs,
    /// Count by unit, identifier, container, priority, boot, machine, hour, day or a field's NAME; several make a table
    /// each
    #[arg(long, value_name = "KEY", help_heading = "What is counted")]
    by: Vec<String>,
    /// Show so many groups of each table (10 in text, all as JSON), and the sum of the others; or all
    #[arg(long, value_name = "N", help_heading = "What is counted")]
    top: Option<String>,
    /// What the groups are chosen by, and what the chart shows
    #[arg(long, value_enum, default_value_t = Sort::Entries, value_name = "MEASURE", help_heading = "What is counted")]
    sort: Sort,
    /// Draw the chart on a logarithmic scale
    #[arg(long, help_heading = "How they look")]
    log: bool,
    /// Form of the answer
    #[arg(short, long, value_enum, default_value_t = Form::Text, value_name = "FORM", help_heading = "How they look")]
    output: Form,
    #[command(flatten)]
    chosen: Chosen,
    #[command(flatten)]
    threads: Threads,
    #[command(flatten)]
    zone: Zone,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Sort {
    Entries,
    Bytes,
    Disk,
}

pub(super) fn run(args: &Stats, terminal: &Terminal, out: &mut dyn Write) -> Result<Status, Stop> {
    let (paths, terms) = sorted(&args.paths);
    let threads = args.threads.start();
    let mut journal = args.inputs.open(&paths)?;
    until_done(&mut journal, |journal| answer(args, &terms, journal, (terminal, threads), out))
}

fn answer(
    args: &Stats,
    terms: &[Vec<u8>],
    journal: &Journal,
    (terminal, threads): (&Terminal, usize),
    out: &mut dyn Write,
) -> Result<Round<Status>, Stop> {
    let zone = args.zone.zone(journal)?;
    let usual = args.by.is_empty();
    let names = args.by.iter().map(String::as_str);
    let keys = names.chain(USUAL.into_iter().filter(|_| usual)).map(|name| Key::read(name, &zone));
    let keys = keys.collect::<Result<Vec<Key>, Error>>()?;
    let top = top(args)?;
    let query = args.chosen.query(journal, args.inputs.of_user(), args.zone.zone(journal)?, terms)?.unwrap_or_default();
    let selection = Selection::of(journal, &query);
    args.chosen.explain(journal, Some(&selection), "");
    // Days begin at the midnight of the newest boot's offset.
    let newest = journal.boots().last().map_or(0, |boot| boot.last.realtime.0 / 1_000_000);
    let newest = Timestamp::from_second(newest.cast_signed()).unwrap_or_default();
    let offset = i64::from(zone.to_offset(newest).seconds());
    let count = || Counts::of(&selection, &keys, offset, threads);
    let mut stats = Progress::during("counting among", journal, count);
    let damaged = first_walk(journal, &stats.losses);
    if !damaged.is_empty() {
        return Ok(Round::Damaged(damaged));
    }
    if usual {
        stats.tables.retain(|table| table.groups.iter().any(|group| group.value != Value::Absent));
    }
    let view = View {
        stats: &stats,
        boots: journal.boots(),
        top,
        measure: match args.sort {
            Sort::Entries => Measure::Entries,
            Sort::Bytes => Measure::Bytes,
            Sort::Disk => Measure::Disk,
        },
        scale: if args.log { Scale::Logarithmic } else { Scale::Linear },
    };
    match args.output {
        Form::Json => json(&view, terminal.interactive, out)?,
        Form::Text => {
            let style = Style { width: terminal.width, color: terminal.color, zone };
            text(&view, &style, out)?;
        }
    }
    args.chosen.explain_after(journal, &selection);
    if stats.total.entries == 0 {
        args.chosen.explain_nothing(journal, &query, terms, (args.inputs.of_user(), &args.zone.zone(journal)?));
    }
    let mut tally = Tally::default();
    tally.add_all(stats.losses);
    tally.given_up(query.matches.given_up());
    Ok(Round::Done(tally.report(journal, Status::Done)))
}

/// How many groups are shown.
fn top(args: &Stats) -> Result<usize, Error> {
    match args.top.as_deref() {
        None if args.output == Form::Json => Ok(usize::MAX),
        None => Ok(10),
        Some("all") => Ok(usize::MAX),
        Some(text) => text.parse().map_err(|_| {
            let why = "give a number of groups, or all".to_owned();
            Error::BadQuery { what: "--top", input: text.to_owned(), why }
        }),
    }
}
