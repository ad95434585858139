//! Options that journalctl has too: as many lines as it prints, and its words where it has any.
//!
//! The numbers are what `TZ=UTC LC_ALL=C.UTF-8 journalctl -D DEMO ARGS | wc -l` of systemd 252 says, run on the demo.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use support::{Answer, DEMO, Folder, lastwords};

/// `show` of the demo with more arguments, typed in one line.
fn show(line: &str) -> Answer {
    let args = ["show", "-D", DEMO].into_iter().chain(line.split_whitespace());
    lastwords(&args.collect::<Vec<_>>())
}

fn assert_lines(line: &str, expected: usize) {
    let answer = show(line);
    assert_eq!((answer.status, answer.text().lines().count()), (0, expected), "{line}: {}", answer.stderr);
}

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
        assert!(answer.stderr.contains(&format!("{option}: \"_PID=1\": no term chooses here")), "{}", answer.stderr);
        assert_eq!(show(question).status, 0, "{question}");
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
    for command in ["why", "boots", "info", "show", "fields"] {
        for source in
            [&["-D", DEMO][..], &[DEMO], &["--file", &file], &[&file], &["testdata/demo"], &["--system", DEMO]]
        {
            let args: Vec<&str> = std::iter::once(command).chain(source.iter().copied()).collect();
            let answer = lastwords(&args);
            assert!(answer.status < 2 && !answer.stdout.is_empty(), "{args:?}: {}", answer.stderr);
        }
    }
}

/// What `journalctl -D DEMO -u ssh --list-invocations` of systemd 257 prints.
const RUNS_OF_SSH: &str = "\
IDX INVOCATION ID                    FIRST ENTRY                 LAST ENTRY
 -7 f34892fc56ea45c9bace3db04a571fd8 Mon 2026-10-12 05:58:10 UTC Mon 2026-10-12 17:31:40 UTC
 -6 f509ffcab85044b29c42a92a7911bb1f Mon 2026-10-12 17:32:12 UTC Tue 2026-10-13 01:07:13 UTC
 -5 b709abab394340628f7131e5ee88773c Tue 2026-10-13 02:51:47 UTC Tue 2026-10-13 02:51:47 UTC
 -4 ace45ab18cd9422fb90b219d18d6d744 Tue 2026-10-13 09:34:44 UTC Tue 2026-10-13 13:14:45 UTC
 -3 f22e9530930940c1a8d959f0891b84da Tue 2026-10-13 16:09:06 UTC Wed 2026-10-14 04:15:00 UTC
 -2 c90a1e5cd37149b4ad0296d9f4e162ff Wed 2026-10-14 04:15:40 UTC Wed 2026-10-14 15:20:41 UTC
 -1 191f29bfdb7f4105994c634f31da26b5 Fri 2026-10-16 07:12:23 UTC Fri 2026-10-16 08:05:23 UTC
  0 bff50203222f42b8b9f7d7681a6c1248 Fri 2026-10-16 08:06:14 UTC Fri 2026-10-16 12:48:00 UTC
";

#[test]
fn runs_of_a_unit_are_listed_as_journalctl_257_does() {
    assert_eq!(show("-u ssh --list-invocations").text(), RUNS_OF_SSH);
    let lines: Vec<&str> = RUNS_OF_SSH.split_inclusive('\n').collect();
    assert_eq!(show("-u ssh --list-invocations -n 1").text(), [lines[0], lines[8]].concat());
    assert_eq!(show("-u ssh --list-invocations -b -1").text(), [lines[0], &lines[7].replacen("-1", " 0", 1)].concat());
    assert_eq!(show("-u ssh --list-invocations -n 2 -r").text(), [lines[0], lines[8], lines[7]].concat());
    let oldest = "1 f34892fc56ea45c9bace3db04a571fd8 Mon 2026-10-12 05:58:10 UTC Mon 2026-10-12 17:31:40 UTC\n";
    assert_eq!(show("-u ssh --list-invocations -q -n +1").text(), oldest);
    let json = show("-u ssh --list-invocations -n 1 -o json");
    let expected = "[{\"index\":0,\"invocation_id\":\"bff50203222f42b8b9f7d7681a6c1248\",\
                    \"first_entry\":1792137974681035,\"last_entry\":1792154880000200}]\n";
    assert_eq!(json.text(), expected);
    assert_eq!(show("-u ssh --list-invocations -o json-pretty").json().as_array().unwrap().len(), 8);
    for (unit, lines) in [("cron", 9), ("session-1.scope", 2), ("user@1000.service", 5), ("systemd-pstore", 9)] {
        assert_lines(&format!("-u {unit} --list-invocations"), lines);
    }
}

