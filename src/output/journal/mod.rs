//! Entries of open journals as a journal file of their own.
//!
//! Readers on any number of threads turn entries into batches of bytes, and one [`Copier`] takes these in order; for a
//! few entries it reads itself.

mod batch;
mod claims;
mod parts;
mod reader;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU32;

pub use reader::{Reader, Readers};

use batch::ONCE;
use parts::{Parts, Sent};

use crate::corrupt::Losses;
use crate::error::Error;
use crate::file::Entry;
use crate::format::{Id128, Inflater};
use crate::write::{DataId, Draft, Options, Packed, Report, Writer};

/// Copies entries into a new journal file, or into several where no single one would be sound: no file can have more
/// than 4 GiB, and `journalctl --verify` accepts none in which the clock of a boot goes back.
///
/// An entry that cannot be read as a whole has the field [`LOST`](super::LOST) at its end, which says how many are
/// missing, as in the export format; what is left gets a hash of its own. An entry that contradicts itself is made sound,
/// and counted in the losses: where its hash proves its fields, their boot is taken for its own; else a field that names
/// another boot is left out. A hash that is not that of all the fields is replaced.
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
/// let reports = copier.finish()?;
/// assert_eq!((reports.len(), reports[0].boots), (1, 1));
/// assert_eq!(Journal::open(&[&path], Default::default())?.files()[0].header().n_entries, reports[0].entries);
/// # std::fs::remove_file(path).unwrap();
/// # Ok::<(), lastwords::Error>(())
/// ```
#[derive(Debug)]
pub struct Copier {
    path: PathBuf,
    options: Options,
    writer: Writer,
    parts: Parts,
    /// The fields that each reader has numbered.
    known: Vec<Vec<Sent>>,
    data: Vec<DataId>,
    fields: Vec<String>,
    /// The reader that works here.
    own: Option<(Reader, Vec<u8>)>,
    /// The machine of all entries in this file, null where there are several.
    machine: Option<Id128>,
    inflater: Inflater,
}

impl Copier {
    /// Begins a file that will be at `path`.
    ///
    /// # Errors
    /// When something is there already, or nothing can be written beside it.
    pub fn create(path: &Path, options: &Options) -> Result<Self, Error> {
        let writer = Writer::create(path, options)?;
        Ok(Self {
            path: path.to_owned(),
            options: *options,
            writer,
            parts: Parts::default(),
            known: Vec::new(),
            data: Vec::new(),
            fields: Vec::new(),
            own: None,
            machine: None,
            inflater: Inflater::default(),
        })
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
        self.writer.expect(batch::fields(batch));
        while let Some((stamp, machine)) = batch::take_stamp(&mut batch) {
            let is_full = !self.writer.takes(&stamp, batch.len() as u64 * ROOM);
            if is_full && self.parts.len() < PARTS_MOST {
                self.turn()?;
            }
            self.note_machine(machine);
            let mut data = std::mem::take(&mut self.data);
            let found = self.fields(reader, &mut batch, &mut data);
            let taken = found.and_then(|()| self.writer.entry(&stamp, &data));
            self.data = data;
            taken?;
        }
        Ok(())
    }

    /// Takes the fields of an entry from the front of a batch.
    fn fields(&mut self, reader: usize, batch: &mut &[u8], data: &mut Vec<DataId>) -> Result<(), Error> {
        let (mut rest, mut filled) = (batch::take_numbers(batch), 0);
        data.clear();
        data.resize(rest.len(), DataId::NONE);
        // Mostly all are known but one or two.
        loop {
            let known = self.known.get(reader).map_or(&[][..], Vec::as_slice);
            let (places, before) = (data.get_mut(filled..).unwrap_or_default().iter_mut(), filled);
            for (place, number) in places.zip(rest) {
                let Some(Sent::Here(data)) = known.get(u32::from_le_bytes(*number) as usize) else { break };
                *place = *data;
                filled += 1;
            }
            let Some((number, others)) = rest.get(filled - before..).and_then(<[[u8; 4]]>::split_first) else { break };
            rest = others;
            if let Some(found) = self.field(reader, u32::from_le_bytes(*number), batch)? {
                data.get_mut(filled).into_iter().for_each(|place| *place = found);
                filled += 1;
            }
        }
        data.truncate(filled);
        Ok(())
    }

