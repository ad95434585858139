//! Entries of overlapping stretches, one by one in order, each once.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::collections::binary_heap::{BinaryHeap, PeekMut};

use super::repeat::{Repeats, Seen};
use super::{Place, Stretch};
use crate::corrupt::Offset;
use crate::file::{JournalFile, Slice};
use crate::format::{EntryHead, Id128};

/// A merge of stretches; cloning it keeps the place.
///
/// Each strand (a seqnum namespace) yields its files' entries by seqnum; strands are merged by rank and monotonic.
/// An entry that several files hold comes once, from the file whose path is first. Cost: a few comparisons per entry.
#[derive(Clone, Debug)]
pub struct Merge<'j> {
    strands: BinaryHeap<Ranked<StrandKey, Strand<'j>>>,
    repeats: Repeats,
    conflicts: u64,
}

/// A value in a heap, the smallest key on top.
#[derive(Clone, Debug)]
struct Ranked<K, V> {
    key: K,
    value: V,
}

impl<K: Ord, V> PartialEq for Ranked<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl<K: Ord, V> Eq for Ranked<K, V> {}

impl<K: Ord, V> PartialOrd for Ranked<K, V> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<K: Ord, V> Ord for Ranked<K, V> {
    fn cmp(&self, other: &Self) -> Ordering {
        other.key.cmp(&self.key)
    }
}

/// Running (rank, monotonic), realtime, hash, file.
type StrandKey = ((usize, u64), u64, u64, u32);
/// Running seqnum, realtime, hash, file.
type FileKey = (u64, u64, u64, u32);

#[derive(Clone, Debug)]
struct Strand<'j> {
    id: Id128,
    files: BinaryHeap<Ranked<FileKey, Stream<'j>>>,
    last: Option<Seen>,
}

/// The entries of a stretch that are merged: all, or some.
#[derive(Clone, Debug)]
enum Slots<'j> {
    All(Slice<'j, 'j>),
    Some(std::vec::IntoIter<Offset>),
}

impl Iterator for Slots<'_> {
    type Item = Offset;

    #[inline]
    fn next(&mut self) -> Option<Offset> {
        match self {
            Self::All(slots) => slots.next(),
            Self::Some(offsets) => offsets.next(),
        }
    }
}

/// So many entries of a file are brought near together at most.
const TOGETHER: usize = 32;

/// What is left of one file's stretches, with the entry that comes next.
#[derive(Clone, Debug)]
struct Stream<'j> {
    file: &'j JournalFile,
    index: u32,
    rest: Vec<(usize, Slots<'j>)>,
    /// The entries behind the next one that are near, the last one first; all of the same stretch.
    near: Vec<Offset>,
    /// How many were brought near together last.
    together: usize,
    next: (usize, Offset, EntryHead),
    /// Whether the next entry cannot be read.
    is_unread: bool,
}

impl<'j> Stream<'j> {
    /// Steps to the next entry; one that cannot be read keeps its neighbour's head, so that it is counted in its place.
    #[inline]
    fn step(&mut self) -> Option<()> {
        if self.near.is_empty() {
            self.bring_near();
        }
        let at = self.near.pop()?;
        let entry = self.file.entry(at);
        self.is_unread = entry.is_err();
        self.next = (self.next.0, at, entry.map_or(self.next.2, |entry| *entry.head()));
        Some(())
    }

    /// Looks at the next entries of a stretch before they are read: one at first, since no more may be wanted, then more
    /// and more.
    #[inline(never)]
    fn bring_near(&mut self) {
        self.together = (self.together * 2).clamp(1, TOGETHER);
        while let Some((rank, slots)) = self.rest.last_mut() {
            self.near.extend(slots.take(self.together));
            if !self.near.is_empty() {
                self.next.0 = *rank;
                self.file.bring_near(&self.near);
                return self.near.reverse();
            }
            self.rest.pop();
        }
    }

    const fn key(&self, running: u64) -> FileKey {
        let head = &self.next.2;
        let seqnum = if head.seqnum.0 > running { head.seqnum.0 } else { running };
        (seqnum, head.realtime.0, head.xor_hash, self.index)
    }
}

