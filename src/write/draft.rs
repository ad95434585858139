//! Files that are not whole yet, and folders made for them: whoever gives up, or ends at once, takes them along.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// All that is unfinished in this process.
static UNFINISHED: Mutex<Unfinished> = Mutex::new(Unfinished { files: Vec::new(), folders: Vec::new() });

#[derive(Debug)]
struct Unfinished {
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
}

fn unfinished() -> MutexGuard<'static, Unfinished> {
    // What a thread that panicked had begun is still to be removed.
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes all drafts of this process, and the folders of [`Folders`] that are empty then.
///
/// For programs that are about to end at once, as by a signal: as long as what is returned is held, no thread can begin,
/// name or keep a file. Waits for a thread that does so just then.
#[must_use]
pub fn abandon() -> Abandoned {
    let mut all = unfinished();
    for file in all.files.drain(..) {
        // What cannot be removed cannot be helped.
        let _ = fs::remove_file(file);
    }
    remove_folders(&mut all.folders);
    Abandoned { _all: all }
}

/// What [`abandon`] left: nothing, as long as it is held.
#[derive(Debug)]
pub struct Abandoned {
    _all: MutexGuard<'static, Unfinished>,
}

/// A file that is gone when it is dropped, unless it was kept.
#[derive(Debug)]
pub struct Draft {
    path: PathBuf,
    is_kept: bool,
}

impl Draft {
    /// Creates a file that is not there yet.
    pub(super) fn create(path: PathBuf) -> io::Result<(Self, File)> {
        // Whatever folder the process is in when it is to be removed.
        let path = std::path::absolute(path)?;
        let mut all = unfinished();
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path);
        let file = file.map_err(taken)?;
        all.files.push(path.clone());
        Ok((Self { path, is_kept: false }, file))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Gives it another name, never that of another file; it stays a draft.
    ///
    /// # Errors
    /// When that name is taken, or the system refuses.
    pub fn name(&mut self, path: &Path) -> io::Result<()> {
        let path = std::path::absolute(path)?;
        let mut all = unfinished();
        // A second name for the same file fails where there is one of that name, which renaming would replace.
        match fs::hard_link(&self.path, &path) {
            Ok(()) => {
                // Where it cannot be removed, its name says that it is no journal.
                let _ = fs::remove_file(&self.path);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(taken(error)),
            // Some file systems have no second names; there a look before has to do.
            Err(_) => {
                refuse_existing(&path)?;
                fs::rename(&self.path, &path)?;
            }
        }
        all.forget_file(&self.path);
        all.files.push(path.clone());
        self.path = path;
        Ok(())
    }

    /// Says that it is whole: it stays.
    pub fn keep(self) {
        Self::keep_all([self]);
    }

    /// Says that they are whole: they stay, all or none, whenever the process ends.
    pub fn keep_all(drafts: impl IntoIterator<Item = Self>) {
        let mut all = unfinished();
        for mut draft in drafts {
            all.forget_file(&draft.path);
            draft.is_kept = true;
        }
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if !self.is_kept {
            let mut all = unfinished();
            all.forget_file(&self.path);
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl Unfinished {
    fn forget_file(&mut self, path: &Path) {
        self.files.retain(|file| file != path);
    }
}

/// A folder for files, with those above it that were not there; what is still empty in the end goes again.
#[derive(Debug)]
pub struct Folders {
    made: Vec<PathBuf>,
}

impl Folders {
    /// Makes what is missing of `path`.
    ///
    /// # Errors
    /// When a file is there, or the system refuses; then nothing new stays.
    pub fn make(path: &Path) -> io::Result<Self> {
        let path = &std::path::absolute(path)?;
        let mut all = unfinished();
        let is_missing = |path: &&Path| !path.as_os_str().is_empty() && fs::symlink_metadata(path).is_err();
        let mut made: Vec<PathBuf> = path.ancestors().take_while(is_missing).map(Path::to_owned).collect();
        if let Err(error) = fs::create_dir_all(path) {
            remove_folders(&mut made);
            let is_file = fs::metadata(path).is_ok_and(|found| !found.is_dir());
            return Err(if is_file {
                io::Error::new(error.kind(), "exists already and is no directory")
            } else {
                error
            });
        }
        all.folders.extend_from_slice(&made);
        Ok(Self { made })
    }

    /// Takes those of another one, so that all go together, the innermost first.
    pub fn join(&mut self, mut other: Self) {
        self.made.append(&mut other.made);
    }
}

impl Drop for Folders {
    fn drop(&mut self) {
        let mut all = unfinished();
        all.folders.retain(|folder| !self.made.contains(folder));
        remove_folders(&mut self.made);
    }
}

/// Removes those folders that are empty, the innermost first.
fn remove_folders(folders: &mut Vec<PathBuf>) {
    folders.sort_by_key(|folder| std::cmp::Reverse(folder.as_os_str().len()));
    for folder in folders.drain(..) {
        // One with files in it stays.
        let _ = fs::remove_dir(folder);
    }
}

/// Refuses a name that something has.
pub(super) fn refuse_existing(path: &Path) -> io::Result<()> {
    if fs::symlink_metadata(path).is_ok() { Err(taken(io::ErrorKind::AlreadyExists.into())) } else { Ok(()) }
}

/// One wording for a name that something has.
fn taken(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::AlreadyExists => io::Error::new(error.kind(), "exists already, and nothing is overwritten"),
        _ => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_kept_goes_with_the_folders_made_for_it() {
        let place = std::env::temp_dir().join(format!("lastwords-draft-{}", std::process::id()));
        fs::create_dir(&place).unwrap();
        let inner = place.join("new/inner");
        let folders = Folders::make(&inner).unwrap();
        let (mut draft, _file) = Draft::create(inner.join(".part")).unwrap();
        fs::write(inner.join("taken"), "mine").unwrap();
        assert_eq!(draft.name(&inner.join("taken")).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        draft.name(&inner.join("made")).unwrap();
        assert!(inner.join("made").exists() && !inner.join(".part").exists());
        drop(draft);
        assert!(!inner.join("made").exists());
        fs::remove_file(inner.join("taken")).unwrap();
        drop(folders);
        assert_eq!(fs::read_dir(&place).unwrap().count(), 0, "the place itself was there before");
        let folders = Folders::make(&inner).unwrap();
        let (draft, _file) = Draft::create(inner.join("kept")).unwrap();
        draft.keep();
        drop(folders);
        assert!(inner.join("kept").exists());
        let mut folders = Folders::make(&place.join("one")).unwrap();
        folders.join(Folders::make(&place.join("one/two/three")).unwrap());
        assert!(place.join("one/two/three").exists());
        drop(folders);
        assert!(!place.join("one").exists());
        let refused = Folders::make(&inner.join("kept")).unwrap_err();
        assert!(refused.to_string().contains("no directory"), "{refused}");
        assert!(Folders::make(&inner.join("kept/below/deep")).is_err());
        fs::remove_dir_all(&place).unwrap();
    }
}
