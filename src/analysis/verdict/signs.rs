//! Rules' findings as items: what each is for the verdict, and where in time it stands.

use super::cards;
use super::dump;
use super::ids::Cause;
use super::item::{Item, Role};
use super::{force, outage, relayed, requests, sessions, unfed};
use crate::analysis::disks;
use crate::analysis::ending::{Case, Finding};
use crate::analysis::evidence;
use crate::analysis::report::{Side, Strength, Witness};
use crate::analysis::rules::{Means, Observed, Rulebook, Structural, Where};
use crate::analysis::sender::{Sender, is_text_only, is_userspaces_kmsg};
use crate::analysis::source::Source;

const SECOND: u64 = 1_000_000;
/// Signs so near to the end count though a later line says that all is well again.
const CLUSTER: u64 = 60 * SECOND;
/// PID 1 that executes itself again closes what it holds so soon.
const REEXEC: u64 = 10 * SECOND;
/// The rules of lines by which PID 1 says that it holds the watchdog.
const HOLDS_WATCHDOG: [&str; 3] = ["watchdog.armed", "watchdog.timeout", "watchdog.opened"];
/// The rule of lines in which the kernel says that it had oopsed.
const TAINTED: &str = "kernel.tainted";
/// So many of them.
const CLUSTERED: usize = 3;

/// Finds items in what rules observed in a boot that ends.
pub(in crate::analysis) fn of_ending(case: &Case<'_>, finding: Finding, observed: &[Observed]) -> Vec<Item> {
    let last = case.facts.last.monotonic.0;
    let mut items: Vec<Item> = observed
        .iter()
        .map(|seen| {
            let ago = last.saturating_sub(seen.line.monotonic.0);
            let item = Item { role: role(seen, ago, finding), ago, ..item(case.source, seen, Side::This) };
            if finding == Finding::Nothing { without_shutdown(item, seen) } else { item }
        })
        .collect();
    contribute_only(case, &mut items, observed);
    take_back(&mut items, observed);
    cards::settle(case, &mut items, observed);
    is_told_by_its_oops(&mut items);
    requests::settle(case, &mut items, observed);
    relayed::settle(case, finding, &mut items, observed);
    sessions::settle(case, &mut items, observed);
    hangs_only_under_way(case, &mut items, observed);
    unfed::settle(case, &mut items, observed);
    close(&mut items);
    if finding == Finding::Nothing {
        outage::settle(&mut items);
    }
    items
}

/// Takes the weight from what happened to another disk than the system's.
fn contribute_only(case: &Case<'_>, items: &mut [Item], observed: &[Observed]) {
    let is_disks = |item: &Item| {
        let of_storage = item.cause().is_some_and(|cause| cause.id().starts_with("storage."));
        of_storage && item.role == Role::Precursor
    };
    if !items.iter().any(is_disks) {
        return;
    }
    let Some(system) = disks::of_system(case.source, case.boot) else { return };
    for (item, seen) in items.iter_mut().zip(observed).filter(|(item, _)| is_disks(item)) {
        if !Sender::Kernel.wrote(&seen.line) {
            continue;
        }
        if system.is_of_another(&seen.line) {
            item.contributing = item.condition();
            item.role = Role::Note;
        } else if system.is_open(&seen.line) {
            item.doubt = Some(disks::OPEN);
        }
    }
}

/// Takes the weight from a watchdog that PID 1 closed itself, in order to execute itself again, or holds once more.
fn take_back(items: &mut [Item], observed: &[Observed]) {
    let times = |rules: &[&str]| -> Vec<u64> {
        let told = observed.iter().filter(|seen| rules.contains(&seen.rule.id.as_str()));
        told.map(|seen| seen.line.monotonic.0).collect()
    };
    let (held, executed) = (times(&HOLDS_WATCHDOG), times(&["signal.reexec"]));
    for (item, seen) in items.iter_mut().zip(observed) {
        let at = seen.line.monotonic.0;
        let is_own = |executed: &u64| (*executed..executed.saturating_add(REEXEC)).contains(&at);
        let is_held = held.iter().any(|held| *held > at) || executed.iter().any(is_own);
        if item.speaks_for(Cause::WatchdogForeignClose) && is_held {
            (item.role, item.contributing) = (Role::Note, None);
        }
    }
}

