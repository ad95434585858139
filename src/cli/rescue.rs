//! `salvage --output DIR/`: sound journal files with everything that could be read, so that other tools can go on.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::args::Show;
use super::interrupt::Interrupt;
use super::loss::{Tally, counted, say, visible};
use super::typed::Typed;
use super::{Status, Stop};
use crate::corrupt::Losses;
use crate::error::Error;
use crate::file::Options;
use crate::format::Id128;
use crate::journal::{FileName, Journal};
use crate::output::journal::Copier;
use crate::query::{Query, Selection};
use crate::write::{self, Report};

/// Files that go into one: of the same machine, kind and series, so that their numbers are kept.
type Series = (Id128, String, Id128);

/// The directory that the value of -o names, where it is not a format: one that is there, or a path with a slash.
pub(super) fn directory(output: &str) -> Option<PathBuf> {
    (output.contains('/') || Path::new(output).is_dir()).then(|| PathBuf::from(output))
}

/// Writes a file for each series that was found.
///
/// # Errors
/// When one cannot be written, or is there already; those written before stay.
pub(super) fn run(args: &Show, directory: &Path) -> Result<Status, Stop> {
    let typed = Typed::of(&args.paths)?;
    let found = args.inputs.open(&typed.paths)?;
    let options = found.files().first().map_or_else(Options::default, crate::file::JournalFile::options);
    let mut series: BTreeMap<Series, Vec<PathBuf>> = BTreeMap::new();
    for file in found.files() {
        let (header, name) = (file.header(), FileName::read(file.path()));
        let stem = name.map_or_else(|| "system".to_owned(), |name| name.stem().to_owned());
        series.entry((header.machine_id, stem, header.seqnum_id)).or_default().push(file.path().to_owned());
    }
    let interrupt = Interrupt::install();
    let mut status = Tally::default().report(&found, Status::Done);
    for ((machine, stem, _), paths) in series {
        let into = directory.join(machine.to_string());
        fs::create_dir_all(&into).map_err(|source| Error::Io { path: into.clone(), source })?;
        if !one(&paths, options, &into, (&stem, machine), &interrupt)? {
            status = Status::Lossy;
        }
        if interrupt.is_set() {
            return Ok(Status::Interrupted);
        }
    }
    Ok(status)
}

/// Writes the entries of some files into one; says whether all could be copied.
fn one(
    paths: &[PathBuf],
    options: Options,
    into: &Path,
    (stem, machine_id): (&str, Id128),
    interrupt: &Interrupt,
) -> Result<bool, Stop> {
    let mut journal = Journal::of_files(paths, Vec::new(), options);
    // Whoever rescues wants all there is, in files that were closed in order too.
    let closed: Vec<usize> = (0..paths.len()).filter(|index| journal.salvage(*index).is_none()).collect();
    journal.look_beyond(&closed);
    let draft = into.join(format!(".{stem}.{}", std::process::id()));
    let mut copier = Copier::create(&draft, &write::Options { machine_id, ..write::Options::default() })?;
    let (query, mut losses) = (Query::default(), Losses::default());
    let selection = Selection::of(&journal, &query);
    for place in selection.places(false) {
        match journal.entry(place) {
            Ok(entry) => copier.entry(&entry, &mut losses)?,
            Err(damage) => losses.entry(damage),
        }
        if interrupt.is_set() {
            return Ok(false);
        }
    }
    let reports = copier.finish()?;
    // All are tried before the first failure is told, so that no draft is left.
    let named: Vec<_> = reports.iter().map(|report| named(report, into, stem)).collect();
    named.into_iter().collect::<Result<(), Error>>()?;
    Ok(losses.is_empty() && reports.iter().all(|report| report.refused == 0))
}

/// Gives a file the name that journald would give it; one without entries goes.
fn named(report: &Report, into: &Path, stem: &str) -> Result<(), Error> {
    if report.entries == 0 {
        return fs::remove_file(&report.path).map_err(|source| Error::Io { path: report.path.clone(), source });
    }
    let path = into.join(report.archived_name(stem));
    settle(&report.path, &path)?;
    let (entries, boots) = (counted(report.entries, "entry", "entries"), counted(report.boots, "boot", "boots"));
    say(&visible(&format!("{}: {entries} of {boots}", path.display())));
    Ok(())
}

/// Gives a file its name unless another one has it.
fn settle(draft: &Path, path: &Path) -> Result<(), Error> {
    // A second name for the same file fails where there is one of that name, which renaming would replace.
    let made = fs::hard_link(draft, path);
    let removed = fs::remove_file(draft);
    made.and(removed).map_err(|source| Error::Io { path: path.to_owned(), source })
}
