//! A boot that got no further than emergency mode: what went wrong before explains the mode, not the end.

use super::ids::Cause;
use super::item::{Item, Role};
use super::signs::structural;
use crate::analysis::ending::{Case, Finding};
use crate::analysis::report::Witness;
use crate::analysis::rules::Structural;
use crate::analysis::sender::Sender;
use crate::analysis::sequence::{HEAD_LINES, HEAD_WINDOW};
use crate::analysis::source::{Glance, Line, Wanted};
use crate::analysis::survey::Survey;

/// An end so soon after follows straight from there, in microseconds.
const STRAIGHT: u64 = 600_000_000;

/// How the kernel tells what it was started with, and the words there that systemd takes for a mode.
const COMMAND_LINE: &str = "ommand line: ";
const RESCUE: &[&str] = &["1", "s", "S", "single", "rescue"];
const EMERGENCY: &[&str] = &["-b", "emergency"];

/// Takes the weight from what led to emergency mode, and adds the sign that the boot ended in it.
pub(in crate::analysis) fn judge(survey: &Survey<'_>, case: &Case<'_>, finding: Finding, items: &mut Vec<Item>) {
    if case.sequence.had_come_up() || is_asked_for(case, items) {
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

/// Whether the kernel's command line asks for the mode that the boot came to: then nothing had failed.
fn is_asked_for(case: &Case<'_>, items: &[Item]) -> bool {
    let of_mode = |item: &&Item| item.speaks_for(Cause::BootFailedEmergency);
    let mut units = items.iter().filter(of_mode).filter_map(|item| match &item.witness {
        Witness::Line(place) => place.unit.as_deref(),
        Witness::File(_) => None,
    });
    let Some(unit) = units.next() else { return false };
    let (name, words) = match unit.split_once('.').map_or(unit, |(name, _)| name) {
        name @ "rescue" => (name, RESCUE),
        name @ "emergency" => (name, EMERGENCY),
        _ => return false,
    };
    let asks = |line: &Line| {
        let message = line.message();
        let is_asked = |word: &str| words.contains(&word) || word == format!("systemd.unit={name}.target");
        message.contains(COMMAND_LINE) && message.split_whitespace().any(is_asked)
    };
    let keep = |line: &Line| Sender::Kernel.wrote(line) && asks(line);
    let glance = Some(Glance::at_message(&asks));
    let wanted = Wanted { terms: Sender::Kernel.marks(), keep: &keep, glance };
    !case.source.head(case.boot, HEAD_LINES, HEAD_WINDOW, wanted).is_empty()
}

/// A machine that was up, before it was taken to rescue or emergency mode or after, got further than that, however it
/// ended; one that was started into it got as far as it was to.
fn went_there(items: &mut [Item]) {
    for item in items.iter_mut().filter(|item| item.speaks_for(Cause::BootFailedEmergency)) {
        (item.role, item.contributing) = (Role::Note, None);
    }
}
