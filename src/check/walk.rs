//! All objects of a file in the order of their places, without any index.

use super::judge::{Judge, Standing};
use super::memory::Memory;
use super::starts::Starts;
use crate::bytes::Image;
use crate::corrupt::{Corrupt, Fault, Offset};
use crate::file::JournalFile;
use crate::format::{RawObject, data, entry, field};

/// A piece of a file; the pieces of a walk touch each other and cover it up to its last byte that is not 0.
#[derive(Clone, Debug)]
pub enum Piece<'data> {
    /// An object that its own content proves: hashes agree, links lead where they may.
    Sound(RawObject<'data>),
    /// An object that stands where one must, with content that contradicts it or cannot be checked.
    Doubtful(RawObject<'data>, Corrupt),
    /// Bytes in which no object was found: zeros, or what is left of objects.
    Gap {
        /// Its first byte.
        from: Offset,
        /// The first byte behind it.
        to: Offset,
        /// What is wrong with the object that should have begun here, where one can be told.
        damage: Option<Corrupt>,
    },
}

/// A walk along all objects of a file, from the header to the end of the file, whatever the header says of the tail.
///
/// Object follows object as long as each is sound. After one that is not, the walk looks on at every multiple of 8 for
/// one that proves itself: a payload or name by its hash, an entry by the hash of its payloads, an array by its slots.
/// Each byte is looked at a bounded number of times, and an object within another is never given.
#[derive(Debug)]
pub struct Walk<'data> {
    pub(super) judge: Judge<'data>,
    /// Entries by their looks in places where no object had to be, and that no hash proves.
    pub(super) loose: Starts,
    /// Where objects lie that prove themselves.
    pub(super) sound: Starts,
    /// Whether there were payloads or names in places where no object had to be, all there by their looks, and with another
    /// hash: of another file, or of a journal within a payload.
    pub(super) has_strangers: bool,
    image: Image<'data>,
    at: Offset,
    /// The first byte of the zeros at the end.
    pub(super) end: Offset,
    follows: bool,
    held: Option<RawObject<'data>>,
}

impl<'data> Walk<'data> {
    /// A walk along `file`.
    #[must_use]
    pub fn of(file: &'data JournalFile) -> Self {
        let len = file.image().len();
        Self { loose: Starts::of(len), sound: Starts::of(len), ..Self::with(file, Memory::of_all(len)) }
    }

    /// A walk that gives the objects and remembers of them only what 64 MiB hold, whatever the size of the file.
    ///
    /// Where more payloads are compressed than that, entries that have one of the others prove nothing.
    pub(super) fn frugal(file: &'data JournalFile) -> Self {
        Self::with(file, Memory::of_some())
    }

    fn with(file: &'data JournalFile, memory: Memory) -> Self {
        let image = file.image();
        Self {
            judge: Judge::of(file, memory),
            loose: Starts::default(),
            sound: Starts::default(),
            has_strangers: false,
            image,
            at: file.objects_from(),
            end: end_of_writing(image).min(file.end()),
            follows: true,
            held: None,
        }
    }

    fn go_on_behind(&mut self, raw: RawObject<'data>) {
        self.at = end_of(raw);
        self.follows = true;
    }

    /// What begins at `from`: everything up to the next object that proves itself.
    fn piece(&mut self, from: Offset) -> Piece<'data> {
        let mut stated: Option<(RawObject<'data>, Corrupt)> = None;
        let mut at = from;
        loop {
            let stop = stated.as_ref().map_or(self.end, |(raw, _)| end_of(*raw).min(self.end));
            if at >= stop {
                return self.without_find(from, stated);
            }
            let follows = self.follows && at == from;
            match self.judge.at(at, follows) {
                Standing::Sound(raw) => {
                    self.sound.insert(at);
                    self.go_on_behind(raw);
                    if at == from {
                        return Piece::Sound(raw);
                    }
                    self.held = Some(raw);
                    // An entry may be there whose last items have other bytes in their place by now.
                    if stated.as_ref().is_some_and(|(raw, _)| raw.kind == entry::TYPE) {
                        self.loose.insert(from);
                    }
                    return Piece::Gap { from, to: at, damage: stated.map(|(_, damage)| damage) };
                }
                Standing::Doubtful(raw, damage) if follows => stated = Some((raw, damage)),
                Standing::Doubtful(raw, _) if raw.kind == entry::TYPE => drop(self.loose.insert(at)),
                Standing::Doubtful(raw, damage) => self.has_strangers |= self.is_stranger(raw, &damage),
                Standing::Nothing => {}
            }
            at = self.next_place(at);
        }
    }

