//! Where journals are written to: what is there stays, what cannot be written whole is not there, sources are only read.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use support::{Answer, DEMO, Folder, command, files_in, is_journal, lastwords};

/// All files below a folder.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

#[test]
fn a_target_is_refused_when_it_exists_or_is_not_named() {
    let folder = Folder::new("written-refused");
    let taken = folder.file("taken.journal", b"mine");
    let taken = taken.to_str().unwrap();
    let new = folder.path().join("new").to_str().unwrap().to_owned();
    for (args, why) in [
        (&["--output", taken][..], "exists"),
        (&["-o", "journal", "--to", taken], "exists"),
        (&["-o", "journal"], "say where to"),
        (&["-o", "short", "--to", &new], "it goes with -o journal"),
        (&["--output", taken, "--to", &new], "names the file already"),
        (&["-o", "journal", "--to", &new, "--join-partial"], "whole entries"),
        (&["-o", "journal", "--to", "no/such/folder/x.journal"], "No such file"),
    ] {
        let answer = lastwords(&[&["show", DEMO], args].concat());
        assert_eq!(answer.status, 2, "{args:?}");
        assert!(answer.stderr.contains(why), "{args:?}: {}", answer.stderr);
    }
    assert_eq!(std::fs::read(taken).unwrap(), b"mine");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

/// Runs the command where no file can become larger than 200 blocks, which looks like a disk that is full.
#[cfg(unix)]
fn on_a_small_disk(args: &[&str]) -> Answer {
    // The limit's signal is ignored.
    let script = "trap '' XFSZ; ulimit -f 200; exec \"$@\"";
    let mut shell = Command::new("sh");
    shell.args(["-c", script, "sh"]).arg(command().get_program()).args(args).current_dir(support::root());
    Answer::of(shell.output().unwrap())
}

#[test]
#[cfg(unix)]
fn a_disk_that_is_full_leaves_nothing() {
    let folder = Folder::new("target-full");
    let (file, rescued) = (folder.path().join("copy.journal"), format!("{}/", folder.path().display()));
    for args in [["show", DEMO, "--output", file.to_str().unwrap()], ["salvage", DEMO, "--output", &rescued]] {
        let answer = on_a_small_disk(&args);
        assert_eq!(answer.status, 2, "{answer:?}");
        assert!(answer.stderr.contains("File too large"), "{}", answer.stderr);
        assert_eq!(files_below(folder.path()), Vec::<PathBuf>::new());
    }
}

/// What a file holds, and when it was written.
fn state(path: &Path) -> (Vec<u8>, SystemTime) {
    (std::fs::read(path).unwrap(), std::fs::metadata(path).unwrap().modified().unwrap())
}

#[test]
fn sources_stay_as_they_are() {
    let folder = Folder::new("target-source");
    let sound = files_in("small", is_journal).remove(0);
    let broken = support::testdata("broken/array-lost.journal");
    for (name, source) in [("sound", sound), ("broken", broken)] {
        let copy = folder.file(&format!("{name}.journal"), &std::fs::read(&source).unwrap());
        let (path, before) = (copy.to_str().unwrap(), state(&copy));
        let other = folder.path().join(format!("{name}-copy.journal"));
        let into = folder.path().join(name);
        for (args, statuses) in [
            (["show", path, "--output", path], &[2][..]),
            (["show", path, "--output", other.to_str().unwrap()], &[0, 3]),
            (["salvage", path, "--output", &format!("{}/", into.display())], &[0, 3]),
        ] {
            let answer = lastwords(&args);
            assert!(statuses.contains(&answer.status), "{args:?}: {answer:?}");
            assert!(state(&copy) == before, "{args:?}");
        }
        assert!(other.exists() && !files_below(&into).is_empty());
    }
}
