//! Puts values in order with few looks at where they lie, since that is all over their files.

use std::cmp::Ordering;

use rayon::prelude::*;

use super::values::Value;

/// So many bytes of a value are compared as one number.
pub(super) const PART: usize = size_of::<u128>();

/// More values than that are put in order by several threads.
const MANY: usize = 1 << 12;

/// No more are compared where they lie.
const FEW: usize = 32;

/// What differs only from here on is compared where it lies.
const DEEP: usize = 512;

/// The bytes of a value from `depth` on, as far as a number holds them.
pub(super) fn part(text: &[u8], depth: usize) -> u128 {
    let mut part = [0; PART];
    part.iter_mut().zip(text.get(depth..).unwrap_or_default()).for_each(|(to, from)| *to = *from);
    u128::from_be_bytes(part)
}

/// Puts values, which have their parts from `depth` on and the same before it, in ascending order; of those that are the
/// same one gets the sum of the counts, and the others lose their text.
pub(super) fn put_in_order(values: &mut [Value<'_>], depth: usize) {
    // A part that ends before `PART` bytes is filled up with zeros, which another has.
    let key = |value: &Value<'_>| (value.part, value.text().len().saturating_sub(depth).min(PART.saturating_add(1)));
    let is_many = values.len() > MANY;
    if is_many {
        values.par_sort_unstable_by_key(key);
    } else {
        values.sort_unstable_by_key(key);
    }
    let groups = values.chunk_by_mut(|one, other| key(one) == key(other)).filter(|group| group.len() > 1);
    let beyond = |group| put_alike_in_order(group, depth.saturating_add(PART));
    if is_many {
        groups.collect::<Vec<_>>().into_par_iter().for_each(beyond);
    } else {
        groups.for_each(beyond);
    }
}

/// The same of values that begin with the same bytes up to `depth`, where all of them end or none does.
fn put_alike_in_order(values: &mut [Value<'_>], depth: usize) {
    if values.len() > FEW && depth < DEEP && values.first().is_some_and(|value| value.text().len() > depth) {
        values.iter_mut().for_each(|value| value.part = part(value.text(), depth));
        return put_in_order(values, depth);
    }
    // Bytes of a file that is written at this moment have no order, which this sort takes.
    values.par_sort_unstable_by(|one, other| rest(one, depth).cmp(rest(other, depth)));
    for same in values.chunk_by_mut(|one, other| rest(one, depth).cmp(rest(other, depth)) == Ordering::Equal) {
        let Some((first, others)) = same.split_first_mut() else { continue };
        for other in others {
            first.count = first.count.saturating_add(other.count);
            other.text = None;
        }
    }
}

fn rest<'v>(value: &'v Value<'_>, depth: usize) -> &'v [u8] {
    value.text().get(depth..).unwrap_or_default()
}
