//! Damaged files: what is intact is shown, what is not is said, and nothing is made up.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use lastwords::analysis::{JournalSource, endings, judge};
use lastwords::corrupt::Losses;
use lastwords::file::{JournalFile, Options};
use lastwords::journal::Journal;
use lastwords::output::{Format, Look};
use lastwords::query::{Matches, Query, Selection};
use lastwords::testkit::synth::{Codec, Record, Synth, sample};
use lastwords::testkit::wound::{PAGE, Wound};
use serde_json::Value;
use support::{Answer, Folder, export_entries, lastwords, testdata};

fn expected() -> BTreeMap<String, Value> {
    serde_json::from_str(&fs::read_to_string(testdata("broken/expected.json")).unwrap()).unwrap()
}

fn exported(file: &str) -> Answer {
    lastwords(&["show", "--file", file, "-o", "export", "--all"])
}

fn lines(entry: &[u8]) -> Vec<&[u8]> {
    entry.split(|byte| *byte == b'\n').collect()
}

/// Where an entry of an export stream stands: its cursor without the hash, which is the first to go where one is torn,
/// and without the series, which no object tells where the header is lost.
fn cursor(entry: &[u8]) -> &[u8] {
    let line = lines(entry)[0];
    let place = |part: &[u8]| line.windows(3).position(|there| there == part).expect("a cursor has all its parts");
    &line[place(b";i=")..place(b";x=")]
}

/// The entries of a sound file by their cursors.
fn by_cursor(stream: &[u8]) -> BTreeMap<Vec<u8>, Vec<u8>> {
    export_entries(stream).into_iter().map(|entry| (cursor(entry).to_vec(), entry.to_vec())).collect()
}

/// Whether a shown entry is the sound one, or the sound one without some fields and with a note that they are lost.
fn is_part_of(shown: &[u8], sound: &[u8]) -> bool {
    let (mut fields, sound_lines) = (lines(shown).split_off(1), lines(sound));
    let count = fields.len();
    fields.retain(|line| !line.starts_with(b"_LASTWORDS_LOST="));
    let noted = fields.len() < count;
    let without_series = b"__SEQNUM_ID=00000000000000000000000000000000";
    fields.retain(|line| line != without_series);
    let is_whole = fields.len() + 2 >= sound_lines.len();
    fields.iter().all(|line| sound_lines.contains(line)) && (is_whole || noted)
}

#[test]
fn what_is_shown_of_a_broken_copy_is_as_in_the_sound_file() {
    let base = exported("testdata/broken/unharmed.journal");
    assert_eq!((base.status, base.stderr.as_str()), (0, ""));
    let sound = by_cursor(&base.stdout);
    assert_eq!(sound.len(), 316);
    for name in expected().keys().filter(|name| *name != "killed-in-mid-write.journal") {
        let answer = exported(&format!("testdata/broken/{name}"));
        for entry in answer.entries() {
            let whole = sound.get(cursor(entry)).unwrap_or_else(|| panic!("{name} has an entry of its own"));
            assert!(is_part_of(entry, whole), "{name}: {}", String::from_utf8_lossy(entry));
        }
    }
}

#[test]
fn a_broken_file_shows_at_least_what_journalctl_shows_of_it() {
    let ours = [
        ("array-looped.journal", 316),
        ("array-lost.journal", 316),
        ("array-zeroed.journal", 316),
        ("header-lost.journal", 316),
        ("killed-in-mid-write.journal", 293),
        ("pages-lost.journal", 305),
        ("truncated-60.journal", 181),
        ("unharmed.journal", 316),
        ("zeroed-tail.journal", 176),
    ];
    let expected = expected();
    assert_eq!(expected.len(), ours.len());
    for (name, least) in ours {
        let shown = exported(&format!("testdata/broken/{name}")).entries().len() as u64;
        let theirs = expected[name]["entries_journalctl_257"].as_u64().unwrap();
        assert!(shown >= theirs.max(least), "{name}: {shown} entries, journalctl {theirs}, once {least}");
    }
}

