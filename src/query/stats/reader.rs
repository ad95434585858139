//! The hot path: the fields of an entry, each DATA object looked at as little as possible.

use std::collections::BTreeMap;

use super::users::Users;
use super::values::Values;
use super::weigh::{PARTS, Plain, name, own, share};
use crate::corrupt::{Corrupt, Losses};
use crate::file::{Entry, JournalFile};
use crate::format::Stored;
use crate::journal::{Journal, Place};

/// Weighs entries and finds the values of some fields in them.
#[derive(Debug)]
pub(super) struct Reader {
    plain: Plain,
    users: Users,
    fields: Vec<Values>,
    losses: BTreeMap<u32, Losses>,
}

impl Reader {
    pub(super) fn new<'n>(journal: &Journal, fields: impl IntoIterator<Item = &'n [u8]>) -> Self {
        let fields = fields.into_iter().map(Values::new).collect();
        Self { plain: Plain::new(journal), users: Users::default(), fields, losses: BTreeMap::new() }
    }

    /// The bytes of an entry's fields, and what it takes on disk; `found` gets the index of a field and the number of
    /// its value for each that the entry has, in the order on disk.
    #[inline]
    pub(super) fn read(&mut self, place: Place, entry: &Entry<'_>, mut found: impl FnMut(usize, u32)) -> (u64, u64) {
        let (file, layout) = (entry.file(), entry.file().layout());
        let (mut bytes, mut parts) = (0_u64, 0_u64);
        for at in entry.items() {
            let size = match file.stored(at) {
                Ok(stored) if stored.flags & 7 == 0 => {
                    let stored = self.users.checked(file, place.file, stored, &mut self.losses);
                    parts = parts.saturating_add(share(&stored, layout));
                    file.whole(&stored).map(|payload| {
                        for (index, values) in self.fields.iter_mut().enumerate() {
                            if values.has(payload)
                                && let Some(number) = values.number(payload, name(place.file, at), stored.n_entries)
                            {
                                found(index, number);
                            }
                        }
                        payload.len() as u64
                    })
                }
                Ok(stored) => {
                    let stored = self.users.checked(file, place.file, stored, &mut self.losses);
                    self.compressed(file, place.file, &stored, &mut found).inspect(|_| {
                        parts = parts.saturating_add(share(&stored, layout));
                    })
                }
                Err(damage) => Err(damage),
            };
            match size {
                Ok(size) => bytes = bytes.saturating_add(size),
                Err(damage) => self.losses.entry(place.file).or_default().field(damage),
            }
        }
        let own = own(entry.items().len(), layout).saturating_mul(PARTS);
        (bytes, parts.saturating_add(own).saturating_add(PARTS / 2) / PARTS)
    }

    /// The size of a compressed payload, and its value if it is of one of the fields.
    fn compressed(
        &mut self,
        file: &JournalFile,
        index: u32,
        stored: &Stored<'_>,
        found: &mut impl FnMut(usize, u32),
    ) -> Result<u64, Corrupt> {
        let name = name(index, stored.at);
        if let Some(size) = self.plain.known(name) {
            // Its value was noted when it was inflated.
            for (index, values) in self.fields.iter().enumerate() {
                if let Some(number) = values.known(name) {
                    found(index, number);
                }
            }
            return Ok(size);
        }
        let payload = self.plain.inflate(file, stored, name)?;
        for (index, values) in self.fields.iter_mut().enumerate() {
            if values.has(payload)
                && let Some(number) = values.number(payload, name, stored.n_entries)
            {
                found(index, number);
            }
        }
        Ok(payload.len() as u64)
    }

    /// The values of each field with their numbers, and what could not be read, by file.
    pub(super) fn finish(self) -> (Vec<Values>, BTreeMap<u32, Losses>) {
        (self.fields, self.losses)
    }
}
