//! What could not be seen, or be relied on.

use std::collections::BTreeSet;

use super::chronology::{ClockStep, Span};
use super::duration::{Spelling, span};
use super::ending::{Case, Finding};
use super::evidence::cut;
use super::journal_source::TAIL_MOST;
use super::missing;
use super::open_end::OpenEnd;
use super::outlived;
use super::report::{Learnt, Stage};
use super::rules::Observed;
use super::sender::Sender;
use super::source::{FileEnd, FileFacts, Line, LostEnd};
use crate::format::{Seqnum, TIME_LIMIT};

const SECOND: u64 = 1_000_000;
const JOURNAL_MISSED: &str = "e9bf28e6e834481bb6f48f548ad13606";
const JOURNAL_DROPPED: &str = "a596d6fe7bfa4994828e72309e95d61e";

/// So many ranges of missing numbers are told.
const HOLES_SHOWN: usize = 5;

/// So many settings of the clock are told.
const STEPS_SHOWN: usize = 3;

/// So many different complaints of lines that are not counted are told.
const UNCOUNTED_SHOWN: usize = 5;

/// The limits of a finding, as sentences.
pub(super) fn of(case: &Case<'_>, finding: Finding, tail: &[Line]) -> Vec<String> {
    let mut limits = Vec::new();
    limits.extend(damage(case));
    limits.extend(lacking(case));
    if finding != Finding::Running && case.is_users_alone() {
        limits.push(
            "no journal of the system is here for this boot: those of users and namespaces do not tell how it ended"
                .to_owned(),
        );
    }
    limits.extend(case.extract(finding).map(|extract| extract.told().to_owned()));
    limits.extend(guests(case));
    if !case.sequence.others.is_empty() {
        limits.push(outlived::OTHERS.to_owned());
    }
    limits.extend(losses(tail));
    limits.extend(clocks(case));
    limits.extend(visibility(case, finding));
    limits
}

/// The numbers within the boot that no entry has which was read.
fn lacking(case: &Case<'_>) -> Option<String> {
    let count = case.chronology.get(case.boot).map(|span| span.missing).filter(|count| *count > 0)?;
    let which = which(&missing::holes(case.source, case.boot, Seqnum(0)), count);
    Some(match count {
        1 => format!("1 of this boot's entries, by its number, is in no file that was read{which}"),
        count => format!("{count} of this boot's entries, by their numbers, are in no file that was read{which}"),
    })
}

/// Which numbers they are, where these are so many: files may also have counters of their own, or be damaged.
fn which(holes: &[(u64, u64)], count: u64) -> String {
    if missing::width(holes.iter().copied()) != count {
        return String::new();
    }
    let range = |(from, to): &(u64, u64)| if from == to { from.to_string() } else { format!("{from} to {to}") };
    let shown: Vec<String> = holes.iter().take(HOLES_SHOWN).map(range).collect();
    let more = match holes.len().saturating_sub(HOLES_SHOWN) {
        0 => String::new(),
        more => format!(", and {more} more ranges"),
    };
    format!(": {}{more}", shown.join(", "))
}

/// The machines that are left out, each of which has an end of its own.
fn guests(case: &Case<'_>) -> Option<String> {
    let whose = match case.facts.guests.as_slice() {
        [] => return None,
        [machine] => format!("entries of machine {machine} carry this boot's id, as a container's do"),
        machines => format!("entries of {} other machines carry this boot's id, as containers' do", machines.len()),
    };
    Some(format!("{whose}: they are left out here, and are judged where they are read alone"))
}

/// What a daemon may have complained of in the kernel's log, where any process of root can write in its name.
pub(super) fn uncounted(seen: &[Observed]) -> Option<String> {
    let tells = |seen: &&Observed| seen.rule.contributing.is_some() || !seen.rule.causes.is_empty();
    let shown: BTreeSet<String> = seen.iter().filter(tells).map(Observed::shows).collect();
    let lines = match seen.iter().filter(tells).count() {
        0 => return None,
        1 => "1 line under a daemon's name in the kernel's log is".to_owned(),
        // No more than that is kept of a boot's end.
        count if count >= TAIL_MOST => format!("at least {count} lines under daemons' names in the kernel's log are"),
        count => format!("{count} lines under daemons' names in the kernel's log are"),
    };
    let more = match shown.len().saturating_sub(UNCOUNTED_SHOWN) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    let shown: Vec<String> = shown.iter().take(UNCOUNTED_SHOWN).map(|text| cut(text)).collect();
    Some(format!("{lines} not counted, since any process of root can write there: {}{more}", shown.join("; ")))
}

fn damage(case: &Case<'_>) -> Vec<String> {
    let files = case.facts.ends.iter().filter_map(|end| Some((end, case.source.files().get(end.file)?)));
    let damaged = files.filter(|(_, file)| file.damaged);
    let says = |(end, file): (&FileEnd, &FileFacts)| match file.lost_end.filter(|lost| lost.after <= end.seqnum) {
        Some(lost) => format!("{} is damaged: {}", file.name, end_lost(end, lost)),
        None => format!("{} is damaged: entries may be missing", file.name),
    };
    damaged.map(says).collect()
}

