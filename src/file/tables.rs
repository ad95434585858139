//! Look-ups through the two hash tables.

use super::JournalFile;
use super::chain::{Chain, Way};
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::format::{Codec, Data, Field, Inflater, RawObject, Stored, Table, limits, object, table};

/// Where so many objects are expected, none at all is no chance: one in 10^13.
const EXPECTED: u64 = 30;

/// So many values of an entry are asked for: one could have as many as the file has room for.
const ITEMS_ASKED: usize = 128;

impl JournalFile {
    /// The DATA object at `at`.
    ///
    /// # Errors
    /// When no DATA object lies there.
    pub fn data(&self, at: Offset) -> Result<Data<'_>, Corrupt> {
        Data::decode(RawObject::read(self.image(), at, "data")?, self.layout())
    }

    /// The FIELD object at `at`.
    ///
    /// # Errors
    /// When no FIELD object lies there, or its name is not as long as it was written, by what lies behind it.
    pub fn field(&self, at: Offset) -> Result<Field<'_>, Corrupt> {
        let field = Field::decode(RawObject::read(self.image(), at, "field")?)?;
        self.check_name(&field)?;
        Ok(field)
    }

    /// The payload of a DATA object at `at` as stored: the hot path, which reads no links.
    ///
    /// # Errors
    /// When no DATA object lies there.
    #[inline]
    pub fn stored(&self, at: Offset) -> Result<Stored<'_>, Corrupt> {
        Stored::read(self.image(), at, self.layout()).map_err(|damage| self.explained(at, damage))
    }

    /// What [`JournalFile::stored`] gives, or `None` where something is wrong, which that one names.
    #[must_use]
    #[inline]
    pub fn glance_at(&self, at: Offset) -> Option<Stored<'_>> {
        Stored::glance(self.image(), at, self.layout())
    }

    /// A stored payload made plain: borrowed from the file unless it is compressed, then from `inflater`.
    ///
    /// # Errors
    /// When it does not decompress, exceeds [`Options::payload_limit`](super::Options::payload_limit), or is not as long as
    /// it was written, by what lies behind it.
    #[inline(always)]
    pub fn plain<'a>(&self, stored: &Stored<'a>, inflater: &'a mut Inflater) -> Result<&'a [u8], Corrupt> {
        let plain = self.unpacked(stored, inflater)?;
        self.check_length(stored, plain)?;
        Ok(plain)
    }

    /// A payload as it was written, if its length is right.
    #[inline(always)]
    pub(super) fn unpacked<'a>(&self, stored: &Stored<'a>, inflater: &'a mut Inflater) -> Result<&'a [u8], Corrupt> {
        match stored.codec()? {
            None => Ok(stored.bytes),
            Some(codec) => self.inflated(stored.at, codec, stored.bytes, inflater),
        }
    }

    #[inline(never)]
    fn inflated<'a>(
        &self,
        at: Offset,
        codec: Codec,
        bytes: &[u8],
        inflater: &'a mut Inflater,
    ) -> Result<&'a [u8], Corrupt> {
        let limit = self.options().payload_limit;
        inflater.inflate(codec, bytes, limit).map_err(|fault| Corrupt::new(at, "data payload", fault))
    }

    /// Whether a stored payload is `payload`; of another one no more than that length is inflated.
    ///
    /// # Errors
    /// As [`JournalFile::plain`].
    pub fn is_payload(&self, stored: &Stored<'_>, payload: &[u8], inflater: &mut Inflater) -> Result<bool, Corrupt> {
        let Some(codec) = stored.codec()? else { return Ok(stored.bytes == payload) };
        let (wanted, limit) = (payload.len() as u64, self.options().payload_limit);
        match inflater.inflate(codec, stored.bytes, limit.min(wanted)) {
            Ok(plain) => Ok(plain == payload),
            Err(Fault::TooLarge { .. }) if wanted <= limit => Ok(false),
            Err(fault) => Err(Corrupt::new(stored.at, "data payload", fault)),
        }
    }

    /// The DATA object with exactly this `NAME=value`, by hash.
    ///
    /// # Errors
    /// When the table or the chain is damaged before the object is found.
    pub fn find_data(&self, payload: &[u8], inflater: &mut Inflater) -> Result<Option<Data<'_>>, Corrupt> {
        let hash = self.hash().of(payload);
        let Some(table) = self.data_table()? else { return Ok(None) };
        let read = |at| self.data(at).map(|data| (data, data.next_hash, data.size(self.layout())));
        let index = table.index_of(hash);
        let (head, tail) = table.bucket(index);
        // A writer names the last one when it has linked it: the chain may go on behind it.
        let mut is_tail_met = !tail.is_some();
        for data in Chain::new(head, Way::Up, "data hash chain", read) {
            let data = data?;
            is_tail_met |= data.at == tail;
            if data.hash != hash {
                continue;
            }
            if self.is_payload(&data.stored, payload, inflater)? {
                return Ok(Some(data));
            }
            self.check_payload(&data, inflater)?;
        }
        if !is_tail_met {
            let at = self.header().data_hash_table_offset.0.saturating_add(index.saturating_mul(table::BUCKET));
            let fault = Fault::Contradicts { what: "its chain, which does not lead to the last that it names" };
            return Err(Corrupt::new(Offset(at), "bucket of the data hash table", fault));
        }
        match self.lost_page(&table, hash) {
            Some(damage) => Err(damage),
            None => Ok(None),
        }
    }

    /// Whether the DATA at `at` states the hash of this payload. Costs the hash.
    #[must_use]
    pub fn has_hash(&self, at: Offset, payload: &[u8]) -> bool {
        self.data(at).is_ok_and(|data| data.hash == self.hash().of(payload))
    }

    /// Whether another payload than the one asked for has its hash, which is damage far more often than chance.
    #[cold]
    fn check_payload(&self, data: &Data<'_>, inflater: &mut Inflater) -> Result<(), Corrupt> {
        let computed = self.hash().of(self.plain(&data.stored, inflater)?);
        let fault = Fault::Hash { stored: data.hash, computed };
        if computed == data.hash { Ok(()) } else { Err(Corrupt::new(data.at, "data payload", fault)) }
    }

    /// Whether the page of the table in which a hash lies has so few objects, none, that it must have been lost.
    fn lost_page(&self, table: &Table<'_>, hash: u64) -> Option<Corrupt> {
        let header = self.header();
        let empty = table.empty_around(hash, header.data_hash_table_offset)?;
        let expected = header.n_data?.saturating_mul(empty).checked_div(table.len())?;
        let fault = Fault::Value { found: 0, must: "more than no object in a page of the table" };
        (expected >= EXPECTED).then(|| Corrupt::new(header.data_hash_table_offset, "data hash table", fault))
    }

    /// Asks the hash table for what certainly is in the file: the values of a few entries from all over it.
    ///
    /// A table that was lost or never written answers every question with "no such value", which nothing else would
    /// show.
    ///
    /// # Errors
    /// When a value of an entry is not found.
    pub fn check_index(&self) -> Result<(), Corrupt> {
        let len = self.slot_count();
        let quarter = len.checked_div(4).unwrap_or_default();
        // The last entry may be missing from the index of a sound file.
        for slot in [0, quarter, len / 2, quarter.saturating_mul(3), len.saturating_sub(2)] {
            let Ok(entry) = self.entry(self.entry_at(slot)) else { continue };
            for at in entry.items().take(ITEMS_ASKED) {
                if self.data(at).is_ok_and(|data| !self.is_linked(&data)) {
                    let fault = Fault::Value { found: at.0, must: "in the chain of its bucket" };
                    return Err(Corrupt::new(at, "data hash table", fault));
                }
            }
        }
        Ok(())
    }

    /// The FIELD object of a name, by hash.
    ///
    /// # Errors
    /// When the table or the chain is damaged before the object is found, or it is not and the table leads to fewer fields
    /// than the header counts.
    pub fn find_field(&self, name: &[u8]) -> Result<Option<Field<'_>>, Corrupt> {
        let Some(table) = self.field_table()? else { return Ok(None) };
        let hash = self.hash().of(name);
        for field in self.field_chain(table.head_of(hash)) {
            let field = field?;
            if field.hash == hash && field.name == name {
                return Ok(Some(field));
            }
        }
        let reached = table.heads().flat_map(|head| self.field_chain(head)).take(self.too_many_fields());
        self.all_fields(reached.filter(Result::is_ok).count()).map(|()| None)
    }

    /// More FIELDs than fit the file: buckets of a sound table share none.
    pub(super) fn too_many_fields(&self) -> usize {
        usize::try_from((self.image().len() / limits::FIELD_LEAST).saturating_add(1)).unwrap_or(usize::MAX)
    }

    /// Whether the table of FIELDs led to all that the header counts, and to no more than fit the file.
    ///
    /// # Errors
    /// When it did not: a bucket or a link was lost, or one leads to another's chain.
    pub(super) fn all_fields(&self, reached: usize) -> Result<(), Corrupt> {
        let header = self.header();
        let (found, wanted) = (reached as u64, header.n_fields.unwrap_or_default());
        let fault =
            || Corrupt::new(header.field_hash_table_offset, "field hash table", Fault::Differs { found, wanted });
        if found < wanted || reached >= self.too_many_fields() { Err(fault()) } else { Ok(()) }
    }

    pub(super) fn field_table(&self) -> Result<Option<Table<'_>>, Corrupt> {
        let header = self.header();
        self.table(
            (header.field_hash_table_offset, header.field_hash_table_size),
            table::FIELD_TYPE,
            "field hash table",
        )
    }

    pub(super) fn data_table(&self) -> Result<Option<Table<'_>>, Corrupt> {
        let header = self.header();
        self.table((header.data_hash_table_offset, header.data_hash_table_size), table::DATA_TYPE, "data hash table")
    }

    /// The table whose buckets the header places, if the object there is that table and has as many; none in a file
    /// without entries.
    ///
    /// # Errors
    /// When header and object contradict each other: a look-up in other bytes would find nothing, and say nothing.
    fn table(&self, stated: (Offset, u64), kind: u8, what: &'static str) -> Result<Option<Table<'_>>, Corrupt> {
        let (first, size) = stated;
        if size == 0 && self.arrays().is_empty() {
            return Ok(None);
        }
        let table = Table::at(self.image(), first, size, what)?;
        let raw = RawObject::read(self.image(), Offset(first.0.saturating_sub(object::HEADER)), what)?;
        let raw = raw.expect(kind, what, object::HEADER)?;
        let found = (raw.bytes.len() as u64).saturating_sub(object::HEADER);
        if found == size {
            Ok(Some(table))
        } else {
            Err(Corrupt::new(raw.at, what, Fault::Differs { found, wanted: size }))
        }
    }

    pub(super) fn field_chain(&self, head: Offset) -> impl Iterator<Item = Result<Field<'_>, Corrupt>> + '_ {
        let read = |at| self.field(at).map(|field| (field, field.next_hash, field.size()));
        Chain::new(head, Way::Up, "field hash chain", read)
    }

    /// All DATA of a field, newest first.
    pub fn data_of(&self, field: &Field<'_>) -> impl Iterator<Item = Result<Data<'_>, Corrupt>> + '_ {
        let read = |at| self.data(at).map(|data| (data, data.next_field, data.size(self.layout())));
        Chain::new(field.head_data, Way::Down, "list of a field's data", read)
    }
}
