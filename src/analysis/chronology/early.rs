//! What the beginning of a boot tells: how long it was blind, and of boots that left nothing.

use serde::Serialize;

use super::clock::Clock;
use crate::analysis::sender::Sender;
use crate::analysis::source::{Line, Source};

const SECOND: u64 = 1_000_000;

/// The history of boots counts those of so long.
const HISTORY: u64 = 600 * SECOND;
/// A saved time is at most so much older than the machine's end, and never newer.
const SAVE_INTERVAL: u64 = 3600 * SECOND;
/// What is lost at an end that nobody saw, at most.
const UNSYNCED: u64 = 300 * SECOND;

const TERMS: [&str; 7] = [
    STARTUP_FINISHED,
    "_TRANSPORT=driver",
    "SYSLOG_IDENTIFIER=systemd-journald",
    "_SYSTEMD_UNIT=disk-watchdog-boot-history.service",
    "SYSLOG_IDENTIFIER=disk-watchdog-boot-history",
    "_SYSTEMD_UNIT=rollback-altboot.service",
    "SYSLOG_IDENTIFIER=rollback-altboot",
];

const STARTUP_FINISHED: &str = "MESSAGE_ID=b07a249cd024414a82dd00cd181378ff";

/// Boots that left no entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Invisible {
    /// How many there were at least.
    pub at_least: u64,
    /// What shows it, as a sentence without a full stop.
    pub why: String,
}

/// What a boot's early lines say.
#[derive(Clone, Debug, Default)]
pub(super) struct Early {
    /// Until when what is written lies in memory only, in microseconds since the boot's start.
    pub(super) blind_us: Option<u64>,
    /// How long startup took, in microseconds.
    pub(super) startup_us: Option<u64>,
    /// How many boots the device itself counted in the last ten minutes, this one among them.
    counted: Option<u64>,
    /// Whether the bootloader fell back to this system.
    is_fallback: bool,
}

impl Early {
    pub(super) fn read(source: &dyn Source, boot: usize) -> Self {
        let mut early = Self::default();
        for line in source.having(boot, &TERMS) {
            early.take(&line);
        }
        early
    }

    fn take(&mut self, line: &Line) {
        let text = line.message();
        if line.has(&[STARTUP_FINISHED]) && Sender::Pid1.wrote(line) {
            self.startup_us = self.startup_us.or(Some(line.monotonic.0));
        } else if Sender::Driver.wrote(line) {
            if text.starts_with("Time spent on flushing to /var") && self.blind_us.is_none() {
                self.blind_us = Some(line.monotonic.0);
            }
        } else if is_of(line, "disk-watchdog-boot-history") {
            self.counted = self.counted.or_else(|| counted(&text));
        } else if is_of(line, "rollback-altboot") {
            self.is_fallback |= text.starts_with("Rollback: Looks like we are running in altboot mode");
        }
    }

    /// How many boots left nothing between the one before and this.
    pub(super) fn invisible(
        &self,
        source: &dyn Source,
        clocks: &[Clock],
        (before, boot): (&[usize], usize),
    ) -> Option<Invisible> {
        let listed = listed_within(source, before);
        if let Some(counted) = self.counted.filter(|counted| *counted > listed) {
            let why = format!("the device counted {counted} boots in ten minutes, and at most {listed} are here");
            return Some(Invisible { at_least: counted - listed, why });
        }
        if self.is_fallback {
            let why = "the bootloader fell back to this system after two boots of another that left nothing".to_owned();
            return Some(Invisible { at_least: 2, why });
        }
        let before = before.last()?;
        let ended = source.boots().get(*before)?.last.realtime.0;
        let is_trusted = clocks.get(*before)?.kind.is_trusted();
        let saved = clocks.get(boot)?.saved.filter(|_| is_trusted)?;
        let late = ended.saturating_add(SAVE_INTERVAL + UNSYNCED);
        let why = "the time that was saved for this boot is later than the end of the boot before: either that ran on \
                   without a log, or another boot saved it"
            .to_owned();
        (saved.0 > late).then_some(Invisible { at_least: 1, why })
    }
}

fn is_of(line: &Line, name: &str) -> bool {
    let by_unit = line.text("_SYSTEMD_UNIT").and_then(|unit| unit.strip_suffix(".service"));
    by_unit.is_none_or(|unit| unit == name) && (by_unit.is_some() || line.is("SYSLOG_IDENTIFIER", name))
}

/// The number in `(boot #N in last 10 minutes)`.
fn counted(text: &str) -> Option<u64> {
    let (_, rest) = text.split_once("(boot #")?;
    rest.split_once(' ')?.0.parse().ok().filter(|count| *count < 10_000)
}

/// How many boots there can have been in ten minutes before a boot's start, itself among them: as many as ran for so
/// long together, and one more.
fn listed_within(source: &dyn Source, before: &[usize]) -> u64 {
    let mut ran = 0_u64;
    let mut listed = 1;
    for facts in before.iter().rev().filter_map(|boot| source.boots().get(*boot)) {
        if ran > HISTORY {
            break;
        }
        listed += 1;
        ran = ran.saturating_add(facts.last.monotonic.0);
    }
    listed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_is_read_from_its_line_alone() {
        assert_eq!(counted("Boot history updated successfully (boot #4 in last 10 minutes)"), Some(4));
        for other in ["(boot #x in last", "boot #4", "(boot #99999999999999999999 in"] {
            assert_eq!(counted(other), None, "{other}");
        }
    }
}
