//! What the restart after an abrupt end shows without a line of its own: how long it took, what the processor did not
//! say, and that another system came up.

use super::believed::{BEFORE, is_within};
use super::ids::{Cause, Initiator};
use super::item::{Item, Role};
use super::setting::{Machine, Setting};
use super::signs::structural;
use super::structure::is_usual_gap;
use crate::analysis::death;
use crate::analysis::duration::{Spelling, span};
use crate::analysis::ending::Case;
use crate::analysis::evidence;
use crate::analysis::history::change;
use crate::analysis::report::{Side, Strength, Witness};
use crate::analysis::rules::{Means, Structural};
use crate::analysis::sender::{Sender, is_text_only};
use crate::analysis::sequence::HEAD_LINES;
use crate::analysis::source::{Glance, Line, Source, Wanted};
use crate::analysis::survey::Survey;

const SECOND: u64 = 1_000_000;
/// Firmware, bootloader and what was lost of the log's end take so long together.
const RESTART: u64 = 60 * SECOND;
/// No machine whose power went is back sooner: firmware and bootloader take longer.
const FIRMWARE: u64 = 10 * SECOND;
/// What starts another kernel at once does so within this time, or not at all.
const AT_ONCE: u64 = 60 * SECOND;
/// The rule of a person's command that does.
const KEXEC: &str = "user.sudo-kexec";
/// A machine that restarts itself is back sooner.
const LONG: u64 = 3600 * SECOND;
/// The processor's record is printed so early.
const EARLY: u64 = 120 * SECOND;
/// So many other boots are asked whether this machine prints one at all.
const ASKED: usize = 8;
/// How a kernel's first line begins.
const KERNEL: &str = "Linux version ";
/// How the record begins.
const RESET_REASON: &str = "x86/amd: Previous system reset reason";

/// The machine was back when a watchdog would have brought it back; where it always takes so long, that is no chance.
pub(super) fn by_watchdog(
    survey: &Survey<'_>,
    case: &Case<'_>,
    setting: &Setting,
    (items, last): (&[Item], &Witness),
) -> Option<Item> {
    let of_power = |item: &&Item| item.role == Role::Precursor && item.speaks_for(Cause::PowerUndervoltage);
    let timeout = setting.armed.filter(|_| !items.iter().any(|item| of_power(&item)))?.timeout_us?;
    let gap = death::until_next(case).filter(|_| setting.is_followed())?;
    if !(timeout / 2..=timeout.saturating_add(RESTART)).contains(&gap) {
        return None;
    }
    let strength = if is_usual_gap(survey, case) { Strength::Strong } else { Strength::Weak };
    let (gap, timeout) = (gap / SECOND, timeout / SECOND);
    let shows = format!("the machine was back after {gap} s, with a watchdog armed that expires after {timeout} s");
    let causes = [Cause::WatchdogHardware];
    let item = structural(survey.book, Structural::WatchdogGap, shows, &causes, last.clone());
    Some(Item { strength, candidates: vec![Cause::PowerLoss], ..item })
}

/// Nothing was written for long before the next start, by clocks that nothing speaks against; more telling where a filesystem had to be recovered.
pub(super) fn stayed_off(
    survey: &Survey<'_>,
    case: &Case<'_>,
    setting: &Setting,
    items: &[Item],
    last: &Witness,
) -> Option<Item> {
    let gap = death::until_next(case).filter(|gap| setting.is_followed() && *gap >= LONG)?;
    // Behind a loss of power nothing is left that tells of a reset: if the record is of this end, no power was lost.
    let is_reset = |item: &Item| {
        let rule = survey.book.rule(&item.rule);
        item.role == Role::Record && rule.is_some_and(|rule| rule.means.contains(&Means::Reset))
    };
    if items.iter().any(is_reset) {
        return None;
    }
    let is_unclean = items.iter().any(|item| item.side == Side::Next && item.rule.starts_with("unclean."));
    let strength = if is_unclean { Strength::Moderate } else { Strength::Weak };
    let off = span(gap, Spelling::Sentence);
    let shows = format!("nothing was written for {off} before the next start, by clocks that nothing speaks against");
    let item = structural(survey.book, Structural::GapLong, shows, &[Cause::PowerLoss], last.clone());
    Some(Item { strength, ..item })
}

