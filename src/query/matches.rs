//! Terms, combined as journalctl combines them.

use super::Term;
use crate::error::Error;
use crate::file::Entry;
use crate::format::Inflater;

/// A combination of terms: `FIELD=value` terms of one field are alternatives. All others must hold together, be they of
/// different fields or of one: `!=`, patterns, presence and comparisons too. `+` separates alternatives of such groups,
/// and groups of groups can be required together.
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

    /// Adds a term: where it asks for one value, an alternative to others of the field that do; else a further condition.
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

    /// How often the search for a pattern was given up on a value so far, in all clones of these terms: with look-around or
    /// back-references it may take steps without end. Such a value counts as one that does not fit.
    #[must_use]
    pub fn given_up(&self) -> u64 {
        self.all.iter().flatten().flatten().flatten().map(Term::given_up).fold(0, u64::saturating_add)
    }

    /// What must all hold: each a list of alternatives, each of which is a list of fields with alternative values.
    pub(super) fn conditions(&self) -> impl Iterator<Item = Vec<&Vec<Vec<Term>>>> {
        let used = self.all.iter().map(|any| any.iter().filter(|group| !group.is_empty()).collect::<Vec<_>>());
        used.filter(|any| !any.is_empty())
    }

    /// The condition that one of `values` holds.
    pub(super) fn of_values(values: &[Term]) -> Self {
        Self { all: vec![vec![vec![values.to_vec()]]] }
    }

    /// Whether an entry matches, by reading its fields.
    pub fn holds(&self, entry: &Entry<'_>, inflater: &mut Inflater) -> bool {
        let mut has = |term: &Term| {
            let found = entry.items().any(|at| {
                let stored = entry.file().stored(at);
                stored.is_ok_and(|stored| entry.file().plain(&stored, inflater).is_ok_and(|payload| term.fits(payload)))
            });
            // A message that is shown as damaged is searched too.
            let damaged = |message: Vec<u8>| term.fits(&[b"MESSAGE=", message.as_slice()].concat());
            let found = found || entry.damaged("MESSAGE", inflater).is_some_and(damaged);
            let found = found && term.fits_where_asked(entry, inflater);
            found != term.is_negative()
        };
        let mut group =
            |group: &Vec<Vec<Term>>| !group.is_empty() && group.iter().all(|values| values.iter().any(&mut has));
        let used = self.all.iter().filter(|any| any.iter().any(|group| !group.is_empty()));
        used.into_iter().all(|any| any.iter().any(&mut group))
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
