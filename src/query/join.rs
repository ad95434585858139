//! Joins the parts of messages that containers' engines cut, while entries are walked in order or in reverse.
//!
//! A joined message stands where its first part stands. Entries behind that wait until the message is complete; how many
//! may wait is bounded, and a message that has too long to wait for, or whose last part never comes, is given as far as
//! it is known. So every entry is given once, alone or as a part, whatever is missing.

use std::collections::{HashMap, VecDeque};

use super::chunks::{Cutter, JoinedChunk};
use super::part::{Key, Part};
use super::{CHUNK, Query};
use crate::format::Inflater;
use crate::journal::{Journal, Place};

/// So many entries may wait, parts included.
const WAITING: usize = 1 << 14;

/// Fields without which nothing has to be joined.
const FIELDS: [&[u8]; 2] = [b"CONTAINER_PARTIAL_MESSAGE", b"CONTAINER_PARTIAL_ID"];

/// Joins the parts of messages among the chunks that `walk` yields, and gives chunks of what that makes to `take`, until
/// it returns `false`.
///
/// Cost: it reads the fields of all entries, unless no file has a field that marks parts.
pub fn joined(
    journal: &Journal,
    query: &Query,
    walk: impl FnOnce(&mut dyn FnMut(JoinedChunk) -> bool),
    take: &mut dyn FnMut(JoinedChunk) -> bool,
) {
    if !has_parts(journal) {
        return walk(take);
    }
    let mut cutter = Cutter::new(journal, query, take);
    let mut joiner = Joiner { reverse: query.reverse, ..Joiner::default() };
    let mut inflater = Inflater::default();
    let mut going = true;
    walk(&mut |chunk| {
        for place in chunk.chunk.places {
            let part = journal.entry(place).ok().and_then(|entry| Part::of(&entry, &mut inflater));
            joiner.push(place, part);
            cutter.walked(place);
            going = joiner.give(&mut |place, parts| cutter.push(place, parts));
            if !going {
                return false;
            }
        }
        true
    });
    if going {
        joiner.close();
        joiner.give(&mut |place, parts| cutter.push(place, parts));
        cutter.flush();
    }
}

/// Whether a file has a field that marks parts; one whose index cannot be trusted may.
fn has_parts(journal: &Journal) -> bool {
    journal.files().iter().enumerate().any(|(index, file)| {
        journal.is_damaged(index) || FIELDS.iter().any(|name| !matches!(file.find_field(name), Ok(None)))
    })
}

/// What waits to be given.
#[derive(Debug, Default)]
struct Joiner {
    reverse: bool,
    /// In the order of the walk.
    waiting: VecDeque<Slot>,
    /// The number of the first slot that waits; slots are numbered as they come.
    first: u64,
    /// The slots whose messages may have more parts.
    open: HashMap<Key, u64>,
    /// How many entries wait, parts included.
    entries: usize,
}

/// A place in the order.
#[derive(Debug)]
struct Slot {
    /// The entries that stand here, in the order of the journal; none where they went to another slot.
    places: VecDeque<Place>,
    /// The part that was walked over last, while there may be more.
    open: Option<Part>,
}

impl Joiner {
    /// Takes the next entry of the walk.
    fn push(&mut self, place: Place, part: Option<Part>) {
        self.entries += 1;
        let mut places = VecDeque::from([place]);
        let Some(part) = part else { return self.wait(places, None) };
        let number = self.open.remove(&part.key);
        let index = number.and_then(|number| usize::try_from(number - self.first).ok());
        if let Some(slot) = index.and_then(|index| self.waiting.get_mut(index))
            && let Some(other) = slot.open.take()
            && slot.places.len() < CHUNK
        {
            if self.reverse && other.follows(&part) {
                places = std::mem::take(&mut slot.places);
                places.push_front(place);
            } else if !self.reverse && part.follows(&other) {
                slot.places.push_back(place);
                if part.goes_on {
                    self.open.extend(number.map(|number| (part.key.clone(), number)));
                    slot.open = Some(part);
                }
                return;
            }
        }
        let more = if self.reverse { !part.is_first() } else { part.goes_on };
        self.wait(places, more.then_some(part));
    }

    fn wait(&mut self, places: VecDeque<Place>, open: Option<Part>) {
        if let Some(part) = &open {
            self.open.insert(part.key.clone(), self.first + self.waiting.len() as u64);
        }
        self.waiting.push_back(Slot { places, open });
    }

    /// Gives what need not wait any longer, or not if too many wait: each entry with the parts of its message.
    fn give(&mut self, take: &mut dyn FnMut(Place, Vec<Place>) -> bool) -> bool {
        let full = |joiner: &Self| joiner.entries > WAITING;
        while self.waiting.front().is_some_and(|slot| slot.open.is_none() || full(self)) {
            let Some(slot) = self.waiting.pop_front() else { return true };
            self.first += 1;
            self.entries -= slot.places.len();
            if let Some(part) = slot.open {
                self.open.remove(&part.key);
            }
            if let Some(first) = slot.places.front()
                && !take(*first, slot.places.into())
            {
                return false;
            }
        }
        true
    }

