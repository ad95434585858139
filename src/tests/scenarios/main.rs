//! The scenarios of `testdata/scenarios.json` as journals: what the command must say of each boot, and does.
//!
//! Every row is built from lines that real machines wrote or that the sources of their programs give, with the trusted
//! fields that journald adds, in the shapes of files that the row names. `SCENARIOS_DIR=DIR` keeps the journals;
//! `SCENARIO=12` plays one row only.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "what does not hold yet is said")]

mod boot;
mod fakes;
mod host;
mod machine;
mod phases;
mod rows;
mod scene;
mod shared;
mod startup;
#[path = "../support/mod.rs"]
mod support;
mod table;

use lastwords::testkit::wound::PAGE;
use machine::{Journal, Left};
use rayon::prelude::*;
use scene::Scene;
use table::Row;

/// Rows that do not hold yet. One that does must be taken out.
const NOT_YET: &[&str] = &[];

/// The rows that are asked for, each with its scene.
fn scenes() -> Vec<(Row, Scene)> {
    let mut rows = table::read();
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    let built: Vec<&str> = rows::ALL.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, built, "every row of the table has a scene");
    if let Ok(only) = std::env::var("SCENARIO") {
        rows.retain(|row| row.id == only);
    }
    let scene = |row: &Row| rows::ALL.iter().find(|(id, _)| *id == row.id).unwrap().1();
    rows.into_iter()
        .map(|row| {
            let scene = scene(&row);
            (row, scene)
        })
        .collect()
}

#[test]
fn every_row_holds() {
    let play = |(row, scene): (Row, Scene)| {
        let seen = scene.play(&row.id);
        let failures = row.failures(&scene, &seen);
        (row, failures)
    };
    let played: Vec<(Row, Vec<String>)> = scenes().into_par_iter().map(play).collect();
    let mut wrong = Vec::new();
    for (row, failures) in &played {
        let title = format!("scenario {} ({})", row.id, row.name);
        match (failures.is_empty(), NOT_YET.contains(&row.id.as_str())) {
            (true, true) => wrong.push(format!("{title} holds: take it out of NOT_YET")),
            (false, false) => wrong.extend(failures.iter().map(|failure| format!("{title}, {failure}"))),
            (false, true) => failures.iter().for_each(|failure| println!("not yet: {title}, {failure}")),
            (true, false) => {}
        }
    }
    println!("{} of {} rows hold", played.iter().filter(|(_, failures)| failures.is_empty()).count(), played.len());
    assert!(wrong.is_empty(), "{} do not hold:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_row_has_the_files_that_it_needs() {
    for (row, scene) in scenes() {
        for need in &row.needs {
            assert!(has(&scene, need), "scenario {} needs: {need}", row.id);
        }
    }
}

fn has(scene: &Scene, need: &str) -> bool {
    let files: Vec<&Journal> = scene.machines.iter().flat_map(|machine| &machine.files).collect();
    let left = |left: Left| files.iter().any(|file| file.left == left);
    match need {
        "clean" => left(Left::Archived) || !left(Left::Torn),
        "tilde-online" => left(Left::Torn),
        "online" => left(Left::Online),
        "truncated" => files.iter().any(|file| file.percent < 100),
        "one file" => scene.machines.iter().all(|machine| machine.files.len() == 1),
        "several files" => files.len() > 1,
        "several seqnum ids" => files.windows(2).all(|pair| pair[0].seqnum_id != pair[1].seqnum_id),
        "several machines" => scene.machines.len() > 1,
        "no RTC" => files.iter().any(|file| steps_forward(file)),
        "separate /var/log/journal" => !files.iter().any(|file| file.says("Journal stopped")),
        _ => panic!("unknown need {need}"),
    }
}

/// Whether the wall clock is set forward within a boot.
fn steps_forward(file: &Journal) -> bool {
    let zero = |at: usize| file.records[at].realtime - file.records[at].monotonic;
    (1..file.records.len())
        .any(|at| file.records[at].boot_id == file.records[at - 1].boot_id && zero(at) > zero(at - 1))
}

#[test]
fn the_journals_are_whole_but_for_what_is_cut() {
    for (row, scene) in scenes() {
        for machine in &scene.machines {
            for (at, file) in machine.files.iter().enumerate() {
                let (bytes, arena) = (machine.bytes(at).len() as u64, machine.synth(at).layout().arena_end);
                assert_eq!(bytes == arena, file.percent == 100, "scenario {}", row.id);
                assert!(bytes > PAGE, "scenario {}: a file of a boot is no stub", row.id);
            }
        }
    }
}
