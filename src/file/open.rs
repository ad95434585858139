use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use super::{Arrays, Findings};
use crate::bytes::{Image, Source};
use crate::corrupt::{Corrupt, Fault, Losses, Offset};
use crate::error::Error;
use crate::format::hash::FileHash;
use crate::format::header::{SIGNATURE, compatible, incompatible};
use crate::format::{Header, Layout, limits};

/// How files are opened.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The largest decompressed payload, in bytes; larger ones are left out of their entries and counted.
    pub payload_limit: u64,
    /// Which entries a journal is to have. A [`JournalFile`] by itself is read by its index, whatever this says.
    pub reach: Reach,
    /// Whether every file is walked and every payload's hash is checked, where otherwise only those are walked that may
    /// hold more than their index says. As with `reach`, it is for whoever opens a journal.
    pub thorough: bool,
}

/// Which of a file's entries are wanted, by how they can be reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// Those that its index reaches, and no others.
    Index,
    /// All that lie in it.
    #[default]
    All,
    /// Those that its index does not reach.
    Beyond,
}

impl Default for Options {
    fn default() -> Self {
        Self { payload_limit: limits::PAYLOAD_DEFAULT, reach: Reach::default(), thorough: false }
    }
}

/// One open journal file.
///
/// No input makes it panic, loop for ever, or allocate more than a small multiple of the file's size; the size of
/// decompressed payloads is bounded by [`Options::payload_limit`].
#[derive(Debug)]
pub struct JournalFile {
    path: PathBuf,
    source: Source,
    header: Header,
    arrays: Arrays,
    pub(super) findings: OnceLock<Box<Findings>>,
    options: Options,
    losses: Losses,
}

impl JournalFile {
    /// Maps a file and reads its header and the chain of its main entry array.
    ///
    /// # Errors
    /// When the file cannot be read, is no journal, or needs features that nobody here knows.
    pub fn open(path: &Path, options: Options) -> Result<Self, Error> {
        let source = Source::map(path).map_err(|source| Error::Io { path: path.to_owned(), source })?;
        Self::from_source(path, source, options)
    }

    /// Takes bytes that are in memory already; `path` only names them.
    ///
    /// # Errors
    /// As [`JournalFile::open`].
    pub fn from_bytes(path: &Path, bytes: Vec<u8>, options: Options) -> Result<Self, Error> {
        Self::from_source(path, Source::from_bytes(bytes), options)
    }

    fn from_source(path: &Path, source: Source, options: Options) -> Result<Self, Error> {
        let image = source.image();
        if !image.bytes().starts_with(SIGNATURE) {
            return Err(Error::NotAJournal { path: path.to_owned(), looks_like: looks_like(image.bytes()) });
        }
        let header = Header::read(image).map_err(|damage| Error::Corrupt { path: path.to_owned(), damage })?;
        let bits = header.incompatible_flags & !incompatible::KNOWN;
        if bits != 0 {
            return Err(Error::Unsupported { path: path.to_owned(), bits });
        }
        Ok(Self::with_header(path, source, header, options))
    }

    /// Reads a file by a header from elsewhere, whatever its own says.
    ///
    /// This is for files whose header is lost; what the given one claims is checked as always.
    #[must_use]
    pub fn with_header(path: &Path, source: Source, header: Header, options: Options) -> Self {
        let image = source.image();
        let mut losses = claims(&header, image);
        let arrays = Arrays::walk(image, header.layout(), header.entry_array_offset, header.n_entries);
        if let Some(damage) = arrays.damage() {
            losses.structure(damage.clone());
        }
        let found = arrays.len() as u64;
        if found == 0 && holds_more(&header, image) {
            let fault = Fault::Value { found: 0, must: "above 0 in a file that holds data" };
            losses.structure(Corrupt::new(Offset(176), "entries in the main array", fault));
        }
        if header.n_entries > found {
            let fault = Fault::Count { claimed: header.n_entries, found };
            losses.structure(Corrupt::new(Offset(152), "entries in the main array", fault));
        }
        Self { path: path.to_owned(), source, header, arrays, findings: OnceLock::new(), options, losses }
    }

