//! The second pass: every entry against its DATA.

use std::hash::BuildHasher;
use std::ops::Range;

use super::Options;
use super::crew::crew;
use super::finding::{Findings, Touches};
use super::object::value;
use super::places::{Kind, Places};
use super::recent::Recent;
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
    /// A sum over the entries with each of their kept DATA.
    pub(super) pairs: u64,
    /// A sum over the single DATA that name the entry that has them.
    pub(super) singles: u64,
    pub(super) findings: Findings,
    recent: Recent,
}

/// An entry as one factor of its [`pair`]s.
#[inline]
pub(super) fn factor(mix: Mix, entry: Offset) -> u64 {
    mix.hash_one(entry.0)
}

/// What an entry and a DATA add to the sums over entries and over lists.
#[inline]
pub(super) fn pair(mix: Mix, entry: u64, data: Offset) -> u64 {
    mix.hash_one(entry ^ data.0)
}

/// Looks at all entries.
pub(super) fn entries(known: Known<'_>, options: &Options<'_>) -> Uses {
    let work = |uses: &mut Uses, at: Offset| One { known, at, factor: factor(known.mix, at), uses }.look();
    let mut whole = Uses::default();
    for uses in each(known, options, Uses::default, work) {
        whole.pairs = whole.pairs.wrapping_add(uses.pairs);
        whole.singles = whole.singles.wrapping_add(uses.singles);
        whole.findings.extend(uses.findings);
    }
    whole
}

/// For each kept DATA of a window of ranks, a sum over the entries that have it.
pub(super) fn sums(known: Known<'_>, window: &Range<usize>, options: &Options<'_>) -> Vec<u64> {
    let work = |sums: &mut Vec<u64>, at: Offset| {
        let Some((_, items)) = read(known.file, at) else { return };
        for item in items.iter().filter(|item| matches!(known.places.at(*item), Some((Kind::Kept, _)))) {
            let place = known.places.rank(item).checked_sub(window.start);
            if let Some(sum) = place.and_then(|place| sums.get_mut(place))
                && is_linked(known, at, item)
            {
                *sum = sum.wrapping_add(pair(known.mix, factor(known.mix, at), item));
            }
        }
    };
    let mut whole = vec![0_u64; window.len()];
    for sums in each(known, options, || vec![0; window.len()], work) {
        whole.iter_mut().zip(sums).for_each(|(sum, more)| *sum = sum.wrapping_add(more));
    }
    whole
}

/// Does something with each entry, in all threads.
fn each<S: Send>(
    known: Known<'_>,
    options: &Options<'_>,
    state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, Offset) + Sync,
) -> Vec<S> {
    crew(options.threads, known.places.ranges(options.threads.saturating_mul(16)), state, |state, range| {
        let entries = known.places.iter(range).filter(|(_, kind, _)| *kind == Kind::Entry);
        entries.for_each(|(at, ..)| work(state, at));
    })
}

/// Whether a DATA must list an entry: all but the last one, and that one too if it does.
#[inline]
fn is_linked(known: Known<'_>, entry: Offset, data: Offset) -> bool {
    entry < known.last || (entry == known.last && lists(known.file, data, entry))
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
    factor: u64,
    uses: &'u mut Uses,
}

impl One<'_, '_> {
    fn look(&mut self) {
        let Some((head, items)) = read(self.known.file, self.at) else { return };
        let mut xor = 0;
        let mut is_whole = true;
        for (item, stated) in items.pairs() {
            let Some(hash) = self.item(item, stated, head.as_ref()) else {
                is_whole = false;
                continue;
            };
            is_whole &= hash != UNREAD;
            xor ^= hash;
        }
        if let Some(head) = head
            && is_whole
            && xor != head.xor_hash
            && !is_sum(xor ^ head.xor_hash, &items.iter().map(|item| self.hash_again(item)).collect::<Vec<_>>())
        {
            let fault = Fault::Hash { stored: head.xor_hash, computed: xor };
            self.add(Rule::EntryHash, Corrupt::new(self.at, "entry", fault));
        }
    }

    /// Looks at one item; returns the Jenkins hash of its payload, [`UNREAD`] where it is not known.
    #[inline]
    fn item(&mut self, item: Offset, stated: Option<u64>, head: Option<&EntryHead>) -> Option<u64> {
        let known = self.known;
        let recent = self.uses.recent.find(item);
        let met = recent.map(|value| (Kind::Kept, value.is_boot)).or_else(|| known.places.at(item));
        let Some((kind @ (Kind::Single | Kind::Kept), is_boot)) = met else {
            self.add(Rule::EntryItem, Corrupt::new(self.at, "entry", Fault::Leads { to: item, wanted: "data" }));
            return None;
        };
        if let Some(stated) = stated {
            self.stated(item, stated);
        }
        if is_boot {
            self.boot(item, head);
        }
        if kind == Kind::Single {
            return Some(self.single(item));
        }
        self.listed(item);
        let hash = recent.map_or_else(|| self.hash(item), |value| value.hash);
        if recent.is_none() {
            self.uses.recent.keep(item, hash, is_boot);
        }
        Some(hash)
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
        self.hash_of_plain(item)
    }

    /// The Jenkins hash of a value that is not compressed.
    #[inline]
    fn hash_of_plain(&self, item: Offset) -> u64 {
        match self.known.file.stored(item) {
            _ if !self.known.file.header().is_keyed() => word(self.known.file, item, 16),
            Ok(stored) => jenkins64(stored.bytes),
            Err(_) => UNREAD,
        }
    }

    /// Adds to the sum over a value that perhaps many entries have.
    #[inline]
    fn listed(&mut self, item: Offset) {
        if is_linked(self.known, self.at, item) {
            self.uses.pairs = self.uses.pairs.wrapping_add(pair(self.known.mix, self.factor, item));
        } else {
            self.unlisted(item);
        }
    }

    /// The Jenkins hash of any value.
    #[cold]
    fn hash_again(&self, item: Offset) -> u64 {
        match self.known.places.at(item) {
            Some((Kind::Single, _)) => self.hash_of_plain(item),
            _ => self.hash(item),
        }
    }

    /// The Jenkins hash of such a value.
    fn hash(&self, item: Offset) -> u64 {
        let known = self.known;
        match known.hashes {
            Some(hashes) => hashes.get(known.places.rank(item)).copied().unwrap_or(UNREAD),
            None => match known.file.stored(item).and_then(|stored| stored.codec()) {
                Ok(None) => self.hash_of_plain(item),
                _ if !known.file.header().is_keyed() => word(known.file, item, 16),
                _ => UNREAD,
            },
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
