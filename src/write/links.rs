//! Which entries use which field, kept small until the lists can be written.

/// No entry has this number.
const NONE: u32 = u32::MAX;

/// The shortest and the longest piece of a list, in bytes.
const PIECE: [u32; 2] = [16, 4096];

/// What stands in front of a piece: the number of the next piece, and how many bytes this one has.
const HEAD: usize = 6;

/// Pieces lie on multiples of this, which their numbers count.
const STEP: usize = 16;

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

/// The entries of a field but the first.
#[derive(Clone, Copy, Debug)]
pub(super) struct List {
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

    /// Says that an entry uses a field; entries come in order, and each counts once.
    #[inline]
    pub(super) fn link(&mut self, field: u32, entry: u32) {
        let Some(link) = self.links.get_mut(field as usize) else { return };
        if link.first == NONE {
            link.first = entry;
        } else if let Some(index) = link.list.checked_sub(1) {
            if let Some(list) = self.lists.get_mut(index as usize)
                && list.last != entry
            {
                list.push(&mut self.arena, entry);
                self.uses += 1;
            }
        } else if link.first != entry {
            let mut list = List { last: link.first, count: 0, head: 0, tail: 0, used: 0, size: 0 };
            list.push(&mut self.arena, entry);
            self.lists.push(list);
            self.uses += 1;
            link.list = self.lists.len() as u32;
        }
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
        Entries { arena: &self.arena, piece: &[], next: list.head, entry: first, left: list.count }
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

/// The entries of a list; see [`Links::entries`].
#[derive(Debug, Default)]
pub(super) struct Entries<'a> {
    arena: &'a [u8],
    piece: &'a [u8],
    next: u32,
    entry: u32,
    left: u32,
}

impl Iterator for Entries<'_> {
    type Item = u32;

    #[inline]
    fn next(&mut self) -> Option<u32> {
        self.left = self.left.checked_sub(1)?;
        let (mut step, mut shift) = (0, 0);
        loop {
            let byte = self.byte()?;
            step |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                break;
            }
            shift += 7;
        }
        self.entry = self.entry.wrapping_add(step);
        Some(self.entry)
    }
}

impl Entries<'_> {
    #[inline]
    fn byte(&mut self) -> Option<u8> {
        if self.piece.is_empty() {
            let rest = self.arena.get(self.next as usize * STEP..)?;
            let (head, rest) = rest.split_first_chunk::<HEAD>()?;
            let [a, b, c, d, e, f] = *head;
            self.next = u32::from_le_bytes([a, b, c, d]);
            self.piece = rest.get(..usize::from(u16::from_le_bytes([e, f])))?;
        }
        let (byte, rest) = self.piece.split_first()?;
        self.piece = rest;
        Some(*byte)
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
                links.link(field, entry);
                links.link(field, entry);
            }
        }
        for field in 0..5 {
            let wanted: Vec<u32> = (0..100_000).filter(|entry| uses(field, *entry)).collect();
            let (Some(first), Some(list)) = links.of(field as usize) else { panic!("{field} has no list") };
            let found: Vec<u32> = std::iter::once(first).chain(links.entries(list, first)).collect();
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
        links.link(0, 7);
        links.link(0, 7);
        assert_eq!(links.of(0), (Some(7), None));
        assert!(links.arena.is_empty());
    }
}