/// How much the header claims that came later, and until when.
fn end_lost(end: &FileEnd, lost: LostEnd) -> String {
    let (count, last) = (lost.entries, end.moment.realtime.0);
    let entries = if count == 1 { "entry" } else { "entries" };
    let later = lost.until.0.checked_sub(last).filter(|us| *us >= SECOND && lost.until.0 < TIME_LIMIT);
    let until = later.map(|us| format!(", the last of them {} after it", span(us, Spelling::Sentence)));
    let until = until.unwrap_or_default();
    format!("by its header up to {count} {entries} behind the last that can be read are lost{until}")
}

/// A boot that ended and that nothing ended, though the file with its last entry, or the last of the system's, was closed
/// for good: journald may have gone on in another. Numbers that lead up to the next boot rule it out.
fn closed(case: &Case<'_>, finding: Finding) -> Option<String> {
    let name = case.closed_file().map(|file| &file.name)?;
    match finding {
        Finding::Nothing if case.gap().is_none() => Some(format!(
            "{name} was archived, and no numbers lead from it to the next boot: if more was written, how the boot ended \
             may stand there, in none of the files"
        )),
        _ => None,
    }
}

/// Lines that were never written, by journald's own account.
fn losses(tail: &[Line]) -> Vec<String> {
    let told = |id: &str| tail.iter().filter(|line| Sender::Driver.wrote(line) && line.is("MESSAGE_ID", id)).count();
    let mut losses = Vec::new();
    if told(JOURNAL_MISSED) > 0 {
        losses.push("kernel messages were missed near the end".to_owned());
    }
    if told(JOURNAL_DROPPED) > 0 {
        losses.push("messages were suppressed by rate limits near the end".to_owned());
    }
    losses
}

/// What the clocks of this boot and the next leave open.
fn clocks(case: &Case<'_>) -> Vec<String> {
    let mut doubts = Vec::new();
    let Some(span) = case.chronology.get(case.boot) else { return doubts };
    let steps: Vec<String> = span.clock.steps.iter().take(STEPS_SHOWN).map(ClockStep::told).collect();
    if !steps.is_empty() {
        let more = match span.clock.steps.len().saturating_sub(STEPS_SHOWN) {
            0 => String::new(),
            more => format!(", and {more} more times"),
        };
        doubts.push(format!("the wall clock moved {}{more}: earlier times are not comparable", steps.join("; then ")));
    }
    if !span.is_anchored {
        let kind = span.clock.kind;
        doubts.push(format!("nothing shows that this boot's wall clock was right in the end (clock: {kind})"));
    }
    if let Some(why) = span.order_doubt {
        doubts.push(format!("the boot's place among the others is not certain: {why}"));
    }
    let Some((next, _)) = case.next else { return doubts };
    if let Some(after) = case.chronology.get(next) {
        doubts.extend(next_clock(case, after));
    }
    doubts
}

fn next_clock(case: &Case<'_>, next: &Span) -> Option<String> {
    if !next.is_anchored {
        let kind = next.clock.kind;
        return Some(format!("the next boot's wall clock cannot be relied on ({kind}): its start bounds nothing"));
    }
    (next.clock.start <= case.facts.last.realtime)
        .then(|| "by its wall clock the next boot started before this one's last entry: its clock was wrong".to_owned())
}

/// Boots of which nothing is left, between this one and the next.
fn blind(case: &Case<'_>) -> Option<String> {
    let (next, _) = case.next?;
    let blind = case.chronology.get(next)?.blind_us?;
    Some(format!(
        "a boot that dies in its first {} leaves nothing here: there may have been others before the next one",
        span(blind, Spelling::Sentence)
    ))
}

/// What no log can show of an end; of a boot that no line ends, how its files end tells.
const fn past_the_log(finding: Finding) -> Option<&'static str> {
    Some(match finding {
        Finding::Running => return None,
        Finding::Complete => "what the machine did after journald's last line left nothing here",
        Finding::TimedOut | Finding::BrokenOff => "what the shutdown did after the last line left nothing here",
        Finding::Missing(_) => "how the boot ended may stand in what is missing",
        Finding::Unwritable => "the machine may have run on for hours: nothing more could be written",
        Finding::Asleep => "nothing is written during sleep: where in it the machine died cannot be told",
        Finding::Nothing => "what was written within the last 5 minutes may not have reached the disk",
    })
}

fn visibility(case: &Case<'_>, finding: Finding) -> Vec<String> {
    let mut limits: Vec<String> = past_the_log(finding).map(str::to_owned).into_iter().collect();
    limits.extend(OpenEnd::of(case, finding).into_iter().flat_map(|open| open.limits(case)));
    if case.cap.stage < Stage::S3 && finding == Finding::Complete {
        limits.push(format!("what this machine does after stage {:?} of a shutdown is never kept", case.cap.stage));
    }
    if case.cap.learnt == Learnt::Assumed && finding == Finding::BrokenOff {
        limits.push(
            "no other boot shows how far this machine's journal reaches: the shutdown may have been complete"
                .to_owned(),
        );
    }
    if case.sequence.service_stop.is_some() {
        limits.push(
            "journald had been stopped: the machine may have run on and shut down in order, and what it did then is in no log"
                .to_owned(),
        );
    }
    limits.extend(closed(case, finding));
    limits.extend(blind(case).filter(|_| finding.asks_next()));
    if case.next.is_none() && finding != Finding::Running {
        limits.push("no later boot is here to tell more".to_owned());
    }
    limits
}
