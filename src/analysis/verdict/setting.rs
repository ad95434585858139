//! What a verdict must know beside the signs: what the end comes down to, and how far its witnesses can be trusted.

use super::armed::Armed;
use super::confidence::Level;
use super::ids::{Cause, Confidence};
use super::item::Item;
use crate::analysis::ending::Finding;
use crate::analysis::extract::Extract;
use crate::analysis::open_end::OpenEnd;
use crate::analysis::report::Action;

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
    /// Nothing says that it is not one of its own, where something would.
    #[default]
    Real,
    /// A virtual machine.
    Virtual,
    /// A container.
    Container,
    /// The first lines, which would say, are there of none of its boots.
    Untold,
}

impl Machine {
    /// Whether it is known to run in another one.
    pub(in crate::analysis) const fn is_hosted(self) -> bool {
        matches!(self, Self::Virtual | Self::Container)
    }
}

/// The circumstances of an end.
#[derive(Clone, Debug)]
pub(in crate::analysis) struct Setting {
    /// What the lines come down to.
    pub(in crate::analysis) finding: Finding,
    /// How long before the last entry the shutdown's steps began, in microseconds.
    pub(in crate::analysis) began: Option<u64>,
    /// How long before it they were announced to those who delay them, in microseconds; where nobody was told, as `began`.
    pub(in crate::analysis) announced: Option<u64>,
    /// What the shutdown's steps say became of the machine.
    pub(in crate::analysis) action: Option<Action>,
    /// Whether the next boot's records are of this one.
    pub(in crate::analysis) successor: Successor,
    /// What the machine is.
    pub(in crate::analysis) machine: Machine,
    /// The watchdog that waited; looked for where an end was not orderly.
    pub(in crate::analysis) armed: Option<Armed>,
    /// Whether part of the file that holds the end could not be read.
    pub(in crate::analysis) is_salvaged: bool,
    /// Whether, where the end cannot be read, something of the tail before it can.
    pub(in crate::analysis) is_partly_readable: bool,
    /// By what the log is a part of one, where that is why the end is not in it.
    pub(in crate::analysis) extract: Option<Extract>,
    /// How its log ends, where no line ends the boot.
    pub(in crate::analysis) open_end: Option<OpenEnd>,
    /// Whether the last lines ask for an end.
    pub(in crate::analysis) is_asked: bool,
    /// Whether the lines that the finding rests on are text alone, without the fields that journald adds.
    pub(in crate::analysis) is_text_only: bool,
    /// Why two machines have entries of the boot, or two lives of one.
    pub(in crate::analysis) shared: Option<&'static str>,
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

/// Why a request that a host or a manager may have made is nobody's for sure.
pub(super) const UNTOLD: &str = "what the machine is, its boots' first lines would say, which are in none of the files";

/// Takes a confidence down for what the lines are worth that carry the verdict, and the log that they stand in.
pub(super) fn trust<'i>(level: &mut Level, setting: &Setting, carrying: impl IntoIterator<Item = &'i Item>) {
    let (mut is_text_only, mut open) = (setting.is_text_only, None);
    for item in carrying {
        is_text_only |= item.is_text_only;
        let of_storage = item.cause().is_some_and(|cause| cause.id().starts_with("storage."));
        open = open.or(item.doubt.filter(|_| of_storage));
    }
    if let Some(open) = open {
        level.at_most(Confidence::Possible, open);
    }
    if is_text_only {
        level.down("what it rests on is text alone, without the fields by which journald tells who wrote them");
    }
    if let Some(shared) = setting.shared {
        level.at_most(Confidence::Likely, shared);
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
        Machine::Untold => vec![
            PowerLoss,
            KernelPanic,
            WatchdogHardware,
            ThermalTrip,
            PowerButtonHold,
            PowerResetPin,
            RequestedForced,
            VmStop,
        ],
        Machine::Virtual => vec![VmStop, PowerLoss, KernelPanic, WatchdogHardware, RequestedForced],
        Machine::Container => vec![VmStop, PowerLoss, KernelPanic, RequestedForced],
    }
}
