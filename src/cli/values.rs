//! The values of a field, each once, without keeping all of them.

use std::collections::HashSet;
use std::hash::Hasher;
use std::io::{self, Write};

use siphasher::sip128::{Hasher128, SipHasher13};

use crate::bytes::Mix;
use crate::output::value;

/// Values up to so many bytes are kept, so that they can be put in order.
const KEPT: usize = 16 << 20;

/// Writes values a line each, ascending; as they come where there are too many to keep.
pub(super) struct Values<'o> {
    kept: Vec<Vec<u8>>,
    bytes: usize,
    /// What was written of those that are not kept, by a hash that no two values share.
    written: HashSet<u128, Mix>,
    hasher: SipHasher13,
    left: usize,
    interactive: bool,
    line: Vec<u8>,
    out: &'o mut dyn Write,
}

impl<'o> Values<'o> {
    /// Writes at most so many, made harmless where a person reads them.
    pub(super) fn new(most: usize, interactive: bool, out: &'o mut dyn Write) -> Self {
        // A key that no journal knows, so that none can be made whose values seem to be one.
        let key = std::hash::BuildHasher::hash_one(&std::collections::hash_map::RandomState::new(), most);
        Self {
            kept: Vec::new(),
            bytes: 0,
            written: HashSet::with_hasher(Mix::new()),
            hasher: SipHasher13::new_with_keys(key, key.rotate_left(32)),
            left: most,
            interactive,
            line: Vec::new(),
            out,
        }
    }

    /// Takes a value, which may have come before.
    ///
    /// # Errors
    /// What the writer says.
    pub(super) fn add(&mut self, value: &[u8]) -> io::Result<()> {
        if self.bytes > KEPT {
            return self.write_once(value);
        }
        self.kept.push(value.to_vec());
        self.bytes = self.bytes.saturating_add(size(value));
        if self.bytes <= KEPT {
            return Ok(());
        }
        // Many files repeat the same few.
        self.put_in_order();
        if self.bytes <= KEPT / 2 {
            return Ok(());
        }
        self.bytes = usize::MAX;
        std::mem::take(&mut self.kept).iter().try_for_each(|value| self.write_once(value))
    }

    fn put_in_order(&mut self) {
        self.kept.sort_unstable();
        self.kept.dedup();
        self.bytes = self.kept.iter().map(|value| size(value)).fold(0, usize::saturating_add);
    }

    /// Writes those that were kept.
    ///
    /// # Errors
    /// What the writer says.
    pub(super) fn finish(mut self) -> io::Result<()> {
        self.put_in_order();
        std::mem::take(&mut self.kept).iter().try_for_each(|value| self.write(value))?;
        self.out.flush()
    }

    fn write_once(&mut self, value: &[u8]) -> io::Result<()> {
        let mut hasher = self.hasher;
        hasher.write(value);
        if self.left > 0 && self.written.insert(hasher.finish128().as_u128()) { self.write(value) } else { Ok(()) }
    }

    fn write(&mut self, text: &[u8]) -> io::Result<()> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(()) };
        self.left = left;
        self.line.clear();
        value(text, self.interactive, &mut self.line);
        self.line.push(b'\n');
        self.out.write_all(&self.line)
    }
}

/// What a value takes.
const fn size(value: &[u8]) -> usize {
    value.len().saturating_add(size_of::<Vec<u8>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(values: &[Vec<u8>], most: usize) -> Vec<Vec<u8>> {
        let mut out = Vec::new();
        let mut writer = Values::new(most, false, &mut out);
        values.iter().for_each(|value| writer.add(value).unwrap());
        writer.finish().unwrap();
        out.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).filter(|line| !line.is_empty()).collect()
    }

    #[test]
    fn few_values_are_put_in_order_and_many_come_as_they_are_each_once() {
        let few = ["b", "a", "b"].map(|value| value.as_bytes().to_vec());
        assert_eq!(written(&few, 9), [b"a", b"b"]);
        assert_eq!(written(&few, 1), [b"a"]);
        // Half of them come before they are too many, and are put in order.
        let many: Vec<Vec<u8>> = (0..32_u8).rev().map(|n| vec![b'A' + n; 1 << 20]).collect();
        let twice = [many.clone(), many.clone()].concat();
        let in_order = [many[..16].iter().rev().cloned().collect(), many[16..].to_vec()].concat();
        assert_eq!(written(&twice, 99), in_order);
        assert_eq!(written(&twice, 20), in_order[..20]);
        // The same few again and again are never too many.
        let few: Vec<Vec<u8>> = (0..60_u8).map(|n| vec![b'C' - n % 3; 1 << 20]).collect();
        assert_eq!(written(&few, 9), [b'A', b'B', b'C'].map(|byte| vec![byte; 1 << 20]));
    }
}
