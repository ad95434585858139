//! Drives that count how often they lost their power: a count that grew from one boot to the next.

use std::collections::BTreeMap;

use super::ids::Cause;
use super::item::Item;
use super::setting::Setting;
use super::signs::structural;
use crate::analysis::ending::Case;
use crate::analysis::evidence;
use crate::analysis::report::{Side, Witness};
use crate::analysis::rules::{Observed, Structural, Writer};
use crate::analysis::sender::is_text_only;
use crate::analysis::source::is_users;
use crate::analysis::survey::Survey;

/// The rule of the lines that tell a count.
const TOLD: &str = "drive.counter";

/// What one boot tells of one counter.
struct Told {
    first: u64,
    last: u64,
    line: Observed,
}

/// A drive's count that grew over an end; nothing where any went down, since then names were swapped.
pub(super) fn counted(survey: &Survey<'_>, case: &Case<'_>, setting: &Setting) -> Option<Item> {
    let (next, _) = case.next.filter(|_| setting.is_followed())?;
    let after = told(survey, next)?;
    let before = told(survey, case.boot)?;
    let both = || before.iter().filter_map(|(name, old)| Some((name, old, after.get(name)?)));
    if both().any(|(_, old, new)| new.first < old.last) {
        return None;
    }
    let ((device, counter), old, new) = both().find(|(_, old, new)| new.first > old.last)?;
    let drive = if device.is_empty() { "a drive" } else { device };
    let shows = format!("{drive} counted {counter} from {} to {} over this end", old.last, new.first);
    let witness = Witness::Line(evidence::place(case.source, &new.line.line));
    let item = structural(survey.book, Structural::DriveCounted, shows, &[Cause::PowerLoss], witness);
    let is_text_only = is_text_only(&new.line.line);
    Some(Item { side: Side::Next, is_text_only, candidates: vec![Cause::PowerButtonHold], ..item })
}

/// The counters of a boot by device and name; `None` where one goes down within the boot.
fn told(survey: &Survey<'_>, boot: usize) -> Option<BTreeMap<(String, String), Told>> {
    let rule = survey.book.rule(TOLD)?;
    let marks: Vec<String> = rule.by.iter().flat_map(Writer::marks).collect();
    let marks: Vec<&str> = marks.iter().map(String::as_str).collect();
    let mut told: BTreeMap<(String, String), Told> = BTreeMap::new();
    for line in survey.source.having(boot, &marks).iter().filter(|line| !is_users(survey.source, line)) {
        let Some(seen) = survey.book.observe(false, line).into_iter().find(|seen| seen.rule.id == TOLD) else {
            continue;
        };
        let count = seen.capture("count").and_then(|count| count.replace(',', "").parse().ok());
        let (Some(count), Some(counter)) = (count, seen.capture("counter")) else { continue };
        let name = (seen.capture("device").unwrap_or_default().to_owned(), spelled(counter));
        match told.get_mut(&name) {
            Some(known) if count < known.last => return None,
            Some(known) => known.last = count,
            None => drop(told.insert(name, Told { first: count, last: count, line: seen })),
        }
    }
    Some(told)
}

/// A counter's name as programs spell it, in one form.
fn spelled(counter: &str) -> String {
    let words = counter.to_ascii_lowercase().replace('_', " ");
    let known = [("unsafe", "unsafe shutdowns"), ("unexpect", "losses of power")];
    let found = known.iter().find(|(start, _)| words.starts_with(start));
    found.map_or("power cycles", |(_, name)| name).to_owned()
}
