//! A file's header as `journalctl --header` prints it, line by line.

use std::io::{self, Write};

use jiff::tz::TimeZone;

use super::info::Facts;
use super::number::size;
use super::value;
use super::when::clock;
use crate::format::Realtime;

/// Writes the header of one file; `room` is what it takes on its disk, in bytes.
///
/// # Errors
/// What the writer says.
pub fn heading(facts: &Facts, room: u64, zone: &TimeZone, out: &mut dyn Write) -> io::Result<()> {
    let mut path = Vec::new();
    value(facts.file.as_bytes(), true, &mut path);
    writeln!(out, "File path: {}", String::from_utf8_lossy(&path))?;
    writeln!(out, "File ID: {}\nMachine ID: {}\nBoot ID: {}", facts.file_id, facts.machine_id, facts.boot_id)?;
    writeln!(out, "Sequential number ID: {}\nState: {}", facts.seqnum_id, facts.state)?;
    flags("Compatible", &facts.compatible_flags, out)?;
    flags("Incompatible", &facts.incompatible_flags, out)?;
    writeln!(out, "Header size: {}\nArena size: {}", facts.header_size, facts.arena_size)?;
    writeln!(out, "Data hash table size: {}", facts.data_hash_table_size)?;
    writeln!(out, "Field hash table size: {}", facts.field_hash_table_size)?;
    writeln!(out, "Rotate suggested: {}", if facts.rotate_suggested { "yes" } else { "no" })?;
    ends(facts, zone, out)?;
    counts(facts, out)?;
    let mut room_text = Vec::new();
    size(room, &mut room_text);
    writeln!(out, "Disk usage: {}", String::from_utf8_lossy(&room_text))
}

fn flags(kind: &str, names: &[String], out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{kind} flags:")?;
    names.iter().try_for_each(|name| write!(out, " {name}"))?;
    writeln!(out)
}

/// Numbers and times of the first and the last entry, each in hex too.
fn ends(facts: &Facts, zone: &TimeZone, out: &mut dyn Write) -> io::Result<()> {
    let seqnums = [("Head", facts.head_entry_seqnum.0), ("Tail", facts.tail_entry_seqnum.0)];
    seqnums.iter().try_for_each(|(end, number)| writeln!(out, "{end} sequential number: {number} ({number:x})"))?;
    for (end, time) in [("Head", facts.head_entry_realtime), ("Tail", facts.tail_entry_realtime)] {
        let Realtime(us) = time;
        let text = if us == 0 { " --- ".to_owned() } else { clock(time, zone, "%a %F %T %Z") };
        writeln!(out, "{end} realtime timestamp: {text} ({us:x})")?;
    }
    let us = facts.tail_entry_monotonic.0;
    writeln!(out, "Tail monotonic timestamp: {} ({us:x})", span(us))
}

/// How many objects there are; what a header of this size does not count is left out.
fn counts(facts: &Facts, out: &mut dyn Write) -> io::Result<()> {
    let fill = |fill: Option<f64>| fill.map(|fill| format!("{fill:.1}%"));
    let count = |count: Option<u64>| count.map(|count| count.to_string());
    let lines = [
        ("Objects", count(Some(facts.n_objects))),
        ("Entry objects", count(Some(facts.n_entries))),
        ("Data objects", count(facts.n_data)),
        ("Data hash table fill", fill(facts.data_hash_table_fill)),
        ("Field objects", count(facts.n_fields)),
        ("Field hash table fill", fill(facts.field_hash_table_fill)),
        ("Tag objects", count(facts.n_tags)),
        ("Entry array objects", count(facts.n_entry_arrays)),
        ("Deepest field hash chain", count(facts.field_hash_chain_depth)),
        ("Deepest data hash chain", count(facts.data_hash_chain_depth)),
    ];
    for (label, text) in lines {
        text.map_or(Ok(()), |text| writeln!(out, "{label}: {text}"))?;
    }
    Ok(())
}

/// A duration in all its units down to milliseconds.
fn span(us: u64) -> String {
    const UNITS: [(u64, &str); 6] = [
        (31_557_600_000_000, "y"),
        (2_629_800_000_000, "month"),
        (604_800_000_000, "w"),
        (86_400_000_000, "d"),
        (3_600_000_000, "h"),
        (60_000_000, "min"),
    ];
    let (mut rest, mut parts) = (us, Vec::new());
    for (unit, name) in UNITS.into_iter().filter(|(unit, _)| us >= *unit) {
        if rest >= unit {
            parts.push(format!("{}{name}", rest / unit));
        }
        rest %= unit;
    }
    match rest {
        0 if parts.is_empty() => parts.push("0".to_owned()),
        1_000_000.. if rest % 1_000_000 > 0 => {
            parts.push(format!("{}.{:03}s", rest / 1_000_000, rest / 1000 % 1000));
        }
        1_000_000.. => parts.push(format!("{}s", rest / 1_000_000)),
        1000.. => parts.push(format!("{}ms", rest / 1000)),
        1.. if parts.is_empty() => parts.push(format!("{rest}us")),
        _ => {}
    }
    parts.join(" ")
}
