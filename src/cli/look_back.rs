//! How far `why` looks back, and how much of it it shows.

use clap::Args;

use crate::analysis::{Postmortem, Source, timeline};

/// What of a boot's end is shown.
#[derive(Debug, Args)]
#[command(next_help_heading = "What is shown")]
pub(super) struct LookBack {
    /// Show this much of the boot's end, as 30s, 10min, 2h or 1d; 10min without it
    #[arg(long, value_name = "SPAN", value_parser = span)]
    since_end: Option<u64>,
    /// Show every entry of that time and of the next boot's beginning: nothing is put together or
    /// left out, up to 20,000
    #[arg(long)]
    raw: bool,
    /// Show what was weighed: the points of each sign
    #[arg(long)]
    pub(super) explain: bool,
}

/// So far is looked back unless something else is said, in microseconds.
const SINCE_END: u64 = 600_000_000;

impl LookBack {
    /// Puts the stretch that was asked for in the place of a report's timeline.
    pub(super) fn apply(&self, source: &dyn Source, boot: usize, report: &mut Postmortem) {
        if self.raw || self.since_end.is_some() {
            let since_us = self.since_end.unwrap_or(SINCE_END);
            report.timeline = timeline(source, boot, since_us, self.raw, &report.evidence);
        }
        if let (true, Some(next)) = (self.raw, &mut report.next) {
            next.unthin(source);
        }
    }
}

/// Reads a span of time, such as `30min`, as microseconds.
fn span(text: &str) -> Result<u64, String> {
    let refused = || format!("`{text}` is no span of time; write 30s, 10min, 2h or 1d");
    let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()));
    let seconds = match unit.trim() {
        "" | "s" | "sec" => 1,
        "m" | "min" => 60,
        "h" | "hours" => 3600,
        "d" | "days" => 86400,
        _ => return Err(refused()),
    };
    let number: u64 = number.parse().map_err(|_| refused())?;
    number.checked_mul(seconds * 1_000_000).ok_or_else(refused)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_with_their_units() {
        for (text, us) in [("30min", 1_800_000_000), ("45", 45_000_000), ("2 h", 7_200_000_000), ("1d", 86_400_000_000)]
        {
            assert_eq!(span(text), Ok(us), "{text}");
        }
        for wrong in ["", "min", "1.5h", "-1min", "10 parsecs", "99999999999999999999s", "999999999999999d"] {
            assert!(span(wrong).is_err(), "{wrong}");
        }
    }
}