    /// Says that nothing more comes.
    fn close(&mut self) {
        self.open.clear();
        self.waiting.iter_mut().for_each(|slot| slot.open = None);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corrupt::Offset;
    use crate::format::Id128;

    /// `a` to `z`: a part of that stream that goes on; `A` to `Z`: its last part, or one alone; `.`: no container's.
    fn stream(c: char) -> Option<Part> {
        let container = vec![u8::try_from(c.to_ascii_lowercase()).unwrap()];
        let key = Key::Stream(Id128([1; 16]), container, b"6".to_vec());
        (c != '.').then_some(Part { key, ordinal: None, goes_on: c.is_ascii_lowercase() })
    }

    /// Numbers are parts of one message with an id, of which 4 is the last.
    fn numbered(c: char) -> Option<Part> {
        let ordinal = c.to_digit(10).map(u64::from);
        let key = Key::Id(Id128([1; 16]), b"id".to_vec());
        ordinal.map(|ordinal| Part { key, ordinal: Some(ordinal), goes_on: ordinal != 4 })
    }

    /// What stands where, each letter for an entry; in the order of the journal also when it is walked in reverse.
    fn joined(text: &str, reverse: bool) -> String {
        let mut joiner = Joiner { reverse, ..Joiner::default() };
        let mut said: Vec<String> = Vec::new();
        let letters: Vec<char> = text.chars().collect();
        let mut say = |_: Place, parts: Vec<Place>| {
            said.push(parts.iter().map(|place| letters[place.at.0 as usize]).collect());
            true
        };
        let order: Vec<usize> = if reverse { (0..letters.len()).rev().collect() } else { (0..letters.len()).collect() };
        for at in order {
            let part = if letters[at].is_ascii_digit() { numbered(letters[at]) } else { stream(letters[at]) };
            joiner.push(Place { file: 0, at: Offset(at as u64) }, part);
            assert!(joiner.give(&mut say));
        }
        joiner.close();
        assert!(joiner.give(&mut say));
        assert_eq!((joiner.entries, joiner.waiting.len(), joiner.open.len()), (0, 0, 0), "{text}");
        if reverse {
            said.reverse();
        }
        said.join(" ")
    }

    #[test]
    fn parts_are_joined_where_the_first_one_stands() {
        for (text, wanted) in [
            ("...", ". . ."),
            ("aaA", "aaA"),
            ("AaA", "A aA"),
            ("a.A.", "aA . ."),
            ("abABab", "aA bB a b"),
            ("aaAA.", "aaA A ."),
            ("1234", "1234"),
            (".1.a2.34A", ". 1234 . aA ."),
        ] {
            assert_eq!(joined(text, false), wanted, "{text}");
            assert_eq!(joined(text, true), wanted, "{text} in reverse");
        }
    }

    #[test]
    fn parts_that_are_missing_lose_no_other() {
        for (text, wanted) in [
            ("aa.", "aa ."),
            ("12.", "12 ."),
            ("34.", "34 ."),
            ("1.34", "1 . 34"),
            ("1212.", "12 12 ."),
            ("4321", "4 3 2 1"),
            ("1a2.", "12 a ."),
        ] {
            assert_eq!(joined(text, false), wanted, "{text}");
            assert_eq!(joined(text, true), wanted, "{text} in reverse");
        }
    }

    #[test]
    fn every_entry_is_given_once_and_in_reverse_the_same_lines() {
        const LETTERS: &[u8] = b"aAbB124.";
        for number in 0..LETTERS.len().pow(5) {
            let digits = (0..5).map(|nth| number / LETTERS.len().pow(nth) % LETTERS.len());
            let text: String = digits.map(|digit| char::from(LETTERS[digit])).collect();
            let forwards = joined(&text, false);
            let sorted = |text: &str| {
                let mut letters: Vec<char> = text.chars().filter(|c| *c != ' ').collect();
                letters.sort_unstable();
                letters
            };
            assert_eq!(sorted(&forwards), sorted(&text));
            assert_eq!(joined(&text, true), forwards, "{text} in reverse");
        }
    }

    #[test]
    fn few_entries_wait_and_none_is_lost() {
        let long = "a".repeat(CHUNK + 5);
        for reverse in [false, true] {
            assert_eq!(joined(&long, reverse).replace(' ', ""), long);
            assert_eq!(joined(&long, reverse).split(' ').map(str::len).max(), Some(CHUNK));
            // A message that never ends gives way.
            let text = format!("b{}B", ".".repeat(WAITING * 2));
            assert_eq!(joined(&text, reverse).replace(' ', ""), text);
        }
    }
}
