//! What a line means within the sequence that ends a boot.

use super::super::report::{Action, Stage};

/// What follows from a sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Means {
    /// A shutdown was asked for, and the action where the sign names it.
    Asked(Option<Action>),
    /// A shutdown was planned for later.
    Planned(Option<Action>),
    /// The plan was dropped.
    Cancelled,
    /// A stop that belongs to a shutdown, unless emergency mode brought it.
    Stop(Stage),
    /// A step that only a shutdown takes.
    Step(Stage, Option<Action>),
    /// journald stopped, for good unless it starts again.
    JournalStopped,
    /// journald is stopped as a service, not by the last step of a shutdown.
    ServiceStop,
    /// journald started.
    JournalStarted,
    /// All processes were told to end, journald among them, and the machine runs on.
    Killed,
    /// A job of the shutdown took too long, and its timeout forces this.
    JobTimeout(Action),
    /// The machine is up, again: what was stopped before is of no account.
    CameUp,
    /// Only userspace restarts.
    SoftReboot,
    /// The initrd hands over to the system.
    HandOver,
    /// The machine enters emergency or rescue mode.
    Emergency,
    /// The machine goes to sleep.
    SleepStart,
    /// It woke, or did not fall asleep.
    SleepStop,
    /// The journal's filesystem may take no more lines.
    LogLost,
    /// The machine restarts without a shutdown.
    Reset,
    /// A dump of the kernel's last lines was found.
    Dump,
    /// It was switched off by hardware, which is no reset.
    SwitchedOff,
    /// Something was left unclean.
    Unclean,
    /// A landmark.
    Landmark,
}

impl Means {
    /// The meaning that a rules file gives by name, with the rule's stage and action.
    ///
    /// # Errors
    /// When there is no such name, or it needs a stage or an action.
    pub(super) fn read(name: &str, stage: Option<Stage>, action: Option<Action>) -> Result<Self, String> {
        let staged = || stage.ok_or_else(|| format!("`{name}` needs a stage"));
        Ok(match name {
            "asked" => Self::Asked(action),
            "planned" => Self::Planned(action),
            "cancelled" => Self::Cancelled,
            "stop" => Self::Stop(staged()?),
            "step" => Self::Step(staged()?, action),
            "journal-stopped" => Self::JournalStopped,
            "service-stop" => Self::ServiceStop,
            "journal-started" => Self::JournalStarted,
            "killed" => Self::Killed,
            "job-timeout" => Self::JobTimeout(action.ok_or_else(|| format!("`{name}` needs an action"))?),
            "came-up" => Self::CameUp,
            "soft-reboot" => Self::SoftReboot,
            "hand-over" => Self::HandOver,
            "emergency" => Self::Emergency,
            "sleep-start" => Self::SleepStart,
            "sleep-stop" => Self::SleepStop,
            "log-lost" => Self::LogLost,
            "reset" => Self::Reset,
            "dump" => Self::Dump,
            "switched-off" => Self::SwitchedOff,
            "unclean" => Self::Unclean,
            "landmark" => Self::Landmark,
            _ => return Err(format!("`{name}` is not a meaning")),
        })
    }

    /// Its name in a rules file.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Asked(_) => "asked",
            Self::Planned(_) => "planned",
            Self::Cancelled => "cancelled",
            Self::Stop(_) => "stop",
            Self::Step(..) => "step",
            Self::JournalStopped => "journal-stopped",
            Self::ServiceStop => "service-stop",
            Self::JournalStarted => "journal-started",
            Self::Killed => "killed",
            Self::JobTimeout(_) => "job-timeout",
            Self::CameUp => "came-up",
            Self::SoftReboot => "soft-reboot",
            Self::HandOver => "hand-over",
            Self::Emergency => "emergency",
            Self::SleepStart => "sleep-start",
            Self::SleepStop => "sleep-stop",
            Self::LogLost => "log-lost",
            Self::Reset => "reset",
            Self::Dump => "dump",
            Self::SwitchedOff => "switched-off",
            Self::Unclean => "unclean",
            Self::Landmark => "landmark",
        }
    }
}
