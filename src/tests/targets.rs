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
        (&["--output", taken][..], "exists already, and nothing is overwritten"),
        (&["-o", "journal", "--to", taken], "exists already, and nothing is overwritten"),
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
    let script = "ulimit -f 200; exec \"$@\"";
    let mut shell = Command::new("sh");
    shell.args(["-c", script, "sh"]).arg(command().get_program()).args(args).current_dir(support::root());
    Answer::of(shell.output().unwrap())
}

#[test]
#[cfg(unix)]
fn a_disk_that_is_full_leaves_nothing() {
    let folder = Folder::new("target-full");
    let (file, rescued) = (folder.path().join("copy.journal"), folder.path().join("new/rescued"));
    let machine = Path::new(DEMO).file_name().unwrap();
    for (command, target, named) in [("show", &file, &file), ("salvage", &rescued, &rescued.join(machine))] {
        let answer = on_a_small_disk(&[command, DEMO, "--output", target.to_str().unwrap()]);
        assert_eq!(answer.status, 2, "{answer:?}");
        // What is named is what the user knows, not the file that has another name yet.
        let said = format!("lastwords: {}: File too large (os error 27)\n", named.display());
        assert!(answer.stderr.ends_with(&said), "{}", answer.stderr);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left, and no folder for it");
    }
}

/// Begins to write, and sends a signal as soon as there is a file; how the process ended, or nothing if it was too fast.
#[cfg(unix)]
fn signalled(args: &[&str], folder: &Path, signal: &str) -> Option<(Option<i32>, Option<i32>)> {
    use std::os::unix::process::ExitStatusExt;
    let mut child = command().args(args).stderr(std::process::Stdio::null()).spawn().unwrap();
    let begun = loop {
        if files_below(folder).iter().any(|path| path.extension().is_some_and(|kind| kind == "part")) {
            break true;
        }
        if child.try_wait().unwrap().is_some() {
            break false;
        }
        std::thread::sleep(std::time::Duration::from_millis(1));
    };
    // Who has ended and was waited for may have given its number to another.
    assert!(!begun || Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
    let status = child.wait().unwrap();
    (begun && !status.success()).then(|| (status.code(), status.signal()))
}

#[test]
#[cfg(unix)]
fn a_signal_leaves_nothing_that_is_not_whole() {
    let sources = Folder::new("target-signal-source");
    let source = sources.file("many.journal", &lastwords::testkit::synth::sample(30_000).build());
    let source = source.to_str().unwrap();
    let folder = Folder::new("target-signal");
    let (file, rescued) = (folder.path().join("copy.journal"), folder.path().join("rescued"));
    // Shells start what runs in the background so that it takes no Ctrl-C, and nohup what takes no HUP; both then hold for
    // us too.
    let ignored = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = ignored.lines().find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok());
    let is_ignored = |bit: u32| ignored.unwrap_or_default() >> bit & 1 != 0;
    for (command, target) in [("show", &file), ("salvage", &rescued)] {
        let ends = [
            ("-INT", 1, (Some(130), None)),
            ("-TERM", 14, (None, Some(15))),
            ("-HUP", 0, (None, Some(1))),
            ("-QUIT", 2, (None, Some(3))),
            ("-USR1", 9, (None, Some(10))),
        ];
        for (signal, bit, ended) in ends {
            if is_ignored(bit) {
                continue;
            }
            let args = [command, source, "--output", target.to_str().unwrap()];
            let found = (0..20).find_map(|_| {
                let found = signalled(&args, folder.path(), signal);
                if found.is_none() {
                    let _ = std::fs::remove_file(target).or_else(|_| std::fs::remove_dir_all(target));
                }
                found
            });
            assert_eq!(found, Some(ended), "{command} {signal}");
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{command} {signal}");
        }
    }
}

