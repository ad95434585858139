//! Files that shrink so well that reading what they hold would cost too much.

use std::path::PathBuf;

use crate::analysis::{Cause, Confidence, JournalSource, Postmortem, judge};
use crate::file::Options;
use crate::journal::Journal;
use crate::testkit::synth::{Codec, Record, Synth};

/// So many bytes a long message has, of one letter.
const LONG: usize = 1 << 20;

struct File(PathBuf);

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// A boot with so many long messages of the kernel that ends in a panic, and the next.
fn panicked(long: u64) -> Postmortem {
    let kernel = |at: u64, message: &str| {
        let record = Record::new(at).field(format!("MESSAGE={message}"));
        record.field("_TRANSPORT=kernel").field("SYSLOG_FACILITY=0").field("SYSLOG_IDENTIFIER=kernel")
    };
    let mut synth = Synth::new().codec(Codec::Zstd).threshold(512);
    for at in 1..=long {
        synth = synth.entry(kernel(at, &format!("{at} {}", "z".repeat(LONG - 100))));
    }
    synth = synth.entry(kernel(long + 1, "Kernel panic - not syncing: Fatal exception"));
    synth = synth.entry(kernel(long + 2, "Linux version 6.12.1 (x) #1 SMP").boot(2));
    let file = File(std::env::temp_dir().join(format!("lastwords-spent-{}-{long}.journal", std::process::id())));
    std::fs::write(&file.0, synth.build()).unwrap();
    let options = Options { payload_limit: LONG as u64, ..Options::default() };
    let journal = Journal::open(&[&file.0], options).unwrap();
    judge(&JournalSource::of(&journal), 0).unwrap()
}

#[test]
fn a_verdict_for_which_lines_were_left_out_is_not_proven_and_says_so() {
    let says = |report: &Postmortem| report.limits.iter().any(|limit| limit.starts_with("lines were left out"));
    let whole = panicked(0);
    assert_eq!((whole.ending.cause, whole.ending.confidence), (Cause::KernelPanic, Some(Confidence::Proven)));
    assert!(!says(&whole), "{:?}", whole.limits);
    let short = panicked(40);
    assert_eq!((short.ending.cause, short.ending.confidence), (Cause::KernelPanic, Some(Confidence::Possible)));
    assert!(says(&short), "{:?}", short.limits);
}
