//! Rules: the list, a user's own file, and what is said of one that is wrong.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeMap;
use std::path::PathBuf;

use lastwords::analysis::{JournalSource, Occurrences, Rulebook, Source, Wanted};
use lastwords::journal::Journal;
use serde_json::Value;
use support::{DEMO, Folder, command, lastwords, root};

const OWN: &str = r#"
version = 1

[senders]
gate = [["_SYSTEMD_UNIT=gate.service"]]

[[rule]]
id = "gate.restart"
by = "gate"
pattern = '^restart in (?P<seconds>[0-9]+) s$'
literal = "restart in "
cause = "requested.orchestrator"
strength = "strong"
shows = "the gate asked for a restart in {seconds} s"
fires = ["restart in 5 s"]
not = ["no restart in sight"]

[[rule]]
id = "final.pid1"
by = "pid1"
text = "Shutting down."
means = "step"
stage = "S3"
strength = "proof"
shows = "the fleet's own sentence for this line"
"#;

fn own(folder: &Folder, text: &str) -> PathBuf {
    folder.file("own.toml", text.as_bytes())
}

fn text(stdout: &[u8]) -> &str {
    std::str::from_utf8(stdout).unwrap()
}

#[test]
fn the_list_has_every_rule_and_fits_the_terminal_and_each_can_be_shown_in_full() {
    assert_eq!(lastwords(&["rules"]).status, 0);
    for columns in [80, 200] {
        let list = command().arg("rules").env("COLUMNS", columns.to_string()).output().unwrap().stdout;
        let lines: Vec<&str> = text(&list).lines().collect();
        let fits = |line: &str| line.chars().count() <= columns && line.trim_end() == line;
        assert!(lines.iter().all(|line| fits(line)), "{columns} columns");
        let starts: Vec<&str> = lines.iter().skip(1).filter_map(|line| line.split(' ').next()).collect();
        let ids: Vec<&str> = Rulebook::builtin().rules().iter().map(|rule| rule.id.as_str()).collect();
        assert_eq!(starts.into_iter().filter(|start| !start.is_empty()).collect::<Vec<_>>(), ids);
    }
    let json: Value = serde_json::from_slice(&lastwords(&["rules", "-o", "json"]).stdout).unwrap();
    assert_eq!(json["rules"].as_array().unwrap().len(), Rulebook::builtin().rules().len());
    assert_eq!(json["weights"]["proof"], 100.0);
    let one = lastwords(&["rules", "kernel.soft-lockup"]);
    let shown = text(&one.stdout);
    for part in ["kernel.soft-lockup: processor {cpu} was stuck", "BUG: soft lockup - CPU#", "REBOOTS 2.6", "fires"] {
        assert!(shown.contains(part), "{part} is not in {shown}");
    }
    let none = lastwords(&["rules", "no.such"]);
    assert_eq!((none.status, none.stderr.as_str()), (2, "lastwords: rule not found: no.such\n"));
}

#[test]
fn a_sound_file_is_counted_and_its_rules_hold_for_verdicts() {
    let folder = Folder::new("rules-own");
    let path = own(&folder, OWN);
    let path = path.to_str().unwrap();
    let check = lastwords(&["rules", "--check", path]);
    assert_eq!((check.status, text(&check.stdout)), (0, &*format!("{path}: 1 rule added, 1 replaced\n")));
    let list = lastwords(&["rules", "--rules", path]);
    assert!(text(&list.stdout).contains("the gate asked for a restart in {seconds} s"));
    let why = |args: &[&str]| text(&lastwords(&[&["why", DEMO, "-b", "1"], args].concat()).stdout).to_owned();
    let sentence = "the fleet's own sentence for this line";
    assert!(why(&["--rules", path]).contains(sentence));
    assert!(!why(&[]).contains(sentence));
    let boots = |args: &[&str]| lastwords(&[&["boots", DEMO], args].concat()).stdout;
    assert_eq!(boots(&["--rules", path]), boots(&[]));
}

#[test]
fn a_file_with_faults_is_refused_with_all_of_them_by_line() {
    let folder = Folder::new("rules-wrong");
    let wrong = OWN.replace("+) s$", "+ s$").replace("requested.orchestrator", "requested.nobody").replace("S3", "S9");
    let path = own(&folder, &wrong);
    let path = path.to_str().unwrap();
    let expected = [
        "14: rule gate.restart: shows: there is no capture `seconds`",
        "10: rule gate.restart: pattern: unclosed group",
        "12: rule gate.restart: cause: `requested.nobody` is not a cause",
        "15: rule gate.restart: fires: the rule does not fire on this line",
        "23: rule final.pid1: stage: `S9` is not one of S0, S1, S2, S3",
        "22: rule final.pid1: means: `step` needs a stage",
    ];
    let check = lastwords(&["rules", "--check", path]);
    assert_eq!(check.status, 1);
    for expected in expected {
        assert!(text(&check.stdout).contains(expected), "{expected} is not in\n{}", text(&check.stdout));
    }
    let json: Value = serde_json::from_slice(&lastwords(&["rules", "--check", path, "-o", "json"]).stdout).unwrap();
    let faults = json["faults"].as_array().unwrap();
    assert_eq!(faults.len(), text(&check.stdout).lines().count());
    assert!(faults.iter().any(|fault| fault["line"] == 12 && fault["field"] == "cause"));
    let why = lastwords(&["why", DEMO, "--rules", path]);
    assert_eq!(why.status, 2);
    assert!(why.stderr.contains("requested.nobody") && why.stdout.is_empty());
}

#[test]
fn a_file_that_eats_memory_is_refused() {
    let folder = Folder::new("rules-large");
    let nested = OWN.replace("[0-9]+", "(?:(?:a{999}){999}){999}");
    assert_eq!(lastwords(&["rules", "--check", own(&folder, &nested).to_str().unwrap()]).status, 1);
    let deep = format!("version = 1\nweights = {}1{}", "[".repeat(100_000), "]".repeat(100_000));
    assert_eq!(lastwords(&["rules", "--check", own(&folder, &deep).to_str().unwrap()]).status, 1);
    let long = format!("{OWN}\n# {}", "x".repeat(3 << 20));
    let refused = lastwords(&["rules", "--check", own(&folder, &long).to_str().unwrap()]);
    assert_eq!(refused.status, 1);
    assert!(text(&refused.stdout).contains("bytes; 2097152 are allowed"));
}

#[test]
fn the_history_by_the_index_is_that_of_every_line() {
    let journal = Journal::open(&[root().join(DEMO)], lastwords::file::Options::default()).unwrap();
    let (source, book) = (JournalSource::of(&journal), Rulebook::builtin());
    let history = Occurrences::of(&source, book);
    let mut found = 0;
    for boot in 0..source.boots().len() {
        let mut expected: BTreeMap<String, usize> = BTreeMap::new();
        for line in source.head(boot, usize::MAX, u64::MAX, Wanted::ALL) {
            let is_users = source.files()[line.file].is_user;
            for seen in book.observe(false, &line).into_iter().filter(|_| !is_users) {
                if seen.rule.contributing.is_some() || seen.rule.may_be_usual() {
                    *expected.entry(seen.rule.id.clone()).or_default() += 1;
                }
            }
        }
        let counted = history.boot(boot).iter().map(|known| (known.rule.id.clone(), known.times.len()));
        assert_eq!(counted.collect::<BTreeMap<_, _>>(), expected, "boot {boot}");
        found += expected.len();
    }
    assert!(found > 3, "the demo shows conditions: {found}");
}
