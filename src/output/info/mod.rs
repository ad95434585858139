//! What a file's header says, as text and as a plain value for JSON.

mod text;

use serde::Serialize;

pub use text::{text, totals};

use crate::check::Account;
use crate::file::JournalFile;
use crate::format::header::{compatible, incompatible};
use crate::format::{Header, Id128, Realtime, Seqnum};

/// The facts of one file. Counts and times are the header's claims, except `listed` and `damage`.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "the names are the format's own")]
pub struct Facts {
    pub file: String,
    pub file_size: u64,
    pub file_id: Id128,
    pub machine_id: Id128,
    pub boot_id: Id128,
    pub seqnum_id: Id128,
    pub state: String,
    pub compatible_flags: Vec<String>,
    pub incompatible_flags: Vec<String>,
    pub header_size: u64,
    pub arena_size: u64,
    pub data_hash_table_size: u64,
    pub field_hash_table_size: u64,
    pub head_entry_seqnum: Seqnum,
    pub tail_entry_seqnum: Seqnum,
    pub head_entry_realtime: Realtime,
    pub tail_entry_realtime: Realtime,
    pub tail_entry_monotonic: crate::format::Monotonic,
    pub n_objects: u64,
    pub n_entries: u64,
    /// Entries that the main array lists.
    pub listed: u64,
    pub n_data: Option<u64>,
    pub n_fields: Option<u64>,
    pub n_tags: Option<u64>,
    pub n_entry_arrays: Option<u64>,
    pub data_hash_chain_depth: Option<u64>,
    pub field_hash_chain_depth: Option<u64>,
    /// How much of its hash tables is used, in percent of their buckets.
    pub data_hash_table_fill: Option<f64>,
    pub field_hash_table_fill: Option<f64>,
    /// Whether today's journald would begin a new file: an older header, tables three quarters full, chains too long.
    pub rotate_suggested: bool,
    /// What opening the file found wrong with it.
    pub damage: Vec<String>,
    /// What the file consists of, by its objects and not by its header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<Account>,
    /// The part of the written bytes that is accounted for, from 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accounted: Option<f64>,
    /// No more entries than that are lost in it, by gaps in their numbers and by what the header claims, as far as no
    /// other file has them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost: Option<u64>,
}

impl Facts {
    /// Gathers them from an open file.
    #[must_use]
    pub fn of(file: &JournalFile) -> Self {
        let header = file.header();
        let compatible = [
            (compatible::SEALED, "SEALED"),
            (compatible::SEALED_CONTINUOUS, "SEALED_CONTINUOUS"),
            (compatible::TAIL_ENTRY_BOOT_ID, "TAIL_ENTRY_BOOT_ID"),
        ];
        let incompatible = [
            (incompatible::XZ, "COMPRESSED-XZ"),
            (incompatible::LZ4, "COMPRESSED-LZ4"),
            (incompatible::ZSTD, "COMPRESSED-ZSTD"),
            (incompatible::KEYED_HASH, "KEYED-HASH"),
            (incompatible::COMPACT, "COMPACT"),
        ];
        Self {
            file: file.path().display().to_string(),
            file_size: file.image().len(),
            file_id: header.file_id,
            machine_id: header.machine_id,
            boot_id: header.tail_entry_boot_id,
            seqnum_id: header.seqnum_id,
            state: header.state.to_string(),
            compatible_flags: names(header.compatible_flags, &compatible),
            incompatible_flags: names(header.incompatible_flags, &incompatible),
            header_size: header.header_size,
            arena_size: header.arena_size,
            data_hash_table_size: header.data_hash_table_size / 16,
            field_hash_table_size: header.field_hash_table_size / 16,
            head_entry_seqnum: header.head_entry_seqnum,
            tail_entry_seqnum: header.tail_entry_seqnum,
            head_entry_realtime: header.head_entry_realtime,
            tail_entry_realtime: header.tail_entry_realtime,
            tail_entry_monotonic: header.tail_entry_monotonic,
            n_objects: header.n_objects,
            n_entries: header.n_entries,
            listed: file.arrays().len() as u64,
            n_data: header.n_data,
            n_fields: header.n_fields,
            n_tags: header.n_tags,
            n_entry_arrays: header.n_entry_arrays,
            data_hash_chain_depth: header.data_hash_chain_depth,
            field_hash_chain_depth: header.field_hash_chain_depth,
            data_hash_table_fill: fill(header.n_data, header.data_hash_table_size),
            field_hash_table_fill: fill(header.n_fields, header.field_hash_table_size),
            rotate_suggested: rotate(header),
            damage: file.losses().first.iter().map(ToString::to_string).collect(),
            account: None,
            accounted: None,
            lost: None,
        }
    }

    /// The same with what a walk through the file counted, and how many entries are lost in it at most.
    #[must_use]
    pub fn with(self, account: &Account, lost: u64) -> Self {
        Self { accounted: Some(account.share()), account: Some(account.clone()), lost: Some(lost), ..self }
    }
}

/// The header that today's writers make.
const NEWEST_HEADER: u64 = 272;

/// Chains of more steps than this make journald begin a new file.
const CHAIN_MOST: u64 = 100;

fn fill(objects: Option<u64>, table: u64) -> Option<f64> {
    let buckets = table / 16;
    objects.filter(|_| buckets > 0).map(|objects| (objects as f64 * 1000.0 / buckets as f64).round() / 10.0)
}

fn rotate(header: &Header) -> bool {
    let full = |fill: Option<f64>| fill.is_some_and(|fill| fill > 75.0);
    let deep = |depth: Option<u64>| depth.is_some_and(|depth| depth > CHAIN_MOST);
    header.header_size < NEWEST_HEADER
        || full(fill(header.n_data, header.data_hash_table_size))
        || full(fill(header.n_fields, header.field_hash_table_size))
        || deep(header.data_hash_chain_depth)
        || deep(header.field_hash_chain_depth)
        || (header.n_data.is_some_and(|data| data > 0) && header.n_fields == Some(0))
}

/// The names of the bits that are set, unknown ones as a number.
fn names(bits: u32, known: &[(u32, &str)]) -> Vec<String> {
    let mut names: Vec<String> =
        known.iter().filter(|(bit, _)| bits & bit != 0).map(|(_, name)| (*name).to_owned()).collect();
    let rest = known.iter().fold(bits, |bits, (bit, _)| bits & !bit);
    if rest != 0 {
        names.push(format!("{rest:#x}"));
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_flags_are_shown_as_a_number() {
        assert_eq!(names(0b1_0101, &[(1, "ONE"), (4, "FOUR")]), ["ONE", "FOUR", "0x10"]);
        assert!(names(0, &[(1, "ONE")]).is_empty());
    }
}
