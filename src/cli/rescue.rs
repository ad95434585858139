//! `salvage --output DIR/`: sound journal files with everything that could be read, so that other tools can go on.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::args::Show;
use super::interrupt::Interrupt;
use super::loss::{Tally, say};
use super::target::{self, tell_all, tell_refused};
use super::typed::Typed;
use super::{Status, Stop};
use crate::corrupt::Losses;
use crate::error::Error;
use crate::file::Options;
use crate::format::{EntryHead, Id128};
use crate::journal::{FileName, Journal, Place};
use crate::output::Format;
use crate::output::journal::Copier;
use crate::query::{Query, Selection};
use crate::write::{self, Draft, Folders, Report};

/// Files that go into one: of the same machine, kind and series, so that their numbers are kept.
type Series = (Id128, String, Id128);

/// The directory that the value of -o names: whatever is no format and no file of a journal.
pub(super) fn directory(output: &str) -> Option<PathBuf> {
    let is_format = Format::NAMES.contains(&output) || [target::NAME, "help", ""].contains(&output);
    let is_file = output.ends_with(target::SUFFIX) && !output.contains('/') && !Path::new(output).is_dir();
    (!is_format && !is_file).then(|| PathBuf::from(output))
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
    Interrupt::of_files();
    let made = |path: &Path| Folders::make(path).map_err(|source| Error::Io { path: path.to_owned(), source });
    let _made = made(directory)?;
    let mut status = Tally::default().failures(&found, Status::Done);
    let mut written = 0;
    for ((machine, stem, _), paths) in series {
        let into = directory.join(machine.to_string());
        let _made = made(&into)?;
        let (reports, copied) = one(&paths, options, &into, (&stem, machine))?;
        tell_all(&reports, args.looks.quiet);
        written += reports.len();
        status = status.max(copied);
    }
    if written == 0 {
        say("no entries, so that no file was written");
    }
    Ok(status)
}

/// Writes the entries of some files into one, or several where that must be; whether all could be copied.
fn one(
    paths: &[PathBuf],
    options: Options,
    into: &Path,
    (stem, machine_id): (&str, Id128),
) -> Result<(Vec<Report>, Status), Stop> {
    let mut journal = Journal::of_files(paths, Vec::new(), options);
    // Whoever rescues wants all there is, in files that were closed in order too.
    let closed: Vec<usize> = (0..paths.len()).filter(|index| journal.salvage(*index).is_none()).collect();
    journal.look_beyond(&closed);
    let draft = into.join(format!(".{stem}.{}", std::process::id()));
    let (drafts, tally) = copied(&journal, &draft, machine_id).map_err(|error| without_draft(error, &draft, into))?;
    let is_whole = drafts.iter().all(|(report, _)| report.refused == 0);
    drafts.iter().filter(|(report, _)| report.entries == 0).for_each(|(report, _)| tell_refused(report));
    let reports = named(drafts, into, stem)?;
    Ok((reports, tally.report(&journal, if is_whole { Status::Done } else { Status::Lossy })))
}

/// Copies all entries; what could not be read of them.
fn copied(journal: &Journal, draft: &Path, machine_id: Id128) -> Result<(Vec<(Report, Draft)>, Tally), Error> {
    let mut copier = Copier::create(draft, &write::Options { machine_id, ..write::Options::default() })?;
    let (query, mut tally) = (Query::default(), Tally::default());
    let selection = Selection::of(journal, &query);
    let ordered = by_number(journal, &selection);
    let places: Box<dyn Iterator<Item = Place>> = match ordered {
        Some(places) => Box::new(places.into_iter()),
        None => Box::new(selection.places(false)),
    };
    for place in places {
        let mut losses = Losses::default();
        match journal.entry(place) {
            Ok(entry) => copier.entry(&entry, &mut losses)?,
            Err(damage) => losses.entry(damage),
        }
        tally.add(place.file as usize, losses);
    }
    tally.add_all(selection.losses());
    Ok((copier.finish_drafts()?, tally))
}

/// All entries in the order of their numbers, where a boot's clock goes back less often then; that takes fewer files.
///
/// A main array that is out of order is no reason to cut a boot into pieces; but a single number may be wrong, too.
fn by_number(journal: &Journal, selection: &Selection<'_>) -> Option<Vec<Place>> {
    let head = |place: Place| journal.entry(place).ok().map(|entry| *entry.head());
    let stated = times_back(selection.places(false).filter_map(head));
    if stated == 0 {
        return None;
    }
    let mut heads: Vec<_> = selection.places(false).map(|place| (head(place), place)).collect();
    heads.sort_by_key(|(head, _)| head.as_ref().map(|head| head.seqnum));
    let sorted = times_back(heads.iter().filter_map(|(head, _)| *head));
    (sorted < stated).then(|| heads.into_iter().map(|(_, place)| place).collect())
}

/// How often the clock of a boot goes back from one entry to the next.
fn times_back(mut heads: impl Iterator<Item = EntryHead>) -> usize {
    let Some(mut before) = heads.next() else { return 0 };
    let goes_back = |head: &EntryHead| {
        let before = std::mem::replace(&mut before, *head);
        before.boot_id == head.boot_id && before.monotonic > head.monotonic
    };
    heads.filter(goes_back).count()
}

/// Gives files the names that journald would give them; those without entries go, and all if one cannot be named.
fn named(drafts: Vec<(Report, Draft)>, into: &Path, stem: &str) -> Result<Vec<Report>, Error> {
    let (mut reports, mut kept) = (Vec::new(), Vec::new());
    for (mut report, mut draft) in drafts.into_iter().filter(|(report, _)| report.entries > 0) {
        report.path = into.join(report.archived_name(stem));
        draft.name(&report.path).map_err(|source| Error::Io { path: report.path.clone(), source })?;
        reports.push(report);
        kept.push(draft);
    }
    kept.into_iter().for_each(Draft::keep);
    Ok(reports)
}

/// The same error of what the user knows: the directory, not the file that has no name yet.
fn without_draft(error: Error, draft: &Path, into: &Path) -> Error {
    let is_draft = |path: &Path| path.parent() == draft.parent();
    let into = into.to_owned();
    match error {
        Error::Io { path, source } if is_draft(&path) => Error::Io { path: into, source },
        Error::TooLarge { path, limit } if is_draft(&path) => Error::TooLarge { path: into, limit },
        Error::Corrupt { path, damage } if is_draft(&path) => Error::Corrupt { path: into, damage },
        other => other,
    }
}
