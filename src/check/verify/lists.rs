//! The third pass: every value's list of entries, against what the entries say.

use std::hash::BuildHasher;
use std::ops::Range;

use super::Options;
use super::crew::crew;
use super::entries::{Known, data_factor, factor, word};
use super::finding::Findings;
use super::main_array::{array, behind, unused};
use super::object::value;
use super::places::Kind;
use super::rule::Rule;
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::format::{Data, EntryArray, Layout};

/// How many slots that are not used are looked at, at most, for each slot of the file, and in small files.
const SPARE_RATIO: u64 = 16;
const SPARE_LEAST: u64 = 1 << 24;

/// What the lists are.
#[derive(Debug, Default)]
pub(super) struct Lists {
    pub(super) findings: Findings,
    /// A sum over the arrays met.
    pub(super) arrays: u64,
    /// A sum over the values with each of the entries in their lists.
    pub(super) pairs: u64,
    slots: u64,
    /// Slots that are not used, of which each is looked at.
    spare: u64,
    /// Whether lists share so many arrays that the rest was not walked.
    pub(super) is_over: bool,
}

/// How many slots may be looked at, used ones and others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    slots: u64,
    spare: u64,
}

impl Budget {
    /// What suffices for all lists of a sound file, which together have no more than `slots`.
    pub(super) fn of(slots: u64) -> Self {
        Self { slots, spare: slots.saturating_mul(SPARE_RATIO).max(SPARE_LEAST) }
    }

    /// What these left of it; `None` where they took more.
    fn behind<S>(self, done: &[(Lists, S)]) -> Option<Self> {
        let sum = |of: fn(&Lists) -> u64| done.iter().fold(0_u64, |sum, (lists, _)| sum.saturating_add(of(lists)));
        let slots = self.slots.checked_sub(sum(|lists| lists.slots))?;
        Some(Self { slots, spare: self.spare.checked_sub(sum(|lists| lists.spare))? })
    }
}

/// Looks at all lists, as far as the budget goes.
pub(super) fn lists(known: Known<'_>, budget: Budget, options: &Options<'_>) -> Lists {
    let work = |lists: &mut Lists, data: &Data<'_>| {
        let pairs = walk(known, data, lists).wrapping_mul(data_factor(known.mix, data.at));
        lists.pairs = lists.pairs.wrapping_add(pairs);
    };
    let mut whole = Lists::default();
    for (lists, ()) in each(known, 0..usize::MAX, budget, options, || (), |lists, (), data| work(lists, data)) {
        whole.findings.extend(lists.findings);
        whole.arrays = whole.arrays.wrapping_add(lists.arrays);
        whole.pairs = whole.pairs.wrapping_add(lists.pairs);
        whole.is_over |= lists.is_over;
    }
    whole
}

/// The DATA in a window of ranks whose lists have another sum than these, ascending, and what is left of the budget:
/// where it ends is the same however the ranks are cut into windows.
pub(super) fn differing(
    known: Known<'_>,
    sums: &[u64],
    window: &Range<usize>,
    budget: Budget,
    options: &Options<'_>,
) -> (Vec<Offset>, Option<Budget>) {
    let work = |lists: &mut Lists, suspects: &mut Vec<Offset>, data: &Data<'_>| {
        let wanted = known.places.rank(data.at).checked_sub(window.start).and_then(|place| sums.get(place));
        if Some(&walk(known, data, lists)) != wanted {
            suspects.push(data.at);
        }
    };
    let parts = each(known, window.clone(), budget, options, Vec::new, work);
    let left = budget.behind(&parts);
    let mut suspects: Vec<Offset> = parts.into_iter().flat_map(|(_, suspects)| suspects).collect();
    suspects.sort_unstable();
    (suspects, left)
}

