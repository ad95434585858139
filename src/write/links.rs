//! Which entries use which field, kept small until the lists can be written.

use super::entries::Entries;

/// No entry has this number.
const NONE: u32 = u32::MAX;

/// The shortest and the longest piece of a list, in bytes.
const PIECE: [u32; 2] = [16, 4096];

/// What stands in front of a piece: the number of the next piece, and how many bytes this one has.
pub(super) const HEAD: usize = 6;

/// Pieces lie on multiples of this, which their numbers count.
pub(super) const STEP: usize = 16;

/// The entries of every field by their numbers: the first one here, the others as steps in pieces of one arena.
#[derive(Debug, Default)]
pub(super) struct Links {
    links: Vec<Link>,
    lists: Vec<List>,
    arena: Vec<u8>,
    /// How many entries all lists have together.
    uses: u64,
}

#[derive(Clone, Copy, Debug)]
struct Link {
    first: u32,
    /// Number plus 1, or 0.
    list: u32,
}

/// A field that more than one entry uses, and those entries but the first; never in two lines of the processor's cache.
#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
pub(super) struct List {
    field: u32,
    /// Where its DATA lies, in steps of 8.
    place: u32,
    last: u32,
    /// How many there are.
    pub(super) count: u32,
    head: u32,
    tail: u32,
    used: u16,
    size: u16,
}

impl Links {
    /// Adds a field without entries.
    #[inline]
    pub(super) fn add(&mut self) {
        self.links.push(Link { first: NONE, list: 0 });
    }

    /// Says that an entry uses a field, whose DATA lies at `place`; entries come in order, and each counts once.
    #[inline]
    pub(super) fn link(&mut self, field: u32, place: u32, entry: u32) {
        let Some(link) = self.links.get_mut(field as usize) else { return };
        if link.list == 0 && (link.first == NONE || link.first == entry) {
            link.first = entry;
        } else {
            let list = self.list(field, place);
            self.link_listed(list, entry);
        }
    }

    /// The list of a field, which is begun if there is none.
    pub(super) fn list(&mut self, field: u32, place: u32) -> u32 {
        let Some(link) = self.links.get_mut(field as usize) else { return NONE };
        if link.list == 0 {
            self.lists.push(List { field, place, last: link.first, count: 0, head: 0, tail: 0, used: 0, size: 0 });
            link.list = self.lists.len() as u32;
        }
        link.list.wrapping_sub(1)
    }

    /// The same as [`Links::link`] for a field by its list; the field, and where its DATA lies.
    #[inline(always)]
    pub(super) fn link_listed(&mut self, number: u32, entry: u32) -> (u32, u32) {
        let Some(list) = self.lists.get_mut(number as usize) else { return (NONE, 0) };
        let step = entry.wrapping_sub(list.last);
        // Nearly always: a step of one byte, and a place for it.
        if list.used < list.size
            && (1..0x80).contains(&step)
            && let Some(place) = self.arena.get_mut(list.tail as usize * STEP + HEAD + usize::from(list.used))
        {
            *place = step as u8;
            (list.last, list.count, list.used) = (entry, list.count + 1, list.used + 1);
            self.uses += 1;
            return (list.field, list.place);
        }
        self.link_far(number, entry)
    }

    /// The same for any entry.
    #[inline(never)]
    fn link_far(&mut self, list: u32, entry: u32) -> (u32, u32) {
        let Some(list) = self.lists.get_mut(list as usize) else { return (NONE, 0) };
        if list.last == NONE {
            list.last = entry;
            self.links.get_mut(list.field as usize).into_iter().for_each(|link| link.first = entry);
        } else if list.last != entry {
            list.push(&mut self.arena, entry);
            self.uses += 1;
        }
        (list.field, list.place)
    }

    /// The field of a list.
    pub(super) fn field(&self, list: u32) -> u32 {
        self.lists.get(list as usize).map_or(NONE, |list| list.field)
    }

    /// The first entry of a field, and which list has the others.
    #[inline]
    pub(super) fn of(&self, field: usize) -> (Option<u32>, Option<usize>) {
        let link = self.links.get(field).copied().unwrap_or(Link { first: NONE, list: 0 });
        (Some(link.first).filter(|first| *first != NONE), (link.list as usize).checked_sub(1))
    }

    /// How many lists there are.
    pub(super) const fn lists(&self) -> usize {
        self.lists.len()
    }

    /// How many entries all lists have together.
    pub(super) const fn uses(&self) -> u64 {
        self.uses
    }

