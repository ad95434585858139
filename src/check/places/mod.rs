//! Whether the pages of a file are where they belong: pages reach the disk each for itself, and may be lost, stale, or
//! another's by now.

mod moved;
mod pages;

pub(super) use pages::Pages;

use super::judge::Judge;
use super::starts::Starts;
use super::walk::{Piece, is_hole};
use crate::bytes::Image;
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::file::{Entry, JournalFile};
use crate::format::{Data, EntryArray, EntryHead, Layout, ObjectType, RawObject, table};

/// Pages reach the disk each for itself.
pub(super) const PAGE: u64 = 4096;

/// Where the hash of a DATA or FIELD ends; what is behind it in another page belongs to this one.
const HASH_END: u64 = 24;
/// Where the hash of an ENTRY ends.
const ENTRY_HASH_END: u64 = 64;

/// An item of an entry has at most so many bytes before its last one.
const ITEM_MOST: u64 = 15;

/// What a walk shows of a file's pages.
#[derive(Debug)]
pub(super) struct Places {
    /// Pages that an object joins with the one before.
    joined: Pages,
    /// Pages with an object that another page names in just that place.
    named: Pages,
    /// Pages with an object that the hash table must name, if it is in place.
    nameable: Pages,
    /// Pages that are joined with others in a place that is not theirs: several were moved together.
    moved: Pages,
    /// Whether everything that is not as it should be is zeros.
    pub(super) is_holed_at_most: bool,
    /// Whether it ends before that now.
    is_cut: bool,
    layout: Layout,
    /// Where the file ended when it was written, by its header: a copy that was cut has links up to there.
    end: Offset,
}

impl Places {
    /// Nothing known yet of a file.
    pub(super) fn of(file: &JournalFile) -> Self {
        let (header, len) = (file.header(), file.image().len());
        let end = header.header_size.saturating_add(header.arena_size).max(len);
        Self::blank(len, Offset(end), file.layout())
    }

    fn blank(len: u64, end: Offset, layout: Layout) -> Self {
        let [joined, named, nameable, moved] = [(); 4].map(|()| Pages::of(len));
        Self { joined, named, nameable, moved, is_holed_at_most: true, is_cut: end.0 > len, layout, end }
    }

    /// Learns from a piece of the walk: an object that its hash proves holds the pages together in which it lies, and
    /// damage without zeros may be another page.
    pub(super) fn see(&mut self, image: Image<'_>, piece: &Piece<'_>) {
        match piece {
            Piece::Sound(raw) => {
                self.join(raw);
                self.is_holed_at_most &= !self.is_out_of_order(image, raw);
            }
            Piece::Doubtful(raw, damage) => {
                let end = Offset(raw.at.0.saturating_add(raw.bytes.len() as u64));
                // An entry is doubtful for what became of its payloads, an array for what became of its entry. But payloads
                // that are all there and contradict the entry are others'.
                let is_itself = match damage.fault {
                    Fault::Hash { stored, computed } if ObjectType::from(raw.kind) == ObjectType::Entry => {
                        stored == 0 || computed == 0
                    }
                    Fault::Type { found, .. } => found == 0,
                    _ => false,
                };
                let is_strange = self.is_strange(image, damage);
                self.is_holed_at_most &= is_itself || (!is_strange && is_hole(image, raw.at, end));
            }
            Piece::Gap { from, to, damage } => {
                let is_strange = damage.as_ref().is_some_and(|damage| self.is_strange(image, damage));
                self.is_holed_at_most &= !is_strange && is_hole(image, *from, *to);
            }
        }
    }

    /// Whether a payload comes behind the first entry that has it, or an entry before a payload of its own, which no writer
    /// does: what proves itself was written in another place.
    fn is_out_of_order(&self, image: Image<'_>, raw: &RawObject<'_>) -> bool {
        match ObjectType::from(raw.kind) {
            ObjectType::Data => {
                Data::decode(*raw, self.layout).is_ok_and(|data| data.entry.is_some() && data.entry < raw.at)
            }
            ObjectType::Entry => EntryHead::read(image, raw.at, self.layout)
                .is_ok_and(|(_, items)| items.iter().any(|item| item > raw.at)),
            _ => false,
        }
    }

