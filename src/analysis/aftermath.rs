//! What the next boot tells of the end before it: kernel, filesystems, records of a reset, dumps.

use std::sync::LazyLock;

use super::catalog::NEXT;
use super::rules::Means;
use super::rules::old::Table;
use super::sender::Sender;
use super::sequence::Sign;
use super::source::{Line, Source, Wanted, is_users};

/// Lines looked at, at most; a boot's telling lines come early.
const HEAD_LINES: usize = 3000;
/// A boot's beginning lasts at least so long, or until its startup is finished.
const HEAD_WINDOW: u64 = 120_000_000;
const STARTUP_FINISHED: &str = "b07a249cd024414a82dd00cd181378ff";

/// The kernel's words for a fault that it may survive.
const OOPSES: [&str; 7] = [
    "BUG: kernel NULL pointer dereference",
    "BUG: unable to handle",
    "Unable to handle kernel",
    "Internal error: ",
    "Oops: ",
    "kernel BUG at ",
    "general protection fault",
];
/// An oops with so much life after it was survived.
const SURVIVED: u64 = 60_000_000;

static TABLE: LazyLock<Table> = LazyLock::new(|| Table::of(NEXT));

/// The telling lines at the beginning of a boot, in order; each landmark once.
pub(super) fn read(source: &dyn Source, next: usize) -> Vec<Sign> {
    let term = format!("MESSAGE_ID={STARTUP_FINISHED}");
    let is_finished = |line: &&Line| Sender::Pid1.wrote(line) && line.is("MESSAGE_ID", STARTUP_FINISHED);
    let finished = source.having(next, &[&term]);
    // Read so far; whether the startup was finished within so many lines is known only then.
    let until = finished.iter().filter(is_finished).map(|line| line.monotonic.0).max().unwrap_or(0).max(HEAD_WINDOW);
    let marks: Vec<&str> = TABLE.marks().iter().copied().chain([term.as_str()]).collect();
    let keep = |line: &Line| is_finished(&line) || TABLE.read(line).is_some();
    let head = source.head(next, HEAD_LINES, until, Wanted { terms: &marks, keep: &keep });
    let finished = head.iter().find(is_finished);
    let until = finished.map_or(0, |line| line.monotonic.0).max(HEAD_WINDOW);
    let mut signs: Vec<Sign> = Vec::new();
    for line in head.into_iter().filter(|line| line.monotonic.0 <= until && !is_users(source, line)) {
        let Some(rule) = TABLE.read(&line) else { continue };
        let seen = signs.iter().any(|sign| sign.rule.id == rule.id);
        if rule.means != Means::Landmark || !seen {
            signs.push(Sign { rule, line });
        }
    }
    signs
}

/// Whether the next boot proves that this one was reset.
pub(super) fn proves_reset(source: &dyn Source, boot: usize, signs: &[Sign]) -> bool {
    let has = |means| signs.iter().any(|sign| sign.rule.means == means);
    (has(Means::Reset) && !has(Means::SwitchedOff)) || (has(Means::Dump) && survived(source, boot).is_none())
}

/// An oops that the boot outlived: a dump found later may be of that one.
pub(super) fn survived(source: &dyn Source, boot: usize) -> Option<Line> {
    let last = source.boots().get(boot)?.last.monotonic.0;
    let loud = source.having(boot, &["PRIORITY=0", "PRIORITY=1", "PRIORITY=2"]);
    let outlived = |line: &Line| line.monotonic.0.saturating_add(SURVIVED) < last;
    let oops = |line: &Line| OOPSES.iter().any(|text| line.message().contains(text));
    loud.into_iter().find(|line| Sender::Kernel.wrote(line) && outlived(line) && oops(line))
}
