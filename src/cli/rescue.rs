//! `salvage --output DIR/`: sound journal files with everything that could be read, so that other tools can go on.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::args::Show;
use super::given::Given;
use super::interrupt::Interrupt;
use super::loss::{Tally, say};
use super::target::{self, tell_all, tell_refused};
use super::typed::Typed;
use super::{Status, Stop, near};
use crate::corrupt::Losses;
use crate::error::Error;
use crate::file::Options;
use crate::format::{EntryHead, Id128};
use crate::journal::{FileName, Journal, Place};
use crate::output::Format;
use crate::output::journal::Copier;
use crate::query::{Query, Selection};
use crate::write::{self, Draft, Folders, Report, Seqnums};

/// Files that go into one: of the same machine, kind and series, so that their numbers are kept.
type Series = (Id128, String, Id128);

/// The directory that the value of -o names: whatever is no format and no file of a journal.
pub(super) fn directory(output: &str) -> Option<PathBuf> {
    let is_format = Format::NAMES.contains(&output) || [target::NAME, "help", ""].contains(&output);
    let is_file = output.ends_with(target::SUFFIX) && !output.contains('/') && !Path::new(output).is_dir();
    (!is_format && !is_file).then(|| PathBuf::from(output))
}

/// What is wrong with a name that is more likely a format's with a slip than a directory's: nothing of it is there.
pub(super) fn mistyped(output: &str) -> Option<String> {
    let is_path = output.contains('/') || Path::new(output).exists();
    let names: Vec<&str> = Format::NAMES.into_iter().chain([target::NAME]).collect();
    let meant = near::meant(output, &names).filter(|_| !is_path)?;
    Some(format!("--output: '{output}' is no format; '{meant}' is one, and a directory of that name is '{output}/'"))
}

/// The options that say where to look and how to write, or that make no difference: not which entries there are.
const FITTING: [&str; 23] = [
    "all",
    "color",
    "directory",
    "file",
    "full",
    "layout",
    "max_payload",
    "merge",
    "namespace",
    "no_full",
    "no_index",
    "no_pager",
    "no_tail",
    "output",
    "paths",
    "quiet",
    "root",
    "system",
    "thorough",
    "threads",
    "tz",
    "user",
    "utc",
];

/// Refuses what asks for some entries, or for parts of them, which nobody must believe to have got.
fn refuse_choices(typed: &Typed, given: &Given, directory: &Path) -> Result<(), Error> {
    let option = given.beside("salvage", &FITTING).map(|option| format!("not what {option} asks for"));
    let Some(choice) = option.or_else(|| typed.has_terms().then(|| "not those of terms".to_owned())) else {
        return Ok(());
    };
    let why = format!(
        "a directory gets all entries, {choice}; `lastwords show` with --output FILE.journal writes chosen ones, those \
         beyond the index too"
    );
    Err(Error::BadQuery { what: "--output", input: directory.display().to_string(), why })
}

/// Writes a file for each series that was found.
///
/// # Errors
/// When one cannot be written, or is there already; then there is none at all.
pub(super) fn run(args: &Show, given: &Given, directory: &Path) -> Result<Status, Stop> {
    let typed = Typed::of(&args.paths)?;
    refuse_choices(&typed, given, directory)?;
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
    // Folders are given up last, when no file is left in them.
    let (mut folders, mut kept, mut sets) = (made(directory)?, Vec::new(), Vec::new());
    let mut status = Tally::default().failures(&found, Status::Done);
    for ((machine, stem, _), paths) in series {
        let into = directory.join(machine.to_string());
        folders.join(made(&into)?);
        let (drafts, copied) = one(&paths, options, &into, (&stem, machine, args.target.options()))?;
        sets.push(name(drafts, (&into, &stem), &mut kept)?);
        status = status.max(copied);
    }
    let written = kept.len();
    Draft::keep_all(kept);
    sets.iter().for_each(|reports| tell_all(reports, args.looks.quiet));
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
    (stem, machine_id, written): (&str, Id128, write::Options),
) -> Result<(Vec<(Report, Draft)>, Status), Stop> {
    let mut journal = Journal::of_files(paths, Vec::new(), options);
    // Whoever rescues wants all there is, in files that were closed in order too.
    let closed: Vec<usize> = (0..paths.len()).filter(|index| journal.salvage(*index).is_none()).collect();
    journal.look_beyond(&closed);
    let draft = into.join(format!(".{stem}.{}", std::process::id()));
    let written = write::Options { machine_id, ..written };
    let (drafts, tally) = copied(&journal, &draft, &written).map_err(|error| without_draft(error, &draft, into))?;
    let is_whole = drafts.iter().all(|(report, _)| report.refused == 0);
    drafts.iter().filter(|(report, _)| report.entries == 0).for_each(|(report, _)| tell_refused(report));
    Ok((drafts, tally.report(&journal, if is_whole { Status::Done } else { Status::Lossy })))
}

/// Copies all entries; what could not be read of them.
fn copied(journal: &Journal, draft: &Path, options: &write::Options) -> Result<(Vec<(Report, Draft)>, Tally), Error> {
    let mut copier = Copier::create(draft, options)?;
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
    tally.add_searched(selection.losses());
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

/// Gives files the names that journald would give them; those without entries go. All stay drafts.
///
/// # Errors
/// When a name is taken, or entries that were numbered anew are there already under other numbers.
fn name(
    drafts: Vec<(Report, Draft)>,
    (into, stem): (&Path, &str),
    kept: &mut Vec<Draft>,
) -> Result<Vec<Report>, Error> {
    let mut reports = Vec::new();
    for (mut report, mut draft) in drafts.into_iter().filter(|(report, _)| report.entries > 0) {
        if report.seqnums != Seqnums::Kept
            && let Some(path) = same_set(&report, (into, stem), kept)
        {
            let why = "has these entries already, as it seems, under other numbers; nothing is overwritten";
            return Err(Error::Io { path, source: std::io::Error::new(std::io::ErrorKind::AlreadyExists, why) });
        }
        report.path = into.join(report.archived_name(stem));
        draft.name(&report.path).map_err(|source| Error::Io { path: report.path.clone(), source })?;
        reports.push(report);
        kept.push(draft);
    }
    Ok(reports)
}

/// A file that differs by its name only in whose numbers it has, and is not of this run.
///
/// A series of its own has a new id in every run, so that its name is never taken.
fn same_set(report: &Report, (into, stem): (&Path, &str), done: &[Draft]) -> Option<PathBuf> {
    let name = report.archived_name(stem);
    let id = report.seqnum_id.to_string();
    let (before, behind) = name.split_once(&id)?;
    let is_same = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str());
        let id = name.and_then(|name| name.strip_prefix(before)?.strip_suffix(behind));
        id.is_some_and(|id| id.parse::<Id128>().is_ok()) && done.iter().all(|draft| draft.path() != path)
    };
    std::fs::read_dir(into).ok()?.filter_map(|entry| Some(entry.ok()?.path())).find(is_same)
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
