//! The file that is being written: appended to through a buffer, and named at the end.

use std::fs::{File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::MOST;
use super::behind::Behind;
use super::draft::{Draft, refuse_existing};
use crate::bytes::disk;
use crate::error::Error;

/// So much is gathered before it is handed on.
pub(super) const GATHERED: usize = 1 << 19;

/// A buffer beyond this is given back to the system instead of being used again.
const BUFFER_KEPT: usize = 1 << 20;

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
    /// Whether anything could not be written, after which nothing more is.
    is_broken: bool,
}

impl Spool {
    /// Begins a file with `head` bytes of zeros.
    pub(super) fn create(target: &Path, head: usize) -> Result<Self, Error> {
        refuse_existing(target).map_err(|error| failed(target, error))?;
        let (draft, file) = part(target).map_err(|error| failed(target, error))?;
        let mut buffer = Vec::with_capacity(GATHERED + GATHERED / 4);
        buffer.resize(head, 0);
        let behind = Behind::of(&file, BUFFER_KEPT).ok();
        let target = target.to_owned();
        Ok(Self { file, behind, target, draft, buffer, flushed: 0, objects: 0, is_broken: false })
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

    /// How many objects were begun.
    pub(super) const fn objects(&self) -> u64 {
        self.objects
    }

    /// Begins an object of `size` bytes with its header; what follows is for [`Spool::put`], then [`Spool::pad`].
    #[inline]
    pub(super) fn begin(&mut self, kind: u8, flags: u8, size: u64) -> Result<u64, Error> {
        self.ease()?;
        let at = self.end();
        self.has_room(size)?;
        self.objects += 1;
        self.put(&[kind, flags, 0, 0, 0, 0, 0, 0]);
        self.put_u64(size);
        Ok(at)
    }

    /// Refuses what would make the file too large.
    #[inline]
    pub(super) fn has_room(&self, size: u64) -> Result<(), Error> {
        if size.checked_next_multiple_of(8).is_some_and(|size| size <= MOST - self.end().min(MOST)) {
            Ok(())
        } else {
            Err(Error::TooLarge { path: self.target.clone(), limit: MOST })
        }
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

    /// Hands on everything and waits until the system has it. Then the file has a place up to `end`, and two others can
    /// write at places of their own, the second one unless the system has no handle for it.
    pub(super) fn rest(&mut self, end: u64) -> Result<(File, io::Result<File>), Error> {
        self.flush()?;
        self.settle()?;
        disk::reserve(&self.file, self.flushed..end);
        let own = self.file.try_clone().map_err(|error| failed(&self.target, error))?;
        Ok((own, OpenOptions::new().read(true).write(true).open(self.draft.path())))
    }

    /// An error of a part that others write.
    pub(super) fn failed(&self, error: io::Error) -> Error {
        failed(&self.target, error)
    }

    /// Stores the header, after everything else, and gives back what was reserved beyond `end`.
    pub(super) fn head(&mut self, header: &[u8], end: u64) -> Result<(), Error> {
        let cut = self.file.set_len(end);
        let done = cut.and_then(|()| self.file.seek(SeekFrom::Start(0))).and_then(|_| self.file.write_all(header));
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

fn failed(path: &Path, source: io::Error) -> Error {
    Error::Io { path: path.to_owned(), source }
}

/// So many names are tried for a file that is not whole; those of processes that were killed may be taken.
const PARTS_TRIED: u32 = 100;

/// A file beside the target, with a name that no reader takes for a journal's.
fn part(target: &Path) -> io::Result<(Draft, File)> {
    let name = target.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
    let mut attempt = 0;
    loop {
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(format!(".{}-{attempt}.part", std::process::id()));
        match Draft::create(target.with_file_name(hidden)) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && attempt < PARTS_TRIED => {
                attempt = attempt.saturating_add(1);
            }
            other => return other,
        }
    }
}
