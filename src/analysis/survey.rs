//! All boots of a source, looked at together: how far each machine's shutdowns can be seen, how each boot ended, and why.

use std::sync::OnceLock;

use rayon::prelude::*;

use super::aftermath;
use super::cap::{self, Reach, Reaches};
use super::chronology::Chronology;
use super::death;
use super::ending::{Case, Finding};
use super::hearsay::Hearsay;
use super::history::History;
use super::label::{self, Label, Remarks};
use super::occurrences::Occurrences;
use super::open_end::OpenEnd;
use super::report::{Action, Cap, Ending, Orderliness, Side, Strength};
use super::rules::{Means, Observed, Rulebook};
use super::sequence::{Sequence, Sign};
use super::source::Source;
use super::unanswered;
use super::verdict::contributing;
use super::verdict::decision::Decision;
use super::verdict::item::{Item, Role};
use super::verdict::setting::Setting;
use super::verdict::{
    believed, circumstances, dumps, emergency, force, habit, later, observe, precedence, signs, structure, whole,
};
use super::{Cause, Condition, Confidence, headline};
use crate::format::Id128;

/// What was read of all boots.
pub(super) struct Survey<'s> {
    pub(super) source: &'s dyn Source,
    pub(super) book: &'s Rulebook,
    pub(super) boots: Vec<Read>,
    /// What rules find in whole boots.
    pub(super) occurrences: Occurrences,
    /// When the boots were, and how sure that is.
    pub(super) chronology: Chronology,
    /// What they show together.
    pub(super) history: History,
    /// Whether each boot's own signs name a cause; found out when asked for.
    named: Vec<OnceLock<bool>>,
    /// Whether each boot's own signs speak against a loss of the mains; found out when asked for.
    mainless: Vec<OnceLock<bool>>,
    /// What firmware told each boot of hardware errors; read when it is asked for.
    firmware: Vec<OnceLock<Vec<String>>>,
    /// The dumps that boots found; looked for where one is told of.
    dumps: OnceLock<dumps::Dumps>,
}

/// What was read of one boot.
pub(super) struct Read {
    pub(super) sequence: Sequence,
    pub(super) cap: Option<Cap>,
    /// What rules say of its lines.
    pub(super) observed: Vec<Observed>,
    /// What its lines come down to.
    pub(super) finding: Option<Finding>,
    /// How its log ends, where no line ends it.
    pub(super) open_end: Option<OpenEnd>,
    /// What it was, where it was none of its machine's own.
    pub(super) label: Option<Label>,
}

impl Read {
    /// What is to be said of the boot beside how it ended.
    pub(super) const fn remarks(&self) -> Remarks {
        Remarks { label: self.label, soft_reboots: self.sequence.soft_reboots(), open_end: self.open_end }
    }

    /// How it ended, where it was a boot of its machine's own.
    fn end(&self) -> Option<Orderliness> {
        let end = self.finding.map_or(Orderliness::Unknown, Finding::orderliness);
        self.label.is_none().then_some(end)
    }
}

/// Finds the structural signs of an end.
type Structure = fn(&Survey<'_>, &Case<'_>, &Setting, &[Item]) -> Vec<Item>;

/// One boot's verdict, with all that it rests on.
pub(super) struct Judged {
    pub(super) finding: Finding,
    pub(super) setting: Setting,
    pub(super) items: Vec<Item>,
    /// What stands under a daemon's name in the kernel's log.
    pub(super) uncounted: Vec<Observed>,
    pub(super) after: Vec<Sign>,
    pub(super) decision: Decision,
    pub(super) ending: Ending,
}

