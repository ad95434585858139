//! Entries of open journals as a journal file of their own.

use std::path::Path;

use super::LOST;
use super::cache::Cache;
use super::meta::BOOT_ID;
use super::name::split;
use crate::corrupt::{Corrupt, Losses, Offset};
use crate::error::Error;
use crate::file::Entry;
use crate::format::{Id128, Inflater};
use crate::write::{DataId, Options, Report, Stamp, Writer, xor_hash};

/// Copies entries into a new journal file.
///
/// An entry that cannot be read as a whole has the field [`LOST`] at its end, which says how many are missing, as in the
/// export format; what is left gets a hash of its own.
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
    /// What fields became that several entries use; nothing for one that is left out.
    cache: Cache<Option<DataId>>,
    inflater: Inflater,
    /// Only these fields, if any are named.
    fields: Vec<String>,
    data: Vec<DataId>,
    nothing: Vec<u8>,
    /// The machine that all entries are of, null where there are several.
    machine: Option<Id128>,
}

impl Copier {
    /// Begins a file that will be at `path`.
    ///
    /// # Errors
    /// When something is there already, or nothing can be written beside it.
    pub fn create(path: &Path, options: &Options) -> Result<Self, Error> {
        let writer = Writer::create(path, options)?;
        let (cache, inflater) = (Cache::new(), Inflater::default());
        Ok(Self { writer, cache, inflater, fields: Vec::new(), data: Vec::new(), nothing: Vec::new(), machine: None })
    }

    /// Keeps only fields of these names, and the boot's; all if there are none.
    #[must_use]
    pub fn with_fields(mut self, names: &[String]) -> Self {
        self.fields = names.to_vec();
        self
    }

    /// Copies an entry; what cannot be read of it is counted in `losses`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn entry(&mut self, entry: &Entry<'_>, losses: &mut Losses) -> Result<(), Error> {
        self.cache.turn_to(entry.file());
        let machine = entry.file().header().machine_id;
        if self.machine.is_some_and(|known| known != machine) {
            self.machine = Some(Id128::default());
        }
        self.machine.get_or_insert(machine);
        self.data.clear();
        let (mut lost, mut whole) = (0u64, true);
        for at in entry.items() {
            let known = self.cache.append(at, &mut self.nothing);
            match known.map_or_else(|| self.field(entry, at), |known| Ok(Ok(known)))? {
                Ok(Some(data)) => self.data.push(data),
                Ok(None) => whole = false,
                Err(damage) => {
                    losses.field(damage);
                    lost += 1;
                }
            }
        }
        let mut stamp = stamp(entry);
        if lost > 0 || !whole {
            let note = (lost > 0).then(|| format!("{LOST}={lost}").into_bytes());
            stamp.xor_hash = self.hash_of_rest(entry) ^ xor_hash(note.as_deref());
            if let Some(note) = note {
                self.data.extend(self.writer.data(&note)?);
            }
        }
        self.writer.entry(&stamp, &self.data)
    }

    /// Ends the file; see [`Writer::finish`].
    ///
    /// # Errors
    /// When it cannot be written; then there is none.
    pub fn finish(mut self) -> Result<Report, Error> {
        if let Some(machine) = self.machine {
            self.writer.of_machine(machine);
        }
        self.writer.finish()
    }

    /// What the DATA at `at` becomes, if it can be read: nothing if it is not wanted.
    fn field(&mut self, entry: &Entry<'_>, at: Offset) -> Result<Result<Option<DataId>, Corrupt>, Error> {
        let stored = match entry.file().stored(at) {
            Ok(stored) => stored,
            Err(damage) => return Ok(Err(damage)),
        };
        let payload = match entry.file().plain(&stored, &mut self.inflater) {
            Ok(payload) => payload,
            Err(damage) => return Ok(Err(damage)),
        };
        let name = match split(payload, at) {
            Ok((name, _)) => name,
            Err(damage) => return Ok(Err(damage)),
        };
        let data = if shows(&self.fields, name) { self.writer.data(payload)? } else { None };
        self.cache.keep(&stored, &[], data);
        Ok(Ok(data))
    }

    /// The hash of the fields that are copied.
    fn hash_of_rest(&mut self, entry: &Entry<'_>) -> u64 {
        entry.items().fold(0, |hash, at| {
            let stored = entry.file().stored(at);
            let payload = stored.and_then(|stored| entry.file().plain(&stored, &mut self.inflater));
            let payload = payload.and_then(|payload| split(payload, at).map(|(name, _)| (name, payload)));
            let copied = payload.ok().filter(|(name, _)| shows(&self.fields, name));
            hash ^ xor_hash(copied.map(|(_, payload)| payload))
        })
    }
}

/// Whether a field of this name is among the named ones.
fn shows(fields: &[String], name: &[u8]) -> bool {
    fields.is_empty() || name == BOOT_ID || fields.iter().any(|field| field.as_bytes() == name)
}

/// When and where an entry was logged; a boot that only its field names is taken from there.
fn stamp(entry: &Entry<'_>) -> Stamp {
    let head = entry.head();
    let named = || std::str::from_utf8(&entry.get("_BOOT_ID")?).ok()?.parse::<Id128>().ok();
    let boot_id = if head.boot_id.is_null() { named().unwrap_or_default() } else { head.boot_id };
    Stamp {
        seqnum_id: entry.file().header().seqnum_id,
        seqnum: head.seqnum,
        realtime: head.realtime,
        monotonic: head.monotonic,
        boot_id,
        xor_hash: head.xor_hash,
    }
}
