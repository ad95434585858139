//! What a check of files found, as text and as a plain value for JSON.

use std::fmt::Write as _;
use std::io::{self, Write};

use anstyle::AnsiColor;
use serde::Serialize;

use super::when::clock;
use super::{Style, value};
use crate::check::Objects;
use crate::check::verify::{Finding, Proof, Report, Rule, Soundness, Touches, Weight};
use crate::format::Realtime;

/// The verdict on one file with everything that was found, for JSON.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Verdict<'a> {
    pub file: String,
    pub verdict: Soundness,
    pub faults: u64,
    pub remarks: u64,
    /// Values that could not be read though nothing is wrong with them.
    pub unread: u64,
    pub objects: Objects,
    /// What seals prove, of a sealed file that was checked with a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<&'a Proof>,
    /// How often each rule is broken.
    pub rules: Vec<Broken>,
    /// The first findings of each rule.
    pub findings: Vec<Found<'a>>,
}

/// How often a rule is broken.
#[derive(Clone, Copy, Debug, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Broken {
    pub rule: Rule,
    pub weight: Weight,
    pub count: u64,
    /// Findings that are counted and not listed.
    pub omitted: u64,
    pub means: &'static str,
}

/// One finding, for JSON.
#[derive(Clone, Debug, Serialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Found<'a> {
    pub rule: Rule,
    pub weight: Weight,
    /// The place in the file, in bytes.
    pub at: u64,
    /// Which object, or which part of the header.
    pub object: &'static str,
    /// What is wrong, with the numbers.
    pub fault: String,
    pub touches: &'a Touches,
    pub means: &'static str,
}

impl<'a> Verdict<'a> {
    /// The verdict on the file of this name.
    #[must_use]
    pub fn of(file: String, report: &'a Report) -> Self {
        let broken = |(rule, weight, count, omitted): (Rule, Weight, u64, u64)| Broken {
            rule,
            weight,
            count,
            omitted,
            means: rule.means(),
        };
        Self {
            file,
            verdict: report.soundness(),
            faults: report.findings.faults(),
            remarks: report.findings.remarks(),
            unread: report.unread,
            objects: report.objects,
            proof: report.proof.as_ref(),
            rules: report.findings.rules().map(broken).collect(),
            findings: report.findings.iter().map(Found::of).collect(),
        }
    }
}

impl<'a> Found<'a> {
    fn of(finding: &'a Finding) -> Self {
        Self {
            rule: finding.rule,
            weight: finding.weight,
            at: finding.damage.at.0,
            object: finding.damage.what,
            fault: finding.damage.fault.to_string(),
            touches: &finding.touches,
            means: finding.rule.means(),
        }
    }
}

/// How times are spelled.
const FORM: &str = "%Y-%m-%d %H:%M:%S";

/// How many findings of a rule are listed below each file, unless all are wanted.
const LISTED: usize = 5;

/// Writes the verdict on each file with a table of what was found; `all` lists every finding that was kept.
///
/// # Errors
/// What the writer says.
pub fn text(verdicts: &[Verdict<'_>], all: bool, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    for verdict in verdicts {
        let (word, color) = word(verdict.verdict);
        let paint = style.paint(color.on_default());
        let mut file = Vec::new();
        value(verdict.file.as_bytes(), true, &mut file);
        out.write_all(&file)?;
        writeln!(out, ": {paint}{word}{paint:#}{}", sums(verdict))?;
        if let Some(proof) = verdict.proof {
            proven(proof, style, out)?;
        }
        for broken in &verdict.rules {
            rule(verdict, *broken, all, style, out)?;
        }
    }
    summary(verdicts, out)
}

