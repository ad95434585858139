//! Finding journal files: in directories as they lie on a machine, and in whatever somebody copied them into.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::FileName;
use crate::bytes::FileKey;
use crate::error::Error;

/// Directories are entered this deep, which is enough for a collection of machines' file systems.
const DEPTH: usize = 12;

/// Where a machine's journals lie below its root directory.
const BELOW_ROOT: [&str; 2] = ["var/log/journal", "run/log/journal"];

/// What was found at the places asked for.
#[derive(Debug, Default)]
pub struct Found {
    /// Journal files, each once, sorted by path.
    pub files: Vec<PathBuf>,
    /// What could not be read, or is a journal in a wrapping that must be taken off first.
    pub failed: Vec<Error>,
}

/// The directories below its root in which a machine keeps its journals, as far as they are there.
#[must_use]
pub fn machine_directories(root: &Path) -> Vec<PathBuf> {
    BELOW_ROOT.iter().map(|below| root.join(below)).filter(|path| path.is_dir()).collect()
}

/// Whether there is a journal file in `directory` or in a machine's directory below it.
#[must_use]
pub fn holds_journals(directory: &Path) -> bool {
    let names = |directory: &Path| fs::read_dir(directory).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_journal = |path: &Path| path.file_name().is_some_and(FileName::is_one);
    names(directory).any(|path| is_journal(&path) || (is_machine(&path) && names(&path).any(|path| is_journal(&path))))
}

/// Whether the name is a machine id, perhaps with a namespace: `<32 hex>[.<namespace>]`.
fn is_machine(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.split('.').next().is_some_and(|id| id.len() == 32 && id.parse::<crate::format::Id128>().is_ok())
}

/// Finds the journal files at `paths`, any mix of files, directories, trees of them and root directories.
///
/// A file named directly is taken whatever its name; in directories the names of journald count. The same file reached
/// in two ways is there once. Links to files are followed, links to directories only where named directly.
pub fn discover<P: AsRef<Path>>(paths: &[P]) -> Found {
    let mut search = Search::default();
    for path in paths {
        let path = path.as_ref();
        match fs::metadata(path) {
            Ok(what) if what.is_dir() => search.directory(path, 0),
            Ok(_) => search.file(path),
            Err(source) => search.found.failed.push(Error::Io { path: path.to_owned(), source }),
        }
    }
    search.found()
}

#[derive(Default)]
struct Search {
    found: Found,
}

impl Search {
    /// What was found, each file once. The system is asked about all of them at once, since that takes its time.
    fn found(self) -> Found {
        let Found { files, failed } = self.found;
        let keys: Vec<_> = files.par_iter().map(|path| FileKey::of(path).ok()).collect();
        let mut seen = HashSet::new();
        // What has no key cannot be opened either, and says so then.
        let named =
            files.into_iter().zip(keys).filter(|(_, key)| key.as_ref().is_none_or(|key| seen.insert(key.clone())));
        let mut files: Vec<PathBuf> = named.map(|(path, _)| path).collect();
        files.sort();
        Found { files, failed }
    }

    fn file(&mut self, path: &Path) {
        self.found.files.push(path.to_owned());
    }

    fn directory(&mut self, path: &Path, depth: usize) {
        let below = machine_directories(path);
        if !below.is_empty() {
            below.iter().for_each(|path| self.directory(path, depth + 1));
            return;
        }
        let mut entries = match fs::read_dir(path).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
            Ok(entries) => entries,
            Err(source) => return self.found.failed.push(Error::Io { path: path.to_owned(), source }),
        };
        // So the paths are all but sorted in the end, where comparing them takes longer.
        entries.sort_by_cached_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            let directory = entry.file_type().is_ok_and(|kind| kind.is_dir());
            if directory && depth < DEPTH {
                self.directory(&path, depth + 1);
            } else if !directory && FileName::is_one(&entry.file_name()) {
                self.file(&path);
            } else if let Some(looks_like) = wrapped(&path) {
                self.found.failed.push(Error::NotAJournal { path, looks_like: Some(looks_like) });
            }
        }
    }
}

/// Journals that somebody packed after copying them, each or all in one: worth a word, since they are not read.
fn wrapped(path: &Path) -> Option<&'static str> {
    const PACKED: [(&str, &str); 4] = [(".gz", "gzip"), (".zst", "zstd"), (".xz", "xz"), (".bz2", "bzip2")];
    const ARCHIVES: [&str; 6] = [".tar", ".tgz", ".tar.gz", ".tar.zst", ".tar.xz", ".tar.bz2"];
    let name = path.file_name()?.to_str()?;
    if ARCHIVES.iter().any(|ending| name.ends_with(ending)) && name.contains("journal") {
        return Some("an archive: unpack it first");
    }
    let (_, what) = PACKED.iter().find(|(ending, _)| name.ends_with(ending))?;
    let inner = name.rsplit_once('.')?.0;
    (inner.ends_with(".journal") || inner.ends_with(".journal~")).then_some(match *what {
        "gzip" => "gzip: decompress it first",
        "zstd" => "zstd: decompress it first",
        "xz" => "xz: decompress it first",
        _ => "bzip2: decompress it first",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> PathBuf {
        let root = std::env::temp_dir().join(format!("lastwords-discover-{}", std::process::id()));
        let machine = root.join("0123456789abcdef0123456789abcdef");
        fs::create_dir_all(&machine).unwrap();
        fs::create_dir_all(root.join("device/var/log/journal/0123456789abcdef0123456789abcdef.app")).unwrap();
        for file in [
            "0123456789abcdef0123456789abcdef/system.journal",
            "0123456789abcdef0123456789abcdef/fss",
            "0123456789abcdef0123456789abcdef/user-1000.journal.gz",
            "device/var/log/journal/0123456789abcdef0123456789abcdef.app/system@0-1.journal~",
        ] {
            fs::write(root.join(file), b"").unwrap();
        }
        root
    }

    #[test]
    fn a_tree_of_machines_is_searched_and_each_file_counts_once() {
        let root = tree();
        let again = root.join("0123456789abcdef0123456789abcdef/../0123456789abcdef0123456789abcdef/system.journal");
        let found = discover(&[root.clone(), again, root.join("absent")]);
        let names: Vec<_> =
            found.files.iter().map(|path| path.strip_prefix(&root).unwrap().to_str().unwrap()).collect();
        assert_eq!(
            names,
            [
                "0123456789abcdef0123456789abcdef/system.journal",
                "device/var/log/journal/0123456789abcdef0123456789abcdef.app/system@0-1.journal~"
            ]
        );
        let failed: Vec<_> = found.failed.iter().map(ToString::to_string).collect();
        assert!(
            failed[0].ends_with("user-1000.journal.gz: not a journal: looks like gzip: decompress it first"),
            "{failed:?}"
        );
        assert!(failed[1].contains("absent"), "{failed:?}");
        assert!(holds_journals(&root));
        assert!(!holds_journals(&root.join("device")));
        fs::remove_dir_all(root).unwrap();
    }
}
