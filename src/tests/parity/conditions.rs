//! Which entries are meant, and where they come from.

use crate::support::{DEMO, Folder, lastwords};
use crate::{assert_lines, show};

#[test]
fn units_are_found_by_name_pattern_slice_and_path() {
    for (line, lines) in [
        ("-u ssh", 89),
        ("-u ss*", 89),
        ("-u ssh -u cron", 299),
        ("-u [!s]*.service", 1368),
        ("-u *.slice", 2114),
        ("-u sys*", 1490),
        ("-u system.slice", 1229),
        ("-u user-1000.slice", 28),
        // Both what PID 1 says of itself and what it says of others.
        ("-u init.scope", 867),
        // As the user with the id 1000, whose units they are.
        ("--user-unit init.scope", 11),
        ("--user-unit default.target", 7),
    ] {
        assert_lines(line, lines);
    }
}

#[test]
fn priorities_and_facilities_are_journalctls() {
    for (line, lines) in [
        ("-p err", 23),
        ("-p warning..err", 65),
        ("-p err..warning", 65),
        ("-p 5..3", 90),
        ("-p debug..emerg", 2394),
        ("--facility=kern", 224),
        ("--facility=daemon,auth", 1961),
        ("--facility=kern --facility=daemon", 2098),
    ] {
        assert_lines(line, lines);
    }
    let answer = lastwords(&["show", "--facility=help"]);
    let names: Vec<&str> = answer.text().lines().collect();
    assert_eq!((names.len(), names[0], names[1], names[24]), (25, "Available facilities:", "kern", "local7"));
    let formats = lastwords(&["show", "-o", "help"]);
    assert_eq!((formats.text().lines().count(), formats.text().lines().next()), (16, Some("short")));
}

#[test]
fn a_capital_letter_makes_a_pattern_strict_unless_said_otherwise() {
    for (line, lines) in [
        ("-g ssh", 45),
        ("-g Started", 115),
        ("-g started", 123),
        ("-g STARTED --case-sensitive=no", 123),
        ("-g started --case-sensitive", 15),
        ("-g started --case-sensitive=yes", 15),
        ("-g panic|oops", 15),
    ] {
        assert_lines(line, lines);
    }
    // A message is meant, not a field: no file has one of this name.
    assert_eq!(show("-g BUG: -q").status, 1);
    assert_eq!(show("-g _COMM:^sshd$ -o cat").text(), show("_COMM=sshd -o cat").text());
}

#[test]
fn the_kernels_messages_are_of_all_boots_unless_journalctl_is_to_be_followed() {
    assert_lines("-k -b all", 287);
    assert_lines("-k", 287);
    assert_lines("-k -b -1", 35);
    assert_lines("-k --compat", 30);
    assert_lines("-k -b all --compat", 287);
    // The last one counts, as in journalctl 257.
    assert_lines("-b all -k", 287);
    assert_lines("-b all -k --compat", 30);
    assert_lines("-b -1 -k --compat", 35);
    assert_lines("-b all -e --compat", 199);
    assert_eq!(show("-e -b all --compat").text(), show("-n 1000").text());
    assert_lines("-e --compat", 199);
    let newest = show("-g ssh -n 3 --compat -o cat");
    assert_eq!(newest.text(), show("-g ssh -n 3 -r -o cat").text());
    assert_ne!(newest.text(), show("-g ssh -n 3 -o cat").text());
}

/// journalctl 252 and 257: `Extraneous arguments starting with '_PID=1'`, also for -F and -N, which go further here.
#[test]
fn a_term_that_would_choose_nothing_is_refused() {
    for question in ["--list-boots", "--header", "--disk-usage", "--list-invocations -u ssh"] {
        let answer = show(&format!("{question} _PID=1"));
        assert_eq!((answer.status, answer.text()), (2, ""), "{question}");
        let option = question.split(' ').next().unwrap();
        assert!(
            answer.stderr.contains(&format!("{option}: \"_PID=1\": nothing chooses entries here")),
            "{}",
            answer.stderr
        );
        assert_eq!(show(question).status, 0, "{question}");
    }
    for chosen in ["--container edge-app", "--stream stderr", "--not-grep ssh"] {
        assert_eq!(show(&format!("--list-boots {chosen}")).status, 2, "{chosen}");
    }
    assert_lines("-F PRIORITY _PID=1", 3);
}

