//! The second pass: every entry against its DATA.

use std::hash::{BuildHasher, Hasher};
use std::ops::Range;

use super::Options;
use super::crew::crew;
use super::finding::{Findings, Touches};
use super::object::value;
use super::one::One;
use super::places::{Kind, Places};
use super::rule::Rule;
use crate::bytes::{Lately, Mix};
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::file::JournalFile;
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

/// What is known of a value of several entries.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Value {
    /// The Jenkins hash of its payload.
    pub(super) hash: u64,
    /// What it is in the sums over pairs.
    pub(super) factor: u64,
    /// Whether it names a boot.
    pub(super) is_boot: bool,
}

/// How many values are remembered: what fits the cache next to a core.
type Recent = Lately<Value, 8192>;

/// What entries say of their DATA.
#[derive(Debug, Default)]
pub(super) struct Uses {
    /// A sum over the entries with each of their kept DATA.
    pub(super) pairs: u64,
    /// A sum over the single DATA that name the entry that has them.
    pub(super) singles: u64,
    pub(super) findings: Findings,
    /// The values that entries have had lately.
    pub(super) recent: Recent,
    /// Bytes of payloads that may still be read again.
    pub(super) left: u64,
    /// Whether there were more.
    pub(super) is_over: bool,
    /// The value of `_BOOT_ID` that was met last, and the boot of the entry that had it, rightly.
    pub(super) boot: (Offset, Id128),
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
            // Of every value, so that the steps suffice for the same ones whatever the window.
            let is_linked = is_linked(known, at, item, &mut steps) == Some(true);
            let place = known.places.rank(item).checked_sub(window.start).filter(|_| is_linked);
            if let Some(sum) = place.and_then(|place| sums.get_mut(place)) {
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
pub(super) fn is_linked(known: Known<'_>, entry: Offset, data: Offset, steps: &mut u64) -> Option<bool> {
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
