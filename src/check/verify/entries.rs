//! The second pass: every entry against its DATA.

use std::hash::BuildHasher;
use std::ops::Range;

use super::Options;
use super::crew::crew;
use super::finding::{Findings, Touches};
use super::object::value;
use super::places::{Kind, Places};
use super::rule::Rule;
use super::scan::UNREAD;
use crate::bytes::Mix;
use crate::check::sum::is_sum;
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::file::JournalFile;
use crate::format::hash::jenkins64;
use crate::format::{EntryHead, Id128, Items, RawObject};

/// What the passes over entries and lists share.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known<'a> {
    pub(super) file: &'a JournalFile,
    pub(super) places: &'a Places,
    pub(super) mix: Mix,
    /// The Jenkins hash of every kept payload, or nothing if there were too many.
    pub(super) hashes: Option<&'a [u64]>,
    pub(super) boots: &'a [(Offset, Id128)],
    /// The last entry of the main array; writing may have ended before it was linked everywhere.
    pub(super) last: Offset,
}

/// What entries say of their DATA.
#[derive(Debug, Default)]
pub(super) struct Uses {
    /// For each kept DATA of the window, a sum over the entries that have it.
    pub(super) lists: Vec<u64>,
    /// A sum over the single DATA that name the entry that has them.
    pub(super) singles: u64,
    pub(super) findings: Findings,
    hashes: Vec<u64>,
}

/// Looks at all entries; `window` are the ranks of the DATA whose entries are summed up.
pub(super) fn entries(known: Known<'_>, window: &Range<usize>, options: &Options<'_>) -> Uses {
    let is_first = window.start == 0;
    let state = || Uses { lists: vec![0; window.len()], ..Uses::default() };
    let jobs = known.places.ranges(options.threads.saturating_mul(16));
    let work = |uses: &mut Uses, range: Range<usize>| {
        for (at, kind, _) in known.places.iter(range) {
            if kind == Kind::Entry {
                let mut one = One { known, at, window, is_first, uses };
                one.look();
            }
        }
    };
    let mut all = crew(options.threads, jobs, state, work).into_iter();
    let mut whole = all.next().unwrap_or_default();
    for uses in all {
        for (sum, more) in whole.lists.iter_mut().zip(uses.lists) {
            *sum = sum.wrapping_add(more);
        }
        whole.singles = whole.singles.wrapping_add(uses.singles);
        whole.findings.extend(uses.findings);
    }
    whole
}

/// The head and items of an entry, the head only where it is sound.
pub(super) fn read(file: &JournalFile, at: Offset) -> Option<(Option<EntryHead>, Items<'_>)> {
    if let Ok((head, items)) = EntryHead::read(file.image(), at, file.layout()) {
        return Some((Some(head), items));
    }
    let raw = RawObject::read(file.image(), at, "entry").ok()?;
    Items::of(raw, file.layout()).ok().map(|items| (None, items))
}

/// One entry at a time.
struct One<'a, 'u> {
    known: Known<'a>,
    at: Offset,
    window: &'u Range<usize>,
    is_first: bool,
    uses: &'u mut Uses,
}

impl One<'_, '_> {
    fn look(&mut self) {
        let Some((head, items)) = read(self.known.file, self.at) else { return };
        self.uses.hashes.clear();
        let mut xor = 0;
        let mut is_whole = true;
        for (item, stated) in items.pairs() {
            let Some(hash) = self.item(item, stated, head.as_ref()) else {
                is_whole = false;
                continue;
            };
            is_whole &= hash != UNREAD;
            if self.is_first {
                xor ^= hash;
                self.uses.hashes.push(hash);
            }
        }
        if let Some(head) = head
            && is_whole
            && self.is_first
            && xor != head.xor_hash
            && !is_sum(xor ^ head.xor_hash, &self.uses.hashes)
        {
            let fault = Fault::Hash { stored: head.xor_hash, computed: xor };
            self.add(Rule::EntryHash, Corrupt::new(self.at, "entry", fault));
        }
    }