#[test]
fn values_may_be_left_out_attached_or_behind_a_cluster() {
    for (line, lines) in [("-rb", 199), ("-b-1", 209), ("-rb -1", 209), ("-rb-1", 209), ("-n5", 5), ("-rn 5", 5)] {
        assert_lines(line, lines);
    }
    let behind = lastwords(&["show", "-rb", DEMO]);
    assert_eq!((behind.status, behind.text()), (0, show("-r -b 0").text()));
}

#[test]
fn a_path_that_is_no_journal_is_a_program_if_an_entry_knows_it() {
    let answer = show("/usr/sbin/sshd -o cat");
    assert_eq!(answer.text(), show("_EXE=/usr/sbin/sshd -o cat").text());
    assert_eq!(answer.text().lines().count(), 54);
    // As journalctl does by what is a link on the machine that it runs on.
    let linked = show("/sbin/sshd -o cat");
    assert_eq!(linked.text(), answer.text());
    let said = "/sbin/sshd: no journal, taken for _EXE=/sbin/sshd or _EXE=/usr/sbin/sshd\n";
    assert!(linked.stderr.contains(said), "{}", linked.stderr);
    assert!(answer.stderr.contains("/usr/sbin/sshd: no journal, taken for _EXE=/usr/sbin/sshd"), "{}", answer.stderr);
    assert_eq!(show("-q /usr/sbin/sshd").stderr, "");
    let unknown = show("/no/such/program");
    assert_eq!((unknown.status, unknown.text()), (2, ""));
    assert!(unknown.stderr.contains("no such file or directory, and no entry has it as _EXE"), "{}", unknown.stderr);
    // A directory is a source, whatever entries say.
    let folder = Folder::new("parity-empty");
    let empty = lastwords(&[std::ffi::OsStr::new("show"), folder.path().as_os_str()]);
    assert_eq!(empty.status, 2);
    assert!(empty.stderr.contains("no journal files here"), "{}", empty.stderr);
}

#[test]
fn where_journals_are_of_another_kind_than_the_one_asked_for_that_is_said() {
    let folder = Folder::new("parity-other-kind");
    folder.file("fleet.journal", &std::fs::read("testdata/small/state-archived.journal").unwrap());
    let path = folder.path().to_str().unwrap();
    for (option, what) in [
        (&["--system"][..], "a journal of the system (system.journal, system@…)"),
        (&["--user"], "a journal of a user (user-1000.journal, user-1000@…)"),
        (&["--system", "--user"], "a journal of the system or of a user"),
        (&["--namespace=app"], "a journal of that --namespace"),
    ] {
        let answer = lastwords(&[&["show", "-D", path], option].concat());
        let said = format!("lastwords: {what} not found: {path}: 1 other is there\n");
        assert_eq!((answer.status, answer.text(), answer.stderr.as_str()), (2, "", said.as_str()));
    }
}

#[test]
fn the_root_of_a_machine_has_its_journals_where_they_belong_or_none() {
    let answer = lastwords(&["show", "--root", "testdata/small", "-n", "1"]);
    assert_eq!((answer.status, answer.text()), (2, ""));
    let said = "lastwords: testdata/small/var/log/journal: no such directory, nor run/log/journal beside it; -D reads a \
                directory of journals as it is\n";
    assert_eq!(answer.stderr, said);
}

#[test]
fn a_boot_of_all_machines_is_none_to_journalctl() {
    for option in ["-b", "-b0", "-b-1"] {
        let merged = show(&format!("--compat -m {option} -o cat"));
        assert_eq!((merged.status, merged.text()), (2, ""), "{option}");
        assert!(merged.stderr.contains("a boot cannot be asked for with --merge"), "{}", merged.stderr);
        assert_eq!(show(&format!("-m {option} -n 1 -o cat")).status, 0);
    }
    assert_eq!(show("--compat -m -b all -n 1 -o cat").status, 0);
}

#[test]
fn a_typed_path_where_nothing_is_ends_every_command_with_one_sentence() {
    for command in ["why", "boots", "info", "show", "fields"] {
        for typed in [&["nixda"][..], &[DEMO, "nixda"], &["-D", "nixda"], &["--root", "nixda"], &["--file", "nixda"]] {
            let args: Vec<&str> = std::iter::once(command).chain(typed.iter().copied()).collect();
            let answer = lastwords(&args);
            assert_eq!((answer.status, answer.text()), (2, ""), "{args:?}");
            assert!(answer.stderr.starts_with("lastwords: nixda: no such file or directory"), "{}", answer.stderr);
            assert_eq!(answer.stderr.lines().count(), 1, "{}", answer.stderr);
        }
    }
}

