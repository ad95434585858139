//! The last minutes before an end and the first lines after it, by their time from it.

use std::io;

use super::page::{Page, Paint};
use super::text::{clock, entry, span};
use crate::analysis::{Moments, Next, Place, Postmortem, Witness};

/// The boot's last minutes.
pub(super) fn before(report: &Postmortem, page: &mut Page<'_>) -> io::Result<()> {
    let timeline = &report.timeline;
    let within = span(timeline.since_us);
    let least = if timeline.is_cut { "the last " } else { "" };
    let count = timeline.entries;
    page.title(&format!("The last {within}: {least}{count} entries, by their time before the last one"))?;
    if timeline.is_cut {
        page.paragraph(Paint::Dim, "               ", "(more entries before: so many are read at most)")?;
    }
    for moments in &timeline.moments {
        omitted(moments.omitted, page)?;
        let ago = |us: u64| span(report.boot.last.monotonic.0.saturating_sub(us));
        let until = moments.until_us.map(|us| format!(", the last {} before", ago(us)));
        line(moments, &ago(moments.place.monotonic.0), &until.unwrap_or_default(), page)?;
    }
    Ok(())
}

/// The next boot: its telling lines, or its first ones.
pub(super) fn next(next: &Next, page: &mut Page<'_>) -> io::Result<()> {
    page.title("Next boot, by the time since its start")?;
    let start = clock(next.kernel_start, &page.style().zone);
    page.paragraph(Paint::Dim, "  ", &format!("{}, kernel started {start} by its own clock", next.id))?;
    for moments in &next.head {
        line(moments, &span(moments.place.monotonic.0), "", page)?;
    }
    omitted(next.omitted, page)?;
    let shown = |place: &Place| next.head.iter().any(|moments| moments.place.cursor == place.cursor);
    for item in &next.lines {
        match &item.witness {
            Witness::Line(place) if !shown(place) => entry(&span(place.monotonic.0), place, "", page)?,
            _ => {}
        }
    }
    Ok(())
}

fn omitted(count: u64, page: &mut Page<'_>) -> io::Result<()> {
    match count {
        0 => Ok(()),
        1 => page.paragraph(Paint::Dim, "               ", "(1 entry more)"),
        count => page.paragraph(Paint::Dim, "               ", &format!("({count} entries more)")),
    }
}

fn line(moments: &Moments, when: &str, until: &str, page: &mut Page<'_>) -> io::Result<()> {
    let more = match moments.count {
        1 => String::new(),
        count => format!(" (×{count}{until})"),
    };
    entry(when, &moments.place, &more, page)
}
