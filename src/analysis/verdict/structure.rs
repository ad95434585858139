//! What no single line shows: several signs together, gaps, and the ends of other machines.

use std::collections::BTreeSet;

use super::broken_off;
use super::drives;
use super::ids::{Cause, Condition, Only};
use super::item::{Item, Role};
use super::machine;
use super::restart;
use super::setting::Setting;
use super::signs::structural;
use crate::analysis::duration::{Spelling, span};
use crate::analysis::ending::{Case, Finding};
use crate::analysis::evidence;
use crate::analysis::history::EqualGaps;
use crate::analysis::report::{Strength, Witness};
use crate::analysis::rules::Structural;
use crate::analysis::source::Wanted;
use crate::analysis::survey::Survey;
use crate::format::Id128;

const SECOND: u64 = 1_000_000;
/// A clock that moves by less disturbs nobody.
const JUMP: u64 = 10 * SECOND;
/// Memory that ran out so near to the end may have ended it.
const THRASH: u64 = 120 * SECOND;
/// A watchdog that was left armed fires within a minute or so.
const LEFT_ARMED: u64 = 100 * SECOND;

/// The structural signs of an end.
pub(in crate::analysis) fn of(survey: &Survey<'_>, case: &Case<'_>, setting: &Setting, items: &[Item]) -> Vec<Item> {
    let mut found = of_its_own(survey, case, setting, items);
    let Some(last) = last_place(case) else { return found };
    match setting.finding {
        Finding::Nothing => {
            found.extend(in_history(survey, case, &last, |sign| sign != Structural::LoopShort));
            found.extend(restart::by_watchdog(survey, case, setting, (items, &last)));
        }
        Finding::Complete => found.extend(in_history(survey, case, &last, |sign| sign == Structural::LoopShort)),
        _ => {}
    }
    found
}

/// Those that do not rest on how other boots of the machine ended.
pub(in crate::analysis) fn of_its_own(
    survey: &Survey<'_>,
    case: &Case<'_>,
    setting: &Setting,
    items: &[Item],
) -> Vec<Item> {
    let mut found = alone(survey, case, setting, items);
    let last = if setting.finding == Finding::Nothing { last_place(case) } else { None };
    found.extend(last.and_then(|last| together(survey, case, setting, &last)));
    found
}

/// Those that rest on no other machine either.
pub(in crate::analysis) fn alone(survey: &Survey<'_>, case: &Case<'_>, setting: &Setting, items: &[Item]) -> Vec<Item> {
    let Some(last) = last_place(case) else { return Vec::new() };
    let mut found: Vec<Item> = clock_moved(survey, case).into_iter().collect();
    match setting.finding {
        Finding::Nothing => found.extend(of_abrupt(survey, case, setting, items, &last)),
        Finding::Complete => found.extend(restart::changed(survey, case, setting, items)),
        Finding::BrokenOff => {
            found.extend(restart::changed(survey, case, setting, items));
            found.extend(of_power(survey, case, setting, items, &last));
        }
        _ => {}
    }
    found
}

/// Those of an end without a shutdown.
fn of_abrupt(survey: &Survey<'_>, case: &Case<'_>, setting: &Setting, items: &[Item], last: &Witness) -> Vec<Item> {
    let signs = [
        thrash(survey, setting, items, last),
        left_armed(survey, items),
        restart::stayed_off(survey, case, setting, items, last),
        restart::cold_start(survey, case, (setting, items)),
        drives::counted(survey, case, setting),
    ];
    signs.into_iter().flatten().collect()
}

/// What speaks for a loss of power where a shutdown was broken off by what would have brought the machine back at once.
fn of_power(survey: &Survey<'_>, case: &Case<'_>, setting: &Setting, items: &[Item], last: &Witness) -> Vec<Item> {
    if !items.iter().any(|item| broken_off::comes_back(item, setting)) {
        return Vec::new();
    }
    let signs =
        [restart::stayed_off(survey, case, setting, items, last), restart::cold_start(survey, case, (setting, items))];
    signs.into_iter().flatten().collect()
}

fn last_place(case: &Case<'_>) -> Option<Witness> {
    let line = case.source.tail(case.boot, 1, 0, Wanted::ALL).pop()?;
    Some(Witness::Line(evidence::place(case.source, &line)))
}

/// The wall clock moved, whoever set it and whether or not a line says so; the entry after it shows that.
fn clock_moved(survey: &Survey<'_>, case: &Case<'_>) -> Option<Item> {
    let steps = &case.chronology.get(case.boot)?.clock.steps;
    let step = steps.iter().max_by_key(|step| step.by_us.unsigned_abs())?;
    if step.by_us.unsigned_abs() < JUMP {
        return None;
    }
    let after = Witness::Line(evidence::place(case.source, &case.source.line(step.place)?));
    let shows = format!("the wall clock moved {}", step.told());
    let item = structural(survey.book, Structural::ClockMoved, shows, &[], after);
    let ago = case.facts.last.monotonic.0.saturating_sub(step.at.0);
    Some(Item { role: Role::Note, contributing: Some(Condition::Only(Only::ClockStep)), ago, ..item })
}

