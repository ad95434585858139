//! The second pass: every entry against its DATA.

use std::hash::{BuildHasher, Hasher};
use std::ops::Range;

use super::Options;
use super::crew::crew;
use super::finding::{Findings, Touches};
use super::object::value;
use super::places::{Kind, Places};
use super::recent::{Recent, Value};
use super::rule::Rule;
use super::scan::UNREAD;
use crate::bytes::Mix;
use crate::check::sum::is_sum;
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::file::JournalFile;
use crate::format::hash::jenkins64;
use crate::format::{EntryHead, Id128, Items, RawObject, limits};

/// How many arrays are looked at, at most, to know whether the last entry is in the lists of its values.
const LOOKS_MOST: u64 = 1 << 24;

/// Into how many ranges the file is cut where values are read again, for any number of threads.
const RANGES: usize = 256;

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
    /// Bytes of payloads that may still be read again.
    left: u64,
    /// Whether there were more.
    pub(super) is_over: bool,
    /// The value of `_BOOT_ID` that was met last, and the boot of the entry that had it, rightly.
    boot: (Offset, Id128),
}

/// What an entry is in the sums over pairs of an entry and a DATA, to which each pair adds the product of both.
///
/// So the pairs of an entry or of a list are one product, with a sum over the other side. Two sets of pairs with one sum
/// are the same set but for a chance of about 2^-58: products of secret numbers cancel out only by accident.
#[inline]
pub(super) fn factor(mix: Mix, entry: Offset) -> u64 {
    mix.hash_one(entry.0)
}

/// What a DATA is in those sums: a number that has nothing to do with what an entry at its place would be.
#[inline]
pub(super) fn data_factor(mix: Mix, data: Offset) -> u64 {
    let mut hasher = mix.build_hasher();
    hasher.write_u64(data.0);
    hasher.write_u64(1);
    hasher.finish()
}

/// Looks at all entries.
pub(super) fn entries(known: Known<'_>, options: &Options<'_>) -> Uses {
    let limit = known.file.image().len().saturating_mul(limits::AGAIN_RATIO);
    let mut whole = once(known, limit, options);
    // Of too much, one thread reads the first, so that the findings are the same with any number of threads.
    if whole.is_over && options.threads > 1 {
        whole = once(known, limit, &Options { threads: 1, ..*options });
    }
    if whole.is_over {
        let damage = Corrupt::new(Offset(0), "entries", Fault::TooLarge { size: limit.saturating_add(1), limit });
        whole.findings.add(Rule::Unchecked, damage, Touches::File);
    }
    whole
}

/// Looks at all entries; it is over when all threads together read more than `limit` bytes of payloads again.
///
/// How many they read is the same with any number of threads, unless one alone has read as many.
fn once(known: Known<'_>, limit: u64, options: &Options<'_>) -> Uses {
    let state = || Uses { left: limit, ..Uses::default() };
    let ranges = if known.hashes.is_some() { options.threads.saturating_mul(16) } else { RANGES };
    let work = |uses: &mut Uses, range| {
        // Else what is read again would depend on what this thread did before.
        if known.hashes.is_none() {
            uses.recent = Recent::default();
        }
        for at in within(known, range) {
            One { known, at, is_linked: at < known.last, is_whole: true, steps: LOOKS_MOST, uses }.look();
        }
    };
    let (mut whole, mut read) = (Uses::default(), 0_u64);
    for uses in crew(options.threads, known.places.ranges(ranges), state, work) {
        read = read.saturating_add(limit.saturating_sub(uses.left));
        whole.pairs = whole.pairs.wrapping_add(uses.pairs);
        whole.singles = whole.singles.wrapping_add(uses.singles);
        whole.findings.extend(uses.findings);
        whole.is_over |= uses.is_over;
    }
    whole.is_over |= read > limit;
    whole
}

