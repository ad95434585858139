//! The list of boots, as a table and as JSON.

use std::fmt::Display;
use std::io::{self, Write};

use anstyle::AnsiColor;
use serde_json::json;

use super::Style;
use super::when::{Spelling, clock, span};
use crate::analysis::{Action, Ending, Orderliness, SCHEMA_VERSION};
use crate::journal::Boot;

/// One boot and how it ended.
#[derive(Debug)]
pub struct Row<'a> {
    /// The boot.
    pub boot: &'a Boot,
    /// How it ended.
    pub ending: Ending,
    /// Its number among all boots: 0 the newest, -1 the one before.
    pub index: i64,
    /// How many of its entries were asked for, where not all were.
    pub matching: Option<u64>,
}

/// Writes an array of objects, oldest boot first; times in µs since 1970.
///
/// `first_entry` and `last_entry` are what journalctl says. Where entries at the end are missing from the boot's own list,
/// which journalctl goes by, `last_unlisted_entry` has the true last one. Where not all entries were asked for,
/// `matching` says how many of the boot's `entries` were.
///
/// # Errors
/// What the writer says.
pub fn json(rows: &[Row<'_>], out: &mut dyn Write) -> io::Result<()> {
    let object = |row: &Row<'_>| {
        let mut object = json!({
            "index": row.index,
            "boot_id": row.boot.id,
            "first_entry": row.boot.first.realtime,
            "last_entry": row.boot.listed_last.realtime,
            "entries": row.boot.entries,
            "machine_id": row.boot.machine_id,
            "ending": row.ending,
            "version": SCHEMA_VERSION,
        });
        if row.boot.last != row.boot.listed_last
            && let Some(object) = object.as_object_mut()
        {
            object.insert("last_unlisted_entry".to_owned(), json!(row.boot.last.realtime));
        }
        if let (Some(matching), Some(object)) = (row.matching, object.as_object_mut()) {
            object.insert("matching".to_owned(), json!(matching));
        }
        object
    };
    let list: Vec<_> = rows.iter().map(object).collect();
    serde_json::to_writer(&mut *out, &list)?;
    out.write_all(b"\n")
}

/// Writes a table that fits 80 columns; wider terminals see whole ids.
///
/// Where not all entries were asked for, a narrow one says only how many match, a wide one also of how many.
///
/// # Errors
/// What the writer says.
pub fn text(rows: &[Row<'_>], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let several = rows.windows(2).any(|pair| matches!(pair, [a, b] if a.boot.machine_id != b.boot.machine_id));
    let wide = style.width >= 120;
    let id_width = if wide { 32 } else { 8 };
    let cut = |id: &str| format!("{:<id_width$}", id.get(..id_width.min(id.len())).unwrap_or_default());
    let machine = |id: &str| if several { format!("{}  ", cut(id)) } else { String::new() };
    // Beside the machine's id there is no room for seconds on a narrow terminal.
    let (format, time_width) = if several && !wide { ("%Y-%m-%d %H:%M", 16) } else { ("%Y-%m-%d %H:%M:%S", 19) };
    let bold = style.paint(anstyle::Style::new().bold());
    let (boot, machines) = (cut("BOOT"), machine("MACHINE"));
    writeln!(
        out,
        "{bold}{:>4}  {boot}  {machines}{:<time_width$}  {:>8}  {:>8}  ENDING{bold:#}",
        "IDX",
        "FIRST ENTRY",
        "UPTIME",
        counts(rows.first().and_then(|row| row.matching.map(|_| "MATCHING")), "ENTRIES", wide)
    )?;
    for row in rows {
        let index = row.index;
        let (boot, machine) = (cut(&row.boot.id.to_string()), machine(&row.boot.machine_id.to_string()));
        let start = clock(row.boot.first.realtime, &style.zone, format);
        let uptime = span(row.boot.last.monotonic.0, Spelling::Column);
        let entries = counts(row.matching, row.boot.entries, wide);
        let (ending, paint) = ending(&row.ending);
        let paint = style.paint(paint);
        writeln!(
            out,
            "{index:>4}  {boot}  {machine}{start:<time_width$}  {uptime:>8}  {entries:>8}  {paint}{ending}{paint:#}"
        )?;
    }
    Ok(())
}

/// How many entries match, and of how many where there is room.
fn counts(matching: Option<impl Display>, entries: impl Display, wide: bool) -> String {
    match matching {
        Some(matching) if wide => format!("{matching:>8}  {entries:>8}"),
        Some(matching) => matching.to_string(),
        None => entries.to_string(),
    }
}

/// An ending in a few words, with its colour.
fn ending(ending: &Ending) -> (String, anstyle::Style) {
    let colored = |color: AnsiColor| color.on_default();
    let (how, paint) = match ending.orderliness {
        Orderliness::Orderly => ("orderly", anstyle::Style::new()),
        Orderliness::OrderlyIncomplete => ("orderly-incomplete", colored(AnsiColor::Yellow)),
        Orderliness::Abrupt => ("abrupt", colored(AnsiColor::Red).bold()),
        Orderliness::Asleep => ("asleep", colored(AnsiColor::Yellow)),
        Orderliness::Running => ("running", colored(AnsiColor::Green)),
        Orderliness::Unknown => ("unknown", colored(AnsiColor::Yellow)),
    };
    let action = match ending.action {
        None | Some(Action::Unknown) => "",
        Some(Action::Reboot) => ", reboot",
        Some(Action::Poweroff) => ", poweroff",
        Some(Action::Halt) => ", halt",
        Some(Action::Kexec) => ", kexec",
        Some(Action::Reset) => ", reset",
        Some(Action::PowerCut) => ", power-cut",
    };
    (format!("{how}{action}"), paint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Cause;

    #[test]
    fn an_unknown_action_is_not_spelled_out() {
        let of = |orderliness, action| {
            let ended = Ending {
                orderliness,
                action,
                initiator: None,
                cause: Cause::UndeterminedAbrupt,
                confidence: None,
                headline: String::new(),
                candidates: Vec::new(),
                contributing: Vec::new(),
            };
            ending(&ended).0
        };
        assert_eq!(of(Orderliness::Orderly, Some(Action::Reboot)), "orderly, reboot");
        assert_eq!(of(Orderliness::Abrupt, Some(Action::Unknown)), "abrupt");
        assert_eq!(of(Orderliness::Running, None), "running");
    }
}
