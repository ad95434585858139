//! Seals: what a verification key proves of a file.
//!
//! A TAG is the HMAC of everything since the tag before it, with a key that the writer replaces with every epoch and
//! cannot get back. So what lies before a tag cannot be changed afterwards, by nobody who lacks the verification key.
//!
//! Not proven are links, counts and hash tables, which change as the file grows: the other rules hold them against the
//! sealed content. Nor that no seal is missing at the end of a file.
//!
//! The first seal includes the ids of machine and seqnum series, which a writer may in rare cases learn only later; then
//! the first tag is wrong though nobody changed anything.

mod fsprg;
mod key;
mod mac;
mod sealed;

pub use key::{Key, NotAKey};

use super::Options;
use super::crew::crew;
use super::finding::{Findings, Touches};
use super::proof::Proof;
use super::rule::Rule;
use super::scan::{Scanned, Seal};
use super::tags::{is_continuous, is_next};
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::file::JournalFile;
use fsprg::Generator;
use mac::Stretch;
use sealed::{Growing, Stretch as Sealed};

/// How many epochs are gone to directly, at some milliseconds each; a file that a writer made needs one or two.
const JUMPS_MOST: u64 = 4096;

/// Checks the seals, and says what they prove.
pub(super) fn check(
    file: &JournalFile,
    scanned: &Scanned,
    key: &Key,
    options: &Options<'_>,
    findings: &mut Findings,
) -> Proof {
    let (stretches, is_cut) = stretches(file, &scanned.tags, key);
    if is_cut {
        let fault = Fault::TooLarge { size: JUMPS_MOST, limit: JUMPS_MOST };
        findings.add(Rule::Unchecked, Corrupt::new(Offset(0), "epochs of seals", fault), Touches::File);
    }
    let jobs: Vec<(usize, Stretch)> = stretches.into_iter().enumerate().collect();
    let work =
        |done: &mut Vec<_>, (index, stretch): (usize, Stretch)| done.push((index, mac::is_right(file, &stretch)));
    let mut rights: Vec<_> = crew(options.threads, jobs, Vec::new, work).into_iter().flatten().collect();
    rights.sort_by_key(|(index, _)| *index);
    let mut growing = Growing::default();
    let is_broken = findings.has(Rule::Gap) || findings.has(Rule::Object);
    let sealed = sealed::stretches(file, &scanned.tags, is_broken);
    let mut before = None;
    for ((tag, (_, right)), within) in scanned.tags.iter().zip(rights).zip(sealed) {
        let is_right = right.as_ref().is_ok_and(|right| *right);
        if !is_right {
            wrong(tag, right.err(), &within, findings);
        }
        let is_timely = times(file, key, tag, &within, &growing, findings);
        // The key of a later epoch, which may be in anybody's hands, makes right seals of it for older entries.
        let proves = is_right && is_timely && is_next(file, before, tag);
        growing.push(tag, key.epoch(tag.epoch).1, &within, (is_right, proves));
        before = Some(tag);
    }
    growing.proof
}

/// The stretches between tags with their keys; `true` when there were more keys to find than is reasonable.
fn stretches(file: &JournalFile, tags: &[Seal], key: &Key) -> (Vec<Stretch>, bool) {
    let mut generator = Generator::new(key.basis());
    let mut from = file.objects_from();
    let mut stretches = Vec::with_capacity(tags.len());
    for tag in tags {
        if generator.jumps > JUMPS_MOST {
            return (stretches, true);
        }
        stretches.push(Stretch { from, tag: tag.at, is_first: stretches.is_empty(), key: generator.key(tag.epoch) });
        from = Offset(tag.at.0.saturating_add(64));
    }
    (stretches, false)
}

/// Reports a seal that is not that of its stretch.
fn wrong(tag: &Seal, damage: Option<Corrupt>, within: &Sealed, findings: &mut Findings) {
    let touches = within.first.map_or(Touches::File, |(seqnum, realtime)| Touches::Entry { seqnum, realtime });
    let fault = match damage {
        Some(damage) => damage.fault,
        None => Fault::Seal { tag: tag.seqnum, epoch: tag.epoch },
    };
    findings.add(Rule::TagSeal, Corrupt::new(tag.at, "tag", fault), touches);
}

/// Holds the times of entries against the epoch in which they were sealed; whether they agree.
fn times(
    file: &JournalFile,
    key: &Key,
    tag: &Seal,
    within: &Sealed,
    so_far: &Growing,
    findings: &mut Findings,
) -> bool {
    let (from, to) = key.epoch(tag.epoch);
    let last = if is_continuous(file) { so_far.newest.max(within.newest) } else { within.newest };
    let mut agree = true;
    let mut add = |found, before| {
        agree = false;
        let damage = Corrupt::new(tag.at, "time of a tag", Fault::Order { found, before });
        findings.add(Rule::TagTime, damage, Touches::File);
    };
    if last.is_some_and(|last| last >= to) {
        add(last.map_or(0, |last| last.0), to.0);
    }
    if let Some(oldest) = within.oldest.filter(|oldest| is_continuous(file) && *oldest < from) {
        add(from.0, oldest.0);
    }
    if let Some((oldest, before)) =
        within.oldest.zip(so_far.epoch).filter(|(oldest, epoch)| *oldest < key.epoch(*epoch).0)
    {
        add(oldest.0, key.epoch(before).0.0);
    }
    agree
}
