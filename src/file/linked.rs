//! Whether the hash table of DATA has an object where it lies, in tables that may be damaged.

use super::JournalFile;
use super::chain::{Chain, Way};
use crate::corrupt::Offset;
use crate::format::{Data, ObjectType, RawObject, Table, object, table};

/// Where a hash table has an object.
pub(crate) enum Link {
    /// Where it lies.
    Here,
    /// In no place: its chain ends without it.
    Nowhere,
    /// Maybe at this place, to which its chain leads, and where something else lies.
    Elsewhere(Offset),
}

impl JournalFile {
    /// Whether a DATA object lies in the chain of its bucket, so that a look-up can find it.
    #[must_use]
    pub fn is_linked(&self, data: &Data<'_>) -> bool {
        let mut links = u64::MAX;
        self.data_table().is_ok_and(|table| table.is_some()) && self.is_linked_within(data, &mut links) == Some(true)
    }

    /// As [`JournalFile::is_linked`], following no more than `links` links, from which those followed are taken off.
    ///
    /// `None` where the table cannot tell: it is lost, or its bucket is, or its chain leads to another bucket's object or does
    /// not end where the bucket says, or the links ran out. Of a table whose beginning is lost, the header tells where the rest lies.
    #[must_use]
    pub fn is_linked_within(&self, data: &Data<'_>, links: &mut u64) -> Option<bool> {
        match self.link_of(data, links)? {
            Link::Here => Some(true),
            Link::Nowhere => Some(false),
            Link::Elsewhere(_) => None,
        }
    }

    /// Where the table has a DATA object, as far as that can be told by following no more than `links` links.
    pub(crate) fn link_of(&self, data: &Data<'_>, links: &mut u64) -> Option<Link> {
        let table = self.likely_table()?;
        let index = table.index_of(data.hash);
        let (head, tail) = table.bucket(index);
        let read = |at| self.data(at).map(|data| (data, data.next_hash, data.size(self.layout())));
        let mut last = None;
        for other in Chain::new(head, Way::Up, "data hash chain", read) {
            *links = links.checked_sub(1)?;
            match other {
                Ok(other) if other.at == data.at => return Some(Link::Here),
                Ok(other) if table.index_of(other.hash) == index => last = Some(other.at),
                Ok(other) => return Some(Link::Elsewhere(other.at)),
                Err(damage) => return Some(Link::Elsewhere(damage.at)),
            }
        }
        (last == Some(tail)).then_some(Link::Nowhere)
    }

    /// The table of DATA, even where header and object contradict each other.
    fn likely_table(&self) -> Option<Table<'_>> {
        self.data_table().unwrap_or_else(|_| self.doubted_table())
    }

    /// The table of DATA where header and object contradict each other: of the size that either says, and with which an
    /// object begins behind it; by the header where nothing but zeros is left of the object's head; by the object where the
    /// file has no room for what the header says.
    fn doubted_table(&self) -> Option<Table<'_>> {
        let (first, stated) = (self.header().data_hash_table_offset, self.header().data_hash_table_size);
        let at = Offset(first.0.checked_sub(object::HEADER)?);
        let head = self.image().take(at, object::HEADER, "data hash table").ok()?;
        let is_followed = |size: &u64| {
            let next = first.checked_add(*size).map(|end| RawObject::read(self.image(), end, "object"));
            let kind = next.and_then(Result::ok).map_or(ObjectType::Unused, |next| ObjectType::from(next.kind));
            !matches!(kind, ObjectType::Unused | ObjectType::Other(_))
        };
        let raw = RawObject::read(self.image(), at, "data hash table").ok().filter(|raw| raw.kind == table::DATA_TYPE);
        let found = raw.and_then(|raw| (raw.bytes.len() as u64).checked_sub(object::HEADER));
        let has_room = first.checked_add(stated).is_some_and(|end| end.0 <= self.image().len());
        let size = match found.filter(is_followed) {
            Some(size) => (size == stated || !is_followed(&stated)).then_some(size)?,
            None if !has_room => found?,
            None => (is_followed(&stated) || head.iter().all(|byte| *byte == 0)).then_some(stated)?,
        };
        Table::at(self.image(), first, size, "data hash table").ok()
    }
}
