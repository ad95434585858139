//! Boots and invocations with their first and last entries, and other answers in journalctl's words.

use std::io::{self, Write};

use jiff::tz::TimeZone;

use super::Palette;
use super::framing::Framing;
use super::number::size;
use super::palette::off;
use super::stamp::{Clock, Moment, Stamp};
use crate::format::{Id128, Monotonic, Realtime};

/// One row.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// Its number: 0 the newest, -1 the one before, or from the oldest 1, 2, ….
    pub index: i64,
    /// Its id.
    pub id: Id128,
    /// When its first entry was received.
    pub first: Realtime,
    /// When its last entry was received.
    pub last: Realtime,
}

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A boot of a machine.
    Boot,
    /// A run of a unit.
    Invocation,
}

/// Writes journalctl's table; `head` says whether it begins with the names of its columns, underlined where there are
/// colours.
///
/// # Errors
/// What the writer says.
pub fn text(
    what: What,
    rows: &[Row],
    zone: &TimeZone,
    head: bool,
    color: Palette,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut clock = Clock::new(Stamp::Full, zone);
    let mut stamp = |realtime: Realtime| {
        let mut text = Vec::new();
        clock.write(&Moment { realtime, monotonic: Monotonic(0), boot: Id128::default() }, None, &mut text);
        String::from_utf8_lossy(&text).into_owned()
    };
    let title = if what == What::Boot { "BOOT ID" } else { "INVOCATION ID" };
    let mut lines = vec![["IDX".to_owned(), title.to_owned(), "FIRST ENTRY".to_owned(), "LAST ENTRY".to_owned()]];
    lines.retain(|_| head);
    lines.extend(rows.iter().map(|row| [row.index.to_string(), row.id.to_string(), stamp(row.first), stamp(row.last)]));
    let mut widths = [0; 4];
    for line in &lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let ink = String::from_utf8_lossy(color.head());
    if head && !ink.is_empty() {
        let off = String::from_utf8_lossy(off(color.head()));
        let [index, id, from, to] = lines.remove(0);
        let [first, second, third, fourth] = widths;
        let gap = format!("{off}{ink} {off}{ink}");
        writeln!(out, "{ink}{index:>first$}{gap}{id:<second$}{gap}{from:<third$}{gap}{to:<fourth$}{off}")?;
    }
    let [first, second, third, _] = widths;
    lines
        .iter()
        .try_for_each(|[index, id, from, to]| writeln!(out, "{index:>first$} {id:<second$} {from:<third$} {to}"))
}

/// Writes an array of objects with four members, times in µs since 1970, framed as entries are.
///
/// # Errors
/// What the writer says.
pub fn json(what: What, rows: &[Row], framing: Framing, out: &mut dyn Write) -> io::Result<()> {
    let id = if what == What::Boot { "boot_id" } else { "invocation_id" };
    let pretty = framing == Framing::Pretty;
    let (line, member, colon) = if pretty { ("\n\t", "\n\t\t", " : ") } else { ("", "", ":") };
    out.write_all(match framing {
        Framing::Line | Framing::Pretty => b"[",
        Framing::Events => b"data: [",
        Framing::Sequence => b"\x1e[",
    })?;
    for (number, row) in rows.iter().enumerate() {
        let comma = if number > 0 { "," } else { "" };
        write!(out, "{comma}{line}{{{member}\"index\"{colon}{},", row.index)?;
        write!(out, "{member}\"{id}\"{colon}\"{}\",", row.id)?;
        write!(out, "{member}\"first_entry\"{colon}{},", row.first)?;
        write!(out, "{member}\"last_entry\"{colon}{}{line}}}", row.last)?;
    }
    out.write_all(match framing {
        Framing::Pretty if !rows.is_empty() => b"\n]\n",
        Framing::Events => b"]\n\n",
        _ => b"]\n",
    })
}

/// Writes how much room the files take.
///
/// # Errors
/// What the writer says.
pub fn disk_usage(bytes: u64, out: &mut dyn Write) -> io::Result<()> {
    let mut text = b"Archived and active journals take up ".to_vec();
    size(bytes, &mut text);
    text.extend_from_slice(b" in the file system.\n");
    out.write_all(&text)
}
