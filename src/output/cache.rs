//! What DATA look like in a format, kept per worker.
//!
//! Most items of entries point at DATA that many entries share, and what those look like never changes. They are kept in
//! one arena which is given up as a whole when it is full; DATA of a single entry never get in.

use std::collections::HashMap;

use crate::bytes::Mix;
use crate::corrupt::Offset;
use crate::file::JournalFile;
use crate::format::{Id128, Stored};

/// How many rendered bytes are kept; more would only push other things out of the processor's own caches.
const ARENA: usize = 2 << 20;

/// Larger pieces are not worth their place.
const PIECE: usize = 16 << 10;

/// So many pieces are kept, however short they are.
const PIECES: usize = 1 << 19;

/// Most pieces are not longer.
const SHORT: usize = 64;

/// Rendered DATA by file and offset, each with a note `T`.
#[derive(Debug)]
pub(super) struct Cache<T> {
    arena: Vec<u8>,
    pieces: HashMap<u64, Piece<T>, Mix>,
    files: HashMap<u64, (Identity, u64), Mix>,
    current: Option<(Identity, u64)>,
    /// How often everything was given up.
    cleared: u64,
}

#[derive(Debug)]
struct Piece<T> {
    start: u32,
    len: u16,
    note: T,
}

/// What tells one open file from another, also from one that was closed and had the same address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity {
    file: usize,
    bytes: usize,
    len: u64,
    id: Id128,
}

impl<T: Copy> Cache<T> {
    /// An empty cache.
    pub(super) fn new() -> Self {
        let mix = Mix::new();
        let (pieces, files) = (HashMap::with_hasher(mix), HashMap::with_hasher(mix));
        Self { arena: Vec::new(), pieces, files, current: None, cleared: 0 }
    }

    /// Says which file the next offsets belong to, and makes room; between entries only.
    ///
    /// Returns whether everything was given up.
    #[inline]
    pub(super) fn turn_to(&mut self, file: &JournalFile) -> bool {
        let before = self.cleared;
        if self.arena.len() >= ARENA || self.pieces.len() >= PIECES {
            self.clear();
        }
        let image = file.image();
        let bytes = image.bytes().as_ptr().addr();
        let identity =
            Identity { file: std::ptr::from_ref(file).addr(), bytes, len: image.len(), id: file.header().file_id };
        if self.current.is_none_or(|(current, _)| current != identity) {
            self.current = Some((identity, self.number(identity)));
        }
        self.cleared != before
    }

    /// Gives everything up.
    pub(super) fn clear(&mut self) {
        self.arena.clear();
        self.pieces.clear();
        self.files.clear();
        self.current = None;
        self.cleared += 1;
    }

    /// The number of a file; a new one if another had this address before.
    fn number(&mut self, identity: Identity) -> u64 {
        match self.files.get(&(identity.file as u64)) {
            Some((known, number)) if *known == identity => *number,
            Some(_) => {
                self.clear();
                self.number(identity)
            }
            None => {
                let number = self.files.len() as u64;
                self.files.insert(identity.file as u64, (identity, number));
                number
            }
        }
    }

    /// File and offset in one number, never the highest: offsets are multiples of 8 and below 8 TiB.
    #[inline]
    pub(super) fn key(&self, at: Offset) -> Option<u64> {
        let (_, number) = self.current?;
        (at.is_aligned() && at.0 >> 43 == 0 && number >> 23 == 0).then_some(number << 40 | at.0 >> 3)
    }

    /// Appends what the DATA at `at` look like, if that is kept.
    #[inline]
    pub(super) fn append(&self, at: Offset, out: &mut Vec<u8>) -> Option<T> {
        let piece = self.pieces.get(&self.key(at)?)?;
        let (from, len) = (self.arena.get(piece.start as usize..)?, usize::from(piece.len));
        match from.first_chunk::<SHORT>() {
            // A copy of fixed length is a few instructions, one of any length is a call.
            Some(short) if len <= SHORT => {
                let end = out.len() + len;
                out.extend_from_slice(short);
                out.truncate(end);
            }
            _ => out.extend_from_slice(from.get(..len)?),
        }
        Some(piece.note)
    }

    /// Keeps what `stored` looks like, if other entries use it too and there is room.
    #[inline]
    pub(super) fn keep(&mut self, stored: &Stored<'_>, look: &[u8], note: T) {
        if stored.n_entries > 1 && look.len() <= PIECE && self.arena.len() < ARENA {
            self.insert(stored.at, look, note);
        }
    }

    fn insert(&mut self, at: Offset, look: &[u8], note: T) {
        let (Some(key), Ok(start), Ok(len)) = (self.key(at), self.arena.len().try_into(), look.len().try_into()) else {
            return;
        };
        self.arena.extend_from_slice(look);
        self.pieces.insert(key, Piece { start, len, note });
    }
}
