//! Entries by the fields they have, through each file's own index: only what is asked for is read.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::led_to::LedTo;
use super::lists::{are_of, between, listed};
use super::marks::{Marks, Sought};
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::file::{Entry, JournalFile};
use crate::format::{Budget, Data, Inflater};
use crate::journal::{Boot, Journal, Stretch};

/// A boot has few stretches, but where those of several alternate in one file.
const STRETCHES: usize = 64;

/// What a judgement of all boots may inflate of a file, in searches through it: where boots are short, their ends and their
/// beginnings are the whole file, and each is read some seven times.
const SEARCHES: u64 = 4;

/// So many entries are remembered of what whole files have, at most.
const KEPT: usize = 1 << 21;

/// A file and the terms that were asked of it.
type Asked = (u32, Vec<String>);

/// What whole files have of terms that were asked for; `None` where an index is damaged.
#[derive(Debug, Default)]
struct Kept {
    lists: HashMap<Asked, Option<Arc<[Offset]>>>,
    entries: usize,
}

/// Finds entries in the files of a journal.
#[derive(Debug)]
pub(super) struct Finder<'j> {
    journal: &'j Journal,
    trusted: Vec<OnceLock<bool>>,
    /// Of a file whose index cannot be trusted, the DATA that its entries lead to, once that was asked.
    led_to: Vec<OnceLock<LedTo>>,
    /// And which of them fit terms that were asked for.
    fitting: Mutex<HashMap<Asked, Arc<[Offset]>>>,
    /// What a file has of terms, where a boot is cut into many stretches.
    whole: Mutex<Kept>,
    /// Whether a file has no field by which journald tells who wrote a line, once that was asked.
    text_only: Vec<OnceLock<bool>>,
    /// What may be inflated of each file, whatever is asked.
    budgets: Vec<Budget>,
    /// Whether it was said of a file that lines may have been left out.
    cut_short: Vec<AtomicBool>,
}

impl<'j> Finder<'j> {
    pub(super) fn new(journal: &'j Journal) -> Self {
        let budget = |file: &JournalFile| Budget::of(file.budget().most().saturating_mul(SEARCHES));
        let budgets = journal.files().iter().map(budget).collect();
        let unasked = || journal.files().iter().map(|_| OnceLock::new()).collect();
        let cut_short = journal.files().iter().map(|_| AtomicBool::new(false)).collect();
        let led_to = journal.files().iter().map(|_| OnceLock::new()).collect();
        let (trusted, text_only, fitting, whole) = (unasked(), unasked(), Mutex::default(), Mutex::default());
        Self { journal, trusted, led_to, fitting, whole, text_only, budgets, cut_short }
    }

    /// From now on `inflater` pays from what all questions together may inflate of a file.
    #[inline]
    pub(super) fn pay(&self, file: u32, inflater: &mut Inflater) {
        if let Some(budget) = self.budgets.get(file as usize) {
            inflater.pay_from(budget);
        }
    }

    /// A decompressor for the values of a file.
    pub(super) fn inflater(&self, file: u32) -> Inflater {
        let mut inflater = Inflater::default();
        self.pay(file, &mut inflater);
        inflater
    }

    /// Notes, once, that values of a file were left out where their fields are not counted one by one.
    pub(super) fn note_spent(&self, file: u32) {
        if let Some(budget) = self.budgets.get(file as usize).filter(|budget| budget.is_spent()) {
            let fault = Fault::Spent { most: budget.most() };
            self.note_cut(file, &Corrupt::new(Offset(0), "data payloads", fault));
        }
    }

    /// Notes, once, that lines of a file may have been left out, since reading more of it would cost too much.
    pub(super) fn note_cut(&self, file: u32, why: &Corrupt) {
        if self.cut_short.get(file as usize).is_some_and(|known| !known.swap(true, Ordering::Relaxed)) {
            self.journal.note_field(file as usize, why);
        }
    }

