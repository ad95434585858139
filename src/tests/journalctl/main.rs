//! Command line by command line as journalctl: the lines of `testdata/answers/lines.txt`, asked of both.
//!
//! An installed journalctl (or the one that `JOURNALCTL` names) is asked there and then if answers of its version are
//! recorded; the other versions answer by their recordings, `testdata/answers/lines.VERSION`. `RECORD=1` writes that of
//! the journalctl at hand. `LASTWORDS_MORE=DIR:DIR` asks every line for the demo of these directories too, and
//! `LASTWORDS_BIN` names another lastwords.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "what was asked of other directories is said")]

#[path = "../support/mod.rs"]
mod support;

mod program;
mod recording;
mod same;
mod table;

use std::path::PathBuf;

use program::{Journalctl, Reply};
use rayon::prelude::*;
use recording::Recording;
use same::difference;
use table::{Line, Table};

/// How our answer to a line differs from theirs; what is known to differ must.
fn verdict(table: &Table, line: &Line, version: u32, ours: &Reply, theirs: &Reply) -> Option<String> {
    match (difference(table, line, version, ours, theirs), line.differs(version)) {
        (None, Some(why)) => Some(format!("{line}: no longer differs from {version}, though: {why}")),
        (Some(found), None) => Some(format!("{line}: not as {version}: {found}")),
        _ => None,
    }
}

#[test]
fn every_command_line_gives_what_journalctl_gives() {
    let table = Table::read();
    let live = Journalctl::find();
    if std::env::var_os("RECORD").is_some() {
        let journalctl = live.expect("recording takes a journalctl");
        return Recording::of(&table, &journalctl).write();
    }
    let recordings = Recording::all();
    assert!(recordings.len() >= 2, "answers of {} versions", recordings.len());
    let answered = table.lines.par_iter().flat_map_iter(|line| {
        let ours = program::lastwords(&table, line, None);
        let asked = recordings.iter().filter(|recording| line.asked_of(recording.version));
        let verdicts = asked.filter_map(|recording| {
            let live = live.as_ref().filter(|live| live.version == recording.version);
            let theirs = live.map_or_else(|| recording.reply(line), |live| live.reply(&table, line, None));
            verdict(&table, line, recording.version, &ours, &theirs)
        });
        verdicts.collect::<Vec<_>>()
    });
    let wrong: Vec<String> = answered.collect();
    assert!(wrong.is_empty(), "{} lines:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_lines_are_many_and_every_one_is_recorded() {
    let table = Table::read();
    assert!(table.lines.len() >= 150, "only {} lines", table.lines.len());
    for recording in Recording::all() {
        let wanted: Vec<_> = table.lines.iter().filter(|line| line.asked_of(recording.version)).collect();
        for line in &wanted {
            assert!(recording.has(line), "{line}: no answer of {}; make/lines.sh records it", recording.version);
        }
        assert_eq!(recording.len(), wanted.len(), "answers of {} that no line asks for", recording.version);
    }
}

/// Only on demand: the directories are large, and nothing is recorded of them.
#[test]
fn every_command_line_gives_the_same_on_other_directories() {
    let Ok(places) = std::env::var("LASTWORDS_MORE") else { return };
    let table = Table::read();
    let live = Journalctl::find().expect("other directories take a journalctl");
    let asked = |line: &&Line| line.is_of_any_journal() && line.asked_of(live.version);
    let lines: Vec<&Line> = table.lines.iter().filter(asked).collect();
    let mut wrong = Vec::new();
    for place in places.split(':') {
        assert!(PathBuf::from(place).is_dir(), "{place}");
        let verdicts = lines.par_iter().filter_map(|line| {
            let ours = program::lastwords(&table, line, Some(place));
            let theirs = live.reply(&table, line, Some(place));
            // What is known to differ may be the same here.
            difference(&table, line, live.version, &ours, &theirs)
                .filter(|_| line.differs(live.version).is_none())
                .map(|found| format!("{line}: {found}"))
        });
        let verdicts: Vec<String> = verdicts.collect();
        println!("{place}: {} lines asked of {}, {} differ", lines.len(), live.title, verdicts.len());
        wrong.extend(verdicts.into_iter().map(|verdict| format!("{place}: {verdict}")));
    }
    assert!(wrong.is_empty(), "{} lines:\n{}", wrong.len(), wrong.join("\n"));
}

/// The header of every small file, but for what another version names or judges otherwise: flags that 252 does not know,
/// whether a file of its own header's size is old, and a size without a fraction.
#[test]
fn a_header_reads_as_in_journalctl() {
    if Journalctl::find().is_none_or(|found| found.version != 252) {
        return;
    }
    let said = |program: &str, args: &[&str]| {
        let output = std::process::Command::new(program).args(args).env("TZ", "UTC").output().unwrap();
        let lines = String::from_utf8(output.stdout).unwrap();
        let lines = lines.lines().filter(|line| !line.starts_with("Rotate") && !line.starts_with("Compatible"));
        lines.map(|line| line.replace(".0K", "K")).collect::<Vec<_>>()
    };
    let folder = support::root().join("testdata/small");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files: Vec<String> = files
        .filter(|path| path.extension().is_some_and(|kind| kind == "journal"))
        .map(|path| path.to_str().unwrap().to_owned())
        .collect();
    assert!(files.len() > 10);
    for file in &files {
        let ours = said(env!("CARGO_BIN_EXE_lastwords"), &["show", "--header", "--file", file]);
        assert_eq!(ours, said("journalctl", &["--header", "--file", file]), "{file}");
        assert!(ours.len() > 20);
    }
}
