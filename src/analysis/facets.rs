//! The facets of an end, and how far a shutdown came.

use serde::Serialize;

use super::verdict::{Cause, Condition, Confidence, Initiator};
use crate::format::Id128;

/// The facets of an end, and what surrounds them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ending {
    /// Whether the shutdown ran its course.
    pub orderliness: Orderliness,
    /// What became of the machine; absent while the boot runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    /// Who or what set the end going; absent while the boot runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub initiator: Option<Initiator>,
    /// Why it ended.
    pub cause: Cause,
    /// How sure the cause is; absent while the boot runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<Confidence>,
    /// The verdict as one sentence, which says no more than the facets do.
    pub headline: String,
    /// What else it may have been: what the evidence does not exclude, the best first. Empty where the cause is proven.
    pub candidates: Vec<Condition>,
    /// What contributed, or went on beside it, the latest first; never the cause.
    pub contributing: Vec<Condition>,
}

/// Whether a boot ended by a shutdown that ran its course.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Orderliness {
    /// The shutdown ran as far as this machine's journal can show.
    Orderly,
    /// It began, and stopped before that stage or is known to have hung.
    OrderlyIncomplete,
    /// No shutdown, though the log reaches as far as logs do.
    Abrupt,
    /// The machine died between falling asleep and waking.
    Asleep,
    /// Still up when the files were copied.
    Running,
    /// The log ends before the boot did.
    Unknown,
}

/// What became of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Restarted by the OS.
    Reboot,
    /// Switched off by the OS.
    Poweroff,
    /// Stopped by the OS, with the power left on.
    Halt,
    /// Another kernel was started without firmware.
    Kexec,
    /// Restarted by hardware, firmware, a watchdog, or by the kernel without a shutdown.
    Reset,
    /// The power went away.
    PowerCut,
    /// Cannot be told.
    Unknown,
}

/// How far a shutdown came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Stage {
    /// Asked for.
    S0,
    /// Units are being stopped, many at once.
    S1,
    /// Filesystems are let go, journald leaves `/var`.
    S2,
    /// Everything is stopped, the last program has taken over.
    S3,
}

/// The highest stage that a machine's journal can show, and how that is known.
///
/// Where `/var/log/journal` is a mount of its own, journald must leave it before the last steps: those are never seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cap {
    /// The stage.
    pub stage: Stage,
    /// How it is known.
    pub learnt: Learnt,
}

/// Where a [`Cap`] comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Learnt {
    /// This boot of the machine reached it.
    Boot(Id128),
    /// This unit mounts the journal apart from the root.
    Mount(String),
    /// Nothing showed it: a journal on the root filesystem is assumed.
    Assumed,
}