/// The processor recorded no reason for the restart, though this machine's does at other starts: a cold start, unless
/// another kernel was started without one.
pub(super) fn cold_start(survey: &Survey<'_>, case: &Case<'_>, (setting, items): (&Setting, &[Item])) -> Option<Item> {
    let by_kexec = items.iter().any(|item| item.rule == KEXEC && item.ago <= AT_ONCE);
    if by_kexec || death::until_next(case).is_some_and(|gap| gap < FIRMWARE) {
        return None;
    }
    let (next, facts) = case.next.filter(|_| setting.is_followed() && setting.machine == Machine::Real)?;
    let start = kernel_said(case.source, next, KERNEL)?;
    if kernel_said(case.source, next, RESET_REASON).is_some() {
        return None;
    }
    let is_same =
        |boot: usize| kernel_said(case.source, boot, KERNEL).is_some_and(|own| own.message() == start.message());
    let others = case.source.boots().iter().enumerate().rev();
    let others = others.filter(|(at, other)| *at != next && other.machine == facts.machine).map(|(at, _)| at);
    others.take(ASKED).find(|at| kernel_said(case.source, *at, RESET_REASON).is_some() && is_same(*at))?;
    let shows =
        "the processor recorded no reason for the restart, as it does at other starts of this machine".to_owned();
    let witness = Witness::Line(evidence::place(case.source, &start));
    let item = structural(survey.book, Structural::AmdSilent, shows, &[Cause::PowerLoss], witness);
    Some(Item { side: Side::Next, is_text_only: is_text_only(&start), ..item })
}

/// The kernel's own line of a boot's beginning that starts so.
fn kernel_said(source: &dyn Source, boot: usize, start: &str) -> Option<Line> {
    let says = |line: &Line| line.message().starts_with(start);
    let keep = |line: &Line| Sender::Kernel.wrote(line) && says(line);
    let glance = Some(Glance::at_message(&says));
    let wanted = Wanted { terms: Sender::Kernel.marks(), keep: &keep, glance };
    source.head(boot, HEAD_LINES, EARLY, wanted).into_iter().next()
}

/// Another kernel or system came up after an orderly end: it speaks for the update that other signs name. Alone it is
/// context, and beside a line by which somebody else asked: what was installed before is no rival of that.
pub(super) fn changed(survey: &Survey<'_>, case: &Case<'_>, setting: &Setting, items: &[Item]) -> Option<Item> {
    let (next, _) = case.next.filter(|_| setting.is_followed())?;
    let changes = change::of_system(case.source, case.boot, next);
    let first = changes.first()?;
    let updates = [Cause::UpdateOsImage, Cause::UpdatePackages];
    let requests = || items.iter().filter(|item| item.role == Role::Request && item.strength > Strength::Ctx);
    let is_update = |item: &&Item| item.cause().is_some_and(|cause| updates.contains(&cause));
    let plain = || requests().filter(|item| item.strength >= Strength::Strong && is_within(item, setting, BEFORE));
    let mut others = plain().filter(|item| !is_update(item) && item.cause() != Some(Cause::RequestedApi));
    let is_anothers = others.next().is_some() && !plain().any(|item| is_update(&item));
    let named = requests().filter(is_update).filter(|_| !is_anothers).find_map(Item::cause);
    let (strength, role) =
        if named.is_some() { (Strength::Moderate, Role::Request) } else { (Strength::Ctx, Role::Note) };
    let shows = format!("the next boot runs another system: {first}");
    let start = kernel_said(case.source, next, KERNEL)?;
    let (witness, is_text_only) = (Witness::Line(evidence::place(case.source, &start)), is_text_only(&start));
    let item = structural(survey.book, Structural::VersionChanged, shows, named.as_slice(), witness);
    let initiator = named.map(|_| Initiator::OsUpdate);
    let ago = setting.began.unwrap_or(0);
    Some(Item { strength, role, initiator, side: Side::Next, ago, is_text_only, ..item })
}
