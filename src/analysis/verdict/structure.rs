//! What no single line shows: several signs together, gaps, and the ends of other machines.

use super::ids::{Cause, Condition, Only};
use super::item::{Item, Role};
use super::setting::Setting;
use super::signs::structural;
use crate::analysis::ending::{Case, Finding};
use crate::analysis::evidence;
use crate::analysis::report::{Strength, Witness};
use crate::analysis::source::{BootFacts, Wanted};
use crate::analysis::survey::Survey;

const SECOND: u64 = 1_000_000;
/// Machines that lose their mains together end so near to each other.
const TOGETHER: u64 = 5 * SECOND;
/// Memory that ran out so near to the end may have ended it.
const THRASH: u64 = 120 * SECOND;
/// A watchdog that was left armed fires within a minute or so.
const LEFT_ARMED: u64 = 100 * SECOND;

/// The structural signs of an end.
pub(in crate::analysis) fn of(survey: &Survey<'_>, case: &Case<'_>, setting: &Setting, items: &[Item]) -> Vec<Item> {
    if setting.finding != Finding::Nothing {
        return Vec::new();
    }
    let Some(last) = last_place(case) else { return Vec::new() };
    let found = [together(survey, case, &last), thrash(survey, items, &last), left_armed(survey, items)];
    found.into_iter().flatten().collect()
}

fn last_place(case: &Case<'_>) -> Option<Witness> {
    let line = case.source.tail(case.boot, 1, 0, Wanted::ALL).pop()?;
    Some(Witness::Line(evidence::place(case.source, &line)))
}

/// Other machines whose boots ended abruptly at the same time: the mains went.
fn together(survey: &Survey<'_>, case: &Case<'_>, last: &Witness) -> Option<Item> {
    let near = |facts: &BootFacts| {
        facts.machine != case.facts.machine && facts.last.realtime.0.abs_diff(case.facts.last.realtime.0) <= TOGETHER
    };
    let abrupt = survey.source.boots().iter().zip(&survey.boots);
    let abrupt = abrupt.filter(|(facts, read)| near(facts) && read.finding == Some(Finding::Nothing));
    let mut machines: Vec<_> = abrupt.map(|(facts, _)| facts.machine).collect();
    machines.sort_unstable();
    machines.dedup();
    let strength = match machines.len() {
        0 => return None,
        1 => Strength::Moderate,
        _ => Strength::Strong,
    };
    let shows = format!("{} other machine(s) ended abruptly within 5 s of it", machines.len());
    let item = structural(survey.book, "fleet.together", (strength, shows), &[Cause::PowerLoss], last.clone());
    Some(Item { strength, ..item })
}

/// Memory ran out just before the end, and a watchdog waited.
fn thrash(survey: &Survey<'_>, items: &[Item], last: &Witness) -> Option<Item> {
    let oom = Condition::Only(Only::MemoryOomKill);
    let is_global = |item: &&Item| item.contributing == Some(oom) && item.strength >= Strength::Weak;
    let near = items.iter().filter(is_global).find(|item| item.ago <= THRASH)?;
    let is_armed = items.iter().any(|item| item.rule.starts_with("watchdog.armed"));
    let shows = "memory ran out just before the end, and nothing says that the machine recovered".to_owned();
    let strength = if is_armed { Strength::Strong } else { Strength::Moderate };
    let mut item = structural(survey.book, "memory.thrashed", (strength, shows), &[Cause::MemoryThrash], last.clone());
    item.witness = near.witness.clone();
    item.candidates = vec![Cause::WatchdogHardware];
    Some(Item { strength, ..item })
}

/// Somebody closed the watchdog and left it armed, and the end came when it would fire.
fn left_armed(survey: &Survey<'_>, items: &[Item]) -> Option<Item> {
    let closed = |item: &&Item| item.role == Role::Precursor && item.speaks_for(Cause::WatchdogForeignClose);
    let closed = items.iter().filter(closed).find(|item| item.ago <= LEFT_ARMED)?;
    let shows = "the end came about when a watchdog that was left armed fires".to_owned();
    let causes = [Cause::WatchdogForeignClose];
    Some(structural(survey.book, "watchdog.left-armed", (Strength::Strong, shows), &causes, closed.witness.clone()))
}
