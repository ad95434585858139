use std::collections::BTreeSet;
use std::path::Path;

use super::object::lies_in;
use crate::corrupt::{Losses, Offset};
use crate::file::{Cursor, Entry, JournalFile, Options};
use crate::format::{Inflater, Layout};

/// The largest payload that the probes inflate.
const LIMIT: u64 = 1 << 16;

/// How many items, values and look-ups are probed in one file, besides those that its size pays for.
const STEPS: usize = 4096;

/// Opens a file from memory and walks all of it; returns it if it is a journal.
#[must_use]
pub fn file(bytes: Vec<u8>) -> Option<JournalFile> {
    let size = bytes.len();
    let opened = JournalFile::from_bytes(
        Path::new("probe.journal"),
        bytes,
        Options { payload_limit: LIMIT, ..Options::default() },
    );
    let file = opened.map_err(|error| assert!(!error.to_string().is_empty())).ok()?;
    let slots = slots(&file, size);
    walk(&file, size);
    spans(&file, slots);
    fields(&file, size);
    Some(file)
}

/// The slots of the main array, the same from either end; returns how many.
fn slots(file: &JournalFile, size: usize) -> usize {
    let (image, layout, len) = (file.image(), file.layout(), file.arrays().len());
    assert!(len <= size / 4, "{len} slots in {size} bytes");
    let forward: Vec<Offset> = file.arrays().iter(image, layout, 0..len).collect();
    let mut backward: Vec<Offset> = file.arrays().iter(image, layout, 0..len).rev().collect();
    backward.reverse();
    assert_eq!(forward, backward);
    assert_eq!(forward.len(), len);
    for index in (0..len).step_by(len / 64 + 1).chain([len, usize::MAX]) {
        assert_eq!(file.entry_at(index), forward.get(index).copied().unwrap_or_default());
    }
    if forward.is_sorted() {
        for at in forward.iter().take(64) {
            assert_eq!(forward.get(file.arrays().position(&image, layout, *at)), Some(at));
        }
    }
    len
}

/// Every entry lies in the file, and what its fields borrow does too.
fn walk(file: &JournalFile, size: usize) {
    let mut inflater = Inflater::default();
    let mut steps = size + STEPS;
    for entry in file.entries(0..file.arrays().len()).flatten() {
        let item = if file.layout() == Layout::Compact { 4 } else { 16 };
        let end = 64 + item * entry.items().len() as u64;
        assert!(entry.offset().checked_add(end).is_some_and(|end| end.0 <= size as u64), "{}", entry.offset());
        assert_eq!(entry.cursor().to_string().parse::<Cursor>().as_ref(), Ok(&entry.cursor()));
        assert!(entry.cursor().names(&entry));
        steps = steps.saturating_sub(1 + entry.items().len());
        if steps > 0 {
            entry_fields(file, &entry, &mut inflater);
        }
    }
}

fn entry_fields(file: &JournalFile, entry: &Entry<'_>, inflater: &mut Inflater) {
    for at in entry.items() {
        let Ok((name, value)) = entry.field_at(at, inflater) else { continue };
        assert!(!name.is_empty() && !name.contains(&b'='));
        let compressed = file.stored(at).is_ok_and(|stored| stored.codec() != Ok(None));
        assert!(compressed || (lies_in(name, file.image().bytes()) && lies_in(value, file.image().bytes())));
        assert!(!compressed || (name.len() + value.len()) as u64 <= LIMIT);
    }
    let fast = entry.items().filter(|at| entry.field_at(*at, inflater).is_ok()).count();
    assert_eq!(entry.fields().flatten().count(), fast);
    assert_eq!(entry.fields().count(), entry.items().len());
}

/// Stretches are in order, apart, and within the main array.
fn spans(file: &JournalFile, slots: usize) {
    let found = file.spans();
    let mut end = 0;
    for span in &found.spans {
        assert!(end <= span.slots.start && span.slots.start < span.slots.end, "{span:?}");
        end = span.slots.end;
    }
    assert!(end <= slots);
    assert!(found.listed_last.len() <= found.spans.len());
    let readable = file.entries(0..slots).flatten().count();
    assert!(found.spans.iter().map(|span| span.slots.len()).sum::<usize>() <= slots);
    assert!(readable == 0 || !found.spans.is_empty(), "{readable} readable entries and no stretch");
}

/// Names and values are no more than the file has room for; every list of a field ends.
fn fields(file: &JournalFile, size: usize) {
    let (mut names, mut losses) = (BTreeSet::new(), Losses::default());
    file.field_names(&mut names, &mut losses);
    assert!(names.len() <= size / 2, "{} names in {size} bytes", names.len());
    let mut inflater = Inflater::default();
    for name in names.iter().take(24) {
        let values = file.field_values(name, &mut losses);
        assert!(values.len() <= size / 2, "{} values in {size} bytes", values.len());
        let Ok(Some(field)) = file.find_field(name) else { continue };
        assert_eq!(field.name, name);
        assert!(file.data_of(&field).count() <= size / 64 + 1);
        for data in file.data_of(&field).flatten().take(8) {
            let entries = file.entries_of(&data);
            assert!(entries.len() <= size / 4 + 1);
            assert_eq!(entries.iter().count(), entries.len());
            assert_eq!(entries.iter().last().unwrap_or_default(), entries.last());
            let payload = file.plain(&data.stored, &mut inflater).map(<[u8]>::to_vec);
            if let Ok(payload) = payload
                && let Ok(Some(found)) = file.find_data(&payload, &mut inflater)
            {
                assert_eq!(file.plain(&found.stored, &mut inflater), Ok(payload.as_slice()));
            }
        }
    }
}
