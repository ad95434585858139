//! From what was typed to an open journal.

use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};

use super::args::Inputs;
use super::loss::Tally;
use super::progress::Progress;
use super::{Status, Stop, braces};
use crate::error::Error;
use crate::file::{Options, Reach};
use crate::format::Id128;
use crate::journal::{Extent, FileName, Journal, discover, holds_journals, machine_directories};

impl Inputs {
    /// Opens the journals at `paths` and at the places that the options name.
    ///
    /// # Errors
    /// When a place that was typed does not exist, or nothing at all could be opened.
    pub(super) fn open(&self, paths: &[PathBuf]) -> Result<ManuallyDrop<Journal>, Stop> {
        self.open_for(paths, None)
    }

    /// The same where nothing but a part of the entries will be asked for.
    ///
    /// # Errors
    /// As [`Inputs::open`].
    pub(super) fn open_for(&self, paths: &[PathBuf], extent: Option<Extent>) -> Result<ManuallyDrop<Journal>, Stop> {
        let (mut places, mut named) = (Vec::new(), Vec::new());
        for path in paths.iter().chain(&self.directory) {
            expand(path, &mut places)?;
        }
        for path in &self.file {
            let stdin = is_stdin(path).then(stdin).transpose()?;
            expand(stdin.unwrap_or(path), &mut named)?;
        }
        places.extend_from_slice(&named);
        for path in &self.root {
            let mut roots = Vec::new();
            expand(path, &mut roots)?;
            for root in roots {
                places.extend(below_root(&root)?);
            }
        }
        if places.is_empty() {
            places = default_places()?;
        }
        let mut found = discover(&places);
        let is_named = places.iter().any(|place| place.is_file());
        let count = found.files.len();
        // A file that was named is wanted, as in journalctl, whatever kind it is of.
        let is_below = |path: &Path| !places.iter().any(|place| place == path || path.parent() == Some(place));
        let is_else = |path: &Path| self.default_namespace && is_below(path) && !in_namespace(path, "");
        found.files.retain(|path| named.contains(path) || (self.wants(path) && !is_else(path)));
        let are_all = !is_named && found.files.len() == count;
        if found.files.is_empty() && found.failed.is_empty() {
            let path = places.swap_remove(0);
            // With several places it is nowhere.
            let place = places.is_empty().then_some(path.as_path());
            return Err(if count > 0 { self.unwanted(place, count) } else { Error::NoJournals { path } }.into());
        }
        let options = Options { payload_limit: self.max_payload << 20, reach: self.reach(), thorough: self.thorough };
        let journal = Progress::opening(found.files.len(), || match extent {
            Some(extent) => Journal::of_extent(&found.files, found.failed, options, &extent),
            None => Journal::of_files(&found.files, found.failed, options),
        });
        let journal = if are_all { journal.of_whole_directories() } else { journal };
        if journal.files().is_empty() {
            Tally::default().report(&journal, Status::Failed);
            return Err(Stop::Nothing);
        }
        // Hundreds of maps are gone sooner with the process than one by one before it.
        Ok(ManuallyDrop::new(journal))
    }

    /// Whether only users' journals are wanted, in which units are users' own.
    pub(super) const fn of_user(&self) -> bool {
        self.user && !self.system
    }

    /// Which entries of the files are wanted.
    fn reach(&self) -> Reach {
        if self.strict && self.reach == Reach::All { Reach::Index } else { self.reach }
    }

    /// What there is to say where none of the files at a path is of the kind and the namespace asked for.
    fn unwanted(&self, place: Option<&Path>, count: usize) -> Error {
        let what = match (self.namespace.as_deref(), self.system, self.user) {
            (Some(_), ..) => "a journal of that --namespace",
            (None, true, false) => "a journal of the system (system.journal, system@…)",
            (None, false, true) => "a journal of a user (user-1000.journal, user-1000@…)",
            (None, true, true) => "a journal of the system or of a user",
            (None, false, false) => "a journal outside all namespaces",
        };
        let others = if count == 1 { "1 other is there".to_owned() } else { format!("{count} others are there") };
        let input = place.map_or_else(|| others.clone(), |path| format!("{}: {others}", path.display()));
        Error::NotFound { what, input }
    }

    /// Whether a file is of the kind and the namespace asked for.
    fn wants(&self, path: &Path) -> bool {
        if !self.system && !self.user && self.namespace.is_none() {
            return true;
        }
        let name = FileName::read(path);
        let system = name.as_ref().is_some_and(|name| name.stem() == "system");
        let user = name.as_ref().is_some_and(FileName::is_user);
        // As in journalctl: with both options both kinds are wanted.
        let kind = (!self.system && !self.user) || (self.system && system) || (self.user && user);
        kind && self.namespace.as_deref().is_none_or(|wanted| in_namespace(path, wanted))
    }
}