    /// The files of which lines may have been left out by now.
    pub(super) fn cut_short(&self) -> impl Iterator<Item = usize> {
        let files = self.budgets.iter().zip(&self.cut_short).enumerate();
        let is_cut =
            |(_, (budget, known)): &(usize, (&Budget, &AtomicBool))| budget.is_spent() || known.load(Ordering::Relaxed);
        files.filter(is_cut).map(|(file, _)| file)
    }

    /// The offsets of the entries of a stretch that have one of the fields, ascending; terms are whole fields.
    pub(super) fn offsets(&self, stretch: &Stretch, terms: &[&str]) -> Vec<Offset> {
        let Some(file) = self.journal.files().get(stretch.file as usize) else { return Vec::new() };
        let listed = if self.is_trusted(stretch.file) { listed(file, stretch.slots.clone(), terms) } else { None };
        listed.filter(|found| are_of(file, found, stretch.first.boot_id)).unwrap_or_else(|| {
            let fitting = self.fitting(stretch.file, file, terms);
            if fitting.is_empty() {
                return Vec::new();
            }
            let has = |entry: &Entry<'_>| entry.items().any(|at| fitting.binary_search(&at).is_ok());
            file.entries(stretch.slots.clone()).flatten().filter(has).map(|entry| entry.offset()).collect()
        })
    }

    /// What finds them in the stretches of a boot; where that is cut into many, each file is asked once.
    pub(super) fn picker<'f>(&'f self, boot: &Boot, terms: &'f [&str]) -> impl Fn(&Stretch) -> Vec<Offset> + 'f {
        let is_cut_up = boot.stretches.len() > STRETCHES;
        let whole = RefCell::new(BTreeMap::new());
        move |stretch| {
            let Some(file) = self.journal.files().get(stretch.file as usize).filter(|_| is_cut_up) else {
                return self.offsets(stretch, terms);
            };
            let mut whole = whole.borrow_mut();
            let all = whole.entry(stretch.file).or_insert_with(|| self.whole(stretch.file, file, terms));
            let last = stretch.slots.end.saturating_sub(1);
            let found = all.as_ref().map(|all| between(all, file.entry_at(stretch.slots.start), file.entry_at(last)));
            match found.filter(|found| are_of(file, found, stretch.first.boot_id)) {
                Some(found) => found.to_vec(),
                None => self.offsets(stretch, terms),
            }
        }
    }

    /// The entries of a whole file by its lists: boots that alternate in it ask for the same, one after the other.
    fn whole(&self, index: u32, file: &JournalFile, terms: &[&str]) -> Option<Arc<[Offset]>> {
        let key = asked(index, terms);
        let known = || self.whole.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known().lists.get(&key) {
            return found.clone();
        }
        let found = self.is_trusted(index).then(|| listed(file, 0..file.slot_count(), terms)).flatten();
        let found: Option<Arc<[Offset]>> = found.map(Arc::from);
        let mut known = known();
        let entries = known.entries.saturating_add(found.as_ref().map_or(0, |found| found.len()));
        if entries <= KEPT {
            known.entries = entries;
            known.lists.insert(key, found.clone());
        }
        found
    }

    /// The DATA of a file that its entries lead to and that fit one of the terms, ascending. Each with the name of a term is
    /// looked at once for the same terms, however many entries use it and however many boots there are.
    fn fitting(&self, index: u32, file: &JournalFile, terms: &[&str]) -> Arc<[Offset]> {
        let key = asked(index, terms);
        let known = || self.fitting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = known().get(&key) {
            return Arc::clone(found);
        }
        let mut inflater = self.inflater(index);
        let led_to = self.led_to.get(index as usize);
        let led_to = led_to.map(|led_to| led_to.get_or_init(|| LedTo::of(file, &mut self.inflater(index))));
        let found = led_to.map(|led_to| led_to.fitting(file, terms, &mut inflater)).unwrap_or_default();
        let found: Arc<[Offset]> = Arc::from(found);
        self.note_spent(index);
        known().insert(key, Arc::clone(&found));
        found
    }

