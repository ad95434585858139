use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io;
use std::path::Path;

use super::{FileKey, Image};
use crate::corrupt::Offset;

/// Short reads anywhere in a file: from its bytes in memory, or by asking the system.
pub trait Reads {
    /// The length of the whole in bytes.
    fn size(&self) -> u64;

    /// Fills `into` with what lies at `at`, as far as that reaches; how many bytes those are.
    fn read(&self, at: Offset, into: &mut [u8]) -> usize;
}

impl Reads for Image<'_> {
    fn size(&self) -> u64 {
        self.len()
    }

    fn read(&self, at: Offset, into: &mut [u8]) -> usize {
        copy(self.from(at), into)
    }
}

/// Copies as many bytes as both have; how many those are.
fn copy(from: &[u8], into: &mut [u8]) -> usize {
    let len = from.len().min(into.len());
    if let (Some(from), Some(into)) = (from.get(..len), into.get_mut(..len)) {
        into.copy_from_slice(from);
    }
    len
}

/// What is read at once, as a power of two.
const BITS: u32 = 10;

/// What is read at once.
const BLOCK: usize = 1 << BITS;

/// So many blocks are kept: those of the heads of a chain of arrays, and of the objects between them.
const KEPT: usize = 16;

/// So many times the system is asked on opening; who wants more had better have all bytes.
const ASKED: usize = 1024;

/// For each so many bytes of a file the system may be asked once: twice for what one page fault brings in, since that
/// costs several times as much.
const WORTH: u64 = 32 << 10;

/// A file opened for a few short reads.
///
/// Where little of a file is wanted, reading that little costs a tenth of a page fault on a map of it, which brings in
/// sixteen pages, and as much again when they are let go.
#[derive(Debug)]
pub struct Handle {
    pub(super) file: File,
    size: u64,
    key: FileKey,
    /// The blocks read last, each with its number.
    blocks: RefCell<[(u64, [u8; BLOCK]); KEPT]>,
    asked: Cell<usize>,
    most: usize,
    failed: Cell<bool>,
}

impl Handle {
    /// Opens a file.
    ///
    /// # Errors
    /// What the system says; a directory or a special file is an error too.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = open_regular(path)?;
        let about = file.metadata()?;
        let (size, key) = (about.len(), FileKey::of_open(&about, path)?);
        let blocks = RefCell::new([(u64::MAX, [0; BLOCK]); KEPT]);
        Ok(Self { file, size, key, blocks, asked: Cell::new(0), most: ASKED, failed: Cell::new(false) })
    }

    /// Opens a file again, for as many short reads as are cheaper than a map; `None` when another one is there now.
    #[must_use]
    pub fn again(path: &Path, key: &FileKey) -> Option<Self> {
        let mut handle = Self::open(path).ok().filter(|handle| handle.key == *key)?;
        handle.most = usize::try_from(handle.size / WORTH).unwrap_or(usize::MAX);
        Some(handle)
    }

    /// What tells the file from others.
    #[must_use]
    pub const fn key(&self) -> &FileKey {
        &self.key
    }

    /// Whether anything could not be read, or too much was asked for, so that what was made of it is void.
    #[must_use]
    pub const fn has_failed(&self) -> bool {
        self.failed.get()
    }

    /// Reads what lies in one block, from those kept or anew.
    fn within(&self, number: u64, skip: usize, into: &mut [u8]) -> usize {
        let mut blocks = self.blocks.borrow_mut();
        let start = number.saturating_mul(BLOCK as u64);
        let whole = usize::try_from(self.size.saturating_sub(start)).map_or(BLOCK, |rest| rest.min(BLOCK));
        if let Some((_, block)) = blocks.iter().find(|(kept, _)| *kept == number) {
            return copy(block.get(skip..whole).unwrap_or_default(), into);
        }
        let asked = self.asked.get();
        self.asked.set(asked.saturating_add(1));
        let Some((kept, block)) = blocks.get_mut(asked % KEPT).filter(|_| asked < self.most) else {
            self.failed.set(true);
            return 0;
        };
        *kept = u64::MAX;
        let Some(part) = block.get_mut(..whole) else { return 0 };
        if read_exact_at(&self.file, part, start).is_err() {
            self.failed.set(true);
            return 0;
        }
        *kept = number;
        copy(part.get(skip..).unwrap_or_default(), into)
    }
}

