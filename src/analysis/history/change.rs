//! What is not the same in two boots: system, kernel, systemd, command line, images, units.

use std::collections::BTreeSet;
use std::fmt;

use serde::Serialize;

use crate::analysis::sender::Sender;
use crate::analysis::source::{Glance, Line, Source, Wanted};

/// The kernel says what it is in its first lines.
const HEAD_LINES: usize = 200;
const HEAD_UNTIL: u64 = 120_000_000;
/// What fails is looked for among so many lines of a boot.
const LOOKED_AT: usize = 20_000;
/// What a failed unit starts says something so soon, in microseconds.
const CALLED: u64 = 10_000_000;
/// So many images or units are named at most.
const NAMED: usize = 5;

/// Something that two boots do not share.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Change {
    /// What: `system`, `kernel`, `systemd`, `command-line`, `image`, `unit`.
    pub what: &'static str,
    /// What it was before; absent for what is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What it is now; absent for what is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = self.what;
        match (&self.from, &self.to) {
            (Some(from), Some(to)) => write!(f, "{what} {from} became {to}"),
            (None, Some(to)) => write!(f, "new {what} {to}"),
            (Some(from), None) => write!(f, "{what} {from} is gone"),
            (None, None) => f.write_str(what),
        }
    }
}

/// What a boot says of the software that it runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Versions {
    system: Option<String>,
    pub(super) kernel: Option<String>,
    systemd: Option<String>,
    command_line: Option<String>,
}

/// What a boot's first lines say of its software.
pub(super) fn versions(source: &dyn Source, boot: usize) -> Versions {
    let is_telling = |line: &Line| read(line).is_some();
    let terms = [Sender::Kernel.marks(), Sender::Pid1.marks()].concat();
    let glance = Some(Glance::at_message(&may_tell));
    let wanted = Wanted { terms: &terms, keep: &is_telling, glance };
    let mut versions = Versions::default();
    for line in source.head(boot, HEAD_LINES, HEAD_UNTIL, wanted) {
        let Some((what, text)) = read(&line) else { continue };
        let place = match what {
            "system" => &mut versions.system,
            "kernel" => &mut versions.kernel,
            "systemd" => &mut versions.systemd,
            _ => &mut versions.command_line,
        };
        place.get_or_insert(text);
    }
    versions
}

/// The command line that a boot's kernel says it was started with.
pub(in crate::analysis) fn command_line(source: &dyn Source, boot: usize) -> Option<String> {
    versions(source, boot).command_line
}

/// Whether a message begins as those do that [`read`] knows.
fn may_tell(line: &Line) -> bool {
    let text = line.message();
    ["Linux version ", "Command line: ", "Kernel command line: ", "Welcome to ", "systemd "]
        .iter()
        .any(|start| text.starts_with(start))
}

fn read(line: &Line) -> Option<(&'static str, String)> {
    let text = line.message();
    if Sender::Kernel.wrote(line) {
        if let Some(rest) = text.strip_prefix("Linux version ") {
            return Some(("kernel", rest.split(' ').next()?.to_owned()));
        }
        let command = text.strip_prefix("Command line: ").or_else(|| text.strip_prefix("Kernel command line: "))?;
        return Some(("command-line", command.to_owned()));
    }
    if !Sender::Pid1.wrote(line) {
        return None;
    }
    if let Some(name) = text.strip_prefix("Welcome to ") {
        return Some(("system", name.trim_end_matches('!').to_owned()));
    }
    let rest = text.strip_prefix("systemd ")?;
    rest.contains(" running in system mode").then(|| Some(("systemd", rest.split(' ').next()?.to_owned())))?
}

/// What is not the same in `after` as in `before` of what an update of the system brings.
pub(in crate::analysis) fn of_system(source: &dyn Source, before: usize, after: usize) -> Vec<Change> {
    let (old, new) = (versions(source, before), versions(source, after));
    differing([
        ("system", old.system, new.system),
        ("kernel", old.kernel, new.kernel),
        ("systemd", old.systemd, new.systemd),
    ])
}

