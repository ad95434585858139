//! The parts of a merge that is walked from its end: files, strands of files, and the moments they share.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::repeat::{Repeats, Seen};
use super::{Place, Stretch};
use crate::corrupt::Offset;
use crate::file::{JournalFile, Slice};
use crate::format::{EntryHead, Id128};

/// An entry on its way through the merge.
#[derive(Clone, Copy, Debug)]
struct Item {
    at: Offset,
    seen: Seen,
}

impl Item {
    /// What decides between entries of one number, or of one moment: realtime, hash, file.
    const fn tie(&self) -> (u64, u64, u32) {
        (self.seen.identity.2, self.seen.identity.3, self.seen.file)
    }

    const fn monotonic(&self) -> u64 {
        self.seen.identity.1
    }
}

/// Brings together lists, each with its first item at its end, as a merge of them does; what comes first goes last.
fn interleave(lists: &mut Vec<Vec<Item>>, into: &mut Vec<Item>) {
    if let [one] = lists.as_mut_slice() {
        into.append(one);
        lists.clear();
        return;
    }
    let from = into.len();
    let key = |index: usize, list: &[Item]| list.last().map(|item| Reverse((item.tie(), index)));
    let mut heads: BinaryHeap<_> = lists.iter().enumerate().filter_map(|(index, list)| key(index, list)).collect();
    while let Some(Reverse((_, index))) = heads.pop() {
        if let Some(list) = lists.get_mut(index) {
            into.extend(list.pop());
            heads.extend(key(index, list));
        }
    }
    into.get_mut(from..).unwrap_or_default().reverse();
    lists.clear();
}

/// An entry's place and head, and whether it cannot be read, so that the head is another's.
type Ahead = (Offset, EntryHead, bool);

/// What is left of one file's stretches.
#[derive(Debug)]
struct Stream<'j> {
    file: &'j JournalFile,
    index: u32,
    slots: Vec<Slice<'j, 'j>>,
    /// What stands in for the entry before the first, where that cannot be read.
    first: EntryHead,
    /// Entries that were read ahead, the next one last.
    ahead: Vec<Ahead>,
    next: Option<Item>,
    /// The least number so far.
    seqnum: u64,
}

impl Stream<'_> {
    /// Steps to the entry before; one that cannot be read has the head of its neighbour there, as in the merge.
    fn step(&mut self) {
        let (strand, index) = (self.file.header().seqnum_id, self.index);
        self.next = self.read().map(|(at, head, is_unread)| {
            let seen = if is_unread { Seen::unread } else { Seen::of };
            Item { at, seen: seen(&head, strand, index) }
        });
        if let Some(next) = &self.next {
            self.seqnum = self.seqnum.min(next.seen.seqnum);
        }
    }

    /// The entry before, and whether it cannot be read.
    fn read(&mut self) -> Option<Ahead> {
        if let Some(ahead) = self.ahead.pop() {
            return Some(ahead);
        }
        let mut unread = Vec::new();
        let head = loop {
            let Some(slots) = self.slots.last_mut() else { break self.first };
            match slots.next_back().map(|at| (at, self.file.entry(at))) {
                None => drop(self.slots.pop()),
                Some((at, Err(_))) => unread.push(at),
                Some((at, Ok(entry))) if unread.is_empty() => return Some((at, *entry.head(), false)),
                Some((at, Ok(entry))) => {
                    self.ahead.push((at, *entry.head(), false));
                    break *entry.head();
                }
            }
        };
        self.ahead.extend(unread.into_iter().rev().map(|at| (at, head, true)));
        self.ahead.pop()
    }
}

/// The files of one seqnum namespace.
#[derive(Debug)]
struct Strand<'j> {
    streams: Vec<Stream<'j>>,
    order: BinaryHeap<(u64, usize)>,
    /// Entries of one number, the next one last in order.
    ready: Vec<Item>,
    lists: Vec<Vec<Item>>,
    moment: u64,
    behind: Option<Seen>,
}

impl<'j> Strand<'j> {
    fn of(mut streams: Vec<Stream<'j>>) -> Self {
        streams.iter_mut().for_each(Stream::step);
        let order = streams.iter().enumerate().filter(|(_, stream)| stream.next.is_some());
        let order = order.map(|(index, stream)| (stream.seqnum, index)).collect();
        Self { streams, order, ready: Vec::new(), lists: Vec::new(), moment: u64::MAX, behind: None }
    }

