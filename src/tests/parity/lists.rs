//! Lists in the place of entries: runs of units, boots, names and values.

use crate::support::{self, DEMO, Folder, lastwords};
use crate::{assert_lines, show};

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
fn heads_of_lists_are_underlined_but_on_the_console_of_linux() {
    let head = |term: &str| {
        let mut command = support::command();
        command.env_remove("NO_COLOR").envs([("SYSTEMD_COLORS", "256"), ("TERM", term)]);
        let listed = command.args(["show", "-D", DEMO, "--list-boots"]).output().unwrap().stdout;
        String::from_utf8(listed).unwrap().lines().next().unwrap().to_owned()
    };
    assert!(head("xterm").starts_with("\x1b[4mIDX\x1b[0m"), "{}", head("xterm"));
    // What journalctl 257 prints there.
    assert_eq!(head("linux"), "IDX BOOT ID                          FIRST ENTRY                 LAST ENTRY");
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
        ("-I", "lastwords: -I needs a unit, by -u or --user-unit\n"),
        ("--invocation=-1", "lastwords: --invocation needs a unit"),
        ("--list-invocations", "lastwords: --list-invocations needs exactly one unit"),
        ("-u nothing -I", "invocation not found: 0 of nothing\n"),
        ("-u nothing* -I", "invocation not found: 0 of nothing*\n"),
        ("-u nothing -u none -I", "invocation not found: 0 of nothing\n"),
        ("-u ss* -u cron --list-invocations", "exactly one unit"),
        ("-u ss* --list-invocations", "exactly one unit"),
        ("-u ssh --invocation=99", "invocation not found: 99"),
        ("-u ssh --invocation=x", "give an id of 32 hex digits"),
        ("-u ssh -u cron -I --compat", "-I needs exactly one unit"),
        ("-u ss* --invocation=1 --compat", "--invocation needs exactly one unit"),
    ] {
        let answer = show(line);
        assert_eq!((answer.status, answer.text()), (2, ""), "{line}");
        assert!(answer.stderr.contains(why), "{line}: {}", answer.stderr);
    }
    // Beyond journalctl: the newest run of each.
    assert_eq!(show("-u ss* -I").text(), show("-u ssh -I").text());
    let [both, ssh, cron] = ["-u ssh -u cron", "-u ssh", "-u cron"].map(|units| show(&format!("{units} -I -o export")));
    let each = [ssh.entries(), cron.entries()].concat();
    assert!(both.entries().len() == each.len() && each.iter().all(|entry| both.entries().contains(entry)));
    assert_eq!(show("-u ssh --user-unit none -u cron -I").text(), show("-u cron -u ssh -I").text());
    let by_id = "--invocation=f509ffcab85044b29c42a92a7911bb1f";
    assert_eq!(show(&format!("-u ssh -u cron {by_id} --compat")).text(), show(by_id).text());
    let one = show("-u ssh -u nothing -I");
    assert_eq!(
        (one.text(), one.stderr.as_str()),
        (show("-u ssh -I").text(), "lastwords: invocation not found: 0 of nothing\n")
    );
    let none = show("-u data.mount --list-invocations");
    assert_eq!((none.status, none.text()), (1, ""));
}

#[test]
fn a_boot_is_told_by_four_digits_of_its_id_and_not_by_fewer() {
    for id in ["e225", "e225168", "e2251681", "E2251681"] {
        assert_eq!(show(&format!("-b {id}")).text(), show("-b -7").text(), "{id}");
    }
    for (boot, why) in [
        ("e22", "boot: \"e22\": too short: an id's first 4 hex digits or more tell a boot"),
        ("dea", "boot: \"dea\": too short"),
        ("ffffffff", "boot not found: ffffffff (there are 8 boots, from -7 to 0: `lastwords boots` lists them)\n"),
        ("99", "boot not found: 99 (there are 8 boots, from -7 to 0: `lastwords boots` lists them)\n"),
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
fn what_chooses_no_entries_is_refused_by_the_option_that_was_typed() {
    for (line, option) in [
        ("--list-boots --container web", "--container"),
        ("--list-boots --stream stdout", "--stream"),
        ("--disk-usage --join-partial", "--join-partial"),
    ] {
        let answer = show(line);
        assert_eq!((answer.status, answer.text()), (2, ""), "{line}");
        let why = format!(": \"{option}\": nothing chooses entries here: the answer is about all of them\n");
        assert!(answer.stderr.ends_with(&why), "{line}: {}", answer.stderr);
    }
    assert_eq!(show("--list-boots").status, 0);
}

#[test]
fn boots_are_listed_as_journalctl_257_does() {
    let recorded = std::fs::read_to_string(support::testdata("answers/demo.list-boots")).unwrap();
    assert_eq!(show("--list-boots").text(), recorded);
    let lines: Vec<&str> = recorded.split_inclusive('\n').collect();
    assert_eq!(show("--list-boots -n 2 -r").text(), [lines[0], lines[8], lines[7]].concat());
    let none = show("--list-boots -n 0");
    assert_eq!((none.text(), none.status), ("", 1), "as 257, which says that there is none");
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
