//! The demo device: what the command says of its eight boots, held against what truly happened.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;
use support::{DEMO, lastwords, testdata};

const DIR: &str = "testdata/demo";

/// The boots as they truly were, oldest first.
fn truth() -> Vec<Value> {
    let text = fs::read_to_string(testdata("demo/truth.json")).unwrap();
    let mut truth: Value = serde_json::from_str(&text).unwrap();
    let boots: Vec<Value> = std::mem::take(truth["boots"].as_array_mut().unwrap());
    assert_eq!(boots.len(), 8);
    boots
}

/// What a careful reader may say of a facet: the truth, or where the log cannot prove it, what the truth accepts.
fn accepted(boot: &Value, facet: &str) -> Vec<Value> {
    match boot["accept"][facet].as_array() {
        Some(accepted) => accepted.clone(),
        None => vec![boot["ending"][facet].clone()],
    }
}

fn assert_ending(boot: &Value, ending: &Value) {
    for facet in ["orderliness", "action"] {
        let may = accepted(boot, facet);
        assert!(may.contains(&ending[facet]), "boot {}: {facet} {} is none of {may:?}", boot["boot"], ending[facet]);
    }
}

/// The boots' numbers as `-b` takes them, with the truth.
fn numbered() -> impl Iterator<Item = (String, Value)> {
    (-7..=0).map(|index: i32| index.to_string()).zip(truth())
}

#[test]
fn the_list_of_boots_is_true() {
    let answer = lastwords(&["boots", DIR, "-o", "json"]);
    assert_eq!((answer.status, answer.stderr.as_str()), (0, ""));
    let listed = answer.json();
    let listed = listed.as_array().unwrap();
    assert_eq!(listed.len(), 8);
    for (row, boot) in listed.iter().zip(truth()) {
        for (ours, true_one) in [
            ("boot_id", "boot_id"),
            ("entries", "entries"),
            ("first_entry", "first_realtime_us"),
            ("last_entry", "last_realtime_us"),
        ] {
            assert_eq!(row[ours], boot[true_one], "{ours} of boot {}", boot["boot"]);
        }
        assert_eq!(row["machine_id"], "84aa495b7a814afba75e63bef421138c");
        assert_eq!(row.get("last_unlisted_entry"), None, "every last entry of the demo is in its boot's list");
        assert_ending(&boot, &row["ending"]);
    }
}

#[test]
fn every_boot_is_judged_truly_and_the_exit_status_says_whether_it_ended_in_order() {
    for (index, boot) in numbered() {
        let answer = lastwords(&["why", DIR, "-b", &index, "-o", "json"]);
        let report = answer.json();
        assert_eq!(report["boot"]["id"], boot["boot_id"]);
        assert_eq!(report["boot"]["index"].to_string(), index);
        assert_eq!(report["boot"]["entries"], boot["entries"]);
        assert_eq!(report["boot"]["first"]["realtime"], boot["first_realtime_us"]);
        assert_eq!(report["boot"]["last"]["monotonic"], boot["last_monotonic_us"]);
        assert_ending(&boot, &report["ending"]);
        let in_order = boot["ending"]["orderliness"] != "abrupt";
        assert_eq!((answer.status, answer.stderr.as_str()), (i32::from(!in_order), ""), "boot {index}");
    }
}

#[test]
fn every_verdict_has_evidence_and_the_true_time_of_death_lies_within_the_bounds() {
    for (index, boot) in numbered() {
        let report = lastwords(&["why", DIR, "-b", &index, "-o", "json"]).json();
        let evidence = report["evidence"].as_array().unwrap();
        assert!(!evidence.is_empty(), "boot {index}");
        assert_eq!(report.get("death").is_none(), index == "0", "boot {index}");
        if let Some(died) = boot["died_realtime_us"].as_u64() {
            let death = &report["death"];
            assert!(death["from"].as_u64().unwrap() <= died, "boot {index}: {death}");
            assert!(death["to"].as_u64().unwrap() >= died, "boot {index}: {death}");
        }
    }
}

/// Every `cursor` anywhere in a value.
fn cursors<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("cursor").and_then(Value::as_str));
            members.values().for_each(|member| cursors(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| cursors(item, found)),
        _ => {}
    }
}

/// The cursors and messages of all entries of the demo.
fn shown() -> BTreeSet<(String, String)> {
    let answer = lastwords(&["show", DIR, "-o", "json", "--all"]);
    let lines = answer.text().lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    lines.map(|entry| (text(&entry["__CURSOR"]), text(&entry["MESSAGE"]))).collect()
}

