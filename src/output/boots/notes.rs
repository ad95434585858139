//! What a table of boots says below it of single boots.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::Row;
use super::narrow::{Columns, days, letter};
use super::table::is_wide;
use crate::analysis::{ClockKind, Confidence, OpenEnd, Remarks};
use crate::output::Style;
use crate::output::when::{Spelling, clock, span};

/// So many notes are written; the rest is counted.
const NOTES: usize = 12;
/// A clock that was moved by less is not worth a note.
const STEP: u64 = 60_000_000;

/// The rows of each machine, in the order of their oldest boots.
pub(super) fn by_machine<'r, 'a>(rows: &'r [Row<'a>]) -> Vec<Vec<&'r Row<'a>>> {
    let mut machines: Vec<Vec<&Row<'_>>> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for row in rows {
        let place = *places.entry(row.boot.machine_id).or_insert(machines.len());
        match machines.get_mut(place) {
            Some(members) => members.push(row),
            None => machines.push(vec![row]),
        }
    }
    machines
}

/// Whether there is anything to note of a boot.
pub(super) fn has_note(row: &Row<'_>) -> bool {
    let span = row.span;
    let is_lacking = span.missing > 0 || span.missing_after > Some(0);
    let Remarks { label, soft_reboots, open_end } = row.remarks;
    let is_open = open_end.and_then(OpenEnd::doubt).is_some();
    let is_remarkable = label.is_some() || soft_reboots > 0 || is_open || row.by_head_alone;
    !span.order_certain || span.invisible_before.is_some() || is_lacking || is_remarkable || !row.guests.is_empty()
}

