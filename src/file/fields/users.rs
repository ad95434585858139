//! How many entries use a value, by its own count and its list.

use crate::bytes::Reads;
use crate::corrupt::{Corrupt, Fault};
use crate::file::{Arrays, JournalFile};
use crate::format::{Data, Stored, limits};

/// No slot of an array has fewer bytes.
const SLOT: u64 = 4;

impl JournalFile {
    /// What walks through lists may cost beyond what those of a sound file do, see [`JournalFile::users`]: no more slots
    /// fit the file.
    #[must_use]
    pub fn list_budget(&self) -> u64 {
        self.image().len() / SLOT
    }

    /// How many entries use a DATA, by its own count, which its list must agree with.
    ///
    /// # Errors
    /// When the list is damaged, or has another length, or is longer than all entries, or nothing is left for it.
    pub(super) fn counted<R: Reads>(&self, from: &R, data: &Data<'_>, left: &mut u64) -> Result<u64, Corrupt> {
        let claimed = data.n_entries;
        if claimed <= 1 && data.entry.is_some() == (claimed == 1) && !data.entry_array.is_some() {
            return Ok(claimed);
        }
        let rest = (data.entry_array, claimed.saturating_sub(1));
        let rest = Arrays::walk_within(from, self.layout(), rest, left);
        if let Some(damage) = rest.damage() {
            return Err(damage.clone());
        }
        let found = (rest.len() as u64).saturating_add(u64::from(data.entry.is_some()));
        // A writer that was interrupted may be one ahead of its count.
        let slack = u64::from(!self.header().state.is_closed());
        let damage = |fault| Err(Corrupt::new(data.at, "list of a value's entries", fault));
        if found.abs_diff(claimed) > slack {
            return damage(Fault::Count { claimed, found });
        }
        let all = self.entries_at_most().saturating_add(slack);
        if found <= all {
            return Ok(claimed);
        }
        match self.distinct(from, data, &rest, left) {
            Some(distinct) if distinct <= all => Ok(distinct),
            _ => damage(Fault::Value { found, must: "no more than all entries" }),
        }
    }

    /// How many entries there are by whoever says most: lists go on naming those that were overwritten since, and those that
    /// a damaged main array does not name.
    fn entries_at_most(&self) -> u64 {
        let claimed = self.header().n_entries.min(self.image().len() / limits::ENTRY_LEAST);
        claimed.max(self.slot_count().max(self.arrays().len()) as u64)
    }

    /// How many entries a list names, each once: systemd before 250 put an entry into the list as often as it has the field.
    /// `None` where they do not ascend, or where nothing is left to pay for the slots from.
    fn distinct<R: Reads>(&self, from: &R, data: &Data<'_>, rest: &Arrays, left: &mut u64) -> Option<u64> {
        let (mut before, mut count) = (data.entry, 1_u64);
        for index in 0..rest.len() {
            *left = left.checked_sub(1)?;
            let at = rest.get(from, self.layout(), index);
            if at < before {
                return None;
            }
            count = count.saturating_add(u64::from(at > before));
            before = at;
        }
        Some(count)
    }

    /// How many entries use the DATA behind `stored`, by its own count, which its list must agree with.
    ///
    /// The lists of all DATA together cost no more than `left`, at first [`JournalFile::list_budget`]: in a sound file only
    /// a list whose count is one behind costs anything, and no list shares its arrays with another.
    ///
    /// # Errors
    /// When the list is damaged, or has another length, or is longer than all entries, or nothing is left for it.
    pub fn users(&self, stored: &Stored<'_>, left: &mut u64) -> Result<u64, Corrupt> {
        self.counted(&self.image(), &self.data(stored.at)?, left)
    }
}