    /// Learns that something in the file was replaced by more than zeros.
    pub(super) const fn doubt(&mut self) {
        self.is_holed_at_most = false;
    }

    /// Whether a link of a hash table leads where nothing of the file ever was. Its empty buckets are zeros too, but explain
    /// nothing of that.
    fn is_strange(&self, image: Image<'_>, damage: &Corrupt) -> bool {
        let is_table = matches!(image.from(damage.at).first(), Some(&(table::DATA_TYPE | table::FIELD_TYPE)));
        matches!(damage.fault, Fault::Place { found } if is_table && (found % 8 != 0 || found >= self.end.0))
    }

    /// Whether the file ends before its header says that it was written to.
    pub(super) const fn is_cut(&self) -> bool {
        self.is_cut
    }

    fn join(&mut self, raw: &RawObject<'_>) {
        let proven_from = match ObjectType::from(raw.kind) {
            ObjectType::Data | ObjectType::Field => HASH_END,
            ObjectType::Entry => ENTRY_HASH_END,
            _ => return,
        };
        let first = raw.at.0.saturating_add(proven_from).saturating_add(PAGE.saturating_sub(1)) / PAGE;
        let last = raw.at.0.saturating_add(raw.bytes.len() as u64).saturating_sub(1) / PAGE;
        (first..=last).for_each(|page| self.joined.insert(page));
    }

    /// Asks of every page that nothing joins with others whether what lies there is named in just that place: a DATA by
    /// the hash table; an entry by a DATA that no other has, or by what lies in the same page; an array by the DATA whose
    /// list it is. In a page that took the place of another none is, but by a rare chance.
    ///
    /// `sound` is where objects lie that prove themselves, and `in_line` where entries stand whose payloads may be gone.
    /// Costs nothing where only zeros took the place of anything, else a look at each of these objects, up to the first in
    /// each page that is named.
    pub(super) fn ask(&mut self, file: &JournalFile, judge: &Judge<'_>, [sound, in_line]: [&Starts; 2]) {
        if self.is_holed_at_most {
            return;
        }
        let mut links = file.image().len();
        self.moved = moved::pages(file, sound, &self.joined);
        for at in Starts::union([sound, in_line]) {
            if let Ok(entry) = file.entry_as_stated(at) {
                let end = Offset(at.0.saturating_add(entry.size() as u64).saturating_sub(1));
                if !(self.is_held(at) && self.is_held(end)) {
                    self.ask_items(&entry, judge, sound, &mut links);
                }
            } else if self.is_held(at) {
                continue;
            } else if let Ok(data) = file.data(at) {
                let is_named = file.is_linked_within(&data, &mut links) == Some(true);
                let pages = if is_named { &mut self.named } else { &mut self.nameable };
                pages.insert(at.0 / PAGE);
            } else if is_named_array(file, at, &mut links) == Some(true) {
                self.named.insert(at.0 / PAGE);
            }
        }
    }

    /// The pages of those items whose payload no other entry has, and names this one, and of these payloads; or whose
    /// payload lies in the same page, where it was when the entry was written.
    fn ask_items(&mut self, entry: &Entry<'_>, judge: &Judge<'_>, sound: &Starts, links: &mut u64) {
        let is_whole = judge.is_whole(entry.head(), entry.stored_items());
        for (index, at) in entry.stored_items().iter().enumerate() {
            let Some(left) = links.checked_sub(1) else { return };
            *links = left;
            let page = end_of_item(entry, index).0 / PAGE;
            let is_own = |data: Data<'_>| data.n_entries == 1 && data.entry == entry.offset();
            // Of an entry that lost something an item is a witness all the same, if its payload is in place: nothing else in
            // the file names that. But of an item that lies in two pages only the first has the place.
            let is_one_page = end_of_item(entry, index).0.saturating_sub(ITEM_MOST) / PAGE == page;
            let is_witness = is_whole || (is_one_page && sound.contains(at) && self.is_held(at));
            let is_named = is_witness && entry.file().data(at).is_ok_and(is_own);
            if is_named || (is_whole && page == at.0 / PAGE) {
                self.named.insert(page);
            }
            // The two name each other's place, so that of the payload is proven as well.
            if is_named && is_whole {
                self.named.insert(at.0 / PAGE);
            }
        }
    }

