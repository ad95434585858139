//! The circumstances of an end: when the shutdown began, whether the next boot is the next, what the machine is.

use super::setting::{Machine, Setting, Successor};
use super::{armed, machine};
use crate::analysis::death;
use crate::analysis::ending::{Case, Finding};
use crate::analysis::open_end::OpenEnd;
use crate::analysis::outlived;
use crate::analysis::report::Action;
use crate::analysis::sender::is_text_only;
use crate::analysis::sequence::{HEAD_WINDOW, Sign};
use crate::analysis::source::{FileEnd, FileFacts, Line, Wanted, is_users};
use crate::analysis::twins;

const SECOND: u64 = 1_000_000;
/// A restart takes minutes; one of an hour may have frozen on its way.
const LONG_RESTART: u64 = 3600 * SECOND;
/// A shutdown without a line for so long made no progress.
const STANDSTILL: u64 = 180 * SECOND;
/// journald sets its old file aside so soon after the kernel's start.
const SET_ASIDE: u64 = 600 * SECOND;

/// The circumstances of a boot's end.
pub(in crate::analysis) fn of(case: &Case<'_>, finding: Finding) -> Setting {
    let doubtful = |boot: usize| case.chronology.get(boot).is_none_or(|span| !span.is_anchored);
    let machine = machine::of(case);
    Setting {
        finding,
        began: before_end(case, case.sequence.began()),
        announced: before_end(case, case.sequence.announced()),
        action: case.sequence.action(),
        successor: successor(case),
        machine,
        is_next_headless: finding.asks_next() && is_next_headless(case, machine),
        armed: armed::of(case.source, case.boot).filter(|_| finding.asks_next()),
        is_salvaged: case.is_salvaged(),
        is_partly_readable: matches!(finding, Finding::Missing(missing) if case.is_partly_readable(missing)),
        extract: case.extract(finding),
        open_end: OpenEnd::of(case, finding),
        is_asked: !case.sequence.steps.is_empty(),
        shared: twins::is_shared(case.source, case.boot)
            .then_some(twins::SHARED)
            .or_else(|| outlived::goes_back(case.facts, &case.sequence.steps).then_some(outlived::SET_BACK)),
        // Known when all is read.
        is_cut_short: false,
        is_text_only: rests_on_text(case, finding),
        is_clock_doubtful: doubtful(case.boot) || case.next.is_some_and(|(next, _)| doubtful(next)),
    }
}

/// Whether all lines that the finding itself rests on are text alone; what did not happen left none.
fn rests_on_text(case: &Case<'_>, finding: Finding) -> bool {
    let sequence = case.sequence;
    let signs: Vec<&Sign> = match finding {
        Finding::Complete | Finding::BrokenOff => {
            sequence.steps.iter().filter(|step| step.stage() == sequence.stage()).collect()
        }
        Finding::TimedOut => sequence.job_timeout.iter().collect(),
        Finding::Asleep => sequence.sleep.iter().collect(),
        Finding::Unwritable => sequence.log_lost.iter().collect(),
        Finding::Running | Finding::Missing(_) | Finding::Nothing => Vec::new(),
    };
    !signs.is_empty() && signs.iter().all(|sign| is_text_only(&sign.line))
}

/// How long before the last entry a moment was.
fn before_end(case: &Case<'_>, at: Option<u64>) -> Option<u64> {
    Some(case.facts.last.monotonic.0.saturating_sub(at?))
}

/// Whether anything may have come between this boot and the next in the list.
fn successor(case: &Case<'_>) -> Successor {
    let Some((at, next)) = case.next else { return Successor::None };
    let invisible = case.chronology.get(at).is_some_and(|span| span.invisible_before.is_some());
    if invisible {
        return Successor::Open("other boots lie between the two and left nothing");
    }
    if case.gap() == Some(0) {
        return Successor::Certain;
    }
    let files = |boot: &crate::analysis::BootFacts| boot.files.clone();
    let file = |at: &usize| case.source.files().get(*at);
    let own = files(case.facts);
    let set_aside = own.iter().filter_map(file).filter_map(set_aside_at);
    let start = death::kernel_start(next).0;
    let is_told = case.facts.set_aside.iter().any(|aside| aside.by == next.id && aside.certain);
    if is_told || set_aside.into_iter().any(|at| (start..start.saturating_add(SET_ASIDE)).contains(&at)) {
        return Successor::Certain;
    }
    match case.gap() {
        Some(_) => Successor::Open("entries between the two boots are in none of the files"),
        None => Successor::Open("the numbers of the two boots cannot be compared: other boots may lie between"),
    }
}

/// Whether the next boot's first lines in the system's journals are missing. A container's clock counts from its host's
/// start, and an initrd may wait for somebody's passphrase: a log that begins late says that it begins, then.
fn is_next_headless(case: &Case<'_>, machine: Machine) -> bool {
    let Some((at, next)) = case.next else { return false };
    let systems = |end: &&FileEnd| case.source.files().get(end.file).is_some_and(|file| !file.is_user);
    let goes_on = case.facts.ends.iter().filter(systems).any(|end| next.files.contains(&end.file));
    if goes_on || case.gap() == Some(0) {
        return false;
    }
    let keep = |line: &Line| !is_users(case.source, line);
    let first = case.source.head(at, machine::FIRST_LINES, u64::MAX, Wanted { keep: &keep, ..Wanted::ALL });
    let is_late = first.first().is_none_or(|line| line.monotonic.0 > HEAD_WINDOW && machine != Machine::Container);
    is_late && !machine::begins(&first)
}

/// When journald set a file aside, by the clock of the boot that did, from the file's name:
/// `system@<realtime>-<random>.journal~`.
pub(in crate::analysis) fn set_aside_at(file: &FileFacts) -> Option<u64> {
    let name = file.name.rsplit('/').next()?.strip_suffix(".journal~")?;
    let (_, stamp) = name.split_once('@')?;
    let time = stamp.split('-').next().filter(|part| part.len() == 16)?;
    (!file.is_user).then_some(u64::from_str_radix(time, 16).ok()?)
}

/// Whether a shutdown stood still for minutes, or may have frozen after its last line: a restart that took hours.
pub(in crate::analysis) fn is_hang(case: &Case<'_>, setting: &Setting) -> bool {
    match setting.finding {
        Finding::TimedOut => true,
        // Where another boot may lie between, nobody knows how long the restart took.
        Finding::Complete => (setting.is_followed() && froze(case)) || stood_still(case, setting),
        Finding::BrokenOff => stood_still(case, setting),
        _ => false,
    }
}

fn froze(case: &Case<'_>) -> bool {
    let restarts = matches!(case.sequence.action(), Some(Action::Reboot | Action::Kexec));
    restarts && death::until_next(case).is_some_and(|us| us >= LONG_RESTART)
}

fn stood_still(case: &Case<'_>, setting: &Setting) -> bool {
    let Some(began) = setting.began else { return false };
    let tail = case.source.tail(case.boot, 1, began, Wanted::ALL);
    death::longest_silence(case, &tail) >= STANDSTILL
}
