//! A header for a file that lost its own, worked out from the objects.

use std::path::Path;

use super::reach::given;
use super::salvage::Salvage;
use super::sample::Samples;
use super::starts::Starts;
use crate::bytes::{Image, Source};
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::error::Error;
use crate::file::{JournalFile, Options};
use crate::format::header::{SIGNATURE, State, incompatible};
use crate::format::{EntryArray, Header, Id128, Layout, RawObject, Table, limits};

/// A file that was opened with what its objects say, where its header did not.
#[derive(Debug)]
pub struct Restored {
    /// The file; what was made up stands in its losses too.
    pub file: JournalFile,
    /// What lies in it, since that had to be found to know that it is a journal.
    pub salvage: Salvage,
    /// The parts of the header that are not the file's own words, with their places in it.
    pub made_up: Vec<Corrupt>,
}

/// Opens a file whose header is zeros, cut, overwritten or wrong, by its objects.
///
/// The layout follows from where payloads begin; the hash function from what fits them; the key, which is the file's id,
/// from the header's rest (repaired, where a byte or two are wrong), from ids in the file's name, and from `ids`, as far
/// as a payload's hash confirms it. Without a confirmed key entries are still proven by their own hash, and only
/// look-ups by value are not possible. Ids and times that cannot be known stay empty.
///
/// This reads the whole file.
///
/// # Errors
/// `None` when there is nothing in it that proves to be an entry; or what the system says.
pub fn restore(path: &Path, options: Options, ids: &[Id128]) -> Result<Option<Restored>, Error> {
    let source = Source::map(path).map_err(|source| Error::Io { path: path.to_owned(), source })?;
    Ok(restore_source(path, source, options, ids))
}

/// As [`restore`], of bytes in memory; `path` only names them.
#[must_use]
pub fn restore_bytes(path: &Path, bytes: Vec<u8>, options: Options, ids: &[Id128]) -> Option<Restored> {
    restore_source(path, Source::from_bytes(bytes), options, ids)
}

/// The bytes again, and the places of the entries that the file's own header has them give, if it can be read.
fn by_own_header(path: &Path, source: Source, options: Options) -> (Source, Starts) {
    match JournalFile::read_header(path, source.image()) {
        Ok(header) => {
            let own = JournalFile::with_header(path, source, header, options);
            let given = given(&own);
            (own.into_source(), given)
        }
        Err(_) => {
            let nothing = Starts::of(source.image().len());
            (source, nothing)
        }
    }
}

fn restore_source(path: &Path, source: Source, options: Options, ids: &[Id128]) -> Option<Restored> {
    let (source, given) = by_own_header(path, source, options);
    let mut draft = Draft::of(source.image())?;
    draft.fill(source.image(), path, ids)?;
    let mut file = JournalFile::with_header(path, source, draft.header, options);
    draft.made_up.iter().for_each(|damage| file.note(damage.clone()));
    // Without the key no look-up finds anything, so that all is to be read, however well the objects agree.
    let is_key_lost = file.header().is_keyed() && file.header().file_id.is_null();
    let mut salvage = if is_key_lost { Salvage::thorough(&file) } else { Salvage::asked(&file) };
    salvage.hold_against(&file, given);
    let found = salvage.account.entries;
    let has_whole = found.by_index.saturating_add(found.salvaged) > found.incomplete;
    (has_whole || lead_to_data(&file, &salvage)).then_some(Restored { file, salvage, made_up: draft.made_up })
}

/// Whether entries of which none is whole, as where a value is lost that all of them have, lead to DATA more often than to
/// anything else but a hole, as none do whose bytes are not where they were in a journal.
fn lead_to_data(file: &JournalFile, salvage: &Salvage) -> bool {
    let (mut leading, mut astray) = (0_usize, 0_usize);
    for (at, _) in salvage.incomplete().take(SAMPLES) {
        let Ok(entry) = file.entry_as_stated(at) else { continue };
        for item in entry.stored_items().iter() {
            let is_hole = matches!(file.image().from(item).first(), Some(0));
            let count = if file.data(item).is_ok() { &mut leading } else { &mut astray };
            *count = count.saturating_add(usize::from(!is_hole));
        }
    }
    leading > astray
}

/// Whether the header's size, layout, hash and key fit the first objects of a file that opened; a few pages are read.
///
/// Where they do not, [`restore`] finds those that do.
#[must_use]
pub fn header_fits(file: &JournalFile) -> bool {
    let (header, image) = (file.header(), file.image());
    if header.size_fault().is_none() && header.header_size > HEADER_LIKELY && !has_table(image, header.header_size) {
        return false;
    }
    let samples = Samples::from(image, file.objects_from(), SAMPLES_QUICK);
    samples.is_empty() || samples.fit(file.layout(), file.hash()) > 0
}

/// Whether a hash table lies at a place: the first of them is what follows on a header.
fn has_table(image: Image<'_>, at: u64) -> bool {
    let raw = RawObject::read(image, Offset(at), "hash table");
    raw.is_ok_and(|raw| matches!(raw.kind, 4 | 5) && Table::decode(raw).is_ok())
}