    /// How many entries a list has.
    #[inline]
    pub(super) fn count(&self, list: usize) -> u64 {
        self.lists.get(list).map_or(0, |list| list.count.into())
    }

    /// The entries of a list, ascending; `first` is the one before them.
    pub(super) fn entries(&self, list: usize, first: u32) -> Entries<'_> {
        let Some(list) = self.lists.get(list) else { return Entries::default() };
        Entries::of(&self.arena, list.head, first, list.count)
    }
}

impl List {
    #[inline]
    fn push(&mut self, arena: &mut Vec<u8>, entry: u32) {
        let mut step = entry.wrapping_sub(self.last);
        while step >= 0x80 {
            self.byte(arena, step as u8 | 0x80);
            step >>= 7;
        }
        self.byte(arena, step as u8);
        (self.last, self.count) = (entry, self.count + 1);
    }

    #[inline]
    fn byte(&mut self, arena: &mut Vec<u8>, byte: u8) {
        if self.used == self.size {
            self.turn(arena);
        }
        if let Some(place) = arena.get_mut(self.tail as usize * STEP + HEAD + usize::from(self.used)) {
            *place = byte;
        }
        self.used += 1;
    }

    /// Goes on in a new piece, the longer the more the list has.
    #[cold]
    fn turn(&mut self, arena: &mut Vec<u8>) {
        let (start, number) = (arena.len(), (arena.len() / STEP) as u32);
        if self.size == 0 {
            self.head = number;
        } else if let Some(next) = arena.get_mut(self.tail as usize * STEP..).and_then(<[u8]>::first_chunk_mut) {
            *next = number.to_le_bytes();
        }
        let size = self.count.next_power_of_two().clamp(PIECE[0], PIECE[1]) as usize;
        arena.resize(start + size, 0);
        (self.tail, self.used, self.size) = (number, 0, (size - HEAD) as u16);
        if let Some(place) = arena.get_mut(start + 4..).and_then(<[u8]>::first_chunk_mut) {
            *place = self.size.to_le_bytes();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_gives_back_what_it_was_given_once() {
        let mut links = Links::default();
        // Steps of one, two and three bytes, and lists that grow side by side.
        let uses = |field: u32, entry: u32| entry.is_multiple_of([1, 7, 200, 20_000, 49_999][field as usize]);
        (0..6).for_each(|_| links.add());
        for entry in 0..100_000 {
            for field in (0..5).filter(|field| uses(*field, entry)) {
                if field == 3 && entry > 0 {
                    let list = links.list(field, field + 10);
                    assert_eq!(links.link_listed(list, entry), (field, field + 10));
                    assert_eq!(links.field(list), field);
                }
                links.link(field, field + 10, entry);
                links.link(field, field + 10, entry);
            }
        }
        for field in 0..5 {
            let wanted: Vec<u32> = (0..100_000).filter(|entry| uses(field, *entry)).collect();
            let (Some(first), Some(list)) = links.of(field as usize) else { panic!("{field} has no list") };
            let (mut found, mut entries) = (vec![first], links.entries(list, first));
            (0..100).for_each(|most| entries.append(most * most, &mut found));
            assert_eq!(found, wanted, "{field}");
            assert_eq!(links.count(list), wanted.len() as u64 - 1);
        }
        assert_eq!(links.uses(), (0..5).map(|list| links.count(list)).sum::<u64>());
        assert_eq!(links.of(5), (None, None));
    }

    #[test]
    fn a_single_use_takes_no_list() {
        let mut links = Links::default();
        links.add();
        links.link(0, 1, 7);
        links.link(0, 1, 7);
        assert_eq!(links.of(0), (Some(7), None));
        assert!(links.arena.is_empty());
    }

    #[test]
    fn a_list_may_be_there_before_any_use() {
        let mut links = Links::default();
        (0..2).for_each(|_| links.add());
        let lists = [0, 1].map(|field| links.list(field, 5));
        links.link(0, 5, 3);
        links.link_listed(lists[0], 3);
        assert_eq!((links.of(0), links.count(0), links.uses()), ((Some(3), Some(0)), 0, 0));
        assert_eq!((links.of(1), links.count(1)), ((None, Some(1)), 0));
        assert_eq!(links.link_listed(lists[0], 4), (0, 5));
        let mut found = Vec::new();
        links.entries(0, 3).append(10, &mut found);
        assert_eq!((found, links.uses()), (vec![4], 1));
    }
}
