//! The two hash tables: buckets with the first and last object of their chains.

use super::leaf::u64_at;
use super::object::RawObject;
use crate::bytes::{Image, Reads};
use crate::corrupt::{Corrupt, Fault, Offset};

/// The type byte of the table of DATA.
pub const DATA_TYPE: u8 = 4;

/// The type byte of the table of FIELDs.
pub const FIELD_TYPE: u8 = 5;

/// The bytes of one bucket.
pub const BUCKET: u64 = 16;

/// What a disk loses at once.
const PAGE: u64 = 4096;

/// A hash table's buckets, as a window.
#[derive(Clone, Copy, Debug)]
pub struct Table<'data> {
    raw: &'data [u8],
}

/// The first object of the chain in which a hash lies, as [`Table::head_of`], by one short read.
///
/// # Errors
/// As [`Table::at`].
pub fn head_of<R: Reads>(from: &R, first: Offset, size: u64, hash: u64, what: &'static str) -> Result<Offset, Corrupt> {
    sized(first, size, what)?;
    let remain = from.size().saturating_sub(first.0);
    if size > remain {
        return Err(Corrupt::new(first, what, Fault::Short { needs: size, remain }));
    }
    let index = size.checked_div(BUCKET).and_then(|len| hash.checked_rem(len)).unwrap_or_default();
    let mut head = [0; 8];
    from.read(Offset(first.0.saturating_add(index.saturating_mul(BUCKET))), &mut head);
    Ok(Offset(u64::from_le_bytes(head)))
}

/// A table has whole buckets, and at least one.
fn sized(first: Offset, size: u64, what: &'static str) -> Result<(), Corrupt> {
    if size < BUCKET || !size.is_multiple_of(BUCKET) {
        return Err(Corrupt::new(first, what, Fault::Value { found: size, must: "a positive multiple of 16" }));
    }
    Ok(())
}

impl<'data> Table<'data> {
    /// The table whose first bucket and size in bytes the header states.
    ///
    /// # Errors
    /// When it does not fit the file or holds no whole bucket.
    pub fn at(image: Image<'data>, first: Offset, size: u64, what: &'static str) -> Result<Self, Corrupt> {
        sized(first, size, what)?;
        image.take(first, size, what).map(|raw| Self { raw })
    }

    /// Decodes a hash-table object.
    ///
    /// # Errors
    /// When it holds no whole bucket.
    pub fn decode(raw: RawObject<'data>) -> Result<Self, Corrupt> {
        let buckets = raw.bytes.get(16..).unwrap_or_default();
        if buckets.is_empty() || !buckets.len().is_multiple_of(16) {
            let fault = Fault::Value { found: buckets.len() as u64, must: "a positive multiple of 16" };
            return Err(Corrupt::new(raw.at, "hash table", fault));
        }
        Ok(Self { raw: buckets })
    }

    /// How many buckets there are.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "a table has at least one bucket")]
    pub const fn len(&self) -> u64 {
        self.raw.len() as u64 / BUCKET
    }

    /// The bucket in which a hash lies.
    #[must_use]
    pub fn index_of(&self, hash: u64) -> u64 {
        hash.checked_rem(self.len()).unwrap_or_default()
    }

    /// The first object of the chain in which a hash lies; 0 where the bucket is empty.
    #[must_use]
    pub fn head_of(&self, hash: u64) -> Offset {
        self.bucket(self.index_of(hash)).0
    }

    /// The first and the last object of the chain of bucket `index`; 0 where it is empty or beyond the end.
    #[must_use]
    pub fn bucket(&self, index: u64) -> (Offset, Offset) {
        let at = usize::try_from(index).unwrap_or(usize::MAX).saturating_mul(16);
        (Offset(u64_at(self.raw, at)), Offset(u64_at(self.raw, at.saturating_add(8))))
    }

    /// How many buckets there are around that of a hash, within one page of the file, if all of them are empty.
    ///
    /// `first` is where the first bucket lies. A page that was lost reads as zeros; in a well-filled table no page does.
    #[must_use]
    pub fn empty_around(&self, hash: u64, first: Offset) -> Option<u64> {
        let index = self.index_of(hash);
        let at = first.0.checked_add(index.checked_mul(BUCKET)?)?;
        let page = at.checked_sub(at.checked_rem(PAGE)?)?;
        let from = usize::try_from(page.saturating_sub(first.0)).ok()?;
        let to = usize::try_from(page.checked_add(PAGE)?.checked_sub(first.0)?).ok()?.min(self.raw.len());
        let around = self.raw.get(from..to)?;
        around.iter().all(|byte| *byte == 0).then_some((around.len() as u64).checked_div(BUCKET)?)
    }

    /// The first object of every chain, empty buckets left out.
    pub fn heads(&self) -> impl Iterator<Item = Offset> + use<'data> {
        self.raw.chunks_exact(16).map(|bucket| Offset(u64_at(bucket, 0))).filter(|head| head.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_looked_for_in_the_bucket_of_its_remainder() {
        let mut bytes = vec![0; 224];
        for word in [0u64, 0, 0x300, 0x340, 0x400, 0x400] {
            bytes.extend(word.to_le_bytes());
        }
        let table = Table::at(Image::new(&bytes), Offset(224), 48, "table").unwrap();
        assert_eq!(table.len(), 3);
        assert_eq!(
            [table.head_of(3), table.head_of(4), table.head_of(u64::MAX)],
            [Offset(0), Offset(0x300), Offset(0)]
        );
        assert_eq!(table.heads().collect::<Vec<_>>(), [Offset(0x300), Offset(0x400)]);
        for size in [0, 8, 40, 64, u64::MAX] {
            assert!(Table::at(Image::new(&bytes), Offset(224), size, "table").is_err(), "{size}");
        }
    }
}
