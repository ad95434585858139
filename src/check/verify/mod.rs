//! Is a file whole? Every rule that a sound journal keeps, each with a name, checked to the end of the file.
//!
//! [`verify`] goes over the objects three times, in several threads:
//!
//! 1. every object by itself: sizes, hashes recomputed, links that can be links; what must ascend from one to the next;
//! 2. every entry against its DATA: are they there, do their hashes give the entry's, do they name the entry;
//! 3. every list of entries, and every bucket's chain, against what was met before.
//!
//! Whether two sets of places are the same is told by a sum over each, with a secret factor; only where the sums differ
//! is a set walked place by place, to say what is missing. So the work is in proportion to the file, whatever it says,
//! and memory is 1/50 of the file's size and some fixed tables: below 256 MiB for files up to 4 GiB.
//!
//! Damage does not end it: what follows is looked for as [`Walk`](super::Walk) does. A finding is a [`Rule`] with its
//! place, its numbers and what it [touches](Touches); of each rule the first are kept, the others counted.
//!
//! The rules are those of `journalctl --verify` and more: unreferenced objects, chains of fields, hashes of entries,
//! padding, what the header notes for the writer. Where some systemd judges otherwise, that is a remark.

mod arrays;
mod chained;
mod crew;
mod entries;
mod finding;
mod header;
mod lists;
mod main_array;
mod names;
mod object;
mod one;
mod order;
mod payload;
mod places;
mod proof;
mod rule;
mod scan;
#[cfg(feature = "seal")]
mod seal;
mod suspects;
mod tables;
mod tags;
#[cfg(test)]
mod tests;

use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Serialize;

use crate::bytes::Mix;
use crate::check::Objects;
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::file::JournalFile;
use crate::format::Header;
use entries::Known;
use lists::Budget;
use scan::Scanned;

pub use finding::{FINDINGS_KEPT, Finding, Findings, Touches};
pub use proof::{Break, Proof};
pub use rule::{Rule, Weight};
#[cfg(feature = "seal")]
pub use seal::{Key, NotAKey};

/// How many lists are summed up at a time, by all threads together.
const WINDOW: usize = 2 << 20;

/// How a file is verified.
#[derive(Clone, Copy, Debug)]
pub struct Options<'a> {
    /// How many threads share the work.
    pub threads: usize,
    /// Counts the bytes that were looked at, for whoever waits.
    pub done: Option<&'a AtomicU64>,
    /// The key that seals are checked with.
    #[cfg(feature = "seal")]
    pub key: Option<&'a Key>,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Self {
            threads: rayon::current_num_threads(),
            done: None,
            #[cfg(feature = "seal")]
            key: None,
        }
    }
}

impl Options<'_> {
    fn done(&self, bytes: u64) {
        if let Some(done) = self.done {
            done.fetch_add(bytes, Ordering::Relaxed);
        }
    }
}

/// What a check of one file found.
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Report {
    /// The rules that are broken.
    pub findings: Findings,
    /// How many objects of each type were met.
    pub objects: Objects,
    /// Payloads that could not be read though nothing is wrong with them, at least so many: a codec or a limit of this
    /// program. Those that would have to be read again too often count as one, however many they are; so does a file that
    /// was written while it was checked.
    pub unread: u64,
    /// What seals prove, of a sealed file that was checked with a key.
    pub proof: Option<Proof>,
}

/// The verdict on one file in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Soundness {
    /// Every rule is kept.
    Sound,
    /// Some rules are broken.
    Faulty,
    /// No rule is broken as far as could be seen; a part could not be read.
    PartlyUnread,
}

impl Report {
    /// The verdict.
    #[must_use]
    pub fn soundness(&self) -> Soundness {
        if self.findings.faults() > 0 {
            Soundness::Faulty
        } else if self.unread > 0 {
            Soundness::PartlyUnread
        } else {
            Soundness::Sound
        }
    }
}

