//! Whose clock: times shown and read in a zone that is typed, or the device's; and counted from the journal's end.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use lastwords::testkit::synth::{Record, Synth};
use support::{Answer, Folder, lastwords};

const DAY: u64 = 86_400;

/// Two entries an hour apart in three days, from 2023-11-14 22:13:20 UTC, and what systemd-timedated says at their end.
fn folder(name: &str, zones: &[&str]) -> Folder {
    let line = |seqnum: u64| {
        let second = (seqnum - 1) / 2 * DAY + (seqnum - 1) % 2 * 3600;
        Record::new(seqnum).at((1_700_000_000 + second) * 1_000_000, second + 1).field(format!("MESSAGE={seqnum}"))
    };
    let zone = |(n, zone): (u64, &&str)| {
        let second = 2 * DAY + 3600 + n;
        Record::new(6 + n)
            .at((1_700_000_000 + second) * 1_000_000, second + 1)
            .field(format!("MESSAGE=Changed time zone to '{zone}' (X)."))
            .field("MESSAGE_ID=45f82f4aef7a4bbf942ce861d1f20990")
            .field("_UID=0")
            .field(format!("TIMEZONE={zone}"))
    };
    let records = (1..=6).map(line).chain((1..).zip(zones).map(zone));
    let folder = Folder::new(name);
    folder.file("system.journal", &records.fold(Synth::new(), Synth::entry).build());
    folder
}

fn run(folder: &Folder, args: &[&str]) -> Answer {
    let (command, args) = args.split_first().unwrap();
    lastwords(&[&[*command, folder.path().to_str().unwrap()], args].concat())
}

/// Where the first entry is shown in `show`, `boots`, `info` and `why`: each says its time.
fn all_commands(folder: &Folder, args: &[&str], time: &str) {
    for command in ["show", "boots", "info", "why"] {
        let answer = run(folder, &[&[command], args].concat());
        // The list of boots has no room for seconds.
        let time = if command == "boots" { &time[..5] } else { time };
        assert!(answer.text().contains(time), "{command} {args:?} says {time}: {answer:?}");
    }
}

#[test]
fn every_command_shows_times_in_the_zone_that_is_typed() {
    let folder = folder("clocks-zone", &[]);
    for (zone, time) in [("Asia/Tokyo", "07:13:20"), ("+05:30", "03:43:20"), ("-02", "20:13:20"), ("UTC", "22:13:20")] {
        all_commands(&folder, &["--tz", zone], time);
    }
    // The tests' own zone is UTC.
    all_commands(&folder, &["--tz", "local"], "22:13:20");
    for args in [&["--tz", "Mars/Olympus"][..], &["--tz", "UTC", "--utc"], &["--tz", ""]] {
        for command in ["show", "boots", "info", "why"] {
            assert_eq!(run(&folder, &[&[command], args].concat()).status, 2, "{command} {args:?}");
        }
    }
}

#[test]
fn typed_times_are_read_in_that_zone_too() {
    let folder = folder("clocks-typed", &[]);
    let cat = |args: &[&str]| run(&folder, &[&["show", "-o", "cat"], args].concat()).text().replace('\n', " ");
    // The first entry of the second day is 2023-11-16 07:13:20 in Tokyo.
    assert_eq!(cat(&["--tz", "Asia/Tokyo", "-S", "2023-11-16 07:13:20"]), "3 4 5 6 ");
    assert_eq!(cat(&["--tz", "Asia/Tokyo", "-S", "2023-11-16 07:13:21"]), "4 5 6 ");
    assert_eq!(cat(&["--tz", "+09", "-U", "2023-11-16"]), "1 2 ");
    assert_eq!(cat(&["-U", "2023-11-16"]), "1 2 3 4 ");
    assert_eq!(cat(&["--tz", "+09", "-S", "2023-11-16 UTC"]), "5 6 ");
}

#[test]
fn the_device_s_zone_is_what_the_journal_said_last() {
    let found = folder("clocks-device", &["Asia/Tokyo"]);
    all_commands(&found, &["--tz", "device"], "07:13:20");
    assert_eq!(run(&found, &["show", "--tz", "device"]).stderr, "");

    let moved = folder("clocks-moved", &["Asia/Tokyo", "Europe/Berlin"]);
    let shown = run(&moved, &["show", "--tz", "device"]);
    assert!(shown.text().starts_with("Nov 14 23:13:20 "), "{shown:?}");
    assert_eq!(shown.stderr, {
        "lastwords: times are in Europe/Berlin, the device's time zone since 2023-11-16 23:13:22 UTC; it was Asia/Tokyo \
         before\n"
    });
}

#[test]
fn where_the_journal_names_no_zone_it_is_utc_and_said() {
    for (name, zones, said) in [
        ("clocks-none", &[][..], "does not say"),
        ("clocks-unknown", &["Mars/Olympus"], "Mars/Olympus is not known here"),
        ("clocks-nonsense", &["../../etc/passwd\x1b[31m"], "does not say"),
    ] {
        let folder = folder(name, zones);
        for command in ["show", "boots", "info", "why"] {
            let answer = run(&folder, &[command, "--tz", "device"]);
            let time = if command == "boots" { "22:13" } else { "22:13:20" };
            assert!(answer.text().contains(time), "{name} {command}: {answer:?}");
            assert!(answer.stderr.contains(said) && answer.stderr.contains("UTC"), "{name} {command}: {answer:?}");
        }
    }
}

#[test]
fn days_and_spans_may_count_from_the_end_of_the_journal() {
    let folder = folder("clocks-now", &[]);
    let cat = |args: &[&str]| run(&folder, &[&["show", "-o", "cat"], args].concat()).text().replace('\n', " ");
    // The last entry is of 2023-11-16 23:13:20.
    for (args, messages) in [
        (&["-S", "today"][..], "5 6 "),
        (&["-S", "yesterday", "-U", "today"], "3 4 "),
        (&["-S", "-1h"], "5 6 "),
        (&["-S", "-59min"], "6 "),
        (&["-S", "1d ago"], "4 5 6 "),
        (&["-S", "today", "--tz", "Asia/Tokyo"], "5 6 "),
        (&["-U", "today", "--tz", "Asia/Tokyo"], "1 2 3 4 "),
        (&["-S", "now"], "6 "),
    ] {
        assert_eq!(cat(&[&["--now=journal-end"], args].concat()), messages, "{args:?}");
    }
    assert_eq!(cat(&["--now", "2023-11-15 12:00", "-S", "today"]), "3 4 5 6 ");
    assert_eq!(cat(&["--now", "2023-11-15 12:00", "-S", "yesterday", "-U", "today"]), "1 2 ");
    assert_eq!(cat(&["-S", "-1h"]), "");
    assert_eq!(run(&folder, &["show", "--now", "soon"]).status, 2);
}
