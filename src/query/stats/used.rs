//! Which DATA the entries of a query use, in a bit for each place where one may be.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use super::weigh::bounded;
use crate::corrupt::{Losses, Offset};
use crate::file::JournalFile;
use crate::format::Inflater;
use crate::journal::{Gathered, Journal};
use crate::query::Selection;

/// Objects begin at multiples of this.
const ALIGNED: u64 = 8;

/// The DATA that some entries use, each once however many of these there are.
///
/// Memory: a 64th of what the files take.
#[derive(Debug)]
pub struct Used<'j> {
    journal: &'j Journal,
    files: Vec<Vec<AtomicU64>>,
}

impl<'j> Used<'j> {
    /// What the entries of a query use; only these are read, by so many threads.
    pub fn by(selection: &Selection<'j>, threads: usize) -> Gathered<Self> {
        let journal = selection.journal;
        let words = |file: &JournalFile| usize::try_from(file.image().len() / ALIGNED / 64).unwrap_or_default();
        let bits = |file| (0..=words(file)).map(|_| AtomicU64::new(0)).collect();
        let used = Self { journal, files: journal.files().iter().map(bits).collect() };
        let worker = BTreeMap::<u32, Losses>::new;
        let (workers, losses) = selection.visit(threads, worker, |lost, place, entry| {
            for at in entry.items().filter(|at| !used.mark(place.file, *at)) {
                if let Err(damage) = entry.file().stored(at) {
                    lost.entry(place.file).or_default().field(damage);
                }
            }
        });
        let mut all: BTreeMap<usize, Losses> = losses.into_iter().collect();
        for (file, losses) in workers.into_iter().flatten() {
            all.entry(file as usize).or_default().add(losses);
        }
        Gathered { found: used, losses: all.into_iter().collect() }
    }

    /// Notes that a DATA is used; `false` where none can be.
    #[inline]
    fn mark(&self, file: u32, at: Offset) -> bool {
        let Some(word) = at.is_aligned().then(|| self.word(file as usize, at)).flatten() else { return false };
        let bit = bit(at);
        // Most are there already, and to look is less than to write.
        if word.load(Ordering::Relaxed) & bit == 0 {
            word.fetch_or(bit, Ordering::Relaxed);
        }
        true
    }

    #[inline]
    fn word(&self, file: usize, at: Offset) -> Option<&AtomicU64> {
        self.files.get(file)?.get(usize::try_from(at.0 / ALIGNED / 64).ok()?)
    }

    fn has(&self, file: usize, at: Offset) -> bool {
        self.word(file, at).is_some_and(|word| word.load(Ordering::Relaxed) & bit(at) != 0)
    }

    /// Calls `visit` with the index of each file and the values of a field that are used in it, in the order in which they lie
    /// there; a value comes again where several files have it. By index, what could not be read.
    pub fn each_value(&self, name: &[u8], mut visit: impl FnMut(usize, &[u8])) -> Vec<(usize, Losses)> {
        let (mut inflater, mut all) = (bounded(self.journal), Vec::new());
        for (index, (file, words)) in self.journal.files().iter().zip(&self.files).enumerate() {
            let mut losses = Losses::default();
            for at in (0..).zip(words).flat_map(|(number, word)| places(number, word.load(Ordering::Relaxed))) {
                match file.stored(at).and_then(|stored| file.plain(&stored, &mut inflater)) {
                    Ok(payload) => {
                        if let Some(value) = payload.strip_prefix(name).and_then(|rest| rest.strip_prefix(b"=")) {
                            visit(index, value);
                        }
                    }
                    Err(damage) => losses.field(damage),
                }
            }
            if !losses.is_empty() {
                all.push((index, losses));
            }
        }
        all
    }

    /// Whether a value of a field is used in a file before the `index`th, by its hash table; one that is damaged may not tell.
    #[must_use]
    pub fn has_value_before(&self, index: usize, name: &[u8], value: &[u8]) -> bool {
        let payload = [name, b"=", value].concat();
        let has = |(at, file): (usize, &JournalFile)| {
            let mut inflater = Inflater::bounded(file.options().payload_limit);
            matches!(file.find_data(&payload, &mut inflater), Ok(Some(data)) if self.has(at, data.at))
        };
        // What comes again was mostly there just before.
        self.journal.files().iter().take(index).enumerate().rev().any(|(at, file)| has((at, file)))
    }
}

/// The bit of a place in its word.
const fn bit(at: Offset) -> u64 {
    1 << (at.0 / ALIGNED % 64)
}

/// The places whose bits are set in a word.
fn places(number: u64, word: u64) -> impl Iterator<Item = Offset> {
    let first = number.saturating_mul(64);
    (0..64)
        .filter(move |nth| word & (1 << nth) != 0)
        .map(move |nth| Offset(first.saturating_add(nth).saturating_mul(ALIGNED)))
}