#[test]
fn salvage_makes_the_directory_that_is_named_and_says_what_it_wrote() {
    let folder = Folder::new("target-bare");
    let source = support::testdata("broken/array-lost.journal");
    let run = |output: &str| {
        let mut command = command();
        command.current_dir(folder.path()).args(["salvage", source.to_str().unwrap(), "--output", output]);
        Answer::of(command.output().unwrap())
    };
    let answer = run("rescued");
    assert_eq!(answer.status, 3, "{}", answer.stderr);
    // The source has 316 entries of 2 boots, whose numbers grow.
    assert!(answer.stderr.contains(".journal: 316 entries of 2 boots, sequence numbers kept\n"), "{}", answer.stderr);
    assert_eq!(files_below(&folder.path().join("rescued")).len(), 1);
    // The names of formats stay what they are.
    assert!(run("json").text().starts_with('{'));
    folder.file("file", b"mine");
    let refused = run("file");
    assert!(refused.status == 2 && refused.stderr.contains("file: exists already and is no directory"), "{refused:?}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn salvage_says_where_numbers_are_new() {
    let folder = Folder::new("target-anew");
    let two = lastwords::testkit::synth::sample(2).build();
    let source = folder.file("two.journal", &two);
    let mut numbered = two.clone();
    // The second entry has the number of the first: its object begins where the last one's number lies.
    let entries = lastwords::testkit::synth::sample(2).layout().entries;
    let first: [u8; 8] = two[entries[0] as usize + 16..][..8].try_into().unwrap();
    numbered[entries[1] as usize + 16..][..8].copy_from_slice(&first);
    let doubled = folder.file("doubled.journal", &numbered);
    for (source, wanted) in
        [(&source, "sequence numbers kept"), (&doubled, "numbered anew, since their numbers do not grow")]
    {
        let into = folder.path().join("into");
        let answer = lastwords(&["salvage", source.to_str().unwrap(), "--output", into.to_str().unwrap()]);
        assert!(answer.stderr.contains(&format!(", {wanted}\n")), "{}", answer.stderr);
        std::fs::remove_dir_all(into).unwrap();
    }
}

#[test]
fn salvage_refuses_to_choose_what_a_directory_gets() {
    let folder = Folder::new("target-choice");
    let into = folder.path().join("into");
    let run = |args: &[&str]| lastwords(&[&["salvage", DEMO, "--output", into.to_str().unwrap()], args].concat());
    for (args, named) in [
        (&["-u", "ssh"][..], "--unit"),
        (&["-b"], "--boot"),
        (&["-n5"], "--lines"),
        (&["-S", "yesterday"], "--since"),
        (&["--output-fields", "MESSAGE"], "--output-fields"),
        (&["--strict"], "--strict"),
        (&["--to", "x.journal"], "--to"),
        (&["--list-boots"], "--list-boots"),
        (&["PRIORITY=3"], "terms"),
    ] {
        let refused = run(args);
        assert_eq!(refused.status, 2, "{args:?}: {}", refused.stderr);
        assert!(refused.stderr.contains("a directory gets all entries, not"), "{args:?}: {}", refused.stderr);
        assert!(refused.stderr.contains(named), "{args:?}: {}", refused.stderr);
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    let written = run(&["--layout", "regular", "--threads", "2", "-aq", "--utc", "--tz", "UTC", "--color", "never"]);
    assert_eq!(written.status, 2, "the two zones exclude each other: {}", written.stderr);
    let written = run(&["--layout", "regular", "--threads", "2", "-aq", "--utc", "--color", "never"]);
    assert_eq!(written.status, 0, "{}", written.stderr);
    let files = files_below(&into);
    let flags = |path: &PathBuf| std::fs::read(path).unwrap()[12];
    assert!(!files.is_empty() && files.iter().all(|path| flags(path) & 1 << 4 == 0), "compact in spite of --layout");
}

#[test]
fn a_mistyped_format_is_no_directory() {
    let folder = Folder::new("target-slip");
    let source = folder.file("one.journal", &lastwords::testkit::synth::sample(3).build());
    let run = |output: &str| {
        let mut command = command();
        command.current_dir(folder.path()).args(["salvage", source.to_str().unwrap(), "--output", output]);
        Answer::of(command.output().unwrap())
    };
    for (typed, meant) in [("exprot", "export"), ("JSON", "json"), ("short_iso", "short-iso"), ("jornal", "journal")] {
        let refused = run(typed);
        assert_eq!(refused.status, 2, "{typed}: {}", refused.stderr);
        assert!(refused.stderr.contains(&format!("'{typed}' is no format; '{meant}' is one")), "{}", refused.stderr);
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    assert_eq!(run("exprot/").status, 0);
    assert_eq!(files_below(&folder.path().join("exprot")).len(), 1);
    // What is there by now is meant.
    let taken = run("exprot");
    assert!(taken.status == 2 && taken.stderr.contains("exists already"), "{}", taken.stderr);
}

#[test]
fn a_second_salvage_into_the_same_directory_is_refused_as_a_whole() {
    let folder = Folder::new("target-second");
    std::fs::create_dir(folder.path().join("from")).unwrap();
    let synth = || lastwords::testkit::synth::sample(4);
    // The numbers of one do not grow, so that it counts anew; those of the other are kept.
    let (mut doubled, entries) = (synth().build(), synth().layout().entries);
    doubled.copy_within(entries[0] as usize + 16..entries[0] as usize + 24, entries[1] as usize + 16);
    folder.file("from/system.journal", &doubled);
    folder.file("from/user-1000.journal", &synth().seqnum_id([9; 16]).file_id([8; 16]).build());
    let into = folder.path().join("into");
    let from = folder.path().join("from");
    let run = || lastwords(&["salvage", from.to_str().unwrap(), "--output", into.to_str().unwrap()]);
    assert!(run().stderr.contains("numbered anew"));
    let mut first = files_below(&into);
    first.sort();
    assert_eq!(first.len(), 2, "{first:?}");
    let refused = run();
    assert!(refused.status == 2 && refused.stderr.contains("has these entries already"), "{}", refused.stderr);
    let mut second = files_below(&into);
    second.sort();
    assert_eq!(second, first);
    // The first one could be written again, but the other one is there: there is neither.
    std::fs::remove_file(&first[0]).unwrap();
    let refused = run();
    assert!(refused.status == 2 && refused.stderr.contains("exists already"), "{}", refused.stderr);
    assert_eq!(files_below(&into), [first[1].clone()]);
}

#[test]
fn a_flipped_hash_of_an_entry_is_told_and_not_written() {
    let folder = Folder::new("target-hash");
    let synth = lastwords::testkit::synth::sample(20);
    let (mut bytes, at) = (synth.build(), synth.layout().entries[7]);
    bytes[at as usize + 57] ^= 1;
    let (source, copy) = (folder.file("closed.journal", &bytes), folder.path().join("copy.journal"));
    let answer = lastwords(&["show", source.to_str().unwrap(), "--output", copy.to_str().unwrap()]);
    assert_eq!(answer.status, 3, "{}", answer.stderr);
    assert!(answer.stderr.contains(&format!("entry at {at:#x}: stored hash")), "{}", answer.stderr);
    let verified = lastwords(&["verify", copy.to_str().unwrap()]);
    assert_eq!(verified.status, 0, "{}", verified.text());
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
