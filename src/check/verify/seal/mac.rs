//! What a seal is computed over.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::corrupt::{Corrupt, Offset};
use crate::file::JournalFile;
use crate::format::{Layout, ObjectType, RawObject};

/// The parts of the header that no writer changes later; they go into the first seal.
const HEADER: [std::ops::Range<usize>; 4] = [0..16, 24..56, 72..96, 104..136];

/// A stretch between two tags: it begins behind the one before and ends with its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stretch {
    pub(super) from: Offset,
    pub(super) tag: Offset,
    pub(super) is_first: bool,
    pub(super) key: [u8; 32],
}

/// The bytes of a TAG.
const TAG: u64 = 64;

/// Whether the seal of a stretch is that of its content.
///
/// # Errors
/// What ends the row of objects before the tag.
pub(super) fn is_right(file: &JournalFile, stretch: &Stretch) -> Result<bool, Corrupt> {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&stretch.key) else { return Ok(false) };
    if stretch.is_first {
        let bytes = file.image().bytes();
        HEADER.into_iter().for_each(|part| mac.update(bytes.get(part).unwrap_or_default()));
    }
    let part = stretch.from..Offset(stretch.tag.0.saturating_add(TAG));
    let mut seal = &[][..];
    for raw in file.objects(&part) {
        let raw = raw?;
        feed(&mut mac, raw, file.layout());
        seal = if raw.at == stretch.tag { raw.bytes.get(32..64).unwrap_or_default() } else { &[] };
    }
    Ok(mac.verify_slice(seal).is_ok())
}

/// Adds what of an object never changes after it was written.
fn feed(mac: &mut Hmac<Sha256>, raw: RawObject<'_>, layout: Layout) {
    let mut add = |part: Option<&[u8]>| mac.update(part.unwrap_or_default());
    let bytes = raw.bytes;
    add(bytes.get(..16));
    match ObjectType::from(raw.kind) {
        ObjectType::Data => {
            add(bytes.get(16..24));
            add(bytes.get(if layout == Layout::Compact { 72 } else { 64 }..));
        }
        ObjectType::Field => {
            add(bytes.get(16..24));
            add(bytes.get(40..));
        }
        ObjectType::Entry => add(bytes.get(16..)),
        ObjectType::Tag => add(bytes.get(16..32)),
        _ => {}
    }
}