impl<'s> Survey<'s> {
    /// Reads all boots.
    pub(super) fn of(source: &'s dyn Source, book: &'s Rulebook) -> Self {
        let indices = 0..source.boots().len();
        let read = |boot| {
            let sequence = Sequence::read(source, book, boot);
            let observed = observe::in_ending((source, book), boot, &sequence);
            (sequence, observed)
        };
        let read: Vec<(Sequence, Vec<Observed>)> = indices.into_par_iter().map(read).collect();
        let reach = |(boot, (sequence, _)): (usize, &(Sequence, Vec<Observed>))| {
            Reach::of(source.boots().get(boot).map(|facts| facts.id).unwrap_or_default(), sequence)
        };
        let reaches = Reaches::of(source, read.iter().enumerate().map(reach).collect());
        let chronology = Chronology::of(source);
        let boots = read.into_iter().enumerate().map(|(boot, (sequence, observed))| {
            let cap = cap::learn(source, (boot, &sequence), reaches.nearest(source, boot));
            let case = |cap| Case::new((source, book), &chronology, boot, (&sequence, cap));
            let found = cap.as_ref().and_then(case).map(|case| {
                let finding = case.finding();
                (finding, OpenEnd::of(&case, finding))
            });
            let (finding, open_end) = (found.map(|found| found.0), found.and_then(|found| found.1));
            Read { sequence, cap, observed, finding, open_end, label: label::of(source, book, boot) }
        });
        let boots: Vec<Read> = boots.collect();
        let history = History::of(source, &chronology, &boots.iter().map(Read::end).collect::<Vec<_>>());
        let named = boots.iter().map(|_| OnceLock::new()).collect();
        let mainless = boots.iter().map(|_| OnceLock::new()).collect();
        let firmware = boots.iter().map(|_| OnceLock::new()).collect();
        Self {
            source,
            book,
            boots,
            occurrences: Occurrences::of(source, book),
            chronology,
            history,
            named,
            mainless,
            firmware,
            dumps: OnceLock::new(),
        }
    }

