//! Files that shrink so well that reading what they hold would cost too much.

use std::path::PathBuf;

use crate::analysis::{Cause, Confidence, JournalSource, Postmortem, judge};
use crate::file::Options;
use crate::format::Id128;
use crate::journal::Journal;
use crate::testkit::synth::{Codec, Record, Synth};

/// So many bytes a long message has, of one letter.
const LONG: usize = 1 << 20;

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// So many long messages of the kernel, in a boot.
fn lengthy(long: u64, boot: u8) -> Synth {
    let message = |at: u64| kernel(at, &format!("{at} {}", "z".repeat(LONG - 100))).boot(boot);
    (1..=long).fold(Synth::new().codec(Codec::Zstd).threshold(512), |synth, at| synth.entry(message(at)))
}

fn kernel(at: u64, message: &str) -> Record {
    let record = Record::new(at).field(format!("MESSAGE={message}"));
    record.field("_TRANSPORT=kernel").field("SYSLOG_FACILITY=0").field("SYSLOG_IDENTIFIER=kernel")
}

/// A boot with so many long messages of the kernel that ends in a panic, and the next; beside them a user's journal with
/// as many long messages as it is told, of another boot.
fn panicked(long: u64, users: u64) -> Postmortem {
    let mut synth = lengthy(long, 1);
    synth = synth.entry(kernel(long + 1, "Kernel panic - not syncing: Fatal exception").boot(1));
    synth = synth.entry(kernel(long + 2, "Linux version 6.12.1 (x) #1 SMP").boot(2));
    let name = format!("lastwords-spent-{}-{long}-{users}", std::process::id());
    let folder = Folder(std::env::temp_dir().join(name));
    std::fs::create_dir(&folder.0).unwrap();
    std::fs::write(folder.0.join("system.journal"), synth.build()).unwrap();
    if users > 0 {
        std::fs::write(folder.0.join("user-1000.journal"), lengthy(users, 3).build()).unwrap();
    }
    let options = Options { payload_limit: LONG as u64, ..Options::default() };
    let journal = Journal::open(&[&folder.0], options).unwrap();
    let panicked = journal.boots().iter().position(|boot| boot.id == Id128([1; 16])).unwrap();
    judge(&JournalSource::of(&journal), panicked).unwrap()
}

#[test]
fn a_verdict_for_which_lines_were_left_out_is_not_proven_and_says_so() {
    let says = |report: &Postmortem| report.limits.iter().any(|limit| limit.starts_with("lines were left out"));
    let whole = panicked(0, 0);
    assert_eq!((whole.ending.cause, whole.ending.confidence), (Cause::KernelPanic, Some(Confidence::Proven)));
    assert!(!says(&whole), "{:?}", whole.limits);
    let short = panicked(40, 0);
    assert_eq!((short.ending.cause, short.ending.confidence), (Cause::KernelPanic, Some(Confidence::Possible)));
    assert!(says(&short), "{:?}", short.limits);
    // A user's journal takes no verdict down, whatever is in it.
    let users = panicked(0, 40);
    assert_eq!((users.ending.cause, users.ending.confidence), (Cause::KernelPanic, Some(Confidence::Proven)));
    assert!(!says(&users), "{:?}", users.limits);
}
