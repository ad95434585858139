//! A post-mortem as text for a terminal: the verdict first, then what shows it.

use std::collections::HashMap;
use std::io::{self, Write};

use jiff::tz::TimeZone;

use super::page::{Page, Paint};
use super::{end, timeline, weighed};
use crate::analysis::{Boot, Evidence, Learnt, Place, Postmortem, Side, Stage, Strength, Structural, Witness};
use crate::format::Realtime;
use crate::output::Style;
use crate::output::when::{self, Spelling};

/// Writes a report, wrapped to the style's width; with what was weighed, where `explain` asks for it.
///
/// # Errors
///
/// Those of `out`.
pub fn write(report: &Postmortem, explain: bool, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let page = &mut Page::new(style, out);
    page.paragraph(Paint::Bold, "", &report.headline)?;
    facts(report, page)?;
    evidence("Evidence", &report.evidence, report, page)?;
    evidence("Against it, or no sign of it", &report.against, report, page)?;
    evidence("Restarts of userspace only (soft-reboot), which end no boot", &report.events, report, page)?;
    weighed::alternatives(report, page)?;
    weighed::contributing(report, page)?;
    if explain {
        weighed::points(report, page)?;
    }
    match report.restricted {
        true => last_entries(report, page)?,
        false => timeline::before(report, page)?,
    }
    if let Some(next) = &report.next {
        timeline::next(next, page)?;
    }
    end::write(report, page)?;
    list("What other boots show", &report.history, page)?;
    list("Limits", &report.limits, page)?;
    list("What would tell more, and next steps", &report.advice, page)?;
    list_files(report, page)
}

fn facts(report: &Postmortem, page: &mut Page<'_>) -> io::Result<()> {
    let (boot, zone) = (&report.boot, &page.style().zone);
    let up = boot.last.monotonic.0;
    let label = boot.label.map(|label| format!(" ({})", label.id())).unwrap_or_default();
    page.title(&format!("Boot {}{label}", boot.index))?;
    verdict(report, page)?;
    page.paragraph(Paint::Plain, "  boot id     ", &boot.id.to_string())?;
    page.paragraph(Paint::Plain, "  machine     ", &boot.machine.to_string())?;
    started(boot, page)?;
    page.paragraph(Paint::Plain, "  first entry ", &clock(boot.first.realtime, zone))?;
    let last = format!("{}, after {}; {} entries in all", clock(boot.last.realtime, zone), span(up), boot.entries);
    page.paragraph(Paint::Plain, "  last entry  ", &last)?;
    if let Some(stage) = report.stage {
        let reach = format!("came to {}, {}", step(stage), reach(stage, report));
        page.paragraph(Paint::Plain, "  shutdown    ", &reach)?;
    }
    Ok(())
}

/// When the kernel started, by the clock after its last setting, and what that is worth.
fn started(boot: &Boot, page: &mut Page<'_>) -> io::Result<()> {
    let (Some(start), Some(kind)) = (boot.start, boot.clock) else { return Ok(()) };
    let zone = &page.style().zone;
    let then = boot.start_shown.map(|then| format!("; then its clock showed {}", clock(then, zone)));
    let started = format!("{} (clock: {kind}){}", clock(start, zone), then.unwrap_or_default());
    page.paragraph(Paint::Plain, "  started     ", &started)?;
    let beside = match (boot.start_not_before, boot.start_not_after) {
        (Some(from), Some(to)) => format!("between {} and {}", clock(from, zone), clock(to, zone)),
        (Some(from), None) => format!("not before {}", clock(from, zone)),
        (None, Some(to)) => format!("not after {}", clock(to, zone)),
        (None, None) => return Ok(()),
    };
    page.paragraph(Paint::Plain, "              ", &format!("{beside}, by the boots beside it"))
}

/// The facets, each with its meaning.
fn verdict(report: &Postmortem, page: &mut Page<'_>) -> io::Result<()> {
    let ending = &report.ending;
    let cause = format!("{}: {}", ending.cause, ending.cause.means());
    page.paragraph(Paint::Plain, "  cause       ", &cause)?;
    if let Some(confidence) = ending.confidence {
        page.paragraph(Paint::Plain, "  confidence  ", &format!("{confidence}: {}", confidence.means()))?;
    }
    for downgrade in &report.downgrades {
        page.paragraph(Paint::Plain, "              ", downgrade)?;
    }
    if let Some(initiator) = ending.initiator {
        page.paragraph(Paint::Plain, "  initiator   ", &format!("{initiator}: {}", initiator.means()))?;
    }
    Ok(())
}

