//! One sound file wounded in every way of a kind.

use lastwords::analysis::{JournalSource, endings, judge};
use lastwords::file::{JournalFile, Options};
use lastwords::journal::Journal;
use lastwords::output::{Format, Look};
use lastwords::query::{Matches, Query, Selection};
use lastwords::testkit::synth::{Codec, sample};
use lastwords::testkit::wound::{PAGE, Wound};

use super::*;

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

    // What is shown can be searched, both ways; in other forms the entry stands there without it.
    let searched = |args: &[&str]| text(&show(&flipped, &[&["--thorough", "-o", "short"], args].concat()));
    assert!(searched(&["-g", "is fulm"]).ends_with("[damaged] disk is fulm\n"));
    assert_eq!(searched(&["-g", "is full"]), "-- No entries --\n");
    assert_eq!(searched(&["MESSAGE~=fulm"]), searched(&["-g", "fulm"]));
    assert_eq!(searched(&["--not-grep", "fulm"]), text(&shown).replace(&searched(&["-g", "fulm"]), ""));
    assert_eq!(show(&flipped, &["--thorough", "-o", "export", "-g", "fulm"]).status, 3);

    // What another entry wrote there since is no text of this one.
    let mut owner = bytes.clone();
    let head = at - 72;
    owner[head + 40] ^= 8;
    let taken = folder.file("taken.journal", &owner);
    assert!(!text(&show(&taken, &["--thorough", "-o", "short"])).contains("disk is ful"));
}

#[test]
fn no_command_takes_the_boot_of_a_flipped_bit_for_one_that_there_was() {
    let (folder, synth) = (Folder::new("broken-boot"), sample(120));
    let sound = folder.file("sound.journal", &synth.build());
    let commands: [&[&str]; 5] = [
        &["show", "-o", "export"],
        &["show", "-o", "json"],
        &["show", "--list-boots"],
        &["boots", "-o", "json"],
        &["why", "-o", "json"],
    ];
    let own = commands.map(|command| lastwords(&[command, &["--file", sound.to_str().unwrap()]].concat()));
    for state in [0, 1] {
        for entry in [0, 60, 118, 119] {
            let mut bytes = synth.clone().state(state).build();
            bytes[synth.layout().entries[entry] as usize + 45] ^= 4;
            let flipped = folder.file("flipped.journal", &bytes);
            for (command, own) in commands.iter().zip(&own) {
                let answer = lastwords(&[*command, &["--file", flipped.to_str().unwrap()]].concat());
                let what = format!("{command:?}, entry {entry}, state {state}");
                let is_silent = answer.status == 0 && answer.stderr.is_empty();
                if command[0] == "show" {
                    assert_eq!(answer.stdout, own.stdout, "{what}");
                }
                // Who goes by the lists of boots does not read an entry in the middle.
                let reads_all = command[..2] == ["show", "-o"];
                let may_be_silent = state == 0 && [60, 118].contains(&entry) && !reads_all;
                assert!(!is_silent || may_be_silent, "{what}");
                assert!(is_silent || answer.stderr.contains("the boot that its own field names"), "{what}");
                assert_eq!(boots_in(&answer), boots_in(own), "{what}");
            }
        }
    }
}

#[test]
fn a_boot_that_the_head_of_a_hurt_entry_alone_names_is_noted_as_such() {
    let (folder, synth) = (Folder::new("broken-head"), sample(40));
    let mut bytes = synth.clone().state(1).build();
    // Half of its boot id and all of its items are another's bytes.
    let entry = synth.layout().entries[20] as usize;
    let size = u64::from_le_bytes(bytes[entry + 8..entry + 16].try_into().unwrap()) as usize;
    let garbage = (1_u8..=255).cycle().map(|byte| byte.wrapping_mul(89) | 1);
    bytes[entry + 48..entry + size].iter_mut().zip(garbage).for_each(|(byte, made)| *byte = made);
    let path = folder.file("garbage.journal", &bytes);
    let answer = lastwords(&["boots", "-o", "json", "--file", path.to_str().unwrap()]);
    let boots: Value = serde_json::from_slice(&answer.stdout).unwrap();
    let made_up = boots.as_array().unwrap().iter().filter(|boot| boot["by_head_alone"] == true);
    // The sample has two boots.
    assert_eq!((made_up.count(), boots.as_array().unwrap().len()), (1, 3));
    let text = lastwords(&["boots", "--file", path.to_str().unwrap()]);
    let text = String::from_utf8_lossy(&text.stdout).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("damage may have made it"), "{text}");
}