#[test]
fn every_command_reads_the_sources_of_show() {
    let file = format!("{DEMO}/*.journal");
    let braces = format!("{DEMO}/{{system,user-1000}}{{,@*}}.journal");
    for command in ["why", "boots", "info", "show", "fields"] {
        for source in [
            &["-D", DEMO][..],
            &[DEMO],
            &["--file", &file],
            &[&file],
            &["--file", &braces],
            &[&braces],
            &["testdata/demo"],
            &["--system", DEMO],
        ] {
            let args: Vec<&str> = std::iter::once(command).chain(source.iter().copied()).collect();
            let answer = lastwords(&args);
            assert!(answer.status < 2 && !answer.stdout.is_empty(), "{args:?}: {}", answer.stderr);
        }
    }
}

#[test]
fn the_systems_and_the_users_journals_are_wanted_together_as_in_journalctl() {
    let count = |line: &str| show(line).text().lines().count();
    let (system, user) = (count("--system -o cat"), count("--user -o cat"));
    assert!(system > 0 && user > 0);
    assert_eq!(count("--system --user -o cat"), system + user);
    // Units are the system's then.
    assert_eq!(show("--system --user -u ssh").text(), show("-u ssh").text());
}

#[test]
fn of_a_cursor_file_the_first_line_counts_as_in_journalctl() {
    let folder = Folder::new("parity-cursor-lines");
    let cursor = show("-n +1 -o cat --show-cursor").text().lines().last().unwrap().to_owned();
    let cursor = cursor.trim_start_matches("-- cursor: ");
    let after = |more: &str| {
        let file = folder.file("cursor", format!("{cursor}{more}").as_bytes());
        show(&format!("-n 1 -o short-full --cursor-file {}", file.display()))
    };
    assert_eq!(after("\nmore\n").text(), after("").text());
    assert_eq!(after("").status, 0);
}

#[test]
fn braces_in_a_pattern_stand_for_each_of_their_parts_as_in_journalctl() {
    let shown = |file: &str| lastwords(&["show", "-q", "-o", "export", "--file", file]);
    let both = shown(&format!("{DEMO}/{{system,user-1000}}.{{journal,nothing}}"));
    let one = |name: &str| shown(&format!("{DEMO}/{name}.journal")).entries().len();
    assert_eq!(both.entries().len(), one("system") + one("user-1000"));
    let (none, many) = (shown("testdata/small/{no,none}.journal"), shown(&"{a,b}".repeat(20)));
    assert_eq!((none.status, many.status), (2, 2));
    assert!(none.stderr.ends_with("no file fits it\n"), "{}", none.stderr);
    assert!(many.stderr.ends_with("its braces stand for more than 1000 patterns\n"), "{}", many.stderr);
}

/// What journalctl 252 and 257 read of `-D` where a namespace's directory stands beside the machine's own.
#[test]
fn namespaces_are_read_unless_journalctl_is_to_be_followed() {
    const ID: &str = "84aa495b7a814afba75e63bef421138c";
    let folder = Folder::new("parity-namespaces");
    for (name, file) in [(ID.to_owned(), "system"), (format!("{ID}.app"), "user-1000")] {
        let bytes = std::fs::read(format!("{DEMO}/{file}.journal")).unwrap();
        folder.file(&format!("{name}/system.journal"), &bytes);
    }
    let shown = |place: &str, more: &[&str]| {
        let path = folder.path().join(place);
        let answer = lastwords(&[&["show", "-q", "-o", "export", "-D", path.to_str().unwrap()], more].concat());
        answer.entries().len()
    };
    let app = format!("{ID}.app");
    let (own, named) = (shown(ID, &["--compat"]), shown(&app, &["--compat"]));
    assert!(own > 0 && named > 0);
    assert_eq!(shown("", &[]), own + named);
    assert_eq!(shown("", &["--compat"]), own);
    assert_eq!(shown("", &["--compat", "--namespace", "app"]), named);
}

/// systemd 247 listed an entry twice under a value that it has twice; journalctl 252 and 257 find the same two lines.
#[test]
fn an_entry_that_is_listed_twice_under_a_value_is_no_damage() {
    let answer = lastwords(&["show", "--file", "testdata/small/sd247-value-twice.journal", "TAG=alpha", "-o", "cat"]);
    assert_eq!((answer.status, answer.text()), (0, "two values of one field\none value twice\n"), "{}", answer.stderr);
    assert_eq!(answer.stderr, "");
}
