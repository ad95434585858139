//! `fields`: the names of all fields, or the values of one.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::args::Fields;
use super::loss::Tally;
use super::{Status, Stop, Terminal};
use crate::format::field::is_name;
use crate::output::value;

pub(super) fn run(args: &Fields, terminal: &Terminal, out: &mut dyn Write) -> Result<Status, Stop> {
    let is_field = |arg: &&std::ffi::OsString| is_name(arg.as_encoded_bytes()) && !Path::new(arg).exists();
    let names: Vec<&[u8]> = args.paths.iter().filter(is_field).map(|arg| arg.as_encoded_bytes()).collect();
    let paths: Vec<PathBuf> = args.paths.iter().filter(|arg| !is_field(arg)).map(PathBuf::from).collect();
    let journal = args.inputs.open(&paths)?;
    let mut tally = Tally::default();
    let mut line = Vec::new();
    if names.is_empty() {
        let names = journal.field_names();
        tally.add_all(names.losses);
        for name in names.found {
            line.clear();
            value(&name, terminal.interactive, &mut line);
            line.push(b'\n');
            out.write_all(&line)?;
        }
    }
    for name in names {
        let values = journal.field_values(name);
        tally.add_all(values.losses);
        for (text, count) in values.found {
            line.clear();
            write!(line, "{count:>9}  ")?;
            value(&text, terminal.interactive, &mut line);
            line.push(b'\n');
            out.write_all(&line)?;
        }
    }
    Ok(tally.report(&journal, Status::Done))
}
