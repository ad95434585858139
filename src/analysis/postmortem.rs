//! Everything that is known of one boot's end, brought together.

use std::collections::{BTreeMap, BTreeSet};

use super::ending::{Case, Finding};
use super::evidence::Scales;
use super::open_end::OpenEnd;
use super::report::{
    Alternative, Boot, Contribution, Evidence, Excluded, Next, Postmortem, SCHEMA_VERSION, Side, Strength, Witness,
};
use super::rules::Structural;
use super::sequence::{HEAD_LINES, Sign, TAIL_LINES, TAIL_WINDOW};
use super::source::{Line, Source, Wanted};
use super::survey::{Judged, Survey};
use super::verdict::confidence::explains;
use super::verdict::decision::Decision;
use super::verdict::item::{Item, Role};
use super::verdict::setting::HEADLESS;
use super::verdict::{advice, circumstances, contributing, otherwise, phrase};
use super::{Cause, LAST_ENTRIES, aftermath, death, evidence, limits, timeline};
use crate::format::Id128;

/// So many lines of the next boot's beginning are shown.
const HEAD_SHOWN: usize = 12;
/// The sign that another system came up, which is shown also where it decides nothing.
const CHANGED: &str = Structural::VersionChanged.id();
/// They come within so many microseconds.
const SHOWN_WINDOW: u64 = 60_000_000;

/// The report on a boot.
pub(super) fn of(survey: &Survey<'_>, boot: usize) -> Option<Postmortem> {
    let judged = survey.judge(boot)?;
    let case = survey.case(boot)?;
    let tail = case.source.tail(case.boot, TAIL_LINES, TAIL_WINDOW, Wanted::ALL);
    let Judged { finding, setting, items, after, decision, ending, .. } = &judged;
    let mut scales = evidence::weigh(&case, *finding, after);
    scales.evidence.extend(supporting(items, decision).map(shown));
    // That the battery was low is what tells its death from other ends in sleep.
    let carries = |item: &Item| decision.cause == Cause::SleepBatteryDied && is_of_chain(item, decision);
    let bears_out = |item: &&Item| follows(item, decision) || carries(item);
    scales.evidence.extend(rivals(items, decision).filter(bears_out).map(shown));
    scales.evidence.extend(items.iter().filter(|item| item.rule == CHANGED && item.role == Role::Note).map(shown));
    scales.against.extend(rivals(items, decision).filter(|item| !is_of_chain(item, decision)).map(shown));
    let (with, against): (Vec<&Item>, Vec<&Item>) =
        beside(items, *finding).partition(|item| item.causes.is_empty() || is_of_chain(item, decision));
    scales.evidence.extend(with.into_iter().map(shown));
    scales.against.extend(against.into_iter().filter(|item| !item.speaks_for(decision.cause)).map(shown));
    let asks_otherwise = items.iter().filter(|item| otherwise::asks(item, (items, setting), decision));
    scales.deny(asks_otherwise.map(|item| shown(&otherwise::told(item, setting))));
    let deciding: BTreeSet<Key> = supporting(items, decision).map(|item| key(&item.rule, &item.witness)).collect();
    scales.against.retain(|item| !deciding.contains(&key_of(item)));
    if let Some(entered) = case.sequence.emergency.as_ref().filter(|_| decision.cause == Cause::BootFailedEmergency) {
        scales.against.retain(|item| item.rule != entered.rule.id);
    }
    let against = as_weighed(once(scales.against), items);
    let mut evidence = as_weighed(once(scales.evidence), items);
    let denying: BTreeSet<Key> = against.iter().map(key_of).collect();
    evidence.retain(|item| !denying.contains(&key_of(item)));
    // What decides comes first.
    let rules: BTreeSet<&str> = supporting(items, decision).map(|item| item.rule.as_str()).collect();
    evidence.sort_by_key(|item| !rules.contains(item.rule.as_str()));
    let advice = match setting.open_end {
        Some(open) => open.advice(&case),
        None => advice::of(ending, setting, survey.keeps_dumps(case.facts.machine), &evidence),
    };
    let timeline = timeline::of(case.source, boot, &tail, TAIL_WINDOW, &evidence);
    let own = Boot::of(case.facts, case.chronology.get(boot));
    let last = tail.iter().skip(tail.len().saturating_sub(LAST_ENTRIES));
    Some(Postmortem {
        version: SCHEMA_VERSION,
        boot: Boot { label: survey.boots.get(boot).and_then(|read| read.label), ..own },
        headline: ending.headline.clone(),
        evidence,
        against,
        alternatives: alternatives(decision),
        excluded: excluded(items, decision),
        contributing: contributions(items, decision, circumstances::is_hang(&case, setting) || decision.is_hung),
        events: events(items),
        downgrades: decision.downgrades.clone(),
        points: decision.points.clone(),
        stage: case.sequence.stage(),
        cap: case.cap.clone(),
        timeline,
        last_entries: last.map(|line| evidence::place(case.source, line)).collect(),
        restricted: false,
        next: next(&case, after),
        death: death::interval(&case, *finding, &tail),
        silence: death::silence(&case, &tail),
        history: survey.history.told(&named(case.source), boot),
        limits: all_limits(survey, &case, &judged, &tail),
        advice,
        ending: ending.clone(),
    })
}

