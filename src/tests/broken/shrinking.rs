//! Files that shrink while they are read.

use lastwords::testkit::synth::sample;

use super::*;

/// The file is cut while the command waits for its reader, who takes nothing until then.
#[test]
#[cfg(unix)]
fn a_file_that_shrinks_while_it_is_read_costs_only_itself() {
    use std::io::Read;
    use std::process::{Command, Stdio};

    let folder = Folder::new("shrinks");
    let long = folder.file("long.journal", &sample(3000).padding(4000).build());
    let short = folder.file("short.journal", &fs::read(testdata("broken/unharmed.journal")).unwrap());
    let mut child = Command::new(env!("CARGO_BIN_EXE_lastwords"))
        .args(["show", "-o", "export", "--threads", "1"])
        .args([&long, &short])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 1];
    child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
    fs::File::options().write(true).open(&long).unwrap().set_len(1 << 16).unwrap();
    let answer = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&answer.stderr).into_owned();
    assert_eq!(answer.status.code(), Some(3), "{said}");
    assert!(said.contains("long.journal: shrank, or its medium failed, while it was read"), "{said}");
    assert!(!said.contains("short.journal"), "{said}");
    let stream = [&first[..], &answer.stdout].concat();
    let sound = exported(short.to_str().unwrap());
    let shown: BTreeSet<&[u8]> = export_entries(&stream).into_iter().collect();
    assert!(sound.entries().iter().all(|entry| shown.contains(entry)), "the other file is shown whole");
    assert!(shown.len() < 3000 + sound.entries().len(), "what lay behind the cut is gone");
}

/// No output says how far a check is, so that the cut is tried at one time after the other until it is met.
#[test]
#[cfg(unix)]
fn a_file_that_shrinks_while_it_is_checked_is_not_called_faulty() {
    use std::process::Command;

    let folder = Folder::new("shrinks-verify");
    let bytes = sample(3000).padding(8000).build();
    let met = (0..400_u64).any(|attempt| {
        let long = folder.file("long.journal", &bytes);
        let child = Command::new(env!("CARGO_BIN_EXE_lastwords"))
            .args(["verify", "--threads", "1", long.to_str().unwrap()])
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_micros(attempt % 100 * 500));
        fs::File::options().write(true).open(&long).unwrap().set_len(1 << 16).unwrap();
        let answer = Answer::of(child.wait_with_output().unwrap());
        let is_met = answer.stderr.contains("long.journal: shrank, or its medium failed, while it was read");
        assert!(!is_met || (answer.status == 3 && answer.stdout.is_empty()), "{answer:?}");
        is_met
    });
    assert!(met, "the file was cut too early or too late each time");
}
