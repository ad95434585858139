//! The lines and files that bear a finding out, and those that speak against it.

use super::aftermath;
use super::ending::{Case, Finding};
use super::open_end::OpenEnd;
use super::report::{Cap, Evidence, Learnt, Place, Side, Strength, Witness};
use super::rules::{Means, Structural};
use super::sender::Sender;
use super::sequence::{Sign, TAIL_LINES};
use super::source::{FileFacts, FileState, Line, Source, Wanted, is_users};
use super::unanswered;

/// A long message is cut here, in characters; the whole stands in the journal, at the place given.
const MESSAGE_LIMIT: usize = 2000;

/// What shows a finding, and what speaks against it.
#[derive(Debug, Default)]
pub(super) struct Scales {
    pub(super) evidence: Vec<Evidence>,
    pub(super) against: Vec<Evidence>,
}

/// Weighs a finding.
pub(super) fn weigh(case: &Case<'_>, finding: Finding, after: &[Sign]) -> Scales {
    let mut scales = Scales::default();
    scales.evidence.extend(own_signs(case, finding));
    scales.evidence.extend(closing(case, finding));
    match finding {
        Finding::Running => scales.against.extend(set_aside(case).map(|file| left_behind(case, file))),
        _ => scales.next(case, finding, after),
    }
    scales.against.extend(case.sequence.ignored.iter().map(|sign| Evidence {
        shows: unanswered::told(case, finding, sign),
        strength: Strength::Ctx,
        ..of(case.source, sign, Side::This)
    }));
    let emergency = case.sequence.emergency.iter().filter(|_| finding == Finding::Nothing);
    scales.against.extend(emergency.map(|sign| of(case.source, sign, Side::This)));
    scales
}

/// The signs in the boot itself, of each rule the last.
fn own_signs(case: &Case<'_>, finding: Finding) -> Vec<Evidence> {
    let sequence = case.sequence;
    let mut signs: Vec<&Sign> = match finding {
        Finding::Running => Vec::new(),
        Finding::Asleep => sequence.sleep.iter().collect(),
        Finding::Unwritable => sequence.log_lost.iter().collect(),
        _ => {
            let own = sequence.steps.iter().chain(&sequence.job_timeout).chain(&sequence.service_stop);
            own.chain(&sequence.reset).collect()
        }
    };
    signs.sort_by_key(|sign| sign.at());
    let last = |at: usize, sign: &Sign| signs.iter().skip(at + 1).all(|later| later.rule.id != sign.rule.id);
    let kept = signs.iter().enumerate().filter(|(at, sign)| last(*at, sign));
    kept.map(|(_, sign)| of(case.source, sign, Side::This)).collect()
}

/// What the last entry shows by being the last.
fn closing(case: &Case<'_>, finding: Finding) -> Option<Evidence> {
    let systems = if matches!(finding, Finding::Missing(_)) { case.systems_last() } else { None };
    let line = systems.or_else(|| case.source.tail(case.boot, 1, 0, Wanted::ALL).pop())?;
    let (sign, shows) = match finding {
        Finding::Complete if case.sequence.stage() < Some(super::report::Stage::S3) => (
            Structural::TailCap,
            format!("the log ends as far as this machine's shutdowns can be seen: {}", known(case.cap)),
        ),
        Finding::Complete | Finding::TimedOut => return None,
        Finding::Running => {
            (Structural::TailNewest, "no later boot of this machine is here, and no line ends this one".to_owned())
        }
        Finding::Missing(count) if ends_unseen(case, finding) => (
            Structural::TailMissing,
            format!("the system's journal ends here: {} in none of the files", entries(count, "behind this one")),
        ),
        Finding::Missing(_) if case.extract(finding).is_some() => {
            (Structural::TailMissing, "the last entry of those that the log was to hold".to_owned())
        }
        Finding::Missing(_) if line.moment() != case.facts.last => {
            (Structural::TailMissing, "the last entry of the system's journals that is in the files".to_owned())
        }
        Finding::Missing(_) => (Structural::TailMissing, "the last entry that is in the files".to_owned()),
        Finding::Unwritable => {
            (Structural::TailUnwritable, "the log ends here; the machine may have run on".to_owned())
        }
        Finding::Asleep => (Structural::TailAsleep, "the log ends here, with no sign of waking".to_owned()),
        Finding::BrokenOff => (
            Structural::TailBrokenOff,
            format!("the log ends here, before stage {:?}: {}", case.cap.stage, known(case.cap)),
        ),
        Finding::Nothing => (Structural::TailOrdinary, "the log ends here, and no shutdown had begun".to_owned()),
    };
    let item = found(case, sign, shows, Side::This, at(case.source, &line));
    let strength = OpenEnd::of(case, finding).map_or(item.strength, |open| open.weighs(item.strength));
    Some(Evidence { strength, ..item })
}