/// For each kept DATA of a window of ranks, a sum over the entries that have it.
pub(super) fn sums(known: Known<'_>, window: &Range<usize>, options: &Options<'_>) -> Vec<u64> {
    let add = |sums: &mut Vec<u64>, at: Offset| {
        let Some((_, items)) = read(known.file, at) else { return };
        let mut steps = LOOKS_MOST;
        for item in items.iter().filter(|item| matches!(known.places.at(*item), Some((Kind::Kept, _)))) {
            let place = known.places.rank(item).checked_sub(window.start);
            if let Some(sum) = place.and_then(|place| sums.get_mut(place))
                && is_linked(known, at, item, &mut steps) == Some(true)
            {
                *sum = sum.wrapping_add(factor(known.mix, at));
            }
        }
    };
    let work = |sums: &mut Vec<u64>, range| within(known, range).for_each(|at| add(sums, at));
    let ranges = known.places.ranges(options.threads.saturating_mul(16));
    let mut whole = vec![0_u64; window.len()];
    for sums in crew(options.threads, ranges, || vec![0; window.len()], work) {
        whole.iter_mut().zip(sums).for_each(|(sum, more)| *sum = sum.wrapping_add(more));
    }
    whole
}

/// The entries in a range of cells, ascending.
fn within<'a>(known: Known<'a>, range: Range<usize>) -> impl Iterator<Item = Offset> + use<'a> {
    known.places.iter(range).filter(|(_, kind, _)| *kind == Kind::Entry).map(|(at, ..)| at)
}

/// Whether a DATA must list an entry: all but the last one, and that one too if it does; `None` where that is unknown.
#[inline]
fn is_linked(known: Known<'_>, entry: Offset, data: Offset, steps: &mut u64) -> Option<bool> {
    match entry.cmp(&known.last) {
        std::cmp::Ordering::Less => Some(true),
        std::cmp::Ordering::Equal => lists(known.file, data, entry, steps),
        std::cmp::Ordering::Greater => Some(false),
    }
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
    /// Whether all lists must have it: all entries but the last.
    is_linked: bool,
    /// Whether the hashes of all its payloads are known.
    is_whole: bool,
    /// How many more arrays may be looked at for it.
    steps: u64,
    uses: &'u mut Uses,
}

/// What an item adds to the sums over an entry: the Jenkins hash of its payload, and the value as a factor.
type Item = (u64, u64);

impl One<'_, '_> {
    fn look(&mut self) {
        let Some((head, items)) = read(self.known.file, self.at) else { return };
        let (mut xor, mut values) = (0, 0_u64);
        items.each(|item, stated| {
            let (hash, factor) = self.item(item, stated, head.as_ref());
            xor ^= hash;
            values = values.wrapping_add(factor);
        });
        let pairs = factor(self.known.mix, self.at).wrapping_mul(values);
        self.uses.pairs = self.uses.pairs.wrapping_add(pairs);
        if let Some(head) = head
            && self.is_whole
            && xor != head.xor_hash
        {
            self.hash_differs(&head, xor, &items);
        }
    }

    /// Looks at one item; most are values that entries have had lately.
    #[inline]
    fn item(&mut self, item: Offset, stated: Option<u64>, head: Option<&EntryHead>) -> Item {
        match self.uses.recent.find(item) {
            Some(value) if self.is_linked => {
                let (sums, is_boot) = ((value.hash, value.factor), value.is_boot);
                if let Some(stated) = stated {
                    self.stated(item, stated);
                }
                if is_boot {
                    self.boot(item, head);
                }
                sums
            }
            _ => self.rare(item, stated, head),
        }
    }

    /// Looks at an item that is not known yet.
    #[inline(never)]
    fn rare(&mut self, item: Offset, stated: Option<u64>, head: Option<&EntryHead>) -> Item {
        let Some((kind @ (Kind::Single | Kind::Kept), is_boot)) = self.known.places.at(item) else {
            self.is_whole = false;
            self.add(Rule::EntryItem, Corrupt::new(self.at, "entry", Fault::Leads { to: item, wanted: "data" }));
            return (0, 0);
        };
        if let Some(stated) = stated {
            self.stated(item, stated);
        }
        if is_boot {
            self.boot(item, head);
        }
        let sums = if kind == Kind::Single { (self.single(item), 0) } else { self.kept(item, is_boot) };
        self.is_whole &= sums.0 != UNREAD;
        sums
    }