#[test]
fn damage_is_said_with_the_files_name_and_in_the_exit_status() {
    for (name, status) in [
        ("array-looped.journal", 3),
        ("array-zeroed.journal", 3),
        ("header-lost.journal", 3),
        ("pages-lost.journal", 3),
        ("truncated-60.journal", 3),
        ("zeroed-tail.journal", 3),
    ] {
        let file = format!("testdata/broken/{name}");
        let answer = exported(&file);
        assert_eq!(answer.status, status, "{name}: {}", answer.stderr);
        let sentence = format!("lastwords: {file}: ");
        assert!(answer.stderr.lines().any(|line| line.starts_with(&sentence)), "{name}: {}", answer.stderr);
    }
}

#[test]
fn a_sound_file_is_read_in_silence_and_what_only_a_walk_finds_is_said() {
    let sound = exported("testdata/broken/unharmed.journal");
    assert_eq!((sound.status, sound.stderr.as_str()), (0, ""));
    let file = "testdata/broken/killed-in-mid-write.journal";
    let killed = exported(file);
    let said = format!("lastwords: {file}: 1 entry salvaged beyond the index\n");
    assert_eq!((killed.status, &killed.stderr, killed.entries().len()), (3, &said, 293));
    let strict = lastwords(&["show", "--strict", "--file", file, "-o", "export"]);
    assert_eq!((strict.status, strict.stderr.as_str(), strict.entries().len()), (0, "", 292));
    let salvaged = lastwords(&["salvage", "--file", file, "-o", "export", "--provenance"]);
    assert_eq!((salvaged.status, salvaged.entries().len()), (3, 1));
    let entry = String::from_utf8_lossy(salvaged.entries()[0]).into_owned();
    assert!(entry.contains("\n_LASTWORDS_REACH=salvaged"), "{entry}");
    // The entry's place is where its object lies: an ENTRY, with the number that is shown.
    let number =
        |name: &str| -> usize { entry.lines().find_map(|line| line.strip_prefix(name)?.parse().ok()).unwrap() };
    let (bytes, at) = (fs::read(testdata("broken/killed-in-mid-write.journal")).unwrap(), number("_LASTWORDS_OFFSET="));
    assert_eq!(bytes[at], 3);
    assert_eq!(bytes[at + 16..at + 24], (number("__SEQNUM=") as u64).to_le_bytes());
}

/// The entries of an export stream as a sorted list, by where they stand.
fn places(answer: &Answer) -> Vec<Vec<u8>> {
    let mut places: Vec<_> = answer.entries().iter().map(|entry| cursor(entry).to_vec()).collect();
    places.sort();
    places
}

#[test]
fn what_the_index_gives_and_what_is_salvaged_together_are_what_is_shown() {
    for name in expected().keys() {
        let file = format!("testdata/broken/{name}");
        let [shown, strict, salvaged] = [&["show"][..], &["show", "--strict"], &["salvage"]]
            .map(|args| lastwords(&[args, &["--file", &file, "-o", "export"]].concat()));
        let mut parts = [places(&strict), places(&salvaged)].concat();
        parts.sort();
        assert_eq!(parts, places(&shown), "{name}");
        let by_index = exported_with(&file, "--provenance").iter().filter(|reach| *reach == "index").count();
        assert_eq!(by_index, strict.entries().len(), "{name}");
        let info = serde_json::from_slice::<Value>(&lastwords(&["info", &file, "-o", "json"]).stdout).unwrap();
        let entries = &info["files"][0]["account"]["entries"];
        let counts = [&entries["by_index"], &entries["salvaged"]].map(|count| count.as_u64().unwrap() as usize);
        assert_eq!(counts, [strict.entries().len(), salvaged.entries().len()], "{name}");
    }
}

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

