//! `fields`: the names of all fields, or the values of one.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::args::Fields;
use super::loss::Tally;
use super::{Status, Stop, Terminal};
use crate::corrupt::Losses;
use crate::format::field::is_name;
use crate::journal::Journal;
use crate::output::value;

pub(super) fn run(args: &Fields, terminal: &Terminal, out: &mut dyn Write) -> Result<Status, Stop> {
    let is_field = |arg: &&std::ffi::OsString| is_name(arg.as_encoded_bytes()) && !Path::new(arg).exists();
    let names: Vec<&[u8]> = args.paths.iter().filter(is_field).map(|arg| arg.as_encoded_bytes()).collect();
    let paths: Vec<PathBuf> = args.paths.iter().filter(|arg| !is_field(arg)).map(PathBuf::from).collect();
    let journal = args.inputs.open(&paths)?;
    let mut tally = Tally::default();
    let mut line = Vec::new();
    if names.is_empty() {
        for name in field_names(&journal, &mut tally) {
            line.clear();
            value(&name, terminal.interactive, &mut line);
            line.push(b'\n');
            out.write_all(&line)?;
        }
    }
    for name in names {
        for (text, count) in field_values(&journal, name, &mut tally) {
            line.clear();
            write!(line, "{count:>9}  ")?;
            value(&text, terminal.interactive, &mut line);
            line.push(b'\n');
            out.write_all(&line)?;
        }
    }
    Ok(tally.report(&journal, Status::Done))
}

pub(super) fn field_names(journal: &Journal, tally: &mut Tally) -> BTreeSet<Vec<u8>> {
    let read = |file: &crate::file::JournalFile| {
        let (mut names, mut losses) = (BTreeSet::new(), Losses::default());
        file.field_names(&mut names, &mut losses);
        (names, losses)
    };
    let mut all = BTreeSet::new();
    for (file, (names, losses)) in journal.files().par_iter().map(read).collect::<Vec<_>>().into_iter().enumerate() {
        all.extend(names);
        tally.add(file, losses);
    }
    all
}

/// The values of a field with their counts, the most frequent first.
pub(super) fn field_values(journal: &Journal, name: &[u8], tally: &mut Tally) -> Vec<(Vec<u8>, u64)> {
    let read = |file: &crate::file::JournalFile| {
        let (mut values, mut losses) = (BTreeMap::new(), Losses::default());
        file.field_values(name, &mut values, &mut losses);
        (values, losses)
    };
    let mut all: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
    for (file, (values, losses)) in journal.files().par_iter().map(read).collect::<Vec<_>>().into_iter().enumerate() {
        for (value, count) in values {
            *all.entry(value).or_default() += count;
        }
        tally.add(file, losses);
    }
    let mut all: Vec<_> = all.into_iter().collect();
    all.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    all
}