/// Checks a file by all rules.
///
/// Ends on every input, after work in proportion to the file's size.
pub fn verify(file: &JournalFile, options: &Options<'_>) -> Report {
    let mix = Mix::new();
    let mut findings = Findings::default();
    header::alone(file, &mut findings);
    let (mut scanned, places) = scan::scan(file, mix, options);
    findings.extend(std::mem::take(&mut scanned.findings));
    let main = main_array::main(file, &places, mix, &mut findings);
    main_array::unlinked(file, &places, &main, scanned.count(3), &mut findings);
    header::counts(file, &scanned, &mut findings);

    let hashes = (places.kept() == scanned.hashes.len()).then_some(scanned.hashes.as_slice());
    // One entry may be waiting for its links; more than one have lost them.
    let is_cut = scanned.count(3).saturating_sub(main.linked) <= 1;
    let last = if is_cut { main.last } else { scanned.order.last().map_or(main.last, |(at, _)| at) };
    let known = Known { file, places: &places, mix, hashes, boots: &scanned.boots, last };
    header::ends(file, &scanned, last, &mut findings);
    scanned.names.end(last, &mut findings);
    let is_over = links(known, &scanned, main.arrays, options, &mut findings);
    hashed(known, &scanned, options, &mut findings);
    let proof = seals(known, &scanned, options, &mut findings);
    if scanned.overflow || scanned.crowded || scanned.names.overflow {
        let damage = Corrupt::new(
            Offset(0),
            "file",
            Fault::Value { found: 1, must: "a number of names, tags and payloads that can be remembered" },
        );
        findings.add(Rule::Unchecked, damage, Touches::File);
    }
    let has_grown = written_meanwhile(file, &scanned, &mut findings);
    let unread = scanned.unread.saturating_add(u64::from(is_over)).saturating_add(u64::from(has_grown));
    Report { findings: findings.in_order(), objects: objects(&scanned), unread, proof }
}

/// Whether the file was written while it was checked, so that nothing that was found need be wrong; then this is remarked.
fn written_meanwhile(file: &JournalFile, scanned: &Scanned, findings: &mut Findings) -> bool {
    let now = Header::read(file.image()).ok().filter(|_| file.has_grown());
    if let Some(now) = &now {
        findings.excuse();
        let found = scanned.counts.iter().fold(0_u64, |sum, count| sum.saturating_add(*count));
        let damage = Corrupt::new(
            Offset(144),
            "objects of a file that was written meanwhile",
            Fault::Count { claimed: now.n_objects, found },
        );
        findings.add(Rule::Unchecked, damage, Touches::File);
    }
    now.is_some()
}

/// Entries against lists: by one sum over all of both, and where these differ by a sum for each list.
///
/// Whether there were payloads that could not be read again without too much work.
fn links(
    known: Known<'_>,
    scanned: &Scanned,
    main_arrays: u64,
    options: &Options<'_>,
    findings: &mut Findings,
) -> bool {
    let uses = entries::entries(known, options);
    findings.extend(uses.findings);
    if uses.singles != scanned.singles {
        suspects::singles(known, findings);
    }
    let budget = Budget::of(scanned.slots);
    let lists = lists::lists(known, budget, options);
    findings.extend(lists.findings);
    if lists.is_over || lists.pairs != uses.pairs {
        let step = WINDOW.checked_div(options.threads).unwrap_or(WINDOW).max(1);
        let suspects = differing(known, (budget, step), options, findings);
        let steps = scanned.slots.saturating_mul(16).max(1 << 20);
        if !suspects.is_empty() {
            suspects::each(known, &suspects, steps, findings);
        }
    }
    if lists.is_over || lists.arrays.wrapping_add(main_arrays) != scanned.arrays {
        arrays::owners(known, !scanned.broken, findings);
    }
    uses.is_over
}

