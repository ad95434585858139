//! Lines under a daemon's name in the kernel's log, and when they may be that daemon's.
//!
//! Whoever may write to the kernel's log chooses every name there but the kernel's own. PID 1 itself writes there only
//! while no journald hears it: before its first line in its own voice, and after its last, when a shutdown has begun.
//! What stands there in between is told by nobody known.

use std::cell::OnceCell;

use super::sender::{Sender, is_userspaces_kmsg};
use super::sequence::{TAIL_LINES, TAIL_WINDOW};
use super::source::{Line, Source, Wanted};

/// PID 1 speaks in its own voice within so many lines of a boot's first.
const HEAD_LINES: usize = 3000;
/// And within so many microseconds after it began.
const HEAD_WINDOW: u64 = 120_000_000;

/// When PID 1 spoke in its own voice in one boot; looked up when it is asked for.
pub(super) struct Hearsay<'s> {
    source: &'s dyn Source,
    boot: usize,
    first: OnceCell<u64>,
    last: OnceCell<u64>,
}

impl<'s> Hearsay<'s> {
    /// Of one boot; nothing is read yet.
    pub(super) const fn new(source: &'s dyn Source, boot: usize) -> Self {
        Self { source, boot, first: OnceCell::new(), last: OnceCell::new() }
    }

    /// Whether a line stands in its writer's own voice, or where the writer has no other.
    pub(super) fn is_credible(&self, line: &Line) -> bool {
        !is_userspaces_kmsg(line) || line.monotonic.0 < self.first() || line.monotonic.0 >= self.last()
    }

    /// The same where a shutdown began at `began`, in microseconds since the boot began: without one, there is no voice
    /// but the own up to the end.
    pub(super) fn is_credible_in(&self, line: &Line, began: Option<u64>) -> bool {
        let is_late = || began.is_some_and(|began| line.monotonic.0 >= began);
        self.is_credible(line) && (!is_userspaces_kmsg(line) || line.monotonic.0 < self.first() || is_late())
    }

    /// Its first own line; 0 where the boot's beginning has none.
    fn first(&self) -> u64 {
        *self.first.get_or_init(|| {
            let lines = self.source.head(self.boot, HEAD_LINES, HEAD_WINDOW, Self::own());
            lines.first().map_or(0, |line| line.monotonic.0)
        })
    }

    /// Its last own line; 0 where the boot's end has none.
    fn last(&self) -> u64 {
        *self.last.get_or_init(|| {
            let lines = self.source.tail(self.boot, TAIL_LINES, TAIL_WINDOW, Self::own());
            lines.last().map_or(0, |line| line.monotonic.0)
        })
    }

    fn own() -> Wanted<'static> {
        Wanted { terms: &["_PID=1"], keep: &|line| Sender::Pid1.surely_wrote(line) }
    }
}