#[test]
fn every_cited_line_is_an_entry_of_its_boot_and_says_what_is_cited() {
    let shown = shown();
    assert_eq!(shown.len(), 2377);
    let mut cited = 0;
    for (index, _) in numbered() {
        let report = lastwords(&["why", DIR, "-b", &index, "-o", "json"]).json();
        let mut found = Vec::new();
        cursors(&report, &mut found);
        for cursor in &found {
            assert!(shown.iter().any(|(known, _)| known == cursor), "boot {index} cites {cursor}");
        }
        for sign in report["evidence"].as_array().unwrap().iter().filter(|sign| sign.get("line").is_some()) {
            let line = |member: &str| sign["line"][member].as_str().unwrap().to_owned();
            assert!(shown.contains(&(line("cursor"), line("message"))), "boot {index}: {sign}");
            let boot = report["boot"]["id"].as_str().unwrap();
            let own = line("cursor").contains(&format!(";b={boot};"));
            assert_eq!(own, sign["side"] == "this", "boot {index}: {sign}");
        }
        cited += found.len();
    }
    assert!(cited > 8 * 20, "only {cited} lines cited");
}

#[test]
fn the_proofs_of_the_truth_are_among_the_evidence() {
    let proofs = [
        ("-5", "PStore dmesg-efi_pstore-179188403901001 moved to"),
        ("-4", "x86/amd: Previous system reset reason [0x02000800]: hardware watchdog timer expired"),
        ("-2", "System is powering down."),
        ("-1", "System is rebooting."),
    ];
    for (index, message) in proofs {
        let report = lastwords(&["why", DIR, "-b", index, "-o", "json"]).json();
        let says = |sign: &Value| sign["line"]["message"].as_str().is_some_and(|text| text.starts_with(message));
        assert!(report["evidence"].as_array().unwrap().iter().any(says), "boot {index} lacks {message}");
    }
}

#[test]
fn what_the_next_boots_beginning_leaves_out_is_counted() {
    let report = lastwords(&["why", DIR, "-b", "-5", "-o", "json"]).json();
    let (next, number) = (&report["next"], |line: &Value| line["seqnum"].as_u64().unwrap());
    let head = next["head"].as_array().unwrap();
    let entries: u64 = head.iter().map(|moments| moments["count"].as_u64().unwrap()).sum();
    let first = number(&head[0]["place"]);
    let told = next["lines"].as_array().unwrap().iter().map(|sign| number(&sign["line"]));
    let later: BTreeSet<u64> = told.filter(|told| *told >= first + entries).collect();
    // One file without a gap: the numbers count its entries.
    let hidden = later.last().unwrap() + 1 - first - entries - later.len() as u64;
    assert_eq!(next["omitted"].as_u64(), Some(hidden));
    assert!(hidden > 0 && lastwords(&["why", DIR, "-b", "-5"]).text().contains(&format!("({hidden} entries more)\n")));
}

#[test]
fn a_path_alone_asks_of_the_newest_boot_that_ended() {
    let bare = lastwords(&[DIR]);
    assert_eq!((bare.status, bare.stderr.as_str()), (0, ""));
    assert_eq!(bare.text(), lastwords(&["why", DIR, "-b", "-1"]).text());
    assert!(bare.text().contains("\nBoot -1\n"));
    assert!(bare.text().contains("\n  boot id     81d4714275f44b7b86e021a702e5a528\n"));
}

#[test]
fn a_boot_can_be_named_in_five_ways() {
    let id = "12b29df8b540484babd12f96d586394c";
    let wanted = lastwords(&["why", DEMO, "-b", "-4"]).stdout;
    for name in [id, "4", "+4", "44e4dec62ed84f368e6c8d494914a85f-1", "afdb361242e9472087e8a4281077505b+1"] {
        assert_eq!(lastwords(&["why", DEMO, "-b", name]).stdout, wanted, "{name}");
        let entries = lastwords(&["show", DEMO, "-o", "export", "-b", name]);
        assert_eq!(entries.entries().len(), 252, "{name}");
    }
}

#[test]
fn each_boot_shows_as_many_entries_as_it_is_said_to_have() {
    for (index, boot) in numbered() {
        let entries = lastwords(&["show", DIR, "-o", "export", "-b", &index]);
        assert_eq!(entries.entries().len(), usize::try_from(boot["entries"].as_u64().unwrap()).unwrap(), "{index}");
    }
}
