//! Which boot an entry is of: no hash covers what its head states.

use super::{Court, HEAD_END, is_in_one_piece};
use crate::check::walk::SECTOR;
use crate::corrupt::{Fault, Offset};
use crate::file::Entry;
use crate::format::{Id128, Seqnum};

/// Where the boot's id begins in an entry.
const BOOT: u64 = 40;

/// Whether it ends in zeros: from the edge of a sector on, less than which no disk writes, or its hash is nothing either.
pub(super) fn is_cut_off(entry: &Entry<'_>) -> bool {
    let last = entry.offset().0.saturating_add(HEAD_END);
    let edge = (last / SECTOR).saturating_mul(SECTOR);
    let most = usize::try_from(last.saturating_sub(edge)).unwrap_or_default().saturating_add(1);
    let is_cut = || entry.file().image().from(Offset(edge)).iter().take(most).all(|byte| *byte == 0);
    let ends_in_zeros = entry.boot_id().0.last() == Some(&0) && entry.head().xor_hash == 0;
    ends_in_zeros || (edge > entry.offset().0 && is_cut())
}

/// So many bytes of an id tell it from others.
const BYTES_TELLING: usize = 4;

/// No two boots have clocks so nearly as far apart, and hardly any sets its clock by less, in µs.
const APART_MOST: u64 = 1_000_000;

/// Whether the wall clock is as far from the monotonic one in two entries.
fn is_of_one_clock(one: &Entry<'_>, other: &Entry<'_>) -> bool {
    let start = |entry: &Entry<'_>| entry.realtime().0.wrapping_sub(entry.monotonic().0);
    start(one).abs_diff(start(other)) <= APART_MOST
}

/// How many bytes of its boot's id an entry keeps, if its head is zeros from the edge of a sector on that lies in that id or
/// right before it; `None` for others.
fn boot_bytes_before_zeros(entry: &Entry<'_>) -> Option<usize> {
    let boot = entry.offset().0.saturating_add(BOOT);
    let edge = (entry.offset().0.saturating_add(HEAD_END) / SECTOR).saturating_mul(SECTOR);
    let kept = usize::try_from(edge.checked_sub(boot)?).ok()?;
    (is_cut_off(entry) && entry.boot_id().0.iter().skip(kept).all(|byte| *byte == 0)).then_some(kept)
}

/// Ids of so many boots are held against one.
const OTHERS_MOST: usize = 256;

/// No two random ids differ in so few bits.
const BITS_FEW: u32 = 4;

/// Whether two ids differ in a few bits only.
fn is_nearly(one: Id128, other: Id128) -> bool {
    one.0.iter().zip(other.0).map(|(one, other)| (one ^ other).count_ones()).sum::<u32>() <= BITS_FEW
}

