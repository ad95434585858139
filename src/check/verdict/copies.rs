//! Which of several entries that say the same of themselves is the one, and which are copies.

use std::cmp::Reverse;

use super::Court;
use crate::corrupt::Offset;
use crate::file::{Entry, JournalFile};
use crate::format::{EntryHead, Id128, Monotonic, Realtime, Seqnum};

/// What an entry says of itself; its hash may lie in another page.
type Name = (Seqnum, Realtime, Monotonic, Id128);

fn name(head: &EntryHead) -> Name {
    (head.seqnum, head.realtime, head.monotonic, head.boot_id)
}

/// What speaks for an entry against its copies, the weightiest first.
type Standing = (bool, bool, bool, bool);

impl Court<'_> {
    /// The places of entries that stand elsewhere too, with the same clocks, and that are the copy: they lost fields, or the
    /// index does not reach them, or reaches them only by the place of another, whose bytes they overwrote; ascending.
    ///
    /// Any number may have one seqnum, which no hash covers; each is looked at twice at most.
    pub(in crate::check) fn copies(&self, file: &JournalFile) -> Vec<Offset> {
        let mut copies = Vec::new();
        for same in self.by_seqnum.chunk_by(|one, other| one.0 == other.0).filter(|same| same.len() > 1) {
            let entries = same.iter().filter_map(|(_, at)| file.entry_as_stated(*at).ok());
            let mut named: Vec<(Name, Offset)> = entries.map(|entry| (name(entry.head()), entry.offset())).collect();
            named.sort_unstable();
            for group in named.chunk_by(|one, other| one.0 == other.0).filter(|group| group.len() > 1) {
                let places = || group.iter().map(|(_, at)| *at);
                let own = places().max_by_key(|at| (self.standing_at(file, *at), Reverse(*at)));
                copies.extend(places().filter(|at| Some(*at) != own));
            }
        }
        copies.sort_unstable();
        copies
    }

    /// What speaks for the admitted entry at a place.
    fn standing_at(&self, file: &JournalFile, at: Offset) -> Option<Standing> {
        let place = self.admitted.binary_search_by_key(&at, |admitted| admitted.at).ok()?;
        Some(self.standing(&file.entry_as_stated(at).ok()?, self.admitted.get(place)?.is_reached))
    }

    /// What speaks for an entry: its payloads, the index, its page, and its neighbours.
    fn standing(&self, entry: &Entry<'_>, is_reached: bool) -> Standing {
        (self.is_whole(entry), is_reached, self.places.is_held(entry.offset()), self.is_in_order(entry))
    }

    /// Whether the admitted entries before and behind have lower and higher seqnums.
    fn is_in_order(&self, entry: &Entry<'_>) -> bool {
        let Ok(place) = self.admitted.binary_search_by_key(&entry.offset(), |admitted| admitted.at) else {
            return false;
        };
        let seqnum = |place: Option<usize>| Some(self.admitted.get(place?)?.seqnum);
        seqnum(place.checked_sub(1)).is_none_or(|before| before < entry.seqnum())
            && seqnum(place.checked_add(1)).is_none_or(|behind| entry.seqnum() < behind)
    }
}
