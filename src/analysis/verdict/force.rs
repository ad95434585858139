//! Commands that end the machine at once: what breaks a shutdown off that a person would not wait for any longer.

use super::believed::{AFTER, began};
use super::ids::Cause;
use super::item::{Item, Role};
use super::setting::Setting;
use crate::analysis::report::{Action, Strength};
use crate::analysis::rules::Observed;

/// A machine that restarts itself is back sooner, in microseconds.
const LATE: u64 = 3_600_000_000;
const OUTLIVED: &str = "the log goes on behind the command, which ends the machine at once if it does";
const STAYED_OFF: &str = "the machine stayed off for hours, where the command would have brought it back in minutes";
/// What is written there is a key that does something at once.
const SYSRQ: &str = "/proc/sysrq-trigger";
/// What such a command makes of the machine.
const VERBS: [(&str, Action); 4] =
    [("reboot", Action::Reboot), ("poweroff", Action::Poweroff), ("halt", Action::Halt), ("kexec", Action::Kexec)];

/// What a command that a line shows would make of the machine, if it is one that forces an end.
pub(super) fn action(seen: &Observed) -> Option<Action> {
    let command = seen.capture("command").filter(|_| seen.rule.causes.first() == Some(&Cause::RequestedForced))?;
    if command.contains(SYSRQ) {
        return command.split(SYSRQ).find_map(by_sysrq);
    }
    let is_said = |verb: &str| command.split(['/', ' ']).any(|word| word == verb);
    VERBS.into_iter().find(|(verb, _)| is_said(verb)).map(|(_, action)| action)
}

/// What the key that is written to sysrq makes of the machine, by the words before its name.
fn by_sysrq(before: &str) -> Option<Action> {
    let is_written = before.contains('>');
    let key = before.trim_end_matches(|letter: char| !letter.is_ascii_alphanumeric());
    match key.chars().next_back().filter(|_| is_written) {
        Some('b' | 'c') => Some(Action::Reboot),
        Some('o') => Some(Action::Poweroff),
        _ => None,
    }
}

/// Whether such a command stands at the very end, in a shutdown that had begun before.
pub(super) fn is_last_word(item: &Item, setting: &Setting) -> bool {
    is_command(item) && item.ago <= AFTER.min(began(setting))
}

/// Doubts such commands where the machine lived on behind them, or was back only hours later, and the kernel does not say that
/// it ends the machine: some are refused, or hang themselves on what is to be written to disk.
pub(in crate::analysis) fn doubt(items: &mut [Item], until_next: Option<u64>) {
    if items.iter().any(|item| item.role == Role::Terminal && item.is_kernels) {
        return;
    }
    let is_late = until_next.is_some_and(|us| us >= LATE);
    let restarts = |item: &Item| matches!(item.action, Some(Action::Reboot | Action::Kexec));
    for item in items.iter_mut().filter(|item| is_command(item)) {
        if item.ago > AFTER {
            item.doubt = Some(OUTLIVED);
        } else if is_late && restarts(item) {
            item.doubt = Some(STAYED_OFF);
        }
    }
}

/// Whether the last such command would have made something else of the machine than `named`.
pub(in crate::analysis) fn denies(items: &[Item], named: Option<Action>) -> bool {
    let last = items.iter().filter(|item| is_command(item)).min_by_key(|item| item.ago);
    last.is_some_and(|item| item.action != named)
}

/// The kernel's own lines about sysrq are no commands, and some of them end nothing.
fn is_command(item: &Item) -> bool {
    let is_strong = item.role == Role::Precursor && item.strength >= Strength::Strong;
    is_strong && !item.is_kernels && item.cause() == Some(Cause::RequestedForced)
}
