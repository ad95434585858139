//! Files that hold several machines' entries, as a collector writes them: whose entries of a boot there are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use super::finder::Finder;
use crate::file::JournalFile;
use crate::format::{Data, Id128};
use crate::journal::Journal;

const MACHINE: &str = "_MACHINE_ID";

/// The machines of each boot, by file.
type Boots = BTreeMap<Id128, BTreeSet<Id128>>;

/// Which machines have entries of which boots in the same file.
#[derive(Debug)]
pub(super) struct Within {
    files: Vec<OnceLock<Boots>>,
}

impl Within {
    pub(super) fn of(journal: &Journal) -> Self {
        Self { files: journal.files().iter().map(|_| OnceLock::new()).collect() }
    }

    /// The machines that have entries of a boot in a file, where these are several.
    ///
    /// Cost: once for each file that has several machines, all its entries are asked for their boots.
    pub(super) fn machines(
        &self,
        (journal, finder): (&Journal, &Finder<'_>),
        index: u32,
        boot: Id128,
    ) -> Option<&BTreeSet<Id128>> {
        let file = journal.files().get(index as usize)?;
        let known = self.files.get(index as usize)?.get_or_init(|| boots(finder, index, file));
        known.get(&boot).filter(|machines| machines.len() > 1)
    }
}

/// The machines of each boot of a file; none where it has one machine, or its index cannot be trusted.
fn boots(finder: &Finder<'_>, index: u32, file: &JournalFile) -> Boots {
    let mut boots = Boots::new();
    let Ok(Some(field)) = file.find_field(MACHINE.as_bytes()) else { return boots };
    let all: Vec<Data<'_>> = file.data_of(&field).flatten().collect();
    // Each entry is of one machine: what lists more may lead anywhere, any number of times.
    let listed = all.iter().map(|data| data.n_entries).fold(0, u64::saturating_add);
    if all.len() < 2 || listed > file.slot_count() as u64 || !finder.is_trusted(index) {
        return boots;
    }
    let mut inflater = finder.inflater(index);
    for data in all {
        let stored = file.stored(data.at).ok();
        let payload = stored.and_then(|stored| file.plain(&stored, &mut inflater).map(<[u8]>::to_vec).ok());
        let value = payload.as_ref().and_then(|payload| payload.get(MACHINE.len().saturating_add(1)..));
        let named = value.and_then(|value| std::str::from_utf8(value).ok()?.parse::<Id128>().ok());
        let Some(machine) = named else { continue };
        let mut last = None;
        for at in file.entries_of(&data).iter() {
            let boot = file.entry(at).map(|entry| entry.boot_id()).ok();
            // Entries of one boot stand together.
            if let Some(boot) = boot.filter(|_| boot != last) {
                boots.entry(boot).or_default().insert(machine);
                last = Some(boot);
            }
        }
    }
    boots
}
