//! The list of boots, as a table and as JSON.

mod history;
mod json;
mod narrow;
mod notes;
mod table;
mod totals;

use crate::analysis::{Ending, Orderliness, Span};
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
}

impl Row<'_> {
    /// Whether the boot ended without a shutdown, as far as its log shows.
    #[must_use]
    pub fn is_abrupt(&self) -> bool {
        self.ending.orderliness == Orderliness::Abrupt
    }

    /// How long it ran, sleep included, in microseconds.
    fn uptime(&self) -> u64 {
        self.boot.last.monotonic.0.saturating_add(self.span.clock.slept_us)
    }
}
