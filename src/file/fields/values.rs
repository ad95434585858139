//! Values with how often they are there, in one piece of memory: of some fields there are millions.

use std::cmp::{Ordering, Reverse};

use rayon::prelude::*;

/// More values than that are put in order by several threads.
const MANY: usize = 1 << 14;

/// Values of a field, each with how many entries have it.
#[derive(Clone, Debug, Default)]
pub struct Values {
    /// One behind the other, as they came.
    bytes: Vec<u8>,
    found: Vec<Value>,
}

#[derive(Clone, Copy, Debug)]
struct Value {
    /// The first bytes, by which most are told apart without going where the value lies.
    first: u128,
    from: usize,
    len: usize,
    count: u64,
}

impl Values {
    /// The values with their counts, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&[u8], u64)> {
        self.found.iter().map(|value| (text(&self.bytes, value), value.count))
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Adds a value at the end, which may be there already.
    pub(crate) fn push(&mut self, value: &[u8], count: u64) {
        let mut first = [0; 16];
        first.iter_mut().zip(value).for_each(|(to, from)| *to = *from);
        let (first, from) = (u128::from_be_bytes(first), self.bytes.len());
        self.bytes.extend_from_slice(value);
        self.found.push(Value { first, from, len: value.len(), count });
    }

    /// Adds the values of another file at the end.
    pub(crate) fn append(&mut self, other: Self) {
        if self.is_empty() {
            *self = other;
        } else {
            other.iter().for_each(|(value, count)| self.push(value, count));
        }
    }

    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.found.clear();
    }

    /// Puts the values in ascending order, each once, with the sum of its counts.
    pub(crate) fn sum(&mut self) {
        let bytes = &self.bytes;
        let order = |one: &Value, other: &Value| in_order(bytes, one, other);
        if self.found.len() > MANY {
            self.found.par_sort_unstable_by(order);
        } else {
            self.found.sort_unstable_by(order);
        }
        self.found.dedup_by(|next, kept| {
            let same = in_order(bytes, next, kept).is_eq();
            if same {
                kept.count = kept.count.saturating_add(next.count);
            }
            same
        });
    }

    /// Puts the most frequent first; those as frequent stay in their order.
    pub(crate) fn most_frequent_first(&mut self) {
        self.found.sort_by_key(|value| Reverse(value.count));
    }
}

fn text<'b>(bytes: &'b [u8], value: &Value) -> &'b [u8] {
    bytes.get(value.from..value.from.saturating_add(value.len)).unwrap_or_default()
}

fn in_order(bytes: &[u8], one: &Value, other: &Value) -> Ordering {
    one.first.cmp(&other.first).then_with(|| text(bytes, one).cmp(text(bytes, other)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_summed_in_the_order_of_their_bytes() {
        let long = |last: u8| [&b"the same sixteen bytes, "[..], &[last]].concat();
        let mut values = Values::default();
        let mut other = Values::default();
        for (value, count) in [(&b"b"[..], 1), (&long(2), 2), (b"", 4), (b"a\0", 8), (b"a", 16)] {
            values.push(value, count);
            other.push(value, count << 8);
        }
        other.push(&long(1), 32);
        values.append(other);
        values.sum();
        let found = |values: &Values| values.iter().map(|(value, count)| (value.to_vec(), count)).collect::<Vec<_>>();
        let [first, second] = [long(1), long(2)];
        let expected =
            [(&b""[..], 0x404), (b"a", 0x1010), (b"a\0", 0x808), (b"b", 0x101), (&first, 32), (&second, 0x202)];
        assert_eq!(found(&values), expected.map(|(value, count)| (value.to_vec(), count)));
        values.most_frequent_first();
        assert_eq!(values.iter().map(|(_, count)| count).collect::<Vec<_>>(), [0x1010, 0x808, 0x404, 0x202, 0x101, 32]);
    }

    #[test]
    fn many_are_put_in_the_same_order() {
        let mut values = Values::default();
        (0..60_000_u32).for_each(|n| values.push((n.wrapping_mul(2_654_435_761) % 40_000).to_string().as_bytes(), 1));
        values.sum();
        let all: Vec<Vec<u8>> = values.iter().map(|(value, _)| value.to_vec()).collect();
        assert!(all.is_sorted() && all.windows(2).all(|two| two[0] != two[1]));
        assert_eq!(values.iter().map(|(_, count)| count).sum::<u64>(), 60_000);
    }
}
