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
    worker.resume(None);
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
            // A record separator begins each object of `json-seq`.
            let text = text.trim_start_matches('\x1e');
            let harmless = |c: char| matches!(c, '\n' | '\t') || !(c.is_control() || c == '\u{202e}');
            assert!(text.chars().all(harmless), "{name}: {text:?}");
        }
    }
}

/// The text of each entry alone, rendered by one worker.
fn each(name: &str, look: Look, file: &JournalFile) -> Vec<String> {
    let format = Format::named(name).unwrap().with(look);
    let mut worker = format.worker();
    let entries = file.entries(0..file.arrays().len()).map(Result::unwrap);
    let text = |entry| {
        let mut out = Vec::new();
        worker.render(&entry, None, &mut out, &mut Losses::default());
        String::from_utf8(out).unwrap()
    };
    entries.map(text).collect()
}

#[test]
fn large_values_of_one_name_are_one_array_that_is_never_held_whole() {
    let [one, two] = [1, 2].map(|byte| [&b"BIN="[..], &vec![byte; 3 * LARGE]].concat());
    let file = journal(1, &[(1, &[(0, &one), HOST, (0, &two)])]);
    let entry = file.entry(file.entry_at(0)).unwrap();
    let shown = |name: &str| {
        let format = Format::named(name).unwrap().with(Look { all: true, ..Look::default() });
        let (mut text, mut out, mut most) = (Vec::new(), Vec::new(), 0);
        format.worker().render_in_parts(&entry, None, &mut out, &mut Losses::default(), &mut |out| {
            most = most.max(out.len());
            text.append(out);
            true
        });
        text.append(&mut out);
        assert!(most < 3 * LARGE, "{name}: {most}");
        String::from_utf8(text).unwrap()
    };
    let array = |byte: &str| format!("[{}]", vec![byte; 3 * LARGE].join(","));
    let json = shown("json");
    assert!(json.contains(&format!(",\"BIN\":[{},{}],\"_HOSTNAME\":\"h\"", array("1"), array("2"))));
    let pretty = shown("json-pretty");
    assert!(pretty.replace(['\n', '\t', ' '], "") == json.trim_end(), "the same but for spaces");
    assert!(pretty.lines().all(|line| !matches!(line.trim(), "1" | "1," | "2" | "2,") || line.starts_with("\t\t\t")));
}

const SOURCE: Payload<'_> = (0, b"_SOURCE_REALTIME_TIMESTAMP=1500000000999999");
const LINES: Payload<'_> = (0, b"MESSAGE=one\ntwo");

#[test]
fn verbose_has_time_and_cursor_and_a_line_per_field() {
    let file = journal(1, &[(1, &[SOURCE, BOOT, LINES]), (2, &[HOST]), (2, &[SOURCE])]);
    let cursors = [0, 1].map(|slot| file.entry(file.entry_at(slot)).unwrap().cursor().to_string());
    let boot = "02".repeat(16);
    let text = format!(
        "Fri 2017-07-14 02:40:00.999999 UTC [{}]\n    _SOURCE_REALTIME_TIMESTAMP=1500000000999999\n    _BOOT_ID=any\n    \
         MESSAGE=one\n            two\n-- Boot {boot} --\nSun 2020-09-13 12:26:40.000002 UTC [{}]\n    _HOSTNAME=h\n",
        cursors[0], cursors[1],
    );
    let (all, losses) = rendered("verbose", Look::default(), &file);
    assert!(all.starts_with(&text), "{all}");
    assert!(losses.is_empty());
    // What is kept of a field tells the time as well as the field itself.
    let fields = vec!["MESSAGE".to_owned()];
    let only = each("verbose", Look { fields, ..Look::default() }, &file);
    assert!(only[0].ends_with("]\n    MESSAGE=one\n            two\n") && only[0].starts_with("Fri 2017-07-14"));
    assert!(only[2].ends_with("]\n") && only[2].starts_with("Fri 2017-07-14"), "{}", only[2]);
    assert!(!rendered("verbose", Look { quiet: true, ..Look::default() }, &file).0.contains("-- Boot"));
}

#[test]
fn json_objects_are_framed_in_four_ways() {
    let file = journal(1, &[(0x11, &[HELLO, (0, b"A=\x01\x02"), AGAIN, (0, b"MESSAGE=\x01")])]);
    let cursor = file.entry(file.entry_at(0)).unwrap().cursor();
    let (seqnum_id, boot) = ("cd".repeat(16), "11".repeat(16));
    let line = format!(
        r#"{{"__CURSOR":"{cursor}","__REALTIME_TIMESTAMP":"1600000000000001","__MONOTONIC_TIMESTAMP":"1000001","__SEQNUM":"1","__SEQNUM_ID":"{seqnum_id}","_BOOT_ID":"{boot}","MESSAGE":["hello","again",[1]],"A":[1,2]}}"#
    );
    let pretty = format!(
        "{{\n\t\"__CURSOR\" : \"{cursor}\",\n\t\"__REALTIME_TIMESTAMP\" : \"1600000000000001\",\n\t\
         \"__MONOTONIC_TIMESTAMP\" : \"1000001\",\n\t\"__SEQNUM\" : \"1\",\n\t\"__SEQNUM_ID\" : \"{seqnum_id}\",\n\t\
         \"_BOOT_ID\" : \"{boot}\",\n\t\"MESSAGE\" : [\n\t\t\"hello\",\n\t\t\"again\",\n\t\t[\n\t\t\t1\n\t\t]\n\t],\n\t\
         \"A\" : [\n\t\t1,\n\t\t2\n\t]\n}}\n"
    );
    let of = |name| rendered(name, Look::default(), &file).0;
    assert_eq!(of("json"), format!("{line}\n"));
    assert_eq!(of("json-sse"), format!("data: {line}\n\n"));
    assert_eq!(of("json-seq"), format!("\x1e{line}\n"));
    assert_eq!(of("json-pretty"), pretty);
}

