use std::io;
use std::path::Path;

/// What makes a file the same file by whatever path: device and inode where there are such, else its real path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FileKey(Inner);

#[cfg(unix)]
type Inner = (u64, u64);
#[cfg(not(unix))]
type Inner = std::path::PathBuf;

impl FileKey {
    /// The key of the file at `path`.
    ///
    /// # Errors
    /// What the system says.
    #[cfg(unix)]
    pub fn of(path: &Path) -> io::Result<Self> {
        Self::of_open(&std::fs::metadata(path)?, path)
    }

    /// The key of an open file, which was opened as `path`.
    ///
    /// # Errors
    /// What the system says.
    #[cfg(unix)]
    pub(super) fn of_open(about: &std::fs::Metadata, _path: &Path) -> io::Result<Self> {
        use std::os::unix::fs::MetadataExt;
        Ok(Self((about.dev(), about.ino())))
    }

    /// The key of an open file, which was opened as `path`.
    ///
    /// # Errors
    /// What the system says.
    #[cfg(not(unix))]
    pub(super) fn of_open(_about: &std::fs::Metadata, path: &Path) -> io::Result<Self> {
        Self::of(path)
    }

    /// The key of the file at `path`.
    ///
    /// # Errors
    /// What the system says.
    #[cfg(not(unix))]
    pub fn of(path: &Path) -> io::Result<Self> {
        std::fs::canonicalize(path).map(Self)
    }
}
