//! A chain of entry arrays, grown by the rule of systemd's writer.

use super::image::Image;
use super::layout::ArrayAt;

/// A list of entries kept in arrays; the main one hangs on the header, the others on DATA objects.
#[derive(Debug)]
pub(super) struct Chain {
    /// Where the offset of the first array is stored.
    head_at: u64,
    /// Where the last array's offset and its used items are stored, if anywhere.
    tail_at: Option<u64>,
    items: u64,
    pub(super) arrays: Vec<ArrayAt>,
}

impl Chain {
    pub(super) fn new(head_at: u64, tail_at: Option<u64>) -> Self {
        Self { head_at, tail_at, items: 0, arrays: Vec::new() }
    }

    /// Adds an entry, in a new array if the last one is full.
    pub(super) fn push(&mut self, image: &mut Image, entry: u64) {
        let mut last = match self.arrays.pop() {
            Some(last) if last.used < last.capacity => last,
            full => {
                self.arrays.extend(full);
                self.grow(image)
            }
        };
        image.put_item(last.offset + 24 + last.used * image.item_size(), entry);
        last.used += 1;
        self.items += 1;
        if let Some(at) = self.tail_at {
            image.put_u32(at, last.offset as u32);
            image.put_u32(at + 4, last.used as u32);
        }
        self.arrays.push(last);
    }

    /// Appends an empty array and links it behind the last.
    fn grow(&mut self, image: &mut Image) -> ArrayAt {
        let last = self.arrays.last();
        let capacity = next_capacity(self.items, last.map_or(0, |last| last.capacity));
        let offset = image.append(6, 0, 24 + capacity * image.item_size());
        image.put_u64(last.map_or(self.head_at, |last| last.offset + 16), offset);
        ArrayAt { offset, capacity, used: 0 }
    }
}

/// The capacity of the next array of a chain, from its items and the capacity of its last array.
fn next_capacity(items: u64, last: u64) -> u64 {
    let wanted = if items > last { 2 * (items + 1) } else { 2 * last };
    wanted.max(4)
}

#[cfg(test)]
mod tests {
    use super::super::image::Image;
    use super::{ArrayAt, Chain};

    #[test]
    fn arrays_grow_by_the_rule() {
        let mut image = Image::new(16, true);
        let mut chain = Chain::new(0, None);
        for entry in 0..1053 {
            chain.push(&mut image, entry);
        }
        let capacities: Vec<u64> = chain.arrays.iter().map(|array| array.capacity).collect();
        assert_eq!(capacities, [4, 8, 26, 78, 234, 702, 2106]);
    }

    #[test]
    fn an_array_is_linked_and_the_tail_is_noted() {
        let mut image = Image::new(16, true);
        let mut chain = Chain::new(0, Some(8));
        for entry in 101..=105 {
            chain.push(&mut image, entry);
        }
        // The first array: 4 items of 4 bytes; the second: 8.
        let second = ArrayAt { offset: 56, capacity: 8, used: 1 };
        assert_eq!(chain.arrays, [ArrayAt { offset: 16, capacity: 4, used: 4 }, second]);
        assert_eq!(image.bytes[..16], [16, 0, 0, 0, 0, 0, 0, 0, 56, 0, 0, 0, 1, 0, 0, 0]);
        assert_eq!(image.bytes[16..40], [6, 0, 0, 0, 0, 0, 0, 0, 40, 0, 0, 0, 0, 0, 0, 0, 56, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(image.bytes[40..56], [101, 0, 0, 0, 102, 0, 0, 0, 103, 0, 0, 0, 104, 0, 0, 0]);
        assert_eq!(image.bytes[80..88], [105, 0, 0, 0, 0, 0, 0, 0]);
    }
}