    /// Ends the last file; see [`Writer::finish`]. One for each file, in their order: the first has the name that was
    /// asked for, the next ones `NAME-2.journal` and so on.
    ///
    /// # Errors
    /// When it cannot be written; then there is none at all.
    pub fn finish(self) -> Result<Vec<Report>, Error> {
        let (reports, drafts): (Vec<Report>, Vec<Draft>) = self.finish_drafts()?.into_iter().unzip();
        Draft::keep_all(drafts);
        Ok(reports)
    }

    /// The same for files that still get other names: they go unless they are kept.
    ///
    /// # Errors
    /// As of [`Copier::finish`].
    pub fn finish_drafts(mut self) -> Result<Vec<(Report, Draft)>, Error> {
        if let Some(machine) = self.machine {
            self.writer.of_machine(machine);
        }
        let last = self.writer.finish_draft()?;
        if self.parts.len() == 0 {
            return Ok(vec![last]);
        }
        self.parts.push(last)?;
        self.parts.end()
    }

    fn note_machine(&mut self, machine: Id128) {
        let known = *self.machine.get_or_insert(machine);
        if known != machine {
            self.machine = Some(Id128::default());
        }
    }

    /// Ends the file and goes on in another one, which takes what it needs of the fields that readers have sent.
    #[cold]
    fn turn(&mut self) -> Result<(), Error> {
        let part = self.parts.len();
        let before = self.known.iter_mut().flatten();
        for sent in before {
            if let Sent::Here(data) = *sent {
                *sent = Sent::there(part, self.writer.place(data));
            }
        }
        let path = parts::name(&self.path, part + 2);
        let options = Options { file_id: None, ..self.options };
        let mut ended = std::mem::replace(&mut self.writer, Writer::create(&path, &options)?);
        ended.of_machine(self.machine.take().unwrap_or_default());
        self.parts.push(ended.finish_draft()?)?;
        Ok(())
    }

    /// Takes a field that follows, or one that is not in this file.
    fn field(&mut self, reader: usize, number: u32, batch: &mut &[u8]) -> Result<Option<DataId>, Error> {
        if !batch::is_followed(number) {
            return match self.known.get(reader).and_then(|known| known.get(number as usize)) {
                Some(Sent::Here(data)) => Ok(Some(*data)),
                Some(Sent::There { part, place }) => self.again((reader, number as usize), (*part, *place)),
                None => Ok(None),
            };
        }
        let Some(packed) = Packed::read(batch) else { return Ok(None) };
        let data = if self.parts.len() == 0 {
            Some(self.writer.packed(packed)?)
        } else {
            self.writer.packed_elsewhere(&packed, &mut self.inflater)?
        };
        if number == ONCE {
            return Ok(data);
        }
        let data = data.map(|data| self.writer.shared(data));
        self.known.get_mut(reader).into_iter().for_each(|known| known.push(data.map_or(Sent::NOWHERE, Sent::Here)));
        Ok(data)
    }

    /// Takes a field that is in an earlier file.
    #[cold]
    fn again(&mut self, sent: (usize, usize), there: (u16, u32)) -> Result<Option<DataId>, Error> {
        let data = self.parts.copy(there, &mut self.writer, &mut self.inflater)?;
        let data = data.map(|data| self.writer.shared(data));
        let place = self.known.get_mut(sent.0).and_then(|known| known.get_mut(sent.1));
        if let (Some(place), Some(data)) = (place, data) {
            *place = Sent::Here(data);
        }
        Ok(data)
    }
}

/// How many bytes of a file one byte of a batch can come to, at most: a new list for an item of four bytes.
const ROOM: u64 = 32;
/// So many files are ended for a clock that goes back, or for their size; the last one takes what comes.
const PARTS_MOST: usize = 999;