    /// What the entries of a file that have one of the fields have in common.
    pub(super) fn marks<'t>(&self, index: u32, terms: &'t [&'t str]) -> Marks<'t> {
        let Some(file) = self.journal.files().get(index as usize).filter(|_| !terms.is_empty()) else {
            return Marks::Any;
        };
        let found = self.is_trusted(index).then(|| Sought::of(file, terms.iter().map(|term| (*term, 1))));
        found.flatten().map_or(Marks::Read(terms), Marks::Data)
    }

    /// What tells in a file's entries which of the `voices` they are of; `None` where the index cannot be trusted.
    pub(super) fn voices<'t>(&self, index: u32, voices: &'t [(String, u64)]) -> Option<Sought<'t>> {
        let file = self.journal.files().get(index as usize).filter(|_| self.is_trusted(index))?;
        Sought::of(file, voices.iter().map(|(term, voices)| (term.as_str(), *voices)))
    }

    /// All values of a field in a boot, each once, ascending; without those of files whose index is damaged.
    pub(super) fn values(&self, boot: &Boot, field: &str) -> Vec<Vec<u8>> {
        let stretches = self.journal.order().stretches();
        let mut found = BTreeSet::new();
        // A boot may be cut into as many stretches as it has entries.
        let mut by_file = BTreeMap::<u32, Vec<&Stretch>>::new();
        for stretch in boot.stretches.iter().filter_map(|index| stretches.get(*index)) {
            by_file.entry(stretch.file).or_default().push(stretch);
        }
        for (index, stretches) in by_file {
            let file = self.journal.files().get(index as usize).filter(|_| self.is_trusted(index));
            let Some((file, Ok(Some(named)))) = file.map(|file| (file, file.find_field(field.as_bytes()))) else {
                continue;
            };
            let mut inflater = self.inflater(index);
            let is_own = |data: &Data<'_>| stretches.iter().any(|stretch| is_in(file, stretch, data));
            for data in file.data_of(&named).flatten().filter(is_own) {
                let stored = file.stored(data.at);
                let payload = stored.and_then(|stored| file.plain(&stored, &mut inflater).map(<[u8]>::to_vec));
                found.extend(
                    payload.ok().and_then(|payload| payload.get(field.len().saturating_add(1)..).map(Vec::from)),
                );
            }
            self.note_spent(index);
        }
        found.into_iter().collect()
    }

    /// Whether a file is sound and none of its lines says by journald's word who wrote it.
    pub(super) fn is_text_only(&self, index: u32) -> bool {
        let Some((file, known)) = self.journal.files().get(index as usize).zip(self.text_only.get(index as usize))
        else {
            return false;
        };
        let is_so = || file.findings().is_none() && file.find_field(b"_TRANSPORT").is_ok_and(|field| field.is_none());
        *known.get_or_init(is_so)
    }

    /// Whether nothing speaks against a file's index.
    pub(super) fn is_trusted(&self, index: u32) -> bool {
        let Some((file, known)) = self.journal.files().get(index as usize).zip(self.trusted.get(index as usize)) else {
            return false;
        };
        *known.get_or_init(|| !self.journal.is_damaged(index as usize) && file.check_index().is_ok())
    }
}

/// Whether an entry of a stretch uses a DATA.
fn is_in(file: &JournalFile, stretch: &Stretch, data: &Data<'_>) -> bool {
    let Some(last) = stretch.slots.end.checked_sub(1) else { return false };
    let (low, high) = (file.entry_at(stretch.slots.start), file.entry_at(last));
    let entries = file.entries_of(data);
    entries.iter_from(entries.position(low)).next().is_some_and(|at| at <= high)
}

/// What is asked, as a key.
fn asked(index: u32, terms: &[&str]) -> Asked {
    (index, terms.iter().map(|term| (*term).to_owned()).collect())
}
