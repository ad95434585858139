//! What a table of boots says of all boots together.

use std::io::{self, Write};

use super::Row;
use crate::analysis::{Confidence, Orderliness};
use crate::output::Style;
use crate::output::when::{Spelling, clock, span};

/// Writes how many boots ended how, how long the machines ran from one abrupt end to the next, and since when there is
/// a log.
pub(super) fn write(
    rows: &[Row<'_>],
    machines: &[Vec<&Row<'_>>],
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let Some(oldest) = rows.first() else { return Ok(()) };
    writeln!(out)?;
    paragraph("", &counts(rows, machines.len()), style, out)?;
    let abrupt = rows.iter().filter(|row| row.is_abrupt()).count() as u64;
    let ran = rows.iter().filter(|row| row.is_own()).fold(0_u64, |sum, row| sum.saturating_add(row.uptime()));
    if let Some(mean) = ran.checked_div(abrupt) {
        let mean = span(mean, Spelling::Sentence);
        let text = format!("Mean time between abrupt ends: {mean} of running time.");
        paragraph("", &text, style, out)?;
    }
    paragraph("", &reach(rows, oldest, style), style, out)?;
    match rows.iter().filter_map(|row| row.span.blind_us).max() {
        Some(blind) => {
            let blind = span(blind, Spelling::Sentence);
            let text = format!("A boot that dies in its first {blind} leaves nothing here: there may have been more.");
            paragraph("", &text, style, out)
        }
        None => Ok(()),
    }
}

/// From when to when there is a log, by the clocks that can be relied on, if there are any.
fn reach(rows: &[Row<'_>], oldest: &Row<'_>, style: &Style) -> String {
    let known = rows.iter().filter(|row| row.span.is_anchored).count();
    let counts = |row: &&Row<'_>| known == 0 || row.span.is_anchored;
    let since = rows.iter().filter(counts).map(|row| row.span.clock.start).min().unwrap_or(oldest.span.clock.start);
    let until = rows.iter().filter(counts).map(|row| row.boot.last.realtime).max().unwrap_or(since);
    let doubt = match rows.len().saturating_sub(known) {
        0 => String::new(),
        all if known == 0 && all > 1 => ", by clocks that cannot be relied on".to_owned(),
        _ if known == 0 => ", by a clock that cannot be relied on".to_owned(),
        1 => "; 1 boot whose clock cannot be relied on does not count".to_owned(),
        some => format!("; {some} boots whose clocks cannot be relied on do not count"),
    };
    format!(
        "The log reaches from {} to {}, {}{doubt}.",
        clock(since, &style.zone, "%Y-%m-%d %H:%M"),
        clock(until, &style.zone, "%Y-%m-%d %H:%M"),
        span(until.0.saturating_sub(since.0), Spelling::Sentence)
    )
}

fn counts(rows: &[Row<'_>], machines: usize) -> String {
    let kinds = [
        (Orderliness::Orderly, "orderly"),
        (Orderliness::OrderlyIncomplete, "incomplete"),
        (Orderliness::Abrupt, "abrupt"),
        (Orderliness::Asleep, "asleep"),
        (Orderliness::Unknown, "unknown"),
        (Orderliness::Running, "running"),
    ];
    let own = || rows.iter().filter(|row| row.is_own());
    let count = |kind: Orderliness| own().filter(|row| row.ending.orderliness == kind).count();
    let counts = kinds.iter().map(|(kind, word)| (count(*kind), word)).filter(|(count, _)| *count > 0);
    let counts: Vec<String> = counts.map(|(count, word)| format!("{count} {word}")).collect();
    let boots = match own().count() {
        0 => "No boot".to_owned(),
        1 => "1 boot".to_owned(),
        count => format!("{count} boots"),
    };
    let machines = if machines > 1 { format!(" of {machines} machines") } else { String::new() };
    let is_open = |row: &&Row<'_>| row.ending.confidence == Some(Confidence::Undetermined);
    let open = match own().filter(is_open).count() {
        0 => String::new(),
        open => format!("; the cause of {open} is undetermined"),
    };
    let captures = match rows.len().saturating_sub(own().count()) {
        0 => String::new(),
        1 => "; 1 more only saved a dump (kdump-capture)".to_owned(),
        count => format!("; {count} more only saved dumps (kdump-capture)"),
    };
    let of = if counts.is_empty() { "" } else { ": " };
    format!("{boots}{machines}{of}{}{open}{captures}.", counts.join(", "))
}

/// Writes a paragraph, wrapped to the terminal's width, behind a label that later lines are indented by.
pub(super) fn paragraph(label: &str, text: &str, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let indent = label.chars().count();
    let width = style.width.min(100);
    let (mut line, mut used) = (label.to_owned(), indent);
    for word in text.split(' ') {
        let len = word.chars().count();
        if used > indent && used + 1 + len > width {
            writeln!(out, "{line}")?;
            (line, used) = (" ".repeat(indent), indent);
        }
        if used > indent {
            line.push(' ');
            used += 1;
        }
        line.push_str(word);
        used += len;
    }
    writeln!(out, "{line}")
}
