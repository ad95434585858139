//! What tells an entry's writer, in the index of its own file.

use super::source::fits;
use crate::bytes::Lately;
use crate::corrupt::Offset;
use crate::file::{Entry, JournalFile};
use crate::format::Inflater;

/// So many DATA are remembered while entries are walked.
const KNOWN: usize = 1024;

/// What to look for in the entries of one file.
#[derive(Debug)]
pub(super) enum Marks<'t> {
    /// Any entry will do.
    Any,
    /// The DATA that terms ask for.
    Data(Sought<'t>),
    /// The index cannot be trusted: fields are read.
    Read(&'t [&'t str]),
}

/// The DATA that terms ask for, as far as the entries are looked at; each term stands for some bits.
#[derive(Clone, Debug)]
pub(super) struct Sought<'t> {
    /// Those of whole terms, ascending.
    places: Vec<(Offset, u64)>,
    /// A bit for each of their places.
    filter: u64,
    /// Terms that ask for a beginning; a field's list of values may be long, so each DATA met is read.
    begun: Vec<(&'t str, u64)>,
    /// What was found out of the DATA met last.
    known: Option<Lately<u64, KNOWN>>,
}

impl Marks<'_> {
    /// Whether an entry of the file has one of them.
    pub(super) fn are_in(&mut self, entry: &Entry<'_>, inflater: &mut Inflater) -> bool {
        match self {
            Self::Any => true,
            Self::Data(sought) => sought.are_in(entry, u64::MAX, inflater),
            Self::Read(terms) => entry.items().any(|at| is(entry.file(), at, terms, inflater)),
        }
    }
}

impl<'t> Sought<'t> {
    /// Looks the terms of a file up; `None` where its index is damaged.
    pub(super) fn of(file: &JournalFile, terms: impl Iterator<Item = (&'t str, u64)>) -> Option<Self> {
        let (mut places, mut begun, mut inflater) = (Vec::new(), Vec::new(), Inflater::default());
        for (term, bits) in terms {
            if term.ends_with('*') {
                begun.push((term, bits));
            } else if let Some(data) = file.find_data(term.as_bytes(), &mut inflater).ok()? {
                places.push((data.at, bits));
            }
        }
        places.sort_unstable();
        let filter = places.iter().fold(0, |filter, (at, _)| filter | bit(*at));
        Some(Self { places, filter, begun, known: None })
    }

    /// All bits that entries of the file may have.
    pub(super) fn bits(&self) -> u64 {
        let whole = self.places.iter().map(|(_, bits)| bits);
        whole.chain(self.begun.iter().map(|(_, bits)| bits)).fold(0, |all, bits| all | bits)
    }

    /// Whether an entry of the file has a field of a term that stands for one of these bits.
    pub(super) fn are_in(&mut self, entry: &Entry<'_>, bits: u64, inflater: &mut Inflater) -> bool {
        let mut items = entry.items();
        items.clone().any(|at| self.filter & bit(at) != 0 && self.whole(at) & bits != 0)
            || (self.begun.iter().any(|(_, begun)| begun & bits != 0)
                && items.any(|at| self.beginning(entry.file(), at, inflater) & bits != 0))
    }

    /// What a DATA stands for by whole terms.
    fn whole(&self, at: Offset) -> u64 {
        let place = self.places.binary_search_by_key(&at, |(place, _)| *place).ok();
        place.and_then(|place| self.places.get(place)).map_or(0, |(_, bits)| *bits)
    }

    /// What a DATA stands for by its beginning.
    fn beginning(&mut self, file: &JournalFile, at: Offset, inflater: &mut Inflater) -> u64 {
        if let Some(bits) = self.known.as_ref().and_then(|known| known.find(at.0)) {
            return *bits;
        }
        let plain = file.stored(at).and_then(|stored| file.plain(&stored, inflater).map(<[u8]>::as_ref));
        let fitting = |payload| self.begun.iter().filter(move |(term, _)| fits(term, payload));
        let bits = plain.map_or(0, |payload| fitting(payload).fold(0, |all, (_, bits)| all | bits));
        self.known.get_or_insert_default().keep(at.0, bits);
        bits
    }
}

const fn bit(at: Offset) -> u64 {
    1 << (at.0 >> 3 & 63)
}

/// Whether a DATA is what one of the terms asks for.
pub(super) fn is(file: &JournalFile, at: Offset, terms: &[&str], inflater: &mut Inflater) -> bool {
    let Some(stored) = file.glance_at(at) else { return false };
    let is_one = |payload: &[u8]| terms.iter().any(|term| fits(term, payload));
    if stored.flags & 7 == 0 {
        // Few are, so that only those need a look at what lies behind them.
        return is_one(stored.bytes) && file.whole(&stored).is_ok();
    }
    file.plain(&stored, inflater).is_ok_and(is_one)
}
