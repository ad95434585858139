//! `fields`: the names of all fields, or the values of some; of all entries or of chosen ones.

use std::ffi::OsString;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use clap::Args;

use super::args::Inputs;
use super::chosen::{Chosen, sorted, threads};
use super::loss::Tally;
use super::zone::Zone;
use super::{Status, Stop, Terminal};
use crate::format::field::is_name;
use crate::output::value;
use crate::query::stats;

/// The options of `fields`.
#[derive(Debug, Args)]
#[command(
    after_help = "Without conditions on entries, the counts come from the files' indexes. With some, the entries \
                        are read, and one that several files hold counts once."
)]
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
    zone: Zone,
}

pub(super) fn run(args: &Fields, terminal: &Terminal, out: &mut dyn Write) -> Result<Status, Stop> {
    let is_field = |arg: &&OsString| is_name(arg.as_encoded_bytes()) && !Path::new(arg).exists();
    let (names, others): (Vec<&OsString>, Vec<&OsString>) = args.paths.iter().partition(is_field);
    let names: Vec<&[u8]> = names.into_iter().map(|name| name.as_encoded_bytes()).collect();
    let (paths, terms) = sorted(&others);
    let journal = args.inputs.open(&paths)?;
    let query = args.chosen.query(&journal, args.inputs.user, args.zone.zone(&journal)?, &terms)?;
    let mut tally = Tally::default();
    // The terminal's own buffer ends with each line.
    let mut out = BufWriter::new(out);
    let mut text = |count: Option<u64>, text: &[u8]| -> io::Result<()> {
        let mut line = Vec::new();
        if let Some(count) = count {
            write!(line, "{count:>9}  ")?;
        }
        value(text, terminal.interactive, &mut line);
        line.push(b'\n');
        out.write_all(&line)
    };
    if names.is_empty() {
        let names = match &query {
            Some(query) => stats::names(&journal, query, threads(None)),
            None => journal.field_names(),
        };
        tally.add_all(names.losses);
        names.found.iter().try_for_each(|name| text(None, name))?;
    } else if let Some(query) = &query {
        let values = stats::values(&journal, query, &names, threads(None));
        tally.add_all(values.losses);
        values.found.iter().flatten().try_for_each(|(value, count)| text(Some(*count), value))?;
    } else {
        for name in names {
            let values = journal.field_values(name);
            tally.add_all(values.losses);
            values.found.iter().try_for_each(|(value, count)| text(Some(*count), value))?;
        }
    }
    out.flush()?;
    Ok(tally.report(&journal, Status::Done))
}