/// Whether a hash table of a kind begins at a place, and is as long as a header says.
fn is_table(image: Image<'_>, (first, size): (Offset, u64), kind: u8) -> bool {
    let raw = first.0.checked_sub(16).and_then(|at| RawObject::read(image, Offset(at), "hash table").ok());
    raw.is_some_and(|raw| {
        let all = raw.bytes.len() as u64;
        raw.kind == kind && Table::decode(raw).is_ok() && all.saturating_sub(16) == size
    })
}

/// Whether a header, whatever else it says, knows where this file's hash tables are: so does no other's that has other ones.
fn leads_to_tables(image: Image<'_>, header: &Header) -> bool {
    is_table(image, (header.field_hash_table_offset, header.field_hash_table_size), 5)
        && is_table(image, (header.data_hash_table_offset, header.data_hash_table_size), 4)
}

/// Whether both hash tables lie at a place, one behind the other: half a header over another leaves what looks like one.
fn has_tables(image: Image<'_>, at: u64) -> bool {
    let raw = RawObject::read(image, Offset(at), "hash table");
    has_table(image, at) && raw.is_ok_and(|raw| has_table(image, super::walk::end_of(raw).0))
}

/// How many payloads are looked at to know the layout and the hash: more than a page or two of another file have.
const SAMPLES: usize = 256;
const SAMPLES_QUICK: usize = 4;

/// A header in the making.
struct Draft {
    header: Header,
    made_up: Vec<Corrupt>,
}

impl Draft {
    /// What the file's own header says if its signature is taken for granted.
    fn of(image: Image<'_>) -> Option<Self> {
        let mut bytes = image.bytes().iter().copied().take(HEADER_MOST).collect::<Vec<_>>();
        bytes.resize(HEADER_MOST, 0);
        let mut made_up = Vec::new();
        let is_signed = bytes.starts_with(SIGNATURE);
        bytes.splice(..SIGNATURE.len(), *SIGNATURE);
        let mut header = Header::read(Image::new(&bytes)).ok()?;
        if !is_signed {
            made_up.push(made(0, "signature"));
            let is_likely =
                HEADER_SIZES.contains(&header.header_size) && header.incompatible_flags & !incompatible::KNOWN == 0;
            if !is_likely && leads_to_tables(image, &header) {
                // The rest of it is the file's own; whether that was closed is lost with the beginning.
                header.state = State::Online;
                header.compatible_flags = 0;
                [header.file_id, header.machine_id, header.tail_entry_boot_id, header.seqnum_id] =
                    [Id128::default(); 4];
                made_up.push(made(16, "state"));
            } else if !is_likely {
                // Other bytes altogether: what they say by chance is worse than nothing.
                let mut blank = SIGNATURE.to_vec();
                blank.resize(HEADER_MOST, 0);
                header = Header::read(Image::new(&blank)).ok()?;
            }
        }
        Some(Self { header, made_up })
    }

    /// Holds every part that reading needs against the objects, and replaces it where it does not fit.
    fn fill(&mut self, image: Image<'_>, path: &Path, ids: &[Id128]) -> Option<()> {
        let samples = Samples::from(image, Offset(limits::HEADER_LEAST), SAMPLES);
        if samples.is_empty() {
            return None;
        }
        self.flags(&samples, path, ids);
        self.size(image);
        self.tables(image);
        self.array(image, &samples);
        self.ids(image, path);
        // What lay behind the last entry found, where the file was cut as well, is then in no count.
        if self.header.n_entries == 0 && samples.first_entry.is_some() {
            self.made_up.push(made(152, "number of entries"));
        }
        if self.header.header_size.saturating_add(self.header.arena_size) > image.len() {
            self.header.arena_size = image.len().saturating_sub(self.header.header_size);
        }
        Some(())
    }

    fn flags(&mut self, samples: &Samples<'_>, path: &Path, ids: &[Id128]) {
        let stated = (self.header.layout(), self.header.is_keyed(), self.header.file_id);
        let layout = samples.layout(self.header.layout());
        let named = ids_in(path);
        let own = [self.header.file_id, self.header.seqnum_id];
        let candidates = own.into_iter().chain(named).chain(ids.iter().copied()).filter(|id| !id.is_null());
        let candidates: Vec<Id128> = candidates.collect();
        let is_keyed = !samples.is_unkeyed(layout, candidates.iter().copied());
        let key = if is_keyed { samples.key(layout, self.header.file_id, candidates.into_iter()) } else { None };
        let bit = |on: bool, bit: u32| if on { bit } else { 0 };
        self.header.incompatible_flags = samples.codecs()
            | (self.header.incompatible_flags & (incompatible::XZ | incompatible::LZ4 | incompatible::ZSTD))
            | bit(layout == Layout::Compact, incompatible::COMPACT)
            | bit(is_keyed, incompatible::KEYED_HASH);
        if is_keyed {
            self.header.file_id = key.unwrap_or_default();
        }
        if stated.0 != layout || stated.1 != is_keyed {
            self.made_up.push(made(12, "flags"));
        }
        if stated.2 != self.header.file_id || (is_keyed && key.is_none()) {
            self.made_up.push(made(24, "file id"));
        }
    }

