//! The JSON of `why` and `boots` is as its schema says, every field is documented, and the words are those of the library.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::fs;

use jsonschema::Validator;
use lastwords::analysis::{Cause, Confidence, Initiator, Only};
use lastwords::testkit::synth::{Record, Synth};
use serde_json::Value;
use support::{Folder, command, files_in, lastwords, root};

fn schema(name: &str) -> Value {
    let path = root().join(format!("src/output/schema/{name}.schema.json"));
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[track_caller]
fn holds(validator: &Validator, json: &Value, what: &str) {
    let faults: Vec<String> =
        validator.iter_errors(json).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{what}:\n{}", faults.join("\n"));
}

fn answer(args: &[&str]) -> Value {
    let output = command().args(args).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{args:?}: {error}"))
}

#[test]
fn every_blessed_answer_is_as_its_schema_says() {
    let mut seen = 0;
    for case in files_in("golden", |name| name.ends_with(".cmd")) {
        let text = fs::read_to_string(&case).unwrap();
        let name = ["why", "boots"].into_iter().find(|name| text.lines().any(|line| line == *name));
        let Some(name) = name.filter(|_| text.lines().any(|line| line == "json")) else { continue };
        let json = serde_json::from_slice(&fs::read(case.with_extension("stdout")).unwrap()).unwrap();
        holds(&jsonschema::validator_for(&schema(name)).unwrap(), &json, &case.display().to_string());
        seen += 1;
    }
    assert!(seen >= 2, "only {seen} answers");
}

#[test]
fn every_boot_of_the_demo_is_as_the_schemas_say() {
    let rows = answer(&["boots", "testdata/demo", "-o", "json"]);
    holds(&jsonschema::validator_for(&schema("boots")).unwrap(), &rows, "boots");
    let why = jsonschema::validator_for(&schema("why")).unwrap();
    for row in rows.as_array().unwrap() {
        let id = row["boot_id"].as_str().unwrap();
        let case = answer(&["why", "testdata/demo", "-b", id, "-o", "json"]);
        holds(&why, &case, id);
        assert_eq!(case["ending"], row["ending"], "{id}: both commands say the same");
    }
}

#[test]
fn what_is_lost_in_damaged_files_is_as_the_schemas_say() {
    let [boots, why] = ["boots", "why"].map(|name| jsonschema::validator_for(&schema(name)).unwrap());
    for name in ["array-lost", "killed-in-mid-write", "truncated-60"] {
        let file = format!("testdata/broken/{name}.journal");
        let rows = answer(&["boots", &file, "-o", "json"]);
        holds(&boots, &rows, name);
        let case = answer(&["why", &file, "-b", "0", "-o", "json"]);
        holds(&why, &case, name);
        let entries = &case["accounts"][0]["entries"];
        let salvaged: u64 = rows.as_array().unwrap().iter().filter_map(|row| row["salvaged"].as_u64()).sum();
        assert_eq!(entries["salvaged"].as_u64(), Some(salvaged), "{name}: {entries}");
        let newest = rows.as_array().unwrap().last().unwrap();
        assert_eq!([&newest["accounts"], &newest["accounts_in_all"]], [&case["accounts"], &case["accounts_in_all"]]);
    }
}

#[test]
fn a_schema_that_nothing_fits_would_not_do() {
    let why = jsonschema::validator_for(&schema("why")).unwrap();
    let mut case = answer(&["why", "testdata/demo", "-o", "json"]);
    holds(&why, &case, "why");
    case["ending"]["cause"] = "power.failure".into();
    assert!(!why.is_valid(&case), "a cause that the taxonomy has not");
    case["ending"]["cause"] = "power.loss".into();
    assert!(why.is_valid(&case));
    case["ending"]["confidence"] = "undetermined".into();
    assert!(!why.is_valid(&case), "a cause that nothing makes sure");
    case["ending"]["cause"] = "undetermined.abrupt".into();
    assert!(why.is_valid(&case));
    case["ending"]["confidence"] = "proven".into();
    assert!(!why.is_valid(&case), "a proof of nothing");
    case["ending"]["confidence"] = "undetermined".into();
    case["surprise"] = 1.into();
    assert!(!why.is_valid(&case), "a field that nobody documented");
}

#[test]
fn the_words_of_the_schemas_are_those_of_the_library() {
    let words = |schema: &Value, name: &str| -> Vec<String> {
        let words = schema["$defs"][name]["enum"].as_array().unwrap().iter();
        words.map(|word| word.as_str().unwrap().to_owned()).collect()
    };
    for schema in [schema("why"), schema("boots")] {
        let causes: Vec<&str> = Cause::ALL.iter().map(|word| word.id()).collect();
        assert_eq!(words(&schema, "cause"), causes);
        let conditions: Vec<&str> = causes.into_iter().chain(Only::ALL.iter().map(|word| word.id())).collect();
        assert_eq!(words(&schema, "condition"), conditions);
        let initiators: Vec<&str> = Initiator::ALL.iter().map(|word| word.id()).collect();
        assert_eq!(words(&schema, "initiator"), initiators);
        let levels: Vec<&str> = Confidence::ALL.iter().map(|word| word.id()).collect();
        assert_eq!(words(&schema, "confidence"), levels);
    }
}

#[test]
fn every_field_is_documented() {
    fn documented(schema: &Value, place: &str, seen: &mut usize) {
        for (name, field) in schema["properties"].as_object().into_iter().flatten() {
            let is_known = field["description"].is_string() || field["$ref"].is_string();
            assert!(is_known, "{place}.{name} has no description");
            *seen += 1;
            documented(field, &format!("{place}.{name}"), seen);
        }
        if schema["items"].is_object() {
            documented(&schema["items"], &format!("{place}[]"), seen);
        }
    }
    let mut seen = 0;
    for name in ["why", "boots"] {
        let schema = schema(name);
        documented(&schema, name, &mut seen);
        for (of, part) in schema["$defs"].as_object().unwrap() {
            assert!(part["description"].is_string(), "{of} has no description");
            documented(part, of, &mut seen);
        }
    }
    assert!(seen > 80, "only {seen} fields");
}

/// Lines of several boots a minute apart, each with its kernel's command line and messages of PID 1, one a second.
fn booted(boots: &[(&str, &[&str])]) -> Synth {
    let kernel = ["_TRANSPORT=kernel", "SYSLOG_FACILITY=0", "SYSLOG_IDENTIFIER=kernel"].as_slice();
    let pid1 = ["_TRANSPORT=journal", "_PID=1", "_COMM=systemd", "SYSLOG_IDENTIFIER=systemd"].as_slice();
    let (mut synth, mut number) = (Synth::new(), 0);
    for (boot, (kernels, messages)) in (1_u8..).zip(boots) {
        let lines = [(kernel, *kernels)].into_iter().chain(messages.iter().map(|message| (pid1, *message)));
        for (second, (by, message)) in (1_u64..).zip(lines) {
            number += 1;
            let since = u64::from(boot) * 60_000_000;
            let time = (1_778_562_000_000_000 + since + number * 1_000_000, second * 1_000_000);
            let record = Record::new(number).boot(boot).at(time.0, time.1);
            let record = by.iter().fold(record, |record, field| record.field(*field));
            synth = synth.entry(record.field(format!("MESSAGE={message}")));
        }
    }
    synth
}

#[test]
fn a_kernel_that_saves_a_dump_is_labelled_and_is_no_boot_of_the_machines_own() {
    let [boots, why] = ["boots", "why"].map(|name| jsonschema::validator_for(&schema(name)).unwrap());
    let folder = Folder::new("schema-kdump");
    let capture = "Command line: root=/dev/sda2 ro elfcorehdr=0x5d000000";
    for (second, labels) in
        [(capture, [None, Some("kdump-capture"), None]), ("Command line: root=/dev/sda2 ro", [None; 3])]
    {
        let own = "Command line: root=/dev/sda2 ro quiet";
        let synth = booted(&[(own, &["works"; 9]), (second, &["works"; 3]), (own, &["works"])]);
        let path = folder.file("system.journal", &synth.build());
        let path = path.to_str().unwrap();
        let rows = answer(&["boots", path, "-o", "json"]);
        holds(&boots, &rows, "boots");
        let told: Vec<_> = rows.as_array().unwrap().iter().map(|row| row["label"].as_str()).collect();
        assert_eq!(told, labels);
        let case = answer(&["why", path, "-b", "-1", "-o", "json"]);
        holds(&why, &case, "why");
        assert_eq!(case["boot"]["label"].as_str(), labels[1]);
        let text = String::from_utf8(lastwords(&["boots", path]).stdout).unwrap();
        let is_labelled = labels[1].is_some();
        let total = if is_labelled {
            "2 boots: 1 abrupt, 1 running; 1 more only saved a dump (kdump-capture)."
        } else {
            "3 boots: 2 abrupt, 1 running; the cause of 2 is undetermined."
        };
        assert!(text.contains(total), "{text}");
        assert_eq!(text.contains("  -1! kdump-capture: the kernel that a crash starts"), is_labelled, "{text}");
        let abrupt = text.lines().filter(|line| line.starts_with(" -") && line.contains(" abrupt ")).count();
        assert_eq!(abrupt, if is_labelled { 1 } else { 2 }, "rows as the total counts them: {text}");
        let dumps = text.lines().filter(|line| line.starts_with(" -") && line.ends_with(" kdump-capture")).count();
        assert_eq!(dumps, usize::from(is_labelled), "{text}");
        let asked = answer(&["why", path, "-o", "json"])["boot"]["index"].as_i64();
        assert_eq!(asked, Some(if is_labelled { -2 } else { -1 }), "the newest that ended");
    }
}

#[test]
fn a_restart_of_userspace_alone_is_marked_in_the_list_of_boots() {
    let boots = jsonschema::validator_for(&schema("boots")).unwrap();
    let folder = Folder::new("schema-soft-reboot");
    let soft: &[&str] =
        &["Soft-rebooting: unit app.service failed", "Soft-reboot finished in 3.2s, counter is now at 1."];
    for (messages, count) in [(soft, Some(1)), (&["works"], None)] {
        let path = folder.file("system.journal", &booted(&[("Command line: ro", messages)]).build());
        let path = path.to_str().unwrap();
        let rows = answer(&["boots", path, "-o", "json"]);
        holds(&boots, &rows, "boots");
        assert_eq!(rows[0]["soft_reboots"].as_u64(), count);
        let text = String::from_utf8(lastwords(&["boots", path]).stdout).unwrap();
        assert_eq!(
            text.contains("   0! only userspace restarted in it, once (soft-reboot)"),
            count.is_some(),
            "{text}"
        );
    }
}

#[test]
fn one_entry_is_missing_and_several_are() {
    let folder = Folder::new("schema-missing");
    for (missing, told) in [
        (1, ["1 of its entries is in no file", "1 entry after its last is in no file"]),
        (2, ["2 of its entries are in no file", "2 entries after its last are in no file"]),
    ] {
        let step = missing + 1;
        let lines = [(1, 1), (1 + step, 1), (1 + 2 * step, 2)];
        let record = |(number, boot): (u64, u8)| {
            let time = (1_778_562_000_000_000 + number * 1_000_000, number * 1_000_000);
            Record::new(number).boot(boot).at(time.0, time.1).field("MESSAGE=works")
        };
        let synth = lines.into_iter().map(record).fold(Synth::new(), Synth::entry);
        let path = folder.file("system.journal", &synth.build());
        let text = String::from_utf8(lastwords(&["boots", path.to_str().unwrap()]).stdout).unwrap();
        assert!(told.iter().all(|told| text.contains(told)), "{text}");
    }
}
