//! Stops that are of no shutdown though they look like one's.
//!
//! Part of what a shutdown stops goes in mid-life as well: the graphical mode where a person leaves it, the local filesystems
//! where one of their disks is pulled, and the flush of the journal whenever journald is stopped. A shutdown stops the other
//! targets before these, or in the same moment.

use super::report::{Stage, Strength};
use super::rules::Means;
use super::sender::is_by_manager;
use super::sign::Sign;

const SECOND: u64 = 1_000_000;
/// What a shutdown stops together it stops within this.
const TOGETHER: u64 = 5 * SECOND;
/// Where nobody asked in between, what was stopped sooner before the other targets may have been the beginning of it.
const APART: u64 = 60 * SECOND;
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
    let asks = |other: &&Sign| {
        matches!(other.role(), Means::Asked(_)) && other.strength == Strength::Proof && is_by_manager(&other.line)
    };
    let asked = || steps.iter().filter(asks).map(Sign::at);
    let is_between = |at: u64| step.at().saturating_add(TOGETHER) < at && at <= core;
    let apart = if asked().any(is_between) { TOGETHER } else { APART };
    step.at().saturating_add(apart) < core && !asked().any(|at| is_soon(at, step.at()))
}

/// Whether a late stop belongs to a shutdown: it came behind the others, or behind a request, or in the moment of a step that
/// only a shutdown takes.
fn is_led(step: &Sign, steps: &[Sign]) -> bool {
    steps.iter().any(|other| match other.role() {
        Means::Asked(_) | Means::Planned(_) => is_soon(other.at(), step.at()),
        Means::Step(..) => other.at() <= step.at().saturating_add(APART),
        Means::Stop(Stage::S1) if is_graphical(other) => {
            (other.at()..=other.at().saturating_add(APART)).contains(&step.at())
        }
        Means::Stop(Stage::S1) => other.at() <= step.at(),
        _ => false,
    })
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
