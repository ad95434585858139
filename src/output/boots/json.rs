//! Boots as JSON.

use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::Row;
use crate::analysis::SCHEMA_VERSION;
use crate::output::accounts::{FileAccount, InAll};

/// Writes an array of objects, oldest boot first; times in µs since 1970, spans in µs.
///
/// | key | what |
/// |---|---|
/// | `index` | 0 the newest, -1 the one before |
/// | `boot_id`, `machine_id`, `entries` | as in the journal; an entry that several files hold counts once |
/// | `first_entry`, `last_entry` | what journalctl says, by the wall clock as it was |
/// | `last_unlisted_entry` | the true last entry, where the boot's own list, by which journalctl goes, lacks it |
/// | `ending` | the verdict |
/// | `version` | of this form |
/// | `start` | when the kernel started, by the clock as it was after its last setting |
/// | `start_shown` | the same by the clock as it was then, where that differs |
/// | `clock` | what that clock is worth: `synced@+42s`, `rtc`, `fake-hwclock`, `epoch`, `unknown` |
/// | `start_not_before`, `start_not_after` | by the boots beside it, where that clock is worth nothing |
/// | `clock_steps` | where it was set: `at` µs after the start, `by_us`; absent where it was not |
/// | `uptime_us`, `slept_us` | from start to last entry, sleep included; how much of that was sleep, if any |
/// | `order_certain`, `order_doubt` | whether the boot's place in the list is certain, and why it is not |
/// | `gap_us` | to the start of the machine's next boot, where both clocks can say |
/// | `missing`, `missing_after` | numbers of no entry that was read: within the boot, and up to the next one's first |
/// | `blind_us` | so long after its start the log was in memory only |
/// | `invisible_before`, `invisible_why` | how many boots at least left nothing before this one |
/// | `label` | what it was, where it was no boot of the machine's own: `kdump-capture` |
/// | `soft_reboots` | how often only userspace restarted in it, if it did |
/// | `open_end` | how the log of a boot that no line ends does end: `live`, `archived`, `set-aside`, `damaged` |
/// | `guests` | other machines with entries that carry its id, as containers do; those are not judged |
/// | `history` | what other boots show of its end, a sentence each, as in `why`; absent where they show nothing |
/// | `matching` | how many entries were asked for, where not all were |
/// | `salvaged` | how many entries no index reaches, where there are any |
/// | `by_head_alone` | true where nothing but the head of one damaged entry names the boot |
/// | `accounts` | what files consist of that are not as their index says, each with the newest boot listed in it |
/// | `accounts_in_all` | their sum, and which numbers of entries are missing: with the newest boot listed |
///
/// What does not apply, or cannot be told, is absent.
///
/// # Errors
/// What the writer says.
pub fn json(
    rows: &[Row<'_>],
    (accounts, in_all): (Vec<FileAccount<'_>>, Option<InAll>),
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut list: Vec<Map<String, Value>> = rows.iter().map(object).collect();
    let newest = list.len().saturating_sub(1);
    for account in accounts {
        let row = rows.iter().rposition(|row| row.boot.files.binary_search(&account.index).is_ok()).unwrap_or(newest);
        let told = list.get_mut(row).map(|object| object.entry("accounts").or_insert_with(|| json!([])));
        told.and_then(Value::as_array_mut).into_iter().for_each(|told| told.push(json!(account)));
    }
    if let (Some(in_all), Some(object)) = (in_all, list.last_mut()) {
        object.insert("accounts_in_all".to_owned(), json!(in_all));
    }
    serde_json::to_writer(&mut *out, &list)?;
    out.write_all(b"\n")
}

fn object(row: &Row<'_>) -> Map<String, Value> {
    let mut object = Map::new();
    let mut put = |key: &str, value: Value| drop(object.insert(key.to_owned(), value));
    put("index", json!(row.index));
    put("boot_id", json!(row.boot.id));
    put("first_entry", json!(row.boot.first.realtime));
    put("last_entry", json!(row.boot.listed_last.realtime));
    put("entries", json!(row.entries));
    put("machine_id", json!(row.boot.machine_id));
    put("ending", json!(row.ending));
    put("version", json!(SCHEMA_VERSION));
    if row.boot.last != row.boot.listed_last {
        put("last_unlisted_entry", json!(row.boot.last.realtime));
    }
    if row.salvaged > 0 {
        put("salvaged", json!(row.salvaged));
    }
    if row.by_head_alone {
        put("by_head_alone", json!(true));
    }
    if let Some(label) = row.remarks.label {
        put("label", json!(label));
    }
    if row.remarks.soft_reboots > 0 {
        put("soft_reboots", json!(row.remarks.soft_reboots));
    }
    if let Some(open_end) = row.remarks.open_end {
        put("open_end", json!(open_end));
    }
    if !row.guests.is_empty() {
        put("guests", json!(row.guests));
    }
    if !row.history.is_empty() {
        put("history", json!(row.history));
    }
    if let Some(matching) = row.matching {
        put("matching", json!(matching));
    }
    time(row, &mut put);
    around(row, &mut put);
    object
}

/// The boot's clock and times.
fn time(row: &Row<'_>, put: &mut impl FnMut(&str, Value)) {
    let clock = &row.span.clock;
    put("start", json!(clock.start));
    if clock.start != clock.shown_start {
        put("start_shown", json!(clock.shown_start));
    }
    put("clock", json!(clock.kind));
    let beside = [("start_not_before", row.span.start_not_before), ("start_not_after", row.span.start_not_after)];
    for (key, time) in beside {
        if let Some(time) = time {
            put(key, json!(time));
        }
    }
    if clock.was_stepped() {
        put("clock_steps", json!(clock.steps));
    }
    put("uptime_us", json!(row.uptime()));
    if clock.slept_us > 0 {
        put("slept_us", json!(clock.slept_us));
    }
}

/// What lies before and after it, and what is missing.
fn around(row: &Row<'_>, put: &mut impl FnMut(&str, Value)) {
    let span = row.span;
    put("order_certain", json!(span.order_certain));
    let optional = [("gap_us", span.gap_us), ("missing_after", span.missing_after), ("blind_us", span.blind_us)];
    for (key, value) in optional {
        if let Some(value) = value {
            put(key, json!(value));
        }
    }
    put("missing", json!(span.missing));
    if let Some(doubt) = span.order_doubt {
        put("order_doubt", json!(doubt));
    }
    if let Some(invisible) = &span.invisible_before {
        put("invisible_before", json!(invisible.at_least));
        put("invisible_why", json!(invisible.why));
    }
}
