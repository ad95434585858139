//! Lines under a daemon's name in the kernel's log, and when they may be that daemon's.
//!
//! Whoever may write to the kernel's log chooses every name there but the kernel's own. PID 1 itself writes there only
//! while no journald hears it: early in a boot, before the journald of the booted system listens. What stands there later
//! is told by nobody known; beside lines of PID 1's own it is shown, and decides nothing.

use std::cell::OnceCell;

use super::sender::{Sender, is_userspaces_kmsg};
use super::sequence::{HEAD_LINES, HEAD_WINDOW, TAIL_LINES, TAIL_WINDOW};
use super::source::{Line, Source, Wanted};

const JOURNAL_START: &str = "f77379a8490b408bbe5f6940505a777b";

/// When PID 1 spoke in its own voice in one boot, and when journald began to listen; looked up when it is asked for.
pub(super) struct Hearsay<'s> {
    source: &'s dyn Source,
    boot: usize,
    first: OnceCell<u64>,
    last: OnceCell<u64>,
    listens: OnceCell<Option<u64>>,
}

impl<'s> Hearsay<'s> {
    /// Of one boot; nothing is read yet.
    pub(super) const fn new(source: &'s dyn Source, boot: usize) -> Self {
        Self { source, boot, first: OnceCell::new(), last: OnceCell::new(), listens: OnceCell::new() }
    }

    /// Whether a line stands in its writer's own voice, or where the writer had no other yet.
    pub(super) fn is_credible(&self, line: &Line) -> bool {
        // Later than the beginning nothing has to be looked up.
        let is_early = || line.monotonic.0 <= HEAD_WINDOW;
        !is_userspaces_kmsg(line) || (is_early() && (line.monotonic.0 < self.first() || self.was_unheard(line)))
    }

    /// Whether it stands after the last line of PID 1's own.
    pub(super) fn is_late(&self, line: &Line) -> bool {
        line.monotonic.0 >= self.last()
    }

    /// Whether the kernel kept the line until journald listened: only the first daemons write then. An initrd has a
    /// journald of its own, so that PID 1 may have had its voice already.
    fn was_unheard(&self, line: &Line) -> bool {
        let written = line.text("_SOURCE_MONOTONIC_TIMESTAMP").and_then(|time| time.parse::<u64>().ok());
        let listens = self.listens.get_or_init(|| {
            let starts = Wanted {
                terms: Sender::Driver.marks(),
                keep: &|line| Sender::Driver.wrote(line) && line.is("MESSAGE_ID", JOURNAL_START),
                ..Wanted::ALL
            };
            self.source.head(self.boot, HEAD_LINES, HEAD_WINDOW, starts).last().map(|line| line.monotonic.0)
        });
        written.zip(*listens).is_some_and(|(written, listens)| written < listens && listens <= line.monotonic.0)
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
        Wanted {
            terms: &["_PID=1", "SYSLOG_IDENTIFIER=systemd"],
            keep: &|line| Sender::Pid1.surely_wrote(line),
            ..Wanted::ALL
        }
    }
}
