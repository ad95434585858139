//! Statistics as one JSON document.

use std::io::{self, Write};

use serde_json::{Map, Value as Json, json};

use super::View;
use crate::journal::Boot;
use crate::output::document;
use crate::query::stats::{Sum, Table, Value};

/// A timeline has no more bars than this.
const BARS: usize = 240;

/// Writes an object: the sums of all entries, a table per key in `by`, and the `timeline`; times in µs since 1970.
///
/// Each table has its `groups`, what is `left_out` of them, and in `absent` the entries that have no value; a value that
/// is no text is an array of its bytes. Bars of the timeline that have no entries are left out. `safe` as in
/// [`document`].
///
/// # Errors
/// What the writer says.
pub fn json(view: &View<'_>, safe: bool, out: &mut dyn Write) -> io::Result<()> {
    let stats = view.stats;
    let mut all = object(stats.total);
    if let Some((first, last)) = stats.range {
        all.insert("first_entry".to_owned(), json!(first));
        all.insert("last_entry".to_owned(), json!(last));
    }
    let by: Vec<Json> = stats.tables.iter().map(|by| table(by, view)).collect();
    all.insert("by".to_owned(), json!(by));
    let timeline = stats.timeline.joined(BARS);
    let bar = |(start, sum): (crate::format::Realtime, &Sum)| {
        let mut bar = object(*sum);
        bar.insert("start".to_owned(), json!(start));
        Json::Object(bar)
    };
    let bars: Vec<Json> = timeline.bars().map(bar).collect();
    all.insert("timeline".to_owned(), json!({ "step": timeline.step_us(), "bars": bars }));
    document(&all, safe, out)
}

fn object(sum: Sum) -> Map<String, Json> {
    let Sum { entries, bytes, disk } = sum;
    [("entries", entries), ("bytes", bytes), ("disk", disk)]
        .into_iter()
        .map(|(name, number)| (name.to_owned(), json!(number)))
        .collect()
}

fn table(table: &Table, view: &View<'_>) -> Json {
    let top = table.top(view.top, view.measure);
    let group = |value: &Value, sum: Sum| {
        let mut group = object(sum);
        group.extend(named(value, view.boots));
        Json::Object(group)
    };
    let groups: Vec<Json> = top.groups.iter().map(|shown| group(&shown.value, shown.sum)).collect();
    let mut rest = object(top.rest);
    rest.insert("groups".to_owned(), json!(top.left_out));
    let mut all = Map::new();
    all.insert("key".to_owned(), json!(table.key.name()));
    if let Some(field) = table.key.field() {
        all.insert("field".to_owned(), json!(field));
        all.insert("several_values".to_owned(), json!(table.several));
    }
    all.insert("groups".to_owned(), json!(groups));
    all.insert("left_out".to_owned(), Json::Object(rest));
    all.insert("absent".to_owned(), Json::Object(object(top.absent)));
    Json::Object(all)
}

/// The members that say what the entries of a group have in common.
fn named(value: &Value, boots: &[Boot]) -> Map<String, Json> {
    let mut members = Map::new();
    let text = match value {
        Value::Bytes(bytes) => std::str::from_utf8(bytes).map_or_else(|_| json!(bytes), |text| json!(text)),
        Value::Boot(boot) => {
            members.insert("index".to_owned(), json!(*boot as i64 + 1 - boots.len() as i64));
            json!(boots.get(*boot).map(|boot| boot.id))
        }
        Value::Machine(id) => json!(id),
        Value::Time(start) => json!(start),
        Value::Absent => Json::Null,
    };
    members.insert("value".to_owned(), text);
    members
}