fn entries(count: u64, place: &str) -> String {
    if count == 1 { format!("1 entry {place} is") } else { format!("{count} entries {place} are") }
}

/// Whether a user's journal goes on behind the end that the system's lost.
fn ends_unseen(case: &Case<'_>, finding: Finding) -> bool {
    matches!(finding, Finding::Missing(_)) && case.unseen().is_some()
}

fn known(cap: &Cap) -> String {
    match &cap.learnt {
        Learnt::Boot(id) => format!("boot {id} came to stage {:?}", cap.stage),
        Learnt::Mount(unit) => format!("{unit} holds the journal, and journald must leave it at stage {:?}", cap.stage),
        Learnt::Assumed => {
            "a journal on the root filesystem shows them to the end, and nothing says that this one is elsewhere"
                .to_owned()
        }
    }
}

impl Scales {
    /// What the boot after shows, on either side.
    fn next(&mut self, case: &Case<'_>, finding: Finding, after: &[Sign]) {
        self.evidence.extend(number(case, finding));
        self.evidence
            .extend(set_aside(case).filter(|_| finding != Finding::Complete).map(|file| left_behind(case, file)));
        let survived = after.iter().any(|sign| sign.role() == Means::Dump).then(|| aftermath::survived(case)).flatten();
        for sign in after {
            let item = of(case.source, sign, Side::Next);
            match (sign.role(), finding) {
                (Means::Landmark, _) => {}
                (Means::Unclean, _) if Sender::Journald.wrote(&sign.line) => self.rename(case, finding, item),
                (Means::Unclean, Finding::Complete) if item.strength > Strength::Weak => self.against.push(item),
                (Means::Unclean, Finding::Complete) => {}
                (Means::Unclean, _) => self.evidence.push(item),
                // What it says beside an end of another kind depends on what that is by.
                (Means::Reset | Means::SwitchedOff, _) if !finding.asks_next() => {}
                (Means::Reset | Means::SwitchedOff, _) => self.evidence.push(item),
                (Means::Dump, Finding::Nothing | Finding::BrokenOff) if survived.is_none() => self.evidence.push(item),
                _ => self.against.push(item),
            }
        }
        self.against.extend(survived.map(|line| {
            let shows = "the boot outlived this fault: the dump that was found later may be of it".to_owned();
            found(case, Structural::PstoreSurvived, shows, Side::This, at(case.source, &line))
        }));
    }

    /// journald's complaint about a file counts for as much as that file is this boot's alone.
    fn rename(&mut self, case: &Case<'_>, finding: Finding, item: Evidence) {
        if is_set_aside_later(case) {
            return;
        }
        let item = match set_aside(case) {
            Some(_) => item,
            None => Evidence { strength: item.strength.min(Strength::Weak), ..item },
        };
        let side = if finding == Finding::Complete { &mut self.against } else { &mut self.evidence };
        side.push(item);
    }
}