    /// The header ends where the first hash table begins; where that is lost, it is as long as it says, or as the
    /// shortest, which only costs a look at a few bytes more.
    fn size(&mut self, image: Image<'_>) {
        let stated = self.header.header_size;
        let is_usable = self.header.size_fault().is_none() && stated < image.len();
        let sizes = || is_usable.then_some(stated).into_iter().chain(HEADER_SIZES);
        let found =
            sizes().find(|size| has_tables(image, *size)).or_else(|| sizes().find(|size| has_table(image, *size)));
        let kept = (is_usable && stated <= HEADER_LIKELY).then_some(stated);
        self.header.header_size = found.or(kept).unwrap_or(limits::HEADER_LEAST);
        if self.header.header_size == stated {
            return;
        }
        self.made_up.push(made(88, "header size"));
    }

    /// The hash tables lie one behind the other, behind the header.
    fn tables(&mut self, image: Image<'_>) {
        let table = |at: u64, kind: u8| {
            let raw = RawObject::read(image, Offset(at), "hash table").ok()?;
            (raw.kind == kind && Table::decode(raw).is_ok()).then_some(raw.bytes.len() as u64)
        };
        let header = &mut self.header;
        let is_true = |first: Offset, size: u64, kind| is_table(image, (first, size), kind);
        let field = table(header.header_size, 5);
        let behind = header.header_size.saturating_add(field.unwrap_or_default());
        let behind = behind.checked_next_multiple_of(8).unwrap_or(behind);
        if !is_true(header.field_hash_table_offset, header.field_hash_table_size, 5) {
            header.field_hash_table_offset = Offset(field.map_or(0, |_| header.header_size.saturating_add(16)));
            header.field_hash_table_size = field.map_or(0, |all| all.saturating_sub(16));
            self.made_up.push(made(120, "field hash table"));
        }
        if !is_true(header.data_hash_table_offset, header.data_hash_table_size, 4) {
            let data = table(behind, 4);
            header.data_hash_table_offset = Offset(data.map_or(0, |_| behind.saturating_add(16)));
            header.data_hash_table_size = data.map_or(0, |all| all.saturating_sub(16));
            self.made_up.push(made(104, "data hash table"));
        }
    }

    /// The main array's first part is the first array of all: it is needed as soon as there is an entry.
    fn array(&mut self, image: Image<'_>, samples: &Samples<'_>) {
        let (layout, stated) = (self.header.layout(), self.header.entry_array_offset);
        let begins = |at: Offset| {
            let raw = RawObject::read(image, at, "entry array").ok()?;
            let array = EntryArray::decode(raw, layout).ok()?;
            (image.from(array.slots.at(0)).first() == Some(&3)).then_some(())
        };
        if begins(stated).is_some() {
            return;
        }
        let first = samples.first_entry.and_then(|entry| {
            let raw = RawObject::read(image, entry, "entry").ok()?;
            let behind = super::walk::end_of(raw);
            begins(behind).map(|()| behind)
        });
        self.header.entry_array_offset = first.unwrap_or_default();
        self.made_up.push(made(176, "main array"));
    }

    /// Ids that fields or the file's name tell.
    fn ids(&mut self, image: Image<'_>, path: &Path) {
        if self.header.seqnum_id.is_null() {
            self.header.seqnum_id = ids_in(path).next().unwrap_or_default();
            self.made_up.push(made(72, "seqnum id"));
        }
        if self.header.machine_id.is_null() {
            let payload = b"_MACHINE_ID=";
            let at = memchr::memmem::find(image.bytes(), payload).and_then(|at| at.checked_add(payload.len()));
            let text = at.and_then(|at| image.bytes().get(at..)?.get(..32));
            let id = text.and_then(|text| std::str::from_utf8(text).ok()?.parse().ok());
            self.header.machine_id = id.unwrap_or_default();
            self.made_up.push(made(40, "machine id"));
        }
    }
}

/// The longest header that any systemd writes.
const HEADER_MOST: usize = 272;

/// Headers of versions to come are longer, but not that much; before the first hash table nothing is lost if they are not.
const HEADER_LIKELY: u64 = 4096;

/// The lengths of headers by all versions of systemd, newest first.
const HEADER_SIZES: [u64; 6] = [272, 264, 256, 240, 224, 208];

fn made(at: u64, what: &'static str) -> Corrupt {
    Corrupt::new(Offset(at), what, Fault::MadeUp)
}

/// The ids in a file's name and folder: the seqnum id of an archived file, the machine's of its folder.
///
/// The first file of a series has its own id for that of its seqnums.
fn ids_in(path: &Path) -> impl Iterator<Item = Id128> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
    let parts: Vec<_> = name.split(['@', '-', '.']).filter_map(|part| part.parse().ok()).collect();
    parts.into_iter()
}
