//! Drives that count how often they lost their power: a count that grew from one boot to the next.

use std::collections::BTreeMap;

use super::ids::Cause;
use super::item::Item;
use super::setting::Setting;
use super::signs::structural;
use crate::analysis::ending::{Case, Finding};
use crate::analysis::evidence;
use crate::analysis::report::{Action, Side, Witness};
use crate::analysis::rules::{Means, Observed, Structural, Writer};
use crate::analysis::sender::is_text_only;
use crate::analysis::source::{Line, is_users};
use crate::analysis::survey::{Read, Survey};
use crate::analysis::twins::successor;

/// The rule of the lines that tell a count.
const TOLD: &str = "drive.counter";

/// How the count of all times that a drive was switched on is called here: each sleep adds to it, and each switching-off.
const CYCLES: &str = "power cycles";
/// So many orderly ends are asked whether the drive counts those too.
const ASKED: usize = 8;

/// What one boot tells of one counter.
struct Told {
    first: u64,
    last: u64,
    /// When it told the last, as microseconds since it began.
    until: u64,
    line: Observed,
}

/// A count that grew from one boot to the next.
struct Grown {
    device: String,
    counter: String,
    before: Told,
    after: Told,
}

/// A drive's count that grew over an end; nothing where any went down, since then names were swapped.
pub(super) fn counted(survey: &Survey<'_>, case: &Case<'_>, setting: &Setting) -> Option<Item> {
    let (next, _) = case.next.filter(|_| setting.is_followed())?;
    let grown = grown(survey, case.boot, next)?;
    let tells = |grown: &Grown| grown.is_of_end(survey, (case.boot, next)) && !is_usual(survey, case.boot, grown);
    let Grown { device, counter, before, after } = grown.into_iter().find(tells)?;
    let drive = if device.is_empty() { "a drive" } else { &device };
    let shows = format!("{drive} counted {counter} from {} to {} over this end", before.last, after.first);
    let witness = Witness::Line(evidence::place(case.source, &after.line.line));
    let item = structural(survey.book, Structural::DriveCounted, shows, &[Cause::PowerLoss], witness);
    let is_text_only = is_text_only(&after.line.line);
    Some(Item { side: Side::Next, is_text_only, candidates: vec![Cause::PowerButtonHold], ..item })
}

/// The counts that grew from one boot to the next; nothing where any went down.
fn grown(survey: &Survey<'_>, boot: usize, next: usize) -> Option<Vec<Grown>> {
    let mut after = told(survey, next)?;
    let mut grown = Vec::new();
    for ((device, counter), before) in told(survey, boot)? {
        let Some(after) = after.remove(&(device.clone(), counter.clone())) else { continue };
        if after.first < before.last {
            return None;
        }
        if after.first > before.last {
            grown.push(Grown { device, counter, before, after });
        }
    }
    Some(grown)
}

impl Grown {
    /// Whether it grew by the end itself: where a drive counts each time that it was switched on, by one, and with no
    /// sleep since it was told.
    fn is_of_end(&self, survey: &Survey<'_>, (boot, next): (usize, usize)) -> bool {
        let by = self.after.first.saturating_sub(self.before.last);
        let told_at = self.after.line.line.monotonic.0;
        let slept =
            || sleeps(survey, boot).any(|at| at >= self.before.until) || sleeps(survey, next).any(|at| at <= told_at);
        self.counter != CYCLES || (by == 1 && !slept())
    }
}

/// When a boot fell asleep, as microseconds since it began.
fn sleeps<'s>(survey: &'s Survey<'_>, boot: usize) -> impl Iterator<Item = u64> + use<'s> {
    let table = survey.book.sequence();
    let lines = survey.source.having(boot, &table.terms()).into_iter();
    let falls_asleep = move |line: &Line| table.observe(line).iter().any(|seen| seen.role() == Means::SleepStart);
    lines.filter(falls_asleep).map(|line| line.monotonic.0)
}

/// Whether the drive counts the machine's orderly ends as well, of those that are told of the nearest: then it says
/// nothing of this one. That power cycles count a switching-off, is no habit.
fn is_usual(survey: &Survey<'_>, boot: usize, grown: &Grown) -> bool {
    let Some(facts) = survey.source.boots().get(boot) else { return false };
    let leaves_on = |read: &Read| matches!(read.sequence.action(), Some(Action::Reboot | Action::Kexec));
    let is_asked = |at: usize| {
        let read = survey.boots.get(at).filter(|read| read.finding == Some(Finding::Complete));
        read.is_some_and(|read| grown.counter != CYCLES || leaves_on(read))
    };
    let boots = survey.source.boots().iter().enumerate();
    let mut asked: Vec<usize> =
        boots.filter(|(at, other)| other.machine == facts.machine && is_asked(*at)).map(|(at, _)| at).collect();
    asked.sort_by_key(|at| at.abs_diff(boot));
    let mut counts = (0, 0);
    for at in asked.into_iter().take(ASKED) {
        let Some(next) = successor(survey.source, &survey.chronology, at) else { continue };
        let name = (grown.device.clone(), grown.counter.clone());
        let both = told(survey, at).zip(told(survey, next));
        let Some((old, new)) = both.and_then(|(old, new)| Some((old.get(&name)?.last, new.get(&name)?.first))) else {
            continue;
        };
        counts = (counts.0 + 1, counts.1 + usize::from(new > old));
    }
    counts.1 > 0 && counts.1 * 2 >= counts.0
}

/// The counters of a boot by device and name; `None` where one goes down within the boot.
fn told(survey: &Survey<'_>, boot: usize) -> Option<BTreeMap<(String, String), Told>> {
    let rule = survey.book.rule(TOLD)?;
    let marks: Vec<String> = rule.by.iter().flat_map(Writer::marks).collect();
    let marks: Vec<&str> = marks.iter().map(String::as_str).collect();
    let mut told: BTreeMap<(String, String), Told> = BTreeMap::new();
    for line in survey.source.having(boot, &marks).iter().filter(|line| !is_users(survey.source, line)) {
        let Some(seen) = survey.book.observe(false, line).into_iter().find(|seen| seen.rule.id == TOLD) else {
            continue;
        };
        let count = seen.capture("count").and_then(|count| count.replace(',', "").parse().ok());
        let (Some(count), Some(counter)) = (count, seen.capture("counter")) else { continue };
        let name = (seen.capture("device").unwrap_or_default().to_owned(), spelled(counter));
        match told.get_mut(&name) {
            Some(known) if count < known.last => return None,
            Some(known) => (known.last, known.until) = (count, line.monotonic.0),
            None => {
                let until = line.monotonic.0;
                told.insert(name, Told { first: count, last: count, until, line: seen });
            }
        }
    }
    Some(told)
}

/// A counter's name as programs spell it, in one form.
fn spelled(counter: &str) -> String {
    let words = counter.to_ascii_lowercase().replace('_', " ");
    let known = [("unsafe", "unsafe shutdowns"), ("unexpect", "losses of power")];
    let found = known.iter().find(|(start, _)| words.starts_with(start));
    found.map_or(CYCLES, |(_, name)| name).to_owned()
}
