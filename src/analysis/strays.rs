//! Stops that are of no shutdown though they look like one's.
//!
//! Part of what a shutdown stops goes in mid-life as well: the graphical mode where a person leaves it, the local filesystems
//! where one of their disks is pulled, and the flush of the journal whenever journald is stopped. A shutdown stops the other
//! targets before these, or in the same moment.

use std::collections::BTreeSet;

use super::plan::{Due, due};
use super::report::{Stage, Strength};
use super::rules::Means;
use super::sender::is_by_manager;
use super::sign::Sign;
use super::source::{Line, Source};
use super::unit::{self, Step};

const SECOND: u64 = 1_000_000;
/// What a shutdown stops together it stops within this.
const TOGETHER: u64 = 5 * SECOND;
/// Where nobody asked in between, what was stopped sooner before the other targets may have been the beginning of it.
const APART: u64 = 60 * SECOND;
/// A machine that writes so long after one of its targets was stopped lives on, if no more of it was.
const LIVES: u64 = 600 * SECOND;
/// A service takes so few others down with it.
const FEW: usize = 3;
/// The first stop follows a request sooner than this.
const ASKED: u64 = 120 * SECOND;

/// Parts the steps of a shutdown from stops that are none, where the log ends at `last` and journald was stopped as a
/// service or not.
pub(super) fn part(steps: Vec<Sign>, last: u64, is_service_stop: bool) -> (Vec<Sign>, Vec<Sign>) {
    let held: Vec<bool> = steps
        .iter()
        .map(|step| match step.role() {
            Means::Stop(Stage::S1) if is_graphical(step) => !is_left_before(step, &steps),
            Means::Stop(Stage::S2) => {
                is_led(step, &steps) || (is_flush(step) && !is_service_stop && is_last(step, &steps, last))
            }
            _ => true,
        })
        .collect();
    let (held, strays): (Vec<_>, Vec<_>) = steps.into_iter().zip(held).partition(|(_, held)| *held);
    (held.into_iter().map(|(step, _)| step).collect(), strays.into_iter().map(|(step, _)| step).collect())
}

/// Parts the steps of a shutdown from targets that one service took down with it: PID 1 stops what requires a service together
/// with it, while all others go on for minutes and nobody asked for an end.
pub(super) fn taken_down(source: &dyn Source, boot: usize, steps: Vec<Sign>, last: u64) -> (Vec<Sign>, Vec<Sign>) {
    let may_be = |step: &Sign| is_target(step) && is_alone(step, &steps, last);
    if !steps.iter().any(may_be) {
        return (steps, Vec::new());
    }
    let terms = [Step::Stopping, Step::Stopped].map(unit::term);
    let stops = source.having(boot, &terms.each_ref().map(String::as_str));
    let is_held = |step: &Sign| !may_be(step) || services(&stops, step.at()) > FEW;
    let held: Vec<bool> = steps.iter().map(is_held).collect();
    let (held, strays): (Vec<_>, Vec<_>) = steps.into_iter().zip(held).partition(|(_, held)| *held);
    (held.into_iter().map(|(step, _)| step).collect(), strays.into_iter().map(|(step, _)| step).collect())
}

/// Whether a step stops one of the targets that services hang on.
fn is_target(step: &Sign) -> bool {
    let is_one = ["multi-user.target", "graphical.target"].iter().any(|target| step.line.is("UNIT", target));
    step.role() == Means::Stop(Stage::S1) && is_one
}

/// Whether nobody had asked for an end just before a step, nothing but such targets stopped with it, and a shutdown that came
/// later was asked for in between, or none came for minutes.
fn is_alone(step: &Sign, steps: &[Sign], last: u64) -> bool {
    let is_asked = |other: &Sign| other.stage() == Some(Stage::S0) && is_soon(other.at(), step.at());
    let others = || steps.iter().filter(|other| other.stage() > Some(Stage::S0) && !is_target(other));
    let together = step.at().saturating_sub(TOGETHER)..=step.at().saturating_add(APART);
    let later = steps.iter().filter(|other| other.stage() > Some(Stage::S0) && other.at() > *together.end());
    let is_led = |began: u64| steps.iter().filter(asks_by_manager).any(|asked| is_soon(asked.at(), began));
    !steps.iter().any(is_asked)
        && !others().any(|other| together.contains(&other.at()))
        && later.map(Sign::at).min().map_or(step.at().saturating_add(LIVES) < last, is_led)
}

