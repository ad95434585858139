//! Records that firmware shows at every boot: they tell of no end.

use super::item::{Item, Role};
use crate::analysis::sender::Sender;
use crate::analysis::source::{Line, Source, Wanted};

/// Firmware's record is printed so early.
const EARLY: u64 = 120_000_000;
/// And within so many lines.
const LINES: usize = 3000;
/// The rules whose records may be a habit.
const RULES: &str = "bert.";

/// Takes records out of account that another boot of the machine found in the same words.
pub(in crate::analysis) fn drop_usual(source: &dyn Source, next: usize, items: &mut [Item]) {
    let may_be = |item: &Item| item.role == Role::Record && item.rule.starts_with(RULES);
    if !items.iter().any(may_be) {
        return;
    }
    let found = record(source, next);
    let machine = source.boots().get(next).map(|facts| facts.machine);
    let others = source.boots().iter().enumerate();
    let mut others = others.filter(|(at, facts)| *at != next && Some(facts.machine) == machine);
    if others.any(|(at, _)| record(source, at) == found) {
        items.iter_mut().filter(|item| may_be(item)).for_each(|item| item.role = Role::Note);
    }
}

/// The lines of a boot's firmware record.
fn record(source: &dyn Source, boot: usize) -> Vec<String> {
    let is_record = |line: &Line| {
        Sender::Kernel.wrote(line)
            && (line.message().starts_with("[Hardware Error]") || line.message().starts_with("BERT"))
    };
    let lines = source.head(boot, LINES, EARLY, Wanted { terms: &["_TRANSPORT=kernel"], keep: &is_record });
    lines.iter().map(|line| line.message().into_owned()).collect()
}