#[test]
fn one_run_of_a_unit_is_shown_as_journalctl_257_does() {
    for (line, lines) in [
        ("-u ssh -I", 10),
        ("-u ssh -rI", 10),
        ("-u ssh --invocation=0", 10),
        ("-u ssh --invocation -1", 10),
        ("-u ssh --invocation=1", 16),
        ("-u ssh --invocation=f509ffcab85044b29c42a92a7911bb1f+1", 4),
        ("--invocation=f509ffcab85044b29c42a92a7911bb1f", 10),
        ("-u ssh --invocation=all", 89),
        ("-u ssh -I -n 2", 2),
    ] {
        assert_lines(line, lines);
    }
    assert_eq!(show("-u ssh -I -b -1").text(), show("-u ssh --invocation=-1").text());
    for (line, why) in [
        ("-I", "lastwords: -I needs exactly one unit, by -u or --user-unit\n"),
        ("--invocation=-1", "lastwords: --invocation needs exactly one unit"),
        ("--list-invocations", "lastwords: --list-invocations needs exactly one unit"),
        ("-u nothing -I", "invocation not found: 0 of nothing\n"),
        ("-u ss* -I", "unit: \"ss*\": it is a pattern, and -I needs exactly one unit"),
        ("-u ssh -u cron -I", "exactly one unit"),
        ("-u ss* --list-invocations", "exactly one unit"),
        ("-u ssh --invocation=99", "invocation not found: 99"),
        ("-u ssh --invocation=x", "give an id of 32 hex digits"),
    ] {
        let answer = show(line);
        assert_eq!((answer.status, answer.text()), (2, ""), "{line}");
        assert!(answer.stderr.contains(why), "{line}: {}", answer.stderr);
    }
    let none = show("-u data.mount --list-invocations");
    assert_eq!((none.status, none.text()), (1, ""));
}

#[test]
fn a_boot_is_told_by_eight_digits_of_its_id_and_not_by_fewer() {
    assert_eq!(show("-b e2251681").text(), show("-b -7").text());
    for (boot, why) in [
        ("e225168", "boot: \"e225168\": too short: an id's first 8 hex digits tell a boot"),
        ("dea", "boot: \"dea\": too short"),
        ("ffffffff", "boot not found: ffffffff\n"),
        ("99", "boot not found: 99\n"),
    ] {
        for command in ["show", "why", "boots"] {
            for args in [&["-b", boot][..], &[&format!("--boot={boot}")]] {
                let answer = lastwords(&[&[command], args, &["-D", DEMO]].concat());
                assert_eq!((answer.status, answer.text()), (2, ""), "{command} {args:?}");
                assert!(answer.stderr.contains(why), "{command} {args:?}: {}", answer.stderr);
            }
        }
    }
    let folder = Folder::new("parity-boots");
    let named = folder.path().join("dea");
    std::fs::create_dir(&named).unwrap();
    let answer = lastwords(&["show", "-b", named.to_str().unwrap()]);
    assert!(!answer.stderr.contains("too short"), "a path is a path: {}", answer.stderr);
}

