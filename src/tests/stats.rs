//! Counts and filters: `stats`, and the conditions of `boots`, `fields` and `why`, held against what `show` exports and
//! against the truth of the demo.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::collections::{BTreeMap, HashMap};
use std::fs;

use serde_json::{Value, json};
use support::{files_in, is_journal, lastwords, testdata};

const DIR: &str = "testdata/demo";

/// Conditions of every kind.
const FILTERS: [&[&str]; 9] = [
    &[],
    &["-b", "-2"],
    &["-u", "docker", "-p", "warning"],
    &["_TRANSPORT=kernel", "PRIORITY=3", "+", "_COMM=cron"],
    &["--since", "2026-10-13", "--until", "2026-10-14 06:00"],
    &["-g", "oom|memory", "-k"],
    &["-T", "systemd", "PRIORITY<=5"],
    &["CONTAINER_NAME!=*", "-b", "1"],
    &["-t", "nobody"],
];

/// The fields of an exported entry, by name; `__…` is the entry's own head.
fn fields(entry: &[u8]) -> Vec<(String, Vec<u8>)> {
    let (mut fields, mut rest) = (Vec::new(), entry);
    while !rest.is_empty() {
        let end = rest.iter().position(|byte| *byte == b'\n').unwrap();
        let (line, after) = (&rest[..end], &rest[end + 1..]);
        let (name, value, after) = match line.iter().position(|byte| *byte == b'=') {
            Some(equals) => (&line[..equals], &line[equals + 1..], after),
            None => {
                let size = usize::try_from(u64::from_le_bytes(after[..8].try_into().unwrap())).unwrap();
                (line, &after[8..8 + size], &after[9 + size..])
            }
        };
        if !name.starts_with(b"__") {
            fields.push((String::from_utf8(name.to_vec()).unwrap(), value.to_vec()));
        }
        rest = after;
    }
    fields
}

/// The fields of all entries that `show` exports.
fn exported(path: &str, filters: &[&str]) -> Vec<Vec<(String, Vec<u8>)>> {
    let answer = lastwords(&[&["show", path, "-o", "export"], filters].concat());
    answer.entries().into_iter().map(fields).collect()
}

fn stats(path: &str, filters: &[&str], by: &[&str]) -> Value {
    let by: Vec<&str> = by.iter().flat_map(|key| ["--by", key]).collect();
    lastwords(&[&["stats", path, "-o", "json"], filters, &by].concat()).json()
}

/// Entries by value.
fn counts(table: &Value) -> HashMap<Value, u64> {
    let groups = table["groups"].as_array().unwrap().iter();
    let mut counts: HashMap<Value, u64> =
        groups.map(|group| (group["value"].clone(), group["entries"].as_u64().unwrap())).collect();
    let absent = table["absent"]["entries"].as_u64().unwrap();
    if absent > 0 {
        counts.insert(Value::Null, absent);
    }
    counts
}

#[test]
fn stats_count_what_show_exports() {
    for filters in FILTERS {
        let entries = exported(DIR, filters);
        let found = stats(DIR, filters, &["unit", "PRIORITY", "_BOOT_ID", "boot"]);
        assert_eq!(found["entries"], entries.len(), "{filters:?}");
        // `NAME=value` of each field.
        let bytes: usize = entries.iter().flatten().map(|(name, value)| name.len() + 1 + value.len()).sum();
        assert_eq!(found["bytes"], bytes, "{filters:?}");
        for (table, name) in found["by"].as_array().unwrap().iter().zip(["_SYSTEMD_UNIT", "PRIORITY", "_BOOT_ID"]) {
            let mut expected: HashMap<Value, u64> = HashMap::new();
            for entry in &entries {
                let value = entry.iter().find(|(field, _)| field == name);
                let value = value.map(|(_, value)| json!(String::from_utf8(value.clone()).unwrap()));
                *expected.entry(value.unwrap_or(Value::Null)).or_default() += 1;
            }
            assert_eq!(counts(table), expected, "{filters:?} by {name}");
        }
        assert_eq!(counts(&found["by"][2]), counts(&found["by"][3]), "{filters:?}: _BOOT_ID is the boot");
    }
}

