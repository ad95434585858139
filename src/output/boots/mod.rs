//! The list of boots, as a table and as JSON.

mod history;
mod json;
mod narrow;
mod notes;
mod table;
mod totals;

use crate::analysis::{Ending, Orderliness, Remarks, Span};
use crate::format::Id128;
use crate::journal::Boot;

pub use history::history;
pub use json::json;
pub use table::text;

/// One boot, how it ended, and its place in time.
#[derive(Debug)]
pub struct Row<'a> {
    /// The boot.
    pub boot: &'a Boot,
    /// How it ended.
    pub ending: Ending,
    /// What else is to be said of it.
    pub remarks: Remarks,
    /// When it was, and what lies around it.
    pub span: &'a Span,
    /// Its number among all boots: 0 the newest, -1 the one before.
    pub index: i64,
    /// How many entries it has; one that several files hold counts once.
    pub entries: u64,
    /// Other machines with entries that carry its id, which are not judged.
    pub guests: &'a [Id128],
    /// How many of its entries were asked for, where not all were.
    pub matching: Option<u64>,
    /// What other boots show of its end, a sentence each; for JSON alone, as the table says it of all together.
    pub history: Vec<String>,
    /// How many of its entries no index reaches.
    pub salvaged: u64,
    /// Whether nothing but the head of one entry names it, see [`Journal::is_by_head_alone`](crate::Journal::is_by_head_alone).
    pub by_head_alone: bool,
}

impl Row<'_> {
    /// Whether the boot ended without a shutdown, as far as its log shows; one that is none of the machine's own did not.
    #[must_use]
    pub fn is_abrupt(&self) -> bool {
        self.is_own() && self.ending.orderliness == Orderliness::Abrupt
    }

    /// Whether it was a boot of the machine's own.
    const fn is_own(&self) -> bool {
        self.remarks.label.is_none()
    }

    /// How long it ran, sleep included, in microseconds.
    fn uptime(&self) -> u64 {
        self.boot.last.monotonic.0.saturating_add(self.span.clock.slept_us)
    }
}
