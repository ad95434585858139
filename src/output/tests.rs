//! Whole entries of hand-laid files through every format.

use std::collections::HashMap;
use std::path::Path;

use super::*;
use crate::corrupt::Fault;
use crate::file::{JournalFile, Options};

/// Lays out a journal, object by object; the regular layout without hash tables.
struct Laid {
    bytes: Vec<u8>,
}

impl Laid {
    fn object(&mut self, kind: u8, flags: u8, body: &[u8]) -> u64 {
        self.bytes.resize(self.bytes.len().next_multiple_of(8), 0);
        let at = self.bytes.len() as u64;
        self.bytes.extend([kind, flags, 0, 0, 0, 0, 0, 0]);
        self.bytes.extend((body.len() as u64 + 16).to_le_bytes());
        self.bytes.extend(body);
        at
    }

    fn data(&mut self, flags: u8, uses: u64, payload: &[u8]) -> u64 {
        let links = [0; 40];
        self.object(1, flags, &[&links[..], &uses.to_le_bytes(), payload].concat())
    }
}

/// The flags of a DATA and its payload as stored.
type Payload<'a> = (u8, &'a [u8]);

/// A file with entries of one boot byte and some payloads each; equal payloads are one DATA.
fn journal(id: u8, entries: &[(u8, &[Payload<'_>])]) -> JournalFile {
    let mut laid = Laid { bytes: vec![0; 272] };
    let mut places = HashMap::new();
    let mut slots = Vec::new();
    for (nth, (boot, payloads)) in (1_u64..).zip(entries) {
        let mut body: Vec<u8> = Vec::new();
        for number in [nth, 1_600_000_000_000_000 + nth, 1_000_000 + nth] {
            body.extend(number.to_le_bytes());
        }
        body.extend([[*boot; 16], [0xab; 16]].concat().get(..24).unwrap());
        for payload in *payloads {
            let uses = entries.iter().flat_map(|(_, all)| *all).filter(|other| *other == payload).count();
            let at = *places.entry(payload).or_insert_with(|| laid.data(payload.0, uses as u64, payload.1));
            body.extend([at.to_le_bytes(), [0; 8]].concat());
        }
        slots.push(laid.object(3, 0, &body));
    }
    let slots: Vec<u8> = [0].into_iter().chain(slots).flat_map(u64::to_le_bytes).collect();
    let array = laid.object(6, 0, &slots);
    let mut bytes = laid.bytes;
    let arena = bytes.len() as u64 - 272;
    bytes[..8].copy_from_slice(b"LPKSHHRH");
    bytes[24..40].fill(id);
    bytes[72..88].fill(0xcd);
    for (at, number) in [(88, 272), (96, arena), (152, entries.len() as u64), (176, array)] {
        bytes[at..at + 8].copy_from_slice(&number.to_le_bytes());
    }
    JournalFile::from_bytes(Path::new("made"), bytes, Options::default()).unwrap()
}

fn rendered(name: &str, look: Look, file: &JournalFile) -> (String, Losses) {
    let format = Format::named(name).unwrap().with(look);
    let (mut worker, mut out, mut losses) = (format.worker(), Vec::new(), Losses::default());
    let mut before = None;
    for entry in file.entries(0..file.arrays().len()).map(Result::unwrap) {
        worker.render(&entry, before.as_ref(), &mut out, &mut losses);
        before = Some(entry);
    }
    (String::from_utf8(out).unwrap(), losses)
}

const HOST: Payload<'_> = (0, b"_HOSTNAME=h");
const HELLO: Payload<'_> = (0, b"MESSAGE=hello");
const AGAIN: Payload<'_> = (0, b"MESSAGE=again");
const BOOT: Payload<'_> = (0, b"_BOOT_ID=any");

#[test]
fn every_name_is_a_format_and_no_other_is() {
    assert!(Format::NAMES.iter().zip(FORMATS).all(|(name, (known, _))| *name == known));
    assert_eq!(Format::named("short-unix"), Some(Format::Short(Stamp::Unix)));
    assert_eq!(Format::named("Short"), None);
}

#[test]
fn export_and_json_begin_with_the_head_and_leave_the_boot_id_to_it() {
    let file = journal(1, &[(0x11, &[BOOT, HELLO])]);
    let cursor = file.entry(file.entry_at(0)).unwrap().cursor();
    let (seqnum_id, boot) = ("cd".repeat(16), "11".repeat(16));
    let export = format!(
        "__CURSOR={cursor}\n__REALTIME_TIMESTAMP=1600000000000001\n__MONOTONIC_TIMESTAMP=1000001\n__SEQNUM=1\n\
         __SEQNUM_ID={seqnum_id}\n_BOOT_ID={boot}\nMESSAGE=hello\n\n"
    );
    let json = format!(
        r#"{{"__CURSOR":"{cursor}","__REALTIME_TIMESTAMP":"1600000000000001","__MONOTONIC_TIMESTAMP":"1000001","__SEQNUM":"1","__SEQNUM_ID":"{seqnum_id}","_BOOT_ID":"{boot}","MESSAGE":"hello"}}"#
    );
    assert_eq!(rendered("export", Look::default(), &file), (export, Losses::default()));
    assert_eq!(rendered("json", Look::default(), &file), (json + "\n", Losses::default()));
}

#[test]
fn a_field_that_cannot_be_read_is_left_out_and_counted() {
    let bad: [Payload<'_>; 4] = [(0, b"no name"), (0, b"__CURSOR=x"), (7, b"A=several codecs"), (4, b"no zstd")];
    let payloads = [bad[0], HOST, bad[1], bad[2], bad[3], HELLO];
    let file = journal(1, &[(1, &payloads), (1, &[HELLO])]);
    for (name, field, lost) in [
        ("export", "\n_HOSTNAME=h\nMESSAGE=hello\n", "_LASTWORDS_LOST=4\n\n"),
        ("json", r#","_HOSTNAME":"h","MESSAGE":"hello""#, "\"_LASTWORDS_LOST\":\"4\"}\n"),
    ] {
        let (text, losses) = rendered(name, Look::default(), &file);
        assert!(text.contains(field), "{text}");
        assert_eq!((text.matches(lost).count(), losses.fields), (1, 4), "{text}");
        assert!(losses.first.iter().any(|damage| damage.fault == Fault::Name));
    }
    let (text, losses) = rendered("short-unix", Look::default(), &file);
    assert_eq!((text.lines().next(), losses.fields), (Some("1600000000.000001 h unknown: hello"), 2));
    let (text, losses) = rendered("cat", Look::default(), &file);
    assert_eq!((text.as_str(), losses.fields), ("hello\nhello\n", 2));
}

#[test]
fn what_is_kept_of_one_file_is_not_shown_for_another() {
    let entries = |hello| [(1, [HOST, hello]), (2, [HOST, hello])];
    let files = [HELLO, AGAIN].map(|hello| {
        let entries = entries(hello);
        journal(1, &[(1, &entries[0].1), (2, &entries[1].1)])
    });
    for name in ["export", "json"] {
        let alone = files.each_ref().map(|file| rendered(name, Look::default(), file).0);
        let format = Format::named(name).unwrap().with(Look::default());
        let (mut worker, mut texts) = (format.worker(), [Vec::new(), Vec::new()]);
        for slot in 0..2 {
            for (file, text) in files.iter().zip(&mut texts) {
                let entry = file.entry(file.entry_at(slot)).unwrap();
                worker.render(&entry, None, text, &mut Losses::default());
            }
        }
        assert_eq!(texts.map(|text| String::from_utf8(text).unwrap()), alone);
    }
}

#[test]
fn of_several_messages_short_shows_the_last_and_cat_the_first() {
    let file = journal(1, &[(1, &[HELLO, AGAIN])]);
    assert_eq!(rendered("cat", Look::default(), &file).0, "hello\n");
    assert_eq!(rendered("short", Look::default(), &file).0, "Sep 13 12:26:40 unknown: again\n");
    let (json, _) = rendered("json", Look::default(), &file);
    assert!(json.ends_with(",\"MESSAGE\":[\"hello\",\"again\"]}\n"), "{json}");
}

#[test]
fn another_boot_has_a_line_even_where_the_entry_has_none() {
    let file = journal(1, &[(1, &[HELLO]), (1, &[HOST]), (2, &[HOST]), (2, &[HELLO]), (1, &[AGAIN])]);
    let (first, second) = ("01".repeat(16), "02".repeat(16));
    let text = format!(
        "[    1.000001                ] unknown: hello\n-- Boot {second} --\n\
         [    1.000004 <    0.000003*>] unknown: hello\n-- Boot {first} --\n\
         [    1.000005 <    0.000001*>] unknown: again\n"
    );
    assert_eq!(rendered("short-delta", Look::default(), &file).0, text);
    assert!(!rendered("cat", Look::default(), &file).0.contains("Boot"));
}

#[test]
#[cfg(feature = "zstd")]
fn a_compressed_message_is_shown_like_any_other() {
    let plain = format!("MESSAGE={}", "long ".repeat(200));
    let stored = zstd::bulk::compress(plain.as_bytes(), 3).unwrap();
    let other = zstd::bulk::compress(format!("OTHER={plain}").as_bytes(), 3).unwrap();
    let file = journal(1, &[(1, &[HELLO, (4, &stored), (4, &other), HOST]), (1, &[(4, &stored), AGAIN])]);
    let (text, losses) = rendered("short-unix", Look::default(), &file);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(
        lines,
        [format!("1600000000.000001 h unknown: {}", &plain[8..]), "1600000000.000002 unknown: again".into()]
    );
    assert!(losses.is_empty());
    assert_eq!(rendered("cat", Look::default(), &file).0, format!("hello\n{}\n", &plain[8..]));
}

#[test]
fn no_format_lets_control_characters_through_when_that_is_not_wanted() {
    let file = journal(1, &[(1, &[(0, b"MESSAGE=\x1b]0;title\x07\x9b"), (0, "A=\u{202e}".as_bytes())])]);
    for name in Format::NAMES {
        for all in [false, true] {
            let look = Look { safe: true, all, ..Look::default() };
            let (text, _) = rendered(name, look, &file);
            assert!(text.chars().all(|c| c == '\n' || !(c.is_control() || c == '\u{202e}')), "{name}: {text:?}");
        }
    }
}