#[test]
fn wanted_fields_are_shown_alone() {
    let file = journal(1, &[(0x11, &[HOST, HELLO, AGAIN]), (0x11, &[HOST, HELLO, (0, b"A=1")])]);
    let look =
        |fields: &[&str]| Look { fields: fields.iter().map(|&name| name.to_owned()).collect(), ..Look::default() };
    let ends = |name, end: [&str; 2]| {
        let texts = each(name, look(&["MESSAGE", "A", "B"]), &file);
        assert!(texts.iter().zip(end).all(|(text, end)| text.ends_with(end)), "{texts:?}");
    };
    let boot = "11".repeat(16);
    ends(
        "export",
        [
            &format!("\n_BOOT_ID={boot}\nMESSAGE=hello\nMESSAGE=again\n\n"),
            &format!("\n_BOOT_ID={boot}\nMESSAGE=hello\nA=1\n\n"),
        ],
    );
    ends(
        "json",
        [
            &format!("\"_BOOT_ID\":\"{boot}\",\"MESSAGE\":[\"hello\",\"again\"]}}\n"),
            &format!("\"_BOOT_ID\":\"{boot}\",\"MESSAGE\":\"hello\",\"A\":\"1\"}}\n"),
        ],
    );
    ends("verbose", ["]\n    MESSAGE=hello\n    MESSAGE=again\n", "]\n    MESSAGE=hello\n    A=1\n"]);
    ends("short-unix", ["h unknown: again\n", "h unknown: hello\n"]);
    assert_eq!(each("cat", look(&["_HOSTNAME"]), &file), ["h\n", "h\n"]);
    assert_eq!(each("cat", look(&["A", "MESSAGE", "A", "B"]), &file), ["hello\n", "1\nhello\n"]);
}

#[test]
fn cat_has_the_colour_of_the_priority_around_the_whole_message() {
    let file = journal(1, &[(1, &[LINES, (0, b"PRIORITY=3")]), (1, &[HELLO])]);
    let look = Look { color: Palette::Sixteen, ..Look::default() };
    assert_eq!(each("cat", look, &file), ["\x1b[0;1;31mone\ntwo\x1b[0m\n", "hello\n"]);
}

#[test]
fn an_entry_is_explained_by_its_first_message_id() {
    let ids: [Payload<'_>; 2] =
        [(0, b"MESSAGE_ID=9e7066279dc8403da79ce4b1a69064b2"), (0, b"MESSAGE_ID=f77379a8490b408bbe5f6940505a777b")];
    let unknown: Payload<'_> = (0, b"MESSAGE_ID=0123");
    let action: Payload<'_> = (0, b"ACTION=reboot\x1b");
    let file = journal(1, &[(1, &[HELLO, action, ids[0], ids[1]]), (1, &[HELLO, unknown]), (1, &[ids[1]])]);
    let look = || Look { catalog: Some(Arc::new(Catalog::own())), safe: true, ascii: true, ..Look::default() };
    let texts = each("short-unix", look(), &file);
    assert!(texts[0].contains("hello\n-- An end of this boot was scheduled (reboot\\x1b, by OPERATOR)."), "{texts:?}");
    assert_eq!((texts[1].lines().count(), texts[2].as_str()), (1, ""));
    let texts = each("verbose", look(), &file);
    assert!(texts[2].contains("\n-- The journal daemon began"), "{texts:?}");
    assert!(each("export", look(), &file).iter().all(|text| !text.contains("-- ")));
}

#[test]
fn a_difference_is_to_the_entry_shown_last_even_in_another_chunk() {
    let file = journal(1, &[(1, &[HELLO]), (1, &[HOST]), (1, &[HOST]), (1, &[AGAIN])]);
    let entry = |slot| file.entry(file.entry_at(slot)).unwrap();
    let format = Format::named("short-delta").unwrap().with(Look::default());
    let shown = |resumed: Option<usize>| {
        let (mut worker, mut out) = (format.worker(), Vec::new());
        worker.resume(resumed.map(entry).as_ref());
        for slot in 2..4 {
            worker.render(&entry(slot), Some(&entry(slot - 1)), &mut out, &mut Losses::default());
        }
        String::from_utf8(out).unwrap()
    };
    assert_eq!(shown(Some(0)), "[    1.000004 <    0.000003 >] unknown: again\n");
    assert_eq!(shown(None), "[    1.000004                ] unknown: again\n");
}
