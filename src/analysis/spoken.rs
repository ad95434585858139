//! Entries by what their messages say and who says it: each of a file's different messages is looked at once.

use std::ops::Range;

use rayon::prelude::*;

use super::asked::Heard;
use super::marks::Sought;
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::file::{JournalFile, Search};
use crate::format::{Inflater, ObjectType};

/// So much of a message is looked at.
const MESSAGE_MOST: usize = 4096;

/// The offsets of a file's entries that may be `heard`, ascending; `voices` tell the writers in its index.
///
/// Where the index cannot be trusted, or proves damaged, entries are read one by one, whoever wrote them. What is left out
/// then, since the file is not worth the cost, is told beside them.
pub(super) fn offsets(
    file: &JournalFile,
    voices: Option<&Sought<'_>>,
    heard: Heard<'_>,
    inflater: &(impl Fn() -> Inflater + Sync),
) -> (Vec<Offset>, Option<Corrupt>) {
    let listed = voices.and_then(|voices| listed(file, voices, heard, inflater));
    let (mut found, cut) = listed.unwrap_or_else(|| scanned(file, 0, heard));
    found.sort_unstable();
    found.dedup();
    (found, cut)
}

/// `None` where the index is damaged.
///
/// Objects are looked at as they lie, by several threads: the list of a field's values is one chain through the file.
fn listed(
    file: &JournalFile,
    voices: &Sought<'_>,
    heard: Heard<'_>,
    inflater: &(impl Fn() -> Inflater + Sync),
) -> Option<(Vec<Offset>, Option<Corrupt>)> {
    let parts = file.parts(rayon::current_num_threads().saturating_mul(PARTS));
    let worker = || (voices.clone(), inflater());
    let said =
        parts.par_iter().map_init(worker, |(voices, inflater), part| spoken_in(file, part, (voices, inflater), heard));
    let said: Option<Vec<Vec<Offset>>> = said.collect();
    // The last entry of a file may be in no list.
    let (mut found, cut) = scanned(file, file.slot_count().saturating_sub(1), heard);
    found.extend(said?.into_iter().flatten());
    Some((found, cut))
}

/// So many parts for each thread, since they are not equally long.
const PARTS: usize = 8;

fn spoken_in(
    file: &JournalFile,
    part: &Range<Offset>,
    (voices, inflater): (&mut Sought<'_>, &mut Inflater),
    heard: Heard<'_>,
) -> Option<Vec<Offset>> {
    let (mut found, present) = (Vec::new(), voices.bits());
    for object in file.objects(part) {
        let object = object.ok()?;
        if ObjectType::from(object.kind) != ObjectType::Data {
            continue;
        }
        let stored = file.stored(object.at).ok()?;
        let Ok(payload) = file.plain(&stored, inflater) else { continue };
        let said = payload
            .strip_prefix(b"MESSAGE=")
            .map_or(0, |message| (heard.speaks)(beginning(message), present) & present);
        if said == 0 {
            continue;
        }
        let entries = file.entries_of(&file.data(object.at).ok()?);
        if entries.damage().is_some() {
            return None;
        }
        // An entry that cannot be read is left to who reads it.
        let mut is_heard = |at: &Offset| file.entry(*at).map_or(true, |entry| voices.are_in(&entry, said, inflater));
        found.extend(entries.iter().filter(|at| is_heard(at)));
    }
    Some(found)
}

fn scanned(file: &JournalFile, from: usize, heard: Heard<'_>) -> (Vec<Offset>, Option<Corrupt>) {
    let mut search = Search::of(file);
    let (mut found, mut cut) = (Vec::new(), None);
    for entry in file.entries(from..file.slot_count()).flatten() {
        let mut said = false;
        let field = |field: Result<(&[u8], &[u8]), Corrupt>| match field {
            Ok((name, value)) => said |= name == b"MESSAGE" && (heard.speaks)(beginning(value), u64::MAX) != 0,
            Err(why) if matches!(why.fault, Fault::TooLarge { .. }) => cut = Some(why),
            Err(_) => {}
        };
        let visited = search.visit(&entry, |_| true, field);
        if said {
            found.push(entry.offset());
        }
        if let Err(why) = visited {
            return (found, Some(why));
        }
    }
    (found, cut)
}

fn beginning(message: &[u8]) -> &[u8] {
    message.get(..MESSAGE_MOST).unwrap_or(message)
}
