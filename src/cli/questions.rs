//! Questions of journalctl that are no list of entries, in its own words: `--list-boots`, `-F` and the like.

use std::io::{self, BufWriter, Write};

use clap::Args;
use jiff::tz::TimeZone;

use super::args::{Form, Show};
use super::explain;
use super::look::head_palette;
use super::loss::{Tally, say};
use super::progress::Progress;
use super::request::Count;
use super::typed::Typed;
use super::values::Values;
use super::{Status, Stop, Terminal, info};
use crate::corrupt::Losses;
use crate::error::Error;
use crate::format::Realtime;
use crate::format::field::is_name;
use crate::journal::{Gathered, Journal};
use crate::output::Format;
use crate::output::heading::heading;
use crate::output::info::Facts;
use crate::output::listing::{Row, What, disk_usage, json, text};
use crate::query::{Invocations, Query, Selection, stats};

/// What is answered in place of entries.
#[derive(Debug, Default, Args)]
#[group(multiple = false)]
#[command(next_help_heading = "Instead of entries")]
pub(super) struct Questions {
    /// All boots with their first and last entries, in journalctl's form (`boots` tells more)
    #[arg(long)]
    list_boots: bool,
    /// The runs of the one unit that -u or --user-unit names
    #[arg(long)]
    pub(super) list_invocations: bool,
    /// The names of the fields that the selected entries have
    #[arg(short = 'N', long)]
    fields: bool,
    /// The values of one field that the selected entries have: ascending, or as they come where they are over 16 MiB
    #[arg(short = 'F', long, value_name = "NAME")]
    field: Option<String>,
    /// What each file's header says (`info` says more)
    #[arg(long)]
    header: bool,
    /// How much room the files take
    #[arg(long)]
    disk_usage: bool,
}

impl Questions {
    /// Whether there is one.
    pub(super) const fn are_any(&self) -> bool {
        let Self { list_boots, list_invocations, fields, field, header, disk_usage } = self;
        *list_boots || *list_invocations || *fields || field.is_some() || *header || *disk_usage
    }

