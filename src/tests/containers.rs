//! What containers wrote: chosen by name and stream, long lines joined.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::path::PathBuf;

use lastwords::testkit::synth::{Record, Synth};
use support::{DEMO, Folder, lastwords};

/// An id of 64 digits that begins so.
fn id(start: &str) -> String {
    format!("{start:0<64}")
}

/// An entry as moby's driver writes it.
fn moby(seqnum: u64, name: &str, start: &str, priority: u8, message: &str) -> Record {
    let id = id(start);
    Record::new(seqnum)
        .field(format!("MESSAGE={message}"))
        .field(format!("PRIORITY={priority}"))
        .field(format!("CONTAINER_NAME={name}"))
        .field(format!("CONTAINER_ID={}", &id[..12]))
        .field(format!("CONTAINER_ID_FULL={id}"))
        .field(format!("CONTAINER_TAG={}", &id[..12]))
        .field(format!("SYSLOG_IDENTIFIER={}", &id[..12]))
}

/// A part of a message, as moby's driver marks it since it gives messages an id.
fn part(record: Record, message: &str, ordinal: u64, last: bool) -> Record {
    let record = record
        .field(format!("CONTAINER_PARTIAL_ID={message}"))
        .field(format!("CONTAINER_PARTIAL_ORDINAL={ordinal}"))
        .field(format!("CONTAINER_PARTIAL_LAST={last}"));
    if last { record } else { record.field("CONTAINER_PARTIAL_MESSAGE=true") }
}

/// A part that goes on, as conmon and older drivers mark it.
fn goes_on(record: Record) -> Record {
    record.field("CONTAINER_PARTIAL_MESSAGE=true")
}

fn file(folder: &Folder, name: &str, records: Vec<Record>) -> PathBuf {
    folder.file(name, &records.into_iter().fold(Synth::new(), Synth::entry).build())
}

/// The messages that the options choose, one a line.
fn cat(folder: &Folder, args: &[&str]) -> String {
    let answer = lastwords(&[&["show", folder.path().to_str().unwrap(), "-o", "cat"], args].concat());
    assert_eq!((answer.stderr.as_str(), answer.status), ("", 0), "{args:?}");
    answer.text().replace('\n', " ")
}

#[test]
fn containers_are_chosen_by_name_tag_and_id() {
    let folder = Folder::new("containers-names");
    let tagged = Record::new(4).field("MESSAGE=tagged").field("CONTAINER_TAG=web-2").field("PRIORITY=6");
    file(
        &folder,
        "system.journal",
        vec![
            moby(1, "web-1", "aabbccdd11", 6, "a"),
            moby(2, "db", "0123456789abcdef", 6, "b"),
            Record::new(3).field("MESSAGE=host").field("SYSLOG_IDENTIFIER=db").field("PRIORITY=6"),
            tagged,
        ],
    );
    for (args, messages) in [
        (&["--container", "db"][..], "b "),
        (&["--container", "web-*"], "a tagged "),
        (&["--container", "w[ab]?-1"], ""),
        (&["--container", "web"], ""),
        (&["--container", "0123456789ab"], "b "),
        (&["--container", "01234567"], "b "),
        (&["--container", "AABBCCDD"], "a "),
        (&["--container", "012345"], ""),
        (&["--container", &id("0123456789abcdef")], "b "),
        (&["--container", "db", "--container", "web-1"], "a b "),
        (&["--container", "db", "MESSAGE=a"], ""),
        (&["--container", "*", "MESSAGE!=a"], "b tagged "),
    ] {
        assert_eq!(cat(&folder, args), messages, "{args:?}");
    }
}

#[test]
fn streams_are_told_by_priority_and_only_of_containers() {
    let folder = Folder::new("containers-streams");
    file(
        &folder,
        "system.journal",
        vec![
            moby(1, "web", "aa", 6, "out"),
            moby(2, "web", "aa", 3, "err"),
            moby(3, "web", "aa", 4, "warning"),
            Record::new(4).field("MESSAGE=host").field("PRIORITY=3"),
            Record::new(5).field("MESSAGE=named").field("PRIORITY=3").field("CONTAINER_NAME=db"),
        ],
    );
    assert_eq!(cat(&folder, &["--stream", "stdout"]), "out ");
    assert_eq!(cat(&folder, &["--stream", "stderr"]), "err named ");
    assert_eq!(cat(&folder, &["--stream", "stderr", "--container", "web"]), "err ");
    assert_eq!(lastwords(&["show", folder.path().to_str().unwrap(), "--stream", "stdin"]).status, 2);
}

/// Parts of all kinds, in two files so that a message goes on in the next.
fn parts(name: &str) -> Folder {
    let folder = Folder::new(name);
    let web = |seqnum, priority, message| moby(seqnum, "web", "aa", priority, message);
    file(
        &folder,
        "system@1.journal",
        vec![
            part(web(1, 6, "one"), "x", 1, false),
            web(2, 6, "between"),
            part(web(3, 6, "two"), "x", 2, false),
            Record::new(4).field("MESSAGE=host"),
            goes_on(moby(5, "old", "bb", 6, "out1")),
            goes_on(moby(6, "old", "bb", 3, "err1")),
            moby(7, "old", "bb", 6, "out2"),
        ],
    );
    file(
        &folder,
        "system.journal",
        vec![
            part(web(8, 6, "three"), "x", 3, true),
            moby(9, "old", "bb", 3, "err2"),
            moby(10, "old", "bb", 3, "alone"),
            part(web(11, 6, "begun"), "y", 1, false),
            Record::new(12).field("MESSAGE=end"),
            part(web(13, 6, "ended"), "z", 7, true),
            goes_on(moby(14, "old", "bb", 6, "open")),
        ],
    );
    folder
}