/// Writes the notes, the newest boot's last, and what the letters of clocks mean where there are any.
pub(super) fn write(rows: &[Row<'_>], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    legend(rows, style, out)?;
    let noted: Vec<&Row<'_>> = rows.iter().filter(|row| has_note(row) || moved(row).is_some()).collect();
    if noted.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    let (shown, dropped) = (noted.iter().rev().take(NOTES), noted.len().saturating_sub(NOTES));
    if dropped > 0 {
        writeln!(out, "  … and of {dropped} older boots; `-o json` has all")?;
    }
    for row in shown.rev() {
        for note in of(row, style) {
            super::totals::paragraph(
                &format!("{:>4}{} ", row.index, if has_note(row) { '!' } else { ' ' }),
                &note,
                style,
                out,
            )?;
        }
    }
    Ok(())
}

/// What clocks are worth.
const KINDS: [(ClockKind, &str); 5] = [
    (ClockKind::Synced(0), "set by a time server"),
    (ClockKind::Rtc, "from the RTC"),
    (ClockKind::FakeHwclock, "a saved time, wrong"),
    (ClockKind::Epoch, "never set, wrong"),
    (ClockKind::Unknown, "nothing says whether the clock was right"),
];

/// The same where clocks have a column of their own.
fn wide_legend(rows: &[Row<'_>], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let has = |kind: ClockKind| rows.iter().any(|row| letter(row.span.clock.kind) == letter(kind));
    let used = KINDS.iter().filter(|(kind, _)| has(*kind));
    let told = used.map(|(kind, what)| match kind {
        ClockKind::Synced(_) => format!("synced@+…: {what}, so long after the start"),
        kind => format!("{kind}: {what}"),
    });
    let told: Vec<String> = told.collect();
    if told.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    super::totals::paragraph("Clock: ", &told.join("; "), style, out)
}

fn legend(rows: &[Row<'_>], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    if is_wide(style) {
        return wide_legend(rows, style, out);
    }
    let letters: BTreeSet<char> = rows.iter().map(|row| letter(row.span.clock.kind)).collect();
    let used = KINDS.iter().filter(|(kind, _)| letters.contains(&letter(*kind)));
    let named = |kind: ClockKind| match letter(kind) {
        ' ' => "no mark: clock".to_owned(),
        letter => letter.to_string(),
    };
    let clocks: Vec<String> = used.map(|(kind, what)| format!("{} {what}", named(*kind))).collect();
    let levels = [
        (Confidence::Proven, "no mark: proven"),
        (Confidence::Likely, "~ likely"),
        (Confidence::Possible, "? possible"),
    ];
    let used = levels.iter().filter(|(level, _)| rows.iter().any(|row| row.ending.confidence == Some(*level)));
    let causes: Vec<&str> = used.map(|(_, what)| *what).collect();
    let later = later(rows, style).to_owned();
    if !(clocks.is_empty() && causes.is_empty() && later.is_empty()) {
        writeln!(out)?;
    }
    for (label, words) in [("Start: ", clocks.join("; ")), ("End: ", later), ("Cause: ", causes.join("; "))] {
        if !words.is_empty() {
            super::totals::paragraph(label, &words, style, out)?;
        }
    }
    Ok(())
}

/// What tells ends on the day of the start from later ones, if there are such.
fn later(rows: &[Row<'_>], style: &Style) -> &'static str {
    match rows.iter().map(|row| days(row, style)).max().unwrap_or_default() {
        0 => "",
        _ if !Columns::of(rows, style).has_days() => {
            "some are a day or more after the start, which a wider terminal tells"
        }
        1..10 => "+1 a day after the start",
        _ => "+1 a day after the start; +… ten or more",
    }
}

/// How far the clock was set, where that is far.
fn moved(row: &Row<'_>) -> Option<i64> {
    let by = row.span.clock.steps.iter().map(|step| step.by_us).fold(0_i64, i64::saturating_add);
    (by.unsigned_abs() > STEP).then_some(by)
}

/// The machines that are left out, each of which has an end of its own.
fn guests(row: &Row<'_>) -> Option<String> {
    let whose = match row.guests {
        [] => return None,
        [machine] => format!("entries of machine {machine} carry its id, as a container's do"),
        machines => format!("entries of {} other machines carry its id, as containers' do", machines.len()),
    };
    Some(format!("{whose}: they say nothing of its end, and have a verdict of their own where they are read alone"))
}

const fn are(count: u64) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

fn of(row: &Row<'_>, style: &Style) -> Vec<String> {
    let mut notes = Vec::new();
    let facts = row.span;
    if let Some(label) = row.remarks.label {
        let label = label.id();
        notes.push(format!("{label}: the kernel that a crash starts to save the dump, no boot of the machine's own"));
    }
    match row.remarks.soft_reboots {
        0 => {}
        1 => notes.push("only userspace restarted in it, once (soft-reboot): that ends no boot".to_owned()),
        count => notes.push(format!("only userspace restarted in it, {count} times (soft-reboot): that ends no boot")),
    }
    if let Some(doubt) = row.remarks.open_end.and_then(OpenEnd::doubt) {
        notes.push(format!("running {doubt}"));
    }
    if row.by_head_alone {
        notes.push("one entry that lost all of its fields is all that names it: damage may have made it".to_owned());
    }
    if let Some(doubt) = facts.order_doubt {
        notes.push(format!("its place in the list is not certain: {doubt}"));
    }
    if let Some(invisible) = &facts.invisible_before {
        let boots = if invisible.at_least == 1 { "boot" } else { "boots" };
        notes.push(format!("at least {} {boots} before it left nothing: {}", invisible.at_least, invisible.why));
    }
    if facts.missing > 0 {
        notes.push(format!("{} of its entries {} in no file that was read", facts.missing, are(facts.missing)));
    }
    if let Some(missing) = facts.missing_after.filter(|missing| *missing > 0) {
        let entries = if missing == 1 { "entry" } else { "entries" };
        notes.push(format!("{missing} {entries} after its last {} in no file that was read", are(missing)));
    }
    notes.extend(guests(row));
    if let Some(by) = moved(row) {
        let way = if by < 0 { "back" } else { "ahead" };
        let shown = clock(facts.clock.shown_start, &style.zone, "%Y-%m-%d %H:%M:%S");
        let by = span(by.unsigned_abs(), Spelling::Sentence);
        notes.push(format!("its clock was set {by} {way} while it ran; at its start it showed {shown}"));
    }
    notes
}
