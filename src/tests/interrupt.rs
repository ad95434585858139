//! Ctrl-C while entries are printed: the output ends behind a whole entry, and the status says so.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::io::Read;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use support::{DEMO, root};

/// What a shell says of a process that SIGINT ended.
const INTERRUPTED: i32 = 130;

/// Prints the demo into a pipe that nobody reads but its first byte.
fn printing(args: &[&str]) -> (Child, ChildStdout) {
    // Whoever runs the tests in the background has the signal ignored, and so would have the command.
    let mut command = Command::new("env");
    command.args(["--default-signal=INT", env!("CARGO_BIN_EXE_lastwords"), "show", "-D", DEMO]).args(args);
    let mut child = command.current_dir(root()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    out.read_exact(&mut [0]).unwrap();
    (child, out)
}

fn interrupt(child: &Child) {
    let kill = Command::new("sh").args(["-c", &format!("kill -INT {}", child.id())]).status().unwrap();
    assert!(kill.success());
    // Until the signal is taken.
    std::thread::sleep(Duration::from_millis(300));
}

#[test]
fn ctrl_c_ends_the_output_behind_a_whole_entry() {
    for (format, end) in [("export", "\n\n"), ("json", "}\n"), ("verbose", "\n")] {
        let mut whole = Command::new(env!("CARGO_BIN_EXE_lastwords"));
        let all = whole.args(["show", "-D", DEMO, "-o", format]).current_dir(root()).output().unwrap().stdout;
        for threads in ["1", "2"] {
            let (mut child, mut out) = printing(&["-o", format, "--threads", threads]);
            interrupt(&child);
            let (mut shown, mut said) = (all.get(..1).unwrap().to_vec(), String::new());
            out.read_to_end(&mut shown).unwrap();
            child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            let status = child.wait().unwrap().code();
            assert_eq!((status, said.as_str()), (Some(INTERRUPTED), ""), "{format}, {threads} threads");
            assert!(shown.len() < all.len() && all.starts_with(&shown), "{format}, {threads} threads: a part of it");
            // What comes next begins an entry; the fields of a verbose one are indented.
            let is_begun = all.get(shown.len()) == Some(&b' ');
            assert!(shown.ends_with(end.as_bytes()) && !is_begun, "{format}, {threads} threads: whole entries");
        }
    }
}

#[test]
fn a_second_ctrl_c_ends_it_though_nobody_reads_the_output() {
    let (mut child, _out) = printing(&["-o", "export"]);
    interrupt(&child);
    assert!(child.try_wait().unwrap().is_none(), "the entry is not whole yet");
    interrupt(&child);
    assert_eq!(child.wait().unwrap().code(), Some(INTERRUPTED));
}
