//! What is said on stderr where nothing was found or what was typed cannot be meant so; stdout stays as it is.

use std::process::Stdio;

use crate::show;
use crate::support::{Answer, Folder, command, lastwords};

fn typed(line: &str) -> Answer {
    lastwords(&line.split_whitespace().collect::<Vec<_>>())
}

#[test]
fn times_beside_the_journal_are_told_with_where_it_ends() {
    let ends = "lastwords: the journal ends before that, at 2026-10-16 12:48:48 UTC; --now=journal-end makes -1h \
                and today count from there\n";
    let begins = "lastwords: the journal begins only at 2026-10-12 05:58:09 UTC\n";
    for (line, why) in [("-S 2026-11-01", ends), ("-U 2026-10-01", begins), ("-S 2026-11-01 -o verbose", ends)] {
        let answer = show(line);
        assert_eq!((answer.status, answer.text(), answer.stderr.as_str()), (0, "-- No entries --\n", why), "{line}");
    }
    let boot = show("-b -4 -S 2026-10-15").stderr;
    assert!(boot.contains("the boot ends before that, at 2026-10-13 16:06:19 UTC\n"), "{boot}");
    for line in
        ["boots testdata/demo -S 2026-11-01", "stats testdata/demo -S 2026-11-01", "fields testdata/demo -S 2026-11-01"]
    {
        assert_eq!(typed(line).stderr, ends, "{line}");
    }
    // Where something is found, where none is wanted, and where nobody is to be told.
    for line in ["-S 2026-10-16", "-S 2026-11-01 -q", "-S 2026-11-01 -o export", "-u dockr -n 0"] {
        assert_eq!(show(line).stderr, "", "{line}");
    }
}

#[test]
fn a_name_that_no_entry_has_is_told_with_what_comes_near() {
    for (line, why) in [
        ("PRIORTY=3", "no entry has a field PRIORTY; PRIORITY is there"),
        ("-u dockr", "no entry is of the unit dockr; docker is there"),
        ("-u dockr.service", "no entry is of the unit dockr.service; docker is there"),
        ("-t SUDO", "no entry is of the identifier SUDO; sudo is there"),
        (
            "--container nosuch",
            "no entry is of the container nosuch (`lastwords fields` with CONTAINER_NAME lists all)",
        ),
    ] {
        let answer = show(line);
        assert_eq!(
            (answer.text(), answer.stderr.as_str()),
            ("-- No entries --\n", format!("lastwords: {why}\n").as_str()),
            "{line}"
        );
        let boots = typed(&format!("boots testdata/demo {line}")).stderr;
        assert_eq!(boots, format!("lastwords: {why}\n"), "{line}");
    }
    // What is there, and only not together; and patterns.
    for line in ["-u docker -t sudo", "PRIORITY=3 _UID=12345", "-u dockr*", "-u /srv/data -b -1 -p 0", "-g nosuchthing"]
    {
        assert_eq!(show(line).stderr, "", "{line}");
    }
}

#[test]
fn a_journal_of_which_nothing_is_to_be_salvaged_is_not_called_empty() {
    let answer = typed("salvage testdata/demo");
    assert_eq!((answer.status, answer.text()), (0, ""));
    assert!(answer.stderr.contains("no entry lies beyond the indexes"), "{}", answer.stderr);
}

#[test]
fn a_pipe_is_refused_with_what_to_do_and_a_file_at_standard_input_is_read() {
    let mut piped = command();
    piped.args(["show", "-i", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let answer = Answer::of(piped.spawn().unwrap().wait_with_output().unwrap());
    assert_eq!(answer.status, 2);
    assert!(answer.stderr.contains("it is a pipe") && answer.stderr.contains("-i - < FILE"), "{}", answer.stderr);
    let file = std::fs::File::open("testdata/small/state-online.journal").unwrap();
    let answer = Answer::of(command().args(["show", "-i", "-", "-n", "1"]).stdin(file).output().unwrap());
    assert!(answer.status == 0 && !answer.text().is_empty(), "{}", answer.stderr);
    assert!(typed("show -").stderr.contains("standard input is -i -"));
}

#[test]
fn an_archive_of_journals_is_named_as_one() {
    let folder = Folder::new("parity-archive");
    let packed = folder.file("journal.tar.gz", b"\x1f\x8b\x08\0\0\0\0\0");
    for path in [folder.path(), &packed] {
        let answer = lastwords(&["boots".as_ref(), path.as_os_str()]);
        assert_eq!(answer.status, 2);
        assert!(answer.stderr.contains("archive: unpack it first"), "{}", answer.stderr);
    }
}

#[test]
fn a_misspelt_command_is_told_from_a_path() {
    let answer = typed("bots testdata/demo");
    let why = "lastwords: bots: no such command, file or directory; boots is a command: lastwords boots …\n";
    assert_eq!((answer.status, answer.stderr.as_str()), (2, why));
}
