//! What stays open beside a verdict, what contributed to it, and what was weighed.

use std::io;

use super::page::{Page, Paint};
use super::text::{weight, witness};
use crate::analysis::{Excluded, Postmortem};

/// What else it may have been, and what it cannot have been.
pub(super) fn alternatives(report: &Postmortem, page: &mut Page<'_>) -> io::Result<()> {
    if report.alternatives.is_empty() && report.excluded.is_empty() {
        return Ok(());
    }
    let is_open = !report.alternatives.is_empty();
    page.title(if is_open { "What else it may have been" } else { "What it cannot have been" })?;
    for other in &report.alternatives {
        page.paragraph(Paint::Plain, "  - ", &format!("{}: {}", other.id, other.means))?;
    }
    for (excluded, ids) in by_reason(&report.excluded) {
        let why = format!("not {}: {} ({})", ids.join(", "), excluded.shows, excluded.rule);
        page.paragraph(Paint::Dim, "  - ", &why)?;
    }
    Ok(())
}

/// What is excluded, by the sign that does, in the order of the first of each.
fn by_reason(excluded: &[Excluded]) -> Vec<(&Excluded, Vec<&'static str>)> {
    let mut reasons: Vec<(&Excluded, Vec<&str>)> = Vec::new();
    for one in excluded {
        match reasons.iter_mut().find(|(first, _)| (&first.rule, &first.shows) == (&one.rule, &one.shows)) {
            Some((_, ids)) => ids.push(one.id.id()),
            None => reasons.push((one, vec![one.id.id()])),
        }
    }
    reasons
}

/// What went on beside it, each with the sign nearest to the end.
pub(super) fn contributing(report: &Postmortem, page: &mut Page<'_>) -> io::Result<()> {
    if report.contributing.is_empty() {
        return Ok(());
    }
    page.title("What contributed, or went on beside it")?;
    for known in &report.contributing {
        let times = if known.count > 1 { format!(" ({} lines)", known.count) } else { String::new() };
        page.paragraph(Paint::Plain, "  - ", &format!("{}: {}{times}", known.id, known.means))?;
        if let Some(evidence) = &known.evidence {
            page.paragraph(Paint::Plain, "     ", &evidence.shows)?;
            witness(evidence, report, page)?;
        }
    }
    Ok(())
}

/// The points of each sign.
pub(super) fn points(report: &Postmortem, page: &mut Page<'_>) -> io::Result<()> {
    page.title("Points")?;
    let what = "A sign's weight, times what its distance from the end leaves. From 8 points on, and with twice what any \
                other cause has, a cause is likely; from 3 on it is possible. They are no probabilities.";
    page.paragraph(Paint::Dim, "  ", what)?;
    if report.points.is_empty() {
        return page.paragraph(Paint::Plain, "  ", "nothing was weighed: the steps before decided");
    }
    for part in &report.points {
        let noise = if part.is_noise { ", divided: this machine shows it all the time" } else { "" };
        let sum =
            format!("{:.1} for {}: {} is {} at {}{noise}", part.points, part.cause, part.rule, part.weight, part.decay);
        page.paragraph(Paint::Plain, "  - ", &sum)?;
    }
    for item in report.evidence.iter().chain(&report.against) {
        page.paragraph(Paint::Dim, "  - ", &format!("{}: {}", item.rule, weight(item.strength)))?;
    }
    Ok(())
}
