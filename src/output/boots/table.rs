//! Boots as a table: a row each, notes on those that need one, and totals.

use std::io::{self, Write};

use anstyle::AnsiColor;

use super::{Row, notes, totals};
use crate::analysis::{Action, ClockKind, Confidence, Ending, Orderliness};
use crate::output::Style;
use crate::output::when::{Spelling, clock, span};

/// Tables fit so many columns.
const NARROWEST: usize = 80;
/// Characters of an id where there is no room for all.
const SHORT_ID: usize = 8;
/// The same where causes are long, starts have their years and boots are many.
const SHORTEST_ID: usize = 4;

/// What fits a terminal.
#[derive(Clone, Copy, Debug)]
struct Room {
    /// Characters of an id.
    id: usize,
    /// Characters of a number.
    index: usize,
    /// Whether there is room for ends, entries, actions and the clock's label.
    is_wide: bool,
    /// Whether all boots started in one year, which need not be repeated.
    one_year: Option<i16>,
    /// Whether rows say how many entries match, where there would be the gap.
    matching: bool,
}

/// Writes a table that fits 80 columns; wider terminals see more columns, and whole ids from 180 on.
///
/// The boots of each machine follow one another under its id. A `!` after the number says that a note follows below.
///
/// # Errors
/// What the writer says.
pub fn text(rows: &[Row<'_>], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let room = Room::of(rows, style);
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

impl Room {
    fn of(rows: &[Row<'_>], style: &Style) -> Self {
        let room = Self::roomy(rows, style);
        let causes = rows.iter().map(|row| why(&row.ending, room.is_wide).len());
        if room.is_wide { room } else { room.narrowed(causes.max().unwrap_or_default(), style.width) }
    }

    /// With ids as short as a cause of so many characters needs.
    fn narrowed(self, cause: usize, width: usize) -> Self {
        let excess = (self.before_cause() + cause).saturating_sub(width.max(NARROWEST));
        Self { id: self.id.saturating_sub(excess).max(SHORTEST_ID.min(self.id)), ..self }
    }

    fn roomy(rows: &[Row<'_>], style: &Style) -> Self {
        let mut years = rows.iter().map(|row| clock(row.span.clock.start, &style.zone, "%Y").parse::<i16>().ok());
        let year = years.next().flatten();
        let oldest = rows.iter().map(|row| row.index.to_string().len()).max().unwrap_or_default();
        Self {
            id: if style.width >= 180 { 32 } else { SHORT_ID },
            index: oldest.max(3),
            is_wide: style.width >= 140,
            one_year: year.filter(|_| years.all(|other| other == year)),
            matching: rows.first().is_some_and(|row| row.matching.is_some()),
        }
    }

    /// The characters of a narrow row before its cause.
    fn before_cause(self) -> usize {
        self.index + 2 + self.id + 1 + self.times().chars().count() + 1 + 7 + 1 + 7 + 1 + 10 + 1
    }

    /// How a start is written.
    const fn form(self) -> &'static str {
        match (self.is_wide, self.one_year) {
            (true, _) => "%Y-%m-%d %H:%M:%S",
            (false, Some(_)) => "%m-%d %H:%M",
            (false, None) => "%y-%m-%d %H:%M",
        }
    }

    /// The names of the columns from the start to the end of a boot.
    fn times(self) -> String {
        match (self.is_wide, self.one_year) {
            (true, _) => format!("{:<19}  {:<12}  {:<19}", "START", "CLOCK", "END"),
            (false, Some(year)) => format!("{:<12}", format!("START {year}")),
            (false, None) => format!("{:<15}", "START"),
        }
    }
}

fn head(room: Room, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let bold = style.paint(anstyle::Style::new().bold());
    let (index, id, times) = (room.index, room.id, room.times());
    let gap = if room.matching { "MATCH" } else { "GAP" };
    let entries = if room.is_wide { format!("{:>8}  ", "ENTRIES") } else { String::new() };
    let action = if room.is_wide { format!("{:<9}  ", "ACTION") } else { String::new() };
    writeln!(
        out,
        "{bold}{:>index$}  {:<id$} {times} {:>7} {gap:>7} {entries}{:<10} {action}CAUSE{bold:#}",
        "IDX", "BOOT", "UPTIME", "ENDING"
    )
}

fn line(row: &Row<'_>, room: Room, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let mark = if notes::has_note(row) { '!' } else { ' ' };
    let (index, id) = (room.index, row.boot.id.to_string());
    let id = id.get(..room.id).unwrap_or_default();
    let gap = match row.matching {
        Some(matching) => matching.to_string(),
        None => row.span.gap_us.map_or_else(|| "-".to_owned(), |gap| span(gap, Spelling::Column)),
    };
    let uptime = span(row.uptime(), Spelling::Column);
    let entries = if room.is_wide { format!("{:>8}  ", row.entries) } else { String::new() };
    let (how, paint) = orderliness(row.ending.orderliness);
    let (paint, why, when) = (style.paint(paint), why(&row.ending, room.is_wide), when(row, room, style));
    let text = format!("{:>index$}{mark} {id} {when} {uptime:>7} {gap:>7} {entries}{paint}{how:<10} {why}", row.index);
    writeln!(out, "{}{paint:#}", text.trim_end())
}

/// The start with what its clock is worth, and where there is room the end.
fn when(row: &Row<'_>, room: Room, style: &Style) -> String {
    let start = clock(row.span.clock.start, &style.zone, room.form());
    if room.is_wide {
        let end = clock(row.boot.last.realtime, &style.zone, room.form());
        return format!("{start:<19}  {:<12}  {end:<19}", row.span.clock.kind);
    }
    format!("{start}{}", letter(row.span.clock.kind))
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

/// The cause and how sure it is: what is proven needs no mark, a running boot has none.
fn why(ending: &Ending, is_wide: bool) -> String {
    let Some(confidence) = ending.confidence else { return String::new() };
    if is_wide {
        return format!("{:<9}  {:<24}  {confidence}", action(ending.action), ending.cause);
    }
    match confidence {
        Confidence::Proven | Confidence::Undetermined => ending.cause.to_string(),
        Confidence::Likely => format!("{} ~", ending.cause),
        Confidence::Possible => format!("{} ?", ending.cause),
    }
}

/// What became of the machine.
const fn action(action: Option<Action>) -> &'static str {
    match action {
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
    use crate::analysis::Cause;

    #[test]
    fn the_longest_cause_fits_80_columns_though_starts_have_their_years_and_boots_are_many() {
        let style = Style { width: 80, color: false, zone: jiff::tz::TimeZone::UTC };
        let longest = Cause::ALL.iter().map(|cause| cause.id().len()).max().unwrap() + " ~".len();
        for (index, one_year) in [(3, Some(2026)), (3, None), (4, Some(2026)), (4, None)] {
            let room = Room { id: SHORT_ID, index, is_wide: false, one_year, matching: false };
            let mut out = Vec::new();
            head(room, &style, &mut out).unwrap();
            assert_eq!(out.len(), room.before_cause() + "CAUSE\n".len(), "the head says where causes begin");
            let narrow = room.narrowed(longest, 80);
            assert!(narrow.before_cause() + longest <= 80, "{narrow:?}");
            assert_eq!(room.narrowed(20, 80).id, SHORT_ID, "where all fits, nothing is cut");
            assert_eq!(room.narrowed(longest, 100).id, SHORT_ID);
        }
    }

    #[test]
    fn a_cause_says_how_sure_it_is_and_a_running_boot_has_none() {
        let of = |cause, confidence| {
            let ending = Ending {
                orderliness: Orderliness::Abrupt,
                action: Some(Action::Unknown),
                initiator: None,
                cause,
                confidence,
                headline: String::new(),
                candidates: Vec::new(),
                contributing: Vec::new(),
            };
            why(&ending, false)
        };
        assert_eq!(of(Cause::PowerLoss, Some(Confidence::Likely)), "power.loss ~");
        assert_eq!(of(Cause::PowerLoss, Some(Confidence::Proven)), "power.loss");
        assert_eq!(of(Cause::UndeterminedAbrupt, Some(Confidence::Undetermined)), "undetermined.abrupt");
        assert_eq!(of(Cause::NoneStillRunning, None), "");
    }
}
