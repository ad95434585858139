use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::AtomicU64;

use super::begin::START;
use super::lists::Lists;
use super::{Arrays, Begin, Findings, Spans};
use crate::bytes::{FileKey, Handle, Image, Reads, Source, Sparing};
use crate::corrupt::{Corrupt, Fault, Losses, Offset};
use crate::error::Error;
use crate::format::hash::FileHash;
use crate::format::header::{SIGNATURE, compatible, incompatible};
use crate::format::{EntryHead, Header, Layout, limits};

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
    /// Whether a check has been through all of its objects.
    pub(super) checked: OnceLock<()>,
    /// How many bytes of long payloads may still be hashed where their length is in doubt.
    pub(super) doubts: AtomicU64,
    /// The boots, where opening could tell them at little cost.
    pub(super) glanced: Option<Spans>,
    /// What tells it from others, where it was opened by path.
    key: Option<FileKey>,
    options: Options,
    losses: Losses,
}

impl JournalFile {
    /// Maps a file and reads its header and the chain of its main entry array.
    ///
    /// # Errors
    /// When the file cannot be read, is no journal, or needs features that nobody here knows.
    pub fn open(path: &Path, options: Options) -> Result<Self, Error> {
        let failed = |source| Error::Io { path: path.to_owned(), source };
        let handle = Handle::open(path).map_err(failed)?;
        let source = Source::of(&handle).map_err(failed)?;
        let mut start = vec![0; START];
        let len = handle.read(Offset(0), &mut start);
        start.truncate(len);
        if start.is_empty() && handle.has_failed() {
            return Err(failed(std::io::Error::other("its beginning cannot be read: it shrank, or its medium failed")));
        }
        let (header, arrays) =
            (Self::read_header(path, Image::new(&start))?, |header: &Header| main_array(&handle, header));
        let mut file = Self::assemble(path, source, header, arrays, options);
        file.glanced = file.glance(&handle);
        file.key = Some(handle.key().clone());
        Ok(file)
    }

    /// A file without entries in the place of one of which nothing but its beginning is wanted.
    #[must_use]
    pub(crate) fn left_out(path: &Path, begin: &Begin, options: Options) -> Self {
        let none = |_: &Header| Some(Arrays::default());
        let mut file = Self::assemble(path, Source::from_bytes(Vec::new()), begin.header.clone(), none, options);
        (file.losses, file.glanced) = (Losses::default(), Some(Spans::default()));
        file
    }

    /// Takes bytes that are in memory already; `path` only names them.
    ///
    /// # Errors
    /// As [`JournalFile::open`].
    pub fn from_bytes(path: &Path, bytes: Vec<u8>, options: Options) -> Result<Self, Error> {
        let header = Self::read_header(path, Image::new(&bytes))?;
        Ok(Self::with_header(path, Source::from_bytes(bytes), header, options))
    }

    /// Reads a file by a header from elsewhere, whatever its own says.
    ///
    /// This is for files whose header is lost; what the given one claims is checked as always.
    #[must_use]
    pub fn with_header(path: &Path, source: Source, header: Header, options: Options) -> Self {
        Self::assemble(path, source, header, |_| None, options)
    }

    /// The header of a file, by its first bytes.
    pub(crate) fn read_header(path: &Path, start: Image<'_>) -> Result<Header, Error> {
        if !start.bytes().starts_with(SIGNATURE) {
            let is_archive = path.to_str().is_some_and(|name| TARS.iter().any(|ending| name.ends_with(ending)));
            let looks_like = match looks_like(start.bytes()) {
                Some(packed) if is_archive && packed.ends_with(": decompress it first") => Some(TAR),
                other => other,
            };
            return Err(Error::NotAJournal { path: path.to_owned(), looks_like });
        }
        let header = Header::read(start).map_err(|damage| Error::Corrupt { path: path.to_owned(), damage })?;
        let bits = header.incompatible_flags & !incompatible::KNOWN;
        if bits != 0 {
            return Err(Error::Unsupported { path: path.to_owned(), bits });
        }
        Ok(header)
    }

    /// Its bytes, for who reads them by another header.
    pub(crate) fn into_source(self) -> Source {
        self.source
    }

    /// Where the file ends: where another journal begins behind a closed one, that is none of it.
    pub(crate) fn end(&self) -> Offset {
        let another = another(&self.header, self.image()).filter(|_| self.header.state.is_closed());
        another.unwrap_or(Offset(self.image().len()))
    }

