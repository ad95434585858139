//! `FIELD=value` terms, combined as journalctl combines them.

use super::bitmap::Bitmap;
use crate::corrupt::{Corrupt, Losses};
use crate::error::Error;
use crate::file::{Entry, JournalFile};
use crate::format::Inflater;
use crate::format::field::is_name;

/// One `FIELD=value`, compared byte by byte with whole payloads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    payload: Vec<u8>,
    name: usize,
}

impl Term {
    /// Reads `FIELD=value`.
    ///
    /// # Errors
    /// When there is no `=`, or the name is none that a field in a file may have.
    pub fn read(text: &[u8]) -> Result<Self, Error> {
        let bad = |why: &str| Error::BadQuery {
            what: "term",
            input: String::from_utf8_lossy(text).into_owned(),
            why: why.to_owned(),
        };
        let name = memchr::memchr(b'=', text).ok_or_else(|| bad("a term reads FIELD=value"))?;
        let field = &text[..name];
        if !is_name(field) {
            return Err(bad("a field name has letters A-Z, digits and _, and no digit first"));
        }
        if field.starts_with(b"__") {
            return Err(bad("names with two _ in front are not stored in journals"));
        }
        Ok(Self { payload: text.to_vec(), name })
    }

    fn field(&self) -> &[u8] {
        &self.payload[..self.name]
    }
}

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
        for term in terms {
            match term.as_ref() {
                b"+" => matches.or(),
                term => matches.add(Term::read(term)?),
            }
        }
        let dangling = |any: &Vec<Vec<Vec<Term>>>| any.len() > 1 && any.last().is_some_and(Vec::is_empty);
        if matches.all.iter().any(dangling) || terms.first().is_some_and(|term| term.as_ref() == b"+") {
            let why = "\"+\" stands between terms".to_owned();
            return Err(Error::BadQuery { what: "term", input: "+".to_owned(), why });
        }
        Ok(matches)
    }

    /// Adds a term: an alternative to one of the same field, a further condition otherwise.
    pub fn add(&mut self, term: Term) {
        if self.all.is_empty() {
            self.all.push(vec![Vec::new()]);
        }
        let Some(group) = self.all.last_mut().and_then(|any| any.last_mut()) else { return };
        match group.iter_mut().find(|values| values.first().is_some_and(|first| first.field() == term.field())) {
            Some(values) if values.contains(&term) => {}
            Some(values) => values.push(term),
            None => group.push(vec![term]),
        }
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
    /// The last entry of a file may be missing from the index and is read. Where the index is damaged, all are.
    pub(super) fn slots(&self, file: &JournalFile, losses: &mut Losses) -> Option<Bitmap> {
        if self.is_empty() {
            return None;
        }
        Some(match self.indexed(file) {
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
            entry.items().any(|at| {
                let stored = entry.file().stored(at);
                stored.is_ok_and(|stored| {
                    entry.file().plain(&stored, inflater).is_ok_and(|payload| payload == term.payload)
                })
            })
        };
        let mut group =
            |group: &Vec<Vec<Term>>| !group.is_empty() && group.iter().all(|values| values.iter().any(&mut has));
        let used = self.all.iter().filter(|any| any.iter().any(|group| !group.is_empty()));
        used.into_iter().all(|any| any.iter().any(&mut group))
    }

    fn indexed(&self, file: &JournalFile) -> Result<Bitmap, Corrupt> {
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
                        mark(file, term, &mut inflater, &mut set)?;
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

/// Marks the slots of the entries that a term's DATA lists. Both lists ascend, so they are walked side by side, in
/// strides that double while nothing is found.
fn mark(file: &JournalFile, term: &Term, inflater: &mut Inflater, set: &mut Bitmap) -> Result<(), Corrupt> {
    let Some(data) = file.find_data(&term.payload, inflater)? else { return Ok(()) };
    let entries = file.entries_of(&data);
    let (image, layout, len) = (file.image(), file.layout(), file.arrays().len());
    let mut from = 0;
    for at in entries.iter() {
        let (mut low, mut high, mut stride) = (from, from, 1);
        while high < len && file.arrays().get(image, layout, high) < at {
            low = high + 1;
            high = (high + stride).min(len);
            stride *= 2;
        }
        while low < high {
            let middle = low.midpoint(high);
            if file.arrays().get(image, layout, middle) < at { low = middle + 1 } else { high = middle }
        }
        if low < len && file.arrays().get(image, layout, low) == at {
            set.insert(low);
            from = low + 1;
        } else {
            from = low;
        }
    }
    entries.damage().map_or(Ok(()), |damage| Err(damage.clone()))
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
        assert_eq!(shape(&["A=1", "B=2", "+", "C=3"]), [[vec![1, 1], vec![1]]]);
        assert!(Matches::read::<&str>(&[]).unwrap().is_empty());
        for bad in [&["+"][..], &["A=1", "+"], &["a=1"], &["A"], &["=x"], &["__CURSOR=x"], &["1A=x"]] {
            assert!(Matches::read(bad).is_err(), "{bad:?}");
        }
    }
}
