//! Terms, combined as journalctl combines them.

use super::Term;
use super::bitmap::Bitmap;
use super::index;
use crate::corrupt::{Corrupt, Losses};
use crate::error::Error;
use crate::file::{Entry, JournalFile};
use crate::format::Inflater;

/// A combination of terms: several values of one field are alternatives, different fields must all match, and `+`
/// separates alternatives of such groups. Groups of groups can be required together.
#[derive(Clone, Debug, Default)]
pub struct Matches {
    /// All must match: each a list of alternatives, each of which is a list of fields, each with alternative values.
    all: Vec<Vec<Vec<Vec<Term>>>>,
}

impl Matches {
    /// Whether there is no term, so that every entry matches.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.iter().all(|any| any.iter().all(Vec::is_empty))
    }

    /// Reads terms as a person types them, `+` between alternatives.
    ///
    /// # Errors
    /// When a term cannot be read, or a `+` stands first or last.
    pub fn read<T: AsRef<[u8]>>(terms: &[T]) -> Result<Self, Error> {
        let mut matches = Self::default();
        matches.read_more(terms)?;
        Ok(matches)
    }

    /// Requires typed terms together with all conditions before.
    ///
    /// # Errors
    /// As [`Matches::read`].
    pub fn read_more<T: AsRef<[u8]>>(&mut self, terms: &[T]) -> Result<(), Error> {
        self.and();
        let plus = |term: &T| term.as_ref() == b"+";
        let dangling = terms.first().is_some_and(plus) || terms.last().is_some_and(plus);
        if dangling || terms.windows(2).any(|pair| pair.iter().all(plus)) {
            let why = "\"+\" stands between terms".to_owned();
            return Err(Error::BadQuery { what: "term", input: "+".to_owned(), why });
        }
        for term in terms {
            match term.as_ref() {
                b"+" => self.or(),
                term => self.add(Term::read(term)?),
            }
        }
        Ok(())
    }

    /// Adds a term: an alternative to one of the same field, a further condition otherwise.
    pub fn add(&mut self, term: Term) {
        if self.all.is_empty() {
            self.all.push(vec![Vec::new()]);
        }
        let Some(group) = self.all.last_mut().and_then(|any| any.last_mut()) else { return };
        match group.iter_mut().find(|values| values.first().is_some_and(|first| term.is_alternative_to(first))) {
            Some(values) if values.contains(&term) => {}
            Some(values) => values.push(term),
            None => group.push(vec![term]),
        }
    }

    /// Requires, together with all before, that one of these groups of terms holds.
    pub fn require<G: IntoIterator<Item = Term>>(&mut self, groups: impl IntoIterator<Item = G>) {
        self.and();
        for group in groups {
            group.into_iter().for_each(|term| self.add(term));
            self.or();
        }
        self.and();
    }

    /// Starts an alternative to the terms since the last [`Matches::and`].
    pub fn or(&mut self) {
        if let Some(any) = self.all.last_mut()
            && any.last().is_some_and(|group| !group.is_empty())
        {
            any.push(Vec::new());
        }
    }

    /// Starts a further condition that must match together with all before.
    pub fn and(&mut self) {
        if self.all.last().is_some_and(|any| any.iter().any(|group| !group.is_empty())) {
            self.all.push(vec![Vec::new()]);
        }
    }

    /// The slots of a file whose entries match, by the file's hash index; `None` when every entry does.
    ///
    /// The last entry of a file may be missing from the index and is read. Of a file that is known to be damaged, or
    /// whose index contradicts itself, every entry is read.
    pub(super) fn slots(&self, file: &JournalFile, damaged: bool, losses: &mut Losses) -> Option<Bitmap> {
        if self.is_empty() {
            return None;
        }
        if damaged {
            return Some(self.scanned(file));
        }
        let found = index::check(file).and_then(|()| self.indexed(file, losses));
        Some(match found {
            Ok(mut slots) => {
                if let Some(last) = file.arrays().len().checked_sub(1) {
                    self.scan(file, last, &mut slots);
                }
                slots
            }
            Err(damage) => {
                losses.structure(damage);
                self.scanned(file)
            }
        })
    }

    /// The matching slots, found by reading every entry.
    pub(super) fn scanned(&self, file: &JournalFile) -> Bitmap {
        let mut slots = Bitmap::new(file.arrays().len());
        self.scan(file, 0, &mut slots);
        slots
    }

    fn scan(&self, file: &JournalFile, from: usize, slots: &mut Bitmap) {
        let mut inflater = Inflater::default();
        let to = file.arrays().len();
        for (slot, entry) in (from..to).zip(file.entries(from..to)) {
            match entry {
                Ok(entry) if self.holds(&entry, &mut inflater) => slots.insert(slot),
                _ => slots.remove(slot),
            }
        }
    }

    /// Whether an entry matches, by reading its fields.
    pub fn holds(&self, entry: &Entry<'_>, inflater: &mut Inflater) -> bool {
        let mut has = |term: &Term| {
            let found = entry.items().any(|at| {
                let stored = entry.file().stored(at);
                stored.is_ok_and(|stored| entry.file().plain(&stored, inflater).is_ok_and(|payload| term.fits(payload)))
            });
            found != term.is_negative()
        };
        let mut group =
            |group: &Vec<Vec<Term>>| !group.is_empty() && group.iter().all(|values| values.iter().any(&mut has));
        let used = self.all.iter().filter(|any| any.iter().any(|group| !group.is_empty()));
        used.into_iter().all(|any| any.iter().any(&mut group))
    }

    fn indexed(&self, file: &JournalFile, losses: &mut Losses) -> Result<Bitmap, Corrupt> {
        let mut inflater = Inflater::default();
        let len = file.arrays().len();
        let mut whole: Option<Bitmap> = None;
        for any in self.all.iter().filter(|any| any.iter().any(|group| !group.is_empty())) {
            let mut alternatives = Bitmap::new(len);
            for group in any.iter().filter(|group| !group.is_empty()) {
                let mut together: Option<Bitmap> = None;
                for values in group {
                    let mut set = Bitmap::new(len);
                    for term in values {
                        set.or(&index::slots(file, term, &mut inflater, losses)?);
                    }
                    match &mut together {
                        Some(together) => together.and(&set),
                        None => together = Some(set),
                    }
                }
                if let Some(together) = together {
                    alternatives.or(&together);
                }
            }
            match &mut whole {
                Some(whole) => whole.and(&alternatives),
                None => whole = Some(alternatives),
            }
        }
        Ok(whole.unwrap_or_else(|| Bitmap::new(len)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(terms: &[&str]) -> Vec<Vec<Vec<usize>>> {
        let matches = Matches::read(terms).unwrap();
        matches.all.iter().map(|any| any.iter().map(|group| group.iter().map(Vec::len).collect()).collect()).collect()
    }

    #[test]
    fn terms_combine_as_in_journalctl() {
        assert_eq!(shape(&["A=1", "A=2"]), [[[2]]]);
        assert_eq!(shape(&["A=1", "B=2", "A=1"]), [[[1, 1]]]);
        assert_eq!(shape(&["A!=1", "A!=2", "A~=3"]), [[[1, 1, 1]]]);
        assert_eq!(shape(&["A=1", "B=2", "+", "C=3"]), [[vec![1, 1], vec![1]]]);
        assert!(Matches::read::<&str>(&[]).unwrap().is_empty());
        for bad in [&["+"][..], &["A=1", "+"], &["a=1"]] {
            assert!(Matches::read(bad).is_err(), "{bad:?}");
        }
    }
}