    /// A boot, and what was read about its end.
    pub(super) fn case(&self, boot: usize) -> Option<Case<'_>> {
        let read = self.boots.get(boot)?;
        Case::new((self.source, self.book), &self.chronology, boot, (&read.sequence, read.cap.as_ref()?))
    }

    /// What rules say of the beginning of the next boot; a dump counts little where the boot outlived the fault that it
    /// may be of.
    fn observed_next(&self, case: &Case<'_>, next: usize) -> Vec<Observed> {
        let mut observed = observe::in_next(self.source, self.book, next);
        let is_dump = |seen: &&mut Observed| seen.role() == Means::Dump;
        if observed.iter().any(|seen| seen.role() == Means::Dump) && aftermath::survived(case).is_some() {
            observed.iter_mut().filter(is_dump).for_each(|seen| seen.strength = Strength::Weak);
        }
        observed
    }

    /// The verdict on a boot.
    pub(super) fn judge(&self, boot: usize) -> Option<Judged> {
        self.judge_by(boot, structure::of)
    }

    /// Whether a boot's end has a cause by its own signs, whatever the boots round it show.
    pub(super) fn is_named(&self, boot: usize) -> bool {
        let sure = |judged: Judged| judged.decision.confidence >= Some(Confidence::Likely);
        let named = || self.judge_by(boot, structure::of_its_own).is_some_and(sure);
        self.named.get(boot).is_some_and(|known| *known.get_or_init(named))
    }

    /// Whether a boot's own signs name another cause than the mains, or exclude it.
    pub(super) fn excludes_mains(&self, boot: usize) -> bool {
        let Some(cell) = self.mainless.get(boot) else { return false };
        let other = |judged: Judged| {
            let is_sure = judged.decision.confidence >= Some(Confidence::Likely);
            let excludes = |item: &Item| item.role == Role::Record && item.excludes.contains(&Cause::PowerLoss);
            (is_sure && judged.decision.cause != Cause::PowerLoss) || judged.items.iter().any(excludes)
        };
        // Judged outside the cell: several boots of one time ask for each other at once.
        let known = cell.get().copied();
        known.unwrap_or_else(|| {
            let excludes = self.judge_by(boot, structure::alone).is_some_and(other);
            *cell.get_or_init(|| excludes)
        })
    }

    /// The lines of a boot's firmware record.
    pub(super) fn firmware(&self, boot: usize) -> &[String] {
        let known = self.firmware.get(boot);
        known.map_or(&[], |known| known.get_or_init(|| habit::record(self.source, boot)))
    }

    /// Whether a boot of the same machine before `next` had found a dump of that name.
    pub(super) fn was_there(&self, next: usize, dump: &str) -> bool {
        self.source.boots().get(next).is_some_and(|facts| self.dumps().was_there(facts.machine, next, dump))
    }

    /// Whether any boot of a machine found a dump, so that its kernel keeps them over a restart.
    pub(super) fn keeps_dumps(&self, machine: Id128) -> bool {
        self.dumps().has_any(machine)
    }

    fn dumps(&self) -> &dumps::Dumps {
        self.dumps.get_or_init(|| dumps::Dumps::of(self.source))
    }

    fn judge_by(&self, boot: usize, structure: Structure) -> Option<Judged> {
        let case = self.case(boot)?;
        let read = self.boots.get(boot)?;
        let finding = read.finding?;
        let after = if finding == Finding::Running { Vec::new() } else { case.aftermath() };
        let mut setting = circumstances::of(&case, finding);
        let observed = whole::observed(&read.observed, self.occurrences.boot(boot));
        let hearsay = Hearsay::new(self.source, boot);
        let (observed, uncounted): (Vec<_>, Vec<_>) =
            observed.into_iter().partition(|seen| hearsay.is_credible(&seen.line));
        let mut items = signs::of_ending(&case, finding, &observed);
        whole::mark_noise(self, &case, &mut items);
        if let Some((next, _)) = case.next.filter(|_| finding != Finding::Running) {
            items.extend(signs::of_next((self.source, self.book), &self.observed_next(&case, next)));
            habit::drop_usual(self, &case, (next, &setting), &mut items);
            items.extend(later::dump(self, &case, &setting));
        }
        emergency::judge(self, &case, finding, &mut items);
        if finding == Finding::Nothing {
            force::doubt(&mut items, death::until_next(&case).filter(|_| !setting.is_clock_doubtful));
        }
        items.extend(structure(self, &case, &setting, &items));
        setting.is_cut_short = self.source.is_cut_short(case.facts.machine);
        let mut decision = precedence::decide(&items, &setting, self.book.weights());
        // Behind a journald that was stopped alone an ordinary shutdown leaves no line.
        if finding == Finding::Nothing && case.sequence.service_stop.is_some() {
            decision = decision.or([Cause::RequestedApi.into()]);
        }
        decision = decision.or(unanswered::open(&case, finding).into_iter().map(Condition::from));
        let mut ending = ending(&case, &setting, &after, &items, &decision);
        let names = |seen: &Observed| is_client_named(&case, &setting, seen);
        ending.headline = headline::sentence(&ending, observed.iter().any(names), &setting);
        Some(Judged { finding, setting, items, uncounted, after, decision, ending })
    }
}

impl Survey<'_> {
    /// The newest boot that has ended, of the machines' own if there is one; where none has, the newest.
    pub(super) fn newest_ended(&self) -> Option<usize> {
        let has_ended = |read: &Read| !matches!(read.finding, None | Some(Finding::Running));
        let own = self.boots.iter().rposition(|read| has_ended(read) && read.label.is_none());
        own.or_else(|| self.boots.iter().rposition(has_ended)).or_else(|| self.boots.len().checked_sub(1))
    }

    /// The verdicts on all boots, in their order.
    pub(super) fn judge_all(&self) -> Vec<Judged> {
        (0..self.boots.len()).into_par_iter().filter_map(|boot| self.judge(boot)).collect()
    }
}

fn ending(case: &Case<'_>, setting: &Setting, after: &[Sign], items: &[Item], decision: &Decision) -> Ending {
    let orderliness = if decision.is_hung { Orderliness::OrderlyIncomplete } else { setting.finding.orderliness() };
    let hangs = decision.is_hung || circumstances::is_hang(case, setting);
    let contributing = contributing::beside(items, decision.cause, hangs);
    Ending {
        orderliness,
        action: action(case, setting, (after, items), decision),
        initiator: decision.initiator,
        cause: decision.cause,
        confidence: decision.confidence,
        headline: String::new(),
        candidates: decision.candidates.clone(),
        contributing: contributing.iter().map(|known| known.condition).collect(),
    }
}

