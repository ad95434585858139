//! What a verdict must know beside the signs: what the end comes down to, and how far its witnesses can be trusted.

use super::armed::Armed;
use super::confidence::Level;
use super::ids::{Cause, Confidence};
use super::item::Item;
use crate::analysis::ending::Finding;

/// Whether the boot that follows in the list is the one that followed in truth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::analysis) enum Successor {
    /// No boot follows.
    None,
    /// The numbers or the files leave no room for another boot.
    Certain,
    /// There may have been others between, and why.
    Open(&'static str),
}

/// What the machine is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::analysis) enum Machine {
    /// Nothing says that it is not one of its own.
    #[default]
    Real,
    /// A virtual machine.
    Virtual,
    /// A container.
    Container,
}

/// The circumstances of an end.
#[derive(Clone, Debug)]
pub(in crate::analysis) struct Setting {
    /// What the lines come down to.
    pub(in crate::analysis) finding: Finding,
    /// How long before the last entry the shutdown's steps began, in microseconds.
    pub(in crate::analysis) began: Option<u64>,
    /// Whether the next boot's records are of this one.
    pub(in crate::analysis) successor: Successor,
    /// What the machine is.
    pub(in crate::analysis) machine: Machine,
    /// Whether the first lines of any of the machine's boots are there, which say what it is.
    pub(in crate::analysis) is_machine_told: bool,
    /// The watchdog that waited; looked for where an end was not orderly.
    pub(in crate::analysis) armed: Option<Armed>,
    /// Whether part of the file that holds the end could not be read.
    pub(in crate::analysis) is_salvaged: bool,
    /// Whether, where the end cannot be read, something of the tail before it can.
    pub(in crate::analysis) is_partly_readable: bool,
    /// Whether the lines that the finding rests on are text alone, without the fields that journald adds.
    pub(in crate::analysis) is_text_only: bool,
    /// Whether lines were left out, since reading more would cost too much.
    pub(in crate::analysis) is_cut_short: bool,
    /// Whether the next boot's beginning, where records of a reset stand, is in none of the files.
    pub(in crate::analysis) is_next_headless: bool,
    /// Whether the wall clock on either side of the end cannot be relied on.
    pub(in crate::analysis) is_clock_doubtful: bool,
}

impl Setting {
    /// Whether the next boot's records speak of this end.
    pub(in crate::analysis) fn is_followed(&self) -> bool {
        self.successor == Successor::Certain
    }
}

/// What is missing of a boot without its beginning.
pub(in crate::analysis) const HEADLESS: &str = "the beginning of the next boot is in none of the files";

/// Takes a confidence down for what the lines are worth that carry the verdict, and the log that they stand in.
pub(super) fn trust<'i>(level: &mut Level, setting: &Setting, carrying: impl IntoIterator<Item = &'i Item>) {
    if setting.is_text_only || carrying.into_iter().any(|item| item.is_text_only) {
        level.down("what it rests on is text alone, without the fields by which journald tells who wrote them");
    }
    if setting.is_cut_short {
        level.at_most(Confidence::Possible, "lines were left out, and what they say may be against it");
    }
    if setting.is_salvaged {
        level.at_most(Confidence::Possible, "part of the file that holds the end could not be read");
    }
}

/// What may end a machine without leaving a line, before anything is known of it.
pub(super) fn silent_causes(machine: Machine) -> Vec<Cause> {
    use Cause::{
        KernelPanic, PowerButtonHold, PowerLoss, PowerResetPin, RequestedForced, ThermalTrip, VmStop, WatchdogHardware,
    };
    match machine {
        Machine::Real => {
            vec![PowerLoss, KernelPanic, WatchdogHardware, ThermalTrip, PowerButtonHold, PowerResetPin, RequestedForced]
        }
        Machine::Virtual => vec![VmStop, PowerLoss, KernelPanic, WatchdogHardware, RequestedForced],
        Machine::Container => vec![VmStop, PowerLoss, KernelPanic, RequestedForced],
    }
}