impl Reads for Handle {
    fn size(&self) -> u64 {
        self.size
    }

    fn read(&self, at: Offset, into: &mut [u8]) -> usize {
        let mut done = 0;
        while let Some(rest) = into.get_mut(done..).filter(|rest| !rest.is_empty()) {
            let Some(place) = at.0.checked_add(done as u64).filter(|place| *place < self.size) else { break };
            let (block, skip) = (place >> BITS, place & (BLOCK as u64).saturating_sub(1));
            let read = self.within(block, usize::try_from(skip).unwrap_or_default(), rest);
            if read == 0 {
                break;
            }
            done = done.saturating_add(read);
        }
        done
    }
}

/// Reads of a file that is mapped: by asking the system as long as that is cheaper, then from the map.
#[derive(Debug)]
pub struct Sparing<'data> {
    handle: Option<Handle>,
    image: Image<'data>,
}

impl<'data> Sparing<'data> {
    /// Reads of `image`, which are the bytes of the file that `handle` is of.
    #[must_use]
    pub const fn new(handle: Option<Handle>, image: Image<'data>) -> Self {
        Self { handle, image }
    }
}

impl Reads for Sparing<'_> {
    fn size(&self) -> u64 {
        self.image.len()
    }

    fn read(&self, at: Offset, into: &mut [u8]) -> usize {
        if let Some(handle) = self.handle.as_ref().filter(|handle| !handle.has_failed()) {
            let room = usize::try_from(self.image.len().saturating_sub(at.0)).unwrap_or(usize::MAX).min(into.len());
            let read = handle.read(at, into.get_mut(..room).unwrap_or_default());
            if !handle.has_failed() {
                return read;
            }
        }
        self.image.read(at, into)
    }
}

#[cfg(unix)]
fn read_exact_at(file: &File, into: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, into, at)
}

#[cfg(not(unix))]
fn read_exact_at(mut file: &File, into: &mut [u8], at: u64) -> io::Result<()> {
    use std::io::{Read, Seek, SeekFrom};
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(into)
}

/// Opens without waiting on a pipe or device that carries a journal's name.
pub(super) fn open_regular(path: &Path) -> io::Result<File> {
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
    }
    File::open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handle_reads_what_the_bytes_in_memory_have_and_nothing_beyond() {
        let bytes: Vec<u8> = (0..5000_u32).map(|at| (at * 7 + at / 256) as u8).collect();
        let path = std::env::temp_dir().join(format!("lastwords-reads-{}", std::process::id()));
        std::fs::write(&path, &bytes).unwrap();
        let (handle, image) = (Handle::open(&path).unwrap(), Image::new(&bytes));
        assert_eq!((handle.size(), image.size()), (5000, 5000));
        for (at, len) in [(0, 16), (1000, 2100), (1020, 8), (4990, 64), (4999, 1), (5000, 8), (u64::MAX, 8), (0, 5000)]
        {
            let (mut one, mut two) = (vec![0; len], vec![0; len]);
            assert_eq!(handle.read(Offset(at), &mut one), image.read(Offset(at), &mut two), "{at}");
            assert_eq!(one, two, "{at}");
        }
        assert!(!handle.has_failed());
        assert!((0..1025).all(|turn| handle.read(Offset(turn % 5 * 1024), &mut [0; 1]) == 1));
        assert!(!handle.has_failed(), "blocks are read once");
        // 5000 bytes are worth no read.
        let sparing = Sparing::new(Handle::again(&path, handle.key()), image);
        assert_eq!((sparing.read(Offset(4990), &mut [0; 64]), sparing.size()), (10, 5000));
        assert!(sparing.handle.is_some_and(|handle| handle.has_failed()));
        std::fs::write(&path, b"shorter").unwrap();
        let shortened = Handle::open(&path).unwrap();
        std::fs::write(&path, b"").unwrap();
        assert_eq!((shortened.read(Offset(0), &mut [0; 4]), shortened.has_failed()), (0, true));
        std::fs::remove_file(path).unwrap();
    }
}