/// The numbers and machines of all boots.
fn named(source: &dyn Source) -> Vec<(i64, Id128)> {
    source.boots().iter().map(|facts| (facts.index, facts.machine)).collect()
}

fn next(case: &Case<'_>, after: &[Sign]) -> Option<Next> {
    let (next, facts) = case.next?;
    let head = case.source.head(next, HEAD_SHOWN, SHOWN_WINDOW, Wanted::ALL);
    Some(Next {
        id: facts.id,
        kernel_start: death::kernel_start(facts),
        lines: after.iter().map(|sign| evidence::of(case.source, sign, Side::Next)).collect(),
        omitted: omitted(case.source, next, &head, after),
        head: timeline::head(case.source, &head, HEAD_SHOWN),
    })
}

/// The same with every entry up to the last one shown: nothing is put together or left out.
pub(super) fn unthinned(source: &dyn Source, next: &mut Next) {
    let Some(boot) = source.boots().iter().position(|facts| facts.id == next.id) else { return };
    let placed = |item: &Evidence| match &item.witness {
        Witness::Line(place) => place.monotonic.0,
        Witness::File(_) => 0,
    };
    let shown = next.head.iter().map(|moments| moments.until_us.unwrap_or(moments.place.monotonic.0));
    let until = shown.chain(next.lines.iter().map(placed)).max().unwrap_or_default();
    let lines = source.head(boot, HEAD_LINES, until, Wanted::ALL);
    (next.head, next.omitted) = (timeline::whole(source, &lines), 0);
}

/// How many entries at a boot's beginning stand before the last line shown and are not shown.
fn omitted(source: &dyn Source, boot: usize, head: &[Line], signs: &[Sign]) -> u64 {
    let place = |line: &Line| (line.file, line.offset);
    let shown: BTreeSet<_> = head.iter().chain(signs.iter().map(|sign| &sign.line)).map(place).collect();
    let until = signs.iter().map(|sign| sign.line.monotonic.0).max().unwrap_or_default();
    let lines = source.head(boot, HEAD_LINES, until, Wanted::ALL);
    let last = lines.iter().rposition(|line| shown.contains(&place(line))).unwrap_or_default();
    lines.iter().take(last).filter(|line| !shown.contains(&place(line))).count() as u64
}

/// What is to be said of the boot after it, where no line ends that one.
fn still_running(survey: &Survey<'_>, case: &Case<'_>) -> Option<String> {
    let (next, facts) = case.next?;
    let open_end = survey.boots.get(next)?.open_end?;
    let ran = match open_end {
        OpenEnd::Live => ": it ran when the files were copied, or died then for good",
        _ => "",
    };
    Some(format!("no end of the boot after it, {index}, is here{ran} (`-b {index}`)", index = facts.index))
}

fn all_limits(survey: &Survey<'_>, case: &Case<'_>, judged: &Judged, tail: &[Line]) -> Vec<String> {
    let mut limits = limits::of(case, judged.finding, tail);
    limits.extend(still_running(survey, case));
    limits.extend(limits::uncounted(&judged.uncounted));
    if judged.setting.is_cut_short {
        limits.push("lines were left out: reading more of the files would cost too much".to_owned());
    }
    limits.extend(judged.setting.shared.map(str::to_owned));
    let asks_next = judged.finding.asks_next();
    if judged.setting.is_next_headless && asks_next {
        limits.push(format!("{HEADLESS}: what it found of this end stood there"));
    }
    if case.next.is_some_and(|(next, _)| asks_next && aftermath::is_cut(case.source, next)) {
        limits.push(format!("only the first {HEAD_LINES} entries of the next boot were looked at"));
    }
    if let super::verdict::setting::Successor::Open(why) = &judged.setting.successor
        && judged.finding != Finding::Running
    {
        limits.push(format!("{why}; so what the next boot found may tell of another end"));
    }
    limits
}

/// The signs that speak for the cause.
fn supporting<'i>(items: &'i [Item], decision: &Decision) -> impl Iterator<Item = &'i Item> {
    let cause = decision.cause;
    items.iter().filter(move |item| item.role != Role::Note && item.speaks_for(cause))
}

/// The signs that speak for another cause that stays open.
fn rivals<'i>(items: &'i [Item], decision: &Decision) -> impl Iterator<Item = &'i Item> {
    let cause = decision.cause;
    let open: Vec<_> = decision.points.iter().map(|part| part.cause).collect();
    let other = move |item: &&Item| {
        item.role != Role::Note && !item.speaks_for(cause) && item.causes.iter().any(|cause| open.contains(cause))
    };
    items.iter().filter(other)
}

