//! Which of several entries that say the same of themselves is the one, and which are copies.

use super::Court;
use crate::file::{Entry, JournalFile};
use crate::format::EntryHead;

/// Whether two heads are of one entry; its hash may lie in another page.
fn are_one(one: &EntryHead, other: &EntryHead) -> bool {
    *one == EntryHead { xor_hash: one.xor_hash, ..*other }
}

/// What speaks for an entry against its copies, the weightiest first.
type Standing = (bool, bool, bool, bool);

impl Court<'_> {
    /// Whether an entry stands elsewhere too, with the same clocks, and this one is the copy: it lost fields, or the index
    /// does not reach it, or reaches it only by the place of another, whose bytes it overwrote.
    pub(in crate::check) fn is_copy(&self, file: &JournalFile, entry: &Entry<'_>, is_reached: bool) -> bool {
        let first = self.by_seqnum.partition_point(|(seqnum, _)| *seqnum < entry.seqnum());
        let same = self.by_seqnum.iter().skip(first).take_while(|(seqnum, _)| *seqnum == entry.seqnum());
        let mut others = same.filter(|(_, at)| *at != entry.offset()).filter_map(|(_, at)| {
            let place = self.admitted.binary_search_by_key(at, |admitted| admitted.at).ok()?;
            Some((self.admitted.get(place)?.is_reached, file.entry_as_stated(*at).ok()?))
        });
        others.any(|(is_other_reached, other)| {
            are_one(other.head(), entry.head()) && {
                let (this, that) = (self.standing(entry, is_reached), self.standing(&other, is_other_reached));
                this < that || (this == that && other.offset() < entry.offset())
            }
        })
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
