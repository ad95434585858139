//! What was typed behind `show`, told apart into places, terms and programs.

use std::ffi::OsString;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::inputs::{absent, is_absent, is_pattern};
use super::loss::say;
use crate::error::Error;
use crate::format::Inflater;
use crate::format::header::SIGNATURE;
use crate::journal::{FileName, Journal};
use crate::query::Matches;

/// The free arguments of `show`.
#[derive(Debug, Default)]
pub(super) struct Typed {
    /// Where the journals are.
    pub(super) paths: Vec<PathBuf>,
    terms: Vec<Vec<u8>>,
    /// The paths of programs, as indices of `terms`.
    programs: Vec<usize>,
}

impl Typed {
    /// Tells them apart.
    ///
    /// # Errors
    /// When one is nothing that there is.
    pub(super) fn of(arguments: &[OsString]) -> Result<Self, Error> {
        let mut typed = Self::default();
        arguments.iter().try_for_each(|argument| typed.sort_out(argument))?;
        Ok(typed)
    }

    /// What has an operator and is no file that exists was meant as a term, and is refused as one if it is none.
    fn sort_out(&mut self, argument: &OsString) -> Result<(), Error> {
        let (bytes, path) = (argument.as_encoded_bytes(), Path::new(argument));
        let operator = |byte: &u8| b"=<>".contains(byte);
        if bytes == b"+" || (bytes.iter().any(operator) && !path.exists()) {
            self.terms.push(bytes.to_vec());
        } else if path.is_absolute() && may_be_program(path) {
            self.programs.push(self.terms.len());
            self.terms.push([b"_EXE=", bytes].concat());
        } else if is_absent(path) && !is_pattern(path) {
            // A word that was meant as something else must not be passed over while the rest is printed unfiltered.
            let why = match bytes {
                b"-" => "standard input is -i -, and must be a file: `-i - < FILE`",
                _ => "no such file or directory, and no FIELD=value term",
            };
            return Err(absent(path, why));
        } else {
            self.paths.push(PathBuf::from(argument));
        }
        Ok(())
    }

    /// The terms, as they were typed or taken.
    pub(super) fn terms(&self) -> &[Vec<u8>] {
        &self.terms
    }

    /// Whether what was typed depends on what the journal has.
    pub(super) const fn ask_the_journal(&self) -> bool {
        !self.programs.is_empty()
    }

    /// Whether there are terms, or programs.
    pub(super) const fn has_terms(&self) -> bool {
        !self.terms.is_empty()
    }

    /// The first term, as it was typed or taken.
    pub(super) fn first_term(&self) -> Option<String> {
        self.terms.first().map(|term| String::from_utf8_lossy(term).into_owned())
    }

    /// Adds the terms to `matches`, and says unless `quiet` which arguments were taken for programs.
    ///
    /// # Errors
    /// When a term cannot be read, or something is neither a file here nor a program there.
    pub(super) fn apply(&self, journal: &Journal, quiet: bool, matches: &mut Matches) -> Result<(), Error> {
        let mut terms = Vec::with_capacity(self.terms.len());
        for (index, term) in self.terms.iter().enumerate() {
            terms.push(term.clone());
            if self.programs.contains(&index) {
                let other = beside(term).filter(|other| knows(journal, other));
                taken(term, other.as_deref(), journal, quiet)?;
                terms.extend(other);
            }
        }
        matches.read_more(&terms)
    }
}

/// Says unless `quiet` for which terms an argument was taken.
///
/// # Errors
/// When it is neither a file here nor a program there.
fn taken(term: &[u8], other: Option<&[u8]>, journal: &Journal, quiet: bool) -> Result<(), Error> {
    let text = String::from_utf8_lossy(term);
    let path = Path::new(text.trim_start_matches("_EXE="));
    if !path.exists() && other.is_none() && !knows(journal, term) {
        return Err(absent(path, "no such file or directory, and no entry has it as _EXE"));
    }
    if !quiet {
        let or = other.map(|other| format!(" or {}", String::from_utf8_lossy(other))).unwrap_or_default();
        say(&super::loss::visible(&format!("{}: no journal, taken for {text}{or}", path.display())));
    }
    Ok(())
}

/// The folders that most systems have only as links to those of the same name below `/usr`.
const LINKED: [&[u8]; 4] = [b"/bin/", b"/sbin/", b"/lib/", b"/lib64/"];

/// The same program on a system that keeps it in `/usr`, or on one that does not.
fn beside(term: &[u8]) -> Option<Vec<u8>> {
    let path = term.strip_prefix(b"_EXE=")?;
    let is_linked = |path: &[u8]| LINKED.iter().any(|folder| path.starts_with(folder));
    match path.strip_prefix(b"/usr") {
        Some(rest) => is_linked(rest).then(|| [b"_EXE=", rest].concat()),
        None => is_linked(path).then(|| [b"_EXE=/usr", path].concat()),
    }
}

/// Whether something may be the path of a program that wrote into the journals: a program here, or nothing here.
fn may_be_program(path: &Path) -> bool {
    if is_absent(path) {
        return !is_pattern(path) && FileName::read(path).is_none();
    }
    // Who opens a pipe waits for somebody to write into it.
    if !path.is_file() {
        return false;
    }
    let mut begin = [0; 8];
    let read = File::open(path).and_then(|mut file| file.read(&mut begin));
    read.is_ok() && begin != *SIGNATURE && (begin.starts_with(b"\x7fELF") || begin.starts_with(b"#!"))
}

/// Whether an entry may have this payload, by the indexes.
fn knows(journal: &Journal, payload: &[u8]) -> bool {
    let mut inflater = Inflater::default();
    let mut files = journal.files().iter().enumerate();
    files.any(|(index, file)| journal.is_damaged(index) || !matches!(file.find_data(payload, &mut inflater), Ok(None)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn a_pipe_is_no_program_and_is_not_waited_for() {
        let path = std::env::temp_dir().join(format!("lastwords-pipe-{}", std::process::id()));
        assert!(std::process::Command::new("mkfifo").arg(&path).status().is_ok_and(|status| status.success()));
        let typed = Typed::of(&[path.clone().into_os_string()]);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(typed.unwrap().paths, [path]);
        assert!(may_be_program(Path::new("/bin/sh")) && may_be_program(Path::new("/no/such/program")));
    }
}