/// Whether a sign shows what the cause brings about.
fn follows(item: &Item, decision: &Decision) -> bool {
    item.causes.iter().any(|other| explains(decision.cause, *other))
}

/// Whether a sign shows what the cause brings about, or what may have brought the cause about: neither is against it.
fn is_of_chain(item: &Item, decision: &Decision) -> bool {
    follows(item, decision) || item.causes.iter().any(|other| explains(*other, decision.cause))
}

/// What the next boot has on record beside an end that its log tells, or that is not there: records of a reset or panic.
fn beside(items: &[Item], finding: Finding) -> impl Iterator<Item = &Item> {
    let names = |item: &Item| !item.causes.is_empty() || !item.candidates.is_empty();
    let is_told = move |item: &&Item| item.role == Role::Record && item.strength >= Strength::Strong && names(item);
    items.iter().filter(is_told).filter(move |_| !finding.asks_next())
}

impl Scales {
    /// Puts signs that bear the finding out against it, each in these words.
    fn deny(&mut self, signs: impl Iterator<Item = Evidence>) {
        for sign in signs {
            let is_same = |item: &Evidence| key_of(item) == key_of(&sign);
            if self.evidence.iter().any(is_same) {
                self.against.retain(|item| !is_same(item));
                self.against.push(sign);
            }
        }
    }
}

/// What the next boot shows, in the words of the verdict: what counts for less there says so.
fn as_weighed(evidence: Vec<Evidence>, items: &[Item]) -> Vec<Evidence> {
    let mut of_next: BTreeMap<Key, Evidence> = BTreeMap::new();
    for item in items.iter().filter(|item| item.side == Side::Next) {
        of_next.entry(key(&item.rule, &item.witness)).or_insert_with(|| shown(item));
    }
    let weighed = |told: Evidence| match of_next.get(&key_of(&told)) {
        Some(known) if known.shows != told.shows || known.strength < told.strength => known.clone(),
        _ => told,
    };
    evidence.into_iter().map(weighed).collect()
}

fn shown(item: &Item) -> Evidence {
    let shows = match item.doubt {
        Some(doubt) => format!("{}, though {doubt}", item.shows),
        None => item.shows.clone(),
    };
    Evidence { rule: item.rule.clone(), shows, strength: item.strength, side: item.side, witness: item.witness.clone() }
}

/// Of each rule that found a line, that line once, in order of time.
fn once(mut evidence: Vec<Evidence>) -> Vec<Evidence> {
    let mut known = BTreeSet::new();
    evidence.retain(|item| known.insert(key_of(item)));
    evidence.sort_by_key(when);
    evidence
}

/// What two signs of one rule in one place have in common: the rule, the file, and where in it.
type Key = (String, String, Option<u64>);

fn key(rule: &str, witness: &Witness) -> Key {
    let (file, offset) = match witness {
        Witness::Line(place) => (&place.file, Some(place.offset)),
        Witness::File(file) => (file, None),
    };
    (rule.to_owned(), file.clone(), offset)
}

fn key_of(item: &Evidence) -> Key {
    key(&item.rule, &item.witness)
}

/// Lines of this boot by time, then what files show, then what the next boot says.
fn when(item: &Evidence) -> (Side, bool, u64) {
    match &item.witness {
        Witness::Line(place) => (item.side, false, place.monotonic.0),
        Witness::File(_) => (item.side, true, 0),
    }
}

/// Restarts of userspace only.
fn events(items: &[Item]) -> Vec<Evidence> {
    let restarts = items.iter().filter(|item| item.rule.starts_with("soft-reboot.") || item.rule == "up.again");
    once(restarts.map(shown).collect())
}

fn alternatives(decision: &Decision) -> Vec<Alternative> {
    let points = |id| decision.points.iter().filter(|part| id == part.cause.into()).map(|part| part.points).sum();
    let of = |id: &super::Condition| Alternative { id: *id, means: id.means(), points: points(*id) };
    decision.candidates.iter().map(of).collect()
}

fn excluded(items: &[Item], decision: &Decision) -> Vec<Excluded> {
    let shows = |rule: &str| items.iter().find(|item| item.rule == rule).map(|item| item.shows.clone());
    let of = |(id, rule): &(super::Cause, String)| Excluded {
        id: *id,
        rule: rule.clone(),
        shows: shows(rule).unwrap_or_default(),
    };
    decision.excluded.iter().map(of).collect()
}

fn contributions(items: &[Item], decision: &Decision, is_hung: bool) -> Vec<Contribution> {
    let found = contributing::beside(items, decision.cause, is_hung).into_iter();
    let of = |known: contributing::Contribution<'_>| Contribution {
        id: known.condition,
        means: phrase::beside(known.condition),
        count: known.count,
        evidence: known.item.map(shown),
    };
    found.map(of).collect()
}
