//! What a table of boots says of several boots together.

use std::io::{self, Write};

use super::totals::paragraph;
use crate::analysis::{Change, History, Series, names};
use crate::format::Id128;
use crate::output::Style;
use crate::output::when::{Spelling, clock, span};

/// So many incidents of a kind are written; the rest is counted.
const MOST: usize = 5;

/// Writes what several boots show together, a paragraph each; nothing where there is nothing. `boots` are the numbers
/// and machines of all boots.
///
/// # Errors
/// What the writer says.
pub fn history(history: &History, boots: &[(i64, Id128)], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let all = sentences(history, boots, style);
    if !all.is_empty() {
        writeln!(out)?;
    }
    for (label, sentences) in all {
        for sentence in sentences.iter().take(MOST) {
            paragraph(&format!("{label}: "), sentence, style, out)?;
        }
        if let Some(more) = sentences.len().checked_sub(MOST).filter(|more| *more > 0) {
            paragraph(&format!("{label}: "), &format!("and {more} more"), style, out)?;
        }
    }
    Ok(())
}

fn sentences(history: &History, all: &[(i64, Id128)], style: &Style) -> Vec<(&'static str, Vec<String>)> {
    let named = |boots: &[usize]| names(boots, all);
    let loops = history.crash_loops.iter().map(|series| {
        format!("boots {} died one after another soon after their start{}", named(&series.boots), before(series))
    });
    let short = history.short_series.iter();
    let short = short.map(|series| format!("boots {} were short and ended in order", named(&series.boots)));
    let gaps = history.equal_gaps.iter().map(|gaps| {
        format!("after the abrupt ends of boots {} the machine was back after {}", named(&gaps.boots), gaps.told())
    });
    let hours = history.hours.iter().map(|hours| {
        let time = |minute: u64| format!("{:02}:{:02}", minute / 60, minute % 60);
        let (from, to) = (time(hours.from_minute), time(hours.to_minute));
        format!("boots {} ended abruptly between {from} and {to} UTC", named(&hours.boots))
    });
    let first = history.first_failures.iter().map(|first| {
        let changes: Vec<String> = first.changes.iter().map(Change::to_string).collect();
        format!("before boot {}, the first to end abruptly: {}", named(&[first.boot]), changes.join("; "))
    });
    let together = history.together.iter().map(|together| {
        let at = clock(together.from, &style.zone, "%Y-%m-%d %H:%M:%S");
        let within = span(together.to.0.saturating_sub(together.from.0), Spelling::Sentence);
        let machines = together.machines;
        format!("{machines} machines ended abruptly within {within} at {at}: boots {}", named(&together.boots))
    });
    let alike = history
        .alike
        .iter()
        .map(|alike| format!("{} machines share {}: boots {}", alike.machines, alike.what, named(&alike.boots)));
    let all: [(&'static str, Vec<String>); 7] = [
        ("Crash loop", loops.collect()),
        ("Short boots", short.collect()),
        ("Equal gaps", gaps.collect()),
        ("Time of day", hours.collect()),
        ("Changed", first.collect()),
        ("At once", together.collect()),
        ("Alike", alike.collect()),
    ];
    all.into_iter().filter(|(_, sentences)| !sentences.is_empty()).collect()
}

fn before(series: &Series) -> String {
    let changes: Vec<String> = series.changes.iter().map(Change::to_string).collect();
    if changes.is_empty() { String::new() } else { format!("; before the first: {}", changes.join("; ")) }
}
