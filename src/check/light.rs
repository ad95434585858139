//! The quick look: a file whose objects and index agree is told from any other by object headers alone.

use super::account::Account;
use super::links::Links;
use super::starts::Starts;
use super::walk::end_of_writing;
use crate::bytes::Image;
use crate::corrupt::Offset;
use crate::file::{JournalFile, Search};
use crate::format::{EntryArray, EntryHead, Id128, Layout, ObjectType, RawObject, Table, object};

/// The account of a file in which every object leads to the next up to the last one that the header names, and the main
/// array reaches all entries; `None` for any other file.
///
/// `reached` are the places that the main array names, `slots` how many.
pub(super) fn account(file: &JournalFile, reached: &Starts, slots: u64) -> Option<Account> {
    let (image, header, layout) = (file.image(), file.header(), file.layout());
    if header.size_fault().is_some() || slots != file.arrays().len() as u64 || slots != header.n_entries {
        return None;
    }
    let mut account = Account::default();
    let (mut search, mut boot) = (Search::of(file), Id128::default());
    let (mut at, mut last, mut count) = (Offset(header.header_size), Offset(0), 0_u64);
    let mut links = Links::of(file);
    while let Some(head) = image.from(at).first_chunk::<16>() {
        let [kind, flags, _, _, _, _, _, _, size @ ..] = *head;
        if kind == 0 {
            break;
        }
        let size = u64::from_le_bytes(size);
        content(image, layout, at, (kind, flags, size))?;
        links.see(image, at, kind);
        let first = at.checked_add(16)?;
        if (kind == 4 && first != header.data_hash_table_offset)
            || (kind == 5 && first != header.field_hash_table_offset)
        {
            return None;
        }
        if kind == 3 {
            let (head, mut items) =
                EntryHead::read(image, at, layout).map(|(head, items)| (head, items.iter())).ok()?;
            let is_likely = items.all(|item| item.is_aligned() && item.0 >= header.header_size && item < at);
            // No two entries have one number.
            let is_likely = is_likely && head.seqnum != account.seqnums.last;
            if !is_likely || head.boot_id.is_null() || !reached.contains(at) || !account.seqnums.push(head.seqnum) {
                return None;
            }
            // No hash covers a head, and its entry may name another boot.
            if head.boot_id != boot && !is_own_boot(file, at, &mut search) {
                return None;
            }
            boot = head.boot_id;
        }
        let end = at.0.checked_add(size)?;
        account.object(kind, size, image.len().checked_sub(end)?);
        (last, count) = (at, count.saturating_add(1));
        at = Offset(end.checked_next_multiple_of(8)?);
    }
    let is_end = end_of_writing(image) <= at;
    let agrees = last == header.tail_object_offset && count == header.n_objects && account.objects.entries == slots;
    let counts = [(header.n_data, account.objects.data), (header.n_fields, account.objects.fields)];
    let agrees = agrees && counts.iter().all(|(stated, found)| stated.is_none_or(|stated| stated == *found));
    if !(is_end && agrees && (file.has_grown() || links.fault(file).is_none())) {
        return None;
    }
    account.entries.by_index = slots;
    account.bytes.file = image.len();
    account.bytes.header = header.header_size;
    account.bytes.unwritten = image.len().saturating_sub(at.0);
    Some(account)
}

/// Whether no field of the entry at `at` names another boot than its head does.
fn is_own_boot(file: &JournalFile, at: Offset, search: &mut Search) -> bool {
    let Ok(entry) = file.entry_as_stated(at) else { return false };
    search.boot(&entry).is_none_or(|boot| boot == entry.boot_id())
}

/// Whether an object can be what its header says, without looking at payloads.
fn content(image: Image<'_>, layout: Layout, at: Offset, (kind, flags, size): (u8, u8, u64)) -> Option<()> {
    if at.0.checked_add(size)? > image.len() {
        return None;
    }
    let least = match (ObjectType::from(kind), layout) {
        (ObjectType::Data, Layout::Regular) => 65,
        (ObjectType::Data, Layout::Compact) => 73,
        (ObjectType::Field, _) => 41,
        (ObjectType::Entry, _) => return (flags == 0).then_some(()),
        (ObjectType::Tag, _) => return (size == object::TAG_SIZE).then_some(()),
        (ObjectType::EntryArray, _) => {
            return RawObject::read(image, at, "entry array")
                .and_then(|raw| EntryArray::decode(raw, layout))
                .ok()
                .map(drop);
        }
        (ObjectType::DataHashTable | ObjectType::FieldHashTable, _) => {
            return RawObject::read(image, at, "hash table").and_then(Table::decode).ok().map(drop);
        }
        _ => return None,
    };
    let is_known = if kind == 1 { matches!(flags & 7, 0 | 1 | 2 | 4) } else { flags == 0 };
    (size >= least && is_known).then_some(())
}