#[test]
fn parts_are_joined_only_where_that_is_asked_for() {
    let folder = parts("containers-parts");
    let apart = "one between two host out1 err1 out2 three err2 alone begun end ended open ";
    assert_eq!(cat(&folder, &[]), apart);
    let joined = "onetwothree between host out1out2 err1err2 alone begun end ended open ";
    assert_eq!(cat(&folder, &["--join-partial"]), joined);
    for threads in ["1", "2"] {
        assert_eq!(cat(&folder, &["--join-partial", "--threads", threads]), joined);
    }
    let reversed: Vec<&str> = joined.split_terminator(' ').rev().collect();
    assert_eq!(cat(&folder, &["--join-partial", "-r"]).trim_end(), reversed.join(" "));
    assert_eq!(cat(&folder, &["--join-partial", "--color", "always"]).replace("\x1b[0m", ""), {
        joined.replace("err1err2", "\x1b[0;1;31merr1err2").replace("alone", "\x1b[0;1;31malone")
    });
}

#[test]
fn what_is_not_asked_for_is_not_joined() {
    let folder = parts("containers-some");
    // Without its second part, the third cannot belong to the first for sure.
    let joined = "one between host out1out2 err1err2 three alone begun end ended open ";
    assert_eq!(cat(&folder, &["--join-partial", "MESSAGE!=two"]), joined);
}

#[test]
fn a_joined_line_looks_like_its_first_part() {
    let folder = parts("containers-lines");
    let show = |args: &[&str]| {
        let answer = lastwords(&[&["show", folder.path().to_str().unwrap(), "--join-partial"], args].concat());
        (answer.text().to_owned(), answer.status)
    };
    let (short, _) = show(&["--container", "web", "-n", "6"]);
    assert_eq!(short, {
        "Nov 14 22:13:21 aa0000000000: onetwothree\nNov 14 22:13:22 aa0000000000: between\n\
         Nov 14 22:13:31 aa0000000000: begun\nNov 14 22:13:33 aa0000000000: ended\n"
    });
    let (delta, _) = show(&["--container", "web", "-o", "short-delta"]);
    assert!(
        delta.starts_with("[    1.000000                ] aa0000000000: onetwothree\n[    2.000000 <    1.000000 >]"),
        "{delta}"
    );
    for whole in ["json", "export", "verbose"] {
        assert_eq!(show(&["-o", whole]), (String::new(), 2), "{whole}");
    }
    assert_eq!(show(&["-o", "cat", "--output-fields=MESSAGE"]).1, 2);
}

#[test]
fn the_cursor_of_a_joined_line_is_that_of_the_last_entry_read() {
    let folder = parts("containers-cursor");
    let file = folder.path().join("cursor");
    let show = |args: &[&str]| {
        let file = ["--cursor-file", file.to_str().unwrap(), "--join-partial"];
        cat(&folder, &[&file[..], args].concat())
    };
    assert_eq!(show(&["-n", "+8"]), "onetwothree between host out1out2 err1 ");
    assert_eq!(show(&[]), "err2 alone begun end ended open ");
}

#[test]
fn a_journal_without_parts_is_shown_as_ever() {
    for format in ["short-precise", "cat", "short-delta"] {
        let plain = lastwords(&["show", DEMO, "-o", format]);
        assert_eq!(lastwords(&["show", DEMO, "-o", format, "--join-partial"]).stdout, plain.stdout, "{format}");
    }
}

/// Whatever counts entries takes the same conditions as what shows them, and picks the same.
#[test]
fn the_conditions_of_show_hold_where_entries_are_counted() {
    let filters: [&[&str]; 6] = [
        &["--container", "*"],
        &["--stream", "stderr"],
        &["--stream", "stdout", "-b", "-1"],
        &["-u", "docker.service", "-I"],
        &["-u", "ssh.service", "--invocation", "1"],
        &["--container", "*", "PRIORITY<=4", "MESSAGE~=a"],
    ];
    for filter in filters {
        let ask = |command: &[&str]| lastwords(&[command, filter, &[DEMO]].concat());
        let shown = ask(&["show", "-o", "export"]).entries().len() as u64;
        assert!(shown > 0, "{filter:?}");
        let stats = ask(&["stats", "--by", "boot", "-o", "json"]).json();
        let groups = stats["by"][0]["groups"].as_array().unwrap().iter();
        assert_eq!(groups.filter_map(|group| group["entries"].as_u64()).sum::<u64>(), shown, "stats {filter:?}");
        let boots = ask(&["boots", "-o", "json"]).json();
        let matching = boots.as_array().unwrap().iter().filter_map(|boot| boot["matching"].as_u64());
        assert_eq!(matching.sum::<u64>(), shown, "boots {filter:?}");
        let fields = ask(&["fields", "_BOOT_ID"]);
        let counts = fields.text().lines().map(|line| line.split_whitespace().next().unwrap().parse::<u64>().unwrap());
        assert_eq!(counts.sum::<u64>(), shown, "fields {filter:?}");
    }
}
