//! Values with how often they are there, few of which are copied: of some fields there are millions.

use std::borrow::Cow;
use std::cmp::Reverse;

use super::order::{part, put_in_order};
use crate::bytes::Image;

/// So many values are looked at together.
const AHEAD: usize = 64;

/// Values of a field, each with how many entries have it.
#[derive(Clone, Debug, Default)]
pub struct Values<'f> {
    found: Vec<Value<'f>>,
}

#[derive(Clone, Debug)]
pub(super) struct Value<'f> {
    /// Some of its bytes, by which most are told apart without going where they lie: at first its first ones.
    pub(super) part: u128,
    /// Where it lies in its file, or a copy of what lies there compressed; `None` once another has its count.
    pub(super) text: Option<Cow<'f, [u8]>>,
    pub(super) count: u64,
}

impl Value<'_> {
    #[inline]
    pub(super) fn text(&self) -> &[u8] {
        self.text.as_deref().unwrap_or_default()
    }
}

impl<'f> Values<'f> {
    /// The values with their counts, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], u64)> {
        self.found.chunks(AHEAD).flat_map(|values| {
            touch(values);
            values.iter().map(|value| (value.text(), value.count))
        })
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.found.len()
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    /// Adds a value at the end, which may be there already; it is copied if it does not lie in the file.
    pub(crate) fn push(&mut self, file: Image<'f>, value: &[u8], count: u64) {
        let text = file.lend(value).map_or_else(|| Cow::Owned(value.to_vec()), Cow::Borrowed);
        self.found.push(Value { part: part(value, 0), text: Some(text), count });
    }

    /// Adds the values of another file at the end.
    pub(crate) fn append(&mut self, mut other: Self) {
        if self.is_empty() {
            *self = other;
        } else {
            self.found.append(&mut other.found);
        }
    }

    pub(super) fn clear(&mut self) {
        self.found.clear();
    }

    /// Puts the values in ascending order, each once, with the sum of its counts; to be called once, when all are there.
    pub(crate) fn sum(&mut self) {
        put_in_order(&mut self.found, 0);
        self.found.retain(|value| value.text.is_some());
    }

    /// Puts the most frequent first; those as frequent stay in their order.
    pub(crate) fn most_frequent_first(&mut self) {
        let least = self.found.iter().map(|value| value.count).min().unwrap_or_default();
        // Where there are millions, nearly all are there once.
        let mut more: Vec<_> = self.found.extract_if(.., |value| value.count > least).collect();
        more.sort_by_key(|value| Reverse(value.count));
        self.found.splice(0..0, more);
    }
}

/// Looks at values that are wanted next: memory brings many at a time sooner than one after the other.
fn touch(values: &[Value<'_>]) {
    let ends = |value: &Value<'_>| Some(value.text().first()? ^ value.text().last()?);
    std::hint::black_box(values.iter().filter_map(ends).fold(0, |all, next| all ^ next));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_summed_in_the_order_of_their_bytes() {
        let long = |last: u8| [&b"the same sixteen bytes, "[..], &[last]].concat();
        let (mut values, mut other) = (Values::default(), Values::default());
        let file = Image::new(b"");
        for (value, count) in [(&b"b"[..], 1), (&long(2), 2), (b"", 4), (b"a\0", 8), (b"a", 16)] {
            values.push(file, value, count);
            other.push(file, value, count << 8);
        }
        other.push(file, &long(1), 32);
        values.append(other);
        values.sum();
        let found =
            |values: &Values<'_>| values.iter().map(|(value, count)| (value.to_vec(), count)).collect::<Vec<_>>();
        let [first, second] = [long(1), long(2)];
        let expected =
            [(&b""[..], 0x404), (b"a", 0x1010), (b"a\0", 0x808), (b"b", 0x101), (&first, 32), (&second, 0x202)];
        assert_eq!(found(&values), expected.map(|(value, count)| (value.to_vec(), count)));
        values.most_frequent_first();
        assert_eq!(values.iter().map(|(_, count)| count).collect::<Vec<_>>(), [0x1010, 0x808, 0x404, 0x202, 0x101, 32]);
    }

    #[test]
    fn many_are_put_in_the_same_order() {
        // Alike for none, some, most and more bytes than are compared as numbers; ends are zeros, or follow zeros.
        let starts = [0, 15, 16, 17, 40, 511, 530].map(|len| vec![b'='; len]);
        let text = |n: u32| {
            let n = n.wrapping_mul(2_654_435_761) % 40_000;
            let end = [&b"\0"[..], b"", b"\0\0end", b"an end of so many bytes"][n as usize % 4];
            [&starts[n as usize % 7], n.to_string().as_bytes(), end].concat()
        };
        let mut expected = std::collections::BTreeMap::<Vec<u8>, u64>::new();
        let mut files = [(); 3].map(|()| Values::default());
        for n in 0..60_000 {
            files[n as usize % 3].push(Image::new(b""), &text(n), n.into());
            *expected.entry(text(n)).or_default() += u64::from(n);
        }
        let mut values = Values::default();
        files.into_iter().for_each(|file| values.append(file));
        values.sum();
        let mut expected: Vec<_> = expected.into_iter().collect();
        let found = |values: &Values<'_>| values.iter().map(|(text, n)| (text.to_vec(), n)).collect::<Vec<_>>();
        assert!(found(&values) == expected);
        values.most_frequent_first();
        expected.sort_by_key(|(_, count)| Reverse(*count));
        assert!(found(&values) == expected);
    }
}
