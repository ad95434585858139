//! Bytes of a known place in the file, gathered and written there.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};

use super::arrays::{self, Array};
use super::spool::GATHERED;
use crate::bytes::disk;
use crate::format::{Layout, array};

/// So many places are put down before anything else is thought of.
const AT_ONCE: usize = 4096;

/// What is written from one place of the file onward, for one task after the other.
#[derive(Debug)]
pub(super) struct Sheet {
    file: File,
    /// Where the task began, and where the gathered bytes belong.
    begin: u64,
    at: u64,
    bytes: Vec<u8>,
    /// The places that are put down next.
    some: Vec<u32>,
}

impl Sheet {
    pub(super) const fn of(file: File) -> Self {
        Self { file, begin: 0, at: 0, bytes: Vec::new(), some: Vec::new() }
    }

    /// The file, where something is to be read.
    pub(super) const fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// Begins at a place.
    pub(super) fn begin(&mut self, at: u64) -> io::Result<()> {
        (self.begin, self.at) = (at, at);
        self.file.seek(SeekFrom::Start(at)).map(drop)
    }

    /// Writes what was gathered, and says that it will not change any more.
    pub(super) fn end(&mut self) -> io::Result<()> {
        self.flush()?;
        disk::begin(&self.file, self.begin..self.at);
        Ok(())
    }

    /// Where the next byte belongs.
    const fn place(&self) -> u64 {
        self.at + self.bytes.len() as u64
    }

    /// Appends the header of an object.
    pub(super) fn object(&mut self, kind: u8, size: u64) {
        self.bytes.extend_from_slice(&[kind, 0, 0, 0, 0, 0, 0, 0]);
        self.bytes.extend_from_slice(&size.to_le_bytes());
    }

    /// Appends numbers.
    pub(super) fn numbers(&mut self, numbers: impl Iterator<Item = u64>) {
        numbers.for_each(|number| self.bytes.extend_from_slice(&number.to_le_bytes()));
    }

    /// Writes what was gathered, where that is enough.
    pub(super) fn ease(&mut self) -> io::Result<()> {
        if self.bytes.len() >= GATHERED { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.write_all(&self.bytes)?;
        self.at += self.bytes.len() as u64;
        self.bytes.clear();
        Ok(())
    }

    /// Appends the arrays of a list of `count` entries. `places` appends the places of as many of the next entries as it
    /// is told, in steps of 8.
    pub(super) fn list(
        &mut self,
        layout: Layout,
        count: u64,
        places: &mut impl FnMut(usize, &mut Vec<u32>),
    ) -> io::Result<()> {
        let width = super::plan::width(layout);
        for Array { slots, end, goes_on, .. } in arrays::arrays(self.place(), count, width) {
            self.object(array::TYPE, arrays::HEAD + slots * width);
            self.numbers(std::iter::once(if goes_on { end } else { 0 }));
            for begin in (0..slots as usize).step_by(AT_ONCE) {
                self.some.clear();
                places(AT_ONCE.min(slots as usize - begin), &mut self.some);
                self.slots(layout);
                self.ease()?;
            }
            let missing = end - self.place();
            self.bytes.resize(self.bytes.len() + missing as usize, 0);
        }
        Ok(())
    }

    /// Appends places as slots.
    fn slots(&mut self, layout: Layout) {
        let start = self.bytes.len();
        self.bytes.resize(start + self.some.len() * super::plan::width(layout) as usize, 0);
        let rest = self.bytes.get_mut(start..).unwrap_or_default();
        if layout == Layout::Compact {
            let slots = rest.as_chunks_mut().0.iter_mut();
            slots.zip(&self.some).for_each(|(slot, place)| *slot = (*place << 3).to_le_bytes());
        } else {
            let slots = rest.as_chunks_mut().0.iter_mut();
            slots.zip(&self.some).for_each(|(slot, place)| *slot = (u64::from(*place) << 3).to_le_bytes());
        }
    }
}
