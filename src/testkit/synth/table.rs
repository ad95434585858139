//! A hash table and its chains, linked as the writer appends objects.

use super::image::Image;

/// One of the two hash tables; chains grow at the tail.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) object: u64,
    tails: Vec<Tail>,
    /// The most steps that a look-up took along a chain so far; the header records it.
    pub(super) depth: u64,
}

/// The last object of a bucket's chain and the length of that chain.
#[derive(Clone, Copy, Debug, Default)]
struct Tail {
    object: u64,
    len: u64,
}

impl Table {
    /// Appends an empty table; `kind` is 4 for data and 5 for fields.
    pub(super) fn append(image: &mut Image, kind: u8, buckets: u64) -> Self {
        let object = image.append(kind, 0, 16 + 16 * buckets);
        Self { object, tails: vec![Tail::default(); buckets as usize], depth: 0 }
    }

    /// The size of the buckets in bytes, as the header states it.
    pub(super) fn size(&self) -> u64 {
        16 * self.tails.len() as u64
    }

    /// Links an object that was looked up in vain, and returns its position in its chain.
    ///
    /// Both DATA and FIELD keep the link to their next at 24.
    pub(super) fn link(&mut self, image: &mut Image, hash: u64, object: u64) -> u64 {
        let bucket = hash % self.tails.len() as u64;
        let head_at = self.object + 16 + 16 * bucket;
        let tail = &mut self.tails[bucket as usize];
        image.put_u64(if tail.len == 0 { head_at } else { tail.object + 24 }, object);
        image.put_u64(head_at + 8, object);
        self.depth = self.depth.max(tail.len.saturating_sub(1));
        tail.object = object;
        tail.len += 1;
        tail.len - 1
    }

    /// Notes a look-up that found its object at this position of its chain.
    pub(super) fn found(&mut self, position: u64) {
        self.depth = self.depth.max(position);
    }
}

#[cfg(test)]
mod tests {
    use super::super::image::Image;
    use super::Table;

    #[test]
    fn a_chain_ascends_and_the_bucket_knows_its_ends() {
        let mut image = Image::new(0, true);
        let mut table = Table::append(&mut image, 4, 2);
        let objects = [(); 3].map(|()| image.append(1, 0, 80));
        assert_eq!(objects, [48, 128, 208]);
        for object in objects {
            table.link(&mut image, 5, object);
        }
        assert_eq!(image.bytes[16..32], [0; 16]);
        assert_eq!(image.bytes[32..48], [48, 0, 0, 0, 0, 0, 0, 0, 208, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(objects.map(|object| image.bytes[object as usize + 24]), [128, 208, 0]);
        assert_eq!(table.depth, 1);
    }
}
