//! From what was typed to an open journal.

use std::path::{Path, PathBuf};

use super::args::Inputs;
use crate::error::Error;
use crate::file::Options;
use crate::journal::{Journal, discover, holds_journals, system_directories};

impl Inputs {
    /// Opens the journals at `paths` and at the places that the options name.
    ///
    /// # Errors
    /// When nothing at all could be opened.
    pub(super) fn open(&self, paths: &[PathBuf]) -> Result<Journal, Error> {
        let mut places = Vec::new();
        for path in paths.iter().chain(&self.directory).chain(&self.file) {
            expand(path, &mut places)?;
        }
        if places.is_empty() {
            places = default_places()?;
        }
        let options = Options { payload_limit: self.max_payload << 20 };
        Journal::open(&places, options)
    }
}

/// A path as it stands, or what a glob pattern finds.
fn expand(path: &Path, places: &mut Vec<PathBuf>) -> Result<(), Error> {
    let text = path.to_str().unwrap_or_default();
    if path.exists() || !text.contains(['*', '?', '[']) {
        places.push(path.to_owned());
        return Ok(());
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