    /// Refuses terms where the answer is about whole journals, as journalctl does: nobody may take it for one about the
    /// entries that were chosen.
    ///
    /// # Errors
    /// When there is a term that would change nothing.
    pub(super) fn accept(&self, typed: &Typed, choosing: &[(bool, &'static str)]) -> Result<(), Error> {
        let whole = [
            (self.list_boots, "--list-boots"),
            (self.list_invocations, "--list-invocations"),
            (self.header, "--header"),
            (self.disk_usage, "--disk-usage"),
        ];
        let asked = whole.into_iter().find_map(|(asked, option)| asked.then_some(option));
        let option = choosing.iter().find_map(|(is_given, option)| is_given.then(|| (*option).to_owned()));
        asked.zip(option.or_else(|| typed.first_term())).map_or(Ok(()), |(what, input)| {
            Err(Error::BadQuery {
                what,
                input,
                why: "nothing chooses entries here: the answer is about all of them".to_owned(),
            })
        })
    }

    /// Answers what was asked; `None` when entries are wanted.
    ///
    /// # Errors
    /// When the answer cannot be worked out or written.
    pub(super) fn answer(
        &self,
        args: &Show,
        journal: &Journal,
        terminal: &Terminal,
        out: &mut dyn Write,
    ) -> Result<Option<Status>, Stop> {
        let mut tally = Tally::default();
        let mut status = Status::Done;
        if args.explain && self.are_any() && !self.fields && self.field.is_none() {
            explain::plan(journal, None, "of whose headers, boots and indexes the answer is made");
        }
        if self.header {
            if args.output.starts_with("json") {
                info::print(journal, None, Form::Json, &args.zone, terminal, out)?;
            } else {
                headings(journal, &args.zone.zone(journal)?, out)?;
            }
        } else if self.disk_usage {
            disk_usage(journal.files().iter().map(|file| room(file.path())).sum(), out)?;
        } else if self.list_boots {
            let boots = journal.boots().iter();
            let rows = boots.map(|boot| (boot.id, boot.first.realtime, boot.listed_last.realtime)).collect();
            status = list(args, journal, terminal, What::Boot, rows, out)?;
        } else if self.list_invocations {
            let (unit, of_user) = args.filters.one_unit("--list-invocations", args.inputs.of_user())?;
            let found = Invocations::of(journal, unit, of_user, args.boot(journal)?);
            if found.list.is_empty() && !args.looks.quiet {
                say(&super::loss::visible(&format!("no entry names a run of {unit}")));
            }
            let rows = found.list.iter().map(|run| (run.id, run.first.realtime, run.last.realtime)).collect();
            status = list(args, journal, terminal, What::Invocation, rows, out)?;
            found.losses.into_iter().for_each(|(file, losses)| tally.add(file, losses));
        } else {
            return Ok(None);
        }
        Ok(Some(tally.report(journal, status)))
    }

    /// Answers what is asked about the entries of a query; `None` when they are wanted themselves.
    ///
    /// # Errors
    /// When the answer cannot be written.
    pub(super) fn about(
        &self,
        (args, query): (&Show, &Query),
        journal: &Journal,
        count: Count,
        terminal: &Terminal,
        out: &mut dyn Write,
    ) -> Result<Option<Status>, Stop> {
        let mut tally = Tally::default();
        // As in journalctl -n counts values here, not the entries that have them.
        let query = Query { first: None, last: None, landmark: None, ..query.clone() };
        if let Some(name) = self.field.as_ref().filter(|name| !is_name(name.as_bytes())) {
            let why = "a field name has letters A-Z, digits and _, and no digit first".to_owned();
            return Err(Error::BadQuery { what: "--field", input: name.clone(), why }.into());
        }
        let selection = (!query.is_for_all()).then(|| Selection::of(journal, &query));
        if (self.fields || self.field.is_some()) && args.explain {
            explain::plan(journal, selection.as_ref(), "whose indexes have the answer: no entry is read");
        }
        let most = self.field.as_ref().and(count.last.or(count.first)).unwrap_or(usize::MAX);
        if !self.fields && self.field.is_none() {
            return Ok(None);
        }
        let mut out = BufWriter::new(out);
        let values = Values::new(most, terminal.interactive, &mut out);
        tally.add_all(list_fields(self.field.as_deref(), journal, selection.as_ref(), values)?);
        tally.given_up(query.matches.given_up());
        if let Some(selection) = selection.as_ref().filter(|_| args.explain) {
            explain::read(journal, selection);
        }
        Ok(Some(tally.report(journal, Status::Done)))
    }
}

/// Writes the values of a field, or the names of all, of the selected entries or of all; what could not be read.
fn list_fields(
    field: Option<&str>,
    journal: &Journal,
    selection: Option<&Selection<'_>>,
    mut values: Values<'_>,
) -> io::Result<Vec<(usize, Losses)>> {
    let threads = rayon::current_num_threads();
    let losses = match (field, selection) {
        (Some(name), None) => {
            let mut written = Ok(());
            let losses = journal.each_value(name.as_bytes(), |value| {
                if written.is_ok() {
                    written = values.add(value);
                }
            });
            written.map(|()| losses)?
        }
        (Some(name), Some(selection)) => {
            let read = || stats::values(selection, &[name.as_bytes()], threads);
            let Gathered { found, losses } = Progress::during("looking at", journal, read);
            found.concat().iter().try_for_each(|(value, _)| values.add(value))?;
            losses
        }
        (None, _) => {
            let of = |selection| stats::names(selection, threads);
            let read = || selection.map_or_else(|| journal.field_names(), of);
            let Gathered { found, losses } = Progress::during("looking at", journal, read);
            found.iter().try_for_each(|name| values.add(name))?;
            losses
        }
    };
    values.finish()?;
    Ok(losses)
}

/// Writes what each file's header says.
fn headings(journal: &Journal, zone: &TimeZone, out: &mut dyn Write) -> Result<(), Stop> {
    for (index, file) in journal.files().iter().enumerate() {
        if index > 0 {
            out.write_all(b"\n")?;
        }
        heading(&Facts::of(file), room(file.path()), zone, out)?;
    }
    Ok(())
}

/// Writes a list, oldest first, as far as `-n` and `-r` want it; a list of nothing is a negative answer.
fn list(
    args: &Show,
    journal: &Journal,
    terminal: &Terminal,
    what: What,
    rows: Vec<(crate::format::Id128, Realtime, Realtime)>,
    out: &mut dyn Write,
) -> Result<Status, Stop> {
    let count = args.count()?;
    let (mut index, skipped) = match (count.first, count.last) {
        (Some(_), _) => (1, 0),
        (None, last) => {
            (1 - i64::try_from(rows.len()).unwrap_or(i64::MAX), last.map_or(0, |last| rows.len().saturating_sub(last)))
        }
    };
    let mut listed = Vec::new();
    for (id, first, last) in rows {
        listed.push(Row { index, id, first, last });
        index += 1;
    }
    listed.drain(..skipped);
    listed.truncate(count.first.unwrap_or(usize::MAX));
    if args.reverse {
        listed.reverse();
    }
    let format = Format::named(&args.output);
    if let Some(Format::Json(framing)) = format {
        json(what, &listed, framing, out)?;
    } else if !listed.is_empty() {
        let has_head = !args.looks.quiet && !matches!(format, Some(Format::Cat | Format::Export));
        text(what, &listed, &args.zone.zone(journal)?, has_head, head_palette(terminal), out)?;
    }
    if !listed.is_empty() {
        return Ok(Status::Done);
    }
    if count.last == Some(0) && !args.looks.quiet {
        say("none is listed: -n 0 asks for none");
    }
    Ok(Status::Negative)
}

/// How much room a file takes on its disk; where that is not known, its length.
fn room(path: &std::path::Path) -> u64 {
    let Ok(about) = std::fs::metadata(path) else { return 0 };
    #[cfg(unix)]
    {
        std::os::unix::fs::MetadataExt::blocks(&about).saturating_mul(512)
    }
    #[cfg(not(unix))]
    {
        about.len()
    }
}