/// What the machine's other boots show of this end.
fn in_history(survey: &Survey<'_>, case: &Case<'_>, last: &Witness, wanted: fn(Structural) -> bool) -> Vec<Item> {
    let sign = |sign: crate::analysis::history::Sign| {
        let cause = survey.book.rule(sign.rule.id()).map(|rule| rule.causes.clone()).unwrap_or_default();
        structural(survey.book, sign.rule, sign.shows, &cause, last.clone())
    };
    let counts = |sign: Structural| wanted(sign) && (sign != Structural::GapEqual || is_usual_gap(survey, case));
    let signs = survey.history.signs(case.boot).into_iter().filter(|sign| counts(sign.rule));
    let weighed = |found: crate::analysis::history::Sign| match found.rule {
        Structural::LoopCrash => of_loop(survey, case, sign(found)),
        _ => sign(found),
    };
    signs.map(weighed).collect()
}

/// Whether ends of this machine for which nothing else stands were followed by a gap as long as this one's.
pub(super) fn is_usual_gap(survey: &Survey<'_>, case: &Case<'_>) -> bool {
    let with = |gaps: &&EqualGaps| gaps.boots.contains(&case.boot);
    let unnamed = |gaps: &EqualGaps| gaps.boots.iter().filter(|boot| !survey.is_named(**boot)).count();
    survey.history.equal_gaps.iter().find(with).is_some_and(|gaps| unnamed(gaps) >= EqualGaps::LEAST)
}

/// Short ends in a row that have causes of their own are no loop: then the row says little of this one.
fn of_loop(survey: &Survey<'_>, case: &Case<'_>, item: Item) -> Item {
    let series = survey.history.crash_loops.iter().filter(|series| series.boots.contains(&case.boot));
    let mut others = series.flat_map(|series| &series.boots).filter(|other| **other != case.boot);
    if !others.any(|other| survey.is_named(*other)) {
        return item;
    }
    let shows = format!("{}, of which others have causes of their own", item.shows);
    Item { strength: Strength::Weak, shows, ..item }
}

/// Other machines whose boots ended abruptly at the same time: the mains went.
///
/// Virtual machines and containers end with their host, whatever ends that: they say nothing of the mains.
fn together(survey: &Survey<'_>, case: &Case<'_>, setting: &Setting, last: &Witness) -> Option<Item> {
    let together = survey.history.together_with(case.boot)?;
    // An end that has a cause of its own, or a restart on record, has none in common with this one.
    let is_open = |boot: &&usize| **boot == case.boot || !survey.excludes_mains(**boot);
    let machines = together.boots.iter().filter(is_open).filter(|boot| is_real(survey, **boot));
    let machines = machines.filter_map(|boot| survey.source.boots().get(*boot)).map(|facts| facts.machine);
    let real: BTreeSet<Id128> = machines.filter(|machine| *machine != case.facts.machine).collect();
    let others = real.len();
    if others == 0 {
        return setting.machine.is_hosted().then(|| hosted(survey, together.machines.saturating_sub(1), last));
    }
    let strength = if others == 1 { Strength::Moderate } else { Strength::Strong };
    let shows = format!("{others} other machine(s) ended abruptly within seconds of it");
    let item = structural(survey.book, Structural::FleetTogether, shows, &[Cause::PowerLoss], last.clone());
    Some(Item { strength, ..item })
}

fn is_real(survey: &Survey<'_>, boot: usize) -> bool {
    survey.case(boot).is_some_and(|case| !machine::of(&case).is_hosted())
}

/// Virtual machines or containers that ended together: their host stopped them, or ended itself.
fn hosted(survey: &Survey<'_>, others: usize, last: &Witness) -> Item {
    let shows = format!("{others} other virtual machine(s) or container(s) ended abruptly within seconds of it");
    let item = structural(survey.book, Structural::FleetTogether, shows, &[Cause::VmStop], last.clone());
    Item { strength: Strength::Moderate, candidates: vec![Cause::PowerLoss], ..item }
}

/// Memory ran out just before the end, and a watchdog waited, or bit; without one, a kill is a kill.
fn thrash(survey: &Survey<'_>, setting: &Setting, items: &[Item], last: &Witness) -> Option<Item> {
    let is_record = |item: &Item| item.role == Role::Record && item.speaks_for(Cause::WatchdogHardware);
    let bit = items.iter().any(is_record);
    if setting.armed.is_none() && !bit {
        return None;
    }
    let oom = Condition::Only(Only::MemoryOomKill);
    let is_global = |item: &&Item| item.contributing == Some(oom) && item.strength >= Strength::Weak;
    let near = items.iter().filter(is_global).find(|item| item.ago <= THRASH)?;
    let ago = span(near.ago, Spelling::Sentence);
    let shows = format!("memory ran out {ago} before the last entry, and a watchdog waited or fired");
    let mut item = structural(survey.book, Structural::MemoryThrashed, shows, &[Cause::MemoryThrash], last.clone());
    (item.witness, item.is_text_only) = (near.witness.clone(), near.is_text_only);
    item.candidates = vec![Cause::WatchdogHardware];
    // Where a watchdog is on record, that it had to bite is what memory contributed.
    let contributing = bit.then_some(Cause::MemoryThrash.into());
    Some(Item { contributing, ..item })
}

/// Somebody closed the watchdog and left it armed, and the end came when it would fire.
fn left_armed(survey: &Survey<'_>, items: &[Item]) -> Option<Item> {
    let closed = |item: &&Item| item.role == Role::Precursor && item.speaks_for(Cause::WatchdogForeignClose);
    let closed = items.iter().filter(closed).find(|item| item.ago <= LEFT_ARMED)?;
    let shows = "the end came about when a watchdog that was left armed fires".to_owned();
    let causes = [Cause::WatchdogForeignClose];
    let item = structural(survey.book, Structural::WatchdogLeftArmed, shows, &causes, closed.witness.clone());
    Some(Item { is_text_only: closed.is_text_only, ..item })
}
