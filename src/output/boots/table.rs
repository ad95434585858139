//! Boots as a table: a row each, notes on those that need one, and totals.

use std::io::{self, Write};

use anstyle::AnsiColor;

use super::{Row, notes, totals};
use crate::analysis::{Action, ClockKind, Ending, Orderliness};
use crate::output::Style;
use crate::output::when::{Spelling, clock, span};

/// What fits a terminal.
#[derive(Clone, Copy, Debug)]
struct Room {
    /// Characters of an id.
    id: usize,
    /// Whether there is room for ends, entries and the clock's label.
    is_wide: bool,
    /// Whether rows say how many entries match, where there would be the gap.
    matching: bool,
}

/// Writes a table that fits 80 columns; wider terminals see more columns, and whole ids from 160 on.
///
/// The boots of each machine follow one another under its id. A `!` after the number says that a note follows below.
///
/// # Errors
/// What the writer says.
pub fn text(rows: &[Row<'_>], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let room = Room {
        id: if style.width >= 160 { 32 } else { 8 },
        is_wide: style.width >= 132,
        matching: rows.first().is_some_and(|row| row.matching.is_some()),
    };
    let machines = notes::by_machine(rows);
    head(room, style, out)?;
    for members in &machines {
        if let (true, Some(row)) = (machines.len() > 1, members.first()) {
            let dim = style.paint(anstyle::Style::new().dimmed());
            writeln!(out, "{dim}machine {}{dim:#}", row.boot.machine_id)?;
        }
        for row in members {
            line(row, room, style, out)?;
        }
    }
    notes::write(rows, style, out)?;
    totals::write(rows, &machines, style, out)
}

fn head(room: Room, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let bold = style.paint(anstyle::Style::new().bold());
    let id = room.id;
    let gap = if room.matching { "MATCHING" } else { "GAP" };
    let (end, entries) = match room.is_wide {
        true => (format!("{:<12}  {:<19}  ", "CLOCK", "END"), format!("{:>8}  ", "ENTRIES")),
        false => (String::new(), String::new()),
    };
    let start = if room.is_wide { "START              " } else { "START           C" };
    writeln!(
        out,
        "{bold} IDX  {:<id$}  {start} {end}{:>7} {gap:>8}  {entries}{:<10} CAUSE{bold:#}",
        "BOOT", "UPTIME", "ENDING"
    )
}

fn line(row: &Row<'_>, room: Room, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mark = if notes::has_note(row) { '!' } else { ' ' };
    let id = row.boot.id.to_string();
    let id = id.get(..room.id).unwrap_or_default();
    let gap = match row.matching {
        Some(matching) => matching.to_string(),
        None => row.span.gap_us.map_or_else(|| "-".to_owned(), |gap| span(gap, Spelling::Column)),
    };
    let uptime = span(row.uptime(), Spelling::Column);
    let (when, entries) = match room.is_wide {
        true => (wide(row, style), format!("{:>8}  ", row.boot.entries)),
        false => (narrow(row, style), String::new()),
    };
    let (how, paint) = orderliness(row.ending.orderliness);
    let (paint, why) = (style.paint(paint), why(&row.ending, room.is_wide));
    let text = format!("{:>4}{mark} {id}  {when} {uptime:>7} {gap:>8}  {entries}{paint}{how:<10} {why}", row.index);
    writeln!(out, "{}{paint:#}", text.trim_end())
}

/// The start with a letter for its clock.
fn narrow(row: &Row<'_>, style: &Style) -> String {
    let start = clock(row.span.clock.start, &style.zone, "%Y-%m-%d %H:%M");
    format!("{start:<16}{}", letter(row.span.clock.kind))
}

/// Start, clock and end.
fn wide(row: &Row<'_>, style: &Style) -> String {
    let form = "%Y-%m-%d %H:%M:%S";
    let start = clock(row.span.clock.start, &style.zone, form);
    let end = clock(row.boot.last.realtime, &style.zone, form);
    format!("{start:<19} {:<12}  {end:<19} ", row.span.clock.kind)
}

/// What a clock is worth, as one letter.
pub(super) const fn letter(kind: ClockKind) -> char {
    match kind {
        ClockKind::Synced(_) => ' ',
        ClockKind::Rtc => 'r',
        ClockKind::FakeHwclock => 'f',
        ClockKind::Epoch => 'e',
        ClockKind::Unknown => '?',
    }
}

/// An orderliness in a word that fits its column, with its colour.
fn orderliness(orderliness: Orderliness) -> (&'static str, anstyle::Style) {
    let colored = |color: AnsiColor| color.on_default();
    match orderliness {
        Orderliness::Orderly => ("orderly", anstyle::Style::new()),
        Orderliness::OrderlyIncomplete => ("incomplete", colored(AnsiColor::Yellow)),
        Orderliness::Abrupt => ("abrupt", colored(AnsiColor::Red).bold()),
        Orderliness::Asleep => ("asleep", colored(AnsiColor::Yellow)),
        Orderliness::Running => ("running", colored(AnsiColor::Green)),
        Orderliness::Unknown => ("unknown", colored(AnsiColor::Yellow)),
    }
}

/// What became of the machine.
fn why(ending: &Ending, _is_wide: bool) -> &'static str {
    match ending.action {
        None | Some(Action::Unknown) => "",
        Some(Action::Reboot) => "reboot",
        Some(Action::Poweroff) => "poweroff",
        Some(Action::Halt) => "halt",
        Some(Action::Kexec) => "kexec",
        Some(Action::Reset) => "reset",
        Some(Action::PowerCut) => "power-cut",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_action_is_not_spelled_out() {
        let of = |orderliness, action| why(&Ending { orderliness, action }, false);
        assert_eq!(of(Orderliness::Orderly, Some(Action::Reboot)), "reboot");
        assert_eq!(of(Orderliness::Abrupt, Some(Action::Unknown)), "");
        assert_eq!(of(Orderliness::Running, None), "");
    }
}