/// Whether a line names the unit of a program that asked PID 1 for this end.
fn is_client_named(case: &Case<'_>, setting: &Setting, seen: &Observed) -> bool {
    let ago = case.facts.last.monotonic.0.saturating_sub(seen.line.monotonic.0);
    let asks = seen.rule.id.starts_with("client.") && matches!(seen.role(), Means::Asked(_));
    asks && seen.capture("unit").is_some() && believed::is_near(ago, setting, believed::BEFORE)
}

/// What became of the machine: what the lines name, else what the cause comes to.
fn action(
    case: &Case<'_>,
    setting: &Setting,
    (after, items): (&[Sign], &[Item]),
    decision: &Decision,
) -> Option<Action> {
    use super::Confidence::{Likely, Proven};
    let is_sure = matches!(decision.confidence, Some(Likely | Proven));
    let broke = matches!(setting.finding, Finding::Nothing | Finding::BrokenOff) || decision.is_hung;
    let after: Vec<Sign> = after.iter().filter(|sign| is_believed(sign, items)).cloned().collect();
    let follows = setting.is_followed();
    let is_switched_off = after.iter().any(|sign| sign.role() == Means::SwitchedOff);
    let is_cut_off =
        || after.iter().any(|sign| sign.role() == Means::SwitchedOff && is_of(sign, items, decision.cause));
    match case.action(setting.finding, if follows { &after } else { &[] }) {
        named if !broke || !is_sure => named,
        // Whatever the restart was to come to.
        Some(Action::Reboot | Action::Kexec) if is_cut_off() => Some(Action::Unknown),
        _ if is_reset(&after, items, decision.cause) => Some(Action::Reset),
        _ if resets(decision.cause) && !is_switched_off => Some(Action::Reset),
        Some(_) if is_forced(case, decision.cause) => Some(case.without_shutdown(&[])),
        // What the shutdown was to come to, somebody may have thought better of.
        Some(Action::Reboot | Action::Poweroff | Action::Halt | Action::Kexec)
            if decision.cause == Cause::RequestedForced && force::denies(items, case.sequence.action()) =>
        {
            Some(Action::Unknown)
        }
        Some(Action::Unknown) if decision.cause == Cause::PowerLoss => Some(Action::PowerCut),
        named => named,
    }
}

/// Whether what the next boot found counts as being of this end.
fn is_believed(sign: &Sign, items: &[Item]) -> bool {
    let same = || items.iter().filter(|item| item.side == Side::Next && item.rule == sign.rule.id);
    let is_dump = sign.role() == Means::Dump;
    let is_sound =
        |item: &Item| item.strength >= sign.strength && !item.is_noise && (!is_dump || item.role == Role::Record);
    same().next().is_none() || same().any(|item| item.doubt.is_none() && is_sound(item))
}

/// Whether a record of a reset is one of a cause.
fn is_reset(after: &[Sign], items: &[Item], cause: Cause) -> bool {
    after.iter().any(|sign| sign.role() == Means::Reset && is_of(sign, items, cause))
}

/// Whether the kernel's last word is that it was made to end the machine, or that it ends it where a person made it,
/// whatever it was shutting down for.
fn is_forced(case: &Case<'_>, cause: Cause) -> bool {
    let is_so = |sign: &Sign| sign.rule.causes.first().is_none_or(|named| *named == cause);
    cause == Cause::RequestedForced && case.sequence.reset.last().is_some_and(is_so)
}

/// Whether what the next boot found is a record of a cause.
fn is_of(sign: &Sign, items: &[Item], cause: Cause) -> bool {
    let mut records = items.iter().filter(|item| item.role == Role::Record && item.speaks_for(cause));
    records.any(|item| item.rule == sign.rule.id)
}

/// Whether a cause comes to a restart by hardware or by the kernel.
fn resets(cause: Cause) -> bool {
    let class = |class: &str| cause.id().starts_with(class);
    class("watchdog.")
        || matches!(cause, Cause::KernelPanic | Cause::KernelMce | Cause::MemoryOomPanic | Cause::BootFirmware)
}