/// A stage in words.
const fn step(stage: Stage) -> &'static str {
    match stage {
        Stage::S0 => "the request (stage S0)",
        Stage::S1 => "the stopping of services (stage S1)",
        Stage::S2 => "the unmounting of filesystems (stage S2)",
        Stage::S3 => "its last step (stage S3)",
    }
}

/// How far that is by what this machine's journal can show.
fn reach(stage: Stage, report: &Postmortem) -> String {
    let most = step(report.cap.stage);
    match &report.cap.learnt {
        Learnt::Mount(unit) => format!("where {unit} lets this journal see {most}"),
        _ if stage >= report.cap.stage => "as far as this machine's journal can show".to_owned(),
        Learnt::Boot(id) => format!("while boot {id} came to {most}"),
        Learnt::Assumed => format!("not to {most}"),
    }
}

fn evidence(title: &str, items: &[Evidence], report: &Postmortem, page: &mut Page<'_>) -> io::Result<()> {
    if items.is_empty() {
        return Ok(());
    }
    page.title(title)?;
    for (at, (item, others)) in shown(items).iter().enumerate() {
        let shows = format!("{} ({})", item.shows, weight(item.strength));
        page.paragraph(Paint::Plain, &format!("{:>3}. ", at + 1), &shows)?;
        witness(item, report, page)?;
        if let Some(first) = others.first() {
            let when = when(first, report);
            let before = match others.len() {
                1 => format!("and 1 line like it before{}", when.map(|when| format!(", {when}")).unwrap_or_default()),
                count => {
                    let since = when.map(|when| format!(", the first of them {when}")).unwrap_or_default();
                    format!("and {count} lines like it before{since}")
                }
            };
            page.paragraph(Paint::Dim, "     ", &before)?;
        }
    }
    Ok(())
}

/// Of so many pieces of evidence that show the same by the same rule each stands for itself: the last ones.
const SHOWN: usize = 1;

/// The evidence that is shown, each piece with those before it that are like it and are not shown.
fn shown(items: &[Evidence]) -> Vec<(&Evidence, Vec<&Evidence>)> {
    let mut alike: HashMap<_, usize> = HashMap::new();
    for item in items {
        *alike.entry(kind(item)).or_default() += 1;
    }
    let mut before: HashMap<_, Vec<&Evidence>> = HashMap::new();
    let mut shown = Vec::new();
    for item in items {
        let left = alike.entry(kind(item)).or_default();
        *left = left.saturating_sub(1);
        if *left >= SHOWN {
            before.entry(kind(item)).or_default().push(item);
        } else {
            shown.push((item, before.remove(&kind(item)).unwrap_or_default()));
        }
    }
    shown
}

/// What pieces of evidence have in common that show the same by the same rule.
fn kind(item: &Evidence) -> (&str, &str, Side, Strength) {
    (&item.rule, &item.shows, item.side, item.strength)
}

/// When the line of a piece of evidence was written.
fn when(item: &Evidence, report: &Postmortem) -> Option<String> {
    let Witness::Line(place) = &item.witness else { return None };
    Some(match item.side {
        Side::This => before(place, report),
        Side::Next => {
            let is_other = |id| place.cursor.contains(";b=") && !place.cursor.contains(&format!(";b={id}"));
            let whose = if report.next.as_ref().is_some_and(|next| is_other(next.id)) { "a later" } else { "the next" };
            format!("{} after {whose} kernel's start", span(place.monotonic.0))
        }
    })
}

/// What no line says: the last entry, which stands for the end, would be quoted for nothing.
const BY_TIMES: [Structural; 6] = [
    Structural::WatchdogGap,
    Structural::GapEqual,
    Structural::GapLong,
    Structural::FleetTogether,
    Structural::LoopCrash,
    Structural::LoopShort,
];

