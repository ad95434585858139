//! How many entries are lost, as every command says it.

use super::*;

/// All commands say the same of how many entries are lost: those of the sound file that are not there, where the header
/// says how many there were.
#[test]
fn every_command_counts_the_entries_that_only_the_header_knows_of() {
    let lost =
        [("truncated-60", 135), ("zeroed-tail", 140), ("pages-lost", 11), ("array-looped", 0), ("header-lost", 0)];
    for (name, lost) in lost {
        let file = format!("testdata/broken/{name}.journal");
        let said = format!("{file}: at most {lost} entries lost");
        let json = |args: &[&str]| {
            let answer = lastwords(&[args, &[&file, "-o", "json"]].concat());
            assert_eq!(answer.stderr.contains(&said), lost > 0, "{args:?}: {}", answer.stderr);
            serde_json::from_slice::<Value>(&answer.stdout).unwrap()
        };
        let info = json(&["info"]);
        assert_eq!(info["files"][0]["lost"], lost, "{name}");
        assert_eq!((&info["in_all"]["lost"], &info["counters"][0]["lost"]), (&lost.into(), &lost.into()), "{name}");
        let (why, boots) = (json(&["why", "-b", "0"]), json(&["boots"]));
        for row in [&why, boots.as_array().unwrap().last().unwrap()] {
            assert_eq!((&row["accounts"][0]["lost"], &row["accounts_in_all"]["lost"]), (&lost.into(), &lost.into()));
        }
        let shown = exported(&file);
        assert_eq!(shown.stderr.contains(&said), lost > 0, "{name}: {}", shown.stderr);
        assert!(name == "header-lost" || shown.entries().len() + lost == 316, "{name}");
        // The end of the last boot is among what was lost from the tail.
        let ends = boots.as_array().unwrap().last().unwrap()["ending"]["orderliness"] == "unknown";
        assert_eq!(ends, ["truncated-60", "zeroed-tail"].contains(&name), "{name}");
    }
}

/// An abrupt end mostly tears a file, and is what a script asks for; what was lost is said on stderr all the same.
#[test]
fn the_exit_status_tells_of_an_abrupt_end_though_the_file_is_torn() {
    for (name, newest) in [("array-lost", "running"), ("truncated-60", "unknown"), ("zeroed-tail", "unknown")] {
        let file = format!("testdata/broken/{name}.journal");
        let answer = |args: &[&str]| lastwords(&[args, &[&file]].concat());
        let boots: Value = serde_json::from_slice(&answer(&["boots", "-o", "json"]).stdout).unwrap();
        let ends = [0, 1].map(|boot| boots[boot]["ending"]["orderliness"].as_str().unwrap());
        assert_eq!(ends, ["abrupt", newest], "{name}");
        for (args, status) in
            [(&["why", "-b", "1"][..], 1), (&["why", "-b", "0"], 3), (&["boots", "--check"], 1), (&["boots"], 3)]
        {
            let answer = answer(args);
            assert_eq!(answer.status, status, "{name} {args:?}");
            assert!(answer.stderr.contains(&file), "{name} {args:?}: {}", answer.stderr);
        }
    }
}

#[test]
fn an_entry_that_another_file_has_is_not_lost() {
    let files = ["testdata/broken/truncated-60.journal", "testdata/broken/unharmed.journal"];
    let answer = lastwords(&[&["info", "-o", "json"][..], &files].concat());
    assert!(
        answer.stderr.contains("135 entries cannot be read") && !answer.stderr.contains("lost"),
        "{}",
        answer.stderr
    );
    let info = serde_json::from_slice::<Value>(&answer.stdout).unwrap();
    assert_eq!(info["files"][0]["account"]["claims"]["lost"], 135);
    assert_eq!((&info["files"][0]["lost"], &info["in_all"]["lost"]), (&0.into(), &0.into()));
    assert_eq!(info["counters"].as_array().unwrap().len(), 1);
}

#[test]
fn info_says_of_a_closed_file_what_only_its_objects_tell() {
    let mut bytes = fs::read(testdata("small/state-archived.journal")).unwrap();
    let (from, len) = (bytes.len() / 4096 / 4 * 4096, 4096);
    bytes[from..from + len].fill(0);
    let folder = Folder::new("closed-and-damaged");
    let path = folder.file("system@1.journal", &bytes);
    let answer = lastwords(&["info", path.to_str().unwrap(), "-o", "json"]);
    let info = serde_json::from_slice::<Value>(&answer.stdout).unwrap();
    let lost = info["files"][0]["lost"].as_u64().unwrap();
    let unreadable = info["files"][0]["account"]["entries"]["unreadable"].as_u64().unwrap();
    assert!(unreadable > 0 && lost >= unreadable && answer.status == 3, "{lost} {unreadable} {}", answer.stderr);
    let shown = exported(path.to_str().unwrap());
    for stderr in [&answer.stderr, &shown.stderr] {
        assert!(stderr.contains(&format!("at most {lost} entries lost")), "{stderr}");
    }
    assert_eq!(shown.entries().len() as u64 + lost, info["files"][0]["n_entries"].as_u64().unwrap());
}

