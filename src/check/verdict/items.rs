//! Which payloads are an entry's own, where its hash does not prove all of them.

use std::collections::HashSet;

use super::{CLOCKS, Court, HEAD_END, page};
use crate::bytes::Mix;
use crate::check::places::{PAGE, end_of_item};
use crate::corrupt::Offset;
use crate::file::{DataEntries, Entry};
use crate::format::Data;

/// What the place of an item says of whether its payload belongs to the entry.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// The item lies in the page of the entry's head and states the hash that the payload has.
    Certain,
    /// Item and payload seem to be where they were written, and the item states the hash that the payload has. So does an
    /// item of another entry whose page lies where one of this entry did.
    Stated,
    /// Item and payload are where they were written.
    Own,
    /// The item lies in the page of the entry's head.
    Near,
    /// Nothing.
    Unknown,
}

impl Place {
    const fn of(is_in_place: bool, is_near: bool, states_hash: bool) -> Self {
        match (is_in_place, is_near, states_hash) {
            (_, true, true) => Self::Certain,
            (true, false, true) => Self::Stated,
            (true, _, false) => Self::Own,
            (false, true, false) => Self::Near,
            (false, false, _) => Self::Unknown,
        }
    }
}

/// So many slots beside one tell whose list it is in, and so few at least.
const NEIGHBOURS: usize = 16;
const NEIGHBOURS_LEAST: usize = 2;

/// The items of an entry in the page in which its head ends.
fn beside_head(entry: &Entry<'_>) -> impl Iterator<Item = (Offset, Option<u64>)> + Clone {
    let is_beside = |index| end_of_item(entry, index).0 / PAGE == page(entry, HEAD_END);
    let items = entry.stored_items().pairs().enumerate();
    items.filter(move |(index, _)| is_beside(*index)).map(|(_, item)| item)
}