    /// Whether the page of a place is where it was written: an object joins it with one of its neighbours; or nothing in
    /// the file was replaced by anything but zeros.
    pub(super) fn is_own(&self, at: Offset) -> bool {
        self.is_holed_at_most || self.is_held(at)
    }

    /// Whether an object joins the page of a place with one of its neighbours, or another names one in it.
    pub(super) fn is_held(&self, at: Offset) -> bool {
        let page = at.0 / PAGE;
        self.joined.contains(page) || self.joined.contains(page.saturating_add(1)) || self.named.contains(page)
    }

    /// Whether an object whose hash proves it joins a page with the one before.
    pub(super) fn is_joined(&self, page: u64) -> bool {
        self.joined.contains(page)
    }

    /// Whether the page of a place was moved together with those that objects join it with, so that what is held in it is
    /// held where it was not written.
    pub(super) fn is_moved(&self, at: Offset) -> bool {
        self.moved.contains(at.0 / PAGE)
    }

    /// Whether something lies in the page of a place that is named where it is, if it is in place; and nothing of it is.
    pub(super) fn is_denied(&self, at: Offset) -> bool {
        !self.is_own(at) && self.nameable.contains(at.0 / PAGE)
    }
}

/// Whether the array at `at` begins with an entry of the same page, and is in the list of a payload of that entry; `None`
/// where there is none, or nothing is left of `links`.
fn is_named_array(file: &JournalFile, at: Offset, links: &mut u64) -> Option<bool> {
    let raw = RawObject::read(file.image(), at, "entry array").ok()?;
    let first = EntryArray::decode(raw, file.layout()).ok()?.slots.at(0);
    let entry = file.entry_as_stated(first).ok().filter(|_| first.0 / PAGE == at.0 / PAGE)?;
    let items = entry.stored_items();
    *links = links.checked_sub(items.len() as u64)?;
    Some(items.iter().any(|item| file.data(item).is_ok_and(|data| data.entry_array == at)))
}

/// The last byte of an item of an entry, by its position.
pub(super) fn end_of_item(entry: &Entry<'_>, index: usize) -> Offset {
    let width = entry.size().saturating_sub(64).checked_div(entry.stored_items().len()).unwrap_or_default();
    let end = index.saturating_add(1).saturating_mul(width).saturating_add(63) as u64;
    Offset(entry.offset().0.saturating_add(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_joins_pages_where_its_hash_and_what_it_covers_lie_apart() {
        let mut bytes = vec![1; 4 * 4096];
        bytes[4096 - 24] = 1;
        bytes[4096 - 16..4096 - 8].copy_from_slice(&5000_u64.to_le_bytes());
        let image = Image::new(&bytes);
        let raw = RawObject::read(image, Offset(4096 - 24), "data").unwrap();
        let mut places = Places::blank(image.len(), Offset(image.len()), Layout::Regular);
        places.see(image, &Piece::Gap { from: Offset(3 * 4096), to: Offset(image.len()), damage: None });
        assert!([0, 1, 2, 3].map(|page| places.is_own(Offset(page * 4096))) == [false; 4]);
        places.see(image, &Piece::Sound(raw));
        assert_eq!([0, 1, 2, 3].map(|page| places.is_own(Offset(page * 4096 + 9))), [true, true, true, false]);
    }

    #[test]
    fn zeros_alone_put_nothing_in_anothers_place() {
        let mut bytes = vec![1; 3 * 4096];
        bytes[4096..2 * 4096].fill(0);
        let image = Image::new(&bytes);
        let mut places = Places::blank(image.len(), Offset(image.len()), Layout::Regular);
        places.see(image, &Piece::Gap { from: Offset(4000), to: Offset(8200), damage: None });
        assert!(places.is_own(Offset(8200)));
        places.see(image, &Piece::Gap { from: Offset(8200), to: Offset(8400), damage: None });
        assert!(!places.is_own(Offset(8200)));
    }
}
