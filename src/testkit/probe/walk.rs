use std::path::Path;

use crate::check::{Piece, Salvage, Walk, restore_bytes};
use crate::file::{JournalFile, Options};
use crate::testkit::wound::Wound;

/// The largest payload that the probe inflates.
const LIMIT: u64 = 1 << 16;

/// Reads fuzzer input as [`open`](super::open) does and walks what it makes, without an index.
pub fn walk(input: &[u8]) {
    match input {
        [flag, rest @ ..] if flag % 2 == 0 => pieces(rest.to_vec()),
        [_, shape, count, rest @ ..] => {
            let mut bytes = super::shaped(*shape, u64::from(count % 32)).build();
            Wound::list(rest).iter().for_each(|wound| wound.apply(&mut bytes));
            pieces(bytes);
        }
        _ => {}
    }
}

/// The walk covers the file in order, every byte is accounted for, and what is salvaged lies in the file, once.
fn pieces(bytes: Vec<u8>) {
    let (path, options, size) =
        (Path::new("probe.journal"), Options { payload_limit: LIMIT, ..Options::default() }, bytes.len() as u64);
    let file = match JournalFile::from_bytes(path, bytes.clone(), options) {
        Ok(file) => file,
        Err(_) => match restore_bytes(path, bytes, options, &[]) {
            Some(restored) => restored.file,
            None => return,
        },
    };
    let mut end = file.objects_from().0;
    for piece in Walk::of(&file) {
        let (from, to) = match piece {
            Piece::Sound(raw) | Piece::Doubtful(raw, _) => (raw.at.0, raw.at.0 + raw.bytes.len() as u64),
            Piece::Gap { from, to, .. } => (from.0, to.0),
        };
        assert!(end == from && from < to && to <= size, "{from}..{to} behind {end} in {size}");
        end = to.next_multiple_of(8);
    }
    for salvage in [Salvage::of(&file), Salvage::thorough(&file)] {
        let account = &salvage.account;
        let bytes = &account.bytes;
        let objects = [bytes.data, bytes.fields, bytes.entries, bytes.arrays, bytes.tables, bytes.tags, bytes.padding];
        let others = [bytes.header, bytes.damaged, bytes.unaccounted, bytes.blank, bytes.unwritten];
        assert_eq!(objects.iter().chain(&others).sum::<u64>(), size, "{account:?}");
        assert!((0.0..=1.0).contains(&account.share()));
        let merged = salvage.merged(&file);
        assert_eq!(merged.len() as u64, account.entries.by_index + account.entries.salvaged);
        let mut distinct = merged.clone();
        distinct.sort();
        distinct.dedup();
        assert_eq!(distinct.len(), merged.len(), "an entry twice");
        for at in merged {
            let Ok(entry) = file.entry(at) else {
                assert_eq!(file.entry(at).err(), None, "a merged entry cannot be read");
                continue;
            };
            assert!(at.0 + entry.size() as u64 <= size);
            let lost = salvage.lost_items(at).unwrap_or_default();
            assert!(lost.iter().all(|item| *item < entry.items().len()) && lost.is_sorted());
        }
    }
}
