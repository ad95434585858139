//! The journals as `journalctl` and `systemd-journal-remote` see them; run with `--ignored` where those are installed.
//!
//! The variables JOURNALCTL and JOURNAL_REMOTE name other ones than those of the system.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Codec, Record, Synth, sample};
use crate::testkit::jenkins::jenkins64;

/// A place for one file, removed at the end.
struct Place(PathBuf);

impl Place {
    fn of(name: &str, bytes: &[u8]) -> Self {
        let path = std::env::temp_dir().join(format!("lastwords-synth-{}-{name}", std::process::id()));
        std::fs::write(&path, bytes).unwrap();
        Self(path)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn program(variable: &str, default: &str) -> Command {
    Command::new(std::env::var_os(variable).unwrap_or_else(|| OsString::from(default)))
}

fn journalctl(file: &Path, args: &[&str]) -> (bool, Vec<u8>, String) {
    let out =
        program("JOURNALCTL", "journalctl").arg("--no-pager").arg("--file").arg(file).args(args).output().unwrap();
    (out.status.success(), out.stdout, String::from_utf8_lossy(&out.stderr).into_owned())
}

fn lines(file: &Path, args: &[&str]) -> Vec<String> {
    let mut lines: Vec<String> = String::from_utf8(journalctl(file, args).1).unwrap().lines().map(Into::into).collect();
    lines.sort();
    lines
}

/// The records in export format, with the `__` lines that 252 writes; fields in the order of their DATA.
fn export(synth: &Synth) -> Vec<u8> {
    let layout = synth.layout();
    let mut out = Vec::new();
    for record in synth.records() {
        let (payloads, hex) =
            (record.payloads(), |id: &[u8]| id.iter().map(|b| format!("{b:02x}")).collect::<String>());
        let xor = payloads.iter().fold(0, |xor, payload| xor ^ jenkins64(payload));
        let (seqnum_id, boot) = (hex(&synth.seqnum_id), hex(&record.boot_id));
        let (t, m) = (record.realtime, record.monotonic);
        let stamps = format!("s={seqnum_id};i={:x};b={boot};m={m:x};t={t:x};x={xor:x}", record.seqnum);
        let head = format!("__CURSOR={stamps}\n__REALTIME_TIMESTAMP={t}\n__MONOTONIC_TIMESTAMP={m}\n_BOOT_ID={boot}\n");
        out.extend(head.into_bytes());
        let mut data: Vec<_> = payloads.iter().map(|payload| layout.find_data(payload).unwrap()).collect();
        data.sort_by_key(|data| data.offset);
        for data in data.iter().filter(|data| !data.payload.starts_with(b"_BOOT_ID=")) {
            export_field(&mut out, &data.payload);
        }
        out.push(b'\n');
    }
    out
}

fn export_field(out: &mut Vec<u8>, payload: &[u8]) {
    let split = payload.iter().position(|&byte| byte == b'=').unwrap();
    let value = &payload[split + 1..];
    if std::str::from_utf8(value).is_ok_and(|text| !text.contains(|c: char| c.is_control())) {
        out.extend(payload);
    } else {
        out.extend(&payload[..split]);
        out.push(b'\n');
        out.extend((value.len() as u64).to_le_bytes());
        out.extend(value);
    }
    out.push(b'\n');
}

/// Drops the lines that 254 and later add.
fn without_seqnums(export: &[u8]) -> Vec<u8> {
    export
        .split_inclusive(|&byte| byte == b'\n')
        .filter(|line| !line.starts_with(b"__SEQNUM"))
        .flatten()
        .copied()
        .collect()
}

/// Asserts that every way into the file gives what was put in: chains, hash tables, field lists.
fn judge(name: &str, synth: &Synth) {
    let place = Place::of(&format!("{name}.journal"), &synth.build());
    let file = place.0.as_path();
    let (ok, _, told) = journalctl(file, &["--verify"]);
    assert!(ok && told.contains("PASS"), "{name}: {told}");
    let (ok, read, told) = journalctl(file, &["-o", "export"]);
    assert!(ok, "{name}: {told}");
    let read = without_seqnums(&read);
    assert_eq!(read.escape_ascii().to_string(), export(synth).escape_ascii().to_string(), "{name}");
    let n = synth.records().len() as u64;
    let units = (0..n.min(5)).map(|unit| format!("unit{}.service", if n < 5 { unit + 1 } else { unit }));
    assert_eq!(lines(file, &["-F", "_SYSTEMD_UNIT"]), units.collect::<Vec<_>>(), "{name}");
    let of_unit = lines(file, &["-o", "cat", "_SYSTEMD_UNIT=unit1.service", "-q"]).len() as u64;
    assert_eq!(of_unit, n.div_ceil(5).min(n), "{name}");
    assert_eq!(lines(file, &["-N"]).len(), if n == 0 { 0 } else { 8 }, "{name}");
}

#[test]
#[ignore = "needs journalctl 252"]
fn journalctl_accepts_every_combination() {
    for (name, codec) in [("none", Codec::None), ("zstd", Codec::Zstd), ("lz4", Codec::Lz4), ("xz", Codec::Xz)] {
        for header in [208, 224, 240, 256, 264, 272, 512] {
            for bits in 0..4 {
                let (compact, keyed) = (bits & 1 != 0, bits & 2 != 0);
                for n in [0, 1, 5, 500] {
                    let synth = sample(n).codec(codec).header_size(header).compact(compact).keyed(keyed);
                    judge(&format!("{name}-{header}-{compact}-{keyed}-{n}"), &synth);
                    judge(&format!("{name}-{header}-{compact}-{keyed}-{n}-padded"), &synth.padding(70_003).state(0));
                }
            }
        }
    }
}

#[test]
#[cfg(feature = "zstd")]
#[ignore = "needs journalctl 252"]
fn journalctl_252_refuses_what_it_does_not_know() {
    let refused = [
        ("ZSTD decompression failed", sample(5).codec(Codec::ZstdNoSize)),
        ("ZSTD compressed object in file without", sample(5).codec(Codec::Zstd).announce_codec(false)),
        ("unknown extensions", sample(5).compatible_flags(2)),
        ("Protocol not supported", sample(5).incompatible_extra(0x20)),
    ];
    for (why, synth) in refused {
        let place = Place::of("refused.journal", &synth.build());
        let (ok, _, told) = journalctl(&place.0, &["--verify"]);
        assert!(!ok && told.contains(why), "{why}: {told}");
    }
}

/// The same records through systemd's own writer give the same bytes, but for ids, state and growth.
#[test]
#[ignore = "needs systemd-journal-remote 252"]
fn systemd_writes_the_same_bytes() {
    for (compact, keyed) in [("1", "1"), ("1", "0"), ("0", "1"), ("0", "0")] {
        let synth = sample(500).keyed(keyed == "1").compact(compact == "1");
        let theirs = Place::of(&format!("remote-{compact}{keyed}.journal"), b"");
        std::fs::remove_file(&theirs.0).unwrap();
        let stream = Place::of(&format!("stream-{compact}{keyed}"), &stream(&synth));
        let done = program("JOURNAL_REMOTE", "/lib/systemd/systemd-journal-remote")
            .args(["--split-mode=none", "--compress=no", "-o"])
            .args([&theirs.0, &stream.0])
            .envs([("SYSTEMD_JOURNAL_KEYED_HASH", keyed), ("SYSTEMD_JOURNAL_COMPACT", compact)])
            .output()
            .unwrap();
        let theirs = std::fs::read(&theirs.0).unwrap_or_else(|_| panic!("{done:?}"));
        compare(&synth, &theirs);
    }
}

/// What the importer takes: fields in the order of submission, the boot id last.
fn stream(synth: &Synth) -> Vec<u8> {
    let mut out = Vec::new();
    for record in synth.records() {
        let Record { realtime, monotonic, .. } = record;
        out.extend(format!("__REALTIME_TIMESTAMP={realtime}\n__MONOTONIC_TIMESTAMP={monotonic}\n").into_bytes());
        for payload in record.payloads() {
            export_field(&mut out, &payload);
        }
        out.push(b'\n');
    }
    out
}

fn compare(synth: &Synth, theirs: &[u8]) {
    let number = |at: usize| u64::from_le_bytes(theirs[at..at + 8].try_into().unwrap());
    let id = |at: usize| <[u8; 16]>::try_from(&theirs[at..at + 16]).unwrap();
    assert_eq!(number(152), 500, "entries of theirs");
    let synth = synth.clone().header_size(number(88)).buckets(number(112) / 16, number(128) / 16).state(theirs[16]);
    let synth = synth.compatible_flags(theirs[8].into()).file_id(id(24)).machine_id(id(40)).seqnum_id(id(72));
    let used = synth.layout().tail_end;
    let ours = synth.padding(theirs.len() as u64 - used).build();
    let differs: Vec<usize> = (0..ours.len()).filter(|&at| ours[at] != theirs[at]).collect();
    assert_eq!((ours.len(), differs), (theirs.len(), Vec::new()));
}
