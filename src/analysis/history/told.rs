//! What several boots show, as sentences for the report on one of them.

use super::{Change, History, Series};
use crate::analysis::source::Source;

const SECOND: u64 = 1_000_000;

/// What the other boots show of one boot's end, a sentence each, without a full stop.
pub(in crate::analysis) fn of(history: &History, source: &dyn Source, boot: usize) -> Vec<String> {
    let named = |boots: &[usize]| names(source, boots);
    let has = |boots: &[usize]| boots.contains(&boot);
    let mut told = Vec::new();
    told.extend(history.crash_loops.iter().filter(|series| has(&series.boots)).map(|series| {
        format!("boots {} died one after another soon after their start{}", named(&series.boots), before(series))
    }));
    let short = history.short_series.iter().filter(|series| has(&series.boots));
    told.extend(short.map(|series| format!("boots {} were short and ended in order", named(&series.boots))));
    told.extend(history.equal_gaps.iter().filter(|gaps| has(&gaps.boots)).map(|gaps| {
        format!("the machine was back after about {} s, as after boots {}", gaps.gap_us / SECOND, named(&gaps.boots))
    }));
    told.extend(history.hours.iter().filter(|hours| has(&hours.boots)).map(|hours| {
        let time = |minute: u64| format!("{:02}:{:02}", minute / 60, minute % 60);
        let (from, to) = (time(hours.from_minute), time(hours.to_minute));
        format!("{} abrupt ends fall between {from} and {to} UTC: boots {}", hours.boots.len(), named(&hours.boots))
    }));
    let first = history.first_failures.iter().filter(|first| first.boot == boot);
    told.extend(first.map(|first| format!("the first abrupt end of this machine; before it: {}", all(&first.changes))));
    told.extend(history.together.iter().filter(|together| has(&together.boots)).map(|together| {
        let within = together.to.0.saturating_sub(together.from.0).div_ceil(SECOND);
        format!("{} machines ended abruptly within {within} s: boots {}", together.machines, named(&together.boots))
    }));
    let alike = history.alike.iter().filter(|alike| has(&alike.boots));
    told.extend(
        alike.map(|alike| format!("{} machines share {}: boots {}", alike.machines, alike.what, named(&alike.boots))),
    );
    told
}

fn before(series: &Series) -> String {
    if series.changes.is_empty() { String::new() } else { format!("; before the first: {}", all(&series.changes)) }
}

fn all(changes: &[Change]) -> String {
    changes.iter().map(Change::to_string).collect::<Vec<_>>().join("; ")
}

/// Boots by their numbers: a run of many by its ends.
fn names(source: &dyn Source, boots: &[usize]) -> String {
    let name = |boot: &usize| source.boots().get(*boot).map_or_else(|| "?".to_owned(), |facts| facts.index.to_string());
    match boots {
        [first, .., last] if boots.len() > 4 => format!("{} … {} ({} in all)", name(first), name(last), boots.len()),
        few => few.iter().map(name).collect::<Vec<_>>().join(", "),
    }
}