    /// A value that perhaps many entries have.
    fn kept(&mut self, item: Offset, is_boot: bool) -> Item {
        let (hash, factor) = (self.hash(item), data_factor(self.known.mix, item));
        if hash != UNREAD {
            self.uses.recent.keep(Value { at: item, hash, factor, is_boot });
        }
        match is_linked(self.known, self.at, item, &mut self.steps) {
            Some(true) => return (hash, factor),
            Some(false) => self.unlisted(item),
            None => self.uses.is_over = true,
        }
        (hash, 0)
    }

    /// The entry's hash is not that of its values; it may have been made with some of them twice.
    ///
    /// Nothing is said of it where some cannot be read again.
    #[cold]
    fn hash_differs(&mut self, head: &EntryHead, computed: u64, items: &Items<'_>) {
        let mut is_read = true;
        let hashes = items.iter().map(|item| {
            let hash = self.hash_again(item);
            is_read &= hash != UNREAD;
            hash
        });
        if !is_sum(computed ^ head.xor_hash, hashes) && is_read {
            let fault = Fault::Hash { stored: head.xor_hash, computed };
            self.add(Rule::EntryHash, Corrupt::new(self.at, "entry", fault));
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

    /// The boot that a value names must be the entry's.
    #[inline]
    fn boot(&mut self, item: Offset, head: Option<&EntryHead>) {
        if let Some(head) = head
            && self.uses.boot != (item, head.boot_id)
        {
            self.other_boot(item, head);
        }
    }

    /// As [`One::boot`], of another value or boot than the last time.
    #[inline(never)]
    fn other_boot(&mut self, item: Offset, head: &EntryHead) {
        let place = self.known.boots.binary_search_by_key(&item, |(at, _)| *at);
        let Some((_, boot)) = place.ok().and_then(|place| self.known.boots.get(place)) else { return };
        if *boot == head.boot_id {
            self.uses.boot = (item, *boot);
        } else if !head.boot_id.is_null() {
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
    fn hash_of_plain(&mut self, item: Offset) -> u64 {
        if !self.known.file.header().is_keyed() {
            return word(self.known.file, item, 16);
        }
        let Ok(stored) = self.known.file.stored(item) else { return UNREAD };
        let Some(left) = self.uses.left.checked_sub(stored.bytes.len() as u64) else {
            self.uses.is_over = true;
            return UNREAD;
        };
        self.uses.left = left;
        jenkins64(stored.bytes)
    }

    /// The Jenkins hash of any value.
    #[cold]
    fn hash_again(&mut self, item: Offset) -> u64 {
        match self.known.places.at(item) {
            Some((Kind::Single, _)) => self.hash_of_plain(item),
            _ => self.hash(item),
        }
    }

    /// The Jenkins hash of such a value.
    fn hash(&mut self, item: Offset) -> u64 {
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
        let rule = match self.at.cmp(&self.known.last) {
            std::cmp::Ordering::Less => Rule::EntryUnlisted,
            std::cmp::Ordering::Equal => Rule::LastUnlisted,
            // Not in the main array either, which is said.
            std::cmp::Ordering::Greater => return,
        };
        self.uses.findings.add(rule, damage, touches_value(self.known.file, item));
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

/// Whether a DATA's list has an entry; `None` where no more arrays may be looked at.
fn lists(file: &JournalFile, data: Offset, entry: Offset, steps: &mut u64) -> Option<bool> {
    if *steps == 0 {
        return None;
    }
    let Ok(data) = file.data(data) else { return Some(false) };
    let list = file.entries_of(&data);
    *steps = steps.saturating_sub((list.links() as u64).saturating_add(1));
    Some(list.contains(entry))
}

/// A number of an object that was met; 0 beyond the end.
#[inline]
pub(super) fn word(file: &JournalFile, at: Offset, within: u64) -> u64 {
    let at = Offset(at.0.saturating_add(within));
    file.image().from(at).first_chunk().map_or(0, |raw| u64::from_le_bytes(*raw))
}