fn differing<const N: usize>(pairs: [(&'static str, Option<String>, Option<String>); N]) -> Vec<Change> {
    let differ = |(_, from, to): &(_, Option<String>, Option<String>)| from.is_some() && to.is_some() && from != to;
    pairs.into_iter().filter(differ).map(|(what, from, to)| Change { what, from, to }).collect()
}

/// What is not the same in `after` as in `before`, which ran earlier on the same machine.
pub(super) fn between(source: &dyn Source, before: usize, after: usize) -> Vec<Change> {
    let (old, new) = (versions(source, before), versions(source, after));
    let mut changes = differing([
        ("system", old.system, new.system),
        ("kernel", old.kernel, new.kernel),
        ("systemd", old.systemd, new.systemd),
        ("command-line", old.command_line, new.command_line),
    ]);
    let values = |field| (names(source, before, field), names(source, after, field));
    let (old, new) = values("IMAGE_NAME");
    // A boot that came to no container at all lacks them for another reason.
    if !new.is_empty() {
        changes.extend(old.difference(&new).take(NAMED).map(|name| gone("image", name)));
    }
    changes.extend(new.difference(&old).take(NAMED).map(|name| came("image", name)));
    let (mut old, new) = values("_SYSTEMD_UNIT");
    // What PID 1 spoke of was there, though it wrote nothing itself.
    old.extend(names(source, before, "UNIT"));
    let mut new: Vec<&String> = new.difference(&old).filter(|name| is_installed(name)).collect();
    if !new.is_empty() {
        let failures = failures(source, after);
        new.retain(|name| !failures.iter().any(|at| is_called_by(source, after, name, *at)));
    }
    changes.extend(new.into_iter().take(NAMED).map(|name| came("unit", name)));
    changes
}

fn gone(what: &'static str, name: &str) -> Change {
    Change { what, from: Some(name.to_owned()), to: None }
}

fn came(what: &'static str, name: &str) -> Change {
    Change { what, from: None, to: Some(name.to_owned()) }
}

fn names(source: &dyn Source, boot: usize, field: &str) -> BTreeSet<String> {
    source.values(boot, field).into_iter().filter_map(|value| String::from_utf8(value).ok()).collect()
}

/// When units failed that start others then, in microseconds since the boot began.
fn failures(source: &dyn Source, boot: usize) -> Vec<u64> {
    let says = |line: &Line| line.message().ends_with(": Triggering OnFailure= dependencies.");
    let calls = |line: &Line| Sender::Pid1.wrote(line) && says(line);
    let glance = Some(Glance::at_message(&says));
    let wanted = Wanted { terms: Sender::Pid1.marks(), keep: &calls, glance };
    source.head(boot, LOOKED_AT, u64::MAX, wanted).iter().map(|line| line.monotonic.0).collect()
}

/// Whether a unit's first line in a boot came so soon after a failure that this is what started it.
fn is_called_by(source: &dyn Source, boot: usize, unit: &str, failed: u64) -> bool {
    let term = format!("_SYSTEMD_UNIT={unit}");
    let is_own = |line: &Line| line.is("_SYSTEMD_UNIT", unit);
    let wanted = Wanted { terms: &[&term], keep: &is_own, ..Wanted::ALL };
    let first = source.head(boot, LOOKED_AT, failed.saturating_add(CALLED), wanted);
    first.first().is_some_and(|line| line.monotonic.0 >= failed)
}

/// Whether a unit is one that somebody installed, and not made for a session, a run, or for when things fail.
fn is_installed(unit: &str) -> bool {
    let for_failures =
        ["emergency.service", "rescue.service", "debug-shell.service", "systemd-pstore.service", "kdump.service"];
    let mends =
        for_failures.contains(&unit) || unit.starts_with("systemd-fsck") || unit.starts_with("systemd-coredump");
    !mends
        && unit.ends_with(".service")
        && !unit.contains('@')
        && !unit.starts_with("run-")
        && !unit.starts_with("session-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::Listed;
    use crate::analysis::tests::log::line_of;
    use crate::format::{Id128, Seqnum};

    #[test]
    fn what_a_boot_runs_is_told_by_a_copy_of_the_text_alone_too() {
        let said = |name, message| line_of(&[("SYSLOG_IDENTIFIER", name), ("MESSAGE", message)]);
        let lines = vec![
            said("app", "Linux version 1.0 (x)"),
            said("kernel", "Linux version 6.9.5-arch1-1 (x) #1 SMP"),
            said("systemd", "Welcome to Debian!"),
        ];
        let told = versions(&Listed::new(Vec::new(), lines), 0);
        assert_eq!((told.kernel.as_deref(), told.system.as_deref()), (Some("6.9.5-arch1-1"), Some("Debian")));
    }

    #[test]
    fn a_unit_that_pid_1_started_before_is_not_new_though_it_wrote_nothing() {
        let of = |boot: u8, fields: &[(&str, &str)]| Line { boot: Id128([boot; 16]), ..line_of(fields) };
        let started = |unit| [("_PID", "1"), ("_COMM", "systemd"), ("UNIT", unit), ("MESSAGE", "Started.")];
        let wrote = |unit| [("_SYSTEMD_UNIT", unit), ("MESSAGE", "ready")];
        let lines = vec![
            of(1, &wrote("cron.service")),
            of(1, &started("chrony.service")),
            of(2, &wrote("cron.service")),
            of(2, &wrote("chrony.service")),
            of(2, &wrote("meter.service")),
        ];
        let lines = lines.into_iter().zip(1..).map(|(line, seqnum)| Line { seqnum: Seqnum(seqnum), ..line });
        let changes = between(&Listed::new(Vec::new(), lines.collect()), 0, 1);
        assert_eq!(changes.iter().map(ToString::to_string).collect::<Vec<_>>(), ["new unit meter.service"]);
    }
}
