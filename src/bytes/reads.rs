use std::cell::{Cell, RefCell};
use std::fs::File;
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

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

/// What is read at once.
const BLOCK: usize = 1 << 10;

/// Blocks begin at multiples of this, at or just before what is wanted, so that an object mostly lies in one.
const STEP: u64 = 64;

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
    /// The blocks read last, each with where it begins; on the heap, so that a handle is cheap to move.
    blocks: RefCell<Vec<(u64, [u8; BLOCK])>>,
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
        let blocks = RefCell::new(Vec::with_capacity(KEPT));
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

    /// Reads what one block has of what lies at `at`, from those kept or anew.
    fn within(&self, at: u64, into: &mut [u8]) -> usize {
        let mut blocks = self.blocks.borrow_mut();
        let rest = |start: u64| usize::try_from(self.size.saturating_sub(start)).map_or(BLOCK, |rest| rest.min(BLOCK));
        let part = |block: &[u8; BLOCK], start: u64, into: &mut [u8]| {
            let skip = usize::try_from(at.checked_sub(start)?).ok().filter(|skip| *skip < BLOCK)?;
            Some(copy(block.get(skip..rest(start))?, into))
        };
        if let Some(len) = blocks.iter().find_map(|(start, block)| part(block, *start, into)) {
            return len;
        }
        let (asked, start) = (self.asked.get(), at & !STEP.saturating_sub(1));
        self.asked.set(asked.saturating_add(1));
        if blocks.len() < KEPT {
            blocks.push((u64::MAX, [0; BLOCK]));
        }
        let Some((kept, block)) = blocks.get_mut(asked % KEPT).filter(|_| asked < self.most) else {
            self.failed.set(true);
            return 0;
        };
        *kept = u64::MAX;
        let Some(whole) = block.get_mut(..rest(start)) else { return 0 };
        if read_exact_at(&self.file, whole, start).is_err() {
            self.failed.set(true);
            return 0;
        }
        *kept = start;
        part(block, start, into).unwrap_or_default()
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
            let read = self.within(place, rest);
            if read == 0 {
                break;
            }
            done = done.saturating_add(read);
        }
        done
    }
}

/// So many reads are tried each way.
const TRIED: u32 = 64;

/// No read counts for more, so that one during which the system did something else does not decide.
const LONGEST: Duration = Duration::from_micros(20);

/// Reads of a file that is mapped: by asking the system or from the map, whichever turns out to take less time.
///
/// That differs by ten, since the system may keep a file in pages of 4 KiB or of 2 MiB, and does not tell.
#[derive(Debug)]
pub struct Sparing<'data> {
    handle: Option<Handle>,
    image: Image<'data>,
    reads: Cell<u32>,
    /// What the reads tried took, by asking and from the map.
    took: Cell<(Duration, Duration)>,
}

impl<'data> Sparing<'data> {
    /// Reads of `image`, which are the bytes of the file that `handle` is of.
    #[must_use]
    pub const fn new(handle: Option<Handle>, image: Image<'data>) -> Self {
        let took = Cell::new((Duration::ZERO, Duration::ZERO));
        Self { handle, image, reads: Cell::new(0), took }
    }

    /// Whether to ask the system this time.
    fn is_asked(&self) -> bool {
        let (asked, mapped) = self.took.get();
        match self.reads.get() {
            ..TRIED => true,
            reads if reads < 2 * TRIED => false,
            // Half as much again for letting go of the pages at last.
            _ => asked.saturating_mul(2) < mapped.saturating_mul(3),
        }
    }

    /// All that lies at `at` and behind it, where the map is the better way: nothing need be copied then.
    pub fn lent(&self, at: Offset) -> Option<&'data [u8]> {
        let is_asked = || self.handle.as_ref().is_some_and(|handle| !handle.has_failed()) && self.is_asked();
        (self.reads.get() >= 2 * TRIED && !is_asked()).then(|| self.image.from(at))
    }

    /// By asking the system; `None` where that fails, or was done too often.
    fn ask(&self, at: Offset, into: &mut [u8]) -> Option<usize> {
        let handle = self.handle.as_ref().filter(|handle| !handle.has_failed() && self.is_asked())?;
        let room = usize::try_from(self.image.len().saturating_sub(at.0)).unwrap_or(usize::MAX).min(into.len());
        let read = handle.read(at, into.get_mut(..room).unwrap_or_default());
        (!handle.has_failed()).then_some(read)
    }

    fn either(&self, at: Offset, into: &mut [u8]) -> usize {
        self.ask(at, into).unwrap_or_else(|| self.image.read(at, into))
    }
}

impl Reads for Sparing<'_> {
    fn size(&self) -> u64 {
        self.image.len()
    }

    fn read(&self, at: Offset, into: &mut [u8]) -> usize {
        let reads = self.reads.get();
        if reads >= 2 * TRIED {
            return self.either(at, into);
        }
        let (start, (asked, mapped)) = (Instant::now(), self.took.get());
        let read = self.either(at, into);
        let took = start.elapsed().min(LONGEST);
        let is_first = reads < TRIED;
        self.took.set(if is_first {
            (asked.saturating_add(took), mapped)
        } else {
            (asked, mapped.saturating_add(took))
        });
        self.reads.set(reads.saturating_add(1));
        read
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
        // Either way, and whichever is kept to, the bytes are the same.
        let sparing = Sparing::new(Handle::open(&path).ok(), image);
        for turn in 0..4 * u64::from(TRIED) {
            let (mut one, mut two) = ([0; 100], [0; 100]);
            let at = Offset(turn * 37 % 5000);
            assert_eq!(sparing.read(at, &mut one), image.read(at, &mut two), "{turn}");
            assert_eq!(one, two, "{turn}");
        }
        assert_eq!(sparing.reads.get(), 2 * TRIED, "and tries no more after that");
        // Without a handle only the map is left.
        let sparing = Sparing::new(None, image);
        assert_eq!(sparing.lent(Offset(0)), None, "not before both were tried");
        (0..2 * TRIED).for_each(|_| assert_eq!(sparing.read(Offset(0), &mut [0; 1]), 1));
        assert_eq!(sparing.lent(Offset(4990)), Some(&bytes[4990..]));
        std::fs::write(&path, b"shorter").unwrap();
        let shortened = Handle::open(&path).unwrap();
        std::fs::write(&path, b"").unwrap();
        assert_eq!((shortened.read(Offset(0), &mut [0; 4]), shortened.has_failed()), (0, true));
        std::fs::remove_file(path).unwrap();
    }
}