#[test]
fn stats_by_boot_are_the_truth_of_the_demo() {
    let truth: Value = serde_json::from_str(&fs::read_to_string(testdata("demo/truth.json")).unwrap()).unwrap();
    let found = stats(DIR, &[], &["boot", "machine"]);
    let groups = found["by"][0]["groups"].as_array().unwrap();
    assert_eq!(groups.len(), 8);
    for (group, boot) in groups.iter().zip(truth["boots"].as_array().unwrap()) {
        assert_eq!((&group["value"], &group["entries"]), (&boot["boot_id"], &boot["entries"]));
    }
    assert_eq!(groups[7]["index"], 0);
    assert_eq!(
        found["by"][1]["groups"],
        json!([{ "value": truth["machine_id"], "entries": 2377,
        "bytes": found["bytes"], "disk": found["disk"] }])
    );
    assert_eq!(found["first_entry"], truth["boots"][0]["first_realtime_us"]);
}

#[test]
fn groups_sum_up_to_the_selection_in_every_small_file() {
    let total = |value: &Value| ["entries", "bytes", "disk"].map(|measure| value[measure].as_u64().unwrap());
    let add = |one: [u64; 3], two: [u64; 3]| std::array::from_fn(|at| one[at] + two[at]);
    for path in files_in("small", is_journal) {
        let path = path.to_str().unwrap();
        for filters in [&[][..], &["-p", "err"], &["-b", "0"]] {
            let found = stats(path, filters, &["unit", "identifier", "MESSAGE", "boot", "hour", "day"]);
            assert_eq!(found["entries"], exported(path, filters).len(), "{path} {filters:?}");
            let mut tables: Vec<(String, Vec<[u64; 3]>)> = Vec::new();
            for table in found["by"].as_array().unwrap() {
                let groups = table["groups"].as_array().unwrap().iter().chain([&table["left_out"], &table["absent"]]);
                tables.push((table["key"].to_string(), groups.map(total).collect()));
            }
            let bars = found["timeline"]["bars"].as_array().unwrap().iter().map(total);
            tables.push(("time".to_owned(), bars.collect()));
            for (key, sums) in tables {
                assert_eq!(sums.into_iter().fold([0; 3], add), total(&found), "{path} {filters:?} by {key}");
            }
        }
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let answer = |threads| lastwords(&["stats", DIR, "--by", "MESSAGE", "--by", "hour", "--threads", threads]).stdout;
    let one = answer("1");
    assert!(one == answer("2") && one == answer("5"));
    for line in [&["boots", DIR, "-u", "ssh"][..], &["fields", DIR, "PRIORITY"], &["why", DIR, "-u", "ssh"]] {
        let answer = |threads: &[&str]| lastwords(&[line, threads].concat()).stdout;
        assert!(answer(&["--threads", "1"]) == answer(&[]), "{line:?}");
        assert_eq!(lastwords(&[line, &["--threads", "0"]].concat()).status, 2, "{line:?}");
    }
}

#[test]
fn without_an_index_every_command_finds_the_same() {
    for line in [
        &["boots", DIR, "-p", "warning"][..],
        &["fields", DIR],
        &["fields", DIR, "PRIORITY", "_SYSTEMD_UNIT"],
        &["fields", DIR, "MESSAGE", "-u", "ssh"],
        &["stats", DIR, "-u", "docker"],
        &["why", DIR, "-p", "err"],
    ] {
        let (by_index, without) = (lastwords(line), lastwords(&[line, &["--no-index"]].concat()));
        assert!(by_index.stdout == without.stdout && by_index.status == without.status, "{line:?}");
        assert_eq!(without.stderr, by_index.stderr, "{line:?}");
    }
    let explained = lastwords(&["fields", DIR, "PRIORITY", "--no-index", "--explain"]).stderr;
    assert!(explained.contains(": all of 504 entries\n") && explained.contains(" entries read\n"), "{explained}");
    let explained = lastwords(&["boots", DIR, "PRIORITY=2", "--no-index", "--explain"]).stderr;
    assert!(explained.contains("as asked"), "{explained}");
}

#[test]
fn boots_lists_only_those_with_matching_entries_and_how_many() {
    let all = lastwords(&["boots", DIR, "-o", "json"]).json();
    for filters in FILTERS {
        let listed = lastwords(&[&["boots", DIR, "-o", "json"], filters].concat()).json();
        let mut expected = Vec::new();
        for boot in all.as_array().unwrap() {
            let id = boot["boot_id"].as_str().unwrap();
            let of_boot = |entry: &&Vec<(String, Vec<u8>)>| entry.contains(&("_BOOT_ID".to_owned(), id.into()));
            let matching = exported(DIR, filters).iter().filter(of_boot).count();
            let mut boot = boot.clone();
            if !filters.is_empty() {
                boot["matching"] = json!(matching);
            }
            expected.extend((matching > 0).then_some(boot));
        }
        assert_eq!(listed, json!(expected), "{filters:?}");
    }
    let text = lastwords(&["boots", DIR, "-u", "docker", "-p", "warning"]);
    assert!(text.text().lines().all(|line| line.chars().count() <= 80) && text.text().contains("MATCH"));
}

#[test]
fn fields_counts_among_the_chosen_entries() {
    for filters in FILTERS.iter().filter(|filters| !filters.is_empty()) {
        let entries = exported(DIR, filters);
        for name in ["_SYSTEMD_UNIT", "MESSAGE", "_COMM"] {
            let mut expected: BTreeMap<&[u8], u64> = BTreeMap::new();
            for (_, value) in entries.iter().flatten().filter(|(field, _)| field == name) {
                *expected.entry(value).or_default() += 1;
            }
            let mut expected: Vec<_> = expected.into_iter().collect();
            expected.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            let lines: Vec<u8> = expected
                .into_iter()
                .flat_map(|(value, count)| [format!("{count:>9}  ").as_bytes(), value, b"\n"].concat())
                .collect();
            let answer = lastwords(&[&["fields", DIR, name], *filters].concat());
            assert!(answer.stdout == lines, "{filters:?} {name}: {}", String::from_utf8_lossy(&answer.stdout));
        }
        let mut names: Vec<&str> = entries.iter().flatten().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        let listed = lastwords(&[&["fields", DIR], *filters].concat());
        assert_eq!(listed.text().lines().collect::<Vec<_>>(), names, "{filters:?}");
    }
}

#[test]
fn filters_of_why_choose_the_last_entries_and_leave_the_verdict() {
    let whole = lastwords(&["why", DIR, "-b", "-4", "-o", "json"]).json();
    let chosen = lastwords(&["why", DIR, "-b", "-4", "-o", "json", "-k", "PRIORITY=3"]).json();
    for part in ["boot", "ending", "headline", "evidence", "against", "death", "silence", "limits"] {
        assert_eq!(chosen[part], whole[part], "{part}");
    }
    assert_eq!((whole.get("restricted"), &chosen["restricted"]), (None, &json!(true)));
    let shown = lastwords(&["show", DIR, "-b", "-4", "-k", "PRIORITY=3", "-n", "20", "-o", "json"]);
    let cursors = shown.text().lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["__CURSOR"].clone());
    let last = chosen["last_entries"].as_array().unwrap().iter().map(|place| place["cursor"].clone());
    assert_eq!(last.collect::<Vec<_>>(), cursors.collect::<Vec<_>>());
    let none = lastwords(&["why", DIR, "-b", "-4", "-t", "nobody"]);
    assert!(none.text().contains("Last entries of those asked for"), "{}", none.text());
}

#[test]
fn what_cannot_be_read_is_said() {
    let damaged = "testdata/broken/truncated-60.journal";
    for args in [&["stats", damaged][..], &["boots", damaged, "-p", "err"], &["fields", damaged, "_COMM", "-b", "0"]] {
        let answer = lastwords(args);
        assert_eq!(answer.status, 3, "{args:?}");
        assert!(answer.stderr.contains("cannot be read"), "{args:?}: {}", answer.stderr);
    }
    for (args, why) in [(["--by", "units"], "key"), (["--top", "many"], "--top"), (["-S", "never"], "time")] {
        let answer = lastwords(&[&["stats", DIR][..], &args].concat());
        assert_eq!(answer.status, 2, "{args:?}");
        assert!(answer.stderr.contains(why), "{}", answer.stderr);
    }
}
