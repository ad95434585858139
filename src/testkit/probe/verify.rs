use std::path::Path;

use crate::check::verify::{Options, Report, verify as check};
use crate::file::JournalFile;
use crate::testkit::wound::Wound;

/// The largest payload that the probe inflates.
const LIMIT: u64 = 1 << 16;

/// Reads fuzzer input as [`open`](super::open) does and checks what it makes by all rules.
pub fn verify(input: &[u8]) {
    match input {
        [flag, rest @ ..] if flag % 2 == 0 => drop(reports(rest.to_vec())),
        [_, shape, count, rest @ ..] => {
            let mut bytes = super::shaped(*shape, u64::from(count % 32)).build();
            let sound = bytes.clone();
            Wound::list(rest).iter().for_each(|wound| wound.apply(&mut bytes));
            let is_unharmed = bytes == sound;
            let report = reports(bytes);
            assert!(!is_unharmed || report.is_some_and(|report| report.findings.is_empty()), "a sound file");
        }
        _ => {}
    }
}

/// One thread and several find the same, every finding lies in the file, and no more objects than fit it.
fn reports(bytes: Vec<u8>) -> Option<Report> {
    let (path, size) = (Path::new("probe.journal"), bytes.len() as u64);
    let options = crate::file::Options { payload_limit: LIMIT, ..Default::default() };
    let file = JournalFile::from_bytes(path, bytes, options).ok()?;
    let [one, many] = [1, 3].map(|threads| check(&file, &Options { threads, ..Options::default() }));
    assert_eq!(one.findings, many.findings);
    assert_eq!((one.objects, one.unread), (many.objects, many.unread));
    let all = [one.objects.data, one.objects.fields, one.objects.entries, one.objects.arrays, one.objects.tags];
    assert!(all.iter().sum::<u64>() <= size / 24 + 1, "{:?} in {size} bytes", one.objects);
    for (rule, _, count, omitted) in one.findings.rules() {
        assert!(omitted < count && !rule.means().is_empty());
    }
    Some(one)
}
