//! What PID 1 says of a unit: the step, and which unit.
//!
//! The fields decide; the text only where a line came through the kernel's log, which carries no fields. Texts differ by
//! version and by `StatusUnitFormat=`: `Reached target Reboot.`, `Reached target reboot.target - System Reboot.`,
//! `Reached target reboot.target.`

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::sender::Sender;
use super::source::{Line, Source};

/// A step in a unit's life, as PID 1 reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// It is being started.
    Starting,
    /// It was started, or a target was reached.
    Started,
    /// It is being stopped.
    Stopping,
    /// It was stopped.
    Stopped,
    /// It ended of its own accord, and well.
    Success,
}

impl Step {
    /// How rules files spell it.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Started => "started",
            Self::Stopping => "stopping",
            Self::Stopped => "stopped",
            Self::Success => "success",
        }
    }
}

impl std::str::FromStr for Step {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let steps = [Self::Starting, Self::Started, Self::Stopping, Self::Stopped, Self::Success];
        let unknown = || format!("`{word}` is not one of starting, started, stopping, stopped, success");
        steps.into_iter().find(|step| step.id() == word).ok_or_else(unknown)
    }
}

/// The ids of the steps, and the words that begin their texts.
const STEPS: [(Step, &str, &[&str]); 5] = [
    (Step::Starting, "7d4958e842da4a758f6c1cdc7b36dcc5", &["Starting "]),
    (Step::Started, "39f53479d3a045ac8e11786248231fbf", &["Reached target ", "Started ", "Finished ", "Mounted "]),
    (Step::Stopping, "de5b426a63be47a7b6ac3eaac82e2f6f", &["Stopping ", "Unmounting "]),
    (Step::Stopped, "9d1aaa27d60140bd96365438aad20286", &["Stopped target ", "Stopped ", "Unmounted "]),
    (Step::Success, "7ad2d189f7e94e70a38c781354912448", &[]),
];

/// Descriptions of the units that matter here, old and new, for lines that do not name the unit.
const DESCRIPTIONS: [(&str, &[&str]); 14] = [
    ("reboot.target", &["Reboot", "System Reboot"]),
    ("poweroff.target", &["Power-Off", "Power Off", "System Power Off"]),
    ("halt.target", &["Halt", "System Halt"]),
    ("kexec.target", &["Reboot via kexec", "Kexec Reboot"]),
    ("shutdown.target", &["Shutdown", "System Shutdown"]),
    ("umount.target", &["Unmount All Filesystems"]),
    ("final.target", &["Final Step", "Late Shutdown Services"]),
    ("multi-user.target", &["Multi-User System"]),
    ("graphical.target", &["Graphical Interface"]),
    ("basic.target", &["Basic System"]),
    ("local-fs.target", &["Local File Systems"]),
    ("systemd-journal-flush.service", &["Flush Journal to Persistent Storage"]),
    ("emergency.target", &["Emergency Mode"]),
    ("rescue.target", &["Rescue", "Rescue Mode"]),
];

/// The step that PID 1 reports in this line, and the unit.
pub(super) fn step(line: &Line) -> Option<(Step, Cow<'_, str>)> {
    if !Sender::Pid1.wrote(line) {
        return None;
    }
    let (step, described) = told(line)?;
    match line.text("UNIT") {
        Some(unit) => Some((step, Cow::Borrowed(unit))),
        None => Some((step, Cow::Owned(named(described?)?))),
    }
}

/// Whether id or text of a line are those of a step, whoever wrote it.
pub(super) fn may_be_step(line: &Line) -> bool {
    told(line).is_some()
}

/// The step that a line tells, and what the text calls the unit where no id does.
fn told(line: &Line) -> Option<(Step, Option<&str>)> {
    match line.text("MESSAGE_ID") {
        Some(id) => Some((STEPS.iter().find(|(_, known, _)| *known == id)?.0, None)),
        None => spoken(line.text("MESSAGE")?).map(|(step, rest)| (step, Some(rest))),
    }
}

/// The `MESSAGE_ID=` term that finds all lines of a step.
pub(super) fn term(step: Step) -> String {
    let id = STEPS.iter().find(|(known, ..)| *known == step).map_or("", |(_, id, _)| id);
    format!("MESSAGE_ID={id}")
}

/// Whether PID 1 stopped a service in a boot after a moment, in microseconds since the boot began, and started it again; a
/// job that restarts one, and what systemd needs to the end, aside.
pub(super) fn starts_again(source: &dyn Source, boot: usize, since: u64) -> bool {
    let terms = [Step::Starting, Step::Started, Step::Stopped].map(term);
    let mut lines = source.having(boot, &terms.each_ref().map(String::as_str));
    lines.retain(|line| line.monotonic.0 >= since && Sender::Pid1.surely_wrote(line));
    lines.sort_by_key(|line| (line.monotonic, line.seqnum));
    let mut stopped = BTreeSet::new();
    lines.iter().filter_map(|line| Some((line, step(line)?))).any(|(line, (step, unit))| {
        let is_service = unit.ends_with(".service") && !unit.starts_with("systemd-");
        if step == Step::Stopped && is_service && !line.is("JOB_TYPE", "restart") {
            stopped.insert(unit);
            return false;
        }
        step != Step::Stopped && stopped.contains(&unit)
    })
}

fn spoken(text: &str) -> Option<(Step, &str)> {
    let text = text.trim_end_matches('.');
    let mut words = STEPS.iter().flat_map(|(step, _, starts)| starts.iter().map(move |start| (*step, *start)));
    words.find_map(|(step, start)| Some((step, text.strip_prefix(start)?)))
}

fn named(description: &str) -> Option<String> {
    let first = description.split(' ').next().unwrap_or_default();
    if [".target", ".service", ".mount"].iter().any(|kind| first.ends_with(kind)) {
        return Some(first.to_owned());
    }
    DESCRIPTIONS.iter().find(|(_, known)| known.contains(&description)).map(|(unit, _)| (*unit).to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::tests::log::line_of;
    use super::*;

    const KMSG: [(&str, &str); 3] =
        [("_TRANSPORT", "kernel"), ("SYSLOG_FACILITY", "3"), ("SYSLOG_IDENTIFIER", "systemd")];

    #[test]
    fn the_text_names_the_unit_where_fields_are_missing() {
        for text in
            ["Reached target Reboot.", "Reached target reboot.target - System Reboot.", "Reached target reboot.target."]
        {
            let line = line_of(&[&KMSG[..], &[("MESSAGE", text)]].concat());
            assert_eq!(step(&line), Some((Step::Started, Cow::Borrowed("reboot.target"))), "{text}");
        }
    }

    #[test]
    fn a_user_manager_has_no_units_of_the_machine() {
        let line = line_of(&[
            ("_PID", "812"),
            ("USER_UNIT", "shutdown.target"),
            ("MESSAGE_ID", "39f53479d3a045ac8e11786248231fbf"),
            ("MESSAGE", "Reached target Shutdown."),
        ]);
        assert_eq!(step(&line), None);
    }
}