/// How each entry is reached.
fn exported_with(file: &str, option: &str) -> Vec<String> {
    let answer = lastwords(&["show", "--file", file, "-o", "json", option]);
    let entry =
        |line: &[u8]| serde_json::from_slice::<Value>(line).unwrap()["_LASTWORDS_REACH"].as_str().map(str::to_owned);
    let lines = answer.stdout.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.filter_map(entry).collect()
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
fn a_broken_file_among_sound_ones_costs_only_itself() {
    let args = ["show", "-o", "export", "testdata/broken/header-lost.journal", "testdata/broken/unharmed.journal"];
    let answer = lastwords(&args);
    // Both hold the same entries.
    assert_eq!((answer.status, answer.entries().len()), (3, 316));
    assert!(answer.stderr.contains("header-lost.journal: "), "{}", answer.stderr);
}

#[test]
fn every_command_survives_every_broken_file() {
    for name in expected().keys() {
        let file = format!("testdata/broken/{name}");
        for args in [&["boots", &file][..], &["why", &file], &["info", &file], &["fields", &file, "MESSAGE"]] {
            let answer = lastwords(args);
            assert!((0..=3).contains(&answer.status), "{args:?}: {}", answer.status);
            assert_eq!(answer.status >= 2, !answer.stderr.is_empty(), "{args:?}: {}", answer.stderr);
        }
    }
}

/// Wounds a journal in every way of a list and asserts what holds for any damage; returns how many ways lost something.
fn wounded(name: &str, bytes: &[u8], wounds: impl Iterator<Item = Wound>) -> usize {
    let folder = Folder::new(name);
    let sound = exported(folder.file("sound.journal", bytes).to_str().unwrap());
    assert_eq!(sound.status, 0, "{}", sound.stderr);
    let by_cursor = by_cursor(&sound.stdout);
    let mut hurt = 0;
    for wound in wounds {
        let mut broken = bytes.to_vec();
        wound.apply(&mut broken);
        let answer = exported(folder.file("broken.journal", &broken).to_str().unwrap());
        assert!([0, 2, 3].contains(&answer.status), "{wound:?}: {} {}", answer.status, answer.stderr);
        for entry in answer.entries() {
            let whole = by_cursor.get(cursor(entry));
            let is_known = whole.is_some_and(|whole| is_part_of(entry, whole));
            assert!(is_known, "{wound:?} makes up {}", String::from_utf8_lossy(entry));
        }
        if answer.status == 0 {
            assert_eq!(answer.stdout, sound.stdout, "{wound:?} loses something in silence");
        } else {
            assert!(answer.stderr.contains("broken.journal: "), "{wound:?}: {}", answer.stderr);
            hurt += 1;
        }
    }
    hurt
}

fn pages(bytes: &[u8]) -> impl Iterator<Item = u64> + use<> {
    (0..bytes.len() as u64).step_by(usize::try_from(PAGE).unwrap())
}

#[test]
fn a_file_cut_anywhere_shows_what_lies_before_the_cut() {
    for (name, codec, compact) in [("cut-plain", Codec::None, true), ("cut-zstd", Codec::Zstd, false)] {
        let bytes = sample(120).codec(codec).compact(compact).build();
        let cuts = pages(&bytes).map(Wound::TruncateAt);
        assert_eq!(wounded(name, &bytes, cuts), pages(&bytes).count(), "{name}: every cut loses something");
    }
}

#[test]
fn a_page_of_zeros_anywhere_loses_what_lay_there_and_nothing_else() {
    for (name, codec, compact) in [("hole-plain", Codec::None, false), ("hole-zstd", Codec::Zstd, true)] {
        let bytes = sample(120).codec(codec).compact(compact).build();
        let holes = pages(&bytes).map(|from| Wound::Zero { from, len: PAGE });
        assert!(wounded(name, &bytes, holes) > 8, "{name}");
    }
}

/// Asks everything of a journal that may be damaged in any way; returns how many different entries it shows.
fn everything(bytes: Vec<u8>) -> usize {
    let Ok(file) = JournalFile::from_bytes(Path::new("wounded.journal"), bytes, Options::default()) else { return 0 };
    let (mut names, mut losses) = Default::default();
    file.field_names(&mut names, &mut losses);
    file.field_values(b"TAG", &mut losses);
    let journal = Journal::from_files(vec![file]);
    let source = JournalSource::of(&journal);
    let boots = endings(&source).len();
    assert_eq!((0..boots).filter_map(|boot| judge(&source, boot)).count(), boots);
    let matches = Matches::read(&["TAG=odd1", "+", "PRIORITY=2"]).unwrap();
    Selection::of(&journal, &Query { matches, ..Query::default() }).each(true, |_| true);
    let format = Format::named("json").unwrap().with(Look::default());
    let (mut worker, mut out, mut losses) = (format.worker(), Vec::new(), Losses::default());
    Selection::of(&journal, &Query::default()).each(false, |place| {
        if let Ok(entry) = journal.entry(place) {
            worker.render(&entry, None, &mut out, &mut losses);
        }
        true
    });
    let objects = out.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let seqnum = |line| serde_json::from_slice::<Value>(line).unwrap()["__SEQNUM"].to_string();
    objects.map(seqnum).collect::<BTreeSet<_>>().len()
}

#[test]
fn no_number_anywhere_in_a_file_breaks_the_reader() {
    for (compact, value) in [(true, 0x140), (false, u64::MAX)] {
        let bytes = sample(3).compact(compact).build();
        assert_eq!(everything(bytes.clone()), 3);
        for at in (0..bytes.len() as u64).step_by(8) {
            let mut broken = bytes.clone();
            Wound::PutU64 { at, value }.apply(&mut broken);
            everything(broken);
        }
    }
}

/// The file is cut while the command waits for its reader, who takes nothing until then.
#[test]
#[cfg(unix)]
fn a_file_that_shrinks_while_it_is_read_costs_only_itself() {
    use std::io::Read;
    use std::process::{Command, Stdio};

    let folder = Folder::new("shrinks");
    let long = folder.file("long.journal", &sample(3000).padding(4000).build());
    let short = folder.file("short.journal", &fs::read(testdata("broken/unharmed.journal")).unwrap());
    let mut child = Command::new(env!("CARGO_BIN_EXE_lastwords"))
        .args(["show", "-o", "export", "--threads", "1"])
        .args([&long, &short])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = [0; 1];
    child.stdout.as_mut().unwrap().read_exact(&mut first).unwrap();
    fs::File::options().write(true).open(&long).unwrap().set_len(1 << 16).unwrap();
    let answer = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&answer.stderr).into_owned();
    assert_eq!(answer.status.code(), Some(3), "{said}");
    assert!(said.contains("long.journal: shrank, or its medium failed, while it was read"), "{said}");
    assert!(!said.contains("short.journal"), "{said}");
    let stream = [&first[..], &answer.stdout].concat();
    let sound = exported(short.to_str().unwrap());
    let shown: BTreeSet<&[u8]> = export_entries(&stream).into_iter().collect();
    assert!(sound.entries().iter().all(|entry| shown.contains(entry)), "the other file is shown whole");
    assert!(shown.len() < 3000 + sound.entries().len(), "what lay behind the cut is gone");
}