/// What the numbers of the two boots' entries show.
fn number(case: &Case<'_>, finding: Finding) -> Option<Evidence> {
    let (next, _) = case.next?;
    let is_systems = |line: &Line| !is_users(case.source, line);
    let first = case.source.head(next, TAIL_LINES, u64::MAX, Wanted { keep: &is_systems, ..Wanted::ALL });
    let line = first.into_iter().next().or_else(|| case.source.head(next, 1, u64::MAX, Wanted::ALL).pop())?;
    let (sign, shows) = match (finding, case.gap()?) {
        (Finding::Missing(_), count @ 1..) => (
            Structural::SeqnumGap,
            format!("the next boot's first entry: {} in none of the files", entries(count, "before it")),
        ),
        (Finding::Nothing, 0) => {
            (Structural::SeqnumNext, "the next boot's first entry has the very next number: none is missing".to_owned())
        }
        _ => return None,
    };
    Some(found(case, sign, shows, Side::Next, at(case.source, &line)))
}

/// A file that journald set aside as unclean, and that holds the end of this boot and nothing of the next.
///
/// One that holds only earlier entries was set aside while the boot went on: journald alone had died.
fn set_aside<'a>(case: &Case<'a>) -> Option<&'a FileFacts> {
    let is_systems = |line: &Line| !is_users(case.source, line);
    let last = case.source.tail(case.boot, TAIL_LINES, 0, Wanted { keep: &is_systems, ..Wanted::ALL }).pop();
    let holds_end = |file: &&usize| last.as_ref().is_none_or(|line| line.file == **file);
    let in_next = |file: &&usize| case.next.is_some_and(|(_, next)| next.files.contains(file));
    let ours = case.facts.files.iter().filter(|file| holds_end(file) && !in_next(file));
    ours.filter_map(|file| case.source.files().get(*file)).find(|file| file.is_disposed && !file.is_user)
}

/// Whether the file that was set aside holds both boots: then journald died in the next one.
fn is_set_aside_later(case: &Case<'_>) -> bool {
    let Some((_, next)) = case.next else { return false };
    let shared = case.facts.files.iter().filter(|file| next.files.contains(file));
    set_aside(case).is_none()
        && shared.filter_map(|file| case.source.files().get(*file)).any(|file| file.is_disposed && !file.is_user)
}

fn left_behind(case: &Case<'_>, file: &FileFacts) -> Evidence {
    let shows = match file.state {
        FileState::Online => "journald died while it held this file open, and set it aside later",
        _ => "journald set this file aside as damaged",
    };
    found(case, Structural::FileSetAside, shows.to_owned(), Side::This, Witness::File(file.name.clone()))
}

/// A sign that code finds, with the weight that its rule gives it.
fn found(case: &Case<'_>, sign: Structural, shows: String, side: Side, witness: Witness) -> Evidence {
    Evidence { rule: sign.id().to_owned(), shows, strength: case.book.strength_of(sign), side, witness }
}

/// A sign as evidence.
pub(super) fn of(source: &dyn Source, sign: &Sign, side: Side) -> Evidence {
    let witness = at(source, &sign.line);
    Evidence { rule: sign.rule.id.clone(), shows: sign.shows(), strength: sign.strength, side, witness }
}

fn at(source: &dyn Source, line: &Line) -> Witness {
    Witness::Line(place(source, line))
}

/// A line as a place in the files.
pub(super) fn place(source: &dyn Source, line: &Line) -> Place {
    let about = line.text("UNIT").filter(|_| Sender::Pid1.wrote(line));
    let by = about.or_else(|| line.text("_SYSTEMD_UNIT")).or_else(|| line.text("SYSLOG_IDENTIFIER"));
    Place {
        cursor: line.cursor.to_string(),
        file: source.files().get(line.file).map(|file| file.name.clone()).unwrap_or_default(),
        offset: line.offset,
        seqnum: line.seqnum,
        realtime: line.realtime,
        monotonic: line.monotonic,
        unit: by.map(str::to_owned),
        message: cut(&line.message()),
    }
}

/// A text for people, which a journal cannot make as long as it likes.
pub(super) fn cut(message: &str) -> String {
    match message.char_indices().nth(MESSAGE_LIMIT) {
        Some((at, _)) => format!("{}…", &message[..at]),
        None => message.to_owned(),
    }
}
