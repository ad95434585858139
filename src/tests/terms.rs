//! Filters choose the same entries in every format.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use lastwords::output::Format;
use lastwords::testkit::synth::{Record, Synth};
use support::{Folder, lastwords};

/// Each letter is an entry that says `<letter>` and nothing else between angles.
fn folder(name: &str) -> Folder {
    let record = |seqnum: u64, letter: &str, fields: &[&str]| {
        let record = Record::new(seqnum).field(format!("MESSAGE=Entry <{letter}>"));
        fields.iter().fold(record, |record, field| record.field(field))
    };
    let records = [
        record(1, "a", &["PRIORITY=3", "UNIT=web.service", "TAG=one", "TAG=two", "SYSLOG_IDENTIFIER=sudo"]),
        record(2, "b", &["PRIORITY=6", "UNIT=db.service", "CODE=-5", "SYSLOG_IDENTIFIER=su"]),
        record(3, "c", &["PRIORITY=4", "CODE=12"]),
        record(4, "d", &["UNIT=web@1.service", "CODE=x", "SYSLOG_IDENTIFIER=s*o"]),
        record(5, "E", &["PRIORITY=7", "TAG=two", "UNIT=Web.service"]),
    ];
    let folder = Folder::new(name);
    folder.file("system.journal", &records.into_iter().fold(Synth::new(), Synth::entry).build());
    folder
}

/// What is asked for, and which entries that are.
const CASES: [(&[&str], &str); 33] = [
    (&["PRIORITY!=6"], "acdE"),
    (&["PRIORITY!=6", "PRIORITY!=4"], "adE"),
    (&["UNIT~=^web"], "ad"),
    (&["UNIT!~=^web"], "bcE"),
    (&["UNIT=*"], "abdE"),
    (&["UNIT!=*"], "c"),
    (&["PRIORITY<=4"], "ac"),
    (&["PRIORITY>4"], "bE"),
    (&["PRIORITY>=4", "PRIORITY<=6"], "bc"),
    (&["CODE<0"], "b"),
    (&["CODE>=12"], "c"),
    (&["TAG=two"], "aE"),
    (&["TAG!=one"], "bcdE"),
    (&["TAG=one", "+", "CODE=*", "PRIORITY<5"], "ac"),
    (&["-g", "entry"], "abcdE"),
    (&["-g", "<e>"], "E"),
    (&["-g", "<E>"], "E"),
    (&["-g", "<e>", "--case-sensitive"], ""),
    (&["-g", "(?<=<)[be](?=>)"], "bE"),
    (&["-g", r"UNIT:^(.).*\.serv(?!\1)ice"], "abdE"),
    (&["--not-grep", "<(?!a)"], "a"),
    (&["-g", "UNIT:^web"], "adE"),
    (&["-g", "UNIT:^Web"], "E"),
    (&["-g", "UNIT:^web", "-g", "<[ab]>"], "a"),
    (&["--not-grep", "<[ab]>"], "cdE"),
    (&["--not-grep", "UNIT:^web"], "bc"),
    (&["-g", "UNIT:service", "--not-grep", "TAG:one", "PRIORITY=*"], "bE"),
    (&["-p", "4", "UNIT!=*"], "c"),
    (&["-t", "su*"], "ab"),
    (&["-t", "s*o"], "ad"),
    (&["-t", "s?", "-t", "sudo"], "ab"),
    (&["-T", "su*"], "cdE"),
    (&["-t", "su*", "--compat"], ""),
];

#[test]
fn every_format_shows_the_entries_that_a_filter_chooses() {
    let folder = folder("terms");
    let path = folder.path().to_str().unwrap();
    for format in Format::NAMES {
        for (filter, wanted) in CASES {
            let answer = lastwords(&[&["show", path, "-o", format], filter].concat());
            let text = String::from_utf8_lossy(&answer.stdout).into_owned();
            let letters = text.split('<').skip(1).filter(|rest| rest.get(1..2) == Some(">"));
            let shown: String = letters.map(|rest| rest.get(..1).unwrap()).collect();
            assert_eq!(shown, wanted, "{format} {filter:?}: {text}");
            let negative = wanted.is_empty() && filter.contains(&"-g");
            assert_eq!(answer.status, i32::from(negative), "{format} {filter:?}");
        }
    }
}

