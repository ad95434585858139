use crate::bytes::Image;
use crate::corrupt::Offset;
use crate::format::{Codec, Data, EntryHead, Header, Inflater, Items, Layout, Object, RawObject, Stored};

/// How many items of one object are looked at, since objects may overlap.
const LOOK: usize = 64;

/// Decodes an object of either layout at every offset, and inflates the bytes by each codec.
pub fn object(bytes: &[u8]) {
    let image = Image::new(bytes);
    if let Err(damage) = Header::read(image) {
        assert!(!damage.to_string().is_empty());
    }
    let beyond = bytes.len() as u64 + 9;
    for at in (0..beyond).filter(|at| at % 8 == 0 || *at < 256).chain([beyond, u64::MAX, u64::MAX - 7]) {
        for layout in [Layout::Regular, Layout::Compact] {
            at_offset(image, Offset(at), layout);
        }
    }
    let limit = bytes.first().map_or(0, |byte| 1_u64 << (byte % 20));
    let mut inflater = Inflater::default();
    for start in [0, 1, 8, 64, 72] {
        let stored = bytes.get(start..).unwrap_or_default();
        for codec in [Codec::Xz, Codec::Lz4, Codec::Zstd] {
            match inflater.inflate(codec, stored, limit) {
                Ok(plain) => assert!(plain.len() as u64 <= limit, "{codec:?}: {} of {limit}", plain.len()),
                Err(fault) => assert!(!fault.to_string().is_empty()),
            }
        }
    }
}

fn at_offset(image: Image<'_>, at: Offset, layout: Layout) {
    let raw = RawObject::read(image, at, "object");
    if let Ok(raw) = &raw {
        assert!(lies_in(raw.bytes, image.bytes()));
    }
    let data = raw.clone().and_then(|raw| Data::decode(raw, layout));
    let stored = Stored::read(image, at, layout);
    // The fast paths take what lies in the header for objects too, which no link to them can do harm with.
    if at.0 >= 208 {
        assert_eq!(stored.as_ref().ok().map(|it| it.bytes), data.as_ref().ok().map(|it| it.stored.bytes), "{at}");
    }
    if let Ok(stored) = stored {
        assert!(lies_in(stored.bytes, image.bytes()) && !stored.bytes.is_empty());
    }
    let entry = raw.clone().and_then(|raw| Ok((EntryHead::decode(raw)?, Items::of(raw, layout)?)));
    let fast = EntryHead::read(image, at, layout);
    if at.0 >= 208 {
        assert_eq!(fast.as_ref().ok().map(|it| it.0), entry.as_ref().ok().map(|it| it.0), "{at}");
    }
    let parsed = raw.and_then(|raw| raw.parse(layout));
    match parsed {
        Ok(Object::Entry(_, items)) => {
            assert!(items.iter().len() as u64 * 4 <= image.len());
            assert_eq!(items.iter().take(LOOK).count(), items.iter().len().min(LOOK));
        }
        Ok(Object::HashTable(table)) => {
            assert!(table.len() * 16 <= image.len());
            assert!(table.heads().take(LOOK).all(|head| head.is_some()));
            let _ = table.head_of(at.0);
        }
        Ok(Object::EntryArray(array)) => {
            assert!(array.slots.len() as u64 * 4 <= image.len());
            assert_eq!(array.slots.at(array.slots.len()), Offset(0));
        }
        Ok(Object::Field(field)) => assert!(lies_in(field.name, image.bytes()) && !field.name.is_empty()),
        Ok(Object::Tag(tag)) => assert_eq!(tag.seal.len(), 32),
        Ok(Object::Data(_) | Object::Other(_)) => {}
        Err(damage) => assert!(!damage.to_string().is_empty()),
    }
}

/// Whether `part` is a window of `whole`.
pub(super) fn lies_in(part: &[u8], whole: &[u8]) -> bool {
    let (part, whole) = (part.as_ptr_range(), whole.as_ptr_range());
    whole.start <= part.start && part.end <= whole.end
}
