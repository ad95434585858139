//! What the header says, against what the file is.

use super::finding::{Findings, Touches};
use super::rule::Rule;
use super::scan::Scanned;
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::file::JournalFile;
use crate::format::header::{SIGNATURE, compatible, incompatible};
use crate::format::{EntryHead, RawObject, State};

/// Checks what a file must begin with; one without it was opened all the same, by its objects.
fn signature(file: &JournalFile, findings: &mut Findings) {
    let bytes = file.image().bytes();
    let word = |at: usize| bytes.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |word| u32::from_le_bytes(*word));
    let newer = word(12) & !incompatible::KNOWN;
    let damage = if !bytes.starts_with(SIGNATURE) {
        let found = u64::from(word(4)) << 32 | u64::from(word(0));
        Corrupt::new(Offset(0), "signature", Fault::Value { found, must: "the bytes LPKSHHRH" })
    } else if newer != 0 {
        let fault = Fault::Value { found: newer.into(), must: "no flag that nobody here knows" };
        Corrupt::new(Offset(12), "incompatible flags", fault)
    } else {
        return;
    };
    findings.add(Rule::Signature, damage, Touches::File);
}

/// Reports what the header says other than the objects, by which the file was opened then.
fn made_up(file: &JournalFile, findings: &mut Findings) {
    // A signature has a rule of its own.
    let parts = file.losses().first.iter().filter(|damage| damage.fault == Fault::MadeUp && damage.at.0 > 0);
    for part in parts {
        // Nothing is read by the ids of series and machine, which no reader holds against anything.
        let add = if matches!(part.at.0, 40 | 72) { Findings::remark } else { Findings::add };
        add(findings, Rule::HeaderMadeUp, part.clone(), Touches::File);
    }
}

/// Checks the header by itself.
pub(super) fn alone(file: &JournalFile, findings: &mut Findings) {
    signature(file, findings);
    made_up(file, findings);
    let another = file.losses().first.iter().find(|damage| damage.fault == Fault::Another);
    another.into_iter().for_each(|damage| findings.add(Rule::Arena, damage.clone(), Touches::File));
    let header = file.header();
    let mut add = |rule, at, what, fault| findings.add(rule, Corrupt::new(Offset(at), what, fault), Touches::File);
    let unknown = file.unknown_flags();
    if unknown != 0 {
        let must = "no flag that nobody here knows";
        add(Rule::CompatibleFlags, 8, "compatible flags", Fault::Value { found: unknown.into(), must });
    }
    if let State::Other(found) = header.state {
        add(Rule::State, 16, "state", Fault::Value { found: found.into(), must: "0, 1 or 2" });
    }
    let reserved = file.image().bytes().get(17..24).unwrap_or_default();
    if let Some(found) = reserved.iter().find(|byte| **byte != 0) {
        let fault = Fault::Value { found: (*found).into(), must: "0" };
        add(Rule::HeaderReserved, 17, "reserved bytes of the header", fault);
    }
    if let Some(damage) = header.size_fault() {
        add(Rule::HeaderSize, damage.at.0, damage.what, damage.fault);
    } else if header.compatible_flags & compatible::SEALED != 0 && header.header_size < 240 {
        add(Rule::HeaderSize, 88, "header size", Fault::Size { found: header.header_size, least: 240 });
    }
    let needs = header.header_size.saturating_add(header.arena_size);
    if needs > file.image().len() {
        add(Rule::Arena, 96, "arena", Fault::Short { needs, remain: file.image().len() });
    }
    let newer = [
        (compatible::SEALED_CONTINUOUS, "known to who verifies: systemd 255 or later"),
        (compatible::TAIL_ENTRY_BOOT_ID, "known to who verifies: systemd 254 or later"),
    ];
    if let Some((_, must)) = newer.into_iter().find(|(flag, _)| header.compatible_flags & flag != 0) {
        let found = u64::from(header.compatible_flags & compatible::KNOWN);
        add(Rule::NewerFlags, 8, "compatible flags", Fault::Value { found, must });
    }
}

