//! Explanations of entries by their `MESSAGE_ID`, from a catalogue of systemd's making or in our own words.
//!
//! A catalogue is the compiled database (`database.rs`) or the sources that it is made of (`source.rs`). Where neither is
//! given or found below a root, a few short texts of ours about reboots stand in (`own.rs`).

mod database;
mod own;
mod source;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::format::Id128;

/// Where systemd keeps its database, below a root directory.
const DATABASE: &str = "var/lib/systemd/catalog/database";

/// Where the sources are, below a root directory.
const SOURCES: [&str; 2] = ["usr/local/lib/systemd/catalog", "usr/lib/systemd/catalog"];

/// Texts by `MESSAGE_ID` and language.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    texts: HashMap<Id128, Vec<Text>>,
    /// All texts, each up to a NUL; those of a database share their ends.
    arena: Vec<u8>,
    /// The wanted languages, the best first.
    languages: Vec<String>,
}

#[derive(Clone, Debug)]
struct Text {
    /// Such as `pt_BR`; empty for English.
    language: String,
    /// Where it starts in the arena.
    start: usize,
}

impl Catalog {
    /// Our own short texts, in English.
    #[must_use]
    pub fn own() -> Self {
        let mut catalog = Self::in_languages_of("");
        for (id, text) in own::TEXTS {
            if let Ok(id) = id.parse() {
                catalog.add(id, "", text.as_bytes());
            }
        }
        catalog
    }

    /// The catalogue at `place`: a database, a source file, a directory with either, or the root of a system.
    ///
    /// `locale` is as in the environment, such as `pt_BR.UTF-8`: texts in that language come first.
    ///
    /// # Errors
    /// When nothing of the kind is there, or it cannot be read.
    pub fn open(place: &Path, locale: &str) -> Result<Self, Error> {
        let databases = [place.to_owned(), place.join("database"), place.join(DATABASE)];
        if let Some(path) = databases.iter().find(|path| path.is_file() && !is_source(path)) {
            return Self::of_database(path, locale);
        }
        let sources = SOURCES.map(|below| place.join(below));
        let catalog = Self::of_sources(sources.iter().map(PathBuf::as_path).chain([place]), locale)?;
        catalog.ok_or_else(|| Error::NotFound { what: "catalog", input: place.display().to_string() })
    }

    /// The catalogue of the system whose root directory is `root`: its database, or where it has none its source files;
    /// `None` if it has neither. `locale` is as in [`Catalog::open`].
    ///
    /// # Errors
    /// When what is there cannot be read.
    pub fn of_root(root: &Path, locale: &str) -> Result<Option<Self>, Error> {
        let database = root.join(DATABASE);
        if database.is_file() {
            return Self::of_database(&database, locale).map(Some);
        }
        let sources = SOURCES.map(|below| root.join(below));
        Self::of_sources(sources.iter().map(PathBuf::as_path), locale)
    }

    fn of_database(path: &Path, locale: &str) -> Result<Self, Error> {
        let mut catalog = Self { arena: read(path)?, ..Self::in_languages_of(locale) };
        catalog.index().ok_or_else(|| not_a_database(path))?;
        Ok(catalog)
    }

    /// The texts of the source files in these directories; `None` if there is no file.
    fn of_sources<'p>(directories: impl Iterator<Item = &'p Path>, locale: &str) -> Result<Option<Self>, Error> {
        let mut files: Vec<PathBuf> = directories.flat_map(sources_in).collect();
        files.sort_by(|one, two| one.file_name().cmp(&two.file_name()));
        if files.is_empty() {
            return Ok(None);
        }
        let mut catalog = Self::in_languages_of(locale);
        let mut merged = source::Merged::default();
        for path in &files {
            merged.add(&read(path)?, source::language_of(path));
        }
        for ((id, language), text) in merged.texts() {
            catalog.add(id, &language, &text);
        }
        Ok(Some(catalog))
    }

    /// The text for an id, with its placeholders; in the best language that there is.
    #[must_use]
    pub fn find(&self, id: Id128) -> Option<&[u8]> {
        let texts = self.texts.get(&id)?;
        let best = |language: &String| texts.iter().find(|text| text.language == *language);
        let text = self.languages.iter().find_map(best)?;
        let rest = self.arena.get(text.start..)?;
        rest.get(..memchr::memchr(0, rest).unwrap_or(rest.len()))
    }

    fn in_languages_of(locale: &str) -> Self {
        let full = locale.split(['.', '@']).next().unwrap_or_default();
        let short = full.split('_').next().unwrap_or_default();
        Self { languages: [full, short, ""].map(str::to_owned).to_vec(), ..Self::default() }
    }

    fn add(&mut self, id: Id128, language: &str, text: &[u8]) {
        let start = self.arena.len();
        self.arena.extend_from_slice(text);
        self.arena.push(0);
        self.texts.entry(id).or_default().push(Text { language: language.to_owned(), start });
    }

    /// Finds the texts of a database that lies in the arena.
    fn index(&mut self) -> Option<()> {
        for item in database::items(&self.arena)? {
            self.texts.entry(item.id).or_default().push(Text { language: item.language.to_owned(), start: item.start });
        }
        Some(())
    }
}

/// Appends a text with the values of an entry in place of `@NAME@`; a name without value stands for itself.
pub(super) fn substituted(text: &[u8], value: impl Fn(&[u8]) -> Option<Vec<u8>>) -> Vec<u8> {
    /// Longer fields are not shown within a text.
    const LONGEST: usize = 4096;
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = memchr::memchr(b'@', rest) {
        let (before, after) = rest.split_at_checked(at + 1).unwrap_or_default();
        out.extend_from_slice(before.strip_suffix(b"@").unwrap_or_default());
        let length = after.iter().take_while(|byte| matches!(byte, b'A'..=b'Z' | b'_')).count();
        let (name, end) = after.split_at_checked(length).unwrap_or_default();
        rest = match end {
            [b'@', end @ ..] if !name.is_empty() => {
                let value = value(name).filter(|value| name.len() + 1 + value.len() <= LONGEST);
                out.extend_from_slice(value.as_deref().unwrap_or(name));
                end
            }
            _ => {
                out.push(b'@');
                after
            }
        };
    }
    out.extend_from_slice(rest);
    out
}

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|source| Error::Io { path: path.to_owned(), source })
}

fn not_a_database(path: &Path) -> Error {
    let why = "no catalog database, nor a source file (*.catalog)".to_owned();
    Error::BadQuery { what: "catalog", input: path.display().to_string(), why }
}

fn is_source(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "catalog")
}

/// The source files in a directory, or the source file itself.
fn sources_in(place: &Path) -> Vec<PathBuf> {
    if place.is_file() && is_source(place) {
        return vec![place.to_owned()];
    }
    let entries = std::fs::read_dir(place).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).filter(|path| is_source(path) && path.is_file()).collect()
}

#[cfg(test)]
mod tests;