/// Whether a file lies in the directory of a namespace, `<machine-id>.<namespace>`.
fn in_namespace(path: &Path, wanted: &str) -> bool {
    let directory = path.parent().and_then(|parent| parent.file_name()?.to_str()).unwrap_or_default();
    let named = directory.split_once('.').filter(|(machine, _)| machine.parse::<Id128>().is_ok());
    let namespace = named.map_or("", |(_, namespace)| namespace);
    match wanted.strip_prefix('+') {
        Some(wanted) => namespace.is_empty() || namespace == wanted,
        None => wanted == "*" || namespace == wanted,
    }
}

/// Where the journals of a machine lie whose root directory this is.
///
/// # Errors
/// When there is neither place, as in a directory of journals.
fn below_root(root: &Path) -> Result<Vec<PathBuf>, Error> {
    let below = machine_directories(root);
    let why = "no such directory, nor run/log/journal beside it; -D reads a directory of journals as it is";
    if below.is_empty() { Err(absent(&root.join("var/log/journal"), why)) } else { Ok(below) }
}

/// Whether there is nothing at `path`, not even a link to nothing.
pub(super) fn is_absent(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound)
}

/// The error for a path where nothing is.
pub(super) fn absent(path: &Path, why: &'static str) -> Error {
    Error::Io { path: path.to_owned(), source: std::io::Error::new(std::io::ErrorKind::NotFound, why) }
}

/// Whether a path that is not there may be a pattern for others.
pub(super) fn is_pattern(path: &Path) -> bool {
    path.as_os_str().as_encoded_bytes().iter().any(|byte| b"*?[{\\".contains(byte))
}

/// Whether a file that was named is what stands at standard input, as journalctl has it.
fn is_stdin(path: &Path) -> bool {
    path == Path::new("-") && is_absent(path)
}

/// What stands at standard input.
///
/// # Errors
/// When it is no file: a journal is read here and there, as no pipe can be.
fn stdin() -> Result<&'static Path, Error> {
    let path = Path::new("/dev/stdin");
    let why = "it is a pipe, which cannot be read here and there as a journal is: write a file and name that, or `-i - < FILE`";
    match std::fs::metadata(path) {
        Ok(about) if !about.is_file() => {
            Err(Error::BadQuery { what: "standard input", input: "-".to_owned(), why: why.to_owned() })
        }
        _ => Ok(path),
    }
}

/// A path as it stands, or what a glob pattern finds.
fn expand(path: &Path, places: &mut Vec<PathBuf>) -> Result<(), Error> {
    let text = path.to_str().unwrap_or_default();
    if !is_absent(path) {
        // What is there and cannot be read says so when it is opened.
        places.push(path.to_owned());
        return Ok(());
    }
    if !is_pattern(path) {
        return Err(absent(path, "no such file or directory"));
    }
    let bad = |why: String| Error::BadQuery { what: "pattern", input: text.to_owned(), why };
    let too_many = || bad(format!("its braces stand for more than {} patterns", braces::MOST));
    let mut found: Vec<PathBuf> = Vec::new();
    for pattern in braces::alternatives(text).ok_or_else(too_many)? {
        found.extend(glob::glob(&bracketed(&pattern)).map_err(|error| bad(error.to_string()))?.flatten());
    }
    if found.is_empty() {
        return Err(bad("no file fits it".to_owned()));
    }
    places.extend(found);
    Ok(())
}

/// A pattern with what a backslash takes the meaning of in brackets instead, as the crate has it.
fn bracketed(pattern: &str) -> String {
    let mut letters = pattern.chars();
    let mut bracketed = String::with_capacity(pattern.len());
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => match letters.next() {
                Some(next @ ('*' | '?' | '[' | ']')) => bracketed.extend(['[', next, ']']),
                Some(next) => bracketed.push(next),
                None => bracketed.push('\\'),
            },
            _ => bracketed.push(letter),
        }
    }
    bracketed
}

/// Where journals are looked for when nothing was typed.
fn default_places() -> Result<Vec<PathBuf>, Stop> {
    let here = PathBuf::from(".");
    if holds_journals(&here) {
        return Ok(vec![here]);
    }
    let machine = machine_directories(Path::new("/"));
    if discover(&machine).files.is_empty() { Err(Stop::Nowhere) } else { Ok(machine) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backslash_takes_the_meaning_of_what_follows() {
        for (typed, expected) in
            [("a\\[1].journal", "a[[]1].journal"), ("a*.j", "a*.j"), ("a\\\\*", "a\\*"), ("a\\!", "a!"), ("a\\", "a\\")]
        {
            assert_eq!(bracketed(typed), expected);
        }
    }

    #[test]
    fn namespaces_are_told_by_their_directory() {
        const ID: &str = "84aa495b7a814afba75e63bef421138c";
        let path = |directory: &str| PathBuf::from(format!("/x/{directory}/system.journal"));
        // What is not named after a machine may have any name.
        let (plain, app, host) = (path(ID), path(&format!("{ID}.app")), path("host.app"));
        for (wanted, has_plain, has_app) in
            [("", true, false), ("app", false, true), ("+app", true, true), ("*", true, true)]
        {
            assert_eq!((in_namespace(&plain, wanted), in_namespace(&app, wanted)), (has_plain, has_app), "{wanted}");
            assert_eq!(in_namespace(&host, wanted), has_plain, "{wanted}");
        }
    }
}
