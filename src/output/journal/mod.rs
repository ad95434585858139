//! Entries of open journals as a journal file of their own.
//!
//! Readers on any number of threads turn entries into batches of bytes, and one [`Copier`] takes these in order; for a
//! few entries it reads itself.

mod batch;
mod reader;

use std::path::Path;
use std::sync::atomic::AtomicU32;

pub use reader::{Reader, Readers};

use batch::{NEW, ONCE};

use crate::corrupt::Losses;
use crate::error::Error;
use crate::file::Entry;
use crate::format::Id128;
use crate::write::{DataId, Options, Packed, Report, Writer};

/// Copies entries into a new journal file.
///
/// An entry that cannot be read as a whole has the field [`LOST`](super::LOST) at its end, which says how many are
/// missing, as in the export format; what is left gets a hash of its own.
///
/// ```
/// use lastwords::output::journal::Copier;
/// use lastwords::{Journal, Query, Selection, write::Options};
///
/// let journal = Journal::open(&["testdata/demo"], Default::default())?;
/// let path = std::env::temp_dir().join(format!("lastwords-copy-{}.journal", std::process::id()));
/// let mut copier = Copier::create(&path, &Options::default())?;
/// for entry in Selection::of(&journal, &Query::new().boot(0)).entries() {
///     copier.entry(&entry.expect("the demo is sound"), &mut Default::default())?;
/// }
/// let report = copier.finish()?;
/// assert_eq!(report.boots, 1);
/// assert_eq!(Journal::open(&[&path], Default::default())?.files()[0].header().n_entries, report.entries);
/// # std::fs::remove_file(path).unwrap();
/// # Ok::<(), lastwords::Error>(())
/// ```
#[derive(Debug)]
pub struct Copier {
    writer: Writer,
    /// The fields that each reader has numbered.
    known: Vec<Vec<DataId>>,
    data: Vec<DataId>,
    fields: Vec<String>,
    /// The reader that works here.
    own: Option<(Reader, Vec<u8>)>,
    machine: Option<Id128>,
}

impl Copier {
    /// Begins a file that will be at `path`.
    ///
    /// # Errors
    /// When something is there already, or nothing can be written beside it.
    pub fn create(path: &Path, options: &Options) -> Result<Self, Error> {
        let writer = Writer::create(path, options)?;
        let (known, data, fields) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Self { writer, known, data, fields, own: None, machine: None })
    }

    /// Keeps only fields of these names, and the boot's; all if there are none.
    #[must_use]
    pub fn with_fields(mut self, names: &[String]) -> Self {
        self.fields = names.to_vec();
        self
    }

    /// What makes the readers for other threads; to be asked once, and not where [`Copier::entry`] is used.
    #[must_use]
    pub fn readers(&self) -> Readers {
        let fields = self.fields.as_slice().into();
        Readers { packer: self.writer.packer(), fields, made: AtomicU32::new(0) }
    }

    /// Copies an entry; what cannot be read of it is counted in `losses`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn entry(&mut self, entry: &Entry<'_>, losses: &mut Losses) -> Result<(), Error> {
        let (mut reader, mut batch) = self.own.take().unwrap_or_else(|| (self.readers().reader(), Vec::new()));
        batch.clear();
        reader.begin(&mut batch);
        reader.entry(entry, &mut batch, losses);
        let taken = self.take(&batch);
        self.own = Some((reader, batch));
        taken
    }

    /// Writes a batch of a reader; those of one reader come in the order in which it made them.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn take(&mut self, mut batch: &[u8]) -> Result<(), Error> {
        let Some(reader) = batch::take(&mut batch) else { return Ok(()) };
        let reader = reader as usize;
        if reader >= self.known.len() {
            self.known.resize(reader + 1, Vec::new());
        }
        while let Some(stamp) = batch::take_stamp(&mut batch) {
            self.data.clear();
            for _ in 0..batch::take(&mut batch).unwrap_or_default() {
                let data = self.field(reader, &mut batch)?;
                self.data.extend(data);
            }
            self.writer.entry(&stamp, &self.data)?;
        }
        Ok(())
    }

    /// Says of what machine a reader's entries were.
    pub fn note(&mut self, reader: &Reader) {
        self.machine = match (self.machine, reader.machine()) {
            (Some(known), Some(other)) if known != other => Some(Id128::default()),
            (known, other) => known.or(other),
        };
    }

    /// Ends the file; see [`Writer::finish`].
    ///
    /// # Errors
    /// When it cannot be written; then there is none.
    pub fn finish(mut self) -> Result<Report, Error> {
        if let Some((own, _)) = self.own.take() {
            self.note(&own);
        }
        if let Some(machine) = self.machine {
            self.writer.of_machine(machine);
        }
        self.writer.finish()
    }

    /// Takes a field from the front of a batch.
    #[inline]
    fn field(&mut self, reader: usize, batch: &mut &[u8]) -> Result<Option<DataId>, Error> {
        let Some(number) = batch::take(batch) else { return Ok(None) };
        let Some(known) = self.known.get_mut(reader) else { return Ok(None) };
        if number != ONCE && number != NEW {
            return Ok(known.get(number as usize).copied());
        }
        let Some(packed) = Packed::read(batch) else { return Ok(None) };
        let data = self.writer.packed(packed)?;
        if number == NEW {
            known.push(data);
        }
        Ok(Some(data))
    }
}
