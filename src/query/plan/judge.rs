//! Whether entries match, by reading them: each DATA object is tested once, however many entries use it.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use crate::bytes::Mix;
use crate::corrupt::{Losses, Offset};
use crate::file::Entry;
use crate::format::{Budget, Inflater};
use crate::query::{Matches, Term};

/// So many tested DATA are remembered.
const KNOWN: usize = 1 << 18;

/// What a DATA object that fits no term is remembered as.
const NONE: u32 = 0;

/// Tests entries against [`Matches`], without the index.
#[derive(Debug)]
pub struct Judge {
    terms: Vec<Term>,
    /// As in [`Matches`], with ranges of `terms` for the alternatives.
    all: Vec<Vec<Vec<Range<usize>>>>,
    /// By file and offset, an index into `fits`.
    known: HashMap<u64, u32, Mix>,
    /// Terms that a DATA object fits; the first is empty.
    fits: Vec<Box<[usize]>>,
    /// Which terms the entry at hand fits.
    found: Vec<bool>,
    inflater: Inflater,
    /// What the values of each file may be inflated to in this search.
    budgets: BTreeMap<u32, Budget>,
    losses: BTreeMap<u32, Losses>,
}

impl Judge {
    /// A judge of these conditions; workers have one each.
    #[must_use]
    pub fn of(matches: &Matches) -> Self {
        let mut terms = Vec::new();
        let mut values = |values: &Vec<Term>| {
            let start = terms.len();
            terms.extend(values.iter().cloned());
            start..terms.len()
        };
        let mut group = |group: &Vec<Vec<Term>>| group.iter().map(&mut values).collect();
        let all = matches.conditions().map(|any| any.into_iter().map(&mut group).collect()).collect();
        let found = vec![false; terms.len()];
        let known = HashMap::with_hasher(Mix::new());
        let fits = vec![Box::default()];
        let (inflater, budgets, losses) = (Inflater::default(), BTreeMap::new(), BTreeMap::new());
        Self { terms, all, known, fits, found, inflater, budgets, losses }
    }

    /// A judge that shares what it may inflate of the file with this index.
    pub(super) fn sharing(matches: &Matches, file: u32, budget: &Budget) -> Self {
        let mut judge = Self::of(matches);
        judge.budgets.insert(file, budget.clone());
        judge
    }

    /// Whether an entry matches; `file` is its file's index in the journal.
    pub fn holds(&mut self, file: u32, entry: &Entry<'_>) -> bool {
        if self.known.len() >= KNOWN {
            self.known.clear();
            self.fits.truncate(1);
        }
        self.found.fill(false);
        for at in entry.items() {
            let key = key(file, at);
            match key.and_then(|key| self.known.get(&key)) {
                Some(fit) if *fit == NONE => {}
                Some(fit) => {
                    let fits = self.fits.get(*fit as usize);
                    fits.into_iter().flatten().for_each(|term| set(&mut self.found, *term));
                }
                None => self.test(file, key, at, entry),
            }
        }
        for (term, found) in self.terms.iter().zip(&mut self.found) {
            *found = *found && (!term.asks_one() || term.fits_where_asked(entry, &mut self.inflater));
        }
        let has = |(term, found): (&Term, &bool)| *found != term.is_negative();
        let any_of = |values: &Range<usize>| {
            let terms = self.terms.get(values.clone()).unwrap_or_default();
            terms.iter().zip(self.found.get(values.clone()).unwrap_or_default()).any(has)
        };
        self.all.iter().all(|any| any.iter().any(|group| group.iter().all(any_of)))
    }

    /// What could not be read so far, by file; whether it would have fitted nobody knows.
    #[must_use]
    pub fn into_losses(self) -> BTreeMap<u32, Losses> {
        self.losses
    }

    /// Finds out which terms the DATA object at `at` fits, and remembers it if other entries use it too.
    fn test(&mut self, index: u32, key: Option<u64>, at: Offset, entry: &Entry<'_>) {
        let file = entry.file();
        let read = file.stored(at).and_then(|stored| {
            if stored.flags & 7 != 0 {
                self.inflater.pay_from(self.budgets.entry(index).or_insert_with(|| file.budget()));
            }
            Ok((stored.n_entries, file.plain(&stored, &mut self.inflater)?))
        });
        let (uses, fits) = match read {
            Ok((uses, payload)) => (uses, fitting(&self.terms, payload)),
            Err(damage) => {
                self.losses.entry(index).or_default().field(damage);
                // A message that is shown as damaged is searched too; it has no key, being this entry's alone.
                let message = if key.is_none() { entry.damaged("MESSAGE", &mut self.inflater) } else { None };
                let fits = |message: Vec<u8>| fitting(&self.terms, &[b"MESSAGE=", message.as_slice()].concat());
                (u64::MAX, message.map(fits).unwrap_or_default())
            }
        };
        fits.iter().for_each(|term| set(&mut self.found, *term));
        if let Some(key) = key.filter(|_| uses > 1) {
            let fit = if fits.is_empty() { NONE } else { u32::try_from(self.fits.len()).unwrap_or(NONE) };
            if fit != NONE {
                self.fits.push(fits.into());
            }
            self.known.insert(key, fit);
        }
    }
}

fn fitting(terms: &[Term], payload: &[u8]) -> Vec<usize> {
    terms.iter().enumerate().filter(|(_, term)| term.fits(payload)).map(|(index, _)| index).collect()
}

fn set(found: &mut [bool], term: usize) {
    if let Some(found) = found.get_mut(term) {
        *found = true;
    }
}

/// File and offset in one number: offsets are multiples of 8 and below 8 TiB.
#[inline]
fn key(file: u32, at: Offset) -> Option<u64> {
    (at.is_aligned() && at.0 >> 43 == 0 && file >> 24 == 0).then_some(u64::from(file) << 40 | at.0 >> 3)
}