impl Court<'_> {
    /// The boot that a field of the entry names, none of those `lost`, if it is not the one that the entry states, which no
    /// hash covers.
    pub(super) fn another_boot(&self, entry: &Entry<'_>, lost: &[usize]) -> Option<Id128> {
        let boot = entry.boot_id();
        let own = self.judge.boots.get(&boot);
        let mut items = entry.stored_items().iter().enumerate();
        if own.is_some_and(|own| items.clone().any(|(_, at)| at == *own)) {
            return None;
        }
        let is_kept = |position: &usize| lost.binary_search(position).is_err();
        let named = items.find_map(|(position, at)| self.named.get(&at).filter(|_| is_kept(&position)));
        named.copied().filter(|named| *named != boot && !named.is_null())
    }

    /// Takes note of the boot that is left in the fields of an entry that lost others, or that those before and behind are of,
    /// where none names the one in its head.
    pub(in crate::check) fn name_boot(&mut self, entry: &Entry<'_>, lost: &[usize]) {
        if self.judge.boots.contains_key(&entry.boot_id()) {
            return;
        }
        let named = self.another_boot(entry, lost).map(|boot| (boot, Fault::of_boot(entry.boot_id().is_null())));
        let misheard = || Some((*self.misheard.get(&entry.boot_id())?, Fault::BOOT_NEARLY));
        let found = named.or_else(misheard).or_else(|| Some((self.boot_of_torn(entry)?, Fault::BOOT_BESIDE)));
        self.estranged.extend(found.map(|(boot, fault)| (entry.offset(), boot, fault)));
    }

    /// The boot of an entry whose head breaks off in zeros behind its clocks: that of the entries before and behind, if they
    /// are of one, or of the one whose id begins with enough of what is left; or that of the one before, if none is behind and
    /// the two clocks are as far apart as they were. What is left of the id must agree, and the entry must fit in between them.
    pub(super) fn boot_of_torn(&self, entry: &Entry<'_>) -> Option<Id128> {
        let kept = boot_bytes_before_zeros(entry)?;
        let [before, behind] = self.beside(entry.offset());
        let at = |place: Option<(Offset, Seqnum)>| place.and_then(|(at, _)| self.file.entry_as_stated(at).ok());
        let (before, behind) = (at(before), at(behind));
        let agrees = |other: &&Entry<'_>| {
            other.boot_id().0.iter().zip(entry.boot_id().0).take(kept).all(|(own, left)| *own == left)
        };
        let before = before.as_ref().filter(agrees).filter(|before| before.monotonic() <= entry.monotonic());
        let is_last = behind.is_none();
        let behind = behind.as_ref().filter(agrees).filter(|behind| entry.monotonic() <= behind.monotonic());
        let boot = match (before, behind) {
            (Some(before), Some(behind)) => (before.boot_id() == behind.boot_id()).then(|| before.boot_id()),
            (Some(one), None) | (None, Some(one)) if kept >= BYTES_TELLING => Some(one.boot_id()),
            (Some(before), None) => (is_last && is_of_one_clock(before, entry)).then(|| before.boot_id()),
            _ => None,
        };
        boot.filter(|boot| !boot.is_null() && self.fits(entry))
    }

    /// Takes the boot that an entry states for one that there was, where two entries state it that the index reaches, whole, or
    /// that payloads of this file's own list. One alone may have a flipped bit.
    pub(in crate::check) fn hear_boot(&mut self, entry: &Entry<'_>, is_reached: bool) {
        let boot = entry.boot_id();
        if boot.is_null() || self.boots.contains(&boot) || !is_in_one_piece(entry) {
            return;
        }
        let is_in_place = self.places.is_own(entry.offset()) && !self.places.is_moved(entry.offset());
        let is_named = is_reached && !is_cut_off(entry);
        if !(is_named || self.is_ours(entry.offset()) && self.is_listed(entry)) {
            return;
        }
        if !self.heard.insert(boot) {
            self.boots.insert(boot);
        // In a page that is in its place one is enough.
        } else if is_named || is_in_place {
            self.heard_once.push(boot);
        }
    }

    /// Takes the boots that one entry alone states for such as there were, but for those that are a known one with a wrong bit
    /// or a few: their entries are of that one. Of two that are heard once and are nearly the same either may be wrong; the
    /// first is taken for both. Each is held against a few hundred others at most.
    pub(in crate::check) fn settle_boots(&mut self) {
        let mut once = std::mem::take(&mut self.heard_once);
        once.retain(|boot| !self.boots.contains(boot));
        let mut known: Vec<Id128> = self.boots.iter().copied().take(OTHERS_MOST).collect();
        for boot in once {
            if let Some(other) = known.iter().find(|other| is_nearly(boot, **other)) {
                self.misheard.insert(boot, *other);
                continue;
            }
            self.boots.insert(boot);
            if known.len() < OTHERS_MOST {
                known.push(boot);
            }
        }
    }

    /// Whether there was a boot of this id, or of one that is nearly the same.
    pub(super) fn is_boot(&self, boot: Id128) -> bool {
        self.boots.contains(&boot) || self.misheard.contains_key(&boot)
    }
}