#[test]
fn a_closed_file_counts_its_entries_unless_its_header_is_older_than_the_rest() {
    const COUNT: usize = 152;
    const LAST: usize = 160;
    let sound = fs::read(testdata("small/state-archived.journal")).unwrap();
    let folder = Folder::new("older-header");
    let less = |fields: &[usize]| {
        let mut bytes = sound.clone();
        for at in fields {
            let number = u64::from_le_bytes(bytes[*at..at + 8].try_into().unwrap());
            bytes[*at..at + 8].copy_from_slice(&(number - 3).to_le_bytes());
        }
        exported(folder.file("older.journal", &bytes).to_str().unwrap())
    };
    let (whole, fewer, older) = (less(&[]), less(&[COUNT]), less(&[COUNT, LAST]));
    assert_eq!((whole.status, whole.stdout == fewer.stdout, whole.stdout == older.stdout), (0, true, true));
    // What was copied while the file was in use may have a header of some entries ago.
    assert_eq!((fewer.status, older.status), (3, 0), "{}", older.stderr);
    assert!(fewer.stderr.contains("entries in the main array"), "{}", fewer.stderr);
}

#[test]
fn a_file_that_is_missing_between_others_is_said_where_a_whole_directory_is_read() {
    let demo = testdata("demo/84aa495b7a814afba75e63bef421138c");
    let folder = Folder::new("missing-file");
    let mut names: Vec<String> = Vec::new();
    for entry in fs::read_dir(&demo).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if !name.ends_with("-00000000000004b6-00065dbb08a801c6.journal") {
            folder.file(&name, &fs::read(demo.join(&name)).unwrap());
            names.push(folder.path().join(&name).to_str().unwrap().to_owned());
        }
    }
    let place = folder.path().to_str().unwrap();
    // Entries 1206 to 1848, by the name and the header of the file that was left out.
    let line = "lastwords: between system@00065dbb08b4522b-b8f48e3af84059c7.journal~ (up to 2026-10-13 16:06:19 UTC) and \
                system.journal (from 2026-10-14 13:56:21 UTC) at most 643 entries are in no file that could be read here\n";
    for command in ["show", "boots", "stats", "fields"] {
        let answer = lastwords(&[command, place]);
        assert_eq!((answer.status, answer.stderr.matches(line).count()), (0, 1), "{command}: {}", answer.stderr);
    }
    let info = lastwords(&["info", place, "-o", "json"]);
    assert_eq!(info.json()["in_all"]["lost"], 643);
    // Under another name it is still there.
    let left_out = demo.join("system@07c4a9532de145ffa23c45b50fde8a04-00000000000004b6-00065dbb08a801c6.journal");
    let renamed = folder.file("saved.journal", &fs::read(left_out).unwrap());
    let whole = lastwords(&["show", place]);
    assert_eq!((whole.status, whole.stderr.as_str()), (0, ""));
    fs::remove_file(renamed).unwrap();
    // Who chooses files is told nothing of others.
    let chosen: Vec<&str> = ["show"].into_iter().chain(names.iter().map(String::as_str)).collect();
    for args in [&chosen[..], &["show", place, "--system"]] {
        let answer = lastwords(args);
        assert_eq!((answer.status, answer.stderr.contains("in no file")), (0, false), "{args:?}: {}", answer.stderr);
    }
}

#[test]
fn a_journal_behind_another_in_one_file_is_named_and_changes_nothing_of_the_first() {
    let [one, two] =
        ["state-archived", "sd252-none-unkeyed-regular"].map(|name| testdata(&format!("small/{name}.journal")));
    let folder = Folder::new("one-behind-the-other");
    let path = folder.file("both.journal", &[fs::read(&one).unwrap(), fs::read(&two).unwrap()].concat());
    let path = path.to_str().unwrap();
    let (alone, both) = (exported(one.to_str().unwrap()), exported(path));
    assert_eq!((both.status, both.stdout == alone.stdout), (3, true));
    let place = fs::metadata(&one).unwrap().len();
    let told = format!(
        "1 fault in header or index: file longer than its header says at {place:#x}: another journal begins here"
    );
    for command in [&["show", path][..], &["info", path], &["verify", path]] {
        let answer = lastwords(command);
        let said = format!("{}{}", answer.stderr, answer.text());
        assert!(answer.status > 0 && said.contains("another journal begins here"), "{command:?}: {said}");
    }
    assert!(both.stderr.contains(&told), "{}", both.stderr);
}

/// What `--strict` leaves out, and a list of a boot that is wrong, are said by `info` too, though it opens no entry.
#[test]
fn the_accounts_of_a_closed_file_say_on_stderr_what_show_does() {
    let folder = Folder::new("accounts-of-closed");
    let mut bytes = fs::read(testdata("small/sd257-xz-keyed-regular.journal")).unwrap();
    bytes[0x13000..0x14000].fill(0);
    let holed = folder.file("holed.journal", &bytes);
    let holed = holed.to_str().unwrap();
    for command in ["show", "info", "boots", "stats"] {
        for args in [&[command, holed][..], &[command, "--strict", holed]] {
            let answer = lastwords(args);
            assert_eq!(answer.status, 3, "{args:?}");
            // All eight heads lie in the page.
            let said = answer.stderr.contains("8 entries cannot be read") || answer.stderr.contains("8 entries lost");
            assert!(said, "{args:?}: {}", answer.stderr);
        }
    }
    let mut bytes = fs::read(testdata("small/sd257-xz-keyed-regular.journal")).unwrap();
    // The count of entries stands right before the payload of a DATA.
    let payload = bytes.windows(9).position(|window| window == b"_BOOT_ID=").unwrap();
    bytes[payload - 1] = 0x10;
    let longer = folder.file("longer.journal", &bytes);
    for command in ["show", "info", "boots"] {
        let answer = lastwords(&[command, longer.to_str().unwrap()]);
        assert_eq!(answer.status, 3, "{command}");
        assert!(answer.stderr.contains("entries of a boot in its list"), "{command}: {}", answer.stderr);
    }
}