    /// Adds to what was found missing, as who made up its header does.
    pub fn note(&mut self, damage: Corrupt) {
        self.losses.structure(damage);
    }

    /// The file's path, as given.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The header as stored.
    #[must_use]
    pub const fn header(&self) -> &Header {
        &self.header
    }

    /// The file's bytes.
    #[must_use]
    pub fn image(&self) -> Image<'_> {
        self.source.image()
    }

    /// Where its objects begin: behind the header, as long as that says it is, or as the shortest is.
    #[must_use]
    pub const fn objects_from(&self) -> Offset {
        if self.header.size_fault().is_none() { Offset(self.header.header_size) } else { Offset(limits::HEADER_LEAST) }
    }

    /// The layout of its objects.
    #[must_use]
    pub const fn layout(&self) -> Layout {
        self.header.layout()
    }

    /// Its hash function for DATA and FIELD.
    #[must_use]
    pub const fn hash(&self) -> FileHash {
        if self.header.is_keyed() { FileHash::Keyed(self.header.file_id) } else { FileHash::Jenkins }
    }

    /// The main entry array: all entries that the index reaches, in its order; what is read goes by
    /// [`JournalFile::slots`].
    #[must_use]
    pub const fn arrays(&self) -> &Arrays {
        &self.arrays
    }

    /// What opening found missing or contradicted.
    pub const fn losses(&self) -> &Losses {
        &self.losses
    }

    /// The options it was opened with.
    #[must_use]
    pub const fn options(&self) -> Options {
        self.options
    }

    /// Compatible flags that this reader does not know; they do not hinder reading.
    #[must_use]
    pub const fn unknown_flags(&self) -> u32 {
        self.header.compatible_flags & !compatible::KNOWN
    }
}

/// Whether there are objects besides the two hash tables (and a first tag), so that there should be entries.
fn holds_more(header: &Header, image: Image<'_>) -> bool {
    let least = header.n_tags.unwrap_or(1).saturating_add(2);
    let written = || image.from(Offset(header.header_size)).iter().take(16).any(|byte| *byte != 0);
    header.n_entries > 0 || header.n_objects > least || (header.n_objects == 0 && written())
}

/// What the header claims against what the file has.
fn claims(header: &Header, image: Image<'_>) -> Losses {
    let mut losses = Losses::default();
    if let Some(damage) = header.size_fault() {
        losses.structure(damage);
    }
    let needs = header.header_size.saturating_add(header.arena_size);
    if needs > image.len() {
        let fault = Fault::Short { needs, remain: image.len() };
        losses.structure(Corrupt::new(Offset(0), "file shorter than its header says", fault));
    }
    losses
}

/// What a file that is no journal may be, by its first bytes.
fn looks_like(bytes: &[u8]) -> Option<&'static str> {
    const MAGIC: [(&[u8], &str); 10] = [
        (b"\x1f\x8b", "gzip: decompress it first"),
        (b"\x28\xb5\x2f\xfd", "zstd: decompress it first"),
        (b"\xfd7zXZ\0", "xz: decompress it first"),
        (b"BZh", "bzip2: decompress it first"),
        (b"PK\x03\x04", "a zip archive: unpack it first"),
        (b"__CURSOR=", "an export stream (journalctl -o export)"),
        (b"__REALTIME_TIMESTAMP=", "an export stream (journalctl -o export)"),
        (b"{\"", "JSON (journalctl -o json)"),
        (b"RHHHKSLP", "a message catalog database"),
        (b"KSHHRHLP", "a sealing key (fss)"),
    ];
    if bytes.is_empty() {
        return Some("an empty file");
    }
    if bytes.get(257..262) == Some(b"ustar") {
        return Some("a tar archive: unpack it first");
    }
    if bytes.iter().take(208).all(|byte| *byte == 0) {
        return Some("zeros where the header must be: never written, or lost in a crash");
    }
    MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, name)| *name)
}