/// Does something with the kept DATA in a window of ranks, in all threads, until lists turn out to share their arrays.
fn each<S: Send>(
    known: Known<'_>,
    window: Range<usize>,
    budget: Budget,
    options: &Options<'_>,
    state: impl Fn() -> S + Sync,
    work: impl Fn(&mut Lists, &mut S, &Data<'_>) + Sync,
) -> Vec<(Lists, S)> {
    let is_all = window.end >= known.places.kept() && window.start == 0;
    let work = |(lists, state): &mut (Lists, S), range| {
        let kept = known.places.iter(range).filter(|(_, kind, _)| *kind == Kind::Kept);
        for (at, ..) in kept.filter(|(at, ..)| is_all || window.contains(&known.places.rank(*at))) {
            if lists.slots > budget.slots || lists.spare > budget.spare {
                lists.is_over = true;
                break;
            }
            if let Ok(data) = known.file.data(at) {
                work(lists, state, &data);
            }
        }
    };
    let once = |threads: usize| {
        let jobs = known.places.ranges(threads.saturating_mul(16));
        crew(threads, jobs, || (Lists::default(), state()), work)
    };
    let done = once(options.threads);
    // Of too much, one thread walks the first, so that the findings are the same with any number of threads.
    if budget.behind(&done).is_none() && options.threads > 1 { once(1) } else { done }
}

/// Walks one list; returns a sum over its entries.
fn walk(known: Known<'_>, data: &Data<'_>, lists: &mut Lists) -> u64 {
    let mut one = Walk { sum: 0, last: Offset(0), is_unsorted: false, is_twice: false };
    let mut left = data.n_entries;
    if data.entry.is_some() && left > 0 {
        one.push(known, data.entry);
        left = left.saturating_sub(1);
    }
    let (mut at, mut tail) = (data.entry_array, (Offset(0), 0));
    let (mut damage, mut from) = (None, data.at);
    while at.is_some() {
        let array = match array(known.file, at) {
            Ok(array) => array,
            Err(_) => {
                damage = Some(Corrupt::new(from, "list of a value", Fault::Leads { to: at, wanted: "entry array" }));
                break;
            }
        };
        lists.arrays = lists.arrays.wrapping_add(known.mix.hash_one(at.0));
        let used = left.min(array.slots.len() as u64);
        // An array costs something even when nothing of it is used.
        lists.slots = lists.slots.saturating_add(used.max(1));
        lists.spare = lists.spare.saturating_add((array.slots.len() as u64).saturating_sub(used));
        one.slots(known, &array, used);
        spare(known, &array, used, data, &mut lists.findings);
        left = left.saturating_sub(used);
        if used > 0 {
            tail = (at, used);
        }
        match behind(&array) {
            Some(next) => (from, at) = (at, next),
            None => break,
        }
    }
    let touches = || value(data, &[]);
    let short = Fault::Count { claimed: data.n_entries, found: data.n_entries.saturating_sub(left) };
    let short = (left > 0).then(|| Corrupt::new(data.at, "list of a value", short));
    if let Some(damage) = damage.or(short) {
        lists.findings.add(Rule::DataList, damage, touches());
    }
    one.report(data, &mut lists.findings);
    tail_of(known, data, tail, &mut lists.findings);
    if data.n_entries == 0 {
        let fault = Fault::Unlisted { at: data.at, wanted: "any entry" };
        lists.findings.add(Rule::Unused, Corrupt::new(data.at, "data", fault), touches());
    }
    one.sum
}

/// Slots that the count leaves over must be empty; the first may have been written just before the writer died.
fn spare(known: Known<'_>, array: &EntryArray<'_>, used: u64, data: &Data<'_>, findings: &mut Findings) {
    if let Some((slot, item)) = unused(array, used) {
        let fault = Fault::Leads { to: item, wanted: "entry that is counted" };
        let damage = Corrupt::new(array.at, "entry array", fault);
        if slot == used && item >= known.last && known.places.is_entry(item) {
            findings.remark(Rule::DataList, damage, value(data, &[]));
        } else {
            findings.add(Rule::DataList, damage, value(data, &[]));
        }
    }
}

struct Walk {
    sum: u64,
    last: Offset,
    is_unsorted: bool,
    is_twice: bool,
}

impl Walk {
    #[inline]
    fn push(&mut self, known: Known<'_>, entry: Offset) {
        self.sum = self.sum.wrapping_add(factor(known.mix, entry));
        self.order(entry);
    }

    #[inline]
    fn order(&mut self, entry: Offset) {
        self.is_unsorted |= entry < self.last;
        self.is_twice |= entry == self.last;
        self.last = entry;
    }

    #[inline]
    fn slots(&mut self, known: Known<'_>, array: &EntryArray<'_>, used: u64) {
        let used = usize::try_from(used).unwrap_or_default();
        let (mut sum, mut last, mut ascends) = (self.sum, self.last, true);
        array.slots.first(used, |entry| {
            sum = sum.wrapping_add(factor(known.mix, entry));
            ascends &= entry > last;
            last = entry;
        });
        self.sum = sum;
        if ascends {
            self.last = last;
        } else {
            array.slots.first(used, |entry| self.order(entry));
        }
    }

    fn report(&self, data: &Data<'_>, findings: &mut Findings) {
        if self.is_unsorted {
            let fault = Fault::Value { found: data.n_entries, must: "in ascending order" };
            findings.add(Rule::DataList, Corrupt::new(data.at, "list of a value", fault), value(data, &[]));
        }
        if self.is_twice {
            let fault = Fault::Value { found: data.n_entries, must: "each of another entry" };
            findings.add(Rule::ItemTwice, Corrupt::new(data.at, "list of a value", fault), value(data, &[]));
        }
    }
}

/// A compact file's note of the last array of a list.
fn tail_of(known: Known<'_>, data: &Data<'_>, (at, used): (Offset, u64), findings: &mut Findings) {
    if known.file.layout() != Layout::Compact || data.n_entries < 2 {
        return;
    }
    let both = word(known.file, data.at, 64);
    let (noted, n) = (both & u64::from(u32::MAX), both >> 32);
    if (noted, n) == (at.0, used) || both == 0 {
        return;
    }
    let fault = if noted == at.0 {
        Fault::Differs { found: n, wanted: used }
    } else {
        Fault::Differs { found: noted, wanted: at.0 }
    };
    findings.add(Rule::DataTail, Corrupt::new(data.at, "tail of a list", fault), value(data, &[]));
}
