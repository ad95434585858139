//! The file that is being written: appended to through a buffer, mended in one pass, and named at the end.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::MOST;
use super::behind::Behind;
use super::draft::{Draft, refuse_existing};
use crate::bytes::disk;
use crate::error::Error;

/// So much is gathered before it is handed on.
const GATHERED: usize = 1 << 18;

/// A buffer beyond this is given back to the system instead of being used again.
const BUFFER_KEPT: usize = 1 << 20;

/// So much is mended at once.
const BLOCK: usize = 1 << 20;

/// A growing file beside its target; gone when it is dropped before [`Spool::keep`].
#[derive(Debug)]
pub(super) struct Spool {
    file: File,
    /// Who writes what is appended; nobody once everything is, or where there is no thread for it.
    behind: Option<Behind>,
    target: PathBuf,
    /// The file under its first name, until it is whole.
    draft: Draft,
    buffer: Vec<u8>,
    /// How many bytes were handed on already.
    flushed: u64,
    /// How many objects were begun.
    objects: u64,
    last: u64,
    /// Whether anything could not be written, after which nothing more is.
    is_broken: bool,
}

impl Spool {
    /// Begins a file with `head` bytes of zeros.
    pub(super) fn create(target: &Path, head: usize) -> Result<Self, Error> {
        refuse_existing(target).map_err(|error| failed(target, error))?;
        let part = beside(target).ok_or_else(|| failed(target, io::ErrorKind::InvalidFilename.into()))?;
        let (draft, file) = Draft::create(part).map_err(|error| failed(target, error))?;
        let mut buffer = Vec::with_capacity(GATHERED + GATHERED / 4);
        buffer.resize(head, 0);
        let behind = Behind::of(&file, BUFFER_KEPT).ok();
        let target = target.to_owned();
        Ok(Self { file, behind, target, draft, buffer, flushed: 0, objects: 0, last: 0, is_broken: false })
    }

    /// Where the next object will lie.
    #[inline]
    pub(super) const fn end(&self) -> u64 {
        self.flushed + self.buffer.len() as u64
    }

    /// The name that the file will have.
    pub(super) fn target(&self) -> &Path {
        &self.target
    }

    /// How many objects there are, and where the last one lies.
    pub(super) const fn objects(&self) -> (u64, u64) {
        (self.objects, self.last)
    }

    /// Begins an object of `size` bytes with its header; what follows is for [`Spool::put`], then [`Spool::pad`].
    #[inline]
    pub(super) fn begin(&mut self, kind: u8, flags: u8, size: u64) -> Result<u64, Error> {
        self.ease()?;
        let at = self.end();
        if size.checked_next_multiple_of(8).is_none_or(|size| size > MOST - at.min(MOST)) {
            return Err(Error::TooLarge { path: self.target.clone(), limit: MOST });
        }
        (self.objects, self.last) = (self.objects + 1, at);
        self.put(&[kind, flags, 0, 0, 0, 0, 0, 0]);
        self.put_u64(size);
        Ok(at)
    }