/// Checks the header's counts and its last object against what was met.
pub(super) fn counts(file: &JournalFile, scanned: &Scanned, findings: &mut Findings) {
    let header = file.header();
    let all = scanned.counts.iter().fold(0_u64, |sum, count| sum.saturating_add(*count));
    let counts = [
        (144, "count of objects", Some(header.n_objects), all),
        (152, "count of entries", Some(header.n_entries), scanned.count(3)),
        (208, "count of data", header.n_data, scanned.count(1)),
        (216, "count of fields", header.n_fields, scanned.count(2)),
        (224, "count of tags", header.n_tags, scanned.count(7)),
        (232, "count of entry arrays", header.n_entry_arrays, scanned.count(6)),
    ];
    for (at, what, claimed, found) in counts {
        if let Some(claimed) = claimed.filter(|claimed| *claimed != found) {
            findings.add(Rule::Count, Corrupt::new(Offset(at), what, Fault::Count { claimed, found }), Touches::File);
        }
    }
    let fault = |wanted: Offset| Fault::Differs { found: header.tail_object_offset.0, wanted: wanted.0 };
    if scanned.behind > 0 {
        let damage = Corrupt::new(
            header.tail_object_offset,
            "objects behind the tail object",
            Fault::Value { found: scanned.behind, must: "0" },
        );
        findings.add(Rule::BehindTail, damage, Touches::File);
    }
    let arena = file.objects_from().0.saturating_add(header.arena_size);
    let last = RawObject::read(file.image(), scanned.last, "last object");
    let end = last.map_or(0, |last| last.at.0.saturating_add(last.bytes.len() as u64));
    if scanned.last.is_some() && end > arena {
        let damage = Corrupt::new(Offset(96), "arena", Fault::Short { needs: end, remain: arena });
        findings.add(Rule::Arena, damage, Touches::File);
    }
    if header.tail_object_offset != scanned.last {
        findings.add(Rule::TailObject, Corrupt::new(Offset(136), "tail object", fault(scanned.last)), Touches::File);
    }
}

/// Checks what the header says of the first and the last entry.
pub(super) fn ends(file: &JournalFile, scanned: &Scanned, last_linked: Offset, findings: &mut Findings) {
    let header = file.header();
    let differ = |rule, at, what, found: u64, wanted: u64, findings: &mut Findings| {
        if found != wanted {
            findings.add(rule, Corrupt::new(Offset(at), what, Fault::Differs { found, wanted }), Touches::File);
        }
    };
    let first = scanned.order.first().map(|(_, head)| head);
    differ(
        Rule::HeadEntry,
        168,
        "head entry seqnum",
        header.head_entry_seqnum.0,
        first.map_or(0, |head| head.seqnum.0),
        findings,
    );
    differ(
        Rule::HeadEntry,
        184,
        "head entry realtime",
        header.head_entry_realtime.0,
        first.map_or(0, |head| head.realtime.0),
        findings,
    );
    let Some((at, head)) = scanned.order.last() else { return };
    differ(Rule::TailEntry, 160, "tail entry seqnum", header.tail_entry_seqnum.0, head.seqnum.0, findings);
    // Of the last one that is linked; its number was handed out before.
    let linked =
        if last_linked.is_some() { EntryHead::read(file.image(), last_linked, file.layout()).ok() } else { None };
    let (at, head) = linked.map_or((at, head), |(head, _)| (last_linked, head));
    differ(Rule::TailEntry, 192, "tail entry realtime", header.tail_entry_realtime.0, head.realtime.0, findings);
    let is_its_boot = header.compatible_flags & compatible::TAIL_ENTRY_BOOT_ID != 0;
    if is_its_boot && header.tail_entry_boot_id != head.boot_id {
        let fault = Fault::Differs { found: word(header.tail_entry_boot_id.0), wanted: word(head.boot_id.0) };
        findings.add(Rule::TailEntry, Corrupt::new(Offset(56), "tail entry boot", fault), Touches::File);
    }
    let monotonic = header.tail_entry_monotonic.0;
    differ(Rule::TailEntry, 200, "tail entry monotonic", monotonic, head.monotonic.0, findings);
    if let Some(found) = header.tail_entry_offset.filter(|found| found.is_some() && *found != at) {
        let fault = Fault::Differs { found: found.0, wanted: at.0 };
        findings.add(Rule::TailEntry, Corrupt::new(Offset(264), "tail entry", fault), Touches::File);
    }
}

/// The first half of an id, as a number to tell it by.
fn word(id: [u8; 16]) -> u64 {
    id.first_chunk().map_or(0, |half| u64::from_be_bytes(*half))
}