/// A kernel that says it is tainted by an oops tells nothing new where the oops itself is in the log, with its time.
fn is_told_by_its_oops(items: &mut [Item]) {
    let is_oops = |item: &&Item| item.cause() == Some(Cause::KernelOops) && item.rule != TAINTED;
    let Some(first) = items.iter().filter(is_oops).map(|item| item.ago).max() else { return };
    for item in items.iter_mut().filter(|item| item.rule == TAINTED && item.ago <= first) {
        item.contributing = item.condition();
        item.role = Role::Note;
    }
}

/// A job that took too long is a hang of the shutdown only where one was under way.
fn hangs_only_under_way(case: &Case<'_>, items: &mut [Item], observed: &[Observed]) {
    let forced = case.sequence.job_timeout.as_ref();
    for (item, seen) in items.iter_mut().zip(observed) {
        let is_timeout = seen.rule.means.iter().any(|means| matches!(means, Means::JobTimeout(_))) || seen.is_burst();
        if is_timeout && !forced.is_some_and(|sign| relayed::is_same(sign, seen)) {
            item.contributing = None;
        }
    }
}

/// What a sign comes to where no shutdown followed it.
fn without_shutdown(item: Item, seen: &Observed) -> Item {
    let is_kernels = Sender::Kernel.wrote(&seen.line);
    match item.cause() {
        // The kernel forces what it asked for in vain, if the hardware does not cut out before.
        Some(Cause::ThermalOrderly) if item.role == Role::Request && is_kernels => {
            let candidates = item.candidates.iter().copied().chain([Cause::ThermalTrip]).collect();
            Item { role: Role::Precursor, strength: item.strength.min(Strength::Strong), candidates, ..item }
        }
        Some(Cause::PowerUndervoltage) if item.role == Role::Request && is_kernels => {
            Item { role: Role::Precursor, strength: item.strength.min(Strength::Strong), ..item }
        }
        // The log outlived it: the filesystem may have been any.
        _ if seen.rule.means.contains(&Means::LogLost) => {
            Item { strength: item.strength.min(Strength::Moderate), ..item }
        }
        _ => item,
    }
}

/// Finds items in what rules observed at the beginning of the boot after.
pub(in crate::analysis) fn of_next((source, book): (&dyn Source, &Rulebook), observed: &[Observed]) -> Vec<Item> {
    let named = |seen: &Observed| {
        let rule = &seen.rule;
        !(rule.causes.is_empty() && rule.candidates.is_empty() && rule.excludes.is_empty())
    };
    let counts = |seen: &Observed| named(seen) && !is_userspaces_kmsg(&seen.line);
    let role = |seen: &Observed| if counts(seen) { Role::Record } else { Role::Note };
    let found = |seen: &Observed| {
        let item = only_follows(Item { role: role(seen), ..item(source, seen, Side::Next) });
        if seen.rule.means.contains(&Means::Dump) { dump::with_reason(book, item, &seen.line) } else { item }
    };
    observed.iter().map(found).collect()
}

/// What a boot says of its own shutdown, or of a change that it came up with, is a record of no other end: what it names
/// may have ended the boot before it as well, and no more.
fn only_follows(item: Item) -> Item {
    if item.contributing.is_some() || !item.cause().is_some_and(Cause::sets_off) {
        return item;
    }
    let candidates = item.causes.into_iter().chain(item.candidates).collect();
    Item { causes: Vec::new(), candidates, initiator: None, ..item }
}

/// A sign that code finds, with the strength that its rule gives it.
pub(in crate::analysis) fn structural(
    book: &Rulebook,
    sign: Structural,
    shows: String,
    causes: &[Cause],
    witness: Witness,
) -> Item {
    let stated = book.rule(sign.id());
    Item {
        rule: sign.id().to_owned(),
        shows,
        strength: book.strength_of(sign),
        role: Role::Structure,
        causes: causes.to_vec(),
        candidates: Vec::new(),
        excludes: Vec::new(),
        contributing: None,
        initiator: stated.and_then(|rule| rule.initiator),
        action: None,
        is_kernels: false,
        side: Side::This,
        ago: 0,
        is_plan: false,
        is_immediate: false,
        is_noise: false,
        is_text_only: false,
        doubt: None,
        witness,
    }
}

