//! Boots that are no life of their machine's own.

use serde::Serialize;

use super::open_end::OpenEnd;
use super::rules::Rulebook;
use super::sender::Sender;
use super::sequence::HEAD_WINDOW;
use super::source::{Glance, Line, Source, Wanted};

/// The kernel says how it was started among so many of a boot's first lines.
const FIRST_LINES: usize = 500;
/// The rule that knows the kernel which a crash starts, and a word that each of its lines has.
const CAPTURING: (&str, &str) = ("kdump.capturing", "elfcorehdr=");

/// What a boot was, where it was none of its machine's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Label {
    /// The kernel that a crash starts to save the memory of the one that had panicked; it restarts the machine by force.
    KdumpCapture,
}

impl Label {
    /// What it is called, in JSON too.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::KdumpCapture => "kdump-capture",
        }
    }
}

/// What is to be said of a boot beside how it ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Remarks {
    /// What it was, where it was none of its machine's own.
    pub label: Option<Label>,
    /// How often only userspace restarted in it (soft-reboot).
    pub soft_reboots: u64,
    /// How its log ends, where no line ends the boot and none follows.
    pub open_end: Option<OpenEnd>,
}

/// A boot's label, by its first lines.
pub(super) fn of(source: &dyn Source, book: &Rulebook, boot: usize) -> Option<Label> {
    let (rule, word) = CAPTURING;
    let observes = |line: &Line| book.observe(false, line).iter().any(|seen| seen.rule.id == rule);
    let says = |line: &Line| line.message().contains(word);
    let is_capture = |line: &Line| says(line) && observes(line);
    let glance = Some(Glance::at_message(&says));
    let wanted = Wanted { terms: Sender::Kernel.marks(), keep: &is_capture, glance };
    (!source.head(boot, FIRST_LINES, HEAD_WINDOW, wanted).is_empty()).then_some(Label::KdumpCapture)
}
