//! Boots as a table: a row each, notes on those that need one, and totals.

use std::io::{self, Write};

use anstyle::AnsiColor;

use super::narrow::Columns;
use super::{Row, notes, totals};
use crate::analysis::{Action, Ending, Orderliness};
use crate::output::Style;
use crate::output::when::{Spelling, clock, span};

/// From so many columns on there is room for all, also for the longest of causes.
const WIDE: usize = 156;
/// And from so many for whole ids.
const WIDEST: usize = 180;

/// Writes a table that fits 80 columns; wider terminals see what became of the machine where there is room, from 156 on
/// all columns, and whole ids from 180 on.
///
/// The boots of each machine follow one another under its id. A `!` after the number says that a note follows below.
///
/// # Errors
/// What the writer says.
pub fn text(rows: &[Row<'_>], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let machines = notes::by_machine(rows);
    let narrow = (style.width < WIDE).then(|| Columns::of(rows, style));
    let (bold, dim) = (anstyle::Style::new().bold(), anstyle::Style::new().dimmed());
    let (bold, dim) = (style.paint(bold), style.paint(dim));
    let names = narrow.as_ref().map_or_else(|| head(rows, style), Columns::head);
    writeln!(out, "{bold}{names}{bold:#}")?;
    for members in &machines {
        if let (true, Some(row)) = (machines.len() > 1, members.first()) {
            writeln!(out, "{dim}machine {}{dim:#}", row.boot.machine_id)?;
        }
        for row in members {
            let (before, after) =
                narrow.as_ref().map_or_else(|| line(row, rows, style), |columns| columns.line(row, style));
            let paint = style.paint(if row.is_own() { colour(row.ending.orderliness) } else { anstyle::Style::new() });
            writeln!(out, "{before}{paint}{}{paint:#}", after.trim_end())?;
        }
    }
    notes::write(rows, style, out)?;
    totals::write(rows, &machines, style, out)
}

/// Whether rows of this width have all columns.
pub(super) const fn is_wide(style: &Style) -> bool {
    style.width >= WIDE
}

/// Whether rows say how many entries match, where there would be the gap.
pub(super) fn has_matches(rows: &[Row<'_>]) -> bool {
    rows.first().is_some_and(|row| row.matching.is_some())
}

/// The characters that the numbers of boots take.
pub(super) fn index_width(rows: &[Row<'_>]) -> usize {
    rows.iter().map(|row| row.index.to_string().len()).max().unwrap_or_default().max(3)
}

/// Whether notes on the boot follow below.
pub(super) fn mark(row: &Row<'_>) -> char {
    if notes::has_note(row) { '!' } else { ' ' }
}

/// The gap to the next boot, or how many entries match.
pub(super) fn gap(row: &Row<'_>) -> String {
    match row.matching {
        Some(matching) => matching.to_string(),
        None => row.span.gap_us.map_or_else(|| "-".to_owned(), |gap| span(gap, Spelling::Column)),
    }
}

/// Characters of an id.
const fn id_width(style: &Style) -> usize {
    if style.width >= WIDEST { 32 } else { 8 }
}

fn head(rows: &[Row<'_>], style: &Style) -> String {
    let (index, id, gap) = (index_width(rows), id_width(style), if has_matches(rows) { "MATCH" } else { "GAP" });
    let times = format!("{:<19}  {:<12}  {:<19}", "START", "CLOCK", "END");
    let ids = format!("{:>index$}  {:<id$}", "IDX", "BOOT");
    format!("{ids} {times} {:>7} {gap:>7} {:>8}  {:<10} {:<9}  CAUSE", "UPTIME", "ENTRIES", "ENDING", "ACTION")
}

/// A row up to how the boot ended, and from there on.
fn line(row: &Row<'_>, rows: &[Row<'_>], style: &Style) -> (String, String) {
    let (index, mark, id) = (index_width(rows), mark(row), row.boot.id.to_string());
    let id = id.get(..id_width(style)).unwrap_or_default();
    let time = |at| clock(at, &style.zone, "%Y-%m-%d %H:%M:%S");
    let (start, end) = (time(row.span.clock.start), time(row.boot.last.realtime));
    let when = format!("{start:<19}  {:<12}  {end:<19}", row.span.clock.kind);
    let (uptime, gap) = (span(row.uptime(), Spelling::Column), gap(row));
    let before = format!("{:>index$}{mark} {id} {when} {uptime:>7} {gap:>7} {:>8}  ", row.index, row.entries);
    let cause = match row.remarks.label {
        Some(label) => format!("{:<9}  {}", action(row.ending.action), label.id()),
        None => why(&row.ending),
    };
    (before, format!("{:<10} {cause}", word(row)))
}

/// An orderliness in a word, of a boot of the machine's own.
pub(super) const fn word(row: &Row<'_>) -> &'static str {
    if !row.is_own() {
        return "-";
    }
    match row.ending.orderliness {
        Orderliness::Orderly => "orderly",
        Orderliness::OrderlyIncomplete => "incomplete",
        Orderliness::Abrupt => "abrupt",
        Orderliness::Asleep => "asleep",
        Orderliness::Running => "running",
        Orderliness::Unknown => "unknown",
    }
}

fn colour(orderliness: Orderliness) -> anstyle::Style {
    let colored = |color: AnsiColor| color.on_default();
    match orderliness {
        Orderliness::Orderly => anstyle::Style::new(),
        Orderliness::Abrupt => colored(AnsiColor::Red).bold(),
        Orderliness::Running => colored(AnsiColor::Green),
        Orderliness::OrderlyIncomplete | Orderliness::Asleep | Orderliness::Unknown => colored(AnsiColor::Yellow),
    }
}

/// The action, the cause and how sure it is; a running boot has none.
fn why(ending: &Ending) -> String {
    let Some(confidence) = ending.confidence else { return String::new() };
    format!("{:<9}  {:<24}  {confidence}", action(ending.action), ending.cause)
}

/// What became of the machine, also where that is not known; nothing of one that runs.
pub(super) const fn action(action: Option<Action>) -> &'static str {
    match action {
        None => "",
        Some(Action::Unknown) => "unknown",
        Some(Action::Reboot) => "reboot",
        Some(Action::Poweroff) => "poweroff",
        Some(Action::Halt) => "halt",
        Some(Action::Kexec) => "kexec",
        Some(Action::Reset) => "reset",
        Some(Action::PowerCut) => "power-cut",
    }
}
