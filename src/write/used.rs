//! How entries name the fields that they use.

use super::Writer;
use super::links::Links;
use crate::corrupt::Offset;

/// A field of one writer: its number, or with the highest bit set that of its list.
#[derive(Clone, Copy, Debug)]
pub struct DataId(u32);

/// The bit that says which of the two it is; no file has so many fields.
const LISTED: u32 = 1 << 31;

impl DataId {
    /// No field: where one is still to be put.
    pub(crate) const NONE: Self = Self(u32::MAX);

    /// The field with this number.
    pub(super) const fn of_field(number: u32) -> Self {
        Self(number)
    }
}

impl Writer {
    /// The same field, to be used from now on if further entries have it: that takes less time.
    #[must_use]
    pub fn shared(&mut self, data: DataId) -> DataId {
        let field = self.field_of(data);
        let place = self.places.get(field as usize).copied().unwrap_or_default();
        DataId(self.links.list(field, place) | LISTED)
    }

    /// Where the object of a field lies.
    #[must_use]
    pub fn place(&self, data: DataId) -> Offset {
        Offset(self.places.get(self.field_of(data) as usize).map_or(0, |place| u64::from(*place) * 8))
    }

    /// The number of a field.
    fn field_of(&self, DataId(number): DataId) -> u32 {
        if number & LISTED == 0 { number } else { self.links.field(number ^ LISTED) }
    }
}

/// Notes what an entry uses.
pub(super) struct Used<'w> {
    pub(super) links: &'w mut Links,
    /// The places of all fields in steps of 8.
    pub(super) places: &'w [u32],
    /// The number of the entry.
    pub(super) entry: u32,
}

impl Used<'_> {
    /// The number of a field that the entry has, and where it lies in steps of 8.
    #[inline(always)]
    pub(super) fn by(&mut self, DataId(number): DataId) -> (u32, u32) {
        if number & LISTED > 0 {
            return self.links.link_listed(number ^ LISTED, self.entry);
        }
        let place = self.places.get(number as usize).copied().unwrap_or_default();
        self.links.link(number, place, self.entry);
        (number, place)
    }
}
