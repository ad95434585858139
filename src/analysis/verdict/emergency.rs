//! A boot that got no further than emergency mode: what went wrong before explains the mode, not the end.

use super::ids::Cause;
use super::item::{Item, Role};
use super::signs::structural;
use crate::analysis::ending::{Case, Finding};
use crate::analysis::rules::Structural;
use crate::analysis::survey::Survey;

/// An end so soon after follows straight from there, in microseconds.
const STRAIGHT: u64 = 600_000_000;

/// Takes the weight from what led to emergency mode, and adds the sign that the boot ended in it.
pub(in crate::analysis) fn judge(survey: &Survey<'_>, case: &Case<'_>, finding: Finding, items: &mut Vec<Item>) {
    if case.sequence.had_come_up() {
        return went_there(items);
    }
    let Some(entered) = case.sequence.emergency.as_ref().filter(|_| finding == Finding::Nothing) else { return };
    let ago = case.facts.last.monotonic.0.saturating_sub(entered.at());
    let led_there = |item: &&mut Item| item.role == Role::Precursor && item.ago >= ago;
    for item in items.iter_mut().filter(led_there) {
        item.contributing = item.condition();
        item.role = Role::Note;
    }
    let sign = items.iter().filter(|item| item.speaks_for(Cause::BootFailedEmergency)).min_by_key(|item| item.ago);
    if let Some(sign) = sign.filter(|_| ago <= STRAIGHT) {
        let shows = "the log ends in emergency mode, soon after the boot had got there".to_owned();
        let causes = [Cause::BootFailedEmergency];
        let (witness, is_text_only) = (sign.witness.clone(), sign.is_text_only);
        let item = structural(survey.book, Structural::EmergencyLeft, shows, &causes, witness);
        items.push(Item { is_text_only, ..item });
    }
}

/// A machine that was up, before it was taken to rescue or emergency mode or after, got further than that, however it
/// ended.
fn went_there(items: &mut [Item]) {
    for item in items.iter_mut().filter(|item| item.speaks_for(Cause::BootFailedEmergency)) {
        (item.role, item.contributing) = (Role::Note, None);
    }
}