/// The boots that cursors and fields of an answer name.
fn boots_in(answer: &Answer) -> BTreeSet<String> {
    let text = String::from_utf8_lossy(&answer.stdout).into_owned();
    let named = ["b=", "_BOOT_ID=", "_BOOT_ID\":\"", "boot_id\":\""];
    let ids = named.iter().flat_map(|name| text.split(name).skip(1).map(|rest| rest.chars().take(32).collect()));
    ids.filter(|id: &String| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())).collect()
}

#[test]
fn a_field_whose_name_is_gone_is_counted_in_every_form() {
    let folder = Folder::new("broken-name");
    let synth = sample(3);
    let mut bytes = synth.build();
    let data = synth.layout().find_data(b"MESSAGE=record 2 of unit 2").unwrap().stored as usize;
    bytes[data..data + 8].fill(0);
    let path = folder.file("nameless.journal", &bytes);
    for form in ["short", "short-full", "with-unit", "cat", "export", "json", "verbose"] {
        let shown = lastwords(&["show", "--file", path.to_str().unwrap(), "-o", form]);
        assert_eq!(shown.status, 3, "{form}: {}", shown.stderr);
        assert!(shown.stderr.contains("1 field left out"), "{form}: {}", shown.stderr);
    }
}

/// How many lines a question gets, and the exit code.
fn lines_of(path: &Path, args: &[&str]) -> (usize, i32) {
    let answer = lastwords(&[&["show", "--file", path.to_str().unwrap()], args].concat());
    (String::from_utf8_lossy(&answer.stdout).lines().count(), answer.status)
}

#[test]
fn a_file_whose_hash_table_does_not_lead_to_all_is_searched_without_it() {
    let folder = Folder::new("broken-bucket");
    for state in [0, 1] {
        let synth = sample(20).state(state);
        let layout = synth.layout();
        let message = ["-o", "cat", "MESSAGE=record 7 of unit 2"];
        let names = ["--fields"];
        let sound = synth.build();
        let whole = folder.file("sound.journal", &sound);
        let all = lines_of(&whole, &names).0;
        assert_eq!((lines_of(&whole, &message), all > 7), ((1, 0), true));
        // Each word that leads to a value, or to a name; the end of a chain is one, which only a writer asks for.
        let value = layout.find_data(b"MESSAGE=record 7 of unit 2").unwrap().offset;
        let name = layout.find_field(b"MESSAGE").unwrap().offset;
        for (place, asked, wanted) in [(value, &message[..], 1), (name, &names[..], all)] {
            let links = sound.chunks_exact(8).enumerate().filter(|(_, word)| **word == place.to_le_bytes());
            let said = links.map(|(at, _)| {
                let mut bytes = sound.clone();
                bytes[at * 8..][..8].fill(0);
                let (shown, status) = lines_of(&folder.file("hole.journal", &bytes), asked);
                assert_eq!(shown, wanted, "state {state}, at {:#x}", at * 8);
                status
            });
            assert!(said.filter(|status| *status == 3).count() > 0, "state {state}");
        }
    }
}

#[test]
fn names_whose_whole_bucket_is_gone_are_found_by_their_number() {
    let folder = Folder::new("broken-name-bucket");
    let synth = sample(20);
    let layout = synth.layout();
    let mut bytes = synth.build();
    let whole = folder.file("sound.journal", &bytes);
    let (all, counted) = (lines_of(&whole, &["--fields"]), lines_of(&whole, &["--field", "MESSAGE"]));
    let name = layout.find_field(b"MESSAGE").unwrap().offset.to_le_bytes();
    let bucket = bytes.chunks_exact(16).position(|bucket| bucket[..8] == name).expect("the first of its chain") * 16;
    bytes[bucket..bucket + 16].fill(0);
    let hole = folder.file("hole.journal", &bytes);
    assert_eq!(lines_of(&hole, &["--fields"]), (all.0, 3));
    assert_eq!(lines_of(&hole, &["--field", "MESSAGE"]), (counted.0, 3));
}

#[test]
fn what_a_writer_appended_while_its_file_was_copied_is_no_fault_of_the_tables() {
    let folder = Folder::new("broken-copy");
    let before = sample(20).state(1);
    let (early, late) = (before.build(), sample(30).state(1).build());
    // What was copied first is as it was then, and nothing in it leads to what follows.
    let cut = before.layout().tail_end as usize;
    let copy = [&early[..cut], &late[cut..]].concat();
    let answer = exported(folder.file("copy.journal", &copy).to_str().unwrap());
    assert_eq!(answer.entries().len(), 30, "{}", answer.stderr);
    assert!(!answer.stderr.contains("contradicts"), "{}", answer.stderr);
}