impl Strand<'_> {
    fn key(&self, running: (usize, u64)) -> Option<StrandKey> {
        let top = &self.files.peek()?.value;
        let (rank, _, head) = top.next;
        Some((running.max((rank, head.monotonic.0)), head.realtime.0, head.xor_hash, top.index))
    }

    /// Takes the first entry of the strand.
    fn pop(&mut self) -> Option<(Place, Seen)> {
        let mut top = self.files.peek_mut()?;
        let stream = &mut top.value;
        let (_, at, head) = stream.next;
        let place = Place { file: stream.index, at };
        let seen = if stream.is_unread { Seen::unread } else { Seen::of };
        let seen = seen(&head, self.id, stream.index);
        if stream.step().is_some() {
            top.key = top.value.key(top.key.0);
        } else {
            PeekMut::pop(top);
        }
        Some((place, seen))
    }
}

impl<'j> Merge<'j> {
    /// A merge of these stretches, which are in each file's array order.
    pub fn of<'s>(files: &'j [JournalFile], stretches: impl Iterator<Item = &'s Stretch>) -> Self {
        let slots = |stretch: &Stretch, file: &'j JournalFile| Slots::All(file.slots(stretch.slots.clone()));
        Self::with(files, stretches.map(|stretch| (stretch, slots)))
    }

    /// A merge of some entries of these stretches: offsets, in each file's array order.
    pub fn among<'s>(files: &'j [JournalFile], stretches: impl Iterator<Item = (&'s Stretch, Vec<Offset>)>) -> Self {
        let stretches = stretches.map(|(stretch, offsets)| {
            (stretch, move |_: &Stretch, _: &'j JournalFile| Slots::Some(offsets.into_iter()))
        });
        Self::with(files, stretches)
    }

    fn with<'s, S: FnOnce(&Stretch, &'j JournalFile) -> Slots<'j>>(
        files: &'j [JournalFile],
        stretches: impl Iterator<Item = (&'s Stretch, S)>,
    ) -> Self {
        let mut streams: BTreeMap<u32, Stream<'j>> = BTreeMap::new();
        for (stretch, slots) in stretches {
            let Some(file) = files.get(stretch.file as usize) else { continue };
            let slots = slots(stretch, file);
            let next = (stretch.boot, Offset(0), stretch.first);
            let (rest, near) = (Vec::new(), Vec::new());
            let stream = Stream { file, index: stretch.file, rest, near, together: 0, next, is_unread: false };
            let stream = streams.entry(stretch.file).or_insert(stream);
            stream.rest.push((stretch.boot, slots));
        }
        let mut strands: BTreeMap<Id128, BinaryHeap<_>> = BTreeMap::new();
        for mut stream in streams.into_values() {
            stream.rest.reverse();
            if stream.step().is_some() {
                let id = stream.file.header().seqnum_id;
                strands.entry(id).or_default().push(Ranked { key: stream.key(0), value: stream });
            }
        }
        let strands = strands.into_iter().map(|(id, files)| Strand { id, files, last: None });
        let strands = strands.filter_map(|value| Some(Ranked { key: value.key((0, 0))?, value })).collect();
        Self { strands, repeats: Repeats::default(), conflicts: 0 }
    }

    /// How many pairs so far share seqnum and namespace but not content; both are shown.
    #[must_use]
    pub const fn conflicts(&self) -> u64 {
        self.conflicts
    }
}

impl Iterator for Merge<'_> {
    type Item = Place;

    fn next(&mut self) -> Option<Place> {
        loop {
            let mut top = self.strands.peek_mut()?;
            let running = top.key.0;
            let strand = &mut top.value;
            let Some((place, seen)) = strand.pop() else {
                PeekMut::pop(top);
                continue;
            };
            let conflict = !seen.is_unread && strand.last.is_some_and(|last| last.conflicts(&seen));
            if !seen.is_unread {
                strand.last = Some(seen);
            }
            match strand.key(running) {
                Some(key) => {
                    top.key = key;
                    drop(top);
                }
                None => drop(PeekMut::pop(top)),
            }
            self.conflicts += u64::from(conflict);
            if !self.repeats.is_repeat(running.1, seen) {
                return Some(place);
            }
        }
    }
}