    /// With the main entry array as `arrays` gives it, or else as it is in the file's bytes.
    fn assemble(
        path: &Path,
        source: Source,
        header: Header,
        arrays: impl Fn(&Header) -> Option<Arrays>,
        options: Options,
    ) -> Self {
        let image = source.image();
        let mut losses = claims(&header, image);
        let layout = header.layout();
        let walk = || Arrays::walk(&image, layout, header.entry_array_offset, header.n_entries).checked(&image, layout);
        let arrays = arrays(&header).unwrap_or_else(walk);
        if let Some(damage) = arrays.damage() {
            losses.structure(damage.clone());
        }
        let found = arrays.len() as u64;
        if found == 0 && holds_more(&header, image) {
            let fault = Fault::Value { found: 0, must: "above 0 in a file that holds data" };
            losses.structure(Corrupt::new(Offset(176), "entries in the main array", fault));
        }
        if header.n_entries > found || (header.n_entries < found && is_counted(&header, image, &arrays)) {
            let fault = Fault::Count { claimed: header.n_entries, found };
            losses.structure(Corrupt::new(Offset(152), "entries in the main array", fault));
        }
        let (findings, checked) = (OnceLock::new(), OnceLock::new());
        let (path, doubts) = (path.to_owned(), image.len().saturating_mul(limits::DOUBTED_RATIO));
        let doubts = AtomicU64::new(doubts);
        Self { path, source, header, arrays, findings, checked, doubts, glanced: None, key: None, options, losses }
    }

    /// The boots of a sound file, where a few short reads tell them.
    fn glance(&self, handle: &Handle) -> Option<Spans> {
        if !self.losses.is_empty() {
            return None;
        }
        let lists = Lists { from: handle, header: &self.header, arrays: &self.arrays, hash: self.hash() };
        lists.glance().filter(|_| !handle.has_failed())
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

    /// Whether the file shrank or its medium failed while it was read, see [`guard`](crate::bytes::guard).
    #[must_use]
    pub fn has_vanished(&self) -> bool {
        self.source.has_lost()
    }

    /// Whether somebody wrote into the file since it was opened, by what its header says of its objects now; of bytes in
    /// memory never. A look at one page.
    #[must_use]
    pub fn has_grown(&self) -> bool {
        let then = (self.header.n_objects, self.header.tail_object_offset);
        Header::read(self.image()).is_ok_and(|now| (now.n_objects, now.tail_object_offset) != then)
    }

    /// Whether opening could tell the boots by the lists of their ids, which are found by hash: where the header's file id
    /// is not the one that the hashes were made with, nothing is.
    #[must_use]
    pub const fn tells_boots(&self) -> bool {
        self.glanced.is_some()
    }

    /// The file's bytes.
    #[must_use]
    pub fn image(&self) -> Image<'_> {
        self.source.image()
    }

    /// Its bytes, for who wants little of them.
    pub(super) fn sparing(&self) -> Sparing<'_> {
        let handle = self.key.as_ref().and_then(|key| Handle::again(&self.path, key));
        Sparing::new(handle, self.image())
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

/// The main entry array by short reads, where it is sound and few are enough.
fn main_array(handle: &Handle, header: &Header) -> Option<Arrays> {
    let layout = header.layout();
    let arrays = Arrays::walk(handle, layout, header.entry_array_offset, header.n_entries).checked(handle, layout);
    (arrays.damage().is_none() && !handle.has_failed()).then_some(arrays)
}

/// Whether the entries of a file should be as many as its header says: who closes it has counted all of them. A header of
/// zeros counts nothing, and one that was copied before the rest of a file in use knows less than that.
fn is_counted(header: &Header, image: Image<'_>, arrays: &Arrays) -> bool {
    let last = arrays.iter(image, header.layout(), arrays.len().saturating_sub(1)..arrays.len()).next();
    let last = last.and_then(|at| EntryHead::read(image, at, header.layout()).ok());
    let is_newer = last.is_some_and(|(head, _)| head.seqnum > header.tail_entry_seqnum);
    header.state.is_closed() && (header.n_entries > 0 || header.head_entry_seqnum.0 > 0) && !is_newer
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
    if let Some(at) = another(header, image) {
        losses.structure(Corrupt::new(at, "file longer than its header says", Fault::Another));
    }
    losses
}

/// Where another journal begins behind what a file's header knows of; a look at the file only where that is not all of it.
fn another(header: &Header, image: Image<'_>) -> Option<Offset> {
    let end = header.header_size.checked_add(header.arena_size)?.checked_next_multiple_of(8)?;
    (end < image.len() && image.from(Offset(end)).starts_with(SIGNATURE)).then_some(Offset(end))
}

/// How a compressed archive of files is named, of which a decompressed one is no journal either.
const TARS: [&str; 5] = [".tgz", ".tar.gz", ".tar.zst", ".tar.xz", ".tar.bz2"];
const TAR: &str = "a tar archive: unpack it first";

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
        return Some(TAR);
    }
    if bytes.iter().take(208).all(|byte| *byte == 0) {
        return Some("zeros where the header must be: never written, or lost in a crash");
    }
    MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|(_, name)| *name)
}