#[test]
fn boots_are_listed_as_journalctl_257_does() {
    let recorded = std::fs::read_to_string(support::testdata("answers/demo.list-boots")).unwrap();
    assert_eq!(show("--list-boots").text(), recorded);
    let lines: Vec<&str> = recorded.split_inclusive('\n').collect();
    assert_eq!(show("--list-boots -n 2 -r").text(), [lines[0], lines[8], lines[7]].concat());
    let json = show("--list-boots -o json").json();
    assert_eq!(json.as_array().unwrap().len(), 8);
    assert_eq!(json[0].as_object().unwrap().keys().count(), 4);
    assert_eq!(json[7]["index"], 0);
    // Framed as entries are; no head where only data is wanted.
    let text = show("--list-boots -o json").text().to_owned();
    assert_eq!(show("--list-boots -o json-seq").text(), format!("\x1e{text}"));
    assert_eq!(show("--list-boots -o json-sse").text(), format!("data: {text}\n"));
    // The first column is as wide as its numbers then.
    let rows: String = lines[1..].iter().map(|line| &line[1..]).collect();
    for line in ["--list-boots -o cat", "--list-boots -o export", "--list-boots -q"] {
        assert_eq!(show(line).text(), rows, "{line}");
    }
    assert_eq!(show("--list-boots -o verbose").text(), recorded);
    let none = show("--list-invocations -u nothing -q");
    assert_eq!((none.status, none.text(), none.stderr.as_str()), (1, "", ""));
}

/// What an entry's JSON says of a field, one value or several.
fn values_in(lines: &str, name: &str) -> std::collections::BTreeSet<String> {
    let entries = lines.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let of = |entry: serde_json::Value| match &entry[name] {
        serde_json::Value::String(text) => vec![text.clone()],
        serde_json::Value::Array(list) => list.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    };
    entries.flat_map(of).collect()
}

#[test]
fn names_and_values_are_those_of_the_selected_entries() {
    for filter in ["-b -1", "-u ssh", "-p err", "--since @1792000000", "-k -b 0", "-g started"] {
        let entries = show(&format!("{filter} -a -o json"));
        let mut names = std::collections::BTreeSet::new();
        for line in entries.text().lines() {
            let entry: serde_json::Value = serde_json::from_str(line).unwrap();
            names.extend(entry.as_object().unwrap().keys().filter(|name| !name.starts_with("__")).cloned());
        }
        let told = show(&format!("{filter} -N"));
        assert_eq!(
            told.text().lines().map(str::to_owned).collect::<Vec<_>>(),
            names.into_iter().collect::<Vec<_>>(),
            "{filter}"
        );
        for name in ["_COMM", "_SYSTEMD_UNIT", "PRIORITY", "NIXDA"] {
            let told = show(&format!("{filter} -F {name}"));
            let told: Vec<String> = told.text().lines().map(str::to_owned).collect();
            assert_eq!(told, values_in(entries.text(), name).into_iter().collect::<Vec<_>>(), "{filter} {name}");
        }
    }
    // Without a filter: as many as `journalctl -N | wc -l` and `-F _COMM | wc -l`.
    assert_lines("-N", 69);
    assert_lines("-F _COMM", 14);
    assert_lines("-F _COMM -n 3", 3);
}

#[test]
fn other_questions_have_journalctls_spelling_too() {
    let usage = show("--disk-usage");
    let text = usage.text();
    assert!(text.starts_with("Archived and active journals take up ") && text.ends_with(" in the file system.\n"));
    let header = show("--header");
    // Its form is journalctl's, see the test of that name.
    assert!(header.text().starts_with("File path: testdata/demo/"));
    let mut files = lastwords(&["info", DEMO, "-o", "json"]).json()["files"].clone();
    for file in files.as_array_mut().unwrap() {
        // What a walk through the file counted is not in its header.
        assert!(
            ["account", "accounted", "lost"].iter().all(|counted| file
                .as_object_mut()
                .unwrap()
                .remove(*counted)
                .is_some())
        );
    }
    assert_eq!(show("--header -o json").json(), files);
    assert_eq!(show("--header --list-boots").status, 2);
}