pub(super) fn witness(item: &Evidence, report: &Postmortem, page: &mut Page<'_>) -> io::Result<()> {
    match &item.witness {
        Witness::File(name) => {
            let place = format!("the header of [{}]; {}", number(name, report), item.rule);
            page.paragraph(Paint::Dim, "     ", &place)
        }
        Witness::Line(_) if BY_TIMES.iter().any(|rule| rule.id() == item.rule) => {
            page.paragraph(Paint::Dim, "     ", &format!("by when boots began and ended; {}", item.rule))
        }
        Witness::Line(place) => {
            let when = when(item, report).unwrap_or_default();
            let by = place.unit.as_deref().map(|unit| format!(", {unit}")).unwrap_or_default();
            page.paragraph(Paint::Dim, "     ", &format!("{when}{by}"))?;
            page.paragraph(Paint::Plain, "     > ", &place.message)?;
            let file = number(&place.file, report);
            let at = format!("[{file}] at {:#x}, seqnum {}; {}", place.offset, place.seqnum, item.rule);
            page.paragraph(Paint::Dim, "     ", &at)?;
            page.whole(Paint::Dim, "     ", &place.cursor)
        }
    }
}

/// The files that evidence lies in, each once: their names are too long to be repeated. Found as they are asked for, since
/// the first of them is mostly the one that is looked for.
fn files(report: &Postmortem) -> impl Iterator<Item = &str> {
    let contributed = report.contributing.iter().filter_map(|known| known.evidence.as_ref());
    let items = report.evidence.iter().chain(&report.against).chain(&report.events).chain(contributed);
    let mut known = Vec::new();
    items.filter_map(move |item| {
        let (Witness::File(name) | Witness::Line(Place { file: name, .. })) = &item.witness;
        let is_new = !known.contains(&name.as_str());
        is_new.then(|| known.push(name.as_str())).map(|()| name.as_str())
    })
}

/// The number under which the list of files has this one.
fn number(file: &str, report: &Postmortem) -> usize {
    files(report).position(|name| name == file).map_or(0, |at| at + 1)
}

fn list_files(report: &Postmortem, page: &mut Page<'_>) -> io::Result<()> {
    let files: Vec<&str> = files(report).collect();
    if files.is_empty() {
        return Ok(());
    }
    page.title("Files")?;
    for (at, name) in files.iter().enumerate() {
        page.whole(Paint::Dim, &format!("  [{}] ", at + 1), name)?;
    }
    let cursors = "s=… is the cursor of an entry: `lastwords show --around CURSOR` shows what stands around it";
    page.paragraph(Paint::Dim, "  ", cursors)
}

pub(super) fn before(place: &Place, report: &Postmortem) -> String {
    match report.boot.last.monotonic.0.saturating_sub(place.monotonic.0) {
        0 => "the last entry".to_owned(),
        us => format!("{} before the last entry", span(us)),
    }
}

pub(in crate::output) const fn weight(strength: Strength) -> &'static str {
    match strength {
        Strength::Proof => "proof",
        Strength::Strong => "strong",
        Strength::Moderate => "moderate",
        Strength::Weak => "weak",
        Strength::Ctx => "context",
    }
}

fn last_entries(report: &Postmortem, page: &mut Page<'_>) -> io::Result<()> {
    let zone = &page.style().zone;
    let which = if report.restricted { "Last entries of those asked for" } else { "Last entries" };
    page.title(&format!("{which}, by their time before {}", clock(report.boot.last.realtime, zone)))?;
    if report.restricted && report.last_entries.is_empty() {
        page.paragraph(Paint::Plain, "  ", "none")?;
    }
    for place in &report.last_entries {
        let ago = report.boot.last.monotonic.0.saturating_sub(place.monotonic.0);
        entry(&span(ago), place, "", page)?;
    }
    Ok(())
}

pub(super) fn entry(when: &str, place: &Place, more: &str, page: &mut Page<'_>) -> io::Result<()> {
    let by = place.unit.as_deref().filter(|unit| !place.message.starts_with(unit));
    let by = by.map(|unit| format!("{unit}: ")).unwrap_or_default();
    page.paragraph(Paint::Plain, &format!("{when:>13}  "), &format!("{by}{}{more}", place.message))
}

fn list(title: &str, sentences: &[String], page: &mut Page<'_>) -> io::Result<()> {
    if sentences.is_empty() {
        return Ok(());
    }
    page.title(title)?;
    for sentence in sentences {
        page.paragraph(Paint::Plain, "  - ", sentence)?;
    }
    Ok(())
}

/// A wall-clock time, to the millisecond.
pub(super) fn clock(time: Realtime, zone: &TimeZone) -> String {
    when::clock(time, zone, "%Y-%m-%d %H:%M:%S%.3f %Z")
}

pub(super) fn span(us: u64) -> String {
    when::span(us, Spelling::Sentence)
}