impl Court<'_> {
    /// The items whose payload is gone, or cannot be shown to be theirs.
    ///
    /// Pages change for themselves: what lies in the page of the entry's head is what was written with it, what another
    /// page says may be of another time. So an item counts where its DATA names the entry as its own; or where both, item
    /// and DATA, lie in pages that are where they were written. Where that cannot be told either, an item near the head
    /// counts if the hash that it states agrees, or at least the DATA is where the hash table has it. Where all payloads
    /// are there and contradict the entry, and no page is known to be in another's place, only the DATA is asked.
    pub(super) fn lost(&mut self, entry: &Entry<'_>) -> Vec<usize> {
        let items = entry.stored_items();
        let is_contradicted = self.is_contradicted(entry);
        // What names the place of an entry that was written elsewhere is another entry's.
        let is_out_of_line = !self.fits(entry) && !self.fits_by_clocks(entry);
        let is_displaced = is_out_of_line || (is_contradicted && self.is_displaced(entry));
        // Where its size is a lie, others lie in it.
        let stop = Offset(entry.offset().0.saturating_add(entry.size() as u64));
        let stop = self.sound.between(entry.offset(), stop).unwrap_or(stop);
        let is_followed = self.is_followed(entry);
        let head = Offset(entry.offset().0.saturating_add(CLOCKS));
        let is_head_in_place = self.places.is_own(head) && !self.places.is_moved(head);
        let near = self.near(entry, head);
        let (mut lost, mut beyond) = (Vec::new(), HashSet::with_hasher(Mix::new()));
        for (index, (at, stated)) in items.pairs().enumerate() {
            let end = end_of_item(entry, index);
            let is_near = head.0 / PAGE == end.0 / PAGE;
            // An entry is written after its payloads; one that states a hash that no other file has may have been moved.
            let is_proven = self.judge.has_hash() || self.proven.contains(at);
            let is_before = at < entry.offset() || (self.judge.is_decisive() && stated.is_some());
            let is_kept = is_proven && is_before && !self.is_older(at);
            let is_strange = is_displaced && self.only_entry(at) == Some(entry.offset());
            let is_there = end < stop && is_kept && !is_strange && self.judge.item(at, stated).is_some();
            let is_next_own =
                || is_head_in_place && (self.places.is_held(end) || (is_followed && self.places.is_own(end)));
            let is_in_place = self.places.is_own(at) && !self.places.is_moved(at) && (is_near || is_next_own());
            let place =
                if is_contradicted { Place::Unknown } else { Place::of(is_in_place, is_near, stated.is_some()) };
            // Hardly any entry names a payload twice: in another page that is an item of another entry, which has it too.
            let is_again = !is_near && (near.binary_search(&at).is_ok() || beyond.contains(&at));
            if !(is_there && !is_again && self.is_theirs(at, entry.offset(), place)) {
                lost.push(index);
            } else if !is_near {
                beyond.insert(at);
            }
        }
        lost
    }

    /// The payloads that an entry's items in the page of its head name, ascending: no more than fit a page.
    fn near(&self, entry: &Entry<'_>, head: Offset) -> Vec<Offset> {
        let is_near = |index: usize| end_of_item(entry, index).0 / PAGE == head.0 / PAGE;
        let pairs = entry.stored_items().pairs().enumerate();
        let near = pairs
            .take_while(|(index, _)| is_near(*index))
            .filter(|(_, (at, stated))| self.judge.item(*at, *stated).is_some());
        let mut near: Vec<Offset> = near.map(|(_, (at, _))| at).collect();
        near.sort_unstable();
        near
    }

    /// Whether all payloads of an entry are there and in place, and contradict its hash.
    fn is_contradicted(&self, entry: &Entry<'_>) -> bool {
        let end = Offset(entry.offset().0.saturating_add(entry.size() as u64));
        let is_there =
            |(at, stated): (Offset, Option<u64>)| self.judge.item(at, stated).is_some() && self.places.is_own(at);
        self.places.is_own(entry.offset()) && self.places.is_own(end) && entry.stored_items().pairs().all(is_there)
    }

    /// Whether more of the payloads that one entry alone has name the same place of another page, where this entry would lie
    /// just so, than name it here: its page seems to be another's, and those that name it here another entry's.
    fn is_displaced(&self, entry: &Entry<'_>) -> bool {
        let at = entry.offset();
        let is_alike = |other: &Offset| *other != at && other.0 % PAGE == at.0 % PAGE;
        let named = || entry.items().filter_map(|item| self.only_entry(item));
        let here = named().filter(|named| *named == at).count();
        let Some(other) = named().find(is_alike).filter(|_| here > 0) else { return false };
        named().filter(|named| *named == other).count() > here
    }

    /// The entry that a payload says that it belongs to, where it is of one alone.
    fn only_entry(&self, data: Offset) -> Option<Offset> {
        self.file.data(data).ok().filter(|data| data.n_entries == 1).map(|data| data.entry)
    }

    /// Whether an item beside the head states the hash of the payload that lies at its place, in a file whose hashes no
    /// other has: whatever is around it, it was written here.
    pub(super) fn is_stated(&self, entry: &Entry<'_>) -> bool {
        self.judge.is_decisive() && beside_head(entry).any(|item| self.states(item))
    }

    /// Whether the items beside the head agree with the payloads at their places.
    ///
    /// Where hashes have no key, others' agree too where they have the same value in the same place, as the first of all
    /// files may be. So one must do so that lies in another page, in its place, and none that is in place may contradict.
    pub(super) fn knows_payload(&self, entry: &Entry<'_>) -> bool {
        if self.judge.is_decisive() {
            return self.is_stated(entry);
        }
        let is_apart = |at: Offset| at.0 / PAGE != page(entry, HEAD_END) && self.is_ours(at);
        let mut in_place = beside_head(entry).filter(|(at, _)| self.places.is_own(*at));
        self.judge.has_hash() && in_place.clone().all(|item| self.states(item)) && in_place.any(|(at, _)| is_apart(at))
    }

    /// Whether an item states the hash of the sound payload that lies at its place.
    fn states(&self, (at, stated): (Offset, Option<u64>)) -> bool {
        stated.is_some() && self.judge.item(at, stated).is_some()
    }

    /// Whether one of its payloads lists the entry as its own.
    pub(super) fn is_listed(&mut self, entry: &Entry<'_>) -> bool {
        let items = entry.stored_items();
        items.pairs().any(|(at, stated)| {
            at < entry.offset()
                && self.is_ours(at)
                && self.judge.item(at, stated).is_some()
                && self.lists(at, entry.offset()) == Some(true)
        })
    }

    /// Whether an entry is one that a payload lists in just that place, which its seqnum cannot change.
    pub(super) fn is_listed_in_place(&mut self, entry: &Entry<'_>) -> bool {
        self.places.is_own(entry.offset()) && self.is_listed(entry)
    }

    /// Whether an entry has the hash of its payloads, each of which lists it, so that nothing of it but its clocks could be
    /// another's; and these fit in, in a page that is not known to belong elsewhere, or directly.
    pub(super) fn is_listed_by_all(&mut self, entry: &Entry<'_>) -> bool {
        let items = entry.stored_items();
        self.judge.is_whole(entry.head(), items)
            && (self.is_next(entry) || (!self.places.is_denied(entry.offset()) && self.fits(entry)))
            && items
                .iter()
                .all(|at| at < entry.offset() && self.is_ours(at) && self.lists(at, entry.offset()) == Some(true))
    }

    /// The same in a file that was cut, of an entry that some of its payloads list, while the lists of others break off. One
    /// that only this entry has names it itself.
    pub(super) fn is_listed_up_to_the_cut(&mut self, entry: &Entry<'_>) -> bool {
        let (items, at) = (entry.stored_items(), entry.offset());
        let is_shared = |data: Offset| self.file.data(data).is_ok_and(|data| data.n_entries > 1);
        if !self.places.is_cut() || !self.judge.is_whole(entry.head(), items) || !self.is_next(entry) {
            return false;
        }
        let mut is_listed = false;
        let shared: Vec<(Offset, bool)> = items.iter().map(|item| (item, is_shared(item))).collect();
        let fits = shared.into_iter().all(|(item, is_shared)| match self.lists(item, at) {
            _ if item >= at => false,
            Some(lists) => {
                is_listed |= lists;
                lists
            }
            None => is_shared,
        });
        fits && is_listed
    }

    /// Whether the DATA at `data` is one of the entry at `entry`, whose item lies at such a place.
    fn is_theirs(&mut self, data: Offset, entry: Offset, place: Place) -> bool {
        match place {
            Place::Certain => return true,
            Place::Stated => return self.lists(data, entry) != Some(false),
            // One flipped bit leads to another's payload, and so may a page in another's place.
            Place::Own => {
                let lists = self.lists(data, entry);
                return lists.unwrap_or_else(|| !self.is_elsewhere(data)) && self.links > 0;
            }
            Place::Near | Place::Unknown => {}
        }
        let Ok(object) = self.file.data(data) else { return false };
        if self.links == 0 {
            return false;
        }
        let in_place = self.file.is_linked_within(&object, &mut self.links);
        // What a list says, it says of the entry that was written at that place.
        let is_that_entry = place == Place::Near || self.places.is_own(entry);
        match self.lists(data, entry) {
            // Where the chain breaks off, its page must be in place for its list to be of this entry.
            Some(true) => is_that_entry && in_place.unwrap_or_else(|| self.places.is_own(data)),
            Some(false) => false,
            None => place == Place::Near && in_place == Some(true),
        }
    }

    /// Whether the DATA at `data` was written in another place: something in the file was, and the hash table does not have
    /// it there.
    fn is_elsewhere(&mut self, data: Offset) -> bool {
        let is_linked = |links| self.file.is_linked_within(&self.file.data(data).ok()?, links);
        !self.places.is_holed_at_most && is_linked(&mut self.links) == Some(false)
    }

    /// Takes the cost of a look off what may be spent on all; `None` once that is used up, which it then stays.
    fn spend(&mut self, links: usize) -> Option<()> {
        self.links = self.links.saturating_sub(links as u64);
        (self.links > 0).then_some(())
    }

    /// Whether the DATA at `data` lists the entry at `entry`; `None` where its list is torn, or ends before, or may be
    /// another's by now, and where nothing is left to be spent on looking.
    pub(super) fn lists(&mut self, data: Offset, entry: Offset) -> Option<bool> {
        let data = self.file.data(data).ok()?;
        if data.entry == entry {
            return Some(true);
        }
        self.spend(0)?;
        let entries = self.file.entries_of(&data);
        self.spend(entries.links())?;
        let index = entries.position(entry);
        if entries.iter_from(index).next() == Some(entry) {
            return self.is_its_list(&data, &entries, index).then_some(true);
        }
        // Its last slots may be zeros now.
        let is_short = index >= entries.len() && (entries.len() as u64) < data.n_entries;
        let is_silent = is_short || entries.damage().is_some() || self.last.is_none_or(|last| entry > last);
        self.spend(entries.len())?;
        // A list may have a hole or a slot that no entry can be at, and then is not to be searched by halves.
        let is_whole =
            !is_silent && entries.iter().is_sorted() && entries.iter().all(|at| at.is_some() && at.is_aligned());
        // That others in it have the payload tells nothing of one that may not.
        let mut beside = [index, index.saturating_sub(1)].map(|index| entries.place(&data, index)).into_iter();
        (is_whole && beside.all(|place| self.places.is_own(place))).then_some(false)
    }

    /// Whether the `index`th place of a list is written where it was: its page is, or others in it name entries that have
    /// the payload.
    fn is_its_list(&mut self, data: &Data<'_>, entries: &DataEntries<'_>, index: usize) -> bool {
        let page = |index| entries.place(data, index).0 / PAGE;
        if self.places.is_own(entries.place(data, index)) {
            return true;
        }
        let first = index.saturating_sub(NEIGHBOURS / 2);
        let beside = (first..).zip(entries.iter_from(first)).take(NEIGHBOURS);
        let mut agreeing = 0_usize;
        for (_, at) in beside.filter(|(other, _)| *other != index && page(*other) == page(index)) {
            let Ok(entry) = self.file.entry_as_stated(at) else { return false };
            if self.spend(entry.items().len()).is_none() {
                return false;
            }
            if !entry.items().any(|item| item == data.at) {
                return false;
            }
            agreeing = agreeing.saturating_add(1);
        }
        agreeing >= NEIGHBOURS_LEAST
    }
}