/// The values whose lists are not what the entries say, found in as many turns as there are windows of `step` ranks; it
/// is the same ones whatever the step.
///
/// Those beyond the ones that are looked at again are reported here.
fn differing(
    known: Known<'_>,
    (mut budget, step): (Budget, usize),
    options: &Options<'_>,
    findings: &mut Findings,
) -> Vec<Offset> {
    let mut suspects = Vec::new();
    for from in (0..known.places.kept().max(1)).step_by(step) {
        let window = from..from.saturating_add(step).min(known.places.kept());
        let sums = entries::sums(known, &window, options);
        let (differing, left) = lists::differing(known, &sums, &window, budget, options);
        let room = suspects::SUSPECTS_KEPT.saturating_sub(suspects.len());
        suspects.extend(differing.iter().take(room));
        differing.iter().skip(room).for_each(|at| suspects::uncertain(known, *at, findings));
        match left {
            Some(left) => budget = left,
            None => break,
        }
    }
    suspects
}

/// The two hash tables.
fn hashed(known: Known<'_>, scanned: &Scanned, options: &Options<'_>, findings: &mut Findings) {
    tables::places(known, &scanned.tables, findings);
    let header = known.file.header();
    let data = tables::Hashed {
        known,
        first: header.data_hash_table_offset,
        size: header.data_hash_table_size,
        fields: None,
        chained: Some((scanned.chained, scanned.depth)),
        objects: (scanned.count(1), scanned.data),
        depth: header.data_hash_chain_depth,
    };
    data.check(options, findings);
    let fields = &scanned.names.objects;
    let sum = fields.iter().fold(0_u64, |sum, at| sum.wrapping_add(known.mix.hash_one(at.0)));
    let field = tables::Hashed {
        first: header.field_hash_table_offset,
        size: header.field_hash_table_size,
        fields: Some(fields),
        chained: None,
        objects: (fields.len() as u64, sum),
        depth: header.field_hash_chain_depth,
        ..data
    };
    if !scanned.names.overflow {
        field.check(options, findings);
    }
}

/// Tags, and with a key what they prove.
fn seals(known: Known<'_>, scanned: &Scanned, options: &Options<'_>, findings: &mut Findings) -> Option<Proof> {
    tags::order(known.file, scanned, findings);
    if !tags::is_sealed(known.file) {
        return None;
    }
    let end = scanned.tags.last().map_or(Offset(0), |tag| tag.at);
    let places = known.places.ranges(1).into_iter().flat_map(|range| known.places.iter(range));
    let unsealed = places.filter(|(at, kind, _)| *at > end && *kind == places::Kind::Entry).count() as u64;
    if unsealed > 0 {
        let damage = Corrupt::new(
            end,
            "entries behind the last tag",
            Fault::Value { found: unsealed, must: "sealed to be proven" },
        );
        findings.add(Rule::Unsealed, damage, Touches::File);
    }
    let proof = proof(known.file, scanned, options, findings);
    if proof.is_none() {
        let found = scanned.tags.len() as u64;
        let damage = Corrupt::new(Offset(8), "tags", Fault::Value { found, must: "checked with a key" });
        findings.add(Rule::NoKey, damage, Touches::File);
    }
    proof.map(|proof| Proof { unsealed, ..proof })
}

#[cfg(feature = "seal")]
fn proof(file: &JournalFile, scanned: &Scanned, options: &Options<'_>, findings: &mut Findings) -> Option<Proof> {
    options.key.map(|key| seal::check(file, scanned, key, options, findings))
}

#[cfg(not(feature = "seal"))]
const fn proof(_: &JournalFile, _: &Scanned, _: &Options<'_>, _: &mut Findings) -> Option<Proof> {
    None
}

fn objects(scanned: &Scanned) -> Objects {
    Objects {
        data: scanned.count(1),
        fields: scanned.count(2),
        entries: scanned.count(3),
        tables: scanned.count(4).saturating_add(scanned.count(5)),
        arrays: scanned.count(6),
        tags: scanned.count(7),
        damaged: 0,
    }
}
