//! The slots of entries with a value that fits a pattern, a comparison, or just has the field's name.

use std::ops::Range;

use rayon::prelude::*;

use super::bitmap::Bitmap;
use super::marker::Marker;
use crate::corrupt::{Corrupt, Losses, Offset};
use crate::file::JournalFile;
use crate::format::{Budget, Field, Inflater, ObjectType};
use crate::query::Term;

/// A field's list is followed for so many values at least before all objects are read instead.
const FOLLOWED: u64 = 4096;

/// After so many values a look at how far apart they lie tells about how many there are.
const SAMPLED: u64 = 1024;

/// So many parts of a file for each thread: they take unequal time.
const PARTS: usize = 16;

/// Files with fewer objects are not cut into parts.
const OBJECTS: u64 = 1 << 16;

/// The slots of the entries with a DATA object that fits `term`; each is tested once.
///
/// A field's list is one link behind the other, so that a long one waits for memory at each step and for nobody's help.
/// The objects as they lie can be read ahead, in parts by several threads: of a field with many values that is faster.
///
/// # Errors
/// When a table or a list is damaged; the caller then reads the entries.
pub(super) fn slots(file: &JournalFile, term: &Term, losses: &mut Losses) -> Result<Bitmap, Corrupt> {
    let Some(field) = file.find_field(term.field())? else { return Ok(Bitmap::new(file.slot_count())) };
    let (objects, budget) = (file.header().n_objects, file.budget());
    if objects >= OBJECTS {
        let mut lost = Losses::default();
        if let Some(slots) = listed(file, &field, term, (FOLLOWED.max(objects / 64), &budget), &mut lost)? {
            losses.add(lost);
            return Ok(slots);
        }
        if let Ok((slots, lost)) = walked(file, term, &budget) {
            losses.add(lost);
            return Ok(slots);
        }
        // The objects do not lie one behind the other, which no list needs.
    }
    Ok(listed(file, &field, term, (u64::MAX, &budget), losses)?.unwrap_or_else(|| Bitmap::new(file.slot_count())))
}

/// By the field's own list; `None` when it has more than `most` values, or soon seems to.
fn listed(
    file: &JournalFile,
    field: &Field<'_>,
    term: &Term,
    (most, budget): (u64, &Budget),
    losses: &mut Losses,
) -> Result<Option<Bitmap>, Corrupt> {
    let (mut marker, mut inflater) = (Marker::new(file), Inflater::within(budget));
    let mut newest = Offset(0);
    for (step, data) in (0..).zip(file.data_of(field)) {
        if step >= most {
            return Ok(None);
        }
        let data = data?;
        newest = newest.max(data.at);
        if step == SAMPLED && expected(newest, data.at) > most {
            return Ok(None);
        }
        match file.plain(&data.stored, &mut inflater) {
            Ok(payload) if term.fits(payload) => marker.data(&data)?,
            Ok(_) => {}
            // Whether it would have fitted nobody knows: said, since its entries may not be shown.
            Err(damage) => losses.field(damage),
        }
    }
    marker.finish().map(Some)
}

/// How many values a list has, if all are as far apart as the first [`SAMPLED`]: lists begin with the newest, and each
/// step on lies before the last.
const fn expected(newest: Offset, at: Offset) -> u64 {
    let apart = newest.0.saturating_sub(at.0);
    SAMPLED.saturating_mul(newest.0) / if apart > 0 { apart } else { 1 }
}

/// By all objects as they lie.
fn walked(file: &JournalFile, term: &Term, budget: &Budget) -> Result<(Bitmap, Losses), Corrupt> {
    let parts = file.parts(rayon::current_num_threads().saturating_mul(PARTS));
    let parts: Vec<_> = parts.par_iter().map(|range| part(file, range, term.clone(), budget)).collect();
    let (mut slots, mut losses) = (Bitmap::new(file.slot_count()), Losses::default());
    for part in parts {
        let (set, lost) = part?;
        slots.or(&set);
        losses.add(lost);
    }
    Ok((slots, losses))
}

/// One part; it has a pattern of its own, since a shared one lends its working space to one thread at a time.
#[expect(clippy::needless_pass_by_value, reason = "the pattern is this thread's own")]
fn part(file: &JournalFile, range: &Range<Offset>, term: Term, budget: &Budget) -> Result<(Bitmap, Losses), Corrupt> {
    let (mut marker, mut inflater, mut losses) = (Marker::new(file), Inflater::within(budget), Losses::default());
    for object in file.objects(range) {
        let object = object?;
        if ObjectType::from(object.kind) != ObjectType::Data {
            continue;
        }
        let stored = file.stored(object.at)?;
        // Most are of other fields, which need not be read.
        if stored.flags & 7 == 0 && !term.may_be_of(stored.bytes) {
            continue;
        }
        match file.plain(&stored, &mut inflater) {
            Ok(payload) if term.fits(payload) => marker.data(&file.data(object.at)?)?,
            Ok(_) => {}
            Err(damage) => losses.field(damage),
        }
    }
    Ok((marker.finish()?, losses))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::file::Options;
    use crate::testkit::synth::{Synth, sample};

    #[test]
    fn the_objects_as_they_lie_have_what_the_list_has() {
        for synth in [sample(2000), Synth::compact(sample(2000), true)] {
            let file = JournalFile::from_bytes(Path::new("made"), synth.build(), Options::default()).unwrap();
            for text in ["MESSAGE~=7", "MESSAGE~=.", "PRIORITY<=3", "_SYSTEMD_UNIT=*", "MESSAGE~=nowhere"] {
                let term = Term::read(text.as_bytes()).unwrap();
                let mut losses = Losses::default();
                let field = file.find_field(term.field()).unwrap().unwrap();
                let (budget, most) = (file.budget(), u64::MAX);
                let listed = listed(&file, &field, &term, (most, &budget), &mut losses).unwrap().unwrap();
                let (walked, lost) = walked(&file, &term, &budget).unwrap();
                assert!(losses.is_empty() && lost.is_empty(), "{text}");
                assert_eq!(listed, walked, "{text}");
                assert_eq!(listed.count() == 0, text.ends_with("nowhere"), "{text}");
            }
        }
    }

    #[test]
    fn a_look_at_the_newest_values_tells_about_how_many_there_are() {
        let file = JournalFile::from_bytes(Path::new("made"), sample(4000).build(), Options::default()).unwrap();
        let field = file.find_field(b"MESSAGE").unwrap().unwrap();
        let list: Vec<Offset> = file.data_of(&field).map(|data| data.unwrap().at).collect();
        assert_eq!(list.len(), 4000);
        let found = expected(list[0], list[SAMPLED as usize]);
        assert!((3600..4400).contains(&found), "{found}");
        // One place again and again, as no list has it.
        assert!(expected(list[0], list[0]) > 1_000_000);
    }

    #[test]
    fn a_list_that_is_too_long_is_given_up() {
        let file = JournalFile::from_bytes(Path::new("made"), sample(200).build(), Options::default()).unwrap();
        let field = file.find_field(b"MESSAGE").unwrap().unwrap();
        let term = Term::read(b"MESSAGE~=.").unwrap();
        let mut losses = Losses::default();
        assert!(listed(&file, &field, &term, (10, &file.budget()), &mut losses).unwrap().is_none());
    }
}
