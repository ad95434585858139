//! One sign as the verdict weighs it: what a rule said of a line or a file, with its place in time.

use super::ids::{Cause, Condition, Initiator};
use crate::analysis::report::{Action, Side, Strength, Witness};
use crate::analysis::rules::Structural;

/// What a sign is for the verdict, which decides in which step it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::analysis) enum Role {
    /// A record that the next boot found: of hardware, firmware, or the kernel's last lines.
    Record,
    /// The kernel's own last word.
    Terminal,
    /// What set a shutdown going, or may have.
    Request,
    /// What went wrong before the end.
    Precursor,
    /// What files, clocks and other machines show.
    Structure,
    /// No cause: context, a landmark, or a condition that only contributes.
    Note,
}

/// One sign.
#[derive(Clone, Debug)]
pub(in crate::analysis) struct Item {
    /// The rule's stable name.
    pub(in crate::analysis) rule: String,
    /// What it shows, as a sentence without a full stop.
    pub(in crate::analysis) shows: String,
    /// How much it weighs.
    pub(in crate::analysis) strength: Strength,
    /// In which step it is asked.
    pub(in crate::analysis) role: Role,
    /// What it speaks for, the most specific first.
    pub(in crate::analysis) causes: Vec<Cause>,
    /// What it leaves open beside them.
    pub(in crate::analysis) candidates: Vec<Cause>,
    /// What it excludes.
    pub(in crate::analysis) excludes: Vec<Cause>,
    /// The condition that it shows, whatever the cause.
    pub(in crate::analysis) contributing: Option<Condition>,
    /// Who set the end going, if this is what did.
    pub(in crate::analysis) initiator: Option<Initiator>,
    /// What it says will become of the machine.
    pub(in crate::analysis) action: Option<Action>,
    /// Whether it rests on a line that the kernel wrote.
    pub(in crate::analysis) is_kernels: bool,
    /// Which boot says so.
    pub(in crate::analysis) side: Side,
    /// How long before the boot's last entry, in microseconds; 0 for what is no line of it.
    pub(in crate::analysis) ago: u64,
    /// Whether it plans an end ahead, which holds until it comes.
    pub(in crate::analysis) is_plan: bool,
    /// Whether it ends the machine in the same moment, without a shutdown.
    pub(in crate::analysis) is_immediate: bool,
    /// Whether this machine shows the same again and again when nothing ends.
    pub(in crate::analysis) is_noise: bool,
    /// Whether it rests on a line that is text alone, without the fields that journald adds.
    pub(in crate::analysis) is_text_only: bool,
    /// Why it may be of another end than this one, where it may; it settles nothing then.
    pub(in crate::analysis) doubt: Option<&'static str>,
    /// Where to see it.
    pub(in crate::analysis) witness: Witness,
}

impl Item {
    /// The cause that it speaks for first.
    pub(in crate::analysis) fn cause(&self) -> Option<Cause> {
        self.causes.first().copied()
    }

    /// Whether it speaks for a cause.
    pub(in crate::analysis) fn speaks_for(&self, cause: Cause) -> bool {
        self.causes.contains(&cause)
    }

    /// Whether it compares times of day, so that it is worth as little as the clocks are.
    pub(in crate::analysis) fn rests_on_wall_clock(&self) -> bool {
        Structural::BY_WALL_CLOCK.iter().any(|sign| sign.id() == self.rule)
    }

    /// Whether it settles its facet alone.
    pub(in crate::analysis) fn is_proof(&self) -> bool {
        self.strength == Strength::Proof
    }

    /// The condition that it shows: its own, else its cause where that is one that things suffer from, and this machine not
    /// all the time.
    pub(in crate::analysis) fn condition(&self) -> Option<Condition> {
        let is_sign = self.role == Role::Precursor && self.strength > Strength::Ctx && !self.is_noise;
        let suffered = |cause: &Cause| is_sign && !cause.sets_off();
        self.contributing.or_else(|| self.cause().filter(suffered).map(Condition::from))
    }
}