    /// Looks at one item; returns the Jenkins hash of its payload, [`UNREAD`] where it is not known.
    #[inline]
    fn item(&mut self, item: Offset, stated: Option<u64>, head: Option<&EntryHead>) -> Option<u64> {
        let known = self.known;
        let (kind, is_boot) = match known.places.at(item) {
            Some((kind @ (Kind::Single | Kind::Kept), marked)) => (kind, marked),
            _ if self.is_first => {
                self.add(Rule::EntryItem, Corrupt::new(self.at, "entry", Fault::Leads { to: item, wanted: "data" }));
                return None;
            }
            _ => return None,
        };
        if self.is_first {
            if let Some(stated) = stated {
                self.stated(item, stated);
            }
            if is_boot {
                self.boot(item, head);
            }
        }
        match kind {
            Kind::Single => self.is_first.then(|| self.single(item)),
            _ => Some(self.kept(item)),
        }
    }

    /// The hash that a regular file's item states.
    #[inline]
    fn stated(&mut self, item: Offset, stated: u64) {
        let hash = word(self.known.file, item, 16);
        if hash != stated {
            let fault = Fault::Hash { stored: stated, computed: hash };
            self.add(Rule::EntryItemHash, Corrupt::new(self.at, "entry item", fault));
        }
    }

    fn boot(&mut self, item: Offset, head: Option<&EntryHead>) {
        let place = self.known.boots.binary_search_by_key(&item, |(at, _)| *at);
        let named = place.ok().and_then(|place| self.known.boots.get(place));
        if let (Some((_, boot)), Some(head)) = (named, head)
            && *boot != head.boot_id
            && !head.boot_id.is_null()
        {
            let fault = Fault::Leads { to: item, wanted: "_BOOT_ID of the entry's own boot" };
            self.add(Rule::EntryBoot, Corrupt::new(self.at, "entry", fault));
        }
    }

    /// A value of one entry: this one must be the one that it names.
    #[inline]
    fn single(&mut self, item: Offset) -> u64 {
        let known = self.known;
        if word(known.file, item, 40) == self.at.0 {
            self.uses.singles = self.uses.singles.wrapping_add(known.mix.hash_one(item.0));
        } else {
            self.unlisted(item);
        }
        match known.file.stored(item) {
            _ if !known.file.header().is_keyed() => word(known.file, item, 16),
            Ok(stored) => jenkins64(stored.bytes),
            Err(_) => UNREAD,
        }
    }

    /// A value that perhaps many entries have.
    #[inline]
    fn kept(&mut self, item: Offset) -> u64 {
        let known = self.known;
        let rank = known.places.rank(item);
        if let Some(sum) = rank.checked_sub(self.window.start).and_then(|place| self.uses.lists.get_mut(place)) {
            if self.at < known.last || (self.at == known.last && lists(known.file, item, self.at)) {
                *sum = sum.wrapping_add(known.mix.hash_one(self.at.0));
            } else if self.at == known.last {
                self.unlisted(item);
            }
        }
        match known.hashes {
            Some(hashes) => hashes.get(rank).copied().unwrap_or(UNREAD),
            None if !known.file.header().is_keyed() => word(known.file, item, 16),
            None => UNREAD,
        }
    }

    /// The entry is not in the list of one of its values.
    #[cold]
    fn unlisted(&mut self, item: Offset) {
        let damage = Corrupt::new(self.at, "entry", Fault::Unlisted { at: self.at, wanted: "the list of a value" });
        let touches = touches_value(self.known.file, item);
        match self.at.cmp(&self.known.last) {
            std::cmp::Ordering::Less => self.uses.findings.add(Rule::EntryUnlisted, damage, touches),
            std::cmp::Ordering::Equal => self.uses.findings.add(Rule::LastUnlisted, damage, touches),
            // Not in the main array either, which is said.
            std::cmp::Ordering::Greater => {}
        }
    }

    #[cold]
    fn add(&mut self, rule: Rule, damage: Corrupt) {
        self.uses.findings.add(rule, damage, super::main_array::touches(self.known.file, self.at));
    }
}

/// What the DATA at a place is to a reader.
pub(super) fn touches_value(file: &JournalFile, at: Offset) -> Touches {
    file.data(at).map_or(Touches::File, |data| value(&data, &[]))
}

/// Whether a DATA's list has an entry, with no more steps than the list of a sound file has arrays.
fn lists(file: &JournalFile, data: Offset, entry: Offset) -> bool {
    file.data(data).is_ok_and(|data| file.entries_of(&data).contains(entry))
}

/// A number of an object that was met; 0 beyond the end.
#[inline]
pub(super) fn word(file: &JournalFile, at: Offset, within: u64) -> u64 {
    let at = Offset(at.0.saturating_add(within));
    file.image().from(at).first_chunk().map_or(0, |raw| u64::from_le_bytes(*raw))
}
