//! Records that tell of no end, or of another one: dumps that nobody took away, a register that keeps what an earlier
//! reset left there, and resets from which the machine would have been back sooner.

use std::cell::LazyCell;

use super::dumps::{self, dump_of, made_at};
use super::ids::Cause;
use super::item::{Item, Role};
use super::machine;
use super::setting::Setting;
use super::usual;
use crate::analysis::death;
use crate::analysis::ending::{Case, Finding};
use crate::analysis::report::{Action, Strength, Witness};
use crate::analysis::rules::Means;
use crate::analysis::sender::Sender;
use crate::analysis::sequence::{HEAD_LINES, HEAD_WINDOW};
use crate::analysis::source::{Glance, Line, Source, Wanted};
use crate::analysis::survey::Survey;

/// Firmware's record is printed so early.
const EARLY: u64 = 120_000_000;
/// The rule of dumps.
const DUMP: &str = "pstore.dump";
/// The rules of firmware's record.
const BERT: &str = "bert.";
/// A machine that resets itself is back sooner, in microseconds.
const LONG: u64 = 3_600_000_000;
/// In a silence of so many microseconds another boot lay, which left nothing.
const DAY: u64 = 24 * LONG;
const LATE: &str =
    "the machine was silent for hours before, where a reset takes a few minutes: another boot may lie between";
const UNDATED: &str = "the machine was silent for a day or more before this was found: another boot may lie between";
const MADE_LATE: &str = "by its name the dump was made long after this boot's last line, while it wrote more often: another boot may lie \
                         between";
const OUTLIVED: &str =
    "by its name the dump was made before this boot's last lines, which no kernel writes that panicked";
/// An oops is fresh for so many seconds, as other signs are.
const SOON: u64 = 30;
/// How long it used to be silent is asked of so many last lines.
const TAIL_LINES: usize = 500;
/// PID 1 about the service that takes dumps over, even where it skips it.
const PSTORE: &str = "UNIT=systemd-pstore.service";
const UNTAKEN: &str = "this boot ended before it could take over a dump that an earlier one had left";
const KEPT: &str = "the boot had itself found the same in the register when it began, which may have kept it";
const UNTOLD: &str =
    "the boot's kernel does not tell what it finds in the register, which may have kept this from an earlier reset";
const UNSEEN: &str =
    "what the boot's kernel found in the register is not in the log: it may have kept this from before";
const BY_KEXEC: &str =
    "the next kernel was started without a reset, so that the register may have kept this from before";
/// How the kernel's first line begins, and its line of the register.
const KERNEL: &str = "Linux version ";
const REASON: &str = "x86/amd: Previous system reset reason";
/// Since this version kernels tell what the register holds.
const TELLING: (u32, u32) = (6, 16);

/// Takes records out of account, or into doubt, that are not of this end.
pub(in crate::analysis) fn drop_usual(
    survey: &Survey<'_>,
    case: &Case<'_>,
    (next, setting): (usize, &Setting),
    items: &mut [Item],
) {
    usual::drop(survey, case.boot, next, items);
    weigh_late(survey, case, setting, items);
    doubt_kept(case, next, setting, items);
    let started = case.chronology.get(case.boot).map(|span| span.clock.start);
    let silence = LazyCell::new(|| dumps::longest_silence(case));
    let may_be_earlier = items.iter().any(|item| item.rule == DUMP) && may_be_earlier(survey, case);
    for item in items.iter_mut().filter(|item| item.role == Role::Record && item.rule == DUMP) {
        let Witness::Line(place) = &item.witness else { continue };
        let Some(dump) = dump_of(&place.message).map(str::to_owned) else { continue };
        if survey.was_there(next, &dump) {
            item.role = Role::Note;
            item.shows.push_str(", which was there before");
        } else if !setting.is_clock_doubtful && started.is_some_and(|started| dumps::is_before(&dump, started)) {
            item.strength = Strength::Weak;
            item.shows.push_str(", before this boot began by its name");
        } else if !setting.is_clock_doubtful && dumps::is_older(&dump, case.facts.last) {
            item.strength = Strength::Weak;
            item.shows.push_str(", some time before this end by its name");
        } else if let Some(before) = dumps::made_before(&dump, case.facts.last).filter(|_| !setting.is_clock_doubtful) {
            weigh_outlived(item, before);
        } else if !setting.is_clock_doubtful
            && dumps::made_after(&dump, case.facts.last).is_some_and(|after| dumps::is_late(after, || *silence))
        {
            item.doubt = Some(MADE_LATE);
        } else if may_be_earlier && (setting.is_clock_doubtful || made_at(&dump).is_none()) {
            item.doubt = Some(UNTAKEN);
        }
    }
}

/// Doubts what says that the machine reset itself where it was silent for hours, and takes its weight where it was so for
/// days: such a reset brings it back within minutes, so that another boot lay between.
fn weigh_late(survey: &Survey<'_>, case: &Case<'_>, setting: &Setting, items: &mut [Item]) {
    let resets = |item: &Item| {
        let by_itself =
            item.cause().is_some_and(|cause| cause == Cause::KernelMce || cause.id().starts_with("watchdog."));
        let is_reset = survey.book.rule(&item.rule).is_some_and(|rule| rule.means.contains(&Means::Reset));
        item.role == Role::Record && by_itself && is_reset
    };
    // What was kept in memory or by firmware, and does not say when it was made.
    let is_undated = |item: &Item| {
        let dump = match &item.witness {
            Witness::Line(place) => dump_of(&place.message),
            Witness::File(_) => None,
        };
        let is_dump = item.rule == DUMP && dump.is_some_and(|dump| made_at(dump).is_none());
        item.role == Role::Record && (is_dump || item.rule.starts_with(BERT))
    };
    // Of a log that ended before the machine did, nobody knows how long it was off.
    let is_end =
        matches!(setting.finding, Finding::Nothing | Finding::BrokenOff | Finding::Complete | Finding::TimedOut);
    if !is_end || setting.is_clock_doubtful || !items.iter().any(|item| resets(item) || is_undated(item)) {
        return;
    }
    let Some(silent) = death::until_next(case).filter(|silent| *silent >= LONG) else { return };
    let tail = case.source.tail(case.boot, TAIL_LINES, 0, Wanted::ALL);
    if silent <= death::longest_silence(case, &tail).saturating_mul(2) {
        return;
    }
    for item in items.iter_mut().filter(|item| resets(item)) {
        item.doubt = Some(LATE);
        if silent >= DAY {
            item.strength = item.strength.min(Strength::Weak);
        }
    }
    // A kernel that panicked may stand still until somebody comes.
    for item in items.iter_mut().filter(|item| silent >= DAY && is_undated(item)) {
        item.doubt = item.doubt.or(Some(UNDATED));
    }
}

