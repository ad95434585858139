//! When a boot ended.

use std::io;

use jiff::tz::TimeZone;

use super::page::{Page, Paint};
use super::text::{clock, span};
use crate::analysis::{Heartbeat, Postmortem};

/// The interval that holds the end, what bounds it, and how long nothing was written.
pub(super) fn write(report: &Postmortem, page: &mut Page<'_>) -> io::Result<()> {
    let Some(death) = &report.death else { return Ok(()) };
    let zone = &page.style().zone;
    page.title("When it ended")?;
    page.paragraph(Paint::Plain, "  not before  ", &clock(death.from, zone))?;
    if let Some(to) = death.to {
        let after = span(to.0.saturating_sub(death.from.0));
        page.paragraph(Paint::Plain, "  not after   ", &format!("{}, {after} later", clock(to, zone)))?;
    }
    page.paragraph(Paint::Plain, "  since       ", &death.why)?;
    let mut silence = format!("{} at most between entries in the last 10 min", span(report.silence.longest_before_us));
    if let Some(us) = report.silence.until_next_us {
        silence.push_str(&format!("; {} from the last one to the next boot's kernel", span(us)));
    }
    page.paragraph(Paint::Plain, "  silence     ", &silence)?;
    death.heartbeats.iter().try_for_each(|beat| page.paragraph(Paint::Plain, "  heartbeat   ", &heartbeat(beat, zone)))
}

/// So many characters of a line tell it from others.
const HEARTBEAT: usize = 40;

/// A line that came at one interval, and what its absence says.
fn heartbeat(beat: &Heartbeat, zone: &TimeZone) -> String {
    let (by, every, due) = (&beat.by, span(beat.period_us), clock(beat.missing_from, zone));
    let line: String = beat.line.chars().take(HEARTBEAT).collect();
    let more = if line.len() < beat.line.len() { "…" } else { "" };
    let came = format!("{by} wrote a line like “{line}{more}” every {every}");
    match beat.stopped_before {
        true => format!(
            "{came}, the last at {}, though the log goes on past {due}, by when the next was due",
            clock(beat.last, zone)
        ),
        false => format!("{came}; the next, due by {due}, is missing: the boot ended before, unless lines were lost"),
    }
}
