//! Requests that no shutdown followed in the log: what is to be said of them, and which may have ended the boot unseen.

use super::duration::{Spelling, span};
use super::ending::{Case, Finding};
use super::report::Strength;
use super::rules::Means;
use super::sender::Sender;
use super::sequence::Sign;
use super::verdict::Cause;

/// A shutdown that is asked for begins within this time, in microseconds, if it begins.
const BEGINS: u64 = 120_000_000;

/// What the requests name as causes that PID 1 or logind said they carry out, so late that a shutdown may have gone by
/// unseen: of some logs the lines of stops are left out.
pub(super) fn open(case: &Case<'_>, finding: Finding) -> Vec<Cause> {
    let asked = case.sequence.ignored.iter().filter(|sign| is_open(case, finding, sign));
    asked.filter_map(|sign| sign.rule.causes.first().copied()).collect()
}

/// A request with what came of it.
pub(super) fn told(case: &Case<'_>, finding: Finding, sign: &Sign) -> String {
    let shows = sign.shows();
    match sign.role() {
        Means::JournalStopped => format!("{shows}: PID 1 had stopped it as a service"),
        _ if finding == Finding::Running => format!("{shows}, and nothing had come of it by the last entry"),
        _ if is_open(case, finding, sign) => {
            let until = span(ago(case, sign), Spelling::Sentence);
            format!("{shows}, and no stop is logged in the {until} until the log ends")
        }
        _ => format!("{shows}, and nothing came of it"),
    }
}

fn is_open(case: &Case<'_>, finding: Finding, sign: &Sign) -> bool {
    let is_carried_out = matches!(sign.role(), Means::Asked(_)) && sign.strength == Strength::Proof;
    let is_by_manager = [Sender::Logind, Sender::Pid1].iter().any(|sender| sender.surely_wrote(&sign.line));
    finding == Finding::Nothing && is_carried_out && is_by_manager && ago(case, sign) <= BEGINS
}

fn ago(case: &Case<'_>, sign: &Sign) -> u64 {
    case.facts.last.monotonic.0.saturating_sub(sign.at())
}