    /// Whether zeros cannot explain that a payload or a name has another hash.
    fn is_stranger(&self, raw: RawObject<'data>, damage: &Corrupt) -> bool {
        matches!(raw.kind, data::TYPE | field::TYPE)
            && matches!(damage.fault, Fault::Hash { .. })
            && !is_hole(self.image, raw.at, end_of(raw))
    }

    /// Nothing proves itself before the stated end of the object at `from`, or before the end of the file.
    fn without_find(&mut self, from: Offset, stated: Option<(RawObject<'data>, Corrupt)>) -> Piece<'data> {
        if let Some((raw, damage)) = stated {
            self.go_on_behind(raw);
            return Piece::Doubtful(raw, damage);
        }
        self.at = self.end;
        Piece::Gap { from, to: self.end, damage: None }
    }

    /// The next multiple of 8 where something is written.
    fn next_place(&self, at: Offset) -> Offset {
        let next = at.0.saturating_add(8);
        let zeros = leading_zeros(self.image.from(Offset(next)));
        Offset(next.saturating_add(zeros & !7))
    }
}

impl<'data> Iterator for Walk<'data> {
    type Item = Piece<'data>;

    fn next(&mut self) -> Option<Piece<'data>> {
        if let Some(raw) = self.held.take() {
            return Some(Piece::Sound(raw));
        }
        (self.at < self.end).then(|| self.piece(self.at))
    }
}

/// The place behind an object and its padding.
pub(super) fn end_of(raw: RawObject<'_>) -> Offset {
    let end = raw.at.0.saturating_add(raw.bytes.len() as u64);
    Offset(end.checked_next_multiple_of(8).unwrap_or(end))
}

/// How many zeros come first.
pub(super) fn leading_zeros(bytes: &[u8]) -> u64 {
    let blank = bytes.chunks(BLANK.len()).take_while(|chunk| is_blank(chunk)).map(<[u8]>::len).sum::<usize>();
    let rest = bytes.get(blank..).unwrap_or_default();
    let zeros = rest.iter().take_while(|byte| **byte == 0).count();
    blank.saturating_add(zeros) as u64
}

/// The first byte of the zeros at the end of a file, which were allocated and never written.
pub(super) fn end_of_writing(image: Image<'_>) -> Offset {
    let bytes = image.bytes();
    let blank = bytes.rchunks(BLANK.len()).take_while(|chunk| is_blank(chunk)).map(<[u8]>::len).sum::<usize>();
    let rest = bytes.get(..bytes.len().saturating_sub(blank)).unwrap_or_default();
    Offset(rest.iter().rposition(|byte| *byte != 0).map_or(0, |last| last.saturating_add(1)) as u64)
}

/// Whether a sector of zeros begins between two places: never written, or wiped.
pub(super) fn is_hole(image: Image<'_>, from: Offset, to: Offset) -> bool {
    let first = from.0.checked_next_multiple_of(SECTOR).unwrap_or(u64::MAX);
    let sectors = image.from(Offset(first)).chunks(usize::try_from(SECTOR).unwrap_or(usize::MAX));
    let begun = usize::try_from(to.0.saturating_sub(first).div_ceil(SECTOR)).unwrap_or(usize::MAX);
    sectors.take(begun).any(is_blank)
}

/// A disk writes and loses whole sectors.
pub(super) const SECTOR: u64 = 512;

/// Compared with whole, which is as fast as memory.
static BLANK: [u8; 4096] = [0; 4096];

pub(super) fn is_blank(chunk: &[u8]) -> bool {
    BLANK.get(..chunk.len()) == Some(chunk)
}