fn item(source: &dyn Source, seen: &Observed, side: Side) -> Item {
    let rule = &seen.rule;
    Item {
        rule: rule.id.clone(),
        shows: seen.shows(),
        strength: seen.strength,
        role: Role::Note,
        causes: rule.causes.clone(),
        candidates: rule.candidates.clone(),
        excludes: rule.excludes.clone(),
        contributing: rule.contributing,
        initiator: rule.initiator,
        action: rule.action.or_else(|| force::action(seen)),
        is_kernels: Sender::Kernel.wrote(&seen.line),
        side,
        ago: 0,
        is_plan: rule.means.iter().any(|means| matches!(means, Means::Planned(_))),
        is_immediate: seen.is_immediate(),
        is_noise: false,
        is_text_only: is_text_only(&seen.line),
        doubt: None,
        witness: Witness::Line(evidence::place(source, &seen.line)),
    }
}

fn role(seen: &Observed, ago: u64, finding: Finding) -> Role {
    let rule = &seen.rule;
    let means = |wanted: fn(&Means) -> bool| rule.means.iter().any(wanted);
    let Some(cause) = rule.causes.first() else {
        // The kernel says that it ends the machine itself, whoever asked: that excludes what would have ended it otherwise.
        let is_last_word = means(|means| matches!(means, Means::Reset)) && ago <= seen.holds();
        return if is_last_word && Sender::Kernel.wrote(&seen.line) { Role::Terminal } else { Role::Note };
    };
    let asks = means(|means| matches!(means, Means::Asked(_) | Means::Planned(_) | Means::JobTimeout(_)));
    // What this boot found of the one before it says nothing of its own end.
    let of_before = rule.place == Where::Both && rule.contributing.is_none() && !asks
        || means(|means| matches!(means, Means::Dump | Means::SwitchedOff | Means::Unclean));
    let woke = finding != Finding::Asleep && means(|means| matches!(means, Means::SleepStart));
    // A machine that shut down was not forced.
    let unforced = finding == Finding::Complete && *cause == Cause::RequestedForced;
    // Nothing tells a daemon's line in the kernel's log from one that root put there in its name.
    if of_before || woke || unforced || is_userspaces_kmsg(&seen.line) {
        return Role::Note;
    }
    if means(|means| matches!(means, Means::Reset)) {
        return if ago <= seen.holds() { Role::Terminal } else { Role::Note };
    }
    // What breaks a boot off is asked for by nobody, though a rule says who does it.
    let breaks_off = matches!(cause, Cause::Pid1Crash | Cause::Pid1Freeze | Cause::RequestedForced);
    let asked_by = rule.initiator.is_some() && !breaks_off;
    if asks || cause.sets_off() || asked_by { Role::Request } else { Role::Precursor }
}

/// Takes the weight from states that a later line ends, unless they came thick and fast just before the end.
fn close(items: &mut [Item]) {
    let over: Vec<(Cause, u64)> = items
        .iter()
        .filter(|item| item.causes.is_empty() && item.role == Role::Note)
        .flat_map(|item| item.excludes.iter().map(|cause| (*cause, item.ago)))
        .collect();
    for (cause, _) in &over {
        let recent = items.iter().filter(|item| item.speaks_for(*cause) && item.ago <= CLUSTER).count();
        let end = over.iter().filter(|(known, _)| known == cause).map(|(_, ago)| *ago).min();
        let open = items.iter().filter(|item| item.speaks_for(*cause)).map(|item| item.ago).min();
        let is_closed = end.zip(open).is_some_and(|(end, open)| end <= open);
        if is_closed && recent < CLUSTERED {
            let suffered = (!cause.sets_off()).then(|| (*cause).into());
            for item in items.iter_mut().filter(|item| item.speaks_for(*cause) && !item.is_proof()) {
                item.contributing = item.contributing.or(suffered);
                item.role = Role::Note;
            }
        }
    }
    // An end of a state says nothing against a cause for good.
    for item in items.iter_mut().filter(|item| item.causes.is_empty() && item.role == Role::Note) {
        item.excludes.clear();
    }
}