/// No output says how far a check is, so that the cut is tried at one time after the other until it is met.
#[test]
#[cfg(unix)]
fn a_file_that_shrinks_while_it_is_checked_is_not_called_faulty() {
    use std::process::Command;

    let folder = Folder::new("shrinks-verify");
    let bytes = sample(3000).padding(8000).build();
    let met = (0..400_u64).any(|attempt| {
        let long = folder.file("long.journal", &bytes);
        let child = Command::new(env!("CARGO_BIN_EXE_lastwords"))
            .args(["verify", "--threads", "1", long.to_str().unwrap()])
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_micros(attempt % 100 * 500));
        fs::File::options().write(true).open(&long).unwrap().set_len(1 << 16).unwrap();
        let answer = Answer::of(child.wait_with_output().unwrap());
        let is_met = answer.stderr.contains("long.journal: shrank, or its medium failed, while it was read");
        assert!(!is_met || (answer.status == 3 && answer.stdout.is_empty()), "{answer:?}");
        is_met
    });
    assert!(met, "the file was cut too early or too late each time");
}

#[test]
#[cfg(feature = "zstd")]
fn salvage_writes_a_sound_file_of_all_that_can_be_read() {
    let folder = Folder::new("rescued");
    let into = format!("{}/out/", folder.path().display());
    let args = ["salvage", "testdata/broken/array-lost.journal", "--output", &into];
    let answer = lastwords(&args);
    assert_eq!(answer.status, 3, "{}", answer.stderr);
    let shown = exported("testdata/broken/array-lost.journal");
    let written = lastwords(&["show", &into, "-o", "export", "--all"]);
    assert_eq!((written.status, written.stderr.as_str()), (0, ""));
    let without_numbers = |answer: &Answer| -> Vec<Vec<Vec<u8>>> {
        let fields = |entry: &&[u8]| lines(entry).into_iter().skip(1).map(<[u8]>::to_vec).collect();
        answer.entries().iter().map(fields).collect()
    };
    assert_eq!(shown.entries().len(), 316);
    assert_eq!(without_numbers(&written), without_numbers(&shown), "nothing but the cursor may differ");
    assert_eq!(lastwords(&["verify", "-q", &into]).status, 0);
    // What is there is not replaced.
    let again = lastwords(&args);
    assert_eq!(again.status, 2, "{}", again.stderr);
    assert!(again.stderr.contains("exists already, and nothing is overwritten"), "{}", again.stderr);
}