    /// Appends bytes of the object that was begun.
    #[inline]
    pub(super) fn put(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Appends zeros to the object that was begun, as words to be filled.
    #[inline]
    pub(super) fn words<const SIZE: usize>(&mut self, count: usize) -> &mut [[u8; SIZE]] {
        let start = self.buffer.len();
        self.buffer.resize(start + count * SIZE, 0);
        self.buffer.get_mut(start..).unwrap_or_default().as_chunks_mut().0
    }

    /// Appends a number of the object that was begun.
    #[inline]
    pub(super) fn put_u64(&mut self, number: u64) {
        self.put(&number.to_le_bytes());
    }

    /// Hands on what has been gathered, where that is enough; within an object too.
    #[inline]
    pub(super) fn ease(&mut self) -> Result<(), Error> {
        if self.buffer.len() >= GATHERED { self.flush() } else { Ok(()) }
    }

    /// Ends an object: the next one begins on a multiple of 8.
    #[inline]
    pub(super) fn pad(&mut self) {
        // The buffer begins at a multiple of 8 or is in the middle of a large object; both are counted from 0.
        let missing = self.end().wrapping_neg() % 8;
        self.put([0; 8].get(..missing as usize).unwrap_or_default());
    }

    fn flush(&mut self) -> Result<(), Error> {
        if self.is_broken {
            return Err(failed(&self.target, io::ErrorKind::WriteZero.into()));
        }
        // Until all is well: who goes on after an error would write to the wrong place.
        self.is_broken = true;
        self.flushed += self.buffer.len() as u64;
        let Some(behind) = &mut self.behind else {
            self.file.write_all(&self.buffer).map_err(|error| failed(&self.target, error))?;
            self.buffer.clear();
            self.buffer.shrink_to(BUFFER_KEPT);
            self.is_broken = false;
            return Ok(());
        };
        if behind.write(&mut self.buffer) {
            self.is_broken = false;
            return Ok(());
        }
        self.settle()?;
        Err(failed(&self.target, io::ErrorKind::WriteZero.into()))
    }

    /// Waits until the system has everything that was handed on.
    fn settle(&mut self) -> Result<(), Error> {
        let settled = self.behind.take().map_or(Ok(()), Behind::end).map_err(|error| failed(&self.target, error));
        self.is_broken |= settled.is_err();
        settled
    }

    /// Where the file may be cut so that its parts can be mended side by side.
    pub(super) fn middle(&self) -> u64 {
        let half = self.end() / 2;
        half - half % BLOCK as u64
    }

    /// Stores words of 8 bytes at their places, which are multiples of 8 and ascend; those of the second part lie behind
    /// [`Spool::middle`], the others before it.
    ///
    /// What is mended, and what lies behind the last word, is on its way to the disk when this ends.
    pub(super) fn mend(&mut self, words: [impl Iterator<Item = (u64, u64)> + Send; 2]) -> Result<(), Error> {
        self.flush()?;
        self.settle()?;
        let (flushed, part) = (self.flushed, self.draft.path());
        let [first, second] = words;
        let mended = std::thread::scope(|scope| {
            let other = scope.spawn(|| {
                let mut file = OpenOptions::new().read(true).write(true).open(part)?;
                let mended = mend(&mut file, flushed, second)?;
                disk::begin(&file, mended..flushed);
                Ok(())
            });
            let mended = mend(&mut self.file, flushed, first).map(drop);
            other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)).and(mended)
        });
        mended.map_err(|error| failed(&self.target, error))
    }

    /// Stores the header, after everything else.
    pub(super) fn head(&mut self, header: &[u8]) -> Result<(), Error> {
        let done = self.file.seek(SeekFrom::Start(0)).and_then(|_| self.file.write_all(header));
        done.map_err(|error| failed(&self.target, error))
    }

    /// Gives the whole file its name, never that of another file.
    pub(super) fn named(mut self, sync: bool) -> Result<Draft, Error> {
        if sync {
            self.file.sync_all().map_err(|error| failed(&self.target, error))?;
        }
        self.draft.name(&self.target).map_err(|error| failed(&self.target, error))?;
        Ok(self.draft)
    }
}

/// Stores words of 8 bytes at their places, block by block; returns where the last block ends.
fn mend(file: &mut File, end: u64, words: impl Iterator<Item = (u64, u64)>) -> io::Result<u64> {
    let (mut words, mut block, mut mended) = (words.peekable(), Vec::new(), 0);
    while let Some((at, _)) = words.peek() {
        let start = at - at % BLOCK as u64;
        block.resize((BLOCK as u64).min(end.saturating_sub(start)) as usize, 0);
        file.seek(SeekFrom::Start(start))?;
        file.read_exact(&mut block)?;
        while let Some((at, word)) = words.next_if(|(at, _)| *at < start + BLOCK as u64) {
            if let Some(place) = block.get_mut((at - start) as usize..).and_then(|rest| rest.first_chunk_mut()) {
                *place = word.to_le_bytes();
            }
        }
        file.seek(SeekFrom::Start(start))?;
        file.write_all(&block)?;
        mended = start + block.len() as u64;
        disk::begin(file, start..mended);
    }
    Ok(mended)
}

fn failed(path: &Path, source: io::Error) -> Error {
    Error::Io { path: path.to_owned(), source }
}

/// A name beside the target that no reader takes for a journal's.
fn beside(target: &Path) -> Option<PathBuf> {
    let mut name = std::ffi::OsString::from(".");
    name.push(target.file_name()?);
    name.push(format!(".{}.part", std::process::id()));
    Some(target.with_file_name(name))
}