/// What seals prove, in a sentence or two.
fn proven(proof: &Proof, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let time = |at: Option<Realtime>| at.map_or_else(String::new, |at| clock(at, &style.zone, FORM));
    let Proof { tags, right, entries, unsealed, .. } = *proof;
    write!(out, "  sealed  {right} of {tags} tags are right")?;
    match (proof.first, proof.last) {
        (Some((first, from)), Some((last, to))) => writeln!(
            out,
            "; proven: {entries} entries, {first} of {} to {last} of {}",
            time(Some(from)),
            time(Some(to))
        )?,
        _ => writeln!(out, "; no entry is proven")?,
    }
    if let Some(broken) = &proof.broken {
        write!(out, "          the proof ends at tag {} ({:#x})", broken.tag, broken.at)?;
        if let (Some((first, from)), Some((last, to))) = (broken.first, broken.last) {
            let (from, to) = (time(Some(from)), time(Some(to)));
            write!(out, ", which seals entries {first} of {from} to {last} of {to}")?;
        }
        writeln!(out)?;
    }
    if unsealed > 0 {
        writeln!(out, "          {unsealed} entries behind the last tag are not sealed")?;
    }
    Ok(())
}

fn word(verdict: Soundness) -> (&'static str, AnsiColor) {
    match verdict {
        Soundness::Sound => ("sound", AnsiColor::Green),
        Soundness::Faulty => ("faulty", AnsiColor::Red),
        Soundness::PartlyUnread => ("partly unread", AnsiColor::Yellow),
    }
}

fn sums(verdict: &Verdict<'_>) -> String {
    let mut text = String::new();
    for (count, one, many) in [
        (verdict.objects.entries, "entry", "entries"),
        (verdict.faults, "fault", "faults"),
        (verdict.remarks, "remark", "remarks"),
        (verdict.unread, "value unread", "values unread"),
    ] {
        if count > 0 || one == "entry" {
            let _ = write!(text, ", {count} {}", if count == 1 { one } else { many });
        }
    }
    text
}

/// One rule: how often, what it means, and where.
fn rule(verdict: &Verdict<'_>, broken: Broken, all: bool, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let (word, color) = match broken.weight {
        Weight::Fault => ("fault", AnsiColor::Red),
        Weight::Remark => ("remark", AnsiColor::Yellow),
    };
    let (paint, bold) = (style.paint(color.on_default()), style.paint(anstyle::Style::new().bold()));
    let name = broken.rule.name();
    writeln!(out, "  {paint}{word:<6}{paint:#}  {bold}{name}{bold:#} x {}: {}", broken.count, broken.means)?;
    let of_rule = |found: &&Found<'_>| found.rule == broken.rule && found.weight == broken.weight;
    let most = if all { usize::MAX } else { LISTED };
    for found in verdict.findings.iter().filter(of_rule).take(most) {
        let mut line = Vec::new();
        value(concerned(found.touches, style).as_bytes(), true, &mut line);
        let place = format!("{:#x}", found.at);
        writeln!(out, "    {place:>10}  {}: {}{}", found.object, found.fault, String::from_utf8_lossy(&line))?;
    }
    let shown = verdict.findings.iter().filter(of_rule).count().min(most) as u64;
    if broken.count > shown {
        writeln!(out, "                and {} more", broken.count.saturating_sub(shown))?;
    }
    Ok(())
}

/// What of the journal is concerned, in a few words.
fn concerned(touches: &Touches, style: &Style) -> String {
    match touches {
        Touches::File => String::new(),
        Touches::Entry { seqnum, realtime } => {
            format!(" (entry {seqnum} of {})", clock(*realtime, &style.zone, FORM))
        }
        Touches::Value { name, entries } => {
            let name = if name.is_empty() { "a value" } else { name };
            let entries = if *entries == 1 { "1 entry".to_owned() } else { format!("{entries} entries") };
            format!(" ({name} of {entries})")
        }
        Touches::Field { name } => format!(" ({name})"),
    }
}

/// How many files are sound, where there are several.
fn summary(verdicts: &[Verdict<'_>], out: &mut dyn Write) -> io::Result<()> {
    if verdicts.len() < 2 {
        return Ok(());
    }
    let count = |wanted: Soundness| verdicts.iter().filter(|verdict| verdict.verdict == wanted).count();
    let (sound, faulty) = (count(Soundness::Sound), count(Soundness::Faulty));
    write!(out, "{} files: {sound} sound, {faulty} faulty", verdicts.len())?;
    match count(Soundness::PartlyUnread) {
        0 => writeln!(out),
        unread => writeln!(out, ", {unread} partly unread"),
    }
}