/// How many services were stopped about a moment.
fn services(stops: &[Line], at: u64) -> usize {
    let about = at.saturating_sub(TOGETHER)..=at.saturating_add(APART);
    let stopped = stops.iter().filter(|line| about.contains(&line.monotonic.0)).filter_map(unit::step);
    stopped.map(|(_, unit)| unit).filter(|unit| unit.ends_with(".service")).collect::<BTreeSet<_>>().len()
}

/// Whether a sign tells that journald is told to leave /var.
pub(super) fn is_flush(step: &Sign) -> bool {
    step.rule.id == "stop.journal-flush"
}

fn is_graphical(step: &Sign) -> bool {
    step.line.is("UNIT", "graphical.target")
}

/// Whether only a shutdown takes this step, or a mode in which little runs.
fn is_core(step: &&Sign) -> bool {
    matches!(step.role(), Means::Step(..)) || (step.role() == Means::Stop(Stage::S1) && !is_graphical(step))
}

/// Whether the graphical mode was left in mid-life: the shutdown began later, and nobody had asked for one before.
fn is_left_before(step: &Sign, steps: &[Sign]) -> bool {
    let Some(core) = steps.iter().filter(is_core).map(Sign::at).min() else { return false };
    let is_asked = steps.iter().filter(asks_by_manager).any(|other| is_soon(other.at(), step.at()));
    step.at().saturating_add(apart(step, core, steps)) < core && !is_asked
}

/// Whether logind or PID 1 says that it carries out what somebody asked for.
fn asks_by_manager(step: &&Sign) -> bool {
    matches!(step.role(), Means::Asked(_)) && step.strength == Strength::Proof && is_by_manager(&step.line)
}

/// How long before another step what stops may still be part of the same shutdown: where one was asked for in between, that
/// began there.
fn apart(step: &Sign, other: u64, steps: &[Sign]) -> u64 {
    let is_between = |at: u64| step.at().saturating_add(TOGETHER) < at && at <= other;
    if steps.iter().filter(asks_by_manager).any(|asked| is_between(asked.at())) { TOGETHER } else { APART }
}

/// Whether a late stop belongs to a shutdown: it came behind the others, or behind a request, or in the moment of a step that
/// only a shutdown takes.
fn is_led(step: &Sign, steps: &[Sign]) -> bool {
    steps.iter().any(|other| match other.role() {
        Means::Asked(_) | Means::Planned(_) => leads_to(other, step),
        Means::Step(..) => other.at() <= step.at().saturating_add(apart(step, other.at(), steps)),
        Means::Stop(Stage::S1) if is_graphical(other) => {
            (other.at()..=other.at().saturating_add(APART)).contains(&step.at())
        }
        Means::Stop(Stage::S1) => other.at() <= step.at(),
        _ => false,
    })
}

/// Whether a request is one of an end that begins with a step: a key or a command may have come to nothing.
pub(super) fn leads_to(asked: &Sign, step: &Sign) -> bool {
    may_lead_to(asked, step) && (asked.is_plan() || asked.strength == Strength::Proof)
}

/// Whether what was asked for may have begun with a step: soon, or at the time that was planned.
pub(super) fn may_lead_to(asked: &Sign, step: &Sign) -> bool {
    match asked.role() {
        // What is planned for later begins nothing now.
        Means::Planned(_) => asked.at() <= step.at() && is_due(asked, step),
        Means::Asked(_) => is_soon(asked.at(), step.at()),
        _ => false,
    }
}

/// Whether the time of a plan had come at a step; one that names none begins soon.
fn is_due(plan: &Sign, step: &Sign) -> bool {
    match plan.capture("when") {
        Some(when) => due(when, Some(step.line.realtime.0), 0) != Due::No,
        None => is_soon(plan.at(), step.at()),
    }
}

/// Whether what was asked for may have begun then.
fn is_soon(asked: u64, began: u64) -> bool {
    (asked..=asked.saturating_add(ASKED)).contains(&began)
}

/// Whether a log ends with a step: of a log's last lines alone it may be the only one.
fn is_last(step: &Sign, steps: &[Sign], last: u64) -> bool {
    let stopped = |other: &Sign| other.role() == Means::JournalStopped && other.at() >= step.at();
    step.at().saturating_add(TOGETHER) >= last && !steps.iter().any(stopped)
}