#[test]
fn shells_and_man_learn_the_options_from_the_command() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let answer = lastwords(&["completions", shell]);
        assert_eq!((answer.status, answer.stderr.as_str()), (0, ""));
        for word in ["list-invocations", "disk-usage", "completions", "why"] {
            assert!(answer.text().contains(word), "{word} for {shell}");
        }
    }
    assert_eq!(lastwords(&["completions", "csh"]).status, 2);
    let page = lastwords(&["man"]);
    assert!(page.text().contains(".TH lastwords 1"), "{}", page.text());
    let folder = Folder::new("parity-man");
    let below = folder.path().join("man1");
    let answer = lastwords(&[std::ffi::OsStr::new("man"), below.as_os_str()]);
    assert_eq!((answer.status, answer.text()), (0, ""), "{}", answer.stderr);
    for page in ["lastwords.1", "lastwords-show.1", "lastwords-why.1"] {
        let text = std::fs::read_to_string(below.join(page)).unwrap();
        assert!(text.contains(&format!(".TH {}", page.trim_end_matches(".1"))), "{page}");
    }
    let show = std::fs::read_to_string(below.join("lastwords-show.1")).unwrap();
    assert!(show.contains("list\\-invocations") && show.contains("Examples:"));
}

/// The database of one id with one text, in English.
fn catalog_database(id: &str, text: &str) -> Vec<u8> {
    let mut bytes = b"RHHHKSLP\0\0\0\0\0\0\0\0".to_vec();
    [40_u64, 1, 56].iter().for_each(|number| bytes.extend(number.to_le_bytes()));
    bytes.extend(
        lastwords::format::Id128(std::array::from_fn(|at| u8::from_str_radix(&id[at * 2..][..2], 16).unwrap())).0,
    );
    bytes.extend([0; 40]);
    bytes.extend(text.as_bytes());
    bytes.push(0);
    bytes
}

#[test]
fn explanations_are_those_of_the_root() {
    const STARTED: &str = "f77379a8490b408bbe5f6940505a777b";
    let root = Folder::new("explained-root");
    let journal = std::fs::read(support::testdata("demo/84aa495b7a814afba75e63bef421138c/system.journal")).unwrap();
    root.file("var/log/journal/x.journal", &journal);
    let line = |more: &[&str]| {
        let path = root.path().to_str().unwrap();
        lastwords(
            &[&["show", "--root", path, "-o", "short", "-q", &format!("MESSAGE_ID={STARTED}"), "-n", "1"], more]
                .concat(),
        )
    };
    let below = |answer: &Answer| answer.text().lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    let own = below(&line(&["-x"]));
    assert!(own[0].contains("The journal daemon began to write here"), "{own:?}");
    assert_eq!(below(&line(&[])), [""; 0]);

    let source =
        root.file("usr/lib/systemd/catalog/a.catalog", format!("-- {STARTED}\nSubject: by a source\n").as_bytes());
    assert_eq!(below(&line(&["-x"])), ["░░ Subject: by a source"]);

    let database = catalog_database(STARTED, "Subject: by a database\n");
    root.file("var/lib/systemd/catalog/database", &database);
    assert_eq!(below(&line(&["-x"])), ["░░ Subject: by a database"]);
    // What is named goes before what is found.
    assert_eq!(below(&line(&["-x", "--catalog-dir", source.to_str().unwrap()])), ["░░ Subject: by a source"]);

    root.file("var/lib/systemd/catalog/database", &database[..50]);
    let torn = line(&["-x"]);
    assert_eq!((below(&torn), torn.status), (own, 0));
    assert!(torn.stderr.contains("no catalog database") && torn.stderr.contains("not used"), "{}", torn.stderr);
}

#[test]
fn what_a_query_does_is_told_in_good_english() {
    let explained =
        |line: &str| lastwords(&[&["show", "--explain"], &line.split(' ').collect::<Vec<_>>()[..]].concat()).stderr;
    let one = explained("--file testdata/small/state-online.journal -n 1");
    assert!(one.contains("plan: 1 file, ") && one.ends_with("done: 1 entry shown\n"), "{one}");
    let torn = explained("--file testdata/broken/pages-lost.journal -o cat");
    assert_eq!(torn.matches("in order:").count(), 1, "{torn}");
    let demo = explained(&format!("-D {DEMO} -b -1 PRIORITY=2"));
    for words in [" 1 file,", "1 runs", "1 merges", "1 boots", "1 entries", "1 match\n"] {
        assert_eq!(demo.contains(words) || one.contains(words), words == " 1 file,", "{words}: {one}{demo}");
    }
}
