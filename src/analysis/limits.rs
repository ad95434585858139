//! What could not be seen, or be relied on.

use super::death::{clock_was_set, kernel_start};
use super::ending::{Case, Finding};
use super::report::{Learnt, Stage};
use super::sender::Sender;
use super::source::Line;

const JOURNAL_MISSED: &str = "e9bf28e6e834481bb6f48f548ad13606";
const JOURNAL_DROPPED: &str = "a596d6fe7bfa4994828e72309e95d61e";

/// The limits of a finding, as sentences.
pub(super) fn of(case: &Case<'_>, finding: Finding, tail: &[Line]) -> Vec<String> {
    let mut limits = Vec::new();
    limits.extend(damage(case));
    limits.extend(losses(tail));
    limits.extend(clocks(case));
    limits.extend(visibility(case, finding));
    limits
}

fn damage(case: &Case<'_>) -> Vec<String> {
    let files = case.facts.files.iter().filter_map(|file| case.source.files().get(*file));
    let damaged = files.filter(|file| file.damaged);
    damaged.map(|file| format!("{} is damaged: entries may be missing", file.name)).collect()
}

/// Lines that were never written, by journald's own account.
fn losses(tail: &[Line]) -> Vec<String> {
    let told = |id: &str| tail.iter().filter(|line| Sender::Driver.wrote(line) && line.is("MESSAGE_ID", id)).count();
    let mut losses = Vec::new();
    if told(JOURNAL_MISSED) > 0 {
        losses.push("kernel messages were missed near the end".to_owned());
    }
    if told(JOURNAL_DROPPED) > 0 {
        losses.push("messages were suppressed by rate limits near the end".to_owned());
    }
    losses
}

fn clocks(case: &Case<'_>) -> Vec<String> {
    let mut doubts = Vec::new();
    if clock_was_set(case.facts) {
        doubts.push("the wall clock was set during this boot, or the machine slept".to_owned());
    }
    let Some((_, next)) = case.next else { return doubts };
    if clock_was_set(next) {
        doubts
            .push("the next boot's wall clock was set while it ran, or it slept: its start bounds nothing".to_owned());
    } else if kernel_start(next) <= case.facts.last.realtime {
        doubts.push(
            "by its wall clock the next boot started before this one's last entry: its clock was wrong".to_owned(),
        );
    }
    doubts
}

fn visibility(case: &Case<'_>, finding: Finding) -> Vec<String> {
    let mut limits = Vec::new();
    if finding == Finding::Nothing {
        limits.push("what was written within the last 5 minutes may not have reached the disk".to_owned());
    }
    if case.cap.stage < Stage::S3 && finding == Finding::Complete {
        limits.push(format!("what this machine does after stage {:?} of a shutdown is never kept", case.cap.stage));
    }
    if case.cap.learnt == Learnt::Assumed && finding == Finding::BrokenOff {
        limits.push(
            "no other boot shows how far this machine's journal reaches: the shutdown may have been complete"
                .to_owned(),
        );
    }
    if case.next.is_none() && finding != Finding::Running {
        limits.push("no later boot is here to tell more".to_owned());
    }
    limits
}