/// A hundred messages of a MiB each, in a file of some KiB.
fn bombs(codec: Codec) -> Synth {
    let message = |nth: u64| format!("MESSAGE={nth} {}", "x".repeat(1 << 20));
    let record = |nth| Record::new(nth).field(message(nth)).field("PRIORITY=6");
    (1..=100).map(record).fold(Synth::new().codec(codec).threshold(512), Synth::entry)
}

#[test]
fn a_search_through_bombs_ends_and_says_what_it_left_out() {
    for (name, codec) in [("zstd", Codec::Zstd), ("zstd-no-size", Codec::ZstdNoSize), ("xz", Codec::Xz)] {
        let folder = Folder::new(&format!("bombs-{name}"));
        let bytes = bombs(codec).build();
        // Less than half of the messages, and more than the largest payloads allowed.
        assert!(bytes.len() * 256 < 50 << 20, "{name}: {} bytes", bytes.len());
        let path = folder.file("system.journal", &bytes);
        let path = path.to_str().unwrap();
        let small = ["--max-payload", "2"];
        for command in [
            &["show", "-g", "nowhere", "--file", path][..],
            &["show", "-g", "nowhere", "--no-index", "--file", path],
            &["show", "MESSAGE~=nowhere", "--file", path],
            &["boots", path],
            &["why", path],
        ] {
            let answer = lastwords(&[command, &small].concat());
            assert_eq!(answer.status, 3, "{name}: {command:?}: {}", answer.stderr);
            assert!(answer.stderr.contains("far beyond what its size explains"), "{command:?}: {}", answer.stderr);
        }
        // What is asked for is owed, however much it is.
        let shown = lastwords(&[&["show", "-o", "cat", "--file", path][..], &small].concat());
        assert_eq!((shown.status, shown.stdout.len() > 100 << 20), (0, true), "{name}: {}", shown.stderr);
    }
}

#[test]
fn a_message_with_a_flipped_bit_is_shown_as_damaged_where_its_entry_is_read() {
    const TEXT: &[u8] = b"MESSAGE=disk is full";
    let folder = Folder::new("broken-message");
    let mut bytes = fs::read(testdata("small/sd252-none-keyed-compact.journal")).unwrap();
    let sound = folder.file("sound.journal", &bytes);
    let at = bytes.windows(TEXT.len()).position(|there| there == TEXT).expect("the file has such a message");
    let show = |path: &Path, args: &[&str]| lastwords(&[&["show", "--file", path.to_str().unwrap()], args].concat());
    // Other messages hold bytes that are no text.
    let text = |answer: &Answer| String::from_utf8_lossy(&answer.stdout).into_owned();
    let whole = text(&show(&sound, &["-o", "short"]));

    bytes[at + TEXT.len() - 1] ^= 1;
    let flipped = folder.file("flipped.journal", &bytes);
    let shown = show(&flipped, &["--thorough", "-o", "short"]);
    assert_eq!(text(&shown), whole.replace("disk is full", "[damaged] disk is fulm"));
    assert_eq!(shown.status, 3);
    assert!(shown.stderr.contains("1 entry without all of its fields"), "{}", shown.stderr);
    assert_eq!(text(&show(&flipped, &["--strict", "-o", "short"])), whole.replace("disk is full", "disk is fulm"));
    for form in ["export", "json", "verbose"] {
        assert!(!text(&show(&flipped, &["--thorough", "-o", form])).contains("disk is ful"), "{form}");
    }

    // What another entry wrote there since is no text of this one.
    let mut owner = bytes.clone();
    let head = at - 72;
    owner[head + 40] ^= 8;
    let taken = folder.file("taken.journal", &owner);
    assert!(!text(&show(&taken, &["--thorough", "-o", "short"])).contains("disk is ful"));
}
