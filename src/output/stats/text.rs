//! Statistics for a terminal: sums, a chart, and a table per key.

use std::io::{self, Write};

use jiff::Timestamp;
use jiff::tz::{AmbiguousOffset, TimeZone};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::{View, chart, number, size};
use crate::format::Realtime;
use crate::output::when::clock;
use crate::output::{Style, value as visible};
use crate::query::stats::{Key, Measure, Sum, Table, Value};
use crate::query::word;

/// Columns that the numbers of a table take.
const NUMBERS: usize = 42;

/// A name never gets less than this.
const NAME_LEAST: usize = 12;

/// And so many at most: the eye must find the way from a name to its numbers.
const NAME_MOST: usize = 60;

/// Writes everything, within the width of the style.
///
/// # Errors
/// What the writer says.
pub fn text(view: &View<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let stats = view.stats;
    let Sum { entries, bytes, disk } = stats.total;
    let noun = if entries == 1 { "entry" } else { "entries" };
    match stats.range {
        Some((first, last)) => {
            let (bare, zoned) = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S %Z");
            let [one, other] = [first, last].map(|time| clock(time, &style.zone, "%Z"));
            let first = clock(first, &style.zone, if one == other { bare } else { zoned });
            let last = clock(last, &style.zone, zoned);
            writeln!(out, "{entries} {noun}, {first} to {last}")?;
        }
        None => return writeln!(out, "{entries} {noun}"),
    }
    writeln!(out, "{} of fields, {} on disk", size(bytes), size(disk))?;
    writeln!(out)?;
    chart::write(&stats.timeline, view.measure, view.scale, style, out)?;
    stats.tables.iter().try_for_each(|by| table(by, view, style, out))
}

fn table(table: &Table, view: &View<'_>, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let top = table.top(view.top, view.measure);
    let total = view.stats.total;
    let name = style.width.saturating_sub(NUMBERS).clamp(NAME_LEAST, NAME_MOST);
    let share = match view.measure {
        Measure::Entries => "% ENTRIES",
        Measure::Bytes => "% BYTES",
        Measure::Disk => "% DISK",
    };
    let bold = style.paint(anstyle::Style::new().bold());
    let title = cut(&title(&table.key, view, style), name);
    writeln!(out, "\n{bold}{title} {:>9} {share:>9} {:>10} {:>10}{bold:#}", "ENTRIES", "BYTES", "DISK")?;
    let mut row = |label: &str, sum: Sum| {
        let share = percent(sum.of(view.measure), total.of(view.measure));
        let (bytes, disk) = (size(sum.bytes), size(sum.disk));
        let label = cut(&format!("  {label}"), name);
        writeln!(out, "{label} {:>9} {share:>9} {bytes:>10} {disk:>10}", number(sum.entries, Measure::Entries))
    };
    for group in &top.groups {
        row(&label(&table.key, &group.value, view, style), group.sum)?;
    }
    if top.left_out > 0 {
        row(&format!("({} more)", top.left_out), top.rest)?;
    }
    if top.absent.entries > 0 {
        row("(none)", top.absent)?;
    }
    if table.several > 0 {
        writeln!(out, "  {} entries have several values, and count under the first", table.several)?;
    }
    Ok(())
}

/// The title of a table; it says the zone where the groups are times.
fn title(key: &Key, view: &View<'_>, style: &Style) -> String {
    match (key.field(), view.stats.range) {
        (Some(field), _) if field == key.name() => format!("By {field}"),
        (Some(field), _) => format!("By {} ({field})", key.name()),
        (None, Some((first, last))) if matches!(key, Key::Hour(_) | Key::Day(_)) => {
            let [first, last] = [first, last].map(|time| clock(time, &style.zone, "%Z"));
            let zones = if first == last { last } else { format!("{first} to {last}") };
            format!("By {}, {zones}", key.name())
        }
        _ => format!("By {}", key.name()),
    }
}

/// A group's name on one line, harmless to a terminal.
fn label(key: &Key, value: &Value, view: &View<'_>, style: &Style) -> String {
    match value {
        Value::Bytes(bytes) => {
            let mut text = Vec::new();
            visible(bytes, true, &mut text);
            let text = String::from_utf8_lossy(&text).replace('\t', " ");
            let priority = key.field().filter(|field| *field == "PRIORITY").and_then(|_| word::priority(&text));
            priority.map_or(text.clone(), |name| format!("{text} {name}"))
        }
        Value::Boot(boot) => {
            let id = view.boots.get(*boot).map(|boot| boot.id.to_string()).unwrap_or_default();
            format!("{:>3} {id}", *boot as i64 + 1 - view.boots.len() as i64)
        }
        Value::Machine(id) => id.to_string(),
        Value::Time(start) => {
            let form = match key {
                Key::Day(_) => "%Y-%m-%d %a",
                _ if comes_twice(*start, &style.zone) => "%Y-%m-%d %H:%M %Z",
                _ => "%Y-%m-%d %H:%M",
            };
            clock(*start, &style.zone, form)
        }
        Value::Absent => "(none)".to_owned(),
    }
}

/// Whether the clocks of a zone show this time again, or did before: at the end of summer time.
fn comes_twice(time: Realtime, zone: &TimeZone) -> bool {
    let time = i64::try_from(time.0).ok().and_then(|us| Timestamp::from_microsecond(us).ok());
    time.is_some_and(|time| {
        let shown = time.to_zoned(zone.clone()).datetime();
        matches!(zone.to_ambiguous_timestamp(shown).offset(), AmbiguousOffset::Fold { .. })
    })
}

/// A part of the whole in percent; what is not 0 does not look like it.
fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "-".to_owned();
    }
    let tenths = (u128::from(part) * 1000 + u128::from(whole) / 2) / u128::from(whole);
    if tenths == 0 && part > 0 { "<0.1".to_owned() } else { format!("{}.{}", tenths / 10, tenths % 10) }
}

/// Text in exactly so many columns: filled up, or cut with dots.
fn cut(text: &str, columns: usize) -> String {
    let width = text.width();
    if width <= columns {
        return format!("{text}{:fill$}", "", fill = columns - width);
    }
    let mut kept = String::new();
    let mut used = 0;
    for c in text.chars() {
        let wide = c.width().unwrap_or(0);
        if used + wide + 1 > columns {
            break;
        }
        used += wide;
        kept.push(c);
    }
    format!("{kept}…{:fill$}", "", fill = columns.saturating_sub(used + 1))
}
