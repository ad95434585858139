//! Whole answers, word by word: `testdata/golden/NAME.cmd` has one argument per line, and beside it lie what came out,
//! what was said on stderr, and the exit status. `BLESS=1` writes them anew; the difference is reviewed like code.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use support::{Answer, command, files_in, name};

/// Runs a case: lines that begin with `NAME=` of a known variable, or with `#`, come before the arguments.
fn run(case: &Path) -> Answer {
    let text = fs::read_to_string(case).unwrap();
    let mut command = command();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        match line.split_once('=') {
            Some(("COLUMNS", value)) => command.env("COLUMNS", value),
            Some(("TZ", value)) => command.env("TZ", value),
            _ => command.arg(line),
        };
    }
    Answer::of(command.output().expect("the command runs"))
}

/// Compares a part of the answer with the file of this ending, or writes that file.
fn settle(case: &Path, ending: &str, ours: &[u8], wrong: &mut Vec<String>) {
    let path = case.with_extension(ending);
    if std::env::var_os("BLESS").is_some() {
        return fs::write(&path, ours).unwrap();
    }
    let theirs = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}; BLESS=1 writes it", path.display()));
    if ours != theirs {
        let (ours, theirs) = (String::from_utf8_lossy(ours), String::from_utf8_lossy(&theirs).into_owned());
        let differs = ours.lines().zip(theirs.lines()).find(|(our, their)| our != their);
        wrong.push(format!("{}: {differs:?} ({} bytes, not {})", name(&path), ours.len(), theirs.len()));
    }
}

#[test]
fn every_answer_is_as_it_was_blessed() {
    let cases: Vec<PathBuf> = files_in("golden", |name| name.ends_with(".cmd"));
    let mut wrong = Vec::new();
    for case in &cases {
        let answer = run(case);
        settle(case, "stdout", &answer.stdout, &mut wrong);
        settle(case, "stderr", answer.stderr.as_bytes(), &mut wrong);
        settle(case, "exit", format!("{}\n", answer.status).as_bytes(), &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(cases.len() >= 85, "only {} cases", cases.len());
}

#[test]
fn no_case_has_lost_its_parts_and_no_part_its_case() {
    for path in files_in("golden", |name| !["input", "README.md"].contains(&name)) {
        assert!(path.with_extension("cmd").exists(), "{} belongs to no case", path.display());
    }
}

/// The exit status of a command whose reader goes away after the first bytes.
fn cut_off(args: &[&str]) -> (i32, String) {
    let mut child = command().args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut pipe = child.stdout.take().unwrap();
    let mut first = [0; 16];
    pipe.read_exact(&mut first).unwrap();
    drop(pipe);
    let answer = Answer::of(child.wait_with_output().unwrap());
    (answer.status, answer.stderr)
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    for args in [
        &["show", "testdata/demo", "-o", "export"][..],
        &["show", "testdata/demo", "-o", "export", "--threads", "1"],
        &["show", "testdata/demo", "-o", "json", "--reverse", "--threads", "4"],
        &["fields", "testdata/demo", "MESSAGE"],
        &["why", "testdata/demo"],
    ] {
        assert_eq!(cut_off(args), (0, String::new()), "{args:?}");
    }
}

#[test]
fn a_stdout_that_is_full_is_a_failure() {
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = command().args(["show", "testdata/demo", "-o", "export"]).stdout(full).output().unwrap();
    let answer = Answer::of(output);
    assert_eq!(answer.status, 2);
    assert!(answer.stderr.starts_with("lastwords: cannot write: "), "{}", answer.stderr);
}
