//! From what was typed to an open journal.

use std::path::{Path, PathBuf};

use super::args::Inputs;
use super::loss::Tally;
use super::{Status, Stop};
use crate::error::Error;
use crate::file::Options;
use crate::journal::{Journal, discover, holds_journals, system_directories};

impl Inputs {
    /// Opens the journals at `paths` and at the places that the options name.
    ///
    /// # Errors
    /// When a place that was typed does not exist, or nothing at all could be opened.
    pub(super) fn open(&self, paths: &[PathBuf]) -> Result<Journal, Stop> {
        let mut places = Vec::new();
        for path in paths.iter().chain(&self.directory).chain(&self.file) {
            expand(path, &mut places)?;
        }
        if places.is_empty() {
            places = default_places()?;
        }
        let options = Options { payload_limit: self.max_payload << 20 };
        let journal = Journal::open(&places, options)?;
        if journal.files().is_empty() {
            Tally::default().report(&journal, Status::Failed);
            return Err(Stop::Nothing);
        }
        Ok(journal)
    }
}

/// A path as it stands, or what a glob pattern finds.
fn expand(path: &Path, places: &mut Vec<PathBuf>) -> Result<(), Error> {
    let text = path.to_str().unwrap_or_default();
    if std::fs::symlink_metadata(path).is_ok() {
        places.push(path.to_owned());
        return Ok(());
    }
    if !text.contains(['*', '?', '[']) {
        // A word that was meant as something else must not be passed over while the rest is printed unfiltered.
        let why = "no such file or directory, and no FIELD=value term";
        let source = std::io::Error::new(std::io::ErrorKind::NotFound, why);
        return Err(Error::Io { path: path.to_owned(), source });
    }
    let bad = |why: String| Error::BadQuery { what: "pattern", input: text.to_owned(), why };
    let found: Vec<PathBuf> = glob::glob(text).map_err(|error| bad(error.to_string()))?.flatten().collect();
    if found.is_empty() {
        return Err(bad("no file fits it".to_owned()));
    }
    places.extend(found);
    Ok(())
}

/// Where journals are looked for when nothing was typed.
fn default_places() -> Result<Vec<PathBuf>, Error> {
    let here = PathBuf::from(".");
    if holds_journals(&here) {
        return Ok(vec![here]);
    }
    let machine = system_directories();
    if discover(&machine).files.is_empty() { Err(Error::NoJournals { path: here }) } else { Ok(machine) }
}