/// What a dump is of that the boot outlived by so many seconds: an oops, unless its text says that the kernel panicked, by
/// another clock then. What died so soon after that died of it.
fn weigh_outlived(item: &mut Item, seconds: u64) {
    if !item.speaks_for(Cause::KernelOops) && !item.candidates.contains(&Cause::KernelOops) {
        item.doubt = Some(OUTLIVED);
        return;
    }
    item.strength = if seconds <= SOON { Strength::Strong } else { Strength::Moderate };
    item.causes = vec![Cause::KernelOops];
    item.candidates = vec![Cause::KernelPanic];
    // A kernel that goes on resets nothing.
    item.initiator = None;
    item.shows = "the kernel had left a dump, by its name before the last lines of this boot".to_owned();
}

/// Whether a dump that the next boot found may be of an end before this boot, which ended before it could take it over.
fn may_be_earlier(survey: &Survey<'_>, case: &Case<'_>) -> bool {
    let (facts, sequence) = (case.facts, case.sequence);
    let lived = facts.last.monotonic.0 > HEAD_WINDOW || sequence.had_come_up();
    if lived || !case.source.having(case.boot, &[PSTORE]).is_empty() || !machine::has_beginning(case.source, case.boot)
    {
        return false;
    }
    let boots = survey.source.boots().iter().enumerate().take(case.boot);
    let before = boots.rev().find(|(_, other)| other.machine == facts.machine).map(|(at, _)| at);
    let finding = before.and_then(|at| survey.boots.get(at)?.finding);
    finding.is_some_and(|finding| finding != Finding::Complete)
}

/// The lines of a boot's firmware record.
pub(in crate::analysis) fn record(source: &dyn Source, boot: usize) -> Vec<String> {
    let is_record = |text: &str| text.starts_with("[Hardware Error]") || text.starts_with("BERT");
    kernels(source, boot, &is_record)
}

/// What the kernel said at a boot's beginning, of the messages that are `wanted`.
fn kernels(source: &dyn Source, boot: usize, wanted: &dyn Fn(&str) -> bool) -> Vec<String> {
    let says = |line: &Line| wanted(&line.message());
    let keep = |line: &Line| Sender::Kernel.wrote(line) && says(line);
    let glance = Some(Glance::at_message(&says));
    let lines = source.head(boot, HEAD_LINES, EARLY, Wanted { terms: Sender::Kernel.marks(), keep: &keep, glance });
    lines.iter().map(|line| line.message().into_owned()).collect()
}

/// Doubts what the processor's register holds where it held the same when this boot began, or may have: not every reset
/// is written there, and older kernels neither tell of it nor clear it.
fn doubt_kept(case: &Case<'_>, next: usize, setting: &Setting, items: &mut [Item]) {
    let is_register = |item: &Item| item.role == Role::Record && item.rule.contains(".amd-");
    if !items.iter().any(is_register) {
        return;
    }
    let told = |boot: usize| kernels(case.source, boot, &|text| text.starts_with(REASON) || text.starts_with(KERNEL));
    let before = told(case.boot);
    let doubt = if setting.finding == Finding::Complete && case.sequence.action() == Some(Action::Kexec) {
        Some(BY_KEXEC)
    } else if before.is_empty() {
        Some(UNSEEN)
    } else {
        let after = told(next);
        let tells = |line: &String| line.starts_with(REASON) || is_telling(line) || after.contains(line);
        (!before.iter().any(tells)).then_some(UNTOLD)
    };
    for item in items.iter_mut().filter(|item| is_register(item)) {
        let Witness::Line(place) = &item.witness else { continue };
        item.doubt = if before.contains(&place.message) { Some(KEPT) } else { doubt.or(item.doubt) };
    }
}

/// Whether a kernel's first line is of a version that tells what the register holds; one that holds nothing is passed
/// over in silence.
fn is_telling(line: &str) -> bool {
    let mut numbers = line.strip_prefix(KERNEL).unwrap_or_default().split(|at: char| !at.is_ascii_digit());
    let mut number = || numbers.next()?.parse::<u32>().ok();
    number().zip(number()).is_some_and(|version| version >= TELLING)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernel_tells_by_its_version_what_the_register_holds() {
        for (line, tells) in [
            ("Linux version 6.16.0-rc1 (x)", true),
            ("Linux version 6.17.3-amd64 (x)", true),
            ("Linux version 7.0", true),
            ("Linux version 6.1.0-18-amd64 (x)", false),
            ("Linux version 6.15.9", false),
            ("Linux version 5.20", false),
            ("Linux version 6", false),
            ("Linux version 99999999999.1", false),
        ] {
            assert_eq!(is_telling(line), tells, "{line}");
        }
    }
}