/// What journalctl 252 and 257 do with an entry that has a field twice: `-g` asks the first message, `-T` the last name.
#[test]
fn of_several_values_one_is_asked_where_journalctl_is_to_be_followed() {
    let record = Record::new(1).field("MESSAGE=first").field("MESSAGE=second");
    let twice = record.field("SYSLOG_IDENTIFIER=app").field("SYSLOG_IDENTIFIER=other");
    let once = Record::new(2).field("MESSAGE=second").field("SYSLOG_IDENTIFIER=else");
    let folder = Folder::new("terms-several");
    folder.file("system.journal", &Synth::new().entry(twice).entry(once).build());
    let path = folder.path().to_str().unwrap();
    let shown = |filter: &[&str]| {
        let answer = lastwords(&[&["show", path, "-q", "-o", "short"], filter].concat());
        answer.text().lines().count()
    };
    for (filter, own, journalctls) in [
        (&["-g", "first"][..], 1, 1),
        (&["-g", "second"], 2, 1),
        (&["-g", "second", "-n", "1"], 1, 1),
        (&["-T", "app"], 1, 2),
        (&["-T", "other"], 1, 1),
        (&["-T", "app", "-g", "second"], 1, 1),
        (&["-T", "app", "-T", "else"], 0, 1),
    ] {
        for index in [&[][..], &["--no-index"]] {
            let filter = [filter, index].concat();
            assert_eq!(shown(&filter), own, "{filter:?}");
            assert_eq!(shown(&[&filter[..], &["--compat"]].concat()), journalctls, "{filter:?}");
        }
    }
}

#[test]
fn a_filter_that_cannot_be_read_is_refused_in_every_format() {
    let folder = folder("terms-bad");
    let path = folder.path().to_str().unwrap();
    for format in Format::NAMES {
        for filter in [&["-g", "("][..], &["--not-grep", "UNIT:("], &["UNIT~=("], &["PRIORITY<x"]] {
            let answer = lastwords(&[&["show", path, "-o", format], filter].concat());
            assert_eq!((answer.text(), answer.status), ("", 2), "{format} {filter:?}");
        }
    }
}

#[test]
fn a_pattern_is_refused_by_the_name_of_its_option() {
    let folder = folder("terms-option");
    let path = folder.path().to_str().unwrap();
    for (filter, said) in [
        (["-g", "("], "lastwords: --grep: \"(\": unclosed group\n"),
        (["--grep", "UNIT:a("], "lastwords: --grep: \"UNIT:a(\": unclosed group\n"),
        (["--not-grep", "("], "lastwords: --not-grep: \"(\": unclosed group\n"),
        (["-q", "UNIT~=("], "lastwords: term: \"UNIT~=(\": unclosed group\n"),
    ] {
        assert_eq!(lastwords(&[&["show", path], &filter[..]].concat()).stderr, said);
    }
}

/// The pattern turns back twice as often for each letter more.
#[test]
fn a_pattern_that_takes_too_long_is_said_whatever_was_asked() {
    let long = format!("MESSAGE={}b", "a".repeat(60));
    let records = [Record::new(1).field("MESSAGE=aa"), Record::new(2).field(&long)];
    let folder = Folder::new("terms-long");
    folder.file("system.journal", &records.into_iter().fold(Synth::new(), Synth::entry).build());
    let path = folder.path().to_str().unwrap();
    let pattern = r"^(?=a)(a|a)+\1$";
    let asked: [(&[&str], &str); 6] = [
        (&["show", path, "-o", "cat", "-g"], "aa\n"),
        (&["show", path, "-o", "cat", "--no-index", "-g"], "aa\n"),
        (&["show", path, "-F", "MESSAGE", "-g"], "aa\n"),
        (&["fields", path, "MESSAGE", "-g"], "        1  aa\n"),
        (&["fields", path, "MESSAGE", "--not-grep"], &format!("        1  {}\n", &long[8..])),
        (&["fields", path, "MESSAGE", "-S", "@0", "-g"], "        1  aa\n"),
    ];
    for (args, shown) in asked {
        let answer = lastwords(&[args, &[pattern]].concat());
        assert_eq!((answer.text(), answer.status), (shown, 3), "{args:?}");
        assert!(answer.stderr.contains("the search for a pattern took too many steps"), "{}", answer.stderr);
    }
    for command in ["stats", "boots", "why"] {
        let answer = lastwords(&[command, path, "-g", pattern]);
        assert!(answer.stderr.contains("the search for a pattern took too many steps"), "{command}: {answer:?}");
        assert_eq!(answer.status, 3, "{command}");
    }
}
