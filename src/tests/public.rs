//! Journals that other projects publish, of real machines: the order of boots and their ends, as a person reads them.
//!
//! They are not in the repository (their licences). Where `../shared/data/public` is absent, nothing is tested.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::path::Path;

use serde_json::Value;
use support::{lastwords, shared};

/// A boot as its entries tell it.
struct Fact {
    /// The beginning of its id.
    boot: &'static str,
    orderliness: &'static str,
    action: Option<&'static str>,
    /// Causes, or classes of causes, that its entries allow.
    causes: &'static [&'static str],
    /// Messages that must be among the evidence, by their beginnings.
    evidence: &'static [&'static str],
}

/// systemd's own test of a machine without a clock: a Fedora of 2022, four starts that all begin at midnight.
///
/// The order is journalctl's; the clocks and the `~` names leave it open, and `boots` says so.
const NO_RTC: [Fact; 4] = [
    Fact {
        boot: "5ea5fc4f",
        orderliness: "orderly",
        action: Some("reboot"),
        causes: &["requested."],
        evidence: &["System is rebooting.", "Reached target reboot.target - System Reboot.", "Journal stopped"],
    },
    Fact {
        boot: "4c708e1f",
        orderliness: "abrupt",
        action: Some("unknown"),
        causes: &["undetermined.abrupt", "power.loss"],
        // journald's line about the torn file stands in a later boot; which one comes next is not certain.
        evidence: &[],
    },
    Fact {
        boot: "bea6864f",
        orderliness: "orderly",
        action: Some("reboot"),
        causes: &["requested."],
        evidence: &["System is rebooting.", "Reached target reboot.target - System Reboot.", "Journal stopped"],
    },
    Fact { boot: "35e85011", orderliness: "running", action: None, causes: &["none.still-running"], evidence: &[] },
];

/// A Raspberry Pi of 2021, by kjournald: the middle boot has no stop message but those of a user's session, and the
/// numbers between the system's last entry and those are in no file, so how it ended cannot be known.
const KJOURNALD: [Fact; 3] = [
    Fact {
        boot: "68f2e61d",
        orderliness: "orderly",
        action: Some("reboot"),
        causes: &["requested.", "undetermined.orderly"],
        evidence: &["Reached target Reboot.", "Journal stopped"],
    },
    Fact {
        boot: "27acae2f",
        // The system's journal was closed after 9.8 s, and the file that followed it is not there.
        orderliness: "unknown",
        action: Some("unknown"),
        causes: &["none.rotated"],
        evidence: &["<info>  [1615649823.0371] device (eth0): Activation: starting connection"],
    },
    Fact { boot: "2dbe99dd", orderliness: "running", action: None, causes: &["none.still-running"], evidence: &[] },
];

fn rows(directory: &Path) -> Vec<Value> {
    let answer = lastwords(&["boots", directory.to_str().unwrap(), "-o", "json"]);
    answer.json().as_array().unwrap().clone()
}

fn why(directory: &Path, boot: &str) -> Value {
    lastwords(&["why", directory.to_str().unwrap(), "-b", boot, "-o", "json"]).json()
}

/// Whether an id is one of these, or of one of these classes.
fn is_one_of(id: &str, classes: &[&str]) -> bool {
    classes.iter().any(|class| if class.ends_with('.') { id.starts_with(class) } else { id == *class })
}

fn assert_facts(directory: &Path, facts: &[Fact]) {
    let rows = rows(directory);
    let ids: Vec<&str> = rows.iter().map(|row| &row["boot_id"].as_str().unwrap()[..8]).collect();
    assert_eq!(ids, facts.iter().map(|fact| fact.boot).collect::<Vec<_>>(), "the order of boots");
    for (row, fact) in rows.iter().zip(facts) {
        let ending = &row["ending"];
        assert_eq!(ending["orderliness"], fact.orderliness, "{}: {ending}", fact.boot);
        assert_eq!(ending["action"].as_str(), fact.action, "{}: {ending}", fact.boot);
        assert!(is_one_of(ending["cause"].as_str().unwrap_or_default(), fact.causes), "{}: {ending}", fact.boot);
        assert_evidence(directory, fact);
        // The start is told by the clock with which the boot ended.
        let micros = |key: &str| row[key].as_u64();
        let last = micros("last_unlisted_entry").or(micros("last_entry")).unwrap();
        let ran = last - micros("start").unwrap();
        assert!(ran.abs_diff(micros("uptime_us").unwrap()) < 1_000_000, "{}: {row}", fact.boot);
    }
}

/// The evidence names the lines that a person would, and each line that it names is an entry.
fn assert_evidence(directory: &Path, fact: &Fact) {
    let report = why(directory, fact.boot);
    let evidence = report["evidence"].as_array().unwrap();
    let messages: Vec<&str> = evidence.iter().filter_map(|item| item["line"]["message"].as_str()).collect();
    for wanted in fact.evidence {
        assert!(messages.iter().any(|message| message.starts_with(wanted)), "{}: {wanted}: {messages:?}", fact.boot);
    }
    for item in evidence.iter().filter(|item| item.get("line").is_some()) {
        let (cursor, message) = (item["line"]["cursor"].as_str().unwrap(), item["line"]["message"].as_str().unwrap());
        let args = ["show", directory.to_str().unwrap(), "--cursor", cursor, "-n", "1", "-o", "json", "--all"];
        assert_eq!(lastwords(&args).json()["MESSAGE"], message, "{}: {cursor}", fact.boot);
    }
}

#[test]
fn a_machine_without_a_clock() {
    let Some(directory) = shared("data/public/systemd/test-journals/no-rtc") else { return };
    assert_facts(&directory, &NO_RTC);
    let torn = why(&directory, "4c708e1f");
    let files: Vec<&str> =
        torn["evidence"].as_array().unwrap().iter().filter_map(|item| item["file"].as_str()).collect();
    assert!(files.iter().any(|file| file.ends_with("2e5dff5354ab9bcf.journal~")), "the torn file: {torn}");
    let limits = torn["limits"].to_string();
    assert!(limits.contains("up to 68 entries behind the last that can be read are lost"), "{limits}");
}

#[test]
fn a_raspberry_pi() {
    let Some(directory) = shared("data/public/kjournald/journal") else { return };
    assert_facts(&directory, &KJOURNALD);
    // 1007 to 1155, between the system's last line and the user's.
    let limits = why(&directory, "27acae2f")["limits"].to_string();
    assert!(
        limits.contains("149 of this boot's entries, by their numbers, are in no file that was read: 1007 to 1155"),
        "{limits}"
    );
}
