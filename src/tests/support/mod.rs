//! What the integration tests share: the command in a fixed surrounding, test data, folders that go away.

#![allow(dead_code, reason = "each target uses a part of it")]

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use lastwords::file::{JournalFile, Options};
use lastwords::format::Inflater;
use lastwords::journal::{Journal, Place};
use serde_json::Value;

/// The journal directory of the demo, as `journalctl -D` takes it.
pub(crate) const DEMO: &str = "testdata/demo/84aa495b7a814afba75e63bef421138c";

/// The package's root, where every command of the tests runs.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A path below `testdata`.
pub(crate) fn testdata(name: &str) -> PathBuf {
    root().join("testdata").join(name)
}

/// The paths in a folder of `testdata` that `wanted` picks by name, sorted.
pub(crate) fn files_in(folder: &str, wanted: impl Fn(&str) -> bool) -> Vec<PathBuf> {
    let entries = fs::read_dir(testdata(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| wanted(&name(path)));
    paths.sort();
    paths
}

/// Whether a name is one that journald gives.
pub(crate) fn is_journal(name: &str) -> bool {
    name.ends_with(".journal") || name.ends_with(".journal~")
}

pub(crate) fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

/// What the command answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
    pub(crate) status: i32,
}

impl Answer {
    pub(crate) fn of(output: Output) -> Self {
        let status = output.status.code().unwrap_or_else(|| panic!("killed: {:?}", output.status));
        let stderr = String::from_utf8(output.stderr).expect("stderr is UTF-8");
        assert!(!stderr.contains("panicked"), "{stderr}");
        Self { stdout: output.stdout, stderr, status }
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.stdout).expect("stdout is UTF-8")
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The entries of an export stream, in order.
    pub(crate) fn entries(&self) -> Vec<&[u8]> {
        export_entries(&self.stdout)
    }
}

/// The command with a surrounding that is the same everywhere.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lastwords"));
    command.current_dir(root()).stdin(Stdio::null());
    for name in ["CLICOLOR", "CLICOLOR_FORCE", "RAYON_NUM_THREADS"] {
        command.env_remove(name);
    }
    command.envs([("TZ", "UTC"), ("LC_ALL", "C.UTF-8"), ("COLUMNS", "80"), ("NO_COLOR", "1"), ("TERM", "xterm")]);
    command
}

/// Runs the command with these arguments to its end.
pub(crate) fn lastwords<S: AsRef<OsStr>>(args: &[S]) -> Answer {
    Answer::of(command().args(args).output().expect("the command runs"))
}

/// The entries of an export stream, cut at the empty line behind each; fields with a length are stepped over.
pub(crate) fn export_entries(stream: &[u8]) -> Vec<&[u8]> {
    let (mut entries, mut start, mut at) = (Vec::new(), 0, 0);
    while at < stream.len() {
        let end = at + stream[at..].iter().position(|byte| *byte == b'\n').expect("a line ends");
        let line = &stream[at..end];
        at = end + 1;
        if line.is_empty() {
            entries.push(&stream[start..end]);
            start = at;
        } else if !line.contains(&b'=') {
            let size = u64::from_le_bytes(stream[at..at + 8].try_into().unwrap());
            at += 8 + usize::try_from(size).unwrap() + 1;
        }
    }
    assert_eq!(start, stream.len(), "the last entry is whole");
    entries
}

/// A folder for one test, removed with everything in it at the end.
#[derive(Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Writes a file and returns its path.
    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A journal of files that lie in memory only.
pub(crate) fn journal_of<'a>(files: impl IntoIterator<Item = (&'a str, Vec<u8>)>) -> Journal {
    let open = |(name, bytes)| JournalFile::from_bytes(Path::new(name), bytes, Options::default()).unwrap();
    Journal::from_files(files.into_iter().map(open).collect())
}

/// What an entry is, wherever it is stored: its clocks, its boot and its payloads.
pub(crate) type Content = (u64, u64, String, BTreeSet<Vec<u8>>);

/// The content of an entry; a field that cannot be read is left out.
pub(crate) fn content(journal: &Journal, place: Place) -> Content {
    let entry = journal.entry(place).unwrap();
    let payload = |at| {
        let (name, value) = entry.field_at(at, &mut Inflater::default()).ok().map(|(n, v)| (n.to_vec(), v.to_vec()))?;
        Some([&name[..], b"=", &value].concat())
    };
    let fields = entry.items().filter_map(payload).collect();
    (entry.realtime().0, entry.monotonic().0, entry.boot_id().to_string(), fields)
}

/// A path beside the project, in `../shared` or where `LASTWORDS_SHARED` says; where there is none, says so.
#[allow(clippy::print_stdout, reason = "what is not tested is said")]
pub(crate) fn shared(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("LASTWORDS_SHARED").map_or_else(|| root().join("../shared"), PathBuf::from);
    let path = folder.join(name);
    if !path.exists() {
        println!("not tested: there is no {}", path.display());
        return None;
    }
    Some(path)
}
