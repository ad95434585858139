//! Whether the pages of a file are where they belong: pages reach the disk each for itself, and may be lost, stale, or
//! another's by now.

use super::walk::{Piece, is_hole};
use crate::bytes::Image;
use crate::corrupt::{Fault, Offset};
use crate::format::{ObjectType, RawObject};

/// Pages reach the disk each for itself.
pub(super) const PAGE: u64 = 4096;

/// Where the hash of a DATA or FIELD ends; what is behind it in another page belongs to this one.
const HASH_END: u64 = 24;
/// Where the hash of an ENTRY ends.
const ENTRY_HASH_END: u64 = 64;

/// What a walk shows of a file's pages.
#[derive(Debug)]
pub(super) struct Places {
    /// One bit for each page that an object joins with the one before it.
    joined: Vec<u64>,
    /// Whether everything that is not as it should be is zeros.
    is_holed_at_most: bool,
}

impl Places {
    /// Nothing known yet of a file with `len` bytes.
    pub(super) fn of(len: u64) -> Self {
        let words = usize::try_from(len / PAGE / 64).unwrap_or_default().saturating_add(1);
        Self { joined: vec![0; words], is_holed_at_most: true }
    }

    /// Learns from a piece of the walk: an object that its hash proves holds the pages together in which it lies, and
    /// damage without zeros may be another page.
    pub(super) fn see(&mut self, image: Image<'_>, piece: &Piece<'_>) {
        match piece {
            Piece::Sound(raw) => self.join(raw),
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
                self.is_holed_at_most &= is_itself || is_hole(image, raw.at, end);
            }
            Piece::Gap { from, to, .. } => self.is_holed_at_most &= is_hole(image, *from, *to),
        }
    }

    fn join(&mut self, raw: &RawObject<'_>) {
        let proven_from = match ObjectType::from(raw.kind) {
            ObjectType::Data | ObjectType::Field => HASH_END,
            ObjectType::Entry => ENTRY_HASH_END,
            _ => return,
        };
        let first = raw.at.0.saturating_add(proven_from).saturating_add(PAGE.saturating_sub(1)) / PAGE;
        let last = raw.at.0.saturating_add(raw.bytes.len() as u64).saturating_sub(1) / PAGE;
        for page in first..=last {
            let word = usize::try_from(page / 64).unwrap_or(usize::MAX);
            if let Some(word) = self.joined.get_mut(word) {
                *word |= 1 << (page % 64);
            }
        }
    }

    fn is_joined(&self, page: u64) -> bool {
        let word = usize::try_from(page / 64).ok().and_then(|word| self.joined.get(word));
        word.is_some_and(|word| word >> (page % 64) & 1 != 0)
    }

    /// Whether the page of a place is where it was written: an object joins it with one of its neighbours; or nothing in
    /// the file was replaced by anything but zeros.
    pub(super) fn is_own(&self, at: Offset) -> bool {
        self.is_holed_at_most || self.is_held(at)
    }

    /// Whether an object joins the page of a place with one of its neighbours.
    pub(super) fn is_held(&self, at: Offset) -> bool {
        let page = at.0 / PAGE;
        self.is_joined(page) || self.is_joined(page.saturating_add(1))
    }
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
        let mut places = Places::of(image.len());
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
        let mut places = Places::of(image.len());
        places.see(image, &Piece::Gap { from: Offset(4000), to: Offset(8200), damage: None });
        assert!(places.is_own(Offset(8200)));
        places.see(image, &Piece::Gap { from: Offset(8200), to: Offset(8400), damage: None });
        assert!(!places.is_own(Offset(8200)));
    }
}