    /// The moment of the next entry.
    fn moment(&mut self) -> Option<u64> {
        if self.ready.is_empty() {
            self.fill();
        }
        self.ready.last().map(|item| item.monotonic().min(self.moment))
    }

    /// Gathers the entries of the highest number.
    fn fill(&mut self) {
        let Some((seqnum, _)) = self.order.peek().copied() else { return };
        while let Some((_, index)) = self.order.peek().copied().filter(|(other, _)| *other == seqnum) {
            self.order.pop();
            let Some(stream) = self.streams.get_mut(index) else { continue };
            let mut list = Vec::new();
            while let Some(item) = stream.next.filter(|_| stream.seqnum == seqnum) {
                list.push(item);
                stream.step();
            }
            self.lists.push(list);
            if stream.next.is_some() {
                self.order.push((stream.seqnum, index));
            }
        }
        interleave(&mut self.lists, &mut self.ready);
        // Both lists have their first entry at the end; the next one to give is the last.
        self.ready.reverse();
    }

    /// Takes the next entry, and tells whether it contradicts the one behind it.
    fn pop(&mut self) -> Option<(Item, bool)> {
        self.moment = self.moment()?;
        let item = self.ready.pop()?;
        let is_unread = item.seen.is_unread;
        let conflict = !is_unread && self.behind.is_some_and(|behind| behind.conflicts(&item.seen));
        self.behind = if is_unread { self.behind } else { Some(item.seen) };
        Some((item, conflict))
    }
}

/// All strands, moment by moment.
#[derive(Debug)]
pub(super) struct Moments<'j> {
    strands: Vec<Strand<'j>>,
    order: BinaryHeap<(u64, usize)>,
    lists: Vec<Vec<Item>>,
    gathered: Vec<Item>,
    ready: Vec<Place>,
    conflicts: u64,
}

impl<'j> Moments<'j> {
    /// The strands of these stretches, from their ends.
    pub(super) fn of<'s>(files: &'j [JournalFile], stretches: impl Iterator<Item = &'s Stretch>) -> Self {
        let mut streams: BTreeMap<u32, Stream<'j>> = BTreeMap::new();
        for stretch in stretches {
            let Some(file) = files.get(stretch.file as usize) else { continue };
            let empty = || Stream {
                file,
                index: stretch.file,
                slots: Vec::new(),
                first: stretch.first,
                ahead: Vec::new(),
                next: None,
                seqnum: u64::MAX,
            };
            let slots = file.slots(stretch.slots.clone());
            streams.entry(stretch.file).or_insert_with(empty).slots.push(slots);
        }
        let mut strands: BTreeMap<Id128, Vec<Stream<'j>>> = BTreeMap::new();
        for stream in streams.into_values() {
            strands.entry(stream.file.header().seqnum_id).or_default().push(stream);
        }
        let mut strands: Vec<Strand<'j>> = strands.into_values().map(Strand::of).collect();
        let order = strands.iter_mut().enumerate();
        let order = order.filter_map(|(index, strand)| Some((strand.moment()?, index))).collect();
        Self { strands, order, lists: Vec::new(), gathered: Vec::new(), ready: Vec::new(), conflicts: 0 }
    }

    /// How many pairs so far share seqnum and namespace but not content.
    pub(super) const fn conflicts(&self) -> u64 {
        self.conflicts
    }

    /// Gathers the entries of the last moment, in order, each once.
    fn fill(&mut self) -> Option<()> {
        let (moment, _) = self.order.peek().copied()?;
        while let Some((_, index)) = self.order.peek().copied().filter(|(other, _)| *other == moment) {
            self.order.pop();
            let Some(strand) = self.strands.get_mut(index) else { continue };
            let mut list = Vec::new();
            while strand.moment() == Some(moment) {
                let Some((item, conflict)) = strand.pop() else { break };
                self.conflicts += u64::from(conflict);
                list.push(item);
            }
            self.lists.push(list);
            self.order.extend(strand.moment().map(|moment| (moment, index)));
        }
        interleave(&mut self.lists, &mut self.gathered);
        let mut repeats = Repeats::default();
        let first_to_last = self.gathered.drain(..).rev();
        let kept = first_to_last.filter(|item| !repeats.is_repeat(moment, item.seen));
        self.ready.extend(kept.map(|item| Place { file: item.seen.file, at: item.at }));
        Some(())
    }
}

impl Iterator for Moments<'_> {
    type Item = Place;

    fn next(&mut self) -> Option<Place> {
        while self.ready.is_empty() {
            self.fill()?;
        }
        self.ready.pop()
    }
}
