//! What the next boot tells of the end before it: kernel, filesystems, records of a reset, dumps.

use super::ending::Case;
use super::rules::{Means, Rulebook};
use super::sender::Sender;
use super::sequence::{HEAD_LINES, HEAD_WINDOW, Sign};
use super::source::{Glance, Line, Source, Wanted, is_users};
use super::verdict::Cause;

const STARTUP_FINISHED: &str = "b07a249cd024414a82dd00cd181378ff";

/// An oops with so much life after it was survived.
const SURVIVED: u64 = 60_000_000;

fn finished_term() -> String {
    format!("MESSAGE_ID={STARTUP_FINISHED}")
}

/// Whether PID 1 says that the startup is finished.
fn is_finished(line: &&Line) -> bool {
    Sender::Pid1.wrote(line) && line.is("MESSAGE_ID", STARTUP_FINISHED)
}

/// Until when a boot's beginning lasts, at most, where lines may say that its startup is finished.
fn until(finished: &[Line]) -> u64 {
    finished.iter().filter(is_finished).map(|line| line.monotonic.0).max().unwrap_or(0).max(HEAD_WINDOW)
}

/// The telling lines at the beginning of a boot, in order; each landmark once.
pub(super) fn read(source: &dyn Source, book: &Rulebook, next: usize) -> Vec<Sign> {
    let table = book.aftermath();
    let term = finished_term();
    // Read so far; whether the startup was finished within so many lines is known only then.
    let until = until(&source.having(next, &[&term]));
    let marks: Vec<&str> = table.marks().into_iter().chain([term.as_str()]).collect();
    let keep = |line: &Line| is_finished(&line) || table.knows(line);
    let may = |line: &Line| line.is("MESSAGE_ID", STARTUP_FINISHED) || table.may_know(line);
    let glance = Some(Glance { fields: table.glanced(), passes: &may });
    let head = source.head(next, HEAD_LINES, until, Wanted { terms: &marks, keep: &keep, glance });
    let finished = head.iter().find(is_finished);
    let until = finished.map_or(0, |line| line.monotonic.0).max(HEAD_WINDOW);
    let mut signs: Vec<Sign> = Vec::new();
    for line in head.into_iter().filter(|line| line.monotonic.0 <= until && !is_users(source, line)) {
        for sign in table.observe(&line) {
            let seen = signs.iter().any(|known| known.rule.id == sign.rule.id);
            if sign.role() != Means::Landmark || !seen {
                signs.push(sign);
            }
        }
    }
    signs
}

/// Whether a boot's beginning has more lines than are looked at.
pub(super) fn is_cut(source: &dyn Source, next: usize) -> bool {
    let is_long = source.boots().get(next).is_some_and(|facts| facts.entries > HEAD_LINES as u64);
    let seen = std::cell::Cell::new(0_usize);
    let count = |_: &Line| {
        seen.set(seen.get().saturating_add(1));
        false
    };
    let one_more = HEAD_LINES.saturating_add(1);
    let until = until(&source.having(next, &[&finished_term()]));
    is_long && source.head(next, one_more, until, Wanted { keep: &count, ..Wanted::ALL }).is_empty() && {
        seen.get() > HEAD_LINES
    }
}

/// Whether the next boot proves that this one was reset.
pub(super) fn proves_reset(case: &Case<'_>, signs: &[Sign]) -> bool {
    let has = |means| signs.iter().any(|sign| sign.role() == means);
    (has(Means::Reset) && !has(Means::SwitchedOff)) || (has(Means::Dump) && survived(case).is_none())
}

/// A fault of the kernel that the boot outlived: a dump found later may be of that one.
pub(super) fn survived(case: &Case<'_>) -> Option<Line> {
    let last = case.facts.last.monotonic.0;
    let loud = case.source.having(case.boot, &["PRIORITY=0", "PRIORITY=1", "PRIORITY=2"]);
    let outlived = |line: &Line| line.monotonic.0.saturating_add(SURVIVED) < last;
    let is_fault = |cause: &Cause| matches!(cause, Cause::KernelOops | Cause::KernelBug);
    let oops = |line: &Line| case.book.observe(false, line).iter().any(|seen| seen.rule.causes.iter().any(is_fault));
    loud.into_iter().find(|line| Sender::Kernel.wrote(line) && outlived(line) && oops(line))
}
