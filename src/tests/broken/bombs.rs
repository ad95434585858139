//! Payloads that are far larger than what is stored of them.

use lastwords::testkit::synth::{Codec, Record, Synth};

use super::*;

/// A hundred messages of a MiB each, in a file of some KiB.
fn bombs(codec: Codec) -> Synth {
    let message = |nth: u64| format!("MESSAGE={nth} {}", "x".repeat(1 << 20));
    let record = |nth| Record::new(nth).field(message(nth)).field("PRIORITY=6");
    (1..=100).map(record).fold(Synth::new().codec(codec).threshold(512), Synth::entry)
}

#[test]
fn a_search_through_bombs_ends_and_says_what_it_left_out() {
    let codecs = [
        ("zstd", Codec::Zstd),
        ("zstd-no-size", Codec::ZstdNoSize),
        ("zstd-frames", Codec::ZstdFrames),
        ("xz", Codec::Xz),
    ];
    for (name, codec) in codecs {
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
        // A long value is `null` in JSON: not all of it has to be made plain for that.
        let shown = lastwords(&[&["show", "-o", "json", "--file", path][..], &small].concat());
        let text = String::from_utf8(shown.stdout).unwrap();
        assert_eq!((shown.status, text.matches("\"MESSAGE\":null").count()), (0, 100), "{name}: {}", shown.stderr);
        assert_eq!(text.matches("\"PRIORITY\":\"6\"").count(), 100, "{name}");
        // What is asked for is owed, however much it is.
        let shown = lastwords(&[&["show", "-o", "cat", "--file", path][..], &small].concat());
        assert_eq!((shown.status, shown.stdout.len() > 100 << 20), (0, true), "{name}: {}", shown.stderr);
    }
}

#[test]
fn a_payload_that_states_a_false_size_is_left_out_and_counted() {
    for (name, codec) in [("zstd", Codec::ZstdFalseSize), ("lz4", Codec::Lz4FalseSize)] {
        let folder = Folder::new(&format!("false-size-{name}"));
        let path = folder.file("system.journal", &bombs(codec).build());
        let path = path.to_str().unwrap();
        let shown = lastwords(&["show", "-o", "export", "--file", path]);
        assert_eq!((shown.status, shown.entries().len()), (3, 100), "{name}: {}", shown.stderr);
        assert!(shown.stderr.contains("100 fields left out"), "{name}: {}", shown.stderr);
        assert!(
            shown.entries().iter().all(|entry| memchr::memmem::find(entry, b"\nPRIORITY=6\n").is_some()),
            "{name}: the rest is shown"
        );
        for command in [&["show", "-g", "nowhere", "--file", path][..], &["boots", path], &["fields", path, "MESSAGE"]]
        {
            assert_eq!(lastwords(command).status, 3, "{name}: {command:?}");
        }
    }
}

#[test]
fn an_entry_of_very_many_fields_is_judged_by_its_first_and_that_is_said() {
    // The last field is one that verdicts look at, and `_BOOT_ID=` and the message stand first.
    let many = (0..3000).fold(Record::new(2).field("MESSAGE=many"), |record, nth| record.field(format!("A={nth}")));
    let often =
        (0..400).fold(Record::new(3), |record, nth| record.field(format!("MESSAGE={nth} {}", "y".repeat(3000))));
    for record in [many, often] {
        let folder = Folder::new("many-fields");
        let path = folder.file("system.journal", &Synth::new().entry(Record::new(1)).entry(record).build());
        let path = path.to_str().unwrap();
        for command in ["boots", "why"] {
            let answer = lastwords(&[command, path]);
            assert!(answer.stderr.contains("must be fewer items, for all to be read"), "{command}: {}", answer.stderr);
            assert!(matches!(answer.status, 1 | 3), "{command}: {}", answer.status);
        }
        // The index is no worse for that, and whole entries are shown whole.
        let shown = lastwords(&["show", "-o", "export", "--file", path]);
        assert_eq!((shown.status, shown.entries().len()), (0, 2), "{}", shown.stderr);
        assert!(shown.stdout.iter().filter(|byte| **byte == b'\n').count() > 400);
    }
}
