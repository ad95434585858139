use std::io::{self, Read};
use std::path::Path;

use memmap2::{Mmap, MmapOptions};

use super::guard::Watch;
use super::reads::open_regular;
use super::{Handle, Image, Reads};

/// A file's bytes as someone holds them: mapped, or loaded into memory.
///
/// A mapped file that another process shortens while it is read ends this process with `SIGBUS`, as with every memory
/// map, unless the program called [`guard`](super::guard); [`Source::load`] reads the file into memory instead.
#[derive(Debug)]
pub struct Source(Backing);

#[derive(Debug)]
enum Backing {
    /// The map, and who watches over it; the watch ends before the map does.
    Mapped(Option<Watch>, Mmap),
    Loaded(Vec<u8>),
}

impl Source {
    /// Maps a file read-only; the descriptor is closed again at once.
    ///
    /// # Errors
    /// What the system says; a directory or a special file is an error too.
    pub fn map(path: &Path) -> io::Result<Self> {
        Self::of(&Handle::open(path)?)
    }

    /// Maps an open file read-only; the map stays when the file is closed.
    ///
    /// # Errors
    /// What the system says.
    pub fn of(handle: &Handle) -> io::Result<Self> {
        let len = handle.size();
        if len == 0 {
            return Ok(Self(Backing::Loaded(Vec::new())));
        }
        // SAFETY: the map is private and read-only, and is only ever seen as bytes, for which every value is valid.
        // What cannot be excluded is that somebody changes the file meanwhile: changed bytes are read as untrusted
        // input anyway, a shortened file is documented above.
        #[expect(unsafe_code, reason = "a memory map cannot be made without it")]
        let map = unsafe { MmapOptions::new().len(usize::try_from(len).unwrap_or(usize::MAX)).map(&handle.file) }?;
        Ok(Self(Backing::Mapped(Watch::over(&map), map)))
    }

    /// Reads a file into memory.
    ///
    /// # Errors
    /// What the system says.
    pub fn load(path: &Path) -> io::Result<Self> {
        let mut bytes = Vec::new();
        open_regular(path)?.read_to_end(&mut bytes)?;
        Ok(Self::from_bytes(bytes))
    }

    /// Takes bytes that are in memory already.
    #[must_use]
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(Backing::Loaded(bytes))
    }

    /// Whether the file could not give all its bytes any more while it was read, so that some were read as zeros.
    #[must_use]
    pub fn has_lost(&self) -> bool {
        matches!(&self.0, Backing::Mapped(Some(watch), _) if watch.has_lost())
    }

    /// A view of the bytes.
    #[must_use]
    pub fn image(&self) -> Image<'_> {
        match &self.0 {
            Backing::Mapped(_, map) => Image::new(map),
            Backing::Loaded(bytes) => Image::new(bytes),
        }
    }
}
